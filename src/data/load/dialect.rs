//! How the lines of a file are cut, and where its table begins: comments, counts and prose may stand
//! before it.

use super::error::excerpt;
use super::files::File;
use super::records::{Records, Separator, Shape};
use super::words::{self, Role};
use super::{LoadError, values};

/// How many rows are looked at to recognize a table.
const SAMPLE: usize = 130;
/// With how many cells rows are enough.
const CELLS: usize = 1 << 15;
/// How many names are looked at to see whether a line names columns.
const LOOKED: usize = 64;
/// How many lines may stand before a table.
const PREAMBLE: usize = 30;

const SEPARATORS: [Separator; 7] = [
    Separator::TwoColons,
    // Before the comma, which may stand in every number between semicolons.
    Separator::One(b';'),
    Separator::One(b','),
    Separator::One(b'\t'),
    Separator::One(b'|'),
    Separator::Tabs,
    Separator::Blanks,
];

/// The cells of one row.
pub(super) type Row = Vec<Vec<u8>>;

/// The beginning of a table: what its columns are recognized from.
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    /// The names of the columns.
    pub(super) header: Option<Row>,
    /// The first rows.
    pub(super) rows: Vec<Row>,
}

/// A table in a file.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    pub(super) shape: Shape,
    pub(super) sample: Sample,
    /// Whether the header is a line of the table.
    pub(super) header_line: bool,
    /// How many lines before the table hold something, and what the first of them says.
    pub(super) skipped: Option<(usize, String)>,
    /// Whether the first column has no name because it holds the names of the rows.
    pub(super) row_names: bool,
}

/// Finds the table in the beginning of a file.
pub(super) fn dialect(file: &File<'_>, head: &[u8]) -> Result<Dialect, LoadError> {
    if let Some(found) = named_form(file, head)? {
        return Ok(found);
    }
    let (separators, begin) = match stated_separator(head) {
        Some(byte) => (vec![Separator::One(byte)], 2),
        None => (SEPARATORS.to_vec(), 0),
    };
    let colons = head.windows(2).take(1 << 12).any(|pair| pair == b"::");
    let mut best: Option<((usize, usize, usize), Dialect)> = None;
    let mut refused = None;
    let mut shapes: Vec<Shape> = Vec::new();
    for separator in separators {
        let shape = Shape { begin, ..Shape::of(separator) };
        match separator {
            Separator::TwoColons if !colons => {}
            // Between tabs quotes mean something only where more lines fit then.
            Separator::One(b'\t') => shapes.extend([shape, Shape { quoted: true, ..shape }]),
            _ => shapes.push(shape),
        }
    }
    for shape in shapes {
        match sample(file, head, shape) {
            Ok(rows) => {
                let (score, found) = table(shape, rows);
                if best.as_ref().is_none_or(|(most, _)| score > *most) {
                    best = Some((score, found));
                }
            }
            Err(err) => {
                refused.get_or_insert(err);
            }
        }
    }
    match (best, refused) {
        (Some(((0, ..), _)) | None, Some(refused)) => Err(refused),
        (Some((_, mut found)), _) if !found.sample.rows.is_empty() || found.header_line => {
            if found.shape.separator == Separator::One(b'\t')
                && is_quoted(&bare(file, head, found.shape)?)
            {
                let shape = Shape { quoted: true, columns: None, ..found.shape };
                found = table(shape, sample(file, head, shape)?).1;
            }
            Ok(found)
        }
        _ => Err(LoadError::Empty { file: file.name.clone() }),
    }
}

/// The same table with its quotes as they are written.
fn bare(file: &File<'_>, head: &[u8], shape: Shape) -> Result<Sample, LoadError> {
    let shape = Shape { separator: Separator::Unquoted(b'\t'), ..shape };
    Ok(table(shape, sample(file, head, shape)?).1.sample)
}

/// The first rows with the lines they stand on, cut as the shape says.
pub(super) fn sample(
    file: &File<'_>,
    head: &[u8],
    shape: Shape,
) -> Result<Vec<(u64, Row)>, LoadError> {
    let mut records = Records::new(file, head, shape);
    let (mut rows, mut cells) = (Vec::new(), 0);
    while rows.len() < SAMPLE && cells < CELLS && records.next()? {
        cells += records.columns();
        let row = (0..records.columns()).map(|n| records.column(n).to_vec());
        rows.push((records.line(), row.collect()));
    }
    Ok(rows)
}

