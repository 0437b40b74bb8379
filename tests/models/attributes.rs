//! Additional inputs: against the formulas, and what attributes do for those without ratings.

use std::sync::Arc;

use factorscope::data::simulation::simulate;
use factorscope::data::{Attribute, Attributes, Lists, Ratings};
use factorscope::models::attributes::{AdditionalInputs, Share};
use factorscope::models::{Model, Spec, own};

use crate::reference::{compare_above, numbers, setting, start};
use crate::support::{SEED, bits, parameter, reference, reference_set, small_sets, table};

const X: f32 = f32::NAN;

#[test]
fn additional_inputs_have_the_parameters_of_the_formulas_after_three_epochs() {
    let reference = reference("attributes.json");
    for run in reference["runs"].as_array().unwrap() {
        let inputs = run["inputs"].as_str().unwrap();
        let mut settings = vec![
            setting("factors", &reference["factors"]),
            format!("inputs={inputs}"),
            "order=stored".to_owned(),
        ];
        let given = run["settings"].as_object().unwrap().iter();
        settings.extend(given.map(|(name, value)| setting(name, value)));
        let spec = Spec::with("attributes", settings.iter().map(String::as_str)).unwrap();
        let mut model = spec.build(reference_set(), SEED);
        let mut values = reference["start"].clone();
        for (side, names) in [("users", ["b_a", "y_a"]), ("items", ["b_g", "y_g"])] {
            if ![side, "both"].contains(&inputs) {
                for name in names {
                    values.as_object_mut().unwrap().remove(name);
                }
            }
        }
        start(&mut *model, &values);
        for epoch in 0..reference["epochs"].as_u64().unwrap() {
            model.pass(epoch as usize);
        }
        let worst = compare_above(1e-3, &*model, run, &run["mu"], &spec.to_string());
        println!("{spec}: parameters within {worst:.1e}");
        for prediction in run["predictions"].as_array().unwrap() {
            let numbers = numbers(prediction);
            let found = f64::from(model.predict(numbers[0] as usize, numbers[1] as usize));
            assert!((found - numbers[2]).abs() <= 1e-5 * numbers[2].abs(), "{spec}: {found}");
        }
    }
}

fn trained(settings: &[&str], train: &Arc<Ratings>, passes: usize) -> Box<dyn Model> {
    let spec = Spec::with("attributes", settings.iter().copied()).unwrap();
    let mut model = spec.build(Arc::clone(train), SEED);
    for epoch in 0..passes {
        model.pass(epoch);
    }
    model
}

#[test]
fn without_attributes_it_is_svdpp_to_the_last_bit_or_close() {
    for (name, train) in small_sets() {
        let same = ["gamma=0.02", "lambda=0.1", "sigma=0.1", "factors=5"];
        let mut svdpp = Spec::with("svdpp", same).unwrap().build(Arc::clone(&train), SEED);
        let none = trained(&[&same[..], &["inputs=none"]].concat(), &train, 3);
        for epoch in 0..3 {
            svdpp.pass(epoch);
        }
        for (ours, theirs) in [("p_u", "p_u"), ("q_i", "q_i"), ("x_j", "y_j"), ("b_i", "b_i")] {
            let pairs = parameter(&*none, ours).into_iter().zip(parameter(&*svdpp, theirs));
            for (a, b) in pairs.flat_map(|(a, b)| a.into_iter().zip(b)) {
                assert!((a - b).abs() < 1e-5, "{name}, {ours}: {a}, {b}");
            }
        }
    }
}

/// Users 1 and 2 are old and like item 1, users 3 and 4 are young and like item 2, and so are user 5
/// and 6, who have rated nothing. Items 1 and 3 are westerns, 2 and 4 are not; nobody rated 3 and 4.
fn by_age_and_genre() -> Arc<Ratings> {
    let rows =
        [[5.0, 1.0, X, X], [5.0, 2.0, X, X], [1.0, 5.0, X, X], [2.0, 4.0, X, X], [X; 4], [X; 4]];
    let lists = |kind: &str, values: &[&str]| {
        Lists::new(&values.iter().map(|v| vec![Attribute::new(kind, v)]).collect::<Vec<_>>())
    };
    let attributes = Attributes {
        users: lists("age", &["56+", "56+", "18-24", "18-24", "56+", "18-24"]),
        items: lists("genre", &["Western", "Comedy", "Western", "Comedy"]),
    };
    Arc::new(Arc::unwrap_or_clone(table(&rows)).with_attributes(attributes))
}

