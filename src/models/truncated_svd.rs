//! Truncated singular value decomposition of the filled rating matrix.

use std::sync::Arc;

use super::biases::{Biases, OWN, square};
use super::checks::{Checks, Cold};
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, dot};
use super::shape::{At, Predict, Stage, State, Sweep, Sweeps};
use super::side::Side;
use super::{Axis, Model, Parameter, Spec};
use crate::data::{Line, Ratings};
use crate::random;
use crate::trace::{Addend, AddendKind, Listen};

mod half;

use half::{Half, Places, Work};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "truncated-svd",
    title: "Truncated SVD of the filled matrix",
    source: "Eckart and Young (1936); Sarwar et al. (2000); with refilling Hastie et al. (2015), alg. 3.1",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \sum_{k=1}^{f} \sigma_k\, p_{uk}\, q_{ik}",
    minimizes: r"\sum_{(u,i)} (f_{ui} - \hat r_{ui})^2 + \lambda \sum_k \sigma_k\,(\lVert p_k\rVert^2 + \lVert q_k\rVert^2)",
    rules: &[
        Rule::of(
            Form::ClosedForm,
            &["p_u"],
            r"p_u \leftarrow (\Sigma + \lambda I)^{-1} \sum_i f_{ui}\, q_i",
        ),
        Rule::of(
            Form::ClosedForm,
            &["q_i"],
            r"q_i \leftarrow (\Sigma + \lambda I)^{-1} \sum_u f_{ui}\, p_u",
        ),
        Rule::of(
            Form::ClosedForm,
            &["sigma"],
            r"\sigma_k \leftarrow \lVert P\,\Sigma\, w_k\rVert\quad\text{for the eigenvectors } w_k \text{ of } \Sigma\, P^\top P\,\Sigma",
        ),
    ],
    checks: Checks {
        cold: |spec| match spec.choice("fill") {
            Fill::Zeros => Cold::Zero,
            Fill::ItemMeans | Fill::Biases => Cold::Baseline,
        },
        // With item means as fill .955, with zeros 2.79.
        ..Checks::new("truncated_svd.json", 0.859)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |spec| {
        if is_refilled(spec) { Learning::Lessening } else { Learning::Solving }
    },
    hyperparameters: &[
        Hyperparameter::factors(10.0),
        Hyperparameter::epochs(20.0),
        Hyperparameter::choice::<Fill>(
            "fill",
            "",
            Fill::Biases as usize,
            "What stands in an unrated cell: zero, the item's mean, or mean and biases together.",
        ),
        Hyperparameter::choice::<bool>(
            "refill",
            "",
            false as usize,
            "Whether the unrated cells get the model's own predictions after each epoch.",
        ),
        Hyperparameter {
            help: "How much the singular values are shrunk: 0 for the plain decomposition.",
            ..Hyperparameter::lambda(0.0, 100.0)
        },
    ],
    build: |spec, train, seed| Box::new(Sweeps::new(TruncatedSvd::new(spec, train, seed))),
};

choices! {
    /// What stands in an unrated cell.
    enum Fill {
        Zeros = "zeros",
        ItemMeans = "item-means",
        Biases = "biases",
    }
}

fn is_refilled(spec: &Spec) -> bool {
    spec.choice("refill")
}

/// The addends of a prediction.
static FIRST: Addend = Addend::new(
    AddendKind::Factors,
    "first",
    r"\sigma_1 p_{u1} q_{i1}",
    "the first triple, which is close to the mean",
);
static OTHERS: Addend = Addend::new(
    AddendKind::Factors,
    "others",
    r"\sum_{k>1} \sigma_k p_{uk} q_{ik}",
    "all the other triples",
);

/// How strongly the biases of the fill are held back, and how often they are solved for in turn.
const FILL_LAMBDA: f32 = 5.0;
/// See [`FILL_LAMBDA`].
const FILL_SWEEPS: usize = 10;

/// Truncated singular value decomposition of the filled rating matrix, by alternating least squares.
///
/// The matrix F has f_ui = r_ui where u rated i. Everywhere else it holds the fill: 0, the item's mean, or
/// mu + b_u + b_i; with `refill` only until the first epoch is done, and then the model's own r^_ui. Users
/// and items without a training rating are not part of it: for them the fill is the prediction.
///
/// Predicts   r^_ui = sum over k of sigma_k p_uk q_ik
/// Minimizes  sum (f_ui - r^_ui)^2 over all cells + lambda sum over k of sigma_k (|p_k|^2 + |q_k|^2); with
///            `refill` the first sum is over known r_ui alone. Where the columns p_k and q_k are
///            orthonormal the penalty is 2 lambda sum sigma_k, twice lambda times the nuclear norm
/// Updates    for each user p_uk = sum f_ui q_ik / (sigma_k + lambda), which minimizes over p_u exactly
///            because the q_k are orthonormal (with `refill` it minimizes a bound from above, so that the
///            objective does not rise). Then one change of basis makes the p_k orthonormal and leaves
///            every product p_u Sigma q_i as it is: with W from the eigenvectors of Sigma P^T P Sigma,
///            P Sigma Q^T = (P Sigma W) (Q W)^T, and the lengths of P Sigma W are the new sigma_k. Then the
///            same for the items. This is orthogonal iteration with a Rayleigh-Ritz step: after it
///            converged, p_k, sigma_k, q_k are the first f singular triples of F, largest first
/// Cost       a pass O(ratings f + (users + items) f^2 + f^3): F is never written down, it is a sparse
///            matrix (r_ui less the fill, or less r^_ui) plus one of low rank; 4 (users + items)(f + 1)
///            bytes
/// Source     Eckart and Young (1936) for the optimum; Sarwar, Karypis, Konstan, Riedl (2000) for means as
///            fill; Hastie, Mazumder, Lee, Zadeh (2015), "Matrix Completion and Low-Rank SVD via Fast
///            Alternating Least Squares", for refilling and for the shrinkage. Defaults: the fill with
///            the lowest 5-fold error on MovieLens latest-small, no refilling and no shrinkage
#[derive(Debug, Clone)]
pub struct TruncatedSvd {
    train: Arc<Ratings>,
    /// The fill.
    b: Biases,
    p: Factors,
    sigma: Vec<f32>,
    q: Factors,
    lambda: f32,
    refill: bool,
}

