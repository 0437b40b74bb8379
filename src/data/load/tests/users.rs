//! What is known of users.

use super::*;
use crate::data::Attribute;
use crate::data::load::load_pair;

const BARS: &str = "196|49|M|writer|55105\n7|17|F|student|85711\n8|9|M|none|00000\n";
const COLONS: &str = "1::F::1::10::48067\n2::M::56::16::70072\n9::M::25::0::70072\n";

/// The attributes of each rated user as `kind value`.
fn known(dataset: &Dataset) -> Vec<Vec<String>> {
    let ratings = &dataset.ratings;
    let words = |a: &Attribute| format!("{} {}", a.kind, a.value);
    let of = |u| ratings.attributes().users.words(u).map(words).collect();
    (0..ratings.users()).map(of).collect()
}

fn of_100k(users: &str) -> [Source; 2] {
    [
        source("ml-100k/u.data", "196\t1\t3\t881250949\n7\t2\t5\t881250950\n10\t2\t4\t881250951\n"),
        source("ml-100k/u.user", users),
    ]
}

fn of_1m(users: &str) -> [Source; 2] {
    [
        source("ratings.dat", "1::11::5::978300760\n2::12::3::978302109\n"),
        source("users.dat", users),
    ]
}

#[test]
fn movielens_100k_tells_age_groups_genders_and_occupations_of_rated_users() {
    let dataset = load(&of_100k(BARS)).unwrap();
    let expected = [
        vec!["age 0-17".to_owned(), "gender F".into(), "occupation student".into()],
        vec![],
        vec!["age 45-49".into(), "gender M".into(), "occupation writer".into()],
    ];
    assert_eq!(known(&dataset), expected);
    // User 8 has no rating, and so there is no occupation `none`.
    assert_eq!(dataset.ratings.attributes().users.names().len(), 6);
}

#[test]
fn movielens_1m_tells_the_same_by_numbers() {
    let dataset = load(&of_1m(COLONS)).unwrap();
    let expected = [
        vec!["age 0-17".to_owned(), "gender F".into(), "occupation school student".into()],
        vec!["age 56+".into(), "gender M".into(), "occupation self-employed".into()],
    ];
    assert_eq!(known(&dataset), expected);
}

#[test]
fn users_are_recognized_by_content_and_read_from_a_zip() {
    let [ratings, _] = of_1m("");
    let named = [ratings, source("people.txt", COLONS)];
    assert_eq!(known(&load(&named).unwrap())[1][0], "age 56+");
    let packed = zip(&[
        ("ml-1m/ratings.dat", b"1::11::5::978300760\n2::12::3::978302109\n"),
        ("ml-1m/users.dat", COLONS.as_bytes()),
    ]);
    assert_eq!(known(&load_one("ml-1m.zip", packed).unwrap())[0][1], "gender F");
}

#[test]
fn users_of_training_and_test_set_are_known_alike() {
    let [train, users] = of_100k(BARS);
    let test = [source("u1.test", "196\t7\t3\t881250949\n")];
    let (dataset, _) = load_pair(&[train, users], &test).unwrap();
    assert_eq!(known(&dataset)[2][2], "occupation writer");
}

#[test]
fn a_line_about_a_user_that_is_wrong_is_left_out_and_named() {
    let left = |files: [Source; 2]| {
        let report = load_with(&files, &Options::default()).unwrap().report;
        report.notes[0].sentence.clone()
    };
    for (users, place) in [
        ("196|49|M|writer|55105\n7|old|F|student|85711\n", "line 2, column 2: `old`"),
        ("196|49|M|writer|55105\n7|17|F\n", "line 2: `7`"),
    ] {
        let sentence = left(of_100k(users));
        let expected = "ml-100k/u.user: 1 line that has not the form of the file is left out; in ";
        assert_eq!(sentence, format!("{expected}{place}"));
    }
    assert!(left(of_1m("1::F::1::10::48067\n2::X::56::16::70072\n")).ends_with("`X`"));
    assert!(left(of_1m("1::F::1::21::48067\n")).ends_with("line 1, column 4: `21`"));
}

#[test]
fn genres_are_attributes_of_items() {
    let files = [source("ratings.csv", LATEST), source("movies.csv", LATEST_MOVIES)];
    let dataset = load(&files).unwrap();
    let items = &dataset.ratings.attributes().items;
    assert_eq!(items.names().len(), 2);
    assert_eq!((items.of(0), items.of(1)), (&[0, 1][..], &[][..]));
    assert!(dataset.ratings.attributes().users.names().is_empty());
}
