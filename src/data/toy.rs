//! The table of three users and three items that the first chapters compute by hand.

use std::sync::Arc;

use super::{Dataset, Ids, Origin, Rating, Ratings, Stars};

/// The largest table that can be edited by hand, in rows and in columns.
pub const LARGEST: usize = 8;

/// The table from the course slides: user 1 gave 2, –, 1; user 2 gave –, 4, 3; user 3 gave 1, –, –.
pub fn toy() -> Dataset {
    table(3, 3, &[2.0, f32::NAN, 1.0, f32::NAN, 4.0, 3.0, 1.0, f32::NAN, f32::NAN])
}

/// A table of `users` rows and `items` columns, row by row; a cell that is not finite is empty.
///
/// # Panics
/// If `cells` does not hold exactly `users * items` values.
pub fn table(users: usize, items: usize, cells: &[f32]) -> Dataset {
    assert_eq!(cells.len(), users * items, "one value for each cell");
    let known = cells.iter().enumerate().filter(|(_, r)| r.is_finite());
    let ratings: Vec<Rating> =
        known.map(|(n, &r)| Rating { u: n / items, i: n % items, r }).collect();
    let set = Ratings::new(
        Arc::new(Ids::counting(users)),
        Arc::new(Ids::counting(items)),
        &ratings,
        None,
    );
    // A table is computed by hand, in the numbers that stand in it.
    let set = set.expect("every cell stands once in a table").with_stars(Stars::PLAIN);
    let mut dataset = Dataset::untitled("toy table", Origin::Toy, set);
    for item in &mut dataset.catalogue {
        item.title.insert_str(0, "item ");
    }
    dataset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toy_has_five_ratings_with_mean_2_2() {
        let toy = toy();
        assert_eq!(toy.ratings.len(), 5);
        assert!((toy.ratings.mean() - 2.2).abs() < 1e-6);
        assert_eq!(toy.ratings.get(1, 0), None);
        assert_eq!(toy.catalogue[2].title, "item 3");
    }
}
