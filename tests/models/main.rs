//! The models against formulas, finite differences, other implementations and themselves.

mod confidence;
mod golden;
mod gradients;
mod movielens;
mod reference;
mod solving;
mod steps;
mod support;
mod time;
mod truncated_svd;
