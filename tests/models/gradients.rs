//! Every gradient in every step against finite differences of what the step lessens.
//!
//! In a single parameter most objectives are quadratic, so a central difference is exact for any width, and
//! a wide one keeps single precision's rounding small; of a model that says so the differences are narrow.

use std::sync::Arc;

use factorscope::data::Ratings;
use factorscope::models::checks::Smoothness;
use factorscope::models::{Form, Learning, Model, Need, REGISTRY, Spec};
use factorscope::trace::{Step, Subject, Update};

use crate::support::{
    SEED, has, reference_set, set_for, set_values, set_where_known, values, variants,
};

const WIDE: f32 = 0.0625;
const NARROW: f32 = 0.001;

/// A model that can be put into any state and asked for an objective there.
struct Probe {
    model: Box<dyn Model>,
    strides: Vec<usize>,
    /// How far a parameter is moved to either side, and how near the derivative is then held to be.
    width: f32,
    tolerance: f64,
}

impl Probe {
    fn new(spec: &Spec, train: &Arc<Ratings>) -> Self {
        Self::of(spec, train, smoothness(spec))
    }

    fn of(spec: &Spec, train: &Arc<Ratings>, smoothness: Smoothness) -> Self {
        let model = spec.build(Arc::clone(train), SEED);
        let strides = model.parameters().iter().map(|p| p.stride).collect();
        let (width, tolerance) = match smoothness {
            Smoothness::Quadratic | Smoothness::None => (WIDE, 1e-4),
            Smoothness::Smooth => (NARROW, 2e-3),
        };
        Self { model, strides, width, tolerance }
    }

    fn is_close(&self, a: f64, b: f64) -> bool {
        (a - b).abs() <= self.tolerance * (1.0 + b.abs())
    }

    fn place(&self, update: &Update) -> (usize, usize) {
        let stride = self.strides[update.parameter];
        (update.parameter, update.row * stride + update.column)
    }

    /// The derivative of half of `objective` with respect to the parameter that `update` changed.
    fn slope(
        &mut self,
        state: &[Vec<f32>],
        update: &Update,
        objective: impl Fn(&mut dyn Model) -> f64,
    ) -> f64 {
        let (parameter, at) = self.place(update);
        let width = self.width;
        let mut beside = |by: f32| {
            let mut state = state.to_vec();
            state[parameter][at] += by;
            set_values(&mut *self.model, &state);
            (f64::from(state[parameter][at]), objective(&mut *self.model))
        };
        let ((x0, y0), (x1, y1)) = (beside(-width), beside(width));
        0.5 * (y1 - y0) / (x1 - x0)
    }

    fn apply<'a>(&self, state: &mut [Vec<f32>], updates: impl IntoIterator<Item = &'a Update>) {
        for update in updates {
            let (parameter, at) = self.place(update);
            state[parameter][at] = update.after;
        }
    }
}

/// Every variant that learns so, small and with penalties and start values large enough to be seen.
fn small_variants(learning: Learning) -> Vec<Spec> {
    let mut specs: Vec<Spec> = REGISTRY.iter().flat_map(variants).collect();
    specs.retain(|spec| spec.learning() == learning);
    for spec in &mut specs {
        let settings = [("factors", "3"), ("gamma", "0.03"), ("lambda", "0.4"), ("sigma", "0.5")];
        set_where_known(spec, &settings);
        if spec.entry().needs.contains(&Need::Timestamps) {
            let settings = [
                ("bins", "4"),
                ("gamma_2", "0.02"),
                ("lambda_2", "0.3"),
                ("gamma_3", "0.05"),
                ("lambda_3", "0.2"),
                ("gamma_4", "0.001"),
                ("lambda_4", "0.7"),
            ];
            set_where_known(spec, &settings);
        }
    }
    specs
}

/// The learning rate with which a step of epoch 1 changes a parameter, and whether it is then cut at zero:
/// as the parameter's rule says.
fn rate(spec: &Spec, parameter: &str) -> (f32, bool) {
    let rule = spec.rules().find(|rule| rule.parameters.contains(&parameter));
    let rule = rule.unwrap_or_else(|| panic!("{spec}: no rule for {parameter}"));
    let rate = rule.rate.unwrap_or_else(|| panic!("{spec}: no learning rate for {parameter}"));
    let decay = if has(spec.entry(), "decay") { spec.get("decay") } else { 1.0 };
    ((spec.get(rate) * decay) as f32, rule.form == Form::ProjectedGradient)
}

