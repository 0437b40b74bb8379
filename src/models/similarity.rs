//! How alike two items are, or two users, and the lists of the most similar ones: what the neighborhood
//! models have in common.
//!
//! For a row i and every other row j that shares raters with it, four sums over the raters they share
//! tell everything: n_ij, sum x y, sum x^2, sum y^2, where x and y are what the rater gave to i and to j.
//! They are accumulated sparsely: for each rater of i, all of the rater's ratings are gone through once
//! and added to one place for each j. Memory beside the lists is O(ratings + rows), never rows squared.
//! Sums run over the raters in ascending order, in single precision, so they are the same bits on every
//! target, and s_ij and s_ji are the same bits too: whoever wants all rows counts each pair once.

use wide::f32x4;

use super::biases::Biases;
use crate::data::{Line, Ratings};
use crate::sort;

/// In a list of neighbors: a slot that belongs to nobody.
pub const EMPTY: u32 = u32::MAX;

/// Which rows are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Items, by the users who rated both.
    Items,
    /// Users, by the items that both rated.
    Users,
}

impl Side {
    /// How many rows there are.
    pub fn rows(self, train: &Ratings) -> usize {
        match self {
            Self::Items => train.items(),
            Self::Users => train.users(),
        }
    }

    /// The ratings of one row: R(i) of an item, R(u) of a user.
    pub fn line(self, train: &Ratings, row: usize) -> Line<'_> {
        match self {
            Self::Items => train.column(row),
            Self::Users => train.row(row),
        }
    }

    /// The other side.
    pub fn other(self) -> Self {
        match self {
            Self::Items => Self::Users,
            Self::Users => Self::Items,
        }
    }

    /// User and item of a rating in this row, given by `other`.
    pub fn pair(self, row: usize, other: usize) -> (usize, usize) {
        match self {
            Self::Items => (other, row),
            Self::Users => (row, other),
        }
    }
}

/// How alike two rows are by the ratings that they share, before the shrinkage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// rho = sum e_ui e_uj / sqrt(sum e_ui^2 sum e_uj^2) with e_ui = r_ui - b_ui, what the baseline
    /// leaves over: Koren and Bell (Recommender Systems Handbook, 2011), eq. 5.15.
    PearsonBaseline,
    /// Pearson's correlation: the same with each row's mean over the shared raters in place of b_ui.
    Pearson,
    /// The cosine: the same with nothing taken off.
    Cosine,
    /// 1 / (1 + mean squared difference).
    Msd,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Which rows are compared.
    pub side: Side,
    /// By what.
    pub measure: Measure,
    /// lambda_2 of s_ij = n_ij / (n_ij + lambda_2) rho_ij.
    pub shrinkage: f32,
    /// The fewest raters that two rows must share to be compared, at least 1. A correlation over one is
    /// always 1 or -1, so less than 2 makes little sense; rows with fewer raters have no neighbors.
    pub support: u32,
    /// Only similarities above this are kept: 0 keeps the positive ones, minus infinity all.
    pub above: f32,
}

/// The sums over the raters that two rows share.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shared<N = f32> {
    /// n_ij, how many raters they share.
    pub n: N,
    /// Sum of x y.
    pub xy: N,
    /// Sum of x^2.
    pub xx: N,
    /// Sum of y^2.
    pub yy: N,
    /// Sum of x; 0 unless the measure is Pearson's.
    pub x: N,
    /// Sum of y; likewise.
    pub y: N,
}

impl Measure {
    /// The similarity before shrinkage, of four pairs at once: rho_ij, or what stands for it; 0 where it
    /// is not defined.
    // lesson: rho
    fn rho(self, shared: &Shared<f32x4>) -> f32x4 {
        let &Shared { n, xy, xx, yy, x, y } = shared;
        match self {
            Self::PearsonBaseline | Self::Cosine => {
                let norm = (xx * yy).sqrt();
                norm.simd_gt(f32x4::ZERO).select(xy / norm, f32x4::ZERO)
            }
            Self::Pearson => {
                let covariance = n * xy - x * y;
                let (of_x, of_y) = (n * xx - x * x, n * yy - y * y);
                // What rounding leaves of the variance of equal ratings is no variance.
                let varies = of_x.simd_gt(x * x * 1e-6) & of_y.simd_gt(y * y * 1e-6);
                varies.select(covariance / (of_x * of_y).sqrt(), f32x4::ZERO)
            }
            Self::Msd => {
                let differences = xx + yy - 2.0 * xy;
                n / (n + differences.simd_gt(f32x4::ZERO).select(differences, f32x4::ZERO))
            }
        }
    }
    // lesson: end
}

