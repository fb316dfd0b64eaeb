//! Laws that hold for every chart: nothing overlaps, nothing leaves the view box, nothing is not a number.
//!
//! The judge is resvg, which draws any SVG: its layout of texts, and its pictures.

use proptest::prelude::*;
use resvg::usvg::{self, Node, fontdb};

use super::*;
use crate::judgement::Status;

/// An SVG as resvg reads it, with the embedded font.
pub(super) fn tree(svg: &str) -> usvg::Tree {
    let mut fonts = fontdb::Database::new();
    for weight in font::Weight::ALL {
        fonts.load_font_data(weight.data().to_vec());
    }
    let options = usvg::Options { font_family: "Inter".to_owned(), fontdb: fonts.into(), ..usvg::Options::default() };
    usvg::Tree::from_str(svg, &options).unwrap()
}

fn plain(value: f64) -> String {
    format!("{value:.1}")
}

fn axis(floor: Option<f64>) -> Axis<'static> {
    Axis { format: &plain, floor, ceiling: None, cut_note: "axis does not start at 0".into() }
}

fn frame(width: f64, theme: Theme) -> Frame<'static> {
    Frame { width, theme, id_prefix: "c1", title: "NPS & <co>", description: "Rose \"clearly\"", titled: true }
}

fn texts(group: &usvg::Group, found: &mut Vec<(usvg::Rect, String)>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => texts(inner, found),
            Node::Text(text) => {
                let words = text.chunks().iter().map(usvg::TextChunk::text).collect();
                found.push((text.abs_bounding_box(), words));
            }
            _ => {}
        }
    }
}

/// What is wrong with a chart's text, by the renderer's layout.
fn faults(svg: &str) -> Vec<String> {
    let read = tree(svg);
    let mut found = Vec::new();
    texts(read.root(), &mut found);
    let mut faults = Vec::new();
    let (width, height) = (read.size().width(), read.size().height());
    let slack = 0.5;
    for (i, (a, words)) in found.iter().enumerate() {
        if a.left() < -slack || a.top() < -slack || a.right() > width + slack || a.bottom() > height + slack {
            faults.push(format!("{words:?} leaves the view box: {a:?}"));
        }
        for (b, others) in found.iter().skip(i + 1) {
            let apart = a.right() <= b.left() + slack
                || b.right() <= a.left() + slack
                || a.bottom() <= b.top() + slack
                || b.bottom() <= a.top() + slack;
            if !apart {
                faults.push(format!("{words:?} {a:?} overlaps {others:?} {b:?}"));
            }
        }
    }
    match rasterise(svg, 0.25) {
        // Some of the words are made of letters that the font lacks.
        Ok(_) => {}
        Err(RasteriseError::Letters(missing)) if missing.contains(&'客') => {}
        Err(fault) => faults.push(fault.to_string()),
    }
    for bad in ["NaN", "inf"] {
        if svg.contains(bad) {
            faults.push(format!("{bad} in the output"));
        }
    }
    faults
}

/// The figures that stand on no line in one piece.
fn broken<'f>(svg: &str, figures: impl IntoIterator<Item = &'f String>) -> Vec<&'f String> {
    let lines: Vec<&str> = svg.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)).collect();
    figures.into_iter().filter(|figure| !lines.iter().any(|line| line.contains(figure.as_str()))).collect()
}

/// How many shapes leave the view box.
fn marks_outside(svg: &str) -> usize {
    fn outside(group: &usvg::Group, (width, height): (f32, f32)) -> usize {
        let of = |node: &Node| match node {
            Node::Group(inner) => outside(inner, (width, height)),
            Node::Path(path) if path.fill().is_some() && path.data().bounds().width() < width => {
                let drawn = path.abs_bounding_box();
                let is_inside = drawn.left() >= 0.0 && drawn.top() >= 0.0;
                usize::from(!(is_inside && drawn.right() <= width && drawn.bottom() <= height))
            }
            _ => 0,
        };
        group.children().iter().map(of).sum()
    }
    let read = tree(svg);
    outside(read.root(), (read.size().width(), read.size().height()))
}