#[test]
fn a_descending_step_goes_along_the_gradient_of_its_objective() {
    for spec in small_variants(Learning::Descent) {
        let train = set_for(&spec);
        if smoothness(&spec) == Smoothness::None {
            continue;
        }
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut probe = Probe::new(&spec, &train);
        let names: Vec<_> = model.parameters().iter().map(|p| p.name).collect();
        model.pass(0);
        for n in 0..24 {
            let state = values(&*model);
            let step = model.step(1, n);
            assert!(!step.updates.is_empty(), "{spec}");
            for update in &step.updates {
                let slope = probe.slope(&state, update, |model| model.step(1, n).objective);
                assert!(
                    probe.is_close(f64::from(update.gradient), slope),
                    "{spec}, step {n}: {update:?}, by differences {slope}"
                );
                // The engine writes the same as (1 - gamma lambda) before + …: equal to rounding.
                let (gamma, is_cut) = rate(&spec, names[update.parameter]);
                let after = update.before - gamma * update.gradient;
                let after = if is_cut { after.max(0.0) } else { after };
                let apart = (update.after - after).abs();
                assert!(
                    apart <= 4.0 * f32::EPSILON * after.abs().max(0.1),
                    "{spec}, step {n}: {update:?}, by its rule {after}"
                );
            }
        }
    }
}

#[test]
fn a_narrow_difference_tells_the_gradient_of_an_objective_that_is_only_known_to_be_smooth() {
    for spec in small_variants(Learning::Descent) {
        if smoothness(&spec) == Smoothness::None {
            continue;
        }
        let train = set_for(&spec);
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut probe = Probe::of(&spec, &train, Smoothness::Smooth);
        model.pass(0);
        let state = values(&*model);
        for update in model.step(1, 0).updates {
            let slope = probe.slope(&state, &update, |model| model.step(1, 0).objective);
            let gradient = f64::from(update.gradient);
            assert!(probe.is_close(gradient, slope), "{spec}: {update:?}, by differences {slope}");
        }
    }
}

#[test]
fn a_step_changes_every_parameter_on_which_its_objective_depends_and_no_other() {
    for spec in small_variants(Learning::Descent) {
        let train = set_for(&spec);
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut probe = Probe::new(&spec, &train);
        model.pass(0);
        let state = values(&*model);
        let objective = model.step(1, 0);
        let changed: Vec<_> = objective.updates.iter().map(|x| probe.place(x)).collect();
        let after = values(&*model);
        for (parameter, values) in state.iter().enumerate() {
            for at in 0..values.len() {
                let mut beside = state.clone();
                beside[parameter][at] += WIDE;
                set_values(&mut *probe.model, &beside);
                let depends = probe.model.step(1, 0).objective != objective.objective;
                let told = changed.contains(&(parameter, at));
                let moved = after[parameter][at] != values[at];
                // mu is a mean, not learned; padding is not part of a vector; and without biases
                // they are part of the sum, but stay zero.
                let stride = probe.strides[parameter];
                let is_padding = at % stride >= model.parameters()[parameter].columns;
                let is_fixed = parameter == 0 || is_unbiased(&spec) && parameter < 3;
                if is_padding || is_fixed {
                    assert!(!told && !moved, "{spec}: parameter {parameter}, {at}");
                } else {
                    assert_eq!(told, depends, "{spec}: parameter {parameter}, {at}");
                    assert!(told || !moved, "{spec}: parameter {parameter}, {at}");
                }
            }
        }
    }
}

fn is_unbiased(spec: &Spec) -> bool {
    spec.word("biases") == Some("no") || matches!(spec.word("offset"), Some("none" | "mean"))
}

#[test]
fn the_sequential_update_teaches_q_i_by_the_new_p_u_and_changes_nothing_else() {
    let train = reference_set();
    for biases in ["yes", "no"] {
        let settings = |update: &str| {
            let factors = ["factors=3", "gamma=0.05", "lambda=0.4", "sigma=0.5"];
            let choices = [format!("update={update}"), format!("biases={biases}")];
            let all = factors.into_iter().chain(choices.iter().map(String::as_str));
            Spec::with("svd", all).unwrap()
        };
        let build = |update: &str| settings(update).build(Arc::clone(&train), SEED);
        let (mut simultaneous, mut sequential) = (build("simultaneous"), build("sequential"));
        for n in 0..50 {
            set_values(&mut *simultaneous, &values(&*sequential));
            let (old, new): (Step, Step) = (simultaneous.step(0, n), sequential.step(0, n));
            let Subject::Rating(rating) = new.subject else {
                panic!("a step of svd is about a rating");
            };
            let e = rating.r - new.prediction();
            assert_eq!(old.updates.len(), new.updates.len());
            let names: Vec<_> = sequential.parameters().iter().map(|p| p.name).collect();
            for (a, b) in old.updates.iter().zip(&new.updates) {
                if names[a.parameter] != "q_i" {
                    assert_eq!(a, b);
                    continue;
                }
                let is_p = |x: &&Update| names[x.parameter] == "p_u" && x.column == b.column;
                let p_u = new.updates.iter().find(is_p).unwrap();
                let expected = -f64::from(e) * (f64::from(p_u.after) - f64::from(p_u.before));
                let found = f64::from(b.gradient) - f64::from(a.gradient);
                assert!((found - expected).abs() < 2e-6, "step {n}: {found}, expected {expected}");
            }
        }
    }
}

