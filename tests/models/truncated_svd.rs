//! Singular value decompositions against numpy's, and what has to hold of them.

use std::sync::Arc;

use factorscope::models::{Model, REGISTRY, Spec};
use factorscope::trace::Subject;
use serde_json::Value;

use crate::support::{
    SEED, parameter, reference, reference_set, set_values, small_sets, table, values, variants,
};

fn spec(settings: &[&str]) -> Spec {
    Spec::with("truncated-svd", settings.iter().copied()).unwrap()
}

fn every_variant(settings: &[(&str, &str)]) -> Vec<Spec> {
    let entry = REGISTRY.iter().find(|entry| entry.id == "truncated-svd").unwrap();
    let mut specs = variants(entry);
    for spec in &mut specs {
        for (name, value) in settings {
            spec.set(name, value).unwrap();
        }
    }
    specs
}

fn numbers(value: &Value) -> Vec<Vec<f64>> {
    let row = |row: &Value| match row {
        Value::Array(row) => row.iter().map(|x| x.as_f64().unwrap()).collect(),
        number => vec![number.as_f64().unwrap()],
    };
    value.as_array().unwrap().iter().map(row).collect()
}

/// The largest distance between numbers.
fn apart(found: &[Vec<f32>], expected: &[Vec<f64>]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let pairs = found.iter().flatten().zip(expected.iter().flatten());
    pairs.map(|(&a, &b)| (f64::from(a) - b).abs()).fold(0.0, f64::max)
}

fn trained(spec: &Spec, passes: usize) -> Box<dyn Model> {
    let mut model = spec.build(reference_set(), SEED);
    for epoch in 0..passes {
        model.pass(epoch);
    }
    model
}

fn predictions(model: &dyn Model, users: usize, items: usize) -> Vec<Vec<f32>> {
    (0..users).map(|u| (0..items).map(|i| model.predict(u, i)).collect()).collect()
}

#[test]
fn the_plain_forms_have_numpys_singular_triples_and_its_error() {
    for expected in reference("truncated_svd.json")["plain"].as_array().unwrap() {
        let fill = format!("fill={}", expected["fill"].as_str().unwrap());
        let factors = format!("factors={}", expected["factors"]);
        let model = trained(&spec(&[&fill, &factors]), 200);
        let vectors = |name: &str| apart(&parameter(&*model, name), &numbers(&expected[name]));
        let (p, q) = (vectors("p_u"), vectors("q_i"));
        let sigma = &parameter(&*model, "sigma")[0];
        let sigma: Vec<Vec<f32>> = sigma.iter().map(|&x| vec![x]).collect();
        let s = apart(&sigma, &numbers(&expected["sigma"]));
        println!("{fill}: p_u within {p:.1e}, q_i {q:.1e}, sigma {s:.1e}");
        assert!(p < 2e-6 && q < 2e-6, "{fill}: {p}, {q}");
        assert!(s < 1e-5, "{fill}: {s}");
        let (found, error) = (model.objective(), expected["objective"].as_f64().unwrap());
        assert!((found - error).abs() < 1e-5 * error, "{fill}: {found}, {error}");
    }
}

#[test]
fn refilling_ends_where_numpy_ends_that_decomposes_the_whole_matrix_each_time() {
    for expected in reference("truncated_svd.json")["refilled"].as_array().unwrap() {
        let fill = format!("fill={}", expected["fill"].as_str().unwrap());
        let factors = format!("factors={}", expected["factors"]);
        let lambda = format!("lambda={}", expected["lambda"]);
        let settings = ["refill=yes", &fill, &factors, &lambda];
        let model = trained(&spec(&settings), 3000);
        let expected_cells = numbers(&expected["predictions"]);
        let found = predictions(&*model, expected_cells.len(), expected_cells[0].len());
        let worst = apart(&found, &expected_cells);
        println!("{settings:?}: predictions within {worst:.1e}");
        assert!(worst < 1e-3, "{settings:?}: {worst}");
        let (found, error) = (model.objective(), expected["objective"].as_f64().unwrap());
        assert!((found - error).abs() < 1e-5 * error, "{settings:?}: {found}, {error}");
    }
}

