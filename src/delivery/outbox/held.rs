//! What the configuration of today says of a mail that is not sent: whether it may be tried as it is; if not, why, and what mends it.

use super::mailing::{Mailing, Obstacle};
use crate::config::Config;
use crate::delivery::address::identity;
use crate::error::Result;
use crate::ledger::{Delivery, Ledger, OPERATORS, State, TRIAL};

/// What stands in the way of a mail by the configuration of today; a trial may go wherever mail may go at all.
///
/// # Errors
/// An address that is none; those of the ledger.
pub fn obstacle(ledger: &Ledger, config: &Config, delivery: &Delivery) -> Result<Option<Obstacle>> {
    let named = |is_named: bool| Ok((!is_named).then_some(Obstacle::Unnamed));
    if delivery.report == OPERATORS {
        let mut operators = config.delivery.operators.iter();
        return named(operators.any(|to| identity(to).is_ok_and(|who| who == delivery.recipient)));
    }
    if let Some(report) = delivery.report.strip_suffix(TRIAL) {
        let domains = &config.delivery.allowed_domains;
        let domain = delivery.recipient.rsplit('@').next().unwrap_or_default();
        let may_go = domains.is_empty() || domains.iter().any(|allowed| allowed == domain);
        return named(may_go && config.reports.contains_key(report));
    }
    let readers = config.reports.get(&delivery.report).map_or(&[][..], |plan| &plan.recipients);
    Mailing::of(&delivery.report, &delivery.period, readers)?.obstacle(ledger, delivery)
}

/// How a mail stands: whether it may have arrived ([`Ledger::may_have_arrived`]), also where its state does not say so, and whether it
/// is not tried because of the configuration of today.
pub fn stands(obstacle: Option<Obstacle>, delivery: &Delivery, may_have_arrived: bool) -> String {
    let state = format!("{}{}", delivery.state.id(), doubt(delivery, may_have_arrived));
    match obstacle.filter(|_| !delivery.state.has_ended()) {
        None => state,
        Some(Obstacle::Unnamed) => format!("{state}, held"),
        Some(Obstacle::Outdated) => format!("{state}, outdated"),
    }
}

/// What its state does not say of whether, and how often, a mail may be there.
pub fn doubt(delivery: &Delivery, may_have_arrived: bool) -> &'static str {
    match delivery.state {
        // An attempt before that may have brought it there too.
        State::Sent if delivery.resends > 0 => ", perhaps more than once",
        State::Unknown => "",
        _ if may_have_arrived => ", may have arrived",
        _ => "",
    }
}

impl Obstacle {
    /// Why a mail is not tried.
    pub fn why(self, delivery: &Delivery) -> String {
        let names = match self {
            Self::Outdated => {
                return "it was written for another part, language or right to names than its reader has now"
                    .to_owned();
            }
            Self::Unnamed if delivery.report == OPERATORS => "`delivery.operators`",
            Self::Unnamed if delivery.is_to_a_reader() => "reports.yaml",
            Self::Unnamed => "the configuration",
        };
        format!("{names} no longer names its reader for it")
    }

    /// What mends it.
    pub fn remedy(self, delivery: &Delivery) -> String {
        let (id, again) = (delivery.id, delivery.made_by());
        match self {
            Self::Unnamed => format!(
                "name them there again, then farol outbox retry {id}; or give it up: farol outbox discard {id} --reason \"no longer a reader\""
            ),
            Self::Outdated if delivery.is_undecided() => format!(
                "ask whether they have it; if not, farol outbox retry {id} lets {again} write it as the configuration has it now; if so, \
                 farol outbox discard {id} --reason \"it has arrived\""
            ),
            Self::Outdated => format!(
                "{again} writes it as the configuration has it now; or give it up: farol outbox discard {id} --reason WHY"
            ),
        }
    }
}

/// What mends it that a mail cannot be handed over, where that is neither its reader's fault nor a server's that is away: the sender is
/// refused for good, or the maildir cannot be written.
pub fn blocked(delivery: &Delivery) -> Option<String> {
    let reply = delivery.reply.as_deref().filter(|_| delivery.state == State::Deferred)?;
    if reply.starts_with("the maildir ") {
        // Trials are left to whoever made them.
        let is_trial = delivery.report.ends_with(TRIAL);
        let next = if is_trial { format!("retry {}", delivery.id) } else { "deliver".to_owned() };
        return Some(format!(
            "# let farol write that folder, or name another in `delivery.transport.maildir`; what waits goes out with the next\n\
             farol outbox {next}"
        ));
    }
    let sender = &delivery.sender;
    let refused = reply.starts_with("MAIL FROM: 5").then(|| {
        format!(
            "# the mail server refuses the sender, {sender}: have it take that one, and what waits goes out; or name another in `delivery.from`"
        )
    })?;
    // What is written names its sender.
    let anew = format!(
        ", and have the mail written anew, by which whoever has the report already gets a revision too:\n{} --resend --reason \"another \
         sender\"",
        delivery.made_by()
    );
    Some(if delivery.report == OPERATORS { refused } else { refused + &anew })
}
