//! Files on their way from a page into the engine, piece by piece.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use super::{Data, to_js};
use crate::data::load::{Options, Reading, Source, load_heard, preview};

/// Files that are handed over in pieces, so that none of them is whole twice.
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

    /// Begins a file of about this many bytes.
    pub fn file(&mut self, name: String, bytes: f64) -> Result<(), JsError> {
        let mut source = Source { name, bytes: Vec::new() };
        // What a page says of the size is a hint; more is taken as it comes.
        source.bytes.try_reserve_exact(bytes as usize).map_err(|_| too_large(&source))?;
        self.0.push(source);
        Ok(())
    }

    /// The next bytes of the file that was begun last.
    pub fn chunk(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let source = self.0.last_mut().ok_or_else(|| JsError::new("no file has been begun"))?;
        source.bytes.try_reserve(bytes.len()).map_err(|_| too_large(source))?;
        source.bytes.extend_from_slice(bytes);
        Ok(())
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

fn too_large(source: &Source) -> JsError {
    let name = &source.name;
    JsError::new(&format!(
        "{name}: more bytes than fit into the memory of a tab; take a sample of the ratings, or the \
         command line"
    ))
}
