//! What a page needs to show films along a factor.

use wasm_bindgen::prelude::*;

use crate::web::Data;

#[wasm_bindgen]
impl Data {
    /// How many ratings each item has, by dense index.
    #[wasm_bindgen(js_name = itemCounts)]
    pub fn item_counts(&self) -> Vec<u32> {
        let ratings = &self.0.ratings;
        (0..ratings.items()).map(|i| ratings.column(i).len() as u32).collect()
    }
}
