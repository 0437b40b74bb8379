//! What is wrong, and the sentence that says so.

use super::*;

/// What is left of a file, and the sentences about the rest.
fn left_out(name: &str, text: impl AsRef<[u8]>) -> (usize, Vec<String>) {
    let loaded = load_with(&[source(name, text)], &Options::default()).unwrap();
    let sentences = loaded.report.notes.into_iter().map(|note| note.sentence);
    (loaded.dataset.ratings.len(), sentences.collect())
}

#[test]
fn a_rating_that_is_no_number_is_left_out_with_line_and_column() {
    for (name, text, sentence) in [
        (
            "ratings.csv",
            LATEST.replace("0.5", "five"),
            "ratings.csv: 1 rating that is no number is left out; in line 3, column 3: `five`",
        ),
        (
            "ratings.dat",
            "7::8::9::10\n1::2::x::4\n".to_owned(),
            "ratings.dat: 1 rating that is no number is left out; in line 2, column 3: `x`",
        ),
        (
            "mv.txt",
            "1:\n5,4,2005-01-01\n6,4,2005-02-30\n".to_owned(),
            "mv.txt: 1 time is missing or cannot be read, so the times are not used; in line 3, \
             column 3: `2005-02-30`",
        ),
        (
            "t.csv",
            "user,item,rating\na,b,1\n ,b,1\nc,,1\nc,b,\nd,b,2\n".to_owned(),
            "t.csv: 1 row without a user's id is left out; in line 3, column 1",
        ),
    ] {
        let (_, sentences) = left_out(name, text);
        assert_eq!(sentences[0], sentence);
    }
    let long = refusal("t.csv", format!("user,item,rating\na,b,{}\n", "x".repeat(99)));
    assert!(long.contains(&format!("found `{}…`", "x".repeat(40))), "{long}");
}

#[test]
fn a_table_of_which_more_is_left_out_than_used_is_refused() {
    assert_eq!(
        refusal("t.csv", "user,item,rating\na,b,1\na,c,x\na,d,y\n"),
        "t.csv, line 3, column 3: expected a number, found `x`; so it is in 2 of 3 rows: check which \
         column is which"
    );
    assert!(refusal("t.csv", "user,item,rating\n ,b,1\n").contains("expected a user's id"));
}

#[test]
fn lines_are_counted_through_blank_lines_and_quoted_line_ends() {
    let text = "\nuser,item,rating,note\n\na,b,1,\"two\nlines\"\n\r\na,c,x,\n";
    let (left, sentences) = left_out("t.csv", text);
    assert_eq!(left, 1);
    assert!(sentences[0].ends_with("in line 7, column 3: `x`"), "{sentences:?}");
    let (_, sentences) = left_out("t.csv", "user,item,rating\r1,2,3\r1,3,x\r");
    assert!(sentences[0].ends_with("in line 3, column 3: `x`"), "{sentences:?}");
}

#[test]
fn a_stray_quote_swallows_no_line() {
    let text = "userId,movieId,rating,timestamp\n1,10,4,964982703\n1,\"20,3,964982703\n\
        1,30,4,964982703\n1,40\",5,964982703\n2,10,4,964982703\n";
    let dataset = load_one("t.csv", text).unwrap();
    let ids: Vec<&str> = dataset.ratings.item_ids().iter().collect();
    assert_eq!((dataset.ratings.len(), ids), (5, vec!["10", "30", "\"20", "40\""]));
}

#[test]
fn a_rating_that_is_not_finite_is_left_out() {
    for cell in ["inf", "-Infinity", "1e39"] {
        let (left, sentences) = left_out("t.csv", format!("user,item,rating\na,b,2\na,c,{cell}\n"));
        assert_eq!(left, 1);
        assert!(sentences[0].contains("no number"), "{sentences:?}");
    }
}

