//! The arguments. Doc comments here are the help that the program prints.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

use super::models::{hyperparameters, overview};
use factorscope::data::load::{Columns, Duplicates, Options};
use factorscope::models::REGISTRY;

/// The seed where none is given, here and on the site.
pub const SEED: u64 = 42;

/// Recommender models to look inside: train, test and ask them.
#[derive(Debug, Parser)]
#[command(version, after_help = overview())]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the models with their formulas and hyperparameters
    Models(ModelsArgs),
    /// Train a model once and measure its errors
    ///
    /// Trains a model and compares its predictions, clamped to the rating scale, with ratings it has
    /// not seen: a random share of DATA, or those of --test FILE. The same data, settings and seed
    /// give the same fingerprint on every machine and in the browser.
    #[command(after_long_help = hyperparameters())]
    Train(TrainArgs),
    /// Cross-validate a model: every rating is predicted once by a model that has not seen it
    ///
    /// Cuts the ratings into folds at random, trains once for each fold on all the others, and
    /// measures the errors on the fold: mean, standard deviation and each fold's own.
    #[command(after_long_help = hyperparameters())]
    Cv(CvArgs),
    /// Measure the errors for users, or items, of whom few ratings are known
    ///
    /// Holds back whole users (or items), group after group, gives the model so many ratings of each,
    /// and tests it on others of theirs; the same ones whatever is known.
    #[command(after_long_help = hyperparameters())]
    ColdStart(ColdStartArgs),
    /// Train a model on all ratings and recommend items to one user, or to a newcomer
    ///
    /// Prints the items with the highest predicted ratings among those the user has not rated, and
    /// beside them what the user rated highest. Predictions are not clamped to the rating scale.
    #[command(after_long_help = hyperparameters())]
    Recommend(RecommendArgs),
    /// Write ratings and titles in the compact form that the site ships
    Pack(PackArgs),
}

/// Arguments of `models`.
#[derive(Debug, Args)]
pub struct ModelsArgs {
    /// Only this model
    #[arg(value_name = "ID", value_parser = ids())]
    pub id: Option<String>,
    /// Print one JSON array
    #[arg(long)]
    pub json: bool,
}

/// How a file is read where its content does not decide.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// Which column of DATA is which, by name or by number
    ///
    /// Columns that are not said are recognized. `time=none` leaves the times out.
    #[arg(long, value_name = "user=COLUMN,item=COLUMN,rating=COLUMN,time=COLUMN")]
    pub columns: Option<Columns>,
    /// Which of several ratings of one item by one user counts
    #[arg(long, value_enum, default_value_t = Several::Last)]
    pub duplicates: Several,
    /// Leave out the ratings of this value, such as -1 or 0 where it says that there is none
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub without_rating: Option<f32>,
}

impl ReadArgs {
    /// The same for the loader.
    pub fn options(&self) -> Options {
        Options {
            columns: self.columns.clone().unwrap_or_default(),
            duplicates: match self.duplicates {
                Several::Last => Duplicates::Last,
                Several::First => Duplicates::First,
                Several::Mean => Duplicates::Mean,
                Several::Refuse => Duplicates::Refuse,
            },
            without_rating: self.without_rating,
        }
    }
}

/// What becomes of several ratings of one item by one user; rows that are the same count once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Several {
    /// The latest, by time where there are times, else by line
    Last,
    /// The earliest
    First,
    /// Their mean
    Mean,
    /// None: the file is refused
    Refuse,
}

/// Arguments of every command that trains.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A ratings file, a folder, a zip, or one of the words `toy` and `simulation`
    ///
    /// MovieLens (latest, 100K, 1M, 10M, 20M, 25M, 32M), Netflix Prize, or any table with user, item
    /// and rating; the format is recognized from the content. `toy` is a table of three users and
    /// three items, `simulation` a drawn set of about 60,000 ratings. A file of one of these names
    /// is `./toy`.
    pub data: PathBuf,
    /// The model
    #[arg(long, value_name = "ID", value_parser = ids())]
    pub model: String,
    /// Set a hyperparameter; may be repeated (`factorscope models` lists them)
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Decides the start values and the order of visits
    #[arg(long, value_name = "N", default_value_t = SEED)]
    pub seed: u64,
    #[command(flatten)]
    pub read: ReadArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of every command that holds ratings back.
