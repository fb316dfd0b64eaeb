//! A name in every place of a report where a name can stand: the page has no more markup than under a name that says nothing.

use std::rc::Rc;

use farol::locale::Locale;
use farol::report::{Renderer, build};

use super::{hard, is_one_line};

/// Figures with bands of their own, with segments, and with customers.
const SHOWN: [&str; 3] = ["nps", "customer_churn_rate", "health_score"];

/// The same length, and nothing that could be markup.
fn benign(name: &str) -> String {
    name.chars().map(|c| if "<>\"'`&{}%#=;/".contains(c) { 'x' } else { c }).collect()
}

/// How often each character that makes markup stands in the page; charts are drawn from the same names, but slowly.
fn marks(renderer: &Renderer, locale: &Locale, name: &str) -> [usize; 3] {
    let mut made = hard::named(name);
    // One period of three figures: a whole report takes a hundred times as long.
    made.verdicts.retain(|verdict| verdict.key.period == made.period && SHOWN.contains(&verdict.key.kpi));
    made.plan.kpis.retain(|kpi| SHOWN.contains(&kpi.as_str()));
    let mut view = build(&made.input(), locale);
    assert!(is_one_line(&view.subject) && is_one_line(&view.title), "{:?}", view.subject);
    view.charts.clear();
    view.cards.iter_mut().for_each(|card| card.spark = None);
    let page = renderer.html(&view).unwrap();
    ['<', '>', '"'].map(|mark| page.matches(mark).count())
}

pub(super) fn run(bytes: &[u8]) {
    thread_local!(static TOOLS: (Renderer, Rc<Locale>) =
        (Renderer::new(None).unwrap(), Locale::built_in("pt-BR").unwrap()));
    let name = String::from_utf8_lossy(bytes);
    TOOLS.with(|(renderer, locale)| {
        assert_eq!(marks(renderer, locale, &name), marks(renderer, locale, &benign(&name)), "{name:?}");
    });
}
