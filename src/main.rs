//! The command line: the same engine as the site.
fn main() {}
