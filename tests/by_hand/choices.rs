//! Every choice of `kpis.yaml`: changed, it changes its figure, and the words under "how we count" in three languages.

use std::fmt::Write;

use crate::written::Written;

/// Name and rows of each table; without customers among them there are A, B and C.
type Tables<'a> = &'a [(&'a str, &'a str)];

/// A KPI, one of its columns, and what stands there before and after; a number with a dot is compared to six digits.
type Changed<'a> = (&'a str, &'a str, [&'a str; 2]);

const CUSTOMERS: &str = "customer_id,signup_date\nA,2025-01-01\nB,2025-01-01\nC,2025-01-01\n";
const PERIOD: &str = "2026-06";

/// What stands in a KPI's column under a `kpis.yaml`, and the page in three languages with plain blanks.
fn made(tables: Tables<'_>, kpis: &str, (kpi, column): (&str, &str)) -> (String, [String; 3]) {
    let mut sources = "data:\n  customers: { path: ../data/customers.csv }\n".to_owned();
    for (table, _) in tables.iter().filter(|(table, _)| *table != "customers") {
        writeln!(sources, "  {table}: {{ path: ../data/{table}.csv }}").unwrap();
    }
    let farol = format!(
        "company: {{ name: Case, locale: en, currency: BRL, timezone: America/Sao_Paulo }}\nas_of: 2026-07-10\n{sources}"
    );
    let reports = format!(
        "monthly:\n  kpis: [{kpi}]\n  history: 1\n  attach: [html]\n  recipients:\n    - {{ to: \"pt@case.example\", locale: pt-BR }}\n\
         \x20   - {{ to: \"es@case.example\", locale: es }}\n"
    );
    let benchmarks = "ces: { targets: [{ from: 2026-01, total: 5 }] }\n".to_owned();
    let mut files = vec![
        ("config/farol.yaml".to_owned(), farol),
        ("config/kpis.yaml".to_owned(), kpis.to_owned()),
        ("config/reports.yaml".to_owned(), reports),
        ("config/benchmarks.yaml".to_owned(), benchmarks),
        ("data/customers.csv".to_owned(), CUSTOMERS.to_owned()),
    ];
    files.extend(tables.iter().map(|(table, rows)| (format!("data/{table}.csv"), (*rows).to_owned())));
    let company = Written::new(&files);
    let figures = company.figures(&["run", "--period", PERIOD]);
    let cell = figures.row(PERIOD, "total", "total", kpi).text(column).to_owned();
    let page = |locale| company.report(PERIOD, locale)["method"].to_string().replace('\u{a0}', " ");
    (cell, ["", "pt-BR", "es"].map(page))
}

/// Holds what `kpis.yaml` changes from one text to another: a figure, and what the page says after and not before, in
/// English, Portuguese and Spanish.
fn changes(tables: Tables<'_>, [given, chosen]: [&str; 2], (kpi, column, expected): Changed<'_>, words: [&str; 3]) {
    let (before, pages_before) = made(tables, given, (kpi, column));
    let (after, pages_after) = made(tables, chosen, (kpi, column));
    for (ours, expected) in [before, after].into_iter().zip(expected) {
        let what = format!("{column} of {kpi} under {chosen}");
        match (ours.parse::<f64>(), expected.parse::<f64>()) {
            (Ok(ours), Ok(expected)) => assert!((ours - expected).abs() < 5e-4, "{what}: {ours} is not {expected}"),
            _ => assert_eq!(ours, expected, "{what}"),
        }
    }
    for ((before, after), words) in pages_before.iter().zip(&pages_after).zip(words) {
        assert!(!before.contains(words), "before {chosen}: {words} in {before}");
        assert!(after.contains(words), "after {chosen}: no {words} in {after}");
    }
}

const SUBSCRIPTIONS: &str =
    "customer_id,start_date,end_date,mrr\nA,2025-01-01,,100\nB,2025-01-01,2025-07-01,100\nC,2025-07-01,,100\n";

