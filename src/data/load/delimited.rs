//! Ratings as a table: MovieLens' ratings.csv, u.data and ratings.dat, any CSV or TSV, with a rating
//! a row or with a column for each item.
//!
//! A row that cannot be used is left out and counted. Only where more rows are left out than used is
//! the file refused: then something else is meant.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::BufRead;

use super::LoadError;
use super::error::excerpt;
use super::files::File;
use super::layout::{About, Form, Layout, Long, Remark};
use super::records::{Records, Separator, Shape};
use super::report::{NoteKind, Tally};
use super::table::{Entry, Sink};
use super::times::{self, DateOrder, Dates};
use super::titles::{four_digits, split_genres};
use super::values::{self, Value, latin1_or_utf8, title_and_year};
use super::wide::{Cells, NoRating, Wide};
use crate::data::Item;

/// Reads all ratings of a file; what a survey of it told is kept for the next time.
pub(super) fn read(
    file: &File<'_>,
    layout: &Layout,
    surveyed: &OnceCell<Survey>,
    sink: &mut Sink<'_>,
) -> Result<(), LoadError> {
    sink.begin(&file.name);
    for remark in &layout.remarks {
        sink.report.push(remark.note(&file.name));
    }
    let survey = if let Some(survey) = surveyed.get() {
        survey
    } else {
        let survey = survey(file, layout)?;
        surveyed.get_or_init(|| survey)
    };
    for remark in survey.remarks(layout) {
        sink.report.push(remark.note(&file.name));
    }
    let before = sink.len();
    let mut reading = Reading {
        layout,
        order: survey.dates.order(),
        none: survey.cells.none(),
        among_commas: layout.shape.separator == Separator::One(b','),
        left: Tally::default(),
        rows: 0,
        used: 0,
    };
    let mut rows = records(file, layout)?;
    while rows.next()? {
        reading.rows += 1;
        if !reading.fits(&rows) {
            continue;
        }
        match &layout.form {
            Form::Long(long) => reading.one(&rows, long, sink)?,
            Form::Wide(wide) => reading.many(&rows, wide, sink)?,
        }
    }
    let Reading { mut left, rows: count, used, .. } = reading;
    let wrong = left.count(NoteKind::UnreadableRating) + left.count(NoteKind::Columns);
    let wrong = wrong + left.count(NoteKind::NoUser) + left.count(NoteKind::NoItem);
    if sink.len() == before && left.count(NoteKind::LeftOut) == 0 || wrong > used {
        return Err(refusal(&file.name, layout, &left, count));
    }
    left.add_nested(&rows);
    left.report(&file.name, count, sink.report);
    Ok(())
}

/// The rows of a table below its header.
fn records<'a>(
    file: &'a File<'a>,
    layout: &Layout,
) -> Result<Records<'a, Box<dyn BufRead + 'a>>, LoadError> {
    let shape = Shape { columns: Some(layout.columns), ..layout.shape };
    let mut records = file.records(shape)?;
    if layout.header {
        records.next()?;
    }
    Ok(records)
}

/// What only all rows together tell: which numbers of a table with one column an item are none, and
/// whether its dates begin with the day.
#[derive(Default)]
pub(super) struct Survey {
    cells: Cells,
    dates: Dates,
}

impl Survey {
    fn remarks(&self, layout: &Layout) -> impl Iterator<Item = Remark> {
        let wide = match &layout.form {
            Form::Wide(wide) => Some(wide.remark(layout.shape.line(), &self.cells)),
            Form::Long(_) => None,
        };
        wide.into_iter().chain(self.dates.remark(layout.time))
    }
}

/// Reads a table once before its ratings are taken, where that tells something.
fn survey(file: &File<'_>, layout: &Layout) -> Result<Survey, LoadError> {
    let mut survey = Survey::default();
    let items = match &layout.form {
        Form::Wide(wide) => wide.items.as_slice(),
        Form::Long(_) => &[],
    };
    if items.is_empty() && layout.dates.is_none() {
        return Ok(survey);
    }
    let mut rows = records(file, layout)?;
    while rows.next()? {
        if rows.width(layout.columns) != layout.columns {
            continue;
        }
        for (column, _) in items {
            survey.cells.see(rows.column(*column));
        }
        if let Some(time) = layout.dates {
            survey.dates.see(rows.line(), rows.column(time));
        }
    }
    Ok(survey)
}

/// Why a table without usable ratings, or with few, is refused.
fn refusal(file: &str, layout: &Layout, left: &Tally, rows: usize) -> LoadError {
    let wrong = [
        NoteKind::UnreadableRating,
        NoteKind::Columns,
        NoteKind::NoUser,
        NoteKind::NoItem,
        NoteKind::NoRating,
    ];
    let most = wrong.into_iter().max_by_key(|&kind| (left.count(kind), kind == wrong[0]));
    let file = file.to_owned();
    let Some((most, first)) = most.and_then(|kind| Some((left.count(kind), left.first(kind)?)))
    else {
        return LoadError::HeaderOnly { file, line: layout.shape.line() };
    };
    let column = first.column.map(|column| format!(", column {column}")).unwrap_or_default();
    LoadError::Unusable {
        file,
        line: first.line,
        column,
        expected: first.expected,
        found: first.found.clone(),
        left: most,
        rows,
    }
}

