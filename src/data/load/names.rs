//! Ids become numbers as they are read, and get their order at the end.

use std::collections::HashMap;
use std::sync::Arc;

use crate::data::{Ids, Item};

/// Ids numbered in the order in which they are first seen; once all have been seen, in their own order.
#[derive(Default)]
pub(super) struct Interner {
    numbers: HashMap<Box<str>, u32>,
    /// Often the same id follows.
    last: (String, u32),
}

impl Interner {
    /// The number of an id, a new one where it has none.
    pub(super) fn number(&mut self, id: &str) -> u32 {
        if let Some(number) = self.find(id) {
            return number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(id.into(), number);
        self.keep(id, number)
    }

    /// The number of an id that has one.
    pub(super) fn find(&mut self, id: &str) -> Option<u32> {
        if self.last.0 == id {
            return Some(self.last.1);
        }
        let number = *self.numbers.get(id)?;
        Some(self.keep(id, number))
    }

    fn keep(&mut self, id: &str, number: u32) -> u32 {
        self.last.0.clear();
        self.last.0.push_str(id);
        self.last.1 = number;
        number
    }

    /// The ids in their final order, by which they are numbered from now on, and the new number of each
    /// old one.
    fn finish(&mut self) -> (Arc<Ids>, Vec<u32>) {
        let ids = Ids::new(self.numbers.keys().cloned());
        let mut indices = vec![0; ids.len()];
        for (index, id) in ids.iter().enumerate() {
            if let Some(number) = self.numbers.get_mut(id) {
                indices[*number as usize] = index as u32;
                *number = index as u32;
            }
        }
        self.last = Default::default();
        (Arc::new(ids), indices)
    }
}

/// The users and items of all files, training and test alike.
#[derive(Default)]
pub(super) struct Names {
    pub(super) users: Interner,
    pub(super) items: Interner,
    /// What the ratings' own table tells of items, by their numbers.
    told: Vec<Option<Item>>,
}

impl Names {
    /// Keeps what is told of the item that was numbered last, unless something was told before.
    pub(super) fn describe(&mut self, tell: impl FnOnce() -> Item) {
        let item = self.items.last.1 as usize;
        if self.told.len() <= item {
            self.told.resize(item + 1, None);
        }
        self.told[item].get_or_insert_with(tell);
    }

    /// Ends the numbering: what is found from now on has its final index.
    pub(super) fn finish(&mut self) -> Order {
        let (users, user_index) = self.users.finish();
        let (items, item_index) = self.items.finish();
        let mut told = vec![None; items.len()];
        for (item, index) in self.told.drain(..).zip(&item_index) {
            told[*index as usize] = item;
        }
        Order { users, items, user_index, told }
    }
}

/// What is known when all users and items have been seen.
pub(super) struct Order {
    pub(super) users: Arc<Ids>,
    pub(super) items: Arc<Ids>,
    /// The final index of each user by the number that [`Names`] gave.
    pub(super) user_index: Vec<u32>,
    /// What the ratings' own table tells of each item.
    pub(super) told: Vec<Option<Item>>,
}
