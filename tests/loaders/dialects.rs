//! The ways in which people write a table of ratings.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// A rating with the ids of its user and its item, and its time.
pub type Row = (String, String, f32, Option<u32>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A rating a line.
    Lines,
    /// One JSON object a line.
    JsonLines,
    /// A JSON array of objects.
    JsonArray,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Mark,
    Utf16Little,
    Utf16LittleMark,
    Utf16Big,
    Utf16BigMark,
    Windows,
}

#[derive(Debug, Clone)]
pub struct Dialect {
    pub form: Form,
    pub separator: &'static str,
    pub header: Option<[&'static str; 4]>,
    /// Which column stands where: 0 user, 1 item, 2 rating, 3 time.
    pub order: Vec<usize>,
    pub quoted: bool,
    pub end: &'static str,
    pub ends_with_end: bool,
    pub encoding: Encoding,
    pub timed: bool,
}

const HEADERS: [[&str; 4]; 6] = [
    ["userId", "movieId", "rating", "timestamp"],
    ["user", "item", "rating", "timestamp"],
    ["user_id", "item_id", "rating", "time"],
    ["uid", "iid", "stars", "date"],
    ["reviewerID", "asin", "overall", "unixReviewTime"],
    ["customer", "product", "score", "timestamp"],
];

pub fn dialect() -> impl Strategy<Value = Dialect> {
    let form = prop_oneof![
        6 => Just(Form::Lines),
        1 => Just(Form::JsonLines),
        1 => Just(Form::JsonArray),
    ];
    let separator = prop::sample::select(vec![",", "\t", ";", "|", "::", " "]);
    let header = prop::option::of(prop::sample::select(HEADERS.to_vec()));
    let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    let encoding = prop::sample::select(vec![
        Encoding::Utf8,
        Encoding::Utf8Mark,
        Encoding::Utf16Little,
        Encoding::Utf16LittleMark,
        Encoding::Utf16Big,
        Encoding::Utf16BigMark,
        Encoding::Windows,
    ]);
    let order = Just(vec![0, 1, 2, 3]).prop_shuffle();
    let flags = any::<[bool; 3]>();
    (form, separator, header, end, encoding, order, flags).prop_map(
        |(form, separator, header, end, encoding, order, [quoted, ends_with_end, timed])| {
            let is_json = form != Form::Lines;
            // Between colons and tabs a quote is an ordinary character; in JSON, texts have them anyway.
            let quoted = quoted && !["::", "\t"].contains(&separator) && !is_json;
            // Keys name the columns of JSON; between colons or spaces a header is not usual.
            let header = if is_json {
                header.or(Some(HEADERS[0]))
            } else {
                header.filter(|_| !["::", " "].contains(&separator))
            };
            // Without names, columns are known by their place.
            let order = if header.is_some() { order } else { vec![0, 1, 2, 3] };
            Dialect {
                form,
                separator,
                header,
                order: order.into_iter().filter(|&column| timed || column < 3).collect(),
                quoted,
                end,
                ends_with_end,
                encoding,
                timed,
            }
        },
    )
}

/// Ratings that the dialect can write.
pub fn table(dialect: &Dialect) -> impl Strategy<Value = Vec<Row>> + use<> {
    let timed = dialect.timed;
    let id = id(dialect);
    let rating = (1..=10_u8, prop::option::of(200_000_000..2_000_000_000_u32));
    let rows = btree_map((id.clone(), id), rating, 2..40);
    rows.prop_map(move |rows: BTreeMap<_, _>| {
        rows.into_iter()
            .map(|((user, item), (r, time))| {
                let time = timed.then(|| time.unwrap_or(1_000_000_000));
                (user, item, f32::from(r) / 2.0, time)
            })
            .collect()
    })
}

fn id(dialect: &Dialect) -> BoxedStrategy<String> {
    let number = (0..2000_u32).prop_map(|n| n.to_string());
    if dialect.header.is_none() {
        // Where the first line may be a header, ids that are no numbers would make it one.
        return number.boxed();
    }
    let mut letters: Vec<char> = "abcXYZ0123456789_-.éüß".chars().collect();
    if dialect.encoding != Encoding::Windows {
        letters.extend("映画жα".chars());
    }
    if dialect.quoted || dialect.form != Form::Lines {
        // Without a backslash: before a quote it can mean itself or escape the quote.
        letters.extend(",;|: \"'{}[]".chars());
    }
    let letter = prop::sample::select(letters);
    let word = vec(letter, 1..8).prop_map(|letters| {
        let word: String = letters.into_iter().collect();
        word.trim().to_owned()
    });
    let word = word.prop_filter("an id has a character", |word| !word.is_empty());
    prop_oneof![number, word].boxed()
}
