//! Lines over a common axis: loss curves and races.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::prelude::{
    Circle, Color, DrawingArea, DrawingBackend, EmptyElement, IntoFont, LineSeries, RGBColor,
    ShapeStyle,
};
use serde::Deserialize;

use super::{Draw, Frame};

/// One line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Series {
    /// Its colour, as red, green and blue; the page's dark theme replaces known ones by CSS.
    pub color: (u8, u8, u8),
    /// Its points, by ascending x. Those that are not finite are left out.
    pub points: Vec<(f64, f64)>,
}

/// A chart of lines.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Lines {
    /// What the horizontal axis shows.
    pub x_label: String,
    /// What the vertical axis shows.
    pub y_label: String,
    /// The lines, drawn in this order.
    pub series: Vec<Series>,
    /// Least width of the horizontal axis, so that a growing line does not rescale it at each point.
    pub x_at_least: f64,
}

pub(super) const AXIS: RGBColor = RGBColor(0x6b, 0x72, 0x80);
pub(super) const GRID: RGBColor = RGBColor(0xe3, 0xe6, 0xea);

impl Lines {
    /// The ranges that show every finite point, with a little air above and below.
    fn ranges(&self) -> Option<((f64, f64), (f64, f64))> {
        let points = || {
            let all = self.series.iter().flat_map(|series| &series.points);
            all.filter(|(x, y)| x.is_finite() && y.is_finite())
        };
        let (first_x, first_y) = *points().next()?;
        let mut x = (first_x, first_x);
        let mut y = (first_y, first_y);
        for &(px, py) in points() {
            x = (x.0.min(px), x.1.max(px));
            y = (y.0.min(py), y.1.max(py));
        }
        x.1 = x.1.max(x.0 + self.x_at_least).max(x.0 + 1e-9);
        let air = (0.08 * (y.1 - y.0)).max(0.01 * y.1.abs()).max(1e-3);
        Some((x, (y.0 - air, y.1 + air)))
    }
}

impl Draw for Lines {
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
            .x_labels(6)
            .y_labels(5)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&|value| format!("{value:.3}"))
            .label_style(font())
            .axis_desc_style(font())
            .axis_style(AXIS)
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .draw()
            .ok()?;
        for series in &self.series {
            let (red, green, blue) = series.color;
            let color = RGBColor(red, green, blue);
            let finite = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
            let points: Vec<(f64, f64)> = series.points.iter().filter(finite).copied().collect();
            let style = ShapeStyle { color: color.to_rgba(), filled: false, stroke_width: 4 };
            let last = points.last().copied();
            chart.draw_series(LineSeries::new(points, style)).ok()?;
            if let Some(at) = last {
                let dot = EmptyElement::at(at) + Circle::new((0, 0), 6, color.filled());
                chart.draw_series([dot]).ok()?;
            }
        }
        let (horizontal, vertical) = chart.plotting_area().get_pixel_range();
        Some(Frame { plot: (horizontal.start, vertical.start, horizontal.end, vertical.end), x, y })
    }
}

/// A number short enough for a tick: 0.25, 12, 30k, 2.5M, 1G.
pub(super) fn short(value: f64) -> String {
    let (by, unit) = match value.abs() {
        v if v >= 1e9 => (1e9, "G"),
        v if v >= 1e6 => (1e6, "M"),
        v if v >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    let digits = format!("{:.2}", value / by);
    format!("{}{unit}", digits.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(points: Vec<(f64, f64)>) -> Lines {
        Lines {
            x_label: "epoch".into(),
            y_label: "RMSE".into(),
            series: vec![Series { color: (0x1f, 0x6f, 0xb2), points }],
            x_at_least: 4.0,
        }
    }

    #[test]
    fn the_frame_tells_where_values_lie() {
        let chart =
            lines(vec![(0.0, 1.0), (1.0, f64::NAN), (2.0, 0.5)]).svg(crate::chart::WIDE).unwrap();
        assert_eq!(chart.x, (0.0, 4.0));
        assert!(chart.y.0 < 0.5 && chart.y.1 > 1.0);
        let (left, top, right, bottom) = chart.plot;
        assert!(left > 80 && top >= 18 && right < 1360 && bottom < 620);
        assert!(chart.svg.starts_with("<svg") && chart.svg.contains("epoch"));
    }

    #[test]
    fn nothing_finite_gives_no_chart() {
        assert_eq!(lines(vec![(0.0, f64::NAN)]).svg(crate::chart::WIDE), None);
    }

    #[test]
    fn ticks_are_short() {
        let text: Vec<String> = [0.0, 0.25, 12.0, 25_000.0, 3e6, 2.5e9].map(short).into();
        assert_eq!(text, ["0", "0.25", "12", "25k", "3M", "2.5G"]);
    }
}
