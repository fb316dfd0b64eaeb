//! What holds where `kpis.yaml` says nothing: the choices of the file that is shipped; a test holds that.

use std::collections::BTreeMap;

use super::bands::{Band, Status};
use super::choices::{
    CesChoices, Choices, CsatChoices, FcrChoices, FcrDenominator, LifetimeChoices, LifetimeMethod, NpsChoices, Theme,
    TurnoverMethod, ValueChoices,
};
use super::scores::{ChiChoices, Component, HealthChoices, Missing, Signal, Window};

impl Default for Choices {
    /// What holds where kpis.yaml says nothing.
    fn default() -> Self {
        Self {
            confidence: 0.95,
            active_window_days: 90,
            churn_gap_days: 0,
            nps: NpsChoices {
                kind: "relational".to_owned(),
                roles: [("user", vec!["user"]), ("decision_maker", vec!["manager", "executive"])]
                    .into_iter()
                    .map(|(group, roles)| (group.to_owned(), owned(&roles)))
                    .collect(),
                answer_window_days: 14,
            },
            csat: CsatChoices { scale: (1, 10), satisfied: 8 },
            ces: CesChoices { scale: (1, 7), higher_is_better: true },
            fcr: FcrChoices { denominator: FcrDenominator::Opened, reopen_window_days: 7 },
            value: ValueChoices { source: None, window_months: 12, gross_margin: 1.0 },
            lifetime: LifetimeChoices { method: LifetimeMethod::KaplanMeier, horizon_months: 60 },
            onboarding_window_days: 30,
            conversion_window_days: 30,
            turnover: TurnoverMethod::Rotation,
            themes: usual_themes(),
            health: usual_health(),
            chi: usual_chi(),
        }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A theme as the shipped file has it: its label, then its stems, each in English, Portuguese and Spanish.
type UsualTheme = (&'static str, [&'static str; 3], [&'static str; 3]);

const USUAL_THEMES: [UsualTheme; 7] = [
    (
        "delivery",
        ["Delivery", "Entrega", "Entrega"],
        [
            "deliver late delay rollout setup deadline",
            "entreg atraso atrasa atrasam atrasar atrasou atrasad prazo implant",
            "entreg retras envío plazo implement implant",
        ],
    ),
    (
        "integration",
        ["Integrations", "Integrações", "Integraciones"],
        [
            "integrat sync API ERP",
            "integra integrad integração sincroniz API ERP",
            "integra integrad integración sincroniz API ERP",
        ],
    ),
    (
        "price",
        ["Price", "Preço", "Precio"],
        [
            "price pricing pricey cost expensive cheap",
            "preço caro cara barat custo custa reajust",
            "precio caro cara barat costo cuesta tarifa",
        ],
    ),
    (
        "reports",
        ["Reports", "Relatórios", "Informes"],
        ["report dashboard", "relatório painel painéis", "informe reporte tablero"],
    ),
    (
        "stability",
        ["Stability", "Estabilidade", "Estabilidad"],
        [
            "stable stability slow crash freez outage downtime",
            "estável estáveis instável estabilid lento lenta lentid trava travam travou travand caiu queda",
            "estable estabilid lento lenta lentitud bloquea bloqueo bloquead cae cayó caída",
        ],
    ),
    (
        "support",
        ["Support", "Atendimento", "Atención"],
        ["support helpdesk ticket", "suporte atendiment atendent chamado", "soporte atención atendier llamada"],
    ),
    (
        "usability",
        ["Ease of use", "Facilidade de uso", "Facilidad de uso"],
        [
            "easy easi simple intuitiv confus clutter complicat screen",
            "fácil fáceis simples intuitiv confus complicad tela",
            "fácil sencill intuitiv confus complicad pantalla",
        ],
    ),
];

fn usual_themes() -> BTreeMap<String, Theme> {
    let by = |keys: [&str; 3], texts: [&str; 3]| {
        keys.into_iter().zip(texts).map(|(key, text)| (key.to_owned(), text.to_owned())).collect()
    };
    let theme = |(id, labels, stems): &UsualTheme| {
        let stems = ["en", "pt", "es"].into_iter().zip(stems);
        let stems = stems.map(|(language, stems)| (language.to_owned(), stems.split(' ').map(str::to_owned).collect()));
        ((*id).to_owned(), Theme { label: by(["en", "pt-BR", "es"], *labels), stems: stems.collect() })
    };
    USUAL_THEMES.iter().map(theme).collect()
}

/// A part of a score with its usual scale.
fn part(id: &str, signal: Signal, window: Window, weight: f64, scale: &[(f64, f64)], missing: Missing) -> Component {
    Component { id: id.to_owned(), signal, kind: None, window, weight, scale: scale.to_vec(), missing }
}

fn usual_health() -> HealthChoices {
    use Signal::{ActiveDays, GoalAttainment, LastNps, OpenTickets};
    let year = Window::Months(12);
    let month = Window::Days(30);
    let usage = [(0.0, 0.0), (5.0, 40.0), (20.0, 100.0)];
    let band = |from, to, status: Status| Band { from, to, id: status.id().to_owned(), status, label: BTreeMap::new() };
    HealthChoices {
        min_coverage: 0.5,
        components: vec![
            part("usage", ActiveDays, month, 40.0, &usage, Missing::Zero),
            part("nps", LastNps, year, 20.0, &[(0.0, 0.0), (6.0, 30.0), (9.0, 100.0)], Missing::Skip),
            part("support", OpenTickets, month, 20.0, &[(0.0, 100.0), (5.0, 0.0)], Missing::Skip),
            part("goals", GoalAttainment, year, 20.0, &[(0.0, 0.0), (100.0, 100.0)], Missing::Neutral),
        ],
        bands: vec![
            band(f64::NEG_INFINITY, 40.0, Status::Red),
            band(40.0, 70.0, Status::Yellow),
            band(70.0, f64::INFINITY, Status::Green),
        ],
        playbook: BTreeMap::new(),
    }
}

fn usual_chi() -> ChiChoices {
    use Signal::{ActiveDays, GoalAttainment, Interactions};
    let rising = |to: f64| [(0.0, 0.0), (to, 1.0)];
    ChiChoices {
        min_coverage: 0.5,
        criteria: vec![
            part("frequency", ActiveDays, Window::Days(30), 4.0, &rising(20.0), Missing::Skip),
            part("engagement", Interactions, Window::Days(90), 3.0, &rising(6.0), Missing::Skip),
            part("value", GoalAttainment, Window::Months(12), 3.0, &rising(100.0), Missing::Skip),
        ],
    }
}
