//! The same ratings on other scales: every model of ratings learns the same from them.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use factorscope::data::load::{Source, load};
use factorscope::data::split::holdout;
use factorscope::data::{Line, Rating, Ratings, Stars, cutout, simulation};
use factorscope::eval::{MetricId, errors};
use factorscope::models::bpmf::Bpmf;
use factorscope::models::knn::Knn;
use factorscope::models::{REGISTRY, Spec, Task, fingerprint, own};
use factorscope::trace::Subject;
use factorscope::walk::Walk;

use crate::support::{
    SEED, bits, movielens, parameter, set_where_known, small_sets, table, variants,
};

/// Ratings of half a star to five as `offset + unit * r`, so that one star is `unit`.
#[derive(Clone, Copy)]
struct Scale {
    offset: f32,
    unit: f32,
}

const TIMES_10: Scale = Scale { offset: 0.0, unit: 10.0 };
const TIMES_20: Scale = Scale { offset: 0.0, unit: 20.0 };
const AROUND_ZERO: Scale = Scale { offset: -110.0 / 9.0, unit: 40.0 / 9.0 };
const ONE_TO_HUNDRED: Scale = Scale { offset: -10.0, unit: 22.0 };
const ZERO_TO_ONE: Scale = Scale { offset: -1.0 / 9.0, unit: 2.0 / 9.0 };

impl Scale {
    fn of(self, ratings: &Ratings) -> Ratings {
        let scaled = |x: Rating| Rating { r: self.offset + self.unit * x.r, ..x };
        let all: Vec<Rating> = ratings.iter().map(scaled).collect();
        let (users, items) = (Arc::clone(ratings.user_ids()), Arc::clone(ratings.item_ids()));
        Ratings::new(users, items, &all, ratings.timestamps())
            .unwrap()
            .with_attributes(ratings.attributes().clone())
    }
}

/// The models of ratings with everything at its default that these ratings have what they need for.
fn specs(ratings: &Ratings) -> impl Iterator<Item = Spec> {
    let specs = REGISTRY.iter().filter(|entry| entry.task == Task::Rating);
    let specs = specs.map(|entry| Spec::new(entry.id).unwrap());
    specs.filter(move |spec| spec.check(ratings).is_ok())
}

/// Trained to its end, which none may miss by diverging: test RMSE and fingerprint.
fn trained(spec: &Spec, ratings: &Ratings) -> (f64, String) {
    let split = holdout(ratings, 0.2, SEED);
    let test = Arc::clone(&split.test);
    let mut model = spec.build(split.train, SEED);
    for epoch in 0..spec.epochs() {
        model.pass(epoch);
    }
    (errors(&*model, &test, ratings.scale()).get(MetricId::Rmse).unwrap(), fingerprint(&*model))
}

fn same_per_star(ratings: &Ratings, scales: &[Scale], few: bool) -> String {
    let mut said = String::new();
    for mut spec in specs(ratings) {
        if few {
            set_where_known(&mut spec, &[("epochs", "4"), ("burn_in", "0")]);
        }
        let (own, bits) = trained(&spec, ratings);
        let _ = write!(said, "\n{:18} {own:.4}", spec.entry().id);
        for scale in scales {
            let (rmse, other) = trained(&spec, &scale.of(ratings));
            let per_star = rmse / f64::from(scale.unit);
            let _ = write!(said, "  {:+.2} %", 100.0 * (per_star / own - 1.0));
            assert!(
                (per_star / own - 1.0).abs() < 0.01,
                "{spec}, one star is {}: {own} a star, {per_star}",
                scale.unit
            );
            if scale.offset == 0.0 {
                assert_eq!(bits, other, "{spec}, one star is {}", scale.unit);
            }
        }
    }
    said
}

#[test]
#[ignore = "needs MOVIELENS_ZIP"]
fn every_model_has_the_same_error_a_star_on_any_scale_of_movielens() {
    let said = same_per_star(&movielens(), &[TIMES_20, AROUND_ZERO], false);
    let _ = writeln!(io::stderr(), "scales: {said}");
}

