//! A model with all its hyperparameters set: what a link or a command line says.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use super::Model;
use super::choice::Choice;
use super::entry::{Entry, Hyperparameter, Kind, Learning, Need, Rule, Task};
use super::registry::{REGISTRY, entry};
use super::rescaled::Rescaled;
use crate::data::Ratings;

/// A model's id and a value for each of its hyperparameters.
///
/// ```
/// use factorscope::models::Spec;
///
/// let mut spec = Spec::new("svdpp")?;
/// spec.set("factors", "10")?;
/// assert_eq!(spec.get("factors"), 10.0);
/// assert!(spec.set("gamma", "fast").is_err());
/// # Ok::<(), factorscope::models::SpecError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    entry: &'static Entry,
    values: Vec<f64>,
}

/// Why a model or a setting cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SpecError {
    /// No model has this id.
    #[error("there is no model `{id}`; the models are {known}")]
    UnknownModel {
        /// What was asked for.
        id: String,
        /// The ids there are.
        known: String,
    },
    /// The model has no hyperparameter of this name.
    #[error("model `{model}` has no hyperparameter `{name}`; it has {known}")]
    UnknownHyperparameter {
        /// The model's id.
        model: &'static str,
        /// What was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The value cannot be read, or is out of range.
    #[error("{name}: expected {expected}, found `{found}`")]
    Value {
        /// The hyperparameter.
        name: &'static str,
        /// What it takes.
        expected: String,
        /// What was given.
        found: String,
    },
    /// The data lacks what the model needs.
    #[error(
        "model `{model}` needs {what}, and this data has none: take another model, or other data"
    )]
    Missing {
        /// The model's id.
        model: &'static str,
        /// What it needs.
        what: &'static str,
    },
    /// A setting without an equals sign.
    #[error("expected name=value, found `{found}`")]
    NoEqualsSign {
        /// What was given.
        found: String,
    },
}

impl Spec {
    /// The model with every hyperparameter at its default.
    ///
    /// # Errors
    /// If there is no such model.
    pub fn new(id: &str) -> Result<Self, SpecError> {
        let entry = entry(id).ok_or_else(|| SpecError::UnknownModel {
            id: id.to_owned(),
            known: list(REGISTRY.iter().map(|entry| entry.id)),
        })?;
        Ok(Self { entry, values: entry.hyperparameters.iter().map(|h| h.default).collect() })
    }

    /// The model with some hyperparameters set, each as `name=value`.
    ///
    /// # Errors
    /// If there is no such model or hyperparameter, or a value is not allowed.
    pub fn with<'a>(
        id: &str,
        settings: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, SpecError> {
        let mut spec = Self::new(id)?;
        for setting in settings {
            let (name, value) = setting
                .split_once('=')
                .ok_or_else(|| SpecError::NoEqualsSign { found: setting.to_owned() })?;
            spec.set(name.trim(), value.trim())?;
        }
        Ok(spec)
    }

    /// Sets one hyperparameter: a number, or one of the words of a choice.
    ///
    /// # Errors
    /// If there is no such hyperparameter or the value is not allowed; nothing is changed then.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SpecError> {
        let at = self.position(name).ok_or_else(|| SpecError::UnknownHyperparameter {
            model: self.entry.id,
            name: name.to_owned(),
            known: list(self.entry.hyperparameters.iter().map(|h| h.name)),
        })?;
        self.values[at] = read(&self.entry.hyperparameters[at], value)?;
        Ok(())
    }

    /// The value of a hyperparameter that is a number.
    ///
    /// # Panics
    /// If the model has none of this name, or it is a choice: models ask for their own.
    pub fn get(&self, name: &str) -> f64 {
        let (h, value) = self.own(name);
        assert!(h.word(value).is_none(), "{} {name} is a choice", self.entry.id);
        value
    }

    /// The value of a hyperparameter that is a choice.
    ///
    /// # Panics
    /// If the model has none of this name, or it is set to no word of this choice.
    pub fn choice<C: Choice>(&self, name: &str) -> C {
        let word = self.word(name);
        let at = C::WORDS.iter().position(|&one| Some(one) == word);
        C::ALL[at.unwrap_or_else(|| panic!("{} {name} is another choice", self.entry.id))]
    }

    /// The word that a choice is set to; nothing where the hyperparameter is a number, or there is none.
    pub fn word(&self, name: &str) -> Option<&'static str> {
        let at = self.position(name)?;
        self.entry.hyperparameters[at].word(self.values[at])
    }

    /// The same as a whole number.
    pub fn count(&self, name: &str) -> usize {
        self.get(name) as usize
    }

    /// How many passes a full training takes: one, where the model does not say.
    pub fn epochs(&self) -> usize {
        self.position("epochs").map_or(1, |at| self.values[at] as usize)
    }

    /// How the model learns with these settings.
    pub fn learning(&self) -> Learning {
        (self.entry.learning)(self)
    }

    /// The rules by which the model learns with these settings.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> + '_ {
        self.entry
            .rules
            .iter()
            .filter(|rule| rule.when.is_none_or(|(name, word)| self.word(name) == Some(word)))
    }

    /// Whether these ratings have everything the model needs. [`Spec::build`] does not ask: a model
    /// whose needs are not met still works, as far as it makes sense.
    ///
    /// # Errors
    /// What is missing.
    pub fn check(&self, ratings: &Ratings) -> Result<(), SpecError> {
        for need in self.entry.needs {
            match need {
                Need::Timestamps if ratings.timestamps().is_none() => {
                    return Err(SpecError::Missing {
                        model: self.entry.id,
                        what: "a timestamp for each rating",
                    });
                }
                Need::Timestamps => {}
            }
        }
        Ok(())
    }

    /// The model's line in the registry.
    pub fn entry(&self) -> &'static Entry {
        self.entry
    }

    /// An untrained model for this training set. The seed decides the start values and the order of
    /// visits. Where the ratings are not stars it learns on stars and speaks of ratings, see
    /// [`crate::data::Stars`]; a model that only ranks takes ratings for counts, as they are.
    pub fn build(&self, train: Arc<Ratings>, seed: u64) -> Box<dyn Model> {
        let build = |train| (self.entry.build)(self, train, seed);
        if train.stars().is_plain() || self.entry.task == Task::Ranking {
            return build(train);
        }
        Box::new(Rescaled::new(&train, build))
    }

    fn own(&self, name: &str) -> (&'static Hyperparameter, f64) {
        let at = self.position(name);
        let at = at.unwrap_or_else(|| panic!("{} has no {name}", self.entry.id));
        (&self.entry.hyperparameters[at], self.values[at])
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.entry.hyperparameters.iter().position(|h| h.name == name)
    }
}

