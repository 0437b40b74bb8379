//! Ratings on their way from files into a set. All files are read twice: the first time, ids get their
//! numbers and the ratings are counted; the second time, each rating goes where it stays.

mod count;
mod duplicates;
mod lines;

use std::collections::{HashMap, TryReserveError};
use std::sync::Arc;

use super::names::{Names, Order};
use super::{Duplicates, LoadError, Options, Reading, Report};
use crate::data::{Builder, Item, Ratings};
pub(super) use count::Count;
use duplicates::{Found, Settled};
use lines::Lines;

/// Where the ratings of a file go, and what is said about them.
pub(super) struct Sink<'a> {
    pub(super) options: &'a Options,
    pub(super) report: &'a mut Report,
    pub(super) names: &'a mut Names,
    pub(super) pass: Pass<'a>,
    /// Told now and then how far reading has come.
    pub(super) heard: &'a dyn Fn(Reading),
}

/// Which time the files are read.
pub(super) enum Pass<'a> {
    First(&'a mut Count),
    Second(&'a mut Table),
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

/// After how many ratings somebody who waits is told.
const TOLD: usize = 1 << 16;

/// All that a row says: user, item, the bits of the rating, and the time.
type Row = [u32; 4];

fn row(u: u32, i: u32, entry: &Entry<'_>) -> Row {
    [u, i, entry.r.to_bits(), entry.time.unwrap_or(UNKNOWN)]
}

impl Sink<'_> {
    /// What follows stands in the file of this name.
    pub(super) fn begin(&mut self, file: &str) {
        match &mut self.pass {
            Pass::First(count) => count.lines.begin(file),
            Pass::Second(table) => table.files += 1,
        }
    }

    /// How many ratings have come.
    pub(super) fn len(&self) -> usize {
        match &self.pass {
            Pass::First(count) => count.all,
            Pass::Second(table) => table.done,
        }
    }

    /// Takes a rating.
    pub(super) fn push(&mut self, entry: &Entry<'_>) -> Result<(), LoadError> {
        let n = self.len();
        let is_told = n > 0 && n.is_multiple_of(TOLD);
        match &mut self.pass {
            Pass::First(count) => {
                if is_told {
                    (self.heard)(Reading::Counting(n));
                }
                count.add(self.names, entry)
            }
            Pass::Second(table) => {
                if is_told {
                    (self.heard)(Reading::Filling { done: n, of: table.all });
                }
                table.keep(self.names, entry)
            }
        }
    }

    /// Keeps what is told of the item of the last rating, unless something was told before.
    pub(super) fn describe(&mut self, tell: impl FnOnce() -> Item) {
        if let Pass::First(_) = self.pass {
            self.names.describe(tell);
        }
    }
}

/// The ratings of one set, which have been counted.
pub(super) struct Table {
    all: usize,
    /// How many have come the second time, and from how many files.
    done: usize,
    files: usize,
    /// How many have a time.
    timed: usize,
    lines: Lines,
    kept: Kept,
}

/// What is kept of them.
enum Kept {
    All(Builder),
    /// Of many that mostly repeat others, those that differ, each as the number of the first like it.
    Different {
        rows: HashMap<Row, u32>,
        repeated: Found,
    },
}

impl Table {
    /// Room for what was counted.
    pub(super) fn new(count: Count, order: &Order) -> Result<Self, LoadError> {
        let kept = if count.mostly_repeats() {
            Kept::Different { rows: HashMap::new(), repeated: Found::default() }
        } else {
            let mut counts = vec![0; order.users.len()];
            for (&n, &u) in count.users.iter().zip(&order.user_index) {
                counts[u as usize] = n;
            }
            let builder = Builder::new(&counts, count.timed > 0);
            Kept::All(builder.map_err(|_| count.refuse(FULL))?)
        };
        let Count { all, timed, lines, .. } = count;
        Ok(Self { all, done: 0, files: 0, timed, lines, kept })
    }

    fn keep(&mut self, names: &mut Names, entry: &Entry<'_>) -> Result<(), LoadError> {
        let (Some(u), Some(i)) = (names.users.find(entry.user), names.items.find(entry.item))
        else {
            return Err(self.changed());
        };
        if self.done == self.all {
            return Err(self.changed());
        }
        let n = self.done as u32;
        self.done += 1;
        let has_room = match &mut self.kept {
            Kept::All(builder) => {
                let time = entry.time.unwrap_or(UNKNOWN);
                builder.put(u as usize, i as usize, entry.r, time, n)
            }
            Kept::Different { rows, repeated } => {
                let first = *rows.entry(row(u, i, entry)).or_insert(n);
                if first != n {
                    repeated.add(u as usize, i as usize, first, n);
                }
                true
            }
        };
        if has_room { Ok(()) } else { Err(self.changed()) }
    }

    /// The files have other ratings than when they were counted.
    fn changed(&self) -> LoadError {
        LoadError::Changed { file: self.lines.file(self.files.saturating_sub(1)).to_owned() }
    }

    /// The rating set; where an item has several ratings of one user, `duplicates` decides.
    pub(super) fn finish(
        self,
        order: &Order,
        duplicates: Duplicates,
        report: &mut Report,
    ) -> Result<Ratings, LoadError> {
        if self.done < self.all {
            return Err(self.changed());
        }
        let (mut builder, repeated) = match self.kept {
            Kept::All(builder) => (builder, Found::default()),
            Kept::Different { rows, repeated } => {
                let builder = different(rows, order.users.len(), self.timed > 0);
                let full = |_| {
                    let (file, line) = self.lines.last();
                    let file = self.lines.file(file).to_owned();
                    LoadError::TooMany { file, line, reason: FULL }
                };
                (builder.map_err(full)?, repeated)
            }
        };
        builder.sort();
        let mut settled = Settled::new(&self.lines, order, duplicates, repeated);
        builder.settle(|u, group| settled.choose(u, group))?;
        settled.report(report);
        Ok(builder.finish(
            Arc::clone(&order.users),
            Arc::clone(&order.items),
            self.timed == self.all,
        ))
    }
}

/// Why ratings are refused that have been counted.
const FULL: &str = "more ratings than fit into memory";

/// Rows that all differ, in the order in which the first of each came.
fn different(
    rows: HashMap<Row, u32>,
    users: usize,
    timed: bool,
) -> Result<Builder, TryReserveError> {
    let mut counts = vec![0; users];
    for &[u, ..] in rows.keys() {
        counts[u as usize] += 1;
    }
    let mut builder = Builder::new(&counts, timed)?;
    for ([u, i, bits, time], n) in rows {
        builder.put(u as usize, i as usize, f32::from_bits(bits), time, n);
    }
    Ok(builder)
}
