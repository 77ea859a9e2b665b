//! Questions about what occurs inside a type.

use pytype_source::ErrorCode;
use pytype_types::shared_parts::Answers;
use pytype_types::{AnySource, ParamSpec, Sig, Ty, TyFlags, TyKind, TyList, TypeContext};
use ruff_text_size::TextRange;

use crate::Checker;

impl Checker<'_> {
    /// Whether an `Any` occurs in `ty` that a programmer or a missing annotation put there.
    pub(crate) fn has_any(&self, ty: Ty) -> bool {
        AnySearch { checker: self, skip_class_objects: false, visited: Answers::default() }.occurs(ty)
    }

    /// The same, not looking into class objects.
    pub(crate) fn has_any_outside_class_objects(&self, ty: Ty) -> bool {
        AnySearch { checker: self, skip_class_objects: true, visited: Answers::default() }.occurs(ty)
    }

    /// `--disallow-any-expr`.
    pub(crate) fn report_any_expression(&mut self, ty: Ty, range: TextRange) {
        self.fail(ErrorCode::Misc, range, |c| match ty.is_any() {
            true => "This expression has type \"Any\"".to_owned(),
            false => format!("The type of this expression contains \"Any\": {}", c.show(ty)),
        });
    }

    pub(crate) fn has_uninhabited(&self, ty: Ty) -> bool {
        ty.has(TyFlags::HAS_NEVER)
    }

    pub(crate) fn has_ambiguous_uninhabited(&self, ty: Ty) -> bool {
        ty.has(TyFlags::HAS_AMBIGUOUS_NEVER)
    }

    pub(crate) fn has_erased(&self, ty: Ty) -> bool {
        ty.has(TyFlags::HAS_ERASED)
    }

    /// Whether an inferred type says enough to be a variable's type: no `None`, nothing that
    /// inference left open.
    pub fn is_valid_inferred(&self, ty: Ty) -> bool {
        if let TyKind::None | TyKind::Never { .. } = ty.kind() {
            false
        } else {
            !ty.has(TyFlags::HAS_AMBIGUOUS_NEVER | TyFlags::HAS_ERASED | TyFlags::HAS_META)
        }
    }

    pub(crate) fn is_union(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Union(_))
    }
}

/// A search for `Any` in one type.
struct AnySearch<'a, 'db> {
    checker: &'a Checker<'db>,
    skip_class_objects: bool,
    visited: Answers<Ty, ()>,
}

impl AnySearch<'_, '_> {
    fn occurs(&self, ty: Ty) -> bool {
        if !ty.has(TyFlags::HAS_ANY | TyFlags::HAS_TYPE_VAR | TyFlags::HAS_ALIAS) || !self.visited.is_new(ty)
        {
            return false;
        }
        let list = |items: TyList| items.iter().any(|item| self.occurs(item));
        let signature = |sig: &Sig| sig.params.iter().any(|p| self.occurs(p.ty)) || self.occurs(sig.ret);
        match ty.kind() {
            TyKind::Any(source) => {
                !matches!(source, AnySource::SpecialForm | AnySource::Implementation | AnySource::Invalid(_))
            }
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Literal { .. }
            | TyKind::Module(_) => false,
            TyKind::Instance(instance) => list(instance.args),
            TyKind::Union(items) => list(*items),
            TyKind::Tuple { items, .. } => list(*items),
            TyKind::Overloaded(items) => list(*items),
            TyKind::Callable(sig) => !(self.skip_class_objects && sig.is_type_object()) && signature(sig),
            TyKind::Parameters(sig) => sig.params.iter().any(|p| self.occurs(p.ty)),
            TyKind::TypedDict(dict) => dict.items.values().any(|item| self.occurs(item.ty)),
            TyKind::Type(item) | TyKind::TypeForm(item) | TyKind::Unpack(item) => self.occurs(*item),
            TyKind::TypeVar(variable) => {
                let info = self.checker.ctx.type_var(variable.decl);
                // A variable's own bound may be the class it parameterises: look one step only.
                let bounds = std::iter::once(info.bound).chain(info.default).chain(info.values.iter());
                let mut bounds = bounds.filter(|t| !t.has(TyFlags::HAS_TYPE_VAR));
                bounds.any(|t| self.occurs(t))
            }
            TyKind::ParamSpec(ParamSpec { prefix, .. }) => {
                prefix.is_some_and(|sig| sig.params.iter().any(|p| self.occurs(p.ty)))
            }
            TyKind::TypeVarTuple(_) => false,
            TyKind::Alias { args, .. } => list(*args),
        }
    }
}
