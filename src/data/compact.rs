//! The form in which the site ships a data set: small, whole or refused.
//!
//! Twelve bytes of magic and a 64-bit xxHash of the rest, which is one deflate stream. In it stand,
//! column by column so that like lies beside like: name, origin, ids, titles, years, genres, then
//! the ratings by user: how many, the gaps between items, the ratings as indices into a list of their
//! values, and the timestamps relative to the user's first; at the end the users' attributes: which
//! there are, and each user's. Numbers are LEB128 unless said otherwise.
//!
//! The last byte of the magic is the version. Version 1 had no attributes, and is still read.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use thiserror::Error;
use xxhash_rust::xxh64::xxh64;

use super::{Attribute, Attributes, Dataset, Ids, Item, Lists, Origin, Rating, Ratings};

const MAGIC: &[u8; 11] = b"factorscope";
const VERSION: u8 = 2;
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
    let mut out = Writer(Vec::new());
    let ratings = &dataset.ratings;
    out.text(&dataset.name);
    let origin = ORIGINS.iter().position(|&o| o == dataset.origin);
    out.number(origin.unwrap_or_default() as u64);
    out.ids(ratings.user_ids());
    out.ids(ratings.item_ids());
    out.catalogue(&dataset.catalogue);
    out.ratings(ratings);
    out.attributes(&ratings.attributes().users, ratings.users());

    let mut deflate = DeflateEncoder::new(Vec::new(), level);
    // Writing to memory does not fail.
    let packed = deflate.write_all(&out.0).and_then(|()| deflate.finish());
    let packed = packed.unwrap_or_default();
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    bytes.extend(xxh64(&packed, 0).to_le_bytes());
    bytes.extend(packed);
    bytes
}

/// The data set that was encoded.
///
/// # Errors
/// If the bytes are not exactly what [`encode`] made.
pub fn decode(bytes: &[u8]) -> Result<Dataset> {
    let rest = bytes.strip_prefix(MAGIC);
    let rest = rest.ok_or(CompactError("it does not begin like a compact data set"))?;
    let cut_off = CompactError("it ends too early");
    let (version, rest) = rest.split_first().ok_or(cut_off)?;
    if !(1..=VERSION).contains(version) {
        return Err(CompactError("its version is unknown"));
    }
    let (hash, packed) = rest.split_first_chunk().ok_or(cut_off)?;
    if xxh64(packed, 0) != u64::from_le_bytes(*hash) {
        return Err(CompactError("its checksum does not fit"));
    }
    let mut unpacked = Vec::new();
    DeflateDecoder::new(packed)
        .read_to_end(&mut unpacked)
        .map_err(|_| CompactError("it cannot be inflated"))?;
    let mut reader = Reader(&unpacked);
    let name = reader.text()?;
    let origin = usize::try_from(reader.number()?).ok();
    let origin = origin.and_then(|n| ORIGINS.get(n).copied());
    let origin = origin.ok_or(CompactError("its origin is unknown"))?;
    let users = reader.ids()?;
    let items = reader.ids()?;
    let catalogue = reader.catalogue(items.len())?;
    let ratings = reader.ratings(users, items)?;
    let users =
        if *version == 1 { Lists::default() } else { reader.attributes(ratings.users())? };
    let attributes = Attributes { users, items: Lists::genres(&catalogue) };
    if !reader.0.is_empty() {
        return Err(CompactError("it is longer than its content"));
    }
    Ok(Dataset { name, origin, ratings: Arc::new(ratings.with_attributes(attributes)), catalogue })
}

