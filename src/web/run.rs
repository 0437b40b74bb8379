//! A training in a page's hands.

use std::cell::{Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Data, chart, parameters, performance_now, predictions, spec, to_js};
use crate::chart::{Draw, Lines, Series, WIDE};
use crate::data::{Dataset, Ratings, Stars, split};
use crate::eval::{Measures, Metric};
use crate::explore::{Scored, favorites, top_n};
use crate::models::{Spec, Task, fingerprint};
use crate::train::{Epoch, Progress, Training};

/// A model in training on a data set. What only some models can tell is asked of the objects of their
/// families, which see the model as it stands when they are asked.
#[wasm_bindgen]
pub struct Run(pub(super) Shared);

/// A training with its data, shared by its run and the objects of the model's families.
#[derive(Clone)]
pub(super) struct Shared {
    training: Rc<RefCell<Training>>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) spec: Rc<Spec>,
}

/// An item with everything a table shows of it.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct Film {
    /// Dense index.
    pub item: usize,
    /// Title as text.
    pub title: String,
    /// Year, where known.
    pub year: Option<u16>,
    /// Genres.
    pub genres: Vec<String>,
    /// The rating, predicted (not clamped) or given.
    pub rating: f32,
    /// How many ratings the item has in the whole data set.
    pub count: usize,
}

#[wasm_bindgen]
impl Run {
    /// A model at its start values. `settings` are `name=value`. `split` is `everything`, `latest` (each
    /// user's five latest ratings are held back; needs timestamps), `time` (the latest fifth of all ratings is;
    /// needs timestamps too) or a share between 0 and 1 that is
    /// held back at random: `split_seed` decides which, or the seed where none is given. The seed decides
    /// start values and order of visits. `validation` is the share of the training set that is taken out
    /// of it, for choosing.
    #[wasm_bindgen(constructor)]
    pub fn new(
        data: &Data,
        model: &str,
        settings: Vec<String>,
        split: &str,
        seed: u32,
        split_seed: Option<u32>,
        validation: Option<f64>,
    ) -> Result<Run, JsError> {
        let dataset = Arc::clone(&data.0);
        let spec = spec(model, &settings)?;
        spec.check(&dataset.ratings)?;
        let split_seed = split_seed.unwrap_or(seed).into();
        let mut split = divide(&dataset.ratings, split, split_seed)?;
        if let Some(share) = validation {
            split = split.with_validation(share, split_seed);
        }
        let now = performance_now()?;
        let training = Training::new(&spec, split, seed.into(), now)?;
        let (training, spec) = (Rc::new(RefCell::new(training)), Rc::new(spec));
        Ok(Self(Shared { training, dataset, spec }))
    }

    /// One pass and one measurement; throws, with the last good model kept, where it diverges.
    #[wasm_bindgen(unchecked_return_type = "Epoch")]
    pub fn pass(&mut self) -> Result<JsValue, JsError> {
        let epoch = *self.0.training.borrow_mut().pass()?;
        to_js(&epoch)
    }

    /// Goes on for about so many milliseconds. Says how much of the pass at hand is done, as a share: 1 where it
    /// is over and measured. Throws as `pass` does.
    pub fn advance(&mut self, milliseconds: f64) -> Result<f64, JsError> {
        let progress = self.0.training.borrow_mut().advance_for(milliseconds / 1000.0)?;
        Ok(match progress {
            Progress::Within { done, of } => done as f64 / of as f64,
            Progress::Passed => 1.0,
        })
    }

    /// Leaves a pass unfinished: the model is that of the last finished epoch.
    pub fn abandon(&mut self) {
        self.0.training.borrow_mut().abandon();
    }

    /// How many passes a full training takes.
    #[wasm_bindgen(getter)]
    pub fn epochs(&self) -> usize {
        self.0.spec.epochs()
    }

    /// The start and every pass so far.
    #[wasm_bindgen(unchecked_return_type = "Epoch[]")]
    pub fn history(&self) -> Result<JsValue, JsError> {
        to_js(self.0.training().history())
    }

    /// What a reader of the errors and parameters should know beside them, in sentences.
    pub fn remarks(&self) -> Vec<String> {
        self.0.training().remarks()
    }

