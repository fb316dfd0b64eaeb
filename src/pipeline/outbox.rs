//! What people do about mail that is not sent: look at it, try it again, give it up.
//!
//! Renders nothing: the bytes are the ledger's.

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::delivery::address::masked;
use crate::delivery::outbox::{self, Obstacle, Postman, Summary, is_to_come, stands};
use crate::delivery::stop::Stop;
use crate::delivery::transport;
use crate::diagnostic::{Diagnostic, counted};
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Delivery, Ledger, OPERATORS, RunLock, State};
use crate::pipeline::mail::deliver_by;
use crate::pipeline::run::Outcome;
use crate::pipeline::waiting::stopped;

/// Why a delivery is tried again, as its decision says.
const BY_HAND: &str = "farol outbox retry";

/// What is neither sent nor given up, in the order in which it was recorded; with `all`, every delivery.
///
/// # Errors
/// Those of the ledger.
pub fn waiting(ledger: &Ledger, all: bool) -> Result<Vec<Delivery>> {
    let mut deliveries = ledger.all_deliveries()?;
    deliveries.retain(|delivery| all || !matches!(delivery.state, State::Sent | State::Discarded));
    Ok(deliveries)
}

/// The deliveries of these numbers, in their order.
///
/// # Errors
/// [`Exit::Usage`] for a number that no delivery has; those of the ledger.
pub fn chosen(ledger: Option<&Ledger>, ids: &[i64]) -> Result<Vec<Delivery>> {
    let mut found: Vec<Delivery> = Vec::new();
    for id in ids {
        let delivery = ledger.map(|ledger| ledger.delivery(*id)).transpose()?.flatten();
        let Some(delivery) = delivery else {
            let fault = Diagnostic::error("no-delivery", format!("the ledger knows no delivery {id}"));
            return Err(Failure::new(Exit::Usage, fault.help("farol outbox list --all shows their numbers")));
        };
        if found.iter().all(|known| known.id != delivery.id) {
            found.push(delivery);
        }
    }
    Ok(found)
}

/// Which mail is tried again by hand.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// What would be tried by itself, but for its pause; also where it may have arrived, as far as `on_unknown` allows.
    Waiting,
    /// Everything that is not sent.
    All,
    /// The deliveries of these numbers.
    These(&'a [i64]),
}

impl Which<'_> {
    /// The deliveries that are meant, those to operators by number or with all the others, for they are told by another lock.
    fn of(self, ledger: &Ledger, config: &Config, now: DateTime<Utc>) -> Result<Vec<Delivery>> {
        let is_to_come = |mail: &Delivery| is_to_come(mail, config.delivery.on_unknown, now);
        match self {
            Self::These(ids) => chosen(Some(ledger), ids),
            Self::All => waiting(ledger, false),
            Self::Waiting => {
                let mut deliveries = waiting(ledger, false)?;
                deliveries.retain(|mail| mail.report != OPERATORS && is_to_come(mail));
                Ok(deliveries)
            }
        }
    }
}

