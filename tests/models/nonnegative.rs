//! Nonnegative matrix factorization: against formulas and scikit-learn, what multiplying does to the
//! objective, and that nothing becomes negative.

use std::sync::Arc;

use factorscope::models::{Learning, Model, Spec, entry};
use factorscope::trace::Subject;
use serde_json::Value;

use crate::reference::{compare, setting, start};
use crate::support::{
    SEED, parameter, ratings, reference, reference_set, set_values, set_where_known, small_sets,
    values, variants,
};

fn spec(reference: &Value, method: &str, run: &Value) -> Spec {
    let biases = if run["biased"] == true { "yes" } else { "no" };
    let mut settings = vec![
        format!("method={method}"),
        format!("biases={biases}"),
        setting("factors", &reference["factors"]),
        setting("lambda", &reference["lambda"]),
        setting("lambda_b", &reference["lambda_b"]),
        "order=stored".to_owned(),
    ];
    if method == "sgd" {
        settings.push(setting("gamma", &run["gamma"]));
    }
    Spec::with("nmf", settings.iter().map(String::as_str)).unwrap()
}

#[test]
fn multiplying_gives_the_parameters_and_objectives_of_the_formulas_after_each_pass() {
    let reference = reference("nonnegative.json");
    for run in reference["multiplicative"].as_array().unwrap() {
        let spec = spec(&reference, "multiplicative", run);
        let mut model = spec.build(reference_set(), SEED);
        start(&mut *model, &reference["start"]);
        let objective = |model: &dyn Model, expected: &Value| {
            let (found, expected) = (model.objective(), expected.as_f64().unwrap());
            assert!((found - expected).abs() < 1e-5 * expected, "{spec}: {found}, {expected}");
        };
        objective(&*model, &run["objective_before"]);
        for (epoch, state) in run["passes"].as_array().unwrap().iter().enumerate() {
            model.pass(epoch);
            compare(&*model, state, &run["mu"], &format!("{spec}, pass {epoch}"));
            objective(&*model, &state["objective"]);
        }
    }
}

#[test]
fn multiplying_on_a_full_table_gives_the_vectors_of_scikit_learn() {
    let reference = reference("nonnegative.json");
    let full = &reference["full"];
    let spec = spec(&reference, "multiplicative", &Value::Null);
    let mut model = spec.build(ratings(&full["ratings"]), SEED);
    start(&mut *model, &full["start"]);
    for epoch in 0..reference["passes"].as_u64().unwrap() {
        model.pass(epoch as usize);
    }
    compare(&*model, full, &Value::from(0.0), &spec.to_string());
}

#[test]
fn descending_cuts_at_zero_as_the_formulas_say() {
    let reference = reference("nonnegative.json");
    let runs = reference["sgd"].as_array().unwrap();
    for run in runs {
        let spec = spec(&reference, "sgd", run);
        let mut model = spec.build(reference_set(), SEED);
        start(&mut *model, &reference["start"]);
        for epoch in 0..reference["passes"].as_u64().unwrap() {
            model.pass(epoch as usize);
        }
        compare(&*model, run, &run["mu"], &spec.to_string());
    }
    let cut = runs.iter().map(|run| run["cut"].as_u64().unwrap());
    assert!(cut.max() > Some(100), "the reference cuts nothing");
}

#[test]
fn no_component_is_ever_negative() {
    for (name, train) in small_sets() {
        for mut spec in variants(Spec::new("nmf").unwrap().entry()) {
            // Rates and starts so large that descending would overshoot zero.
            set_where_known(&mut spec, &[("gamma", "0.05"), ("sigma", "0.5"), ("factors", "5")]);
            let mut model = spec.build(Arc::clone(&train), SEED);
            let mut zeros = 0;
            for epoch in 0..20 {
                for n in 0..model.steps() {
                    model.step(epoch, n);
                    for vectors in ["p_u", "q_i"] {
                        let all = parameter(&*model, vectors);
                        assert!(all.iter().flatten().all(|&x| x >= 0.0), "{spec}, {name}");
                    }
                }
            }
            for update in model.step(20, 0).updates {
                zeros += usize::from(update.before == 0.0);
            }
            let sums = parameter(&*model, "p_u").concat().iter().sum::<f32>();
            assert!(sums > 0.0, "{spec}, {name}: {zeros} zeros and nothing else");
        }
    }
}

