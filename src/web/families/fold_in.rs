//! Somebody who is not in the data, and the factors of a nonnegative factorization.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::data::Line;
use crate::explore::{Order, Part, Scored, parts, top_n_of_newcomer};
use crate::sort;
use crate::trace::Explanation;
use crate::web::run::{Film, Run};
use crate::web::to_js;

/// What a model makes of a few ratings.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct NewcomerAnswer {
    /// The bias, in closed form.
    pub bias: f32,
    /// The user's vector, summed up from the ratings.
    pub vector: Vec<f32>,
    /// The films asked for, with their predictions.
    pub films: Vec<Film>,
    /// For each of them, why.
    pub reasons: Vec<Explanation>,
}

#[wasm_bindgen]
impl Run {
    /// What somebody who gave these items these ratings, and is not in the data, is predicted: of the
    /// films with at least `least` training ratings the `n` with the highest predictions, or, `by_change`,
    /// those that the ratings move up most. Nothing is trained.
    #[wasm_bindgen(unchecked_return_type = "NewcomerAnswer")]
    pub fn newcomer(
        &self,
        items: Vec<u32>,
        ratings: Vec<f32>,
        n: usize,
        least: usize,
        by_change: bool,
    ) -> Result<JsValue, JsError> {
        let count = self.dataset.ratings.items();
        let known = |&i: &u32| (i as usize) < count;
        if items.len() != ratings.len() || !items.iter().all(known) {
            return Err(JsError::new("there is no such item"));
        }
        if ratings.iter().any(|r| !r.is_finite()) {
            return Err(JsError::new("a rating is a number"));
        }
        let mut rows: Vec<(u32, f32)> = items.into_iter().zip(ratings).collect();
        sort::by(&mut rows, &|a, b| a.0.cmp(&b.0));
        rows.dedup_by_key(|&mut (i, _)| i);
        let (ids, ratings): (Vec<u32>, Vec<f32>) = rows.into_iter().unzip();
        let rated = Line { ids: &ids, ratings: &ratings };
        let model = self.training.model();
        let new = model.fold_in(rated).ok_or_else(|| {
            JsError::new(
                "this model must be trained with a user's ratings before it knows the user",
            )
        })?;
        let train = &self.training.split().train;
        let order = if by_change { Order::Change } else { Order::Prediction };
        let top: Vec<Scored> = top_n_of_newcomer(&new, train, rated, n, least, order);
        let reasons = top.iter().map(|scored| new.explain(scored.item)).collect();
        to_js(&NewcomerAnswer {
            bias: self.stars().unit * new.bias,
            vector: new.vector.clone(),
            films: top.into_iter().map(|scored| self.film(scored)).collect(),
            reasons,
        })
    }

    /// The factors of a nonnegative factorization, each with its films and genres, `n` of both, of
    /// films with at least `least` ratings.
    #[wasm_bindgen(unchecked_return_type = "Part[]")]
    pub fn parts(&self, n: usize, least: usize) -> Result<JsValue, JsError> {
        let genres = |i: usize| self.dataset.catalogue[i].genres.clone();
        let train = &self.training.split().train;
        let found: Vec<Part> = parts(self.training.model(), train, &genres, n, least)
            .ok_or_else(|| JsError::new("the factors of this model are not parts of a sum"))?;
        to_js(&found)
    }
}