/// Numbers as a broken source might give them.
fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        6 => (-20.0..110.0f64).prop_map(Some),
        2 => (1e8..2e9f64).prop_map(Some),
        1 => Just(None),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, -1e308, 0.0, -0.0, 1e-12, 1e15]).prop_map(Some),
    ]
}

/// One scale's worth of numbers, so that most cases are like real ones.
fn numbers(most: usize) -> impl Strategy<Value = Vec<Option<f64>>> {
    let calm = prop::collection::vec(prop::option::weighted(0.9, 20.0..80.0f64), 0..most);
    let wild = prop::collection::vec(number(), 0..most);
    prop_oneof![2 => calm, 1 => wild]
}

/// Names as people and attackers write them; free of the letters of `NaN` and `inf`.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-MO-Z][a-eg-hj-mo-zçãé]{2,9}( (· )?[a-eg-hj-mo-z]{2,8}){0,2}",
        1 => "[a-eg-hj-mo-z &<>\"'/·\u{7}\u{202e}\u{a0}客-]{0,60}",
        1 => "[a-eg-hj-mo-z]{60}",
    ]
}

/// Figures as a locale writes them.
fn figure() -> impl Strategy<Value = String> {
    prop_oneof![
        "[−+]?[0-9]{1,3}(,[0-9])?(\u{a0}%)?",
        "R\\$\u{a0}[0-9]{1,3}(\\.[0-9]{3}){2},[0-9]{2}",
        "[−+][0-9]{1,3}\\.[0-9]{3}\u{a0}M\u{a0}BRL",
    ]
}

fn status() -> impl Strategy<Value = Option<Status>> {
    prop::option::of(prop::sample::select(vec![Status::Red, Status::Yellow, Status::Green]))
}

fn way() -> impl Strategy<Value = Way> {
    prop::sample::select(vec![Way::Up, Way::Down, Way::Steady, Way::Unknown])
}

fn ways() -> [String; 4] {
    ["up by 5 or more", "down by 5 or more", "little change", "no earlier score"].map(str::to_owned)
}

fn bands() -> impl Strategy<Value = Vec<Band>> {
    (prop::collection::vec(0.0..100.0f64, 0..5), prop::collection::vec((name(), status()), 6)).prop_map(
        |(mut edges, names)| {
            edges.sort_by(f64::total_cmp);
            let ends = edges.iter().copied().map(Some).chain([None]);
            let starts = std::iter::once(None).chain(edges.iter().copied().map(Some));
            starts
                .zip(ends)
                .zip(names)
                .map(|((from, to), (name, status))| Band { from, to, status: status.unwrap_or(Status::Yellow), name })
                .collect()
        },
    )
}

