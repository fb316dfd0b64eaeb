//! A random small company, written as the tables and the four files that a user would write.
//!
//! What matters to a definition is in it on purpose: several subscriptions, upgrades on one day, gaps and returns, free
//! rows, moments on the borders of periods and on days of clock changes, histories, ties, rows after the as-of day.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::dice::Dice;
use super::time::days_after;

/// One component of a score.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) signal: &'static str,
    pub(crate) kind: Option<&'static str>,
    /// Days or months that it looks back, written `30d` or `3M`; empty where it does not look back.
    pub(crate) window: &'static str,
    pub(crate) weight: f64,
    pub(crate) scale: Vec<(f64, f64)>,
    pub(crate) missing: &'static str,
}

/// Components, and the least share of their weight that must be known.
#[derive(Clone, Debug)]
pub(crate) struct Score {
    pub(crate) min_coverage: f64,
    pub(crate) parts: Vec<Part>,
}

/// Every choice that changes a number.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    pub(crate) zone: Tz,
    pub(crate) as_of: NaiveDate,
    pub(crate) fiscal_start: u32,
    pub(crate) close_lag: i64,
    pub(crate) has_subscriptions: bool,
    pub(crate) has_history: bool,
    pub(crate) confidence: f64,
    pub(crate) active_window: i64,
    pub(crate) churn_gap_days: i64,
    pub(crate) nps_kind: &'static str,
    pub(crate) has_relational: bool,
    pub(crate) answer_window: i64,
    pub(crate) csat_top: i64,
    pub(crate) satisfied: i64,
    pub(crate) ces_better: &'static str,
    pub(crate) fcr: &'static str,
    pub(crate) reopen_window: i64,
    pub(crate) value_source: &'static str,
    pub(crate) value_window: i64,
    pub(crate) gross_margin: f64,
    pub(crate) lifetime: &'static str,
    pub(crate) horizon: i64,
    pub(crate) onboarding_days: i64,
    pub(crate) conversion_days: i64,
    pub(crate) turnover: &'static str,
    pub(crate) health: Score,
    pub(crate) chi: Score,
}

