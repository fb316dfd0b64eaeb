//! Views into documents: the only place that knows templates.
//!
//! Templates get finished text and place it; the one markup that passes unescaped is our own SVG and its style sheet.

mod mail;
mod templates;

use std::path::Path;

use base64::Engine as _;
use serde_json::{Value, json};
use tera::{Context, Tera};

pub use mail::{Email, LARGEST_HTML, Picture};

use super::chart::{self, Frame, Theme};
use super::draw;
use super::view::{Drawing, View};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::locale::Locale;

/// The report's page takes up to so many units of width for a chart that has it to itself, for one of two columns, and on
/// a phone.
const WIDE: f64 = 1080.0;
const COLUMN: f64 = 640.0;
const PHONE: f64 = 360.0;
/// A sparkline's width.
const SPARK: f64 = 240.0;

/// The embedded fonts: weight and file.
const FONTS: [(u16, &[u8]); 3] = [
    (400, include_bytes!("../../templates/fonts/Inter-400Regular.woff2")),
    (600, include_bytes!("../../templates/fonts/Inter-600SemiBold.woff2")),
    (700, include_bytes!("../../templates/fonts/Inter-700Bold.woff2")),
];

/// The built-in templates, with a user's over them.
pub struct Renderer {
    tera: Tera,
    overrides: Option<std::path::PathBuf>,
}

impl Renderer {
    /// Reads the templates.
    ///
    /// `overrides` is a folder whose `.html` and `.txt` files replace the built-in templates of the same path, or join them.
    ///
    /// # Errors
    ///
    /// `Exit::Config` for a template that does not parse or whose name would not be escaped, `Exit::Io` for one that cannot
    /// be read.
    pub fn new(overrides: Option<&Path>) -> Result<Self> {
        Ok(Self { tera: templates::load(overrides)?, overrides: overrides.map(Path::to_path_buf) })
    }

    /// The whole report as one page that needs nothing else.
    ///
    /// # Errors
    ///
    /// `Exit::Config` if a template of the user's asks for what is not there.
    pub fn html(&self, view: &View) -> Result<String> {
        let locale = self.locale(view)?;
        let mut fields = fields(view)?;
        for (field, chart) in items(&mut fields, "charts").zip(&view.charts) {
            field.insert("svg".to_owned(), Value::String(pictures(chart, &locale)));
        }
        for (field, card) in items(&mut fields, "cards").zip(&view.cards) {
            let spark =
                card.spark.as_ref().map_or(Value::Null, |spark| sparkline(&card.anchor, &card.name, spark, &locale));
            field.insert("spark".to_owned(), spark);
        }
        fields.insert("fonts".to_owned(), fonts());
        fields.insert("chart_css".to_owned(), Value::String(chart::inline_css().to_owned()));
        self.fill("report.html", fields)
    }

    /// The mail: subject, both bodies and the pictures that the HTML one shows.
    ///
    /// # Errors
    ///
    /// As [`Self::html`]; and `Exit::Internal` if a chart cannot be drawn or the HTML stays too large however much is cut.
    pub fn email(&self, view: &View) -> Result<Email> {
        mail::compose(self, view)
    }

    fn locale(&self, view: &View) -> Result<Locale> {
        Locale::load(&view.language, self.overrides.as_deref())
    }

    fn fill(&self, template: &str, fields: serde_json::Map<String, Value>) -> Result<String> {
        let context = Context::from_serialize(&Value::Object(fields)).map_err(|fault| unfilled(template, &fault))?;
        self.tera.render(template, &context).map_err(|fault| unfilled(template, &fault))
    }
}

/// The report with the built-in templates.
///
/// # Errors
///
/// As [`Renderer::html`].
pub fn render_html(view: &View) -> Result<String> {
    Renderer::new(None)?.html(view)
}

/// The mail with the built-in templates.
///
/// # Errors
///
/// As [`Renderer::email`].
pub fn render_email(view: &View) -> Result<Email> {
    Renderer::new(None)?.email(view)
}

fn unfilled(template: &str, fault: &tera::Error) -> Failure {
    let mut causes = vec![fault.to_string()];
    let mut source = std::error::Error::source(fault);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    let message = format!("template `{template}` cannot be filled: {}", causes.join(": "));
    let fault = Diagnostic::error("template-unfilled", message);
    Failure::new(Exit::Config, fault.help("compare the template with the built-in one of the same name"))
}

/// The view's fields by name.
fn fields(view: &View) -> Result<serde_json::Map<String, Value>> {
    match serde_json::to_value(view) {
        Ok(Value::Object(fields)) => Ok(fields),
        other => {
            let message = format!("the view model is no object: {other:?}");
            Err(Failure::new(Exit::Internal, Diagnostic::error("view-unreadable", cut_short(&message))))
        }
    }
}

fn cut_short(message: &str) -> String {
    message.chars().take(200).collect()
}

/// The objects of a list field.
fn items<'a>(
    fields: &'a mut serde_json::Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a mut serde_json::Map<String, Value>> {
    fields.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

/// A chart in the two widths of the page; the style sheet shows one.
fn pictures(chart: &super::view::Chart, locale: &Locale) -> String {
    let width = if chart.wide { WIDE } else { COLUMN };
    let draw = |class: &str, prefix: String, width: f64| {
        let frame = Frame {
            width,
            theme: Theme::Page,
            id_prefix: &prefix,
            title: &chart.title,
            description: &chart.finding,
            titled: false,
        };
        format!("<div class=\"{class}\">{}</div>", draw::svg(&chart.drawing, &frame, locale))
    };
    draw("chart-wide", format!("w-{}", chart.anchor), width)
        + &draw("chart-narrow", format!("n-{}", chart.anchor), PHONE)
}

fn sparkline(anchor: &str, name: &str, spark: &Drawing, locale: &Locale) -> Value {
    let frame = Frame {
        width: SPARK,
        theme: Theme::Page,
        id_prefix: &format!("s-{anchor}"),
        title: name,
        description: "",
        titled: false,
    };
    Value::String(draw::svg(spark, &frame, locale))
}

fn fonts() -> Value {
    let face = |(weight, bytes): &(u16, &[u8])| json!({ "weight": weight, "base64": base64::prelude::BASE64_STANDARD.encode(bytes) });
    FONTS.iter().map(face).collect()
}
