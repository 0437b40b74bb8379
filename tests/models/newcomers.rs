//! Models that know a user by the ratings alone: against the formulas written out, and somebody who is
//! not in the training set.

use std::io::{self, Write};
use std::sync::Arc;

use factorscope::data::{Line, Rating, Ratings};
use factorscope::explore::{Order, Scored, top_n_of_newcomer};
use factorscope::models::{Model, REGISTRY, Spec};
use factorscope::trace::Subject;
use serde_json::Value;

use crate::reference::{compare, numbers, setting, start};
use crate::support::{
    SEED, movielens, parameter, reference, reference_set, set_values, small_sets, values, variants,
};

const IDS: [&str; 2] = ["nsvd", "asymmetric-svd"];

#[test]
fn steps_and_newcomers_are_those_of_the_formulas_written_out() {
    let reference = reference("asymmetric.json");
    for id in IDS {
        for run in reference[id].as_array().unwrap() {
            let settings = [
                setting("factors", &reference["factors"]),
                setting("gamma", &run["gamma"]),
                setting("lambda", &run["lambda"]),
                "order=stored".to_owned(),
            ];
            let spec = Spec::with(id, settings.iter().map(String::as_str)).unwrap();
            let mut model = spec.build(reference_set(), SEED);
            let mut given = reference["start"].clone();
            if id == "nsvd" {
                given.as_object_mut().unwrap().remove("y_j");
            }
            start(&mut *model, &given);
            for epoch in 0..reference["epochs"].as_u64().unwrap() {
                model.pass(epoch as usize);
            }
            compare(&*model, run, &run["mu"], &spec.to_string());

            let rows = reference["new"].as_array().unwrap();
            let ids: Vec<u32> = rows.iter().map(|row| row[0].as_u64().unwrap() as u32).collect();
            let given: Vec<f32> = rows.iter().map(|row| row[1].as_f64().unwrap() as f32).collect();
            let new = model.fold_in(Line { ids: &ids, ratings: &given }).unwrap();
            near(new.bias, &run["new"]["bias"], &spec);
            for (i, expected) in numbers(&run["new"]["predictions"]).into_iter().enumerate() {
                near(new.predict(i), &Value::from(expected), &spec);
            }
        }
    }
}

fn near(found: f32, expected: &Value, spec: &Spec) {
    let (found, expected) = (f64::from(found), expected.as_f64().unwrap());
    assert!((found - expected).abs() < 2e-5, "{spec}: {found}, expected {expected}");
}

/// The sets, each with every model that sums a user up from the ratings, trained.
fn trained() -> Vec<(String, Arc<Ratings>, Box<dyn Model>)> {
    let mut all = Vec::new();
    for (name, train) in small_sets() {
        for spec in REGISTRY.iter().flat_map(variants) {
            let mut model = spec.build(Arc::clone(&train), SEED);
            // Whoever has no vectors of users' own makes them of the ratings.
            let has_vectors = model.parameters().iter().any(|p| p.name == "p_u");
            if has_vectors || model.fold_in(train.row(0)).is_none() {
                continue;
            }
            for epoch in 0..5 {
                model.pass(epoch);
            }
            all.push((format!("{spec} on the {name}"), Arc::clone(&train), model));
        }
    }
    assert!(!all.is_empty());
    all
}

#[test]
fn a_newcomer_with_the_ratings_of_a_training_user_is_predicted_as_that_user_up_to_the_bias() {
    for (what, train, model) in trained() {
        let b_u = parameter(&*model, "b_u");
        for (u, b_u) in b_u.iter().enumerate() {
            let new = model.fold_in(train.row(u)).unwrap();
            for i in 0..train.items() {
                let expected = model.predict(u, i) - b_u[0] + new.bias;
                let found = new.predict(i);
                assert!((found - expected).abs() < 1e-5, "{what}: {u}, {i}: {found}, {expected}");
            }
        }
    }
}

#[test]
fn a_newcomers_bias_minimizes_the_objective_with_everything_else_held() {
    for (what, train, mut model) in trained() {
        let state = values(&*model);
        for u in (0..train.users()).filter(|&u| !train.row(u).is_empty()) {
            let bias = model.fold_in(train.row(u)).unwrap().bias;
            let mut at = |by: f32| {
                let mut beside = state.clone();
                beside[1][u] = bias + by;
                set_values(&mut *model, &beside);
                model.objective()
            };
            let (below, least, above) = (at(-0.05), at(0.0), at(0.05));
            assert!(least < below && least < above, "{what}: user {u}");
            assert!((above - below).abs() < 1e-4 * least.max(1.0), "{what}: user {u}");
            set_values(&mut *model, &state);
        }
    }
}