/// Both variants that multiply, small. (Refilling lessens its objective too, but not step by step.)
fn lessening() -> Vec<Spec> {
    let mut specs = variants(entry("nmf").unwrap());
    specs.retain(|spec| spec.learning() == Learning::Lessening);
    for spec in &mut specs {
        set_where_known(spec, &[("factors", "3"), ("lambda", "0.4"), ("sigma", "0.5")]);
    }
    assert!(!specs.is_empty());
    specs
}

#[test]
fn no_lessening_step_raises_the_objective() {
    for (name, train) in small_sets() {
        for spec in lessening() {
            let mut model = spec.build(Arc::clone(&train), SEED);
            let start = model.objective();
            let mut before = start;
            for epoch in 0..20 {
                for n in 0..model.steps() {
                    let own = model.step(epoch, n).objective;
                    let after = model.objective();
                    // Sums of single-precision terms agree to their rounding.
                    let rounding = 2e-6 * before;
                    assert!(after <= before + rounding, "{spec}, {name}: {before}, then {after}");
                    assert!(own >= before - after - rounding, "{spec}, {name}: {own} is all");
                    before = after;
                }
            }
            assert!(before < 0.99 * start, "{spec}, {name}: {start}, then {before}");
        }
    }
}

#[test]
fn a_multiplied_component_is_a_step_down_the_gradient_with_its_own_rate() {
    let train = reference_set();
    for spec in lessening() {
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut probe = spec.build(Arc::clone(&train), SEED);
        let strides: Vec<usize> = model.parameters().iter().map(|p| p.stride).collect();
        model.pass(0);
        for n in 0..model.steps() {
            let mut state = values(&*model);
            let step = model.step(1, n);
            assert!(!matches!(step.subject, Subject::Rating(_)));
            let mut sums = step.terms.chunks_exact(2);
            // The bias first, where there is one; then all components at once, given the new bias.
            for together in step.updates.chunk_by(|a, b| a.parameter == b.parameter) {
                let before = state.clone();
                for update in together {
                    let at = update.row * strides[update.parameter] + update.column;
                    let mut half = |by: f32| {
                        let mut beside = before.clone();
                        beside[update.parameter][at] += by;
                        set_values(&mut *probe, &beside);
                        (f64::from(beside[update.parameter][at]), 0.5 * probe.objective())
                    };
                    let ((x0, y0), (x1, y1)) = (half(-0.0625), half(0.0625));
                    let (slope, gradient) = ((y1 - y0) / (x1 - x0), f64::from(update.gradient));
                    assert!(
                        (slope - gradient).abs() <= 3e-4 * (1.0 + gradient.abs()),
                        "{spec}, step {n}: {update:?}, by differences {slope}"
                    );
                    if update.parameter >= 3 {
                        let pair = sums.next().unwrap();
                        let (up, down) = (pair[0].value, pair[1].value);
                        if update.before == 0.0 {
                            assert_eq!(update.after, 0.0, "zero stays zero");
                            continue;
                        }
                        assert_eq!(update.after, update.before * up / down);
                        let rate = update.before / down;
                        let stepped = update.before - rate * update.gradient;
                        assert!((stepped - update.after).abs() < 1e-5, "{spec}: {update:?}");
                    }
                    state[update.parameter][at] = update.after;
                }
            }
            assert!(sums.next().is_none());
            assert_eq!(state, values(&*model), "{spec}, step {n}");
        }
    }
}

#[test]
fn without_biases_every_addend_of_a_prediction_is_at_least_zero() {
    let spec = Spec::with("nmf", ["biases=no", "factors=4"]).unwrap();
    for (name, train) in small_sets() {
        let mut model = spec.build(Arc::clone(&train), SEED);
        for epoch in 0..10 {
            model.pass(epoch);
        }
        let (p, q) = (parameter(&*model, "p_u"), parameter(&*model, "q_i"));
        for u in 0..train.users() {
            for i in 0..train.items() {
                let addends: Vec<f32> = p[u].iter().zip(&q[i]).map(|(p, q)| p * q).collect();
                assert!(addends.iter().all(|&x| x >= 0.0));
                let apart = addends.iter().sum::<f32>() - model.predict(u, i);
                assert!(apart.abs() < 1e-5, "{name}: {u}, {i}");
            }
        }
    }
}
