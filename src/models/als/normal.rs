//! The normal equations of one user or item: built, factorized by Cholesky, solved.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use wide::f32x8;

use crate::models::factors::{Factors, LANES, add_scaled, dot};
use crate::trace::{System, Written};

/// Below this share of the largest diagonal element a pivot of an unregularized matrix counts as
/// zero: it is what rounding leaves of an exact zero in single precision.
const SINGULAR: f32 = 1e-6;

/// Room for one system `matrix x = right`, used again for every line of a half-sweep.
pub struct Normal {
    factors: usize,
    stride: usize,
    lambda: f32,
    /// How many rows the matrix was made of, those that are zero not counted.
    rows: usize,
    /// The lower triangle, column by column, padded to whole lanes with ones on the diagonal.
    matrix: Vec<f32>,
    right: DVector<f32>,
    solution: DVector<f32>,
    /// The matrix that the lines of a half-sweep begin with, where they share one.
    shared: Vec<f32>,
    /// Its factorization.
    prepared: Option<Cholesky<f32, Dyn>>,
    /// The buffer that is factorized in place.
    buffer: Vec<f32>,
}

impl Normal {
    /// For vectors with this many factors.
    pub fn new(factors: usize) -> Self {
        let stride = factors.next_multiple_of(LANES);
        Self {
            factors,
            stride,
            lambda: 0.0,
            rows: 0,
            matrix: vec![0.0; stride * stride],
            right: DVector::zeros(stride),
            solution: DVector::zeros(stride),
            shared: Vec::new(),
            prepared: None,
            buffer: Vec::new(),
        }
    }

    /// matrix = sum of c_j x_j x_j^T over these rows j with weights c_j > 0, + lambda I, O(rows f^2).
    pub fn matrix(
        &mut self,
        vectors: &Factors,
        rows: impl Iterator<Item = (usize, f32)>,
        lambda: f32,
    ) {
        self.matrix.fill(0.0);
        self.lambda = lambda;
        self.rows = self.add(vectors, rows);
        for k in 0..self.stride {
            self.matrix[k * self.stride + k] += if k < self.factors { lambda } else { 1.0 };
        }
    }

    /// matrix += sum of c_j x_j x_j^T. Returns how many of the x_j are not zero.
    pub fn add(&mut self, vectors: &Factors, rows: impl Iterator<Item = (usize, f32)>) -> usize {
        let mut nonzero = 0;
        let mut rows = rows.map(|(row, c)| {
            let x = vectors.row(row);
            nonzero += usize::from(x.iter().any(|&x| x != 0.0));
            (x, c)
        });
        loop {
            // Four rows at a time, so that the matrix is read and written a quarter as often.
            match std::array::from_fn(|_| rows.next()) {
                [Some(x), Some(y), Some(z), Some(w)] => self.add_four([x, y, z, w]),
                rest => {
                    rest.into_iter().flatten().for_each(|x| self.add_one(x));
                    break;
                }
            }
        }
        nonzero
    }

    fn add_one(&mut self, (x, c): (&[f32], f32)) {
        for (a, column) in self.matrix.chunks_exact_mut(self.stride).enumerate() {
            let from = a - a % LANES;
            add_scaled(&mut column[from..], c * x[a], &x[from..]);
        }
    }

    fn add_four(&mut self, rows: [(&[f32], f32); 4]) {
        for (a, column) in self.matrix.chunks_exact_mut(self.stride).enumerate() {
            let below = &mut column.as_chunks_mut::<LANES>().0[a / LANES..];
            let n = below.len();
            let [x_a, y_a, z_a, w_a] = rows.map(|(x, c)| f32x8::splat(c * x[a]));
            let [x, y, z, w] = rows.map(|(x, _)| tail(x, n));
            for k in 0..n {
                let [x, y, z, w] = [x[k], y[k], z[k], w[k]].map(f32x8::new);
                let sum = (x_a * x + y_a * y) + (z_a * z + w_a * w);
                below[k] = (f32x8::new(below[k]) + sum).to_array();
            }
        }
    }

    /// Keeps the matrix for [`Normal::begin_shared`].
    pub fn share(&mut self) {
        self.shared.clone_from(&self.matrix);
    }

