//! What a model says that each rated item adds to a prediction, held against its own addends.

use factorscope::models::{REGISTRY, Spec};
use factorscope::trace::{Addend, Explanation, RatedShare};

use crate::support::{SEED, set_for, set_where_known, variants};

/// The sum of these addends, each of which the explanation has once.
fn addends(explanation: &Explanation, of: &[&Addend], what: &str) -> f32 {
    let one = |addend: &&Addend| {
        let name = addend.name;
        let mut found = explanation.terms.iter().filter(|term| term.addend.name == name);
        let term = found.next().unwrap_or_else(|| panic!("{what}: no addend {name}"));
        assert!(found.next().is_none(), "{what}: two addends {name}");
        term.value
    };
    of.iter().map(one).sum()
}

#[test]
fn the_shares_of_rated_items_sum_to_the_addends_they_are_said_to_be_of() {
    for entry in REGISTRY {
        for mut spec in variants(entry) {
            set_where_known(
                &mut spec,
                &[("factors", "3"), ("support", "2"), ("beta", "2"), ("burn_in", "1")],
            );
            let train = set_for(&spec);
            let mut model = spec.build(train.clone(), SEED);
            for epoch in 0..2 {
                model.pass(epoch);
            }
            let mut largest = 0.0f32;
            for u in 0..train.users() {
                for i in 0..train.items() {
                    let what = format!("{spec}, user {u}, item {i}");
                    let explanation = model.explain(u, i);
                    assert!(explanation.because.is_sorted_by(|a, b| a.1 >= b.1), "{what}");
                    let Some(RatedShare { latex, words, of }) = explanation.share else {
                        assert!(explanation.because.is_empty(), "{what}: shares without a meaning");
                        assert!(!entry.checks.shares, "{what}: no shares");
                        continue;
                    };
                    assert!(!of.is_empty() && !words.is_empty(), "{what}");
                    assert!(latex.contains('j'), "{what}: {latex}");
                    let told = addends(&explanation, of, &what);
                    let shares: f32 = explanation.because.iter().map(|&(_, share)| share).sum();
                    assert!((shares - told).abs() < 1e-4, "{what}: {shares}, not {told}");
                    largest = largest.max(told.abs());
                    let rated = |&(j, _): &(usize, f32)| train.get(u, j).is_some();
                    assert!(explanation.because.iter().all(rated), "{what}");
                    assert!(entry.checks.shares, "{what}: shares that nobody promised");
                }
            }
            let tells = entry.checks.shares;
            assert!(!tells || largest > 0.0, "{spec}: nothing but zeros was compared");
        }
    }
    let integrated = |beside: &str| {
        let spec = Spec::with("integrated", [beside]).unwrap();
        spec.build(set_for(&spec), SEED).explain(0, 0).share.unwrap()
    };
    assert_eq!(integrated("implicit=item").of.len(), 3);
    assert_ne!(integrated("implicit=item"), integrated("implicit=user"));
}
