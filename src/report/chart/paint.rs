//! The elements of a chart as pixels.
//!
//! Draws what charts are written with; anything else is a fault, for nothing is to be missing from a picture unnoticed.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Shader, Stroke, StrokeDash, Transform,
};

use super::letters;
use super::svg::{Element, number, numbers};

/// Draws elements in their order, `scale` pixels to a unit.
pub(super) fn paint(elements: &[Element<'_>], scale: f32, pixels: &mut Pixmap) -> Result<(), String> {
    let sheet = Sheet::of(elements);
    for element in elements {
        if matches!(element.name, "svg" | "title" | "desc" | "style") {
            continue;
        }
        if let Some(look) = Look::of(element, &sheet, scale)? {
            Brush { pixels, scale, look }.draw(element)?;
        }
    }
    Ok(())
}

/// Classes and what they declare, in the order of the style sheet.
struct Sheet<'s>(Vec<(&'s str, Vec<(&'s str, &'s str)>)>);

impl<'s> Sheet<'s> {
    /// Reads `.class{property:value;…}`, one after the other.
    fn of(elements: &'s [Element<'_>]) -> Self {
        let rule = |rule: &'s str| {
            let (class, body) = rule.trim().strip_prefix('.')?.split_once('{')?;
            Some((class, body.split(';').filter_map(|declaration| declaration.split_once(':')).collect()))
        };
        let sheets = elements.iter().filter(|element| element.name == "style");
        Self(sheets.flat_map(|sheet| sheet.text.split('}')).filter_map(rule).collect())
    }

    /// What the classes of an element declare, what counts most first: of two classes, the one that stands last.
    fn declared(&self, element: &Element<'_>) -> Vec<(&'s str, &'s str)> {
        let classes = element.attribute("class").unwrap_or_default();
        let is_own = |class: &str| classes.split(' ').any(|own| own == class);
        let own = self.0.iter().rev().filter(|(class, _)| is_own(class));
        own.flat_map(|(_, declarations)| declarations).copied().collect()
    }
}

/// How one element looks, in pixels.
struct Look {
    fill: Option<Color>,
    stroke: Option<(Color, Stroke)>,
}

impl Look {
    /// A style sheet says more than an attribute. None for what is not seen.
    fn of(element: &Element<'_>, sheet: &Sheet<'_>, scale: f32) -> Result<Option<Self>, String> {
        let declared = sheet.declared(element);
        let property = |name: &str| {
            let of_class = declared.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            of_class.or_else(|| element.attribute(name))
        };
        let amount = |name: &str| property(name).map_or(Ok(1.0), number);
        let opacity = amount("opacity")?;
        if opacity <= 0.0 {
            return Ok(None);
        }
        let colour = |name: &str, unless: &str, opacity: f32| {
            let paint = property(name).unwrap_or(unless);
            let mut colour = if paint == "none" { None } else { Some(hexadecimal(paint)?) };
            if let Some(colour) = &mut colour {
                colour.apply_opacity(opacity);
            }
            Ok::<_, String>(colour)
        };
        let fill = colour("fill", "#000000", opacity * amount("fill-opacity")?)?;
        let Some(line) = colour("stroke", "none", opacity)? else { return Ok(Some(Self { fill, stroke: None })) };
        let is_round = |name: &str| property(name) == Some("round");
        let dash = property("stroke-dasharray").map_or(Ok(Vec::new()), numbers)?;
        let stroke = Stroke {
            width: scale * amount("stroke-width")?,
            line_cap: if is_round("stroke-linecap") { LineCap::Round } else { LineCap::Butt },
            line_join: if is_round("stroke-linejoin") { LineJoin::Round } else { LineJoin::Miter },
            dash: StrokeDash::new(dash.iter().map(|length| scale * length).collect(), 0.0),
            ..Stroke::default()
        };
        Ok(Some(Self { fill, stroke: Some((line, stroke)) }))
    }
}

/// `#1d4ed8` or `#fff`.
fn hexadecimal(text: &str) -> Result<Color, String> {
    let unknown = || format!("`{text}` is no colour");
    let digits = text.strip_prefix('#').ok_or_else(unknown)?;
    let whole = if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.to_owned() };
    let value = u32::from_str_radix(&whole, 16).ok().filter(|_| whole.len() == 6).ok_or_else(unknown)?;
    let [_, red, green, blue] = value.to_be_bytes();
    Ok(Color::from_rgba8(red, green, blue, u8::MAX))
}

/// Draws one element.
struct Brush<'p> {
    pixels: &'p mut Pixmap,
    scale: f32,
    look: Look,
}

