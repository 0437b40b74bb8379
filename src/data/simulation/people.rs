//! Who the invented users are. Their ratings do not depend on it: all of this is drawn from streams of
//! its own, after the tastes.

use rand::RngExt;

use crate::data::{Attribute, Lists};
use crate::random::{Normal, stream};

/// The groups of MovieLens 1M, and the normal quantile at which each ends: 8, 18, 26, 20, 9, 9 and 10
/// of 100 users.
const AGES: [(&str, f64); 7] = [
    ("0-17", -1.405),
    ("18-24", -0.643),
    ("25-34", 0.050),
    ("35-44", 0.583),
    ("45-49", 0.878),
    ("50-55", 1.282),
    ("56+", f64::INFINITY),
];

/// How closely age follows the taste for old films: their correlation before grouping.
const AGE_BY_TASTE: f64 = 0.95;

/// Each occupation is likelier the further a taste leans its way: an axis, and which end of it.
const OCCUPATIONS: [(&str, usize, f64); 8] = [
    ("accountant", 2, -1.0),
    ("baker", 1, -1.0),
    ("carpenter", 3, -1.0),
    ("gardener", 3, 1.0),
    ("librarian", 0, -1.0),
    ("musician", 2, 1.0),
    ("physician", 1, 1.0),
    ("pilot", 0, 1.0),
];

/// Log odds of an occupation that one unit of taste brings.
const OCCUPATION_BY_TASTE: f64 = 4.0;

/// Age group, gender and occupation of each user with these tastes. Gender is the fall of a coin and
/// tells nothing of taste.
pub(super) fn attributes(seed: u64, p: &[Vec<f32>]) -> Lists {
    let mut age = Normal::new(stream(seed, "simulation: age"));
    let mut gender = stream(seed, "simulation: gender");
    let mut occupation = stream(seed, "simulation: occupation");
    let own = (1.0 - AGE_BY_TASTE * AGE_BY_TASTE).sqrt();
    let person = |p_u: &Vec<f32>| {
        let years = AGE_BY_TASTE * f64::from(p_u[4]) + own * age.sample();
        let group = AGES.iter().find(|(_, end)| years < *end).map_or("56+", |(name, _)| name);
        let mut most = (f64::NEG_INFINITY, "");
        for (name, axis, end) in OCCUPATIONS {
            let gumbel = -libm::log(-libm::log(occupation.random::<f64>()));
            let score = OCCUPATION_BY_TASTE * end * f64::from(p_u[axis]) + gumbel;
            if score > most.0 {
                most = (score, name);
            }
        }
        vec![
            Attribute::new("age", group),
            Attribute::new("gender", if gender.random::<bool>() { "F" } else { "M" }),
            Attribute::new("occupation", most.1),
        ]
    };
    Lists::new(&p.iter().map(person).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::simulation::simulate;

    #[test]
    fn age_and_occupation_follow_from_taste_and_gender_does_not() {
        let simulated = simulate(3);
        let (users, p) = (&simulated.dataset.ratings.attributes().users, &simulated.truth.p);
        let mean = |value: &str, axis: usize| {
            let has = |u: &usize| users.words(*u).any(|a| a.value == value);
            let tastes: Vec<f32> = (0..p.len()).filter(has).map(|u| p[u][axis]).collect();
            assert!(!tastes.is_empty(), "nobody is {value}");
            tastes.iter().sum::<f32>() / tastes.len() as f32
        };
        for (name, axis, end) in OCCUPATIONS {
            assert!(mean(name, axis) * end as f32 > 0.5, "{name}");
        }
        assert!(mean("0-17", 4) < -1.0 && mean("56+", 4) > 1.0);
        // Two standard errors of a mean of 300 are 0.12.
        assert!((0..5).all(|axis| mean("F", axis).abs() < 0.2));
        assert!((0..p.len()).all(|u| users.of(u).len() == 3));
        assert_eq!(users.names().len(), 7 + 2 + 8);
    }
}