fn widths() -> impl Strategy<Value = f64> {
    prop_oneof![Just(640.0), Just(440.0), 320.0..900.0f64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn trends_are_legible(
        values in numbers(40), spread in 0.0..30.0f64, bands in bands(), target in prop::option::of((number(), name())),
        value_label in figure(), width in widths(), floor in prop::option::of(Just(0.0)), label in name(),
    ) {
        let points = values.iter().enumerate().map(|(i, value)| TrendPoint {
            label: if i % 5 == 4 { label.clone() } else { format!("m{}", i % 12 + 1) },
            group: (2024 + i / 12).to_string(),
            value: *value,
            interval: value.map(|v| (v - spread, v + spread)).filter(|_| i % 3 > 0),
            provisional: i % 4 == 0,
            hint: label.clone(),
        });
        let data = Trend {
            points: points.collect(), bands,
            target: target.map(|(value, label)| Mark { value: value.unwrap_or(f64::NAN), label }),
            value_label, axis: axis(floor), interval_label: "95 % of repeats".into(),
            provisional_label: "may still move".into(), empty_label: "had too few replies".into(),
        };
        let svg = trend(&frame(width, Theme::Light), &data);
        prop_assert_eq!(faults(&svg), Vec::<String>::new());
        prop_assert_eq!(&svg, &trend(&frame(width, Theme::Light), &data));
    }

    #[test]
    fn bullets_are_legible(
        rows in prop::collection::vec((name(), number(), figure(), name(), status(), number(), bands()), 0..8),
        width in widths(),
    ) {
        let rows = rows.into_iter().map(|(name, value, value_label, word, status, target, bands)| BulletRow {
            name, value, interval: value.map(|v| (v - 3.0, v + 3.0)), value_label, band_label: word.clone(), status,
            target: target.map(|value| Mark { value, label: format!("target {word}") }),
            bands, format: &plain, floor: Some(0.0), ceiling: None, hint: String::new(),
        });
        let data = Bullet { rows: rows.collect(), interval_label: "95 % of repeats".into() };
        let svg = bullet(&frame(width, Theme::Light), &data);
        prop_assert_eq!(faults(&svg), Vec::<String>::new());
        prop_assert_eq!(broken(&svg, data.rows.iter().map(|row| &row.value_label)), Vec::<&String>::new());
    }

    #[test]
    fn compositions_are_legible(
        columns in prop::collection::vec((prop::collection::vec(number(), 3), figure(), name()), 0..40),
        names in prop::collection::vec((name(), status()), 3), width in widths(),
    ) {
        let columns = columns.into_iter().enumerate().map(|(i, (shares, head, hint))| Column {
            label: format!("m{}", i % 12 + 1), group: (2024 + i / 12).to_string(),
            share_labels: shares.iter().map(|v| format!("{:.0}", v.unwrap_or(0.0).clamp(0.0, 99.0))).collect(),
            shares: shares.into_iter().flatten().map(f64::abs).collect(), head, hint,
        });
        let data = Composition {
            parts: names.into_iter().map(|(name, status)| Part { name, status }).collect(),
            columns: columns.collect(), format: &plain, head_label: "score".into(),
            empty_label: "had too few replies".into(),
        };
        prop_assert_eq!(faults(&composition(&frame(width, Theme::Light), &data)), Vec::<String>::new());
    }

    #[test]
    fn bridges_are_legible(
        values in numbers(10), names in prop::collection::vec((name(), figure()), 10), width in widths(),
        opening in 0.0..5000.0f64,
    ) {
        let step = |value, (name, label): &(String, String), kind| Step {
            name: name.clone(), value, label: label.clone(), kind, hint: name.clone(),
        };
        let mut steps = vec![step(Some(opening), &("opening".into(), "1".into()), StepKind::Total)];
        steps.extend(values.iter().zip(&names).map(|(value, words)| step(*value, words, StepKind::Change)));
        steps.push(step(Some(opening * 1.1), &("closing".into(), "2".into()), StepKind::Total));
        let data = Bridge { steps, axis: axis(None) };
        let svg = bridge(&frame(width, Theme::Light), &data);
        prop_assert_eq!(faults(&svg), Vec::<String>::new());
        prop_assert_eq!(broken(&svg, data.steps.iter().map(|step| &step.label)), Vec::<&String>::new());
    }

    #[test]
    fn segments_are_legible(
        rows in prop::collection::vec((name(), number(), figure(), figure(), status()), 0..40),
        reference in prop::option::of((number(), name())), width in widths(),
    ) {
        let rows = rows.into_iter().map(|(name, value, value_label, note, status)| SegmentRow {
            hint: name.clone(), name, value, interval: value.map(|v| (v - 4.0, v * 1.1)), value_label, note, status,
        });
        let data = Segments {
            rows: rows.collect(),
            reference: reference.map(|(value, label)| Mark { value: value.unwrap_or(f64::NAN), label }),
            axis: axis(Some(0.0)), interval_label: "95 % of repeats".into(),
        };
        let svg = segments(&frame(width, Theme::Light), &data);
        prop_assert_eq!(faults(&svg), Vec::<String>::new());
        prop_assert_eq!(broken(&svg, data.rows.iter().map(|row| &row.value_label)), Vec::<&String>::new());
    }

    #[test]
    fn survival_curves_are_legible(
        curves in prop::collection::vec((name(), prop::collection::vec((0.0..40.0f64, 0.0..1.0f64), 0..30)), 0..6),
        times in prop::collection::vec(0.0..40.0f64, 0..12), width in widths(), counts in figure(),
        horizon in prop::option::of((0.0..50.0f64, name())),
    ) {
        let mut times = times;
        times.sort_by(f64::total_cmp);
        let curves = curves.into_iter().map(|(name, mut steps)| {
            steps.sort_by(|a, b| a.0.total_cmp(&b.0));
            let step = |(time, share): (f64, f64)| CurveStep { time, share, interval: Some((share - 0.1, f64::NAN)) };
            Curve { name, steps: steps.into_iter().map(step).collect(), at_risk: vec![counts.clone(); times.len()] }
        });
        let data = Survival {
            curves: curves.collect(), times: times.clone(), time_format: &plain, share_format: &plain,
            time_label: "months".into(), horizon: horizon.map(|(value, label)| Mark { value, label }),
            at_risk_label: "at risk".into(), interval_label: "95 % of repeats".into(),
        };
        prop_assert_eq!(faults(&survival(&frame(width, Theme::Light), &data)), Vec::<String>::new());
    }

    #[test]
    fn cohorts_are_legible(
        rows in prop::collection::vec((name(), prop::collection::vec((number(), figure()), 0..20)), 0..14),
        width in widths(),
    ) {
        let rows = rows.into_iter().map(|(name, cells)| Cohort {
            cells: cells.into_iter().map(|(value, label)| Cell { value, label, hint: name.clone() }).collect(), name,
        });
        let data = Cohorts { rows: rows.collect(), ages: (0..20).map(|age| format!("M{age}")).collect() };
        prop_assert_eq!(faults(&cohorts(&frame(width, Theme::Light), &data)), Vec::<String>::new());
    }

    #[test]
    fn quadrants_are_legible(
        points in prop::collection::vec((number(), number(), number(), way(), name()), 0..60),
        quarters in prop::collection::vec(name(), 4), split in (number(), number()), width in widths(),
    ) {
        let value = |v: Option<f64>| v.unwrap_or(f64::NAN);
        let customers = points.into_iter().enumerate().map(|(i, (x, y, weight, way, name))| Customer {
            x: value(x), y: value(y), weight: value(weight), way, renews: i % 3 == 0, hint: name.clone(), name,
        });
        let quarters: [String; 4] = quarters.try_into().unwrap();
        let data = Quadrant {
            customers: customers.collect(), split: (value(split.0), value(split.1)), quarters,
            x: axis(Some(0.0)), x_label: "health".into(), y: axis(Some(0.0)), y_label: "revenue".into(),
            logarithmic_note: "each step multiplies".into(), way_labels: ways(), renews_label: "renews soon".into(),
        };
        prop_assert_eq!(faults(&quadrant(&frame(width, Theme::Light), &data)), Vec::<String>::new());
    }

    /// Revenues as companies have them: few large, many small, some alike.
    #[test]
    fn customers_by_health_and_revenue_are_legible(
        customers in prop::collection::vec((0.0..100.0f64, -1.0..5.0f64, way(), any::<bool>(), name()), 3..200),
        quarters in prop::collection::vec(name(), 4), width in widths(), healthy in 40.0..80.0f64,
    ) {
        let mut customers: Vec<Customer> = customers.into_iter().map(|(x, size, way, renews, name)| {
            let y = 100.0 * 10f64.powf(size);
            Customer { x, y, weight: y, way, renews, hint: name.clone(), name }
        }).collect();
        customers.sort_by(|a, b| b.y.total_cmp(&a.y));
        let median = customers[customers.len() / 2].y;
        customers.iter_mut().skip(20).for_each(|customer| customer.name.clear());
        let ends = |floor, ceiling| Axis { ceiling, ..axis(floor) };
        let data = Quadrant {
            customers, split: (healthy, median), quarters: quarters.try_into().unwrap(),
            x: ends(Some(0.0), Some(100.0)), x_label: "health".into(), y: axis(Some(0.0)), y_label: "revenue".into(),
            logarithmic_note: "each step multiplies".into(), way_labels: ways(), renews_label: "renews soon".into(),
        };
        let svg = quadrant(&frame(width, Theme::Light), &data);
        prop_assert_eq!(faults(&svg), Vec::<String>::new());
        prop_assert_eq!(marks_outside(&svg), 0);
    }

    /// Curves as an estimator gives them: falling, with a step at the end, each as long as it has been followed.
    #[test]
    fn falling_curves_are_legible(
        curves in prop::collection::vec((name(), prop::collection::vec(0.9..1.0f64, 2..60), 5..90_000u32), 1..5),
        step in prop::sample::select(vec![1usize, 2, 3, 6, 12]), width in widths(),
        horizon in prop::option::of((1usize..60, name())),
    ) {
        let longest = curves.iter().map(|(_, stays, _)| stays.len()).max().unwrap();
        let months = (0..=longest.div_ceil(step)).map(|time| time * step).collect::<Vec<_>>();
        let times: Vec<f64> = months.iter().map(|month| f64::from(u32::try_from(*month).unwrap())).collect();
        let curves = curves.into_iter().map(|(name, stays, customers)| {
            let at_risk = |month: &usize| if *month < stays.len() { (customers / 2).to_string() } else { "–".into() };
            let mut share = 1.0;
            let step = |(month, stay): (u32, &f64)| {
                share *= stay;
                CurveStep { time: f64::from(month), share, interval: Some((share * 0.9, f64::midpoint(1.0, share))) }
            };
            Curve { name, at_risk: months.iter().map(at_risk).collect(), steps: (0..).zip(&stays).map(step).collect() }
        });
        let data = Survival {
            curves: curves.collect(), times, time_format: &|time| format!("{time:.0}"), share_format: &plain,
            time_label: "months".into(), at_risk_label: "at risk".into(), interval_label: "95 % of repeats".into(),
            horizon: horizon.map(|(at, label)| Mark { value: f64::from(u32::try_from(at).unwrap()), label }),
        };
        prop_assert_eq!(faults(&survival(&frame(width, Theme::Light), &data)), Vec::<String>::new());
    }

    #[test]
    fn sparklines_stay_inside(values in numbers(40), target in number(), status in status(), width in 60.0..300.0f64) {
        let data = Sparkline { values, target, status };
        let svg = sparkline(&frame(width, Theme::Page), &data);
        prop_assert_eq!(faults(&svg), Vec::<String>::new());
        let read = tree(&svg);
        let drawn = read.root().abs_stroke_bounding_box();
        let inside = drawn.left() >= -0.5 && drawn.top() >= -0.5;
        prop_assert!(inside && drawn.right() <= read.size().width() + 0.5 && drawn.bottom() <= read.size().height() + 0.5);
    }
}

fn three_months() -> Trend<'static> {
    let point = |label: &str, value, provisional| TrendPoint {
        label: label.into(),
        group: "2026".into(),
        value: Some(value),
        interval: Some((value - 6.0, value + 6.0)),
        provisional,
        hint: format!("{label} 2026: {value}"),
    };
    Trend {
        points: vec![point("Aug", 46.0, false), point("Sep", 54.0, false), point("Oct", 52.0, true)],
        bands: vec![
            Band { from: None, to: Some(50.0), status: Status::Yellow, name: "good".into() },
            Band { from: Some(50.0), to: None, status: Status::Green, name: "very good".into() },
        ],
        target: Some(Mark { value: 50.0, label: "target 50".into() }),
        value_label: "52".into(),
        axis: Axis { format: &|v| format!("{v:.0}"), floor: Some(0.0), ceiling: Some(100.0), cut_note: "cut".into() },
        interval_label: "95 % interval".into(),
        provisional_label: "provisional".into(),
        empty_label: "no data".into(),
    }
}

