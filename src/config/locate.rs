//! Where things stand in a YAML text: its outline, with the line and column of every key and value.
//!
//! Knows shapes and places, not types: what a scalar means is `serde_yaml`'s to say. It reads first, so it is also the
//! one that refuses what would be slow or huge to read.

use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::codes;

/// How deep lists and maps may nest; the deepest that means anything is 8.
const MAX_DEPTH: usize = 32;

/// How many values a file may have once its aliases are followed; sixty KPIs with bands and targets have some 5 000.
const MAX_VALUES: usize = 20_000;

/// A spot in a text: line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Mark {
    /// The first character.
    pub(super) const START: Self = Self { line: 1, column: 1 };

    fn of(span: Span) -> Self {
        Self { line: span.start.line().max(1), column: span.start.col() + 1 }
    }
}

/// A value's place and, within it, its parts' places.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) at: Mark,
    pub(super) shape: Shape,
    /// Values in it, itself included, with aliases followed.
    values: usize,
}

/// What kind of value stands there.
#[derive(Debug)]
pub(super) enum Shape {
    /// A scalar, as written.
    Scalar {
        /// Its text, without quotes.
        text: String,
        /// Where it ends, in characters of the whole text, if it is written without quotes on one line.
        plain_end: Option<usize>,
    },
    List(Vec<Rc<Outline>>),
    Map(Vec<(Rc<Outline>, Rc<Outline>)>),
}

/// Why a text has no outline.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) at: Mark,
    pub(super) code: &'static str,
    pub(super) why: String,
    pub(super) help: &'static str,
}

/// The outline of a text; `None` if it has no value at all.
pub(super) fn outline(text: &str) -> Result<Option<Rc<Outline>>, Unreadable> {
    let mut tracer = Tracer { parser: Parser::new_from_str(text), anchors: BTreeMap::new(), values: 0 };
    let mut root = None;
    let mut documents = 0;
    while let Some((event, span)) = tracer.next()? {
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(Unreadable {
                        at: Mark::of(span),
                        code: codes::YAML_DOCUMENTS,
                        why: "a second document starts here".to_owned(),
                        help: "keep one document in the file; delete the line `---`",
                    });
                }
            }
            Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
            value => root = Some(tracer.value(value, span, 0)?),
        }
    }
    Ok(root)
}

fn too_deep(at: Mark) -> Unreadable {
    Unreadable {
        at,
        code: codes::YAML_TOO_DEEP,
        why: format!("lists and maps nest deeper than {MAX_DEPTH}"),
        help: "no key of the configuration is that deep; look for a bracket too many",
    }
}

/// Follows the parser's events and builds the outline from them.
struct Tracer<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Rc<Outline>>,
    values: usize,
}

