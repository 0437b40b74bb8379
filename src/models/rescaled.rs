//! A model that learns on stars and speaks of ratings.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use super::{Memory, Model, Newcomer, Parameter};
use crate::data::{Line, Ratings, Stars};
use crate::trace::{Addend, AddendKind, Explanation, Step, Term};

/// Any model of ratings, trained on stars, where the ratings are on another scale.
///
/// Predictions, their addends, newcomers and the objective are turned back into the ratings' own units.
/// Parameters and explained steps stay in stars: a step's arithmetic, gamma times a gradient, holds in the
/// units it was done in and in no other.
pub(super) struct Rescaled {
    inner: Box<dyn Model>,
    stars: Stars,
}

impl Rescaled {
    /// What `build` makes of the ratings in stars.
    pub fn new(train: &Ratings, build: impl FnOnce(Arc<Ratings>) -> Box<dyn Model>) -> Self {
        Self { inner: build(Arc::new(train.in_stars())), stars: train.stars() }
    }

    fn speak(&self, out: &mut [f32]) {
        for value in out {
            *value = self.stars.rating(*value);
        }
    }
}

/// The model itself, where it is one of type `M`, whatever scale it learns on.
pub fn own<M: Any>(model: &dyn Model) -> Option<&M> {
    model.inner().unwrap_or(model).downcast_ref()
}

/// The rating that no star stands for, in a model without a mean.
static OFFSET: Addend =
    Addend::new(AddendKind::Bias, "r_0", "r_0", "the rating that no stars at all stand for");

/// Addends in stars as addends in ratings: what no star stands for goes with the mean, or stands alone.
pub(super) fn in_ratings(stars: Stars, mut explanation: Explanation) -> Explanation {
    if stars.is_plain() {
        return explanation;
    }
    for term in &mut explanation.terms {
        term.value *= stars.unit;
    }
    for (_, share) in &mut explanation.because {
        *share *= stars.unit;
    }
    if stars.offset != 0.0 {
        match explanation.terms.iter_mut().find(|term| term.addend.kind == AddendKind::Mean) {
            Some(mean) => mean.value += stars.offset,
            None => explanation
                .terms
                .insert(0, Term { addend: &OFFSET, component: None, value: stars.offset }),
        }
    }
    explanation
}

impl Model for Rescaled {
    fn predict_many(&self, u: usize, items: &[u32], out: &mut [f32]) {
        self.inner.predict_many(u, items, out);
        self.speak(out);
    }

    fn predict_timed(&self, u: usize, items: &[u32], times: &[u32], out: &mut [f32]) {
        self.inner.predict_timed(u, items, times, out);
        self.speak(out);
    }

    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        let ratings: Vec<f32> = rated.ratings.iter().map(|&r| self.stars.stars(r)).collect();
        let new = self.inner.fold_in(Line { ids: rated.ids, ratings: &ratings })?;
        Some(Newcomer { stars: self.stars, ..new })
    }

    fn explain(&self, u: usize, i: usize) -> Explanation {
        in_ratings(self.stars, self.inner.explain(u, i))
    }

    fn units(&self) -> usize {
        self.inner.units()
    }

    fn advance(&mut self, epoch: usize, units: Range<usize>) {
        self.inner.advance(epoch, units);
    }

    fn memory(&self) -> Memory {
        self.inner.memory()
    }

    fn recall(&mut self, memory: &Memory) {
        self.inner.recall(memory);
    }

    fn inner(&self) -> Option<&dyn Any> {
        Some(self.inner.inner().unwrap_or(&*self.inner))
    }

    fn steps(&self) -> usize {
        self.inner.steps()
    }

    fn step(&mut self, epoch: usize, n: usize) -> Step {
        self.inner.step(epoch, n)
    }

    fn operations(&self) -> f64 {
        self.inner.operations()
    }

    fn objective(&self) -> f64 {
        self.inner.objective() * f64::from(self.stars.unit) * f64::from(self.stars.unit)
    }

    fn singular(&self) -> usize {
        self.inner.singular()
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.inner.parameters()
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.inner.values_mut()
    }
}
