//! Pictures drawn once: forms whose charts are equal share their bytes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::report::chart::{self, RasteriseError};

/// A picture, none where it would lack letters, or why there is none; empty while a thread draws it and others wait.
type Drawn = Arc<OnceLock<Result<Option<Arc<[u8]>>, String>>>;

/// Every picture of a run by its SVG, and the pixels to a unit of it as bits.
#[derive(Default)]
pub(super) struct Pictures(Mutex<HashMap<(String, u32), Drawn>>);

impl Pictures {
    /// An SVG as PNG, `scale` pixels to a unit; none where the font lacks letters of it.
    ///
    /// # Errors
    /// As [`chart::rasterise`] for all else, in words.
    pub(super) fn png(&self, svg: String, scale: f32) -> Result<Option<Arc<[u8]>>, String> {
        let key = (svg, scale.to_bits());
        let drawn = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default());
        let draw = || match chart::rasterise(&key.0, scale) {
            Ok(png) => Ok(Some(Arc::from(png))),
            Err(RasteriseError::Letters(_)) => Ok(None),
            Err(fault) => Err(fault.to_string()),
        };
        drawn.get_or_init(draw).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_drawings_are_drawn_once_and_others_anew() {
        let svg = |colour| {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><rect width=\"5\" height=\"5\" fill=\"{colour}\"/></svg>"
            )
        };
        let pictures = Pictures::default();
        let png = |colour, scale| pictures.png(svg(colour), scale).unwrap().unwrap();
        let red = png("#f00", 1.0);
        assert!(Arc::ptr_eq(&red, &png("#f00", 1.0)));
        for other in [png("#00f", 1.0), png("#f00", 2.0)] {
            assert_ne!(other, red);
        }
        assert!(pictures.png("no picture".to_owned(), 1.0).is_err());
    }
}
