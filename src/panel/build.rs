//! Building the panel from the tables' frames.
//!
//! Takes each frame once; what is not configured stays `None`.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::DataFrame;

use crate::calendar::{Calendar, Moment, Period};
use crate::config::{Choices, Component, Dimension, LifetimeMethod, Signal, ValueSource};
use crate::error::Result;
use crate::panel::activity::{Activity, PlanRow, Subscription, plan_history};
use crate::panel::comments::{Comments, CommentsWanted, Dictionary, Names};
use crate::panel::records::{
    self, Answers, Assessment, Cost, Interaction, Onboarding, Order, Stay, SubscriptionRow, Survey, Ticket,
};
use crate::panel::segments::{AttributeValues, History, NOT_SET, RowDimension, RowValues, Segments};
use crate::panel::signals::{ByCustomer, Measure, Sources, event_windows, usage_windows, window_start};
use crate::panel::usage::{DayWindow, UsageGrid};
use crate::panel::{Span, Timeline, frame, side_by_side};
use crate::tables::CustomerIndex;
use crate::tables::schema::Table;

/// What the panel is built for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The company's calendar.
    pub calendar: Calendar,
    /// What is stamped at or after it has not happened.
    pub as_of: Moment,
    /// Every period that figures are wanted for.
    pub periods: &'a [Period],
    /// Every dimension, the crosses that scopes need included.
    pub dimensions: &'a [Dimension],
    /// Columns that cut rows, of the tables that are there.
    pub row_dimensions: &'a [RowDimension],
    /// Parts of the customers that somebody sees alone, among `dimensions`.
    pub scopes: &'a [Dimension],
    /// Attributes that live in another table: attribute → `subscriptions.column`.
    pub attributes: &'a BTreeMap<String, String>,
    /// The choices of `kpis.yaml`.
    pub choices: &'a Choices,
    /// Whether health and CHI are wanted.
    pub wants_scores: bool,
    /// Whether they are wanted at the periods' starts too.
    pub wants_start_scores: bool,
    /// What is read of comments.
    pub comments: CommentsWanted,
    /// Signals that are measured besides those of the scores, if these are wanted.
    pub other_signals: &'a [Component],
    /// Where answers are to be found besides, for what is withheld of them.
    pub answer_cells: Option<AnswerCells<'a>>,
}

/// Periods and dimensions by which answers alone are placed.
#[derive(Clone, Copy, Debug)]
pub struct AnswerCells<'a> {
    /// The periods.
    pub periods: &'a [Period],
    /// The dimensions.
    pub dimensions: &'a [Dimension],
    /// Parts of the customers that somebody sees alone, among `dimensions`.
    pub scopes: &'a [Dimension],
}

