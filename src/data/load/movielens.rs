//! What is particular to MovieLens: the names of its files and editions, the genres of 100K.

use super::LoadError;
use super::Report;
use super::error::plain;
use super::files::{File, base};
use super::records::{Separator, Shape};
use super::report::{NoteKind, Tally};
use super::values;
use crate::sort;

/// MovieLens 100K's genres in the order of its flags, for a u.item without its u.genre.
const GENRES: [&str; 19] = [
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
];

/// Whether a file of this name is MovieLens 100K's ratings, or one of its given splits.
pub(super) fn is_100k(base: &str) -> bool {
    let split = || {
        let (fold, half) = base.strip_prefix('u')?.split_once('.')?;
        let fits = ["1", "2", "3", "4", "5", "a", "b"].contains(&fold);
        (fits && ["base", "test"].contains(&half)).then_some(())
    };
    base == "u.data" || split().is_some()
}

/// The edition that a path speaks of: `ml-25m/ratings.csv` is "MovieLens 25M".
pub(super) fn edition(path: &str) -> Option<String> {
    let name = |part: &str| {
        let part = part.to_ascii_lowercase();
        let edition = part.strip_suffix(".zip").unwrap_or(&part);
        let edition = edition.strip_prefix("ml-")?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if edition.is_empty() || !edition.chars().all(is_name) {
            return None;
        }
        let shown = match edition {
            "10m100k" => "10M".to_owned(),
            size if size.starts_with(|c: char| c.is_ascii_digit()) => size.to_uppercase(),
            word => word.to_owned(),
        };
        Some(format!("MovieLens {shown}"))
    };
    path.rsplit(['/', '\\']).find_map(name)
}

/// The name of a data set: its edition where that is recognizable, else its file's name.
pub(super) fn title(file: &File<'_>, is_movielens: bool) -> String {
    let edition = || edition(&file.name).or_else(|| edition(file.source));
    let known = is_movielens.then(edition).flatten();
    known.unwrap_or_else(|| plain(base(file.source)))
}

/// The genres of a u.genre: `Action|1` and so on, in the order of their numbers.
pub(super) fn genres(
    file: Option<&File<'_>>,
    report: &mut Report,
) -> Result<Vec<String>, LoadError> {
    let Some(file) = file else {
        return Ok(GENRES.map(str::to_owned).into());
    };
    let mut genres: Vec<(usize, String)> = Vec::new();
    let mut left = Tally::default();
    let mut records = file.records(Shape::of(Separator::Unquoted(b'|')))?;
    while records.next()? {
        let number = values::latin1_or_utf8(records.column(1).trim_ascii()).parse().ok();
        let Some(number) = number else {
            let expected = "a genre and its number, as in `Action|1`";
            left.add(NoteKind::Companion, records.line(), None, expected, records.column(0));
            continue;
        };
        let name = values::latin1_or_utf8(records.column(0).trim_ascii());
        genres.push((number, name.into_owned()));
    }
    left.report(&file.name, genres.len(), report);
    sort::by(&mut genres, &|a, b| a.cmp(b));
    Ok(genres.into_iter().map(|(_, name)| name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_recognized_by_the_folder_or_the_zip() {
        let named = |path| edition(path).unwrap_or_default();
        assert_eq!(named("ml-latest-small/ratings.csv"), "MovieLens latest-small");
        assert_eq!(named("data/ml-25m/ratings.csv"), "MovieLens 25M");
        assert_eq!(named("ml-10M100K/ratings.dat"), "MovieLens 10M");
        assert_eq!(named(r"C:\ml-1m.zip"), "MovieLens 1M");
        assert_eq!(edition("ml-/ratings.csv"), None);
        assert_eq!(edition("films/ratings.csv"), None);
    }

    #[test]
    fn the_files_of_100k_are_known_by_name() {
        assert!(["u.data", "u1.base", "u5.test", "ua.base"].iter().all(|name| is_100k(name)));
        assert!(["u.item", "u6.base", "users.data", "u1.csv"].iter().all(|name| !is_100k(name)));
    }
}
