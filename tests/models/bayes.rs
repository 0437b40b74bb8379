//! The probabilistic models: the point against least squares and densities, the sampler against exact
//! posteriors.

use std::any::Any;
use std::sync::Arc;

use factorscope::data::{Rating, Ratings};
use factorscope::models::bpmf::Bpmf;
use factorscope::models::bpmf::wishart::NormalWishart;
use factorscope::models::pmf::Pmf;
use factorscope::models::{Entry, Learning, Model, REGISTRY, Spec};
use factorscope::random::{self, Normal};
use factorscope::trace::{Subject, Walk};
use serde_json::Value;

use crate::support::{
    SEED, bits, distance, parameter, ratings, reference, reference_set, set_values, small_sets,
    table, values, variants,
};

const X: f32 = f32::NAN;

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}

fn passed(spec: &Spec, train: &Arc<Ratings>, passes: usize) -> Box<dyn Model> {
    let mut model = spec.build(Arc::clone(train), SEED);
    (0..passes).for_each(|epoch| model.pass(epoch));
    model
}

fn downcast<T: 'static>(model: &dyn Model) -> &T {
    (model as &dyn Any).downcast_ref().unwrap()
}

/// Sets parameters by their names, where the JSON has them.
fn set(model: &mut dyn Model, from: &[&Value]) {
    let shapes: Vec<_> = model.parameters().iter().map(|p| (p.name, p.columns, p.stride)).collect();
    for ((name, columns, stride), to) in shapes.into_iter().zip(model.values_mut()) {
        if let Some(found) = from.iter().find_map(|value| value.get(name)) {
            let found = numbers(found);
            assert_eq!(found.len() / columns, to.len() / stride, "{name}");
            for (to, from) in to.chunks_exact_mut(stride).zip(found.chunks_exact(columns)) {
                to.iter_mut().zip(from).for_each(|(to, &from)| *to = from as f32);
            }
        }
    }
}

#[test]
fn the_most_probable_point_is_svd_to_the_last_bit_with_lambda_the_ratio_of_variances() {
    for (name, train) in small_sets() {
        for (offset, biases) in [("none", "no"), ("biases", "yes")] {
            for (variance, of_prior, lambda) in
                [(0.76, 38.0, 0.02), (0.5, 1.25, 0.4), (2.0, 0.5, 4.0)]
            {
                for order in ["stored", "by-user", "shuffled"] {
                    let common = ["factors=5", "gamma=0.01", "sigma=0.3"];
                    let own = [
                        format!("order={order}"),
                        format!("variance={variance}"),
                        format!("variance_p={of_prior}"),
                        format!("variance_q={of_prior}"),
                        format!("offset={offset}"),
                        "prior=per-rating".to_owned(),
                    ];
                    let all = common.into_iter().chain(own.iter().map(String::as_str));
                    let pmf = passed(&Spec::with("pmf", all).unwrap(), &train, 4);
                    let own = [
                        format!("order={order}"),
                        format!("lambda={lambda}"),
                        format!("biases={biases}"),
                    ];
                    let all = common.into_iter().chain(own.iter().map(String::as_str));
                    let svd = passed(&Spec::with("svd", all).unwrap(), &train, 4);
                    assert_eq!(bits(&*pmf), bits(&*svd), "{name}, {offset}, lambda {lambda}");
                    let (a, b) = (pmf.objective(), svd.objective());
                    assert!((a - b).abs() <= 1e-12 * b, "{name}: objectives {a}, {b}");
                }
            }
        }
    }
}

#[test]
fn maximum_likelihood_is_svd_without_a_penalty_and_a_mean_is_svd_on_what_it_leaves() {
    for (name, train) in small_sets() {
        let common = ["factors=4", "gamma=0.02", "sigma=0.3", "order=by-user"];
        let with =
            |id: &str, own: &[&str]| Spec::with(id, common.iter().chain(own).copied()).unwrap();
        let likely = passed(&with("pmf", &["prior=none", "offset=none"]), &train, 4);
        let svd = passed(&with("svd", &["lambda=0", "biases=no"]), &train, 4);
        assert_eq!(bits(&*likely), bits(&*svd), "{name}");

        let mu = train.mean();
        let centred: Vec<Rating> = train.iter().map(|x| Rating { r: x.r - mu, ..x }).collect();
        let ids = (Arc::clone(train.user_ids()), Arc::clone(train.item_ids()));
        let centred = Arc::new(Ratings::new(ids.0, ids.1, &centred, None).unwrap());
        let own = ["prior=per-rating", "variance=1", "variance_p=2", "variance_q=2"];
        let own: Vec<&str> = own.into_iter().chain(["offset=mean"]).collect();
        let pmf = passed(&with("pmf", &own), &train, 4);
        let svd = passed(&with("svd", &["lambda=0.5", "biases=no"]), &centred, 4);
        for vectors in ["p_u", "q_i"] {
            let pairs = parameter(&*pmf, vectors).concat().into_iter();
            for (a, b) in pairs.zip(parameter(&*svd, vectors).concat()) {
                assert!((a - b).abs() < 1e-5, "{name}, {vectors}: {a}, {b}");
            }
        }
    }
}

