//! The tables as they stand on disk, as far as they exist at the as-of day.

use std::collections::HashMap;
use std::path::Path;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::time::{Instant, day_of, midnight, parse};

/// Money in millionths.
pub(crate) type Micro = i128;

/// The state of a customer's attributes from an instant on.
pub(crate) struct Since {
    pub(crate) from: Instant,
    pub(crate) attributes: HashMap<String, String>,
}

pub(crate) struct Customer {
    pub(crate) signup: Instant,
    pub(crate) first_contact: Option<Instant>,
    pub(crate) history: Vec<Since>,
}

pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) customer: usize,
    pub(crate) start: Instant,
    pub(crate) end: Option<Instant>,
    pub(crate) mrr: Micro,
    pub(crate) plan: String,
    pub(crate) reason: String,
    pub(crate) renewal: Option<Instant>,
}

pub(crate) struct Order {
    pub(crate) customer: usize,
    pub(crate) at: Instant,
    pub(crate) amount: Micro,
}

pub(crate) struct Survey {
    pub(crate) row: usize,
    pub(crate) id: String,
    pub(crate) customer: usize,
    pub(crate) respondent: String,
    pub(crate) role: String,
    pub(crate) question: String,
    pub(crate) kind: String,
    pub(crate) touchpoint: String,
    pub(crate) score: Option<i64>,
    pub(crate) comment: String,
    pub(crate) lang: String,
    pub(crate) sent: Option<Instant>,
    pub(crate) answered: Option<Instant>,
}

pub(crate) struct Ticket {
    pub(crate) customer: usize,
    pub(crate) opened: Instant,
    pub(crate) first_response: Option<Instant>,
    pub(crate) resolved: Option<Instant>,
    pub(crate) contacts: i64,
    pub(crate) reopened: bool,
    pub(crate) channel: String,
    pub(crate) category: String,
}

pub(crate) struct Usage {
    pub(crate) customer: usize,
    pub(crate) day: NaiveDate,
    pub(crate) feature: String,
    pub(crate) events: i64,
}

pub(crate) struct Interaction {
    pub(crate) customer: usize,
    pub(crate) at: Instant,
    pub(crate) kind: String,
}

pub(crate) struct Cost {
    pub(crate) customer: Option<usize>,
    pub(crate) at: Instant,
    pub(crate) program: String,
    pub(crate) kind: String,
    pub(crate) amount: Micro,
}

pub(crate) struct Goal {
    pub(crate) id: String,
    pub(crate) customer: usize,
    pub(crate) stakeholder: String,
    pub(crate) target: f64,
    pub(crate) achieved: Option<f64>,
    pub(crate) down: bool,
    pub(crate) weight: f64,
    pub(crate) expected: Option<f64>,
    pub(crate) perceived: Option<f64>,
    pub(crate) at: Instant,
}

pub(crate) struct Onboarding {
    pub(crate) customer: usize,
    pub(crate) completed: Option<Instant>,
    pub(crate) first_value: Option<Instant>,
}

pub(crate) struct Lead {
    pub(crate) created: Instant,
    pub(crate) converted: Option<Instant>,
    pub(crate) source: String,
}

pub(crate) struct Staff {
    pub(crate) hired: Instant,
    pub(crate) left: Option<Instant>,
    pub(crate) team: String,
}

/// Everything that exists at the as-of day.
#[derive(Default)]
pub(crate) struct Data {
    pub(crate) customers: Vec<Customer>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) orders: Vec<Order>,
    pub(crate) surveys: Vec<Survey>,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) usage: Vec<Usage>,
    pub(crate) interactions: Vec<Interaction>,
    pub(crate) costs: Vec<Cost>,
    pub(crate) goals: Vec<Goal>,
    pub(crate) onboarding: Vec<Onboarding>,
    pub(crate) leads: Vec<Lead>,
    pub(crate) staff: Vec<Staff>,
}

/// A row's cells by their column's name.
struct Row<'a> {
    cells: HashMap<&'a str, String>,
    zone: Tz,
}

