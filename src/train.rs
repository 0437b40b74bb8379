//! Training: pass after pass, with what is measured after each, until done, stopped or diverged.

use std::sync::Arc;

use serde::Serialize;
use thiserror::Error;

use crate::data::Ratings;
use crate::data::split::Split;
use crate::eval::{
    Measures, MetricId, errors, measure_test, measure_train, measure_validation, remarks,
};
use crate::models::{Checkpoint, Learning, Model, Spec, Task, is_finite};
use crate::receipt::receipt;

/// What is known after a pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Epoch {
    /// Passes done: 0 is the model at its start values.
    pub epoch: usize,
    /// What was measured on the training set.
    pub train: Measures,
    /// What was measured on the validation set, where there is one and that was asked for.
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub validation: Option<Measures>,
    /// What was measured on the test set; nothing where there is none.
    pub test: Measures,
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

/// What is measured at the start and after each pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Training, validation and test set.
    All,
    /// What is held back, validation and test set; the run is watched by [`SAMPLE`] of the training ratings.
    Held,
    /// Nothing: for whoever measures at the end. Nor is the run watched: it diverges only where a parameter
    /// is no longer a finite number, and then only its start values are left.
    Nothing,
}

/// What training must know of a model and [`Model`] does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Whether it predicts ratings or only ranks.
    pub task: Task,
    /// How it learns.
    pub learning: Learning,
    /// What to change where training diverges, as a sentence.
    pub remedy: &'static str,
}

/// How far a training has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Some way into a pass or, where training has diverged, into repeating those up to the epoch that is
    /// kept.
    Within {
        /// Units done.
        done: usize,
        /// Of so many.
        of: usize,
    },
    /// A pass is done and measured.
    Passed,
}

/// A training error this many times what is expected of any model counts as diverged.
const DIVERGED: f64 = 1.5;

/// An error below this share of the rating scale is small, whatever it was at the start: in a table of a
/// few ratings start values may happen to be nearly right.
const SMALL: f64 = 0.2;

/// The most training ratings by which a run is watched whose training error nobody asked for.
pub const SAMPLE: usize = 1 << 14;

/// A model in training, and what has been measured so far.
pub struct Training {
    /// Settings and seed, for the receipt; nothing of a model that is in no registry.
    run: Option<(Spec, u64)>,
    make: Box<dyn Fn() -> Box<dyn Model>>,
    model: Box<dyn Model>,
    split: Split,
    about: About,
    ask: Ask,
    history: Vec<Epoch>,
    /// Units done of the pass at hand, and seconds spent in it.
    done: usize,
    spent: f64,
    /// Passes made, with those that divergence undid: the history ends at the epoch that was kept.
    passes: usize,
    /// The epoch that is kept where training diverges.
    kept: usize,
    again: Option<Again>,
    /// The model before the pass at hand, where that is a slow one.
    before: Option<Checkpoint>,
    /// The training ratings by which the run is watched.
    watched: Option<Arc<Ratings>>,
    /// Their error at the kept epoch, and the least one that counts as grown.
    lowest: Option<f64>,
    limit: f64,
    now: Box<dyn Fn() -> f64>,
}

/// The way back from divergence: the passes up to the kept epoch are repeated, which takes no copy of the
/// parameters after each.
struct Again {
    passes: usize,
    error: TrainError,
}

impl Training {
    /// A model at its start values, which is measured at once and after each pass, on everything. `now` tells
    /// seconds since some moment.
    ///
    /// # Errors
    /// If the training set is empty.
    pub fn new(
        spec: &Spec,
        split: Split,
        seed: u64,
        now: impl Fn() -> f64 + 'static,
    ) -> Result<Self, TrainError> {
        Self::asking(spec, split, seed, Ask::All, now)
    }

    /// The same, measured on what is asked for.
    ///
    /// # Errors
    /// If the training set is empty.
    pub fn asking(
        spec: &Spec,
        split: Split,
        seed: u64,
        ask: Ask,
        now: impl Fn() -> f64 + 'static,
    ) -> Result<Self, TrainError> {
        let (task, learning) = (spec.entry().task, spec.learning());
        let about = About { task, learning, remedy: spec.entry().remedy() };
        let run = Some((spec.clone(), seed));
        let spec = spec.clone();
        let make = move |train| spec.build(train, seed);
        Ok(Self { run, ..Self::with_model(make, about, split, ask, now)? })
    }

