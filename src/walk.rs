//! Going through a training one explained step at a time, forward and back.

use std::mem;
use std::sync::Arc;

use serde::Serialize;

use crate::data::{Ratings, split};
use crate::eval::{MetricId, errors};
use crate::models::{Checkpoint, Model, Spec, Task};
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
///
/// It holds the last step and, every so often, all that the model then was. The way back is a way forward
/// from the checkpoint before, to the same bits; so however long it is, a walk holds at most 64 times the
/// model, and 16 bytes a step of what was measured.
pub struct Walk {
    model: Box<dyn Model>,
    /// Settings and seed, for the receipt; nothing of a model that is in no registry.
    run: Option<(Spec, u64)>,
    train: Arc<Ratings>,
    task: Task,
    /// Steps taken since the start, and the last of them.
    taken: usize,
    last: Option<Step>,
    /// Training RMSE of predictions that are not clamped, before the first step and after each, as far as
    /// the walk has ever come.
    errors: Vec<f64>,
    /// The objective, likewise.
    objectives: Vec<f64>,
    /// The model at the start and after every so many steps.
    checkpoints: Vec<Checkpoint>,
    every: usize,
}

/// The most checkpoints. Where there would be more, every second one goes, and the next ones lie twice as far
/// apart.
const CHECKPOINTS: usize = 64;

/// How many steps the first checkpoints lie apart: repeating so few of them is not felt.
const APART: usize = 32;