/// C leaves in June: 1 of 2. Wilson's lower limit at 95 %: (.5 + 1.9207/2 − 1.96 √(.25/2 + .9604/4)) / (1 + 3.8415/2) =
/// 9.453 %; at 90 %, with z = 1.6449, (.5 + .6764 − 1.6449 √(.125 + .1691)) / 2.3528 = 12.087 %.
#[test]
fn confidence() {
    changes(
        &[("subscriptions", "customer_id,start_date,end_date,mrr\nA,2025-01-01,,9\nC,2025-01-01,2026-06-10,9\n")],
        ["", "confidence: 0.9\n"],
        ("customer_churn_rate", "ci_low", ["9.4531", "12.0866"]),
        ["Interval of 90%.", "Intervalo de 90%.", "Intervalo del 90 %."],
    );
}

/// A's last order is 81 days before 1 July, B's sixteen.
#[test]
fn active_window() {
    changes(
        &[("orders", "customer_id,ordered_at,amount\nA,2026-04-11,50\nB,2026-06-15,50\n")],
        ["", "active_window: 30d\n"],
        ("customers_closing", "value", ["2", "1"]),
        ["active for 30 days after an order", "ativo por 30 dias após", "activo durante 30 días tras"],
    );
}

/// B was away for ten days after two months: an end, or none.
#[test]
fn churn_gap_days() {
    let rows = "customer_id,start_date,end_date,mrr\nA,2025-01-01,,9\nB,2025-01-01,2025-03-01,9\nB,2025-03-11,,9\n";
    changes(
        &[("subscriptions", rows)],
        ["", "churn_gap_days: 10\n"],
        ("survival_6m", "value", ["50", "100"]),
        ["absence of more than 10 days", "ausência de mais de 10 dias", "ausencia de más de 10 días"],
    );
}

const NPS: &str = "customer_id,respondent_id,respondent_role,survey,kind,score,sent_at,responded_at\n\
                   A,a,user,nps,relational,9,2026-06-01,2026-06-02\nB,b,manager,nps,relational,9,2026-06-01,2026-06-02\n\
                   C,c,user,nps,transactional,0,2026-06-01,2026-06-02\n";

/// Two promoters are relational, one detractor is transactional: 100, −100, and a third of 100.
#[test]
fn nps_kind() {
    for (kind, after, words) in [
        (
            "transactional",
            "-100",
            ["Transactional surveys only", "Só pesquisas transacionais", "Solo encuestas transaccionales"],
        ),
        ("all", "33.3333", ["Surveys of every kind.", "Pesquisas de todos os tipos.", "Encuestas de todos los tipos."]),
    ] {
        changes(
            &[("surveys", NPS)],
            ["", &format!("nps: {{ kind: {kind} }}\n")],
            ("nps", "value", ["100", after]),
            words,
        );
    }
}

/// Relational answers of one user, 9, and of two managers, 9 and 0: 100 − 0; were managers the users, 0 − 100.
#[test]
fn nps_roles() {
    let rows = "customer_id,respondent_id,respondent_role,survey,score,responded_at\nA,a,user,nps,9,2026-06-02\n\
                B,b,manager,nps,9,2026-06-02\nC,c,manager,nps,0,2026-06-02\n";
    changes(
        &[("surveys", rows)],
        ["", "nps: { roles: { user: [manager], decision_maker: [user] } }\n"],
        ("nps_role_gap", "value", ["100", "-100"]),
        [
            "Users: manager. Decision makers: user.",
            "Usuários: gestor. Decisores: usuário.",
            "Usuarios: responsable. Decisores: usuario.",
        ],
    );
}

/// On 10 July the fourteen days after June still run, and five do not.
#[test]
fn nps_answer_window() {
    changes(
        &[("surveys", NPS)],
        ["", "nps: { answer_window: 5d }\n"],
        ("nps_response_rate", "note", ["provisional", ""]),
        ["Provisional until 5 days after", "Provisório até 5 dias após", "Provisional hasta 5 días después"],
    );
}

const CSAT: &str = "customer_id,survey,score,responded_at\nA,csat,5,2026-06-02\nB,csat,3,2026-06-03\n";

/// Scores 5 and 3: 4 ± 12.7, cut where the scale ends.
#[test]
fn csat_scale() {
    changes(
        &[("surveys", CSAT)],
        ["", "csat: { scale: [1, 5], satisfied: 4 }\n"],
        ("csat", "ci_high", ["10", "5"]),
        ["Scale from 1 to 5.", "Escala de 1 a 5.", "Escala de 1 a 5."],
    );
}

