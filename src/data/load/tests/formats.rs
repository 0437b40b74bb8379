//! Each published form, and tables of all kinds.

use super::*;
use crate::data::Origin;

#[test]
fn movielens_latest_is_read_with_titles_years_and_genres() {
    let files = [
        source("ml-25m/movies.csv", LATEST_MOVIES),
        source("ml-25m/ratings.csv", LATEST),
        source("ml-25m/links.csv", "movieId,imdbId,tmdbId\n10,1,2\n"),
        source("ml-25m/tags.csv", "userId,movieId,tag,timestamp\n1,10,odd,1000000000\n"),
        source("ml-25m/README.txt", "Summary\n=======\n\nThis is text, with commas, and more.\n"),
    ];
    let dataset = load(&files).unwrap();
    assert_eq!(dataset.name, "MovieLens 25M");
    assert_eq!(dataset.origin, Origin::Movielens);
    assert_eq!(rows(&dataset), [("1", "10", 4.0), ("1", "30", 0.5), ("2", "10", 5.0)]);
    let times = [1_000_000_000, 1_000_000_060, 1_100_000_000];
    assert_eq!(dataset.ratings.timestamps(), Some(&times[..]));
    let expected = [
        item("Long Way, The", Some(1995), &["Adventure", "Comedy"]),
        item("Nowhere", Some(2001), &[]),
    ];
    assert_eq!(dataset.catalogue, expected);
    assert_eq!(dataset.ratings.scale(), (0.5, 5.0));
}

#[test]
fn line_ends_byte_order_marks_and_blank_lines_make_no_difference() {
    let plain = load_one("ratings.csv", LATEST).unwrap();
    for text in [
        LATEST.replace("\r\n", "\n"),
        LATEST.replace("\r\n", "\r"),
        LATEST.trim_end().to_owned(),
        format!("\u{feff}{LATEST}"),
        format!("\r\n{}\n\n", LATEST.replace("\r\n", "\n\n")),
        LATEST.replace(',', " , "),
        LATEST.replace("4.0", "\"4.0\""),
    ] {
        assert_eq!(rows(&load_one("ratings.csv", &text).unwrap()), rows(&plain), "{text}");
    }
}

#[test]
fn movielens_100k_is_read_with_latin_1_titles_and_genre_flags() {
    let flags = |on: &[usize]| -> String {
        (0..19).map(|n| if on.contains(&n) { "|1" } else { "|0" }).collect()
    };
    let mut items = b"1|Caf\xE9 (1990)|01-Jan-1990||http://x/?a,b".to_vec();
    items.extend(flags(&[1, 5]).bytes());
    items.extend(b"\n2|Undated|03-Mar-1996||".iter());
    items.extend(flags(&[0]).bytes());
    let files = [
        source("ml-100k/u.data", "196\t1\t3\t881250949\n7\t2\t5\t881250950\n"),
        source("ml-100k/u.item", items),
        source(
            "ml-100k/u.genre",
            "unknown|0\nAction|1\nAdventure|2\nA|3\nB|4\nComedy|5\nC|6\nD|7\n\
            E|8\nF|9\nG|10\nH|11\nI|12\nJ|13\nK|14\nL|15\nM|16\nN|17\nO|18\n\n",
        ),
        source("ml-100k/u.user", "1|24|M|technician|85711\n2|53|F|other|94043\n"),
        source("ml-100k/u1.base", "196\t1\t3\t881250949\n"),
        source("ml-100k/u.info", "943 users\n1682 items\n100000 ratings\n"),
    ];
    let dataset = load(&files).unwrap();
    assert_eq!(dataset.name, "MovieLens 100K");
    assert_eq!(rows(&dataset), [("7", "2", 5.0), ("196", "1", 3.0)]);
    let expected =
        [item("Café", Some(1990), &["Action", "Comedy"]), item("Undated", Some(1996), &[])];
    assert_eq!(dataset.catalogue, expected);
    // Without u.genre the same flags mean the published genres.
    assert_eq!(load(&files[..2]).unwrap().catalogue, expected);
}

#[test]
fn movielens_1m_and_10m_are_read_in_either_encoding() {
    let ratings = "1::11::5::978300760\n1::12::3.5::978302109\n";
    for title in [&b"Caf\xE9: Noir"[..], "Café: Noir".as_bytes()] {
        let movies = [b"11::", title, b" (1999)::Drama|War\n12::B::C (1931)::Comedy\n"].concat();
        let files = [
            source("ml-1m/movies.dat", movies),
            source("ml-1m/ratings.dat", ratings),
            source("ml-1m/users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n"),
            source("ml-1m/tags.dat", "15::4973::excellent!::1215184630\n"),
        ];
        let dataset = load(&files).unwrap();
        assert_eq!((dataset.name.as_str(), dataset.origin), ("MovieLens 1M", Origin::Movielens));
        assert_eq!(rows(&dataset), [("1", "11", 5.0), ("1", "12", 3.5)]);
        let expected = [
            item("Café: Noir", Some(1999), &["Drama", "War"]),
            item("B::C", Some(1931), &["Comedy"]),
        ];
        assert_eq!(dataset.catalogue, expected);
    }
}

