//! The command line: the same engine as the site.

#[cfg(not(target_arch = "wasm32"))]
mod cli;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    cli::main()
}

/// A browser has no command line.
#[cfg(target_arch = "wasm32")]
fn main() {}
