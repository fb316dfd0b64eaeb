//! Lines of text as pixels, each letter drawn once in each size.
//!
//! Letters stand where the font's kerning puts them, to a quarter of a pixel, on baselines of whole pixels.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use harfrust::{GlyphBuffer, ShapeOptions, Shaper, ShaperData, UnicodeBuffer};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia::{Color, FillRule, Mask, PathBuilder, Pixmap, Transform};

use super::font::Weight;

/// Places of a letter within a pixel that are told apart.
const PLACES: f32 = 4.0;

/// One weight of the embedded font.
struct Face {
    font: FontRef<'static>,
    shaper: Shaper<'static>,
}

impl Face {
    fn of(weight: Weight) -> Option<&'static Self> {
        static TABLES: LazyLock<Vec<(FontRef<'static>, ShaperData)>> = LazyLock::new(|| {
            let fonts = Weight::ALL.iter().filter_map(|weight| FontRef::new(weight.data()).ok());
            fonts.map(|font| (font.clone(), ShaperData::new(&font))).collect()
        });
        static FACES: LazyLock<Vec<Face>> = LazyLock::new(|| {
            let face = |(font, data): &'static (FontRef<'static>, ShaperData)| Face {
                font: font.clone(),
                shaper: data.shaper(font).build(),
            };
            TABLES.iter().map(face).collect()
        });
        FACES.get(weight as usize)
    }
}

/// One line of text, its letters placed.
pub(super) struct Line {
    weight: Weight,
    size: f32,
    /// Pixels to a unit of the font.
    unit: f32,
    shaped: Option<GlyphBuffer>,
    /// Pixels that it takes.
    pub(super) width: f32,
}

#[expect(clippy::cast_precision_loss, reason = "units of a font are a few thousand to a letter")]
impl Line {
    /// A text in a weight as CSS writes it, `size` pixels high.
    pub(super) fn of(text: &str, weight: Option<&str>, size: f32) -> Self {
        let weight = Weight::ALL.into_iter().find(|known| weight == Some(known.css())).unwrap_or(Weight::Regular);
        let Some(face) = Face::of(weight) else { return Self { weight, size, unit: 0.0, shaped: None, width: 0.0 } };
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = face.shaper.shape(buffer, ShapeOptions::new());
        let unit = size / face.shaper.units_per_em() as f32;
        let width = shaped.glyph_positions().iter().map(|at| at.x_advance as f32 * unit).sum();
        Self { weight, size, unit, shaped: Some(shaped), width }
    }

    /// Draws it from `x` on.
    pub(super) fn draw(&self, pixels: &mut Pixmap, (x, baseline): (f32, f32), colour: Color) {
        let (Some(face), Some(shaped)) = (Face::of(self.weight), &self.shaped) else { return };
        let mut pen = x;
        for (glyph, at) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let place = ((pen + at.x_offset as f32 * self.unit) * PLACES).round() / PLACES;
            let key = Key {
                weight: self.weight,
                glyph: glyph.glyph_id,
                size: self.size.to_bits(),
                part: place.fract().to_bits(),
            };
            let draw = || Stamp::of(&face.font, glyph.glyph_id, self.size, place.fract()).map(Rc::new);
            let stamp = STAMPS.with_borrow_mut(|stamps| stamps.entry(key).or_insert_with(draw).clone());
            if let Some(stamp) = stamp {
                let up = at.y_offset as f32 * self.unit;
                stamp.put(pixels, (place.trunc(), (baseline - up).round()), colour);
            }
            pen += at.x_advance as f32 * self.unit;
        }
    }
}

/// Which letter: size and part of a pixel are numbers' bits.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    weight: Weight,
    glyph: u32,
    size: u32,
    part: u32,
}

thread_local! {
    /// None for what has no outline, like a blank.
    static STAMPS: RefCell<HashMap<Key, Option<Rc<Stamp>>, foldhash::fast::FixedState>> = RefCell::default();
}

/// How much of each pixel a letter covers, and where its box lies from the pen.
struct Stamp {
    left: i32,
    top: i32,
    width: usize,
    coverage: Vec<u8>,
}

impl Stamp {
    fn of(font: &FontRef<'_>, glyph: u32, size: f32, part: f32) -> Option<Self> {
        let mut outline = Outline { path: PathBuilder::new(), part };
        let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
        font.outline_glyphs().get(GlyphId::new(glyph))?.draw(settings, &mut outline).ok()?;
        let path = outline.path.finish()?;
        let bounds = path.bounds().round_out()?;
        let mut mask = Mask::new(bounds.width(), bounds.height())?;
        #[expect(clippy::cast_precision_loss, reason = "a letter is no larger than a picture")]
        let corner = Transform::from_translate(-bounds.left() as f32, -bounds.top() as f32);
        mask.fill_path(&path, FillRule::Winding, true, corner);
        let width = usize::try_from(bounds.width()).ok()?;
        Some(Self { left: bounds.left(), top: bounds.top(), width, coverage: mask.take() })
    }

    /// Lays it over opaque pixels, with as much of itself as lies inside of them.
    fn put(&self, pixels: &mut Pixmap, (x, y): (f32, f32), colour: Color) {
        #[expect(clippy::cast_possible_truncation, reason = "what is too far away saturates, and lies outside")]
        let (left, top) = ((x as i32).saturating_add(self.left), (y as i32).saturating_add(self.top));
        let ink = colour.to_color_u8();
        let ink = [ink.red(), ink.green(), ink.blue()];
        let skipped = usize::try_from(-i64::from(left)).unwrap_or(0);
        let wide = pixels.width() as usize;
        let start = usize::try_from(left).unwrap_or(0).min(wide);
        let mut rows = pixels.data_mut().chunks_exact_mut(4 * wide);
        let mut hidden = self.coverage.chunks_exact(self.width).skip(usize::try_from(-i64::from(top)).unwrap_or(0));
        let below = usize::try_from(top).unwrap_or(0);
        let first = rows.nth(below);
        for (row, line) in first.into_iter().chain(rows).zip(&mut hidden) {
            let (pixels, _) = row.get_mut(4 * start..).unwrap_or_default().as_chunks_mut::<4>();
            for (pixel, covered) in
                pixels.iter_mut().zip(line.iter().skip(skipped)).filter(|(_, covered)| **covered > 0)
            {
                for (channel, ink) in pixel.iter_mut().zip(ink) {
                    *channel = mixed(ink, *channel, *covered);
                }
            }
        }
    }
}

/// So many 255ths of one and the rest of the other.
fn mixed(ink: u8, ground: u8, share: u8) -> u8 {
    let sum = u32::from(ink) * u32::from(share) + u32::from(ground) * u32::from(u8::MAX - share);
    u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
}

/// An outline as a path whose y grows downwards, moved by a part of a pixel.
struct Outline {
    path: PathBuilder,
    part: f32,
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(x + self.part, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(x + self.part, -y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(cx + self.part, -cy, x + self.part, -y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path.cubic_to(ax + self.part, -ay, bx + self.part, -by, x + self.part, -y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
