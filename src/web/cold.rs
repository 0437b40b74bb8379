//! Cold start for a page: one training at a time, so that it can show how far it is and be stopped.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use super::{Data, spec, to_js};
use crate::data::Dataset;
use crate::validation::{self, Side};

/// A plan by which whole users, or items, become cold, group by group.
#[wasm_bindgen]
pub struct ColdStart {
    plan: validation::ColdStart,
    dataset: Arc<Dataset>,
    seed: u64,
}

#[wasm_bindgen]
impl ColdStart {
    /// `side` is `users` or `items`; `known` lists how many ratings of each are known. `split_seed` decides
    /// the groups and what is known, `seed` start values and order of visits. Throws a sentence where too
    /// few have enough ratings.
    #[wasm_bindgen(constructor)]
    pub fn new(
        data: &Data,
        side: &str,
        known: Vec<usize>,
        folds: usize,
        seed: u32,
        split_seed: u32,
    ) -> Result<ColdStart, JsError> {
        let side = match side {
            "users" => Side::Users,
            "items" => Side::Items,
            _ => return Err(JsError::new(&format!("neither users nor items are `{side}`"))),
        };
        let dataset = Arc::clone(&data.0);
        let plan =
            validation::ColdStart::new(&dataset.ratings, side, &known, folds, split_seed.into())?;
        Ok(Self { plan, dataset, seed: seed.into() })
    }

    /// How many users or items become cold, each once.
    pub fn lines(&self) -> usize {
        self.plan.lines()
    }

    /// Trains once, with `known` ratings of each in the group `fold`, and tests on that group.
    #[wasm_bindgen(unchecked_return_type = "ColdPoint")]
    pub fn measure(
        &self,
        model: &str,
        settings: Vec<String>,
        fold: usize,
        known: usize,
    ) -> Result<JsValue, JsError> {
        let spec = spec(model, &settings)?;
        spec.check(&self.dataset.ratings)?;
        to_js(&self.plan.measure(&spec, &self.dataset.ratings, fold, known, self.seed)?)
    }
}
