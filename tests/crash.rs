//! The whole program killed at its system calls, and disks that fail it, then started again until it is quiet: nobody is left
//! without the mail, nobody gets it twice but where the process died between the final dot and the recorded answer, and the
//! ledger is whole.
//!
//! Some points of each call; all of them with `FAROL_SWEEP=full`. The server's own memory is the only witness of what was
//! taken over. Power loss is not among the faults: what the system has taken stays.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "the other tests' servers are not all needed")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use rusqlite::{Connection, OpenFlags};

use crate::support::fault_server::{Answer, FaultServer, Heard, Protection};

const FAROL: &str = env!("CARGO_BIN_EXE_farol");

const RECIPIENTS: [&str; 3] = ["ana@aurora.example", "bia@aurora.example", "eva@aurora.example"];

/// What changes something on a disk or at the server, and what hears from it.
const CALLS: [&str; 11] = [
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "mkdir",
    "renameat2",
    "connect",
    "sendto",
    "recvfrom",
];

/// Most points of a call, unless all are asked for.
const SOME: usize = 10;

/// Starts until a run must be quiet.
const PATIENCE: usize = 6;

/// A company of three customers with three readers.
struct Home {
    folder: tempfile::TempDir,
    server: FaultServer,
}

impl Home {
    fn new() -> Self {
        let (folder, server) =
            (tempfile::tempdir().unwrap(), FaultServer::start(Protection::None, |_, _| Answer::Good));
        fs::create_dir(folder.path().join("config")).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("customers.csv", "customer_id,signup_date\nA,2025-01-01\nB,2025-01-01\nC,2025-01-01\n");
        let subscriptions = "subscription_id,customer_id,start_date,end_date,mrr\n\
            1,A,2025-01-01,,100\n2,B,2025-01-01,,100\n3,C,2025-01-01,2026-04-10,100\n";
        write("subscriptions.csv", subscriptions);
        let farol = format!(
            "company: {{ name: Case, locale: en, currency: BRL, timezone: America/Sao_Paulo }}\n\
             as_of: 2026-05-10\n\
             privacy: {{ min_group: 1 }}\n\
             data:\n  customers: {{ path: ../customers.csv }}\n  subscriptions: {{ path: ../subscriptions.csv }}\n\
             delivery:\n  from: farol@aurora.example\n  transport: {{ smtp: {{ host: 127.0.0.1, port: {}, tls: none }} }}\n",
            server.port
        );
        write("config/farol.yaml", &farol);
        let recipients = RECIPIENTS.map(|to| format!("{{ to: {to} }}")).join(", ");
        let reports =
            format!("month: {{ kpis: [mrr_closing], segments: [], history: 2, recipients: [{recipients}] }}\n");
        write("config/reports.yaml", &reports);
        Self { folder, server }
    }

