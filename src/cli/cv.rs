//! `cv`: cross-validation.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::args::CvArgs;
use super::input::{self, open};
use super::run::{clock, progress, settings, test_error};
use super::text::{Align, cells, count, error, lines, seconds, table};
use super::{Failure, json};
use factorscope::data::load::Loaded;
use factorscope::data::split::Split;
use factorscope::eval::{Metric, remarks};
use factorscope::models::Task;
use factorscope::validation::{CrossValidation, Summary, cross_validate};

#[derive(Debug, Serialize)]
struct Report {
    model: &'static str,
    settings: Map<String, Value>,
    seed: u64,
    /// Decides which ratings are held back.
    split_seed: u64,
    data: input::Summary,
    /// Each metric over the folds, by its key.
    #[serde(flatten)]
    found: BTreeMap<&'static str, Summary>,
    /// What a reader of these numbers should know beside them.
    remarks: Vec<String>,
    fit_seconds: f64,
    test_seconds: f64,
    /// A hash over those of the folds.
    fingerprint: String,
    /// One for each fold's model.
    fingerprints: Vec<String>,
}

/// Trains and tests once for each fold.
pub fn cv(args: &CvArgs) -> Result<String, Failure> {
    let spec = args.run.spec()?;
    let seeds = args.run.seeds(&args.split);
    let Loaded { dataset, report: notes } = open(&args.run.data, &args.run.read)?;
    let all = &dataset.ratings;
    spec.check(all)?;
    let (folds, ratings) = (args.folds as usize, all.len());
    if ratings < 2 {
        return Err(Failure::input(
            "one rating cannot be both learned from and tested on; cross-validation needs two",
        ));
    }
    if folds > ratings {
        return Err(Failure::input(format!(
            "{folds} folds need at least as many ratings, and there are {ratings}; \
             use --folds {ratings} or fewer"
        )));
    }
    let bar = progress(&spec, folds, "fold");
    let result = cross_validate(&spec, all, folds, seeds, clock(), |fold| {
        bar.set_message(test_error(spec.entry().task, fold.errors));
        bar.inc(1);
        true
    });
    bar.finish_and_clear();
    let validation = result?;

    let fingerprints = validation.folds.iter().map(|f| f.fingerprint.clone());
    let report = Report {
        model: spec.entry().id,
        settings: settings(&spec),
        seed: seeds.start,
        split_seed: seeds.split,
        data: input::Summary::of(&dataset, notes),
        found: validation.summaries(),
        // Each fold tests a part and learns from the others; together they test everything.
        remarks: remarks(spec.entry().task, &Split::of(Arc::clone(all), Arc::clone(all))),
        fit_seconds: validation.fit_seconds(),
        test_seconds: validation.test_seconds(),
        fingerprint: validation.fingerprint(),
        fingerprints: fingerprints.collect(),
    };
    if args.run.json {
        return json(&report);
    }
    Ok(format!(
        "{}{spec}, {seeds}, {}\n\n{}\n{}fit {}, test {}, all folds together\nfingerprint {}",
        report.data.line(),
        count(folds, "fold"),
        folds_table(&validation, spec.entry().task),
        lines(&report.remarks),
        seconds(report.fit_seconds),
        seconds(report.test_seconds),
        report.fingerprint
    ))
}

fn folds_table(validation: &CrossValidation, task: Task) -> String {
    let measured = Metric::shown(task);
    let measured: Vec<(String, Summary)> = measured
        .filter_map(|metric| Some((metric.title(), validation.summary(metric.id)?)))
        .collect();
    let row = |label: &str, value: &dyn Fn(&Summary) -> f64, rest: &[String]| {
        let values = measured.iter().map(|(_, summary)| error(value(summary)));
        let row = [label.to_owned()].into_iter().chain(values).chain(rest.iter().cloned());
        row.collect::<Vec<String>>()
    };
    let names = measured.iter().map(|(name, _)| name.clone());
    let head = [String::new()].into_iter().chain(names);
    let mut rows = vec![head.chain(cells([&"fit", &"fingerprint"])).collect()];
    for (n, fold) in validation.folds.iter().enumerate() {
        let rest = cells([&seconds(fold.fit_seconds), &fold.fingerprint]);
        rows.push(row(&format!("fold {}", n + 1), &|summary| summary.folds[n], &rest));
    }
    rows.push(row("mean", &|summary| summary.mean, &[]));
    rows.push(row("sd", &|summary| summary.sd, &[]));
    let mut columns = vec![Align::Right; measured.len() + 3];
    (columns[0], columns[measured.len() + 2]) = (Align::Left, Align::Left);
    table("", &columns, &rows)
}
