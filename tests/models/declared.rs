//! What every model has to have beside itself.

use std::fs;
use std::path::{Path, PathBuf};

use factorscope::models::REGISTRY;

use crate::support::reference_path;

/// The sources of these tests, whole.
fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let mut all: Vec<String> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    all.extend(folders.iter().flat_map(|folder| sources(folder)));
    all
}

#[test]
fn every_entry_has_a_reference_that_a_test_reads_and_a_bound_on_real_data() {
    let tests = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models"));
    let mut missing = Vec::new();
    for entry in REGISTRY {
        let (id, reference) = (entry.id, entry.checks.reference);
        if reference.is_empty() || !reference_path(reference).is_file() {
            missing.push(format!("{id}: no file tests/reference/{reference}"));
        }
        let reads = |text: &&String| {
            text.contains(&format!("\"{reference}\"")) && text.contains(&format!("\"{id}\""))
        };
        if !tests.iter().any(|text| reads(&text)) {
            missing.push(format!("{id}: no test names it and reads {reference}"));
        }
        if !entry.checks.bound.is_finite() {
            missing.push(format!("{id}: no bound on its error on MovieLens"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
