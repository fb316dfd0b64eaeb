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
    home.does(&["ledger", "restore", "copy.db"]);
    assert!(home.does(&SEND).stderr.contains("already sent to 3 recipients"));
    assert_eq!(home.letters().len(), 3);
    assert_eq!(home.open_to_others("state"), [""; 0]);
    println!("Q3 | mails without a ledger where one was | 0");
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
    home.does(&["ledger", "restore", "copy.db", "--force"]);
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
        for arguments in [&SEND[..], &["run", "--report", "executive", "--send", "--resend", "--reason", "x"]] {
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
