//! The company's true parameters, as `truth.yaml` shows them, and its span.

use chrono::{Datelike, Months, NaiveDate};

/// Months of subscriptions before the window, so that lifetimes do not all start with the data.
const HISTORY_MONTHS: u32 = 36;

/// What the generator assumes; shares and probabilities are 0–1, money is BRL a month.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// Sign-ups grow from 1 to this between the first and the last month.
    pub(super) growth: f64,
    /// Weight of sign-ups, January first.
    pub(super) signup_season: [f64; 12],
    /// Factor on tickets, January first.
    pub(super) ticket_season: [f64; 12],
    /// Factor on usage, January first.
    pub(super) usage_season: [f64; 12],
    /// Codes of regions, their weight, and the health that their customers tend to.
    pub(super) regions: Vec<(&'static str, f64, f64)>,
    /// Codes of sizes, their weight, and what they add to health.
    pub(super) sizes: Vec<(&'static str, f64, f64)>,
    /// Share by which health closes the distance to its tendency each month.
    pub(super) health_return: f64,
    /// Standard deviation of a month's step of health.
    pub(super) health_noise: f64,
    /// Standard deviation of customers' tendencies.
    pub(super) health_spread: f64,
    /// Chance to leave in a month at health 1.
    pub(super) hazard_floor: f64,
    /// Added at health 0, growing with the square of 1 − health.
    pub(super) hazard_slope: f64,
    /// Months' worth of hazard that an annual contract shows at its renewal; within the year it shows a tenth.
    pub(super) renewal_months: f64,
    /// Chance a month to come back, in the twelve months after leaving.
    pub(super) return_chance: f64,
    /// Yearly adjustment of prices.
    pub(super) price_adjustment: f64,
    /// What went wrong lately.
    pub(super) decline: Option<Decline>,
}

/// A region whose support got worse.
#[derive(Clone, Debug)]
pub(super) struct Decline {
    /// Code of the region.
    pub(super) region: &'static str,
    /// First day.
    pub(super) from: NaiveDate,
    /// Taken from the tendency of health.
    pub(super) health: f64,
    /// Factor on the chance to resolve a ticket at first contact.
    pub(super) first_contact: f64,
    /// Factor on times to respond and resolve.
    pub(super) slowness: f64,
}

impl Model {
    /// The company of the sample.
    pub(super) fn new(span: Span) -> Self {
        let decline = (span.window() >= 8).then(|| Decline {
            region: "NE",
            from: span.start(span.total() - 4),
            health: 0.40,
            first_contact: 0.55,
            slowness: 2.6,
        });
        Self {
            growth: 1.3,
            signup_season: [0.7, 0.9, 1.2, 1.1, 1.1, 1.0, 0.9, 1.1, 1.2, 1.2, 1.0, 0.5],
            ticket_season: [1.1, 1.0, 1.15, 1.0, 1.0, 0.95, 0.9, 1.0, 1.0, 1.05, 1.1, 1.0],
            usage_season: [0.85, 0.9, 1.05, 1.0, 1.05, 1.0, 0.95, 1.05, 1.05, 1.05, 1.0, 0.7],
            regions: vec![
                ("SE", 0.42, 0.67),
                ("S", 0.24, 0.74),
                ("NE", 0.17, 0.66),
                ("CO", 0.10, 0.63),
                ("N", 0.07, 0.58),
            ],
            sizes: vec![("P", 0.50, -0.03), ("M", 0.34, 0.02), ("G", 0.16, 0.07)],
            health_return: 0.22,
            health_noise: 0.06,
            health_spread: 0.11,
            hazard_floor: 0.004,
            hazard_slope: 0.16,
            renewal_months: 8.0,
            return_chance: 0.012,
            price_adjustment: 0.045,
            decline,
        }
    }

    /// The decline, where it holds for a region on a day.
    pub(super) fn decline(&self, region: &str, day: NaiveDate) -> Option<&Decline> {
        self.decline.as_ref().filter(|decline| decline.region == region && day >= decline.from)
    }
}

/// Factor of a January-first table on a day.
pub(super) fn season(table: &[f64; 12], day: NaiveDate) -> f64 {
    table.get(day.month0() as usize).copied().unwrap_or(1.0)
}

/// The simulated months: those of the history, then those of the window, numbered from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// First day of the history.
    first: NaiveDate,
    /// Months of the window.
    window: u32,
}

impl Span {
    /// The months before `end`, which is the first day of a month; `None` where the calendar ends.
    pub(super) fn new(end: NaiveDate, window: u32) -> Option<Self> {
        let first = end.checked_sub_months(Months::new(window.checked_add(HISTORY_MONTHS)?))?;
        // Future ends and renewals lie up to two years ahead.
        end.checked_add_months(Months::new(24))?;
        Some(Self { first, window })
    }

    /// Months in all.
    pub(super) fn total(self) -> u32 {
        self.window + HISTORY_MONTHS
    }

    /// Months of the window.
    pub(super) fn window(self) -> u32 {
        self.window
    }

    /// First day of a month.
    pub(super) fn start(self, month: u32) -> NaiveDate {
        self.first.checked_add_months(Months::new(month)).unwrap_or(NaiveDate::MAX)
    }

    /// First day of the window.
    pub(super) fn window_start(self) -> NaiveDate {
        self.start(HISTORY_MONTHS)
    }

    /// First day after the window.
    pub(super) fn end(self) -> NaiveDate {
        self.start(self.total())
    }

    /// The month of the window, from 0, that holds a day; `None` outside.
    pub(super) fn window_month(self, day: NaiveDate) -> Option<usize> {
        let first = self.window_start();
        let month = (day.year() - first.year()) * 12 + day.month().cast_signed() - first.month().cast_signed();
        usize::try_from(month).ok().filter(|month| *month < self.window as usize)
    }
}
