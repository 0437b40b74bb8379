//! Ratings as they are read: ids become numbers at once, and the line of each rating is kept.

use std::collections::HashMap;
use std::sync::Arc;

use super::report::{count, quoted};
use super::{Duplicates, LoadError, Note, NoteKind, Options, Place, Report};
use crate::data::{Duplicate, Ids, Item, Rating, Ratings};
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
    /// What the ratings' own table tells of items, by their numbers.
    told: Vec<Option<Item>>,
}

impl Names {
    /// Keeps what is told of an item, unless something was told before.
    pub(super) fn describe(&mut self, item: u32, tell: impl FnOnce() -> Item) {
        let item = item as usize;
        if self.told.len() <= item {
            self.told.resize(item + 1, None);
        }
        self.told[item].get_or_insert_with(tell);
    }

    pub(super) fn finish(self) -> Order {
        let (users, user_index) = self.users.finish();
        let (items, item_index) = self.items.finish();
        let mut told = vec![None; items.len()];
        for (item, index) in self.told.into_iter().zip(&item_index) {
            told[*index as usize] = item;
        }
        Order { users, items, user_index, item_index, told }
    }
}

/// What the numbers given by [`Names`] become.
pub(super) struct Order {
    pub(super) users: Arc<Ids>,
    pub(super) items: Arc<Ids>,
    user_index: Vec<u32>,
    item_index: Vec<u32>,
    /// What the ratings' own table tells of each item.
    pub(super) told: Vec<Option<Item>>,
}

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

/// How often something was found, and the first pair of ratings in the order of the lines.
#[derive(Default)]
struct Found {
    count: usize,
    first: Option<(usize, usize)>,
}

impl Found {
    fn add(&mut self, first: usize, second: usize) {
        self.count += 1;
        if self.first.is_none_or(|(_, before)| second < before) {
            self.first = Some((first, second));
        }
    }
}

/// A file's number and a line in it.
type Spot = (usize, u64);

/// Rows that were left out while reading because they repeat an earlier one.
#[derive(Default)]
struct Folded {
    count: usize,
    /// The first of them, and where it and the row before it stand.
    first: Option<(Rating, Spot, Spot)>,
}

