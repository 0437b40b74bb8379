//! The multiplications of one pass, counted by hand on the toy: five ratings, of users 2, 2 and 1, of items
//! 2, 1 and 2.

use factorscope::data::toy;
use factorscope::models::Spec;

use crate::support::SEED;

/// Models with vectors of two components and their multiplications, ratings first.
#[rustfmt::skip]
const BY_HAND: &[(&str, &[&str], f64)] = &[
    // An error is divided once into an item's bias, once into a user's.
    ("baseline", &[], 5.0 * 2.0),
    // p_u . q_i is 2. A component of p_u takes 3, keep * p and learn * q with learn = gamma * e; q_i as many.
    ("svd", &["factors=2"], 5.0 * (2.0 + 6.0 + 6.0)),
    ("pmf", &["factors=2"], 5.0 * (2.0 + 6.0 + 6.0)),
    // Two products, and z_u and the y_j beside p_u and q_i.
    ("svdpp", &["factors=2"], 5.0 * (4.0 + 4.0 * 6.0)),
    // One product; q_i, z_u and the x_j.
    ("nsvd", &["factors=2"], 5.0 * (2.0 + 3.0 * 6.0)),
    // In each half the product, and it and the rest times each component of the other side.
    ("nmf", &["factors=2", "method=multiplicative"], 5.0 * 2.0 * (2.0 + 4.0)),
    ("nmf", &["factors=2", "method=sgd"], 5.0 * (2.0 + 6.0 + 6.0)),
    // Three sums for each of the 2 * 2 + 2 * 2 + 1 * 1 pairs of items that a user rated.
    ("item-knn", &[], 3.0 * (4.0 + 4.0 + 1.0)),
    // A line of 2 ratings: half of 2 matrices of 4, 8 / 6 to factorize, twice 2 vectors of 2. One of 1 in
    // its own single dimension: half a matrix of 2, 1 / 6, twice one vector. There are four and two.
    ("als", &["factors=2"], 4.0 * (4.0 + 8.0 / 6.0 + 8.0) + 2.0 * (1.0 + 1.0 / 6.0 + 4.0)),
    // Without a penalty that line, too, is solved in two dimensions.
    ("als", &["factors=2", "lambda=0"], 4.0 * (4.0 + 8.0 / 6.0 + 8.0) + 2.0 * (2.0 + 8.0 / 6.0 + 4.0)),
];

#[test]
fn a_pass_over_the_toy_takes_the_multiplications_counted_by_hand() {
    for &(id, settings, expected) in BY_HAND {
        let spec = Spec::with(id, settings.iter().copied()).unwrap();
        let found = spec.build(toy::toy().ratings, SEED).operations();
        assert!((found - expected).abs() < 1e-9, "{spec}: {found}, by hand {expected}");
    }
}
