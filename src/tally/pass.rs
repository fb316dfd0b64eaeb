//! The passes over the panel, in one place: which tallies are filled from what.

use std::collections::BTreeSet;

use crate::config::Choices;
use crate::panel::Timeline;
use crate::panel::build::Panel;
use crate::panel::scores::Recipe;
use crate::panel::side_by_side;
use crate::tally::engagement::{ScoreRecipes, add_goals, add_scores, add_usage};
use crate::tally::onboarding::{Beginnings, add_signups};
use crate::tally::table::TallyTable;
use crate::tally::value::FirstContacts;
use crate::tally::{buyers, cohorts, comments, customers, loyalty, renewals, service, value};

/// The tallies that cost more than a pass over a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DrawsOn {
    /// None of them.
    Plain,
    /// Lifetimes of all customers at each period's end.
    Lifetimes,
    /// Cohorts of all customers at each period's end.
    Cohorts,
    /// Health scores of all active customers.
    Health,
    /// The same at both ends of each period.
    HealthAtStart,
    /// CHI of all active customers.
    Chi,
    /// Every customer's history of orders at each period's end.
    Buyers,
    /// Every customer's tickets of each period.
    TicketRates,
    /// The themes that comments mention.
    Themes,
    /// The terms that comments say.
    Terms,
}

/// Which of the dearer tallies are wanted; the others are filled wherever their table is configured.
#[derive(Clone, Debug, Default)]
pub struct Wanted(BTreeSet<DrawsOn>);

impl Wanted {
    /// Those that some KPIs draw on.
    pub fn new(wanted: impl IntoIterator<Item = DrawsOn>) -> Self {
        Self(wanted.into_iter().collect())
    }

    /// Whether one is wanted.
    pub fn has(&self, dear: DrawsOn) -> bool {
        self.0.contains(&dear)
    }

    /// Whether health is scored, at whichever instants.
    fn scores_health(&self) -> bool {
        self.has(DrawsOn::Health) || self.has(DrawsOn::HealthAtStart)
    }

    /// Whether signals of single customers are measured for any of them.
    pub fn measures_signals(&self) -> bool {
        self.scores_health() || self.has(DrawsOn::Chi)
    }
}

/// Adds up the records: each table in one pass, every period of `timeline` and every segment at once. A period's sums
/// hang on nothing that came after its end, but for what became of a row that was there by then.
///
/// What customers are and what they say is added up side by side, into two tables, and these are added.
pub fn add_up_records(panel: &Panel<'_>, choices: &Choices, wanted: &Wanted, timeline: &Timeline) -> TallyTable {
    let (mut table, contacts) = side_by_side(
        || add_up_customers(panel, choices, wanted, timeline),
        || add_up_contacts(panel, wanted, timeline),
    );
    table.merge(contacts);
    table
}

/// Adds up what usage is needed for: who used the product, and the scores, whose signals it may be one of. The earlier
/// periods of `timeline` beside the later ones; like the records, these sums hang on nothing later.
pub fn add_up_use(panel: &Panel<'_>, choices: &Choices, wanted: &Wanted, timeline: &Timeline) -> TallyTable {
    let periods = timeline.periods();
    let (earlier, later) = periods.split_at(periods.len() / 2);
    let of = |periods| move || use_of(periods, panel, choices, wanted);
    let (mut table, later) = side_by_side(of(earlier), of(later));
    table.merge(later);
    table
}

/// Adds up what hangs on more than a period's past: how far customers have come by the run's day since they signed up,
/// and what comments say, in words that are told apart by all comments there are.
pub fn add_up_by_now(panel: &Panel<'_>, choices: &Choices) -> TallyTable {
    let segments = &panel.segments;
    let mut table = TallyTable::new(panel.timeline.clone(), segments.cells.clone());
    if let Some(onboarding) = &panel.onboarding {
        let of = Beginnings { signups: &panel.signups, onboarding, calendar: panel.calendar, as_of: panel.as_of };
        add_signups(&mut table, segments, of, choices.onboarding_window_days);
    }
    if let Some((answers, comments)) = panel.answers.as_ref().zip(panel.comments.as_ref()) {
        comments::add_comments(&mut table, segments, &answers.rows, comments);
    }
    table
}