/// A world: its choices and the days in which things happen.
pub(crate) struct World {
    pub(crate) choices: Choices,
    /// The first day of the first month with figures, and the last day with any.
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    dice: Dice,
    /// The first day on which anything happens.
    born: NaiveDate,
    customers: Vec<String>,
    special: Vec<NaiveDate>,
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

const SIGNALS: &[(&str, &[&str], f64)] = &[
    ("active_days", &["7d", "30d", "90d", "1M"], 12.0),
    ("events", &["7d", "30d", "2M"], 40.0),
    ("distinct_features", &["14d", "30d", "3M"], 3.0),
    ("usage_trend", &["30d", "45d", "1M"], 2.0),
    ("days_since_usage", &[""], 30.0),
    ("last_nps", &["90d", "12M", "6M"], 10.0),
    ("last_csat", &["90d", "12M"], 10.0),
    ("tickets", &["30d", "3M"], 4.0),
    ("open_tickets", &[""], 3.0),
    ("fcr", &["90d", "6M"], 100.0),
    ("interactions", &["30d", "90d", "3M"], 4.0),
    ("goal_attainment", &["90d", "12M"], 100.0),
    ("tenure_months", &[""], 14.0),
    ("mrr_trend", &["30d", "3M", "12M"], 1.5),
    ("days_to_renewal", &[""], 120.0),
];

/// A score of a few signals; its numbers run up to `top`.
fn score(dice: &mut Dice, top: f64, sums_to_ten: bool) -> Score {
    if let Ok(only) = std::env::var("FAROL_ORACLE_SIGNAL") {
        let &(signal, windows, _) = SIGNALS.iter().find(|(signal, ..)| *signal == only).unwrap();
        let scale = vec![(0.0, 0.0), (1000.0, top)];
        let part = Part { signal, kind: None, window: windows[0], weight: 10.0, scale, missing: "skip" };
        return Score { min_coverage: 0.5, parts: vec![part] };
    }
    let count = dice.between(3, 7);
    let mut signals: Vec<usize> = (0..SIGNALS.len()).collect();
    dice.shuffle(&mut signals);
    let mut parts: Vec<Part> = Vec::new();
    for &index in signals.iter().take(usize::try_from(count).unwrap()) {
        let (signal, windows, width) = SIGNALS[index];
        let middle = dice.between(1, 9) as f64 / 10.0;
        let (first, last) = if dice.percent(75) { (0.0, 1.0) } else { (1.0, 0.0) };
        let mut scale = vec![(0.0, first * top), (width, last * top)];
        if dice.percent(50) {
            let bend = dice.between(1, 9) as f64 / 10.0;
            scale.insert(1, (width * middle, bend * top));
        }
        let kind = (signal == "interactions" && dice.percent(60)).then_some("call");
        parts.push(Part {
            signal,
            kind,
            window: dice.one_of(windows),
            weight: dice.between(1, 40) as f64,
            scale,
            missing: dice.one_of(&["skip", "skip", "neutral", "zero"]),
        });
    }
    if sums_to_ten {
        let mut left = 10.0;
        let last = parts.len() - 1;
        for (index, part) in parts.iter_mut().enumerate() {
            part.weight = if index == last { left } else { 1.0 };
            left -= part.weight;
        }
    }
    Score { min_coverage: dice.one_of(&[0.0, 0.3, 0.5, 0.8]), parts }
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let brazil = seed.is_multiple_of(2);
        let zone: Tz = if brazil { chrono_tz::America::Sao_Paulo } else { chrono_tz::Europe::Madrid };
        let year = if brazil { 2017 } else { 2022 };
        let born = day(year - 1, 3, 1);
        // The last period is open, or was closed a moment ago, or some windows of it still run.
        let as_of = days_after(day(year + 1, 12, 1), dice.between(-8, 25));
        let special = if brazil {
            vec![day(2016, 10, 16), day(2017, 2, 19), day(2017, 10, 15), day(2018, 2, 18), day(2018, 11, 4)]
        } else {
            vec![day(2021, 10, 31), day(2022, 3, 27), day(2022, 10, 30), day(2023, 3, 26), day(2023, 10, 29)]
        };
        let has_subscriptions = seed % 5 != 4;
        let choices = Choices {
            zone,
            as_of,
            fiscal_start: dice.one_of(&[1, 1, 4, 7]),
            close_lag: 2,
            has_subscriptions,
            has_history: seed % 3 == 1,
            confidence: dice.one_of(&[0.95, 0.95, 0.9, 0.99]),
            active_window: dice.one_of(&[90, 60, 30]),
            churn_gap_days: dice.one_of(&[0, 0, 15, 45]),
            nps_kind: ["relational", "all", "transactional"][(seed % 3) as usize],
            has_relational: seed % 4 != 3,
            answer_window: dice.one_of(&[14, 7]),
            csat_top: dice.one_of(&[10, 5]),
            satisfied: 0,
            ces_better: dice.one_of(&["higher", "lower"]),
            fcr: dice.one_of(&["opened", "resolved"]),
            reopen_window: dice.one_of(&[7, 20]),
            value_source: if has_subscriptions {
                dice.one_of(&["subscriptions", "orders", "subscriptions"])
            } else {
                "orders"
            },
            value_window: dice.one_of(&[12, 6]),
            gross_margin: dice.one_of(&[1.0, 0.8]),
            lifetime: ["kaplan_meier", "inverse_churn", "observed", "kaplan_meier"][(seed / 2 % 4) as usize],
            horizon: dice.one_of(&[60, 12, 24]),
            onboarding_days: dice.one_of(&[30, 10]),
            conversion_days: dice.one_of(&[30, 14]),
            turnover: dice.one_of(&["rotation", "leavers"]),
            health: score(&mut dice, 100.0, false),
            chi: score(&mut dice, 1.0, true),
        };
        let choices = Choices { satisfied: if choices.csat_top == 10 { 8 } else { 4 }, ..choices };
        let count = dice.between(35, 60);
        let customers = (1..=count).map(|number| format!("c{number:03}")).collect();
        Self { choices, from: day(year, 1, 1), to: days_after(as_of, -1), dice, born, customers, special }
    }

