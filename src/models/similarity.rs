//! How alike two items are, or two users, and the lists of the most similar ones: what the neighborhood
//! models have in common.
//!
//! For a row i and every other row j that shares raters with it, four sums over the raters they share
//! tell everything: n_ij, sum x y, sum x^2, sum y^2, where x and y are what the rater gave to i and to j.
//! They are accumulated sparsely: for each rater of i, all of the rater's ratings are gone through once
//! and added to one place for each j. Memory beside the lists is O(ratings + rows), never rows squared.
//! Sums run over the raters in ascending order, in single precision, so they are the same bits on every
//! target, and s_ij and s_ji are the same bits too.

use wide::f32x4;

use super::biases::Biases;
use crate::data::{Line, Ratings};

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
    /// leaves over: Koren (TKDD 2010), section 2.2.
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
pub struct Shared {
    /// n_ij, how many raters they share.
    pub n: f32,
    /// Sum of x y.
    pub xy: f32,
    /// Sum of x^2.
    pub xx: f32,
    /// Sum of y^2.
    pub yy: f32,
    /// Sum of x; 0 unless the measure is Pearson's.
    pub x: f32,
    /// Sum of y; likewise.
    pub y: f32,
}

impl Measure {
    /// The similarity before shrinkage: rho_ij, or what stands for it; 0 where it is not defined.
    // lesson: rho
    pub fn rho(self, shared: &Shared) -> f32 {
        let &Shared { n, xy, xx, yy, .. } = shared;
        match self {
            Self::PearsonBaseline | Self::Cosine => {
                let norm = (xx * yy).sqrt();
                if norm > 0.0 { xy / norm } else { 0.0 }
            }
            Self::Pearson => {
                let [n, x, y] = [n, shared.x, shared.y].map(f64::from);
                let covariance = n * f64::from(xy) - x * y;
                let (of_x, of_y) = (n * f64::from(xx) - x * x, n * f64::from(yy) - y * y);
                // What rounding leaves of the variance of equal ratings is no variance.
                let is_constant = of_x <= 1e-6 * x * x || of_y <= 1e-6 * y * y;
                if is_constant { 0.0 } else { (covariance / (of_x * of_y).sqrt()) as f32 }
            }
            Self::Msd => n / (n + (xx + yy - 2.0 * xy).max(0.0)),
        }
    }
    // lesson: end
}

impl Settings {
    /// s_ij = n_ij / (n_ij + lambda_2) rho_ij.
    pub fn similarity(&self, shared: &Shared) -> f32 {
        if shared.n < self.support.max(1) as f32 {
            return 0.0;
        }
        shared.n / (shared.n + self.shrinkage) * self.measure.rho(shared)
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
#[derive(Debug)]
pub struct Scan<'a> {
    settings: Settings,
    train: &'a Ratings,
    b: &'a Biases,
    /// The rows with enough raters, ascending; only those have a place.
    rows: Vec<u32>,
    /// The place of each row, or [`EMPTY`].
    places: Vec<u32>,
    /// Each rater's ratings of those rows: where they start, their places, and (1, y, 1, y^2).
    start: Vec<u32>,
    of: Vec<u32>,
    values: Vec<f32x4>,
    /// For each place (n, x y, x^2, y^2), for Pearson followed by (x, y, 0, 0).
    sums: Vec<f32x4>,
    /// What was found for the last row: a key that sorts by falling similarity, then by place.
    found: Vec<u64>,
}

impl<'a> Scan<'a> {
    /// Arranges the ratings, O(ratings).
    pub fn new(settings: Settings, train: &'a Ratings, b: &'a Biases) -> Self {
        let side = settings.side;
        let support = settings.support.max(1) as usize;
        let count = side.rows(train);
        let is_compared = |&row: &u32| side.line(train, row as usize).len() >= support;
        let rows: Vec<u32> = (0..count as u32).filter(is_compared).collect();
        let mut places = vec![EMPTY; count];
        for (place, &row) in (0..).zip(&rows) {
            places[row as usize] = place;
        }
        let (mut start, mut of, mut values) = (vec![0], Vec::new(), Vec::new());
        for rater in 0..side.other().rows(train) {
            for (row, r) in side.other().line(train, rater).iter() {
                if places[row] != EMPTY {
                    let y = settings.compared(b, side.pair(row, rater), r);
                    of.push(places[row]);
                    values.push(f32x4::new([1.0, y, 1.0, y * y]));
                }
            }
            start.push(of.len() as u32);
        }
        let width = if settings.measure == Measure::Pearson { 2 } else { 1 };
        let sums = vec![f32x4::ZERO; width * rows.len()];
        Self { settings, train, b, rows, places, start, of, values, sums, found: Vec::new() }
    }

