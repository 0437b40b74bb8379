//! Cold start: how good predictions are for users, or items, of whom little or nothing is known yet.

use rand::seq::SliceRandom;
use serde::Serialize;
use std::sync::Arc;
use thiserror::Error;

use super::{FoldError, fit};
use crate::data::Ratings;
use crate::data::split::Split;
use crate::eval::{Measures, errors};
use crate::models::Spec;
use crate::random;

/// At most this many ratings of each cold user or item are tested, so that nobody counts for hundreds.
const TESTED: usize = 20;

/// Who is cold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Users are new.
    Users,
    /// Items are new.
    Items,
}

/// Why nothing can be measured.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "a cold start in {folds} groups with up to {most} known ratings needs {folds} {side} with more than \
     {most} ratings, and there are {found}; take fewer groups or fewer known ratings"
)]
pub struct TooFew {
    folds: usize,
    most: usize,
    side: &'static str,
    found: usize,
}

/// A plan by which whole users (or items) become cold, group by group.
///
/// Those with more than `most` ratings are divided into groups at random, and the ratings of each are put
/// in random order. When it is a group's turn, a model learns from everything of all others, and from the
/// first n ratings of each in the group; it is tested on at most 20 ratings of each from the one after the
/// first `most` on. So whatever n is, the same ratings are tested.
#[derive(Debug, Clone)]
pub struct ColdStart {
    side: Side,
    known: Vec<usize>,
    folds: usize,
    /// The group of each user or item; nobody's for those with too few ratings.
    group: Vec<u32>,
    /// The place of each rating, by its position in row order, among those of its user or item.
    place: Vec<u32>,
}

const NOBODY: u32 = u32::MAX;

/// Errors where everybody cold has the same number of known ratings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ColdPoint {
    /// How many ratings of each cold user or item the model has learned from.
    pub known: usize,
    /// What was measured on the tested ratings.
    pub errors: Measures,
    /// How many ratings were tested.
    pub ratings: usize,
}

impl ColdStart {
    /// A plan for `folds` groups and these numbers of known ratings; the seed decides both groups and
    /// order.
    ///
    /// # Errors
    /// If fewer than `folds` users (or items) have enough ratings.
    pub fn new(
        all: &Ratings,
        side: Side,
        known: &[usize],
        folds: usize,
        seed: u64,
    ) -> Result<Self, TooFew> {
        let (lines, word) = match side {
            Side::Users => (all.users(), "users"),
            Side::Items => (all.items(), "items"),
        };
        let mut positions: Vec<Vec<u32>> = vec![Vec::new(); lines];
        for (n, rating) in all.iter().enumerate() {
            positions[if side == Side::Users { rating.u } else { rating.i }].push(n as u32);
        }
        let most = known.iter().max().copied().unwrap_or(0);
        let mut rng = random::stream(seed, "cold start");
        let mut place = vec![0; all.len()];
        let mut enough: Vec<usize> = Vec::new();
        for (line, own) in positions.iter_mut().enumerate() {
            own.shuffle(&mut rng);
            for (at, &n) in own.iter().enumerate() {
                place[n as usize] = at as u32;
            }
            if own.len() > most {
                enough.push(line);
            }
        }
        if folds == 0 || enough.len() < folds {
            return Err(TooFew { folds, most, side: word, found: enough.len() });
        }
        enough.shuffle(&mut rng);
        let mut group = vec![NOBODY; lines];
        for (at, &line) in enough.iter().enumerate() {
            group[line] = (at % folds) as u32;
        }
        Ok(Self { side, known: known.to_vec(), folds, group, place })
    }

    /// The numbers of known ratings that are measured.
    pub fn known(&self) -> &[usize] {
        &self.known
    }

    /// How many groups there are.
    pub fn folds(&self) -> usize {
        self.folds
    }

    /// How many users or items become cold when it is their group's turn.
    pub fn lines(&self) -> usize {
        self.group.iter().filter(|&&group| group != NOBODY).count()
    }

    /// What is learned and what is tested when `fold` is cold and `known` of its ratings are known.
    pub fn split(&self, all: &Ratings, fold: usize, known: usize) -> Split {
        let most = self.known.iter().max().copied().unwrap_or(0);
        let line = |u: usize, i: usize| if self.side == Side::Users { u } else { i };
        let cold: Vec<bool> =
            all.iter().map(|x| self.group[line(x.u, x.i)] as usize == fold).collect();
        let place = |n: usize| self.place[n] as usize;
        let tested = |n: usize| cold[n] && (most..most + TESTED).contains(&place(n));
        let train = all.subset(|n| !cold[n] || place(n) < known);
        Split::of(Arc::new(train), Arc::new(all.subset(tested)))
    }

