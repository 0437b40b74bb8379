//! Factorization of what users chose, by alternating least squares over all cells.

use std::sync::Arc;

use super::als::normal::{Normal, White};
use super::als::weights::{Weighted, Weights};
use super::biases::{place, square};
use super::checks::{Agreement, Checks, Cold};
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Kind, Learning, Rule, Task};
use super::factors::{Factors, PRODUCT, dot};
use super::shape::{At, Predict, Stage, State, Sweep, Sweeps};
use super::side::Side;
use super::{Axis, Parameter, Spec};
use crate::data::Ratings;
use crate::random;
use crate::trace::{Listen, RatedShare, Written};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "implicit-als",
    title: "Implicit-feedback ALS",
    source: "Hu, Koren, Volinsky (2008), eq. 3 to 7",
    task: Task::Ranking,
    predicts: r"\hat p_{ui} = p_u^\top q_i",
    minimizes: r"\sum_{u}\sum_{i} c_{ui}\,(p_{ui} - p_u^\top q_i)^2 + \lambda\,\Bigl(\sum_u \lVert p_u\rVert^2 + \sum_i \lVert q_i\rVert^2\Bigr)",
    rules: &[
        Rule::of(
            Form::ClosedForm,
            &["q_i"],
            r"\Bigl(P^\top P + \sum_{u \in R(i)} (c_{ui} - 1)\, p_u p_u^\top + \lambda I\Bigr)\, q_i = \sum_{u \in R(i)} c_{ui}\, p_u",
        ),
        Rule::of(
            Form::ClosedForm,
            &["p_u"],
            r"\Bigl(Q^\top Q + \sum_{i \in R(u)} (c_{ui} - 1)\, q_i q_i^\top + \lambda I\Bigr)\, p_u = \sum_{i \in R(u)} c_{ui}\, q_i",
        ),
    ],
    checks: Checks {
        cold: |_| Cold::Zero,
        agreement: Agreement::Close,
        shares: true,
        beside: &[("epsilon", "confidence=log")],
        ..Checks::new("confidence.json", 9.8)
    },
    needs: &[],
    watched: Curve::Objective,
    learning: |_| Learning::Solving,
    hyperparameters: &[
        Hyperparameter::factors(20.0),
        Hyperparameter::epochs(15.0),
        Hyperparameter::lambda(150.0, 1000.0),
        Hyperparameter::sigma(0.1),
        Hyperparameter::choice::<Growth>(
            "confidence",
            "c_{ui}",
            Growth::Linear as usize,
            "How confidence grows with the rating: 1 + alpha r, or 1 + alpha log(1 + r / epsilon).",
        ),
        Hyperparameter {
            name: "alpha",
            symbol: r"\alpha",
            default: 10.0,
            min: 0.0,
            max: 100.0,
            kind: Kind::Real,
            help: "How much more a rated cell counts than an empty one.",
        },
        Hyperparameter {
            name: "epsilon",
            symbol: r"\varepsilon",
            default: 1.0,
            min: 0.001,
            max: 10.0,
            kind: Kind::Log,
            help: "Where the logarithm of the confidence begins to flatten; the linear one has none.",
        },
    ],
    build: |spec, train, seed| Box::new(Sweeps::new(ImplicitAls::new(spec, train, seed))),
};

choices! {
    /// How confidence grows with the rating.
    enum Growth {
        Linear = "linear",
        Log = "log",
    }
}

/// A confidence this little above 1 is the least that a rated cell has: single precision can hardly
/// tell it from that of an empty cell, and nothing is divided by zero.
const LEAST: f64 = 1e-6;

