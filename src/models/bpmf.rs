//! Bayesian probabilistic matrix factorization: not one point, but draws from all that are probable.

use std::sync::Arc;

use rand::Rng;

use super::biases::{B_I, B_U, Biases, ITEM_BIAS, MEAN, OWN, USER_BIAS, place, square};
use super::checks::{Checks, Cold};
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Kind, Learning, Rule, Task};
use super::factors::{Factors, dot};
use super::shape::{At, Predict, Stage, State, Sweep, Sweeps};
use super::side::Side;
use super::{Axis, Memory, Parameter, Spec};
use crate::data::{Rating, Ratings};
use crate::random::{self, Normal};
use crate::trace::{Addend, AddendKind, Listen};

mod half;
mod kept;
pub mod wishart;

use half::{Given, Half, Hyper, Work, distance};
use kept::Kept;

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "bpmf",
    title: "Bayesian matrix factorization",
    source: "Salakhutdinov and Mnih (2008), section 3",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \frac{1}{T} \sum_{t=1}^{T} \bigl(\mu + b_u^{(t)} + b_i^{(t)} + p_u^{(t)\top} q_i^{(t)}\bigr)",
    minimizes: r"\alpha \sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \sum_u (p_u - \mu_P)^\top \Lambda_P\, (p_u - \mu_P) + \sum_i (q_i - \mu_Q)^\top \Lambda_Q\, (q_i - \mu_Q)",
    rules: &[
        Rule::of(
            Form::Draw,
            &["alpha"],
            r"\alpha \sim \mathrm{Gamma}\Bigl(\tfrac12 (1 + |R|),\; \tfrac12 \bigl(1 + \sum_{(u,i)} (r_{ui} - \mu - b_u - b_i - p_u^\top q_i)^2\bigr)\Bigr)",
        )
        .when("noise", "drawn"),
        Rule::of(Form::Draw, &["mu_P", "Lambda_P"], r"\mu_P, \Lambda_P \sim \mathcal{N}(\mu_P \mid \mu^*, (\beta^* \Lambda_P)^{-1})\; \mathcal{W}(\Lambda_P \mid W^*, \nu^*)"),
        Rule::of(Form::Draw, &["p_u", "b_u"], r"p_u \sim \mathcal{N}(\mu_u^*, (\Lambda_u^*)^{-1}),\quad \Lambda_u^* = \Lambda_P + \alpha \sum_{i \in R(u)} q_i q_i^\top,\quad \Lambda_u^*\, \mu_u^* = \Lambda_P\, \mu_P + \alpha \sum_{i \in R(u)} (r_{ui} - \mu - b_i)\, q_i"),
        Rule::of(Form::Draw, &["mu_Q", "Lambda_Q"], r"\mu_Q, \Lambda_Q \sim \mathcal{N}(\mu_Q \mid \mu^*, (\beta^* \Lambda_Q)^{-1})\; \mathcal{W}(\Lambda_Q \mid W^*, \nu^*)"),
        Rule::of(Form::Draw, &["q_i", "b_i"], r"q_i \sim \mathcal{N}(\mu_i^*, (\Lambda_i^*)^{-1}),\quad \Lambda_i^* = \Lambda_Q + \alpha \sum_{u \in R(i)} p_u p_u^\top,\quad \Lambda_i^*\, \mu_i^* = \Lambda_Q\, \mu_Q + \alpha \sum_{u \in R(i)} (r_{ui} - \mu - b_u)\, p_u"),
    ],
    checks: Checks {
        cold: |_| Cold::Drawn,
        ..Checks::new("bayes.json", 0.842)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Sampling,
    hyperparameters: &[
        Hyperparameter::factors(15.0),
        Hyperparameter::epochs(60.0),
        Hyperparameter {
            name: "burn_in",
            symbol: "",
            default: 10.0,
            min: 0.0,
            max: 1000.0,
            kind: Kind::Integer,
            help: "How many sweeps go by before draws are kept: the first ones still remember the start.",
        },
        Hyperparameter {
            name: "samples",
            symbol: "T",
            default: 50.0,
            min: 1.0,
            max: 500.0,
            kind: Kind::Integer,
            help: "How many of the latest draws are kept to be averaged over.",
        },
        Hyperparameter {
            name: "alpha",
            symbol: r"\alpha",
            default: 2.0,
            min: 0.01,
            max: 100.0,
            kind: Kind::Log,
            help: "The precision of a rating: one over its variance around the prediction.",
        },
        Hyperparameter::choice::<Noise>(
            "noise",
            "",
            Noise::Fixed as usize,
            "Whether alpha stays as set, or is drawn in each sweep like everything else.",
        ),
        Hyperparameter::choice::<bool>(
            "biases",
            r"b_u, b_i",
            true as usize,
            "Whether each vector has a bias as a further component, drawn together with it.",
        ),
    ],
    build: |spec, train, seed| Box::new(Sweeps::new(Bpmf::new(spec, train, seed))),
};

