//! Trainings that are tested on what they have not seen: cross-validation and cold start.

mod cold;
mod cross;

pub use cold::{ColdPoint, ColdStart, Side, TooFew};
pub use cross::{CrossValidation, Fold, Summary, cross_validate};

use thiserror::Error;

use crate::data::split::Split;
use crate::models::Spec;
use crate::train::{Ask, TrainError, Training};

/// Why a fold has no result.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum FoldError {
    /// The parameters left the finite numbers.
    #[error("training diverged in epoch {epoch} of fold {fold}. {remedy}")]
    Diverged {
        /// The fold, counted from 1.
        fold: usize,
        /// The pass in which it happened, counted from 1.
        epoch: usize,
        /// What to change.
        remedy: &'static str,
    },
    /// All ratings are in the fold.
    #[error("fold {fold} leaves nothing to learn from")]
    Empty {
        /// The fold, counted from 1.
        fold: usize,
    },
}

/// Trains to the end for a fold, counted from 0, and measures nothing on the way.
fn fit(spec: &Spec, split: Split, seed: u64, fold: usize) -> Result<Training, FoldError> {
    let fold = fold + 1;
    let failed = |error| match error {
        TrainError::Diverged { epoch, remedy, .. } => FoldError::Diverged { fold, epoch, remedy },
        TrainError::Empty => FoldError::Empty { fold },
    };
    let mut training = Training::asking(spec, split, seed, Ask::Nothing, || 0.0).map_err(failed)?;
    for _ in 0..spec.epochs() {
        training.pass().map_err(failed)?;
    }
    Ok(training)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::toy::{table, toy};

    #[test]
    fn a_fold_that_diverges_or_leaves_nothing_is_told_with_its_number() {
        let spec = Spec::with("svd", ["gamma=1", "factors=50", "sigma=1", "epochs=200"]).unwrap();
        let error = cross_validate(&spec, &toy().ratings, 2, 1, || 0.0, |_| true).unwrap_err();
        let FoldError::Diverged { fold: 1, epoch, .. } = error else { panic!("{error}") };
        assert_eq!(
            error.to_string(),
            format!(
                "training diverged in epoch {epoch} of fold 1. Try a smaller learning rate gamma."
            )
        );
        let all = table(2, 2, &[1.0, 2.0, 3.0, 4.0]).ratings;
        let plan = ColdStart::new(&all, Side::Users, &[0], 1, 1).unwrap();
        let error = plan.measure(&spec, &all, 0, 0, 1).unwrap_err();
        assert_eq!(error.to_string(), "fold 1 leaves nothing to learn from");
    }
}
