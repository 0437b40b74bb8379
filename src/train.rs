//! Training: pass after pass, with the errors after each, until done, stopped or diverged.

use serde::Serialize;
use thiserror::Error;

use crate::data::Ratings;
use crate::data::split::Split;
use crate::eval::{Errors, measure, measure_validation, remarks};
use crate::models::{Learning, Model, Spec, Task, is_finite};
use crate::receipt::receipt;

/// What is known after a pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Epoch {
    /// Passes done: 0 is the model at its start values.
    pub epoch: usize,
    /// Errors on the training set.
    pub train: Errors,
    /// Errors on the validation set, where there is one.
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub validation: Option<Errors>,
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
    #[error("training diverged in epoch {epoch}; the model of epoch {kept} is kept. {remedy}")]
    Diverged {
        /// The pass in which it happened, counted from 1.
        epoch: usize,
        /// The epoch before it with the lowest training error, 0 being the start values.
        kept: usize,
        /// What to change.
        remedy: &'static str,
    },
    /// There is nothing to learn from.
    #[error("the training set is empty: there is nothing to learn from")]
    Empty,
}

/// A training error this many times what is expected of any model counts as diverged.
const DIVERGED: f64 = 1.5;

/// An error below this share of the rating scale is small, whatever it was at the start: in a table of a
/// few ratings start values may happen to be nearly right.
const SMALL: f64 = 0.2;

/// A model in training, and what has been measured so far.
pub struct Training {
    spec: Spec,
    seed: u64,
    model: Box<dyn Model>,
    split: Split,
    history: Vec<Epoch>,
    /// Passes made, with those that divergence undid: the history ends at the epoch that was kept.
    passes: usize,
    /// The epoch that is kept where training diverges, and its parameters.
    kept: usize,
    values: Vec<Vec<f32>>,
    task: Task,
    /// Whether training can grow an error at all, and the least training error that counts as grown.
    descends: bool,
    limit: f64,
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
            spec: spec.clone(),
            seed,
            model: spec.build(split.train.clone(), seed),
            split,
            history: Vec::new(),
            passes: 0,
            kept: 0,
            values: Vec::new(),
            task: spec.entry().task,
            descends: spec.learning() == Learning::Descent && spec.entry().task == Task::Rating,
            limit: f64::INFINITY,
            remedy: spec.entry().remedy(),
            now: Box::new(now),
        };
        let start = training.measure(0, 0.0, 0.0);
        let (low, high) = training.split.train.scale();
        let expected = start.train.rmse.max(SMALL * f64::from(high - low));
        training.limit = DIVERGED * expected.max(spread(&training.split.train));
        training.history.push(start);
        training.keep();
        Ok(training)
    }

    /// One pass and one measurement.
    ///
    /// # Errors
    /// If the pass diverged; model and history are then those of the epoch with the lowest training error.
    pub fn pass(&mut self) -> Result<&Epoch, TrainError> {
        let done = self.history.len() - 1;
        let start = (self.now)();
        self.model.pass(done);
        self.passes += 1;
        let before = self.history[done];
        let seconds = before.seconds + (self.now)() - start;
        let epoch = self.measure(done + 1, seconds, before.operations + self.model.operations());
        if !is_finite(&*self.model) || self.has_grown(&epoch) {
            for (values, good) in self.model.values_mut().into_iter().zip(&self.values) {
                values.copy_from_slice(good);
            }
            self.history.truncate(self.kept + 1);
            let (kept, remedy) = (self.kept, self.remedy);
            return Err(TrainError::Diverged { epoch: done + 1, kept, remedy });
        }
        self.history.push(epoch);
        // What counts or solves does not grow an error, and what draws wanders: there the latest is kept.
        if !self.descends || epoch.train.rmse <= self.history[self.kept].train.rmse {
            self.keep();
        }
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

    /// The receipt of the run as it stands. It counts every pass made: where some were undone, as the run
    /// diverged, it is not that of a shorter run which ended well.
    pub fn receipt(&self) -> String {
        receipt(&self.spec, &self.split, self.seed, self.passes, &*self.model)
    }

    /// Training, validation and test set.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// What a reader of the errors and parameters should know beside them, in sentences.
    pub fn remarks(&self) -> Vec<String> {
        remarks(self.task, &self.split)
    }

    /// Whether the training error has grown far beyond that of the start values and of the mean, or is
    /// not a number. Only descent can overshoot: a model that solves or counts may well leave a start that
    /// happened to fit, and one that draws starts from a good point and wanders away from it.
    fn has_grown(&self, epoch: &Epoch) -> bool {
        let rmse = epoch.train.rmse;
        let is_lost = self.task == Task::Rating && epoch.train.rmse_unclamped.is_nan();
        is_lost || self.descends && rmse > self.limit
    }

    fn measure(&self, epoch: usize, seconds: f64, operations: f64) -> Epoch {
        let (train, test) = measure(self.task, &*self.model, &self.split);
        let validation = measure_validation(self.task, &*self.model, &self.split);
        Epoch {
            epoch,
            train,
            validation,
            test,
            seconds,
            operations,
            singular: self.model.singular(),
        }
    }

    /// Keeps the model of the last epoch in the history.
    fn keep(&mut self) {
        self.kept = self.history.len() - 1;
        let parameters = self.model.parameters();
        self.values.resize(parameters.len(), Vec::new());
        for (kept, parameter) in self.values.iter_mut().zip(parameters) {
            kept.clear();
            kept.extend_from_slice(parameter.values);
        }
    }
}

