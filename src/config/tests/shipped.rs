//! The files that are shipped, and what happens to them under accidents.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{load_files, load_folder};
use crate::calendar::Grain;
use crate::config::{Choices, ColumnSource, Config, FILES, Login, OnUnknown, Proof, Transport, ValueSource};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

fn shipped() -> Config {
    let loaded = load_folder(&folder()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.warnings, []);
    loaded.config
}

fn texts() -> Vec<String> {
    FILES.iter().map(|name| std::fs::read_to_string(folder().join(name)).unwrap()).collect()
}

#[test]
fn the_shipped_files_are_without_fault_or_warning() {
    let config = shipped();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!((config.company.name.as_str(), config.company.currency.as_str()), ("Aurora Software", "BRL"));
    assert_eq!(config.company.calendar.zone, chrono_tz::America::Sao_Paulo);
    assert_eq!(config.as_of.unwrap().to_string(), "2026-11-05");
    assert_eq!((config.state.clone(), config.out.clone()), (root.join("state"), root.join("out")));
    assert_eq!(config.sources.len(), 12);
    let customers = &config.sources["customers"];
    assert_eq!(customers.paths, [root.join("sample-data/clientes.csv")]);
    assert_eq!((customers.dialect.delimiter, customers.dialect.decimal), (Some(b';'), Some(',')));
    assert_eq!(customers.columns["region"], ColumnSource::Column("regiao".to_owned()));
    assert_eq!(customers.values["region"]["N"], "Norte");
    assert!(config.sources.values().all(|source| (source.max_bad_rows - 0.01).abs() < 1e-15));
    let names: Vec<String> = config.dimensions.iter().map(crate::config::Dimension::name).collect();
    assert_eq!(names, ["plan", "region", "plan×region"]);
    assert_eq!(config.attributes["plan"], "subscriptions.plan");
    assert!(matches!(&config.delivery.transport, Transport::Maildir(path) if *path == root.join("out/maildir")));
    assert_eq!(config.reports["board"].grain, Grain::Quarter);
    let recipients: Vec<_> = config.reports["executive"].recipients.iter().map(|r| (r.to.as_str(), r.names)).collect();
    let expected = [("diretoria@aurora.example", true), ("sul@aurora.example", false), ("board@aurora.example", false)];
    assert_eq!(recipients, expected);
    assert_eq!(config.reports["executive"].recipients[1].only["region"], "Sul");
    assert!((config.benchmarks["nps"].targets[1].segments["plan"]["Enterprise"] - 50.0).abs() < 1e-15);
    assert_eq!(config.schedule.len(), 2);
}

/// A source in one text holds in every language.
#[test]
fn where_bands_come_from_is_said_in_each_language_or_in_all() {
    for (kpi, benchmark) in shipped().benchmarks.iter().filter(|(_, benchmark)| !benchmark.bands.is_empty()) {
        let languages: Vec<&str> = benchmark.source.keys().map(String::as_str).collect();
        assert_eq!(languages, ["en", "es", "pt-BR"], "{kpi}");
    }
    let farol =
        b"company: { name: A, currency: EUR, timezone: UTC }\ndata: { customers: { path: a.csv } }\n".as_slice();
    let benchmarks = b"nps: { bands: [{ status: red }], source: \"Board, January 2026\" }\n".as_slice();
    let (_dir, loaded) = load_files(&[("farol.yaml", farol), ("benchmarks.yaml", benchmarks)]);
    let source = &loaded.unwrap().config.benchmarks["nps"].source;
    assert_eq!(*source, [(String::new(), "Board, January 2026".to_owned())].into());
}

#[test]
fn kpis_yaml_holds_the_defaults() {
    let mut shipped = shipped().choices;
    // The file names what the default finds out for this company, and advises where the default is silent.
    assert_eq!(shipped.value.source.take(), Some(ValueSource::Subscriptions));
    assert_eq!(std::mem::take(&mut shipped.health.playbook).len(), 4);
    assert_eq!(format!("{shipped:?}"), format!("{:?}", Choices::default()));
}

