//! The report: verdicts into a view model, and that into HTML, mail, workbook and figures.
//!
//! Knows no frames, no mail servers and no recipients' addresses.

pub mod chart;
mod draw;
pub mod figures;
mod narrative;
pub mod render;
pub mod view;
pub mod workbook;

pub use render::{Email, LARGEST_HTML, Picture, Renderer, render_email, render_html};
pub use view::{Again, Input, View, build};
