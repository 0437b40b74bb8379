//! b~_ui = mu + b_u + b_i, estimated once before training and then left as it is.

use std::sync::Arc;

use super::baseline::Baseline;
use super::biases::Biases;
use crate::data::{Line, Ratings};

/// The penalty and the number of passes of the baseline at its defaults.
const LAMBDA: f32 = 5.0;
const PASSES: usize = 10;

/// The baseline b~ of a training set, by the regularized least squares of the model `baseline`,
/// 4 (users + items) bytes.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// mu, b~_u and b~_i.
    pub b: Biases,
}

impl Frozen {
    /// Ten passes, O(ratings) each.
    pub fn new(train: &Arc<Ratings>) -> Self {
        Self { b: Baseline::fitted(train, LAMBDA, PASSES) }
    }

    /// b~_u of a training user.
    pub fn user(&self, u: usize) -> f32 {
        self.b.u[u]
    }

    /// b~_u of any row of ratings: what the last pass computes for a training user.
    pub fn user_of(&self, line: Line) -> f32 {
        let rest = |(i, r): (usize, f32)| r - self.b.mu - self.b.i[i];
        let sum = line.iter().map(rest).fold(0.0, |sum, rest| sum + rest);
        let count = line.len() as f32 + LAMBDA;
        sum / count
    }

    /// r_ui - b~_ui for a user with this b~_u.
    pub fn rest(&self, b_u: f32, i: usize, r: f32) -> f32 {
        r - (self.b.mu + b_u + self.b.i[i])
    }
}
