//! Interpolation weights: how much each neighbor counts, derived for all neighbors together.

use std::sync::Arc;

use super::biases::square;
use super::checks::Checks;
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Kind, Learning, Rule, Task};
use super::knn::{self, KEPT, Knn, LAMBDA_2, NEIGHBORS, Residuals, SUPPORT};
use super::shape::{self, At, Moment, Predict, Stage, State, Sweep, Sweeps};
use super::side::Side;
use super::similarity::Measure;
use super::{Memory, Parameter, Spec};
use crate::data::Ratings;
use crate::trace::{Addend, AddendKind, Listen, RatedShare, System, Written};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "interpolated-knn",
    title: "Interpolation weights",
    source: "Bell, Koren (ICDM 2007); Koren (KDD 2008), eq. 4",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = b_{ui} + \sum_{j \in S^k(i;u)} \theta_{ij}\,(r_{uj} - b_{uj}),\qquad b_{ui} = \mu + b_u + b_i",
    minimizes: r"\sum_v \Bigl(r_{vi} - b_{vi} - \sum_{j \in S^k(i;u)} \theta_{ij}\,(r_{vj} - b_{vj})\Bigr)^2\quad\text{for each prediction, from shrunk means}",
    rules: &[
        Rule::definition(
            r"\hat A\,\theta_i = \hat b,\qquad \hat A_{jl} = \frac{n_{jl}\,\bar A_{jl} + \beta\,\bar A}{n_{jl} + \beta},\qquad \hat b_j = \frac{n_{ij}\,\bar A_{ij} + \beta\,\bar A}{n_{ij} + \beta}",
        ),
        Rule::definition(
            r"\bar A_{jl} = \frac{1}{n_{jl}} \sum_{v} (r_{vj} - b_{vj})(r_{vl} - b_{vl})",
        ),
        Rule::of(
            Form::Count,
            &["s_ij"],
            r"s_{ij} \leftarrow \frac{n_{ij}}{n_{ij} + \lambda_2}\,\rho_{ij}",
        ),
    ],
    checks: Checks {
        shares: true,
        beside: &[("support", "lambda_2=0")],
        ..Checks::new("neighbors.json", 0.850)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Counting,
    hyperparameters: &[
        Hyperparameter { default: 30.0, max: 100.0, ..NEIGHBORS },
        Hyperparameter {
            name: "beta",
            symbol: r"\beta",
            default: 200.0,
            min: 0.0,
            max: 1000.0,
            kind: Kind::Real,
            help: "Shrinks each mean product towards the mean over all pairs, as if that many more users had rated both.",
        },
        Hyperparameter::choice::<Sign>(
            "weights",
            r"\theta",
            Sign::Any as usize,
            "Whether a neighbor may count against the item.",
        ),
        LAMBDA_2,
        SUPPORT,
        Hyperparameter { default: 300.0, ..KEPT },
        Hyperparameter::lambda(5.0, 100.0),
    ],
    build: |spec, train, _seed| Box::new(Sweeps::new(InterpolatedKnn::new(spec, train))),
};

choices! {
    /// Which signs weights may have.
    enum Sign {
        Any = "any",
        Nonnegative = "nonnegative",
    }
}

