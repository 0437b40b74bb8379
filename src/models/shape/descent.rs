//! Stochastic gradient descent: one rating after the other.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use super::{Moment, Predict, answers_as_its_model, context};
use crate::data::{Line, Rating};
use crate::models::order::{Order, Visits};
use crate::models::{Model, Newcomer, Parameter, Spec};
use crate::trace::{Explanation, Listen, Step, Subject};

/// Learning rates that are multiplied by `decay` after each epoch.
#[derive(Debug, Clone, Copy)]
pub struct Decaying<const N: usize> {
    gammas: [f64; N],
    decay: f64,
}

impl<const N: usize> Decaying<N> {
    /// From the hyperparameters of these names and `decay`.
    pub fn new(spec: &Spec, names: [&str; N]) -> Self {
        Self { gammas: names.map(|name| spec.get(name)), decay: spec.get("decay") }
    }

    /// The rates of an epoch.
    pub fn at(&self, epoch: usize) -> [f32; N] {
        let decay = libm::pow(self.decay, epoch as f64);
        self.gammas.map(|gamma| (gamma * decay) as f32)
    }
}

/// A rating being learned from.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// The user.
    pub u: usize,
    /// The item.
    pub i: usize,
    /// The error, r - r^.
    pub e: f32,
}

/// A model learned by stochastic gradient descent; [`Descent`] makes a [`Model`] of it.
///
/// Where the ratings are visited user by user, what depends on the user alone is taken up once, in
/// [`Predict::at_user`], and may be written back once, in [`Sgd::leave_user`].
pub trait Sgd: Predict {
    /// Sets the learning rates of an epoch, where they decay.
    fn begin(&mut self, _epoch: usize) {}

    /// e^2 and the penalty on everything that the rating's step changes.
    fn penalized(&self, at: Visit, context: &Self::Context) -> f64;

    /// One rating's step, but for what [`Sgd::update_shared`] changes; the context is carried along as
    /// that would carry it.
    fn update<L: Listen>(&mut self, at: Visit, context: &mut Self::Context, listen: &mut L);

    /// One rating's step for the vectors that all ratings of the user share, before [`Sgd::update`].
    /// Only an explained step does it; a pass leaves it to [`Sgd::leave_user`].
    fn update_shared(&mut self, _at: Visit, _context: &Self::Context, _step: &mut Step) {}

    /// After the ratings of a user: writes what [`Sgd::update_shared`] would have written with each.
    fn leave_user(&mut self, _u: usize, _context: &Self::Context) {}

    /// See [`Model::operations`].
    fn operations(&self) -> f64;
}

/// A [`Model`] that goes through the ratings in this order and learns from one after the other. A unit of
/// work is all ratings of a user, or, where they are all shuffled together, one rating.
pub struct Descent<M: Sgd> {
    model: M,
    order: Order,
    seed: u64,
    /// The order of one epoch, and room for what a prediction needs: made once a pass, not once a cut.
    visits: Option<(usize, Visits)>,
    context: Option<M::Context>,
}

impl<M: Sgd> Descent<M> {
    /// The seed decides the order of each epoch.
    pub fn new(model: M, order: Order, seed: u64) -> Self {
        Self { model, order, seed, visits: None, context: None }
    }
}

/// One rating: predict, compare, step.
fn learn<M: Sgd>(model: &mut M, n: usize, rating: Rating, context: &mut M::Context) {
    let Rating { u, i, r } = rating;
    model.at_item(u, i, Moment::Known(n), context);
    let e = r - model.sum(u, i, context, &mut ());
    model.update(Visit { u, i, e }, context, &mut ());
}

impl<M: Sgd> Model for Descent<M> {
    answers_as_its_model!();

    fn units(&self) -> usize {
        let train = self.model.train();
        if self.order == Order::Shuffled { train.len() } else { train.users() }
    }

    fn advance(&mut self, epoch: usize, units: Range<usize>) {
        let Self { model, order, seed, visits, context } = self;
        model.begin(epoch);
        let train = Arc::clone(model.train());
        let visits = order.known(visits, &train, *seed, epoch);
        // On the stack for the time being: what stands behind a reference is read again after every store.
        let mut room = context.take().unwrap_or_else(|| model.context());
        if *order == Order::Shuffled {
            for &n in &visits.positions()[units] {
                let rating = train.nth(n as usize);
                model.at_user(rating.u, &mut room);
                learn(model, n as usize, rating, &mut room);
                model.leave_user(rating.u, &room);
            }
        } else {
            for (u, positions) in units.map(|unit| visits.user(unit)) {
                model.at_user(u, &mut room);
                for &n in positions {
                    learn(model, n as usize, train.nth_of(u, n as usize), &mut room);
                }
                model.leave_user(u, &room);
            }
        }
        *context = Some(room);
    }

    fn steps(&self) -> usize {
        self.model.train().len()
    }

    fn step(&mut self, epoch: usize, n: usize) -> Step {
        let Self { model, order, seed, visits, .. } = self;
        model.begin(epoch);
        let train = Arc::clone(model.train());
        let position = order.known(visits, &train, *seed, epoch).positions()[n] as usize;
        let rating = train.nth(position);
        let Rating { u, i, r } = rating;
        let mut step = Step::new(Subject::Rating(rating), &model.parameters());
        let mut context = context(model, u, i, Moment::Known(position));
        let at = Visit { u, i, e: r - model.sum(u, i, &context, &mut step) };
        step.objective(|| model.penalized(at, &context));
        model.update_shared(at, &context, &mut step);
        model.update(at, &mut context, &mut step);
        step
    }

    fn operations(&self) -> f64 {
        self.model.operations()
    }

    fn objective(&self) -> f64 {
        let (model, train) = (&self.model, self.model.train());
        let mut context = model.context();
        let mut sum = 0.0;
        for u in 0..train.users() {
            model.at_user(u, &mut context);
            for n in train.positions(u) {
                let Rating { i, r, .. } = train.nth_of(u, n);
                model.at_item(u, i, Moment::Known(n), &mut context);
                let e = r - model.sum(u, i, &context, &mut ());
                sum += model.penalized(Visit { u, i, e }, &context);
            }
        }
        sum
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        // What was worked out from them, and may have left the finite numbers, goes with the old values.
        self.context = None;
        self.model.values_mut()
    }
}
