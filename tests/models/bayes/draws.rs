//! The draws that BPMF keeps, and what it predicts from them.

use std::sync::Arc;

use factorscope::data::Rating;
use factorscope::models::bpmf::Bpmf;
use factorscope::models::{Entry, Learning, REGISTRY, Spec, own};
use factorscope::trace::Subject;
use factorscope::walk::Walk;

use super::{X, bpmf, passed};
use crate::support::{SEED, bits, distance, parameter, small_sets, table, variants};

fn sampling() -> impl Iterator<Item = Spec> {
    let specs = REGISTRY.iter().flat_map(|entry: &Entry| variants(entry));
    specs.filter(|spec| spec.learning() == Learning::Sampling)
}

#[test]
fn a_prediction_is_the_mean_over_the_kept_draws_which_are_the_latest() {
    for (name, train) in small_sets() {
        for mut spec in sampling() {
            spec.set("samples", "4").unwrap();
            spec.set("burn_in", "2").unwrap();
            let mut model = spec.build(Arc::clone(&train), SEED);
            let mut history: Vec<f32> = Vec::new();
            for epoch in 0..9 {
                model.pass(epoch);
                let own = own::<Bpmf>(&*model).unwrap();
                let draw = own.draw(1, 1);
                if epoch < 2 {
                    assert_eq!(own.kept(), 0);
                    assert!((model.predict(1, 1) - draw).abs() < 1e-6);
                    continue;
                }
                history.push(draw);
                let latest = &history[history.len().saturating_sub(4)..];
                let kept = own.posterior(1, 1);
                assert_eq!(kept.len(), latest.len(), "{spec} on the {name}");
                for (kept, drawn) in kept.iter().zip(latest) {
                    assert!((kept - drawn).abs() < 1e-5, "{spec} on the {name}: {kept}, {drawn}");
                }
                let mean = latest.iter().sum::<f32>() / latest.len() as f32;
                let found = model.predict(1, 1);
                assert!((found - mean).abs() < 1e-5, "{spec} on the {name}: {found}, {mean}");
            }
        }
    }
}

#[test]
fn a_walk_back_undoes_the_kept_draws_too() {
    let (_, train) = small_sets().remove(0);
    for mut spec in sampling() {
        spec.set("samples", "2").unwrap();
        spec.set("burn_in", "1").unwrap();
        let mut walk = Walk::new(&spec, Arc::clone(&train), SEED);
        let asked = |walk: &Walk| -> Vec<u32> {
            let own = own::<Bpmf>(walk.model()).unwrap();
            let cells = (0..9).map(|n| (n / 3, n % 3));
            let told = cells.flat_map(|(u, i)| {
                let mut told = own.posterior(u, i);
                told.push(walk.model().predict(u, i));
                told
            });
            told.map(f32::to_bits).collect()
        };
        let mut seen = vec![asked(&walk)];
        for _ in 0..50 {
            assert!(walk.forward().is_some());
            seen.push(asked(&walk));
        }
        for at in (0..50).rev() {
            assert!(walk.back());
            assert_eq!(asked(&walk), seen[at], "{spec}: step {at}");
        }
    }
}

#[test]
fn who_rated_nothing_is_drawn_like_all_and_changes_nobody() {
    let with = table(&[[4.0, X, 2.0, X], [5.0, 3.0, X, X], [X; 4], [1.0, 2.0, 5.0, X]]);
    for spec in sampling() {
        let mut model = passed(&spec, &with, 40);
        let own = |name: &str| parameter(&*model, name)[2].clone();
        assert!(own("p_u").iter().any(|&x| x != 0.0), "{spec}");
        let steps: Vec<_> = (0..model.steps()).map(|n| model.step(40, n)).collect();
        let system = steps[3].system.as_ref().unwrap();
        // Nothing but the prior: its precision and its mean.
        assert_eq!(steps[3].subject, Subject::User(2));
        assert_eq!(system.matrix, parameter(&*model, "Lambda_P")[0], "{spec}");
        for (a, b) in system.solution.iter().flatten().zip(&parameter(&*model, "mu_P")[0]) {
            assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{spec}: {a}, {b}");
        }
    }
}

#[test]
fn a_seed_gives_the_same_draws_again_and_another_seed_others() {
    let (_, train) = small_sets().remove(1);
    for spec in sampling() {
        let trained = |seed| {
            let mut model = spec.build(Arc::clone(&train), seed);
            model.pass(0);
            model
        };
        assert_eq!(bits(&*trained(1)), bits(&*trained(1)), "{spec}");
        assert!(distance(&*trained(1), &*trained(2)) > 0.01, "{spec}");
    }
}

#[test]
fn the_average_of_many_draws_is_closer_to_held_back_ratings_than_a_single_draw() {
    let simulated = factorscope::data::simulation::simulate(SEED).dataset;
    let split = factorscope::data::split::holdout(&simulated.ratings, 0.2, SEED);
    let model = passed(&bpmf(&["epochs=30", "factors=7"]), &split.train, 30);
    let own = own::<Bpmf>(&*model).unwrap();
    let (mut single, mut average, mut within, mut n) = (0.0, 0.0, 0, 0);
    for Rating { u, i, r } in split.test.iter() {
        let square = |x: f32| f64::from(r - x) * f64::from(r - x);
        single += square(own.draw(u, i));
        average += square(model.predict(u, i));
        // Whether the rating lies within 1.645 standard deviations of the predicted distribution,
        // where nine of ten should be.
        let kept = own.posterior(u, i);
        let mean = model.predict(u, i);
        let variance =
            kept.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / kept.len() as f32;
        let sd = (variance + 1.0 / own.alpha()).sqrt();
        within += usize::from((r - mean).abs() < 1.645 * sd);
        n += 1;
    }
    assert!(average < 0.95 * single, "{average}, {single}");
    let share = within as f64 / f64::from(n);
    assert!((0.85..0.99).contains(&share), "{share} within the interval of .9");
}
