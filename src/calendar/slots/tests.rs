//! Which expressions are schedules, and when their slots fire in zones that change their clocks.

use chrono::{Duration, TimeZone, Utc};
use chrono_tz::Tz;

use super::*;

fn in_zone(zone: Tz) -> Calendar {
    Calendar { zone, fiscal_year_start: 1 }
}

fn civil(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

/// Civil times of the next slots, `2026-03-29 02:30`.
fn next_civil(expression: &str, after: &str, count: usize) -> Vec<String> {
    let slots = Slots::parse(expression).unwrap().next(&in_zone(Tz::UTC), civil(after), count);
    slots.iter().map(|slot| slot.civil.format("%Y-%m-%d %H:%M").to_string()).collect()
}

/// Instants of the next slots in UTC.
fn next_utc(expression: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
    let slots = Slots::parse(expression).unwrap().next(&in_zone(zone), civil(after), count);
    slots.iter().map(|slot| Utc.timestamp_micros(slot.at.0).unwrap().format("%Y-%m-%d %H:%M").to_string()).collect()
}

#[test]
fn these_are_schedules() {
    for expression in [
        "0 7 5 * *",
        "  0\t7 5 * * ",
        "*/15 * * * *",
        "0 7 * * 1-5",
        "0 7 * * MON-FRI",
        "0 7 * * mon,wed,fri",
        "0 7 * * 0",
        "0 7 * * 7",
        "0 7 * * 5-7",
        "0 7 * * FRI-SUN",
        "0 7 * * 0-7",
        "0 7 1-7 * 1",
        "0 7 */2 * MON",
        "0 7 29 2 *",
        "0 7 31 1,3 *",
        "0 7 1 JAN-JUN/2 *",
        "10-50/20 8-18/2 * * *",
        "0 7 31 2 1",
        "00 07 05 01 *",
        "0 0 7 5 * *",
        "0 0 7 5 * * *",
        "0 0 7 * * MON-FRI",
        "0 0 7 * * MON-FRI/2",
        "0 0 7 ? * SUN",
        "0 0/15 7 * * *",
        "0 0 7 5 * ? 2027-2030",
        "@yearly",
        "@monthly",
        "@weekly",
        "@daily",
        " @hourly ",
    ] {
        assert_eq!(validate(expression), Ok(()), "{expression}");
    }
    println!("S1 | expressions that are schedules, right | 31/31");
}

#[test]
fn these_are_refused_and_the_remedy_says_what_to_write() {
    let long = "0 ".repeat(5000);
    for (expression, why, remedy) in [
        ("", "empty", "five fields"),
        ("7", "1 fields", "five fields"),
        ("0 7 5 *", "4 fields", "five fields"),
        ("0 0 7 5 * * * *", "8 fields", "five fields"),
        (long.as_str(), "longer than 256", "ranges"),
        ("60 * * * *", "`60` is not among the minutes (field 1, minutes, at column 1)", "0 to 59"),
        ("0 24 * * *", "`24` is not among the hours (field 2, hours, at column 3)", "0 to 23"),
        ("0 7 0 * *", "`0` is not among the days of the month", "1 to 31"),
        ("0 7 32 * *", "column 5", "1 to 31"),
        ("0 7 * 13 *", "`13`", "1 to 12 or JAN to DEC"),
        ("0 7 * * 8", "`8`", "0 to 7 or SUN to SAT"),
        ("0 7 * * 1,,2", "an empty item", "0 to 7"),
        ("0 7 * * 1,2,9", "column 13", "0 to 7"),
        ("5-1 * * * *", "runs backwards", "`5-59,0-1`"),
        ("0 7 * * FRI-MON", "runs backwards", "SAT"),
        ("*/0 * * * *", "no step", "`/1` to `/59`"),
        ("*/60 * * * *", "no step", "`/59`"),
        ("5/15 * * * *", "without a range", "`5-59/15`"),
        ("0 7 L * *", "`L`", "1 to 31"),
        ("0 7 15W * *", "`15W`", "1 to 31"),
        ("0 7 * * 1#1", "`1#1`", "SUN to SAT"),
        ("0 7 ? * *", "`?`", "or *"),
        ("+5 * * * *", "`+5`", "0 to 59"),
        ("٠ * * * *", "`٠`", "0 to 59"),
        ("0 7 * * segunda", "`segunda`", "SUN to SAT"),
        ("99999999999999999999 * * * *", "minutes", "0 to 59"),
        ("0 0 7 * * 1-5", "by number (field 6 at column 11)", "1 means Sunday here; write MON-FRI"),
        ("0 0 7 * * MON,3", "by number", "1 means Sunday"),
        ("0 0 7 * * 2/2", "by number", "1 means Sunday"),
        ("0 0 7 * * FRI-MON", "are no weekdays", "earlier to a later"),
        ("0 60 7 * * *", "`60` are no minutes (field 2 at column 3)", "0 to 59"),
        ("0 0 7 5MON * *", "`5MON` are no days of the month", "1 to 31"),
        ("0 0 7 5 * * 2101", "are no years", "1970 to 2100"),
        ("0 7 31 2 *", "never fires", "check day"),
        ("0 7 31 4,6,9,11 *", "never fires", "check day"),
        ("0 0 7 30 2 *", "never fires", "check day"),
        ("0 0 7 5 * * 2019", "never fires", "2026"),
        ("@reboot", "no schedule", "write a time"),
        ("@annually", "no schedule", "@yearly"),
        ("@midnight", "no schedule", "@daily"),
        ("@ every 5m", "no schedule", "@hourly"),
    ] {
        let (said, help) = validate(expression).expect_err(expression);
        assert!(said.contains(why), "{expression}: {said}");
        assert!(help.contains(remedy), "{expression}: {help}");
    }
    println!("S1 | expressions refused with place and remedy, right; of them never fire | 41/41; 4");
}

/// 2026-10-30 is a Friday.
#[test]
fn unix_weekdays_count_sunday_as_zero_and_seven() {
    let friday_noon = "2026-10-30T12:00:00";
    assert_eq!(next_civil("0 7 * * 1", friday_noon, 2), ["2026-11-02 07:00", "2026-11-09 07:00"]);
    assert_eq!(next_civil("0 7 * * 0", friday_noon, 1), ["2026-11-01 07:00"]);
    assert_eq!(next_civil("0 7 * * 7", friday_noon, 1), ["2026-11-01 07:00"]);
    assert_eq!(next_civil("0 7 * * 1-5", friday_noon, 1), ["2026-11-02 07:00"]);
    assert_eq!(next_civil("0 7 * * 5-7", friday_noon, 3), ["2026-10-31 07:00", "2026-11-01 07:00", "2026-11-06 07:00"]);
    assert_eq!(next_civil("0 0 7 * * MON", friday_noon, 1), ["2026-11-02 07:00"]);
}

/// In November 2026 Mondays are 2, 9, 16, 23 and 30.
#[test]
fn day_of_month_or_day_of_week_where_both_are_restricted() {
    let from = "2026-11-01T00:00:00";
    assert_eq!(
        next_civil("0 7 9,10 * 1", from, 4),
        ["2026-11-02 07:00", "2026-11-09 07:00", "2026-11-10 07:00", "2026-11-16 07:00"]
    );
    // A field that starts with * does not restrict: Mondays on odd days.
    assert_eq!(next_civil("0 7 */2 * 1", from, 2), ["2026-11-09 07:00", "2026-11-23 07:00"]);
    // The crate's dialect means both.
    assert_eq!(next_civil("0 0 7 9,10 * MON", from, 2), ["2026-11-09 07:00", "2027-05-10 07:00"]);
}

#[test]
fn steps_ranges_and_lists_unfold() {
    assert_eq!(
        next_civil("10-50/20 8,18 * * *", "2026-01-01T00:00:00", 4),
        ["2026-01-01 08:10", "2026-01-01 08:30", "2026-01-01 08:50", "2026-01-01 18:10"]
    );
    assert_eq!(next_civil("0 7 29 2 *", "2026-01-01T00:00:00", 2), ["2028-02-29 07:00", "2032-02-29 07:00"]);
    assert_eq!(next_civil("@weekly", "2026-10-30T12:00:00", 1), ["2026-11-01 00:00"]);
    assert_eq!(next_civil("0 0 0 1 1 * 2100", "2026-01-01T00:00:00", 5), ["2100-01-01 00:00"]);
}

/// November 2026 begins on a Sunday and December on a Tuesday; 2 November is All Souls' Day in Brazil. Of January 2027 the
/// 1st, a Friday, is a holiday, so that Monday the 4th is the first business day.
#[test]
fn a_business_day_leaves_out_weekends_and_holidays() {
    let on = |number, expression: &str, count| {
        let holidays = ["2026-11-02", "2027-01-01"].map(|day| day.parse().unwrap());
        let day = BusinessDay { number, holidays: Arc::new(holidays.into()) };
        let slots = Slots::parse(expression)?.on(day)?;
        let next = slots.next(&in_zone(Tz::UTC), civil("2026-10-30T12:00:00"), count);
        Ok::<Vec<String>, Refusal>(next.iter().map(|slot| slot.civil.format("%Y-%m-%d %H:%M").to_string()).collect())
    };
    assert_eq!(on(1, "0 7 * * *", 3).unwrap(), ["2026-11-03 07:00", "2026-12-01 07:00", "2027-01-04 07:00"]);
    assert_eq!(on(5, "30 6 * 12,1 *", 2).unwrap(), ["2026-12-07 06:30", "2027-01-08 06:30"]);
    assert_eq!(on(1, "0 7,8 * * *", 2).unwrap(), ["2026-11-03 07:00", "2026-11-03 08:00"]);
    // The fifth business day is never the first of a month.
    let (why, remedy) = on(5, "0 7 1 * *", 1).unwrap_err();
    assert!(why.contains("never fires") && remedy.contains("0 7 * * *"), "{why}: {remedy}");
}

/// Madrid goes from 02:00 +01 to 03:00 +02 on 2026-03-29, and back on 2026-10-25.
#[test]
fn madrid_daily_fires_once_a_day_through_both_changes() {
    let madrid = Tz::Europe__Madrid;
    assert_eq!(
        next_utc("30 2 * * *", madrid, "2026-03-28T00:00:00", 3),
        ["2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"]
    );
    assert_eq!(
        next_utc("30 2 * * *", madrid, "2026-10-24T00:00:00", 3),
        ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"]
    );
}

/// Of 02:00 (skipped, hence 03:00) and 03:00 one slot is left, whichever local time the iteration starts from.
#[test]
fn hourly_slots_that_become_one_instant_are_one_slot() {
    let madrid = in_zone(Tz::Europe__Madrid);
    let hourly = Slots::parse("0 * * * *").unwrap();
    let expected = ["2026-03-29T01:00:00", "2026-03-29T03:00:00", "2026-03-29T04:00:00"].map(civil);
    let from_midnight: Vec<_> =
        hourly.next(&madrid, civil("2026-03-29T00:00:00"), 3).iter().map(|slot| slot.civil).collect();
    assert_eq!(from_midnight, expected);
    let from_gap: Vec<_> =
        hourly.next(&madrid, civil("2026-03-29T01:00:00"), 2).iter().map(|slot| slot.civil).collect();
    assert_eq!(from_gap, expected[1..]);
}

/// Santiago has no midnight on Sunday 2026-09-06: it goes from 24:00 −04 to 01:00 −03, which is 04:00 UTC.
#[test]
fn santiago_weekly_at_midnight_loses_no_week() {
    assert_eq!(
        next_utc("@weekly", Tz::America__Santiago, "2026-08-31T00:00:00", 2),
        ["2026-09-06 04:00", "2026-09-13 03:00"]
    );
}

/// Lord Howe changes by half an hour: 02:00 +10:30 becomes 02:30 +11 on 2026-10-04, and 02:00 +11 becomes 01:30 +10:30 on
/// 2026-04-05.
#[test]
fn lord_howe_shifts_by_half_an_hour() {
    let lord_howe = Tz::Australia__Lord_Howe;
    assert_eq!(
        next_utc("15 2 * * *", lord_howe, "2026-10-03T00:00:00", 3),
        ["2026-10-02 15:45", "2026-10-03 15:30", "2026-10-04 15:15"]
    );
    assert_eq!(next_utc("45 1 * * *", lord_howe, "2026-04-05T00:00:00", 1), ["2026-04-04 14:45"]);
}

/// Apia had no 30 December 2011; the 31st began at 10:00 UTC of the 30th.
#[test]
fn a_day_that_never_was_fires_once_with_the_next() {
    let apia = Tz::Pacific__Apia;
    assert_eq!(next_utc("0 0 * * *", apia, "2011-12-29T12:00:00", 2), ["2011-12-30 10:00", "2011-12-31 10:00"]);
    // 07:00 of the 30th is the first instant of the 31st, and the 31st keeps its own 07:00.
    assert_eq!(next_utc("0 7 * * *", apia, "2011-12-29T12:00:00", 2), ["2011-12-30 10:00", "2011-12-30 17:00"]);
}

/// Cairo has no midnight on Friday 2026-04-24: it goes from 24:00 +02 to 01:00 +03, which is 22:00 UTC.
#[test]
fn cairo_daily_at_midnight_loses_no_day() {
    assert_eq!(
        next_utc("0 0 * * *", Tz::Africa__Cairo, "2026-04-23T12:00:00", 2),
        ["2026-04-23 22:00", "2026-04-24 21:00"]
    );
    println!("S6 | Apia, Lord Howe, Cairo, Santiago: one firing each | 4/4");
}

/// What the time zone data alone say about one slot.
fn assert_first_instant(calendar: Calendar, slot: &Slot) {
    let zone = calendar.zone;
    let local = |at: i64| calendar.local(Moment(at)).unwrap();
    if local(slot.at.0) == slot.civil {
        // Where the clock has stood the same for three hours, which no zone sets back by more, no earlier instant can have it.
        let minutes = 60_000_000;
        if local(slot.at.0 - 180 * minutes) == slot.civil - Duration::minutes(180) {
            return;
        }
        for earlier in [10, 20, 30, 60, 120, 180] {
            let before = slot.at.0 - earlier * minutes;
            assert_ne!(local(before), slot.civil, "{zone}: an earlier instant has this local time");
        }
    } else {
        assert!(local(slot.at.0) > slot.civil, "{zone}: {} fires early", slot.civil);
        assert!(local(slot.at.0 - 1) < slot.civil, "{zone}: {} is not the first after the gap", slot.civil);
    }
}

/// Checks every slot of some expressions in a zone; returns how many there were.
fn check_zone(zone: Tz, civils: &[Vec<NaiveDateTime>]) -> usize {
    let calendar = in_zone(zone);
    let mut checked = 0;
    for expected in civils {
        let slots: Vec<Slot> = timed(expected.iter().copied(), calendar).collect();
        assert!(slots.windows(2).all(|pair| pair[0].at < pair[1].at), "{zone}: out of order");
        for slot in &slots {
            assert_first_instant(calendar, slot);
        }
        // Since 2012 no zone has skipped a whole day: every civil slot of these expressions fires.
        assert_eq!(slots.len(), expected.len(), "{zone}");
        checked += slots.len();
    }
    checked
}

const EXPRESSIONS: [&str; 7] =
    ["0 0 * * *", "30 0 * * *", "0 2 * * *", "30 2 * * *", "0 3 * * *", "@weekly", "@monthly"];

fn civils(from: &str, to: &str) -> Vec<Vec<NaiveDateTime>> {
    let until = civil(to);
    let utc = in_zone(Tz::UTC);
    let just_before = civil(from) - Duration::seconds(1);
    EXPRESSIONS
        .map(|expression| {
            let slots = Slots::parse(expression).unwrap();
            slots.after(&utc, just_before).map(|slot| slot.civil).take_while(|at| *at < until).collect()
        })
        .to_vec()
}

/// 5 × 5 844 days + 835 Sundays + 192 months = 30 247 slots a zone.
#[test]
fn every_slot_fires_once_in_order_and_never_early_in_zones_with_hard_clocks() {
    let civils = civils("2020-01-01T00:00:00", "2036-01-01T00:00:00");
    for zone in [
        Tz::Europe__Madrid,
        Tz::Europe__Dublin,
        Tz::America__Santiago,
        Tz::America__Asuncion,
        Tz::America__Havana,
        Tz::America__Sao_Paulo,
        Tz::America__New_York,
        Tz::Australia__Lord_Howe,
        Tz::Africa__Cairo,
        Tz::Africa__Casablanca,
        Tz::Asia__Gaza,
        Tz::Asia__Tehran,
    ] {
        assert_eq!(check_zone(zone, &civils), 30_247);
    }
}

/// 5 × 5 844 days + 835 Sundays + 192 months = 30 247 slots a zone, in two halves of the zones at once.
#[test]
fn every_slot_of_sixteen_years_fires_once_in_every_zone() {
    let civils = civils("2020-01-01T00:00:00", "2036-01-01T00:00:00");
    let (first, second) = chrono_tz::TZ_VARIANTS.split_at(chrono_tz::TZ_VARIANTS.len() / 2);
    let check = |zones: &[Tz]| {
        zones
            .iter()
            .map(|zone| {
                let slots = check_zone(*zone, &civils);
                assert_eq!(slots, 30_247, "{zone}");
                slots
            })
            .sum::<usize>()
    };
    let slots = std::thread::scope(|scope| {
        let other = scope.spawn(|| check(second));
        check(first) + other.join().unwrap()
    });
    println!("S5 | zones x expressions, slots, violations | {} x 7, {slots}, 0", chrono_tz::TZ_VARIANTS.len());
}