impl<'a> Tracer<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Unreadable> {
        self.parser.next_event().transpose().map_err(|error| {
            let at = Mark { line: error.marker().line().max(1), column: error.marker().col() + 1 };
            // The scanner looks ahead of the events and has a limit of its own.
            if error.info().contains("recursion limit") {
                return too_deep(at);
            }
            Unreadable {
                at,
                code: codes::YAML_SYNTAX,
                why: format!("not valid YAML: {}", error.info()),
                help: "look at this line and the one before it: indentation is by spaces, and brackets, braces and quotes close",
            }
        })
    }

    fn expect(&mut self, at: Mark) -> Result<(Event<'a>, Span), Unreadable> {
        self.next()?.ok_or_else(|| Unreadable {
            at,
            code: codes::YAML_SYNTAX,
            why: "not valid YAML: the file ends too early".to_owned(),
            help: "close what is open at its end",
        })
    }

    fn value(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Rc<Outline>, Unreadable> {
        let at = Mark::of(span);
        if depth > MAX_DEPTH {
            return Err(too_deep(at));
        }
        let (shape, values, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_plain = style == ScalarStyle::Plain && span.start.line() == span.end.line();
                let plain_end = is_plain.then(|| span.end.index());
                (Shape::Scalar { text: text.into_owned(), plain_end }, 1, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let (items, values) = self.list(at, depth)?;
                (Shape::List(items), values, anchor)
            }
            Event::MappingStart(anchor, _) => {
                let (entries, values) = self.map(at, depth)?;
                (Shape::Map(entries), values, anchor)
            }
            Event::Alias(anchor) => return self.alias(anchor, at),
            _ => (Shape::Scalar { text: String::new(), plain_end: None }, 1, 0),
        };
        self.count(1, at)?;
        let outline = Rc::new(Outline { at, shape, values });
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&outline));
        }
        Ok(outline)
    }

    fn list(&mut self, at: Mark, depth: usize) -> Result<(Vec<Rc<Outline>>, usize), Unreadable> {
        let (mut items, mut values) = (Vec::new(), 1);
        loop {
            match self.expect(at)? {
                (Event::SequenceEnd, _) => return Ok((items, values)),
                (event, span) => {
                    let item = self.value(event, span, depth + 1)?;
                    values += item.values;
                    items.push(item);
                }
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "pairs of key and value, and how many values they are")]
    fn map(&mut self, at: Mark, depth: usize) -> Result<(Vec<(Rc<Outline>, Rc<Outline>)>, usize), Unreadable> {
        let (mut entries, mut values) = (Vec::new(), 1);
        loop {
            match self.expect(at)? {
                (Event::MappingEnd, _) => return Ok((entries, values)),
                (event, span) => {
                    let key = self.value(event, span, depth + 1)?;
                    let (event, span) = self.expect(at)?;
                    let value = self.value(event, span, depth + 1)?;
                    values += key.values + value.values;
                    entries.push((key, value));
                }
            }
        }
    }

    fn alias(&mut self, anchor: usize, at: Mark) -> Result<Rc<Outline>, Unreadable> {
        let Some(target) = self.anchors.get(&anchor).map(Rc::clone) else {
            return Err(Unreadable {
                at,
                code: codes::YAML_ALIASES,
                why: "an alias stands inside the value that it repeats".to_owned(),
                help: "write the value out",
            });
        };
        self.count(target.values, at)?;
        Ok(target)
    }

    fn count(&mut self, values: usize, at: Mark) -> Result<(), Unreadable> {
        self.values = self.values.saturating_add(values);
        if self.values <= MAX_VALUES {
            return Ok(());
        }
        Err(Unreadable {
            at,
            code: codes::YAML_ALIASES,
            why: format!("the file has more than {MAX_VALUES} values, those that its aliases repeat included"),
            help: "write fewer; what is listed by the thousand belongs into the data",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn marks(outline: &Outline) -> Vec<(usize, usize)> {
        let own = (outline.at.line, outline.at.column);
        let mut all = vec![own];
        match &outline.shape {
            Shape::Scalar { .. } => {}
            Shape::List(items) => items.iter().for_each(|item| all.extend(marks(item))),
            Shape::Map(entries) => entries.iter().for_each(|(key, value)| {
                all.extend(marks(key));
                all.extend(marks(value));
            }),
        }
        all
    }

    #[test]
    fn every_key_and_value_has_its_line_and_column() {
        let outline = outline("a: é\nb:\n  - [1, {c: 2}]\n").unwrap().unwrap();
        let expected = vec![(1, 1), (1, 1), (1, 4), (2, 1), (3, 3), (3, 5), (3, 6), (3, 9), (3, 10), (3, 13)];
        assert_eq!(marks(&outline), expected);
    }

    #[test]
    fn deep_nesting_is_refused_before_it_costs_time() {
        for text in ["[".repeat(200_000), "{a: ".repeat(60_000), "- ".repeat(100_000)] {
            assert_eq!(outline(&text).unwrap_err().code, codes::YAML_TOO_DEEP);
        }
    }

    #[test]
    fn an_alias_that_multiplies_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..9 {
            let alias = format!("*a{}, ", i - 1).repeat(10);
            writeln!(bomb, "a{i}: &a{i} [{alias}]").unwrap();
        }
        assert_eq!(outline(&bomb).unwrap_err().code, codes::YAML_ALIASES);
        assert_eq!(outline("a: &a [*a]").unwrap_err().code, codes::YAML_ALIASES);
    }
}
