//! `models` and `pack`, and what every command refuses.

use std::fs;
use std::path::Path;
use std::process::Command;

use factorscope::data::compact;
use factorscope::data::load::{load, read_path};
use factorscope::models::{REGISTRY, Task};

use crate::support::{factorscope, films, folder, json, number, path, stderr, stdout, text};

#[test]
fn models_prints_the_registry_as_an_array() {
    let models = json(&["models", "--json"]);
    let models = models.as_array().unwrap();
    assert_eq!(models.len(), REGISTRY.len());
    for (model, entry) in models.iter().zip(REGISTRY) {
        assert_eq!(model["id"], entry.id);
        assert_eq!(model["title"], entry.title);
        let task = if entry.task == Task::Rating { "rating" } else { "ranking" };
        assert_eq!(model["task"], task);
        let hyperparameters = model["hyperparameters"].as_array().unwrap();
        assert_eq!(hyperparameters.len(), entry.hyperparameters.len());
        for (found, h) in hyperparameters.iter().zip(entry.hyperparameters) {
            assert_eq!(found["name"], h.name);
            assert_eq!(found["symbol"], h.symbol);
            assert_eq!(number(&found["default"]), h.default);
            assert_eq!(number(&found["min"]), h.min);
            assert_eq!(number(&found["max"]), h.max);
            assert_eq!(found["help"], h.help);
        }
    }
    assert_eq!(json(&["models", "svd", "--json"])[0]["id"], "svd");
}

#[test]
fn models_and_help_tell_what_the_registry_tells() {
    let (models, help) = (text(&["models"]), text(&["train", "--help"]));
    for entry in REGISTRY {
        assert!(models.contains(&format!("{}: {}", entry.id, entry.title)));
        assert!(models.contains(entry.source) && models.contains(entry.predicts));
        for h in entry.hyperparameters {
            for page in [&models, &help] {
                assert!(page.contains(&format!("{}=", h.name)), "{}", h.name);
                assert!(page.contains(h.help), "{}", h.name);
            }
        }
    }
}

#[test]
fn what_is_packed_is_what_was_loaded() {
    let data = films("packed");
    let out = format!("{data}/packed.bin");
    assert_eq!(
        text(&["pack", &data, &out]),
        "{\"name\":\"ratings.csv\",\"ratings\":5,\"users\":3,\"items\":3}\n"
    );
    let unpacked = compact::decode(&fs::read(&out).unwrap()).unwrap();
    fs::rename(&out, format!("{data}-packed.bin")).unwrap();
    assert_eq!(fs::read_dir(&data).unwrap().count(), 2, "no other file is left");
    let loaded = load(&read_path(Path::new(&data)).unwrap()).unwrap();
    assert_eq!(unpacked, loaded);
    let run =
        |data: &str| json(&["train", data, "--model", "svd", "--json"])["fingerprint"].clone();
    assert_eq!(run(&format!("{data}-packed.bin")), run(&data));
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_nothing_is_left() {
    let folder = folder("unwritable", &[]);
    fs::create_dir(folder.join("taken")).unwrap();
    for out in ["taken", "missing/out.bin"] {
        let output = factorscope(&["pack", "toy", &path(&folder, out)]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(&format!("{out} cannot be written")));
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_reader_who_has_enough_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_factorscope"));
    let output = command.arg("models").stdout(writer).output().unwrap();
    assert_eq!(stderr(&output), "");
    assert!(output.status.success());
}

/// Exit code and standard error of a run without result, given as typed.
fn refused(folder: &Path, line: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_factorscope"));
    command.args(line.split_whitespace()).current_dir(folder);
    let output = command.output().expect("the program starts");
    assert_eq!(stdout(&output), "", "{line}");
    (output.status.code(), stderr(&output))
}

#[test]
fn input_that_is_no_good_ends_in_one_sentence() {
    let files = [
        ("words.csv", "user,item,rating\n1,1,5\n1,2,five\n1,3,six\n"),
        ("empty.csv", ""),
        ("one.csv", "user,item,rating\n1,1,5\n"),
        ("broken.zip", "PK\u{3}\u{4}and nothing more"),
    ];
    let folder = folder("unusable", &files);
    for (line, sentence) in [
        ("train words.csv --model svd", "words.csv, line 3, column 3: expected a number"),
        ("train one.csv --test words.csv --model svd", "words.csv, line 3, column 3"),
        ("train one.csv --test gone.csv --model svd", "gone.csv cannot be read"),
        ("train toy --model svd --holdout 0.95", "leaves none to learn from; hold back less"),
        ("train toy --model svd --by time", "no timestamps, so nothing is later; leave --by out"),
        ("cv empty.csv --model svd", "empty.csv is empty"),
        ("cv one.csv --model svd", "cross-validation needs two"),
        ("cv toy --model svd --folds 6 --json", "use --folds 5 or fewer"),
        ("recommend broken.zip --model svd --json", "broken.zip"),
        ("cold-start toy --model svd", "needs 5 users with more than 10 ratings, and there are 0"),
        ("recommend toy --model svd --user 9", "no user `9` in toy table; the users are 1, 2, 3"),
        ("pack gone.csv out.bin", "gone.csv cannot be read"),
    ] {
        let (code, error) = refused(&folder, line);
        assert_eq!(code, Some(1), "{line}");
        assert!(error.starts_with("error: ") && error.contains(sentence), "{line}: {error}");
        assert_eq!(error.lines().count(), 1, "{line}: {error}");
    }
}

#[test]
fn what_stands_in_a_folder_beside_the_ratings_and_is_not_used_is_said() {
    let table = "user,item,rating\n1,1,5\n1,2,4\n2,1,3\n";
    let files = [("ratings.csv", table), ("reviews.csv", table)];
    let folder = folder("beside", &files);
    fs::write(folder.join("movies.csv.gz"), b"\x1F\x8B\x08\0cut").unwrap();
    let run = format!("train {} --model baseline", folder.display());
    let output = factorscope(&run.split_whitespace().collect::<Vec<_>>());
    assert!(output.status.success());
    let said = stdout(&output) + &stderr(&output);
    for word in ["movies.csv.gz is damaged", "reviews.csv could be ratings, too"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn arguments_that_are_wrong_exit_with_2() {
    let folder = folder("wrong", &[("one.csv", "1,1,5\n")]);
    for (line, sentence) in [
        ("", "Usage"),
        ("train toy", "--model"),
        ("train toy --model svd+", "possible values: baseline"),
        ("train toy --model svd --set gamma=fast", "found `fast`"),
        ("train toy --model svd --set speed=1", "no hyperparameter `speed`"),
        ("train toy --model svd --set epochs", "expected name=value"),
        ("train toy --model svd --holdout 1", "below 1"),
        ("train toy --model svd --test one.csv", "use --holdout"),
        ("train one.csv --model svd --test one.csv --holdout 0", "cannot be used"),
        ("train toy --model timesvd", "needs a timestamp for each rating"),
        ("train one.csv --model svd --test one.csv --by time", "cannot be used"),
        ("train toy --model svd --by day", "possible values: random, time, latest"),
        ("cv toy --model svd --folds 1", "--folds"),
        ("recommend toy --model svd -n 0", "-n"),
        ("cold-start toy --model svd --against lambda", "--against takes NAME=VALUE"),
        ("cold-start toy --model implicit-als", "only ranks"),
    ] {
        let (code, error) = refused(&folder, line);
        assert_eq!(code, Some(2), "{line}");
        assert!(error.contains(sentence), "{line}: {error}");
    }
}