    /// Finds everybody similar to a row; returns how many there are.
    pub fn row(&mut self, row: usize) -> usize {
        self.found.clear();
        if self.places[row] != EMPTY {
            if self.settings.measure == Measure::Pearson {
                self.count::<2>(row);
                self.find::<2>(row);
            } else {
                self.count::<1>(row);
                self.find::<1>(row);
            }
        }
        self.found.len()
    }

    // lesson: count
    /// Adds up the sums of one row with every other: O(ratings of its raters).
    fn count<const WIDTH: usize>(&mut self, row: usize) {
        let side = self.settings.side;
        for (rater, r) in side.line(self.train, row).iter() {
            let x = self.settings.compared(self.b, side.pair(row, rater), r);
            let by = f32x4::new([1.0, x, x * x, 1.0]);
            let range = self.start[rater] as usize..self.start[rater + 1] as usize;
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
    fn find<const WIDTH: usize>(&mut self, row: usize) {
        let (settings, own) = (self.settings, self.places[row]);
        let support = settings.support.max(1) as f32;
        for (place, sums) in (0..).zip(self.sums.chunks_exact_mut(WIDTH)) {
            let [n, xy, xx, yy] = sums[0].to_array();
            if n > 0.0 {
                let [x, y, ..] = if WIDTH == 2 { sums[1].to_array() } else { [0.0; 4] };
                sums.fill(f32x4::ZERO);
                if n >= support && place != own {
                    let s = settings.similarity(&Shared { n, xy, xx, yy, x, y });
                    if s > settings.above {
                        self.found.push(key(s, place));
                    }
                }
            }
        }
    }

    /// The k most similar of those found for the last row: by falling similarity, equal ones by
    /// ascending index.
    pub fn top(&mut self, k: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        if k < self.found.len() && k > 0 {
            self.found.select_nth_unstable(k - 1);
        }
        self.found.truncate(k);
        self.found.sort_unstable();
        self.found.iter().map(|&key| {
            let (place, s) = from_key(key);
            (self.rows[place as usize], s)
        })
    }
}

/// A number that is smaller, the larger the similarity; for equal ones, the smaller the place.
fn key(s: f32, place: u32) -> u64 {
    let bits = s.to_bits();
    let ascending = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
    u64::from(!ascending) << 32 | u64::from(place)
}

fn from_key(key: u64) -> (u32, f32) {
    let ascending = !((key >> 32) as u32);
    let bits = if ascending >> 31 == 0 { !ascending } else { ascending & !(1 << 31) };
    (key as u32, f32::from_bits(bits))
}

/// For each row its most similar rows, S^k(i), with their similarities: by falling similarity, equal
/// ones by ascending index. 8 bytes a slot.
///
/// The rows may be of the same length k, with [`EMPTY`] and 0 in the slots that are left over, so that
/// they make a [`super::Parameter::neighbors`]; or each as long as it needs to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    start: Vec<usize>,
    ids: Vec<u32>,
    similarities: Vec<f32>,
}

impl Neighbors {
    /// Empty lists with k slots each.
    pub fn empty(rows: usize, k: usize) -> Self {
        let start = (0..=rows).map(|row| row * k).collect();
        Self { start, ids: vec![EMPTY; rows * k], similarities: vec![0.0; rows * k] }
    }

    /// The k most similar of every row, k slots each.
    pub fn top(settings: Settings, train: &Ratings, b: &Biases, k: usize) -> Self {
        let mut all = Self::empty(settings.side.rows(train), k);
        let mut scan = Scan::new(settings, train, b);
        for row in 0..all.rows() {
            scan.row(row);
            all.set(row, scan.top(k));
        }
        all
    }

    /// Everybody similar to each row, but at most `k`, without slots left over.
    pub fn ragged(settings: Settings, train: &Ratings, b: &Biases, k: usize) -> Self {
        let rows = settings.side.rows(train);
        let mut all = Self { start: vec![0], ids: Vec::new(), similarities: Vec::new() };
        let mut scan = Scan::new(settings, train, b);
        for row in 0..rows {
            scan.row(row);
            for (id, s) in scan.top(k) {
                all.ids.push(id);
                all.similarities.push(s);
            }
            all.start.push(all.ids.len());
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
        self.start.len() - 1
    }

    /// Where a row's slots stand in [`Neighbors::ids`] and [`Neighbors::similarities`].
    pub fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.start[row]..self.start[row + 1]
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
