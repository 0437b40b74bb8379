//! Zips: whole, cut off, damaged, encrypted, of something else.

use super::*;
use crate::data::Origin;

fn latest_zip() -> Vec<u8> {
    zip(&[
        ("ml-latest-small/README.txt", b"Summary\n"),
        ("ml-latest-small/movies.csv", LATEST_MOVIES.as_bytes()),
        ("ml-latest-small/ratings.csv", LATEST.as_bytes()),
        ("__MACOSX/ml-latest-small/._ratings.csv", b"\0\x05\x16\x07"),
    ])
}

#[test]
fn a_zip_is_read_like_its_files_in_any_folder() {
    let dataset = load_one("download.zip", latest_zip()).unwrap();
    assert_eq!(
        (dataset.name.as_str(), dataset.origin),
        ("MovieLens latest-small", Origin::Movielens)
    );
    assert_eq!(dataset.ratings.len(), 3);
    assert_eq!(dataset.catalogue[0].title, "Long Way, The");
    let flat = zip(&[("ratings.csv", LATEST.as_bytes())]);
    assert_eq!(load_one("ml-20m.zip", &flat).unwrap().name, "MovieLens 20M");
    assert_eq!(load_one("mine.zip", &flat).unwrap().name, "mine.zip");
    let stored = [("a/b/c.csv", "user,item,rating\n1,2,3\n".as_bytes())];
    let stored = zip_with(&stored, CompressionMethod::STORE, false);
    assert_eq!(rows(&load_one("t.zip", stored).unwrap()), [("1", "2", 3.0)]);
}

#[test]
fn a_zip_is_recognized_by_its_content() {
    assert_eq!(load_one("ratings.csv", latest_zip()).unwrap().ratings.len(), 3);
    assert!(refusal("ratings.zip", "user,item\n").contains("no column for rating"));
}

#[test]
fn errors_in_a_zip_name_the_file_in_it() {
    let bytes = zip(&[("ml-1m/ratings.dat", b"1::2::no::4\n1::3::no::4\n")]);
    assert_eq!(
        refusal("ml-1m.zip", bytes),
        "ml-1m/ratings.dat, line 1, column 3: expected a number, found `no`; so it is in 2 of 2 rows: \
         check which column is which"
    );
}

