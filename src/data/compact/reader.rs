//! From the compact form to a data set, inflated as it is read and never whole in memory.

use std::io::{BufRead, BufReader};
use std::sync::Arc;

use flate2::bufread::DeflateDecoder;

use super::{CompactError, Result};
use crate::data::{Attribute, Ids, Item, Lists, Ratings};

/// How many bytes a file may inflate to for each of its own. A rating takes two bytes or six before it
/// is deflated, and rarely less than half a byte after.
pub(super) const INFLATED: u64 = 32;
/// What any file may inflate to, however small: a table of equal ratings packs into next to nothing.
pub(super) const ALWAYS: u64 = 1 << 20;
/// The longest text. Tables have no longer lines.
const LONGEST: usize = 1 << 20;
/// For how many elements room is made before the first is read.
const ROOM: usize = 1 << 12;

const CUT_OFF: CompactError = CompactError("it ends too early");
const OUT_OF_RANGE: CompactError = CompactError("a number is out of range");

/// How many bytes a deflate stream of this length may inflate to.
pub(super) fn most(packed: usize) -> u64 {
    packed as u64 * INFLATED + ALWAYS
}

/// The content that is still to be read. No count is believed beyond what the file may inflate to:
/// everything counted takes at least a byte.
pub(super) struct Reader<'a> {
    content: BufReader<DeflateDecoder<Box<dyn BufRead + 'a>>>,
    /// How many bytes may still come.
    left: u64,
    /// How many bytes of text items may still copy from the list of genres.
    copies: u64,
}

impl<'a> Reader<'a> {
    /// The content of a deflate stream of this length.
    pub(super) fn new(packed: Box<dyn BufRead + 'a>, length: usize) -> Self {
        let content = BufReader::with_capacity(1 << 15, DeflateDecoder::new(packed));
        Self { content, left: most(length), copies: most(length) }
    }

    /// Whether nothing is left, neither in the content nor behind it.
    pub(super) fn is_finished(&mut self) -> Result<bool> {
        if !self.fill()?.is_empty() {
            return Ok(false);
        }
        let behind = self.content.get_mut().get_mut().fill_buf();
        Ok(behind.map_err(|_| CompactError("it cannot be read"))?.is_empty())
    }

    /// Some of the bytes that come next; none at the end.
    fn fill(&mut self) -> Result<&[u8]> {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let inflated = self.content.fill_buf();
        let bytes = inflated.map_err(|_| CompactError("it cannot be inflated"))?;
        if left == 0 && !bytes.is_empty() {
            return Err(CompactError("it inflates to more than it can hold"));
        }
        Ok(&bytes[..bytes.len().min(left)])
    }

    /// Hands the next `count` bytes over, part by part.
    fn take(&mut self, mut count: usize, mut part: impl FnMut(&[u8])) -> Result<()> {
        while count > 0 {
            let bytes = self.fill()?;
            let taken = bytes.len().min(count);
            if taken == 0 {
                return Err(CUT_OFF);
            }
            part(&bytes[..taken]);
            self.content.consume(taken);
            self.left -= taken as u64;
            count -= taken;
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = *self.fill()?.first().ok_or(CUT_OFF)?;
        self.content.consume(1);
        self.left -= 1;
        Ok(byte)
    }

    pub(super) fn number(&mut self) -> Result<u64> {
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
            _ => Err(OUT_OF_RANGE),
        }
    }

    fn small(&mut self) -> Result<u32> {
        u32::try_from(self.number()?).map_err(|_| OUT_OF_RANGE)
    }

    fn count(&mut self) -> Result<usize> {
        let count = self.small()?;
        if u64::from(count) > self.left {
            return Err(CUT_OFF);
        }
        Ok(count as usize)
    }

    pub(super) fn text(&mut self) -> Result<String> {
        let length = self.count()?;
        if length > LONGEST {
            return Err(CompactError("a text is too long"));
        }
        let mut text = Vec::with_capacity(length.min(ROOM));
        self.take(length, |part| text.extend_from_slice(part))?;
        String::from_utf8(text).map_err(|_| CompactError("a text is not UTF-8"))
    }

    pub(super) fn ids(&mut self) -> Result<Arc<Ids>> {
        let disorder = CompactError("its ids are not in order");
        let count = self.count()?;
        let mut names: Vec<Box<str>> = Vec::with_capacity(count.min(ROOM));
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
        Ids::in_order(names).map(Arc::new).ok_or(disorder)
    }

