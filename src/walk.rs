//! Going through a training one explained step at a time, forward and back.

use std::sync::Arc;

use serde::Serialize;

use crate::data::{Ratings, split};
use crate::models::{Model, Spec, Task};
use crate::receipt::receipt;
use crate::trace::Step;

/// Where a walk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Position {
    /// Steps taken since the start.
    pub step: usize,
    /// Finished epochs.
    pub epoch: usize,
    /// Steps taken in the current epoch.
    pub in_epoch: usize,
    /// Steps in an epoch.
    pub per_epoch: usize,
}

/// A training that is walked through. Meant for small data: after every step the error over the whole
/// training set is measured.
pub struct Walk {
    model: Box<dyn Model>,
    spec: Spec,
    seed: u64,
    train: Arc<Ratings>,
    /// The steps taken so far.
    steps: Vec<Step>,
    /// Training RMSE of predictions that are not clamped, before the first step and after each.
    errors: Vec<f64>,
    /// The objective, likewise.
    objectives: Vec<f64>,
    task: Task,
}

impl Walk {
    /// A walk from the start values that this spec and seed give.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let model = spec.build(Arc::clone(&train), seed);
        let task = spec.entry().task;
        let spec = spec.clone();
        let (steps, errors, objectives) = (Vec::new(), Vec::new(), Vec::new());
        let mut walk = Self { model, spec, seed, train, steps, errors, objectives, task };
        walk.measure();
        walk
    }

    /// The receipt of the walk where it stands.
    pub fn receipt(&self) -> String {
        let all = split::everything(&self.train);
        receipt(&self.spec, &all, self.seed, self.steps.len(), &*self.model)
    }

    /// Takes one step. Returns nothing, and stays, where a parameter or what is measured would no longer
    /// be a finite number, or there is no rating to learn from.
    pub fn forward(&mut self) -> Option<&Step> {
        if self.train.is_empty() {
            return None;
        }
        let Position { epoch, in_epoch, .. } = self.position();
        let step = self.model.step(epoch, in_epoch);
        if step.updates.iter().any(|update| !update.after.is_finite()) {
            self.undo(&step);
            return None;
        }
        self.steps.push(step);
        if !self.measure() {
            self.back();
            return None;
        }
        self.steps.last()
    }

    /// Takes the last step back; every parameter has again the bits it had. False at the start.
    pub fn back(&mut self) -> bool {
        let Some(step) = self.steps.pop() else {
            return false;
        };
        self.errors.pop();
        self.objectives.pop();
        self.undo(&step);
        true
    }

    /// Goes to a step, forward or back, as far as it gets.
    pub fn jump(&mut self, step: usize) {
        while self.steps.len() > step {
            self.back();
        }
        while self.steps.len() < step && self.forward().is_some() {}
    }

    /// Where the walk stands.
    pub fn position(&self) -> Position {
        let (step, per_epoch) = (self.steps.len(), self.model.steps());
        Position {
            step,
            epoch: step / per_epoch.max(1),
            in_epoch: step % per_epoch.max(1),
            per_epoch,
        }
    }

    /// The last step taken.
    pub fn last(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// Training RMSE before the first step and after each step taken, of predictions that are not clamped:
    /// a walk is about parameters, and clamping would hide what a step does to them. Not a number of a
    /// model that only ranks.
    pub fn errors(&self) -> &[f64] {
        &self.errors
    }

    /// The objective before the first step and after each step taken.
    pub fn objectives(&self) -> &[f64] {
        &self.objectives
    }

    /// The model as it stands.
    pub fn model(&self) -> &dyn Model {
        &*self.model
    }

    /// Writes down where the walk has come to; whether a number came out that was one before.
    fn measure(&mut self) -> bool {
        let error = match self.task {
            Task::Rating => {
                let scale = self.train.scale();
                crate::eval::errors(&*self.model, &self.train, scale).rmse_unclamped
            }
            Task::Ranking => f64::NAN,
        };
        let objective = self.model.objective();
        self.errors.push(error);
        self.objectives.push(objective);
        let stays = |values: &[f64], now: f64| now.is_finite() || !values[0].is_finite();
        stays(&self.errors, error) && stays(&self.objectives, objective)
    }

    /// Undoes the step that follows the position.
    fn undo(&mut self, step: &Step) {
        let Position { epoch, in_epoch, .. } = self.position();
        self.model.undo(epoch, in_epoch);
        let strides: Vec<usize> = self.model.parameters().iter().map(|p| p.stride).collect();
        let mut values = self.model.values_mut();
        for update in step.updates.iter().rev() {
            let at = update.row * strides[update.parameter] + update.column;
            values[update.parameter][at] = update.before;
        }
    }
}
