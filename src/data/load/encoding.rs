//! Text in UTF-8, whatever encoding the file has: transcoded as it is read.
//!
//! UTF-16 is recognized by its byte order mark, or by zeros in every other byte. Anything else is UTF-8;
//! a byte that is not part of a character there is one of Windows-1252, of which Latin-1 is the part
//! in use. So are read the older MovieLens files, and tables that spreadsheets save.

use std::io::{self, BufRead, Chain, Cursor, Read};

/// How many bytes are looked at to recognize the encoding.
pub(super) const LOOK: usize = 1 << 12;
/// How many bytes are transcoded at a time.
const PART: usize = 1 << 15;

/// The characters of Windows-1252 that differ from Latin-1, from 0x80 on.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// How the bytes of a file make characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// UTF-16, the lower byte first.
    Little,
    /// UTF-16, the upper byte first.
    Big,
}

impl Encoding {
    /// The encoding of text that begins so, and how many bytes its byte order mark has.
    fn of(head: &[u8]) -> (Self, usize) {
        if head.starts_with(b"\xFF\xFE") {
            return (Self::Little, 2);
        }
        if head.starts_with(b"\xFE\xFF") {
            return (Self::Big, 2);
        }
        if head.starts_with(b"\xEF\xBB\xBF") {
            return (Self::Utf8, 3);
        }
        // Separators, digits and line ends have a zero as their upper byte in every script.
        let pairs = head.chunks_exact(2);
        let many = pairs.len().div_ceil(5);
        let zeros = |at: usize| pairs.clone().filter(|pair| pair[at] == 0).count();
        let (first, second) = (zeros(0), zeros(1));
        if second > 0 && second >= many && first * 10 <= second {
            (Self::Little, 0)
        } else if first > 0 && first >= many && second * 10 <= first {
            (Self::Big, 0)
        } else {
            (Self::Utf8, 0)
        }
    }
}

/// Whether a file that begins so is no text in any of the encodings: it has a zero.
pub(super) fn is_binary(head: &[u8]) -> bool {
    Encoding::of(head).0 == Encoding::Utf8 && head.contains(&0)
}

/// Reads text in any of the encodings as UTF-8.
pub(super) struct Text<R> {
    inner: Chain<Cursor<Vec<u8>>, R>,
    encoding: Encoding,
    /// How many of the bytes that `inner` has next are known to be UTF-8.
    valid: usize,
    /// What has been transcoded, and how much of it has been read.
    made: String,
    read: usize,
    /// The first byte of a pair that was cut in two, and a unit whose second half is to come.
    half: Option<u8>,
    surrogate: Option<u16>,
}

impl<R: BufRead> Text<R> {
    /// Text that begins with `head` and goes on in `rest`.
    pub(super) fn new(mut head: Vec<u8>, rest: R) -> Self {
        let (encoding, mark) = Encoding::of(&head);
        head.drain(..mark);
        Self {
            inner: Cursor::new(head).chain(rest),
            encoding,
            valid: 0,
            made: String::new(),
            read: 0,
            half: None,
            surrogate: None,
        }
    }

    /// Finds out how much of what comes next is UTF-8, or transcodes a part of it.
    fn advance(&mut self) -> io::Result<()> {
        self.made.clear();
        self.read = 0;
        match self.encoding {
            Encoding::Utf8 => self.check(),
            Encoding::Little => self.decode(u16::from_le_bytes),
            Encoding::Big => self.decode(u16::from_be_bytes),
        }
    }

