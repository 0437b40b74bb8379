//! Pairwise ranking: an item that a user rated, preferred to one that the user did not.

use std::any::Any;
use std::ops::Range;

use rand::{Rng, RngExt};

use super::{Moment, Predict, answers_as_its_model};
use crate::data::{Line, Rating};
use crate::models::order::{Order, Visits};
use crate::models::{Model, Newcomer, Parameter};
use crate::random;
use crate::trace::{Explanation, Listen, Step, Subject, Triple};

/// A model learned from triples of a user, an item and another one; [`Pairs`] makes a [`Model`] of it.
pub trait Triples: Predict {
    /// An item that the user did not rate; nothing where there is none. Here each is as likely.
    fn other(&self, u: usize, rng: &mut impl Rng) -> Option<usize> {
        let (rated, items) = (self.train().row(u).ids, self.train().items());
        if rated.len() >= items {
            return None;
        }
        loop {
            let item = rng.random_range(0..items);
            if rated.binary_search(&(item as u32)).is_err() {
                return Some(item);
            }
        }
    }

    /// The penalty on everything that the step of a triple changes.
    fn penalty(&self, at: Triple) -> f64;

    /// One triple's step. With x = s_ui - s_uj, the score of the preferred item less that of the other one,
    /// half of its objective has the derivative -`pull` with respect to x: pull = 1 / (1 + e^x).
    fn update<L: Listen>(&mut self, at: Triple, pull: f32, listen: &mut L);

    /// Multiplications for one triple, to the leading order.
    fn operations(&self) -> f64;
}

/// A [`Model`] that learns from one triple for each rating, in an order shuffled anew in each epoch: the
/// item rated, and another one drawn for it. A unit of work, as an explained step, is a triple.
///
/// Minimizes for each triple -2 ln(1 / (1 + e^-x)) + the penalty: Rendle et al., BPR (2009).
pub struct Pairs<M: Triples> {
    model: M,
    seed: u64,
    visits: Option<(usize, Visits)>,
}

impl<M: Triples> Pairs<M> {
    /// The seed decides the order of each epoch and the other items.
    pub fn new(model: M, seed: u64) -> Self {
        Self { model, seed, visits: None }
    }

    /// The n-th rating of an epoch, and its triple.
    fn triple(&mut self, epoch: usize, n: usize) -> (Rating, Option<Triple>) {
        let Self { model, seed, visits } = self;
        let visits = Order::Shuffled.known(visits, model.train(), *seed, epoch);
        let rating = model.train().nth(visits.positions()[n] as usize);
        (rating, triple(model, *seed, rating, (epoch, n)))
    }

    fn learn<L: Listen>(&mut self, at: Triple, context: &mut M::Context, listen: &mut L) {
        let x = margin(&self.model, at, context);
        listen.objective(|| loss(x) + self.model.penalty(at));
        self.model.update(at, 1.0 / (1.0 + libm::expf(x)), listen);
    }
}

/// What a rating prefers to what: the same whenever it is asked.
fn triple<M: Triples>(
    model: &M,
    seed: u64,
    Rating { u, i, .. }: Rating,
    (epoch, n): (usize, usize),
) -> Option<Triple> {
    let mut rng = random::line_stream(seed, "other", epoch, n);
    Some(Triple { u, preferred: i, other: model.other(u, &mut rng)? })
}

/// s_ui - s_uj.
fn margin<M: Triples>(model: &M, at: Triple, context: &mut M::Context) -> f32 {
    model.at_user(at.u, context);
    let [preferred, other] = [at.preferred, at.other].map(|i| {
        model.at_item(at.u, i, Moment::Latest, context);
        model.sum(at.u, i, context, &mut ())
    });
    preferred - other
}

/// -2 ln(1 / (1 + e^-x)) without overflow.
fn loss(x: f32) -> f64 {
    let x = f64::from(x);
    2.0 * ((-x).max(0.0) + libm::log1p(libm::exp(-x.abs())))
}

impl<M: Triples> Model for Pairs<M> {
    answers_as_its_model!();

    fn units(&self) -> usize {
        self.model.train().len()
    }

    fn advance(&mut self, epoch: usize, units: Range<usize>) {
        let mut context = self.model.context();
        for n in units {
            if let (_, Some(at)) = self.triple(epoch, n) {
                self.learn(at, &mut context, &mut ());
            }
        }
    }

    fn steps(&self) -> usize {
        self.units()
    }

    fn step(&mut self, epoch: usize, n: usize) -> Step {
        let (rating, triple) = self.triple(epoch, n);
        let subject = triple.map_or(Subject::Rating(rating), Subject::Triple);
        let mut step = Step::new(subject, &self.model.parameters());
        if let Some(at) = triple {
            let mut context = self.model.context();
            self.learn(at, &mut context, &mut step);
        }
        step
    }

    /// Over one triple for each rating, always the same ones.
    fn objective(&self) -> f64 {
        let mut context = self.model.context();
        let each = self.model.train().iter().enumerate().filter_map(|(n, rating)| {
            let at = triple(&self.model, self.seed, rating, (0, n))?;
            Some(loss(margin(&self.model, at, &mut context)) + self.model.penalty(at))
        });
        each.sum()
    }

    fn operations(&self) -> f64 {
        self.model.operations() * self.model.train().len() as f64
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.model.values_mut()
    }
}
