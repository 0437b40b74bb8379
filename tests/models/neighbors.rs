//! The neighborhood models against their formulas in another language, and against themselves.

use std::sync::Arc;

use factorscope::models::interpolated::InterpolatedKnn;
use factorscope::models::knn::Knn;
use factorscope::models::{Model, Spec, own};
use factorscope::trace::Subject;
use serde_json::Value;

use crate::support::{SEED, bits, parameter, reference, reference_set, small_sets, table};

const X: f32 = f32::NAN;

fn matrix(value: &Value) -> Vec<Vec<f64>> {
    let row = |row: &Value| row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    value.as_array().unwrap().iter().map(row).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn close(found: f32, expected: f64, what: &str) {
    let apart = (f64::from(found) - expected).abs();
    assert!(apart <= 2e-5 * (1.0 + expected.abs()), "{what}: {found}, expected {expected}");
}

fn trained(id: &str, settings: &[String]) -> Box<dyn Model> {
    let spec = Spec::with(id, settings.iter().map(String::as_str)).unwrap();
    let mut model = spec.build(reference_set(), SEED);
    model.pass(0);
    model
}

fn as_knn(model: &dyn Model) -> &Knn {
    own(model).unwrap()
}

fn as_interpolated(model: &dyn Model) -> &InterpolatedKnn {
    own(model).unwrap()
}

/// The settings that all runs of the reference share.
fn common(reference: &Value) -> Vec<String> {
    let set = |name: &str, key: &str| format!("{name}={}", reference[key].as_f64().unwrap());
    vec![
        set("lambda", "lambda"),
        set("lambda_2", "lambda_2"),
        set("support", "support"),
        set("neighbors", "k"),
        "kept=15".into(),
    ]
}

#[test]
fn similarities_and_predictions_are_those_of_the_formulas() {
    let reference = reference("neighbors.json");
    for run in reference["runs"].as_array().unwrap() {
        let id = run["model"].as_str().unwrap();
        let mut settings = common(&reference);
        settings.push(format!("similarity={}", run["measure"].as_str().unwrap()));
        settings.push(format!("power={}", run["power"].as_f64().unwrap()));
        settings.push(format!("lambda_3={}", run["lambda_3"].as_f64().unwrap()));
        let model = trained(id, &settings);
        let what = format!("{id} {settings:?}");
        for (name, key) in [("b_u", "b_u"), ("b_i", "b_i")] {
            let found = parameter(&*model, name);
            for (found, expected) in found.iter().zip(numbers(&reference[key])) {
                close(found[0], expected, &what);
            }
        }
        for (row, expected) in matrix(&run["s"]).into_iter().enumerate() {
            let found: Vec<(usize, f32)> = as_knn(&*model).similar(row).collect();
            assert!(found.is_sorted_by(|a, b| a.1 > b.1 || a.1 == b.1 && a.0 < b.0), "{what}");
            assert_eq!(found.len(), expected.iter().filter(|&&s| s > 0.0).count(), "{what}");
            for (other, s) in found {
                close(s, expected[other], &what);
            }
        }
        for (u, row) in matrix(&run["predictions"]).into_iter().enumerate() {
            for (i, expected) in row.into_iter().enumerate() {
                close(model.predict(u, i), expected, &format!("{what}: {u}, {i}"));
            }
        }
    }
}

#[test]
fn interpolation_weights_solve_the_system_of_the_formulas() {
    let reference = reference("neighbors.json");
    let expected = &reference["interpolation"];
    for weights in ["any", "nonnegative"] {
        let mut settings = common(&reference);
        settings.push(format!("beta={}", reference["beta"].as_f64().unwrap()));
        settings.push(format!("weights={weights}"));
        let model = trained("interpolated-knn", &settings);
        for case in expected["cases"].as_array().unwrap() {
            let index = |key: &str| case[key].as_u64().unwrap() as usize;
            let (u, i) = (index("u"), index("i"));
            let found = as_interpolated(&*model).interpolation(u, i);
            let what = format!("{weights}: {u}, {i}");
            let ids: Vec<f64> = found.neighbors.iter().map(|&(j, ..)| j as f64).collect();
            assert_eq!(ids, numbers(&case["neighbors"]), "{what}");
            let matrix: Vec<f64> = matrix(&case["matrix"]).concat();
            for (found, expected) in found.system.matrix.iter().zip(matrix) {
                close(*found, expected, &what);
            }
            for (found, expected) in found.system.right.iter().zip(numbers(&case["right"])) {
                close(*found, expected, &what);
            }
            let theta = found.system.solution.unwrap();
            assert_eq!(theta.len(), ids.len(), "{what}");
            for (found, expected) in theta.iter().zip(numbers(&case[weights])) {
                close(*found, expected, &what);
            }
        }
        for (u, row) in matrix(&expected[weights]).into_iter().enumerate() {
            for (i, expected) in row.into_iter().enumerate() {
                close(model.predict(u, i), expected, &format!("{weights}: {u}, {i}"));
            }
        }
    }
}

#[test]
fn what_is_told_of_one_pair_has_the_bits_of_the_pass() {
    for (name, train) in small_sets() {
        for id in ["item-knn", "user-knn"] {
            for measure in ["pearson-baseline", "pearson", "cosine", "msd"] {
                let similarity = format!("similarity={measure}");
                let spec = Spec::with(id, [similarity.as_str(), "support=2"]).unwrap();
                let mut model = spec.build(Arc::clone(&train), SEED);
                model.pass(0);
                let knn = as_knn(&*model);
                for row in 0..if id == "item-knn" { train.items() } else { train.users() } {
                    for (other, s) in knn.similar(row) {
                        let pair = knn.pair(row, other);
                        assert_eq!(pair.similarity.to_bits(), s.to_bits(), "{spec}, {name}");
                        assert_eq!(pair.raters.len() as f32, pair.shared.n);
                        let mirrored = knn.pair(other, row);
                        assert_eq!(mirrored.similarity.to_bits(), s.to_bits(), "{spec}, {name}");
                    }
                }
            }
        }
    }
}

#[test]
fn fewer_kept_are_the_first_of_more_kept() {
    let list = |kept: &str| {
        let spec = Spec::with("item-knn", [kept, "support=2"]).unwrap();
        let mut model = spec.build(reference_set(), SEED);
        model.pass(0);
        let rows = 0..model.steps();
        rows.map(|row| as_knn(&*model).similar(row).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let (few, many) = (list("kept=3"), list("kept=1000"));
    assert!(many.iter().any(|row| row.len() > 3));
    for (few, many) in few.iter().zip(&many) {
        assert_eq!(few[..], many[..many.len().min(3)]);
    }
}

#[test]
fn what_speaks_for_a_prediction_sums_to_the_neighbors_term() {
    for (name, train) in small_sets() {
        for id in ["item-knn", "interpolated-knn"] {
            let spec = Spec::with(id, ["support=2"]).unwrap();
            let mut model = spec.build(Arc::clone(&train), SEED);
            model.pass(0);
            for u in 0..train.users() {
                for i in 0..train.items() {
                    let explanation = model.explain(u, i);
                    let shares = explanation.because.iter().map(|&(_, share)| share);
                    let apart = shares.sum::<f32>() - explanation.terms[3].value;
                    assert!(apart.abs() < 1e-5, "{spec} on the {name}: {u}, {i}");
                    let is_rated = |&(j, _): &(usize, f32)| j != i && train.get(u, j).is_some();
                    assert!(explanation.because.iter().all(is_rated), "{spec} on the {name}");
                    assert!(explanation.because.is_sorted_by(|a, b| a.1 >= b.1), "{spec}");
                }
            }
        }
    }
}

#[test]
fn a_step_counts_one_row_and_leaves_the_others() {
    let train = reference_set();
    for id in ["item-knn", "user-knn", "interpolated-knn"] {
        let spec = Spec::with(id, ["support=2"]).unwrap();
        let mut model = spec.build(Arc::clone(&train), SEED);
        for n in 0..model.steps() {
            let before = bits(&*model);
            let step = model.step(0, n);
            match step.subject {
                Subject::Item(i) => assert_eq!((i, id != "user-knn"), (n, true)),
                Subject::User(u) => assert_eq!((u, id), (n, "user-knn")),
                _ => panic!("a step of {id} is about a row"),
            }
            assert!(step.updates.iter().all(|update| update.row == n && update.after > 0.0));
            let after = bits(&*model);
            let changed = before[3].iter().zip(&after[3]).filter(|(a, b)| a != b).count();
            assert_eq!(changed, step.updates.len());
            assert_eq!(before[..3], after[..3]);
        }
    }
}

#[test]
fn shrinking_the_denominator_without_end_leaves_the_baseline() {
    let train = reference_set();
    let plain = Spec::with("item-knn", ["power=1", "lambda_3=0", "support=2"]).unwrap();
    let shrunk = Spec::with("item-knn", ["power=1", "lambda_3=10", "support=2"]).unwrap();
    let (mut plain, mut shrunk) =
        (plain.build(Arc::clone(&train), SEED), shrunk.build(Arc::clone(&train), SEED));
    plain.pass(0);
    shrunk.pass(0);
    let mut less = 0;
    for u in 0..train.users() {
        for i in 0..train.items() {
            let term = |model: &dyn Model| model.explain(u, i).terms[3].value.abs();
            assert!(term(&*shrunk) <= term(&*plain));
            less += usize::from(term(&*shrunk) < term(&*plain));
        }
    }
    assert!(less > 50);
}

#[test]
fn nonnegative_weights_are_not_negative_and_leave_no_better_direction() {
    let train = reference_set();
    let settings = ["weights=nonnegative", "support=2", "beta=0.5", "neighbors=8"];
    let mut model = Spec::with("interpolated-knn", settings).unwrap().build(train, SEED);
    model.pass(0);
    let mut held = 0;
    for u in 0..12 {
        for i in 0..15 {
            let found = as_interpolated(&*model).interpolation(u, i);
            let n = found.neighbors.len();
            let x = found.system.solution.unwrap();
            assert!(x.iter().all(|&x| x >= 0.0));
            for row in 0..n {
                let products = (0..n).map(|l| found.system.matrix[row * n + l] * x[l]);
                let slope = products.sum::<f32>() - found.system.right[row];
                // The optimality conditions: no slope where free, none downhill where held at zero.
                if x[row] > 1e-4 {
                    assert!(slope.abs() < 1e-3, "{u}, {i}: {slope}");
                } else {
                    assert!(slope > -1e-3, "{u}, {i}: {slope}");
                    held += 1;
                }
            }
        }
    }
    assert!(held > 0);
}

#[test]
fn products_of_too_few_users_still_give_finite_weights() {
    // Without shrinkage the system of two equal items has no unique solution.
    let train = table(&[[4.0, 4.0, 2.0], [1.0, 1.0, 5.0], [3.0, 3.0, X], [5.0, 5.0, 1.0]]);
    for weights in ["weights=any", "weights=nonnegative"] {
        let settings = [weights, "beta=0", "support=1", "lambda_2=0"];
        let mut model =
            Spec::with("interpolated-knn", settings).unwrap().build(Arc::clone(&train), 1);
        model.pass(0);
        for u in 0..4 {
            for i in 0..3 {
                assert!(model.predict(u, i).is_finite(), "{weights}: {u}, {i}");
            }
        }
    }
}
