//! The rating set: users' rows and items' columns, both compressed.

mod builder;

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::{Attributes, Ids, Stars};
pub(crate) use builder::{Builder, Group};

/// One known rating, as a loader pushes it and as iteration yields it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Rating {
    /// Dense index of the user.
    pub u: usize,
    /// Dense index of the item.
    pub i: usize,
    /// The rating itself.
    pub r: f32,
}

/// A user's rated items, or an item's raters: two slices of equal length, ids ascending.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Dense indices of the items (in a row) or of the users (in a column), ascending.
    pub ids: &'a [u32],
    /// The ratings, in the same order.
    pub ratings: &'a [f32],
}

impl<'a> Line<'a> {
    /// Pairs of dense index and rating.
    pub fn iter(self) -> impl Iterator<Item = (usize, f32)> + Clone + 'a {
        self.ids.iter().zip(self.ratings).map(|(&id, &r)| (id as usize, r))
    }

    /// How many ratings there are: |R(u)| or |R(i)|.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Half of the set: compressed rows, or compressed columns.
#[derive(Debug, Clone, PartialEq, Default)]
struct Compressed {
    start: Vec<u32>,
    ids: Vec<u32>,
    ratings: Vec<f32>,
}

impl Compressed {
    fn range(&self, line: usize) -> Range<usize> {
        self.start[line] as usize..self.start[line + 1] as usize
    }

    fn line(&self, line: usize) -> Line<'_> {
        let range = self.range(line);
        Line { ids: &self.ids[range.clone()], ratings: &self.ratings[range] }
    }
}

/// Known ratings r_ui, built once and read by every model.
///
/// Kept twice, by user and by item, 8 bytes a rating each way (a 32-bit index and an `f32`), plus
/// 4 bytes for a timestamp where there are any. Users and items are dense indices; [`Ids`] keep the
/// originals. A subset made by a split has the same users, items and [`Attributes`], though some may
/// have no rating.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ratings {
    users: Arc<Ids>,
    items: Arc<Ids>,
    rows: Compressed,
    columns: Compressed,
    timestamps: Option<Vec<u32>>,
    scale: (f32, f32),
    stars: Stars,
    attributes: Arc<Attributes>,
}

/// Two ratings of the same item by the same user, as the order numbers in which they were pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// The earlier of the two.
    pub first: usize,
    /// The later one.
    pub second: usize,
}

impl Ratings {
    /// Builds the set from ratings in any order, O(n log n).
    ///
    /// `timestamps` (seconds since 1970) are either absent or as many as `ratings`. Every index must
    /// be below the number of ids, every rating finite, and there may be at most 2^32 - 1 ratings:
    /// loaders see to that.
    ///
    /// # Errors
    /// The first pair of ratings that share user and item.
    ///
    /// # Panics
    /// If `timestamps` has another length than `ratings`, or if there is no memory for them.
    pub fn new(
        users: Arc<Ids>,
        items: Arc<Ids>,
        ratings: &[Rating],
        timestamps: Option<&[u32]>,
    ) -> Result<Self, Duplicate> {
        if let Some(times) = timestamps {
            assert_eq!(times.len(), ratings.len(), "one timestamp for each rating");
        }
        let mut counts = vec![0; users.len()];
        for rating in ratings {
            counts[rating.u] += 1;
        }
        let builder = Builder::new(&counts, timestamps.is_some());
        let mut builder = builder.expect("memory for as many ratings as are there already");
        for (n, rating) in ratings.iter().enumerate() {
            let time = timestamps.map_or(0, |times| times[n]);
            builder.put(rating.u, rating.i, rating.r, time, n as u32);
        }
        builder.sort();
        builder.settle(|_, group| {
            let [first, second] = [0, 1].map(|n| group.order[n] as usize);
            Err(Duplicate { first, second })
        })?;
        Ok(builder.finish(users, items, true))
    }

    /// The set from rows in which items ascend, in an order that is by user.
    fn of_rows(
        users: Arc<Ids>,
        items: Arc<Ids>,
        rows: Compressed,
        timestamps: Option<Vec<u32>>,
    ) -> Self {
        let mut low = f32::INFINITY;
        let mut high = f32::NEG_INFINITY;
        for &r in &rows.ratings {
            low = low.min(r);
            high = high.max(r);
        }
        let scale = if rows.ratings.is_empty() { (0.0, 0.0) } else { (low, high) };
        Self {
            columns: columns(items.len(), &rows),
            rows,
            timestamps,
            scale,
            stars: Stars::of(scale),
            attributes: Arc::default(),
            users,
            items,
        }
    }