#[test]
fn every_model_has_the_same_error_a_star_on_any_scale_of_the_simulation() {
    let ratings = simulation::simulate(SEED).dataset.ratings;
    let said = same_per_star(
        &ratings,
        &[TIMES_10, TIMES_20, AROUND_ZERO, ONE_TO_HUNDRED, ZERO_TO_ONE],
        true,
    );
    let _ = writeln!(io::stderr(), "scales: {said}");
}

/// What the small sets hold, around zero.
fn small_scaled() -> Vec<(&'static str, Arc<Ratings>, Arc<Ratings>)> {
    let scaled = |(name, plain): (_, Arc<Ratings>)| {
        let other = Arc::new(AROUND_ZERO.of(&plain));
        // The scale on which the model learns is that of the whole data, here from -10 to 10.
        let stars = Stars { offset: AROUND_ZERO.offset, unit: AROUND_ZERO.unit };
        let other = Arc::new(Arc::unwrap_or_clone(other).with_stars(stars));
        (name, plain, other)
    };
    small_sets().into_iter().map(scaled).collect()
}

#[test]
fn predictions_addends_newcomers_and_objective_are_in_the_ratings_own_units() {
    let Scale { offset, unit } = AROUND_ZERO;
    let near = |a: f32, b: f32, what: &str| assert!((a - b).abs() < 2e-3, "{what}: {a}, {b}");
    for (name, plain, other) in small_scaled() {
        for spec in REGISTRY.iter().filter(|e| e.task == Task::Rating).flat_map(variants) {
            let what = format!("{spec} on the {name}");
            let mut models = [&plain, &other].map(|train| spec.build(Arc::clone(train), SEED));
            for model in &mut models {
                (0..2).for_each(|epoch| model.pass(epoch));
            }
            let [in_stars, model] = models;
            let square = f64::from(unit * unit);
            let (expected, found) = (square * in_stars.objective(), model.objective());
            assert!((found - expected).abs() <= 1e-3 * expected.abs().max(1.0), "{what}: {found}");
            for (u, i) in (0..plain.users()).flat_map(|u| (0..plain.items()).map(move |i| (u, i))) {
                let predicted = model.predict(u, i);
                near(predicted, offset + unit * in_stars.predict(u, i), &what);
                let told = model.explain(u, i);
                near(told.terms.iter().map(|term| term.value).sum(), predicted, &what);
                let shares = |e: &[(usize, f32)]| e.iter().map(|share| share.1).sum::<f32>();
                let because = shares(&in_stars.explain(u, i).because);
                near(shares(&told.because), unit * because, &what);
            }
            let given = [offset + unit * 4.5, offset + unit];
            let new = model.fold_in(Line { ids: &[0, 2], ratings: &given });
            let as_stars = in_stars.fold_in(Line { ids: &[0, 2], ratings: &[4.5, 1.0] });
            assert_eq!(new.is_some(), as_stars.is_some(), "{what}");
            for (new, as_stars) in new.iter().zip(&as_stars) {
                near(new.predict(1), offset + unit * as_stars.predict(1), &what);
                let sum = new.explain(1).terms.iter().map(|term| term.value).sum();
                near(new.predict(1), sum, &what);
            }
        }
    }
}

