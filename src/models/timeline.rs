//! When the ratings of a training set were given, as the models in which time matters use it.

use crate::data::Ratings;

/// Seconds in a day; days are those of universal time, counted from 1970.
pub const DAY: u32 = 86_400;

/// beta in `dev_u(t)`, as in the paper.
pub const BETA: f64 = 0.4;

/// Stands for no day and no bin.
pub const NONE: u32 = u32::MAX;

/// What the models need to know of one moment of one user, 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct When {
    /// `dev_u(t)`: how far the user is from the mean date of the user's ratings.
    pub dev: f32,
    /// The row of the user's day, or [`NONE`] for a day without training ratings of this user.
    pub day: u32,
    /// Bin(t), the span of time, or [`NONE`] where the data has no timestamps.
    pub bin: u32,
}

/// The training set's dates. All of it comes from training ratings: a test rating given on a day on
/// which its user has no training rating finds no parameter for that day.
///
/// Bins       the days from the first training rating to the last, cut into spans of equal width
/// `t_u`        the mean day of the user's ratings
/// `dev_u(t)`   sign(t - `t_u`) |t - `t_u`|^beta with beta = .4, t in days; 0 for a user without ratings
/// Days       for each user the days with ratings, ascending; user after user in one list
/// Memory     12 bytes a rating, 12 a user, 8 a user's day
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    first: u32,
    last: u32,
    bins: u32,
    means: Vec<f64>,
    start: Vec<u32>,
    days: Vec<u32>,
    whose: Vec<u32>,
    when: Vec<When>,
}

impl Timeline {
    /// O(n log n), once for each training set. Without timestamps nothing has a date.
    pub fn new(train: &Ratings, bins: usize) -> Self {
        let Some(times) = train.timestamps() else {
            return Self {
                when: vec![When { dev: 0.0, day: NONE, bin: NONE }; train.len()],
                ..Self::default()
            };
        };
        let mut line = Self {
            first: times.iter().min().map_or(0, |t| t / DAY),
            last: times.iter().max().copied().unwrap_or(0),
            bins: bins as u32,
            start: vec![0],
            ..Self::default()
        };
        for u in 0..train.users() {
            let mut days: Vec<u32> = times[train.positions(u)].iter().map(|t| t / DAY).collect();
            days.sort_unstable();
            let sum: f64 = days.iter().map(|&day| f64::from(day)).sum();
            line.means.push(sum / days.len() as f64);
            days.dedup();
            line.whose.extend(days.iter().map(|_| u as u32));
            line.days.extend(days);
            line.start.push(line.days.len() as u32);
        }
        for u in 0..train.users() {
            for n in train.positions(u) {
                let when = line.at(u, times[n]);
                line.when.push(when);
            }
        }
        line
    }

    /// A training rating, by its position in row order.
    #[inline]
    pub fn of(&self, position: usize) -> When {
        self.when[position]
    }

    /// Any moment of a user, in seconds since 1970. A moment before the first training rating is in
    /// the first bin, one after the last in the last.
    pub fn at(&self, u: usize, time: u32) -> When {
        if self.bins == 0 {
            return When { dev: 0.0, day: NONE, bin: NONE };
        }
        let day = time / DAY;
        let row = self.days_of(u).binary_search(&day);
        let day_row = row.map_or(NONE, |at| self.start[u] + at as u32);
        When { dev: self.dev(u, f64::from(day)) as f32, day: day_row, bin: self.bin(day) }
    }

    /// The moment of the latest training rating.
    pub fn latest(&self) -> u32 {
        self.last
    }

    /// Bin(t) of a day.
    pub fn bin(&self, day: u32) -> u32 {
        let last = self.last / DAY;
        let span = u64::from(last - self.first) + 1;
        let since = u64::from(day.clamp(self.first, last) - self.first);
        (since * u64::from(self.bins) / span) as u32
    }

