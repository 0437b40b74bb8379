//! What whoever hands over a file may say about how it is meant.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How an input is to be read, where its content does not decide.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(default, rename_all = "camelCase")]
pub struct Options {
    /// Which column is which; those that are not said are recognized.
    pub columns: Columns,
    /// What becomes of several ratings of one item by one user.
    pub duplicates: Duplicates,
    /// Ratings of this value are none, as the -1 or 0 of some files.
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub without_rating: Option<f32>,
}

/// Columns by name, or by number counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(default)]
pub struct Columns {
    /// The users' ids.
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub user: Option<String>,
    /// The items' ids.
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub item: Option<String>,
    /// The ratings.
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub rating: Option<String>,
    /// The times; `none` where a column that looks like one is not.
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub time: Option<String>,
}

/// Why a choice of columns is no choice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "expected user=COLUMN,item=COLUMN,rating=COLUMN,time=COLUMN with names or numbers, found \
     `{found}`"
)]
pub struct ColumnsError {
    found: String,
}

impl Columns {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl std::str::FromStr for Columns {
    type Err = ColumnsError;

    /// From `user=critic,item=3`; a part without `=` belongs to the name before it.
    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let wrong = |found: &str| ColumnsError { found: found.to_owned() };
        let mut columns = Self::default();
        let mut last: Option<&mut Option<String>> = None;
        for part in text.split(',') {
            let Some((role, name)) = part.split_once('=') else {
                let name = last.as_deref_mut().and_then(Option::as_mut);
                let name = name.ok_or_else(|| wrong(part))?;
                name.push(',');
                name.push_str(part);
                continue;
            };
            let place = match role.trim() {
                "user" => &mut columns.user,
                "item" => &mut columns.item,
                "rating" => &mut columns.rating,
                "time" => &mut columns.time,
                _ => return Err(wrong(part)),
            };
            if name.trim().is_empty() || place.is_some() {
                return Err(wrong(part));
            }
            *place = Some(name.trim().to_owned());
            last = Some(place);
        }
        Ok(columns)
    }
}

/// What becomes of several ratings of one item by one user; rows that are the same count once anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Duplicates {
    /// The latest counts: by time where both have one, else by line.
    #[default]
    Last,
    /// The earliest counts.
    First,
    /// Their mean counts, at the time of the latest.
    Mean,
    /// The input is refused.
    Refuse,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_said_by_name_or_number() {
        let columns: Columns = "user=Your name,item=2, rating = Rating (1, 5)".parse().unwrap();
        assert_eq!(columns.user.as_deref(), Some("Your name"));
        assert_eq!(columns.item.as_deref(), Some("2"));
        assert_eq!(columns.rating.as_deref(), Some("Rating (1, 5)"));
        assert_eq!(columns.time, None);
        for wrong in ["", "user", "user=", "who=1", "user=1,user=2", "1,user=2"] {
            assert!(wrong.parse::<Columns>().is_err(), "{wrong}");
        }
    }
}
