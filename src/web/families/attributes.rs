//! What only the model with additional inputs can tell: of somebody, or something, new.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::explore::Scored;
use crate::models::attributes::{AdditionalInputs, Newcomer, Share};
use crate::models::own;
use crate::sort;
use crate::web::run::Film;
use crate::web::{Data, Run, to_js};

/// A user of whom only attributes are known.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct NewUser {
    /// The sum of the attributes' biases.
    pub bias: f32,
    /// The sum of the attributes' vectors.
    pub vector: Vec<f32>,
    /// What they would give every item, not clamped.
    pub ratings: Vec<f32>,
    /// The items with the highest predictions.
    pub films: Vec<Film>,
    /// What each attribute adds to the prediction of the first of these films.
    pub shares: Vec<Share>,
}

/// An item of which only attributes are known.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct NewItem {
    /// The sum of the attributes' biases, divided by the root of their number.
    pub bias: f32,
    /// The same of their vectors.
    pub vector: Vec<f32>,
    /// What every user would give it, not clamped.
    pub ratings: Vec<f32>,
}

#[wasm_bindgen]
impl Run {
    /// Somebody new with these attributes, and the `n` items with the highest predictions among those
    /// with at least `least` ratings.
    #[wasm_bindgen(js_name = newUser, unchecked_return_type = "NewUser")]
    pub fn new_user(&self, attributes: &[u32], n: usize, least: usize) -> Result<JsValue, JsError> {
        let (model, stars) = (self.additional_inputs()?, self.stars());
        let user = model.new_user(attributes);
        let items = 0..self.dataset.ratings.items();
        let rate = |i| stars.rating(model.new_user_rates(&user, i));
        let ratings: Vec<f32> = items.map(rate).collect();
        let enough = |i: &usize| self.dataset.ratings.column(*i).len() >= least.max(1);
        let mut best: Vec<usize> = (0..ratings.len()).filter(enough).collect();
        sort::by(&mut best, &|&i, &j| ratings[j].total_cmp(&ratings[i]).then(i.cmp(&j)));
        best.truncate(n);
        let mut shares = best.first().map(|&i| model.new_user_shares(&user, i)).unwrap_or_default();
        for share in &mut shares {
            share.bias *= stars.unit;
            share.product *= stars.unit;
        }
        let films = best.iter().map(|&item| self.film(Scored { item, rating: ratings[item] }));
        to_js(&NewUser {
            bias: user.bias,
            vector: unpadded(model, &user),
            films: films.collect(),
            shares,
            ratings,
        })
    }

    /// An item with these attributes that nobody has rated.
    #[wasm_bindgen(js_name = newItem, unchecked_return_type = "NewItem")]
    pub fn new_item(&self, attributes: &[u32]) -> Result<JsValue, JsError> {
        let (model, stars) = (self.additional_inputs()?, self.stars());
        let item = model.new_item(attributes);
        let users = 0..self.dataset.ratings.users();
        to_js(&NewItem {
            bias: item.bias,
            vector: unpadded(model, &item),
            ratings: users.map(|u| stars.rating(model.rates_new_item(u, &item))).collect(),
        })
    }

    /// v_i of every item, row by row: its own vector and that of its attributes.
    #[wasm_bindgen(js_name = itemVectors)]
    pub fn item_vectors(&self) -> Result<Vec<f32>, JsError> {
        let model = self.additional_inputs()?;
        let f = model.factors();
        let row = |i| model.item_vector(i).into_iter().take(f);
        Ok((0..self.dataset.ratings.items()).flat_map(row).collect())
    }
}

impl Run {
    fn additional_inputs(&self) -> Result<&AdditionalInputs, JsError> {
        own(self.training.model())
            .ok_or_else(|| JsError::new("only the model `attributes` knows attributes"))
    }
}

fn unpadded(model: &AdditionalInputs, of: &Newcomer) -> Vec<f32> {
    of.vector[..model.factors()].to_vec()
}

#[wasm_bindgen]
impl Data {
    /// The indices of user `u`'s attributes, into those that `info` lists.
    #[wasm_bindgen(js_name = userAttributes)]
    pub fn user_attributes(&self, u: usize) -> Vec<u32> {
        self.0.ratings.attributes().users.of(u).to_vec()
    }
}
