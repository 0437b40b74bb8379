//! Ratings as a table: MovieLens' ratings.csv, u.data and ratings.dat, and any CSV or TSV.
//!
//! With a header, its names say which column is which, in any order. Without one, the columns are
//! taken as user, item, rating and, where the fourth column holds nothing but times, timestamp;
//! unless the third column cannot be the rating and exactly one other can.

use super::error::{excerpt, listing};
use super::files::File;
use super::records::{Records, Separator};
use super::table::{Entry, Names, Table};
use super::values;
use super::{Columns, LoadError, Options, Roles, movielens};

/// How many lines are looked at to recognize the columns.
const SAMPLE: usize = 100;

const SEPARATORS: [Separator; 6] = [
    Separator::TwoColons,
    Separator::One(b','),
    Separator::One(b'\t'),
    Separator::One(b';'),
    Separator::One(b'|'),
    Separator::One(b' '),
];

// Names of columns in lower case without punctuation, the likeliest first.
const USER: &[&str] = &[
    "userid",
    "user",
    "uid",
    "custid",
    "customerid",
    "reviewerid",
    "memberid",
    "readerid",
    "profileid",
    "customer",
    "reviewer",
    "member",
    "reader",
    "username",
    "users",
    "u",
];
pub(super) const ITEM: &[&str] = &[
    "itemid",
    "movieid",
    "item",
    "movie",
    "iid",
    "mid",
    "filmid",
    "film",
    "productid",
    "product",
    "bookid",
    "book",
    "isbn",
    "asin",
    "parentasin",
    "songid",
    "song",
    "trackid",
    "track",
    "artistid",
    "artist",
    "animeid",
    "anime",
    "gameid",
    "game",
    "jokeid",
    "joke",
    "businessid",
    "items",
    "movies",
    "i",
];
const RATING: &[&str] = &[
    "rating",
    "ratings",
    "score",
    "stars",
    "star",
    "overall",
    "bookrating",
    "movierating",
    "userrating",
    "ratingvalue",
    "rate",
    "grade",
    "value",
    "feedback",
    "r",
];
const TIME: &[&str] = &[
    "timestamp",
    "time",
    "date",
    "unixtime",
    "unixreviewtime",
    "datetime",
    "ratingtimestamp",
    "ratedat",
    "createdat",
    "reviewtime",
    "ts",
    "t",
];

/// Which column is which.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    separator: Separator,
    /// Whether the first line names the columns.
    pub(super) header: bool,
    columns: usize,
    user: usize,
    item: usize,
    rating: usize,
    time: Option<usize>,
    /// Whether the table has the form of one of GroupLens' files.
    pub(super) movielens: bool,
}

type Row = Vec<Vec<u8>>;

/// Recognizes the columns from the beginning of a file, or says why they are not ratings.
pub(super) fn layout(file: &File<'_>, head: &[u8], options: &Options) -> Result<Layout, LoadError> {
    let (separator, rows) = rows(file, head)?;
    let Some(first) = rows.first() else {
        let file = file.name.clone();
        return Err(LoadError::Empty { file });
    };
    let base = Layout {
        separator,
        header: false,
        columns: first.len(),
        user: 0,
        item: 1,
        rating: 2,
        time: None,
        movielens: false,
    };
    let looks_like_header =
        first.len() > 1 && first.iter().all(|cell| values::number(cell).is_none());
    let choice = chosen(file, first, looks_like_header, &options.columns)?;
    let mut found = if looks_like_header {
        from_header(file, &rows, &base, choice)?
    } else {
        let found = by_content(&rows, &base);
        Layout {
            user: choice.user.unwrap_or(found.user),
            item: choice.item.unwrap_or(found.item),
            rating: choice.rating.unwrap_or(found.rating),
            time: choice.time.or(found.time),
            ..found
        }
    };
    if !found.header {
        found.movielens = found.time.is_some()
            && found.columns == 4
            && match separator {
                Separator::TwoColons => true,
                Separator::One(b'\t') => movielens::is_100k(&file.base()),
                _ => false,
            };
    }
    Ok(found)
}

impl Layout {
    /// Which columns are which.
    pub(super) fn roles(&self) -> Roles {
        Roles {
            user: Some(self.user),
            item: Some(self.item),
            rating: Some(self.rating),
            time: self.time,
        }
    }
}

