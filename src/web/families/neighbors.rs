//! What the neighborhood models tell beside their predictions.

use std::cell::Ref;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::models::interpolated::InterpolatedKnn;
use crate::models::knn::{Knn, Pair};
use crate::models::{Axis, Model, own};
use crate::sort;
use crate::web::run::Shared;
use crate::web::to_js;

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

/// A model with neighbors, by whatever weights they speak.
#[wasm_bindgen]
pub struct Neighbors(Shared);

impl Neighbors {
    pub(super) fn of(shared: &Shared) -> Option<Self> {
        knn(shared.training().model())?;
        Some(Self(shared.clone()))
    }

    fn knn(&self) -> Ref<'_, Knn> {
        Ref::map(self.0.training(), |training| {
            knn(training.model()).unwrap_or_else(|| unreachable!("a model keeps its type"))
        })
    }
}

#[wasm_bindgen]
impl Neighbors {
    /// Who speaks in a prediction, and who could.
    #[wasm_bindgen(unchecked_return_type = "Neighborhood")]
    pub fn neighborhood(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        self.0.check(u, i)?;
        let (knn, stars) = (self.knn(), self.0.stars());
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
            prediction: self.0.training().model().predict(u, i),
            candidates,
        })
    }

    /// What two items share, or two users, by the model's similarity.
    #[wasm_bindgen(js_name = sharedRaters, unchecked_return_type = "SharedRaters")]
    pub fn shared_raters(&self, row: usize, other: usize) -> Result<JsValue, JsError> {
        let knn = self.knn();
        if row.max(other) >= knn.rows() {
            return Err(JsError::new("there is no such user or item"));
        }
        let Pair { shared, rho, similarity, raters } = knn.pair(row, other);
        let sums = (shared.xy, shared.xx, shared.yy);
        to_js(&SharedRaters { raters, sums, rho, similarity })
    }

    /// The item for which most speak, so that it is a good one to begin with.
    pub fn best(&self, u: usize) -> Result<usize, JsError> {
        self.0.check(u, 0)?;
        let knn = self.knn();
        let speaks = |i, id| knn.pair(knn.row(u, i), id).similarity > 0.0;
        let speaking =
            |i: usize| knn.candidates(u, i).into_iter().filter(|&(id, ..)| speaks(i, id)).count();
        Ok(first_most((0..self.0.dataset.ratings.items()).map(|i| speaking(i) as f64)))
    }
}

/// The neighbors of a model, behind interpolation weights too.
fn knn(model: &dyn Model) -> Option<&Knn> {
    let behind = || own::<InterpolatedKnn>(model).map(InterpolatedKnn::knn);
    own::<Knn>(model).or_else(behind)
}

/// The place of the largest, the first of several.
pub(super) fn first_most(values: impl Iterator<Item = f64>) -> usize {
    let mut most = (0, f64::NEG_INFINITY);
    for (at, value) in values.enumerate() {
        if value > most.1 {
            most = (at, value);
        }
    }
    most.0
}
