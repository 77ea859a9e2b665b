//! Class headers.

mod common;

use common::Database;
use pytype_declare::classes::{ClassHeader, class_header, named_type};
use pytype_declare::{Context, Node, names};
use pytype_index::ScopeId;
use pytype_source::Name;
use pytype_types::{ClassFlags, ClassId, TyList, reveal};

fn class(db: &Database, module: &str, name: &str) -> ClassId {
    let file = db.file(module);
    match names::lookup(db, file, ScopeId::MODULE, Name::new(name)).map(|binding| binding.node) {
        Some(Node::Class(class)) => class,
        other => panic!("{module}.{name}: {other:?}"),
    }
}

fn header<'db>(db: &'db Database, module: &str, name: &str) -> &'db ClassHeader {
    class_header(db, class(db, module, name), ())
}

/// The order of a class's ancestors, by short names.
fn order(db: &Database, module: &str, name: &str) -> String {
    let names: Vec<&str> =
        header(db, module, name).info.mro.iter().map(|class| class.name().as_str()).collect();
    names.join(" ")
}

/// The direct bases, as types are revealed.
fn bases(db: &Database, module: &str, name: &str) -> String {
    let ctx = Context::new(db, db.file(module));
    let bases = header(db, module, name).info.bases;
    let shown: Vec<String> = bases.iter().map(|base| reveal(&ctx, base)).collect();
    shown.join(" ")
}

/// The codes and texts of the findings on a class.
fn findings(db: &Database, name: &str) -> Vec<String> {
    let found = &header(db, "m", name).diagnostics;
    found.iter().map(|d| format!("{}: {}", d.code.map_or("", |code| code.as_str()), d.message)).collect()
}

#[test]
fn classes_of_typeshed() {
    let db = Database::new(&[]);
    assert_eq!(order(&db, "builtins", "object"), "object");
    assert_eq!(order(&db, "builtins", "bool"), "bool int object");
    assert_eq!(
        order(&db, "builtins", "dict"),
        "dict MutableMapping Mapping Collection Iterable Container object"
    );
    assert_eq!(bases(&db, "builtins", "dict"), "typing.MutableMapping[_KT, _VT]");
    assert_eq!(order(&db, "builtins", "str"), "str Sequence Reversible Collection Iterable Container object");
    assert!(header(&db, "typing", "Iterable").info.is_protocol());
    assert!(!header(&db, "typing", "Sequence").info.is_protocol());
    assert!(header(&db, "enum", "IntEnum").info.is_enum());
    assert_eq!(header(&db, "builtins", "int").info.promotions.len(), 1);
    assert!(header(&db, "typing", "Hashable").info.flags.contains(ClassFlags::RUNTIME_CHECKABLE));
    for (module, name) in
        [("builtins", "dict"), ("os", "stat_result"), ("collections", "Counter"), ("enum", "Flag")]
    {
        assert_eq!(header(&db, module, name).diagnostics, []);
    }
}

