//! The files of a sample, written row by row as customers are invented, whatever their number.
//!
//! Knows formats: CSV in two dialects, Parquet; nothing of the company.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use polars::prelude::{Column, DataFrame, DataType, Field, ParquetCompression, ParquetWriter, PolarsError, Schema};

use crate::calendar::Calendar;

/// Usage rows held per year before they go to disk.
const USAGE_BATCH: usize = 262_144;

/// Columns of each CSV file, in the order of [`Csv`].
const HEADERS: [(&str, &str); 11] = [
    ("clientes.csv", "id_cliente;nome;data_entrada;primeiro_contato;regiao;porte"),
    (
        "subscriptions.csv",
        "subscription_id,customer_id,start_date,end_date,mrr,plan,cancel_reason,renewal_date,currency",
    ),
    ("orders.csv", "order_id,customer_id,ordered_at,amount,currency"),
    (
        "surveys.csv",
        "response_id,customer_id,respondent_id,respondent_role,survey,kind,touchpoint,score,comment,lang,sent_at,responded_at",
    ),
    ("tickets.csv", "ticket_id,customer_id,opened_at,first_response_at,resolved_at,contacts,reopened,channel,category"),
    ("interactions.csv", "customer_id,at,kind"),
    ("retention_costs.csv", "cost_id,customer_id,date,program,kind,amount"),
    (
        "goals.csv",
        "goal_id,customer_id,stakeholder,promise,target,achieved,direction,weight,expected_rating,perceived_rating,assessed_at",
    ),
    ("onboarding.csv", "customer_id,started_at,completed_at,first_value_at"),
    ("leads.csv", "lead_id,created_at,converted_at,customer_id,source,region"),
    ("staff.csv", "employee_id,hired_at,left_at,team"),
];

/// A CSV file of the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Csv {
    Customers,
    Subscriptions,
    Orders,
    Surveys,
    Tickets,
    Interactions,
    RetentionCosts,
    Goals,
    Onboarding,
    Leads,
    Staff,
}

impl Csv {
    /// Its file name.
    pub(super) fn name(self) -> &'static str {
        HEADERS[self as usize].0
    }
}

/// One open CSV file.
struct Open {
    writer: csv::Writer<BufWriter<File>>,
    /// Written in windows-1252, not UTF-8.
    is_latin: bool,
    /// Line on which the next row starts, from 1.
    next_line: usize,
    rows: usize,
    /// The last row, for troubles that repeat it.
    last: Vec<String>,
}

/// The usage rows of one year that are not on disk yet, and the file they go to.
struct Year {
    writer: polars::io::parquet::write::BatchedWriter<BufWriter<File>>,
    customers: Vec<String>,
    days: Vec<i32>,
    features: Vec<&'static str>,
    events: Vec<i64>,
    users: Vec<i64>,
    rows: usize,
}

/// All files of a sample.
pub(super) struct Files {
    folder: PathBuf,
    calendar: Calendar,
    csv: Vec<Open>,
    usage: BTreeMap<i32, Year>,
}

impl Files {
    /// Creates the CSV files with their headers in a folder.
    pub(super) fn create(folder: &Path, calendar: Calendar) -> io::Result<Self> {
        std::fs::create_dir_all(folder.join("usage"))?;
        let mut csv = Vec::new();
        for (name, header) in HEADERS {
            let is_latin = name == Csv::Customers.name();
            let delimiter = if is_latin { b';' } else { b',' };
            let file = BufWriter::new(File::create(folder.join(name))?);
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(file);
            writer.write_record(header.split(char::from(delimiter)))?;
            csv.push(Open { writer, is_latin, next_line: 2, rows: 0, last: Vec::new() });
        }
        Ok(Self { folder: folder.to_path_buf(), calendar, csv, usage: BTreeMap::new() })
    }

    /// Writes one row; returns the line it starts on.
    pub(super) fn row(&mut self, table: Csv, cells: &[&str]) -> io::Result<usize> {
        let open = &mut self.csv[table as usize];
        if open.is_latin {
            let encoded = cells.iter().map(|cell| encoding_rs::WINDOWS_1252.encode(cell).0);
            open.writer.write_record(encoded)?;
        } else {
            open.writer.write_record(cells)?;
        }
        open.rows += 1;
        open.last = cells.iter().map(|&cell| cell.to_owned()).collect();
        let line = open.next_line;
        open.next_line += 1 + cells.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        Ok(line)
    }

