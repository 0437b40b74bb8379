//! Ratings files as people have them: what is read from each, and what is said about it.

#![allow(clippy::float_cmp, reason = "tests compare numbers that are to be the very same")]

use std::path::{Path, PathBuf};

use factorscope::data::Rating;
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
        ("array.json", [2, 2, 1], &[]),
        ("course-ratings.csv", [8, 5, 5], &[]),
        ("critic-title.csv", [31, 6, 6], &[]),
        ("excel-blank-rows.csv", [6, 1, 6], &[]),
        ("excel-decimal-comma.csv", [14, 2, 14], &[]),
        ("excel-sep-line.csv", [13, 2, 13], &[]),
        ("excel-utf16.txt", [13, 2, 13], &[]),
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
        ("yelp.json", [5, 1, 5], &[]),
        ("zero-user.csv", [3, 2, 2], &[]),
        ("hostile/hostile-titles.zip", [2452, 60, 90], &[]),
        ("hostile/stray-quotes2.csv", [5, 2, 4], &[]),
        ("hostile/utf16", [46, 8, 10], &[]),
    ]);
}

/// Every rating of a file, as user, item and rating.
fn rows(name: &str) -> Vec<(String, String, f32)> {
    let ratings = &open(name).dataset.ratings;
    let (users, items) = (ratings.user_ids(), ratings.item_ids());
    let row = |r: Rating| (users.name(r.u).to_owned(), items.name(r.i).to_owned(), r.r);
    ratings.iter().map(row).collect()
}

#[test]
fn what_a_file_says_is_what_is_read() {
    let expect = |name: &str, expected: &[(&str, &str, f32)]| {
        let owned = |&(user, item, r): &(&str, &str, f32)| (user.to_owned(), item.to_owned(), r);
        let expected: Vec<_> = expected.iter().map(owned).collect();
        assert_eq!(rows(name), expected, "{name}");
    };
    expect("array.json", &[("a", "x", 4.0), ("b", "x", 2.0)]);
    let user = "A0000000000000";
    let reviews = [
        (user, "B001256748", 3.0),
        (user, "B001361477", 1.0),
        (user, "B002304038", 4.0),
        (user, "B002408767", 3.0),
        (user, "B003665515", 2.0),
    ];
    for name in ["amazon.json", "yelp.json"] {
        expect(name, &reviews);
        assert!(open(name).dataset.ratings.timestamps().is_some(), "{name}");
    }
    // The same ratings as a spreadsheet saves them in two ways.
    assert_eq!(rows("excel-utf16.txt"), rows("excel-sep-line.csv"));
    expect(
        "hostile/stray-quotes2.csv",
        &[
            ("1", "10", 4.0),
            ("1", "30", 4.0),
            ("1", "\"20", 3.0),
            ("1", "40\"", 5.0),
            ("2", "10", 4.0),
        ],
    );
    let named = open("hostile/hostile-titles.zip").dataset;
    assert!(named.ratings.user_ids().iter().all(|id| !id.contains(['\t', '\n'])));
    // One film has no flag set.
    assert_eq!(named.catalogue.iter().filter(|item| item.genres.is_empty()).count(), 1);
    assert!(named.catalogue.iter().all(|item| item.year.is_some()));
    assert_eq!(titles("hostile/utf16")[0], "Film 1");
}

#[test]
fn what_is_lost_beside_the_ratings_is_said() {
    let kinds = &[(NoteKind::CompanionRefused, 1), (NoteKind::CompanionRefused, 1)];
    holds(&[
        ("hostile/small-titles-lost.zip", [46, 8, 10], kinds),
        ("hostile/cr.csv", [1, 1, 1], &[(NoteKind::UnreadableRating, 1)]),
        // The keys of lists and objects.
        ("amazon.json", [5, 1, 5], &[(NoteKind::Nested, 5)]),
    ]);
    let sentences = |name: &str| -> Vec<String> {
        open(name).report.notes.into_iter().map(|note| note.sentence).collect()
    };
    assert_eq!(
        sentences("amazon.json"),
        [
            "amazon.json: 5 values that are lists or objects are left out; the first in line 1: `helpful`"
        ]
    );
    assert_eq!(
        sentences("hostile/cr.csv"),
        ["cr.csv: 1 rating that is no number is left out; in line 3, column 3: `x`"]
    );
    let lost = &sentences("hostile/small-titles-lost.zip")[0];
    assert!(lost.contains("movies.csv is damaged or cut off"), "{lost}");
}

#[test]
fn what_would_be_misread_is_refused_with_the_form_and_the_remedy() {
    for (name, sentence) in [
        (
            "excel.xlsx",
            "excel.xlsx is an Excel workbook or Office document; expected ratings as text, or a zip of \
             them: save it as CSV UTF-8",
        ),
        (
            "zip-in-zip.zip",
            "inner.zip is a zip in a zip; expected ratings as text, or a zip of them: unpack it once",
        ),
        (
            "hostile/esc-name.zip",
            " [31m ]0;pwned  [2Jratings.csv, line 2, column 3: expected a number, found `x`; so it is in \
             1 of 1 rows: check which column is which",
        ),
        (
            "hostile/genres-3GB.fsd",
            "genres-3GB.fsd is damaged or cut off (its genres are longer than it can hold); download it \
             again",
        ),
        (
            "hostile/genres-200GB.fsd",
            "genres-200GB.fsd is damaged or cut off (it ends too early); download it again",
        ),
    ] {
        let sources = read_path(&path(name)).unwrap();
        let refusal = load_with(&sources, &Options::default()).unwrap_err();
        assert_eq!(refusal.to_string(), sentence, "{name}");
    }
}

/// A file that nobody opens proves nothing.
#[test]
fn every_case_is_opened() {
    let named = include_str!("cases.rs");
    for folder in ["", "hostile/"] {
        for entry in std::fs::read_dir(path(folder)).unwrap() {
            let name = format!("{folder}{}", entry.unwrap().file_name().to_str().unwrap());
            assert!(name == "hostile" || named.contains(&format!("\"{name}\"")), "{name}");
        }
    }
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