#[test]
fn csat_satisfied() {
    changes(
        &[("surveys", CSAT)],
        ["", "csat: { satisfied: 5 }\n"],
        ("csat_satisfied", "value", ["0", "50"]),
        ["from a score of 5.", "a partir da nota 5.", "a partir de la nota 5."],
    );
}

#[test]
fn ces_scale() {
    changes(
        &[("surveys", "customer_id,survey,score,responded_at\nA,ces,5,2026-06-02\nB,ces,3,2026-06-03\n")],
        ["", "ces: { scale: [-5, 5] }\n"],
        ("ces", "ci_low", ["1", "-5"]),
        ["Scale from −5 to 5.", "Escala de −5 a 5.", "Escala de −5 a 5."],
    );
}

/// 6 against a target of 5.
#[test]
fn ces_better() {
    changes(
        &[("surveys", "customer_id,survey,score,responded_at\nA,ces,6,2026-06-02\nB,ces,6,2026-06-03\n")],
        ["", "ces: { better: lower }\n"],
        ("ces", "target_met", ["yes", "no"]),
        ["A lower score means", "Uma nota mais baixa significa", "Una nota más baja significa"],
    );
}

/// Two opened in June, of which one is resolved at first contact; two more of May resolved in June, with two contacts.
const TICKETS: &str = "customer_id,opened_at,resolved_at,contacts,reopened\nA,2026-06-02,2026-06-03,1,no\nA,2026-06-02,,1,no\n\
                       B,2026-05-20,2026-06-03,2,no\nC,2026-05-20,2026-06-04,2,no\n";

#[test]
fn fcr_denominator() {
    changes(
        &[("tickets", TICKETS)],
        ["", "fcr: { denominator: resolved }\n"],
        ("fcr", "value", ["50", "33.3333"]),
        ["tickets resolved in the period", "chamados resolvidos no período", "casos resueltos en el periodo"],
    );
}

/// On 10 July the seven days after June have passed, fourteen have not.
#[test]
fn fcr_reopen_window() {
    changes(
        &[("tickets", TICKETS)],
        ["", "fcr: { reopen_window: 14d }\n"],
        ("fcr", "note", ["", "provisional"]),
        ["Provisional until 14 days after", "Provisório até 14 dias após", "Provisional hasta 14 días después"],
    );
}

/// A pays 100 a month, and ordered for 30 and 50.
#[test]
fn value_source() {
    let tables = [
        ("subscriptions", "customer_id,start_date,end_date,mrr\nA,2025-01-01,,100\n"),
        ("orders", "customer_id,ordered_at,amount\nA,2026-06-01,30\nA,2026-06-02,50\n"),
    ];
    changes(
        &tables,
        ["", "value: { source: orders }\n"],
        ("average_ticket", "value", ["100", "40"]),
        ["From orders.", "A partir dos pedidos.", "A partir de los pedidos."],
    );
}

/// An order on the fifth of each month from January on, and two more in June: 8 in 6 active months, or 5 in 3.
#[test]
fn value_window() {
    let mut orders = "customer_id,ordered_at,amount\nA,2026-06-06,9\nA,2026-06-07,9\n".to_owned();
    for month in 1..=6 {
        writeln!(orders, "A,2026-{month:02}-05,9").unwrap();
    }
    changes(
        &[("orders", &orders)],
        ["", "value: { window: 3M }\n"],
        ("purchase_frequency", "value", ["1.3333", "1.6667"]),
        ["Over the 3 months to", "Sobre 3 meses até", "Sobre 3 meses hasta"],
    );
}

/// A stays through the 18 months that are known, at 100 a month.
#[test]
fn value_gross_margin() {
    changes(
        &[("subscriptions", "customer_id,start_date,end_date,mrr\nA,2025-01-01,,100\n")],
        ["", "value: { gross_margin: 0.55 }\n"],
        ("ltv", "value", ["1800", "990"]),
        ["Gross margin: 55%.", "Margem bruta: 55%.", "Margen bruto: 55 %."],
    );
}