    pub(super) fn catalogue(&mut self, count: usize) -> Result<Vec<Item>> {
        let mut items = Vec::with_capacity(count.min(ROOM));
        for _ in 0..count {
            let title = self.text()?;
            items.push(Item { title, ..Item::default() });
        }
        for item in &mut items {
            let year = self.number()?.checked_sub(1).map(u16::try_from);
            let year = year.transpose();
            item.year = year.map_err(|_| CompactError("a year is out of range"))?;
        }
        let mut names = Vec::new();
        for _ in 0..self.count()? {
            names.push(self.text()?);
        }
        for item in &mut items {
            for _ in 0..self.count()? {
                let name = names.get(self.small()? as usize);
                let name = name.ok_or(CompactError("a genre is unknown"))?;
                let copies = self.copies.checked_sub(name.len() as u64);
                self.copies =
                    copies.ok_or(CompactError("its genres are longer than it can hold"))?;
                item.genres.push(name.clone());
            }
        }
        Ok(items)
    }

    pub(super) fn attributes(&mut self, lines: usize) -> Result<Lists> {
        let mut names = Vec::new();
        for _ in 0..self.count()? {
            names.push(Attribute { kind: self.text()?, value: self.text()? });
        }
        if names.is_empty() {
            return Ok(Lists::default());
        }
        let (mut start, mut ids) = (vec![0], Vec::new());
        for _ in 0..lines {
            for _ in 0..self.count()? {
                ids.push(self.small()?);
            }
            start.push(u32::try_from(ids.len()).map_err(|_| OUT_OF_RANGE)?);
        }
        Lists::in_order(names, start, ids)
            .ok_or(CompactError("its attributes are unknown or not in order"))
    }

    pub(super) fn ratings(&mut self, users: Arc<Ids>, items: Arc<Ids>) -> Result<Ratings> {
        let mut lengths: Vec<u32> = Vec::with_capacity(users.len());
        let mut all = 0_u64;
        for _ in 0..users.len() {
            let length = self.small()?;
            lengths.push(length);
            all += u64::from(length);
        }
        if all > u64::from(u32::MAX) {
            return Err(OUT_OF_RANGE);
        }
        // An item and a rating take a byte each: so nothing grows, and no more is asked for than may come.
        if all * 2 > self.left {
            return Err(CUT_OFF);
        }
        let mut ids: Vec<u32> = room(all as usize)?;
        for &length in &lengths {
            let mut next = 0_u32;
            for _ in 0..length {
                let gap = self.small()?;
                let i = next.checked_add(gap).filter(|&i| (i as usize) < items.len());
                let i = i.ok_or(CompactError("a rating has an unknown item"))?;
                ids.push(i);
                next = i + 1;
            }
        }
        let mut values = Vec::new();
        for _ in 0..self.count()? {
            let bytes = [self.byte()?, self.byte()?, self.byte()?, self.byte()?];
            let value = f32::from_le_bytes(bytes);
            if !value.is_finite() {
                return Err(CompactError("a rating is not finite"));
            }
            values.push(value);
        }
        let mut ratings: Vec<f32> = room(ids.len())?;
        for _ in 0..ids.len() {
            let value = values.get(self.small()? as usize);
            ratings.push(*value.ok_or(CompactError("a rating has an unknown value"))?);
        }
        let times = match self.byte()? {
            0 => None,
            _ => Some(self.times(&lengths, ids.len())?),
        };
        Ok(Ratings::from_rows(users, items, lengths, ids, ratings, times))
    }

    fn times(&mut self, lengths: &[u32], count: usize) -> Result<Vec<u32>> {
        let mut firsts = Vec::with_capacity(lengths.len());
        for _ in lengths {
            firsts.push(self.small()?);
        }
        let mut times: Vec<u32> = room(count)?;
        times.resize(count, 0);
        // The planes, the upper first.
        for _ in 0..4 {
            let mut plane = times.iter_mut();
            self.take(count, |part| {
                // The part first: where it ends, no time has been taken that nothing is put into.
                for (&byte, time) in part.iter().zip(plane.by_ref()) {
                    *time = *time << 8 | u32::from(byte);
                }
            })?;
        }
        let first = lengths.iter().zip(firsts);
        let first = first.flat_map(|(&length, first)| std::iter::repeat_n(first, length as usize));
        for (time, first) in times.iter_mut().zip(first) {
            *time = first.checked_add(*time).ok_or(CompactError("a time is out of range"))?;
        }
        Ok(times)
    }
}

/// Room for so many elements, where there is memory for them.
fn room<T>(count: usize) -> Result<Vec<T>> {
    let mut all = Vec::new();
    let reserved = all.try_reserve_exact(count);
    reserved.map_err(|_| CompactError("it holds more ratings than fit into memory"))?;
    Ok(all)
}
