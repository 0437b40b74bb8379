//! Item vectors summed over what a user rated, z_u = |N(u)|^(-1/2) sum of y_j over the items j that
//! user u rated in training, or with a weight for each j: what SVD++, NSVD and Asymmetric-SVD have in
//! common.

use super::Parameter;
use super::biases::place;
use super::factors::{Factors, add_scaled, dot};
use super::{Axis, Spec};
use crate::data::{Line, Ratings};
use crate::random;
use crate::trace::Listen;

/// The vectors y_j, one for each item, 4 f bytes each. N(u) holds training items only.
///
/// Methods that take a `weight` do the same for z_u = sum of w_j y_j; they hand it each rated item and
/// its rating.
#[derive(Debug, Clone)]
pub struct Implicit {
    /// The y_j.
    pub y: Factors,
    /// Where they stand in the list of the model's parameters.
    pub place: usize,
    name: &'static str,
}

impl Implicit {
    /// Normal start values, zero for items without ratings.
    pub fn new(spec: &Spec, train: &Ratings, seed: u64, place: usize) -> Self {
        Self::named("y_j", spec, train, seed, place)
    }

    /// The same for vectors of another name, `x_j`.
    pub fn named(
        name: &'static str,
        spec: &Spec,
        train: &Ratings,
        seed: u64,
        place: usize,
    ) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let rated = |i: usize| !train.column(i).is_empty();
        let rng = random::stream(seed, &name[..1]);
        Self { y: Factors::normal(train.items(), f, sigma, rng, rated), place, name }
    }

    /// |N(u)|^(-1/2), or 0 for a user without ratings.
    pub fn norm(train: &Ratings, u: usize) -> f32 {
        Self::norm_of(train.row(u))
    }

    /// The same for a row that need not be in the training set.
    pub fn norm_of(line: Line) -> f32 {
        let n = line.len();
        if n == 0 { 0.0 } else { 1.0 / (n as f32).sqrt() }
    }

    /// z_u into `z`, O(|N(u)| f).
    pub fn gather(&self, train: &Ratings, u: usize, z: &mut [f32]) {
        let line = train.row(u);
        self.gather_weighted(line, Self::norm_of(line), |_, _| 1.0, z);
    }

    /// `norm` times the weighted sum of the y_j over a row into `z`, O(|N(u)| f).
    pub fn gather_weighted(
        &self,
        line: Line,
        norm: f32,
        weight: impl Fn(usize, f32) -> f32,
        z: &mut [f32],
    ) {
        z.fill(0.0);
        for (j, r) in line.iter() {
            add_scaled(z, weight(j, r), self.y.row(j));
        }
        for z in z {
            *z *= norm;
        }
    }

    /// z_u in a buffer of its own.
    pub fn gathered(&self, train: &Ratings, u: usize) -> Vec<f32> {
        let mut z = vec![0.0; self.y.stride()];
        self.gather(train, u, &mut z);
        z
    }

    /// The y_j of one rating of `u`, as the formula says: y_j += gamma (e |N(u)|^(-1/2) q - lambda y_j)
    /// for all j in N(u), O(|N(u)| f). `q` is what stands beside z_u in the prediction, at its old value.
    pub fn step<L: Listen>(
        &mut self,
        (train, u): (&Ratings, usize),
        q: &[f32],
        (e, gamma, lambda): (f32, f32, f32),
        listen: &mut L,
    ) {
        let norm = Self::norm(train, u);
        self.step_weighted(train.row(u), |_, _| norm, q, (e, gamma, lambda), listen);
    }

    /// The same where each y_j has a weight in z_u: y_j += gamma (e w_j q - lambda y_j).
    pub fn step_weighted<L: Listen>(
        &mut self,
        line: Line,
        weight: impl Fn(usize, f32) -> f32,
        q: &[f32],
        (e, gamma, lambda): (f32, f32, f32),
        listen: &mut L,
    ) {
        let keep = 1.0 - gamma * lambda;
        for (j, r) in line.iter() {
            let e_y = e * weight(j, r);
            for (k, (y, &q)) in self.y.row_mut(j).iter_mut().zip(q).enumerate() {
                let y_old = *y;
                let gradient = || lambda * y_old - e_y * q;
                let after = keep * y_old + gamma * e_y * q;
                *y = listen.update(place(self.place, j, k), y_old, gradient, after);
            }
        }
    }

    /// The y_j after all ratings of one user. As long as the ratings are one user's, every y_j gets
    /// the same increment and the same decay, so y_j = a y_j0 + v, where a is the product of the
    /// decays; and since z_u = a z_u0 + |N(u)|^(1/2) v, `z` before and after tells v. O(|N(u)| f).
    pub fn write(&mut self, train: &Ratings, u: usize, a: f32, z_start: &[f32], z: &[f32]) {
        let norm = Self::norm(train, u);
        self.write_weighted(train.row(u), |_, _| norm, a, z_start, z);
    }

    /// The same where each y_j has a weight w_j in the prediction: y_j = a y_j0 + w_j v, with
    /// v = z - a z_start, where z is a sum whose squared weights add up to 1.
    pub fn write_weighted(
        &mut self,
        line: Line,
        weight: impl Fn(usize, f32) -> f32,
        a: f32,
        z_start: &[f32],
        z: &[f32],
    ) {
        for (j, r) in line.iter() {
            let w = weight(j, r);
            for ((y, z), z_start) in self.y.row_mut(j).iter_mut().zip(z).zip(z_start) {
                *y = a * *y + (z - a * z_start) * w;
            }
        }
    }

    /// What each rated item contributes to q . z_u, largest first.
    pub fn because(&self, train: &Ratings, u: usize, q: &[f32]) -> Vec<(usize, f32)> {
        let norm = Self::norm(train, u);
        let share = |&j: &u32| (j as usize, norm * dot(q, self.y.row(j as usize)));
        let mut shares: Vec<(usize, f32)> = train.row(u).ids.iter().map(share).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    /// The vectors as a parameter.
    pub fn parameter(&self) -> Parameter<'_> {
        Parameter::vectors(self.name, self.name, Axis::Item, &self.y)
    }
}
