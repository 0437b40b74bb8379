//! JSON lines and JSON arrays of flat objects, read as the table that they are.
//!
//! The keys of the first objects name the columns; each object becomes a line of quoted cells, so that
//! whatever knows tables knows these. What is nested is an empty cell. An object that is no JSON
//! becomes a line of one cell, which no table has. Bare keys and single quotes, as some published
//! files have them, are read too.

use std::cell::{Cell, OnceCell};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// How many objects are looked at for their keys.
const SAMPLE: usize = 100;
/// How many keys of an object count.
const KEYS: usize = 256;
/// How much text of an object is kept; a longer line is refused where lines are read.
const LONGEST: usize = (1 << 22) + 1;
/// How much of an object that is no JSON is shown.
const SHOWN: usize = 40;

/// Whether text begins like an object or like an array of them.
pub(super) fn is_json(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let inner = head.strip_prefix(b"[").map_or(head, <[u8]>::trim_ascii_start);
    let key = inner.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let starts = |key: &[u8]| {
        key.first().is_some_and(|&c| matches!(c, b'"' | b'\'' | b'}') || c.is_ascii_alphabetic())
    };
    key.is_some_and(starts)
}

/// The keys and values of one object.
type Object = Vec<(String, String)>;

/// The lists and objects in objects, which are left out.
#[derive(Debug, Default)]
pub(super) struct Nested {
    count: Cell<usize>,
    /// The number of the first object that has one, and its key.
    first: OnceCell<(u64, String)>,
}

impl Nested {
    fn add(&self, object: u64, key: &str) {
        self.count.set(self.count.get() + 1);
        self.first.get_or_init(|| (object, key.to_owned()));
    }

    /// How many there are, the number of the first object that has one, and its key.
    pub(super) fn found(&self) -> Option<(usize, u64, &str)> {
        self.first.get().map(|(object, key)| (self.count.get(), *object, key.as_str()))
    }
}

/// What is wrong with an object: the beginning of what stands there.
struct Malformed(String);

/// The lines of a table, made as they are read.
pub(super) struct Rows<R> {
    text: R,
    columns: Vec<String>,
    /// Objects that were read for their keys, the last first.
    looked: Vec<Result<Object, Malformed>>,
    line: Vec<u8>,
    read: usize,
    /// How much text of the current object has been kept.
    kept: usize,
    /// How many objects have begun.
    objects: u64,
    nested: Rc<Nested>,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(text: R) -> io::Result<Self> {
        let (columns, looked) = (Vec::new(), Vec::new());
        let (line, nested) = (Vec::new(), Rc::default());
        let mut rows = Self { text, columns, looked, line, read: 0, kept: 0, objects: 0, nested };
        let mut kept = 0;
        while rows.looked.len() < SAMPLE && kept < LONGEST {
            let Some(object) = rows.object()? else {
                break;
            };
            kept += rows.kept;
            for (key, _) in object.iter().flatten() {
                if rows.columns.len() < KEYS && !rows.columns.contains(key) {
                    rows.columns.push(key.clone());
                }
            }
            rows.looked.push(object);
        }
        rows.looked.reverse();
        let header = rows.columns.clone();
        rows.write(header.iter().map(String::as_str));
        Ok(rows)
    }

    /// What is left out while the lines are read.
    pub(super) fn nested(&self) -> Rc<Nested> {
        Rc::clone(&self.nested)
    }

