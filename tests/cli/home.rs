//! A company's home as its people have it: `config/`, `sample-data/`, `out/` and `state/` in one folder, and the shell's
//! view of a command that runs in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use calamine::{Reader, Xlsx};
use mail_parser::{Message, MessageParser, MimeHeaders};

/// The program under test.
pub(crate) const FAROL: &str = env!("CARGO_BIN_EXE_farol");

/// The month that the repository's own configuration reports: the last closed one before its `as_of`, 5 November 2026.
pub(crate) const MONTH: &str = "2026-10";

/// The configuration of [`Home::tiny`].
const TINY: &str = r#"company: { name: "Example Ltd", locale: en, currency: BRL, timezone: America/Sao_Paulo }
data:
  customers: { path: ../data/customers.csv }
  subscriptions: { path: ../data/subscriptions.csv }
schedule:
  - { report: monthly, cron: "0 7 5 * *" }
metrics: ../farol.prom
delivery:
  from: "Farol <farol@example.com>"
  operators: [ops@example.com]
  allowed_domains: [example.com]
  transport: { maildir: ../out/maildir }
"#;

/// A home in a folder of its own.
pub(crate) struct Home(tempfile::TempDir);

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// The repository's configuration over a company of 60 customers and 26 months, made by `farol sample`.
    pub(crate) fn small() -> Self {
        static DATA: OnceLock<PathBuf> = OnceLock::new();
        let data = DATA.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("small-company");
            if folder.exists() {
                fs::remove_dir_all(&folder).unwrap();
            }
            let arguments = ["sample", "--customers", "60", "--months", "26", "--seed", "7", "--end", "2026-11-01"];
            let made = Command::new(FAROL).args(arguments).arg("--out").arg(&folder).output().unwrap();
            assert!(made.status.success(), "{made:?}");
            folder
        });
        Self::with_data(data)
    }

    /// The repository's configuration over the repository's data.
    pub(crate) fn shipped() -> Self {
        Self::with_data(Path::new("sample-data"))
    }

    /// Three customers, one monthly report of two figures to one reader, scheduled at 07:00 in São Paulo (10:00 UTC) on the
    /// fifth, and operators; for tests of what surrounds a report. Its today is the clock's.
    pub(crate) fn tiny() -> Self {
        let home = Self::empty();
        home.write(
            "data/customers.csv",
            "customer_id,name,signup_date,plan\nA1,Sol,2025-02-03,S\nA2,Norte,2025-02-15,E\nA3,Lua,2025-03-01,S\n",
        );
        home.write(
            "data/subscriptions.csv",
            "customer_id,start_date,end_date,mrr\nA1,2025-02-03,,120.00\nA2,2025-02-15,,2400.00\nA3,2025-03-01,2026-06-15,150.00\n",
        );
        home.write("config/farol.yaml", TINY);
        home.write(
            "config/reports.yaml",
            "monthly: { kpis: [mrr_closing, customer_churn_rate], recipients: [{ to: \"head@example.com\" }] }\n",
        );
        home
    }

    /// Nothing but the folders `config` and `data`.
    pub(crate) fn empty() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        for folder in ["config", "data"] {
            fs::create_dir(home.path(folder)).unwrap();
        }
        home
    }

    fn with_data(data: &Path) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        copy(Path::new("config"), &home.path("config"));
        copy(data, &home.path("sample-data"));
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Replaces text in a file; it must be there.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from:?}");
        self.write(name, text.replacen(from, to, 1));
    }

    /// A command line in this folder; `program` may be another that runs farol.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    /// Runs farol here.
    pub(crate) fn farol(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(FAROL, arguments).output().unwrap())
    }

    /// Runs farol here; it must do well.
    pub(crate) fn does(&self, arguments: &[&str]) -> Ended {
        let ended = self.farol(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        ended
    }

    /// Every file below a folder, by its path from there; none if it is not there. The maildir is not of the output, nor are signs
    /// of the ledger.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        gather(&self.path(folder), "", &mut files);
        files.retain(|name, _| {
            !name.starts_with("maildir/") && !name.split('/').any(|part| part.starts_with(".farol-"))
        });
        files
    }

    /// The letters in the maildir to readers of reports, in the file names' order; nothing is being written there.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        let mut files = BTreeMap::new();
        gather(&self.path("out/maildir"), "", &mut files);
        assert!(files.keys().all(|name| name.starts_with("new/")), "{:?}", files.keys());
        self.all_letters().into_iter().filter(|letter| !letter.subject().starts_with("[farol] ")).collect()
    }

    /// Those to operators too, as far as they have arrived.
    pub(crate) fn all_letters(&self) -> Vec<Letter> {
        let mut files = BTreeMap::new();
        gather(&self.path("out/maildir/new"), "", &mut files);
        files.into_values().map(Letter).collect()
    }

    /// Nothing was written below `out`, not even half, and nothing was sent to a reader.
    pub(crate) fn is_untouched(&self) {
        assert_eq!(self.files("out").into_keys().collect::<Vec<_>>(), [""; 0]);
        assert_eq!(self.letters().len(), 0);
    }

    /// Files whose mode is not 0600 and folders whose mode is not 0700, below a folder.
    pub(crate) fn open_to_others(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(folder)];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let wanted = if path.is_dir() { 0o700 } else { 0o600 };
                let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
                if mode != wanted {
                    found.push(format!("{} {mode:o}", path.display()));
                }
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        found
    }
}

impl Ended {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The first line of what went wrong.
    pub(crate) fn complaint(&self) -> &str {
        self.stderr.lines().next().unwrap_or_default()
    }
}

/// A message as it lies in the maildir.
pub(crate) struct Letter(Vec<u8>);

impl Letter {
    pub(crate) fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.0).unwrap()
    }

    pub(crate) fn to(&self) -> String {
        self.parsed().to().unwrap().first().unwrap().address().unwrap().to_owned()
    }

    pub(crate) fn subject(&self) -> String {
        self.parsed().subject().unwrap().to_owned()
    }

    /// Everything that a reader can get to see, by what it is: the bodies and the attachments, decoded.
    pub(crate) fn readable(&self) -> Vec<(String, String)> {
        let message = self.parsed();
        let mut parts = vec![("subject".to_owned(), self.subject())];
        for part in &message.parts {
            let kind = part
                .content_type()
                .map_or(String::new(), |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
            if kind.starts_with("text/") {
                let name = part.attachment_name().unwrap_or("body");
                parts.push((format!("{kind} {name}"), String::from_utf8(part.contents().to_vec()).unwrap()));
            }
            if let Some(name) = part.attachment_name().filter(|name| name.ends_with(".xlsx")) {
                parts.push((format!("{kind} {name}"), cells(part.contents())));
            }
        }
        parts
    }
}

/// Everything that a workbook shows: tabs and cells, one a line.
fn cells(bytes: &[u8]) -> String {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut lines = book.sheet_names();
    for (_, range) in book.worksheets() {
        lines.extend(range.used_cells().map(|(_, _, cell)| cell.to_string()));
    }
    lines.join("\n")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn gather(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}
