//! NSVD: matrix factorization in which a user is the sum of the items rated, and nothing else.

use std::sync::Arc;

use super::biases::{Biases, Descent, OWN, place, square};
use super::factors::{Factors, dot};
use super::implicit::Implicit;
use super::order::Order;
use super::registry::{Entry, Hyperparameter, Learning, Task};
use super::{Axis, Model, Newcomer, Parameter, Spec};
use crate::data::{Line, Rating, Ratings};
use crate::random;
use crate::trace::{Explanation, Listen, Step, Subject};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "nsvd",
    title: "NSVD",
    source: "Paterek (KDD Cup 2007), NSVD; Koren (KDD 2008), eq. 13",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + q_i^\top\, |R(u)|^{-1/2} \sum_{j \in R(u)} x_j",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda\,\Bigl(b_u^2 + b_i^2 + \lVert q_i\rVert^2 + \sum_{j \in R(u)} \lVert x_j\rVert^2\Bigr)",
    updates: &[
        r"e_{ui} = r_{ui} - \hat r_{ui}",
        r"b_u \leftarrow b_u + \gamma\,(e_{ui} - \lambda\, b_u)",
        r"b_i \leftarrow b_i + \gamma\,(e_{ui} - \lambda\, b_i)",
        r"q_i \leftarrow q_i + \gamma\,\Bigl(e_{ui}\, |R(u)|^{-1/2} \sum_{j \in R(u)} x_j - \lambda\, q_i\Bigr)",
        r"\forall j \in R(u):\; x_j \leftarrow x_j + \gamma\,(e_{ui}\, |R(u)|^{-1/2}\, q_i - \lambda\, x_j)",
    ],
    needs: &[],
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Hyperparameter::factors(20.0),
        Hyperparameter::epochs(30.0),
        Hyperparameter::gamma(0.007),
        Hyperparameter::lambda(0.01, 10.0),
        Hyperparameter::sigma(0.1),
        Order::USERS,
    ],
    build: |spec, train, seed| Box::new(Nsvd::new(spec, train, seed)),
};

/// NSVD by stochastic gradient descent, user by user. R(u) holds the items `u` rated in training.
///
/// Predicts   r^_ui = mu + b_u + b_i + q_i . z_u,  z_u = |R(u)|^(-1/2) sum of x_j, j in R(u)
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (b_u^2 + b_i^2 + |q_i|^2 + sum |x_j|^2)
/// Updates    e = r_ui - r^_ui;  b_u += gamma (e - lambda b_u);  b_i likewise;
///            q_i += gamma (e z_u - lambda q_i);
///            x_j += gamma (e |R(u)|^(-1/2) q_i - lambda x_j) for all j in R(u); from old values
/// Cost       a step O(|R(u)| f); a pass O(f) a rating, see [`Nsvd::learn_user`];
///            8 items f bytes and the biases: nothing of length f for a user
/// Source     Paterek, "Improving regularized singular value decomposition for collaborative
///            filtering" (KDD Cup 2007); Koren (KDD 2008), eq. 13. Defaults: factors, gamma and start
///            values as of SVD++; lambda .01 and 30 epochs give a lower 5-fold error on MovieLens
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
    order: Order,
    seed: u64,
}

