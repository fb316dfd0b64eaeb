//! The subject line: as much of the news as fits one line of a mailbox.

use super::matters::{Matter, matters};
use super::settled;
use crate::report::view::{Facts, cut};

/// Characters of a subject line, so that no mail header grows too long.
pub(in crate::report) const LONGEST_SUBJECT: usize = 200;

/// Characters of the report's name in it: mailboxes show some seventy of a subject, and the verdict is to be among them.
const LONGEST_NAME: usize = 40;

/// The subject line: report, period, the first KPI, the worst news, the revision. `told` are the KPIs that headline and
/// narrative tell of.
pub(in crate::report) fn subject(facts: &Facts<'_>, report_name: &str, told: &[&str]) -> String {
    let period = facts.locale.period_medium(facts.input.period);
    let revision = match facts.input.revision {
        0 | 1 => String::new(),
        n => format!(" ({})", facts.say("report-revision", &[("n", &facts.locale.count(u64::from(n)))])),
    };
    let scope = facts.input.scope.values().map(|value| facts.segment(value)).collect::<Vec<_>>().join(", ");
    let name = cut(report_name, LONGEST_NAME);
    let start: Vec<&str> = [name.as_str(), &scope, &period].into_iter().filter(|part| !part.is_empty()).collect();
    let start = cut(&start.join(" · "), LONGEST_SUBJECT - revision.chars().count());
    let clauses = if facts.is_open() {
        vec![facts.text("subject-open")]
    } else if facts.has_data() {
        subject_clauses(facts, told)
    } else {
        vec![facts.text("subject-nothing")]
    };
    // Fewer clauses rather than half of one.
    (0..=clauses.len())
        .rev()
        .map(|kept| match clauses.get(..kept).unwrap_or_default() {
            [] => format!("{start}{revision}"),
            kept => format!("{start} · {}{revision}", kept.join(", ")),
        })
        .find(|subject| subject.chars().count() <= LONGEST_SUBJECT)
        .unwrap_or_else(|| cut(report_name, LONGEST_SUBJECT))
}

fn subject_clauses(facts: &Facts<'_>, told: &[&str]) -> Vec<String> {
    let clause = |matter: &Matter<'_>| matter.subject(facts, told.contains(&matter.definition.id));
    in_subject(facts, told).iter().map(clause).collect()
}

/// The KPIs that the subject tells of.
pub(super) fn kpis(facts: &Facts<'_>, told: &[&str]) -> Vec<&'static str> {
    in_subject(facts, told).iter().map(|matter| matter.definition.id).collect()
}

/// The first KPI of the plan and the first bad news of those told, or the second KPI.
fn in_subject<'a>(facts: &Facts<'a>, told: &[&str]) -> Vec<Matter<'a>> {
    let settled = settled(facts);
    let mut matters = matters(facts, &settled);
    let mut plan = settled.iter().map(|one| one.definition.id);
    let (lead, second) = (plan.next(), plan.next());
    let mut bad = matters.iter().filter(|matter| matter.is_bad()).map(|matter| matter.definition.id);
    let worst = bad.find(|worst| Some(*worst) != lead && told.contains(worst));
    let shown = [lead, worst.or(second)];
    matters.retain(|matter| shown.contains(&Some(matter.definition.id)));
    matters.sort_by_key(|matter| Some(matter.definition.id) != lead);
    matters
}
