//! What is measured of a model, as a table: errors over ratings, and what is told by lists of items.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::rank;
use crate::data::Line;
use crate::models::Task;

/// Something that is measured.
#[derive(Debug, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Metric {
    /// Which one it is.
    pub id: MetricId,
    /// The same as files and code write it.
    pub key: &'static str,
    /// As a heading says it.
    pub name: &'static str,
    /// What it counts in; empty where that is the ratings' own unit.
    pub unit: &'static str,
    /// In words.
    pub words: &'static str,
    /// What its values mean; empty where less is better and no more can be said.
    pub scale: &'static str,
    /// The models it is measured of.
    pub task: Task,
    /// Whether it is measured on the training set too: a list of what a user has chosen already says nothing.
    pub of_training: bool,
    /// Whether tables show it.
    pub shown: bool,
    /// How it is measured.
    #[serde(skip)]
    pub of: Of,
}

/// The metrics by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum MetricId {
    /// Root mean squared error of predictions clamped to the rating scale.
    Rmse,
    /// The same of the predictions as they are: how far the parameters are off, where the clamped error
    /// hides it.
    RmseUnclamped,
    /// Mean absolute error of clamped predictions.
    Mae,
    /// Expected percentile rank of what was held back.
    Rank,
}

/// How a metric is measured.
#[derive(Debug)]
pub enum Of {
    /// By the errors of a prediction for each rating.
    Errors(OfErrors),
    /// By one list a user: adds what it tells to a sum and to the weights that the sum is divided by.
    Lists(fn(&List<'_>, &mut (f64, f64))),
}

/// A mean over errors.
#[derive(Debug)]
pub struct OfErrors {
    /// Whether predictions are clamped to the rating scale.
    pub clamped: bool,
    /// Adds the errors of one user's ratings to the sum so far, one after the other.
    pub add: fn(f64, &[f64]) -> f64,
    /// What the mean is turned into.
    pub end: fn(f64) -> f64,
    /// The mean again, from what it was turned into: for means over several sets.
    pub back: fn(f64) -> f64,
}

/// What one user is offered.
#[derive(Debug)]
pub struct List<'a> {
    /// All items that the user has not rated in training, ascending.
    pub items: &'a [u32],
    /// The prediction for each of them.
    pub scores: &'a [f32],
    /// The same predictions, ascending.
    pub sorted: &'a [f32],
    /// The ratings held back; not all need be of these items.
    pub held: Line<'a>,
}

const SQUARES: OfErrors = OfErrors {
    clamped: true,
    add: |sum, errors| errors.iter().fold(sum, |sum, e| sum + e * e),
    end: f64::sqrt,
    back: |rmse| rmse * rmse,
};

const ABSOLUTES: OfErrors = OfErrors {
    clamped: true,
    add: |sum, errors| errors.iter().fold(sum, |sum, e| sum + e.abs()),
    end: |mean| mean,
    back: |mean| mean,
};

/// All metrics, in the order of [`MetricId`]. The first one of a task is what a model is judged by: charts
/// draw it, and where an epoch is chosen, it is the one with the least of it.
pub const METRICS: &[Metric] = &[
    Metric {
        id: MetricId::Rmse,
        key: "rmse",
        name: "RMSE",
        unit: "",
        words: "root mean squared error",
        scale: "",
        task: Task::Rating,
        of_training: true,
        shown: true,
        of: Of::Errors(SQUARES),
    },
    Metric {
        id: MetricId::RmseUnclamped,
        key: "rmse_unclamped",
        name: "RMSE, not clamped",
        unit: "",
        words: "root mean squared error of predictions that are not clamped",
        scale: "",
        task: Task::Rating,
        of_training: true,
        shown: false,
        of: Of::Errors(OfErrors { clamped: false, ..SQUARES }),
    },
    Metric {
        id: MetricId::Mae,
        key: "mae",
        name: "MAE",
        unit: "",
        words: "mean absolute error",
        scale: "",
        task: Task::Rating,
        of_training: true,
        shown: true,
        of: Of::Errors(ABSOLUTES),
    },
    Metric {
        id: MetricId::Rank,
        key: "rank",
        name: "rank",
        unit: "%",
        words: "expected percentile rank",
        scale: "0 is best, 50 is chance",
        task: Task::Ranking,
        of_training: false,
        shown: true,
        of: Of::Lists(rank::add),
    },
];

impl Metric {
    /// The one that models for this task are judged by.
    pub fn main(task: Task) -> &'static Self {
        let id = match task {
            Task::Rating => MetricId::Rmse,
            Task::Ranking => MetricId::Rank,
        };
        &METRICS[id as usize]
    }

