//! The draws that predictions are averaged over.

use crate::models::factors::dot;

/// The most memory that kept draws may take, in bytes; where one draw is large, fewer are kept.
const MOST_BYTES: usize = 512 << 20;

/// A side's draws: for each user or item the vectors of all slots one after the other, and the biases.
#[derive(Debug, Clone)]
struct Side {
    vectors: Vec<f32>,
    biases: Vec<f32>,
    /// The mean of each row's biases over the slots in use.
    mean_bias: Vec<f32>,
}

/// The latest draws of all vectors and biases, 4 (users + items)(f + 1) bytes each with f rounded up to
/// whole lanes.
#[derive(Debug, Clone)]
pub struct Kept {
    stride: usize,
    slots: usize,
    used: usize,
    next: usize,
    users: Side,
    items: Side,
    /// A few numbers of each draw, for the record.
    marks: Vec<[f32; 3]>,
}

impl Kept {
    /// Room for this many draws, or for as many as [`MOST_BYTES`] hold.
    pub fn new(users: usize, items: usize, stride: usize, wanted: usize) -> Self {
        let bytes = 4 * (users + items) * (stride + 1);
        let slots = wanted.min(MOST_BYTES / bytes.max(1)).max(1);
        let side = |rows: usize| Side {
            vectors: vec![0.0; rows * slots * stride],
            biases: vec![0.0; rows * slots],
            mean_bias: vec![0.0; rows],
        };
        Self {
            stride,
            slots,
            used: 0,
            next: 0,
            users: side(users),
            items: side(items),
            marks: vec![[0.0; 3]; slots],
        }
    }

    /// How many draws there are.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Keeps a draw, p and q, b_u and b_i, in the place of the oldest where there is no room.
    pub fn push(&mut self, vectors: (&[f32], &[f32]), biases: (&[f32], &[f32]), marks: [f32; 3]) {
        let (slot, slots, stride) = (self.next, self.slots, self.stride);
        self.used = (self.used + 1).min(slots);
        self.next = (slot + 1) % slots;
        self.marks[slot] = marks;
        for (side, vectors, biases) in
            [(&mut self.users, vectors.0, biases.0), (&mut self.items, vectors.1, biases.1)]
        {
            for (row, vector) in vectors.chunks_exact(stride).enumerate() {
                let at = (row * slots + slot) * stride;
                side.vectors[at..at + stride].copy_from_slice(vector);
            }
            for (row, &bias) in biases.iter().enumerate() {
                side.biases[row * slots + slot] = bias;
            }
            side.average(slots, self.used);
        }
    }

    /// The slots in use, oldest first.
    fn in_order(&self) -> impl Iterator<Item = usize> {
        let oldest = if self.used == self.slots { self.next } else { 0 };
        (0..self.used).map(move |n| (oldest + n) % self.slots)
    }

    /// The marks of each draw, oldest first.
    pub fn marks(&self) -> Vec<[f32; 3]> {
        self.in_order().map(|slot| self.marks[slot]).collect()
    }

    /// The means of b_u, b_i and p_u . q_i over the draws.
    pub fn means(&self, u: usize, i: usize) -> (f32, f32, f32) {
        let (all, used) = (self.slots * self.stride, self.used * self.stride);
        let p = &self.users.vectors[u * all..][..used];
        let q = &self.items.vectors[i * all..][..used];
        (self.users.mean_bias[u], self.items.mean_bias[i], dot(p, q) / self.used as f32)
    }

    /// b_u + b_i + p_u . q_i of each draw, oldest first.
    pub fn each(&self, u: usize, i: usize) -> impl Iterator<Item = f32> {
        self.in_order().map(move |slot| {
            let (of_u, of_i) = (u * self.slots + slot, i * self.slots + slot);
            let p = &self.users.vectors[of_u * self.stride..][..self.stride];
            let q = &self.items.vectors[of_i * self.stride..][..self.stride];
            self.users.biases[of_u] + self.items.biases[of_i] + dot(p, q)
        })
    }
}

impl Side {
    fn average(&mut self, slots: usize, used: usize) {
        for (mean, biases) in self.mean_bias.iter_mut().zip(self.biases.chunks_exact(slots)) {
            let sum: f32 = biases[..used].iter().sum();
            *mean = sum / used as f32;
        }
    }
}
