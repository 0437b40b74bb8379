//! `cold-start`: errors for users or items of whom little is known.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::args::{Cold, ColdStartArgs};
use super::input::{self, open};
use super::run::{progress, settings, test_error};
use super::text::{Align, cells, count, error, lines, table};
use super::{Failure, json};
use factorscope::data::load::Loaded;
use factorscope::data::split::Split;
use factorscope::eval::{Metric, remarks};
use factorscope::models::Task;
use factorscope::validation::{ColdPoint, ColdStart, Side};

#[derive(Debug, Serialize)]
struct Report {
    model: &'static str,
    seed: u64,
    /// Decides which ratings are held back.
    split_seed: u64,
    data: input::Summary,
    side: Side,
    /// How many users or items were cold, each once.
    cold: usize,
    folds: usize,
    /// What a reader of these numbers should know beside them.
    remarks: Vec<String>,
    curves: Vec<Curve>,
}

#[derive(Debug, Serialize)]
struct Curve {
    settings: Map<String, Value>,
    points: Vec<ColdPoint>,
}

/// Measures one curve, or two beside each other.
pub fn cold_start(args: &ColdStartArgs) -> Result<String, Failure> {
    let spec = args.run.spec()?;
    if spec.entry().task == Task::Ranking {
        return Err(Failure::usage(format!(
            "cold-start measures predicted ratings, and `{}` only ranks; take another model",
            spec.entry().id
        )));
    }
    let mut specs = vec![spec.clone()];
    if !args.against.is_empty() {
        let mut other = spec.clone();
        for setting in &args.against {
            let (name, value) = setting.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--against takes NAME=VALUE, found `{setting}`"))
            })?;
            other.set(name.trim(), value.trim())?;
        }
        specs.push(other);
    }
    let Loaded { dataset, report: notes } = open(&args.run.data, &args.run.read)?;
    let ratings = &dataset.ratings;
    spec.check(ratings)?;
    let side = match args.side {
        Cold::Users => Side::Users,
        Cold::Items => Side::Items,
    };
    let (folds, seeds) = (args.folds as usize, args.run.seeds(&args.split));
    let plan = ColdStart::new(ratings, side, &args.known, folds, seeds.split)
        .map_err(|err| Failure::input(err.to_string()))?;
    let bar = progress(&spec, specs.len() * folds * args.known.len(), "training");
    let mut curves = Vec::new();
    for spec in &specs {
        let points = plan.curve(spec, ratings, seeds.start, |part| {
            bar.set_message(format!(
                "{} known, {}",
                part.known,
                test_error(spec.entry().task, part.errors)
            ));
            bar.inc(1);
        });
        curves.push(Curve { settings: settings(spec), points: points? });
    }
    bar.finish_and_clear();
    let report = Report {
        model: spec.entry().id,
        seed: seeds.start,
        split_seed: seeds.split,
        data: input::Summary::of(&dataset, notes),
        side,
        cold: plan.lines(),
        folds,
        // Each group is tested in its turn.
        remarks: remarks(spec.entry().task, &Split::of(Arc::clone(ratings), Arc::clone(ratings))),
        curves,
    };
    if args.run.json {
        return json(&report);
    }
    let noun = if side == Side::Users { "user" } else { "item" };
    Ok(format!(
        "{}{spec}, {seeds}\n{} cold, in {}, tested on {}\n\n{}\n{}",
        report.data.line(),
        count(report.cold, noun),
        count(folds, "group"),
        count(report.curves[0].points.first().map_or(0, |point| point.ratings), "rating"),
        points_table(&report.curves, &args.against.join(" ")),
        lines(&report.remarks)
    ))
}

fn points_table(curves: &[Curve], against: &str) -> String {
    let shown = Metric::shown(Task::Rating);
    let mut head = cells([&"known ratings"]);
    head.extend(shown.clone().map(Metric::title));
    if curves.len() > 1 {
        head.extend(shown.clone().map(|metric| format!("{} {against}", metric.title())));
    }
    let columns = vec![Align::Right; head.len()];
    let mut rows = vec![head];
    for (n, point) in curves[0].points.iter().enumerate() {
        let mut row = cells([&point.known]);
        for curve in curves {
            let found = curve.points[n].errors;
            row.extend(
                shown.clone().map(|metric| found.get(metric.id).map_or_else(String::new, error)),
            );
        }
        rows.push(row);
    }
    table("", &columns, &rows)
}
