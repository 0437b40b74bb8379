//! The kinds of `tests/cases.rs` in other dress: other languages, other separators, other line ends.

#![allow(clippy::float_cmp, reason = "tests compare numbers that are to be the very same")]

use factorscope::data::load::{Loaded, NoteKind, Options, Source, load_with, preview};

fn source(text: &str) -> Source {
    Source::new("table", text)
}

fn open(text: &str) -> Loaded {
    load_with(&[source(text)], &Options::default()).unwrap_or_else(|err| panic!("{err}\n{text}"))
}

/// User, item and rating of each rating, in order.
fn rows(loaded: &Loaded) -> Vec<(String, String, f32)> {
    let ratings = &loaded.dataset.ratings;
    let (users, items) = (ratings.user_ids(), ratings.item_ids());
    let named = |r: factorscope::data::Rating| {
        (users.name(r.u).to_owned(), items.name(r.i).to_owned(), r.r)
    };
    ratings.iter().map(named).collect()
}

fn kinds(loaded: &Loaded) -> Vec<(NoteKind, usize)> {
    loaded.report.notes.iter().map(|note| (note.kind, note.count)).collect()
}

/// The same three ratings from every text, and these notes.
fn three(texts: &[&str], notes: &[(NoteKind, usize)]) {
    let expected = [("ann", "x", 4.5), ("ann", "y", 2.0), ("bob", "x", 3.0)];
    let expected = expected.map(|(user, item, r)| (user.to_owned(), item.to_owned(), r));
    for text in texts {
        let loaded = open(text);
        assert_eq!(rows(&loaded), expected, "{text}");
        assert_eq!(kinds(&loaded), notes, "{text}: {:#?}", loaded.report);
    }
}

#[test]
fn headers_of_other_languages_and_separators_name_the_same_columns() {
    three(
        &[
            "Benutzer;Film;Bewertung\nann;x;4,5\nann;y;2\nbob;x;3\n",
            "note\tspectateur\tfilm\r\n4,5\tann\tx\r\n2\tann\ty\r\n3\tbob\tx\r\n",
            "película|usuario|puntuación\nx|ann|4.5\ny|ann|2\nx|bob|3\n",
            "utilizador,livro,classificação\rann,x,4.5\rann,y,2\rbob,x,3\r",
            "id_utente;id_prodotto;voto\nann;x;4,5\nann;y;2\nbob;x;3\n",
            "Klant-nr\tArtikel-nr\tCijfer\nann\tx\t4,5\nann\ty\t2\nbob\tx\t3\n",
            "sep=|\nreaderKey|bookKey|stars\nann|x|4.5\nann|y|2\nbob|x|3\n",
            "#user item rating\nann x 4.5\nann y 2\nbob x 3\n",
            "\"listener\"\t\"track_id\"\t\"play count\"\n\"ann\"\t\"x\"\t4.5\n\"ann\"\t\"y\"\t2\n\"bob\"\t\"x\"\t3\n",
            "patronID, widgetId , My Rating [1..5]\nann,x,4.5\nann,y,2\nbob,x,3\n",
        ],
        &[],
    );
}

#[test]
fn what_stands_before_and_beside_the_table_does_not_matter() {
    three(&["% made by hand\n\nann\tx\t4.5\nann\ty\t2\nbob\tx\t3\n"], &[(NoteKind::Preamble, 1)]);
    three(
        &["Ratings of our class\nuser;item;rating\nann;x;4,5\nann;y;2\nbob;x;3\n"],
        &[(NoteKind::Preamble, 1)],
    );
    three(
        &[
            "\"user\",\"item\",\"rating\"\n\"1\",\"ann\",\"x\",4.5\n\"2\",\"ann\",\"y\",2\n\"3\",\"bob\",\"x\",3\n",
        ],
        &[(NoteKind::RowNumbers, 1)],
    );
    three(
        &[
            "user;item;rating;\nann;x;4,5;\nann;y;2;\nbob;x;3;\n",
            "  ann \t x  4.5\n  ann   y  2\nbob x\t3\n",
            "user,item,rating\n,,\nann,x,4.5\n,,\nann,y,2\nbob,x,3\n,,\n",
            "index;user;item;rating\n0;ann;x;4,5\n1;ann;y;2\n2;bob;x;3\n",
        ],
        &[],
    );
}

#[test]
fn semicolons_cut_where_every_number_between_them_has_a_comma() {
    let loaded = open("1;10;4,5;1,0\n1;11;3,0;2,0\n2;10;5,0;1,5\n2;12;1,5;1,0\n");
    assert_eq!(
        rows(&loaded),
        [("1", "10", 4.5), ("1", "11", 3.0), ("2", "10", 5.0), ("2", "12", 1.5)]
            .map(|(user, item, r)| (user.to_owned(), item.to_owned(), r))
    );
}