impl Row<'_> {
    fn text(&self, column: &str) -> String {
        self.cells.get(column).cloned().unwrap_or_default()
    }

    fn moment(&self, column: &str) -> Option<Instant> {
        parse(self.zone, &self.text(column))
    }

    /// The moment of what follows another: the bare day of the other's time counts at that time.
    fn following(&self, column: &str, first: Option<Instant>, as_of: Instant) -> Option<Instant> {
        let at = self.moment(column)?;
        let begins_the_day = |first: &Instant| at < *first && at == midnight(self.zone, day_of(self.zone, *first));
        Some(first.filter(begins_the_day).unwrap_or(at)).filter(|at| *at < as_of)
    }

    /// What has not happened yet at `as_of` is not known.
    fn happened(&self, column: &str, as_of: Instant) -> Option<Instant> {
        self.moment(column).filter(|at| *at < as_of)
    }

    fn number(&self, column: &str) -> Option<f64> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.parse().unwrap())
    }

    fn whole(&self, column: &str) -> Option<i64> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.parse().unwrap())
    }

    /// Decimal text to millionths, digit by digit.
    fn money(&self, column: &str) -> Micro {
        let text = self.text(column);
        let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction: Micro = format!("{fraction:0<6}").parse().unwrap();
        sign * (whole.parse::<Micro>().unwrap() * 1_000_000 + fraction)
    }
}

/// Where the tables are, and up to when they are known.
#[derive(Clone, Copy)]
struct Source<'a> {
    folder: &'a Path,
    zone: Tz,
    as_of: NaiveDate,
    now: Instant,
}

impl Source<'_> {
    /// Every row of a table, if there is one.
    fn rows(self, table: &str, mut each: impl FnMut(usize, Row<'_>)) {
        let path = self.folder.join("data").join(format!("{table}.csv"));
        if !path.exists() {
            return;
        }
        let mut reader = csv::Reader::from_path(path).unwrap();
        let header = reader.headers().unwrap().clone();
        for (number, record) in reader.records().enumerate() {
            let record = record.unwrap();
            let cells = header.iter().zip(record.iter()).map(|(name, cell)| (name, cell.to_owned())).collect();
            each(number, Row { cells, zone: self.zone });
        }
    }
}

/// Id → number.
type Index = HashMap<String, usize>;

/// Reads a world's tables.
pub(crate) fn read(folder: &Path, zone: Tz, as_of: NaiveDate) -> Data {
    let from = Source { folder, zone, as_of, now: midnight(zone, as_of) };
    let mut data = Data::default();
    let index = read_customers(from, &mut data);
    read_doings(from, &index, &mut data);
    read_team(from, &index, &mut data);
    data
}

fn read_customers(from: Source<'_>, data: &mut Data) -> Index {
    let mut index = Index::new();
    from.rows("customers", |_, row| {
        let since = row.moment("valid_from").unwrap_or(i64::MIN);
        if since >= from.now {
            return;
        }
        let at = *index.entry(row.text("customer_id")).or_insert_with(|| {
            data.customers.push(Customer { signup: i64::MAX, first_contact: None, history: Vec::new() });
            data.customers.len() - 1
        });
        let customer = &mut data.customers[at];
        customer.signup = customer.signup.min(row.moment("signup_date").unwrap());
        let contact = row.moment("first_contact_date");
        customer.first_contact = [customer.first_contact, contact].into_iter().flatten().min();
        let attributes = ["region", "plan"].iter().map(|name| ((*name).to_owned(), row.text(name))).collect();
        customer.history.push(Since { from: since, attributes });
    });
    for customer in &mut data.customers {
        customer.history.sort_by_key(|since| since.from);
    }
    index
}

