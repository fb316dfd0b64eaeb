//! Readers with a part of the customers, five hundred parts by chance: no letter holds a name or a number of a customer who
//! is not of its part, and its total is that of its part.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use mail_parser::{Message, MimeHeaders};

use crate::home::{Home, Letter};
use crate::sentinels::{name, number, search};

const CUSTOMERS: usize = 60;

/// By what customers can be told apart, and how many values each has.
const ATTRIBUTES: [(&str, u64); 4] = [("region", 5), ("plan", 4), ("team", 5), ("cell", 20)];

/// Runs, and parts in each.
const RUNS: usize = 5;
const PARTS: usize = 100;

struct Customer {
    id: String,
    name: String,
    values: [String; ATTRIBUTES.len()],
    mrr: u64,
}

/// Attribute and value, several of them: whoever has all of them.
type Part = BTreeMap<&'static str, String>;

fn customers() -> Vec<Customer> {
    let customer = |at: usize| Customer {
        id: name(&format!("id {at}")),
        name: name(&format!("customer {at}")),
        values: ATTRIBUTES.map(|(attribute, values)| {
            name(&format!("{attribute} {}", number(&format!("{attribute} of {at}"), values)))
        }),
        mrr: 1_000_003 + number(&format!("mrr of {at}"), 8_999_000),
    };
    (0..CUSTOMERS).map(customer).collect()
}

impl Customer {
    fn is_of(&self, part: &Part) -> bool {
        ATTRIBUTES.iter().zip(&self.values).all(|((attribute, _), own)| part.get(attribute).is_none_or(|v| v == own))
    }

    /// Every name that tells something of this customer.
    fn names(&self) -> impl Iterator<Item = &String> {
        self.values.iter().chain([&self.id, &self.name])
    }
}

