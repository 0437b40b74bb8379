//! Small inputs of each form, written by hand.

mod archives;
mod damage;
mod duplicates;
mod formats;
mod pairs;
mod refusals;
mod sources;
mod users;

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::{Duplicates, LoadError, NoteKind, Options, Source, load, load_with};
use crate::data::{Dataset, Item};

/// In the form of MovieLens latest.
const LATEST: &str = "userId,movieId,rating,timestamp\r\n\
    1,10,4.0,1000000000\r\n1,30,0.5,1000000060\r\n2,10,5.0,1100000000\r\n";
const LATEST_MOVIES: &str = "movieId,title,genres\r\n\
    10,\"Long Way, The (1995)\",Adventure|Comedy\r\n20,Unrated (1999),Drama\r\n\
    30,Nowhere (2001) ,(no genres listed)\r\n";

fn source(name: &str, bytes: impl AsRef<[u8]>) -> Source {
    Source::new(name, bytes.as_ref())
}

fn load_one(name: &str, bytes: impl AsRef<[u8]>) -> Result<Dataset, LoadError> {
    load(&[source(name, bytes)])
}

/// The sentence with which a single file is refused.
fn refusal(name: &str, bytes: impl AsRef<[u8]>) -> String {
    load_one(name, bytes).unwrap_err().to_string()
}

/// The ratings with their original ids, in row order.
fn rows(dataset: &Dataset) -> Vec<(&str, &str, f32)> {
    let ratings = &dataset.ratings;
    let named = ratings.iter().map(|rating| {
        let user = ratings.user_ids().name(rating.u);
        (user, ratings.item_ids().name(rating.i), rating.r)
    });
    named.collect()
}

fn item(title: &str, year: Option<u16>, genres: &[&str]) -> Item {
    Item {
        title: title.to_owned(),
        year,
        genres: genres.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// A zip of deflated files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(files, CompressionMethod::DEFLATE, false)
}

fn zip_with(files: &[(&str, &[u8])], method: CompressionMethod, encrypted: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        let builder = archive.new_file(*name).compression_method(method);
        let (mut entry, config) = builder.encrypted(encrypted).start().unwrap();
        let descriptor = if method == CompressionMethod::DEFLATE {
            let encoder = DeflateEncoder::new(&mut entry, Compression::default());
            let mut writer = config.wrap(encoder);
            writer.write_all(content).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            writer.finish().unwrap().1
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}