#[test]
fn rows_that_cannot_be_used_are_left_out_in_every_dress() {
    three(
        &["Nutzer;Film;Note\nann;x;4,5\nann;z;NA\nann;y;2\nbob;x;3\nbob;y;\n"],
        &[(NoteKind::NoRating, 2)],
    );
    three(&["user|item|rating\nann|x|4.5\n|x|1\nann|y|2\nbob|x|3\n"], &[(NoteKind::NoUser, 1)]);
    three(
        &["user\titem\trating\nann\tx\t4.5\nann\ty\t2\nbob\tx\t3\nbob\ty\tgut\n"],
        &[(NoteKind::UnreadableRating, 1)],
    );
}

#[test]
fn a_column_for_each_item_in_every_dress() {
    let ratings = |text: &str| {
        let loaded = open(text);
        assert_eq!(kinds(&loaded)[0].0, NoteKind::Wide, "{text}");
        rows(&loaded)
    };
    let expected = [("ann", "Heat", 4.5), ("ann", "Jaws", 1.0), ("bob", "Gilda", 2.0)];
    let mut expected = expected.map(|(u, i, r)| (u.to_owned(), i.to_owned(), r)).to_vec();
    expected.extend([("bob", "Heat", 3.0)].map(|(u, i, r)| (u.to_owned(), i.to_owned(), r)));
    for text in [
        "Nutzer;Gilda;Heat;Jaws\nann;;4,5;1\nbob;2;3;\n",
        "\tGilda\tHeat\tJaws\r\nann\tNA\t4.5\t1\r\nbob\t2\t3\tNA\r\n",
        "Zeitstempel,Wer bist du?,Gilda,Heat,Jaws\n2024-03-01 10:00,ann,,4.5,1\n2024-03-02 11:00,bob,2,3,\n",
        "persona|Gilda|Heat|Jaws\nann|0|4.5|1\nbob|2|3|0\n",
    ] {
        assert_eq!(ratings(text), expected, "{text}");
    }
    let matrix = ratings("5\t3\t0\t1\n4\t0\t0\t1\n1\t1\t0\t5\n");
    assert_eq!((matrix.len(), matrix[0].clone()), (8, ("1".into(), "1".into(), 5.0)));
}

#[test]
fn zeros_of_a_wide_table_are_judged_by_all_of_its_rows() {
    // Two hundred rows without a blank, and one more.
    let rows = (0..200).map(|n| format!("u{n},{},{},0\n", n % 5 + 1, n % 4 + 1));
    let rows = rows.collect::<Vec<_>>().concat();
    let table = |last: &str| open(&format!("user,Gilda,Heat,Jaws\n{rows}{last}\n"));
    let note = |loaded: &Loaded| loaded.report.note(NoteKind::Wide).unwrap().clone();
    let zero = table("last,4,0,1");
    assert_eq!(zero.dataset.ratings.len(), 402);
    assert!(
        note(&zero).sentence.ends_with("0 is taken for no rating") && note(&zero).offer.is_none()
    );
    let blank = table("last,4,,1");
    assert_eq!(blank.dataset.ratings.len(), 602);
    assert!(
        note(&blank).sentence.ends_with("blank cells have no rating, so that 0 is taken for one")
    );
    assert_eq!(note(&blank).offer.unwrap().without_rating, 0.0);
    let negative = table("last,4,-2,1");
    assert_eq!(negative.dataset.ratings.len(), 603);
    assert!(note(&negative).sentence.ends_with("0 is taken for a rating between others"));
    let jester = table("last,99,4,1");
    assert_eq!(jester.dataset.ratings.len(), 602);
    assert!(note(&jester).sentence.ends_with("99 is taken for no rating"));
}

#[test]
fn three_columns_are_items_where_users_would_rate_again_and_doubted_where_not() {
    let matrix = open("5,3,0\n4,0,1\n5,3,2\n1,1,0\n0,4,5\n");
    assert_eq!((matrix.dataset.ratings.items(), kinds(&matrix)[0].0), (3, NoteKind::Wide));
    let doubtful = open("5,3,0\n4,0,1\n1,1,0\n0,4,5\n");
    assert_eq!(doubtful.dataset.ratings.len(), 4);
    assert_eq!(kinds(&doubtful), [(NoteKind::Doubtful, 1)]);
    // Its remedy.
    let named = open("A,B,C\n5,3,0\n4,0,1\n1,1,0\n0,4,5\n");
    assert_eq!((named.dataset.ratings.items(), named.dataset.ratings.len()), (3, 8));
    // Users and items counted from 0, none rated 0.
    let triples = open("0,0,5\n0,1,3\n1,0,4\n1,2,1\n2,1,2\n");
    assert_eq!((triples.dataset.ratings.len(), kinds(&triples)), (5, vec![]));
}

