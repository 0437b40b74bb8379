//! From what the command line names to a data set.

use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use serde::Serialize;

use super::Failure;
use super::args::SEED;
use super::text::{count, plain};
use factorscope::data::load::{load, load_pair, read_path};
use factorscope::data::simulation::simulate;
use factorscope::data::{Dataset, Ratings, toy};

/// The data set that DATA names.
pub fn open(data: &Path) -> Result<Dataset, Failure> {
    if let Some(dataset) = built_in(data) {
        return Ok(dataset);
    }
    let _reading = reading(data);
    Ok(load(&read_path(data)?)?)
}

/// The data set that DATA names, and the ratings of a test file over the same users and items.
pub fn open_pair(data: &Path, test: &Path) -> Result<(Dataset, Ratings), Failure> {
    if let Some(dataset) = built_in(data) {
        return Err(Failure::usage(format!(
            "--test goes with a training file, and {} is none; use --holdout",
            dataset.name
        )));
    }
    let _reading = reading(data);
    Ok(load_pair(&read_path(data)?, &read_path(test)?)?)
}

fn built_in(data: &Path) -> Option<Dataset> {
    match data.to_str()? {
        "toy" => Some(toy::toy()),
        "simulation" => Some(simulate(SEED).dataset),
        _ => None,
    }
}

/// A sign of life on a terminal until it is dropped.
fn reading(data: &Path) -> impl Drop {
    struct Reading(ProgressBar);
    impl Drop for Reading {
        fn drop(&mut self) {
            self.0.finish_and_clear();
        }
    }
    let bar = ProgressBar::new_spinner();
    bar.set_message(format!("reading {}", plain(&data.to_string_lossy())));
    bar.enable_steady_tick(Duration::from_millis(100));
    Reading(bar)
}

/// What a data set is called and how large it is.
#[derive(Debug, Serialize)]
pub struct Summary {
    name: String,
    ratings: usize,
    users: usize,
    items: usize,
}

impl Summary {
    pub fn of(dataset: &Dataset) -> Self {
        Self {
            name: dataset.name.clone(),
            ratings: dataset.ratings.len(),
            users: dataset.ratings.users(),
            items: dataset.ratings.items(),
        }
    }

    /// The same as a line of text.
    pub fn line(&self) -> String {
        format!(
            "{}: {}, {}, {}\n",
            plain(&self.name),
            count(self.ratings, "rating"),
            count(self.users, "user"),
            count(self.items, "item")
        )
    }
}