#[derive(Debug, Args)]
pub struct SplitArgs {
    /// Decides which ratings are held back [default: the number of --seed]
    ///
    /// With it given, another --seed leaves the split as it is.
    #[arg(long, value_name = "N")]
    pub split_seed: Option<u64>,
}

/// Arguments of `train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    pub split: SplitArgs,
    /// Train on all of DATA and test on this file
    ///
    /// For published splits such as u1.base and u1.test of MovieLens 100K.
    #[arg(long, value_name = "FILE", conflicts_with = "holdout")]
    pub test: Option<PathBuf>,
    /// The share of the ratings that is held back for the test, drawn at random unless --by says else
    ///
    /// With 0 nothing is held back, and the errors are those on the training set.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, value_parser = share)]
    pub holdout: f64,
    /// The share of what is left for training that is held back for choosing
    ///
    /// Settings and the number of epochs are chosen by the errors on this part, so that those on the
    /// test part are of ratings that had no say in it.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub validation: f64,
    /// Which ratings are held back
    #[arg(long, value_enum, default_value_t = By::Random, conflicts_with = "test")]
    pub by: By,
}

/// Which ratings `train` holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// The share --holdout, drawn at random
    Random,
    /// The latest of all ratings, as large a share of them
    Time,
    /// Each user's five latest ratings; --holdout says nothing then
    Latest,
}

/// Arguments of `cv`.
#[derive(Debug, Args)]
pub struct CvArgs {
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    pub split: SplitArgs,
    /// How many folds
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = value_parser!(u32).range(2..))]
    pub folds: u32,
}

/// Arguments of `cold-start`.
#[derive(Debug, Args)]
pub struct ColdStartArgs {
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    pub split: SplitArgs,
    /// Who is new
    #[arg(long, value_enum, default_value_t = Cold::Users)]
    pub side: Cold,
    /// How many ratings of each are known
    #[arg(long, value_name = "N,N,...", value_delimiter = ',', default_values_t = [0, 1, 2, 5, 10])]
    pub known: Vec<usize>,
    /// How many groups become cold, one after the other
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = value_parser!(u32).range(2..))]
    pub folds: u32,
    /// Measure the same model beside it with this setting changed, as in `inputs=none`; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub against: Vec<String>,
}

/// Who is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Cold {
    /// Users
    Users,
    /// Items
    Items,
}

/// Arguments of `recommend`.
#[derive(Debug, Args)]
pub struct RecommendArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// Whom to recommend to: the user's id in DATA [default: the first user]
    #[arg(long, value_name = "ID")]
    pub user: Option<String>,
    /// Recommend to somebody who is not in DATA and gave these ratings
    ///
    /// A line for each item, as in `The Matrix (1999),4.5`: its id or its title, and the rating; an id is
    /// tried first. Or a table of one user in any form that DATA can have. The model is trained without
    /// these ratings.
    #[arg(long, value_name = "FILE", conflicts_with = "user")]
    pub ratings: Option<PathBuf>,
    /// How many items
    #[arg(short, long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u32).range(1..))]
    pub n: u32,
    /// Only items with at least this many ratings [default: 5, or 1 in small data]
    #[arg(long, value_name = "N")]
    pub least: Option<usize>,
}

/// Arguments of `pack`.
#[derive(Debug, Args)]
pub struct PackArgs {
    /// A ratings file, a folder, a zip, or one of the words `toy` and `simulation`
    pub data: PathBuf,
    /// The file to write
    pub out: PathBuf,
    #[command(flatten)]
    pub read: ReadArgs,
}

fn ids() -> PossibleValuesParser {
    let value = |entry: &factorscope::models::Entry| PossibleValue::new(entry.id).help(entry.title);
    PossibleValuesParser::new(REGISTRY.iter().map(value))
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|x| (0.0..1.0).contains(x));
    share.ok_or_else(|| "expected a number from 0 to below 1".to_owned())
}