/// Implicit feedback: which items a user chose, and how sure that tells a preference.
///
/// Predicts   p^_ui = p_u . q_i, near 1 for what u may choose, near 0 for the rest: it orders items
/// Minimizes  sum c_ui (p_ui - p_u . q_i)^2 + lambda (sum |p_u|^2 + sum |q_i|^2) over all cells, rated or
///            not: p_ui = 1 and c_ui = 1 + alpha r_ui where u rated i (`confidence=log`:
///            1 + alpha log(1 + r_ui / epsilon)), p_ui = 0 and c_ui = 1 elsewhere. Ratings below 0
///            count as 0
/// Updates    for each item, then each user: p_u from
///            (Q^T Q + sum (c_ui - 1) q_i q_i^T + lambda I) p_u = sum c_ui q_i, both sums over the items
///            that u rated. Users come last, so that after a pass every prediction is explained exactly
/// Cost       a sweep O(ratings f^2 + (users + items) f^3) as with rated cells alone, not
///            O(users items f^2), since Q^T Q is the same for all users; a line with n < f ratings costs
///            O(n^2 f + n^3 + f^2), see `White`; 4 (users + items) f bytes and 8 a rating
/// Source     Hu, Koren, Volinsky (2008), where p_u is x_u and q_i is y_i. Defaults tuned by the expected
///            percentile rank on MovieLens latest-small
#[derive(Debug, Clone)]
pub struct ImplicitAls {
    train: Arc<Ratings>,
    /// c_ui - 1 of each rating.
    more: Weights,
    p: Factors,
    q: Factors,
    lambda: f32,
}

const P: usize = 0;
const Q: usize = 1;

/// What one rated item adds to a prediction, all of which is one product.
const SHARE: RatedShare = RatedShare {
    latex: r"c_{uj}\, s^u_{ij}",
    words: "What each rated film adds: confidence times similarity,",
    of: &[&PRODUCT],
};

/// How the system of a user's vector is written, and that of an item's.
static OF_USER: Written = Written {
    matrix: r"Q^\top Q + \sum_{i \in R(u)} (c_{ui} - 1)\, q_i q_i^\top + \lambda I",
    unknown: "p_u",
    right: r"\sum_{i \in R(u)} c_{ui}\, q_i",
    abbreviation: None,
};
static OF_ITEM: Written = Written {
    matrix: r"P^\top P + \sum_{u \in R(i)} (c_{ui} - 1)\, p_u p_u^\top + \lambda I",
    unknown: "q_i",
    right: r"\sum_{u \in R(i)} c_{ui}\, p_u",
    abbreviation: None,
};

/// What one rated item adds to a prediction: the product of both numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The rated item.
    pub item: usize,
    /// c_uj, the confidence of its rating.
    pub confidence: f32,
    /// s^u_ij = q_i^T W^u q_j, its similarity to the item predicted, as this user sees it.
    pub similarity: f32,
}

/// The left side of one user's system, added up in two ways.
pub struct Shortcut<'a> {
    model: &'a ImplicitAls,
    work: Normal,
}

impl<'a> Shortcut<'a> {
    /// With the vectors as they stand.
    pub fn new(model: &'a ImplicitAls) -> Self {
        let mut shortcut = Self { model, work: Normal::new(model.q.factors()) };
        shortcut.share();
        shortcut
    }

    fn line(&self, u: usize) -> Weighted<'a> {
        Weighted::row(&self.model.train, Some(&self.model.more), u)
    }

    // lesson: shortcut
    /// Q^T Q + lambda I, once for all users: O(items f^2).
    pub fn share(&mut self) {
        let ImplicitAls { q, lambda, .. } = self.model;
        self.work.matrix(q, (0..q.rows()).map(|i| (i, 1.0)), *lambda);
        self.work.share();
    }

    /// Q^T Q + lambda I + sum (c_ui - 1) q_i q_i^T over what `u` rated: O(|R(u)| f^2).
    pub fn short(&mut self, u: usize) -> Vec<f32> {
        let rated = self.line(u).iter().map(|(i, _, more)| (i, more));
        self.work.begin_shared();
        self.work.add(&self.model.q, rated);
        self.work.shown()
    }

    /// Q^T C^u Q + lambda I, over all items: O(items f^2).
    pub fn full(&mut self, u: usize) -> Vec<f32> {
        let ImplicitAls { q, lambda, .. } = self.model;
        let mut rated = self.line(u).iter().peekable();
        let all = (0..q.rows()).map(|i| match rated.next_if(|&(id, ..)| id == i) {
            Some((_, _, more)) => (i, 1.0 + more),
            None => (i, 1.0),
        });
        self.work.matrix(q, all, *lambda);
        self.work.shown()
    }
    // lesson: end
}

/// What all lines of a half-sweep share.
pub struct Work {
    normal: Normal,
    /// Nothing in an explained step, which takes no shortcut.
    white: Option<White>,
}

/// One half of a sweep: whose vectors are solved for, and whose are held.
struct Half<'a> {
    side: Side,
    train: &'a Ratings,
    more: &'a Weights,
    lambda: f32,
    own: &'a mut Factors,
    held: &'a Factors,
    /// The place of the solved vectors in the list of parameters.
    place: usize,
}

