//! Steps against passes, walks forward and back, explanations, and sets with next to nothing in them.

use std::ops::Range;
use std::sync::Arc;

use factorscope::data::{Rating, Ratings};
use factorscope::models::checks::{Agreement, Cold};
use factorscope::models::{Entry, Learning, Model, REGISTRY, Spec, Task, fingerprint};
use factorscope::receipt::predicted;
use factorscope::trace::Subject;
use factorscope::walk::Walk;

use crate::support::{
    Made, SEED, bits, distance, every_model, has, parameter, set_values, set_where_known,
    small_sets, table, values, variants,
};

const X: f32 = f32::NAN;

#[test]
fn all_steps_of_a_pass_do_what_the_pass_does() {
    for (name, train) in small_sets() {
        for Made { name: model, spec, make } in every_model(&train) {
            let (mut passing, mut stepping) = (make(), make());
            for epoch in 0..4 {
                passing.pass(epoch);
                for n in 0..stepping.steps() {
                    stepping.step(epoch, n);
                }
            }
            let apart = distance(&*passing, &*stepping);
            match spec.map_or(Agreement::Bits, |spec| spec.entry().checks.agreement) {
                Agreement::Close => assert!(apart <= 1e-5, "{model} on the {name}: {apart} apart"),
                Agreement::Bits => {
                    assert_eq!(bits(&*passing), bits(&*stepping), "{model} on the {name}");
                }
            }
        }
    }
}

#[test]
fn a_pass_cut_anywhere_has_the_bits_of_the_whole_pass() {
    for (name, train) in small_sets() {
        for Made { name: model, make, .. } in every_model(&train) {
            let mut whole = make();
            (0..EPOCHS).for_each(|epoch| whole.pass(epoch));
            let whole = state(&*whole, &train);
            for length in [1, 7, usize::MAX] {
                let mut cut = make();
                assert!(cut.units() > 1, "{model} on the {name}");
                for epoch in 0..EPOCHS {
                    for units in cuts(cut.units(), length) {
                        cut.advance(epoch, units);
                    }
                }
                assert_eq!(state(&*cut, &train), whole, "{model} on the {name}, by {length}");
            }
        }
    }
}

#[test]
fn what_is_read_set_and_recalled_between_two_cuts_changes_nothing() {
    for (name, train) in small_sets() {
        for Made { name: model, make, .. } in every_model(&train) {
            let (mut whole, mut cut) = (make(), make());
            for epoch in 0..EPOCHS {
                whole.pass(epoch);
                for units in cuts(cut.units(), 5) {
                    // A step of another epoch leaves an order of its own, and is taken back.
                    let (before, memory) = (values(&*cut), cut.memory());
                    cut.step(epoch + 1, 0);
                    told(&*cut, &train);
                    set_values(&mut *cut, &before);
                    cut.recall(&memory);
                    cut.advance(epoch, units);
                }
            }
            assert_eq!(state(&*cut, &train), state(&*whole, &train), "{model} on the {name}");
        }
    }
}

/// Passes that are compared.
const EPOCHS: usize = 3;

/// All units of a pass in ranges of this length.
fn cuts(units: usize, length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..units).step_by(length).map(move |from| from..units.min(from.saturating_add(length)))
}

/// All that tells one state of a model from another: its parameters, and, by what it predicts, what is none:
/// whose the neighbors are, and kept draws.
fn state(model: &dyn Model, train: &Ratings) -> (Vec<Vec<u32>>, String, Vec<u32>) {
    (bits(model), fingerprint(model), told(model, train))
}

/// The bits of all predictions.
fn told(model: &dyn Model, train: &Ratings) -> Vec<u32> {
    predictions(model, train).into_iter().map(f32::to_bits).collect()
}

#[test]
fn als_steps_are_the_pass_to_the_last_bit_where_it_takes_no_shortcut() {
    for (name, train) in small_sets() {
        for settings in [
            // No line is shorter than one factor.
            ["factors=1", "lambda=10", "variant=biased"],
            ["factors=1", "lambda=0.1", "variant=plain"],
            // Without a penalty the shortcut does not hold.
            ["factors=6", "lambda=0", "variant=biased"],
            // All lines share a matrix.
            ["factors=20", "lambda=1", "variant=zeros"],
        ] {
            let spec = Spec::with("als", settings).unwrap();
            let mut passing = spec.build(Arc::clone(&train), SEED);
            let mut stepping = spec.build(Arc::clone(&train), SEED);
            for epoch in 0..4 {
                passing.pass(epoch);
                for n in 0..stepping.steps() {
                    stepping.step(epoch, n);
                }
            }
            assert_eq!(bits(&*passing), bits(&*stepping), "{spec} on the {name}");
        }
    }
}

