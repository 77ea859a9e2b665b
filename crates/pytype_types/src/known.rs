//! Classes of the standard library that the type system itself speaks of.

macro_rules! known_classes {
    ($($variant:ident $module:literal $name:literal;)*) => {
        /// A class of the standard library that rules of the language refer to by name.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum KnownClass { $($variant,)* }

        impl KnownClass {
            pub const ALL: &'static [KnownClass] = &[$(KnownClass::$variant,)*];

            /// The module that defines it, and its name there.
            pub const fn path(self) -> (&'static str, &'static str) {
                match self { $(KnownClass::$variant => ($module, $name),)* }
            }
        }
    };
}

known_classes! {
    Object "builtins" "object";
    Type "builtins" "type";
    Int "builtins" "int";
    Float "builtins" "float";
    Complex "builtins" "complex";
    Bool "builtins" "bool";
    Str "builtins" "str";
    Bytes "builtins" "bytes";
    Bytearray "builtins" "bytearray";
    Memoryview "builtins" "memoryview";
    Tuple "builtins" "tuple";
    List "builtins" "list";
    Dict "builtins" "dict";
    Set "builtins" "set";
    Frozenset "builtins" "frozenset";
    Slice "builtins" "slice";
    Function "builtins" "function";
    Property "builtins" "property";
    Staticmethod "builtins" "staticmethod";
    Classmethod "builtins" "classmethod";
    Super "builtins" "super";
    BaseException "builtins" "BaseException";
    Exception "builtins" "Exception";
    BaseExceptionGroup "builtins" "BaseExceptionGroup";
    ExceptionGroup "builtins" "ExceptionGroup";
    NotImplementedType "types" "NotImplementedType";
    Ellipsis "types" "EllipsisType";
    ModuleType "types" "ModuleType";
    NoneType "types" "NoneType";
    UnionType "types" "UnionType";
    GenericAlias "types" "GenericAlias";
    Traceback "types" "TracebackType";
    Iterable "typing" "Iterable";
    Iterator "typing" "Iterator";
    Generator "typing" "Generator";
    Coroutine "typing" "Coroutine";
    Awaitable "typing" "Awaitable";
    AwaitableGenerator "typing" "AwaitableGenerator";
    AsyncIterable "typing" "AsyncIterable";
    AsyncIterator "typing" "AsyncIterator";
    AsyncGenerator "typing" "AsyncGenerator";
    Mapping "typing" "Mapping";
    Sequence "typing" "Sequence";
    Collection "typing" "Collection";
    Container "typing" "Container";
    Sized "typing" "Sized";
    Hashable "typing" "Hashable";
    SupportsIndex "typing" "SupportsIndex";
    TypedDictFallback "typing" "_TypedDict";
    TypeVar "typing" "TypeVar";
    ParamSpec "typing" "ParamSpec";
    TypeVarTuple "typing" "TypeVarTuple";
    TypeAliasType "typing" "TypeAliasType";
    NewType "typing" "NewType";
    SpecialForm "typing" "_SpecialForm";
    NamedTuple "typing" "NamedTuple";
    Template "string.templatelib" "Template";
    SupportsKeysAndGetItem "_typeshed" "SupportsKeysAndGetItem";
    Enum "enum" "Enum";
    EnumMeta "enum" "EnumMeta";
    IntEnum "enum" "IntEnum";
    StrEnum "enum" "StrEnum";
    Flag "enum" "Flag";
    EnumAuto "enum" "auto";
    EnumMember "enum" "member";
    EnumNonmember "enum" "nonmember";
    AbcMeta "abc" "ABCMeta";
    FunctoolsPartial "functools" "partial";
    CachedProperty "functools" "cached_property";
    Deque "collections" "deque";
    DefaultDict "collections" "defaultdict";
    OrderedDict "collections" "OrderedDict";
    Counter "collections" "Counter";
    DataclassField "dataclasses" "Field";
    DataclassInitVar "dataclasses" "InitVar";
    DataclassKwOnly "dataclasses" "KW_ONLY";
}
