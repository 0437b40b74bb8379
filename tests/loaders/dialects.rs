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
    /// A user a line, a column for each item.
    Wide,
}

/// What stands in a column of its own before the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    Nothing,
    /// Row numbers from 0 under this name, as pandas writes them.
    Numbers(&'static str),
    /// Row names from 1 under no name, so that the header has one name less, as R writes them.
    Names,
}

/// Where a separator ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trailing {
    Nowhere,
    Everywhere,
    /// On all lines but the header.
    Rows,
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
    pub beside: Beside,
    pub trailing: Trailing,
    /// What stands before decimals.
    pub point: char,
    /// Lines before the table.
    pub preamble: Vec<&'static str>,
    /// What stands where a user has not rated an item, in a wide table.
    pub missing: &'static str,
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
        2 => Just(Form::Wide),
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
    let beside = prop_oneof![
        3 => Just(Beside::Nothing),
        1 => prop::sample::select(vec!["", "Unnamed: 0", "index"]).prop_map(Beside::Numbers),
        1 => Just(Beside::Names),
    ];
    let trailing = prop_oneof![
        3 => Just(Trailing::Nowhere),
        1 => Just(Trailing::Everywhere),
        1 => Just(Trailing::Rows),
    ];
    let comments = vec!["# exported by a tool", "% made by hand", "", "// of 2024"];
    let prose = vec!["# exported by a tool", "", "Ratings of our class", "\u{dc}bersicht"];
    let preamble =
        (vec(prop::sample::select(comments), 0..3), vec(prop::sample::select(prose), 0..3));
    let missing = prop::sample::select(vec!["", "0", "NA"]);
    let parts = (form, separator, header, end, encoding, order);
    let details = (any::<[bool; 4]>(), beside, trailing, preamble, missing, any::<bool>());
    (parts, details).prop_map(|(parts, details)| {
        let (form, separator, header, end, encoding, order) = parts;
        let ([quoted, ends_with_end, timed, comma], beside, trailing, preamble, missing, has) =
            details;
        let preamble = if separator == " " { preamble.0 } else { preamble.1 };
        let preamble = if has { preamble } else { Vec::new() };
        let mut dialect = Dialect {
            form,
            separator,
            header,
            order,
            quoted,
            end,
            ends_with_end,
            encoding,
            timed,
            beside,
            trailing,
            point: if comma { ',' } else { '.' },
            preamble,
            missing,
        };
        dialect.settle();
        dialect
    })
}

impl Dialect {
    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::JsonLines | Form::JsonArray)
    }

    /// Takes back what nobody writes together, or what could be read in two ways.
    fn settle(&mut self) {
        let is_open = ["::", " "].contains(&self.separator);
        if self.form == Form::Wide {
            self.timed = false;
            if is_open {
                self.separator = ",";
            }
            if self.header.is_none() {
                (self.beside, self.trailing) = (Beside::Nothing, Trailing::Nowhere);
            }
        }
        let is_open = ["::", " "].contains(&self.separator);
        if self.is_json() {
            // Keys name the columns of JSON; texts have quotes anyway.
            self.header = self.header.or(Some(HEADERS[0]));
            self.quoted = false;
            (self.beside, self.trailing) = (Beside::Nothing, Trailing::Nowhere);
            (self.point, self.preamble) = ('.', Vec::new());
        } else if self.separator == "::" {
            // There a quote is an ordinary character, and a header is not usual.
            (self.quoted, self.header, self.beside) = (false, None, Beside::Nothing);
        } else if self.separator == " " && self.beside != Beside::Names {
            // Nor is it between blanks, but from R.
            (self.header, self.beside) = (None, Beside::Nothing);
        }
        if self.header.is_none() {
            if self.beside == Beside::Names {
                self.beside = Beside::Nothing;
            }
            if self.trailing == Trailing::Rows {
                self.trailing = Trailing::Everywhere;
            }
            // Without names, columns are known by their place.
            self.order = vec![0, 1, 2, 3];
        }
        if is_open || self.beside == Beside::Names {
            self.trailing = Trailing::Nowhere;
        }
        if ![";", "\t", "|"].contains(&self.separator) {
            self.point = '.';
        }
        let timed = self.timed;
        self.order.retain(|&column| timed || column < 3);
    }
}

/// Ratings that the dialect can write.
pub fn table(dialect: &Dialect) -> BoxedStrategy<Vec<Row>> {
    if dialect.form == Form::Wide {
        return matrix(dialect).boxed();
    }
    let timed = dialect.timed;
    let id = id(dialect);
    let rating = (1..=10_u8, prop::option::of(200_000_000..2_000_000_000_u32));
    // Two rows say nothing of whether they are counted.
    let least = if dialect.beside == Beside::Nothing { 2 } else { 5 };
    let rows = btree_map((id.clone(), id), rating, least..40);
    rows.prop_map(move |rows: BTreeMap<_, _>| {
        rows.into_iter()
            .map(|((user, item), (r, time))| {
                let time = timed.then(|| time.unwrap_or(1_000_000_000));
                (user, item, f32::from(r) / 2.0, time)
            })
            .collect()
    })
    .boxed()
}

/// A table in which every user has rated something, and not everything.
fn matrix(dialect: &Dialect) -> impl Strategy<Value = Vec<Row>> + use<> {
    let has_names = dialect.header.is_some();
    let user = id(dialect);
    // Names of items that are no names of other columns.
    let item = "Q[aeox]{2,5}( [1-9])?";
    let size = (5..9_usize, 4..9_usize);
    size.prop_flat_map(move |(users, items)| {
        let names = (
            prop::collection::btree_set(user.clone(), users),
            prop::collection::btree_set(item, items),
        );
        (names, vec(0..=10_u8, users * items))
    })
    .prop_map(move |((users, items), ratings)| {
        let numbered = |count: usize| (1..=count).map(|n| n.to_string()).collect::<Vec<_>>();
        let (users, items): (Vec<_>, Vec<_>) = if has_names {
            (users.into_iter().collect(), items.into_iter().collect())
        } else {
            (numbered(users.len()), numbered(items.len()))
        };
        let mut rows = Vec::new();
        for (u, user) in users.iter().enumerate() {
            for (i, item) in items.iter().enumerate() {
                let r = ratings[u * items.len() + i];
                // A blank first cell would look like the corner of a table with names.
                let r = match (u + i) % 4 {
                    3 => 0,
                    0 => r.max(1),
                    _ => r,
                };
                if r > 0 {
                    rows.push((user.clone(), item.clone(), f32::from(r) / 2.0, None));
                }
            }
        }
        rows
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
    if dialect.quoted || dialect.is_json() {
        // Without a backslash: before a quote it can mean itself or escape the quote.
        letters.extend(",;|: \"'{}[]".chars());
    }
    if dialect.quoted && dialect.separator == "\t" {
        letters.push('\t');
    }
    let letter = prop::sample::select(letters);
    let word = vec(letter, 1..8).prop_map(|letters| {
        let word: String = letters.into_iter().collect();
        word.trim().to_owned()
    });
    let word = word.prop_filter("an id has a character", |word| !word.is_empty());
    prop_oneof![number, word].boxed()
}
