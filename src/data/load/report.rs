//! What a loader did with an input beside reading it: each kind of thing once, with how often, where
//! first, and one sentence that page and command line show alike.

use std::io::BufRead;

use serde::Serialize;

use super::error::excerpt;
use super::records::Records;

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoteKind {
    /// Rows without a rating are left out.
    NoRating,
    /// Rows without a user's id are left out.
    NoUser,
    /// Rows without an item's id are left out.
    NoItem,
    /// Rows whose rating cannot be read are left out.
    UnreadableRating,
    /// Rows with another number of columns are left out.
    Columns,
    /// Times are missing or cannot be read, so no time is used.
    Times,
    /// Dates are read as day and month, or month and day, and could be the other.
    DateOrder,
    /// Lines of a file with titles or users are left out.
    Companion,
    /// A file with titles or users is left out as a whole.
    CompanionRefused,
    /// Rows that stand there twice count once.
    Repeated,
    /// Of several ratings of one item by one user, one counts.
    Rerated,
    /// Lines before the table are skipped.
    Preamble,
    /// The table has a column for each item.
    Wide,
    /// Three columns could be user, item and rating, or items.
    Doubtful,
    /// Lists and objects in JSON are left out.
    Nested,
    /// A column of row numbers or row names is left out.
    RowNumbers,
    /// Ratings of a value that was said to be none are left out.
    LeftOut,
    /// Other tables with ratings are not used.
    OtherTables,
    /// Remark: many ratings have one value far from all others.
    Pile,
    /// Remark: the ratings look like counts.
    Counts,
    /// Remark: all ratings are equal.
    AllEqual,
}

/// Where something stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Place {
    /// The file, or its path in the archive.
    pub file: String,
    /// Its line, counted from 1.
    pub line: u64,
    /// Its column, counted from 1, where it is one column's matter.
    pub column: Option<usize>,
}

/// A setting that a remark offers: loading again with it does what the label says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Offer {
    /// What it does, for a button.
    pub label: String,
    /// The value for [`Options::without_rating`](super::Options).
    pub without_rating: f32,
}

impl Offer {
    /// To leave out the ratings of a value.
    pub(super) fn without(value: f32) -> Self {
        Self { label: format!("Leave out the ratings of {value}"), without_rating: value }
    }
}

/// One thing that was done with an input, or one remark about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// How many rows, cells, lines or ratings it concerns.
    pub count: usize,
    /// The first place, where there is one.
    pub place: Option<Place>,
    /// The beginning of what stands there.
    pub found: String,
    /// All of it as one sentence, without a full stop.
    pub sentence: String,
    /// What a remark offers to do.
    pub offer: Option<Offer>,
}

/// What was done with an input, in the order in which it was noticed; empty where nothing needs to
/// be said.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(transparent)]
pub struct Report {
    /// The notes.
    pub notes: Vec<Note>,
}

impl Report {
    /// The note of a kind, the first if there are several.
    pub fn note(&self, kind: NoteKind) -> Option<&Note> {
        self.notes.iter().find(|note| note.kind == kind)
    }

    pub(super) fn push(&mut self, note: Note) {
        self.notes.push(note);
    }
}

/// What was left out of one file: of each kind how much, and the first of it.
#[derive(Debug, Default)]
pub(super) struct Tally(Vec<(NoteKind, usize, First)>);

/// The first place of something that was left out.
#[derive(Debug, Clone)]
pub(super) struct First {
    pub(super) line: u64,
    pub(super) column: Option<usize>,
    pub(super) expected: &'static str,
    pub(super) found: String,
}

impl Tally {
    /// Counts a cell, whose column is counted from 0.
    pub(super) fn add(
        &mut self,
        kind: NoteKind,
        line: u64,
        column: Option<usize>,
        expected: &'static str,
        cell: &[u8],
    ) {
        match self.0.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, count, _)) => *count += 1,
            None => self.add_text(kind, line, column, expected, &excerpt(cell)),
        }
    }

    /// Counts something that is shown as this text.
    pub(super) fn add_text(
        &mut self,
        kind: NoteKind,
        line: u64,
        column: Option<usize>,
        expected: &'static str,
        found: &str,
    ) {
        if let Some((_, count, _)) = self.0.iter_mut().find(|(known, ..)| *known == kind) {
            *count += 1;
            return;
        }
        let column = column.map(|column| column + 1);
        self.0.push((kind, 1, First { line, column, expected, found: found.to_owned() }));
    }

    /// Counts what was left out of JSON.
    pub(super) fn add_nested(&mut self, records: &Records<'_, impl BufRead>) {
        if let Some((count, line, key)) = records.nested() {
            let (column, expected, found) = (None, "a plain value", excerpt(key.as_bytes()));
            self.0.push((NoteKind::Nested, count, First { line, column, expected, found }));
        }
    }

    pub(super) fn count(&self, kind: NoteKind) -> usize {
        self.0.iter().find(|(known, ..)| *known == kind).map_or(0, |(_, count, _)| *count)
    }

    pub(super) fn first(&self, kind: NoteKind) -> Option<&First> {
        self.0.iter().find(|(known, ..)| *known == kind).map(|(_, _, first)| first)
    }

    /// Puts a note for each kind into the report; `rows` is how many the file has.
    pub(super) fn report(self, file: &str, rows: usize, report: &mut Report) {
        for (kind, n, first) in self.0 {
            let one = n == 1;
            let (is, has) = if one { ("is", "has") } else { ("are", "have") };
            let of = count(n, "row");
            let what = match kind {
                NoteKind::NoRating => {
                    format!("{of} of {} without a rating {is} left out", grouped(rows))
                }
                NoteKind::NoUser => format!("{of} without a user's id {is} left out"),
                NoteKind::NoItem => format!("{of} without an item's id {is} left out"),
                NoteKind::UnreadableRating => {
                    format!("{} that {is} no number {is} left out", count(n, "rating"))
                }
                NoteKind::Columns => format!("{of} with another number of columns {is} left out"),
                NoteKind::LeftOut => format!("{} {is} left out as asked for", count(n, "rating")),
                NoteKind::Times => {
                    format!(
                        "{} {is} missing or cannot be read, so the times are not used",
                        count(n, "time")
                    )
                }
                NoteKind::Nested => {
                    let what = if one { "a list or an object" } else { "lists or objects" };
                    format!("{} that {is} {what} {is} left out", count(n, "value"))
                }
                _ => format!(
                    "{} that {has} not the form of the file {is} left out",
                    count(n, "line")
                ),
            };
            let column = first.column.map(|n| format!(", column {n}")).unwrap_or_default();
            let found = match first.found.as_str() {
                "" => String::new(),
                found => format!(": `{found}`"),
            };
            let the = if one { "in" } else { "the first in" };
            let line = first.line;
            report.push(Note {
                kind,
                count: n,
                sentence: format!("{file}: {what}; {the} line {line}{column}{found}"),
                place: Some(Place { file: file.to_owned(), line, column: first.column }),
                found: first.found,
                offer: None,
            });
        }
    }
}

/// `1 row`, `1,234 rows`.
pub(super) fn count(n: usize, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {one}{s}", grouped(n))
}

/// A number with commas between its thousands.
pub(super) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A cell in a sentence: `nothing`, or its beginning in quotes.
pub(super) fn quoted(cell: &[u8]) -> String {
    match excerpt(cell).as_str() {
        "" => "nothing".to_owned(),
        found => format!("`{found}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(999, "row"), "999 rows");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