/// The separator of a first line such as `sep=;`, as spreadsheets write it.
fn stated_separator(head: &[u8]) -> Option<u8> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let line = values::unquoted(line);
    match line.get(..4)?.eq_ignore_ascii_case(b"sep=").then(|| &line[4..])? {
        [byte] if !byte.is_ascii_alphanumeric() => Some(*byte),
        _ => None,
    }
}

/// The table among rows that are cut in one way, and how good a table it is: how many rows have its
/// number of columns, how many names of columns are known, how many columns there are if too few.
fn table(shape: Shape, rows: Vec<(u64, Row)>) -> ((usize, usize, usize), Dialect) {
    let is_comment = |row: &Row| {
        row.first().is_some_and(|cell| [&b"#"[..], b"%", b"//"].iter().any(|c| cell.starts_with(c)))
    };
    let known = |row: &Row| {
        let names: Vec<String> = row.iter().take(LOOKED).map(|cell| name(cell)).collect();
        let fits = |role| names.iter().any(|name| words::fit(name, role).is_some());
        [Role::User, Role::Item, Role::Rating].into_iter().filter(|&role| fits(role)).count()
    };
    let mut widths: Vec<usize> =
        rows.iter().filter(|(_, row)| !is_comment(row)).map(|(_, row)| row.len()).collect();
    widths.sort_unstable();
    let usual = widths
        .chunk_by(|a, b| a == b)
        .filter(|group| group[0] > 1)
        .max_by_key(|group| (group.len(), group[0]))
        .map_or(1, |group| group[0]);
    let is_named = |row: &Row| row.iter().all(|cell| values::decimal(cell).is_none());
    let fits = |row: &Row| row.len() == usual || row.len() + 1 == usual && is_named(row);

    // Where the table begins: at a line with names of columns, else at the first that fits.
    let searched = rows.iter().take(PREAMBLE);
    let named = searched
        .clone()
        .position(|(_, row)| row.len() > 1 && fits(row) && is_named(row) && known(row) > 1);
    let first = searched.clone().position(|(_, row)| fits(row) && !is_comment(row));
    let start = named.or(first).unwrap_or(0);
    let skipped = (start > 0).then(|| {
        let first = rows[0].1.first().map(|cell| excerpt(cell)).unwrap_or_default();
        (start, first)
    });
    let mut shape = shape;
    if let Some((line, _)) = rows.get(start).filter(|_| start > 0) {
        shape.begin = *line;
    }
    let mut rows = rows.into_iter().skip(start).map(|(_, row)| row).peekable();
    let header = rows.next_if(|row| named.is_some() || is_header(row));
    let known = header.as_ref().map_or(0, known);
    let rows: Vec<Row> = rows.collect();
    let fits = |row: &Row| row.len() == usual;
    // A line of prose may have as many words as the table has columns, and one that names a column.
    let known = if known > 1 { known } else { 0 };
    let is_sure = known > 1 || rows.is_empty();
    let fitting = rows.iter().filter(|row| fits(row)).count()
        + usize::from(
            is_sure && header.as_ref().is_some_and(|row| fits(row) || row.len() + 1 == usual),
        );
    finish(shape, header, rows, usual, fitting, known, skipped)
}

fn finish(
    mut shape: Shape,
    mut header: Option<Row>,
    rows: Vec<Row>,
    usual: usize,
    fitting: usize,
    known: usize,
    skipped: Option<(usize, String)>,
) -> ((usize, usize, usize), Dialect) {
    if let Some(name) = header.as_mut().and_then(|row| row.first_mut()) {
        let bare = name.iter().position(|byte| !matches!(byte, b'#' | b'%' | b' ')).unwrap_or(0);
        name.drain(..bare);
    }
    let last_is_empty = |row: &Row| {
        row.len() < usual || row.last().is_some_and(|cell| cell.trim_ascii().is_empty())
    };
    let short = header.as_ref().is_some_and(|header| header.len() + 1 == usual) && !rows.is_empty();
    let trailing = usual > 1
        && !rows.is_empty()
        && rows.iter().all(last_is_empty)
        && header.as_ref().is_none_or(last_is_empty);
    let columns = if trailing { usual - 1 } else { usual };
    let row_names = short && !trailing;
    if row_names && let Some(header) = &mut header {
        header.insert(0, Vec::new());
    }
    shape.columns =
        Some(if rows.is_empty() { header.as_ref().map_or(1, Vec::len) } else { columns });
    let score = if usual >= 3 { (fitting, known, 0) } else { (0, known, usual) };
    let sample = Sample { header, rows };
    let header_line = sample.header.is_some();
    (score, Dialect { shape, sample, header_line, skipped, row_names })
}

