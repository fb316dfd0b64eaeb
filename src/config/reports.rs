//! `reports.yaml`: which figures go to whom.
//!
//! Plans reports; renders and sends none.

use std::collections::{BTreeMap, BTreeSet};

use super::Vocabulary;
use super::address::{folded, recipient};
use super::benchmarks::Benchmark;
use super::codes;
use super::company::{Translated, locale, translated};
use super::farol::{Dimension, check_part};
use super::page::{Key, Page, Spot, shortened};
use super::surroundings::Surroundings;
use super::words::suggestion;
use crate::calendar::Grain;

/// One report of `reports.yaml`.
#[derive(Clone, Debug)]
pub struct ReportPlan {
    /// Title with `{period}`.
    pub title: Translated,
    /// Grain of its periods.
    pub grain: Grain,
    /// KPI ids, in order, from the catalogue; `all` is resolved to every one.
    pub kpis: Vec<String>,
    /// Dimensions shown; each is declared in `segments:` of farol.yaml.
    pub segments: Vec<Dimension>,
    /// Periods in the trend charts.
    pub history: u32,
    /// Attachments: `html` (the full report), `csv` (figures), `xlsx` (the workbook).
    pub attach: Vec<String>,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
}

impl ReportPlan {
    /// Whether its mail carries a file of this kind: `html`, `csv`, `xlsx`.
    pub fn attaches(&self, kind: &str) -> bool {
        self.attach.iter().any(|attached| attached == kind)
    }
}

/// Who gets a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Address, perhaps with a name.
    pub to: String,
    /// Language tag.
    pub locale: String,
    /// May see customers' names.
    pub names: bool,
    /// Attribute → value: only these customers are added up for this recipient.
    pub only: BTreeMap<String, String>,
}

/// What reports refer to in farol.yaml and benchmarks.yaml.
pub(super) struct Company<'a> {
    /// Declared dimensions, or none where farol.yaml could not be read.
    pub(super) dimensions: Option<&'a [Dimension]>,
    pub(super) benchmarks: &'a BTreeMap<String, Benchmark>,
    pub(super) named_attributes: &'a BTreeSet<String>,
    pub(super) allowed_domains: &'a [String],
    pub(super) locale: &'a str,
}

/// The id of the report that there is without reports.yaml.
const UNWRITTEN: &str = "executive";

/// Reads the file; without one, there is one monthly report of everything, which nobody receives.
pub(super) fn read(
    page: &Page,
    surroundings: &Surroundings<'_>,
    vocabulary: &Vocabulary,
    company: &Company<'_>,
) -> BTreeMap<String, ReportPlan> {
    let entries = page.root().map(Spot::entries).unwrap_or_default();
    if entries.is_empty() && page.is_readable {
        return BTreeMap::from([(UNWRITTEN.to_owned(), unwritten(vocabulary, company))]);
    }
    let mut reports = BTreeMap::new();
    for (key, spot) in entries {
        if is_folder_name(key) {
            reports.insert(key.text().to_owned(), report(spot, surroundings, vocabulary, company));
        }
    }
    reports
}

fn unwritten(vocabulary: &Vocabulary, company: &Company<'_>) -> ReportPlan {
    ReportPlan {
        title: usual_title(),
        grain: Grain::Month,
        kpis: all(vocabulary, company.benchmarks),
        segments: company.dimensions.unwrap_or_default().to_vec(),
        history: 13,
        attach: Vec::new(),
        recipients: Vec::new(),
    }
}

/// Every KPI: first those that are judged, which a report is opened for; both in the catalogue's order.
fn all(vocabulary: &Vocabulary, benchmarks: &BTreeMap<String, Benchmark>) -> Vec<String> {
    let is_judged = |id: &str| benchmarks.get(id).is_some_and(|of| !of.bands.is_empty() || !of.targets.is_empty());
    let (judged, others): (Vec<&str>, Vec<&str>) =
        vocabulary.kpis.iter().map(|kpi| kpi.id).partition(|id| is_judged(id));
    judged.into_iter().chain(others).map(ToOwned::to_owned).collect()
}

