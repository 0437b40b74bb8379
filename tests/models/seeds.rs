//! What two seeds on the same split have in common: the figures that the chapters on factors give.

use factorscope::data::Ratings;
use factorscope::data::split::{self, Split};
use factorscope::models::{Model, Spec};

use crate::support::{self, SEED, parameter};

/// A film with fewer training ratings says little about a factor; the page draws the same line.
const LEAST: usize = 30;

/// MovieLens with a fifth held back.
fn movielens() -> Split {
    split::holdout(&support::movielens(), 0.2, SEED)
}

fn trained(spec: &Spec, split: &Split, seed: u64, epochs: usize) -> Box<dyn Model> {
    let mut model = spec.build(split.train.clone(), seed);
    (0..epochs).for_each(|epoch| model.pass(epoch));
    model
}

/// A parameter's columns: the k-th holds every row's k-th component.
fn columns(rows: &[Vec<f32>]) -> Vec<Vec<f64>> {
    (0..rows[0].len()).map(|k| rows.iter().map(|row| f64::from(row[k])).collect()).collect()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let centered = |a: &[f64]| {
        let mean = a.iter().sum::<f64>() / a.len() as f64;
        a.iter().map(|x| x - mean).collect::<Vec<f64>>()
    };
    cosine(&centered(a), &centered(b))
}

#[test]
#[ignore = "needs MOVIELENS_ZIP"]
fn triples_of_two_seeds_are_the_same_after_fifty_passes_and_the_last_not_yet_after_twenty() {
    let split = movielens();
    let spec = Spec::with("truncated-svd", ["factors=10"]).unwrap();
    let of = |epochs| {
        let q = |seed| columns(&parameter(&*trained(&spec, &split, seed, epochs), "q_i"));
        let twins = q(SEED).into_iter().zip(q(SEED + 1));
        twins.map(|(a, b)| cosine(&a, &b).abs()).collect::<Vec<f64>>()
    };
    let (early, late) = (of(20), of(50));
    assert!(early[..8].iter().all(|&x| x > 0.999), "{early:?}");
    assert!((0.9..0.98).contains(&early[8]) && (0.7..0.8).contains(&early[9]), "{early:?}");
    assert!(late.iter().all(|&x| x > 0.996), "{late:?}");
}

/// Of each factor how much of a film it carries for the mean user, film by film.
fn shares(model: &dyn Model, train: &Ratings) -> Vec<Vec<f64>> {
    let users = columns(&parameter(model, "p_u"));
    let mean: Vec<f64> = users.iter().map(|p| p.iter().sum::<f64>() / p.len() as f64).collect();
    let films = parameter(model, "q_i");
    let many = films.iter().enumerate().filter(|&(i, _)| train.column(i).len() >= LEAST);
    let of_film = |(_, q): (usize, &Vec<f32>)| {
        let adds: Vec<f64> = q.iter().zip(&mean).map(|(&q, mean)| f64::from(q) * mean).collect();
        let sum: f64 = adds.iter().sum();
        adds.into_iter().map(|add| (add / sum) as f32).collect::<Vec<f32>>()
    };
    columns(&many.map(of_film).collect::<Vec<_>>())
}

/// For each factor the correlation with the one of the other model that is most like it, lowest first.
fn twins(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<f64> {
    let best = |a: &Vec<f64>| b.iter().map(|b| correlation(a, b)).fold(-1.0, f64::max);
    let mut found: Vec<f64> = a.iter().map(best).collect();
    found.sort_by(f64::total_cmp);
    found
}

#[test]
#[ignore = "needs MOVIELENS_ZIP"]
fn nonnegative_parts_of_two_seeds_have_little_in_common_after_fifty_epochs_and_more_after_five_hundred()
 {
    let split = movielens();
    let spec = Spec::with("nmf", ["biases=no", "factors=10", "sigma=0.3"]).unwrap();
    let of = |seed, epochs| shares(&*trained(&spec, &split, seed, epochs), &split.train);
    let (first, early) = (of(SEED, 1), of(SEED, 50));
    let kept = early.iter().zip(&first).map(|(a, b)| correlation(a, b)).collect::<Vec<f64>>();
    assert!(kept.iter().all(|x| (0.38..0.5).contains(x)), "{kept:?}");
    let little = twins(&early, &of(SEED + 1, 50));
    assert!(little[0] > 0.06 && little[9] < 0.16, "{little:?}");
    let more = twins(&of(SEED, 500), &of(SEED + 1, 500));
    assert!((0.1..0.2).contains(&more[0]) && (0.7..0.8).contains(&more[9]), "{more:?}");
    assert!((0.33..0.45).contains(&more[5]), "{more:?}");
}