/// Tries deliveries again at once, the same bytes under the same Message-ID.
///
/// # Errors
/// [`Exit::Usage`] if one of the numbers may not be tried; [`Exit::TryAgain`] if a run goes on; those of the ledger.
pub fn retry(
    config: &Config,
    which: Which<'_>,
    stop: &Stop,
    dry_run: bool,
    clock: &dyn Fn() -> DateTime<Utc>,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let Some(mut ledger) = Ledger::find_witnessed(&config.state, &config.witnessed)? else {
        if let Which::These(ids) = which {
            chosen(None, ids)?;
        }
        outcome.lines.push("nothing was ever sent".to_owned());
        return Ok(outcome);
    };
    let mut locks = Vec::new();
    if !dry_run {
        locks.push(settled(&mut ledger, RunLock::acquire(&config.state, clock())?, clock)?);
    }
    let mut deliveries = which.of(&ledger, config, clock())?;
    let is_to_operators = deliveries.iter().any(|delivery| delivery.report == OPERATORS);
    if is_to_operators && !dry_run {
        locks.push(settled(&mut ledger, RunLock::for_operators(&config.state, clock())?, clock)?);
        deliveries = which.of(&ledger, config, clock())?;
    }
    let others = if let Which::Waiting = which { others(&ledger, &deliveries)? } else { Vec::new() };
    outcome.lines.extend(left(others.len()));
    let (mut tried, mut anew) = (Vec::new(), Vec::new());
    for delivery in deliveries {
        match answer(&ledger, config, which, &delivery)? {
            Answer::Try => tried.push(delivery),
            Answer::WriteAnew => anew.push(delivery),
            Answer::Not(why, help) => {
                let fault =
                    format!("delivery {} to `{}` is not tried: {why}", delivery.id, masked(&delivery.recipient));
                if let Which::These(_) = which {
                    return Err(Failure::new(Exit::Usage, Diagnostic::error("not-retried", fault).help(help)));
                }
                outcome.diagnostics.push(Diagnostic::warning("not-retried", fault).help(help));
            }
        }
    }
    if dry_run {
        outcome.lines.extend(tried.iter().map(|delivery| format!("would try {}", named(delivery))));
        outcome.lines.extend(anew.iter().map(|delivery| format!("would have {} written anew", named(delivery))));
        outcome.lines.push(format!("would try {} mails{}", tried.len(), left_alone(&outcome)));
        return Ok(outcome);
    }
    if !tried.is_empty() {
        config.delivery.transport.ready()?;
    }
    let mut way = transport::open_until(&config.delivery.transport, stop)?;
    let limit = deliver_by(config, clock());
    for delivery in &anew {
        ledger.deny(delivery.id, limit, clock())?;
        let again = delivery.made_by();
        outcome.lines.push(format!("{} counts as not arrived; {again} writes it anew", which_one(delivery)));
    }
    let mut postman = Postman::new(way.as_mut(), config.delivery.on_unknown, clock).until(stop);
    let mut summary = postman.retry(&mut ledger, &tried, (BY_HAND, limit))?;
    lacked(&ledger, config, others, &mut summary)?;
    outcome.sent = summary.sent_now.len();
    outcome.lines.push(format!("sent {} of {} mails{}", outcome.sent, tried.len(), left_alone(&outcome)));
    outcome.diagnostics.extend(summary.diagnostics());
    outcome.exit = summary.exit();
    stopped(stop, &mut outcome);
    Ok(outcome)
}

/// How many mails were meant and not tried, each with its reason in a warning.
fn left_alone(outcome: &Outcome) -> String {
    let left = outcome.diagnostics.iter().filter(|fault| fault.code == "not-retried").count();
    if left == 0 { String::new() } else { format!("; {} not tried, as told", counted(left, "was", "were")) }
}

/// What a bare `retry` leaves alone.
fn others(ledger: &Ledger, meant: &[Delivery]) -> Result<Vec<Delivery>> {
    let mut others = waiting(ledger, false)?;
    others.retain(|mail| mail.report != OPERATORS && meant.iter().all(|other| other.id != mail.id));
    Ok(others)
}

/// That a bare `retry` leaves something alone, if it does.
fn left(others: usize) -> Option<String> {
    (others > 0).then(|| {
        let mails = counted(others, "mail does", "mails do");
        format!("{mails} not wait to be tried: farol outbox list shows why, and farol outbox retry ID tries one all the same")
    })
}

/// Adds those of mails that are left alone which a reader of today may lack, the newest of their report and period: they are told as
/// whoever works the outbox tells them.
fn lacked(ledger: &Ledger, config: &Config, others: Vec<Delivery>, summary: &mut Summary) -> Result<()> {
    for mail in others.into_iter().filter(Delivery::is_to_a_reader) {
        let newest = ledger.standing(&mail.report, &mail.period, &mail.recipient)?;
        let obstacle = outbox::obstacle(ledger, config, &mail)?;
        if newest.is_some_and(|newest| newest.id != mail.id) || obstacle == Some(Obstacle::Unnamed) {
            continue;
        }
        if obstacle == Some(Obstacle::Outdated) {
            summary.outdated.push(mail.clone());
        }
        summary.deliveries.push(mail);
    }
    Ok(())
}

/// Settles what a crash has cut off of the mail that a lock guards.
fn settled(ledger: &mut Ledger, lock: RunLock, clock: &dyn Fn() -> DateTime<Utc>) -> Result<RunLock> {
    ledger.recover(&lock, clock())?;
    Ok(lock)
}

