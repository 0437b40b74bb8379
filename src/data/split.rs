//! Training, validation and test sets: random holdout and k folds, both seeded; each user's latest, and the latest
//! of all.

use std::sync::Arc;

use rand::seq::SliceRandom;

use super::Ratings;
use crate::random;
use crate::sort;

/// Sets over the same users and items that share no rating.
#[derive(Debug, Clone)]
pub struct Split {
    /// What a model may learn from.
    pub train: Arc<Ratings>,
    /// What choices are made by, such as a setting or when to stop; nothing where none is made.
    pub validation: Option<Arc<Ratings>>,
    /// What its predictions are compared with at the end.
    pub test: Arc<Ratings>,
}

impl Split {
    fn by(all: &Ratings, is_test: impl Fn(usize) -> bool) -> Self {
        let train = Arc::new(all.subset(|n| !is_test(n)));
        Self { train, validation: None, test: Arc::new(all.subset(is_test)) }
    }

    /// A training and a test set.
    pub fn of(train: Arc<Ratings>, test: Arc<Ratings>) -> Self {
        Self { train, validation: None, test }
    }

    /// Takes a random share (0 to 1) of the training set out of it, for validation; the test set stays.
    #[must_use]
    pub fn with_validation(self, share: f64, seed: u64) -> Self {
        let held = marked(self.train.len(), share, seed, "validation");
        let validation = Some(Arc::new(self.train.subset(|n| held[n])));
        Self { train: Arc::new(self.train.subset(|n| !held[n])), validation, test: self.test }
    }
}

/// Every rating for training, none for testing.
pub fn everything(all: &Arc<Ratings>) -> Split {
    Split::of(Arc::clone(all), Arc::new(all.subset(|_| false)))
}

/// A random share (0 to 1) of the ratings for testing, the rest for training.
pub fn holdout(all: &Ratings, share: f64, seed: u64) -> Split {
    let is_test = marked(all.len(), share, seed, "split");
    Split::by(all, |n| is_test[n])
}

/// `k` splits; each rating is in the test set of exactly one, and their sizes differ by at most one.
///
/// # Panics
/// If `k` is less than 2.
pub fn folds(all: &Ratings, k: usize, seed: u64) -> impl Iterator<Item = Split> {
    assert!(k >= 2, "cross-validation needs at least two folds");
    let order = shuffled(all.len(), seed, "split");
    let mut fold_of = vec![0_u32; all.len()];
    for (at, &n) in order.iter().enumerate() {
        fold_of[n as usize] = (at % k) as u32;
    }
    (0..k as u32).map(move |fold| Split::by(all, |n| fold_of[n] == fold))
}

/// Each user's `count` latest ratings for testing; a user who has not more than `count` ratings
/// stays in training whole. Ratings of the same second count as later the higher the item's index.
/// `None` where the data has no timestamps.
pub fn latest(all: &Ratings, count: usize) -> Option<Split> {
    let times = all.timestamps()?;
    let mut is_test = vec![false; all.len()];
    for u in 0..all.users() {
        let mut positions: Vec<usize> = all.positions(u).collect();
        if positions.len() > count {
            sort::by(&mut positions, &|&a, &b| times[a].cmp(&times[b]).then(a.cmp(&b)));
            for &n in &positions[positions.len() - count..] {
                is_test[n] = true;
            }
        }
    }
    Some(Split::by(all, |n| is_test[n]))
}

/// The latest `share` (0 to 1) of all ratings for testing: the future of a moment in time. Ratings of
/// the same second count as later the further back they stand in row order. `None` where the data has
/// no timestamps.
pub fn future(all: &Ratings, share: f64) -> Option<Split> {
    let times = all.timestamps()?;
    let tested = (share.clamp(0.0, 1.0) * all.len() as f64).round() as usize;
    let mut order: Vec<usize> = (0..all.len()).collect();
    sort::by(&mut order, &|&a, &b| times[a].cmp(&times[b]).then(a.cmp(&b)));
    let mut is_test = vec![false; all.len()];
    for &n in &order[all.len() - tested..] {
        is_test[n] = true;
    }
    Some(Split::by(all, |n| is_test[n]))
}