#[test]
fn netflix_files_are_read_together_with_dates_as_times() {
    let files = [
        source("mv_0000001.txt", "1:\n30878,4,2005-12-26\n6,3,1970-01-02\n"),
        source("mv_0000002.txt", "2:\n6,5,2005-09-06\n"),
        source("movie_titles.txt", b"1,2003,Caf\xE9, or, Not\n2,NULL,Unknown Year\n".as_slice()),
        source("probe.txt", "1:\n30878\n"),
        source("qualifying.txt", "1:\n1046323,2005-12-19\n"),
    ];
    let dataset = load(&files).unwrap();
    assert_eq!(dataset.origin, Origin::File);
    assert_eq!(rows(&dataset), [("6", "1", 3.0), ("6", "2", 5.0), ("30878", "1", 4.0)]);
    // 2005-12-26 is day 13,143 since 1970.
    let times = [86_400, 1_125_964_800, 13_143 * 86_400];
    assert_eq!(dataset.ratings.timestamps(), Some(&times[..]));
    let expected = [item("Café, or, Not", Some(2003), &[]), item("Unknown Year", None, &[])];
    assert_eq!(dataset.catalogue, expected);
}

#[test]
fn one_netflix_file_may_hold_several_films() {
    let dataset =
        load_one("combined_data_1.txt", "1:\r\n8,4,2005-01-01\r\n3:\r\n2:\r\n8,1,2005-01-02");
    assert_eq!(rows(&dataset.unwrap()), [("8", "1", 4.0), ("8", "2", 1.0)]);
}

#[test]
fn columns_are_found_by_their_names_in_any_order() {
    let expected = [("ann", "x", 4.0), ("bob", "y", 2.0)];
    for text in [
        "user,item,rating\nann,x,4\nbob,y,2\n",
        "rating;film;uid\n4;x;ann\n2;y;bob\n",
        "\tdate\tStars\tUser_ID\tMovie ID\n0\t2005-09-06\t4\tann\tx\n1\t2005-09-07\t2\tbob\ty\n",
        "Cust_ID|score|time|item_id\nann|4|7|x\nbob|2|8|y\n",
        "user,item,rating,text\nann,x,4,\"good, but\nlong\"\nbob,y,2,\n",
        // The one column that is left over is the one role that is missing.
        "person,item,rating\nann,x,4\nbob,y,2\n",
        "user,item,liking\nann,x,4\nbob,y,2\n",
    ] {
        assert_eq!(rows(&load_one("t.csv", text).unwrap()), expected, "{text}");
    }
}

#[test]
fn without_a_header_the_order_is_user_item_rating_time() {
    let expected = [("1", "7", 4.0), ("2", "8", 2.5)];
    for text in [
        "1,7,4,900000000\n2,8,2.5,900000001\n",
        "1\t7\t4\n2\t8\t2.5\n",
        "1;7;4\n2;8;2.5",
        "1|7|4\n2|8|2.5",
        "1 7 4\n2 8 2.5\n",
        "1::7::4::5\n2::8::2.5::6\n",
        // Here the third column cannot be the rating.
        "1,7,2005-09-06,4\n2,8,2005-09-07,2.5\n",
        "1,7,900000000,4\n2,8,900000001,2.5\n",
        // The fourth column holds no times: it is left out.
        "1,7,4,good\n2,8,2.5,bad\n",
    ] {
        assert_eq!(rows(&load_one("t.csv", text).unwrap()), expected, "{text}");
    }
    let text_ids = load_one("t.csv", "4,ann,x\n2,bob,y\n").unwrap();
    assert_eq!(rows(&text_ids), [("ann", "x", 4.0), ("bob", "y", 2.0)]);
}

#[test]
fn milliseconds_and_dates_become_seconds() {
    let text = "user,item,rating,timestamp\na,x,1,1430000000123\na,y,1,2005-09-06 00:00:01\n";
    let dataset = load_one("t.csv", text).unwrap();
    let expected = [1_430_000_000, 1_125_964_801];
    assert_eq!(dataset.ratings.timestamps(), Some(&expected[..]));
    let dataset = load_one("t.csv", "user,item,rating\na,x,1\n").unwrap();
    assert_eq!(dataset.ratings.timestamps(), None);
}

#[test]
fn other_tables_are_named_after_their_file_and_their_items_after_their_ids() {
    let dataset = load_one("dir/mine.csv", "user,item,rating\n1,007,1\n1, 7 ,2\n").unwrap();
    assert_eq!((dataset.name.as_str(), dataset.origin), ("mine.csv", Origin::File));
    assert_eq!(rows(&dataset), [("1", "007", 1.0), ("1", "7", 2.0)]);
    assert_eq!(dataset.catalogue, [item("007", None, &[]), item("7", None, &[])]);
}

#[test]
fn a_table_of_titles_may_have_other_columns_and_names() {
    let files = [
        source("ratings.tsv", "user\tbook_id\trating\n1\tb2\t3\n"),
        source("books.csv", "title;year;book_id;pages\n\"A; B\";1922;b2;12\nC;1950;b3;9\n"),
    ];
    let dataset = load(&files).unwrap();
    assert_eq!(dataset.catalogue, [item("A; B", Some(1922), &[])]);
}

#[test]
fn an_explicit_header_beats_a_table_that_could_also_be_ratings() {
    let files =
        [source("other.csv", "1,2,3\n4,5,6\n"), source("mine.csv", "user,item,rating\n1,2,3\n")];
    assert_eq!(rows(&load(&files).unwrap()), [("1", "2", 3.0)]);
}
