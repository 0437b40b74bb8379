//! In which order stochastic gradient descent visits the ratings of an epoch.

use rand::seq::SliceRandom;

use super::choice::choices;
use super::entry::{Hyperparameter, Kind};
use crate::data::Ratings;
use crate::random;

choices! {
    /// The order of visits; one epoch's order does not depend on the epochs before.
    pub enum Order {
        /// Users by index, each user's items by index, the same in every epoch.
        Stored = "stored",
        /// User by user; in each epoch the users, and each user's items, in a new random order.
        ByUser = "by-user",
        /// All ratings in a new random order in each epoch.
        Shuffled = "shuffled",
    }
}

impl Order {
    /// The hyperparameter of models that can visit ratings in any order.
    pub const ANY: Hyperparameter = Hyperparameter::choice::<Self>(
        "order",
        "",
        Self::ByUser as usize,
        "Visit the ratings as they are stored; user by user, shuffled anew in each epoch; or all shuffled together.",
    );

    /// The hyperparameter of models that go user by user.
    pub const USERS: Hyperparameter = Hyperparameter {
        max: 1.0,
        kind: Kind::Choice(&["stored", "by-user"]),
        help: "Visit the ratings as they are stored, or user by user, shuffled anew in each epoch.",
        ..Self::ANY
    };

    /// The visits of an epoch, O(ratings).
    pub fn visits(self, train: &Ratings, seed: u64, epoch: usize) -> Visits {
        let mut rng = random::epoch_stream(seed, "order", epoch);
        let mut users: Vec<u32> = (0..train.users() as u32).collect();
        if self == Self::ByUser {
            users.shuffle(&mut rng);
        }
        let mut positions = Vec::with_capacity(train.len());
        let mut start = Vec::with_capacity(users.len() + 1);
        start.push(0);
        for &u in &users {
            let from = positions.len();
            positions.extend(train.positions(u as usize).map(|n| n as u32));
            if self == Self::ByUser {
                positions[from..].shuffle(&mut rng);
            }
            start.push(positions.len() as u32);
        }
        if self == Self::Shuffled {
            positions.shuffle(&mut rng);
        }
        Visits { users, start, positions }
    }

    /// The visits of an epoch, worked out where it is not the one that `known` holds.
    pub(super) fn known<'a>(
        self,
        known: &'a mut Option<(usize, Visits)>,
        train: &Ratings,
        seed: u64,
        epoch: usize,
    ) -> &'a Visits {
        if known.as_ref().is_some_and(|&(of, _)| of != epoch) {
            *known = None;
        }
        &known.get_or_insert_with(|| (epoch, self.visits(train, seed, epoch))).1
    }
}

/// One epoch's order: positions of ratings in row order (see [`Ratings::nth`]).
#[derive(Debug)]
pub struct Visits {
    users: Vec<u32>,
    /// Where the positions of each of them begin.
    start: Vec<u32>,
    positions: Vec<u32>,
}

impl Visits {
    /// All positions.
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// The n-th user, with the positions of the user's ratings. Not for [`Order::Shuffled`], which does
    /// not go by users.
    pub fn user(&self, n: usize) -> (usize, &[u32]) {
        let [from, to] = [self.start[n], self.start[n + 1]].map(|at| at as usize);
        (self.users[n] as usize, &self.positions[from..to])
    }
}
