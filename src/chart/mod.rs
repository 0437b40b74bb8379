//! Charts: one `draw` each over any plotters backend, and one way to an SVG.

mod axes;
pub mod dates;
mod histogram;
mod lines;
mod metrics;

pub use dates::Dates;
pub use histogram::{Bin, Histogram};
pub use lines::{Lines, Series};

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, IntoDrawingArea, SVGBackend};
use serde::Serialize;

use metrics::FixedText;

/// Width and height of a chart across a page: twice its size there, since plotters draws on whole
/// pixels.
pub const WIDE: (u32, u32) = (1360, 620);
/// The same for a chart across half a page.
pub const HALF: (u32, u32) = (800, 480);

/// A finished chart: an SVG, and where in it the plot lies, so that a page can lay a read-out over it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Chart {
    /// The drawing, scalable by its viewBox.
    pub svg: String,
    /// Width and height of the viewBox.
    pub size: (u32, u32),
    /// The plot within the viewBox: left, top, right, bottom.
    pub plot: (i32, i32, i32, i32),
    /// The values at the plot's left and right edge.
    pub x: (f64, f64),
    /// The values at the plot's bottom and top edge.
    pub y: (f64, f64),
}

/// The plot of a chart within its drawing, and the values at its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    plot: (i32, i32, i32, i32),
    x: (f64, f64),
    y: (f64, f64),
}

/// Something that can be drawn on any backend.
pub trait Draw {
    /// Draws on the whole area and tells where the plot lies. Nothing where there is nothing to draw.
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Option<Frame>;

    /// The same bytes natively and in WebAssembly.
    fn svg(&self, size: (u32, u32)) -> Option<Chart> {
        let mut svg = String::new();
        let area = FixedText(SVGBackend::with_string(&mut svg, size)).into_drawing_area();
        let frame = self.draw(&area);
        drop(area);
        let Frame { plot, x, y } = frame?;
        Some(Chart { svg, size, plot, x, y })
    }
}