    /// Writes the tables and the configuration, with one report for each grain.
    pub(crate) fn write(&mut self, folder: &Path) {
        fs::create_dir_all(folder.join("config")).unwrap();
        fs::create_dir_all(folder.join("data")).unwrap();
        let mut sources = String::new();
        let mut tables = vec![("customers", self.customers())];
        if self.choices.has_subscriptions {
            tables.push(("subscriptions", self.subscriptions()));
        }
        tables.push(("orders", self.orders()));
        tables.push(("surveys", self.surveys()));
        tables.push(("tickets", self.tickets()));
        tables.push(("usage", self.usage()));
        tables.push(("interactions", self.interactions()));
        tables.push(("retention_costs", self.costs()));
        tables.push(("goals", self.goals()));
        tables.push(("onboarding", self.onboarding()));
        tables.push(("leads", self.leads()));
        tables.push(("staff", self.staff()));
        for (name, text) in tables {
            fs::write(folder.join("data").join(format!("{name}.csv")), text).unwrap();
            writeln!(sources, "  {name}: {{ path: ../data/{name}.csv, max_bad_rows: 0% }}").unwrap();
        }
        fs::write(folder.join("config/farol.yaml"), self.farol_yaml(&sources)).unwrap();
        fs::write(folder.join("config/kpis.yaml"), self.kpis_yaml()).unwrap();
        let mut reports = String::new();
        for grain in ["month", "week", "quarter", "year", "3m", "12m"] {
            writeln!(reports, "of_{grain}: {{ title: {{ en: Oracle }}, grain: {grain}, kpis: all, history: 1 }}")
                .unwrap();
        }
        fs::write(folder.join("config/reports.yaml"), reports).unwrap();
    }

    fn farol_yaml(&self, sources: &str) -> String {
        let of = &self.choices;
        let attributes = if of.has_subscriptions { "attributes: { plan: subscriptions.plan }\n" } else { "" };
        let reasons = if of.has_subscriptions { "cancel_reason, " } else { "" };
        format!(
            "company: {{ name: Oracle, locale: en, currency: BRL, timezone: {}, fiscal_year_start: {} }}\n\
             data:\n{sources}segments: [plan, region, [plan, region]]\n{attributes}close_lag: {}d\n\
             row_segments: [{reasons}respondent_role, kind, touchpoint, channel, category, program, stakeholder, team, source]\n",
            of.zone, of.fiscal_start, of.close_lag
        )
    }

