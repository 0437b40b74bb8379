//! The global neighborhood model and the integrated model: against an implementation from the formulas,
//! and what must hold between them.

use std::sync::Arc;

use factorscope::models::{Axis, Model, Spec};
use serde_json::Value;

use crate::support::{SEED, parameter, reference, reference_set, small_sets, values};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn build(reference: &Value, run: &Value) -> Box<dyn Model> {
    let id = run["model"].as_str().unwrap();
    let (gammas, lambdas) = (&run["gammas"], &run["lambdas"]);
    let mut settings = vec![
        "order=stored".to_owned(),
        format!("neighbors={}", run["neighbors"]),
        format!("decay={}", run["decay"]),
        format!("gamma={}", gammas[0]),
        format!("lambda={}", lambdas[0]),
    ];
    if id == "neighborhood" {
        settings.extend([format!("gamma_2={}", gammas[2]), format!("lambda_2={}", lambdas[2])]);
    } else {
        settings.push(format!("factors={}", reference["factors"]));
        settings.push(format!("implicit={}", run["implicit"].as_str().unwrap()));
        for n in [1, 2] {
            settings.push(format!("gamma_{}={}", n + 1, gammas[n]));
            settings.push(format!("lambda_{}={}", n + 1, lambdas[n]));
        }
    }
    let spec = Spec::with(id, settings.iter().map(String::as_str)).unwrap();
    let mut model = spec.build(reference_set(), SEED);
    let places: Vec<_> = model.parameters().iter().map(|p| (p.name, p.columns, p.stride)).collect();
    for ((name, columns, stride), to) in places.into_iter().zip(model.values_mut()) {
        if let Some(rows) = reference["start"].get(name) {
            for (to, from) in to.chunks_exact_mut(stride).zip(rows.as_array().unwrap()) {
                for (to, from) in to[..columns].iter_mut().zip(from.as_array().unwrap()) {
                    *to = number(from) as f32;
                }
            }
        }
    }
    model
}

/// Every weight as (i, j, value), by item and neighbor. Where all pairs are kept they stand one item
/// after the other, each item's neighbors ascending.
fn pairs(model: &dyn Model, name: &str) -> Vec<(usize, usize, f32)> {
    let parameters = model.parameters();
    let p = parameters.iter().find(|p| p.name == name).unwrap();
    let of = p.of.unwrap();
    assert_eq!(of.len(), p.values.len());
    let (mut i, mut all) = (0, Vec::new());
    for (slot, (&j, &value)) in of.iter().zip(p.values).enumerate() {
        match p.axis {
            Axis::Item => i = slot / p.stride,
            _ => i += usize::from(slot > 0 && of[slot - 1] >= j),
        }
        if j != u32::MAX {
            all.push((i, j as usize, value));
        }
    }
    all.sort_by_key(|&(i, j, _)| (i, j));
    all
}

#[test]
fn both_models_have_the_parameters_and_terms_of_the_formulas_after_three_epochs() {
    let reference = reference("integrated.json");
    for run in reference["runs"].as_array().unwrap() {
        let mut model = build(&reference, run);
        for epoch in 0..reference["epochs"].as_u64().unwrap() {
            model.pass(epoch as usize);
        }
        let what = format!("{} {} {}", run["model"], run["neighbors"], run["implicit"]);
        let close = |found: f32, expected: f64, name: &str| {
            let apart = (f64::from(found) - expected).abs();
            assert!(
                apart <= 1e-4 * expected.abs() + 1e-7,
                "{what}, {name}: {found}, expected {expected}"
            );
        };
        for name in ["b_u", "b_i", "p_u", "q_i", "y_j"] {
            let Some(expected) = run.get(name) else { continue };
            let found = parameter(&*model, name);
            let rows = expected.as_array().unwrap();
            assert_eq!(found.len(), rows.len());
            for (found, expected) in found.iter().zip(rows) {
                match expected {
                    Value::Array(expected) => {
                        for (&found, expected) in found.iter().zip(expected) {
                            close(found, number(expected), name);
                        }
                    }
                    expected => close(found[0], number(expected), name),
                }
            }
        }
        for name in ["w_ij", "c_ij"] {
            let expected = run[name].as_array().unwrap();
            let found = pairs(&*model, name);
            assert_eq!(found.len(), expected.len(), "{what}: pairs of {name}");
            for (found, expected) in found.into_iter().zip(expected) {
                let index = |at: usize| expected[at].as_u64().unwrap() as usize;
                assert_eq!((found.0, found.1), (index(0), index(1)), "{what}, {name}");
                close(found.2, number(&expected[2]), name);
            }
        }
        for expected in run["predictions"].as_array().unwrap() {
            let expected = expected.as_array().unwrap();
            let index = |at: usize| expected[at].as_u64().unwrap() as usize;
            let terms = model.explain(index(0), index(1)).terms;
            assert_eq!(terms.len(), expected.len() - 2, "{what}");
            for (term, expected) in terms.iter().zip(&expected[2..]) {
                let apart = (f64::from(term.value) - number(expected)).abs();
                assert!(apart <= 1e-5, "{what}: {term:?}, expected {expected}");
            }
        }
    }
}

