//! What names mean.

mod common;

use common::Database;
use pytype_declare::{Node, names};
use pytype_index::ScopeId;
use pytype_source::Name;

/// What a name at the level of the module `m` stands for: its kind and full name.
fn meaning(db: &Database, name: &str) -> String {
    let mut path = name.split('.');
    let file = db.file("m");
    let first = Name::new(path.next().unwrap());
    let mut found = names::lookup(db, file, ScopeId::MODULE, first);
    for name in path {
        found = found.and_then(|object| names::attribute_of(db, file, object, Name::new(name)));
    }
    let Some(binding) = found else { return "nothing".to_owned() };
    let kind = match binding.node {
        Node::Module(_) => "module",
        Node::NamespaceModule(_) => "namespace",
        Node::Class(class) if class.is_structural() => "structure",
        Node::Class(_) => "class",
        Node::Function(_) => "function",
        Node::Variable(_) => "variable",
        Node::TypeVariable(_) => "type variable",
        Node::Alias(_) => "alias",
        Node::Implicit(_) => "implicit",
        Node::Unknown(_) => "unknown",
    };
    format!("{kind} {}", binding.fullname)
}

#[test]
fn definitions_and_builtins() {
    let db = Database::new(&[("m", "class C:\n    class D: ...\ndef f(): ...\nx = 1\nstr = str\n")]);
    assert_eq!(meaning(&db, "C"), "class m.C");
    assert_eq!(meaning(&db, "C.D"), "class m.C.D");
    assert_eq!(meaning(&db, "f"), "function m.f");
    assert_eq!(meaning(&db, "x"), "variable m.x");
    assert_eq!(meaning(&db, "str"), "class builtins.str");
    assert_eq!(meaning(&db, "int"), "class builtins.int");
    assert_eq!(meaning(&db, "Iterable"), "nothing");
    assert_eq!(meaning(&db, "__name__"), "implicit m.__name__");
    assert_eq!(meaning(&db, "reveal_type"), "implicit builtins.reveal_type");
}

#[test]
fn imports_are_followed() {
    let db = Database::new(&[
        (
            "m",
            "import p\nimport p.q as r\nfrom p import A, s, nothing\nfrom p import *\nfrom gone import X\nimport collections.abc\n",
        ),
        ("p.__init__", "from p.q import A\nfrom p.q import B as _B\nclass Own: ...\n"),
        ("p.q", "class A: ...\nclass B: ...\n"),
        ("p.s", ""),
    ]);
    assert_eq!(meaning(&db, "p"), "module p");
    assert_eq!(meaning(&db, "p.A"), "class p.q.A");
    assert_eq!(meaning(&db, "p.q"), "module p.q");
    assert_eq!(meaning(&db, "r.B"), "class p.q.B");
    assert_eq!(meaning(&db, "s"), "module p.s");
    assert_eq!(meaning(&db, "nothing"), "unknown m.nothing");
    assert_eq!(meaning(&db, "Own"), "class p.Own");
    assert_eq!(meaning(&db, "_B"), "nothing");
    assert_eq!(meaning(&db, "X"), "unknown gone.X");
    assert_eq!(meaning(&db, "X.Y"), "unknown gone.X.Y");
    assert_eq!(meaning(&db, "collections.abc.Iterable"), "class typing.Iterable");
}

#[test]
fn import_cycles_end() {
    let db = Database::new(&[("m", "from n import X\nfrom n import Y\n"), ("n", "from m import X\nY = 1\n")]);
    assert_eq!(meaning(&db, "Y"), "variable n.Y");
    assert_eq!(meaning(&db, "X"), "unknown n.X");
}

#[test]
fn assignments_are_classified() {
    let text = "\
from collections import namedtuple
from enum import Enum
from typing import Any, Callable, List, NamedTuple, NewType, Optional, TypeAlias, TypedDict, TypeVar, Union
import os.path
T = TypeVar('T')
Wrong = TypeVar('T')
N = NewType('N', int)
P = namedtuple('P', 'x y')
Q = NamedTuple('Q', [('x', int)])
D = TypedDict('D', {'x': int})
E = Enum('E', 'a b')
A = int
B = List[int]
C = Optional[A]
U = int | None
V: TypeAlias = 'later'
W = Any
X = Union
Y = [int]
Z: int = 3
path = os.path
none = type(None)
class K:
    A = int
    B = List[int]
class Sub(Q): ...
class Pair(tuple[int, str]): ...
class TD(D): ...
color = E['a']
";
    let db = Database::new(&[("m", text)]);
    assert_eq!(meaning(&db, "T"), "type variable m.T");
    assert_eq!(meaning(&db, "Wrong"), "variable m.Wrong");
    assert_eq!(meaning(&db, "N"), "class m.N");
    for name in ["P", "Q", "D", "Sub", "Pair", "TD"] {
        assert_eq!(meaning(&db, name), format!("structure m.{name}"));
    }
    assert_eq!(meaning(&db, "E"), "class m.E");
    for name in ["A", "B", "C", "U", "V", "W", "none"] {
        assert_eq!(meaning(&db, name), format!("alias m.{name}"));
    }
    for name in ["X", "Y", "Z", "color"] {
        assert_eq!(meaning(&db, name), format!("variable m.{name}"));
    }
    assert_eq!(meaning(&db, "path"), "module os.path");
    assert_eq!(meaning(&db, "K.A"), "variable m.K.A");
    assert_eq!(meaning(&db, "K.B"), "alias m.K.B");
}
