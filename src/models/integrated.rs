//! The integrated model: baseline, latent factors and neighborhood in one sum, learned together.

use std::sync::Arc;

use super::biases::{Biases, OWN, Rate, place, square};
use super::checks::{Agreement, Checks, Cold};
use super::choice::choices;
use super::entry::{Curve, Entry, Hyperparameter, Learning, Rule, Task};
use super::factors::{Factors, OWN_PRODUCT, dot};
use super::implicit::{self, Carried, Implicit};
use super::order::Order;
use super::shape::{Decaying, Descent, Moment, Predict, Sgd, State, Visit};
use super::weights::{self, Hand, Weights};
use super::{Axis, Parameter, Spec};
use crate::data::Ratings;
use crate::random;
use crate::trace::{Addend, AddendKind, Listen, RatedShare, Step};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "integrated",
    title: "Integrated model",
    source: "Koren (KDD 2008), eq. 16",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + q_i^\top\Bigl(p_u + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\Bigr) + |R^k(i;u)|^{-1/2} \sum_{j \in R^k(i;u)} (r_{uj} - \tilde b_{uj})\, w_{ij} + |N^k(i;u)|^{-1/2} \sum_{j \in N^k(i;u)} c_{ij}",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda_1\,(b_u^2 + b_i^2) + \lambda_2\,\Bigl(\lVert p_u\rVert^2 + \lVert q_i\rVert^2 + \sum_{j \in N(u)} \lVert y_j\rVert^2\Bigr) + \lambda_3\,\Bigl(\sum_{j \in R^k(i;u)} w_{ij}^2 + \sum_{j \in N^k(i;u)} c_{ij}^2\Bigr)",
    rules: &[
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}"),
        Rule::gradient(
            &["b_u"],
            "gamma",
            r"b_u \leftarrow b_u + \gamma_1\,(e_{ui} - \lambda_1\, b_u)",
        ),
        Rule::gradient(
            &["b_i"],
            "gamma",
            r"b_i \leftarrow b_i + \gamma_1\,(e_{ui} - \lambda_1\, b_i)",
        ),
        Rule::gradient(
            &["p_u"],
            "gamma_2",
            r"p_u \leftarrow p_u + \gamma_2\,(e_{ui}\, q_i - \lambda_2\, p_u)",
        ),
        Rule::gradient(
            &["q_i"],
            "gamma_2",
            r"q_i \leftarrow q_i + \gamma_2\,\Bigl(e_{ui}\,\bigl(p_u + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\bigr) - \lambda_2\, q_i\Bigr)",
        ),
        Rule::gradient(
            &["y_j"],
            "gamma_2",
            r"\forall j \in N(u):\; y_j \leftarrow y_j + \gamma_2\,(e_{ui}\, |N(u)|^{-1/2}\, q_i - \lambda_2\, y_j)",
        ),
        Rule::gradient(
            &["w_ij"],
            "gamma_3",
            r"\forall j \in R^k(i;u):\; w_{ij} \leftarrow w_{ij} + \gamma_3\,\bigl(|R^k(i;u)|^{-1/2}\, e_{ui}\,(r_{uj} - \tilde b_{uj}) - \lambda_3\, w_{ij}\bigr)",
        ),
        Rule::gradient(
            &["c_ij"],
            "gamma_3",
            r"\forall j \in N^k(i;u):\; c_{ij} \leftarrow c_{ij} + \gamma_3\,\bigl(|N^k(i;u)|^{-1/2}\, e_{ui} - \lambda_3\, c_{ij}\bigr)",
        ),
    ],
    checks: Checks {
        cold: |spec| match spec.choice("implicit") {
            Partner::Item => Cold::Baseline,
            Partner::User => Cold::OwnSum,
        },
        agreement: Agreement::Close,
        shares: true,
        ..Checks::new("integrated.json", 0.853)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Hyperparameter::factors(20.0),
        Hyperparameter { default: 100.0, ..Weights::NEIGHBORS },
        Hyperparameter::epochs(30.0),
        Hyperparameter {
            symbol: r"\gamma_1",
            help: "The learning rate of the first tier: the biases.",
            ..Hyperparameter::gamma(0.03)
        },
        Hyperparameter {
            name: "gamma_2",
            symbol: r"\gamma_2",
            help: "The learning rate of the second tier: the vectors p_u, q_i and y_j.",
            ..Hyperparameter::gamma(0.03)
        },
        Hyperparameter {
            name: "gamma_3",
            symbol: r"\gamma_3",
            help: "The learning rate of the third tier: the weights w_ij and c_ij.",
            ..Hyperparameter::gamma(0.01)
        },
        Hyperparameter::decay(0.95),
        Hyperparameter {
            symbol: r"\lambda_1",
            help: "The regularization of the first tier: the biases.",
            ..Hyperparameter::lambda(0.08, 10.0)
        },
        Hyperparameter {
            name: "lambda_2",
            symbol: r"\lambda_2",
            help: "The regularization of the second tier: the vectors p_u, q_i and y_j.",
            ..Hyperparameter::lambda(0.08, 10.0)
        },
        Hyperparameter {
            name: "lambda_3",
            symbol: r"\lambda_3",
            help: "The regularization of the third tier: the weights w_ij and c_ij.",
            ..Hyperparameter::lambda(0.02, 10.0)
        },
        Hyperparameter::sigma(0.03),
        Hyperparameter::choice::<Partner>(
            "implicit",
            "y_j",
            Partner::Item as usize,
            "What the sum of the y_j is multiplied by: the item's vector, as in the paper, or the user's, which makes one more bias of it.",
        ),
        Order::USERS,
    ],
    build: |spec, train, seed| {
        Box::new(Descent::new(Integrated::new(spec, train, seed), spec.choice("order"), seed))
    },
};

