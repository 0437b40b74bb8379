//! What only some models can tell a page, one file a family of models.

mod attributes;
mod bayes;
mod confidence;
mod factors;
mod fold_in;
mod neighbors;
mod time;
