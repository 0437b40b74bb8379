//! Ratings drawn from known parameters: real films, invented users.
//!
//! Where no real data is at hand the site runs on these. Because the parameters behind the ratings
//! are kept ([`Truth`]), they also show what a model finds again and what it cannot.
//!
//! A rating is the planted mean plus noise, rounded to half a star and clamped to the scale:
//!
//! ```text
//! r_ui(t) = mu + b_u + alpha_u dev_u(t) + b_i + d_i years(t) + p_u . q_i + noise
//! dev_u(t) = sign(t - t_u) |t - t_u|^0.4 in days        years(t) = t - middle of the decade
//! ```
//!
//! The users' drift is that of Koren (2009), "Collaborative filtering with temporal dynamics".
//! Which ratings are known depends on the film's popularity (a long tail), on the user's activity,
//! and on taste: the better a user would like a film, the likelier it is rated. So the known ratings
//! are not a fair sample, their mean lies above mu, and what was rated says something by itself.
//!
//! Users also have an age group and an occupation, drawn so that they follow from the planted tastes,
//! and a gender that says nothing; films have their genres, from which a part of `q_i` comes.

mod people;

use std::sync::Arc;

use rand::RngExt;

use super::films::films;
use super::{Attributes, Dataset, Ids, Item, Lists, Origin, Rating, Ratings};
use crate::random::{Normal, stream};
use crate::sort;

const USERS: usize = 600;
const RATINGS: f64 = 60_000.0;
const FEWEST: f64 = 20.0;
const MOST: f64 = 320.0;

/// What the planted factors stand for, in the order of `p_u` and `q_i`: high on the axis is much of it.
pub const AXES: [&str; 5] = ["spectacle", "darkness", "imagination", "tenderness", "age"];

/// How much of the first four axes a genre brings to a film; the fifth comes from the film's year.
const LOADINGS: [(&str, [f64; 4]); 17] = [
    ("Action", [1.0, 0.2, 0.0, -0.5]),
    ("Adventure", [0.7, -0.2, 0.4, 0.0]),
    ("Animation", [0.1, -0.5, 0.8, 0.3]),
    ("Children", [0.0, -0.8, 0.6, 0.4]),
    ("Comedy", [-0.2, -0.6, 0.0, 0.1]),
    ("Crime", [0.2, 0.8, -0.6, -0.4]),
    ("Documentary", [-0.7, 0.0, -0.7, 0.0]),
    ("Drama", [-0.6, 0.1, -0.4, 0.3]),
    ("Fantasy", [0.2, -0.1, 1.0, 0.1]),
    ("Horror", [0.2, 1.0, 0.4, -0.6]),
    ("Musical", [-0.2, -0.6, 0.2, 0.8]),
    ("Mystery", [-0.2, 0.7, 0.1, -0.2]),
    ("Romance", [-0.5, -0.4, -0.1, 1.0]),
    ("Sci-Fi", [0.6, 0.3, 0.8, -0.4]),
    ("Thriller", [0.5, 0.8, -0.2, -0.4]),
    ("War", [0.4, 0.4, -0.4, -0.1]),
    ("Western", [0.5, 0.1, -0.4, -0.3]),
];

const MU: f64 = 3.35;
/// Standard deviations of the planted parameters and of the noise.
const SD_B_U: f64 = 0.4;
const SD_B_I: f64 = 0.4;
const SD_Q: f64 = 0.22;
const SD_ALPHA: f64 = 0.02;
const SD_ITEM_DRIFT: f64 = 0.04;
const SD_NOISE: f64 = 0.7;
/// The share of a film's standard deviation on an axis that its genres or year explain, and the
/// share that is its own; their squares add up to one.
const EXPLAINED: f64 = 0.8;
const OWN: f64 = 0.6;
/// Spread of the films' log popularity, and of the users' log activity.
const SD_POPULARITY: f64 = 1.3;
const SD_ACTIVITY: f64 = 0.8;
/// Log odds of being rated that one more star of liking brings.
const PULL: f64 = 1.0;

const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.25 * DAY;
/// The decade in which ratings were given: 2015-01-01 to 2025-01-01, in seconds since 1970.
const FIRST: u32 = 1_420_070_400;
const LAST: u32 = 1_735_689_600;

/// Simulated ratings and the parameters they were drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The ratings and the films, as a loader would hand them over.
    pub dataset: Dataset,
    /// The parameters behind the ratings.
    pub truth: Truth,
}

