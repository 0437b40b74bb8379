//! Confidences: weighted ratings, and implicit feedback over all cells.

use std::sync::Arc;

use factorscope::data::{Ids, Line, Rating, Ratings};
use factorscope::models::als::Als;
use factorscope::models::implicit_als::{ImplicitAls, Shortcut};
use factorscope::models::{Model, Spec, own};
use factorscope::trace::{Step, Subject};
use serde_json::Value;

use crate::reference::{compare_above, numbers, start};
use crate::support::{SEED, bits, parameter, reference, reference_set, small_sets, variants};

/// Some of these parameters come out near 0, as differences of larger ones.
const FLOOR: f64 = 0.01;

fn spec(id: &str, settings: &[&str]) -> Spec {
    Spec::with(id, settings.iter().copied()).unwrap()
}

fn close(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within * expected.abs(), "{found}, expected {expected}");
}

fn settings(reference: &Value, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{name}={}", reference[name])).collect()
}

fn with(id: &str, own: &[&str], shared: &[String]) -> Spec {
    Spec::with(id, own.iter().copied().chain(shared.iter().map(String::as_str))).unwrap()
}

#[test]
fn implicit_als_has_the_parameters_of_the_formula_over_all_cells() {
    let reference = reference("confidence.json");
    let shared = settings(&reference, &["factors", "lambda", "alpha", "epsilon"]);
    for run in reference["implicit"].as_array().unwrap() {
        let kind = format!("confidence={}", run["confidence"].as_str().unwrap());
        let mut model = with("implicit-als", &[&kind], &shared).build(reference_set(), SEED);
        start(&mut *model, &serde_json::json!({ "p_u": reference["start"]["p_u"] }));
        for (epoch, sweep) in run["sweeps"].as_array().unwrap().iter().enumerate() {
            model.pass(epoch);
            let worst = compare_above(
                FLOOR,
                &*model,
                sweep,
                &Value::Null,
                &format!("{kind}, sweep {epoch}"),
            );
            println!("{kind}, sweep {epoch}: parameters within {worst:.1e}");
            close(model.objective(), sweep["objective"].as_f64().unwrap(), 1e-5);
        }
        let told = &run["explained"];
        let [u, i] = ["u", "i"].map(|name| told[name].as_u64().unwrap() as usize);
        close(f64::from(model.predict(u, i)), told["prediction"].as_f64().unwrap(), 1e-4);
        let model = own::<ImplicitAls>(&*model).unwrap();
        let (shares, expected) = (model.shares(u, i), told["shares"].as_array().unwrap());
        assert_eq!(shares.len(), expected.len());
        for (share, expected) in shares.iter().zip(expected) {
            let expected = numbers(expected);
            assert_eq!(share.item as f64, expected[0]);
            close(f64::from(share.confidence), expected[1], 1e-6);
            let apart = (f64::from(share.similarity) - expected[2]).abs();
            assert!(apart < 1e-5, "{share:?}, expected {expected:?}");
        }
    }
}

/// The reference set with its times.
fn timed(reference: &Value) -> Arc<Ratings> {
    let all: Vec<Rating> = reference_set().iter().collect();
    let times: Vec<u32> = numbers(&reference["times"]).iter().map(|&t| t as u32).collect();
    let ids = |n| Arc::new(Ids::counting(n));
    Arc::new(Ratings::new(ids(12), ids(15), &all, Some(&times)).unwrap())
}

#[test]
fn weighted_als_has_the_parameters_of_the_weighted_formula() {
    let reference = reference("confidence.json");
    let shared = settings(&reference, &["factors", "lambda", "alpha"]);
    for run in reference["weighted"].as_array().unwrap() {
        let kind = format!("weights={}", run["weights"].as_str().unwrap());
        let mut model = with("confidence", &[&kind], &shared).build(timed(&reference), SEED);
        start(&mut *model, &reference["start"]);
        for (epoch, sweep) in run["sweeps"].as_array().unwrap().iter().enumerate() {
            model.pass(epoch);
            let worst =
                compare_above(FLOOR, &*model, sweep, &run["mu"], &format!("{kind}, sweep {epoch}"));
            println!("{kind}, sweep {epoch}: parameters within {worst:.1e}");
            close(model.objective(), sweep["objective"].as_f64().unwrap(), 1e-5);
        }
    }
}