impl Walk {
    /// A walk from the start values that this spec and seed give.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let model = spec.build(Arc::clone(&train), seed);
        let run = Some((spec.clone(), seed));
        Self { run, ..Self::with_model(model, train, spec.entry().task) }
    }

    /// A walk with a model that is in no registry, from the values it has. What a step of it does follows
    /// from its values, its memory and the step's number.
    pub fn with_model(model: Box<dyn Model>, train: Arc<Ratings>, task: Task) -> Self {
        let mut walk = Self {
            checkpoints: vec![Checkpoint::of(&*model)],
            every: APART,
            model,
            run: None,
            train,
            task,
            taken: 0,
            last: None,
            errors: Vec::new(),
            objectives: Vec::new(),
        };
        let (error, objective) = walk.measure();
        walk.errors.push(error);
        walk.objectives.push(objective);
        walk
    }

    /// The receipt of the walk where it stands; none with a model that is in no registry.
    pub fn receipt(&self) -> Option<String> {
        let (spec, seed) = self.run.as_ref()?;
        let all = split::everything(&self.train);
        Some(receipt(spec, &all, *seed, self.taken, &*self.model))
    }

    /// Takes one step. Returns nothing, and stays, where a parameter or what is measured would no longer
    /// be a finite number, or there is no rating to learn from.
    pub fn forward(&mut self) -> Option<&Step> {
        if self.train.is_empty() {
            return None;
        }
        let stood = self.taken;
        self.step();
        if self.taken == self.errors.len() && !self.arrive() {
            self.repeat(stood);
            return None;
        }
        self.last.as_ref()
    }

    /// Takes the last step back; every parameter has again the bits it had. False at the start.
    pub fn back(&mut self) -> bool {
        if self.taken == 0 {
            return false;
        }
        self.repeat(self.taken - 1);
        true
    }

    /// Goes to a step, forward or back, as far as it gets.
    pub fn jump(&mut self, step: usize) {
        let known = step.min(self.errors.len() - 1);
        if known != self.taken {
            self.repeat(known);
        }
        while self.taken < step && self.forward().is_some() {}
    }

    /// Where the walk stands.
    pub fn position(&self) -> Position {
        let (step, per_epoch) = (self.taken, self.model.steps());
        Position {
            step,
            epoch: step / per_epoch.max(1),
            in_epoch: step % per_epoch.max(1),
            per_epoch,
        }
    }

    /// The last step taken.
    pub fn last(&self) -> Option<&Step> {
        self.last.as_ref()
    }

    /// Training RMSE before the first step and after each step taken, of predictions that are not clamped:
    /// a walk is about parameters, and clamping would hide what a step does to them. Not a number of a
    /// model that only ranks.
    pub fn errors(&self) -> &[f64] {
        &self.errors[..=self.taken]
    }

    /// The objective before the first step and after each step taken.
    pub fn objectives(&self) -> &[f64] {
        &self.objectives[..=self.taken]
    }

    /// The model as it stands.
    pub fn model(&self) -> &dyn Model {
        &*self.model
    }

    /// Takes a step and nothing else.
    fn step(&mut self) {
        let Position { epoch, in_epoch, .. } = self.position();
        self.last = Some(self.model.step(epoch, in_epoch));
        self.taken += 1;
    }

    /// Goes where the walk has been: from the checkpoint before, so that the step that led there is known.
    fn repeat(&mut self, step: usize) {
        let nearest = (step.saturating_sub(1) / self.every).min(self.checkpoints.len() - 1);
        self.checkpoints[nearest].restore(&mut *self.model);
        (self.taken, self.last) = (nearest * self.every, None);
        while self.taken < step {
            self.step();
        }
    }

    /// Writes down where the walk has come to for the first time; false, and nothing, where a number came out
    /// that is none and was one before.
    fn arrive(&mut self) -> bool {
        let mut changed = self.last.iter().flat_map(|step| &step.updates);
        if changed.any(|update| !update.after.is_finite()) {
            return false;
        }
        let (error, objective) = self.measure();
        let stays = |values: &[f64], now: f64| now.is_finite() || !values[0].is_finite();
        if !stays(&self.errors, error) || !stays(&self.objectives, objective) {
            return false;
        }
        self.errors.push(error);
        self.objectives.push(objective);
        if self.taken == self.checkpoints.len() * self.every {
            self.checkpoints.push(Checkpoint::of(&*self.model));
        }
        if self.checkpoints.len() > CHECKPOINTS {
            self.checkpoints = mem::take(&mut self.checkpoints).into_iter().step_by(2).collect();
            self.every *= 2;
        }
        true
    }

    /// Error and objective as they stand.
    fn measure(&self) -> (f64, f64) {
        let error = match self.task {
            Task::Rating => {
                let scale = self.train.scale();
                let found = errors(&*self.model, &self.train, scale);
                found.get(MetricId::RmseUnclamped).unwrap_or(f64::NAN)
            }
            Task::Ranking => f64::NAN,
        };
        (error, self.model.objective())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::toy::toy;

    #[test]
    fn a_walk_of_5000_steps_holds_few_checkpoints_and_goes_back_to_the_same_bits() {
        let spec = Spec::with("svdpp", ["factors=3", "gamma=0.001"]).unwrap();
        let train = toy().ratings;
        let mut walk = Walk::new(&spec, Arc::clone(&train), 1);
        walk.jump(5000);
        assert_eq!(walk.position().step, 5000);
        assert!(walk.checkpoints.len() <= CHECKPOINTS);
        // Nowhere is the way from a checkpoint longer than it has to be.
        assert!(5000 < 2 * CHECKPOINTS * walk.every, "every {}", walk.every);

        let (mut model, per_epoch) = (spec.build(train, 1), walk.position().per_epoch);
        let mut states = Vec::new();
        for n in 0..5000 {
            states.push(all_bits(&*model));
            model.step(n / per_epoch, n % per_epoch);
        }
        states.push(all_bits(&*model));
        assert!(all_bits(walk.model()) == states[5000]);
        assert!(walk.back());
        for step in [4999, 4097, 4096, 4095, 65, 64, 1, 0, 3000, 5000] {
            walk.jump(step);
            assert_eq!(walk.position().step, step);
            assert!(all_bits(walk.model()) == states[step], "step {step}");
            assert_eq!((walk.errors().len(), walk.objectives().len()), (step + 1, step + 1));
        }
    }

    fn all_bits(model: &dyn Model) -> Vec<u32> {
        let parameters = model.parameters();
        parameters.iter().flat_map(|p| p.values).map(|x| x.to_bits()).collect()
    }
}