#[test]
fn a_trend_on_a_page_is_written_like_this() {
    let svg = trend(&frame(640.0, Theme::Page), &three_months());
    insta::assert_snapshot!(svg.replace("><", ">\n<"));
}

#[test]
fn a_cut_bridge_on_a_page_is_written_like_this() {
    let step = |name: &str, value, label: &str, kind| Step {
        name: name.into(),
        value: Some(value),
        label: label.into(),
        kind,
        hint: String::new(),
    };
    let steps = vec![
        step("Opening", 1000.0, "1,000", StepKind::Total),
        step("New", 90.0, "+90", StepKind::Change),
        step("Churn", -40.0, "−40", StepKind::Change),
        step("Closing", 1050.0, "1,050", StepKind::Total),
    ];
    let svg = bridge(&frame(640.0, Theme::Page), &Bridge { steps, axis: axis(Some(0.0)) });
    insta::assert_snapshot!(svg.replace("><", ">\n<"));
}

#[test]
fn a_gap_is_never_bridged() {
    let mut data = three_months();
    data.points[1].value = Some(f64::NAN);
    let svg = trend(&frame(640.0, Theme::Page), &data);
    let (_, rest) = svg.split_once("class=\"c-line\" d=\"").unwrap();
    let (path, _) = rest.split_once('"').unwrap();
    assert!(!path.contains('L') && path.matches('M').count() == 2, "{path}");
}