#[test]
fn a_newcomers_explanation_sums_up_and_names_every_rating() {
    for (what, train, model) in trained() {
        for u in 0..train.users() {
            let new = model.fold_in(train.row(u)).unwrap();
            for i in 0..train.items() {
                let explanation = new.explain(i);
                let sum: f32 = explanation.terms.iter().map(|term| term.value).sum();
                assert_eq!(sum.to_bits(), new.predict(i).to_bits(), "{what}");
                let shares: f32 = explanation.because.iter().map(|b| b.1).sum();
                let product = explanation.terms.last().unwrap().value;
                assert!((shares - product).abs() < 1e-5, "{what}: {shares}, {product}");
                assert!(explanation.because.is_sorted_by(|a, b| a.1 >= b.1), "{what}");
                let mut items: Vec<u32> = explanation.because.iter().map(|b| b.0 as u32).collect();
                items.sort_unstable();
                assert_eq!(items, train.row(u).ids, "{what}");
                // The same holds for a training user.
                let own: f32 = model.explain(u, i).because.iter().map(|b| b.1).sum();
                let terms = model.explain(u, i).terms;
                let products: f32 = terms[3..].iter().map(|term| term.value).sum();
                assert!((own - products).abs() < 1e-5, "{what}: {own}, {products}");
            }
        }
    }
}

#[test]
fn who_has_rated_nothing_is_predicted_the_mean_and_the_items_bias() {
    for (what, train, model) in trained() {
        let new = model.fold_in(Line { ids: &[], ratings: &[] }).unwrap();
        let (mu, b_i) = (parameter(&*model, "mu")[0][0], parameter(&*model, "b_i"));
        assert_eq!(new.bias, 0.0);
        for (i, b_i) in b_i.iter().enumerate() {
            assert_eq!(new.predict(i), mu + b_i[0], "{what}");
            assert!(new.explain(i).because.is_empty(), "{what}");
        }
        assert_eq!(train.items(), b_i.len());
    }
}

#[test]
fn a_list_by_change_is_in_the_order_of_what_the_ratings_add_and_tells_predictions() {
    for (what, train, model) in trained() {
        let rated = train.row(0);
        let new = model.fold_in(rated).unwrap();
        let of = |order| top_n_of_newcomer(&new, &train, rated, train.items(), 1, order);
        let (by_change, by_prediction) = (of(Order::Change), of(Order::Prediction));
        let change = |scored: &Scored| new.explain(scored.item).terms[3].value;
        assert!(by_change.is_sorted_by(|a, b| change(a) >= change(b)), "{what}");
        assert!(by_prediction.is_sorted_by(|a, b| a.rating >= b.rating), "{what}");
        for scored in by_change.iter().chain(&by_prediction) {
            assert_eq!(scored.rating.to_bits(), new.predict(scored.item).to_bits(), "{what}");
            assert!(!rated.ids.contains(&(scored.item as u32)), "{what}");
        }
        assert_eq!(by_change.len(), by_prediction.len(), "{what}");
    }
}

#[test]
fn a_step_tells_how_far_the_users_ratings_lie_from_the_least_squares_baseline() {
    for (name, train) in small_sets() {
        let mut baseline = Spec::new("baseline").unwrap().build(Arc::clone(&train), SEED);
        (0..10).for_each(|epoch| baseline.pass(epoch));
        for (id, all) in [("asymmetric-svd", true), ("integrated", false), ("neighborhood", false)]
        {
            let spec = Spec::with(id, ["order=stored"]).unwrap();
            let mut model = spec.build(Arc::clone(&train), SEED);
            for n in 0..model.steps() {
                let step = model.step(0, n);
                let Subject::Rating(Rating { u, .. }) = step.subject else { unreachable!() };
                let line = train.row(u);
                assert!(!all || step.rests.len() == line.len(), "{id} on the {name}");
                for rest in &step.rests {
                    let r = train.get(u, rest.item).unwrap();
                    let expected = r - baseline.predict(u, rest.item);
                    assert!((rest.value - expected).abs() < 1e-5, "{id} on the {name}, step {n}");
                }
            }
        }
    }
}

