//! A cron expression after five bytes: zone, day (two), hour, business day. Slots come in order, each is one, and none depends on
//! where one starts to look.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use chrono_tz::Tz;
use farol::calendar::Calendar;
use farol::calendar::slots::{BusinessDay, Slots};

/// Zones with changes of an hour, of half an hour, of a whole day, at midnight, and backwards in summer.
const ZONES: [Tz; 8] = [
    Tz::UTC,
    Tz::America__Sao_Paulo,
    Tz::America__New_York,
    Tz::Australia__Lord_Howe,
    Tz::Pacific__Apia,
    Tz::Europe__Dublin,
    Tz::Africa__Casablanca,
    Tz::Asia__Gaza,
];

const MONTHS: &str = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
const DAYS: &str = "SUNMONTUEWEDTHUFRISAT";

/// Whether a field of crontab(5) names a value; `names` are three letters each, the first of which is `low`.
fn names_it(field: &str, (low, high): (u32, u32), names: &str, value: u32) -> bool {
    let read = |text: &str| {
        let at = names.find(&text.to_uppercase()).filter(|_| text.len() == 3);
        at.map_or_else(|| text.parse().unwrap(), |at| low + u32::try_from(at / 3).unwrap())
    };
    field.split(',').any(|item| {
        let (span, step) = item.split_once('/').map_or((item, 1), |(span, step)| (span, step.parse().unwrap()));
        let (from, to) = match span.split_once('-') {
            _ if span == "*" => (low, high),
            Some((from, to)) => (read(from), read(to)),
            None => (read(span), read(span)),
        };
        let to = if high == 7 && to == 0 && from > 0 { 7 } else { to };
        let is_in = |value: u32| (from..=to).contains(&value) && (value - from).is_multiple_of(step);
        is_in(value) || high == 7 && span != "*" && value == 0 && is_in(7)
    })
}

/// crontab(5) in plain words, to hold the slots against.
fn matches(fields: &[&str], at: NaiveDateTime) -> bool {
    let [minute, hour, day, month, weekday] = fields else { return true };
    let of_month = names_it(day, (1, 31), "", at.day());
    let of_week = names_it(weekday, (0, 7), DAYS, at.weekday().num_days_from_sunday());
    let is_either = !day.starts_with('*') && !weekday.starts_with('*');
    names_it(minute, (0, 59), "", at.minute())
        && names_it(hour, (0, 23), "", at.hour())
        && names_it(month, (1, 12), MONTHS, at.month())
        && if is_either { of_month || of_week } else { of_month && of_week }
}

pub(super) fn run(bytes: &[u8]) {
    let &[zone, day, week, hour, business, ref expression @ ..] = bytes else { return };
    let expression = String::from_utf8_lossy(expression);
    let calendar = Calendar { zone: ZONES[usize::from(zone) % ZONES.len()], fiscal_year_start: 1 };
    let days = TimeDelta::days(i64::from(u16::from_be_bytes([week, day]) % 40_000));
    let start = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap().and_hms_opt(u32::from(hour) % 24, 0, 0).unwrap() + days;
    let number = u32::from(business) % 24;
    let slots = Slots::parse(&expression).and_then(|slots| match number {
        0 => Ok(slots),
        _ => slots.on(BusinessDay { number, holidays: Arc::new(BTreeSet::new()) }),
    });
    let slots = match slots {
        Ok(slots) => slots,
        Err((why, remedy)) => return assert!(!why.is_empty() && !remedy.is_empty()),
    };
    let next = slots.next(&calendar, start, 12);
    assert!(next.iter().all(|slot| slot.civil > start && slots.has(slot.civil)));
    assert!(next.is_sorted_by(|a, b| a.civil < b.civil && a.at < b.at), "{next:?}");
    for (at, slot) in next.iter().enumerate() {
        let shown = calendar.local(slot.at).unwrap();
        // Later only where the clock was put forward over it, by a day at the most.
        assert!(shown >= slot.civil && shown - slot.civil <= TimeDelta::days(1), "{slot:?} {shown}");
        let rest = slots.next(&calendar, slot.civil, 2);
        assert_eq!(rest.first(), next.get(at + 1).or(rest.first()), "after {slot:?}");
    }
    let fields: Vec<&str> = expression.split_whitespace().collect();
    if fields.len() == 5 {
        assert!(next.iter().all(|slot| matches(&fields, slot.civil)), "{next:?}");
        let until = next.first().map_or(NaiveDateTime::MAX, |slot| slot.civil);
        let minutes = (1..300).map(|minutes| start + TimeDelta::minutes(minutes)).take_while(|at| *at < until);
        let is_whole = calendar.zone == Tz::UTC && number == 0;
        assert!(!is_whole || minutes.into_iter().all(|at| !matches(&fields, at)), "{until} is not the first");
    }
}
