//! What a customer does besides paying: usage, tickets, answers, contacts, goals, orders.
//!
//! Everything follows the month's health; the rows and the true figures are written side by side.

use std::io;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use super::comments::comment;
use super::dice::Dice;
use super::files::{Csv, Files, money};
use super::life::{Life, Plan};
use super::model::{Model, Span, season};
use super::troubles::Troubles;
use super::truth::{Answer, Truth};

/// Where rows and true figures go.
pub(super) struct Scene<'a> {
    pub(super) model: &'a Model,
    pub(super) span: Span,
    pub(super) files: Files,
    pub(super) truth: Truth,
    pub(super) troubles: Option<Troubles>,
    pub(super) ids: Ids,
}

/// The last id given out, per table.
#[derive(Default)]
pub(super) struct Ids {
    subscription: u64,
    order: u64,
    response: u64,
    ticket: u64,
    pub(super) cost: u64,
    pub(super) lead: u64,
}

/// The next id of a kind.
pub(super) fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
}

/// A month of a customer.
struct Now<'a> {
    life: &'a Life,
    health: f64,
    start: NaiveDate,
    end: NaiveDate,
    number: u32,
}

/// A goal that a customer was promised.
struct Goal {
    id: String,
    stakeholder: &'static str,
    promise: &'static str,
    direction: &'static str,
    target: f64,
    weight: i64,
}

/// A touch of a survey: what is asked, of whom, when.
struct Invitation<'a> {
    survey: &'static str,
    kind: &'static str,
    touchpoint: &'static str,
    /// From 0; decides id and role.
    respondent: u32,
    sent: NaiveDateTime,
    /// Probability of an answer.
    response: f64,
    /// Score, drawn beforehand.
    score: i64,
    /// Mood of a comment, and how often there is one.
    mood: f64,
    comments: f64,
    now: &'a Now<'a>,
}

/// The lowest joy that still gives each NPS score, from 10 down to 1.
const STEPS: [f64; 10] = [0.84, 0.67, 0.58, 0.50, 0.42, 0.36, 0.30, 0.23, 0.15, 0.07];

const FEATURES: [&str; 8] = ["orders", "invoices", "dashboard", "inventory", "crm", "reports", "automation", "api"];
const FEATURE_WEIGHTS: [f64; 8] = [5.0, 4.0, 3.0, 2.5, 2.0, 1.5, 0.8, 0.5];

