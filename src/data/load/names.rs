//! Ids become numbers as they are read, and get their order at the end.

use std::collections::HashMap;
use std::sync::Arc;

use crate::data::{Ids, Item};
use crate::sort;

/// Ids numbered in the order in which they are first seen.
#[derive(Default)]
pub(super) struct Interner {
    numbers: HashMap<Box<str>, u32>,
    last: (String, u32),
}

impl Interner {
    pub(super) fn number(&mut self, id: &str) -> u32 {
        if self.last.0 == id {
            return self.last.1;
        }
        let number = if let Some(&number) = self.numbers.get(id) {
            number
        } else {
            let number = self.numbers.len() as u32;
            self.numbers.insert(id.into(), number);
            number
        };
        self.last.0.clear();
        self.last.0.push_str(id);
        self.last.1 = number;
        number
    }

    /// The ids in their final order, and the final index of each number.
    fn finish(self) -> (Arc<Ids>, Vec<u32>) {
        let mut numbered: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        sort::by(&mut numbered, &|a, b| a.1.cmp(&b.1));
        let ids = Ids::new(numbered.iter().map(|(id, _)| id.clone()));
        let index = |(id, _): &(Box<str>, u32)| ids.index(id).map_or(0, |index| index as u32);
        let indices = numbered.iter().map(index).collect();
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
    /// Keeps what is told of an item, unless something was told before.
    pub(super) fn describe(&mut self, item: u32, tell: impl FnOnce() -> Item) {
        let item = item as usize;
        if self.told.len() <= item {
            self.told.resize(item + 1, None);
        }
        self.told[item].get_or_insert_with(tell);
    }

    pub(super) fn finish(self) -> Order {
        let (users, user_index) = self.users.finish();
        let (items, item_index) = self.items.finish();
        let mut told = vec![None; items.len()];
        for (item, index) in self.told.into_iter().zip(&item_index) {
            told[*index as usize] = item;
        }
        Order { users, items, user_index, item_index, told }
    }
}

/// What the numbers given by [`Names`] become.
pub(super) struct Order {
    pub(super) users: Arc<Ids>,
    pub(super) items: Arc<Ids>,
    pub(super) user_index: Vec<u32>,
    pub(super) item_index: Vec<u32>,
    /// What the ratings' own table tells of each item.
    pub(super) told: Vec<Option<Item>>,
}