impl Half<'_> {
    // lesson: update
    /// Solves for one user or item. `line` holds its rated cells, each with c - 1; the cells that are
    /// not rated are in the shared matrix. False where the system is singular: then the vector stays.
    fn solve<L: Listen>(&mut self, row: usize, shared: &mut Work, listen: &mut L) -> bool {
        let line = Weighted::of(self.side, self.train, Some(self.more), row);
        listen.objective(|| self.penalized(row, line));
        if line.is_empty() {
            self.own.row_mut(row).fill(0.0);
            return true;
        }
        let (held, work) = (self.held, &mut shared.normal);
        let short = line.len() < held.factors();
        let solved = if let Some(white) = shared.white.as_ref().filter(|_| short) {
            // sum c z = sum (c - 1) t z with the target t = c / (c - 1).
            let targets = line.iter().map(|(id, _, more)| (id, (1.0 + more) / more, more));
            let solved = work.solve_short(&white.vectors, targets, line.len(), 1.0);
            work.unwhiten(white);
            solved
        } else {
            work.begin_shared();
            work.add(held, line.iter().map(|(id, _, more)| (id, more)));
            work.right(held, line.iter().map(|(id, _, more)| (id, 1.0 + more)));
            work.solve()
        };
        let written = if self.place == P { &OF_USER } else { &OF_ITEM };
        listen.system(|| work.system(written, solved));
        if solved {
            let own = self.own.row_mut(row);
            let before = if L::HEARS { own.to_vec() } else { Vec::new() };
            for (k, value) in own.iter_mut().enumerate() {
                let place = place(self.place, row, k);
                let gradient = || work.gradient(&before, k);
                *value = listen.update(place, *value, gradient, work.solution()[k]);
            }
        }
        solved
    }
    // lesson: end

    fn penalized(&self, row: usize, line: Weighted) -> f64 {
        let own = self.own.row(row);
        let all = (0..self.held.rows()).map(|id| product(own, self.held.row(id)));
        let all: f64 = all.map(|x| x * x).sum();
        let rated = line.iter().map(|(id, _, more)| excess(product(own, self.held.row(id)), more));
        let squares = own.iter().map(|&x| square(x)).sum::<f64>();
        all + rated.sum::<f64>() + f64::from(self.lambda) * squares
    }
}

/// a . b in double precision.
fn product(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// What a rated cell adds to the objective beyond the square that an empty one with this prediction
/// would add.
fn excess(predicted: f64, more: f32) -> f64 {
    (1.0 + f64::from(more)) * (1.0 - predicted) * (1.0 - predicted) - predicted * predicted
}

impl ImplicitAls {
    /// Start values for a training set: p_u normal, q_i zero, since q_i is solved first.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let (alpha, epsilon) = (spec.get("alpha"), spec.get("epsilon"));
        let growth = spec.choice("confidence");
        // lesson: confidence
        let more = |_, rating: crate::data::Rating| {
            let r = f64::from(rating.r).max(0.0);
            let grown = match growth {
                Growth::Linear => r,
                Growth::Log => libm::log(1.0 + r / epsilon),
            };
            (alpha * grown).max(LEAST) as f32
        };
        // lesson: end
        let rng = random::stream(seed, "p");
        Self {
            more: Weights::new(&train, more),
            p: Factors::normal(train.users(), f, sigma, rng, |u| !train.row(u).is_empty()),
            q: Factors::zeros(train.items(), f),
            lambda: spec.get("lambda") as f32,
            train,
        }
    }

    /// W^u of one user, ready to solve with: (Q^T C^u Q + lambda I) x = right.
    fn system_of(&self, u: usize) -> Normal {
        let mut work = Normal::new(self.q.factors());
        work.matrix(&self.q, (0..self.q.rows()).map(|i| (i, 1.0)), self.lambda);
        let line = Weighted::row(&self.train, Some(&self.more), u);
        work.add(&self.q, line.iter().map(|(id, _, more)| (id, more)));
        work
    }

    // lesson: explain
    /// What each rated item adds to the prediction for item `i`. After a whole pass
    /// p_u = W^u sum c_uj q_j, so p_u . q_i = sum c_uj q_i^T W^u q_j: the shares sum to the prediction.
    /// Nothing where W^u does not exist. O(items f^2 + f^3).
    pub fn shares(&self, u: usize, i: usize) -> Vec<Share> {
        let mut work = self.system_of(u);
        work.right(&self.q, [(i, 1.0)].into_iter());
        if !work.solve() {
            return Vec::new();
        }
        let line = Weighted::row(&self.train, Some(&self.more), u);
        let share = |(j, _, more): (usize, f32, f32)| Share {
            item: j,
            confidence: 1.0 + more,
            similarity: dot(work.solution(), self.q.row(j)),
        };
        line.iter().map(share).collect()
    }
    // lesson: end
}

