//! The command line, as somebody types it.

#![allow(clippy::float_cmp, reason = "tests compare numbers that are to be the very same")]

mod measuring;
mod other;
mod recommend;
mod support;
