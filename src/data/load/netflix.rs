//! The Netflix Prize: `1:` begins the ratings of film 1, each below it as `user,rating,date`.

use super::LoadError;
use super::dialect::sample;
use super::error::excerpt;
use super::files::File;
use super::records::{Separator, Shape};
use super::report::{NoteKind, Tally};
use super::table::{Entry, Sink};
use super::times::{self, DateOrder};
use super::values::{self, Value, latin1_or_utf8};

const COMMAS: Separator = Separator::Unquoted(b',');

/// How much of a file has the form of the Netflix Prize.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing of it.
    Other,
    /// The films' lines, but no ratings below: the prize's test questions.
    Questions,
    /// Films and ratings.
    Ratings,
}

/// Looks at the first two lines.
pub(super) fn form(file: &File<'_>, head: &[u8]) -> Form {
    let lines: Vec<&[u8]> = head
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .take(2)
        .collect();
    let Some(first) = lines.first() else {
        return Form::Other;
    };
    let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first);
    if film(first).is_none_or(|id| !id.iter().all(u8::is_ascii_digit)) {
        return Form::Other;
    }
    let second = lines.get(1).copied().unwrap_or_default();
    match sample(file, second, Shape::of(COMMAS)).as_deref() {
        Ok([(_, row)]) if row.len() == 3 => Form::Ratings,
        _ => Form::Questions,
    }
}

/// Reads all ratings of a file; lines that are none are left out and counted.
pub(super) fn read(file: &File<'_>, sink: &mut Sink<'_>) -> Result<(), LoadError> {
    let mut records = file.records(Shape::of(COMMAS))?;
    sink.begin(&file.name);
    let (mut left, mut rows, before) = (Tally::default(), 0, sink.len());
    let mut item = String::new();
    while records.next()? {
        let line = records.line();
        if records.columns() == 1
            && let Some(id) = film(records.column(0).trim_ascii())
        {
            item.clear();
            item.push_str(&String::from_utf8_lossy(id));
            continue;
        }
        rows += 1;
        let user = latin1_or_utf8(records.column(0).trim_ascii());
        if records.columns() != 3 || item.is_empty() {
            let expected = if item.is_empty() {
                "a film's id and a colon, as in `1:`"
            } else {
                "user,rating,date, or a film's id and a colon"
            };
            left.add(NoteKind::Columns, line, None, expected, records.column(0));
            continue;
        }
        let r = match values::value(records.column(1), true) {
            Value::Number(r) => r,
            Value::Missing => {
                left.add(NoteKind::NoRating, line, Some(1), "a number", records.column(1));
                continue;
            }
            Value::Unreadable => {
                left.add(NoteKind::UnreadableRating, line, Some(1), "a number", records.column(1));
                continue;
            }
        };
        if user.is_empty() {
            left.add(NoteKind::NoUser, line, Some(0), "a user's id", records.column(0));
            continue;
        }
        if sink.options.without_rating == Some(r) {
            left.add(NoteKind::LeftOut, line, Some(1), "another rating", records.column(1));
            continue;
        }
        let time = times::time(records.column(2), DateOrder::MonthFirst);
        if time.is_none() {
            left.add(NoteKind::Times, line, Some(2), "a time", records.column(2));
        }
        sink.push(&Entry { user: &user, item: &item, r, time, line })?;
    }
    let used = sink.len() - before;
    let wrong = left.count(NoteKind::Columns) + left.count(NoteKind::UnreadableRating);
    if wrong > used
        && let Some(first) = left.first(NoteKind::Columns)
    {
        return Err(LoadError::Line {
            file: file.name.clone(),
            line: first.line,
            expected: first.expected,
            found: excerpt(first.found.as_bytes()),
        });
    }
    if used == 0 {
        return Err(LoadError::HeaderOnly { file: file.name.clone(), line: 1 });
    }
    left.report(&file.name, rows, sink.report);
    Ok(())
}

/// The id in a line such as `17:`.
fn film(line: &[u8]) -> Option<&[u8]> {
    let id = line.strip_suffix(b":")?;
    (!id.is_empty()).then_some(id)
}