fn use_of(periods: &[usize], panel: &Panel<'_>, choices: &Choices, wanted: &Wanted) -> TallyTable {
    let (segments, activity) = (&panel.segments, panel.activity.as_ref());
    let mut table = TallyTable::new(panel.timeline.clone(), segments.cells.clone());
    if let Some((grid, _)) = panel.sources.usage {
        add_usage(&mut table, periods, segments, activity, grid, panel.customer_count);
    }
    if let Some(measure) = panel.measure().filter(|_| wanted.measures_signals()) {
        let recipes = ScoreRecipes {
            health: wanted.scores_health().then_some(&choices.health),
            wants_moves: wanted.has(DrawsOn::HealthAtStart),
            chi: wanted.has(DrawsOn::Chi).then(|| Recipe::chi(&choices.chi)),
        };
        add_scores(&mut table, periods, segments, measure.activity, &measure, recipes);
    }
    table
}

/// Surveys and tickets.
fn add_up_contacts(panel: &Panel<'_>, wanted: &Wanted, timeline: &Timeline) -> TallyTable {
    let segments = &panel.segments;
    let mut table = TallyTable::new(timeline.clone(), segments.cells.clone());
    if let Some(answers) = &panel.answers {
        loyalty::add_answers(&mut table, segments, &answers.rows);
    }
    if let Some(tickets) = &panel.tickets {
        service::add_tickets(&mut table, segments, tickets);
        service::add_backlog(&mut table, segments, tickets);
        if let Some(activity) = panel.activity.as_ref().filter(|_| wanted.has(DrawsOn::TicketRates)) {
            service::add_ticket_rates(&mut table, segments, activity, tickets);
        }
    }
    table
}

/// Everything else.
fn add_up_customers(panel: &Panel<'_>, choices: &Choices, wanted: &Wanted, timeline: &Timeline) -> TallyTable {
    let (segments, customers_n) = (&panel.segments, panel.customer_count);
    let mut table = TallyTable::new(timeline.clone(), segments.cells.clone());
    if let Some(activity) = &panel.activity {
        customers::add_movements(&mut table, segments, activity, &|customer, at| panel.last_ended_row(customer, at));
        if let Some(subscriptions) = &panel.subscriptions {
            renewals::add_renewals(&mut table, segments, activity, subscriptions, panel.calendar, customers_n);
        }
        if wanted.has(DrawsOn::Cohorts) {
            cohorts::add_cohorts(&mut table, segments, activity, panel.calendar, customers_n);
        }
        if wanted.has(DrawsOn::Lifetimes) {
            let gap = choices.churn_gap_days;
            customers::add_lifetimes(&mut table, segments, activity, panel.calendar, customers_n, gap);
            if let Some((months, month_segments)) = &panel.churn_window {
                let mut monthly = TallyTable::new(months.clone(), month_segments.cells.clone());
                customers::add_movements(&mut monthly, month_segments, activity, &|_, _| None);
                customers::add_churn_window(&mut table, &monthly);
            }
        }
        if let Some(orders) = &panel.orders {
            let window = choices.value.window_months;
            value::add_orders(&mut table, segments, activity, panel.calendar, orders, customers_n, window);
        }
        if let Some(costs) = &panel.costs {
            value::add_costs(&mut table, segments, activity, costs);
            let from = FirstContacts { at: &panel.first_contacts, calendar: panel.calendar };
            value::add_costs_since_first_contact(&mut table, segments, activity, costs, from);
        }
    }
    if let Some(orders) = panel.orders.as_ref().filter(|_| wanted.has(DrawsOn::Buyers)) {
        buyers::add_buyers(&mut table, segments, panel.calendar, orders, customers_n);
    }
    if let Some(assessments) = &panel.assessments {
        add_goals(&mut table, segments, assessments);
    }
    if let Some(leads) = &panel.leads {
        value::add_leads(&mut table, segments, leads, panel.calendar, choices.conversion_window_days);
    }
    if let Some(staff) = &panel.staff {
        value::add_staff(&mut table, segments, staff);
    }
    table
}