#[test]
fn every_segment_and_every_step_is_named_however_many() {
    let rows = (0..40).map(|i| SegmentRow { name: format!("S{i:02}"), value: Some(50.0), ..SegmentRow::default() });
    let data = Segments { rows: rows.collect(), reference: None, axis: axis(None), interval_label: String::new() };
    for width in [640.0, 440.0] {
        let svg = segments(&frame(width, Theme::Page), &data);
        assert!((0..40).all(|i| svg.contains(&format!(">S{i:02}<"))));
    }
}

#[test]
fn hostile_names_are_text() {
    let name = "</text><script>alert(1)</script>\u{0}\u{202e}";
    let rows = vec![SegmentRow { name: name.into(), hint: name.into(), value: Some(1.0), ..SegmentRow::default() }];
    let data = Segments { rows, reference: None, axis: axis(None), interval_label: String::new() };
    let hostile = Frame { id_prefix: "a\"><b", title: name, description: name, ..frame(640.0, Theme::Page) };
    let svg = segments(&hostile, &data);
    assert!(!svg.contains("<script") && !svg.contains('\u{202e}') && !svg.contains('\0'));
    assert!(svg.contains("aria-labelledby=\"a---b-title a---b-desc\""));
    tree(&svg);
}

#[test]
fn a_picture_has_the_scaled_size_and_always_the_same_bytes() {
    let svg = trend(&frame(440.0, Theme::Dark), &three_months());
    let (width, height) = size(&svg).unwrap();
    assert_eq!(width, 440);
    let picture = rasterise(&svg, 2.5).unwrap();
    assert_eq!(picture, rasterise(&svg, 2.5).unwrap());
    let mut reader = png::Decoder::new(std::io::Cursor::new(&picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert_eq!((reader.info().width, reader.info().height), (1100, (height * 5).div_ceil(2)));
    assert!(picture.len() < 40_000, "{} bytes", picture.len());
}

/// The colours of a PNG, in reading order.
fn colours(png: &[u8]) -> Vec<[u8; 3]> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut bytes).unwrap();
    bytes.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

/// resvg places letters to a fraction of a pixel, up and down too, hence the edges of letters that differ.
#[test]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a picture has some thousand pixels a side"
)]
fn a_picture_is_the_one_that_resvg_draws() {
    let row = |name: &str, value, status| SegmentRow {
        name: name.into(),
        value: Some(value),
        interval: Some((value - 9.0, value + 9.0)),
        value_label: format!("{value}"),
        status: Some(status),
        ..SegmentRow::default()
    };
    let rows = vec![
        row("Médio porte", 48.0, Status::Red),
        row("AVA · To", 61.5, Status::Yellow),
        row("Sul", 77.0, Status::Green),
    ];
    let by_segment = Segments { rows, reference: None, axis: axis(None), interval_label: "95 % interval".into() };
    let step = |value, kind| Step {
        name: "Wachstum".into(),
        value: Some(value),
        label: "+90 %".into(),
        kind,
        hint: String::new(),
    };
    let steps = vec![step(1000.0, StepKind::Total), step(90.0, StepKind::Change), step(1090.0, StepKind::Total)];
    for theme in [Theme::Light, Theme::Dark] {
        let frame = frame(412.0, theme);
        let charts = [
            trend(&frame, &three_months()),
            segments(&frame, &by_segment),
            bridge(&frame, &Bridge { steps: steps.clone(), axis: axis(Some(0.0)) }),
        ];
        for svg in charts {
            let painted = colours(&rasterise(&svg, 2.2).unwrap());
            let read = tree(&svg);
            let [width, height] = [read.size().width(), read.size().height()].map(|units| (units * 2.2).ceil() as u32);
            let mut pixels = tiny_skia::Pixmap::new(width, height).unwrap();
            resvg::render(&read, tiny_skia::Transform::from_scale(2.2, 2.2), &mut pixels.as_mut());
            let drawn: Vec<[u8; 3]> = pixels.pixels().iter().map(|at| [at.red(), at.green(), at.blue()]).collect();
            assert_eq!(painted.len(), drawn.len());
            let distance = |(a, b): (&[u8; 3], &[u8; 3])| a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).max();
            let distances: Vec<u32> = painted.iter().zip(&drawn).filter_map(distance).collect();
            let mean = f64::from(distances.iter().sum::<u32>()) / distances.len() as f64;
            let far = distances.iter().filter(|distance| **distance > 128).count() as f64 / distances.len() as f64;
            assert!(mean < 0.8 && far < 0.0003, "mean {mean:.2}, far {:.3} %: {svg}", 100.0 * far);
        }
    }
}

