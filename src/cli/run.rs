//! What the commands that train have in common.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};

use super::Failure;
use super::args::{RunArgs, SplitArgs};
use super::text::{Align, error, table};
use factorscope::data::split::Split;
use factorscope::eval::{Measures, Metric};
use factorscope::models::{Kind, Spec, Task};
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
    let (task, bar) = (spec.entry().task, progress(spec, spec.epochs(), "epoch"));
    for _ in 0..spec.epochs() {
        let errors = training.pass().map(|epoch| measured(task, epoch));
        match errors {
            Ok(errors) => bar.set_message(errors),
            Err(err) => {
                bar.finish_and_clear();
                let mut failure = Failure::from(err);
                if !args.json {
                    failure.output = last_good(task, training.history());
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

/// What was measured on each set, and on that part of the test set whose users and items training knows. Why
/// nothing was, the remarks of the training say.
pub fn error_table(task: Task, epoch: &Epoch, known: Option<Measures>) -> String {
    if !Metric::main(task).of_training {
        return held_lines(task, epoch, known);
    }
    let sets = [
        ("training", Some(epoch.train)),
        ("validation", epoch.validation),
        ("test", Some(epoch.test)),
        ("without them", known),
    ];
    let shown = Metric::shown(task);
    let head = [String::new()].into_iter().chain(shown.clone().map(Metric::title));
    let mut rows = vec![head.collect::<Vec<String>>()];
    for (label, found) in sets {
        let Some(found) = found.filter(|found| found.get(Metric::main(task).id).is_some()) else {
            continue;
        };
        let values =
            shown.clone().map(|metric| found.get(metric.id).map_or_else(String::new, error));
        rows.push([label.to_owned()].into_iter().chain(values).collect());
    }
    if rows.len() == 1 {
        return String::new();
    }
    let mut columns = vec![Align::Right; rows[0].len()];
    columns[0] = Align::Left;
    table("", &columns, &rows)
}

/// A line for each metric of a model that is only measured on what is held back.
fn held_lines(task: Task, epoch: &Epoch, known: Option<Measures>) -> String {
    let lines = Metric::shown(task).filter_map(|metric| {
        let Metric { words, unit, scale, .. } = metric;
        let line = |x: f64| format!("{words} {} {unit}", error(x));
        let scale = if scale.is_empty() { String::new() } else { format!(" ({scale})") };
        let all = line(epoch.test.get(metric.id)?);
        let known = known.and_then(|found| found.get(metric.id)).map(line);
        let known = known.map_or_else(String::new, |line| format!("without them {line}\n"));
        Some(format!("{all}{scale}\n{known}"))
    });
    lines.collect()
}

/// What a model is judged by, for the progress bar.
fn measured(task: Task, epoch: &Epoch) -> String {
    let metric = Metric::main(task);
    let (train, test) = (epoch.train.get(metric.id), epoch.test.get(metric.id));
    match (train, test) {
        (Some(train), Some(test)) => {
            format!("{} training {}, test {}", metric.name, error(train), error(test))
        }
        (Some(train), None) => format!("{} training {}", metric.name, error(train)),
        (None, Some(_)) => test_error(task, epoch.test),
        (None, None) => String::new(),
    }
}

/// The same on a test set alone.
pub fn test_error(task: Task, found: Measures) -> String {
    let metric = Metric::main(task);
    let Some(value) = found.get(metric.id) else { return "nothing measured".to_owned() };
    let unit = if metric.unit.is_empty() { String::new() } else { format!(" {}", metric.unit) };
    format!("test {} {}{unit}", metric.name, error(value))
}

fn last_good(task: Task, history: &[Epoch]) -> String {
    let Some(last) = history.last() else {
        return String::new();
    };
    format!("Errors after epoch {}:\n{}", last.epoch, error_table(task, last, None))
}
