//! Folders that somebody else has been at: links planted where files will stand, doors left open to everybody.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use farol::delivery::address::Envelope;
use farol::delivery::maildir::Maildir;
use farol::delivery::transport::{Outcome, Transport};

use crate::home::{Ended, FAROL, Home};

const PERIOD: &str = "out/monthly/2026-10";

fn home() -> Home {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "data:", "as_of: 2026-11-05\ndata:");
    home
}

/// A shell that leaves everything open, in a folder in which everybody may write.
#[test]
fn files_are_their_owner_s_whatever_the_shell_and_the_folder_allow() {
    let home = home();
    for folder in ["out", "state"] {
        fs::create_dir(home.path(folder)).unwrap();
        fs::set_permissions(home.path(folder), Permissions::from_mode(0o777)).unwrap();
    }
    let line = format!("umask 000; exec {FAROL} run --send");
    let ended = Ended::of(&home.command("bash", &["-c", &line]).output().unwrap());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let open = [home.open_to_others("out"), home.open_to_others("state")].concat();
    assert_eq!(open, [""; 0]);
    let made = home.files("out").len() + home.files("state").len() + home.letters().len();
    assert!(made > 8, "{made}");
    println!("X6 | files made under umask 000 in folders of 0777, not 0600 or 0700 | {made}, 0");
}

/// Where the report will stand there is a link to a folder, to a file, to nothing, or a file.
#[test]
fn a_planted_link_is_replaced_and_what_it_leads_to_stays_as_it_is() {
    let plant = |home: &Home, kind: &str| {
        let at = home.path(PERIOD);
        match kind {
            "folder" => symlink(home.path("victim"), at),
            "file" => symlink(home.path("victim/report.html"), at),
            "nothing" => symlink(home.path("victim/none"), at),
            _ => fs::write(at, "in the way"),
        }
        .unwrap();
    };
    let kinds = ["folder", "file", "nothing", "no link"];
    for kind in kinds {
        let home = home();
        for folder in ["victim", "out", "out/monthly"] {
            fs::create_dir(home.path(folder)).unwrap();
        }
        for name in ["report.html", ".writing-old", "figures.csv"] {
            home.write(&format!("victim/{name}"), "not farol's");
        }
        plant(&home, kind);
        // What is swept away, and what a later command writes beside the periods.
        symlink(home.path("victim"), home.path("out/monthly/.writing-link")).unwrap();
        symlink(home.path("victim"), home.path("out/monthly/2026-01")).unwrap();
        symlink(home.path("victim/figures.csv"), home.path("out/monthly/figures.csv")).unwrap();
        home.does(&["run", "--send"]);
        home.does(&["backfill", "--from", "2026-09", "--to", "2026-10", "--only", "figures"]);

        assert!(fs::symlink_metadata(home.path(PERIOD)).unwrap().is_dir(), "{kind}");
        assert!(home.read(&format!("{PERIOD}/report.html")).contains("Example Ltd"), "{kind}");
        assert!(fs::symlink_metadata(home.path("out/monthly/figures.csv")).unwrap().is_file(), "{kind}");
        let victim = home.files("victim");
        let whole = victim.len() == 3 && victim.values().all(|bytes| bytes == b"not farol's");
        assert!(whole, "{kind}: {:?}", victim.keys());
    }
    println!("X6 | links planted at a report's place, files written through them | {}, 0", kinds.len());
}

#[test]
fn a_link_planted_in_the_maildir_is_not_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, tmp) = (folder.path().join("victim"), folder.path().join("mail/tmp"));
    fs::write(&victim, "not farol's").unwrap();
    fs::create_dir_all(&tmp).unwrap();
    let message = b"Subject: x\r\n\r\ny\r\n";
    symlink(&victim, tmp.join(format!("{}.farol", farol::digest::sha256(message)))).unwrap();
    let envelope = Envelope::new("farol@case.example", "ana@case.example").unwrap();
    let outcome = Maildir::new(folder.path().join("mail")).deliver(&envelope, message, &mut || Ok(())).unwrap();
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome}");
    assert_eq!(fs::read(&victim).unwrap(), b"not farol's");
    let new: Vec<_> =
        fs::read_dir(folder.path().join("mail/new")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(new.len() == 1 && !new[0].is_symlink());
}
