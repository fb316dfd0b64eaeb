//! Many at once, copies while others write, many years.

use std::fs;
use std::time::{Duration, Instant};

use super::*;

/// A folder in memory, where there is such a thing: what is asked here is not how fast a disk is.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Eight processes' worth of writers, each with a connection of its own: none is told that the file is busy.
#[test]
fn writers_at_the_same_time_wait_for_each_other() {
    const WRITERS: u32 = 8;
    const RUNS: u32 = 10;
    let folder = tempfile::tempdir().unwrap();
    drop(Ledger::open(folder.path()).unwrap());
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let writer = |writer: u32| {
            let state = folder.path();
            move || {
                let mut ledger = Ledger::open(state).unwrap();
                let mut times = Vec::new();
                let mut measured = |step: &mut dyn FnMut(&mut Ledger)| {
                    let start = Instant::now();
                    step(&mut ledger);
                    times.push(start.elapsed());
                };
                for number in 0..RUNS {
                    let report = format!("report {writer}");
                    let who = format!("{writer}.{number}@aurora.example");
                    let run = Run { report: report.clone(), period: number.to_string(), ..run(1) };
                    measured(&mut |ledger| {
                        ledger.record(&run, &[figure("nps", Some(1.0))], &[delivery(&who, 1)]).unwrap();
                    });
                    let mut id = 0;
                    measured(&mut |ledger| {
                        id = ledger.standing(&report, &number.to_string(), &who).unwrap().unwrap().id;
                    });
                    measured(&mut |ledger| drop(ledger.begin(id, at(10)).unwrap()));
                    measured(&mut |ledger| drop(ledger.intend(id, at(11)).unwrap()));
                    measured(&mut |ledger| drop(ledger.settle(id, Settlement::Sent("250".into()), at(12)).unwrap()));
                }
                times
            }
        };
        let writers: Vec<_> = (0..WRITERS).map(|number| scope.spawn(writer(number))).collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    times.sort();
    let sent = Ledger::open(folder.path()).unwrap().all_deliveries().unwrap();
    assert_eq!(sent.iter().filter(|delivery| delivery.state == State::Sent).count(), (WRITERS * RUNS) as usize);
    println!(
        "Q5 | busy told to one of {WRITERS} writers | 0 of {} steps (p99 {} ms)",
        times.len(),
        times[times.len() * 99 / 100].as_millis()
    );
}

