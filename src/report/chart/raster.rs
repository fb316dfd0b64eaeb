//! SVG to PNG with the embedded font and nothing of the machine's.
//!
//! Opaque pictures only, as the fixed themes draw them, in at most 256 colours.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::font;

/// Why a chart could not be turned into a picture; each case is a bug in this module or an absurd scale.
#[derive(Debug, thiserror::Error)]
pub enum RasteriseError {
    /// The SVG does not parse.
    #[error("the chart's SVG cannot be read: {0}")]
    Svg(String),
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

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = fontdb::Database::new();
        for data in [font::REGULAR, font::SEMI_BOLD, font::BOLD] {
            fonts.load_font_data(data.to_vec());
        }
        Arc::new(fonts)
    });
    FONTS.clone()
}

pub(super) fn parse(svg: &str) -> Result<Tree, RasteriseError> {
    let options = Options { font_family: "Inter".to_owned(), fontdb: fonts(), ..Options::default() };
    Tree::from_str(svg, &options).map_err(|error| RasteriseError::Svg(error.to_string()))
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
/// Where the SVG does not parse or the picture would be empty or beyond 64 million pixels.
pub fn rasterise(svg: &str, scale: f32) -> Result<Vec<u8>, RasteriseError> {
    let tree = parse(svg)?;
    let (width, height) = ((tree.size().width() * scale).ceil(), (tree.size().height() * scale).ceil());
    let refused = || RasteriseError::Size { width, height };
    if !(width >= 1.0 && height >= 1.0 && width * height <= MOST_PIXELS) {
        return Err(refused());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 64 million")]
    let mut pixels = Pixmap::new(width as u32, height as u32).ok_or_else(refused)?;
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    encode(&pixels)
}

fn encode(pixels: &Pixmap) -> Result<Vec<u8>, RasteriseError> {
    let (palette, indices) = indexed(pixels);
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, pixels.width(), pixels.height());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette);
    encoder.set_compression(png::Compression::Balanced);
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
type Pixels<V> = HashMap<Pixel, V, foldhash::fast::FixedState>;

/// Palette and indices: the 256 most frequent colours exactly, each of the rest, which only edges of letters have, as
/// the nearest of these.
fn indexed(pixels: &Pixmap) -> (Vec<u8>, Vec<u8>) {
    let runs = runs(pixels);
    let mut counts: Pixels<usize> = Pixels::default();
    for (pixel, length) in &runs {
        *counts.entry(*pixel).or_default() += length;
    }
    let mut colours: Vec<(Pixel, usize)> = counts.into_iter().collect();
    colours.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| colour(a.0).cmp(&colour(b.0))));
    let palette: Vec<(Colour, u8)> = colours.iter().map(|(pixel, _)| colour(*pixel)).zip(0..=u8::MAX).collect();
    let mut index: Pixels<u8> = colours.iter().map(|(pixel, _)| *pixel).zip(0..=u8::MAX).collect();
    for (pixel, _) in colours.iter().skip(palette.len()) {
        let own = colour(*pixel);
        let nearest = palette.iter().min_by_key(|(known, _)| distance(*known, own)).map_or(0, |(_, i)| *i);
        index.insert(*pixel, nearest);
    }
    let mut indices = Vec::with_capacity(pixels.data().len() / 4);
    for (pixel, length) in runs {
        let index = index.get(&pixel).copied().unwrap_or_default();
        indices.resize(indices.len() + length, index);
    }
    (palette.into_iter().flat_map(|(colour, _)| colour).collect(), indices)
}

/// Stretches of one colour, in reading order.
fn runs(pixels: &Pixmap) -> Vec<(Pixel, usize)> {
    let (all, _) = pixels.data().as_chunks::<4>();
    let runs = all.chunk_by(|a, b| a == b);
    runs.filter_map(|run| Some((Pixel::from_le_bytes(*run.first()?), run.len()))).collect()
}

fn colour(pixel: Pixel) -> Colour {
    let [red, green, blue, _] = pixel.to_le_bytes();
    [red, green, blue]
}

fn distance(a: Colour, b: Colour) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}