/// The integrated model by stochastic gradient descent, user by user: three tiers, each learning what
/// the others leave over. N(u), R^k(i;u), N^k(i;u), b~ and k = 0 as in
/// [`super::neighborhood::Neighborhood`]; z_u as in [`super::svdpp::Svdpp`].
///
/// ```text
/// Predicts   r^_ui = mu + b_u + b_i
///                  + q_i . (p_u + z_u),  z_u = |N(u)|^(-1/2) sum of y_j, j in N(u)
///                  + |R^k(i;u)|^(-1/2) sum of (r_uj - b~_uj) w_ij + |N^k(i;u)|^(-1/2) sum of c_ij
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (b_u^2 + b_i^2)
///            + lambda_2 (|p_u|^2 + |q_i|^2 + sum |y_j|^2) + lambda_3 (sum w_ij^2 + sum c_ij^2)
/// Updates    e = r_ui - r^_ui;  b_u += gamma (e - lambda b_u);  b_i likewise;
///            p_u += gamma_2 (e q_i - lambda_2 p_u);  q_i += gamma_2 (e (p_u + z_u) - lambda_2 q_i);
///            y_j += gamma_2 (e |N(u)|^(-1/2) q_i - lambda_2 y_j) for all j in N(u);
///            w_ij += gamma_3 (|R^k(i;u)|^(-1/2) e (r_uj - b~_uj) - lambda_3 w_ij), j in R^k(i;u);
///            c_ij += gamma_3 (|N^k(i;u)|^(-1/2) e - lambda_3 c_ij), j in N^k(i;u);
///            all from old values; after each epoch the three rates are multiplied by `decay`
/// ```
///
/// `implicit=user` has p_u . (q_i + z_u) in the second tier, and y_j += gamma_2 (e |N(u)|^(-1/2) p_u
/// - lambda_2 y_j): then p_u . z_u is one number for each user, a second b_u.
///
/// Cost       a pass O(f + k) a rating; 4 (users + 2 items) f bytes and 12 bytes a pair
/// Source     Koren (KDD 2008), eq. 16; there gamma .007, .007, .001, lambda .005, .015, .015, decay
///            .9, k 300. Defaults tuned on MovieLens latest-small, 5-fold RMSE .838 against .847 for the
///            second tier alone and .839 for the third with the same k: a hundred thousand ratings ask for more
///            regularization and longer steps than the hundred million of the paper, and k 100 does
///            better than 300 (.840)
#[derive(Debug, Clone)]
pub struct Integrated {
    train: Arc<Ratings>,
    b: Biases,
    p: Factors,
    q: Factors,
    implicit: Implicit,
    weights: Weights,
    decaying: Decaying<3>,
    /// The rates of this epoch, of biases, vectors and weights.
    gammas: [f32; 3],
    lambdas: [f32; 3],
    partner: Partner,
}