/// The columns that the options name, counted from 0.
fn chosen(
    file: &File<'_>,
    first: &Row,
    header: bool,
    columns: &Columns,
) -> Result<Roles, LoadError> {
    let find = |name: &Option<String>| -> Result<Option<usize>, LoadError> {
        let Some(name) = name else {
            return Ok(None);
        };
        let by_name = || {
            let same = |cell: &Vec<u8>| values::text(cell) == Some(name.trim());
            let alike = |cell: &Vec<u8>| plain(cell) == plain(name.as_bytes());
            first.iter().position(same).or_else(|| first.iter().position(alike))
        };
        let by_number =
            || name.trim().parse::<usize>().ok()?.checked_sub(1).filter(|&n| n < first.len());
        let named = if header { by_name() } else { None };
        named.or_else(by_number).map(Some).ok_or_else(|| LoadError::NoSuchColumn {
            file: file.name.clone(),
            name: excerpt(name.as_bytes()),
            found: if header {
                let cells: Vec<String> = first.iter().map(|cell| excerpt(cell)).collect();
                listing(cells.iter().map(String::as_str))
            } else {
                format!("{} columns without names", first.len())
            },
        })
    };
    Ok(Roles {
        user: find(&columns.user)?,
        item: find(&columns.item)?,
        rating: find(&columns.rating)?,
        time: find(&columns.time)?,
    })
}

/// Whether the sampled lines all have a number where the layout has its rating.
pub(super) fn is_plausible(file: &File<'_>, head: &[u8], layout: &Layout) -> bool {
    let rows = sample(file, head, layout.separator).unwrap_or_default();
    let mut rows = rows.iter().skip(usize::from(layout.header));
    layout.columns >= 3
        && rows
            .all(|row| row.len() == layout.columns && values::number(&row[layout.rating]).is_some())
}

/// Reads all ratings of a file.
pub(super) fn read(
    file: &File<'_>,
    layout: &Layout,
    names: &mut Names,
    table: &mut Table,
) -> Result<(), LoadError> {
    let mut records = file.records(layout.separator)?;
    table.begin(&file.name);
    if layout.header {
        records.next()?;
    }
    let before = table.len();
    let columns = layout.columns.max(3);
    while records.next()? {
        let line = records.line();
        if records.columns() != columns {
            return Err(LoadError::Columns {
                file: file.name.clone(),
                line,
                expected: columns,
                found: records.columns(),
                separator: layout.separator.words(),
            });
        }
        let cell = Cell { file, line, records: &records };
        let entry = Entry {
            user: cell.id(layout.user, "a user's id")?,
            item: cell.id(layout.item, "an item's id")?,
            r: cell.rating(layout.rating)?,
            time: layout.time.map(|column| cell.time(column)).transpose()?,
            line,
        };
        table.push(names, &entry)?;
    }
    if table.len() == before {
        let file = file.name.clone();
        return Err(LoadError::HeaderOnly { file });
    }
    Ok(())
}

/// The cells of one line, with what an error needs to name its place.
pub(super) struct Cell<'a, R> {
    pub(super) file: &'a File<'a>,
    pub(super) line: u64,
    pub(super) records: &'a Records<'a, R>,
}

impl<'a, R: std::io::BufRead> Cell<'a, R> {
    /// An id without the spaces around it.
    pub(super) fn id(&self, column: usize, expected: &'static str) -> Result<&'a str, LoadError> {
        match self.text(column)? {
            "" => Err(self.wrong(column, expected)),
            id => Ok(id),
        }
    }

    /// Text in UTF-8 without the spaces around it.
    pub(super) fn text(&self, column: usize) -> Result<&'a str, LoadError> {
        values::text(self.records.column(column)).ok_or_else(|| LoadError::NotUtf8 {
            file: self.file.name.clone(),
            line: self.line,
            column: column + 1,
        })
    }

    /// A rating.
    pub(super) fn rating(&self, column: usize) -> Result<f32, LoadError> {
        match values::number(self.records.column(column)) {
            Some(r) if r.is_finite() => Ok(r),
            Some(_) => Err(self.wrong(column, "a finite number")),
            None => Err(self.wrong(column, "a number")),
        }
    }

    /// A time.
    pub(super) fn time(&self, column: usize) -> Result<u32, LoadError> {
        values::time(self.records.column(column))
            .ok_or_else(|| self.wrong(column, "seconds since 1970 or a date such as 2005-09-06"))
    }

    /// The error of a cell that is not what its column holds.
    pub(super) fn wrong(&self, column: usize, expected: &'static str) -> LoadError {
        LoadError::Value {
            file: self.file.name.clone(),
            line: self.line,
            column: column + 1,
            expected,
            found: excerpt(self.records.column(column)),
        }
    }
}

/// The column whose name is earliest in a list of likely names.
pub(super) fn named(header: &[Vec<u8>], names: &[&str]) -> Option<usize> {
    let header: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
    let position = |name: &&str| header.iter().position(|cell| cell == name);
    names.iter().find_map(position)
}

/// The first lines, cut at the separator.
pub(super) fn sample(
    file: &File<'_>,
    head: &[u8],
    separator: Separator,
) -> Result<Vec<Row>, LoadError> {
    let mut records = Records::new(file, head, separator);
    let mut rows = Vec::new();
    while rows.len() < SAMPLE && records.next()? {
        let row = (0..records.columns()).map(|n| records.column(n).to_vec());
        rows.push(row.collect());
    }
    Ok(rows)
}

