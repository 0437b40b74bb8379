//! What is handed over: bytes that are at hand, a file on disk, or one that somebody else reads piece by
//! piece. Only the first is ever whole in memory.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, BufReader};
#[cfg(not(target_arch = "wasm32"))]
use std::{fs, path::PathBuf};

use rawzip::{RangeReader, ReaderAt};
use thiserror::Error;

use super::files::HEAD;

/// How much is asked for at once of a file that somebody else reads.
const PIECE: usize = 1 << 20;

/// A named piece of input: one file as it was handed over, a zip, a table, a list of titles.
#[derive(Debug)]
pub struct Source {
    /// What errors call it; a folder before it may tell the edition, as in `ml-25m/ratings.csv`.
    pub name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Bytes(Vec<u8>),
    #[cfg(not(target_arch = "wasm32"))]
    Disk(PathBuf),
    Pieces(Pieces),
}

/// A file that is read by whoever handed it over.
pub(super) struct Pieces {
    length: u64,
    read: Box<ReadAt>,
    /// The piece that was read last: what is asked for next mostly lies in it.
    last: RefCell<(u64, Vec<u8>)>,
}

/// Fills the buffer from a position on, or says why not.
type ReadAt = dyn Fn(u64, &mut [u8]) -> Result<(), String>;

/// Why a piece could not be read.
#[derive(Debug, Error)]
#[error("{0}")]
pub(super) struct Unread(String);

#[cfg_attr(
    target_arch = "wasm32",
    expect(clippy::unnecessary_wraps, reason = "only a disk refuses to be opened")
)]
impl Source {
    /// A file that is at hand whole.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content: Content::Bytes(bytes.into()) }
    }

    /// A file of a known length in bytes, of which `read` fills a buffer from a position on, or says why
    /// it cannot. All of it is read at least twice, and has to be the same.
    pub fn in_pieces(
        name: impl Into<String>,
        length: u64,
        read: impl Fn(u64, &mut [u8]) -> Result<(), String> + 'static,
    ) -> Self {
        let last = RefCell::default();
        let content = Content::Pieces(Pieces { length, read: Box::new(read), last });
        Self { name: name.into(), content }
    }

    /// A file on disk, read anew whenever it is opened.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn on_disk(name: String, path: PathBuf) -> Self {
        Self { name, content: Content::Disk(path) }
    }

    /// How long it is, in bytes.
    pub(super) fn length(&self) -> io::Result<u64> {
        match &self.content {
            Content::Bytes(bytes) => Ok(bytes.len() as u64),
            #[cfg(not(target_arch = "wasm32"))]
            Content::Disk(path) => Ok(fs::metadata(path)?.len()),
            Content::Pieces(pieces) => Ok(pieces.length),
        }
    }

    /// Its first bytes, as many as there are up to this number.
    pub(super) fn beginning(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(self.open()?, most), &mut bytes)?;
        Ok(bytes)
    }

    /// Its bytes from the first on.
    pub(super) fn open(&self) -> io::Result<Box<dyn BufRead + '_>> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Box::new(bytes.as_slice())),
            #[cfg(not(target_arch = "wasm32"))]
            Content::Disk(path) => {
                Ok(Box::new(BufReader::with_capacity(HEAD as usize, fs::File::open(path)?)))
            }
            Content::Pieces(pieces) => {
                let all = RangeReader::new(pieces, 0..pieces.length);
                Ok(Box::new(BufReader::with_capacity(HEAD as usize, all)))
            }
        }
    }

    /// Its bytes from anywhere.
    pub(super) fn anywhere(&self) -> io::Result<Anywhere<'_>> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Anywhere::Bytes(bytes)),
            #[cfg(not(target_arch = "wasm32"))]
            Content::Disk(path) => Ok(Anywhere::Disk(fs::File::open(path)?.into())),
            Content::Pieces(pieces) => Ok(Anywhere::Pieces(pieces)),
        }
    }
}

/// A source that is open to be read at any position.
pub(super) enum Anywhere<'a> {
    Bytes(&'a [u8]),
    #[cfg(not(target_arch = "wasm32"))]
    Disk(rawzip::FileReader),
    Pieces(&'a Pieces),
}

impl ReaderAt for Anywhere<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Self::Bytes(bytes) => bytes.read_at(buffer, offset),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Disk(file) => file.read_at(buffer, offset),
            Self::Pieces(pieces) => pieces.read_at(buffer, offset),
        }
    }
}

impl ReaderAt for Pieces {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        let mut last = self.last.borrow_mut();
        let (begin, piece) = &mut *last;
        if !(*begin..*begin + piece.len() as u64).contains(&offset) {
            let length = (self.length - offset).min(PIECE as u64) as usize;
            *begin = offset;
            piece.resize(length, 0);
            if let Err(reason) = (self.read)(offset, piece) {
                piece.clear();
                return Err(io::Error::other(Unread(reason)));
            }
        }
        let rest = &piece[(offset - *begin) as usize..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces").field("length", &self.length).finish_non_exhaustive()
    }
}

/// Whether reading failed, and not what was read.
pub(super) fn is_unread(err: &io::Error) -> bool {
    err.raw_os_error().is_some()
        || err.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Unread>)
}