    /// The set from the rows one after the other: how many ratings each user has, the items, which
    /// ascend in each row, the ratings, and their times.
    pub(super) fn from_rows(
        users: Arc<Ids>,
        items: Arc<Ids>,
        lengths: Vec<u32>,
        ids: Vec<u32>,
        ratings: Vec<f32>,
        timestamps: Option<Vec<u32>>,
    ) -> Self {
        let mut start = lengths;
        start.insert(0, 0);
        accumulate(&mut start);
        Self::of_rows(users, items, Compressed { start, ids, ratings }, timestamps)
    }

    /// The same ratings with what else is known of their users and items.
    #[must_use]
    pub fn with_attributes(self, attributes: Attributes) -> Self {
        Self { attributes: Arc::new(attributes), ..self }
    }

    /// The same ratings, to be learned on this scale whatever [`Stars::of`] makes of them.
    #[must_use]
    pub fn with_stars(self, stars: Stars) -> Self {
        Self { stars, ..self }
    }

    /// The same set with each rating as stars.
    #[must_use]
    pub fn in_stars(&self) -> Self {
        let mut set = self.clone().with_stars(Stars::PLAIN);
        for rating in set.rows.ratings.iter_mut().chain(&mut set.columns.ratings) {
            *rating = self.stars.stars(*rating);
        }
        set.scale = (self.stars.stars(self.scale.0), self.stars.stars(self.scale.1));
        set
    }

    /// The ratings at the positions (in row order, see [`Ratings::iter`]) for which `keep` says so,
    /// with the same users, items and scales.
    #[must_use]
    pub fn subset(&self, keep: impl Fn(usize) -> bool) -> Self {
        // Counted first: what grows takes up to three times as much.
        let kept = (0..self.len()).filter(|&n| keep(n)).count();
        let mut rows = Compressed {
            start: Vec::with_capacity(self.rows.start.len()),
            ids: Vec::with_capacity(kept),
            ratings: Vec::with_capacity(kept),
        };
        let mut timestamps = self.timestamps.as_ref().map(|_| Vec::with_capacity(kept));
        rows.start.push(0);
        for u in 0..self.users() {
            for n in self.positions(u).filter(|&n| keep(n)) {
                rows.ids.push(self.rows.ids[n]);
                rows.ratings.push(self.rows.ratings[n]);
                if let (Some(times), Some(all)) = (&mut timestamps, &self.timestamps) {
                    times.push(all[n]);
                }
            }
            rows.start.push(rows.ids.len() as u32);
        }
        Self {
            columns: columns(self.items.len(), &rows),
            rows,
            timestamps,
            scale: self.scale,
            stars: self.stars,
            attributes: Arc::clone(&self.attributes),
            users: Arc::clone(&self.users),
            items: Arc::clone(&self.items),
        }
    }

    /// Number of users, rated or not.
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// Number of items, rated or not.
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// Number of ratings.
    pub fn len(&self) -> usize {
        self.rows.ids.len()
    }

    /// Whether there is no rating at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// R(u): what user `u` rated, by ascending item.
    pub fn row(&self, u: usize) -> Line<'_> {
        self.rows.line(u)
    }

    /// R(i): who rated item `i`, by ascending user.
    pub fn column(&self, i: usize) -> Line<'_> {
        self.columns.line(i)
    }

    /// The positions of user `u`'s ratings in row order: indices for [`Ratings::nth`].
    pub fn positions(&self, u: usize) -> Range<usize> {
        self.rows.range(u)
    }

    /// The positions of item `i`'s ratings in column order: by item, then by user.
    pub fn column_positions(&self, i: usize) -> Range<usize> {
        self.columns.range(i)
    }

    /// The rating at a position in row order, O(log users).
    pub fn nth(&self, position: usize) -> Rating {
        let after = self.rows.start.partition_point(|&s| s as usize <= position);
        self.nth_of(after - 1, position)
    }

    /// The rating at a position in row order, where it is known whose it is, O(1).
    pub fn nth_of(&self, u: usize, position: usize) -> Rating {
        Rating { u, i: self.rows.ids[position] as usize, r: self.rows.ratings[position] }
    }

    /// r_ui where it is known, O(log |R(u)|).
    pub fn get(&self, u: usize, i: usize) -> Option<f32> {
        let row = self.row(u);
        let at = row.ids.binary_search(&(i as u32)).ok()?;
        Some(row.ratings[at])
    }

    /// All ratings in row order: by user, then by item.
    pub fn iter(&self) -> impl Iterator<Item = Rating> {
        (0..self.users())
            .flat_map(move |u| self.row(u).iter().map(move |(i, r)| Rating { u, i, r }))
    }

    /// When each rating was given, in row order, in seconds since 1970; `None` where the data has no
    /// timestamps.
    pub fn timestamps(&self) -> Option<&[u32]> {
        self.timestamps.as_deref()
    }

    /// The mean rating mu, summed in row order in double precision; 0 for an empty set.
    pub fn mean(&self) -> f32 {
        if self.is_empty() {
            return 0.0;
        }
        let sum: f64 = self.rows.ratings.iter().map(|&r| f64::from(r)).sum();
        (sum / self.len() as f64) as f32
    }

    /// Lowest and highest rating of the whole data, which predictions are clamped to when an error is
    /// measured. A subset keeps those of the set it came from.
    pub fn scale(&self) -> (f32, f32) {
        self.scale
    }

    /// The scale that models learn on. A subset keeps that of the set it came from.
    pub fn stars(&self) -> Stars {
        self.stars
    }

    /// What is known of users and items beside the ratings.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The users' original ids.
    pub fn user_ids(&self) -> &Arc<Ids> {
        &self.users
    }

    /// The items' original ids.
    pub fn item_ids(&self) -> &Arc<Ids> {
        &self.items
    }
}

