//! What only the models with time can tell a page: biases over the years.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::chart::{Chart, Dates, Draw, Series, WIDE, dates};
use crate::explore::Scored;
use crate::models::timesvd::TimeSvd;
use crate::sort;
use crate::web::to_js;

use super::Family;

/// A bias over the years. Dates are years with their fractions.
#[derive(Debug, Serialize, tsify::Tsify)]
pub struct BiasCurve {
    /// The chart, or nothing where there is nothing to draw.
    pub chart: Option<Chart>,
    /// The bias: of an item in steps, of a user without the days' own.
    pub line: Vec<(f64, f64)>,
    /// From the first to the last of its dates: the part of the bias that no date changes.
    pub constant: Vec<(f64, f64)>,
    /// Of a user: the bias of each day with training ratings.
    pub days: Vec<(f64, f64)>,
    /// What the ratings say: of each bin or day the mean of r less everything else but the vectors.
    pub seen: Vec<(f64, f64)>,
    /// How many training ratings there are.
    pub count: usize,
}

/// A user and on how many days the user has training ratings.
#[derive(Debug, Clone, Serialize, tsify::Tsify)]
pub struct Regular {
    /// Dense index.
    pub user: usize,
    /// The id in the data.
    pub id: String,
    /// Days with training ratings.
    pub days: usize,
    /// From the first to the last, in years.
    pub years: f64,
}

/// Points of a user's curve.
const POINTS: u32 = 80;

/// A model whose parameters change with time.
#[wasm_bindgen]
pub struct Time(pub(super) Family<TimeSvd>);

#[wasm_bindgen]
impl Time {
    /// `b_i(t)` over the years; `colors` are those of the line, of the dots and of the constant, red,
    /// green and blue in turn.
    #[wasm_bindgen(js_name = itemCurve, unchecked_return_type = "BiasCurve")]
    pub fn item_curve(&self, i: usize, colors: &[u8]) -> Result<JsValue, JsError> {
        self.0.shared.check(0, i)?;
        let model = self.0.model();
        let bins = model.item_curve(i);
        let mut line = Vec::new();
        for &(from, to, bias) in &bins {
            line.push((dates::year(from), f64::from(bias)));
            line.push((dates::year(to), f64::from(bias)));
        }
        let rest = model.item_rest(i);
        let mut seen = Vec::new();
        for &(from, to, _) in &bins {
            let within = rest.iter().filter(|(day, _)| (from..to).contains(&f64::from(*day)));
            let values: Vec<f32> = within.map(|&(_, value)| value).collect();
            seen.extend(mean(&values).map(|mean| (dates::year(f64::midpoint(from, to)), mean)));
        }
        let constant = self.constant("b_i", i);
        self.curve("bias of the film", (line, constant), Vec::new(), seen, rest.len(), colors)
    }

    /// `b_u(t)` over the years; see [`Time::item_curve`].
    #[wasm_bindgen(js_name = userCurve, unchecked_return_type = "BiasCurve")]
    pub fn user_curve(&self, u: usize, colors: &[u8]) -> Result<JsValue, JsError> {
        self.0.shared.check(u, 0)?;
        let model = self.0.model();
        let days = model.user_days(u);
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            let nothing = (Vec::new(), 0.0);
            return self.curve("bias of the user", nothing, Vec::new(), Vec::new(), 0, colors);
        };
        let (first, last) = (f64::from(first.0), f64::from(last.0));
        let at = |n: u32| first + (last - first) * f64::from(n) / f64::from(POINTS);
        let line = (0..=POINTS).map(at);
        let line =
            line.map(|day| (dates::year(day), f64::from(model.user_drift(u, day)))).collect();
        let rest = model.user_rest(u);
        let mut seen = Vec::new();
        for &(day, _) in &days {
            let of_day = rest.iter().filter(|(d, _)| *d == day);
            let values: Vec<f32> = of_day.map(|&(_, value)| value).collect();
            seen.extend(mean(&values).map(|mean| (dates::year(f64::from(day)), mean)));
        }
        let of_days = |&(day, bias): &(u32, f32)| (dates::year(f64::from(day)), f64::from(bias));
        let days = days.iter().map(of_days).collect();
        let constant = self.constant("b_u", u);
        self.curve("bias of the user", (line, constant), days, seen, rest.len(), colors)
    }

    /// The `n` users with training ratings on most days.
    #[wasm_bindgen(js_name = regulars, unchecked_return_type = "Regular[]")]
    pub fn regulars(&self, n: usize) -> Result<JsValue, JsError> {
        let (shared, model) = (&self.0.shared, self.0.model());
        let line = model.timeline();
        let ids = shared.dataset.ratings.user_ids();
        let mut all: Vec<Regular> = (0..shared.dataset.ratings.users())
            .filter_map(|user| {
                let days = line.days_of(user);
                let years = f64::from(days.last()? - days.first()?) / 365.2425;
                Some(Regular { user, id: ids.name(user).to_owned(), days: days.len(), years })
            })
            .collect();
        sort::by(&mut all, &|a, b| b.days.cmp(&a.days).then(a.user.cmp(&b.user)));
        all.truncate(n);
        to_js(&all)
    }

    /// The `n` items with most training ratings.
    #[wasm_bindgen(js_name = mostRated, unchecked_return_type = "Film[]")]
    pub fn most_rated(&self, n: usize) -> Result<JsValue, JsError> {
        let shared = &self.0.shared;
        let training = shared.training();
        let train = &training.split().train;
        let mut items: Vec<usize> = (0..train.items()).collect();
        let count = |i: usize| train.column(i).len();
        sort::by(&mut items, &|&i, &j| count(j).cmp(&count(i)).then(i.cmp(&j)));
        items.truncate(n);
        shared.films(items.into_iter().map(|item| Scored { item, rating: 0.0 }))
    }
}

impl Time {
    fn curve(
        &self,
        y_label: &str,
        (line, constant): (Vec<(f64, f64)>, f64),
        days: Vec<(f64, f64)>,
        seen: Vec<(f64, f64)>,
        count: usize,
        colors: &[u8],
    ) -> Result<JsValue, JsError> {
        // Biases are learned in stars and shown in the ratings' own units.
        let unit = f64::from(self.0.shared.stars().unit);
        let scaled = |points: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
            points.into_iter().map(|(x, y)| (x, unit * y)).collect()
        };
        let ends = line.first().into_iter().chain(line.last());
        let constant = scaled(ends.map(|&(at, _)| (at, constant)).collect());
        let (line, days, seen) = (scaled(line), scaled(days), scaled(seen));
        let color = |n: usize| {
            let channel = |at| colors.get(3 * n + at).copied().unwrap_or(0);
            (channel(0), channel(1), channel(2))
        };
        let series = |n, points: &[(f64, f64)]| Series { color: color(n), points: points.to_vec() };
        let drawing = Dates {
            y_label: y_label.into(),
            lines: vec![series(2, &constant), series(0, &line)],
            dots: vec![series(1, &seen), series(0, &days)],
        };
        to_js(&BiasCurve { chart: drawing.svg(WIDE), line, constant, days, seen, count })
    }

    /// The part of a bias that does not depend on the day.
    fn constant(&self, name: &str, row: usize) -> f64 {
        let training = self.0.shared.training();
        let parameters = training.model().parameters();
        let own = parameters.iter().find(|parameter| parameter.name == name);
        own.map_or(0.0, |own| f64::from(own.values[row]))
    }
}

fn mean(values: &[f32]) -> Option<f64> {
    let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
    (!values.is_empty()).then(|| sum / values.len() as f64)
}
