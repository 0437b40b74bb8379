//! Properties of the loaders: a table reads back the same in whatever dialect it is written, and no
//! input panics.

mod dialects;
mod duplicates;
mod write;

use factorscope::data::load::{Source, load};
use proptest::collection::vec;
use proptest::prelude::*;

use dialects::{dialect, table};
use write::write;

/// As many cases as fit into some seconds; the seed is fixed, so that a failure comes again.
fn config(cases: u32) -> ProptestConfig {
    let seed = proptest::test_runner::RngSeed::Fixed(7);
    ProptestConfig { cases, rng_seed: seed, failure_persistence: None, ..ProptestConfig::default() }
}

fn source(name: &str, bytes: Vec<u8>) -> Source {
    Source::new(name, bytes)
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn a_table_reads_back_the_same_in_any_dialect(
        (table, dialect) in dialect().prop_flat_map(|d| (table(&d), Just(d)))
    ) {
        let bytes = write(&table, &dialect);
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let loaded = load(&[source("mine", bytes)]);
        prop_assert!(loaded.is_ok(), "{}\n{:?}\n{}", loaded.unwrap_err(), dialect, shown);
        let dataset = loaded.unwrap();
        let ratings = &dataset.ratings;
        let mut found: Vec<_> = ratings
            .iter()
            .enumerate()
            .map(|(n, rating)| {
                let user = ratings.user_ids().name(rating.u).to_owned();
                let item = ratings.item_ids().name(rating.i).to_owned();
                (user, item, rating.r, ratings.timestamps().map(|times| times[n]))
            })
            .collect();
        found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let mut expected = table.clone();
        expected.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        prop_assert_eq!(found, expected, "{:?}\n{}", dialect, shown);
    }

    #[test]
    fn no_damage_to_a_table_in_any_dialect_panics(
        (table, dialect) in dialect().prop_flat_map(|d| (table(&d), Just(d))),
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
        name in prop::sample::select(vec!["ratings.csv", "u.data", "ratings.dat", "mv.txt"]),
    ) {
        let mut bytes = write(&table, &dialect);
        for (at, byte, what) in changes {
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at + 1),
            }
        }
        let _ = load(&[source(name, bytes)]);
    }

    #[test]
    fn no_bytes_panic(
        bytes in vec(any::<u8>(), 0..200),
        begin in prop::sample::select(vec![
            &b""[..], b"user,item,rating\n", b"PK\x03\x04", b"PK\x05\x06", b"\x1F\x8B\x08", b"\xFF\xFE",
            b"factorscope\x02", b"[{\"user\":", b"{\"user\":1,", b"1:\n", b"1::2::3::4\n", b"1\t2\t3\t4\n",
        ]),
    ) {
        let _ = load(&[source("any", [begin, &bytes].concat())]);
    }
}
