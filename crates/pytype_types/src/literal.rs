//! The values that a literal type can stand for.

use pytype_source::Name;

/// The value of a `Literal[...]` type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LiteralValue {
    Int(i64),
    /// An integer beyond 64 bits, by its decimal digits.
    BigInt(Name),
    Str(Name),
    /// The bytes as Python's `repr` shows them between the quotes.
    Bytes(Name),
    Bool(bool),
    /// An enum member, by name; the class is the literal's fallback.
    Enum(Name),
    /// `LiteralString`: some string that stands in the program's text.
    AnyStr,
    /// `X = sentinel("X")` (PEP 661): the one object of its kind, by the full name of its variable
    /// and the name that it shows as.
    Sentinel {
        fullname: Name,
        shown: Name,
    },
}
