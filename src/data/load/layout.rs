//! Which column of a table is which: by the names in its header, else by what stands in it.

use super::dialect::{Row, Sample, dialect, name, sample};
use super::error::{excerpt, listing};
use super::files::File;
use super::records::{Separator, Shape};
use super::report::NoteKind;
use super::times::{self, DateOrder};
use super::wide::{self, Wide};
use super::words::{self, Role, best};
use super::{Columns, LoadError, Note, Offer, Options, Place, Roles, movielens, values};
use crate::sort;

/// How a table is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) shape: Shape,
    /// Whether the first line names the columns.
    pub(super) header: bool,
    /// Whether the columns of user, item and rating are known by their names.
    pub(super) named: bool,
    /// How many columns a row has.
    pub(super) columns: usize,
    pub(super) form: Form,
    pub(super) time: Option<usize>,
    /// The column of the times where they are dates that may begin with the day or the month.
    pub(super) dates: Option<usize>,
    /// Whether the table has the form of one of GroupLens' files.
    pub(super) movielens: bool,
    /// What is worth saying: the kind, how many, where, what stands there, and a sentence's end.
    pub(super) remarks: Vec<Remark>,
}

/// What was noticed while a table was recognized.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Remark {
    pub(super) kind: NoteKind,
    pub(super) count: usize,
    pub(super) line: u64,
    pub(super) column: Option<usize>,
    pub(super) found: String,
    pub(super) sentence: String,
    /// The value that could as well be no rating.
    pub(super) offer: Option<f32>,
}

impl Remark {
    /// One that concerns the table as a whole, from this line on.
    pub(super) fn new(kind: NoteKind, count: usize, line: u64, sentence: String) -> Self {
        Self { kind, count, line, column: None, found: String::new(), sentence, offer: None }
    }

    /// The note on the file of this name.
    pub(super) fn note(&self, file: &str) -> Note {
        Note {
            kind: self.kind,
            count: self.count,
            place: Some(Place { file: file.to_owned(), line: self.line, column: self.column }),
            found: self.found.clone(),
            sentence: format!("{file}: {}", self.sentence),
            offer: self.offer.map(Offer::without),
        }
    }
}

/// What a row of a table is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// One rating.
    Long(Long),
    /// A user's ratings, a column for each item.
    Wide(Wide),
}

/// The columns of a table with one rating a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Long {
    pub(super) user: usize,
    pub(super) item: usize,
    pub(super) rating: usize,
    pub(super) about: About,
}

/// The columns that tell something of the item.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct About {
    pub(super) title: Option<usize>,
    pub(super) genres: Option<usize>,
    pub(super) year: Option<usize>,
}

impl Layout {
    /// Whether a header names a rating, so that no other table is meant.
    pub(super) fn says_ratings(&self) -> bool {
        self.named && matches!(self.form, Form::Long(_))
    }

    /// Whether the sampled rows all have a rating, or nothing, where the layout has its ratings.
    pub(super) fn is_plausible(&self, file: &File<'_>, head: &[u8]) -> bool {
        let Form::Long(long) = &self.form else {
            return true;
        };
        let rows = sample(file, head, self.shape).unwrap_or_default();
        let mut rows = rows.iter().skip(usize::from(self.header));
        self.columns >= 3
            && rows.all(|(_, row)| {
                row.len() == self.columns && values::decimal(&row[long.rating]).is_some()
            })
    }

    /// Which columns are which.
    pub(super) fn roles(&self) -> Roles {
        match &self.form {
            Form::Long(long) => Roles {
                user: Some(long.user),
                item: Some(long.item),
                rating: Some(long.rating),
                time: self.time,
            },
            Form::Wide(wide) => Roles { user: wide.user, time: self.time, ..Roles::default() },
        }
    }
}

