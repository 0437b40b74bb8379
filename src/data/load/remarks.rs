//! Remarks on ratings that can be read, and are hardly meant so.

#![expect(clippy::float_cmp, reason = "ratings are counted by their very values")]

use super::report::{Report, count, grouped};
use super::{Note, NoteKind, Offer};
use crate::data::Ratings;

/// Looks at a whole rating set, which is called by this name.
pub(super) fn remarks(ratings: &Ratings, name: &str, report: &mut Report) {
    let (low, high) = ratings.scale();
    let n = ratings.len();
    let mut remark = |kind, n, sentence: String, offer| {
        let found = String::new();
        report.push(Note { kind, count: n, place: None, found, sentence, offer });
    };
    if low == high && n > 1 {
        let sentence = format!(
            "{name}: all {} are {low}, so no error can be measured; a model of implicit feedback such \
             as implicit-als can still rank",
            count(n, "rating")
        );
        remark(NoteKind::AllEqual, n, sentence, None);
        return;
    }
    if (low == 0.0 || low == -1.0)
        && let Some(pile) = pile(ratings, low)
    {
        let sentence = format!(
            "{name}: {} of {} are {low}, far from the others; often that means seen, but not rated",
            count(pile, "rating"),
            grouped(n)
        );
        remark(NoteKind::Pile, pile, sentence, Some(Offer::without(low)));
    }
    if are_counts(ratings) {
        let sentence = format!(
            "{name}: the ratings look like counts, from {low} to {high}; implicit-als is made for \
             these, and models of ratings follow the largest"
        );
        remark(NoteKind::Counts, n, sentence, None);
    }
}

/// How many ratings have the lowest value, where that stands apart: as -1 below a scale that has no
/// other negative value, or as 0 more often than the next value and far below the mean.
fn pile(ratings: &Ratings, low: f32) -> Option<usize> {
    let rest = || ratings.iter().map(|rating| rating.r).filter(|&r| r != low);
    let next = rest().fold(f32::INFINITY, f32::min);
    let (mut beside, mut many, mut sum, mut squares) = (0_usize, 0_usize, 0.0, 0.0);
    let mut values: Vec<f32> = Vec::new();
    for r in rest() {
        beside += usize::from(r == next);
        many += 1;
        sum += f64::from(r);
        squares += f64::from(r) * f64::from(r);
        if values.len() < 4 && !values.contains(&r) {
            values.push(r);
        }
    }
    let piled = ratings.len() - many;
    if values.len() < 4 || piled * 50 < ratings.len() {
        return None;
    }
    let mean = sum / many as f64;
    let deviation = (squares / many as f64 - mean * mean).max(0.0).sqrt();
    let stands_apart =
        low == -1.0 && next >= 0.0 || piled > 2 * beside && mean - f64::from(low) > 2.0 * deviation;
    stands_apart.then_some(piled)
}

/// Whether all are whole numbers, none negative, and most far below the highest.
fn are_counts(ratings: &Ratings) -> bool {
    let (low, high) = ratings.scale();
    if low < 0.0 || high <= 20.0 || ratings.iter().any(|rating| rating.r.fract() != 0.0) {
        return false;
    }
    let few = ratings.iter().filter(|rating| rating.r <= high / 10.0).count();
    high > 100.0 || few * 2 >= ratings.len()
}
