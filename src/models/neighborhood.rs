//! The global neighborhood model: interpolation weights that are the same for all users, learned
//! together.

use std::sync::Arc;

use super::biases::{Biases, OWN, Rate, square};
use super::checks::Checks;
use super::entry::{Curve, Entry, Hyperparameter, Learning, Rule, Task};
use super::order::Order;
use super::shape::{Decaying, Descent, Moment, Predict, Sgd, State, Visit};
use super::weights::{self, Hand, Weights};
use super::{Parameter, Spec};
use crate::data::Ratings;
use crate::trace::{Listen, RatedShare};

/// This model's line in the registry.
pub const ENTRY: Entry = Entry {
    id: "neighborhood",
    title: "Global neighborhood model",
    source: "Koren (KDD 2008), eqs. 6, 10 and 11",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + |R^k(i;u)|^{-1/2} \sum_{j \in R^k(i;u)} (r_{uj} - \tilde b_{uj})\, w_{ij} + |N^k(i;u)|^{-1/2} \sum_{j \in N^k(i;u)} c_{ij}",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \hat r_{ui})^2 + \lambda\,(b_u^2 + b_i^2) + \lambda_2\,\Bigl(\sum_{j \in R^k(i;u)} w_{ij}^2 + \sum_{j \in N^k(i;u)} c_{ij}^2\Bigr)",
    rules: &[
        Rule::definition(r"e_{ui} = r_{ui} - \hat r_{ui}"),
        Rule::gradient(&["b_u"], "gamma", r"b_u \leftarrow b_u + \gamma\,(e_{ui} - \lambda\, b_u)"),
        Rule::gradient(&["b_i"], "gamma", r"b_i \leftarrow b_i + \gamma\,(e_{ui} - \lambda\, b_i)"),
        Rule::gradient(
            &["w_ij"],
            "gamma_2",
            r"\forall j \in R^k(i;u):\; w_{ij} \leftarrow w_{ij} + \gamma_2\,\bigl(|R^k(i;u)|^{-1/2}\, e_{ui}\,(r_{uj} - \tilde b_{uj}) - \lambda_2\, w_{ij}\bigr)",
        ),
        Rule::gradient(
            &["c_ij"],
            "gamma_2",
            r"\forall j \in N^k(i;u):\; c_{ij} \leftarrow c_{ij} + \gamma_2\,\bigl(|N^k(i;u)|^{-1/2}\, e_{ui} - \lambda_2\, c_{ij}\bigr)",
        ),
    ],
    checks: Checks { shares: true, ..Checks::new("integrated.json", 0.868) },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Descent,
    hyperparameters: &[
        Weights::NEIGHBORS,
        Hyperparameter::epochs(20.0),
        Hyperparameter { help: "The learning rate of the biases.", ..Hyperparameter::gamma(0.014) },
        Hyperparameter {
            name: "gamma_2",
            symbol: r"\gamma_2",
            help: "The learning rate of the weights w_ij and c_ij.",
            ..Hyperparameter::gamma(0.015)
        },
        Hyperparameter {
            help: "The regularization of the biases.",
            ..Hyperparameter::lambda(0.05, 10.0)
        },
        Hyperparameter {
            name: "lambda_2",
            symbol: r"\lambda_2",
            help: "The regularization of the weights w_ij and c_ij.",
            ..Hyperparameter::lambda(0.02, 10.0)
        },
        Hyperparameter::decay(0.95),
        Order::USERS,
    ],
    build: |spec, train, seed| {
        Box::new(Descent::new(Neighborhood::new(spec, train), spec.choice("order"), seed))
    },
};

/// What one rated item adds to a prediction.
const SHARE: RatedShare = RatedShare {
    latex: r"|R^k|^{-1/2} (r_{uj} - \tilde b_{uj})\, w_{ij} + |N^k|^{-1/2} c_{ij}",
    words: RatedShare::EACH,
    of: &[&weights::RATINGS, &weights::PRESENCE],
};

