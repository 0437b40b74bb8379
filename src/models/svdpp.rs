//! SVD++: matrix factorization that also learns from which items a user rated at all.

use std::sync::Arc;

use super::biases::{Biases, OWN, Rate, place, square};
use super::checks::{Agreement, Checks};
use super::entry::{Curve, Entry, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, OWN_PRODUCT, dot};
use super::implicit::{self, Carried, Implicit};
use super::order::Order;
use super::shape::{Descent, Predict, Sgd, State, Visit};
use super::{Axis, Parameter, Spec};
use crate::data::Ratings;
use crate::random;
use crate::trace::{Listen, RatedShare, Step};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "svdpp",
    title: "SVD++",
    source: "Koren (KDD 2008), eq. 15",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + q_i^\top\Bigl(p_u + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\Bigr)",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda\,\Bigl(b_u^2 + b_i^2 + \lVert p_u\rVert^2 + \lVert q_i\rVert^2 + \sum_{j \in N(u)} \lVert y_j\rVert^2\Bigr)",
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
            r"q_i \leftarrow q_i + \gamma\,\Bigl(e_{ui}\,\bigl(p_u + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\bigr) - \lambda\, q_i\Bigr)",
        ),
        Rule::gradient(
            &["y_j"],
            "gamma",
            r"\forall j \in N(u):\; y_j \leftarrow y_j + \gamma\,(e_{ui}\, |N(u)|^{-1/2}\, q_i - \lambda\, y_j)",
        ),
    ],
    checks: Checks {
        agreement: Agreement::Close,
        shares: true,
        ..Checks::new("svdpp.json", 0.858)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Hyperparameter::factors(20.0),
        Hyperparameter::epochs(30.0),
        Hyperparameter::gamma(0.014),
        Hyperparameter::lambda(0.08, 10.0),
        Hyperparameter::sigma(0.03),
        Order::USERS,
    ],
    build: |spec, train, seed| {
        Box::new(Descent::new(Svdpp::new(spec, train, seed), spec.choice("order"), seed))
    },
};

/// SVD++ by stochastic gradient descent, user by user. N(u) holds the items `u` rated in training.
///
/// Predicts   r^_ui = mu + b_u + b_i + q_i . (p_u + z_u),  z_u = |N(u)|^(-1/2) sum of y_j, j in N(u)
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (b_u^2 + b_i^2 + |p_u|^2 + |q_i|^2 + sum |y_j|^2)
/// Updates    e = r_ui - r^_ui;  b_u += gamma (e - lambda b_u);  b_i likewise;
///            p_u += gamma (e q_i - lambda p_u);  q_i += gamma (e (p_u + z_u) - lambda q_i);
///            y_j += gamma (e |N(u)|^(-1/2) q_i - lambda y_j) for all j in N(u); from old values
/// Cost       a step O(|N(u)| f); a pass O(f) a rating, see `Carried` in implicit.rs;
///            4 (users + 2 items) f bytes and the biases
/// Source     Koren (KDD 2008), eq. 15. Defaults: 20 factors, 30 epochs, gamma .014, lambda .08, start
///            values normal with standard deviation .03, tuned on MovieLens latest-small, where they
///            have a 5-fold RMSE of .847; those of Surprise (20 epochs, .007, .02, .1) have .861
#[derive(Debug, Clone)]
pub struct Svdpp {
    train: Arc<Ratings>,
    b: Biases,
    p: Factors,
    q: Factors,
    implicit: Implicit,
    gamma: f32,
    lambda: f32,
}

const P: usize = OWN;
const Q: usize = OWN + 1;
const Y: usize = OWN + 2;

