//! Lines and dots over dates: how a bias changes with the years.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::prelude::{
    Circle, Color, DrawingArea, DrawingBackend, IntoFont, LineSeries, RGBColor, ShapeStyle,
};

use super::{Draw, Frame, Series};

/// Days in a year, on average.
const YEAR: f64 = 365.2425;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A chart over dates. Its horizontal values are years with their fractions, see [`year`].
#[derive(Debug, Clone, PartialEq)]
pub struct Dates {
    /// What the vertical axis shows.
    pub y_label: String,
    /// Drawn as lines, in this order. What is not finite is left out.
    pub lines: Vec<Series>,
    /// Drawn as dots, over the lines.
    pub dots: Vec<Series>,
}

/// A day counted from 1970, as a year with its fraction: 2000.5 is the middle of 2000.
pub fn year(day: f64) -> f64 {
    1970.0 + day / YEAR
}

/// The date of a year with its fraction, as short as the width of the axis allows.
fn tick(at: f64, width: f64) -> String {
    let (year, month, day) = date(((at - 1970.0) * YEAR + 0.5).floor() as i64);
    let name = MONTHS[(month - 1) as usize];
    if width > 4.0 {
        format!("{}", (at + 0.01).floor())
    } else if width > 0.5 {
        format!("{name} {year}")
    } else {
        format!("{day} {name} {year}")
    }
}

/// Year, month and day of a day counted from 1970, in the Gregorian calendar. March begins the year of
/// the calculation, so that the leap day is its last.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let of_years = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_years + of_years / 4 - of_years / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (of_years + era * 400 + i64::from(month <= 2), month, day)
}

const AXIS: RGBColor = RGBColor(0x6b, 0x72, 0x80);
const GRID: RGBColor = RGBColor(0xe3, 0xe6, 0xea);

fn finite(series: &Series) -> Vec<(f64, f64)> {
    let points = series.points.iter().copied();
    points.filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
}

impl Dates {
    /// The ranges that show every finite point, with a little air around.
    fn ranges(&self) -> Option<((f64, f64), (f64, f64))> {
        let points: Vec<(f64, f64)> =
            self.lines.iter().chain(&self.dots).flat_map(finite).collect();
        let (first_x, first_y) = *points.first()?;
        let (mut x, mut y) = ((first_x, first_x), (first_y, first_y));
        for (px, py) in points {
            x = (x.0.min(px), x.1.max(px));
            y = (y.0.min(py), y.1.max(py));
        }
        let beside = (0.02 * (x.1 - x.0)).max(10.0 / YEAR);
        let above = (0.08 * (y.1 - y.0)).max(0.05);
        Some(((x.0 - beside, x.1 + beside), (y.0 - above, y.1 + above)))
    }
}

impl Draw for Dates {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Option<Frame> {
        let (x, y) = self.ranges()?;
        let font = || ("sans-serif", 26).into_font().color(&AXIS);
        let width = x.1 - x.0;
        let mut chart = ChartBuilder::on(area)
            .margin_top(18)
            .margin_right(64)
            .set_label_area_size(LabelAreaPosition::Bottom, 52)
            .set_label_area_size(LabelAreaPosition::Left, 112)
            .build_cartesian_2d(x.0..x.1, y.0..y.1)
            .ok()?;
        chart
            .configure_mesh()
            .y_desc(&self.y_label)
            .x_labels(if width > 4.0 { 6 } else { 4 })
            .y_labels(5)
            .x_label_formatter(&|value| tick(*value, width))
            .y_label_formatter(&|value| format!("{value:.2}"))
            .label_style(font())
            .axis_desc_style(font())
            .axis_style(AXIS)
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .draw()
            .ok()?;
        for series in &self.lines {
            let (red, green, blue) = series.color;
            let color = RGBColor(red, green, blue).to_rgba();
            let style = ShapeStyle { color, filled: false, stroke_width: 4 };
            chart.draw_series(LineSeries::new(finite(series), style)).ok()?;
        }
        for series in &self.dots {
            let (red, green, blue) = series.color;
            let color = RGBColor(red, green, blue).mix(0.75);
            let dots = finite(series).into_iter().map(|at| Circle::new(at, 6, color.filled()));
            chart.draw_series(dots).ok()?;
        }
        let (horizontal, vertical) = chart.plotting_area().get_pixel_range();
        Some(Frame { plot: (horizontal.start, vertical.start, horizontal.end, vertical.end), x, y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(17_798), (2018, 9, 24));
        assert_eq!(date(-1), (1969, 12, 31));
    }

    #[test]
    fn ticks_are_as_short_as_the_width_allows() {
        let middle = year(11_016.0);
        assert_eq!(tick(middle, 20.0), "2000");
        assert_eq!(tick(2005.0, 20.0), "2005");
        assert_eq!(tick(middle, 2.0), "Feb 2000");
        assert_eq!(tick(middle, 0.1), "29 Feb 2000");
    }

    #[test]
    fn a_single_point_can_be_drawn_and_nothing_cannot() {
        let series = |points| Series { color: (0, 0x72, 0xb2), points };
        let chart = |points| Dates {
            y_label: "bias".into(),
            lines: Vec::new(),
            dots: vec![series(points)],
        };
        let found = chart(vec![(2000.5, 0.25)]).svg(crate::chart::WIDE).unwrap();
        assert!(found.x.0 < 2000.5 && found.x.1 > 2000.5 && found.svg.contains("circle"));
        assert_eq!(chart(vec![(f64::NAN, 1.0)]).svg(crate::chart::WIDE), None);
    }
}