/// The global neighborhood model by stochastic gradient descent, user by user. R(u) and N(u) hold the
/// items `u` rated in training. S^k(i) are the k items most similar to i, and R^k(i;u) those of them
/// that are in R(u); N^k(i;u) is the same set. With k = 0, S^k(i) is every item that has a rater in
/// common with i: the full sum of eq. 6, scaled as in eq. 10.
///
/// ```text
/// Predicts   r^_ui = mu + b_u + b_i + |R^k(i;u)|^(-1/2) sum of (r_uj - b~_uj) w_ij, j in R^k(i;u)
///                                   + |N^k(i;u)|^(-1/2) sum of c_ij, j in N^k(i;u)
/// Minimizes  sum (r_ui - r^_ui)^2 + lambda (b_u^2 + b_i^2)
///                                 + lambda_2 (sum w_ij^2 + sum c_ij^2)
/// Updates    e = r_ui - r^_ui;  b_u += gamma (e - lambda b_u);  b_i likewise;
///            w_ij += gamma_2 (|R^k(i;u)|^(-1/2) e (r_uj - b~_uj) - lambda_2 w_ij), j in R^k(i;u);
///            c_ij += gamma_2 (|N^k(i;u)|^(-1/2) e - lambda_2 c_ij), j in N^k(i;u);
///            all from old values; after each epoch the rates are multiplied by `decay`
/// ```
///
/// b~_uj = mu + b~_u + b~_j is the regularized least squares of the training set (lambda 5, 10 sweeps),
/// computed once and frozen as in the paper: b_u and b_i learn, what the neighbors' ratings are compared
/// with does not, or the gradient would reach through every rating of the user.
///
/// Cost       8 multiplications for each neighbor in R^k(i;u), which is found once with k look-ups and
///            remembered in up to 64 MB, or else found in every pass; 12 bytes a pair: 12 k for each item,
///            or, for the full sum, 12 for each ordered pair of co-rated items (on MovieLens latest-small
///            26 million of them, 316 MB; items squared would be 95 million)
/// Source     Koren (KDD 2008), eqs. 6, 10 and 11. The paper has one rate, .005, and one lambda, .002,
///            for all parameters; here biases and weights have their own.
///            Defaults tuned on MovieLens latest-small, 5-fold RMSE .843 (k 100: .839): few ratings a pair ask for a
///            larger lambda_2, few epochs keep the weights from fitting single ratings
#[derive(Debug, Clone)]
pub struct Neighborhood {
    train: Arc<Ratings>,
    b: Biases,
    weights: Weights,
    decaying: Decaying<2>,
    /// The rates of this epoch, of biases and of weights.
    gammas: [f32; 2],
    lambda: f32,
    lambda_2: f32,
}

const W: usize = OWN;

impl Neighborhood {
    /// Biases and weights zero.
    pub fn new(spec: &Spec, train: Arc<Ratings>) -> Self {
        let decaying = Decaying::new(spec, ["gamma", "gamma_2"]);
        Self {
            b: Biases::new(&train, true),
            weights: Weights::new(&train, spec.count("neighbors"), W),
            gammas: decaying.at(0),
            decaying,
            lambda: spec.get("lambda") as f32,
            lambda_2: spec.get("lambda_2") as f32,
            train,
        }
    }
}

impl State for Neighborhood {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.b.parameters(&self.weights.parameters())
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut(self.weights.values_mut())
    }
}

impl Predict for Neighborhood {
    type Context = Hand;

    fn context(&self) -> Hand {
        self.weights.hand()
    }

    fn at_user(&self, u: usize, hand: &mut Hand) {
        self.weights.take(&self.train, u, hand);
    }

    fn at_item(&self, _u: usize, i: usize, of: Moment, hand: &mut Hand) {
        self.weights.find(i, of, hand);
    }

    fn sum<L: Listen>(&self, u: usize, i: usize, hand: &Hand, listen: &mut L) -> f32 {
        let (explicit, implicit) = self.weights.sums(hand);
        let baseline = self.b.sum(u, i, listen);
        listen.term(&weights::RATINGS, explicit);
        listen.term(&weights::PRESENCE, implicit);
        baseline + explicit + implicit
    }

    fn because(&self, _u: usize, _i: usize, hand: &Hand) -> Vec<(usize, f32)> {
        self.weights.because(hand).collect()
    }

    fn share(&self) -> Option<RatedShare> {
        Some(SHARE)
    }
}

impl Sgd for Neighborhood {
    fn begin(&mut self, epoch: usize) {
        self.gammas = self.decaying.at(epoch);
    }

    // lesson: update
    fn update<L: Listen>(&mut self, Visit { u, i, e }: Visit, hand: &mut Hand, listen: &mut L) {
        let [gamma, gamma_2] = self.gammas;
        self.b.step(u, i, &Rate::new(e, gamma, self.lambda), listen);
        self.weights.step(hand, (e, gamma_2, self.lambda_2), listen);
    }
    // lesson: end

    fn penalized(&self, Visit { u, i, e }: Visit, hand: &Hand) -> f64 {
        square(e)
            + f64::from(self.lambda) * self.b.squares(u, i)
            + f64::from(self.lambda_2) * self.weights.squares(hand)
    }

    fn operations(&self) -> f64 {
        self.weights.operations()
    }
}
