//! What stands beside the tables: how they were made, what is in them, and the parameters behind them.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::Request;
use super::model::Model;
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
pub(super) fn parameters(request: &Request, model: &Model) -> io::Result<String> {
    #[derive(Serialize)]
    struct Parameters<'a> {
        customers: u32,
        months: u32,
        seed: u64,
        end: String,
        troubles: bool,
        model: &'a Model,
    }
    let (customers, months, seed, troubles) = (request.customers, request.months, request.seed, request.troubles);
    let parameters = Parameters { customers, months, seed, end: request.end.to_string(), troubles, model };
    let yaml = serde_yaml::to_string(&parameters).map_err(io::Error::other)?;
    Ok(format!(
        "# What the generator assumed. Money is BRL a month, shares are 0 to 1, tables of twelve start in January.\n{yaml}"
    ))
}

/// The text of `README.md`.
pub(super) fn text(request: &Request, files: &[(String, Option<usize>)], troubles: &[Trouble]) -> String {
    let last = request.end.pred_opt().unwrap_or(request.end);
    let mut text = format!(
        "# Aurora Software, an invented company\n\n\
         Invented data: names come from word lists, and no person or company is meant. Made by\n\n\
         ```sh\nfarol sample --customers {} --months {} --seed {} --out sample-data\n```\n\n\
         which writes the same bytes every time. {} customers, {} months up to {last}; contracts reach back three years more. \
         Times are of São Paulo. `truth.csv` has, for each month, the true figures, counted while the company was invented and \
         not by farol; columns that start with `mrr` or end with `amount` are BRL. `truth.yaml` has the parameters behind it all.\n\n\
         ## Files\n\n| file | rows | what |\n| --- | ---: | --- |\n",
        request.customers, request.months, request.seed, request.customers, request.months,
    );
    for (name, rows) in files {
        let what = CONTENTS
            .iter()
            .find(|(file, _)| file == name)
            .map_or("usage by customer, day and feature", |(_, what)| what);
        // Writing to a string cannot fail.
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
