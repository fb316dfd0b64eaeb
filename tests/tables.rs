//! Tables as people have them: each file gives exact values, or the exact fault.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use farol::calendar::{Calendar, Moment};
use farol::config::{ColumnSource, Dialect, Source};
use farol::error::{Exit, Failure};
use farol::tables::schema::Table;
use farol::tables::{CustomerIndex, Reading, Rows, open, read, stream};
use polars::prelude::*;
use tempfile::TempDir;

const MICROS: i64 = 1_000_000;

fn calendar() -> Calendar {
    Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The instant of a local midnight in São Paulo, in microseconds.
fn midnight(text: &str) -> i64 {
    calendar().midnight(day(text)).0
}

fn reading() -> Reading<'static> {
    Reading {
        calendar: calendar(),
        today: Moment(midnight("2026-11-05")),
        as_of: Moment(midnight("2026-11-05")),
        currency: "BRL",
        csat_scale: (1, 10),
        ces_scale: (1, 7),
    }
}

/// A folder of files and the source that names them.
struct Files {
    folder: TempDir,
    source: Source,
}

impl Files {
    fn new() -> Self {
        let source = Source {
            paths: Vec::new(),
            timezone: None,
            dialect: Dialect::default(),
            columns: BTreeMap::new(),
            values: BTreeMap::new(),
            max_bad_rows: 1.0,
            max_age_days: None,
        };
        Self { folder: tempfile::tempdir().unwrap(), source }
    }