#[test]
fn equal_confidences_are_als_to_the_last_bit() {
    let mut sets = small_sets();
    sets.push(("timed set", timed(&reference("confidence.json"))));
    for (name, train) in sets {
        let mut als = spec("als", &["factors=6"]).build(Arc::clone(&train), SEED);
        (0..3).for_each(|epoch| als.pass(epoch));
        for settings in [
            ["weights=equal", "alpha=2", "factors=6"],
            ["weights=recent", "alpha=0", "factors=6"],
            ["weights=crowded", "alpha=0", "factors=6"],
        ] {
            let mut model = spec("confidence", &settings).build(Arc::clone(&train), SEED);
            (0..3).for_each(|epoch| model.pass(epoch));
            assert_eq!(bits(&*model), bits(&*als), "{settings:?} on the {name}");
        }
    }
}

#[test]
fn recent_and_uncrowded_ratings_count_more() {
    // Two users: three ratings within a day and one two years later; one rating in between.
    let (day, year) = (86_400, 31_557_600);
    let of = |u, i| Rating { u, i, r: 3.0 };
    let rows = [of(0, 0), of(0, 1), of(0, 2), of(0, 3), of(1, 0)];
    let first = 10_000 * day;
    let times = [first, first + 60, first + day - 1, first + 2 * year, first + year];
    let ids = |n| Arc::new(Ids::counting(n));
    let train = Arc::new(Ratings::new(ids(2), ids(4), &rows, Some(&times)).unwrap());
    let weights = |settings: &[&str]| {
        let model = spec("confidence", settings).build(Arc::clone(&train), SEED);
        let als = own::<Als>(&*model).unwrap();
        als.weights().unwrap().to_vec()
    };
    let check = |found: &[f32], raw: [f64; 5]| {
        let mean = raw.iter().sum::<f64>() / 5.0;
        for (&found, raw) in found.iter().zip(raw) {
            close(f64::from(found), raw / mean, 1e-5);
        }
    };
    let third = 1.0 / f64::sqrt(3.0);
    check(&weights(&["weights=crowded", "alpha=0.5"]), [third, third, third, 1.0, 1.0]);
    let e = |years: f64| libm::exp(-0.7 * years);
    let near = |seconds: f64| e(2.0 - seconds / f64::from(year));
    let raw = [e(2.0), near(60.0), near(86_399.0), 1.0, e(1.0)];
    check(&weights(&["weights=recent", "alpha=0.7"]), raw);
}

#[test]
fn the_objective_of_implicit_als_is_the_sum_over_all_cells() {
    for (name, train) in small_sets() {
        for kind in ["confidence=linear", "confidence=log"] {
            let spec = spec("implicit-als", &[kind, "factors=4", "alpha=3", "lambda=0.7"]);
            let mut model = spec.build(Arc::clone(&train), SEED);
            model.pass(0);
            let (p, q) = (parameter(&*model, "p_u"), parameter(&*model, "q_i"));
            let dot = |u: usize, i: usize| {
                p[u].iter().zip(&q[i]).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>()
            };
            let mut sum = 0.0;
            for u in 0..train.users() {
                for i in 0..train.items() {
                    let r = train.get(u, i).map(f64::from);
                    let grown = |r: f64| if kind.ends_with("log") { libm::log(1.0 + r) } else { r };
                    let c = 1.0 + 3.0 * r.map_or(0.0, grown);
                    let wanted = if r.is_some() { 1.0 } else { 0.0 };
                    sum += c * (wanted - dot(u, i)) * (wanted - dot(u, i));
                }
            }
            let squares = p.iter().chain(&q).flatten().map(|&x| f64::from(x) * f64::from(x));
            sum += 0.7 * squares.sum::<f64>();
            assert!((model.objective() - sum).abs() < 1e-5 * sum, "{name}, {kind}");
        }
    }
}