    /// Sends, under another program if one is named; whatever hangs is ended, and has no exit code.
    fn run(&self, under: &[&str]) -> Output {
        let mut command = Command::new("timeout");
        command.args(["-s", "KILL", "180"]).args(under).args([FAROL, "run", "--send"]);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).env("POLARS_MAX_THREADS", "1").output().unwrap()
    }

    /// Runs with a fault at the n-th call of a kind, in whichever thread gets there first.
    fn fails_at(&self, call: &str, nth: usize, fault: &str) -> Output {
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:{fault}:when={nth}"));
        self.run(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject])
    }

    /// Starts again until everybody has it.
    fn settle(&self) -> Result<(), String> {
        for _ in 0..PATIENCE {
            if self.run(&[]).status.code() == Some(0) {
                return Ok(());
            }
        }
        Err(format!("it never ends: {}", String::from_utf8_lossy(&self.run(&[]).stderr)))
    }

    /// Whom the server took a message over for, and what it was.
    fn taken(&self) -> BTreeMap<String, Vec<Vec<u8>>> {
        let mut taken: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for Heard { commands, body } in
            self.server.heard().into_iter().filter(|heard| heard.body.ends_with(b"\r\n.\r\n"))
        {
            let to = commands.iter().find_map(|line| line.strip_prefix("RCPT TO:<")?.split('>').next()).unwrap();
            taken.entry(to.to_owned()).or_default().push(body);
        }
        taken
    }

    /// The newest delivery of each recipient: state, whether an attempt went up to the dot, and how often it was tried again
    /// after nobody knew how that ended. None where there is no ledger yet.
    fn ledger(&self) -> BTreeMap<String, (String, bool, i64)> {
        let path = self.folder.path().join("state/farol.db");
        let Ok(ledger) = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
            return BTreeMap::new();
        };
        let select = "SELECT recipient, state, dot_intent IS NOT NULL, resends FROM deliveries";
        let Ok(mut rows) = ledger.prepare(select) else { return BTreeMap::new() };
        let rows = rows.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))));
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// What is wrong after everything has come to rest; and how many messages came twice.
    fn faults(&self, reference: &BTreeMap<String, Vec<u8>>) -> (Vec<String>, usize) {
        let (mut faults, mut twice) = (Vec::new(), 0);
        let (taken, deliveries) = (self.taken(), self.ledger());
        for to in RECIPIENTS {
            let copies = taken.get(to).map_or(&[][..], Vec::as_slice);
            let (state, _, resends) = deliveries.get(to).cloned().unwrap_or_default();
            if state != "sent" {
                faults.push(format!("{to} is {state:?} in the ledger"));
            }
            match copies {
                [] => faults.push(format!("{to} is without the mail")),
                [_] => {}
                [first, second] if first == second && resends == 1 => twice += 1,
                _ => faults.push(format!("{to} got it {} times, {resends} times on purpose", copies.len())),
            }
        }
        let ledger = Connection::open(self.folder.path().join("state/farol.db")).unwrap();
        let check: String = ledger.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        let runs: i64 = ledger.query_row("SELECT count(*) FROM runs", [], |row| row.get(0)).unwrap();
        if check != "ok" || runs != 1 {
            faults.push(format!("the ledger: {check}, {runs} runs"));
        }
        // The configuration names the server's port, so that its digest in the report is another.
        let files = files(&self.folder.path().join("out"));
        let figures = "month/2026-04/figures.csv";
        if !files.keys().eq(reference.keys()) || files.get(figures) != reference.get(figures) {
            faults.push(format!("other files: {:?}", files.keys().collect::<Vec<_>>()));
        }
        (faults, twice)
    }
}

/// Every file below a folder but for the timings, by its path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for path in fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "run.json" {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// How often a run that meets no fault makes each call, and the files that it writes.
fn sound() -> (BTreeMap<String, usize>, BTreeMap<String, Vec<u8>>) {
    let home = Home::new();
    let counts = home.folder.path().join("counts");
    let ended = home.run(&["strace", "-f", "-qq", "-c", "-o", counts.to_str().unwrap()]);
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    let text = fs::read_to_string(counts).unwrap();
    let count = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        Some(((*words.last()?).to_owned(), words.get(3)?.parse().ok()?))
    };
    (text.lines().filter_map(count).collect(), files(&home.folder.path().join("out")))
}

/// Whether every point is to be tried.
fn is_full_sweep() -> bool {
    std::env::var_os("FAROL_SWEEP").is_some_and(|sweep| sweep == "full")
}

/// A small disk of its own for what a home writes.
struct Disk(Vec<PathBuf>);

