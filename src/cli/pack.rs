//! `pack`: a data set in the form that the site ships.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::args::PackArgs;
use super::input::{Summary, open};
use super::{Failure, json};
use factorscope::data::compact::encode;
use factorscope::data::load::Loaded;

/// Writes the compact form and says what is in it.
pub fn pack(args: &PackArgs) -> Result<String, Failure> {
    let Loaded { dataset, report: notes } = open(&args.data, &args.read)?;
    write(&args.out, &encode(&dataset)).map_err(|err| {
        let out = args.out.display();
        Failure::input(format!(
            "{out} cannot be written: {err}; check the folder and its permissions"
        ))
    })?;
    json(&Summary::of(&dataset, notes))
}

/// Writes a file whole or not at all: beside it first, then under its name.
fn write(out: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = out
        .file_name()
        .ok_or_else(|| io::Error::other("this is not the name of a file"))?
        .to_owned();
    name.push(format!(".part-{}", std::process::id()));
    let part = out.with_file_name(name);
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, out)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}