impl Settings {
    /// s_ij = n_ij / (n_ij + lambda_2) rho_ij of four pairs at once; 0 for less than the support.
    fn similarities(&self, shared: &Shared<f32x4>) -> f32x4 {
        let n = shared.n;
        let s = n / (n + self.shrinkage) * self.measure.rho(shared);
        n.simd_ge(self.least()).select(s, f32x4::ZERO)
    }

    fn least(&self) -> f32x4 {
        f32x4::splat(self.support.max(1) as f32)
    }

    /// rho_ij and s_ij of one pair, to the same bits.
    pub fn similarity(&self, shared: &Shared) -> (f32, f32) {
        let Shared { n, xy, xx, yy, x, y } = *shared;
        let [n, xy, xx, yy, x, y] = [n, xy, xx, yy, x, y].map(f32x4::splat);
        let shared = Shared { n, xy, xx, yy, x, y };
        let first = |four: f32x4| four.to_array()[0];
        (first(self.measure.rho(&shared)), first(self.similarities(&shared)))
    }

    /// What is compared of a rating: the rating itself, or what the baseline leaves of it.
    pub fn compared(&self, b: &Biases, (u, i): (usize, usize), r: f32) -> f32 {
        if self.measure == Measure::PearsonBaseline { r - b.sum(u, i, &mut ()) } else { r }
    }

    /// The sums for one pair of rows, and each shared rater with x and y: what [`Scan::row`] finds for
    /// all at once, to the same bits.
    // lesson: pair
    pub fn shared(
        &self,
        train: &Ratings,
        b: &Biases,
        (row, other): (usize, usize),
    ) -> (Shared, Vec<(usize, f32, f32)>) {
        let (mut shared, mut raters) = (Shared::default(), Vec::new());
        let line = self.side.line(train, other);
        for (rater, r) in self.side.line(train, row).iter() {
            if let Ok(at) = line.ids.binary_search(&(rater as u32)) {
                let x = self.compared(b, self.side.pair(row, rater), r);
                let y = self.compared(b, self.side.pair(other, rater), line.ratings[at]);
                shared.n += 1.0;
                shared.xy += x * y;
                shared.xx += x * x;
                shared.yy += y * y;
                if self.measure == Measure::Pearson {
                    shared.x += x;
                    shared.y += y;
                }
                raters.push((rater, x, y));
            }
        }
        (shared, raters)
    }
    // lesson: end
}

/// Counts one row after the other. Holds a copy of the ratings, arranged for it, and one place for each
/// row: 20 bytes a rating and 16 or 32 bytes a row.
///
/// Rows that have fewer raters than the support asks for have no place. The others have theirs by falling
/// number of raters: who shares raters with a row then stands close together, mostly at the beginning.
#[derive(Debug)]
pub struct Scan<'a> {
    settings: Settings,
    train: &'a Ratings,
    b: &'a Biases,
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