    fn check(&mut self) -> io::Result<()> {
        let input = self.inner.fill_buf()?;
        let input = &input[..input.len().min(PART)];
        let Err(end) = std::str::from_utf8(input) else {
            self.valid = input.len();
            return Ok(());
        };
        self.valid = end.valid_up_to();
        if self.valid > 0 {
            return Ok(());
        }
        if end.error_len().is_some() {
            self.made.push(windows(input[0]));
            self.inner.consume(1);
            return Ok(());
        }
        // At most three bytes, the beginning of a character whose end is still to be read.
        let mut held = input.to_vec();
        self.inner.consume(held.len());
        while std::str::from_utf8(&held).is_err_and(|err| err.error_len().is_none()) {
            let Some(&next) = self.inner.fill_buf()?.first() else {
                break;
            };
            held.push(next);
            if std::str::from_utf8(&held).is_err_and(|err| err.error_len().is_some()) {
                held.pop();
                break;
            }
            self.inner.consume(1);
        }
        match std::str::from_utf8(&held) {
            Ok(text) => self.made.push_str(text),
            Err(_) => self.made.extend(held.into_iter().map(windows)),
        }
        Ok(())
    }

    fn decode(&mut self, unit: fn([u8; 2]) -> u16) -> io::Result<()> {
        while self.made.is_empty() {
            let input = self.inner.fill_buf()?;
            let length = input.len().min(PART);
            let mut bytes = self.half.take().into_iter().chain(input[..length].iter().copied());
            let mut units = Vec::with_capacity(length / 2 + 2);
            units.extend(self.surrogate.take());
            while let Some(first) = bytes.next() {
                match bytes.next() {
                    Some(second) => units.push(unit([first, second])),
                    // At the end of the file a half is what it was cut off.
                    None if length == 0 => units.push(0xFFFD),
                    None => self.half = Some(first),
                }
            }
            self.inner.consume(length);
            if length > 0 && units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
                self.surrogate = units.pop();
            }
            let text = char::decode_utf16(units);
            self.made.extend(text.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
            if length == 0 {
                break;
            }
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for Text<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.valid == 0 && self.read == self.made.len() {
            self.advance()?;
        }
        if self.valid > 0 {
            return Ok(&self.inner.fill_buf()?[..self.valid]);
        }
        Ok(&self.made.as_bytes()[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        if self.valid > 0 {
            self.valid -= amount;
            self.inner.consume(amount);
        } else {
            self.read += amount;
        }
    }
}

impl<R: BufRead> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read through buffers of this size, as the parts of a stream come.
    fn read(bytes: &[u8], part: usize) -> String {
        let (head, rest) = bytes.split_at(bytes.len().min(LOOK));
        let rest = io::BufReader::with_capacity(part, rest);
        let mut text = String::new();
        Text::new(head.to_vec(), rest).read_to_string(&mut text).unwrap();
        text
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark_in_both_orders_and_cut_anywhere() {
        let text = format!("user;film;stars\r\nJosé;映画 𝄞;4\r\n{}", "1;2;3\n🎬".repeat(700));
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            for part in [1, 2, 3, 5, 4096] {
                assert_eq!(read(&utf16(&text, bytes), part), text);
                assert_eq!(read(&utf16(&format!("\u{feff}{text}"), bytes), part), text);
            }
        }
        assert_eq!(read(&utf16("1,2", u16::to_le_bytes)[..5], 9), "1,\u{fffd}");
        assert_eq!(read(b"\xFF\xFE1\0\x34\xD8", 9), "1\u{fffd}");
    }

    #[test]
    fn what_is_not_utf_8_is_windows_1252() {
        assert_eq!(read(b"Caf\xE9 \x80 \x93x\x94", 9), "Café € “x”");
        assert_eq!(read("\u{feff}Café 映画 𝄞".as_bytes(), 9), "Café 映画 𝄞");
        // The same where the parts of the stream cut the characters.
        let head = "x".repeat(LOOK - 1);
        for part in 1..6 {
            for tail in ["é映𝄞é", "𝄞𝄞", "é"] {
                let text = format!("{head}{tail}");
                assert_eq!(read(text.as_bytes(), part), text);
            }
            let mixed = [head.as_bytes(), b"\xE9\xE9\xE6\x98,\xF0\x9D\xE9\xF0\x9D\x84"].concat();
            assert_eq!(read(&mixed, part)[head.len()..], *"ééæ˜,ð\u{9d}éð\u{9d}„");
        }
    }
}
