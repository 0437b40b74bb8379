//! The neighborhood tier: for each item a list of neighbors j, and for each pair the weights w_ij and
//! c_ij. What the global neighborhood model and the integrated model have in common.

use std::ops::Range;
use std::sync::Arc;

use super::biases::{Biases, place, square};
use super::entry::{Hyperparameter, Kind};
use super::frozen::Frozen;
use super::shape::Moment;
use super::side::Side;
use super::similarity::{Measure, Neighbors, Settings};
use super::{Axis, Parameter};
use crate::data::Ratings;
use crate::trace::{Addend, AddendKind, Listen, Place};

/// The addends of a prediction: of how the neighbors were rated, and of which were.
pub static RATINGS: Addend = Addend::new(
    AddendKind::Neighbors,
    "ratings",
    r"|R^k|^{-1/2} \sum_j (r_{uj} - \tilde b_{uj})\, w_{ij}",
    "how far the ratings of the film’s neighbors lie from what was expected, weighted",
);
/// See [`RATINGS`].
pub static PRESENCE: Addend = Addend::new(
    AddendKind::Neighbors,
    "presence",
    r"|N^k|^{-1/2} \sum_j c_{ij}",
    "which of the film’s neighbors were rated at all",
);

/// By what the k neighbors of an item are chosen: Pearson's correlation of what the baseline leaves
/// over, shrunk by the number of common raters (eq. 2), whatever its sign, since a weight may have any.
const SIMILARITY: Settings = Settings {
    side: Side::Items,
    measure: Measure::PearsonBaseline,
    shrinkage: 100.0,
    support: 1,
    above: f32::NEG_INFINITY,
};

/// The weights of all pairs of an item and a neighbor: 12 bytes a pair, items times k pairs, or, where
/// all co-rated pairs are kept, as many as there are.
#[derive(Debug, Clone)]
pub struct Weights {
    /// Where the pairs of each item begin and end.
    rows: Vec<Range<usize>>,
    /// The neighbor of each pair.
    of: Vec<u32>,
    w: Vec<f32>,
    c: Vec<f32>,
    /// b~: what r_uj is compared with, the baseline of the training set, never changed.
    frozen: Frozen,
    /// Room for neighbors of one item, or all pairs.
    columns: usize,
    /// Whether each item is a row of its own in the list of parameters.
    axis: Axis,
    /// How many neighbors take part in the steps of one pass, all together.
    taking_part: f64,
    found: Found,
    /// Where w stands in the list of the model's parameters; c comes next.
    place: usize,
}

/// What the user at hand rated, and which pairs of the item at hand take part.
#[derive(Debug)]
pub struct Hand {
    /// Which items the user rated.
    taken: Vec<u32>,
    /// For each item 0, or 1 more than its position among what the user rated.
    place: Vec<u32>,
    /// r_uj - b~_uj by that position.
    rest: Vec<f32>,
    /// The pairs in R^k(i;u), in the order of the item's list, and r_uj - b~_uj of each.
    pairs: Vec<u32>,
    rests: Vec<f32>,
    found: usize,
}

impl Hand {
    fn pairs(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        let pairs = self.pairs[..self.found].iter().map(|&pair| pair as usize);
        pairs.zip(self.rests[..self.found].iter().copied())
    }
}

/// R^k(i;u) of every known rating, found once, since neither the lists nor the ratings change: for each
/// rating the places in the item's list and in the user's row, 4 bytes a neighbor.
#[derive(Debug, Clone, Default)]
struct Found {
    start: Vec<u32>,
    near: Vec<[u16; 2]>,
}

/// Above this many, 64 MB, they are looked for in every pass.
const MOST_FOUND: usize = 1 << 24;

impl Weights {
    /// The hyperparameter k.
    pub const NEIGHBORS: Hyperparameter = Hyperparameter {
        name: "neighbors",
        symbol: "k",
        default: 300.0,
        min: 0.0,
        max: 2000.0,
        kind: Kind::Integer,
        help: "How many similar items can speak for an item; 0 means every item with a rater in common.",
    };

