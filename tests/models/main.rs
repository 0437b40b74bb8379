//! The models against formulas, finite differences, other implementations and themselves.

#![allow(clippy::float_cmp, reason = "tests compare numbers that are to be the very same")]

mod attributes;
mod bayes;
mod confidence;
mod declared;
mod golden;
mod gradients;
mod integrated;
mod movielens;
mod neighbors;
mod newcomers;
mod nonnegative;
mod operations;
mod proof;
mod receipts;
mod reference;
mod rules;
mod scales;
mod seeds;
mod shares;
mod solving;
mod steps;
mod support;
mod time;
mod truncated_svd;
