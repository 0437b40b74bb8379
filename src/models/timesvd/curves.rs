//! Biases over the years, and what the ratings have to say about them.

use super::TimeSvd;
use crate::data::Rating;
use crate::models::timeline::DAY;

impl TimeSvd {
    /// b_i(t) over the years: for each bin its first day, the day after its last, and
    /// b_i + b_i,Bin. Empty where items do not change.
    pub fn item_curve(&self, i: usize) -> Vec<(f64, f64, f32)> {
        let edges = self.line.edges();
        let bias = |bin| self.b.i[i] + self.b_bin[i * self.bins + bin];
        (0..self.bins).map(|bin| (edges[bin], edges[bin + 1], bias(bin))).collect()
    }

    /// b_u(t) on each of the days on which the user has training ratings: the day, and
    /// b_u + alpha_u dev_u(t) + b_u,t.
    pub fn user_days(&self, u: usize) -> Vec<(u32, f32)> {
        let first = self.line.first_day_row(u);
        let days = self.line.days_of(u).iter().enumerate();
        let own = |n| self.b_day.get(first + n).copied().unwrap_or(0.0);
        days.map(|(n, &day)| (day, self.user_drift(u, f64::from(day)) + own(n))).collect()
    }

    /// What the item's training ratings leave to b_i(t) and the vectors: of each its day and
    /// r - mu - b_u(t).
    pub fn item_rest(&self, i: usize) -> Vec<(u32, f32)> {
        let (train, times) = (&self.train, self.train.timestamps().unwrap_or_default());
        let ratings = train.column(i).iter().filter_map(|(u, r)| {
            let at = train.row(u).ids.binary_search(&(i as u32)).ok()?;
            let n = train.positions(u).start + at;
            let (time, when) = (*times.get(n)?, self.line.of(n));
            let own = self.day_of(when).map_or(0.0, |at| self.b_day[at]);
            let alpha = self.alpha.get(u).copied().unwrap_or(0.0);
            Some((time / DAY, r - self.b.mu - self.b.u[u] - alpha * when.dev - own))
        });
        ratings.collect()
    }

    /// What the user's training ratings leave to b_u(t) and the vectors: of each its day and
    /// r - mu - b_i(t).
    pub fn user_rest(&self, u: usize) -> Vec<(u32, f32)> {
        let times = self.train.timestamps().unwrap_or_default();
        let ratings = self.train.positions(u).filter_map(|n| {
            let Rating { i, r, .. } = self.train.nth_of(u, n);
            let bin = self.bin_of(i, self.line.of(n)).map_or(0.0, |at| self.b_bin[at]);
            Some((times.get(n)? / DAY, r - self.b.mu - self.b.i[i] - bin))
        });
        ratings.collect()
    }

    /// What of b_u(t) holds on any day: b_u + alpha_u dev_u(t).
    pub fn user_drift(&self, u: usize, day: f64) -> f32 {
        let alpha = self.alpha.get(u).copied().unwrap_or(0.0);
        self.b.u[u] + alpha * self.line.dev(u, day) as f32
    }
}
