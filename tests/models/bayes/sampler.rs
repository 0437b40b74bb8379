//! BPMF's sampler against numpy, against a posterior integrated over a grid, and against its own priors.

use std::sync::Arc;

use factorscope::data::cutout::{Users, cutout};
use factorscope::data::simulation::simulate;
use factorscope::data::{Rating, Ratings, Stars};
use factorscope::models::bpmf::Bpmf;
use factorscope::models::bpmf::wishart::NormalWishart;
use factorscope::models::{Model, Spec, own};
use factorscope::random;
use factorscope::random::Normal;
use factorscope::trace::Subject;

use super::{X, bpmf, numbers, set};
use crate::support::{
    SEED, parameter, ratings, reference, reference_set, set_values, table, values,
};

#[test]
fn a_vector_is_drawn_from_the_distribution_that_numpy_gives() {
    let reference = reference("bayes.json");
    for case in reference["conditionals"].as_array().unwrap() {
        let biased = case["biased"].as_bool().unwrap();
        let choice = if biased { "biases=yes" } else { "biases=no" };
        let train = reference_set();
        let mut model = bpmf(&["factors=3", choice]).build(Arc::clone(&train), SEED);
        set(&mut *model, &[&reference, case]);
        if !biased {
            let [_, b_u, b_i, ..] = &mut model.values_mut()[..] else { panic!() };
            b_u.fill(0.0);
            b_i.fill(0.0);
        }
        let state = values(&*model);
        for n in 0..model.steps() {
            set_values(&mut *model, &state);
            let step = model.step(0, n);
            let expected = match step.subject {
                Subject::User(u) => &case["users"][u],
                Subject::Item(i) => &case["items"][i],
                _ => continue,
            };
            let system = step.system.unwrap();
            let mean = system.solution.unwrap();
            let found = system.matrix.iter().zip(numbers(&expected["precision"]));
            for (&found, expected) in found.chain(mean.iter().zip(numbers(&expected["mean"]))) {
                let apart = (f64::from(found) - expected).abs();
                assert!(apart < 1e-5 * expected.abs().max(1.0), "{choice}: {found}, {expected}");
            }
        }
    }
}

/// Draws of one step in many epochs from the same state; the subject's vector, its bias last.
fn draws(
    model: &mut dyn Model,
    n: usize,
    count: usize,
) -> (Vec<Vec<f64>>, factorscope::trace::System) {
    let state = values(model);
    let mut system = None;
    let drawn = (0..count).map(|epoch| {
        set_values(model, &state);
        let step = model.step(epoch, n);
        system = step.system;
        let mut x: Vec<f64> = step.updates.iter().map(|u| f64::from(u.after)).collect();
        if step.updates.iter().any(|u| u.parameter < 3) {
            x.rotate_left(1);
        }
        x
    });
    let drawn = drawn.collect();
    (drawn, system.unwrap())
}

#[test]
fn many_draws_of_one_vector_have_its_mean_and_covariance() {
    // The user's line is longer than the vector, the item's shorter, the last item's empty.
    let train = table(&[[4.0, 2.0, 5.0, 3.0, 1.0, X], [5.0, X, X, X, X, X], [1.0, X, X, X, X, X]]);
    for choice in ["biases=no", "biases=yes"] {
        let mut model = bpmf(&["factors=3", choice]).build(Arc::clone(&train), SEED);
        (0..3).for_each(|epoch| model.pass(epoch));
        for n in [1, train.users() + 2, train.users() + 7] {
            let count = 20_000;
            let (drawn, system) = draws(&mut *model, n, count);
            let mean = system.solution.unwrap();
            let d = mean.len();
            let matrix: Vec<f64> = system.matrix.iter().map(|&x| f64::from(x)).collect();
            let matrix = nalgebra::DMatrix::from_vec(d, d, matrix).try_inverse().unwrap();
            for a in 0..d {
                let apart = |x: &[f64], k: usize| x[k] - f64::from(mean[k]);
                let found = drawn.iter().map(|x| apart(x, a)).sum::<f64>() / count as f64;
                let error = 5.0 * (matrix[(a, a)] / count as f64).sqrt();
                assert!(found.abs() < error, "{choice}, {n}: mean off by {found}");
                for b in 0..d {
                    let products = drawn.iter().map(|x| apart(x, a) * apart(x, b));
                    let found = products.sum::<f64>() / count as f64;
                    let expected = matrix[(a, b)];
                    let scale = expected * expected + matrix[(a, a)] * matrix[(b, b)];
                    let error = 5.0 * (scale / count as f64).sqrt();
                    assert!((found - expected).abs() < error, "{choice}, {n}: {found}, {expected}");
                }
            }
        }
    }
}