/// The state of reading one table.
struct Reading<'a> {
    layout: &'a Layout,
    order: DateOrder,
    none: NoRating,
    among_commas: bool,
    left: Tally,
    rows: usize,
    used: usize,
}

impl Reading<'_> {
    /// Whether a row has the columns that it should have.
    fn fits(&mut self, row: &Records<'_, impl BufRead>) -> bool {
        let expected = self.layout.columns;
        let columns = row.width(expected);
        if columns != expected {
            let found = (0..columns.min(4)).map(|n| excerpt(row.column(n)));
            let found = found.collect::<Vec<_>>().join(" ");
            self.left.add_text(
                NoteKind::Columns,
                row.line(),
                None,
                "another number of columns",
                &found,
            );
        }
        columns == expected
    }

    fn one(
        &mut self,
        row: &Records<'_, impl BufRead>,
        long: &Long,
        sink: &mut Sink<'_>,
    ) -> Result<(), LoadError> {
        let line = row.line();
        let mut left_out = |kind, column: usize, expected| {
            self.left.add(kind, line, Some(column), expected, row.column(column));
        };
        let r = match values::value(row.column(long.rating), self.among_commas) {
            Value::Number(r) => r,
            Value::Missing => {
                left_out(NoteKind::NoRating, long.rating, "a number");
                return Ok(());
            }
            Value::Unreadable => {
                left_out(NoteKind::UnreadableRating, long.rating, "a number");
                return Ok(());
            }
        };
        let user = text(row.column(long.user));
        let item = text(row.column(long.item));
        if user.is_empty() {
            left_out(NoteKind::NoUser, long.user, "a user's id");
            return Ok(());
        }
        if item.is_empty() {
            left_out(NoteKind::NoItem, long.item, "an item's id");
            return Ok(());
        }
        if sink.options.without_rating == Some(r) {
            left_out(NoteKind::LeftOut, long.rating, "another rating");
            return Ok(());
        }
        let time = self.time(row);
        self.used += 1;
        let entry = Entry { user: &user, item: &item, r, time, line };
        sink.push(&entry)?;
        if long.about != About::default() {
            sink.describe(|| about(row, &long.about));
        }
        Ok(())
    }

    fn many(
        &mut self,
        row: &Records<'_, impl BufRead>,
        wide: &Wide,
        sink: &mut Sink<'_>,
    ) -> Result<(), LoadError> {
        let line = row.line();
        let user = match wide.user {
            Some(user) => text(row.column(user)),
            None => Cow::Owned(self.rows.to_string()),
        };
        if user.is_empty() {
            let column = wide.user.unwrap_or_default();
            self.left.add(NoteKind::NoUser, line, Some(column), "a user's id", row.column(column));
            return Ok(());
        }
        let mut time = None;
        let mut timed = false;
        for (column, item) in &wide.items {
            let r = match self.none.value(row.column(*column), self.among_commas) {
                Value::Number(r) => r,
                Value::Missing => continue,
                Value::Unreadable => {
                    let cell = row.column(*column);
                    let kind = NoteKind::UnreadableRating;
                    self.left.add(kind, line, Some(*column), "a number", cell);
                    continue;
                }
            };
            self.used += 1;
            if sink.options.without_rating == Some(r) {
                let cell = row.column(*column);
                self.left.add(NoteKind::LeftOut, line, Some(*column), "another rating", cell);
                continue;
            }
            if !timed {
                (time, timed) = (self.time(row), true);
            }
            sink.push(&Entry { user: &user, item, r, time, line })?;
        }
        Ok(())
    }

    fn time(&mut self, row: &Records<'_, impl BufRead>) -> Option<u32> {
        let column = self.layout.time?;
        let cell = row.column(column);
        let time = times::time(cell, self.order);
        if time.is_none() {
            self.left.add(NoteKind::Times, row.line(), Some(column), "a time", cell);
        }
        time
    }
}

/// An id without the spaces around it.
fn text(cell: &[u8]) -> Cow<'_, str> {
    latin1_or_utf8(cell.trim_ascii())
}

/// What a row tells of its item.
fn about(row: &Records<'_, impl BufRead>, about: &About) -> Item {
    let cell = |column: Option<usize>| column.map(|n| text(row.column(n))).unwrap_or_default();
    let (title, year) = title_and_year(&cell(about.title));
    Item {
        title,
        year: year.or_else(|| four_digits(&cell(about.year))),
        genres: split_genres(&cell(about.genres)),
    }
}
