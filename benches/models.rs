//! How long each model of the registry takes at its defaults: the fit of one fold of five, all
//! epochs, and a single pass. Nothing is measured in between. Then a single pass of some models at
//! settings at which they can be compared.
//!
//! Runs on the zip named in `MOVIELENS_ZIP`, else on the simulation. Where `FACTORSCOPE_BENCH_QUICK` is
//! set, a fit has at most three passes.

use std::env;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion, SamplingMode};

use factorscope::data::load::{load, read_path};
use factorscope::data::simulation::simulate;
use factorscope::data::{Dataset, split};
use factorscope::models::{REGISTRY, Spec};

const SEED: u64 = 42;

/// One pass of each is compared with that of its partner, at equal factors: name, model, settings.
const PAIRED: &[(&str, &str, &[&str])] = &[
    ("paired-bpmf", "bpmf", &["factors=30"]),
    ("paired-als", "als", &["factors=30"]),
    ("paired-integrated", "integrated", &["factors=50", "neighbors=300"]),
    ("paired-svdpp", "svdpp", &["factors=50"]),
];

fn dataset() -> Dataset {
    let Some(path) = env::var_os("MOVIELENS_ZIP").filter(|path| !path.is_empty()) else {
        eprintln!("MOVIELENS_ZIP names no file: the simulation is used.");
        return simulate(SEED).dataset;
    };
    let loaded = read_path(Path::new(&path)).and_then(|sources| load(&sources));
    loaded.unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(1)
    })
}

fn main() {
    let ratings = dataset().ratings;
    let Some(fold) = split::folds(&ratings, 5, SEED).next() else {
        return;
    };
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let quick = env::var_os("FACTORSCOPE_BENCH_QUICK").is_some_and(|set| !set.is_empty());
    for entry in REGISTRY {
        let Ok(spec) = Spec::new(entry.id) else {
            continue;
        };
        if let Err(missing) = spec.check(&fold.train) {
            eprintln!("{missing}");
            continue;
        }
        let epochs = if quick { spec.epochs().min(3) } else { spec.epochs() };
        let untrained = || spec.build(Arc::clone(&fold.train), SEED);
        let mut group = criterion.benchmark_group(entry.id);
        group.sampling_mode(SamplingMode::Flat);
        group.bench_function("fit", |bencher| {
            bencher.iter_with_large_drop(|| {
                let mut model = untrained();
                (0..epochs).for_each(|epoch| model.pass(epoch));
                model
            });
        });
        group.bench_function("pass", |bencher| {
            bencher.iter_batched_ref(untrained, |model| model.pass(0), BatchSize::PerIteration);
        });
        group.finish();
    }
    for (name, id, settings) in PAIRED {
        // A model that is not there, or has no such setting, has nothing to be compared with.
        let Ok(spec) = Spec::with(id, settings.iter().copied()) else {
            continue;
        };
        let untrained = || spec.build(Arc::clone(&fold.train), SEED);
        let mut group = criterion.benchmark_group(*name);
        group.sampling_mode(SamplingMode::Flat);
        group.bench_function("pass", |bencher| {
            bencher.iter_batched_ref(untrained, |model| model.pass(0), BatchSize::PerIteration);
        });
        group.finish();
    }
    criterion.final_summary();
}
