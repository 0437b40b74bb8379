//! A cut-out in which neighbors say the same: films that are much alike, and users who rated them.

use super::cutout::{cut, most_rated};
use super::{Dataset, Line, Ratings};
use crate::sort;

/// How many of the most rated items are searched for those most alike.
const SEARCHED: usize = 100;

/// The four items most alike among the hundred most rated, beside the most rated ones so that there are
/// `items` in all, and the `users` users who rated most of the four, and then of all: data in which
/// neighbors say the same. Alike are four items of which even the least similar pair is similar: by the
/// correlation of what the means of user and item leave of ratings, n / (n + 100) of it with n raters.
pub fn similar(from: &Dataset, users: usize, items: usize) -> Dataset {
    let all = &from.ratings;
    let searched = most_rated(all, SEARCHED);
    let four: Vec<usize> =
        most_alike(&similarities(all, &searched)).iter().map(|&at| searched[at]).collect();
    let mut columns = four.clone();
    columns.extend(searched.into_iter().filter(|i| !four.contains(i)));
    columns.truncate(items);
    let missed = |u: usize| {
        (four.len() - filled(all, u, &four)) * (items + 1) + items - filled(all, u, &columns)
    };
    let missed: Vec<usize> = (0..all.users()).map(missed).collect();
    columns.sort_unstable();
    cut(from, &lowest(users, &missed), &columns)
}

/// How many of these items a user rated.
fn filled(all: &Ratings, u: usize, columns: &[usize]) -> usize {
    columns.iter().filter(|&&i| all.get(u, i).is_some()).count()
}

/// The places of the `n` lowest values, equal ones by their order, in ascending order.
fn lowest(n: usize, values: &[usize]) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..values.len()).collect();
    sort::by(&mut rows, &|&a, &b| values[a].cmp(&values[b]).then(a.cmp(&b)));
    rows.truncate(n);
    rows.sort_unstable();
    rows
}

/// How alike each pair of these items is, row by row; 0 for an item with itself.
fn similarities(all: &Ratings, items: &[usize]) -> Vec<Vec<f64>> {
    let mean = |line: Line| {
        line.ratings.iter().map(|&r| f64::from(r)).sum::<f64>() / line.len().max(1) as f64
    };
    let users: Vec<f64> = (0..all.users()).map(|u| mean(all.row(u))).collect();
    let overall =
        all.iter().map(|rating| f64::from(rating.r)).sum::<f64>() / all.len().max(1) as f64;
    let mut rest = vec![vec![None; all.users()]; items.len()];
    for (rest, &i) in rest.iter_mut().zip(items) {
        let above = mean(all.column(i)) - overall;
        for (u, r) in all.column(i).iter() {
            rest[u] = Some(f64::from(r) - users[u] - above);
        }
    }
    let similarity = |x: &[Option<f64>], y: &[Option<f64>]| {
        let both = x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?)));
        let (mut n, mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0, 0.0);
        for (x, y) in both {
            n += 1.0;
            xy += x * y;
            xx += x * x;
            yy += y * y;
        }
        let norm = (xx * yy).sqrt();
        if norm > 0.0 { n / (n + 100.0) * xy / norm } else { 0.0 }
    };
    let mut found = vec![vec![0.0; items.len()]; items.len()];
    for a in 0..items.len() {
        for b in a + 1..items.len() {
            found[a][b] = similarity(&rest[a], &rest[b]);
            found[b][a] = found[a][b];
        }
    }
    found
}

/// Four places of which the least similar pair is as similar as can be; fewer where there are fewer.
fn most_alike(s: &[Vec<f64>]) -> Vec<usize> {
    let n = s.len();
    let of = |x: usize, y: usize| s[x][y];
    let mut best = (f64::NEG_INFINITY, (0..n.min(4)).collect::<Vec<usize>>());
    for a in 0..n {
        for b in a + 1..n {
            if of(a, b) <= best.0 {
                continue;
            }
            for c in b + 1..n {
                let three = of(a, b).min(of(a, c)).min(of(b, c));
                if three <= best.0 {
                    continue;
                }
                for d in c + 1..n {
                    let four = three.min(of(a, d)).min(of(b, d)).min(of(c, d));
                    if four > best.0 {
                        best = (four, vec![a, b, c, d]);
                    }
                }
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Ids, toy};

    #[test]
    fn items_that_say_the_same_are_cut_out_with_those_who_rated_them() {
        // Items 2, 3, 5 and 6 are liked by the odd users and disliked by the others; the rest is not.
        let rows = [
            [3.0, 5.0, 5.0, 3.0, 5.0, 5.0, 4.0],
            [3.0, 1.0, 1.0, 4.0, 1.0, 1.0, 3.0],
            [4.0, 5.0, 4.0, 3.0, 5.0, 5.0, 3.0],
            [4.0, 1.0, 1.0, 3.0, 2.0, 1.0, 4.0],
            [3.0, f32::NAN, 5.0, 4.0, 5.0, 4.0, 4.0],
        ];
        let table = toy::table(5, 7, rows.as_flattened());
        let small = similar(&table, 4, 4);
        let names = |ids: &Ids| ids.iter().collect::<Vec<_>>().join(" ");
        assert_eq!(names(small.ratings.item_ids()), "2 3 5 6");
        assert_eq!(names(small.ratings.user_ids()), "1 2 3 4");
        assert_eq!(similar(&table, 9, 5).ratings.items(), 5);
        assert_eq!(similar(&toy::table(1, 1, &[3.0]), 4, 4).ratings.len(), 1);
    }
}
