//! A run that hangs, is killed or finds no room: whoever watches from outside hears of it, by an alarm or by silence.

use std::process::{Child, Stdio};
use std::sync::mpsc;

use farol::ledger::SlotState;

use crate::clockwork::{send, wait_for};
use crate::home::{FAROL, Home};
use crate::surroundings::Disk;
use crate::term::silent_at;
use crate::watching::web_server;

/// When the slot's grace of two hours is over.
const ALARM: &str = "2026-11-05 12:00:00";

/// A home that calls a monitor; what the monitor hears.
fn watched() -> (Home, mpsc::Receiver<String>) {
    let home = Home::tiny();
    let (port, heard) = web_server("200 OK");
    home.write("ping", format!("http://127.0.0.1:{port}/x"));
    home.write("config/farol.yaml", home.read("config/farol.yaml") + "ping: file:../ping\n");
    (home, heard)
}

/// Starts a run that sends, at the time of the slot.
fn start(home: &Home) -> Child {
    home.set_clock("2026-11-05 10:00:01");
    home.timed(&["run", "--send"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// `farol health` when the grace is over, while the run hangs or after it has died.
fn health(home: &Home) -> Option<i32> {
    let ended = home.at(ALARM, &["health"]);
    assert!(ended.stderr.contains("error["), "{}", ended.stderr);
    ended.code
}

const STARTED: &str = "POST /x/start HTTP/1.1";

#[test]
fn a_run_that_hangs_in_any_stage_is_missed() {
    let (home, heard) = watched();
    let mut run = start(&home);
    assert_eq!(heard.recv().unwrap(), STARTED);
    // Before anything is read.
    send("STOP", run.id());
    assert_eq!(health(&home), Some(75));
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [""; 0]);
    run.kill().unwrap();
    run.wait().unwrap();
    let mut right = 1;
    // When the report is written, and the mail is on its way.
    for phase in ["greeting", "DATA", "dot"] {
        let (home, heard) = watched();
        let (port, told) = silent_at(phase);
        let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
        home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
        let mut run = start(&home);
        told.recv().unwrap();
        assert_eq!(health(&home), Some(75), "{phase}");
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [STARTED], "{phase}");
        run.kill().unwrap();
        run.wait().unwrap();
        right += 1;
    }
    println!("O2 | a run that hangs in 4 stages: health 75 after the grace, no call of success | {right}/4");
}

/// Killed as the kernel does it when memory is short; and by a limit of its own, under which an allocation fails.
#[test]
fn a_run_that_is_killed_for_memory_is_missed() {
    let (home, heard) = watched();
    let mut run = start(&home);
    assert_eq!(heard.recv().unwrap(), STARTED);
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(health(&home), Some(75));
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [""; 0]);

    // Of a daemon's child: the daemon lives, and tries it again.
    let (home, heard) = watched();
    let daemon = home.daemon("2026-11-05 10:00:01");
    assert_eq!(heard.recv().unwrap(), STARTED);
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", daemon.0.id())).unwrap();
    send("KILL", children.split_whitespace().next().unwrap().parse().unwrap());
    let fate = |state, exit| home.fates() == [("11-05".to_owned(), state, Some(exit))];
    // 128 + 9, as a shell has it.
    wait_for("the slot waits", || fate(SlotState::Waiting, 137));
    wait_for("it is said", || home.read("daemon.log").contains("has ended, and is tried again: killed by signal 9"));
    assert_eq!(home.all_letters().len(), 0, "neither sent nor told, for it is tried again");
    home.set_clock("2026-11-05 10:02:00");
    wait_for("the slot is made up for", || fate(SlotState::Done, 0));
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [STARTED, "POST /x HTTP/1.1"]);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(home.all_letters().len(), 1);

    // Less and less memory, until there is too little.
    let (home, heard) = watched();
    let mut limits = (0..).map(|step| 4_000_000_000_u64 >> step);
    let (limit, code) = loop {
        let limit = limits.next().unwrap();
        home.set_clock("2026-11-05 10:00:01");
        let clock = home.timed(&[]);
        let mut run = home.command("prlimit", &[&format!("--as={limit}"), FAROL, "run", "--send"]);
        run.envs(clock.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let code = run.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().code();
        let calls: Vec<String> = heard.try_iter().collect();
        if code != Some(0) {
            assert!(!calls.iter().any(|call| call == "POST /x HTTP/1.1"), "{limit}: {code:?} {calls:?}");
            break (limit, code);
        }
        for folder in ["state", "out"] {
            std::fs::remove_dir_all(home.path(folder)).unwrap();
        }
    };
    assert_eq!(health(&home), Some(75));
    println!(
        "O2 | killed by the kernel, a daemon's child, too little memory ({limit} bytes, {code:?}): missed, tried again, missed | 3/3"
    );
}

/// A disk with no room for the ledger or the report.
#[test]
fn a_run_without_room_is_told_as_failed() {
    let (home, heard) = watched();
    let Some(_disk) = Disk::of(&home, "64k") else {
        println!("O2 | a full disk | SKIPPED: no right to mount a small disk");
        return;
    };
    home.set_clock("2026-11-05 10:00:01");
    let on_disk = ["--out", "disk/out", "--state", "disk/state"];
    let ended = home.at("2026-11-05 10:00:01", &[&["run", "--send"], &on_disk[..]].concat());
    assert_eq!(ended.code, Some(74), "{}", ended.stderr);
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [STARTED, "POST /x/fail HTTP/1.1 exit code 74"]);
    let ended = home.at(ALARM, &[&["health"], &on_disk[..]].concat());
    assert!(matches!(ended.code, Some(74 | 75)), "{:?} {}", ended.code, ended.stderr);
    println!("O2 | a full disk: exit code, call, health | 74, /fail, {}", ended.code.unwrap());
}
