//! The JavaScript boundary: the only module that knows there is a browser.
//!
//! Numbers and strings come in, plain structs go out; the structs' TypeScript types are generated from
//! the Rust ones. Every method of an object that a page holds is total: bad arguments give an `Error`
//! with a sentence, never a panic.

#![expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands lists over as owned")]

mod cold;
mod cross;
mod data;
mod families;
mod run;
mod upload;
mod walk;

pub use data::Data;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::chart::{Bin, Chart, Draw, Histogram, Lines, Series, WIDE};
use crate::eval::METRICS;
use crate::models::{Model, REGISTRY, Spec};

/// Types that the structs use and that Rust spells otherwise.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"
/** Values of one parameter of a model, row by row without padding. */
export interface ParameterValues {
  name: string;
  /** As LaTeX, whole and in its parts: p_u is p by u; without an index where there is one for everything. */
  symbol: string;
  base: string;
  index: string;
  axis: Axis;
  rows: number;
  columns: number;
  values: Float32Array;
  /** Where a row is a list of neighbors: the user or item each value belongs to; 2^32 - 1 is nobody. */
  of: Uint32Array | undefined;
}

/** What was measured of a model on some ratings; what was not is absent. */
export type Measures = Partial<Record<MetricId, number>>;
";

/// Hands a panic's message to the console before the instance dies; the page then starts a new one.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&format!("factorscope panicked: {info}").into());
    }));
}

/// All models with their formulas and hyperparameters.
#[wasm_bindgen(unchecked_return_type = "Entry[]")]
pub fn registry() -> Result<JsValue, JsError> {
    to_js(REGISTRY)
}

/// All that is measured, the first of each task being what its models are judged by.
#[wasm_bindgen(unchecked_return_type = "Metric[]")]
pub fn metrics() -> Result<JsValue, JsError> {
    to_js(METRICS)
}

/// A chart of lines. `lengths` says how many points each line has, `points` holds x and y in turn,
/// `colors` red, green and blue in turn. Nothing where no point is finite.
#[wasm_bindgen(js_name = lineChart, unchecked_return_type = "Chart | undefined")]
pub fn line_chart(
    x_label: String,
    y_label: String,
    lengths: &[u32],
    points: &[f64],
    colors: &[u8],
    x_log: bool,
) -> Result<JsValue, JsError> {
    let mut rest = points.chunks_exact(2).map(|point| (point[0], point[1]));
    let mut color = colors.chunks_exact(3).map(|c| (c[0], c[1], c[2]));
    let series = lengths.iter().map(|&n| Series {
        color: color.next().unwrap_or_default(),
        points: rest.by_ref().take(n as usize).collect(),
    });
    let lines = Lines { x_label, y_label, series: series.collect(), x_at_least: 0.0, x_log };
    chart(lines.svg(WIDE))
}

/// A chart of bars. `edges` are one more than `heights`; `curve` holds x and y in turn; `marks` are
/// values marked from bottom to top; `colors` are red, green and blue of the bars, of the curve, and of
/// each mark in turn. Nothing where there is nothing finite.
#[wasm_bindgen(js_name = histogramChart, unchecked_return_type = "Chart | undefined")]
pub fn histogram_chart(
    x_label: String,
    y_label: String,
    edges: &[f64],
    heights: &[f64],
    curve: &[f64],
    marks: &[f64],
    colors: &[u8],
) -> Result<JsValue, JsError> {
    let mut color = colors.chunks_exact(3).map(|c| (c[0], c[1], c[2]));
    let mut next = || color.next().unwrap_or_default();
    let bins = edges.windows(2).zip(heights);
    let points = curve.chunks_exact(2).map(|point| (point[0], point[1]));
    let histogram = Histogram {
        x_label,
        y_label,
        bins: bins.map(|(edge, &height)| Bin { from: edge[0], to: edge[1], height }).collect(),
        color: next(),
        curves: vec![Series { color: next(), points: points.collect() }],
        marks: marks.iter().map(|&mark| (mark, next())).collect(),
    };
    chart(histogram.svg(WIDE))
}

fn chart(chart: Option<Chart>) -> Result<JsValue, JsError> {
    chart.map_or(Ok(JsValue::UNDEFINED), |chart| to_js(&chart))
}

fn spec(model: &str, settings: &[String]) -> Result<Spec, JsError> {
    Ok(Spec::with(model, settings.iter().map(String::as_str))?)
}

fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    Ok(value.serialize(&serializer)?)
}

/// The `ParameterValues[]` of a model.
fn parameters(model: &dyn Model) -> Result<JsValue, JsError> {
    let list = js_sys::Array::new();
    for parameter in model.parameters() {
        let values: Vec<f32> = parameter.rows().flatten().copied().collect();
        let object = js_sys::Object::new();
        let set = |key: &str, value: JsValue| js_sys::Reflect::set(&object, &key.into(), &value);
        let rows = values.len() / parameter.columns.max(1);
        for (key, value) in [
            ("name", parameter.name.into()),
            ("symbol", parameter.symbol.latex().into()),
            ("base", parameter.symbol.base.into()),
            ("index", parameter.symbol.index.into()),
            ("axis", to_js(&parameter.axis)?),
            ("rows", (rows as f64).into()),
            ("columns", (parameter.columns as f64).into()),
            ("values", js_sys::Float32Array::from(&values[..]).into()),
            (
                "of",
                parameter.of.map_or(JsValue::UNDEFINED, |of| js_sys::Uint32Array::from(of).into()),
            ),
        ] {
            set(key, value).map_err(|_| JsError::new("a plain object refused a property"))?;
        }
        list.push(&object);
    }
    Ok(list.into())
}

/// r^_ui of every pair, user by user, not clamped; for small data.
fn predictions(model: &dyn Model, users: usize, items: usize) -> Vec<f32> {
    let all: Vec<u32> = (0..items as u32).collect();
    let mut cells = vec![0.0; users * items];
    if items > 0 {
        for (u, row) in cells.chunks_exact_mut(items).enumerate() {
            model.predict_many(u, &all, row);
        }
    }
    cells
}

/// The clock of the page or worker, in seconds.
fn performance_now() -> Result<impl Fn() -> f64 + 'static, JsError> {
    let missing = || JsError::new("this browser has no performance clock");
    let global = js_sys::global();
    let clock = js_sys::Reflect::get(&global, &"performance".into()).map_err(|_| missing())?;
    let clock: web_sys::Performance = clock.dyn_into().map_err(|_| missing())?;
    Ok(move || clock.now() / 1000.0)
}
