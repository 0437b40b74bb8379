//! The shapes that learning has: what a model writes down of itself, and adapters that make a [`Model`]
//! of it.
//!
//! A model says what it predicts once, as [`Predict`] (a network as part of its shape, batch by batch), and
//! how it learns in the shape that fits:
//!
//! | shape       | adapter     | a unit of work                            |
//! | ----------- | ----------- | ----------------------------------------- |
//! | [`Sgd`]     | [`Descent`] | the ratings of a user, or a single rating |
//! | [`Sweep`]   | [`Sweeps`]  | a user, an item, or all of a side         |
//! | [`Network`] | [`Batched`] | a batch of ratings                        |
//! | [`Triples`] | [`Pairs`]   | a user, a preferred item and another one  |
//!
//! The adapter has what all models of a shape share: the order of visits, the cuts of a pass, the explained
//! step.
//!
//! [`Model`]: super::Model

mod batched;
mod descent;
mod optimizer;
mod pairs;
mod sweeps;

use std::any::Any;
use std::sync::Arc;

use super::{Newcomer, Parameter};
use crate::data::{Line, Ratings};
use crate::trace::{Explanation, Listen, RatedShare};

pub use batched::{Batched, Cell, Loss, Network};
pub use descent::{Decaying, Descent, Sgd, Visit};
pub use optimizer::{Gradients, Optimizer};
pub use pairs::{Pairs, Triples};
pub use sweeps::{At, Stage, Sweep, Sweeps};

/// What a model of any shape has.
pub trait State: Any {
    /// The training set.
    fn train(&self) -> &Arc<Ratings>;

    /// See [`Model::parameters`](super::Model::parameters).
    fn parameters(&self) -> Vec<Parameter<'_>>;

    /// See [`Model::values_mut`](super::Model::values_mut).
    fn values_mut(&mut self) -> Vec<&mut [f32]>;
}

/// Which prediction of a user and an item is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// That of the training rating at this position in row order.
    Known(usize),
    /// That at a time, in seconds since 1970.
    Time(u32),
    /// That at the latest time of the training set.
    Latest,
}

/// What a model predicts, one user and one item at a time.
///
/// What depends on the user alone is taken up once, in [`Predict::at_user`], for all items.
pub trait Predict: State {
    /// What a prediction needs beside the parameters: sums over what the user rated, for example.
    type Context;

    /// Room for it.
    fn context(&self) -> Self::Context;

    /// Takes up what depends on the user alone.
    fn at_user(&self, _u: usize, _context: &mut Self::Context) {}

    /// All items for which predictions of the user who was taken up are about to be asked for; not told
    /// while learning.
    fn expect(&self, _u: usize, _items: &[u32], _context: &mut Self::Context) {}

    /// Takes up what depends on the item as well, and on the moment. The user has been taken up.
    fn at_item(&self, _u: usize, _i: usize, _when: Moment, _context: &mut Self::Context) {}

    /// r^_ui, addend by addend.
    fn sum<L: Listen>(&self, u: usize, i: usize, context: &Self::Context, listen: &mut L) -> f32;

    /// What the items that the user rated contribute to the prediction, in any order.
    fn because(&self, _u: usize, _i: usize, _context: &Self::Context) -> Vec<(usize, f32)> {
        Vec::new()
    }

    /// What such a contribution is, where there are any.
    fn share(&self) -> Option<RatedShare> {
        None
    }

    /// See [`Model::fold_in`](super::Model::fold_in).
    fn fold_in(&self, _rated: Line) -> Option<Newcomer<'_>> {
        None
    }
}

/// What stands beside the parameters in a prediction.
pub(super) fn context<M: Predict>(model: &M, u: usize, i: usize, when: Moment) -> M::Context {
    let mut context = model.context();
    model.at_user(u, &mut context);
    model.expect(u, &[i as u32], &mut context);
    model.at_item(u, i, when, &mut context);
    context
}

/// The addends of a prediction, and which rated items speak for it.
pub(super) fn explain<M: Predict>(model: &M, u: usize, i: usize, when: Moment) -> Explanation {
    let context = context(model, u, i, when);
    let mut explanation = Explanation::default();
    model.sum(u, i, &context, &mut explanation);
    explanation.because = model.because(u, i, &context);
    explanation.share = model.share();
    explanation.largest_first();
    explanation
}

/// Predicts for one user and each of these items, the n-th at its moment.
fn predict_each<M: Predict>(
    model: &M,
    u: usize,
    items: &[u32],
    when: impl Fn(usize) -> Moment,
    out: &mut [f32],
) {
    let mut context = model.context();
    model.at_user(u, &mut context);
    model.expect(u, items, &mut context);
    for (n, (out, &i)) in out.iter_mut().zip(items).enumerate() {
        model.at_item(u, i as usize, when(n), &mut context);
        *out = model.sum(u, i as usize, &context, &mut ());
    }
}

/// What an adapter answers as its `model` does: the methods of [`Model`](super::Model) that do not learn.
macro_rules! answers_as_its_model {
    () => {
        fn predict_many(&self, u: usize, items: &[u32], out: &mut [f32]) {
            super::predict_each(&self.model, u, items, |_| Moment::Latest, out);
        }

        fn predict_timed(&self, u: usize, items: &[u32], times: &[u32], out: &mut [f32]) {
            super::predict_each(&self.model, u, items, |n| Moment::Time(times[n]), out);
        }

        fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
            self.model.fold_in(rated)
        }

        fn explain(&self, u: usize, i: usize) -> Explanation {
            super::explain(&self.model, u, i, Moment::Latest)
        }

        fn parameters(&self) -> Vec<Parameter<'_>> {
            self.model.parameters()
        }

        fn inner(&self) -> Option<&dyn Any> {
            Some(&self.model)
        }
    };
}
use answers_as_its_model;
