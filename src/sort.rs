//! Sorting outside of passes.
//!
//! Every type and comparison that the standard library's sort is used with adds four to nine kilobytes
//! to the WebAssembly module; what is sorted here shares one instance.

use std::cmp::Ordering;

/// Sorts, equal values in their old order; O(n log n).
pub fn by<T: Clone>(values: &mut [T], compare: &dyn Fn(&T, &T) -> Ordering) {
    let before = values.to_vec();
    let order = order(before.len(), &|a, b| compare(&before[a], &before[b]));
    for (value, at) in values.iter_mut().zip(order) {
        value.clone_from(&before[at as usize]);
    }
}

/// The numbers below `n` in order.
fn order(n: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_by(|&a, &b| compare(a as usize, b as usize));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_keep_their_order() {
        let mut words = ["be", "a", "cd", "b", ""];
        by(&mut words, &|a, b| a.len().cmp(&b.len()));
        assert_eq!(words, ["", "a", "b", "be", "cd"]);
    }
}