/// An id's value if the id is that value's usual decimal form.
fn decimal(id: &str) -> Option<u64> {
    let value: u64 = id.parse().ok()?;
    let is_usual = id == "0" || id.as_bytes()[0].is_ascii_digit() && !id.starts_with('0');
    is_usual.then_some(value)
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    /// Ascending decimal ids as gaps, others as text.
    fn ids(&mut self, ids: &Ids) {
        self.number(ids.len() as u64);
        let values: Option<Vec<u64>> = ids.iter().map(decimal).collect();
        self.0.push(u8::from(values.is_some()));
        let Some(values) = values else {
            return ids.iter().for_each(|id| self.text(id));
        };
        let mut before = 0;
        for value in values {
            self.number(value - before);
            before = value;
        }
    }

    fn catalogue(&mut self, items: &[Item]) {
        for item in items {
            self.text(&item.title);
        }
        for item in items {
            self.number(item.year.map_or(0, |year| u64::from(year) + 1));
        }
        let mut names: Vec<&str> = Vec::new();
        let mut numbers: HashMap<&str, u64> = HashMap::new();
        for genre in items.iter().flat_map(|item| &item.genres) {
            numbers.entry(genre).or_insert_with(|| {
                names.push(genre);
                names.len() as u64 - 1
            });
        }
        self.number(names.len() as u64);
        for name in names {
            self.text(name);
        }
        for item in items {
            self.number(item.genres.len() as u64);
            for genre in &item.genres {
                self.number(numbers[genre.as_str()]);
            }
        }
    }

    fn attributes(&mut self, lists: &Lists, lines: usize) {
        self.number(lists.names().len() as u64);
        for name in lists.names() {
            self.text(&name.kind);
            self.text(&name.value);
        }
        if lists.names().is_empty() {
            return;
        }
        for line in 0..lines {
            self.number(lists.of(line).len() as u64);
            for &a in lists.of(line) {
                self.number(a.into());
            }
        }
    }

    fn ratings(&mut self, ratings: &Ratings) {
        for u in 0..ratings.users() {
            self.number(ratings.row(u).len() as u64);
        }
        for u in 0..ratings.users() {
            let mut next = 0;
            for &i in ratings.row(u).ids {
                self.number(u64::from(i - next));
                next = i + 1;
            }
        }
        let mut values: Vec<f32> = ratings.iter().map(|rating| rating.r).collect();
        values.sort_unstable_by(f32::total_cmp);
        values.dedup_by_key(|r| r.to_bits());
        self.number(values.len() as u64);
        for value in &values {
            self.0.extend(value.to_le_bytes());
        }
        for rating in ratings.iter() {
            let at = values.binary_search_by(|value| value.total_cmp(&rating.r));
            self.number(at.unwrap_or_default() as u64);
        }
        let Some(times) = ratings.timestamps() else {
            return self.0.push(0);
        };
        self.0.push(1);
        let row = |u| &times[ratings.positions(u)];
        let first = |u| row(u).iter().min().copied().unwrap_or_default();
        for u in 0..ratings.users() {
            self.number(u64::from(first(u)));
        }
        // The four bytes of each number in four planes: the upper ones hardly vary.
        for byte in (0..4).rev() {
            for u in 0..ratings.users() {
                let start = first(u);
                let since = row(u).iter().map(|time| time - start);
                self.0.extend(since.map(|since| since.to_le_bytes()[byte]));
            }
        }
    }
}

