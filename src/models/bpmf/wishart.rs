//! The Normal-Wishart distribution: of the mean and the precision of vectors, before and after they are
//! seen. In double precision, on matrices of d by d numbers, row by row.

use rand::Rng;

use crate::random::Normal;

/// What is known of mean and precision: mean ~ N(center, (beta precision)^-1), precision ~ W(scale, nu),
/// with the scale given by its inverse.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalWishart {
    /// mu_0, or mu* once vectors have been seen.
    pub center: Vec<f64>,
    /// beta, how many vectors the center counts for.
    pub beta: f64,
    /// W^-1, d by d.
    pub inverse_scale: Vec<f64>,
    /// nu, the degrees of freedom; more than d - 1.
    pub nu: f64,
}

impl NormalWishart {
    /// Before any vector is seen: mu_0 = 0, beta_0 = 2, W_0 = I, nu_0 = d, as in the authors' program.
    pub fn prior(d: usize) -> Self {
        let mut inverse_scale = vec![0.0; d * d];
        (0..d).for_each(|k| inverse_scale[k * d + k] = 1.0);
        Self { center: vec![0.0; d], beta: 2.0, inverse_scale, nu: d as f64 }
    }

    // lesson: posterior
    /// After these vectors of d numbers each (eq. 14 of the paper):
    ///
    /// ```text
    /// mu* = (beta mu_0 + N x̄) / (beta + N),   beta* = beta + N,   nu* = nu + N
    /// W*^-1 = W^-1 + sum (x - x̄)(x - x̄)^T + beta N / (beta + N) (x̄ - mu_0)(x̄ - mu_0)^T
    /// ```
    #[must_use]
    pub fn after(mut self, vectors: &[f32]) -> Self {
        let d = self.center.len();
        let n = (vectors.len() / d) as f64;
        let mut mean = vec![0.0; d];
        for x in vectors.chunks_exact(d) {
            for (mean, &x) in mean.iter_mut().zip(x) {
                *mean += f64::from(x);
            }
        }
        for mean in &mut mean {
            *mean /= n.max(1.0);
        }
        let mut apart = vec![0.0; d];
        for x in vectors.chunks_exact(d) {
            for ((apart, &x), mean) in apart.iter_mut().zip(x).zip(&mean) {
                *apart = f64::from(x) - mean;
            }
            add_square(&mut self.inverse_scale, 1.0, &apart);
        }
        for ((apart, center), mean) in apart.iter_mut().zip(&mut self.center).zip(&mean) {
            *apart = mean - *center;
            *center = (self.beta * *center + n * mean) / (self.beta + n);
        }
        add_square(&mut self.inverse_scale, self.beta * n / (self.beta + n), &apart);
        mirror(&mut self.inverse_scale, d);
        self.beta += n;
        self.nu += n;
        self
    }
    // lesson: end

    /// One mean and one precision. Nothing where rounding has left no positive definite matrix.
    ///
    /// Bartlett's decomposition: with A lower triangular, its diagonal the roots of chi-square numbers
    /// with nu, nu - 1, … degrees of freedom and normal numbers below, X A A^T X^T ~ W(X X^T, nu). With
    /// W^-1 = C C^T an X with X X^T = W is C^(-T).
    pub fn draw(&self, normal: &mut Normal<impl Rng>) -> Option<(Vec<f64>, Vec<f64>)> {
        let d = self.center.len();
        let c = cholesky(&self.inverse_scale, d)?;
        let mut x = vec![0.0; d * d];
        for a in 0..d {
            for b in 0..a {
                x[a * d + b] = normal.sample();
            }
            x[a * d + a] = normal.chi_squared(self.nu - a as f64).sqrt();
        }
        let mut column = vec![0.0; d];
        for b in 0..d {
            (0..d).for_each(|a| column[a] = x[a * d + b]);
            backward(&c, &mut column);
            (0..d).for_each(|a| x[a * d + b] = column[a]);
        }
        let mut precision = vec![0.0; d * d];
        for a in 0..d {
            for b in 0..=a {
                precision[a * d + b] = (0..d).map(|k| x[a * d + k] * x[b * d + k]).sum();
            }
        }
        mirror(&mut precision, d);
        // mean = center + L^(-T) noise / sqrt(beta) where the precision is L L^T.
        let l = cholesky(&precision, d)?;
        let mut mean: Vec<f64> = (0..d).map(|_| normal.sample()).collect();
        backward(&l, &mut mean);
        for (mean, center) in mean.iter_mut().zip(&self.center) {
            *mean = center + *mean / self.beta.sqrt();
        }
        Some((mean, precision))
    }
}

