//! The baseline: a mean, and how far each user and each item lies from it.

use std::sync::Arc;

use super::biases::{B_I, B_U, Biases, place, square};
use super::checks::{Checks, Smoothness};
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Learning, Rule, Task};
use super::shape::{At, Predict, Stage, State, Sweep, Sweeps};
use super::side::Side;
use super::{Model, Parameter, Spec};
use crate::data::{Line, Rating, Ratings};
use crate::trace::{Addend, AddendKind, Listen};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "baseline",
    title: "Baseline",
    source: "Koren (KDD 2008), eq. 1 and the objective below it",
    task: Task::Rating,
    predicts: r"b_{ui} = \mu + b_u + b_i",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \mu - b_u - b_i)^2 + \lambda\,\Bigl(\sum_u b_u^2 + \sum_i b_i^2\Bigr)",
    rules: &[
        Rule::of(
            Form::ClosedForm,
            &["b_i"],
            r"b_i \leftarrow \frac{1}{|R(i)| + \lambda} \sum_{u \in R(i)} (r_{ui} - \mu - b_u)",
        ),
        Rule::of(
            Form::ClosedForm,
            &["b_u"],
            r"b_u \leftarrow \frac{1}{|R(u)| + \lambda} \sum_{i \in R(u)} (r_{ui} - \mu - b_i)",
        ),
    ],
    checks: Checks {
        smoothness: |spec| match spec.choice("method") {
            Method::Means => Smoothness::None,
            Method::LeastSquares => Smoothness::Quadratic,
        },
        ..Checks::new("baseline.json", 0.875)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Solving,
    hyperparameters: &[
        Hyperparameter::choice::<Method>(
            "method",
            "",
            Method::LeastSquares as usize,
            "Plain means of what each user gave and each item got, or the regularized least squares.",
        ),
        Hyperparameter::lambda(5.0, 100.0),
        Hyperparameter::epochs(10.0),
    ],
    build: |spec, train, _seed| Box::new(Sweeps::new(Baseline::new(spec, train))),
};

/// The sum and the count whose ratio a bias becomes.
static SUM: Addend = Addend::part(AddendKind::Numerator, "sum", r"\sum (r_{ui} - \mu - b)");
static COUNT: Addend = Addend::part(AddendKind::Denominator, "count", r"|R| + \lambda");

choices! {
    /// How biases follow from the ratings.
    enum Method {
        /// Each on its own.
        Means = "means",
        /// All together.
        LeastSquares = "least-squares",
    }
}

/// Mean and biases, by means or by regularized least squares.
///
/// Predicts   b_ui = mu + b_u + b_i
/// Minimizes  sum (r_ui - mu - b_u - b_i)^2 + lambda (sum b_u^2 + sum b_i^2), exactly: each half-pass
///            minimizes over all item biases, then over all user biases, and passes converge
/// Updates    b_i = sum (r_ui - mu - b_u) / (|R(i)| + lambda), then b_u likewise;
///            `method=means`: b_i and b_u are the means of r_ui - mu, each on its own
/// Cost       O(ratings) a pass; 4 (users + items) bytes
/// Source     Koren (KDD 2008), eq. 1. lambda 5 gives the lowest 5-fold error on MovieLens
///            latest-small among 1, 2, 5, 10, 20.
#[derive(Debug, Clone)]
pub struct Baseline {
    train: Arc<Ratings>,
    b: Biases,
    lambda: f32,
    least_squares: bool,
}

impl Baseline {
    /// All biases zero.
    pub fn new(spec: &Spec, train: Arc<Ratings>) -> Self {
        let least_squares = spec.choice::<Method>("method") == Method::LeastSquares;
        Self {
            b: Biases::new(&train, true),
            lambda: if least_squares { spec.get("lambda") as f32 } else { 0.0 },
            least_squares,
            train,
        }
    }

    /// The biases after this many passes of regularized least squares: b_ui for models that build on it.
    pub(super) fn fitted(train: &Arc<Ratings>, lambda: f32, epochs: usize) -> Biases {
        let (train, b) = (Arc::clone(train), Biases::new(train, true));
        let mut sweeps = Sweeps::new(Self { train, b, lambda, least_squares: true });
        for epoch in 0..epochs {
            sweeps.pass(epoch);
        }
        sweeps.into_model().b
    }

    // lesson: update
    fn update_item<L: Listen>(&mut self, i: usize, listen: &mut L) {
        let before = self.b.i[i];
        let (gradient, after) = self.fit(self.train.column(i), &self.b.u, before, listen);
        self.b.i[i] = listen.update(place(B_I, i, 0), before, || gradient, after);
    }

    fn update_user<L: Listen>(&mut self, u: usize, listen: &mut L) {
        let before = self.b.u[u];
        let (gradient, after) = self.fit(self.train.row(u), &self.b.i, before, listen);
        self.b.u[u] = listen.update(place(B_U, u, 0), before, || gradient, after);
    }

    /// The gradient at `before`, and the bias that makes it zero.
    fn fit<L: Listen>(
        &self,
        line: Line,
        others: &[f32],
        before: f32,
        listen: &mut L,
    ) -> (f32, f32) {
        let rest = |(id, r): (usize, f32)| {
            let other = if self.least_squares { others[id] } else { 0.0 };
            r - self.b.mu - other
        };
        listen.objective(|| {
            let errors = line.iter().map(|rating| square(rest(rating) - before));
            errors.sum::<f64>() + f64::from(self.lambda) * square(before)
        });
        let count = line.len() as f32 + self.lambda;
        let sum = line.iter().map(rest).fold(0.0, |sum, rest| sum + rest);
        listen.term(&SUM, sum);
        listen.term(&COUNT, count);
        let after = if count > 0.0 { sum / count } else { 0.0 };
        (count * before - sum, after)
    }
    // lesson: end
}

impl State for Baseline {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&[])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([])
    }
}

impl Predict for Baseline {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        self.b.sum(u, i, listen)
    }
}

impl Sweep for Baseline {
    type Work = ();

    fn stages(&self) -> &'static [Stage] {
        &[Stage::Each(Side::Items), Stage::Each(Side::Users)]
    }

    fn work(&self, _at: At, _hears: bool) {}

    fn unit<L: Listen>(&mut self, at: At, (): &mut (), listen: &mut L) -> bool {
        match at.stage.side() {
            Side::Items => self.update_item(at.row, listen),
            Side::Users => self.update_user(at.row, listen),
        }
        true
    }

    fn objective(&self) -> f64 {
        let errors =
            self.train.iter().map(|Rating { u, i, r }| square(r - self.b.sum(u, i, &mut ())));
        errors.sum::<f64>() + f64::from(self.lambda) * self.b.all_squares()
    }

    fn operations(&self) -> f64 {
        2.0 * self.train.len() as f64
    }
}
