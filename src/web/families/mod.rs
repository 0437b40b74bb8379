//! What only some models can tell a page, one object a family of models. A run answers nothing where its
//! model is of another family.

mod attributes;
mod confidence;
mod draws;
mod factors;
mod interpolation;
mod neighbors;
mod time;

use std::any::Any;
use std::cell::Ref;
use std::marker::PhantomData;

use wasm_bindgen::prelude::*;

use super::run::{Run, Shared};
use crate::models::own;

use attributes::Attributes;
use confidence::Implicit;
use draws::Draws;
use factors::Factors;
use interpolation::Interpolation;
use neighbors::Neighbors;
use time::Time;

#[wasm_bindgen]
impl Run {
    /// Vectors of users and items.
    #[wasm_bindgen(getter)]
    pub fn factors(&self) -> Option<Factors> {
        Factors::of(&self.0)
    }

    /// Similarities and who speaks by them.
    #[wasm_bindgen(getter)]
    pub fn neighbors(&self) -> Option<Neighbors> {
        Neighbors::of(&self.0)
    }

    /// Weights of neighbors that are solved for.
    #[wasm_bindgen(getter)]
    pub fn interpolation(&self) -> Option<Interpolation> {
        Family::of(&self.0).map(Interpolation)
    }

    /// Parameters that change with time.
    #[wasm_bindgen(getter)]
    pub fn time(&self) -> Option<Time> {
        Family::of(&self.0).map(Time)
    }

    /// Draws from a posterior.
    #[wasm_bindgen(getter)]
    pub fn draws(&self) -> Option<Draws> {
        Family::of(&self.0).map(Draws)
    }

    /// Confidence in implicit feedback.
    #[wasm_bindgen(getter)]
    pub fn implicit(&self) -> Option<Implicit> {
        Family::of(&self.0).map(Implicit)
    }

    /// Attributes of users and items.
    #[wasm_bindgen(getter)]
    pub fn attributes(&self) -> Option<Attributes> {
        Family::of(&self.0).map(Attributes)
    }
}

/// A training whose model is of type `M`.
struct Family<M> {
    shared: Shared,
    model: PhantomData<M>,
}

impl<M: Any> Family<M> {
    fn of(shared: &Shared) -> Option<Self> {
        own::<M>(shared.training().model())?;
        Some(Self { shared: shared.clone(), model: PhantomData })
    }

    fn model(&self) -> Ref<'_, M> {
        Ref::map(self.shared.training(), |training| {
            own(training.model()).unwrap_or_else(|| unreachable!("a model keeps its type"))
        })
    }
}
