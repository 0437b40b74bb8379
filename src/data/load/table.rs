//! Ratings as they are read: ids become numbers at once, and the line of each rating is kept.

use std::collections::HashMap;
use std::sync::Arc;

use super::LoadError;
use crate::data::{Ids, Rating, Ratings};
use crate::sort;

/// Ids numbered in the order in which they are first seen.
#[derive(Default)]
pub(super) struct Interner {
    numbers: HashMap<Box<str>, u32>,
    last: (String, u32),
}

impl Interner {
    fn number(&mut self, id: &str) -> u32 {
        if self.last.0 == id {
            return self.last.1;
        }
        let number = if let Some(&number) = self.numbers.get(id) {
            number
        } else {
            let number = self.numbers.len() as u32;
            self.numbers.insert(id.into(), number);
            number
        };
        self.last.0.clear();
        self.last.0.push_str(id);
        self.last.1 = number;
        number
    }

    /// The ids in their final order, and the final index of each number.
    fn finish(self) -> (Arc<Ids>, Vec<u32>) {
        let mut numbered: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        sort::by(&mut numbered, &|a, b| a.1.cmp(&b.1));
        let ids = Ids::new(numbered.iter().map(|(id, _)| id.clone()));
        let index = |(id, _): &(Box<str>, u32)| ids.index(id).map_or(0, |index| index as u32);
        let indices = numbered.iter().map(index).collect();
        (Arc::new(ids), indices)
    }
}

/// The users and items of all files, training and test alike.
#[derive(Default)]
pub(super) struct Names {
    users: Interner,
    items: Interner,
}

impl Names {
    pub(super) fn finish(self) -> Order {
        let (users, user_index) = self.users.finish();
        let (items, item_index) = self.items.finish();
        Order { users, items, user_index, item_index }
    }
}

/// What the numbers given by [`Names`] become.
pub(super) struct Order {
    pub(super) users: Arc<Ids>,
    pub(super) items: Arc<Ids>,
    user_index: Vec<u32>,
    item_index: Vec<u32>,
}

/// One rating as a file has it.
pub(super) struct Entry<'a> {
    pub(super) user: &'a str,
    pub(super) item: &'a str,
    pub(super) r: f32,
    pub(super) time: Option<u32>,
    pub(super) line: u64,
}

/// Consecutive ratings on consecutive lines of one file.
struct Run {
    first: usize,
    file: usize,
    line: u64,
}

/// The ratings of one set, from one file or several.
pub(super) struct Table {
    ratings: Vec<Rating>,
    times: Vec<u32>,
    files: Vec<String>,
    runs: Vec<Run>,
    most: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            ratings: Vec::new(),
            times: Vec::new(),
            files: Vec::new(),
            runs: Vec::new(),
            most: u32::MAX as usize,
        }
    }

    /// What follows stands in the file of this name.
    pub(super) fn begin(&mut self, file: &str) {
        self.files.push(file.to_owned());
    }

    pub(super) fn len(&self) -> usize {
        self.ratings.len()
    }

    pub(super) fn push(&mut self, names: &mut Names, entry: &Entry<'_>) -> Result<(), LoadError> {
        let n = self.ratings.len();
        if n == self.ratings.capacity() {
            self.grow(entry.line)?;
        }
        let file = self.files.len().saturating_sub(1);
        let continues = self
            .runs
            .last()
            .is_some_and(|run| run.file == file && entry.line == run.line + (n - run.first) as u64);
        if !continues {
            self.runs.push(Run { first: n, file, line: entry.line });
        }
        self.ratings.push(Rating {
            u: names.users.number(entry.user) as usize,
            i: names.items.number(entry.item) as usize,
            r: entry.r,
        });
        self.times.extend(entry.time);
        Ok(())
    }

    fn grow(&mut self, line: u64) -> Result<(), LoadError> {
        let refuse = |reason| LoadError::TooMany {
            file: self.files.last().cloned().unwrap_or_default(),
            line,
            reason,
        };
        let n = self.ratings.len();
        if n >= self.most {
            return Err(refuse("more ratings than 4294967295"));
        }
        let more = n.max(1 << 12).min(self.most - n);
        let full = "more ratings than fit into memory";
        self.ratings.try_reserve_exact(more).map_err(|_| refuse(full))?;
        self.times.try_reserve_exact(more).map_err(|_| refuse(full))?;
        Ok(())
    }

    pub(super) fn finish(mut self, order: &Order) -> Result<Ratings, LoadError> {
        for rating in &mut self.ratings {
            rating.u = order.user_index[rating.u] as usize;
            rating.i = order.item_index[rating.i] as usize;
        }
        let times = (self.times.len() == self.ratings.len()).then_some(self.times.as_slice());
        let (users, items) = (Arc::clone(&order.users), Arc::clone(&order.items));
        Ratings::new(users, items, &self.ratings, times).map_err(|twice| {
            let (file, line) = self.place(twice.second);
            let (first_file, first_line) = self.place(twice.first);
            let rating = self.ratings[twice.second];
            LoadError::Duplicate {
                first: if first_file == file {
                    format!("line {first_line}")
                } else {
                    format!("{first_file}, line {first_line}")
                },
                file: file.to_owned(),
                line,
                user: order.users.name(rating.u).to_owned(),
                item: order.items.name(rating.i).to_owned(),
            }
        })
    }

    fn place(&self, n: usize) -> (&str, u64) {
        let run = self.runs.partition_point(|run| run.first <= n) - 1;
        let run = &self.runs[run];
        (&self.files[run.file], run.line + (n - run.first) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_ratings_is_limited_with_a_sentence() {
        let mut table = Table::new();
        table.most = 2;
        table.begin("big.csv");
        let mut names = Names::default();
        let mut push = |line: u64| {
            let entry = Entry { user: "a", item: "b", r: 1.0, time: None, line };
            table.push(&mut names, &entry)
        };
        assert_eq!((push(1), push(2)), (Ok(()), Ok(())));
        let message = push(3).unwrap_err().to_string();
        assert_eq!(
            message,
            "big.csv, line 3: more ratings than 4294967295; take a sample of the ratings"
        );
    }
}
