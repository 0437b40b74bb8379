//! Matrix factorization in which biases and tastes change with time, on top of SVD and of SVD++.

mod curves;

use std::sync::Arc;

use super::biases::{Biases, OWN, Rate, place, square};
use super::checks::Checks;
use super::choice::choices;
use super::entry::{Curve, Entry, Hyperparameter, Kind, Learning, Need, Rule, Task};
use super::factors::{Factors, OWN_PRODUCT, add_scaled, dot};
use super::implicit::{self, Carried, Implicit};
use super::order::Order;
use super::shape::{self, Descent, Moment, Predict, Sgd, State, Visit};
use super::timeline::{NONE, Timeline, When};
use super::{Axis, Parameter, Spec};
use crate::data::Ratings;
use crate::random;
use crate::trace::{Addend, AddendKind, Explanation, Listen, RatedShare, Step};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "timesvd",
    title: "SVD with time",
    source: "Koren (KDD 2009), Collaborative Filtering with Temporal Dynamics, section 4",
    task: Task::Rating,
    predicts: r"\hat r_{ui}(t) = \mu + b_u + \alpha_u\,\mathrm{dev}_u(t) + b_{u,t} + b_i + b_{i,\mathrm{Bin}(t)} + q_i^\top\bigl(p_u + \alpha_{pu}\,\mathrm{dev}_u(t)\bigr)",
    minimizes: r"\sum_{(u,i,t)} (r_{ui} - \hat r_{ui}(t))^2 + \lambda\,(b_u^2 + b_i^2 + \lVert p_u\rVert^2 + \lVert q_i\rVert^2) + \lambda_2\, b_{i,\mathrm{Bin}(t)}^2 + \lambda_3\, b_{u,t}^2 + \lambda_4\,(\alpha_u^2 + \lVert\alpha_{pu}\rVert^2)",
    rules: &[
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}(t)"),
        Rule::gradient(&["b_u"], "gamma", r"b_u \leftarrow b_u + \gamma\,(e_{ui} - \lambda\, b_u)"),
        Rule::gradient(&["b_i"], "gamma", r"b_i \leftarrow b_i + \gamma\,(e_{ui} - \lambda\, b_i)"),
        BIN,
        DAY,
        DRIFT,
        Rule::gradient(
            &["p_u"],
            "gamma",
            r"p_u \leftarrow p_u + \gamma\,(e_{ui}\, q_i - \lambda\, p_u)",
        ),
        DRIFTS,
        Rule::gradient(
            &["q_i"],
            "gamma",
            r"q_i \leftarrow q_i + \gamma\,\bigl(e_{ui}\,(p_u + \alpha_{pu}\,\mathrm{dev}_u(t)) - \lambda\, q_i\bigr)",
        ),
    ],
    checks: Checks::new("timesvd.json", 0.841),
    needs: &[Need::Timestamps],
    watched: Curve::Rmse,
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Hyperparameter::factors(50.0),
        Hyperparameter::epochs(40.0),
        Hyperparameter::gamma(0.01),
        Hyperparameter::lambda(0.1, 10.0),
        Hyperparameter::sigma(0.1),
        TIME,
        BINS,
        rate("gamma_2", r"\gamma_2", 0.0005, "The learning rate of the items' bins."),
        penalty("lambda_2", r"\lambda_2", 0.1, "The regularization of the items' bins."),
        rate("gamma_3", r"\gamma_3", 0.003, "The learning rate of the users' days."),
        penalty("lambda_3", r"\lambda_3", 0.1, "The regularization of the users' days."),
        rate("gamma_4", r"\gamma_4", 0.00001, "The learning rate of the users' drift."),
        penalty("lambda_4", r"\lambda_4", 30.0, "The regularization of the users' drift."),
        Order::USERS,
    ],
    build: |spec, train, seed| {
        Box::new(Descent::new(TimeSvd::new(spec, train, seed, false), spec.choice("order"), seed))
    },
};

