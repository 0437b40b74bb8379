//! A user who is not in the training set: in models that know users by their ratings alone, and in those
//! where the user's own vector follows from the ratings in closed form.

use super::als::normal::Normal;
use super::biases::{Biases, ITEM_BIAS, MEAN, USER_BIAS};
use super::factors::{Factors, add_scaled, dot};
use super::rescaled::in_ratings;
use crate::data::Stars;
use crate::trace::{Addend, AddendKind, Explanation, Listen, RatedShare};

/// The addend of the vector.
static PRODUCT: Addend = Addend::new(
    AddendKind::Factors,
    "product",
    r"q_i^\top z_u",
    "the film’s vector times what the rated films say of the user",
);

/// What the shares of all rated items sum to.
const SUMMED: &[&Addend] = &[&PRODUCT];

/// What a model makes of a row of ratings: a bias and a vector to stand where a training user's stand.
///
/// Predicts   r^_i = mu + b + b_i + q_i . z,  z the sum of one part for each rating
/// Cost       O(f) a prediction
#[derive(Debug, Clone)]
pub struct Newcomer<'a> {
    /// mu and the b_i of the model; its b_u are not used.
    pub(super) b: &'a Biases,
    /// The q_i of the model.
    pub(super) q: &'a Factors,
    /// The bias, from the ratings in closed form.
    pub bias: f32,
    /// z, with its padding.
    pub vector: Vec<f32>,
    /// Each rated item with its part of z.
    pub parts: Vec<(usize, Vec<f32>)>,
    /// What one rated item adds to a prediction, as LaTeX.
    pub(super) share: &'static str,
    /// The scale of what is predicted; bias and vector are in stars.
    pub(super) stars: Stars,
}

impl<'a> Newcomer<'a> {
    /// The bias is the minimum of the objective over it, with everything else held: the mean of what
    /// mu, b_i and q_i . z leave of the ratings, over 1 + lambda.
    pub(super) fn new(
        (b, q): (&'a Biases, &'a Factors),
        rated: crate::data::Line,
        lambda: f32,
        (vector, parts): (Vec<f32>, Vec<(usize, Vec<f32>)>),
        share: &'static str,
    ) -> Self {
        let rest = |(i, r): (usize, f32)| r - b.mu - b.i[i] - dot(q.row(i), &vector);
        let sum = rated.iter().map(rest).fold(0.0, |sum, rest| sum + rest);
        let count = rated.len() as f32 * (1.0 + lambda);
        let bias = if count > 0.0 { sum / count } else { 0.0 };
        Self { b, q, bias, vector, parts, share, stars: Stars::PLAIN }
    }

    /// Bias and vector in a model whose users have vectors of their own: those that minimize the squared
    /// errors over these ratings + lambda (b^2 + |z|^2), with mu, b_i and q_i held. With x_j = (q_j, 1),
    /// or q_j alone where `biased` is false, (z, b) is the sum of one part for each rating:
    ///
    /// ```text
    /// A = sum x_j x_j^T + lambda I,   (z, b) = sum of A^(-1) x_j (r_j - mu - b_j)
    /// ```
    ///
    /// Where A is singular, as it can only be without a penalty, both stay zero. O(n f^2 + f^3).
    pub(super) fn solved(
        (b, q): (&'a Biases, &'a Factors),
        rated: crate::data::Line,
        lambda: f32,
        biased: bool,
    ) -> Self {
        let (f, n) = (q.factors(), rated.len());
        let size = f + usize::from(biased);
        let mut x = Factors::zeros(n, size);
        for (row, (j, _)) in rated.iter().enumerate() {
            x.row_mut(row)[..f].copy_from_slice(&q.row(j)[..f]);
            x.row_mut(row)[f..size].fill(1.0);
        }
        let mut normal = Normal::new(size);
        normal.matrix(&x, (0..n).map(|row| (row, 1.0)), lambda);
        normal.prepare();
        let (mut bias, mut vector, mut parts) = (0.0, vec![0.0; q.stride()], Vec::new());
        for (row, (j, r)) in rated.iter().enumerate() {
            normal.right(&x, std::iter::once((row, r - b.mu - b.i[j])));
            let mut part = vec![0.0; q.stride()];
            if normal.solve_prepared() {
                part[..f].copy_from_slice(&normal.solution()[..f]);
                bias += if biased { normal.solution()[f] } else { 0.0 };
            }
            add_scaled(&mut vector, 1.0, &part);
            parts.push((j, part));
        }
        let share = r"q_i^\top A_u^{-1} q_j\, (r_{uj} - \mu - b_j)";
        Self { b, q, bias, vector, parts, share, stars: Stars::PLAIN }
    }

    /// The prediction for one item, not clamped to the rating scale.
    pub fn predict(&self, i: usize) -> f32 {
        self.stars.rating(self.sum(i, &mut ()))
    }

    /// How far the ratings move the prediction for one item beyond mu + b + b_i, in stars: q_i . z.
    pub fn change(&self, i: usize) -> f32 {
        dot(self.q.row(i), &self.vector)
    }

    /// The addends of a prediction, and what each rating contributes to its last one, largest first.
    pub fn explain(&self, i: usize) -> Explanation {
        let mut explanation = Explanation::default();
        self.sum(i, &mut explanation);
        let share = |(j, part): &(usize, Vec<f32>)| (*j, dot(self.q.row(i), part));
        explanation.because = self.parts.iter().map(share).collect();
        explanation.largest_first();
        explanation.share =
            Some(RatedShare { latex: self.share, words: RatedShare::EACH, of: SUMMED });
        in_ratings(self.stars, explanation)
    }

    fn sum<L: Listen>(&self, i: usize, listen: &mut L) -> f32 {
        let product = self.change(i);
        listen.term(&MEAN, self.b.mu);
        listen.term(&USER_BIAS, self.bias);
        listen.term(&ITEM_BIAS, self.b.i[i]);
        listen.term(&PRODUCT, product);
        self.b.mu + self.bias + self.b.i[i] + product
    }
}