#[test]
fn who_has_rated_nothing_is_told_apart_by_attributes() {
    let train = by_age_and_genre();
    let settings = ["factors=2", "gamma=0.05", "gamma_2=0.05"];
    let both = trained(&settings, &train, 300);
    // A user and an item without ratings each, and both.
    for (u, i, j) in [(4, 0, 1), (5, 1, 0), (0, 2, 3), (2, 3, 2), (4, 2, 3), (5, 3, 2)] {
        let (better, worse) = (both.predict(u, i), both.predict(u, j));
        assert!(better > worse + 1.0, "user {u}: item {i} {better}, item {j} {worse}");
    }
    let users = trained(&[&settings[..], &["inputs=users"]].concat(), &train, 300);
    assert!(users.predict(4, 0) > users.predict(4, 1) + 1.0);
    assert_eq!(users.predict(0, 2), users.predict(0, 3));
    let none = trained(&[&settings[..], &["inputs=none"]].concat(), &train, 300);
    assert_eq!(none.predict(4, 0), none.predict(5, 0));
}

#[test]
fn a_newcomer_is_predicted_what_somebody_without_ratings_is() {
    let train = by_age_and_genre();
    let settings = ["factors=2", "gamma=0.05", "gamma_2=0.05"];
    let model = trained(&settings, &train, 50);
    let inputs = own::<AdditionalInputs>(&*model).unwrap();
    let close = |a: f32, b: f32| (a - b).abs() < 1e-6;
    let known = train.attributes();
    for u in [4, 5] {
        let user = inputs.new_user(known.users.of(u));
        for i in 0..4 {
            let rating = inputs.new_user_rates(&user, i);
            assert!(close(rating, model.predict(u, i)), "user {u}, item {i}: {rating}");
            let shares = inputs.new_user_shares(&user, i);
            assert_eq!(shares, inputs.shares(u, i)[0]);
        }
    }
    for i in [2, 3] {
        let item = inputs.new_item(known.items.of(i));
        for u in 0..6 {
            let rating = inputs.rates_new_item(u, &item);
            assert!(close(rating, model.predict(u, i)), "user {u}, item {i}: {rating}");
        }
    }
    assert_eq!(inputs.new_user(&[9, 0, 0]), inputs.new_user(&[0]));
    assert!(inputs.new_user(&[]).vector.iter().all(|&x| x == 0.0));
}

#[test]
fn shares_of_attributes_sum_to_the_terms_of_the_explanation() {
    let train = simulate(SEED).dataset.ratings;
    let model = trained(&["gamma_2=0.01"], &train, 2);
    let inputs = own::<AdditionalInputs>(&*model).unwrap();
    for (u, i) in [(0, 0), (17, 80), (599, 300)] {
        let [users, items] = inputs.shares(u, i);
        let known = train.attributes();
        let numbers = |shares: &[Share]| -> Vec<u32> {
            shares.iter().map(|share| share.attribute as u32).collect()
        };
        assert_eq!(numbers(&users), known.users.of(u));
        assert_eq!(numbers(&items), known.items.of(i));
        let terms = model.explain(u, i).terms;
        let term = |name: &str| terms.iter().find(|t| t.addend.name == name).unwrap().value;
        let sum = |of: fn(&Share) -> f32| users.iter().map(of).sum::<f32>();
        assert!((sum(|share| share.bias) - term("b_a")).abs() < 1e-5);
        assert!((sum(|share| share.product) - term("y_a")).abs() < 1e-5);
        let genres: f32 = items.iter().map(|share| share.bias).sum();
        assert!((genres - term("b_g")).abs() < 1e-5);
    }
}

#[test]
fn the_order_in_which_attributes_are_told_changes_no_bit() {
    let train = by_age_and_genre();
    let known = train.attributes();
    let told = |lists: &Lists, n: usize| -> Vec<Vec<Attribute>> {
        (0..n).map(|line| lists.words(line).cloned().rev_twice()).collect()
    };
    let again = Attributes {
        users: Lists::new(&told(&known.users, 6)),
        items: Lists::new(&told(&known.items, 4)),
    };
    let again = Arc::new((*train).clone().with_attributes(again));
    assert_eq!(bits(&*trained(&[], &train, 3)), bits(&*trained(&[], &again, 3)));
}

/// Attributes told backwards, each of them twice.
trait Twice: Iterator<Item = Attribute> + Sized {
    fn rev_twice(self) -> Vec<Attribute> {
        let mut all: Vec<Attribute> = self.collect();
        all.reverse();
        all.extend(all.clone());
        all
    }
}

impl<I: Iterator<Item = Attribute>> Twice for I {}