/// Adds weight x x^T to the lower triangle.
fn add_square(matrix: &mut [f64], weight: f64, x: &[f64]) {
    for (a, row) in matrix.chunks_exact_mut(x.len()).enumerate() {
        let scaled = weight * x[a];
        for (to, &x) in row[..=a].iter_mut().zip(x) {
            *to += scaled * x;
        }
    }
}

/// Makes the upper triangle the mirror of the lower one.
fn mirror(matrix: &mut [f64], d: usize) {
    for a in 0..d {
        for b in 0..a {
            matrix[b * d + a] = matrix[a * d + b];
        }
    }
}

/// The lower triangular L with L L^T = matrix, row by row; nothing where the matrix is not positive
/// definite.
pub fn cholesky(matrix: &[f64], d: usize) -> Option<Vec<f64>> {
    let mut l = vec![0.0; d * d];
    for a in 0..d {
        for b in 0..=a {
            let products = (0..b).map(|k| l[a * d + k] * l[b * d + k]).sum::<f64>();
            let rest = matrix[a * d + b] - products;
            if a > b {
                l[a * d + b] = rest / l[b * d + b];
            } else if rest > 0.0 && rest.is_finite() {
                l[a * d + a] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(l)
}

/// x <- L^-1 x.
pub fn forward(l: &[f64], x: &mut [f64]) {
    let d = x.len();
    for a in 0..d {
        let products = (0..a).map(|k| l[a * d + k] * x[k]).sum::<f64>();
        x[a] = (x[a] - products) / l[a * d + a];
    }
}

/// x <- L^(-T) x.
pub fn backward(l: &[f64], x: &mut [f64]) {
    let d = x.len();
    for a in (0..d).rev() {
        let products = (a + 1..d).map(|k| l[k * d + a] * x[k]).sum::<f64>();
        x[a] = (x[a] - products) / l[a * d + a];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;

    #[test]
    fn draws_have_the_moments_of_the_normal_wishart() {
        // W^-1 and so W = [[2, -1], [-1, 3]] / 5.
        let known = NormalWishart {
            center: vec![1.0, -2.0],
            beta: 4.0,
            inverse_scale: vec![3.0, 1.0, 1.0, 2.0],
            nu: 7.0,
        };
        let scale = [0.4, -0.2, -0.2, 0.6];
        let n = 100_000;
        let mut normal = Normal::new(stream(5, "test"));
        let (mut precision, mut squares) = ([0.0; 4], [0.0; 4]);
        let (mut mean, mut spread) = ([0.0; 2], [0.0; 4]);
        for _ in 0..n {
            let (x, m) = known.draw(&mut normal).unwrap();
            for k in 0..4 {
                precision[k] += m[k] / f64::from(n);
                squares[k] += m[k] * m[k] / f64::from(n);
                let apart = |k: usize| x[k] - known.center[k];
                spread[k] += apart(k / 2) * apart(k % 2) / f64::from(n);
            }
            (0..2).for_each(|k| mean[k] += x[k] / f64::from(n));
        }
        for k in 0..4 {
            // E[Lambda] = nu W, var[Lambda_ab] = nu (W_ab^2 + W_aa W_bb).
            let (a, b) = (k / 2, k % 2);
            let variance = 7.0 * (scale[k] * scale[k] + scale[a * 3] * scale[b * 3]);
            let error = 5.0 * (variance / f64::from(n)).sqrt();
            assert!((precision[k] - 7.0 * scale[k]).abs() < error, "{precision:?}");
            let found = squares[k] - precision[k] * precision[k];
            assert!((found / variance - 1.0).abs() < 0.05, "variance {found}, {variance}");
            // The mean's covariance is E[Lambda^-1] / beta = W^-1 / ((nu - d - 1) beta).
            let expected = known.inverse_scale[k] / (4.0 * 4.0);
            assert!((spread[k] - expected).abs() < 0.01, "{spread:?}, expected {expected}");
        }
        assert!((mean[0] - 1.0).abs() < 0.01 && (mean[1] + 2.0).abs() < 0.01, "{mean:?}");
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert_eq!(cholesky(&[1.0, 2.0, 2.0, 1.0], 2), None);
        assert_eq!(cholesky(&[f64::NAN], 1), None);
        assert_eq!(cholesky(&[4.0, 2.0, 2.0, 2.0], 2), Some(vec![2.0, 0.0, 1.0, 1.0]));
    }
}
