//! An explained step and an explained prediction: the models' own arithmetic, written down.
//!
//! A model writes its prediction and its update once, generic over who listens. The unit type hears
//! nothing and compiles away: that is the fast pass. A [`Step`] keeps every term and every change:
//! that is what a lesson shows.

use serde::Serialize;

use crate::data::Rating;
use crate::parameter::{Axis, Parameter};
use crate::sort;

/// What an addend of a prediction is, or a part of a closed form: said once, beside the code that adds it.
/// The LaTeX is for display alone; what a program needs to know of it stands beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Addend {
    /// Unique among the addends of one prediction.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: AddendKind,
    /// In the symbols of the model's formula; where it stands for each component, the index is k.
    pub latex: &'static str,
    /// In words, for somebody who asks why; empty for a part of a closed form.
    pub words: &'static str,
    /// The names of the two parameters of whose rows it is the product.
    pub product: Option<[&'static str; 2]>,
}

impl Addend {
    /// An addend of a prediction.
    pub const fn new(
        kind: AddendKind,
        name: &'static str,
        latex: &'static str,
        words: &'static str,
    ) -> Self {
        Self { name, kind, latex, words, product: None }
    }

    /// The product of a row each of two parameters.
    pub const fn product(
        name: &'static str,
        of: [&'static str; 2],
        latex: &'static str,
        words: &'static str,
    ) -> Self {
        Self { product: Some(of), ..Self::new(AddendKind::Factors, name, latex, words) }
    }

    /// A part of a closed form.
    pub const fn part(kind: AddendKind, name: &'static str, latex: &'static str) -> Self {
        Self::new(kind, name, latex, "")
    }
}

/// What kind of number an addend is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum AddendKind {
    /// The mean of all ratings.
    Mean,
    /// What depends on the user alone, or on the item alone.
    Bias,
    /// A product of vectors.
    Factors,
    /// What single neighbors say.
    Neighbors,
    /// A sum above the bar of a closed form.
    Numerator,
    /// A sum below the bar.
    Denominator,
    /// A number of ratings, of vectors, of neighbors.
    Count,
    /// One over a variance.
    Precision,
    /// What comes out.
    Result,
}

/// One addend of a prediction, or one part of a closed form, with its value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Term {
    /// What it is.
    pub addend: &'static Addend,
    /// Which component of a vector it belongs to, where there is one for each.
    pub component: Option<usize>,
    /// Its value.
    pub value: f32,
}

/// One number changed by a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Update {
    /// Which of the model's parameters, as an index into its list of them.
    pub parameter: usize,
    /// The user or item it belongs to.
    pub row: usize,
    /// The component within a latent vector; 0 for a bias.
    pub column: usize,
    /// The value before the step.
    pub before: f32,
    /// The derivative of half the step's objective with respect to it, at the values it was computed
    /// from: those before the step, but where a step changes one parameter after another, the earlier
    /// ones already new. 0 for what a distribution is described by, where that is drawn.
    pub gradient: f32,
    /// The value after the step.
    pub after: f32,
}

/// How far one rating lies from a baseline that was estimated before training and then frozen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Rest {
    /// The item rated.
    pub item: usize,
    /// r_uj - b~_uj.
    pub value: f32,
}

/// A regularized linear system that a step solves.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct System {
    /// How the model writes it.
    pub written: &'static Written,
    /// Whether the vector is drawn around the solution; else it becomes the solution.
    pub drawn: bool,
    /// The symmetric matrix, row by row.
    pub matrix: Vec<f32>,
    /// The right side; its length is the size of the system.
    pub right: Vec<f32>,
    /// The solution, or nothing where the matrix is singular.
    pub solution: Option<Vec<f32>>,
}

/// A linear system as a model writes it, as LaTeX.
#[derive(Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Written {
    /// The matrix.
    pub matrix: &'static str,
    /// What is solved for.
    pub unknown: &'static str,
    /// The right side.
    pub right: &'static str,
    /// What both abbreviate.
    pub abbreviation: Option<&'static str>,
}

/// A user, an item that the user prefers, and another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Triple {
    /// The user.
    pub u: usize,
    /// The item that is preferred.
    pub preferred: usize,
    /// The item that it is preferred to.
    pub other: usize,
}

/// What one layer of a network made of a batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Layer {
    /// Its symbol as LaTeX.
    pub latex: &'static str,
    /// How many numbers it has for one rating.
    pub units: usize,
    /// Those numbers, rating by rating.
    pub values: Vec<f32>,
    /// The derivative of half the batch's objective with respect to each.
    pub slopes: Vec<f32>,
}

/// What a step is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// One rating: user, item and r_ui.
    Rating(Rating),
    /// All ratings of one user.
    User(usize),
    /// All ratings of one item.
    Item(usize),
    /// The vectors of all users or of all items together.
    Vectors(Axis),
    /// That a user prefers one item to another.
    Triple(Triple),
    /// Several ratings at once.
    Batch(Vec<Rating>),
}