impl Request<'_> {
    /// Components of the scores that are wanted.
    fn components(&self) -> impl Iterator<Item = &Component> {
        let wanted = self.wants_scores.then_some(self.choices);
        wanted
            .into_iter()
            .flat_map(|choices| choices.health.components.iter().chain(&choices.chi.criteria).chain(self.other_signals))
    }

    /// Whether any wanted component counts the features that were used.
    pub fn counts_features(&self) -> bool {
        self.components().any(|component| component.signal == Signal::DistinctFeatures)
    }

    /// The spans at whose ends scores are wanted: the periods, and those that end where a period starts.
    fn scored_spans(&self, timeline: &Timeline) -> Vec<Span> {
        let starts = timeline.spans.iter().filter(|_| self.wants_start_scores);
        let before = starts.filter_map(|span| span.before(&self.calendar));
        timeline.spans.iter().cloned().chain(before).collect()
    }

    /// An empty grid for the usage that the periods and the scores need.
    pub fn usage_grid(&self, customer_count: usize) -> UsageGrid {
        let timeline = Timeline::new(self.periods, &self.calendar);
        let mut first = timeline.spans.iter().map(|span| span.first_day).min().unwrap_or(0);
        let end = timeline.spans.iter().map(|span| span.end_day).max().unwrap_or(0);
        let scored = self.scored_spans(&timeline);
        let mut windows = Vec::new();
        for component in self.components() {
            let reads_days = matches!(component.signal, Signal::ActiveDays);
            for span in &scored {
                windows.extend(event_windows(component, span));
                if reads_days {
                    first = first.min(usage_windows(component.window, span).0.first);
                }
            }
        }
        first = windows.iter().map(|window: &DayWindow| window.first).min().unwrap_or(first).min(first);
        UsageGrid::new(customer_count, DayWindow { first, end }, windows, self.counts_features())
    }

    /// The instants at which the MRR of every customer is needed.
    fn instants(&self, timeline: &Timeline) -> Vec<i64> {
        let mut instants: Vec<i64> = timeline.spans.iter().flat_map(|span| [span.start, span.end]).collect();
        if self.choices.lifetime.method == LifetimeMethod::InverseChurn {
            let months = crate::calendar::window_months;
            let months = self.periods.iter().flat_map(|period| months(period, 12));
            instants.extend(months.map(|month| Span::new(&month, &self.calendar)).flat_map(|s| [s.start, s.end]));
        }
        for component in self.components().filter(|component| component.signal == Signal::MrrTrend) {
            let scored = self.scored_spans(timeline);
            let starts = scored.iter().map(|span| window_start(component.window, span.period.end));
            instants.extend(starts.map(|start| self.calendar.midnight(start).0));
        }
        instants
    }
}

