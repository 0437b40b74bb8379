//! Fingerprints and a chart as they were: they guard against change and prove nothing.
//!
//! `FACTORSCOPE_BLESS=1 cargo test --test models golden` writes both files anew.

use std::env;
use std::fs;

use factorscope::chart::{Draw, Lines, Series, WIDE};
use factorscope::data::{simulation, split, toy};
use factorscope::models::{Entry, Kind, REGISTRY, Spec, fingerprint};
use serde::{Deserialize, Serialize};

use crate::support::{SEED, has, reference_path};

const FINGERPRINTS: &str = "fingerprints.json";
const CHART: &str = "loss.svg";

/// Everything that repeats a run, here or in a browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Run {
    /// `simulation` or `toy`.
    data: String,
    /// The seed of the simulation; nothing for the toy.
    seed_data: Option<u64>,
    model: String,
    /// Each `name=value`; what is not named stands at its default.
    settings: Vec<String>,
    /// `everything`, or the share held back at random.
    split: String,
    /// Of split, start values and order of visits.
    seed: u64,
    /// Passes done.
    epochs: usize,
    fingerprint: String,
}

impl Run {
    fn on_simulation(entry: &Entry, settings: Vec<String>) -> Self {
        Self {
            data: "simulation".to_owned(),
            seed_data: Some(SEED),
            model: entry.id.to_owned(),
            settings,
            split: "0.2".to_owned(),
            seed: SEED,
            epochs: 3,
            fingerprint: String::new(),
        }
    }

    fn on_toy(entry: &Entry, settings: Vec<String>) -> Self {
        Self {
            data: "toy".to_owned(),
            seed_data: None,
            split: "everything".to_owned(),
            epochs: 20,
            ..Self::on_simulation(entry, settings)
        }
    }

    /// Trains, and sets the fingerprint.
    fn train(mut self) -> Self {
        let ratings = match (&*self.data, self.seed_data) {
            ("simulation", Some(seed)) => simulation::simulate(seed).dataset.ratings,
            ("toy", None) => toy::toy().ratings,
            other => panic!("no data {other:?}"),
        };
        let split = match &*self.split {
            "everything" => split::everything(&ratings),
            share => split::holdout(&ratings, share.parse().unwrap(), self.seed),
        };
        let spec = Spec::with(&self.model, self.settings.iter().map(String::as_str)).unwrap();
        let mut model = spec.build(split.train, self.seed);
        for epoch in 0..self.epochs {
            model.pass(epoch);
        }
        self.fingerprint = fingerprint(&*model);
        self
    }
}

/// Each model at its defaults, with each single choice made differently, and on the toy
/// where it has all that the model needs.
fn runs(entry: &Entry) -> Vec<Run> {
    let small = |factors: u32| {
        let factors = has(entry, "factors").then(|| format!("factors={factors}"));
        Vec::from_iter(factors)
    };
    let mut runs = vec![Run::on_simulation(entry, Vec::new())];
    for h in entry.hyperparameters {
        let Kind::Choice(words) = h.kind else {
            continue;
        };
        for word in words.iter().filter(|&&word| h.word(h.default) != Some(word)) {
            let mut settings = small(10);
            settings.push(format!("{}={word}", h.name));
            runs.push(Run::on_simulation(entry, settings));
        }
    }
    if Spec::new(entry.id).unwrap().check(&toy::toy().ratings).is_ok() {
        runs.push(Run::on_toy(entry, small(2)));
    }
    runs
}

fn blessing() -> bool {
    env::var_os("FACTORSCOPE_BLESS").is_some_and(|value| value == "1")
}

#[test]
fn fingerprints_are_those_of_earlier_versions() {
    let found: Vec<Run> = REGISTRY.iter().flat_map(runs).map(Run::train).collect();
    let path = reference_path(FINGERPRINTS);
    if blessing() {
        let text = serde_json::to_string_pretty(&found).unwrap();
        fs::write(&path, text + "\n").unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let expected: Vec<Run> = serde_json::from_str(&text).unwrap();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len(), "number of runs");
}

#[test]
fn a_loss_chart_has_the_bytes_of_earlier_versions() {
    let line = |color, points: &[f64]| Series {
        color,
        points: points.iter().enumerate().map(|(x, &y)| (x as f64, y)).collect(),
    };
    let chart = Lines {
        x_label: "epoch".to_owned(),
        y_label: "RMSE".to_owned(),
        series: vec![
            line((0x1f, 0x6f, 0xb2), &[1.0425, 0.9121, 0.8807, 0.8581, 0.8333]),
            line((0xd9, 0x5f, 0x02), &[1.0501, 0.9314, 0.9079, 0.8961, 0.8902]),
        ],
        x_at_least: 10.0,
        x_log: false,
    };
    let found = chart.svg(WIDE).unwrap().svg;
    let path = reference_path(CHART);
    if blessing() {
        fs::write(&path, &found).unwrap();
    }
    assert_eq!(found, fs::read_to_string(&path).unwrap());
}
