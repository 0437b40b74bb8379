//! Delimited records from a stream, through one buffer with a limit to its size.

mod cut;

use std::io::BufRead;
use std::rc::Rc;

use memchr::memchr2;

use super::LoadError;
use super::files::File;
use super::json::Nested;
use super::values;
use cut::Span;

/// No line may be longer than this; it also bounds what one record takes in memory.
const LONGEST: usize = 1 << 21;
/// No line may have more columns than this.
const WIDEST: usize = 1 << 16;
/// How much is read at once.
const CHUNK: usize = 1 << 16;

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
    nested: Option<Rc<Nested>>,
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
            nested: None,
        }
    }

    /// The same, made from JSON: a line is an object, and the header none.
    pub(super) fn of_json(self, nested: Rc<Nested>) -> Self {
        // Where the table begins was counted from 1.
        let shape = Shape { begin: self.shape.begin.saturating_sub(1), ..self.shape };
        Self { next_line: 0, shape, nested: Some(nested), ..self }
    }

    /// What was left out of JSON so far: how much, the first line, and its key.
    pub(super) fn nested(&self) -> Option<(usize, u64, &str)> {
        self.nested.as_ref()?.found()
    }

    /// Moves to the next row; false at the end. Rows without any content are skipped.
    pub(super) fn next(&mut self) -> Result<bool, LoadError> {
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

    /// The line on which the current row begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many columns the current row has.
    pub(super) fn columns(&self) -> usize {
        self.cells.len()
    }

    /// The same without empty ones beyond those that are expected.
    pub(super) fn width(&self, expected: usize) -> usize {
        let mut columns = self.columns();
        while columns > expected && self.column(columns - 1).trim_ascii().is_empty() {
            columns -= 1;
        }
        columns
    }

    /// A column of the current row, counted from 0; empty where there is none.
    pub(super) fn column(&self, column: usize) -> &[u8] {
        self.cells.get(column).map_or(&[], |cell| &self.buffer[cell.range.clone()])
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

    fn too_long(&self, limit: &'static str) -> LoadError {
        LoadError::LongLine { file: self.file.name.clone(), line: self.line.max(1), limit }
    }
}