/// A random share (0 to 1) of `n` positions, marked.
fn marked(n: usize, share: f64, seed: u64, purpose: &str) -> Vec<bool> {
    let held = (share.clamp(0.0, 1.0) * n as f64).round() as usize;
    let mut marks = vec![false; n];
    for &at in &shuffled(n, seed, purpose)[..held] {
        marks[at as usize] = true;
    }
    marks
}

fn shuffled(n: usize, seed: u64, purpose: &str) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.shuffle(&mut random::stream(seed, purpose));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Ids, Rating};

    fn grid(users: usize, items: usize) -> Ratings {
        let cells = (0..users * items).map(|n| Rating { u: n / items, i: n % items, r: n as f32 });
        let ratings: Vec<Rating> = cells.collect();
        let times: Vec<u32> = (0..ratings.len() as u32).rev().collect();
        let users = Arc::new(Ids::counting(users));
        Ratings::new(users, Arc::new(Ids::counting(items)), &ratings, Some(&times)).unwrap()
    }

    #[test]
    fn folds_test_every_rating_once() {
        let all = grid(7, 9);
        let mut tested = vec![0; all.len()];
        for split in folds(&all, 5, 1) {
            assert_eq!(split.train.len() + split.test.len(), all.len());
            assert!(split.test.len().abs_diff(all.len() / 5) <= 1);
            for rating in split.test.iter() {
                tested[rating.r as usize] += 1;
                assert_eq!(split.train.get(rating.u, rating.i), None);
            }
        }
        assert!(tested.iter().all(|&times| times == 1));
    }

    #[test]
    fn a_holdout_has_the_share_asked_for_and_depends_on_the_seed() {
        let all = grid(10, 10);
        let split = holdout(&all, 0.25, 3);
        assert_eq!(split.test.len(), 25);
        assert_eq!(split.test, holdout(&all, 0.25, 3).test);
        assert_ne!(split.test, holdout(&all, 0.25, 4).test);
    }

    #[test]
    fn validation_is_taken_out_of_training_and_leaves_the_test_set_as_it_is() {
        let all = grid(10, 10);
        let two = holdout(&all, 0.2, 3);
        let three = two.clone().with_validation(0.25, 3);
        let validation = three.validation.unwrap();
        assert_eq!(three.test, two.test);
        assert_eq!((three.train.len(), validation.len()), (60, 20));
        for rating in validation.iter() {
            assert_eq!(two.train.get(rating.u, rating.i), Some(rating.r));
            assert_eq!(three.train.get(rating.u, rating.i), None);
        }
        let other = two.with_validation(0.25, 4);
        assert_ne!(other.validation.unwrap(), validation);
    }

    #[test]
    fn latest_takes_the_last_of_each_user_who_has_more() {
        // Times fall along each row, so the latest is the first item.
        let split = latest(&grid(3, 4), 1).unwrap();
        let tested: Vec<usize> = split.test.iter().map(|rating| rating.i).collect();
        assert_eq!(tested, [0, 0, 0]);
        assert!(latest(&grid(3, 4), 4).unwrap().test.is_empty());
    }

    #[test]
    fn the_future_is_later_than_all_training_ratings() {
        // Times fall with the position, so the first fifth in row order is the latest.
        let all = grid(5, 4);
        let split = future(&all, 0.2).unwrap();
        assert_eq!((split.train.len(), split.test.len()), (16, 4));
        let earliest = split.test.timestamps().unwrap().iter().min();
        assert!(earliest > split.train.timestamps().unwrap().iter().max());
        assert!(future(&all, 0.0).unwrap().test.is_empty());
        assert!(future(&crate::data::toy::toy().ratings, 0.2).is_none());
    }
}