#[test]
fn a_zip_that_is_cut_off_is_refused() {
    let bytes = latest_zip();
    assert_eq!(
        refusal("ml.zip", &bytes[..bytes.len() - 30]),
        "ml.zip is damaged or cut off (its directory is missing); download it again"
    );
    for length in 4..bytes.len() {
        assert!(load_one("ml.zip", &bytes[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_wrong_checksum_is_reported_even_where_the_damage_looks_like_data() {
    let table = b"user,item,rating\na,b,3\n";
    let bytes = zip_with(&[("r.csv", table)], CompressionMethod::STORE, false);
    let at = bytes.windows(table.len()).position(|part| part == table).unwrap();
    for (byte, damage) in [(table.len() - 2, b'4'), (table.len() - 2, b'x')] {
        let mut bytes = bytes.clone();
        bytes[at + byte] = damage;
        assert_eq!(
            refusal("r.zip", bytes),
            "r.csv is damaged or cut off (its checksum does not fit); download it again"
        );
    }
}

#[test]
fn encrypted_and_unknown_packings_are_refused() {
    let files = [("r.csv", b"user,item,rating\na,b,3\n".as_slice())];
    assert_eq!(
        refusal("r.zip", zip_with(&files, CompressionMethod::STORE, true)),
        "r.csv is encrypted; unpack it with its password and hand over the files"
    );
    assert_eq!(
        refusal("r.zip", zip_with(&files, CompressionMethod::BZIP2, false)),
        "r.csv is packed with BZIP2; expected deflate: unpack it and hand over the files"
    );
}

#[test]
fn a_zip_without_ratings_says_what_it_holds() {
    let bytes = zip(&[("a/photo.jpg", b"\xFF\xD8\xFF\0"), ("a/notes.txt", b"no table here\n")]);
    let sentence = refusal("wrong.zip", bytes);
    assert!(sentence.starts_with("wrong.zip holds no ratings: found a/photo.jpg is a picture"));
    assert!(sentence.contains("; a/notes.txt, line 1: no column for"), "{sentence}");
    assert!(
        refusal("empty.zip", zip(&[])).starts_with("empty.zip holds no ratings: found nothing")
    );
}

#[test]
fn a_damaged_ratings_file_is_not_replaced_by_another() {
    let table = b"user,item,rating\n1,2,3\n".as_slice();
    let files = [("other.csv", table), ("ml-1m/ratings.dat", b"1::2::3::4\n1::3::3::4\n")];
    let mut bytes = zip_with(&files, CompressionMethod::STORE, false);
    let at = bytes.windows(10).position(|part| part == b"1::3::3::4").unwrap();
    bytes[at] = b'7';
    assert!(refusal("t.zip", bytes).starts_with("ml-1m/ratings.dat is damaged"));
}

/// The zip with the entry's local header at `local` and its record in the directory, for a change.
fn changed(bytes: &[u8], what: &[u8], nth: usize, to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let found: Vec<usize> =
        (0..bytes.len() - what.len()).filter(|&at| bytes[at..].starts_with(what)).collect();
    bytes[found[nth]..][..to.len()].copy_from_slice(to);
    bytes
}

#[test]
fn a_directory_that_does_not_fit_the_files_is_refused() {
    let bytes =
        zip(&[("ratings.csv", LATEST.as_bytes()), ("movies.csv", LATEST_MOVIES.as_bytes())]);
    // Another name in the directory than before the file; another number of files at the end.
    let sentence = refusal("t.zip", changed(&bytes, b"movies.csv", 1, b"movies.txt"));
    assert!(sentence.starts_with("t.zip is damaged or cut off (its directory names"), "{sentence}");
    let end = b"PK\x05\x06\0\0\0\0\x02\0";
    let bytes = changed(&bytes, end, 0, &[end.as_slice(), b"\x03"].concat());
    let sentence = refusal("t.zip", bytes);
    assert!(sentence.contains("lists another number of files"), "{sentence}");
}

#[test]
fn files_that_overlap_are_refused_before_anything_is_unpacked() {
    let bytes = zip(&[("a/ratings.csv", LATEST.as_bytes()), ("b/ratings.csv", LATEST.as_bytes())]);
    let first = bytes.windows(4).rposition(|part| part == b"PK\x01\x02").unwrap();
    // The second record points to where the first file stands, under that name.
    let mut bytes = changed(&bytes, b"b/ratings.csv", 1, b"a/ratings.csv");
    bytes[first + 42..first + 46].copy_from_slice(&[0; 4]);
    assert_eq!(
        refusal("t.zip", bytes),
        "t.zip is damaged or cut off (its files overlap); download it again"
    );
}

#[test]
fn a_file_that_inflates_to_more_than_it_claims_is_damaged() {
    let long = LATEST.to_owned() + &"9,9,5.0,1\n".repeat(100_000);
    let bytes = zip(&[("ratings.csv", long.as_bytes())]);
    let size = (long.len() as u32).to_le_bytes();
    let claim = (LATEST.len() as u32).to_le_bytes();
    let nth = bytes.windows(4).filter(|part| *part == size).count() - 1;
    let sentence = refusal("t.zip", changed(&bytes, &size, nth, &claim));
    assert!(sentence.starts_with("ratings.csv is damaged or cut off (expected"), "{sentence}");
}

#[test]
fn names_are_shown_without_what_steers_a_terminal() {
    let table = b"user,item,rating\na,b,x\n".as_slice();
    let bytes = zip(&[("\u{1b}[31m\u{1b}]0;owned\u{7}\u{202e}ratings.csv", table)]);
    let sentence = refusal("\u{1b}[2J.zip", bytes);
    assert!(sentence.contains("ratings.csv") && !sentence.contains(char::is_control), "{sentence}");
    assert!(!sentence.contains('\u{202e}'));
}

#[test]
fn what_is_packed_with_gzip_is_read_like_what_it_holds() {
    let gzip = |bytes: &[u8]| {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    };
    let plain = load_one("ratings.csv", LATEST).unwrap();
    let packed = gzip(LATEST.as_bytes());
    assert_eq!(load_one("ratings.csv.gz", &packed).unwrap().ratings, plain.ratings);
    let files = [source("ratings.csv.gz", &packed), source("movies.csv", LATEST_MOVIES)];
    assert_eq!(load(&files).unwrap().catalogue[0].title, "Long Way, The");
    let zipped = zip(&[("ratings.csv.gz", &packed)]);
    assert_eq!(load_one("r.zip", zipped).unwrap().ratings, plain.ratings);
    assert!(refusal("r.gz", gzip(&packed)).contains("compressed with gzip twice"));
    let mut damaged = packed.clone();
    let end = damaged.len();
    damaged[end - 5] ^= 1;
    assert!(refusal("r.csv.gz", damaged).starts_with("r.csv.gz is damaged or cut off"));
    assert!(refusal("r.csv.gz", &packed[..end - 9]).contains("it ends too early"));
}
