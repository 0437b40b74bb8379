//! The first time through the files: how many ratings there are, and whose.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::lines::Lines;
use super::{Entry, Row, row};
use crate::data::load::LoadError;
use crate::data::load::names::Names;

/// From how many ratings on it counts whether most of them repeat others.
const MANY: usize = 1 << 17;
/// How many hashes a [`Sketch`] keeps.
const SAMPLE: usize = 1 << 12;

/// What is counted of the ratings of one set.
pub(in super::super) struct Count {
    /// How many there are of each user, by the user's number.
    pub(super) users: Vec<u32>,
    pub(super) all: usize,
    /// How many of them have a time.
    pub(super) timed: usize,
    pub(super) lines: Lines,
    different: Sketch,
    most: usize,
}

impl Default for Count {
    fn default() -> Self {
        Self {
            users: Vec::new(),
            all: 0,
            timed: 0,
            lines: Lines::default(),
            different: Sketch::default(),
            most: u32::MAX as usize,
        }
    }
}

impl Count {
    /// Counts a rating, and numbers its user and its item.
    pub(super) fn add(&mut self, names: &mut Names, entry: &Entry<'_>) -> Result<(), LoadError> {
        let n = self.all;
        self.lines.mark(n, entry.line);
        if n >= self.most {
            return Err(self.refuse("more ratings than 4294967295"));
        }
        let u = names.users.number(entry.user);
        let i = names.items.number(entry.item);
        let user = u as usize;
        if self.users.len() <= user {
            self.users.resize(user + 1, 0);
        }
        self.users[user] += 1;
        self.all += 1;
        self.timed += usize::from(entry.time.is_some());
        self.different.see(&row(u, i, entry));
        Ok(())
    }

    /// Whether there are many ratings and at least half of them repeat others, about.
    pub(super) fn mostly_repeats(&self) -> bool {
        self.all >= MANY && self.different.count() * 2.0 < self.all as f64
    }

    /// Says at which rating a limit was reached: the last that was marked.
    pub(super) fn refuse(&self, reason: &'static str) -> LoadError {
        let (file, line) = self.lines.last();
        LoadError::TooMany { file: self.lines.file(file).to_owned(), line, reason }
    }
}

/// About how many different rows there are among many, from the smallest of their hashes: if the 4,096th
/// of them lies at a thousandth of all there could be, there are 4,096 thousand.
struct Sketch {
    /// Drawn anew each time, so that nobody can write rows whose hashes are known. It decides how ratings
    /// are kept, and never which.
    key: u64,
    smallest: BTreeSet<u64>,
    /// Hashes above are too large to be kept.
    least: u64,
}

impl Default for Sketch {
    fn default() -> Self {
        let key = RandomState::new().build_hasher().finish();
        Self { key, smallest: BTreeSet::new(), least: u64::MAX }
    }
}

impl Sketch {
    fn see(&mut self, row: &Row) {
        let words = row.map(u64::from);
        let pairs = [words[0] << 32 | words[1], words[2] << 32 | words[3]];
        let mut hash = self.key;
        for pair in pairs {
            hash = (hash ^ pair).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            hash ^= hash >> 32;
        }
        hash = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        if hash <= self.least && self.smallest.insert(hash) && self.smallest.len() > SAMPLE {
            self.smallest.pop_last();
            self.least = self.smallest.last().copied().unwrap_or(u64::MAX);
        }
    }

    fn count(&self) -> f64 {
        if self.smallest.len() < SAMPLE {
            return self.smallest.len() as f64;
        }
        self.smallest.len() as f64 * (u64::MAX as f64 / self.least.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_ratings_is_limited_with_a_sentence() {
        let mut count = Count { most: 2, ..Count::default() };
        count.lines.begin("big.csv");
        let mut names = Names::default();
        let mut add = |line: u64| {
            let entry = Entry { user: "a", item: "b", r: 1.0, time: None, line };
            count.add(&mut names, &entry)
        };
        assert_eq!((add(1), add(2)), (Ok(()), Ok(())));
        let message = add(3).unwrap_err().to_string();
        assert_eq!(
            message,
            "big.csv, line 3: more ratings than 4294967295; take a sample of the ratings"
        );
    }

    #[test]
    fn different_rows_are_told_from_repeated_ones() {
        for different in [1, 1000, 20_000, 150_000] {
            let mut sketch = Sketch::default();
            for n in 0..300_000_u32 {
                let n = n % different;
                sketch.see(&[n / 50, n % 50, 5, u32::MAX]);
            }
            let ratio = sketch.count() / f64::from(different);
            assert!((0.8..1.2).contains(&ratio), "{different}: {ratio}");
        }
    }
}
