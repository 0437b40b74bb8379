//! How alike two items are, or two users, and the lists of the most similar ones: what the neighborhood
//! models have in common.
//!
//! For a row i and every other row j that shares raters with it, four sums over the raters they share
//! tell everything: n_ij, sum x y, sum x^2, sum y^2, where x and y are what the rater gave to i and to j.
//! They are accumulated sparsely: for each rater of i, all of the rater's ratings are gone through once
//! and added to one place for each j. Memory beside the lists is O(ratings + rows), never rows squared.
//! Sums run over the raters in ascending order, in single precision, so they are the same bits on every
//! target, and s_ij and s_ji are the same bits too: whoever wants all rows counts each pair once.

mod scan;

use std::sync::Arc;

use wide::f32x4;

use super::biases::Biases;
use super::choice::choices;
use super::side::Side;
use crate::data::Ratings;

pub use scan::{Pairs, Scan};

/// In a list of neighbors: a slot that belongs to nobody.
pub const EMPTY: u32 = u32::MAX;

choices! {
    /// How alike two rows are by the ratings that they share, before the shrinkage.
    pub enum Measure {
        /// rho = sum e_ui e_uj / sqrt(sum e_ui^2 sum e_uj^2) with e_ui = r_ui - b_ui, what the baseline
        /// leaves over: Koren and Bell (Recommender Systems Handbook, 2011), eq. 5.15.
        PearsonBaseline = "pearson-baseline",
        /// Pearson's correlation: the same with each row's mean over the shared raters in place of b_ui.
        Pearson = "pearson",
        /// The cosine: the same with nothing taken off.
        Cosine = "cosine",
        /// 1 / (1 + mean squared difference).
        Msd = "msd",
    }
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

    /// Fills the lists with the k most similar of every row.
    pub fn fill(&mut self, settings: Settings, train: &Arc<Ratings>, b: &Biases) {
        let mut pairs = self.pairs(Scan::new(settings, train, b));
        (0..self.rows).for_each(|place| pairs.count(place));
        self.take(pairs);
    }

    /// What counts with whom each row is similar, with room for as many as a list has.
    pub fn pairs(&self, scan: Scan) -> Pairs {
        Pairs::new(scan, self.k)
    }

    /// Fills the lists with what was found.
    pub fn take(&mut self, mut found: Pairs) {
        for row in 0..self.rows {
            self.set(row, found.of(row));
        }
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

    /// The same, to be changed.
    pub fn ids_mut(&mut self) -> &mut [u32] {
        &mut self.ids
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