/// Item neighbors with jointly derived interpolation weights.
///
/// Predicts   r^_ui = b_ui + sum theta_ij (r_uj - b_uj) over S^k(i;u), the k items most similar to i among
///            those that u rated; b_ui = mu + b_u + b_i
/// Minimizes  for each prediction sum over users v of (z_vi - sum theta_ij z_vj)^2, z_vj = r_vj - b_vj, as
///            if every v had rated all: A theta = b, where A_jl and b_j stand for means of z_vj z_vl and
///            z_vi z_vj. Each is the mean over the n_jl users who rated both, shrunk towards the mean
///            over all pairs: A_jl = (sum z_vj z_vl + beta mean) / (n_jl + beta); the diagonal towards
///            the mean square
/// Updates    the similarities that choose S^k(i;u), as in [`Knn`]; a step is one row. The weights are
///            no parameters: they are solved for when somebody asks for a prediction
/// Cost       the pass as in [`Knn`]; for one user's predictions the products of all pairs of neighbors
///            that occur are summed once, at most O(|R(u)| sum over R(u) of |R(j)|) and 4 |R(u)|^2
///            bytes for that time, never items squared; then O(k^3) each
/// Source     Bell, Koren (ICDM 2007), with their solver for nonnegative weights; Koren (KDD
///            2008), eq. 4. They took all user's ratings with global effects removed; here it is the
///            baseline, and the mean that products are shrunk to is taken over pairs of ratings rather
///            than pairs of items, which needs no matrix of all items. Defaults by 5-fold error on
///            MovieLens latest-small: .8461 with either kind of weights; the error of 15 neighbors with
///            beta 50 is .8466
#[derive(Debug, Clone)]
pub struct InterpolatedKnn {
    knn: Knn,
    beta: f64,
    nonnegative: bool,
    /// The mean of z_vj^2 over all ratings.
    mean_square: f64,
    /// The mean of z_vj z_vl over all pairs of ratings of one user.
    mean_product: f64,
    /// z_vj of every rating, item by item, and where each item's begin: 4 bytes a rating.
    z: Vec<f32>,
    start: Vec<usize>,
}

/// One prediction's system, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Interpolation {
    /// S^k(i;u): the neighbors j with s_ij and r_uj - b_uj, the most similar first.
    pub neighbors: Vec<(usize, f32, f32)>,
    /// A theta = b.
    pub system: System,
    /// How many users rated both j and l, for each pair of neighbors, row by row.
    pub counts: Vec<f32>,
    /// The same for the item itself and j.
    pub own_counts: Vec<f32>,
}

/// Sum of products and number of users for one pair of items.
type Product = (f32, f32);

/// Room for one user's predictions.
pub struct Work {
    /// What the baseline leaves of each item the user rated.
    residuals: Residuals,
    /// One item's residuals by user, and 1 where there is one.
    spread: Vec<[f32; 2]>,
    /// The items that are neighbors of anything asked for, ascending.
    items: Vec<u32>,
    /// Their products, the lower triangle row by row.
    products: Vec<Product>,
    /// Neighbors, system and solution of one prediction.
    neighbors: Vec<(usize, f32, f32)>,
    own: Vec<Product>,
    matrix: Vec<f64>,
    right: Vec<f64>,
    theta: Vec<f64>,
    buffer: Vec<f64>,
}

impl InterpolatedKnn {
    /// The baseline is fitted, no similarity is counted yet.
    pub fn new(spec: &Spec, train: Arc<Ratings>) -> Self {
        let knn = Knn::plain(spec, (Side::Items, Measure::PearsonBaseline), train);
        let (mut z, mut start) = (Vec::with_capacity(knn.train.len()), vec![0]);
        for i in 0..knn.train.items() {
            let residual = |(v, r)| r - knn.b.sum(v, i, &mut ());
            z.extend(knn.train.column(i).iter().map(residual));
            start.push(z.len());
        }
        let (mut squares, mut products, mut pairs) = (0.0, 0.0, 0.0);
        for u in 0..knn.train.users() {
            let (mut sum, mut own) = (0.0, 0.0);
            for (i, r) in knn.train.row(u).iter() {
                let z = r - knn.b.sum(u, i, &mut ());
                sum += f64::from(z);
                own += square(z);
            }
            let n = knn.train.row(u).len() as f64;
            squares += own;
            products += sum * sum - own;
            pairs += n * n - n;
        }
        Self {
            beta: spec.get("beta"),
            nonnegative: spec.choice::<Sign>("weights") == Sign::Nonnegative,
            mean_square: squares / (knn.train.len() as f64).max(1.0),
            mean_product: products / pairs.max(1.0),
            z,
            start,
            knn,
        }
    }

    /// Who rated an item, with what the baseline leaves over.
    fn column(&self, item: usize) -> impl Iterator<Item = (&u32, &f32)> {
        let z = &self.z[self.start[item]..self.start[item + 1]];
        self.knn.train.column(item).ids.iter().zip(z)
    }

