//! A machine that does not go along: no mail server, a full disk, a folder that is not ours, another run, a reader who left.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::home::{Ended, FAROL, Home, MONTH};

const SEND: [&str; 4] = ["run", "--report", "executive", "--send"];

/// Has the mail leave through a server on a port of this machine.
pub(crate) fn through_smtp(home: &Home, port: u16) {
    let text = home.read("config/farol.yaml");
    let smtp = format!("  transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
    let is_transport = |line: &&str| line.starts_with("  transport: {");
    assert_eq!(text.lines().filter(is_transport).count(), 1);
    let lines: Vec<&str> = text.lines().map(|line| if is_transport(&line) { &smtp } else { line }).collect();
    home.write("config/farol.yaml", lines.join("\n") + "\n");
}

/// A server that takes every message; gives back the recipients, in order, when the client has left so many times.
pub(crate) fn receive(listener: &TcpListener, letters: usize) -> Vec<String> {
    let mut recipients = Vec::new();
    while recipients.len() < letters {
        let (connection, _) = listener.accept().unwrap();
        recipients.extend(converse(connection));
    }
    recipients
}

fn converse(mut connection: TcpStream) -> Vec<String> {
    let mut recipients = Vec::new();
    let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
    let mut answer = |text: &str| connection.write_all(format!("{text}\r\n").as_bytes()).unwrap();
    answer("220 here");
    while let Some(Ok(line)) = lines.next() {
        let command = line.to_uppercase();
        if let Some(to) = command.strip_prefix("RCPT TO:") {
            recipients.push(to.split(['<', '>']).nth(1).unwrap().to_lowercase());
            answer("250 ok");
        } else if command == "DATA" {
            answer("354 go on");
            assert!(lines.any(|line| line.unwrap() == "."));
            answer("250 taken");
        } else if command == "QUIT" {
            answer("221 bye");
            break;
        } else {
            answer("250 ok");
        }
    }
    recipients
}

/// A port on which nobody listens: one that was free a moment ago.
#[test]
fn an_unreachable_mail_server_is_tried_again_by_the_next_run() {
    let home = Home::small();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    through_smtp(&home, port);

    let ended = home.farol(&SEND);
    let complaint =
        "error[mail-server]: the mail could not be handed over: connecting: Connection refused (os error 111)";
    assert_eq!((ended.code, ended.complaint()), (Some(75), complaint), "{}", ended.stderr);
    assert!(!ended.stderr.contains("sent `executive`") && !ended.stderr.contains("already sent"), "{}", ended.stderr);
    // The report itself is whole.
    let written = home.files("out");
    assert!(written.contains_key(&format!("executive/{MONTH}/report.html")));

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    through_smtp_again(&home, port, listener.local_addr().unwrap().port());
    let server = std::thread::spawn(move || receive(&listener, 3));
    // Within the pause a run would leave the server alone.
    let ended = home.does(&["outbox", "retry"]);
    assert!(ended.stderr.contains("sent 3 of 3 mails"), "{}", ended.stderr);
    let mut recipients = server.join().unwrap();
    recipients.sort();
    assert_eq!(recipients, ["board@aurora.example", "diretoria@aurora.example", "sul@aurora.example"]);

    // Nobody listens any more, and nobody has to.
    let ended = home.does(&SEND);
    assert!(ended.stderr.contains("already sent to 3 recipients"), "{}", ended.stderr);
}

fn through_smtp_again(home: &Home, old: u16, new: u16) {
    home.edit("config/farol.yaml", &format!("port: {old}"), &format!("port: {new}"));
}

/// A small file system of its own; gone with its value.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// None where this user may not mount; in CI that is a failure.
    pub(crate) fn of(home: &Home, size: &str) -> Option<Self> {
        let path = home.path("disk");
        fs::create_dir(&path).unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], &path);
        if mounted {
            return Some(Self(path));
        }
        assert!(std::env::var_os("CI").is_none(), "no right to mount a small disk");
        println!("SKIPPED: no right to mount a small disk");
        None
    }

    fn grow(&self, size: &str) {
        assert!(mount(&["-o", &format!("remount,size={size}")], &self.0));
    }
}

