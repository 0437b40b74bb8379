//! Asymmetric-SVD: users known by what they rated and how, without a vector of their own.

use std::sync::Arc;

use super::biases::{Biases, OWN, Rate, place, square};
use super::checks::{Agreement, Checks};
use super::entry::{Curve, Entry, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, dot};
use super::frozen::Frozen;
use super::implicit::{self, Carried, Implicit};
use super::order::Order;
use super::shape::{Descent, Predict, Sgd, State, Visit};
use super::{Axis, Newcomer, Parameter, Spec};
use crate::data::{Line, Ratings};
use crate::random;
use crate::trace::{Addend, AddendKind, Listen, RatedShare, Step};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "asymmetric-svd",
    title: "Asymmetric-SVD",
    source: "Koren (KDD 2008), eqs. 13 and 14",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + q_i^\top\Bigl(|R(u)|^{-1/2} \sum_{j \in R(u)} (r_{uj} - \tilde b_{uj})\, x_j + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\Bigr)",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda\,\Bigl(b_u^2 + b_i^2 + \lVert q_i\rVert^2 + \sum_{j \in R(u)} \lVert x_j\rVert^2 + \sum_{j \in N(u)} \lVert y_j\rVert^2\Bigr)",
    rules: &[
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}"),
        Rule::gradient(&["b_u"], "gamma", r"b_u \leftarrow b_u + \gamma\,(e_{ui} - \lambda\, b_u)"),
        Rule::gradient(&["b_i"], "gamma", r"b_i \leftarrow b_i + \gamma\,(e_{ui} - \lambda\, b_i)"),
        Rule::gradient(
            &["q_i"],
            "gamma",
            r"q_i \leftarrow q_i + \gamma\,\Bigl(e_{ui}\,\bigl(|R(u)|^{-1/2} \sum_{j \in R(u)} (r_{uj} - \tilde b_{uj})\, x_j + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\bigr) - \lambda\, q_i\Bigr)",
        ),
        Rule::gradient(
            &["x_j"],
            "gamma",
            r"\forall j \in R(u):\; x_j \leftarrow x_j + \gamma\,(e_{ui}\, |R(u)|^{-1/2}\, (r_{uj} - \tilde b_{uj})\, q_i - \lambda\, x_j)",
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
        ..Checks::new("asymmetric.json", 0.854)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Hyperparameter::factors(20.0),
        Hyperparameter::epochs(30.0),
        Hyperparameter::gamma(0.007),
        Hyperparameter::lambda(0.01, 10.0),
        Hyperparameter::sigma(0.1),
        Order::USERS,
    ],
    build: |spec, train, seed| {
        Box::new(Descent::new(AsymmetricSvd::new(spec, train, seed), spec.choice("order"), seed))
    },
};

/// Asymmetric-SVD by stochastic gradient descent, user by user. N(u) and R(u) both hold the items `u`
/// rated in training; b~ is the baseline of the training set, estimated once and never learned.
///
/// Predicts   r^_ui = mu + b_u + b_i + q_i . (s_u + z_u),
///            s_u = |R(u)|^(-1/2) sum of (r_uj - b~_uj) x_j, z_u = |N(u)|^(-1/2) sum of y_j
/// Minimizes  sum (r_ui - r^_ui)^2
///                + lambda (b_u^2 + b_i^2 + |q_i|^2 + sum |x_j|^2 + sum |y_j|^2)
/// Updates    e = r_ui - r^_ui;  b_u += gamma (e - lambda b_u);  b_i likewise;
///            q_i += gamma (e (s_u + z_u) - lambda q_i);
///            x_j += gamma (e |R(u)|^(-1/2) (r_uj - b~_uj) q_i - lambda x_j) for all j in R(u);
///            y_j += gamma (e |N(u)|^(-1/2) q_i - lambda y_j) for all j in N(u); from old values
/// Cost       a step O(|R(u)| f); a pass O(f) a rating, see `Carried` in implicit.rs;
///            12 items f bytes and two sets of biases: nothing of length f for a user
/// Source     Koren (KDD 2008), eqs. 13, 14. Defaults: factors, gamma, start values as of Surprise's SVD++; lambda
///            .01 and 30 epochs give a lower 5-fold error on MovieLens latest-small than lambda .02,
///            .04 or .06 with 20 to 30 epochs
#[derive(Debug, Clone)]
pub struct AsymmetricSvd {
    train: Arc<Ratings>,
    frozen: Frozen,
    b: Biases,
    q: Factors,
    /// The x_j.
    rated: Implicit,
    /// The y_j.
    implicit: Implicit,
    gamma: f32,
    lambda: f32,
}

