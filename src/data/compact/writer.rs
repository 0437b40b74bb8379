//! From a data set to the content of the compact form.

use std::collections::HashMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::data::{Ids, Item, Lists, Ratings};

/// An id's value if the id is that value's usual decimal form.
fn decimal(id: &str) -> Option<u64> {
    let value: u64 = id.parse().ok()?;
    let is_usual = id == "0" || id.as_bytes()[0].is_ascii_digit() && !id.starts_with('0');
    is_usual.then_some(value)
}

/// How much is deflated at once.
const PART: usize = 1 << 15;

/// The content, deflated as it is written and never whole in memory.
pub(super) struct Writer {
    deflate: DeflateEncoder<Vec<u8>>,
    /// What is still to be deflated.
    part: Vec<u8>,
    /// How much has been.
    written: u64,
}

impl Writer {
    /// Goes on behind these bytes, at this level.
    pub(super) fn new(before: Vec<u8>, level: Compression) -> Self {
        let deflate = DeflateEncoder::new(before, level);
        Self { deflate, part: Vec::with_capacity(2 * PART), written: 0 }
    }

    /// The deflated bytes behind those before, and how long the content is.
    pub(super) fn finish(mut self) -> (Vec<u8>, u64) {
        self.flush();
        // Writing to memory does not fail.
        (self.deflate.finish().unwrap_or_default(), self.written)
    }

    pub(super) fn bytes(&mut self, bytes: impl IntoIterator<Item = u8>) {
        self.part.extend(bytes);
        if self.part.len() >= PART {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let _infallible = self.deflate.write_all(&self.part);
        self.written += self.part.len() as u64;
        self.part.clear();
    }

    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.part.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes([value as u8]);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.bytes());
    }

    /// Ascending decimal ids as gaps, others as text.
    pub(super) fn ids(&mut self, ids: &Ids) {
        self.number(ids.len() as u64);
        let values: Option<Vec<u64>> = ids.iter().map(decimal).collect();
        self.bytes([u8::from(values.is_some())]);
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
        let values = values(ratings);
        self.number(values.len() as u64);
        for value in &values {
            self.bytes(value.to_le_bytes());
        }
        for rating in ratings.iter() {
            let at = values.binary_search_by(|value| value.total_cmp(&rating.r));
            self.number(at.unwrap_or_default() as u64);
        }
        let Some(times) = ratings.timestamps() else {
            return self.bytes([0]);
        };
        self.bytes([1]);
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
                self.bytes(since.map(|since| since.to_le_bytes()[byte]));
            }
        }
    }
}

/// The different ratings, ascending.
fn values(ratings: &Ratings) -> Vec<f32> {
    let sort = |values: &mut Vec<f32>| {
        values.sort_unstable_by(f32::total_cmp);
        values.dedup_by_key(|r| r.to_bits());
    };
    let (mut values, mut room) = (Vec::new(), PART);
    for rating in ratings.iter() {
        values.push(rating.r);
        // Mostly there are few, of very many ratings.
        if values.len() == room {
            sort(&mut values);
            room = 2 * values.len() + PART;
        }
    }
    sort(&mut values);
    values
}
