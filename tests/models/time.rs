//! SVD and SVD++ with time: against the formulas, against the models without time, and its moments.

use std::sync::Arc;

use factorscope::data::{Ids, Rating, Ratings, split};
use factorscope::models::timeline::DAY;
use factorscope::models::timesvd::TimeSvd;
use factorscope::models::{Model, Spec, own};
use factorscope::trace::Subject;
use serde_json::Value;

use crate::reference::{compare_above, start};
use crate::support::{
    SEED, bits, reference, reference_set, set_where_known, small_sets, timed_set,
};

const BOTH: [&str; 2] = ["timesvd", "timesvdpp"];

/// Settings under which every part moves visibly.
const LARGE: [&str; 8] = [
    "factors=3",
    "gamma=0.03",
    "sigma=0.5",
    "bins=4",
    "gamma_2=0.02",
    "gamma_3=0.05",
    "gamma_4=0.001",
    "lambda_4=0.5",
];

/// A model after some passes.
fn trained(id: &str, train: &Arc<Ratings>, passes: usize) -> Box<dyn Model> {
    let spec = Spec::with(id, LARGE).unwrap();
    let mut model = spec.build(Arc::clone(train), SEED);
    for epoch in 0..passes {
        model.pass(epoch);
    }
    model
}

fn timesvd(model: &dyn Model) -> &TimeSvd {
    own(model).expect("a model with time")
}

fn timed(model: &dyn Model, u: usize, i: usize, time: u32) -> f32 {
    let mut out = [0.0];
    model.predict_timed(u, &[i as u32], &[time], &mut out);
    out[0]
}