impl fmt::Display for Spec {
    /// `svd factors=100 epochs=20 …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry.id)?;
        for (h, &value) in self.entry.hyperparameters.iter().zip(&self.values) {
            write!(f, " {}={}", h.name, h.text(value))?;
        }
        Ok(())
    }
}

fn read(h: &Hyperparameter, text: &str) -> Result<f64, SpecError> {
    let error =
        |expected: String| SpecError::Value { name: h.name, expected, found: text.to_owned() };
    if let Kind::Choice(words) = h.kind {
        let at = words.iter().position(|&word| word == text);
        return at
            .map(|at| at as f64)
            .ok_or_else(|| error(format!("one of {}", list(words.iter().copied()))));
    }
    let whole = if h.kind == Kind::Integer { "a whole number" } else { "a number" };
    text.parse::<f64>()
        .ok()
        .filter(|x| (h.min..=h.max).contains(x))
        .filter(|x| h.kind != Kind::Integer || x.fract() == 0.0)
        .ok_or_else(|| error(format!("{whole} between {} and {}", h.min, h.max)))
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::order::Order;

    #[test]
    fn settings_are_read_and_written() {
        let spec = Spec::with("svd", ["factors=7", " order = shuffled "]).unwrap();
        assert_eq!(spec.count("factors"), 7);
        assert_eq!(spec.choice::<Order>("order"), Order::Shuffled);
        assert!(spec.to_string().starts_with("svd factors=7 epochs=20"));
    }

    #[test]
    fn what_cannot_be_used_is_said_in_a_sentence() {
        let error = |setting| Spec::with("svd", [setting]).unwrap_err().to_string();
        assert_eq!(
            error("factors=2.5"),
            "factors: expected a whole number between 1 and 500, found `2.5`"
        );
        assert_eq!(
            error("order=up"),
            "order: expected one of stored, by-user, shuffled, found `up`"
        );
        assert!(error("gamma=NaN").starts_with("gamma: expected a number between"));
        assert!(error("speed=1").starts_with("model `svd` has no hyperparameter `speed`"));
        assert_eq!(error("factors"), "expected name=value, found `factors`");
        let unknown = Spec::new("svd+").unwrap_err().to_string();
        assert!(unknown.starts_with("there is no model `svd+`; the models are baseline, svd"));
    }

    #[test]
    fn every_default_can_be_set_and_changes_nothing() {
        for entry in REGISTRY {
            let untouched = Spec::new(entry.id).unwrap();
            let mut spec = untouched.clone();
            for h in entry.hyperparameters {
                spec.set(h.name, &h.text(h.default)).unwrap();
                assert_eq!(spec, untouched, "{} {}", entry.id, h.name);
            }
        }
    }

    #[test]
    fn every_word_of_a_choice_and_both_ends_of_a_range_can_be_set_and_nothing_beyond() {
        for entry in REGISTRY {
            let mut spec = Spec::new(entry.id).unwrap();
            for h in entry.hyperparameters {
                let allowed = match h.kind {
                    Kind::Choice(words) => (0..words.len()).map(|at| at as f64).collect(),
                    _ => vec![h.min, h.max],
                };
                // What the controls of a page offer.
                assert_eq!((allowed[0], allowed.last()), (h.min, Some(&h.max)), "{}", entry.id);
                for &value in &allowed {
                    spec.set(h.name, &h.text(value)).unwrap();
                    assert_eq!(spec.own(h.name).1, value, "{} {}", entry.id, h.name);
                }
                for beyond in [h.min - 1.0, h.max + 1.0] {
                    let refused = spec.set(h.name, &beyond.to_string());
                    assert!(refused.is_err(), "{} {}={beyond}", entry.id, h.name);
                }
                assert_eq!(spec.own(h.name).1, h.max, "{} {}", entry.id, h.name);
            }
        }
    }
}
