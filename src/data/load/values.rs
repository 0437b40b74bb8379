//! Cells: ids, ratings, titles.

use std::borrow::Cow;

/// Words for a value that is missing, in lower case.
const MISSING: [&[u8]; 13] = [
    b"", b"na", b"n/a", b"nan", b"null", b"none", b"<na>", b"#n/a", b"\\n", b"nil", b"-", b"?",
    b".",
];

/// A number, whether finite or not.
pub(super) fn number(cell: &[u8]) -> Option<f32> {
    std::str::from_utf8(unquoted(cell.trim_ascii())).ok()?.parse().ok()
}

/// What a cell says as a rating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    /// A finite number.
    Number(f32),
    /// Nothing, or a word for it.
    Missing,
    /// Something else.
    Unreadable,
}

/// A rating; with a comma for the decimals where that is not ambiguous: among columns separated by
/// commas, `1,234` is no number.
pub(super) fn value(cell: &[u8], among_commas: bool) -> Value {
    match number(cell) {
        Some(r) if r.is_finite() => return Value::Number(r),
        Some(r) if r.is_infinite() => return Value::Unreadable,
        _ => {}
    }
    let cell = unquoted(cell.trim_ascii());
    if is_missing(cell) {
        return Value::Missing;
    }
    let decimal = || {
        let text = std::str::from_utf8(cell).ok()?;
        let (whole, decimals) = text.split_once(',')?;
        let ambiguous = among_commas && decimals.len() == 3;
        let digits = !decimals.is_empty() && decimals.bytes().all(|byte| byte.is_ascii_digit());
        (digits && !ambiguous).then(|| format!("{whole}.{decimals}").parse().ok()).flatten()
    };
    decimal().map_or(Value::Unreadable, Value::Number)
}

/// A finite number, with a point or a comma before its decimals.
pub(super) fn decimal(cell: &[u8]) -> Option<f32> {
    match value(cell, true) {
        Value::Number(r) => Some(r),
        Value::Missing | Value::Unreadable => None,
    }
}

/// Whether a cell is empty or has a word for a missing value.
pub(super) fn is_missing(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.len() <= 4 && MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// A cell without the quotes around it.
pub(super) fn unquoted(cell: &[u8]) -> &[u8] {
    let inner = || cell.strip_prefix(b"\"")?.strip_suffix(b"\"");
    inner().unwrap_or(cell)
}

/// How many lines end in a text: at line feeds, and at carriage returns without one.
pub(super) fn lines(bytes: &[u8]) -> u64 {
    let ends = |&(n, &byte): &(usize, &u8)| {
        byte == b'\n' || byte == b'\r' && bytes.get(n + 1) != Some(&b'\n')
    };
    bytes.iter().enumerate().filter(ends).count() as u64
}

/// UTF-8 where it is, Latin-1 otherwise: MovieLens 100K, 1M and Netflix are Latin-1, 10M is UTF-8.
pub(super) fn latin1_or_utf8(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => cell.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// "Title, The (1995)" as title and year; of a span of years, the first.
pub(super) fn title_and_year(text: &str) -> (String, Option<u16>) {
    let text = text.trim();
    let split = || {
        let open = text.rfind('(')?;
        let inner = text[open + 1..].strip_suffix(')')?.trim();
        let year: u16 = inner.get(..4)?.parse().ok()?;
        let is_span = |c: char| c.is_ascii_digit() || matches!(c, '-' | '–' | ' ');
        let rest = &inner[4..];
        let is_year = (1800..2200).contains(&year)
            && rest.chars().all(is_span)
            && !rest.starts_with(|c: char| c.is_ascii_digit());
        let title = text[..open].trim_end();
        (is_year && !title.is_empty()).then(|| (title.to_owned(), Some(year)))
    };
    split().unwrap_or_else(|| (text.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_may_have_a_decimal_comma_or_be_missing() {
        for (cell, number) in
            [("4", 4.0), (" 4.5 ", 4.5), ("4,5", 4.5), ("-0,25", -0.25), ("\"3\"", 3.0)]
        {
            assert_eq!(value(cell.as_bytes(), true), Value::Number(number), "{cell}");
        }
        assert_eq!(value(b"4,125", false), Value::Number(4.125));
        assert_eq!(value(b"4,125", true), Value::Unreadable);
        for cell in ["", "  ", "NaN", "NA", "n/a", "NULL", "None", "<NA>", "#N/A", "\\N", "-", "?"]
        {
            assert_eq!(value(cell.as_bytes(), true), Value::Missing, "{cell}");
        }
        for cell in ["four", "inf", "1e39", "4,", "1,2,3", "4/5", "--"] {
            assert_eq!(value(cell.as_bytes(), true), Value::Unreadable, "{cell}");
        }
    }

    #[test]
    fn lines_end_in_each_of_the_three_ways() {
        assert_eq!(lines(b"a\nb\r\nc\rd"), 3);
        assert_eq!(lines(b"a"), 0);
    }

    #[test]
    fn a_title_ends_where_its_year_begins() {
        let split = |text| {
            let (title, year) = title_and_year(text);
            (title, year.unwrap_or(0))
        };
        assert_eq!(split("Tin Drum, The (1979) "), ("Tin Drum, The".into(), 1979));
        assert_eq!(split("Serial (2006–2007)"), ("Serial".into(), 2006));
        assert_eq!(split("Still (2015- )"), ("Still".into(), 2015));
        assert_eq!(split("M (a) (1931)"), ("M (a)".into(), 1931));
        assert_eq!(split("1984"), ("1984".into(), 0));
        assert_eq!(split("(1984)"), ("(1984)".into(), 0));
        assert_eq!(split("Film (19845)"), ("Film (19845)".into(), 0));
        assert_eq!(split("Film (né)"), ("Film (né)".into(), 0));
    }
}