/// Durations 18 and 12 still run, 6 has ended: 6 + 12 · 2/3 = 14 by Kaplan and Meier, 36 / 3 = 12 as observed. Nobody left
/// in the last twelve months, so that 1 / churn is not known.
#[test]
fn lifetime_method() {
    let observed = ["Mean time observed so far", "Média do tempo observado", "Media del tiempo observado"];
    let inverse = ["One divided by the monthly churn", "Um dividido pelo churn", "Uno dividido por el abandono"];
    for (method, column, before, after, words) in
        [("observed", "value", "14", "12", observed), ("inverse_churn", "note", "tau=18", "not_identifiable", inverse)]
    {
        changes(
            &[("subscriptions", SUBSCRIPTIONS)],
            ["", &format!("lifetime: {{ method: {method} }}\n")],
            ("lifetime_months", column, [before, after]),
            words,
        );
    }
}

/// The same up to 12 months: 6 + 6 · 2/3.
#[test]
fn lifetime_horizon() {
    changes(
        &[("subscriptions", SUBSCRIPTIONS)],
        ["", "lifetime: { horizon_months: 12 }\n"],
        ("lifetime_months", "value", ["14", "10"]),
        ["over the first 12 months", "nos primeiros 12 meses", "en los primeros 12 meses"],
    );
}

/// Complete 20 days after signing up, and not at all.
#[test]
fn onboarding_window() {
    let onboarding = "customer_id,completed_at\nD,2026-06-21\nE,\n";
    changes(
        &[("customers", "customer_id,signup_date\nD,2026-06-01\nE,2026-06-01\n"), ("onboarding", onboarding)],
        ["", "onboarding: { window_days: 19 }\n"],
        ("onboarding_completion", "value", ["50", "0"]),
        ["Within 19 days.", "Em até 19 dias.", "En un plazo de 19 días."],
    );
}

#[test]
fn conversion_window() {
    changes(
        &[("leads", "lead_id,created_at,converted_at\nL1,2026-06-01,2026-06-21\nL2,2026-06-01,\n")],
        ["", "conversion: { window_days: 19 }\n"],
        ("conversion_rate", "value", ["50", "0"]),
        ["Within 19 days.", "Em até 19 dias.", "En un plazo de 19 días."],
    );
}

/// Two at the start, one leaves: half a move of 2, or one of 1.5.
#[test]
fn turnover_method() {
    changes(
        &[("staff", "employee_id,hired_at,left_at\nS1,2025-01-01,\nS2,2025-01-01,2026-06-10\n")],
        ["", "turnover: { method: leavers }\n"],
        ("turnover_index", "value", ["25", "66.6667"]),
        ["Those who left, divided", "Os que saíram, divididos", "Quienes salieron, divididos"],
    );
}

/// A alone: five days of use in June, one more on 20 May, and no answer to any survey.
const SCORED: [(&str, &str); 3] = [
    ("subscriptions", "customer_id,start_date,end_date,mrr\nA,2025-01-01,,100\n"),
    (
        "usage",
        "customer_id,date,events\nA,2026-05-20,1\nA,2026-06-01,1\nA,2026-06-02,1\nA,2026-06-03,1\nA,2026-06-04,1\nA,2026-06-05,1\n",
    ),
    ("surveys", "customer_id,survey,score,responded_at\nB,nps,9,2026-06-02\n"),
];

/// Health of usage and NPS, each of weight 1: `{}` are what follows `health:` and the ends of the components.
fn health(first: &str, usage: &str, nps: &str) -> String {
    format!(
        "health:\n{first}  components:\n    - {{ id: usage, signal: active_days, {usage} }}\n    \
         - {{ id: nps, signal: last_nps, window: 12M, weight: 1, scale: {{ 0: 0, 10: 100 }}{nps} }}\n"
    )
}

const USAGE: &str = "window: 30d, weight: 1, scale: { 0: 0, 10: 100 }";

/// Five days are worth 50, and NPS is not known. Half of the weight is known.
fn health_case(chosen: &str, kpi: &str, column: &str, [before, after]: [&str; 2], words: [&str; 3]) {
    let given = health("", USAGE, "");
    changes(&SCORED, [&given, chosen], (kpi, column, [before, after]), words);
}