    fn write<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        self.line.clear();
        self.read = 0;
        for cell in cells {
            if !self.line.is_empty() {
                self.line.push(b',');
            }
            self.line.push(b'"');
            for byte in cell.bytes() {
                match byte {
                    b'"' => self.line.extend(b"\"\""),
                    // A line of the table is an object, whatever its texts hold.
                    0..b' ' => self.line.push(b' '),
                    _ => self.line.push(byte),
                }
            }
            self.line.push(b'"');
        }
        self.line.push(b'\n');
    }

    fn next_line(&mut self) -> io::Result<()> {
        let object = match self.looked.pop() {
            Some(object) => Some(object),
            None => self.object()?,
        };
        match object {
            None => {
                self.line.clear();
                self.read = 0;
            }
            Some(Err(Malformed(shown))) => self.write([shown.as_str()].into_iter()),
            Some(Ok(object)) => {
                let columns = std::mem::take(&mut self.columns);
                let cell = |(n, column): (usize, &String)| {
                    let same = object.get(n).filter(|(key, _)| key == column);
                    let found = same.or_else(|| object.iter().find(|(key, _)| key == column));
                    found.map_or("", |(_, value)| value.as_str())
                };
                self.write(columns.iter().enumerate().map(cell));
                self.columns = columns;
            }
        }
        Ok(())
    }

    /// The next object; none at the end.
    fn object(&mut self) -> io::Result<Option<Result<Object, Malformed>>> {
        self.kept = 0;
        self.objects += 1;
        loop {
            match self.peek()? {
                None => return Ok(None),
                Some(b'{') => break,
                Some(b',' | b'[' | b']' | b';') => self.text.consume(1),
                Some(c) if c.is_ascii_whitespace() => self.text.consume(1),
                Some(_) => return self.skip_line(String::new()).map(Some),
            }
        }
        self.text.consume(1);
        let mut object = Vec::new();
        loop {
            match self.after_space()? {
                Some(b'}') => {
                    self.text.consume(1);
                    return Ok(Some(Ok(object)));
                }
                Some(b',') => self.text.consume(1),
                Some(c) if matches!(c, b'"' | b'\'') || !c.is_ascii_punctuation() || c == b'_' => {
                    let key = self.scalar()?;
                    if self.after_space()? != Some(b':') {
                        return self.skip_line(format!("{{{key}")).map(Some);
                    }
                    self.text.consume(1);
                    let value = match self.after_space()? {
                        Some(b'{' | b'[') => {
                            self.skip_nested()?;
                            self.nested.add(self.objects, &key);
                            String::new()
                        }
                        Some(_) => self.scalar()?,
                        None => return self.skip_line(format!("{{{key}:")).map(Some),
                    };
                    if object.len() < KEYS {
                        object.push((key, value));
                    }
                }
                _ => return self.skip_line("{".to_owned()).map(Some),
            }
        }
    }

    /// A text, a number or a word; empty for null.
    fn scalar(&mut self) -> io::Result<String> {
        if let Some(quote @ (b'"' | b'\'')) = self.peek()? {
            self.text.consume(1);
            return self.quoted(quote);
        }
        let ends = |c: u8| matches!(c, b',' | b':' | b'}' | b']' | b'\n' | b'\r' | b'{');
        let mut bytes = Vec::new();
        self.until(ends, &mut bytes)?;
        let text = String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
        let is_null = ["null", "None"].contains(&text.as_str());
        Ok(if is_null { String::new() } else { text })
    }

    /// The rest of a text whose quote has been read, and its end.
    fn quoted(&mut self, quote: u8) -> io::Result<String> {
        let mut bytes = Vec::new();
        let mut units = Vec::new();
        loop {
            let ends = |c: u8| c == quote || c == b'\\';
            self.until(ends, &mut bytes)?;
            let Some(end) = self.peek()? else {
                break;
            };
            self.text.consume(1);
            if end == quote {
                break;
            }
            let Some(escaped) = self.peek()? else {
                break;
            };
            self.text.consume(1);
            if escaped != b'u' && units.pop().is_some() {
                self.keep(&mut bytes, "\u{fffd}".as_bytes());
            }
            match escaped {
                b'u' => {
                    units.push(self.unit()?);
                    // The second half of a pair comes next.
                    let is_half = units.len() == 1 && (0xD800..0xDC00).contains(&units[0]);
                    if is_half && self.peek()? == Some(b'\\') {
                        continue;
                    }
                    let text = char::decode_utf16(units.drain(..));
                    let text: String =
                        text.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
                    self.keep(&mut bytes, text.as_bytes());
                }
                b'n' | b't' | b'r' | b'b' | b'f' => self.keep(&mut bytes, b" "),
                c => self.keep(&mut bytes, &[c]),
            }
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> io::Result<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek()?.and_then(|c| char::from(c).to_digit(16)) else {
                return Ok(0xFFFD);
            };
            unit = unit << 4 | digit as u16;
            self.text.consume(1);
        }
        Ok(unit)
    }

    /// Reads over an object or an array in an object.
    fn skip_nested(&mut self) -> io::Result<()> {
        let (mut depth, mut quote, mut escaped) = (0_u64, None, false);
        loop {
            let input = self.text.fill_buf()?;
            if input.is_empty() {
                return Ok(());
            }
            let mut read = input.len();
            for (n, &c) in input.iter().enumerate() {
                match (quote, c) {
                    _ if escaped => escaped = false,
                    (Some(_), b'\\') => escaped = true,
                    (Some(q), _) if c == q => quote = None,
                    (None, b'"' | b'\'') => quote = Some(c),
                    (None, b'{' | b'[') => depth += 1,
                    (None, b'}' | b']') => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    read = n + 1;
                    break;
                }
            }
            self.text.consume(read);
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Reads on to the end of the line, and says what was there.
    fn skip_line(&mut self, mut shown: String) -> io::Result<Result<Object, Malformed>> {
        let mut rest = Vec::new();
        self.until(|c| matches!(c, b'\n' | b'\r'), &mut rest)?;
        shown.push_str(&String::from_utf8_lossy(&rest[..rest.len().min(4 * SHOWN)]));
        Ok(Err(Malformed(shown.chars().take(SHOWN).collect())))
    }

    /// Reads up to the first byte that ends it, and keeps what fits.
    fn until(&mut self, ends: impl Fn(u8) -> bool, kept: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let input = self.text.fill_buf()?;
            let length = input.iter().position(|&c| ends(c)).unwrap_or(input.len());
            let is_end = length < input.len() || input.is_empty();
            let fits = length.min(LONGEST.saturating_sub(self.kept));
            kept.extend_from_slice(&input[..fits]);
            self.kept += fits;
            self.text.consume(length);
            if is_end {
                return Ok(());
            }
        }
    }

    fn keep(&mut self, kept: &mut Vec<u8>, bytes: &[u8]) {
        if self.kept < LONGEST {
            kept.extend_from_slice(bytes);
            self.kept += bytes.len();
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.text.fill_buf()?.first().copied())
    }

    fn after_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(c) if c.is_ascii_whitespace() => self.text.consume(1),
                next => return Ok(next),
            }
        }
    }
}

