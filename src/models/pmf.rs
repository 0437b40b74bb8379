//! Probabilistic matrix factorization: maximum likelihood, and the most probable point.

use std::f64::consts::PI;
use std::sync::Arc;

use super::biases::{B_I, B_U, Biases, MEAN, OWN, Rate, place, square};
use super::checks::{Checks, Cold};
use super::choice::choices;
use super::entry::{Curve, Entry, Hyperparameter, Kind, Learning, Rule, Task};
use super::factors::{Factors, PRODUCT, dot};
use super::order::Order;
use super::shape::{Descent, Predict, Sgd, State, Visit};
use super::{Axis, Newcomer, Parameter, Spec};
use crate::data::{Line, Rating, Ratings};
use crate::random;
use crate::trace::Listen;

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "pmf",
    title: "Probabilistic matrix factorization",
    source: "Salakhutdinov and Mnih (2007), eq. 1 to 4",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + p_u^\top q_i",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \frac{\sigma^2}{\sigma_p^2} \sum_u (b_u^2 + \lVert p_u\rVert^2) + \frac{\sigma^2}{\sigma_q^2} \sum_i (b_i^2 + \lVert q_i\rVert^2)",
    rules: &[
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}"),
        Rule::gradient(
            &["b_u"],
            "gamma",
            r"b_u \leftarrow b_u + \gamma\,\Bigl(e_{ui} - \frac{\sigma^2}{\sigma_p^2 |R(u)|}\, b_u\Bigr)",
        ),
        Rule::gradient(
            &["b_i"],
            "gamma",
            r"b_i \leftarrow b_i + \gamma\,\Bigl(e_{ui} - \frac{\sigma^2}{\sigma_q^2 |R(i)|}\, b_i\Bigr)",
        ),
        Rule::gradient(
            &["p_u"],
            "gamma",
            r"p_u \leftarrow p_u + \gamma\,\Bigl(e_{ui}\, q_i - \frac{\sigma^2}{\sigma_p^2 |R(u)|}\, p_u\Bigr)",
        ),
        Rule::gradient(
            &["q_i"],
            "gamma",
            r"q_i \leftarrow q_i + \gamma\,\Bigl(e_{ui}\, p_u - \frac{\sigma^2}{\sigma_q^2 |R(i)|}\, q_i\Bigr)",
        ),
    ],
    checks: Checks {
        cold: |spec| match spec.choice("offset") {
            Offset::None => Cold::Zero,
            Offset::Mean => Cold::Mean,
            Offset::Biases => Cold::Baseline,
        },
        ..Checks::new("bayes.json", 0.856)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Hyperparameter::factors(40.0),
        Hyperparameter::epochs(40.0),
        Hyperparameter::gamma(0.01),
        variance(
            "variance",
            r"\sigma^2",
            0.7,
            "The variance of a rating around its prediction: how noisy ratings are taken to be.",
        ),
        variance(
            "variance_p",
            r"\sigma_p^2",
            0.05,
            "The variance of the prior of a user's vector: how far from zero its components may lie.",
        ),
        variance(
            "variance_q",
            r"\sigma_q^2",
            0.05,
            "The variance of the prior of an item's vector: how far from zero its components may lie.",
        ),
        Hyperparameter { symbol: r"\sigma_0", ..Hyperparameter::sigma(0.1) },
        Hyperparameter::choice::<Prior>(
            "prior",
            "",
            Prior::PerVector as usize,
            "No prior: maximum likelihood; a prior for each vector; or one that tightens with each of its ratings, as the penalty of svd does.",
        ),
        Hyperparameter::choice::<Offset>(
            "offset",
            "",
            Offset::Biases as usize,
            "What the product of vectors is added to: nothing, the mean, or mean and biases, which then have priors too.",
        ),
        Order::ANY,
    ],
    build: |spec, train, seed| {
        Box::new(Descent::new(Pmf::new(spec, train, seed), spec.choice("order"), seed))
    },
};

const fn variance(
    name: &'static str,
    symbol: &'static str,
    default: f64,
    help: &'static str,
) -> Hyperparameter {
    Hyperparameter { name, symbol, default, min: 0.001, max: 1000.0, kind: Kind::Log, help }
}

choices! {
    /// What is added to the product of vectors.
    enum Offset {
        None = "none",
        Mean = "mean",
        Biases = "biases",
    }
}

