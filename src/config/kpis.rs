//! Reading `kpis.yaml` over the defaults.

use std::collections::BTreeMap;

use super::bands::{self, Scope};
use super::choices::{
    Choices, CsatChoices, FcrDenominator, LifetimeChoices, LifetimeMethod, NpsChoices, Theme, TurnoverMethod,
    ValueChoices, ValueSource,
};
use super::codes;
use super::company::{Translated, translated};
use super::page::{Fields, Page, Spot};
use super::scores::{Component, HealthChoices, components, millionths};
use super::sources::Source;
use super::words::shortened;

const KEYS: &[&str] = &[
    "confidence",
    "active_window",
    "churn_gap_days",
    "nps",
    "csat",
    "ces",
    "fcr",
    "value",
    "lifetime",
    "onboarding",
    "conversion",
    "turnover",
    "themes",
    "health",
    "chi",
];

/// Reads the file over the defaults. `sources` are the tables that are configured, if that is known.
pub(super) fn read(page: &Page, sources: Option<&BTreeMap<String, Source>>) -> Choices {
    let mut choices = Choices::default();
    let Some(fields) = page.root().map(|root| root.fields(KEYS)) else { return choices };
    set(&mut choices.confidence, fields.get("confidence").and_then(confidence));
    set(&mut choices.active_window_days, fields.get("active_window").and_then(|spot| spot.days(1..=3_660)));
    set(&mut choices.churn_gap_days, fields.get("churn_gap_days").and_then(|spot| spot.whole(0..=3_660)));
    below(fields, "nps", &["kind", "roles", "answer_window"], |fields| nps(fields, &mut choices.nps));
    below(fields, "csat", &["scale", "satisfied"], |fields| csat(fields, &mut choices.csat));
    below(fields, "ces", &["scale", "better"], |fields| {
        set(&mut choices.ces.scale, fields.get("scale").and_then(score_scale));
        let better = fields.get("better").and_then(|spot| spot.choice(&[("higher", true), ("lower", false)]));
        set(&mut choices.ces.higher_is_better, better);
    });
    below(fields, "fcr", &["denominator", "reopen_window"], |fields| {
        let denominator = fields.get("denominator").and_then(|spot| spot.choice(&FcrDenominator::NAMES));
        set(&mut choices.fcr.denominator, denominator);
        set(&mut choices.fcr.reopen_window_days, fields.get("reopen_window").and_then(|spot| spot.days(0..=366)));
    });
    below(fields, "value", &["source", "window", "gross_margin"], |fields| value(fields, &mut choices.value, sources));
    below(fields, "lifetime", &["method", "horizon_months"], |fields| lifetime(fields, &mut choices.lifetime));
    below(fields, "onboarding", &["window_days"], |fields| {
        set(&mut choices.onboarding_window_days, fields.get("window_days").and_then(|spot| spot.whole(1..=3_660)));
    });
    below(fields, "conversion", &["window_days"], |fields| {
        set(&mut choices.conversion_window_days, fields.get("window_days").and_then(|spot| spot.whole(1..=3_660)));
    });
    below(fields, "turnover", &["method"], |fields| {
        set(&mut choices.turnover, fields.get("method").and_then(|spot| spot.choice(&TurnoverMethod::NAMES)));
    });
    set(&mut choices.themes, fields.get("themes").map(themes));
    below(fields, "health", &["min_coverage", "components", "bands", "playbook"], |fields| {
        health(fields, &mut choices.health);
    });
    below(fields, "chi", &["min_coverage", "criteria"], |fields| {
        set(&mut choices.chi.min_coverage, fields.get("min_coverage").and_then(|spot| spot.share(true)));
        set(&mut choices.chi.criteria, fields.get("criteria").map(criteria));
    });
    choices
}

/// Replaces a default by what was read, if anything was.
fn set<T>(choice: &mut T, read: Option<T>) {
    if let Some(read) = read {
        *choice = read;
    }
}

/// Reads the map under a key, if it is there.
fn below<'a>(fields: Fields<'a>, key: &str, keys: &[&str], read: impl FnOnce(Fields<'a>)) {
    if let Some(spot) = fields.get(key) {
        read(spot.fields(keys));
    }
}