/// The planted parameters, in the dense indices of the data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The overall level. The mean of the known ratings is higher: liked films are rated more often.
    pub mu: f32,
    /// The users' biases, in the middle of their active time.
    pub b_u: Vec<f32>,
    /// The items' biases, in the middle of the decade.
    pub b_i: Vec<f32>,
    /// The users' factors `p_u`, one vector a user, along [`AXES`]; standard normal.
    pub p: Vec<Vec<f32>>,
    /// The items' factors `q_i`, one vector an item, along [`AXES`]; each axis has mean 0 over the
    /// items, apart from the items' own share.
    pub q: Vec<Vec<f32>>,
    /// `alpha_u`: how much a user's bias changes with `dev_u(t)`.
    pub user_drift: Vec<f32>,
    /// `d_i`: how much an item's bias changes in a year.
    pub item_drift: Vec<f32>,
    /// `t_u`: the middle of a user's active time, in seconds since 1970.
    pub middle: Vec<u32>,
    /// The standard deviation of the noise, before rounding and clamping.
    pub noise: f32,
}

impl Truth {
    /// The mean rating of item `i` by user `u` at time `t` (seconds since 1970), before noise,
    /// rounding and clamping.
    pub fn expected(&self, u: usize, i: usize, t: u32) -> f32 {
        let days = (f64::from(t) - f64::from(self.middle[u])) / DAY;
        let dev = libm::copysign(libm::pow(days.abs(), 0.4), days) as f32;
        let years = ((f64::from(t) - 0.5 * (f64::from(FIRST) + f64::from(LAST))) / YEAR) as f32;
        let b_u = self.b_u[u] + self.user_drift[u] * dev;
        let b_i = self.b_i[i] + self.item_drift[i] * years;
        self.mu + b_u + b_i + self.taste(u, i)
    }

    /// The part of the rating that belongs to this user and this item together: `p_u . q_i`.
    pub fn taste(&self, u: usize, i: usize) -> f32 {
        self.p[u].iter().zip(&self.q[i]).map(|(p, q)| p * q).sum()
    }
}

/// Draws about 60,000 ratings by 600 users, 20 or more each, of some 400 films.
///
/// The same seed gives the same bits on every machine. Item `k` (from 1) is the `k`-th film of the
/// list, whatever the seed; one far down the tail may have no rating.
pub fn simulate(seed: u64) -> Simulation {
    let catalogue = films();
    let windows = windows(seed);
    let truth = plant(seed, &catalogue, &windows);
    let ratings = draw(seed, &catalogue, &windows, &truth);
    let users = people::attributes(seed, &truth.p);
    let ratings = ratings.with_attributes(Attributes { users, items: Lists::genres(&catalogue) });
    let dataset = Dataset {
        name: "simulated ratings".to_owned(),
        origin: Origin::Simulation,
        ratings: Arc::new(ratings),
        catalogue,
    };
    Simulation { dataset, truth }
}

/// When each user gave ratings: first and last second. From a day to three years, mostly months.
fn windows(seed: u64) -> Vec<(u32, u32)> {
    let mut place = stream(seed, "simulation: window");
    let mut length = Normal::new(stream(seed, "simulation: window length"));
    let window = |_| {
        let days = (120.0 * libm::exp(length.sample())).clamp(1.0, 3.0 * 365.0);
        let length = (days * DAY) as u32;
        let start = place.random_range(FIRST..LAST - length);
        (start, start + length)
    };
    (0..USERS).map(window).collect()
}

fn plant(seed: u64, catalogue: &[Item], windows: &[(u32, u32)]) -> Truth {
    let normals = |purpose: &str, n: usize, sd: f64| -> Vec<f32> {
        let mut normal = Normal::new(stream(seed, purpose));
        (0..n).map(|_| (sd * normal.sample()) as f32).collect()
    };
    let items = catalogue.len();
    let p = normals("simulation: p", USERS * AXES.len(), 1.0);
    let own = normals("simulation: q", items * AXES.len(), SD_Q * OWN);
    let q = traits(catalogue).into_iter().zip(own.chunks(AXES.len()));
    Truth {
        mu: MU as f32,
        b_u: normals("simulation: b_u", USERS, SD_B_U),
        b_i: normals("simulation: b_i", items, SD_B_I),
        p: p.chunks(AXES.len()).map(<[f32]>::to_vec).collect(),
        q: q.map(|(traits, own)| {
            let both = traits.iter().zip(own);
            both.map(|(&z, own)| (SD_Q * EXPLAINED * z) as f32 + own).collect()
        })
        .collect(),
        user_drift: normals("simulation: user drift", USERS, SD_ALPHA),
        item_drift: normals("simulation: item drift", items, SD_ITEM_DRIFT),
        middle: windows.iter().map(|&(a, b)| a + (b - a) / 2).collect(),
        noise: SD_NOISE as f32,
    }
}

