//! Builds the WebAssembly package: the library for `wasm32-unknown-unknown` in release, then
//! wasm-bindgen as a library, so that its version is the one in `Cargo.lock`.
//!
//!     cargo run -p xtask --profile xtask -- wasm OUT_DIR

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
const NAME: &str = "factorscope";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let done = match arguments.as_slice() {
        [task, out] if task == "wasm" => wasm(Path::new(out)),
        _ => Err("usage: cargo run -p xtask --profile xtask -- wasm OUT_DIR".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `factorscope.js`, `factorscope.d.ts` and `factorscope_bg.wasm` to `out`.
fn wasm(out: &Path) -> Result<(), Box<dyn Error>> {
    let module = compile()?;
    Bindgen::new().input_path(module).out_name(NAME).web(true)?.typescript(true).generate(out)?;
    Ok(())
}

/// Compiles the library and answers where cargo put it.
fn compile() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--package", NAME, "--lib", "--release"])
        .args(["--target", TARGET])
        .args(["--message-format", "json-render-diagnostics"])
        // Flags from the environment would replace those in .cargo/config.toml.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("cargo could not build the library for {TARGET}").into());
    }
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message["reason"] == "compiler-artifact" && message["target"]["name"] == NAME
        })
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
        .ok_or_else(|| "cargo named no .wasm file".into())
}