/// The update of an item's bin.
pub(super) const BIN: Rule = Rule::gradient(
    &["b_i_bin"],
    "gamma_2",
    r"b_{i,\mathrm{Bin}(t)} \leftarrow b_{i,\mathrm{Bin}(t)} + \gamma_2\,(e_{ui} - \lambda_2\, b_{i,\mathrm{Bin}(t)})",
);
/// The update of a user's day.
pub(super) const DAY: Rule = Rule::gradient(
    &["b_u_day"],
    "gamma_3",
    r"b_{u,t} \leftarrow b_{u,t} + \gamma_3\,(e_{ui} - \lambda_3\, b_{u,t})",
);
/// The update of the drift of a user's bias.
pub(super) const DRIFT: Rule = Rule::gradient(
    &["alpha_u"],
    "gamma_4",
    r"\alpha_u \leftarrow \alpha_u + \gamma_4\,(e_{ui}\,\mathrm{dev}_u(t) - \lambda_4\, \alpha_u)",
);
/// The update of the drift of a user's taste.
pub(super) const DRIFTS: Rule = Rule::gradient(
    &["alpha_pu"],
    "gamma_4",
    r"\alpha_{pu} \leftarrow \alpha_{pu} + \gamma_4\,(e_{ui}\,\mathrm{dev}_u(t)\, q_i - \lambda_4\, \alpha_{pu})",
);

/// The addends of time.
static BIAS_DRIFT: Addend = Addend::new(
    AddendKind::Bias,
    "alpha_u",
    r"\alpha_u\,\mathrm{dev}_u(t)",
    "how far the user has drifted by then",
);
static DAY_BIAS: Addend = Addend::new(
    AddendKind::Bias,
    "b_u_day",
    "b_{u,t}",
    "this user on that day; 0 on a day without ratings in training",
);
static BIN_BIAS: Addend =
    Addend::new(AddendKind::Bias, "b_i_bin", r"b_{i,\mathrm{Bin}(t)}", "this film in those years");
static TASTE_DRIFT: Addend = Addend::new(
    AddendKind::Factors,
    "alpha_pu",
    r"q_i^\top \alpha_{pu}\,\mathrm{dev}_u(t)",
    "the film’s vector times how far the user’s taste has drifted",
);

choices! {
    /// What may change with time, each with all before it.
    enum Changing {
        Nothing = "none",
        Items = "items",
        Drift = "drift",
        Days = "days",
    }
}

/// What may change with time.
pub(super) const TIME: Hyperparameter = Hyperparameter::choice::<Changing>(
    "time",
    "",
    Changing::Days as usize,
    "What may change: nothing; the items; also the users, slowly; also the users, from day to day.",
);

/// How many spans of time an item's bias has.
pub(super) const BINS: Hyperparameter = Hyperparameter {
    name: "bins",
    symbol: "",
    default: 30.0,
    min: 1.0,
    max: 365.0,
    kind: Kind::Integer,
    help: "Into how many spans of equal width the years of the data are cut.",
};

pub(super) const fn rate(
    name: &'static str,
    symbol: &'static str,
    default: f64,
    help: &'static str,
) -> Hyperparameter {
    Hyperparameter { name, symbol, default, min: 1e-7, max: 1.0, kind: Kind::Log, help }
}

pub(super) const fn penalty(
    name: &'static str,
    symbol: &'static str,
    default: f64,
    help: &'static str,
) -> Hyperparameter {
    Hyperparameter { name, symbol, default, min: 0.0, max: 100.0, kind: Kind::Real, help }
}

