//! From statements to the definitions they make, and what their syntax says of them.

use pytype_declare::Node;
use pytype_index::{DefRef, DefinitionKind, ScopeId};
use pytype_source::Name;
use pytype_types::{ClassId, Sig, Substitution, Ty, TyKind, TypeContext};
use ruff_python_ast::{self as ast, Expr, Stmt, visitor::Visitor};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::partial_types::Slot;
use crate::Checker;

impl Checker<'_> {
    /// The definition that the statement at `range` makes.
    pub fn definition_at(&self, range: TextRange) -> Option<DefRef> {
        let db = self.ctx.db;
        let unit = self.scope().unit;
        let id = pytype_index::definition_at(db, self.file, unit, range)?;
        Some(DefRef { file: self.file, id })
    }

    /// The scope of a function's body.
    pub fn function_scope(&self, definition: DefRef) -> Option<ScopeId> {
        let db = self.ctx.db;
        if let DefinitionKind::Function { body, .. } =
            &pytype_index::definition(db, definition.file, definition.id).kind
        {
            Some(*body)
        } else {
            None
        }
    }

    pub fn is_parameter(&self, variable: DefRef) -> bool {
        let db = self.ctx.db;
        pytype_index::definition(db, variable.file, variable.id).kind == DefinitionKind::Parameter
    }

    pub fn scope_of_variable(&self, variable: DefRef) -> ScopeId {
        pytype_index::definition(self.ctx.db, variable.file, variable.id).scope
    }

    /// Whether the running unit of work is the one that gives `slot` its type.
    pub fn slot_is_own(&self, slot: Slot) -> bool {
        match slot {
            Slot::Variable(variable) => self.ctx.local.covers(variable),
            Slot::Attribute { definition, .. } => self.ctx.local.covers(definition),
        }
    }

    /// The line of `def name`, where findings about the function stand.
    pub fn function_line(&self, statement: &ast::StmtFunctionDef) -> TextRange {
        statement.name.range()
    }

    /// The full name that a callee or base stands for, when it is a plain name or attribute.
    pub fn fullname_of(&mut self, expr: &Expr) -> Option<Name> {
        match expr {
            Expr::Name(name) => self.resolve_name(Name::of(name)).map(|b| b.fullname),
            Expr::Attribute(_) => {
                pytype_declare::names::lookup_expr(self.ctx.db, self.file, self.scope(), expr)
                    .map(|b| b.fullname)
            }
            _ => None,
        }
    }

    /// The combinations of the values of a signature's constrained type variables; one `None` if
    /// there are none.
    pub(super) fn value_expansions(&self, signature: Sig) -> Vec<Option<Substitution>> {
        let mut expansions: Vec<Option<Substitution>> = vec![None];
        let class_params = self.classes.last().map(|class| self.ctx.class(*class).type_params);
        for variable in signature.variables.iter().chain(class_params.into_iter().flatten()) {
            let TyKind::TypeVar(variable) = variable.kind() else { continue };
            let values = &self.ctx.type_var(variable.decl).values;
            if values.is_empty() {
                continue;
            }
            let mut more = Vec::with_capacity(expansions.len() * values.len());
            for expansion in &expansions {
                for value in values.iter() {
                    let mut substitution = expansion.clone().unwrap_or_default();
                    substitution.insert(variable.id, value);
                    more.push(Some(substitution));
                }
            }
            expansions = more;
            if expansions.len() > 64 {
                // Every further variable multiplies the walks; mypy has no bound, users have none this wide.
                break;
            }
        }
        if let Some(class) = self.classes.last() {
            expansions.iter_mut().flatten().for_each(|expansion| self.specialise_self(*class, expansion));
        }
        expansions
    }

    /// Where the parameters of `class` have values, the bound of `Self` has them as well (mypy expands the bound
    /// with everything else).
    fn specialise_self(&self, class: ClassId, expansion: &mut Substitution) {
        let own = pytype_types::class_instance_type(&*self.ctx, class);
        let bound = pytype_types::expand_type(&*self.ctx, own, expansion);
        let TyKind::TypeVar(variable) = pytype_declare::annotations::self_type(class).kind() else { return };
        if bound != own {
            expansion.insert(variable.id, pytype_types::with_bound(&*self.ctx, variable, bound));
        }
    }

    /// A type of the program as it is in the expansion of the function being walked.
    pub fn specialised(&self, ty: Ty) -> Ty {
        let Some(substitution) = &self.value_substitution else { return ty };
        // What the function itself binds is free again where the function is called from inside.
        let binds =
            |variable: Ty| pytype_types::variable_id(variable).is_some_and(|id| substitution.contains(id));
        if ty.as_callable().is_some_and(|signature| signature.variables.iter().any(binds)) {
            return ty;
        }
        pytype_types::expand_type(&*self.ctx, ty, substitution)
    }

    /// Whether an enclosing function assigns `variable` behind `offset`.
    pub(super) fn is_assigned_after(&self, variable: DefRef, offset: TextSize) -> bool {
        let Some(function) = self.functions.first().and_then(|f| f.definition) else { return true };
        let db = self.ctx.db;
        let whole = pytype_index::whole_function(db, function.file, function.id);
        let Some(statement) = whole else { return true };
        let name = pytype_index::definition(db, variable.file, variable.id).name;
        let mut finder = AssignmentFinder { name: name.as_str(), after: offset, found: false };
        finder.visit_body(&statement.body);
        finder.found
    }

    /// Decorators that only say something about the function.
    pub(super) fn is_declarative_decorator(&mut self, decorator: &Expr) -> bool {
        let name = self.fullname_of(decorator);
        matches!(
            name.as_deref(),
            Some(
                "abc.abstractmethod"
                    | "typing.overload"
                    | "typing_extensions.overload"
                    | "typing.final"
                    | "typing_extensions.final"
                    | "typing.override"
                    | "typing_extensions.override"
                    | "typing.no_type_check"
                    | "builtins.property"
                    | "abc.abstractproperty"
                    | "functools.cached_property"
                    | "builtins.classmethod"
                    | "builtins.staticmethod"
            )
        )
    }

    /// Marks where a variable was first given a type, for [`Checker::defined_in_sibling_branch`].
    pub(super) fn note_definition_frame(&mut self, slot: Slot) {
        if !self.definition_frames.contains_key(&slot) {
            self.definition_frames.insert(slot, self.binder.frame_numbers());
        }
    }

    /// Whether the variable was defined in another branch of the same `if`, loop or `try`.
    pub(super) fn defined_in_sibling_branch(&self, slot: Slot) -> bool {
        self.definition_frames.get(&slot).is_some_and(|frames| self.binder.shares_conditional_frame(frames))
    }

    /// Whether a walrus in `expr` binds a name.
    pub(super) fn walrus_in(&self, expr: &Expr) -> bool {
        let mut finder = WalrusFinder { found: false };
        finder.visit_expr(expr);
        finder.found
    }

    /// Whether `target` is an attribute of a module.
    pub(super) fn is_module_attribute(&mut self, target: &Expr) -> bool {
        let Expr::Attribute(attribute) = target else { return false };
        let base = pytype_declare::names::lookup_expr(self.ctx.db, self.file, self.scope(), &attribute.value);
        matches!(base.map(|b| b.node), Some(Node::Module(_) | Node::NamespaceModule(_)))
    }
}

