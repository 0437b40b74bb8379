//! How high in each user's list the items stand that were held back.

use super::metrics::List;

/// Adds to the expected percentile rank (Hu, Koren, Volinsky 2008, eq. 8): sum r_ui rank_ui / sum r_ui over
/// the ratings held back, in percent. For each user all items that are not rated in training are put in the
/// order of the model's predictions; rank_ui is 0 for the first of them and 100 for the last. Equal
/// predictions share the mean of their ranks, and a list of one has rank 50, so that chance gives 50.
///
/// A rating below 0 counts as 0.
pub(super) fn add(list: &List<'_>, (sum, weights): &mut (f64, f64)) {
    for (i, r) in list.held.iter() {
        let Ok(at) = list.items.binary_search(&(i as u32)) else {
            continue;
        };
        let weight = f64::from(r.max(0.0));
        *sum += weight * percentile(list.sorted, list.scores[at]);
        *weights += weight;
    }
}

/// Where `score` stands in an ascending list that holds it: 0 at its end, 100 at its beginning.
fn percentile(sorted: &[f32], score: f32) -> f64 {
    let below = sorted.partition_point(|&other| other < score);
    let up_to = sorted.partition_point(|&other| other <= score);
    let better = sorted.len() - up_to;
    let equal = up_to - below - 1;
    if sorted.len() < 2 {
        return 50.0;
    }
    100.0 * (better as f64 + equal as f64 / 2.0) / (sorted.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::data::{Ratings, split, toy};
    use crate::eval::{MetricId, lists};
    use crate::models::{Model, Spec};

    const X: f32 = f32::NAN;

    /// A model that predicts `mu + b_i` with these biases for everybody.
    fn predicting(train: &Arc<Ratings>, biases: &[f32]) -> Box<dyn Model> {
        let mut model = Spec::new("baseline").unwrap().build(Arc::clone(train), 0);
        model.values_mut()[2].copy_from_slice(biases);
        model
    }

    fn expected_rank(model: &dyn Model, known: &Ratings, on: &Ratings) -> Option<f64> {
        lists(model, known, on).get(MetricId::Rank)
    }

    fn table(cells: &[f32]) -> Arc<Ratings> {
        toy::table(cells.len() / 5, 5, cells).ratings
    }

    #[test]
    fn ranks_are_weighted_by_the_ratings_held_back() {
        let known = table(&[4.0, X, X, X, X]);
        let on = table(&[X, 1.0, X, X, 3.0]);
        // Items 2 to 5 are left, in the order 4, 2, 5, 3: item 2 at 1/3, item 5 at 2/3 of the list.
        let model = predicting(&known, &[9.0, 0.3, 0.1, 0.4, 0.2]);
        let expected = (1.0 * 100.0 / 3.0 + 3.0 * 200.0 / 3.0) / 4.0;
        assert!((expected_rank(&*model, &known, &on).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn the_first_has_rank_0_and_the_last_100() {
        let known = table(&[4.0, X, X, X, X]);
        let model = predicting(&known, &[9.0, 4.0, 3.0, 2.0, 1.0]);
        let rank = |cells: &[f32]| expected_rank(&*model, &known, &table(cells)).unwrap();
        assert_eq!(rank(&[X, 5.0, X, X, X]), 0.0);
        assert_eq!(rank(&[X, X, X, X, 5.0]), 100.0);
        // Two users, of whom the second has nothing known: 1 of 4 below the first, with rating 1.
        let known = table(&[4.0, X, X, X, X, X, X, X, X, X]);
        let on = table(&[X, X, X, X, 3.0, X, 1.0, X, X, X]);
        let model = predicting(&known, &[9.0, 4.0, 3.0, 2.0, 1.0]);
        let expected = (3.0 * 100.0 + 1.0 * 25.0) / 4.0;
        assert_eq!(expected_rank(&*model, &known, &on), Some(expected));
    }

    #[test]
    fn equal_predictions_share_their_ranks_and_chance_has_50() {
        let known = table(&[4.0, X, X, X, X]);
        let model = predicting(&known, &[0.0; 5]);
        let rank = |cells: &[f32]| expected_rank(&*model, &known, &table(cells)).unwrap();
        assert_eq!(rank(&[X, 5.0, X, X, X]), 50.0);
        // Items 3 and 4 share the ranks 1/3 and 2/3 of the list.
        let model = predicting(&known, &[0.0, 3.0, 2.0, 2.0, 1.0]);
        let rank = |cells: &[f32]| expected_rank(&*model, &known, &table(cells)).unwrap();
        assert!((rank(&[X, X, 2.0, X, X]) - 50.0).abs() < 1e-12);
        assert!((rank(&[X, X, 2.0, X, 2.0]) - 75.0).abs() < 1e-12);
        let known = table(&[4.0, 1.0, 1.0, 1.0, X]);
        assert_eq!(expected_rank(&*model, &known, &table(&[X, X, X, X, 2.0])), Some(50.0));
    }

    #[test]
    fn where_nothing_can_be_ranked_there_is_no_number() {
        let known = table(&[4.0, X, X, X, X]);
        let model = predicting(&known, &[0.0; 5]);
        assert_eq!(expected_rank(&*model, &known, &split::everything(&known).test), None);
        assert_eq!(expected_rank(&*model, &known, &table(&[X, -2.0, X, X, X])), None);
        let on = table(&[X, 2.0, X, X, X]);
        assert_eq!(expected_rank(&*predicting(&known, &[f32::NAN; 5]), &known, &on), None);
    }
}
