//! What the tests over every model hold a model to, said by the model.

use super::Spec;

/// What a model says of itself to the tests over every model. None of it decides what it does.
#[derive(Debug)]
pub struct Checks {
    /// What somebody is predicted of whom, or something of which, training holds no rating.
    pub cold: fn(&Spec) -> Cold,
    /// What finite differences of its objective can be held to.
    pub smoothness: fn(&Spec) -> Smoothness,
    /// How near all steps of a pass, one after the other, come to the pass.
    pub agreement: Agreement,
    /// Whether it tells what each rated item adds to a prediction.
    pub shares: bool,
    /// Hyperparameters that count only beside another setting, and that setting.
    pub beside: &'static [(&'static str, &'static str)],
    /// The file in `tests/reference` that holds what another implementation makes of the same ratings.
    pub reference: &'static str,
    /// The highest error over five folds of MovieLens latest-small at its defaults: RMSE, or the expected
    /// percentile rank of a model that only ranks.
    pub bound: f64,
}

impl Checks {
    /// For a model that falls back to the baseline, whose objective is quadratic in each parameter, and
    /// whose pass takes no shortcut.
    pub const fn new(reference: &'static str, bound: f64) -> Self {
        Self {
            cold: |_| Cold::Baseline,
            smoothness: |_| Smoothness::Quadratic,
            agreement: Agreement::Bits,
            shares: false,
            beside: &[],
            reference,
            bound,
        }
    }
}

/// What an unknown user or item is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cold {
    /// The mean, and the bias of the one that is known.
    Baseline,
    /// The same, and for an unknown item also what the known user rated: a sum of the user's own.
    OwnSum,
    /// The mean.
    Mean,
    /// 0.
    Zero,
    /// A draw from what is known of all others.
    Drawn,
}

/// How the objective depends on each single parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Smoothness {
    /// By a square: a central difference is exact for any width, and a wide one keeps rounding small.
    Quadratic,
    /// Smoothly: a narrow difference is near.
    Smooth,
    /// A step follows the gradient of no objective of the whole model.
    None,
}

/// How near two ways to the same parameters come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// To the last bit.
    Bits,
    /// To 1e-5: one of them takes an algebraic shortcut.
    Close,
}
