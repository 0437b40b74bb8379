use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::*;
use crate::data::load::{Source, load};
use crate::data::{split, toy};
use crate::eval::{MetricId, errors};
use crate::models::{Parameter, REGISTRY, fingerprint};
use crate::trace::{Explanation, Step, Subject};

fn rmse_of(found: Measures) -> f64 {
    found.get(MetricId::Rmse).unwrap()
}

fn training(settings: &[&str]) -> Training {
    let spec = Spec::with("svd", settings.iter().copied()).unwrap();
    let split = split::everything(&toy::toy().ratings);
    Training::new(&spec, split, 1, || 0.0).unwrap()
}

#[test]
fn training_lowers_the_training_error() {
    let mut training = training(&["gamma=0.05", "factors=2"]);
    for _ in 0..20 {
        training.pass().unwrap();
    }
    let rmse = |n: usize| rmse_of(training.history()[n].train);
    assert_eq!(training.history().len(), 21);
    assert!(rmse(20) < 0.5 * rmse(0), "{} then {}", rmse(0), rmse(20));
    assert!(training.history()[20].test.is_empty());
}

#[test]
fn a_diverging_pass_is_undone_and_named() {
    let mut training = training(&["gamma=1", "factors=50", "sigma=1"]);
    let mut done = 0;
    let error = (0..100).find_map(|n| {
        done = n;
        training.pass().err()
    });
    let kept = training.history().len() - 1;
    assert_eq!(
        error.expect("gamma 1 diverges").to_string(),
        format!(
            "training diverged in epoch {}; the model of epoch {kept} is kept. Try a smaller learning rate gamma.",
            done + 1
        )
    );
    let split = training.split();
    let again = errors(training.model(), &split.train, split.train.scale());
    assert_eq!(again, training.history()[kept].train);
}

/// The ratings of the toy lie sqrt(1.36) from their mean 2.2. Threes with a one and a five among them lie
/// nearer to theirs than a fifth of the scale, which is 0.8.
#[test]
fn training_stops_at_the_first_error_half_above_what_is_expected_of_any_model() {
    let mut threes = [3.0; 64];
    (threes[0], threes[9]) = (1.0, 5.0);
    let sets = [
        (toy::toy().ratings, 1.36_f64.sqrt()),
        (toy::table(8, 8, &threes).ratings, 0.2 * (5.0 - 1.0)),
    ];
    for (all, least) in sets {
        // Errors just below the limit that were let go, and just above it that were not.
        let (mut below, mut above) = (0, 0);
        for (sigma, seed) in ["0.3", "1"].into_iter().flat_map(|s| (0..40).map(move |n| (s, n))) {
            let settings = ["factors=2", "gamma=0.8", &format!("sigma={sigma}")];
            let spec = Spec::with("svd", settings).unwrap();
            let mut training = Training::new(&spec, split::everything(&all), seed, || 0.0).unwrap();
            let mut model = spec.build(Arc::clone(&all), seed);
            let start = rmse_of(errors(&*model, &all, all.scale()));
            let expected = start.max(least);
            for epoch in 0..20 {
                model.pass(epoch);
                let found = errors(&*model, &all, all.scale()).get(MetricId::Rmse);
                let share = found.map_or(f64::NAN, |rmse| rmse / expected);
                let goes_on = training.pass().is_ok();
                let is_fine = share <= 1.5 && is_finite(&*model);
                assert_eq!(goes_on, is_fine, "{spec}, seed {seed}: {share}");
                if !goes_on {
                    above += usize::from(share < 1.6 && start < least);
                    break;
                }
                below += usize::from(share > 1.4 && start < least);
            }
        }
        assert!(below > 0 && above > 0, "{below} below, {above} above");
    }
}

