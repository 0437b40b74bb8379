//! Writes a table in a dialect, independently of what the loaders know.

use crate::dialects::{Dialect, Encoding, Form, Row};

const MARK: &str = "\u{feff}";

/// The bytes of a file.
pub fn write(table: &[Row], dialect: &Dialect) -> Vec<u8> {
    let text = match dialect.form {
        Form::Lines => lines(table, dialect),
        Form::JsonLines => objects(table, dialect).join(dialect.end),
        Form::JsonArray => {
            let between = format!(",{}", dialect.end);
            format!("[{}]", objects(table, dialect).join(&between))
        }
    };
    encode(&text, dialect.encoding)
}

fn lines(table: &[Row], dialect: &Dialect) -> String {
    let mut lines = Vec::new();
    if let Some(names) = dialect.header {
        let names = dialect.order.iter().map(|&column| names[column].to_owned());
        lines.push(names.collect::<Vec<_>>().join(dialect.separator));
    }
    for row in table {
        let cells = dialect.order.iter().map(|&column| cell(row, column, dialect));
        lines.push(cells.collect::<Vec<_>>().join(dialect.separator));
    }
    let mut text = lines.join(dialect.end);
    if dialect.ends_with_end {
        text.push_str(dialect.end);
    }
    text
}

fn cell((user, item, r, time): &Row, column: usize, dialect: &Dialect) -> String {
    let quote = |text: &str| {
        if dialect.quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    };
    match column {
        0 => quote(user),
        1 => quote(item),
        2 => r.to_string(),
        _ => time.unwrap_or_default().to_string(),
    }
}

fn objects(table: &[Row], dialect: &Dialect) -> Vec<String> {
    let names = dialect.header.unwrap_or(["user", "item", "rating", "timestamp"]);
    let object = |(user, item, r, time): &Row| {
        let member = |&column: &usize| {
            let value = match column {
                0 => serde_json::json!(user),
                1 => serde_json::json!(item),
                2 => serde_json::json!(r),
                _ => serde_json::json!(time),
            };
            format!("{}: {value}", serde_json::json!(names[column]))
        };
        format!("{{{}}}", dialect.order.iter().map(member).collect::<Vec<_>>().join(", "))
    };
    table.iter().map(object).collect()
}

fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
    };
    match encoding {
        Encoding::Utf8 => text.into(),
        Encoding::Utf8Mark => format!("{MARK}{text}").into(),
        Encoding::Utf16Little => utf16("", u16::to_le_bytes),
        Encoding::Utf16LittleMark => utf16(MARK, u16::to_le_bytes),
        Encoding::Utf16Big => utf16("", u16::to_be_bytes),
        Encoding::Utf16BigMark => utf16(MARK, u16::to_be_bytes),
        // What it has in common with Latin-1.
        Encoding::Windows => {
            text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
        }
    }
}
