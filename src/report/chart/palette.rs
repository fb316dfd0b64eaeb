//! The colours, as classes that mean something, in a light and a dark theme.
//!
//! Chosen to stay apart for colour-blind readers; a chart still never says a thing by colour alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::Theme;
use crate::judgement::Status;

/// How a class is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paint {
    /// Letters, read on the surface: contrast ≥ 4.5.
    Ink,
    /// A shape that carries data: contrast ≥ 3 with the surface.
    Mark,
    /// A line that carries data: contrast ≥ 3.
    Stroke,
    /// A quiet area or line behind the data.
    Quiet,
    /// A quiet line.
    QuietStroke,
    /// A translucent area, the percentage being its opacity.
    Veil(u8),
    /// Letters on the mark of this class: contrast ≥ 4.5.
    On(&'static str),
}

/// One class: its paint, and its colour in the light and the dark theme.
struct Rule(&'static str, Paint, &'static str, &'static str);

/// The page's card, on which every chart stands.
const SURFACE: (&str, &str) = ("#ffffff", "#141d2e");

const RULES: &[Rule] = &[
    Rule("c-surface", Paint::Quiet, SURFACE.0, SURFACE.1),
    Rule("c-ink", Paint::Ink, "#0f172a", "#f1f5f9"),
    Rule("c-muted", Paint::Ink, "#526077", "#a3b1c6"),
    Rule("c-grid", Paint::QuietStroke, "#e6eaf0", "#273349"),
    Rule("c-axis", Paint::Stroke, "#8290a5", "#6f7f98"),
    Rule("c-track", Paint::Quiet, "#f1f4f8", "#1c2739"),
    Rule("c-line", Paint::Stroke, "#1d4ed8", "#82aaff"),
    Rule("c-dot", Paint::Mark, "#1d4ed8", "#82aaff"),
    Rule("c-accent", Paint::Ink, "#1d4ed8", "#9bbcff"),
    Rule("c-ribbon", Paint::Veil(16), "#1d4ed8", "#82aaff"),
    Rule("c-whisker", Paint::Stroke, "#334155", "#cbd5e1"),
    Rule("c-target", Paint::Stroke, "#0f172a", "#f1f5f9"),
    Rule("c-tint-green", Paint::Quiet, "#e6f5f0", "#15302f"),
    Rule("c-tint-yellow", Paint::Quiet, "#fef5e3", "#2d2a20"),
    Rule("c-tint-red", Paint::Quiet, "#fcebed", "#34202b"),
    Rule("c-band-green", Paint::Quiet, "#bfe5d9", "#1b5a51"),
    Rule("c-band-yellow", Paint::Quiet, "#fbdfa6", "#66501c"),
    Rule("c-band-red", Paint::Quiet, "#f5c3cb", "#6b2a3a"),
    Rule("c-mark-green", Paint::Mark, "#0d8174", "#3cc4ae"),
    Rule("c-mark-yellow", Paint::Mark, "#cc6c05", "#f2b84b"),
    Rule("c-mark-red", Paint::Mark, "#93113a", "#d94f7a"),
    Rule("c-mark-none", Paint::Mark, "#8592a6", "#64748b"),
    Rule("c-mark-total", Paint::Mark, "#334155", "#94a3b8"),
    Rule("c-series-1", Paint::Stroke, "#1d4ed8", "#82aaff"),
    Rule("c-series-2", Paint::Stroke, "#b45309", "#f2a65a"),
    Rule("c-series-3", Paint::Stroke, "#7e22ce", "#d0a2ff"),
    Rule("c-series-4", Paint::Stroke, "#0f766e", "#4fd1b8"),
    Rule("c-veil-1", Paint::Veil(14), "#1d4ed8", "#82aaff"),
    Rule("c-veil-2", Paint::Veil(14), "#b45309", "#f2a65a"),
    Rule("c-veil-3", Paint::Veil(14), "#7e22ce", "#d0a2ff"),
    Rule("c-veil-4", Paint::Veil(14), "#0f766e", "#4fd1b8"),
    Rule("c-name-1", Paint::Ink, "#1d4ed8", "#9bbcff"),
    Rule("c-name-2", Paint::Ink, "#9a4508", "#f2a65a"),
    Rule("c-name-3", Paint::Ink, "#7e22ce", "#d0a2ff"),
    Rule("c-name-4", Paint::Ink, "#0b665f", "#4fd1b8"),
    Rule("c-heat-1", Paint::Quiet, "#e9f4f1", "#1d2f3d"),
    Rule("c-heat-2", Paint::Quiet, "#cbe7df", "#1d424a"),
    Rule("c-heat-3", Paint::Quiet, "#a3d3c7", "#1e5655"),
    Rule("c-heat-4", Paint::Quiet, "#74bcae", "#1f6a64"),
    Rule("c-heat-5", Paint::Quiet, "#439f90", "#359c8d"),
    Rule("c-heat-6", Paint::Quiet, "#0f766e", "#57c3af"),
    Rule("c-heat-7", Paint::Quiet, "#0a4f4a", "#9fe5d4"),
    Rule("c-on-heat-1", Paint::On("c-heat-1"), "#0f172a", "#f1f5f9"),
    Rule("c-on-heat-2", Paint::On("c-heat-2"), "#0f172a", "#f1f5f9"),
    Rule("c-on-heat-3", Paint::On("c-heat-3"), "#0f172a", "#f1f5f9"),
    Rule("c-on-heat-4", Paint::On("c-heat-4"), "#0f172a", "#f1f5f9"),
    Rule("c-on-heat-5", Paint::On("c-heat-5"), "#0f172a", "#0a1220"),
    Rule("c-on-heat-6", Paint::On("c-heat-6"), "#ffffff", "#0a1220"),
    Rule("c-on-heat-7", Paint::On("c-heat-7"), "#ffffff", "#0a1220"),
    Rule("c-text-green", Paint::Ink, "#0b665f", "#4fd6b8"),
    Rule("c-text-yellow", Paint::Ink, "#92480a", "#f5c162"),
    Rule("c-text-red", Paint::Ink, "#a5123d", "#ff9aa1"),
    Rule("c-text-none", Paint::Ink, "#526077", "#a3b1c6"),
    Rule("c-on-green", Paint::On("c-mark-green"), "#ffffff", "#0a1220"),
    Rule("c-on-yellow", Paint::On("c-mark-yellow"), "#0f172a", "#0a1220"),
    Rule("c-on-red", Paint::On("c-mark-red"), "#ffffff", "#0a1220"),
    Rule("c-on-none", Paint::On("c-mark-none"), "#0f172a", "#ffffff"),
];

/// The part of a class name that a status gives; `none` where no band judges.
pub(super) fn tone(status: Option<Status>) -> &'static str {
    status.map_or("none", Status::id)
}