/// Where each film stands on the axes by its genres and its year; mean 0 and variance 1 on each.
fn traits(catalogue: &[Item]) -> Vec<[f64; AXES.len()]> {
    let raw = |item: &Item| {
        let mut at = [0.0; AXES.len()];
        for (genre, loadings) in &LOADINGS {
            if item.genres.iter().any(|name| name == genre) {
                for (axis, loading) in at.iter_mut().zip(loadings) {
                    *axis += loading / item.genres.len() as f64;
                }
            }
        }
        at[4] = -f64::from(item.year.unwrap_or_default());
        at
    };
    let mut traits: Vec<_> = catalogue.iter().map(raw).collect();
    let n = traits.len() as f64;
    for axis in 0..AXES.len() {
        let mean = traits.iter().map(|at| at[axis]).sum::<f64>() / n;
        let squares = traits.iter().map(|at| (at[axis] - mean) * (at[axis] - mean));
        let sd = (squares.sum::<f64>() / n).sqrt();
        for at in &mut traits {
            at[axis] = (at[axis] - mean) / sd;
        }
    }
    traits
}

/// How many films each user rates: log-normal between bounds, scaled so that they add up.
fn counts(seed: u64) -> Vec<usize> {
    let mut normal = Normal::new(stream(seed, "simulation: activity"));
    let activity: Vec<f64> = (0..USERS).map(|_| libm::exp(SD_ACTIVITY * normal.sample())).collect();
    let count = |scale: f64, activity: &f64| (scale * activity).clamp(FEWEST, MOST).round();
    let (mut low, mut high) = (0.0, 1000.0);
    for _ in 0..40 {
        let scale = 0.5 * (low + high);
        let sum: f64 = activity.iter().map(|a| count(scale, a)).sum();
        if sum < RATINGS {
            low = scale;
        } else {
            high = scale;
        }
    }
    activity.iter().map(|a| count(low, a) as usize).collect()
}

/// Draws who rated what and when, and the ratings.
///
/// A user's films are drawn one after the other without replacement, each with odds `exp(score)`:
/// that is the same as taking the highest sums of score and a Gumbel number.
fn draw(seed: u64, catalogue: &[Item], windows: &[(u32, u32)], truth: &Truth) -> Ratings {
    let mut normal = Normal::new(stream(seed, "simulation: popularity"));
    let popularity: Vec<f64> =
        (0..catalogue.len()).map(|_| SD_POPULARITY * normal.sample()).collect();
    let available: Vec<u32> = catalogue.iter().map(available).collect();
    let mut choice = stream(seed, "simulation: choice");
    let mut time = stream(seed, "simulation: time");
    let mut noise = Normal::new(stream(seed, "simulation: noise"));
    let mut ratings = Vec::new();
    let mut times = Vec::new();
    for (u, count) in counts(seed).into_iter().enumerate() {
        let (start, end) = windows[u];
        let mut chosen: Vec<(f64, usize)> = Vec::with_capacity(catalogue.len());
        for i in 0..catalogue.len() {
            let gumbel = -libm::log(-libm::log(choice.random::<f64>()));
            if available[i] < end {
                let liking = f64::from(truth.b_i[i] + truth.taste(u, i));
                chosen.push((popularity[i] + PULL * liking + gumbel, i));
            }
        }
        if count < chosen.len() {
            chosen.select_nth_unstable_by(count, |a, b| b.0.total_cmp(&a.0));
            chosen.truncate(count);
        }
        // Selection leaves them in no particular order.
        sort::by(&mut chosen, &|a, b| a.1.cmp(&b.1));
        for (_, i) in chosen {
            let t = time.random_range(start.max(available[i])..end);
            let r = truth.expected(u, i, t) + truth.noise * noise.sample() as f32;
            let r = ((2.0 * r).round() / 2.0).clamp(0.5, 5.0);
            ratings.push(Rating { u, i, r });
            times.push(t);
        }
    }
    let users = Arc::new(Ids::counting(USERS));
    let items = Arc::new(Ids::counting(catalogue.len()));
    Ratings::new(users, items, &ratings, Some(&times))
        .expect("each user's films are drawn without replacement")
}