fn mount(arguments: &[&str], at: &Path) -> bool {
    Command::new("mount").args(arguments).arg(at).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_too_full_for_the_report_gets_none_of_it_and_nobody_gets_mail() {
    let home = Home::small();
    let Some(disk) = Disk::of(&home, "200k") else { return };
    let send = [&SEND[..], &["--out", "disk/out"]].concat();
    let ended = home.farol(&send);
    assert_eq!(ended.code, Some(74), "{}", ended.stderr);
    let complaint = ended.complaint();
    assert!(complaint.contains("disk/out/executive/.writing-"), "{complaint}");
    assert!(
        complaint.ends_with("error[write]: cannot write this file: No space left on device (os error 28)"),
        "{complaint}"
    );
    assert!(ended.stderr.contains("help: make room on that disk and run again; nothing was sent"), "{}", ended.stderr);
    assert_eq!(home.files("disk").len(), 0);
    home.is_untouched();

    disk.grow("20m");
    home.does(&send);
    assert!(home.files("disk").contains_key(&format!("out/executive/{MONTH}/report.html")));
    assert_eq!(home.letters().len(), 3);
}

#[test]
fn a_disk_too_full_for_the_ledger_stops_the_run_before_anything_is_written() {
    let home = Home::small();
    let Some(disk) = Disk::of(&home, "64k") else { return };
    // What a run keeps of its data for the next one would leave the ledger less yet.
    let send = [&SEND[..], &["--state", "disk/state", "--no-cache"]].concat();
    let ended = home.farol(&send);
    let complaint =
        "disk/state/farol.db: error[ledger-disk-full]: the ledger could not be used: database or disk is full";
    assert_eq!((ended.code, ended.complaint()), (Some(74), complaint), "{}", ended.stderr);
    home.is_untouched();

    disk.grow("20m");
    home.does(&send);
    assert_eq!(home.letters().len(), 3);
}

#[test]
fn a_disk_too_full_for_the_mail_leaves_it_in_the_outbox() {
    let home = Home::small();
    let Some(disk) = Disk::of(&home, "64k") else { return };
    home.edit("config/farol.yaml", "maildir: ../out/maildir", "maildir: ../disk/maildir");
    let ended = home.farol(&SEND);
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    assert!(!ended.stderr.contains("sent `executive`"), "{}", ended.stderr);
    let delivered = |home: &Home| home.files("disk/maildir").keys().filter(|name| name.starts_with("new/")).count();
    assert_eq!(delivered(&home), 0);

    disk.grow("20m");
    let ended = home.does(&["outbox", "retry"]);
    assert!(ended.stderr.contains("sent 3 of 3 mails"), "{}", ended.stderr);
    assert_eq!(delivered(&home), 3);
}

/// `ulimit -f` counts blocks of 1024 bytes; the report has more than 200 of them. Its signal must not kill the run.
#[test]
fn a_limit_on_file_sizes_is_told_like_a_full_disk() {
    let home = Home::small();
    // What a run keeps for the next one may be as large; that it cannot be kept is a warning, and of no interest here.
    let line = format!("ulimit -f 200; exec {FAROL} {} --no-cache", SEND.join(" "));
    let ended = Ended::of(&home.command("bash", &["-c", &line]).output().unwrap());
    assert_eq!(ended.code, Some(74), "{}", ended.stderr);
    assert!(ended.complaint().ends_with("cannot write this file: File too large (os error 27)"), "{}", ended.stderr);
    home.is_untouched();
    home.does(&SEND);
    assert_eq!(home.letters().len(), 3);
}

/// Root may write anywhere unless it gives that right up.
#[test]
fn a_folder_that_may_not_be_written_is_a_matter_of_permission() {
    let home = Home::small();
    let give_up = ["--bounding-set=-dac_override,-dac_read_search", FAROL];
    let is_root = fs::metadata("/proc/self").map(|meta| std::os::unix::fs::MetadataExt::uid(&meta)).unwrap() == 0;
    let run = || {
        let mut command =
            if is_root { home.command("setpriv", &[&give_up[..], &SEND].concat()) } else { home.command(FAROL, &SEND) };
        Ended::of(&command.output().unwrap())
    };
    fs::create_dir(home.path("out")).unwrap();
    fs::set_permissions(home.path("out"), Permissions::from_mode(0o555)).unwrap();
    let ended = run();
    let complaint = "out/executive: error[write]: cannot make this folder: Permission denied (os error 13)";
    assert_eq!((ended.code, ended.complaint()), (Some(77), complaint), "{}", ended.stderr);
    home.is_untouched();

    fs::set_permissions(home.path("out"), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(home.path("state"), Permissions::from_mode(0o555)).unwrap();
    fs::remove_file(home.path("state/farol.lock")).unwrap();
    let ended = run();
    assert_eq!(ended.code, Some(77), "{}", ended.stderr);
    assert!(ended.complaint().contains("Permission denied"), "{}", ended.stderr);
    home.is_untouched();
    fs::set_permissions(home.path("state"), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(run().code, Some(0));
    assert_eq!(home.letters().len(), 3);
}

#[test]
fn a_second_run_at_the_same_time_is_asked_to_wait() {
    let home = Home::small();
    fs::create_dir(home.path("state")).unwrap();
    let lock = OpenOptions::new().create(true).write(true).truncate(true).open(home.path("state/farol.lock")).unwrap();
    lock.lock().unwrap();
    let ended = home.farol(&SEND);
    let complaint = "state/farol.lock: error[run-locked]: another farol is running";
    assert_eq!((ended.code, ended.complaint()), (Some(75), complaint), "{}", ended.stderr);
    home.is_untouched();
}

/// `farol … | head -1`, at its worst: the reader has left before the first byte.
#[test]
fn a_reader_who_has_left_is_no_fault() {
    let home = Home::small();
    for arguments in [
        "kpis",
        "check",
        "status",
        "schedule --next 400",
        "--help",
        "run --report executive --only figures",
        "run --period nonsense",
        "run --period nonsense --log-format json",
    ] {
        let expected = if arguments.contains("nonsense") { 2 } else { 0 };
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let mut command = home.command(FAROL, &arguments);
        let status = command.stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
        assert_eq!(status.code(), Some(expected), "{arguments:?}");
    }
    println!("O7 | commands whose reader has left, panics | 8, 0");
}

#[test]
fn a_result_that_does_not_fit_is_not_taken_for_written() {
    let home = Home::small();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let ended = Ended::of(&home.command(FAROL, &["kpis"]).stdout(full).output().unwrap());
    let complaint = "error[output]: cannot write to standard output: No space left on device (os error 28)";
    assert_eq!((ended.code, ended.complaint()), (Some(74), complaint));
}
