//! Recommender models to look inside.

pub mod data;
pub mod random;