choices! {
    /// What holds a vector near zero.
    enum Prior {
        /// Nothing: maximum likelihood.
        None = "none",
        /// A prior of each vector.
        PerVector = "per-vector",
        /// One that tightens with each of its ratings.
        PerRating = "per-rating",
    }
}

/// Probabilistic matrix factorization by stochastic gradient descent.
///
/// Assumes    r_ui ~ N(r^_ui, sigma^2), p_u ~ N(0, sigma_p^2 I), q_i ~ N(0, sigma_q^2 I), and biases
///            likewise: b_u ~ N(0, sigma_p^2), b_i ~ N(0, sigma_q^2)
/// Predicts   r^_ui = mu + b_u + b_i + p_u . q_i (`offset=none`: p_u . q_i, as in the paper's formulas;
///            `mean`: mu + p_u . q_i, as in the authors' published program)
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda_p sum (b_u^2 + |p_u|^2) + lambda_q sum (b_i^2 + |q_i|^2) with
///            lambda_p = sigma^2 / sigma_p^2, lambda_q = sigma^2 / sigma_q^2: the negative logarithm of
///            the posterior times 2 sigma^2, without the terms in which no parameter stands (see
///            [`Pmf::log_posterior`] for them). `prior=none`: the first sum alone, maximum likelihood
/// Updates    e = r_ui - r^_ui;  p_u += gamma (e q_i - lambda_p / |R(u)| p_u);  b_u += gamma (e -
///            lambda_p / |R(u)| b_u);  the item's likewise: each rating carries an equal share of the
///            priors of its user and its item. `prior=per-rating`: the whole
///            lambda_p with each rating, the most probable point under p_u ~ N(0, sigma_p^2 / |R(u)| I);
///            that is what the model `svd` does, to the last bit, with lambda = lambda_p = lambda_q
/// Cost       O(f) a rating; 4 (users + items)(f + 1) bytes
/// Source     Salakhutdinov and Mnih, Probabilistic Matrix Factorization (NIPS 2007), eq. 1 to 4.
///            Defaults from a coarse search on MovieLens latest-small over the variances of the priors,
///            equal on both sides, with learning rate and factors near those of svd and als; only ratios
///            of variances matter, and 0.7 / 0.05 is a lambda of 14.
#[derive(Debug, Clone)]
pub struct Pmf {
    train: Arc<Ratings>,
    b: Biases,
    p: Factors,
    q: Factors,
    gamma: f32,
    variance: f64,
    /// The variances of the priors of user and item, infinite where there are none.
    priors: (f64, f64),
    per_rating: bool,
    offset: Offset,
}

const P: usize = OWN;
const Q: usize = OWN + 1;

impl Pmf {
    /// Start values for a training set: biases zero, vectors normal.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let (offset, prior): (Offset, Prior) = (spec.choice("offset"), spec.choice("prior"));
        let variance = |name| if prior == Prior::None { f64::INFINITY } else { spec.get(name) };
        let rng = |purpose| random::stream(seed, purpose);
        Self {
            b: Biases::new(&train, offset != Offset::None),
            p: Factors::normal(train.users(), f, sigma, rng("p"), |u| !train.row(u).is_empty()),
            q: Factors::normal(train.items(), f, sigma, rng("q"), |i| !train.column(i).is_empty()),
            gamma: spec.get("gamma") as f32,
            variance: spec.get("variance"),
            priors: (variance("variance_p"), variance("variance_q")),
            per_rating: prior == Prior::PerRating,
            offset,
            train,
        }
    }

    /// The logarithm of p(R | p, q) p(p) p(q) with all its constants; without priors that of the
    /// likelihood. Vectors without ratings do not count.
    ///
    /// ```text
    /// log p(R | p, q) = -|R|/2 log(2 pi sigma^2) - 1/(2 sigma^2) sum (r_ui - r^_ui)^2
    /// log p(p_u)      = -f/2 log(2 pi sigma_p^2) - 1/(2 sigma_p^2) |p_u|^2
    /// ```
    pub fn log_posterior(&self) -> f64 {
        let normal = |n: f64, squares: f64, variance: f64| {
            -0.5 * (n * libm::log(2.0 * PI * variance) + squares / variance)
        };
        let errors =
            self.train.iter().map(|Rating { u, i, r }| square(r - self.sum(u, i, &(), &mut ())));
        let mut sum = normal(self.train.len() as f64, errors.sum(), self.variance);
        let (of_p, of_q) = self.priors;
        if of_p.is_finite() {
            let biased = self.offset == Offset::Biases;
            let n = (self.p.factors() + usize::from(biased)) as f64;
            let mut add = |vector: &[f32], bias: f32, variance: f64, ratings: usize| {
                let share = if self.per_rating { ratings as f64 } else { 1.0 };
                if ratings > 0 {
                    sum += normal(n, squares(vector) + square(bias), variance / share);
                }
            };
            for (u, &b) in self.b.u.iter().enumerate() {
                add(self.p.row(u), b, of_p, self.train.row(u).len());
            }
            for (i, &b) in self.b.i.iter().enumerate() {
                add(self.q.row(i), b, of_q, self.train.column(i).len());
            }
        }
        sum
    }

    /// lambda_p and lambda_q as far as one rating of u and i carries them.
    fn lambdas(&self, u: usize, i: usize) -> (f32, f32) {
        let share = |variance: f64, n: usize| {
            let lambda = (self.variance / variance) as f32;
            if self.per_rating { lambda } else { lambda / n as f32 }
        };
        let (of_p, of_q) = self.priors;
        (share(of_p, self.train.row(u).len()), share(of_q, self.train.column(i).len()))
    }
}