impl Svdpp {
    /// Start values for a training set: biases zero, vectors normal.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let rng = |purpose| random::stream(seed, purpose);
        let rated = |i: usize| !train.column(i).is_empty();
        Self {
            b: Biases::new(&train, true),
            p: Factors::normal(train.users(), f, sigma, rng("p"), |u| !train.row(u).is_empty()),
            q: Factors::normal(train.items(), f, sigma, rng("q"), rated),
            implicit: Implicit::new(spec, &train, seed, Y),
            gamma: spec.get("gamma") as f32,
            lambda: spec.get("lambda") as f32,
            train,
        }
    }
}

impl State for Svdpp {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&[
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
            self.implicit.parameter(),
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([self.p.values_mut(), self.q.values_mut(), self.implicit.y.values_mut()])
    }
}

impl Predict for Svdpp {
    type Context = Carried;

    fn context(&self) -> Carried {
        self.implicit.room()
    }

    fn at_user(&self, u: usize, z: &mut Carried) {
        self.implicit.take(self.train.row(u), z);
    }

    fn sum<L: Listen>(
        &self,
        u: usize,
        i: usize,
        Carried { z, .. }: &Carried,
        listen: &mut L,
    ) -> f32 {
        let q_i = self.q.row(i);
        let explicit = dot(q_i, self.p.row(u));
        let implicit = dot(q_i, z);
        let baseline = self.b.sum(u, i, listen);
        listen.term(&OWN_PRODUCT, explicit);
        listen.term(&implicit::PRODUCT, implicit);
        baseline + explicit + implicit
    }

    fn because(&self, u: usize, i: usize, _z: &Carried) -> Vec<(usize, f32)> {
        self.implicit.because(self.train.row(u), self.q.row(i))
    }

    fn share(&self) -> Option<RatedShare> {
        Some(implicit::SHARE)
    }
}

impl Sgd for Svdpp {
    // lesson: update
    /// Everything but the y_j, O(f). z_u is carried along as the y_j would carry it: each of the |N(u)|
    /// increments gamma e |N(u)|^(-1/2) q_i counts |N(u)|^(-1/2) in the sum.
    fn update<L: Listen>(
        &mut self,
        Visit { u, i, e }: Visit,
        carried: &mut Carried,
        listen: &mut L,
    ) {
        let by = Rate::new(e, self.gamma, self.lambda);
        self.b.step(u, i, &by, listen);
        let Rate { lambda, keep, learn, .. } = by;
        let (p_u, q_i) = (self.p.row_mut(u), self.q.row_mut(i));
        for (k, ((p, q), z)) in p_u.iter_mut().zip(q_i).zip(&mut carried.z).enumerate() {
            let (p_old, q_old, z_old) = (*p, *q, *z);
            let gradient = || lambda * p_old - e * q_old;
            *p = listen.update(place(P, u, k), p_old, gradient, keep * p_old + learn * q_old);
            let gradient = || lambda * q_old - e * (p_old + z_old);
            let after = keep * q_old + learn * (p_old + z_old);
            *q = listen.update(place(Q, i, k), q_old, gradient, after);
            *z = keep * z_old + learn * q_old;
        }
        carried.decay(keep);
    }
    // lesson: end

    fn update_shared(&mut self, Visit { u, i, e }: Visit, _z: &Carried, step: &mut Step) {
        let line = self.train.row(u);
        self.implicit.step(line, self.q.row(i), (e, self.gamma, self.lambda), step);
    }

    fn leave_user(&mut self, u: usize, z: &Carried) {
        self.implicit.write(self.train.row(u), z);
    }

    fn penalized(&self, Visit { u, i, e }: Visit, _z: &Carried) -> f64 {
        let mut squares = self.b.squares(u, i);
        let y = self.implicit.rows(self.train.row(u)).flatten();
        for x in self.p.row(u).iter().chain(self.q.row(i)).chain(y) {
            squares += square(*x);
        }
        square(e) + f64::from(self.lambda) * squares
    }

    fn operations(&self) -> f64 {
        // 2 f for the products, 3 f each for p_u, q_i and z_u, and 3 f to gather and write a y_j.
        14.0 * self.p.factors() as f64 * self.train.len() as f64
    }
}