/// From how many ratings on it is looked whether most of them repeat others.
const MANY: usize = 1 << 17;
/// About how many of them are looked at.
const SAMPLE: usize = 1 << 12;

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

    /// Whether at least half of many ratings repeat others, as far as a sample by hash tells: a repeated
    /// row is in it always or never.
    fn mostly_repeats(&self) -> bool {
        if self.ratings.len() < MANY {
            return false;
        }
        let every = (self.ratings.len() / SAMPLE) as u64;
        let hash = |(rating, time): (&Rating, &u32)| {
            let words =
                [rating.u as u64, rating.i as u64, rating.r.to_bits().into(), (*time).into()];
            words.iter().fold(0_u64, |hash, word| {
                (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
            })
        };
        let hashes = self.ratings.iter().zip(&self.times).map(hash);
        let mut sample: Vec<u64> =
            hashes.filter(|hash| (hash >> 8) % every == 0).take(4 * SAMPLE).collect();
        let found = sample.len();
        sample.sort_unstable();
        sample.dedup();
        !(SAMPLE / 4..4 * SAMPLE).contains(&found) || sample.len() * 2 < found
    }

    /// Leaves out what repeats an earlier row in all.
    fn fold(&mut self) {
        let mut sorted: Vec<u32> = (0..self.ratings.len() as u32).collect();
        let key = |n: u32| {
            let rating = self.ratings[n as usize];
            (rating.u, rating.i, rating.r.to_bits(), self.times[n as usize])
        };
        sorted.sort_by_key(|&n| key(n));
        let mut kept = vec![true; self.ratings.len()];
        let mut repeated = Found::default();
        for group in sorted.chunk_by(|&a, &b| key(a) == key(b)) {
            for &n in &group[1..] {
                kept[n as usize] = false;
                repeated.add(group[0] as usize, n as usize);
            }
        }
        drop(sorted);
        self.folded.count += repeated.count;
        let first = self.first(&repeated);
        self.folded.first = self.folded.first.or(first);
        let numbers = (0..kept.len()).filter(|&n| kept[n]);
        let spots: Vec<Spot> = numbers.map(|n| self.spot(n)).collect();
        self.runs.clear();
        for (first, (file, line)) in spots.into_iter().enumerate() {
            self.mark(first, file, line);
        }
        self.keep(&kept);
        self.ratings.shrink_to(MANY);
        self.times.shrink_to(MANY);
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

    fn is_same(&self, twice: &Duplicate) -> bool {
        let (a, b) = (twice.first, twice.second);
        self.ratings[a].r == self.ratings[b].r && self.time(a) == self.time(b)
    }

    fn time(&self, n: usize) -> Option<u32> {
        self.times.get(n).copied().filter(|&time| time != UNKNOWN)
    }

    /// Leaves one rating of each user and item.
    fn settle(
        &mut self,
        order: &Order,
        duplicates: Duplicates,
        report: &mut Report,
    ) -> Result<(), LoadError> {
        let pair = |rating: &Rating| (rating.u, rating.i);
        let mut sorted: Vec<u32> = (0..self.ratings.len() as u32).collect();
        sorted.sort_by_key(|&n| pair(&self.ratings[n as usize]));
        let mut kept = vec![true; self.ratings.len()];
        let mut repeated = Found::default();
        let mut rerated = Found::default();
        let mut means = Vec::new();
        for group in sorted
            .chunk_by(|&a, &b| pair(&self.ratings[a as usize]) == pair(&self.ratings[b as usize]))
        {
            if group.len() == 1 {
                continue;
            }
            let mut different: Vec<usize> = Vec::new();
            for n in group.iter().map(|&n| n as usize) {
                let same = |&m: &usize| self.is_same(&Duplicate { first: m, second: n });
                kept[n] = false;
                if let Some(&first) = different.iter().find(|m| same(m)) {
                    repeated.add(first, n);
                } else {
                    if let Some(&first) = different.first() {
                        rerated.add(first, n);
                    }
                    different.push(n);
                }
            }
            if different.len() > 1 && duplicates == Duplicates::Refuse {
                let twice = Duplicate { first: different[0], second: different[1] };
                return Err(self.refuse(order, &twice));
            }
            let timed = different.iter().all(|&n| self.time(n).is_some());
            let when = |&n: &usize| (if timed { self.time(n) } else { None }, n);
            let first = different.iter().copied().min_by_key(when).unwrap_or_default();
            let last = different.iter().copied().max_by_key(when).unwrap_or_default();
            let one = if duplicates == Duplicates::First { first } else { last };
            kept[one] = true;
            if duplicates == Duplicates::Mean {
                let sum: f64 = different.iter().map(|&n| f64::from(self.ratings[n].r)).sum();
                means.push((one, (sum / different.len() as f64) as f32));
            }
        }
        for (n, mean) in means {
            self.ratings[n].r = mean;
        }
        self.note_settled(order, duplicates, &repeated, &rerated, report);
        self.keep(&kept);
        Ok(())
    }

    fn note_settled(
        &self,
        order: &Order,
        duplicates: Duplicates,
        repeated: &Found,
        rerated: &Found,
        report: &mut Report,
    ) {
        let mut note = |kind, number: usize, first, what: String| {
            let Some((rating, first, (file, line))): Option<(Rating, Spot, Spot)> = first else {
                return;
            };
            let file = self.files[file].as_str();
            let (user, item) = (order.users.name(rating.u), order.items.name(rating.i));
            let whose =
                format!("user {}, item {}", quoted(user.as_bytes()), quoted(item.as_bytes()));
            let place = Place { file: file.to_owned(), line, column: None };
            let earlier = self.words(first, file);
            report.push(Note {
                kind,
                count: number,
                sentence: format!(
                    "{file}: {what}; {} line {line} after {earlier} ({whose})",
                    if number == 1 { "it stands in" } else { "the first stands in" }
                ),
                place: Some(place),
                found: whose,
                offer: None,
            });
        };
        let n = repeated.count + self.folded.count;
        let first = self.folded.first.or(self.first(repeated));
        let what = count(n, "row") + if n == 1 { " repeats" } else { " repeat" };
        let once = if n == 1 { "counts" } else { "count" };
        note(NoteKind::Repeated, n, first, format!("{what} an earlier one and {once} once"));
        let n = rerated.count;
        let what = count(n, "rating") + if n == 1 { " is" } else { " are" };
        let counts = match duplicates {
            Duplicates::First => "the earliest counts",
            Duplicates::Mean => "their mean counts",
            Duplicates::Last | Duplicates::Refuse => "the latest counts",
        };
        let what = format!("{what} of an item that the same user rated before, and {counts}");
        note(NoteKind::Rerated, n, self.first(rerated), what);
    }

    fn refuse(&self, order: &Order, twice: &Duplicate) -> LoadError {
        let (file, line) = self.place(twice.second);
        let rating = self.ratings[twice.second];
        LoadError::Duplicate {
            first: self.words(self.spot(twice.first), file),
            file: file.to_owned(),
            line,
            user: order.users.name(rating.u).to_owned(),
            item: order.items.name(rating.i).to_owned(),
        }
    }

    /// A place in words, in a sentence about this file.
    fn words(&self, (of, line): Spot, file: &str) -> String {
        match self.files[of].as_str() {
            same if same == file => format!("line {line}"),
            other => format!("{other}, line {line}"),
        }
    }

    /// The first pair with the later rating and the places of both.
    fn first(&self, found: &Found) -> Option<(Rating, Spot, Spot)> {
        let (first, second) = found.first?;
        Some((self.ratings[second], self.spot(first), self.spot(second)))
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
