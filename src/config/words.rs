//! Names in messages: short enough for a line, and the nearest one that exists where one was mistyped.
//!
//! Compares spellings only.

/// The most names that a remedy lists.
const MOST_LISTED: usize = 20;

/// The name closest to a mistyped one, if any is close: an edit in three letters, or a long common beginning.
pub fn nearest<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    let folded = fold(written);
    let distance = |name: &str| strsim::damerau_levenshtein(&folded, &fold(name));
    let edits_allowed = (folded.chars().count() / 3).max(1);
    let closest = names.iter().map(|name| (distance(name), *name)).min_by_key(|(edits, _)| *edits);
    if let Some((edits, name)) = closest
        && edits <= edits_allowed
    {
        return Some(name);
    }
    let likeness = |name: &str| strsim::jaro_winkler(&folded, &fold(name));
    let alike = names.iter().map(|name| (likeness(name), *name)).max_by(|a, b| a.0.total_cmp(&b.0));
    alike.filter(|(likeness, _)| *likeness >= 0.88).map(|(_, name)| name)
}

/// Letter case and the choice of `-`, `_` or a space are not worth an edit; only the first letters are compared.
fn fold(name: &str) -> String {
    name.chars().take(80).flat_map(char::to_lowercase).map(|c| if matches!(c, '-' | ' ') { '_' } else { c }).collect()
}

/// What to write instead of an unknown name: the nearest one, or one of all of them if they are few.
pub(super) fn suggestion(written: &str, names: &[&str]) -> String {
    match nearest(written, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None if !holding(written, names).is_empty() => {
            let quoted: Vec<String> = holding(written, names).iter().map(|name| format!("`{name}`")).collect();
            format!("did you mean {}?", quoted.join(" or "))
        }
        None if names.is_empty() => "delete it: nothing may stand here".to_owned(),
        None if names.len() <= MOST_LISTED => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("write one of {}", quoted.join(", "))
        }
        None => "none is spelt like it: correct it, or leave it out where it need not be there".to_owned(),
    }
}

/// The few names of which the written one is a word: `churn` of `customer_churn_rate`; none where it is one of many.
fn holding<'n>(written: &str, names: &[&'n str]) -> Vec<&'n str> {
    const MOST_MEANT: usize = 3;
    let folded = fold(written);
    let holds = |name: &&&str| !folded.is_empty() && format!("_{}_", fold(name)).contains(&format!("_{folded}_"));
    let held: Vec<&str> = names.iter().filter(holds).copied().collect();
    if held.len() <= MOST_MEANT { held } else { Vec::new() }
}

/// A text short enough for one line of a message, without control characters.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(LONGEST).map(clean).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_name_is_enough_where_few_names_have_it() {
        let names =
            ["nps", "nrr", "customer_churn_rate", "revenue_churn_rate", "mrr_new", "mrr_lost", "mrr_closing", "mrr_at"];
        assert_eq!(suggestion("churn", &names), "did you mean `customer_churn_rate` or `revenue_churn_rate`?");
        assert!(suggestion("mrr", &names).starts_with("did you mean `nrr`"), "a typing error comes first");
        assert_eq!(holding("mrr", &names), Vec::<&str>::new(), "four are not few");
        assert_eq!(holding("hurn", &names), Vec::<&str>::new());
    }

    #[test]
    fn the_nearest_name_is_one_typing_error_away() {
        let names = ["nps", "nrr", "csat", "customer_churn_rate", "first_response_hours"];
        for (written, meant) in [
            ("npss", Some("nps")),
            ("NPS", Some("nps")),
            ("customer-churn-rate", Some("customer_churn_rate")),
            ("customer_chrun_rate", Some("customer_churn_rate")),
            ("first_response", Some("first_response_hours")),
            ("turnover", None),
        ] {
            assert_eq!(nearest(written, &names), meant, "{written}");
        }
    }
}
