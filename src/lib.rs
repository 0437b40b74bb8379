//! Recommender models to look inside.
//!
//! factorscope trains matrix factorization and its relatives on explicit ratings, and tells of every
//! step what it did: which addends made the prediction, what the gradient was, which numbers changed.
//! The same crate runs natively, on the command line and, compiled to WebAssembly, in the pages of a
//! tutorial, with the same bits everywhere.
//!
//! # The tour
//!
//! A rating set ([`data::Ratings`]) holds what users gave to items, by user and by item. It comes from
//! a file ([`data::load`]), from the toy table of the first chapter ([`data::toy`]) or from a simulation
//! whose truth is known ([`data::simulation`]), and is divided into training and test set by
//! [`data::split`].
//!
//! A model ([`models::Model`]) is built from a [`models::Spec`]: an id of the registry and a value for
//! each of its hyperparameters. It learns in passes ([`train::Training`] does them and measures), and is
//! asked for predictions, explanations and lists ([`explore`]); [`walk::Walk`] goes through a pass one
//! explained step at a time, forward and back; [`eval`] measures errors, [`validation`] those of many trainings;
//! [`chart`] draws. A model of one's own needs no registry: it says what it predicts and learns in one of the
//! shapes of [`models::shape`], as `examples/own_model.rs` does, and is trained and walked through like the others.
//!
//! ```
//! use factorscope::data::{split, toy};
//! use factorscope::eval::MetricId;
//! use factorscope::models::{Spec, fingerprint};
//! use factorscope::train::Training;
//!
//! // Two factors, learned from the five ratings of the toy table.
//! let spec = Spec::with("svd", ["factors=2", "gamma=0.05", "epochs=30"])?;
//! let split = split::everything(&toy::toy().ratings);
//! let mut training = Training::new(&spec, split, 42, || 0.0)?;
//! for _ in 0..spec.epochs() {
//!     training.pass()?;
//! }
//! let errors = training.history().last().unwrap().train;
//! assert!(errors.get(MetricId::Rmse).unwrap() < 0.5);
//!
//! // Why user 2 (index 1) would give item 1 (index 0) what the model says.
//! let explanation = training.model().explain(1, 0);
//! for term in &explanation.terms {
//!     println!("{} = {:.3}", term.addend.name, term.value);
//! }
//! println!("{}", fingerprint(training.model()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reproducible to the last bit
//!
//! Given data, spec and seed, the parameters are bit-identical on every target: all randomness comes
//! from seeded streams ([`random`]), logarithms and their kin from `libm`, and every sum has a fixed
//! order of lanes. [`models::fingerprint`] hashes them, so that equality can be seen at a glance;
//! [`receipt`] covers what is predicted as well.

#![cfg_attr(
    test,
    allow(clippy::float_cmp, reason = "tests compare numbers that are to be the very same")
)]

pub mod chart;
pub mod data;
pub mod eval;
pub mod explore;
pub mod models;
pub mod parameter;
pub mod random;
pub mod receipt;
mod sort;
pub mod trace;
pub mod train;
pub mod validation;
pub mod walk;
#[cfg(target_arch = "wasm32")]
mod web;