/// Every fifth user is unknown to the model; of their ratings four in five are handed in, and the rest
/// predicted, without a step of training.
#[test]
#[ignore = "needs MOVIELENS_ZIP"]
fn newcomers_on_movielens_are_predicted_better_than_by_means() {
    let all = movielens();
    let is_new = |u: usize| u.is_multiple_of(5);
    let positions: Vec<usize> = all.iter().map(|rating| rating.u).collect();
    let train = Arc::new(all.subset(|n| !is_new(positions[n])));
    let given = all.subset(|n| is_new(positions[n]) && n % 5 != 0);
    let asked = all.subset(|n| is_new(positions[n]) && n % 5 == 0);
    let (low, high) = all.scale();
    let squared = |e: f32| f64::from(e) * f64::from(e);
    // The bias alone, by the same closed form with the penalty of the baseline.
    let baseline = {
        let mut model = Spec::new("baseline").unwrap().build(Arc::clone(&train), SEED);
        (0..10).for_each(|epoch| model.pass(epoch));
        model
    };
    let (mu, b_i) = (train.mean(), parameter(&*baseline, "b_i"));
    let mut by_means = 0.0;
    for rating in asked.iter() {
        let known = given.row(rating.u);
        let rest: f32 = known.iter().map(|(i, r)| r - mu - b_i[i][0]).sum();
        let predicted = mu + rest / (known.len() as f32 + 5.0) + b_i[rating.i][0];
        by_means += squared(rating.r - predicted.clamp(low, high));
    }
    let rmse = |sum: f64| (sum / asked.len() as f64).sqrt();
    let by_means = rmse(by_means);
    for id in IDS {
        let spec = Spec::new(id).unwrap();
        let mut model = spec.build(Arc::clone(&train), SEED);
        (0..spec.epochs()).for_each(|epoch| model.pass(epoch));
        let mut sum = 0.0;
        for u in (0..all.users()).filter(|&u| is_new(u)) {
            let new = model.fold_in(given.row(u)).unwrap();
            for (i, r) in asked.row(u).iter() {
                sum += squared(r - new.predict(i).clamp(low, high));
            }
        }
        let found = rmse(sum);
        let line = format!("newcomers: {id} {found:.4}, mean and biases {by_means:.4}");
        let _ = writeln!(io::stderr(), "MovieLens: {line}");
        assert!(found < by_means, "{line}");
    }
}

#[test]
fn a_newcomer_in_a_model_of_own_vectors_has_the_bias_and_vector_that_minimize_the_objective() {
    let mut solved = 0;
    for (name, train) in small_sets() {
        for spec in REGISTRY.iter().flat_map(variants) {
            let mut model = spec.build(Arc::clone(&train), SEED);
            let has_vectors = model.parameters().iter().any(|p| p.name == "p_u");
            // A newcomer's ratings have the weight 1, and those of training others.
            let is_weighted = spec.word("weights").is_some_and(|word| word != "equal");
            if !has_vectors || is_weighted || model.fold_in(train.row(0)).is_none() {
                continue;
            }
            solved += 1;
            (0..3).for_each(|epoch| model.pass(epoch));
            let state = values(&*model);
            let (stride, f) = (model.parameters()[3].stride, model.parameters()[3].columns);
            for u in (0..train.users()).step_by(3) {
                let (bias, vector, sums) = {
                    let new = model.fold_in(train.row(u)).unwrap();
                    let sum: f32 = new.explain(0).terms.iter().map(|term| term.value).sum();
                    assert!((sum - new.predict(0)).abs() < 1e-5);
                    (new.bias, new.vector.clone(), new.parts.len())
                };
                assert_eq!(sums, train.row(u).len());
                let has_penalty = !spec.to_string().contains("prior=none");
                if !has_penalty || sums == 0 {
                    continue;
                }
                let mut at = |component: usize, by: f32| {
                    let mut beside = state.clone();
                    beside[1][u] = bias;
                    beside[3][u * stride..(u + 1) * stride].copy_from_slice(&vector);
                    if component == f {
                        beside[1][u] += by;
                    } else {
                        beside[3][u * stride + component] += by;
                    }
                    set_values(&mut *model, &beside);
                    model.objective()
                };
                let has_bias = bias != 0.0;
                for component in 0..f.min(5) + usize::from(has_bias) {
                    let component = if component == f.min(5) { f } else { component };
                    let (below, least, above) =
                        (at(component, -0.2), at(component, 0.0), at(component, 0.2));
                    let what = format!("{spec} on the {name}: user {u}, component {component}");
                    assert!(least < below && least < above, "{what}: {below}, {least}, {above}");
                    assert!((above - below).abs() < 1e-3 * least.max(1.0), "{what}");
                }
                set_values(&mut *model, &state);
            }
        }
    }
    assert!(solved > 0);
}
