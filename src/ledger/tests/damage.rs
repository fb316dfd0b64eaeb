//! Files that are no ledger, or no longer the one that was written.

use std::fs;

use proptest::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

#[test]
fn a_ledger_that_is_gone_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    fs::remove_file(folder.path().join("farol.db")).unwrap();
    let failure = Ledger::open(folder.path()).unwrap_err();
    assert_eq!(failure.exit, Exit::Io);
    assert!(failure.to_string().contains("error[ledger-missing]"), "{failure}");
    assert!(!folder.path().join("farol.db").exists());
}

#[test]
fn a_file_that_is_no_ledger_is_refused_and_left_alone() {
    let contents: [&[u8]; 5] = [b"", b"x", &[0; 4096], b"SQLite format 3\0", "não é um banco".as_bytes()];
    for content in contents {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farol.db");
        fs::write(&path, content).unwrap();
        let failure = Ledger::open(folder.path()).unwrap_err();
        assert_eq!(failure.exit, Exit::Io, "{failure}");
        assert!(failure.to_string().contains("error[ledger-damaged]"), "{failure}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    let folder = tempfile::tempdir().unwrap();
    Connection::open(folder.path().join("farol.db")).unwrap().execute("CREATE TABLE other (x)", []).unwrap();
    assert_eq!(Ledger::open(folder.path()).unwrap_err().exit, Exit::Io);
}

#[test]
fn a_ledger_of_a_newer_farol_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    Connection::open(folder.path().join("farol.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let failure = Ledger::open(folder.path()).unwrap_err();
    assert!(failure.to_string().contains("error[ledger-newer]"), "{failure}");
}

#[test]
fn a_rule_that_somebody_took_out_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    Connection::open(folder.path().join("farol.db")).unwrap().execute("DROP TRIGGER deliveries_end", []).unwrap();
    assert_eq!(Ledger::open(folder.path()).unwrap_err().exit, Exit::Io);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_ledger() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    drop(with_one(&state));
    let path = state.join("farol.db");
    assert_eq!((mode(&state), mode(&path)), (0o700, 0o600));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    drop(Ledger::open(&state).unwrap());
    assert_eq!(mode(&path), 0o600);
}

/// Everything that a ledger can be asked.
fn content(ledger: &Ledger) -> Result<String> {
    let mut all = vec![format!("{:?}", ledger.undelivered()?)];
    for run in ledger.runs("executive", "2026-10")? {
        all.push(format!("{run:?} {:?}", ledger.figures(run.id)?));
    }
    for delivery in ledger.deliveries("executive", "2026-10")? {
        all.push(format!("{delivery:?} {:?}", ledger.message(&delivery.message)?));
        all.push(format!("{:?}", ledger.already_sent("executive", "2026-10", &delivery.recipient)?));
        all.push(format!("{:?}", ledger.decisions(delivery.id)?));
    }
    Ok(all.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A byte that changes, or a tail that is cut off, is found, or it was of no account.
    #[test]
    fn damage_is_found_or_without_effect(place in any::<prop::sample::Index>(), new in any::<u8>(), cut in prop::bool::weighted(0.1)) {
        static WHOLE: std::sync::OnceLock<(Vec<u8>, String)> = std::sync::OnceLock::new();
        let (bytes, expected) = WHOLE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let mut ledger = with_one(folder.path());
            bring(&mut ledger, State::Sent);
            ledger.record(&run(2), &[figure("nps", Some(53.0))], &[delivery("ana@aurora.example", 2)]).unwrap();
            let expected = content(&ledger).unwrap();
            drop(ledger);
            (fs::read(folder.path().join("farol.db")).unwrap(), expected)
        });
        let folder = tempfile::tempdir().unwrap();
        let mut damaged = bytes.clone();
        let at = place.index(damaged.len());
        if cut { damaged.truncate(at); } else { damaged[at] = new; }
        fs::write(folder.path().join("farol.db"), damaged).unwrap();
        match Ledger::open(folder.path()).and_then(|ledger| content(&ledger)) {
            Ok(found) => prop_assert_eq!(&found, expected),
            Err(failure) => prop_assert_eq!(failure.exit, Exit::Io, "{}", failure),
        }
    }
}

/// A header whose version for writing (the 19th byte) no `SQLite` has: the file is damaged, and no right to it is missing.
#[test]
fn a_header_that_forbids_writing_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    let path = folder.path().join("farol.db");
    let mut bytes = fs::read(&path).unwrap();
    assert!((1..=2).contains(&bytes[18]));
    bytes[18] = 3;
    fs::write(&path, &bytes).unwrap();
    let refused = Ledger::open(folder.path()).unwrap().begin(1, at(10)).unwrap_err();
    assert_eq!((refused.exit, refused.diagnostics[0].code), (Exit::Io, "ledger-damaged"), "{refused}");
    let lock = RunLock::acquire(folder.path(), at(0)).unwrap();
    let refused = Ledger::restore(folder.path(), &path, &lock, at(1)).unwrap_err();
    assert_eq!((refused.exit, refused.diagnostics[0].code), (Exit::Io, "ledger-damaged"), "{refused}");
}

