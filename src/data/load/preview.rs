//! The first rows of an input, for somebody who is to say which column is which.

use serde::Serialize;

use super::dialect::{Row, dialect, name};
use super::files::File;
use super::layout::{Form, layout};
use super::{LoadError, Options, choose};

/// The first rows of a table, and what its columns were taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Preview {
    /// The file, or its path in the archive.
    pub file: String,
    /// The names of the columns, where the table has them.
    pub header: Option<Vec<String>>,
    /// The first rows of cells, as many columns in each.
    pub rows: Vec<Vec<String>>,
    /// Which columns were taken for what, counted from 0.
    pub roles: Roles,
    /// Whether the table has a column for each item.
    pub wide: bool,
    /// Why it cannot be read as it is.
    pub refusal: Option<String>,
}

/// Columns counted from 0; none where the table tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Roles {
    /// The users' ids.
    pub user: Option<usize>,
    /// The items' ids.
    pub item: Option<usize>,
    /// The ratings.
    pub rating: Option<usize>,
    /// The times.
    pub time: Option<usize>,
}

/// How many rows are shown.
const ROWS: usize = 8;

/// Looks at the file that would be read; where none can be, at the first that is a table.
pub(super) fn preview(files: &[File<'_>], options: &Options) -> Result<Preview, LoadError> {
    let chosen = choose::choose(files, "the selection", options);
    let (file, refusal) = match &chosen {
        Ok(choice) => (choice.main(), None),
        Err(refusal) => {
            let is_table = |file: &&File<'_>| {
                let found = file.head().and_then(|head| dialect(file, &head));
                found.is_ok_and(|found| found.shape.columns > Some(1))
            };
            (files.iter().find(is_table).ok_or_else(|| refusal.clone())?, Some(refusal.to_string()))
        }
    };
    let head = file.head()?;
    let found = dialect(file, &head)?;
    let layout = layout(file, &head, options).ok();
    let text = |row: &Row| row.iter().map(|cell| name(cell)).collect::<Vec<String>>();
    Ok(Preview {
        file: file.name.clone(),
        header: found.sample.header.as_ref().map(text),
        rows: found.sample.rows.iter().take(ROWS).map(text).collect(),
        wide: layout.as_ref().is_some_and(|layout| matches!(layout.form, Form::Wide(_))),
        roles: layout.map_or_else(Roles::default, |layout| layout.roles()),
        refusal,
    })
}
