//! In which order stochastic gradient descent visits the ratings of an epoch.

use rand::seq::SliceRandom;

use super::registry::{Hyperparameter, Kind};
use crate::data::{Rating, Ratings};
use crate::random;

/// The order of visits; one epoch's order does not depend on the epochs before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Users by index, each user's items by index, the same in every epoch.
    Stored,
    /// Users in a new random order in each epoch, each user's items by index.
    ByUser,
    /// All ratings in a new random order in each epoch.
    Shuffled,
}

impl Order {
    /// The hyperparameter of models that can visit ratings in any order.
    pub const ANY: Hyperparameter = Hyperparameter {
        name: "order",
        symbol: r"\text{order}",
        default: 1.0,
        min: 0.0,
        max: 2.0,
        kind: Kind::Choice(&["stored", "by-user", "shuffled"]),
        help: "Visit the ratings as they are stored, user by user with the users shuffled, or all shuffled.",
    };

    /// The hyperparameter of models that go user by user.
    pub const USERS: Hyperparameter = Hyperparameter {
        max: 1.0,
        kind: Kind::Choice(&["stored", "by-user"]),
        help: "Visit the users as they are stored, or shuffled anew in each epoch.",
        ..Self::ANY
    };

    /// From the value of the hyperparameter.
    pub fn from_value(value: f64) -> Self {
        match value as usize {
            0 => Self::Stored,
            1 => Self::ByUser,
            _ => Self::Shuffled,
        }
    }

    /// The users in the order of this epoch.
    pub fn users(self, train: &Ratings, seed: u64, epoch: usize) -> Vec<u32> {
        let mut users: Vec<u32> = (0..train.users() as u32).collect();
        if self != Self::Stored {
            users.shuffle(&mut random::epoch_stream(seed, "order", epoch));
        }
        users
    }

    /// The positions of all ratings in the order of this epoch, O(ratings).
    pub fn positions(self, train: &Ratings, seed: u64, epoch: usize) -> Vec<u32> {
        if self == Self::Shuffled {
            let mut all: Vec<u32> = (0..train.len() as u32).collect();
            all.shuffle(&mut random::epoch_stream(seed, "order", epoch));
            return all;
        }
        let users = self.users(train, seed, epoch);
        let positions = |&u: &u32| train.positions(u as usize).map(|n| n as u32);
        users.iter().flat_map(positions).collect()
    }

    /// The rating of step `n` of this epoch.
    pub fn nth(self, train: &Ratings, seed: u64, epoch: usize, n: usize) -> Rating {
        train.nth(self.positions(train, seed, epoch)[n] as usize)
    }
}
