//! Members of classes and attributes of objects.

mod common;

use common::Database;
use pytype_declare::member_lookup::{MemberAccess, analyze_member};
use pytype_declare::{Context, Node, names};
use pytype_index::ScopeId;
use pytype_source::Name;
use pytype_types::{ClassId, Ty, TyKind, TypeContext, class_instance_type, fill_with_any, reveal};

struct Program {
    db: Database,
}

impl Program {
    fn new(text: &str) -> Program {
        Program { db: Database::new(&[("m", text)]) }
    }

    fn with(modules: &[(&str, &str)]) -> Program {
        Program { db: Database::new(modules) }
    }

    fn class(&self, name: &str) -> ClassId {
        match names::lookup(&self.db, self.db.file("m"), ScopeId::MODULE, Name::new(name)).map(|b| b.node) {
            Some(Node::Class(class)) => class,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn attribute(&self, object: Ty, name: &str, access: MemberAccess<'_>) -> String {
        let ctx = Context::new(&self.db, self.db.file("m"));
        match analyze_member(&ctx, object, Name::new(name), &access) {
            Ok(found) => reveal(&ctx, found.ty),
            Err(error) => {
                let codes: Vec<&str> = error.problems.iter().map(|p| p.code().as_str()).collect();
                format!("{} [{}]", reveal(&ctx, error.recovered.ty), codes.join(", "))
            }
        }
    }

    /// An attribute of an instance of the class, with `Any` for its type arguments.
    fn get(&self, class: &str, name: &str) -> String {
        let ctx = Context::new(&self.db, self.db.file("m"));
        let object = fill_with_any(&ctx, self.class(class));
        self.attribute(object, name, MemberAccess::read(object))
    }

    fn set(&self, class: &str, name: &str) -> String {
        let ctx = Context::new(&self.db, self.db.file("m"));
        let object = class_instance_type(&ctx, self.class(class));
        self.attribute(object, name, MemberAccess::write(object))
    }

    /// An attribute of the class object.
    fn of_class(&self, class: &str, name: &str) -> String {
        let ctx = Context::new(&self.db, self.db.file("m"));
        let object = ctx.constructor(self.class(class));
        self.attribute(object, name, MemberAccess::read(object))
    }

    fn constructor(&self, class: &str) -> String {
        let ctx = Context::new(&self.db, self.db.file("m"));
        reveal(&ctx, ctx.constructor(self.class(class)))
    }
}

#[test]
fn methods_and_variables() {
    let p = Program::new(
        "\
from typing import ClassVar, Final, Generic, Self, TypeVar
T = TypeVar('T')
class A(Generic[T]):
    x: T
    y: ClassVar[int] = 0
    z: Final = 3
    def __init__(self, x: T) -> None:
        self.own: list[T] = [x]
    def f(self, a: int) -> T: ...
    def me(self) -> Self: ...
    @classmethod
    def make(cls, x: T) -> 'A[T]': ...
    @staticmethod
    def s(a: str) -> str: ...
    @property
    def p(self) -> T: ...
    @property
    def q(self) -> int: ...
    @q.setter
    def q(self, value: str) -> None: ...
class B(A[str]):
    def narrow(self: 'B', k: int = 0) -> None: ...
class G:
    def __getattr__(self, name: str) -> bytes: ...
",
    );
    assert_eq!(p.get("B", "x"), "str");
    assert_eq!(p.get("B", "y"), "int");
    assert_eq!(p.get("B", "own"), "list[str]");
    assert_eq!(p.get("B", "f"), "def (a: int) -> str");
    assert_eq!(p.get("B", "me"), "def () -> m.B");
    assert_eq!(p.get("B", "make"), "def (x: str) -> m.A[str]");
    assert_eq!(p.get("B", "s"), "def (a: str) -> str");
    assert_eq!(p.get("B", "p"), "str");
    assert_eq!(p.get("B", "q"), "int");
    assert_eq!(p.get("B", "narrow"), "def (k: int =)");
    assert_eq!(p.get("B", "nothing"), "Any [attr-defined]");
    assert_eq!(p.get("B", "__class__"), "type[m.B]");
    assert_eq!(p.get("G", "anything"), "bytes");
    assert_eq!(p.set("B", "q"), "str");
    assert_eq!(p.set("B", "p"), "str [misc]");
    assert_eq!(p.set("B", "f"), "def (a: int) -> str [method-assign]");
    assert_eq!(p.set("B", "y"), "int [misc]");
    assert_eq!(p.set("B", "z"), "Literal[3]? [misc]");
    assert_eq!(p.constructor("A"), "def [T] (x: T) -> m.A[T]");
    assert_eq!(p.constructor("B"), "def (x: str) -> m.B");
    assert_eq!(p.of_class("A", "make"), "def [T] (x: T) -> m.A[T]");
    assert_eq!(p.of_class("B", "make"), "def (x: str) -> m.A[str]");
    assert_eq!(p.of_class("B", "f"), "def (self: m.A[str], a: int) -> str");
    assert_eq!(p.of_class("A", "x"), "Any [misc]");
    assert_eq!(p.of_class("A", "y"), "int");
    assert_eq!(p.of_class("A", "own"), "list[Any] [misc, misc]");
    assert_eq!(p.of_class("A", "__name__"), "str");
}

#[test]
fn descriptors() {
    let p = Program::new(
        "\
from typing import Any, overload, Self
class D:
    @overload
    def __get__(self, obj: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, obj: object, owner: Any) -> int: ...
    def __get__(self, obj: object, owner: Any) -> Any: ...
    def __set__(self, obj: object, value: str) -> None: ...
class C:
    d: D = D()
",
    );
    assert_eq!(p.set("C", "d"), "str");
}

#[test]
fn dataclasses() {
    let p = Program::new(
        "\
from dataclasses import dataclass, field, InitVar, KW_ONLY
from typing import Callable, ClassVar, Generic, TypeVar
T = TypeVar('T')
@dataclass
class A(Generic[T]):
    x: T
    c: ClassVar[int]
    y: int = 0
    z: list[int] = field(default_factory=list, init=False)
@dataclass(frozen=True, order=True)
class B:
    a: int
    _: KW_ONLY
    b: str = ''
    i: InitVar[bytes] = b''
@dataclass
class C(A[str]):
    w: Callable[[int], str]  = str
",
    );
    assert_eq!(p.constructor("A"), "def [T] (x: T, y: int =) -> m.A[T]");
    assert_eq!(p.constructor("B"), "def (a: int, *, b: str =, i: bytes =) -> m.B");
    assert_eq!(p.constructor("C"), "def (x: str, y: int =, w: def (int) -> str =) -> m.C");
    assert_eq!(p.get("C", "x"), "str");
    assert_eq!(p.get("C", "w"), "def (int) -> str");
    assert_eq!(p.set("B", "a"), "int [misc]");
    assert_eq!(p.get("B", "__lt__"), "def (other: m.B) -> bool");
    assert_eq!(p.get("B", "__match_args__"), "tuple[Literal['a']]");
    assert_eq!(p.get("B", "i"), "Any [attr-defined]");
    assert_eq!(p.get("A", "__dataclass_fields__"), "dict[str, dataclasses.Field[Any]]");
}

#[test]
fn named_tuples_enums_new_types() {
    let p = Program::new(
        "\
from enum import Enum, IntEnum
from typing import NamedTuple, NewType
class P(NamedTuple):
    x: int
    y: str = ''
    def both(self) -> str: ...
N = NewType('N', int)
class Color(Enum):
    RED = 1
    GREEN = 2
    _ignore_ = ['x']
    def f(self) -> int: ...
class S(str, Enum):
    A = 'a'
",
    );
    assert_eq!(p.constructor("P"), "def (x: int, y: str =) -> tuple[int, str, fallback=m.P]");
    assert_eq!(p.get("P", "x"), "int");
    assert_eq!(p.set("P", "x"), "int [misc]");
    assert_eq!(p.get("P", "_replace"), "def (*, x: int =, y: str =) -> tuple[int, str, fallback=m.P]");
    assert_eq!(p.get("P", "both"), "def () -> str");
    assert_eq!(
        p.of_class("P", "_make"),
        "def (iterable: typing.Iterable[Any]) -> tuple[int, str, fallback=m.P]"
    );
    assert_eq!(p.get("P", "_fields"), "tuple[str, str]");
    assert_eq!(p.constructor("N"), "def (item: int) -> m.N");
    assert_eq!(p.of_class("Color", "RED"), "Literal[m.Color.RED]?");
    assert_eq!(p.of_class("Color", "_ignore_"), "Any [attr-defined]");
    assert_eq!(p.get("Color", "name"), "str");
    assert_eq!(p.get("Color", "f"), "def () -> int");
    let ctx = Context::new(&p.db, p.db.file("m"));
    let members: Vec<&str> = ctx.enum_members(p.class("Color")).iter().map(|name| name.as_str()).collect();
    assert_eq!(members, ["RED", "GREEN"]);
}

#[test]
fn typed_dicts_unions_and_none() {
    let p = Program::new(
        "\
from typing import TypedDict
class D(TypedDict):
    a: int
    b: str
",
    );
    assert_eq!(p.constructor("D"), "def (*, a: int, b: str) -> TypedDict(m.D, {'a': int, 'b': str})");
    let ctx = Context::new(&p.db, p.db.file("m"));
    let int = ctx.known_instance(pytype_types::KnownClass::Int);
    let union = Ty::union([int, Ty::none()]);
    assert_eq!(
        p.attribute(union, "bit_length", MemberAccess::read(union)),
        "(def () -> int) | Any [union-attr]"
    );
    let module = Ty::new(TyKind::Module(Name::new("m")));
    assert_eq!(p.attribute(module, "__name__", MemberAccess::read(module)), "str");
    assert_eq!(p.attribute(module, "nothing", MemberAccess::read(module)), "Any [attr-defined]");
    let literal = Ty::literal(pytype_types::LiteralValue::Int(1), int);
    assert_eq!(p.attribute(literal, "real", MemberAccess::read(literal)), "int");
}

#[test]
fn attrs_classes() {
    let stub = "\
from typing import Any
def define(cls: Any = ..., **kwargs: Any) -> Any: ...
def frozen(cls: Any = ..., **kwargs: Any) -> Any: ...
def s(cls: Any = ..., **kwargs: Any) -> Any: ...
def ib(default: Any = ..., **kwargs: Any) -> Any: ...
def field(**kwargs: Any) -> Any: ...
";
    let text = "\
import attr
def convert(x: str) -> int: ...
@attr.define
class A:
    a: int
    _b: str = 'x'
    c: int = attr.field(converter=convert, kw_only=True)
@attr.frozen
class B(A):
    d: bytes = b''
@attr.s
class C:
    x = attr.ib(type=int)
    y = attr.ib(default=1, init=False)
";
    let p = Program::with(&[("m", text), ("attr.__init__", stub)]);
    assert_eq!(p.constructor("A"), "def (a: int, b: str =, *, c: str) -> m.A");
    assert_eq!(p.constructor("B"), "def (a: int, b: str =, d: bytes =, *, c: str) -> m.B");
    assert_eq!(p.constructor("C"), "def (x: int) -> m.C");
    assert_eq!(p.get("A", "c"), "int");
    assert_eq!(p.set("B", "d"), "bytes [misc]");
}

#[test]
fn transforms_and_orders() {
    let p = Program::new(
        "\
from functools import total_ordering
from typing import Any, dataclass_transform
def field(*, default: Any = ..., init: bool = True, alias: str = '') -> Any: ...
@dataclass_transform(kw_only_default=True, field_specifiers=(field,))
def model(cls: Any) -> Any: ...
@dataclass_transform(frozen_default=True)
class Base:
    pass
class Meta(type): ...
@model
class A:
    x: int
    y: str = field(alias='z')
class B(Base):
    a: int
    b: int = 1
class C(Base, frozen=False):
    a: int
@total_ordering
class T:
    def __lt__(self, other: int) -> bool: ...
",
    );
    assert_eq!(p.constructor("A"), "def (*, x: int, z: str) -> m.A");
    assert_eq!(p.constructor("B"), "def (a: int, b: int =) -> m.B");
    assert_eq!(p.set("B", "a"), "int [misc]");
    assert_eq!(p.set("C", "a"), "int");
    assert_eq!(p.get("T", "__ge__"), "def (other: int) -> bool");
}
