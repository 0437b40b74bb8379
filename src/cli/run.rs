//! What the commands that train have in common.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};

use super::Failure;
use super::args::{RunArgs, SplitArgs};
use super::text::{Align, cells, error, table};
use factorscope::data::split::Split;
use factorscope::eval::Errors;
use factorscope::models::{Kind, Spec};
use factorscope::random::Seeds;
use factorscope::train::{Epoch, Training};

impl RunArgs {
    /// The model with the settings of the command line.
    pub fn spec(&self) -> Result<Spec, Failure> {
        Ok(Spec::with(&self.model, self.set.iter().map(String::as_str))?)
    }

    /// The seed of start values and order, and that of the split.
    pub fn seeds(&self, split: &SplitArgs) -> Seeds {
        Seeds::new(self.seed, split.split_seed)
    }
}

/// Trains to the end, with progress on a terminal.
pub fn fit(spec: &Spec, split: Split, args: &RunArgs) -> Result<Training, Failure> {
    let mut training = Training::new(spec, split, args.seed, clock())?;
    let bar = progress(spec, spec.epochs(), "epoch");
    for _ in 0..spec.epochs() {
        let errors = training.pass().map(measured);
        match errors {
            Ok(errors) => bar.set_message(errors),
            Err(err) => {
                bar.finish_and_clear();
                let mut failure = Failure::from(err);
                if !args.json {
                    failure.output = last_good(training.history());
                }
                return Err(failure);
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(training)
}

/// Seconds since now.
pub fn clock() -> impl Fn() -> f64 {
    let start = Instant::now();
    move || start.elapsed().as_secs_f64()
}

/// A bar on standard error; on anything but a terminal it draws nothing.
pub fn progress(spec: &Spec, length: usize, unit: &str) -> ProgressBar {
    let template = "{prefix} {bar:30} {pos}/{len}  {msg}  {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar());
    let bar = ProgressBar::new(length as u64).with_style(style);
    bar.set_prefix(format!("{} {unit}", spec.entry().id));
    bar.tick();
    bar
}

/// The values of all hyperparameters, choices as words.
pub fn settings(spec: &Spec) -> Map<String, Value> {
    let setting = |h: &factorscope::models::Hyperparameter| {
        let value = match spec.word(h.name) {
            Some(word) => word.into(),
            None if h.kind == Kind::Integer => spec.count(h.name).into(),
            None => spec.get(h.name).into(),
        };
        (h.name.to_owned(), value)
    };
    spec.entry().hyperparameters.iter().map(setting).collect()
}

/// The errors on the training set and on the test set, and on that part of the latter whose users and items
/// training knows, those that are measured. Why none is, the remarks of the training say.
pub fn error_table(epoch: &Epoch, known: Option<Errors>) -> String {
    if !epoch.test.rank.is_nan() {
        let line = |rank| format!("expected percentile rank {} %", error(rank));
        let all = format!("{} (0 is best, 50 is chance)\n", line(epoch.test.rank));
        let known = known.filter(|errors| !errors.rank.is_nan());
        return all
            + &known.map(|e| format!("without them {}\n", line(e.rank))).unwrap_or_default();
    }
    let sets = [
        ("training", Some(epoch.train)),
        ("validation", epoch.validation),
        ("test", Some(epoch.test)),
        ("without them", known),
    ];
    let measured = sets.iter().filter_map(|&(label, errors)| Some((label, errors?)));
    let measured = measured.filter(|(_, errors)| !errors.rmse.is_nan());
    let row =
        |(label, errors): (&str, Errors)| cells([&label, &error(errors.rmse), &error(errors.mae)]);
    let mut rows = vec![cells([&"", &"RMSE", &"MAE"])];
    rows.extend(measured.map(row));
    if rows.len() == 1 {
        return String::new();
    }
    table("", &[Align::Left, Align::Right, Align::Right], &rows)
}

fn measured(epoch: &Epoch) -> String {
    if epoch.train.rmse.is_nan() {
        let is_measured = !(epoch.test.rank.is_nan() && epoch.test.rmse.is_nan());
        return if is_measured { test_error(epoch.test) } else { String::new() };
    }
    let train = format!("RMSE training {}", error(epoch.train.rmse));
    if epoch.test.rmse.is_nan() {
        return train;
    }
    format!("{train}, test {}", error(epoch.test.rmse))
}

/// What is measured on a test set, in a word.
pub fn test_error(errors: Errors) -> String {
    if !errors.rank.is_nan() {
        format!("test rank {} %", error(errors.rank))
    } else if errors.rmse.is_nan() {
        "nothing measured".to_owned()
    } else {
        format!("test RMSE {}", error(errors.rmse))
    }
}

fn last_good(history: &[Epoch]) -> String {
    let Some(last) = history.last() else {
        return String::new();
    };
    format!("Errors after epoch {}:\n{}", last.epoch, error_table(last, None))
}
