//! Why a question has no answer, and what to ask instead.

use super::definitions::TOLD;
use crate::config::{Config, nearest};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure};
use crate::kpi::catalogue::CATALOGUE;
use crate::kpi::{Context, Definition};
use crate::tally::Tallies;

pub(super) fn unknown_kpi(id: &str) -> Failure {
    let ids: Vec<&str> = CATALOGUE.iter().map(|definition| definition.id).collect();
    let help = match nearest(id, &ids) {
        Some(meant) => format!("did you mean `{meant}`? `farol kpis` lists them all"),
        None => "`farol kpis` lists them all".to_owned(),
    };
    Failure::new(Exit::Usage, Diagnostic::error("unknown-kpi", format!("there is no KPI `{id}`")).help(help))
}

pub(super) fn no_definitions(definition: &Definition) -> Failure {
    let told: Vec<String> = TOLD.iter().map(|id| format!("`{id}`")).collect();
    let what = format!("no other definition of `{}` is told", definition.id);
    Failure::new(
        Exit::Usage,
        Diagnostic::error("no-definitions", what).help(format!("there are others of {}", told.join(", "))),
    )
}

pub(super) fn no_rows(definition: &Definition) -> Failure {
    let what = format!("the rows behind `{}` are not told one by one", definition.id);
    Failure::new(
        Exit::Usage,
        Diagnostic::error("no-rows", what).help("leave `--rows` out; its sources are listed without it"),
    )
}

pub(super) fn only_in_segments(definition: &Definition, config: &Config) -> Failure {
    let what = format!("`{}` stands only in segments: nobody enters or leaves the total", definition.id);
    let example = config.dimensions.first().and_then(|of| of.0.first()).map_or("plan", String::as_str);
    Failure::new(
        Exit::Usage,
        Diagnostic::error("only-in-segments", what).help(format!("name one: --segment {example}=…")),
    )
}

/// A KPI that has no value of its own here: one by a dimension of its own, or one whose choices are empty.
pub(super) fn stands_elsewhere(definition: &Definition, tallies: &Tallies, context: &Context<'_>) -> Failure {
    let Some(parts) = definition.parts else { return no_figure(definition, "give it components in kpis.yaml") };
    let segments = (parts.compute)(tallies, context);
    let segments: Vec<String> = segments.iter().map(|(segment, _)| format!("`{segment}`")).take(MOST_LISTED).collect();
    let help = format!("name one: --segment {}=…; this period has {}", parts.dimension, segments.join(", "));
    no_figure(definition, &help)
}

/// The most segments that a remedy lists.
const MOST_LISTED: usize = 40;

pub(super) fn no_figure(definition: &Definition, help: &str) -> Failure {
    let what = format!("`{}` has no figure for the total", definition.id);
    Failure::new(Exit::Usage, Diagnostic::error("no-figure", what).help(help))
}

pub(super) fn not_configured(definition: &Definition, missing: &[String], config: &Config) -> Failure {
    let missing: Vec<String> = missing.iter().map(|column| format!("`{column}`")).collect();
    let what = format!("`{}` cannot be computed: {} missing", definition.id, missing.join(", "));
    let fault = Diagnostic::error("not-configured", what)
        .at(Place::file(config.folder.join("farol.yaml")))
        .help("map these columns under `data:`; `farol kpis` says what every KPI lacks");
    Failure::new(Exit::Config, fault)
}

pub(super) fn internal(what: &str) -> Failure {
    Failure::new(Exit::Internal, Diagnostic::error("explain", what).help("this is a bug in farol"))
}
