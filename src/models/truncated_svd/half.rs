//! One half of a pass: one side's vectors are solved for, then made orthonormal.

use nalgebra::{DMatrix, SymmetricEigen};

use crate::data::{Line, Ratings};
use crate::models::biases::{place, square};
use crate::models::factors::Factors;
use crate::sort;
use crate::trace::{Addend, AddendKind, Listen};

/// A singular value below this share of the largest is what rounding leaves of zero.
const ZERO: f64 = 1e-6;
/// How many rotations an eigenvalue may take.
const ROTATIONS: usize = 100;

/// The parts of the first component's closed form: what the known and what the other cells of a line add
/// above the bar, for a user and for an item, and what stands below.
static OF_USER: [Addend; 2] = [
    Addend::part(AddendKind::Numerator, "known", r"\sum_{i \in R(u)} r_{ui}\, q_{i1}"),
    Addend::part(AddendKind::Numerator, "filled", r"\sum_{i \notin R(u)} f_{ui}\, q_{i1}"),
];
static OF_ITEM: [Addend; 2] = [
    Addend::part(AddendKind::Numerator, "known", r"\sum_{u \in R(i)} r_{ui}\, p_{u1}"),
    Addend::part(AddendKind::Numerator, "filled", r"\sum_{u \notin R(i)} f_{ui}\, p_{u1}"),
];
static LENGTH: Addend = Addend::part(AddendKind::Denominator, "length", r"\sigma_1 + \lambda");

/// Room that all lines of a half share.
#[derive(Debug, Clone)]
pub struct Work {
    /// The sum of the held vectors.
    sum: Vec<f64>,
    /// The sum of the held vectors, each times its bias.
    biased: Vec<f64>,
    /// sum over i of f_ui q_i for the line at hand.
    right: Vec<f64>,
    /// Sigma P^T P Sigma, row by row.
    gram: Vec<f64>,
}

impl Work {
    /// For vectors with this many factors.
    pub fn new(f: usize) -> Self {
        let zeros = || vec![0.0; f];
        Self { sum: zeros(), biased: zeros(), right: zeros(), gram: vec![0.0; f * f] }
    }

    /// What the fill of every line has in common.
    pub fn prepare(&mut self, held: &Factors, held_bias: &[f32]) {
        self.sum.fill(0.0);
        self.biased.fill(0.0);
        let f = self.sum.len();
        for (id, &bias) in held_bias.iter().enumerate() {
            for (k, &q) in held.row(id)[..f].iter().enumerate() {
                self.sum[k] += f64::from(q);
                self.biased[k] += f64::from(bias) * f64::from(q);
            }
        }
    }
}

/// Where the parameters stand in the model's list.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    pub own: usize,
    pub sigma: usize,
    pub held: usize,
}

/// Whose vectors are solved for, and whose are held. Written for users; for items the roles change.
pub struct Half<'a> {
    pub train: &'a Ratings,
    pub mu: f32,
    pub lambda: f32,
    /// Whether the unrated cells hold the present predictions.
    pub refill: bool,
    /// Whether the objective counts the unrated cells.
    pub all: bool,
    pub bias: &'a [f32],
    pub own: &'a mut Factors,
    pub sigma: &'a mut [f32],
    pub held_bias: &'a [f32],
    pub held: &'a mut Factors,
    pub held_is_rated: &'a dyn Fn(&Ratings, usize) -> bool,
    pub places: Places,
}

