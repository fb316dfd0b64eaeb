//! A text file for Prometheus's node exporter: what the ledger knows, written whole or not at all.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Ledger, Run, SlotState, State};

/// The metric of how long the last run took.
const DURATION: &str = "farol_last_run_duration_seconds";

/// How a run that has just ended went; the ledger knows only those that sent something.
#[derive(Clone, Debug, Default)]
pub struct LastRun {
    /// The reports that it made.
    pub reports: Vec<String>,
    /// Its exit code.
    pub exit: u8,
    /// How long it took, by a clock that nobody sets.
    pub took: Duration,
}

/// Writes the file that the configuration names, if it names one.
///
/// # Errors
/// [`Exit::Io`] if the file cannot be written; the ledger's faults.
pub fn write(config: &Config, ledger: &Ledger, last: Option<&LastRun>) -> Result<()> {
    let Some(path) = &config.watchers.metrics else { return Ok(()) };
    update(path, |measured| text(config, ledger, (last, measured)))
}

/// Writes the file anew from what it has measured, while no other process does so: what that one has measured would be lost.
fn update(path: &Path, text: impl FnOnce(BTreeMap<String, f64>) -> Result<String>) -> Result<()> {
    let _held = hold(folder(path));
    let text = text(measured(path))?;
    replace(path, &text).map_err(|error| {
        let fault = Diagnostic::error("metrics", format!("cannot write the metrics: {error}"));
        Failure::new(Exit::Io, fault.at(Place::file(path)).help("make its folder, and let farol write there"))
    })
}

/// The folder, held for as long as its handle lives. Writing takes milliseconds: who holds it for a second stands still, and is not
/// waited for.
fn hold(folder: &Path) -> Option<File> {
    let handle = File::open(folder).ok()?;
    for _ in 0..1000 {
        if handle.try_lock().is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Some(handle)
}

/// The folder of the file; a bare name stands in the current one.
pub fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How long the last run of each report took, as the file that stands there says: what only the run itself has measured.
fn measured(path: &Path) -> BTreeMap<String, f64> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let value = |line: &str| {
        let (report, seconds) = line.strip_prefix(DURATION)?.strip_prefix("{report=\"")?.split_once("\"} ")?;
        Some((report.to_owned(), seconds.parse().ok()?))
    };
    text.lines().filter_map(value).collect()
}

/// Under another name first, then by a rename: whoever reads sees the old file or the new one. Others may read it; it names
/// no person.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // A name that does not end in `.prom` is none that the exporter reads.
    let mut file = tempfile::Builder::new().prefix(".farol-").suffix(".tmp").tempfile_in(folder(path))?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

/// A metric in the making.
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn by_report(&mut self, (name, kind, help): (&str, &str, &str), values: &BTreeMap<String, impl Display>) {
        if values.is_empty() {
            return;
        }
        self.head(name, kind, help);
        for (report, value) in values {
            self.value(name, &[("report", report)], value);
        }
    }
}

/// A label's value in the exposition format.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn text(
    config: &Config,
    ledger: &Ledger,
    (last, measured): (Option<&LastRun>, BTreeMap<String, f64>),
) -> Result<String> {
    let is_report = |report: &String| config.reports.contains_key(report);
    let mut page = Page(String::new());
    let mut success: BTreeMap<String, i64> =
        ledger.last_sent()?.into_iter().map(|(report, at)| (report, at.timestamp())).collect();
    // A slot that ended otherwise left somebody without: then only what was delivered counts.
    for (report, slot) in ledger.newest_made()?.into_iter().filter(|(_, slot)| slot.exit == Some(0)) {
        let at = success.entry(report).or_default();
        *at = (*at).max(slot.updated.timestamp());
    }
    success.retain(|report, _| is_report(report));
    page.by_report(
        ("farol_last_success_timestamp_seconds", "gauge", "When the report was last delivered or made, in Unix time."),
        &success,
    );
    let ended = ledger.newest_slots(&[SlotState::Done, SlotState::Waiting])?;
    let mut exits: BTreeMap<String, u8> =
        ended.into_iter().filter_map(|(report, slot)| Some((report, slot.exit?))).collect();
    let newest = ledger.newest_runs()?;
    let seconds = |run: &Run| (run.finished - run.started).as_seconds_f64().max(0.0);
    let mut took: BTreeMap<String, f64> =
        newest.iter().map(|(report, record)| (report.clone(), seconds(&record.run))).collect();
    // The ledger's run ends when its mail is written, and not when it is sent.
    took.extend(measured);
    if let Some(last) = last {
        exits.extend(last.reports.iter().map(|report| (report.clone(), last.exit)));
        took.extend(last.reports.iter().map(|report| (report.clone(), last.took.as_secs_f64())));
    }
    exits.retain(|report, _| is_report(report));
    took.retain(|report, _| is_report(report));
    page.by_report(("farol_last_exit_code", "gauge", "How the last run ended; 0 is well."), &exits);
    page.by_report((DURATION, "gauge", "How long the last run took."), &took);
    slots(&mut page, config, ledger)?;
    outbox(&mut page, ledger)?;
    let quarantined: BTreeMap<String, u64> = newest
        .iter()
        .filter(|(report, _)| is_report(report))
        .map(|(report, record)| (report.clone(), quarantined(&record.run.inputs)))
        .collect();
    page.by_report(
        ("farol_quarantined_rows", "gauge", "Rows that the last run that sent left out for breaking their contract."),
        &quarantined,
    );
    page.head("farol_open_incidents", "gauge", "Troubles that are not over.");
    page.value("farol_open_incidents", &[], ledger.open_incidents()?.len());
    Ok(page.0)
}

