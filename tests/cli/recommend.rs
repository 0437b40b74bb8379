//! `recommend`, for users and newcomers.

use factorscope::data::simulation::simulate;
use factorscope::data::split::everything;
use factorscope::data::toy;
use factorscope::models::{Spec, fingerprint};

use crate::support::{SEED, factorscope, films, fitted, folder, json, number, path, stderr, text};

#[test]
fn recommend_shows_what_is_predicted_beside_what_was_liked() {
    // Means: mu 3, user 3 at -2, item 10 at +1.5, item 30 at 0.
    let data = films("recommend");
    let args = ["recommend", &data, "--model", "baseline", "--set", "method=means", "--user", "3"];
    let found = json(&[&args[..], &["--json"]].concat());
    assert_eq!(found["model"], "baseline");
    assert_eq!(found["user"], "3");
    let films = found["recommendations"].as_array().unwrap();
    assert_eq!(films.len(), 2);
    assert_eq!(films[0]["rank"], 1);
    assert_eq!(films[0]["id"], "10");
    assert_eq!(films[0]["title"], "Long Way, The");
    assert_eq!(films[0]["year"], 1995);
    assert_eq!(films[0]["genres"], serde_json::json!(["Adventure", "Comedy"]));
    assert!((number(&films[0]["predicted"]) - 2.5).abs() < 1e-6);
    assert_eq!(films[1]["id"], "30");
    assert!((number(&films[1]["predicted"]) - 1.0).abs() < 1e-6);
    assert_eq!(found["favorites"][0]["title"], "Nowhere");
    assert_eq!(found["favorites"][0]["rating"], 1.0);

    let printed = text(&args);
    assert!(
        printed.contains("1  Long Way, The  1995       2.50  Adventure, Comedy\n"),
        "{printed}"
    );
    let last = format!("fingerprint {}\n", found["fingerprint"].as_str().unwrap());
    assert!(printed.ends_with(&last));
    let one = json(&[&args[..], &["--json", "-n", "1", "--least", "2"]].concat());
    assert_eq!(one["recommendations"].as_array().unwrap().len(), 1);
}

#[test]
fn recommend_learns_from_all_ratings() {
    let dataset = toy::toy();
    let model = fitted(&Spec::new("als").unwrap(), &everything(&dataset.ratings));
    let found = json(&["recommend", "toy", "--model", "als", "--json"]);
    assert_eq!(found["fingerprint"], fingerprint(&*model));
    assert_eq!(found["user"], "1");
    assert_eq!(found["recommendations"][0]["title"], "item 2");
}

#[test]
fn somebody_who_is_not_in_the_data_is_recommended_to_by_a_few_ratings() {
    let table = "userId,movieId,rating\nme,3,5\nme,7,1\n";
    let files = [("table.csv", table), ("wrong.csv", "Nothing,3\n"), ("far.csv", "3,50\n")];
    let folder = folder("newcomer", &files);
    let run = |model: &'static str, file: &str| {
        let file = path(&folder, file);
        json(&["recommend", "simulation", "--model", model, "--ratings", &file, "--json"])
    };
    let all = simulate(SEED).dataset;
    let ids: Vec<usize> =
        ["3", "7"].iter().map(|id| all.ratings.item_ids().index(id).unwrap()).collect();
    let title = |id: usize| all.catalogue[ids[id]].title.clone();
    let lines = format!("{},5\n{},1\n", title(0), title(1));
    std::fs::write(folder.join("mine.csv"), lines).unwrap();
    for model in ["svd", "als", "pmf", "nsvd"] {
        let found = run(model, "mine.csv");
        assert!(found["user"].is_null());
        assert_eq!(found["favorites"][0]["title"], title(0));
        assert_eq!(found["recommendations"].as_array().unwrap().len(), 10);
        assert_eq!(found["recommendations"], run(model, "table.csv")["recommendations"]);
        for row in found["recommendations"].as_array().unwrap() {
            assert!(row["id"] != "3" && row["id"] != "7");
        }
    }
    let said = text(&[
        "recommend",
        "simulation",
        "--model",
        "als",
        "--ratings",
        &path(&folder, "mine.csv"),
    ]);
    assert!(said.contains("Recommended to the newcomer"), "{said}");
    let refusal = |model, file: &str| {
        let file = path(&folder, file);
        let output =
            factorscope(&["recommend", "simulation", "--model", model, "--ratings", &file]);
        (output.status.code(), stderr(&output))
    };
    let (code, said) = refusal("item-knn", "mine.csv");
    assert!(code == Some(2) && said.contains("take in a newcomer are svd, als"), "{said}");
    let (code, said) = refusal("als", "wrong.csv");
    assert!(
        code == Some(1) && said.contains("wrong.csv, line 1: no item has the id or title"),
        "{said}"
    );
    assert!(refusal("als", "far.csv").1.contains("go from 0.5 to 5, and one here is 50"));
    let said = text(&["recommend", "toy", "--model", "svd", "--least", "99"]);
    assert!(said.contains("no item has 99 ratings or more"), "{said}");
}
