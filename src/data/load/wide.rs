//! Tables with a column for each item, as tutorials, pivot tables, forms and Jester have them.

use super::dialect::{Row, Sample};
use super::layout::{Remark, counts_rows, is_numeric};
use super::report::{NoteKind, count};
use super::times::{self, DateOrder};
use super::values::{self, Value};
use super::words::{self, Role};

/// The columns of a table with one column an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wide {
    /// The users' ids; without one, the rows are counted.
    pub(super) user: Option<usize>,
    /// Each item's column and id.
    pub(super) items: Vec<(usize, String)>,
    /// Whether 0 says that there is no rating.
    pub(super) zero_is_none: bool,
    /// Whether 99 says so, as in Jester.
    pub(super) far_is_none: bool,
}

impl Wide {
    /// What the cell of an item says as a rating.
    pub(super) fn value(&self, cell: &[u8], among_commas: bool) -> Value {
        match values::value(cell, among_commas) {
            Value::Number(0.0) if self.zero_is_none => Value::Missing,
            Value::Number(99.0) if self.far_is_none => Value::Missing,
            value => value,
        }
    }

    pub(super) fn remark(&self, line: u64) -> Remark {
        let users = match self.user {
            Some(user) => format!("the users in column {}", user + 1),
            None => "the rows counted as users".to_owned(),
        };
        let missing = match (self.zero_is_none, self.far_is_none) {
            (true, _) => "; 0 is taken for no rating",
            (_, true) => "; 99 is taken for no rating",
            _ => "",
        };
        Remark {
            kind: NoteKind::Wide,
            count: self.items.len(),
            line,
            column: None,
            found: String::new(),
            sentence: format!(
                "read as a table with one column an item: {}, {users}{missing}",
                count(self.items.len(), "item")
            ),
        }
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
    Some((missing(rows, Wide { user, items, zero_is_none: false, far_is_none: false }), time))
}

/// A matrix without names.
fn bare(rows: &[Row], width: usize) -> Option<Wide> {
    let cells = |row: &Row| -> Option<Vec<Option<f32>>> {
        let read = |cell: &Vec<u8>| match values::value(cell, true) {
            Value::Number(r) if r.abs() < 1e6 => Some(Some(r)),
            Value::Missing => Some(None),
            _ => None,
        };
        (row.len() == width).then(|| row.iter().map(read).collect::<Option<Vec<_>>>())?
    };
    let table: Vec<Vec<Option<f32>>> = rows.iter().map(cells).collect::<Option<_>>()?;
    let rest =
        |from: usize| table.iter().flat_map(move |row| row[from..].iter().flatten().copied());
    let is_none = |r: &Option<f32>| r.is_none_or(|r| r == 0.0 || r == 99.0);
    let holes = |from: usize| {
        let all = table.iter().flat_map(move |row| row[from..].iter());
        all.clone().filter(|r| is_none(r)).count() * 10 >= all.count()
    };
    let few = |from: usize| {
        let mut seen: Vec<u32> = rest(from).map(f32::to_bits).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len() <= 12 && rest(from).all(|r| (-10.0..=20.0).contains(&r))
    };
    // Jester begins each row with how many of its jokes are rated.
    let counts = width > 4
        && table.iter().all(|row| {
            let rated = row[1..].iter().filter(|r| r.is_some_and(|r| r != 99.0)).count();
            row[0] == Some(rated as f32)
        });
    let numbered = counts_rows(rows, 0) && width > 3;
    let from = usize::from(counts || numbered);
    let columns: Vec<usize> = (from..width).collect();
    let repeats = || {
        let mut pairs: Vec<_> =
            table.iter().map(|row| (row[0].map(f32::to_bits), row[1].map(f32::to_bits))).collect();
        let all = pairs.len();
        pairs.sort_unstable();
        pairs.dedup();
        pairs.len() < all
    };
    let is_wide = match columns.len() {
        0..=2 => false,
        // Could as well be user, item, rating.
        3 => from == 0 && few(0) && holes(0) && repeats(),
        4..=7 => few(from) && holes(from),
        _ => on_one_scale(rows, &columns),
    };
    is_wide.then(|| {
        let items = columns.iter().map(|&n| (n, (n - from + 1).to_string())).collect();
        let user = (numbered && !counts).then_some(0);
        missing(rows, Wide { user, items, zero_is_none: false, far_is_none: false })
    })
}

/// Whether the highest values of the columns are of one order of magnitude, as on one scale.
fn on_one_scale(rows: &[Row], columns: &[usize]) -> bool {
    let highest = |&n: &usize| {
        let cells = rows.iter().filter_map(|row| row.get(n));
        let numbers = cells.filter_map(|cell| values::number(cell)).filter(|&r| r != 99.0);
        numbers.map(f32::abs).fold(0.0, f32::max)
    };
    let mut highest: Vec<f32> = columns.iter().map(highest).filter(|&high| high > 0.0).collect();
    highest.sort_by(f32::total_cmp);
    match (highest.first(), highest.last()) {
        (Some(low), Some(high)) => high <= &(low * 20.0),
        _ => false,
    }
}

/// Decides which numbers say that there is no rating: 99 where all others are far below, and 0 where
/// no cell is blank and no number negative.
fn missing(rows: &[Row], mut wide: Wide) -> Wide {
    let cells = || rows.iter().flat_map(|row| wide.items.iter().filter_map(|(n, _)| row.get(*n)));
    let numbers: Vec<f32> = cells().filter_map(|cell| values::number(cell)).collect();
    let rest = || numbers.iter().copied().filter(|&r| r != 99.0);
    let blanks = cells().any(|cell| values::is_missing(cell));
    let far_is_none = numbers.contains(&99.0) && rest().all(|r| r.abs() <= 20.0);
    let zero_is_none =
        !blanks && !far_is_none && numbers.contains(&0.0) && numbers.iter().all(|&r| r >= 0.0);
    wide.far_is_none = far_is_none;
    wide.zero_is_none = zero_is_none;
    wide
}
