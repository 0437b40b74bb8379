//! Stochastic gradient descent: what the models that learn from one rating after the other have in
//! common. Each writes down its prediction, its update and its penalty; the pass, the explained step and
//! the objective are here.

use std::any::Any;
use std::sync::Arc;

use super::order::Order;
use super::{Model, Newcomer, Parameter, Spec};
use crate::data::{Line, Rating, Ratings};
use crate::trace::{Explanation, Listen, RatedShare, Step, Subject};

/// The ratings to learn from, and in which order they are visited.
#[derive(Debug, Clone)]
pub struct Course {
    /// The training set.
    pub train: Arc<Ratings>,
    order: Order,
    seed: u64,
}

impl Course {
    /// The order is a hyperparameter of every model here.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        Self { train, order: Order::from_value(spec.get("order")), seed }
    }
}

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

/// A user and an item, and e = r - r^ of their rating.
pub type Erred = (usize, usize, f32);

/// Which prediction of a user and an item is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// That of the training rating at this position in row order.
    Known(usize),
    /// That at a time, in seconds since 1970.
    Time(u32),
    /// That at the latest time of the training set.
    Latest,
}

/// A model learned by stochastic gradient descent. Whatever implements this is a [`Model`].
///
/// The ratings are visited user by user, so what depends on the user alone is taken up once, in
/// [`Sgd::take`], and may be written back once, in [`Sgd::leave`].
pub trait Sgd: Any {
    /// What a prediction needs beside the parameters: sums over what the user rated, for example.
    type Beside;

    /// The ratings and their order.
    fn course(&self) -> &Course;

    /// f, without padding; 0 in a model without latent vectors.
    fn factors(&self) -> usize;

    /// The first of the parameters that are lists of neighbors, if there are any.
    fn lists(&self) -> Option<usize> {
        None
    }

    /// Sets the learning rates of an epoch, where they decay.
    fn begin(&mut self, _epoch: usize) {}

    /// Room for what stands beside the parameters.
    fn beside(&self) -> Self::Beside;

    /// Takes up what depends on the user alone.
    fn take(&self, _u: usize, _beside: &mut Self::Beside) {}

    /// Takes up what depends on the item as well, and on the moment. The user has been taken up.
    fn meet(&self, _u: usize, _i: usize, _of: Of, _beside: &mut Self::Beside) {}

    /// r^_ui, addend by addend.
    fn sum<L: Listen>(&self, u: usize, i: usize, beside: &Self::Beside, listen: &mut L) -> f32;

    /// e^2 and the penalty on everything that the rating's step changes.
    fn penalized(&self, erred: Erred, beside: &Self::Beside) -> f64;

    /// One rating's step, but for what [`Sgd::update_shared`] changes; `beside` is carried along as that
    /// would carry it.
    fn update<L: Listen>(&mut self, erred: Erred, beside: &mut Self::Beside, listen: &mut L);

    /// One rating's step for the vectors that all ratings of the user share, before [`Sgd::update`].
    /// Only an explained step does it; a pass leaves it to [`Sgd::leave`].
    fn update_shared(&mut self, _erred: Erred, _beside: &Self::Beside, _step: &mut Step) {}

    /// After the ratings of a user: writes what [`Sgd::update_shared`] would have written with each.
    fn leave(&mut self, _u: usize, _beside: &Self::Beside) {}

    /// What the items that the user rated contribute to the prediction, in any order.
    fn because(&self, _u: usize, _i: usize, _beside: &Self::Beside) -> Vec<(usize, f32)> {
        Vec::new()
    }

    /// What such a contribution is, where there are any.
    fn share(&self) -> Option<RatedShare> {
        None
    }

    /// See [`Model::fold_in`].
    fn fold_in(&self, _rated: Line) -> Option<Newcomer<'_>> {
        None
    }

    /// See [`Model::operations`].
    fn operations(&self) -> f64;

    /// See [`Model::parameters`].
    fn parameters(&self) -> Vec<Parameter<'_>>;

    /// See [`Model::values_mut`].
    fn values_mut(&mut self) -> Vec<&mut [f32]>;
}

