//! A rating set in the making: counted first, then filled in any order, then sorted row by row.

use std::collections::TryReserveError;
use std::sync::Arc;

use super::{Compressed, Ratings, accumulate};
use crate::data::Ids;

/// Ratings whose number is known for each user, so that every one has its place from the beginning and
/// nothing grows. Takes 16 bytes a rating while it is filled; what it becomes takes 20.
pub(crate) struct Builder {
    rows: Compressed,
    /// Where each user's next rating goes.
    next: Vec<u32>,
    times: Option<Vec<u32>>,
    /// As which each rating came.
    order: Vec<u32>,
}

/// The ratings of one item by one user, in the order in which they came.
pub(crate) struct Group<'a> {
    pub(crate) item: usize,
    pub(crate) ratings: &'a [f32],
    pub(crate) times: Option<&'a [u32]>,
    /// As which each came.
    pub(crate) order: &'a [u32],
}

/// One rating while its row is sorted.
#[derive(Clone, Copy)]
struct Cell {
    item: u32,
    order: u32,
    r: f32,
    time: u32,
}

impl Builder {
    /// Room for so many ratings of each user, together at most 2^32 - 1.
    pub(crate) fn new(counts: &[u32], timed: bool) -> Result<Self, TryReserveError> {
        let mut start = vec![0; counts.len() + 1];
        start[1..].copy_from_slice(counts);
        accumulate(&mut start);
        let all = start[counts.len()] as usize;
        let times = timed.then(|| zeros(all, 0)).transpose()?;
        let next = start[..counts.len()].to_vec();
        let rows = Compressed { start, ids: zeros(all, 0)?, ratings: zeros(all, 0.0)? };
        Ok(Self { rows, next, times, order: zeros(all, 0)? })
    }

    /// Puts the rating that came as the `n`th; false where its user has no room for one more.
    pub(crate) fn put(&mut self, u: usize, i: usize, r: f32, time: u32, n: u32) -> bool {
        let at = self.next[u] as usize;
        if at == self.rows.start[u + 1] as usize {
            return false;
        }
        self.next[u] += 1;
        self.rows.ids[at] = i as u32;
        self.rows.ratings[at] = r;
        self.order[at] = n;
        if let Some(times) = &mut self.times {
            times[at] = time;
        }
        true
    }

    /// Sorts each row by item, and several ratings of one item by the order in which they came.
    pub(crate) fn sort(&mut self) {
        let mut cells: Vec<Cell> = Vec::new();
        for u in 0..self.next.len() {
            let row = self.rows.range(u);
            if self.rows.ids[row.clone()].is_sorted_by(|a, b| a < b) {
                continue;
            }
            cells.clear();
            cells.extend(row.clone().map(|at| Cell {
                item: self.rows.ids[at],
                order: self.order[at],
                r: self.rows.ratings[at],
                time: self.times.as_ref().map_or(0, |times| times[at]),
            }));
            cells.sort_unstable_by_key(|cell| (cell.item, cell.order));
            for (at, cell) in row.zip(&cells) {
                self.place(at, *cell);
            }
        }
    }