/// A ledger as a crash leaves it: the file, its write-ahead log and the log's index, and what they hold.
fn cut_off() -> ([Vec<u8>; 3], String) {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Failed);
    ledger.retry(1, "by hand", at(9999), at(20)).unwrap();
    ledger.record(&run(2), &[figure("nps", Some(53.0))], &[delivery("ana@aurora.example", 2)]).unwrap();
    ledger.begin(2, at(30)).unwrap();
    ledger.intend(2, at(31)).unwrap();
    ledger.settle(2, Settlement::Sent("250".into()), at(32)).unwrap();
    let expected = content(&ledger).unwrap();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let files = FILES.map(read);
    assert!(files.iter().all(|file| !file.is_empty()), "all three are there while the ledger is open");
    (files, expected)
}

/// The file, its write-ahead log, the log's index.
const FILES: [&str; 3] = ["farol.db", "farol.db-wal", "farol.db-shm"];

/// Two thousand damaged copies: each is refused (74), or holds exactly what was written.
#[test]
fn no_damaged_copy_passes_for_another_ledger() {
    const COPIES: u32 = 2000;
    let (whole, expected) = cut_off();
    let mut chance = ChaCha8Rng::seed_from_u64(11);
    let (mut refused, mut same, mut wrong) = (0, 0, Vec::new());
    for copy in 0..COPIES {
        let [mut db, mut wal, mut index] = whole.clone().map(Some);
        let kind = copy % 10;
        let mut flip = |file: &mut Option<Vec<u8>>, most: usize| {
            let bytes = file.as_mut().unwrap();
            for _ in 0..chance.random_range(1..=most) {
                let place = chance.random_range(0..bytes.len());
                bytes[place] ^= 1 << chance.random_range(0..8);
            }
        };
        match kind {
            0 => flip(&mut db, 1),
            1 => flip(&mut db, 64),
            2 => flip(&mut wal, 8),
            3 => flip(&mut index, 8),
            4 => db.as_mut().unwrap().truncate(chance.random_range(0..whole[0].len())),
            5 => wal.as_mut().unwrap().truncate(chance.random_range(0..whole[1].len())),
            6 => {
                // A sector that the disk has lost.
                let start = chance.random_range(0..whole[0].len() / 512) * 512;
                db.as_mut().unwrap()[start..start + 512].fill(0);
            }
            7 => (wal, index) = if copy % 20 == 7 { (None, index) } else { (wal, None) },
            8 => (wal, index) = (None, None),
            _ => {
                let mut noise = vec![0; chance.random_range(0..9000)];
                chance.fill_bytes(&mut noise);
                (db, wal, index) = (Some(noise), None, None);
            }
        }
        // In memory, where there is such a folder: two thousand files want no disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        for (name, file) in FILES.into_iter().zip([db, wal, index]) {
            if let Some(bytes) = file {
                fs::write(folder.path().join(name), bytes).unwrap();
            }
        }
        match Ledger::open(folder.path()).and_then(|ledger| content(&ledger)) {
            Ok(found) if found == expected => same += 1,
            Err(failure) if failure.exit == Exit::Io => refused += 1,
            other => wrong.push(format!("copy {copy}, kind {kind}: {other:?}")),
        }
    }
    println!("Q2 | silent accepts | {} of {COPIES} (refused {refused}, whole {same})", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 500 && same > 400, "{refused} {same}");
}

