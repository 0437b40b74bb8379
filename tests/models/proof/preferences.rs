//! Matrix factorization that ranks, learned from triples: BPR, as a caller of the library would write it.

use std::sync::Arc;

use factorscope::data::Ratings;
use factorscope::models::factors::{Factors, dot};
use factorscope::models::shape::{Predict, State, Triples};
use factorscope::models::{Axis, Parameter};
use factorscope::random;
use factorscope::trace::{Addend, AddendKind, Listen, Place, Triple};

static BIAS: Addend = Addend::new(AddendKind::Bias, "b_i", "b_i", "how popular the film is");
static PRODUCT: Addend = Addend::product(
    "product",
    ["p_u", "q_i"],
    r"p_u^\top q_i",
    "the user's vector times the film's",
);

/// Predicts   s_ui = b_i + p_u . q_i, which orders items
/// Minimizes  for each triple -2 ln sigma(s_ui - s_uj) + lambda (b_i^2 + b_j^2 + |p_u|^2 + |q_i|^2 + |q_j|^2)
/// Source     Rendle, Freudenthaler, Gantner, Schmidt-Thieme, "BPR" (UAI 2009)
pub struct Preferences {
    train: Arc<Ratings>,
    b: Vec<f32>,
    p: Factors,
    q: Factors,
    gamma: f32,
    lambda: f32,
}

impl Preferences {
    pub fn new(train: Arc<Ratings>, f: usize, (gamma, lambda): (f32, f32), seed: u64) -> Self {
        let start =
            |rows, name| Factors::normal(rows, f, 0.3, random::stream(seed, name), |_| true);
        let (p, q) = (start(train.users(), "p"), start(train.items(), "q"));
        Self { b: vec![0.0; train.items()], p, q, gamma, lambda, train }
    }
}

impl State for Preferences {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        vec![
            Parameter::scalars("b_i", ("b", "i"), Axis::Item, &self.b),
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
        ]
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        vec![&mut self.b, self.p.values_mut(), self.q.values_mut()]
    }
}

impl Predict for Preferences {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        let product = dot(self.p.row(u), self.q.row(i));
        listen.term(&BIAS, self.b[i]);
        listen.term(&PRODUCT, product);
        self.b[i] + product
    }
}

impl Triples for Preferences {
    fn penalty(&self, Triple { u, preferred, other }: Triple) -> f64 {
        let vectors = [self.p.row(u), self.q.row(preferred), self.q.row(other)];
        let biases = [self.b[preferred], self.b[other]];
        let squares =
            vectors.into_iter().flatten().chain(&biases).map(|&x| f64::from(x) * f64::from(x));
        f64::from(self.lambda) * squares.sum::<f64>()
    }

    fn update<L: Listen>(&mut self, at: Triple, pull: f32, listen: &mut L) {
        let (gamma, lambda) = (self.gamma, self.lambda);
        let mut step =
            |(parameter, row, column): (usize, usize, usize), x: &mut f32, slope: f32| {
                let (before, gradient) = (*x, lambda * *x - pull * slope);
                let place = Place { parameter, row, column };
                *x = listen.update(place, before, || gradient, before - gamma * gradient);
            };
        let Triple { u, preferred, other } = at;
        step((0, preferred, 0), &mut self.b[preferred], 1.0);
        step((0, other, 0), &mut self.b[other], -1.0);
        for k in 0..self.p.factors() {
            let (p, q_i, q_j) = (self.p.row(u)[k], self.q.row(preferred)[k], self.q.row(other)[k]);
            step((1, u, k), &mut self.p.row_mut(u)[k], q_i - q_j);
            step((2, preferred, k), &mut self.q.row_mut(preferred)[k], p);
            step((2, other, k), &mut self.q.row_mut(other)[k], -p);
        }
    }

    fn operations(&self) -> f64 {
        // Two products, and 3 f for each of three vectors.
        11.0 * self.p.factors() as f64
    }
}
