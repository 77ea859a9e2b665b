//! Laws of the algorithms on types, in a small made-up program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod display;
mod solving;
mod substitution;
mod world;
