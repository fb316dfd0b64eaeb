//! The writer of SVG elements: escaping, fixed decimals, labels with a measured box.
//!
//! Writes what it is told in order; where things go is each chart's decision.

use std::fmt::Write as _;

use super::font::{Type, Weight, clean};
use super::palette;
use super::{Frame, Theme, Way};
use crate::judgement::Status;

/// Which side of a label its x names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The type sizes that go with a width.
#[derive(Clone, Copy, Debug)]
pub(super) struct Types {
    pub(super) tick: Type,
    pub(super) label: Type,
    pub(super) strong: Type,
    pub(super) value: Type,
    title: Type,
}

/// Text broken into lines, with its size.
#[derive(Clone, Debug)]
pub(super) struct Label {
    lines: Vec<String>,
    full: String,
    type_: Type,
    pub(super) class: &'static str,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Label {
    pub(super) fn new(text: &str, type_: Type, class: &'static str, max_width: f64) -> Self {
        let full = clean(text);
        let lines = type_.wrap(&full, max_width.max(type_.size));
        let width = lines.iter().map(|line| type_.width(line)).fold(0.0, f64::max);
        #[expect(clippy::cast_precision_loss, reason = "a label has at most a handful of lines")]
        let height = lines.len() as f64 * type_.line();
        Self { lines, full, type_, class, width, height }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One line, shortened with an ellipsis where it is too wide.
    pub(super) fn one_line(text: &str, type_: Type, class: &'static str, max_width: f64) -> Self {
        let full = clean(text);
        let line = type_.shorten(&full, max_width);
        let width = type_.width(&line);
        Self { lines: vec![line], full, type_, class, width, height: type_.line() }
    }

    /// The same words in another colour.
    pub(super) fn in_class(&self, class: &'static str) -> Self {
        Self { class, ..self.clone() }
    }
}

/// A coordinate with at most two decimals; what is not finite, which no chart should pass, is 0.
fn number(out: &mut String, value: f64) {
    // By whole hundredths: charts write tens of thousands of coordinates, and floats are slow to write.
    #[expect(clippy::cast_possible_truncation, reason = "a view box is a few thousand wide; what is not is cut")]
    let hundredths = if value.is_finite() { (value * 100.0).round_ties_even() as i64 } else { 0 };
    if hundredths < 0 {
        out.push('-');
    }
    let mut digits = hundredths.unsigned_abs();
    let mut text = [b'0'; 24];
    let mut start = text.len();
    // From the last digit on; nothing is written of decimals that are 0.
    for place in 0.. {
        let digit = u8::try_from(digits % 10).unwrap_or_default();
        digits /= 10;
        if place == 2 && start < text.len() {
            start -= 1;
            text[start] = b'.';
        }
        if place >= 2 || digit > 0 || start < text.len() {
            start -= 1;
            text[start] = b'0' + digit;
        }
        if place >= 2 && digits == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&text[start..]).unwrap_or_default());
}

fn escape(out: &mut String, mut text: &str) {
    while let Some(at) = text.find(['&', '<', '>', '"']) {
        let (plain, rest) = text.split_at(at);
        let (special, rest) = rest.split_at(1);
        out.push_str(plain);
        out.push_str(match special {
            "&" => "&amp;",
            "<" => "&lt;",
            ">" => "&gt;",
            _ => "&quot;",
        });
        text = rest;
    }
    out.push_str(text);
}

/// Path data, absolute commands only.
#[derive(Clone, Debug, Default)]
pub(super) struct Path(String);

impl Path {
    fn command(&mut self, letter: char, coordinates: &[f64]) {
        self.0.push(letter);
        for (i, value) in coordinates.iter().enumerate() {
            if i > 0 {
                self.0.push(' ');
            }
            number(&mut self.0, *value);
        }
    }

    pub(super) fn to(&mut self, x: f64, y: f64) {
        self.command(if self.0.is_empty() { 'M' } else { 'L' }, &[x, y]);
    }

    pub(super) fn start(&mut self, x: f64, y: f64) {
        self.command('M', &[x, y]);
    }

    pub(super) fn close(&mut self) {
        self.0.push('Z');
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One element under way; ends with `end` or `hint`.
pub(super) struct Element<'c> {
    out: &'c mut String,
    name: &'static str,
}

impl Element<'_> {
    pub(super) fn text(mut self, name: &str, value: &str) -> Self {
        self.begin(name);
        escape(self.out, value);
        self.out.push('"');
        self
    }

    pub(super) fn num(mut self, name: &str, value: f64) -> Self {
        self.begin(name);
        number(self.out, value);
        self.out.push('"');
        self
    }

    fn begin(&mut self, attribute: &str) {
        self.out.push(' ');
        self.out.push_str(attribute);
        self.out.push_str("=\"");
    }