#[test]
fn lists_in_json_are_left_out_with_a_word() {
    let loaded = open(
        "{\"user\":\"a\",\"item\":\"x\",\"rating\":4}\n\
         {\"user\":\"b\",\"item\":\"x\",\"rating\":2,\"tags\":[\"good\"]}\n",
    );
    let note = loaded.report.note(NoteKind::Nested).unwrap();
    let sentence = "table: 1 value that is a list or an object is left out; in line 2: `tags`";
    assert_eq!((loaded.dataset.ratings.len(), note.sentence.as_str()), (2, sentence));
}

#[test]
fn between_tabs_a_quote_is_an_ordinary_character_unless_text_is_quoted() {
    let items = |text: &str| -> Vec<String> {
        open(text).dataset.ratings.item_ids().iter().map(str::to_owned).collect()
    };
    assert_eq!(
        items("user\titem\trating\nann\t\"x\t4\nann\ty\"\t2\nbob\t\"\t3\n"),
        ["\"", "\"x", "y\""]
    );
    assert_eq!(items("user\titem\trating\n\"ann\"\t\"x\"\t4\n\"bob\"\t\"y\"\t2\n"), ["x", "y"]);
    assert_eq!(items("user\titem\trating\nann\t\"x\"\t4\nann\t\"y, z\"\t2\n"), ["x", "y, z"]);
    assert_eq!(items("user\titem\trating\nann\t\"x\"\t4\nann\ty\t2\n"), ["\"x\"", "y"]);
}

#[test]
fn dates_in_every_dress_are_times() {
    for (date, seconds) in [
        ("17/10/2009", 1_255_737_600),
        ("17.10.2009", 1_255_737_600),
        ("17 octobre 2009", 1_255_737_600),
        ("2009-10-17T10:49:48+02:00", 1_255_769_388),
        ("1255737600000000", 1_255_737_600),
    ] {
        let loaded = open(&format!("user;item;rating;Datum\nann;x;4;{date}\nann;y;2;{date}\n"));
        assert_eq!(loaded.dataset.ratings.timestamps(), Some(&[seconds; 2][..]), "{date}");
        assert_eq!(kinds(&loaded), [], "{date}");
    }
    let loaded = open("user;item;rating;date\nann;x;4;03/04/2009\nann;y;2;05/04/2009\n");
    assert_eq!(kinds(&loaded), [(NoteKind::DateOrder, 2)]);
    // What tells comes late.
    let early = (0..200).map(|n| format!("u{n};x;4;03/04/2009\n"));
    let early = early.collect::<Vec<_>>().concat();
    let late = |dates: &str| open(&format!("user;item;rating;date\n{early}{dates}"));
    let april = late("ann;y;2;17/04/2009\n");
    assert_eq!(
        (april.dataset.ratings.timestamps().unwrap()[1], kinds(&april)),
        (1_238_716_800, vec![])
    );
    let march = late("ann;y;2;04/17/2009\n");
    assert_eq!(
        (march.dataset.ratings.timestamps().unwrap()[1], kinds(&march)),
        (1_236_124_800, vec![])
    );
    let both = late("ann;y;2;17/04/2009\nann;z;2;18/04/2009\nbob;y;2;04/17/2009\n");
    assert_eq!(kinds(&both), [(NoteKind::DateOrder, 1), (NoteKind::Times, 1)]);
    let sentence = "table: `17/04/2009` begins with the day and `04/17/2009` with the month; dates are \
        read as day, month, year, as most of those that tell are written";
    assert_eq!(both.report.note(NoteKind::DateOrder).unwrap().sentence, sentence);
    let loaded = open("user;item;rating;date\nann;x;4;demain\nann;y;2;-1\n");
    assert_eq!(loaded.dataset.ratings.timestamps(), None);
    assert_eq!(kinds(&loaded), [(NoteKind::Times, 2)]);
}

#[test]
fn a_preview_shows_the_rows_and_what_the_columns_are_taken_for() {
    let text = "wer,was,wieviel,wann\nann,x,4,1\nann,y,2,2\n";
    let shown = preview(&[source(text)], &Options::default()).unwrap();
    assert_eq!(shown.header.unwrap(), ["wer", "was", "wieviel", "wann"]);
    assert_eq!(shown.rows, [["ann", "x", "4", "1"], ["ann", "y", "2", "2"]]);
    assert!(shown.refusal.unwrap().contains("no column for"));
    let columns = "user=wer,item=was,rating=3,time=wann".parse().unwrap();
    let options = Options { columns, ..Options::default() };
    let shown = preview(&[source(text)], &options).unwrap();
    assert_eq!((shown.refusal, shown.roles.rating), (None, Some(2)));
    let loaded = load_with(&[source(text)], &options).unwrap();
    assert_eq!(loaded.dataset.ratings.timestamps(), Some(&[1, 2][..]));
}