/// Recognizes the columns from the beginning of a file, or says why they are not ratings.
pub(super) fn layout(file: &File<'_>, head: &[u8], options: &Options) -> Result<Layout, LoadError> {
    let found = dialect(file, head)?;
    let mut layout = recognize(&file.name, &found.sample, found.shape, options)?;
    layout.header = found.header_line;
    if found.row_names {
        let sentence =
            "the first column has no name: it holds the names of the rows, and is left out";
        layout.remarks.push(Remark {
            column: Some(1),
            ..Remark::new(NoteKind::RowNumbers, 1, found.shape.line(), sentence.to_owned())
        });
        layout.shape.columns = Some(layout.columns);
    }
    if let Some((count, first)) = found.skipped {
        let sentence = format!(
            "{} before the table {} skipped, the first says `{first}`",
            super::report::count(count, "line"),
            if count == 1 { "is" } else { "are" }
        );
        layout
            .remarks
            .push(Remark { found: first, ..Remark::new(NoteKind::Preamble, count, 1, sentence) });
    }
    let is_time = layout.time.is_some() && layout.columns == 4;
    layout.movielens = if layout.header {
        let of_movielens: [&[u8]; 4] = [b"userId", b"movieId", b"rating", b"timestamp"];
        let header = found.sample.header.as_ref();
        layout.shape.separator == Separator::One(b',')
            && header.is_some_and(|header| header.iter().eq(of_movielens.iter()))
    } else {
        is_time
            && match layout.shape.separator {
                Separator::TwoColons => true,
                Separator::One(b'\t') => movielens::is_100k(&file.base()),
                _ => false,
            }
    };
    Ok(layout)
}

/// Recognizes the columns of any table, whatever it is read from.
pub(super) fn recognize(
    file: &str,
    sample: &Sample,
    shape: Shape,
    options: &Options,
) -> Result<Layout, LoadError> {
    let first = sample.header.as_ref().or_else(|| sample.rows.first());
    let width = first.map_or(0, Vec::len);
    let names: Option<Vec<String>> =
        sample.header.as_ref().map(|header| header.iter().map(|cell| name(cell)).collect());
    let chosen = chosen(file, names.as_deref(), width, &options.columns)?;
    let columns = match &sample.header {
        Some(header) => header.len(),
        None => shape.columns.unwrap_or(width).max(width.min(3)),
    };
    let mut layout = Layout {
        shape,
        header: false,
        named: false,
        columns,
        form: Form::Long(Long { user: 0, item: 1, rating: 2, about: About::default() }),
        time: None,
        dates: None,
        movielens: false,
        remarks: Vec::new(),
    };
    match &names {
        Some(names) => by_name(file, names, sample, chosen, &mut layout)?,
        None => by_content(file, sample, chosen, &mut layout)?,
    }
    if options.columns.time.as_deref() == Some("none") {
        layout.time = None;
    }
    layout.dates = layout.time.filter(|&time| {
        let mut cells = sample.rows.iter().filter_map(|row| row.get(time));
        cells.any(|cell| !times::is_clear(cell))
    });
    Ok(layout)
}

/// The columns that the options name, counted from 0.
fn chosen(
    file: &str,
    header: Option<&[String]>,
    width: usize,
    columns: &Columns,
) -> Result<Roles, LoadError> {
    let find = |wanted: &Option<String>| -> Result<Option<usize>, LoadError> {
        let Some(wanted) = wanted.as_deref().map(str::trim) else {
            return Ok(None);
        };
        let by_name = header.and_then(|header| {
            let alike = |name: &String| words::plain(name) == words::plain(wanted);
            let same = header.iter().position(|name| name == wanted);
            same.or_else(|| header.iter().position(alike))
        });
        let number = wanted.parse::<usize>().ok();
        let by_number = number.and_then(|n| n.checked_sub(1)).filter(|&n| n < width);
        by_name.or(by_number).map(Some).ok_or_else(|| LoadError::NoSuchColumn {
            file: file.to_owned(),
            name: excerpt(wanted.as_bytes()),
            found: header.map_or_else(
                || format!("{width} columns without names"),
                |header| listing(header.iter().map(String::as_str)),
            ),
        })
    };
    let is_none = columns.time.as_deref() == Some("none");
    Ok(Roles {
        user: find(&columns.user)?,
        item: find(&columns.item)?,
        rating: find(&columns.rating)?,
        time: if is_none { None } else { find(&columns.time)? },
    })
}

/// Whether most of the sampled cells of a column are numbers or missing, and at least one is a number.
pub(super) fn is_numeric(rows: &[Row], column: usize) -> bool {
    let (mut numbers, mut others) = (0, 0);
    for cell in rows.iter().filter_map(|row| row.get(column)) {
        match values::value(cell, true) {
            values::Value::Number(_) => numbers += 1,
            values::Value::Missing => {}
            values::Value::Unreadable => others += 1,
        }
    }
    numbers > others * 9
}

