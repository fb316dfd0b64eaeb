//! Building the panel from the tables' frames.
//!
//! Takes each frame once; what is not configured stays `None`.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use crate::calendar::{Calendar, Moment, Period, window_months};
use crate::config::LifetimeMethod;
use crate::error::Result;
use crate::panel::activity::{Activity, PlanRow, Subscription, plan_history};
use crate::panel::answers::{Answers, Survey};
use crate::panel::comments::{Comments, Dictionary, Names};
use crate::panel::customers::{all_names, customer_attributes, earliest, names};
use crate::panel::records::{self, Assessment, Cost, Interaction, Onboarding, Order, Stay, SubscriptionRow, Ticket};
use crate::panel::request::Request;
use crate::panel::segments::{AttributeValues, History, RowDimension, RowValues, Segments};
use crate::panel::signals::{ByCustomer, Measure, Sources};
use crate::panel::usage::UsageGrid;
use crate::panel::{Timeline, frame, side_by_side};
use crate::tables::CustomerIndex;
use crate::tables::schema::Table;

/// The frames, customers already resolved.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    /// The `customers` frame.
    pub customers: &'a DataFrame,
    /// Number of each customer id.
    pub index: &'a CustomerIndex,
    /// The other tables but usage.
    pub tables: &'a BTreeMap<Table, DataFrame>,
}

/// One row per customer and period: everything that is added up later.
#[derive(Clone, Debug)]
pub struct Panel<'a> {
    /// The company's calendar.
    pub calendar: Calendar,
    /// What is stamped at or after it has not happened.
    pub as_of: Moment,
    /// The periods.
    pub timeline: Timeline,
    /// How many customers.
    pub customer_count: u32,
    /// Customer → id.
    index: &'a CustomerIndex,
    /// Customer → name, where there is one.
    pub names: Vec<Option<&'a str>>,
    /// Customer → when it signed up: the earliest of its rows.
    pub signups: Vec<Option<i64>>,
    /// Customer → first contact: the earliest known of its rows.
    pub first_contacts: Vec<Option<i64>>,
    /// Customer → cells.
    pub segments: Segments,
    /// The same cells for the months of the churn window, where lifetime is 1 / churn.
    pub churn_window: Option<(Timeline, Segments)>,
    /// Cells of the periods in which answers alone are wanted.
    pub answer_cells: Option<(Timeline, Segments)>,
    /// Revenue and lifetimes; `None` without subscriptions and orders.
    pub activity: Option<Activity>,
    /// Subscriptions, by start.
    pub subscriptions: Option<ByCustomer<SubscriptionRow<'a>>>,
    /// Survey rows.
    pub answers: Option<Answers>,
    /// What they say in words, where somebody asks for it.
    pub comments: Option<Comments>,
    /// Tickets.
    pub tickets: Option<Vec<Ticket>>,
    /// Orders.
    pub orders: Option<ByCustomer<Order>>,
    /// Goal assessments.
    pub assessments: Option<Vec<Assessment>>,
    /// Customer → its on-boarding.
    pub onboarding: Option<Vec<Onboarding>>,
    /// Retention spend.
    pub costs: Option<Vec<Cost>>,
    /// Leads.
    pub leads: Option<Vec<Stay>>,
    /// Staff.
    pub staff: Option<Vec<Stay>>,
    /// What signals are measured from; also holds usage.
    pub sources: Sources<'a>,
}