    fn csv(bytes: impl AsRef<[u8]>) -> Self {
        Self::new().with("t.csv", bytes)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn with(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        self.source.paths.push(path);
        self
    }

    fn parquet(mut self, name: &str, mut frame: DataFrame) -> Self {
        let path = self.path(name);
        ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
        self.source.paths.push(path);
        self
    }

    fn set(mut self, change: impl FnOnce(&mut Source)) -> Self {
        change(&mut self.source);
        self
    }

    fn map(self, canonical: &str, column: &str) -> Self {
        self.set(|source| {
            source.columns.insert(canonical.into(), ColumnSource::Column(column.into()));
        })
    }

    fn constant(self, canonical: &str, text: &str) -> Self {
        self.set(|source| {
            source.columns.insert(canonical.into(), ColumnSource::Constant(text.into()));
        })
    }

    fn read(&self, table: Table, wanted: &[&str]) -> Result<Rows, Failure> {
        self.read_at(table, wanted, &reading())
    }

    fn read_at(&self, table: Table, wanted: &[&str], reading: &Reading<'_>) -> Result<Rows, Failure> {
        let customers = CustomerIndex::new(["A", "B", "a customer with a long name"]);
        read(table, &self.source, wanted, Some(&customers), reading)
    }

    /// Reads orders, and shows (customer, instant, amount in micro-units), or the faults.
    fn orders(&self) -> Result<Vec<(u32, i64, i64)>, Vec<String>> {
        let rows = self.read(Table::Orders, &["ordered_at", "amount"]).map_err(|failure| faults(&failure))?;
        let frame = &rows.frame;
        let customers = frame.column("customer").unwrap().u32().unwrap();
        let (at, amount) = (ints(frame, "ordered_at"), ints(frame, "amount"));
        Ok(customers
            .iter()
            .zip(at)
            .zip(amount)
            .map(|((c, at), amount)| (c.unwrap(), at.unwrap(), amount.unwrap()))
            .collect())
    }

    /// The reasons of the bad rows of orders: (row, column, value, code).
    fn bad_orders(&self) -> Vec<(u64, String, String, &'static str)> {
        let rows = self.read(Table::Orders, &["ordered_at", "amount"]).unwrap();
        bad(&rows)
    }
}

fn bad(rows: &Rows) -> Vec<(u64, String, String, &'static str)> {
    let bad = rows.intake.quarantined.iter();
    bad.map(|bad| (bad.row, bad.column.clone(), bad.value.clone(), bad.reason.code())).collect()
}

fn ints(frame: &DataFrame, name: &str) -> Vec<Option<i64>> {
    frame.column(name).unwrap().i64().unwrap().iter().collect()
}

fn texts(frame: &DataFrame, name: &str) -> Vec<Option<String>> {
    frame.column(name).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
}

/// `file:line: code` of each diagnostic, the folder cut off.
fn faults(failure: &Failure) -> Vec<String> {
    let place = |diagnostic: &farol::diagnostic::Diagnostic| {
        let place = diagnostic.place.as_ref();
        let file = place.and_then(|place| place.file.file_name()).map(|name| name.to_string_lossy().into_owned());
        let line = place.and_then(|place| place.line).map(|line| format!(":{line}"));
        format!("{}{}: {}", file.unwrap_or_default(), line.unwrap_or_default(), diagnostic.code)
    };
    failure.diagnostics.iter().map(place).collect()
}

const HEADER: &str = "customer_id,ordered_at,amount\n";

fn order(text: &str) -> (u32, i64, i64) {
    let mut parts = text.split(' ');
    let customer = u32::from(parts.next() != Some("A"));
    let at = midnight(parts.next().unwrap());
    (customer, at, parts.next().unwrap().parse::<i64>().unwrap() * MICROS)
}

/// The same two orders in every dialect that people export.
#[test]
fn dialects_are_detected_and_give_the_same_values() {
    let want = Ok(vec![order("A 2026-01-31 1234"), order("B 2026-02-01 -5")]);
    let utf16 = |text: &str| {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
    };
    let zoo: Vec<(&str, Vec<u8>)> = vec![
        ("plain", b"customer_id,ordered_at,amount\nA,2026-01-31,1234\nB,2026-02-01,-5\n".to_vec()),
        ("no last line end", b"customer_id,ordered_at,amount\nA,2026-01-31,1234\nB,2026-02-01,-5".to_vec()),
        ("crlf", b"customer_id,ordered_at,amount\r\nA,2026-01-31,1234\r\nB,2026-02-01,-5\r\n".to_vec()),
        ("mixed line ends", b"customer_id,ordered_at,amount\r\nA,2026-01-31,1234\nB,2026-02-01,-5\r\n".to_vec()),
        ("bom", b"\xef\xbb\xbfcustomer_id,ordered_at,amount\nA,2026-01-31,1234\nB,2026-02-01,-5\n".to_vec()),
        ("utf-16", utf16("customer_id;ordered_at;amount\nA;2026-01-31;1234\nB;2026-02-01;-5\n")),
        ("semicolon and comma", b"customer_id;ordered_at;amount\nA;31/01/2026;1.234,00\nB;01/02/2026;-5,0\n".to_vec()),
        ("tab and real", b"customer_id\tordered_at\tamount\nA\t31/01/2026\tR$ 1.234,00\nB\t01/02/2026\t(5,00)\n".to_vec()),
        ("pipe and american", b"customer_id|ordered_at|amount\nA|01/31/2026|1,234.00\nB|02/01/2026|-5\n".to_vec()),
        ("all quoted", b"\"customer_id\",\"ordered_at\",\"amount\"\n\"A\",\"2026-01-31\",\"1,234.0\"\n\"B\",\"2026-02-01\",\"-5\"\n".to_vec()),
        ("all quoted crlf", b"\"customer_id\",\"ordered_at\",\"amount\"\r\n\"A\",\"2026-01-31\",\"1234\"\r\n\"B\",\"2026-02-01\",\"-5\"\r\n".to_vec()),
        ("blank lines", b"\ncustomer_id,ordered_at,amount\n\nA,2026-01-31,1234\n\r\nB,2026-02-01,-5\n\n\n\n".to_vec()),
        ("declared to excel", b"sep=;\r\ncustomer_id;ordered_at;amount\r\nA;2026-01-31;1234\r\nB;2026-02-01;-5\r\n".to_vec()),
        ("declared as a tab", b"sep=\t\ncustomer_id\tordered_at\tamount\nA\t2026-01-31\t1234\nB\t2026-02-01\t-5\n".to_vec()),
        ("declared as backslash and t", b"sep=\\t\ncustomer_id\tordered_at\tamount\nA\t2026-01-31\t1234\nB\t2026-02-01\t-5\n".to_vec()),
        ("declared and filled up", b"sep=;;\r\ncustomer_id;ordered_at;amount\r\nA;2026-01-31;1234\r\nB;2026-02-01;-5\r\n".to_vec()),
        ("declared, quoted and filled up", b"\"sep=;\";;\ncustomer_id;ordered_at;amount\nA;2026-01-31;1234\nB;2026-02-01;-5\n".to_vec()),
        ("declared, saved with commas", b"sep=;,,\ncustomer_id,ordered_at,amount\nA,2026-01-31,1234\nB,2026-02-01,-5\n".to_vec()),
        ("a column called like a declaration", b"sep=;customer_id;ordered_at;amount\n;A;2026-01-31;1234\n;B;2026-02-01;-5\n".to_vec()),
        ("declared in quotes", b"\"SEP=|\"\ncustomer_id|ordered_at|amount\nA|2026-01-31|1234\nB|2026-02-01|-5\n".to_vec()),
        ("excel serials", b"customer_id,ordered_at,amount\nA,46053,1234\nB,46054,-5\n".to_vec()),
        ("offsets", b"customer_id,ordered_at,amount\nA,2026-01-31T03:00:00Z,1234\nB,2026-02-01 00:00:00-03:00,-5\n".to_vec()),
        ("reordered, extra", b"amount,note,ordered_at,customer_id\n1234,\"a\nb,\"\"c\"\"\",2026-01-31,A\n-5,,2026-02-01,B\n".to_vec()),
        ("quoted newline first and last", b"note,customer_id,ordered_at,amount,more\n\"x\ny\",A,2026-01-31,1234,\"p\r\nq\"\nz,B,2026-02-01,-5,\"\"\n".to_vec()),
        ("latin-1 value", b"customer_id,ordered_at,amount,note\nA,2026-01-31,1234,S\xe3o\nB,2026-02-01,-5,x\n".to_vec()),
        ("unnamed columns", b",customer_id,ordered_at,amount,,\n0,A,2026-01-31,1234,,\n1,B,2026-02-01,-5,,\n".to_vec()),
    ];
    for (name, bytes) in zoo {
        assert_eq!(Files::csv(bytes).orders(), want, "{name}");
    }
}

/// A declared delimiter counts as a row, as it does in the file; a pinned one wins.
#[test]
fn a_line_that_declares_the_delimiter_is_no_header() {
    let declared = "sep=;\ncustomer_id;ordered_at;amount\nA;2026-01-31;x\nB;2026-02-01;5\n";
    let bad = vec![(3, "amount".to_owned(), "x".to_owned(), "not-a-number")];
    assert_eq!(Files::csv(declared).bad_orders(), bad);
    let pinned = Files::csv("sep=;\ncustomer_id,ordered_at,amount\nA,2026-01-31,1234\n");
    assert_eq!(
        pinned.set(|source| source.dialect.delimiter = Some(b',')).orders(),
        Ok(vec![order("A 2026-01-31 1234")])
    );
}

/// São Paulo is three hours behind: midnight of 1 February UTC is nine in the evening of 31 January there. A bare day is
/// the company's own, and an offset says its own.
#[test]
fn a_source_whose_times_are_of_another_zone() {
    let text = "customer_id,ordered_at,amount\nA,2026-02-01 00:00,1\nA,2026-02-02,2\nB,2026-02-01T00:00:00-03:00,3\n";
    let (day, hour) = (midnight("2026-02-01"), 3_600_000_000);
    let of = |zone| Files::csv(text).set(|source| source.timezone = zone).orders().unwrap();
    let rest = [(0, midnight("2026-02-02"), 2 * MICROS), (1, day, 3 * MICROS)];
    assert_eq!(of(None), [&[(0, day, MICROS)][..], &rest].concat());
    assert_eq!(of(Some(chrono_tz::UTC)), [&[(0, day - 3 * hour, MICROS)][..], &rest].concat());
}

#[test]
fn what_is_no_table_is_refused_with_its_place() {
    let one = |text: &str| Err(vec![text.to_owned()]);
    let zoo: Vec<(&[u8], &str)> = vec![
        (b"", "t.csv: empty-file"),
        (b"\n\n\n", "t.csv: empty-file"),
        (b"customer_id,ordered_at,amount\n", "t.csv: empty-table"),
        (b"<!DOCTYPE html><html>502 Bad Gateway</html>", "t.csv: not-a-table"),
        (b"  {\"error\": \"no\"}", "t.csv: not-a-table"),
        (b"[{\"customer_id\": 1}]", "t.csv: not-a-table"),
        (b"\x1f\x8b\x08\0\0\0", "t.csv: not-a-table"),
        (b"PK\x03\x04xl/workbook", "t.csv: not-a-table"),
        (b"PAR1 and then nothing", "t.csv: broken-parquet"),
        (b"customer_id,ordered_at,amount\rA,2026-01-31,1\r", "t.csv:1: lone-cr"),
        (b"customer_id,ordered_at,amount\nA,2026-01-31,\"1\n", "t.csv:2: unclosed-quote"),
        (b"customer_id,ordered_at,amount\nA,2026-01-31,\"1\"2\n", "t.csv:2: text-after-quote"),
        (b"customer_id,ordered_at,amount\nA,2026-01-31,\0\n", "t.csv:2: nul-byte"),
        (b"customer_id,ordered_at,amount,amount\nA,2026-01-31,1,2\n", "t.csv:1: repeated-column"),
        (b"Customer_ID,ordered_at,amount\nA,2026-01-31,1\n", "t.csv:1: missing-column"),
        (b"customer_id ,ordered_at,amount\nA,2026-01-31,1\n", "t.csv:1: missing-column"),
        (b"customer_id,ordered_at,amount\nA,01/02/2026,1\nA,03/04/2026,1\n", "t.csv:2: ambiguous-date"),
        (b"customer_id,ordered_at,amount\nA,13/02/2026,1\nA,02/13/2026,1\n", "t.csv:2: ambiguous-date"),
        (b"customer_id,ordered_at,amount\nA,2026-01-31,7\nA,2026-01-30,1.234\n", "t.csv:3: ambiguous-decimal"),
        (b"customer_id,ordered_at,amount\nA,2026-01-31,\"1,5\"\nA,2026-01-30,1.5\n", "t.csv:2: ambiguous-decimal"),
        (b"customer_id,ordered_at,amount,n\xc3\xa9\nA,2026-01-31,1,\xe9\n", "t.csv:2: wrong-encoding"),
        (b"\xff\xfec\0u\0s\0\x00\xd8", "t.csv:1: wrong-encoding"),
    ];
    for (bytes, want) in zoo {
        assert_eq!(Files::csv(bytes).orders(), one(want), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn pins_decide_what_cannot_be_told() {
    let text = "customer_id,ordered_at,amount\nA,01/02/2026,1.234\n";
    let pin = |date: &str, decimal| {
        Files::csv(text).set(|source| {
            source.dialect = Dialect { date: Some(date.into()), decimal: Some(decimal), ..Dialect::default() };
        })
    };
    assert_eq!(pin("%d/%m/%Y", ',').orders(), Ok(vec![order("A 2026-02-01 1234")]));
    let thousandths = vec![(0, midnight("2026-01-02"), 1_234_000)];
    assert_eq!(pin("%m/%d/%Y", '.').orders(), Ok(thousandths));
    let wrong = Files::csv("customer_id,ordered_at,amount\nA,2026-01-31,1\n")
        .set(|source| source.dialect.delimiter = Some(b';'));
    assert_eq!(wrong.orders(), Err(vec!["t.csv:1: missing-column".into(); 3]));
    for wrong in [wrong, Files::csv("sep=;\ncustomer_id,ordered_at,amount\nA,2026-01-31,1\n")] {
        let failure = wrong.read(Table::Orders, &["ordered_at", "amount"]).unwrap_err();
        let help = failure.diagnostics[0].help.as_deref();
        assert_eq!(help, Some("that is one column: if `,` parts it, write `csv: { delimiter: \",\" }`"));
    }
}

/// An order's id tells orders apart: unknown by its name, it would be left out, and nobody told.
#[test]
fn a_column_that_may_be_missing_is_not_overlooked_for_its_letters() {
    let files = Files::csv("customer_id,ordered_at,amount, Order ID\nA,2026-01-31,1,7\nA,2026-01-31,1,8\n");
    let failure = files.read(Table::Orders, &["ordered_at", "amount"]).unwrap_err();
    assert_eq!(faults(&failure), ["t.csv:1: column-otherwise-written"]);
    let help =
        "if it is, write `columns: { order_id: \" Order ID\" }`; if not, `columns: { order_id: { const: \"\" } }`";
    assert_eq!(failure.diagnostics[0].help.as_deref(), Some(help));
    let mapped = files.map("order_id", " Order ID");
    assert!(mapped.orders().is_ok() && mapped.constant("order_id", "").orders().is_ok());
}

#[test]
fn windows_1252_with_semicolons_and_decimal_commas_reads_as_it_was_meant() {
    let text = "id_cliente;nome;data_entrada;regiao\n7;São João;31/12/2025;S\n007;\"Caf\u{e9}; Ltda\";01/02/2026;SE\n";
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let files = Files::csv(bytes)
        .map("customer_id", "id_cliente")
        .map("name", "nome")
        .map("signup_date", "data_entrada")
        .map("region", "regiao")
        .set(|source| {
            source.values.insert("region".into(), BTreeMap::from([("S".into(), "Sul".into())]));
        });
    let rows = files.read(Table::Customers, &["customer_id", "name", "signup_date", "region", "parent_id"]).unwrap();
    let names: Vec<String> = rows.frame.get_column_names().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["customer_id", "name", "signup_date", "region"]);
    assert_eq!(texts(&rows.frame, "customer_id"), [Some("7".into()), Some("007".into())]);
    assert_eq!(texts(&rows.frame, "name"), [Some("São João".into()), Some("Café; Ltda".into())]);
    assert_eq!(texts(&rows.frame, "region"), [Some("Sul".into()), Some("SE".into())]);
    assert_eq!(ints(&rows.frame, "signup_date"), [Some(midnight("2025-12-31")), Some(midnight("2026-02-01"))]);
    let dialect = &rows.intake.dialect;
    assert_eq!((dialect.delimiter, dialect.encoding), (Some(';'), Some("windows-1252")));
    assert_eq!(dialect.dates["data_entrada"], "%d/%m/%Y");
    assert_eq!(rows.intake.warnings[0].code, "encoding-concluded");
    assert_eq!(rows.intake.attributes, ["region"]);
}

/// F9: a library that applies a schema by position would swap these.
#[test]
fn the_order_of_the_header_does_not_matter() {
    let one = Files::csv(
        "subscription_id,customer_id,start_date,end_date,mrr\n1,A,2026-01-01,2026-02-01,10\n2,B,2026-03-01,,20\n",
    );
    let other = Files::csv(
        "mrr,end_date,start_date,subscription_id,customer_id\n10,2026-02-01,2026-01-01,1,A\n20,,2026-03-01,2,B\n",
    );
    let wanted = ["start_date", "end_date", "mrr", "subscription_id"];
    let (one, other) =
        (one.read(Table::Subscriptions, &wanted).unwrap(), other.read(Table::Subscriptions, &wanted).unwrap());
    assert!(one.frame.equals_missing(&other.frame));
    assert_eq!(ints(&one.frame, "mrr"), [Some(10 * MICROS), Some(20 * MICROS)]);
    assert_eq!(ints(&one.frame, "end_date"), [Some(midnight("2026-02-01")), None]);
}

/// Two orders of one customer, day and amount: one written twice, unless a key says that they are two.
#[test]
fn rows_that_a_key_could_tell_apart_are_left_out_with_a_warning() {
    let files = Files::csv(format!("{HEADER}A,2026-01-31,1\nA,2026-01-31,1\nA,2026-01-31,1\nB,2026-01-31,1\n"));
    let rows = files.read(Table::Orders, &["amount"]).unwrap();
    assert_eq!((rows.intake.rows_kept, rows.intake.rows_quarantined), (2, 2));
    let [warning] = &rows.intake.warnings[..] else { panic!("{:?}", rows.intake.warnings) };
    assert_eq!(warning.code, "repeated-rows");
    assert!(warning.message.starts_with("2 rows of `orders` are in every column the same"), "{}", warning.message);
    let with_key = "order_id,customer_id,ordered_at,amount\n1,A,2026-01-31,1\n2,A,2026-01-31,1\n";
    let rows = Files::csv(with_key).read(Table::Orders, &["amount"]).unwrap();
    assert_eq!((rows.intake.rows_kept, rows.intake.warnings.len()), (2, 0));
    // Contacts have no key that could be mapped.
    let contacts = Files::csv("customer_id,at,kind\nA,2026-01-31,call\nA,2026-01-31,call\n");
    let rows = contacts.read(Table::Interactions, &[]).unwrap();
    assert_eq!((rows.intake.rows_kept, rows.intake.warnings.len()), (1, 0));
}

#[test]
fn a_row_that_breaks_its_contract_is_quarantined_with_its_place() {
    let text = format!(
        "{HEADER}A,2026-01-31,1\nA,2026-02-30,1\nA,2026-01-31,abc\n,2026-01-31,1\nC,2026-01-31,1\nA,2026-12-01,1\n\
         A,2026-01-31,1\nA,,NaN\nA,2026-01-31\n\nA,1850-01-01,0.0000001\nB,2026-01-31,€ 5\nB,2026-01-31,12\"\nB,20226-01-31,1e400\n\
         B,2026-01-31,5 %\n"
    );
    let files = Files::csv(&text);
    let own = |row, column: &str, value: &str, code| (row, column.to_owned(), value.to_owned(), code);
    // Broken records are found before cells are read, so they come first.
    assert_eq!(
        files.bad_orders(),
        [
            own(10, "", "2 cells instead of 3", "wrong-width"),
            own(14, "amount", "12\"", "stray-quote"),
            own(3, "ordered_at", "2026-02-30", "not-a-date"),
            own(4, "amount", "abc", "not-a-number"),
            own(5, "customer_id", "", "empty-reference"),
            own(6, "customer_id", "C", "orphan"),
            own(7, "ordered_at", "2026-12-01", "in-the-future"),
            own(8, "", "", "repeated-row"),
            own(9, "ordered_at", "", "empty-cell"),
            own(9, "amount", "NaN", "not-a-number"),
            own(12, "ordered_at", "1850-01-01", "date-out-of-range"),
            own(12, "amount", "0.0000001", "too-many-decimals"),
            own(13, "amount", "€ 5", "foreign-currency"),
            own(15, "ordered_at", "20226-01-31", "not-a-date"),
            own(15, "amount", "1e400", "not-a-number"),
            own(16, "amount", "5 %", "not-a-number"),
        ]
    );
    let intake = files.read(Table::Orders, &[]).unwrap().intake;
    assert_eq!((intake.rows_read, intake.rows_kept, intake.rows_quarantined), (14, 1, 13));
    assert_eq!((intake.orphans, intake.empty_references), (1, 1));
    assert_eq!(intake.newest, Some(Moment(midnight("2026-01-31"))));
}

#[test]
fn over_the_threshold_the_table_is_refused_and_the_first_rows_are_shown() {
    let text = format!("{HEADER}A,2026-01-31,1\nA,2026-02-30,1\nA,2026-01-30,x\nB,2026-01-31,1\n");
    let files = Files::csv(&text).set(|source| source.max_bad_rows = 0.49);
    let failure = files.read(Table::Orders, &[]).unwrap_err();
    assert_eq!(failure.exit, Exit::DataRefused);
    assert_eq!(faults(&failure), ["t.csv: too-many-bad-rows", "t.csv:3: not-a-date", "t.csv:4: not-a-number"]);
    let first = failure.diagnostics[0].to_string();
    assert!(
        first.contains("2 of 4 rows of `orders` break their contract (50.00 %), more than `max_bad_rows: 49%`"),
        "{first}"
    );
    assert!(first.contains("1 not-a-date, 1 not-a-number"), "{first}");
    assert!(Files::csv(&text).set(|source| source.max_bad_rows = 0.5).read(Table::Orders, &[]).is_ok());
}

#[test]
fn a_table_that_is_too_old_is_refused() {
    let files = Files::csv(format!("{HEADER}A,2026-10-06,1\n"));
    // From 2026-10-06 to 2026-11-05 are 30 days.
    assert!(files.set(|source| source.max_age_days = Some(30)).read(Table::Orders, &[]).is_ok());
    let files = Files::csv(format!("{HEADER}A,2026-10-05,1\n")).set(|source| source.max_age_days = Some(30));
    assert_eq!(faults(&files.read(Table::Orders, &[]).unwrap_err()), ["t.csv: too-old"]);
}

#[test]
fn a_missing_file_a_folder_and_an_empty_glob_are_told_apart() {
    let exits = |name: &str| {
        let files = Files::new().set(|_| ());
        let path = files.path(name);
        let failure = files.set(|source| source.paths.push(path)).read(Table::Orders, &[]).unwrap_err();
        (failure.exit, failure.diagnostics[0].code)
    };
    assert_eq!(exits("none.csv"), (Exit::InputMissing, "no-such-file"));
    assert_eq!(exits("*.csv"), (Exit::InputMissing, "no-such-file"));
    assert_eq!(exits("."), (Exit::DataRefused, "not-a-file"));
}

#[test]
fn all_faults_of_all_files_come_at_once() {
    let files = Files::new()
        .with("a.csv", "customer,ordered_at,value\nA,2026-01-31,\"1\n")
        .with("b.csv", "<html>")
        .with("c.csv", "customer_id,ordered_at,amount\nA,01/02/2026,1.234\n");
    let failure = files.read(Table::Orders, &[]).unwrap_err();
    assert_eq!(failure.exit, Exit::DataRefused);
    assert_eq!(
        faults(&failure),
        ["a.csv:1: missing-column", "a.csv:1: missing-column", "a.csv:2: unclosed-quote", "b.csv: not-a-table",]
    );
    let help = failure.diagnostics[0].help.clone().unwrap();
    assert!(help.contains("write `columns: { customer_id: \"customer\" }`"), "{help}");
    let files = Files::csv("customer_id,ordered_at,amount\nA,01/02/2026,1.234\n");
    assert_eq!(
        faults(&files.read(Table::Orders, &[]).unwrap_err()),
        ["t.csv:2: ambiguous-date", "t.csv:2: ambiguous-decimal"]
    );
}

#[test]
fn files_of_one_table_are_read_in_order_and_must_agree() {
    let mut files = Files::new()
        .with("2.csv", "amount,customer_id,ordered_at\n3,A,2026-01-03\n")
        .with("1.csv", format!("{HEADER}A,2026-01-01,1\nB,2026-01-02,2\n"));
    let pattern = files.path("*.csv");
    files.source.paths = vec![pattern.clone(), pattern];
    let rows = files.read(Table::Orders, &["amount"]).unwrap();
    assert_eq!(ints(&rows.frame, "amount"), [Some(MICROS), Some(2 * MICROS), Some(3 * MICROS)]);
    let read: Vec<_> = rows.intake.files.iter().map(|file| (file.rows, file.bytes)).collect();
    assert_eq!(read, [(2, 60), (1, 45)]);
    // printf 'amount,customer_id,ordered_at\n3,A,2026-01-03\n' | sha256sum
    assert_eq!(rows.intake.files[1].sha256, SHA256_OF_SECOND);

    let files = files
        .with("3.csv", "customer_id,ordered_at\nA,2026-01-03\n")
        .with("4.csv", "customer_id,ordered_at,amount,x\nA,2026-01-04,1,y\n");
    assert_eq!(faults(&files.read(Table::Orders, &[]).unwrap_err()), ["3.csv:1: schema-drift"]);
}

const SHA256_OF_SECOND: &str = "ce5ed2d6a8ebe10febec824ea35a805d5eddf42bbdfdadf1a24058b8b517d86e";

#[test]
fn a_traced_table_says_where_each_row_comes_from() {
    let header = "order_id,customer_id,ordered_at,amount\n";
    // A blank line, a row in quarantine, one that does not exist yet; and a second file.
    let one = format!("{header}1,A,2026-01-01,1\n\n2,A,never,2\n3,B,2026-06-02,3\n4,B,2026-01-02,4\n");
    let two = format!("{header}5,A,2026-01-03,5\n6,A,2026-07-01,6\n");
    let files = Files::new().with("one.csv", one).with("two.csv", two);
    let as_of = Reading { as_of: Moment(midnight("2026-06-01")), ..reading() };
    let customers = CustomerIndex::new(["A", "B"]);
    let read = |table: farol::tables::OpenTable| table.rows(&["amount"], Some(&customers), None).unwrap();
    let rows = read(open(Table::Orders, &files.source, &as_of).unwrap().traced());
    let traced: Vec<_> =
        ints(&rows.frame, farol::tables::FILE).into_iter().zip(ints(&rows.frame, farol::tables::ROW)).collect();
    assert_eq!(traced, [(Some(0), Some(2)), (Some(0), Some(6)), (Some(1), Some(2))]);
    assert_eq!(ints(&rows.frame, "amount"), [1, 4, 5].map(|amount| Some(amount * MICROS)));
    assert_eq!(rows.intake.after_as_of, [(0, 5), (1, 3)]);
    let plain = read(open(Table::Orders, &files.source, &as_of).unwrap());
    assert_eq!((plain.frame.width(), plain.intake.after_as_of.len()), (2, 0), "only where it was asked for");
}

#[test]
fn rows_after_as_of_do_not_exist_and_what_happened_later_has_not_happened() {
    let as_of = Reading { as_of: Moment(midnight("2026-06-01")), ..reading() };
    let subscriptions = Files::csv(
        "customer_id,start_date,end_date,mrr,renewal_date\nA,2026-01-01,2026-05-31,1,2027-01-01\nA,2026-01-01,2026-06-01,2,\n\
         B,2026-06-01,,3,\nB,2026-12-01,2027-01-01,4,\nB,2026-05-31,2027-01-01,5,\nB,2026-09-01,2026-01-01,6,\n",
    );
    let rows = subscriptions.read_at(Table::Subscriptions, &["mrr", "end_date", "renewal_date"], &as_of).unwrap();
    assert_eq!(ints(&rows.frame, "mrr"), [Some(MICROS), Some(2 * MICROS), Some(5 * MICROS)]);
    assert_eq!(ints(&rows.frame, "end_date"), [Some(midnight("2026-05-31")), None, None]);
    assert_eq!(ints(&rows.frame, "renewal_date"), [Some(midnight("2027-01-01")), None, None]);
    assert_eq!((rows.intake.rows_after_as_of, rows.intake.rows_quarantined), (3, 0));

    let surveys = Files::csv(
        "customer_id,survey,score,comment,sent_at,responded_at\nA,nps,9,early,2026-05-01,2026-05-02\nA,nps,8,late,2026-05-30,2026-06-01\n\
         A,nps,7,unsent,,2026-06-02\nB,nps,6,future,2026-06-01,2026-06-02\nB,nps,5,very,2026-05-01,2027-01-01\nB,nps,,,2026-05-03,\n",
    );
    let rows = surveys.read_at(Table::Surveys, &["score", "comment", "responded_at"], &as_of).unwrap();
    assert_eq!(ints(&rows.frame, "score"), [Some(9), None, None]);
    assert_eq!(texts(&rows.frame, "comment"), [Some("early".into()), None, None]);
    assert_eq!(ints(&rows.frame, "responded_at"), [Some(midnight("2026-05-02")), None, None]);
    assert_eq!(rows.intake.rows_after_as_of, 2);
    assert_eq!(bad(&rows), [(6, "responded_at".into(), "2027-01-01".into(), "in-the-future")]);
    assert_eq!(rows.intake.newest, Some(Moment(midnight("2026-05-30"))));

    // A day counts by its midnight: the day of an `as of` at noon has begun, so it exists.
    let usage = Files::csv("customer_id,date,events\nA,2026-05-31,1\nA,2026-06-01,2\nA,2026-06-02,3\n");
    let noon = Reading { as_of: Moment(midnight("2026-06-01") + 12 * 3600 * MICROS), ..as_of };
    let events = |reading| ints(&usage.read_at(Table::Usage, &["events"], reading).unwrap().frame, "events");
    assert_eq!(events(&as_of), [Some(1)]);
    assert_eq!(events(&noon), [Some(1), Some(2)]);
}

#[test]
fn surveys_hold_their_scales_and_dates() {
    let rows = Files::csv(
        "response_id,customer_id,survey,score,responded_at\n1,A,nps,0,2026-01-01\n2,A,nps,11,2026-01-01\n3,A,csat,0,2026-01-01\n\
         4,A,ces,8,2026-01-01\n5,A,nps,8.5,2026-01-01\n6,A,nps,9,\n7,A,nps,,2026-01-01\n8,A,ENPS,9,2026-01-01\n9,A,csat,10.0,2026-01-01\n1,B,nps,9,2026-01-01\n,B,nps,9,2026-01-01\n,B,nps,9,2026-01-01\n",
    );
    let read = rows.read(Table::Surveys, &["survey", "score"]).unwrap();
    assert_eq!(ints(&read.frame, "score"), [Some(0), Some(10), Some(9), Some(9)]);
    let codes: Vec<_> = bad(&read).into_iter().map(|(row, column, _, code)| (row, column, code)).collect();
    let own = |row, column: &str, code| (row, column.to_owned(), code);
    assert_eq!(
        codes,
        [
            own(3, "score", "out-of-range"),
            own(4, "score", "out-of-range"),
            own(5, "score", "out-of-range"),
            own(6, "score", "not-whole"),
            own(7, "responded_at", "score-without-date"),
            own(8, "score", "date-without-score"),
            own(9, "survey", "unknown-word"),
            own(11, "response_id", "repeated-key"),
        ]
    );
}

#[test]
fn constants_and_value_maps_fill_canonical_columns() {
    let files = Files::csv("customer_id,nota,quando,papel,canal\nA,dez,2026-01-01,Gerente,e-mail\nB,N/A,,,\n")
        .constant("survey", "nps")
        .map("score", "nota")
        .map("responded_at", "quando")
        .map("respondent_role", "papel")
        .set(|source| {
            source
                .values
                .insert("score".into(), BTreeMap::from([("dez".into(), "10".into()), ("N/A".into(), String::new())]));
            source.values.insert("respondent_role".into(), BTreeMap::from([("Gerente".into(), "manager".into())]));
        });
    let rows = files.read(Table::Surveys, &["survey", "score", "respondent_role", "canal"]).unwrap();
    assert_eq!(texts(&rows.frame, "survey"), [Some("nps".into()), Some("nps".into())]);
    assert_eq!(ints(&rows.frame, "score"), [Some(10), None]);
    assert_eq!(texts(&rows.frame, "respondent_role"), [Some("manager".into()), None]);
    assert_eq!(texts(&rows.frame, "canal"), [Some("e-mail".into()), None]);
    assert_eq!(rows.intake.rows_quarantined, 0);
}

#[test]
fn tickets_hold_their_order_and_their_flags() {
    let rows = Files::csv(
        "ticket_id,customer_id,opened_at,resolved_at,contacts,reopened\n1,A,2026-01-02 10:00,2026-01-02 09:59,1,no\n\
         2,A,2026-01-02 10:00,2026-01-02T10:00,\"1,0\",Sim\n3,A,2026-01-02 10:00,,-1,não\n4,A,2026-01-02 10:00,,2,perhaps\n",
    )
    .read(Table::Tickets, &["opened_at", "resolved_at", "contacts", "reopened"])
    .unwrap();
    let at = midnight("2026-01-02") + 10 * 3600 * MICROS;
    assert_eq!((ints(&rows.frame, "opened_at"), ints(&rows.frame, "resolved_at")), (vec![Some(at)], vec![Some(at)]));
    assert_eq!(ints(&rows.frame, "contacts"), [Some(1)]);
    assert_eq!(rows.frame.column("reopened").unwrap().bool().unwrap().get(0), Some(true));
    let codes: Vec<_> = bad(&rows).into_iter().map(|(row, column, _, code)| (row, column, code)).collect();
    let own = |row, column: &str, code| (row, column.to_owned(), code);
    assert_eq!(
        codes,
        [own(2, "resolved_at", "wrong-order"), own(4, "contacts", "negative"), own(5, "reopened", "not-a-flag")]
    );
}

#[test]
fn costs_and_leads_may_be_nobodys() {
    let rows = Files::csv("date,amount,customer_id,kind\n2026-01-01,5,,reward\n2026-01-02,6,B,\n")
        .read(Table::RetentionCosts, &["amount"])
        .unwrap();
    let customers: Vec<_> = rows.frame.column("customer").unwrap().u32().unwrap().iter().collect();
    assert_eq!(customers, [None, Some(1)]);
    assert_eq!((rows.intake.empty_references, rows.intake.rows_quarantined), (1, 0));
}

fn usage_frame() -> DataFrame {
    let dates = Column::new("date".into(), [20_454_i32, 20_455, 20_500]).cast(&DataType::Date).unwrap();
    let mut frame = df!("customer_id" => ["A", "a customer with a long name", "A"], "events" => [3_i32, 0, 7]).unwrap();
    frame.with_column(dates).unwrap();
    frame
}

/// 20 454 days after 1970-01-01 is 2026-01-01.
#[test]
fn parquet_is_typed_and_streamed() {
    let files = Files::new().parquet("u.parquet", usage_frame());
    let customers = CustomerIndex::new(["A", "B", "a customer with a long name"]);
    let mut batches = Vec::new();
    let intake = stream(Table::Usage, &files.source, &["date", "events"], Some(&customers), &reading(), &mut |batch| {
        batches.push(batch);
        Ok(())
    })
    .unwrap();
    assert_eq!(batches.len(), 1);
    let frame = &batches[0];
    let customers: Vec<_> = frame.column("customer").unwrap().u32().unwrap().iter().collect();
    assert_eq!(customers, [Some(0), Some(2), Some(0)]);
    let dates: Vec<_> = frame.column("date").unwrap().i32().unwrap().iter().collect();
    assert_eq!(dates, [Some(20_454), Some(20_455), Some(20_500)]);
    assert_eq!(ints(frame, "events"), [Some(3), Some(0), Some(7)]);
    assert_eq!((intake.rows_read, intake.rows_kept), (3, 3));
    assert_eq!(intake.files[0].bytes, std::fs::metadata(files.path("u.parquet")).unwrap().len());
    assert_eq!(intake.files[0].sha256.len(), 64);
    assert_eq!(intake.newest, Some(Moment(midnight("2026-02-16"))));
}

#[test]
fn parquet_types_are_taken_where_they_fit_and_refused_by_name_where_not() {
    let stamps = Column::new("ordered_at".into(), [1_767_268_800_000_i64, 1_767_268_800_000]);
    let utc = stamps.cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))).unwrap();
    let local = stamps.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
    let decimal = Column::new("amount".into(), ["1234.56", "-0.01"]).cast(&DataType::Decimal(12, 2)).unwrap();
    let read = |stamps: Column, amounts: Column| {
        let mut frame = df!("customer_id" => ["A", "B"]).unwrap();
        frame.with_column(stamps).unwrap().with_column(amounts).unwrap();
        Files::new().parquet("o.parquet", frame).orders()
    };
    // 1 767 268 800 s is 2026-01-01T12:00 UTC; São Paulo is three hours behind.
    let noon = 1_767_268_800 * MICROS;
    assert_eq!(read(utc.clone(), decimal.clone()), Ok(vec![(0, noon, 1_234_560_000), (1, noon, -10_000)]));
    let later = noon + 3 * 3600 * MICROS;
    assert_eq!(read(local, decimal), Ok(vec![(0, later, 1_234_560_000), (1, later, -10_000)]));
    let floats = Column::new("amount".into(), [29.85, 0.1 + 0.2]);
    assert_eq!(read(utc.clone(), floats), Ok(vec![(0, noon, 29_850_000), (1, noon, 300_000)]));
    let whole = Column::new("amount".into(), [2_u8, 3]);
    assert_eq!(read(utc.clone(), whole), Ok(vec![(0, noon, 2_000_000), (1, noon, 3_000_000)]));
    let texts = Column::new("amount".into(), ["1.234,5", "(2)"]);
    assert_eq!(read(utc.clone(), texts), Ok(vec![(0, noon, 1_234_500_000), (1, noon, -2_000_000)]));
    let ambiguous = Column::new("amount".into(), ["1.234", "2"]);
    assert_eq!(read(utc.clone(), ambiguous), Err(vec!["o.parquet:1: ambiguous-decimal".into()]));
    let flags = Column::new("amount".into(), [true, false]);
    assert_eq!(read(utc.clone(), flags), Err(vec!["o.parquet: wrong-type".into()]));
    let lists = Column::new("amount".into(), [Series::new("".into(), [1]), Series::new("".into(), [2])]);
    assert_eq!(read(utc.clone(), lists), Err(vec!["o.parquet: wrong-type".into()]));
    let number = Column::new("ordered_at".into(), [1_i64, 2]);
    let amounts = Column::new("amount".into(), [1.0, f64::NAN]);
    assert_eq!(read(number, amounts.clone()), Err(vec!["o.parquet: wrong-type".into()]));
    assert_eq!(read(utc, amounts), Ok(vec![(0, noon, MICROS)]));
}

