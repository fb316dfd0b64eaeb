//! The ledger as an operator has it: copied, damaged, lost, of an older version.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use crate::home::{FAROL, Home};

const SEND: [&str; 4] = ["run", "--report", "executive", "--send"];

#[test]
fn a_backup_stands_in_for_a_ledger_that_is_lost() {
    let home = Home::small();
    assert_eq!(home.farol(&["ledger", "backup", "copy.db"]).code, Some(66), "there is nothing to copy yet");
    home.does(&SEND);
    home.does(&["ledger", "backup", "copy.db", "--dry-run"]);
    assert!(!home.path("copy.db").exists());
    home.does(&["ledger", "backup", "copy.db"]);
    let again = home.farol(&["ledger", "backup", "copy.db"]);
    assert_eq!((again.code, again.complaint().contains("error[backup-exists]")), (Some(2), true), "{}", again.stderr);

    fs::remove_file(home.path("state/farol.db")).unwrap();
    let lost = home.farol(&SEND);
    assert_eq!((lost.code, lost.complaint().contains("error[ledger-missing]")), (Some(74), true), "{}", lost.stderr);
    home.does(&["ledger", "restore", "copy.db", "--dry-run"]);
    assert!(!home.path("state/farol.db").exists());
    let restored = home.does(&["ledger", "restore", "copy.db"]);
    assert!(restored.stderr.contains("restored copy.db; nothing stood there"), "{}", restored.stderr);
    assert!(home.does(&SEND).stderr.contains("already sent to 3 recipients"));
    assert_eq!(home.letters().len(), 3);
    assert_eq!(home.open_to_others("state"), [""; 0]);
    println!("Q3 | mails without a ledger where one was | 0");
}

/// The whole folder is gone, as it is when it is not mounted: nobody takes that for a farol that has never sent.
#[test]
fn a_state_folder_that_is_gone_is_not_taken_for_a_new_one() {
    let home = Home::tiny();
    home.does(&["run", "--send"]);
    assert_eq!(home.open_to_others("out").iter().filter(|file| file.contains(".farol-ledger")).count(), 0);
    fs::rename(home.path("state"), home.path("unmounted")).unwrap();
    for attempt in 1..=2 {
        let elsewhere = ["run", "--send", "--out", "elsewhere"];
        let trial = ["run", "--send", "--to", "me@example.com"];
        for command in [
            &["run", "--send"][..],
            &elsewhere,
            &trial,
            &["schedule"],
            &["check"],
            &["status"],
            &["health"],
            &["outbox", "list"],
            &["outbox", "retry"],
            &["outbox", "deliver"],
            &["ledger", "prune", "--before", "2026-01-01"],
        ] {
            let ended = home.farol(command);
            let is_told = ended.stderr.contains("error[ledger-missing]") && ended.stderr.contains("out/.farol-ledger");
            assert_eq!((ended.code, is_told), (Some(74), true), "{attempt} {command:?}: {}", ended.stderr);
            // A folder that is made here would take in the one that somebody puts back: `mv unmounted state`.
            assert_eq!(home.path("state").exists(), attempt == 2, "{command:?}");
        }
        fs::create_dir_all(home.path("state")).unwrap();
    }
    assert_eq!(home.letters().len(), 1);
    fs::remove_dir(home.path("state")).unwrap();
    fs::rename(home.path("unmounted"), home.path("state")).unwrap();
    assert!(home.does(&["run", "--send"]).stderr.contains("already sent to 1 recipient"));
    // The output can be cleared at any time; the next run says again that there is a ledger.
    fs::remove_dir_all(home.path("out")).unwrap();
    home.does(&["run", "--send"]);
    assert!(home.path("out/.farol-ledger").exists());
    // To begin anew on purpose.
    fs::remove_dir_all(home.path("state")).unwrap();
    fs::remove_file(home.path("out/.farol-ledger")).unwrap();
    assert!(home.does(&["run", "--send"]).stderr.contains("to 1 recipient"));
    println!("Q3 | mails without the state folder where one was | 0");
}

