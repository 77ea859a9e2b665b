//! `--allow-redefinition`: a variable without an annotation may get another type by a later
//! assignment. Its type is then the union of all that it was, and the binder knows what it is now.

use pytype_declare::{Node, variables};
use pytype_index::{DefRef, DefinitionKind, ScopeKind};
use pytype_source::ErrorCode;
use pytype_types::{
    Ty, TyKind, is_proper_subtype, is_subtype, make_simplified_union, proper, remove_last_known_values,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::assignments::Value;
use super::partial_types::Slot;
use crate::Checker;

impl Checker<'_> {
    /// Whether assignments may change the variable's type: it has no annotation, or is a parameter.
    pub(super) fn is_redefinable(&self, variable: DefRef) -> bool {
        let info = variables::variable_info(self.ctx.db, variable);
        self.is_parameter(variable) || info.declared.is_none() && !info.is_final
    }

    /// Whether the variable got its type before, so that this assignment may only widen it. The
    /// variable of a `for` begins anew in each round.
    pub(super) fn is_redefined(&mut self, variable: DefRef) -> bool {
        let slot = Slot::Variable(variable);
        !self.expressions.assigns_index
            && self.definers.contains_key(&slot)
            && self.partial_slot(slot).is_none()
            && self.known_variable_type(variable).is_some()
    }

    /// Records in the binder that the variable now is a `ty`.
    pub(super) fn bind_redefined(&mut self, variable: DefRef, ty: Ty, declared: Ty) {
        let place = self.name_place(Node::Variable(variable));
        let ctx = std::rc::Rc::clone(&self.ctx);
        self.binder.redeclare(place, declared);
        self.binder.assign(&*ctx, place, ty, Some(declared), true);
    }

    /// `global x`: what is known of it is what its declaration says.
    pub(super) fn bind_globals(&mut self, global: &ast::StmtGlobal) {
        if !self.options.allow_redefinition {
            return;
        }
        for name in &global.names {
            let binding = self.resolve_name(pytype_source::Name::new(name));
            if let Some(Node::Variable(variable)) = binding.map(|binding| binding.node)
                && let Some(ty) = self.known_variable_type(variable)
            {
                self.bind_redefined(variable, ty, ty);
            }
        }
    }

    /// An assignment to a name that has a type; the value's type, and the type that the name then
    /// has.
    pub(super) fn check_redefining_assignment(
        &mut self,
        target: &Expr,
        declared: Ty,
        value: &Value<'_>,
    ) -> (Ty, Ty) {
        let variable = match self.slot_of(target) {
            Some(Slot::Variable(variable)) if self.is_redefinable(variable) => variable,
            Some(_) | None => return (self.check_simple_assignment(declared, value), declared),
        };
        let mut ty = self.infer_redefining_value(variable, declared, value);
        if !self.is_complete_type(ty) && !is_subtype(&*self.ctx, ty, declared) {
            let slot = Slot::Variable(variable);
            let first = self.definers.get(&slot).copied().unwrap_or(target.range());
            self.needs_annotation(slot, first);
            ty = self.inference_fallback(ty);
        }
        let new = remove_last_known_values(&*self.ctx, ty);
        let mut wanted = declared;
        if !is_proper_subtype(&*self.ctx, new, declared) && self.may_widen(variable, declared) {
            wanted = make_simplified_union(&*self.ctx, [declared, new]);
            self.widen_count += 1;
            self.widen(variable, wanted);
            let place = self.name_place(Node::Variable(variable));
            self.binder.put(place, ty, Some(wanted), true);
            self.binder.redeclare(place, wanted);
        }
        self.check_assignable(ty, wanted, value.range(), ErrorCode::Assignment);
        (ty, wanted)
    }

    /// Infers the value on its own; for a parameter with its type as context. The other way is tried
    /// when that leads nowhere.
    fn infer_redefining_value(&mut self, variable: DefRef, declared: Ty, value: &Value<'_>) -> Ty {
        let Value::Expr(expr) = value else { return self.infer_value(value, Some(declared)) };
        if self.value_ignores_context(expr) {
            return self.infer(expr, Some(declared));
        }
        let is_parameter = self.is_parameter(variable);
        let (preferred, fallback) = match is_parameter {
            true => (Some(declared), None),
            false => (None, Some(declared)),
        };
        let walrus_before = self.walrus_count;
        let (ty, found) = self.capturing(|c| c.infer(expr, preferred));
        let open = !is_parameter && !self.is_complete_type(ty);
        let wrong = is_parameter && Self::has_findings(&found);
        let is_union = matches!(proper(&*self.ctx, declared).kind(), TyKind::Union(_));
        let narrower = is_parameter && is_union && walrus_before == self.walrus_count;
        if (open || wrong || narrower) && !pytype_types::is_literal_type_like(&*self.ctx, ty) {
            let (other, other_found) = self.capturing(|c| c.infer(expr, fallback));
            let better = !proper(&*self.ctx, other).is_any() && is_proper_subtype(&*self.ctx, other, ty);
            if !Self::has_findings(&other_found) && self.is_complete_type(other) && (open || wrong || better)
            {
                self.report_all(other_found);
                return other;
            }
        }
        self.report_all(found);
        self.expression_types.insert(expr.range(), ty);
        ty
    }

    /// Whether an assignment here may widen the variable: only where it belongs to, but a global
    /// that is `None` so far gets its type from functions too.
    fn may_widen(&mut self, variable: DefRef, declared: Ty) -> bool {
        let found = pytype_index::definition(self.ctx.db, variable.file, variable.id);
        match pytype_index::scope(self.ctx.db, variable.file, found.scope).kind {
            ScopeKind::Function(_) | ScopeKind::Lambda | ScopeKind::Comprehension => true,
            ScopeKind::Module => {
                variable.file == self.file
                    && (self.functions.is_empty() || proper(&*self.ctx, declared).is_none())
            }
            ScopeKind::Class(_) | ScopeKind::TypeParameters(_) => self.functions.is_empty(),
        }
    }

    fn widen(&mut self, variable: DefRef, ty: Ty) {
        let found = pytype_index::definition(self.ctx.db, variable.file, variable.id);
        if found.kind == DefinitionKind::Parameter {
            self.widened.insert(variable, ty);
        }
        self.set_variable(variable, ty);
    }
}
