//! What can be wrong with an input, each as one sentence that says where and what to do.

use thiserror::Error;

/// Why an input was refused. Its text is one sentence for the person who chose the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// No file was handed over.
    #[error("no file was given; hand over a ratings file, a folder or a zip")]
    Nothing,
    /// The operating system refused to read a file.
    #[error("{file} cannot be read: {reason}; check the path and the permissions")]
    Unreadable {
        /// The file.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// A file without content.
    #[error("{file} is empty; expected ratings, one a line: user, item, rating")]
    Empty {
        /// The file.
        file: String,
    },
    /// A header, and no rating below it.
    #[error(
        "{file}, line {line}: found a header but no rating below it; expected one rating a line"
    )]
    HeaderOnly {
        /// The file.
        file: String,
        /// The line of the header, counted from 1.
        line: u64,
    },
    /// A table of which more rows are left out than used.
    #[error(
        "{file}, line {line}{column}: expected {expected}, found `{found}`; so it is in {left} of \
         {rows} rows: check which column is which"
    )]
    Unusable {
        /// The file.
        file: String,
        /// The line of the first such row, counted from 1.
        line: u64,
        /// The column in words, where it is one column's matter.
        column: String,
        /// What should stand there.
        expected: &'static str,
        /// The beginning of what stands there.
        found: String,
        /// How many rows are like it.
        left: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A header that does not say which columns are user, item and rating.
    #[error(
        "{file}, line {line}: no column for {missing} among `{found}`; name the columns user, item, \
         rating and, where there is one, timestamp, or say which is which"
    )]
    MissingColumns {
        /// The file.
        file: String,
        /// The line of the header, counted from 1.
        line: u64,
        /// The roles without a column.
        missing: String,
        /// The header.
        found: String,
    },
    /// A choice of columns that the table does not have.
    #[error("{file} has no column `{name}`: found {found}; name one of them, or its number")]
    NoSuchColumn {
        /// The file.
        file: String,
        /// The name or number that was given.
        name: String,
        /// The names in the table.
        found: String,
    },
    /// Something else than a line of its format.
    #[error("{file}, line {line}: expected {expected}, found `{found}`")]
    Line {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: u64,
        /// What the format has there.
        expected: &'static str,
        /// The beginning of the line.
        found: String,
    },
    /// A line of more than two mebibytes, or with far too many columns.
    #[error(
        "{file}, line {line} is longer than {limit}; expected one rating a line: look for a quote \
         that is never closed, or for a table with one column an item"
    )]
    LongLine {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: u64,
        /// The limit in words.
        limit: &'static str,
    },
    /// The same user and item twice.
    #[error(
        "{file}, line {line}: user `{user}` rated item `{item}` before, in {first}; keep one of \
         the two"
    )]
    Duplicate {
        /// The file of the later rating.
        file: String,
        /// Its line, counted from 1.
        line: u64,
        /// The user's id.
        user: String,
        /// The item's id.
        item: String,
        /// Where the earlier one stands.
        first: String,
    },
    /// More ratings than can be numbered, or than memory holds.
    #[error("{file}, line {line}: {reason}; take a sample of the ratings")]
    TooMany {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: u64,
        /// Which limit was reached.
        reason: &'static str,
    },
    /// Not text at all, or text of another kind.
    #[error("{file} is {found}; expected ratings as text, or a zip of them: {remedy}")]
    WrongKind {
        /// The file.
        file: String,
        /// What it seems to be.
        found: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// An archive that is cut off, or whose content does not have its checksum.
    #[error("{file} is damaged or cut off ({reason}); download it again")]
    Damaged {
        /// The archive or the file in it.
        file: String,
        /// What does not fit.
        reason: String,
    },
    /// A file that had other ratings when it was read again: all are read twice.
    #[error("{file} changed while it was read; read it again when it is complete")]
    Changed {
        /// The file.
        file: String,
    },
    /// A packed data set of a later version.
    #[error("{file} was packed by a later version of factorscope; use that one, or pack it again")]
    Newer {
        /// The file.
        file: String,
    },
    /// A file in an archive that needs a password.
    #[error("{file} is encrypted; unpack it with its password and hand over the files")]
    Encrypted {
        /// The file in the archive.
        file: String,
    },
    /// A file in an archive that is packed in an unknown way.
    #[error("{file} is packed with {method}; expected deflate: unpack it and hand over the files")]
    Compression {
        /// The file in the archive.
        file: String,
        /// The method in the archive's words.
        method: String,
    },
    /// Files, but none with ratings.
    #[error(
        "{place} holds no ratings: found {found}; expected ratings.csv, ratings.dat, u.data, Netflix \
         files or another table with user, item and rating"
    )]
    NoRatings {
        /// The archive, the folder or "the selection".
        place: String,
        /// The names of the files.
        found: String,
    },
    /// Several files with ratings, and no telling which is meant.
    #[error("several files hold ratings: {found}; hand over one of them")]
    Ambiguous {
        /// The names of the files.
        found: String,
    },
}

/// Text from a file or a link without what could steer a terminal or turn the order of its characters
/// around.
pub fn plain(text: &str) -> String {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.replace(|c: char| c.is_control() || turns(c), " ")
}

/// At most the first 40 characters of a cell, safe to show.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    let text = plain(&String::from_utf8_lossy(&bytes[..bytes.len().min(200)]));
    let mut shown: String = text.trim().chars().take(40).collect();
    if text.trim().chars().count() > 40 {
        shown.push('…');
    }
    shown
}

/// The first eight reasons, one after another, and how many more there are.
pub(super) fn sentences(reasons: &[String]) -> String {
    let shown = reasons[..reasons.len().min(8)].join("; ");
    if reasons.len() > 8 { format!("{shown}; and {} more", reasons.len() - 8) } else { shown }
}

/// The first eight names, and how many more there are.
pub(super) fn listing<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let shown: Vec<String> = names.take(8).map(|name| excerpt(name.as_bytes())).collect();
    match count {
        0 => "nothing".to_owned(),
        1..=8 => shown.join(", "),
        _ => format!("{} and {} more", shown.join(", "), count - 8),
    }
}