    pub(super) fn end(self) {
        self.out.push_str("/>");
    }

    /// Ends with a title that a pointer shows; an empty one shows nothing.
    pub(super) fn hint(self, hint: &str) {
        if hint.is_empty() {
            return self.end();
        }
        self.out.push_str("><title>");
        escape(self.out, &clean(hint));
        let _ = write!(self.out, "</title></{}>", self.name);
    }
}

/// A chart being written, with the bounds its content may use.
pub(super) struct Canvas<'f> {
    frame: &'f Frame<'f>,
    body: String,
    pub(super) width: f64,
    pub(super) left: f64,
    pub(super) right: f64,
    /// Where the content starts: below the title, if one is drawn.
    pub(super) top: f64,
    pub(super) types: Types,
    /// Narrow enough for a phone: rows stack, type grows.
    pub(super) compact: bool,
    margin: f64,
}

impl<'f> Canvas<'f> {
    pub(super) fn new(frame: &'f Frame<'f>, least_width: f64) -> Self {
        let width = if frame.width.is_finite() { frame.width.clamp(least_width, 2400.0) } else { 640.0 };
        let compact = width < 520.0;
        let types = if compact {
            Types {
                tick: Type::new(13.5, Weight::Regular),
                label: Type::new(14.0, Weight::Regular),
                strong: Type::new(14.0, Weight::SemiBold),
                value: Type::new(18.0, Weight::Bold),
                title: Type::new(17.0, Weight::SemiBold),
            }
        } else {
            Types {
                tick: Type::new(12.0, Weight::Regular),
                label: Type::new(12.5, Weight::Regular),
                strong: Type::new(12.5, Weight::SemiBold),
                value: Type::new(17.0, Weight::Bold),
                title: Type::new(15.5, Weight::SemiBold),
            }
        };
        // Inline, the page's card gives the margin; a picture brings its own.
        let margin = if frame.theme == Theme::Page { 2.0 } else { 16.0 };
        let mut canvas = Self {
            frame,
            body: String::with_capacity(32 * 1024),
            width,
            left: margin,
            right: width - margin,
            top: margin,
            types,
            compact,
            margin,
        };
        if frame.titled {
            let title = Label::new(frame.title, types.title, "c-ink", canvas.right - canvas.left);
            canvas.label(&title, canvas.left, margin + title.height / 2.0, Anchor::Start);
            canvas.top += title.height + 12.0;
        }
        canvas
    }

    /// The centre nearest to `x` at which something so wide stands inside the bounds.
    pub(super) fn inside(&self, x: f64, width: f64) -> f64 {
        x.min(self.right - width / 2.0).max(self.left + width / 2.0)
    }