#[test]
fn the_receipt_of_a_diverged_training_counts_the_passes_that_were_undone() {
    let all = split::everything(&toy::toy().ratings);
    let (mut undone, mut ended) = (0, 0);
    for (gamma, seed) in
        [0.02, 0.2, 0.4, 1.0].into_iter().flat_map(|g| (0..20).map(move |s| (g, s)))
    {
        let settings = ["update=sequential", "sigma=1", "factors=2", &format!("gamma={gamma}")];
        let spec = Spec::with("svd", settings).unwrap();
        let mut training = Training::new(&spec, all.clone(), seed, || 0.0).unwrap();
        let found = (0..30).find_map(|_| training.pass().err());
        let of = |passes, model| receipt(&spec, &all, seed, passes, model);
        let model = training.model();
        let Some(TrainError::Diverged { epoch, kept, .. }) = found else {
            assert_eq!(training.receipt().unwrap(), of(30, model));
            ended += 1;
            continue;
        };
        undone += 1;
        assert_eq!(training.receipt().unwrap(), of(epoch, model), "{epoch} passes, {kept} kept");
        assert_ne!(training.receipt().unwrap(), of(kept, model));
        // The model of the kept epoch, got by so many passes and no more, is another run.
        let mut shorter = Training::new(&spec, all.clone(), seed, || 0.0).unwrap();
        (0..kept).for_each(|_| drop(shorter.pass()));
        assert_eq!(fingerprint(shorter.model()), fingerprint(model));
        assert_ne!(shorter.receipt(), training.receipt());
    }
    assert!(undone > 0 && ended > 0, "{undone} diverged, {ended} did not");
}

#[test]
fn what_is_kept_of_a_diverging_training_is_never_worse_than_its_start() {
    let toy = toy::toy().ratings;
    // Diverged at once, and after epochs that were already worse than the start.
    let (mut at_once, mut crept) = (0, 0);
    for (gamma, seed) in
        [0.2, 0.3, 0.4, 0.6, 1.0].into_iter().flat_map(|g| (0..20).map(move |s| (g, s)))
    {
        let settings = ["update=sequential", "sigma=1", &format!("gamma={gamma}")];
        let spec = Spec::with("svd", settings).unwrap();
        let split = split::everything(&toy);
        let mut training = Training::new(&spec, split, seed, || 0.0).unwrap();
        let start = rmse_of(training.history()[0].train);
        let Some(error) = (0..30).find_map(|_| training.pass().err()) else { continue };
        let TrainError::Diverged { epoch, kept, .. } = error else { panic!("{error}") };
        at_once += usize::from(epoch == 1);
        crept += usize::from(kept + 1 < epoch);
        assert_eq!(training.history().len(), kept + 1);
        let found = rmse_of(errors(training.model(), &toy, toy.scale()));
        assert_eq!(found, rmse_of(training.history()[kept].train), "{spec}");
        assert!(found <= start, "{spec}: {start}, kept {found}");
    }
    assert!(at_once > 0 && crept > 0, "{at_once} at once, {crept} after a while");
}

/// Tables of a class, in which start values may be nearly right by chance.
#[test]
fn no_model_diverges_at_its_defaults_on_a_table_of_a_few_ratings() {
    let constant: Vec<String> = (0..18).map(|n| format!("{},{},3", n / 6, n % 6)).collect();
    let tables = [
        ("course", "1,1,5\n1,2,4\n2,2,5\n2,3,3\n3,3,4\n3,4,5\n4,5,4\n5,1,3\n"),
        ("tiny", "1,1,5\n1,2,3\n2,1,4\n"),
        ("zeros", "u1,i1,0\nu2,i1,1\nu2,i2,0\n"),
        ("one user", "u,a,1\nu,b,5\nu,c,4\nu,d,5\n"),
        ("one item", "a,i,1\nb,i,5\nc,i,4\nd,i,5\n"),
        ("large numbers", "a,x,1000\na,y,3000\nb,x,2000\nb,z,90000\n"),
        ("below zero", "a,x,-8\na,y,3\nb,x,-2\nb,z,9\n"),
        ("all equal", &constant.join("\n")),
    ];
    let sets = tables.iter().map(|&(name, text)| {
        let bytes = format!("user,item,rating\n{text}").into_bytes();
        (name, load(&[Source::new("table.csv", bytes)]).unwrap().ratings)
    });
    for (name, all) in sets.chain([("toy", toy::toy().ratings)]) {
        for entry in REGISTRY {
            let spec = Spec::new(entry.id).unwrap();
            if spec.check(&all).is_err() {
                continue;
            }
            // A hundred seeds of the default hold-out, and everything.
            for seed in 0..100 {
                let split = split::holdout(&all, 0.2, seed);
                let mut training = Training::new(&spec, split, seed, || 0.0).unwrap();
                for _ in 0..spec.epochs() {
                    if let Err(err) = training.pass() {
                        panic!("{spec} on {name}, seed {seed}: {err}");
                    }
                }
                let last = training.history().last().unwrap();
                let unclamped = last.train.get(MetricId::RmseUnclamped);
                let measured = entry.task == Task::Ranking || unclamped.is_some_and(f64::is_finite);
                assert!(measured, "{spec} on {name}, seed {seed}");
            }
        }
    }
}