choices! {
    /// Whether alpha is drawn like everything else.
    enum Noise {
        Fixed = "fixed",
        Drawn = "drawn",
    }
}

/// Bayesian probabilistic matrix factorization by Gibbs sampling.
///
/// Assumes    r_ui ~ N(mu + p_u . q_i, 1 / alpha), p_u ~ N(mu_P, Lambda_P^-1), q_i ~ N(mu_Q, Lambda_Q^-1),
///            mean and precision of each side Normal-Wishart: mu_0 = 0, beta_0 = 2, W_0 = I, nu_0 = d.
///            `biases=yes`: r_ui ~ N(mu + b_u + b_i + p_u . q_i, 1 / alpha), where (p_u, b_u) is one vector
///            of d = f + 1 components, and (q_i, b_i) another; otherwise d = f.
///            `noise=drawn`: alpha ~ W(1, 1), a gamma distribution with shape and rate 1/2
/// Predicts   the mean of mu + b_u + b_i + p_u . q_i over the kept draws; before there is one, by the
///            draw as it stands
/// Draws      in each sweep mu_P, Lambda_P given all p_u ([`wishart::NormalWishart::after`]); each p_u
///            given its ratings from N(m, A^-1), A = Lambda_P + alpha sum q_i q_i^T,
///            A m = Lambda_P mu_P + alpha sum (r_ui - mu - b_i) q_i; then the same for the items. Who has
///            no rating is drawn from N(mu_P, Lambda_P^-1), and does not count in mu_P, Lambda_P: the
///            posterior of all others is the same with and without.
/// Objective  -2 log p(R, p, q | mu_P, …) up to constants, of the draw as it stands: it does not fall to a
///            lowest value but wanders around a level
/// Start      [`START_SWEEPS`] sweeps of alternating least squares with lambda [`START_LAMBDA`], the most
///            probable point of [`super::pmf`]: the same half-sweep with the mean in the place of a draw
/// Cost       a sweep O(ratings d^2 + (users + items) d^3), a line with n < d ratings O(n^2 d + n^3 + d^2);
///            each kept draw 4 (users + items)(f + 1) bytes, in all at most 512 MB: where a draw is large,
///            fewer than `samples` are kept. A prediction takes O(samples f)
/// Source     Salakhutdinov and Mnih, Bayesian Probabilistic Matrix Factorization using Markov Chain Monte
///            Carlo (ICML 2008). There alpha = 2, 30 to 300 factors and no biases.
#[derive(Debug, Clone)]
pub struct Bpmf {
    train: Arc<Ratings>,
    seed: u64,
    b: Biases,
    p: Factors,
    q: Factors,
    of_users: Hyper,
    of_items: Hyper,
    alpha: f32,
    biased: bool,
    drawn: bool,
    burn_in: usize,
    kept: Arc<Kept>,
}

const P: usize = OWN;
const Q: usize = OWN + 1;
const OF_USERS: (usize, usize) = (OWN + 2, OWN + 3);
const OF_ITEMS: (usize, usize) = (OWN + 4, OWN + 5);
const ALPHA: usize = OWN + 6;

