//! SVG to PNG with the embedded font and nothing of the machine's.
//!
//! Opaque pictures only, as the fixed themes draw them, in at most 256 colours.

use std::cell::Cell;
use std::collections::HashMap;

use tiny_skia::{IntSize, Pixmap};

use super::font::missing_glyphs;
use super::paint::paint;
use super::svg::{self, numbers};

/// Why a chart could not be turned into a picture; each case is a bug in this module or an absurd scale.
#[derive(Debug, thiserror::Error)]
pub enum RasteriseError {
    /// The SVG does not parse.
    #[error("the chart's SVG cannot be read: {0}")]
    Svg(String),
    /// It has letters that the embedded font lacks, and would be drawn without them.
    #[error("the font has no {0:?}")]
    Letters(Vec<char>),
    /// No pixels, or more than a picture of 64 million.
    #[error("a picture of {width} × {height} pixels cannot be drawn")]
    Size {
        /// Pixels across.
        width: f32,
        /// Pixels down.
        height: f32,
    },
    /// The encoder refused.
    #[error("the chart's PNG cannot be written: {0}")]
    Png(#[from] png::EncodingError),
}

const MOST_PIXELS: f32 = 64e6;

thread_local! {
    /// The pixels of the picture before: fresh memory costs more than drawing on it.
    static PIXELS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Width and height of a chart's view box, rounded to whole units, for the `width` and `height` of an `<img>`; none
/// where the text is not one of this module's charts.
pub fn size(svg: &str) -> Option<(u32, u32)> {
    let (_, rest) = svg.split_once("viewBox=\"0 0 ")?;
    let (box_, _) = rest.split_once('"')?;
    let (width, height) = box_.split_once(' ')?;
    let whole = |text: &str| {
        let value: f64 = text.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a view box is 0 to a few thousand"
        )]
        let whole = value.round().clamp(0.0, 1e6) as u32;
        Some(whole)
    };
    Some((whole(width)?, whole(height)?))
}

/// Draws a fixed-theme chart as PNG, `scale` pixels to a view-box unit; the same bytes for the same input everywhere.
///
/// # Errors
///
/// Where the SVG is none that charts are written in, letters of it would be missing from the picture, or the picture would be
/// empty or beyond 64 million pixels.
pub fn rasterise(svg: &str, scale: f32) -> Result<Vec<u8>, RasteriseError> {
    let elements = svg::elements(svg).map_err(RasteriseError::Svg)?;
    let view_box = elements.first().and_then(|root| root.attribute("viewBox")).unwrap_or_default();
    let (width, height) = match numbers(view_box).as_deref() {
        Ok([_, _, width, height]) => ((width * scale).ceil(), (height * scale).ceil()),
        _ => return Err(RasteriseError::Svg(format!("`{view_box}` is no view box"))),
    };
    let texts = elements.iter().filter(|element| element.name == "text");
    let missing: Vec<char> = texts.flat_map(|element| missing_glyphs(&element.text)).collect();
    if !missing.is_empty() {
        return Err(RasteriseError::Letters(missing));
    }
    let mut pixels = white(width, height).ok_or(RasteriseError::Size { width, height })?;
    paint(&elements, scale, &mut pixels).map_err(RasteriseError::Svg)?;
    let png = encode(&pixels);
    PIXELS.set(pixels.take());
    png
}

/// A picture with nothing on it yet.
fn white(width: f32, height: f32) -> Option<Pixmap> {
    if !(width >= 1.0 && height >= 1.0 && width * height <= MOST_PIXELS) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 64 million")]
    let size = IntSize::from_wh(width as u32, height as u32)?;
    let mut bytes = PIXELS.take();
    bytes.clear();
    bytes.resize(4 * size.width() as usize * size.height() as usize, u8::MAX);
    Pixmap::from_vec(bytes, size)
}

fn encode(pixels: &Pixmap) -> Result<Vec<u8>, RasteriseError> {
    let (palette, indices) = indexed(pixels);
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, pixels.width(), pixels.height());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette);
    // A third of the time of the usual level, for a tenth more of bytes.
    encoder.set_deflate_compression(png::DeflateCompression::Level(2));
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&indices)?;
    writer.finish()?;
    Ok(out)
}

