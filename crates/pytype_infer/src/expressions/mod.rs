//! Expressions: one file for each family.
