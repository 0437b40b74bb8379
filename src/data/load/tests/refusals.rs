//! What is wrong, and the sentence that says so.

use super::*;

#[test]
fn a_cell_that_is_no_number_is_named_with_line_and_column() {
    let text = LATEST.replace("0.5", "five");
    assert_eq!(
        refusal("ratings.csv", text),
        "ratings.csv, line 3, column 3: expected a number, found `five`"
    );
    let text = "7::8::9::10\n1::2::x::4\n";
    assert_eq!(
        refusal("ratings.dat", text),
        "ratings.dat, line 2, column 3: expected a number, found `x`"
    );
    let text = "1:\n5,4,2005-01-01\n6,4,2005-02-30\n";
    assert_eq!(
        refusal("mv.txt", text),
        "mv.txt, line 3, column 3: expected seconds since 1970 or a date such as 2005-09-06, \
         found `2005-02-30`"
    );
    let long = refusal("t.csv", format!("user,item,rating\na,b,{}\n", "x".repeat(99)));
    assert!(long.ends_with(&format!("found `{}…`", "x".repeat(40))), "{long}");
}

#[test]
fn lines_are_counted_through_blank_lines_and_quoted_line_ends() {
    let text = "\nuser,item,rating,note\n\na,b,1,\"two\nlines\"\n\r\na,c,x,\n";
    assert_eq!(refusal("t.csv", text), "t.csv, line 7, column 3: expected a number, found `x`");
}

#[test]
fn a_rating_that_is_not_finite_is_refused() {
    for cell in ["nan", "inf", "-Infinity", "1e39"] {
        let expected = format!("t.csv, line 2, column 3: expected a finite number, found `{cell}`");
        assert_eq!(refusal("t.csv", format!("user,item,rating\na,b,{cell}\n")), expected);
        assert!(refusal("t.csv", format!("1,2,{cell}\n")).contains("a finite number"));
    }
}

#[test]
fn an_empty_id_is_refused() {
    assert_eq!(
        refusal("t.csv", "user,item,rating\n ,b,1\n"),
        "t.csv, line 2, column 1: expected a user's id, found ``"
    );
    assert!(
        refusal("t.csv", "user,item,rating\na,,1\n").contains("column 2: expected an item's id")
    );
}

#[test]
fn a_line_with_too_few_or_too_many_columns_is_refused() {
    assert_eq!(
        refusal("t.csv", "user,item,rating\na,b,1\na,c\n"),
        "t.csv, line 3: expected 3 columns separated by commas, found 2; add what is missing, and \
         quote text that contains the separator"
    );
    assert!(refusal("t.csv", "user,item,rating\na,b,1,2\n").contains("found 4"));
    assert!(
        refusal("u.data", "1\t2\t3\t4\n1\t2\n")
            .contains("line 2: expected 4 columns separated by tabs")
    );
    assert!(refusal("t.csv", "1\n2\n").contains("line 1: expected 3 columns"));
    assert!(refusal("ratings.dat", "1::2::3::4\n1::2\n").contains("separated by `::`, found 2"));
}

#[test]
fn a_header_without_the_columns_is_refused_with_the_names_it_needs() {
    assert_eq!(
        refusal("movies.csv", LATEST_MOVIES),
        "movies.csv, line 1: no column for user and rating among `movieId, title, genres`; name \
         the columns user, item, rating and, where there is one, timestamp"
    );
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
    let giant = "9".repeat((1 << 20) + 1);
    for text in [
        giant.clone(),
        format!("user,item,rating\na,b,1\n{giant},c,1\n"),
        format!("user,item,rating\na,b,1\n\"{giant}\n"),
        // A quote that is never closed swallows the lines after it.
        format!("user,item,rating\na,b,1\n\"{}", "a,b,1\n".repeat(1 << 18)),
    ] {
        let sentence = refusal("t.csv", &text);
        let line = if text.starts_with('9') { 1 } else { 3 };
        let expected = format!("t.csv, line {line} is longer than 1 MiB; expected one rating");
        assert!(sentence.starts_with(&expected), "{sentence}");
    }
    let wide = "1,".repeat(5000);
    assert!(refusal("t.csv", wide).contains("line 1 is longer than 4096 columns"));
    let line = "1,".repeat(5000);
    let sentence = refusal("t.csv", format!("user,item,rating\n{line}\n"));
    assert!(sentence.contains("line 2 is longer than 4096 columns"), "{sentence}");
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
fn titles_are_checked_like_ratings() {
    let with = |movies: &[u8]| {
        let files = [source("ratings.csv", LATEST), source("movies.csv", movies)];
        load(&files).unwrap_err().to_string()
    };
    assert!(with(b"movieId,title,genres\n10,A, B,Drama\n").contains("line 2: expected 3 columns"));
    let files = [
        source("ratings.dat", "1::2::3::4\n"),
        source("movies.dat", "2::Two (1990)::Drama\nthree\n"),
    ];
    assert_eq!(
        load(&files).unwrap_err().to_string(),
        "movies.dat, line 2: expected id::title (year)::genres, found `three`"
    );
}

#[test]
fn files_without_ratings_or_with_too_many_of_them_are_listed() {
    let files = [
        source("links.csv", "movieId,imdbId,tmdbId\n10,1,2\n"),
        source("movies.csv", LATEST_MOVIES),
    ];
    assert_eq!(
        load(&files).unwrap_err().to_string(),
        "the selection holds no ratings: found links.csv, movies.csv; expected ratings.csv, \
         ratings.dat, u.data, Netflix files or another table with user, item and rating"
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
