//! Nonnegative matrix factorization of the known ratings.

use std::sync::Arc;

use super::biases::{B_I, B_U, Biases, OWN, Rate, place, square};
use super::checks::{Checks, Cold};
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, PRODUCT, add_scaled, dot};
use super::order::Order;
use super::shape::{At, Descent, Predict, Sgd, Stage, State, Sweep, Sweeps, Visit};
use super::side::Side;
use super::{Axis, Parameter, Spec};
use crate::data::{Line, Rating, Ratings};
use crate::random;
use crate::trace::{Addend, AddendKind, Listen};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "nmf",
    title: "Nonnegative matrix factorization",
    source: "Lee, Seung (NIPS 2000); on known cells: Zhang et al. (SDM 2006), Luo et al. (2014)",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + p_u^\top q_i,\quad p_u \ge 0,\; q_i \ge 0",
    minimizes: r"\sum_{(u,i)} \Bigl((r_{ui} - \hat r_{ui})^2 + \lambda\,(\lVert p_u\rVert^2 + \lVert q_i\rVert^2)\Bigr) + \lambda_b\,\Bigl(\sum_u b_u^2 + \sum_i b_i^2\Bigr) \quad\text{with all } p_{uk}, q_{ik} \ge 0",
    rules: &[
        Rule::of(Form::ClosedForm, &["b_u"], r"b_u \leftarrow \frac{1}{|R(u)| + \lambda_b} \sum_{i \in R(u)} (r_{ui} - \mu - b_i - p_u^\top q_i)").when("method", "multiplicative"),
        Rule::of(Form::ClosedForm, &["b_i"], r"b_i \leftarrow \frac{1}{|R(i)| + \lambda_b} \sum_{u \in R(i)} (r_{ui} - \mu - b_u - p_u^\top q_i)").when("method", "multiplicative"),
        Rule::definition(r"d_{ui} = r_{ui} - \mu - b_u - b_i,\quad d^+ = \max(d, 0),\; d^- = \max(-d, 0)").when("method", "multiplicative"),
        Rule::of(Form::Multiplicative, &["p_u"], r"p_{uk} \leftarrow p_{uk}\, \frac{\sum_{i \in R(u)} q_{ik}\, d^+_{ui}}{\sum_{i \in R(u)} q_{ik}\, (p_u^\top q_i + d^-_{ui}) + \lambda\, |R(u)|\, p_{uk}}").when("method", "multiplicative"),
        Rule::of(Form::Multiplicative, &["q_i"], r"q_{ik} \leftarrow q_{ik}\, \frac{\sum_{u \in R(i)} p_{uk}\, d^+_{ui}}{\sum_{u \in R(i)} p_{uk}\, (p_u^\top q_i + d^-_{ui}) + \lambda\, |R(i)|\, q_{ik}}").when("method", "multiplicative"),
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}").when("method", "sgd"),
        Rule::gradient(&["b_u"], "gamma", r"b_u \leftarrow b_u + \gamma\,\Bigl(e_{ui} - \tfrac{\lambda_b}{|R(u)|}\, b_u\Bigr)").when("method", "sgd"),
        Rule::gradient(&["b_i"], "gamma", r"b_i \leftarrow b_i + \gamma\,\Bigl(e_{ui} - \tfrac{\lambda_b}{|R(i)|}\, b_i\Bigr)").when("method", "sgd"),
        Rule::gradient(&["p_u"], "gamma", r"p_u \leftarrow \max\bigl(0,\, p_u + \gamma\,(e_{ui}\, q_i - \lambda\, p_u)\bigr)").projected().when("method", "sgd"),
        Rule::gradient(&["q_i"], "gamma", r"q_i \leftarrow \max\bigl(0,\, q_i + \gamma\,(e_{ui}\, p_u - \lambda\, q_i)\bigr)").projected().when("method", "sgd"),
    ],
    checks: Checks {
        cold: |spec| if spec.choice("biases") { Cold::Baseline } else { Cold::Zero },
        beside: &[("gamma", "method=sgd"), ("order", "method=sgd")],
        ..Checks::new("nonnegative.json", 0.866)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |spec| match spec.choice("method") {
        Method::Multiplicative => Learning::Lessening,
        Method::Sgd => Learning::Descent,
    },
    hyperparameters: &[
        Hyperparameter::choice::<Method>(
            "method",
            "",
            Method::Multiplicative as usize,
            "Multiply every component by a ratio, user by user and item by item; or descend rating by rating and cut at zero.",
        ),
        Hyperparameter::choice::<bool>(
            "biases",
            r"b_u, b_i",
            true as usize,
            "Whether the prediction is the product of vectors alone, or has the mean and biases, which may be negative, as well.",
        ),
        Hyperparameter::factors(15.0),
        Hyperparameter::epochs(30.0),
        Hyperparameter {
            help: "The regularization of the vectors, for each rating.",
            ..Hyperparameter::lambda(0.1, 10.0)
        },
        Hyperparameter {
            name: "lambda_b",
            symbol: r"\lambda_b",
            help: "The regularization of the biases, for each user and each item.",
            ..Hyperparameter::lambda(3.0, 100.0)
        },
        Hyperparameter {
            help: "The learning rate of the method sgd.",
            ..Hyperparameter::gamma(0.005)
        },
        Hyperparameter {
            help: "How far the start values are spread around equal ones.",
            ..Hyperparameter::sigma(0.1)
        },
        Order::USERS,
    ],
    build: |spec, train, seed| {
        let model = Nmf::new(spec, train, seed);
        match spec.choice("method") {
            Method::Multiplicative => Box::new(Sweeps::new(model)),
            Method::Sgd => Box::new(Descent::new(model, spec.choice("order"), seed)),
        }
    },
};

