//! An explanation for a terminal: what and why on the left, nothing wider than it must be.
//!
//! Computes nothing.

use super::definitions::Other;
use super::explanation::{Compared, Counted, Explanation, Source};
use super::numbers::Words;
use crate::error::Result;
use crate::kpi::Unit;
use crate::kpi::catalogue::definition;
use crate::locale::Locale;

/// Widest line, as far as words can be broken.
const WIDTH: usize = 100;
/// Width of the names on the left.
const LEFT: usize = 12;

/// Everything in lines.
///
/// # Errors
/// Never with the built-in words.
pub fn text(of: &Explanation) -> Result<String> {
    let locale = Locale::load("en", None)?;
    let words = Words { locale: &locale, currency: &of.currency };
    let unit = definition(of.kpi).map_or(Unit::Ratio, |definition| definition.unit);
    let mut page = Page::default();
    page.line(&format!("{}: {}", of.kpi, of.name));
    figure(&mut page, of, &words, unit);
    judgement(&mut page, of, &words, unit);
    let choices: Vec<String> = of.choices.iter().map(|choice| format!("{}: {}", choice.key, choice.value)).collect();
    page.list("choices", &choices);
    for (index, source) in of.sources.iter().enumerate() {
        self::source(&mut page, if index == 0 { "sources" } else { "" }, source);
    }
    if let Some(rows) = &of.rows {
        counted(&mut page, rows);
    }
    if let Some(definitions) = &of.definitions {
        page.line("");
        page.line("under other definitions, over the same period");
        table(&mut page, definitions, &words);
    }
    Ok(page.0)
}

fn figure(page: &mut Page, of: &Explanation, words: &Words<'_>, unit: Unit) {
    let days = &of.period;
    page.entry(
        "period",
        &format!("{}: {} to {}, {}, as of {}", days.id, days.first, days.last, days.timezone, days.as_of),
    );
    let mut segment = of.segment.clone();
    if of.dimension != of.segment {
        let within: Vec<String> = of.within.iter().map(|(name, value)| format!(", {name} {value}")).collect();
        segment = format!("{} {segment}{}", of.dimension, within.concat());
    }
    page.entry("segment", &segment);
    match (of.value, of.note) {
        (Some(value), _) => page.entry("value", &format!("{} ({value} unrounded)", of.shown)),
        (None, note) => page.entry("value", &format!("{}: {}", of.shown, note.unwrap_or("no value"))),
    }
    page.entry("formula", of.formula);
    if let Some(in_numbers) = &of.in_numbers {
        page.entry("in numbers", in_numbers);
    }
    if let Some(numerator) = of.numerator {
        page.entry("numerator", &words.number(numerator));
    }
    if let Some(denominator) = of.denominator {
        page.entry("denominator", &words.number(denominator));
    }
    page.entry("n", &of.n.to_string());
    match &of.interval {
        Some(range) => page.entry(
            "interval",
            &format!(
                "{} to {} at {} %",
                words.value(range.low, unit),
                words.value(range.high, unit),
                words.number(100.0 * range.confidence)
            ),
        ),
        None => page.entry("interval", "none"),
    }
    page.entry("method", of.source);
    if let Some(remark) = &of.remark {
        page.entry("remark", remark);
    }
}

fn judgement(page: &mut Page, of: &Explanation, words: &Words<'_>, unit: Unit) {
    let judged = &of.judgement;
    let where_ = judged.report.as_ref().map_or("alone".to_owned(), |report| format!("as in report `{report}`"));
    page.entry("judged", &format!("{where_}; {}", judged.maturity.replace('_', " ")));
    if let Some(band) = &judged.band {
        page.entry("band", &format!("{band}, {}", judged.status.unwrap_or("no colour")));
    }
    if let Some(target) = judged.target {
        let met = match judged.target_met {
            Some("yes") => ", met",
            Some("no") => ", missed",
            Some(_) => ", cannot tell: the interval holds it",
            None if judged.maturity == "final" => "",
            None => ", not held to it yet",
        };
        page.entry("target", &format!("{}{met}", words.value(target, unit)));
    }
    for change in &judged.changes {
        page.entry("change", &compared(change, words, unit));
    }
}

fn compared(change: &Compared, words: &Words<'_>, unit: Unit) -> String {
    let sign = if change.difference > 0.0 { "+" } else { "" };
    let test = match (change.p_value, change.significant) {
        (Some(p), Some(true)) => format!("p = {p:.4}: clear"),
        (Some(p), _) => format!("p = {p:.4}: too close to call"),
        (None, _) => "not tested".to_owned(),
    };
    let difference = match unit {
        Unit::Percent => format!("{sign}{} points", words.number(change.difference)),
        _ => format!("{sign}{}", words.value(change.difference, unit)),
    };
    format!("{difference} against {} ({}), {test}", change.against, words.value(change.value, unit))
}

