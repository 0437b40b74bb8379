//! From what the command line names to a data set.

use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use serde::Serialize;

use super::Failure;
use super::args::{ReadArgs, SEED};
use super::text::{count, plain};
use factorscope::data::load::{Loaded, Note, Report, load_pair_with, load_with, read_path_with};
use factorscope::data::simulation::simulate;
use factorscope::data::{Dataset, Ratings, toy};

/// The data set that DATA names.
pub fn open(data: &Path, read: &ReadArgs) -> Result<Loaded, Failure> {
    if let Some(dataset) = built_in(data) {
        return Ok(Loaded { dataset, report: Report::default() });
    }
    let _reading = reading(data);
    let options = read.options();
    Ok(load_with(&read_path_with(data, &options)?, &options)?)
}

/// The data set that DATA names, and the ratings of a test file over the same users and items.
pub fn open_pair(data: &Path, test: &Path, read: &ReadArgs) -> Result<(Loaded, Ratings), Failure> {
    if let Some(dataset) = built_in(data) {
        return Err(Failure::usage(format!(
            "--test goes with a training file, and {} is none; use --holdout",
            dataset.name
        )));
    }
    let _reading = reading(data);
    let options = read.options();
    let [train, test] = [data, test].map(|path| read_path_with(path, &options));
    Ok(load_pair_with(&train?, &test?, &options)?)
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
    /// What was done with the file to read it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
}

impl Summary {
    pub fn of(dataset: &Dataset, report: Report) -> Self {
        let ratings = &dataset.ratings;
        // Beside a test file there are users and items without a rating to learn from.
        let users = (0..ratings.users()).filter(|&u| !ratings.row(u).is_empty()).count();
        let items = (0..ratings.items()).filter(|&i| !ratings.column(i).is_empty()).count();
        Self {
            name: dataset.name.clone(),
            ratings: ratings.len(),
            users,
            items,
            notes: report.notes,
        }
    }

    /// The same as a line of text, and a line for each note.
    pub fn line(&self) -> String {
        let notes = self.notes.iter().map(|note| format!("note: {}\n", plain(&note.sentence)));
        let line = format!(
            "{}: {}, {}, {}\n",
            plain(&self.name),
            count(self.ratings, "rating"),
            count(self.users, "user"),
            count(self.items, "item")
        );
        line + &notes.collect::<String>()
    }
}
