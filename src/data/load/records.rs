//! Delimited records from a stream, through one buffer with a limit to its size.
//!
//! A double quote at the beginning of a cell quotes it, unless that does not fit: where the quote is
//! never closed, or would swallow lines that are records by themselves, it is an ordinary character.

use std::io::BufRead;
use std::ops::Range;

use memchr::{memchr, memchr2};

use super::LoadError;
use super::files::File;
use super::values;

/// No line may be longer than this; it also bounds what one record takes in memory.
const LONGEST: usize = 1 << 21;
/// No line may have more columns than this.
const WIDEST: usize = 1 << 16;
/// How much is read at once.
const CHUNK: usize = 1 << 16;

/// Rows of cells, one after another: what a table of any kind is read from.
pub(super) trait Rows {
    /// Moves to the next row; false at the end. Rows without any content are skipped.
    fn next(&mut self) -> Result<bool, LoadError>;
    /// The line on which the current row begins, counted from 1.
    fn line(&self) -> u64;
    /// How many columns the current row has.
    fn columns(&self) -> usize;
    /// A column of the current row, counted from 0; empty where there is none.
    fn column(&self, column: usize) -> &[u8];
}

/// What separates the columns of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// One character; text in double quotes may contain it.
    One(u8),
    /// Two colons, as in MovieLens 1M and 10M; nothing is quoted.
    TwoColons,
    /// Spaces and tabs, as many as there are.
    Blanks,
    /// Tabs, as many as there are; nothing is quoted.
    Tabs,
    /// One character, and double quotes are ordinary characters.
    Unquoted(u8),
    /// None: the line is one column.
    Whole,
}

/// How the lines of a table are cut, and what is known of them beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) separator: Separator,
    /// Lines before this one, counted from 1, are not part of the table.
    pub(super) begin: u64,
    /// How many columns a row has, where that is known.
    pub(super) columns: Option<usize>,
    /// Whether all text is quoted; in tables separated by tabs a quote means nothing otherwise.
    pub(super) quoted: bool,
}

impl Shape {
    pub(super) fn of(separator: Separator) -> Self {
        Self { separator, begin: 0, columns: None, quoted: false }
    }

    /// The line on which the table begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.begin.max(1)
    }
}

/// Where a cell stands in the buffer, and how quotes in it are written.
#[derive(Debug, Clone)]
struct Span {
    range: Range<usize>,
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

/// Reads records one after another. Blank lines and rows of empty cells are skipped, and so is a
/// byte order mark of UTF-8.
pub(super) struct Records<'a, R> {
    file: &'a File<'a>,
    reader: R,
    shape: Shape,
    buffer: Vec<u8>,
    /// The next record begins here.
    at: usize,
    /// The buffer is filled up to here.
    end: usize,
    /// Nothing follows what is in the buffer.
    finished: bool,
    cells: Vec<Span>,
    line: u64,
    next_line: u64,
    /// How many bytes stood before those in the buffer.
    before: u64,
    /// Up to here in the file no quote closes a cell.
    unclosed: u64,
}

impl<R: BufRead> Rows for Records<'_, R> {
    fn next(&mut self) -> Result<bool, LoadError> {
        loop {
            self.make_room();
            if !self.skip_line_ends()? {
                return Ok(false);
            }
            self.line = self.next_line;
            let end = self.line_end(self.at)?;
            if self.line < self.shape.begin {
                self.at = end;
                continue;
            }
            let whole = self.cut(end)?;
            if self.cells.len() > WIDEST {
                return Err(self.too_long("65536 columns"));
            }
            self.next_line += values::lines(&self.buffer[end..whole]);
            self.at = whole;
            if self
                .cells
                .iter()
                .any(|cell| !self.buffer[cell.range.clone()].trim_ascii().is_empty())
            {
                return Ok(true);
            }
        }
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn columns(&self) -> usize {
        self.cells.len()
    }

    fn column(&self, column: usize) -> &[u8] {
        self.cells.get(column).map_or(&[], |cell| &self.buffer[cell.range.clone()])
    }
}

