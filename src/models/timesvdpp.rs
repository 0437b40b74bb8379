//! timeSVD++: [`TimeSvd`] with the y_j of SVD++.

use super::checks::{Agreement, Checks};
use super::entry::{Curve, Entry, Hyperparameter, Learning, Need, Rule, Task};
use super::order::Order;
use super::shape::Descent;
use super::timesvd::{BIN, BINS, DAY, DRIFT, DRIFTS, TIME, TimeSvd, penalty, rate};

/// This model's line in the registry; what it is stands at [`TimeSvd`].
pub const ENTRY: Entry = Entry {
    id: "timesvdpp",
    title: "timeSVD++",
    source: "Koren (KDD 2009), Collaborative Filtering with Temporal Dynamics, section 4",
    task: Task::Rating,
    predicts: r"\hat r_{ui}(t) = \mu + b_u + \alpha_u\,\mathrm{dev}_u(t) + b_{u,t} + b_i + b_{i,\mathrm{Bin}(t)} + q_i^\top\Bigl(p_u + \alpha_{pu}\,\mathrm{dev}_u(t) + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\Bigr)",
    minimizes: r"\sum_{(u,i,t)} (r_{ui} - \hat r_{ui}(t))^2 + \lambda\,\Bigl(b_u^2 + b_i^2 + \lVert p_u\rVert^2 + \lVert q_i\rVert^2 + \sum_{j \in N(u)} \lVert y_j\rVert^2\Bigr) + \lambda_2\, b_{i,\mathrm{Bin}(t)}^2 + \lambda_3\, b_{u,t}^2 + \lambda_4\,(\alpha_u^2 + \lVert\alpha_{pu}\rVert^2)",
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
            r"q_i \leftarrow q_i + \gamma\,\Bigl(e_{ui}\,\bigl(p_u + \alpha_{pu}\,\mathrm{dev}_u(t) + |N(u)|^{-1/2} \sum_{j \in N(u)} y_j\bigr) - \lambda\, q_i\Bigr)",
        ),
        Rule::gradient(
            &["y_j"],
            "gamma",
            r"\forall j \in N(u):\; y_j \leftarrow y_j + \gamma\,(e_{ui}\, |N(u)|^{-1/2}\, q_i - \lambda\, y_j)",
        ),
    ],
    checks: Checks {
        agreement: Agreement::Close,
        shares: true,
        ..Checks::new("timesvd.json", 0.838)
    },
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
        Box::new(Descent::new(TimeSvd::new(spec, train, seed, true), spec.choice("order"), seed))
    },
};
