//! A CSV file: the first byte chooses the table, the second how it is said to be written, the third the zone.

use std::collections::BTreeMap;
use std::fs;

use chrono_tz::Tz;
use farol::calendar::{Calendar, Moment};
use farol::config::{Dialect, Source};
use farol::diagnostic::Diagnostic;
use farol::error::Exit;
use farol::tables::schema::TABLES;
use farol::tables::{CustomerIndex, Reading, read, write_quarantine};
use tempfile::TempDir;

use super::assert_told;

/// 2026-11-05, in microseconds.
const TODAY: Moment = Moment(1_793_836_800_000_000);

fn dialect(choice: u8) -> Dialect {
    let of = |shift: u8, bits: u8| usize::from(choice >> shift & ((1 << bits) - 1));
    Dialect {
        delimiter: [None, Some(b';'), Some(b'\t'), Some(b'|')][of(0, 2)],
        encoding: [None, None, Some("windows-1252"), Some("utf-16le")][of(2, 2)].map(str::to_owned),
        decimal: [None, None, Some(','), Some('.')][of(4, 2)],
        date: [None, None, Some("%d/%m/%Y"), Some("%d %b %y %H:%M")][of(6, 2)].map(str::to_owned),
    }
}

pub(super) fn run(bytes: &[u8]) {
    thread_local!(static FOLDER: TempDir = tempfile::tempdir().unwrap());
    let &[table, choice, zone, ref csv @ ..] = bytes else { return };
    let spec = &TABLES[usize::from(table) % TABLES.len()];
    let zone = [Tz::UTC, Tz::America__Sao_Paulo, Tz::Pacific__Apia, Tz::Africa__Casablanca][usize::from(zone) % 4];
    FOLDER.with(|folder| {
        let path = folder.path().join("t.csv");
        fs::write(&path, csv).unwrap();
        let source = Source {
            paths: vec![path],
            timezone: None,
            dialect: dialect(choice),
            columns: BTreeMap::new(),
            values: BTreeMap::new(),
            max_bad_rows: 1.0,
            max_age_days: None,
        };
        let reading = Reading {
            calendar: Calendar { zone, fiscal_year_start: 1 },
            today: TODAY,
            as_of: TODAY,
            currency: "BRL",
            csat_scale: (1, 10),
            ces_scale: (1, 7),
        };
        let columns: Vec<&str> = spec.columns.iter().map(|column| column.name).collect();
        let customers = CustomerIndex::new(["A", "B"]);
        match read(spec.table, &source, &columns, Some(&customers), &reading) {
            Ok(rows) => {
                let intake = rows.intake;
                assert_eq!(rows.frame.height() as u64, intake.rows_kept);
                assert_eq!(intake.rows_read, intake.rows_kept + intake.rows_quarantined + intake.rows_after_as_of);
                assert!(intake.reasons.values().sum::<u64>() >= intake.rows_quarantined);
                // What is said of all files together names the table.
                let of_a_file = |warning: &&Diagnostic| !warning.message.contains(&format!("`{}`", spec.name));
                intake.warnings.iter().filter(of_a_file).for_each(|warning| assert_told(warning, folder.path()));
                let lines = csv.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
                assert!(
                    intake.quarantined.iter().all(|bad| (2..=lines).contains(&bad.row)),
                    "{:?}",
                    intake.quarantined
                );
                write_quarantine(&folder.path().join("quarantine.csv"), &intake.quarantined).unwrap();
            }
            Err(failure) => {
                assert_ne!(failure.exit, Exit::Internal, "{failure}");
                failure.diagnostics.iter().for_each(|fault| assert_told(fault, folder.path()));
            }
        }
    });
}
