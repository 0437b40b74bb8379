//! A piece of a large rating set that is small enough to be looked at cell by cell.

use std::sync::Arc;

use super::{Attributes, Dataset, Ids, Rating, Ratings};
use crate::sort;

/// Which users a cut-out takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Users {
    /// Those who rated about three quarters of the items, so that the table is well filled and still
    /// has holes.
    Alike,
    /// From one who rated a single item to one who rated all, in even steps.
    Uneven,
}

/// The `items` most rated items, and `users` users who rated some of them. Ids, titles, timestamps and
/// attributes stay.
pub fn cutout(from: &Dataset, users: usize, items: usize, which: Users) -> Dataset {
    let all = &from.ratings;
    let mut columns = most_rated(all, items);
    columns.sort_unstable();
    let filled = |u: usize| columns.iter().filter(|&&i| all.get(u, i).is_some()).count();
    let filled: Vec<usize> = (0..all.users()).map(filled).collect();
    let rows = match which {
        Users::Alike => nearest(&filled, &[columns.len() * 3 / 4], users),
        Users::Uneven => nearest(&filled, &even_steps(columns.len(), users), 1),
    };
    cut(from, &rows, &columns)
}

/// The most rated items, most ratings first.
pub(super) fn most_rated(all: &Ratings, items: usize) -> Vec<usize> {
    let mut columns: Vec<usize> = (0..all.items()).collect();
    let raters = |i: usize| all.column(i).len();
    sort::by(&mut columns, &|&i, &j| raters(j).cmp(&raters(i)).then(i.cmp(&j)));
    columns.truncate(items);
    columns
}

/// The ratings of these users for these items, both in ascending order.
pub(super) fn cut(from: &Dataset, rows: &[usize], columns: &[usize]) -> Dataset {
    let all = &from.ratings;
    let (mut ratings, mut times) = (Vec::new(), Vec::new());
    for (u, &row) in rows.iter().enumerate() {
        for (i, &column) in columns.iter().enumerate() {
            let Ok(at) = all.row(row).ids.binary_search(&(column as u32)) else {
                continue;
            };
            ratings.push(Rating { u, i, r: all.row(row).ratings[at] });
            times.extend(all.timestamps().map(|times| times[all.positions(row).start + at]));
        }
    }
    let ids = |names: &Ids, picked: &[usize]| {
        Arc::new(Ids::new(picked.iter().map(|&n| Box::from(names.name(n)))))
    };
    let times = all.timestamps().map(|_| &times[..]);
    let set =
        Ratings::new(ids(all.user_ids(), rows), ids(all.item_ids(), columns), &ratings, times);
    let set = set.expect("each pair stands once in the data it is cut from");
    let known = all.attributes();
    let attributes = Attributes { users: known.users.pick(rows), items: known.items.pick(columns) };
    Dataset {
        name: format!("{}, cut-out", from.name),
        origin: from.origin,
        ratings: Arc::new(set.with_attributes(attributes).with_stars(all.stars())),
        catalogue: columns.iter().map(|&i| from.catalogue[i].clone()).collect(),
    }
}

/// From 1 to `most` in `n` steps.
fn even_steps(most: usize, n: usize) -> Vec<usize> {
    let steps = n.saturating_sub(1).max(1);
    (0..n).map(|step| 1 + (step * most.saturating_sub(1) + steps / 2) / steps).collect()
}

/// For each number wanted, the `n` users whose count is nearest to it, of those not yet taken; in the
/// order of the data.
fn nearest(counts: &[usize], wanted: &[usize], n: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = Vec::new();
    for &wanted in wanted {
        let mut others: Vec<usize> = (0..counts.len()).filter(|u| !rows.contains(u)).collect();
        let off = |u: usize| counts[u].abs_diff(wanted);
        sort::by(&mut others, &|&a, &b| off(a).cmp(&off(b)).then(a.cmp(&b)));
        rows.extend(others.into_iter().take(n));
    }
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::toy;

    #[test]
    fn the_most_rated_items_and_three_quarter_users_are_cut_out() {
        let x = f32::NAN;
        // Item 3 has one rating; users 2 and 3 rated 3 of the other 4, which is three quarters.
        let table = toy::table(
            3,
            5,
            &[
                5.0, 4.0, 3.0, 2.0, 1.0, //
                x, 4.0, x, 2.0, 1.0, //
                5.0, 4.0, x, x, 1.0,
            ],
        );
        let small = cutout(&table, 2, 4, Users::Alike);
        let names = |ids: &Ids| ids.iter().collect::<Vec<_>>().join(" ");
        assert_eq!(names(small.ratings.user_ids()), "2 3");
        assert_eq!(names(small.ratings.item_ids()), "1 2 4 5");
        assert_eq!(small.catalogue[2].title, "item 4");
        assert_eq!(small.ratings.get(1, 0), Some(5.0));
        assert_eq!(small.ratings.get(0, 0), None);
    }

    #[test]
    fn uneven_users_rated_from_one_item_to_all() {
        let x = f32::NAN;
        // They rated 4, 1, 2, 3 and 3 of the four items; the fifth is as good as the fourth, and later.
        let table = toy::table(
            5,
            4,
            &[
                5.0, 4.0, 3.0, 2.0, //
                x, 4.0, x, x, //
                5.0, 4.0, x, x, //
                1.0, 2.0, 3.0, x, //
                1.0, 2.0, 3.0, x,
            ],
        );
        let small = cutout(&table, 4, 4, Users::Uneven).ratings;
        let names: Vec<&str> = small.user_ids().iter().collect();
        assert_eq!(names, ["1", "2", "3", "4"]);
        assert_eq!(even_steps(12, 12), (1..=12).collect::<Vec<_>>());
        assert_eq!(even_steps(12, 2), [1, 12]);
        assert_eq!(even_steps(4, 1), [1]);
    }
}
