//! The figures of a report, found by place, with what may be seen of each.
//!
//! Looks up and formats; compares nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Datelike;

use super::input::Input;
use super::text::{clean, counted};
use super::{Direction, Moved, Tone};
use crate::calendar::{Grain, Period};
use crate::config::{Dimension, Status};
use crate::insight::{self, Beside, ChangeFact};
use crate::judgement::{Change, Key, Maturity, Verdict};
use crate::kpi::{Better, Definition, Sampling, Table, Undefined, catalogue};
use crate::locale::{Arg, Locale};

/// The dimension and the segment of all customers.
pub(crate) const TOTAL: &str = "total";

/// The values of columns that may have no others, as far as reports cut figures by them, and the roles that `kpis.yaml`
/// knows where it says nothing of roles.
const OWN_WORDS: [&str; 10] = [
    "relational",
    "transactional",
    "reward",
    "benefit",
    "promotion",
    "other",
    "user",
    "manager",
    "executive",
    "management",
];

/// What a reader may see of a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen<'a> {
    /// A value, finite.
    Value(&'a Verdict, f64),
    /// A figure without value.
    Undefined(Undefined),
    /// A figure that this scope may not see.
    Withheld,
    /// No such figure.
    Absent,
}

impl<'a> Seen<'a> {
    /// The value, if there is one to see.
    pub(crate) fn value(self) -> Option<f64> {
        match self {
            Self::Value(_, value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is known that there is no value.
    pub(crate) fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined(_))
    }

    /// Whether the period ended before there was a row to count.
    pub(crate) fn is_unrecorded(self) -> bool {
        matches!(self, Self::Undefined(Undefined::NotRecorded))
    }

    /// The verdict of a figure whose value may be seen.
    pub(crate) fn verdict(self) -> Option<&'a Verdict> {
        match self {
            Self::Value(verdict, _) => Some(verdict),
            _ => None,
        }
    }
}

/// Where a figure stands: period, dimension, segment, KPI.
type Place<'a> = (&'a str, &'a str, &'a str, &'a str);

/// The figures of one report with the reader's words.
pub(crate) struct Facts<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) locale: &'a Locale,
    /// The KPIs shown, in the plan's order.
    pub(crate) kpis: Vec<&'static Definition>,
    /// The periods of the history, oldest first, the shown one last.
    pub(crate) periods: Vec<&'a Period>,
    by_place: HashMap<Place<'a>, &'a Verdict, foldhash::fast::FixedState>,
    /// In the order of their places.
    ordered: Vec<&'a Verdict>,
    /// What has really changed among the figures that the reader may see.
    pub(crate) changes: Vec<ChangeFact<'a>>,
}

fn place(verdict: &Verdict) -> Place<'_> {
    let key = &verdict.key;
    (&key.period.id, &key.dimension, &key.segment, key.kpi)
}