/// One explained step: everything a lesson draws comes from here.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Step {
    /// The rating, user or item it learns from.
    pub subject: Subject,
    /// The prediction's addends (for a rating), or the parts of a closed form (for a user or item).
    pub terms: Vec<Term>,
    /// Every changed number, in the order of the changes.
    pub updates: Vec<Update>,
    /// What the ratings of the same user that weigh in the step leave of a frozen baseline; empty in
    /// models without one.
    pub rests: Vec<Rest>,
    /// What the layers of a network made of the batch; empty in models without layers.
    pub layers: Vec<Layer>,
    /// The linear system solved, where there is one; for a draw its precision matrix, and the mean as
    /// the solution.
    pub system: Option<System>,
    /// The part of the objective that the step lessens, before the step: for a rating
    /// e^2 + lambda times the squares of what it touches; for a user or item all squared errors +
    /// lambda times the squares of its own parameters.
    pub objective: f64,
    /// Whether it counts: what changes follows from the ratings directly, without an objective, and the
    /// gradients say nothing.
    pub counts: bool,
    /// How many numbers a row of each parameter has; those beyond are padding and not kept.
    #[serde(skip)]
    columns: Vec<usize>,
}

impl Step {
    /// An empty record for a model with these parameters.
    pub fn new(subject: Subject, parameters: &[Parameter]) -> Self {
        Self {
            subject,
            terms: Vec::new(),
            updates: Vec::new(),
            rests: Vec::new(),
            layers: Vec::new(),
            system: None,
            objective: 0.0,
            counts: false,
            columns: parameters.iter().map(|parameter| parameter.columns).collect(),
        }
    }

    /// The sum of the terms: r^_ui where the subject is a rating.
    pub fn prediction(&self) -> f32 {
        self.terms.iter().map(|term| term.value).sum()
    }
}

/// Somebody who may listen while a model predicts or learns.
pub trait Listen {
    /// Whether anything is kept. What is computed for a listener only is skipped where this is false.
    const HEARS: bool = false;

    /// An addend of the prediction, or a part of a closed form.
    #[inline]
    fn term(&mut self, _addend: &'static Addend, _value: f32) {}

    /// A part of a closed form that each component of a vector has.
    #[inline]
    fn component(&mut self, _addend: &'static Addend, _k: usize, _value: f32) {}

    /// A changed number: returns `after`. The gradient is computed only where somebody hears it.
    #[inline]
    fn update(
        &mut self,
        _at: Place,
        _before: f32,
        _gradient: impl FnOnce() -> f32,
        after: f32,
    ) -> f32 {
        after
    }

    /// A rating that weighs in the step by how far it lies from a frozen baseline.
    #[inline]
    fn rest(&mut self, _item: usize, _value: f32) {}

    /// A linear system and its solution.
    #[inline]
    fn system(&mut self, _system: impl FnOnce() -> System) {}

    /// What the layers of a network made of a batch.
    #[inline]
    fn layers(&mut self, _layers: impl FnOnce() -> Vec<Layer>) {}

    /// The step's objective before the step.
    #[inline]
    fn objective(&mut self, _value: impl FnOnce() -> f64) {}
}

/// Where in a model's parameters a number stands.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Index into the model's list of parameters.
    pub parameter: usize,
    /// User or item.
    pub row: usize,
    /// Component of a latent vector.
    pub column: usize,
}

impl Listen for () {}

impl Listen for Step {
    const HEARS: bool = true;

    fn term(&mut self, addend: &'static Addend, value: f32) {
        self.terms.push(Term { addend, component: None, value });
    }

    fn component(&mut self, addend: &'static Addend, k: usize, value: f32) {
        self.terms.push(Term { addend, component: Some(k), value });
    }

    fn update(
        &mut self,
        at: Place,
        before: f32,
        gradient: impl FnOnce() -> f32,
        after: f32,
    ) -> f32 {
        if at.column < self.columns[at.parameter] {
            self.updates.push(Update {
                parameter: at.parameter,
                row: at.row,
                column: at.column,
                before,
                gradient: gradient(),
                after,
            });
        }
        after
    }

    fn rest(&mut self, item: usize, value: f32) {
        self.rests.push(Rest { item, value });
    }

    fn system(&mut self, system: impl FnOnce() -> System) {
        self.system = Some(system());
    }

    fn layers(&mut self, layers: impl FnOnce() -> Vec<Layer>) {
        self.layers = layers();
    }

    fn objective(&mut self, value: impl FnOnce() -> f64) {
        self.objective = value();
    }
}

/// Why a prediction is what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Explanation {
    /// The addends; their sum is the prediction before it is clamped to the rating scale.
    pub terms: Vec<Term>,
    /// What single items the user rated contribute, largest first, where the model can tell: the item
    /// and its share.
    pub because: Vec<(usize, f32)>,
    /// What such a share is, in a model that can tell.
    pub share: Option<RatedShare>,
}

/// What each item that the user rated adds to a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct RatedShare {
    /// As LaTeX, in the symbols of the model's formula; j is the rated item.
    pub latex: &'static str,
    /// In words, to stand before the formula.
    pub words: &'static str,
    /// The addends that the shares of all rated items together sum to.
    pub of: &'static [&'static Addend],
}

impl RatedShare {
    /// The words where the formula says enough.
    pub const EACH: &str = "What each rated film j adds:";
}

impl Explanation {
    /// Puts the items that speak for the prediction in order.
    pub(crate) fn largest_first(&mut self) {
        sort::by(&mut self.because, &|a, b| b.1.total_cmp(&a.1));
    }
}

impl Listen for Explanation {
    const HEARS: bool = true;

    fn term(&mut self, addend: &'static Addend, value: f32) {
        self.terms.push(Term { addend, component: None, value });
    }
}
