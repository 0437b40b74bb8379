//! Several ratings of one item by one user, and rows that repeat others.

use std::collections::HashMap;

use super::UNKNOWN;
use super::lines::Lines;
use crate::data::Group;
use crate::data::load::names::Order;
use crate::data::load::report::{count, quoted};
use crate::data::load::{Duplicates, LoadError, Note, NoteKind, Place, Report};

/// How often something was found, and the first of it in the order of the lines.
#[derive(Default)]
pub(super) struct Found {
    count: usize,
    first: Option<Pair>,
}

/// Two ratings of one item by one user, by their numbers.
#[derive(Clone, Copy)]
struct Pair {
    u: usize,
    i: usize,
    first: u32,
    second: u32,
}

impl Found {
    pub(super) fn add(&mut self, u: usize, i: usize, first: u32, second: u32) {
        self.count += 1;
        if self.first.is_none_or(|before| second < before.second) {
            self.first = Some(Pair { u, i, first, second });
        }
    }
}

/// Which of several ratings of an item by a user count, and what is said of the others.
pub(super) struct Settled<'a> {
    lines: &'a Lines,
    order: &'a Order,
    duplicates: Duplicates,
    /// Ratings that repeat an earlier one in all.
    repeated: Found,
    /// Ratings that say something else than an earlier one.
    rerated: Found,
    /// The first rating that says the same, while a group is looked at.
    same: HashMap<(u32, u32), usize>,
}

impl<'a> Settled<'a> {
    /// With what was found to repeat earlier ratings already.
    pub(super) fn new(
        lines: &'a Lines,
        order: &'a Order,
        duplicates: Duplicates,
        repeated: Found,
    ) -> Self {
        let (rerated, same) = (Found::default(), HashMap::new());
        Self { lines, order, duplicates, repeated, rerated, same }
    }

    /// Which of the ratings of an item by a user counts, and what it is then.
    pub(super) fn choose(
        &mut self,
        u: usize,
        group: &Group<'_>,
    ) -> Result<(usize, f32), LoadError> {
        let time = |n: usize| group.times.map_or(UNKNOWN, |times| times[n]);
        let mut different: Vec<usize> = Vec::new();
        self.same.clear();
        for n in 0..group.order.len() {
            // Zero has two signs.
            let says = ((group.ratings[n] + 0.0).to_bits(), time(n));
            let first = *self.same.entry(says).or_insert(n);
            if first != n {
                self.repeated.add(u, group.item, group.order[first], group.order[n]);
                continue;
            }
            if let Some(&first) = different.first() {
                let pair =
                    Pair { u, i: group.item, first: group.order[first], second: group.order[n] };
                if self.duplicates == Duplicates::Refuse {
                    return Err(self.refusal(&pair));
                }
                self.rerated.add(u, group.item, pair.first, pair.second);
            }
            different.push(n);
        }
        let timed = different.iter().all(|&n| time(n) != UNKNOWN);
        let when = |&n: &usize| (if timed { time(n) } else { UNKNOWN }, n);
        let first = different.iter().copied().min_by_key(when).unwrap_or_default();
        let last = different.iter().copied().max_by_key(when).unwrap_or_default();
        let one = if self.duplicates == Duplicates::First { first } else { last };
        if self.duplicates == Duplicates::Mean && different.len() > 1 {
            let sum: f64 = different.iter().map(|&n| f64::from(group.ratings[n])).sum();
            return Ok((one, (sum / different.len() as f64) as f32));
        }
        Ok((one, group.ratings[one]))
    }

    /// Says what was left out.
    pub(super) fn report(&self, report: &mut Report) {
        let mut note = |kind, found: &Found, what: String| {
            let Some(pair) = found.first else {
                return;
            };
            let (of, line) = self.lines.spot(pair.second as usize);
            let file = self.lines.file(of);
            let (user, item) = (self.order.users.name(pair.u), self.order.items.name(pair.i));
            let whose =
                format!("user {}, item {}", quoted(user.as_bytes()), quoted(item.as_bytes()));
            let place = Place { file: file.to_owned(), line, column: None };
            let earlier = self.lines.words(self.lines.spot(pair.first as usize), file);
            report.push(Note {
                kind,
                count: found.count,
                sentence: format!(
                    "{file}: {what}; {} line {line} after {earlier} ({whose})",
                    if found.count == 1 { "it stands in" } else { "the first stands in" }
                ),
                place: Some(place),
                found: whose,
                offer: None,
            });
        };
        let n = self.repeated.count;
        let what = count(n, "row") + if n == 1 { " repeats" } else { " repeat" };
        let once = if n == 1 { "counts" } else { "count" };
        let what = format!("{what} an earlier one and {once} once");
        note(NoteKind::Repeated, &self.repeated, what);
        let n = self.rerated.count;
        let what = count(n, "rating") + if n == 1 { " is" } else { " are" };
        let counts = match self.duplicates {
            Duplicates::First => "the earliest counts",
            Duplicates::Mean => "their mean counts",
            Duplicates::Last | Duplicates::Refuse => "the latest counts",
        };
        let what = format!("{what} of an item that the same user rated before, and {counts}");
        note(NoteKind::Rerated, &self.rerated, what);
    }

    fn refusal(&self, pair: &Pair) -> LoadError {
        let (of, line) = self.lines.spot(pair.second as usize);
        let file = self.lines.file(of);
        LoadError::Duplicate {
            first: self.lines.words(self.lines.spot(pair.first as usize), file),
            file: file.to_owned(),
            line,
            user: self.order.users.name(pair.u).to_owned(),
            item: self.order.items.name(pair.i).to_owned(),
        }
    }
}
