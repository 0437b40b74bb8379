//! Bars over intervals, with a curve and marked values: how draws are spread.

use plotters::coord::Shift;
use plotters::prelude::{Color, DrawingArea, DrawingBackend, Rectangle};

use super::axes::{Axes, Ranges, line, ranges, rgb, short};
use super::{Draw, Frame, Series};

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Where its interval begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its height.
    pub height: f64,
}

/// A chart of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// What the horizontal axis shows.
    pub x_label: String,
    /// What the vertical axis shows.
    pub y_label: String,
    /// The bars, from left to right. Those that are not finite are left out.
    pub bins: Vec<Bin>,
    /// Their colour, as red, green and blue.
    pub color: (u8, u8, u8),
    /// Lines over the bars.
    pub curves: Vec<Series>,
    /// Values that are marked from bottom to top, each with its colour.
    pub marks: Vec<(f64, (u8, u8, u8))>,
}

impl Histogram {
    fn marks(&self) -> impl Iterator<Item = &(f64, (u8, u8, u8))> {
        self.marks.iter().filter(|(mark, _)| mark.is_finite())
    }

    /// The ranges that show every bar, curve and mark, with a little air above.
    fn ranges(&self) -> Option<Ranges> {
        let corners =
            self.bins.iter().flat_map(|bin| [(bin.from, bin.height), (bin.to, bin.height)]);
        let curves = self.curves.iter().flat_map(|curve| &curve.points);
        let (x, (_, top)) = ranges(corners.chain(curves.copied()))?;
        let x = self.marks().fold(x, |x, &(mark, _)| (x.0.min(mark), x.1.max(mark)));
        let air = 0.03 * (x.1 - x.0).max(1e-6);
        Some(((x.0 - air, x.1 + air), (0.0, (1.08 * top).max(1e-9))))
    }
}

impl Draw for Histogram {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Option<Frame> {
        let ranges = self.ranges()?;
        let axes = Axes {
            ranges,
            x_label: Some(&self.x_label),
            y_label: &self.y_label,
            x_ticks: 8,
            x_text: &|value| short(*value),
            y_text: &|value| short(*value),
            upright: false,
        };
        axes.around(area, |plot| {
            let bars = self.bins.iter().filter(|bin| bin.height > 0.0).map(|bin| {
                // A gap of a twentieth shows where one bar ends and the next begins.
                let gap = 0.05 * (bin.to - bin.from);
                let corners = [(bin.from + gap, bin.height), (bin.to - gap, 0.0)];
                Rectangle::new(corners, rgb(self.color).filled())
            });
            plot.draw_series(bars).ok()?;
            for curve in &self.curves {
                line(plot, curve)?;
            }
            for &(mark, color) in self.marks() {
                let (bottom, top) = ranges.1;
                line(plot, &Series { color, points: vec![(mark, bottom), (mark, top)] })?;
            }
            Some(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::WIDE;

    fn histogram(heights: &[f64]) -> Histogram {
        let bin = |(n, &height): (usize, &f64)| Bin { from: n as f64, to: n as f64 + 1.0, height };
        Histogram {
            x_label: "rating".into(),
            y_label: "draws".into(),
            bins: heights.iter().enumerate().map(bin).collect(),
            color: (0x00, 0x72, 0xb2),
            curves: vec![Series { color: (0, 0, 0), points: vec![(0.0, 0.0), (1.5, 9.0)] }],
            marks: vec![(4.0, (0xa3, 0x19, 0x5b)), (f64::NAN, (0, 0, 0))],
        }
    }

    #[test]
    fn bars_stand_on_zero_and_everything_is_in_the_frame() {
        let chart = histogram(&[2.0, 5.0, 0.0]).svg(WIDE).unwrap();
        assert_eq!(chart.y.0, 0.0);
        assert!(chart.y.1 > 9.0 && chart.x.0 < 0.0 && chart.x.1 > 4.0);
        // Two bars with a height, in the colour that the page's dark theme replaces.
        assert_eq!(chart.svg.matches("fill=\"#0072B2\"").count(), 2);
        assert!(chart.svg.contains("draws"));
    }

    #[test]
    fn nothing_finite_gives_no_chart() {
        let mut empty = histogram(&[f64::NAN]);
        empty.curves.clear();
        assert_eq!(empty.svg(WIDE), None);
    }
}
