//! Names that mean something of their own in a type expression.

use std::sync::LazyLock;

use pytype_source::Name;
use rustc_hash::FxHashMap;

/// A name with a meaning that its definition does not tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum SpecialForm {
    Any,
    Final,
    Tuple,
    Union,
    Optional,
    Callable,
    /// `typing.Type`.
    TypingType,
    /// `builtins.type`, which is a class when it has no arguments.
    BuiltinType,
    TypeForm,
    ClassVar,
    Never,
    Literal,
    Annotated,
    Required,
    NotRequired,
    ReadOnly,
    TypeGuard,
    TypeIs,
    Unpack,
    SelfType,
    TypeAlias,
    Concatenate,
    LiteralString,
    InitVar,
}

static FORMS: LazyLock<FxHashMap<Name, SpecialForm>> = LazyLock::new(|| {
    use SpecialForm as S;
    let mut forms = FxHashMap::default();
    let mut add = |modules: &[&str], name: &str, form: SpecialForm| {
        for module in modules {
            forms.insert(Name::new(&format!("{module}.{name}")), form);
        }
    };
    let both: &[&str] = &["typing", "typing_extensions"];
    for (name, form) in [
        ("Any", S::Any),
        ("Final", S::Final),
        ("Tuple", S::Tuple),
        ("Union", S::Union),
        ("Optional", S::Optional),
        ("Callable", S::Callable),
        ("Type", S::TypingType),
        ("TypeForm", S::TypeForm),
        ("ClassVar", S::ClassVar),
        ("NoReturn", S::Never),
        ("Never", S::Never),
        ("Literal", S::Literal),
        ("Annotated", S::Annotated),
        ("Required", S::Required),
        ("NotRequired", S::NotRequired),
        ("ReadOnly", S::ReadOnly),
        ("TypeGuard", S::TypeGuard),
        ("TypeIs", S::TypeIs),
        ("Unpack", S::Unpack),
        ("Self", S::SelfType),
        ("TypeAlias", S::TypeAlias),
        ("Concatenate", S::Concatenate),
        ("LiteralString", S::LiteralString),
    ] {
        add(both, name, form);
    }
    add(&["mypy_extensions"], "NoReturn", S::Never);
    add(&["builtins"], "tuple", S::Tuple);
    add(&["builtins"], "type", S::BuiltinType);
    add(&["dataclasses"], "InitVar", S::InitVar);
    forms
});

/// The special form with this full name.
pub(crate) fn special_form(fullname: Name) -> Option<SpecialForm> {
    FORMS.get(&fullname).copied()
}