/// Gives deliveries up.
///
/// # Errors
/// [`Exit::Usage`] if one of them is sent or given up; [`Exit::TryAgain`] if a run goes on; those of the ledger.
pub fn discard(
    config: &Config,
    ids: &[i64],
    reason: &str,
    dry_run: bool,
    clock: &dyn Fn() -> DateTime<Utc>,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut ledger = Ledger::find_witnessed(&config.state, &config.witnessed)?;
    let mut locks = Vec::new();
    if let (Some(ledger), false) = (&mut ledger, dry_run) {
        locks.push(settled(ledger, RunLock::acquire(&config.state, clock())?, clock)?);
    }
    let mut deliveries = chosen(ledger.as_ref(), ids)?;
    let is_to_operators = deliveries.iter().any(|delivery| delivery.report == OPERATORS);
    if let (Some(ledger), true) = (&mut ledger, is_to_operators && !dry_run) {
        locks.push(settled(ledger, RunLock::for_operators(&config.state, clock())?, clock)?);
        deliveries = chosen(Some(ledger), ids)?;
    }
    if let Some(ended) = deliveries.iter().find(|delivery| matches!(delivery.state, State::Sent | State::Discarded)) {
        let fault = Diagnostic::error("not-discarded", format!("{} is {} already", which_one(ended), ended.state.id()));
        return Err(Failure::new(Exit::Usage, fault.help("name only deliveries that farol outbox list shows")));
    }
    for delivery in &deliveries {
        if let (false, Some(ledger)) = (dry_run, &mut ledger) {
            ledger.discard(delivery.id, reason, clock())?;
            outcome.lines.push(format!("gave up {}", named(delivery)));
        } else {
            outcome.lines.push(format!("would give up {}", named(delivery)));
        }
    }
    Ok(outcome)
}

/// Whether a delivery is tried by hand.
enum Answer {
    Try,
    /// It may have arrived, and its reader may see something else now: whoever names it says that it has not arrived, and the next run
    /// of its report and period writes it anew.
    WriteAnew,
    /// Why not, and what can be done instead.
    Not(String, String),
}

fn answer(ledger: &Ledger, config: &Config, which: Which<'_>, delivery: &Delivery) -> Result<Answer> {
    let since = delivery.updated.format("%Y-%m-%d %H:%M UTC");
    if delivery.state == State::Sent {
        let why = format!("it is sent, since {since}");
        return Ok(Answer::Not(why, as_a_revision(ledger, config, delivery)?));
    }
    let newest = ledger.standing(&delivery.report, &delivery.period, &delivery.recipient)?;
    if let Some(Delivery { id, state, .. }) = newest.filter(|newest| newest.id != delivery.id) {
        let why = format!(
            "it is {}, and a newer one, {id}, has taken its place, which is {}",
            delivery.state.id(),
            state.id()
        );
        let help = if state == State::Sent { "show" } else { "retry" };
        return Ok(Answer::Not(why, format!("see to that one: farol outbox {help} {id}")));
    }
    if delivery.state == State::Discarded {
        let why = format!("it was given up for good, {since}");
        return Ok(Answer::Not(why, as_a_revision(ledger, config, delivery)?));
    }
    Ok(match (outbox::obstacle(ledger, config, delivery)?, which) {
        (None, _) => Answer::Try,
        (Some(Obstacle::Outdated), Which::These(_)) if delivery.is_undecided() => Answer::WriteAnew,
        (Some(obstacle), _) => Answer::Not(obstacle.why(delivery), obstacle.remedy(delivery)),
    })
}

/// How a reader gets what has come to its end.
fn as_a_revision(ledger: &Ledger, config: &Config, delivery: &Delivery) -> Result<String> {
    if delivery.report == OPERATORS {
        return Ok("nothing is left to be done: farol status shows what is wrong now".to_owned());
    }
    if outbox::obstacle(ledger, config, delivery)? == Some(Obstacle::Unnamed) {
        return Ok("nothing is left to be done: the configuration no longer names them for it".to_owned());
    }
    let others = if delivery.is_to_a_reader() { ", and all other readers" } else { "" };
    Ok(format!("only a revision reaches them{others}: {} --resend --reason WHY", delivery.made_by()))
}

/// A delivery in a line of a log, its address masked, and how it stands.
pub(super) fn named(delivery: &Delivery) -> String {
    format!("{}, {}", which_one(delivery), stands(None, delivery, delivery.may_have_arrived()))
}

fn which_one(delivery: &Delivery) -> String {
    let who = masked(&delivery.recipient);
    format!("{}: `{}` {} to `{who}`", delivery.id, delivery.report, delivery.period)
}
