//! Annotations, signatures, aliases and type variables.

mod common;

use common::Database;
use pytype_declare::{Context, Node, aliases, names, signatures, variables};
use pytype_index::{DefId, DefRef, DefinitionKind, ScopeId};
use pytype_source::Name;
use pytype_types::{Ty, TyKind, TypeContext, Variance, reveal};

/// The declared type of a name of the module `m`; a class's attribute as `C.x`.
fn declared(db: &Database, name: &str) -> Option<Ty> {
    let mut path = name.split('.');
    let file = db.file("m");
    let mut found = names::lookup(db, file, ScopeId::MODULE, Name::new(path.next()?))?;
    for name in path {
        found = names::attribute_of(db, file, found, Name::new(name))?;
    }
    match found.node {
        Node::Function(at) => {
            let info = signatures::function_info(db, at);
            let items: Vec<Ty> = info
                .items
                .iter()
                .enumerate()
                .filter(|(at, _)| Some(*at) != info.implementation)
                .map(|(_, item)| item.signature)
                .collect();
            Some(Ty::overloaded(items))
        }
        Node::Variable(at) => {
            let info = variables::variable_info(db, at);
            info.declared.or(info.simple_literal)
        }
        Node::Alias(alias) => Some(aliases::alias_info(db, alias).target),
        _ => None,
    }
}

fn shown(db: &Database, name: &str) -> String {
    let ctx = Context::new(db, db.file("m"));
    declared(db, name).map_or_else(|| "nothing".to_owned(), |ty| reveal(&ctx, ty))
}

