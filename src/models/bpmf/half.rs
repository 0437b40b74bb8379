//! One half of a sweep: every vector of one side drawn from its distribution, the other side held.

use rand::Rng;

use super::wishart::{NormalWishart, backward, cholesky, forward};
use crate::data::Line;
use crate::models::als::normal;
use crate::models::biases::{B_I, place, square};
use crate::models::factors::{Factors, dot};
use crate::random::Normal;
use crate::trace::{Addend, AddendKind, Listen, System, Written};

/// Mean and precision of the vectors of one side; a vector here is p_u or q_i, and behind it, where the
/// model has biases, b_u or b_i: d numbers.
#[derive(Debug, Clone)]
pub struct Hyper {
    /// mu_P or mu_Q, d numbers.
    pub mean: Vec<f32>,
    /// Lambda_P or Lambda_Q, d by d.
    pub precision: Vec<f32>,
}

impl Hyper {
    /// Mean zero, and a multiple of the identity.
    pub fn start(d: usize, precision: f32) -> Self {
        let diagonal = |n: usize| if n / d == n % d { precision } else { 0.0 };
        Self { mean: vec![0.0; d], precision: (0..d * d).map(diagonal).collect() }
    }

    /// Draws both, given the vectors of those users or items that have ratings.
    pub fn draw<L: Listen>(
        &mut self,
        vectors: &[f32],
        normal: &mut Normal<impl Rng>,
        places: (usize, usize),
        listen: &mut L,
    ) {
        let known = NormalWishart::prior(self.mean.len()).after(vectors);
        let Some((mean, precision)) = known.draw(normal) else {
            return;
        };
        let numbers = self.mean.iter_mut().zip(mean).enumerate();
        for (column, (to, drawn)) in numbers {
            *to = listen.update(place(places.0, 0, column), *to, || 0.0, drawn as f32);
        }
        let numbers = self.precision.iter_mut().zip(precision).enumerate();
        for (column, (to, drawn)) in numbers {
            *to = listen.update(place(places.1, 0, column), *to, || 0.0, drawn as f32);
        }
    }
}

/// What a draw is told to rest on.
static RATED: Addend = Addend::part(AddendKind::Count, "rated", "|R|");
static ALPHA: Addend = Addend::part(AddendKind::Precision, "alpha", r"\alpha");

/// The system whose solution a vector is drawn around; for a user, then for an item.
static BIASED: [Written; 2] = [
    Written {
        matrix: r"\Lambda_P + \alpha \sum_{i \in R(u)} z z^\top",
        unknown: "p_u",
        right: r"\Lambda_P\,\mu_P + \alpha \sum_{i \in R(u)} (r_{ui} - \mu - b_i)\, z",
        abbreviation: Some("z = (q_i, 1)"),
    },
    Written {
        matrix: r"\Lambda_Q + \alpha \sum_{u \in R(i)} z z^\top",
        unknown: "q_i",
        right: r"\Lambda_Q\,\mu_Q + \alpha \sum_{u \in R(i)} (r_{ui} - \mu - b_u)\, z",
        abbreviation: Some("z = (p_u, 1)"),
    },
];
/// The same for vectors without a bias behind them.
static PLAIN: [Written; 2] = [
    Written {
        matrix: r"\Lambda_P + \alpha \sum_{i \in R(u)} q_i q_i^\top",
        unknown: "p_u",
        right: r"\Lambda_P\,\mu_P + \alpha \sum_{i \in R(u)} (r_{ui} - \mu)\, q_i",
        abbreviation: None,
    },
    Written {
        matrix: r"\Lambda_Q + \alpha \sum_{u \in R(i)} p_u p_u^\top",
        unknown: "q_i",
        right: r"\Lambda_Q\,\mu_Q + \alpha \sum_{u \in R(i)} (r_{ui} - \mu)\, p_u",
        abbreviation: None,
    },
];

/// What the vectors of one side are drawn given.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The mean of all ratings.
    pub mu: f32,
    /// The precision of a rating.
    pub alpha: f32,
    /// Whether vectors have a bias behind them.
    pub biased: bool,
    pub held: &'a Factors,
    pub held_bias: &'a [f32],
    pub hyper: &'a Hyper,
}

/// Whose vectors are drawn, and what they are drawn given.
pub struct Half<'a> {
    pub given: Given<'a>,
    pub own: &'a mut Factors,
    pub own_bias: &'a mut [f32],
    /// Places of the bias and of the vector in the list of parameters.
    pub places: (usize, usize),
}

/// What all draws of a half-sweep share. With Lambda = L L^T a vector is written as
/// x = mu + L^(-T) y, so that y ~ N(0, I); the rows z of the other side become L^-1 z, since
/// z . x = z . mu + (L^-1 z) . y. What is left is a ridge regression, and the work space of alternating
/// least squares can do it.
pub struct Work {
    /// L^-1 z of each row of the other side.
    design: Factors,
    /// mu + the row's bias + z . mu: what is predicted where y is zero.
    shift: Vec<f32>,
    /// L^(-T).
    back: Factors,
    normal: normal::Normal,
    noise: Vec<f32>,
    y: Vec<f32>,
    targets: Vec<(usize, f32)>,
}

