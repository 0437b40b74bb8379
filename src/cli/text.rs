//! Tables and numbers as text.

use std::fmt::Display;

pub use factorscope::data::load::plain;
use indicatif::HumanCount;
use unicode_width::UnicodeWidthStr;

/// Where a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers with equally many decimals.
    Right,
}

/// Rows of cells under each other, two spaces between the columns, each line begun with `indent`.
pub fn table(indent: &str, columns: &[Align], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let mut line = indent.to_owned();
        for ((cell, align), width) in row.iter().zip(columns).zip(&widths) {
            let space = " ".repeat(width - cell.width());
            match align {
                Align::Left => line.extend([cell, space.as_str(), "  "]),
                Align::Right => line.extend([space.as_str(), cell, "  "]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// `1 rating`, `1,234 ratings`.
pub fn count(n: usize, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {one}{s}", HumanCount(n as u64))
}

/// Seconds with as many digits as can be trusted.
pub fn seconds(seconds: f64) -> String {
    if seconds < 0.01 {
        format!("{:.2} ms", seconds * 1000.0)
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else {
        format!("{seconds:.1} s")
    }
}

/// A number with four decimals, as errors are given; a dash where there is none.
pub fn error(value: f64) -> String {
    if value.is_nan() { "–".to_owned() } else { format!("{value:.4}") }
}

/// Numbers with as many decimals as the one that has most, at most two.
pub fn ratings(values: &[f32]) -> Vec<String> {
    let rest = |scale: f32| values.iter().any(|x| (x * scale).fract() != 0.0);
    let decimals = usize::from(rest(1.0)) + usize::from(rest(10.0));
    values.iter().map(|x| format!("{x:.decimals$}")).collect()
}

/// Sentences, one a line, each with its line break.
pub fn lines(sentences: &[String]) -> String {
    sentences.iter().map(|sentence| sentence.clone() + "\n").collect()
}

/// Turns things into the cells of one row.
pub fn cells<const N: usize>(row: [&dyn Display; N]) -> Vec<String> {
    row.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_what_is_seen() {
        let rows = [cells([&"日本", &5, &"x"]), cells([&"a\u{1b}[31m", &12, &"yy"])];
        assert_eq!(
            table("  ", &[Align::Left, Align::Right, Align::Left], &rows),
            "  日本     5  x\n  a [31m  12  yy\n"
        );
    }

    #[test]
    fn ratings_have_equally_many_decimals() {
        assert_eq!(ratings(&[5.0, 4.0]), ["5", "4"]);
        assert_eq!(ratings(&[5.0, 4.5]), ["5.0", "4.5"]);
        assert_eq!(ratings(&[1.0 / 3.0, 4.0]), ["0.33", "4.00"]);
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(count(1, "fold"), "1 fold");
        assert_eq!(count(100_836, "rating"), "100,836 ratings");
    }
}
