//! What a trained model is asked: which items to recommend, and what a user liked best.

mod parts;

pub use parts::{Part, PartFilm, PartGenre, parts};

use serde::Serialize;

use crate::data::{Line, Ratings};
use crate::models::{Model, Newcomer};
use crate::sort;

/// An item with a rating, predicted or given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Scored {
    /// Dense index of the item.
    pub item: usize,
    /// The rating.
    pub rating: f32,
}

/// The `n` items with the highest predictions for user `u` among those with at least `least` ratings
/// in `known` that `u` has not rated there, highest first; equal ones by index. Predictions are not
/// clamped, since clamping would make the best ones equal.
pub fn top_n(model: &dyn Model, known: &Ratings, u: usize, n: usize, least: usize) -> Vec<Scored> {
    let rated = known.row(u);
    let enough = |i: &u32| known.column(*i as usize).len() >= least.max(1);
    let candidates: Vec<u32> = (0..known.items() as u32)
        .filter(|i| enough(i) && rated.ids.binary_search(i).is_err())
        .collect();
    let mut predicted = vec![0.0; candidates.len()];
    model.predict_many(u, &candidates, &mut predicted);
    let scored = candidates.iter().zip(predicted);
    first(scored.map(|(&i, rating)| Scored { item: i as usize, rating }), n)
}

/// What a list for somebody who is not in the training set is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The prediction, which is mostly mu + b_i and so much the same for everybody.
    Prediction,
    /// How far the ratings move the prediction beyond mu + b_u + b_i.
    Change,
}

/// The same for somebody who is not in the training set and has rated these items; `order` says which
/// items come first. The ratings told are predictions in either order.
pub fn top_n_of_newcomer(
    new: &Newcomer,
    known: &Ratings,
    rated: Line,
    n: usize,
    least: usize,
    order: Order,
) -> Vec<Scored> {
    let candidates = (0..known.items())
        .filter(|&i| known.column(i).len() >= least.max(1) && !rated.ids.contains(&(i as u32)));
    let score = |item: usize| match order {
        Order::Prediction => new.predict(item),
        Order::Change => new.change(item),
    };
    let best = first(candidates.map(|item| Scored { item, rating: score(item) }), n);
    best.into_iter().map(|Scored { item, .. }| Scored { item, rating: new.predict(item) }).collect()
}

/// The `n` items that got the highest of somebody's ratings, highest first; equal ones by index.
pub fn favorites(rated: Line, n: usize) -> Vec<Scored> {
    first(rated.iter().map(|(item, rating)| Scored { item, rating }), n)
}

fn first(scored: impl Iterator<Item = Scored>, n: usize) -> Vec<Scored> {
    let mut all: Vec<Scored> = scored.collect();
    sort::by(&mut all, &|a, b| b.rating.total_cmp(&a.rating).then(a.item.cmp(&b.item)));
    all.truncate(n);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{split, toy};
    use crate::models::Spec;

    #[test]
    fn recommendations_are_unrated_items_by_prediction() {
        // Item means 1.5, 4 and 2: user 3, who rated item 1 only, gets item 2 before item 3.
        let known = toy::toy().ratings;
        let train = split::everything(&known).train;
        let mut model = Spec::with("baseline", ["method=means"]).unwrap().build(train, 0);
        model.pass(0);
        let items = |least| {
            let top = top_n(&*model, &known, 2, 10, least);
            top.iter().map(|scored| scored.item).collect::<Vec<_>>()
        };
        assert_eq!(items(0), [1, 2]);
        assert_eq!(items(2), [2]);
    }

    #[test]
    fn favorites_come_highest_first() {
        let best = favorites(toy::toy().ratings.row(1), 1);
        assert_eq!(best, [Scored { item: 1, rating: 4.0 }]);
    }
}