    /// Leaves one of several ratings of an item by a user: `choose` says which of the group, and what
    /// the rating then is. To be called after [`Builder::sort`]; groups come by user, then by item.
    pub(crate) fn settle<E>(
        &mut self,
        mut choose: impl FnMut(usize, &Group<'_>) -> Result<(usize, f32), E>,
    ) -> Result<(), E> {
        let (mut from, mut to) = (0, 0);
        for u in 0..self.next.len() {
            let end = self.rows.start[u + 1] as usize;
            while from < end {
                let item = self.rows.ids[from];
                let same = self.rows.ids[from..end].iter().take_while(|&&id| id == item).count();
                let (mut one, mut r) = (0, self.rows.ratings[from]);
                if same > 1 {
                    let group = from..from + same;
                    let group = Group {
                        item: item as usize,
                        ratings: &self.rows.ratings[group.clone()],
                        times: self.times.as_ref().map(|times| &times[group.clone()]),
                        order: &self.order[group],
                    };
                    (one, r) = choose(u, &group)?;
                }
                if to < from + one || same > 1 {
                    let time = self.times.as_ref().map_or(0, |times| times[from + one]);
                    self.place(to, Cell { item, order: self.order[from + one], r, time });
                }
                from += same;
                to += 1;
            }
            self.rows.start[u + 1] = to as u32;
        }
        self.rows.ids.truncate(to);
        self.rows.ratings.truncate(to);
        self.order.truncate(to);
        if let Some(times) = &mut self.times {
            times.truncate(to);
        }
        Ok(())
    }

    /// The set, with times where they are wanted; its rows are sorted and have an item once.
    pub(crate) fn finish(self, users: Arc<Ids>, items: Arc<Ids>, timed: bool) -> Ratings {
        let Self { mut rows, next, times, order } = self;
        // Before the columns are made, which take as much.
        drop((next, order));
        let mut times = times.filter(|_| timed);
        rows.ids.shrink_to_fit();
        rows.ratings.shrink_to_fit();
        if let Some(times) = &mut times {
            times.shrink_to_fit();
        }
        Ratings::of_rows(users, items, rows, times)
    }

    fn place(&mut self, at: usize, cell: Cell) {
        self.rows.ids[at] = cell.item;
        self.rows.ratings[at] = cell.r;
        self.order[at] = cell.order;
        if let Some(times) = &mut self.times {
            times[at] = cell.time;
        }
    }
}

/// As many of a value, or an error where there is no room for them.
fn zeros<T: Copy>(count: usize, value: T) -> Result<Vec<T>, TryReserveError> {
    let mut all = Vec::new();
    all.try_reserve_exact(count)?;
    all.resize(count, value);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;
    use rand::RngExt;

    /// Ratings of pairs that are drawn, each as (user, item, rating, time).
    fn drawn(pairs: usize, seed: u64) -> Vec<(usize, usize, f32, u32)> {
        let mut rng = random::stream(seed, "builder");
        let draw = |_| {
            let (u, i) = (rng.random_range(0..7), rng.random_range(0..9));
            (u, i, rng.random_range(1..6) as f32, rng.random_range(0..3))
        };
        (0..pairs).map(draw).collect()
    }

    fn filled(ratings: &[(usize, usize, f32, u32)]) -> Builder {
        let mut counts = [0; 8];
        for rating in ratings {
            counts[rating.0] += 1;
        }
        let mut builder = Builder::new(&counts, true).unwrap();
        for (&(u, i, r, time), n) in ratings.iter().zip(0..) {
            assert!(builder.put(u, i, r, time, n));
        }
        for u in 0..8 {
            assert!(!builder.put(u, 0, 1.0, 1, 0), "there is no room left");
        }
        builder
    }

    #[test]
    fn rows_come_out_as_sorting_all_pairs_at_once_makes_them() {
        for seed in 0..200 {
            let ratings = drawn(60, seed);
            let mut builder = filled(&ratings);
            builder.sort();
            let mut groups = Vec::new();
            let keep_last = |u: usize, group: &Group<'_>| {
                groups.push((u, group.item, group.order.to_vec()));
                let last = group.order.len() - 1;
                assert_eq!(group.ratings[last], ratings[group.order[last] as usize].2);
                assert_eq!(group.times.unwrap()[0], ratings[group.order[0] as usize].3);
                Ok::<_, ()>((last, group.ratings[last]))
            };
            builder.settle(keep_last).unwrap();
            let set = builder.finish(Arc::new(Ids::counting(8)), Arc::new(Ids::counting(9)), true);

            let mut order: Vec<usize> = (0..ratings.len()).collect();
            order.sort_by_key(|&n| (ratings[n].0, ratings[n].1, n));
            let all: Vec<&[usize]> = order
                .chunk_by(|&a, &b| ratings[a].0 == ratings[b].0 && ratings[a].1 == ratings[b].1)
                .collect();
            let repeated = all.iter().filter(|group| group.len() > 1);
            let repeated = repeated.map(|group| {
                let order: Vec<u32> = group.iter().map(|&n| n as u32).collect();
                (ratings[group[0]].0, ratings[group[0]].1, order)
            });
            assert_eq!(groups, repeated.collect::<Vec<_>>());
            let last: Vec<_> = all.iter().map(|group| ratings[group[group.len() - 1]]).collect();
            let times = set.timestamps().unwrap();
            let found: Vec<_> = set
                .iter()
                .zip(times)
                .map(|(rating, &t)| (rating.u, rating.i, rating.r, t))
                .collect();
            assert_eq!(found, last);
            for i in 0..9 {
                let raters = set.column(i).iter();
                let expected = last.iter().filter(|rating| rating.1 == i);
                assert!(raters.eq(expected.map(|&(u, _, r, _)| (u, r))));
            }
        }
    }

    #[test]
    fn what_choosing_refuses_is_handed_on() {
        let mut builder = filled(&[(1, 2, 3.0, 0), (1, 1, 4.0, 0), (1, 2, 5.0, 0)]);
        builder.sort();
        let refused = builder.settle(|u, group| Err((u, group.item, group.order.to_vec())));
        assert_eq!(refused, Err((1, 2, vec![0, 2])));
    }
}
