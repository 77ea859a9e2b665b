//! Putting solutions in the place of a signature's type variables.

use pytype_source::ErrorCode;
use pytype_types::{Signature, Substitution, Ty, TyKind, TyList, TypeVar};
use ruff_text_size::TextRange;

use crate::Checker;

impl Checker<'_> {
    /// The signature with these solutions put in, `None` leaving a variable as it is. A solution
    /// that the variable's bound or constraints do not allow is reported, or with `skip` ignored.
    pub(crate) fn apply_type_arguments(
        &mut self,
        sig: &Signature,
        solutions: &[Option<Ty>],
        range: TextRange,
        skip: bool,
    ) -> Signature {
        let mut map = Substitution::new();
        for (variable, solution) in sig.variables.iter().zip(solutions) {
            let Some(solution) = solution else { continue };
            if let Some(target) = self.target_type(variable, *solution, sig, range, skip, &map) {
                map.insert_variable(variable, target);
            }
        }
        if map.is_empty() {
            return sig.clone();
        }
        let remaining: TyList = sig
            .variables
            .iter()
            .filter(|v| pytype_types::variable_id(*v).is_none_or(|id| !map.contains(id)))
            .collect();
        let expanded = pytype_types::expand_signature(&self.ctx, sig.clone().intern(), &map);
        Signature { variables: remaining, ..expanded.get().clone() }
    }

    /// What a variable becomes for a solution: itself, the narrowest constraint that takes it, or
    /// the variable's default when the solution says nothing.
    fn target_type(
        &mut self,
        variable: Ty,
        solution: Ty,
        sig: &Signature,
        range: TextRange,
        skip: bool,
        before: &Substitution,
    ) -> Option<Ty> {
        let proper = self.proper(solution);
        if matches!(proper.kind(), TyKind::Never { ambiguous: true })
            && let Some(default) = self.variable_default(variable)
        {
            return Some(pytype_types::expand_type(&self.ctx, default, before));
        }
        let TyKind::TypeVar(declared) = variable.kind() else { return Some(solution) };
        let info = self.type_var_info(declared);
        if info.values.is_empty() {
            let bound =
                if declared.decl.name == "Self" { self.erase_type_vars(info.bound) } else { info.bound };
            if !self.is_subtype(solution, bound) {
                if skip {
                    return None;
                }
                self.report_bad_solution(sig, declared, solution, range);
            }
            return Some(solution);
        }
        if proper.is_any() {
            return Some(solution);
        }
        if let TyKind::TypeVar(other) = proper.kind() {
            let other = self.type_var_info(other).values;
            let allowed = |value: Ty| info.values.iter().any(|own| self.is_same_type(own, value));
            if !other.is_empty() && other.iter().all(allowed) {
                return Some(solution);
            }
        }
        let mut best: Option<Ty> = None;
        for value in info.values {
            if self.is_subtype(solution, value) && best.is_none_or(|best| self.is_subtype(value, best)) {
                best = Some(value);
            }
        }
        if best.is_none() {
            if skip {
                return None;
            }
            self.report_bad_solution(sig, declared, solution, range);
            return Some(solution);
        }
        best
    }

    fn report_bad_solution(&mut self, sig: &Signature, variable: &TypeVar, solution: Ty, range: TextRange) {
        let name = variable.decl.name;
        self.fail(ErrorCode::TypeVar, range, |c| {
            format!("Type variable \"{name}\" of {} cannot be {}", c.show_callee(sig), c.show(solution))
        });
    }
}