    fn kpis_yaml(&self) -> String {
        let of = &self.choices;
        let parts = |parts: &[Part]| {
            let mut text = String::new();
            for (index, part) in parts.iter().enumerate() {
                let scale: Vec<_> = part.scale.iter().map(|(at, gives)| format!("{at}: {gives}")).collect();
                let window = if part.window.is_empty() { String::new() } else { format!("window: {}, ", part.window) };
                let kind = part.kind.map_or(String::new(), |kind| format!("kind: {kind}, "));
                writeln!(
                    text,
                    "    - {{ id: part{index}, signal: {}, {window}{kind}weight: {}, scale: {{ {} }}, missing: {} }}",
                    part.signal,
                    part.weight,
                    scale.join(", "),
                    part.missing
                )
                .unwrap();
            }
            text
        };
        format!(
            "confidence: {}\nactive_window: {}d\nchurn_gap_days: {}\n\
             nps: {{ kind: {}, roles: {{ user: [user], decision_maker: [manager, executive] }}, answer_window: {}d }}\n\
             csat: {{ scale: [1, {}], satisfied: {} }}\nces: {{ scale: [1, 7], better: {} }}\n\
             fcr: {{ denominator: {}, reopen_window: {}d }}\n\
             value: {{ source: {}, window: {}M, gross_margin: {} }}\n\
             lifetime: {{ method: {}, horizon_months: {} }}\n\
             onboarding: {{ window_days: {} }}\nconversion: {{ window_days: {} }}\nturnover: {{ method: {} }}\n\
             themes:\n  delivery: {{ pt: [entreg, atras], es: [entreg, retras, envío], en: [deliver, late] }}\n\
             \x20 price: {{ pt: [preç], es: [precio], en: [price, expens] }}\n\
             \x20 support: {{ pt: [suport], es: [soport], en: [support] }}\n\
             health:\n  min_coverage: {}\n  components:\n{}  \
             bands: [{{ to: 40, status: red }}, {{ from: 40, to: 70, status: yellow }}, {{ from: 70, status: green }}]\n\
             chi:\n  min_coverage: {}\n  criteria:\n{}",
            of.confidence,
            of.active_window,
            of.churn_gap_days,
            of.nps_kind,
            of.answer_window,
            of.csat_top,
            of.satisfied,
            of.ces_better,
            of.fcr,
            of.reopen_window,
            of.value_source,
            of.value_window,
            of.gross_margin,
            of.lifetime,
            of.horizon,
            of.onboarding_days,
            of.conversion_days,
            of.turnover,
            of.health.min_coverage,
            parts(&of.health.parts),
            of.chi.min_coverage,
            parts(&of.chi.parts),
        )
    }

    /// A day on which something happens: often a border of periods, or a day on which clocks change.
    fn some_day(&mut self) -> NaiveDate {
        let (born, last) = (self.born, days_after(self.choices.as_of, 20));
        let any = days_after(born, self.dice.between(0, (last - born).num_days()));
        match self.dice.between(1, 100) {
            1..=15 => chrono::Datelike::with_day(&any, 1).unwrap(),
            16..=20 => days_after(chrono::Datelike::with_day(&any, 1).unwrap(), -1),
            21..=26 => self.dice.one_of(&self.special),
            27..=28 => self.choices.as_of,
            _ => any,
        }
    }

    /// The same or a later day, not far from it.
    fn later(&mut self, than: NaiveDate, up_to: i64) -> NaiveDate {
        days_after(than, self.dice.between(0, up_to))
    }

    /// A moment of a day: the bare day, a local time, or a time with an offset.
    fn moment(&mut self, on: NaiveDate) -> NaiveDateTime {
        match self.dice.between(1, 10) {
            1..=3 => on.and_hms_opt(0, 0, 0).unwrap(),
            4 => on.and_hms_opt(23, 59, 59).unwrap(),
            5 => on.and_hms_opt(2, 30, 0).unwrap(),
            _ => {
                let at = |top| u32::try_from(top).unwrap();
                let (hour, minute, second) =
                    (self.dice.between(0, 23), self.dice.between(0, 59), self.dice.between(0, 59));
                on.and_hms_opt(at(hour), at(minute), at(second)).unwrap()
            }
        }
    }

