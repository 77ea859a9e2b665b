//! Undoes what `ty_vendored` changes in typeshed for its own checker.
//!
//! Each entry must be found exactly as often as it says; otherwise the crate has moved on, and the
//! build stops rather than embedding stubs that no other checker knows.

/// One replacement: the text the crate carries, the text typeshed has, and how often it occurs.
struct Undo {
    path: &'static str,
    patched: &'static str,
    original: &'static str,
    count: usize,
}

const fn once(path: &'static str, patched: &'static str, original: &'static str) -> Undo {
    Undo { path, patched, original, count: 1 }
}

const UNDO: &[Undo] = &[
    // `dict.get` and `dict.pop` with keys of any type.
    once(
        "stdlib/builtins.pyi",
        "    def get(self, key: object, default: None = None, /) -> _VT | None:",
        "    def get(self, key: _KT, default: None = None, /) -> _VT | None:",
    ),
    once(
        "stdlib/builtins.pyi",
        "    def get(self, key: object, default: _VT, /) -> _VT: ...",
        "    def get(self, key: _KT, default: _VT, /) -> _VT: ...",
    ),
    once(
        "stdlib/builtins.pyi",
        "    def get(self, key: object, default: _T, /) -> _VT | _T: ...",
        "    def get(self, key: _KT, default: _T, /) -> _VT | _T: ...",
    ),
    once(
        "stdlib/builtins.pyi",
        "    def pop(self, key: object, default: _VT, /) -> _VT: ...",
        "    def pop(self, key: _KT, default: _VT, /) -> _VT: ...",
    ),
    once(
        "stdlib/builtins.pyi",
        "    def pop(self, key: object, default: _T, /) -> _VT | _T: ...",
        "    def pop(self, key: _KT, default: _T, /) -> _VT | _T: ...",
    ),
    // The same for `Mapping.get`.
    once(
        "stdlib/typing.pyi",
        "    def get(self, key: object, /) -> _VT_co | None:",
        "    def get(self, key: _KT, /) -> _VT_co | None:",
    ),
    once(
        "stdlib/typing.pyi",
        "    def get(self, key: object, default: _VT_co, /) -> _VT_co: ...",
        "    def get(self, key: _KT, default: _VT_co, /) -> _VT_co: ...",
    ),
    once(
        "stdlib/typing.pyi",
        "    def get(self, key: object, default: _T, /) -> _VT_co | _T: ...",
        "    def get(self, key: _KT, default: _T, /) -> _VT_co | _T: ...",
    ),
    // No patch of that crate, but newer than mypy 2.4.1, which reads from `Container`'s argument
    // whether `x in y` can ever be true.
    once(
        "stdlib/typing.pyi",
        "class Container(Protocol[_ContainerT_contra]):",
        "class Container(Protocol[_T_co]):",
    ),
    once(
        "stdlib/typing.pyi",
        "    def __contains__(self, x: _ContainerT_contra, /) -> bool: ...",
        "    def __contains__(self, x: object, /) -> bool: ...",
    ),
    once(
        "stdlib/typing.pyi",
        "class Collection(Iterable[_T_co], Container[Any], Protocol[_T_co]):",
        "class Collection(Iterable[_T_co], Container[_T_co], Protocol[_T_co]):",
    ),
    // `isdisjoint` of the dictionary views: keys first, then items.
    once(
        "stdlib/_collections_abc.pyi",
        "        def isdisjoint(self, other: object, /) -> bool:",
        "        def isdisjoint(self, other: Iterable[_KT_co], /) -> bool:",
    ),
    once(
        "stdlib/_collections_abc.pyi",
        "        def isdisjoint(self, other: object, /) -> bool:",
        "        def isdisjoint(self, other: Iterable[tuple[_KT_co, _VT_co]], /) -> bool:",
    ),
    // Predicates that narrow to the widest static type.
    once(
        "stdlib/inspect.pyi",
        "def iscoroutine(object: object) -> TypeIs[CoroutineType[object, Never, object]]:",
        "def iscoroutine(object: object) -> TypeIs[CoroutineType[Any, Any, Any]]:",
    ),
    once(
        "stdlib/inspect.pyi",
        "def isawaitable(object: object) -> TypeIs[Awaitable[object]]:",
        "def isawaitable(object: object) -> TypeIs[Awaitable[Any]]:",
    ),
    once("stdlib/builtins.pyi", "from ty_extensions import Top\n", ""),
    once(
        "stdlib/builtins.pyi",
        "def callable(obj: object, /) -> TypeIs[Top[Callable[..., object]]]:",
        "def callable(obj: object, /) -> TypeIs[Callable[..., object]]:",
    ),
    once("stdlib/asyncio/base_futures.pyi", "from ty_extensions import Top\n", ""),
    once(
        "stdlib/asyncio/base_futures.pyi",
        "def isfuture(obj: object) -> TypeIs[Top[Future[Any]]]:",
        "def isfuture(obj: object) -> TypeIs[Future[Any]]:",
    ),
    once(
        "stdlib/asyncio/coroutines.pyi",
        "from typing_extensions import Never, TypeIs, deprecated\n",
        "from typing_extensions import TypeIs, deprecated\n",
    ),
    once(
        "stdlib/asyncio/coroutines.pyi",
        "def iscoroutine(obj: object) -> TypeIs[Coroutine[object, Never, object]]:",
        "def iscoroutine(obj: object) -> TypeIs[Coroutine[Any, Any, Any]]:",
    ),
    once("stdlib/dataclasses.pyi", "from ty_extensions import Top\n", ""),
    once(
        "stdlib/dataclasses.pyi",
        "def is_dataclass(obj: Never) -> TypeIs[Top[DataclassInstance | type[DataclassInstance]]]:",
        "def is_dataclass(obj: Never) -> TypeIs[DataclassInstance | type[DataclassInstance]]:",
    ),
    once(
        "stdlib/dataclasses.pyi",
        "def is_dataclass(obj: type) -> TypeIs[Top[type[DataclassInstance]]]: ...",
        "def is_dataclass(obj: type) -> TypeIs[type[DataclassInstance]]: ...",
    ),
    once(
        "stdlib/dataclasses.pyi",
        "def is_dataclass(obj: object) -> TypeIs[Top[DataclassInstance | type[DataclassInstance]]]: ...",
        "def is_dataclass(obj: object) -> TypeIs[DataclassInstance | type[DataclassInstance]]: ...",
    ),
    // `dataclass_transform` accepts keywords that are not known yet.
    once(
        "stdlib/typing.pyi",
        "        field_specifiers: tuple[type[Any] | Callable[..., Any], ...] = (),\n    ) -> IdentityFunction:",
        "        field_specifiers: tuple[type[Any] | Callable[..., Any], ...] = (),\n        **kwargs: Any,\n    ) -> IdentityFunction:",
    ),
    once(
        "stdlib/typing_extensions.pyi",
        "        field_specifiers: tuple[type[Any] | Callable[..., Any], ...] = (),\n    ) -> IdentityFunction:",
        "        field_specifiers: tuple[type[Any] | Callable[..., Any], ...] = (),\n        **kwargs: object,\n    ) -> IdentityFunction:",
    ),
];

/// Applies every entry of [`UNDO`] in order. An entry that stands twice replaces the first
/// occurrence that is left.
pub fn undo(files: &mut [(String, String)]) {
    for (position, entry) in UNDO.iter().enumerate() {
        let found = files.iter_mut().find(|(path, _)| path == entry.path);
        let Some((_, text)) = found else { panic!("ty_vendored has no {}", entry.path) };
        let left = text.matches(entry.patched).count();
        let same_later =
            UNDO[position..].iter().filter(|e| e.path == entry.path && e.patched == entry.patched).count();
        assert!(
            left == entry.count * same_later,
            "{}: expected {} of this, found {left}; ty_vendored's patches have changed:\n{}",
            entry.path,
            entry.count * same_later,
            entry.patched
        );
        *text = text.replacen(entry.patched, entry.original, entry.count);
    }
}
