//! What all charts have in common: ranges that show every point, axes around them, lines between.

use plotters::chart::{ChartBuilder, ChartContext, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    Cartesian2d, Color, DrawingArea, DrawingBackend, IntoFont, LineSeries, RGBColor, ShapeStyle,
};

use super::{Frame, Series};

const AXIS: RGBColor = RGBColor(0x6b, 0x72, 0x80);
const GRID: RGBColor = RGBColor(0xe3, 0xe6, 0xea);

/// Room for an upright name of an axis with its margins, and for one character of a number beside it.
const BESIDE_NUMBERS: u32 = 37;
const A_CHARACTER: u32 = 15;

/// Where series are drawn.
pub(super) type Plot<'a, DB> = ChartContext<'a, DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// The least and the largest x, and the same of y.
pub(super) type Ranges = ((f64, f64), (f64, f64));

/// The ranges of all finite points. Nothing where there is none.
pub(super) fn ranges(points: impl Iterator<Item = (f64, f64)>) -> Option<Ranges> {
    let finite = points.filter(|(x, y)| x.is_finite() && y.is_finite());
    finite
        .map(|(x, y)| ((x, x), (y, y)))
        .reduce(|(x, y), (px, py)| ((x.0.min(px.0), x.1.max(px.1)), (y.0.min(py.0), y.1.max(py.1))))
}

/// A number short enough for a tick: 0.25, 12, 30k, 2.5M, 1G, 5e21.
pub(super) fn short(value: f64) -> String {
    if value.abs() >= 1e12 {
        return format!("{value:.1e}").replace(".0e", "e").replace('-', "\u{2212}");
    }
    let (by, unit) = match value.abs() {
        v if v >= 1e9 => (1e9, "G"),
        v if v >= 1e6 => (1e6, "M"),
        v if v >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    let digits = decimals(value / by, 2);
    format!("{}{unit}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// What has this logarithm to base 10, as a tick: 0.05, 3.2, 100.
pub(super) fn power(log: f64) -> String {
    let value = libm::pow(10.0, log);
    let digits = if value < 10.0 { (1.0 - libm::floor(log)).max(0.0) as usize } else { 0 };
    let text = decimals(value, digits.min(6));
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.to_owned()
}

/// An error as a tick: with three decimals, and short where it has exploded.
pub(super) fn amount(value: f64) -> String {
    if value.abs() < 1e4 { decimals(value, 3) } else { short(value) }
}

/// A number with so many decimals, and a minus sign where it is negative.
pub(super) fn decimals(value: f64, digits: usize) -> String {
    format!("{value:.digits$}").replace('-', "\u{2212}")
}

/// A colour as plotters takes it.
pub(super) fn rgb((red, green, blue): (u8, u8, u8)) -> RGBColor {
    RGBColor(red, green, blue)
}

/// Draws a line through the finite points of a series.
pub(super) fn line<DB: DrawingBackend>(plot: &mut Plot<'_, DB>, series: &Series) -> Option<()> {
    let style = ShapeStyle { color: rgb(series.color).to_rgba(), filled: false, stroke_width: 4 };
    plot.draw_series(LineSeries::new(series.finite(), style)).ok()?;
    Some(())
}

/// The axes of a chart.
pub(super) struct Axes<'a> {
    pub ranges: Ranges,
    /// What the horizontal axis shows. Dates say so themselves, and are wide.
    pub x_label: Option<&'a str>,
    pub y_label: &'a str,
    /// About how many numbers stand below the horizontal axis, and how each is written.
    pub x_ticks: usize,
    pub x_text: &'a dyn Fn(&f64) -> String,
    pub y_text: &'a dyn Fn(&f64) -> String,
    /// Whether a line goes up from each of them.
    pub upright: bool,
}

impl Axes<'_> {
    /// Draws the axes, and between them whatever `fill` draws.
    pub fn around<'a, DB: DrawingBackend>(
        &self,
        area: &'a DrawingArea<DB, Shift>,
        fill: impl FnOnce(&mut Plot<'a, DB>) -> Option<()>,
    ) -> Option<Frame> {
        let (x, y) = self.ranges;
        let (right, below) = if self.x_label.is_some() { (48, 76) } else { (64, 52) };
        // The name of the axis stands left of its numbers, however long they are.
        let longest = [y.0, y.1].iter().map(|end| (self.y_text)(end).chars().count()).max();
        let left = 112.max(BESIDE_NUMBERS + A_CHARACTER * longest.unwrap_or(0) as u32);
        let font = || ("sans-serif", 26).into_font().color(&AXIS);
        let mut plot = ChartBuilder::on(area)
            .margin_top(18)
            .margin_right(right)
            .set_label_area_size(LabelAreaPosition::Bottom, below)
            .set_label_area_size(LabelAreaPosition::Left, left)
            .build_cartesian_2d(x.0..x.1, y.0..y.1)
            .ok()?;
        let mut mesh = plot.configure_mesh();
        mesh.y_desc(self.y_label)
            .x_labels(self.x_ticks)
            .y_labels(5)
            .x_label_formatter(self.x_text)
            .y_label_formatter(self.y_text)
            .label_style(font())
            .axis_desc_style(font())
            .axis_style(AXIS)
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0));
        if let Some(label) = self.x_label {
            mesh.x_desc(label);
        }
        if !self.upright {
            mesh.disable_x_mesh();
        }
        mesh.draw().ok()?;
        fill(&mut plot)?;
        let (across, down) = plot.plotting_area().get_pixel_range();
        Some(Frame { plot: (across.start, down.start, across.end, down.end), x, y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Draw, HALF, Lines};

    #[test]
    fn long_numbers_push_the_plot_aside_and_short_ones_do_not() {
        let left = |most: f64| {
            let lines = Lines {
                x_label: "step".into(),
                y_label: "objective".into(),
                series: vec![Series { color: (0, 0, 0), points: vec![(0.0, 0.5), (1.0, most)] }],
                x_at_least: 1.0,
                x_log: false,
            };
            lines.svg(HALF).unwrap().plot.0
        };
        assert_eq!(left(0.9), 112);
        // 1234.000 has eight characters of 0.56 times 26 pixels, and the name as much as 26 beside them.
        assert!(left(1234.0) >= 26 + (8.0_f64 * 0.56 * 26.0) as i32 + 10);
    }

    #[test]
    fn ticks_of_logarithms_are_the_values() {
        let text: Vec<String> = [-1.301, -1.0, 0.0, 0.477, 1.0, 1.5, 2.0].map(power).into();
        assert_eq!(text, ["0.05", "0.1", "1", "3", "10", "32", "100"]);
    }

    #[test]
    fn ticks_are_short() {
        let text: Vec<String> = [0.0, 0.25, -12.0, 25_000.0, 3e6, 2.5e9, -5e21].map(short).into();
        assert_eq!(text, ["0", "0.25", "\u{2212}12", "25k", "3M", "2.5G", "\u{2212}5e21"]);
        assert_eq!([0.5, 2e4].map(amount), ["0.500", "20k"]);
    }
}
