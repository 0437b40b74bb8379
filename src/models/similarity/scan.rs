//! Counting what rows share, one row after the other.

use std::sync::Arc;

use wide::f32x4;

use super::{EMPTY, Measure, Settings, Shared};
use crate::data::Ratings;
use crate::models::biases::Biases;
use crate::sort;

/// Counts one row after the other. Holds a copy of the ratings, arranged for it, and one place for each
/// row: 20 bytes a rating and 16 or 32 bytes a row.
///
/// Rows that have fewer raters than the support asks for have no place. The others have theirs by falling
/// number of raters: who shares raters with a row then stands close together, mostly at the beginning.
#[derive(Debug)]
pub struct Scan {
    settings: Settings,
    train: Arc<Ratings>,
    b: Biases,
    /// The row at each place.
    rows: Vec<u32>,
    /// The place of each row, or [`EMPTY`].
    places: Vec<u32>,
    /// Each rater's ratings of those rows by place: where they start, their places, and (1, y, 1, y^2).
    start: Vec<u32>,
    of: Vec<u32>,
    values: Vec<f32x4>,
    /// For each place (n, x y, x^2, y^2), for Pearson followed by (x, y, 0, 0); whole fours of places.
    sums: Vec<f32x4>,
    /// What was found for the last row, as keys that sort by falling similarity, then by row; those
    /// beyond `count` are left over.
    found: Vec<u64>,
    /// The place of each.
    found_at: Vec<u32>,
    count: usize,
}

impl Scan {
    /// Arranges the ratings, O(ratings).
    pub fn new(settings: Settings, train: &Arc<Ratings>, b: &Biases) -> Self {
        let side = settings.side;
        let support = settings.support.max(1) as usize;
        let rows = side.rows(train);
        let raters = |row: u32| side.line(train, row as usize).len();
        let mut ordered: Vec<u32> =
            (0..rows as u32).filter(|&row| raters(row) >= support).collect();
        sort::by(&mut ordered, &|&a, &b| raters(b).cmp(&raters(a)));
        let mut places = vec![EMPTY; rows];
        for (place, &row) in (0..).zip(&ordered) {
            places[row as usize] = place;
        }
        let (mut start, mut of, mut values) = (vec![0], Vec::new(), Vec::new());
        // The place above, the bits of y below: what sorts keys sorts these.
        let mut rated: Vec<u64> = Vec::new();
        for rater in 0..side.other().rows(train) {
            rated.clear();
            for (row, r) in side.other().line(train, rater).iter() {
                if places[row] != EMPTY {
                    let y = settings.compared(b, side.pair(row, rater), r);
                    rated.push(u64::from(places[row]) << 32 | u64::from(y.to_bits()));
                }
            }
            rated.sort_unstable();
            for &both in &rated {
                let y = f32::from_bits(both as u32);
                of.push((both >> 32) as u32);
                values.push(f32x4::new([1.0, y, 1.0, y * y]));
            }
            start.push(of.len() as u32);
        }
        let width = if settings.measure == Measure::Pearson { 2 } else { 1 };
        let slots = ordered.len().next_multiple_of(4);
        ordered.resize(slots, EMPTY);
        Self {
            settings,
            train: Arc::clone(train),
            b: b.clone(),
            rows: ordered,
            places,
            start,
            of,
            values,
            sums: vec![f32x4::ZERO; width * slots],
            found: vec![0; slots + 1],
            found_at: vec![0; slots + 1],
            count: 0,
        }
    }

    /// Finds everybody similar to a row; returns how many there are.
    pub fn row(&mut self, row: usize) -> usize {
        self.count = 0;
        if self.places[row] != EMPTY {
            let all = self.start.clone();
            self.count_from(row, &all, 0);
        }
        self.count
    }

    /// Finds who is similar to a row among each rater's ratings from `start` on; nobody before a group of
    /// four places stands in any of them.
    fn count_from(&mut self, row: usize, start: &[u32], group: usize) {
        if self.settings.measure == Measure::Pearson {
            self.add_up::<2>(row, start);
            self.find::<2>(row, group);
        } else {
            self.add_up::<1>(row, start);
            self.find::<1>(row, group);
        }
    }

    // lesson: count
    /// Adds up the sums of one row with the others: O(ratings of its raters).
    fn add_up<const WIDTH: usize>(&mut self, row: usize, start: &[u32]) {
        let side = self.settings.side;
        for (rater, r) in side.line(&self.train, row).iter() {
            let x = self.settings.compared(&self.b, side.pair(row, rater), r);
            let by = f32x4::new([1.0, x, x * x, 1.0]);
            let range = start[rater] as usize..self.start[rater + 1] as usize;
            for (&place, &value) in self.of[range.clone()].iter().zip(&self.values[range]) {
                let place = place as usize * WIDTH;
                self.sums[place] += value * by;
                if WIDTH == 2 {
                    self.sums[place + 1] += f32x4::new([x, value.as_array()[1], 0.0, 0.0]);
                }
            }
        }
    }
    // lesson: end

