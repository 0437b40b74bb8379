//! Data sets in a page's hands.

use std::sync::Arc;

use serde::Serialize;
use wasm_bindgen::prelude::*;
use xxhash_rust::xxh64::Xxh64;

use super::to_js;
use crate::data::compact::encode_fast;
use crate::data::load::{Options, Report, Source, load_with};
use crate::data::simulation::simulate;
use crate::data::{Attribute, Dataset, Origin, Stars, cutout, similar, toy};

/// What a page shows about a data set before anything is trained.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct DataInfo {
    /// Its name.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// Number of users.
    pub users: usize,
    /// Number of items.
    pub items: usize,
    /// Number of ratings.
    pub ratings: usize,
    /// Their mean.
    pub mean: f32,
    /// Lowest and highest rating.
    pub scale: (f32, f32),
    /// How models read them as stars: what a step says is in stars.
    pub stars: Stars,
    /// Whether each rating has a timestamp.
    pub timed: bool,
    /// The attributes that users can have, by kind and value; none where the data tells nothing of them.
    pub user_attributes: Vec<Attribute>,
    /// The attributes that items can have: genres.
    pub item_attributes: Vec<Attribute>,
    /// A hash of ids and ratings: equal exactly when they are.
    pub fingerprint: String,
}

/// A data set.
#[wasm_bindgen]
pub struct Data(pub(super) Arc<Dataset>, pub(super) Report);

/// A row of known ratings.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct KnownRow {
    /// Dense indices of the items.
    pub items: Vec<u32>,
    /// Their ratings.
    pub ratings: Vec<f32>,
}

#[wasm_bindgen]
impl Data {
    /// The table of three users and three items.
    pub fn toy() -> Self {
        Self::whole(toy::toy())
    }

    /// A data set from files that are at hand whole, as names and bytes; throws a sentence with the place
    /// and the remedy. What a reader hands over comes by an `Upload`.
    pub fn load(names: Vec<String>, bytes: Vec<js_sys::Uint8Array>) -> Result<Self, JsError> {
        let files = names.into_iter().zip(&bytes);
        let sources: Vec<Source> =
            files.map(|(name, bytes)| Source::new(name, bytes.to_vec())).collect();
        let loaded = load_with(&sources, &Options::default())?;
        Ok(Self(Arc::new(loaded.dataset), loaded.report))
    }

    /// What reading it left out, took for something, or has a remark about.
    #[wasm_bindgen(unchecked_return_type = "Note[]")]
    pub fn report(&self) -> Result<JsValue, JsError> {
        to_js(&self.1.notes)
    }

    /// Ratings drawn from planted parameters.
    pub fn simulation(seed: u32) -> Self {
        Self::whole(simulate(seed.into()).dataset)
    }

    /// The compact form, which reads back as any file does.
    pub fn encode(&self) -> Vec<u8> {
        encode_fast(&self.0)
    }

    /// A small table, row by row; NaN is an empty cell.
    pub fn table(users: usize, items: usize, cells: &[f32]) -> Result<Self, JsError> {
        let fits = (1..=toy::LARGEST).contains(&users) && (1..=toy::LARGEST).contains(&items);
        if !fits || cells.len() != users * items {
            return Err(JsError::new(&format!(
                "a table has 1 to {} users and items and one value for each cell",
                toy::LARGEST
            )));
        }
        Ok(Self::whole(toy::table(users, items, cells)))
    }

    /// About twelve users by twelve items of this data set; `uneven`: users who rated from one of the
    /// items to all.
    pub fn cutout(&self, uneven: bool) -> Self {
        let which = if uneven { cutout::Users::Uneven } else { cutout::Users::Alike };
        Self::whole(cutout::cutout(&self.0, 12, 12, which))
    }

    /// Twelve items of this data set, among them the four most alike, and a hundred users who rated them.
    pub fn similar(&self) -> Self {
        Self::whole(similar::similar(&self.0, 100, 12))
    }

    /// What it is.
    #[wasm_bindgen(unchecked_return_type = "DataInfo")]
    pub fn info(&self) -> Result<JsValue, JsError> {
        let ratings = &self.0.ratings;
        to_js(&DataInfo {
            name: self.0.name.clone(),
            origin: self.0.origin,
            users: ratings.users(),
            items: ratings.items(),
            ratings: ratings.len(),
            mean: ratings.mean(),
            scale: ratings.scale(),
            stars: ratings.stars(),
            timed: ratings.timestamps().is_some(),
            user_attributes: ratings.attributes().users.names().to_vec(),
            item_attributes: ratings.attributes().items.names().to_vec(),
            fingerprint: fingerprint(&self.0),
        })
    }

    /// Title, year and genres of each item.
    #[wasm_bindgen(unchecked_return_type = "Item[]")]
    pub fn catalogue(&self) -> Result<JsValue, JsError> {
        to_js(&self.0.catalogue)
    }

    /// The users' original ids.
    #[wasm_bindgen(js_name = userIds)]
    pub fn user_ids(&self) -> Vec<String> {
        self.0.ratings.user_ids().iter().map(String::from).collect()
    }

    /// What user `u` rated.
    #[wasm_bindgen(unchecked_return_type = "KnownRow")]
    pub fn row(&self, u: usize) -> Result<JsValue, JsError> {
        if u >= self.0.ratings.users() {
            return Err(JsError::new("there is no such user"));
        }
        let row = self.0.ratings.row(u);
        to_js(&KnownRow { items: row.ids.to_vec(), ratings: row.ratings.to_vec() })
    }

    /// All cells of a small data set, row by row; NaN where nothing is known.
    pub fn cells(&self) -> Vec<f32> {
        let ratings = &self.0.ratings;
        let mut cells = vec![f32::NAN; ratings.users() * ratings.items()];
        for rating in ratings.iter() {
            cells[rating.u * ratings.items() + rating.i] = rating.r;
        }
        cells
    }

    /// When each cell of a small data set was rated, row by row, in seconds since 1970; NaN where it was
    /// not, or nobody knows.
    pub fn moments(&self) -> Vec<f64> {
        let ratings = &self.0.ratings;
        let mut cells = vec![f64::NAN; ratings.users() * ratings.items()];
        for (rating, &time) in ratings.iter().zip(ratings.timestamps().unwrap_or_default()) {
            cells[rating.u * ratings.items() + rating.i] = f64::from(time);
        }
        cells
    }

    /// How many ratings each item has, by dense index.
    #[wasm_bindgen(js_name = itemCounts)]
    pub fn item_counts(&self) -> Vec<u32> {
        let ratings = &self.0.ratings;
        (0..ratings.items()).map(|i| ratings.column(i).len() as u32).collect()
    }
}

impl Data {
    /// A data set of which there is nothing to report.
    fn whole(dataset: Dataset) -> Self {
        Self(Arc::new(dataset), Report::default())
    }
}

/// A hash of ids, places and values of all ratings.
fn fingerprint(dataset: &Dataset) -> String {
    let ratings = &dataset.ratings;
    let mut hash = Xxh64::new(0);
    for ids in [ratings.user_ids(), ratings.item_ids()] {
        for id in ids.iter() {
            hash.update(id.as_bytes());
            hash.update(&[0]);
        }
    }
    for rating in ratings.iter() {
        hash.update(&(rating.u as u32).to_le_bytes());
        hash.update(&(rating.i as u32).to_le_bytes());
        hash.update(&rating.r.to_le_bytes());
    }
    format!("{:016x}", hash.digest())
}
