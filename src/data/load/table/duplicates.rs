//! Several ratings of one item by one user, and rows that repeat others.

use super::{Rating, Spot, Table};
use crate::data::Duplicate;
use crate::data::load::names::Order;
use crate::data::load::report::{count, quoted};
use crate::data::load::{Duplicates, LoadError, Note, NoteKind, Place, Report};

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

/// Rows that were left out while reading because they repeat an earlier one.
#[derive(Default)]
pub(super) struct Folded {
    pub(super) count: usize,
    /// The first of them, and where it and the row before it stand.
    pub(super) first: Option<(Rating, Spot, Spot)>,
}

/// From how many ratings on it is looked whether most of them repeat others.
const MANY: usize = 1 << 17;
/// About how many of them are looked at.
const SAMPLE: usize = 1 << 12;

impl Table<'_> {
    /// Whether at least half of many ratings repeat others, as far as a sample by hash tells: a repeated
    /// row is in it always or never.
    pub(super) fn mostly_repeats(&self) -> bool {
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

    /// The numbers of the ratings by user and item, and by what else they say if that counts; among equals
    /// the earlier first.
    fn sorted(&self, whole: bool) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..self.ratings.len() as u32).collect();
        let rest = |n: usize| {
            if whole { (self.ratings[n].r.to_bits(), self.times[n]) } else { Default::default() }
        };
        numbers.sort_by_key(|&n| {
            let rating = &self.ratings[n as usize];
            (rating.u, rating.i, rest(n as usize))
        });
        numbers
    }

    /// Leaves out what repeats an earlier row in all.
    pub(super) fn fold(&mut self) {
        let key = |n: u32| {
            let rating = self.ratings[n as usize];
            (rating.u, rating.i, rating.r.to_bits(), self.times[n as usize])
        };
        let sorted = self.sorted(true);
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

    pub(super) fn is_same(&self, twice: &Duplicate) -> bool {
        let (a, b) = (twice.first, twice.second);
        self.ratings[a].r == self.ratings[b].r && self.time(a) == self.time(b)
    }

    /// Leaves one rating of each user and item.
    pub(super) fn settle(
        &mut self,
        order: &Order,
        duplicates: Duplicates,
        report: &mut Report,
    ) -> Result<(), LoadError> {
        let pair = |rating: &Rating| (rating.u, rating.i);
        let sorted = self.sorted(false);
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

    pub(super) fn refuse(&self, order: &Order, twice: &Duplicate) -> LoadError {
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

    /// The first pair with the later rating and the places of both.
    fn first(&self, found: &Found) -> Option<(Rating, Spot, Spot)> {
        let (first, second) = found.first?;
        Some((self.ratings[second], self.spot(first), self.spot(second)))
    }
}
