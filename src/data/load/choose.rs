//! Which of several files hold the ratings, the titles, the genres and the users.

use std::cell::OnceCell;

use super::delimited::Survey;
use super::error::listing;
use super::files::File;
use super::layout::{Layout, layout};
use super::table::Sink;
use super::titles::Form;
use super::{LoadError, Note, NoteKind, Options, Report, delimited, netflix, titles, users};
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
    Delimited(Layout),
    Netflix,
}

/// A file with ratings.
struct Rated<'f> {
    file: &'f File<'f>,
    reader: Reader,
    /// What all of its rows together tell, once they have been looked at.
    survey: OnceCell<Survey>,
}

/// A file that cannot be used.
struct Refused<'f> {
    file: &'f File<'f>,
    reason: String,
    /// Whether it is damaged, locked or packed in a way that is not known, and might be of use otherwise.
    #[cfg_attr(
        target_arch = "wasm32",
        expect(dead_code, reason = "only folders ask, and they are native")
    )]
    damaged: bool,
}

/// The files of an input that are used, and how.
pub(super) struct Choice<'f> {
    ratings: Vec<Rated<'f>>,
    titles: Vec<(&'f File<'f>, Form)>,
    genres: Option<&'f File<'f>>,
    users: Vec<(&'f File<'f>, users::Form)>,
    /// Files that cannot be used.
    refused: Vec<Refused<'f>>,
    /// Other tables that could be ratings.
    others: Vec<&'f File<'f>>,
}

impl<'f> Choice<'f> {
    /// Reads all ratings.
    pub(super) fn read(&self, sink: &mut Sink<'_>) -> Result<(), LoadError> {
        for Rated { file, reader, survey } in &self.ratings {
            match reader {
                Reader::Delimited(layout) => delimited::read(file, layout, survey, sink),
                Reader::Netflix => netflix::read(file, sink),
            }
            .map_err(|err| file.blame(err))?;
        }
        for Refused { file, reason, .. } in &self.refused {
            sink.report.push(companion(file, reason));
        }
        if let Some(first) = self.others.first() {
            let names = self.others.iter().map(|file| file.name.as_str());
            sink.report.push(Note {
                kind: NoteKind::OtherTables,
                count: self.others.len(),
                place: None,
                found: first.name.clone(),
                sentence: format!(
                    "{} is read; {} could be ratings, too, and is not used",
                    self.main().name,
                    listing(names)
                ),
                offer: None,
            });
        }
        Ok(())
    }

    /// Fills in what is known about rated items; a file that cannot be used is reported.
    pub(super) fn read_titles(&self, ids: &Ids, items: &mut [Option<Item>], report: &mut Report) {
        let genres = titles::genre_names(self.genres, report).unwrap_or_else(|err| {
            if let Some(file) = self.genres {
                report.push(companion(file, &err.to_string()));
            }
            titles::genre_names(None, report).unwrap_or_default()
        });
        for (file, form) in &self.titles {
            if let Err(err) = titles::read(file, form, &genres, ids, items, report) {
                report.push(companion(file, &file.blame(err).to_string()));
            }
        }
    }

    /// Fills in what is known about users with ratings; a file that cannot be used is reported.
    pub(super) fn read_users(
        &self,
        ids: &Ids,
        users: &mut [Option<Vec<Attribute>>],
        report: &mut Report,
    ) {
        for (file, form) in &self.users {
            if let Err(err) = users::read(file, *form, ids, users, report) {
                report.push(companion(file, &file.blame(err).to_string()));
            }
        }
    }

    /// The file with the ratings, the first if there are several.
    pub(super) fn main(&self) -> &'f File<'f> {
        self.ratings[0].file
    }

    /// Whether the ratings have the form of one of GroupLens' files.
    pub(super) fn is_movielens(&self) -> bool {
        matches!(&self.ratings[0].reader, Reader::Delimited(layout) if layout.movielens)
    }

    /// The names of all files that are used, and of those of which is said why they are not.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let ratings = self.ratings.iter().map(|rated| rated.file);
        let titles = self.titles.iter().map(|(file, _)| *file);
        let users = self.users.iter().map(|(file, _)| *file);
        // Pictures and the like beside a table are no news in a folder.
        let damaged = self.refused.iter().filter(|refused| refused.damaged);
        let damaged = damaged.map(|refused| refused.file);
        let told = damaged.chain(self.others.iter().copied());
        let used = ratings.chain(titles).chain(self.genres).chain(users);
        used.chain(told).map(|file| file.name.as_str())
    }
}

/// The note on a file beside the ratings that is not used, or not to its end.
fn companion(file: &File<'_>, reason: &str) -> Note {
    Note {
        kind: NoteKind::CompanionRefused,
        count: 1,
        place: None,
        found: file.name.clone(),
        sentence: format!("what stands beside the ratings is not all used: {reason}"),
        offer: None,
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
    let mut choice = Choice {
        ratings: Vec::new(),
        titles: Vec::new(),
        genres: None,
        users: Vec::new(),
        refused: Vec::new(),
        others: Vec::new(),
    };
    let mut refusal = None;
    let mut reasons: Vec<String> = Vec::new();
    let alone = files.len() == 1;
    for file in files {
        let known = KNOWN.contains(&file.base().as_str());
        let head = match file.head() {
            Ok(head) => head,
            Err(err) => {
                let damaged = matches!(
                    err,
                    LoadError::Damaged { .. }
                        | LoadError::Encrypted { .. }
                        | LoadError::Compression { .. }
                );
                reasons.push(err.to_string());
                choice.refused.push(Refused { file, reason: err.to_string(), damaged });
                if known || alone || damaged {
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
                reasons.push(err.to_string());
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
            found: match reasons.as_slice() {
                [] => "nothing that is a table".to_owned(),
                reasons => super::error::sentences(reasons),
            },
        }));
    };
    // What was damaged may have been the file that is meant.
    if let Some(refusal) = refusal
        && most < Certainty::Known
    {
        return Err(refusal);
    }
    choice.others = found
        .iter()
        .filter(|(c, ..)| *c < most && *c > Certainty::Fits)
        .map(|(_, file, _)| *file)
        .collect();
    found.retain(|(certainty, ..)| *certainty == most);
    let all_netflix = found.iter().all(|(.., reader)| *reader == Reader::Netflix);
    if found.len() > 1 && !all_netflix {
        let names: Vec<&str> = found.iter().map(|(_, file, _)| file.name.as_str()).collect();
        let found = listing(names.into_iter());
        return Err(LoadError::Ambiguous { found });
    }
    choice.titles.retain(|(_, form)| all_netflix || *form != Form::Netflix);
    let rated = |(_, file, reader)| Rated { file, reader, survey: OnceCell::new() };
    choice.ratings = found.into_iter().map(rated).collect();
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
    let layout = layout(file, head, options)?;
    let certainty = if KNOWN.contains(&file.base().as_str()) {
        Certainty::Known
    } else if layout.says_ratings() {
        Certainty::Says
    } else if expected || layout.is_plausible(file, head) {
        Certainty::Fits
    } else {
        return Err(no_ratings());
    };
    Ok((certainty, Reader::Delimited(layout)))
}
