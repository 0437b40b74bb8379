//! `cv`: cross-validation.

use serde::Serialize;
use serde_json::{Map, Value};

use super::args::CvArgs;
use super::input::{self, open};
use super::run::{clock, progress, settings};
use super::text::{Align, cells, count, error, seconds, table};
use super::{Failure, json};
use factorscope::eval::{CrossValidation, Summary, cross_validate};

#[derive(Debug, Serialize)]
struct Report {
    model: &'static str,
    settings: Map<String, Value>,
    seed: u64,
    data: input::Summary,
    rmse: Summary,
    mae: Summary,
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
    let dataset = open(&args.run.data)?;
    spec.check(&dataset.ratings)?;
    let (folds, ratings) = (args.folds as usize, dataset.ratings.len());
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
    let result = cross_validate(&spec, &dataset.ratings, folds, args.run.seed, clock(), |fold| {
        bar.set_message(format!("test RMSE {}", error(fold.errors.rmse)));
        bar.inc(1);
        true
    });
    bar.finish_and_clear();
    let validation = result?;

    let fingerprints = validation.folds.iter().map(|f| f.fingerprint.clone());
    let report = Report {
        model: spec.entry().id,
        settings: settings(&spec),
        seed: args.run.seed,
        data: input::Summary::of(&dataset),
        rmse: validation.rmse(),
        mae: validation.mae(),
        fit_seconds: validation.fit_seconds(),
        test_seconds: validation.test_seconds(),
        fingerprint: validation.fingerprint(),
        fingerprints: fingerprints.collect(),
    };
    if args.run.json {
        return json(&report);
    }
    Ok(format!(
        "{}{spec}, seed {}, {}\n\n{}\nfit {}, test {}, all folds together\nfingerprint {}",
        report.data.line(),
        report.seed,
        count(folds, "fold"),
        folds_table(&validation, &report),
        seconds(report.fit_seconds),
        seconds(report.test_seconds),
        report.fingerprint
    ))
}

fn folds_table(validation: &CrossValidation, report: &Report) -> String {
    let mut rows = vec![cells([&"", &"RMSE", &"MAE", &"fit", &"fingerprint"])];
    for (fold, n) in validation.folds.iter().zip(1..) {
        let (rmse, mae) = (error(fold.errors.rmse), error(fold.errors.mae));
        let fit = seconds(fold.fit_seconds);
        rows.push(cells([&format!("fold {n}"), &rmse, &mae, &fit, &fold.fingerprint]));
    }
    let (rmse, mae) = (&report.rmse, &report.mae);
    rows.push(cells([&"mean", &error(rmse.mean), &error(mae.mean)]));
    rows.push(cells([&"sd", &error(rmse.sd), &error(mae.sd)]));
    let right = Align::Right;
    table("", &[Align::Left, right, right, right, Align::Left], &rows)
}
