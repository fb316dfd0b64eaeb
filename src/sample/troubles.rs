//! One of every trouble that real exports have, added to the sample without touching a true figure.

use std::io;

use chrono::{Duration, NaiveTime};

use super::activity::Scene;
use super::files::Csv;
use super::life::Life;

/// The fewest customers that can carry all troubles and stay under 1 % of bad rows in every table.
pub(super) const FEWEST_CUSTOMERS: u32 = 300;

/// The customer whose first ticket arrives late, and the one that writes on two lines.
const LATE: u32 = 180;
const TWO_LINES: u32 = 190;

/// Where a trouble is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// File in the sample's folder.
    pub file: &'static str,
    /// Line on which the row starts, from 1; the header is line 1.
    pub line: usize,
    /// What is wrong or odd.
    pub what: &'static str,
}

/// Troubles put in so far.
#[derive(Default)]
pub(super) struct Troubles {
    pub(super) found: Vec<Trouble>,
    held: Option<[String; 9]>,
    has_broken_line: bool,
}

impl Troubles {
    fn note(&mut self, table: Csv, line: usize, what: &'static str) {
        self.found.push(Trouble { file: table.name(), line, what });
    }

    /// A customer's name: hostile for a few.
    pub(super) fn name(&mut self, life: &Life, at_line: usize) -> String {
        let (name, what) = match life.number {
            150 => ("<script>alert('x')</script> Comércio Ltda.", "a name that is HTML"),
            160 => ("=HYPERLINK(\"http://farol.invalid/\";\"Abrir\")", "a name that is a spreadsheet formula"),
            170 => ("\"Aspas\" & Cia; Irmãos Ltda.", "a name with quotes, an ampersand and the delimiter"),
            200 => ("INDÚSTRIA DE CAFÉ E AÇÚCAR SÃO JOÃO LTDA", "a name in capitals with accents"),
            _ => return life.name.clone(),
        };
        self.note(Csv::Customers, at_line, what);
        name.to_owned()
    }

    /// Keeps the first ticket of one customer back; true if this one is it.
    pub(super) fn hold(&mut self, life: &Life, cells: &[String; 9]) -> bool {
        let is_it = life.number == LATE && self.held.is_none();
        if is_it {
            self.held = Some(cells.clone());
        }
        is_it
    }

    /// Breaks the line in the first comment from a certain customer on.
    pub(super) fn break_line(&mut self, life: &Life, words: &mut String, at_line: usize) {
        if life.number >= TWO_LINES && !self.has_broken_line {
            self.has_broken_line = true;
            words.push_str("\n\"Obrigado\", a equipe");
            self.note(Csv::Surveys, at_line, "a comment with a line break and quotes");
        }
    }
}

impl Scene<'_> {
    /// Adds the bad rows at the ends of the files; `customer` is active at the end of the data.
    pub(super) fn play_troubles(&mut self, customer: &str) -> io::Result<()> {
        let Some(mut troubles) = self.troubles.take() else { return Ok(()) };
        let end = self.span.end();
        let at = |days: i64, hour: u32| {
            (end + Duration::days(days)).and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN))
        };
        let day = |days: i64| (end + Duration::days(days)).to_string();
        if let Some(late) = troubles.held.take() {
            let line = self.files.row(Csv::Tickets, &late.each_ref().map(String::as_str))?;
            troubles.note(Csv::Tickets, line, "a late row: good, but it belongs much further up");
        }
        let mut duplicate = self.files.last(Csv::Tickets);
        if let Some(contacts) = duplicate.get_mut(5) {
            "9".clone_into(contacts);
        }
        let mut bad = |files: &mut super::files::Files, table, cells: &[&str], what| -> io::Result<()> {
            let line = files.row(table, cells)?;
            troubles.note(table, line, what);
            Ok(())
        };
        let files = &mut self.files;
        let texts: Vec<&str> = duplicate.iter().map(String::as_str).collect();
        bad(files, Csv::Tickets, &texts, "the key of the row before with other values")?;
        let again = files.last(Csv::Interactions);
        let texts: Vec<&str> = again.iter().map(String::as_str).collect();
        bad(files, Csv::Interactions, &texts, "the row before once more")?;
        let noon = files.stamp(at(-10, 12));
        let eleven = files.stamp(at(-10, 11));
        let future = files.stamp(at(120, 12));
        bad(files, Csv::Interactions, &["", &noon, "call"], "no customer")?;
        let who = [customer, &format!("{customer}.1")];
        bad(
            files,
            Csv::Surveys,
            &["R900001", who[0], who[1], "user", "nps", "relational", "relationship", "11", "", "", &eleven, &noon],
            "a score of 11",
        )?;
        bad(
            files,
            Csv::Surveys,
            &["R900002", who[0], who[1], "user", "csat", "transactional", "support", "9", "", "", &noon, &eleven],
            "answered before it was sent",
        )?;
        bad(
            files,
            Csv::Surveys,
            &[
                "R900003",
                "C99999X",
                "C99999X.1",
                "user",
                "csat",
                "transactional",
                "support",
                "8",
                "",
                "",
                &eleven,
                &noon,
            ],
            "a customer who does not exist",
        )?;
        let (from, until) = (day(-200), day(-210));
        bad(
            files,
            Csv::Subscriptions,
            &["S900001", customer, &from, &until, "990.00", "Pro", "price", "", "BRL"],
            "ends before it starts",
        )?;
        bad(
            files,
            Csv::Subscriptions,
            &["S900002", customer, &from, "", "-490.00", "Starter", "", "", "BRL"],
            "a negative MRR",
        )?;
        bad(files, Csv::Orders, &["O900001", customer, &future, "250.00", "BRL"], "a date in the future")?;
        bad(
            files,
            Csv::Orders,
            &["O900002", customer, &noon, "R$ 1.234,56", "BRL"],
            "money with a sign, a thousands point and a decimal comma, unlike the rest of the column",
        )?;
        let line = files.next_line(Csv::Customers);
        files.raw(Csv::Customers, b"\n\n   \n")?;
        troubles.note(Csv::Customers, line, "three blank lines at the end");
        self.troubles = Some(troubles);
        Ok(())
    }
}
