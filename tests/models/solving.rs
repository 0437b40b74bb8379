//! The linear systems that alternating least squares solves, checked without the library that solves
//! them.

use std::sync::Arc;

use factorscope::data::{Line, Ratings};
use factorscope::models::{Learning, Model, REGISTRY, Spec};
use factorscope::random::{self, Normal};
use factorscope::trace::{Step, Subject, System};

use crate::support::{
    SEED, bits, parameter, reference_set, set_values, small_sets, table, values, variants,
};

const X: f32 = f32::NAN;

fn als(settings: &[&str]) -> Spec {
    Spec::with("als", settings.iter().copied()).unwrap()
}

/// matrix x - right in double precision, and how large the parts of that difference are.
fn residual(system: &System, x: &[f32]) -> (f64, f64) {
    let n = system.right.len();
    let (mut residual, mut scale) = (0.0_f64, 0.0_f64);
    for a in 0..n {
        let products = (0..n).map(|b| f64::from(system.matrix[a * n + b]) * f64::from(x[b]));
        let products: Vec<f64> = products.collect();
        let right = f64::from(system.right[a]);
        residual = residual.max((products.iter().sum::<f64>() - right).abs());
        let parts = products.iter().map(|x| x.abs()).sum::<f64>() + right.abs();
        scale = scale.max(parts);
    }
    (residual, scale)
}

#[test]
fn the_solution_of_a_step_solves_its_system_and_becomes_the_vector() {
    let train = reference_set();
    for variant in ["variant=biased", "variant=plain", "variant=zeros"] {
        for (factors, lambda) in [("factors=2", "lambda=0.1"), ("factors=20", "lambda=10")] {
            let mut model = als(&[variant, factors, lambda]).build(Arc::clone(&train), SEED);
            for epoch in 0..2 {
                for n in 0..model.steps() {
                    let step = model.step(epoch, n);
                    let system = step.system.unwrap();
                    let x = system.solution.as_ref().unwrap();
                    let (residual, scale) = residual(&system, x);
                    assert!(residual <= 1e-6 * scale, "{variant} {factors}: {residual}, {scale}");
                    let (name, row) = match step.subject {
                        Subject::User(u) => ("p_u", u),
                        Subject::Item(i) => ("q_i", i),
                        _ => panic!("a step of als is about a user or an item"),
                    };
                    assert_eq!(&parameter(&*model, name)[row], x);
                }
            }
        }
    }
}

/// The system of one line from its definition, in double precision.
fn system_by_definition(
    train: &Ratings,
    model: &dyn Model,
    step: &Step,
    zeros: bool,
    lambda: f64,
) -> (Vec<f64>, Vec<f64>) {
    let mu = f64::from(parameter(model, "mu")[0][0]);
    let (line, held, own_bias, biases): (Line, _, _, _) = match step.subject {
        Subject::User(u) => (train.row(u), "q_i", parameter(model, "b_u")[u][0], "b_i"),
        Subject::Item(i) => (train.column(i), "p_u", parameter(model, "b_i")[i][0], "b_u"),
        _ => panic!("a step of als is about a user or an item"),
    };
    let (held, biases) = (parameter(model, held), parameter(model, biases));
    let f = held[0].len();
    let (mut matrix, mut right) = (vec![0.0; f * f], vec![0.0; f]);
    for (id, x) in held.iter().enumerate() {
        let known = line.iter().find(|&(other, _)| other == id);
        if known.is_none() && !zeros {
            continue;
        }
        let r = known.map_or(0.0, |(_, r)| f64::from(r));
        let target = r - mu - f64::from(own_bias) - f64::from(biases[id][0]);
        for a in 0..f {
            right[a] += target * f64::from(x[a]);
            for b in 0..f {
                matrix[a * f + b] += f64::from(x[a]) * f64::from(x[b]);
            }
        }
    }
    for a in 0..f {
        matrix[a * f + a] += lambda;
    }
    (matrix, right)
}

