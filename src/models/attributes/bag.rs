//! Vectors and biases of attributes, which users or items share.

use serde::Serialize;

use crate::data::Lists;
use crate::models::biases::{Rate, place, square};
use crate::models::factors::{Factors, add_scaled, dot};
use crate::models::implicit::Carried;
use crate::models::{Axis, Parameter};
use crate::trace::Listen;

/// What one attribute adds to a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Share {
    /// Its index in [`crate::data::Attributes`].
    pub attribute: usize,
    /// Its bias, as far as it counts.
    pub bias: f32,
    /// Its part of the product of the vectors.
    pub product: f32,
}

/// How a rating's error reaches what it teaches: x + gamma (e y - lambda x).
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) e: f32,
    pub(super) gamma: f32,
    pub(super) lambda: f32,
}

impl Rates {
    /// What a step leaves of a parameter before it adds to it.
    pub(super) fn keep(self) -> f32 {
        1.0 - self.gamma * self.lambda
    }

    /// gamma e.
    pub(super) fn learn(self) -> f32 {
        self.gamma * self.e
    }

    /// The same for the biases of users and items.
    pub(super) fn descent(self) -> Rate {
        Rate::new(self.e, self.gamma, self.lambda)
    }
}

/// A bias and a vector for each attribute, 4 (f + 1) bytes each, and who has which. All start at zero:
/// what an attribute says is learned.
#[derive(Debug, Clone)]
pub(super) struct Bag {
    pub(super) lists: Lists,
    pub(super) b: Vec<f32>,
    pub(super) y: Factors,
    /// Whether a sum over n attributes is divided by the root of n.
    rooted: bool,
    /// Where the biases, then the vectors, stand in the model's list of parameters.
    at: usize,
}

impl Bag {
    pub(super) fn new(lists: Lists, factors: usize, rooted: bool, at: usize) -> Self {
        let n = lists.names().len();
        Self { b: vec![0.0; n], y: Factors::zeros(n, factors), lists, rooted, at }
    }

    /// Whether any user or item of the data has an attribute.
    pub(super) fn has_any(&self) -> bool {
        !self.b.is_empty()
    }

    /// What each attribute of a user or item counts in their sum.
    pub(super) fn norm(&self, line: usize) -> f32 {
        self.norm_of(self.lists.of(line))
    }

    fn norm_of(&self, own: &[u32]) -> f32 {
        if self.rooted && own.len() > 1 { 1.0 / (own.len() as f32).sqrt() } else { 1.0 }
    }

    /// The sum of these attributes' biases.
    pub(super) fn bias(&self, own: &[u32]) -> f32 {
        let sum: f32 = own.iter().map(|&a| self.b[a as usize]).sum();
        self.norm_of(own) * sum
    }

    /// The sum of their vectors into `s`.
    pub(super) fn gather(&self, own: &[u32], s: &mut [f32]) {
        s.fill(0.0);
        let norm = self.norm_of(own);
        for &a in own {
            add_scaled(s, norm, self.y.row(a as usize));
        }
    }

    /// b_a += gamma (norm e - lambda b_a) for each attribute of one user or item.
    pub(super) fn step_biases<L: Listen>(&mut self, line: usize, by: Rates, listen: &mut L) {
        let Rates { e, gamma, lambda } = by;
        let (keep, e_a) = (1.0 - gamma * lambda, e * self.norm(line));
        for &a in self.lists.of(line) {
            let b = &mut self.b[a as usize];
            let b_old = *b;
            let gradient = || lambda * b_old - e_a;
            let at = place(self.at, a as usize, 0);
            *b = listen.update(at, b_old, gradient, keep * b_old + gamma * e_a);
        }
    }

    /// y_a += gamma (norm e other - lambda y_a) for each attribute of one user or item; `other` is what
    /// stands beside their sum in the prediction.
    pub(super) fn step_vectors<L: Listen>(
        &mut self,
        line: usize,
        other: &[f32],
        by: Rates,
        listen: &mut L,
    ) {
        let Rates { e, gamma, lambda } = by;
        let (keep, e_a) = (1.0 - gamma * lambda, e * self.norm(line));
        for &a in self.lists.of(line) {
            let y_a = self.y.row_mut(a as usize);
            for (k, (y, &other)) in y_a.iter_mut().zip(other).enumerate() {
                let y_old = *y;
                let gradient = || lambda * y_old - e_a * other;
                let at = place(self.at + 1, a as usize, k);
                *y = listen.update(at, y_old, gradient, keep * y_old + gamma * e_a * other);
            }
        }
    }

    /// The y_a after all ratings of one user: each got the same increments and decays.
    pub(super) fn write(&mut self, line: usize, carried: &Carried) {
        let own = self.lists.of(line);
        let share = 1.0 / (self.norm(line) * own.len() as f32);
        for &attribute in own {
            carried.write(self.y.row_mut(attribute as usize), share);
        }
    }

    /// What each of these attributes adds to a prediction: its bias and its part of the product with
    /// `other`.
    pub(super) fn shares(&self, own: &[u32], other: &[f32]) -> Vec<Share> {
        let norm = self.norm_of(own);
        let share = |&a: &u32| Share {
            attribute: a as usize,
            bias: norm * self.b[a as usize],
            product: norm * dot(self.y.row(a as usize), other),
        };
        own.iter().map(share).collect()
    }

    /// The sum of the squares of what a rating of this user or item touches.
    pub(super) fn squares(&self, line: usize) -> f64 {
        let own = self.lists.of(line).iter().map(|&a| a as usize);
        own.map(|a| square(self.b[a]) + self.y.row(a).iter().map(|&y| square(y)).sum::<f64>()).sum()
    }

    /// Both as parameters.
    pub(super) fn parameters(
        &self,
        axis: Axis,
        (b, y): (&'static str, &'static str),
        index: &'static str,
    ) -> [Parameter<'_>; 2] {
        [
            Parameter::scalars(b, ("b", index), axis, &self.b),
            Parameter::vectors(y, ("y", index), axis, &self.y),
        ]
    }
}
