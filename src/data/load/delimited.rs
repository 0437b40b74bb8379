//! Ratings as a table: MovieLens' ratings.csv, u.data and ratings.dat, any CSV or TSV, with a rating
//! a row or with a column for each item.
//!
//! A row that cannot be used is left out and counted. Only where more rows are left out than used is
//! the file refused: then something else is meant.

use std::borrow::Cow;

use super::LoadError;
use super::error::excerpt;
use super::files::File;
use super::layout::{About, Form, Layout, Long};
use super::records::{Rows, Separator};
use super::report::{NoteKind, Tally};
use super::table::{Entry, Sink};
use super::titles::{four_digits, split_genres};
use super::values::{self, Value, latin1_or_utf8, title_and_year};
use super::wide::Wide;
use super::{Note, Place, times};
use crate::data::Item;

/// Reads all ratings of a file.
pub(super) fn read(
    file: &File<'_>,
    layout: &Layout,
    sink: &mut Sink<'_, '_>,
) -> Result<(), LoadError> {
    let mut shape = layout.shape;
    shape.columns = Some(layout.columns);
    let mut records = file.records(shape)?;
    if layout.header {
        records.next()?;
    }
    read_rows(&file.name, &mut records, layout, sink)
}

/// Reads all ratings of a table, whatever its rows come from.
pub(super) fn read_rows(
    file: &str,
    rows: &mut impl Rows,
    layout: &Layout,
    sink: &mut Sink<'_, '_>,
) -> Result<(), LoadError> {
    sink.table.begin(file);
    for remark in &layout.remarks {
        sink.report.push(Note {
            kind: remark.kind,
            count: remark.count,
            place: Some(Place { file: file.to_owned(), line: remark.line, column: remark.column }),
            found: remark.found.clone(),
            sentence: format!("{file}: {}", remark.sentence),
            offer: None,
        });
    }
    let before = sink.table.len();
    let mut reading = Reading {
        layout,
        among_commas: layout.shape.separator == Separator::One(b','),
        left: Tally::default(),
        rows: 0,
        used: 0,
    };
    while rows.next()? {
        reading.rows += 1;
        if !reading.fits(rows) {
            continue;
        }
        match &layout.form {
            Form::Long(long) => reading.one(rows, long, sink)?,
            Form::Wide(wide) => reading.many(rows, wide, sink)?,
        }
    }
    let Reading { left, rows, used, .. } = reading;
    let wrong = left.count(NoteKind::UnreadableRating) + left.count(NoteKind::Columns);
    let wrong = wrong + left.count(NoteKind::NoUser) + left.count(NoteKind::NoItem);
    if sink.table.len() == before && left.count(NoteKind::LeftOut) == 0 || wrong > used {
        return Err(refusal(file, layout, &left, rows));
    }
    left.report(file, rows, sink.report);
    Ok(())
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
    among_commas: bool,
    left: Tally,
    rows: usize,
    used: usize,
}

impl Reading<'_> {
    /// Whether a row has the columns that it should have; empty ones at its end do not count.
    fn fits(&mut self, row: &impl Rows) -> bool {
        let expected = self.layout.columns;
        let mut columns = row.columns();
        while columns > expected && row.column(columns - 1).trim_ascii().is_empty() {
            columns -= 1;
        }
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
        row: &impl Rows,
        long: &Long,
        sink: &mut Sink<'_, '_>,
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
        let number = sink.table.push(sink.names, &entry)?;
        if long.about != About::default() {
            sink.names.describe(number, || about(row, &long.about));
        }
        Ok(())
    }

    fn many(
        &mut self,
        row: &impl Rows,
        wide: &Wide,
        sink: &mut Sink<'_, '_>,
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
            let r = match wide.value(row.column(*column), self.among_commas) {
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
            sink.table.push(sink.names, &Entry { user: &user, item, r, time, line })?;
        }
        Ok(())
    }

    fn time(&mut self, row: &impl Rows) -> Option<u32> {
        let column = self.layout.time?;
        let cell = row.column(column);
        let time = times::time(cell, self.layout.order);
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
fn about(row: &impl Rows, about: &About) -> Item {
    let cell = |column: Option<usize>| column.map(|n| text(row.column(n))).unwrap_or_default();
    let (title, year) = title_and_year(&cell(about.title));
    Item {
        title,
        year: year.or_else(|| four_digits(&cell(about.year))),
        genres: split_genres(&cell(about.genres)),
    }
}