/// From when a film can have been rated, in seconds since 1970: the first day of the year after it
/// came out. Films older than the decade: its first day.
fn available(item: &Item) -> u32 {
    let year = u32::from(item.year.unwrap_or_default()) + 1;
    if year <= 2015 {
        return FIRST;
    }
    let leap_days = (year - 2013) / 4;
    FIRST + ((year - 2015) * 365 + leap_days) * 86_400
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs of rating and time.
    fn timed(set: &Ratings) -> impl Iterator<Item = (Rating, u32)> {
        set.iter().zip(set.timestamps().unwrap().iter().copied())
    }

    fn mean(values: impl Iterator<Item = f32>) -> f64 {
        let (sum, n) = values.fold((0.0, 0), |(sum, n), x| (sum + f64::from(x), n + 1));
        sum / f64::from(n)
    }

    fn correlation(pairs: &[(f64, f64)]) -> f64 {
        let n = pairs.len() as f64;
        let x = pairs.iter().map(|pair| pair.0).sum::<f64>() / n;
        let y = pairs.iter().map(|pair| pair.1).sum::<f64>() / n;
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            pairs.iter().map(|pair| f(pair.0 - x, pair.1 - y)).sum()
        };
        sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
    }

    #[test]
    fn every_genre_of_the_list_has_its_place_on_the_axes() {
        for genre in films().iter().flat_map(|film| &film.genres) {
            assert!(LOADINGS.iter().any(|(known, _)| known == genre), "{genre}");
        }
    }

    #[test]
    fn every_seed_gives_600_users_60000_half_star_ratings_and_a_mean_near_3_5() {
        for seed in 0..5 {
            let Simulation { dataset, truth } = simulate(seed);
            let set = &dataset.ratings;
            assert_eq!((set.users(), set.items()), (600, dataset.catalogue.len()));
            assert_eq!((truth.b_u.len(), truth.q.len()), (600, set.items()));
            assert!(set.len().abs_diff(60_000) <= 600, "{} ratings", set.len());
            assert!((0..600).all(|u| (20..=320).contains(&set.row(u).len())));
            assert!((set.mean() - 3.5).abs() < 0.1, "mean {}", set.mean());
            assert_eq!(set.scale(), (0.5, 5.0));
            assert!(set.iter().all(|rating| (2.0 * rating.r).fract() == 0.0));
            assert_eq!(dataset.catalogue[0].title, "A Trip to the Moon");
        }
    }

    #[test]
    fn a_seed_gives_the_same_data_again_and_another_seed_other_data() {
        let first = simulate(7);
        assert_eq!(first, simulate(7));
        let other = simulate(8);
        assert_ne!(first.dataset.ratings, other.dataset.ratings);
        assert_eq!(first.dataset.catalogue, other.dataset.catalogue);
    }

    /// Guards against change, on any target: a link to a run on these data must find them again.
    #[test]
    fn the_ratings_of_seed_1_are_those_of_earlier_versions() {
        let mut bytes = Vec::new();
        for (Rating { u, i, r }, t) in timed(&simulate(1).dataset.ratings) {
            bytes.extend((u as u32).to_le_bytes());
            bytes.extend((i as u32).to_le_bytes());
            bytes.extend(r.to_le_bytes());
            bytes.extend(t.to_le_bytes());
        }
        assert_eq!(xxhash_rust::xxh64::xxh64(&bytes, 0), 0xc281_77d7_3a5a_af6f);
    }

    #[test]
    fn users_are_active_for_a_while_and_rate_no_film_before_it_is_out() {
        let Simulation { dataset, truth } = simulate(3);
        let three_years = 3 * 365 * 86_400;
        for (Rating { u, i, .. }, t) in timed(&dataset.ratings) {
            assert!((FIRST..LAST).contains(&t));
            assert!(t.abs_diff(truth.middle[u]) <= three_years / 2 + 1);
            let year = 1970 + (f64::from(t) / YEAR) as u16;
            assert!(dataset.catalogue[i].year.unwrap() < year + 1);
        }
    }

    #[test]
    fn a_film_is_available_from_new_year_after_it_came_out() {
        let film = |year| Item { year: Some(year), ..Item::default() };
        assert_eq!(available(&film(1957)), FIRST);
        assert_eq!(available(&film(2014)), FIRST);
        // Seconds since 1970 of 2016-01-01, 2017-01-01 (after a leap year), 2024-01-01.
        assert_eq!(available(&film(2015)), 1_451_606_400);
        assert_eq!(available(&film(2016)), 1_483_228_800);
        assert_eq!(available(&film(2023)), 1_704_067_200);
    }

    #[test]
    fn ratings_scatter_around_the_planted_mean_by_the_planted_noise() {
        let Simulation { dataset, truth } = simulate(1);
        // Far from both ends of the scale, where clamping hardly matters.
        let residuals: Vec<f64> = timed(&dataset.ratings)
            .map(|(Rating { u, i, r }, t)| (f64::from(truth.expected(u, i, t)), f64::from(r)))
            .filter(|(expected, _)| (2.3..3.2).contains(expected))
            .map(|(expected, r)| r - expected)
            .collect();
        let n = residuals.len() as f64;
        assert!(n > 10_000.0);
        let mean = residuals.iter().sum::<f64>() / n;
        let sd = (residuals.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
        // Rounding to half stars adds the variance of a uniform number of width 0.5.
        let planted = (0.7_f64 * 0.7 + 0.25 / 12.0).sqrt();
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((sd - planted).abs() < 0.02, "sd {sd}, planted {planted}");
    }

    #[test]
    fn biases_and_drift_show_in_the_ratings() {
        let Simulation { dataset, truth } = simulate(2);
        let set = &dataset.ratings;
        let items: Vec<(f64, f64)> = (0..set.items())
            .filter(|&i| set.column(i).len() >= 30)
            .map(|i| {
                let ratings = set.column(i).ratings.iter().copied();
                (mean(ratings), f64::from(truth.b_i[i]))
            })
            .collect();
        assert!(items.len() > 300);
        assert!(correlation(&items) > 0.8, "{}", correlation(&items));

        // What is left without the drift grows with the years where the item's bias does.
        let drift: Vec<(f64, f64)> = timed(set)
            .map(|(Rating { u, i, r }, t)| {
                let years = (f64::from(t) - f64::from(FIRST)) / YEAR - 5.0;
                let drift = f64::from(truth.item_drift[i]) * years;
                let expected = f64::from(truth.expected(u, i, t)) - drift;
                (f64::from(r) - expected, drift)
            })
            .collect();
        // sd 0.12 of drift in 0.72 of residual: about 0.16 if nothing were lost to clamping.
        assert!(correlation(&drift) > 0.1, "{}", correlation(&drift));
    }

    #[test]
    fn films_a_user_would_like_are_rated_more_often_than_others() {
        let Simulation { dataset, truth } = simulate(4);
        let set = &dataset.ratings;
        let rated = mean(set.iter().map(|rating| truth.taste(rating.u, rating.i)));
        let cells = (0..set.users()).flat_map(|u| (0..set.items()).map(move |i| (u, i)));
        let all = mean(cells.map(|(u, i)| truth.taste(u, i)));
        assert!(rated - all > 0.1, "rated {rated}, all {all}");
        assert!(f64::from(set.mean()) - f64::from(truth.mu) > 0.1);
    }

    #[test]
    fn popularity_has_a_long_tail() {
        let set = simulate(5).dataset.ratings;
        let mut counts: Vec<usize> = (0..set.items()).map(|i| set.column(i).len()).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let share = |counts: &[usize]| counts.iter().sum::<usize>() as f64 / set.len() as f64;
        let n = counts.len();
        assert!(share(&counts[..n / 5]) > 0.4, "{}", share(&counts[..n / 5]));
        assert!(share(&counts[n / 2..]) < 0.25, "{}", share(&counts[n / 2..]));
        assert!(counts[0] > 10 * counts[n * 9 / 10]);
    }

    #[test]
    fn films_of_the_same_genres_are_neighbors() {
        let Simulation { dataset, truth } = simulate(6);
        let films = &dataset.catalogue;
        let cosine = |i: usize, j: usize| {
            let dot = |a: usize, b: usize| -> f32 {
                truth.q[a].iter().zip(&truth.q[b]).map(|(x, y)| x * y).sum()
            };
            dot(i, j) / (dot(i, i) * dot(j, j)).sqrt()
        };
        let pairs = |same: bool| {
            let all = (0..films.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
            let wanted = all.filter(|&(i, j)| (films[i].genres == films[j].genres) == same);
            mean(wanted.map(|(i, j)| cosine(i, j)))
        };
        let (same, other) = (pairs(true), pairs(false));
        assert!(same > 0.3 && other < 0.05, "same {same}, other {other}");
    }
}
