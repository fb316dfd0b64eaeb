//! `farol.yaml`: the company, its data, what runs when, and how mail leaves.
//!
//! Reads the file's own keys; what hangs on other files (does the scheduled report exist?) is checked when they are read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use super::company::{self, Company};
use super::delivery::{self, Delivery};
use super::page::{Fields, Key, Page, Spot};
use super::schedule::{Planned, planned};
use super::secrets::{Literal, Secret, secret};
use super::sources::{self, Source, canonical_columns, mapped_attributes};
use super::surroundings::{Surroundings, resolve};
use super::{Vocabulary, codes, dates};

/// A way of cutting the customers: one attribute, or several crossed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension(pub Vec<String>);

impl Dimension {
    /// `plan`, `plan×region`.
    pub fn name(&self) -> String {
        self.0.join("×")
    }
}

/// What is withheld from mail.
#[derive(Clone, Debug)]
pub struct Privacy {
    /// Fewest respondents of a survey figure.
    pub min_group: u64,
    /// Whether comments may be quoted, redacted.
    pub quotes: bool,
}

/// Who watches farol from outside.
#[derive(Clone, Debug, Default)]
pub struct Watchers {
    /// The file that Prometheus's node exporter reads.
    pub metrics: Option<PathBuf>,
    /// The address that is called when a run starts and ends.
    pub ping: Option<Secret>,
}

/// The file as read.
pub(super) struct Farol<'a> {
    pub(super) company: Company,
    pub(super) as_of: Option<NaiveDate>,
    pub(super) state: PathBuf,
    pub(super) out: PathBuf,
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) dimensions: Vec<Dimension>,
    pub(super) row_segments: Option<Vec<String>>,
    pub(super) attributes: BTreeMap<String, String>,
    /// Attributes that the file names: mapped from customers' columns, or living in another table.
    pub(super) named_attributes: BTreeSet<String>,
    pub(super) close_lag_days: i64,
    pub(super) privacy: Privacy,
    pub(super) schedule: Vec<Planned<'a>>,
    pub(super) delivery: Delivery,
    pub(super) watchers: Watchers,
}

const KEYS: &[&str] = &[
    "company",
    "as_of",
    "state",
    "out",
    "data",
    "segments",
    "row_segments",
    "attributes",
    "close_lag",
    "privacy",
    "holidays",
    "schedule",
    "delivery",
    "metrics",
    "ping",
];

/// Reads the file; whatever cannot be read is faulted on its page and stands at its default.
pub(super) fn read<'a>(page: &'a Page, surroundings: &Surroundings<'_>, vocabulary: &Vocabulary) -> Farol<'a> {
    let fields = page.root().map(|root| root.fields(KEYS));
    let [state, out] = read_folders(fields, surroundings);
    let mut farol = Farol {
        company: Company::unread(),
        as_of: None,
        state,
        out,
        sources: BTreeMap::new(),
        dimensions: Vec::new(),
        row_segments: None,
        attributes: BTreeMap::new(),
        named_attributes: BTreeSet::new(),
        close_lag_days: 2,
        privacy: Privacy { min_group: 5, quotes: true },
        schedule: Vec::new(),
        delivery: Delivery::unconfigured(surroundings),
        watchers: Watchers::default(),
    };
    let Some(fields) = fields else {
        if page.is_readable {
            page.fault(
                super::locate::Mark::START,
                codes::MISSING_KEY,
                "the file is empty",
                "write `company:` and `data:`",
            );
        }
        return farol;
    };
    if let Some(spot) = fields.required("company", "write `company: { name: …, currency: …, timezone: … }`") {
        farol.company = company::read(spot, surroundings);
    }
    farol.as_of = fields.get("as_of").and_then(dates::day);
    if let Some(spot) = fields.required("data", "write `data: { customers: { path: … } }`") {
        farol.sources = sources::read(spot, surroundings, vocabulary);
    }
    if let Some(spot) = fields.get("attributes") {
        farol.attributes = attributes(spot, &farol.sources, vocabulary);
    }
    farol.named_attributes = mapped_attributes(&farol.sources, vocabulary);
    farol.named_attributes.extend(farol.attributes.keys().cloned());
    if let Some(spot) = fields.get("segments") {
        farol.dimensions = segments(spot, &farol.named_attributes, canonical_columns("customers", vocabulary));
    }
    farol.row_segments = fields.get("row_segments").map(row_segments);
    farol.close_lag_days = fields.get("close_lag").and_then(|spot| spot.days(0..=366)).unwrap_or(farol.close_lag_days);
    if let Some(spot) = fields.get("privacy") {
        privacy(spot, &mut farol.privacy);
    }
    if let Some(spot) = fields.get("schedule") {
        let days = fields.get("holidays").map(Spot::list).unwrap_or_default();
        let holidays = Arc::new(days.into_iter().filter_map(dates::day).collect());
        farol.schedule = spot.list().into_iter().filter_map(|spot| planned(spot, &holidays)).collect();
    }
    if let Some(spot) = fields.get("delivery") {
        farol.delivery = delivery::read(spot, surroundings);
    }
    farol.watchers.metrics = fields.get("metrics").and_then(|spot| surroundings.path(spot));
    farol.watchers.ping = fields.get("ping").and_then(|spot| ping(spot, surroundings));
    farol
}