#[test]
fn a_walk_steps_in_stars_and_measures_in_ratings() {
    for (name, plain, other) in small_scaled() {
        for spec in specs(&plain) {
            let mut passing = spec.build(Arc::clone(&other), SEED);
            let mut stepping = spec.build(Arc::clone(&other), SEED);
            let apart = |a: f32, b: f32| (a - b).abs() > 1e-5 * a.abs().max(1.0);
            passing.pass(0);
            (0..stepping.steps()).for_each(|n| drop(stepping.step(0, n)));
            let (passed, stepped) = (passing.parameters(), stepping.parameters());
            let values = passed.iter().zip(&stepped);
            let mut pairs = values.flat_map(|(a, b)| a.values.iter().zip(b.values));
            assert!(!pairs.any(|(&a, &b)| apart(a, b)), "{spec} on the {name}");

            let mut walk = Walk::new(&spec, Arc::clone(&other), SEED);
            let start = bits(walk.model());
            let error =
                errors(walk.model(), &other, other.scale()).get(MetricId::RmseUnclamped).unwrap();
            assert_eq!(walk.errors(), [error]);
            walk.jump(7);
            if let Subject::Rating(Rating { u, i, r }) = walk.last().unwrap().subject {
                assert!((r - plain.get(u, i).unwrap()).abs() < 1e-5, "{spec} on the {name}: {r}");
            }
            walk.jump(0);
            assert_eq!(bits(walk.model()), start, "{spec} on the {name}");
        }
    }
}

#[test]
fn a_set_keeps_its_scale_in_subsets_and_cut_outs_and_a_table_by_hand_has_its_own_numbers() {
    let mut dataset = simulation::simulate(SEED).dataset;
    let scaled = TIMES_20.of(&dataset.ratings);
    let stars = scaled.stars();
    assert_eq!(stars, Stars { offset: 0.0, unit: 20.0 });
    let low = scaled.subset(|n| scaled.nth(n).r < 70.0);
    assert_eq!(low.stars(), stars);
    dataset.ratings = Arc::new(scaled);
    let small = cutout::cutout(&dataset, 12, 12, cutout::Users::Alike).ratings;
    assert_eq!(small.stars(), stars);
    assert_eq!(small.in_stars().get(0, 0), small.get(0, 0).map(|r| r / 20.0));
    assert!(small.in_stars().stars().is_plain());
    assert!(table(&[[100.0, 20.0]]).stars().is_plain());
}

#[test]
fn what_only_one_model_can_tell_is_found_behind_any_scale() {
    let (_, plain, other) = small_scaled().remove(1);
    for train in [plain, other] {
        let knn = Spec::new("item-knn").unwrap().build(Arc::clone(&train), SEED);
        assert!(own::<Knn>(&*knn).is_some() && own::<Bpmf>(&*knn).is_none());
    }
}

#[test]
fn a_model_that_ranks_takes_counts_as_they_are() {
    let counts = TIMES_20.of(&simulation::simulate(SEED).dataset.ratings);
    assert!(!counts.stars().is_plain());
    let spec = Spec::with("implicit-als", ["factors=3", "alpha=2"]).unwrap();
    let bits_of = |ratings: Ratings| {
        let mut model = spec.build(Arc::new(ratings), SEED);
        model.pass(0);
        bits(&*model)
    };
    assert_eq!(bits_of(counts.clone()), bits_of(counts.with_stars(Stars::PLAIN)));
}

#[test]
fn a_file_of_nonnegative_parts_may_have_ratings_below_zero() {
    let mut text = "user,item,rating\n".to_owned();
    let plain = small_sets().remove(1).1;
    for Rating { u, i, r } in plain.iter() {
        let _ = writeln!(text, "{u},{i},{}", 4.0 * r - 12.0);
    }
    let ratings = load(&[Source::new("below.csv", text)]).unwrap().ratings;
    assert!(ratings.scale().0 < 0.0);
    let mut model = Spec::with("nmf", ["biases=no"]).unwrap().build(Arc::clone(&ratings), SEED);
    let start = errors(&*model, &ratings, ratings.scale()).get(MetricId::Rmse).unwrap();
    (0..30).for_each(|epoch| model.pass(epoch));
    let end = errors(&*model, &ratings, ratings.scale()).get(MetricId::Rmse).unwrap();
    assert!(end < 0.5 * start, "{start}, then {end}");
    let nonnegative = |name| parameter(&*model, name).iter().flatten().all(|&x| x >= 0.0);
    assert!(nonnegative("p_u") && nonnegative("q_i"));
}