    /// Trains once and tests on one cold group. The seed decides the start values and the order of
    /// visits.
    ///
    /// # Errors
    /// If training diverges, or everybody is cold and nothing known.
    pub fn measure(
        &self,
        spec: &Spec,
        all: &Ratings,
        fold: usize,
        known: usize,
        seed: u64,
    ) -> Result<ColdPoint, FoldError> {
        let training = fit(spec, self.split(all, fold, known), seed, fold)?;
        let test = &training.split().test;
        let found = errors(training.model(), test, test.scale());
        Ok(ColdPoint { known, errors: found, ratings: test.len() })
    }

    /// One point for each number of known ratings, over all groups. `each` is called after each training.
    ///
    /// # Errors
    /// If training diverges, or everybody is cold and nothing known.
    pub fn curve(
        &self,
        spec: &Spec,
        all: &Ratings,
        seed: u64,
        mut each: impl FnMut(&ColdPoint),
    ) -> Result<Vec<ColdPoint>, FoldError> {
        let mut points = Vec::with_capacity(self.known.len());
        for &known in &self.known {
            let mut parts = Vec::with_capacity(self.folds);
            for fold in 0..self.folds {
                let part = self.measure(spec, all, fold, known, seed)?;
                each(&part);
                parts.push(part);
            }
            points.push(ColdPoint::pooled(known, &parts));
        }
        Ok(points)
    }
}

impl ColdPoint {
    /// The errors over all ratings of several groups.
    pub fn pooled(known: usize, parts: &[Self]) -> Self {
        let measured: Vec<_> = parts.iter().map(|part| (part.errors, part.ratings)).collect();
        let ratings = measured.iter().map(|&(_, ratings)| ratings).sum();
        Self { known, errors: Measures::pooled(&measured), ratings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::simulation::simulate;
    use crate::eval::MetricId;

    #[test]
    fn the_cold_have_n_known_ratings_and_the_same_tests_whatever_n_is() {
        let all = simulate(1).dataset.ratings;
        for side in [Side::Users, Side::Items] {
            let plan = ColdStart::new(&all, side, &[0, 1, 5], 4, 7).unwrap();
            let length = |set: &Ratings, line: usize| match side {
                Side::Users => set.row(line).len(),
                Side::Items => set.column(line).len(),
            };
            let mut turns = vec![0; plan.group.len()];
            for fold in 0..4 {
                let splits: Vec<Split> =
                    plan.known().iter().map(|&n| plan.split(&all, fold, n)).collect();
                assert_eq!(splits[0].test, splits[2].test);
                for (line, turns) in turns.iter_mut().enumerate() {
                    let is_cold = plan.group[line] as usize == fold;
                    for (split, &known) in splits.iter().zip(plan.known()) {
                        let expected = if is_cold { known } else { length(&all, line) };
                        assert_eq!(length(&split.train, line), expected);
                    }
                    let tested = length(&splits[0].test, line);
                    let left = length(&all, line).saturating_sub(5).min(TESTED);
                    assert_eq!(tested, if is_cold { left } else { 0 });
                    *turns += usize::from(is_cold);
                }
                for rating in splits[2].test.iter() {
                    assert_eq!(splits[2].train.get(rating.u, rating.i), None);
                }
            }
            let enough = |line: usize| usize::from(length(&all, line) > 5);
            assert!((0..turns.len()).all(|line| turns[line] == enough(line)));
            assert_eq!(plan.lines(), turns.iter().sum::<usize>());
        }
    }

    #[test]
    fn attributes_help_new_users_and_new_items_and_ten_ratings_help_more() {
        let all = simulate(42).dataset.ratings;
        for (side, inputs) in [(Side::Users, "inputs=users"), (Side::Items, "inputs=items")] {
            let plan = ColdStart::new(&all, side, &[0, 10], 5, 42).unwrap();
            let rmse = |inputs: &str| -> Vec<f64> {
                let spec = Spec::with("attributes", [inputs, "epochs=15"]).unwrap();
                let points = plan.curve(&spec, &all, 42, |_| ()).unwrap();
                points.iter().map(|point| point.errors.get(MetricId::Rmse).unwrap()).collect()
            };
            let (with, without) = (rmse(inputs), rmse("inputs=none"));
            assert!(with[0] < without[0] - 0.015, "{side:?}: {with:?}, {without:?}");
            assert!(with[1] < without[1], "{side:?}: {with:?}, {without:?}");
            assert!(without[1] < with[0], "{side:?}: {with:?}, {without:?}");
        }
    }

    #[test]
    fn too_few_ratings_are_said_in_a_sentence() {
        let toy = crate::data::toy::toy().ratings;
        let error = ColdStart::new(&toy, Side::Items, &[0, 10], 5, 1).unwrap_err().to_string();
        assert!(
            error.contains("needs 5 items with more than 10 ratings, and there are 0"),
            "{error}"
        );
    }
}