/// Matrix factorization with time by stochastic gradient descent, user by user: timeSVD, and with the
/// y_j timeSVD++.
///
/// Predicts   r^_ui(t) = mu + b_u(t) + b_i(t) + q_i . p_u(t)   [ + q_i . z_u ]
///            b_u(t) = b_u + alpha_u dev_u(t) + b_u,t;  b_i(t) = b_i + b_i,Bin(t);
///            p_u(t) = p_u + alpha_pu dev_u(t);  dev_u(t) = sign(t - t_u) |t - t_u|^.4 with t in days
///            and t_u the mean day of u's ratings;  z_u = |N(u)|^(-1/2) sum of y_j, j in N(u)
/// Minimizes  sum (r_ui - r^_ui(t))^2 + lambda (b_u^2 + b_i^2 + |p_u|^2 + |q_i|^2 [ + sum |y_j|^2 ])
///            + lambda_2 b_i,Bin(t)^2 + lambda_3 b_u,t^2 + lambda_4 (alpha_u^2 + |alpha_pu|^2)
/// Updates    e = r_ui - r^_ui(t);  b_u += gamma (e - lambda b_u);  b_i likewise;
///            b_i,Bin(t) += gamma_2 (e - lambda_2 b_i,Bin(t));  b_u,t += gamma_3 (e - lambda_3 b_u,t);
///            alpha_u += gamma_4 (e dev_u(t) - lambda_4 alpha_u);
///            alpha_pu += gamma_4 (e dev_u(t) q_i - lambda_4 alpha_pu);
///            p_u += gamma (e q_i - lambda p_u);  q_i += gamma (e (p_u(t) [ + z_u ]) - lambda q_i);
///            [ y_j += gamma (e |N(u)|^(-1/2) q_i - lambda y_j) for all j in N(u); ] from old values
/// Cost       O(f) a rating; 4 (2 users + items)(f + 1) + 4 items bins + 4 (users' days) bytes, 12 a
///            rating for its dates [ and 4 items f for the y_j ]
/// Source     Koren (KDD 2009), section 4: time changing baseline predictors and time changing factor
///            model. Left out: the splines for b_u(t), the scaling c_u(t) of b_i(t), and the day's own
///            taste p_u,t, which is f numbers for a day on which a user of MovieLens latest-small rates
///            16 films on average.
/// Defaults   30 bins and beta = .4 as in the paper; rates and penalties tuned on MovieLens
///            latest-small. dev_u(t) reaches 30 where a user stays for years: hence the small gamma_4.
///
/// Where the data has no timestamps it is SVD or SVD++: the parameters of time are empty lists.
/// Predicts for the latest moment of the training set where no time is given. On a day without training
/// ratings of the user b_u,t is 0.
#[derive(Debug, Clone)]
pub struct TimeSvd {
    train: Arc<Ratings>,
    line: Timeline,
    b: Biases,
    p: Factors,
    q: Factors,
    bins: usize,
    b_bin: Vec<f32>,
    b_day: Vec<f32>,
    alpha: Vec<f32>,
    alpha_p: Factors,
    implicit: Option<Implicit>,
    rates: Rates,
}

const P: usize = OWN;
const Q: usize = OWN + 1;
const B_BIN: usize = OWN + 2;
const B_DAY: usize = OWN + 3;
const ALPHA: usize = OWN + 4;
const ALPHA_P: usize = OWN + 5;
const Y: usize = OWN + 6;

/// Learning rate and regularization of each kind of parameter.
#[derive(Debug, Clone, Copy)]
struct Rates {
    /// b_u, b_i, p_u, q_i, y_j: gamma and lambda.
    still: (f32, f32),
    /// b_i,Bin(t): `gamma_2` and `lambda_2`.
    bin: (f32, f32),
    /// b_u,t: `gamma_3` and `lambda_3`.
    day: (f32, f32),
    /// `alpha_u` and `alpha_pu`: `gamma_4` and `lambda_4`.
    drift: (f32, f32),
}

impl Rates {
    fn new(spec: &Spec) -> Self {
        let pair = |gamma, lambda| (spec.get(gamma) as f32, spec.get(lambda) as f32);
        Self {
            still: pair("gamma", "lambda"),
            bin: pair("gamma_2", "lambda_2"),
            day: pair("gamma_3", "lambda_3"),
            drift: pair("gamma_4", "lambda_4"),
        }
    }
}

/// What one rating's error means for parameters of one kind.
fn by(e: f32, (gamma, lambda): (f32, f32)) -> Rate {
    Rate::new(e, gamma, lambda)
}

/// What stands beside the parameters: z_u, the moment, and room for `p_u(t) + z_u`.
#[derive(Debug)]
pub struct Beside {
    z: Carried,
    when: When,
    taste: Vec<f32>,
}

impl TimeSvd {
    /// Start values for a training set: vectors normal, all else zero.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64, is_implicit: bool) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let rng = |purpose| random::stream(seed, purpose);
        let line = Timeline::new(&train, spec.count("bins"));
        let changing =
            if train.timestamps().is_some() { spec.choice("time") } else { Changing::Nothing };
        let (bins, drift, days) =
            (changing >= Changing::Items, changing >= Changing::Drift, changing >= Changing::Days);
        let users = if drift { train.users() } else { 0 };
        let bins = if bins { spec.count("bins") } else { 0 };
        Self {
            b: Biases::new(&train, true),
            p: Factors::normal(train.users(), f, sigma, rng("p"), |u| !train.row(u).is_empty()),
            q: Factors::normal(train.items(), f, sigma, rng("q"), |i| !train.column(i).is_empty()),
            bins,
            b_bin: vec![0.0; train.items() * bins],
            b_day: vec![0.0; if days { line.whose().len() } else { 0 }],
            alpha: vec![0.0; users],
            alpha_p: Factors::zeros(users, f),
            implicit: is_implicit.then(|| Implicit::new(spec, &train, seed, Y)),
            rates: Rates::new(spec),
            line,
            train,
        }
    }

    /// Where an item's bias of this moment stands.
    fn bin_of(&self, i: usize, when: When) -> Option<usize> {
        (self.bins > 0 && when.bin != NONE).then(|| i * self.bins + when.bin as usize)
    }

    /// Where a user's bias of this day stands.
    fn day_of(&self, when: When) -> Option<usize> {
        (!self.b_day.is_empty() && when.day != NONE).then_some(when.day as usize)
    }

    fn drifts(&self) -> bool {
        !self.alpha.is_empty()
    }

    /// The addends of a prediction for a moment, in seconds since 1970.
    pub fn explain_at(&self, u: usize, i: usize, time: u32) -> Explanation {
        shape::explain(self, u, i, Moment::Time(time))
    }

    /// When the training ratings were given.
    pub fn timeline(&self) -> &Timeline {
        &self.line
    }
}