fn count(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

#[test]
fn it_has_the_parameters_and_predictions_of_the_formulas() {
    let reference = reference("timesvd.json");
    let rows: Vec<Rating> = reference_set().iter().collect();
    let days: Vec<u32> =
        reference["days"].as_array().unwrap().iter().map(|day| count(day) as u32).collect();
    // Any second of a day is that day.
    let times: Vec<u32> = days.iter().zip(0..).map(|(day, n)| day * DAY + 899 * n).collect();
    let set = reference_set();
    let (users, items) = (Arc::clone(set.user_ids()), Arc::clone(set.item_ids()));
    let train = Arc::new(Ratings::new(users, items, &rows, Some(&times)).unwrap());
    let runs = reference["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 6);
    for run in runs {
        let rate = |kind: &str, at: usize| reference["rates"][kind][at].to_string();
        let mut settings = vec![
            format!("time={}", run["time"].as_str().unwrap()),
            "order=stored".to_owned(),
            format!("gamma={}", rate("still", 0)),
            format!("lambda={}", rate("still", 1)),
        ];
        for name in ["factors", "bins"] {
            settings.push(format!("{name}={}", reference[name]));
        }
        for (kind, n) in [("bin", 2), ("day", 3), ("drift", 4)] {
            settings.push(format!("gamma_{n}={}", rate(kind, 0)));
            settings.push(format!("lambda_{n}={}", rate(kind, 1)));
        }
        let id = run["model"].as_str().unwrap();
        let spec = Spec::with(id, settings.iter().map(String::as_str)).unwrap();
        let mut model = spec.build(Arc::clone(&train), SEED);
        let mut values = reference["start"].clone();
        if id == "timesvd" {
            values.as_object_mut().unwrap().remove("y_j");
        }
        start(&mut *model, &values);
        for epoch in 0..count(&reference["epochs"]) {
            model.pass(epoch);
        }
        // Rounding leaves some 1e-7 where addends of about .1 cancel.
        let worst = compare_above(1e-3, &*model, run, &run["mu"], &spec.to_string());
        println!("{spec}: parameters within {worst:.1e}");
        for asked in run["predictions"].as_array().unwrap() {
            let [u, i, day] = [0, 1, 2].map(|at| count(&asked[at]));
            let expected = asked[3].as_f64().unwrap();
            let found = f64::from(timed(&*model, u, i, day as u32 * DAY));
            assert!((found - expected).abs() < 1e-5, "{spec}: {found}, expected {expected}");
        }
    }
}

#[test]
fn where_nothing_changes_it_is_svd_or_svdpp_to_the_last_bit() {
    let settings = [
        ("factors", "6"),
        ("gamma", "0.02"),
        ("lambda", "0.1"),
        ("sigma", "0.1"),
        ("order", "by-user"),
    ];
    for (id, plain) in [("timesvd", "svd"), ("timesvdpp", "svdpp")] {
        for (name, train) in small_sets() {
            let mut plain = Spec::new(plain).unwrap();
            let mut with_time = Spec::new(id).unwrap();
            set_where_known(&mut plain, &settings);
            set_where_known(&mut with_time, &settings);
            if train.timestamps().is_some() {
                with_time.set("time", "none").unwrap();
            }
            let mut models = [plain, with_time].map(|spec| spec.build(Arc::clone(&train), SEED));
            for model in &mut models {
                for epoch in 0..5 {
                    model.pass(epoch);
                }
            }
            let [plain, with_time] = models.map(|model| {
                let all = bits(&*model);
                all.into_iter().filter(|values| !values.is_empty()).collect::<Vec<_>>()
            });
            assert_eq!(with_time, plain, "{id} on the {name}");
        }
    }
}

#[test]
fn a_step_starts_from_the_prediction_for_the_moment_of_its_rating() {
    let train = timed_set();
    for id in BOTH {
        let mut model = trained(id, &train, 2);
        for n in 0..model.steps() {
            let before = model.parameters().iter().map(|p| p.values.to_vec()).collect::<Vec<_>>();
            let step = model.step(2, n);
            let Subject::Rating(Rating { u, i, .. }) = step.subject else {
                panic!("a step is about a rating");
            };
            let at = train.row(u).ids.binary_search(&(i as u32)).unwrap();
            let time = train.timestamps().unwrap()[train.positions(u).start + at];
            let mut again = trained(id, &train, 0);
            for (to, from) in again.values_mut().into_iter().zip(&before) {
                to.copy_from_slice(from);
            }
            assert_eq!(step.prediction(), timed(&*again, u, i, time), "{id}, step {n}");
            let explained = timesvd(&*again).explain_at(u, i, time);
            assert_eq!(explained.terms, step.terms, "{id}, step {n}");
        }
    }
}

#[test]
fn without_a_moment_it_predicts_for_the_latest_of_training() {
    let train = timed_set();
    let latest = *train.timestamps().unwrap().iter().max().unwrap();
    for id in BOTH {
        let model = trained(id, &train, 3);
        for u in 0..train.users() {
            for i in 0..train.items() {
                let found = model.predict(u, i);
                assert_eq!(found.to_bits(), timed(&*model, u, i, latest).to_bits(), "{id}");
            }
        }
    }
}

#[test]
fn a_day_that_training_has_not_seen_has_no_bias_of_its_own() {
    let train = timed_set();
    let model = trained("timesvd", &train, 3);
    let term = |u, time, wanted: &str| {
        let terms = timesvd(&*model).explain_at(u, 0, time).terms;
        terms.iter().find(|term| term.addend.name == wanted).unwrap().value
    };
    for u in 0..train.users() {
        let days = timesvd(&*model).timeline().days_of(u).to_vec();
        for &day in &days {
            assert!(term(u, day * DAY, "b_u_day") != 0.0, "user {u}, day {day}");
            let unseen = (day + 1..day + 99).find(|day| !days.contains(day)).unwrap();
            assert_eq!(term(u, unseen * DAY, "b_u_day"), 0.0, "user {u}, day {unseen}");
        }
    }
}

#[test]
fn the_curves_are_the_biases_of_the_predictions() {
    let train = timed_set();
    let model = trained("timesvd", &train, 3);
    let curves = timesvd(&*model);
    let times = train.timestamps().unwrap();
    let values = |name: &str, row: usize| crate::support::parameter(&*model, name)[row].clone();
    for i in 0..train.items() {
        let (rest, mu) = (curves.item_rest(i), train.mean());
        assert_eq!(rest.len(), train.column(i).len());
        for ((day, rest), (u, r)) in rest.into_iter().zip(train.column(i).iter()) {
            let of_user = curves.user_days(u);
            let b_u = of_user.iter().find(|&&(d, _)| d == day).unwrap().1;
            assert!((r - mu - b_u - rest).abs() < 1e-5, "{u}, {i}");
        }
    }
    for u in 0..train.users() {
        let rests = curves.user_rest(u);
        let by_day = curves.user_days(u);
        for n in train.positions(u) {
            let Rating { i, .. } = train.nth_of(u, n);
            let day = times[n] / DAY;
            let b_u = by_day.iter().find(|&&(d, _)| d == day).unwrap().1;
            let within = |&&(from, to, _): &&(f64, f64, f32)| (from..to).contains(&f64::from(day));
            let curve = curves.item_curve(i);
            let b_i = curve.iter().find(within).unwrap().2;
            let rest = rests[n - train.positions(u).start];
            let r = train.nth_of(u, n).r;
            assert!(rest.0 == day && (r - train.mean() - b_i - rest.1).abs() < 1e-5, "{u}, {i}");
            let dev = curves.timeline().dev(u, f64::from(day)) as f32;
            let taste = values("p_u", u).into_iter().zip(values("alpha_pu", u));
            let product: f32 =
                taste.zip(values("q_i", i)).map(|((p, a), q)| q * (p + dev * a)).sum();
            let expected = train.mean() + b_u + b_i + product;
            assert!((timed(&*model, u, i, times[n]) - expected).abs() < 1e-5, "{u}, {i}");
        }
    }
}

#[test]
fn what_speaks_for_a_prediction_sums_to_its_implicit_term() {
    let train = timed_set();
    let model = trained("timesvdpp", &train, 3);
    for u in 0..train.users() {
        let explanation = model.explain(u, 0);
        let sum: f32 = explanation.because.iter().map(|&(_, share)| share).sum();
        let implicit = explanation.terms.last().unwrap();
        assert_eq!(implicit.addend.name, "implicit");
        assert!((sum - implicit.value).abs() < 1e-5, "user {u}");
    }
}

#[test]
fn it_learns_from_a_single_moment_and_from_the_ends_of_time() {
    for times in [[0; 4], [u32::MAX; 4], [0, 1, u32::MAX - 1, u32::MAX]] {
        let ids = Arc::new(Ids::counting(2));
        let rows = [(0, 0, 5.0), (0, 1, 1.0), (1, 0, 4.0), (1, 1, 2.0)];
        let rows = rows.map(|(u, i, r)| Rating { u, i, r });
        let train = Arc::new(Ratings::new(ids.clone(), ids, &rows, Some(&times)).unwrap());
        for id in BOTH {
            let model = trained(id, &train, 20);
            for time in [0, 1, 1 << 31, u32::MAX] {
                assert!(timed(&*model, 1, 1, time).is_finite(), "{id}");
            }
            assert!(model.predict(0, 0) > model.predict(0, 1), "{id}");
        }
    }
    let nothing = split::future(&timed_set(), 1.0).unwrap().train;
    assert_eq!((nothing.len(), nothing.timestamps()), (0, Some(&[][..])));
    assert_eq!(trained("timesvd", &nothing, 2).predict(0, 0), 0.0);
}