#[test]
fn the_posterior_of_mean_and_precision_is_that_of_the_other_formula() {
    let reference = &reference("bayes.json")["normal_wishart"];
    let of = |name: &str| numbers(&reference[name]);
    let vectors: Vec<f32> = of("vectors").iter().map(|&x| x as f32).collect();
    let known = NormalWishart::prior(3).after(&vectors);
    let pairs = known.center.iter().zip(of("center"));
    for (found, expected) in pairs.chain(known.inverse_scale.iter().zip(of("inverse_scale"))) {
        assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found}, {expected}");
    }
    assert_eq!((known.beta, known.nu), (of("beta")[0], of("nu")[0]));
    let mut normal = Normal::new(random::stream(1, "test"));
    let (n, mut mean) = (50_000, vec![0.0; 9]);
    for _ in 0..n {
        let (_, precision) = known.draw(&mut normal).unwrap();
        mean.iter_mut().zip(precision).for_each(|(mean, x)| *mean += x / f64::from(n));
    }
    for (found, expected) in mean.iter().zip(of("mean_precision")) {
        assert!((found - expected).abs() < 0.02, "{found}, {expected}");
    }
}

/// Mean of a series and its standard error, from the means of 50 blocks, which are long enough to be
/// nearly independent of each other.
fn estimate(series: &[f64]) -> (f64, f64) {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let all = mean(series);
    let blocks: Vec<f64> = series.chunks_exact(series.len() / 50).map(mean).collect();
    let variance = blocks.iter().map(|x| (x - all) * (x - all)).sum::<f64>() / 49.0;
    (all, (variance / 50.0).sqrt())
}

#[test]
fn the_sampler_has_the_moments_of_a_posterior_that_is_integrated_over_a_grid() {
    let reference = &reference("bayes.json")["exact"];
    let train = ratings(&reference["ratings"]);
    let spec = bpmf(&["factors=1", "biases=no", "alpha=2", "samples=1"]);
    let mut model = spec.build(Arc::clone(&train), SEED);
    let sweeps = 200_000;
    let mut cells = vec![Vec::new(); 4];
    let mut shrunk = Vec::with_capacity(sweeps);
    for epoch in 0..sweeps {
        model.pass(epoch);
        let own = own::<Bpmf>(&*model).unwrap();
        for (n, cell) in cells.iter_mut().enumerate() {
            cell.push(f64::from(own.draw(n / 2, n % 2)));
        }
        let p = f64::from(parameter(&*model, "p_u")[0][0].abs());
        shrunk.push(p / (1.0 + p));
    }
    let check = |what: String, series: &[f64], expected: f64| {
        let (found, error) = estimate(series);
        assert!(error < 0.01, "{what}: too few sweeps, {error}");
        assert!((found - expected).abs() < 5.0 * error, "{what}: {found} ± {error}, {expected}");
    };
    let (means, variances) = (numbers(&reference["mean"]), numbers(&reference["variance"]));
    for (n, cell) in cells.iter().enumerate() {
        check(format!("mean of cell {n}"), cell, means[n]);
        let squares: Vec<f64> = cell.iter().map(|x| (x - means[n]) * (x - means[n])).collect();
        check(format!("variance of cell {n}"), &squares, variances[n]);
    }
    check("|p_1| / (1 + |p_1|)".to_owned(), &shrunk, reference["p_1"].as_f64().unwrap());
}

