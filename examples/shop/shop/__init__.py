"""A small shop, with mistakes that a type checker finds."""
