//! Files and folders on disk; not in the browser, which hands over bytes.

use std::fs;
use std::path::{Path, PathBuf};

use super::choose::choose;
use super::files::File;
use super::{LoadError, Options, Source, plain};

/// Reads a file, or those files of a folder that hold ratings, titles and genres. Of all others only
/// the beginnings are read. A subfolder `training_set`, as the Netflix Prize has, counts
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
    let named = |file: &PathBuf| {
        let shown = file.strip_prefix(path).unwrap_or(file).to_string_lossy();
        plain(&format!("{folder}/{shown}"))
    };
    let names: Vec<String> = paths.iter().map(named).collect();
    let files = names.iter().zip(&paths).map(|(name, path)| File::on_disk(name, path));
    let files: Vec<File<'_>> = files.collect();
    let choice = choose(&files, &folder, options)?;
    let read = |name: &str| {
        let wanted = names.iter().position(|known| known == name);
        let file = wanted.map_or(path, |n| &paths[n]);
        let bytes = fs::read(file).map_err(|err| unreadable(file, &err))?;
        Ok(Source { name: name.to_owned(), bytes })
    };
    choice.names().map(read).collect()
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

fn unreadable(path: &Path, err: &std::io::Error) -> LoadError {
    LoadError::Unreadable { file: path.display().to_string(), reason: err.to_string() }
}
