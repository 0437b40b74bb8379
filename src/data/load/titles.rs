//! Titles, years and genres: movies.csv, movies.dat, u.item and Netflix' movie_titles.

use super::dialect::{dialect, name, sample};
use super::files::File;
use super::records::{Separator, Shape};
use super::report::{NoteKind, Tally};
use super::values::{latin1_or_utf8, title_and_year};
use super::words::{self, Role};
use super::{LoadError, Report, movielens};
use crate::data::{Ids, Item};

/// The form of a file with titles.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// A table with a header; quoted where needed.
    Table(Columns),
    /// `id::title (year)::genre|genre`, as in MovieLens 1M and 10M.
    Dat,
    /// `id|title (year)|date||address|` and a flag for each genre, as in MovieLens 100K.
    Flags,
    /// `id,year,title`, the title with commas and without quotes, as in the Netflix Prize.
    Netflix,
}

/// Which column of a table is which.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    shape: Shape,
    id: usize,
    title: usize,
    genres: Option<usize>,
    year: Option<usize>,
}

/// Recognizes the form from the beginning of a file.
pub(super) fn form(file: &File<'_>, head: &[u8]) -> Option<Form> {
    let first = |separator| {
        let rows = sample(file, head, Shape::of(separator)).ok()?;
        rows.into_iter().next().map(|(_, row)| row)
    };
    let is_number = |cell: &[u8]| latin1_or_utf8(cell.trim_ascii()).parse::<u64>().is_ok();
    if let Some(columns) = table(file, head) {
        return Some(Form::Table(columns));
    }
    let bars = first(Separator::Unquoted(b'|'))?;
    let is_flag = |cell: &Vec<u8>| matches!(cell.as_slice(), b"0" | b"1");
    if bars.len() >= 10 && is_number(&bars[0]) && bars[5..].iter().all(is_flag) {
        return Some(Form::Flags);
    }
    let line = first(Separator::Whole)?;
    let line = latin1_or_utf8(line.first()?).into_owned();
    if let Some((id, title, _)) = dat(&line) {
        let is_title = title.chars().any(char::is_alphabetic) && title.len() > 1;
        return (is_number(id.as_bytes()) && is_title).then_some(Form::Dat);
    }
    let (id, year, title) = netflix(&line)?;
    let is_year = year == "NULL" || year.len() == 4 && is_number(year.as_bytes());
    let is_title = title.contains(char::is_alphabetic) || file.base().starts_with("movie_titles");
    (is_number(id.as_bytes()) && is_year && is_title).then_some(Form::Netflix)
}

/// A table with a header that names an id and a title; a bare `id` is the items' too.
fn table(file: &File<'_>, head: &[u8]) -> Option<Columns> {
    let found = dialect(file, head).ok().filter(|found| found.header_line)?;
    let names: Vec<String> = found.sample.header?.iter().map(|cell| name(cell)).collect();
    let best = |role: Role, free: &dyn Fn(usize) -> bool| words::best(&names, role, free);
    let title = best(Role::Title, &|_| true)?;
    let rest = |n: usize| n != title;
    let bare = names.iter().position(|name| words::plain(name) == "id");
    let key = || {
        names.iter().position(|name| words::is_key(name) && words::fit(name, Role::User).is_none())
    };
    let known = best(Role::Item, &rest)
        .filter(|&n| words::fit(&names[n], Role::Title).is_none() || words::is_key(&names[n]));
    let id = known
        .filter(|&n| words::fit(&names[n], Role::Item) > Some(1000))
        .or(bare)
        .or(known)
        .or_else(key)?;
    let free = |n: usize| n != title && n != id;
    Some(Columns {
        shape: found.shape,
        id,
        title,
        genres: best(Role::Genres, &free),
        year: best(Role::Year, &free),
    })
}

/// Whether this is a u.genre.
pub(super) fn is_genres(file: &File<'_>) -> bool {
    file.base() == "u.genre"
}