choices! {
    /// How the vectors learn.
    enum Method {
        /// All components of one user or item at once, each multiplied by a ratio of nonnegative sums.
        Multiplicative = "multiplicative",
        /// One rating at a time along the gradient, cut at zero.
        Sgd = "sgd",
    }
}

/// Nonnegative matrix factorization of the known ratings, with or without biases.
///
/// Predicts   r^_ui = p_u . q_i, or, `biases=yes`, mu + b_u + b_i + p_u . q_i;  all p_uk, q_ik >= 0
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (|p_u|^2 + |q_i|^2) over known r_ui
///                + lambda_b (sum b_u^2 + sum b_i^2)
/// Updates    multiplicative, for each user, then for each item likewise, with d_ui = r_ui - mu - b_u
///            - b_i in its parts d+ = max(d, 0) and d- = max(-d, 0) (without biases d+ = r_ui, d- = 0):
///            b_u = sum (d_ui + b_u - p_u . q_i) / (|R(u)| + lambda_b);
///            p_uk *= sum q_ik d+ / (sum q_ik (p_u . q_i + d-) + lambda |R(u)| p_uk), k at once
///            sgd: e = r_ui - r^_ui;  b_u += gamma (e - lambda_b / |R(u)| b_u);  b_i likewise;
///            p_u = max(0, p_u + gamma (e q_i - lambda p_u));  q_i likewise, from the old p_u
/// Cost       multiplicative: 6 f multiplications a rating and pass; sgd: 7 f;
///            4 (users + items)(f + 1) bytes
/// Source     Lee and Seung (NIPS 2000), theorem 1, with the sums over known cells as in Zhang et al.
///            (SDM 2006) and the penalty as in Luo et al. (2014), which Surprise's NMF follows too.
///            Defaults: with biases, since without them an item or user that training does not know
///            is predicted 0; lambda .1, lambda_b 3 and 30 passes have the lowest 5-fold error on
///            MovieLens latest-small among lambda .06 to .5, lambda_b 2 to 5 and 15 to 50 passes
#[derive(Debug, Clone)]
pub struct Nmf {
    train: Arc<Ratings>,
    biased: bool,
    b: Biases,
    p: Factors,
    q: Factors,
    gamma: f32,
    lambda: f32,
    lambda_b: f32,
}

const P: usize = OWN;
const Q: usize = OWN + 1;

/// Above and below the bar of the ratio of one component, of a user's and of an item's vector.
static OF_USER: [Addend; 2] = [
    Addend::part(AddendKind::Numerator, "above", r"\sum_i q_{ik}\, d^+_{ui}"),
    Addend::part(
        AddendKind::Denominator,
        "below",
        r"\sum_i q_{ik}\, (p_u^\top q_i + d^-_{ui}) + \lambda\, |R(u)|\, p_{uk}",
    ),
];
static OF_ITEM: [Addend; 2] = [
    Addend::part(AddendKind::Numerator, "above", r"\sum_u p_{uk}\, d^+_{ui}"),
    Addend::part(
        AddendKind::Denominator,
        "below",
        r"\sum_u p_{uk}\, (p_u^\top q_i + d^-_{ui}) + \lambda\, |R(i)|\, q_{ik}",
    ),
];

