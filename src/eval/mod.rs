//! How far predictions are from the ratings that were held back.

mod rank;

pub use rank::expected_rank;

use std::sync::Arc;

use serde::Serialize;

use crate::data::Ratings;
use crate::data::split::Split;
use crate::models::{Model, Task};

/// Errors of a model on a rating set; NaN what is not measured, and all where there is no rating.
/// Models that predict ratings are measured by `rmse` and `mae`, models that only rank by `rank`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Errors {
    /// Root mean squared error of predictions clamped to the rating scale.
    pub rmse: f64,
    /// The same of the predictions as they are: how far the parameters are off, where the clamped error
    /// hides it.
    pub rmse_unclamped: f64,
    /// Mean absolute error of clamped predictions.
    pub mae: f64,
    /// Expected percentile rank: 0 is best, 50 is chance. See [`expected_rank`].
    pub rank: f64,
}

impl Errors {
    /// Nothing measured.
    pub const NONE: Self =
        Self { rmse: f64::NAN, rmse_unclamped: f64::NAN, mae: f64::NAN, rank: f64::NAN };
}

/// What is measured of a model for this task on the training set. A ranking of what a user has chosen already
/// says nothing, so there is none.
pub fn measure_train(task: Task, model: &dyn Model, Split { train, .. }: &Split) -> Errors {
    match task {
        Task::Rating => errors(model, train, train.scale()),
        Task::Ranking => Errors::NONE,
    }
}

/// The ratings of a test set whose user and item both have training ratings, where any has not: of the
/// others a model knows half at most.
pub fn known(Split { train, test, .. }: &Split) -> Option<Split> {
    let is_known: Vec<bool> =
        test.iter().map(|x| !train.row(x.u).is_empty() && !train.column(x.i).is_empty()).collect();
    let rest = || Arc::new(test.subset(|n| is_known[n]));
    is_known.contains(&false).then(|| Split::of(Arc::clone(train), rest()))
}

/// Why no error is measured on the training set, or none on the test set; nothing where both are.
#[expect(clippy::float_cmp, reason = "a scale of one value has its two ends in common")]
pub fn unmeasured(task: Task, Split { train, test, .. }: &Split) -> Option<&'static str> {
    let (low, high) = train.scale();
    if task == Task::Rating {
        return (low == high).then_some("nothing to measure: all ratings are equal");
    }
    if test.is_empty() {
        return Some("nothing measured: this model only ranks, and nothing is held back");
    }
    let weighs = test.iter().any(|rating| rating.r > 0.0);
    (!weighs).then_some(
        "nothing to measure: a rating weighs as much as it is, and none held back is above 0",
    )
}

/// What a reader of the errors and parameters should know beside them, in sentences.
pub fn remarks(task: Task, split: &Split) -> Vec<String> {
    let mut remarks: Vec<String> = unmeasured(task, split).map(str::to_owned).into_iter().collect();
    if task == Task::Rating {
        remarks.extend(split.train.stars().sentence());
    }
    remarks
}

/// What is measured on the test set.
pub fn measure_test(task: Task, model: &dyn Model, split: &Split) -> Errors {
    measure_held(task, model, &split.train, &split.test)
}

/// What is measured on the validation set; nothing where there is none.
pub fn measure_validation(task: Task, model: &dyn Model, split: &Split) -> Option<Errors> {
    split.validation.as_ref().map(|held| measure_held(task, model, &split.train, held))
}

fn measure_held(task: Task, model: &dyn Model, train: &Ratings, held: &Ratings) -> Errors {
    match task {
        Task::Rating => errors(model, held, train.scale()),
        Task::Ranking => Errors { rank: expected_rank(model, train, held), ..Errors::NONE },
    }
}

/// Compares predictions, clamped to the rating scale and as they are, with the ratings of a set; sums in
/// double precision in row order; `rank` is not measured, nor is a clamped error where the scale is one point. A prediction that is not a number makes the
/// errors so, too.
#[expect(clippy::float_cmp, reason = "a scale of one value has its two ends in common")]
pub fn errors(model: &dyn Model, on: &Ratings, (low, high): (f32, f32)) -> Errors {
    let (mut squares, mut unclamped, mut absolutes) = (0.0, 0.0, 0.0);
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
            let error = f64::from(r) - f64::from(prediction);
            unclamped += error * error;
        }
    }
    let n = on.len() as f64;
    let rmse_unclamped = (unclamped / n).sqrt();
    if low == high {
        // Whatever is predicted, clamping makes it right.
        return Errors { rmse_unclamped, ..Errors::NONE };
    }
    Errors { rmse: (squares / n).sqrt(), rmse_unclamped, mae: absolutes / n, ..Errors::NONE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{split, toy};
    use crate::models::Spec;

    #[test]
    fn an_error_that_clamping_hides_is_measured_beside_the_one_it_shows() {
        // The model predicts 3 - 1 + 4 = 6 and 3 - 1 - 0.5 = 1.5 where 5 and 1 were given.
        let known = toy::table(1, 2, &[5.0, 1.0]).ratings;
        let mut model = Spec::new("baseline").unwrap().build(Arc::clone(&known), 0);
        model.values_mut()[1][0] = -1.0;
        model.values_mut()[2].copy_from_slice(&[4.0, -0.5]);
        let found = errors(&*model, &known, known.scale());
        assert!((found.rmse - (0.25_f64 / 2.0).sqrt()).abs() < 1e-7);
        assert!((found.rmse_unclamped - (1.25_f64 / 2.0).sqrt()).abs() < 1e-7);
        assert!((found.mae - 0.25).abs() < 1e-7);
    }

    #[test]
    fn where_all_ratings_are_equal_clamping_leaves_nothing_to_measure() {
        let known = toy::table(1, 2, &[3.0, 3.0]).ratings;
        let mut model = Spec::new("baseline").unwrap().build(Arc::clone(&known), 0);
        model.values_mut()[1][0] = 0.5;
        let found = errors(&*model, &known, known.scale());
        assert!(found.rmse.is_nan() && found.mae.is_nan());
        assert!((found.rmse_unclamped - 0.5).abs() < 1e-7);
        let said = |task, set| unmeasured(task, &split::everything(set));
        assert_eq!(said(Task::Rating, &known), Some("nothing to measure: all ratings are equal"));
        assert!(said(Task::Ranking, &known).unwrap().contains("nothing is held back"));
        assert_eq!(said(Task::Rating, &toy::toy().ratings), None);
        let zeros = toy::table(1, 2, &[0.0, 0.0]).ratings;
        let held = Split::of(Arc::clone(&known), zeros);
        assert!(unmeasured(Task::Ranking, &held).unwrap().contains("none held back is above 0"));
        let held = Split::of(Arc::clone(&known), known);
        assert_eq!(unmeasured(Task::Ranking, &held), None);
    }

    #[test]
    fn test_ratings_of_unknown_users_and_items_can_be_left_out() {
        const X: f32 = f32::NAN;
        // User 3 and item 3 are unknown: of four test ratings only that of user 2 for item 1 is left.
        let train = toy::table(3, 3, &[5.0, 3.0, X, X, 4.0, X, X, X, X]).ratings;
        let test = toy::table(3, 3, &[X, X, 2.0, 1.0, X, X, X, 2.0, 5.0]).ratings;
        let all = Split::of(Arc::clone(&train), test);
        let left: Vec<f32> = known(&all).unwrap().test.iter().map(|rating| rating.r).collect();
        assert_eq!(left, [1.0]);
        assert!(known(&Split::of(Arc::clone(&train), train)).is_none());
    }
}