const P: usize = OWN;
const Q: usize = OWN + 1;
const Y: usize = OWN + 2;
const W: usize = OWN + 3;

/// The addend of z_u where it stands beside p_u.
static OF_USER: Addend = Addend::new(
    AddendKind::Factors,
    "implicit",
    r"p_u^\top |N(u)|^{-1/2} \sum_{j} y_j",
    "the user’s vector times what the rated films say of the user: the same for every film",
);

/// What one rated item adds to a prediction, and the same where z_u stands beside p_u.
const SHARE: RatedShare = RatedShare {
    latex: r"|N(u)|^{-1/2} q_i^\top y_j + |R^k|^{-1/2} (r_{uj} - \tilde b_{uj})\, w_{ij} + |N^k|^{-1/2} c_{ij}",
    words: RatedShare::EACH,
    of: &[&implicit::PRODUCT, &weights::RATINGS, &weights::PRESENCE],
};
const SHARE_OF_USER: RatedShare = RatedShare {
    latex: r"|N(u)|^{-1/2} p_u^\top y_j + |R^k|^{-1/2} (r_{uj} - \tilde b_{uj})\, w_{ij} + |N^k|^{-1/2} c_{ij}",
    words: RatedShare::EACH,
    of: &[&OF_USER, &weights::RATINGS, &weights::PRESENCE],
};

choices! {
    /// What z_u is multiplied by.
    enum Partner {
        /// q_i . (p_u + z_u), as in the paper.
        Item = "item",
        /// p_u . (q_i + z_u).
        User = "user",
    }
}

/// What is carried from rating to rating: z_u, and the neighbors.
#[derive(Debug)]
pub struct Work {
    z: Carried,
    hand: Hand,
}

impl Integrated {
    /// Start values for a training set: biases and weights zero, vectors normal.
    pub fn new(spec: &Spec, train: Arc<Ratings>, seed: u64) -> Self {
        let (f, sigma) = (spec.count("factors"), spec.get("sigma"));
        let rng = |purpose| random::stream(seed, purpose);
        let rated = |i: usize| !train.column(i).is_empty();
        let decaying = Decaying::new(spec, ["gamma", "gamma_2", "gamma_3"]);
        Self {
            b: Biases::new(&train, true),
            p: Factors::normal(train.users(), f, sigma, rng("p"), |u| !train.row(u).is_empty()),
            q: Factors::normal(train.items(), f, sigma, rng("q"), rated),
            implicit: Implicit::new(spec, &train, seed, Y),
            weights: Weights::new(&train, spec.count("neighbors"), W),
            gammas: decaying.at(0),
            decaying,
            lambdas: ["lambda", "lambda_2", "lambda_3"].map(|name| spec.get(name) as f32),
            partner: spec.choice("implicit"),
            train,
        }
    }

    /// What z_u is multiplied by.
    fn partner(&self, u: usize, i: usize) -> &[f32] {
        match self.partner {
            Partner::Item => self.q.row(i),
            Partner::User => self.p.row(u),
        }
    }
}

impl State for Integrated {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let [w, c] = self.weights.parameters();
        self.b.parameters(&[
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
            self.implicit.parameter(),
            w,
            c,
        ])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        let [w, c] = self.weights.values_mut();
        let y = self.implicit.y.values_mut();
        self.b.values_mut([self.p.values_mut(), self.q.values_mut(), y, w, c])
    }
}

impl Predict for Integrated {
    type Context = Work;

    fn context(&self) -> Work {
        Work { z: self.implicit.room(), hand: self.weights.hand() }
    }

    fn at_user(&self, u: usize, work: &mut Work) {
        self.implicit.take(self.train.row(u), &mut work.z);
        self.weights.take(&self.train, u, &mut work.hand);
    }

    fn at_item(&self, _u: usize, i: usize, of: Moment, work: &mut Work) {
        self.weights.find(i, of, &mut work.hand);
    }

