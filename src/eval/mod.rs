//! How far predictions are from the ratings that were held back.

mod cold;
mod cross;

pub use cold::{ColdPoint, ColdStart, Side, TooFew};
pub use cross::{CrossValidation, Fold, FoldDiverged, Summary, cross_validate};

use serde::Serialize;

use crate::data::Ratings;
use crate::models::Model;

/// Error of a model on a rating set; both are NaN where there is no rating.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Errors {
    /// Root mean squared error.
    pub rmse: f64,
    /// Mean absolute error.
    pub mae: f64,
}

/// Compares predictions, clamped to the rating scale, with the ratings of a set; sums in double
/// precision in row order. A prediction that is not a number makes the errors so, too.
pub fn errors(model: &dyn Model, on: &Ratings, (low, high): (f32, f32)) -> Errors {
    let (mut squares, mut absolutes) = (0.0, 0.0);
    let mut predicted = Vec::new();
    for u in 0..on.users() {
        let row = on.row(u);
        predicted.resize(row.len(), 0.0);
        match on.timestamps() {
            Some(times) => {
                model.predict_timed(u, row.ids, &times[on.positions(u)], &mut predicted);
            }
            None => model.predict_many(u, row.ids, &mut predicted),
        }
        for (&prediction, &r) in predicted.iter().zip(row.ratings) {
            let error = f64::from(r) - f64::from(prediction.clamp(low, high));
            squares += error * error;
            absolutes += error.abs();
        }
    }
    let n = on.len() as f64;
    Errors { rmse: (squares / n).sqrt(), mae: absolutes / n }
}
