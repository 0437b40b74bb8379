//! A weight for each rating, and a line of ratings with theirs.

use std::ops::Range;

use crate::data::{Line, Rating, Ratings};
use crate::models::side::Side;

/// Weights in the layout of a rating set: by user and by item, 4 bytes a rating each way.
#[derive(Debug, Clone)]
pub struct Weights {
    rows: Vec<f32>,
    columns: Vec<f32>,
}

impl Weights {
    /// What `of` gives for each rating and its position in row order, O(ratings).
    pub fn new(train: &Ratings, of: impl Fn(usize, Rating) -> f32) -> Self {
        Self::from_rows(train, train.iter().enumerate().map(|(n, rating)| of(n, rating)).collect())
    }

    /// From the weights in row order.
    pub fn from_rows(train: &Ratings, rows: Vec<f32>) -> Self {
        let mut next: Vec<usize> =
            (0..train.items()).map(|i| train.column_positions(i).start).collect();
        let mut columns = vec![0.0; rows.len()];
        for (Rating { i, .. }, &weight) in train.iter().zip(&rows) {
            columns[next[i]] = weight;
            next[i] += 1;
        }
        Self { rows, columns }
    }

    /// All of them in row order.
    pub fn rows(&self) -> &[f32] {
        &self.rows
    }

    /// Those at these positions in row order.
    pub fn of_user(&self, positions: Range<usize>) -> &[f32] {
        &self.rows[positions]
    }

    /// Those at these positions in column order.
    pub fn of_item(&self, positions: Range<usize>) -> &[f32] {
        &self.columns[positions]
    }
}

/// The ratings of one user or item with their weights, which are 1 where there are none.
#[derive(Debug, Clone, Copy)]
pub struct Weighted<'a> {
    line: Line<'a>,
    weights: Option<&'a [f32]>,
}

impl<'a> Weighted<'a> {
    /// R(u) or R(i).
    pub fn of(side: Side, train: &'a Ratings, weights: Option<&'a Weights>, row: usize) -> Self {
        match side {
            Side::Users => Self::row(train, weights, row),
            Side::Items => Self::column(train, weights, row),
        }
    }

    /// R(u).
    pub fn row(train: &'a Ratings, weights: Option<&'a Weights>, u: usize) -> Self {
        let weights = weights.map(|weights| weights.of_user(train.positions(u)));
        Self { line: train.row(u), weights }
    }

    /// R(i).
    fn column(train: &'a Ratings, weights: Option<&'a Weights>, i: usize) -> Self {
        let weights = weights.map(|weights| weights.of_item(train.column_positions(i)));
        Self { line: train.column(i), weights }
    }

    /// Dense index, rating and weight of each.
    pub fn iter(self) -> impl Iterator<Item = (usize, f32, f32)> + Clone + 'a {
        let weight = move |n: usize| self.weights.map_or(1.0, |weights| weights[n]);
        self.line.iter().enumerate().map(move |(n, (id, r))| (id, r, weight(n)))
    }

    /// Whether the weights are others than 1.
    pub fn is_weighted(self) -> bool {
        self.weights.is_some()
    }

    /// How many ratings there are.
    pub fn len(self) -> usize {
        self.line.len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.line.is_empty()
    }
}