impl<'a, R: BufRead> Records<'a, R> {
    pub(super) fn new(file: &'a File<'a>, reader: R, shape: Shape) -> Self {
        Self {
            file,
            reader,
            shape,
            buffer: Vec::new(),
            at: 0,
            end: 0,
            finished: false,
            cells: Vec::new(),
            line: 0,
            next_line: 1,
            before: 0,
            unclosed: 0,
        }
    }

    /// The same, where the first line has another number than 1.
    pub(super) fn counted_from(self, line: u64) -> Self {
        // Where the table begins was counted from 1.
        let shape = Shape { begin: (self.shape.begin + line).saturating_sub(1), ..self.shape };
        Self { next_line: line, shape, ..self }
    }

    /// Moves what is left to the beginning of the buffer.
    fn make_room(&mut self) {
        if self.at > 0 && (self.at == self.end || self.at >= CHUNK / 2) {
            self.buffer.copy_within(self.at..self.end, 0);
            self.before += self.at as u64;
            self.end -= self.at;
            self.at = 0;
        }
    }

    /// Reads on; false where nothing follows. What is in the buffer stays where it is.
    fn fill(&mut self) -> Result<bool, LoadError> {
        if self.finished {
            return Ok(false);
        }
        if self.end - self.at > LONGEST {
            return Err(self.too_long("2 MiB"));
        }
        if self.buffer.len() < self.end + CHUNK {
            self.buffer.resize(self.end + CHUNK, 0);
        }
        let read = self.reader.read(&mut self.buffer[self.end..]);
        let read = read.map_err(|err| self.file.failed(&err))?;
        if self.before == 0
            && self.end == 0
            && self.buffer.starts_with(b"\xEF\xBB\xBF")
            && read >= 3
        {
            self.at = 3;
        }
        self.end += read;
        self.finished = read == 0;
        Ok(read > 0)
    }

    fn skip_line_ends(&mut self) -> Result<bool, LoadError> {
        loop {
            while self.at < self.end {
                let byte = self.buffer[self.at];
                if !matches!(byte, b'\n' | b'\r') {
                    return Ok(true);
                }
                // Of a carriage return and a line feed after it, the line feed counts.
                if byte == b'\r' && self.at + 1 == self.end && self.fill()? {
                    continue;
                }
                let is_pair =
                    byte == b'\r' && self.buffer[..self.end].get(self.at + 1) == Some(&b'\n');
                self.next_line += u64::from(!is_pair);
                self.at += 1;
            }
            self.make_room();
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// The end of the line in which `from` lies.
    fn line_end(&mut self, from: usize) -> Result<usize, LoadError> {
        let mut searched = from;
        loop {
            if let Some(found) = memchr2(b'\n', b'\r', &self.buffer[searched..self.end]) {
                return Ok(searched + found);
            }
            searched = self.end;
            if !self.fill()? {
                return Ok(self.end);
            }
        }
    }

    /// Cuts the record that begins at `self.at`, whose first line ends at `end`; where the record
    /// ends.
    fn cut(&mut self, end: usize) -> Result<usize, LoadError> {
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
            if self.buffer[at] == b'"' {
                let rest = &self.buffer[at + 1..line.end];
                let closes = |n: &usize| {
                    rest[*n] == b'"' && rest.get(n + 1).is_none_or(|&next| is_blank(next))
                };
                if let Some(close) = (0..rest.len()).find(closes) {
                    self.cells.push(Span { range: at + 1..at + 1 + close, quotes: Quotes::Plain });
                    at += close + 2;
                    continue;
                }
            }
            let length =
                self.buffer[at..line.end].iter().take_while(|&&byte| !is_blank(byte)).count();
            self.cells.push(Span { range: at..at + length, quotes: Quotes::Plain });
            at += length;
        }
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
        for n in 0..self.cells.len() {
            let Span { range, quotes } = self.cells[n].clone();
            if quotes > Quotes::Plain {
                self.cells[n].range = self.unescape(range, quotes);
            }
        }
        Ok(found)
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

    fn too_long(&self, limit: &'static str) -> LoadError {
        LoadError::LongLine { file: self.file.name.clone(), line: self.line.max(1), limit }
    }
}