/// The frames, customers already resolved.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    /// The `customers` frame.
    pub customers: &'a DataFrame,
    /// Number of each customer id.
    pub index: &'a CustomerIndex,
    /// The other small tables.
    pub tables: &'a BTreeMap<Table, DataFrame>,
    /// Usage, already taken in, and how many distinct features it knows.
    pub usage: Option<(&'a UsageGrid, u32)>,
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
    /// Reads every frame once and places every customer.
    ///
    /// # Errors
    /// A frame whose columns are not of their contract's types.
    pub fn build(frames: Frames<'a>, request: &Request<'_>) -> Result<Self> {
        let tables = frames.tables;
        let count = frames.index.len();
        let timeline = Timeline::new(request.periods, &request.calendar);
        // Two great tables are read while the customers are placed.
        let contacts = || {
            let nps = &request.choices.nps;
            let answers = tables.get(&Table::Surveys).map(|rows| Answers::read(rows, nps)).transpose()?;
            let comments = answers.as_ref().and_then(|answers| comments(&frames, request, &timeline, answers));
            Ok((answers, comments.transpose()?, tables.get(&Table::Tickets).map(records::tickets).transpose()?))
        };
        let (placed, contacts) = side_by_side(|| Placed::of(&frames, request, &timeline), contacts);
        let Placed { subscriptions, orders, segments, churn_window, answer_cells, activity } = placed?;
        let (answers, comments, tickets) = contacts?;
        let assessments = tables.get(&Table::Goals).map(records::assessments).transpose()?;
        let interactions = tables.get(&Table::Interactions).map(records::interactions).transpose()?;
        let sources = sources(
            request,
            count,
            &SourceRecords { answers: &answers, tickets: &tickets, assessments: &assessments, interactions },
            frames.usage,
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

    /// A customer's id.
    pub fn id(&self, customer: u32) -> &str {
        self.index.id(customer)
    }

    /// The row of the subscription of a customer that ended last by an instant: of several the one that paid most, then
    /// the later row.
    pub fn last_ended_row(&self, customer: u32, at: i64) -> Option<u32> {
        let rows = self.subscriptions.as_ref()?.of(customer).iter().map(|(_, row)| row);
        // One that ends where it starts was never active: nobody left when it ended.
        let was_active = |row: &Subscription| row.mrr > 0 && row.start < row.end;
        let ended = rows.filter(|row| row.subscription.end <= at && was_active(&row.subscription));
        ended.max_by_key(|row| (row.subscription.end, row.subscription.mrr, row.row)).map(|row| row.row)
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
            let months: Vec<Period> =
                request.periods.iter().flat_map(|period| crate::calendar::window_months(period, 12)).collect();
            let months = Timeline::new(&months, &request.calendar);
            let segments = Segments::new(count, request.dimensions, &attributes, &months.spans);
            (months, segments)
        });
        let answer_cells = request.answer_cells.map(|cells| -> Result<_> {
            let timeline = Timeline::new(cells.periods, &request.calendar);
            let mut segments = Segments::new(count, cells.dimensions, &attributes, &timeline.spans);
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
        let values = frame::texts(rows, &dimension.column);
        Some(values.map(|values| RowValues { dimension: dimension.clone(), values }))
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

/// Whose value is measured: subscriptions where they are configured, unless `value.source` says otherwise.
pub fn value_source(choices: &Choices, has_subscriptions: bool) -> ValueSource {
    let default = if has_subscriptions { ValueSource::Subscriptions } else { ValueSource::Orders };
    choices.value.source.unwrap_or(default)
}

struct SourceRecords<'a, 'r> {
    answers: &'r Option<Answers>,
    tickets: &'r Option<Vec<Ticket>>,
    assessments: &'r Option<Vec<Assessment>>,
    interactions: Option<Vec<Interaction<'a>>>,
}

fn sources<'a>(
    request: &Request<'_>,
    count: usize,
    records: &SourceRecords<'a, '_>,
    usage: Option<(&'a UsageGrid, u32)>,
) -> Sources<'a> {
    if !request.wants_scores {
        return Sources { usage, ..Sources::default() };
    }
    let answers = |survey| records.answers.as_ref().map(|answers| Sources::answers(count, &answers.0, survey));
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
        usage,
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

/// Every name that a customer has or had, and its id.
fn all_names(customers: &DataFrame, index: &CustomerIndex) -> Result<Names> {
    let names = frame::texts(customers, "name")?;
    let ids = frame::texts(customers, "customer_id")?;
    let rows = owners(customers, index)?.into_iter().zip(names.into_iter().zip(ids));
    Ok(Names::new(
        rows.filter_map(|(owner, texts)| Some((owner?, texts)))
            .flat_map(|(owner, (name, id))| name.into_iter().chain(id).map(move |text| (owner, text))),
    ))
}

/// Row → customer of the `customers` frame.
fn owners(customers: &DataFrame, index: &CustomerIndex) -> Result<Vec<Option<u32>>> {
    let ids = frame::texts(customers, "customer_id")?;
    Ok(ids.into_iter().map(|id| id.and_then(|id| index.get(id))).collect())
}

/// The attributes that dimensions name and the `customers` frame has, with their history if it keeps one.
fn customer_attributes(
    customers: &DataFrame,
    index: &CustomerIndex,
    dimensions: &[Dimension],
) -> Result<BTreeMap<String, AttributeValues>> {
    let owners = owners(customers, index)?;
    let from = frame::integers(customers, "valid_from")?;
    let has_history = frame::has(customers, "valid_from");
    let mut attributes = BTreeMap::new();
    for name in dimensions.iter().flat_map(|dimension| &dimension.0) {
        if attributes.contains_key(name) || !frame::has(customers, name) {
            continue;
        }
        let texts = frame::texts(customers, name)?;
        let rows = owners.iter().zip(&from).zip(texts);
        let values = if has_history {
            let mut histories: Vec<History> = vec![History::new(); index.len()];
            for ((owner, from), text) in rows {
                if let Some(history) = owner.and_then(|owner| histories.get_mut(owner as usize)) {
                    // An empty cell of a row of the history says that the value is not set from then on.
                    history.push((from.unwrap_or(i64::MIN), Some(text.unwrap_or(NOT_SET).to_owned())));
                }
            }
            for history in &mut histories {
                history.sort();
            }
            AttributeValues::Changing(histories)
        } else {
            let mut values = vec![None; index.len()];
            for ((owner, _), text) in rows {
                if let Some(slot) = owner.and_then(|owner| values.get_mut(owner as usize)) {
                    *slot = text.map(str::to_owned);
                }
            }
            AttributeValues::Constant(values)
        };
        attributes.insert(name.clone(), values);
    }
    Ok(attributes)
}

/// Customer → the earliest instant of a column that its rows know.
fn earliest(customers: &DataFrame, index: &CustomerIndex, column: &str) -> Result<Vec<Option<i64>>> {
    let mut earliest: Vec<Option<i64>> = vec![None; index.len()];
    for (owner, at) in owners(customers, index)?.into_iter().zip(frame::integers(customers, column)?) {
        if let Some(known) = owner.and_then(|owner| earliest.get_mut(owner as usize)) {
            *known = records::earlier(*known, at);
        }
    }
    Ok(earliest)
}

/// Customer → name: the newest where there is a history.
fn names<'a>(customers: &'a DataFrame, index: &CustomerIndex) -> Result<Vec<Option<&'a str>>> {
    let from = frame::integers(customers, "valid_from")?;
    let texts = frame::texts(customers, "name")?;
    let mut newest: HashMap<u32, Option<i64>> = HashMap::new();
    let mut names = vec![None; index.len()];
    for ((owner, from), text) in owners(customers, index)?.into_iter().zip(from).zip(texts) {
        let Some(owner) = owner else { continue };
        if newest.get(&owner).is_none_or(|last| *last <= from) {
            newest.insert(owner, from);
            if let Some(slot) = names.get_mut(owner as usize) {
                *slot = text;
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Missing, Window};

    /// Of June alone: its start needs 2 to 31 May and the MRR of 2 May, its end the MRR of 1 June.
    #[test]
    fn a_score_at_the_start_has_its_window_and_its_instants_too() {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        let component = |id: &str, signal| Component {
            id: id.to_owned(),
            signal,
            kind: None,
            window: Window::Days(30),
            weight: 1.0,
            scale: vec![(0.0, 0.0), (1.0, 100.0)],
            missing: Missing::Skip,
        };
        let mut choices = Choices::default();
        choices.chi.criteria.clear();
        let signals = [("days", Signal::ActiveDays), ("events", Signal::Events), ("mrr", Signal::MrrTrend)];
        choices.health.components = signals.into_iter().map(|(id, signal)| component(id, signal)).collect();
        let periods = [calendar.parse("2026-06").unwrap()];
        let request = |wants_start_scores| Request {
            calendar,
            as_of: calendar.midnight("2026-07-10".parse().unwrap()),
            periods: &periods,
            dimensions: &[],
            row_dimensions: &[],
            scopes: &[],
            attributes: const { &BTreeMap::new() },
            choices: &choices,
            wants_scores: true,
            wants_start_scores,
            comments: CommentsWanted::default(),
            other_signals: &[],
            answer_cells: None,
        };
        let day = |text: &str| crate::panel::day_number(text.parse().unwrap());
        let may = DayWindow { first: day("2026-05-02"), end: day("2026-06-01") };
        let used = |wants_start_scores| {
            let mut grid = request(wants_start_scores).usage_grid(1);
            grid.push(0, day("2026-05-02"), 3, None);
            (grid.days_used(0, may), grid.events(0, may))
        };
        assert_eq!((used(true), used(false)), ((1, Some(3)), (0, None)));
        let needs_mrr = |wants_start_scores, text: &str| {
            let timeline = Timeline::new(&periods, &calendar);
            request(wants_start_scores).instants(&timeline).contains(&calendar.midnight(text.parse().unwrap()).0)
        };
        assert!(needs_mrr(true, "2026-05-02") && needs_mrr(true, "2026-06-01"));
        assert!(!needs_mrr(false, "2026-05-02") && needs_mrr(false, "2026-06-01"));
    }
}