/// The bytes that are still to be read. No count is believed beyond them: everything counted takes
/// at least a byte.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let cut_off = CompactError("it ends too early");
        let (taken, rest) = self.0.split_at_checked(count).ok_or(cut_off)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        match self.byte()? {
            top @ 0..=1 => Ok(value | u64::from(top) << 63),
            _ => Err(CompactError("a number is out of range")),
        }
    }

    fn small(&mut self) -> Result<u32> {
        let out_of_range = |_| CompactError("a number is out of range");
        u32::try_from(self.number()?).map_err(out_of_range)
    }

    fn count(&mut self) -> Result<usize> {
        let count = self.small()? as usize;
        if count > self.0.len() {
            return Err(CompactError("it ends too early"));
        }
        Ok(count)
    }

    fn text(&mut self) -> Result<String> {
        let length = self.count()?;
        let text = std::str::from_utf8(self.take(length)?);
        Ok(text.map_err(|_| CompactError("a text is not UTF-8"))?.to_owned())
    }

    fn ids(&mut self) -> Result<Arc<Ids>> {
        let disorder = CompactError("its ids are not in order");
        let count = self.count()?;
        let mut names: Vec<Box<str>> = Vec::with_capacity(count);
        if self.byte()? == 0 {
            for _ in 0..count {
                names.push(self.text()?.into());
            }
        } else {
            let mut value = 0_u64;
            for _ in 0..count {
                value = value.checked_add(self.number()?).ok_or(disorder)?;
                names.push(value.to_string().into());
            }
        }
        let ids = Ids::new(names.iter().cloned());
        let in_order = ids.len() == count && ids.iter().eq(names.iter().map(AsRef::as_ref));
        in_order.then(|| Arc::new(ids)).ok_or(disorder)
    }

    fn catalogue(&mut self, count: usize) -> Result<Vec<Item>> {
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            let title = self.text()?;
            items.push(Item { title, ..Item::default() });
        }
        for item in &mut items {
            let year = self.number()?.checked_sub(1).map(u16::try_from);
            let year = year.transpose();
            item.year = year.map_err(|_| CompactError("a year is out of range"))?;
        }
        let names = self.count()?;
        let names: Vec<String> = (0..names).map(|_| self.text()).collect::<Result<_>>()?;
        for item in &mut items {
            for _ in 0..self.count()? {
                let name = names.get(self.small()? as usize);
                let name = name.ok_or(CompactError("a genre is unknown"))?;
                item.genres.push(name.clone());
            }
        }
        Ok(items)
    }

    fn attributes(&mut self, lines: usize) -> Result<Lists> {
        let mut names = Vec::new();
        for _ in 0..self.count()? {
            names.push(Attribute { kind: self.text()?, value: self.text()? });
        }
        let mut each = vec![Vec::new(); lines];
        if names.is_empty() {
            return Ok(Lists::default());
        }
        for list in &mut each {
            for _ in 0..self.count()? {
                let name = names.get(self.small()? as usize);
                let name = name.ok_or(CompactError("an attribute is unknown"))?;
                list.push(name.clone());
            }
        }
        Ok(Lists::new(&each))
    }

    fn ratings(&mut self, users: Arc<Ids>, items: Arc<Ids>) -> Result<Ratings> {
        let mut lengths = Vec::with_capacity(users.len());
        for _ in 0..users.len() {
            lengths.push(self.count()?);
        }
        let mut ratings: Vec<Rating> = Vec::new();
        for (u, &length) in lengths.iter().enumerate() {
            let mut next = 0_usize;
            for _ in 0..length {
                let gap = self.small()? as usize;
                let i = next.checked_add(gap).filter(|&i| i < items.len());
                let i = i.ok_or(CompactError("a rating has an unknown item"))?;
                ratings.push(Rating { u, i, r: 0.0 });
                next = i + 1;
            }
        }
        let mut values = Vec::new();
        for _ in 0..self.count()? {
            let bytes = self.take(4)?.first_chunk().copied().unwrap_or_default();
            let value = f32::from_le_bytes(bytes);
            if !value.is_finite() {
                return Err(CompactError("a rating is not finite"));
            }
            values.push(value);
        }
        for rating in &mut ratings {
            let value = values.get(self.small()? as usize);
            rating.r = *value.ok_or(CompactError("a rating has an unknown value"))?;
        }
        let times = match self.byte()? {
            0 => None,
            _ => Some(self.times(&lengths, ratings.len())?),
        };
        Ratings::new(users, items, &ratings, times.as_deref())
            .map_err(|_| CompactError("a rating stands twice"))
    }

    fn times(&mut self, lengths: &[usize], count: usize) -> Result<Vec<u32>> {
        let mut firsts = Vec::with_capacity(lengths.len());
        for _ in lengths {
            firsts.push(self.small()?);
        }
        let planes = [self.take(count)?, self.take(count)?, self.take(count)?, self.take(count)?];
        let first = lengths.iter().zip(firsts);
        let first = first.flat_map(|(&length, first)| std::iter::repeat_n(first, length));
        let time = |(n, first): (usize, u32)| {
            let since = u32::from_be_bytes(planes.map(|plane| plane[n]));
            let late = CompactError("a time is out of range");
            first.checked_add(since).ok_or(late)
        };
        first.enumerate().map(time).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::toy;

    fn sample(ids: &[&str], times: Option<&[u32]>) -> Dataset {
        let items = Arc::new(Ids::new(ids.iter().map(|&id| id.into())));
        let users = Arc::new(Ids::counting(3));
        let cells = [(0, 0, 0.5), (0, 2, -1.25), (2, 1, 5.0), (2, 2, 0.5)];
        let ratings = cells.map(|(u, i, r)| Rating { u, i, r });
        let set = Ratings::new(users, items, &ratings, times).unwrap();
        let mut dataset = Dataset::untitled("süß", Origin::File, set);
        dataset.catalogue[1] = Item {
            title: "Café".into(),
            year: Some(u16::MAX),
            genres: vec!["War".into(), "Drama".into()],
        };
        dataset.catalogue[2].genres = vec!["Drama".into()];
        let known = [vec![Attribute::new("age", "18-24"), Attribute::new("gender", "F")], vec![]];
        let users = Lists::new(&[known[0].clone(), known[1].clone(), known[0][1..].to_vec()]);
        let attributes = Attributes { users, items: Lists::genres(&dataset.catalogue) };
        let ratings = Arc::unwrap_or_clone(dataset.ratings).with_attributes(attributes);
        Dataset { ratings: Arc::new(ratings), ..dataset }
    }

    #[test]
    fn what_is_packed_fast_reads_back_the_same() {
        let dataset = toy::toy();
        assert_eq!(decode(&encode_fast(&dataset)), Ok(dataset));
        let timed = sample(&["a", "b", "c"], Some(&[7, 3, 9, 1]));
        assert_eq!(decode(&encode_fast(&timed)), Ok(timed));
    }

    #[test]
    fn what_is_encoded_comes_back_equal() {
        let times = [7, u32::MAX, 0, 4_000_000_000];
        for dataset in [
            sample(&["1", "20", "18446744073709551615"], Some(&times)),
            sample(&["007", "7", "a b"], None),
            sample(&["", "+1", "x"], Some(&[5, 5, 5, 5])),
            sample(&["0", "1", "2"], None),
            toy::toy(),
        ] {
            let bytes = encode(&dataset);
            assert!(is_compact(&bytes));
            assert_eq!(decode(&bytes), Ok(dataset));
        }
    }

    #[test]
    fn every_changed_bit_and_every_cut_is_noticed() {
        let bytes = encode(&sample(&["1", "2", "x"], Some(&[1, 2, 3, 4])));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert!(decode(&changed).is_err(), "bit {bit} of byte {at}");
            }
            assert!(decode(&bytes[..at]).is_err(), "cut at {at}");
        }
        assert!(decode(&[bytes.as_slice(), b"\0"].concat()).is_err());
    }

    /// Wraps a payload as if it were genuine, checksum and all.
    fn forge(version: u8, payload: &[u8]) -> Vec<u8> {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(payload).unwrap();
        let packed = deflate.finish().unwrap();
        let mut bytes = MAGIC.to_vec();
        bytes.push(version);
        bytes.extend(xxh64(&packed, 0).to_le_bytes());
        bytes.extend(packed);
        bytes
    }

    #[test]
    fn a_set_of_version_1_is_read_without_attributes_and_one_of_a_later_version_is_not() {
        let toy = toy::toy();
        let payload = inflated(&encode(&toy));
        // Version 1 ended where now stands that there is no attribute.
        let (end, before) = payload.split_last().unwrap();
        assert_eq!((*end, decode(&forge(1, before))), (0, Ok(toy)));
        let later = forge(VERSION + 1, &payload);
        assert!(is_compact(&later) && is_newer(&later) && decode(&later).is_err());
    }

    fn inflated(bytes: &[u8]) -> Vec<u8> {
        let mut payload = Vec::new();
        let packed = &bytes[MAGIC.len() + 9..];
        DeflateDecoder::new(packed).read_to_end(&mut payload).unwrap();
        payload
    }

    #[test]
    fn a_forged_payload_neither_panics_nor_allocates_what_it_claims() {
        let genuine = encode(&sample(&["1", "2", "x"], Some(&[1, 2, 3, 4])));
        let payload = inflated(&genuine);
        assert!(decode(&forge(VERSION, &payload)).is_ok());
        for at in 0..payload.len() {
            for byte in [0, 1, 2, 0x7f, 0x80, 0xff] {
                let mut changed = payload.clone();
                changed[at] = byte;
                let _ = decode(&forge(VERSION, &changed));
            }
            // A count of four thousand million in place of this byte.
            let huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
            let claimed = [&payload[..at], &huge, &payload[at + 1..]].concat();
            let _ = decode(&forge(VERSION, &claimed));
            assert!(decode(&forge(VERSION, &payload[..at])).is_err(), "cut at {at}");
        }
    }
}
