//! From a data set to the content of the compact form.

use std::collections::HashMap;

use crate::data::{Ids, Item, Lists, Ratings};

/// An id's value if the id is that value's usual decimal form.
fn decimal(id: &str) -> Option<u64> {
    let value: u64 = id.parse().ok()?;
    let is_usual = id == "0" || id.as_bytes()[0].is_ascii_digit() && !id.starts_with('0');
    is_usual.then_some(value)
}

/// The content before it is deflated.
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    /// Ascending decimal ids as gaps, others as text.
    pub(super) fn ids(&mut self, ids: &Ids) {
        self.number(ids.len() as u64);
        let values: Option<Vec<u64>> = ids.iter().map(decimal).collect();
        self.0.push(u8::from(values.is_some()));
        let Some(values) = values else {
            return ids.iter().for_each(|id| self.text(id));
        };
        let mut before = 0;
        for value in values {
            self.number(value - before);
            before = value;
        }
    }

    pub(super) fn catalogue(&mut self, items: &[Item]) {
        for item in items {
            self.text(&item.title);
        }
        for item in items {
            self.number(item.year.map_or(0, |year| u64::from(year) + 1));
        }
        let mut names: Vec<&str> = Vec::new();
        let mut numbers: HashMap<&str, u64> = HashMap::new();
        for genre in items.iter().flat_map(|item| &item.genres) {
            numbers.entry(genre).or_insert_with(|| {
                names.push(genre);
                names.len() as u64 - 1
            });
        }
        self.number(names.len() as u64);
        for name in names {
            self.text(name);
        }
        for item in items {
            self.number(item.genres.len() as u64);
            for genre in &item.genres {
                self.number(numbers[genre.as_str()]);
            }
        }
    }

    pub(super) fn attributes(&mut self, lists: &Lists, lines: usize) {
        self.number(lists.names().len() as u64);
        for name in lists.names() {
            self.text(&name.kind);
            self.text(&name.value);
        }
        if lists.names().is_empty() {
            return;
        }
        for line in 0..lines {
            self.number(lists.of(line).len() as u64);
            for &a in lists.of(line) {
                self.number(a.into());
            }
        }
    }

    pub(super) fn ratings(&mut self, ratings: &Ratings) {
        for u in 0..ratings.users() {
            self.number(ratings.row(u).len() as u64);
        }
        for u in 0..ratings.users() {
            let mut next = 0;
            for &i in ratings.row(u).ids {
                self.number(u64::from(i - next));
                next = i + 1;
            }
        }
        let mut values: Vec<f32> = ratings.iter().map(|rating| rating.r).collect();
        values.sort_unstable_by(f32::total_cmp);
        values.dedup_by_key(|r| r.to_bits());
        self.number(values.len() as u64);
        for value in &values {
            self.0.extend(value.to_le_bytes());
        }
        for rating in ratings.iter() {
            let at = values.binary_search_by(|value| value.total_cmp(&rating.r));
            self.number(at.unwrap_or_default() as u64);
        }
        let Some(times) = ratings.timestamps() else {
            return self.0.push(0);
        };
        self.0.push(1);
        let row = |u| &times[ratings.positions(u)];
        let first = |u| row(u).iter().min().copied().unwrap_or_default();
        for u in 0..ratings.users() {
            self.number(u64::from(first(u)));
        }
        // The four bytes of each number in four planes: the upper ones hardly vary.
        for byte in (0..4).rev() {
            for u in 0..ratings.users() {
                let start = first(u);
                let since = row(u).iter().map(|time| time - start);
                self.0.extend(since.map(|since| since.to_le_bytes()[byte]));
            }
        }
    }
}