/// Reads the items that have ratings into `items`, which has a place for each of `ids`; of an id
/// that comes twice, the first counts. Lines of another form are left out and counted.
pub(super) fn read(
    file: &File<'_>,
    form: &Form,
    genres: &[String],
    ids: &Ids,
    items: &mut [Option<Item>],
    report: &mut Report,
) -> Result<(), LoadError> {
    let mut keep = |id: &str, item: Item| {
        if let Some(index) = ids.index(id.trim()) {
            items[index].get_or_insert(item);
        }
    };
    let shape = match form {
        Form::Table(columns) => columns.shape,
        Form::Flags => Shape::of(Separator::Unquoted(b'|')),
        Form::Dat | Form::Netflix => Shape::of(Separator::Whole),
    };
    let mut records = file.records(shape)?;
    if matches!(form, Form::Table(_)) {
        records.next()?;
    }
    let (mut left, mut rows) = (Tally::default(), 0);
    while records.next()? {
        rows += 1;
        let cell = |column: usize| latin1_or_utf8(records.column(column).trim_ascii());
        let mut wrong = |expected| {
            left.add(NoteKind::Companion, records.line(), None, expected, records.column(0));
        };
        match form {
            Form::Table(columns) => {
                if columns.shape.columns.is_some_and(|n| records.width(n) != n) {
                    wrong("as many columns as the header");
                    continue;
                }
                let (title, year) = title_and_year(&cell(columns.title));
                let stated = columns.year.map(cell);
                let listed = columns.genres.map(cell);
                let year = year.or_else(|| stated.as_deref().and_then(four_digits));
                let genres = split_genres(listed.as_deref().unwrap_or_default());
                keep(&cell(columns.id), Item { title, year, genres });
            }
            Form::Dat => {
                let line = latin1_or_utf8(records.column(0));
                let Some((id, title, listed)) = dat(&line) else {
                    wrong("id::title (year)::genres");
                    continue;
                };
                let (title, year) = title_and_year(title);
                keep(id, Item { title, year, genres: split_genres(listed) });
            }
            Form::Flags => {
                if records.columns() < 5 + genres.len() {
                    wrong("id|title|date||address| and a flag for each genre");
                    continue;
                }
                let (title, year) = title_and_year(&cell(1));
                let flagged = |&(n, name): &(usize, &String)| {
                    records.column(5 + n).trim_ascii() == b"1" && name != "unknown"
                };
                let flagged = genres.iter().enumerate().filter(flagged);
                let genres = flagged.map(|(_, name)| name.clone()).collect();
                let year = year.or_else(|| cell(2).rsplit('-').next().and_then(four_digits));
                keep(&cell(0), Item { title, year, genres });
            }
            Form::Netflix => {
                let line = latin1_or_utf8(records.column(0));
                let Some((id, year, title)) = netflix(&line) else {
                    wrong("id,year,title");
                    continue;
                };
                let (title, year) = (title.trim().to_owned(), four_digits(year));
                keep(id, Item { title, year, genres: Vec::new() });
            }
        }
    }
    left.add_nested(&records);
    left.report(&file.name, rows, report);
    Ok(())
}

/// The genres that go with a u.item.
pub(super) fn genre_names(
    file: Option<&File<'_>>,
    report: &mut Report,
) -> Result<Vec<String>, LoadError> {
    movielens::genres(file, report).map_err(|err| file.map_or(err.clone(), |file| file.blame(err)))
}

pub(super) fn split_genres(cell: &str) -> Vec<String> {
    let names = cell.split('|').map(str::trim);
    let names = names.filter(|name| !name.is_empty() && *name != "(no genres listed)");
    names.map(str::to_owned).collect()
}

pub(super) fn four_digits(text: &str) -> Option<u16> {
    let year: u16 = text.trim().get(..4)?.parse().ok()?;
    (1000..3000).contains(&year).then_some(year)
}

fn dat(line: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = line.split_once("::")?;
    let (title, genres) = rest.rsplit_once("::")?;
    Some((id, title, genres))
}

fn netflix(line: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = line.split_once(',')?;
    let (year, title) = rest.split_once(',')?;
    Some((id, year, title))
}