#[test]
fn a_picture_shows_its_letters() {
    let with = rasterise(&trend(&frame(440.0, Theme::Light), &three_months()), 1.0).unwrap();
    let mut wordless = three_months();
    wordless.value_label.clear();
    assert_ne!(with, rasterise(&trend(&frame(440.0, Theme::Light), &wordless), 1.0).unwrap());
    let mut foreign = three_months();
    foreign.value_label = "客 50".to_owned();
    let refused = rasterise(&trend(&frame(440.0, Theme::Light), &foreign), 1.0).unwrap_err();
    assert!(matches!(&refused, RasteriseError::Letters(missing) if *missing == ['客']), "{refused}");
}

#[test]
fn an_absurd_scale_is_refused() {
    let svg = trend(&frame(440.0, Theme::Light), &three_months());
    for scale in [0.0, -1.0, f32::NAN, 1e9] {
        assert!(rasterise(&svg, scale).is_err(), "{scale}");
    }
}

/// On a phone too a band's word stands whole; the page draws charts 360 wide for it.
#[test]
fn a_bands_word_is_not_broken_on_a_phone() {
    let row = |band: &str| BulletRow {
        name: "Metas alcançadas".into(),
        value: Some(81.5),
        interval: None,
        value_label: "81,5%".into(),
        band_label: band.into(),
        status: Some(Status::Yellow),
        target: None,
        bands: Vec::new(),
        format: &plain,
        floor: Some(0.0),
        ceiling: None,
        hint: String::new(),
    };
    let rows = vec![row("Moderado"), row("Razoável"), row("Muito bom")];
    let svg = bullet(&frame(360.0, Theme::Light), &Bullet { rows, interval_label: String::new() });
    for word in [">Moderado<", ">Razoável<"] {
        assert!(svg.contains(word), "{word} in {svg}");
    }
}

