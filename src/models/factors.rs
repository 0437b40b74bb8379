//! Latent vectors in one contiguous buffer, and the few operations the models do on them.
//!
//! Every sum runs over a fixed number of lanes in a fixed order, so it is as fast as the SIMD unit
//! allows and gives the same bits on every target. Rows are padded with zeros to whole lanes; every
//! update here leaves a zero in the padding where it was.

use rand::Rng;
use wide::f32x4;

use crate::parameter::{Axis, Parameter, Symbol};
use crate::random::Normal;
use crate::trace::Addend;

/// The product of a user's and an item's vector, as an addend of a prediction.
pub static PRODUCT: Addend = Addend::product(
    "product",
    ["p_u", "q_i"],
    r"p_u^\top q_i",
    "the user’s vector times the film’s",
);
/// The same in models that write the item's first, since the user's vector has other parts.
pub static OWN_PRODUCT: Addend = Addend::product(
    "product",
    ["q_i", "p_u"],
    r"q_i^\top p_u",
    "the film’s vector times the user’s own",
);

/// Width of the padding, and number of partial sums in [`dot`].
pub const LANES: usize = 8;

/// A matrix of `rows` latent vectors with `factors` components each, 4 bytes a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    columns: usize,
    stride: usize,
    values: Vec<f32>,
}

impl Factors {
    /// All zero.
    pub fn zeros(rows: usize, factors: usize) -> Self {
        let stride = factors.next_multiple_of(LANES);
        Self { columns: factors, stride, values: vec![0.0; rows * stride] }
    }

    /// Normal start values with mean 0 and standard deviation `sd`, drawn row by row; a row for which
    /// `known` is false is drawn too, so that the others do not depend on it, and then set to zero.
    pub fn normal(
        rows: usize,
        factors: usize,
        sd: f64,
        rng: impl Rng,
        known: impl Fn(usize) -> bool,
    ) -> Self {
        let mut matrix = Self::zeros(rows, factors);
        let mut normal = Normal::new(rng);
        for row in 0..rows {
            let known = known(row);
            for value in &mut matrix.row_mut(row)[..factors] {
                let draw = (sd * normal.sample()) as f32;
                *value = if known { draw } else { 0.0 };
            }
        }
        matrix
    }

    /// The vector of one user or item, with its padding.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.stride..(row + 1) * self.stride]
    }

    /// The same, to be changed; the padding must stay zero.
    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.stride..(row + 1) * self.stride]
    }

    /// Number of vectors.
    pub fn rows(&self) -> usize {
        self.values.len() / self.stride.max(1)
    }

    /// f, without the padding.
    pub fn factors(&self) -> usize {
        self.columns
    }

    /// Distance between two vectors in [`Factors::values`].
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The whole buffer.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The whole buffer, to be changed; the padding must stay zero.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }
}

/// a . b over whole lanes: eight partial sums in two vectors of four (left to itself the compiler makes
/// four of two), added pairwise in a fixed order.
///
/// # Panics
/// In debug builds, if the lengths differ or are not a multiple of [`LANES`].
#[inline]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    debug_assert!(a.len() == b.len() && a.len().is_multiple_of(LANES));
    let (mut low, mut high) = (f32x4::ZERO, f32x4::ZERO);
    let (a, b) = (a.as_chunks::<4>().0, b.as_chunks::<4>().0);
    for (a, b) in a.as_chunks::<2>().0.iter().zip(b.as_chunks::<2>().0) {
        low += f32x4::new(a[0]) * f32x4::new(b[0]);
        high += f32x4::new(a[1]) * f32x4::new(b[1]);
    }
    let [s0, s1, s2, s3] = (low + high).to_array();
    (s0 + s2) + (s1 + s3)
}

/// y += a x.
#[inline]
pub fn add_scaled(y: &mut [f32], a: f32, x: &[f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

impl<'a> Parameter<'a> {
    /// A matrix of latent vectors.
    pub fn vectors(
        name: &'static str,
        symbol: impl Into<Symbol>,
        axis: Axis,
        factors: &'a Factors,
    ) -> Self {
        Self {
            name,
            symbol: symbol.into(),
            axis,
            columns: factors.factors(),
            stride: factors.stride(),
            values: factors.values(),
            of: None,
            layer: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    #[test]
    fn a_dot_product_agrees_with_double_precision() {
        let vectors = Factors::normal(2, 100, 1.0, random::stream(1, "test"), |_| true);
        let (a, b) = (vectors.row(0), vectors.row(1));
        let exact: f64 = a.iter().zip(b).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
        assert!((f64::from(dot(a, b)) - exact).abs() < 1e-5);
        assert_eq!(a.len(), 104);
        assert!(a[100..].iter().all(|&x| x == 0.0));
    }

    #[test]
    fn an_unknown_row_is_zero_and_changes_no_other() {
        let draw =
            |known: fn(usize) -> bool| Factors::normal(3, 5, 0.1, random::stream(7, "test"), known);
        let (all, some) = (draw(|_| true), draw(|row| row != 1));
        assert!(some.row(1).iter().all(|&x| x == 0.0));
        assert_eq!((all.row(0), all.row(2)), (some.row(0), some.row(2)));
    }
}
