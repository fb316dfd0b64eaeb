//! What stands beside the tables: how they were made, what is in them, and the parameters behind them.

// Writing to a string cannot fail: results of `write!` are dropped.
use std::fmt::Write;

use super::Request;
use super::model::{Decline, Model};
use super::troubles::Trouble;

/// What each file holds.
const CONTENTS: [(&str, &str); 11] = [
    (
        "clientes.csv",
        "customers as a Brazilian CRM exports them: `;`, windows-1252, dates `31/12/2026`; region codes S, SE, NE, N, CO and sizes P, M, G",
    ),
    ("subscriptions.csv", "contracts; an upgrade or a renewal is a row that ends and one that starts; MRR in BRL"),
    ("orders.csv", "extras bought, refunds negative"),
    (
        "surveys.csv",
        "NPS (0–10, relational each quarter, transactional after on-boarding), CSAT (1–10) and CES (1–7) after tickets; comments in Portuguese, Spanish and English",
    ),
    ("tickets.csv", "help-desk tickets"),
    ("interactions.csv", "contacts with customers"),
    ("retention_costs.csv", "retention programmes; no customer means the whole base"),
    ("goals.csv", "what was promised and reached, assessed every six months, with expected and perceived ratings"),
    ("onboarding.csv", "on-boarding of customers that signed up within the data"),
    ("leads.csv", "leads, most of which came to nothing"),
    ("staff.csv", "the people who look after customers"),
];

/// The text of `truth.yaml`.
pub(super) fn parameters(request: &Request, model: &Model) -> String {
    let Request { customers, months, seed, end, troubles, .. } = request;
    let mut text = format!(
        "# What the generator assumed. Shares are 0 to 1, tables of twelve start in January.\n\
         customers: {customers}\nmonths: {months}\nseed: {seed}\nend: {end}\ntroubles: {troubles}\n\
         # Sign-ups grow by this factor from the first to the last simulated month.\ngrowth: {}\n\
         signup_season: {:?}\nticket_season: {:?}\nusage_season: {:?}\n\
         # Health, 0 to 1, closes each month a share of its distance to the customer's tendency, and is disturbed.\n\
         health: {{ closes: {}, noise: {}, spread_of_tendencies: {} }}\n",
        model.growth,
        model.signup_season,
        model.ticket_season,
        model.usage_season,
        model.health_return,
        model.health_noise,
        model.health_spread,
    );
    text.push_str("regions:\n");
    for (code, weight, health) in &model.regions {
        // Quoted, because a bare `NO` or `N` is a word with a meaning to some readers of YAML.
        let _ = writeln!(text, "  \"{code}\": {{ weight: {weight}, health: {health} }}");
    }
    text.push_str("sizes:\n");
    for (code, weight, health) in &model.sizes {
        let _ = writeln!(text, "  \"{code}\": {{ weight: {weight}, adds_to_health: {health} }}");
    }
    let _ = write!(
        text,
        "# The chance to leave in a month is floor + slope * (1 - health)^2; an annual contract shows a tenth of it within its\n\
         # year, and at its renewal that of `at_renewal_months` months.\n\
         hazard: {{ floor: {}, slope: {}, at_renewal_months: {} }}\nreturn_chance_a_month: {}\nprice_adjustment_a_year: {}\n",
        model.hazard_floor, model.hazard_slope, model.renewal_months, model.return_chance, model.price_adjustment,
    );
    if let Some(Decline { region, from, health, first_contact, slowness }) = &model.decline {
        let _ = write!(
            text,
            "# The support of one region got worse: what it takes from health, and factors on the chance to resolve at first\n\
             # contact and on the time to respond.\n\
             decline: {{ region: \"{region}\", from: {from}, health: -{health}, first_contact: {first_contact}, \
             slowness: {slowness} }}\n",
        );
    }
    text
}

/// The text of `README.md`.
pub(super) fn text(request: &Request, files: &[(String, Option<usize>)], troubles: &[Trouble]) -> String {
    let last = request.end.pred_opt().unwrap_or(request.end);
    let mut text = format!(
        "# Aurora Software, an invented company\n\n\
         Invented data: names come from word lists, and no person or company is meant. Made by\n\n\
         ```sh\nfarol sample --customers {} --months {} --seed {} --end {}{} --out sample-data\n```\n\n\
         which writes the same bytes every time. {} customers, {} months up to {last}; contracts reach back three years more. \
         Times are of São Paulo. `truth.csv` has, for each month, the true figures, counted while the company was invented and \
         not by farol; columns that start with `mrr` or end with `amount` are BRL. `truth.yaml` has the parameters behind it all.\n\n\
         ## Files\n\n| file | rows | what |\n| --- | ---: | --- |\n",
        request.customers,
        request.months,
        request.seed,
        request.end,
        if request.troubles { " --troubles" } else { "" },
        request.customers,
        request.months,
    );
    for (name, rows) in files {
        let what = CONTENTS
            .iter()
            .find(|(file, _)| file == name)
            .map_or("usage by customer, day and feature", |(_, what)| what);
        let _ = writeln!(text, "| `{name}` | {} | {what} |", rows.unwrap_or_default());
    }
    if troubles.is_empty() {
        return text;
    }
    text.push_str(
        "\n## Troubles\n\nReal exports have them, so these have one of each. No true figure counts a bad row.\n\n\
         | file | line | what |\n| --- | ---: | --- |\n",
    );
    for trouble in troubles {
        let _ = writeln!(text, "| `{}` | {} | {} |", trouble.file, trouble.line, trouble.what);
    }
    text
}