/// Wherever a Parquet file is cut, there is one fault, and never a panic.
#[test]
fn a_truncated_parquet_file_is_one_fault() {
    let whole = Files::new().parquet("u.parquet", usage_frame());
    let bytes = std::fs::read(whole.path("u.parquet")).unwrap();
    for length in (0..bytes.len()).step_by(7) {
        let files = Files::new().with("u.parquet", &bytes[..length]);
        let failure = files.read(Table::Usage, &["events"]).unwrap_err();
        assert_eq!((failure.exit, failure.diagnostics.len()), (Exit::DataRefused, 1), "{length}");
        assert_eq!(faults(&failure), ["u.parquet: broken-parquet"], "{length}");
        assert!(failure.diagnostics[0].help.is_some());
    }
}

#[test]
fn columns_tell_what_is_there_before_anything_is_read() {
    let files = Files::csv("customer_id,signup_date,plan,region,\nA,2026-01-01,Pro,S,\n");
    let table = open(Table::Customers, &files.source, &reading()).unwrap();
    assert_eq!(table.columns().canonical, ["customer_id", "signup_date"]);
    assert_eq!(table.columns().attributes, ["plan", "region"]);
    let rows = table.rows(&["customer_id", "region", "nothing"], None, None).unwrap();
    assert_eq!(rows.frame.width(), 2);
}