/// One half of a multiplicative pass: whose components are multiplied, and whose are held.
struct Half<'a> {
    biased: bool,
    mu: f32,
    lambda: f32,
    lambda_b: f32,
    bias: &'a mut [f32],
    own: &'a mut Factors,
    held_bias: &'a [f32],
    held: &'a Factors,
    /// Places of the bias and the vector in the list of parameters.
    places: (usize, usize),
}

impl Half<'_> {
    // lesson: multiply
    /// Multiplies the vector of one user or item, and with biases first solves for its bias; `line`
    /// holds its ratings.
    fn multiply<L: Listen>(
        &mut self,
        row: usize,
        line: Line,
        [up, down]: &mut [Vec<f32>; 2],
        listen: &mut L,
    ) {
        listen.objective(|| self.penalized(row, line));
        let n = line.len() as f32;
        if self.biased {
            self.solve_bias(row, line, listen);
        }
        let (bias, own) = (self.bias[row] + self.mu, self.own.row_mut(row));
        up.fill(0.0);
        down.fill(0.0);
        for (id, r) in line.iter() {
            let held = self.held.row(id);
            let d = r - bias - self.held_bias[id];
            add_scaled(up, d.max(0.0), held);
            add_scaled(down, dot(own, held) + (-d).max(0.0), held);
        }
        for (k, (value, (&up, &down))) in own.iter_mut().zip(up.iter().zip(&*down)).enumerate() {
            let before = *value;
            let down = down + self.lambda * n * before;
            let after = if down > 0.0 { before * up / down } else { before };
            if L::HEARS && k < self.held.factors() {
                let [above, below] = if self.places.1 == P { &OF_USER } else { &OF_ITEM };
                listen.component(above, k, up);
                listen.component(below, k, down);
            }
            *value = listen.update(place(self.places.1, row, k), before, || down - up, after);
        }
    }
    // lesson: end

    fn solve_bias<L: Listen>(&mut self, row: usize, line: Line, listen: &mut L) {
        let (before, own) = (self.bias[row], self.own.row(row));
        let rest =
            |(id, r): (usize, f32)| r - self.mu - self.held_bias[id] - dot(own, self.held.row(id));
        let sum = line.iter().map(rest).fold(0.0, |sum, rest| sum + rest);
        let count = line.len() as f32 + self.lambda_b;
        let after = if count > 0.0 { sum / count } else { 0.0 };
        let place = place(self.places.0, row, 0);
        self.bias[row] = listen.update(place, before, || count * before - sum, after);
    }

    fn penalized(&self, row: usize, line: Line) -> f64 {
        let own = self.own.row(row);
        let bias = self.mu + self.bias[row];
        let error = |(id, r): (usize, f32)| {
            square(r - bias - self.held_bias[id] - dot(own, self.held.row(id)))
        };
        let errors: f64 = line.iter().map(error).sum();
        let squares: f64 = own.iter().map(|&x| square(x)).sum();
        errors
            + f64::from(self.lambda) * line.len() as f64 * squares
            + f64::from(self.lambda_b) * square(self.bias[row])
    }
}

impl Nmf {
    /// Start values for a training set: biases zero; vectors spread around those whose product is the
    /// mean, or, with biases, around zero, folded to the nonnegative side.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let biased = spec.choice("biases");
        let center = if biased { 0.0 } else { (train.mean().max(0.0) / f as f32).sqrt() };
        let start = |rows: usize, name, known: &dyn Fn(usize) -> bool| {
            let rng = random::stream(seed, name);
            let mut vectors = Factors::normal(rows, f, sigma, rng, known);
            for row in (0..rows).filter(|&row| known(row)) {
                for value in &mut vectors.row_mut(row)[..f] {
                    *value = (center + *value).abs();
                }
            }
            vectors
        };
        Self {
            biased,
            b: Biases::new(&train, biased),
            p: start(train.users(), "p", &|u| !train.row(u).is_empty()),
            q: start(train.items(), "q", &|i| !train.column(i).is_empty()),
            gamma: spec.get("gamma") as f32,
            lambda: spec.get("lambda") as f32,
            lambda_b: spec.get("lambda_b") as f32,
            train,
        }
    }

    fn users(&mut self) -> Half<'_> {
        Half {
            biased: self.biased,
            mu: self.b.mu,
            lambda: self.lambda,
            lambda_b: self.lambda_b,
            bias: &mut self.b.u,
            own: &mut self.p,
            held_bias: &self.b.i,
            held: &self.q,
            places: (B_U, P),
        }
    }

    fn items(&mut self) -> Half<'_> {
        Half {
            biased: self.biased,
            mu: self.b.mu,
            lambda: self.lambda,
            lambda_b: self.lambda_b,
            bias: &mut self.b.i,
            own: &mut self.q,
            held_bias: &self.b.u,
            held: &self.p,
            places: (B_I, Q),
        }
    }

    /// Each of a user's |R(u)| ratings carries its share of the penalty on b_u, and so for items.
    fn update_biases<L: Listen>(&mut self, e: f32, u: usize, i: usize, listen: &mut L) {
        let (of_u, of_i) = self.shares(u, i);
        let by = Rate::new(e, self.gamma, of_u);
        let b_u = self.b.u[u];
        let after = by.keep * b_u + by.learn;
        self.b.u[u] = listen.update(place(B_U, u, 0), b_u, || of_u * b_u - e, after);
        let by = Rate::new(e, self.gamma, of_i);
        let b_i = self.b.i[i];
        let after = by.keep * b_i + by.learn;
        self.b.i[i] = listen.update(place(B_I, i, 0), b_i, || of_i * b_i - e, after);
    }

    /// lambda_b / |R(u)| and lambda_b / |R(i)|.
    fn shares(&self, u: usize, i: usize) -> (f32, f32) {
        let share = |line: Line| self.lambda_b / line.len().max(1) as f32;
        (share(self.train.row(u)), share(self.train.column(i)))
    }
}

