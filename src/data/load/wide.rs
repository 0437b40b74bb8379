//! Tables with a column for each item, as tutorials, pivot tables, forms and Jester have them.

#![expect(clippy::float_cmp, reason = "99 stands for no rating, and nothing near it does")]

use super::dialect::{Row, Sample};
use super::layout::{Remark, counts_rows, is_numeric};
use super::report::{NoteKind, count};
use super::times::{self, DateOrder};
use super::values::{self, Value};
use super::words::{self, Role};
use crate::sort;

/// The columns of a table with one column an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wide {
    /// The users' ids; without one, the rows are counted.
    pub(super) user: Option<usize>,
    /// Each item's column and id.
    pub(super) items: Vec<(usize, String)>,
}

impl Wide {
    /// What a table was taken for, by all of its cells.
    pub(super) fn remark(&self, line: u64, cells: &Cells) -> Remark {
        let users = match self.user {
            Some(user) => format!("the users in column {}", user + 1),
            None => "the rows counted as users".to_owned(),
        };
        let none = cells.none();
        let missing = match (none.zero, none.far) {
            (true, _) => "; 0 is taken for no rating",
            (_, true) => "; 99 is taken for no rating",
            _ if cells.zeros > 0 && cells.blanks > 0 => {
                "; blank cells have no rating, so that 0 is taken for one"
            }
            _ if cells.zeros > 0 => "; 0 is taken for a rating between others",
            _ => "",
        };
        let sentence = format!(
            "read as a table with one column an item: {}, {users}{missing}",
            count(self.items.len(), "item")
        );
        let is_doubtful = cells.zeros > 0 && !none.zero && cells.negative == 0;
        let offer = is_doubtful.then_some(0.0);
        Remark { offer, ..Remark::new(NoteKind::Wide, self.items.len(), line, sentence) }
    }
}

/// Which numbers say that there is no rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NoRating {
    zero: bool,
    /// 99, as in Jester.
    far: bool,
}

impl NoRating {
    /// What the cell of an item says as a rating.
    pub(super) fn value(self, cell: &[u8], among_commas: bool) -> Value {
        match values::value(cell, among_commas) {
            Value::Number(0.0) if self.zero => Value::Missing,
            Value::Number(99.0) if self.far => Value::Missing,
            value => value,
        }
    }
}

/// How many of the cells of all items in all rows hold what tells which numbers are no ratings.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cells {
    blanks: usize,
    zeros: usize,
    negative: usize,
    /// Of 99.
    far: usize,
    /// Of other numbers far from 0.
    large: usize,
}

impl Cells {
    pub(super) fn see(&mut self, cell: &[u8]) {
        match values::value(cell, true) {
            Value::Missing => self.blanks += 1,
            Value::Number(99.0) => self.far += 1,
            Value::Number(r) => {
                self.zeros += usize::from(r == 0.0);
                self.negative += usize::from(r < 0.0);
                self.large += usize::from(r.abs() > 20.0);
            }
            Value::Unreadable => {}
        }
    }

    /// 99 says so where all others are far below; 0 where no cell is blank and no number negative.
    pub(super) fn none(&self) -> NoRating {
        let far = self.far > 0 && self.large == 0;
        let zero = self.zeros > 0 && self.blanks == 0 && self.negative == 0 && !far;
        NoRating { zero, far }
    }
}

/// Looks whether a table has a column for each item; with the column of times, if there is one.
pub(super) fn wide(
    sample: &Sample,
    names: Option<&[String]>,
    user: Option<usize>,
    time: Option<usize>,
) -> Option<(Wide, Option<usize>)> {
    let rows = &sample.rows;
    let width = names.map_or_else(|| rows.first().map_or(0, Vec::len), <[String]>::len);
    match names {
        Some(names) => named(rows, names, user, time),
        None if rows.len() > 1 && width > 2 => bare(rows, width).map(|wide| (wide, None)),
        None => None,
    }
}

fn named(
    rows: &[Row],
    names: &[String],
    user: Option<usize>,
    time: Option<usize>,
) -> Option<(Wide, Option<usize>)> {
    let is_time = |n: usize| {
        let dated = |row: &Row| {
            let cell = row.get(n).map_or(&[][..], Vec::as_slice);
            values::number(cell).is_none() && times::time(cell, DateOrder::MonthFirst).is_some()
        };
        time == Some(n) || !rows.is_empty() && rows.iter().all(dated)
    };
    let time = (0..names.len()).find(|&n| is_time(n));
    let is_corner = |n: usize| words::is_row_number(&names[n]);
    let mut numeric: Vec<usize> = (0..names.len())
        .filter(|&n| Some(n) != time && Some(n) != user && is_numeric(rows, n))
        .collect();
    let text = (0..names.len()).find(|&n| {
        Some(n) != time
            && !numeric.contains(&n)
            && rows.iter().any(|row| row.get(n).is_some_and(|cell| !values::is_missing(cell)))
    });
    let counted = numeric
        .first()
        .copied()
        .filter(|&n| n == 0 && (is_corner(n) || counts_rows(rows, n) || words::is_key(&names[n])));
    let user = user.or(text).or(counted);
    numeric.retain(|&n| Some(n) != user && !(is_corner(n) && n == 0));
    // Keys and what is known as something else are no items.
    let is_other = |&n: &usize| {
        let known = |role| words::fit(&names[n], role).is_some();
        words::is_key(&names[n]) || known(Role::Genres) || known(Role::Year)
    };
    if numeric.iter().any(is_other) {
        return None;
    }
    let empty: Vec<usize> = (0..names.len())
        .filter(|&n| {
            let blank = |row: &Row| row.get(n).is_none_or(|cell| values::is_missing(cell));
            Some(n) != user
                && Some(n) != time
                && n > 0
                && rows.iter().all(blank)
                && !names[n].is_empty()
        })
        .collect();
    numeric.extend(empty);
    numeric.sort_unstable();
    // With more text than a name beside them, two columns of numbers are hardly items.
    let texts = (0..names.len())
        .filter(|n| Some(*n) != user && Some(*n) != time && !numeric.contains(n) && !is_corner(*n))
        .count();
    if numeric.len() < 2 + usize::from(texts > 0) || !on_one_scale(rows, &numeric) {
        return None;
    }
    let call = |n: usize| match names[n].as_str() {
        "" => (n + 1).to_string(),
        name => name.to_owned(),
    };
    let items: Vec<(usize, String)> = numeric.iter().map(|&n| (n, call(n))).collect();
    Some((Wide { user, items }, time))
}

