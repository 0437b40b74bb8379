//! Sweeps: one user, item or whole side after the other, by closed forms, multiplications, counts or draws.

use std::any::Any;
use std::ops::Range;

use super::{Moment, Predict, answers_as_its_model};
use crate::data::{Line, Ratings};
use crate::models::side::Side;
use crate::models::{Memory, Model, Newcomer, Parameter};
use crate::trace::{Explanation, Listen, Step, Subject};

/// A part of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Each user, or each item, by ascending index.
    Each(Side),
    /// All users, or all items, together.
    Whole(Side),
}

impl Stage {
    /// Whose parameters change.
    pub fn side(self) -> Side {
        match self {
            Self::Each(side) | Self::Whole(side) => side,
        }
    }

    fn units(self, train: &Ratings) -> usize {
        match self {
            Self::Each(side) => side.rows(train),
            Self::Whole(_) => 1,
        }
    }
}

/// Where a sweep stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The sweep, counted from 0.
    pub epoch: usize,
    /// Its part.
    pub stage: Stage,
    /// The user or item; 0 where all are taken together.
    pub row: usize,
}

impl At {
    fn subject(self) -> Subject {
        match self.stage {
            Stage::Each(Side::Users) => Subject::User(self.row),
            Stage::Each(Side::Items) => Subject::Item(self.row),
            Stage::Whole(side) => Subject::Vectors(side.axis()),
        }
    }
}

/// A model learned in sweeps; [`Sweeps`] makes a [`Model`] of it.
pub trait Sweep: Predict {
    /// What the units of a stage share: a normal matrix, a factorization, buffers.
    type Work;

    /// Whether a step counts: what changes follows from the ratings directly, without an objective.
    const COUNTS: bool = false;

    /// The parts of a sweep in their order; none stands twice.
    fn stages(&self) -> &'static [Stage];

    /// Made when the first unit of a stage comes, and anew where something else came in between: what the
    /// units before this one left in it is in it. `hears` for an explained step, which shares nothing.
    fn work(&self, at: At, hears: bool) -> Self::Work;

    /// One user or item, or all of a side. False where its system has no unique solution.
    fn unit<L: Listen>(&mut self, at: At, work: &mut Self::Work, listen: &mut L) -> bool;

    /// After the last unit of a stage.
    fn end(&mut self, _epoch: usize, _stage: Stage, _work: Self::Work) {}

    /// See [`Model::objective`].
    fn objective(&self) -> f64;

    /// See [`Model::operations`].
    fn operations(&self) -> f64;

    /// See [`Model::memory`].
    fn memory(&self) -> Memory {
        Memory::default()
    }

    /// See [`Model::recall`].
    fn recall(&mut self, _memory: &Memory) {}
}

/// A [`Model`] that does one stage after the other. A unit of work, as an explained step, is a user, an item
/// or a whole side.
pub struct Sweeps<M: Sweep> {
    model: M,
    /// Where a stage was cut, by epoch and unit, and its work so far.
    cut: Option<((usize, usize), M::Work)>,
    singular: usize,
}

impl<M: Sweep> Sweeps<M> {
    /// Before the first sweep.
    pub fn new(model: M) -> Self {
        Self { model, cut: None, singular: 0 }
    }

    /// What has been learned.
    pub fn into_model(self) -> M {
        self.model
    }

    /// The stages with the units of each.
    fn stages(&self) -> Vec<(Stage, Range<usize>)> {
        let mut next = 0;
        let stages = self.model.stages().iter().map(|&stage| {
            let from = next;
            next += stage.units(self.model.train());
            (stage, from..next)
        });
        stages.collect()
    }
}

impl<M: Sweep> Model for Sweeps<M> {
    answers_as_its_model!();

    fn units(&self) -> usize {
        self.stages().last().map_or(0, |(_, units)| units.end)
    }

    fn advance(&mut self, epoch: usize, units: Range<usize>) {
        if units.start == 0 {
            self.singular = 0;
        }
        for (stage, all) in self.stages() {
            let here = units.start.max(all.start)..units.end.min(all.end);
            if here.is_empty() {
                continue;
            }
            let at = |unit| At { epoch, stage, row: unit - all.start };
            let mut work = match self.cut.take() {
                Some((cut, work)) if cut == (epoch, here.start) && here.start > all.start => work,
                _ => self.model.work(at(here.start), false),
            };
            for unit in here.clone() {
                self.singular += usize::from(!self.model.unit(at(unit), &mut work, &mut ()));
            }
            if here.end < all.end {
                self.cut = Some(((epoch, here.end), work));
            } else {
                self.model.end(epoch, stage, work);
            }
        }
    }

    fn steps(&self) -> usize {
        self.units()
    }

    fn step(&mut self, epoch: usize, n: usize) -> Step {
        self.cut = None;
        let stages = self.stages();
        let of = stages.partition_point(|(_, units)| units.end <= n);
        let (stage, ref units) = stages[of];
        let at = At { epoch, stage, row: n - units.start };
        let mut step = Step::new(at.subject(), &self.model.parameters());
        step.counts = M::COUNTS;
        let mut work = self.model.work(at, true);
        self.model.unit(at, &mut work, &mut step);
        if n + 1 == units.end {
            self.model.end(epoch, stage, work);
        }
        step
    }

    fn operations(&self) -> f64 {
        self.model.operations()
    }

    fn objective(&self) -> f64 {
        self.model.objective()
    }

    fn singular(&self) -> usize {
        self.singular
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.cut = None;
        self.model.values_mut()
    }

    fn memory(&self) -> Memory {
        self.model.memory()
    }

    fn recall(&mut self, memory: &Memory) {
        self.cut = None;
        self.model.recall(memory);
    }
}
