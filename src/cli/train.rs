//! `train`: one training, measured on ratings that were held back.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::args::{By, TrainArgs};
use super::input::{Summary, open, open_pair};
use super::run::{clock, error_table, fit, settings};
use super::text::{count, error, lines, seconds};
use super::{Failure, json};
use factorscope::data::Ratings;
use factorscope::data::load::Loaded;
use factorscope::data::split::{self, Split};
use factorscope::eval::{self, measure_test};
use factorscope::models::fingerprint;
use factorscope::train::Epoch;

#[derive(Debug, Serialize)]
struct Report {
    model: &'static str,
    settings: Map<String, Value>,
    seed: u64,
    /// Decides which ratings are held back.
    split_seed: u64,
    data: Summary,
    train_ratings: usize,
    /// How many ratings were held back for choosing.
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_ratings: Option<usize>,
    test_ratings: usize,
    /// What `rmse` and `mae` were measured on: `test`, or `train` where nothing was held back.
    on: &'static str,
    /// Of a model that predicts ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    rmse: Option<f64>,
    /// The same of predictions that are not clamped to the rating scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    rmse_unclamped: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mae: Option<f64>,
    /// Of a model that only ranks: the expected percentile rank on the test set.
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<f64>,
    /// Test ratings of a user or an item without training ratings, and the errors without those.
    unknown_ratings: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_rmse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_mae: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_rank: Option<f64>,
    /// What a reader of these numbers should know beside them.
    remarks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_rmse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_mae: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_rank: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    train_rmse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    train_mae: Option<f64>,
    epochs: usize,
    fit_seconds: f64,
    /// Seconds to predict and to measure `rmse` and `mae`, or `rank`.
    test_seconds: f64,
    singular: usize,
    /// Over settings, ratings, seed, parameters and predictions.
    receipt: String,
    /// Over the parameters.
    fingerprint: String,
    history: Vec<Point>,
}

#[derive(Debug, Serialize)]
struct Point {
    epoch: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    train_rmse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    train_rmse_unclamped: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    train_mae: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_rmse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_rank: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_rmse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_rmse_unclamped: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_mae: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_rank: Option<f64>,
    seconds: f64,
}

/// Trains a model once and measures its errors.
pub fn train(args: &TrainArgs) -> Result<String, Failure> {
    let spec = args.run.spec()?;
    let seeds = args.run.seeds(&args.split);
    let (dataset, notes, split) = if let Some(test) = &args.test {
        let (Loaded { dataset, report }, test) = open_pair(&args.run.data, test, &args.run.read)?;
        let train = Arc::clone(&dataset.ratings);
        let test = Arc::new(test);
        (dataset, report, Split::of(train, test))
    } else {
        let Loaded { dataset, report: notes } = open(&args.run.data, &args.run.read)?;
        let split = divide(&dataset.ratings, args, seeds.split)?;
        if split.train.is_empty() {
            return Err(Failure::input(format!(
                "--holdout {} of {} leaves none to learn from; hold back less",
                args.holdout,
                count(dataset.ratings.len(), "rating")
            )));
        }
        (dataset, notes, split)
    };
    let split = if args.validation > 0.0 {
        split.with_validation(args.validation, seeds.split)
    } else {
        split
    };
    spec.check(&split.train)?;
    let training = fit(&spec, split, &args.run)?;

    let Split { train, validation, test } = training.split();
    let (on, measured) = if test.is_empty() { ("train", train) } else { ("test", test) };
    let measured = Split::of(Arc::clone(train), Arc::clone(measured));
    let now = clock();
    let found = measure_test(spec.entry().task, training.model(), &measured);
    let test_seconds = now();
    let unknown = eval::known(&measured).filter(|_| on == "test").map(|known| {
        let errors = measure_test(spec.entry().task, training.model(), &known);
        (measured.test.len() - known.test.len(), errors)
    });
    let history = training.history();
    let last = &history[history.len() - 1];
    let report = Report {
        model: spec.entry().id,
        settings: settings(&spec),
        seed: seeds.start,
        split_seed: seeds.split,
        data: Summary::of(&dataset, notes),
        train_ratings: train.len(),
        validation_ratings: validation.as_ref().map(|held| held.len()),
        test_ratings: test.len(),
        on,
        rmse: known(found.rmse),
        rmse_unclamped: known(found.rmse_unclamped),
        mae: known(found.mae),
        rank: known(found.rank),
        unknown_ratings: unknown.map_or(0, |(count, _)| count),
        known_rmse: unknown.and_then(|(_, errors)| known(errors.rmse)),
        known_mae: unknown.and_then(|(_, errors)| known(errors.mae)),
        known_rank: unknown.and_then(|(_, errors)| known(errors.rank)),
        remarks: training.remarks(),
        validation_rmse: last.validation.and_then(|found| known(found.rmse)),
        validation_mae: last.validation.and_then(|found| known(found.mae)),
        validation_rank: last.validation.and_then(|found| known(found.rank)),
        train_rmse: known(last.train.rmse),
        train_mae: known(last.train.mae),
        epochs: last.epoch,
        fit_seconds: last.seconds,
        test_seconds,
        singular: last.singular,
        receipt: training.receipt().unwrap_or_default(),
        fingerprint: fingerprint(training.model()),
        history: history.iter().map(Point::of).collect(),
    };
    if args.run.json {
        return json(&report);
    }
    Ok(format!(
        "{}{spec}, {seeds}\n{}\n\n{}\n{}fit {}, test {}\nreceipt {}\nfingerprint {}",
        report.data.line(),
        report.sizes(args),
        error_table(last, unknown.map(|(_, errors)| errors).filter(|_| args.test.is_some())),
        report.note() + &lowest(history),
        seconds(report.fit_seconds),
        seconds(report.test_seconds),
        report.receipt,
        report.fingerprint
    ))
}