impl Scene<'_> {
    /// Writes everything about one customer.
    pub(super) fn play(&mut self, life: &Life, dice: &mut Dice) -> io::Result<()> {
        self.customer(life)?;
        self.contracts(life)?;
        self.truth.revenue(life);
        self.arrival(life, dice)?;
        let goals = goals(life, dice);
        let mut answers = Vec::new();
        for (number, health) in &life.health {
            let (start, end) = (self.span.start(*number), self.span.start(*number + 1));
            let was_active = life.cents_on(start) > 0 || life.changes.iter().any(|(day, _)| (start..end).contains(day));
            if start < self.span.window_start() || !was_active {
                continue;
            }
            let now = Now { life, health: *health, start, end, number: *number };
            self.usage(&now, dice)?;
            self.tickets(&now, dice, &mut answers)?;
            self.nps(&now, dice, &mut answers)?;
            self.contacts(&now, dice)?;
            self.orders(&now, dice)?;
            self.costs(&now, dice)?;
            self.assessments(&now, dice, &goals)?;
        }
        self.truth.answers(&answers);
        Ok(())
    }

    fn customer(&mut self, life: &Life) -> io::Result<()> {
        let name = match &mut self.troubles {
            Some(troubles) => troubles.name(life, self.files.next_line(Csv::Customers)),
            None => life.name.clone(),
        };
        let day = |date: NaiveDate| date.format("%d/%m/%Y").to_string();
        let (signup, contact) = (day(life.signup), day(life.first_contact));
        self.files.row(Csv::Customers, &[&life.id, &name, &signup, &contact, life.region, life.size])?;
        if let Some(month) = self.truth.on(life.signup) {
            month.signups += 1;
        }
        Ok(())
    }

    fn contracts(&mut self, life: &Life) -> io::Result<()> {
        for contract in &life.contracts {
            let id = format!("S{:06}", next(&mut self.ids.subscription));
            let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
            self.files.row(
                Csv::Subscriptions,
                &[
                    &id,
                    &life.id,
                    &contract.start.to_string(),
                    &day(contract.end),
                    &money(contract.cents),
                    contract.plan.name(),
                    contract.reason.unwrap_or_default(),
                    &day(contract.renewal),
                    "BRL",
                ],
            )?;
        }
        Ok(())
    }

    /// The lead that became this customer, and its on-boarding.
    fn arrival(&mut self, life: &Life, dice: &mut Dice) -> io::Result<()> {
        if life.signup < self.span.window_start() {
            return Ok(());
        }
        let health = life.health.first().map_or(0.5, |(_, health)| *health);
        let converted = dice.office_time(life.signup);
        // Nobody should have to ask whether thirty days and some hours are thirty days.
        let days = match (life.signup - life.first_contact).num_days() {
            29..=31 => 28,
            days => days,
        };
        let created = dice.office_time(life.signup - Duration::days(days));
        let lead = format!("L{:06}", next(&mut self.ids.lead));
        let source = lead_source(dice);
        let (created_at, converted_at) = (self.files.stamp(created), self.files.stamp(converted));
        self.files.row(Csv::Leads, &[&lead, &created_at, &converted_at, &life.id, source, life.region])?;
        if let Some(month) = self.truth.on(created.date()) {
            month.leads_created += 1;
            month.leads_converted_within_30_days += i64::from(days < 30);
        }
        let begins = life.signup + Duration::days(dice.whole(0, 6));
        let started = dice.office_time(begins);
        let pace = 2.2 - 1.5 * health;
        let first_value = started + hours(24.0 * (3.0 + 9.0 * pace * dice.skewed().min(6.0)));
        let completed = started + hours(24.0 * (6.0 + 15.0 * pace * dice.skewed().min(6.0)));
        let data_end = self.span.end().and_time(NaiveTime::MIN);
        let gone = |at: &NaiveDateTime| *at < data_end && life.cents_on(at.date()) > 0;
        let cells =
            [Some(started).filter(|at| *at < data_end), Some(completed).filter(gone), Some(first_value).filter(gone)]
                .map(|at| self.files.stamp_or_empty(at));
        let [started, completed, first_value] = cells;
        self.files.row(Csv::Onboarding, &[&life.id, &started, &completed, &first_value])?;
        Ok(())
    }

    fn usage(&mut self, now: &Now, dice: &mut Dice) -> io::Result<()> {
        let seats = match now.life.plan_on(now.start) {
            Plan::Starter => 4.0,
            Plan::Pro => 15.0,
            Plan::Enterprise => 60.0,
        };
        let is_dormant = dice.chance(0.01 + 2.0 * (0.5 - now.health).max(0.0));
        let mut days = 0;
        let mut day = if is_dormant { now.end } else { now.start };
        while day < now.end {
            let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            let busy = season(&self.model.usage_season, day) * (0.08 + 0.95 * now.health);
            let chance = if is_weekend { 0.12 * busy } else { busy.min(0.97) };
            if dice.chance(chance) && now.life.cents_on(day) > 0 {
                days += 1;
                let features = 1 + i32::from(dice.chance(0.28)) + i32::from(dice.chance(0.08));
                let mut used: Vec<&str> = Vec::new();
                for _ in 0..features {
                    let feature = FEATURES.get(dice.weighted(&FEATURE_WEIGHTS)).copied().unwrap_or("orders");
                    if used.contains(&feature) {
                        continue;
                    }
                    used.push(feature);
                    let users = rounded((seats * now.health * dice.between(0.25, 0.9)).max(1.0));
                    let events = users * dice.whole(2, 9);
                    self.files.usage(&now.life.id, day, feature, (events, users))?;
                    if let Some(month) = self.truth.on(day) {
                        month.usage_events += events;
                    }
                }
            }
            day += Duration::days(1);
        }
        if let Some(month) = self.truth.on(now.start) {
            month.usage_customer_days += days;
            month.usage_customers += i64::from(days > 0);
        }
        Ok(())
    }

    fn tickets(&mut self, now: &Now, dice: &mut Dice, answers: &mut Vec<Answer>) -> io::Result<()> {
        let (per_month, response_hours) = match now.life.plan_on(now.start) {
            Plan::Starter => (0.7, 4.5),
            Plan::Pro => (1.1, 2.5),
            Plan::Enterprise => (2.2, 1.0),
        };
        let decline = self.model.decline(now.life.region, now.start);
        let slowness = decline.map_or(1.0, |decline| decline.slowness);
        let mean = per_month * season(&self.model.ticket_season, now.start) * (1.75 - now.health);
        let data_end = self.span.end().and_time(NaiveTime::MIN);
        for _ in 0..dice.count(if decline.is_some() { mean * 1.5 } else { mean }) {
            let day = any_day(now, dice);
            let opened = dice.office_time(day);
            if now.life.cents_on(opened.date()) == 0 {
                continue;
            }
            let response = opened + hours(response_hours * slowness * dice.skewed());
            let at_first = dice.chance((0.58 + 0.24 * now.health) * decline.map_or(1.0, |d| d.first_contact));
            let work = if at_first { 0.6 * dice.skewed() } else { 22.0 * slowness * dice.skewed() };
            let resolved = Some(response + hours(work)).filter(|at| *at < data_end && !dice.chance(0.012));
            let contacts = if dice.chance(0.012) {
                0
            } else if at_first {
                1
            } else {
                2 + i64::from(dice.count(0.9).min(7))
            };
            let reopened = resolved.is_some() && dice.chance(if at_first { 0.03 } else { 0.1 });
            let id = format!("T{:06}", next(&mut self.ids.ticket));
            let cells = [
                id,
                now.life.id.clone(),
                self.files.stamp(opened),
                self.files.stamp_or_empty(Some(response).filter(|at| *at < data_end)),
                self.files.stamp_or_empty(resolved),
                contacts.to_string(),
                reopened.to_string(),
                channel(dice).to_owned(),
                category(dice).to_owned(),
            ];
            let is_held = self.troubles.as_mut().is_some_and(|troubles| troubles.hold(now.life, &cells));
            if !is_held {
                self.files.row(Csv::Tickets, &cells.each_ref().map(String::as_str))?;
            }
            if let Some(month) = self.truth.on(opened.date()) {
                month.tickets_opened += 1;
                month.tickets_without_contact += i64::from(contacts == 0);
                month.tickets_first_contact += i64::from(resolved.is_some() && contacts == 1 && !reopened);
            }
            if let Some(resolved) = resolved.filter(|_| contacts > 0 && dice.chance(0.9)) {
                self.ask_about_ticket(now, dice, answers, (resolved, at_first && !reopened, slowness))?;
            }
        }
        Ok(())
    }

    /// A CSAT survey, sometimes an effort survey, after a ticket.
    fn ask_about_ticket(
        &mut self,
        now: &Now,
        dice: &mut Dice,
        answers: &mut Vec<Answer>,
        (resolved, went_well, slowness): (NaiveDateTime, bool, f64),
    ) -> io::Result<()> {
        let luck = if went_well { 0.12 } else { -0.06 };
        let joy = 0.42 + 0.46 * now.health + luck - 0.07 * (slowness - 1.0) + 0.13 * dice.bell();
        let joy = joy.clamp(0.0, 1.0);
        let is_effort = dice.chance(0.1);
        let score = if is_effort { 1 + rounded(6.0 * joy) } else { 1 + rounded(9.0 * joy) };
        let invitation = Invitation {
            survey: if is_effort { "ces" } else { "csat" },
            kind: "transactional",
            touchpoint: "support",
            respondent: u32::try_from(dice.whole(0, i64::from(respondents(now.life)) - 1)).unwrap_or(0),
            sent: resolved + Duration::minutes(dice.whole(10, 90)),
            response: 0.84,
            score,
            mood: mood(joy),
            comments: 0.15,
            now,
        };
        self.survey(&invitation, dice, answers)
    }

    /// The relationship survey: every customer once a quarter; now and then a respondent is asked again.
    fn nps(&mut self, now: &Now, dice: &mut Dice, answers: &mut Vec<Answer>) -> io::Result<()> {
        let onboarded = now.life.signup + Duration::days(40);
        if (now.start..now.end).contains(&onboarded) && now.life.cents_on(onboarded) > 0 && dice.chance(0.6) {
            let sent = dice.office_time(onboarded);
            let touch = ("transactional", "onboarding");
            self.ask_nps(now, dice, answers, (0, sent, touch))?;
        }
        if now.life.number % 3 != now.number % 3 {
            return Ok(());
        }
        let day = weekday(now.start + Duration::days(dice.whole(2, 18)));
        if now.life.cents_on(day) == 0 {
            return Ok(());
        }
        for respondent in 0..respondents(now.life) {
            let sent = dice.office_time(day);
            let touch = ("relational", "relationship");
            self.ask_nps(now, dice, answers, (respondent, sent, touch))?;
            if dice.chance(0.03) {
                let again = dice.office_time(weekday(day + Duration::days(5)));
                self.ask_nps(now, dice, answers, (respondent, again, touch))?;
            }
        }
        Ok(())
    }

    fn ask_nps(
        &mut self,
        now: &Now,
        dice: &mut Dice,
        answers: &mut Vec<Answer>,
        (respondent, sent, (kind, touchpoint)): (u32, NaiveDateTime, (&'static str, &'static str)),
    ) -> io::Result<()> {
        let bias = match role(now.life, respondent) {
            "user" => 0.03,
            "manager" => -0.02,
            _ => -0.05,
        };
        let joy = now.health + bias + 0.16 * dice.bell();
        let score = 10 - i64::try_from(STEPS.iter().take_while(|step| joy < **step).count()).unwrap_or(10);
        let invitation = Invitation {
            survey: "nps",
            kind,
            touchpoint,
            respondent,
            sent,
            response: 0.44 + 0.26 * now.health,
            score,
            mood: mood(joy),
            comments: 0.4,
            now,
        };
        self.survey(&invitation, dice, answers)
    }

    /// Writes an invitation and, if it comes in time, its answer.
    fn survey(&mut self, ask: &Invitation, dice: &mut Dice, answers: &mut Vec<Answer>) -> io::Result<()> {
        let life = ask.now.life;
        let data_end = self.span.end().and_time(NaiveTime::MIN);
        if ask.sent >= data_end {
            return Ok(());
        }
        let delay = Duration::minutes(2) + hours((9.0 * dice.skewed()).min(280.0));
        let awake = match (ask.sent + delay).hour() {
            0..7 => Duration::hours(8),
            _ => Duration::zero(),
        };
        let responded = Some(ask.sent + delay + awake).filter(|at| dice.chance(ask.response) && *at < data_end);
        let number = next(&mut self.ids.response);
        let respondent = format!("{}.{}", life.id, ask.respondent + 1);
        let mut words = String::new();
        if responded.is_some() && dice.chance(ask.comments) {
            let sore = self.model.decline(life.region, ask.now.start).map(|_| "support");
            words = comment(dice, life.lang, ask.mood, sore);
            if let Some(troubles) = &mut self.troubles {
                troubles.break_line(life, &mut words, self.files.next_line(Csv::Surveys));
            }
        }
        let lang = if words.is_empty() { "" } else { life.lang };
        let score = if responded.is_some() { ask.score.to_string() } else { String::new() };
        let (sent_at, responded_at) = (self.files.stamp(ask.sent), self.files.stamp_or_empty(responded));
        self.files.row(
            Csv::Surveys,
            &[
                &format!("R{number:06}"),
                &life.id,
                &respondent,
                role(life, ask.respondent),
                ask.survey,
                ask.kind,
                ask.touchpoint,
                &score,
                &words,
                lang,
                &sent_at,
                &responded_at,
            ],
        )?;
        if (ask.survey, ask.kind) == ("nps", "relational")
            && let Some(month) = self.truth.on(ask.sent.date())
        {
            month.nps_invitations += 1;
            month.nps_invitations_answered += i64::from(responded.is_some());
        }
        if let Some(at) = responded {
            let (survey, kind, touchpoint, score) = (ask.survey, ask.kind, ask.touchpoint, ask.score);
            answers.push(Answer { survey, kind, touchpoint, respondent, at, number, score });
        }
        Ok(())
    }

    fn contacts(&mut self, now: &Now, dice: &mut Dice) -> io::Result<()> {
        let per_month = match now.life.plan_on(now.start) {
            Plan::Starter => 0.2,
            Plan::Pro => 0.55,
            Plan::Enterprise => 1.4,
        };
        for _ in 0..dice.count(per_month * (0.4 + 0.9 * now.health)) {
            let day = any_day(now, dice);
            let at = dice.office_time(day);
            let kinds = ["call", "email", "meeting", "training", "business_review"];
            let kind = kinds.get(dice.weighted(&[4.0, 3.5, 2.0, 1.0, 0.7])).copied().unwrap_or("call");
            if now.life.cents_on(at.date()) > 0 {
                let stamp = self.files.stamp(at);
                self.files.row(Csv::Interactions, &[&now.life.id, &stamp, kind])?;
                if let Some(month) = self.truth.on(at.date()) {
                    month.interactions += 1;
                }
            }
        }
        Ok(())
    }

    fn orders(&mut self, now: &Now, dice: &mut Dice) -> io::Result<()> {
        let (mean, low, high) = match now.life.plan_on(now.start) {
            Plan::Starter => (0.12, 60.0, 400.0),
            Plan::Pro => (0.25, 150.0, 1800.0),
            Plan::Enterprise => (0.5, 600.0, 9000.0),
        };
        for _ in 0..dice.count(mean * (0.4 + now.health)) {
            let day = any_day(now, dice);
            let at = dice.office_time(day);
            let amount = rounded(dice.between(low, high) * 10.0) * 10;
            let amount = if dice.chance(0.03) { -amount } else { amount };
            if now.life.cents_on(at.date()) > 0 {
                let id = format!("O{:06}", next(&mut self.ids.order));
                let stamp = self.files.stamp(at);
                self.files.row(Csv::Orders, &[&id, &now.life.id, &stamp, &money(amount), "BRL"])?;
                if let Some(month) = self.truth.on(at.date()) {
                    month.orders += 1;
                    month.orders_amount += amount;
                }
            }
        }
        Ok(())
    }

    fn costs(&mut self, now: &Now, dice: &mut Dice) -> io::Result<()> {
        let mrr = now.life.cents_on(now.start);
        let renews =
            now.life.contracts.iter().any(|c| c.renewal.is_some_and(|day| (now.start..now.end).contains(&day)));
        let spends = [
            ("Health rescue", "benefit", now.health < 0.5 && dice.chance(0.2), 18),
            ("Renewal discount", "promotion", renews && dice.chance(0.35), 40),
            ("Loyalty points", "reward", dice.chance(0.07), 8),
        ];
        for (program, kind, happens, percent) in spends {
            let day = any_day(now, dice);
            let amount = mrr * dice.whole(percent / 2, percent) / 100;
            if happens && amount > 0 && now.life.cents_on(day) > 0 {
                self.cost(&now.life.id, day, (program, kind), amount)?;
            }
        }
        Ok(())
    }

    /// Writes one row of spending; without a customer it is for the whole base.
    pub(super) fn cost(
        &mut self,
        customer: &str,
        day: NaiveDate,
        (program, kind): (&str, &str),
        amount: i64,
    ) -> io::Result<()> {
        let id = format!("K{:06}", next(&mut self.ids.cost));
        self.files.row(Csv::RetentionCosts, &[&id, customer, &day.to_string(), program, kind, &money(amount)])?;
        if let Some(month) = self.truth.on(day) {
            month.retention_amount += amount;
        }
        Ok(())
    }

    /// Goals are assessed every six months.
    fn assessments(&mut self, now: &Now, dice: &mut Dice, goals: &[Goal]) -> io::Result<()> {
        let since = (now.start.year() - now.life.signup.year()) * 12 + now.start.month().cast_signed()
            - now.life.signup.month().cast_signed();
        let day = weekday(now.start + Duration::days(dice.whole(3, 20)));
        let at = dice.office_time(day);
        if since % 6 != 5 || now.life.cents_on(at.date()) == 0 {
            return Ok(());
        }
        for goal in goals {
            let reached = (0.55 + 0.62 * now.health + 0.13 * dice.bell()).max(0.05);
            let achieved = if goal.direction == "up" { goal.target * reached } else { goal.target / reached };
            let achieved = if dice.chance(0.05) { String::new() } else { format!("{achieved:.1}") };
            let expected = (80.0 + 6.0 * dice.bell()).clamp(40.0, 100.0);
            let manager = if goal.stakeholder == "management" { -6.0 } else { 0.0 };
            let perceived = (36.0 + 56.0 * now.health + manager + 6.0 * dice.bell()).clamp(0.0, 100.0);
            let assessed_at = self.files.stamp(at);
            self.files.row(
                Csv::Goals,
                &[
                    &goal.id,
                    &now.life.id,
                    goal.stakeholder,
                    goal.promise,
                    &format!("{:.1}", goal.target),
                    &achieved,
                    goal.direction,
                    &goal.weight.to_string(),
                    &rounded(expected).to_string(),
                    &rounded(perceived).to_string(),
                    &assessed_at,
                ],
            )?;
            if let Some(month) = self.truth.on(at.date()) {
                month.goals_assessed += 1;
            }
        }
        Ok(())
    }
}