#[test]
fn a_model_that_ranks_trains_to_its_end_with_a_rank_and_no_error() {
    let spec = Spec::with("implicit-als", ["factors=2"]).unwrap();
    let all = crate::data::simulation::simulate(1).dataset.ratings;
    let mut training = Training::new(&spec, split::holdout(&all, 0.2, 1), 1, || 0.0).unwrap();
    for _ in 0..3 {
        let Epoch { train, test, .. } = *training.pass().unwrap();
        assert!(train.is_empty() && test.get(MetricId::Rmse).is_none());
        assert!((0.0..50.0).contains(&test.get(MetricId::Rank).unwrap()), "{test:?}");
    }
}

#[test]
fn draws_may_lie_far_from_the_point_they_start_at() {
    for seed in 0..20 {
        let spec = Spec::with("bpmf", ["factors=2", "burn_in=20"]).unwrap();
        let split = split::everything(&toy::toy().ratings);
        let mut training = Training::new(&spec, split, seed, || 0.0).unwrap();
        for _ in 0..40 {
            training.pass().unwrap();
        }
    }
}

#[test]
fn an_empty_training_set_is_refused() {
    let spec = Spec::new("svd").unwrap();
    let empty = split::everything(&toy::table(1, 1, &[f32::NAN]).ratings);
    assert_eq!(Training::new(&spec, empty, 1, || 0.0).err(), Some(TrainError::Empty));
}

/// A model that is wrong by what a script says: by its first number at the start, by the next after each pass.
struct Scripted {
    train: Arc<Ratings>,
    script: Vec<f32>,
    /// Units done, of which a pass has four.
    done: f32,
    /// How many predictions were asked for.
    asked: Rc<Cell<usize>>,
    /// Moves on by a second with each unit.
    clock: Rc<Cell<f64>>,
}

impl Model for Scripted {
    fn predict_many(&self, u: usize, items: &[u32], out: &mut [f32]) {
        self.asked.set(self.asked.get() + items.len());
        let wrong = self.script[self.done as usize / 4];
        for (out, &i) in out.iter_mut().zip(items) {
            let r = self.train.get(u, i as usize).unwrap();
            *out = if r > 3.0 { r - wrong } else { r + wrong };
        }
    }

    fn explain(&self, _u: usize, _i: usize) -> Explanation {
        Explanation::default()
    }

    fn units(&self) -> usize {
        4
    }

    fn advance(&mut self, epoch: usize, units: Range<usize>) {
        assert_eq!(self.done as usize, 4 * epoch + units.start);
        self.done += units.len() as f32;
        self.clock.set(self.clock.get() + units.len() as f64);
    }

    fn steps(&self) -> usize {
        1
    }

    fn step(&mut self, epoch: usize, _n: usize) -> Step {
        self.pass(epoch);
        Step::new(Subject::User(0), &self.parameters())
    }

    fn operations(&self) -> f64 {
        1.0
    }

    fn objective(&self) -> f64 {
        0.0
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        vec![Parameter::row("done", ("n", ""), std::slice::from_ref(&self.done))]
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        vec![std::slice::from_mut(&mut self.done)]
    }
}

/// A training of [`Scripted`], and the count of predictions it is asked for.
fn scripted(
    cells: (usize, &[f32]),
    script: &[f32],
    learning: Learning,
    ask: Ask,
) -> (Training, Rc<Cell<usize>>) {
    let (asked, script) = (Rc::new(Cell::new(0)), script.to_vec());
    let about = About { task: Task::Rating, learning, remedy: "Change the script." };
    let split = split::everything(&toy::table(cells.0, cells.1.len() / cells.0, cells.1).ratings);
    let counter = Rc::clone(&asked);
    let make = move |train| -> Box<dyn Model> {
        let (script, asked) = (script.clone(), Rc::clone(&counter));
        Box::new(Scripted { train, script, done: 0.0, asked, clock: Rc::default() })
    };
    (Training::with_model(make, about, split, ask, || 0.0).unwrap(), asked)
}

/// Threes with a one and a five among them, whose mean is off by less than a fifth of the scale, 0.8.
fn threes(n: usize) -> Vec<f32> {
    let mut cells = vec![3.0; n];
    (cells[0], cells[n - 1]) = (1.0, 5.0);
    cells
}