/// Whether a row could be names of columns: no number in it, or the names are whole numbers beside an
/// empty corner, as in a table with a column for each item.
fn is_header(row: &Row) -> bool {
    let number = |cell: &Vec<u8>| values::decimal(cell);
    let is_whole = |cell: &Vec<u8>| number(cell).is_some_and(|n| n.fract() == 0.0);
    let is_corner = |cell: &Vec<u8>| cell.trim_ascii().is_empty();
    row.len() > 1
        && (row.iter().all(|cell| number(cell).is_none())
            || is_corner(&row[0]) && row[1..].iter().all(is_whole))
}

/// Whether text is quoted: most of it, or all of a column's.
fn is_quoted(sample: &Sample) -> bool {
    let rows = if sample.rows.is_empty() { sample.header.as_slice() } else { &sample.rows };
    let is_whole = |cell: &[u8]| cell.len() > 1 && values::unquoted(cell) != cell;
    let columns = rows.first().map_or(0, Vec::len);
    let all = |column: usize| {
        let mut cells = rows.iter().filter_map(|row| row.get(column));
        rows.len() > 1 && cells.all(|cell| is_whole(cell.trim_ascii()))
    };
    let (mut quoted, mut bare) = (0, 0);
    for cell in rows.iter().flatten().map(|cell| cell.trim_ascii()) {
        quoted += usize::from(is_whole(cell));
        bare += usize::from(!is_whole(cell) && !cell.is_empty() && values::decimal(cell).is_none());
    }
    quoted > bare || (0..columns).any(all)
}

/// A cell as the name of a column.
pub(super) fn name(cell: &[u8]) -> String {
    values::latin1_or_utf8(values::unquoted(cell.trim_ascii())).trim().to_owned()
}

/// Tables that say what they are: ARFF and MatrixMarket.
fn named_form(file: &File<'_>, head: &[u8]) -> Result<Option<Dialect>, LoadError> {
    let start = head.trim_ascii_start();
    let is_arff = start.get(..9).is_some_and(|word| word.eq_ignore_ascii_case(b"@relation"))
        || start.starts_with(b"%") && contains(head, b"@relation") && contains(head, b"@data");
    if is_arff {
        return arff(file, head).map(Some);
    }
    let banner = b"%%MatrixMarket";
    if !start.get(..banner.len()).is_some_and(|word| word.eq_ignore_ascii_case(banner)) {
        return Ok(None);
    }
    let lines = sample(file, head, Shape::of(Separator::Whole))?;
    let banner = lines.first().map(|(_, row)| row[0].to_ascii_lowercase()).unwrap_or_default();
    let is_ratings = contains(&banner, b"coordinate")
        && contains(&banner, b"general")
        && !contains(&banner, b"pattern")
        && !contains(&banner, b"complex");
    if !is_ratings {
        return Err(LoadError::WrongKind {
            file: file.name.clone(),
            found: "a MatrixMarket file of another kind than real, coordinate, general",
            remedy: "write it in that form, one line an entry",
        });
    }
    let size = lines.iter().find(|(_, row)| !row[0].starts_with(b"%"));
    let begin = size.map_or(1, |(line, _)| line + 1);
    let shape = Shape { begin, columns: Some(3), ..Shape::of(Separator::Blanks) };
    let rows = sample(file, head, shape)?.into_iter().map(|(_, row)| row).collect();
    let header = Some(["user", "item", "rating"].map(|name| name.as_bytes().to_vec()).into());
    let sample = Sample { header, rows };
    Ok(Some(Dialect { shape, sample, header_line: false, skipped: None, row_names: false }))
}

fn arff(file: &File<'_>, head: &[u8]) -> Result<Dialect, LoadError> {
    let (mut names, mut begin) = (Vec::new(), 1);
    for (line, row) in sample(file, head, Shape::of(Separator::Whole))? {
        let text = values::latin1_or_utf8(&row[0]);
        let text = text.trim();
        let (keyword, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match keyword.to_ascii_lowercase().as_str() {
            "@attribute" => {
                let rest = rest.trim();
                let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
                let name = match quote {
                    Some(quote) => rest[1..].split(quote).next(),
                    None => rest.split_whitespace().next(),
                };
                names.push(name.unwrap_or_default().as_bytes().to_vec());
            }
            "@data" => {
                begin = line + 1;
                break;
            }
            _ => {}
        }
    }
    let columns = Some(names.len().max(1));
    let shape = Shape { begin, columns, ..Shape::of(Separator::One(b',')) };
    let rows = sample(file, head, shape)?.into_iter().map(|(_, row)| row).collect();
    let sample = Sample { header: Some(names), rows };
    Ok(Dialect { shape, sample, header_line: false, skipped: None, row_names: false })
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}
