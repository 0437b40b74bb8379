//! What a run came to, in sixteen digits: enough to tell whether somebody else's run is the same one.
//!
//! The fingerprint of a model ([`crate::models::fingerprint`]) covers its parameters. Not all that decides
//! a prediction is a parameter: some settings matter only when predicting, and a sampler predicts from
//! draws of earlier passes. A receipt covers those as well.

use xxhash_rust::xxh64::Xxh64;

use crate::data::Ratings;
use crate::data::split::Split;
use crate::models::{Model, Spec, fingerprint};

/// How many users predictions are made for, and how many items for each.
const SPREAD: (usize, usize) = (16, 64);

/// A hash of the settings, the ratings of each part, the seed of start values and order, how many passes
/// (or steps) were done, the parameters, and predictions for a fixed spread of users and items; 16
/// hexadecimal digits. The seed of the split counts by the ratings it led to.
pub fn receipt(spec: &Spec, split: &Split, seed: u64, done: usize, model: &dyn Model) -> String {
    let mut hash = Xxh64::new(0);
    hash.update(spec.to_string().as_bytes());
    hash.update(&seed.to_le_bytes());
    hash.update(&(done as u64).to_le_bytes());
    for part in [Some(&split.train), split.validation.as_ref(), Some(&split.test)] {
        match part {
            Some(part) => ratings(&mut hash, part),
            None => hash.update(&[0]),
        }
    }
    hash.update(fingerprint(model).as_bytes());
    hash.update(predicted(model, &split.train).as_bytes());
    format!("{:016x}", hash.digest())
}

fn ratings(hash: &mut Xxh64, all: &Ratings) {
    for n in [all.users(), all.items(), all.len()] {
        hash.update(&(n as u64).to_le_bytes());
    }
    for u in 0..all.users() {
        let row = all.row(u);
        hash.update(&(row.len() as u64).to_le_bytes());
        row.ids.iter().for_each(|i| hash.update(&i.to_le_bytes()));
        row.ratings.iter().for_each(|r| hash.update(&r.to_le_bytes()));
    }
    all.timestamps().into_iter().flatten().for_each(|t| hash.update(&t.to_le_bytes()));
}

/// A hash of what the model predicts for a fixed spread of users and items, not clamped, and for some of
/// its training ratings at their moments; 16 hexadecimal digits.
pub fn predicted(model: &dyn Model, train: &Ratings) -> String {
    let mut hash = Xxh64::new(0);
    let (users, items) = (spread(train.users(), SPREAD.0), spread(train.items(), SPREAD.1));
    let mut out = Vec::new();
    let mut add = |out: &[f32]| {
        for &x in out {
            // The bits of what is no number differ between machines.
            let x = if x.is_nan() { f32::NAN } else { x };
            hash.update(&x.to_bits().to_le_bytes());
        }
    };
    for &u in &users {
        let u = u as usize;
        out.resize(items.len(), 0.0);
        model.predict_many(u, &items, &mut out);
        add(&out);
        let Some(times) = train.timestamps() else { continue };
        let (row, times) = (train.row(u).ids, &times[train.positions(u)]);
        let n = row.len().min(SPREAD.1);
        out.resize(n, 0.0);
        model.predict_timed(u, &row[..n], &times[..n], &mut out);
        add(&out);
    }
    format!("{:016x}", hash.digest())
}

/// At most `most` of the numbers below `n`, evenly spread.
fn spread(n: usize, most: usize) -> Vec<u32> {
    let count = n.min(most);
    (0..count).map(|k| (k * n / count) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::split;
    use crate::data::toy::toy;

    #[test]
    fn the_spread_is_even_and_without_repetition() {
        assert_eq!(spread(3, 16), [0, 1, 2]);
        assert_eq!(spread(10, 4), [0, 2, 5, 7]);
        assert!(spread(0, 4).is_empty());
    }

    #[test]
    fn each_of_its_parts_counts() {
        let spec = Spec::with("svd", ["factors=2"]).unwrap();
        let all = split::everything(&toy().ratings);
        let model = spec.build(all.train.clone(), 1);
        let found = receipt(&spec, &all, 1, 0, &*model);
        assert_eq!(found, receipt(&spec, &all, 1, 0, &*model));
        let other = Spec::with("svd", ["factors=2", "gamma=0.02"]).unwrap();
        let held = split::holdout(&toy().ratings, 0.2, 1);
        let learned = &mut *spec.build(all.train.clone(), 1);
        learned.pass(0);
        for changed in [
            receipt(&other, &all, 1, 0, &*model),
            receipt(&spec, &held, 1, 0, &*model),
            receipt(&spec, &all, 2, 0, &*model),
            receipt(&spec, &all, 1, 1, &*model),
            receipt(&spec, &all, 1, 0, learned),
        ] {
            assert_ne!(found, changed);
        }
    }
}