    /// All weights zero.
    pub fn new(train: &Arc<Ratings>, k: usize, place: usize) -> Self {
        let frozen = Frozen::new(train);
        let room = k.min(train.items().saturating_sub(1)).max(1);
        let lists =
            if k == 0 { Lists::full(train) } else { Lists::truncated(train, room, &frozen.b) };
        let pairs = lists.of.len();
        let mut weights = Self {
            rows: lists.rows,
            of: lists.of,
            w: vec![0.0; pairs],
            c: vec![0.0; pairs],
            frozen,
            columns: if k == 0 { pairs.max(1) } else { room },
            axis: if k == 0 { Axis::Global } else { Axis::Item },
            taking_part: 0.0,
            found: Found::default(),
            place,
        };
        weights.remember(train);
        weights
    }

    /// An empty hand, large enough for every user.
    pub fn hand(&self) -> Hand {
        let longest = self.rows.iter().map(Range::len).max().unwrap_or(0);
        Hand {
            taken: Vec::new(),
            place: vec![0; self.rows.len()],
            rest: Vec::new(),
            pairs: vec![0; longest],
            rests: vec![0.0; longest],
            found: 0,
        }
    }

    /// Takes up what user `u` rated and lays down what was taken up before, O(|R(u)|).
    pub fn take(&self, train: &Ratings, u: usize, hand: &mut Hand) {
        for j in hand.taken.drain(..) {
            hand.place[j as usize] = 0;
        }
        hand.taken.extend_from_slice(train.row(u).ids);
        hand.rest.clear();
        let b_u = self.frozen.user(u);
        for (j, r) in train.row(u).iter() {
            hand.rest.push(self.frozen.rest(b_u, j, r));
            hand.place[j] = hand.rest.len() as u32;
        }
    }

    /// Finds R^k(i;u), the neighbors of item `i` among what the user at hand rated. That of a known rating
    /// is remembered where there was room.
    pub fn find(&self, i: usize, when: Moment, hand: &mut Hand) {
        match when {
            Moment::Known(position) if position + 1 < self.found.start.len() => {
                self.recall(position, i, hand);
            }
            _ => self.search(i, hand),
        }
    }

    // lesson: find
    /// One look at each of the item's k neighbors.
    fn search(&self, i: usize, hand: &mut Hand) {
        let row = self.rows[i].clone();
        let mut found = 0;
        for (pair, &j) in row.clone().zip(&self.of[row]) {
            let place = hand.place[j as usize];
            if place > 0 {
                hand.pairs[found] = pair as u32;
                hand.rests[found] = hand.rest[place as usize - 1];
                found += 1;
            }
        }
        hand.found = found;
    }
    // lesson: end

    fn recall(&self, position: usize, i: usize, hand: &mut Hand) {
        let [from, to] = [position, position + 1].map(|n| self.found.start[n] as usize);
        let near = &self.found.near[from..to];
        let start = self.rows[i].start as u32;
        let to = hand.pairs.iter_mut().zip(&mut hand.rests);
        for ((pair, rest), &[slot, place]) in to.zip(near) {
            *pair = start + u32::from(slot);
            *rest = hand.rest[usize::from(place)];
        }
        hand.found = near.len();
    }

    // lesson: sum
    /// |R^k|^(-1/2) sum (r_uj - b~_uj) w_ij and |N^k|^(-1/2) sum c_ij over the neighbors found.
    pub fn sums(&self, hand: &Hand) -> (f32, f32) {
        let (mut explicit, mut implicit) = (0.0, 0.0);
        for (pair, rest) in hand.pairs() {
            explicit += rest * self.w[pair];
            implicit += self.c[pair];
        }
        let norm = norm(hand);
        (norm * explicit, norm * implicit)
    }
    // lesson: end

    // lesson: step
    /// w_ij += gamma (|R^k|^(-1/2) e (r_uj - b~_uj) - lambda w_ij) and
    /// c_ij += gamma (|N^k|^(-1/2) e - lambda c_ij) for the neighbors found.
    pub fn step<L: Listen>(
        &mut self,
        hand: &Hand,
        (e, gamma, lambda): (f32, f32, f32),
        listen: &mut L,
    ) {
        let (keep, e_k) = (1.0 - gamma * lambda, e * norm(hand));
        let learn = gamma * e_k;
        for (pair, rest) in hand.pairs() {
            let (w, c) = (self.w[pair], self.c[pair]);
            listen.rest(self.of[pair] as usize, rest);
            let gradient = || lambda * w - e_k * rest;
            let after = keep * w + learn * rest;
            self.w[pair] = listen.update(self.at(self.place, pair), w, gradient, after);
            let gradient = || lambda * c - e_k;
            let after = keep * c + learn;
            self.c[pair] = listen.update(self.at(self.place + 1, pair), c, gradient, after);
        }
    }
    // lesson: end

