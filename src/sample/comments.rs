//! What respondents write, in Portuguese, Spanish and English: a small phrase grammar per theme and mood.
//!
//! `{a|b|c}` in a phrase is one of the alternatives; they do not nest.

use super::dice::Dice;

/// Phrases of one theme in one language.
struct Theme {
    lang: &'static str,
    name: &'static str,
    praise: &'static [&'static str],
    complaint: &'static [&'static str],
}

const THEMES: [Theme; 21] = [
    Theme {
        lang: "pt",
        name: "support",
        praise: &[
            "o suporte {respondeu|resolveu} {em minutos|no mesmo dia|rapidinho}",
            "{equipe de suporte sempre disponível|atendimento muito atencioso|atendimento nota dez}",
            "{nunca|não} precisei {chamar|cobrar} o suporte duas vezes",
        ],
        complaint: &[
            "o suporte {demora demais|levou dias para responder|não retorna}",
            "tive que {explicar tudo de novo|abrir o chamado três vezes|ligar várias vezes} {no suporte|no atendimento}",
            "o atendimento {piorou muito|não resolve|anda lento} {nos últimos meses|ultimamente|desde a troca da equipe}",
        ],
    },
    Theme {
        lang: "pt",
        name: "price",
        praise: &["o preço {é justo|cabe no orçamento|compensa}", "não é caro pelo que {entrega|oferece}"],
        complaint: &[
            "{ficou caro|o preço subiu demais|está caro} {para o nosso porte|depois do reajuste|pelo que usamos}",
            "o reajuste {pesou no orçamento|veio sem aviso|foi alto}",
        ],
    },
    Theme {
        lang: "pt",
        name: "usability",
        praise: &[
            "a ferramenta é {fácil|simples|intuitiva} {de usar|para toda a equipe|até para quem não é da área}",
            "as telas {são claras|ficaram ótimas} {na nova versão|no celular|no dia a dia}",
        ],
        complaint: &[
            "a tela de {pedidos|cadastro|relatórios} é {confusa|complicada|cheia de cliques}",
            "{ninguém|pouca gente} aqui {entende|consegue usar} {o novo menu|os filtros|a parte de permissões}",
        ],
    },
    Theme {
        lang: "pt",
        name: "delivery",
        praise: &[
            "a implantação {foi rápida|terminou no prazo|correu sem sustos}",
            "entregaram {antes do prazo|tudo o que prometeram|o projeto completo}",
        ],
        complaint: &[
            "a implantação {atrasou|passou do prazo|ainda não terminou}",
            "a entrega {das integrações|do módulo fiscal|do treinamento} {atrasou|foi adiada duas vezes}",
        ],
    },
    Theme {
        lang: "pt",
        name: "stability",
        praise: &[
            "o sistema {é estável|não cai|está sempre no ar}",
            "{nunca|não} tivemos {queda|lentidão} {este ano|desde o início}",
        ],
        complaint: &[
            "o sistema {caiu|ficou fora do ar|travou} {no fechamento|na sexta|duas vezes no mês}",
            "está {lento|travando} {de manhã|no horário de pico|na emissão de notas}",
        ],
    },
    Theme {
        lang: "pt",
        name: "integration",
        praise: &["a integração com {o ERP|a loja virtual|o banco} {funciona bem|facilitou muito|economiza horas}"],
        complaint: &[
            "a integração com {o ERP|a loja virtual|o banco} {quebra toda semana|não sincroniza|duplica registros}",
        ],
    },
    Theme {
        lang: "pt",
        name: "reports",
        praise: &["os relatórios {ajudam muito|são completos} {na reunião da diretoria|no planejamento|no dia a dia}"],
        complaint: &["os relatórios {são limitados|não batem|demoram} {para exportar|no fim do mês|com filtros}"],
    },
    Theme {
        lang: "es",
        name: "support",
        praise: &[
            "el soporte {respondió|lo resolvió} {en minutos|el mismo día|enseguida}",
            "{excelente atención|equipo muy amable} {siempre|en cada llamada}",
        ],
        complaint: &[
            "el soporte {tarda demasiado|tardó días en responder|no contesta}",
            "tuve que {repetir todo|abrir el caso tres veces|llamar varias veces}",
        ],
    },
    Theme {
        lang: "es",
        name: "price",
        praise: &["el precio {es justo|vale la pena}", "no es caro para lo que {ofrece|entrega}"],
        complaint: &["{se volvió caro|el precio subió mucho|está caro} {para nuestro tamaño|este año}"],
    },
    Theme {
        lang: "es",
        name: "usability",
        praise: &["es {fácil|sencilla|intuitiva} {de usar|para todo el equipo}"],
        complaint: &["la pantalla de {pedidos|clientes|informes} es {confusa|complicada}"],
    },
    Theme {
        lang: "es",
        name: "delivery",
        praise: &["la implementación {fue rápida|terminó a tiempo}", "entregaron {todo a tiempo|lo prometido}"],
        complaint: &["la implementación {se retrasó|aún no termina}", "la entrega {llegó tarde|se retrasó dos veces}"],
    },
    Theme {
        lang: "es",
        name: "stability",
        praise: &["el sistema {es estable|no se cae}"],
        complaint: &["el sistema {se cayó|está lento|se bloquea} {en el cierre|por la mañana}"],
    },
    Theme {
        lang: "es",
        name: "integration",
        praise: &["la integración con {el ERP|la tienda|el banco} {funciona bien|nos ahorra horas}"],
        complaint: &["la integración con {el ERP|la tienda|el banco} {falla cada semana|no sincroniza}"],
    },
    Theme {
        lang: "es",
        name: "reports",
        praise: &["los informes {ayudan mucho|son completos}"],
        complaint: &["los informes {son limitados|no coinciden} {a fin de mes|con filtros}"],
    },
    Theme {
        lang: "en",
        name: "support",
        praise: &[
            "support {answered|solved it} {within minutes|the same day|on the first call}",
            "{friendly|very patient|excellent} support team {as always|every time}",
        ],
        complaint: &[
            "support {takes far too long|took days to answer|never called back}",
            "I had to {explain everything again|open the ticket three times|call several times}",
        ],
    },
    Theme {
        lang: "en",
        name: "price",
        praise: &["the price {is fair|fits our budget}", "not expensive for what it {does|gives us}"],
        complaint: &["it {became expensive|costs too much} {for our size|after the last increase}"],
    },
    Theme {
        lang: "en",
        name: "usability",
        praise: &["the tool is {easy|simple|pleasant} {to use|for the whole team}"],
        complaint: &["the {order|customer|report} screen is {confusing|cluttered|hard to find}"],
    },
    Theme {
        lang: "en",
        name: "delivery",
        praise: &["{setup was quick|they delivered on time|everything promised was delivered}"],
        complaint: &["{the rollout was late|delivery slipped twice|the project is still not finished}"],
    },
    Theme {
        lang: "en",
        name: "stability",
        praise: &["the system {is stable|never goes down}"],
        complaint: &["the system {went down|is slow|freezes} {at month end|in the morning}"],
    },
    Theme {
        lang: "en",
        name: "integration",
        praise: &["the {ERP|bank|web shop} integration {just works|saves us hours}"],
        complaint: &["the {ERP|bank|web shop} integration {breaks every week|does not sync}"],
    },
    Theme {
        lang: "en",
        name: "reports",
        praise: &["the reports {help a lot|are complete} {in board meetings|every week}"],
        complaint: &["the reports {are limited|do not add up} {at month end|with filters}"],
    },
];