/// The troubles that `sample-data/README.md` lists, each found where it says. A comment with a line break makes the rows of
/// `surveys.csv` below it one less than their lines.
#[test]
fn the_sample_s_troubles_are_found_where_they_are() {
    let source = |name: &str| {
        let path = PathBuf::from("sample-data").join(name);
        Files::new().set(|source| {
            source.paths.push(path);
            source.max_bad_rows = 0.01;
        })
    };
    let customers = source("clientes.csv")
        .map("customer_id", "id_cliente")
        .map("name", "nome")
        .map("signup_date", "data_entrada")
        .map("first_contact_date", "primeiro_contato");
    let rows = customers.read(Table::Customers, &["customer_id", "signup_date", "regiao", "porte"]).unwrap();
    assert_eq!(bad(&rows), []);
    assert_eq!(rows.frame.height(), 560);
    assert_eq!(rows.intake.dialect.encoding, Some("windows-1252"));
    let ids = texts(&rows.frame, "customer_id");
    let index = CustomerIndex::new(ids.iter().flatten().map(String::as_str));

    let own = |row, column: &str, code| (row, column.to_owned(), code);
    let expected = [
        (
            Table::Subscriptions,
            "subscriptions.csv",
            1656,
            vec![own(1656, "end_date", "wrong-order"), own(1657, "mrr", "negative")],
        ),
        (
            Table::Orders,
            "orders.csv",
            2820,
            vec![own(2820, "ordered_at", "in-the-future"), own(2821, "amount", "not-a-number")],
        ),
        (
            Table::Surveys,
            "surveys.csv",
            16_985,
            vec![
                own(16_984, "score", "out-of-range"),
                own(16_985, "responded_at", "wrong-order"),
                own(16_986, "customer_id", "orphan"),
            ],
        ),
        (Table::Tickets, "tickets.csv", 12_275, vec![own(12_276, "ticket_id", "repeated-key")]),
        (
            Table::Interactions,
            "interactions.csv",
            6212,
            vec![own(6212, "", "repeated-row"), own(6213, "customer_id", "empty-reference")],
        ),
        (Table::RetentionCosts, "retention_costs.csv", 1022, vec![]),
        (Table::Goals, "goals.csv", 2351, vec![]),
        (Table::Onboarding, "onboarding.csv", 298, vec![]),
        (Table::Leads, "leads.csv", 1134, vec![]),
        (Table::Staff, "staff.csv", 39, vec![]),
        (Table::Usage, "usage/*.parquet", 199_557, vec![]),
    ];
    for (table, name, count, troubles) in expected {
        let rows = read(table, &source(name).source, &[], Some(&index), &reading()).unwrap_or_else(|f| panic!("{f}"));
        let found: Vec<_> = bad(&rows).into_iter().map(|(row, column, _, code)| (row, column, code)).collect();
        assert_eq!(found, troubles, "{name}");
        assert_eq!(rows.intake.rows_read, count, "{name}");
        assert_eq!(rows.intake.rows_kept, count - troubles.len() as u64, "{name}");
    }
}