/// The full system of one line, from its definition and in double precision, without any shortcut.
fn system_by_definition(
    train: &Ratings,
    model: &dyn Model,
    step: &Step,
    alpha: f64,
) -> (Vec<f64>, Vec<f64>) {
    let (line, held): (Line, _) = match step.subject {
        Subject::User(u) => (train.row(u), parameter(model, "q_i")),
        Subject::Item(i) => (train.column(i), parameter(model, "p_u")),
        _ => panic!("a step of implicit-als is about a user or an item"),
    };
    let f = held[0].len();
    let (mut matrix, mut right) = (vec![0.0; f * f], vec![0.0; f]);
    for (id, x) in held.iter().enumerate() {
        let r = line.iter().find(|&(other, _)| other == id).map(|(_, r)| f64::from(r));
        let c = 1.0 + alpha * r.unwrap_or(0.0);
        for a in 0..f {
            right[a] += if r.is_some() { c * f64::from(x[a]) } else { 0.0 };
            for b in 0..f {
                matrix[a * f + b] += c * f64::from(x[a]) * f64::from(x[b]);
            }
        }
    }
    (0..f).for_each(|a| matrix[a * f + a] += 0.5);
    (matrix, right)
}

#[test]
fn the_shortcut_gives_the_full_system_of_every_user_and_item() {
    let train = reference_set();
    let settings = ["factors=3", "lambda=0.5", "alpha=4", "confidence=linear"];
    let mut model = spec("implicit-als", &settings).build(Arc::clone(&train), SEED);
    model.pass(0);
    for n in 0..model.steps() {
        let step = model.step(1, n);
        let (matrix, right) = system_by_definition(&train, &*model, &step, 4.0);
        let system = step.system.unwrap();
        let pairs = system.matrix.iter().zip(&matrix).chain(system.right.iter().zip(&right));
        for (&found, &expected) in pairs {
            let apart = (f64::from(found) - expected).abs();
            assert!(apart < 1e-5 * (1.0 + expected.abs()), "step {n}: {found}, {expected}");
        }
        assert!(system.solution.is_some());
    }
}

#[test]
fn a_users_matrix_is_the_same_with_and_without_the_shortcut() {
    let (_, train) = small_sets().remove(2);
    let mut model = spec("implicit-als", &["factors=5"]).build(Arc::clone(&train), SEED);
    model.pass(0);
    let model = own::<ImplicitAls>(&*model).unwrap();
    let mut shortcut = Shortcut::new(model);
    for u in 0..train.users() {
        let (short, full) = (shortcut.short(u), shortcut.full(u));
        shortcut.share();
        assert_eq!(short.len(), 25);
        for (a, b) in short.iter().zip(&full) {
            assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{a}, {b}");
        }
    }
}

#[test]
fn what_speaks_for_an_implicit_prediction_sums_to_it_after_a_whole_pass() {
    for (name, train) in small_sets() {
        for mut spec in variants(factorscope::models::entry("implicit-als").unwrap()) {
            for (factors, alpha) in [("2", "40"), ("20", "0"), ("20", "40")] {
                spec.set("factors", factors).unwrap();
                spec.set("alpha", alpha).unwrap();
                let mut model = spec.build(Arc::clone(&train), SEED);
                (0..3).for_each(|epoch| model.pass(epoch));
                for u in 0..train.users() {
                    for i in 0..train.items() {
                        let explanation = model.explain(u, i);
                        let sum: f32 = explanation.because.iter().map(|b| b.1).sum();
                        let apart = (sum - model.predict(u, i)).abs();
                        assert!(apart < 1e-5, "{spec}, {name}: {u}, {i}: {apart}");
                        assert!(explanation.because.is_sorted_by(|a, b| a.1 >= b.1));
                        assert_eq!(explanation.because.len(), train.row(u).len());
                    }
                }
            }
        }
    }
}

#[test]
fn without_a_penalty_implicit_als_counts_what_has_no_solution() {
    let train = crate::support::table(&[[4.0]]);
    let settings = ["lambda=0", "factors=2"];
    let mut model = spec("implicit-als", &settings).build(Arc::clone(&train), SEED);
    let start = bits(&*model);
    model.pass(0);
    assert_eq!((model.singular(), bits(&*model)), (2, start));
    assert!(model.explain(0, 0).because.is_empty());
}
