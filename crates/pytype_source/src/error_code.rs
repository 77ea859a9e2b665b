//! Error codes: the names users select, silence and suppress findings by.
//!
//! The set, the spelling, which are on by default and which code is part of a broader one are
//! mypy 2.4.1's; configuration files and `# type: ignore[code]` comments rely on each of them.

use std::fmt;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident $text:literal $enabled:literal $(part_of $parent:ident)?;)*) => {
        /// A mypy error code.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum ErrorCode { $($(#[$doc])* $variant,)* }

        impl ErrorCode {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// The code as it is written in configuration files and in output.
            pub const fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$variant => $text,)* }
            }

            /// Whether findings with this code are shown unless asked otherwise.
            pub const fn default_enabled(self) -> bool {
                match self { $(ErrorCode::$variant => $enabled,)* }
            }

            /// The broader code that also covers this one in `# type: ignore[...]` and in
            /// `--disable-error-code`.
            pub const fn parent(self) -> Option<ErrorCode> {
                match self { $(ErrorCode::$variant => error_codes!(@parent $($parent)?),)* }
            }
        }
    };
    (@parent) => { None };
    (@parent $parent:ident) => { Some(ErrorCode::$parent) };
}

error_codes! {
    AttrDefined "attr-defined" true;
    NameDefined "name-defined" true;
    CallArg "call-arg" true;
    ArgType "arg-type" true;
    CallOverload "call-overload" true;
    ValidType "valid-type" true;
    NonetypeType "nonetype-type" true;
    VarAnnotated "var-annotated" true;
    Override "override" true;
    Return "return" true;
    ReturnValue "return-value" true;
    Assignment "assignment" true;
    MethodAssign "method-assign" true part_of Assignment;
    TypeArg "type-arg" true;
    TypeVar "type-var" true;
    UnionAttr "union-attr" true;
    Index "index" true;
    Operator "operator" true;
    ListItem "list-item" true;
    DictItem "dict-item" true;
    TypeddictItem "typeddict-item" true;
    TypeddictUnknownKey "typeddict-unknown-key" true part_of TypeddictItem;
    HasType "has-type" true;
    Import "import" true;
    ImportNotFound "import-not-found" true part_of Import;
    ImportUntyped "import-untyped" true part_of Import;
    NoRedef "no-redef" true;
    FuncReturnsValue "func-returns-value" true;
    Abstract "abstract" true;
    TypeAbstract "type-abstract" true;
    ValidNewtype "valid-newtype" true;
    StrFormat "str-format" true;
    StrBytesSafe "str-bytes-safe" true;
    ExitReturn "exit-return" true;
    LiteralRequired "literal-required" true;
    UnusedCoroutine "unused-coroutine" true;
    EmptyBody "empty-body" true;
    SafeSuper "safe-super" true;
    TopLevelAwait "top-level-await" true;
    AwaitNotAsync "await-not-async" true;
    NoUntypedDef "no-untyped-def" true;
    NoUntypedCall "no-untyped-call" true;
    RedundantCast "redundant-cast" true;
    AssertType "assert-type" true;
    ComparisonOverlap "comparison-overlap" true;
    NoAnyUnimported "no-any-unimported" true;
    NoAnyReturn "no-any-return" true;
    Unreachable "unreachable" true;
    AnnotationUnchecked "annotation-unchecked" true;
    TypeddictReadonlyMutated "typeddict-readonly-mutated" true;
    PossiblyUndefined "possibly-undefined" false;
    RedundantExpr "redundant-expr" false;
    TruthyBool "truthy-bool" false;
    TruthyFunction "truthy-function" true;
    TruthyIterable "truthy-iterable" false;
    StrUnpack "str-unpack" true;
    NameMatch "name-match" true;
    NoOverloadImpl "no-overload-impl" true;
    IgnoreWithoutCode "ignore-without-code" false;
    UnusedAwaitable "unused-awaitable" false;
    RedundantSelf "redundant-self" false;
    UsedBeforeDef "used-before-def" true;
    UnusedIgnore "unused-ignore" false;
    ExplicitOverride "explicit-override" false;
    UnimportedReveal "unimported-reveal" false;
    MutableOverride "mutable-override" false;
    ExhaustiveMatch "exhaustive-match" false;
    Metaclass "metaclass" true;
    MaybeUnrecognizedStrTypeform "maybe-unrecognized-str-typeform" true;
    Syntax "syntax" true;
    Misc "misc" true;
    OverloadCannotMatch "overload-cannot-match" true part_of Misc;
    OverloadOverlap "overload-overlap" true part_of Misc;
    PropDecorator "prop-decorator" true part_of Misc;
    UntypedDecorator "untyped-decorator" true;
    NarrowedTypeNotSubtype "narrowed-type-not-subtype" true;
    ExplicitAny "explicit-any" true;
    Deprecated "deprecated" false;
}

impl ErrorCode {
    /// The code written `text`, if mypy has it.
    pub fn from_name(text: &str) -> Option<ErrorCode> {
        ErrorCode::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