/// The addend of the vectors: the mean of their product over all kept draws.
static PRODUCT: Addend = Addend::new(
    AddendKind::Factors,
    "product",
    r"p_u^\top q_i",
    "the user’s vector times the film’s",
);
/// How many vectors a side has.
static USERS: Addend = Addend::part(AddendKind::Count, "users", "|P|");
static ITEMS: Addend = Addend::part(AddendKind::Count, "items", "|Q|");

/// Standard deviation of the values the start begins with.
const START_SD: f64 = 0.1;
/// Sweeps of alternating least squares before the first draw.
pub const START_SWEEPS: usize = 3;
/// Their regularization.
pub const START_LAMBDA: f32 = 10.0;

impl Bpmf {
    /// The most probable point, roughly, of a prior with mean zero.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let f = spec.count("factors");
        let biased = spec.choice("biases");
        let alpha = spec.get("alpha") as f32;
        let hyper = || Hyper::start(f + usize::from(biased), alpha * START_LAMBDA);
        let rng = random::stream(seed, "q");
        let p = Factors::zeros(train.users(), f);
        let q = Factors::normal(train.items(), f, START_SD, rng, |i| !train.column(i).is_empty());
        let mut model = Self {
            b: Biases::new(&train, true),
            kept: Arc::new(Kept::new(
                train.users(),
                train.items(),
                p.stride(),
                spec.count("samples"),
            )),
            p,
            q,
            of_users: hyper(),
            of_items: hyper(),
            alpha,
            biased,
            drawn: spec.choice::<Noise>("noise") == Noise::Drawn,
            burn_in: spec.count("burn_in"),
            seed,
            train,
        };
        for _ in 0..START_SWEEPS {
            for side in [Side::Users, Side::Items] {
                let Some(mut work) = Work::new(model.given(side)) else {
                    continue;
                };
                for row in 0..side.rows(&model.train) {
                    model.draw_row(side, row, None, &mut work, &mut ());
                }
            }
        }
        model
    }

    /// How many draws predictions are averaged over.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// alpha as it stands: the precision of a rating around its prediction.
    pub fn alpha(&self) -> f32 {
        self.alpha
    }

    /// The prediction of every kept draw, oldest first: draws from the distribution of what `u` would
    /// give `i` but for the noise of a single rating, whose variance 1 / alpha comes on top.
    pub fn posterior(&self, u: usize, i: usize) -> Vec<f32> {
        self.kept.each(u, i).map(|x| self.b.mu + x).collect()
    }

    /// alpha and the lengths of mu_P and mu_Q at every kept draw, oldest first.
    pub fn marks(&self) -> Vec<[f32; 3]> {
        self.kept.marks()
    }

    /// The prediction of every kept draw for each of these ratings, draw after draw, oldest first.
    pub fn each_on(&self, on: &Ratings) -> Vec<Vec<f32>> {
        let mut all = vec![Vec::with_capacity(on.len()); self.kept()];
        for Rating { u, i, .. } in on.iter() {
            for (of_draw, x) in all.iter_mut().zip(self.kept.each(u, i)) {
                of_draw.push(self.b.mu + x);
            }
        }
        all
    }

    /// The prediction by the draw as it stands.
    pub fn draw(&self, u: usize, i: usize) -> f32 {
        self.b.mu + self.b.u[u] + self.b.i[i] + dot(self.p.row(u), self.q.row(i))
    }

    /// What the vectors of this side are drawn given.
    fn given(&self, side: Side) -> Given<'_> {
        let (mu, alpha, biased) = (self.b.mu, self.alpha, self.biased);
        match side {
            Side::Users => {
                let (held, held_bias, hyper) = (&self.q, &self.b.i[..], &self.of_users);
                Given { mu, alpha, biased, held, held_bias, hyper }
            }
            Side::Items => {
                let (held, held_bias, hyper) = (&self.p, &self.b.u[..], &self.of_items);
                Given { mu, alpha, biased, held, held_bias, hyper }
            }
        }
    }

    fn half(&mut self, side: Side) -> Half<'_> {
        let Self { b, p, q, of_users, of_items, alpha, biased, .. } = self;
        let Biases { mu, u: b_u, i: b_i } = b;
        let (mu, alpha, biased) = (*mu, *alpha, *biased);
        match side {
            Side::Users => Half {
                given: Given { mu, alpha, biased, held: q, held_bias: b_i, hyper: of_users },
                own: p,
                own_bias: b_u,
                places: (B_U, P),
            },
            Side::Items => Half {
                given: Given { mu, alpha, biased, held: p, held_bias: b_u, hyper: of_items },
                own: q,
                own_bias: b_i,
                places: (B_I, Q),
            },
        }
    }

    /// The vectors of those who have ratings, one after the other.
    fn known(&mut self, side: Side) -> Vec<f32> {
        let train = Arc::clone(&self.train);
        let half = self.half(side);
        let rows = (0..half.own.rows()).filter(|&row| !side.line(&train, row).is_empty());
        rows.flat_map(|row| half.vector(row)).collect()
    }

    /// Mean and precision of one side; before those of the users alpha, where it is drawn.
    fn draw_hyper<L: Listen>(&mut self, side: Side, epoch: usize, listen: &mut L) {
        let purpose = if side == Side::Users { "users" } else { "items" };
        let mut normal = Normal::new(random::epoch_stream(self.seed, purpose, epoch));
        if side == Side::Users && self.drawn {
            self.draw_alpha(&mut normal, listen);
        }
        let vectors = self.known(side);
        let rows = side.rows(&self.train) as f32;
        let (hyper, places) = match side {
            Side::Users => {
                listen.term(&USERS, rows);
                (&mut self.of_users, OF_USERS)
            }
            Side::Items => {
                listen.term(&ITEMS, rows);
                (&mut self.of_items, OF_ITEMS)
            }
        };
        hyper.draw(&vectors, &mut normal, places, listen);
    }

    /// Draws one vector; without an epoch it becomes the mean of its distribution.
    fn draw_row<L: Listen>(
        &mut self,
        side: Side,
        row: usize,
        epoch: Option<usize>,
        work: &mut Work,
        listen: &mut L,
    ) -> bool {
        let (train, seed) = (Arc::clone(&self.train), self.seed);
        let purpose = if side == Side::Users { "p" } else { "q" };
        let stream = |epoch| Normal::new(random::line_stream(seed, purpose, epoch, row));
        self.half(side).draw(row, side.line(&train, row), epoch.map(stream), work, listen)
    }

    /// alpha ~ Gamma((1 + |R|) / 2, rate (1 + sum e^2) / 2).
    fn draw_alpha<L: Listen>(&mut self, normal: &mut Normal<impl Rng>, listen: &mut L) {
        let shape = 0.5 * (1.0 + self.train.len() as f64);
        let alpha = normal.gamma(shape) / (0.5 * (1.0 + self.squared_errors()));
        let alpha = (alpha as f32).max(f32::MIN_POSITIVE);
        self.alpha = listen.update(place(ALPHA, 0, 0), self.alpha, || 0.0, alpha);
    }

    fn squared_errors(&self) -> f64 {
        self.train.iter().map(|Rating { u, i, r }| square(r - self.draw(u, i))).sum()
    }

    /// At the end of a sweep: keeps the draw, after the burn-in.
    fn keep(&mut self, epoch: usize) {
        if epoch >= self.burn_in {
            let length = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>().sqrt();
            let marks = [self.alpha, length(&self.of_users.mean), length(&self.of_items.mean)];
            let vectors = (self.p.values(), self.q.values());
            Arc::make_mut(&mut self.kept).push(vectors, (&self.b.u, &self.b.i), marks);
        }
    }
}

