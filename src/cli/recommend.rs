//! `recommend`: what one user might like, beside what the user liked.

use serde::Serialize;
use serde_json::{Map, Value};

use super::args::RecommendArgs;
use super::input::{Summary, open};
use super::newcomer::{self, Given};
use super::run::{fit, settings};
use super::text::{Align, cells, count, plain, ratings, table};
use super::{Failure, json};
use factorscope::data::load::Loaded;
use factorscope::data::{Dataset, split};
use factorscope::explore::{Order, Scored, favorites, top_n, top_n_of_newcomer};
use factorscope::models::fingerprint;

/// Items with fewer ratings than this are not recommended where nothing is said.
const LEAST: usize = 5;

/// Data with fewer ratings than this is small: few items have [`LEAST`] ratings.
const SMALL: usize = 1000;

#[derive(Debug, Serialize)]
struct Report<'a> {
    model: &'static str,
    settings: Map<String, Value>,
    seed: u64,
    data: Summary,
    /// A user of the data; none for a newcomer.
    user: Option<&'a str>,
    recommendations: Vec<Recommended<'a>>,
    favorites: Vec<Favorite<'a>>,
    fingerprint: String,
}

#[derive(Debug, Serialize)]
struct Recommended<'a> {
    rank: usize,
    #[serde(flatten)]
    item: About<'a>,
    /// Not clamped to the rating scale.
    predicted: f32,
    /// How many ratings the item has.
    ratings: usize,
}

#[derive(Debug, Serialize)]
struct Favorite<'a> {
    #[serde(flatten)]
    item: About<'a>,
    rating: f32,
}

#[derive(Debug, Serialize)]
struct About<'a> {
    id: &'a str,
    title: &'a str,
    year: Option<u16>,
    genres: &'a [String],
}

/// Trains on all ratings and recommends.
pub fn recommend(args: &RecommendArgs) -> Result<String, Failure> {
    let spec = args.run.spec()?;
    let Loaded { dataset, report: notes } = open(&args.run.data, &args.run.read)?;
    let all = &dataset.ratings;
    spec.check(all)?;
    let given = match &args.ratings {
        Some(_) if !newcomer::takes(&spec) => return Err(newcomer::cannot(&spec)),
        Some(file) => Some(Given::read(file, &dataset)?),
        None => None,
    };
    let u = match &args.user {
        Some(id) => all.user_ids().index(id).ok_or_else(|| unknown(id, &dataset))?,
        None => 0,
    };
    let training = fit(&spec, split::everything(all), &args.run)?;

    let small = if all.len() < SMALL { 1 } else { LEAST };
    let (n, least) = (args.n as usize, args.least.unwrap_or(small));
    let model = training.model();
    let rated = given.as_ref().map_or(all.row(u), Given::line);
    let top = if given.is_some() {
        let new = model.fold_in(rated).ok_or_else(|| newcomer::cannot(&spec))?;
        top_n_of_newcomer(&new, all, rated, n, least, Order::Prediction)
    } else {
        top_n(model, all, u, n, least)
    };
    let recommended = |(rank, scored): (usize, Scored)| Recommended {
        rank,
        item: About::of(&dataset, scored.item),
        predicted: scored.rating,
        ratings: all.column(scored.item).len(),
    };
    let favorite =
        |scored: Scored| Favorite { item: About::of(&dataset, scored.item), rating: scored.rating };
    let best = favorites(rated, n);
    let report = Report {
        model: spec.entry().id,
        settings: settings(&spec),
        seed: args.run.seed,
        data: Summary::of(&dataset, notes),
        user: given.is_none().then(|| all.user_ids().name(u)),
        recommendations: (1..).zip(top).map(recommended).collect(),
        favorites: best.into_iter().map(favorite).collect(),
        fingerprint: fingerprint(training.model()),
    };
    if args.run.json {
        return json(&report);
    }
    let user =
        report.user.map_or("the newcomer".to_owned(), |user| format!("user {}", plain(user)));
    let enough = |i: &usize| all.column(*i).len() >= least.max(1);
    let unrated = if !report.recommendations.is_empty() {
        report.recommended_table()
    } else if (0..all.items()).any(|i| enough(&i)) {
        format!("nothing: {user} rated every item with at least {least} ratings\n")
    } else {
        format!("nothing: no item has {least} ratings or more; take a smaller --least\n")
    };
    let rated = count(rated.len(), "rating");
    Ok(format!(
        "{}{spec}, seed {}, trained on all ratings\n\nRecommended to {user}\n{unrated}\n\
         Rated highest by {user}, of {rated}\n{}\nfingerprint {}",
        report.data.line(),
        report.seed,
        report.favorites_table(),
        report.fingerprint
    ))
}

fn unknown(id: &str, dataset: &Dataset) -> Failure {
    let ids = dataset.ratings.user_ids();
    let mut shown: Vec<String> = ids.iter().take(5).map(plain).collect();
    if ids.len() > 5 {
        shown.push(format!("… {}", plain(ids.name(ids.len() - 1))));
    }
    Failure::input(format!(
        "there is no user `{}` in {}; the users are {}",
        plain(id),
        plain(&dataset.name),
        shown.join(", ")
    ))
}

impl<'a> About<'a> {
    fn of(dataset: &'a Dataset, item: usize) -> Self {
        let about = &dataset.catalogue[item];
        Self {
            id: dataset.ratings.item_ids().name(item),
            title: &about.title,
            year: about.year,
            genres: &about.genres,
        }
    }

    fn cells(&self, first: &str, rating: &str) -> Vec<String> {
        let year = self.year.map(|year| year.to_string()).unwrap_or_default();
        let genres = self.genres.join(", ");
        cells([&first, &self.title, &year, &rating, &genres])
    }
}

/// Rank, title, year, rating, genres.
const COLUMNS: [Align; 5] = [Align::Right, Align::Left, Align::Right, Align::Right, Align::Left];

impl Report<'_> {
    fn recommended_table(&self) -> String {
        let mut rows = vec![cells([&"", &"title", &"year", &"predicted", &"genres"])];
        for row in &self.recommendations {
            let predicted = format!("{:.2}", row.predicted);
            rows.push(row.item.cells(&row.rank.to_string(), &predicted));
        }
        table("", &COLUMNS, &rows)
    }

    fn favorites_table(&self) -> String {
        let mut rows = vec![cells([&"", &"title", &"year", &"rating", &"genres"])];
        let given: Vec<f32> = self.favorites.iter().map(|row| row.rating).collect();
        for ((row, rating), n) in self.favorites.iter().zip(ratings(&given)).zip(1..) {
            rows.push(row.item.cells(&n.to_string(), &rating));
        }
        table("", &COLUMNS, &rows)
    }
}