fn confidence(spot: Spot<'_>) -> Option<f64> {
    let confidence = spot.number()?;
    if confidence > 0.0 && confidence < 1.0 {
        return Some(confidence);
    }
    let message = format!("`confidence` must lie between 0 and 1, found {confidence}");
    spot.fault(codes::OUT_OF_RANGE, message, "write `0.95` for 95 %");
    None
}

fn nps(fields: Fields<'_>, nps: &mut NpsChoices) {
    let kinds = [("relational", "relational"), ("transactional", "transactional"), ("all", "all")];
    set(&mut nps.kind, fields.get("kind").and_then(|spot| spot.choice(&kinds)).map(ToOwned::to_owned));
    set(&mut nps.answer_window_days, fields.get("answer_window").and_then(|spot| spot.days(0..=366)));
    if let Some(spot) = fields.get("roles") {
        let groups = spot.fields(&["user", "decision_maker"]);
        for group in ["user", "decision_maker"] {
            if let Some(roles) = groups.get(group) {
                nps.roles.insert(group.to_owned(), words(roles));
            }
        }
        one_group_each(spot, &nps.roles);
    }
}

/// Faults a role of both groups, those that were left out having their defaults: whoever has it would be set against itself.
fn one_group_each(spot: Spot<'_>, roles: &BTreeMap<String, Vec<String>>) {
    let of = |group: &str| roles.get(group).map_or(&[][..], Vec::as_slice);
    for role in of("user").iter().filter(|role| of("decision_maker").contains(role)) {
        let message = format!("role `{}` is of both groups, `user` and `decision_maker`", shortened(role));
        spot.fault(codes::DUPLICATE_NAME, message, "keep it in one; a group that is left out has its default");
    }
}

/// A list of words.
fn words(spot: Spot<'_>) -> Vec<String> {
    spot.nonempty_list().into_iter().filter_map(Spot::scalar).map(ToOwned::to_owned).collect()
}

fn csat(fields: Fields<'_>, csat: &mut CsatChoices) {
    let scale = fields.get("scale").map(|spot| (spot, score_scale(spot)));
    let is_scale_known = !matches!(scale, Some((_, None)));
    set(&mut csat.scale, scale.and_then(|(_, scale)| scale));
    set(&mut csat.satisfied, fields.get("satisfied").and_then(|spot| spot.whole(-1_000..=1_000)));
    let (lowest, highest) = csat.scale;
    let spot = fields.get("satisfied").or(scale.map(|(spot, _)| spot));
    if let Some(spot) = spot.filter(|_| is_scale_known && !(lowest..=highest).contains(&csat.satisfied)) {
        let message = format!("`satisfied` is {}, outside the scale from {lowest} to {highest}", csat.satisfied);
        spot.fault(codes::SCALE_RANGE, message, "write the lowest score that counts as satisfied");
    }
}

/// Lowest and highest score: `[1, 10]`.
fn score_scale(spot: Spot<'_>) -> Option<(i64, i64)> {
    let items = spot.list();
    if !spot.is_list() {
        return None;
    }
    let [lowest, highest] = items[..] else {
        spot.fault(codes::SCALE_RANGE, format!("a scale has two ends, found {}", items.len()), "write `[1, 10]`");
        return None;
    };
    let (lowest, highest) = (lowest.whole(-1_000..=1_000), highest.whole(-1_000..=1_000));
    let (lowest, highest) = (lowest?, highest?);
    if lowest >= highest {
        let message = format!("the scale goes from {lowest} to {highest}: it must ascend");
        spot.fault(codes::SCALE_ORDER, message, "write the lowest score first");
        return None;
    }
    Some((lowest, highest))
}

