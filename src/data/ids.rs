//! Names users and items came with, and the dense numbers the models use instead.

use crate::sort;
use std::cmp::Ordering;

/// The original ids of users (or of items), in ascending order: numbers by value, then text.
///
/// A position in this list is the dense index that every model works with. Because the order
/// depends on the ids alone, two files with the same ratings in another order give the same
/// indices, and so the same trained bits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ids(Vec<Box<str>>);

impl Ids {
    /// Sorts `names` and drops repetitions.
    pub fn new(names: impl IntoIterator<Item = Box<str>>) -> Self {
        let mut names: Vec<Box<str>> = names.into_iter().collect();
        sort::by(&mut names, &|a, b| order(a, b));
        names.dedup();
        Self(names)
    }

    /// Names that are in order already and differ; `None` if they are not.
    pub(super) fn in_order(names: Vec<Box<str>>) -> Option<Self> {
        let ascend = names.windows(2).all(|pair| order(&pair[0], &pair[1]) == Ordering::Less);
        ascend.then_some(Self(names))
    }

    /// The ids "1", "2", … "n".
    pub fn counting(n: usize) -> Self {
        Self((1..=n).map(|k| k.to_string().into()).collect())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The id at a dense index below [`Ids::len`].
    pub fn name(&self, index: usize) -> &str {
        &self.0[index]
    }

    /// The dense index of an id, by binary search.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|candidate| order(candidate, name)).ok()
    }

    /// All ids in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

/// Whole numbers by value and before text, text by its characters: "2" < "10" < "a".
fn order(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(x), Ok(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_by_value_and_before_text() {
        let ids = Ids::new(["b", "10", "2", "a", "10"].map(Box::from));
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["2", "10", "a", "b"]);
        assert_eq!(ids.index("10"), Some(1));
        assert_eq!(ids.index("3"), None);
        let mut names: Vec<Box<str>> = ids.iter().map(Box::from).collect();
        assert_eq!(Ids::in_order(names.clone()).as_ref(), Some(&ids));
        names.reverse();
        assert_eq!(Ids::in_order(names), None);
        assert_eq!(Ids::in_order(["2", "2"].map(Box::from).into()), None);
    }
}
