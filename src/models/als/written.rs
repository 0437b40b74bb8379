//! How the closed forms of a half-sweep are written, for a user and for an item.

use super::Variant;
use crate::trace::{Addend, AddendKind, Written};

/// The sum and the count whose ratio a bias becomes; the user's, then the item's.
static BIAS: [[Addend; 2]; 2] = [
    [sum(r"\sum_{i \in R(u)} (r_{ui} - \mu - b_i - p_u^\top q_i)"), count(r"|R(u)| + \lambda")],
    [sum(r"\sum_{u \in R(i)} (r_{ui} - \mu - b_u - p_u^\top q_i)"), count(r"|R(i)| + \lambda")],
];

/// The same where ratings have weights.
static WEIGHTED_BIAS: [[Addend; 2]; 2] = [
    [
        sum(r"\sum_{i \in R(u)} c_{ui}\,(r_{ui} - \mu - b_i - p_u^\top q_i)"),
        count(r"\sum_{i \in R(u)} c_{ui} + \lambda"),
    ],
    [
        sum(r"\sum_{u \in R(i)} c_{ui}\,(r_{ui} - \mu - b_u - p_u^\top q_i)"),
        count(r"\sum_{u \in R(i)} c_{ui} + \lambda"),
    ],
];

/// The system of a vector by variant: the user's, then the item's.
static BIASED: [Written; 2] = [
    of_user(
        r"\sum_{i \in R(u)} q_i q_i^\top + \lambda I",
        r"\sum_{i \in R(u)} (r_{ui} - \mu - b_u - b_i)\, q_i",
    ),
    of_item(
        r"\sum_{u \in R(i)} p_u p_u^\top + \lambda I",
        r"\sum_{u \in R(i)} (r_{ui} - \mu - b_u - b_i)\, p_u",
    ),
];
static WEIGHTED: [Written; 2] = [
    of_user(
        r"\sum_{i \in R(u)} c_{ui}\, q_i q_i^\top + \lambda I",
        r"\sum_{i \in R(u)} c_{ui}\,(r_{ui} - \mu - b_u - b_i)\, q_i",
    ),
    of_item(
        r"\sum_{u \in R(i)} c_{ui}\, p_u p_u^\top + \lambda I",
        r"\sum_{u \in R(i)} c_{ui}\,(r_{ui} - \mu - b_u - b_i)\, p_u",
    ),
];
static PLAIN: [Written; 2] = [
    of_user(r"\sum_{i \in R(u)} q_i q_i^\top + \lambda I", r"\sum_{i \in R(u)} r_{ui}\, q_i"),
    of_item(r"\sum_{u \in R(i)} p_u p_u^\top + \lambda I", r"\sum_{u \in R(i)} r_{ui}\, p_u"),
];
static ZEROS: [Written; 2] = [
    of_user(r"\sum_{i} q_i q_i^\top + \lambda I", r"\sum_{i \in R(u)} r_{ui}\, q_i"),
    of_item(r"\sum_{u} p_u p_u^\top + \lambda I", r"\sum_{u \in R(i)} r_{ui}\, p_u"),
];

const fn sum(latex: &'static str) -> Addend {
    Addend::part(AddendKind::Numerator, "sum", latex)
}

const fn count(latex: &'static str) -> Addend {
    Addend::part(AddendKind::Denominator, "count", latex)
}

const fn of_user(matrix: &'static str, right: &'static str) -> Written {
    Written { matrix, unknown: "p_u", right, abbreviation: None }
}

const fn of_item(matrix: &'static str, right: &'static str) -> Written {
    Written { matrix, unknown: "q_i", right, abbreviation: None }
}

/// The closed form of a user's bias, or an item's.
pub fn bias(is_user: bool, is_weighted: bool) -> &'static [Addend; 2] {
    let both = if is_weighted { &WEIGHTED_BIAS } else { &BIAS };
    &both[usize::from(!is_user)]
}

/// The system of a user's vector, or an item's.
pub fn vector(is_user: bool, variant: Variant, is_weighted: bool) -> &'static Written {
    let both = match variant {
        Variant::Biased if is_weighted => &WEIGHTED,
        Variant::Biased => &BIASED,
        Variant::Plain => &PLAIN,
        Variant::Zeros => &ZEROS,
    };
    &both[usize::from(!is_user)]
}
