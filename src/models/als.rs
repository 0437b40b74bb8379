//! Matrix factorization by alternating least squares.

use std::sync::Arc;

use super::biases::{B_I, B_U, Biases, OWN, place, square};
use super::checks::{Agreement, Checks, Cold};
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, PRODUCT, dot};
use super::shape::{At, Predict, Stage, State, Sweep, Sweeps};
use super::side::Side;
use super::{Axis, Newcomer, Parameter, Spec};
use crate::data::{Line, Rating, Ratings};
use crate::random;
use crate::trace::Listen;

pub(super) mod normal;
pub(super) mod weights;
mod written;

use normal::Normal;
use weights::{Weighted, Weights};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "als",
    title: "Matrix factorization by ALS",
    source: "Koren, Bell, Volinsky (2009), eq. 2 and 'Alternating least squares'",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + p_u^\top q_i",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda\,\Bigl(\sum_u (b_u^2 + \lVert p_u\rVert^2) + \sum_i (b_i^2 + \lVert q_i\rVert^2)\Bigr)",
    rules: &[
        Rule::of(
            Form::ClosedForm,
            &["b_u"],
            r"b_u \leftarrow \frac{1}{|R(u)| + \lambda} \sum_{i \in R(u)} (r_{ui} - \mu - b_i - p_u^\top q_i)",
        ),
        Rule::of(
            Form::ClosedForm,
            &["p_u"],
            r"\Bigl(\sum_{i \in R(u)} q_i q_i^\top + \lambda I\Bigr)\, p_u = \sum_{i \in R(u)} (r_{ui} - \mu - b_u - b_i)\, q_i",
        ),
        Rule::of(
            Form::ClosedForm,
            &["b_i"],
            r"b_i \leftarrow \frac{1}{|R(i)| + \lambda} \sum_{u \in R(i)} (r_{ui} - \mu - b_u - p_u^\top q_i)",
        ),
        Rule::of(
            Form::ClosedForm,
            &["q_i"],
            r"\Bigl(\sum_{u \in R(i)} p_u p_u^\top + \lambda I\Bigr)\, q_i = \sum_{u \in R(i)} (r_{ui} - \mu - b_u - b_i)\, p_u",
        ),
    ],
    checks: Checks {
        cold: |spec| match spec.choice("variant") {
            Variant::Biased => Cold::Baseline,
            Variant::Plain | Variant::Zeros => Cold::Zero,
        },
        agreement: Agreement::Close,
        ..Checks::new("als.json", 0.858)
    },
    needs: &[],
    watched: Curve::Objective,
    learning: |_| Learning::Solving,
    hyperparameters: &[
        Hyperparameter::factors(40.0),
        Hyperparameter::epochs(15.0),
        Hyperparameter::lambda(10.0, 100.0),
        Hyperparameter::sigma(0.1),
        Hyperparameter::choice::<Variant>(
            "variant",
            "",
            Variant::Biased as usize,
            "With mean and biases; the product of vectors alone; or that with every unrated cell taken for a rating of zero.",
        ),
    ],
    build: |spec, train, seed| {
        let variant = spec.choice("variant");
        Box::new(Sweeps::new(Als::new(spec, train, seed, variant, None)))
    },
};

choices! {
    /// What is factorized.
    pub enum Variant {
        /// What the mean and the biases leave over.
        Biased = "biased",
        /// The ratings themselves.
        Plain = "plain",
        /// The ratings, and a zero in every unrated cell.
        Zeros = "zeros",
    }
}

/// Matrix factorization by alternating least squares.
///
/// Predicts   r^_ui = mu + b_u + b_i + p_u . q_i (plain and zeros: p_u . q_i)
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (sum b_u^2 + sum b_i^2 + sum |p_u|^2 + sum |q_i|^2); the
///            first sum over known r_ui, in the variant `zeros` over all cells
/// Updates    for each user: b_u = sum (r_ui - mu - b_i - p_u . q_i) / (|R(u)| + lambda), then p_u from
///            (sum q_i q_i^T + lambda I) p_u = sum (r_ui - mu - b_u - b_i) q_i; for each item likewise
/// Cost       a sweep O(ratings f^2 + (users + items) f^3); a line with n < f ratings costs
///            O(n^2 f + n^3), see `Normal::solve_short`; 4 (users + items)(f + 1) bytes
/// Source     Koren, Bell, Volinsky (2009). Defaults as in cmfrec's comparison: 40 factors, lambda 10,
///            15 sweeps
///
/// Where ratings have weights c_ui, as in the model `confidence`, each squared error and each addend of
/// each sum counts c_ui times, and |R(u)| is the sum of the weights. Here all are 1.
#[derive(Debug, Clone)]
pub struct Als {
    train: Arc<Ratings>,
    weights: Option<Weights>,
    variant: Variant,
    b: Biases,
    p: Factors,
    q: Factors,
    lambda: f32,
}

