//! Builds the WebAssembly package: the library for `wasm32-unknown-unknown` in release, then
//! wasm-bindgen as a library, so that its version is the one in `Cargo.lock`.
//!
//!     cargo run -p xtask --profile xtask -- wasm OUT_DIR [PROFILE]
//!
//! `PROFILE` is `release` unless another one is named; `tune` compiles in a fraction of the time.

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
const NAME: &str = "factorscope";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let done = match arguments.as_slice() {
        [task, out] if task == "wasm" => wasm(Path::new(out), OsStr::new("release")),
        [task, out, profile] if task == "wasm" => wasm(Path::new(out), profile),
        _ => Err("usage: cargo run -p xtask --profile xtask -- wasm OUT_DIR [PROFILE]".into()),
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
fn wasm(out: &Path, profile: &OsStr) -> Result<(), Box<dyn Error>> {
    let module = compile(profile)?;
    Bindgen::new().input_path(module).out_name(NAME).web(true)?.typescript(true).generate(out)?;
    Ok(())
}

/// Compiles the library and answers where cargo put it.
fn compile(profile: &OsStr) -> Result<PathBuf, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--package", NAME, "--lib", "--profile"])
        .arg(profile)
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