fn by_name(
    file: &str,
    names: &[String],
    sample: &Sample,
    chosen: Roles,
    layout: &mut Layout,
) -> Result<(), LoadError> {
    let rows = &sample.rows;
    let Roles { mut user, mut item, mut rating, mut time } = chosen;
    let taken = |n: usize, all: [Option<usize>; 4]| all.contains(&Some(n));
    let fit = |n: usize, role| words::fit(&names[n], role).unwrap_or(0);
    let numeric = |n: usize| rows.is_empty() || is_numeric(rows, n);
    if rating.is_none() {
        let all = [user, item, None, time];
        rating = best(names, Role::Rating, &|n| !taken(n, all) && numeric(n)).or_else(|| {
            best(names, Role::Rating, &|n| {
                !taken(n, all)
                    && fit(n, Role::Time) == 0
                    && words::fit(&names[n], Role::Rating) > Some(900)
            })
        });
    }
    if user.is_none() {
        let all = [None, item, rating, time];
        user = best(names, Role::User, &|n| {
            !taken(n, all) && fit(n, Role::User) > fit(n, Role::Item).min(699)
        });
    }
    if item.is_none() {
        let all = [user, None, rating, time];
        item = best(names, Role::Item, &|n| !taken(n, all));
    }
    if time.is_none() {
        let all = [user, item, rating, None];
        time = best(names, Role::Time, &|n| !taken(n, all));
    }
    // A key of something unknown is the item's, where nothing else is.
    let is_counter = |n: usize| words::is_row_number(&names[n]);
    let is_free = |n: usize, all| !taken(n, all) && !is_counter(n);
    if item.is_none() && user.is_some() && rating.is_some() {
        let all = [user, item, rating, time];
        let is_key = |&n: &usize| {
            let name = words::plain(&names[n]);
            is_free(n, all)
                && words::is_key(&names[n])
                && !name.starts_with("review")
                && !name.starts_with("rating")
        };
        item = (0..names.len()).find(is_key);
    }
    // One role and one column are left over: they belong together.
    let all = [user, item, rating, time];
    let missing = all[..3].iter().filter(|role| role.is_none()).count();
    let free: Vec<usize> = (0..names.len()).filter(|&n| is_free(n, all)).collect();
    if let ([only], 1) = (free.as_slice(), missing)
        && (rating.is_some() || !rows.is_empty() && is_numeric(rows, *only))
    {
        for role in [&mut user, &mut item, &mut rating] {
            role.get_or_insert(*only);
        }
    }
    layout.time = time;
    if let (Some(user), Some(item), Some(rating)) = (user, item, rating) {
        let used = [Some(user), Some(item), Some(rating), time];
        let free = |n: usize| !taken(n, used);
        let item_is_title = fit(item, Role::Title) > 0 && !words::is_key(&names[item]);
        let title = best(names, Role::Title, &free).filter(|&n| !numeric(n) || rows.is_empty());
        let about = About {
            title: if item_is_title { Some(item) } else { title },
            genres: best(names, Role::Genres, &free),
            year: best(names, Role::Year, &free),
        };
        layout.named = fit(rating, Role::Rating) > 0;
        layout.form = Form::Long(Long { user, item, rating, about });
        return Ok(());
    }
    if chosen.item.is_none()
        && chosen.rating.is_none()
        && let Some((wide, when)) = wide::wide(sample, Some(names), user, time)
    {
        layout.time = when;
        layout.form = Form::Wide(wide);
        return Ok(());
    }
    let roles = [("user", user), ("item", item), ("rating", rating)];
    let missing: Vec<&str> =
        roles.iter().filter(|(_, at)| at.is_none()).map(|(name, _)| *name).collect();
    Err(LoadError::MissingColumns {
        file: file.to_owned(),
        line: layout.shape.line(),
        missing: missing.join(" and "),
        found: listing(names.iter().map(String::as_str)),
    })
}