/// The goals of a customer: one for users, and but for the smallest one for management.
fn goals(life: &Life, dice: &mut Dice) -> Vec<Goal> {
    const PROMISES: [(&str, &str, f64, f64); 6] = [
        ("Reduzir o prazo de fechamento (dias)", "down", 3.0, 10.0),
        ("Aumentar pedidos pela loja virtual (%)", "up", 5.0, 40.0),
        ("Reduzir erros de faturamento (por mês)", "down", 2.0, 20.0),
        ("Usuários ativos por semana", "up", 5.0, 60.0),
        ("Horas economizadas por mês", "up", 10.0, 120.0),
        ("Reduzir estoque parado (dias)", "down", 15.0, 60.0),
    ];
    let stakeholders: &[&'static str] = if life.size == "P" { &["user"] } else { &["user", "management"] };
    let mut goals = Vec::new();
    for (number, stakeholder) in stakeholders.iter().copied().enumerate() {
        let which = dice.weighted(&[1.0; 6]);
        let (promise, direction, low, high) = PROMISES.get(which).copied().unwrap_or(PROMISES[0]);
        goals.push(Goal {
            id: format!("G-{}-{}", life.id, number + 1),
            stakeholder,
            promise,
            direction,
            target: dice.between(low, high).round(),
            weight: dice.whole(1, 3),
        });
    }
    goals
}

/// People who answer surveys at a customer.
fn respondents(life: &Life) -> u32 {
    match life.size {
        "P" => 1,
        "M" => 2,
        _ => 4,
    }
}

/// The role of a customer's respondent.
fn role(life: &Life, respondent: u32) -> &'static str {
    match (life.size, respondent) {
        ("P", _) if life.number.is_multiple_of(3) => "manager",
        (_, 1) => "manager",
        ("G", 3) => "executive",
        _ => "user",
    }
}