#[test]
fn twenty_steps_back_undo_twenty_steps_to_the_last_bit() {
    for (name, train) in small_sets() {
        for Made { name: model, spec, make } in every_model(&train) {
            let task = spec.as_ref().map_or(Task::Ranking, |spec| spec.entry().task);
            let start = bits(&*make());
            let mut walk = Walk::with_model(make(), Arc::clone(&train), task);
            let state = |walk: &Walk| state(walk.model(), &train);
            let mut seen = vec![state(&walk)];
            for _ in 0..20 {
                assert!(walk.forward().is_some(), "{model} on the {name}");
                seen.push(state(&walk));
            }
            // In the toy no two items have raters in common that could be counted.
            if name != "toy" || !spec.is_some_and(|spec| has(spec.entry(), "support")) {
                assert_ne!(seen[20].0, start, "{model} on the {name}");
            }
            for at in (0..20).rev() {
                assert!(walk.back());
                assert_eq!(state(&walk), seen[at], "{model} on the {name}, {at}");
            }
            assert!(!walk.back());
            assert_eq!((walk.position().step, walk.errors().len()), (0, 1));
        }
    }
}

#[test]
fn a_jump_leads_where_as_many_steps_lead() {
    for (name, train) in small_sets() {
        for entry in REGISTRY {
            let spec = Spec::new(entry.id).unwrap();
            let mut walking = Walk::new(&spec, Arc::clone(&train), SEED);
            for _ in 0..13 {
                walking.forward();
            }
            let mut jumping = Walk::new(&spec, Arc::clone(&train), SEED);
            for through in [13, 31, 2, 13] {
                jumping.jump(through);
                assert_eq!(jumping.position().step, through);
            }
            assert_eq!(bits(walking.model()), bits(jumping.model()), "{spec}, {name}");
            assert_eq!(walking.receipt(), jumping.receipt(), "{spec}, {name}");
            let exact = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(exact(walking.errors()), exact(jumping.errors()), "{spec} on the {name}");
            let objectives = [walking.objectives(), jumping.objectives()].map(exact);
            assert_eq!(objectives[0], objectives[1], "{spec} on the {name}");
            assert_eq!(walking.last(), jumping.last(), "{spec} on the {name}");
        }
    }
}

#[test]
fn learning_goes_on_from_values_and_memory_alone() {
    for (name, train) in small_sets() {
        // The predictions also tell what is no parameter: whose the neighbors are, and kept draws.
        let state = |model: &dyn Model| (bits(model), fingerprint(model), predicted(model, &train));
        for entry in REGISTRY {
            for mut spec in variants(entry) {
                set_where_known(&mut spec, &[("burn_in", "1"), ("samples", "2")]);
                let on = |model: &mut dyn Model| {
                    model.pass(3);
                    model.step(4, 0);
                };
                let mut first = spec.build(Arc::clone(&train), SEED);
                (0..3).for_each(|epoch| first.pass(epoch));
                let (then, memory, seen) = (values(&*first), first.memory(), state(&*first));
                on(&mut *first);
                let mut second = spec.build(Arc::clone(&train), SEED);
                set_values(&mut *second, &then);
                second.recall(&memory);
                assert_eq!(state(&*second), seen, "{spec} on the {name}");
                on(&mut *second);
                assert_eq!(state(&*second), state(&*first), "{spec} on the {name}");
            }
        }
    }
}

#[test]
fn a_walk_stops_before_a_parameter_is_no_longer_finite() {
    let (_, train) = small_sets().remove(0);
    // Without a product of two parameters a prediction grows too slowly to leave the finite numbers.
    let has_product = |entry: &&Entry| has(entry, "gamma") && has(entry, "factors");
    for entry in REGISTRY.iter().filter(has_product) {
        let mut spec = Spec::new(entry.id).unwrap();
        if spec.learning() != Learning::Descent {
            // Its default way of learning takes no learning rate, and cannot diverge.
            continue;
        }
        set_where_known(&mut spec, &[("gamma", "1"), ("sigma", "1"), ("factors", "500")]);
        let mut walk = Walk::new(&spec, Arc::clone(&train), SEED);
        walk.jump(100_000);
        let Some(step) = walk.last() else { panic!("{spec}: no step at all") };
        assert!(step.updates.iter().all(|update| update.after.is_finite()));
        assert!(values(walk.model()).iter().flatten().all(|x| x.is_finite()));
        assert!(walk.position().step < 100_000, "{spec} does not diverge");
        let stopped = bits(walk.model());
        assert!(walk.forward().is_none());
        assert_eq!(bits(walk.model()), stopped, "{spec}");
    }
}