/// The transpose, in which each column's users ascend because the rows are gone through in order.
fn columns(items: usize, rows: &Compressed) -> Compressed {
    let mut start = vec![0; items + 1];
    for &i in &rows.ids {
        start[i as usize + 1] += 1;
    }
    accumulate(&mut start);
    let mut next = start.clone();
    let mut ids = vec![0; rows.ids.len()];
    let mut ratings = vec![0.0; rows.ids.len()];
    for u in 0..rows.start.len() - 1 {
        for (i, r) in rows.line(u).iter() {
            let at = next[i] as usize;
            ids[at] = u as u32;
            ratings[at] = r;
            next[i] += 1;
        }
    }
    Compressed { start, ids, ratings }
}

fn accumulate(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Attribute, Lists};

    fn rating(u: usize, i: usize, r: f32) -> Rating {
        Rating { u, i, r }
    }

    fn small() -> Ratings {
        let ids = Arc::new(Ids::counting(3));
        let ratings = [
            rating(2, 0, 1.0),
            rating(0, 2, 1.0),
            rating(1, 2, 3.0),
            rating(0, 0, 2.0),
            rating(1, 1, 4.0),
        ];
        Ratings::new(ids.clone(), ids, &ratings, Some(&[50, 20, 40, 10, 30])).unwrap()
    }

    #[test]
    fn rows_and_columns_hold_the_same_ratings() {
        let set = small();
        assert_eq!(set.row(1).iter().collect::<Vec<_>>(), [(1, 4.0), (2, 3.0)]);
        assert_eq!(set.column(0).iter().collect::<Vec<_>>(), [(0, 2.0), (2, 1.0)]);
        assert_eq!(set.timestamps().unwrap(), [10, 20, 30, 40, 50]);
        assert_eq!(set.get(2, 0), Some(1.0));
        assert_eq!(set.get(2, 1), None);
        assert_eq!(set.scale(), (1.0, 4.0));
        assert!((set.mean() - 2.2).abs() < 1e-6);
        for (n, expected) in set.iter().enumerate() {
            assert_eq!(set.nth(n), expected);
        }
    }

    #[test]
    fn a_subset_keeps_users_items_scale_times_and_attributes() {
        let known = Lists::new(&[vec![Attribute::new("age", "18-24")], Vec::new(), Vec::new()]);
        let attributes = Attributes { users: known, items: Lists::default() };
        let half = small().with_attributes(attributes.clone()).subset(|n| n % 2 == 1);
        assert_eq!(half.attributes(), &attributes);
        assert_eq!((half.users(), half.items(), half.len()), (3, 3, 2));
        assert!(half.row(2).is_empty());
        assert_eq!(half.timestamps().unwrap(), [20, 40]);
        assert_eq!(half.scale(), (1.0, 4.0));
    }

    #[test]
    fn a_repeated_pair_is_named_by_the_order_it_came_in() {
        let ids = Arc::new(Ids::counting(2));
        let twice = [rating(1, 1, 3.0), rating(0, 0, 1.0), rating(1, 1, 5.0)];
        assert_eq!(
            Ratings::new(ids.clone(), ids, &twice, None),
            Err(Duplicate { first: 0, second: 2 })
        );
    }
}
