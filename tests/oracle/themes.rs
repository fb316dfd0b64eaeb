//! What comments are about: `surveys.comment`, word by word.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::Figure;
use super::loyalty::answers;
use super::reading::Survey;
use super::view::View;

/// A language, and stems of it.
type Stems = (&'static str, &'static [&'static str]);

/// The themes of the worlds' kpis.yaml: id, and stems by language; one that ends in a, e or o is a whole word.
const THEMES: &[(&str, [Stems; 3])] = &[
    ("delivery", [("pt", &["entreg", "atras"]), ("es", &["entreg", "retras", "envio"]), ("en", &["deliver", "late"])]),
    ("price", [("pt", &["prec"]), ("es", &["precio"]), ("en", &["price", "expens"])]),
    ("support", [("pt", &["suport"]), ("es", &["soport"]), ("en", &["support"])]),
];

/// Lower case, without accents.
fn folded(text: &str) -> String {
    let plain = |letter: char| match letter {
        'á' | 'à' | 'ã' | 'â' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    };
    text.to_lowercase().chars().map(plain).collect()
}

fn words(text: &str) -> Vec<String> {
    let text = folded(text);
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a stem finds a word.
fn finds(stem: &str, word: &str) -> bool {
    if stem.ends_with(['a', 'e', 'o']) { word == stem || word == format!("{stem}s") } else { word.starts_with(stem) }
}

/// Whether a comment mentions a theme: by the stems of its language, or of all where it has none of the three.
fn mentions(row: &Survey, languages: &[Stems; 3]) -> bool {
    let knows = languages.iter().any(|(language, _)| *language == row.lang);
    let stems = languages.iter().filter(|(language, _)| !knows || *language == row.lang).flat_map(|(_, stems)| *stems);
    let words = words(&row.comment);
    stems.into_iter().any(|stem| words.iter().any(|word| finds(stem, word)))
}

/// The comments with text of the period's answers.
fn comments<'a>(view: &View<'a>) -> Vec<&'a Survey> {
    let mut found = Vec::new();
    for survey in ["nps", "csat", "ces"] {
        found.extend(answers(view, survey));
    }
    found.retain(|row| !row.comment.trim().is_empty());
    found
}

/// A KPI's figures by theme.
pub(crate) fn by_theme(view: &View, kpi: &str) -> Vec<(String, Figure)> {
    let all = comments(view);
    let mut found = Vec::new();
    for (theme, stems) in THEMES {
        let rows: Vec<_> = all.iter().filter(|row| mentions(row, stems)).collect();
        let scores: Vec<f64> =
            rows.iter().filter(|row| row.question == "nps").map(|row| row.score.unwrap() as f64).collect();
        let figure = match kpi {
            "theme_mentions" => Figure::count(rows.len()),
            "theme_share" => Figure::share(rows.len(), all.len(), view.known.z),
            "theme_score" => Figure::mean(&scores, view.known.choices.confidence, (0.0, 10.0)),
            "theme_promoters" => Figure::count(scores.iter().filter(|score| **score >= 9.0).count()),
            "theme_detractors" => Figure::count(scores.iter().filter(|score| **score <= 6.0).count()),
            other => panic!("the oracle does not know {other}"),
        };
        found.push(((*theme).to_owned(), figure));
    }
    found
}

/// The words of the worlds' comments that negate what follows, up to the end of that part of the sentence.
const NEGATIONS: &[&str] = &["not", "never"];

/// A comment's terms; the worlds' comments have no small words but negations.
fn terms(row: &Survey) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in row.comment.split(',') {
        let mut negated = false;
        for word in words(part) {
            if NEGATIONS.contains(&word.as_str()) {
                negated = true;
            } else if negated {
                found.insert(format!("not_{word}"));
            } else {
                found.insert(word);
            }
        }
    }
    found
}

/// The terms that set detractors apart from promoters, with their z (Monroe, Colaresi & Quinn 2008).
pub(crate) fn by_term(view: &View) -> Vec<(String, Figure)> {
    let all = comments(view);
    let mut said: BTreeMap<String, [f64; 3]> = BTreeMap::new();
    let mut people: BTreeMap<String, BTreeSet<(usize, &str)>> = BTreeMap::new();
    for row in &all {
        for term in terms(row) {
            people.entry(term.clone()).or_default().insert((row.customer, &row.respondent));
            let counts = said.entry(term).or_default();
            counts[2] += 1.0;
            if row.question == "nps" && row.score.unwrap() <= 6 {
                counts[0] += 1.0;
            } else if row.question == "nps" && row.score.unwrap() >= 9 {
                counts[1] += 1.0;
            }
        }
    }
    let total = |group: usize| said.values().map(|counts| counts[group]).sum::<f64>();
    let (detractors, promoters, everybody) = (total(0), total(1), total(2));
    let prior = detractors.min(promoters);
    let mut found = Vec::new();
    for (term, [down, up, both]) in &said {
        let alpha = prior * both / everybody;
        if alpha == 0.0 || people[term].len() < 5 {
            continue;
        }
        let odds = |y: f64, n: f64| ((y + alpha) / (n + prior - y - alpha)).ln();
        let z = (odds(*down, detractors) - odds(*up, promoters)) / (1.0 / (down + alpha) + 1.0 / (up + alpha)).sqrt();
        if z.abs() >= 1.96 {
            found.push((term.clone(), Figure::plain(Some(z), people[term].len())));
        }
    }
    found
}
