//! The two sides of a rating set.

use super::Axis;
use crate::data::{Line, Ratings};

/// Users or items: whose vectors are solved for, which rows are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Items, each with those who rated it.
    Items,
    /// Users, each with what they rated.
    Users,
}

impl Side {
    /// How many of them there are.
    pub fn rows(self, train: &Ratings) -> usize {
        match self {
            Self::Items => train.items(),
            Self::Users => train.users(),
        }
    }

    /// The ratings of one: R(i) of an item, R(u) of a user.
    pub fn line(self, train: &Ratings, row: usize) -> Line<'_> {
        match self {
            Self::Items => train.column(row),
            Self::Users => train.row(row),
        }
    }

    /// What their parameters' rows go by.
    pub fn axis(self) -> Axis {
        match self {
            Self::Items => Axis::Item,
            Self::Users => Axis::User,
        }
    }

    /// The other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Items => Self::Users,
            Self::Users => Self::Items,
        }
    }

    /// User and item of a rating of `row` that stands in this row of the other side.
    pub fn pair(self, row: usize, other: usize) -> (usize, usize) {
        match self {
            Self::Items => (other, row),
            Self::Users => (row, other),
        }
    }
}
