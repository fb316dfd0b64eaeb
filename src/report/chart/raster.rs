//! SVG to PNG with the embedded font and nothing of the machine's.
//!
//! Opaque pictures only, as the fixed themes draw them; the smallest of a palette and true colour is written.

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
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, pixels.width(), pixels.height());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let data = if let Some((palette, indices)) = indexed(pixels) {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(palette);
        encoder.set_filter(png::Filter::NoFilter);
        indices
    } else {
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_filter(png::Filter::Adaptive);
        pixels.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect()
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(out)
}

/// Palette and indices where the picture has at most 256 colours; colours in order of first appearance.
fn indexed(pixels: &Pixmap) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut known: std::collections::HashMap<[u8; 3], u8, foldhash::fast::FixedState> = Default::default();
    let mut palette = Vec::new();
    let mut indices = Vec::with_capacity(pixels.pixels().len());
    let mut last = None;
    for pixel in pixels.pixels() {
        let colour = [pixel.red(), pixel.green(), pixel.blue()];
        let index = match last {
            Some((same, index)) if same == colour => index,
            _ => {
                let next = u8::try_from(known.len());
                match known.entry(colour) {
                    std::collections::hash_map::Entry::Occupied(entry) => *entry.get(),
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        palette.extend(colour);
                        *entry.insert(next.ok()?)
                    }
                }
            }
        };
        last = Some((colour, index));
        indices.push(index);
    }
    Some((palette, indices))
}
