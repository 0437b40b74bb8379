//! A piece of a large rating set that is small enough to be looked at cell by cell.

use std::sync::Arc;

use super::{Attributes, Dataset, Ids, Rating, Ratings};
use crate::sort;

/// The `items` most rated items, and `users` users who rated about three quarters of them, so that
/// the table is well filled and still has holes. Ids, titles, timestamps and attributes stay.
#[expect(clippy::missing_panics_doc, reason = "no pair stands twice in the data it is cut from")]
pub fn cutout(from: &Dataset, users: usize, items: usize) -> Dataset {
    let all = &from.ratings;
    let mut columns: Vec<usize> = (0..all.items()).collect();
    let raters = |i: usize| all.column(i).len();
    sort::by(&mut columns, &|&i, &j| raters(j).cmp(&raters(i)).then(i.cmp(&j)));
    columns.truncate(items);
    columns.sort_unstable();

    let wanted = columns.len() * 3 / 4;
    let filled = |u: usize| columns.iter().filter(|&&i| all.get(u, i).is_some()).count();
    let mut rows: Vec<usize> = (0..all.users()).collect();
    let off: Vec<usize> = (0..all.users()).map(|u| filled(u).abs_diff(wanted)).collect();
    sort::by(&mut rows, &|&a, &b| off[a].cmp(&off[b]).then(a.cmp(&b)));
    rows.truncate(users);
    rows.sort_unstable();

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
        Ratings::new(ids(all.user_ids(), &rows), ids(all.item_ids(), &columns), &ratings, times);
    let set = set.expect("each pair stands once in the data it is cut from");
    let known = all.attributes();
    let attributes =
        Attributes { users: known.users.pick(&rows), items: known.items.pick(&columns) };
    Dataset {
        name: format!("{}, cut-out", from.name),
        origin: from.origin,
        ratings: Arc::new(set.with_attributes(attributes).with_stars(all.stars())),
        catalogue: columns.iter().map(|&i| from.catalogue[i].clone()).collect(),
    }
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
        let small = cutout(&table, 2, 4);
        let names = |ids: &Ids| ids.iter().collect::<Vec<_>>().join(" ");
        assert_eq!(names(small.ratings.user_ids()), "2 3");
        assert_eq!(names(small.ratings.item_ids()), "1 2 4 5");
        assert_eq!(small.catalogue[2].title, "item 4");
        assert_eq!(small.ratings.get(1, 0), Some(5.0));
        assert_eq!(small.ratings.get(0, 0), None);
    }
}
