//! The probabilistic models: the point against least squares and densities, the sampler against exact
//! posteriors, and the draws that it keeps.

mod draws;
mod point;
mod sampler;

use std::sync::Arc;

use factorscope::data::Ratings;
use factorscope::models::{Model, Spec};
use serde_json::Value;

use crate::support::SEED;

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

fn bpmf(settings: &[&str]) -> Spec {
    Spec::with("bpmf", settings.iter().copied()).unwrap()
}