fn source(page: &mut Page, name: &str, of: &Source) {
    let mut aside: Vec<String> = of.reasons.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
    if of.after_as_of > 0 {
        aside.push(format!("{} after as of", of.after_as_of));
    }
    let aside = if aside.is_empty() { String::new() } else { format!(", not: {}", aside.join(", ")) };
    page.entry(name, &format!("{}: {} rows{aside}", of.table, of.kept));
    for file in &of.files {
        page.entry("", &format!("  {}, {} rows, sha256 {}", file.path, file.rows, file.sha256.get(..16).unwrap_or("")));
    }
}

fn counted(page: &mut Page, rows: &Counted) {
    let width = rows.groups.iter().map(|group| group.rows.to_string().len()).max().unwrap_or(0);
    let table = rows.groups.iter().map(|group| group.table.len()).max().unwrap_or(0);
    for (index, group) in rows.groups.iter().enumerate() {
        let line = format!("{:>width$} {:<table$}  {:<11}  {}", group.rows, group.table, group.used, group.why);
        page.entry(if index == 0 { "rows" } else { "" }, &line);
    }
    if let Some(table) = rows.unlisted {
        page.entry("", &format!("rows of {table} outside the period are not told"));
    }
    page.entry("sums", &format!("numerator {}, denominator {}", rows.numerator, rows.denominator));
    if let Some(of) = rows.sums_of {
        page.entry("", &format!("of {of}"));
    }
    page.entry("adds up", if rows.adds_up { "yes" } else { "no" });
}

/// Definitions side by side.
fn table(page: &mut Page, of: &[Other], words: &Words<'_>) {
    let cell = |value: Option<f64>, shown: &dyn Fn(f64) -> String| value.map_or("n/a".to_owned(), shown);
    let head = ["definition", "value", "to ours", "counts"].map(str::to_owned);
    let told = of.iter().map(|other| {
        let parts = match (other.numerator, other.denominator) {
            (Some(top), Some(bottom)) => format!("{} / {}", words.number(top), words.number(bottom)),
            _ => String::new(),
        };
        let difference = match other.difference {
            _ if other.is_ours => "ours".to_owned(),
            None if other.value.is_some() => "another unit".to_owned(),
            difference => cell(difference, &|by| format!("{}{}", if by > 0.0 { "+" } else { "" }, words.number(by))),
        };
        [other.name.to_owned(), cell(other.value, &|value| words.value(value, other.unit)), difference, parts]
    });
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(told).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for (row, other) in rows.iter().zip(std::iter::once(None).chain(of.iter().map(Some))) {
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.chars().count()));
        let [name, value, difference, parts] = row;
        let line = format!(
            "  {name}{}  {}{value}  {}{difference}  {parts}",
            pad(name, widths[0]),
            pad(value, widths[1]),
            pad(difference, widths[2])
        );
        page.line(line.trim_end());
        let Some(other) = other else { continue };
        let who = if other.used_by == "—" { String::new() } else { format!("{}: ", other.used_by) };
        page.indented(&format!("{who}{}", other.formula), 6);
        if let Some(source) = other.source {
            page.line(&format!("      {source}"));
        }
    }
}

/// Lines.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text);
    }

    /// A name on the left and text on the right, broken between words.
    fn entry(&mut self, name: &str, text: &str) {
        for (index, part) in broken(text, WIDTH - LEFT - 2).into_iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            self.line(format!("  {name:<LEFT$}{part}").trim_end());
        }
    }

    fn list(&mut self, name: &str, items: &[String]) {
        for (index, item) in items.iter().enumerate() {
            self.entry(if index == 0 { name } else { "" }, item);
        }
    }

    fn indented(&mut self, text: &str, by: usize) {
        for part in broken(text, WIDTH - by) {
            self.line(&format!("{}{part}", " ".repeat(by)));
        }
    }
}

/// Text in pieces of at most so many characters, as far as its spaces allow; leading spaces stay.
fn broken(text: &str, width: usize) -> Vec<String> {
    if text.chars().count() <= width {
        return vec![text.to_owned()];
    }
    let lead: String = text.chars().take_while(|c| *c == ' ').collect();
    let mut lines = vec![lead.clone()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let is_begun = lines[last].len() > lead.len();
        if is_begun && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(format!("{lead}{word}"));
        } else {
            if is_begun {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}