/// What customers do.
fn read_doings(from: Source<'_>, index: &Index, data: &mut Data) {
    from.rows("subscriptions", |_, row| {
        let Some(start) = row.happened("start_date", from.now) else { return };
        data.subscriptions.push(Subscription {
            id: row.text("subscription_id"),
            customer: index[&row.text("customer_id")],
            start,
            end: row.following("end_date", Some(start), from.now),
            mrr: row.money("mrr"),
            plan: row.text("plan"),
            reason: row.text("cancel_reason"),
            renewal: row.moment("renewal_date"),
        });
    });
    from.rows("orders", |_, row| {
        let Some(at) = row.happened("ordered_at", from.now) else { return };
        data.orders.push(Order { customer: index[&row.text("customer_id")], at, amount: row.money("amount") });
    });
    from.rows("surveys", |number, row| {
        let sent = row.moment("sent_at");
        if sent.is_some_and(|at| at >= from.now) {
            return;
        }
        let answered = row.following("responded_at", sent, from.now);
        data.surveys.push(Survey {
            row: number,
            id: row.text("response_id"),
            customer: index[&row.text("customer_id")],
            respondent: row.text("respondent_id"),
            role: row.text("respondent_role"),
            question: row.text("survey"),
            kind: row.text("kind"),
            touchpoint: row.text("touchpoint"),
            score: row.whole("score").filter(|_| answered.is_some()),
            comment: row.text("comment"),
            lang: row.text("lang"),
            sent,
            answered,
        });
    });
    from.rows("tickets", |_, row| {
        let Some(opened) = row.happened("opened_at", from.now) else { return };
        data.tickets.push(Ticket {
            customer: index[&row.text("customer_id")],
            opened,
            first_response: row.following("first_response_at", Some(opened), from.now),
            resolved: row.following("resolved_at", Some(opened), from.now),
            contacts: row.whole("contacts").unwrap(),
            reopened: row.text("reopened") == "yes",
            channel: row.text("channel"),
            category: row.text("category"),
        });
    });
    from.rows("usage", |_, row| {
        let day: NaiveDate = row.text("date").parse().unwrap();
        if day >= from.as_of {
            return;
        }
        let (customer, feature) = (index[&row.text("customer_id")], row.text("feature"));
        data.usage.push(Usage { customer, day, feature, events: row.whole("events").unwrap() });
    });
    from.rows("interactions", |_, row| {
        let Some(at) = row.happened("at", from.now) else { return };
        data.interactions.push(Interaction { customer: index[&row.text("customer_id")], at, kind: row.text("kind") });
    });
}

/// What is done for them, and by whom; and leads.
fn read_team(from: Source<'_>, index: &Index, data: &mut Data) {
    from.rows("retention_costs", |_, row| {
        let Some(at) = row.happened("date", from.now) else { return };
        data.costs.push(Cost {
            customer: index.get(&row.text("customer_id")).copied(),
            at,
            program: row.text("program"),
            kind: row.text("kind"),
            amount: row.money("amount"),
        });
    });
    from.rows("goals", |_, row| {
        let Some(at) = row.happened("assessed_at", from.now) else { return };
        data.goals.push(Goal {
            id: row.text("goal_id"),
            customer: index[&row.text("customer_id")],
            stakeholder: row.text("stakeholder"),
            target: row.number("target").unwrap(),
            achieved: row.number("achieved"),
            down: row.text("direction") == "down",
            weight: row.number("weight").unwrap_or(1.0),
            expected: row.number("expected_rating"),
            perceived: row.number("perceived_rating"),
            at,
        });
    });
    from.rows("onboarding", |_, row| {
        let started = row.moment("started_at");
        if started.is_some_and(|at| at >= from.now) {
            return;
        }
        data.onboarding.push(Onboarding {
            customer: index[&row.text("customer_id")],
            completed: row.following("completed_at", started, from.now),
            first_value: row.following("first_value_at", started, from.now),
        });
    });
    from.rows("leads", |_, row| {
        let Some(created) = row.happened("created_at", from.now) else { return };
        data.leads.push(Lead {
            created,
            converted: row.following("converted_at", Some(created), from.now),
            source: row.text("source"),
        });
    });
    from.rows("staff", |_, row| {
        let Some(hired) = row.happened("hired_at", from.now) else { return };
        let left = row.following("left_at", Some(hired), from.now);
        data.staff.push(Staff { hired, left, team: row.text("team") });
    });
}
