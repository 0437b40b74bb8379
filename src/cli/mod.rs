//! What the program does with its arguments: each command makes the text that goes to standard output,
//! or fails with one sentence and an exit code.

mod args;
mod cold;
mod cv;
mod input;
mod models;
mod newcomer;
mod pack;
mod recommend;
mod run;
mod text;
mod train;

use std::io::{ErrorKind, Write, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

use args::{Arguments, Command};
use factorscope::data::load::LoadError;
use factorscope::models::SpecError;
use factorscope::train::TrainError;
use factorscope::validation::FoldError;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Models(args) => models::models(&args),
        Command::Train(args) => train::train(&args),
        Command::Cv(args) => cv::cv(&args),
        Command::ColdStart(args) => cold::cold_start(&args),
        Command::Recommend(args) => recommend::recommend(&args),
        Command::Pack(args) => pack::pack(&args),
    };
    let failure = match result {
        Ok(output) => match print(&output) {
            Ok(()) => return ExitCode::SUCCESS,
            // A reader such as `head` may have enough before the end.
            Err(err) if err.kind() == ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Err(err) => Failure::input(format!("the output cannot be written: {err}")),
        },
        Err(failure) => {
            // The sentence below matters more than these numbers.
            let _ = print(&failure.output);
            failure
        }
    };
    // Where standard error is closed too, the exit code has to do.
    let _ = writeln!(stderr(), "error: {}", text::plain(&failure.message));
    ExitCode::from(failure.code)
}

fn print(output: &str) -> std::io::Result<()> {
    if output.is_empty() {
        return Ok(());
    }
    let mut stdout = stdout().lock();
    writeln!(stdout, "{}", output.trim_end())?;
    stdout.flush()
}

/// Why a command has no result.
#[derive(Debug)]
struct Failure {
    /// One sentence for standard error.
    message: String,
    /// 1 for bad input, 2 where the command line itself is wrong.
    code: u8,
    /// What is known nevertheless, for standard output.
    output: String,
}

impl Failure {
    /// The input, or what came of it, is no good.
    fn input(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1, output: String::new() }
    }

    /// The arguments do not fit together.
    fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, ..Self::input(message) }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::input(error.to_string())
    }
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        Self::input(error.to_string())
    }
}

impl From<FoldError> for Failure {
    fn from(error: FoldError) -> Self {
        Self::input(error.to_string())
    }
}

impl From<SpecError> for Failure {
    fn from(error: SpecError) -> Self {
        Self::usage(error.to_string())
    }
}

/// One JSON value on one line.
fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|err| Failure::input(err.to_string()))
}