/// x += gamma (e partner - lambda x) for a single number.
fn one<L: Listen>(
    x: &mut f32,
    partner: f32,
    &Rate { e, lambda, keep, learn }: &Rate,
    (parameter, row): (usize, usize),
    listen: &mut L,
) {
    let before = *x;
    let gradient = || lambda * before - e * partner;
    let after = keep * before + learn * partner;
    *x = listen.update(place(parameter, row, 0), before, gradient, after);
}

impl State for TimeSvd {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let mut all = self.b.parameters(&[
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
            Parameter::scalars("b_i_bin", ("b", r"i,\mathrm{Bin}(t)"), Axis::Bin, &self.b_bin),
            Parameter::days(
                "b_u_day",
                ("b", "u,t"),
                &self.line.whose()[..self.b_day.len()],
                &self.b_day,
            ),
            Parameter::scalars("alpha_u", (r"\alpha", "u"), Axis::User, &self.alpha),
            Parameter::vectors("alpha_pu", (r"\alpha", "pu"), Axis::User, &self.alpha_p),
        ]);
        all.extend(self.implicit.as_ref().map(Implicit::parameter));
        all
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        let mut all = self.b.values_mut([
            self.p.values_mut(),
            self.q.values_mut(),
            &mut self.b_bin,
            &mut self.b_day,
            &mut self.alpha,
            self.alpha_p.values_mut(),
        ]);
        all.extend(self.implicit.as_mut().map(|implicit| implicit.y.values_mut()));
        all
    }
}

impl Predict for TimeSvd {
    type Context = Beside;

    fn context(&self) -> Beside {
        let stride = self.q.stride();
        let when = self.line.at(0, self.line.latest());
        Beside { z: Carried::new(stride), when, taste: vec![0.0; stride] }
    }

    fn at_user(&self, u: usize, beside: &mut Beside) {
        if let Some(implicit) = &self.implicit {
            implicit.take(self.train.row(u), &mut beside.z);
        }
    }

    fn at_item(&self, u: usize, _i: usize, of: Moment, beside: &mut Beside) {
        beside.when = match of {
            Moment::Known(position) => self.line.of(position),
            Moment::Time(time) => self.line.at(u, time),
            Moment::Latest => self.line.at(u, self.line.latest()),
        };
    }

    fn sum<L: Listen>(&self, u: usize, i: usize, beside: &Beside, listen: &mut L) -> f32 {
        let Beside { z, when, .. } = beside;
        let q_i = self.q.row(i);
        let mut sum = self.b.sum(u, i, listen);
        let mut add = |addend, value| {
            listen.term(addend, value);
            sum += value;
        };
        if self.drifts() {
            add(&BIAS_DRIFT, self.alpha[u] * when.dev);
        }
        if !self.b_day.is_empty() {
            add(&DAY_BIAS, self.day_of(*when).map_or(0.0, |at| self.b_day[at]));
        }
        if self.bins > 0 {
            add(&BIN_BIAS, self.bin_of(i, *when).map_or(0.0, |at| self.b_bin[at]));
        }
        add(&OWN_PRODUCT, dot(q_i, self.p.row(u)));
        if self.drifts() {
            let drift = when.dev * dot(q_i, self.alpha_p.row(u));
            add(&TASTE_DRIFT, drift);
        }
        if self.implicit.is_some() {
            add(&implicit::PRODUCT, dot(q_i, &z.z));
        }
        sum
    }

    fn because(&self, u: usize, i: usize, _beside: &Beside) -> Vec<(usize, f32)> {
        let line = self.train.row(u);
        let because = |implicit: &Implicit| implicit.because(line, self.q.row(i));
        self.implicit.as_ref().map(because).unwrap_or_default()
    }