/// The colour of a class on paper, `#1d4ed8`; that of letters for a class that there is not.
pub(in crate::report) fn paper(class: &str) -> &'static str {
    RULES.iter().find(|rule| rule.0 == class).map_or("#000000", |rule| rule.2)
}

/// The class of text that stands for a status; plain ink where no band judges.
pub(super) fn text_class(status: Option<Status>) -> &'static str {
    match status {
        Some(Status::Green) => "c-text-green",
        Some(Status::Yellow) => "c-text-yellow",
        Some(Status::Red) => "c-text-red",
        None => "c-ink",
    }
}

fn declare(css: &mut String, rule: &Rule, dark: bool) {
    let Rule(class, paint, light_colour, dark_colour) = rule;
    let colour = if dark { dark_colour } else { light_colour };
    let _ = match paint {
        Paint::Ink | Paint::Mark | Paint::Quiet | Paint::On(_) => write!(css, ".{class}{{fill:{colour}}}"),
        Paint::Stroke | Paint::QuietStroke => write!(css, ".{class}{{stroke:{colour};fill:none}}"),
        Paint::Veil(percent) => {
            write!(css, ".{class}{{fill:{colour};fill-opacity:{}}}", f64::from(*percent) / 100.0)
        }
    };
}

/// The rules of the classes that are wanted.
fn sheet(dark: bool, is_wanted: &dyn Fn(&str) -> bool) -> String {
    let mut css = String::new();
    for rule in RULES.iter().filter(|rule| is_wanted(rule.0)) {
        declare(&mut css, rule, dark);
    }
    // A dot that is hollow shows the surface inside its ring.
    let surface = if dark { SURFACE.1 } else { SURFACE.0 };
    let _ = write!(css, ".c-open{{fill:{surface}}}.c-edge{{stroke:{surface}}}");
    css
}