#[test]
fn a_file_that_is_missing_or_empty_means_its_defaults() {
    let farol =
        b"company: { name: A, currency: EUR, timezone: UTC }\ndata: { customers: { path: a.csv } }\nsegments:\n";
    let (_dir, missing) = load_files(&[("farol.yaml", farol)]);
    let missing = missing.unwrap().config;
    for empty in ["", "{}", "---\n", "# nothing yet\n", "null"] {
        let files = [("farol.yaml", &farol[..]), ("kpis.yaml", empty.as_bytes()), ("reports.yaml", empty.as_bytes())];
        let (_dir, loaded) = load_files(&files);
        let loaded = loaded.unwrap_or_else(|failure| panic!("{failure}")).config;
        assert_eq!(format!("{:?}", loaded.choices), format!("{:?}", Choices::default()));
        assert_eq!(format!("{:?}", loaded.reports), format!("{:?}", missing.reports));
        assert_ne!(loaded.hash, missing.hash);
    }
    assert_eq!(missing.close_lag_days, 2);
    assert_eq!(missing.delivery.from, "Farol <farol@localhost>");
    assert_eq!(missing.reports.keys().collect::<Vec<_>>(), ["executive"]);
    assert_eq!(missing.reports["executive"].kpis.len(), super::vocabulary().kpis.len());
}

/// Of everything, what leadership judges comes first; a list is shown in its own order.
#[test]
fn of_all_kpis_those_that_are_judged_come_first() {
    let farol = b"company: { name: A, currency: EUR, timezone: UTC }\ndata: { customers: { path: a.csv } }\n";
    let benchmarks = b"nrr: { targets: [{ from: 2026-01, total: 100 }] }\ncsat: { bands: [{ to: 8, status: red }, { from: 8, status: green }] }\nces: { alert: { below: 2 } }\n";
    let reports = b"a: { kpis: all }\nb: {}\nc: { kpis: [nps, nrr] }\n";
    let files = [("farol.yaml", &farol[..]), ("benchmarks.yaml", benchmarks), ("reports.yaml", reports)];
    let (_dir, loaded) = load_files(&files);
    let reports = loaded.unwrap_or_else(|failure| panic!("{failure}")).config.reports;
    let vocabulary = super::vocabulary();
    let others = vocabulary.kpis.iter().map(|kpi| kpi.id).filter(|id| !["csat", "nrr"].contains(id));
    let expected: Vec<&str> = ["csat", "nrr"].into_iter().chain(others).collect();
    assert_eq!(reports["a"].kpis, expected);
    assert_eq!(reports["b"].kpis, expected);
    assert_eq!(reports["c"].kpis, ["nps", "nrr"]);
}

#[test]
fn the_hash_is_of_names_and_bytes_alone() {
    assert_eq!(shipped().hash, shipped().hash);
    let mut files: Vec<(&str, Vec<u8>)> = FILES.into_iter().zip(texts().into_iter().map(String::into_bytes)).collect();
    let hash = |files: &[(&str, Vec<u8>)]| {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        load_files(&files).1.unwrap().config.hash
    };
    assert_eq!(hash(&files), shipped().hash);
    files[3].1.push(b'\n');
    assert_ne!(hash(&files), shipped().hash);
}

#[test]
fn a_path_may_hold_a_variable_and_a_tab_may_delimit() {
    let farol = "company: { name: A, currency: EUR, timezone: UTC }\n\
                 data: { customers: { path: [\"${SAMPLE}/a*.csv\", b.csv], csv: { delimiter: \"\\t\" }, max_bad_rows: 0.5% } }\n";
    let (dir, loaded) = load_files(&[("farol.yaml", farol.as_bytes())]);
    let customers = &loaded.unwrap().config.sources["customers"];
    assert_eq!(customers.paths, [PathBuf::from("/srv/sample/a*.csv"), dir.path().join("b.csv")]);
    assert_eq!(customers.dialect.delimiter, Some(b'\t'));
    assert!((customers.max_bad_rows - 0.005).abs() < 1e-15);
}

/// A mail server, with every kind of reference; the password is nowhere to be seen.
#[test]
fn a_mail_server_is_read_and_its_password_is_hidden() {
    let farol = texts()[0].replace(
        "transport: { maildir: ../out/maildir }",
        "transport: { smtp: { host: smtp.aurora.example, port: 2525, tls: starttls, tls_ca_file: ca.pem, username: farol, password: \"${SMTP_PASSWORD}\" } }",
    );
    let reports = texts().remove(3);
    let (dir, loaded) = load_files(&[("farol.yaml", farol.as_bytes()), ("reports.yaml", reports.as_bytes())]);
    let config = loaded.unwrap().config;
    let shown = format!("{config:?}");
    assert!(!shown.contains("c4n4ry"));
    let Transport::Smtp(smtp) = config.delivery.transport else { panic!("a mail server") };
    assert_eq!((smtp.port, smtp.tls), (2525, crate::config::Tls::Starttls));
    assert_eq!(smtp.tls_ca_file.unwrap(), dir.path().join("ca.pem"));
    let Some(Login { proof: Proof::Password(password), .. }) = smtp.login else { panic!("a password") };
    assert_eq!(password.reveal().unwrap(), "c4n4ry-S3cret");
}