#[test]
fn the_terms_of_an_explanation_sum_to_the_prediction_bit_for_bit() {
    for (name, train) in small_sets() {
        for Made { name: made, make, .. } in every_model(&train) {
            let mut model = make();
            (0..3).for_each(|epoch| model.pass(epoch));
            for u in 0..train.users() {
                let items: Vec<u32> = (0..train.items() as u32).collect();
                let mut many = vec![0.0; items.len()];
                model.predict_many(u, &items, &mut many);
                for (i, &at_once) in many.iter().enumerate() {
                    let terms = model.explain(u, i).terms;
                    let sum: f32 = terms.iter().map(|term| term.value).sum();
                    let predicted = model.predict(u, i);
                    assert_eq!(sum.to_bits(), predicted.to_bits(), "{made}, {name}: {u}, {i}");
                    assert_eq!(at_once.to_bits(), predicted.to_bits(), "{made}, {name}");
                }
            }
        }
    }
}

#[test]
fn the_prediction_a_step_starts_from_is_the_models() {
    let (_, train) = small_sets().remove(1);
    for entry in REGISTRY.iter().filter(|entry| has(entry, "gamma")) {
        for spec in variants(entry) {
            if spec.learning() != Learning::Descent {
                continue;
            }
            let mut model = trained(&spec, &train, 2);
            for n in 0..model.steps() {
                let before = predictions(&*model, &train);
                let step = model.step(2, n);
                let Subject::Rating(Rating { u, i, r }) = step.subject else {
                    panic!("{spec}: a descending step is about a rating");
                };
                assert_eq!(train.get(u, i), Some(r), "{spec}");
                assert_eq!(step.prediction(), before[u * train.items() + i], "{spec}");
            }
        }
    }
}

/// All predictions, user by user.
fn predictions(model: &dyn Model, train: &Ratings) -> Vec<f32> {
    let cells = (0..train.users()).flat_map(|u| (0..train.items()).map(move |i| (u, i)));
    cells.map(|(u, i)| model.predict(u, i)).collect()
}

#[test]
fn what_speaks_for_an_svdpp_prediction_sums_to_its_implicit_term() {
    let spec = Spec::with("svdpp", ["gamma=0.05", "sigma=0.3"]).unwrap();
    for (name, train) in small_sets() {
        let model = trained(&spec, &train, 5);
        for u in 0..train.users() {
            for i in 0..train.items() {
                let explanation = model.explain(u, i);
                let implicit = explanation.terms.last().unwrap();
                assert_eq!(implicit.addend.name, "implicit");
                let sum: f32 = explanation.because.iter().map(|&(_, share)| share).sum();
                assert!((sum - implicit.value).abs() < 1e-5, "{name}: {u}, {i}");
                let shares: Vec<f32> = explanation.because.iter().map(|b| b.1).collect();
                assert!(shares.is_sorted_by(|a, b| a >= b), "{name}: {u}, {i}");
                let mut items: Vec<u32> = explanation.because.iter().map(|b| b.0 as u32).collect();
                items.sort_unstable();
                assert_eq!(items, train.row(u).ids, "{name}: {u}, {i}");
            }
        }
    }
}

