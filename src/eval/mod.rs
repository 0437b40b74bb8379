//! How far predictions are from the ratings that were held back.

mod cold;
mod cross;
mod rank;

pub use cold::{ColdPoint, ColdStart, Side, TooFew};
pub use cross::{CrossValidation, Fold, FoldDiverged, Summary, cross_validate};
pub use rank::expected_rank;

use serde::Serialize;

use crate::data::Ratings;
use crate::data::split::Split;
use crate::models::{Model, Task};

/// Errors of a model on a rating set; NaN what is not measured, and all where there is no rating.
/// Models that predict ratings are measured by `rmse` and `mae`, models that only rank by `rank`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Errors {
    /// Root mean squared error.
    pub rmse: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Expected percentile rank: 0 is best, 50 is chance. See [`expected_rank`].
    pub rank: f64,
}

impl Errors {
    /// Nothing measured.
    pub const NONE: Self = Self { rmse: f64::NAN, mae: f64::NAN, rank: f64::NAN };
}

/// What is measured of a model for this task: on the training set, then on the test set. A ranking of
/// what a user has chosen already says nothing, so there is none on the training set.
pub fn measure(task: Task, model: &dyn Model, split: &Split) -> (Errors, Errors) {
    let train = &split.train;
    let training = match task {
        Task::Rating => errors(model, train, train.scale()),
        Task::Ranking => Errors::NONE,
    };
    (training, measure_test(task, model, split))
}

/// The second half of [`measure`].
pub fn measure_test(task: Task, model: &dyn Model, Split { train, test }: &Split) -> Errors {
    match task {
        Task::Rating => errors(model, test, train.scale()),
        Task::Ranking => Errors { rank: expected_rank(model, train, test), ..Errors::NONE },
    }
}

/// Compares predictions, clamped to the rating scale, with the ratings of a set; sums in double
/// precision in row order; `rank` is not measured. A prediction that is not a number makes the errors so, too.
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
    Errors { rmse: (squares / n).sqrt(), mae: absolutes / n, ..Errors::NONE }
}
