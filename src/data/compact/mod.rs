//! The form in which the site ships a data set: small, whole or refused.
//!
//! Twelve bytes of magic and a 64-bit xxHash of the rest, which is one deflate stream. In it stand,
//! column by column so that like lies beside like: name, origin, ids, titles, years, genres, then
//! the ratings by user: how many, the gaps between items, the ratings as indices into a list of their
//! values, and the timestamps relative to the user's first; at the end the users' attributes: which
//! there are, and each user's. Numbers are LEB128 unless said otherwise.
//!
//! A file may inflate to 32 times its own size and a mebibyte, and is refused as soon as it goes
//! beyond; it is inflated as it is read, so that what is wrong early costs no more than what stands
//! before it. The genres that its items name may together be as long. What is written keeps to that:
//! a table of nothing but equal ratings is stored where it deflates to less.
//!
//! The last byte of the magic is the version. Version 1 had no attributes, and is still read.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use flate2::Compression;
use thiserror::Error;
use xxhash_rust::xxh64::{Xxh64, xxh64};

use super::{Attributes, Dataset, Lists, Origin};
use reader::Reader;
use writer::Writer;

const MAGIC: &[u8; 11] = b"factorscope";
const VERSION: u8 = 2;
/// How many bytes stand before the deflate stream.
pub(super) const HEAD: u64 = MAGIC.len() as u64 + 1 + 8;
/// How many bytes a rating takes, about, where it has a time.
const PACKED: usize = 4;
const UNREAD: CompactError = CompactError("it cannot be read");
const ORIGINS: [Origin; 4] = [Origin::Toy, Origin::Simulation, Origin::Movielens, Origin::File];

/// What does not fit in bytes that should be a compact data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct CompactError(&'static str);

type Result<T> = std::result::Result<T, CompactError>;

/// Whether the bytes begin like a compact data set.
pub fn is_compact(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Whether they are one of a version that is not known yet.
pub fn is_newer(bytes: &[u8]) -> bool {
    is_compact(bytes) && bytes.get(MAGIC.len()).is_some_and(|&version| version > VERSION)
}

/// The compact form of a data set; equal sets give equal bytes.
pub fn encode(dataset: &Dataset) -> Vec<u8> {
    encode_at(dataset, Compression::best())
}

/// The same form in a fraction of the time, some larger: to be kept, not to be sent.
pub fn encode_fast(dataset: &Dataset) -> Vec<u8> {
    encode_at(dataset, Compression::fast())
}

fn encode_at(dataset: &Dataset, level: Compression) -> Vec<u8> {
    let (mut bytes, length) = written(dataset, level);
    // What is beyond the limit when deflated is within it when stored.
    if length > reader::most(bytes.len() - HEAD as usize) {
        (bytes, _) = written(dataset, Compression::none());
    }
    let (head, packed) = bytes.split_at_mut(HEAD as usize);
    head[MAGIC.len() + 1..].copy_from_slice(&xxh64(packed, 0).to_le_bytes());
    bytes
}

/// The compact form but for its hash, and the length of what is deflated in it.
fn written(dataset: &Dataset, level: Compression) -> (Vec<u8>, u64) {
    let mut head = MAGIC.to_vec();
    head.push(VERSION);
    head.resize(HEAD as usize, 0);
    let ratings = &dataset.ratings;
    // About what it takes: what grows stands in memory twice meanwhile.
    head.reserve(ratings.len() * PACKED);
    let mut out = Writer::new(head, level);
    out.text(&dataset.name);
    let origin = ORIGINS.iter().position(|&o| o == dataset.origin);
    out.number(origin.unwrap_or_default() as u64);
    out.ids(ratings.user_ids());
    out.ids(ratings.item_ids());
    out.catalogue(&dataset.catalogue);
    out.ratings(ratings);
    out.attributes(&ratings.attributes().users, ratings.users());
    out.finish()
}

/// The data set that was encoded.
///
/// # Errors
/// If the bytes are not exactly what [`encode`] made.
pub fn decode(bytes: &[u8]) -> Result<Dataset> {
    decode_from(|| Ok(Box::new(bytes)))
}

/// The data set that was encoded in what `open` opens: twice, for the checksum stands before the content.
pub(super) fn decode_from<'a>(
    open: impl Fn() -> io::Result<Box<dyn BufRead + 'a>>,
) -> Result<Dataset> {
    let (version, hash, mut packed) = begun(open())?;
    let (mut found, mut length) = (Xxh64::new(0), 0);
    loop {
        let part = packed.fill_buf().map_err(|_| UNREAD)?;
        if part.is_empty() {
            break;
        }
        found.update(part);
        let read = part.len();
        length += read;
        packed.consume(read);
    }
    if found.digest() != hash {
        return Err(CompactError("its checksum does not fit"));
    }
    let mut reader = Reader::new(begun(open())?.2, length);
    let name = reader.text()?;
    let origin = usize::try_from(reader.number()?).ok();
    let origin = origin.and_then(|n| ORIGINS.get(n).copied());
    let origin = origin.ok_or(CompactError("its origin is unknown"))?;
    let users = reader.ids()?;
    let items = reader.ids()?;
    let catalogue = reader.catalogue(items.len())?;
    let ratings = reader.ratings(users, items)?;
    let users = if version == 1 { Lists::default() } else { reader.attributes(ratings.users())? };
    let attributes = Attributes { users, items: Lists::genres(&catalogue) };
    if !reader.is_finished()? {
        return Err(CompactError("it is longer than its content"));
    }
    Ok(Dataset { name, origin, ratings: Arc::new(ratings.with_attributes(attributes)), catalogue })
}

/// The version and the hash of the rest, which comes next.
fn begun<'a>(
    opened: io::Result<Box<dyn BufRead + 'a>>,
) -> Result<(u8, u64, Box<dyn BufRead + 'a>)> {
    let mut bytes = opened.map_err(|_| UNREAD)?;
    let mut head = Vec::new();
    let read = bytes.by_ref().take(HEAD).read_to_end(&mut head);
    read.map_err(|_| UNREAD)?;
    let rest = head.strip_prefix(MAGIC);
    let rest = rest.ok_or(CompactError("it does not begin like a compact data set"))?;
    let cut_off = CompactError("it ends too early");
    let (&version, rest) = rest.split_first().ok_or(cut_off)?;
    if !(1..=VERSION).contains(&version) {
        return Err(CompactError("its version is unknown"));
    }
    let hash = rest.first_chunk().ok_or(cut_off)?;
    Ok((version, u64::from_le_bytes(*hash), bytes))
}
