//! Recommender models to look inside.

pub mod data;
pub mod eval;
pub mod models;
pub mod random;
pub mod trace;