impl Work {
    /// Nothing where rounding has left Lambda not positive definite. O(rows d^2).
    pub fn new(given: Given) -> Option<Self> {
        let d = given.hyper.mean.len();
        let precision: Vec<f64> = given.hyper.precision.iter().map(|&x| f64::from(x)).collect();
        let l = cholesky(&precision, d)?;
        let (mut inverse, mut back) = (Factors::zeros(d, d), Factors::zeros(d, d));
        let mut column = vec![0.0; d];
        for b in 0..d {
            column.fill(0.0);
            column[b] = 1.0;
            forward(&l, &mut column);
            for (a, &x) in column.iter().enumerate() {
                inverse.row_mut(a)[b] = x as f32;
                back.row_mut(b)[a] = x as f32;
            }
        }
        let rows = given.held.rows();
        let mut design = Factors::zeros(rows, d);
        let mut shift = vec![0.0; rows];
        let mut z = vec![0.0; design.stride()];
        let mut mean = vec![0.0; design.stride()];
        mean[..d].copy_from_slice(&given.hyper.mean);
        for (row, shift) in shift.iter_mut().enumerate() {
            given.z(row, &mut z);
            for (k, x) in design.row_mut(row)[..d].iter_mut().enumerate() {
                *x = dot(inverse.row(k), &z);
            }
            *shift = given.mu + given.held_bias[row] + dot(&z, &mean);
        }
        let stride = design.stride();
        Some(Self {
            design,
            shift,
            back,
            normal: normal::Normal::new(d),
            noise: vec![0.0; stride],
            y: vec![0.0; stride],
            targets: Vec::new(),
        })
    }
}

impl Given<'_> {
    /// What a rating multiplies the vector with: the other side's vector, and 1 for the bias.
    fn z(&self, row: usize, z: &mut [f32]) {
        let f = self.held.factors();
        z[..f].copy_from_slice(&self.held.row(row)[..f]);
        if self.biased {
            z[f] = 1.0;
        }
    }
}

