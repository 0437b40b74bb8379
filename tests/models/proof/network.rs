//! A network with one hidden layer, as a caller of the library would write it.

use std::sync::Arc;

use factorscope::data::Ratings;
use factorscope::models::factors::{Factors, add_scaled, dot};
use factorscope::models::shape::{Cell, Gradients, Network, State};
use factorscope::models::{Axis, Parameter};
use factorscope::random;
use factorscope::trace::{Addend, AddendKind, Layer, Listen};

static MEAN: Addend = Addend::new(AddendKind::Mean, "mean", r"\mu", "the mean");
static SHIFT: Addend = Addend::new(AddendKind::Bias, "b_2", "b_2", "the network's shift");
static OUTPUT: Addend =
    Addend::product("output", ["w_2", "hidden"], r"w_2^\top a", "what the hidden units say");

/// Predicts   r^_ui = mu + b_2 + w_2 . a,  a = tanh(W_1 x + b_1),  x = (p_u, q_i)
/// Minimizes  for a batch the mean of (r - r^)^2 + lambda |.|^2 over p_u, q_i, W_1 and w_2
pub struct Hidden {
    train: Arc<Ratings>,
    mu: f32,
    p: Factors,
    q: Factors,
    w_1: Factors,
    b_1: Factors,
    w_2: Factors,
    b_2: f32,
    lambda: f32,
}

const P: usize = 1;
const Q: usize = 2;
const W_1: usize = 3;
const B_1: usize = 4;
const W_2: usize = 5;
const B_2: usize = 6;

/// x and a of each cell, and the derivatives with respect to them.
pub struct Tape {
    x: Factors,
    a: Factors,
    d_x: Factors,
    d_a: Factors,
}

impl Hidden {
    /// With `f` numbers for each user and item, and `h` hidden units.
    pub fn new(train: Arc<Ratings>, (f, h): (usize, usize), lambda: f32, seed: u64) -> Self {
        let start = |rows, columns, name| {
            Factors::normal(rows, columns, 0.4, random::stream(seed, name), |_| true)
        };
        Self {
            mu: train.mean(),
            p: start(train.users(), f, "p"),
            q: start(train.items(), f, "q"),
            w_1: start(h, 2 * f, "w_1"),
            b_1: Factors::zeros(1, h),
            w_2: start(1, h, "w_2"),
            b_2: 0.0,
            lambda,
            train,
        }
    }
}

impl State for Hidden {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let number =
            |name, symbol, value| Parameter::row(name, symbol, std::slice::from_ref(value));
        vec![
            number("mu", (r"\mu", ""), &self.mu),
            Parameter::vectors("p_u", ("p", "u"), Axis::User, &self.p),
            Parameter::vectors("q_i", ("q", "i"), Axis::Item, &self.q),
            Parameter::vectors("W_1", ("W", "1"), Axis::Unit, &self.w_1).in_layer(0),
            Parameter::vectors("b_1", ("b", "1"), Axis::Global, &self.b_1).in_layer(0),
            Parameter::vectors("w_2", ("w", "2"), Axis::Unit, &self.w_2).in_layer(1),
            number("b_2", ("b", "2"), &self.b_2).in_layer(1),
        ]
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        vec![
            std::slice::from_mut(&mut self.mu),
            self.p.values_mut(),
            self.q.values_mut(),
            self.w_1.values_mut(),
            self.b_1.values_mut(),
            self.w_2.values_mut(),
            std::slice::from_mut(&mut self.b_2),
        ]
    }
}

impl Network for Hidden {
    type Tape = Tape;

    fn tape(&self) -> Tape {
        let room = |columns| Factors::zeros(0, columns);
        let (x, h) = (self.w_1.factors(), self.w_2.factors());
        Tape { x: room(x), a: room(h), d_x: room(x), d_a: room(h) }
    }

    fn forward<L: Listen>(&self, cells: &[Cell], tape: &mut Tape, out: &mut [f32], listen: &mut L) {
        let (f, h) = (self.p.factors(), self.w_2.factors());
        tape.x = Factors::zeros(cells.len(), 2 * f);
        tape.a = Factors::zeros(cells.len(), h);
        for (n, (&(u, i), out)) in cells.iter().zip(out).enumerate() {
            let x = tape.x.row_mut(n);
            x[..f].copy_from_slice(&self.p.row(u)[..f]);
            x[f..2 * f].copy_from_slice(&self.q.row(i)[..f]);
            for k in 0..h {
                let z = dot(self.w_1.row(k), tape.x.row(n)) + self.b_1.row(0)[k];
                tape.a.row_mut(n)[k] = libm::tanhf(z);
            }
            let output = dot(self.w_2.row(0), tape.a.row(n));
            listen.term(&MEAN, self.mu);
            listen.term(&SHIFT, self.b_2);
            listen.term(&OUTPUT, output);
            *out = self.mu + self.b_2 + output;
        }
    }

    fn backward(&self, cells: &[Cell], tape: &mut Tape, slopes: &[f32], to: &mut Gradients) {
        let (f, h) = (self.p.factors(), self.w_2.factors());
        tape.d_x = Factors::zeros(cells.len(), 2 * f);
        tape.d_a = Factors::zeros(cells.len(), h);
        for (n, (&(u, i), &slope)) in cells.iter().zip(slopes).enumerate() {
            let (x, a) = (tape.x.row(n), tape.a.row(n));
            to.row(B_2, 0)[0] += slope;
            add_scaled(to.row(W_2, 0), slope, a);
            add_scaled(tape.d_a.row_mut(n), slope, self.w_2.row(0));
            for (k, &a) in a[..h].iter().enumerate() {
                let d_z = tape.d_a.row(n)[k] * (1.0 - a * a);
                to.row(B_1, 0)[k] += d_z;
                add_scaled(to.row(W_1, k), d_z, x);
                add_scaled(tape.d_x.row_mut(n), d_z, self.w_1.row(k));
            }
            let d_x = tape.d_x.row(n);
            add_scaled(&mut to.row(P, u)[..f], 1.0, &d_x[..f]);
            add_scaled(&mut to.row(Q, i)[..f], 1.0, &d_x[f..2 * f]);
        }
    }

    fn layers(&self, tape: &Tape) -> Vec<Layer> {
        let layer = |latex, values: &Factors, slopes: &Factors| {
            let plain = |all: &Factors| {
                let rows = (0..all.rows()).flat_map(|n| &all.row(n)[..all.factors()]);
                rows.copied().collect()
            };
            Layer { latex, units: values.factors(), values: plain(values), slopes: plain(slopes) }
        };
        vec![layer("x", &tape.x, &tape.d_x), layer("a", &tape.a, &tape.d_a)]
    }

    fn penalties(&self) -> Vec<f32> {
        let lambda = self.lambda;
        vec![0.0, lambda, lambda, lambda, 0.0, lambda, 0.0]
    }

    fn operations(&self) -> f64 {
        // W_1 once forward and twice backward.
        6.0 * (self.p.factors() * self.w_2.factors()) as f64
    }
}