const P: usize = OWN;
const SIGMA: usize = OWN + 1;
const Q: usize = OWN + 2;

impl TruncatedSvd {
    /// Start values for a training set. The first item vector is the sum of the filled rows, the others
    /// are normal; made orthonormal, they get the users' vectors that fit them.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let f = spec.count("factors");
        let rng = random::stream(seed, "q");
        let mut model = Self {
            b: fill(&train, spec.choice("fill")),
            p: Factors::zeros(train.users(), f),
            sigma: vec![1.0; f],
            q: Factors::normal(train.items(), f, 1.0, rng, |i| !train.column(i).is_empty()),
            lambda: 0.0,
            refill: is_refilled(spec),
            train,
        };
        model.sum_rows();
        model.items(0).change_basis(&mut Work::new(f), &mut ());
        model.sigma.fill(1.0);
        let users = model.train.users();
        let mut sweeps = Sweeps::new(model);
        sweeps.advance(0, 0..users + 1);
        let mut model = sweeps.into_model();
        model.lambda = spec.get("lambda") as f32;
        model
    }

    /// Sets the first item vector to the sum of the rows of F, as long as the others are, where it is
    /// not zero.
    fn sum_rows(&mut self) {
        let rated = |users: &&usize| !self.train.row(**users).is_empty();
        let users: Vec<usize> = (0..self.train.users()).collect();
        let users: Vec<&usize> = users.iter().filter(rated).collect();
        let biases: f64 = users.iter().map(|&&u| f64::from(self.b.u[u])).sum();
        let sum = |i: usize| {
            let column = self.train.column(i);
            let over = |(u, r): (usize, f32)| f64::from(r - self.fill(u, i));
            let fill = users.len() as f64 * f64::from(self.b.mu + self.b.i[i]) + biases;
            let filled = if column.is_empty() { 0.0 } else { fill };
            filled + column.iter().map(over).sum::<f64>()
        };
        let sums: Vec<f64> = (0..self.train.items()).map(sum).collect();
        let length = sums.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length > 0.0 {
            let scale = (sums.len() as f64).sqrt() / length;
            for (i, sum) in sums.iter().enumerate() {
                self.q.row_mut(i)[0] = (scale * sum) as f32;
            }
        }
    }

    /// What stands in an unrated cell before anything is refilled.
    fn fill(&self, u: usize, i: usize) -> f32 {
        self.b.mu + self.b.u[u] + self.b.i[i]
    }

    fn users(&mut self, epoch: usize) -> Half<'_> {
        Half {
            mu: self.b.mu,
            lambda: self.lambda,
            refill: self.refill && epoch > 0,
            all: !self.refill,
            bias: &self.b.u,
            own: &mut self.p,
            sigma: &mut self.sigma,
            held_bias: &self.b.i,
            held: &mut self.q,
            held_is_rated: &|train, i| !train.column(i).is_empty(),
            places: Places { own: P, sigma: SIGMA, held: Q },
            train: &self.train,
        }
    }

    fn items(&mut self, epoch: usize) -> Half<'_> {
        Half {
            mu: self.b.mu,
            lambda: self.lambda,
            refill: self.refill && epoch > 0,
            all: !self.refill,
            bias: &self.b.i,
            own: &mut self.q,
            sigma: &mut self.sigma,
            held_bias: &self.b.u,
            held: &mut self.p,
            held_is_rated: &|train, u| !train.row(u).is_empty(),
            places: Places { own: Q, sigma: SIGMA, held: P },
            train: &self.train,
        }
    }
}

/// mu, b_u and b_i such that their sum is the fill: 0, the item's mean, or the regularized least squares.
fn fill(train: &Ratings, kind: Fill) -> Biases {
    let mut b = Biases::new(train, kind != Fill::Zeros);
    match kind {
        Fill::Zeros => {}
        Fill::ItemMeans => fit(&mut b.i, |i| train.column(i), &b.u, b.mu, 0.0),
        Fill::Biases => {
            for _ in 0..FILL_SWEEPS {
                fit(&mut b.i, |i| train.column(i), &b.u, b.mu, FILL_LAMBDA);
                fit(&mut b.u, |u| train.row(u), &b.i, b.mu, FILL_LAMBDA);
            }
        }
    }
    b
}