const P: usize = OWN;
const Q: usize = OWN + 1;

/// One half of a sweep: whose vectors are solved for, and whose are held.
struct Half<'a> {
    side: Side,
    train: &'a Ratings,
    weights: Option<&'a Weights>,
    variant: Variant,
    mu: f32,
    lambda: f32,
    bias: &'a mut [f32],
    own: &'a mut Factors,
    held_bias: &'a [f32],
    held: &'a Factors,
    /// Places of the solved bias and vector in the list of parameters.
    places: (usize, usize),
}

impl Half<'_> {
    // lesson: update
    /// Solves for one user or item; `line` holds its ratings r, each with a weight c, which is 1 where
    /// ratings have none. False where its system is singular: then its vector stays as it was.
    fn solve<L: Listen>(&mut self, row: usize, work: &mut Normal, listen: &mut L) -> bool {
        let line = Weighted::of(self.side, self.train, self.weights, row);
        let is_user = self.side == Side::Users;
        listen.objective(|| self.penalized(row, line));
        if self.variant == Variant::Biased {
            let (mut count, mut sum) = (0.0, 0.0);
            for (id, r, c) in line.iter() {
                let product = dot(self.own.row(row), self.held.row(id));
                sum += c * (r - self.mu - self.held_bias[id] - product);
                count += c;
            }
            count += self.lambda;
            let [above, below] = written::bias(is_user, line.is_weighted());
            listen.term(above, sum);
            listen.term(below, count);
            let before = self.bias[row];
            let after = if count > 0.0 { sum / count } else { 0.0 };
            self.bias[row] =
                listen.update(place(self.places.0, row, 0), before, || count * before - sum, after);
        }
        if line.is_empty() {
            self.own.row_mut(row).fill(0.0);
            return true;
        }
        let (bias, mu, held_bias) = (self.bias[row], self.mu, self.held_bias);
        let rest = |(id, r, c): (usize, f32, f32)| (id, r - mu - bias - held_bias[id], c);
        let targets = line.iter().map(rest);
        let solved = if self.variant == Variant::Zeros {
            work.right(self.held, targets.map(|(id, t, _)| (id, t)));
            work.solve_prepared()
        } else if !L::HEARS && self.lambda > 0.0 && line.len() < self.own.factors() {
            work.solve_short(self.held, targets, line.len(), self.lambda)
        } else {
            work.matrix(self.held, line.iter().map(|(id, _, c)| (id, c)), self.lambda);
            work.right(self.held, targets.map(|(id, t, c)| (id, c * t)));
            work.solve()
        };
        let written = || written::vector(is_user, self.variant, line.is_weighted());
        listen.system(|| work.system(written(), solved));
        if solved {
            let own = self.own.row_mut(row);
            let before = if L::HEARS { own.to_vec() } else { Vec::new() };
            for (k, value) in own.iter_mut().enumerate() {
                let place = place(self.places.1, row, k);
                let gradient = || work.gradient(&before, k);
                *value = listen.update(place, *value, gradient, work.solution()[k]);
            }
        }
        solved
    }
    // lesson: end

    fn penalized(&self, row: usize, line: Weighted) -> f64 {
        let own = self.own.row(row);
        let error = |(id, r, c): (usize, f32, f32)| {
            let rest = r - self.mu - self.bias[row] - self.held_bias[id];
            f64::from(c) * square(rest - dot(own, self.held.row(id)))
        };
        let mut sum: f64 = line.iter().map(error).sum();
        if self.variant == Variant::Zeros {
            let cell = |id| square(dot(own, self.held.row(id)));
            sum += (0..self.held.rows()).map(cell).sum::<f64>();
            sum -= line.iter().map(|(id, ..)| cell(id)).sum::<f64>();
        }
        let penalty = square(self.bias[row]) + own.iter().map(|&x| square(x)).sum::<f64>();
        sum + f64::from(self.lambda) * penalty
    }
}