const Q: usize = OWN;
const X: usize = OWN + 1;
const Y: usize = OWN + 2;

/// The addend of s_u in a prediction, and what one rated item adds to it and to that of z_u.
static EXPLICIT: Addend = Addend::new(
    AddendKind::Factors,
    "explicit",
    r"q_i^\top |R(u)|^{-1/2} \sum_{j} (r_{uj} - \tilde b_{uj})\, x_j",
    "the film’s vector times what the user’s stars say",
);
const SHARE: RatedShare = RatedShare {
    latex: r"|R(u)|^{-1/2}\, q_i^\top \bigl((r_{uj} - \tilde b_{uj})\, x_j + y_j\bigr)",
    words: RatedShare::EACH,
    of: &[&EXPLICIT, &implicit::PRODUCT],
};

/// What stands for one user: s_u and z_u, and the sum of the squared weights of the x_j in s_u.
#[derive(Debug, Clone)]
pub struct User {
    s: Vec<f32>,
    z: Carried,
    squares: f32,
}

impl AsymmetricSvd {
    /// Start values for a training set: biases zero, vectors normal; b~ is estimated here.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let rng = random::stream(seed, "q");
        Self {
            frozen: Frozen::new(&train),
            b: Biases::new(&train, true),
            q: Factors::normal(train.items(), f, sigma, rng, |i| !train.column(i).is_empty()),
            rated: Implicit::named("x_j", spec, &train, seed, X),
            implicit: Implicit::new(spec, &train, seed, Y),
            gamma: spec.get("gamma") as f32,
            lambda: spec.get("lambda") as f32,
            train,
        }
    }

    /// s_u and z_u of a row of ratings with this b~_u, O(|R(u)| f).
    fn gather(&self, line: Line, b_u: f32, user: &mut User) {
        let norm = Implicit::norm(line);
        let rest = |j: usize, r: f32| self.frozen.rest(b_u, j, r);
        self.rated.gather(line, rest, &mut user.s);
        self.implicit.take(line, &mut user.z);
        let square = |(j, r)| norm * rest(j, r) * (norm * rest(j, r));
        user.squares = line.iter().map(square).fold(0.0, |sum, square| sum + square);
    }

    /// Each rated item's part of s_u + z_u.
    fn parts(&self, line: Line, b_u: f32) -> impl Iterator<Item = (usize, Vec<f32>)> {
        let norm = Implicit::norm(line);
        line.iter().map(move |(j, r)| {
            let rest = self.frozen.rest(b_u, j, r);
            let both = self.rated.y.row(j).iter().zip(self.implicit.y.row(j));
            (j, both.map(|(x, y)| norm * (rest * x + y)).collect())
        })
    }
}

impl State for AsymmetricSvd {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&[
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
            self.rated.parameter(),
            self.implicit.parameter(),
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        let (x, y) = (self.rated.y.values_mut(), self.implicit.y.values_mut());
        self.b.values_mut([self.q.values_mut(), x, y])
    }
}

impl Predict for AsymmetricSvd {
    type Context = User;

    fn context(&self) -> User {
        User { s: vec![0.0; self.q.stride()], z: self.implicit.room(), squares: 0.0 }
    }

    fn at_user(&self, u: usize, user: &mut User) {
        self.gather(self.train.row(u), self.frozen.user(u), user);
    }

    fn sum<L: Listen>(&self, u: usize, i: usize, user: &User, listen: &mut L) -> f32 {
        let q_i = self.q.row(i);
        let (explicit, implicit) = (dot(q_i, &user.s), dot(q_i, &user.z.z));
        let baseline = self.b.sum(u, i, listen);
        listen.term(&EXPLICIT, explicit);
        listen.term(&implicit::PRODUCT, implicit);
        baseline + explicit + implicit
    }

    fn because(&self, u: usize, i: usize, _user: &User) -> Vec<(usize, f32)> {
        let parts = self.parts(self.train.row(u), self.frozen.user(u));
        parts.map(|(j, part)| (j, dot(self.q.row(i), &part))).collect()
    }

