//! The films of the simulation: some 400 well-known ones, from all decades and many countries.

use super::Item;

/// A header, then title, year and genres (joined by `|`), by year and title.
const LIST: &str = include_str!("films.tsv");

/// The films in the order of the list.
pub(super) fn films() -> Vec<Item> {
    let film = |line: &str| {
        let mut fields = line.split('\t');
        Some(Item {
            title: fields.next()?.to_owned(),
            year: fields.next()?.parse().ok(),
            genres: fields.next()?.split('|').map(str::to_owned).collect(),
        })
    };
    LIST.lines().skip(1).filter_map(film).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_is_a_film_with_title_year_and_genres_in_order() {
        let films = films();
        assert_eq!(films.len(), LIST.lines().count() - 1);
        assert!((390..=410).contains(&films.len()), "{} films", films.len());
        let mut seen = HashSet::new();
        for film in &films {
            let year = film.year.expect(&film.title);
            assert!((1895..=2024).contains(&year), "{film:?}");
            assert!(!film.title.is_empty() && film.title == film.title.trim());
            assert!(seen.insert((&film.title, year)), "{film:?} twice");
            assert!(film.genres.iter().all(|genre| !genre.is_empty()));
            assert!(film.genres.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert!(films.is_sorted_by_key(|film| (film.year, &film.title)));
    }

    #[test]
    fn every_decade_since_1920_has_films() {
        let films = films();
        for decade in 192..=202 {
            assert!(films.iter().any(|film| film.year.unwrap() / 10 == decade));
        }
    }
}
