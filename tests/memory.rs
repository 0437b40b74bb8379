//! What an input may cost: the most memory that loading it takes at any time, beside the input itself.
//!
//! In its own binary, because what is counted is the whole process.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use factorscope::data::compact::encode_fast;
use factorscope::data::load::{NoteKind, Options, Source, load, load_with, read_path};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use peak_alloc::PeakAlloc;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use xxhash_rust::xxh64::xxh64;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;
static ALONE: Mutex<()> = Mutex::new(());

/// What any input may take: buffers, and a file of ratings that are equal.
const ALWAYS: usize = 8 << 20;
/// What plain text may take for each of its bytes.
const TEXT: usize = 48;
/// What packed input may take for each of its bytes: deflate makes at most 1,032 bytes of one, and of
/// those no more than a part are kept.
const PACKED: usize = 1 << 10;

/// No other test runs meanwhile: what it takes would be counted.
fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Loads, and says how much memory that took at its peak, and what came of it.
fn cost(sources: &[Source]) -> (usize, Result<usize, String>) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let outcome = load(sources).map(|dataset| dataset.ratings.len()).map_err(|err| err.to_string());
    (MEMORY.peak_usage() - before, outcome)
}

/// The same, within the bound for its size.
fn within(multiple: usize, name: &str, bytes: Vec<u8>) -> Result<usize, String> {
    let most = ALWAYS + multiple * bytes.len();
    let (peak, outcome) = cost(&[Source::new(name, bytes)]);
    assert!(peak <= most, "{name} took {peak} bytes, more than {most}: {outcome:?}");
    outcome
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        let builder = archive.new_file(*name).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = builder.start().unwrap();
        let encoder = DeflateEncoder::new(&mut entry, Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// A packed set as if it were genuine, checksum and all.
fn forged(content: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
    deflate.write_all(content).unwrap();
    let packed = deflate.finish().unwrap();
    [b"factorscope\x02", &xxh64(&packed, 0).to_le_bytes()[..], &packed].concat()
}

#[test]
fn the_hostile_cases_cost_a_sentence_and_a_few_megabytes() {
    let _alone = alone();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/hostile");
    let mut cases: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 8);
    for path in cases {
        let sources = read_path(&path).unwrap();
        let (peak, outcome) = cost(&sources);
        assert!(peak <= ALWAYS, "{}: {peak} bytes, {outcome:?}", path.display());
    }
}

#[test]
fn a_genre_that_is_named_thousands_of_times_is_refused_early() {
    let _alone = alone();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/hostile");
    for name in ["genres-3GB.fsd", "genres-200GB.fsd"] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let sentence = within(0, name, bytes).unwrap_err();
        assert!(sentence.starts_with(&format!("{name} is damaged or cut off (")), "{sentence}");
    }
}

#[test]
fn a_packed_set_that_inflates_without_end_is_refused_early() {
    let _alone = alone();
    let zeros = within(0, "zeros.fsd", forged(&vec![0; 100 << 20])).unwrap_err();
    assert!(zeros.contains("longer than its content"), "{zeros}");
    // A million users and fifty thousand items, each in one byte, then titles without end.
    let ids =
        [&[0, 3, 0xC0, 0x84, 0x3D, 1][..], &vec![1; 1_000_000], &[0xD0, 0x86, 0x03, 1]].concat();
    let ids = [ids, vec![1; 50_000], vec![0; 10 << 20]].concat();
    let ids = within(PACKED * 4, "ids.fsd", forged(&ids)).unwrap_err();
    assert!(ids.contains("inflates to more than it can hold"), "{ids}");
}

#[test]
fn files_over_one_stream_are_refused_before_they_are_unpacked() {
    let _alone = alone();
    let table = "userId,movieId,rating\n".to_owned() + &"1,1,5\n".repeat(1 << 20);
    let one = zip(&[("ratings.csv", table.as_bytes())]);
    let directory = one.windows(4).rposition(|part| part == b"PK\x01\x02").unwrap();
    let end = one.windows(4).rposition(|part| part == b"PK\x05\x06").unwrap();
    let record = &one[directory..end];
    let mut bytes = one[..directory].to_vec();
    (0..2000).for_each(|_| bytes.extend(record));
    let size = (bytes.len() - directory) as u32;
    let mut last = one[end..].to_vec();
    last[8..12].copy_from_slice(&[0xD0, 0x07, 0xD0, 0x07]);
    last[12..16].copy_from_slice(&size.to_le_bytes());
    bytes.extend(last);
    assert_eq!(
        within(1, "overlap.zip", bytes).unwrap_err(),
        "overlap.zip is damaged or cut off (its files overlap); download it again"
    );
}

#[test]
fn millions_of_lines_from_a_small_zip_take_little() {
    let _alone = alone();
    let header = "user,item,rating\n".to_owned();
    for line in ["1,1,5\n", "1\n", "\n", ",,\n", "a,b,\n"] {
        let text = header.clone() + &line.repeat((48 << 20) / line.len());
        let _ = within(0, "lines.zip", zip(&[("lines.csv", text.as_bytes())]));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let _ = within(0, "lines.csv.gz", gzip.finish().unwrap());
    }
}