const Q: usize = OWN;
const X: usize = OWN + 1;

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
            order: Order::from_value(spec.get("order")),
            seed,
            train,
        }
    }

    fn sum<L: Listen>(&self, u: usize, i: usize, z: &[f32], listen: &mut L) -> f32 {
        let product = dot(self.q.row(i), z);
        let baseline = self.b.sum(u, i, listen);
        listen.term(r"q_i^\top |R(u)|^{-1/2} \sum_{j} x_j", product);
        baseline + product
    }

    // lesson: update
    /// Everything but the x_j, O(f). `z` is carried along as the x_j would carry it.
    fn update<L: Listen>(&mut self, u: usize, i: usize, e: f32, z: &mut [f32], listen: &mut L) {
        let by = Descent::new(e, self.gamma, self.lambda);
        self.b.step(u, i, &by, listen);
        let Descent { lambda, keep, learn, .. } = by;
        for (k, (q, z)) in self.q.row_mut(i).iter_mut().zip(z).enumerate() {
            let (q_old, z_old) = (*q, *z);
            let gradient = || lambda * q_old - e * z_old;
            *q = listen.update(place(Q, i, k), q_old, gradient, keep * q_old + learn * z_old);
            *z = keep * z_old + learn * q_old;
        }
    }
    // lesson: end

    /// All ratings of one user in O(f) each: the x_j are written once, afterwards, as the y_j of SVD++
    /// are, see [`super::svdpp::Svdpp::learn_user`].
    fn learn_user(&mut self, u: usize, positions: &[u32], z: &mut [f32], z_start: &mut [f32]) {
        let train = Arc::clone(&self.train);
        self.rated.gather(&train, u, z);
        z_start.copy_from_slice(z);
        let mut a = 1.0;
        for &n in positions {
            let Rating { i, r, .. } = train.nth_of(u, n as usize);
            let e = r - self.sum(u, i, z, &mut ());
            self.update(u, i, e, z, &mut ());
            a *= 1.0 - self.gamma * self.lambda;
        }
        self.rated.write(&train, u, a, z_start, z);
    }

    fn penalized(&self, e: f32, u: usize, i: usize) -> f64 {
        let mut squares = self.b.squares(u, i);
        let x = self.train.row(u).ids.iter().flat_map(|&j| self.rated.y.row(j as usize));
        for x in self.q.row(i).iter().chain(x) {
            squares += square(*x);
        }
        square(e) + f64::from(self.lambda) * squares
    }
}

impl Model for Nsvd {
    fn predict_many(&self, u: usize, items: &[u32], out: &mut [f32]) {
        let z = self.rated.gathered(&self.train, u);
        for (out, &i) in out.iter_mut().zip(items) {
            *out = self.sum(u, i as usize, &z, &mut ());
        }
    }

    fn fold_in(&self, rated: Line) -> Option<Newcomer<'_>> {
        let norm = Implicit::norm_of(rated);
        let mut z = vec![0.0; self.q.stride()];
        self.rated.gather_weighted(rated, norm, |_, _| 1.0, &mut z);
        let part = |(j, _)| (j, self.rated.y.row(j).iter().map(|x| norm * x).collect());
        let parts = rated.iter().map(part).collect();
        Some(Newcomer::new((&self.b, &self.q), rated, self.lambda, z, parts))
    }

    fn explain(&self, u: usize, i: usize) -> Explanation {
        let mut explanation = Explanation::default();
        self.sum(u, i, &self.rated.gathered(&self.train, u), &mut explanation);
        explanation.because = self.rated.because(&self.train, u, self.q.row(i));
        explanation
    }

    fn pass(&mut self, epoch: usize) {
        let mut z = vec![0.0; self.q.stride()];
        let mut z_start = z.clone();
        let visits = self.order.visits(&self.train, self.seed, epoch);
        for (u, positions) in visits.by_user(&Arc::clone(&self.train)) {
            self.learn_user(u, positions, &mut z, &mut z_start);
        }
    }

    fn steps(&self) -> usize {
        self.train.len()
    }

    fn step(&mut self, epoch: usize, n: usize) -> Step {
        let visits = self.order.visits(&self.train, self.seed, epoch);
        let rating = self.train.nth(visits.positions()[n] as usize);
        let Rating { u, i, r } = rating;
        let mut step = Step::new(Subject::Rating(rating), self.q.factors());
        let mut z = self.rated.gathered(&self.train, u);
        let e = r - self.sum(u, i, &z, &mut step);
        step.objective(|| self.penalized(e, u, i));
        let by = (e, self.gamma, self.lambda);
        self.rated.step((&self.train, u), self.q.row(i), by, &mut step);
        self.update(u, i, e, &mut z, &mut step);
        step
    }

    fn operations(&self) -> f64 {
        // f for the product, 3 f each for q_i and z_u, and 3 f to gather and write an x_j.
        10.0 * self.q.factors() as f64 * self.train.len() as f64
    }

    fn objective(&self) -> f64 {
        (0..self.train.users())
            .flat_map(|u| {
                let z = self.rated.gathered(&self.train, u);
                let row = self.train.row(u).iter();
                row.map(move |(i, r)| self.penalized(r - self.sum(u, i, &z, &mut ()), u, i))
            })
            .sum()
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&[
            Parameter::vectors("q_i", "q_i", Axis::Item, &self.q),
            self.rated.parameter(),
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([self.q.values_mut(), self.rated.y.values_mut()])
    }
}
