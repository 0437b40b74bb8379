//! What the table of models says of each: its names, its formulas, what it needs, how it learns, what is set
//! before training.

use std::sync::Arc;

use serde::Serialize;

use super::checks::Checks;
use super::choice::Choice;
use super::{Model, Spec};
use crate::data::Ratings;

/// What a model predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A rating on the scale of the data.
    Rating,
    /// A score that only orders items.
    Ranking,
}

/// What a model may need of the data beside ratings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// A timestamp for each rating.
    Timestamps,
}

/// How a model learns; it decides what its steps can be held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learning {
    /// Gradient descent: a step lessens one rating's share of the objective along its gradient.
    Descent,
    /// A step minimizes the objective over a few parameters exactly.
    Solving,
    /// A step multiplies or replaces a few parameters so that the objective does not rise.
    Lessening,
    /// A step computes what follows from the ratings directly: means, similarities.
    Counting,
    /// A step draws from a distribution.
    Sampling,
}

/// One of a model's update rules, or what it abbreviates. The LaTeX is for display alone; what a program
/// needs to know of it stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Rule {
    /// The names of the parameters it changes; none for an abbreviation, such as that of the error.
    pub parameters: &'static [&'static str],
    /// How it changes them.
    pub form: Form,
    /// The name of the hyperparameter that is its learning rate.
    pub rate: Option<&'static str>,
    /// Where it holds only with one word of a choice: the hyperparameter's name and that word.
    pub when: Option<(&'static str, &'static str)>,
    /// The rule itself.
    pub latex: &'static str,
}

/// How a rule changes a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Not at all: it says what a symbol of other rules stands for.
    Definition,
    /// By the learning rate times the gradient.
    Gradient,
    /// Likewise, and what would become negative becomes zero.
    ProjectedGradient,
    /// To what minimizes the objective, or follows from the other parameters, in closed form.
    ClosedForm,
    /// By a factor.
    Multiplicative,
    /// To what follows from the ratings alone.
    Count,
    /// To a draw from a distribution.
    Draw,
}

impl Rule {
    /// What a symbol of the other rules stands for.
    pub const fn definition(latex: &'static str) -> Self {
        Self::of(Form::Definition, &[], latex)
    }

    /// A step along the gradient with this learning rate.
    pub const fn gradient(
        parameters: &'static [&'static str],
        rate: &'static str,
        latex: &'static str,
    ) -> Self {
        Self { rate: Some(rate), ..Self::of(Form::Gradient, parameters, latex) }
    }

    /// A rule of another form, without a learning rate.
    pub const fn of(form: Form, parameters: &'static [&'static str], latex: &'static str) -> Self {
        Self { parameters, form, rate: None, when: None, latex }
    }

    /// The same, cut at zero.
    #[must_use]
    pub const fn projected(self) -> Self {
        Self { form: Form::ProjectedGradient, ..self }
    }

    /// The same, holding only with this word of a choice.
    #[must_use]
    pub const fn when(self, hyperparameter: &'static str, word: &'static str) -> Self {
        Self { when: Some((hyperparameter, word)), ..self }
    }
}

/// What a walk can draw over its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Curve {
    /// The error over all known ratings.
    Rmse,
    /// The objective: of a model that lessens it by every step, and may raise the error, or has no error.
    Objective,
}

/// One model's line in the table.
#[derive(Debug, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Entry {
    /// What it is called in links and on the command line.
    pub id: &'static str,
    /// What it is called in prose.
    pub title: &'static str,
    /// Paper and equation.
    pub source: &'static str,
    /// What it predicts.
    pub task: Task,
    /// The prediction, as LaTeX.
    pub predicts: &'static str,
    /// The objective, as LaTeX.
    pub minimizes: &'static str,
    /// The update rules.
    pub rules: &'static [Rule],
    /// What it needs of the data beside ratings.
    pub needs: &'static [Need],
    /// What the tests over every model hold it to.
    #[serde(skip)]
    pub checks: Checks,
    /// What to look at while it learns step by step.
    pub watched: Curve,
    /// How it learns, which a choice among its hyperparameters may decide; asked by [`Spec::learning`].
    #[serde(skip)]
    pub learning: fn(&Spec) -> Learning,
    /// Its hyperparameters, in the order of the controls.
    pub hyperparameters: &'static [Hyperparameter],
    /// Makes an untrained model; called by [`Spec::build`].
    #[serde(skip)]
    pub build: fn(&Spec, Arc<Ratings>, u64) -> Box<dyn Model>,
}

