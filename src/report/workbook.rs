//! The workbook as an XLSX file: the only place that knows the library.
//!
//! Places cells that the view has typed. Every text is a string: the writer is never asked to look for formulas or links.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Workbook as Book, Worksheet, XlsxError,
};

use super::chart::paper;
use super::view::{Sheet, SheetCell, Workbook, cut};
use crate::config::Status;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::formula;

/// Characters of a cell, and of a tab, that Excel takes.
const LONGEST_CELL: usize = 32_767;
const LONGEST_TAB: usize = 31;
/// From this width on a column's text is broken into lines.
const WIDE: u16 = 40;
/// A4, as printers number it.
const A4: u8 = 9;

/// Writes a view's workbook; the same one gives the same bytes.
///
/// # Errors
///
/// `Exit::DataRefused` for more rows than a sheet can hold, or a stored workbook whose numbers or days are none.
pub fn write(workbook: &Workbook) -> Result<Vec<u8>> {
    book(workbook).map_err(|fault| {
        let fault = Diagnostic::error("workbook-unwritable", format!("the workbook cannot be written: {fault}"));
        Failure::new(Exit::DataRefused, fault.help("show fewer segments, or leave `xlsx` out of `attach`"))
    })
}

fn book(workbook: &Workbook) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Book::new();
    let properties = DocProperties::new()
        .set_title(&workbook.title)
        .set_subject(&workbook.scope)
        .set_company(&workbook.company)
        .set_author("farol")
        .set_creation_datetime(&ExcelDateTime::parse_from_str(&workbook.created)?);
    book.set_properties(&properties);
    let mut styles = Styles::new();
    let mut tabs = BTreeSet::new();
    for sheet in &workbook.sheets {
        let page = book.add_worksheet();
        page.set_name(tab(&sheet.name, &mut tabs))?;
        fill(page, sheet, &mut styles)?;
        // An ampersand starts a command in a footer.
        page.set_footer(format!("&L{}&R&P / &N", workbook.title.replace('&', "&&")));
    }
    book.save_to_buffer()
}

fn fill(page: &mut Worksheet, sheet: &Sheet, styles: &mut Styles) -> std::result::Result<(), XlsxError> {
    page.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    page.set_freeze_panes(1, sheet.frozen)?;
    page.set_repeat_rows(0, 0)?;
    for (at, column) in (0_u16..).zip(&sheet.columns) {
        page.set_column_width(at, f64::from(column.width))?;
        let is_number = |row: &Vec<SheetCell>| {
            matches!(row.get(usize::from(at)), Some(SheetCell::Number { .. } | SheetCell::Day { .. }))
        };
        // A title stands over what it heads: numbers end on the right.
        let style = &styles.headers[usize::from(sheet.rows.iter().any(is_number))];
        page.write_string_with_format(0, at, cut(&column.title, LONGEST_CELL), style)?;
    }
    for (row, cells) in (1_u32..).zip(&sheet.rows) {
        for ((at, column), cell) in (0_u16..).zip(&sheet.columns).zip(cells) {
            put(page, (row, at), cell, column.width >= WIDE, styles)?;
        }
    }
    colour_bands(page, sheet, styles)?;
    let last_column = u16::try_from(sheet.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
    page.autofilter(0, 0, u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX), last_column)?;
    Ok(())
}

/// Colours each assessment by its word, so that a word that somebody changes changes its colour. A word that stands for
/// more than one status in its column keeps the colours that its cells have.
fn colour_bands(page: &mut Worksheet, sheet: &Sheet, styles: &Styles) -> std::result::Result<(), XlsxError> {
    let last = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    for at in 0..u16::try_from(sheet.columns.len()).unwrap_or(u16::MAX) {
        let mut statuses: BTreeMap<&str, Vec<Status>> = BTreeMap::new();
        for cell in sheet.rows.iter().filter_map(|row| row.get(usize::from(at))) {
            if let SheetCell::Band { word, status } = cell {
                let known = statuses.entry(word).or_default();
                if !known.contains(status) {
                    known.push(*status);
                }
            }
        }
        for (word, statuses) in statuses {
            // The library takes what begins like a formula for one.
            if let [status] = statuses[..]
                && !formula::is_one(word)
            {
                let rule = ConditionalFormatCellRule::EqualTo(cut(word, LONGEST_CELL));
                let format = ConditionalFormatCell::new().set_rule(rule).set_format(styles.tint(status));
                page.add_conditional_format(1, at, last, at, &format)?;
            }
        }
    }
    Ok(())
}

