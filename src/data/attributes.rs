//! What is known of users and items beside ratings: age, gender, occupation, genres.

use serde::Serialize;

use super::Item;
use crate::sort;

/// One thing that a user or an item can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Attribute {
    /// What it tells: `age`, `gender`, `occupation` or `genre`.
    pub kind: String,
    /// What it is, for example `25-34`.
    pub value: String,
}

impl Attribute {
    /// An attribute by its words.
    pub fn new(kind: &str, value: &str) -> Self {
        Self { kind: kind.to_owned(), value: value.to_owned() }
    }
}

/// The attributes of all users, or of all items: a list of those there are, and for each user or item
/// the dense indices of its own, compressed, 4 bytes each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lists {
    names: Vec<Attribute>,
    start: Vec<u32>,
    ids: Vec<u32>,
}

impl Lists {
    /// One list for each user or item, in the order of their dense indices. The attributes are numbered
    /// by kind, then value; so their numbers do not depend on the order in which a file tells them.
    pub fn new(each: &[Vec<Attribute>]) -> Self {
        let mut all: Vec<&Attribute> = each.iter().flatten().collect();
        sort::by(&mut all, &|a, b| a.cmp(b));
        all.dedup();
        let names: Vec<Attribute> = all.into_iter().cloned().collect();
        let own = |list: &Vec<Attribute>| -> Vec<u32> {
            let number = |a| names.binary_search(a).ok().map(|n| n as u32);
            list.iter().filter_map(number).collect()
        };
        let each: Vec<_> = each.iter().map(own).collect();
        Self::numbered(names, each.into_iter())
    }

    /// The genres of a catalogue.
    pub fn genres(catalogue: &[Item]) -> Self {
        let mut all: Vec<&str> =
            catalogue.iter().flat_map(|item| &item.genres).map(String::as_str).collect();
        sort::by(&mut all, &|a, b| a.cmp(b));
        all.dedup();
        let own = |item: &Item| -> Vec<u32> {
            let number = |genre: &String| all.binary_search(&genre.as_str()).ok().map(|n| n as u32);
            item.genres.iter().filter_map(number).collect()
        };
        let names = all.iter().map(|name| Attribute::new("genre", name)).collect();
        Self::numbered(names, catalogue.iter().map(own))
    }

    /// The same as it was: names that ascend and, line after line, the numbers of its own, ascending;
    /// `None` if they are not so.
    pub(super) fn in_order(names: Vec<Attribute>, start: Vec<u32>, ids: Vec<u32>) -> Option<Self> {
        let lists = Self { names, start, ids };
        let names_ascend = lists.names.windows(2).all(|pair| pair[0] < pair[1]);
        let is_line = |own: &[u32]| {
            let known = own.last().is_none_or(|&last| (last as usize) < lists.names.len());
            known && own.windows(2).all(|pair| pair[0] < pair[1])
        };
        let lines = lists.start.len().saturating_sub(1);
        let fits = names_ascend && (0..lines).all(|line| is_line(lists.of(line)));
        fits.then_some(lists)
    }

    fn numbered(names: Vec<Attribute>, each: impl Iterator<Item = Vec<u32>>) -> Self {
        if names.is_empty() {
            return Self::default();
        }
        let (mut start, mut ids) = (vec![0], Vec::new());
        for mut own in each {
            own.sort_unstable();
            own.dedup();
            ids.extend(own);
            start.push(ids.len() as u32);
        }
        Self { names, start, ids }
    }

    /// The attributes there are, by kind, then value; none where nothing is known of anybody.
    pub fn names(&self) -> &[Attribute] {
        &self.names
    }

    /// The indices of the attributes of one user or item, ascending.
    pub fn of(&self, line: usize) -> &[u32] {
        match (self.start.get(line), self.start.get(line + 1)) {
            (Some(&from), Some(&to)) => &self.ids[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The same for one user or item, in words.
    pub fn words(&self, line: usize) -> impl Iterator<Item = &Attribute> {
        self.of(line).iter().map(|&a| &self.names[a as usize])
    }

    /// The lists of these users or items alone, in this order.
    #[must_use]
    pub fn pick(&self, lines: &[usize]) -> Self {
        let own = |&line: &usize| self.words(line).cloned().collect();
        Self::new(&lines.iter().map(own).collect::<Vec<_>>())
    }
}

/// What is known of users and of items, in the dense indices of a rating set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// A(u): age group, gender, occupation, where the data has them.
    pub users: Lists,
    /// G(i): the item's genres.
    pub items: Lists,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_numbered_by_kind_and_value_whatever_the_order() {
        let of = |words: &[(&str, &str)]| -> Vec<Attribute> {
            words.iter().map(|&(kind, value)| Attribute::new(kind, value)).collect()
        };
        let lists = Lists::new(&[
            of(&[("gender", "F"), ("age", "25-34")]),
            Vec::new(),
            of(&[("age", "18-24"), ("gender", "F")]),
        ]);
        let names: Vec<&str> = lists.names().iter().map(|a| a.value.as_str()).collect();
        assert_eq!(names, ["18-24", "25-34", "F"]);
        assert_eq!((lists.of(0), lists.of(1), lists.of(2)), (&[1, 2][..], &[][..], &[0, 2][..]));
        assert!(lists.of(3).is_empty());
        let picked = lists.pick(&[1, 0]);
        assert_eq!((picked.names().len(), picked.of(0), picked.of(1)), (2, &[][..], &[0, 1][..]));
        assert_eq!(Lists::new(&[Vec::new()]), Lists::default());
    }

    #[test]
    fn a_genre_that_stands_twice_counts_once() {
        let item = |genres: &[&str]| Item {
            genres: genres.iter().map(|&g| g.to_owned()).collect(),
            ..Item::default()
        };
        let lists = Lists::genres(&[item(&["War", "Drama", "War"]), item(&[])]);
        assert_eq!((lists.of(0), lists.of(1)), (&[0, 1][..], &[][..]));
        assert_eq!(lists.words(0).next(), Some(&Attribute::new("genre", "Drama")));
    }
}
