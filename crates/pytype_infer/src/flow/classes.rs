//! Class statements: the body is walked as part of the level it stands on.

use pytype_declare::classes;
use pytype_index::DefRef;
use pytype_types::{TypeContext, proper};
use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::binder::{Binder, FrameOptions};
use crate::Checker;

impl Checker<'_> {
    pub(super) fn check_class_statement(&mut self, statement: &ast::StmtClassDef) {
        let Some(definition) = self.definition_at(statement.range()) else { return };
        let class = classes::class_id(self.ctx.db, definition);
        self.check_class_header(statement);
        let Some(scope) = self.class_scope(definition) else { return };
        // Inside of the body nothing is known of what the code around has narrowed.
        let outer = std::mem::take(&mut self.binder);
        let top = FrameOptions { can_skip: true, fall_through: 0, ..FrameOptions::default() };
        self.enter_partial_scope(false);
        self.classes.push(class);
        self.scopes.push(scope);
        self.in_frame_with(top, |c| c.check_block(&statement.body));
        self.scopes.pop();
        self.leave_partial_scope();
        self.classes.pop();
        self.binder = outer;
        self.reached.push(definition);
        self.apply_class_decorators(statement, class);
    }

    /// The expressions of the class statement itself; names and types in bases were reported with
    /// the class's declaration.
    fn check_class_header(&mut self, statement: &ast::StmtClassDef) {
        let Some(arguments) = &statement.arguments else { return };
        for keyword in &arguments.keywords {
            if keyword.arg.as_ref().is_some_and(|name| name != "metaclass") {
                self.infer(&keyword.value, None);
            }
        }
    }

    /// Class decorators are called with the class; what they return is not used (as in mypy).
    fn apply_class_decorators(&mut self, statement: &ast::StmtClassDef, class: pytype_types::ClassId) {
        if statement.decorator_list.is_empty() {
            return;
        }
        let mut decorated = self.ctx.constructor(class);
        for decorator in statement.decorator_list.iter().rev() {
            let callee = self.infer(&decorator.expression, None);
            let allowed = std::mem::replace(&mut self.expressions.allow_abstract, true);
            decorated =
                self.call_with_types(proper(&*self.ctx, callee), &[decorated], statement.name.range());
            self.expressions.allow_abstract = allowed;
        }
    }

    /// The scope of a class's body.
    pub fn class_scope(&self, definition: DefRef) -> Option<pytype_index::ScopeId> {
        match &pytype_index::definition(self.ctx.db, definition.file, definition.id).kind {
            pytype_index::DefinitionKind::Class { body } => Some(*body),
            _ => None,
        }
    }

    /// The class whose body or method is being walked.
    pub fn enclosing_class(&self) -> Option<pytype_types::ClassId> {
        match self.functions.last() {
            Some(function) => function.class,
            None => self.classes.last().copied(),
        }
    }

    /// Takes the binder away for a walk that starts knowing nothing.
    pub fn with_fresh_binder<R>(&mut self, walk: impl FnOnce(&mut Self, &Binder) -> R) -> R {
        let outer = std::mem::take(&mut self.binder);
        let result = walk(self, &outer);
        self.binder = outer;
        result
    }
}