/// A folder in memory, where there is such a thing.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Whether the next one to open a ledger will take it as checked.
fn is_known(path: &Path) -> bool {
    checked::Checked::find(path).is_some_and(|known| known.holds(now()))
}

fn now() -> i64 {
    file::seconds(&Connection::open_in_memory().unwrap()).unwrap()
}

/// One byte of a ledger that was checked and closed this very moment, changed by another program in its place, with its length and
/// the time of its last change as they were: it is checked again, as if it were another file.
#[cfg(target_os = "linux")]
#[test]
fn what_another_program_changes_is_checked_however_lately_it_was() {
    use std::os::unix::fs::FileExt;
    const CHANGES: i64 = 200;
    let folder = in_memory();
    let path = folder.path().join("farol.db");
    drop(with_one(folder.path()));
    let mut chance = ChaCha8Rng::seed_from_u64(12);
    let (mut refused, mut same, mut wrong) = (0, 0, Vec::new());
    for change in 0..CHANGES {
        let mut ledger = Ledger::open(folder.path()).unwrap();
        ledger.postpone(&[1], at(100 + change), at(change)).unwrap();
        drop(ledger);
        assert!(is_known(&path), "what is tested is a ledger that would not be checked again");
        let expected = content(&Ledger::open(folder.path()).unwrap()).unwrap();
        let bytes = fs::read(&path).unwrap();
        let place = chance.random_range(0..bytes.len());
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&[bytes[place] ^ (1 << chance.random_range(0..8))], place as u64).unwrap();
        file.set_modified(before).unwrap();
        drop(file);
        assert!(!is_known(&path), "change {change} at {place} is not seen");
        match Ledger::open(folder.path()).and_then(|ledger| content(&ledger)) {
            Ok(found) if found == expected => same += 1,
            Err(failure) if failure.exit == Exit::Io => refused += 1,
            other => wrong.push(format!("change {change} at {place}: {other:?}")),
        }
        fs::write(&path, bytes).unwrap();
    }
    println!(
        "Q2 | silent accepts of changes right after a check | {} of {CHANGES} (refused {refused}, whole {same})",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 20 && same > 20, "{refused} {same}");
}

/// A disk that gives back other bytes than were written, of a ledger that counts as checked: who has the report is known, or nobody
/// is sent anything.
#[cfg(target_os = "linux")]
#[test]
fn damage_that_changes_no_file_sends_nothing_again() {
    const COPIES: u32 = 1000;
    let whole = {
        let folder = in_memory();
        let mut ledger = with_one(folder.path());
        bring(&mut ledger, State::Sent);
        ledger.record(&run(1), &[], &[delivery("eva@aurora.example", 1)]).unwrap();
        drop(ledger);
        fs::read(folder.path().join("farol.db")).unwrap()
    };
    // Asked before anybody is written to: who has it, and who is to get it.
    let decided = |ledger: &Ledger| {
        ledger.check_mailing("executive", "2026-10")?;
        let stands = |who| Ok(ledger.standing("executive", "2026-10", who)?.map(|delivery| delivery.state));
        Ok::<_, Failure>([stands("ana@aurora.example")?, stands("eva@aurora.example")?])
    };
    let mut chance = ChaCha8Rng::seed_from_u64(13);
    let (mut refused, mut right, mut wrong) = (0, 0, Vec::new());
    for copy in 0..COPIES {
        let folder = in_memory();
        let path = folder.path().join("farol.db");
        let mut bytes = whole.clone();
        for _ in 0..chance.random_range(1..=[1, 8, 64][copy as usize % 3]) {
            let place = chance.random_range(0..bytes.len());
            bytes[place] ^= 1 << chance.random_range(0..8);
        }
        fs::write(&path, bytes).unwrap();
        drop(checked::Checked::new(&path, now()));
        assert!(is_known(&path));
        match Ledger::open(folder.path()).and_then(|ledger| decided(&ledger)) {
            Ok([Some(State::Sent), Some(State::Pending)]) => right += 1,
            Err(failure) if failure.exit == Exit::Io => refused += 1,
            other => wrong.push(format!("copy {copy}: {other:?}")),
        }
    }
    println!(
        "Q2 | mails sent again by damage that changes no file | {} of {COPIES} (refused {refused}, right {right})",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 200 && right > 200, "{refused} {right}");
}

