//! Cells: ids, ratings, times, text.

use std::borrow::Cow;

/// The text of a cell without spaces around it; `None` if it is not UTF-8.
pub(super) fn text(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell.trim_ascii()).ok()
}

/// A number, whether finite or not.
pub(super) fn number(cell: &[u8]) -> Option<f32> {
    text(cell)?.parse().ok()
}

/// Seconds since 1970, from a number (milliseconds if above 10^11) or from a date such as
/// 2005-09-06, 2005-09-06 12:30:00 or 2005-09-06T12:30:00Z.
pub(super) fn time(cell: &[u8]) -> Option<u32> {
    let text = text(cell)?;
    if let Ok(whole) = text.parse::<u64>() {
        return seconds(whole);
    }
    if let Some(seconds) = date(text) {
        return Some(seconds);
    }
    let number: f64 = text.parse().ok()?;
    let in_range = number.is_finite() && (0.0..1e15).contains(&number);
    in_range.then(|| seconds(number as u64)).flatten()
}

fn seconds(number: u64) -> Option<u32> {
    let whole = if number > 100_000_000_000 { number / 1000 } else { number };
    u32::try_from(whole).ok()
}

/// A date of the form year-month-day (or with slashes), with or without a time of day in UTC.
pub(super) fn date(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let mark = *bytes.get(4)?;
    if !matches!(mark, b'-' | b'/') || *bytes.get(7)? != mark {
        return None;
    }
    let year = digits(bytes, 0..4)?;
    let month = digits(bytes, 5..7)?;
    let day = digits(bytes, 8..10)?;
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    let days = days_since_1970(year, month, day)?;
    days.checked_mul(86_400)?.checked_add(time_of_day(&bytes[10..])?)
}

fn time_of_day(rest: &[u8]) -> Option<u32> {
    let rest = rest.strip_suffix(b"Z").unwrap_or(rest);
    let Some((first, clock)) = rest.split_first() else {
        return Some(0);
    };
    if !matches!(first, b' ' | b'T') || *clock.get(2)? != b':' {
        return None;
    }
    let (hour, minute) = (digits(clock, 0..2)?, digits(clock, 3..5)?);
    let second = match clock.get(5) {
        None => 0,
        Some(b':') => digits(clock, 6..8)?,
        Some(_) => return None,
    };
    let fraction = clock.get(8..).unwrap_or_default();
    let is_fraction =
        fraction.is_empty() || fraction[0] == b'.' && fraction[1..].iter().all(u8::is_ascii_digit);
    let in_range = hour < 24 && minute < 60 && second < 61 && is_fraction;
    in_range.then_some(hour * 3600 + minute * 60 + second)
}

fn digits(bytes: &[u8], range: std::ops::Range<usize>) -> Option<u32> {
    let part = bytes.get(range)?;
    let all = part.iter().all(u8::is_ascii_digit);
    all.then(|| part.iter().fold(0, |sum, byte| 10 * sum + u32::from(byte - b'0')))
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn month_length(year: u32, month: u32) -> u32 {
    match month {
        2 => 28 + u32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: u32, month: u32, day: u32) -> Option<u32> {
    let before = year.checked_sub(1970)?;
    let leap_days = (1970..year).filter(|&y| is_leap(y)).count() as u32;
    let months: u32 = (1..month).map(|m| month_length(year, m)).sum();
    Some(365 * before + leap_days + months + day - 1)
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
    fn times_are_seconds_milliseconds_or_dates() {
        assert_eq!(time(b"964982703"), Some(964_982_703));
        assert_eq!(time(b" 964982703.0 "), Some(964_982_703));
        assert_eq!(time(b"1430000000123"), Some(1_430_000_000));
        // `date -u -d 2005-09-06 +%s` and so on.
        assert_eq!(time(b"2005-09-06"), Some(1_125_964_800));
        assert_eq!(time(b"2000/02/29 23:59:59"), Some(951_868_799));
        assert_eq!(time(b"2005-04-02T23:53:47.123Z"), Some(1_112_486_027));
        assert_eq!(time(b"1970-01-01"), Some(0));
    }

    #[test]
    fn impossible_times_are_refused() {
        for cell in [
            "",
            "soon",
            "-1",
            "2001-02-29",
            "2005-13-01",
            "2005-01-00",
            "1969-12-31",
            "9999-01-01",
            "2005-01-01 25:00",
            "2005-01-01x",
            "06/09/2005",
            "nan",
            "inf",
            "99999999999",
            "2005-01-0é",
        ] {
            assert_eq!(time(cell.as_bytes()), None, "{cell}");
        }
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
