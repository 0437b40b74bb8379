//! How a line is cut into cells.
//!
//! A double quote at the beginning of a cell quotes it, unless that does not fit: where the quote is
//! never closed, or would swallow lines that are records by themselves, it is an ordinary character.

use std::io::BufRead;
use std::ops::Range;

use memchr::memchr;

use super::{LONGEST, Records, Separator, WIDEST};
use crate::data::load::{LoadError, values};

/// Where a cell stands in the buffer, and how quotes in it are written.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) range: Range<usize>,
    quotes: Quotes,
}

/// How a quoted cell writes a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Quotes {
    /// As it is, or there is none.
    Plain,
    /// Twice.
    Doubled,
    /// With a backslash before it; or twice.
    Escaped,
}

impl<R: BufRead> Records<'_, R> {
    /// Cuts the record that begins at `self.at`, whose first line ends at `end`; where the record
    /// ends.
    pub(super) fn cut(&mut self, end: usize) -> Result<usize, LoadError> {
        let line = self.at..end;
        match self.shape.separator {
            Separator::Whole => {
                self.cells.clear();
                self.cells.push(Span { range: line, quotes: Quotes::Plain });
                return Ok(end);
            }
            Separator::TwoColons => self.cut_colons(line),
            Separator::Blanks => self.cut_blanks(line),
            Separator::Tabs => self.cut_tabs(line),
            Separator::Unquoted(byte) => self.cut_plain(byte, line),
            Separator::One(byte) => {
                let has_quote = memchr(b'"', &self.buffer[line.clone()]).is_some();
                if !has_quote {
                    self.cut_plain(byte, line);
                } else if byte == b'\t' && !self.shape.quoted {
                    return self.cut_tab_separated(end);
                } else {
                    return self.cut_quoted(byte, end);
                }
            }
        }
        Ok(end)
    }

    fn cut_plain(&mut self, separator: u8, line: Range<usize>) {
        self.cells.clear();
        let mut start = line.start;
        for at in line.clone() {
            if self.buffer[at] == separator {
                if self.cells.len() > WIDEST {
                    return;
                }
                self.cells.push(Span { range: start..at, quotes: Quotes::Plain });
                start = at + 1;
            }
        }
        self.cells.push(Span { range: start..line.end, quotes: Quotes::Plain });
    }

    fn cut_colons(&mut self, line: Range<usize>) {
        self.cells.clear();
        let (mut start, mut at) = (line.start, line.start);
        while at < line.end && self.cells.len() <= WIDEST {
            if self.buffer[at..line.end].starts_with(b"::") {
                self.cells.push(Span { range: start..at, quotes: Quotes::Plain });
                at += 2;
                start = at;
            } else {
                at += 1;
            }
        }
        self.cells.push(Span { range: start..line.end, quotes: Quotes::Plain });
    }

    fn cut_tabs(&mut self, line: Range<usize>) {
        self.cut_plain(b'\t', line);
        self.cells.retain(|cell| !cell.range.is_empty());
    }

    fn cut_blanks(&mut self, line: Range<usize>) {
        self.cells.clear();
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
        let mut at = line.start;
        while at < line.end && self.cells.len() <= WIDEST {
            if is_blank(self.buffer[at]) {
                at += 1;
                continue;
            }
            if self.buffer[at] == b'"'
                && let Some((close, quotes)) = closing(&self.buffer[at + 1..line.end], is_blank)
            {
                let range = at + 1..at + 1 + close;
                self.cells.push(Span { range, quotes });
                at += close + 2;
                continue;
            }
            let length =
                self.buffer[at..line.end].iter().take_while(|&&byte| !is_blank(byte)).count();
            self.cells.push(Span { range: at..at + length, quotes: Quotes::Plain });
            at += length;
        }
        self.unescape_all();
    }

    /// Tabs, and quotes that mean nothing: but a cell quoted whole is unquoted where its content needs
    /// it, and so is a line that has the right number of columns only then.
    fn cut_tab_separated(&mut self, end: usize) -> Result<usize, LoadError> {
        self.cut_plain(b'\t', self.at..end);
        if self.shape.columns.is_some_and(|columns| columns != self.cells.len()) {
            let quoted = self.cut_quoted(b'\t', end)?;
            if self.shape.columns == Some(self.cells.len()) {
                return Ok(quoted);
            }
            self.cut_plain(b'\t', self.at..end);
        }
        for n in 0..self.cells.len() {
            let range = self.cells[n].range.clone();
            let text = &self.buffer[range.clone()];
            let inner = || text.strip_prefix(b"\"")?.strip_suffix(b"\"");
            let Some(inner) = inner() else {
                continue;
            };
            let doubled = inner.windows(2).any(|pair| pair == b"\"\"");
            if doubled || inner.contains(&b',') {
                let inside = range.start + 1..range.end - 1;
                self.cells[n].range = self.unescape(inside, Quotes::Doubled);
            }
        }
        Ok(end)
    }

    /// Cuts with quotes: first taking a quote that is followed by a separator for the end of its cell,
    /// then, if that does not fit, not where a backslash stands before it.
    fn cut_quoted(&mut self, separator: u8, end: usize) -> Result<usize, LoadError> {
        let mut found = self.try_quoted(separator, end, false)?;
        let expected = self.shape.columns;
        let escapes = memchr(b'\\', &self.buffer[self.at..end]).is_some();
        if escapes && expected.is_some_and(|columns| columns != self.cells.len()) {
            found = self.try_quoted(separator, end, true)?;
        }
        if expected.is_some_and(|columns| columns != self.cells.len()) {
            // Then quotes may be ordinary characters.
            self.cut_plain(separator, self.at..end);
            if expected == Some(self.cells.len()) {
                return Ok(end);
            }
            found = self.try_quoted(separator, end, false)?;
        }
        self.unescape_all();
        Ok(found)
    }

    fn unescape_all(&mut self) {
        for n in 0..self.cells.len() {
            let Span { range, quotes } = self.cells[n].clone();
            if quotes > Quotes::Plain {
                self.cells[n].range = self.unescape(range, quotes);
            }
        }
    }

    fn try_quoted(
        &mut self,
        separator: u8,
        mut end: usize,
        escapes: bool,
    ) -> Result<usize, LoadError> {
        self.cells.clear();
        let mut at = self.at;
        loop {
            if self.cells.len() > WIDEST {
                return Ok(end);
            }
            let blanks = self.buffer[at..end].iter().take_while(|&&byte| byte == b' ').count();
            let open = at + blanks;
            if open < end
                && self.buffer[open] == b'"'
                && let Some((close, quotes, line_end)) =
                    self.close(open + 1, end, separator, escapes)?
            {
                end = line_end;
                self.cells.push(Span { range: open + 1..close, quotes });
                at = close + 1;
                while at < end && self.buffer[at] != separator {
                    at += 1;
                }
                if at == end {
                    return Ok(end);
                }
                at += 1;
                continue;
            }
            let Some(length) = memchr(separator, &self.buffer[at..end]) else {
                self.cells.push(Span { range: at..end, quotes: Quotes::Plain });
                return Ok(end);
            };
            self.cells.push(Span { range: at..at + length, quotes: Quotes::Plain });
            at += length + 1;
        }
    }

    /// The quote that closes a cell which begins at `from`, whether quotes in it are written
    /// otherwise, and the end of the line it stands in; nothing where the opening quote is an
    /// ordinary character.
    fn close(
        &mut self,
        from: usize,
        line_end: usize,
        separator: u8,
        escapes: bool,
    ) -> Result<Option<(usize, Quotes, usize)>, LoadError> {
        let (mut at, mut end, mut quotes) = (from, line_end, Quotes::Plain);
        loop {
            while at < end {
                let byte = self.buffer[at];
                if escapes && byte == b'\\' && self.buffer[at..end].get(1) == Some(&b'"') {
                    quotes = Quotes::Escaped;
                    at += 2;
                    continue;
                }
                if byte != b'"' {
                    at += 1;
                    continue;
                }
                let rest = &self.buffer[at + 1..end];
                if rest.first() == Some(&b'"') {
                    quotes = quotes.max(Quotes::Doubled);
                    at += 2;
                    continue;
                }
                let next = rest.iter().find(|&&next| next != b' ');
                if next.is_none_or(|&next| next == separator) {
                    return Ok(Some((at, quotes, end)));
                }
                if at > from && self.buffer[at - 1] == b'\\' {
                    quotes = Quotes::Escaped;
                }
                at += 1;
            }
            // The cell goes on in the next line, unless that is a record by itself.
            if self.before + from as u64 <= self.unclosed {
                return Ok(None);
            }
            let mut next = end;
            while next < self.end || self.fill()? {
                if !matches!(self.buffer[next], b'\r' | b'\n') {
                    break;
                }
                next += 1;
            }
            if next - self.at > LONGEST / 4 {
                self.unclosed = self.before + next as u64;
                return Ok(None);
            }
            let after = self.line_end(next)?;
            if next == after {
                self.unclosed = self.before + next as u64;
                return Ok(None);
            }
            if self.is_record(separator, next..after) {
                return Ok(None);
            }
            (at, end) = (next, after);
        }
    }

    /// Whether a line has as many columns as a record, and a number among them.
    fn is_record(&self, separator: u8, line: Range<usize>) -> bool {
        let Some(columns) = self.shape.columns else {
            return false;
        };
        let cells = self.buffer[line].split(|&byte| byte == separator);
        let (mut count, mut numbers) = (0, 0);
        for cell in cells {
            count += 1;
            numbers += usize::from(values::number(cell).is_some());
        }
        count == columns && numbers > 0
    }

    /// Makes `""`, or `\"` too, one quote; where the text is then.
    fn unescape(&mut self, range: Range<usize>, quotes: Quotes) -> Range<usize> {
        let (mut from, mut to) = (range.start, range.start);
        while from < range.end {
            let pair = &self.buffer[from..range.end];
            let escapes = quotes == Quotes::Escaped && pair.starts_with(b"\\\"");
            if escapes || pair.starts_with(b"\"\"") {
                from += 1;
            }
            self.buffer[to] = self.buffer[from];
            from += 1;
            to += 1;
        }
        range.start..to
    }
}

/// The quote that closes a cell between blanks, and how quotes in it are written.
fn closing(rest: &[u8], is_blank: impl Fn(u8) -> bool) -> Option<(usize, Quotes)> {
    let (mut at, mut quotes) = (0, Quotes::Plain);
    loop {
        at += memchr(b'"', &rest[at..])?;
        match rest.get(at + 1) {
            Some(b'"') => {
                quotes = quotes.max(Quotes::Doubled);
                at += 2;
            }
            Some(&next) if !is_blank(next) => {
                if at > 0 && rest[at - 1] == b'\\' {
                    quotes = Quotes::Escaped;
                }
                at += 1;
            }
            _ => return Some((at, quotes)),
        }
    }
}
