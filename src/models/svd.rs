//! Matrix factorization by stochastic gradient descent.

use std::sync::Arc;

use super::biases::{Biases, OWN, Rate, place, square};
use super::checks::{Checks, Cold, Smoothness};
use super::choice::choices;
use super::entry::{Curve, Entry, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, PRODUCT, dot};
use super::order::Order;
use super::shape::{Descent, Predict, Sgd, State, Visit};
use super::{Axis, Newcomer, Parameter, Spec};
use crate::data::{Line, Ratings};
use crate::random;
use crate::trace::Listen;

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "svd",
    title: "Matrix factorization by SGD",
    source: "Koren, Bell, Volinsky (2009), eq. 5; defaults as in Surprise",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + p_u^\top q_i",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda\,(b_u^2 + b_i^2 + \lVert p_u\rVert^2 + \lVert q_i\rVert^2)",
    rules: &[
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}"),
        Rule::gradient(&["b_u"], "gamma", r"b_u \leftarrow b_u + \gamma\,(e_{ui} - \lambda\, b_u)"),
        Rule::gradient(&["b_i"], "gamma", r"b_i \leftarrow b_i + \gamma\,(e_{ui} - \lambda\, b_i)"),
        Rule::gradient(
            &["p_u"],
            "gamma",
            r"p_u \leftarrow p_u + \gamma\,(e_{ui}\, q_i - \lambda\, p_u)",
        ),
        Rule::gradient(
            &["q_i"],
            "gamma",
            r"q_i \leftarrow q_i + \gamma\,(e_{ui}\, p_u - \lambda\, q_i)",
        ),
    ],
    checks: Checks {
        cold: |spec| if spec.choice("biases") { Cold::Baseline } else { Cold::Zero },
        smoothness: |spec| match spec.choice("update") {
            Update::Simultaneous => Smoothness::Quadratic,
            Update::Sequential => Smoothness::None,
        },
        ..Checks::new("svd.json", 0.875)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Hyperparameter::factors(100.0),
        Hyperparameter::epochs(20.0),
        Hyperparameter::gamma(0.005),
        Hyperparameter::lambda(0.02, 10.0),
        Hyperparameter::sigma(0.1),
        Hyperparameter::choice::<bool>(
            "biases",
            r"b_u, b_i",
            true as usize,
            "Whether the prediction has the mean and the biases, or the product of vectors alone.",
        ),
        Hyperparameter::choice::<Update>(
            "update",
            "",
            Update::Simultaneous as usize,
            "Whether q_i learns from the p_u before the step, or from the p_u just changed.",
        ),
        Order::ANY,
    ],
    build: |spec, train, seed| {
        Box::new(Descent::new(Svd::new(spec, train, seed), spec.choice("order"), seed))
    },
};

choices! {
    /// From which p_u a step teaches q_i.
    enum Update {
        /// The one before the step.
        Simultaneous = "simultaneous",
        /// The one just changed.
        Sequential = "sequential",
    }
}

/// Biased matrix factorization by stochastic gradient descent.
///
/// Predicts   r^_ui = mu + b_u + b_i + p_u . q_i (without biases: p_u . q_i)
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (b_u^2 + b_i^2 + |p_u|^2 + |q_i|^2) over known r_ui
/// Updates    e = r_ui - r^_ui;  b_u += gamma (e - lambda b_u);  b_i likewise;
///            p_u += gamma (e q_i - lambda p_u);  q_i += gamma (e p_u - lambda q_i), from the p_u
///            before the step, or, `update=sequential`, from the new one
/// Cost       O(f) a rating; 4 (users + items)(f + 1) bytes
/// Source     Koren, Bell, Volinsky (2009), eq. 5. Defaults as in Surprise: 100 factors, 20 epochs,
///            gamma .005, lambda .02, start values normal with standard deviation .1
#[derive(Debug, Clone)]
pub struct Svd {
    train: Arc<Ratings>,
    b: Biases,
    p: Factors,
    q: Factors,
    gamma: f32,
    lambda: f32,
    biased: bool,
    sequential: bool,
}

const P: usize = OWN;
const Q: usize = OWN + 1;

impl Svd {
    /// Start values for a training set: biases zero, vectors normal.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let biased = spec.choice("biases");
        let rng = |purpose| random::stream(seed, purpose);
        Self {
            b: Biases::new(&train, biased),
            p: Factors::normal(train.users(), f, sigma, rng("p"), |u| !train.row(u).is_empty()),
            q: Factors::normal(train.items(), f, sigma, rng("q"), |i| !train.column(i).is_empty()),
            gamma: spec.get("gamma") as f32,
            lambda: spec.get("lambda") as f32,
            biased,
            sequential: spec.choice::<Update>("update") == Update::Sequential,
            train,
        }
    }
}

impl State for Svd {
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

impl Predict for Svd {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        let product = dot(self.p.row(u), self.q.row(i));
        let baseline = if self.biased { self.b.sum(u, i, listen) } else { 0.0 };
        listen.term(&PRODUCT, product);
        baseline + product
    }

    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        let lambda = self.lambda * rated.len() as f32;
        Some(Newcomer::solved((&self.b, &self.q), rated, lambda, self.biased))
    }
}

impl Sgd for Svd {
    // lesson: update
    fn update<L: Listen>(&mut self, Visit { u, i, e }: Visit, (): &mut (), listen: &mut L) {
        let by = Rate::new(e, self.gamma, self.lambda);
        if self.biased {
            self.b.step(u, i, &by, listen);
        }
        let Rate { lambda, keep, learn, .. } = by;
        let (p_u, q_i) = (self.p.row_mut(u), self.q.row_mut(i));
        for (k, (p, q)) in p_u.iter_mut().zip(q_i).enumerate() {
            let (p_old, q_old) = (*p, *q);
            let gradient = || lambda * p_old - e * q_old;
            *p = listen.update(place(P, u, k), p_old, gradient, keep * p_old + learn * q_old);
            let teacher = if self.sequential { *p } else { p_old };
            let gradient = || lambda * q_old - e * teacher;
            *q = listen.update(place(Q, i, k), q_old, gradient, keep * q_old + learn * teacher);
        }
    }
    // lesson: end

    fn penalized(&self, Visit { u, i, e }: Visit, (): &()) -> f64 {
        let mut squares = self.b.squares(u, i);
        for x in self.p.row(u).iter().chain(self.q.row(i)) {
            squares += square(*x);
        }
        square(e) + f64::from(self.lambda) * squares
    }

    fn operations(&self) -> f64 {
        // f for the product, and 3 f each for p_u and q_i.
        7.0 * self.p.factors() as f64 * self.train.len() as f64
    }
}
