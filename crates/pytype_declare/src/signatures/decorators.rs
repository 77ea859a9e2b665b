//! What the decorators of a function are.

use pytype_index::{DefRef, DefinitionFlags};
use pytype_source::Name;
use pytype_types::ClassId;
use ruff_python_ast::{Decorator, Expr, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use smallvec::SmallVec;

use crate::classes::class_header;
use crate::member_table::class_body;
use crate::names::{scope_access, special};
use crate::{DeclareDb, names};

/// A decorator with a meaning of its own; all others are called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DecoratorKind {
    Abstract,
    /// `types.coroutine`.
    Coroutine,
    StaticMethod,
    ClassMethod,
    Override,
    Property,
    AbstractProperty,
    CachedProperty,
    /// `@x.setter` of this property.
    Setter,
    Deleter,
    NoTypeCheck,
    Final,
    TypeCheckOnly,
    Overload,
    DataclassTransform,
    Deprecated,
    /// `@x.default` or `@x.validator` for a field of an attrs class: the function stays what it is.
    AttrsField,
    Called,
}

impl DecoratorKind {
    /// The name under which it is reported where it does not stand on a method.
    pub(super) fn for_methods_only(self) -> Option<&'static str> {
        match self {
            DecoratorKind::Abstract => Some("abstractmethod"),
            DecoratorKind::StaticMethod => Some("staticmethod"),
            DecoratorKind::ClassMethod => Some("classmethod"),
            DecoratorKind::Override => Some("override"),
            DecoratorKind::Property | DecoratorKind::AbstractProperty | DecoratorKind::CachedProperty => {
                Some("property")
            }
            DecoratorKind::Coroutine
            | DecoratorKind::Setter
            | DecoratorKind::Deleter
            | DecoratorKind::NoTypeCheck
            | DecoratorKind::Final
            | DecoratorKind::TypeCheckOnly
            | DecoratorKind::Overload
            | DecoratorKind::DataclassTransform
            | DecoratorKind::Deprecated
            | DecoratorKind::AttrsField
            | DecoratorKind::Called => None,
        }
    }

    fn is_property(self) -> bool {
        matches!(
            self,
            DecoratorKind::Property | DecoratorKind::AbstractProperty | DecoratorKind::CachedProperty
        )
    }
}

/// The decorators of a function, outermost first.
pub(super) struct Decorators {
    kinds: SmallVec<[(DecoratorKind, TextRange); 2]>,
    /// The author's words in `@deprecated("...")`.
    pub deprecated: Option<Name>,
}

impl Decorators {
    pub(super) fn of(db: &dyn DeclareDb, at: DefRef, function: &StmtFunctionDef) -> Decorators {
        let mut found = Decorators { kinds: SmallVec::new(), deprecated: None };
        for (position, decorator) in function.decorator_list.iter().enumerate() {
            let part = if position == 0 { property_part(function, decorator) } else { None };
            // Away from its property, the decorator is an expression like any other.
            let kind = part.filter(|_| joins_previous(db, at));
            let kind = kind.unwrap_or_else(|| found.classify(db, at, &decorator.expression));
            found.kinds.push((kind, decorator.expression.range()));
        }
        found
    }

    fn classify(&mut self, db: &dyn DeclareDb, at: DefRef, expr: &Expr) -> DecoratorKind {
        if matches!(expr, Expr::Attribute(_))
            && super::class_of(db, at).is_some_and(|class| is_attrs_field_part(db, class, expr))
        {
            return DecoratorKind::AttrsField;
        }
        let callee = match expr {
            Expr::Call(call) => call.func.as_ref(),
            other => other,
        };
        let Some(scope) = scope_access::definition(db, at).map(|found| found.scope) else {
            return DecoratorKind::Called;
        };
        let Some(binding) = names::lookup_expr_before(db, at.file, scope, callee, Some(at.id)) else {
            return DecoratorKind::Called;
        };
        let fullname = binding.fullname.as_str();
        if let Expr::Call(call) = expr {
            if special::DATACLASS_TRANSFORM.contains(&fullname) {
                return DecoratorKind::DataclassTransform;
            }
            if special::DEPRECATED.contains(&fullname)
                && let Some(Expr::StringLiteral(text)) = call.arguments.args.first()
            {
                self.deprecated = Some(Name::new(text.value.to_str()));
                return DecoratorKind::Deprecated;
            }
            return DecoratorKind::Called;
        }
        match by_name(fullname) {
            // Another name of a decorator counts as the decorator.
            DecoratorKind::Called => {
                names::class_of(db, binding).map_or(DecoratorKind::Called, |class| by_name(&class.fullname()))
            }
            known => known,
        }
    }