fn by_content(
    file: &str,
    sample: &Sample,
    chosen: Roles,
    layout: &mut Layout,
) -> Result<(), LoadError> {
    let rows = &sample.rows;
    let every = |column: usize, is: &dyn Fn(&[u8]) -> bool| {
        rows.iter().all(|row| row.get(column).is_some_and(|cell| is(cell)))
    };
    let some = |column: usize, is: &dyn Fn(&[u8]) -> bool| {
        rows.iter().any(|row| row.get(column).is_some_and(|cell| is(cell)))
    };
    let any_chosen = chosen.user.or(chosen.item).or(chosen.rating).is_some();
    if !any_chosen && let Some((wide, time)) = wide::wide(sample, None, None, None) {
        layout.time = time;
        layout.form = Form::Wide(wide);
        return Ok(());
    }
    // Columns that are always empty are none.
    let is_filled = |cell: &[u8]| !cell.trim_ascii().is_empty();
    let mut columns: Vec<usize> = (0..layout.columns).filter(|&n| some(n, &is_filled)).collect();
    let is_number = |cell: &[u8]| values::decimal(cell).is_some();
    // A rating is no number of nine digits, but a time is.
    let is_late = |cell: &[u8]| values::decimal(cell).is_none_or(|n| n >= 1e8);
    let is_time = |cell: &[u8]| {
        times::time(cell, DateOrder::DayFirst).is_some()
            || times::time(cell, DateOrder::MonthFirst).is_some()
    };
    let may_rate = |column: usize| is_numeric(rows, column) && !every(column, &is_late);
    if columns.len() > 3
        && counts_rows(rows, columns[0])
        && (may_rate(columns[3]) && columns.len() > 4
            || rows.len() > 4 && !every(columns[3], &is_late) && may_rate(columns[3]))
    {
        let first = columns.remove(0);
        let sentence = format!("column {} counts the rows, and is left out", first + 1);
        layout.remarks.push(Remark {
            column: Some(first + 1),
            ..Remark::new(NoteKind::RowNumbers, 1, layout.shape.line(), sentence)
        });
    }
    let third = columns.get(2).copied().unwrap_or(2);
    let fourth = columns.get(3).copied();
    let candidates: Vec<usize> =
        columns.iter().copied().filter(|&column| may_rate(column)).collect();
    let rating = match (candidates.as_slice(), fourth) {
        ([only], _) if !candidates.contains(&third) => *only,
        (_, Some(fourth))
            if !candidates.contains(&third)
                && columns.len() == 4
                && may_rate(fourth)
                && every(third, &is_time) =>
        {
            fourth
        }
        _ => third,
    };
    let rating = chosen.rating.unwrap_or(rating);
    let time = if rating == third {
        let may_time = |cell: &[u8]| is_time(cell) || times::is_missing(cell);
        fourth.filter(|&fourth| every(fourth, &may_time) && some(fourth, &is_time))
    } else {
        let is_late_time = |cell: &[u8]| is_time(cell) && is_late(cell);
        columns.iter().copied().find(|&column| column != rating && every(column, &is_late_time))
    };
    let time = chosen.time.or(time.filter(|&n| n != rating));
    let used = [Some(rating), time, chosen.user, chosen.item];
    let mut rest = columns.iter().copied().filter(|&column| !used.contains(&Some(column)));
    let user = chosen.user.or_else(|| rest.next());
    let item = chosen.item.or_else(|| rest.next());
    let (Some(user), Some(item), true) = (user, item, columns.len() > 2) else {
        let first = rows.first().map(Vec::as_slice).unwrap_or_default();
        let cells: Vec<String> = first.iter().map(|cell| excerpt(cell)).collect();
        return Err(LoadError::MissingColumns {
            file: file.to_owned(),
            line: layout.shape.line(),
            missing: "user, item and rating".to_owned(),
            found: listing(cells.iter().map(String::as_str)),
        });
    };
    // Text beside the ids that is the same for the same item is its title.
    let title =
        rest.find(|&n| !some(n, &is_number) && some(n, &is_filled) && follows(rows, item, n));
    let about = About { title, ..About::default() };
    if !any_chosen && wide::is_doubtful(rows, layout.columns) {
        let sentence = "three columns of small numbers are read as user, item and rating; if each is \
            an item, name them in a line above";
        let line = layout.shape.line();
        layout.remarks.push(Remark::new(NoteKind::Doubtful, 1, line, sentence.to_owned()));
    }
    layout.time = time;
    layout.form = Form::Long(Long { user, item, rating, about });
    Ok(())
}

/// Whether a column's cells count the rows from any number on.
pub(super) fn counts_rows(rows: &[Row], column: usize) -> bool {
    let number = |row: &Row| {
        let text = std::str::from_utf8(row.get(column)?.trim_ascii()).ok()?;
        text.parse::<i64>().ok()
    };
    rows.len() > 2
        && rows.windows(2).all(|pair| match (number(&pair[0]), number(&pair[1])) {
            (Some(a), Some(b)) => b == a.wrapping_add(1),
            _ => false,
        })
}

/// Whether rows with the same item have the same text, and some item comes twice.
fn follows(rows: &[Row], item: usize, text: usize) -> bool {
    let cell = |row: &Row, n: usize| row.get(n).cloned().unwrap_or_default();
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> =
        rows.iter().map(|row| (cell(row, item), cell(row, text))).collect();
    let all = pairs.len();
    sort::by(&mut pairs, &|a, b| a.cmp(b));
    pairs.dedup();
    let different = pairs.len();
    pairs.dedup_by(|a, b| a.0 == b.0);
    pairs.len() == different && different < all
}