impl<R: BufRead> BufRead for Rows<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.line.len() {
            self.next_line()?;
        }
        Ok(&self.line[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount;
    }
}

impl<R: BufRead> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> String {
        assert!(is_json(text.as_bytes()), "{text}");
        // Read through a buffer that cuts everywhere.
        let rows = Rows::new(io::BufReader::with_capacity(3, text.as_bytes())).unwrap();
        rows.lines().map(|line| line.unwrap() + "\n").collect()
    }

    #[test]
    fn lines_and_arrays_of_objects_are_the_same_table() {
        let expected = "\"user\",\"item\",\"rating\"\n\"a\",\"x\",\"4\"\n\"b\",\"y\",\"2.5\"\n";
        for text in [
            "{\"user\":\"a\",\"item\":\"x\",\"rating\":4}\n{\"user\":\"b\",\"item\":\"y\",\"rating\":2.5}",
            "[{\"user\": \"a\", \"item\": \"x\", \"rating\": 4},\r\n {\"rating\": 2.5, \"item\": \"y\", \"user\": \"b\"}]",
            "{'user': 'a', 'item': 'x', 'rating': 4}\n{'user': 'b', 'item': 'y', 'rating': 2.5}\n",
            "[ {user: \"a\", item:\"x\", rating:4 } , {\"user\":\"b\", item:\"y\", rating : 2.5}]\n",
        ] {
            assert_eq!(table(text), expected);
        }
    }

    #[test]
    fn texts_are_unescaped_and_stay_on_their_line() {
        assert_eq!(
            table(r#"{"a":"1\n2 \"x\", \u00e9\ud83c\udfac\/ \\","b":null,"c":true}"#),
            "\"a\",\"b\",\"c\"\n\"1 2 \"\"x\"\", é🎬/ \\\",\"\",\"true\"\n"
        );
        assert_eq!(table("{\"a\":\"\\ud83c!\"}"), "\"a\"\n\"\u{fffd}!\"\n");
        assert_eq!(table("{\"a\":\"\\ud83c\\n\\udfac\"}"), "\"a\"\n\"\u{fffd} \u{fffd}\"\n");
    }

    #[test]
    fn what_is_nested_or_missing_is_an_empty_cell() {
        let text = "{\"a\":[1,{\"x\":\"}]\\\"\"}],\"b\":1}\n{\"b\":{\"c\":2}}\n{\"c\":3,\"b\":4}\n";
        let expected = "\"a\",\"b\",\"c\"\n\"\",\"1\",\"\"\n\"\",\"\",\"\"\n\"\",\"4\",\"3\"\n";
        assert_eq!(table(text), expected);
    }

    #[test]
    fn what_is_nested_is_counted_with_its_first_object_and_key() {
        let text = "[{\"a\":1},\n{\"b\":[1,[2]],\"c\":{}},{\"b\":[]}]";
        let rows = Rows::new(text.as_bytes()).unwrap();
        let nested = rows.nested();
        assert_eq!(rows.lines().count(), 4);
        assert_eq!(nested.found(), Some((3, 2, "b")));
    }

    #[test]
    fn what_is_no_json_becomes_a_line_of_one_cell() {
        let text = "{\"a\":1,\"b\":2}\n{\"a\" 1}\nnonsense\n{\"a\":3,\"b\":4}\n{\"a\":5";
        let expected = "\"a\",\"b\"\n\"1\",\"2\"\n\"{a1}\"\n\"nonsense\"\n\"3\",\"4\"\n\"{\"\n";
        assert_eq!(table(text), expected);
    }

    #[test]
    fn tables_are_not_taken_for_json() {
        for text in ["user,item,rating\n", "", "[1,2]\n", "{1,2,3}\n", "[a]\n", "{"] {
            assert!(!is_json(text.as_bytes()), "{text}");
        }
    }
}
