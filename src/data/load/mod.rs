//! Rating files in, a [`Dataset`] out; the format is recognized from the content.
//!
//! - **MovieLens** as published: latest, 20M, 25M, 32M (`ratings.csv`, `movies.csv`), 100K (`u.data`,
//!   `u.item`, `u.user`, and the given splits such as `u1.base`), 1M and 10M (`ratings.dat`,
//!   `movies.dat`, `users.dat`).
//! - **Netflix Prize**: `combined_data_1.txt` …, or `mv_0000001.txt` …, with `movie_titles`.
//! - **Any table** with a user, an item and a rating a line, or a line for each user with a column
//!   for each item, separated by commas, tabs, semicolons, bars or blanks; ARFF and MatrixMarket.
//!   With a header, the names of the columns count, in any order and a dozen languages. Without one,
//!   they are user, item, rating and, where the fourth column holds nothing but times, timestamp;
//!   unless the third cannot be the rating and exactly one other can. [`Options`] can say otherwise.
//!   In a table with a column for each item, 0 is no rating where no cell of the whole table is blank
//!   and no number negative, and 99 is none where all other numbers are at most 20.
//! - The site's own form, see [`compact`].
//!
//! Each of them as a file, as several files, or in a zip, in whatever folder; packed with gzip, too.
//! Times are seconds since 1970, milliseconds (above 10^11) or dates, in the order of day and month
//! that most of those show which can have only one. Text is UTF-8, UTF-16 or Windows-1252. Items
//! without a known title are called by their ids.
//!
//! A packed file is unpacked as it is read and never whole in memory. What cannot be used (a row
//! without a rating, an unreadable time, a bad line of titles) is left out, and a [`Report`] says how
//! much, where first, and what was found. Refused is what would be misread: a [`LoadError`], one
//! sentence with the place and the remedy.
//!
//! ```
//! use factorscope::data::load::{Options, Source, load_with};
//!
//! let table = "user;film;stars\nann;Alien;5\nbob;Alien;four\nbob;Brazil;4\n";
//! let source = Source { name: "mine.csv".into(), bytes: table.into() };
//! let loaded = load_with(&[source], &Options::default())?;
//! assert_eq!(loaded.dataset.ratings.len(), 2);
//! assert_eq!(
//!     loaded.report.notes[0].sentence,
//!     "mine.csv: 1 rating that is no number is left out; in line 3, column 3: `four`"
//! );
//! # Ok::<(), factorscope::data::load::LoadError>(())
//! ```

mod choose;
mod delimited;
mod dialect;
mod encoding;
mod error;
mod files;
mod json;
mod kinds;
mod layout;
mod movielens;
mod names;
mod netflix;
mod options;
#[cfg(not(target_arch = "wasm32"))]
mod path;
mod preview;
mod records;
mod remarks;
mod report;
mod table;
#[cfg(test)]
mod tests;
mod times;
mod titles;
mod users;
mod values;
mod wide;
mod words;

pub use error::{LoadError, plain};
pub use options::{Columns, ColumnsError, Duplicates, Options};
#[cfg(not(target_arch = "wasm32"))]
pub use path::{read_path, read_path_with};
pub use preview::{Preview, Roles};
pub use report::{Note, NoteKind, Offer, Place, Report};

use std::sync::Arc;

use super::{Attribute, Attributes, Dataset, Item, Lists, Origin, Ratings, compact};
use choose::{Choice, choose};
use files::{Archive, File};
use names::Names;
use table::{Entry, Sink, Table};

/// A named piece of input: one file as it was handed over, a zip, a table, a list of titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What errors call it; a folder before it may tell the edition, as in `ml-25m/ratings.csv`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A data set, and what was done with its source to make it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The data set.
    pub dataset: Dataset,
    /// What was left out, taken for something, or is hardly meant.
    pub report: Report,
}

/// Loads one data set from one file, or from several that belong together.
///
/// # Errors
/// A [`LoadError`] that says what is wrong, where, and what to do.
pub fn load(sources: &[Source]) -> Result<Dataset, LoadError> {
    Ok(load_with(sources, &Options::default())?.dataset)
}