impl<'a> Scan<'a> {
    /// Arranges the ratings, O(ratings).
    pub fn new(settings: Settings, train: &'a Ratings, b: &'a Biases) -> Self {
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
        let mut rated: Vec<(u32, f32)> = Vec::new();
        for rater in 0..side.other().rows(train) {
            rated.clear();
            for (row, r) in side.other().line(train, rater).iter() {
                if places[row] != EMPTY {
                    rated.push((places[row], settings.compared(b, side.pair(row, rater), r)));
                }
            }
            rated.sort_unstable_by_key(|&(place, _)| place);
            for &(place, y) in &rated {
                of.push(place);
                values.push(f32x4::new([1.0, y, 1.0, y * y]));
            }
            start.push(of.len() as u32);
        }
        let width = if settings.measure == Measure::Pearson { 2 } else { 1 };
        let slots = ordered.len().next_multiple_of(4);
        ordered.resize(slots, EMPTY);
        Self {
            settings,
            train,
            b,
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

    /// Finds for every row the k most similar, counting each pair once: rows by place, each with those at
    /// later places.
    fn all(&mut self, k: usize) -> Best {
        let mut best = Best::new(self.rows.len(), k);
        let mut later = self.start.clone();
        for place in 0..self.rows.len() {
            let row = self.rows[place];
            if row == EMPTY {
                break;
            }
            // The first rating not passed yet of each of its raters is that of this row.
            for &rater in self.settings.side.line(self.train, row as usize).ids {
                later[rater as usize] += 1;
            }
            self.count = 0;
            self.count_from(row as usize, &later, place / 4);
            for (&found, &other) in self.found[..self.count].iter().zip(&self.found_at) {
                best.push(place, found);
                best.push(other as usize, with_row(found, row));
            }
        }
        best
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
        for (rater, r) in side.line(self.train, row).iter() {
            let x = self.settings.compared(self.b, side.pair(row, rater), r);
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

/// For each place the k smallest of the keys pushed, and a few more until they are read.
#[derive(Debug)]
struct Best {
    k: usize,
    keys: Vec<Vec<u64>>,
    /// No key above this is among the k smallest of the place.
    bounds: Vec<u64>,
}

impl Best {
    /// How many are let in before the surplus is thrown out.
    const SPARE: usize = 256;

    fn new(places: usize, k: usize) -> Self {
        Self { k, keys: vec![Vec::new(); places], bounds: vec![u64::MAX; places] }
    }

    fn push(&mut self, place: usize, key: u64) {
        if key < self.bounds[place] {
            let keys = &mut self.keys[place];
            keys.push(key);
            if keys.len() == self.k + Self::SPARE {
                self.bounds[place] = *keys.select_nth_unstable(self.k).1;
                keys.truncate(self.k);
            }
        }
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

/// For each row its most similar rows, S^k(i), with their similarities: by falling similarity, equal
/// ones by ascending index. 8 bytes a slot.
///
/// All rows have k slots, with [`EMPTY`] and 0 in those that are left over, so that they make a
/// [`super::Parameter::neighbors`].
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    rows: usize,
    k: usize,
    ids: Vec<u32>,
    similarities: Vec<f32>,
}

impl Neighbors {
    /// Empty lists with k slots each.
    pub fn empty(rows: usize, k: usize) -> Self {
        Self { rows, k, ids: vec![EMPTY; rows * k], similarities: vec![0.0; rows * k] }
    }

    /// The k most similar of every row, k slots each.
    pub fn top(settings: Settings, train: &Ratings, b: &Biases, k: usize) -> Self {
        let mut all = Self::empty(settings.side.rows(train), k);
        let mut scan = Scan::new(settings, train, b);
        for (mut keys, &row) in scan.all(k).keys.into_iter().zip(&scan.rows) {
            if row != EMPTY {
                keys.sort_unstable();
                all.set(row as usize, keys.into_iter().map(from_key));
            }
        }
        all
    }

    /// Puts a row's list in place; what does not fit is left out.
    pub fn set(&mut self, row: usize, found: impl Iterator<Item = (u32, f32)>) {
        let range = self.range(row);
        let (ids, similarities) =
            (&mut self.ids[range.clone()], &mut self.similarities[range.clone()]);
        let mut filled = 0;
        for (slot, (id, s)) in found.take(range.len()).enumerate() {
            ids[slot] = id;
            similarities[slot] = s;
            filled = slot + 1;
        }
        ids[filled..].fill(EMPTY);
        similarities[filled..].fill(0.0);
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Where a row's slots stand in [`Neighbors::ids`] and [`Neighbors::similarities`].
    pub fn range(&self, row: usize) -> std::ops::Range<usize> {
        row * self.k..(row + 1) * self.k
    }

    /// A row's neighbors with their similarities, without slots left over.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f32)> + Clone + '_ {
        let range = self.range(row);
        let slots = self.ids[range.clone()].iter().zip(&self.similarities[range]);
        slots.take_while(|&(&id, _)| id != EMPTY).map(|(&id, &s)| (id as usize, s))
    }

    /// All slots' neighbors, row after row.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// All slots' similarities, row after row.
    pub fn similarities(&self) -> &[f32] {
        &self.similarities
    }

    /// The same, to be changed.
    pub fn similarities_mut(&mut self) -> &mut [f32] {
        &mut self.similarities
    }
}
