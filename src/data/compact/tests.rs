//! What is packed comes back, and what is forged is refused early.

use std::io::{Read, Write};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::*;
use crate::data::{Attribute, Ids, Item, Rating, Ratings, toy};

fn sample(ids: &[&str], times: Option<&[u32]>) -> Dataset {
    let items = Arc::new(Ids::new(ids.iter().map(|&id| id.into())));
    let users = Arc::new(Ids::counting(3));
    let cells = [(0, 0, 0.5), (0, 2, -1.25), (2, 1, 5.0), (2, 2, 0.5)];
    let ratings = cells.map(|(u, i, r)| Rating { u, i, r });
    let set = Ratings::new(users, items, &ratings, times).unwrap();
    let mut dataset = Dataset::untitled("süß", Origin::File, set);
    dataset.catalogue[1] = Item {
        title: "Café".into(),
        year: Some(u16::MAX),
        genres: vec!["War".into(), "Drama".into()],
    };
    dataset.catalogue[2].genres = vec!["Drama".into()];
    let known = [vec![Attribute::new("age", "18-24"), Attribute::new("gender", "F")], vec![]];
    let users = Lists::new(&[known[0].clone(), known[1].clone(), known[0][1..].to_vec()]);
    let attributes = Attributes { users, items: Lists::genres(&dataset.catalogue) };
    let ratings = Arc::unwrap_or_clone(dataset.ratings).with_attributes(attributes);
    Dataset { ratings: Arc::new(ratings), ..dataset }
}

#[test]
fn what_is_packed_fast_reads_back_the_same() {
    let dataset = toy::toy();
    assert_eq!(decode(&encode_fast(&dataset)), Ok(dataset));
    let timed = sample(&["a", "b", "c"], Some(&[7, 3, 9, 1]));
    assert_eq!(decode(&encode_fast(&timed)), Ok(timed));
}

#[test]
fn times_come_back_from_a_set_that_is_read_in_many_parts() {
    let count = 200_000;
    let items = Arc::new(Ids::counting(count));
    let ratings: Vec<Rating> = (0..count).map(|i| Rating { u: 0, i, r: 1.0 }).collect();
    let times: Vec<u32> = (0..count as u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
    let set = Ratings::new(Arc::new(Ids::counting(1)), items, &ratings, Some(&times)).unwrap();
    let dataset = Dataset::untitled("many", Origin::File, set);
    let back = decode(&encode_fast(&dataset)).unwrap();
    assert_eq!(back.ratings.timestamps(), dataset.ratings.timestamps());
}

#[test]
fn what_is_encoded_comes_back_equal() {
    let times = [7, u32::MAX, 0, 4_000_000_000];
    for dataset in [
        sample(&["1", "20", "18446744073709551615"], Some(&times)),
        sample(&["007", "7", "a b"], None),
        sample(&["", "+1", "x"], Some(&[5, 5, 5, 5])),
        sample(&["0", "1", "2"], None),
        toy::toy(),
    ] {
        let bytes = encode(&dataset);
        assert!(is_compact(&bytes));
        assert_eq!(decode(&bytes), Ok(dataset));
    }
}

#[test]
fn every_changed_bit_and_every_cut_is_noticed() {
    let bytes = encode(&sample(&["1", "2", "x"], Some(&[1, 2, 3, 4])));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(decode(&changed).is_err(), "bit {bit} of byte {at}");
        }
        assert!(decode(&bytes[..at]).is_err(), "cut at {at}");
    }
    assert!(decode(&[bytes.as_slice(), b"\0"].concat()).is_err());
}

/// Wraps a payload as if it were genuine, checksum and all.
fn forge(version: u8, payload: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(payload).unwrap();
    let packed = deflate.finish().unwrap();
    let mut bytes = MAGIC.to_vec();
    bytes.push(version);
    bytes.extend(xxh64(&packed, 0).to_le_bytes());
    bytes.extend(packed);
    bytes
}