/// Different parts with somebody in each: some of the attributes of one of the customers.
fn parts(customers: &[Customer]) -> Vec<Part> {
    let mut parts = Vec::new();
    for draw in 0.. {
        if parts.len() == RUNS * PARTS {
            break;
        }
        let someone = &customers[usize::try_from(number(&format!("whose {draw}"), CUSTOMERS as u64)).unwrap()];
        let chosen = 1 + number(&format!("which {draw}"), 15);
        let of = ATTRIBUTES.iter().zip(&someone.values).enumerate();
        let part: Part = of
            .filter(|(bit, _)| chosen >> bit & 1 == 1)
            .map(|(_, ((attribute, _), value))| (*attribute, value.clone()))
            .collect();
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// What a cell is expected to bring in: a number of its own.
fn target(cell: &str) -> u64 {
    100_000_007 + number(&format!("target of {cell}"), 800_000_000)
}

fn home(customers: &[Customer], parts: &[Part]) -> Home {
    let home = Home::empty();
    let mut tables = [
        "customer_id,name,signup_date,region,plan,team,cell\n".to_owned(),
        "customer_id,start_date,end_date,mrr\n".to_owned(),
        "customer_id,respondent_id,survey,score,comment,sent_at,responded_at\n".to_owned(),
    ];
    for (at, Customer { id, name, values, mrr }) in customers.iter().enumerate() {
        writeln!(tables[0], "{id},{name},2025-01-10,{}", values.join(",")).unwrap();
        writeln!(tables[1], "{id},2025-01-10,,{mrr}").unwrap();
        // Half of them are at risk. What is said in a cell is said by all of it, and so is no rare word.
        let (score, cell) = ([1, 9][at % 2], &values[3]);
        for (respondent, month) in [("a", "09"), ("b", "10")] {
            let said = format!("the support of {} is slow and the invoice of {} is late", cell.to_lowercase(), cell);
            let day = format!("2026-{month}-1{respondent}").replace('a', "0").replace('b', "2");
            writeln!(tables[2], "{id},{id}{respondent},nps,{score},{said},{day},{day}").unwrap();
        }
    }
    for (file, text) in ["customers", "subscriptions", "surveys"].iter().zip(&tables) {
        home.write(&format!("data/{file}.csv"), text);
    }
    home.write(
        "config/farol.yaml",
        "company: { name: Case, locale: en, currency: USD, timezone: UTC }\nas_of: 2026-11-05\n\
         privacy: { min_group: 1 }\n\
         data:\n  customers: { path: ../data/customers.csv, columns: { region: region, plan: plan, team: team, cell: cell } }\n  \
         subscriptions: { path: ../data/subscriptions.csv }\n  surveys: { path: ../data/surveys.csv }\n\
         segments: [region, plan, team, cell]\ndelivery: { allowed_domains: [case.example] }\n",
    );
    let cells: BTreeSet<&String> = customers.iter().map(|customer| &customer.values[3]).collect();
    let targets: Vec<String> = cells.iter().map(|cell| format!("{cell}: {}", target(cell))).collect();
    let benchmarks =
        format!("mrr_closing: {{ targets: [ {{ from: 2026-01, cell: {{ {} }} }} ] }}\n", targets.join(", "));
    home.write("config/benchmarks.yaml", benchmarks);
    // Whoever gave a 1 is at risk.
    let health =
        "health: { components: [ { id: nps, signal: last_nps, window: 12M, weight: 1, scale: { 0: 0, 10: 100 } } ] }\n";
    home.write("config/kpis.yaml", health);
    let mut reports = "monthly:\n  kpis: [mrr_closing, health_score, theme_share, term_log_odds]\n  history: 2\n  \
                       segments: [region, cell]\n  attach: [html, csv, xlsx]\n  recipients:\n"
        .to_owned();
    writeln!(reports, "    - {{ to: all@case.example, names: true }}").unwrap();
    for (at, part) in parts.iter().enumerate() {
        let only: Vec<String> = part.iter().map(|(attribute, value)| format!("{attribute}: {value}")).collect();
        writeln!(reports, "    - {{ to: r{at}@case.example, names: true, only: {{ {} }} }}", only.join(", ")).unwrap();
    }
    home.write("config/reports.yaml", reports);
    home
}

/// What may stand in the letter of a part, and the numbers that may not.
fn known(customers: &[Customer], part: &Part) -> (BTreeSet<String>, BTreeSet<u64>) {
    let own: Vec<&Customer> = customers.iter().filter(|customer| customer.is_of(part)).collect();
    let names = own.iter().flat_map(|customer| customer.names().cloned()).collect();
    let others = || customers.iter().filter(|customer| !customer.is_of(part));
    let mut foreign: BTreeSet<u64> = others().map(|customer| customer.mrr).collect();
    let cells: BTreeSet<&String> = own.iter().map(|customer| &customer.values[3]).collect();
    foreign
        .extend(others().map(|customer| &customer.values[3]).filter(|cell| !cells.contains(cell)).map(|c| target(c)));
    // Sums with somebody else in them: of all, and of each value.
    for at in 0..ATTRIBUTES.len() {
        for value in others().map(|customer| &customer.values[at]) {
            foreign.insert(customers.iter().filter(|c| &c.values[at] == value).map(|c| c.mrr).sum());
        }
    }
    if own.len() < customers.len() {
        foreign.insert(customers.iter().map(|customer| customer.mrr).sum());
    }
    (names, foreign)
}

/// The total of the last month, in the attached figures; amounts are whole.
fn total(letter: &Message<'_>) -> u64 {
    let figures = letter.attachments().find(|part| part.attachment_name() == Some("figures-2026-10.csv")).unwrap();
    let figures = String::from_utf8_lossy(figures.contents());
    let line = figures.lines().find_map(|line| line.strip_prefix("2026-10,month,total,total,mrr_closing,"));
    line.unwrap().split(',').next().unwrap().parse().unwrap()
}

/// What is wrong with the letter of a part, and whether it names a customer at all.
fn read(letter: &Letter, part: &Part, customers: &[Customer]) -> (Vec<String>, bool) {
    let letter = letter.parsed();
    let (own, foreign) = known(customers, part);
    let found = search(&letter);
    let mut faults: Vec<String> = found.foreign_names(&own).map(|name| format!("{part:?}: {name}")).collect();
    faults.extend(found.numbers.intersection(&foreign).map(|number| format!("{part:?}: {number}")));
    let sum: u64 = customers.iter().filter(|c| c.is_of(part)).map(|customer| customer.mrr).sum();
    assert_eq!(total(&letter), sum, "{part:?}");
    let names_one = customers.iter().any(|c| c.is_of(part) && found.names.contains(&c.name.to_lowercase()));
    (faults, names_one)
}

/// Sends a hundred parts their letters, and reads them: leaks, and how many letters name a customer.
fn send_and_read(customers: &[Customer], parts: &[Part]) -> (Vec<String>, usize) {
    let home = home(customers, parts);
    home.does(&["run", "--send", "--quiet", "--no-cache"]);
    let letters: BTreeMap<String, Letter> = home.letters().into_iter().map(|letter| (letter.to(), letter)).collect();
    assert_eq!(letters.len(), PARTS + 1);
    // Who may see everything does: the search finds what is there.
    let all = search(&letters["all@case.example"].parsed());
    let everything: BTreeSet<String> = customers.iter().flat_map(|customer| customer.names().cloned()).collect();
    assert_eq!(all.foreign_names(&everything).collect::<Vec<_>>(), Vec::<&String>::new());
    let names = customers.iter().filter(|customer| all.names.contains(&customer.name.to_lowercase())).count();
    let cells = customers.iter().filter(|customer| all.names.contains(&customer.values[3].to_lowercase())).count();
    let amounts = customers.iter().filter(|customer| all.numbers.contains(&customer.mrr)).count();
    assert!(names >= 20 && cells == CUSTOMERS && amounts >= 20, "{names} names, {cells} cells, {amounts} amounts");
    let (mut leaks, mut seen) = (Vec::new(), 0);
    for (at, part) in parts.iter().enumerate() {
        let (faults, names_one) = read(&letters[&format!("r{at}@case.example")], part, customers);
        leaks.extend(faults);
        seen += usize::from(names_one);
    }
    (leaks, seen)
}

#[test]
fn no_letter_of_five_hundred_parts_holds_what_is_not_of_its_part() {
    let customers = customers();
    let parts = parts(&customers);
    let (mut leaks, mut seen) = (Vec::new(), 0);
    for parts in parts.chunks(PARTS) {
        let (found, named) = send_and_read(&customers, parts);
        leaks.extend(found);
        seen += named;
    }
    let read = parts.len();
    assert_eq!(leaks, [""; 0]);
    assert!(seen > read / 2, "only {seen} of {read} letters name a customer at all");
    println!("X11 | scopes, leaks | {read}, {}", leaks.len());
}