#[test]
fn generic_bases() {
    let text = "\
from typing import Generic, TypeVar, Protocol, Dict
T = TypeVar('T')
S = TypeVar('S')
class A(Generic[T, S]): ...
class B(A[int, T], Dict[S, T]): ...
class C(Protocol[T]): ...
class D[X, *Ys, **Z]: ...
class E[X](list[X]): ...
class F(B['str', int]): ...
";
    let db = Database::new(&[("m", text)]);
    assert_eq!(
        order(&db, "m", "B"),
        "B A dict MutableMapping Mapping Collection Iterable Container Generic object"
            .replace(" Generic", "")
    );
    assert_eq!(bases(&db, "m", "B"), "m.A[int, T] dict[S, T]");
    assert!(header(&db, "m", "C").info.is_protocol());
    assert_eq!(header(&db, "m", "D").info.type_params.len(), 3);
    assert_eq!(bases(&db, "m", "E"), "list[X]");
    let f = header(&db, "m", "F");
    let ctx = Context::new(&db, db.file("m"));
    let as_a = f.info.ancestors.get(&class(&db, "m", "A")).copied();
    assert_eq!(as_a.map(|ty| reveal(&ctx, ty)).as_deref(), Some("m.A[int, str]"));
    for name in ["A", "B", "C", "D", "E", "F"] {
        assert_eq!(findings(&db, name), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn wrong_bases() {
    let text = "\
from typing import Generic, TypeVar
T = TypeVar('T')
class A(B): ...
class B(A): ...
class C(C): ...
class D(int, int): ...
class X: ...
class Y(X): ...
class Z(X, Y): ...
class P(Generic[T], Generic[T]): ...
class O(Generic[T]):
    class I(list[T]): ...
class M1(type): ...
class M2(type): ...
class U(metaclass=M1): ...
class V(metaclass=M2): ...
class W(U, V): ...
class K(metaclass=int): ...
class G(type[int]): ...
class H(foo()): ...
";
    let db = Database::new(&[("m", text)]);
    let codes = |name: &str| -> Vec<String> {
        header(&db, "m", name)
            .diagnostics
            .iter()
            .map(|d| d.code.map_or("", |c| c.as_str()).to_owned())
            .collect()
    };
    assert_eq!(codes("A"), ["misc", "misc"]);
    assert_eq!(codes("B"), Vec::<String>::new());
    assert_eq!(order(&db, "m", "B"), "B A object");
    assert_eq!(codes("C"), ["misc", "misc"]);
    assert_eq!(codes("D"), ["misc"]);
    assert_eq!(codes("Z"), ["misc"]);
    assert_eq!(codes("P"), ["misc", "misc"]);
    assert_eq!(codes("W"), ["metaclass"]);
    assert_eq!(codes("K"), ["metaclass"]);
    assert_eq!(codes("G"), ["misc"]);
    assert_eq!(codes("H"), ["misc"]);
}

#[test]
fn special_classes() {
    let text = "\
from collections import namedtuple
from enum import Enum
from typing import NamedTuple, NewType, NotRequired, Required, ReadOnly, TypedDict
class P(NamedTuple):
    x: int
    y: str = ''
Q = namedtuple('Q', 'a b')
class R(P): ...
class S(namedtuple('S', ['u', 'v'])): ...
class D(TypedDict):
    a: int
    b: NotRequired[str]
class E(D, total=False):
    c: 'E'
    d: Required[ReadOnly[int]]
F = TypedDict('F', {'x': int}, total=False)
N = NewType('N', int)
class Pair(tuple[int, str]): ...
Color = Enum('Color', 'red green')
";
    let db = Database::new(&[("m", text)]);
    let ctx = Context::new(&db, db.file("m"));
    let shape = |name: &str| reveal(&ctx, named_type(class(&db, "m", name), TyList::EMPTY()));
    assert_eq!(shape("P"), "tuple[int, str, fallback=m.P]");
    assert_eq!(shape("Q"), "tuple[Any, Any, fallback=m.Q]");
    assert_eq!(shape("R"), "tuple[int, str, fallback=m.R]");
    assert_eq!(shape("S"), "tuple[Any, Any, fallback=m.S]");
    assert_eq!(shape("Pair"), "tuple[int, str, fallback=m.Pair]");
    assert_eq!(shape("D"), "TypedDict(m.D, {'a': int, 'b'?: str})");
    assert_eq!(shape("E"), "TypedDict(m.E, {'a': int, 'b'?: str, 'c'?: ..., 'd'=: int})");
    assert_eq!(shape("F"), "TypedDict(m.F, {'x'?: int})");
    assert_eq!(order(&db, "m", "N"), "N int object");
    assert_eq!(order(&db, "m", "P"), "P tuple Sequence Reversible Collection Iterable Container object");
    assert_eq!(order(&db, "m", "R"), "R P tuple Sequence Reversible Collection Iterable Container object");
    assert!(header(&db, "m", "Color").info.is_enum());
    for name in ["P", "Q", "R", "S", "D", "E", "F", "N", "Pair", "Color"] {
        assert_eq!(findings(&db, name), Vec::<String>::new(), "{name}");
    }
}
