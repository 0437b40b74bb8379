//! What the table of models says of rules and addends, held against what the models do.

use std::collections::BTreeSet;

use factorscope::models::{Form, Kind, REGISTRY, Spec};
use factorscope::trace::AddendKind;

use crate::support::{SEED, set_for, set_where_known, variants};

/// Every variant, small and with start values large enough to be changed.
fn small(spec: &mut Spec) {
    set_where_known(spec, &[("factors", "3"), ("sigma", "0.5"), ("support", "2")]);
}

#[test]
fn a_rule_names_parameters_a_rate_and_a_choice_that_the_model_has() {
    for entry in REGISTRY {
        let spec = Spec::new(entry.id).unwrap();
        let model = spec.build(set_for(&spec), SEED);
        let names: Vec<&str> = model.parameters().iter().map(|p| p.name).collect();
        for rule in entry.rules {
            let what = format!("{}: {}", entry.id, rule.latex);
            assert!(rule.parameters.iter().all(|name| names.contains(name)), "{what}");
            assert_eq!(rule.parameters.is_empty(), rule.form == Form::Definition, "{what}");
            let descends = matches!(rule.form, Form::Gradient | Form::ProjectedGradient);
            assert_eq!(rule.rate.is_some(), descends, "{what}");
            if let Some(rate) = rule.rate {
                assert!(entry.hyperparameters.iter().any(|h| h.name == rate), "{what}");
            }
            if let Some((name, word)) = rule.when {
                let choice = entry.hyperparameters.iter().find(|h| h.name == name);
                let words = choice.map(|h| h.kind);
                assert!(
                    matches!(words, Some(Kind::Choice(words)) if words.contains(&word)),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn every_parameter_that_a_step_changes_has_one_rule() {
    for entry in REGISTRY {
        for mut spec in variants(entry) {
            small(&mut spec);
            let mut model = spec.build(set_for(&spec), SEED);
            let names: Vec<&str> = model.parameters().iter().map(|p| p.name).collect();
            let mut learned = BTreeSet::new();
            for n in 0..model.steps() {
                let changed = model.step(0, n).updates;
                learned.extend(changed.iter().map(|update| names[update.parameter]));
            }
            assert!(!learned.is_empty(), "{spec}");
            for name in learned {
                let rules = spec.rules().filter(|rule| rule.parameters.contains(&name));
                assert_eq!(rules.count(), 1, "{spec}: rules for {name}");
            }
        }
    }
}

/// The other kinds are parts of closed forms.
const OF_PREDICTIONS: [AddendKind; 4] =
    [AddendKind::Mean, AddendKind::Bias, AddendKind::Factors, AddendKind::Neighbors];

#[test]
fn the_addends_of_a_prediction_have_names_of_their_own_and_words() {
    for entry in REGISTRY {
        for mut spec in variants(entry) {
            small(&mut spec);
            let train = set_for(&spec);
            let model = spec.build(train.clone(), SEED);
            for u in 0..train.users() {
                let terms = model.explain(u, 0).terms;
                assert!(!terms.is_empty(), "{spec}");
                let names: BTreeSet<&str> = terms.iter().map(|term| term.addend.name).collect();
                assert_eq!(names.len(), terms.len(), "{spec}: {terms:?}");
                for term in terms {
                    assert!(!term.addend.words.is_empty(), "{spec}: {}", term.addend.name);
                    assert!(!term.addend.latex.is_empty() && term.component.is_none(), "{spec}");
                    assert!(OF_PREDICTIONS.contains(&term.addend.kind), "{spec}: {term:?}");
                }
            }
        }
    }
}

#[test]
fn an_addend_that_is_a_product_is_that_of_the_rows_of_two_parameters() {
    let mut told = 0;
    for entry in REGISTRY {
        for mut spec in variants(entry) {
            small(&mut spec);
            let train = set_for(&spec);
            let mut model = spec.build(train.clone(), SEED);
            model.pass(0);
            let parameters = model.parameters();
            let row = |name: &str, u: usize, i: usize| {
                let found = parameters.iter().find(|p| p.name == name).unwrap();
                let line = if name.ends_with("_u") { u } else { i };
                found.rows().nth(line).unwrap()
            };
            for u in 0..train.users() {
                for i in 0..train.items() {
                    for term in model.explain(u, i).terms {
                        let Some([a, b]) = term.addend.product else { continue };
                        let pairs = row(a, u, i).iter().zip(row(b, u, i));
                        let product: f32 = pairs.map(|(a, b)| a * b).sum();
                        let apart = (product - term.value).abs();
                        assert!(apart < 1e-5, "{spec}: {product}, not {}", term.value);
                        told += 1;
                    }
                }
            }
        }
    }
    assert!(told > 0);
}

#[test]
fn a_parameter_is_written_as_a_letter_by_what_a_row_stands_for() {
    for entry in REGISTRY {
        let spec = Spec::new(entry.id).unwrap();
        let model = spec.build(set_for(&spec), SEED);
        for parameter in model.parameters() {
            let (symbol, name) = (parameter.symbol, parameter.name);
            let base = symbol.base.trim_start_matches('\\');
            assert!(!base.contains('_') && name.starts_with(base), "{}: {name}", entry.id);
            assert!(name.len() > base.len() || symbol.index.is_empty(), "{}: {name}", entry.id);
        }
    }
}