/// A day of the month, mostly a working day.
fn any_day(now: &Now, dice: &mut Dice) -> NaiveDate {
    let day = now.start + Duration::days(dice.whole(0, (now.end - now.start).num_days() - 1));
    let moved = weekday(day);
    if moved < now.end && dice.chance(0.8) { moved } else { day }
}

/// The day itself, or the Monday after a weekend.
fn weekday(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => day + Duration::days(2),
        Weekday::Sun => day + Duration::days(1),
        _ => day,
    }
}

/// How much of a comment is praise, by joy: nearly nothing under 0.35, nearly all over 0.75.
fn mood(joy: f64) -> f64 {
    ((joy - 0.35) / 0.4).clamp(0.02, 0.97)
}

/// A length of time, to the second.
#[expect(clippy::cast_possible_truncation, reason = "durations of a few weeks")]
fn hours(hours: f64) -> Duration {
    Duration::seconds((hours * 3600.0) as i64)
}

/// A small number, rounded.
#[expect(clippy::cast_possible_truncation, reason = "numbers of people, points and cents are small")]
fn rounded(number: f64) -> i64 {
    number.round() as i64
}

/// Where leads come from.
pub(super) fn lead_source(dice: &mut Dice) -> &'static str {
    let sources = ["organic", "ads", "referral", "partner", "event"];
    sources.get(dice.weighted(&[3.0, 3.0, 2.0, 1.0, 1.0])).copied().unwrap_or("organic")
}

fn channel(dice: &mut Dice) -> &'static str {
    ["chat", "email", "phone", "portal"].get(dice.weighted(&[4.0, 3.0, 2.0, 1.0])).copied().unwrap_or("chat")
}

fn category(dice: &mut Dice) -> &'static str {
    let categories = ["how_to", "bug", "billing", "access", "integration", "performance"];
    categories.get(dice.weighted(&[4.0, 2.5, 1.5, 1.5, 1.5, 1.0])).copied().unwrap_or("how_to")
}