/// Line and code of each finding about declarations of `m`, those in functions included.
fn findings(db: &Database, source: &str) -> Vec<(usize, String, String)> {
    let file = db.file("m");
    let mut found = Vec::new();
    let mut units = vec![0];
    while let Some(unit) = units.pop() {
        let index = pytype_index::index_of(db, file, unit);
        for (ordinal, definition) in (0..).zip(&index.definitions) {
            let at = DefRef { file, id: DefId { unit, ordinal } };
            match definition.kind {
                DefinitionKind::Function { .. } => {
                    found.extend(signatures::diagnostics_of(db, at));
                    if unit == 0 {
                        units.push(1 + ordinal);
                    }
                }
                DefinitionKind::Variable
                | DefinitionKind::TypeAliasStatement
                | DefinitionKind::TypeParameter => {
                    found.extend(variables::diagnostics_of(db, at));
                    let node = names::binding_of(db, at).map(|binding| binding.node);
                    found.extend(aliases::diagnostics_of(db, at, node));
                }
                _ => {}
            }
        }
    }
    let mut lines: Vec<(usize, String, String)> = found
        .into_iter()
        .map(|finding| {
            let line = source[..finding.range.start().to_usize()].matches('\n').count() + 1;
            let code = finding.code.map_or("note", |code| code.as_str());
            (line, code.to_owned(), finding.message)
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// Prints what is found in the files that `PYTYPE_SHOW` names, one line for each finding and for
/// each `reveal_type(name)` at the start of a line.
#[test]
fn show() {
    let Ok(paths) = std::env::var("PYTYPE_SHOW") else { return };
    let strict = std::env::var("PYTYPE_STRICT").is_ok_and(|value| value == "1");
    let list = std::fs::read_to_string(&paths).unwrap_or_default();
    let paths: Vec<&str> =
        if paths.ends_with(".list") { list.lines().collect() } else { paths.split(':').collect() };
    for path in paths {
        let source = std::fs::read_to_string(path).unwrap();
        let module = if path.ends_with(".pyi") { "m.pyi" } else { "m" };
        println!("file {path}");
        let db =
            if strict { Database::strict(&[(module, &source)]) } else { Database::new(&[(module, &source)]) };
        let run = std::panic::AssertUnwindSafe(|| show_file(&db, &source));
        if std::panic::catch_unwind(run).is_err() {
            println!("PANIC");
        }
    }
}

fn show_file(db: &Database, source: &str) {
    {
        for (line, code, message) in findings(db, source) {
            println!("{line}: error: {message}  [{code}]");
        }
        for (number, line) in source.lines().enumerate() {
            if let Some(name) = line.strip_prefix("reveal_type(").and_then(|rest| rest.strip_suffix(')')) {
                println!("{}: note: Revealed type is \"{}\"", number + 1, shown(db, name));
            }
        }
    }
}

/// The lines and codes of what is found in a module.
fn errors(source: &str) -> Vec<(usize, String)> {
    let db = Database::new(&[("m", source)]);
    findings(&db, source).into_iter().map(|(line, code, _)| (line, code)).collect()
}

fn assert_shown(source: &str, expected: &[(&str, &str)]) {
    let db = Database::new(&[("m", source)]);
    for (name, text) in expected {
        assert_eq!(&shown(&db, name), text, "{name}");
    }
    assert_eq!(errors(source), []);
}

fn assert_errors(source: &str, expected: &[(usize, &str)]) {
    let expected: Vec<(usize, String)> =
        expected.iter().map(|(line, code)| (*line, (*code).to_owned())).collect();
    assert_eq!(errors(source), expected);
}

#[test]
fn ordinary_forms() {
    assert_shown(
        "
from typing import *
a: Optional[int]
b: Union[int, str, None]
c: int | None | str
d: tuple[int, ...]
e: tuple[int, str]
f: tuple[()]
g: type[int | str]
h: Type
i: Literal[1, -2, True, b'x', 'y', None]
j: Annotated[int, 1 + 1]
k: LiteralString
l: NoReturn
m: List['Dict[str, int]']
n: 'int | None'
o: List
",
        &[
            ("a", "int | None"),
            ("b", "int | str | None"),
            ("c", "int | None | str"),
            ("d", "tuple[int, ...]"),
            ("e", "tuple[int, str]"),
            ("f", "tuple[()]"),
            ("g", "type[int] | type[str]"),
            ("h", "type[Any]"),
            ("j", "int"),
            ("k", "LiteralString"),
            ("l", "Never"),
            ("m", "list[dict[str, int]]"),
            ("n", "int | None"),
            ("o", "list[Any]"),
        ],
    );
}

#[test]
fn callables() {
    assert_shown(
        "
from typing import *
T = TypeVar('T')
P = ParamSpec('P')
Ts = TypeVarTuple('Ts')
a: Callable
b: Callable[..., int]
c: Callable[[int, str], None]
d: Callable[[T], T]
e: Callable[P, int]
f: Callable[Concatenate[int, P], str]
def g(x: int) -> Callable[[T], T]: ...
def h(x: T) -> Callable[[T], T]: ...
def i(f: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
def j(*args: *Ts) -> tuple[*Ts]: ...
",
        &[
            ("a", "def (*Any, **Any) -> Any"),
            ("b", "def (*Any, **Any) -> int"),
            ("c", "def (int, str)"),
            ("d", "def [T] (T) -> T"),
            ("e", "def [P] (*P.args, **P.kwargs) -> int"),
            ("g", "def (x: int) -> def [T] (T) -> T"),
            ("h", "def [T] (x: T) -> def (T) -> T"),
            ("i", "def [P, T] (f: def (*P.args, **P.kwargs) -> T, *P.args, **P.kwargs) -> T"),
            ("j", "def [Ts] (*args: *Ts) -> tuple[*Ts]"),
        ],
    );
}

#[test]
fn signatures_of_functions_and_methods() {
    assert_shown(
        "
from typing import *
T = TypeVar('T')
def plain(a, b=1, /, c: int = 2, *args: str, d, e: bool = True, **kwargs: float): ...
def old(__a: int, b: int) -> None: ...
async def coroutine(x: int) -> str: ...
async def generator() -> AsyncIterator[int]:
    yield 1
class C(Generic[T]):
    def __init__(self, x: T): ...
    def method(self) -> T: ...
    def untyped(self, x): ...
    def me(self) -> Self: ...
    @classmethod
    def make(cls) -> 'C[T]': ...
    def __add__(self, other: int) -> int: ...
    def new[U](self, x: U) -> tuple[T, U]: ...
",
        &[
            ("plain", "def (Any, Any =, c: int =, *args: str, d: Any, e: bool =, **kwargs: float) -> Any"),
            ("old", "def (int, b: int)"),
            ("coroutine", "def (x: int) -> typing.Coroutine[Any, Any, str]"),
            ("generator", "def () -> typing.AsyncIterator[int]"),
            ("C.__init__", "def (self: m.C[T], x: T)"),
            ("C.method", "def (self: m.C[T]) -> T"),
            ("C.untyped", "def (self: m.C[T], x: Any) -> Any"),
            ("C.me", "def [Self <: m.C[T]] (self: Self) -> Self"),
            ("C.make", "def (cls: type[m.C[T]]) -> m.C[T]"),
            ("C.__add__", "def (m.C[T], int) -> int"),
            ("C.new", "def [U] (self: m.C[T], x: U) -> tuple[T, U]"),
        ],
    );
}

#[test]
fn wrong_annotations() {
    assert_errors(
        "
from typing import *
import sys
T = TypeVar('T')
value = 1
a: 5
b: 'int int'
c: (int, str)
d: [int]
e: undefined
f: value
g: sys
h: print
i: T
j: Callable[int, str]
k: Callable[[int]]
l: Optional
m: type[int, str]
n: dict[int]
o: int[str]
p: Literal[1.5]
q: Required[int]
r: Self
s: Unpack[int]
t: list[...]
u: Annotated[int]
v: Concatenate[int, str]
w: type[Literal[1]]
x: list[ClassVar[int]]
y: list[Final[int]]
",
        &[
            (6, "valid-type"),
            (7, "valid-type"),
            (8, "syntax"),
            (9, "valid-type"),
            (10, "name-defined"),
            (11, "valid-type"),
            (12, "valid-type"),
            (13, "valid-type"),
            (14, "valid-type"),
            (15, "valid-type"),
            (16, "misc"),
            (17, "valid-type"),
            (18, "valid-type"),
            (19, "type-arg"),
            (20, "type-arg"),
            (21, "valid-type"),
            (22, "valid-type"),
            (23, "misc"),
            (24, "valid-type"),
            (25, "misc"),
            (26, "valid-type"),
            (27, "valid-type"),
            (28, "valid-type"),
            (29, "valid-type"),
            (30, "valid-type"),
        ],
    );
}

#[test]
fn places_of_findings() {
    // Each name in its own line; in a string, where the string begins.
    assert_errors(
        "def f(
    a: dict[
        str,
        foo,
    ],
    b: 'list['
       'foo]',
) -> None: ...
",
        &[(4, "name-defined"), (6, "name-defined")],
    );
}

#[test]
fn qualifiers() {
    assert_errors(
        "
from typing import *
a: Final = 1
b: Final
c: Final[int]
d: ClassVar[int] = 1
class C:
    e: ClassVar = 1
    f: Final[int]
    g: Annotated[ClassVar[int], ''] = 1
for i in [1]:
    h: Final = i
def k(x: Final[int], y: ClassVar[int]) -> None: ...
",
        &[(4, "misc"), (5, "misc"), (6, "misc"), (12, "misc"), (13, "misc"), (13, "valid-type")],
    );
}

#[test]
fn type_arguments_fit_their_bounds() {
    assert_errors(
        "
from typing import *
T = TypeVar('T', bound=int)
S = TypeVar('S', int, str)
class C(Generic[T]): ...
class D(Generic[S]): ...
a: C[str]
b: D[bytes]
A = Union[C[T], None]
c: A[str]
ok: C[bool]
",
        &[(7, "type-var"), (8, "type-var"), (10, "type-var")],
    );
}

#[test]
fn aliases_stand_for_types() {
    assert_shown(
        "
from typing import *
T = TypeVar('T')
A = Union[T, None]
a: A[int]
B: TypeAlias = 'list[C]'
C = int
b: B
type D[K] = dict[K, D[K]] | K
d: D[int]
E = list
e: E[int]
F = TypeAliasType('F', 'tuple[int, F] | None')
f: F
",
        &[("a", "int | None"), ("b", "list[int]"), ("e", "list[int]")],
    );
    assert_errors(
        "
from typing import *
A = Union[int, 'A']
B = Union['C', int]
C = Union[B, str]
D = int
D = str
type E = E
F: TypeAlias = 1 + 2
",
        &[(3, "misc"), (5, "misc"), (7, "misc"), (8, "misc"), (9, "valid-type")],
    );
}

#[test]
fn type_variables_as_declared() {
    assert_errors(
        "
from typing import *
A = TypeVar('B')
C = TypeVar('C', int)
D = TypeVar('D', bound=1)
E = TypeVar('E', covariant=True, contravariant=True)
F = TypeVar('F', int, str, bound=int)
G = TypeVar('G', default=list)
H = ParamSpec('H', bound=int)
I = TypeVarTuple('I', default=int)
J = TypeVar('J', unknown=1)
",
        &[
            (3, "misc"),
            (4, "misc"),
            (5, "misc"),
            (6, "misc"),
            (7, "misc"),
            (9, "misc"),
            (10, "misc"),
            (11, "misc"),
        ],
    );
}

#[test]
fn overload_sets_and_properties() {
    assert_errors(
        "
from typing import *
@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
def f(x): ...
@overload
def g(x: int) -> int: ...
@overload
def g(x: str) -> str: ...
class C:
    @property
    def x(self) -> int: ...
    @x.setter
    def x(self, value: int) -> None: ...
    @property
    def y(self) -> int: ...
    def y(self, value: int) -> None: ...
    @staticmethod
    @property
    def z() -> int: ...
@classmethod
def h(x): ...
",
        &[(8, "no-overload-impl"), (19, "misc"), (20, "misc"), (23, "misc")],
    );
}

#[test]
fn type_comments() {
    assert_shown(
        "
from typing import *
a = []  # type: List[int]
b, c = 1, ''  # type: int, str
def f(x, y=None):
    # type: (int, Optional[str]) -> List[int]
    return []
def g(x,  # type: int
      ):
    # type: (...) -> str
    return ''
",
        &[
            ("a", "list[int]"),
            ("b", "int"),
            ("c", "str"),
            ("f", "def (x: int, y: str | None =) -> list[int]"),
            ("g", "def (x: int) -> str"),
        ],
    );
}

#[test]
fn constants_have_types_before_inference() {
    assert_shown(
        "
from typing import Final
a = 1 + 2
b: Final = 'x' * 2
c = 1.5
d: Final = -1
e: Final = d - 1
f = not True
g = 1 / 2
",
        &[
            ("a", "int"),
            ("b", "Literal['xx']?"),
            ("c", "float"),
            ("d", "Literal[-1]?"),
            ("e", "Literal[-2]?"),
            ("f", "nothing"),
            ("g", "float"),
        ],
    );
}

#[test]
fn variance_is_inferred_from_use() {
    let source = "
class Source[T]:
    def get(self) -> T: ...
class Sink[T]:
    def put(self, x: T) -> None: ...
class Box[T]:
    value: T
class There[T]:
    def back(self) -> 'Back[T]': ...
class Back[T]:
    def there(self) -> There[T]: ...
    def put(self, x: T) -> None: ...
a: Source[int]
b: Sink[int]
c: Box[int]
d: There[int]
e: Back[int]
";
    let db = Database::new(&[("m", source)]);
    let ctx = Context::new(&db, db.file("m"));
    let variance = |name: &str| {
        let ty = declared(&db, name).unwrap();
        let class = ty.as_instance().unwrap().class;
        let param = ctx.class(class).type_params[0];
        let TyKind::TypeVar(variable) = param.kind() else { panic!() };
        ctx.type_var(variable.decl).variance
    };
    assert_eq!(variance("a"), Variance::Covariant);
    assert_eq!(variance("b"), Variance::Contravariant);
    assert_eq!(variance("c"), Variance::Invariant);
    assert_eq!(variance("d"), Variance::Invariant);
    assert_eq!(variance("e"), Variance::Invariant);
}