/// Looks for an assignment to a name behind a place, in the order and kinds that mypy counts.
struct AssignmentFinder<'n> {
    name: &'n str,
    after: TextSize,
    found: bool,
}

impl AssignmentFinder<'_> {
    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.found |= name.id == self.name && name.range().start() >= self.after,
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|t| self.target(t)),
            Expr::List(list) => list.elts.iter().for_each(|t| self.target(t)),
            Expr::Starred(starred) => self.target(&starred.value),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for AssignmentFinder<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|t| self.target(t)),
            Stmt::AnnAssign(assign) => self.target(&assign.target),
            Stmt::For(statement) => self.target(&statement.target),
            Stmt::With(statement) => {
                statement
                    .items
                    .iter()
                    .filter_map(|i| i.optional_vars.as_deref())
                    .for_each(|t| self.target(t));
            }
            _ => {}
        }
        ruff_python_ast::visitor::walk_stmt(self, statement);
    }
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Named(named) = expr {
            self.target(&named.target);
        }
        ruff_python_ast::visitor::walk_expr(self, expr);
    }
    fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
        let captured = match pattern {
            ast::Pattern::MatchAs(capture) => capture.name.as_ref(),
            ast::Pattern::MatchStar(capture) => capture.name.as_ref(),
            ast::Pattern::MatchMapping(mapping) => mapping.rest.as_ref(),
            ast::Pattern::MatchValue(_)
            | ast::Pattern::MatchSingleton(_)
            | ast::Pattern::MatchSequence(_)
            | ast::Pattern::MatchClass(_)
            | ast::Pattern::MatchOr(_) => None,
        };
        self.found |=
            captured.is_some_and(|name| name.as_str() == self.name && name.range.start() >= self.after);
        ruff_python_ast::visitor::walk_pattern(self, pattern);
    }
}

struct WalrusFinder {
    found: bool,
}

impl<'a> Visitor<'a> for WalrusFinder {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= expr.is_named_expr();
        if !self.found {
            ruff_python_ast::visitor::walk_expr(self, expr);
        }
    }
}

impl Checker<'_> {
    /// The class that a function is a method of.
    pub fn class_of_method(&self, function: DefRef) -> Option<pytype_types::ClassId> {
        let mut scope = self.scope_of_variable(function);
        loop {
            let found = pytype_index::scope(self.ctx.db, function.file, scope);
            match found.kind {
                pytype_index::ScopeKind::Class(class) => {
                    let class = DefRef { file: function.file, id: class };
                    return Some(pytype_declare::classes::class_id(self.ctx.db, class));
                }
                pytype_index::ScopeKind::TypeParameters(_) => scope = found.parent?,
                pytype_index::ScopeKind::Module
                | pytype_index::ScopeKind::Function(_)
                | pytype_index::ScopeKind::Lambda
                | pytype_index::ScopeKind::Comprehension => return None,
            }
        }
    }

    /// Whether a function is one of an overload set.
    pub fn symbol_is_overloaded(&self, function: DefRef) -> bool {
        let first = self.first_definition(function);
        pytype_declare::signatures::function_info(self.ctx.db, first).is_overloaded()
    }
}