#[test]
fn half_more_than_is_expected_of_any_model_is_divergence_and_less_is_not() {
    let (threes, halves) = (threes(64), [1.0, 5.0, 5.0, 1.0]);
    for (cells, start, expected) in [
        // A fifth of the scale, the error of the mean, and that of the start where it is larger than either.
        (&threes[..], 0.1, 0.8),
        (&halves, 0.1, 2.0),
        (&threes, 1.2, 1.2),
        (&halves, 2.2, 2.2),
    ] {
        let script = [start, 1.49 * expected, 1.51 * expected];
        for ask in [Ask::All, Ask::Held] {
            let (mut training, _) = scripted((2, cells), &script, Learning::Descent, ask);
            assert!(training.pass().is_ok(), "{expected}");
            let error = training.pass().unwrap_err();
            assert_eq!(
                error.to_string(),
                "training diverged in epoch 2; the model of epoch 0 is kept. Change the script."
            );
        }
        for learning in [Learning::Counting, Learning::Solving, Learning::Sampling] {
            let (mut training, _) = scripted((2, cells), &script, learning, Ask::All);
            assert!(training.pass().is_ok() && training.pass().is_ok(), "{expected}");
        }
    }
}

#[test]
fn what_diverges_repeats_the_passes_up_to_the_lowest_error_and_says_how_far_it_is() {
    let script = [1.0, 0.5, 0.4, 0.6, 3.0];
    let (mut training, _) = scripted((2, &threes(8)), &script, Learning::Descent, Ask::All);
    for _ in 0..3 {
        for done in 1..4 {
            assert_eq!(training.advance(1), Ok(Progress::Within { done, of: 4 }));
        }
        assert_eq!(training.advance(1), Ok(Progress::Passed));
    }
    assert_eq!(training.advance(3), Ok(Progress::Within { done: 3, of: 4 }));
    for done in [0, 3, 4, 7] {
        assert_eq!(training.advance(3), Ok(Progress::Within { done, of: 8 }));
    }
    let remedy = "Change the script.";
    assert_eq!(training.advance(3), Err(TrainError::Diverged { epoch: 4, kept: 2, remedy }));
    assert_eq!(training.model().parameters()[0].values, [8.0]);
    assert_eq!(training.history().last().map(|last| last.epoch), Some(2));
    // Going on is going on from there.
    assert!(training.pass().is_ok());
    assert_eq!(training.model().parameters()[0].values, [12.0]);
}

#[test]
fn an_error_that_is_no_number_is_divergence_however_a_model_learns() {
    for learning in [Learning::Descent, Learning::Counting, Learning::Sampling] {
        let script = [1.0, 0.5, f32::NAN];
        let (mut training, _) = scripted((2, &threes(8)), &script, learning, Ask::All);
        assert!(training.pass().is_ok());
        let error = training.pass().unwrap_err();
        assert!(matches!(error, TrainError::Diverged { epoch: 2, kept: 1, .. }), "{error}");
    }
}

#[test]
fn a_training_that_measures_nothing_asks_for_no_prediction() {
    let script = [1.0, 0.5, 9.0, 9.0];
    let (mut training, asked) = scripted((2, &threes(8)), &script, Learning::Descent, Ask::Nothing);
    for epoch in 1..4 {
        let &Epoch { train, test, operations, .. } = training.pass().unwrap();
        assert!(train.is_empty() && test.is_empty());
        assert_eq!(operations, f64::from(epoch));
    }
    assert_eq!(asked.get(), 0);
    let (mut training, asked) = scripted((2, &threes(8)), &script, Learning::Descent, Ask::All);
    training.pass().unwrap();
    assert_eq!(asked.get(), 2 * 8);
}

#[test]
fn a_run_is_watched_by_a_sample_where_nobody_asks_for_the_training_error() {
    let all = threes(300 * 200);
    let script = [1.0, 0.5, 3.0];
    let (mut training, asked) = scripted((300, &all), &script, Learning::Descent, Ask::Held);
    assert!((SAMPLE / 2..=SAMPLE).contains(&asked.get()), "{}", asked.get());
    assert!(training.pass().unwrap().train.is_empty());
    assert!(training.pass().is_err());
    let one_each = training.watched.iter().flat_map(|sample| (0..300).map(|u| sample.row(u).len()));
    assert!(one_each.into_iter().all(|n| (49..=51).contains(&n)));
}