/// Reads `ping:`; whoever knows the address can call it, so that it is a secret.
fn ping(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<Secret> {
    let address = secret(spot, surroundings, Literal::Refused)?;
    let Ok(shown) = address.reveal() else { return Some(address) };
    let is_web = ["http://", "https://"].iter().any(|scheme| shown.starts_with(scheme));
    if !is_web || shown.contains(char::is_whitespace) {
        let help = "let it refer to what the service shows: `https://hc-ping.com/…`";
        spot.fault(codes::BAD_REFERENCE, "`ping` does not lead to a web address", help);
        return None;
    }
    Some(address)
}

/// The folders of ledger and reports, in this order.
fn read_folders(fields: Option<Fields<'_>>, surroundings: &Surroundings<'_>) -> [PathBuf; 2] {
    let written = |key| fields.and_then(|fields| fields.get(key));
    let [state, out] = [("state", "../state"), ("out", "../out")].map(|(key, usual)| {
        let path = written(key).and_then(|spot| surroundings.path(spot));
        path.unwrap_or_else(|| resolve(surroundings.folder, Path::new(usual)))
    });
    if state.starts_with(&out)
        && let Some(spot) = written("state").or_else(|| written("out"))
    {
        let help = "write a folder beside `out`: whoever clears the reports would clear the ledger, and everything would be sent again";
        spot.fault(codes::STATE_INSIDE_OUT, "`state` lies inside `out`", help);
    }
    [state, out]
}

/// The folders alone; what is wrong with them, or might be a misspelt one, is on the page.
pub(super) fn folders(page: &Page, surroundings: &Surroundings<'_>) -> [PathBuf; 2] {
    read_folders(page.root().map(|root| root.fields(KEYS)), surroundings)
}

/// Reads `attributes:`, each of them a column of `subscriptions`: the one table whose rows say which value holds when.
fn attributes(spot: Spot<'_>, sources: &BTreeMap<String, Source>, vocabulary: &Vocabulary) -> BTreeMap<String, String> {
    const HOME: &str = "subscriptions";
    let columns = canonical_columns(HOME, vocabulary);
    let mapped = mapped_attributes(sources, vocabulary);
    let mut attributes = BTreeMap::new();
    for (key, spot) in spot.entries() {
        let Some(written) = spot.text() else { continue };
        if mapped.contains(key.text()) {
            let message = format!("`{}` is a column of `customers` too", key.text());
            key.fault(codes::ATTRIBUTE_CONFLICT, message, "rename one of the two, or leave one out");
        }
        match written.split_once('.') {
            Some((HOME, column)) if columns.contains(&column) => {
                if !attributes.is_empty() {
                    let help =
                        "keep one; the others may be columns of `customers`, with `valid_from` where they change";
                    key.fault(codes::ATTRIBUTE_SOURCE, format!("one attribute at most lives in `{HOME}`"), help);
                } else if sources.contains_key(HOME) {
                    attributes.insert(key.text().to_owned(), written.to_owned());
                } else {
                    let message = format!("`{written}` is not there: `data` has no `{HOME}`");
                    spot.fault(
                        codes::ATTRIBUTE_SOURCE,
                        message,
                        format!("configure `{HOME}`, or leave the attribute out"),
                    );
                }
            }
            Some((HOME, column)) => spot.unknown(codes::UNKNOWN_COLUMN, "column of `subscriptions`:", column, columns),
            _ => {
                let message = format!("`{}` must live in a column of `{HOME}`, found `{written}`", key.text());
                spot.fault(codes::ATTRIBUTE_SOURCE, message, format!("write `{}: {HOME}.COLUMN`", key.text()));
            }
        }
    }
    attributes
}

fn segments(spot: Spot<'_>, named: &BTreeSet<String>, canonical: &[&str]) -> Vec<Dimension> {
    let mut dimensions: Vec<Dimension> = Vec::new();
    for item in spot.list() {
        let crossed = if item.is_list() { item.nonempty_list() } else { vec![item] };
        let attributes: Vec<String> =
            crossed.into_iter().filter_map(|name| attribute(name, named, canonical)).collect();
        let dimension = Dimension(attributes);
        let has_twice = dimension.0.iter().enumerate().any(|(i, name)| dimension.0[..i].contains(name));
        if has_twice || dimensions.contains(&dimension) {
            let message = format!("segment `{}` is there twice", dimension.name());
            item.fault(codes::DUPLICATE_NAME, message, "keep it once");
        } else if !dimension.0.is_empty() {
            dimensions.push(dimension);
        }
    }
    dimensions
}

/// The columns that cut rows.
fn row_segments(spot: Spot<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for item in spot.list() {
        match column_name(item) {
            Some(name) if names.contains(&name) => {
                item.fault(codes::DUPLICATE_NAME, format!("`{name}` is there twice"), "keep it once");
            }
            name => names.extend(name),
        }
    }
    names
}

/// A column that cuts rows; whether a table has it only the data can tell.
fn column_name(spot: Spot<'_>) -> Option<String> {
    let name = spot.text()?;
    if name == "total" || name.contains('×') {
        let help = "rows are cut by one column at a time: write its name";
        spot.fault(codes::BAD_NAME, format!("`{name}` cannot be a column's name"), help);
        return None;
    }
    Some(name.to_owned())
}

fn attribute(spot: Spot<'_>, named: &BTreeSet<String>, canonical: &[&str]) -> Option<String> {
    let name = spot.text()?;
    if name == "total" || name.contains('×') {
        let help = "`total` is always there, and a cross is written as a list: `[plan, region]`";
        spot.fault(codes::BAD_NAME, format!("`{name}` cannot be an attribute's name"), help);
        return None;
    }
    if let Some((message, help)) = not_an_attribute(name, named, canonical) {
        spot.fault(codes::BAD_NAME, message, help);
        return None;
    }
    warn_if_undeclared(name, named, |code, message, help| spot.warn(code, message, help));
    Some(name.to_owned())
}

/// Why a column of the customers that farol reads itself is no attribute, and what mends it.
fn not_an_attribute(name: &str, named: &BTreeSet<String>, canonical: &[&str]) -> Option<(String, String)> {
    let is_attribute = named.contains(name) || !canonical.contains(&name);
    (!is_attribute).then(|| {
        (
            format!("`{name}` is a column that farol reads itself, not an attribute"),
            format!("map it under a name of its own: `columns: {{ my_{name}: … }}` in `customers`"),
        )
    })
}

/// An attribute that no mapping names may still be a column of the customers' file; only the data can tell.
fn warn_if_undeclared(name: &str, named: &BTreeSet<String>, warn: impl FnOnce(&'static str, String, String)) {
    if named.contains(name) {
        return;
    }
    let known: Vec<&str> = named.iter().map(String::as_str).collect();
    let help = match super::words::nearest(name, &known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("name it in `columns:` of `customers`: `{name}: SOURCE_COLUMN`"),
    };
    let message =
        format!("no mapping names the attribute `{name}`; the customers' file must have a column of that name");
    warn(codes::UNDECLARED_ATTRIBUTE, message, help);
}

fn privacy(spot: Spot<'_>, privacy: &mut Privacy) {
    let fields = spot.fields(&["min_group", "quotes"]);
    if let Some(min_group) = fields.get("min_group").and_then(|spot| spot.whole(1..=1_000_000)) {
        privacy.min_group = min_group.unsigned_abs();
    }
    if let Some(quotes) = fields.get("quotes").and_then(|spot| spot.choice(&[("redacted", true), ("none", false)])) {
        privacy.quotes = quotes;
    }
}

/// Checks the attribute that a part of the customers goes by. Columns of text that farol reads itself will do; of an attribute that is
/// undeclared it warns.
pub(super) fn check_part(key: Key<'_>, named: &BTreeSet<String>, vocabulary: &Vocabulary) {
    if vocabulary.texts_of_customers.contains(&key.text()) {
        return;
    }
    match not_an_attribute(key.text(), named, canonical_columns("customers", vocabulary)) {
        Some((message, help)) => key.fault(codes::BAD_NAME, message, help),
        None => warn_if_undeclared(key.text(), named, |code, message, help| key.warn(code, message, help)),
    }
}
