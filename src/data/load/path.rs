//! Files and folders on disk; not in the browser, which hands over bytes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::choose::choose;
use super::files::{File, HEAD};
use super::{LoadError, Options, Source, plain};

/// Reads a file, or those files of a folder that hold ratings, titles and genres. Only their
/// beginnings are read of all others. A subfolder `training_set`, as the Netflix Prize has, counts
/// as part of the folder.
///
/// # Errors
/// If a file cannot be read, or if no file or no single one holds ratings.
pub fn read_path(path: &Path) -> Result<Vec<Source>, LoadError> {
    read_path_with(path, &Options::default())
}

/// Reads a file or a folder as [`read_path`] does, as the options say.
///
/// # Errors
/// If a file cannot be read, or if no file or no single one holds ratings.
pub fn read_path_with(path: &Path, options: &Options) -> Result<Vec<Source>, LoadError> {
    if !fs::metadata(path).map_err(|err| unreadable(path, &err))?.is_dir() {
        let name = path.file_name().unwrap_or(path.as_os_str());
        return Ok(vec![Source {
            name: plain(&name.to_string_lossy()),
            bytes: fs::read(path).map_err(|err| unreadable(path, &err))?,
        }]);
    }
    let folder = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut paths = files_of(path)?;
    let training_set = path.join("training_set");
    if training_set.is_dir() {
        paths.extend(files_of(&training_set)?);
    }
    let mut heads = Vec::new();
    for file in &paths {
        let shown = file.strip_prefix(path).unwrap_or(file).to_string_lossy();
        heads.push(Source {
            name: plain(&format!("{folder}/{shown}")),
            bytes: head(file).map_err(|err| unreadable(file, &err))?,
        });
    }
    let files: Vec<File<'_>> = heads.iter().map(File::plain).collect();
    let choice = choose(&files, &folder, options)?;
    let mut sources = Vec::new();
    for name in choice.names() {
        let wanted = heads.iter().zip(&paths).find(|(head, _)| head.name == name);
        let file = wanted.map_or(path, |(_, file)| file);
        sources.push(Source {
            name: name.to_owned(),
            bytes: fs::read(file).map_err(|err| unreadable(file, &err))?,
        });
    }
    Ok(sources)
}

/// The files of a folder by name, without hidden ones.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|err| unreadable(folder, &err))? {
        let entry = entry.map_err(|err| unreadable(folder, &err))?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let path = entry.path();
        if path.is_file() && !is_hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(HEAD).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &Path, err: &std::io::Error) -> LoadError {
    LoadError::Unreadable { file: path.display().to_string(), reason: err.to_string() }
}