/// The biases of one side that fit best what mean and other side leave over.
fn fit<'a>(
    biases: &mut [f32],
    line: impl Fn(usize) -> Line<'a>,
    others: &[f32],
    mu: f32,
    lambda: f32,
) {
    for (row, bias) in biases.iter_mut().enumerate() {
        let line = line(row);
        let sum: f32 = line.iter().map(|(id, r)| r - mu - others[id]).sum();
        *bias = if line.is_empty() { 0.0 } else { sum / (line.len() as f32 + lambda) };
    }
}

impl State for TruncatedSvd {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let f = self.sigma.len();
        self.b.parameters(&[
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter {
                name: "sigma",
                symbol: (r"\sigma", "").into(),
                axis: Axis::Global,
                columns: f,
                stride: f,
                values: &self.sigma,
                of: None,
                layer: None,
            },
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([self.p.values_mut(), &mut self.sigma, self.q.values_mut()])
    }
}

/// sigma_k p_uk of one user: the first, and all with a zero in its place and in the padding.
pub struct Scaled {
    first: f32,
    others: Vec<f32>,
}

impl Predict for TruncatedSvd {
    type Context = Scaled;

    fn context(&self) -> Scaled {
        Scaled { first: 0.0, others: vec![0.0; self.p.stride()] }
    }

    fn at_user(&self, u: usize, scaled: &mut Scaled) {
        let both = self.p.row(u).iter().zip(&self.sigma);
        for (to, (p, sigma)) in scaled.others.iter_mut().zip(both) {
            *to = p * sigma;
        }
        scaled.first = std::mem::take(&mut scaled.others[0]);
    }

    // lesson: predict
    /// The first triple alone, which is close to the mean, then the others.
    /// Where the user or the item is not in the matrix, the fill.
    fn sum<L: Listen>(&self, u: usize, i: usize, scaled: &Scaled, listen: &mut L) -> f32 {
        if self.train.row(u).is_empty() || self.train.column(i).is_empty() {
            return self.b.sum(u, i, listen);
        }
        let q_i = self.q.row(i);
        let first = scaled.first * q_i[0];
        let others = dot(&scaled.others, q_i);
        listen.term(&FIRST, first);
        listen.term(&OTHERS, others);
        first + others
    }
    // lesson: end
}

impl Sweep for TruncatedSvd {
    type Work = Work;

    /// Each user and a change of basis, each item and a change of basis.
    fn stages(&self) -> &'static [Stage] {
        &[
            Stage::Each(Side::Users),
            Stage::Whole(Side::Users),
            Stage::Each(Side::Items),
            Stage::Whole(Side::Items),
        ]
    }

    fn work(&self, at: At, _hears: bool) -> Work {
        let mut work = Work::new(self.sigma.len());
        match at.stage {
            Stage::Each(Side::Users) => work.prepare(&self.q, &self.b.i),
            Stage::Each(Side::Items) => work.prepare(&self.p, &self.b.u),
            Stage::Whole(_) => {}
        }
        work
    }

    fn unit<L: Listen>(&mut self, at: At, work: &mut Work, listen: &mut L) -> bool {
        let mut half = match at.stage.side() {
            Side::Users => self.users(at.epoch),
            Side::Items => self.items(at.epoch),
        };
        match at.stage {
            Stage::Each(side) => half.solve(at.row, side.line(half.train, at.row), work, listen),
            Stage::Whole(_) => half.change_basis(work, listen),
        }
        true
    }

    fn objective(&self) -> f64 {
        let (train, f) = (&self.train, self.sigma.len());
        let mut sum = 0.0;
        for u in 0..train.users() {
            let row = train.row(u);
            let mut known = row.iter().peekable();
            for i in 0..train.items() {
                let r = known.next_if(|&(id, _)| id == i).map(|(_, r)| r);
                let cell = match r {
                    None if self.refill || row.is_empty() || train.column(i).is_empty() => continue,
                    None => self.fill(u, i),
                    Some(r) => r,
                };
                let e = f64::from(cell) - half::product(self.p.row(u), &self.sigma, self.q.row(i));
                sum += e * e;
            }
        }
        for vectors in [&self.p, &self.q] {
            for row in 0..vectors.rows() {
                let row = &vectors.row(row)[..f];
                let squares = row.iter().zip(&self.sigma).map(|(&x, &s)| f64::from(s) * square(x));
                sum += f64::from(self.lambda) * squares.sum::<f64>();
            }
        }
        sum
    }

    fn operations(&self) -> f64 {
        let f = self.sigma.len() as f64;
        let products = if self.refill { 4.0 } else { 2.0 };
        let rows = (self.train.users() + self.train.items()) as f64;
        products * f * self.train.len() as f64 + 2.5 * rows * f * f + 18.0 * f * f * f
    }
}