/// Every scheduled report has its counts, so that a rule sees them rise from 0.
fn slots(page: &mut Page, config: &Config, ledger: &Ledger) -> Result<()> {
    for (state, name, help) in [
        (SlotState::Missed, "farol_missed_slots_total", "Slots of the schedule that were missed."),
        (SlotState::SkippedOverlap, "farol_skipped_slots_total", "Slots that fired while their report was being made."),
    ] {
        let mut counts: BTreeMap<String, u64> = config.schedule.iter().map(|entry| (entry.report.clone(), 0)).collect();
        counts.extend(ledger.count_slots(state)?);
        page.by_report((name, "counter", help), &counts);
    }
    Ok(())
}

fn outbox(page: &mut Page, ledger: &Ledger) -> Result<()> {
    let counts = ledger.outbox()?;
    let open = |state: &State| !state.has_ended();
    page.head("farol_outbox", "gauge", "Mails that have not come to an end, by state.");
    for (state, count) in counts.iter().filter(|(state, _)| open(state)) {
        page.value("farol_outbox", &[("state", state.id())], count);
    }
    let count = |state| counts.get(&state).copied().unwrap_or(0);
    page.head("farol_sent_total", "counter", "Mails that were taken over.");
    page.value("farol_sent_total", &[], count(State::Sent));
    page.head("farol_undelivered", "gauge", "Mails that nobody got and that wait for a decision.");
    page.value("farol_undelivered", &[], count(State::Failed) + count(State::Dead));
    page.head("farol_unknown", "gauge", "Mails that left and of which nobody said whether they were taken over.");
    page.value("farol_unknown", &[], count(State::Unknown));
    Ok(())
}

/// Rows that a run's inputs say were left out.
fn quarantined(inputs: &str) -> u64 {
    let inputs: serde_json::Value = serde_json::from_str(inputs).unwrap_or_default();
    let rows = inputs.as_array().into_iter().flatten().filter_map(|table| table["rows_quarantined"].as_u64());
    rows.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_escaped() {
        let mut page = Page(String::new());
        page.head("farol_x", "gauge", "Something.");
        page.value("farol_x", &[("report", "a\"b\\c\nd")], 1.5);
        assert_eq!(
            page.0,
            "# HELP farol_x Something.\n# TYPE farol_x gauge\nfarol_x{report=\"a\\\"b\\\\c\\nd\"} 1.5\n"
        );
    }

    #[test]
    fn rows_left_out_are_added_over_tables() {
        assert_eq!(quarantined(r#"[{"rows_quarantined":3},{"rows_quarantined":4},{"table":"x"}]"#), 7);
        assert_eq!(quarantined("nonsense"), 0);
    }

    /// Two processes, each with a report of its own and how long it took this time.
    #[test]
    fn what_two_have_measured_at_one_moment_is_both_kept() {
        const WRITES: u32 = 50;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farol.prom");
        let measure = |report: &str, seconds: u32| {
            update(&path, |mut measured| {
                measured.insert(report.to_owned(), f64::from(seconds));
                let mut page = Page(String::new());
                page.by_report((DURATION, "gauge", "How long."), &measured);
                Ok(page.0)
            })
            .unwrap();
            assert_eq!(measured(&path).get(report), Some(&f64::from(seconds)), "of the other's writing");
        };
        std::thread::scope(|scope| {
            for report in ["board", "ops"] {
                let measure = &measure;
                scope.spawn(move || (1..=WRITES).for_each(|seconds| measure(report, seconds)));
            }
        });
        assert_eq!(measured(&path), [("board", 50.0), ("ops", 50.0)].map(|(of, took)| (of.to_owned(), took)).into());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    /// While one thread writes files that all end in their own number, another reads: what it sees begins and ends alike.
    #[test]
    fn whoever_reads_sees_a_whole_file() {
        const WRITES: u32 = 10_000;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farol.prom");
        let body = "farol_outbox{state=\"pending\"} 0\n".repeat(200);
        let page = |n: u32| format!("# {n}\n{body}# {n}\n");
        replace(&path, &page(0)).unwrap();
        let (mut reads, mut torn) = (0_u32, 0_u32);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| (1..=WRITES).for_each(|n| replace(&path, &page(n)).unwrap()));
            while !writer.is_finished() {
                let text = std::fs::read_to_string(&path).unwrap();
                reads += 1;
                torn += u32::from(text.lines().next() != text.lines().last() || !text.ends_with('\n'));
            }
        });
        println!("O4 | metrics written {WRITES} times, read {reads} times, torn reads | {torn}");
        assert!(reads > 100 && torn == 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }
}
