//! What the neighborhood models tell beside their predictions.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::models::interpolated::InterpolatedKnn;
use crate::models::knn::{Knn, Pair};
use crate::models::{Axis, own};
use crate::sort;
use crate::trace::System;
use crate::web::{Run, to_js};

/// One who could speak in a prediction: an item that the user rated, or a user who rated the item.
#[derive(Debug, Clone, Serialize, tsify::Tsify)]
pub struct Candidate {
    /// The item j, or the user v.
    pub id: usize,
    /// r_uj, or r_vi.
    pub rating: f32,
    /// The rating without its baseline.
    pub residual: f32,
    /// n_ij.
    pub n: f32,
    /// The similarity before shrinkage.
    pub rho: f32,
    /// s_ij.
    pub similarity: f32,
    /// Its weight in the sum; 0 where it is not among the k.
    pub weight: f32,
    /// Its part of the prediction.
    pub share: f32,
}

/// One prediction of a neighborhood model.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct Neighborhood {
    /// Whose rows are compared: items', or users'.
    pub axis: Axis,
    /// b_ui.
    pub baseline: f32,
    /// r^_ui, not clamped.
    pub prediction: f32,
    /// Everybody who could speak, the most similar first.
    pub candidates: Vec<Candidate>,
}

/// What two rows share.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct SharedRaters {
    /// Who rated both, with what is compared.
    pub raters: Vec<(usize, f32, f32)>,
    /// Sum of x y, of x^2, of y^2.
    pub sums: (f32, f32, f32),
    /// The similarity before shrinkage.
    pub rho: f32,
    /// s_ij.
    pub similarity: f32,
}

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

#[wasm_bindgen]
impl Run {
    /// Who speaks in a prediction, and who could; throws where the model has no neighbors.
    #[wasm_bindgen(unchecked_return_type = "Neighborhood")]
    pub fn neighborhood(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        self.check(u, i)?;
        let (knn, stars) = (self.knn()?, self.stars());
        let speakers = knn.speakers(u, i);
        let candidate = |(id, rating, residual)| {
            let Pair { shared, rho, similarity, .. } = knn.pair(knn.row(u, i), id);
            let speaks = speakers.iter().find(|speaker| speaker.id == id);
            let (weight, share) = speaks.map_or((0.0, 0.0), |found| (found.weight, found.share));
            let (rating, residual) = (stars.rating(rating), stars.unit * residual);
            let share = stars.unit * share;
            Candidate { id, rating, residual, n: shared.n, rho, similarity, weight, share }
        };
        let mut candidates: Vec<Candidate> =
            knn.candidates(u, i).into_iter().map(candidate).collect();
        sort::by(&mut candidates, &|a, b| {
            b.similarity.total_cmp(&a.similarity).then(a.id.cmp(&b.id))
        });
        to_js(&Neighborhood {
            axis: knn.axis(),
            baseline: stars.rating(knn.baseline(u, i)),
            prediction: self.training.model().predict(u, i),
            candidates,
        })
    }

    /// What two items share, or two users, by the model's similarity.
    #[wasm_bindgen(js_name = sharedRaters, unchecked_return_type = "SharedRaters")]
    pub fn shared_raters(&self, row: usize, other: usize) -> Result<JsValue, JsError> {
        let knn = self.knn()?;
        if row.max(other) >= knn.rows() {
            return Err(JsError::new("there is no such user or item"));
        }
        let Pair { shared, rho, similarity, raters } = knn.pair(row, other);
        let sums = (shared.xy, shared.xx, shared.yy);
        to_js(&SharedRaters { raters, sums, rho, similarity })
    }

    /// The system that one prediction solves; throws where the model has none.
    #[wasm_bindgen(unchecked_return_type = "Interpolated")]
    pub fn interpolated(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        self.check(u, i)?;
        let model = self.training.model();
        let Some(interpolated) = own::<InterpolatedKnn>(model) else {
            return Err(JsError::new("this model has no interpolation weights"));
        };
        let (mut found, stars) = (interpolated.interpolation(u, i), self.stars());
        for (_, _, residual) in &mut found.neighbors {
            *residual *= stars.unit;
        }
        to_js(&Interpolated {
            baseline: stars.rating(interpolated.knn().baseline(u, i)),
            prediction: model.predict(u, i),
            neighbors: found.neighbors,
            system: found.system,
            counts: found.counts,
            own_counts: found.own_counts,
        })
    }
}

impl Run {
    fn knn(&self) -> Result<&Knn, JsError> {
        let model = self.training.model();
        let behind = || own::<InterpolatedKnn>(model).map(InterpolatedKnn::knn);
        let knn = own::<Knn>(model).or_else(behind);
        knn.ok_or_else(|| JsError::new("this model has no neighbors"))
    }
}
