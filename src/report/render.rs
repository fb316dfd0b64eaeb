//! Views into documents: the only place that knows templates.
//!
//! Templates get finished text and place it; the one markup that passes unescaped is our own SVG and its style sheet.

mod mail;
mod pictures;
mod templates;

use std::path::Path;
use std::rc::Rc;
use std::sync::LazyLock;

use base64::Engine as _;
use serde_json::json;
use tera::{Context, Tera, Value};

pub use mail::{Email, LARGEST_HTML, Picture};

use self::pictures::Pictures;
use super::chart::{self, Frame, Theme};
use super::draw;
use super::view::{Card, Drawing, View};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::locale::Locale;

/// The report's page takes up to so many units of width for a chart that has it to itself; on paper, where letters of
/// the page's chart would be half as high; for one of two columns; and on a phone.
const PAGE: f64 = 1080.0;
const PAPER: f64 = 600.0;
const COLUMN: f64 = 560.0;
const PHONE: f64 = 360.0;
/// A sparkline's width.
const SPARK: f64 = 240.0;

/// The embedded fonts: weight and file.
const FONTS: [(u16, &[u8]); 3] = [
    (400, include_bytes!("../../templates/fonts/Inter-400Regular.woff2")),
    (600, include_bytes!("../../templates/fonts/Inter-600SemiBold.woff2")),
    (700, include_bytes!("../../templates/fonts/Inter-700Bold.woff2")),
];

/// The built-in templates, with a user's over them, and the pictures drawn so far. Threads may share one.
pub struct Renderer {
    tera: Tera,
    overrides: Option<std::path::PathBuf>,
    pictures: Pictures,
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
        let overrides = overrides.map(Path::to_path_buf);
        Ok(Self { tera: templates::load(overrides.as_deref())?, overrides, pictures: Pictures::default() })
    }

    /// The whole report as one page that needs nothing else.
    ///
    /// # Errors
    ///
    /// `Exit::Config` if a template of the user's asks for what is not there.
    pub fn html(&self, view: &View) -> Result<String> {
        self.page(view, context(view)?)
    }

    /// The page, from the view's fields.
    fn page(&self, view: &View, mut context: Context) -> Result<String> {
        let locale = self.locale(view)?;
        let spark = |card: &Card| Some(sparkline(&card.anchor, &card.name, card.spark.as_ref()?, &locale));
        let drawings: Vec<String> = view.charts.iter().map(|chart| pictures(chart, &locale)).collect();
        context.insert("drawings", &drawings);
        context.insert("sparks", &view.cards.iter().map(spark).collect::<Vec<_>>());
        context.insert_value("fonts", fonts());
        context.insert("chart_css", chart::inline_css());
        self.fill("report.html", &context)
    }

    /// The mail: subject, both bodies and the pictures that the HTML one shows.
    ///
    /// # Errors
    ///
    /// As [`Self::html`]; and `Exit::Internal` if a chart cannot be drawn or the HTML stays too large however much is cut.
    pub fn email(&self, view: &View) -> Result<Email> {
        mail::compose(self, view, mail::drawn(view, &*self.locale(view)?), context(view)?)
    }

    /// The mail, and the page with its view if it is wanted: at the same time where there are processors for it.
    ///
    /// # Errors
    ///
    /// As [`Self::html`] and [`Self::email`].
    pub fn documents(&self, mut view: View, with_page: bool) -> Result<(Email, Option<(View, String)>)> {
        let drawn = mail::drawn(&view, &*self.locale(&view)?);
        if !with_page {
            // Templates place words; handing them what was drawn would take a twentieth of the time.
            view.charts.iter_mut().for_each(|chart| chart.drawing = Drawing::default());
            return Ok((mail::compose(self, &view, drawn, context(&view)?)?, None));
        }
        let context = context(&view)?;
        let copy = context.clone();
        let (page, email) = rayon::join(|| self.page(&view, context), || mail::compose(self, &view, drawn, copy));
        let (email, page) = (email?, page?);
        Ok((email, Some((view, page))))
    }

    fn locale(&self, view: &View) -> Result<Rc<Locale>> {
        match &self.overrides {
            None => Locale::built_in(&view.language),
            Some(folder) => Locale::load(&view.language, Some(folder)).map(Rc::new),
        }
    }

    fn fill(&self, template: &str, context: &Context) -> Result<String> {
        self.tera.render(template, context).map_err(|fault| unfilled(template, &fault))
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
fn context(view: &View) -> Result<Context> {
    Context::from_serialize(view).map_err(|fault| {
        let message: String = format!("the view model is no object: {fault}").chars().take(200).collect();
        Failure::new(Exit::Internal, Diagnostic::error("view-unreadable", message))
    })
}

/// A chart in the widths of the page; the style sheet shows one.
fn pictures(chart: &super::view::Chart, locale: &Locale) -> String {
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
    let page = if chart.wide { draw("chart-page", format!("p-{}", chart.anchor), PAGE) } else { String::new() };
    let column = if chart.wide { PAPER } else { COLUMN };
    page + &draw("chart-wide", format!("w-{}", chart.anchor), column)
        + &draw("chart-narrow", format!("n-{}", chart.anchor), PHONE)
}

fn sparkline(anchor: &str, name: &str, spark: &Drawing, locale: &Locale) -> String {
    let frame = Frame {
        width: SPARK,
        theme: Theme::Page,
        id_prefix: &format!("s-{anchor}"),
        title: name,
        description: "",
        titled: false,
    };
    draw::svg(spark, &frame, locale)
}

fn fonts() -> Value {
    static FACES: LazyLock<Value> = LazyLock::new(|| {
        let face = |(weight, bytes): &(u16, &[u8])| {
            let base64 = base64::prelude::BASE64_STANDARD.encode(bytes);
            json!({ "weight": weight, "base64": base64 })
        };
        Value::from_serializable(&FONTS.iter().map(face).collect::<Vec<_>>())
    });
    FACES.clone()
}
