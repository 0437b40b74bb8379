//! NSVD: matrix factorization in which a user is the sum of the items rated, and nothing else.

use std::sync::Arc;

use super::biases::{Biases, OWN, Rate, place, square};
use super::checks::{Agreement, Checks};
use super::entry::{Curve, Entry, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, dot};
use super::implicit::{Carried, Implicit};
use super::order::Order;
use super::shape::{Descent, Predict, Sgd, State, Visit};
use super::{Axis, Newcomer, Parameter, Spec};
use crate::data::{Line, Ratings};
use crate::random;
use crate::trace::{Addend, AddendKind, Listen, RatedShare, Step};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "nsvd",
    title: "NSVD",
    source: "Paterek (KDD Cup 2007), NSVD; in the form of Koren (KDD 2008), section 2.3",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + q_i^\top\, |R(u)|^{-1/2} \sum_{j \in R(u)} x_j",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda\,\Bigl(b_u^2 + b_i^2 + \lVert q_i\rVert^2 + \sum_{j \in R(u)} \lVert x_j\rVert^2\Bigr)",
    rules: &[
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}"),
        Rule::gradient(&["b_u"], "gamma", r"b_u \leftarrow b_u + \gamma\,(e_{ui} - \lambda\, b_u)"),
        Rule::gradient(&["b_i"], "gamma", r"b_i \leftarrow b_i + \gamma\,(e_{ui} - \lambda\, b_i)"),
        Rule::gradient(
            &["q_i"],
            "gamma",
            r"q_i \leftarrow q_i + \gamma\,\Bigl(e_{ui}\, |R(u)|^{-1/2} \sum_{j \in R(u)} x_j - \lambda\, q_i\Bigr)",
        ),
        Rule::gradient(
            &["x_j"],
            "gamma",
            r"\forall j \in R(u):\; x_j \leftarrow x_j + \gamma\,(e_{ui}\, |R(u)|^{-1/2}\, q_i - \lambda\, x_j)",
        ),
    ],
    checks: Checks {
        agreement: Agreement::Close,
        shares: true,
        ..Checks::new("asymmetric.json", 0.859)
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
        Box::new(Descent::new(Nsvd::new(spec, train, seed), spec.choice("order"), seed))
    },
};

/// NSVD by stochastic gradient descent, user by user. R(u) holds the items `u` rated in training.
///
/// Predicts   r^_ui = mu + b_u + b_i + q_i . z_u,  z_u = |R(u)|^(-1/2) sum of x_j, j in R(u)
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (b_u^2 + b_i^2 + |q_i|^2 + sum |x_j|^2)
/// Updates    e = r_ui - r^_ui;  b_u += gamma (e - lambda b_u);  b_i likewise;
///            q_i += gamma (e z_u - lambda q_i);
///            x_j += gamma (e |R(u)|^(-1/2) q_i - lambda x_j) for all j in R(u); from old values
/// Cost       a step O(|R(u)| f); a pass O(f) a rating, see `Carried` in implicit.rs;
///            8 items f bytes and the biases: nothing of length f for a user
/// Source     Paterek, "Improving regularized singular value decomposition for collaborative
///            filtering" (KDD Cup 2007); Koren (KDD 2008), section 2.3. Defaults: factors, gamma and
///            start values as of Surprise's SVD++; lambda .01 and 30 epochs give a lower 5-fold error on MovieLens
///            latest-small than lambda .02, .04 or .06 with 20 to 40 epochs
#[derive(Debug, Clone)]
pub struct Nsvd {
    train: Arc<Ratings>,
    b: Biases,
    q: Factors,
    /// The x_j.
    rated: Implicit,
    gamma: f32,
    lambda: f32,
}

const Q: usize = OWN;
const X: usize = OWN + 1;

/// The addend of z_u in a prediction, and what one rated item adds to it.
static PRODUCT: Addend = Addend::new(
    AddendKind::Factors,
    "implicit",
    r"q_i^\top |R(u)|^{-1/2} \sum_{j} x_j",
    "the film’s vector times the vectors of the rated films",
);
const SHARE: RatedShare =
    RatedShare { latex: r"|R(u)|^{-1/2}\, q_i^\top x_j", words: RatedShare::EACH, of: &[&PRODUCT] };

