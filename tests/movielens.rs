//! MovieLens latest-small as GroupLens publishes it, from the zip named in MOVIELENS_ZIP.

use std::env;
use std::path::Path;
use std::time::Instant;

use factorscope::data::load::{Source, load, read_path};
use factorscope::data::{Dataset, Origin, compact};

fn movielens() -> Dataset {
    let path = env::var_os("MOVIELENS_ZIP").expect("MOVIELENS_ZIP names the zip of latest-small");
    let sources = read_path(Path::new(&path)).unwrap();
    let start = Instant::now();
    let dataset = load(&sources).unwrap();
    println!("loaded in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    dataset
}

#[test]
#[ignore = "needs MOVIELENS_ZIP"]
fn latest_small_has_the_published_counts() {
    let dataset = movielens();
    assert_eq!(dataset.name, "MovieLens latest-small");
    assert_eq!(dataset.origin, Origin::Movielens);
    let ratings = &dataset.ratings;
    assert_eq!((ratings.len(), ratings.users(), ratings.items()), (100_836, 610, 9_724));
    assert_eq!(ratings.scale(), (0.5, 5.0));
    assert_eq!(ratings.timestamps().map(<[u32]>::len), Some(100_836));
    assert_eq!(dataset.catalogue.len(), 9_724);
    // Films without a year in their title are a handful, and none is called by its id.
    let dated = dataset.catalogue.iter().filter(|item| item.year.is_some());
    assert!(dated.count() > 9_700);
    let ids = ratings.item_ids().iter().zip(&dataset.catalogue);
    assert!(ids.into_iter().all(|(id, item)| item.title != id));
    assert!(dataset.catalogue.iter().all(|item| !item.title.ends_with(')') || item.year.is_some()));
}

#[test]
#[ignore = "needs MOVIELENS_ZIP"]
fn latest_small_comes_back_whole_from_its_compact_form() {
    let dataset = movielens();
    let bytes = compact::encode(&dataset);
    println!("compact form: {} bytes", bytes.len());
    let name = "movielens.bin".to_owned();
    let start = Instant::now();
    let back = load(&[Source::new(name, bytes)]).unwrap();
    println!("decoded in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    assert_eq!(back, dataset);
}
