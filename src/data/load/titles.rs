//! Titles, years and genres: movies.csv, movies.dat, u.item and Netflix' movie_titles.

use super::delimited::{Cell, ITEM, named, sample};
use super::error::excerpt;
use super::files::File;
use super::records::Separator;
use super::values::{latin1_or_utf8, text, title_and_year};
use super::{LoadError, movielens};
use crate::data::{Ids, Item};

const TITLE: &[&str] = &[
    "title",
    "movietitle",
    "filmtitle",
    "booktitle",
    "originaltitle",
    "name",
    "moviename",
    "itemname",
    "primarytitle",
];
const GENRES: &[&str] = &["genres", "genre"];
const YEAR: &[&str] = &["year", "releaseyear", "originalpublicationyear"];

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
    separator: Separator,
    count: usize,
    id: usize,
    title: usize,
    genres: Option<usize>,
    year: Option<usize>,
}

/// Recognizes the form from the beginning of a file.
pub(super) fn form(file: &File<'_>, head: &[u8]) -> Option<Form> {
    let first = |separator| sample(file, head, separator).ok()?.into_iter().next();
    let is_number = |cell: &[u8]| text(cell).is_some_and(|id| id.parse::<u64>().is_ok());
    for separator in [b',', b'\t', b';', b'|'].map(Separator::One) {
        let Some(header) = first(separator) else {
            continue;
        };
        if let (Some(id), Some(title)) = (named(&header, ITEM), named(&header, TITLE)) {
            return Some(Form::Table(Columns {
                separator,
                count: header.len(),
                id,
                title,
                genres: named(&header, GENRES),
                year: named(&header, YEAR),
            }));
        }
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

/// Whether this is a u.genre.
pub(super) fn is_genres(file: &File<'_>) -> bool {
    file.base() == "u.genre"
}

/// Reads the items that have ratings into `items`, which has a place for each of `ids`; of an id
/// that comes twice, the first counts.
pub(super) fn read(
    file: &File<'_>,
    form: &Form,
    genres: &[String],
    ids: &Ids,
    items: &mut [Option<Item>],
) -> Result<(), LoadError> {
    let mut keep = |id: &str, item: Item| {
        if let Some(index) = ids.index(id.trim()) {
            items[index].get_or_insert(item);
        }
    };
    let separator = match form {
        Form::Table(columns) => columns.separator,
        Form::Flags => Separator::Unquoted(b'|'),
        Form::Dat | Form::Netflix => Separator::Whole,
    };
    let mut records = file.records(separator)?;
    if matches!(form, Form::Table(_)) {
        records.next()?;
    }
    while records.next()? {
        let cell = Cell { file, line: records.line(), records: &records };
        let wrong = |expected| LoadError::Line {
            file: file.name.clone(),
            line: records.line(),
            expected,
            found: excerpt(records.column(0)),
        };
        match form {
            Form::Table(columns) => {
                if records.columns() != columns.count {
                    return Err(LoadError::Columns {
                        file: file.name.clone(),
                        line: records.line(),
                        expected: columns.count,
                        found: records.columns(),
                        separator: separator.words(),
                    });
                }
                let (title, year) = title_and_year(cell.text(columns.title)?);
                let stated = columns.year.map(|column| cell.text(column)).transpose()?;
                let listed = columns.genres.map(|column| cell.text(column)).transpose()?;
                keep(
                    cell.text(columns.id)?,
                    Item {
                        title,
                        year: year.or_else(|| stated.and_then(four_digits)),
                        genres: split_genres(listed.unwrap_or_default()),
                    },
                );
            }
            Form::Dat => {
                let line = latin1_or_utf8(records.column(0));
                let (id, title, listed) =
                    dat(&line).ok_or_else(|| wrong("id::title (year)::genres"))?;
                let (title, year) = title_and_year(title);
                let genres = split_genres(listed);
                keep(id, Item { title, year, genres });
            }
            Form::Flags => {
                if records.columns() < 5 + genres.len() {
                    return Err(wrong("id|title|date||address| and a flag for each genre"));
                }
                let (title, year) = title_and_year(&latin1_or_utf8(records.column(1)));
                let date = latin1_or_utf8(records.column(2));
                let flagged = |&(n, name): &(usize, &String)| {
                    records.column(5 + n).trim_ascii() == b"1" && name != "unknown"
                };
                let flagged = genres.iter().enumerate().filter(flagged);
                keep(
                    &latin1_or_utf8(records.column(0)),
                    Item {
                        title,
                        year: year.or_else(|| date.rsplit('-').next().and_then(four_digits)),
                        genres: flagged.map(|(_, name)| name.clone()).collect(),
                    },
                );
            }
            Form::Netflix => {
                let line = latin1_or_utf8(records.column(0));
                let (id, year, title) = netflix(&line).ok_or_else(|| wrong("id,year,title"))?;
                keep(
                    id,
                    Item {
                        title: title.trim().to_owned(),
                        year: four_digits(year),
                        genres: Vec::new(),
                    },
                );
            }
        }
    }
    Ok(())
}

/// The genres that go with a u.item.
pub(super) fn genre_names(file: Option<&File<'_>>) -> Result<Vec<String>, LoadError> {
    movielens::genres(file).map_err(|err| file.map_or(err.clone(), |file| file.blame(err)))
}

fn split_genres(cell: &str) -> Vec<String> {
    let names = cell.split('|').map(str::trim);
    let names = names.filter(|name| !name.is_empty() && *name != "(no genres listed)");
    names.map(str::to_owned).collect()
}

fn four_digits(text: &str) -> Option<u16> {
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
