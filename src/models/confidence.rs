//! Matrix factorization in which some ratings count for more than others.

use super::Spec;
use super::als::weights::Weights;
use super::als::{Als, Variant};
use super::checks::{Agreement, Checks};
use super::choice::choices;
use super::entry::{Curve, Entry, Form, Hyperparameter, Kind, Learning, Rule, Task};
use super::shape::Sweeps;
use crate::data::Ratings;
use crate::sort;

/// This model's line in the registry. Its type is [`Als`] with weights.
///
/// ```text
/// Predicts   r^_ui = mu + b_u + b_i + p_u . q_i
/// Minimizes  sum c_ui (r_ui - r^_ui)^2 + lambda (sum b_u^2 + sum b_i^2 + sum |p_u|^2 + sum |q_i|^2)
///            over known r_ui
/// Updates    for each user: b_u = sum c_ui (r_ui - mu - b_i - p_u . q_i) / (sum c_ui + lambda), then
///            p_u from (sum c_ui q_i q_i^T + lambda I) p_u = sum c_ui (r_ui - mu - b_u - b_i) q_i; for
///            each item likewise
/// Confidence `equal`: c_ui = 1, which is `als` to the last bit; `recent`: e^(-alpha t), t the years
///            from the rating to the latest one of the training set; `crowded`: n^(-alpha), n how many
///            ratings the user gave on that day; both divided by their mean, so that lambda keeps its
///            meaning. Days are 24 hours from midnight UTC. Without timestamps all are equal
/// Cost       as `als`; 8 bytes more a rating
/// Source     Koren, Bell, Volinsky (2009), eq. 8, which leaves open where c_ui comes from
/// ```
pub const ENTRY: Entry = Entry {
    id: "confidence",
    title: "Confidence-weighted factorization",
    source: "Koren, Bell, Volinsky (2009), eq. 8, 'Inputs with varying confidence levels'",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = \mu + b_u + b_i + p_u^\top q_i",
    minimizes: r"\sum_{(u,i)} c_{ui}\,(r_{ui} - \hat r_{ui})^2 + \lambda\,\Bigl(\sum_u (b_u^2 + \lVert p_u\rVert^2) + \sum_i (b_i^2 + \lVert q_i\rVert^2)\Bigr)",
    rules: &[
        Rule::of(
            Form::ClosedForm,
            &["b_u"],
            r"b_u \leftarrow \frac{1}{\sum_{i \in R(u)} c_{ui} + \lambda} \sum_{i \in R(u)} c_{ui}\,(r_{ui} - \mu - b_i - p_u^\top q_i)",
        ),
        Rule::of(
            Form::ClosedForm,
            &["p_u"],
            r"\Bigl(\sum_{i \in R(u)} c_{ui}\, q_i q_i^\top + \lambda I\Bigr)\, p_u = \sum_{i \in R(u)} c_{ui}\,(r_{ui} - \mu - b_u - b_i)\, q_i",
        ),
        Rule::of(
            Form::ClosedForm,
            &["b_i"],
            r"b_i \leftarrow \frac{1}{\sum_{u \in R(i)} c_{ui} + \lambda} \sum_{u \in R(i)} c_{ui}\,(r_{ui} - \mu - b_u - p_u^\top q_i)",
        ),
        Rule::of(
            Form::ClosedForm,
            &["q_i"],
            r"\Bigl(\sum_{u \in R(i)} c_{ui}\, p_u p_u^\top + \lambda I\Bigr)\, q_i = \sum_{u \in R(i)} c_{ui}\,(r_{ui} - \mu - b_u - b_i)\, p_u",
        ),
    ],
    checks: Checks { agreement: Agreement::Close, ..Checks::new("confidence.json", 0.855) },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Solving,
    hyperparameters: &[
        Hyperparameter::factors(40.0),
        Hyperparameter::epochs(15.0),
        Hyperparameter::lambda(10.0, 100.0),
        Hyperparameter::sigma(0.1),
        Hyperparameter::choice::<Source>(
            "weights",
            "c_{ui}",
            Source::Crowded as usize,
            "What a rating's confidence comes from: nothing, all being equal; how recent it is; or how few ratings the user gave on the same day.",
        ),
        Hyperparameter {
            name: "alpha",
            symbol: r"\alpha",
            default: 0.2,
            min: 0.0,
            max: 5.0,
            kind: Kind::Real,
            help: "How far confidences differ: 0 makes all equal.",
        },
    ],
    build: |spec, train, seed| {
        let weights = confidences(spec, &train);
        Box::new(Sweeps::new(Als::new(spec, train, seed, Variant::Biased, weights)))
    },
};

choices! {
    /// What a rating's confidence comes from.
    enum Source {
        /// Nothing.
        Equal = "equal",
        /// How recent it is.
        Recent = "recent",
        /// How few ratings the user gave on the same day.
        Crowded = "crowded",
    }
}

const DAY: u32 = 24 * 60 * 60;
const YEAR: f64 = 365.25 * DAY as f64;

/// c_ui of each rating; nothing where all are 1.
fn confidences(spec: &Spec, train: &Ratings) -> Option<Weights> {
    let alpha = spec.get("alpha");
    let times = train.timestamps().filter(|times| !times.is_empty())?;
    let mut c = match spec.choice("weights") {
        Source::Equal => return None,
        Source::Recent => recent(times, alpha),
        Source::Crowded => crowded(train, times, alpha),
    };
    let mean = c.iter().sum::<f64>() / c.len() as f64;
    for c in &mut c {
        *c /= mean;
    }
    // A confidence that single precision cannot hold would make a rating count for nothing at all.
    let c = c.into_iter().map(|c| (c as f32).max(f32::MIN_POSITIVE));
    Some(Weights::from_rows(train, c.collect()))
}

// lesson: recent
/// e^(-alpha t), t in years before the latest rating.
fn recent(times: &[u32], alpha: f64) -> Vec<f64> {
    let latest = times.iter().copied().max().unwrap_or(0);
    let years = times.iter().map(|&time| f64::from(latest - time) / YEAR);
    years.map(|t| libm::exp(-alpha * t)).collect()
}
// lesson: end

// lesson: crowded
/// n^(-alpha), n ratings given by the same user on the same day.
fn crowded(train: &Ratings, times: &[u32], alpha: f64) -> Vec<f64> {
    let mut c = vec![1.0; times.len()];
    for u in 0..train.users() {
        let mut positions: Vec<usize> = train.positions(u).collect();
        sort::by(&mut positions, &|&a, &b| (times[a] / DAY).cmp(&(times[b] / DAY)));
        for day in positions.chunk_by(|&a, &b| times[a] / DAY == times[b] / DAY) {
            for &n in day {
                c[n] = libm::pow(day.len() as f64, -alpha);
            }
        }
    }
    c
}
// lesson: end
