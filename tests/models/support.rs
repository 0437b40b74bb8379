//! What the tests share: small rating sets, every variant of every model, bits.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use factorscope::data::load::{load, read_path};
use factorscope::data::{
    Attribute, Attributes, Ids, Lists, Rating, Ratings, cutout, simulation, toy,
};
use factorscope::models::{Entry, Kind, Model, Need, REGISTRY, Spec};
use serde_json::Value;

use crate::proof;

pub const SEED: u64 = 42;

/// A file beside the reference scripts.
pub fn reference_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

pub fn reference(name: &str) -> Value {
    let text = fs::read_to_string(reference_path(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A rating set from `[u, i, r]` rows, with as many users and items as the largest indices say.
pub fn ratings(rows: &Value) -> Arc<Ratings> {
    let number = |value: &Value| value.as_u64().unwrap() as usize;
    let rating = |row: &Value| Rating {
        u: number(&row[0]),
        i: number(&row[1]),
        r: row[2].as_f64().unwrap() as f32,
    };
    let all: Vec<Rating> = rows.as_array().unwrap().iter().map(rating).collect();
    let users = 1 + all.iter().map(|rating| rating.u).max().unwrap();
    let items = 1 + all.iter().map(|rating| rating.i).max().unwrap();
    let ids = |n| Arc::new(Ids::counting(n));
    Arc::new(Ratings::new(ids(users), ids(items), &all, None).unwrap())
}

/// The 96 generated ratings of the reference scripts, with attributes of users and items.
pub fn reference_set() -> Arc<Ratings> {
    let told = reference("attributes.json");
    let lists = |side: &str| {
        let own = |line: &Value| {
            let names = line.as_array().unwrap().iter();
            names.map(|number| Attribute::new(side, &number.to_string())).collect()
        };
        Lists::new(&told[side].as_array().unwrap().iter().map(own).collect::<Vec<_>>())
    };
    let attributes = Attributes { users: lists("users"), items: lists("items") };
    let set = Arc::unwrap_or_clone(ratings(&reference("ratings.json")["ratings"]));
    Arc::new(set.with_attributes(attributes))
}

/// The same with a moment for each: three years of days, of which users share some, and some users
/// have several ratings on one.
pub fn timed_set() -> Arc<Ratings> {
    let set = reference_set();
    let rows: Vec<Rating> = set.iter().collect();
    let day = |r: &Rating| 12_000 + 97 * (r.u as u32 % 5) + 61 * (r.i as u32 / 2 * 7 % 16);
    let times: Vec<u32> = rows.iter().map(|r| 86_400 * day(r) + 60 * r.i as u32).collect();
    let (users, items) = (Arc::clone(set.user_ids()), Arc::clone(set.item_ids()));
    let timed = Ratings::new(users, items, &rows, Some(&times)).unwrap();
    Arc::new(timed.with_attributes(set.attributes().clone()))
}

/// What gradients are checked on: the reference set, with moments where the model needs them.
pub fn set_for(spec: &Spec) -> Arc<Ratings> {
    if spec.entry().needs.contains(&Need::Timestamps) { timed_set() } else { reference_set() }
}

/// MovieLens latest-small, of which no rating is committed: tests on it are ignored where it is not asked for.
pub fn movielens() -> Arc<Ratings> {
    let path = env::var_os("MOVIELENS_ZIP").expect("MOVIELENS_ZIP names the zip of latest-small");
    load(&read_path(Path::new(&path)).unwrap()).unwrap().ratings
}

/// The toy, the reference set and a cut-out of the simulation.
pub fn small_sets() -> Vec<(&'static str, Arc<Ratings>)> {
    let simulated = simulation::simulate(SEED).dataset;
    vec![
        ("toy", toy::toy().ratings),
        ("reference set", reference_set()),
        ("cut-out", cutout::cutout(&simulated, 12, 12, cutout::Users::Alike).ratings),
    ]
}

/// A table from rows in which NaN is an empty cell.
pub fn table<const N: usize>(rows: &[[f32; N]]) -> Arc<Ratings> {
    toy::table(rows.len(), N, rows.as_flattened()).ratings
}

/// The model with every combination of its choices, otherwise at its defaults.
pub fn variants(entry: &Entry) -> Vec<Spec> {
    let mut specs = vec![Spec::new(entry.id).unwrap()];
    for h in entry.hyperparameters {
        let Kind::Choice(words) = h.kind else {
            continue;
        };
        let each = specs.iter().flat_map(|spec| {
            words.iter().map(move |word| {
                let mut spec = spec.clone();
                spec.set(h.name, word).unwrap();
                spec
            })
        });
        specs = each.collect();
    }
    specs
}

/// A model of the registry or of the tests' own, to be made at its start values.
pub struct Made {
    pub name: String,
    /// Its settings, where it is in the registry.
    pub spec: Option<Spec>,
    pub make: Box<dyn Fn() -> Box<dyn Model>>,
}

/// Every variant of every model of the registry, and the models that only tests know.
pub fn every_model(train: &Arc<Ratings>) -> Vec<Made> {
    let known = REGISTRY.iter().flat_map(variants).map(|spec| {
        let (train, of) = (Arc::clone(train), spec.clone());
        let make = Box::new(move || of.build(Arc::clone(&train), SEED));
        Made { name: spec.to_string(), spec: Some(spec), make }
    });
    known.chain(proof::models(train)).collect()
}

pub fn has(entry: &Entry, name: &str) -> bool {
    entry.hyperparameters.iter().any(|h| h.name == name)
}

/// Sets those of these hyperparameters that the model has.
pub fn set_where_known(spec: &mut Spec, settings: &[(&str, &str)]) {
    for (name, value) in settings {
        if has(spec.entry(), name) {
            spec.set(name, value).unwrap();
        }
    }
}

/// All parameters, padding included.
pub fn values(model: &dyn Model) -> Vec<Vec<f32>> {
    let parameters = model.parameters();
    parameters.iter().map(|p| p.values.to_vec()).collect()
}

pub fn set_values(model: &mut dyn Model, values: &[Vec<f32>]) {
    for (to, from) in model.values_mut().into_iter().zip(values) {
        to.copy_from_slice(from);
    }
}

/// The bits of all parameters, padding included.
pub fn bits(model: &dyn Model) -> Vec<Vec<u32>> {
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect();
    values(model).into_iter().map(bits).collect()
}

/// Largest difference between the parameters of two models, relative to the larger of the value and 1.
pub fn distance(a: &dyn Model, b: &dyn Model) -> f32 {
    let pairs = values(a).into_iter().flatten().zip(values(b).into_iter().flatten());
    pairs.fold(0.0, |most, (a, b)| {
        let difference = (a - b).abs() / a.abs().max(1.0);
        if difference.is_nan() { f32::INFINITY } else { most.max(difference) }
    })
}

/// The numbers of one parameter by its name, without padding.
pub fn parameter(model: &dyn Model, name: &str) -> Vec<Vec<f32>> {
    let parameters = model.parameters();
    let found = parameters.iter().find(|p| p.name == name);
    let found = found.unwrap_or_else(|| panic!("no parameter {name}"));
    found.rows().map(<[f32]>::to_vec).collect()
}
