//! Seeded randomness with a documented stream: the same numbers natively and in WebAssembly.

use std::fmt;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, RngExt, SeedableRng};
use xxhash_rust::xxh64::xxh64;

/// An independent stream for one purpose: the seed and the purpose's name decide it, so that drawing
/// more numbers for one purpose never changes another.
pub fn stream(seed: u64, purpose: &str) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(xxh64(purpose.as_bytes(), seed))
}

/// A stream for one epoch of one purpose, so that any epoch can be replayed without those before it.
pub fn epoch_stream(seed: u64, purpose: &str, epoch: usize) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(xxh64(
        &(epoch as u64).to_le_bytes(),
        xxh64(purpose.as_bytes(), seed),
    ))
}

/// A stream for one user or item in one epoch of one purpose, so that any of them can be replayed alone.
pub fn line_stream(seed: u64, purpose: &str, epoch: usize, line: usize) -> Xoshiro256PlusPlus {
    let of_epoch = xxh64(&(epoch as u64).to_le_bytes(), xxh64(purpose.as_bytes(), seed));
    Xoshiro256PlusPlus::seed_from_u64(xxh64(&(line as u64).to_le_bytes(), of_epoch))
}

/// The two seeds of a run. One may change without the other: the same ratings held back for other start
/// values, or other ratings held back for the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    /// Decides which ratings are held back.
    pub split: u64,
    /// Decides the start values and the order of visits.
    pub start: u64,
}

impl Seeds {
    /// The seed of start values and order, and that of the split: the same one where none is given.
    pub fn new(start: u64, split: Option<u64>) -> Self {
        Self { split: split.unwrap_or(start), start }
    }
}

/// One seed for both.
impl From<u64> for Seeds {
    fn from(seed: u64) -> Self {
        Self { split: seed, start: seed }
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}", self.start)?;
        if self.split != self.start {
            write!(f, ", split seed {}", self.split)?;
        }
        Ok(())
    }
}

/// Standard normal numbers by Marsaglia's polar method on `libm`, whose results do not depend on the
/// target (the standard library's logarithm does).
#[derive(Debug)]
pub struct Normal<R> {
    rng: R,
    spare: Option<f64>,
}

impl<R: Rng> Normal<R> {
    /// Draws from `rng`.
    pub fn new(rng: R) -> Self {
        Self { rng, spare: None }
    }

    /// The next number: mean 0, standard deviation 1.
    pub fn sample(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let x = 2.0 * self.rng.random::<f64>() - 1.0;
            let y = 2.0 * self.rng.random::<f64>() - 1.0;
            let s = x * x + y * y;
            if s > 0.0 && s < 1.0 {
                let scale = (-2.0 * libm::log(s) / s).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }

    /// A number from the gamma distribution with this shape and rate 1: mean and variance are the shape.
    /// The method of Marsaglia and Tsang (2000): with d = shape - 1/3 and x normal, d (1 + x / (3 sqrt d))^3
    /// is accepted with a probability that makes it exact; a shape below 1 is raised by 1, and the draw
    /// multiplied by a uniform number to the power of 1 / shape.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let uniform = 1.0 - self.rng.random::<f64>();
            return self.gamma(shape + 1.0) * libm::pow(uniform, 1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.sample();
            let v = 1.0 + c * x;
            let v = v * v * v;
            let uniform = 1.0 - self.rng.random::<f64>();
            if v > 0.0 && libm::log(uniform) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// A number from the chi-square distribution: the sum of that many squared normal numbers, for any
    /// positive `degrees`.
    pub fn chi_squared(&mut self, degrees: f64) -> f64 {
        2.0 * self.gamma(0.5 * degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut normal = Normal::new(stream(1, "test"));
        let draws: Vec<f64> = (0..100_000).map(|_| normal.sample()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 1e5;
        // Standard errors are 0.003 and 0.0045; five of them is far beyond chance.
        assert!(mean.abs() < 0.016, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.023, "variance {variance}");
    }

    #[test]
    fn gamma_and_chi_square_numbers_have_their_mean_variance_and_skewness() {
        let n = 200_000;
        for shape in [0.5, 1.0, 2.5, 40.0] {
            let mut normal = Normal::new(stream(2, "test"));
            let draws: Vec<f64> = (0..n).map(|_| normal.gamma(shape)).collect();
            let moment = |power: i32, around: f64| {
                let product = |x: &f64| (0..power).map(|_| x - around).product::<f64>();
                draws.iter().map(product).sum::<f64>() / f64::from(n)
            };
            let mean = moment(1, 0.0);
            let (variance, third) = (moment(2, mean), moment(3, mean));
            // Five standard errors, from the kurtosis 3 + 6 / shape; the third moment is 2 shape.
            let error = 5.0 * (shape / f64::from(n)).sqrt();
            assert!((mean - shape).abs() < error, "shape {shape}: mean {mean}");
            let error = 5.0 * shape * ((2.0 + 6.0 / shape) / f64::from(n)).sqrt();
            assert!((variance - shape).abs() < error, "shape {shape}: variance {variance}");
            assert!((third / (2.0 * shape) - 1.0).abs() < 0.15, "shape {shape}: third {third}");
            assert!(draws.iter().all(|&x| x > 0.0));
        }
        let mut normal = Normal::new(stream(3, "test"));
        let mean = (0..n).map(|_| normal.chi_squared(7.0)).sum::<f64>() / f64::from(n);
        assert!((mean - 7.0).abs() < 5.0 * (14.0 / f64::from(n)).sqrt(), "mean {mean}");
    }

    #[test]
    fn purposes_and_epochs_have_streams_of_their_own() {
        let first = |mut rng: Xoshiro256PlusPlus| rng.random::<u64>();
        assert_ne!(first(stream(1, "a")), first(stream(1, "b")));
        assert_ne!(first(epoch_stream(1, "a", 0)), first(epoch_stream(1, "a", 1)));
        assert_ne!(first(line_stream(1, "a", 2, 0)), first(line_stream(1, "a", 2, 1)));
        assert_ne!(first(line_stream(1, "a", 2, 0)), first(line_stream(1, "a", 3, 0)));
        assert_eq!(first(stream(1, "a")), first(stream(1, "a")));
    }
}