#[test]
fn a_line_with_too_few_or_too_many_columns_is_left_out() {
    for text in [
        "user,item,rating\na,b,1\na,c\n",
        "user,item,rating\na,b,1\na,c,1,2\n",
        "1\t2\t3\t4\n1\t2\n",
    ] {
        let (left, sentences) = left_out("t.csv", text);
        assert_eq!(left, 1, "{text:?}");
        assert!(sentences[0].contains("1 row with another number of columns is left out"));
    }
    // An empty column at the end is none.
    assert_eq!(left_out("t.csv", "user,item,rating\na,b,1,\na,c,2,\n"), (2, Vec::new()));
}

#[test]
fn a_header_without_the_columns_is_refused_with_the_names_it_needs() {
    assert_eq!(
        refusal("movies.csv", LATEST_MOVIES),
        "movies.csv, line 1: no column for user and rating among `movieId, title, genres`; name \
         the columns user, item, rating and, where there is one, timestamp, or say which is which"
    );
    for text in ["1\n2\n", "Nothing,3\n", "1;2\n3;4\n"] {
        assert!(refusal("t.csv", text).contains("line 1: no column for user, item and rating"));
    }
    assert!(refusal("t.csv", "who,what,when\na,b,c\n").contains("user and item and rating"));
}

#[test]
fn files_without_content_are_refused() {
    assert_eq!(
        refusal("t.csv", ""),
        "t.csv is empty; expected ratings, one a line: user, item, rating"
    );
    assert!(refusal("t.csv", "\r\n\n").contains("is empty"));
    assert!(refusal("t.csv", "\u{feff}").contains("is empty"));
    assert_eq!(
        refusal("t.csv", "user,item,rating\n"),
        "t.csv, line 1: found a header but no rating below it; expected one rating a line"
    );
    assert!(refusal("mv.txt", "1:\n2:\n").contains("no rating"));
    assert_eq!(load(&[]).unwrap_err(), LoadError::Nothing);
}

#[test]
fn duplicates_are_refused_on_request_and_named_with_both_lines() {
    let options = Options { duplicates: Duplicates::Refuse, ..Options::default() };
    let refusal = |files: &[Source]| load_with(files, &options).unwrap_err().to_string();
    assert_eq!(
        refusal(&[source("t.csv", "user,item,rating\na,b,1\n\na,c,2\na,b,3\n")]),
        "t.csv, line 5: user `a` rated item `b` before, in line 2; keep one of the two"
    );
    let files = [
        source("mv_1.txt", "1:\n5,4,2005-01-01\n"),
        source("mv_2.txt", "1:\n6,4,2005-01-01\n5,3,2005-01-01\n"),
    ];
    assert_eq!(
        refusal(&files),
        "mv_2.txt, line 3: user `5` rated item `1` before, in mv_1.txt, line 2; keep one of the two"
    );
    // Rows that say the same are no contradiction.
    let same = source("t.csv", "user,item,rating\na,b,1\na,b,1\n");
    assert_eq!(load_with(&[same], &options).unwrap().dataset.ratings.len(), 1);
}

#[test]
fn gigantic_lines_are_refused_without_being_kept() {
    let giant = "9".repeat((1 << 22) + (1 << 17));
    let sentence = refusal("t.csv", format!("user,item,rating\na,b,1\n{giant},c,1\n"));
    let expected = "t.csv, line 3 is longer than 2 MiB; expected one rating";
    assert!(sentence.starts_with(expected), "{sentence}");
    assert!(refusal("t.csv", giant).contains("line 1: no column for user, item and rating"));
    let wide = "1,".repeat(140_000);
    assert!(refusal("t.csv", wide).contains("line 1 is longer than 65536 columns"));
    // A quote that is never closed is an ordinary character.
    let text = format!("user,item,rating\na,b,1\n\"{}", "a,b,1\n".repeat(1 << 18));
    assert_eq!(load_one("t.csv", text).unwrap().ratings.len(), 2);
}