/// Ratings and parameters drawn in turn, each given the other, must wander over the whole of their joint
/// distribution, whose marginals are the priors (Geweke 2004). An error in any of the conditional
/// distributions shows, because here the ratings follow whatever the sampler does.
#[test]
fn ratings_and_parameters_drawn_in_turn_keep_to_the_priors() {
    let (users, items) = (3, 3);
    let mut train = table(&[[0.0; 3]; 3]);
    let spec = bpmf(&["factors=1", "noise=drawn", "samples=1"]);
    let mut state = values(&*spec.build(Arc::clone(&train), SEED));
    let mut normal = Normal::new(random::stream(SEED, "test"));
    let sweeps = 60_000;
    let mut found = vec![Vec::new(); 5];
    for epoch in 0..sweeps {
        let mut model = spec.build(Arc::clone(&train), SEED);
        // No mean: the ratings are what the parameters say.
        state[0][0] = 0.0;
        set_values(&mut *model, &state);
        model.pass(epoch);
        state = values(&*model);
        let own = own::<Bpmf>(&*model).unwrap();
        let sd = 1.0 / f64::from(own.alpha()).sqrt();
        let cells = (0..users * items).map(|n| Rating {
            u: n / items,
            i: n % items,
            r: (f64::from(own.draw(n / items, n % items)) + sd * normal.sample()) as f32,
        });
        let all: Vec<Rating> = cells.collect();
        let ids = (Arc::clone(train.user_ids()), Arc::clone(train.item_ids()));
        let drawn = Ratings::new(ids.0, ids.1, &all, None).unwrap();
        train = Arc::new(drawn.with_stars(Stars::PLAIN));
        let bounded = |x: f32| f64::from(x) / (1.0 + f64::from(x));
        let named = |name: &str| parameter(&*model, name)[0].clone();
        let values = [
            bounded(named("alpha")[0]),
            bounded(named("Lambda_P")[0]),
            bounded(named("Lambda_Q")[3]),
            bounded(named("mu_P")[1].abs()),
            bounded(named("p_u")[0].abs()),
        ];
        found.iter_mut().zip(values).for_each(|(series, x)| series.push(x));
    }
    // The same numbers drawn from the priors alone: alpha ~ W(1, 1), Lambda ~ W(I, 2),
    // mu ~ N(0, (2 Lambda)^-1), p ~ N(mu, Lambda^-1).
    let mut expected = vec![Vec::new(); 5];
    let bounded = |x: f64| x / (1.0 + x);
    for _ in 0..200_000 {
        let (mu, lambda) = NormalWishart::prior(2).draw(&mut normal).unwrap();
        // The variance of the first component of N(0, Lambda^-1).
        let variance = lambda[3] / (lambda[0] * lambda[3] - lambda[1] * lambda[2]);
        let p = mu[0] + variance.sqrt() * normal.sample();
        let values = [
            bounded(normal.chi_squared(1.0)),
            bounded(lambda[0]),
            bounded(lambda[3]),
            bounded(mu[1].abs()),
            bounded(p.abs()),
        ];
        expected.iter_mut().zip(values).for_each(|(series, x)| series.push(x));
    }
    let names = ["alpha", "Lambda_P", "Lambda_Q", "mu_P", "p_u"];
    for ((name, found), expected) in names.iter().zip(&found).zip(&expected) {
        let ((a, error_a), (b, error_b)) = (estimate(found), estimate(expected));
        let error = (error_a * error_a + error_b * error_b).sqrt();
        println!("{name}: {a} ± {error_a}, prior {b} ± {error_b}");
        assert!(error < 0.03, "{name}: too few sweeps, {error}");
        assert!((a - b).abs() < 5.0 * error, "{name}: {a} ± {error_a}, prior {b} ± {error_b}");
    }
}

#[test]
fn a_users_vector_is_the_surer_the_more_the_user_has_rated() {
    let train = cutout(&simulate(SEED).dataset, 12, 12, Users::Uneven).ratings;
    let spec = Spec::with("bpmf", ["factors=2", "biases=no", "burn_in=0"]).unwrap();
    let mut model = spec.build(Arc::clone(&train), SEED);
    let mut sureness = [0.0_f64; 12];
    for epoch in 0..20 {
        for n in 0..model.steps() {
            let step = model.step(epoch, n);
            if let (Subject::User(u), Some(system)) = (step.subject, step.system) {
                let [a, b, c, d] = system.matrix[..] else { panic!("two factors") };
                sureness[u] += libm::log(f64::from(a * d - b * c)) / 20.0;
            }
        }
    }
    let counts: Vec<usize> = (0..12).map(|u| train.row(u).len()).collect();
    let fewest = (0..12).min_by_key(|&u| counts[u]).unwrap();
    let most = (0..12).max_by_key(|&u| counts[u]).unwrap();
    assert!(counts[fewest] <= 3 && counts[most] >= 11, "{counts:?}");
    // The area of the ellipse goes with the root of the determinant of the precision.
    assert!(sureness[most] - sureness[fewest] > 1.0, "{counts:?} {sureness:?}");
    let pairs = (0..12).flat_map(|u| (0..12).map(move |v| (u, v)));
    let apart: Vec<_> = pairs.filter(|&(u, v)| counts[u] > counts[v] + 3).collect();
    let right = apart.iter().filter(|&&(u, v)| sureness[u] > sureness[v]).count();
    assert!(right * 10 >= apart.len() * 9, "{right} of {}: {counts:?} {sureness:?}", apart.len());
}
