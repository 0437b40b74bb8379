//! Times: numbers since 1970, and dates as people write them.

use std::ops::Range;

use super::error::excerpt;
use super::layout::Remark;
use super::report::NoteKind;

/// In which order a date such as 03/04/2009 has its day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    /// As in the United States.
    MonthFirst,
    /// As nearly everywhere else.
    DayFirst,
}

/// Names of months by how they begin, without accents, in English, German, French, Spanish,
/// Portuguese, Italian and Dutch; the longer beginnings first.
const MONTHS: [(&str, u32); 28] = [
    ("juil", 7),
    ("juin", 6),
    ("mrt", 3),
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("feb", 2),
    ("fev", 2),
    ("mar", 3),
    ("maa", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("mei", 5),
    ("mag", 5),
    ("jun", 6),
    ("giu", 6),
    ("jul", 7),
    ("lug", 7),
    ("aug", 8),
    ("ago", 8),
    ("aou", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];
/// More of them.
const OTHER_MONTHS: [(&str, u32); 6] =
    [("set", 9), ("okt", 10), ("ott", 10), ("out", 10), ("dez", 12), ("dic", 12)];

/// Whether a cell holds no time: nothing, a word for it, or -1.
pub(super) fn is_missing(cell: &[u8]) -> bool {
    super::values::is_missing(cell) || matches!(cell.trim_ascii(), b"-1" | b"-1.0")
}

/// Seconds since 1970: from a number of seconds, or of milli-, micro- or nanoseconds where it is too
/// large for seconds, or from a date.
pub(super) fn time(cell: &[u8], order: DateOrder) -> Option<u32> {
    let text = std::str::from_utf8(super::values::unquoted(cell.trim_ascii())).ok()?;
    if let Ok(whole) = text.parse::<u64>() {
        return seconds(whole);
    }
    if let Some(seconds) = plain_date(text.as_bytes()) {
        return Some(seconds);
    }
    if let Ok(number) = text.parse::<f64>() {
        let in_range = number.is_finite() && (0.0..1e19).contains(&number);
        return in_range.then(|| seconds(number as u64)).flatten();
    }
    date(text, order)
}

/// The order of day and month that a date with both as numbers shows; nothing where it could have
/// either, or is another kind of date.
fn shown_order(cell: &[u8]) -> Option<DateOrder> {
    let (first, second) = day_and_month(cell)?;
    match (first > 12, second > 12) {
        (false, true) => Some(DateOrder::MonthFirst),
        (true, false) => Some(DateOrder::DayFirst),
        _ => None,
    }
}

/// Whether a date could have its day and month in either order, and be another day then.
fn is_ambiguous(cell: &[u8]) -> bool {
    day_and_month(cell).is_some_and(|(a, b)| a <= 12 && b <= 12 && a != b)
}

/// Whether a cell is a number or begins with a year, so that no order is in question.
pub(super) fn is_clear(cell: &[u8]) -> bool {
    let cell = super::values::unquoted(cell.trim_ascii());
    let digits = cell.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits == cell.len() && digits > 0
        || digits == 4
        || super::values::number(cell).is_some_and(f32::is_finite)
}

/// What all dates of a column say about the order of their days and months.
#[derive(Debug, Default)]
pub(super) struct Dates {
    /// How many can only begin with the month, and the first of them.
    month_first: Shown,
    /// How many can only begin with the day, and the first of them.
    day_first: Shown,
    /// How many could begin with either, and the first of them.
    either: Shown,
}

/// How many cells, the line of the first, and what it says.
#[derive(Debug, Default)]
struct Shown {
    count: usize,
    line: u64,
    found: String,
}

impl Dates {
    pub(super) fn see(&mut self, line: u64, cell: &[u8]) {
        let shown = match shown_order(cell) {
            Some(DateOrder::MonthFirst) => &mut self.month_first,
            Some(DateOrder::DayFirst) => &mut self.day_first,
            None if is_ambiguous(cell) => &mut self.either,
            None => return,
        };
        shown.count += 1;
        if shown.count == 1 {
            (shown.line, shown.found) = (line, excerpt(cell));
        }
    }

    /// The order of most that tell; the month first where none does.
    pub(super) fn order(&self) -> DateOrder {
        if self.day_first.count > self.month_first.count {
            DateOrder::DayFirst
        } else {
            DateOrder::MonthFirst
        }
    }

    /// What is worth saying of a column that is counted from 0: that nothing tells the order, or that
    /// dates contradict each other.
    pub(super) fn remark(&self, column: Option<usize>) -> Option<Remark> {
        let Self { month_first, day_first, either } = self;
        let (words, few) = match self.order() {
            DateOrder::MonthFirst => ("month, day, year", day_first),
            DateOrder::DayFirst => ("day, month, year", month_first),
        };
        let (shown, what) = if few.count > 0 {
            let what = format!(
                "`{}` begins with the day and `{}` with the month; dates are read as {words}, as most \
                 of those that tell are written",
                day_first.found, month_first.found
            );
            (few, what)
        } else if either.count > 0 && month_first.count + day_first.count == 0 {
            let what = format!(
                "nothing tells whether dates such as `{}` begin with the month or the day; they are \
                 read as {words}",
                either.found
            );
            (either, what)
        } else {
            return None;
        };
        let remark = Remark::new(NoteKind::DateOrder, shown.count, shown.line, what);
        Some(Remark { column: column.map(|n| n + 1), found: shown.found.clone(), ..remark })
    }
}

/// The two numbers before the year in a date such as 10/17/2009.
fn day_and_month(cell: &[u8]) -> Option<(u32, u32)> {
    let text = std::str::from_utf8(super::values::unquoted(cell.trim_ascii())).ok()?;
    let date = text.split([' ', 'T']).next()?;
    let mark = date.chars().find(|c| matches!(c, '/' | '-'))?;
    let mut parts = date.split(mark);
    let mut part = |most: usize| {
        let part = parts.next()?;
        (part.len() <= most).then(|| part.parse::<u32>().ok()).flatten()
    };
    let (first, second, _) = (part(2)?, part(2)?, part(4)?);
    Some((first, second))
}

fn seconds(number: u64) -> Option<u32> {
    let unit = match number {
        0..=100_000_000_000 => 1,
        100_000_000_001..=100_000_000_000_000 => 1_000,
        100_000_000_000_001..=100_000_000_000_000_000 => 1_000_000,
        _ => 1_000_000_000,
    };
    let whole = number / unit;
    u32::try_from(whole).ok()
}

/// The common case at once: 2005-09-06.
fn plain_date(bytes: &[u8]) -> Option<u32> {
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let days = days(digits(bytes, 0..4)?, digits(bytes, 5..7)?, digits(bytes, 8..10)?)?;
    u32::try_from(days.checked_mul(86_400)?).ok()
}

fn digits(bytes: &[u8], range: Range<usize>) -> Option<u32> {
    let part = bytes.get(range)?;
    let all = part.iter().all(u8::is_ascii_digit);
    let number = |sum: u32, &byte: &u8| sum * 10 + u32::from(byte - b'0');
    all.then(|| part.iter().fold(0, number))
}

/// A date with or without a time of day and an offset, from its parts in any usual order.
fn date(text: &str, order: DateOrder) -> Option<u32> {
    if text.len() > 64 || !text.is_ascii() && !text.chars().any(char::is_alphabetic) {
        return None;
    }
    let (text, clock) = cut_clock(text)?;
    let parts: Vec<&str> =
        text.split([' ', '/', '-', '.', ',']).filter(|part| !part.is_empty()).collect();
    let mut month = None;
    let mut numbers = Vec::new();
    for part in &parts {
        let number = || {
            let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let rest = &part[digits.len()..];
            let ordinal = matches!(rest, "" | "st" | "nd" | "rd" | "th" | "er");
            let is_number = ordinal && !digits.is_empty() && digits.len() <= 4;
            is_number.then(|| digits.parse::<u32>().ok()).flatten().map(|n| (n, digits.len()))
        };
        if let Some(number) = number() {
            numbers.push(number);
        } else if let Some(named) = named_month(part) {
            if month.replace(named).is_some() {
                return None;
            }
        } else if !is_weekday_or_zone(part) {
            return None;
        }
    }
    let year = |(n, length): (u32, usize)| match length {
        4 => Some(n),
        2 => Some(if n < 70 { 2000 + n } else { 1900 + n }),
        _ => None,
    };
    let (year, month, day) = match (month, numbers.as_slice()) {
        (Some(month), &[a, b]) if a.1 == 4 => (a.0, month, b.0),
        (Some(month), &[a, b]) => (year(b)?, month, a.0),
        (None, &[a, b, c]) if a.1 == 4 => (a.0, b.0, c.0),
        (None, &[a, b, c]) => {
            // A comma before the year is an American habit, dots are not.
            let month_first = if text.contains(',') {
                true
            } else {
                order == DateOrder::MonthFirst && !text.contains('.')
            };
            let (month, day) = if month_first { (a.0, b.0) } else { (b.0, a.0) };
            (year(c)?, month, day)
        }
        _ => return None,
    };
    let seconds = days(year, month, day)? * 86_400 + clock;
    u32::try_from(seconds).ok()
}

/// The text without its time of day, and that in seconds, less the offset from universal time.
fn cut_clock(text: &str) -> Option<(String, i64)> {
    let Some(colon) = text.find(':') else {
        return Some((text.trim_end_matches('Z').to_owned(), 0));
    };
    let digits = text[..colon].bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = colon - digits;
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.');
    let length = text[start..].find(|c| !is_part(c)).unwrap_or(text.len() - start);
    let clock = &text[start..start + length];
    let before = text[..start].trim_end_matches(['T', ' ']);
    let mut after = text[start + length..].trim_start();

    let mut parts = clock.split(':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let second = parts.next().unwrap_or("0").split('.').next()?;
    let second: i64 = if second.is_empty() { 0 } else { second.parse().ok()? };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut hour = hour;
    let half = after.get(..2).map(str::to_ascii_uppercase);
    if let Some(half @ ("AM" | "PM")) = half.as_deref() {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half == "PM" { 12 } else { 0 };
        after = after[2..].trim_start();
    }
    let mut offset = 0;
    for zone in ["UTC", "GMT", "Z"] {
        after = after.strip_prefix(zone).unwrap_or(after);
    }
    if let Some(sign) = after.chars().next().filter(|c| matches!(c, '+' | '-')) {
        let end = after[1..].find(|c: char| !c.is_ascii_digit() && c != ':');
        let end = end.map_or(after.len(), |end| end + 1);
        let digits: String = after[1..end].chars().filter(char::is_ascii_digit).collect();
        let (hours, minutes) = match digits.len() {
            1 | 2 => (digits.parse::<i64>().ok()?, 0),
            4 => (digits[..2].parse().ok()?, digits[2..].parse::<i64>().ok()?),
            _ => return None,
        };
        if hours > 14 || minutes > 59 {
            return None;
        }
        offset = (hours * 3600 + minutes * 60) * if sign == '-' { -1 } else { 1 };
        after = &after[end..];
    }
    Some((format!("{before} {after}"), hour * 3600 + minute * 60 + second - offset))
}

fn named_month(word: &str) -> Option<u32> {
    let word = super::words::fold(word).to_lowercase();
    let alphabetic = word.len() >= 3 && word.chars().all(|c| c.is_ascii_alphabetic());
    let named = |(beginning, month): &(&str, u32)| word.starts_with(beginning).then_some(*month);
    let month = MONTHS.iter().chain(&OTHER_MONTHS).find_map(named);
    month.filter(|_| alphabetic && !is_weekday_or_zone(&word))
}

fn is_weekday_or_zone(word: &str) -> bool {
    const DAYS: [&str; 14] = [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    const OTHER: [&str; 16] = [
        "tues", "thur", "thurs", "utc", "gmt", "pst", "pdt", "est", "edt", "cet", "cest", "de",
        "at", "of", "um", "del",
    ];
    let word = word.to_ascii_lowercase();
    DAYS.contains(&word.as_str()) || OTHER.contains(&word.as_str())
}

fn days(year: u32, month: u32, day: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    if !(1970..=2200).contains(&year) {
        return None;
    }
    let leap_days = (1970..year).filter(|&y| is_leap(y)).count() as u32;
    let months: u32 = (1..month).map(|m| month_length(year, m)).sum();
    Some(i64::from(365 * (year - 1970) + leap_days + months + day - 1))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str) -> Option<u32> {
        time(cell.as_bytes(), DateOrder::MonthFirst)
    }

    #[test]
    fn numbers_are_seconds_or_a_thousandth_a_millionth_a_billionth_of_them() {
        assert_eq!(read("964982703"), Some(964_982_703));
        assert_eq!(read(" 964982703.0 "), Some(964_982_703));
        assert_eq!(read("1430000000123"), Some(1_430_000_000));
        assert_eq!(read("1600000000000001"), Some(1_600_000_000));
        assert_eq!(read("1600000000000000001"), Some(1_600_000_000));
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        // `date -u -d 2005-09-06 +%s` and so on.
        for (cell, expected) in [
            ("2005-09-06", 1_125_964_800),
            ("2005-9-6", 1_125_964_800),
            ("2005.09.06", 1_125_964_800),
            ("2000/02/29 23:59:59", 951_868_799),
            ("2005-04-02T23:53:47.123Z", 1_112_486_027),
            ("1970-01-01", 0),
            ("2009-10-17T10:49:48+02:00", 1_255_769_388),
            ("2009-10-17 08:49:48 UTC", 1_255_769_388),
            ("2024/03/01 10:01:00 AM GMT+1", 1_709_283_660),
            ("2024/03/01 12:01:00 PM", 1_709_294_460),
            ("10/17/2009", 1_255_737_600),
            ("10/17/09", 1_255_737_600),
            ("17.10.2009", 1_255_737_600),
            ("09 13, 2009", 1_252_800_000),
            ("October 17, 2009", 1_255_737_600),
            ("17 Oct 2009", 1_255_737_600),
            ("17. Oktober 2009", 1_255_737_600),
            ("17 octobre 2009", 1_255_737_600),
            ("17 de outubro de 2009", 1_255_737_600),
            ("Sat, 17 Oct 2009 10:49:48 +0200", 1_255_769_388),
            ("Sat Oct 17 08:49:48 2009", 1_255_769_388),
            ("Oct 17th 2009", 1_255_737_600),
        ] {
            assert_eq!(read(cell), Some(expected), "{cell}");
        }
        assert_eq!(time(b"17/10/2009", DateOrder::DayFirst), Some(1_255_737_600));
    }

    #[test]
    fn impossible_times_are_none() {
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
            "17/10/2009",
            "nan",
            "inf",
            "99999999999",
            "2005-01-0é",
            "13:00 PM",
            ":",
            "1:2:3:4",
            "+",
            "é:é",
            "2005-01-01 10:00 +9é",
        ] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_day_above_twelve_shows_the_order() {
        assert_eq!(shown_order(b"10/17/2009"), Some(DateOrder::MonthFirst));
        assert_eq!(shown_order(b"17/10/2009 10:00"), Some(DateOrder::DayFirst));
        assert_eq!(shown_order(b"03/04/2009"), None);
        assert!(is_ambiguous(b"03/04/2009") && !is_ambiguous(b"04/04/2009"));
        assert!(!is_ambiguous(b"2009-03-04") && !is_ambiguous(b"10/17/2009"));
    }
}
