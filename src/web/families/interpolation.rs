//! What interpolation weights tell beside their predictions.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::models::interpolated::InterpolatedKnn;
use crate::trace::System;
use crate::web::to_js;

use super::Family;
use super::neighbors::first_most;

/// One prediction with interpolation weights.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct Interpolated {
    /// b_ui.
    pub baseline: f32,
    /// r^_ui, not clamped.
    pub prediction: f32,
    /// The neighbors j with s_ij and r_uj - b_uj, the most similar first.
    pub neighbors: Vec<(usize, f32, f32)>,
    /// A theta = b.
    pub system: System,
    /// n_jl, row by row.
    pub counts: Vec<f32>,
    /// n_ij.
    pub own_counts: Vec<f32>,
}

/// A model with interpolation weights.
#[wasm_bindgen]
pub struct Interpolation(pub(super) Family<InterpolatedKnn>);

#[wasm_bindgen]
impl Interpolation {
    /// The system that one prediction solves.
    #[wasm_bindgen(unchecked_return_type = "Interpolated")]
    pub fn system(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        let (shared, model) = (&self.0.shared, self.0.model());
        shared.check(u, i)?;
        let (mut found, stars) = (model.interpolation(u, i), shared.stars());
        for (_, _, residual) in &mut found.neighbors {
            *residual *= stars.unit;
        }
        to_js(&Interpolated {
            baseline: stars.rating(model.knn().baseline(u, i)),
            prediction: shared.training().model().predict(u, i),
            neighbors: found.neighbors,
            system: found.system,
            counts: found.counts,
            own_counts: found.own_counts,
        })
    }

    /// The item with the most similar neighbors that are left without a weight: they say what others say, so
    /// that it is a good one to begin with.
    pub fn best(&self, u: usize) -> Result<usize, JsError> {
        let (shared, model) = (&self.0.shared, self.0.model());
        shared.check(u, 0)?;
        let left = |i: usize| -> f64 {
            let found = model.interpolation(u, i);
            let theta = found.system.solution.unwrap_or_default();
            let weight = |n: usize| theta.get(n).copied().unwrap_or(0.0);
            let similar = |(n, &(_, similarity, _)): (usize, &(usize, f32, f32))| {
                if weight(n) > 0.0 { 0.0 } else { f64::from(similarity) }
            };
            found.neighbors.iter().enumerate().map(similar).sum()
        };
        Ok(first_most((0..shared.dataset.ratings.items()).map(left)))
    }
}