fn trained(spec: &Spec, train: &Arc<factorscope::data::Ratings>) -> Box<dyn Model> {
    let mut model = spec.build(Arc::clone(train), SEED);
    for epoch in 0..4 {
        model.pass(epoch);
    }
    model
}

#[test]
fn with_room_for_all_neighbors_the_truncated_sum_is_the_full_one() {
    for (name, train) in small_sets() {
        for id in ["neighborhood", "integrated"] {
            let spec = |neighbors: &str| Spec::with(id, [neighbors]).unwrap();
            let truncated = trained(&spec("neighbors=2000"), &train);
            let full = trained(&spec("neighbors=0"), &train);
            for u in 0..train.users() {
                for i in 0..train.items() {
                    let (a, b) = (truncated.predict(u, i), full.predict(u, i));
                    assert!((a - b).abs() < 1e-5, "{id} on the {name}: {u}, {i}: {a}, {b}");
                }
            }
            let kept = |model: &dyn Model| pairs(model, "w_ij").len();
            assert_eq!(kept(&*truncated), kept(&*full), "{id} on the {name}");
        }
    }
}

#[test]
fn only_neighbors_among_what_the_user_rated_take_part() {
    let train = reference_set();
    let spec = Spec::with("neighborhood", ["neighbors=6"]).unwrap();
    let model = trained(&spec, &train);
    let lists = pairs(&*model, "w_ij");
    for u in 0..train.users() {
        for i in 0..train.items() {
            let near = lists.iter().filter(|pair| pair.0 == i).map(|pair| pair.1);
            let expected: Vec<usize> = near.filter(|&j| train.get(u, j).is_some()).collect();
            let mut found: Vec<usize> =
                model.explain(u, i).because.iter().map(|because| because.0).collect();
            found.sort_unstable();
            assert_eq!(found, expected, "{u}, {i}");
            assert!(!found.contains(&i), "an item is no neighbor of itself");
        }
    }
}

#[test]
fn what_speaks_for_a_prediction_sums_to_the_terms_that_come_from_rated_items() {
    for (name, train) in small_sets() {
        let spec = Spec::with("integrated", ["gamma_3=0.05", "gamma_2=0.05", "sigma=0.3"]).unwrap();
        let model = trained(&spec, &train);
        for u in 0..train.users() {
            for i in 0..train.items() {
                let explanation = model.explain(u, i);
                let terms: f32 = explanation.terms[4..].iter().map(|term| term.value).sum();
                let shares: f32 = explanation.because.iter().map(|because| because.1).sum();
                assert!((terms - shares).abs() < 1e-5, "{name}: {u}, {i}: {terms}, {shares}");
                assert!(explanation.because.is_sorted_by(|a, b| a.1 >= b.1), "{name}: {u}, {i}");
                assert_eq!(explanation.because.len(), train.row(u).len());
            }
        }
    }
}

#[test]
fn with_the_slip_what_a_user_rated_shifts_all_items_alike() {
    for (name, train) in small_sets() {
        for (implicit, is_the_same) in [("user", true), ("item", false)] {
            let settings = ["gamma_2=0.05", "sigma=0.3", &format!("implicit={implicit}")];
            let model = trained(&Spec::with("integrated", settings).unwrap(), &train);
            let share = |u, i| model.explain(u, i).terms[4].value;
            for u in 0..train.users() {
                let all_alike = (1..train.items()).all(|i| share(u, i) == share(u, 0));
                assert_eq!(all_alike, is_the_same, "{implicit} on the {name}, user {u}");
            }
        }
    }
}

#[test]
fn rates_shrink_by_the_decay_from_epoch_to_epoch() {
    let train = reference_set();
    for id in ["neighborhood", "integrated"] {
        let decayed = Spec::with(id, ["decay=0.5"]).unwrap();
        let rates: Vec<String> = ["gamma", "gamma_2", "gamma_3"]
            .into_iter()
            .filter(|name| decayed.entry().hyperparameters.iter().any(|h| h.name == *name))
            .map(|name| format!("{name}={}", decayed.get(name) * 0.25))
            .chain(["decay=1".to_owned()])
            .collect();
        let steady = Spec::with(id, rates.iter().map(String::as_str)).unwrap();
        let after = |spec: &Spec| {
            let mut model = spec.build(Arc::clone(&train), SEED);
            model.pass(2);
            values(&*model)
        };
        assert_eq!(after(&decayed), after(&steady), "{id}");
    }
}
