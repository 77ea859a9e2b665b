//! What the walk over expressions asks of the walk over statements.

use pytype_declare::{InferredVariable, Node, annotations, signatures, variables};
use pytype_index::{DefRef, DefinitionKind, ScopeId};
use pytype_source::Name;
use pytype_types::{AliasId, Ty, TyKind, TypeContext, proper};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use super::assignments::Value;
use super::binder::PlaceKind;
use super::partial_types::Slot;
use crate::Checker;

impl Checker<'_> {
    /// Whether the point under the cursor cannot be reached.
    pub fn is_unreachable(&self) -> bool {
        self.binder.is_unreachable()
    }

    pub(crate) fn mark_unreachable(&mut self) {
        self.binder.unreachable();
    }

    /// Whether unreachable code is worth a finding here.
    pub(crate) fn reports_unreachable(&self) -> bool {
        self.options.warn_unreachable
            && !self.in_dynamic_function()
            && !self.deferred
            && !self.binder.is_unreachable_warning_suppressed()
    }

    /// Whether the unit will be walked again, so that findings now may be wrong.
    pub(crate) fn is_deferred(&self) -> bool {
        self.deferred
    }

    /// In a function that is walked once for each value of a constrained type variable.
    pub(crate) fn in_constrained_expansion(&self) -> bool {
        self.value_substitution.is_some()
    }

    /// What is known of a condition without types.
    pub(crate) fn static_condition(&self, expr: &Expr) -> Option<bool> {
        let truth = self.condition_truth(expr);
        if truth.is_true() {
            Some(true)
        } else if truth.is_false() {
            Some(false)
        } else {
            None
        }
    }

    // Scopes inside of expressions.

    /// The scope that the lambda or comprehension at `range` opens.
    pub(crate) fn scope_at(&self, range: TextRange) -> Option<ScopeId> {
        pytype_index::scope_at(self.ctx.db, self.file, self.scope().unit, range)
    }

    /// Enters a scope, if there is one; give the result to [`Checker::leave_scope`].
    pub(crate) fn enter_scope(&mut self, scope: Option<ScopeId>) -> Option<ScopeId> {
        self.scopes.extend(scope);
        scope
    }

    pub(crate) fn leave_scope(&mut self, entered: Option<ScopeId>) {
        if entered.is_some() {
            self.scopes.pop();
        }
    }

    /// Gives a lambda's parameter its type for this attempt.
    pub(crate) fn bind_lambda_parameter(&mut self, name: Name, ty: Ty) {
        let scope = self.scope();
        if let Some(definition) = self.parameter_in(scope, name) {
            self.ctx.local.variables.borrow_mut().insert(definition, InferredVariable::Type(ty));
        }
    }

    /// Gives the target of a comprehension's `for` its type.
    pub(crate) fn assign_index_variable(&mut self, target: &Expr, item: Ty, place: TextRange) {
        self.forget_index_variables(target);
        self.assign_index(target, item, place, true);
    }

    /// Gives the variable of a `for`, or that of a comprehension, what it goes through. What a tuple of variables
    /// is given is widened as anywhere.
    pub(super) fn assign_index(&mut self, target: &Expr, item: Ty, place: TextRange, infers: bool) {
        let before = std::mem::replace(&mut self.expressions.assigns_index, target.is_name_expr());
        self.assign(target, &Value::Typed(item, place), infers);
        self.expressions.assigns_index = before;
    }

    /// The names of a comprehension live anew each time it is inferred.
    fn forget_index_variables(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                if let Some(Node::Variable(variable)) = self.resolve_name(Name::of(name)).map(|b| b.node)
                    && self.ctx.local.covers(variable)
                    // A second `for` over the same name assigns what the first has defined.
                    && self.definers.get(&Slot::Variable(variable)).is_none_or(|first| *first == name.range)
                {
                    let place = self.binder.place(PlaceKind::Name(Node::Variable(variable)));
                    self.binder.cleanse(place);
                    self.ctx.local.variables.borrow_mut().remove(&variable);
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|t| self.forget_index_variables(t)),
            Expr::List(list) => list.elts.iter().for_each(|t| self.forget_index_variables(t)),
            Expr::Starred(starred) => self.forget_index_variables(&starred.value),
            _ => {}
        }
    }

    // What is known of references.

    /// The type guards of a call, for the condition that it is.
    pub(crate) fn record_guard(&mut self, call: TextRange, guard: Option<Ty>, is: Option<Ty>) {
        self.called_guards.insert(call, (guard, is));
    }

    /// The type of a container variable whose items are not known yet. An attribute does not count:
    /// whatever reads one asks for its items.
    pub(crate) fn open_partial_type(&mut self, expr: &Expr) -> Option<Ty> {
        if !expr.is_name_expr() {
            return None;
        }
        let slot = self.partial_slot_of(expr)?;
        match self.partial_slot(slot)? {
            super::partial_types::Partial::Generic { class, .. } => {
                Some(pytype_types::fill_with_any(&*self.ctx, class))
            }
            super::partial_types::Partial::None => None,
        }
    }

    /// A member of a union item, narrowed by what is known of the whole expression; `None` when
    /// that excludes it.
    pub(crate) fn narrow_overlapping(&mut self, expr: &Expr, ty: Ty) -> Option<Ty> {
        let Some(place) = self.existing_place_of(expr) else { return Some(ty) };
        let Some(restriction) = self.binder.get(place) else { return Some(ty) };
        if !pytype_types::is_overlapping_types(&*self.ctx, ty, restriction) {
            return None;
        }
        let narrowed = pytype_types::narrow_declared_type(&*self.ctx, ty, restriction);
        (!proper(&*self.ctx, narrowed).is_never()).then_some(narrowed)
    }

    /// The names of the scope with what they are here, for `reveal_locals()`.
    pub(crate) fn revealed_locals(&mut self) -> Vec<(Name, Ty)> {
        let scope = self.scope();
        let names: Vec<(Name, DefRef)> = pytype_index::scope(self.ctx.db, self.file, scope)
            .symbols
            .iter()
            .filter_map(|(name, symbol)| {
                Some((name, DefRef { file: self.file, id: *symbol.definitions.first()? }))
            })
            .collect();
        let mut found = Vec::new();
        for (name, definition) in names {
            let Some(declared) = self.known_variable_type(definition) else { continue };
            let place = self.binder.place(PlaceKind::Name(Node::Variable(definition)));
            let ty = match self.binder.get(place) {
                Some(known) => pytype_types::narrow_declared_type(&*self.ctx, declared, known),
                None => declared,
            };
            found.push((name, ty));
        }
        found.sort_by_key(|(name, _)| *name);
        found
    }

    // Declarations.

    pub(crate) fn declared_variable(&self, variable: DefRef) -> Option<Ty> {
        variables::variable_info(self.ctx.db, variable).declared
    }

    /// The declared type of what a name is bound to, if it is a variable.
    pub(crate) fn declared_type_of_binding(&self, binding: pytype_declare::Binding) -> Option<Ty> {
        if let Node::Variable(variable) = binding.node { self.declared_variable(variable) } else { None }
    }

    pub(crate) fn is_function_definition(&self, definition: DefRef) -> bool {
        matches!(
            pytype_index::definition(self.ctx.db, definition.file, definition.id).kind,
            DefinitionKind::Function { .. }
        )
    }

    /// A function's type as a value; `None` while it is not known.
    pub(crate) fn declared_function(&self, function: DefRef) -> Option<Ty> {
        let info = signatures::function_info(self.ctx.db, function);
        match self.ctx.function_type(info) {
            InferredVariable::Type(ty) => Some(self.specialised(ty)),
            InferredVariable::Unknown => Some(self.error_any()),
            InferredVariable::NotReady => None,
        }
    }

    pub(crate) fn declared_function_deprecation(&self, function: DefRef) -> Option<Name> {
        signatures::function_info(self.ctx.db, function).deprecation()
    }

    /// What an alias stands for.
    pub(crate) fn ctx_alias_target(&self, alias: AliasId) -> Ty {
        proper(&*self.ctx, self.ctx.alias(alias).target)
    }

    /// Whether an alias is written as `A | B`, which makes a value at run time.
    pub(crate) fn alias_is_written_with_bar(&self, alias: AliasId) -> bool {
        match self.value_of_alias(alias) {
            Some(Expr::StringLiteral(string)) => {
                annotations::parse_annotation(string.value.to_str()).is_some_and(|expr| expr.is_bin_op_expr())
            }
            Some(value) => value.is_bin_op_expr(),
            None => false,
        }
    }

    /// Whether an expression names an alias of more than a bare class.
    pub(crate) fn is_parameterised_alias(&self, expr: &Expr) -> bool {
        let Some(Node::Alias(alias)) = self.reference(expr).map(|binding| binding.node) else { return false };
        self.value_of_alias(alias).is_some_and(Expr::is_subscript_expr)
    }

    /// What an alias is assigned, if it is made by an assignment.
    fn value_of_alias(&self, alias: AliasId) -> Option<&Expr> {
        let definition = alias.definition();
        let syntax = pytype_index::syntax_of_unit(self.ctx.db, definition.file, definition.id.unit);
        syntax.node(definition.id)?.assignment()?.value()
    }

    // Types in the place of values.

    /// An expression read as a type; findings are reported.
    pub(crate) fn type_expression(&mut self, expr: &Expr) -> Ty {
        let scope = annotations::AnnotationScope::within(self.ctx.db, self.file, self.scope());
        let mut found = Vec::new();
        let ty = annotations::analyze_type(
            &self.ctx,
            &scope,
            expr,
            annotations::AnnotationOptions::default(),
            &mut found,
        );
        for finding in found {
            self.report(finding);
        }
        self.specialised(ty)
    }

    /// The same where it may also be a plain value: `None` if it is no type.
    pub(crate) fn expression_as_type(&mut self, expr: &Expr) -> Option<Ty> {
        let (ty, found) = self.capturing(|c| c.type_expression(expr));
        (!Self::has_errors(&found) && !matches!(ty.kind(), TyKind::Any(pytype_types::AnySource::Error)))
            .then_some(ty)
    }

    pub(crate) fn subscript_as_type(&mut self, subscript: &ruff_python_ast::ExprSubscript) -> Option<Ty> {
        let expr = Expr::Subscript(subscript.clone());
        Some(self.type_expression(&expr))
    }

    /// The type arguments of a type application.
    pub(crate) fn analyzed_type_arguments(&mut self, items: &[Expr], lists: bool, unpack: bool) -> Vec<Ty> {
        let scope = annotations::AnnotationScope::within(self.ctx.db, self.file, self.scope());
        let mut found = Vec::new();
        let types = annotations::analyze_type_arguments(&self.ctx, &scope, items, lists, unpack, &mut found);
        for finding in found {
            self.report(finding);
        }
        types.into_iter().map(|ty| self.specialised(ty)).collect()
    }
}