/// Where the validation error was lowest, and the test error there: the one that may be reported if the
/// number of epochs is chosen by it.
fn lowest(history: &[Epoch]) -> String {
    let measured = history.iter().filter_map(|epoch| {
        let found = epoch.validation?;
        let (unit, held, test) = match known(found.rmse) {
            Some(rmse) => ("RMSE", rmse, epoch.test.rmse),
            None => ("rank, %,", known(found.rank)?, epoch.test.rank),
        };
        Some((unit, held, test, epoch.epoch))
    });
    let best = measured.min_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or_else(String::new, |(unit, held, test, epoch)| {
        let there = known(test).map_or_else(String::new, |test| {
            format!("; the test {unit} of that epoch is {}", error(test))
        });
        format!("validation {unit} lowest after epoch {epoch}, at {}{there}\n", error(held))
    })
}

/// Nothing where it was not measured.
fn known(x: f64) -> Option<f64> {
    Some(x).filter(|x| !x.is_nan())
}

fn divide(all: &Arc<Ratings>, args: &TrainArgs, seed: u64) -> Result<Split, Failure> {
    if args.holdout == 0.0 && args.by != By::Latest {
        return Ok(split::everything(all));
    }
    let split = match args.by {
        By::Random => return Ok(split::holdout(all, args.holdout, seed)),
        By::Time => split::future(all, args.holdout),
        By::Latest => split::latest(all, 5),
    };
    split.ok_or_else(|| {
        Failure::input("this data has no timestamps, so nothing is later; leave --by out")
    })
}

impl Point {
    fn of(epoch: &Epoch) -> Self {
        Self {
            epoch: epoch.epoch,
            train_rmse: known(epoch.train.rmse),
            train_rmse_unclamped: known(epoch.train.rmse_unclamped),
            train_mae: known(epoch.train.mae),
            validation_rmse: epoch.validation.and_then(|found| known(found.rmse)),
            validation_rank: epoch.validation.and_then(|found| known(found.rank)),
            test_rmse: known(epoch.test.rmse),
            test_rmse_unclamped: known(epoch.test.rmse_unclamped),
            test_mae: known(epoch.test.mae),
            test_rank: known(epoch.test.rank),
            seconds: epoch.seconds,
        }
    }
}

impl Report {
    fn sizes(&self, args: &TrainArgs) -> String {
        let trained = count(self.train_ratings, "rating");
        let tested = count(self.test_ratings, "rating");
        if self.test_ratings == 0 {
            format!("trained on all {trained}; none held back for a test")
        } else {
            let which = match args.by {
                _ if args.test.is_some() => "of the given file",
                By::Random => "held back at random",
                By::Time => "later than all of these",
                By::Latest => "held back, each user's latest",
            };
            let unknown = match self.unknown_ratings {
                0 => String::new(),
                _ if args.test.is_none() => String::new(),
                n => format!(", of which {n} of a user or an item without training ratings"),
            };
            let chosen = self.validation_ratings.map_or_else(String::new, |held| {
                format!("; another {} held back for choosing", count(held, "rating"))
            });
            format!("trained on {trained}, tested on {tested} {which}{unknown}{chosen}")
        }
    }

    /// What a reader of the errors should know beside them.
    fn note(&self) -> String {
        let remarks = lines(&self.remarks);
        if self.singular == 0 {
            return remarks;
        }
        format!(
            "{remarks}{} had no unique solution in the last epoch and kept the values before; \
             a larger lambda gives each one\n",
            count(self.singular, "system")
        )
    }
}
