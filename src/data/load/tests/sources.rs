//! Where files are: at hand, on disk, or with somebody who reads them piece by piece.

use std::cell::Cell;
use std::fs;
use std::rc::Rc;

use super::super::{Reading, load_heard, read_path};
use super::*;
use crate::data::compact;

/// Longer than a piece, so that what is read is not all there at once.
fn long() -> String {
    let row =
        |n: u32| format!("{},{},{}.5,{}\n", n / 90 + 1, n % 90 * 11 + 1, n % 5, 978_307_200 + n);
    "userId,movieId,rating,timestamp\n".to_owned() + &(0..90_000).map(row).collect::<String>()
}

/// The bytes as a file that is read in pieces.
fn in_pieces(name: &str, bytes: Vec<u8>) -> Source {
    let length = bytes.len() as u64;
    Source::in_pieces(name, length, move |from, buffer| {
        assert!(buffer.len() <= 1 << 20, "no more than a piece is asked for");
        let from = usize::try_from(from).unwrap();
        buffer.copy_from_slice(&bytes[from..from + buffer.len()]);
        Ok(())
    })
}

#[test]
fn a_file_in_pieces_or_on_disk_is_read_like_its_bytes() {
    let folder = std::env::temp_dir().join(format!("factorscope-sources-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let table = long();
    assert!(table.len() > 1 << 20, "longer than a piece");
    let files =
        [("ml-1m/movies.csv", LATEST_MOVIES.as_bytes()), ("ml-1m/ratings.csv", table.as_bytes())];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(table.as_bytes()).unwrap();
    let dataset = load_one("ratings.csv", &table).unwrap();
    for (name, bytes) in [
        ("ratings.csv", table.clone().into_bytes()),
        ("ratings.csv.gz", gzip.finish().unwrap()),
        ("ml.zip", zip(&files)),
        ("stored.zip", zip_with(&files, CompressionMethod::STORE, false)),
        ("site.bin", compact::encode_fast(&dataset)),
    ] {
        let expected = load_one(name, &bytes).unwrap();
        assert_eq!(expected.ratings, dataset.ratings, "{name}");
        let path = folder.join(name);
        fs::write(&path, &bytes).unwrap();
        assert_eq!(load(&read_path(&path).unwrap()).unwrap(), expected, "{name}");
        assert_eq!(load(&[in_pieces(name, bytes)]).unwrap(), expected, "{name}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn zips_that_are_cut_off_are_refused_alike_in_pieces() {
    let bytes =
        zip(&[("ratings.csv", LATEST.as_bytes()), ("movies.csv", LATEST_MOVIES.as_bytes())]);
    for length in 0..bytes.len() {
        let part = &bytes[..length];
        let refused = load(&[in_pieces("ml.zip", part.to_vec())]).unwrap_err().to_string();
        assert_eq!(refused, refusal("ml.zip", part));
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let table = long();
    let row = "2,1,0.5,978307290\n";
    assert!(table.contains(row));
    // Another user who is known, one who is not, and nothing in place of a rating.
    for other in ["1,1,0.5,978307290\n", "x,1,0.5,978307290\n", &"\n".repeat(row.len())] {
        let versions = [table.clone(), table.replace(row, other)];
        let length = table.len() as u64;
        let begun = Rc::new(Cell::new(0));
        let source = Source::in_pieces("t.csv", length, move |from, buffer| {
            begun.set(begun.get() + usize::from(from == 0));
            let version = versions[usize::from(begun.get() > 1)].as_bytes();
            let from = usize::try_from(from).unwrap();
            buffer.copy_from_slice(&version[from..from + buffer.len()]);
            Ok(())
        });
        assert_eq!(
            load(&[source]).unwrap_err().to_string(),
            "t.csv changed while it was read; read it again when it is complete"
        );
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_reason() {
    for name in ["t.csv", "t.zip"] {
        let source = Source::in_pieces(name, 9, |_, _| Err("its disk is gone".to_owned()));
        assert_eq!(
            load(&[source]).unwrap_err().to_string(),
            format!("{name} cannot be read: its disk is gone; check the path and the permissions")
        );
    }
    // Not from its beginning, but later.
    let table = long();
    let packed = zip(&[("ratings.csv", table.as_bytes())]);
    for (name, bytes) in [("t.csv", table.into_bytes()), ("t.zip", packed)] {
        let (length, middle) = (bytes.len() as u64, bytes.len() as u64 / 2);
        let source = Source::in_pieces(name, length, move |from, buffer| {
            if (from..from + buffer.len() as u64).contains(&middle) {
                return Err("a sector is lost".to_owned());
            }
            let from = usize::try_from(from).unwrap();
            buffer.copy_from_slice(&bytes[from..from + buffer.len()]);
            Ok(())
        });
        let sentence = load(&[source]).unwrap_err().to_string();
        assert!(sentence.contains("cannot be read: a sector is lost"), "{sentence}");
    }
}

#[test]
fn who_waits_hears_how_many_are_counted_and_then_how_many_of_those_are_taken() {
    let told = std::cell::RefCell::new(Vec::new());
    let heard = |reading| told.borrow_mut().push(reading);
    load_heard(&[source("t.csv", long())], &Options::default(), &heard).unwrap();
    let done = 1 << 16;
    let expected = [Reading::Counting(done), Reading::Filling { done, of: 90_000 }];
    assert_eq!(told.into_inner(), expected);
}
