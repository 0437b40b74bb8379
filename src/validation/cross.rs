//! Cross-validation: every rating is predicted once by a model that has not seen it.

use std::collections::BTreeMap;

use serde::Serialize;
use xxhash_rust::xxh64::xxh64;

use super::{FoldError, fit};
use crate::data::{Ratings, split};
use crate::eval::{METRICS, Measures, MetricId, measure_test};
use crate::models::{Spec, fingerprint};
use crate::random::Seeds;

/// One fold's errors, times and model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fold {
    /// What was measured on the fold's test set.
    pub errors: Measures,
    /// Seconds to train, as the clock handed in says.
    pub fit_seconds: f64,
    /// Seconds to predict the test set.
    pub test_seconds: f64,
    /// The hash of the fold's parameters.
    pub fingerprint: String,
}

/// Mean, standard deviation and single values of one error over the folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
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
        Self { mean, sd: variance.sqrt(), folds }
    }
}

/// All folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossValidation {
    /// The folds in order.
    pub folds: Vec<Fold>,
}

impl CrossValidation {
    /// This metric over the folds; nothing where it was not measured in each.
    pub fn summary(&self, id: MetricId) -> Option<Summary> {
        let values = self.folds.iter().map(|fold| fold.errors.get(id));
        values.collect::<Option<_>>().map(Summary::of)
    }

    /// Each metric that was measured in every fold, by its key.
    pub fn summaries(&self) -> BTreeMap<&'static str, Summary> {
        let all = METRICS.iter().map(|metric| (metric.key, self.summary(metric.id)));
        all.filter_map(|(key, summary)| Some((key, summary?))).collect()
    }

    /// Seconds spent training, over all folds.
    pub fn fit_seconds(&self) -> f64 {
        self.folds.iter().map(|fold| fold.fit_seconds).sum()
    }

    /// Seconds spent predicting the test sets, over all folds.
    pub fn test_seconds(&self) -> f64 {
        self.folds.iter().map(|fold| fold.test_seconds).sum()
    }

    /// A hash of the folds' fingerprints in order, 16 hexadecimal digits: equal exactly when every bit
    /// of every fold's parameters is equal.
    pub fn fingerprint(&self) -> String {
        let all: String = self.folds.iter().map(|f| f.fingerprint.as_str()).collect();
        format!("{:016x}", xxh64(all.as_bytes(), 0))
    }
}

/// Trains and tests on `k` folds; the seeds decide the folds, and the start values and the order of visits.
/// `now` tells seconds since some moment; `each` is called after each fold and may stop by returning
/// false.
///
/// # Errors
/// If a fold diverges, or has all ratings.
///
/// # Panics
/// If `k` is less than 2.
pub fn cross_validate(
    spec: &Spec,
    all: &Ratings,
    k: usize,
    seeds: impl Into<Seeds>,
    now: impl Fn() -> f64,
    mut each: impl FnMut(&Fold) -> bool,
) -> Result<CrossValidation, FoldError> {
    let seeds = seeds.into();
    let mut folds = Vec::with_capacity(k);
    for split in split::folds(all, k, seeds.split) {
        let start = now();
        let training = fit(spec, split, seeds.start, folds.len())?;
        let trained = now();
        let errors = measure_test(spec.entry().task, training.model(), training.split());
        let fold = Fold {
            errors,
            fit_seconds: trained - start,
            test_seconds: now() - trained,
            fingerprint: fingerprint(training.model()),
        };
        let goes_on = each(&fold);
        folds.push(fold);
        if !goes_on {
            break;
        }
    }
    Ok(CrossValidation { folds })
}
