//! Invented business names, built from word lists; no real company is meant.

use super::dice::Dice;

const TRADES: [&str; 32] = [
    "Metalúrgica",
    "Transportes",
    "Construtora",
    "Distribuidora",
    "Clínica",
    "Padaria Industrial",
    "Cerâmica",
    "Têxtil",
    "Laticínios",
    "Gráfica",
    "Farmácias",
    "Autopeças",
    "Móveis",
    "Embalagens",
    "Agropecuária",
    "Cooperativa",
    "Hotelaria",
    "Colégio",
    "Laboratório",
    "Engenharia",
    "Energia",
    "Seguros",
    "Imobiliária",
    "Calçados",
    "Alimentos",
    "Plásticos",
    "Logística",
    "Consultoria",
    "Vinícola",
    "Papelaria",
    "Ótica",
    "Frigorífico",
];

const PLACES: [&str; 40] = [
    "Vale do Ipê",
    "Serra Clara",
    "Rio Manso",
    "Pedra Alta",
    "Campo Largo do Norte",
    "Três Marés",
    "Boa Enseada",
    "Morro Azul",
    "Lagoa Dourada",
    "Pontal Sul",
    "Jatobá",
    "Araçá",
    "Caminho Velho",
    "Ponte Nova do Sul",
    "Beira-Sol",
    "Cajuí",
    "Monte Sereno",
    "Água Fria",
    "Barra Mansa Nova",
    "Cruzeiro d'Oeste",
    "Flor de Minas",
    "Ilha Rasa",
    "Jequitibá",
    "Sabiá",
    "Mirante",
    "Nova Alvorada",
    "Olho d'Água",
    "Pau-Brasil",
    "Quatro Ventos",
    "Recanto",
    "São Bento Velho",
    "Tamanduá",
    "Umbuzeiro",
    "Vereda",
    "Xaxim",
    "Estrela Guia",
    "Cabeceira",
    "Boa União",
    "Arco Verde",
    "Sete Léguas",
];

const FORMS: [&str; 4] = ["Ltda.", "S.A.", "ME", "& Filhos"];

/// A name; the same one may come twice.
pub(super) fn business(dice: &mut Dice) -> String {
    let trade = dice.pick(&TRADES);
    let place = dice.pick(&PLACES);
    let form = FORMS.get(dice.weighted(&[6.0, 1.5, 2.0, 1.0])).copied().unwrap_or_default();
    match dice.weighted(&[8.0, 2.0]) {
        0 => format!("{trade} {place} {form}"),
        _ => format!("{place} {trade} {form}"),
    }
}