/// The error of predicting the mean of these ratings.
fn spread(ratings: &Ratings) -> f64 {
    let mean = f64::from(ratings.mean());
    let rests = ratings.iter().map(|rating| f64::from(rating.r) - mean);
    let squares = rests.map(|rest| rest * rest);
    (squares.sum::<f64>() / ratings.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::load::{Source, load};
    use crate::data::{split, toy};
    use crate::eval::errors;
    use crate::models::{REGISTRY, fingerprint};

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
        let mut done = 0;
        let error = (0..100).find_map(|n| {
            done = n;
            training.pass().err()
        });
        let kept = training.history().len() - 1;
        assert_eq!(
            error.expect("gamma 1 diverges").to_string(),
            format!(
                "training diverged in epoch {}; the model of epoch {kept} is kept. Try a smaller learning rate gamma.",
                done + 1
            )
        );
        let split = training.split();
        let again = errors(training.model(), &split.train, split.train.scale());
        assert_eq!(again.rmse, training.history()[kept].train.rmse);
    }

    /// The ratings of the toy lie sqrt(1.36) from their mean 2.2. Threes with a one and a five among them lie
    /// nearer to theirs than a fifth of the scale, which is 0.8.
    #[test]
    fn training_stops_at_the_first_error_half_above_what_is_expected_of_any_model() {
        let mut threes = [3.0; 64];
        (threes[0], threes[9]) = (1.0, 5.0);
        let sets = [
            (toy::toy().ratings, 1.36_f64.sqrt()),
            (toy::table(8, 8, &threes).ratings, 0.2 * (5.0 - 1.0)),
        ];
        for (all, least) in sets {
            // Errors just below the limit that were let go, and just above it that were not.
            let (mut below, mut above) = (0, 0);
            for (sigma, seed) in ["0.3", "1"].into_iter().flat_map(|s| (0..40).map(move |n| (s, n)))
            {
                let settings = ["factors=2", "gamma=0.8", &format!("sigma={sigma}")];
                let spec = Spec::with("svd", settings).unwrap();
                let mut training =
                    Training::new(&spec, split::everything(&all), seed, || 0.0).unwrap();
                let mut model = spec.build(Arc::clone(&all), seed);
                let start = errors(&*model, &all, all.scale()).rmse;
                let expected = start.max(least);
                for epoch in 0..20 {
                    model.pass(epoch);
                    let share = errors(&*model, &all, all.scale()).rmse / expected;
                    let goes_on = training.pass().is_ok();
                    let is_fine = share <= 1.5 && is_finite(&*model);
                    assert_eq!(goes_on, is_fine, "{spec}, seed {seed}: {share}");
                    if !goes_on {
                        above += usize::from(share < 1.6 && start < least);
                        break;
                    }
                    below += usize::from(share > 1.4 && start < least);
                }
            }
            assert!(below > 0 && above > 0, "{below} below, {above} above");
        }
    }

    #[test]
    fn the_receipt_of_a_diverged_training_counts_the_passes_that_were_undone() {
        let all = split::everything(&toy::toy().ratings);
        let (mut undone, mut ended) = (0, 0);
        for (gamma, seed) in
            [0.02, 0.2, 0.4, 1.0].into_iter().flat_map(|g| (0..20).map(move |s| (g, s)))
        {
            let settings = ["update=sequential", "sigma=1", "factors=2", &format!("gamma={gamma}")];
            let spec = Spec::with("svd", settings).unwrap();
            let mut training = Training::new(&spec, all.clone(), seed, || 0.0).unwrap();
            let found = (0..30).find_map(|_| training.pass().err());
            let of = |passes, model| receipt(&spec, &all, seed, passes, model);
            let model = training.model();
            let Some(TrainError::Diverged { epoch, kept, .. }) = found else {
                assert_eq!(training.receipt(), of(30, model));
                ended += 1;
                continue;
            };
            undone += 1;
            assert_eq!(training.receipt(), of(epoch, model), "{epoch} passes, {kept} kept");
            assert_ne!(training.receipt(), of(kept, model));
            // The model of the kept epoch, got by so many passes and no more, is another run.
            let mut shorter = Training::new(&spec, all.clone(), seed, || 0.0).unwrap();
            (0..kept).for_each(|_| drop(shorter.pass()));
            assert_eq!(fingerprint(shorter.model()), fingerprint(model));
            assert_ne!(shorter.receipt(), training.receipt());
        }
        assert!(undone > 0 && ended > 0, "{undone} diverged, {ended} did not");
    }

    #[test]
    fn what_is_kept_of_a_diverging_training_is_never_worse_than_its_start() {
        let toy = toy::toy().ratings;
        // Diverged at once, and after epochs that were already worse than the start.
        let (mut at_once, mut crept) = (0, 0);
        for (gamma, seed) in
            [0.2, 0.3, 0.4, 0.6, 1.0].into_iter().flat_map(|g| (0..20).map(move |s| (g, s)))
        {
            let settings = ["update=sequential", "sigma=1", &format!("gamma={gamma}")];
            let spec = Spec::with("svd", settings).unwrap();
            let split = split::everything(&toy);
            let mut training = Training::new(&spec, split, seed, || 0.0).unwrap();
            let start = training.history()[0].train.rmse;
            let Some(error) = (0..30).find_map(|_| training.pass().err()) else { continue };
            let TrainError::Diverged { epoch, kept, .. } = error else { panic!("{error}") };
            at_once += usize::from(epoch == 1);
            crept += usize::from(kept + 1 < epoch);
            assert_eq!(training.history().len(), kept + 1);
            let found = errors(training.model(), &toy, toy.scale()).rmse;
            assert_eq!(found, training.history()[kept].train.rmse, "{spec}");
            assert!(found <= start, "{spec}: {start}, kept {found}");
        }
        assert!(at_once > 0 && crept > 0, "{at_once} at once, {crept} after a while");
    }

    /// Tables of a class, in which start values may be nearly right by chance.
    #[test]
    fn no_model_diverges_at_its_defaults_on_a_table_of_a_few_ratings() {
        let constant: Vec<String> = (0..18).map(|n| format!("{},{},3", n / 6, n % 6)).collect();
        let tables = [
            ("course", "1,1,5\n1,2,4\n2,2,5\n2,3,3\n3,3,4\n3,4,5\n4,5,4\n5,1,3\n"),
            ("tiny", "1,1,5\n1,2,3\n2,1,4\n"),
            ("zeros", "u1,i1,0\nu2,i1,1\nu2,i2,0\n"),
            ("one user", "u,a,1\nu,b,5\nu,c,4\nu,d,5\n"),
            ("one item", "a,i,1\nb,i,5\nc,i,4\nd,i,5\n"),
            ("large numbers", "a,x,1000\na,y,3000\nb,x,2000\nb,z,90000\n"),
            ("below zero", "a,x,-8\na,y,3\nb,x,-2\nb,z,9\n"),
            ("all equal", &constant.join("\n")),
        ];
        let sets = tables.iter().map(|&(name, text)| {
            let bytes = format!("user,item,rating\n{text}").into_bytes();
            (name, load(&[Source { name: "table.csv".into(), bytes }]).unwrap().ratings)
        });
        for (name, all) in sets.chain([("toy", toy::toy().ratings)]) {
            for entry in REGISTRY {
                let spec = Spec::new(entry.id).unwrap();
                if spec.check(&all).is_err() {
                    continue;
                }
                // A hundred seeds of the default hold-out, and everything.
                for seed in 0..100 {
                    let split = split::holdout(&all, 0.2, seed);
                    let mut training = Training::new(&spec, split, seed, || 0.0).unwrap();
                    for _ in 0..spec.epochs() {
                        if let Err(err) = training.pass() {
                            panic!("{spec} on {name}, seed {seed}: {err}");
                        }
                    }
                    let last = training.history().last().unwrap();
                    let measured =
                        entry.task == Task::Ranking || last.train.rmse_unclamped.is_finite();
                    assert!(measured, "{spec} on {name}, seed {seed}");
                }
            }
        }
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