#[test]
fn where_alternating_least_squares_ends_the_posterior_has_no_slope() {
    let train = reference_set();
    let common = ["factors=3", "sigma=0.5"];
    let als = common.into_iter().chain(["lambda=1.5", "variant=biased"]);
    let als = passed(&Spec::with("als", als).unwrap(), &train, 3000);
    let own = ["variance=0.75", "variance_p=0.5", "variance_q=0.5", "order=stored"];
    let spec = Spec::with("pmf", common.into_iter().chain(own)).unwrap();
    let mut pmf = spec.build(Arc::clone(&train), SEED);
    let state = values(&*als);
    set_values(&mut *pmf, &state);
    let (a, b) = (pmf.objective(), als.objective());
    assert!((a - b).abs() < 1e-5 * b, "objectives {a}, {b}");
    let mut slopes: Vec<Vec<f64>> = state.iter().map(|x| vec![0.0; x.len()]).collect();
    for n in 0..pmf.steps() {
        set_values(&mut *pmf, &state);
        for update in pmf.step(0, n).updates {
            let stride = pmf.parameters()[update.parameter].stride;
            let at = update.row * stride + update.column;
            slopes[update.parameter][at] += f64::from(update.gradient);
        }
    }
    let steepest = slopes.iter().flatten().fold(0.0_f64, |most, x| most.max(x.abs()));
    assert!(steepest < 2e-4, "a slope of {steepest}");
}

#[test]
fn the_log_posterior_is_the_sum_of_the_log_densities() {
    let reference = reference("bayes.json");
    for case in reference["posteriors"].as_array().unwrap() {
        let setting = |name: &str| match &case[name] {
            Value::String(word) => format!("{name}={word}"),
            number => format!("{name}={number}"),
        };
        let settings: Vec<String> = ["variance", "variance_p", "variance_q", "prior", "offset"]
            .map(setting)
            .into_iter()
            .chain(["factors=3".to_owned()])
            .collect();
        let spec = Spec::with("pmf", settings.iter().map(String::as_str)).unwrap();
        let mut model = spec.build(reference_set(), SEED);
        set(&mut *model, &[&reference]);
        if case["offset"] != "biases" {
            // The biases stay zero there.
            let [_, b_u, b_i, ..] = &mut model.values_mut()[..] else { panic!() };
            b_u.fill(0.0);
            b_i.fill(0.0);
        }
        let found = downcast::<Pmf>(&*model).log_posterior();
        let expected = case["log_posterior"].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-6 * expected.abs(), "{spec}: {found}, {expected}");
        // The objective is -2 sigma^2 times its part that depends on the parameters.
        let mut moved = values(&*model);
        moved[3..5].iter_mut().flatten().for_each(|x| *x *= 0.5);
        let before = model.objective();
        set_values(&mut *model, &moved);
        let by_objective = (model.objective() - before) / (-2.0 * spec.get("variance"));
        let by_density = downcast::<Pmf>(&*model).log_posterior() - found;
        assert!((by_objective - by_density).abs() < 1e-4, "{spec}: {by_objective}, {by_density}");
    }
}

fn bpmf(settings: &[&str]) -> Spec {
    Spec::with("bpmf", settings.iter().copied()).unwrap()
}

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
        let own = downcast::<Bpmf>(&*model);
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
        let own = downcast::<Bpmf>(&*model);
        let sd = 1.0 / f64::from(own.alpha()).sqrt();
        let cells = (0..users * items).map(|n| Rating {
            u: n / items,
            i: n % items,
            r: (f64::from(own.draw(n / items, n % items)) + sd * normal.sample()) as f32,
        });
        let all: Vec<Rating> = cells.collect();
        let ids = (Arc::clone(train.user_ids()), Arc::clone(train.item_ids()));
        train = Arc::new(Ratings::new(ids.0, ids.1, &all, None).unwrap());
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
                let own = downcast::<Bpmf>(&*model);
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
            let own = downcast::<Bpmf>(walk.model());
            let cells = (0..9).map(|n| (n / 3, n % 3));
            let told = cells.flat_map(|(u, i)| {
                let mut told = own.posterior(u, i);
                told.push(own.predict(u, i));
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
    let own = downcast::<Bpmf>(&*model);
    let (mut single, mut average, mut within, mut n) = (0.0, 0.0, 0, 0);
    for Rating { u, i, r } in split.test.iter() {
        let square = |x: f32| f64::from(r - x) * f64::from(r - x);
        single += square(own.draw(u, i));
        average += square(own.predict(u, i));
        // Whether the rating lies within 1.645 standard deviations of the predicted distribution,
        // where nine of ten should be.
        let kept = own.posterior(u, i);
        let mean = own.predict(u, i);
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