    pub(super) fn has(&self, kind: DecoratorKind) -> bool {
        self.kinds.iter().any(|(found, _)| *found == kind)
    }

    pub(super) fn is_property(&self) -> bool {
        self.kinds.iter().any(|(kind, _)| kind.is_property())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (DecoratorKind, TextRange)> + '_ {
        self.kinds.iter().copied()
    }

    /// Whether some decorator is an ordinary function, so that its result is the type.
    pub(super) fn must_be_called(&self) -> bool {
        self.has(DecoratorKind::Called)
    }

    /// Whether an ordinary decorator stands above a property's.
    pub(super) fn called_above_property(&self) -> bool {
        let property = self.kinds.iter().position(|(kind, _)| kind.is_property());
        let called = self.kinds.iter().position(|(kind, _)| *kind == DecoratorKind::Called);
        matches!((called, property), (Some(called), Some(property)) if called < property)
    }
}

/// Whether the function follows immediately on another of its name.
fn joins_previous(db: &dyn DeclareDb, at: DefRef) -> bool {
    scope_access::definition(db, at)
        .is_some_and(|found| found.flags.contains(DefinitionFlags::JOINS_PREVIOUS))
}

/// `@x.setter` and `@x.deleter` on a function called `x`.
fn property_part(function: &StmtFunctionDef, decorator: &Decorator) -> Option<DecoratorKind> {
    let Expr::Attribute(attribute) = &decorator.expression else { return None };
    let Expr::Name(name) = attribute.value.as_ref() else { return None };
    if name.id != function.name.id {
        return None;
    }
    match attribute.attr.as_str() {
        "setter" => Some(DecoratorKind::Setter),
        "deleter" => Some(DecoratorKind::Deleter),
        _ => None,
    }
}

/// `@x.default` and `@x.validator` for a field `x` of this attrs class: attrs calls the function later.
pub fn is_attrs_field_part(db: &dyn DeclareDb, class: ClassId, decorator: &Expr) -> bool {
    let Expr::Attribute(attribute) = decorator else { return false };
    let Expr::Name(name) = attribute.value.as_ref() else { return false };
    matches!(attribute.attr.as_str(), "default" | "validator")
        && class_header(db, class, ()).attrs.is_some()
        && class_body(db, class, ()).get(Name::of(name)).is_some()
}

fn by_name(fullname: &str) -> DecoratorKind {
    match fullname {
        "abc.abstractmethod" => DecoratorKind::Abstract,
        "types.coroutine" | "asyncio.coroutines.coroutine" => DecoratorKind::Coroutine,
        "builtins.staticmethod" => DecoratorKind::StaticMethod,
        "builtins.classmethod" => DecoratorKind::ClassMethod,
        "typing.override" | "typing_extensions.override" => DecoratorKind::Override,
        "builtins.property" | "enum.property" | "types.DynamicClassAttribute" => DecoratorKind::Property,
        "abc.abstractproperty" => DecoratorKind::AbstractProperty,
        "functools.cached_property" => DecoratorKind::CachedProperty,
        "typing.no_type_check" => DecoratorKind::NoTypeCheck,
        "typing.final" | "typing_extensions.final" => DecoratorKind::Final,
        "typing.type_check_only" | "typing_extensions.type_check_only" => DecoratorKind::TypeCheckOnly,
        "typing.overload" | "typing_extensions.overload" => DecoratorKind::Overload,
        _ => DecoratorKind::Called,
    }
}
