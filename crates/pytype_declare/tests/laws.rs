//! Laws of the relations between types, tried on types put together at random over typeshed: a value
//! of one type that fits a second, which fits a third, fits the third as well, and so on.
//!
//! The numbers are the same in every run; `PYTYPE_FUZZ_SEED` makes others.

mod common;

use common::Database;
use pytype_declare::{Context, Node, names, variables};
use pytype_index::ScopeId;
use pytype_source::Name;
use pytype_types::{
    Ty, TypeContext, is_overlapping_types, is_proper_subtype, is_same_type, is_subtype, join_types,
    make_simplified_union, meet_types, reveal,
};

/// How many types are made.
const TYPES: usize = 120;

const CLASSES: &str = "\
from enum import Enum
from typing import Callable, Generic, Iterable, Literal, Mapping, Sequence, TypeVar
T = TypeVar('T')
T_co = TypeVar('T_co', covariant=True)
T_contra = TypeVar('T_contra', contravariant=True)
class A: ...
class B(A): ...
class C(A): ...
class D(B, C): ...
class E(Enum):
    X = 1
    Y = 2
class Inv(Generic[T]):
    x: T
class Co(Generic[T_co]): ...
class Contra(Generic[T_contra]): ...
class Sub(Inv[T], Co[A]): ...
";

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// A type as it is written, of parts that nest no deeper than `depth`.
    fn written(&mut self, depth: usize) -> String {
        const PLAIN: [&str; 16] = [
            "int",
            "str",
            "bool",
            "bytes",
            "object",
            "None",
            "A",
            "B",
            "C",
            "D",
            "E",
            "type[B]",
            "Literal[1]",
            "Literal['a']",
            "Literal[E.X]",
            "Literal[True]",
        ];
        if depth == 0 {
            return PLAIN[self.below(PLAIN.len())].to_owned();
        }
        let mut part = || self.written(depth - 1);
        let (first, second) = (part(), part());
        match self.below(14) {
            0 => format!("list[{first}]"),
            1 => format!("Sequence[{first}]"),
            2 => format!("Iterable[{first}]"),
            3 => format!("dict[{first}, {second}]"),
            4 => format!("Mapping[{first}, {second}]"),
            5 => format!("tuple[{first}, {second}]"),
            6 => format!("tuple[{first}, ...]"),
            7 => format!("Callable[[{first}], {second}]"),
            8 => format!("Inv[{first}]"),
            9 => format!("Co[{first}]"),
            10 => format!("Contra[{first}]"),
            11 => format!("Sub[{first}]"),
            _ => format!("{first} | {second}"),
        }
    }
}

/// Does `test` with types made at random.
fn with_types(test: impl FnOnce(&dyn TypeContext, &[Ty])) {
    let seed = std::env::var("PYTYPE_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let mut numbers = Numbers(seed.unwrap_or(0x9E37_79B9_7F4A_7C15));
    let mut text = CLASSES.to_owned();
    for at in 0..TYPES {
        let depth = numbers.below(4);
        text += &format!("v{at}: {}\n", numbers.written(depth));
    }
    let db = Database::new(&[("m", &text)]);
    let file = db.file("m");
    let declared = |at: usize| {
        let found = names::lookup(&db, file, ScopeId::MODULE, Name::new(&format!("v{at}"))).unwrap();
        let Node::Variable(variable) = found.node else { panic!("v{at} is no variable") };
        variables::variable_info(&db, variable).declared.unwrap()
    };
    let types: Vec<Ty> = (0..TYPES).map(declared).collect();
    test(&Context::new(&db, file), &types);
}

fn pairs(types: &[Ty]) -> impl Iterator<Item = (Ty, Ty)> + '_ {
    types.iter().flat_map(|left| types.iter().map(|right| (*left, *right)))
}

#[test]
fn every_type_fits_itself() {
    with_types(|ctx, types| {
        for ty in types {
            let shown = reveal(ctx, *ty);
            assert!(is_subtype(ctx, *ty, *ty) && is_proper_subtype(ctx, *ty, *ty), "{shown}");
            assert!(is_same_type(ctx, *ty, *ty), "{shown}");
            assert!(is_subtype(ctx, *ty, ctx.object()), "{shown}");
            assert!(is_subtype(ctx, Ty::never(), *ty), "{shown}");
        }
    });
}

#[test]
fn what_fits_something_fits_what_that_fits() {
    for fits in [is_subtype as fn(&dyn TypeContext, Ty, Ty) -> bool, is_proper_subtype] {
        with_types(|ctx, types| {
            for (first, second) in pairs(types).filter(|(first, second)| fits(ctx, *first, *second)) {
                for third in types.iter().filter(|third| fits(ctx, second, **third)) {
                    let shown = [first, second, *third].map(|ty| reveal(ctx, ty));
                    assert!(fits(ctx, first, *third), "{shown:#?}");
                }
            }
        });
    }
}

#[test]
fn a_simplified_union_means_the_same() {
    with_types(|ctx, types| {
        for (left, right) in pairs(types) {
            let (plain, simple) = (Ty::union([left, right]), make_simplified_union(ctx, [left, right]));
            let shown = [left, right, simple].map(|ty| reveal(ctx, ty));
            assert!(is_subtype(ctx, plain, simple) && is_subtype(ctx, simple, plain), "{shown:#?}");
        }
    });
}

#[test]
fn a_join_takes_both_and_a_meet_fits_both() {
    with_types(|ctx, types| {
        for (left, right) in pairs(types) {
            let (join, meet) = (join_types(ctx, left, right), meet_types(ctx, left, right));
            let shown = [left, right, join, meet].map(|ty| reveal(ctx, ty));
            assert!(is_subtype(ctx, left, join) && is_subtype(ctx, right, join), "join {shown:#?}");
            assert!(is_subtype(ctx, meet, left) && is_subtype(ctx, meet, right), "meet {shown:#?}");
        }
    });
}

#[test]
fn overlap_goes_both_ways_and_takes_in_subtypes() {
    with_types(|ctx, types| {
        for (left, right) in pairs(types) {
            let overlap = is_overlapping_types(ctx, left, right);
            let shown = [left, right].map(|ty| reveal(ctx, ty));
            assert_eq!(overlap, is_overlapping_types(ctx, right, left), "{shown:#?}");
            assert!(overlap || !is_proper_subtype(ctx, left, right), "{shown:#?}");
        }
    });
}