    /// Trains a model that is in no registry. `make` gives it at its start values, each time with the same
    /// bits: where training diverges, it is made anew and repeats the passes up to the best one.
    ///
    /// # Errors
    /// If the training set is empty.
    pub fn with_model(
        make: impl Fn(Arc<Ratings>) -> Box<dyn Model> + 'static,
        about: About,
        split: Split,
        ask: Ask,
        now: impl Fn() -> f64 + 'static,
    ) -> Result<Self, TrainError> {
        if split.train.is_empty() {
            return Err(TrainError::Empty);
        }
        let train = Arc::clone(&split.train);
        let make = move || make(Arc::clone(&train));
        let mut training = Self {
            run: None,
            model: make(),
            make: Box::new(make),
            watched: match ask {
                Ask::All => Some(Arc::clone(&split.train)),
                Ask::Held => Some(sample(&split.train)),
                Ask::Nothing => None,
            }
            .filter(|_| about.task == Task::Rating),
            split,
            about,
            ask,
            history: Vec::new(),
            done: 0,
            spent: 0.0,
            passes: 0,
            kept: 0,
            again: None,
            before: None,
            lowest: None,
            limit: f64::INFINITY,
            now: Box::new(now),
        };
        let start = training.measure(0, 0.0, 0.0);
        if let Some(found) = training.watch(&start) {
            let (low, high) = training.split.train.scale();
            let small = SMALL * f64::from(high - low);
            training.lowest = found.get(MetricId::Rmse);
            let expected = training.lowest.map_or(small, |rmse| rmse.max(small));
            training.limit = DIVERGED * expected.max(spread(&training.split.train));
        }
        training.history.push(start);
        Ok(training)
    }

    /// One pass and one measurement.
    ///
    /// # Errors
    /// If the pass diverged; model and history are then those of the epoch with the lowest training error.
    pub fn pass(&mut self) -> Result<&Epoch, TrainError> {
        while self.advance(usize::MAX)? != Progress::Passed {}
        Ok(&self.history[self.history.len() - 1])
    }

    /// At most this many units of the pass at hand, of [`Training::units`]; where they end it, it is measured.
    ///
    /// # Errors
    /// As [`Training::pass`], once the model of the kept epoch is made again.
    pub fn advance(&mut self, units: usize) -> Result<Progress, TrainError> {
        let epoch = self.again.as_ref().map_or(self.history.len() - 1, |again| again.passes);
        let (of, start) = (self.units(), (self.now)());
        let to = self.done.saturating_add(units).min(of);
        self.model.advance(epoch, self.done..to);
        self.spent += (self.now)() - start;
        self.done = to;
        if let Some(again) = self.again.take() {
            return self.repeat(again);
        }
        if to < of {
            return Ok(Progress::Within { done: to, of });
        }
        self.arrive(epoch + 1)
    }

    /// Goes on for about so many seconds, at least by one unit: with a whole pass, where the one before it took no
    /// longer.
    ///
    /// # Errors
    /// As [`Training::pass`], once the model of the kept epoch is made again.
    pub fn advance_for(&mut self, seconds: f64) -> Result<Progress, TrainError> {
        if let [.., before, last] = &self.history[..]
            && self.done == 0
            && self.again.is_none()
        {
            if last.seconds - before.seconds <= seconds {
                return self.advance(usize::MAX);
            }
            self.before = Some(Checkpoint::of(&*self.model));
        }
        let (start, mut units) = ((self.now)(), 1);
        loop {
            let progress = self.advance(units)?;
            if progress == Progress::Passed || (self.now)() - start >= seconds {
                return Ok(progress);
            }
            units *= 2;
        }
    }

    /// Leaves the pass at hand unfinished: the model is again that of the last epoch in the history. Where
    /// training was on its way back from divergence, it is at its start again.
    pub fn abandon(&mut self) {
        if self.again.take().is_some() {
            self.history.truncate(1);
            self.kept = 0;
        } else if self.done == 0 {
            return;
        }
        (self.done, self.spent) = (0, 0.0);
        if let Some(before) = self.before.take() {
            before.restore(&mut *self.model);
        } else {
            self.model = (self.make)();
            (1..self.history.len()).for_each(|epoch| self.model.pass(epoch - 1));
        }
    }

    /// Units of work in a pass.
    pub fn units(&self) -> usize {
        self.model.units().max(1)
    }

    /// What was measured at the start and after each pass.
    pub fn history(&self) -> &[Epoch] {
        &self.history
    }

    /// The model as it stands.
    pub fn model(&self) -> &dyn Model {
        &*self.model
    }

    /// The receipt of the run as it stands; none with a model that is in no registry. It counts every pass
    /// made: where some were undone, as the run diverged, it is not that of a shorter run which ended well.
    pub fn receipt(&self) -> Option<String> {
        let (spec, seed) = self.run.as_ref()?;
        Some(receipt(spec, &self.split, *seed, self.passes, &*self.model))
    }

