//! Two models that are in no registry, one a shape of learning that no model of the registry has: they prove
//! the adapters, and that a caller can write such a model.

use std::f64::consts::LN_2;
use std::sync::Arc;

use factorscope::data::{Rating, Ratings, simulation, split};
use factorscope::eval::{MetricId, errors};
use factorscope::models::shape::{Batched, Loss, Optimizer, Pairs};
use factorscope::models::{Axis, Model};
use factorscope::trace::{Step, Subject, Update};

use crate::support::{Made, SEED, reference_set, set_values, table, values};

mod network;
mod preferences;

use network::Hidden;
use preferences::Preferences;

const GAMMA: f32 = 0.05;
const LAMBDA: f32 = 0.1;

const OPTIMIZERS: [(&str, Optimizer); 3] = [
    ("plain", Optimizer::Plain { gamma: GAMMA }),
    ("momentum", Optimizer::Momentum { gamma: GAMMA, keep: 0.8 }),
    ("Adam", Optimizer::Adam { gamma: GAMMA, keep: 0.9, keep_squares: 0.99 }),
];

/// A network with batches of four by each optimizer, and preferences.
pub fn models(train: &Arc<Ratings>) -> Vec<Made> {
    let networks = OPTIMIZERS.map(|(name, optimizer)| {
        let train = Arc::clone(train);
        let make = Box::new(move || network(&train, optimizer));
        Made { name: format!("a network by {name}"), spec: None, make }
    });
    let train = Arc::clone(train);
    let make = Box::new(move || preferences(&train));
    let preferences = Made { name: "preferences".to_owned(), spec: None, make };
    networks.into_iter().chain([preferences]).collect()
}

fn network(train: &Arc<Ratings>, optimizer: Optimizer) -> Box<dyn Model> {
    let model = Hidden::new(Arc::clone(train), (3, 5), LAMBDA, SEED);
    Box::new(Batched::new(model, optimizer, 4, SEED))
}

fn preferences(train: &Arc<Ratings>) -> Box<dyn Model> {
    Box::new(Pairs::new(Preferences::new(Arc::clone(train), 3, (GAMMA, LAMBDA), SEED), SEED))
}

/// The derivative of half the objective of step `n` of epoch 1 with respect to what this update changed, by a
/// central difference: these objectives are smooth and not quadratic, so a narrow one.
fn slope(model: &mut dyn Model, n: usize, state: &[Vec<f32>], update: &Update) -> f64 {
    const WIDTH: f32 = 1.0 / 128.0;
    let stride = model.parameters()[update.parameter].stride;
    let mut beside = |by: f32| {
        let mut state = state.to_vec();
        let x = &mut state[update.parameter][update.row * stride + update.column];
        *x += by;
        let x = f64::from(*x);
        set_values(model, &state);
        (x, model.step(1, n).objective)
    };
    let ((x0, y0), (x1, y1)) = (beside(-WIDTH), beside(WIDTH));
    0.5 * (y1 - y0) / (x1 - x0)
}

#[test]
fn a_gradient_is_the_difference_quotient_of_half_the_objective_of_its_step() {
    let train = reference_set();
    for make in [|train: &Arc<Ratings>| network(train, OPTIMIZERS[0].1), preferences] {
        let (mut model, mut probe) = (make(&train), make(&train));
        model.pass(0);
        let names: Vec<_> = model.parameters().iter().map(|p| p.name).collect();
        let mut changed = vec![false; names.len()];
        for n in 0..12 {
            let state = values(&*model);
            let step = model.step(1, n);
            assert!(!step.updates.is_empty());
            for update in &step.updates {
                let (name, found) = (names[update.parameter], f64::from(update.gradient));
                let expected = slope(&mut *probe, n, &state, update);
                let close = (found - expected).abs() <= 1e-3 * (1.0 + expected.abs());
                assert!(close, "step {n}, {name}: {found}, by differences {expected}");
                let after = update.before - GAMMA * update.gradient;
                assert!((update.after - after).abs() <= 1e-6, "step {n}, {name}");
                changed[update.parameter] = true;
            }
        }
        for (name, changed) in names.iter().zip(changed) {
            assert_eq!(changed, *name != "mu", "{name}");
        }
    }
}

