//! Files and folders on disk; not in the browser, which has none.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::choose::choose;
use super::files::File;
use super::{LoadError, Options, Source, plain};

/// A file, or those files of a folder that hold ratings, titles and genres, which are read when they are
/// loaded. Of all others only the beginnings are read. A subfolder `training_set`, as the Netflix Prize has, counts
/// as part of the folder.
///
/// # Errors
/// If a file cannot be read, or if no file or no single one holds ratings.
pub fn read_path(path: &Path) -> Result<Vec<Source>, LoadError> {
    read_path_with(path, &Options::default())
}

/// A file or the files of a folder as [`read_path`] finds them, as the options say.
///
/// # Errors
/// If a file cannot be read, or if no file or no single one holds ratings.
pub fn read_path_with(path: &Path, options: &Options) -> Result<Vec<Source>, LoadError> {
    if !fs::metadata(path).map_err(|err| unreadable(path, &err))?.is_dir() {
        let name = path.file_name().unwrap_or(path.as_os_str());
        return Ok(vec![source(plain(&name.to_string_lossy()), path)?]);
    }
    let folder = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut paths = files_of(path)?;
    let training_set = path.join("training_set");
    if training_set.is_dir() {
        paths.extend(files_of(&training_set)?);
    }
    let named = |file: PathBuf| {
        let shown = file.strip_prefix(path).unwrap_or(&file).to_string_lossy();
        Source::on_disk(plain(&format!("{folder}/{shown}")), file)
    };
    let mut sources: Vec<Source> = paths.into_iter().map(named).collect();
    let files: Vec<File<'_>> = sources.iter().map(File::of_folder).collect();
    let choice = choose(&files, &folder, options)?;
    let wanted: Vec<String> = choice.names().map(str::to_owned).collect();
    // In the order in which they count, as if each had been handed over.
    let place = |source: &Source| wanted.iter().position(|name| *name == source.name);
    sources.retain(|source| place(source).is_some());
    sources.sort_by_key(place);
    Ok(sources)
}

/// A file that is read when it is opened; what can be read only once, such as a pipe, is read now.
fn source(name: String, path: &Path) -> Result<Source, LoadError> {
    let mut file = fs::File::open(path).map_err(|err| unreadable(path, &err))?;
    if path.is_file() {
        return Ok(Source::on_disk(name, path.to_owned()));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|err| unreadable(path, &err))?;
    Ok(Source::new(name, bytes))
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
