//! PMF: its most probable point against least squares, its log posterior against densities.

use std::sync::Arc;

use factorscope::data::{Rating, Ratings, Stars};
use factorscope::models::Spec;
use factorscope::models::own;
use factorscope::models::pmf::Pmf;
use serde_json::Value;

use super::{passed, set};
use crate::support::{
    SEED, bits, parameter, reference, reference_set, set_values, small_sets, values,
};

#[test]
fn the_most_probable_point_is_svd_to_the_last_bit_with_lambda_the_ratio_of_variances() {
    for (name, train) in small_sets() {
        for (offset, biases) in [("none", "no"), ("biases", "yes")] {
            for (variance, of_prior, lambda) in
                [(0.76, 38.0, 0.02), (0.5, 1.25, 0.4), (2.0, 0.5, 4.0)]
            {
                for order in ["stored", "by-user", "shuffled"] {
                    let common = ["factors=5", "gamma=0.01", "sigma=0.3"];
                    let own = [
                        format!("order={order}"),
                        format!("variance={variance}"),
                        format!("variance_p={of_prior}"),
                        format!("variance_q={of_prior}"),
                        format!("offset={offset}"),
                        "prior=per-rating".to_owned(),
                    ];
                    let all = common.into_iter().chain(own.iter().map(String::as_str));
                    let pmf = passed(&Spec::with("pmf", all).unwrap(), &train, 4);
                    let own = [
                        format!("order={order}"),
                        format!("lambda={lambda}"),
                        format!("biases={biases}"),
                    ];
                    let all = common.into_iter().chain(own.iter().map(String::as_str));
                    let svd = passed(&Spec::with("svd", all).unwrap(), &train, 4);
                    assert_eq!(bits(&*pmf), bits(&*svd), "{name}, {offset}, lambda {lambda}");
                    let (a, b) = (pmf.objective(), svd.objective());
                    assert!((a - b).abs() <= 1e-12 * b, "{name}: objectives {a}, {b}");
                }
            }
        }
    }
}

#[test]
fn maximum_likelihood_is_svd_without_a_penalty_and_a_mean_is_svd_on_what_it_leaves() {
    for (name, train) in small_sets() {
        let common = ["factors=4", "gamma=0.02", "sigma=0.3", "order=by-user"];
        let with =
            |id: &str, own: &[&str]| Spec::with(id, common.iter().chain(own).copied()).unwrap();
        let likely = passed(&with("pmf", &["prior=none", "offset=none"]), &train, 4);
        let svd = passed(&with("svd", &["lambda=0", "biases=no"]), &train, 4);
        assert_eq!(bits(&*likely), bits(&*svd), "{name}");

        let mu = train.mean();
        let centred: Vec<Rating> = train.iter().map(|x| Rating { r: x.r - mu, ..x }).collect();
        let ids = (Arc::clone(train.user_ids()), Arc::clone(train.item_ids()));
        let centred = Ratings::new(ids.0, ids.1, &centred, None).unwrap();
        let centred = Arc::new(centred.with_stars(Stars::PLAIN));
        let own = ["prior=per-rating", "variance=1", "variance_p=2", "variance_q=2"];
        let own: Vec<&str> = own.into_iter().chain(["offset=mean"]).collect();
        let pmf = passed(&with("pmf", &own), &train, 4);
        let svd = passed(&with("svd", &["lambda=0.5", "biases=no"]), &centred, 4);
        for vectors in ["p_u", "q_i"] {
            let pairs = parameter(&*pmf, vectors).concat().into_iter();
            for (a, b) in pairs.zip(parameter(&*svd, vectors).concat()) {
                assert!((a - b).abs() < 1e-5, "{name}, {vectors}: {a}, {b}");
            }
        }
    }
}

#[test]
fn where_alternating_least_squares_ends_the_posterior_has_no_slope() {
    let train = reference_set();
    let common = ["factors=3", "sigma=0.5"];
    let als = common.into_iter().chain(["lambda=1.5", "variant=biased"]);
    let als = passed(&Spec::with("als", als).unwrap(), &train, 3000);
    let own = ["variance=0.75", "variance_p=0.5", "variance_q=0.5", "order=stored"];
    let spec = Spec::with("pmf", common.into_iter().chain(own)).unwrap();
    let mut pmf = spec.build(Arc::clone(&train), SEED);
    let state = values(&*als);
    set_values(&mut *pmf, &state);
    let (a, b) = (pmf.objective(), als.objective());
    assert!((a - b).abs() < 1e-5 * b, "objectives {a}, {b}");
    let mut slopes: Vec<Vec<f64>> = state.iter().map(|x| vec![0.0; x.len()]).collect();
    for n in 0..pmf.steps() {
        set_values(&mut *pmf, &state);
        for update in pmf.step(0, n).updates {
            let stride = pmf.parameters()[update.parameter].stride;
            let at = update.row * stride + update.column;
            slopes[update.parameter][at] += f64::from(update.gradient);
        }
    }
    let steepest = slopes.iter().flatten().fold(0.0_f64, |most, x| most.max(x.abs()));
    assert!(steepest < 2e-4, "a slope of {steepest}");
}

#[test]
fn the_log_posterior_is_the_sum_of_the_log_densities() {
    let reference = reference("bayes.json");
    for case in reference["posteriors"].as_array().unwrap() {
        let setting = |name: &str| match &case[name] {
            Value::String(word) => format!("{name}={word}"),
            number => format!("{name}={number}"),
        };
        let settings: Vec<String> = ["variance", "variance_p", "variance_q", "prior", "offset"]
            .map(setting)
            .into_iter()
            .chain(["factors=3".to_owned()])
            .collect();
        let spec = Spec::with("pmf", settings.iter().map(String::as_str)).unwrap();
        let mut model = spec.build(reference_set(), SEED);
        set(&mut *model, &[&reference]);
        if case["offset"] != "biases" {
            // The biases stay zero there.
            let [_, b_u, b_i, ..] = &mut model.values_mut()[..] else { panic!() };
            b_u.fill(0.0);
            b_i.fill(0.0);
        }
        let found = own::<Pmf>(&*model).unwrap().log_posterior();
        let expected = case["log_posterior"].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-6 * expected.abs(), "{spec}: {found}, {expected}");
        // The objective is -2 sigma^2 times its part that depends on the parameters.
        let mut moved = values(&*model);
        moved[3..5].iter_mut().flatten().for_each(|x| *x *= 0.5);
        let before = model.objective();
        set_values(&mut *model, &moved);
        let by_objective = (model.objective() - before) / (-2.0 * spec.get("variance"));
        let by_density = own::<Pmf>(&*model).unwrap().log_posterior() - found;
        assert!((by_objective - by_density).abs() < 1e-4, "{spec}: {by_objective}, {by_density}");
    }
}
