//! From bytes to rating sets: loaders, splits, the toy and the simulation.

mod attributes;
pub mod compact;
pub mod cutout;
mod films;
mod ids;
pub mod load;
mod ratings;
pub mod similar;
pub mod simulation;
pub mod split;
mod stars;
pub mod toy;

pub use attributes::{Attribute, Attributes, Lists};
pub use ids::Ids;
pub(crate) use ratings::{Builder, Group};
pub use ratings::{Duplicate, Line, Rating, Ratings};
pub use stars::Stars;

use std::sync::Arc;

use serde::Serialize;

/// What is known about an item beside its ratings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Item {
    /// Its title without the year, as text; the item's id where no title is known.
    pub title: String,
    /// The year it came out.
    pub year: Option<u16>,
    /// Its genres, in the order of the source.
    pub genres: Vec<String>,
}

/// Where a data set came from; the site words its notices accordingly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The small table that is edited by hand.
    Toy,
    /// Drawn from planted parameters.
    Simulation,
    /// One of GroupLens' MovieLens files.
    Movielens,
    /// Any other file.
    File,
}

/// A rating set and what is known about its items: what every part of the program is handed.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// A name to show, for example "MovieLens latest-small".
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// The ratings.
    pub ratings: Arc<Ratings>,
    /// One entry for each item of `ratings`, in the same order.
    pub catalogue: Vec<Item>,
}

impl Dataset {
    /// A data set whose items are called by their ids.
    pub fn untitled(name: &str, origin: Origin, ratings: Ratings) -> Self {
        let title = |id: &str| Item { title: id.to_owned(), ..Item::default() };
        Self {
            name: name.to_owned(),
            origin,
            catalogue: ratings.item_ids().iter().map(title).collect(),
            ratings: Arc::new(ratings),
        }
    }
}