#[test]
fn the_system_of_a_step_is_the_one_in_the_formula() {
    let train = reference_set();
    for variant in ["biased", "plain", "zeros"] {
        let settings = [&format!("variant={variant}"), "factors=3", "lambda=0.5"];
        let mut model = als(&settings).build(Arc::clone(&train), SEED);
        model.pass(0);
        for n in 0..model.steps() {
            let step = model.step(1, n);
            // The bias is solved first and the vectors of the other side do not change, so the model
            // after the step has all that the system was made of.
            let (matrix, right) =
                system_by_definition(&train, &*model, &step, variant == "zeros", 0.5);
            let system = step.system.unwrap();
            let pairs = system.matrix.iter().zip(&matrix);
            for (found, expected) in pairs.chain(system.right.iter().zip(&right)) {
                let apart = (f64::from(*found) - expected).abs();
                assert!(apart < 1e-5 * (1.0 + expected.abs()), "{variant}, step {n}: {apart}");
            }
        }
    }
}

/// Models that solve find the lowest objective over a part of their parameters, again and again.
#[test]
fn one_pass_of_a_model_that_solves_lowers_its_objective() {
    let is_solving = |spec: &Spec| spec.learning() == Learning::Solving;
    for (name, train) in small_sets() {
        for spec in REGISTRY.iter().flat_map(variants).filter(is_solving) {
            let mut model = spec.build(Arc::clone(&train), SEED);
            let start = model.objective();
            model.pass(0);
            let after = model.objective();
            assert!(after < start, "{spec} on the {name}: {start}, then {after}");
        }
    }
}

#[test]
fn a_singular_system_has_no_solution_leaves_the_vector_and_is_counted() {
    let train = table(&[[4.0]]);
    for variant in ["variant=biased", "variant=plain", "variant=zeros"] {
        for seed in 0..50 {
            let spec = als(&[variant, "lambda=0", "factors=2"]);
            let mut model = spec.build(Arc::clone(&train), seed);
            assert_eq!(model.singular(), 0);
            let start = bits(&*model);
            let step = model.step(0, 0);
            let system = step.system.unwrap();
            assert_eq!(system.matrix.len(), 4);
            assert_eq!(system.solution, None, "{variant}, seed {seed}");
            // The parameters are mu, b_u, b_i, p_u, q_i; a bias may be solved, a vector is not.
            assert!(step.updates.iter().all(|update| update.parameter == 1));
            assert_eq!(bits(&*model)[3..], start[3..]);

            let mut model = spec.build(Arc::clone(&train), seed);
            model.pass(0);
            // One rating leaves a direction of the plane free, for the user as for the item.
            assert_eq!(model.singular(), 2, "{variant}, seed {seed}");
            assert_eq!(bits(&*model)[3..], start[3..]);
        }
    }
}

#[test]
fn without_a_penalty_fewer_ratings_than_factors_are_singular_and_enough_are_not() {
    // User 1 rated 2 items, user 2 rated 6, with vectors of 3 components.
    let train = table(&[[4.0, 2.0, X, X, X, X], [5.0, 3.0, 1.0, 2.5, 4.0, 3.5]]);
    for seed in 0..200 {
        let spec = als(&["lambda=0", "factors=3"]);
        let mut model = spec.build(Arc::clone(&train), seed);
        assert_eq!(model.step(0, 0).system.unwrap().solution, None, "seed {seed}");
        let enough = model.step(0, 1).system.unwrap();
        assert!(enough.solution.is_some(), "seed {seed}: {enough:?}");
    }
}

#[test]
fn vectors_left_at_zero_do_not_make_a_system_solvable() {
    // Five users rated the item, but only two of them have a vector, in three dimensions.
    let train = table(&[[4.0], [2.0], [5.0], [3.0], [1.0]]);
    for seed in 0..200 {
        let spec = als(&["lambda=0", "factors=3"]);
        let mut model = spec.build(Arc::clone(&train), seed);
        let mut normal = Normal::new(random::stream(seed, "test"));
        let mut values = values(&*model);
        // The parameters are mu, b_u, b_i, p_u, q_i.
        for p_u in values[3].chunks_exact_mut(8).take(2) {
            p_u[..3].fill_with(|| normal.sample() as f32);
        }
        set_values(&mut *model, &values);
        let step = model.step(0, train.users());
        assert_eq!(step.system.unwrap().solution, None, "seed {seed}");
    }
}

#[test]
fn a_penalty_makes_every_system_solvable() {
    let train = table(&[[4.0, X], [X, X]]);
    for variant in ["variant=biased", "variant=plain", "variant=zeros"] {
        let mut model = als(&[variant, "lambda=0.1"]).build(Arc::clone(&train), SEED);
        for epoch in 0..15 {
            model.pass(epoch);
            assert_eq!(model.singular(), 0, "{variant}");
        }
    }
}