#[test]
fn a_training_cut_anywhere_measures_what_one_by_passes_does() {
    let all = crate::data::simulation::simulate(1).dataset.ratings;
    let split = split::holdout(&all, 0.9, 1).with_validation(0.2, 1);
    for entry in REGISTRY {
        let spec = Spec::new(entry.id).unwrap();
        let new = || Training::new(&spec, split.clone(), 1, || 0.0).unwrap();
        let (mut whole, mut cut) = (new(), new());
        for _ in 0..2 {
            whole.pass().unwrap();
            while cut.advance(7).unwrap() != Progress::Passed {}
        }
        assert_eq!(format!("{:?}", whole.history()), format!("{:?}", cut.history()), "{spec}");
        assert_eq!(whole.receipt(), cut.receipt(), "{spec}");
    }
}

/// [`scripted`] with a clock that each unit moves on by a second.
fn clocked(script: &[f32]) -> Training {
    let (clock, script) = (Rc::new(Cell::new(0.0)), script.to_vec());
    let (moved, asked) = (Rc::clone(&clock), Rc::new(Cell::new(0)));
    let about = About { task: Task::Rating, learning: Learning::Descent, remedy: "" };
    let split = split::everything(&toy::table(2, 4, &threes(8)).ratings);
    let make = move |train| -> Box<dyn Model> {
        let (script, asked, clock) = (script.clone(), Rc::clone(&asked), Rc::clone(&moved));
        Box::new(Scripted { train, script, done: 0.0, asked, clock })
    };
    Training::with_model(make, about, split, Ask::All, move || clock.get()).unwrap()
}

#[test]
fn a_slow_pass_is_done_bit_by_bit_and_a_fast_one_at_once() {
    let mut training = clocked(&[1.0, 0.5, 0.4]);
    // One unit and then two, as a second was not enough.
    assert_eq!(training.advance_for(1.5), Ok(Progress::Within { done: 3, of: 4 }));
    assert_eq!(training.advance_for(1.5), Ok(Progress::Passed));
    assert_eq!(training.advance_for(1.0), Ok(Progress::Within { done: 1, of: 4 }));
    training.abandon();
    assert_eq!(training.advance_for(4.0), Ok(Progress::Passed));
    assert_eq!(training.history().last().map(|last| last.seconds), Some(8.0));
}

#[test]
fn a_pass_that_is_abandoned_leaves_the_model_of_the_last_finished_epoch() {
    let done = |training: &Training| training.model().parameters()[0].values[0];
    let mut training = clocked(&[1.0, 0.5, 0.4, 9.0]);
    for _ in 0..2 {
        training.advance(3).unwrap();
        training.abandon();
        assert_eq!((done(&training), training.history().len()), (0.0, 1));
    }
    training.pass().unwrap();
    training.abandon();
    // With a copy of the model before the pass, and without.
    training.advance_for(1.0).unwrap();
    training.abandon();
    assert_eq!((done(&training), training.history().len()), (4.0, 2));
    training.advance(3).unwrap();
    training.abandon();
    assert_eq!((done(&training), training.history().len()), (4.0, 2));
    // A way back from divergence that is not gone to its end leads to the start.
    training.pass().unwrap();
    assert_eq!(training.advance(4), Ok(Progress::Within { done: 0, of: 8 }));
    training.advance(5).unwrap();
    training.abandon();
    assert_eq!((done(&training), training.history().len()), (0.0, 1));
    assert!(training.pass().is_ok());
}

#[test]
fn training_goes_on_from_an_abandoned_pass_as_if_it_had_not_begun() {
    let all = crate::data::simulation::simulate(1).dataset.ratings;
    let split = split::holdout(&all, 0.9, 1);
    for entry in REGISTRY {
        let spec = Spec::new(entry.id).unwrap();
        let ticks = Cell::new(0.0);
        let clock = move || ticks.replace(ticks.get() + 1.0);
        let mut left = Training::new(&spec, split.clone(), 1, clock).unwrap();
        let mut whole = Training::new(&spec, split.clone(), 1, || 0.0).unwrap();
        for _ in 0..2 {
            left.advance_for(1e-9).unwrap();
            left.abandon();
            left.pass().unwrap();
            whole.pass().unwrap();
        }
        assert_eq!(whole.receipt(), left.receipt(), "{spec}");
    }
}