#[test]
fn health_min_coverage() {
    health_case(
        &health("  min_coverage: 0.6\n", USAGE, ""),
        "health_score",
        "note",
        ["too_few", "no_denominator"],
        ["at least 60% of the weight", "ao menos 60% do peso", "al menos el 60 % del peso"],
    );
}

/// (50 + 50) / 2, and (50 + 0) / 2.
#[test]
fn health_missing() {
    health_case(
        &health("", USAGE, ", missing: neutral"),
        "health_score",
        "value",
        ["50", "50"],
        ["; half where it is not known", "; vale metade onde", "; cuenta la mitad donde"],
    );
    health_case(
        &health("", USAGE, ", missing: zero"),
        "health_score",
        "value",
        ["50", "25"],
        ["; zero where it is not known", "; vale zero onde", "; cuenta cero donde"],
    );
}

/// Five days of twenty; six days in sixty; a weight of three against one that counts as nothing.
#[test]
fn health_components() {
    health_case(
        &health("", "window: 30d, weight: 1, scale: { 0: 0, 20: 100 }", ""),
        "health_score",
        "value",
        ["50", "25"],
        ["scale 0 → 0, 20 → 100", "escala 0 → 0, 20 → 100", "escala 0 → 0, 20 → 100"],
    );
    health_case(
        &health("", "window: 60d, weight: 1, scale: { 0: 0, 10: 100 }", ""),
        "health_score",
        "value",
        ["50", "60"],
        ["Days with usage in 60 days", "Dias com uso em 60 dias", "Días con uso en 60 días"],
    );
    health_case(
        &health("", "window: 30d, weight: 1.5, scale: { 0: 0, 10: 100 }", ", missing: zero"),
        "health_score",
        "value",
        ["50", "30"],
        ["weight 1.5", "peso 1,5", "peso 1,5"],
    );
    health_case(
        &health("", USAGE, "").replace("active_days", "events"),
        "health_score",
        "value",
        ["50", "50"],
        ["Usage events in 30 days", "Eventos de uso em 30 dias", "Eventos de uso en 30 días"],
    );
}

/// A's 50 is yellow, and red where that begins at 60.
#[test]
fn health_bands() {
    let bands = "  bands:\n    - { to: 60, status: red }\n    - { from: 60, to: 80, status: yellow }\n    - { from: 80, status: green }\n";
    health_case(
        &health(bands, USAGE, ""),
        "at_risk_share",
        "value",
        ["0", "100"],
        [
            "red from 0 to 60; yellow from 60 to 80",
            "vermelho de 0 a 60; amarelo de 60",
            "rojo de 0 a 60; amarillo de 60",
        ],
    );
}

/// Criteria of usage (five days of ten) and of a survey that A has not answered: 5 of 10 where that is left out.
#[test]
fn chi() {
    let chi = |first: &str, usage: &str, nps: &str| {
        format!(
            "chi:\n{first}  criteria:\n    - {{ id: usage, signal: active_days, window: 30d, weight: {usage}, scale: {{ 0: 0, 10: 1 }} }}\n    \
             - {{ id: nps, signal: last_nps, window: 12M, weight: {nps} }}\n"
        )
    };
    let scale = "scale: { 0: 0, 10: 1 }";
    let given = chi("", "6", &format!("4, {scale}"));
    for (chosen, column, before, after, words) in [
        (
            chi("  min_coverage: 0.7\n", "6", &format!("4, {scale}")),
            "note",
            "too_few",
            "no_denominator",
            ["at least 70% of the weight", "ao menos 70% do peso", "al menos el 70 % del peso"],
        ),
        (
            chi("", "6", &format!("4, {scale}, missing: zero")),
            "value",
            "5",
            "3",
            ["zero where it is not known", "vale zero onde", "cuenta cero donde"],
        ),
        (
            chi("", "8", &format!("2, {scale}, missing: zero")),
            "value",
            "5",
            "4",
            ["Days with usage in 30 days, weight 8", "em 30 dias, peso 8", "en 30 días, peso 8"],
        ),
    ] {
        changes(&SCORED, [&given, &chosen], ("chi", column, [before, after]), words);
    }
}
