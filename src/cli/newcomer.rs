//! `recommend --ratings FILE`: somebody who is not in the data.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::Failure;
use super::text::plain;
use factorscope::data::load::{load, read_path};
use factorscope::data::{Dataset, Line, toy};
use factorscope::models::{REGISTRY, Spec};

/// What a newcomer gave items of the data, ids ascending.
#[derive(Debug)]
pub struct Given {
    ids: Vec<u32>,
    ratings: Vec<f32>,
}

impl Given {
    /// Reads a line for each item, `item,rating`, with tabs or semicolons as well, and with or without a
    /// header; or any table that is read as data, of one user. An item is its id or its title.
    pub fn read(file: &Path, dataset: &Dataset) -> Result<Self, Failure> {
        let name = plain(&file.to_string_lossy());
        let titles = Titles::new(dataset);
        let text = fs::read(file)
            .map_err(|err| Failure::input(format!("{name} cannot be read: {err}")))?;
        let text = String::from_utf8_lossy(&text);
        let pairs = match pairs(&text, &titles) {
            Ok(pairs) => pairs,
            Err((line, why)) => match table(file, &titles) {
                Some(pairs) => pairs,
                None => return Err(Failure::input(format!("{name}, line {line}: {why}"))),
            },
        };
        let (low, high) = dataset.ratings.scale();
        let mut given: Vec<(u32, f32)> = Vec::new();
        for (item, rating) in pairs {
            if !(low..=high).contains(&rating) {
                return Err(Failure::input(format!(
                    "{name}: the ratings of {} go from {low} to {high}, and one here is {rating}",
                    plain(&dataset.name)
                )));
            }
            // Of two ratings of an item the later one counts, as in data.
            given.retain(|&(other, _)| other != item);
            given.push((item, rating));
        }
        if given.is_empty() {
            return Err(Failure::input(format!(
                "{name} holds no rating; write `title,rating` lines"
            )));
        }
        given.sort_unstable_by_key(|&(item, _)| item);
        let (ids, ratings) = given.into_iter().unzip();
        Ok(Self { ids, ratings })
    }

    /// The ratings as models take them.
    pub fn line(&self) -> Line<'_> {
        Line { ids: &self.ids, ratings: &self.ratings }
    }
}

/// That a model has to learn with a user's ratings, and which ones need not.
pub fn cannot(spec: &Spec) -> Failure {
    let able = REGISTRY.iter().filter(|entry| Spec::new(entry.id).is_ok_and(|spec| takes(&spec)));
    let able: Vec<&str> = able.map(|entry| entry.id).collect();
    Failure::usage(format!(
        "with these settings `{}` must be trained with a user's ratings before it knows the user; models \
         that take in a newcomer are {}",
        spec.entry().id,
        able.join(", ")
    ))
}

/// Whether a model takes in a newcomer; asked of one that has not learned, which costs nothing.
pub fn takes(spec: &Spec) -> bool {
    let model = spec.build(Arc::clone(&toy::toy().ratings), 0);
    model.fold_in(Line { ids: &[], ratings: &[] }).is_some()
}

/// The items of the data by id, and by title with and without the year.
struct Titles<'a> {
    dataset: &'a Dataset,
    by_title: HashMap<String, Vec<u32>>,
}

impl<'a> Titles<'a> {
    fn new(dataset: &'a Dataset) -> Self {
        let mut by_title: HashMap<String, Vec<u32>> = HashMap::new();
        for (i, item) in (0..).zip(&dataset.catalogue) {
            let title = folded(&item.title);
            if let Some(year) = item.year {
                by_title.entry(format!("{title} {year}")).or_default().push(i);
            }
            by_title.entry(title).or_default().push(i);
        }
        Self { dataset, by_title }
    }

    /// The item of this id or title, or why there is none.
    fn find(&self, text: &str) -> Result<u32, String> {
        if let Some(i) = self.dataset.ratings.item_ids().index(text) {
            return Ok(i as u32);
        }
        match self.by_title.get(&folded(text)).map(Vec::as_slice) {
            Some([i]) => Ok(*i),
            Some(several) => {
                let ids = self.dataset.ratings.item_ids();
                let ids: Vec<String> =
                    several.iter().map(|&i| plain(ids.name(i as usize))).collect();
                Err(format!(
                    "`{}` is the title of several items; write the year behind it in parentheses, or one \
                     of the ids {}",
                    plain(text),
                    ids.join(", ")
                ))
            }
            None => Err(format!(
                "no item has the id or title `{}`; write it as the data does, or leave the line out",
                plain(text)
            )),
        }
    }
}