/// A hundred copies while a writer goes on: each is a ledger of its own that holds all up to some moment and nothing after it.
#[test]
fn a_backup_made_while_others_write_is_the_ledger_of_one_moment() {
    const BACKUPS: usize = 100;
    let folder = in_memory();
    let over = std::sync::atomic::AtomicBool::new(false);
    let mut ledger = Ledger::open(folder.path()).unwrap();
    let mut newest = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = Ledger::open(folder.path()).unwrap();
            for number in 1.. {
                if over.load(std::sync::atomic::Ordering::SeqCst) {
                    return;
                }
                let run = Run { period: number.to_string(), ..run(1) };
                writer
                    .record(&run, &[figure("nps", Some(1.0))], &[delivery(&format!("{number}@aurora.example"), 1)])
                    .unwrap();
                writer.begin(number, at(10)).unwrap();
                writer.intend(number, at(11)).unwrap();
                writer.settle(number, Settlement::Sent("250".into()), at(12)).unwrap();
                // Else the copies grow so large that opening them is all that takes time.
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let copies = in_memory();
        for number in 0..BACKUPS {
            let state = copies.path().join(number.to_string());
            fs::create_dir(&state).unwrap();
            ledger.back_up(&state.join("farol.db")).unwrap();
            let all = Ledger::open(&state).unwrap().all_deliveries().unwrap();
            let (last, before) = all.split_last().map_or((None, &[][..]), |(last, before)| (Some(last), before));
            assert!(all.iter().map(|delivery| delivery.id).eq(1..=i64::try_from(all.len()).unwrap()));
            assert!(before.iter().all(|delivery| delivery.state == State::Sent));
            assert!(last.is_none_or(|last| matches!(last.state, State::Pending | State::Sending | State::Sent)));
            assert!(all.len() >= newest, "time goes on");
            newest = all.len();
        }
        over.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    assert!(newest > 10, "the writer wrote: {newest}");
    assert_eq!(
        ledger.back_up(&folder.path().join("farol.db")).unwrap_err().exit,
        Exit::Usage,
        "a backup replaces nothing"
    );
    ledger.record(&run(1), &[], &[delivery("ana@aurora.example", 1)]).unwrap();
    println!("Q6 | backups that are the ledger of one moment | {BACKUPS}/{BACKUPS}");
}

/// Somebody reads for as long as a thousand commits take: the writer goes on, and the log is folded in when the reader has left.
#[test]
fn a_reader_who_stays_stops_nobody() {
    let folder = in_memory();
    let mut ledger = with_one(folder.path());
    let reader = Connection::open(folder.path().join("farol.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM deliveries").unwrap();
    let log = || fs::metadata(folder.path().join("farol.db-wal")).unwrap().len();
    for second in 0..1000 {
        ledger.postpone(&[1], at(second), at(second)).unwrap();
    }
    let longest = log();
    reader.execute_batch("COMMIT").unwrap();
    ledger.postpone(&[1], at(2000), at(2000)).unwrap();
    ledger.postpone(&[1], at(2001), at(2001)).unwrap();
    let shown: i64 =
        reader.query_row("SELECT count(*) FROM deliveries WHERE not_before IS NOT NULL", [], |row| row.get(0)).unwrap();
    assert_eq!(shown, 1);
    drop((ledger, reader));
    assert!(!folder.path().join("farol.db-wal").exists(), "the log is folded in");
    println!("Q4 | write-ahead log while a reader stays for 1,000 commits | {} kB, then none", longest / 1000);
    assert!(longest < 64_000_000, "{longest}");
}

/// Whatever lies in the state folder is its owner's, whoever made it how.
#[cfg(unix)]
#[test]
fn every_file_of_the_ledger_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    drop(Ledger::open(&state).unwrap());
    let path = state.join("farol.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let _lock = RunLock::acquire(&state, at(0)).unwrap();
    let mut ledger = Ledger::open(&state).unwrap();
    ledger.record(&run(1), &[], &[delivery("ana@aurora.example", 1)]).unwrap();
    ledger.back_up(&state.join("backup.db")).unwrap();
    let modes: Vec<(String, u32)> = fs::read_dir(&state)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().to_string_lossy().into_owned(), entry.metadata().unwrap().permissions().mode() & 0o777)
        })
        .collect();
    assert_eq!(modes.len(), 7, "{modes:?}");
    assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
    println!("Q8 | files of mode 0600 | {}/{}", modes.len(), modes.len());
}

/// Five years of a report a day to forty people, without the bytes of their mails, which weigh what mails weigh.
#[test]
#[ignore = "takes a minute: cargo test --lib five_years -- --ignored"]
fn five_years_of_daily_mail_can_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path()).unwrap();
    let figures: Vec<Figure> = (0..30).map(|number| figure(&format!("kpi {number}"), Some(1.0))).collect();
    let transaction = ledger.connection.transaction().unwrap();
    for day in 0..5 * 365 {
        let run = Run { period: format!("day {day}"), ..run(1) };
        let people: Vec<NewDelivery> = (0..40)
            .map(|who| NewDelivery {
                message_id: format!("<{day}.{who}>"),
                ..delivery(&format!("{who}@aurora.example"), 1)
            })
            .collect();
        rows::insert(&transaction, &run, &figures, &people).unwrap();
    }
    transaction.commit().unwrap();
    for delivery in ledger.all_deliveries().unwrap().iter().step_by(1000) {
        ledger.begin(delivery.id, at(10)).unwrap();
    }
    drop(ledger);
    let opened = || {
        let started = Instant::now();
        let ledger = Ledger::open(folder.path()).unwrap();
        (ledger, started.elapsed().as_millis())
    };
    let (ledger, known) = opened();
    let started = Instant::now();
    ledger.check_mailing("executive", "day 1000").unwrap();
    let mailing = started.elapsed().as_millis();
    drop(ledger);
    fs::remove_file(folder.path().join("farol.db.checked")).unwrap();
    let (ledger, anew) = opened();
    assert_eq!(ledger.all_deliveries().unwrap().len(), 73_000);
    let size = || fs::metadata(folder.path().join("farol.db")).unwrap().len() / 1_000_000;
    println!(
        "Q9 | 73,000 deliveries | {} MB, opened in {known} ms; checked whole in {anew} ms; its index before mail in {mailing} ms",
        size()
    );
    assert!(known < 100, "{known} ms");
    assert_eq!(ledger.prunable(at(9999)).unwrap().messages, 0, "no bytes that no delivery wants");
}
