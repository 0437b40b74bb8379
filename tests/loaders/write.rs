//! Writes a table in a dialect, independently of what the loaders know.

use crate::dialects::{Beside, Dialect, Encoding, Form, Row, Trailing};

const MARK: &str = "\u{feff}";

/// The bytes of a file.
pub fn write(table: &[Row], dialect: &Dialect) -> Vec<u8> {
    let text = match dialect.form {
        Form::Lines => lines(long(table, dialect), dialect),
        Form::Wide => lines(wide(table, dialect), dialect),
        Form::JsonLines => objects(table, dialect).join(dialect.end),
        Form::JsonArray => {
            let between = format!(",{}", dialect.end);
            format!("[{}]", objects(table, dialect).join(&between))
        }
    };
    encode(&text, dialect.encoding)
}

/// The names of the columns, where there are any, and the cells of each line.
type Cells = (Option<Vec<String>>, Vec<Vec<String>>);

fn lines((mut names, mut rows): Cells, dialect: &Dialect) -> String {
    if let (Beside::Numbers(name), Some(names)) = (dialect.beside, &mut names) {
        names.insert(0, name.to_owned());
    }
    for (n, row) in rows.iter_mut().enumerate() {
        match dialect.beside {
            Beside::Nothing => {}
            Beside::Numbers(_) => row.insert(0, n.to_string()),
            Beside::Names => row.insert(0, quote(&(n + 1).to_string(), dialect)),
        }
    }
    if let Some(names) = &mut names
        && dialect.trailing == Trailing::Everywhere
    {
        names.push(String::new());
    }
    if dialect.trailing != Trailing::Nowhere {
        for row in &mut rows {
            row.push(String::new());
        }
    }
    let before = dialect.preamble.iter().map(|&line| line.to_owned());
    let table = names.into_iter().chain(rows).map(|cells| cells.join(dialect.separator));
    let mut text = before.chain(table).collect::<Vec<_>>().join(dialect.end);
    if dialect.ends_with_end {
        text.push_str(dialect.end);
    }
    text
}

fn long(table: &[Row], dialect: &Dialect) -> Cells {
    let name = |names: [&str; 4], column: usize| match dialect.beside {
        Beside::Names => quote(names[column], dialect),
        _ => names[column].to_owned(),
    };
    let names = dialect.header.map(|names| {
        let columns = dialect.order.iter();
        columns.map(|&column| name(names, column)).collect()
    });
    let cells = |row| dialect.order.iter().map(|&column| cell(row, column, dialect)).collect();
    (names, table.iter().map(cells).collect())
}

/// Users and items come in the order in which the table has them first.
fn wide(table: &[Row], dialect: &Dialect) -> Cells {
    let mut users: Vec<&String> = Vec::new();
    let mut items: Vec<&String> = Vec::new();
    for (user, item, ..) in table {
        if !users.contains(&user) {
            users.push(user);
        }
        if !items.contains(&item) {
            items.push(item);
        }
    }
    if dialect.header.is_none() {
        items.sort();
    }
    let names = dialect.header.map(|names| {
        let items = items.iter().map(|item| quote(item, dialect));
        [names[0].to_owned()].into_iter().chain(items).collect()
    });
    let rated = |user: &String, item: &String| {
        let row = table.iter().find(|row| row.0 == *user && row.1 == *item);
        row.map_or_else(|| dialect.missing.to_owned(), |row| cell(row, 2, dialect))
    };
    let row = |user: &&String| {
        let cells = items.iter().map(|item| rated(user, item));
        let id = names.as_ref().map(|_| quote(user, dialect));
        id.into_iter().chain(cells).collect()
    };
    let rows = users.iter().map(row).collect();
    (names, rows)
}

fn quote(text: &str, dialect: &Dialect) -> String {
    if dialect.quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn cell((user, item, r, time): &Row, column: usize, dialect: &Dialect) -> String {
    match column {
        0 => quote(user, dialect),
        1 => quote(item, dialect),
        2 => r.to_string().replace('.', &dialect.point.to_string()),
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