/// Both folders are others than those of the configuration, as after a move: the ledger stayed where it was, and nobody gets anything
/// again. A first run may name any folders, and a home of its own has a configuration of its own.
#[test]
fn a_command_line_with_other_folders_does_not_begin_anew() {
    const MOVED: [&str; 4] = ["--state", "new/state", "--out", "new/out"];
    let first = Home::tiny();
    for said in ["sent `monthly` 2026-10 to 1 recipient", "already sent to 1 recipient"] {
        let ended = first.does(&[&["run", "--send"], &MOVED[..]].concat());
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }

    let home = Home::tiny();
    home.does(&["run", "--send"]);
    let refused = |says: &str| {
        let trial = ["run", "--send", "--to", "me@example.com"];
        for command in [&["run", "--send"][..], &trial, &["schedule"], &["check"], &["status"], &["outbox", "retry"]] {
            let ended = home.farol(&[command, &MOVED[..]].concat());
            let is_told = ended.stderr.contains("error[ledger-missing]") && ended.stderr.contains(says);
            assert_eq!((ended.code, is_told), (Some(74), true), "{command:?}: {}", ended.stderr);
        }
    };
    refused("the one of this configuration is in `state`");
    assert!(!home.path("new").exists());
    // Whoever sends nothing needs no ledger, and does not make one.
    home.does(&[&["run"], &MOVED[..]].concat());
    assert!(home.path("new/out/monthly/2026-10/report.html").exists());
    refused("the one of this configuration is in `state`");
    // The output may be cleared; or the ledger is away, and its sign is there.
    fs::rename(home.path("out/.farol-ledger"), home.path("sign")).unwrap();
    refused("the one of this configuration is in `state`");
    fs::rename(home.path("sign"), home.path("out/.farol-ledger")).unwrap();
    fs::rename(home.path("state"), home.path("unmounted")).unwrap();
    refused("delete `out/.farol-ledger`");
    assert_eq!(home.letters().len(), 1);

    // The ledger has moved too.
    fs::remove_dir_all(home.path("new/state")).unwrap();
    fs::rename(home.path("unmounted"), home.path("new/state")).unwrap();
    let ended = home.does(&[&["run", "--send"], &MOVED[..]].concat());
    assert!(ended.stderr.contains("already sent to 1 recipient"), "{}", ended.stderr);
    // A second home, on purpose.
    fs::create_dir(home.path("second")).unwrap();
    home.write("second/farol.yaml", home.read("config/farol.yaml") + "state: ../new/second\nout: ../new/second-out\n");
    home.write("second/reports.yaml", home.read("config/reports.yaml"));
    let ended = home.does(&["run", "--send", "--config", "second"]);
    assert!(ended.stderr.contains("sent `monthly` 2026-10 to 1 recipient"), "{}", ended.stderr);
    println!("Q3 | mails again where a command line names other folders than the configuration | 0");
}

/// Whoever looks can look; whoever would write is told what is in the way.
#[test]
fn a_ledger_that_may_not_be_written_can_be_read_and_copied() {
    let home = Home::tiny();
    home.does(&["run", "--send"]);
    let read_only = |command: &str| {
        let mount = "mount --bind state state && mount -o remount,bind,ro state";
        let script = format!("{mount} || exit 99; exec {FAROL} {command}");
        let command = home.command("unshare", &["--mount", "--map-root-user", "sh", "-c", &script]).output().unwrap();
        crate::home::Ended::of(&command)
    };
    if read_only("status").code == Some(99) {
        assert!(std::env::var_os("CI").is_none(), "no right to mount");
        println!("Q3 | a ledger that may only be read | SKIPPED: no right to mount");
        return;
    }
    for (command, says) in [
        ("status", "last runs that sent"),
        ("outbox list --all", "h…@example.com"),
        ("outbox show 1", "Message-ID:"),
        ("ledger backup copy.db", ""),
    ] {
        let ended = read_only(command);
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.stderr);
        assert!(ended.stdout.contains(says), "{command}: {}", ended.stdout);
    }
    assert_ne!(read_only("health").code, Some(77));
    for command in ["run --send", "outbox retry", "outbox discard 1 --reason x"] {
        let ended = read_only(command);
        assert_eq!(ended.code, Some(77), "{command}: {}", ended.stderr);
    }
    home.does(&["ledger", "restore", "copy.db", "--dry-run"]);
}