    /// Turns the sums into similarities and leaves them zero for the next row.
    fn find<const WIDTH: usize>(&mut self, row: usize, from: usize) {
        let least = self.settings.least();
        let above = f32x4::splat(self.settings.above);
        self.sums[self.places[row] as usize * WIDTH] = f32x4::ZERO;
        let groups = self.sums.chunks_exact_mut(4 * WIDTH).enumerate();
        for (group, sums) in groups.skip(from) {
            let [a, b, c, d] = std::array::from_fn(|lane| sums[lane * WIDTH]);
            // The counts stand in the first lane: most groups have none that is enough.
            let most = a.fast_max(b).fast_max(c.fast_max(d));
            if most.simd_ge(least).to_bitmask() & 1 == 1 {
                let [n, xy, xx, yy] = f32x4::transpose([a, b, c, d]);
                let [x, y] = if WIDTH == 2 {
                    let [x, y, ..] =
                        f32x4::transpose(std::array::from_fn(|lane| sums[lane * WIDTH + 1]));
                    [x, y]
                } else {
                    [f32x4::ZERO; 2]
                };
                let s = self.settings.similarities(&Shared { n, xy, xx, yy, x, y });
                let kept = (s.simd_gt(above) & n.simd_ge(least)).to_bitmask();
                // Written always, kept where the count goes up: there is nothing to guess wrong.
                for (lane, s) in s.to_array().into_iter().enumerate() {
                    let place = 4 * group + lane;
                    self.found[self.count] = key(s, self.rows[place]);
                    self.found_at[self.count] = place as u32;
                    self.count += (kept >> lane & 1) as usize;
                }
            }
            sums.fill(f32x4::ZERO);
        }
    }

    /// The k most similar of those found for the last row: by falling similarity, equal ones by
    /// ascending index.
    pub fn top(&mut self, k: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let mut found = &mut self.found[..self.count];
        if k < found.len() {
            found.select_nth_unstable(k);
            found = &mut found[..k];
        }
        found.sort_unstable();
        found.iter().map(|&key| from_key(key))
    }
}

/// Finds for every row the k most similar, counting each pair once: rows by place, each with those at later
/// places.
#[derive(Debug)]
pub struct Pairs {
    scan: Scan,
    best: Best,
    /// For each rater the first rating that has not been passed.
    later: Vec<u32>,
}

impl Pairs {
    /// Nothing is counted yet.
    pub fn new(scan: Scan, k: usize) -> Self {
        Self { best: Best::new(scan.rows.len(), k), later: scan.start.clone(), scan }
    }

    /// Counts the row at this place with those at later ones. Places are counted in order, once each;
    /// there are at most as many as rows.
    pub fn count(&mut self, place: usize) {
        let Self { scan, best, later } = self;
        let Some(&row) = scan.rows.get(place).filter(|&&row| row != EMPTY) else {
            return;
        };
        // The first rating not passed yet of each of its raters is that of this row.
        for &rater in scan.settings.side.line(&scan.train, row as usize).ids {
            later[rater as usize] += 1;
        }
        scan.count = 0;
        scan.count_from(row as usize, later, place / 4);
        for (&found, &other) in scan.found[..scan.count].iter().zip(&scan.found_at) {
            best.push(place, found);
            best.push(other as usize, with_row(found, row));
        }
    }

    /// The k most similar of a row, after all places were counted.
    pub fn of(&mut self, row: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let place = self.scan.places[row];
        let keys = if place == EMPTY { &[] } else { self.best.sorted(place as usize) };
        keys.iter().map(|&key| from_key(key))
    }
}

/// For each place the k smallest of the keys pushed, and a few more until they are read: 8 (k + 256) bytes
/// a place.
#[derive(Debug)]
struct Best {
    k: usize,
    /// Room for k + [`Best::SPARE`] keys of each place.
    keys: Vec<u64>,
    /// How many there are.
    counts: Vec<usize>,
    /// No key above this is among the k smallest of the place.
    bounds: Vec<u64>,
}

impl Best {
    /// How many are let in before the surplus is thrown out.
    const SPARE: usize = 256;

    fn new(places: usize, k: usize) -> Self {
        let room = places * (k + Self::SPARE);
        Self { k, keys: vec![0; room], counts: vec![0; places], bounds: vec![u64::MAX; places] }
    }

    fn of(&mut self, place: usize) -> &mut [u64] {
        let room = self.k + Self::SPARE;
        &mut self.keys[place * room..(place + 1) * room]
    }

    fn push(&mut self, place: usize, key: u64) {
        if key < self.bounds[place] {
            let (k, count) = (self.k, self.counts[place]);
            let keys = self.of(place);
            keys[count] = key;
            if count + 1 == keys.len() {
                self.bounds[place] = *keys.select_nth_unstable(k).1;
                self.counts[place] = k;
            } else {
                self.counts[place] = count + 1;
            }
        }
    }

    /// The k most similar of a place: by falling similarity, equal ones by ascending index.
    fn sorted(&mut self, place: usize) -> &[u64] {
        let (k, count) = (self.k, self.counts[place]);
        let keys = &mut self.of(place)[..count];
        keys.sort_unstable();
        &keys[..k.min(count)]
    }
}

/// A number that is smaller, the larger the similarity; for equal ones, the smaller the row.
fn key(s: f32, row: u32) -> u64 {
    let bits = s.to_bits();
    let ascending = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
    u64::from(!ascending) << 32 | u64::from(row)
}

/// The key of the same similarity with another row.
fn with_row(key: u64, row: u32) -> u64 {
    key >> 32 << 32 | u64::from(row)
}

fn from_key(key: u64) -> (u32, f32) {
    let ascending = !((key >> 32) as u32);
    let bits = if ascending >> 31 == 0 { !ascending } else { ascending & !(1 << 31) };
    (key as u32, f32::from_bits(bits))
}