    /// The last row of a table.
    pub(super) fn last(&self, table: Csv) -> Vec<String> {
        self.csv[table as usize].last.clone()
    }

    /// The line on which the next row starts.
    pub(super) fn next_line(&self, table: Csv) -> usize {
        self.csv[table as usize].next_line
    }

    /// Adds one usage row.
    pub(super) fn usage(
        &mut self,
        customer: &str,
        day: NaiveDate,
        feature: &'static str,
        (events, users): (i64, i64),
    ) -> io::Result<()> {
        if !self.usage.contains_key(&day.year()) {
            let file = File::create(self.folder.join("usage").join(format!("{:04}.parquet", day.year())))?;
            self.usage.insert(day.year(), Year::create(file)?);
        }
        let Some(year) = self.usage.get_mut(&day.year()) else { return Ok(()) };
        year.customers.push(customer.to_owned());
        year.days.push(i32::try_from((day - NaiveDate::default()).num_days()).unwrap_or_default());
        year.features.push(feature);
        year.events.push(events);
        year.users.push(users);
        year.rows += 1;
        if year.days.len() >= USAGE_BATCH { year.flush() } else { Ok(()) }
    }

    /// Appends bytes that are no row.
    pub(super) fn raw(&mut self, table: Csv, bytes: &[u8]) -> io::Result<()> {
        let open = &mut self.csv[table as usize];
        open.writer.flush()?;
        open.writer.get_ref().get_ref().write_all(bytes)
    }

    /// Ends every file; returns names and rows, in the order of the tables.
    pub(super) fn finish(mut self) -> io::Result<Vec<(String, usize)>> {
        let mut rows = Vec::new();
        for (open, (name, _)) in self.csv.iter_mut().zip(HEADERS) {
            open.writer.flush()?;
            open.writer.get_ref().get_ref().sync_all()?;
            rows.push((name.to_owned(), open.rows));
        }
        for (number, year) in &mut self.usage {
            year.flush()?;
            year.writer.finish().map_err(into_io)?;
            rows.push((format!("usage/{number:04}.parquet"), year.rows));
        }
        Ok(rows)
    }

    /// A local date and time as text: RFC 3339 with the offset of the company's zone.
    pub(super) fn stamp(&self, local: NaiveDateTime) -> String {
        let instant = self.calendar.moment(local);
        let utc = DateTime::from_timestamp_micros(instant.0).unwrap_or_default();
        utc.with_timezone(&self.calendar.zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// A perhaps missing one.
    pub(super) fn stamp_or_empty(&self, local: Option<NaiveDateTime>) -> String {
        local.map(|local| self.stamp(local)).unwrap_or_default()
    }
}

impl Year {
    fn create(file: File) -> io::Result<Self> {
        let schema = Schema::from_iter([
            Field::new("customer_id".into(), DataType::String),
            Field::new("date".into(), DataType::Date),
            Field::new("feature".into(), DataType::String),
            Field::new("events".into(), DataType::Int64),
            Field::new("users".into(), DataType::Int64),
        ]);
        let writer = ParquetWriter::new(BufWriter::new(file))
            .with_compression(ParquetCompression::Zstd(None))
            .batched(&schema)
            .map_err(into_io)?;
        Ok(Self {
            writer,
            customers: Vec::new(),
            days: Vec::new(),
            features: Vec::new(),
            events: Vec::new(),
            users: Vec::new(),
            rows: 0,
        })
    }

    /// Writes what is held as one row group.
    fn flush(&mut self) -> io::Result<()> {
        if self.days.is_empty() {
            return Ok(());
        }
        let days = Column::new("date".into(), std::mem::take(&mut self.days));
        let columns = vec![
            Column::new("customer_id".into(), std::mem::take(&mut self.customers)),
            days.cast(&DataType::Date).map_err(into_io)?,
            Column::new("feature".into(), std::mem::take(&mut self.features)),
            Column::new("events".into(), std::mem::take(&mut self.events)),
            Column::new("users".into(), std::mem::take(&mut self.users)),
        ];
        let frame = DataFrame::new_infer_height(columns).map_err(into_io)?;
        self.writer.write_batch(&frame).map_err(into_io)
    }
}

/// Of polars' errors only those of the disk can happen here.
fn into_io(error: PolarsError) -> io::Error {
    match error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
        other => io::Error::other(other.to_string()),
    }
}

/// Cents as `1234.56`.
pub(super) fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}
