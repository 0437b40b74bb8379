//! How far predictions are from the ratings that were held back.

mod metrics;
mod rank;

pub use metrics::{List, METRICS, Measures, Metric, MetricId, Of, OfErrors};

use std::sync::Arc;

use crate::data::Ratings;
use crate::data::split::Split;
use crate::models::{Model, Task};

/// What is measured of a model for this task on ratings that were held back from the known ones.
pub fn measure(task: Task, model: &dyn Model, known: &Ratings, held: &Ratings) -> Measures {
    match task {
        Task::Rating => errors(model, held, known.scale()),
        Task::Ranking => lists(model, known, held),
    }
}

/// What is measured on the training set: nothing by lists, see [`Metric::of_training`].
pub fn measure_train(task: Task, model: &dyn Model, Split { train, .. }: &Split) -> Measures {
    match task {
        Task::Rating => errors(model, train, train.scale()),
        Task::Ranking => Measures::default(),
    }
}

/// What is measured on the test set.
pub fn measure_test(task: Task, model: &dyn Model, split: &Split) -> Measures {
    measure(task, model, &split.train, &split.test)
}

/// What is measured on the validation set; nothing where there is none.
pub fn measure_validation(task: Task, model: &dyn Model, split: &Split) -> Option<Measures> {
    split.validation.as_ref().map(|held| measure(task, model, &split.train, held))
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

/// Compares predictions, clamped to the rating scale and as they are, with the ratings of a set; sums in
/// double precision in row order. A clamped error is not measured where the scale is one point: whatever is
/// predicted, clamping makes it right. Where a prediction is not a number, no error is one either.
pub fn errors(model: &dyn Model, on: &Ratings, (low, high): (f32, f32)) -> Measures {
    let mut sums = [0.0; METRICS.len()];
    let (mut predicted, mut clamped, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for u in 0..on.users() {
        let row = on.row(u);
        predicted.resize(row.len(), 0.0);
        match on.timestamps() {
            Some(times) => {
                model.predict_timed(u, row.ids, &times[on.positions(u)], &mut predicted);
            }
            None => model.predict_many(u, row.ids, &mut predicted),
        }
        let pairs = || row.ratings.iter().zip(&predicted).map(|(&r, &x)| (f64::from(r), x));
        clamped.clear();
        clamped.extend(pairs().map(|(r, x)| r - f64::from(x.clamp(low, high))));
        plain.clear();
        plain.extend(pairs().map(|(r, x)| r - f64::from(x)));
        for (sum, metric) in sums.iter_mut().zip(METRICS) {
            if let Of::Errors(of) = &metric.of {
                *sum = (of.add)(*sum, if of.clamped { &clamped } else { &plain });
            }
        }
    }
    let n = on.len() as f64;
    Measures::of(|metric| match &metric.of {
        Of::Errors(of) if !of.clamped || low < high => (of.end)(sums[metric.id as usize] / n),
        _ => f64::NAN,
    })
}

/// What the lists of all users with something held back tell: of each, all items that are not in `known`.
/// Nothing where no rating counts, or a prediction is not a number. O(users items (f + log items)).
pub fn lists(model: &dyn Model, known: &Ratings, held: &Ratings) -> Measures {
    let mut sums = [(0.0, 0.0); METRICS.len()];
    let (mut items, mut scores, mut sorted) = (Vec::new(), Vec::new(), Vec::new());
    for u in (0..held.users()).filter(|&u| !held.row(u).is_empty()) {
        let rated = known.row(u).ids;
        items.clear();
        items.extend((0..held.items() as u32).filter(|i| rated.binary_search(i).is_err()));
        scores.resize(items.len(), 0.0);
        model.predict_many(u, &items, &mut scores);
        if scores.iter().any(|score| score.is_nan()) {
            return Measures::default();
        }
        sorted.clone_from(&scores);
        sorted.sort_unstable_by(f32::total_cmp);
        let list = List { items: &items, scores: &scores, sorted: &sorted, held: held.row(u) };
        for (sum, metric) in sums.iter_mut().zip(METRICS) {
            if let Of::Lists(add) = metric.of {
                add(&list, sum);
            }
        }
    }
    Measures::of(|metric| match metric.of {
        Of::Lists(_) => sums[metric.id as usize].0 / sums[metric.id as usize].1,
        Of::Errors(_) => f64::NAN,
    })
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
        for (id, expected) in [
            (MetricId::Rmse, (0.25_f64 / 2.0).sqrt()),
            (MetricId::RmseUnclamped, (1.25_f64 / 2.0).sqrt()),
            (MetricId::Mae, 0.25),
        ] {
            let value = found.get(id).unwrap();
            assert!((value - expected).abs() < 1e-7, "{id:?}: {value}, not {expected}");
        }
    }

    #[test]
    fn where_all_ratings_are_equal_clamping_leaves_nothing_to_measure() {
        let known = toy::table(1, 2, &[3.0, 3.0]).ratings;
        let mut model = Spec::new("baseline").unwrap().build(Arc::clone(&known), 0);
        model.values_mut()[1][0] = 0.5;
        let found = errors(&*model, &known, known.scale());
        let found: Vec<_> = found.iter().map(|(metric, value)| (metric.id, value)).collect();
        assert_eq!(found, [(MetricId::RmseUnclamped, 0.5)]);
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