    fn spread(&self, item: usize, spread: &mut [[f32; 2]]) {
        for (&v, &z) in self.column(item) {
            spread[v as usize] = [z, 1.0];
        }
    }

    fn gather(&self, item: usize, spread: &mut [[f32; 2]]) {
        for &v in self.knn.train.column(item).ids {
            spread[v as usize] = [0.0; 2];
        }
    }

    // lesson: product
    /// Sum of z_vj z_vl over the users who rated both, and how many they are; `spread` holds l.
    fn product(&self, item: usize, spread: &[[f32; 2]]) -> Product {
        let (mut sum, mut count) = (0.0, 0.0);
        for (&v, z_j) in self.column(item) {
            // Both are 0 where v has not rated l.
            let [z_l, one] = spread[v as usize];
            sum += z_j * z_l;
            count += one;
        }
        (sum, count)
    }

    /// The mean product, shrunk as if beta more users had rated both with the mean over all pairs.
    fn shrunk(&self, (sum, count): Product, mean: f64) -> f64 {
        let count = f64::from(count) + self.beta;
        if count > 0.0 { (f64::from(sum) + self.beta * mean) / count } else { mean }
    }
    // lesson: end

    /// Sums the products of all pairs of items that are neighbors of any of these.
    fn prepare(&self, u: usize, asked: &[u32], work: &mut Work) {
        work.items.clear();
        for &i in asked {
            let speaking = self.knn.speaking((u, i as usize), &work.residuals.of);
            work.items.extend(speaking.map(|(j, ..)| j as u32));
            if work.items.len() > 2 * self.knn.train.row(u).len() + 1000 {
                work.items.sort_unstable();
                work.items.dedup();
            }
        }
        work.items.sort_unstable();
        work.items.dedup();
        work.products.clear();
        for a in 0..work.items.len() {
            let l = work.items[a] as usize;
            self.spread(l, &mut work.spread);
            for &j in &work.items[..=a] {
                work.products.push(self.product(j as usize, &work.spread));
            }
            self.gather(l, &mut work.spread);
        }
    }

    /// Makes the system for one prediction and solves it.
    fn solve(&self, u: usize, i: usize, work: &mut Work) {
        work.neighbors.clear();
        work.neighbors.extend(self.knn.speaking((u, i), &work.residuals.of));
        let n = work.neighbors.len();
        for buffer in [&mut work.matrix, &mut work.right, &mut work.theta] {
            buffer.clear();
        }
        work.own.clear();
        self.spread(i, &mut work.spread);
        for &(j, ..) in &work.neighbors {
            let product = self.product(j, &work.spread);
            work.own.push(product);
            work.right.push(self.shrunk(product, self.mean_product));
        }
        self.gather(i, &mut work.spread);
        for &(j, ..) in &work.neighbors {
            for &(l, ..) in &work.neighbors {
                let mean = if j == l { self.mean_square } else { self.mean_product };
                work.matrix.push(self.shrunk(work.known(j, l), mean));
            }
        }
        make_definite(&mut work.matrix, n, &mut work.buffer);
        if self.nonnegative {
            work.theta.resize(n, 0.0);
            nonnegative(&work.matrix, &work.right, &mut work.theta, &mut work.buffer);
        } else {
            work.theta.extend_from_slice(&work.right);
            substitute(&work.buffer, &mut work.theta);
        }
    }

    /// The system of the prediction for `u` and `i`.
    pub fn interpolation(&self, u: usize, i: usize) -> Interpolation {
        let work = shape::context(self, u, i, Moment::Latest);
        let single = |values: &[f64]| values.iter().map(|&x| x as f32).collect::<Vec<f32>>();
        let ids = || work.neighbors.iter().map(|&(j, ..)| j);
        Interpolation {
            counts: ids()
                .flat_map(|j| ids().map(move |l| (j, l)))
                .map(|(j, l)| work.known(j, l).1)
                .collect(),
            own_counts: work.own.iter().map(|&(_, count)| count).collect(),
            system: System {
                written: &WRITTEN,
                drawn: false,
                matrix: single(&work.matrix),
                right: single(&work.right),
                solution: Some(single(&work.theta)),
            },
            neighbors: work.neighbors,
        }
    }

