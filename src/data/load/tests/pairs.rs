//! Given training and test sets, folders, and the compact form.

use std::fs;

use super::super::{load_pair, read_path};
use super::*;
use crate::data::compact;

#[test]
fn given_splits_share_users_and_items() {
    let train = [source("u1.base", "1\t10\t3\t100\n2\t20\t4\t200\n")];
    let test = [source("u1.test", "3\t10\t5\t300\n1\t10\t2\t400\n1\t5\t1\t500\n")];
    let (dataset, test) = load_pair(&train, &test).unwrap();
    let train = &dataset.ratings;
    assert_eq!(train.user_ids().iter().collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(train.item_ids().iter().collect::<Vec<_>>(), ["5", "10", "20"]);
    assert_eq!((test.user_ids(), test.item_ids()), (train.user_ids(), train.item_ids()));
    assert_eq!((train.len(), test.len()), (2, 3));
    // The same pair may stand in both.
    assert_eq!((train.get(0, 1), test.get(0, 1)), (Some(3.0), Some(2.0)));
    assert_eq!(dataset.catalogue.len(), 3);
    assert_eq!(train.scale(), (3.0, 4.0));
}

#[test]
fn titles_of_the_training_files_also_serve_the_test_items() {
    let train = [source("ratings.csv", LATEST), source("movies.csv", LATEST_MOVIES)];
    let test = [source("test.csv", "user,item,rating\n9,20,1\n")];
    let (dataset, _) = load_pair(&train, &test).unwrap();
    assert_eq!(dataset.catalogue[1].title, "Unrated");
}

#[test]
fn an_error_in_the_test_file_names_it() {
    let train = [source("u1.base", "1\t10\t3\t100\n")];
    let sentence =
        |text: &str| load_pair(&train, &[source("u1.test", text)]).unwrap_err().to_string();
    assert!(sentence("1\t2\tx\t3\n").starts_with("u1.test, line 1, column 3"));
    assert_eq!(load_pair(&train, &[]).unwrap_err(), LoadError::Nothing);
}

#[test]
fn the_compact_form_loads_alone_and_as_one_half() {
    let files = [source("ml-1m/ratings.csv", LATEST), source("movies.csv", LATEST_MOVIES)];
    let dataset = load(&files).unwrap();
    let compact = source("site.bin", compact::encode(&dataset));
    assert_eq!(load(std::slice::from_ref(&compact)).unwrap(), dataset);
    let test = [source("test.csv", "1,20,4\n")];
    let (joined, test) = load_pair(&[compact], &test).unwrap();
    assert_eq!(rows(&joined), rows(&dataset));
    assert_eq!(joined.ratings.timestamps(), dataset.ratings.timestamps());
    assert_eq!((joined.name, joined.catalogue.len()), (dataset.name, 3));
    assert_eq!(test.get(0, 1), Some(4.0));
}

#[test]
fn a_folder_gives_the_files_that_count() {
    let parent = std::env::temp_dir().join(format!("factorscope-load-{}", std::process::id()));
    let folder = parent.join("ml-latest-small");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("ratings.csv"), LATEST).unwrap();
    fs::write(folder.join("movies.csv"), LATEST_MOVIES).unwrap();
    fs::write(folder.join("tags.csv"), "userId,movieId,tag,timestamp\n1,10,odd,1\n").unwrap();
    fs::write(folder.join(".hidden.csv"), "1,2,3\n").unwrap();
    let sources = read_path(&folder).unwrap();
    let loaded = load(&sources).unwrap();
    let file = read_path(&folder.join("ratings.csv")).unwrap();
    let alone = load(&file).unwrap();
    let missing = read_path(&folder.join("absent.csv")).unwrap_err().to_string();
    fs::write(folder.join("ratings.csv"), "userId,movieId\n1,2\n").unwrap();
    let wrong = read_path(&folder).unwrap_err().to_string();
    fs::remove_dir_all(&parent).unwrap();
    let gone = load(&file).unwrap_err().to_string();

    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["ml-latest-small/ratings.csv", "ml-latest-small/movies.csv"]);
    assert_eq!(loaded.name, "MovieLens latest-small");
    assert_eq!(
        (file[0].name.as_str(), alone),
        ("ratings.csv", load_one("ratings.csv", LATEST).unwrap())
    );
    assert!(gone.starts_with("ratings.csv cannot be read: "), "{gone}");
    assert!(missing.contains("absent.csv cannot be read: "), "{missing}");
    let expected = "ml-latest-small/ratings.csv, line 1: no column for rating";
    assert!(wrong.starts_with(expected), "{wrong}");
}

#[test]
fn a_folder_is_judged_by_as_much_of_a_file_as_the_file_alone() {
    let folder = std::env::temp_dir().join(format!("factorscope-long-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    // A table whose first line is longer than what is looked at of a file of short lines.
    let line = |user: &str, cell: &dyn Fn(usize) -> String| {
        (0..2_000).fold(user.to_owned(), |line, n| line + "," + &cell(n))
    };
    let names = line("user", &|n| format!("Q{n:040}"));
    let ann = line("ann", &|n| (n % 5 + 1).to_string());
    let bob = line("bob", &|n| (n % 4).to_string());
    fs::write(folder.join("wide.csv"), format!("{names}\n{ann}\n{bob}\n")).unwrap();
    fs::write(folder.join("notes.txt"), "nothing but prose\n").unwrap();
    let ratings =
        read_path(&folder).and_then(|sources| load(&sources)).map(|set| set.ratings.len());
    fs::remove_file(folder.join("wide.csv")).unwrap();
    fs::write(folder.join("packed.zip"), zip(&[("ratings.csv", LATEST.as_bytes())])).unwrap();
    let packed = read_path(&folder).unwrap_err().to_string();
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(ratings, Ok(3_500));
    assert!(packed.contains("packed.zip is a zip in a folder"), "{packed}");
    assert!(packed.contains("hand over the zip itself"), "{packed}");
}
