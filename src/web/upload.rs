//! Files that a page hands to the engine, which reads them piece by piece.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use super::{Data, to_js};
use crate::data::load::{Options, Reading, Source, load_heard, preview};

/// Files that stay where they are: no more than a piece of them is ever in memory.
#[wasm_bindgen]
#[derive(Default)]
pub struct Upload(Vec<Source>);

#[wasm_bindgen]
impl Upload {
    /// No file yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file of this many bytes, of which `read` hands over those from one position up to another.
    pub fn file(
        &mut self,
        name: String,
        bytes: f64,
        #[wasm_bindgen(unchecked_param_type = "(from: number, to: number) => Uint8Array")]
        read: js_sys::Function,
    ) {
        let read = move |from: u64, buffer: &mut [u8]| {
            let to = from + buffer.len() as u64;
            let part = read.call2(&JsValue::UNDEFINED, &(from as f64).into(), &(to as f64).into());
            let part: js_sys::Uint8Array = part.and_then(JsCast::dyn_into).map_err(said)?;
            if part.length() as usize != buffer.len() {
                return Err("it ends too early".to_owned());
            }
            part.copy_to(buffer);
            Ok(())
        };
        self.0.push(Source::in_pieces(name, bytes as u64, read));
    }

    /// The data set in the files; throws a sentence with the place and the remedy. The options say what
    /// the content does not decide; `tell` hears now and then how many ratings have been taken, once it is
    /// known of how many.
    pub fn load(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Partial<Options> | undefined")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "(done: number, of: number) => unknown")]
        tell: &js_sys::Function,
    ) -> Result<Data, JsError> {
        let heard = |reading: Reading| {
            if let Reading::Filling { done, of } = reading {
                let [done, of] = [done, of].map(|n| JsValue::from(n as f64));
                // Whoever is told cannot stop the reading.
                let _ = tell.call2(&JsValue::UNDEFINED, &done, &of);
            }
        };
        let loaded = load_heard(&self.0, &read(options)?, &heard)?;
        Ok(Data(Arc::new(loaded.dataset), loaded.report))
    }

    /// The first rows of what `load` would read, and what their columns would be taken for.
    #[wasm_bindgen(unchecked_return_type = "Preview")]
    pub fn preview(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Partial<Options>")] options: JsValue,
    ) -> Result<JsValue, JsError> {
        to_js(&preview(&self.0, &read(options)?)?)
    }
}

fn read(options: JsValue) -> Result<Options, JsError> {
    if options.is_undefined() || options.is_null() {
        return Ok(Options::default());
    }
    Ok(serde_wasm_bindgen::from_value(options)?)
}

/// What was thrown, in words.
fn said(thrown: JsValue) -> String {
    let error = thrown.dyn_into::<js_sys::Error>();
    error.map_or_else(|_| "it is gone".to_owned(), |error| String::from(error.message()))
}
