//! Cross-validation for a page.

use std::collections::BTreeMap;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Data, performance_now, spec, to_js};
use crate::random::Seeds;
use crate::validation::{self, Summary};

/// Errors, times and models of all folds.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct CrossValidated {
    /// Each metric that was measured in every fold.
    #[tsify(type = "Partial<Record<MetricId, Summary>>")]
    pub errors: BTreeMap<&'static str, Summary>,
    /// Seconds spent training, over all folds.
    pub fit_seconds: f64,
    /// Seconds spent predicting the test sets, over all folds.
    pub test_seconds: f64,
    /// A hash over those of the folds' parameters; the command line's `cv` prints the same one.
    pub fingerprint: String,
}

/// Trains and tests a model once for each fold. `settings` are `name=value`; the seed decides start
/// values and order of visits, `split_seed`, or else the seed too, the folds. Throws a sentence where a fold diverges.
#[wasm_bindgen(js_name = crossValidate, unchecked_return_type = "CrossValidated")]
pub fn cross_validate(
    data: &Data,
    model: &str,
    settings: Vec<String>,
    folds: usize,
    seed: u32,
    split_seed: Option<u32>,
) -> Result<JsValue, JsError> {
    let spec = spec(model, &settings)?;
    let ratings = &data.0.ratings;
    if !(2..=ratings.len()).contains(&folds) {
        return Err(JsError::new(&format!(
            "cross-validation takes at least 2 folds and at most as many as there are ratings, {}",
            ratings.len()
        )));
    }
    spec.check(ratings)?;
    let now = performance_now()?;
    let seeds = Seeds::new(seed.into(), split_seed.map(u64::from));
    let found = validation::cross_validate(&spec, ratings, folds, seeds, now, |_| true)?;
    to_js(&CrossValidated {
        errors: found.summaries(),
        fit_seconds: found.fit_seconds(),
        test_seconds: found.test_seconds(),
        fingerprint: found.fingerprint(),
    })
}