/// Red, green and blue.
type Colour = [u8; 3];
/// Its pixel, as it lies in memory.
type Pixel = u32;

/// A colour of a picture: its place among those seen, and how many pixels have it.
struct Seen {
    at: usize,
    colour: Colour,
    count: usize,
}

/// Palette and indices: the 256 most frequent colours exactly, each of the rest, which only edges of letters have, as
/// the nearest of these.
fn indexed(pixels: &Pixmap) -> (Vec<u8>, Vec<u8>) {
    let mut places: HashMap<Pixel, usize, foldhash::fast::FixedState> = HashMap::default();
    let mut seen: Vec<Seen> = Vec::new();
    let lines: Vec<&[[u8; 4]]> = pixels.data().as_chunks::<4>().0.chunks_exact(pixels.width() as usize).collect();
    // Much of a chart is the same from line to line.
    let equal_lines: Vec<&[&[[u8; 4]]]> = lines.chunk_by(|a, b| a == b).collect();
    let mut runs_of = |lines: &&[&[[u8; 4]]]| {
        let counted = |(pixel, length): (Pixel, usize)| {
            let at = *places.entry(pixel).or_insert(seen.len());
            let count = length * lines.len();
            match seen.get_mut(at) {
                Some(seen) => seen.count += count,
                None => seen.push(Seen { at, colour: colour(pixel), count }),
            }
            (at, length)
        };
        runs(lines.first().copied().unwrap_or_default()).into_iter().map(counted).collect::<Vec<_>>()
    };
    let runs: Vec<Vec<(usize, usize)>> = equal_lines.iter().map(&mut runs_of).collect();
    let mut index = vec![0; seen.len()];
    seen.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.colour.cmp(&b.colour)));
    let palette: Vec<(Colour, u8)> = seen.iter().map(|seen| seen.colour).zip(0..=u8::MAX).collect();
    for (order, seen) in seen.iter().enumerate() {
        let nearest = || palette.iter().min_by_key(|(known, _)| distance(*known, seen.colour));
        let of = palette.get(order).or_else(nearest);
        if let (Some(index), Some((_, of))) = (index.get_mut(seen.at), of) {
            *index = *of;
        }
    }
    let mut indices = Vec::with_capacity(pixels.data().len() / 4);
    for (runs, lines) in runs.into_iter().zip(equal_lines) {
        let begin = indices.len();
        for (at, length) in runs {
            let index = index.get(at).copied().unwrap_or_default();
            indices.resize(indices.len() + length, index);
        }
        let end = indices.len();
        (1..lines.len()).for_each(|_| indices.extend_from_within(begin..end));
    }
    (palette.into_iter().flat_map(|(colour, _)| colour).collect(), indices)
}

/// Stretches of one colour in a line, from left to right.
fn runs(line: &[[u8; 4]]) -> Vec<(Pixel, usize)> {
    let mut rest = line;
    let mut runs = Vec::new();
    while let Some(first) = rest.first() {
        let first = Pixel::from_le_bytes(*first);
        let others = |pixel: &[u8; 4]| Pixel::from_le_bytes(*pixel) ^ first;
        // By the dozen, for most of a chart is ground.
        let (blocks, _) = rest.as_chunks::<16>();
        let is_same = |block: &&[[u8; 4]; 16]| block.iter().fold(0, |found, pixel| found | others(pixel)) == 0;
        let whole = 16 * blocks.iter().take_while(is_same).count();
        let length = whole + rest.iter().skip(whole).take_while(|pixel| others(pixel) == 0).count();
        runs.push((first, length));
        rest = rest.get(length..).unwrap_or_default();
    }
    runs
}

fn colour(pixel: Pixel) -> Colour {
    let [red, green, blue, _] = pixel.to_le_bytes();
    [red, green, blue]
}

fn distance(a: Colour, b: Colour) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}
