//! mu + b_u + b_i: what the biased models have in common.

use super::{Axis, Parameter};
use crate::data::Ratings;
use crate::trace::{Addend, AddendKind, Listen, Place};

/// The places of mu, b_u and b_i come first in the list of a model's parameters.
pub const B_U: usize = 1;
/// See [`B_U`].
pub const B_I: usize = 2;
/// How many places they take: the first one free for a model's own.
pub const OWN: usize = 3;

/// The addend mu of a prediction.
pub static MEAN: Addend = Addend::new(AddendKind::Mean, "mu", r"\mu", "the mean of all ratings");
/// The addend b_u.
pub static USER_BIAS: Addend = Addend::new(
    AddendKind::Bias,
    "b_u",
    "b_u",
    "the user’s bias: how far their ratings lie from what is expected without it",
);
/// The addend b_i.
pub static ITEM_BIAS: Addend = Addend::new(
    AddendKind::Bias,
    "b_i",
    "b_i",
    "the film’s bias: how far its ratings lie from what is expected without it",
);

/// The mean, and a bias for each user and item, 4 bytes each.
#[derive(Debug, Clone)]
pub struct Biases {
    /// The mean of the training set, or 0 in a model without biases.
    pub mu: f32,
    /// b_u, one for each user.
    pub u: Vec<f32>,
    /// b_i, one for each item.
    pub i: Vec<f32>,
}

impl Biases {
    /// All biases zero.
    pub fn new(train: &Ratings, biased: bool) -> Self {
        Self {
            mu: if biased { train.mean() } else { 0.0 },
            u: vec![0.0; train.users()],
            i: vec![0.0; train.items()],
        }
    }

    /// mu + b_u + b_i.
    #[inline]
    pub fn sum<L: Listen>(&self, u: usize, i: usize, listen: &mut L) -> f32 {
        listen.term(&MEAN, self.mu);
        listen.term(&USER_BIAS, self.u[u]);
        listen.term(&ITEM_BIAS, self.i[i]);
        self.mu + self.u[u] + self.i[i]
    }

    // lesson: step
    /// b_u += gamma (e - lambda b_u) and b_i likewise, with keep = 1 - gamma lambda and learn = gamma e.
    #[inline]
    pub fn step<L: Listen>(&mut self, u: usize, i: usize, by: &Rate, listen: &mut L) {
        let &Rate { e, lambda, keep, learn } = by;
        let (b_u, b_i) = (self.u[u], self.i[i]);
        self.u[u] = listen.update(place(B_U, u, 0), b_u, || lambda * b_u - e, keep * b_u + learn);
        self.i[i] = listen.update(place(B_I, i, 0), b_i, || lambda * b_i - e, keep * b_i + learn);
    }
    // lesson: end

    /// b_u^2 + b_i^2.
    pub fn squares(&self, u: usize, i: usize) -> f64 {
        square(self.u[u]) + square(self.i[i])
    }

    /// The sum of all b_u^2 and b_i^2.
    pub fn all_squares(&self) -> f64 {
        self.u.iter().chain(&self.i).map(|&b| square(b)).sum()
    }

    /// mu, b_u and b_i, followed by a model's own parameters.
    pub fn parameters<'a>(&'a self, own: &[Parameter<'a>]) -> Vec<Parameter<'a>> {
        let mut all = vec![
            Parameter::scalars("mu", (r"\mu", ""), Axis::Global, std::slice::from_ref(&self.mu)),
            Parameter::scalars("b_u", ("b", "u"), Axis::User, &self.u),
            Parameter::scalars("b_i", ("b", "i"), Axis::Item, &self.i),
        ];
        all.extend(own);
        all
    }

    /// The same, to be changed.
    pub fn values_mut<'a, const N: usize>(
        &'a mut self,
        own: [&'a mut [f32]; N],
    ) -> Vec<&'a mut [f32]> {
        let mut all = vec![std::slice::from_mut(&mut self.mu), &mut self.u[..], &mut self.i[..]];
        all.extend(own);
        all
    }
}

/// What a step of gradient descent needs of the error: x + gamma (e y - lambda x) is
/// keep x + learn y for every parameter x and its partner y.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// The error e_ui.
    pub e: f32,
    /// The regularization.
    pub lambda: f32,
    /// 1 - gamma lambda.
    pub keep: f32,
    /// gamma e.
    pub learn: f32,
}

impl Rate {
    /// For one rating's error.
    pub fn new(e: f32, gamma: f32, lambda: f32) -> Self {
        Self { e, lambda, keep: 1.0 - gamma * lambda, learn: gamma * e }
    }
}

/// A place in the list of parameters.
pub fn place(parameter: usize, row: usize, column: usize) -> Place {
    Place { parameter, row, column }
}

/// x^2 in double precision.
pub fn square(x: f32) -> f64 {
    f64::from(x) * f64::from(x)
}
