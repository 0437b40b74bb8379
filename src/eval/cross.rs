//! Cross-validation: every rating is predicted once by a model that has not seen it.

use serde::Serialize;

use super::{Errors, errors};
use crate::data::{Ratings, split};
use crate::models::Spec;

/// One fold's errors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fold {
    /// Errors on the fold's test set.
    pub errors: Errors,
    /// Seconds to train, as the clock handed in says.
    pub fit_seconds: f64,
    /// Seconds to predict the test set.
    pub test_seconds: f64,
}

/// Mean, standard deviation and single values of one error over the folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The mean.
    pub mean: f64,
    /// The standard deviation over the folds (divided by their number, as numpy does).
    pub sd: f64,
    /// The folds' values.
    pub folds: Vec<f64>,
}

impl Summary {
    /// Of these values.
    pub fn of(folds: Vec<f64>) -> Self {
        let n = folds.len() as f64;
        let mean = folds.iter().sum::<f64>() / n;
        let variance = folds.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        Self {
            mean,
            sd: variance.sqrt(),
            folds,
        }
    }
}

/// All folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossValidation {
    /// The folds in order.
    pub folds: Vec<Fold>,
}

impl CrossValidation {
    /// Root mean squared error over the folds.
    pub fn rmse(&self) -> Summary {
        Summary::of(self.folds.iter().map(|fold| fold.errors.rmse).collect())
    }

    /// Mean absolute error over the folds.
    pub fn mae(&self) -> Summary {
        Summary::of(self.folds.iter().map(|fold| fold.errors.mae).collect())
    }

    /// Seconds spent training, over all folds.
    pub fn fit_seconds(&self) -> f64 {
        self.folds.iter().map(|fold| fold.fit_seconds).sum()
    }

    /// Seconds spent predicting the test sets, over all folds.
    pub fn test_seconds(&self) -> f64 {
        self.folds.iter().map(|fold| fold.test_seconds).sum()
    }
}

/// Trains and tests on `k` folds; the seed decides the folds, the start values and the order of visits.
/// `now` tells seconds since some moment; `each` is called after each fold and may stop by returning
/// false.
///
/// # Panics
/// If `k` is less than 2.
pub fn cross_validate(
    spec: &Spec,
    all: &Ratings,
    k: usize,
    seed: u64,
    now: impl Fn() -> f64,
    mut each: impl FnMut(&Fold) -> bool,
) -> CrossValidation {
    let mut folds = Vec::with_capacity(k);
    for split in split::folds(all, k, seed) {
        let start = now();
        let mut model = spec.build(split.train, seed);
        for epoch in 0..spec.epochs() {
            model.pass(epoch);
        }
        let trained = now();
        let errors = errors(&*model, &split.test, split.test.scale());
        let fold = Fold {
            errors,
            fit_seconds: trained - start,
            test_seconds: now() - trained,
        };
        folds.push(fold);
        if !each(&fold) {
            break;
        }
    }
    CrossValidation { folds }
}
