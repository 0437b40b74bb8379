//! Ratings as they are read: ids become numbers at once, and the line of each rating is kept.

mod duplicates;

use std::sync::Arc;

use super::names::{Names, Order};
use super::{Duplicates, LoadError, Options, Report};
use crate::data::{Duplicate, Rating, Ratings};
use duplicates::Folded;

/// Where the ratings of a file go, and what is said about them.
pub(super) struct Sink<'a, 'w> {
    pub(super) names: &'a mut Names,
    pub(super) table: &'a mut Table<'w>,
    pub(super) options: &'a Options,
    pub(super) report: &'a mut Report,
}

/// One rating as a file has it.
pub(super) struct Entry<'a> {
    pub(super) user: &'a str,
    pub(super) item: &'a str,
    pub(super) r: f32,
    pub(super) time: Option<u32>,
    pub(super) line: u64,
}

/// In place of a time that is missing: the last second of the year-2106 problem.
const UNKNOWN: u32 = u32::MAX;

/// A file's number and a line in it.
type Spot = (usize, u64);

/// Consecutive ratings of one file, on consecutive lines (a step of 1) or on one line (of 0).
struct Run {
    step: u64,
    first: usize,
    file: usize,
    line: u64,
}

/// After how many ratings somebody who waits is told.
const TOLD: usize = 1 << 16;

/// The ratings of one set, from one file or several.
pub(super) struct Table<'w> {
    ratings: Vec<Rating>,
    /// As many, [`UNKNOWN`] where there is none.
    times: Vec<u32>,
    /// Whether every rating has a time.
    timed: Option<bool>,
    files: Vec<String>,
    runs: Vec<Run>,
    folded: Folded,
    most: usize,
    /// Told now and then how many ratings there are.
    heard: &'w dyn Fn(usize),
}

impl<'w> Table<'w> {
    pub(super) fn new(heard: &'w dyn Fn(usize)) -> Self {
        Self {
            ratings: Vec::new(),
            times: Vec::new(),
            timed: None,
            files: Vec::new(),
            runs: Vec::new(),
            folded: Folded::default(),
            most: u32::MAX as usize,
            heard,
        }
    }

    /// What follows stands in the file of this name.
    pub(super) fn begin(&mut self, file: &str) {
        self.files.push(file.to_owned());
    }

    pub(super) fn len(&self) -> usize {
        self.ratings.len()
    }

    /// Adds a rating; the number of its item.
    pub(super) fn push(&mut self, names: &mut Names, entry: &Entry<'_>) -> Result<u32, LoadError> {
        let n = self.ratings.len();
        if n > 0 && n.is_multiple_of(TOLD) {
            (self.heard)(n);
        }
        if n == self.ratings.capacity() {
            if self.mostly_repeats() {
                self.fold();
            }
            self.grow(entry.line)?;
        }
        let n = self.ratings.len();
        let file = self.files.len().saturating_sub(1);
        self.mark(n, file, entry.line);
        let item = names.items.number(entry.item);
        self.ratings.push(Rating {
            u: names.users.number(entry.user) as usize,
            i: item as usize,
            r: entry.r,
        });
        self.times.push(entry.time.unwrap_or(UNKNOWN));
        self.timed = Some(self.timed != Some(false) && entry.time.is_some());
        Ok(item)
    }

    /// Says where the rating of this number stands, which is the last.
    fn mark(&mut self, n: usize, file: usize, line: u64) {
        let after = |run: &Run| line == run.line + run.step * (n - run.first) as u64;
        match self.runs.last_mut() {
            Some(run) if run.file == file && run.first + 1 == n && line <= run.line + 1 => {
                run.step = line.saturating_sub(run.line);
            }
            Some(run) if run.file == file && after(run) => {}
            _ => self.runs.push(Run { first: n, file, line, step: 1 }),
        }
    }

    fn grow(&mut self, line: u64) -> Result<(), LoadError> {
        let refuse = |reason| LoadError::TooMany {
            file: self.files.last().cloned().unwrap_or_default(),
            line,
            reason,
        };
        let n = self.ratings.len();
        if n < self.ratings.capacity() {
            return Ok(());
        }
        if n >= self.most {
            return Err(refuse("more ratings than 4294967295"));
        }
        let more = n.max(1 << 12).min(self.most - n);
        let full = "more ratings than fit into memory";
        self.ratings.try_reserve_exact(more).map_err(|_| refuse(full))?;
        self.times.try_reserve_exact(more).map_err(|_| refuse(full))?;
        Ok(())
    }

    /// Leaves the ratings that are kept.
    fn keep(&mut self, kept: &[bool]) {
        let mut keep = kept.iter();
        self.ratings.retain(|_| keep.next() == Some(&true));
        let mut keep = kept.iter();
        self.times.retain(|_| keep.next() == Some(&true));
    }

    /// The rating set; where an item has several ratings of one user, `duplicates` decides.
    pub(super) fn finish(
        mut self,
        order: &Order,
        duplicates: Duplicates,
        report: &mut Report,
    ) -> Result<Ratings, LoadError> {
        for rating in &mut self.ratings {
            rating.u = order.user_index[rating.u] as usize;
            rating.i = order.item_index[rating.i] as usize;
        }
        if let Some((rating, ..)) = &mut self.folded.first {
            rating.u = order.user_index[rating.u] as usize;
            rating.i = order.item_index[rating.i] as usize;
        }
        match self.build(order) {
            Ok(ratings) if self.folded.count == 0 => Ok(ratings),
            Err(twice) if duplicates == Duplicates::Refuse && !self.is_same(&twice) => {
                Err(self.refuse(order, &twice))
            }
            // That no pair comes twice is the rule: only where it does not hold is there more work.
            _ => {
                self.settle(order, duplicates, report)?;
                self.build(order).map_err(|twice| self.refuse(order, &twice))
            }
        }
    }

    fn build(&self, order: &Order) -> Result<Ratings, Duplicate> {
        let times = (self.timed == Some(true)).then_some(self.times.as_slice());
        let (users, items) = (Arc::clone(&order.users), Arc::clone(&order.items));
        Ratings::new(users, items, &self.ratings, times)
    }

    fn time(&self, n: usize) -> Option<u32> {
        self.times.get(n).copied().filter(|&time| time != UNKNOWN)
    }

    /// A place in words, in a sentence about this file.
    fn words(&self, (of, line): Spot, file: &str) -> String {
        match self.files[of].as_str() {
            same if same == file => format!("line {line}"),
            other => format!("{other}, line {line}"),
        }
    }

    fn place(&self, n: usize) -> (&str, u64) {
        let (file, line) = self.spot(n);
        (&self.files[file], line)
    }

    fn spot(&self, n: usize) -> Spot {
        let run = self.runs.partition_point(|run| run.first <= n) - 1;
        let run = &self.runs[run];
        (run.file, run.line + run.step * (n - run.first) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_ratings_is_limited_with_a_sentence() {
        let mut table = Table::new(&|_| ());
        table.most = 2;
        table.begin("big.csv");
        let mut names = Names::default();
        let mut push = |line: u64| {
            let entry = Entry { user: "a", item: "b", r: 1.0, time: None, line };
            table.push(&mut names, &entry)
        };
        assert_eq!((push(1), push(2)), (Ok(0), Ok(0)));
        let message = push(3).unwrap_err().to_string();
        assert_eq!(
            message,
            "big.csv, line 3: more ratings than 4294967295; take a sample of the ratings"
        );
    }
}
