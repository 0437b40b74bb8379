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
//! let source = Source::new("mine.csv", table);
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
mod source;
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
pub use source::Source;

use std::sync::Arc;

use super::{Attribute, Attributes, Dataset, Item, Lists, Origin, Ratings, compact};
use choose::{Choice, choose};
use files::{Archive, File};
use names::Names;
use table::{Count, Entry, Pass, Sink, Table};

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

/// How far reading has come: all files are read twice, for what is counted first takes no more memory
/// than it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// So many ratings have been counted.
    Counting(usize),
    /// So many ratings have been taken, of those that were counted.
    Filling {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
    },
}

/// Loads one data set as [`load_with`] does, and tells now and then how far it has come.
///
/// # Errors
/// A [`LoadError`] that says what is wrong, where, and what to do.
pub fn load_heard(
    sources: &[Source],
    options: &Options,
    heard: &dyn Fn(Reading),
) -> Result<Loaded, LoadError> {
    if let [source] = sources
        && is_compact(source)
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

/// The first set with the catalogue of all, and the ratings of the other sets.
fn load_sets(
    sets: &[&[Source]],
    options: &Options,
    heard: &dyn Fn(Reading),
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
    let mut parts = Vec::new();
    for (sources, files) in sets.iter().zip(&files) {
        let set = Set::of(sources, files, options)?;
        let mut count = Count::default();
        let (names, pass) = (&mut names, Pass::First(&mut count));
        set.read(&mut Sink { options, report: &mut report, names, pass, heard })?;
        parts.push((set, count));
    }
    let mut order = names.finish();
    let told = std::mem::take(&mut order.told);
    let mut ratings = Vec::new();
    let mut sets = Vec::new();
    for (set, count) in parts {
        let mut table = Table::new(count, &order)?;
        let (names, pass) = (&mut names, Pass::Second(&mut table));
        // What there is to say was said the first time.
        let report_again = &mut Report::default();
        set.read(&mut Sink { options, report: report_again, names, pass, heard })?;
        ratings.push(table.finish(&order, options.duplicates, &mut report)?);
        sets.push(set);
    }
    drop(names);
    let mut others = ratings.into_iter();
    let first = others.next().ok_or(LoadError::Nothing)?;

    let mut items: Vec<Option<Item>> = vec![None; order.items.len()];
    let mut users: Vec<Option<Vec<Attribute>>> = vec![None; order.users.len()];
    for set in &sets {
        match set {
            Set::Chosen(choice) => {
                choice.read_titles(&order.items, &mut items, &mut report);
                choice.read_users(&order.users, &mut users, &mut report);
            }
            Set::Compact(dataset, _) => {
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
    let (name, origin) = match &sets[0] {
        Set::Compact(dataset, _) => (dataset.name.clone(), dataset.origin),
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
    Ok((Loaded { dataset: Dataset { name, origin, ratings, catalogue }, report }, others.collect()))
}

/// One rating set: files that were chosen, or the site's own form.
enum Set<'f> {
    Chosen(Choice<'f>),
    Compact(Dataset, &'f str),
}

impl<'f> Set<'f> {
    fn of(
        sources: &'f [Source],
        files: &'f [File<'f>],
        options: &Options,
    ) -> Result<Self, LoadError> {
        if let [source] = sources
            && is_compact(source)
        {
            return Ok(Self::Compact(decode(source)?, &source.name));
        }
        let place = match sources {
            [] => return Err(LoadError::Nothing),
            [source] => &source.name,
            _ => "the selection",
        };
        Ok(Self::Chosen(choose(files, place, options)?))
    }

    /// Hands all ratings over.
    fn read(&self, sink: &mut Sink<'_>) -> Result<(), LoadError> {
        let (dataset, name) = match self {
            Self::Chosen(choice) => return choice.read(sink),
            Self::Compact(dataset, name) => (dataset, name),
        };
        sink.begin(name);
        let (users, items) = (dataset.ratings.user_ids(), dataset.ratings.item_ids());
        let mut times = dataset.ratings.timestamps().map(|times| times.iter());
        for (rating, line) in dataset.ratings.iter().zip(1..) {
            let time = times.as_mut().and_then(Iterator::next).copied();
            let (user, item) = (users.name(rating.u), items.name(rating.i));
            sink.push(&Entry { user, item, r: rating.r, time, line })?;
        }
        Ok(())
    }
}

/// The directory of a source that is a zip.
fn archive(source: &Source) -> Result<Option<Archive<'_>>, LoadError> {
    let head = source.beginning(4).map_err(|err| File::plain(source).failed(&err))?;
    files::is_zip(&head).then(|| files::archive(source)).transpose()
}

/// Whether a source is in the site's own form.
fn is_compact(source: &Source) -> bool {
    source.beginning(compact::HEAD).is_ok_and(|head| compact::is_compact(&head))
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
    let head = source.beginning(compact::HEAD);
    if head.is_ok_and(|head| compact::is_newer(&head)) {
        return Err(LoadError::Newer { file });
    }
    match compact::decode_from(|| source.open()) {
        Ok(dataset) if dataset.ratings.is_empty() => Err(LoadError::HeaderOnly { file, line: 1 }),
        Ok(dataset) => Ok(dataset),
        Err(err) => Err(LoadError::Damaged { file, reason: err.to_string() }),
    }
}
