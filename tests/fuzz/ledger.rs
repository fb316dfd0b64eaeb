//! Changes to a copy of a ledger, four bytes each: where (three) and how. What is put back is what was written, or is refused and
//! leaves the ledger that is there as it was.

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use farol::error::{Exit, Result};
use farol::ledger::{Ledger, NewDelivery, Run, RunLock, Settlement, Telling};
use tempfile::TempDir;

use super::assert_told;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_875_200 + second, 0).unwrap()
}

/// A ledger's folder with a copy beside it, the copy's bytes, and what it holds.
struct Kept {
    home: TempDir,
    bytes: Vec<u8>,
    content: String,
}

/// Everything that a ledger can be asked of the one report.
fn content(ledger: &Ledger) -> Result<String> {
    let mut all = vec![format!("{:?}", ledger.undelivered()?)];
    for run in ledger.runs("executive", "2026-10")? {
        all.push(format!("{run:?} {:?}", ledger.figures(run.id)?));
    }
    for delivery in ledger.deliveries("executive", "2026-10")? {
        all.push(format!("{delivery:?} {:?}", ledger.message(&delivery.message)?));
    }
    Ok(all.join("\n"))
}

fn begin() -> Kept {
    let home = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(&home.path().join("state")).unwrap();
    let run = Run {
        report: "executive".to_owned(),
        period: "2026-10".to_owned(),
        revision: 1,
        started: at(0),
        finished: at(5),
        as_of: at(0),
        configuration: "ab".repeat(32),
        inputs: "[]".to_owned(),
        version: "0.1.0".to_owned(),
        complete: true,
        warnings: Vec::new(),
    };
    let delivery = |name: &str| NewDelivery {
        recipient: format!("{name}@case.example"),
        locale: "en".to_owned(),
        names: true,
        sender: "farol@case.example".to_owned(),
        message_id: format!("<{name}@case.example>"),
        message: format!("To: {name}\r\n").into_bytes(),
        told: Arc::new(Telling { scope: "{}".to_owned(), definitions: "d".to_owned(), ..Telling::default() }),
        deliver_by: at(72 * 3600),
    };
    ledger.record(&run, &[], &[delivery("ana"), delivery("rui")]).unwrap();
    ledger.begin(1, at(10)).unwrap();
    ledger.intend(1, at(11)).unwrap();
    ledger.settle(1, Settlement::Sent("250".to_owned()), at(12)).unwrap();
    let copy = home.path().join("copy.db");
    ledger.back_up(&copy).unwrap();
    let content = content(&ledger).unwrap();
    Kept { bytes: fs::read(&copy).unwrap(), content, home }
}

pub(super) fn run(bytes: &[u8]) {
    thread_local!(static KEPT: Kept = begin());
    KEPT.with(|Kept { home, bytes: whole, content: written }| {
        let (state, copy) = (home.path().join("state"), home.path().join("copy.db"));
        let mut damaged = whole.clone();
        for change in bytes.as_chunks::<4>().0 {
            let place = u32::from_be_bytes([0, change[0], change[1], change[2]]) as usize;
            match damaged.get_mut(place) {
                Some(byte) => *byte ^= change[3],
                // Beyond the end: the copy was cut off.
                None => damaged.truncate(place % whole.len()),
            }
        }
        let is_changed = damaged != *whole;
        fs::write(&copy, damaged).unwrap();
        fs::write(state.join("farol.db"), whole).unwrap();
        let lock = RunLock::acquire(&state, at(20)).unwrap();
        let restored = Ledger::restore(&state, &copy, &lock, at(30));
        drop(lock);
        match restored {
            Ok(was_there) => {
                assert!(was_there);
                let ledger = Ledger::open(&state).unwrap();
                assert_eq!(ledger.restored().unwrap(), Some(at(30)));
                match content(&ledger) {
                    Ok(found) => assert_eq!(found, *written),
                    Err(failure) => assert!(is_changed && failure.exit == Exit::Io, "{failure}"),
                }
            }
            Err(failure) => {
                assert!(is_changed && failure.exit == Exit::Io, "{failure}");
                failure.diagnostics.iter().for_each(|fault| assert_told(fault, home.path()));
                assert_eq!(fs::read(state.join("farol.db")).unwrap(), *whole);
            }
        }
    });
}