impl Half<'_> {
    // lesson: draw
    /// Draws one vector given its ratings; without `random` it becomes the mean of that distribution.
    /// False, and nothing changed, where rounding leaves no finite solution.
    ///
    /// In terms of y (see [`Work`]) the precision is alpha M with M = sum z z^T + I / alpha, and the mean
    /// M^-1 sum t z. With M = L L^T a draw is L^(-T) (L^-1 sum t z + noise / sqrt(alpha)). Fewer ratings n
    /// than d take the shorter way of Bhattacharya, Chakraborty and Mallick (2016), in O(n^2 d + n^3):
    /// y_0 ~ N(0, I) and errors of n imagined ratings are drawn, and y_0 is moved by Z^T w, where
    /// (Z Z^T + I / alpha) w is what the ratings tell beyond that.
    pub fn draw<L: Listen>(
        &mut self,
        row: usize,
        line: Line,
        mut random: Option<Normal<impl Rng>>,
        work: &mut Work,
        listen: &mut L,
    ) -> bool {
        let (d, variance) = (self.given.hyper.mean.len(), 1.0 / self.given.alpha);
        let sd = variance.sqrt();
        let mut noise = || random.as_mut().map_or(0.0, |normal| normal.sample() as f32);
        let Work { design, shift, back, normal, noise: y_0, y, targets } = work;
        y_0[..d].fill_with(&mut noise);
        y.copy_from_slice(y_0);
        let solved = if line.len() < d {
            targets.clear();
            targets.extend(line.iter().map(|(id, r)| {
                let imagined = shift[id] + dot(design.row(id), y_0) + sd * noise();
                (id, r - imagined)
            }));
            let told = targets.iter().map(|&(id, t)| (id, t, 1.0));
            let solved = line.is_empty() || normal.solve_short(design, told, line.len(), variance);
            if solved && !line.is_empty() {
                y.iter_mut().zip(normal.solution()).for_each(|(y, x)| *y += x);
            }
            solved
        } else {
            for x in y_0.iter_mut() {
                *x *= sd;
            }
            normal.matrix(design, line.ids.iter().map(|&id| (id as usize, 1.0)), variance);
            normal.right(design, line.iter().map(|(id, r)| (id, r - shift[id])));
            let solved = normal.solve_noisy(y_0);
            y.copy_from_slice(normal.solution());
            solved
        };
        // x = mu + L^(-T) y, into the noise, which is no longer needed.
        for (k, x) in y_0[..d].iter_mut().enumerate() {
            *x = self.given.hyper.mean[k] + dot(back.row(k), y);
        }
        let solved = solved && y_0[..d].iter().all(|x| x.is_finite());
        self.tell(row, line, listen);
        if solved {
            self.set(row, &y_0[..d], line, listen);
        }
        solved
    }
    // lesson: end

    fn set<L: Listen>(&mut self, row: usize, drawn: &[f32], line: Line, listen: &mut L) {
        let gradient = if L::HEARS { self.gradient(row, line) } else { Vec::new() };
        let f = self.own.factors();
        if self.given.biased {
            let before = self.own_bias[row];
            let at = place(self.places.0, row, 0);
            self.own_bias[row] = listen.update(at, before, || gradient[f], drawn[f]);
        }
        for (k, (x, &drawn)) in self.own.row_mut(row).iter_mut().zip(&drawn[..f]).enumerate() {
            *x = listen.update(place(self.places.1, row, k), *x, || gradient[k], drawn);
        }
    }

    /// The row's vector, and its bias where it has one.
    pub fn vector(&self, row: usize) -> impl Iterator<Item = f32> {
        let bias = self.given.biased.then(|| self.own_bias[row]);
        self.own.row(row)[..self.own.factors()].iter().copied().chain(bias)
    }

    /// What the ratings leave of the vector's distribution, as the formula says: the precision matrix
    /// Lambda + alpha sum z z^T, and Lambda mu + alpha sum (r - mu - b) z, in double precision.
    fn formula(&self, line: Line) -> (Vec<f64>, Vec<f64>) {
        let (d, alpha) = (self.given.hyper.mean.len(), f64::from(self.given.alpha));
        let mut matrix: Vec<f64> =
            self.given.hyper.precision.iter().map(|&x| f64::from(x)).collect();
        let products = |row: &[f64]| -> f64 {
            row.iter().zip(&self.given.hyper.mean).map(|(a, &m)| a * f64::from(m)).sum()
        };
        let mut right: Vec<f64> = matrix.chunks_exact(d).map(products).collect();
        let mut z = vec![0.0; d];
        for (id, r) in line.iter() {
            self.given.z(id, &mut z);
            let target =
                f64::from(r) - f64::from(self.given.mu) - f64::from(self.given.held_bias[id]);
            for a in 0..d {
                right[a] += alpha * target * f64::from(z[a]);
                for b in 0..d {
                    matrix[a * d + b] += alpha * f64::from(z[a]) * f64::from(z[b]);
                }
            }
        }
        (matrix, right)
    }

    fn gradient(&self, row: usize, line: Line) -> Vec<f32> {
        let (matrix, right) = self.formula(line);
        let x: Vec<f64> = self.vector(row).map(f64::from).collect();
        let product = |row: &[f64]| row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>();
        let rows = matrix.chunks_exact(x.len()).zip(&right);
        rows.map(|(row, right)| (product(row) - right) as f32).collect()
    }

    fn tell<L: Listen>(&self, row: usize, line: Line, listen: &mut L) {
        if !L::HEARS {
            return;
        }
        listen.term(&RATED, line.len() as f32);
        listen.term(&ALPHA, self.given.alpha);
        listen.objective(|| self.energy(row, line));
        listen.system(|| {
            let (matrix, right) = self.formula(line);
            let solution = cholesky(&matrix, right.len()).map(|l| {
                let mut x = right.clone();
                forward(&l, &mut x);
                backward(&l, &mut x);
                single(&x)
            });
            System {
                written: self.written(),
                drawn: true,
                matrix: single(&matrix),
                right: single(&right),
                solution,
            }
        });
    }

    fn written(&self) -> &'static Written {
        let both = if self.given.biased { &BIASED } else { &PLAIN };
        &both[usize::from(self.places.0 == B_I)]
    }

    /// alpha sum e^2 + (x - mu)^T Lambda (x - mu): -2 times the logarithm of the density from which the
    /// vector is drawn, up to a constant.
    fn energy(&self, row: usize, line: Line) -> f64 {
        let own: Vec<f32> = self.vector(row).collect();
        let bias = if self.given.biased { self.own_bias[row] } else { 0.0 };
        let error = |(id, r): (usize, f32)| {
            let product = dot(self.own.row(row), self.given.held.row(id));
            square(r - self.given.mu - bias - self.given.held_bias[id] - product)
        };
        f64::from(self.given.alpha) * line.iter().map(error).sum::<f64>()
            + distance(&own, self.given.hyper)
    }
}

/// (x - mu)^T Lambda (x - mu).
pub fn distance(x: &[f32], hyper: &Hyper) -> f64 {
    let apart = x.iter().zip(&hyper.mean).map(|(&x, &mean)| f64::from(x) - f64::from(mean));
    let apart: Vec<f64> = apart.collect();
    let rows = hyper.precision.chunks_exact(apart.len()).zip(&apart);
    rows.map(|(row, x)| x * row.iter().zip(&apart).map(|(&a, x)| f64::from(a) * x).sum::<f64>())
        .sum()
}

fn single(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&x| x as f32).collect()
}