/// What the `csv` crate and a few lines of arithmetic make of a table of orders: (customer, amount in micro-units); `None`
/// where they cannot make anything of it, so that a report is the only right answer.
fn oracle(bytes: &[u8]) -> Option<Vec<(String, i64)>> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
    let header = reader.headers().ok()?.clone();
    let at = |name: &str| header.iter().position(|have| have == name);
    let (customer, stamp, amount) = (at("customer_id")?, at("ordered_at")?, at("amount")?);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.ok()?;
        day_of(record.get(stamp)?)?;
        let text = record.get(amount)?.trim();
        let (text, sign) =
            text.strip_prefix('-').map_or((text.strip_prefix('+').unwrap_or(text), 1), |text| (text, -1));
        let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i64>().ok())?;
        let scale = u32::try_from(cents.len()).ok().filter(|scale| *scale <= 6)?;
        let whole = if whole.is_empty() { "0" } else { whole };
        let micros = digits(whole)? * MICROS + digits(cents)? * 10_i64.pow(6 - scale);
        rows.push((record.get(customer)?.to_owned(), sign * micros));
    }
    Some(rows)
}

fn day_of(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"];
    formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok()).filter(|_| text.len() == 10)
}

/// A change of one place of a file.
#[derive(Clone, Debug)]
enum Mutation {
    Delete(usize, usize),
    Insert(usize, u8),
    Flip(usize, u8),
    Repeat(usize, usize),
    Truncate(usize),
}