impl<'a> Panel<'a> {
    /// Reads every frame once and places every customer; [`Self::take_usage`] adds the rest.
    ///
    /// # Errors
    /// A frame whose columns are not of their contract's types.
    pub fn build(frames: Frames<'a>, request: &Request<'_>) -> Result<Self> {
        let tables = frames.tables;
        let count = frames.index.len();
        let timeline = Timeline::new(request.periods, &request.calendar);
        // The answers take as long as the customers' places and the tickets together.
        let answers = || {
            let nps = &request.choices.nps;
            let answers = tables.get(&Table::Surveys).map(|rows| Answers::read(rows, nps)).transpose()?;
            let comments = answers.as_ref().and_then(|answers| comments(&frames, request, &timeline, answers));
            Ok((answers, comments.transpose()?))
        };
        let placed = || {
            let placed = Placed::of(&frames, request, &timeline)?;
            Ok((placed, tables.get(&Table::Tickets).map(records::tickets).transpose()?))
        };
        let (placed, answers) = side_by_side(placed, answers);
        let (placed, tickets) = placed?;
        let Placed { subscriptions, orders, segments, churn_window, answer_cells, activity } = placed;
        let (answers, comments) = answers?;
        let assessments = tables.get(&Table::Goals).map(records::assessments).transpose()?;
        let interactions = tables.get(&Table::Interactions).map(records::interactions).transpose()?;
        let sources = sources(
            request,
            count,
            &SourceRecords { answers: &answers, tickets: &tickets, assessments: &assessments, interactions },
        );
        Ok(Self {
            calendar: request.calendar,
            as_of: request.as_of,
            timeline,
            customer_count: u32::try_from(count).unwrap_or(u32::MAX),
            index: frames.index,
            names: names(frames.customers, frames.index)?,
            signups: earliest(frames.customers, frames.index, "signup_date")?,
            first_contacts: earliest(frames.customers, frames.index, "first_contact_date")?,
            segments,
            churn_window,
            answer_cells,
            activity,
            subscriptions: subscriptions.map(|rows| {
                ByCustomer::new(
                    count,
                    rows.into_iter().map(|row| (row.subscription.customer, row.subscription.start, row)),
                )
            }),
            answers,
            comments,
            tickets,
            orders: orders.map(|rows| ByCustomer::new(count, rows.into_iter().map(|row| (row.customer, row.at, row)))),
            assessments,
            onboarding: tables.get(&Table::Onboarding).map(|rows| records::onboarding(rows, count)).transpose()?,
            costs: tables.get(&Table::RetentionCosts).map(records::costs).transpose()?,
            leads: tables
                .get(&Table::Leads)
                .map(|rows| records::stays(rows, "created_at", "converted_at"))
                .transpose()?,
            staff: tables.get(&Table::Staff).map(|rows| records::stays(rows, "hired_at", "left_at")).transpose()?,
            sources,
        })
    }

    /// Adds usage, and how many distinct features it knows: the great table takes longest, and nothing else waits for it.
    pub fn take_usage(&mut self, usage: &'a UsageGrid, features: u32) {
        self.sources.usage = Some((usage, features));
    }

    /// A customer's id.
    pub fn id(&self, customer: u32) -> &str {
        self.index.id(customer)
    }

    /// The row of the subscription of a customer that ended last by an instant: of several the one that paid most, then
    /// the one whose id, reason and attribute sort last, so that the order of the rows says nothing.
    pub fn last_ended_row(&self, customer: u32, at: i64) -> Option<u32> {
        let rows = self.subscriptions.as_ref()?.of(customer).iter().map(|(_, row)| row);
        // One that ends where it starts was never active: nobody left when it ended.
        let was_active = |row: &Subscription| row.mrr > 0 && row.start < row.end;
        let ended = rows.filter(|row| row.subscription.end <= at && was_active(&row.subscription));
        let rank = |row: &&SubscriptionRow<'a>| {
            let of = row.subscription;
            (of.end, of.mrr, row.tie, row.attribute, row.row)
        };
        ended.max_by_key(rank).map(|row| row.row)
    }

    /// Measures signals; `None` without activity.
    pub fn measure(&self) -> Option<Measure<'_>> {
        Some(Measure {
            sources: &self.sources,
            subscriptions: self.subscriptions.as_ref(),
            activity: self.activity.as_ref()?,
            calendar: self.calendar,
        })
    }
}

/// Where every customer stands: its segments, revenue and lifetime.
struct Placed<'a> {
    subscriptions: Option<Vec<SubscriptionRow<'a>>>,
    orders: Option<Vec<Order>>,
    segments: Segments,
    churn_window: Option<(Timeline, Segments)>,
    answer_cells: Option<(Timeline, Segments)>,
    activity: Option<Activity>,
}

impl<'a> Placed<'a> {
    fn of(frames: &Frames<'a>, request: &Request<'_>, timeline: &Timeline) -> Result<Self> {
        let count = frames.index.len();
        let (plan_attribute, plan_column) = subscription_attribute(request.attributes);
        let subscriptions = frames
            .tables
            .get(&Table::Subscriptions)
            .map(|rows| records::subscriptions(rows, plan_column))
            .transpose()?;
        let orders = frames.tables.get(&Table::Orders).map(records::orders).transpose()?;
        let of_answers = request.answer_cells.map_or(&[][..], |cells| cells.dimensions);
        let dimensions = [request.dimensions, of_answers].concat();
        let mut attributes = customer_attributes(frames.customers, frames.index, &dimensions)?;
        if let (Some(name), Some(rows)) = (plan_attribute, &subscriptions) {
            attributes.insert(name.to_owned(), AttributeValues::Changing(history_of(count, rows)));
        }
        let mut segments = Segments::new(count, request.dimensions, &attributes, &timeline.spans);
        segments.cut_rows(row_values(frames, request)?, request.scopes);
        let churn_window = (request.choices.lifetime.method == LifetimeMethod::InverseChurn).then(|| {
            let months: Vec<Period> = request.periods.iter().flat_map(|period| window_months(period, 12)).collect();
            let months = Timeline::new(&months, &request.calendar);
            let segments = Segments::new(count, request.dimensions, &attributes, &months.spans);
            (months, segments)
        });
        let answer_cells = request.answer_cells.map(|cells| -> Result<_> {
            let timeline = Timeline::new(cells.periods, &request.calendar);
            let mut segments = Segments::of_flows(count, cells.dimensions, &attributes, &timeline.spans);
            segments.cut_rows(row_values(frames, request)?, cells.scopes);
            Ok((timeline, segments))
        });
        let answer_cells = answer_cells.transpose()?;
        let activity = activity(count, subscriptions.as_deref(), orders.as_deref(), request, timeline);
        Ok(Self { subscriptions, orders, segments, churn_window, answer_cells, activity })
    }
}

