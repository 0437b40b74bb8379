//! What a model's numbers are called, how they lie in memory and what a row of them stands for. Models hand
//! them out, explained steps name them.

use serde::Serialize;

/// Which dense index a parameter's rows go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// One number for everything.
    Global,
    /// A row a user.
    User,
    /// A row an item.
    Item,
    /// A row for each span of time of each item, item after item.
    Bin,
    /// A row for each day on which a user rated, user after user.
    Day,
    /// A row an attribute of users, see [`crate::data::Attributes`].
    UserAttribute,
    /// A row an attribute of items.
    ItemAttribute,
    /// A row a unit of a network's layer, with a number for each unit of the layer below.
    Unit,
}

/// A parameter's symbol as LaTeX, in two parts: p_u is p by u.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol {
    /// The letter.
    pub base: &'static str,
    /// What a row stands for; empty where there is one for everything.
    pub index: &'static str,
}

impl Symbol {
    /// Both together.
    pub fn latex(self) -> String {
        let Self { base, index } = self;
        match index.len() {
            0 => base.to_owned(),
            1 => format!("{base}_{index}"),
            _ => format!("{base}_{{{index}}}"),
        }
    }
}

impl From<(&'static str, &'static str)> for Symbol {
    fn from((base, index): (&'static str, &'static str)) -> Self {
        Self { base, index }
    }
}

/// One of a model's parameters: a scalar, a vector of biases or a matrix of latent vectors.
#[derive(Debug, Clone, Copy)]
pub struct Parameter<'a> {
    /// Its name in code, URLs and files, for example `p_u`.
    pub name: &'static str,
    /// Its symbol.
    pub symbol: Symbol,
    /// What a row stands for.
    pub axis: Axis,
    /// Numbers in a row.
    pub columns: usize,
    /// Distance from one row to the next in `values`.
    pub stride: usize,
    /// The numbers, row after row.
    pub values: &'a [f32],
    /// Where a row stands for a list of neighbors: the user or item that each number belongs to, in the
    /// same layout as `values`. A slot whose number was never set holds `u32::MAX`. Where a row stands
    /// for a user's day: the user.
    pub of: Option<&'a [u32]>,
    /// The layer of a network that it belongs to, counted from 0.
    pub layer: Option<usize>,
}

impl<'a> Parameter<'a> {
    /// A vector of single numbers.
    pub fn scalars(
        name: &'static str,
        symbol: impl Into<Symbol>,
        axis: Axis,
        values: &'a [f32],
    ) -> Self {
        Self {
            name,
            symbol: symbol.into(),
            axis,
            columns: 1,
            stride: 1,
            values,
            of: None,
            layer: None,
        }
    }

    /// Numbers that stand for everything, in one row.
    pub fn row(name: &'static str, symbol: impl Into<Symbol>, values: &'a [f32]) -> Self {
        let n = values.len();
        Self {
            name,
            symbol: symbol.into(),
            axis: Axis::Global,
            columns: n,
            stride: n,
            values,
            of: None,
            layer: None,
        }
    }

    /// A number for each of `k` neighbors of each row; `of` says whose.
    pub fn neighbors(
        name: &'static str,
        symbol: impl Into<Symbol>,
        axis: Axis,
        k: usize,
        of: &'a [u32],
        values: &'a [f32],
    ) -> Self {
        Self {
            name,
            symbol: symbol.into(),
            axis,
            columns: k,
            stride: k,
            values,
            of: Some(of),
            layer: None,
        }
    }

    /// A number for each day on which a user rated, user after user; `of` says whose.
    pub fn days(
        name: &'static str,
        symbol: impl Into<Symbol>,
        of: &'a [u32],
        values: &'a [f32],
    ) -> Self {
        Self { of: Some(of), ..Self::scalars(name, symbol, Axis::Day, values) }
    }

    /// The same in a layer of a network.
    #[must_use]
    pub fn in_layer(self, layer: usize) -> Self {
        Self { layer: Some(layer), ..self }
    }

    /// The rows without their padding.
    pub fn rows(&self) -> impl Iterator<Item = &'a [f32]> {
        let columns = self.columns;
        self.values.chunks_exact(self.stride.max(1)).map(move |row| &row[..columns])
    }
}