/// A name in lower case, letters and digits only.
fn plain(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell).to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The separator that cuts the most lines into three columns or more.
pub(super) fn rows(file: &File<'_>, head: &[u8]) -> Result<(Separator, Vec<Row>), LoadError> {
    let first_line = head.trim_ascii_start().split(|&byte| byte == b'\n').next();
    let colons = first_line.map_or(0, |line| line.windows(2).filter(|w| w == b"::").count());
    let mut best: Option<((usize, usize), Separator, Vec<Row>)> = None;
    let mut refused = None;
    for separator in SEPARATORS {
        if separator == Separator::TwoColons && colons < 2 {
            continue;
        }
        let rows = match sample(file, head, separator) {
            Ok(rows) => rows,
            Err(err) => {
                refused.get_or_insert(err);
                continue;
            }
        };
        let wide = rows.iter().filter(|row| row.len() >= 3).count();
        let columns = rows.first().map_or(0, Vec::len);
        let score = (wide, if wide == 0 { columns } else { 0 });
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, separator, rows));
        }
    }
    match (best, refused) {
        (Some(((0, 0 | 1), ..)) | None, Some(refused)) => Err(refused),
        (Some((_, separator, rows)), _) => Ok((separator, rows)),
        (None, None) => Ok((Separator::One(b','), Vec::new())),
    }
}

fn from_header(
    file: &File<'_>,
    rows: &[Row],
    base: &Layout,
    choice: Roles,
) -> Result<Layout, LoadError> {
    let header = &rows[0];
    let mut roles = [
        choice.user.or_else(|| named(header, USER)),
        choice.item.or_else(|| named(header, ITEM)),
        choice.rating.or_else(|| named(header, RATING)),
    ];
    let time = choice.time.or_else(|| named(header, TIME));
    let free: Vec<usize> = (0..header.len())
        .filter(|&column| Some(column) != time && !roles.contains(&Some(column)))
        .collect();
    // One role and one column are left over: they belong together.
    if let ([column], 1) = (free.as_slice(), roles.iter().filter(|r| r.is_none()).count()) {
        let is_number = |row: &Row| row.get(*column).is_some_and(|c| values::number(c).is_some());
        if roles[2].is_some() || rows.len() > 1 && rows[1..].iter().all(is_number) {
            for role in &mut roles {
                role.get_or_insert(*column);
            }
        }
    }
    let [Some(user), Some(item), Some(rating)] = roles else {
        let all = ["user", "item", "rating"].iter().zip(roles);
        let missing: Vec<&str> = all.filter(|(_, at)| at.is_none()).map(|(n, _)| *n).collect();
        let cells: Vec<String> = header.iter().map(|cell| excerpt(cell)).collect();
        let cells = cells.iter().map(String::as_str);
        return Err(LoadError::MissingColumns {
            file: file.name.clone(),
            missing: missing.join(" and "),
            found: listing(cells),
        });
    };
    let of_movielens: [&[u8]; 4] = [b"userId", b"movieId", b"rating", b"timestamp"];
    Ok(Layout {
        header: true,
        user,
        item,
        rating,
        time,
        movielens: base.separator == Separator::One(b',') && header.iter().eq(of_movielens.iter()),
        ..base.clone()
    })
}

fn by_content(rows: &[Row], base: &Layout) -> Layout {
    let every = |column: usize, is: &dyn Fn(&[u8]) -> bool| {
        rows.iter().all(|row| row.get(column).is_some_and(|cell| is(cell)))
    };
    let is_number = |cell: &[u8]| values::number(cell).is_some();
    // A rating is no number of nine digits, but a time is.
    let is_late = |cell: &[u8]| values::number(cell).is_none_or(|n| n >= 1e8);
    let is_time = |cell: &[u8]| values::time(cell).is_some();
    let may_rate = |column| every(column, &is_number) && !every(column, &is_late);
    let candidates: Vec<usize> = (0..base.columns).filter(|&column| may_rate(column)).collect();
    let rating = match candidates.as_slice() {
        [only] if !candidates.contains(&2) => *only,
        _ if !candidates.contains(&2) && base.columns == 4 && may_rate(3) && every(2, &is_time) => {
            3
        }
        _ => 2,
    };
    let time = if rating == 2 {
        (base.columns > 3 && every(3, &is_time)).then_some(3)
    } else {
        let is_late_time = |cell: &[u8]| is_time(cell) && is_late(cell);
        (0..base.columns).find(|&column| column != rating && every(column, &is_late_time))
    };
    let mut rest = (0..base.columns).filter(|&column| column != rating && Some(column) != time);
    Layout {
        user: rest.next().unwrap_or(0),
        item: rest.next().unwrap_or(1),
        rating,
        time,
        ..base.clone()
    }
}