impl Half<'_> {
    // lesson: update
    /// Solves for one user or item; `line` holds its ratings. The right side is sum f_ui q_i over all
    /// items: what the fill gives, known for all lines at once, and what the ratings are above it.
    pub fn solve<L: Listen>(&mut self, row: usize, line: Line, work: &mut Work, listen: &mut L) {
        if line.is_empty() {
            return;
        }
        listen.objective(|| self.penalized(row, line));
        let base = self.mu + self.bias[row];
        let own = self.own.row_mut(row);
        for (k, right) in work.right.iter_mut().enumerate() {
            *right = if self.refill {
                f64::from(self.sigma[k]) * f64::from(own[k])
            } else {
                f64::from(base) * work.sum[k] + work.biased[k]
            };
        }
        for (id, r) in line.iter() {
            let q = self.held.row(id);
            let fill = if self.refill {
                product(own, self.sigma, q)
            } else {
                f64::from(base + self.held_bias[id])
            };
            let above = f64::from(r) - fill;
            for (right, &q) in work.right.iter_mut().zip(q) {
                *right += above * f64::from(q);
            }
        }
        let penalty = f64::from(self.lambda);
        if L::HEARS {
            let known = line.iter().map(|(id, r)| r * self.held.row(id)[0]).sum();
            let of_user = self.places.own < self.places.held;
            let [of_known, of_fill] = if of_user { &OF_USER } else { &OF_ITEM };
            listen.term(of_known, known);
            listen.term(of_fill, work.right[0] as f32 - known);
            listen.term(&LENGTH, self.sigma[0] + self.lambda);
        }
        for (k, &right) in work.right.iter().enumerate() {
            let (sigma, before) = (f64::from(self.sigma[k]), own[k]);
            let after = if sigma > 0.0 { (right / (sigma + penalty)) as f32 } else { 0.0 };
            let gradient = || (sigma * ((sigma + penalty) * f64::from(before) - right)) as f32;
            own[k] = listen.update(place(self.places.own, row, k), before, gradient, after);
        }
    }
    // lesson: end

    // lesson: basis
    /// Makes the solved vectors orthonormal without changing any product: P Sigma W has orthogonal
    /// columns for the eigenvectors W of Sigma P^T P Sigma, their lengths are the new singular values,
    /// largest first, and the held vectors become Q W.
    pub fn change_basis<L: Listen>(&mut self, work: &mut Work, listen: &mut L) {
        listen.objective(|| self.penalty());
        let f = self.sigma.len();
        self.gram(&mut work.gram);
        let Some((values, mut turn)) = eigen(f, &work.gram) else {
            return;
        };
        self.sign(&mut turn);
        let largest = values.first().copied().unwrap_or(0.0).max(0.0).sqrt();
        let singular = values.iter().map(|&x| x.max(0.0).sqrt());
        let singular: Vec<f64> =
            singular.map(|x| if x > ZERO * largest { x } else { 0.0 }).collect();
        let lengths: Vec<f64> = (0..f).map(|k| self.lengths(k, L::HEARS)).collect();
        let penalty = f64::from(self.lambda);
        let old: Vec<f64> = self.sigma.iter().map(|&x| f64::from(x)).collect();
        let mut new = vec![0.0; f];
        let vectors = [(&mut *self.own, self.places.own), (&mut *self.held, self.places.held)];
        for (n, (vectors, parameter)) in vectors.into_iter().enumerate() {
            let solved = n == 0;
            for row in 0..vectors.rows() {
                let x = &mut vectors.row_mut(row)[..f];
                for (k, new) in new.iter_mut().enumerate() {
                    let stretched = |l: usize| f64::from(x[l]) * if solved { old[l] } else { 1.0 };
                    let sum: f64 = (0..f).map(|l| stretched(l) * turn[l * f + k]).sum();
                    // A triple without a length is none: both its vectors are zero.
                    *new = match singular[k] {
                        0.0 => 0.0,
                        length if solved => sum / length,
                        _ => sum,
                    };
                }
                if L::HEARS && x.iter().all(|&x| x == 0.0) {
                    continue;
                }
                for (k, (x, &new)) in x.iter_mut().zip(&new).enumerate() {
                    let before = *x;
                    let gradient = || (penalty * old[k] * f64::from(before)) as f32;
                    *x = listen.update(place(parameter, row, k), before, gradient, new as f32);
                }
            }
        }
        for (k, sigma) in self.sigma.iter_mut().enumerate() {
            let (at, gradient) = (place(self.places.sigma, 0, k), penalty * lengths[k] / 2.0);
            *sigma = listen.update(at, *sigma, || gradient as f32, singular[k] as f32);
        }
    }
    // lesson: end

    /// Sigma P^T P Sigma.
    fn gram(&self, gram: &mut [f64]) {
        let f = self.sigma.len();
        gram.fill(0.0);
        for row in 0..self.own.rows() {
            let x = &self.own.row(row)[..f];
            for a in 0..f {
                let stretched = f64::from(x[a]);
                for b in 0..=a {
                    gram[a * f + b] += stretched * f64::from(x[b]);
                }
            }
        }
        for a in 0..f {
            for b in 0..=a {
                let value = gram[a * f + b] * f64::from(self.sigma[a]) * f64::from(self.sigma[b]);
                gram[a * f + b] = value;
                gram[b * f + a] = value;
            }
        }
    }

    /// A singular triple may change the sign of both its vectors: the items' components sum to at least
    /// zero.
    fn sign(&self, turn: &mut [f64]) {
        let f = self.sigma.len();
        let own_are_items = self.places.own > self.places.held;
        let items: &Factors = if own_are_items { self.own } else { self.held };
        let mut sums = vec![0.0; f];
        for row in 0..items.rows() {
            for (sum, &x) in sums.iter_mut().zip(items.row(row)) {
                *sum += f64::from(x);
            }
        }
        if own_are_items {
            sums.iter_mut().zip(self.sigma.iter()).for_each(|(sum, &s)| *sum *= f64::from(s));
        }
        for k in 0..f {
            let sum: f64 = (0..f).map(|l| sums[l] * turn[l * f + k]).sum();
            if sum < 0.0 {
                (0..f).for_each(|l| turn[l * f + k] = -turn[l * f + k]);
            }
        }
    }

    /// |p_k|^2 + |q_k|^2, where anybody hears it.
    fn lengths(&self, k: usize, hears: bool) -> f64 {
        if !hears {
            return 0.0;
        }
        let squares = |x: &Factors| (0..x.rows()).map(|row| square(x.row(row)[k])).sum::<f64>();
        squares(self.own) + squares(self.held)
    }

    fn penalty(&self) -> f64 {
        let each = |(k, &s): (usize, &f32)| f64::from(s) * self.lengths(k, true);
        f64::from(self.lambda) * self.sigma.iter().enumerate().map(each).sum::<f64>()
    }

    /// The squared errors of one line and the penalty of its vector.
    fn penalized(&self, row: usize, line: Line) -> f64 {
        let own = self.own.row(row);
        let error = |id: usize, cell: f64| {
            let e = cell - product(own, self.sigma, self.held.row(id));
            e * e
        };
        let mut sum: f64 = line.iter().map(|(id, r)| error(id, f64::from(r))).sum();
        if self.all {
            for (id, &bias) in self.held_bias.iter().enumerate() {
                let rated = line.ids.binary_search(&(id as u32)).is_ok();
                if !rated && (self.held_is_rated)(self.train, id) {
                    sum += error(id, f64::from(self.mu + self.bias[row] + bias));
                }
            }
        }
        let squares = own.iter().zip(&*self.sigma).map(|(&x, &s)| f64::from(s) * square(x));
        sum + f64::from(self.lambda) * squares.sum::<f64>()
    }
}

/// sum over k of sigma_k p_uk q_ik.
pub fn product(p: &[f32], sigma: &[f32], q: &[f32]) -> f64 {
    let terms = p.iter().zip(q).zip(sigma);
    terms.map(|((&p, &q), &s)| f64::from(s) * f64::from(p) * f64::from(q)).sum()
}

/// Eigenvalues, largest first, and the eigenvectors as columns; nothing where the matrix is not finite.
fn eigen(f: usize, gram: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    if gram.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let matrix = DMatrix::from_row_slice(f, f, gram);
    let found = SymmetricEigen::try_new(matrix, f64::EPSILON, ROTATIONS * f)?;
    let mut order: Vec<usize> = (0..f).collect();
    sort::by(&mut order, &|&a, &b| found.eigenvalues[b].total_cmp(&found.eigenvalues[a]));
    let values = order.iter().map(|&k| found.eigenvalues[k]).collect();
    let vectors = (0..f).flat_map(|l| order.iter().map(move |&k| (l, k)));
    Some((values, vectors.map(|at| found.eigenvectors[at]).collect()))
}