    /// The hash of all parameters.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.0.training().model())
    }

    /// A hash of settings, ratings, seed, parameters and predictions: see `factorscope::receipt`.
    pub fn receipt(&self) -> String {
        self.0.training().receipt().unwrap_or_default()
    }

    /// What the model is judged by over the epochs, on each part where that is measured.
    #[wasm_bindgen(unchecked_return_type = "Chart | undefined")]
    pub fn chart(&self, train: &[u8], validation: &[u8], test: &[u8]) -> Result<JsValue, JsError> {
        let metric = Metric::main(self.0.spec.entry().task);
        let training = self.0.training();
        let channel = |color: &[u8], n: usize| color.get(n).copied().unwrap_or(0);
        let line = |color: &[u8], part: &dyn Fn(&Epoch) -> Option<Measures>| Series {
            color: (channel(color, 0), channel(color, 1), channel(color, 2)),
            points: (training.history().iter())
                .filter_map(|epoch| Some((epoch.epoch as f64, part(epoch)?.get(metric.id)?)))
                .collect(),
        };
        let mut series = Vec::new();
        if metric.of_training {
            series.push(line(train, &|epoch| Some(epoch.train)));
        }
        if training.split().validation.is_some() {
            series.push(line(validation, &|epoch| epoch.validation));
        }
        series.push(line(test, &|epoch| Some(epoch.test)));
        let lines = Lines {
            x_label: "epoch".into(),
            y_label: metric.title(),
            series,
            x_at_least: self.0.spec.epochs() as f64,
            x_log: false,
        };
        chart(lines.svg(WIDE))
    }

    /// The `n` unrated items with the highest predictions for user `u`, of those with at least `least`
    /// training ratings.
    #[wasm_bindgen(unchecked_return_type = "Film[]")]
    pub fn recommend(&self, u: usize, n: usize, least: usize) -> Result<JsValue, JsError> {
        self.0.check(u, 0)?;
        // What was held back for testing is rated too: nobody is recommended what they have seen.
        let unseen = |scored: &Scored| self.0.dataset.ratings.get(u, scored.item).is_none();
        let training = self.0.training();
        let train = &training.split().train;
        let held_back = self.0.dataset.ratings.row(u).len() - train.row(u).len();
        let top = top_n(training.model(), train, u, n + held_back, least);
        self.0.films(top.into_iter().filter(unseen).take(n))
    }

    /// The `n` items that user `u` rated highest.
    #[wasm_bindgen(unchecked_return_type = "Film[]")]
    pub fn favorites(&self, u: usize, n: usize) -> Result<JsValue, JsError> {
        self.0.check(u, 0)?;
        self.0.films(favorites(self.0.dataset.ratings.row(u), n).into_iter())
    }

    /// The addends of one prediction, and which rated items speak for it.
    #[wasm_bindgen(unchecked_return_type = "Explanation")]
    pub fn explain(&self, u: usize, i: usize) -> Result<JsValue, JsError> {
        self.0.check(u, i)?;
        to_js(&self.0.training().model().explain(u, i))
    }

    /// Every prediction of a small data set, row by row, not clamped.
    pub fn predictions(&self) -> Vec<f32> {
        let ratings = &self.0.dataset.ratings;
        predictions(self.0.training().model(), ratings.users(), ratings.items())
    }

    /// All parameters.
    #[wasm_bindgen(unchecked_return_type = "ParameterValues[]")]
    pub fn parameters(&self) -> Result<JsValue, JsError> {
        parameters(self.0.training().model())
    }

    /// The squared errors plus the penalties.
    pub fn objective(&self) -> f64 {
        self.0.training().model().objective()
    }
}

impl Shared {
    /// The training, which nothing changes as long as this is held.
    pub(super) fn training(&self) -> Ref<'_, Training> {
        self.training.borrow()
    }

    /// The scale that the model learns on: plain where it takes ratings as they are.
    pub(super) fn stars(&self) -> Stars {
        match self.spec.entry().task {
            Task::Rating => self.training().split().train.stars(),
            Task::Ranking => Stars::PLAIN,
        }
    }

    /// Whether there are such a user and item.
    pub(super) fn check(&self, u: usize, i: usize) -> Result<(), JsError> {
        let ratings = &self.dataset.ratings;
        if u < ratings.users() && i < ratings.items() {
            return Ok(());
        }
        Err(JsError::new("there is no such user or item"))
    }

    /// Everything a table shows of an item.
    pub(super) fn film(&self, Scored { item, rating }: Scored) -> Film {
        let known = &self.dataset.catalogue[item];
        Film {
            item,
            title: known.title.clone(),
            year: known.year,
            genres: known.genres.clone(),
            rating,
            count: self.dataset.ratings.column(item).len(),
        }
    }

    /// The same of several.
    pub(super) fn films(&self, scored: impl Iterator<Item = Scored>) -> Result<JsValue, JsError> {
        to_js(&scored.map(|scored| self.film(scored)).collect::<Vec<_>>())
    }
}

fn divide(all: &Arc<Ratings>, split: &str, seed: u64) -> Result<split::Split, JsError> {
    if split == "everything" {
        return Ok(split::everything(all));
    }
    if split == "latest" {
        return split::latest(all, 5)
            .ok_or_else(|| JsError::new("this data set has no timestamps, so nothing is latest"));
    }
    if split == "time" {
        return split::future(all, 0.2)
            .ok_or_else(|| JsError::new("this data set has no timestamps, so nothing is later"));
    }
    match split.parse::<f64>() {
        Ok(share) if (0.0..1.0).contains(&share) => Ok(split::holdout(all, share, seed)),
        _ => Err(JsError::new(&format!("there is no split `{split}`"))),
    }
}
