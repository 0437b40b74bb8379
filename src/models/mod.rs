//! The models, one file each, and the table that lists them.
//!
//! A model is built from a [`Spec`] for one training set, learns by passes over it, and answers with
//! predictions. Adding one means a file here and a line in [`REGISTRY`].

pub mod als;
pub mod asymmetric;
pub mod attributes;
pub mod baseline;
mod biases;
pub mod bpmf;
pub mod checks;
mod choice;
pub mod confidence;
mod entry;
pub mod factors;
mod frozen;
mod implicit;
pub mod implicit_als;
pub mod integrated;
pub mod interpolated;
pub mod knn;
pub mod neighborhood;
mod newcomer;
pub mod nmf;
pub mod nsvd;
mod order;
pub mod pmf;
mod registry;
mod rescaled;
pub mod shape;
mod side;
mod similarity;
mod spec;
pub mod svd;
pub mod svdpp;
pub mod timeline;
pub mod timesvd;
pub mod timesvdpp;
pub mod truncated_svd;
mod weights;

pub use crate::parameter::{Axis, Parameter, Symbol};
pub use choice::Choice;
pub use entry::{Curve, Entry, Form, Hyperparameter, Kind, Learning, Need, Rule, Task};
pub use newcomer::Newcomer;
pub use order::Order;
pub use registry::{REGISTRY, entry};
pub use rescaled::own;
pub use side::Side;
pub use spec::{Spec, SpecError};

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use xxhash_rust::xxh64::Xxh64;

use crate::data::Line;
use crate::trace::{Explanation, Step};

/// A trained or half-trained model. It holds the training set it was built for.
///
/// Users and items are dense indices below `train.users()` and `train.items()`; methods panic beyond.
///
/// What only one model can tell stands on its type; whoever holds a `dyn Model` gets there by [`own`].
/// It tells in stars, see [`crate::data::Stars`].
pub trait Model: Any {
    /// Predicts r_ui, not clamped to the rating scale. A user or item without training ratings has
    /// zero biases and vectors, so what is left is what is known of the other.
    fn predict(&self, u: usize, i: usize) -> f32 {
        let mut out = [0.0];
        self.predict_many(u, &[i as u32], &mut out);
        out[0]
    }

    /// Predicts for one user and several items; what depends on the user alone is computed once.
    /// A model in which time matters predicts for the latest time it was trained on.
    fn predict_many(&self, u: usize, items: &[u32], out: &mut [f32]);

    /// Predicts for one user and several items, each at a time in seconds since 1970. The same as
    /// [`Model::predict_many`] but for models in which time matters.
    fn predict_timed(&self, u: usize, items: &[u32], _times: &[u32], out: &mut [f32]) {
        self.predict_many(u, items, out);
    }

    /// What somebody who is not in the training set is predicted, from these ratings alone and without
    /// changing anything in the model; nothing in a model that must learn before it knows a user.
    fn fold_in(&self, _rated: Line) -> Option<Newcomer<'_>> {
        None
    }

    /// The addends of a prediction, and which rated items speak for it.
    fn explain(&self, u: usize, i: usize) -> Explanation;

    /// Units of work in one pass: what [`Model::advance`] can do apart.
    fn units(&self) -> usize;

    /// Does these units of pass `epoch`, which counts from 0 and decides the order of visits. A pass is all of
    /// them in order, cut into ranges of any length: the bits do not depend on the cuts.
    fn advance(&mut self, epoch: usize, units: Range<usize>);

    /// Learns from the whole training set once.
    fn pass(&mut self, epoch: usize) {
        self.advance(epoch, 0..self.units());
    }

    /// How many explained steps make up one pass.
    fn steps(&self) -> usize;

    /// Does step `n` of pass `epoch`, and tells. All steps of a pass in order do what [`Model::pass`]
    /// does: to the last bit, or to 1e-5 where the pass uses an algebraic shortcut.
    fn step(&mut self, epoch: usize, n: usize) -> Step;

    /// Multiplications in one pass, to the leading order.
    fn operations(&self) -> f64;

    /// What is minimized, or the like: for most models the squared errors plus the penalties, in
    /// double precision.
    fn objective(&self) -> f64;

    /// How many of the systems of the last pass had no unique solution and were left as they were.
    fn singular(&self) -> usize {
        0
    }

    /// All parameters: the whole state of the model, but for draws that a sampler keeps, which are
    /// parameters of earlier passes.
    fn parameters(&self) -> Vec<Parameter<'_>>;

    /// The values of the parameters, in the same order and with the same stride, to be changed.
    fn values_mut(&mut self) -> Vec<&mut [f32]>;

    /// What the model holds beyond the values of its parameters: a sampler's draws, lists of neighbors.
    /// With both, learning goes on with the same bits.
    fn memory(&self) -> Memory {
        Memory::default()
    }

    /// Takes up again what [`Model::memory`] told.
    fn recall(&mut self, _memory: &Memory) {}

    /// The model itself, where this only makes one of it: what [`own`] looks at.
    fn inner(&self) -> Option<&dyn Any> {
        None
    }
}

/// What a model holds beyond the values of its parameters; only the model that told it can read it.
#[derive(Clone, Default)]
pub struct Memory(Option<Arc<dyn Any>>);

impl Memory {
    /// Holds this.
    pub fn of(held: impl Any) -> Self {
        Self(Some(Arc::new(held)))
    }

    /// What is held, where it is of this type.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_deref()?.downcast_ref()
    }
}

/// All that a model is at a moment, padding included: with it, learning goes on from there.
pub struct Checkpoint {
    values: Vec<Vec<f32>>,
    memory: Memory,
}

impl Checkpoint {
    /// Of a model as it stands.
    pub fn of(model: &dyn Model) -> Self {
        let parameters = model.parameters();
        let values = parameters.iter().map(|parameter| parameter.values.to_vec()).collect();
        Self { values, memory: model.memory() }
    }

    /// Makes the model that again, to the last bit.
    pub fn restore(&self, model: &mut dyn Model) {
        for (now, then) in model.values_mut().into_iter().zip(&self.values) {
            now.copy_from_slice(then);
        }
        model.recall(&self.memory);
    }
}

/// A hash of the parameters' little-endian bytes without padding, and of the lists of neighbors they
/// belong to, 16 hexadecimal digits: equal exactly when every bit of every parameter is equal.
pub fn fingerprint(model: &dyn Model) -> String {
    let mut hash = Xxh64::new(0);
    for parameter in model.parameters() {
        for row in parameter.rows() {
            for value in row {
                hash.update(&value.to_le_bytes());
            }
        }
        for id in parameter.of.into_iter().flatten() {
            hash.update(&id.to_le_bytes());
        }
    }
    format!("{:016x}", hash.digest())
}

/// Whether every parameter is a finite number; a model that diverged has some that are not.
pub fn is_finite(model: &dyn Model) -> bool {
    let parameters = model.parameters();
    let mut chunks = parameters.iter().flat_map(|parameter| parameter.values.chunks(1024));
    // All of a chunk, without a way out of it, so that several values are looked at at once.
    chunks.all(|chunk| chunk.iter().fold(true, |finite, value| finite & value.is_finite()))
}