impl Disk {
    /// `out` and `state` on one disk of a size; none if that is not allowed.
    fn mount(home: &Home, kilobytes: usize) -> Option<Self> {
        let disk = home.folder.path().join("disk");
        let mut mounted = Self(Vec::new());
        fs::create_dir(&disk).unwrap();
        mount(&["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "small", disk.to_str().unwrap()])?;
        mounted.0.push(disk.clone());
        for name in ["out", "state"] {
            let (on, at) = (disk.join(name), home.folder.path().join(name));
            fs::create_dir(&on).unwrap();
            fs::create_dir(&at).unwrap();
            mount(&["--bind", on.to_str().unwrap(), at.to_str().unwrap()])?;
            mounted.0.push(at);
        }
        Some(mounted)
    }

    /// Makes room.
    fn grow(&self) {
        mount(&["-o", "remount,size=64m", self.0[0].to_str().unwrap()]).unwrap();
    }
}

fn mount(arguments: &[&str]) -> Option<()> {
    Command::new("mount").args(arguments).output().ok()?.status.success().then_some(())
}

impl Drop for Disk {
    fn drop(&mut self) {
        for at in self.0.iter().rev() {
            Command::new("umount").arg(at).status().unwrap();
        }
    }
}

/// What a sweep came to.
#[derive(Default)]
struct Sweep {
    hit: usize,
    twice: usize,
    faults: String,
}

/// Has the program meet one fault after the other, two at a time, each in a home of its own; `judge` looks at how it ended.
fn sweep(calls: &[&str], fault: &str, judge: impl Fn(&Home, &Output) -> Option<String> + Sync) -> Sweep {
    let (counts, reference) = sound();
    let mut points: Vec<(&str, usize)> = Vec::new();
    for call in calls {
        let count = counts.get(*call).copied().unwrap_or(0);
        let step = if is_full_sweep() { 1 } else { count.div_ceil(SOME).max(1) };
        // The last ones are those of the delivery: from the end backwards.
        points.extend((1..=count).rev().step_by(step).map(|nth| (*call, nth)));
    }
    let (points, found) = (Mutex::new(points.into_iter()), Mutex::new(Sweep::default()));
    let work = || {
        loop {
            let Some((call, nth)) = points.lock().unwrap().next() else { return };
            let home = Home::new();
            let ended = home.fails_at(call, nth, fault);
            let first = judge(&home, &ended);
            let (mut faults, twice) = match home.settle() {
                Ok(()) => home.faults(&reference),
                Err(fault) => (vec![fault], 0),
            };
            faults.extend(first);
            let mut found = found.lock().unwrap();
            found.hit += usize::from(ended.status.code() != Some(0));
            found.twice += twice;
            for fault in faults {
                writeln!(found.faults, "{call} {nth}: {fault}").unwrap();
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    found.into_inner().unwrap()
}

#[test]
fn whoever_kills_it_nobody_goes_without_and_a_second_copy_is_the_same_one() {
    let found = sweep(&CALLS, "signal=SIGKILL", |_, _| None);
    assert_eq!(found.faults, "");
    assert!(found.hit > 50, "{}", found.hit);
    println!(
        "D6, Q1 | kills, lost, illegal ledgers, second copies inside the window | {}, 0, 0, {}",
        found.hit, found.twice
    );
}

/// Whatever the server has taken over stands in the ledger as sent, or as gone up to the dot.
fn taken_stands_in_the_ledger(home: &Home) -> Option<String> {
    let ledger = home.ledger();
    let is_known = |to: &String| ledger.get(to).is_some_and(|(state, intent, _)| state == "sent" || *intent);
    let unknown: Vec<String> = home.taken().into_keys().filter(|to| !is_known(to)).collect();
    (!unknown.is_empty()).then(|| format!("the ledger knows nothing of what {unknown:?} got"))
}

/// A full disk, a broken one: said with the code for it, at once, and made good by the next start.
fn ends_well(home: &Home, ended: &Output) -> Option<String> {
    let code = ended.status.code();
    let is_said = matches!(code, Some(0 | 74 | 75 | 77));
    let fault = (!is_said).then(|| format!("ended with {code:?}: {}", String::from_utf8_lossy(&ended.stderr)));
    fault.or_else(|| taken_stands_in_the_ledger(home))
}

/// A disk that is full at one moment and not at the next.
#[test]
fn a_write_that_finds_no_room_costs_no_mail() {
    let found = sweep(&["pwrite64", "ftruncate", "mkdir", "renameat2"], "error=ENOSPC", ends_well);
    assert_eq!(found.faults, "");
    println!("D10 | runs that a write without room ended, mails without a row | {}, 0", found.hit);
}

/// A disk with room for a little more each time, until a run fits.
#[test]
fn a_disk_that_is_full_costs_no_mail() {
    let (_, reference) = sound();
    let (mut faults, mut full) = (String::new(), 0);
    for kilobytes in (64..).step_by(if is_full_sweep() { 16 } else { 192 }) {
        let home = Home::new();
        let Some(disk) = Disk::mount(&home, kilobytes) else {
            println!("D10 | disks that were too small, mails without a row | SKIPPED: only root mounts a small disk");
            return;
        };
        let ended = home.run(&[]);
        let first = ends_well(&home, &ended);
        let fits = ended.status.code() == Some(0);
        disk.grow();
        let last = home.settle().map_or_else(|fault| vec![fault], |()| home.faults(&reference).0);
        for fault in first.into_iter().chain(last) {
            writeln!(faults, "{kilobytes} kB: {fault}").unwrap();
        }
        if fits {
            break;
        }
        full += 1;
    }
    assert_eq!(faults, "");
    assert!(full >= 2, "{full}");
    println!("D10 | disks that were too small, mails without a row | {full}, 0");
}

#[test]
fn a_disk_that_fails_costs_no_mail() {
    let found = sweep(&["fsync", "fdatasync", "pwrite64", "unlink"], "error=EIO", ends_well);
    assert_eq!(found.faults, "");
    println!("D11 | runs that a broken disk ended, illegal ledgers | {}, 0", found.hit);
}
