//! The models against implementations that share no code with them; see tests/reference/README.md.

use std::sync::Arc;

use factorscope::models::{Model, Spec};
use serde_json::Value;

use crate::support::{SEED, ratings, reference, reference_set};

/// How far a parameter may be from its reference value, relative to it. One that is 0 must be 0.
const RELATIVE: f64 = 1e-4;

pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}

/// Puts a model at given start values, each under the parameter's name.
pub fn start(model: &mut dyn Model, values: &Value) {
    let found = model.parameters();
    let shapes: Vec<_> = found.iter().map(|p| (p.name, p.columns, p.stride)).collect();
    let mut given = 0;
    for ((name, columns, stride), to) in shapes.into_iter().zip(model.values_mut()) {
        let Some(from) = values.get(name) else {
            continue;
        };
        given += 1;
        let from = numbers(from);
        assert_eq!(from.len() / columns, to.len() / stride, "rows of {name}");
        for (to, from) in to.chunks_exact_mut(stride).zip(from.chunks_exact(columns)) {
            for (to, &from) in to.iter_mut().zip(from) {
                *to = from as f32;
                // Up to how the JSON was read.
                let apart = (f64::from(*to) - from).abs();
                assert!(apart <= 1e-15, "a start value has 32 bits");
            }
        }
    }
    assert_eq!(given, values.as_object().unwrap().len(), "start values");
}

/// Every parameter that the reference holds, compared one number at a time; all of the model's
/// parameters must be there. Returns the largest relative distance.
pub fn compare(model: &dyn Model, expected: &Value, mu: &Value, what: &str) -> f64 {
    compare_above(0.0, model, expected, mu, what)
}

/// The same where numbers nearer to 0 than `floor` need to be no closer than one of that size.
pub fn compare_above(
    floor: f64,
    model: &dyn Model,
    expected: &Value,
    mu: &Value,
    what: &str,
) -> f64 {
    let mut worst = 0.0_f64;
    for p in model.parameters() {
        let expected = if p.name == "mu" { mu } else { &expected[p.name] };
        let expected = numbers(expected);
        let found: Vec<f64> = p.rows().flatten().map(|&x| f64::from(x)).collect();
        assert_eq!(found.len(), expected.len(), "{what}: {}", p.name);
        for (at, (&found, &expected)) in found.iter().zip(&expected).enumerate() {
            let apart = (found - expected).abs();
            assert!(
                apart <= RELATIVE * expected.abs().max(floor),
                "{what}: {} at {at} is {found}, expected {expected}",
                p.name
            );
            if apart > 0.0 {
                worst = worst.max(apart / expected.abs().max(floor));
            }
        }
    }
    worst
}

pub fn setting(name: &str, value: &Value) -> String {
    format!("{name}={value}")
}

/// Runs a descending model from the given start values through the ratings as they are stored.
fn descends_as_surprise(id: &str, file: &str, has_biases: bool) {
    let reference = reference(file);
    let runs = reference["runs"].as_array().unwrap();
    assert!(!runs.is_empty());
    for run in runs {
        let mut settings = vec![
            setting("factors", &reference["factors"]),
            setting("gamma", &run["gamma"]),
            setting("lambda", &run["lambda"]),
            "order=stored".to_owned(),
        ];
        if has_biases {
            let biased = run["biased"].as_bool().unwrap();
            settings.push(format!("biases={}", if biased { "yes" } else { "no" }));
        }
        let spec = Spec::with(id, settings.iter().map(String::as_str)).unwrap();
        let mut model = spec.build(reference_set(), SEED);
        start(&mut *model, &reference["start"]);
        for epoch in 0..reference["epochs"].as_u64().unwrap() {
            model.pass(epoch as usize);
        }
        let worst = compare(&*model, run, &run["mu"], &spec.to_string());
        println!("{spec}: parameters within {worst:.1e}");
        let predictions = run["predictions"].as_array().unwrap();
        assert!(!predictions.is_empty());
        for prediction in predictions {
            let index = |at: usize| prediction[at].as_u64().unwrap() as usize;
            let expected = prediction[2].as_f64().unwrap();
            let found = f64::from(model.predict(index(0), index(1)));
            let apart = (found - expected).abs();
            assert!(apart <= 1e-5 * expected.abs().max(1.0), "{spec}: {found}, {expected}");
        }
    }
}

#[test]
fn svd_has_surprises_parameters_after_three_epochs() {
    descends_as_surprise("svd", "svd.json", true);
}

#[test]
fn svdpp_has_surprises_parameters_after_three_epochs() {
    descends_as_surprise("svdpp", "svdpp.json", false);
}

#[test]
fn als_has_the_parameters_and_the_objective_of_the_formulas_after_each_sweep() {
    let reference = reference("als.json");
    for run in reference["runs"].as_array().unwrap() {
        let settings = [
            setting("factors", &reference["factors"]),
            setting("lambda", &reference["lambda"]),
            format!("variant={}", run["variant"].as_str().unwrap()),
        ];
        let spec = Spec::with("als", settings.iter().map(String::as_str)).unwrap();
        let mut model = spec.build(reference_set(), SEED);
        start(&mut *model, &reference["start"]);
        let objective = |model: &dyn Model, expected: &Value| {
            let (found, expected) = (model.objective(), expected.as_f64().unwrap());
            assert!((found - expected).abs() < 1e-5 * expected, "{spec}: {found}, {expected}");
        };
        objective(&*model, &run["objective_before"]);
        for (epoch, sweep) in run["sweeps"].as_array().unwrap().iter().enumerate() {
            model.pass(epoch);
            let worst = compare(&*model, sweep, &run["mu"], &format!("{spec}, sweep {epoch}"));
            println!("{spec}, sweep {epoch}: parameters within {worst:.1e}");
            objective(&*model, &sweep["objective"]);
        }
    }
}

#[test]
fn the_baseline_is_the_means_and_the_regularized_least_squares() {
    for (name, data) in reference("baseline.json").as_object().unwrap() {
        let train = ratings(&data["ratings"]);
        let mut means =
            Spec::with("baseline", ["method=means"]).unwrap().build(Arc::clone(&train), SEED);
        means.pass(0);
        compare(&*means, &data["means"], &data["means"]["mu"], &format!("means, {name}"));
        for expected in data["regularized"].as_array().unwrap() {
            let lambda = setting("lambda", &expected["lambda"]);
            let spec = Spec::with("baseline", ["method=least-squares", &lambda]).unwrap();
            let mut model = spec.build(Arc::clone(&train), SEED);
            for epoch in 0..1000 {
                model.pass(epoch);
            }
            let worst = compare(&*model, expected, &expected["mu"], &format!("{spec}, {name}"));
            println!("{spec}, {name}: parameters within {worst:.1e}");
            let objective = expected["objective"].as_f64().unwrap();
            assert!((model.objective() - objective).abs() < 1e-5 * objective, "{spec}, {name}");
        }
    }
}