impl Entry {
    /// What to change where training diverges.
    pub fn remedy(&self) -> &'static str {
        if self.rules.iter().any(|rule| rule.rate.is_some()) {
            "Try a smaller learning rate gamma."
        } else {
            "Try a larger regularization lambda."
        }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// How a hyperparameter is set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase", tag = "type", content = "choices")]
pub enum Kind {
    /// A whole number.
    Integer,
    /// Any number, best set on an even scale.
    Real,
    /// Any number, best set on a logarithmic scale.
    Log,
    /// One of these words; its value is its position.
    Choice(&'static [&'static str]),
}

/// One thing that is set before training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Hyperparameter {
    /// What it is called in links and on the command line.
    pub name: &'static str,
    /// Its symbol as LaTeX; empty where it has a name alone.
    pub symbol: &'static str,
    /// Its value where nothing is said.
    pub default: f64,
    /// The lowest value allowed.
    pub min: f64,
    /// The highest value allowed.
    pub max: f64,
    /// How it is set.
    pub kind: Kind,
    /// One sentence for somebody who meets it for the first time.
    pub help: &'static str,
}

impl Hyperparameter {
    /// One of a few words, of which the default is the one at this place.
    pub const fn choice<C: Choice>(
        name: &'static str,
        symbol: &'static str,
        default: usize,
        help: &'static str,
    ) -> Self {
        Self {
            name,
            symbol,
            default: default as f64,
            min: 0.0,
            max: (C::WORDS.len() - 1) as f64,
            kind: Kind::Choice(C::WORDS),
            help,
        }
    }

    /// The word of this value; nothing where it is a number.
    pub fn word(&self, value: f64) -> Option<&'static str> {
        match self.kind {
            Kind::Choice(words) => words.get(value as usize).copied(),
            Kind::Integer | Kind::Real | Kind::Log => None,
        }
    }

    /// A value as it is written and read: its word, or the number.
    pub fn text(&self, value: f64) -> String {
        self.word(value).map_or_else(|| value.to_string(), str::to_owned)
    }

    /// f, the number of components of a latent vector.
    pub const fn factors(default: f64) -> Self {
        Self {
            name: "factors",
            symbol: "f",
            default,
            min: 1.0,
            max: 500.0,
            kind: Kind::Integer,
            help: "How many numbers describe a user's taste, and an item.",
        }
    }

    /// How often the training set is gone through.
    pub const fn epochs(default: f64) -> Self {
        Self {
            name: "epochs",
            symbol: "",
            default,
            min: 1.0,
            max: 1000.0,
            kind: Kind::Integer,
            help: "How often the whole training set is gone through.",
        }
    }

    /// gamma, the learning rate.
    pub const fn gamma(default: f64) -> Self {
        Self {
            name: "gamma",
            symbol: r"\gamma",
            default,
            min: 0.0001,
            max: 1.0,
            kind: Kind::Log,
            help: "The learning rate: how far each step goes down the gradient.",
        }
    }

    /// lambda, the weight of the penalty on large parameters.
    pub const fn lambda(default: f64, max: f64) -> Self {
        Self {
            name: "lambda",
            symbol: r"\lambda",
            default,
            min: 0.0,
            max,
            kind: Kind::Real,
            help: "The regularization: how strongly large parameters are held back.",
        }
    }

    /// What a learning rate is multiplied by after each epoch.
    pub const fn decay(default: f64) -> Self {
        Self {
            name: "decay",
            symbol: "",
            default,
            min: 0.5,
            max: 1.0,
            kind: Kind::Real,
            help: "What the learning rates are multiplied by after each epoch: 1 leaves them as they are.",
        }
    }

    /// sigma, the spread of the start values.
    pub const fn sigma(default: f64) -> Self {
        Self {
            name: "sigma",
            symbol: r"\sigma",
            default,
            min: 0.0,
            max: 1.0,
            kind: Kind::Real,
            help: "The standard deviation of the normal start values of the latent vectors.",
        }
    }
}