    fn sum<L: Listen>(&self, u: usize, i: usize, work: &Work, listen: &mut L) -> f32 {
        let product = dot(self.q.row(i), self.p.row(u));
        let implicit = dot(self.partner(u, i), &work.z.z);
        let (ratings, presence) = self.weights.sums(&work.hand);
        let baseline = self.b.sum(u, i, listen);
        listen.term(&OWN_PRODUCT, product);
        listen.term(
            match self.partner {
                Partner::Item => &implicit::PRODUCT,
                Partner::User => &OF_USER,
            },
            implicit,
        );
        listen.term(&weights::RATINGS, ratings);
        listen.term(&weights::PRESENCE, presence);
        baseline + product + implicit + ratings + presence
    }

    fn because(&self, u: usize, i: usize, work: &Work) -> Vec<(usize, f32)> {
        let line = self.train.row(u);
        let mut because = self.implicit.because(line, self.partner(u, i));
        for (j, share) in self.weights.because(&work.hand) {
            if let Ok(at) = because.binary_search_by_key(&j, |&(j, _)| j) {
                because[at].1 += share;
            }
        }
        because
    }

    fn share(&self) -> Option<RatedShare> {
        Some(match self.partner {
            Partner::Item => SHARE,
            Partner::User => SHARE_OF_USER,
        })
    }
}

impl Sgd for Integrated {
    fn begin(&mut self, epoch: usize) {
        self.gammas = self.decaying.at(epoch);
    }

    // lesson: update
    /// Everything but the y_j. z_u is carried along as the y_j would carry it.
    fn update<L: Listen>(&mut self, Visit { u, i, e }: Visit, work: &mut Work, listen: &mut L) {
        let ([gamma, gamma_2, gamma_3], [lambda_1, lambda_2, lambda_3]) =
            (self.gammas, self.lambdas);
        self.b.step(u, i, &Rate::new(e, gamma, lambda_1), listen);
        let Rate { lambda, keep, learn, .. } = Rate::new(e, gamma_2, lambda_2);
        // Whoever listens hears nothing of the padding, so nothing may happen to it.
        let width = if L::HEARS { self.p.factors() } else { self.p.stride() };
        let (p_u, q_i) = (&mut self.p.row_mut(u)[..width], self.q.row_mut(i));
        let partner = self.partner;
        for (k, ((p, q), z)) in p_u.iter_mut().zip(q_i).zip(&mut work.z.z).enumerate() {
            let (p_old, q_old, z_old) = (*p, *q, *z);
            let (of_p, of_q, of_z) = match partner {
                Partner::Item => (q_old, p_old + z_old, q_old),
                Partner::User => (q_old + z_old, p_old, p_old),
            };
            let gradient = || lambda * p_old - e * of_p;
            *p = listen.update(place(P, u, k), p_old, gradient, keep * p_old + learn * of_p);
            let gradient = || lambda * q_old - e * of_q;
            *q = listen.update(place(Q, i, k), q_old, gradient, keep * q_old + learn * of_q);
            *z = keep * z_old + learn * of_z;
        }
        work.z.decay(keep);
        self.weights.step(&work.hand, (e, gamma_3, lambda_3), listen);
    }
    // lesson: end

    fn update_shared(&mut self, Visit { u, i, e }: Visit, _work: &Work, step: &mut Step) {
        let partner = match self.partner {
            Partner::Item => self.q.row(i),
            Partner::User => self.p.row(u),
        };
        let by = (e, self.gammas[1], self.lambdas[1]);
        let partner = &partner[..self.p.factors()];
        self.implicit.step(self.train.row(u), partner, by, step);
    }

    fn leave_user(&mut self, u: usize, work: &Work) {
        self.implicit.write(self.train.row(u), &work.z);
    }

    fn penalized(&self, Visit { u, i, e }: Visit, work: &Work) -> f64 {
        let y = self.implicit.rows(self.train.row(u)).flatten();
        let vectors = self.p.row(u).iter().chain(self.q.row(i)).chain(y);
        let weights = self.weights.squares(&work.hand);
        let squares = [self.b.squares(u, i), vectors.map(|&x| square(x)).sum(), weights];
        let penalties = squares.iter().zip(self.lambdas).map(|(x, lambda)| f64::from(lambda) * x);
        square(e) + penalties.sum::<f64>()
    }

    fn operations(&self) -> f64 {
        // 2 f for the products, 3 f each for p_u, q_i and z_u, and 3 f to gather and write a y_j.
        14.0 * self.p.factors() as f64 * self.train.len() as f64 + self.weights.operations()
    }
}