impl<'a> Facts<'a> {
    /// Sorts the input's figures.
    pub(crate) fn new(input: &'a Input<'a>, locale: &'a Locale) -> Self {
        let by_place = input.verdicts.iter().map(|verdict| (place(verdict), verdict)).collect();
        let mut ordered: Vec<&Verdict> = input.verdicts.iter().collect();
        let names = |verdict: &'a Verdict| {
            let key = &verdict.key;
            (&key.period.id, &key.dimension, &key.segment, key.kpi)
        };
        ordered.sort_by(|a, b| names(a).cmp(&names(b)));
        let is_missing = |id: &str| input.not_configured.iter().any(|(missing, _)| *missing == id);
        let asked = catalogue::asked_for(input.plan.kpis.iter().map(String::as_str));
        let is_shown = |of: &&'static Definition| !is_missing(of.id) && !of.segments_only;
        let kpis = asked.into_iter().filter(is_shown).collect();
        let past: BTreeSet<&Period> = input
            .verdicts
            .iter()
            .map(|verdict| &verdict.key.period)
            .filter(|period| period.grain == input.period.grain && period.end < input.period.end)
            .chain([input.period])
            .collect();
        let shown = usize::try_from(input.plan.history).unwrap_or(usize::MAX).max(1);
        let periods = past.iter().copied().skip(past.len().saturating_sub(shown)).collect();
        let mut facts = Self { input, locale, kpis, periods, by_place, ordered, changes: Vec::new() };
        let earlier = |key: &Key, period: &str| facts.at(period, &key.dimension, &key.segment, key.kpi).verdict();
        let withheld = |kpi: &str, period: &str| facts.withheld_dimensions(kpi, period);
        let changes = insight::changes(facts.visible(), Beside { earlier: &earlier, withheld: &withheld });
        facts.changes = changes;
        facts
    }

    /// The report's dimensions in which figures of a KPI and a period are withheld.
    fn withheld_dimensions(&self, kpi: &str, period: &str) -> BTreeSet<&'a str> {
        let shown: BTreeSet<String> = self.splits().map(Dimension::name).collect();
        let is_it = |key: &&Key| key.kpi == kpi && *key.period.id == *period && shown.contains(key.dimension.as_str());
        self.input.withheld.iter().filter(is_it).map(|key| key.dimension.as_str()).collect()
    }

    /// The KPIs that have one figure for all of the scope's customers: not those that stand by a dimension of their own
    /// alone, and in a part of the customers not those that count somebody else.
    pub(crate) fn with_a_total(&self) -> impl Iterator<Item = &'static Definition> {
        let is_whole = self.input.scope.is_empty();
        self.kpis
            .iter()
            .copied()
            .filter(move |of| of.parts.is_none() && (is_whole || !of.counts_others_than_customers()))
    }

    /// A figure of any period of the history.
    pub(crate) fn at(&self, period: &str, dimension: &str, segment: &str, kpi: &str) -> Seen<'a> {
        let Some(verdict) = self.by_place.get(&(period, dimension, segment, kpi)).copied() else { return Seen::Absent };
        if self.input.withheld.contains(&verdict.key) {
            return Seen::Withheld;
        }
        match verdict.reading.value {
            Ok(value) if value.is_finite() => Seen::Value(verdict, value),
            Ok(_) => Seen::Undefined(Undefined::NotIdentifiable),
            Err(why) => Seen::Undefined(why),
        }
    }

    /// A figure of the shown period.
    pub(crate) fn now(&self, dimension: &str, segment: &str, kpi: &str) -> Seen<'a> {
        self.at(&self.input.period.id, dimension, segment, kpi)
    }

    /// A figure of all customers in the shown period.
    pub(crate) fn total(&self, kpi: &str) -> Seen<'a> {
        self.now(TOTAL, TOTAL, kpi)
    }

    /// The segments of a dimension in the shown period, in alphabetical order.
    pub(crate) fn segments(&self, dimension: &str) -> BTreeSet<&'a str> {
        self.segments_at(&self.input.period.id, dimension)
    }

    /// The segments of a dimension in any period of the history, in alphabetical order.
    pub(crate) fn segments_at(&self, period: &str, dimension: &str) -> BTreeSet<&'a str> {
        let is_here = |of: &&Verdict| of.key.period.id == period && of.key.dimension == dimension;
        self.from((period, dimension, "", "")).take_while(is_here).map(|of| of.key.segment.as_str()).collect()
    }

    /// The dimensions of customers that the plan names, but for those in which all of the reader's customers are of one
    /// segment: they say again what the total says.
    pub(crate) fn splits(&self) -> impl Iterator<Item = &'a Dimension> {
        self.input.plan.segments.iter().filter(|dimension| self.segments(&dimension.name()).len() != 1)
    }

    /// The dimensions by which a KPI is known in the shown period, in alphabetical order.
    pub(crate) fn dimensions(&self, kpi: &str) -> BTreeSet<&'a str> {
        self.of_the_period().filter(|of| of.key.kpi == kpi).map(|of| of.key.dimension.as_str()).collect()
    }

    /// The figures of the shown period that the reader may see, of all customers and of the report's segments.
    fn visible(&self) -> Vec<&'a Verdict> {
        let mut places = vec![(TOTAL.to_owned(), TOTAL)];
        for dimension in self.splits().map(Dimension::name) {
            places.extend(self.segments(&dimension).into_iter().map(|segment| (dimension.clone(), segment)));
        }
        let of = |definition: &&'static Definition| {
            places.iter().filter_map(|(dimension, segment)| self.now(dimension, segment, definition.id).verdict())
        };
        self.kpis.iter().flat_map(of).collect()
    }

    /// Whether the shown period still runs: then nothing in it is judged or compared.
    pub(crate) fn is_open(&self) -> bool {
        self.of_the_period().any(|of| of.maturity == Maturity::OpenPeriod)
    }

    /// Whether anything at all is behind the figures of the shown period.
    pub(crate) fn has_data(&self) -> bool {
        self.of_the_period().any(|of| {
            let is_something = of.reading.value.is_ok_and(|value| of.reading.n > 0 || value != 0.0);
            is_something || self.input.withheld.contains(&of.key)
        })
    }

    /// The figures of the shown period, by place.
    fn of_the_period(&self) -> impl Iterator<Item = &'a Verdict> {
        let period = self.input.period.id.as_str();
        self.from((period, "", "", "")).take_while(move |of| of.key.period.id == period)
    }

    /// The figures from a place on.
    fn from<'s>(&'s self, place: Place<'_>) -> impl Iterator<Item = &'a Verdict> {
        let start = self.ordered.partition_point(|verdict| self::place(verdict) < place);
        self.ordered.iter().skip(start).copied()
    }

    /// A message without variables.
    pub(crate) fn text(&self, id: &str) -> String {
        self.locale.text(id)
    }

    /// A message whose variables are texts.
    pub(crate) fn say(&self, id: &str, texts: &[(&str, &str)]) -> String {
        let args: Vec<(&str, Arg<'_>)> = texts.iter().map(|(name, text)| (*name, Arg::Text(text))).collect();
        self.locale.text_with(id, &args)
    }

    /// A message with one counted thing, `$n`, and texts.
    pub(crate) fn count(&self, id: &str, n: u64, texts: &[(&str, &str)]) -> String {
        counted(self.locale, id, n, texts)
    }

    /// Which way is good under the choices made.
    pub(crate) fn better(&self, definition: &Definition) -> Better {
        definition.better_under(self.input.choices)
    }

    /// A KPI's name.
    pub(crate) fn name(&self, kpi: &str) -> String {
        self.text(&format!("kpi-{}", kpi.replace('_', "-")))
    }

    /// A KPI's name that may stand beside brackets: the short one where the long one has some itself.
    pub(crate) fn plain_name(&self, kpi: &str) -> String {
        Some(self.name(kpi)).filter(|name| !name.contains('(')).unwrap_or_else(|| self.short(kpi))
    }

    /// A KPI's name where room is short.
    pub(crate) fn short(&self, kpi: &str) -> String {
        self.text(&format!("kpi-{}.short", kpi.replace('_', "-")))
    }

    /// A value in full.
    pub(crate) fn value(&self, definition: &Definition, value: f64) -> String {
        self.locale.value(value, definition.unit, &self.input.company.currency)
    }

    /// A value where room is short.
    pub(crate) fn compact(&self, definition: &Definition, value: f64) -> String {
        self.locale.value_compact(value, definition.unit, &self.input.company.currency)
    }

    /// A difference with its sign.
    pub(crate) fn difference(&self, definition: &Definition, difference: f64) -> String {
        self.locale.difference_compact(difference, definition.unit, &self.input.company.currency)
    }

    /// A difference without its sign, for sentences that say which way.
    pub(crate) fn unsigned_difference(&self, definition: &Definition, difference: f64) -> String {
        self.difference(definition, difference.abs()).trim_start_matches('+').to_owned()
    }

    /// The name of a figure's band.
    pub(crate) fn band(&self, verdict: &Verdict) -> Option<String> {
        verdict.band.as_deref().map(|id| self.band_name(verdict.key.kpi, id))
    }

    /// The name of a band, in the reader's language where the configuration has it.
    pub(crate) fn band_name(&self, kpi: &str, id: &str) -> String {
        let bands = self.input.benchmarks.get(kpi).map(|benchmark| benchmark.bands.as_slice());
        let band = bands.unwrap_or_default().iter().find(|band| band.id == id);
        match (band.and_then(|band| self.translated(&band.label)), id) {
            (Some(label), _) => clean(label),
            (None, "green" | "yellow" | "red") => self.text(&format!("status-{id}")),
            (None, id) => clean(&id.replace('_', " ")),
        }
    }

    /// The text of a translated setting: the reader's tag, its language, the company's, English, whatever there is.
    pub(crate) fn translated<'t>(&self, texts: &'t BTreeMap<String, String>) -> Option<&'t str> {
        let tag = self.locale.tag();
        let base = tag.split('-').next().unwrap_or(tag);
        let same_base = || texts.iter().find(|(key, _)| key.split('-').next() == Some(base)).map(|(_, text)| text);
        [tag, self.locale.language(), base]
            .into_iter()
            .find_map(|key| texts.get(key))
            .or_else(same_base)
            .or_else(|| texts.get(&self.input.company.locale))
            .or_else(|| texts.get("en"))
            .or_else(|| texts.values().next())
            .map(String::as_str)
    }

    /// A segment as people write it; the total by its word, or by the part of the customers that the report covers.
    pub(crate) fn segment(&self, segment: &str) -> String {
        match segment {
            TOTAL if self.input.scope.is_empty() => self.text("segment-total"),
            TOTAL => self.input.scope.values().map(|part| self.segment(part)).collect::<Vec<_>>().join(", "),
            "(not set)" => self.text("segment-not-set"),
            other => {
                // The words of our own lists, such as the kinds of surveys, are translated; those of others are theirs.
                let word = format!("word-{}", other.replace('_', "-"));
                let is_ours = OWN_WORDS.contains(&other);
                if is_ours { self.text(&word) } else { clean(&other.replace('×', " × ")) }
            }
        }
    }

    /// What a KPI's name is in grammar, so that verbs and articles go with it.
    pub(crate) fn grammar(&self, kpi: &str) -> String {
        self.text(&format!("kpi-{}.grammar", kpi.replace('_', "-")))
    }

    /// Why there is no value, in words.
    pub(crate) fn why(&self, definition: &Definition, why: Undefined) -> String {
        let is_of_answers = definition.rows_of == Some(Table::Surveys) && !definition.id.ends_with("response_rate");
        if why == Undefined::NoDenominator && is_of_answers {
            return self.text("undefined-no-answers");
        }
        if why == Undefined::Unscored {
            return self.text("undefined-unscored");
        }
        self.text(&format!("undefined-{}", why.code().replace('_', "-")))
    }

    /// Why a figure may not be seen, in words.
    pub(crate) fn withheld(&self) -> String {
        self.count("withheld", self.input.min_group, &[])
    }

    /// What a figure that is not final is called.
    pub(crate) fn maturity(&self, maturity: Maturity) -> Option<String> {
        match maturity {
            Maturity::Final => None,
            Maturity::Provisional => Some(self.text("maturity-provisional")),
            Maturity::Immature => Some(self.text("maturity-immature")),
            Maturity::OpenPeriod => Some(self.text("maturity-open-period")),
        }
    }

    /// A change in words: clear where it was tested and is real, "no clear change" where it may be chance, the bare
    /// direction where it is a fact (a count, a sum), and untested where the figure is not final.
    pub(crate) fn moved(&self, definition: &Definition, verdict: &Verdict, change: &Change) -> Moved {
        let way = direction_of(change.difference);
        let is_fact = verdict.reading.sampling == Sampling::None && verdict.maturity == Maturity::Final;
        let (direction, word) = match (change.significant, way) {
            (Some(true), Direction::Rise) => (way, "change-clear-rise"),
            (Some(true), Direction::Fall) => (way, "change-clear-fall"),
            (Some(_), _) => (Direction::Steady, "change-none"),
            (None, Direction::Rise) if is_fact => (way, "change-rise"),
            (None, Direction::Fall) if is_fact => (way, "change-fall"),
            (None, Direction::Steady) if is_fact => (way, "change-same"),
            (None, _) => (Direction::Steady, "change-untested"),
        };
        let against = self.against(&change.against);
        let difference = self.difference(definition, change.difference);
        Moved {
            direction,
            tone: match direction {
                Direction::Steady => Tone::Neutral,
                _ => tone(self.better(definition), change.difference),
            },
            word: self.text(word),
            text: self.say("change-against", &[("difference", &difference), ("period", &against)]),
        }
    }

    /// The short name of a period given by its id.
    pub(crate) fn against(&self, id: &str) -> String {
        let calendar = &self.input.company.calendar;
        calendar.parse(id).map_or_else(|| id.to_owned(), |period| self.period_short(&period))
    }

    /// The short name of a period; a week of another year than the shown one says its year.
    pub(crate) fn period_short(&self, period: &Period) -> String {
        let year = |period: &Period| period.first.iso_week().year();
        if period.grain == Grain::Week && year(period) != year(self.input.period) {
            return self.locale.period_medium(period);
        }
        self.locale.period_short(period)
    }
}

/// The sign of a difference.
pub(crate) fn direction_of(difference: f64) -> Direction {
    if difference > 0.0 {
        Direction::Rise
    } else if difference < 0.0 {
        Direction::Fall
    } else {
        Direction::Steady
    }
}

/// Whether a difference is good news.
pub(crate) fn tone(better: Better, difference: f64) -> Tone {
    match (better, direction_of(difference)) {
        (Better::Higher, Direction::Rise) | (Better::Lower, Direction::Fall) => Tone::Good,
        (Better::Higher, Direction::Fall) | (Better::Lower, Direction::Rise) => Tone::Bad,
        _ => Tone::Neutral,
    }
}

/// A status as the templates name it.
pub(crate) fn status(status: Option<Status>) -> String {
    status.map_or("none", Status::id).to_owned()
}
