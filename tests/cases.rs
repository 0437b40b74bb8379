//! Ratings files as people have them: what is read from each, and what is said about it.

use std::path::{Path, PathBuf};

use factorscope::data::load::{Loaded, NoteKind, Options, load_pair_with, load_with, read_path};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn open(name: &str) -> Loaded {
    open_with(name, &Options::default())
}

fn open_with(name: &str, options: &Options) -> Loaded {
    let sources = read_path(&path(name)).unwrap_or_else(|err| panic!("{name}: {err}"));
    load_with(&sources, options).unwrap_or_else(|err| panic!("{name}: {err}"))
}

/// Ratings, users, items, and how many notes of each kind.
type Expected = (&'static str, [usize; 3], &'static [(NoteKind, usize)]);

fn holds(cases: &[Expected]) {
    for (name, sizes, notes) in cases {
        let Loaded { dataset, report } = open(name);
        let found = [dataset.ratings.len(), dataset.ratings.users(), dataset.ratings.items()];
        assert_eq!(found, *sizes, "{name}: {report:#?}");
        let found: Vec<_> = report.notes.iter().map(|note| (note.kind, note.count)).collect();
        assert_eq!(found, *notes, "{name}: {report:#?}");
        for note in &report.notes {
            assert!(!note.sentence.is_empty() && !note.sentence.ends_with('.'), "{name}");
        }
    }
}

fn titles(name: &str) -> Vec<String> {
    open(name).dataset.catalogue.into_iter().map(|item| item.title).collect()
}

/// The ratings of one user with the items' ids.
fn of(loaded: &Loaded, user: &str) -> Vec<(String, f32)> {
    let ratings = &loaded.dataset.ratings;
    let u = ratings.user_ids().index(user).unwrap_or_else(|| panic!("no user {user}"));
    let row = ratings.row(u).iter();
    row.map(|(i, r)| (ratings.item_ids().name(i).to_owned(), r)).collect()
}

#[test]
fn what_can_be_read_without_a_word_is() {
    holds(&[
        ("course-ratings.csv", [8, 5, 5], &[]),
        ("critic-title.csv", [31, 6, 6], &[]),
        ("excel-blank-rows.csv", [6, 1, 6], &[]),
        ("excel-decimal-comma.csv", [14, 2, 14], &[]),
        ("excel-sep-line.csv", [13, 2, 13], &[]),
        ("header-beer.csv", [14, 2, 13], &[]),
        ("header-index_user.csv", [14, 2, 13], &[]),
        ("header-rating-1-5.csv", [14, 2, 13], &[]),
        ("header-recipes.csv", [14, 2, 13], &[]),
        ("header-restaurant.csv", [14, 2, 14], &[]),
        ("jester-double-tab.dat", [10, 1, 10], &[]),
        ("latin1-ids.csv", [11, 2, 11], &[]),
        ("preamble.mtx", [3, 2, 2], &[]),
        ("recbole.inter", [26, 6, 9], &[]),
        ("several.zip", [3, 2, 2], &[]),
        ("spaces-aligned.txt", [3, 2, 2], &[]),
        ("stray-quote.tsv", [5, 3, 2], &[]),
        ("time-iso_date.csv", [11, 2, 11], &[]),
        ("time-ns.csv", [29, 3, 21], &[]),
        ("time-us.csv", [29, 3, 21], &[]),
        ("time-us_date.csv", [11, 2, 11], &[]),
        ("time-words_date.csv", [11, 2, 11], &[]),
        ("tiny.csv", [3, 2, 2], &[]),
        ("titles-in-ratings.csv", [14, 2, 13], &[]),
        ("trailing-comma.csv", [7, 1, 7], &[]),
        ("zero-user.csv", [3, 2, 2], &[]),
    ]);
}

#[test]
fn rows_and_times_that_cannot_be_used_are_left_out_and_counted() {
    holds(&[
        ("blank-ratings.csv", [5, 2, 5], &[(NoteKind::NoRating, 24)]),
        ("melted.csv", [14, 2, 10], &[(NoteKind::NoRating, 15)]),
        ("empty-ids.tsv", [39, 4, 25], &[(NoteKind::NoItem, 1), (NoteKind::Counts, 39)]),
        ("time-empty_time.csv", [11, 2, 11], &[(NoteKind::Times, 1)]),
        ("time-neg_time.csv", [29, 3, 21], &[(NoteKind::Times, 9)]),
    ]);
    let report = open("blank-ratings.csv").report;
    assert_eq!(
        report.notes[0].sentence,
        "blank-ratings.csv: 24 rows of 29 without a rating are left out; the first in line 2, column 4"
    );
    assert_eq!(
        open("time-neg_time.csv").report.notes[0].sentence,
        "time-neg_time.csv: 9 times are missing or cannot be read, so the times are not used; the \
         first in line 22, column 4: `-1`"
    );
}

#[test]
fn what_stands_there_twice_counts_once() {
    holds(&[
        ("duplicate-same.csv", [3, 2, 2], &[(NoteKind::Repeated, 1)]),
        ("duplicate-filmtrust.txt", [6, 1, 6], &[(NoteKind::Repeated, 1)]),
        ("duplicate-rerated.csv", [3, 2, 2], &[(NoteKind::Rerated, 1)]),
    ]);
    let rated = of(&open("duplicate-rerated.csv"), "1");
    assert_eq!(rated, [("2".to_owned(), 2.0), ("3".to_owned(), 4.0)]);
}