#[test]
fn the_objectives_of_all_descending_steps_add_up_to_the_models() {
    for spec in small_variants(Learning::Descent) {
        let train = set_for(&spec);
        let mut model = spec.build(Arc::clone(&train), SEED);
        model.pass(0);
        let state = values(&*model);
        let whole = model.objective();
        let mut sum = 0.0;
        for n in 0..model.steps() {
            set_values(&mut *model, &state);
            sum += model.step(1, n).objective;
        }
        assert!((sum - whole).abs() < 1e-9 * whole, "{spec}: {sum}, {whole}");
    }
}

#[test]
fn a_closed_form_step_tells_the_gradient_before_and_leaves_none() {
    for spec in small_variants(Learning::Solving) {
        let train = set_for(&spec);
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut probe = Probe::new(&spec, &train);
        model.pass(0);
        for n in 0..model.steps() {
            let mut state = values(&*model);
            let step = model.step(1, n);
            assert!(!step.updates.is_empty(), "{spec}");
            if let Subject::Vectors(_) = step.subject {
                // It solves for nothing: it changes the basis, and must leave every product as it is.
                probe.apply(&mut state, &step.updates);
                assert_eq!(state, values(&*model), "{spec}, step {n}");
                continue;
            }
            // One parameter after another: a bias, then the vector given the new bias.
            for solved in step.updates.chunk_by(|a, b| a.parameter == b.parameter) {
                let own = |model: &mut dyn Model| model.step(1, n).objective;
                for update in solved {
                    let slope = probe.slope(&state, update, own);
                    assert!(
                        probe.is_close(f64::from(update.gradient), slope),
                        "{spec}, step {n}: {update:?}, by differences {slope}"
                    );
                }
                probe.apply(&mut state, solved);
                for update in solved {
                    let slope = probe.slope(&state, update, own);
                    assert!(slope.abs() < 1e-4, "{spec}, step {n}: {slope} is left");
                    if smoothness(&spec) != Smoothness::None {
                        let slope = probe.slope(&state, update, |model| model.objective());
                        assert!(slope.abs() < 2e-4, "{spec}, step {n}: {slope} is left");
                    }
                }
            }
            assert_eq!(state, values(&*model), "{spec}, step {n}");
        }
    }
}

#[test]
fn a_draw_tells_the_gradient_before_and_the_mean_at_which_there_is_none() {
    let train = reference_set();
    for spec in small_variants(Learning::Sampling) {
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut probe = Probe::new(&spec, &train);
        model.pass(0);
        for n in 0..model.steps() {
            let mut state = values(&*model);
            let step = model.step(1, n);
            assert!(!step.updates.is_empty(), "{spec}");
            let Some(system) = &step.system else {
                // Mean and precision of all vectors of a side: drawn from no quadratic.
                assert!(matches!(step.subject, Subject::Vectors(_)));
                continue;
            };
            let own = |model: &mut dyn Model| model.step(1, n).objective;
            for update in &step.updates {
                let slope = probe.slope(&state, update, own);
                let gradient = f64::from(update.gradient);
                assert!(probe.is_close(gradient, slope), "{spec}, step {n}: {update:?}, {slope}");
            }
            // The bias, where there is one, is told first and stands last in the system.
            let mean = system.solution.as_ref().unwrap();
            let biased = usize::from(mean.len() > 3);
            let mut at_mean = step.updates.clone();
            at_mean.rotate_left(biased);
            for (update, &mean) in at_mean.iter_mut().zip(mean) {
                update.after = mean;
            }
            probe.apply(&mut state, &at_mean);
            for update in &at_mean {
                let slope = probe.slope(&state, update, own);
                assert!(slope.abs() < 1e-3, "{spec}, step {n}: {slope} is left");
            }
        }
    }
}

fn smoothness(spec: &Spec) -> Smoothness {
    (spec.entry().checks.smoothness)(spec)
}

#[test]
fn no_closed_form_step_raises_the_objective() {
    for spec in small_variants(Learning::Solving) {
        let train = set_for(&spec);
        if smoothness(&spec) == Smoothness::None {
            continue;
        }
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut before = model.objective();
        let start = before;
        for epoch in 0..3 {
            for n in 0..model.steps() {
                let falls = model.step(epoch, n).objective;
                let after = model.objective();
                assert!(after <= before + 1e-5, "{spec}: {before}, then {after}");
                assert!(falls >= before - after - 1e-5, "{spec}: fell by more than {falls}");
                before = after;
            }
        }
        // A decomposition starts from the sum of the rows, which is not far from its end.
        assert!(before < 0.9 * start, "{spec}: {start}, then {before}");
    }
}