#[test]
fn other_kinds_of_file_are_named_with_a_remedy() {
    assert_eq!(
        refusal("t.csv.bz2", b"BZh91AY&SY\0\0"),
        "t.csv.bz2 is compressed with bzip2; expected ratings as text, or a zip of them: unpack it and \
         hand over the files"
    );
    assert!(refusal("t.csv", "<!DOCTYPE html><html>").contains("a web page"));
    let old = refusal("t.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0");
    assert!(
        old.contains("an old Excel workbook") && old.ends_with("save it as CSV UTF-8"),
        "{old}"
    );
    assert!(refusal("t.bin", b"\x01\x02\0\0\xFF").contains("not a text file"));
    assert!(refusal("t.parquet", b"PAR1\x15\x04\0").contains("a Parquet file"));
    // A table whose first name begins like a Parquet file.
    let text = "PAR1,item,rating\na,b,1\n";
    assert_eq!(rows(&load_one("t.csv", text).unwrap()), [("a", "b", 1.0)]);
}

#[test]
fn a_document_and_a_zip_in_a_zip_are_named() {
    let book = zip(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")]);
    assert_eq!(
        refusal("my.xlsx", &book),
        "my.xlsx is an Excel workbook or Office document; expected ratings as text, or a zip of them: \
         save it as CSV UTF-8"
    );
    let inner = zip(&[("ratings.csv", LATEST.as_bytes())]);
    assert_eq!(
        refusal("outer.zip", zip(&[("a/inner.zip", &inner)])),
        "a/inner.zip is a zip in a zip; expected ratings as text, or a zip of them: unpack it once"
    );
    assert!(refusal("outer.zip", zip(&[("book.xlsx", &book)])).contains("an Excel workbook"));
}

#[test]
fn bad_lines_of_titles_are_left_out_and_named() {
    let files = [
        source("ratings.csv", LATEST),
        source("movies.csv", b"movieId,title,genres\n10,Caf\xE9,Drama\n30,A, B,Drama\n".as_slice()),
    ];
    let loaded = load_with(&files, &Options::default()).unwrap();
    assert_eq!(loaded.dataset.catalogue[0].title, "Café");
    assert_eq!(
        loaded.report.notes[0].sentence,
        "movies.csv: 1 line that has not the form of the file is left out; in line 3: `30`"
    );
    let files = [
        source("ratings.dat", "1::2::3::4\n"),
        source("movies.dat", "2::Two (1990)::Drama\nthree\n"),
    ];
    let loaded = load_with(&files, &Options::default()).unwrap();
    assert_eq!(loaded.dataset.catalogue[0].title, "Two");
    assert!(loaded.report.notes[0].sentence.ends_with("in line 2: `three`"));
}

#[test]
fn files_without_ratings_or_with_too_many_of_them_are_listed() {
    let files = [
        source("links.csv", "movieId,imdbId,tmdbId\n10,1,2\n"),
        source("movies.csv", LATEST_MOVIES),
    ];
    assert_eq!(
        load(&files).unwrap_err().to_string(),
        "the selection holds no ratings: found links.csv, line 1: no column for user and rating \
         among `movieId, imdbId, tmdbId`; name the columns user, item, rating and, where there is \
         one, timestamp, or say which is which; movies.csv, line 1: no column for user and rating \
         among `movieId, title, genres`; name the columns user, item, rating and, where there is \
         one, timestamp, or say which is which; expected ratings.csv, ratings.dat, u.data, Netflix \
         files or another table with user, item and rating"
    );
    let files = [source("u1.base", "1\t2\t3\t4\n"), source("u1.test", "1\t3\t3\t4\n")];
    assert_eq!(
        load(&files).unwrap_err().to_string(),
        "several files hold ratings: u1.base, u1.test; hand over one of them"
    );
}

#[test]
fn netflix_files_must_begin_with_a_film() {
    assert_eq!(
        refusal("combined.txt", "1:\n5,4\n"),
        "combined.txt, line 2: expected user,rating,date, or a film's id and a colon, found `5`"
    );
    assert!(refusal("probe.txt", "1:\n30878\n").contains("line 2: expected user,rating,date"));
}