impl State for Nmf {
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

impl Predict for Nmf {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        let product = dot(self.p.row(u), self.q.row(i));
        let baseline = if self.biased { self.b.sum(u, i, listen) } else { 0.0 };
        listen.term(&PRODUCT, product);
        baseline + product
    }
}

impl Sgd for Nmf {
    // lesson: update
    /// One rating's step along the gradient; what would become negative becomes zero.
    fn update<L: Listen>(&mut self, Visit { u, i, e }: Visit, (): &mut (), listen: &mut L) {
        if self.biased {
            self.update_biases(e, u, i, listen);
        }
        let Rate { lambda, keep, learn, .. } = Rate::new(e, self.gamma, self.lambda);
        let (p_u, q_i) = (self.p.row_mut(u), self.q.row_mut(i));
        for (k, (p, q)) in p_u.iter_mut().zip(q_i).enumerate() {
            let (p_old, q_old) = (*p, *q);
            let gradient = || lambda * p_old - e * q_old;
            let after = (keep * p_old + learn * q_old).max(0.0);
            *p = listen.update(place(P, u, k), p_old, gradient, after);
            let gradient = || lambda * q_old - e * p_old;
            let after = (keep * q_old + learn * p_old).max(0.0);
            *q = listen.update(place(Q, i, k), q_old, gradient, after);
        }
    }
    // lesson: end

    fn penalized(&self, Visit { u, i, e }: Visit, (): &()) -> f64 {
        let (of_u, of_i) = self.shares(u, i);
        let biases = f64::from(of_u) * square(self.b.u[u]) + f64::from(of_i) * square(self.b.i[i]);
        let vectors = self.p.row(u).iter().chain(self.q.row(i));
        let squares: f64 = vectors.map(|&x| square(x)).sum();
        square(e) + f64::from(self.lambda) * squares + biases
    }

    fn operations(&self) -> f64 {
        // f for the product, and 3 f each for p_u and q_i.
        7.0 * self.p.factors() as f64 * self.train.len() as f64
    }
}

impl Sweep for Nmf {
    /// Numerator and denominator of each component.
    type Work = [Vec<f32>; 2];

    fn stages(&self) -> &'static [Stage] {
        &[Stage::Each(Side::Users), Stage::Each(Side::Items)]
    }

    fn work(&self, _at: At, _hears: bool) -> Self::Work {
        [vec![0.0; self.p.stride()], vec![0.0; self.p.stride()]]
    }

    fn unit<L: Listen>(&mut self, at: At, sums: &mut Self::Work, listen: &mut L) -> bool {
        let train = Arc::clone(&self.train);
        match at.stage.side() {
            Side::Users => self.users().multiply(at.row, train.row(at.row), sums, listen),
            Side::Items => self.items().multiply(at.row, train.column(at.row), sums, listen),
        }
        true
    }

    fn objective(&self) -> f64 {
        let all = self.train.iter();
        let each = |Rating { u, i, r }| {
            let e = r - self.sum(u, i, &(), &mut ());
            self.penalized(Visit { u, i, e }, &())
        };
        all.map(each).sum()
    }

    fn operations(&self) -> f64 {
        // A product and two sums in each half.
        6.0 * self.p.factors() as f64 * self.train.len() as f64
    }
}
