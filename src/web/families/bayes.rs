//! What a sampler can tell a page: the draws themselves.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::chart::{Bin, Draw, Histogram, Series, WIDE};
use crate::models::bpmf::Bpmf;
use crate::models::own;
use crate::web::run::Run;
use crate::web::{chart, to_js};

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

#[wasm_bindgen]
impl Run {
    /// What user `u` would give item `i`, by every kept draw. Throws where the model keeps no draws.
    #[wasm_bindgen(unchecked_return_type = "Posterior")]
    pub fn posterior(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        self.check(u, i)?;
        let (sampler, stars) = (self.sampler()?, self.stars());
        to_js(&Posterior {
            draws: sampler.posterior(u, i).into_iter().map(|draw| stars.rating(draw)).collect(),
            alpha: sampler.alpha() / (stars.unit * stars.unit),
            given: self.dataset.ratings.get(u, i),
            trained: self.training.split().train.get(u, i).is_some(),
        })
    }

    /// How the chain went, draw by draw. Throws where the model keeps no draws.
    #[wasm_bindgen(unchecked_return_type = "Chain")]
    pub fn chain(&self) -> Result<JsValue, JsError> {
        let (sampler, stars) = (self.sampler()?, self.stars());
        let test = &self.training.split().test;
        let (low, high) = self.training.split().train.scale();
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

impl Run {
    fn sampler(&self) -> Result<&Bpmf, JsError> {
        own(self.training.model()).ok_or_else(|| JsError::new("this model keeps no draws"))
    }
}

/// A chart of bars. `edges` are one more than `heights`; `curve` holds x and y in turn; `marks` are
/// values marked from bottom to top; `colors` are red, green and blue of the bars, of the curve, and of
/// each mark in turn. Nothing where there is nothing finite.
#[wasm_bindgen(js_name = histogramChart, unchecked_return_type = "Chart | undefined")]
pub fn histogram_chart(
    x_label: String,
    y_label: String,
    edges: &[f64],
    heights: &[f64],
    curve: &[f64],
    marks: &[f64],
    colors: &[u8],
) -> Result<JsValue, JsError> {
    let mut color = colors.chunks_exact(3).map(|c| (c[0], c[1], c[2]));
    let mut next = || color.next().unwrap_or_default();
    let bins = edges.windows(2).zip(heights);
    let points = curve.chunks_exact(2).map(|point| (point[0], point[1]));
    let histogram = Histogram {
        x_label,
        y_label,
        bins: bins.map(|(edge, &height)| Bin { from: edge[0], to: edge[1], height }).collect(),
        color: next(),
        curves: vec![Series { color: next(), points: points.collect() }],
        marks: marks.iter().map(|&mark| (mark, next())).collect(),
    };
    chart(histogram.svg(WIDE))
}