/// The style element's content of a chart whose theme is fixed, with no rule that none of its elements follows: whoever
/// draws it holds every element against every rule.
pub(super) fn fixed_css(theme: Theme, body: &str) -> String {
    let classes = body.split("class=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let used: BTreeSet<&str> = classes.flat_map(str::split_whitespace).collect();
    sheet(theme == Theme::Dark, &|class| class == "c-surface" || used.contains(class))
}

/// The style rules that `Theme::Page` charts need, once per page: light, and dark where the reader's screen asks for
/// it (paper stays light).
///
/// Also shows `.chart-wide` on wide screens and in print and `.chart-narrow` below 640 px, for pages that hold a chart
/// in two widths; and `.chart-page` before a `.chart-wide` in its place where a screen is wider than paper. The card under a chart should be painted `--chart-surface`.
pub fn inline_css() -> &'static str {
    static CSS: LazyLock<String> = LazyLock::new(|| {
        format!(
            ":root{{--chart-surface:{}}}.chart{{display:block;width:100%;height:auto;font-kerning:normal}}\
             .chart-narrow,.chart-page{{display:none}}{}\
             @media screen and (min-width:961px){{.chart-page{{display:block}}.chart-page+.chart-wide{{display:none}}}}\
             @media screen and (max-width:639px){{.chart-narrow{{display:block;max-width:27rem}}.chart-wide{{display:none}}}}\
             @media screen and (prefers-color-scheme:dark){{:root{{--chart-surface:{}}}{}}}",
            SURFACE.0,
            sheet(false, &|_| true),
            SURFACE.1,
            sheet(true, &|_| true)
        )
    });
    &CSS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(hex: &str) -> [f64; 3] {
        let channel = |at: usize| {
            let v = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        [channel(1), channel(3), channel(5)]
    }

    fn luminance(hex: &str) -> f64 {
        let [r, g, b] = linear(hex);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn colour(class: &str, dark: bool) -> &'static str {
        let rule = RULES.iter().find(|rule| rule.0 == class).unwrap();
        if dark { rule.3 } else { rule.2 }
    }

    #[test]
    fn contrast_agrees_with_wcag() {
        // WCAG 2.2: black on white is 21:1; #767676 on white is the grey that just passes 4.5.
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01);
    }

    #[test]
    fn letters_reach_4_5_and_marks_3_in_both_themes() {
        for dark in [false, true] {
            for Rule(class, paint, ..) in RULES {
                let (ground, least) = match paint {
                    Paint::Ink => ("c-surface", 4.5),
                    Paint::Mark | Paint::Stroke => ("c-surface", 3.0),
                    Paint::On(mark) => (*mark, 4.5),
                    Paint::Quiet | Paint::QuietStroke | Paint::Veil(_) => continue,
                };
                let reached = contrast(colour(class, dark), colour(ground, dark));
                assert!(reached >= least, "{class} on {ground}, dark {dark}: {reached:.2}");
            }
        }
    }

    #[test]
    fn the_line_and_its_marks_stand_out_on_every_tint() {
        for dark in [false, true] {
            for tint in [
                "c-tint-green",
                "c-tint-yellow",
                "c-tint-red",
                "c-track",
                "c-band-green",
                "c-band-yellow",
                "c-band-red",
            ] {
                for mark in ["c-line", "c-dot", "c-target", "c-whisker", "c-ink"] {
                    let reached = contrast(colour(mark, dark), colour(tint, dark));
                    assert!(reached >= 3.0, "{mark} on {tint}, dark {dark}: {reached:.2}");
                }
            }
        }
    }

    #[test]
    fn status_marks_stand_out_on_quarters_too() {
        for dark in [false, true] {
            for mark in ["c-mark-green", "c-mark-yellow", "c-mark-red"] {
                let reached = contrast(colour(mark, dark), colour("c-track", dark));
                assert!(reached >= 3.0, "{mark}, dark {dark}: {reached:.2}");
            }
        }
    }

    /// Dichromats' view in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
    const DICHROMATS: [[[f64; 3]; 3]; 3] = [
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ];

    /// Oklab of a linear colour (Ottosson 2020).
    #[expect(clippy::many_single_char_names, reason = "the names that the definition uses")]
    fn oklab([r, g, b]: [f64; 3]) -> [f64; 3] {
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).max(0.0).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).max(0.0).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).max(0.0).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    #[test]
    fn the_statuses_stay_apart_for_colour_blind_readers() {
        for dark in [false, true] {
            let marks = ["c-mark-green", "c-mark-yellow", "c-mark-red"].map(|class| linear(colour(class, dark)));
            for (which, matrix) in DICHROMATS.iter().enumerate() {
                let seen = marks.map(|c| oklab(matrix.map(|row| row[0] * c[0] + row[1] * c[1] + row[2] * c[2])));
                for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                    let distance = seen[a].iter().zip(seen[b]).map(|(p, q)| (p - q).powi(2)).sum::<f64>().sqrt();
                    assert!(distance >= 0.1, "{a} and {b}, dichromat {which}, dark {dark}: {distance:.3}");
                }
            }
        }
    }

    #[test]
    fn paper_stays_light() {
        assert!(!inline_css().contains("@media (prefers-color-scheme"));
        assert_eq!(inline_css().matches('{').count(), inline_css().matches('}').count());
    }
}
