//! Where a type expression stands, as far as that decides what may stand in it.

use bitflags::bitflags;

bitflags! {
    /// What is allowed in a type expression. The empty set is an ordinary annotation.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct AnnotationOptions: u32 {
        /// Type variables that nothing binds keep their declaration with an empty owner (class
        /// bases, type applications at run time).
        const ALLOW_UNBOUND_TVARS = 1 << 0;
        /// `(int, str)` means the tuple: only in type comments of several targets.
        const ALLOW_TUPLE_LITERAL = 1 << 1;
        /// `Final` may stand outermost.
        const ALLOW_FINAL = 1 << 2;
        /// `ClassVar` may stand outermost.
        const ALLOW_CLASS_VAR = 1 << 3;
        /// `*Ts` and `Unpack[...]` may stand outermost (`*args`, `**kwargs`, type arguments).
        const ALLOW_UNPACK = 1 << 4;
        /// A bare `P` may stand outermost (arguments of generics).
        const ALLOW_PARAM_SPEC = 1 << 5;
        /// `[int, str]` and `...` may stand outermost, for a `ParamSpec`.
        const ALLOW_PARAM_SPEC_LITERALS = 1 << 6;
        /// `Required`, `NotRequired` and `ReadOnly` may stand outermost.
        const ALLOW_TYPED_DICT_SPECIAL = 1 << 7;
        /// `InitVar` may stand outermost (dataclass fields).
        const ALLOW_INIT_VAR = 1 << 8;
        /// A `...` may stand outermost.
        const ALLOW_ELLIPSIS = 1 << 9;
        /// `Self` is refused: alias values, bounds, bases, outside of classes.
        const PROHIBIT_SELF = 1 << 10;
        /// The target of an alias: type variables are those of the alias alone.
        const DEFINING_ALIAS = 1 << 11;
        /// The bound, constraint or default of a type variable.
        const TYPE_VAR_DEFINITION = 1 << 12;
        /// A base class: `type` and `Any` valued variables are taken.
        const BASE_CLASS = 1 << 13;
        /// Reports nothing at all.
        const SILENT = 1 << 14;
        /// The operand of `cast`, `TypeForm(...)`, `isinstance`-like: any type form.
        const TYPE_FORM = 1 << 15;
        /// The result of a function: `TypeGuard` and `TypeIs` have their meaning.
        const RESULT = 1 << 16;
        /// Not an annotation but an expression that is evaluated (an alias's value, a base, a type
        /// application).
        const VALUE_EXPRESSION = 1 << 17;
        /// A field of a named tuple or `TypedDict`, which is neither final nor a class variable.
        const CLASS_FIELD = 1 << 18;
        /// Values and other expressions that are no types are left for the caller to report.
        const QUIET_VALUES = 1 << 19;
    }
}