impl Nsvd {
    /// Start values for a training set: biases zero, vectors normal.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let rng = random::stream(seed, "q");
        Self {
            b: Biases::new(&train, true),
            q: Factors::normal(train.items(), f, sigma, rng, |i| !train.column(i).is_empty()),
            rated: Implicit::named("x_j", spec, &train, seed, X),
            gamma: spec.get("gamma") as f32,
            lambda: spec.get("lambda") as f32,
            train,
        }
    }
}

impl State for Nsvd {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&[
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
            self.rated.parameter(),
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([self.q.values_mut(), self.rated.y.values_mut()])
    }
}

impl Predict for Nsvd {
    type Context = Carried;

    fn context(&self) -> Carried {
        self.rated.room()
    }

    fn at_user(&self, u: usize, z: &mut Carried) {
        self.rated.take(self.train.row(u), z);
    }

    fn sum<L: Listen>(
        &self,
        u: usize,
        i: usize,
        Carried { z, .. }: &Carried,
        listen: &mut L,
    ) -> f32 {
        let product = dot(self.q.row(i), z);
        let baseline = self.b.sum(u, i, listen);
        listen.term(&PRODUCT, product);
        baseline + product
    }

    fn because(&self, u: usize, i: usize, _z: &Carried) -> Vec<(usize, f32)> {
        self.rated.because(self.train.row(u), self.q.row(i))
    }

    fn share(&self) -> Option<RatedShare> {
        Some(SHARE)
    }

    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        let norm = Implicit::norm(rated);
        let mut z = vec![0.0; self.q.stride()];
        self.rated.gather(rated, |_, _| 1.0, &mut z);
        let part = |(j, _)| (j, self.rated.y.row(j).iter().map(|x| norm * x).collect());
        let parts = rated.iter().map(part).collect();
        Some(Newcomer::new((&self.b, &self.q), rated, self.lambda, (z, parts), SHARE.latex))
    }
}

impl Sgd for Nsvd {
    // lesson: update
    /// Everything but the x_j, O(f). z_u is carried along as the x_j would carry it.
    fn update<L: Listen>(
        &mut self,
        Visit { u, i, e }: Visit,
        carried: &mut Carried,
        listen: &mut L,
    ) {
        let by = Rate::new(e, self.gamma, self.lambda);
        self.b.step(u, i, &by, listen);
        let Rate { lambda, keep, learn, .. } = by;
        for (k, (q, z)) in self.q.row_mut(i).iter_mut().zip(&mut carried.z).enumerate() {
            let (q_old, z_old) = (*q, *z);
            let gradient = || lambda * q_old - e * z_old;
            *q = listen.update(place(Q, i, k), q_old, gradient, keep * q_old + learn * z_old);
            *z = keep * z_old + learn * q_old;
        }
        carried.decay(keep);
    }
    // lesson: end

    fn update_shared(&mut self, Visit { u, i, e }: Visit, _z: &Carried, step: &mut Step) {
        let line = self.train.row(u);
        self.rated.step(line, self.q.row(i), (e, self.gamma, self.lambda), step);
    }

    fn leave_user(&mut self, u: usize, z: &Carried) {
        self.rated.write(self.train.row(u), z);
    }

    fn penalized(&self, Visit { u, i, e }: Visit, _z: &Carried) -> f64 {
        let mut squares = self.b.squares(u, i);
        let x = self.rated.rows(self.train.row(u)).flatten();
        for x in self.q.row(i).iter().chain(x) {
            squares += square(*x);
        }
        square(e) + f64::from(self.lambda) * squares
    }

    fn operations(&self) -> f64 {
        // f for the product, 3 f each for q_i and z_u, and 3 f to gather and write an x_j.
        10.0 * self.q.factors() as f64 * self.train.len() as f64
    }
}