    pub(super) fn element(&mut self, name: &'static str, class: &str) -> Element<'_> {
        for part in ["<", name, " class=\"", class, "\""] {
            self.body.push_str(part);
        }
        Element { out: &mut self.body, name }
    }

    pub(super) fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) -> Element<'_> {
        self.element("rect", class).num("x", x).num("y", y).num("width", width.max(0.0)).num("height", height.max(0.0))
    }

    pub(super) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Element<'_> {
        self.element("line", class).num("x1", x1).num("y1", y1).num("x2", x2).num("y2", y2)
    }

    pub(super) fn circle(&mut self, class: &str, x: f64, y: f64, r: f64) -> Element<'_> {
        self.element("circle", class).num("cx", x).num("cy", y).num("r", r)
    }

    pub(super) fn path(&mut self, class: &str, path: &Path) -> Element<'_> {
        self.element("path", class).text("d", &path.0)
    }

    /// A label whose block is centred at `middle`.
    pub(super) fn label(&mut self, label: &Label, x: f64, middle: f64, anchor: Anchor) {
        let type_ = label.type_;
        // Half of Inter's cap height, which is also where the middle of its line box lies.
        let mut baseline = middle - label.height / 2.0 + type_.line() / 2.0 + 0.3637 * type_.size;
        let shortened = label.lines.last().is_some_and(|line| line.ends_with('…'));
        for line in &label.lines {
            let mut element = self.element("text", label.class).num("x", x).num("y", baseline);
            element = element.num("font-size", type_.size);
            if type_.weight != Weight::Regular {
                element = element.text("font-weight", type_.weight.css());
            }
            match anchor {
                Anchor::Start => {}
                Anchor::Middle => element = element.text("text-anchor", "middle"),
                Anchor::End => element = element.text("text-anchor", "end"),
            }
            element.out.push('>');
            if shortened {
                element.out.push_str("<title>");
                escape(element.out, &label.full);
                element.out.push_str("</title>");
            }
            escape(element.out, line);
            element.out.push_str("</text>");
            baseline += type_.line();
        }
    }

    /// One line of text centred at `middle`.
    pub(super) fn line_of_text(
        &mut self,
        text: &str,
        type_: Type,
        class: &'static str,
        at: (f64, f64),
        anchor: Anchor,
    ) {
        self.label(&Label::new(text, type_, class, f64::INFINITY), at.0, at.1, anchor);
    }

    /// A status as a shape: circle good, triangle middling, diamond bad, small square unjudged.
    pub(super) fn status_mark(&mut self, status: Option<Status>, x: f64, y: f64, r: f64, hint: &str) {
        self.status_mark_in(&format!("c-mark-{}", palette::tone(status)), status, (x, y), r, hint);
    }

    /// A status as a shape alone, in a given colour, for grounds that already have the status' colour.
    pub(super) fn status_mark_in(
        &mut self,
        class: &str,
        status: Option<Status>,
        (x, y): (f64, f64),
        r: f64,
        hint: &str,
    ) {
        let class = format!("{class} c-edge");
        let mut path = Path::default();
        match status {
            Some(Status::Green) => {
                return self.circle(&class, x, y, r).num("stroke-width", 1.5).hint(hint);
            }
            Some(Status::Yellow) => {
                let half = r * 1.15;
                path.to(x, y - r * 1.2);
                path.to(x + half, y + r * 0.8);
                path.to(x - half, y + r * 0.8);
            }
            Some(Status::Red) => {
                let half = r * 1.25;
                path.to(x, y - half);
                path.to(x + half, y);
                path.to(x, y + half);
                path.to(x - half, y);
            }
            None => {
                let half = r * 0.85;
                path.to(x - half, y - half);
                path.to(x + half, y - half);
                path.to(x + half, y + half);
                path.to(x - half, y + half);
            }
        }
        path.close();
        self.path(&class, &path).num("stroke-width", 1.5).text("stroke-linejoin", "round").hint(hint);
    }

    /// Where something moves, as a shape: up, down, neither, or not known.
    pub(super) fn way_mark(&mut self, way: Way, (x, y): (f64, f64), r: f64, hint: &str) {
        let (class, up) = match way {
            Way::Up => ("c-mark-green c-edge", 1.0),
            Way::Down => ("c-mark-red c-edge", -1.0),
            Way::Steady => return self.circle("c-mark-none c-edge", x, y, r).num("stroke-width", 1.5).hint(hint),
            Way::Unknown => {
                return self.circle("c-whisker c-open", x, y, (r - 1.0).max(1.0)).num("stroke-width", 1.5).hint(hint);
            }
        };
        let (half, mut path) = (r * 1.15, Path::default());
        path.to(x, y - r * 1.2 * up);
        path.to(x + half, y + r * 0.8 * up);
        path.to(x - half, y + r * 0.8 * up);
        path.close();
        self.path(class, &path).num("stroke-width", 1.5).text("stroke-linejoin", "round").hint(hint);
    }

    /// Closes the document; `bottom` is where the content ends.
    pub(super) fn finish(self, bottom: f64) -> String {
        let height = (bottom + self.margin).ceil();
        let prefix: String =
            self.frame.id_prefix.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
        let mut out = String::with_capacity(self.body.len() + 1024);
        let mut size = String::new();
        number(&mut size, self.width);
        size.push(' ');
        number(&mut size, height);
        let (width, height) = size.split_once(' ').unwrap_or_default();
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {size}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-labelledby=\"{prefix}-title {prefix}-desc\" \
             font-family=\"Inter, system-ui, sans-serif\"><title id=\"{prefix}-title\">"
        );
        escape(&mut out, &clean(self.frame.title));
        let _ = write!(out, "</title><desc id=\"{prefix}-desc\">");
        escape(&mut out, &clean(self.frame.description));
        out.push_str("</desc>");
        if self.frame.theme != Theme::Page {
            let _ = write!(
                out,
                "<style>{}</style><rect class=\"c-surface\" x=\"-2\" y=\"-2\" width=\"{}\" height=\"{}\"/>",
                palette::fixed_css(self.frame.theme, &self.body),
                self.width.ceil() + 4.0,
                bottom.ceil() + self.margin + 6.0
            );
        }
        out.push_str(&self.body);
        out.push_str("</svg>");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_two_decimals_at_most() {
        let written = |value| {
            let mut out = String::new();
            number(&mut out, value);
            out
        };
        for (value, text) in [
            (0.0, "0"),
            (7.0, "7"),
            (100.0, "100"),
            (0.05, "0.05"),
            (-0.5, "-0.5"),
            (12.3, "12.3"),
            (-1234.567, "-1234.57"),
            (-0.001, "0"),
            (f64::NAN, "0"),
            (f64::NEG_INFINITY, "0"),
            (1e300, "92233720368547758.07"),
        ] {
            assert_eq!(written(value), text);
        }
    }
}