    /// The days, fractions included, at which the bins begin, and at the end the day after the last.
    pub fn edges(&self) -> Vec<f64> {
        if self.bins == 0 {
            return Vec::new();
        }
        let span = f64::from(self.last / DAY - self.first) + 1.0;
        let edge = |bin| f64::from(self.first) + span * f64::from(bin) / f64::from(self.bins);
        (0..=self.bins).map(edge).collect()
    }

    /// The days on which a user has training ratings, ascending.
    pub fn days_of(&self, u: usize) -> &[u32] {
        self.start.get(u..u + 2).map_or(&[], |s| &self.days[s[0] as usize..s[1] as usize])
    }

    /// The rows of a user's days.
    pub fn first_day_row(&self, u: usize) -> usize {
        self.start.get(u).map_or(0, |&row| row as usize)
    }

    /// Whose day each row is, for all users' days together.
    pub fn whose(&self) -> &[u32] {
        &self.whose
    }

    // lesson: dev
    /// `dev_u(t)` with t in days, and 0 for a user without training ratings.
    pub fn dev(&self, u: usize, day: f64) -> f64 {
        let apart = day - self.means.get(u).copied().unwrap_or(f64::NAN);
        if apart.is_nan() { 0.0 } else { apart.signum() * libm::pow(apart.abs(), BETA) }
    }
    // lesson: end
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{Ids, Rating};

    /// User 0 rates on days 10, 10 and 40; user 1 on day 109; user 2 never.
    fn line(bins: usize) -> Timeline {
        let at = |u, i| Rating { u, i, r: 1.0 };
        let ratings = [at(0, 0), at(0, 1), at(0, 2), at(1, 0)];
        let times = [10 * DAY, 11 * DAY - 1, 40 * DAY + 5, 109 * DAY];
        let ids = Arc::new(Ids::counting(3));
        let set = Ratings::new(ids.clone(), ids, &ratings, Some(&times)).unwrap();
        Timeline::new(&set, bins)
    }

    #[test]
    fn days_and_bins_are_counted_from_the_first_training_rating() {
        let line = line(10);
        assert_eq!(line.days_of(0), [10, 40]);
        assert_eq!(
            (line.days_of(1), line.days_of(2), line.whose()),
            (&[109][..], &[][..], &[0, 0, 1][..])
        );
        let found: Vec<_> = (0..4).map(|n| (line.of(n).day, line.of(n).bin)).collect();
        assert_eq!(found, [(0, 0), (0, 0), (1, 3), (2, 9)]);
        assert_eq!(line.edges()[..2], [10.0, 20.0]);
        assert_eq!(line.edges()[10], 110.0);
    }

    #[test]
    fn a_moment_outside_the_training_set_has_no_day_and_the_nearest_bin() {
        let line = line(10);
        assert_eq!((line.at(0, 11 * DAY).day, line.at(0, 11 * DAY).bin), (NONE, 0));
        assert_eq!((line.at(1, 0).bin, line.at(1, 500 * DAY).bin), (0, 9));
    }

    #[test]
    fn the_deviation_is_the_signed_distance_from_the_mean_day_to_the_power_of_two_fifths() {
        let line = line(10);
        // The mean of 10, 10 and 40 is 20.
        assert!((f64::from(line.of(0).dev) + libm::pow(10.0, 0.4)).abs() < 1e-6);
        assert!((f64::from(line.of(2).dev) - libm::pow(20.0, 0.4)).abs() < 1e-6);
        assert_eq!((line.of(3).dev, line.at(2, 7 * DAY).dev), (0.0, 0.0));
    }

    #[test]
    fn without_timestamps_nothing_has_a_date() {
        let line = Timeline::new(&crate::data::toy::toy().ratings, 30);
        let never = When { dev: 0.0, day: NONE, bin: NONE };
        assert_eq!((line.of(4), line.at(1, 5)), (never, never));
        assert!(line.days_of(0).is_empty() && line.edges().is_empty());
    }
}