#[test]
fn tables_with_a_column_for_each_item_are_read() {
    holds(&[
        ("wide-headerless.csv", [13, 5, 4], &[(NoteKind::Wide, 4)]),
        ("jester-wide.csv", [304, 5, 97], &[(NoteKind::Wide, 100)]),
        ("wide-names.csv", [37, 8, 5], &[(NoteKind::Wide, 5)]),
        ("wide-pivot.csv", [37, 8, 5], &[(NoteKind::Wide, 5)]),
        ("wide-surprise-226.csv", [50, 10, 10], &[(NoteKind::Wide, 10)]),
        ("wide-survey.csv", [65, 19, 4], &[(NoteKind::Wide, 4)]),
    ]);
    let matrix = of(&open("wide-headerless.csv"), "1");
    assert_eq!(matrix, [("1".to_owned(), 5.0), ("2".to_owned(), 3.0), ("4".to_owned(), 1.0)]);
    let ann: Vec<f32> = of(&open("wide-names.csv"), "Ann").into_iter().map(|(_, r)| r).collect();
    assert_eq!(ann, [4.0, 3.0, 1.0, 3.0]);
}

#[test]
fn what_stands_before_or_beside_a_table_is_left_out() {
    holds(&[
        ("index-headerless.csv", [40, 5, 22], &[(NoteKind::RowNumbers, 1)]),
        ("r-write-table.txt", [7, 1, 7], &[(NoteKind::RowNumbers, 1)]),
        ("preamble-comment.csv", [6, 1, 6], &[(NoteKind::Preamble, 1)]),
        ("preamble-counts.dat", [9, 3, 3], &[(NoteKind::Preamble, 2), (NoteKind::Counts, 9)]),
        ("preamble-surprise.txt", [5, 5, 2], &[(NoteKind::Preamble, 2)]),
        // The same user and item stand there with different ratings.
        ("preamble.arff", [10, 5, 6], &[(NoteKind::Rerated, 2)]),
    ]);
    let ratings = open("index-headerless.csv").dataset.ratings;
    assert_eq!(ratings.scale(), (0.5, 5.0));
    assert!(ratings.timestamps().is_some());
}

#[test]
fn titles_come_from_files_beside_the_ratings_and_from_their_own_table() {
    holds(&[
        ("stray-quote-titles", [5, 3, 4], &[]),
        ("titles-course", [8, 5, 5], &[]),
        ("titles-lastfm", [9, 3, 4], &[(NoteKind::Counts, 9)]),
    ]);
    assert_eq!(titles("stray-quote-titles"), ["MALICE MIZER", "\"", "Carpathian Forest", "\"x\""]);
    assert_eq!(titles("titles-course")[1], "Data Science with Pandas");
    assert_eq!(titles("titles-lastfm"), ["Band 3", "Band 4", "Band 5", "Band 6"]);
    let item = &open("titles-in-ratings.csv").dataset.catalogue[0];
    assert_eq!((item.title.as_str(), item.year), ("Film, The 1", Some(1995)));
    assert_eq!(item.genres, ["Comedy", "Drama"]);
    for folder in ["bookcrossing", "bookcrossing-utf8"] {
        assert_eq!(titles(folder)[0], "Café 1");
    }
    let catalog = titles("bookcrossing-utf8");
    assert!(catalog.iter().any(|title| title == "Peterman Rides Again \"The Catalog King\"; 10"));
    assert_eq!(open("header-index_user.csv").dataset.catalogue[0].title, "Movie, The 0");
}

#[test]
fn what_is_hardly_meant_is_remarked_with_an_offer() {
    holds(&[
        ("minus-one.csv", [59, 4, 39], &[(NoteKind::Pile, 12)]),
        ("bookcrossing", [59, 5, 26], &[(NoteKind::Pile, 36)]),
        ("bookcrossing-utf8", [59, 5, 26], &[(NoteKind::Pile, 36)]),
        ("constant.csv", [48, 8, 6], &[(NoteKind::AllEqual, 48)]),
        ("header-visitorid.dat", [11, 1, 11], &[(NoteKind::AllEqual, 11)]),
    ]);
    let offer = open("minus-one.csv").report.notes[0].offer.clone().unwrap();
    assert_eq!(offer.without_rating, -1.0);
    let options = Options { without_rating: Some(-1.0), ..Options::default() };
    let Loaded { dataset, report } = open_with("minus-one.csv", &options);
    assert_eq!((dataset.ratings.len(), dataset.ratings.scale()), (47, (3.0, 10.0)));
    let notes: Vec<_> = report.notes.iter().map(|note| (note.kind, note.count)).collect();
    assert_eq!(notes, [(NoteKind::LeftOut, 12)]);
}

#[test]
fn a_test_file_may_have_users_and_items_of_its_own() {
    let [train, test] = ["tiny.csv", "tiny-test.csv"].map(|name| read_path(&path(name)).unwrap());
    let (loaded, test) = load_pair_with(&train, &test, &Options::default()).unwrap();
    assert_eq!((loaded.dataset.ratings.len(), test.len()), (3, 4));
}

#[test]
fn columns_are_what_the_options_say() {
    let columns = "user=2,item=3,rating=4,time=5".parse().unwrap();
    let options = Options { columns, ..Options::default() };
    let chosen = open_with("index-headerless.csv", &options);
    assert_eq!(chosen.dataset.ratings, open("index-headerless.csv").dataset.ratings);
    let columns = "user=userID,item=placeID,rating=food_rating".parse().unwrap();
    let options = Options { columns, ..Options::default() };
    assert_eq!(open_with("header-restaurant.csv", &options).dataset.ratings.scale(), (0.0, 2.0));
}
