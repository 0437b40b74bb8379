//! Running the program, and what it is run on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use factorscope::data::split::Split;
use factorscope::models::{Entry, Model, Spec};
use serde_json::Value;

pub const SEED: u64 = 42;

pub fn factorscope(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_factorscope"));
    command.args(args).output().expect("the program starts")
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the output is text")
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("the errors are text")
}

/// Standard output of a run that succeeds; nothing else is written where there is no terminal.
pub fn text(args: &[&str]) -> String {
    let output = factorscope(args);
    assert_eq!(stderr(&output), "", "{args:?}");
    assert!(output.status.success(), "{args:?}");
    stdout(&output)
}

/// The one JSON value on the one line that a run prints.
pub fn json(args: &[&str]) -> Value {
    let text = text(args);
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).expect("one JSON value")
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// A folder of this test's own with these files.
pub fn folder(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
    }
    folder
}

pub fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// Three users and three films, mean rating 3.
pub const RATINGS: &str = "userId,movieId,rating,timestamp\n\
    1,10,4,1000000000\n1,20,2,1000000001\n2,10,5,1000000002\n2,30,3,1000000003\n3,20,1,1000000004\n";
pub const MOVIES: &str = "movieId,title,genres\n\
    10,\"Long Way, The (1995)\",Adventure|Comedy\n20,Nowhere (2001),Drama\n30,Later (2003),Drama\n";

pub fn films(test: &str) -> String {
    let folder = folder(test, &[("ratings.csv", RATINGS), ("movies.csv", MOVIES)]);
    folder.to_str().unwrap().to_owned()
}

pub fn has(entry: &Entry, name: &str) -> bool {
    entry.hyperparameters.iter().any(|h| h.name == name)
}

pub fn fitted(spec: &Spec, split: &Split) -> Box<dyn Model> {
    let mut model = spec.build(split.train.clone(), SEED);
    for epoch in 0..spec.epochs() {
        model.pass(epoch);
    }
    model
}
