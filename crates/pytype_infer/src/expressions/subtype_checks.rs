//! "This must fit there": the check that most findings come from.

use pytype_source::{ErrorCode, name};
use pytype_types::{KnownClass, Ty, TyKind};
use ruff_text_size::TextRange;

use super::attributes::MemberUse;
use crate::Checker;

impl Checker<'_> {
    /// Whether `subtype` fits where `supertype` is wanted; reports at `range` if not.
    pub fn check_subtype(
        &mut self,
        subtype: Ty,
        supertype: Ty,
        range: TextRange,
        code: ErrorCode,
        message: impl FnOnce(&Self) -> String,
    ) -> bool {
        if self.is_subtype(subtype, supertype) {
            return true;
        }
        self.fail(code, range, |c| {
            format!("{} (found {}, wanted {})", message(c), c.show(subtype), c.show(supertype))
        });
        self.suggest_await(subtype, supertype, range, code);
        false
    }

    /// Adds a note when awaiting the value would make it fit.
    pub(crate) fn suggest_await(&mut self, subtype: Ty, supertype: Ty, range: TextRange, code: ErrorCode) {
        if self.is_silent() || !self.may_be_awaitable(subtype) {
            return;
        }
        let (awaited, wrong) = self.attempt(|c| c.awaited_quietly(subtype, range));
        if !wrong && !awaited.is_any() && self.is_subtype(awaited, supertype) {
            self.explain(code, range, |_| "Maybe you forgot to use \"await\"?".to_owned());
        }
    }

    fn may_be_awaitable(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Instance(instance) => {
                self.ctx.find_definition(instance.class, name!("__await__")).is_some()
            }
            TyKind::Union(items) => items.iter().any(|item| self.may_be_awaitable(item)),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
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

    fn awaited_quietly(&mut self, ty: Ty, range: TextRange) -> Ty {
        let awaitable = self.known(KnownClass::Awaitable);
        if !self.is_subtype(ty, awaitable) {
            return self.any();
        }
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        let generator = self.check_method(ty, name!("__await__"), &[], range, using).result;
        self.generator_return_type(generator, false)
    }
}