/// Everything that may be said of how mail leaves; a token and a key are as hidden as a password.
#[test]
fn pauses_signature_and_token_are_read() {
    let farol = texts()[0].replace(
        "transport: { maildir: ../out/maildir }",
        "deliver_by: 48h\n  on_unknown: hold\n  list_unsubscribe: \"https://aurora.example/leave?a=1\"\n  \
         dkim: { domain: Aurora.example, selector: farol, key: file:dkim.pem }\n  \
         transport: { smtp: { host: smtp.aurora.example, username: farol, oauth2_token: \"${SMTP_PASSWORD}\", max_per_minute: 30 } }",
    );
    let (reports, key) = (texts().remove(3), "-----BEGIN PRIVATE KEY-----\nc4n4ry\n-----END PRIVATE KEY-----\n");
    let files: [(&str, &[u8]); 3] =
        [("farol.yaml", farol.as_bytes()), ("reports.yaml", reports.as_bytes()), ("dkim.pem", key.as_bytes())];
    let delivery = load_files(&files).1.unwrap().config.delivery;
    assert!(!format!("{delivery:?}").contains("c4n4ry"));
    assert_eq!((delivery.deliver_by_hours, delivery.on_unknown), (48, OnUnknown::Hold));
    assert_eq!(delivery.list_unsubscribe.as_deref(), Some("<https://aurora.example/leave?a=1>"));
    let dkim = delivery.dkim.unwrap();
    assert_eq!(
        (dkim.domain.as_str(), dkim.selector.as_str(), dkim.key.reveal().unwrap()),
        ("aurora.example", "farol", key)
    );
    let Transport::Smtp(smtp) = delivery.transport else { panic!("a mail server") };
    assert_eq!(smtp.max_per_minute, Some(30));
    assert!(
        matches!(smtp.login, Some(Login { proof: Proof::Token(token), .. }) if token.reveal().unwrap() == "c4n4ry-S3cret")
    );
}

/// A small accident: a piece of a file is deleted, doubled, or replaced by something hostile.
fn accident(text: &str, at: usize, length: usize, kind: u8) -> Vec<u8> {
    const HOSTILE: [&[u8]; 14] =
        [b"[", b"{", b"}", b":", b"- ", b"\t", b"\xE7", b"&a *a ", b"!!x ", b"~", b".inf", b"-1e999", b"\"", b"${"];
    let bytes = text.as_bytes();
    let from = at % (bytes.len() + 1);
    let to = (from + length).min(bytes.len());
    let mut broken = bytes[..from].to_vec();
    match usize::from(kind) {
        0 => {}
        1 => broken.extend_from_slice(&bytes[from..to].repeat(2)),
        other => broken.extend_from_slice(HOSTILE[other % HOSTILE.len()]),
    }
    broken.extend_from_slice(&bytes[to..]);
    broken
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Any accident gives a configuration or faults with a code that is listed; never a panic, never the password.
    #[test]
    fn no_accident_panics(
        file in 0..4_usize,
        accidents in prop::collection::vec((any::<usize>(), 0..40_usize, 0..16_u8), 1..6),
    ) {
        let mut contents: Vec<Vec<u8>> = texts().into_iter().map(String::into_bytes).collect();
        for (at, length, kind) in accidents {
            let text = String::from_utf8_lossy(&contents[file]).into_owned();
            contents[file] = accident(&text, at, length, kind);
        }
        let files: Vec<(&str, &[u8])> = FILES.into_iter().zip(contents.iter().map(Vec::as_slice)).collect();
        let (_dir, loaded) = load_files(&files);
        if let Err(failure) = loaded {
            prop_assert!(!failure.diagnostics.is_empty());
            for diagnostic in &failure.diagnostics {
                prop_assert!(crate::config::codes().contains(&diagnostic.code));
                prop_assert!(diagnostic.place.is_some() && diagnostic.help.is_some());
                prop_assert!(!diagnostic.message.contains('\n'), "{diagnostic}");
            }
        }
    }
}