    /// Training, validation and test set.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// What a reader of the errors and parameters should know beside them, in sentences.
    pub fn remarks(&self) -> Vec<String> {
        remarks(self.about.task, &self.split)
    }

    /// The end of a pass: measures it and looks whether training still gets anywhere.
    fn arrive(&mut self, epoch: usize) -> Result<Progress, TrainError> {
        (self.passes, self.before) = (self.passes + 1, None);
        let before = &self.history[epoch - 1];
        let seconds = before.seconds + self.spent;
        let operations = before.operations + self.model.operations();
        (self.done, self.spent) = (0, 0.0);
        let found = self.measure(epoch, seconds, operations);
        let watched = self.watch(&found);
        if !is_finite(&*self.model) || watched.is_some_and(|found| self.has_grown(found)) {
            return self.diverge(epoch);
        }
        self.history.push(found);
        // What counts or solves does not grow an error, and what draws wanders: there the latest is kept.
        let rmse = watched.and_then(|found| found.get(MetricId::Rmse));
        let is_lower = rmse.zip(self.lowest).is_some_and(|(now, lowest)| now <= lowest);
        if self.ask != Ask::Nothing && (!self.descends() || is_lower) {
            (self.kept, self.lowest) = (epoch, rmse);
        }
        Ok(Progress::Passed)
    }

    /// Begins anew, up to the epoch that is kept.
    fn diverge(&mut self, epoch: usize) -> Result<Progress, TrainError> {
        let (kept, remedy) = (self.kept, self.about.remedy);
        self.model = (self.make)();
        self.history.truncate(kept + 1);
        self.repeat(Again { passes: 0, error: TrainError::Diverged { epoch, kept, remedy } })
    }

    /// How far the way back is, or that it is done.
    fn repeat(&mut self, mut again: Again) -> Result<Progress, TrainError> {
        let of = self.units();
        if self.done == of {
            (again.passes, self.done) = (again.passes + 1, 0);
        }
        if again.passes == self.kept {
            self.spent = 0.0;
            return Err(again.error);
        }
        let done = again.passes * of + self.done;
        self.again = Some(again);
        Ok(Progress::Within { done, of: self.kept * of })
    }

    /// Whether the training error has grown far beyond that of the start values and of the mean, or is
    /// not a number. Only descent can overshoot: a model that solves or counts may well leave a start that
    /// happened to fit, and one that draws starts from a good point and wanders away from it.
    fn has_grown(&self, found: Measures) -> bool {
        let grown = |rmse| self.descends() && rmse > self.limit;
        found.get(MetricId::RmseUnclamped).is_none() || found.get(MetricId::Rmse).is_some_and(grown)
    }

    fn descends(&self) -> bool {
        self.about.learning == Learning::Descent && self.about.task == Task::Rating
    }

    /// The errors on the ratings that are watched: where they are measured anyway, these.
    fn watch(&self, epoch: &Epoch) -> Option<Measures> {
        let on = self.watched.as_ref()?;
        Some(if self.ask == Ask::All { epoch.train } else { errors(&*self.model, on, on.scale()) })
    }

    fn measure(&self, epoch: usize, seconds: f64, operations: f64) -> Epoch {
        let (task, model, split) = (self.about.task, &*self.model, &self.split);
        let (all, held) = (self.ask == Ask::All, self.ask != Ask::Nothing);
        Epoch {
            epoch,
            train: if all { measure_train(task, model, split) } else { Measures::default() },
            validation: if held { measure_validation(task, model, split) } else { None },
            test: if held { measure_test(task, model, split) } else { Measures::default() },
            seconds,
            operations,
            singular: model.singular(),
        }
    }
}

/// Of these ratings at most [`SAMPLE`], evenly spread.
fn sample(ratings: &Arc<Ratings>) -> Arc<Ratings> {
    let apart = ratings.len().div_ceil(SAMPLE);
    if apart < 2 {
        return Arc::clone(ratings);
    }
    Arc::new(ratings.subset(|n| n % apart == 0))
}

/// The error of predicting the mean of these ratings.
fn spread(ratings: &Ratings) -> f64 {
    let mean = f64::from(ratings.mean());
    let rests = ratings.iter().map(|rating| f64::from(rating.r) - mean);
    let squares = rests.map(|rest| rest * rest);
    (squares.sum::<f64>() / ratings.len() as f64).sqrt()
}

#[cfg(test)]
mod tests;
