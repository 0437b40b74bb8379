//! `train`: one training, measured on ratings that were held back.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::args::{By, TrainArgs};
use super::input::{Summary, open, open_pair};
use super::run::{clock, error_table, fit, settings};
use super::text::{count, error, lines, seconds};
use super::{Failure, json};
use factorscope::data::Ratings;
use factorscope::data::load::Loaded;
use factorscope::data::split::{self, Split};
use factorscope::eval::{self, Measures, Metric, measure_test};
use factorscope::models::{Task, fingerprint};
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
    #[serde(flatten)]
    found: Measures,
    /// Test ratings of a user or an item without training ratings, and the errors without those.
    unknown_ratings: usize,
    #[serde(flatten)]
    known: Named,
    /// What a reader of these numbers should know beside them.
    remarks: Vec<String>,
    #[serde(flatten)]
    validation: Named,
    #[serde(flatten)]
    train: Named,
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
    #[serde(flatten)]
    train: Named,
    #[serde(flatten)]
    validation: Named,
    #[serde(flatten)]
    test: Named,
    seconds: f64,
}

/// What was measured, with this and a line before each name.
#[derive(Debug)]
struct Named(&'static str, Measures);

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(set, found) = self;
        serializer.collect_map(found.iter().map(|(metric, x)| (format!("{set}_{}", metric.key), x)))
    }
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
        found,
        unknown_ratings: unknown.map_or(0, |(count, _)| count),
        known: Named("known", unknown.map(|(_, found)| found).unwrap_or_default()),
        remarks: training.remarks(),
        validation: Named("validation", last.validation.unwrap_or_default()),
        train: Named("train", last.train),
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
        error_table(
            spec.entry().task,
            last,
            unknown.map(|(_, errors)| errors).filter(|_| args.test.is_some())
        ),
        report.note() + &lowest(history, spec.entry().task),
        seconds(report.fit_seconds),
        seconds(report.test_seconds),
        report.receipt,
        report.fingerprint
    ))
}

/// Where the validation error was lowest, and the test error there: the one that may be reported if the
/// number of epochs is chosen by it.
fn lowest(history: &[Epoch], task: Task) -> String {
    let metric = Metric::main(task);
    let held = |epoch: &Epoch| epoch.validation.and_then(|found| found.get(metric.id));
    let measured = history.iter().filter_map(|epoch| Some((held(epoch)?, epoch)));
    let best = measured.min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(String::new, |(held, epoch)| {
        let comma = if metric.unit.is_empty() { "" } else { "," };
        let title = metric.title() + comma;
        let there = epoch.test.get(metric.id).map_or_else(String::new, |test| {
            format!("; the test {title} of that epoch is {}", error(test))
        });
        let after = epoch.epoch;
        format!("validation {title} lowest after epoch {after}, at {}{there}\n", error(held))
    })
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
            train: Named("train", epoch.train),
            validation: Named("validation", epoch.validation.unwrap_or_default()),
            test: Named("test", epoch.test),
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
