//! The command line, as somebody types it.

mod measuring;
mod other;
mod recommend;
mod support;