fn put(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &SheetCell,
    is_wide: bool,
    styles: &mut Styles,
) -> std::result::Result<(), XlsxError> {
    match cell {
        SheetCell::Empty => {}
        SheetCell::Text(text) => {
            page.write_string_with_format(row, column, cut(text, LONGEST_CELL), styles.text(text, is_wide))?;
        }
        SheetCell::Missing(why) => {
            page.write_string_with_format(row, column, cut(why, LONGEST_CELL), &styles.missing)?;
        }
        SheetCell::Band { word, status } => {
            page.write_string_with_format(row, column, cut(word, LONGEST_CELL), styles.band(*status))?;
        }
        SheetCell::Number { exact, format } => {
            let number =
                exact.parse::<f64>().map_err(|_| XlsxError::ParameterError(format!("`{exact}` is no number")))?;
            page.write_number_with_format(row, column, number, styles.number(format))?;
        }
        SheetCell::Day { day, format } => {
            page.write_datetime_with_format(row, column, &ExcelDateTime::parse_from_str(day)?, styles.number(format))?;
        }
    }
    Ok(())
}

/// A tab's name as Excel takes it: short, without its forbidden characters, and unlike the others in any case of letters.
fn tab(name: &str, taken: &mut BTreeSet<String>) -> String {
    let allowed: String = name.chars().filter(|c| !c.is_control() && !"[]:*?/\\'".contains(*c)).collect();
    let short = cut(allowed.trim(), LONGEST_TAB);
    let mut tab = short.clone();
    let mut number = 1;
    while tab.is_empty() || !taken.insert(tab.to_lowercase()) {
        number += 1;
        format!("{} {number}", cut(&short, LONGEST_TAB - 5)).trim().clone_into(&mut tab);
    }
    tab
}

/// The formats in use, each made once.
struct Styles {
    /// Over text, over numbers.
    headers: [Format; 2],
    missing: Format,
    text: [Format; 4],
    bands: [Format; 3],
    tints: [Format; 3],
    numbers: BTreeMap<String, Format>,
}

impl Styles {
    fn new() -> Self {
        let base = || Format::new().set_align(FormatAlign::Top);
        // Text keeps its distance from a number to its left.
        let left = || base().set_align(FormatAlign::Left).set_indent(1);
        let [ink, muted, rule, track] = ["c-ink", "c-muted", "c-axis", "c-track"].map(|class| colour(paper(class)));
        let tinted = |format: Format, status: Status| {
            let id = status.id();
            format
                .set_font_color(colour(paper(&format!("c-text-{id}"))))
                .set_background_color(colour(paper(&format!("c-tint-{id}"))))
        };
        let statuses = [Status::Green, Status::Yellow, Status::Red];
        let header = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter)
            .set_font_color(ink)
            .set_background_color(track)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(rule);
        Self {
            headers: [header.clone().set_align(FormatAlign::Left).set_indent(1), header.set_align(FormatAlign::Right)],
            missing: base().set_italic().set_font_color(muted).set_align(FormatAlign::Right),
            // Should somebody edit a text that looks like a formula, the prefix keeps it a text.
            text: [
                left(),
                left().set_text_wrap(),
                left().set_quote_prefix(),
                left().set_text_wrap().set_quote_prefix(),
            ],
            bands: statuses.map(|status| tinted(left().set_bold(), status)),
            tints: statuses.map(|status| tinted(Format::new(), status)),
            numbers: BTreeMap::new(),
        }
    }

    fn text(&self, text: &str, is_wide: bool) -> &Format {
        &self.text[usize::from(is_wide) + 2 * usize::from(formula::is_one(text))]
    }

    /// The colours of a band alone.
    fn tint(&self, status: Status) -> &Format {
        match status {
            Status::Green => &self.tints[0],
            Status::Yellow => &self.tints[1],
            Status::Red => &self.tints[2],
        }
    }

    fn band(&self, status: Status) -> &Format {
        match status {
            Status::Green => &self.bands[0],
            Status::Yellow => &self.bands[1],
            Status::Red => &self.bands[2],
        }
    }

    fn number(&mut self, format: &str) -> &Format {
        let made = || Format::new().set_align(FormatAlign::Top).set_num_format(format);
        self.numbers.entry(format.to_owned()).or_insert_with(made)
    }
}

/// `#1d4ed8` as the library takes it.
fn colour(hex: &str) -> Color {
    u32::from_str_radix(hex.trim_start_matches('#'), 16).map_or(Color::Default, Color::RGB)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of Excel for the names of sheets.
    #[test]
    fn tabs_are_names_that_excel_takes() {
        let mut taken = BTreeSet::new();
        assert_eq!(tab("Figures", &mut taken), "Figures");
        assert_eq!(tab("FIGURES", &mut taken), "FIGURES 2");
        assert_eq!(tab("a/b\\c[d]e:f*g?'", &mut taken), "abcdefg");
        assert_eq!(tab("", &mut taken), "2");
        assert_eq!(tab("[]", &mut taken), "3");
        assert_eq!(tab(&"x".repeat(40), &mut taken).chars().count(), LONGEST_TAB);
        assert!(tab(&"x".repeat(40), &mut taken).chars().count() <= LONGEST_TAB);
    }

    #[test]
    fn colours_come_from_the_palette_of_the_charts() {
        assert_eq!(colour(paper("c-text-red")), Color::RGB(0x00a5_123d));
        for status in ["green", "yellow", "red"] {
            assert!(paper(&format!("c-tint-{status}")).starts_with('#'), "{status}");
        }
    }
}