#[test]
fn a_batch_changes_what_its_ratings_reach_and_nothing_else() {
    let train = reference_set();
    for (name, optimizer) in OPTIMIZERS {
        let mut model = network(&train, optimizer);
        model.pass(0);
        for n in 0..model.steps() {
            let step = model.step(1, n);
            let Subject::Batch(batch) = &step.subject else { panic!("{name}: not of a batch") };
            let reached = |axis: Axis, row: usize| match axis {
                Axis::User => batch.iter().any(|rating| rating.u == row),
                Axis::Item => batch.iter().any(|rating| rating.i == row),
                _ => true,
            };
            let axes: Vec<Axis> = model.parameters().iter().map(|p| p.axis).collect();
            assert!(step.updates.iter().all(|x| reached(axes[x.parameter], x.row)), "{name}");
            for axis in [Axis::User, Axis::Item] {
                let rows = |x: &&Update| axes[x.parameter] == axis && x.column == 0;
                let mut own: Vec<usize> =
                    batch.iter().map(|x| if axis == Axis::User { x.u } else { x.i }).collect();
                own.sort_unstable();
                own.dedup();
                let found: Vec<usize> = step.updates.iter().filter(rows).map(|x| x.row).collect();
                assert_eq!(found, own, "{name}, {axis:?}");
            }
        }
    }
}

#[test]
fn an_epoch_has_each_rating_in_one_batch() {
    let train = reference_set();
    let mut model = network(&train, OPTIMIZERS[0].1);
    let mut seen: Vec<Rating> = Vec::new();
    for n in 0..model.steps() {
        let Subject::Batch(batch) = model.step(3, n).subject else { panic!("not of a batch") };
        assert_eq!(batch.len(), 4.min(train.len() - 4 * n));
        seen.extend(batch);
    }
    seen.sort_by_key(|rating| (rating.u, rating.i));
    assert_eq!(seen, train.iter().collect::<Vec<_>>());
}

/// The changes of one number in the steps of an epoch.
fn changes(steps: &[Step], parameter: usize) -> Vec<Update> {
    let all = steps.iter().flat_map(|step| &step.updates);
    all.filter(|x| (x.parameter, x.row, x.column) == (parameter, 0, 0)).copied().collect()
}

#[test]
fn optimizers_do_what_their_formulas_say() {
    let train = reference_set();
    let gamma = f64::from(GAMMA);
    for (name, optimizer) in OPTIMIZERS {
        let mut model = network(&train, optimizer);
        let steps: Vec<Step> = (0..model.steps()).map(|n| model.step(0, n)).collect();
        // b_2, which every batch reaches.
        let parameter = model.parameters().iter().position(|p| p.name == "b_2").unwrap();
        let found = changes(&steps, parameter);
        assert_eq!(found.len(), steps.len());
        let (mut m, mut v) = (0.0, 0.0);
        for (t, update) in (1..).zip(found) {
            let g = f64::from(update.gradient);
            let change = match name {
                "plain" => gamma * g,
                "momentum" => {
                    m = 0.8 * m + g;
                    gamma * m
                }
                _ => {
                    m = 0.9 * m + 0.1 * g;
                    v = 0.99 * v + 0.01 * g * g;
                    let whole = |keep: f64| 1.0 - libm::pow(keep, f64::from(t));
                    let (m, v) = (m / whole(0.9), v / whole(0.99));
                    gamma * m / (v.sqrt() + 1e-8)
                }
            };
            let expected = f64::from(update.before) - change;
            let apart = (f64::from(update.after) - expected).abs();
            assert!(apart <= 1e-5, "{name}, batch {t}: {} for {expected}", update.after);
        }
    }
}

#[test]
fn layers_tell_what_forward_and_backward_made_of_a_batch() {
    let train = reference_set();
    let mut model = network(&train, OPTIMIZERS[0].1);
    let before = values(&*model);
    let step = model.step(0, 0);
    let Subject::Batch(batch) = &step.subject else { panic!("not of a batch") };
    let [x, a] = &step.layers[..] else { panic!("{} layers", step.layers.len()) };
    assert_eq!((x.units, a.units), (6, 5));
    let parameters = model.parameters();
    let row = |name: &str, row: usize| {
        let at = parameters.iter().position(|p| p.name == name).unwrap();
        let (stride, columns) = (parameters[at].stride, parameters[at].columns);
        before[at][row * stride..row * stride + columns].to_vec()
    };
    for (n, rating) in batch.iter().enumerate() {
        let input: Vec<f32> = [row("p_u", rating.u), row("q_i", rating.i)].concat();
        assert_eq!(x.values[6 * n..6 * (n + 1)], input);
        let (b_1, w_2) = (row("b_1", 0), row("w_2", 0));
        let mut out = f64::from(before[0][0]) + f64::from(row("b_2", 0)[0]);
        for k in 0..5 {
            let z: f32 = row("W_1", k).iter().zip(&input).map(|(w, x)| w * x).sum::<f32>() + b_1[k];
            let hidden = libm::tanh(f64::from(z));
            assert!((f64::from(a.values[5 * n + k]) - hidden).abs() < 1e-5);
            out += f64::from(w_2[k]) * hidden;
        }
        // Half the mean of (r - out)^2 has the slope (out - r) / 4.
        for (k, &w) in w_2.iter().enumerate() {
            let slope = 0.25 * (out - f64::from(rating.r)) * f64::from(w);
            assert!((f64::from(a.slopes[5 * n + k]) - slope).abs() < 1e-5, "rating {n}, unit {k}");
        }
    }
}