/// A copy that knows less than the ledger would have it sent again; a damaged one, or something else, would do worse.
#[test]
fn a_copy_that_would_send_again_or_is_none_is_not_restored() {
    let home = Home::small();
    home.does(&SEND);
    home.does(&["ledger", "backup", "copy.db"]);
    home.does(&[&SEND[..], &["--resend", "--reason", "late tickets"]].concat());
    let forgetful = home.farol(&["ledger", "restore", "copy.db"]);
    let complaint = "copy.db: error[ledger-would-forget]: the copy does not know of 3 mails that are sent; they would be sent again";
    assert_eq!((forgetful.code, forgetful.complaint()), (Some(2), complaint));
    home.write("page.db", "<html>not found</html>");
    let mut bytes = fs::read(home.path("copy.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes.truncate(middle);
    home.write("half.db", bytes);
    for copy in ["page.db", "half.db"] {
        assert_eq!(home.farol(&["ledger", "restore", copy, "--force"]).code, Some(74), "{copy}");
    }
    assert_eq!(home.farol(&["ledger", "restore", "nowhere.db"]).code, Some(66));
    assert!(home.does(&SEND).stderr.contains("already sent to 3 recipients"));
    let restored = home.does(&["ledger", "restore", "copy.db", "--force"]);
    assert!(restored.stderr.contains("what stood there is kept beside it"), "{}", restored.stderr);
    let kept = fs::read_dir(home.path("state")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(kept.filter(|name| name.to_string_lossy().starts_with("farol.db.replaced-")).count(), 1);
    assert_eq!(home.does(&["outbox", "list", "--all"]).stdout.lines().count(), 4, "three mails, as the copy knows");
}

/// Whatever is wrong with the file: no mail, and the help names the way out.
#[test]
fn a_damaged_ledger_sends_nothing() {
    let home = Home::small();
    home.does(&SEND);
    let whole = fs::read(home.path("state/farol.db")).unwrap();
    let middle = whole.len() / 2;
    let cases: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("cut off", whole[..middle].to_vec()),
        ("cut off by a page", whole[..whole.len() - 4096].to_vec()),
        ("a lost sector", [&whole[..middle], &[0; 4096], &whole[middle + 4096..]].concat()),
        ("a lost header", [&[0; 100], &whole[100..]].concat()),
        ("no database", b"<html>not found</html>".repeat(400)),
    ];
    for (what, bytes) in &cases {
        for side in ["farol.db-wal", "farol.db-shm"] {
            let _ = fs::remove_file(home.path("state").join(side));
        }
        home.write("state/farol.db", bytes);
        let resend = [&SEND[..], &["--resend", "--reason", "x"]].concat();
        for arguments in [&SEND[..], &resend, &["check"]] {
            let ended = home.farol(arguments);
            assert_eq!(ended.code, Some(74), "{what}: {}", ended.stderr);
            assert!(ended.stderr.contains("help: restore it from a backup"), "{what}: {}", ended.stderr);
        }
        assert_eq!(home.letters().len(), 3, "{what}");
    }
    println!("Q2 | mails from {} damaged ledgers | 0", cases.len());
}

/// A ledger of version 2 is brought up by whatever command comes first; killed at every write on the way, the next one goes on.
#[test]
fn a_migration_that_is_killed_anywhere_is_done_by_the_next_command() {
    let home = Home::small();
    fs::create_dir(home.path("state")).unwrap();
    let sql = fs::File::open("src/ledger/tests/version-2.sql").unwrap();
    let made = Command::new("sqlite3").arg(home.path("old.db")).stdin(sql).status().unwrap();
    assert!(made.success());
    let begin_anew = || {
        fs::remove_dir_all(home.path("state")).unwrap();
        fs::create_dir(home.path("state")).unwrap();
        fs::copy(home.path("old.db"), home.path("state/farol.db")).unwrap();
    };
    begin_anew();
    let list = ["outbox", "list", "--all"];
    let expected = home.does(&list).stdout;
    assert_eq!(expected.lines().count(), 7, "{expected}");

    let mut kills = 0;
    for call in ["pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink"] {
        for number in 1.. {
            begin_anew();
            let inject = format!("inject={call}:signal=SIGKILL:when={number}");
            let mut strace = home.command("strace", &["-f", "-qq", "-e", &inject, "-o", "/dev/null", FAROL]);
            let output = strace.args(list).output().expect("strace (tests/tools/install.sh)");
            if output.status.signal() != Some(9) && output.status.code() != Some(137) {
                assert!(output.status.success(), "{call} {number}: {}", String::from_utf8_lossy(&output.stderr));
                break;
            }
            assert_eq!(home.does(&list).stdout, expected, "{call} {number}");
            kills += 1;
        }
    }
    println!("Q7 | kills in a migration after which the next command finds everything | {kills}/{kills}");
    assert!(kills > 30, "{kills}");
}

/// sha256 by another program.
fn sha256(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    let output = Command::new("sha256sum").arg(file.path()).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

/// One figure of one report: whom it was sent to, when, what it said, and which files it is from. Nothing is there to answer but
/// the ledger: data and reports are gone.
#[test]
fn the_ledger_alone_answers_who_got_which_figure_from_which_file() {
    let home = Home::small();
    home.does(&SEND);
    let mut figures = csv::Reader::from_path(home.path("out/executive/2026-10/figures.csv")).unwrap();
    let columns: Vec<String> = figures.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let (period, dimension, segment, kpi, value) =
        (at("period"), at("dimension"), at("segment"), at("kpi"), at("value"));
    let rows: Vec<csv::StringRecord> = figures.records().map(Result::unwrap).collect();
    let written = |of: &str, which: &str| {
        let is_meant = |row: &&csv::StringRecord| {
            (&row[period], &row[dimension], &row[segment], &row[kpi]) == ("2026-10", of, which, "mrr_closing")
        };
        rows.iter().find(is_meant).unwrap()[value].parse::<f64>().unwrap()
    };
    let files = home.files("sample-data");
    fs::remove_dir_all(home.path("sample-data")).unwrap();
    fs::remove_dir_all(home.path("out/executive")).unwrap();

    let start = std::time::Instant::now();
    let ask = ["ledger", "who", "mrr_closing", "--report", "executive", "--period", "2026-10"];
    let answer: serde_json::Value = serde_json::from_str(&home.does(&[&ask[..], &["--json"]].concat()).stdout).unwrap();
    let took = start.elapsed();
    let mut mails: Vec<(&str, &str, &str, f64)> = answer["mails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| {
            let text = |name: &str| mail[name].as_str().unwrap();
            (text("to"), text("state"), text("of"), mail["value"].as_f64().unwrap())
        })
        .collect();
    mails.sort_by_key(|mail| mail.0);
    let (all, south) = (written("total", "total"), written("region", "Sul"));
    assert_eq!(
        mails,
        [
            ("board@aurora.example", "sent", "all customers", all),
            ("diretoria@aurora.example", "sent", "all customers", all),
            ("sul@aurora.example", "sent", "region=Sul", south),
        ]
    );
    for (number, mail) in (1..).zip(answer["mails"].as_array().unwrap()) {
        let shown = home.command(FAROL, &["outbox", "show", &format!("{number}")]).output().unwrap().stdout;
        assert_eq!(mail["sha256"], sha256(&shown).as_str());
        assert!(
            mail["since"].as_str().unwrap().starts_with("20") && mail["message_id"].as_str().unwrap().contains('@')
        );
    }
    let inputs = answer["runs"][0]["inputs"].as_array().unwrap();
    assert!(inputs.len() > 8, "{inputs:?}");
    for input in inputs {
        let path = input["path"].as_str().unwrap();
        let (_, bytes) = files.iter().find(|(name, _)| path.ends_with(&format!("/{name}"))).unwrap();
        assert_eq!(input["sha256"], sha256(bytes).as_str(), "{path}");
    }
    // For people.
    let text = home.does(&ask).stdout;
    for part in ["`mrr_closing` of `executive` 2026-10", "sul@aurora.example", "region=Sul", "clientes.csv", "sha256"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let of_plan = home.does(&[&ask[..], &["--segment", "region=Sul", "--json"]].concat()).stdout;
    let of_plan: serde_json::Value = serde_json::from_str(&of_plan).unwrap();
    assert_eq!(of_plan["mails"][0]["value"], south);
    // What was not told has no value, and a wrong name is no answer.
    assert!(
        home.does(&["ledger", "who", "nps_promoters", "--report", "executive", "--period", "2026-10"])
            .stdout
            .contains("not told")
    );
    for (arguments, code) in [
        (["ledger", "who", "mrr_closign", "--report", "executive", "--period", "2026-10"], 2),
        (["ledger", "who", "mrr_closing", "--report", "exekutive", "--period", "2026-10"], 2),
        (["ledger", "who", "mrr_closing", "--report", "executive", "--period", "2026-09"], 66),
    ] {
        assert_eq!(home.farol(&arguments).code, Some(code), "{arguments:?}");
    }
    println!("O8 | who got which figure when, from which file: commands, seconds | 1, {:.1}", took.as_secs_f64());
}

/// Bytes go, and nothing else: nothing is sent again, and every question is answered but for the bytes.
#[test]
fn pruning_takes_bytes_and_nothing_else() {
    let home = Home::small();
    home.does(&SEND);
    let who = ["ledger", "who", "nps", "--report", "executive", "--period", "2026-10"];
    let before = (home.does(&who).stdout, home.does(&["outbox", "list", "--all"]).stdout);
    let size = || fs::metadata(home.path("state/farol.db")).unwrap().len();
    let large = size();
    assert_eq!(home.farol(&["ledger", "prune", "--before", "2999-01-01"]).code, Some(2), "not what is to come");
    assert!(home.does(&["ledger", "prune", "--before", "2020-01-01"]).stderr.contains("pruned 0 mails"));
    let later = "2999-01-02 12:00:00";
    let dry = home.at(later, &["ledger", "prune", "--before", "2999-01-01", "--dry-run"]);
    assert!(dry.stderr.contains("would prune 3 mails") && size() == large, "{}", dry.stderr);
    let pruned = home.at(later, &["ledger", "prune", "--before", "2999-01-01"]);
    assert_eq!(pruned.code, Some(0), "{}", pruned.stderr);
    assert!(pruned.stderr.contains("pruned 3 mails of before 2999-01-01"), "{}", pruned.stderr);
    assert!(size() < large / 2, "{} of {large}", size());
    let show = home.farol(&["outbox", "show", "1"]);
    assert_eq!((show.code, show.stdout.as_str()), (Some(66), ""));
    assert!(
        show.complaint().contains("error[message-pruned]: this mail was pruned at 2999-01-02 12:00 UTC"),
        "{}",
        show.stderr
    );
    let figures = home.does(&["outbox", "show", "1", "--figures"]).stdout;
    assert!(
        figures.contains("pruned         at 2999-01-02 12:00:00 UTC") && figures.contains("total,total,nps,"),
        "{figures}"
    );
    assert_eq!((home.does(&who).stdout, home.does(&["outbox", "list", "--all"]).stdout), before);
    assert!(home.does(&SEND).stderr.contains("already sent to 3 recipients"));
    assert_eq!(home.letters().len(), 3);
}
