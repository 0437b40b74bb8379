//! Recommender models to look inside.

pub mod chart;
pub mod data;
pub mod eval;
pub mod explore;
pub mod models;
pub mod random;
pub mod trace;
pub mod train;
#[cfg(target_arch = "wasm32")]
mod web;