/// A title as it is compared: small letters and digits alone, the article in front, the year without
/// parentheses. `Matrix, The (1999)` is `the matrix 1999`.
fn folded(title: &str) -> String {
    const ARTICLES: [&str; 12] =
        ["the", "a", "an", "le", "la", "les", "il", "el", "los", "der", "die", "das"];
    let lower = title.trim().to_lowercase();
    let (name, year) = match lower.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((name, year)) if year.len() == 4 && year.parse::<u16>().is_ok() => (name, year),
        _ => (&*lower, ""),
    };
    let name = match name.trim().rsplit_once(',') {
        Some((rest, article)) if ARTICLES.contains(&article.trim()) => {
            format!("{} {rest}", article.trim())
        }
        _ => name.to_owned(),
    };
    let spaced = format!("{name} {year}").replace('\'', "");
    let words = spaced.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The ratings of lines `item<separator>rating`, or the first line that is none and why.
fn pairs(text: &str, titles: &Titles) -> Result<Vec<(u32, f32)>, (usize, String)> {
    let mut found = Vec::new();
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    for (n, line) in (1..).zip(lines).filter(|(_, line)| !line.is_empty()) {
        let wrong = || (n, "expected an id or a title, a comma and a rating".to_owned());
        let (item, rating) = line.rsplit_once(['\t', ';', ',']).ok_or_else(wrong)?;
        let item = item.trim();
        let unquoted = item.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let item = unquoted.map_or(item.to_owned(), |rest| rest.replace("\"\"", "\""));
        let rating = rating.trim().trim_matches('"').parse::<f32>();
        match rating {
            Ok(rating) if rating.is_finite() => {
                found.push((titles.find(&item).map_err(|why| (n, why))?, rating));
            }
            // A first line of words names the columns.
            _ if found.is_empty() && n == 1 => {}
            _ => return Err(wrong()),
        }
    }
    Ok(found)
}

/// The ratings of a table of one user; nothing where it is none, or holds an item that the data has not.
fn table(file: &Path, titles: &Titles) -> Option<Vec<(u32, f32)>> {
    let own = load(&read_path(file).ok()?).ok()?;
    if own.ratings.users() != 1 {
        return None;
    }
    let row = own.ratings.row(0);
    row.iter()
        .map(|(i, r)| {
            let found = titles.find(own.ratings.item_ids().name(i));
            Some((found.or_else(|_| titles.find(&own.catalogue[i].title)).ok()?, r))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use factorscope::data::Item;

    #[test]
    fn titles_are_the_same_in_other_dress() {
        for title in ["Matrix, The (1999)", "The Matrix (1999)", "the matrix 1999"] {
            assert_eq!(folded(title), "the matrix 1999", "{title}");
        }
        assert_eq!(folded("Schindler's List"), "schindlers list");
        assert_eq!(folded("Amélie  (2001)"), "amélie 2001");
        assert_eq!(folded("Good, the Bad and the Ugly, The"), "the good the bad and the ugly");
    }

    #[test]
    fn items_are_found_by_id_by_title_and_with_the_year_where_it_takes_one() {
        let mut dataset = toy::toy();
        let item = |title: &str, year| Item {
            title: title.to_owned(),
            year: Some(year),
            genres: Vec::new(),
        };
        dataset.catalogue =
            vec![item("Sabrina", 1954), item("Matrix, The", 1999), item("Sabrina", 1995)];
        let titles = Titles::new(&dataset);
        let read = |text| pairs(text, &titles);
        assert_eq!(read("item,rating\n2,4\n").unwrap(), [(1, 4.0)]);
        assert_eq!(read("The Matrix,4.5\r\n\r\nSabrina (1995);2").unwrap(), [(1, 4.5), (2, 2.0)]);
        assert_eq!(read("\"Matrix, The (1999)\"\t3").unwrap(), [(1, 3.0)]);
        assert_eq!(read("Matrix, The,3").unwrap(), [(1, 3.0)]);
        let (line, why) = read("The Matrix,4\nSabrina,3").unwrap_err();
        assert!(line == 2 && why.contains("ids 1, 3"), "{line}: {why}");
        let (line, why) = read("Metropolis,3").unwrap_err();
        assert!(line == 1 && why.contains("`Metropolis`"), "{line}: {why}");
        assert_eq!(read("The Matrix,4\nThe Matrix").unwrap_err().0, 2);
    }

    #[test]
    fn every_model_takes_a_newcomer_or_says_which_do() {
        let able = |id: &str| takes(&Spec::new(id).unwrap());
        assert!(["svd", "als", "pmf", "nsvd", "asymmetric-svd"].into_iter().all(able));
        assert!(!able("item-knn"));
        let said = cannot(&Spec::new("item-knn").unwrap()).message;
        assert!(said.contains("`item-knn` must be trained") && said.contains("svd, als"), "{said}");
    }
}
