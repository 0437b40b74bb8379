//! Delimited records from a stream: one buffer for all of them, with a limit to its size.

use std::io::BufRead;

use csv_core::ReadRecordResult;

use super::LoadError;
use super::files::File;

/// No line may be longer than this; it also bounds what one record takes in memory.
const LONGEST: usize = 1 << 20;
/// No line may have more columns than this.
const WIDEST: usize = 1 << 12;

/// What separates the columns of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// One character; text in double quotes may contain it.
    One(u8),
    /// Two colons, as in MovieLens 1M and 10M; nothing is quoted.
    TwoColons,
    /// One character, and double quotes are ordinary characters.
    Unquoted(u8),
    /// None: the line is one column.
    Whole,
}

impl Separator {
    /// The separator in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::One(b',') | Self::Unquoted(b',') => "commas",
            Self::One(b';') => "semicolons",
            Self::One(b'\t') | Self::Unquoted(b'\t') => "tabs",
            Self::One(b' ') => "spaces",
            Self::One(_) | Self::Unquoted(_) => "`|`",
            Self::TwoColons => "`::`",
            Self::Whole => "line ends",
        }
    }

    /// How far apart columns are among the fields: at `::` an empty field lies between two columns.
    fn step(self) -> usize {
        if self == Self::TwoColons { 2 } else { 1 }
    }
}

/// Reads records one after another into the same buffer. Blank lines are skipped, and so is a byte
/// order mark of UTF-8.
pub(super) struct Records<'a, R> {
    file: &'a File<'a>,
    reader: R,
    core: csv_core::Reader,
    step: usize,
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
    line: u64,
    next_line: u64,
}

impl<'a, R: BufRead> Records<'a, R> {
    pub(super) fn new(file: &'a File<'a>, reader: R, separator: Separator) -> Self {
        let mut builder = csv_core::ReaderBuilder::new();
        match separator {
            Separator::One(byte) => builder.delimiter(byte),
            Separator::Unquoted(byte) => builder.delimiter(byte).quoting(false),
            Separator::TwoColons => builder.delimiter(b':').quoting(false),
            Separator::Whole => builder.delimiter(0).quoting(false),
        };
        Self {
            file,
            reader,
            core: builder.build(),
            step: separator.step(),
            text: vec![0; 1 << 10],
            ends: vec![0; 1 << 5],
            fields: 0,
            line: 0,
            next_line: 1,
        }
    }

    /// The same, where the first line has another number than 1.
    pub(super) fn counted_from(self, line: u64) -> Self {
        Self { next_line: line, ..self }
    }

    /// Moves to the next record; false at the end.
    pub(super) fn next(&mut self) -> Result<bool, LoadError> {
        if !self.skip_blank_lines()? {
            return Ok(false);
        }
        self.line = self.next_line;
        self.fields = 0;
        let mut length = 0;
        loop {
            let input = self.reader.fill_buf().map_err(|err| self.file.failed(&err))?;
            let (result, read, written, ended) = self.core.read_record(
                input,
                &mut self.text[length..],
                &mut self.ends[self.fields..],
            );
            self.next_line += newlines(&input[..read]);
            self.reader.consume(read);
            length += written;
            self.fields += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    if self.text.len() >= LONGEST {
                        return Err(self.too_long("1 MiB"));
                    }
                    self.text.resize(self.text.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() >= WIDEST {
                        return Err(self.too_long("4096 columns"));
                    }
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// The line on which the current record begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many columns the current record has.
    pub(super) fn columns(&self) -> usize {
        self.fields.div_ceil(self.step)
    }

    /// A column of the current record, counted from 0; empty where there is none.
    pub(super) fn column(&self, column: usize) -> &[u8] {
        let field = column * self.step;
        if field >= self.fields {
            return &[];
        }
        let start = if field == 0 { 0 } else { self.ends[field - 1] };
        &self.text[start..self.ends[field]]
    }

    fn skip_blank_lines(&mut self) -> Result<bool, LoadError> {
        loop {
            let input = self.reader.fill_buf().map_err(|err| self.file.failed(&err))?;
            if input.is_empty() {
                return Ok(false);
            }
            let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
            let blank = input.iter().take_while(is_end).count();
            let found = blank < input.len();
            self.next_line += newlines(&input[..blank]);
            self.reader.consume(blank);
            if found {
                return Ok(true);
            }
        }
    }

    fn too_long(&self, limit: &'static str) -> LoadError {
        LoadError::LongLine { file: self.file.name.clone(), line: self.line, limit }
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte == b'\n')).sum()
}