/// The numbers of a table without names; none where a cell is blank.
struct Matrix(Vec<Vec<Option<f32>>>);

impl Matrix {
    /// Only where all rows have this width, and all cells are numbers or blank.
    fn of(rows: &[Row], width: usize) -> Option<Self> {
        let read = |cell: &Vec<u8>| match values::value(cell, true) {
            Value::Number(r) if r.abs() < 1e6 => Some(Some(r)),
            Value::Missing => Some(None),
            _ => None,
        };
        let cells = |row: &Row| -> Option<Vec<Option<f32>>> {
            (row.len() == width).then(|| row.iter().map(read).collect())?
        };
        rows.iter().map(cells).collect::<Option<_>>().map(Self)
    }

    fn is_hole(cell: Option<f32>) -> bool {
        cell.is_none_or(|r| r == 0.0 || r == 99.0)
    }

    /// Whether a tenth of the cells from a column on could be no ratings.
    fn has_holes(&self, from: usize) -> bool {
        let all = self.0.iter().flat_map(|row| &row[from..]);
        all.clone().filter(|&&cell| Self::is_hole(cell)).count() * 10 >= all.count()
    }

    /// Whether the cells from a column on have few values, as on a scale of ratings.
    fn has_few(&self, from: usize) -> bool {
        let numbers = || self.0.iter().flat_map(|row| row[from..].iter().flatten().copied());
        let mut seen: Vec<u32> = numbers().map(f32::to_bits).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len() <= 12 && numbers().all(|r| (-10.0..=20.0).contains(&r))
    }

    /// Whether, as user and item, one in twenty rows would rate what was rated before.
    fn repeats(&self) -> bool {
        let bits = |cell: Option<f32>| cell.map(f32::to_bits);
        let mut pairs: Vec<_> = self.0.iter().map(|row| (bits(row[0]), bits(row[1]))).collect();
        let all = pairs.len();
        sort::by(&mut pairs, &|a, b| a.cmp(b));
        pairs.dedup();
        pairs.len() * 20 <= all * 19
    }

    /// Whether each row begins with how many of its items are rated, as in Jester.
    fn counts(&self) -> bool {
        self.0.iter().all(|row| {
            let rated = row[1..].iter().filter(|r| r.is_some_and(|r| r != 99.0)).count();
            row[0] == Some(rated as f32)
        })
    }
}

/// A matrix without names.
fn bare(rows: &[Row], width: usize) -> Option<Wide> {
    let matrix = Matrix::of(rows, width)?;
    let counts = width > 4 && matrix.counts();
    let numbered = counts_rows(rows, 0) && width > 3;
    let from = usize::from(counts || numbered);
    let columns: Vec<usize> = (from..width).collect();
    let is_wide = match columns.len() {
        0..=2 => false,
        // Could as well be user, item, rating.
        3 => from == 0 && matrix.has_few(0) && matrix.has_holes(0) && matrix.repeats(),
        4..=7 => matrix.has_few(from) && matrix.has_holes(from),
        _ => on_one_scale(rows, &columns),
    };
    is_wide.then(|| {
        let items = columns.iter().map(|&n| (n, (n - from + 1).to_string())).collect();
        let user = (numbered && !counts).then_some(0);
        Wide { user, items }
    })
}

/// Whether three columns without names, taken for user, item and rating, could as well be items: all
/// hold numbers of one scale, and the third as well as another some that could be no ratings.
pub(super) fn is_doubtful(rows: &[Row], width: usize) -> bool {
    let Some(matrix) = Matrix::of(rows, width).filter(|_| width == 3 && rows.len() > 1) else {
        return false;
    };
    let hole = |column: usize| matrix.0.iter().any(|row| Matrix::is_hole(row[column]));
    matrix.has_few(0) && matrix.has_holes(0) && hole(2) && (hole(0) || hole(1))
}

/// Whether the highest values of the columns are of one order of magnitude, as on one scale.
fn on_one_scale(rows: &[Row], columns: &[usize]) -> bool {
    let highest = |&n: &usize| {
        let cells = rows.iter().filter_map(|row| row.get(n));
        let numbers = cells.filter_map(|cell| values::decimal(cell)).filter(|&r| r != 99.0);
        numbers.map(f32::abs).fold(0.0, f32::max)
    };
    let highest = columns.iter().map(highest).filter(|&high| high > 0.0);
    let (low, high) =
        highest.fold((f32::INFINITY, 0_f32), |(low, high), x| (low.min(x), high.max(x)));
    high > 0.0 && high <= low * 20.0
}
