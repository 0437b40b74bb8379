//! Lines over a common axis: loss curves and races.

use plotters::coord::Shift;
use plotters::prelude::{Circle, Color, DrawingArea, DrawingBackend, EmptyElement};
use serde::Deserialize;

use super::axes::{Axes, Ranges, amount, line, power, ranges, rgb, short};
use super::{Draw, Frame};

/// One line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Series {
    /// Its colour, as red, green and blue; the page's dark theme replaces known ones by CSS.
    pub color: (u8, u8, u8),
    /// Its points, by ascending x. Those that are not finite are left out.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// The points that are drawn.
    pub(super) fn finite(&self) -> Vec<(f64, f64)> {
        let points = self.points.iter().copied();
        points.filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
    }
}

const MOST_TICKS: usize = 6;

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
    /// Whether x is the logarithm to base 10 of what the axis shows.
    pub x_log: bool,
}

impl Lines {
    /// Ticks below the axis: where only whole numbers occur, such as epochs, none between them.
    fn ticks(&self, x: (f64, f64)) -> usize {
        let whole =
            self.series.iter().flat_map(|series| &series.points).all(|(x, _)| x.fract() == 0.0);
        let span = x.1 - x.0;
        if whole && !self.x_log && span < MOST_TICKS as f64 {
            span as usize + 1
        } else {
            MOST_TICKS
        }
    }

    /// The ranges that show every finite point, with a little air above and below.
    fn ranges(&self) -> Option<Ranges> {
        let points = self.series.iter().flat_map(|series| &series.points);
        let (mut x, y) = ranges(points.copied())?;
        x.1 = x.1.max(x.0 + self.x_at_least).max(x.0 + 1e-9);
        let air = (0.08 * (y.1 - y.0)).max(0.01 * y.1.abs()).max(1e-3);
        Some((x, (y.0 - air, y.1 + air)))
    }
}

impl Draw for Lines {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Option<Frame> {
        let ranges = self.ranges()?;
        let log = |value: &f64| power(*value);
        let plain = |value: &f64| short(*value);
        let axes = Axes {
            ranges,
            x_label: Some(&self.x_label),
            y_label: &self.y_label,
            x_ticks: self.ticks(ranges.0),
            x_text: if self.x_log { &log } else { &plain },
            y_text: &|value| amount(*value),
            upright: true,
        };
        axes.around(area, |plot| {
            for series in &self.series {
                let points = series.finite();
                // Between a start and an end nothing is known: a line would claim it.
                let alone = points.len() <= 2;
                if !alone {
                    line(plot, series)?;
                }
                for &at in if alone { &points[..] } else { &points[points.len() - 1..] } {
                    let style = rgb(series.color).filled();
                    let dot = EmptyElement::at(at) + Circle::new((0, 0), 6, style);
                    plot.draw_series([dot]).ok()?;
                }
            }
            Some(())
        })
    }
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
            x_log: false,
        }
    }

    #[test]
    fn between_whole_numbers_there_are_no_ticks() {
        assert_eq!(lines(vec![(0.0, 1.0), (1.0, 0.8)]).ticks((0.0, 1.0)), 2);
        assert_eq!(lines(vec![(0.0, 1.0), (0.5, 0.8)]).ticks((0.0, 1.0)), MOST_TICKS);
    }

    #[test]
    fn start_and_end_alone_are_two_dots_and_no_line() {
        let blue = |points| {
            let svg = lines(points).svg(crate::chart::WIDE).unwrap().svg;
            let colored: Vec<&str> = svg.lines().filter(|line| line.contains("#1F6FB2")).collect();
            let of = |kind| colored.iter().filter(|line| line.contains(kind)).count();
            (of("<polyline"), of("<circle"))
        };
        assert_eq!(blue(vec![(0.0, 1.0), (1.0, 0.8)]), (0, 2));
        assert_eq!(blue(vec![(0.0, 1.0), (1.0, 0.8), (2.0, 0.7)]), (1, 1));
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
}
