//! Full names that the type system gives a meaning of their own.

pub(crate) const TYPE_VAR: &[&str] = &["typing.TypeVar", "typing_extensions.TypeVar"];
pub(crate) const PARAM_SPEC: &[&str] = &["typing.ParamSpec", "typing_extensions.ParamSpec"];
pub(crate) const TYPE_VAR_TUPLE: &[&str] = &["typing.TypeVarTuple", "typing_extensions.TypeVarTuple"];
pub(crate) const NEW_TYPE: &[&str] = &["typing.NewType", "typing_extensions.NewType"];
pub(crate) const UNTYPED_NAMED_TUPLE: &str = "collections.namedtuple";
pub(crate) const NAMED_TUPLE: &[&str] = &["typing.NamedTuple", "typing_extensions.NamedTuple"];
pub(crate) const TYPED_DICT: &[&str] =
    &["typing.TypedDict", "typing_extensions.TypedDict", "mypy_extensions.TypedDict"];
pub(crate) const ENUM_BASES: &[&str] =
    &["enum.Enum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.StrEnum"];
pub(crate) const TYPE_ALIAS: &[&str] = &["typing.TypeAlias", "typing_extensions.TypeAlias"];
pub(crate) const TYPE_ALIAS_TYPE: &[&str] = &["typing.TypeAliasType", "typing_extensions.TypeAliasType"];
/// Names in `typing` that mean a class of another module.
pub(crate) const CLASS_ALIASES: &[(&str, &str, &str)] = &[
    ("typing.List", "builtins", "list"),
    ("typing.Dict", "builtins", "dict"),
    ("typing.Set", "builtins", "set"),
    ("typing.FrozenSet", "builtins", "frozenset"),
    ("typing.ChainMap", "collections", "ChainMap"),
    ("typing.Counter", "collections", "Counter"),
    ("typing.DefaultDict", "collections", "defaultdict"),
    ("typing.Deque", "collections", "deque"),
    ("typing.OrderedDict", "collections", "OrderedDict"),
    ("typing_extensions.OrderedDict", "collections", "OrderedDict"),
];
pub(crate) const NEVER: &[&str] = &[
    "typing.NoReturn",
    "typing.Never",
    "typing_extensions.NoReturn",
    "typing_extensions.Never",
    "mypy_extensions.NoReturn",
];
pub(crate) const PROTOCOL: &[&str] = &["typing.Protocol", "typing_extensions.Protocol"];
pub(crate) const GENERIC: &str = "typing.Generic";
pub(crate) const UNPACK: &[&str] = &["typing.Unpack", "typing_extensions.Unpack"];
pub(crate) const FINAL_DECORATOR: &[&str] = &["typing.final", "typing_extensions.final"];
pub(crate) const RUNTIME_CHECKABLE: &[&str] = &[
    "typing.runtime",
    "typing.runtime_checkable",
    "typing_extensions.runtime",
    "typing_extensions.runtime_checkable",
];
pub(crate) const DISJOINT_BASE: &[&str] = &["typing.disjoint_base", "typing_extensions.disjoint_base"];
pub(crate) const DEPRECATED: &[&str] = &["warnings.deprecated", "typing_extensions.deprecated"];
pub(crate) const DATACLASS_TRANSFORM: &[&str] =
    &["typing.dataclass_transform", "typing_extensions.dataclass_transform"];
/// Aliases of bare special forms that may stand without arguments.
pub(crate) const BARE_ALIAS_TARGETS: &[&str] = &[
    "typing.Any",
    "typing.Tuple",
    "typing.Callable",
    "typing.LiteralString",
    "typing_extensions.LiteralString",
];
/// Special forms that make an alias when they are subscripted.
pub(crate) const SUBSCRIPT_ALIAS_TARGETS: &[&str] = &[
    "typing.Callable",
    "typing.Optional",
    "typing.Tuple",
    "typing.Type",
    "typing.Union",
    "typing.Literal",
    "typing_extensions.Literal",
    "typing.Annotated",
    "typing_extensions.Annotated",
];
/// Classes whose calls make sentinels (PEP 661).
pub(crate) const SENTINEL: &[&str] =
    &["builtins.sentinel", "typing_extensions.sentinel", "typing_extensions.Sentinel"];
pub(crate) const LITERAL: &[&str] = &["typing.Literal", "typing_extensions.Literal"];
pub(crate) const ANNOTATED: &[&str] = &["typing.Annotated", "typing_extensions.Annotated"];
