//! Lines and dots over dates: how a bias changes with the years.

use plotters::coord::Shift;
use plotters::prelude::{Circle, Color, DrawingArea, DrawingBackend};

use super::axes::{Axes, Ranges, decimals, line, ranges, rgb};
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

impl Dates {
    /// The ranges that show every finite point, with a little air around.
    fn ranges(&self) -> Option<Ranges> {
        let points = self.lines.iter().chain(&self.dots).flat_map(|series| &series.points);
        let (x, y) = ranges(points.copied())?;
        let beside = (0.02 * (x.1 - x.0)).max(10.0 / YEAR);
        let above = (0.08 * (y.1 - y.0)).max(0.05);
        Some(((x.0 - beside, x.1 + beside), (y.0 - above, y.1 + above)))
    }
}

impl Draw for Dates {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Option<Frame> {
        let (x, y) = self.ranges()?;
        let width = x.1 - x.0;
        let axes = Axes {
            ranges: (x, y),
            x_label: None,
            y_label: &self.y_label,
            x_ticks: if width > 4.0 { 6 } else { 4 },
            x_text: &|value| tick(*value, width),
            y_text: &|value| decimals(*value, 2),
            upright: true,
        };
        axes.around(area, |plot| {
            for series in &self.lines {
                line(plot, series)?;
            }
            for series in &self.dots {
                let style = rgb(series.color).mix(0.75).filled();
                let dots = series.finite().into_iter().map(|at| Circle::new(at, 6, style));
                plot.draw_series(dots).ok()?;
            }
            Some(())
        })
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