#[test]
fn a_set_of_version_1_is_read_without_attributes_and_one_of_a_later_version_is_not() {
    let toy = toy::toy();
    let payload = inflated(&encode(&toy));
    // Version 1 ended where now stands that there is no attribute.
    let (end, before) = payload.split_last().unwrap();
    assert_eq!((*end, decode(&forge(1, before))), (0, Ok(toy)));
    let later = forge(VERSION + 1, &payload);
    assert!(is_compact(&later) && is_newer(&later) && decode(&later).is_err());
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    let packed = &bytes[HEAD as usize..];
    DeflateDecoder::new(packed).read_to_end(&mut payload).unwrap();
    payload
}

/// A payload that `write` writes.
fn payload(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut out = Writer::new(vec![0; HEAD as usize], Compression::fast());
    write(&mut out);
    let (bytes, length) = out.finish();
    let payload = inflated(&bytes);
    assert_eq!(payload.len() as u64, length);
    payload
}

#[test]
fn a_forged_payload_neither_panics_nor_allocates_what_it_claims() {
    let genuine = encode(&sample(&["1", "2", "x"], Some(&[1, 2, 3, 4])));
    let payload = inflated(&genuine);
    assert!(decode(&forge(VERSION, &payload)).is_ok());
    for at in 0..payload.len() {
        for byte in [0, 1, 2, 0x7f, 0x80, 0xff] {
            let mut changed = payload.clone();
            changed[at] = byte;
            let _ = decode(&forge(VERSION, &changed));
        }
        // A count of four thousand million in place of this byte.
        let huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
        let claimed = [&payload[..at], &huge, &payload[at + 1..]].concat();
        let _ = decode(&forge(VERSION, &claimed));
        assert!(decode(&forge(VERSION, &payload[..at])).is_err(), "cut at {at}");
    }
}

/// A forged payload of items without ratings: `genre` is named by each of them.
fn naming(items: u64, genre: &str) -> Vec<u8> {
    payload(|out| {
        out.text("forged");
        out.number(3);
        out.ids(&Ids::default());
        out.ids(&Ids::counting(items as usize));
        let item = Item { genres: vec![genre.to_owned()], ..Item::default() };
        out.catalogue(&vec![item; items as usize]);
        out.bytes([0, 0, 0]);
    })
}

#[test]
fn a_genre_that_is_named_often_is_not_copied_beyond_what_the_file_can_hold() {
    assert!(decode(&forge(VERSION, &naming(30, "War"))).is_ok());
    // Thirty copies of a hundred kilobytes, from a kilobyte.
    let bytes = forge(VERSION, &naming(30, &"x".repeat(100_000)));
    let sentence = "its genres are longer than it can hold";
    assert_eq!(decode(&bytes).unwrap_err().to_string(), sentence);
}

#[test]
fn what_inflates_to_more_than_it_can_hold_is_refused() {
    let refusal = |payload: &[u8]| decode(&forge(VERSION, payload)).unwrap_err().to_string();
    // Consistent as far as it goes: a million users, then items.
    let ids = payload(|out| {
        out.text("forged");
        out.number(3);
        for count in [1_000_000, 50_000] {
            out.number(count);
            out.bytes(vec![1; count as usize + 1]);
        }
        out.bytes(vec![0; 200_000]);
    });
    assert_eq!(refusal(&ids), "it inflates to more than it can hold");
    // Nothing is expected after the first of these zeros.
    assert_eq!(refusal(&vec![0; 4_000_000]), "it is longer than its content");
}

#[test]
fn what_deflates_beyond_the_limit_is_stored_and_comes_back() {
    let cells = (0..1_000).flat_map(|u| (0..700).map(move |i| Rating { u, i, r: 1.0 }));
    let ids = |n| Arc::new(Ids::counting(n));
    let set = Ratings::new(ids(1_000), ids(700), &cells.collect::<Vec<_>>(), None).unwrap();
    let dataset = Dataset::untitled("equal", Origin::File, set);
    assert_eq!(decode(&encode(&dataset)), Ok(dataset));
}

#[test]
fn bytes_behind_the_content_are_refused_though_the_checksum_fits() {
    let packed = [&encode(&toy::toy())[HEAD as usize..], b"\0"].concat();
    let hash = xxh64(&packed, 0).to_le_bytes();
    let bytes = [MAGIC.as_slice(), &[VERSION], &hash, &packed].concat();
    assert!(decode(&bytes).is_err());
}
