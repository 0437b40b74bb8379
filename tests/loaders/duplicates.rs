//! What becomes of several ratings of one item by one user, against a few lines that keep them all.

use std::collections::BTreeMap;
use std::fmt::Write;

use factorscope::data::load::{
    Duplicates, LoadError, Loaded, NoteKind, Options, Source, load_with,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{config, source};

/// User, item, rating and, where it is known, time.
type Row = (u8, u8, f32, Option<u32>);

const POLICIES: [Duplicates; 4] =
    [Duplicates::Last, Duplicates::First, Duplicates::Mean, Duplicates::Refuse];

/// The sources, and where each row stands in them: the file's name and the line.
fn written(tables: &[Vec<Row>]) -> (Vec<Source>, Vec<(String, usize)>) {
    let (mut sources, mut places) = (Vec::new(), Vec::new());
    for (n, table) in tables.iter().enumerate() {
        let name = format!("combined_data_{}.txt", n + 1);
        let (mut text, mut line, mut item) = (String::new(), 0, None);
        for &(u, i, r, time) in table {
            if item != Some(i) {
                writeln!(text, "{i}:").unwrap();
                line += 1;
                item = Some(i);
            }
            // Blank lines between some, so that lines and ratings do not go together.
            if u % 3 == 0 {
                text.push('\n');
                line += 1;
            }
            let time = time.map_or(String::new(), |day| format!("2001-01-{:02}", day + 1));
            writeln!(text, "{u},{r},{time}").unwrap();
            line += 1;
            places.push((name.clone(), line));
        }
        sources.push(source(&name, text.into_bytes()));
    }
    (sources, places)
}

/// The ratings that should come out, and the sentences; or the one of a refusal.
type Outcome = Result<(Vec<Row>, Vec<String>), String>;

fn expected(rows: &[Row], places: &[(String, usize)], policy: Duplicates) -> Outcome {
    let mut groups: BTreeMap<(u8, u8), Vec<usize>> = BTreeMap::new();
    for (n, row) in rows.iter().enumerate() {
        groups.entry((row.0, row.1)).or_default().push(n);
    }
    let (mut kept, mut repeated, mut rerated) = (Vec::new(), Vec::new(), Vec::new());
    for ((u, i), group) in groups {
        let mut different: Vec<usize> = Vec::new();
        for n in group {
            if let Some(&m) = different.iter().find(|&&m| rows[m] == rows[n]) {
                repeated.push((n, m));
                continue;
            }
            rerated.extend(different.first().map(|&m| (n, m)));
            different.push(n);
        }
        if policy == Duplicates::Refuse && different.len() > 1 {
            let [(of, before), (file, line)] = [0, 1].map(|n| &places[different[n]]);
            let of = if of == file { String::new() } else { format!("{of}, ") };
            return Err(format!(
                "{file}, line {line}: user `{u}` rated item `{i}` before, in {of}line {before}; keep \
                 one of the two"
            ));
        }
        let timed = different.iter().all(|&n| rows[n].3.is_some());
        different.sort_by_key(|&n| (rows[n].3.filter(|_| timed), n));
        let one =
            if policy == Duplicates::First { different[0] } else { *different.last().unwrap() };
        let mut by_line = different.clone();
        by_line.sort_unstable();
        let sum: f64 = by_line.iter().map(|&n| f64::from(rows[n].2)).sum();
        let mean = (sum / different.len() as f64) as f32;
        let r = if policy == Duplicates::Mean { mean } else { rows[one].2 };
        kept.push((u, i, r, rows[one].3));
    }
    let sentence = |found: &[(usize, usize)], [one, many]: [&str; 2]| {
        let &(n, m) = found.iter().min()?;
        let ((file, line), (of, before)) = (&places[n], &places[m]);
        let (u, i, ..) = rows[n];
        let of = if of == file { String::new() } else { format!("{of}, ") };
        let (what, stands) = match found.len() {
            1 => (one.to_owned(), "it stands in"),
            count => (many.replace('#', &count.to_string()), "the first stands in"),
        };
        Some(format!(
            "{file}: {what}; {stands} line {line} after {of}line {before} (user `{u}`, item `{i}`)"
        ))
    };
    let counts = match policy {
        Duplicates::First => "the earliest counts",
        Duplicates::Mean => "their mean counts",
        _ => "the latest counts",
    };
    let before = "of an item that the same user rated before, and";
    let repeated = sentence(
        &repeated,
        [
            "1 row repeats an earlier one and counts once",
            "# rows repeat an earlier one and count once",
        ],
    );
    let again =
        [format!("1 rating is {before} {counts}"), format!("# ratings are {before} {counts}")];
    let rerated = sentence(&rerated, again.each_ref().map(String::as_str));
    Ok((kept, repeated.into_iter().chain(rerated).collect()))
}

fn found(loaded: Result<Loaded, LoadError>) -> Outcome {
    let Loaded { dataset, report } = loaded.map_err(|err| err.to_string())?;
    let ratings = &dataset.ratings;
    let [users, items] = [ratings.user_ids(), ratings.item_ids()];
    let day = |n: usize| Some((ratings.timestamps()?[n] - 978_307_200) / 86_400);
    let row = |(n, rating): (usize, factorscope::data::Rating)| {
        let id = |name: &str| name.parse().unwrap();
        (id(users.name(rating.u)), id(items.name(rating.i)), rating.r, day(n))
    };
    let mut rows: Vec<Row> = ratings.iter().enumerate().map(row).collect();
    rows.sort_by_key(|row| (row.0, row.1));
    let about = [NoteKind::Repeated, NoteKind::Rerated];
    let notes = report.notes.into_iter().filter(|note| about.contains(&note.kind));
    Ok((rows, notes.map(|note| note.sentence.replace(',', "")).collect()))
}

/// Without what is different for other reasons: times, where not all are known; commas among digits.
fn plain(outcome: Outcome, timed: bool) -> Outcome {
    let (mut rows, notes) = outcome?;
    if !timed {
        for row in &mut rows {
            row.3 = None;
        }
    }
    Ok((rows, notes.iter().map(|note| note.replace(',', "")).collect()))
}

fn row() -> impl Strategy<Value = Row> {
    let r = (1..4_u8).prop_map(f32::from);
    (1..6_u8, 1..5_u8, r, prop::option::weighted(0.9, 0..3_u32))
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn of_several_ratings_those_count_that_should_and_all_is_said(
        tables in vec(vec(row(), 1..30), 1..3),
        is_timed in any::<bool>(),
    ) {
        let mut tables = tables;
        if is_timed {
            for row in tables.iter_mut().flatten() {
                row.3 = row.3.or(Some(7));
            }
        }
        let (sources, places) = written(&tables);
        let rows = tables.concat();
        let timed = rows.iter().all(|row| row.3.is_some());
        for duplicates in POLICIES {
            let options = Options { duplicates, ..Options::default() };
            let found = found(load_with(&sources, &options));
            let expected = plain(expected(&rows, &places, duplicates), timed);
            prop_assert_eq!(found, expected, "{:?} {:?}", duplicates, &sources);
        }
    }
}

#[test]
fn hundreds_of_thousands_of_rows_that_mostly_repeat_others_are_settled_alike() {
    // Some hundred different rows, so often that not each is kept, and some that come once.
    let row = |n: u32| {
        let day = (n / 40 % 3 != 2).then_some(n % 7);
        ((n % 29) as u8, (n % 9) as u8, (n / 100 % 3 + 1) as f32, day)
    };
    let often = (0..180_000).map(|n| row(n % 400));
    let table: Vec<Row> = often.chain((400..900).map(row)).collect();
    let (sources, places) = written(std::slice::from_ref(&table));
    for duplicates in POLICIES {
        let options = Options { duplicates, ..Options::default() };
        let found = found(load_with(&sources, &options));
        assert!(duplicates == Duplicates::Refuse || found.as_ref().unwrap().1.len() == 2);
        assert_eq!(found, plain(expected(&table, &places, duplicates), false), "{duplicates:?}");
    }
}
