//! What a sampler can tell a page: the draws themselves.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::models::bpmf::Bpmf;
use crate::web::to_js;

use super::Family;

/// What the kept draws say of one rating.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct Posterior {
    /// The prediction of each kept draw, oldest first, not clamped.
    pub draws: Vec<f32>,
    /// The precision of a rating around its prediction: its variance comes on top of that of the draws.
    pub alpha: f32,
    /// The rating that the data set has.
    pub given: Option<f32>,
    /// Whether the model was trained on it.
    pub trained: bool,
}

/// Numbers of each kept draw, oldest first.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct Chain {
    /// The precision of a rating.
    pub alpha: Vec<f32>,
    /// The length of mu_P.
    pub mean_p: Vec<f32>,
    /// The length of mu_Q.
    pub mean_q: Vec<f32>,
    /// Test RMSE of the draw alone; not a number where nothing was held back.
    pub single: Vec<f64>,
    /// Test RMSE of the average of all draws so far.
    pub average: Vec<f64>,
}

/// A sampler that has kept draws.
#[wasm_bindgen]
pub struct Draws(pub(super) Family<Bpmf>);

#[wasm_bindgen]
impl Draws {
    /// What user `u` would give item `i`, by every kept draw.
    #[wasm_bindgen(unchecked_return_type = "Posterior")]
    pub fn posterior(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        let (shared, sampler) = (&self.0.shared, self.0.model());
        shared.check(u, i)?;
        let stars = shared.stars();
        to_js(&Posterior {
            draws: sampler.posterior(u, i).into_iter().map(|draw| stars.rating(draw)).collect(),
            alpha: sampler.alpha() / (stars.unit * stars.unit),
            given: shared.dataset.ratings.get(u, i),
            trained: shared.training().split().train.get(u, i).is_some(),
        })
    }

    /// How the chain went, draw by draw.
    #[wasm_bindgen(unchecked_return_type = "Chain")]
    pub fn chain(&self) -> Result<JsValue, JsError> {
        let (shared, sampler) = (&self.0.shared, self.0.model());
        let (stars, training) = (shared.stars(), shared.training());
        let test = &training.split().test;
        let (low, high) = training.split().train.scale();
        let mut sums = vec![0.0_f32; test.len()];
        let (mut single, mut average) = (Vec::new(), Vec::new());
        for (n, draw) in sampler.each_on(test).iter().enumerate() {
            let rmse = |predicted: &dyn Fn(usize) -> f32| {
                let square = |(at, rating): (usize, crate::data::Rating)| {
                    let error = f64::from(rating.r)
                        - f64::from(stars.rating(predicted(at)).clamp(low, high));
                    error * error
                };
                (test.iter().enumerate().map(square).sum::<f64>() / test.len() as f64).sqrt()
            };
            single.push(rmse(&|at| draw[at]));
            sums.iter_mut().zip(draw).for_each(|(sum, x)| *sum += x);
            average.push(rmse(&|at| sums[at] / (n + 1) as f32));
        }
        let marks = sampler.marks();
        let of = |k: usize| marks.iter().map(|mark| mark[k]).collect::<Vec<f32>>();
        let alpha = of(0).into_iter().map(|alpha| alpha / (stars.unit * stars.unit)).collect();
        to_js(&Chain { alpha, mean_p: of(1), mean_q: of(2), single, average })
    }
}
