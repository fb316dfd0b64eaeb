//! What a Fluent file says, read from its syntax tree: ids, variables, and the faults a checker can see.
//!
//! Formats nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};

use crate::diagnostic::{Diagnostic, Place};

/// The variables of a message.
pub(super) type Variables = BTreeSet<String>;

/// The end of the name under which a figure's number goes in.
pub(super) const RAW: &str = "_raw";

/// The first fault of a file that is not Fluent.
pub(super) struct SyntaxFault {
    /// What is wrong.
    pub(super) what: String,
    /// Bytes from the start of the file.
    pub(super) offset: usize,
}

/// Parses a whole file; one bad entry refuses it.
pub(super) fn parse(text: String) -> std::result::Result<FluentResource, SyntaxFault> {
    FluentResource::try_new(text).map_err(|(_, errors)| {
        let first = errors.into_iter().min_by_key(|error| error.pos.start);
        first.map_or_else(
            || SyntaxFault { what: "is not Fluent".to_owned(), offset: 0 },
            |error| SyntaxFault { what: error.kind.to_string().to_lowercase(), offset: error.pos.start },
        )
    })
}

/// Every message (and `message.attribute`) of a file with its variables, those of all plural forms together.
pub(super) fn variables(resource: &FluentResource) -> BTreeMap<String, Variables> {
    patterns(resource).into_iter().map(|(id, pattern)| (id, variables_of(pattern))).collect()
}

/// The patterns of a file by id, in the order in which they are written.
pub(super) fn patterns(resource: &FluentResource) -> Vec<(String, &Pattern<&str>)> {
    let mut found = Vec::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        found.extend(message.value.as_ref().map(|value| (message.id.name.to_owned(), value)));
        for attribute in &message.attributes {
            found.push((format!("{}.{}", message.id.name, attribute.id.name), &attribute.value));
        }
    }
    found
}

fn variables_of(pattern: &Pattern<&str>) -> Variables {
    let mut found = Variables::new();
    visit(pattern, &mut |expression| {
        let inline = match expression {
            Expression::Select { selector, .. } => selector,
            Expression::Inline(inline) => inline,
        };
        if let InlineExpression::VariableReference { id } = inline {
            found.insert(id.name.to_owned());
        }
    });
    found
}

/// Calls `see` with every expression of a pattern, nested ones too.
fn visit<'p>(pattern: &'p Pattern<&'p str>, see: &mut impl FnMut(&'p Expression<&'p str>)) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            visit_expression(expression, see);
        }
    }
}

fn visit_expression<'p>(expression: &'p Expression<&'p str>, see: &mut impl FnMut(&'p Expression<&'p str>)) {
    see(expression);
    match expression {
        Expression::Select { variants, .. } => variants.iter().for_each(|variant| visit(&variant.value, see)),
        Expression::Inline(InlineExpression::Placeable { expression }) => visit_expression(expression, see),
        Expression::Inline(_) => {}
    }
}

/// What is wrong with a pattern's use of figures: a plural that is not chosen by a number always takes the default
/// form, and a raw number that is shown has no marks of the locale.
pub(super) fn misused_figures(pattern: &Pattern<&str>) -> Vec<String> {
    let mut faults = Vec::new();
    visit(pattern, &mut |expression| match expression {
        Expression::Select { selector: InlineExpression::VariableReference { id }, variants }
            if variants.iter().any(is_plural) && !id.name.ends_with(RAW) =>
        {
            faults.push(format!("a plural is chosen by `${}` instead of `${}{RAW}`", id.name, id.name));
        }
        Expression::Inline(InlineExpression::VariableReference { id }) if id.name.ends_with(RAW) => {
            faults.push(format!("`${}` is shown without the reader's number format", id.name));
        }
        _ => {}
    });
    faults
}

/// Whether a form is chosen by a number. "other" is also the usual name of a default.
fn is_plural(variant: &Variant<&str>) -> bool {
    match variant.key {
        VariantKey::Identifier { name } => matches!(name, "zero" | "one" | "two" | "few" | "many"),
        VariantKey::NumberLiteral { .. } => true,
    }
}

/// The faults of a file that replaces messages: all of them, in the order of their places.
pub(super) fn against(
    file: &Path,
    text: &str,
    resource: &FluentResource,
    known: &BTreeMap<String, Variables>,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (id, pattern) in patterns(resource) {
        let offset = find_message(text, &id);
        let (line, column) = line_and_column(text, offset);
        let place = || Place::at(file, line, column);
        let Some(expected) = known.get(&id) else {
            let fault = Diagnostic::error("unknown-message", format!("no template uses a message `{id}`"));
            faults.push(fault.at(place()).help(nearest(&id, known)));
            continue;
        };
        for name in variables_of(pattern).iter().filter(|name| !is_given(name, expected)) {
            let fault = Diagnostic::error("unknown-variable", format!("message `{id}` has no variable `${name}`"));
            faults.push(fault.at(place()).help(one_of(expected)));
        }
        for what in misused_figures(pattern) {
            let fault = Diagnostic::error("misused-figure", format!("message `{id}`: {what}"));
            faults.push(fault.at(place()).help("show `$n`, choose plurals by `$n_raw`"));
        }
    }
    faults
}

/// A variable is given if the built-in message uses it, with or without its raw number.
fn is_given(name: &str, given: &Variables) -> bool {
    given.contains(name)
        || name.strip_suffix(RAW).is_some_and(|shown| given.contains(shown))
        || given.contains(&format!("{name}{RAW}"))
}

fn one_of(expected: &Variables) -> String {
    if expected.is_empty() {
        return "it has no variables".to_owned();
    }
    let names: Vec<String> = expected.iter().map(|name| format!("`${name}`")).collect();
    format!("it has {}", names.join(", "))
}

fn nearest(id: &str, known: &BTreeMap<String, Variables>) -> String {
    let distance = |name: &&String| strsim::osa_distance(id, name);
    known
        .keys()
        .min_by_key(distance)
        .filter(|name| distance(name) <= id.len() / 3 + 1)
        .map_or_else(|| "remove it".to_owned(), |name| format!("did you mean `{name}`?"))
}

/// Where a message starts in its file, in bytes: the tree carries no positions.
fn find_message(text: &str, id: &str) -> usize {
    let (message, _) = id.split_once('.').unwrap_or((id, ""));
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.strip_prefix(message).is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return offset;
        }
        offset += line.len();
    }
    0
}

/// Line and column, from 1, of a byte of a text.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