/// What stands beside the parameters in a prediction.
pub fn met<M: Sgd>(model: &M, u: usize, i: usize, of: Of) -> M::Beside {
    let mut beside = model.beside();
    model.take(u, &mut beside);
    model.meet(u, i, of, &mut beside);
    beside
}

/// The addends of a prediction, and which rated items speak for it.
pub fn explain<M: Sgd>(model: &M, u: usize, i: usize, of: Of) -> Explanation {
    let beside = met(model, u, i, of);
    let mut explanation = Explanation::default();
    model.sum(u, i, &beside, &mut explanation);
    explanation.because = model.because(u, i, &beside);
    explanation.share = model.share();
    explanation.largest_first();
    explanation
}

/// One rating: predict, compare, step.
fn learn<M: Sgd>(model: &mut M, n: usize, rating: Rating, beside: &mut M::Beside) {
    let Rating { u, i, r } = rating;
    model.meet(u, i, Of::Known(n), beside);
    let e = r - model.sum(u, i, beside, &mut ());
    model.update((u, i, e), beside, &mut ());
}

impl<M: Sgd> Model for M {
    fn predict_many(&self, u: usize, items: &[u32], out: &mut [f32]) {
        let mut beside = self.beside();
        self.take(u, &mut beside);
        for (out, &i) in out.iter_mut().zip(items) {
            self.meet(u, i as usize, Of::Latest, &mut beside);
            *out = self.sum(u, i as usize, &beside, &mut ());
        }
    }

    fn predict_timed(&self, u: usize, items: &[u32], times: &[u32], out: &mut [f32]) {
        let mut beside = self.beside();
        self.take(u, &mut beside);
        for ((out, &i), &time) in out.iter_mut().zip(items).zip(times) {
            self.meet(u, i as usize, Of::Time(time), &mut beside);
            *out = self.sum(u, i as usize, &beside, &mut ());
        }
    }

    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        Sgd::fold_in(self, rated)
    }

    fn explain(&self, u: usize, i: usize) -> Explanation {
        explain(self, u, i, Of::Latest)
    }

    fn pass(&mut self, epoch: usize) {
        self.begin(epoch);
        let &Course { ref train, order, seed } = self.course();
        let train = Arc::clone(train);
        let visits = order.visits(&train, seed, epoch);
        let mut beside = self.beside();
        if order == Order::Shuffled {
            for &n in visits.positions() {
                let rating = train.nth(n as usize);
                self.take(rating.u, &mut beside);
                learn(self, n as usize, rating, &mut beside);
                self.leave(rating.u, &beside);
            }
        } else {
            for (u, positions) in visits.by_user(&train) {
                self.take(u, &mut beside);
                for &n in positions {
                    learn(self, n as usize, train.nth_of(u, n as usize), &mut beside);
                }
                self.leave(u, &beside);
            }
        }
    }

    fn steps(&self) -> usize {
        self.course().train.len()
    }

    fn step(&mut self, epoch: usize, n: usize) -> Step {
        self.begin(epoch);
        let Course { train, order, seed } = self.course();
        let position = order.visits(train, *seed, epoch).positions()[n] as usize;
        let rating = train.nth(position);
        let Rating { u, i, r } = rating;
        let mut step = Step::new(Subject::Rating(rating), self.factors());
        if let Some(lists) = self.lists() {
            step = step.with_lists(lists);
        }
        let mut beside = met(self, u, i, Of::Known(position));
        let e = r - self.sum(u, i, &beside, &mut step);
        step.objective(|| self.penalized((u, i, e), &beside));
        self.update_shared((u, i, e), &beside, &mut step);
        self.update((u, i, e), &mut beside, &mut step);
        step
    }

    fn operations(&self) -> f64 {
        Sgd::operations(self)
    }

    fn objective(&self) -> f64 {
        let train = &self.course().train;
        let mut beside = self.beside();
        let mut sum = 0.0;
        for u in 0..train.users() {
            self.take(u, &mut beside);
            for n in train.positions(u) {
                let Rating { i, r, .. } = train.nth_of(u, n);
                self.meet(u, i, Of::Known(n), &mut beside);
                let e = r - self.sum(u, i, &beside, &mut ());
                sum += self.penalized((u, i, e), &beside);
            }
        }
        sum
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        Sgd::parameters(self)
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        Sgd::values_mut(self)
    }
}
