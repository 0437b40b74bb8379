//! Bars over intervals, with a curve and marked values: how draws are spread.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::prelude::{
    Color, DrawingArea, DrawingBackend, IntoFont, LineSeries, RGBColor, Rectangle, ShapeStyle,
};

use super::lines::{AXIS, GRID, short};
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
    /// The ranges that show every bar, curve and mark, with a little air above.
    fn ranges(&self) -> Option<((f64, f64), (f64, f64))> {
        let finite = |bin: &&Bin| [bin.from, bin.to, bin.height].iter().all(|x| x.is_finite());
        let bars = self.bins.iter().filter(finite);
        let corners = bars.flat_map(|bin| [(bin.from, bin.height), (bin.to, bin.height)]);
        let curves = self.curves.iter().flat_map(|curve| curve.points.iter().copied());
        let mut points = corners.chain(curves).filter(|(x, y)| x.is_finite() && y.is_finite());
        let first = points.next()?;
        let mut x = (first.0, first.0);
        let mut top = first.1;
        for (px, py) in points {
            x = (x.0.min(px), x.1.max(px));
            top = top.max(py);
        }
        for &(mark, _) in self.marks.iter().filter(|(mark, _)| mark.is_finite()) {
            x = (x.0.min(mark), x.1.max(mark));
        }
        let air = 0.03 * (x.1 - x.0).max(1e-6);
        Some(((x.0 - air, x.1 + air), (0.0, (1.08 * top).max(1e-9))))
    }
}

impl Draw for Histogram {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Option<Frame> {
        let (x, y) = self.ranges()?;
        let font = || ("sans-serif", 26).into_font().color(&AXIS);
        let mut chart = ChartBuilder::on(area)
            .margin_top(18)
            .margin_right(48)
            .set_label_area_size(LabelAreaPosition::Bottom, 76)
            .set_label_area_size(LabelAreaPosition::Left, 112)
            .build_cartesian_2d(x.0..x.1, y.0..y.1)
            .ok()?;
        chart
            .configure_mesh()
            .x_desc(&self.x_label)
            .y_desc(&self.y_label)
            .x_labels(8)
            .y_labels(5)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&|value| short(*value))
            .label_style(font())
            .axis_desc_style(font())
            .axis_style(AXIS)
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .disable_x_mesh()
            .draw()
            .ok()?;
        let rgb = |(red, green, blue): (u8, u8, u8)| RGBColor(red, green, blue);
        let bars = self.bins.iter().filter(|bin| bin.height > 0.0).map(|bin| {
            // A gap of a twentieth shows where one bar ends and the next begins.
            let gap = 0.05 * (bin.to - bin.from);
            let corners = [(bin.from + gap, bin.height), (bin.to - gap, 0.0)];
            Rectangle::new(corners, rgb(self.color).filled())
        });
        chart.draw_series(bars).ok()?;
        for curve in &self.curves {
            let style =
                ShapeStyle { color: rgb(curve.color).to_rgba(), filled: false, stroke_width: 4 };
            chart.draw_series(LineSeries::new(curve.points.iter().copied(), style)).ok()?;
        }
        for &(mark, color) in self.marks.iter().filter(|(mark, _)| mark.is_finite()) {
            let style = ShapeStyle { color: rgb(color).to_rgba(), filled: false, stroke_width: 4 };
            chart.draw_series(LineSeries::new([(mark, y.0), (mark, y.1)], style)).ok()?;
        }
        let (horizontal, vertical) = chart.plotting_area().get_pixel_range();
        Some(Frame { plot: (horizontal.start, vertical.start, horizontal.end, vertical.end), x, y })
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
