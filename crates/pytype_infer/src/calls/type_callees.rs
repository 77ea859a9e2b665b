//! Calling a value of type `type[X]`: what its constructor may be.

use pytype_source::ErrorCode;
use pytype_types::{AnySource, SigFlags, Signature, Ty, TyKind, TyList};
use ruff_text_size::TextRange;

use crate::Checker;

impl Checker<'_> {
    /// Something to call in the place of a value of type `type[item]`.
    pub(crate) fn type_callee(&mut self, item: Ty, range: TextRange) -> Ty {
        let item = self.proper(item);
        match item.kind() {
            TyKind::Any(_) => Ty::any(AnySource::Derived),
            TyKind::Instance(instance) => {
                let object = self.class_object(instance.class);
                let expanded = pytype_types::expand_by_instance(&self.ctx, object, instance);
                // The class is not known exactly: it may be a subclass, so abstract is fine, and
                // it is never generic.
                self.map_signatures(expanded, |signature| {
                    signature.flags |= SigFlags::FROM_TYPE;
                    let own = instance.args.len().min(signature.variables.len());
                    let expanded_class = !instance.args.is_empty();
                    signature.variables = match expanded_class {
                        true => signature.variables.iter().skip(own).collect(),
                        false => signature.variables,
                    };
                })
            }
            TyKind::Union(items) => {
                let callees: Vec<Ty> = items.iter().map(|item| self.type_callee(item, range)).collect();
                Ty::union(callees)
            }
            TyKind::TypeVar(variable) => {
                // The constructor of the bound is an approximation; the result is the variable's.
                let callee = self.type_callee(self.type_var_info(variable).bound, range);
                self.returning(callee, item)
            }
            TyKind::Tuple { fallback, .. } if !fallback.is_instance_of("builtins.tuple") => {
                self.type_callee(*fallback, range)
            }
            TyKind::TypedDict(_) => self.typed_dict_constructor(item, TyList::EMPTY()),
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                self.fail(ErrorCode::Misc, range, |c| {
                    format!("A class of {} cannot be called", c.show(item))
                });
                self.error_any()
            }
        }
    }

    /// The callable with another result.
    fn returning(&mut self, callee: Ty, result: Ty) -> Ty {
        if let TyKind::Union(items) = self.proper(callee).kind() {
            let callees: Vec<Ty> = items.iter().map(|item| self.returning(item, result)).collect();
            Ty::union(callees)
        } else {
            self.map_signatures(callee, |signature| signature.ret = result)
        }
    }

    /// The callable or overload set with each signature changed.
    pub(crate) fn map_signatures(&self, callee: Ty, change: impl Fn(&mut Signature)) -> Ty {
        let changed = |ty: Ty| {
            if let TyKind::Callable(sig) = ty.kind() {
                let mut signature = sig.get().clone();
                change(&mut signature);
                signature.into_ty()
            } else {
                ty
            }
        };
        match callee.kind() {
            TyKind::Callable(_) => changed(callee),
            TyKind::Overloaded(items) => Ty::overloaded(items.map(changed)),
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
            | TyKind::Module(_) => callee,
        }
    }
}