#[test]
fn the_vectors_are_orthonormal_after_every_pass_and_the_singular_values_fall() {
    let settings = [("factors", "3"), ("lambda", "0.5")];
    for (name, train) in small_sets() {
        for spec in every_variant(&settings) {
            let mut model = spec.build(Arc::clone(&train), SEED);
            for epoch in 0..6 {
                model.pass(epoch);
                let sigma = &parameter(&*model, "sigma")[0];
                assert!(sigma.is_sorted_by(|a, b| a >= b), "{spec} on the {name}: {sigma:?}");
                for side in ["p_u", "q_i"] {
                    let rows = parameter(&*model, side);
                    for a in 0..3 {
                        for b in 0..3 {
                            let products = rows.iter().map(|x| f64::from(x[a]) * f64::from(x[b]));
                            let product: f64 = products.sum();
                            let expected = f64::from(u8::from(a == b && sigma[a] > 0.0));
                            assert!(
                                (product - expected).abs() < 1e-5,
                                "{spec} on the {name}, {side}, {a} and {b}: {product}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_change_of_basis_leaves_every_prediction_and_does_not_raise_the_objective() {
    let train = reference_set();
    for spec in every_variant(&[("factors", "3"), ("lambda", "0.5")]) {
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut changes = 0;
        for epoch in 0..2 {
            for n in 0..model.steps() {
                let before = predictions(&*model, train.users(), train.items());
                let objective = model.objective();
                let step = model.step(epoch, n);
                // In the first epoch a refilling model still learns from the fill.
                let own = epoch > 0 || spec.word("refill") == Some("no");
                assert!(!own || model.objective() <= objective + 1e-4, "{spec}, step {n}");
                if let Subject::Vectors(_) = step.subject {
                    changes += 1;
                    let after = predictions(&*model, train.users(), train.items());
                    for (a, b) in before.iter().flatten().zip(after.iter().flatten()) {
                        assert!((a - b).abs() < 1e-5, "{spec}, step {n}: {a}, then {b}");
                    }
                }
            }
        }
        assert_eq!(changes, 4, "{spec}");
    }
}

#[test]
fn a_step_with_refilling_tells_the_gradient_of_its_objective_and_goes_down_it() {
    const WIDTH: f32 = 0.0625;
    let train = reference_set();
    let settings = [("factors", "3"), ("lambda", "0.5"), ("refill", "yes")];
    for spec in every_variant(&settings) {
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut probe = spec.build(Arc::clone(&train), SEED);
        let strides: Vec<usize> = model.parameters().iter().map(|p| p.stride).collect();
        model.pass(0);
        for n in 0..model.steps() {
            let state = values(&*model);
            let step = model.step(1, n);
            for update in &step.updates {
                let mut beside = |by: f32| {
                    let mut state = state.clone();
                    let at = update.row * strides[update.parameter] + update.column;
                    state[update.parameter][at] += by;
                    set_values(&mut *probe, &state);
                    (f64::from(state[update.parameter][at]), probe.step(1, n).objective)
                };
                let ((x0, y0), (x1, y1)) = (beside(-WIDTH), beside(WIDTH));
                let slope = 0.5 * (y1 - y0) / (x1 - x0);
                let gradient = f64::from(update.gradient);
                assert!(
                    (gradient - slope).abs() <= 1e-4 * (1.0 + slope.abs()),
                    "{spec}, step {n}: {update:?}, by differences {slope}"
                );
                let moved = f64::from(update.after - update.before);
                let vectors = matches!(step.subject, Subject::Vectors(_));
                assert!(vectors || moved * gradient <= 1e-9, "{spec}, step {n}: {update:?}");
            }
        }
    }
}

#[test]
fn a_matrix_of_rank_one_has_one_singular_value_and_no_error() {
    let train = table(&[[2.0, 4.0, 1.0], [1.0, 2.0, 0.5], [3.0, 6.0, 1.5], [4.0, 8.0, 2.0]]);
    let mut model = spec(&["fill=zeros", "factors=3"]).build(Arc::clone(&train), SEED);
    for epoch in 0..3 {
        model.pass(epoch);
    }
    // sqrt(1 + 4 + 9 + 16) * sqrt(1 + 4 + 0.25), each row being a multiple of (1, 2, 0.5).
    let expected = (30.0_f64 * 5.25).sqrt();
    let sigma = &parameter(&*model, "sigma")[0];
    assert!((f64::from(sigma[0]) - expected).abs() < 1e-5, "{sigma:?}");
    assert_eq!(sigma[1..], [0.0, 0.0]);
    assert!(model.objective() < 1e-10);
    for u in 0..4 {
        for i in 0..3 {
            assert!((model.predict(u, i) - train.get(u, i).unwrap()).abs() < 1e-5);
        }
    }
}

#[test]
fn another_seed_leads_to_the_same_decomposition() {
    let of = |seed| {
        let mut model = spec(&["factors=2"]).build(reference_set(), seed);
        for epoch in 0..100 {
            model.pass(epoch);
        }
        predictions(&*model, 12, 15)
    };
    for (a, b) in of(1).iter().flatten().zip(of(2).iter().flatten()) {
        assert!((a - b).abs() < 1e-5, "{a}, {b}");
    }
}