impl Als {
    /// Start values for a training set: q_i normal, everything else zero, since p_u is solved first.
    /// The variant `zeros` takes no weights.
    pub fn new(
        spec: &Spec,
        train: Arc<Ratings>,
        seed: u64,
        variant: Variant,
        weights: Option<Weights>,
    ) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let rng = random::stream(seed, "q");
        Self {
            b: Biases::new(&train, variant == Variant::Biased),
            p: Factors::zeros(train.users(), f),
            q: Factors::normal(train.items(), f, sigma, rng, |i| !train.column(i).is_empty()),
            lambda: spec.get("lambda") as f32,
            variant,
            weights,
            train,
        }
    }

    fn half(&mut self, side: Side) -> Half<'_> {
        let Self { train, weights, variant, b, p, q, lambda } = self;
        let Biases { mu, u: b_u, i: b_i } = b;
        let of_users = side == Side::Users;
        let (bias, held_bias) = if of_users { (b_u, b_i) } else { (b_i, b_u) };
        let (own, held) = if of_users { (p, q) } else { (q, p) };
        let places = if of_users { (B_U, P) } else { (B_I, Q) };
        let (variant, mu, lambda, weights) = (*variant, *mu, *lambda, weights.as_ref());
        Half { side, train, weights, variant, mu, lambda, bias, own, held_bias, held, places }
    }

    /// The weight of each rating in row order; nothing where all are 1.
    pub fn weights(&self) -> Option<&[f32]> {
        self.weights.as_ref().map(Weights::rows)
    }
}

impl State for Als {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&[
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([self.p.values_mut(), self.q.values_mut()])
    }
}

impl Predict for Als {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        let product = dot(self.p.row(u), self.q.row(i));
        let biased = self.variant == Variant::Biased;
        let baseline = if biased { self.b.sum(u, i, listen) } else { 0.0 };
        listen.term(&PRODUCT, product);
        baseline + product
    }

    /// A newcomer's ratings have weight 1, which is the mean of all weights.
    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        let biased = self.variant == Variant::Biased;
        let solved = || Newcomer::solved((&self.b, &self.q), rated, self.lambda, biased);
        (self.variant != Variant::Zeros).then(solved)
    }
}

impl Sweep for Als {
    type Work = Normal;

    fn stages(&self) -> &'static [Stage] {
        &[Stage::Each(Side::Users), Stage::Each(Side::Items)]
    }

    /// In the variant `zeros` with the matrix that all lines share.
    fn work(&self, at: At, _hears: bool) -> Normal {
        let held = if at.stage.side() == Side::Users { &self.q } else { &self.p };
        let mut work = Normal::new(held.factors());
        if self.variant == Variant::Zeros {
            work.matrix(held, (0..held.rows()).map(|row| (row, 1.0)), self.lambda);
            work.prepare();
        }
        work
    }

    fn unit<L: Listen>(&mut self, at: At, work: &mut Normal, listen: &mut L) -> bool {
        self.half(at.stage.side()).solve(at.row, work, listen)
    }

    fn objective(&self) -> f64 {
        let weight = |n: usize| self.weights().map_or(1.0, |weights| f64::from(weights[n]));
        let error = |(n, Rating { u, i, r })| weight(n) * square(r - self.sum(u, i, &(), &mut ()));
        let mut sum: f64 = self.train.iter().enumerate().map(error).sum();
        if self.variant == Variant::Zeros {
            for u in 0..self.train.users() {
                for i in 0..self.train.items() {
                    if self.train.get(u, i).is_none() {
                        sum += square(self.sum(u, i, &(), &mut ()));
                    }
                }
            }
        }
        let vectors = self.p.values().iter().chain(self.q.values());
        let squares = self.b.all_squares() + vectors.map(|&x| square(x)).sum::<f64>();
        sum + f64::from(self.lambda) * squares
    }

    fn operations(&self) -> f64 {
        let f = self.p.factors() as f64;
        let line = |n: usize| {
            let n = n as f64;
            if self.variant == Variant::Zeros {
                return n * f + f * f;
            }
            let size = if self.lambda > 0.0 { f.min(n) } else { f };
            n * f * size / 2.0 + size * size * size / 6.0 + 2.0 * n * f
        };
        let train = &self.train;
        let lines = (0..train.users()).map(|u| train.row(u).len());
        let lines = lines.chain((0..train.items()).map(|i| train.column(i).len()));
        let shared = if self.variant == Variant::Zeros {
            (train.users() + train.items()) as f64 * f * f / 2.0 + f * f * f / 3.0
        } else {
            0.0
        };
        shared + lines.map(line).sum::<f64>()
    }
}
