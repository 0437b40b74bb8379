//! What only implicit feedback can tell: why a prediction is as it is, and what the shortcut saves.

use std::hint::black_box;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::models::implicit_als::{ImplicitAls, Shortcut};
use crate::web::{performance_now, to_js};

use super::Family;

/// One rated item's part in a prediction.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct ShareOf {
    /// Dense index of the rated item.
    pub item: usize,
    /// Its confidence.
    pub confidence: f32,
    /// Its similarity to the item predicted, as this user sees it.
    pub similarity: f32,
}

/// One user's matrix, added up in two ways.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct ShortcutCost {
    /// Items in all.
    pub items: usize,
    /// Items that the user rated in training.
    pub rated: usize,
    /// Components of a vector.
    pub factors: usize,
    /// Seconds to add up the matrix over all items.
    pub full_seconds: f64,
    /// Seconds to add what is rated to the matrix that all users share.
    pub short_seconds: f64,
    /// Seconds to make the shared matrix, once for all users.
    pub shared_seconds: f64,
    /// The largest difference between two elements of the matrices, relative to the largest element.
    pub apart: f64,
    /// Multiplications for all users' matrices, each over all items.
    pub full_operations: f64,
    /// Multiplications for all users' matrices by the shortcut, the shared one included.
    pub short_operations: f64,
}

/// A model of implicit feedback.
#[wasm_bindgen]
pub struct Implicit(pub(super) Family<ImplicitAls>);

#[wasm_bindgen]
impl Implicit {
    /// What each rated item adds to a prediction: confidence times similarity.
    #[wasm_bindgen(unchecked_return_type = "ShareOf[]")]
    pub fn shares(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        self.0.shared.check(u, i)?;
        let shares = self.0.model().shares(u, i).into_iter();
        let shares = shares.map(|share| ShareOf {
            item: share.item,
            confidence: share.confidence,
            similarity: share.similarity,
        });
        to_js(&shares.collect::<Vec<_>>())
    }

    /// Adds up one user's matrix with and without the shortcut.
    #[wasm_bindgen(unchecked_return_type = "ShortcutCost")]
    pub fn shortcut(&self, u: usize) -> Result<JsValue, JsError> {
        let (shared, model) = (&self.0.shared, self.0.model());
        shared.check(u, 0)?;
        let now = performance_now()?;
        let mut shortcut = Shortcut::new(&model);
        // Clocks in a browser are coarse: each way is gone often enough to be seen.
        let timed = |work: &mut dyn FnMut()| {
            let (start, mut times) = (now(), 0.0);
            while now() - start < 0.02 {
                work();
                times += 1.0;
            }
            (now() - start) / times
        };
        let shared_seconds = timed(&mut || shortcut.share());
        let full_seconds = timed(&mut || {
            black_box(shortcut.full(u));
        });
        let short_seconds = timed(&mut || {
            black_box(shortcut.short(u));
        });
        let full = shortcut.full(u);
        let short = shortcut.short(u);
        let largest = full.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let apart = full.iter().zip(&short).fold(0.0_f32, |most, (a, b)| most.max((a - b).abs()));
        let training = shared.training();
        let train = &training.split().train;
        let (f, users) = (shared.spec.count("factors") as f64, train.users() as f64);
        let (items, ratings) = (train.items() as f64, train.len() as f64);
        // A symmetric matrix has f (f + 1) / 2 elements to be computed.
        let each = f * (f + 1.0) / 2.0;
        to_js(&ShortcutCost {
            items: train.items(),
            rated: train.row(u).len(),
            factors: shared.spec.count("factors"),
            full_seconds,
            short_seconds,
            shared_seconds,
            apart: f64::from(apart) / f64::from(largest).max(f64::MIN_POSITIVE),
            full_operations: users * items * each,
            short_operations: (items + ratings) * each,
        })
    }
}