impl State for ImplicitAls {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        vec![
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
        ]
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        vec![self.p.values_mut(), self.q.values_mut()]
    }
}

impl Predict for ImplicitAls {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        let product = dot(self.p.row(u), self.q.row(i));
        listen.term(&PRODUCT, product);
        product
    }

    fn because(&self, u: usize, i: usize, (): &()) -> Vec<(usize, f32)> {
        let shares = self.shares(u, i).into_iter();
        shares.map(|s| (s.item, s.confidence * s.similarity)).collect()
    }

    fn share(&self) -> Option<RatedShare> {
        Some(SHARE)
    }
}

impl Sweep for ImplicitAls {
    type Work = Work;

    fn stages(&self) -> &'static [Stage] {
        &[Stage::Each(Side::Items), Stage::Each(Side::Users)]
    }

    /// O(rows f^2 + f^3).
    fn work(&self, at: At, hears: bool) -> Work {
        let held = if at.stage.side() == Side::Users { &self.q } else { &self.p };
        let mut normal = Normal::new(held.factors());
        normal.matrix(held, (0..held.rows()).map(|row| (row, 1.0)), self.lambda);
        normal.share();
        let white = if hears { None } else { White::new(held, &mut normal) };
        Work { normal, white }
    }

    fn unit<L: Listen>(&mut self, at: At, work: &mut Work, listen: &mut L) -> bool {
        let Self { train, more, p, q, lambda } = self;
        let side = at.stage.side();
        let (own, held, place) = if side == Side::Users { (p, q, P) } else { (q, p, Q) };
        let mut half = Half { side, train, more, lambda: *lambda, own, held, place };
        half.solve(at.row, work, listen)
    }

    /// Over all cells (p_u . q_i)^2 sums to the sum of the products of P^T P and Q^T Q, element by
    /// element: O((users + items) f^2 + ratings f).
    fn objective(&self) -> f64 {
        let (p, q) = (gram(&self.p), gram(&self.q));
        let all: f64 = p.iter().zip(&q).map(|(p, q)| p * q).sum();
        let rated = self.train.iter().zip(self.more.rows()).map(|(rating, &more)| {
            excess(product(self.p.row(rating.u), self.q.row(rating.i)), more)
        });
        let vectors = self.p.values().iter().chain(self.q.values());
        let squares = vectors.map(|&x| square(x)).sum::<f64>();
        all + rated.sum::<f64>() + f64::from(self.lambda) * squares
    }

    fn operations(&self) -> f64 {
        let f = self.p.factors() as f64;
        let line = |n: usize| {
            let (n, short) = (n as f64, (n as f64) < f);
            let size = if short { n } else { f };
            let back = if short { f * f / 2.0 } else { 0.0 };
            n * f * size / 2.0 + size * size * size / 6.0 + n * f + back
        };
        let train = &self.train;
        let lines = (0..train.users()).map(|u| train.row(u).len());
        let lines = lines.chain((0..train.items()).map(|i| train.column(i).len()));
        // The shared matrix and the change of coordinates.
        let shared = (train.users() + train.items()) as f64 * f * f + f * f * f;
        shared + lines.map(line).sum::<f64>()
    }
}

/// The sum of x x^T over all rows, in double precision.
fn gram(vectors: &Factors) -> Vec<f64> {
    let stride = vectors.stride();
    let mut sum = vec![0.0; stride * stride];
    for row in 0..vectors.rows() {
        let x = vectors.row(row);
        for (a, line) in sum.chunks_exact_mut(stride).enumerate() {
            let x_a = f64::from(x[a]);
            for (sum, &x) in line.iter_mut().zip(x) {
                *sum += x_a * f64::from(x);
            }
        }
    }
    sum
}
