//! Which of several files hold the ratings, the titles, the genres and the users.

use super::error::listing;
use super::files::File;
use super::table::{Names, Table};
use super::titles::Form;
use super::{LoadError, Options, delimited, netflix, titles, users};
use crate::data::{Attribute, Ids, Item};

/// Names under which ratings are published; such a file is preferred to others that also fit.
const KNOWN: [&str; 5] = ["ratings.csv", "ratings.dat", "u.data", "rating.csv", "ratings.tsv"];

/// How sure it is that a file holds the ratings that are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    /// Its columns could be ratings.
    Fits,
    /// A header or a form says so.
    Says,
    /// It also has a well-known name.
    Known,
}

/// How to read a file with ratings.
#[derive(Debug, Clone, PartialEq)]
enum Reader {
    Delimited(delimited::Layout),
    Netflix,
}

/// The files of an input that are used, and how.
pub(super) struct Choice<'f> {
    ratings: Vec<(&'f File<'f>, Reader)>,
    titles: Vec<(&'f File<'f>, Form)>,
    genres: Option<&'f File<'f>>,
    users: Vec<(&'f File<'f>, users::Form)>,
}

impl<'f> Choice<'f> {
    /// Reads all ratings.
    pub(super) fn read(&self, names: &mut Names, table: &mut Table) -> Result<(), LoadError> {
        for (file, reader) in &self.ratings {
            match reader {
                Reader::Delimited(layout) => delimited::read(file, layout, names, table),
                Reader::Netflix => netflix::read(file, names, table),
            }
            .map_err(|err| file.blame(err))?;
        }
        Ok(())
    }

    /// Fills in what is known about rated items.
    pub(super) fn read_titles(
        &self,
        ids: &Ids,
        items: &mut [Option<Item>],
    ) -> Result<(), LoadError> {
        let genres = titles::genre_names(self.genres)?;
        for (file, form) in &self.titles {
            titles::read(file, form, &genres, ids, items).map_err(|err| file.blame(err))?;
        }
        Ok(())
    }

    /// Fills in what is known about users with ratings.
    pub(super) fn read_users(
        &self,
        ids: &Ids,
        users: &mut [Option<Vec<Attribute>>],
    ) -> Result<(), LoadError> {
        for (file, form) in &self.users {
            users::read(file, *form, ids, users).map_err(|err| file.blame(err))?;
        }
        Ok(())
    }

    /// The file with the ratings, the first if there are several.
    pub(super) fn main(&self) -> &'f File<'f> {
        self.ratings[0].0
    }

    /// Whether the ratings have the form of one of GroupLens' files.
    pub(super) fn is_movielens(&self) -> bool {
        matches!(&self.ratings[0].1, Reader::Delimited(layout) if layout.movielens)
    }

    /// The names of all files that are used.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let ratings = self.ratings.iter().map(|(file, _)| *file);
        let titles = self.titles.iter().map(|(file, _)| *file);
        let users = self.users.iter().map(|(file, _)| *file);
        ratings.chain(titles).chain(self.genres).chain(users).map(|file| file.name.as_str())
    }
}

/// Looks at the beginning of every file. A file that came alone is taken for the ratings, so that
/// the error says what is wrong with it.
pub(super) fn choose<'f>(
    files: &'f [File<'f>],
    place: &str,
    options: &Options,
) -> Result<Choice<'f>, LoadError> {
    let mut found: Vec<(Certainty, &File<'_>, Reader)> = Vec::new();
    let mut choice =
        Choice { ratings: Vec::new(), titles: Vec::new(), genres: None, users: Vec::new() };
    let mut refusal = None;
    let alone = files.len() == 1;
    for file in files {
        let known = KNOWN.contains(&file.base().as_str());
        let head = match file.head() {
            Ok(head) => head,
            Err(err) => {
                let is_archive = matches!(
                    err,
                    LoadError::Damaged { .. }
                        | LoadError::Encrypted { .. }
                        | LoadError::Compression { .. }
                );
                if known || alone || is_archive {
                    refusal.get_or_insert(err);
                }
                continue;
            }
        };
        if titles::is_genres(file) {
            choice.genres = Some(file);
            continue;
        }
        if !alone && let Some(form) = users::form(file, &head) {
            choice.users.push((file, form));
            continue;
        }
        let form = titles::form(file, &head);
        match reader(file, &head, known || alone, options) {
            // A table with an item's title is a catalogue, unless a header says more.
            Ok((certainty, reader)) if form.is_none() || certainty > Certainty::Fits => {
                found.push((certainty, file, reader));
            }
            Ok(_) => choice.titles.extend(form.map(|form| (file, form))),
            Err(err) => {
                if known || alone {
                    refusal.get_or_insert(file.blame(err));
                }
                choice.titles.extend(form.map(|form| (file, form)));
            }
        }
    }
    let Some(most) = found.iter().map(|(certainty, ..)| *certainty).max() else {
        return Err(refusal.unwrap_or_else(|| LoadError::NoRatings {
            place: place.to_owned(),
            found: listing(files.iter().map(|file| file.name.as_str())),
        }));
    };
    // What was damaged may have been the file that is meant.
    if let Some(refusal) = refusal
        && most < Certainty::Known
    {
        return Err(refusal);
    }
    found.retain(|(certainty, ..)| *certainty == most);
    let all_netflix = found.iter().all(|(.., reader)| *reader == Reader::Netflix);
    if found.len() > 1 && !all_netflix {
        let names: Vec<&str> = found.iter().map(|(_, file, _)| file.name.as_str()).collect();
        let found = listing(names.into_iter());
        return Err(LoadError::Ambiguous { found });
    }
    choice.titles.retain(|(_, form)| all_netflix || *form != Form::Netflix);
    choice.ratings = found.into_iter().map(|(_, file, reader)| (file, reader)).collect();
    Ok(choice)
}

/// How to read ratings from a file, or why it holds none.
fn reader(
    file: &File<'_>,
    head: &[u8],
    expected: bool,
    options: &Options,
) -> Result<(Certainty, Reader), LoadError> {
    let no_ratings = || LoadError::NoRatings {
        place: file.name.clone(),
        found: "another kind of table".to_owned(),
    };
    match netflix::form(file, head) {
        netflix::Form::Ratings => return Ok((Certainty::Says, Reader::Netflix)),
        netflix::Form::Questions if expected => return Ok((Certainty::Fits, Reader::Netflix)),
        netflix::Form::Questions => return Err(no_ratings()),
        netflix::Form::Other => {}
    }
    let layout = delimited::layout(file, head, options)?;
    let certainty = if KNOWN.contains(&file.base().as_str()) {
        Certainty::Known
    } else if layout.header {
        Certainty::Says
    } else if expected || delimited::is_plausible(file, head, &layout) {
        Certainty::Fits
    } else {
        return Err(no_ratings());
    };
    Ok((certainty, Reader::Delimited(layout)))
}