impl State for Bpmf {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&[
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
            Parameter::row("mu_P", (r"\mu", "P"), &self.of_users.mean),
            Parameter::row("Lambda_P", (r"\Lambda", "P"), &self.of_users.precision),
            Parameter::row("mu_Q", (r"\mu", "Q"), &self.of_items.mean),
            Parameter::row("Lambda_Q", (r"\Lambda", "Q"), &self.of_items.precision),
            Parameter::row("alpha", (r"\alpha", ""), std::slice::from_ref(&self.alpha)),
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([
            self.p.values_mut(),
            self.q.values_mut(),
            &mut self.of_users.mean[..],
            &mut self.of_users.precision[..],
            &mut self.of_items.mean[..],
            &mut self.of_items.precision[..],
            std::slice::from_mut(&mut self.alpha),
        ])
    }
}

impl Predict for Bpmf {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        let (b_u, b_i, product) = if self.kept.len() > 0 {
            self.kept.means(u, i)
        } else {
            (self.b.u[u], self.b.i[i], dot(self.p.row(u), self.q.row(i)))
        };
        listen.term(&MEAN, self.b.mu);
        if self.biased {
            listen.term(&USER_BIAS, b_u);
            listen.term(&ITEM_BIAS, b_i);
        }
        listen.term(&PRODUCT, product);
        self.b.mu + b_u + b_i + product
    }
}

