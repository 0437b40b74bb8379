//! The Netflix Prize: `1:` begins the ratings of film 1, each below it as `user,rating,date`.

use super::LoadError;
use super::delimited::{Cell, sample};
use super::error::excerpt;
use super::files::File;
use super::records::Separator;
use super::table::{Entry, Names, Table};

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
    match sample(file, second, COMMAS).as_deref() {
        Ok([row]) if row.len() == 3 => Form::Ratings,
        _ => Form::Questions,
    }
}

/// Reads all ratings of a file.
pub(super) fn read(file: &File<'_>, names: &mut Names, table: &mut Table) -> Result<(), LoadError> {
    let mut records = file.records(COMMAS)?;
    table.begin(&file.name);
    let before = table.len();
    let mut item = String::new();
    while records.next()? {
        let line = records.line();
        let cell = Cell { file, line, records: &records };
        if records.columns() == 1
            && let Some(id) = film(records.column(0).trim_ascii())
        {
            item.clear();
            item.push_str(&String::from_utf8_lossy(id));
            continue;
        }
        if records.columns() != 3 || item.is_empty() {
            return Err(LoadError::Line {
                file: file.name.clone(),
                line,
                expected: if item.is_empty() {
                    "a film's id and a colon, as in `1:`"
                } else {
                    "user,rating,date, or a film's id and a colon"
                },
                found: excerpt(records.column(0)),
            });
        }
        let entry = Entry {
            user: cell.id(0, "a user's id")?,
            item: &item,
            r: cell.rating(1)?,
            time: Some(cell.time(2)?),
            line,
        };
        table.push(names, &entry)?;
    }
    if table.len() == before {
        let file = file.name.clone();
        return Err(LoadError::HeaderOnly { file });
    }
    Ok(())
}

/// The id in a line such as `17:`.
fn film(line: &[u8]) -> Option<&[u8]> {
    let id = line.strip_suffix(b":")?;
    (!id.is_empty()).then_some(id)
}
