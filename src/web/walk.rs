//! A walk through a training in a page's hands.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use super::{Data, chart, parameters, predictions, spec, to_js};
use crate::chart::{Draw, HALF, Lines, Series};
use crate::data::Dataset;
use crate::models::fingerprint;
use crate::walk;

/// A training that is gone through step by step, forward and back.
#[wasm_bindgen]
pub struct Walk {
    steps: walk::Walk,
    dataset: Arc<Dataset>,
}

#[wasm_bindgen]
impl Walk {
    /// At the start values that these settings and this seed give; trains on the whole data set.
    #[wasm_bindgen(constructor)]
    pub fn new(
        data: &Data,
        model: &str,
        settings: Vec<String>,
        seed: u32,
    ) -> Result<Walk, JsError> {
        let dataset = Arc::clone(&data.0);
        let spec = spec(model, &settings)?;
        spec.check(&dataset.ratings)?;
        let walk = walk::Walk::new(&spec, Arc::clone(&dataset.ratings), seed.into());
        Ok(Self { steps: walk, dataset })
    }

    /// One step. False where there is none to take: no rating, or a parameter would leave the finite
    /// numbers.
    pub fn forward(&mut self) -> bool {
        self.steps.forward().is_some()
    }

    /// One step back. False at the start.
    pub fn back(&mut self) -> bool {
        self.steps.back()
    }

    /// To a step, as far as it gets; at most 100,000.
    pub fn jump(&mut self, step: usize) {
        self.steps.jump(step.min(100_000));
    }

    /// Where it stands.
    #[wasm_bindgen(unchecked_return_type = "Position")]
    pub fn position(&self) -> Result<JsValue, JsError> {
        to_js(&self.steps.position())
    }

    /// The last step taken.
    #[wasm_bindgen(unchecked_return_type = "Step | undefined")]
    pub fn last(&self) -> Result<JsValue, JsError> {
        self.steps.last().map_or(Ok(JsValue::UNDEFINED), to_js)
    }

    /// All parameters as they stand.
    #[wasm_bindgen(unchecked_return_type = "ParameterValues[]")]
    pub fn parameters(&self) -> Result<JsValue, JsError> {
        parameters(self.steps.model())
    }

    /// Every prediction as it stands, row by row, not clamped. A rated cell is predicted for the moment
    /// of its rating, where the data knows it.
    pub fn predictions(&self) -> Vec<f32> {
        let (model, ratings) = (self.steps.model(), &self.dataset.ratings);
        let mut cells = predictions(model, ratings.users(), ratings.items());
        let Some(times) = ratings.timestamps() else {
            return cells;
        };
        for u in 0..ratings.users() {
            let items = ratings.row(u).ids;
            let mut rated = vec![0.0; items.len()];
            model.predict_timed(u, items, &times[ratings.positions(u)], &mut rated);
            for (&i, prediction) in items.iter().zip(rated) {
                cells[u * ratings.items() + i as usize] = prediction;
            }
        }
        cells
    }

    /// Training RMSE of predictions that are not clamped, before the first step and after each; not
    /// numbers of a model that only ranks.
    pub fn errors(&self) -> Vec<f64> {
        self.steps.errors().to_vec()
    }

    /// The objective before the first step and after each.
    pub fn objectives(&self) -> Vec<f64> {
        self.steps.objectives().to_vec()
    }

    /// The squared errors plus the penalties.
    pub fn objective(&self) -> f64 {
        self.steps.model().objective()
    }

    /// The hash of all parameters.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.steps.model())
    }

    /// The receipt of the walk where it stands: a page walks with models of the registry only.
    pub fn receipt(&self) -> String {
        self.steps.receipt().unwrap_or_default()
    }

    /// The RMSE or the objective over the steps.
    #[wasm_bindgen(unchecked_return_type = "Chart | undefined")]
    pub fn chart(&self, color: &[u8], objective: bool) -> Result<JsValue, JsError> {
        let (y_label, values) = if objective {
            ("objective", self.steps.objectives())
        } else {
            ("RMSE", self.steps.errors())
        };
        let channel = |n: usize| color.get(n).copied().unwrap_or(0);
        let lines = Lines {
            x_label: "step".into(),
            y_label: y_label.into(),
            series: vec![Series {
                color: (channel(0), channel(1), channel(2)),
                points: values.iter().enumerate().map(|(n, &value)| (n as f64, value)).collect(),
            }],
            x_at_least: self.steps.position().per_epoch as f64,
            x_log: false,
        };
        chart(lines.svg(HALF))
    }
}