    /// Begins with the shared matrix, O(f^2).
    pub fn begin_shared(&mut self) {
        self.matrix.copy_from_slice(&self.shared);
    }

    // lesson: solve
    /// right = sum of t_j x_j over pairs of row j and target t_j, times its weight where it has one.
    pub fn right(&mut self, vectors: &Factors, targets: impl Iterator<Item = (usize, f32)>) {
        self.right.fill(0.0);
        for (row, target) in targets {
            add_scaled(self.right.as_mut_slice(), target, vectors.row(row));
        }
    }

    /// Solves by Cholesky's factorization. False where the matrix is singular.
    pub fn solve(&mut self) -> bool {
        let Some(cholesky) = self.factorize() else {
            return false;
        };
        self.solution.copy_from(&self.right);
        cholesky.solve_mut(&mut self.solution);
        self.buffer = cholesky.unpack_dirty().data.into();
        true
    }
    // lesson: end

    /// The same with `noise` added between the two substitutions: where the matrix is L L^T and the
    /// noise is drawn from N(0, v I), the solution of L^T x = L^(-1) right + noise is drawn from
    /// N(matrix^(-1) right, v matrix^(-1)).
    pub fn solve_noisy(&mut self, noise: &[f32]) -> bool {
        let Some(cholesky) = self.factorize() else {
            return false;
        };
        self.solution.copy_from(&self.right);
        let l = cholesky.l_dirty();
        let mut solved = l.solve_lower_triangular_mut(&mut self.solution);
        add_scaled(self.solution.as_mut_slice(), 1.0, noise);
        solved &= l.tr_solve_lower_triangular_mut(&mut self.solution);
        self.buffer = cholesky.unpack_dirty().data.into();
        solved
    }

    /// Factorizes the matrix once for [`Normal::solve_prepared`].
    pub fn prepare(&mut self) {
        self.prepared = self.factorize();
    }

    /// Solves with the prepared factorization. False where the matrix is singular.
    pub fn solve_prepared(&mut self) -> bool {
        if let Some(cholesky) = &self.prepared {
            self.solution.copy_from(&self.right);
            cholesky.solve_mut(&mut self.solution);
        }
        self.prepared.is_some()
    }