/// Loads one data set as [`load`] does, as the options say, with a report.
///
/// # Errors
/// A [`LoadError`] that says what is wrong, where, and what to do.
pub fn load_with(sources: &[Source], options: &Options) -> Result<Loaded, LoadError> {
    load_heard(sources, options, &|_| ())
}

/// Loads one data set as [`load_with`] does, and tells now and then how many ratings have been read.
///
/// # Errors
/// A [`LoadError`] that says what is wrong, where, and what to do.
pub fn load_heard(
    sources: &[Source],
    options: &Options,
    heard: &dyn Fn(usize),
) -> Result<Loaded, LoadError> {
    if let [source] = sources
        && compact::is_compact(&source.bytes)
    {
        return Ok(Loaded { dataset: decode(source)?, report: Report::default() });
    }
    Ok(load_sets(&[sources], options, heard)?.0)
}

/// Loads a training set and a test set as they are given, over the same users and items: those of
/// either. The data set has the training ratings and the catalogue of all items; a rating may stand
/// in both sets.
///
/// # Errors
/// A [`LoadError`] that says what is wrong, where, and what to do.
pub fn load_pair(train: &[Source], test: &[Source]) -> Result<(Dataset, Ratings), LoadError> {
    let (loaded, test) = load_pair_with(train, test, &Options::default())?;
    Ok((loaded.dataset, test))
}

/// Loads a training set and a test set as [`load_pair`] does, as the options say, with a report on
/// both.
///
/// # Errors
/// A [`LoadError`] that says what is wrong, where, and what to do.
pub fn load_pair_with(
    train: &[Source],
    test: &[Source],
    options: &Options,
) -> Result<(Loaded, Ratings), LoadError> {
    let (loaded, mut others) = load_sets(&[train, test], options, &|_| ())?;
    others.pop().map(|test| (loaded, test)).ok_or(LoadError::Nothing)
}

/// The first rows of the ratings, and which of their columns would be taken for what.
///
/// # Errors
/// A [`LoadError`] if there is no table to look at.
pub fn preview(sources: &[Source], options: &Options) -> Result<Preview, LoadError> {
    let archives: Vec<_> = sources.iter().map(archive).collect::<Result<_, _>>()?;
    let files = list(sources, &archives)?;
    preview::preview(&files, options)
}

/// One rating set: files that were chosen, or the site's own form.
enum Set<'f> {
    Chosen(Choice<'f>),
    Compact(Dataset),
}