fn squares(values: &[f32]) -> f64 {
    values.iter().map(|&x| square(x)).sum()
}

impl State for Pmf {
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

impl Predict for Pmf {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        let product = dot(self.p.row(u), self.q.row(i));
        let offset = match self.offset {
            Offset::None => 0.0,
            Offset::Mean => {
                listen.term(&MEAN, self.b.mu);
                self.b.mu
            }
            Offset::Biases => self.b.sum(u, i, listen),
        };
        listen.term(&PRODUCT, product);
        offset + product
    }

    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        let each = if self.per_rating { rated.len() as f32 } else { 1.0 };
        let lambda = each * (self.variance / self.priors.0) as f32;
        let biased = self.offset == Offset::Biases;
        Some(Newcomer::solved((&self.b, &self.q), rated, lambda, biased))
    }
}

impl Sgd for Pmf {
    // lesson: update
    fn update<L: Listen>(&mut self, Visit { u, i, e }: Visit, (): &mut (), listen: &mut L) {
        let (lambda_p, lambda_q) = self.lambdas(u, i);
        let by_p = Rate::new(e, self.gamma, lambda_p);
        let by_q = Rate::new(e, self.gamma, lambda_q);
        if self.offset == Offset::Biases {
            let (b_u, b_i) = (self.b.u[u], self.b.i[i]);
            let (after_u, after_i) = (by_p.keep * b_u + by_p.learn, by_q.keep * b_i + by_q.learn);
            self.b.u[u] = listen.update(place(B_U, u, 0), b_u, || lambda_p * b_u - e, after_u);
            self.b.i[i] = listen.update(place(B_I, i, 0), b_i, || lambda_q * b_i - e, after_i);
        }
        // Without the padding: a zero may turn negative there where a step overshoots.
        let f = self.p.factors();
        let (p_u, q_i) = (&mut self.p.row_mut(u)[..f], &mut self.q.row_mut(i)[..f]);
        for (k, (p, q)) in p_u.iter_mut().zip(q_i).enumerate() {
            let (p_old, q_old) = (*p, *q);
            let after = by_p.keep * p_old + by_p.learn * q_old;
            *p = listen.update(place(P, u, k), p_old, || lambda_p * p_old - e * q_old, after);
            let after = by_q.keep * q_old + by_q.learn * p_old;
            *q = listen.update(place(Q, i, k), q_old, || lambda_q * q_old - e * p_old, after);
        }
    }
    // lesson: end

    fn penalized(&self, Visit { u, i, e }: Visit, (): &()) -> f64 {
        let (lambda_p, lambda_q) = self.lambdas(u, i);
        square(e)
            + f64::from(lambda_p) * (square(self.b.u[u]) + squares(self.p.row(u)))
            + f64::from(lambda_q) * (square(self.b.i[i]) + squares(self.q.row(i)))
    }

    fn operations(&self) -> f64 {
        // f for the product, and 3 f each for p_u and q_i.
        7.0 * self.p.factors() as f64 * self.train.len() as f64
    }
}
