//! Thousands of damaged inputs from a fixed seed: an error or a data set, never a panic.

use rand::RngExt;

use super::super::{Options, load_pair, load_with};
use super::*;
use crate::data::compact;
use crate::random;

const INTERESTING: &[u8] = b"\0\n\r\",;:|\t 0-.\x7F\x80\xC3\xFE\xFFPKea";

/// A file's name and content.
type Content = (&'static str, Vec<u8>);

/// Inputs of each form, each with its files.
fn inputs() -> Vec<Vec<Content>> {
    fn content(name: &'static str, bytes: impl AsRef<[u8]>) -> Content {
        (name, bytes.as_ref().to_vec())
    }
    let dataset = load(&[source("ratings.csv", LATEST), source("movies.csv", LATEST_MOVIES)]);
    vec![
        vec![content("ratings.csv", LATEST), content("movies.csv", LATEST_MOVIES)],
        vec![
            content("u.data", "196\t1\t3\t881250949\n7\t2\t5\t881250950\n"),
            content("u.item", format!("1|A (1990)|01-Jan-1990||{}\n", "|1".repeat(19))),
            content("u.genre", "unknown|0\nAction|1\n"),
        ],
        vec![
            content("ratings.dat", "1::11::5::978300760\n1::12::3.5::978302109\n"),
            content(
                "movies.dat",
                b"11::Caf\xE9 (1999)::Drama|War\n12::B (1931)::Comedy\n".as_slice(),
            ),
        ],
        vec![
            content("mv_1.txt", "1:\n30878,4,2005-12-26\n6,3,1970-01-02\n"),
            content("movie_titles.txt", "1,2003,One, Two\n"),
        ],
        vec![content("t.tsv", "rating\titem\tuser\n4\t\"x\ty\"\tann\n2\tz\tbob\n")],
        vec![content("t.csv", "1;7;2005-09-06;4\n2;8;2005-09-07;2.5\n")],
        vec![content(
            "ml.zip",
            zip(&[
                ("ml/movies.csv", LATEST_MOVIES.as_bytes()),
                ("ml/ratings.csv", LATEST.as_bytes()),
            ]),
        )],
        vec![content("site.bin", compact::encode(&dataset.unwrap()))],
    ]
}

/// Loads, and if that succeeds, checks that the result holds together.
fn check(files: &[Content]) {
    let sources: Vec<Source> = files.iter().map(|(name, bytes)| source(name, bytes)).collect();
    let sources = sources.as_slice();
    if let Ok(dataset) = load(sources) {
        assert!(!dataset.ratings.is_empty());
        assert_eq!(dataset.catalogue.len(), dataset.ratings.items());
        assert!(dataset.ratings.iter().all(|rating| rating.r.is_finite()));
    }
    let _ = load_pair(sources, sources);
}

#[test]
fn no_truncation_panics() {
    for mut files in inputs() {
        for n in 0..files.len() {
            let whole = files[n].1.clone();
            for length in 0..whole.len() {
                files[n].1.truncate(length);
                check(&files);
                files[n].1.clone_from(&whole);
            }
        }
    }
}

#[test]
fn no_changed_inserted_or_removed_byte_panics() {
    let mut rng = random::stream(1, "damage");
    for files in inputs() {
        for _ in 0..600 {
            let mut damaged = files.clone();
            let file = rng.random_range(0..damaged.len());
            let bytes = &mut damaged[file].1;
            for _ in 0..rng.random_range(1..4) {
                let at = rng.random_range(0..bytes.len());
                let byte = INTERESTING[rng.random_range(0..INTERESTING.len())];
                match rng.random_range(0..4) {
                    0 => bytes[at] ^= 1 << rng.random_range(0..8),
                    1 => bytes[at] = byte,
                    2 => bytes.insert(at, byte),
                    _ if bytes.len() > 1 => drop(bytes.remove(at)),
                    _ => {}
                }
            }
            check(&damaged);
        }
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut rng = random::stream(2, "damage");
    for _ in 0..3000 {
        let length = rng.random_range(0..60);
        let any = |_| match rng.random_range(0..3) {
            0 => INTERESTING[rng.random_range(0..INTERESTING.len())],
            1 => b'0' + rng.random_range(0..10_u8),
            _ => rng.random::<u8>(),
        };
        let bytes: Vec<u8> = (0..length).map(any).collect();
        check(&[("any", bytes)]);
    }
}

/// Zips with files beside the ratings: what is lost of those must be said.
fn zips() -> Vec<Vec<u8>> {
    let movies = ("ml/movies.csv", LATEST_MOVIES.as_bytes());
    let latest = [movies, ("ml/ratings.csv", LATEST.as_bytes())];
    let items =
        format!("1|A (1990)|01-Jan-1990||{}\n2|B (1991)|||{}\n", "|1".repeat(3), "|0".repeat(3));
    let hundred = [
        ("u.data", b"196\t1\t3\t881250949\n7\t2\t5\t881250950\n".as_slice()),
        ("u.item", items.as_bytes()),
        ("u.genre", b"unknown|0\nAction|1\nWar|2\n"),
        ("u.user", b"196|49|M|writer|55105\n7|57|M|administrator|91344\n"),
    ];
    let million = [
        ("ratings.dat", b"1::11::5::978300760\n2::12::3::978302109\n".as_slice()),
        ("movies.dat", b"11::One (1999)::Drama|War\n12::Two (1931)::Comedy\n"),
        ("users.dat", b"1::F::1::10::48067\n2::M::56::16::70072\n"),
    ];
    vec![
        zip(&latest),
        zip_with(&latest, CompressionMethod::STORE, false),
        zip_with(&hundred, CompressionMethod::STORE, false),
        zip(&million),
    ]
}

#[test]
fn no_flipped_bit_of_a_zip_loses_anything_without_a_word() {
    for bytes in zips() {
        let read = |bytes: Vec<u8>| load_with(&[source("ml-1m.zip", bytes)], &Options::default());
        let whole = read(bytes.clone()).unwrap();
        // Three bits of every byte, others in the next.
        for at in 0..bytes.len() {
            for bit in (at % 3..8).step_by(3) {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                // Refused with a sentence, equal, or with a note more.
                if let Ok(read) = read(flipped) {
                    let told = read.report.notes.len() > whole.report.notes.len();
                    let lost = read.dataset != whole.dataset;
                    assert!(told || !lost, "bit {bit} of byte {at}: {:?}", read.dataset);
                    assert_eq!(read.dataset.ratings.len(), whole.dataset.ratings.len());
                }
            }
        }
    }
}