    /// Nothing where the matrix is singular. Without a penalty it is so for certain where it was made
    /// of fewer rows than it has; otherwise the pivots tell, and only they are subject to rounding.
    fn factorize(&mut self) -> Option<Cholesky<f32, Dyn>> {
        if self.lambda == 0.0 && self.rows < self.factors {
            return None;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.extend_from_slice(&self.matrix);
        let cholesky = Cholesky::new(DMatrix::from_vec(self.stride, self.stride, buffer))?;
        if self.lambda == 0.0 {
            let diagonal = (0..self.factors).map(|k| self.matrix[k * self.stride + k]);
            let largest = diagonal.fold(0.0, f32::max);
            let l = cholesky.l_dirty();
            if (0..self.factors).any(|k| l[(k, k)] * l[(k, k)] < SINGULAR * largest) {
                return None;
            }
        }
        Some(cholesky)
    }

    /// The same solution for n rows with n < f and lambda > 0, in O(n^2 f + n^3). With the rows as a
    /// matrix X, their weights as a diagonal matrix C and the targets t,
    ///
    /// ```text
    /// (X^T C X + lambda I)^(-1) X^T C t = X^T (X X^T + lambda C^(-1))^(-1) t
    /// ```
    ///
    /// because X^T C (X X^T + lambda C^(-1)) = (X^T C X + lambda I) X^T; the matrix on the right is n
    /// by n. `targets` holds row, t and c.
    pub fn solve_short(
        &mut self,
        vectors: &Factors,
        targets: impl Iterator<Item = (usize, f32, f32)> + Clone,
        n: usize,
        lambda: f32,
    ) -> bool {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.resize(n * n, 0.0);
        for (a, (row, _, c)) in targets.clone().enumerate() {
            let x = vectors.row(row);
            for (b, (other, _, _)) in targets.clone().enumerate().skip(a) {
                buffer[a * n + b] = dot(x, vectors.row(other));
            }
            buffer[a * n + a] += lambda / c;
        }
        let Some(cholesky) = Cholesky::new(DMatrix::from_vec(n, n, buffer)) else {
            return false;
        };
        let mut weights = DVector::from_iterator(n, targets.clone().map(|(_, target, _)| target));
        cholesky.solve_mut(&mut weights);
        self.solution.fill(0.0);
        for ((row, _, _), &weight) in targets.zip(&weights) {
            add_scaled(self.solution.as_mut_slice(), weight, vectors.row(row));
        }
        self.buffer = cholesky.unpack_dirty().data.into();
        true
    }

    /// The solution, found in the coordinates of `white`, in the coordinates of its vectors.
    pub fn unwhiten(&mut self, white: &White) {
        self.right.copy_from(&self.solution);
        self.solution.fill(0.0);
        for (k, &y) in self.right.iter().take(self.factors).enumerate() {
            add_scaled(self.solution.as_mut_slice(), y, white.inverse.row(k));
        }
    }

    /// The solution found last, with its padding.
    pub fn solution(&self) -> &[f32] {
        self.solution.as_slice()
    }

    /// Component k of matrix x - right, for the vector `x` that stood there before.
    pub fn gradient(&self, before: &[f32], k: usize) -> f32 {
        let row = before.iter().enumerate().map(|(j, x)| self.element(k, j) * x);
        row.sum::<f32>() - self.right[k]
    }

    /// The system as a lesson shows it, without padding.
    pub fn system(&self, written: &'static Written, solved: bool) -> System {
        let f = self.factors;
        System {
            written,
            drawn: false,
            matrix: self.shown(),
            right: self.right.as_slice()[..f].to_vec(),
            solution: solved.then(|| self.solution.as_slice()[..f].to_vec()),
        }
    }

    /// The matrix row by row, without padding.
    pub fn shown(&self) -> Vec<f32> {
        let f = self.factors;
        (0..f * f).map(|n| self.element(n / f, n % f)).collect()
    }

    fn element(&self, a: usize, b: usize) -> f32 {
        self.matrix[a.min(b) * self.stride + a.max(b)]
    }
}

/// Vectors in coordinates in which a shared matrix A = L L^T is the identity: z_j = L^(-1) x_j. There
///
/// ```text
/// A + sum of c_j x_j x_j^T = L (I + sum of c_j z_j z_j^T) L^T
/// ```
///
/// so a line with A in its system becomes one with I, which [`Normal::solve_short`] solves.
pub struct White {
    /// The z_j.
    pub vectors: Factors,
    /// L^(-1), row by row.
    inverse: Factors,
}

impl White {
    /// By the matrix that `normal` shares, O(rows f^2 + f^3). Nothing where it is singular.
    pub fn new(vectors: &Factors, normal: &mut Normal) -> Option<Self> {
        normal.begin_shared();
        let cholesky = normal.factorize()?;
        let (f, l) = (normal.factors, cholesky.l_dirty());
        let mut inverse = Factors::zeros(f, f);
        let mut column = vec![0.0_f64; f];
        for j in 0..f {
            for i in j..f {
                let one = if i == j { 1.0 } else { 0.0 };
                let parts = (j..i).map(|k| f64::from(l[(i, k)]) * column[k]);
                column[i] = (one - parts.sum::<f64>()) / f64::from(l[(i, i)]);
                inverse.row_mut(i)[j] = column[i] as f32;
            }
        }
        let mut white = Factors::zeros(vectors.rows(), f);
        for row in 0..vectors.rows() {
            let x = vectors.row(row);
            for (k, z) in white.row_mut(row)[..f].iter_mut().enumerate() {
                let end = (k + 1).next_multiple_of(LANES);
                *z = dot(&inverse.row(k)[..end], &x[..end]);
            }
        }
        normal.buffer = cholesky.unpack_dirty().data.into();
        Some(Self { vectors: white, inverse })
    }
}

/// The last `n` groups of lanes.
fn tail(row: &[f32], n: usize) -> &[[f32; LANES]] {
    let lanes = row.as_chunks::<LANES>().0;
    &lanes[lanes.len() - n..]
}
