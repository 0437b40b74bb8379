//! Several ratings of one item by one user.

use super::*;
use crate::data::load::Place;

/// The rating that counts, and how many notes of each kind there are.
fn counted(text: &str, duplicates: Duplicates) -> (f32, usize, usize) {
    let options = Options { duplicates, ..Options::default() };
    let loaded = load_with(&[source("t.csv", text)], &options).unwrap();
    assert_eq!(loaded.dataset.ratings.len(), 1, "{text}");
    let count = |kind| loaded.report.note(kind).map_or(0, |note| note.count);
    (loaded.dataset.ratings.nth(0).r, count(NoteKind::Repeated), count(NoteKind::Rerated))
}

#[test]
fn rows_that_are_the_same_count_once() {
    for duplicates in [Duplicates::Last, Duplicates::First, Duplicates::Mean, Duplicates::Refuse] {
        assert_eq!(counted("1,2,3\n1,2,3\n1,2,3\n", duplicates), (3.0, 2, 0));
    }
}

#[test]
fn the_latest_of_several_ratings_counts_by_time_else_by_line() {
    let untimed = "user,item,rating\n1,2,5\n1,2,3\n1,2,4\n";
    assert_eq!(counted(untimed, Duplicates::Last), (4.0, 0, 2));
    assert_eq!(counted(untimed, Duplicates::First), (5.0, 0, 2));
    assert_eq!(counted(untimed, Duplicates::Mean), (4.0, 0, 2));
    let timed = "user,item,rating,time\n1,2,5,30\n1,2,3,10\n1,2,4,20\n";
    assert_eq!(counted(timed, Duplicates::Last), (5.0, 0, 2));
    assert_eq!(counted(timed, Duplicates::First), (3.0, 0, 2));
    // The repeated row counts once in the mean, too.
    let repeated = "user,item,rating\n1,2,5\n1,2,5\n1,2,2\n";
    assert_eq!(counted(repeated, Duplicates::Mean), (3.5, 1, 1));
}

#[test]
fn the_report_names_the_first_of_them_in_the_order_of_the_lines() {
    let text = "user,item,rating\n9,1,1\n1,2,5\n9,1,2\n1,2,4\n";
    let loaded = load_with(&[source("t.csv", text)], &Options::default()).unwrap();
    let note = &loaded.report.notes[0];
    let place = Place { file: "t.csv".to_owned(), line: 4, column: None };
    assert_eq!((note.kind, note.count, note.place.as_ref()), (NoteKind::Rerated, 2, Some(&place)));
    assert_eq!(
        note.sentence,
        "t.csv: 2 ratings are of an item that the same user rated before, and the latest counts; \
         the first stands in line 4 after line 2 (user `9`, item `1`)"
    );
    assert_eq!(
        load_with(&[source("t.csv", "1,2,3\n")], &Options::default()).unwrap().report.notes,
        []
    );
}