#[test]
fn the_slope_of_a_loss_is_half_its_derivative() {
    for (loss, r) in [(Loss::Squared, 3.5), (Loss::Logistic, 0.0), (Loss::Logistic, 1.0)] {
        for x in [-20.0, -1.0, 0.0, 0.7, 4.0, 100.0] {
            let h = 1.0 / 64.0;
            let differences = 0.5 * (loss.of(r, x + h) - loss.of(r, x - h)) / f64::from(2.0 * h);
            let found = f64::from(loss.slope(r, x));
            assert!((found - differences).abs() < 1e-4, "{loss:?}, {r}, {x}: {found}");
        }
    }
    assert!((Loss::Logistic.of(1.0, 0.0) - 2.0 * LN_2).abs() < 1e-12);
}

#[test]
fn a_triple_prefers_what_was_rated_to_what_was_not() {
    let train = reference_set();
    let mut model = preferences(&train);
    let triples: Vec<_> = (0..model.steps())
        .map(|n| match model.step(0, n).subject {
            Subject::Triple(triple) => triple,
            other => panic!("{other:?}"),
        })
        .collect();
    for at in &triples {
        assert!(train.get(at.u, at.preferred).is_some() && train.get(at.u, at.other).is_none());
    }
    let mut rated: Vec<_> = triples.iter().map(|at| (at.u, at.preferred)).collect();
    rated.sort_unstable();
    assert_eq!(rated, train.iter().map(|x| (x.u, x.i)).collect::<Vec<_>>());
}

#[test]
fn a_user_who_rated_everything_prefers_nothing() {
    let train = table(&[[4.0, 2.0, 3.0], [f32::NAN, 5.0, 1.0]]);
    let mut model = preferences(&train);
    let mut kinds = [0, 0];
    for n in 0..model.steps() {
        match model.step(0, n) {
            Step { subject: Subject::Triple(at), .. } => {
                assert_eq!((at.u, at.other), (1, 0));
                kinds[0] += 1;
            }
            Step { subject: Subject::Rating(rating), updates, .. } => {
                assert!(rating.u == 0 && updates.is_empty());
                kinds[1] += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kinds, [2, 3]);
}

#[test]
fn a_network_learns_what_the_mean_does_not_know() {
    let all = simulation::simulate(SEED).dataset.ratings;
    let split = split::holdout(&all, 0.2, SEED);
    let model = Hidden::new(Arc::clone(&split.train), (8, 16), 0.0, SEED);
    let adam = Optimizer::Adam { gamma: 0.003, keep: 0.9, keep_squares: 0.999 };
    let mut model = Batched::new(model, adam, 64, SEED);
    let rmse = |model: &dyn Model| {
        errors(model, &split.test, split.test.scale()).get(MetricId::Rmse).unwrap()
    };
    let mut objective = model.objective();
    for epoch in 0..3 {
        model.pass(epoch);
        assert!(model.objective() < objective, "epoch {epoch}");
        objective = model.objective();
    }
    let mean = split.train.mean();
    let square = |x: f32| f64::from(x) * f64::from(x);
    let squares = split.test.iter().map(|x| square(x.r - mean)).sum::<f64>();
    let of_mean = (squares / split.test.len() as f64).sqrt();
    let found = rmse(&model);
    assert!(found < 0.95 * of_mean, "{found}, of the mean {of_mean}");
}

#[test]
fn preferences_order_held_back_items_before_others() {
    let all = simulation::simulate(SEED).dataset.ratings;
    let split = split::holdout(&all, 0.2, SEED);
    let model = Preferences::new(Arc::clone(&split.train), 8, (0.05, 0.01), SEED);
    let mut model = Pairs::new(model, SEED);
    // The share of pairs of a held-back item and one without any rating in which the former comes first.
    let auc = |model: &dyn Model| {
        let (mut first, mut pairs) = (0.0, 0.0);
        let items: Vec<u32> = (0..all.items() as u32).collect();
        let mut scores = vec![0.0; items.len()];
        for u in 0..all.users() {
            model.predict_many(u, &items, &mut scores);
            let free = || (0..items.len()).filter(|&i| all.get(u, i).is_none());
            for &i in split.test.row(u).ids {
                first += free().filter(|&j| scores[i as usize] > scores[j]).count() as f64;
                pairs += free().count() as f64;
            }
        }
        first / pairs
    };
    let (start, objective) = (auc(&model), model.objective());
    (0..4).for_each(|epoch| model.pass(epoch));
    let found = auc(&model);
    assert!((0.4..0.6).contains(&start), "{start}");
    assert!(found > 0.65, "{found} after {start}");
    assert!(model.objective() < objective);
}
