//! What models with vectors of users and items can tell: the addends of a prediction, what a factor stands
//! for, and somebody who is not in the data.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::data::Line;
use crate::explore::{Order, Part, Scored, parts, top_n_of_newcomer};
use crate::parameter::Parameter;
use crate::sort;
use crate::trace::Explanation;
use crate::web::run::{Film, Shared};
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

/// What a prediction of a factorization is the sum of; a bias that the model does not have is 0.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct Addends {
    /// The mean.
    pub mu: f32,
    /// The user's bias.
    pub b_u: f32,
    /// The item's bias.
    pub b_i: f32,
    /// The user's vector.
    pub p: Vec<f32>,
    /// The item's vector.
    pub q: Vec<f32>,
}

/// A model with vectors of items.
#[wasm_bindgen]
pub struct Factors(Shared);

impl Factors {
    pub(super) fn of(shared: &Shared) -> Option<Self> {
        let has = shared.training().model().parameters().iter().any(is_items);
        has.then(|| Self(shared.clone()))
    }
}

fn is_items(parameter: &Parameter) -> bool {
    parameter.name == "q_i"
}

#[wasm_bindgen]
impl Factors {
    /// q_i of every item, row by row.
    #[wasm_bindgen(js_name = itemVectors)]
    pub fn item_vectors(&self) -> Vec<f32> {
        let training = self.0.training();
        let parameters = training.model().parameters();
        parameters
            .iter()
            .filter(|each| is_items(each))
            .flat_map(Parameter::rows)
            .flatten()
            .copied()
            .collect()
    }

    /// The two vectors and the biases of one prediction.
    #[wasm_bindgen(unchecked_return_type = "Addends")]
    pub fn addends(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        self.0.check(u, i)?;
        let training = self.0.training();
        let parameters = training.model().parameters();
        let row = |name: &str, at: usize| {
            let own = parameters.iter().find(|parameter| parameter.name == name);
            own.and_then(|own| own.rows().nth(at)).map(<[f32]>::to_vec).unwrap_or_default()
        };
        let one = |name: &str, at: usize| row(name, at).first().copied().unwrap_or(0.0);
        to_js(&Addends {
            mu: one("mu", 0),
            b_u: one("b_u", u),
            b_i: one("b_i", i),
            p: row("p_u", u),
            q: row("q_i", i),
        })
    }

    /// What somebody who gave these items these ratings, and is not in the data, is predicted: of the
    /// films with at least `least` training ratings the `n` with the highest predictions, or, `by_change`,
    /// those that the ratings move up most. Nothing is trained.
    #[wasm_bindgen(js_name = foldIn, unchecked_return_type = "NewcomerAnswer")]
    pub fn fold_in(
        &self,
        items: Vec<u32>,
        ratings: Vec<f32>,
        n: usize,
        least: usize,
        by_change: bool,
    ) -> Result<JsValue, JsError> {
        let count = self.0.dataset.ratings.items();
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
        let training = self.0.training();
        let new = training.model().fold_in(rated).ok_or_else(|| {
            JsError::new(
                "this model must be trained with a user's ratings before it knows the user",
            )
        })?;
        let train = &training.split().train;
        let order = if by_change { Order::Change } else { Order::Prediction };
        let top: Vec<Scored> = top_n_of_newcomer(&new, train, rated, n, least, order);
        let reasons = top.iter().map(|scored| new.explain(scored.item)).collect();
        to_js(&NewcomerAnswer {
            bias: self.0.stars().unit * new.bias,
            vector: new.vector.clone(),
            films: top.into_iter().map(|scored| self.0.film(scored)).collect(),
            reasons,
        })
    }

    /// The factors of a nonnegative factorization, each with its films and genres, `n` of both, of
    /// films with at least `least` ratings.
    #[wasm_bindgen(unchecked_return_type = "Part[]")]
    pub fn parts(&self, n: usize, least: usize) -> Result<JsValue, JsError> {
        let training = self.0.training();
        let genres = |i: usize| self.0.dataset.catalogue[i].genres.clone();
        let train = &training.split().train;
        let found: Vec<Part> = parts(training.model(), train, &genres, n, least)
            .ok_or_else(|| JsError::new("the factors of this model are not parts of a sum"))?;
        to_js(&found)
    }
}