    fn share(&self) -> Option<RatedShare> {
        Some(SHARE)
    }

    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        let b_u = self.frozen.user_of(rated);
        let mut user = self.context();
        self.gather(rated, b_u, &mut user);
        let vector = user.s.iter().zip(&user.z.z).map(|(s, z)| s + z).collect();
        let parts = self.parts(rated, b_u).collect();
        Some(Newcomer::new((&self.b, &self.q), rated, self.lambda, (vector, parts), SHARE.latex))
    }
}

impl Sgd for AsymmetricSvd {
    // lesson: update
    /// Everything but the x_j and y_j, O(f). s_u and z_u are carried along as the x_j and y_j would
    /// carry them: each increment gamma e w_j q_i counts w_j in the sum, and the squares of the
    /// weights add up to 1 for the y_j.
    fn update<L: Listen>(&mut self, Visit { u, i, e }: Visit, user: &mut User, listen: &mut L) {
        let by = Rate::new(e, self.gamma, self.lambda);
        self.b.step(u, i, &by, listen);
        let Rate { lambda, keep, learn, .. } = by;
        let User { s, z, squares } = user;
        for (k, ((q, s), z)) in self.q.row_mut(i).iter_mut().zip(s).zip(&mut z.z).enumerate() {
            let (q_old, s_old, z_old) = (*q, *s, *z);
            let gradient = || lambda * q_old - e * (s_old + z_old);
            let after = keep * q_old + learn * (s_old + z_old);
            *q = listen.update(place(Q, i, k), q_old, gradient, after);
            *s = keep * s_old + learn * *squares * q_old;
            *z = keep * z_old + learn * q_old;
        }
        z.decay(keep);
    }
    // lesson: end

    fn update_shared(&mut self, Visit { u, i, e }: Visit, _user: &User, step: &mut Step) {
        let (line, b_u, frozen) = (self.train.row(u), self.frozen.user(u), &self.frozen);
        let (q_i, by) = (self.q.row(i), (e, self.gamma, self.lambda));
        let norm = Implicit::norm(line);
        let weight = |j: usize, r: f32| norm * frozen.rest(b_u, j, r);
        for (j, r) in line.iter() {
            step.rest(j, frozen.rest(b_u, j, r));
        }
        self.rated.step_weighted(line, weight, q_i, by, step);
        self.implicit.step(line, q_i, by, step);
    }

    // lesson: user
    /// Beside a weight of its own, every x_j and y_j gets the same increment and the same decay from a
    /// rating, so
    ///
    /// ```text
    /// y_j = a y_j0 + |N(u)|^(-1/2) v
    /// x_j = a x_j0 + |R(u)|^(-1/2) (r_uj - b~_uj) v
    /// a <- (1 - gamma lambda) a,   v <- (1 - gamma lambda) v + gamma e q_i
    /// z_u <- (1 - gamma lambda) z_u + gamma e q_i
    /// s_u <- (1 - gamma lambda) s_u + gamma e q_i sum (r_uj - b~_uj)^2 / |R(u)|
    /// ```
    ///
    /// follow from each rating without touching a single item's vector. Afterwards v = z_u - a z_u0.
    fn leave_user(&mut self, u: usize, user: &User) {
        let (line, b_u, frozen) = (self.train.row(u), self.frozen.user(u), &self.frozen);
        let norm = Implicit::norm(line);
        self.rated.write_weighted(line, |j, r| norm * frozen.rest(b_u, j, r), &user.z);
        self.implicit.write(line, &user.z);
    }
    // lesson: end

    fn penalized(&self, Visit { u, i, e }: Visit, _user: &User) -> f64 {
        let mut squares = self.b.squares(u, i);
        let line = self.train.row(u);
        let both = self.rated.rows(line).zip(self.implicit.rows(line));
        let vectors = both.flat_map(|(x, y)| x.iter().chain(y));
        for x in self.q.row(i).iter().chain(vectors) {
            squares += square(*x);
        }
        square(e) + f64::from(self.lambda) * squares
    }

    fn operations(&self) -> f64 {
        // 2 f for the products, 3 f each for q_i, s_u and z_u, and 3 f each to gather and write an x_j
        // and a y_j.
        17.0 * self.q.factors() as f64 * self.train.len() as f64
    }
}