impl Sweep for Bpmf {
    /// Nothing where rounding has left the precision of the side's vectors not positive definite, and for
    /// the draw of that precision.
    type Work = Option<Work>;

    /// Mean and precision of the users, each user, the same for the items.
    fn stages(&self) -> &'static [Stage] {
        &[
            Stage::Whole(Side::Users),
            Stage::Each(Side::Users),
            Stage::Whole(Side::Items),
            Stage::Each(Side::Items),
        ]
    }

    fn work(&self, at: At, _hears: bool) -> Option<Work> {
        match at.stage {
            Stage::Whole(_) => None,
            Stage::Each(side) => Work::new(self.given(side)),
        }
    }

    fn unit<L: Listen>(&mut self, at: At, work: &mut Option<Work>, listen: &mut L) -> bool {
        match (at.stage, work) {
            (Stage::Whole(side), _) => {
                listen.objective(|| self.objective());
                self.draw_hyper(side, at.epoch, listen);
                true
            }
            (Stage::Each(side), Some(work)) => {
                self.draw_row(side, at.row, Some(at.epoch), work, listen)
            }
            (Stage::Each(_), None) => false,
        }
    }

    fn end(&mut self, epoch: usize, stage: Stage, _work: Option<Work>) {
        if stage == Stage::Each(Side::Items) {
            self.keep(epoch);
        }
    }

    fn objective(&self) -> f64 {
        let mut sum = f64::from(self.alpha) * self.squared_errors();
        let sides = [
            (&self.p, &self.b.u, &self.of_users, true),
            (&self.q, &self.b.i, &self.of_items, false),
        ];
        for (vectors, biases, hyper, of_users) in sides {
            for (row, &bias) in biases.iter().enumerate() {
                let line = if of_users { self.train.row(row) } else { self.train.column(row) };
                if !line.is_empty() {
                    let mut x = vectors.row(row)[..vectors.factors()].to_vec();
                    x.extend(self.biased.then_some(bias));
                    sum += distance(&x, hyper);
                }
            }
        }
        sum
    }

    fn operations(&self) -> f64 {
        let d = self.of_users.mean.len() as f64;
        let line = |n: usize| {
            let n = n as f64;
            let size = d.min(n);
            n * d * size / 2.0 + size * size * size / 6.0 + 2.0 * n * d + 2.5 * d * d
        };
        let train = &self.train;
        let lines = (0..train.users()).map(|u| train.row(u).len());
        let lines = lines.chain((0..train.items()).map(|i| train.column(i).len()));
        lines.map(line).sum()
    }

    /// The kept draws: shared until the next one is kept, so that remembering them often takes no room.
    fn memory(&self) -> Memory {
        Memory::of(Arc::clone(&self.kept))
    }

    fn recall(&mut self, memory: &Memory) {
        if let Some(kept) = memory.get::<Arc<Kept>>() {
            self.kept = Arc::clone(kept);
        }
    }
}