/// A cell that changed unseen is found when it is read, and from then on each time that the ledger is opened.
#[cfg(target_os = "linux")]
#[test]
fn a_row_that_is_found_wrong_ends_the_trust_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("farol.db");
    drop(with_one(folder.path()));
    let shell = Connection::open(&path).unwrap();
    shell.execute_batch("DROP TRIGGER deliveries_identity; DROP TRIGGER deliveries_pause").unwrap();
    shell.execute("UPDATE deliveries SET recipient = 'eva@aurora.example'", []).unwrap();
    // As it was laid, but for the cell.
    let laid = schema::expected().unwrap();
    for rule in ["deliveries_identity", "deliveries_pause"] {
        let start = laid.find(&format!("CREATE TRIGGER {rule} ")).unwrap();
        shell.execute_batch(&laid[start..start + laid[start..].find("END").unwrap() + 3]).unwrap();
    }
    drop(shell);
    drop(checked::Checked::new(&path, now()));
    let ledger = Ledger::open(folder.path()).unwrap();
    assert_eq!(ledger.undelivered().unwrap_err().exit, Exit::Io);
    drop(ledger);
    assert!(!is_known(&path));
    assert_eq!(Ledger::open(folder.path()).unwrap_err().exit, Exit::Io);
}

/// A check holds for a day of this machine's life, for this version, and for a file that was closed.
#[cfg(target_os = "linux")]
#[test]
fn a_check_holds_for_a_day_and_for_what_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("farol.db");
    let ledger = with_one(folder.path());
    assert!(checked::Checked::find(&path).is_none(), "open");
    drop(ledger);
    let (known, day) = (checked::Checked::find(&path).unwrap(), 24 * 60 * 60);
    assert!(known.holds(now() + 60));
    assert!(!known.holds(now() + day), "a day later");
    assert!(!known.holds(now() - day), "a clock that went back");
    // Reading changes nothing, writing through the ledger keeps it known, and from when on does not move.
    let note = || fs::read_to_string(folder.path().join("farol.db.checked")).unwrap();
    let since = |note: String| note.rsplit_once(" at ").unwrap().1.to_owned();
    let first = note();
    drop(Ledger::open(folder.path()).unwrap());
    assert_eq!(note(), first);
    let mut ledger = Ledger::open(folder.path()).unwrap();
    ledger.begin(1, at(10)).unwrap();
    drop(ledger);
    assert_ne!(note(), first);
    assert_eq!(since(note()), since(first));
    // A crash leaves the log behind.
    fs::write(folder.path().join("farol.db-wal"), "").unwrap();
    assert!(!is_known(&path));
    fs::remove_file(folder.path().join("farol.db-wal")).unwrap();
    assert!(is_known(&path));
    for torn in [note().trim_end().to_owned(), note().replace("version", "versio"), String::new()] {
        fs::write(folder.path().join("farol.db.checked"), torn).unwrap();
        assert!(!is_known(&path));
    }
}