/// Words between and around statements: opening for praise, for complaint, "but", "and".
fn glue(lang: &str) -> (&'static [&'static str], &'static [&'static str], &'static str, &'static str) {
    match lang {
        "es" => (&["", "", "Muy contentos: ", "Recomiendo: "], &["", "", "Decepcionado: ", "Así no: "], "pero", "y"),
        "en" => (&["", "", "Very happy: ", "Love it: "], &["", "", "Disappointed: ", "Please fix: "], "but", "and"),
        _ => (
            &["", "", "Muito satisfeito: ", "Recomendo: "],
            &["", "", "Decepcionado: ", "Assim fica difícil: "],
            "mas",
            "e",
        ),
    }
}

/// A comment on a mood: 1 praise only, 0 complaint only. `sore` is a theme that complaints turn to.
pub(super) fn comment(dice: &mut Dice, lang: &str, mood: f64, sore: Option<&str>) -> String {
    let (glad, sad, but, and) = glue(lang);
    let is_glad = dice.chance(mood);
    let first = statement(dice, lang, is_glad, sore);
    let opening = dice.pick(if is_glad { glad } else { sad });
    let mut text = format!("{opening}{first}");
    if dice.chance(0.35) {
        let second_is_glad = dice.chance(mood);
        let second = statement(dice, lang, second_is_glad, sore);
        let joint = if second_is_glad == is_glad { and } else { but };
        if second != first {
            text = format!("{text}, {joint} {second}");
        }
    }
    let mut letters = text.chars();
    let capital: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let stop = dice.pick(&[".", ".", "", "!"]);
    format!("{capital}{}{stop}", letters.as_str())
}

/// One statement of a theme.
fn statement(dice: &mut Dice, lang: &str, is_glad: bool, sore: Option<&str>) -> String {
    let of_lang: Vec<&Theme> = THEMES.iter().filter(|theme| theme.lang == lang).collect();
    let weights: Vec<f64> = of_lang.iter().map(|t| if !is_glad && Some(t.name) == sore { 12.0 } else { 1.0 }).collect();
    let Some(theme) = of_lang.get(dice.weighted(&weights)) else { return String::new() };
    let phrase = dice.pick(if is_glad { theme.praise } else { theme.complaint });
    unfold(dice, phrase)
}

/// Replaces each `{a|b}` by one of its alternatives.
fn unfold(dice: &mut Dice, phrase: &str) -> String {
    let mut text = String::new();
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        let (choice, tail) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(dice.pick(&choice.split('|').collect::<Vec<_>>()));
        rest = tail;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn comments_vary_in_every_language_and_leave_no_braces() {
        for lang in ["pt", "es", "en"] {
            let mut dice = Dice::new(3, 0);
            let comments: BTreeSet<String> = (0..500).map(|_| comment(&mut dice, lang, 0.6, None)).collect();
            assert!(comments.len() > 250, "{lang}: {}", comments.len());
            assert!(comments.iter().all(|c| !c.contains(['{', '}', '|']) && c.len() > 8), "{lang}");
        }
    }

    #[test]
    fn a_sore_theme_takes_most_complaints() {
        let mut dice = Dice::new(3, 1);
        let about_support = (0..400).filter(|_| {
            let text = comment(&mut dice, "en", 0.0, Some("support"));
            text.contains("upport") || text.contains("I had to")
        });
        assert!(about_support.count() > 240);
    }
}