fn usual_title() -> Translated {
    let titles = [
        ("en", "Customer success, {period}"),
        ("pt-BR", "Sucesso do cliente, {period}"),
        ("es", "Éxito del cliente, {period}"),
    ];
    titles.iter().map(|(tag, title)| ((*tag).to_owned(), (*title).to_owned())).collect()
}

/// A report's id is also its folder's name, on any file system.
fn is_folder_name(key: Key<'_>) -> bool {
    let id = key.text();
    let is_name = (1..=64).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if !is_name {
        let message = format!("`{}` cannot be a report's id", shortened(id));
        key.fault(codes::BAD_NAME, message, "write small letters, digits, `-` and `_`: it names a folder under `out`");
    }
    is_name
}

const KEYS: &[&str] = &["title", "grain", "kpis", "segments", "history", "attach", "recipients"];

fn report(
    spot: Spot<'_>,
    surroundings: &Surroundings<'_>,
    vocabulary: &Vocabulary,
    company: &Company<'_>,
) -> ReportPlan {
    let usual = unwritten(vocabulary, company);
    let fields = spot.fields(KEYS);
    let history = fields.get("history").and_then(|spot| spot.whole(1..=120));
    let recipients = fields.get("recipients").map(|spot| recipients(spot, surroundings, vocabulary, company));
    ReportPlan {
        title: fields.get("title").map_or(usual.title, translated),
        grain: fields.get("grain").and_then(grain).unwrap_or(usual.grain),
        kpis: fields.get("kpis").map_or_else(|| usual.kpis.clone(), |spot| kpis(spot, vocabulary, &usual.kpis)),
        segments: fields.get("segments").map_or(usual.segments, |spot| segments(spot, company.dimensions)),
        history: history.and_then(|periods| u32::try_from(periods).ok()).unwrap_or(usual.history),
        attach: fields.get("attach").map(attachments).unwrap_or_default(),
        recipients: recipients.unwrap_or_default(),
    }
}

/// A grain by its name: `month`, `week`, `quarter`, `year`, or `12m` for the twelve months that end with a month.
pub(super) fn grain(spot: Spot<'_>) -> Option<Grain> {
    let text = spot.text()?;
    let words = [("month", Grain::Month), ("week", Grain::Week), ("quarter", Grain::Quarter), ("year", Grain::Year)];
    let named = words.iter().find(|(word, _)| *word == text).map(|(_, grain)| *grain);
    let trailing = || {
        let months = text.strip_suffix('m').filter(|months| months.bytes().all(|b| b.is_ascii_digit()))?;
        months.parse().ok().filter(|months| (2..=120).contains(months)).map(Grain::Trailing)
    };
    named.or_else(trailing).or_else(|| {
        spot.unknown(codes::UNKNOWN_GRAIN, "grain", text, &["month", "week", "quarter", "year", "12m"]);
        None
    })
}

fn kpis(spot: Spot<'_>, vocabulary: &Vocabulary, all: &[String]) -> Vec<String> {
    let ids: Vec<&str> = vocabulary.kpis.iter().map(|kpi| kpi.id).collect();
    if !spot.is_list() {
        match spot.scalar() {
            Some("all") => return all.to_vec(),
            Some(_) => spot.wrong_type("a list of KPIs, or `all`", "write `[nps, nrr]`, or `all`"),
            None => {}
        }
        return Vec::new();
    }
    let mut chosen: Vec<String> = Vec::new();
    for item in spot.nonempty_list() {
        let Some(id) = item.text() else { continue };
        if !ids.contains(&id) {
            item.unknown(codes::UNKNOWN_KPI, "KPI", id, &ids);
        } else if chosen.iter().any(|earlier| earlier == id) {
            item.fault(codes::DUPLICATE_NAME, format!("KPI `{id}` is there twice"), "keep it once");
        } else {
            chosen.push(id.to_owned());
        }
    }
    chosen
}