    /// The neighbors behind it: the baseline, and who is similar.
    pub fn knn(&self) -> &Knn {
        &self.knn
    }
}

impl Work {
    fn known(&self, j: usize, l: usize) -> Product {
        let at = |item: usize| self.items.partition_point(|&id| (id as usize) < item);
        let (low, high) = (at(j.min(l)), at(j.max(l)));
        self.products[high * (high + 1) / 2 + low]
    }
}

/// Leaves the Cholesky factor of A in `factor`. A matrix of means over different users need not be positive
/// definite: then as much as it takes is added to its diagonal, beginning with a hundredth of its mean.
fn make_definite(a: &mut [f64], n: usize, factor: &mut Vec<f64>) {
    let mean = (0..n).map(|k| a[k * n + k]).sum::<f64>() / n.max(1) as f64;
    let mut more = 0.01 * mean.max(1e-6);
    loop {
        factor.clear();
        factor.extend_from_slice(a);
        // A diagonal larger than all the rest is definite, so it ends; the limit is for what is no number.
        if is_factorized(factor, n) || !more.is_finite() {
            return;
        }
        for k in 0..n {
            a[k * n + k] += more;
        }
        more *= 2.0;
    }
}

/// Solves L L^T x = b, with b in x.
fn substitute(factor: &[f64], x: &mut [f64]) {
    let n = x.len();
    for j in 0..n {
        for k in 0..j {
            x[j] -= factor[j * n + k] * x[k];
        }
        x[j] /= factor[j * n + j];
    }
    for j in (0..n).rev() {
        for k in j + 1..n {
            x[j] -= factor[k * n + j] * x[k];
        }
        x[j] /= factor[j * n + j];
    }
}

/// The neighbors' addend of a prediction.
static SUM: Addend = Addend::new(
    AddendKind::Neighbors,
    "neighbors",
    r"\sum_j \theta_{ij}\,(r_{uj} - b_{uj})",
    "how far the ratings of the most similar films lie from their baselines, weighted",
);
/// What one rated item adds to it.
const SHARE: RatedShare =
    RatedShare { latex: r"\theta_{ij}\,(r_{uj} - b_{uj})", words: RatedShare::EACH, of: &[&SUM] };
/// The system of the weights.
static WRITTEN: Written =
    Written { matrix: r"\hat A", unknown: r"\theta_i", right: r"\hat b", abbreviation: None };

/// The least share of a diagonal element that may be left of it as a pivot: below, the weights would grow
/// beyond what means over so few users can tell.
const LEAST: f64 = 0.01;

/// The lower triangle L with L L^T = A in place of A; false where there is none.
fn is_factorized(a: &mut [f64], n: usize) -> bool {
    for j in 0..n {
        let mut pivot = a[j * n + j];
        for k in 0..j {
            pivot -= a[j * n + k] * a[j * n + k];
        }
        if pivot <= LEAST * a[j * n + j] || !pivot.is_finite() {
            return false;
        }
        let root = pivot.sqrt();
        a[j * n + j] = root;
        for i in j + 1..n {
            let mut sum = a[i * n + j];
            for k in 0..j {
                sum -= a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] = sum / root;
        }
    }
    true
}

/// Most steps of [`nonnegative`], and the length of the slope at which it ends, as a share of the first.
const STEPS: usize = 1000;
const ENOUGH: f64 = 1e-6;

