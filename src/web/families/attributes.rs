//! What only the model with additional inputs can tell: of somebody, or something, new.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::explore::Scored;
use crate::models::attributes::{AdditionalInputs, Newcomer, Share};
use crate::sort;
use crate::web::run::Film;
use crate::web::to_js;

use super::Family;

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

/// A model with attributes of users and items.
#[wasm_bindgen]
pub struct Attributes(pub(super) Family<AdditionalInputs>);

#[wasm_bindgen]
impl Attributes {
    /// Somebody new with these attributes, and the `n` items with the highest predictions among those
    /// with at least `least` ratings.
    #[wasm_bindgen(js_name = newUser, unchecked_return_type = "NewUser")]
    pub fn new_user(&self, attributes: &[u32], n: usize, least: usize) -> Result<JsValue, JsError> {
        let (shared, model) = (&self.0.shared, self.0.model());
        let (ratings, stars) = (&shared.dataset.ratings, shared.stars());
        let count = ratings.items();
        let user = model.new_user(attributes);
        let rate = |i| stars.rating(model.new_user_rates(&user, i));
        let rated: Vec<f32> = (0..count).map(rate).collect();
        let enough = |i: &usize| ratings.column(*i).len() >= least.max(1);
        let mut best: Vec<usize> = (0..count).filter(enough).collect();
        sort::by(&mut best, &|&i, &j| rated[j].total_cmp(&rated[i]).then(i.cmp(&j)));
        best.truncate(n);
        let mut shares = best.first().map(|&i| model.new_user_shares(&user, i)).unwrap_or_default();
        for share in &mut shares {
            share.bias *= stars.unit;
            share.product *= stars.unit;
        }
        let films = best.iter().map(|&item| shared.film(Scored { item, rating: rated[item] }));
        to_js(&NewUser {
            bias: user.bias,
            vector: unpadded(&model, &user),
            films: films.collect(),
            shares,
            ratings: rated,
        })
    }

    /// An item with these attributes that nobody has rated.
    #[wasm_bindgen(js_name = newItem, unchecked_return_type = "NewItem")]
    pub fn new_item(&self, attributes: &[u32]) -> Result<JsValue, JsError> {
        let (shared, model) = (&self.0.shared, self.0.model());
        let stars = shared.stars();
        let item = model.new_item(attributes);
        let users = 0..shared.dataset.ratings.users();
        to_js(&NewItem {
            bias: item.bias,
            vector: unpadded(&model, &item),
            ratings: users.map(|u| stars.rating(model.rates_new_item(u, &item))).collect(),
        })
    }

    /// v_i of every item, row by row: its own vector and that of its attributes.
    #[wasm_bindgen(js_name = itemVectors)]
    pub fn item_vectors(&self) -> Vec<f32> {
        let model = self.0.model();
        let f = model.factors();
        let row = |i| model.item_vector(i).into_iter().take(f);
        (0..self.0.shared.dataset.ratings.items()).flat_map(row).collect()
    }
}

fn unpadded(model: &AdditionalInputs, of: &Newcomer) -> Vec<f32> {
    of.vector[..model.factors()].to_vec()
}
