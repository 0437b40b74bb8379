//! Training: pass after pass, with the errors after each, until done, stopped or diverged.

use serde::Serialize;
use thiserror::Error;

use crate::data::split::Split;
use crate::eval::{Errors, measure};
use crate::models::{Learning, Model, Spec, Task, is_finite};

/// What is known after a pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Epoch {
    /// Passes done: 0 is the model at its start values.
    pub epoch: usize,
    /// Errors on the training set.
    pub train: Errors,
    /// Errors on the test set; not numbers where there is none.
    pub test: Errors,
    /// Seconds spent in passes so far, without the measuring.
    pub seconds: f64,
    /// Multiplications done in passes so far, to the leading order.
    pub operations: f64,
    /// Systems of this pass that had no unique solution and were left as they were.
    pub singular: usize,
}

/// Why training stopped before its end.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The parameters left the finite numbers, or the training error grew far beyond its start.
    #[error("training diverged in epoch {epoch}; the model of epoch {kept} is kept. {remedy}", kept = .epoch - 1)]
    Diverged {
        /// The pass in which it happened, counted from 1.
        epoch: usize,
        /// What to change.
        remedy: &'static str,
    },
    /// There is nothing to learn from.
    #[error("the training set is empty: there is nothing to learn from")]
    Empty,
}

/// A training error this many times that of the start values counts as diverged.
const DIVERGED: f64 = 1.5;

/// A model in training, and what has been measured so far.
pub struct Training {
    model: Box<dyn Model>,
    split: Split,
    history: Vec<Epoch>,
    last_good: Vec<Vec<f32>>,
    task: Task,
    draws: bool,
    remedy: &'static str,
    now: Box<dyn Fn() -> f64>,
}

impl Training {
    /// A model at its start values, already measured once. `now` tells seconds since some moment.
    ///
    /// # Errors
    /// If the training set is empty.
    pub fn new(
        spec: &Spec,
        split: Split,
        seed: u64,
        now: impl Fn() -> f64 + 'static,
    ) -> Result<Self, TrainError> {
        if split.train.is_empty() {
            return Err(TrainError::Empty);
        }
        let mut training = Self {
            model: spec.build(split.train.clone(), seed),
            split,
            history: Vec::new(),
            last_good: Vec::new(),
            task: spec.entry().task,
            draws: spec.learning() == Learning::Sampling,
            remedy: spec.entry().remedy(),
            now: Box::new(now),
        };
        training.history.push(training.measure(0, 0.0, 0.0));
        training.keep();
        Ok(training)
    }

    /// One pass and one measurement.
    ///
    /// # Errors
    /// If the pass diverged; the model is then again the one before the pass.
    pub fn pass(&mut self) -> Result<&Epoch, TrainError> {
        let done = self.history.len() - 1;
        let start = (self.now)();
        self.model.pass(done);
        let before = self.history[done];
        let seconds = before.seconds + (self.now)() - start;
        let epoch = self.measure(done + 1, seconds, before.operations + self.model.operations());
        if !is_finite(&*self.model) || self.has_grown(&epoch) {
            for (values, good) in self.model.values_mut().into_iter().zip(&self.last_good) {
                values.copy_from_slice(good);
            }
            return Err(TrainError::Diverged { epoch: done + 1, remedy: self.remedy });
        }
        self.keep();
        self.history.push(epoch);
        Ok(&self.history[done + 1])
    }

    /// What was measured at the start and after each pass.
    pub fn history(&self) -> &[Epoch] {
        &self.history
    }

    /// The model as it stands.
    pub fn model(&self) -> &dyn Model {
        &*self.model
    }

    /// Training and test set.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// Whether the training error has grown far beyond its start, or is not a number. A model that
    /// only ranks has none; one that draws starts from a good point and wanders away from it.
    fn has_grown(&self, epoch: &Epoch) -> bool {
        let rmse = epoch.train.rmse;
        let is_far = !self.draws && rmse > DIVERGED * self.history[0].train.rmse;
        self.task == Task::Rating && (rmse.is_nan() || is_far)
    }

    fn measure(&self, epoch: usize, seconds: f64, operations: f64) -> Epoch {
        let (train, test) = measure(self.task, &*self.model, &self.split);
        Epoch { epoch, train, test, seconds, operations, singular: self.model.singular() }
    }

    fn keep(&mut self) {
        let parameters = self.model.parameters();
        self.last_good.resize(parameters.len(), Vec::new());
        for (kept, parameter) in self.last_good.iter_mut().zip(parameters) {
            kept.clear();
            kept.extend_from_slice(parameter.values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{split, toy};
    use crate::eval::errors;

    fn training(settings: &[&str]) -> Training {
        let spec = Spec::with("svd", settings.iter().copied()).unwrap();
        let split = split::everything(&toy::toy().ratings);
        Training::new(&spec, split, 1, || 0.0).unwrap()
    }

    #[test]
    fn training_lowers_the_training_error() {
        let mut training = training(&["gamma=0.05", "factors=2"]);
        for _ in 0..20 {
            training.pass().unwrap();
        }
        let rmse = |n: usize| training.history()[n].train.rmse;
        assert_eq!(training.history().len(), 21);
        assert!(rmse(20) < 0.5 * rmse(0), "{} then {}", rmse(0), rmse(20));
        assert!(training.history()[20].test.rmse.is_nan());
    }

    #[test]
    fn a_diverging_pass_is_undone_and_named() {
        let mut training = training(&["gamma=1", "factors=50", "sigma=1"]);
        let error = (0..100).find_map(|_| training.pass().err()).expect("gamma 1 diverges");
        let kept = training.history().len() - 1;
        assert_eq!(
            error.to_string(),
            format!(
                "training diverged in epoch {}; the model of epoch {kept} is kept. Try a smaller learning rate gamma.",
                kept + 1
            )
        );
        let split = training.split();
        let again = errors(training.model(), &split.train, split.train.scale());
        assert_eq!(again.rmse, training.history()[kept].train.rmse);
    }

    #[test]
    fn a_model_that_ranks_trains_to_its_end_with_a_rank_and_no_error() {
        let spec = Spec::with("implicit-als", ["factors=2"]).unwrap();
        let all = crate::data::simulation::simulate(1).dataset.ratings;
        let mut training = Training::new(&spec, split::holdout(&all, 0.2, 1), 1, || 0.0).unwrap();
        for _ in 0..3 {
            let Epoch { train, test, .. } = *training.pass().unwrap();
            assert!(train.rmse.is_nan() && train.rank.is_nan() && test.rmse.is_nan());
            assert!((0.0..50.0).contains(&test.rank), "{}", test.rank);
        }
    }

    #[test]
    fn draws_may_lie_far_from_the_point_they_start_at() {
        for seed in 0..20 {
            let spec = Spec::with("bpmf", ["factors=2", "burn_in=20"]).unwrap();
            let split = split::everything(&toy::toy().ratings);
            let mut training = Training::new(&spec, split, seed, || 0.0).unwrap();
            for _ in 0..40 {
                training.pass().unwrap();
            }
        }
    }

    #[test]
    fn an_empty_training_set_is_refused() {
        let spec = Spec::new("svd").unwrap();
        let empty = split::everything(&toy::table(1, 1, &[f32::NAN]).ratings);
        assert_eq!(Training::new(&spec, empty, 1, || 0.0).err(), Some(TrainError::Empty));
    }
}
