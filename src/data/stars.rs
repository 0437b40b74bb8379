//! The scale that models learn on, whatever the scale of the ratings.

use serde::Serialize;

/// How ratings are read as stars: `r = offset + unit * stars`.
///
/// Regularization, learning rates and start values say how large a number is, so a default that is good
/// for half a star to five stars is poor for 1 to 100. Models therefore learn on stars, and what they say
/// is turned back. Ratings that look like stars are taken as they are:
///
/// - from 0 or more up to at most 7: as they are; a scale from 0 to 1 becomes one up to five
/// - from 0 or more up to more than 7: the highest becomes five stars and zero stays zero, unless the
///   ratings fill less than a fifth of that
/// - else, as from -10 to 10: the lowest becomes half a star and the highest five
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Stars {
    /// The rating that no star stands for.
    pub offset: f32,
    /// How much of a rating one star is.
    pub unit: f32,
}

/// Ratings up to this are stars: scales from 1 to 7 are common, and the next is from 1 to 10.
const STARS: f64 = 7.0;
/// The lowest and the highest star of a scale that is not one of stars.
const LOWEST: f64 = 0.5;
const HIGHEST: f64 = 5.0;

impl Stars {
    /// Ratings as they are.
    pub const PLAIN: Self = Self { offset: 0.0, unit: 1.0 };

    /// For ratings from `low` to `high`.
    #[expect(clippy::float_cmp, reason = "a scale of one value has its two ends in common")]
    pub fn of((low, high): (f32, f32)) -> Self {
        let (low, high) = (f64::from(low), f64::from(high));
        let fractions = high <= 1.0 && low < LOWEST;
        let (offset, unit) = if low >= 0.0 && high <= STARS && (low == high || !fractions) {
            (0.0, 1.0)
        } else if low == high {
            (0.0, high.abs() / HIGHEST)
        } else if low >= 0.0 && high - low >= high / 5.0 {
            (0.0, high / HIGHEST)
        } else {
            let unit = (high - low) / (HIGHEST - LOWEST);
            (low - LOWEST * unit, unit)
        };
        let found = Self { offset: offset as f32, unit: unit as f32 };
        // Numbers at the end of single precision cannot be scaled, and are taken as they are.
        let fits = found.unit.is_normal() && found.offset.is_finite();
        if fits { found } else { Self::PLAIN }
    }

    /// Whether ratings are taken as they are.
    pub fn is_plain(self) -> bool {
        self == Self::PLAIN
    }

    /// The stars of a rating.
    #[inline]
    pub fn stars(self, rating: f32) -> f32 {
        (rating - self.offset) / self.unit
    }

    /// The rating of so many stars.
    #[inline]
    pub fn rating(self, stars: f32) -> f32 {
        self.offset + self.unit * stars
    }

    /// What a reader of parameters and steps has to know, where ratings are not taken as they are.
    pub fn sentence(self) -> Option<String> {
        let number = |x: f32| {
            let text = format!("{x:.3}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let unit = number(self.unit);
        let from = if self.offset == 0.0 {
            "0".to_owned()
        } else {
            number(self.rating(LOWEST as f32)) + " taken as 0.5"
        };
        (!self.is_plain()).then(|| {
            format!(
                "The model learns on a scale of stars up to 5: one of its units is {unit} of these \
                 ratings, counted from {from}. Predictions and errors are in the ratings' own units, \
                 parameters and steps in stars."
            )
        })
    }
}

impl Default for Stars {
    fn default() -> Self {
        Self::PLAIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_stars_is_taken_as_it_is() {
        for scale in [(0.5, 5.0), (1.0, 5.0), (0.0, 5.0), (1.0, 6.0), (1.0, 7.0), (1.0, 4.0)] {
            assert!(Stars::of(scale).is_plain(), "{scale:?}");
        }
        // Few ratings: all equal, or a corner of the scale.
        for scale in [(3.0, 3.0), (0.0, 0.0), (1.0, 1.0), (0.5, 1.0), (4.5, 5.0), (1.0, 1.5)] {
            assert!(Stars::of(scale).is_plain(), "{scale:?}");
        }
    }

    #[test]
    fn other_scales_become_stars() {
        let ends = |low, high| {
            let stars = Stars::of((low, high));
            (stars.stars(low), stars.stars(high))
        };
        assert_eq!(ends(5.0, 50.0), (0.5, 5.0));
        assert_eq!(ends(10.0, 100.0), (0.5, 5.0));
        assert_eq!(ends(1.0, 10.0), (0.5, 5.0));
        assert_eq!(ends(20.0, 100.0), (1.0, 5.0));
        assert_eq!(ends(0.0, 100.0), (0.0, 5.0));
        assert_eq!(ends(0.0, 1.0), (0.0, 5.0));
        assert_eq!(ends(80.0, 80.0), (5.0, 5.0));
        assert_eq!(ends(-4.0, -4.0), (-5.0, -5.0));
        for (low, high) in [(-10.0, 10.0), (-1.0, 1.0), (-5.0, -1.0), (1000.0, 1010.0)] {
            let (lowest, highest) = ends(low, high);
            assert!((lowest - 0.5).abs() < 1e-3 && (highest - 5.0).abs() < 1e-3, "{low} to {high}");
            let stars = Stars::of((low, high));
            let back = stars.rating(stars.stars(high));
            assert!((back - high).abs() <= 1e-6 * (high.abs() + high - low), "{back}");
        }
    }

    #[test]
    fn numbers_at_the_end_of_single_precision_are_left_alone() {
        for scale in [(0.0, 1e-44), (-3e38, 3e38), (f32::INFINITY, f32::NEG_INFINITY)] {
            let Stars { offset, unit } = Stars::of(scale);
            assert!(offset.is_finite() && unit.is_normal(), "{scale:?}");
        }
    }

    #[test]
    fn the_scale_is_said_where_it_is_not_that_of_the_ratings() {
        assert_eq!(Stars::PLAIN.sentence(), None);
        let said = Stars::of((10.0, 100.0)).sentence().unwrap();
        assert!(
            said.contains("one of its units is 20 of these ratings, counted from 0."),
            "{said}"
        );
        let said = Stars::of((-10.0, 10.0)).sentence().unwrap();
        assert!(
            said.contains("is 4.444 of these ratings, counted from -10 taken as 0.5."),
            "{said}"
        );
    }
}