// lesson: nonnegative
/// Minimizes x^T A x / 2 - b^T x over x >= 0, from x = 0, by steepest descent: Bell and Koren (2007).
/// What is at zero and would fall is held there; a step goes to the lowest point of its line,
/// or to where the first number reaches zero. `room` is for slopes and directions.
fn nonnegative(a: &[f64], b: &[f64], x: &mut [f64], room: &mut Vec<f64>) {
    let n = b.len();
    room.clear();
    room.extend_from_slice(b);
    room.resize(3 * n, 0.0);
    let (slope, rest) = room.split_at_mut(n);
    let (direction, product) = rest.split_at_mut(n);
    let mut first = 0.0;
    for step in 0..STEPS {
        let mut squares = 0.0;
        for k in 0..n {
            let held = x[k] <= 0.0 && slope[k] < 0.0;
            direction[k] = if held { 0.0 } else { slope[k] };
            squares += direction[k] * direction[k];
        }
        first = if step == 0 { squares } else { first };
        if squares <= ENOUGH * ENOUGH * first {
            return;
        }
        let mut curvature = 0.0;
        for k in 0..n {
            let row = a[k * n..(k + 1) * n].iter().zip(&*direction);
            product[k] = row.fold(0.0, |sum, (a, d)| sum + a * d);
            curvature += direction[k] * product[k];
        }
        let mut length = squares / curvature;
        let mut hit = n;
        for k in 0..n {
            if direction[k] < 0.0 && -x[k] / direction[k] < length {
                (length, hit) = (-x[k] / direction[k], k);
            }
        }
        for k in 0..n {
            x[k] = if k == hit { 0.0 } else { (x[k] + length * direction[k]).max(0.0) };
            slope[k] -= length * product[k];
        }
    }
}
// lesson: end

impl State for InterpolatedKnn {
    fn train(&self) -> &Arc<Ratings> {
        &self.knn.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.knn.parameters()
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.knn.values_mut()
    }
}

impl Predict for InterpolatedKnn {
    type Context = Work;

    fn context(&self) -> Work {
        Work {
            residuals: self.knn.context(),
            spread: vec![[0.0; 2]; self.knn.train.users()],
            items: Vec::new(),
            products: Vec::new(),
            neighbors: Vec::new(),
            own: Vec::new(),
            matrix: Vec::new(),
            right: Vec::new(),
            theta: Vec::new(),
            buffer: Vec::new(),
        }
    }

    fn at_user(&self, u: usize, work: &mut Work) {
        self.knn.at_user(u, &mut work.residuals);
    }

    fn expect(&self, u: usize, items: &[u32], work: &mut Work) {
        self.prepare(u, items, work);
    }

    fn at_item(&self, u: usize, i: usize, _when: Moment, work: &mut Work) {
        self.solve(u, i, work);
    }

    fn sum<L: Listen>(&self, u: usize, i: usize, work: &Work, listen: &mut L) -> f32 {
        let weighted = work.neighbors.iter().zip(&work.theta);
        let sum = weighted.fold(0.0, |sum, (&(.., e), &theta)| sum + theta * f64::from(e));
        let baseline = self.knn.b.sum(u, i, listen);
        listen.term(&SUM, sum as f32);
        baseline + sum as f32
    }

    fn because(&self, _u: usize, _i: usize, work: &Work) -> Vec<(usize, f32)> {
        let weighted = work.neighbors.iter().zip(&work.theta);
        weighted.map(|(&(j, _, e), &theta)| (j, (theta * f64::from(e)) as f32)).collect()
    }

    fn share(&self) -> Option<RatedShare> {
        Some(SHARE)
    }
}

/// Learns as the neighbors behind it do.
impl Sweep for InterpolatedKnn {
    type Work = knn::Work;

    const COUNTS: bool = Knn::COUNTS;

    fn stages(&self) -> &'static [Stage] {
        self.knn.stages()
    }

    fn work(&self, at: At, hears: bool) -> knn::Work {
        self.knn.work(at, hears)
    }

    fn unit<L: Listen>(&mut self, at: At, work: &mut knn::Work, listen: &mut L) -> bool {
        self.knn.unit(at, work, listen)
    }

    fn end(&mut self, epoch: usize, stage: Stage, work: knn::Work) {
        self.knn.end(epoch, stage, work);
    }

    fn objective(&self) -> f64 {
        self.knn.objective()
    }

    fn operations(&self) -> f64 {
        self.knn.operations()
    }

    fn memory(&self) -> Memory {
        self.knn.memory()
    }

    fn recall(&mut self, memory: &Memory) {
        self.knn.recall(memory);
    }
}
