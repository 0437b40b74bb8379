//! The models against formulas, finite differences, other implementations and themselves.

mod golden;
mod gradients;
mod movielens;
mod newcomers;
mod nonnegative;
mod reference;
mod solving;
mod steps;
mod support;