/// The value of each row by each row dimension.
fn row_values<'a>(frames: &Frames<'a>, request: &Request<'_>) -> Result<Vec<RowValues<'a>>> {
    let of = |dimension: &RowDimension| {
        let rows = frames.tables.get(&dimension.table)?;
        let coded = frame::coded(rows, &dimension.column);
        Some(coded.map(|(codes, values)| RowValues { dimension: dimension.clone(), codes, values }))
    };
    request.row_dimensions.iter().filter_map(of).collect()
}

/// The attribute that lives in subscriptions, and its column. Only one table and one such attribute make sense: the
/// value of the largest active row.
fn subscription_attribute(attributes: &BTreeMap<String, String>) -> (Option<&str>, &str) {
    attributes
        .iter()
        .find_map(|(name, place)| place.strip_prefix("subscriptions.").map(|column| (Some(name.as_str()), column)))
        .unwrap_or((None, "plan"))
}

fn history_of(count: usize, rows: &[SubscriptionRow<'_>]) -> Vec<History> {
    let rows: Vec<PlanRow<'_>> =
        rows.iter().map(|row| PlanRow { subscription: row.subscription, plan: row.attribute }).collect();
    plan_history(count, &rows)
}

fn activity(
    count: usize,
    subscriptions: Option<&[SubscriptionRow<'_>]>,
    orders: Option<&[Order]>,
    request: &Request<'_>,
    timeline: &Timeline,
) -> Option<Activity> {
    let instants = request.instants(timeline);
    if let Some(rows) = subscriptions {
        let rows: Vec<_> = rows.iter().map(|row| row.subscription).collect();
        return Some(Activity::from_subscriptions(count, &rows, instants));
    }
    let orders: Vec<(u32, i64)> =
        orders?.iter().filter(|order| !order.is_refund()).map(|order| (order.customer, order.at)).collect();
    let (calendar, window) = (request.calendar, request.choices.active_window_days);
    let until = |at| calendar.days_later(Moment(at), window).0;
    Some(Activity::from_orders(count, &orders, until, instants))
}

struct SourceRecords<'a, 'r> {
    answers: &'r Option<Answers>,
    tickets: &'r Option<Vec<Ticket>>,
    assessments: &'r Option<Vec<Assessment>>,
    interactions: Option<Vec<Interaction<'a>>>,
}

fn sources<'a>(request: &Request<'_>, count: usize, records: &SourceRecords<'a, '_>) -> Sources<'a> {
    if !request.wants_scores {
        return Sources::default();
    }
    let answers = |survey| records.answers.as_ref().map(|answers| Sources::answers(count, &answers.rows, survey));
    Sources {
        nps: answers(Survey::Nps),
        csat: answers(Survey::Csat),
        tickets: records
            .tickets
            .as_ref()
            .map(|rows| ByCustomer::new(count, rows.iter().map(|row| (row.customer, row.opened_at, *row)))),
        interactions: records
            .interactions
            .as_ref()
            .map(|rows| ByCustomer::new(count, rows.iter().map(|row| (row.customer, row.at, *row)))),
        assessments: records
            .assessments
            .as_ref()
            .map(|rows| ByCustomer::new(count, rows.iter().map(|row| (row.customer, row.at, *row)))),
        usage: None,
    }
}

/// The comments of the answers, if they are wanted and there are any.
fn comments(
    frames: &Frames<'_>,
    request: &Request<'_>,
    timeline: &Timeline,
    answers: &Answers,
) -> Option<Result<Comments>> {
    let surveys = frames.tables.get(&Table::Surveys)?;
    let wanted = request.comments;
    if !wanted.any() || !frame::has(surveys, "comment") {
        return None;
    }
    let read = || {
        let names = if wanted.terms { all_names(frames.customers, frames.index)? } else { Names::default() };
        let dictionary = Dictionary::new(&request.choices.themes);
        Comments::read(surveys, answers, timeline, &dictionary, &names, wanted)
    };
    Some(read())
}
