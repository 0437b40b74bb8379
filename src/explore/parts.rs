//! What the factors of a nonnegative factorization stand for: the films that each carries most of.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::data::Ratings;
use crate::models::{Model, Parameter};

/// A film, and what one factor adds to its prediction for the mean of all users.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct PartFilm {
    /// Dense index of the item.
    pub item: usize,
    /// The mean user's component times the film's: never negative.
    pub adds: f32,
    /// The same as a share of what all factors add.
    pub share: f32,
}

/// How much of a factor lies in films of one genre.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct PartGenre {
    /// The genre's name.
    pub name: String,
    /// The share of the factor's shares that films of this genre have.
    pub share: f32,
    /// The share of this genre among all the films looked at.
    pub usual: f32,
}

/// One factor.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Part {
    /// The mean of the films' shares: how much of all predictions this factor carries.
    pub share: f32,
    /// The films of which it carries the largest share, largest first.
    pub films: Vec<PartFilm>,
    /// The genres that exceed their usual share by most, largest excess first.
    pub genres: Vec<PartGenre>,
}

/// The factors of a model with vectors p_u and q_i that are nowhere negative, in their order; nothing
/// for any other model. Looks at films with at least `least` ratings, and names `n` films and genres.
pub fn parts(
    model: &dyn Model,
    known: &Ratings,
    genres: &dyn Fn(usize) -> Vec<String>,
    n: usize,
    least: usize,
) -> Option<Vec<Part>> {
    let parameters = model.parameters();
    let named = |name| parameters.iter().find(|p| p.name == name && p.columns > 0);
    let (p, q) = (named("p_u")?, named("q_i")?);
    let is_negative = |p: &Parameter| p.values.iter().any(|&x| x < 0.0);
    if is_negative(p) || is_negative(q) || p.columns != q.columns {
        return None;
    }
    let mut mean = vec![0.0; p.columns];
    for row in p.rows() {
        for (mean, x) in mean.iter_mut().zip(row) {
            *mean += x;
        }
    }
    let users = p.rows().count().max(1) as f32;
    let mut films: Vec<(usize, Vec<f32>, f32)> = Vec::new();
    for (i, row) in q.rows().enumerate() {
        let adds: Vec<f32> = row.iter().zip(&mean).map(|(q, mean)| q * mean / users).collect();
        let sum: f32 = adds.iter().sum();
        if known.column(i).len() >= least.max(1) && sum > 0.0 {
            films.push((i, adds, sum));
        }
    }
    let usual = by_genre(films.iter().map(|(i, ..)| (*i, 1.0)), genres);
    let part = |k: usize| {
        let share = |(_, adds, sum): &(usize, Vec<f32>, f32)| adds[k] / sum;
        let mut top: Vec<PartFilm> = films
            .iter()
            .map(|film| PartFilm { item: film.0, adds: film.1[k], share: share(film) })
            .collect();
        top.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.item.cmp(&b.item)));
        top.truncate(n);
        let own = by_genre(films.iter().map(|film| (film.0, share(film))), genres);
        let mut own: Vec<PartGenre> = own
            .into_iter()
            .map(|(name, share)| PartGenre { usual: usual[&name], name, share })
            .collect();
        own.sort_by(|a, b| (b.share - b.usual).total_cmp(&(a.share - a.usual)));
        own.truncate(n);
        let all: f32 = films.iter().map(share).sum();
        Part { share: all / films.len().max(1) as f32, films: top, genres: own }
    };
    Some((0..p.columns).map(part).collect())
}

/// The share of each genre in the weights of all films.
fn by_genre(
    films: impl Iterator<Item = (usize, f32)>,
    genres: &dyn Fn(usize) -> Vec<String>,
) -> BTreeMap<String, f32> {
    let mut shares = BTreeMap::new();
    let mut all = 0.0;
    for (item, weight) in films {
        all += weight;
        for genre in genres(item) {
            *shares.entry(genre).or_insert(0.0) += weight;
        }
    }
    for share in shares.values_mut() {
        *share = if all > 0.0 { *share / all } else { 0.0 };
    }
    shares
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::toy;
    use crate::models::Spec;

    #[test]
    fn a_factor_is_told_by_the_films_it_carries_most_of() {
        let known = toy::toy().ratings;
        let spec = Spec::with("nmf", ["biases=no", "factors=2"]).unwrap();
        let mut model = spec.build(Arc::clone(&known), 42);
        let stride = model.parameters()[3].stride;
        let mut values = model.values_mut();
        // The mean user is (1, 2): film 1 lies in factor 1, film 2 in factor 2, film 3 in both.
        for (u, p) in [[1.0, 2.0]; 3].iter().enumerate() {
            values[3][u * stride..u * stride + 2].copy_from_slice(p);
        }
        for (i, q) in [[3.0, 0.0], [0.0, 1.0], [2.0, 1.0]].iter().enumerate() {
            values[4][i * stride..i * stride + 2].copy_from_slice(q);
        }
        let genres = |i: usize| vec![["Drama", "Comedy", "Drama"][i].to_owned()];
        let found = parts(&*model, &known, &genres, 2, 0).unwrap();
        let films = |part: &Part| part.films.iter().map(|f| (f.item, f.share)).collect::<Vec<_>>();
        assert_eq!(films(&found[0]), [(0, 1.0), (2, 0.5)]);
        assert_eq!(films(&found[1]), [(1, 1.0), (2, 0.5)]);
        assert_eq!(found[0].films[0].adds, 3.0);
        assert!((found[0].share - 0.5).abs() < 1e-6);
        assert_eq!(found[0].genres[0].name, "Drama");
        assert_eq!(found[0].genres[0].share, 1.0);
        assert!((found[0].genres[0].usual - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(found[1].genres[0].name, "Comedy");
        let svd = Spec::new("svd").unwrap().build(Arc::clone(&known), 42);
        assert!(parts(&*svd, &known, &genres, 2, 0).is_none());
    }
}
