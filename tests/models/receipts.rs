//! Receipts: whatever decides what a run comes to changes its receipt.

use factorscope::data::split;
use factorscope::models::{Entry, Hyperparameter, Kind, Model, REGISTRY, Spec, fingerprint};
use factorscope::receipt::{predicted, receipt};

use crate::support::{SEED, has, timed_set};

/// A short training, in which the setting asked about has a say: some count only beside others.
fn beside(entry: &Entry, name: &str) -> Vec<&'static str> {
    let mut settings = Vec::new();
    for (setting, value) in
        [("epochs", "epochs=3"), ("factors", "factors=4"), ("burn_in", "burn_in=1")]
    {
        if has(entry, setting) {
            settings.push(value);
        }
    }
    let own = entry.checks.beside.iter().filter(|(of, _)| *of == name);
    settings.extend(own.map(|(_, setting)| *setting));
    settings
}

/// Another value that is allowed.
fn changed(h: &Hyperparameter, spec: &Spec) -> String {
    if let Kind::Choice(words) = h.kind {
        let next = words.iter().cycle().skip_while(|&&word| spec.word(h.name) != Some(word)).nth(1);
        return next.copied().unwrap_or_default().to_owned();
    }
    let now = spec.get(h.name);
    match h.kind {
        Kind::Integer if now > h.min => h.min.to_string(),
        Kind::Integer => (h.min + 1.0).to_string(),
        Kind::Real | Kind::Log if now * 2.0 + 0.1 <= h.max => (now * 2.0 + 0.1).to_string(),
        _ => f64::midpoint(h.min, now).to_string(),
    }
}

struct Came {
    receipt: String,
    /// Of parameters and predictions alone: the settings themselves are not in it.
    out: (String, String),
}

fn run(spec: &Spec) -> Came {
    let split = split::holdout(&timed_set(), 0.2, SEED);
    let mut model: Box<dyn Model> = spec.build(split.train.clone(), SEED);
    (0..spec.epochs()).for_each(|epoch| model.pass(epoch));
    Came {
        receipt: receipt(spec, &split, SEED, spec.epochs(), &*model),
        out: (fingerprint(&*model), predicted(&*model, &split.train)),
    }
}

#[test]
fn every_setting_of_every_model_changes_the_receipt_and_what_comes_out() {
    for entry in REGISTRY {
        for h in entry.hyperparameters {
            let mut spec = Spec::with(entry.id, beside(entry, h.name)).unwrap();
            let before = run(&spec);
            assert_eq!(before.receipt, run(&spec).receipt, "{} does not repeat", entry.id);
            let value = changed(h, &spec);
            spec.set(h.name, &value).unwrap();
            let after = run(&spec);
            assert_ne!(before.receipt, after.receipt, "{} {}={value}", entry.id, h.name);
            assert_ne!(before.out, after.out, "{} {}={value}", entry.id, h.name);
        }
    }
}

#[test]
fn settings_that_count_only_when_predicting_change_what_is_predicted() {
    // The parameters of these stay as they were, to the bit.
    let same_parameters = [
        ("item-knn", "power=10"),
        ("user-knn", "power=2"),
        ("item-knn", "lambda_3=3"),
        ("bpmf", "samples=1"),
        ("bpmf", "burn_in=0"),
    ];
    for (id, setting) in same_parameters {
        let entry = REGISTRY.iter().find(|entry| entry.id == id).unwrap();
        let mut spec = Spec::with(id, beside(entry, "")).unwrap();
        let (parameters, predictions) = run(&spec).out;
        let (name, value) = setting.split_once('=').unwrap();
        spec.set(name, value).unwrap();
        let other = run(&spec).out;
        assert_eq!(parameters, other.0, "{id} {setting}");
        assert_ne!(predictions, other.1, "{id} {setting}");
    }
}