/// The first set with the catalogue of all, and the ratings of the other sets.
fn load_sets(
    sets: &[&[Source]],
    options: &Options,
    heard: &dyn Fn(usize),
) -> Result<(Loaded, Vec<Ratings>), LoadError> {
    let mut report = Report::default();
    let mut archives = Vec::new();
    for sources in sets {
        let opened: Result<Vec<_>, _> = sources.iter().map(archive).collect();
        archives.push(opened?);
    }
    let mut files = Vec::new();
    for (sources, archives) in sets.iter().zip(&archives) {
        files.push(list(sources, archives)?);
    }
    let mut names = Names::default();
    let mut tables = Vec::new();
    let mut parts = Vec::new();
    for (sources, files) in sets.iter().zip(&files) {
        let mut table = Table::new(heard);
        let mut sink = Sink { names: &mut names, table: &mut table, options, report: &mut report };
        parts.push(read(sources, files, &mut sink)?);
        tables.push(table);
    }
    let mut order = names.finish();
    let told = std::mem::take(&mut order.told);
    let finish = |table: Table| table.finish(&order, options.duplicates, &mut report);
    let mut ratings = tables.into_iter().map(finish);
    let first = ratings.next().ok_or(LoadError::Nothing)??;
    let others = ratings.collect::<Result<Vec<_>, _>>()?;

    let mut items: Vec<Option<Item>> = vec![None; order.items.len()];
    let mut users: Vec<Option<Vec<Attribute>>> = vec![None; order.users.len()];
    for part in &parts {
        match part {
            Set::Chosen(choice) => {
                choice.read_titles(&order.items, &mut items, &mut report);
                choice.read_users(&order.users, &mut users, &mut report);
            }
            Set::Compact(dataset) => {
                let known = &dataset.ratings.attributes().users;
                for (u, id) in dataset.ratings.user_ids().iter().enumerate() {
                    if let Some(index) = order.users.index(id) {
                        users[index].get_or_insert_with(|| known.words(u).cloned().collect());
                    }
                }
                let ids = dataset.ratings.item_ids().iter();
                for (id, item) in ids.zip(&dataset.catalogue) {
                    if let Some(index) = order.items.index(id) {
                        items[index].get_or_insert_with(|| item.clone());
                    }
                }
            }
        }
    }
    let (name, origin) = match &parts[0] {
        Set::Compact(dataset) => (dataset.name.clone(), dataset.origin),
        Set::Chosen(choice) => {
            let is_movielens = choice.is_movielens();
            let name = movielens::title(choice.main(), is_movielens);
            let origin = if is_movielens { Origin::Movielens } else { Origin::File };
            (name, origin)
        }
    };
    // What stands in the ratings' own table counts where no other file tells of the item.
    for (item, told) in items.iter_mut().zip(told) {
        *item = item.take().or(told);
    }
    remarks::remarks(&first, &name, &mut report);
    let called = |(id, item): (&str, Option<Item>)| {
        let mut item = item.unwrap_or_default();
        if item.title.is_empty() {
            id.clone_into(&mut item.title);
        }
        item
    };
    let catalogue: Vec<Item> = order.items.iter().zip(items).map(called).collect();
    let users: Vec<_> = users.into_iter().map(Option::unwrap_or_default).collect();
    let attributes = Attributes { users: Lists::new(&users), items: Lists::genres(&catalogue) };
    let ratings = Arc::new(first.with_attributes(attributes));
    Ok((Loaded { dataset: Dataset { name, origin, ratings, catalogue }, report }, others))
}

fn read<'f>(
    sources: &[Source],
    files: &'f [File<'f>],
    sink: &mut Sink<'_, '_>,
) -> Result<Set<'f>, LoadError> {
    if let [source] = sources
        && compact::is_compact(&source.bytes)
    {
        let dataset = decode(source)?;
        sink.table.begin(&source.name);
        let (users, items) = (dataset.ratings.user_ids(), dataset.ratings.item_ids());
        let mut times = dataset.ratings.timestamps().map(|times| times.iter());
        for (rating, line) in dataset.ratings.iter().zip(1..) {
            let entry = Entry {
                user: users.name(rating.u),
                item: items.name(rating.i),
                r: rating.r,
                time: times.as_mut().and_then(Iterator::next).copied(),
                line,
            };
            sink.table.push(sink.names, &entry)?;
        }
        return Ok(Set::Compact(dataset));
    }
    let place = match sources {
        [] => return Err(LoadError::Nothing),
        [source] => &source.name,
        _ => "the selection",
    };
    let choice = choose(files, place, sink.options)?;
    choice.read(sink)?;
    Ok(Set::Chosen(choice))
}

/// The directory of a source that is a zip.
fn archive(source: &Source) -> Result<Option<Archive<'_>>, LoadError> {
    let is_zip = files::is_zip(&source.bytes);
    is_zip.then(|| files::archive(source)).transpose()
}

/// The files in the sources, those of zips among them.
fn list<'a>(
    sources: &'a [Source],
    archives: &'a [Option<Archive<'a>>],
) -> Result<Vec<File<'a>>, LoadError> {
    let mut files = Vec::new();
    for (source, archive) in sources.iter().zip(archives) {
        match archive {
            Some(archive) => files::unpack(source, archive, &mut files)?,
            None => files.push(File::plain(source)),
        }
    }
    Ok(files)
}

fn decode(source: &Source) -> Result<Dataset, LoadError> {
    let file = plain(&source.name);
    if compact::is_newer(&source.bytes) {
        return Err(LoadError::Newer { file });
    }
    match compact::decode(&source.bytes) {
        Ok(dataset) if dataset.ratings.is_empty() => Err(LoadError::HeaderOnly { file, line: 1 }),
        Ok(dataset) => Ok(dataset),
        Err(err) => Err(LoadError::Damaged { file, reason: err.to_string() }),
    }
}
