//! `truthy-bool`, `truthy-function`, `truthy-iterable`: conditions that are always true.

use pytype_source::{ErrorCode, name};
use pytype_types::{Ty, TyKind};
use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use crate::Checker;

impl Checker<'_> {
    /// Reports a condition whose type has no false values.
    pub fn check_truthiness(&mut self, ty: Ty, expr: &Expr) {
        let ty = self.proper(ty);
        if !self.is_always_true(ty) {
            return;
        }
        let (code, message) = match ty.kind() {
            TyKind::Callable(_) | TyKind::Overloaded(_) => {
                (ErrorCode::TruthyFunction, "A function is always true in a condition")
            }
            TyKind::Instance(instance) if instance.class.is("typing.Iterable") => {
                (ErrorCode::TruthyIterable, "An iterable can be true even when it is empty; use a Collection")
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => (
                ErrorCode::TruthyBool,
                "Nothing here defines __bool__ or __len__: it is always true in a condition",
            ),
        };
        self.fail(code, expr.range(), |c| format!("{message} (type {})", c.show(ty)));
    }

    fn is_always_true(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Instance(instance) => {
                let has = |name| self.ctx.find_definition(instance.class, name).is_some();
                !has(name!("__bool__")) && !has(name!("__len__")) && !instance.class.is("builtins.object")
            }
            TyKind::Callable(_) | TyKind::Overloaded(_) => true,
            TyKind::Union(items) => items.iter().all(|item| self.is_always_true(self.proper(item))),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        }
    }
}