#[test]
fn rows_that_repeat_others_are_not_kept() {
    let _alone = alone();
    // A thousand different rows, five thousand times; two equal ones follow each other at the end.
    let rows: Vec<String> = (0..1000).map(|k| format!("{},{},5\n", k / 7, k)).collect();
    let text = "user,item,rating\n".to_owned() + &rows.concat().repeat(5000);
    let sources = [Source::new("t.zip", zip(&[("t.csv", text.as_bytes())]))];
    drop(text);
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let loaded = load_with(&sources, &Options::default()).unwrap();
    let peak = MEMORY.peak_usage() - before;
    assert!(peak < 24 << 20, "{peak} bytes");
    assert_eq!(loaded.dataset.ratings.len(), 1000);
    let note = loaded.report.note(NoteKind::Repeated).unwrap();
    assert_eq!(note.count, 4_999_000);
    assert!(note.sentence.contains("line 1002 after line 2"), "{}", note.sentence);
}

#[test]
fn long_lines_and_many_columns_take_no_more_than_a_line_may() {
    let _alone = alone();
    let long = "x".repeat(4 << 20);
    let wide = "1,".repeat(1 << 20);
    for text in [
        long.clone(),
        format!("user,item,rating\na,b,1\n{long},c,1\n"),
        format!("user,item,rating\na,b,1\n\"{long}"),
        format!("user,item,rating,{wide}\na,b,1\n"),
        wide,
        format!("[{{\"user\":\"{long}\",\"item\":1,\"rating\":1}}]"),
        format!("{{\"user\":1,\"item\":{}", "[".repeat(4 << 20)),
        format!("{{\"user\":1,{}", "\"a\":1,".repeat(1 << 19)),
    ] {
        let _ = within(8, "long.csv", text.into_bytes());
    }
}

#[test]
fn tables_take_a_stated_multiple_of_their_size() {
    let _alone = alone();
    let lines = |line: &dyn Fn(u64) -> String| (0..200_000).map(line).collect::<Vec<_>>().concat();
    let text = lines(&|k| format!("{},{},5\n", k / 50, k % 50 * 7 + k / 50 % 7));
    assert_eq!(within(TEXT, "t.csv", text.into_bytes()), Ok(200_000));
    // Every line with a user and an item of its own.
    let own = lines(&|k| format!("{k},{k},5\n"));
    assert_eq!(within(TEXT, "own.csv", own.clone().into_bytes()), Ok(200_000));
    assert_eq!(within(PACKED, "own.zip", zip(&[("own.csv", own.as_bytes())])), Ok(200_000));
}

/// Writes a table in the shape of MovieLens 20M: users with 20 ratings and more, items of which some are
/// rated by nearly everybody and most by few, and when.
fn write_skewed(path: &Path, ratings: u64, users: u64, items: u64) {
    let mut out = BufWriter::with_capacity(1 << 16, fs::File::create(path).unwrap());
    let mut state = 42_u64;
    let mut draw = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    writeln!(out, "userId,movieId,rating,timestamp").unwrap();
    let mut left = ratings;
    for user in 1..=users {
        let mean = left as f64 / (users - user + 1) as f64;
        let drawn = (20.0 - (mean - 20.0) * libm::log(1.0 - draw())) as u64;
        let own = if user == users { left } else { drawn.min(left).min(items / 2) };
        let (mut item, mut time) = (0, 8e8 + draw() * 6e8);
        for k in 0..own {
            let place = (k as f64 + draw()) / own as f64;
            item = ((place * place * place * items as f64) as u64 + 1).max(item + 1);
            time += draw() * 90.0;
            let r = (draw() * 10.0).ceil() / 2.0;
            writeln!(out, "{user},{item},{r},{}", time as u64).unwrap();
        }
        left -= own;
    }
    out.flush().unwrap();
}

/// Loads as many ratings from a file on disk and packs them, and holds the peak to 32 bytes for each.
fn takes_32_bytes_a_rating(ratings: u64, users: u64, items: u64) {
    let _alone = alone();
    let path =
        std::env::temp_dir().join(format!("factorscope-{ratings}-{}.csv", std::process::id()));
    write_skewed(&path, ratings, users, items);
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let taken = || (MEMORY.peak_usage() - before) as f64 / ratings as f64;
    let dataset = load(&read_path(&path).unwrap());
    fs::remove_file(&path).unwrap();
    let dataset = dataset.unwrap();
    assert_eq!(dataset.ratings.len() as u64, ratings);
    assert!(taken() <= 32.0, "{} bytes a rating to load", taken());
    let packed = encode_fast(&dataset).len();
    assert!(taken() <= 32.0, "{} bytes a rating, packed into {packed} bytes", taken());
}

#[test]
fn a_file_on_disk_takes_at_most_32_bytes_for_each_of_its_ratings() {
    takes_32_bytes_a_rating(1_000_000, 8_600, 6_000);
}

#[test]
#[ignore = "takes a minute, and 400 MB of disk"]
fn sixteen_million_ratings_take_at_most_32_bytes_each() {
    takes_32_bytes_a_rating(16_000_000, 138_000, 27_000);
}