fn segments(spot: Spot<'_>, declared: Option<&[Dimension]>) -> Vec<Dimension> {
    let mut chosen: Vec<Dimension> = Vec::new();
    for item in spot.list() {
        let names = if item.is_list() { item.nonempty_list() } else { vec![item] };
        let dimension = Dimension(names.into_iter().filter_map(Spot::text).map(ToOwned::to_owned).collect());
        if dimension.0.is_empty() {
            continue;
        }
        if let Some(declared) = declared
            && !declared.contains(&dimension)
        {
            let names: Vec<String> = declared.iter().map(Dimension::name).collect();
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let message = format!("`{}` is not declared in `segments` of farol.yaml", shortened(&dimension.name()));
            let cross = declared.iter().find(|cross| cross.name() == dimension.name());
            let help = cross.map(|cross| format!("a cross is a list: write `[{}]`", cross.0.join(", ")));
            let help = help.unwrap_or_else(|| suggestion(&dimension.name(), &known));
            item.fault(codes::UNDECLARED_SEGMENT, message, help);
        } else if chosen.contains(&dimension) {
            item.fault(codes::DUPLICATE_NAME, format!("segment `{}` is there twice", dimension.name()), "keep it once");
        } else {
            chosen.push(dimension);
        }
    }
    chosen
}

fn attachments(spot: Spot<'_>) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    for item in spot.list() {
        let Some(kind) = item.text() else { continue };
        if !matches!(kind, "html" | "csv" | "xlsx") {
            let message = format!("`{}` cannot be attached", shortened(kind));
            item.fault(codes::ATTACHMENT_NOT_SUPPORTED, message, instead_of(kind));
        } else if chosen.iter().any(|earlier| earlier == kind) {
            item.fault(codes::DUPLICATE_NAME, format!("`{kind}` is attached twice"), "keep it once");
        } else {
            chosen.push(kind.to_owned());
        }
    }
    chosen
}

/// What to write in place of a kind that there is not.
fn instead_of(kind: &str) -> &'static str {
    match kind {
        "pdf" => "attach `html`: printed from a browser, or saved as PDF there, it is a document of A4 pages",
        _ => "write `html`, `csv` or `xlsx`",
    }
}

fn recipients(
    spot: Spot<'_>,
    surroundings: &Surroundings<'_>,
    vocabulary: &Vocabulary,
    company: &Company<'_>,
) -> Vec<Recipient> {
    let mut chosen: Vec<Recipient> = Vec::new();
    for item in spot.list() {
        let Some(reader) = reader(item, surroundings, vocabulary, company) else { continue };
        if chosen.iter().any(|earlier| folded(&earlier.to) == folded(&reader.to)) {
            let message = format!("`{}` gets this report already", shortened(&reader.to));
            item.fault(codes::DUPLICATE_RECIPIENT, message, "keep one of the two; a second scope is a second report");
        } else {
            chosen.push(reader);
        }
    }
    chosen
}

fn reader(
    spot: Spot<'_>,
    surroundings: &Surroundings<'_>,
    vocabulary: &Vocabulary,
    company: &Company<'_>,
) -> Option<Recipient> {
    if !spot.is_map() {
        spot.wrong_type("a list of recipients", "write `- { to: \"name@domain\" }`");
        return None;
    }
    let fields = spot.fields(&["to", "locale", "names", "only"]);
    let tag = fields.get("locale").and_then(locale).unwrap_or_else(|| company.locale.to_owned());
    let names = fields.get("names").and_then(Spot::flag).unwrap_or(false);
    let only = fields.bound("only").map(|spot| scope(spot, vocabulary, company)).unwrap_or_default();
    let to = fields.required("to", "write `to: \"name@domain\"`")?;
    let to = recipient(to, surroundings, company.allowed_domains)?;
    Some(Recipient { to, locale: tag, names, only })
}

/// The customers that a recipient may know of. An empty scope could mean all or none, so it must not be written.
fn scope(spot: Spot<'_>, vocabulary: &Vocabulary, company: &Company<'_>) -> BTreeMap<String, String> {
    let entries = spot.entries();
    if spot.is_empty() || (spot.is_map() && entries.is_empty()) {
        spot.fault(codes::EMPTY_SCOPE, "`only` names no attribute", "leave `only` out to send the whole report");
    }
    let mut only = BTreeMap::new();
    for (key, value) in entries {
        if company.dimensions.is_some() {
            check_part(key, company.named_attributes, vocabulary);
        }
        if let Some(value) = value.scalar() {
            only.insert(key.text().to_owned(), value.to_owned());
        }
    }
    only
}