    /// Those that tables show of models for this task, the main one first.
    pub fn shown(task: Task) -> impl Iterator<Item = &'static Self> + Clone {
        METRICS.iter().filter(move |metric| metric.task == task && metric.shown)
    }

    /// The heading with its unit.
    pub fn title(&self) -> String {
        if self.unit.is_empty() {
            self.name.into()
        } else {
            format!("{}, {}", self.name, self.unit)
        }
    }
}

/// What was measured of a model on some ratings. What was not, or is no number, is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measures([Option<f64>; METRICS.len()]);

impl Measures {
    /// Of a value for each metric, which is not a number where there is none.
    pub fn of(value: impl FnMut(&'static Metric) -> f64) -> Self {
        let mut values = METRICS.iter().map(value).map(|x| Some(x).filter(|x| !x.is_nan()));
        Self(std::array::from_fn(|_| values.next().flatten()))
    }

    /// What this metric came to.
    pub fn get(&self, id: MetricId) -> Option<f64> {
        self.0[id as usize]
    }

    /// What there is, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Metric, f64)> {
        METRICS.iter().zip(self.0).filter_map(|(metric, value)| Some((metric, value?)))
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The same over several sets together, each with its number of ratings. Of lists it tells nothing.
    pub fn pooled(parts: &[(Self, usize)]) -> Self {
        let n: usize = parts.iter().map(|&(_, ratings)| ratings).sum();
        Self::of(|metric| {
            let Of::Errors(of) = &metric.of else { return f64::NAN };
            let sums = parts.iter().map(|(measures, ratings)| {
                let value = measures.get(metric.id).unwrap_or(f64::NAN);
                *ratings as f64 * (of.back)(value)
            });
            (of.end)(sums.sum::<f64>() / n as f64)
        })
    }
}

/// A field for each metric that was measured.
impl Serialize for Measures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Measures", self.iter().count())?;
        for (metric, value) in self.iter() {
            fields.serialize_field(metric.key, &value)?;
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_stands_where_its_id_says_and_is_written_as_it_is() {
        for (n, metric) in METRICS.iter().enumerate() {
            assert_eq!(metric.id as usize, n);
            assert_eq!(serde_json::to_value(metric.id).unwrap(), metric.key);
            assert_eq!(metric.of_training, matches!(metric.of, Of::Errors(_)));
        }
        for task in [Task::Rating, Task::Ranking] {
            assert!(std::ptr::eq(Metric::main(task), Metric::shown(task).next().unwrap()));
        }
    }

    #[test]
    fn what_was_not_measured_is_absent_and_so_is_what_is_no_number() {
        let found = Measures::of(|metric| match metric.id {
            MetricId::Rmse => 0.5,
            MetricId::Mae => 0.25,
            _ => f64::NAN,
        });
        assert_eq!(found.get(MetricId::Rank), None);
        let keys: Vec<&str> = found.iter().map(|(metric, _)| metric.key).collect();
        assert_eq!(keys, ["rmse", "mae"]);
        assert_eq!(serde_json::to_string(&found).unwrap(), r#"{"rmse":0.5,"mae":0.25}"#);
        assert!(Measures::default().is_empty() && !found.is_empty());
        assert_eq!(serde_json::to_string(&Measures::default()).unwrap(), "{}");
    }

    #[test]
    fn errors_are_pooled_over_ratings() {
        let part = |rmse, mae| {
            Measures::of(|metric| match metric.id {
                MetricId::Rmse => rmse,
                MetricId::Mae => mae,
                _ => f64::NAN,
            })
        };
        let pooled = Measures::pooled(&[(part(1.0, 1.0), 30), (part(2.0, 1.5), 10)]);
        let (rmse, mae) = (pooled.get(MetricId::Rmse).unwrap(), pooled.get(MetricId::Mae).unwrap());
        assert!((rmse - (70.0_f64 / 40.0).sqrt()).abs() < 1e-12);
        assert!((mae - 1.125).abs() < 1e-12);
        assert_eq!(pooled.get(MetricId::Rank), None);
    }
}