#[test]
fn who_rated_nothing_is_predicted_from_what_is_known_of_the_other() {
    // Neither user 3 nor item 4 has a rating.
    let train = table(&[[4.0, X, 2.0, X], [5.0, 3.0, X, X], [X; 4], [1.0, 2.0, 5.0, X]]);
    for entry in REGISTRY {
        for spec in variants(entry) {
            let cold = (entry.checks.cold)(&spec);
            let model = trained(&spec, &train, 5);
            let (mu, has_biases, has_sum) = match cold {
                // Who rated nothing is drawn from what is known of the others: tests/models/bayes.rs.
                Cold::Drawn => continue,
                Cold::Zero => (0.0, false, false),
                Cold::Mean => (train.mean(), false, false),
                Cold::Baseline => (train.mean(), true, false),
                Cold::OwnSum => (train.mean(), true, true),
            };
            let bias = |name: &str, row: usize| {
                if has_biases { parameter(&*model, name)[row][0] } else { 0.0 }
            };
            for i in 0..4 {
                let expected = mu + bias("b_i", i);
                assert_eq!(model.predict(2, i), expected, "{spec}: unknown user, item {i}");
            }
            for u in 0..4 {
                let mut expected = mu + bias("b_u", u);
                if has_sum {
                    let terms = model.explain(u, 3).terms;
                    let sum = terms.iter().find(|term| term.addend.name == "implicit");
                    expected += sum.unwrap().value;
                }
                assert_eq!(model.predict(u, 3), expected, "{spec}: user {u}, unknown item");
            }
            assert_eq!(model.predict(2, 3), mu, "{spec}");
            assert!((train.mean() - 22.0 / 7.0).abs() < 1e-6);
            let learned = bias("b_i", 0).abs() > 1e-4;
            assert_eq!(learned, has_biases, "{spec}: the bias of item 1");
        }
    }
}

#[test]
fn every_model_trains_on_next_to_nothing() {
    let sets = [
        ("no rating", table(&[[X, X], [X, X]])),
        ("no user", table::<2>(&[])),
        ("one rating", table(&[[4.0]])),
        ("one rating in a corner", table(&[[X, X, X], [X, X, X], [X, X, 0.5]])),
        ("one user", table(&[[1.0, 5.0, X, 3.0]])),
        ("one item", table(&[[1.0], [5.0], [X]])),
        ("an item and a user without ratings", table(&[[2.0, X, 1.0], [X, X, X]])),
        ("all ratings equal", table(&[[3.0; 4]; 5])),
        ("all ratings zero", table(&[[0.0; 3]; 2])),
        ("ratings of thousands", table(&[[1000.0, 3000.0], [2000.0, X]])),
    ];
    for (name, train) in &sets {
        for entry in REGISTRY {
            for spec in variants(entry) {
                let thousands = *name == "ratings of thousands";
                if thousands && has(entry, "gamma") {
                    // Gradient descent may diverge there; training then says so.
                    continue;
                }
                let model = trained(&spec, train, spec.epochs());
                let finite = values(&*model).iter().flatten().all(|x| x.is_finite());
                assert!(finite, "{spec} on: {name}");
                assert!(model.objective().is_finite(), "{spec} on: {name}");
                assert!(model.operations().is_finite(), "{spec} on: {name}");
                for u in 0..train.users() {
                    for i in 0..train.items() {
                        assert!(model.predict(u, i).is_finite(), "{spec} on: {name}");
                        model.explain(u, i);
                    }
                }
                let mut walk = Walk::new(&spec, Arc::clone(train), SEED);
                walk.jump(10);
                walk.jump(0);
                let start = spec.build(Arc::clone(train), SEED);
                assert_eq!(bits(walk.model()), bits(&*start), "{spec} on: {name}");
            }
        }
    }
}

#[test]
fn padding_stays_zero() {
    for (name, train) in small_sets() {
        for entry in REGISTRY {
            for mut spec in variants(entry) {
                set_where_known(&mut spec, &[("factors", "3")]);
                let mut model = trained(&spec, &train, 3);
                model.step(3, 0);
                for p in model.parameters() {
                    let rows = p.values.chunks_exact(p.stride);
                    let padding: Vec<f32> =
                        rows.flat_map(|row| &row[p.columns..]).copied().collect();
                    assert!(padding.iter().all(|&x| x == 0.0), "{spec} on the {name}: {}", p.name);
                }
            }
        }
    }
}

#[test]
fn a_seed_gives_the_same_bits_again_and_another_seed_other_bits() {
    let (_, train) = small_sets().remove(1);
    for entry in REGISTRY.iter().filter(|entry| has(entry, "sigma")) {
        let spec = Spec::new(entry.id).unwrap();
        let trained = |seed| {
            let mut model = spec.build(Arc::clone(&train), seed);
            model.pass(0);
            bits(&*model)
        };
        assert_eq!(trained(1), trained(1), "{spec}");
        assert_ne!(trained(1), trained(2), "{spec}");
    }
}

fn trained(spec: &Spec, train: &Arc<Ratings>, passes: usize) -> Box<dyn Model> {
    let mut model = spec.build(Arc::clone(train), SEED);
    for epoch in 0..passes {
        model.pass(epoch);
    }
    model
}