fn value(fields: Fields<'_>, value: &mut ValueChoices, sources: Option<&BTreeMap<String, Source>>) {
    let tables = ValueSource::NAMES;
    if let Some((spot, source)) = fields.get("source").and_then(|spot| Some((spot, spot.choice(&tables)?))) {
        value.source = Some(source);
        let name = tables.iter().find(|(_, of)| *of == source).map_or("", |(name, _)| name);
        if sources.is_some_and(|sources| !sources.contains_key(name)) {
            let message = format!("value is to be taken from `{name}`, and `data` has no `{name}`");
            spot.warn(codes::VALUE_SOURCE, message, format!("configure `{name}`, or leave `source` out"));
        }
    }
    let months = fields.get("window").and_then(|spot| spot.counted('M', "a number of months", 1..=120));
    set(&mut value.window_months, months.and_then(|months| u32::try_from(months).ok()));
    set(&mut value.gross_margin, fields.get("gross_margin").and_then(|spot| spot.share(false)));
}

fn lifetime(fields: Fields<'_>, lifetime: &mut LifetimeChoices) {
    set(&mut lifetime.method, fields.get("method").and_then(|spot| spot.choice(&LifetimeMethod::NAMES)));
    set(&mut lifetime.horizon_months, fields.get("horizon_months").and_then(|spot| spot.whole(1..=600)));
}

fn themes(spot: Spot<'_>) -> BTreeMap<String, Theme> {
    let mut themes = BTreeMap::new();
    for (id, spot) in spot.entries() {
        let mut theme = Theme::default();
        for (key, below) in spot.entries() {
            if key.text() == "label" {
                theme.label = translated(below);
            } else if key.is_one_of(&["en", "pt", "es", "label"], codes::UNKNOWN_LOCALE, "language") {
                let stems = below.nonempty_list().into_iter().filter_map(stem);
                theme.stems.insert(key.text().to_owned(), stems.collect());
            }
        }
        if theme.stems.is_empty() {
            let message = format!("theme `{}` has no stems", shortened(id.text()));
            id.fault(codes::MISSING_KEY, message, "write its words in one language at least: `en: [deliver, late]`");
        }
        themes.insert(id.text().to_owned(), theme);
    }
    themes
}

/// A word or the beginning of one: letters, and nothing else.
fn stem(spot: Spot<'_>) -> Option<String> {
    let text = spot.scalar()?;
    // A letter may be written with its accent apart.
    let is_letter = |c: char| c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c);
    if text.chars().all(is_letter) {
        return Some(text.to_owned());
    }
    let message = format!("`{}` is not a word or the beginning of one", shortened(text));
    spot.fault(codes::BAD_STEM, message, "write letters alone, without blanks, digits or signs: `[deliver, late]`");
    None
}

fn health(fields: Fields<'_>, health: &mut HealthChoices) {
    set(&mut health.min_coverage, fields.get("min_coverage").and_then(|spot| spot.share(true)));
    set(&mut health.components, fields.get("components").map(|spot| components(spot, 100.0)));
    let scope = Scope { name: "health", low: 0.0, high: 100.0 };
    if let Some(spot) = fields.get("bands") {
        if spot.is_list() && spot.list().is_empty() {
            spot.nonempty_list();
        }
        health.bands = bands::read(spot, scope);
    }
    let ids: Vec<&str> = health.components.iter().map(|component| component.id.as_str()).collect();
    let mut playbook: BTreeMap<String, Translated> = BTreeMap::new();
    for (key, advice) in fields.get("playbook").map(Spot::entries).unwrap_or_default() {
        if key.is_one_of(&ids, codes::UNKNOWN_VALUE, "component of `health`:") {
            playbook.insert(key.text().to_owned(), translated(advice));
        }
    }
    health.playbook = playbook;
}

/// CHI's parts, whose weights sum to 10.
fn criteria(spot: Spot<'_>) -> Vec<Component> {
    let written = spot.is_list().then(|| spot.list().len());
    let criteria = components(spot, 1.0);
    let sum: i64 = criteria.iter().map(|criterion| millionths(criterion.weight)).fold(0, i64::saturating_add);
    // A part that could not be read has a weight that is not known.
    if Some(criteria.len()) == written && !criteria.is_empty() && sum != 10_000_000 {
        let message = format!("the weights of `criteria` sum to {}, not to 10", decimal(sum));
        spot.fault(codes::WEIGHTS_SUM, message, "change the weights: CHI runs from 0 to 10");
    }
    criteria
}

/// Millionths as a decimal: 9 999 999 is `9.999999`.
fn decimal(millionths: i64) -> String {
    let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