/// Nothing came and nothing left: a step of zero has no bar, and its number no colour.
#[test]
fn a_step_of_nothing_is_no_bar() {
    let step =
        |value, kind| Step { name: "x".into(), value: Some(value), label: "0".into(), kind, hint: String::new() };
    let bridge_of = |change| {
        let steps =
            vec![step(10.0, StepKind::Total), step(change, StepKind::Change), step(10.0 + change, StepKind::Total)];
        bridge(&frame(560.0, Theme::Light), &Bridge { steps, axis: axis(Some(0.0)) })
    };
    let changes = |svg: &str| {
        ["green", "red", "none"].map(|tone| svg.matches(&format!("\"c-mark-{tone}\"")).count()).iter().sum::<usize>()
    };
    assert_eq!([1.0, -1.0, 0.0, -0.0].map(|change| changes(&bridge_of(change))), [1, 1, 0, 0]);
}

/// From 1,000 to 1,050 the axis begins far above zero: a total is a mark of the same four units, whatever it says. From 10
/// to 15 it begins at zero, and bars are as long as what they say.
#[test]
fn totals_are_bars_only_from_zero() {
    let heights = |opening: f64, closing: f64| {
        let step =
            |value, kind| Step { name: "x".into(), value: Some(value), label: "0".into(), kind, hint: String::new() };
        let steps = vec![
            step(opening, StepKind::Total),
            step(closing - opening, StepKind::Change),
            step(closing, StepKind::Total),
        ];
        let svg = bridge(&frame(640.0, Theme::Light), &Bridge { steps, axis: axis(Some(0.0)) });
        let totals = svg.split("<rect ").filter(|rect| rect.contains("\"c-mark-total\""));
        let height = |rect: &str| rect.split_once("height=\"")?.1.split_once('"')?.0.parse::<f64>().ok();
        totals.filter_map(height).collect::<Vec<f64>>()
    };
    assert_eq!(heights(1000.0, 1050.0), [4.0, 4.0]);
    let [opening, closing] = heights(10.0, 15.0)[..] else { panic!("two totals") };
    assert!((closing / opening - 1.5).abs() < 0.01, "{opening} {closing}");
}

/// Thirteen ages on a phone: some are left out, from the first to the last, and no figure is in smaller letters than the ages'.
#[test]
fn cohorts_on_a_phone_leave_ages_out_and_keep_their_letters() {
    let cell = |age: usize| Cell { value: Some(100.0), label: "100".into(), hint: age.to_string() };
    let row = Cohort { name: "Mar 2026".into(), cells: (0..13).map(cell).collect() };
    let data = Cohorts { rows: vec![row], ages: (0..13).map(|age| age.to_string()).collect() };
    let of = |width: f64| {
        let svg = cohorts(&Frame { titled: false, ..frame(width, Theme::Page) }, &data);
        let letters =
            svg.split("font-size=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<f64>().unwrap());
        (
            svg.matches(">100<").count(),
            letters.fold(f64::INFINITY, f64::min),
            svg.contains(">0<") && svg.contains(">12<"),
        )
    };
    let (shown, letters, has_ends) = of(360.0);
    assert!((6..13).contains(&shown) && letters >= 13.5 && has_ends, "{shown} {letters}");
    assert_eq!(of(720.0).0, 13);
}