fn mutated(good: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for mutation in mutations {
        let length = bytes.len();
        match *mutation {
            Mutation::Delete(at, count) => {
                let at = at % (length + 1);
                bytes.drain(at..(at + count).min(length));
            }
            Mutation::Insert(at, byte) => bytes.insert(at % (length + 1), byte),
            Mutation::Flip(at, with) if length > 0 => bytes[at % length] ^= with,
            Mutation::Repeat(at, count) => {
                let at = at % (length + 1);
                let copy = bytes[at..(at + count).min(length)].to_vec();
                bytes.splice(at..at, copy);
            }
            Mutation::Truncate(at) => bytes.truncate(at % (length + 1)),
            Mutation::Flip(..) => {}
        }
    }
    bytes
}

fn mutation() -> impl proptest::strategy::Strategy<Value = Mutation> {
    use proptest::prelude::*;
    let at = 0..400_usize;
    let byte =
        prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b';'), Just(0), Just(b'.'), any::<u8>()];
    prop_oneof![
        (at.clone(), 1..20_usize).prop_map(|(at, count)| Mutation::Delete(at, count)),
        (at.clone(), byte).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        (at.clone(), any::<u8>()).prop_map(|(at, with)| Mutation::Flip(at, with)),
        (at.clone(), 1..60_usize).prop_map(|(at, count)| Mutation::Repeat(at, count)),
        at.prop_map(Mutation::Truncate),
    ]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    /// However a good file is damaged: nothing panics, and either the rows are those that an independent reader sees, or
    /// something was reported.
    #[test]
    fn damage_is_reported_or_does_no_harm(mutations in proptest::collection::vec(mutation(), 1..4)) {
        const GOOD: &[u8] = b"order_id,customer_id,ordered_at,amount,note\n\
            1,A,2026-01-31,1234.5,\"x, \"\"y\"\"\"\n2,B,2026-02-01,7,\"two\nlines\"\n3,A,2026-02-02,0.25,\n4,B,2026-03-01,12.00,z\n";
        let bytes = mutated(GOOD, &mutations);
        if let Ok(rows) = Files::csv(&bytes).read(Table::Orders, &["amount"])
            && rows.intake.rows_quarantined == 0
            && rows.intake.warnings.is_empty()
        {
            let customers = rows.frame.column("customer").unwrap().u32().unwrap();
            let name = |number: Option<u32>| if number == Some(0) { "A".to_owned() } else { "B".to_owned() };
            let got: Vec<_> =
                customers.iter().zip(ints(&rows.frame, "amount")).map(|(c, amount)| (name(c), amount.unwrap())).collect();
            proptest::prop_assert!(rows.intake.rows_after_as_of == 0);
            proptest::prop_assert_eq!(Some(got), oracle(&bytes), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}
