//! Item vectors summed over what a user rated, z_u = |N(u)|^(-1/2) sum of y_j over the items j that
//! user u rated in training, or with a weight for each j: what SVD++, NSVD and Asymmetric-SVD have in
//! common.

use super::Parameter;
use super::biases::place;
use super::factors::{Factors, add_scaled, dot};
use super::{Axis, Spec};
use crate::data::{Line, Ratings};
use crate::random;
use crate::trace::{Addend, AddendKind, Listen, RatedShare};

/// The addend of z_u in a prediction where it stands beside q_i, and what one rated item adds to it.
pub static PRODUCT: Addend = Addend::new(
    AddendKind::Factors,
    "implicit",
    r"q_i^\top |N(u)|^{-1/2} \sum_{j} y_j",
    "the film’s vector times what the rated films say of the user",
);
/// The share of [`PRODUCT`].
pub const SHARE: RatedShare =
    RatedShare { latex: r"|N(u)|^{-1/2}\, q_i^\top y_j", words: RatedShare::EACH, of: &[&PRODUCT] };

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

/// A sum of vectors that one user's ratings share, z_u, while those ratings are visited. Each rating gives
/// every vector the same decay, and the same increment but for a weight. So the sum alone is carried along,
/// in O(f) a rating, and tells afterwards what has become of each vector.
#[derive(Debug, Clone)]
pub struct Carried {
    /// z_u as it is now.
    pub z: Vec<f32>,
    /// z_u before the user's first rating.
    start: Vec<f32>,
    /// The product of all decays since then.
    kept: f32,
}

impl Carried {
    /// All zero.
    pub fn new(stride: usize) -> Self {
        Self { z: vec![0.0; stride], start: vec![0.0; stride], kept: 1.0 }
    }

    /// From here on, changes count.
    pub fn begin(&mut self) {
        self.start.copy_from_slice(&self.z);
        self.kept = 1.0;
    }

    /// Another rating's decay.
    pub fn decay(&mut self, keep: f32) {
        self.kept *= keep;
    }

    // lesson: write
    /// A shared vector after all of the user's ratings: y = a y_0 + w v with v = z - a z_0, where a is the
    /// product of the decays.
    pub fn write(&self, y: &mut [f32], w: f32) {
        let a = self.kept;
        for ((y, z), z_start) in y.iter_mut().zip(&self.z).zip(&self.start) {
            *y = a * *y + (z - a * z_start) * w;
        }
    }
    // lesson: end
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
    pub fn norm(line: Line) -> f32 {
        let n = line.len();
        if n == 0 { 0.0 } else { 1.0 / (n as f32).sqrt() }
    }

    /// Room for z_u.
    pub fn room(&self) -> Carried {
        Carried::new(self.y.stride())
    }

    /// Takes up z_u, O(|N(u)| f).
    pub fn take(&self, line: Line, to: &mut Carried) {
        self.gather(line, |_, _| 1.0, &mut to.z);
        to.begin();
    }

    /// |N(u)|^(-1/2) times the weighted sum of the y_j over a row into `z`, O(|N(u)| f).
    pub fn gather(&self, line: Line, weight: impl Fn(usize, f32) -> f32, z: &mut [f32]) {
        z.fill(0.0);
        for (j, r) in line.iter() {
            add_scaled(z, weight(j, r), self.y.row(j));
        }
        let norm = Self::norm(line);
        for z in z {
            *z *= norm;
        }
    }

    /// The y_j of one rating of `u`, as the formula says: y_j += gamma (e |N(u)|^(-1/2) q - lambda y_j)
    /// for all j in N(u), O(|N(u)| f). `q` is what stands beside z_u in the prediction, at its old value.
    pub fn step<L: Listen>(&mut self, line: Line, q: &[f32], by: (f32, f32, f32), listen: &mut L) {
        let norm = Self::norm(line);
        self.step_weighted(line, |_, _| norm, q, by, listen);
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

    /// The y_j after all ratings of one user, O(|N(u)| f): with the same increment and the same decay for
    /// every y_j, y_j = a y_j0 + v; and since z_u = a z_u0 + |N(u)|^(1/2) v, z_u before and after tells v.
    pub fn write(&mut self, line: Line, carried: &Carried) {
        let norm = Self::norm(line);
        self.write_weighted(line, |_, _| norm, carried);
    }

    /// The same where each y_j has a weight w_j in the prediction: y_j = a y_j0 + w_j v. What is carried
    /// is a sum whose squared weights add up to 1.
    pub fn write_weighted(
        &mut self,
        line: Line,
        weight: impl Fn(usize, f32) -> f32,
        carried: &Carried,
    ) {
        for (j, r) in line.iter() {
            carried.write(self.y.row_mut(j), weight(j, r));
        }
    }

    /// What each rated item contributes to q . z_u, by ascending item.
    pub fn because(&self, line: Line, q: &[f32]) -> Vec<(usize, f32)> {
        let norm = Self::norm(line);
        let share = |&j: &u32| (j as usize, norm * dot(q, self.y.row(j as usize)));
        line.ids.iter().map(share).collect()
    }

    /// The y_j of what a row rates.
    pub fn rows<'a>(&'a self, line: Line<'a>) -> impl Iterator<Item = &'a [f32]> {
        line.ids.iter().map(|&j| self.y.row(j as usize))
    }

    /// The vectors as a parameter.
    pub fn parameter(&self) -> Parameter<'_> {
        Parameter::vectors(self.name, (&self.name[..1], "j"), Axis::Item, &self.y)
    }
}
