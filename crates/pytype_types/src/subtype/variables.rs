//! Type variables: by what they may be at most.

use super::Relation;
use crate::constraints::{upper_bound, values};
use crate::normalize::{object_dict, object_tuple, parameters};
use crate::{ParamSpec, ParamSpecFlavor, Sig, Ty, TyKind, TypeVar, TypeVarOrigin, TypeVarTuple};

impl Relation<'_> {
    pub(super) fn type_var_fits(&self, variable: &TypeVar, right: Ty) -> bool {
        let bound = upper_bound(self.ctx, variable.decl);
        if let TyKind::TypeVar(other) = right.kind()
            && other.id == variable.id
        {
            // One variable, that flow may have narrowed.
            let same = other.decl == variable.decl
                || matches!(variable.decl.origin, TypeVarOrigin::SelfType(_))
                || matches!(other.decl.origin, TypeVarOrigin::SelfType(_));
            return same || self.holds(bound, upper_bound(self.ctx, other.decl));
        }
        let values = values(self.ctx, variable.decl);
        if !values.is_empty() && self.holds(Ty::union(values), right) {
            return true;
        }
        self.holds(bound, right)
    }

    pub(super) fn param_spec_fits(&self, spec: &ParamSpec, right: Ty) -> bool {
        match right.kind() {
            TyKind::ParamSpec(other) if other.id == spec.id && other.flavor == spec.flavor => {
                self.parameters_fit(prefix(spec), prefix(other), &mut |l, r| self.holds(l, r))
            }
            TyKind::Parameters(sig) if super::parameters::are_trivial(self.ctx, sig) => true,
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
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
            | TyKind::Module(_) => {
                let bound = match spec.flavor {
                    ParamSpecFlavor::Bare => self.ctx.object(),
                    ParamSpecFlavor::Args => object_tuple(self.ctx),
                    ParamSpecFlavor::Kwargs => object_dict(self.ctx),
                };
                self.holds(bound, right)
            }
        }
    }

    pub(super) fn type_var_tuple_fits(&self, variable: &TypeVarTuple, right: Ty) -> bool {
        if let TyKind::TypeVarTuple(other) = right.kind()
            && other.id == variable.id
        {
            variable.min_len >= other.min_len
        } else {
            self.holds(object_tuple(self.ctx), right)
        }
    }
}

fn prefix(spec: &ParamSpec) -> Sig {
    spec.prefix.unwrap_or_else(|| parameters(Vec::new()).intern())
}