    fn share(&self) -> Option<RatedShare> {
        self.implicit.as_ref().map(|_| implicit::SHARE)
    }
}

impl Sgd for TimeSvd {
    // lesson: update
    /// Everything but the y_j, O(f); z_u is carried along as the y_j would carry it.
    fn update<L: Listen>(&mut self, Visit { u, i, e }: Visit, beside: &mut Beside, listen: &mut L) {
        let (z, when, taste) = (&mut beside.z.z, beside.when, &mut beside.taste);
        let rates = self.rates;
        let still = by(e, rates.still);
        self.b.step(u, i, &still, listen);
        if let Some(at) = self.bin_of(i, when) {
            one(&mut self.b_bin[at], 1.0, &by(e, rates.bin), (B_BIN, at), listen);
        }
        if let Some(at) = self.day_of(when) {
            one(&mut self.b_day[at], 1.0, &by(e, rates.day), (B_DAY, at), listen);
        }
        taste.copy_from_slice(z);
        add_scaled(taste, 1.0, self.p.row(u));
        if self.drifts() {
            let drift = by(e, rates.drift);
            one(&mut self.alpha[u], when.dev, &drift, (ALPHA, u), listen);
            let alpha = self.alpha_p.row_mut(u);
            add_scaled(taste, when.dev, alpha);
            for (k, (alpha, q)) in alpha.iter_mut().zip(self.q.row(i)).enumerate() {
                let (before, partner) = (*alpha, when.dev * q);
                let gradient = || drift.lambda * before - e * partner;
                let after = drift.keep * before + drift.learn * partner;
                *alpha = listen.update(place(ALPHA_P, u, k), before, gradient, after);
            }
        }
        let Rate { lambda, keep, learn, .. } = still;
        let (keep_z, learn_z) = if self.implicit.is_some() { (keep, learn) } else { (0.0, 0.0) };
        let (p_u, q_i) = (self.p.row_mut(u), self.q.row_mut(i));
        for (k, (((p, q), z), taste)) in p_u.iter_mut().zip(q_i).zip(z).zip(taste).enumerate() {
            let (p_old, q_old, taste) = (*p, *q, *taste);
            let gradient = || lambda * p_old - e * q_old;
            *p = listen.update(place(P, u, k), p_old, gradient, keep * p_old + learn * q_old);
            let gradient = || lambda * q_old - e * taste;
            *q = listen.update(place(Q, i, k), q_old, gradient, keep * q_old + learn * taste);
            *z = keep_z * *z + learn_z * q_old;
        }
        beside.z.decay(keep);
    }
    // lesson: end

    fn update_shared(&mut self, Visit { u, i, e }: Visit, _beside: &Beside, step: &mut Step) {
        if let Some(implicit) = &mut self.implicit {
            let (gamma, lambda) = self.rates.still;
            implicit.step(self.train.row(u), self.q.row(i), (e, gamma, lambda), step);
        }
    }

    fn leave_user(&mut self, u: usize, beside: &Beside) {
        if let Some(implicit) = &mut self.implicit {
            implicit.write(self.train.row(u), &beside.z);
        }
    }

    fn penalized(&self, Visit { u, i, e }: Visit, &Beside { when, .. }: &Beside) -> f64 {
        let squares = |row: &[f32]| row.iter().map(|&x| square(x)).sum::<f64>();
        let Rates { still, bin, day, drift } = self.rates;
        let mut sum = self.b.squares(u, i) + squares(self.p.row(u)) + squares(self.q.row(i));
        if let Some(implicit) = &self.implicit {
            sum += implicit.rows(self.train.row(u)).map(squares).sum::<f64>();
        }
        sum *= f64::from(still.1);
        if let Some(at) = self.bin_of(i, when) {
            sum += f64::from(bin.1) * square(self.b_bin[at]);
        }
        if let Some(at) = self.day_of(when) {
            sum += f64::from(day.1) * square(self.b_day[at]);
        }
        if self.drifts() {
            sum += f64::from(drift.1) * (square(self.alpha[u]) + squares(self.alpha_p.row(u)));
        }
        square(e) + sum
    }

    fn operations(&self) -> f64 {
        // f for each product, and 3 f for each vector that learns; the y_j as in SVD++.
        let vectors = 7 + 4 * usize::from(self.drifts()) + 7 * usize::from(self.implicit.is_some());
        (vectors * self.p.factors() * self.train.len()) as f64
    }
}