    fn at(&self, parameter: usize, pair: usize) -> Place {
        place(parameter, pair / self.columns, pair % self.columns)
    }

    /// The sum of w_ij^2 + c_ij^2 over the neighbors found.
    pub fn squares(&self, hand: &Hand) -> f64 {
        hand.pairs().map(|(pair, _)| square(self.w[pair]) + square(self.c[pair])).sum()
    }

    /// What each neighbor found contributes to the two sums together.
    pub fn because(&self, hand: &Hand) -> impl Iterator<Item = (usize, f32)> {
        let norm = norm(hand);
        hand.pairs().map(move |(pair, rest)| {
            (self.of[pair] as usize, norm * (rest * self.w[pair] + self.c[pair]))
        })
    }

    /// Multiplications in one pass: one a pair for each sum, three for each of its weights.
    pub fn operations(&self) -> f64 {
        8.0 * self.taking_part
    }

    /// Finds R^k(i;u) of every known rating; remembers them where there is room.
    fn remember(&mut self, train: &Ratings) {
        let mut hand = self.hand();
        let most = usize::from(u16::MAX);
        let mut fits = hand.pairs.len() <= most;
        let mut found = Found { start: vec![0], near: Vec::new() };
        for u in 0..train.users() {
            fits &= train.row(u).len() <= most;
            self.take(train, u, &mut hand);
            for &i in train.row(u).ids {
                let i = i as usize;
                self.search(i, &mut hand);
                self.taking_part += hand.found as f64;
                fits &= found.near.len() + hand.found <= MOST_FOUND;
                if fits {
                    let start = self.rows[i].start;
                    found.near.extend(hand.pairs().map(|(pair, _)| {
                        let place = hand.place[self.of[pair] as usize] - 1;
                        [(pair - start) as u16, place as u16]
                    }));
                    found.start.push(found.near.len() as u32);
                }
            }
        }
        if fits {
            self.found = found;
        }
    }

    /// w and c as parameters.
    pub fn parameters(&self) -> [Parameter<'_>; 2] {
        let list = |name, symbol, values| {
            Parameter::neighbors(name, symbol, self.axis, self.columns, &self.of, values)
        };
        [list("w_ij", ("w", "ij"), &self.w), list("c_ij", ("c", "ij"), &self.c)]
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> [&mut [f32]; 2] {
        [&mut self.w, &mut self.c]
    }
}

/// |R^k(i;u)|^(-1/2), or 0 where it is empty.
fn norm(hand: &Hand) -> f32 {
    if hand.found == 0 { 0.0 } else { 1.0 / (hand.found as f32).sqrt() }
}

/// The neighbors of each item, as ranges of one list.
struct Lists {
    rows: Vec<Range<usize>>,
    of: Vec<u32>,
}

impl Lists {
    /// The k most similar items of each, with room for k each.
    fn truncated(train: &Arc<Ratings>, k: usize, frozen: &Biases) -> Self {
        let mut lists = Neighbors::empty(train.items(), k);
        lists.fill(SIMILARITY, train, frozen);
        let row = |i: usize| {
            let range = lists.range(i);
            range.start..range.start + lists.row(i).count()
        };
        Self { rows: (0..train.items()).map(row).collect(), of: lists.ids().to_vec() }
    }

    /// Every item that has a rater in common with the item, by ascending index.
    fn full(train: &Ratings) -> Self {
        let mut lists = Self { rows: Vec::with_capacity(train.items()), of: Vec::new() };
        let mut seen = vec![false; train.items()];
        for i in 0..train.items() {
            let start = lists.of.len();
            seen[i] = true;
            for &u in train.column(i).ids {
                for &j in train.row(u as usize).ids {
                    if !seen[j as usize] {
                        seen[j as usize] = true;
                        lists.of.push(j);
                    }
                }
            }
            seen[i] = false;
            for &j in &lists.of[start..] {
                seen[j as usize] = false;
            }
            lists.of[start..].sort_unstable();
            lists.rows.push(start..lists.of.len());
        }
        lists
    }
}