impl Brush<'_> {
    fn draw(&mut self, element: &Element<'_>) -> Result<(), String> {
        match element.name {
            "rect" => self.rect(element),
            "line" => self.line(element),
            "circle" => {
                let [x, y, r] = self.lengths(element, ["cx", "cy", "r"])?;
                self.shape(PathBuilder::from_circle(x, y, r));
                Ok(())
            }
            "path" => self.path(element.attribute("d").unwrap_or_default()),
            "text" => self.text(element),
            other => Err(format!("`{other}` cannot be drawn")),
        }
    }

    /// Attributes in pixels.
    fn lengths<const N: usize>(&self, element: &Element<'_>, names: [&str; N]) -> Result<[f32; N], String> {
        let mut lengths = [0.0; N];
        for (length, name) in lengths.iter_mut().zip(names) {
            *length = self.scale * element.number(name)?;
        }
        Ok(lengths)
    }

    fn rect(&mut self, element: &Element<'_>) -> Result<(), String> {
        let [x, y, width, height, radius] = self.lengths(element, ["x", "y", "width", "height", "rx"])?;
        let radius = radius.min(width / 2.0).min(height / 2.0);
        match Rect::from_xywh(x, y, width, height) {
            Some(rect) if radius > 0.0 => self.shape(rounded(rect, radius)),
            Some(rect) if self.look.stroke.is_none() => self.area(rect, self.look.fill),
            Some(rect) => self.shape(Some(PathBuilder::from_rect(rect))),
            // Nothing is drawn of what has no width or no height.
            None => {}
        }
        Ok(())
    }

    fn line(&mut self, element: &Element<'_>) -> Result<(), String> {
        let [x1, y1, x2, y2] = self.lengths(element, ["x1", "y1", "x2", "y2"])?;
        let Some((colour, stroke)) = &self.look.stroke else { return Ok(()) };
        let half = stroke.width / 2.0;
        let is_plain = stroke.dash.is_none() && stroke.line_cap == LineCap::Butt;
        let is_upright = (x1 - x2).abs() < f32::EPSILON;
        let is_level = (y1 - y2).abs() < f32::EPSILON;
        // Nearly all lines are those of a grid.
        if is_plain && (is_upright || is_level) {
            let (dx, dy) = if is_upright { (half, 0.0) } else { (0.0, half) };
            let rect = Rect::from_ltrb(x1.min(x2) - dx, y1.min(y2) - dy, x1.max(x2) + dx, y1.max(y2) + dy);
            let colour = *colour;
            if let Some(rect) = rect {
                self.area(rect, Some(colour));
            }
            return Ok(());
        }
        let mut path = PathBuilder::new();
        path.move_to(x1, y1);
        path.line_to(x2, y2);
        self.shape(path.finish());
        Ok(())
    }

    /// `M1 2L3 4Z`: absolute and straight.
    fn path(&mut self, data: &str) -> Result<(), String> {
        let mut path = PathBuilder::new();
        let mut commands = data;
        while let Some((command, coordinates)) = commands.split_at_checked(1) {
            let end = coordinates.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(coordinates.len());
            let (coordinates, others) = coordinates.split_at(end);
            match (command, numbers(coordinates)?.as_slice()) {
                ("M", [x, y]) => path.move_to(self.scale * x, self.scale * y),
                ("L", [x, y]) => path.line_to(self.scale * x, self.scale * y),
                ("Z", []) => path.close(),
                _ => return Err(format!("the path `{data}` cannot be drawn")),
            }
            commands = others;
        }
        self.shape(path.finish());
        Ok(())
    }

    fn text(&mut self, element: &Element<'_>) -> Result<(), String> {
        let [x, baseline, size] = self.lengths(element, ["x", "y", "font-size"])?;
        let line = letters::Line::of(&element.text, element.attribute("font-weight"), size);
        let before = match element.attribute("text-anchor") {
            Some("middle") => line.width / 2.0,
            Some("end") => line.width,
            _ => 0.0,
        };
        if let Some(colour) = self.look.fill {
            line.draw(self.pixels, (x - before, baseline), colour);
        }
        Ok(())
    }

    fn area(&mut self, rect: Rect, colour: Option<Color>) {
        if let Some(colour) = colour {
            self.pixels.fill_rect(rect, &evenly(colour), Transform::identity(), None);
        }
    }

    /// A path of no extent is none.
    fn shape(&mut self, path: Option<Path>) {
        let Some(path) = path else { return };
        if let Some(colour) = self.look.fill {
            self.pixels.fill_path(&path, &evenly(colour), FillRule::Winding, Transform::identity(), None);
        }
        if let Some((colour, stroke)) = &self.look.stroke {
            self.pixels.stroke_path(&path, &evenly(*colour), stroke, Transform::identity(), None);
        }
    }
}

fn evenly(colour: Color) -> Paint<'static> {
    Paint { shader: Shader::SolidColor(colour), ..Paint::default() }
}

/// Four sides, and four quarters of a circle.
fn rounded(rect: Rect, radius: f32) -> Option<Path> {
    // Where the handles of a cubic stand that passes for a quarter of a circle, from the corner.
    let handle = radius * (1.0 - 0.552_284_8);
    let (left, top, right, bottom) = (rect.left(), rect.top(), rect.right(), rect.bottom());
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - handle, top, right, top + handle, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - handle, right - handle, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.cubic_to(left + handle, bottom, left, bottom - handle, left, bottom - radius);
    path.line_to(left, top + radius);
    path.cubic_to(left, top + handle, left + handle, top, left + radius, top);
    path.close();
    path.finish()
}
