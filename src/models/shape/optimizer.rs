//! Gradients of a batch, and what is made of them.

use std::ops::Range;

use crate::models::Parameter;
use crate::models::biases::place;
use crate::trace::Listen;

/// A derivative for each number of a model's parameters, in their layout. It knows which rows a batch
/// reached: of the vectors of all users and items it touches few.
#[derive(Debug, Clone)]
pub struct Gradients(Vec<Gradient>);

#[derive(Debug, Clone)]
struct Gradient {
    columns: usize,
    stride: usize,
    values: Vec<f32>,
    /// Which rows were reached, as a flag each and as a list.
    is_touched: Vec<bool>,
    touched: Vec<usize>,
}

impl Gradients {
    /// All zero, for a model with these parameters.
    pub fn new(parameters: &[Parameter]) -> Self {
        let zeros = |p: &Parameter| Gradient {
            columns: p.columns,
            stride: p.stride,
            values: vec![0.0; p.values.len()],
            is_touched: vec![false; p.values.len() / p.stride.max(1)],
            touched: Vec::new(),
        };
        Self(parameters.iter().map(zeros).collect())
    }

    /// One row of a parameter, with its padding, to be added to. From here on it counts as reached.
    pub fn row(&mut self, parameter: usize, row: usize) -> &mut [f32] {
        let own = &mut self.0[parameter];
        if !std::mem::replace(&mut own.is_touched[row], true) {
            own.touched.push(row);
        }
        &mut own.values[row * own.stride..(row + 1) * own.stride]
    }

    /// Zero everywhere again.
    pub(super) fn clear(&mut self) {
        for own in &mut self.0 {
            for row in own.touched.drain(..) {
                own.values[row * own.stride..(row + 1) * own.stride].fill(0.0);
                own.is_touched[row] = false;
            }
        }
    }

    /// Adds lambda x to the gradient of each number x in a row that was reached, and returns the sum of all
    /// lambda x^2; `lambdas` holds one for each parameter.
    pub(super) fn penalize(&mut self, lambdas: &[f32], parameters: &[Parameter]) -> f64 {
        let mut sum = 0.0;
        for ((own, &lambda), parameter) in self.0.iter_mut().zip(lambdas).zip(parameters) {
            if lambda == 0.0 {
                continue;
            }
            for &row in &own.touched {
                let range = own.range(row);
                for (gradient, &x) in
                    own.values[range.clone()].iter_mut().zip(&parameter.values[range])
                {
                    *gradient += lambda * x;
                    sum += f64::from(lambda) * f64::from(x) * f64::from(x);
                }
            }
        }
        sum
    }
}

impl Gradient {
    /// Where a row stands, without its padding.
    fn range(&self, row: usize) -> Range<usize> {
        row * self.stride..row * self.stride + self.columns
    }
}

/// How a gradient g changes a number x. What it remembers of earlier gradients stays as it is in rows that a
/// batch does not reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimizer {
    /// x -= gamma g.
    Plain {
        /// gamma, the learning rate.
        gamma: f32,
    },
    /// v = keep v + g;  x -= gamma v.
    Momentum {
        /// gamma, the learning rate.
        gamma: f32,
        /// How much of the way so far is kept.
        keep: f32,
    },
    /// m = keep m + (1 - keep) g;  v = keep_squares v + (1 - keep_squares) g^2;  at the t-th batch
    /// x -= gamma (m / (1 - keep^t)) / (sqrt(v / (1 - keep_squares^t)) + 1e-8): Kingma and Ba (2015).
    Adam {
        /// gamma, the learning rate.
        gamma: f32,
        /// How much of the mean gradient is kept, .9 in the paper.
        keep: f32,
        /// How much of the mean squared gradient is kept, .999 in the paper.
        keep_squares: f32,
    },
}

/// Keeps a division by the root of a mean square finite.
const SMALL: f32 = 1e-8;

/// An optimizer, and what it remembers of earlier gradients.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    optimizer: Optimizer,
    /// The mean gradient, or the way so far, and the mean square: in the layout of the parameters.
    first: Vec<Vec<f32>>,
    second: Vec<Vec<f32>>,
    /// Batches so far.
    batches: u64,
}

impl Moments {
    /// Remembers nothing yet, for a model with these parameters.
    pub fn new(optimizer: Optimizer, parameters: &[Parameter]) -> Self {
        let room = |needed: bool| {
            let zeros = |p: &Parameter| vec![0.0; if needed { p.values.len() } else { 0 }];
            parameters.iter().map(zeros).collect()
        };
        let [first, second] = [
            !matches!(optimizer, Optimizer::Plain { .. }),
            matches!(optimizer, Optimizer::Adam { .. }),
        ]
        .map(room);
        Self { optimizer, first, second, batches: 0 }
    }

    /// One step against the gradients of a batch, in the rows that it reached, by ascending row.
    pub fn apply<L: Listen>(
        &mut self,
        mut values: Vec<&mut [f32]>,
        gradients: &mut Gradients,
        listen: &mut L,
    ) {
        self.batches += 1;
        let t = self.batches as f64;
        for (parameter, (own, values)) in gradients.0.iter_mut().zip(&mut values).enumerate() {
            own.touched.sort_unstable();
            for &row in &own.touched {
                for (column, at) in own.range(row).enumerate() {
                    let (before, g) = (values[at], own.values[at]);
                    let after = match self.optimizer {
                        Optimizer::Plain { gamma } => before - gamma * g,
                        Optimizer::Momentum { gamma, keep } => {
                            let v = &mut self.first[parameter][at];
                            *v = keep * *v + g;
                            before - gamma * *v
                        }
                        Optimizer::Adam { gamma, keep, keep_squares } => {
                            let m = &mut self.first[parameter][at];
                            let v = &mut self.second[parameter][at];
                            *m = keep * *m + (1.0 - keep) * g;
                            *v = keep_squares * *v + (1.0 - keep_squares) * g * g;
                            let whole = |keep: f32| (1.0 - libm::pow(f64::from(keep), t)) as f32;
                            let root = (*v / whole(keep_squares)).sqrt();
                            before - gamma * (*m / whole(keep)) / (root + SMALL)
                        }
                    };
                    values[at] = listen.update(place(parameter, row, column), before, || g, after);
                }
            }
        }
    }
}