    /// How a moment is written: bare where it can be, sometimes in universal time.
    fn written(&mut self, moment: NaiveDateTime) -> String {
        if moment.time() == chrono::NaiveTime::MIN && self.dice.percent(70) {
            return moment.date().to_string();
        }
        if self.dice.percent(15) {
            let at = super::time::instant(self.choices.zone, moment);
            return chrono::DateTime::from_timestamp_micros(at).unwrap().format("%Y-%m-%d %H:%M:%S+00:00").to_string();
        }
        moment.format("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn customer(&mut self) -> String {
        let index = self.dice.between(0, self.customers.len() as i64 - 1);
        self.customers[usize::try_from(index).unwrap()].clone()
    }

    fn customers(&mut self) -> String {
        let with_plan = !self.choices.has_subscriptions;
        let mut text = String::from("customer_id,name,signup_date,first_contact_date,region");
        text.push_str(if with_plan { ",plan" } else { "" });
        text.push_str(if self.choices.has_history { ",valid_from\n" } else { "\n" });
        for id in self.customers.clone() {
            let signup = self.some_day();
            let contact = if self.dice.percent(70) {
                let before = self.dice.between(0, 60);
                days_after(signup, -before).to_string()
            } else {
                String::new()
            };
            let mut since = vec![String::new()];
            if self.choices.has_history {
                if self.dice.percent(25) {
                    since.clear();
                }
                let mut days: Vec<_> =
                    (0..self.dice.between(i64::from(since.is_empty()), 3)).map(|_| self.some_day()).collect();
                days.sort_unstable();
                days.dedup();
                if since.is_empty() && days.iter().all(|day| *day >= self.choices.as_of) {
                    days.push(self.born);
                }
                since.extend(days.iter().map(ToString::to_string));
            }
            for from in since {
                let region = self.dice.one_of(&["North", "South", "East", ""]);
                write!(text, "{id},Customer {id},{signup},{contact},{region}").unwrap();
                if with_plan {
                    write!(text, ",{}", self.dice.one_of(&["Basic", "Pro", "Max", ""])).unwrap();
                }
                if self.choices.has_history {
                    write!(text, ",{from}").unwrap();
                }
                text.push('\n');
            }
        }
        text
    }

    fn mrr(&mut self) -> String {
        match self.dice.between(1, 3) {
            1 => format!("{}", self.dice.between(20, 900)),
            2 => format!("{}.{:02}", self.dice.between(20, 900), self.dice.between(0, 99)),
            _ => format!("{}.{:06}", self.dice.between(20, 900), self.dice.between(0, 999_999)),
        }
    }

    fn subscriptions(&mut self) -> String {
        let mut text =
            String::from("subscription_id,customer_id,start_date,end_date,mrr,plan,cancel_reason,renewal_date\n");
        let mut number = 0;
        for id in self.customers.clone() {
            if self.dice.percent(8) {
                continue;
            }
            let mut start = self.some_day();
            let mut reason = "";
            for row in 0..self.dice.between(1, 5) {
                let length = self.dice.one_of(&[0, 1, 5, 30, 31, 60, 90, 120, 200, 365]);
                let mut end = self.later(start, length);
                if self.dice.percent(25) {
                    end = chrono::Datelike::with_day(&end, 1).unwrap().max(start);
                }
                let open = self.dice.percent(22);
                number += 1;
                let from = if self.dice.percent(85) { start.and_hms_opt(0, 0, 0).unwrap() } else { self.moment(start) };
                let from = self.written(from);
                let until = if open { String::new() } else { self.written(end.and_hms_opt(0, 0, 0).unwrap()) };
                let mrr = if row == 0 && self.dice.percent(15) { "0".to_owned() } else { self.mrr() };
                let plan = self.dice.one_of(&["Basic", "Pro", "Max", "Pro", ""]);
                // What never was active has no reason of its own to end.
                if length > 0 {
                    reason = self.dice.one_of(&["price", "competitor", "no_use", ""]);
                }
                let reason = if open { "" } else { reason };
                let renewal = if self.dice.percent(70) { self.later(start, 400).to_string() } else { String::new() };
                writeln!(text, "s{number:05},{id},{from},{until},{mrr},{plan},{reason},{renewal}").unwrap();
                // The next row begins on the same day, after a gap, or while this one still runs.
                let base = if open { self.later(start, 100) } else { end };
                start = match self.dice.between(1, 4) {
                    1 | 2 => base,
                    3 => self.later(base, 90),
                    _ => self.later(start, 40),
                };
            }
        }
        text
    }

    fn orders(&mut self) -> String {
        let mut text = String::from("order_id,customer_id,ordered_at,amount\n");
        let mut number = 0;
        for id in self.customers.clone() {
            let mut on = self.some_day();
            for _ in 0..self.dice.between(0, 16) {
                number += 1;
                let moment = self.moment(on);
                let at = self.written(moment);
                let refund = number > 1 && self.dice.percent(10);
                let amount = if self.dice.percent(3) { "0".to_owned() } else { self.mrr() };
                let sign = if refund { "-" } else { "" };
                writeln!(text, "o{number:05},{id},{at},{sign}{amount}").unwrap();
                let up_to = self.dice.one_of(&[0, 10, 40, 120]);
                on = self.later(on, up_to);
            }
        }
        text
    }

    fn surveys(&mut self) -> String {
        let mut rows = Vec::new();
        let mut ids: Vec<i64> = (1..=450).collect();
        self.dice.shuffle(&mut ids);
        for number in ids {
            let customer = self.customer();
            let respondent = self.dice.one_of(&["r1", "r2", "r3", ""]);
            let role = self.dice.one_of(&["user", "manager", "executive", ""]);
            let survey = self.dice.one_of(&["nps", "nps", "csat", "ces"]);
            let kind = if self.choices.has_relational {
                self.dice.one_of(&["relational", "relational", "transactional", ""])
            } else {
                self.dice.one_of(&["transactional", "transactional", ""])
            };
            let touchpoint = self.dice.one_of(&["renewal", "support", ""]);
            let sent = self.some_day();
            let (top, low) = match survey {
                "nps" => (10, 0),
                "csat" => (self.choices.csat_top, 1),
                _ => (7, 1),
            };
            let sent_at = sent.and_hms_opt(9, 0, 0).unwrap();
            let answered = if self.dice.percent(75) {
                // Several answers of one respondent in one period, some at the same instant.
                let copies = if self.dice.percent(25) { self.dice.between(2, 3) } else { 1 };
                let days = self.later(sent, 30);
                (0..copies)
                    .map(|copy| {
                        let same = days.and_hms_opt(12, 0, 0).unwrap();
                        let at = if copy == 0 || self.dice.percent(50) {
                            same
                        } else {
                            same + chrono::Duration::hours(30 * copy)
                        };
                        let score = if self.dice.percent(30) { top } else { self.dice.between(low, top) };
                        Some((at, score))
                    })
                    .collect()
            } else {
                vec![None]
            };
            for (copy, answer) in answered.iter().enumerate() {
                let sent = if self.dice.percent(85) { self.written(sent_at) } else { String::new() };
                let (score, at) = match answer {
                    Some((at, score)) => (score.to_string(), self.written(*at)),
                    None => (String::new(), String::new()),
                };
                let (lang, comment) = self.comment(answer.map(|(_, score)| score));
                let letter = self.dice.one_of(&["a", "b"]);
                rows.push(format!(
                    "{letter}{number:04}-{copy},{customer},{respondent},{role},{survey},{kind},{touchpoint},{score},\"{comment}\",{lang},{sent},{at}\n"
                ));
            }
        }
        self.dice.shuffle(&mut rows);
        "response_id,customer_id,respondent_id,respondent_role,survey,kind,touchpoint,score,comment,lang,sent_at,responded_at\n"
            .to_owned()
            + &rows.concat()
    }

    /// A language and a comment in it, without small words but for negations; the unhappy say other words than the happy.
    fn comment(&mut self, score: Option<i64>) -> (&'static str, String) {
        const OTHERS: &[(&str, &str)] = &[
            ("pt", "Entrega atrasada"),
            ("pt", "PREÇO alto, suporte lento"),
            ("es", "envíos tardíos"),
            ("es", "preciosa experiencia"),
            ("", "precio alto, soporte lento"),
            ("fr", "late delivery"),
            ("es", "late delivery"),
            ("en", "   "),
            ("en", "supports everything"),
        ];
        match (score, self.dice.between(1, 100)) {
            (None, _) | (_, 1..=25) => ("", String::new()),
            (_, 26..=45) => {
                let (lang, text) = self.dice.one_of(OTHERS);
                (lang, text.to_owned())
            }
            (Some(score), _) => {
                let own = if score >= 9 { ["love", "simple", "fast"] } else { ["crash", "slow", "broken"] };
                let mut words: Vec<&str> = own.into_iter().filter(|_| self.dice.percent(60)).collect();
                let common = ["dashboard", "invoice", "late", "delivery", "price", "expensive", "support"];
                words.extend(common.into_iter().filter(|_| self.dice.percent(25)));
                self.dice.shuffle(&mut words);
                let mut text = words.join(" ");
                if self.dice.percent(20) {
                    text = format!("not late, {text}");
                } else if self.dice.percent(10) {
                    text = format!("{text} never expensive");
                }
                ("en", text)
            }
        }
    }

    fn tickets(&mut self) -> String {
        let mut text = String::from(
            "ticket_id,customer_id,opened_at,first_response_at,resolved_at,contacts,reopened,channel,category\n",
        );
        for number in 1..=260 {
            let customer = self.customer();
            let day = self.some_day();
            let opened = self.moment(day);
            let mut after = |share: i64, hours: i64| {
                if !self.dice.percent(share) {
                    return String::new();
                }
                let seconds = self.dice.between(0, hours * 3600);
                // In universal time, so that no clock change can turn the order round.
                let at = super::time::instant(self.choices.zone, opened) + seconds * 1_000_000;
                chrono::DateTime::from_timestamp_micros(at).unwrap().format("%Y-%m-%d %H:%M:%S+00:00").to_string()
            };
            let first = after(85, 30);
            let resolved = after(80, 400);
            let opened = self.written(opened);
            let contacts = self.dice.one_of(&[0, 1, 1, 1, 2, 3]);
            let reopened = self.dice.one_of(&["no", "no", "no", "yes", ""]);
            let channel = self.dice.one_of(&["email", "phone", "chat", ""]);
            let category = self.dice.one_of(&["billing", "bug", ""]);
            writeln!(
                text,
                "t{number:04},{customer},{opened},{first},{resolved},{contacts},{reopened},{channel},{category}"
            )
            .unwrap();
        }
        text
    }

    fn usage(&mut self) -> String {
        let mut text = String::from("customer_id,date,feature,events\n");
        for id in self.customers.clone() {
            if self.dice.percent(12) {
                continue;
            }
            for _ in 0..self.dice.between(1, 10) {
                let mut on = self.some_day();
                for _ in 0..self.dice.between(1, 8) {
                    let feature = self.dice.one_of(&["search", "export", "share", ""]);
                    let events = self.dice.one_of(&[0, 1, 2, 5, 9]);
                    writeln!(text, "{id},{on},{feature},{events}").unwrap();
                    on = self.later(on, 4);
                }
            }
        }
        text
    }

    fn interactions(&mut self) -> String {
        let mut rows = std::collections::BTreeSet::new();
        for _ in 0..250 {
            let customer = self.customer();
            let day = self.some_day();
            let moment = self.moment(day);
            let at = self.written(moment);
            rows.insert(format!("{customer},{at},{}\n", self.dice.one_of(&["call", "email", "meeting"])));
        }
        "customer_id,at,kind\n".to_owned() + &rows.into_iter().collect::<String>()
    }

    fn costs(&mut self) -> String {
        let mut text = String::from("cost_id,customer_id,date,program,kind,amount\n");
        let whole_base = self.dice.one_of(&[0, 3, 10]);
        for number in 1..=160 {
            let customer = if self.dice.percent(whole_base) { String::new() } else { self.customer() };
            let day = self.some_day();
            let moment = self.moment(day);
            let date = self.written(moment);
            let program = self.dice.one_of(&["Loyalty", "Rescue", "Renewal", ""]);
            let kind = self.dice.one_of(&["reward", "benefit", "promotion", "other", ""]);
            let sign = if self.dice.percent(4) { "-" } else { "" };
            let amount = self.mrr();
            writeln!(text, "k{number:04},{customer},{date},{program},{kind},{sign}{amount}").unwrap();
        }
        text
    }

    fn goals(&mut self) -> String {
        let mut text = String::from(
            "goal_id,customer_id,stakeholder,target,achieved,direction,weight,expected_rating,perceived_rating,assessed_at\n",
        );
        for number in 1..=90 {
            let customer = self.customer();
            let stakeholder = self.dice.one_of(&["user", "management", ""]);
            let direction = self.dice.one_of(&["up", "up", "down", ""]);
            let weight = self.dice.one_of(&["1", "2", "0.5", "0.3", ""]);
            let target = self.dice.one_of(&["10", "100", "0", "7.5", "-4"]);
            let mut on = self.some_day();
            for _ in 0..self.dice.between(1, 4) {
                let achieved = self.dice.one_of(&["", "0", "5", "12", "80", "-3", "6.7"]);
                let (expected, perceived) = (self.dice.between(0, 100), self.dice.between(0, 100));
                let expected = if self.dice.percent(80) { expected.to_string() } else { String::new() };
                let perceived = if self.dice.percent(80) {
                    format!("{perceived}.5").replace("100.5", "100")
                } else {
                    String::new()
                };
                writeln!(
                    text,
                    "g{number:03},{customer},{stakeholder},{target},{achieved},{direction},{weight},{expected},{perceived},{on}"
                )
                .unwrap();
                let step = self.dice.between(1, 50);
                on = days_after(on, step);
            }
        }
        text
    }

    fn onboarding(&mut self) -> String {
        let mut text = String::from("customer_id,started_at,completed_at,first_value_at\n");
        for id in self.customers.clone() {
            if self.dice.percent(25) {
                continue;
            }
            let started = self.some_day();
            let completed = self.later(started, 45);
            let value = self.later(started, 70);
            let pick = |dice: &mut Dice, share, day: NaiveDate| {
                if dice.percent(share) { day.to_string() } else { String::new() }
            };
            let started = pick(&mut self.dice, 70, started);
            let completed = pick(&mut self.dice, 75, completed);
            let value = pick(&mut self.dice, 70, value);
            writeln!(text, "{id},{started},{completed},{value}").unwrap();
        }
        text
    }

    fn leads(&mut self) -> String {
        let mut text = String::from("lead_id,created_at,converted_at,customer_id,source\n");
        for number in 1..=220 {
            let on = self.some_day();
            let created = self.moment(on);
            let days = self.dice.one_of(&[0, 5, self.choices.conversion_days, self.choices.conversion_days + 1, 60]);
            let mut converted = created + chrono::Duration::days(days);
            if self.dice.percent(30) {
                converted = days_after(on, days).and_hms_opt(0, 0, 0).unwrap();
            }
            let converted =
                if self.dice.percent(60) { converted.format("%Y-%m-%d %H:%M:%S").to_string() } else { String::new() };
            let created = created.format("%Y-%m-%d %H:%M:%S").to_string();
            let customer = if self.dice.percent(50) { self.customer() } else { String::new() };
            let source = self.dice.one_of(&["ads", "event", ""]);
            writeln!(text, "l{number:04},{created},{converted},{customer},{source}").unwrap();
        }
        text
    }

    fn staff(&mut self) -> String {
        let mut text = String::from("employee_id,hired_at,left_at,team\n");
        for number in 1..=30 {
            let hired = self.some_day();
            let left = self.later(hired, 500);
            let left = if self.dice.percent(60) { left.to_string() } else { String::new() };
            let team = self.dice.one_of(&["Success", "Support", ""]);
            writeln!(text, "e{number:02},{hired},{left},{team}").unwrap();
        }
        text
    }
}
