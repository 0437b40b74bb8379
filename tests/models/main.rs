//! The models against formulas, finite differences, other implementations and themselves.

mod attributes;
mod golden;
mod gradients;
mod movielens;
mod reference;
mod solving;
mod steps;
mod support;
