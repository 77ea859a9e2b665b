//! What a variable's type is when its name is read.

use pytype_declare::{InferredVariable, variables};
use pytype_index::DefRef;
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{AnySource, Ty};
use ruff_text_size::TextRange;

use crate::Checker;

impl Checker<'_> {
    /// The declared type of a variable, or the one inferred for it so far.
    pub fn known_variable_type(&mut self, variable: DefRef) -> Option<Ty> {
        if let Some(widened) = self.widened.get(&variable) {
            return Some(*widened);
        }
        let info = variables::variable_info(self.ctx.db, variable);
        if let Some(declared) = info.declared {
            return Some(self.specialised(declared));
        }
        if self.is_throw_away(variable) {
            return Some(Ty::any(AnySource::SpecialForm));
        }
        if self.ctx.local.covers(variable) {
            let found = self.ctx.local.variables.borrow().get(&variable).copied();
            return match found {
                Some(InferredVariable::Type(ty)) => Some(ty),
                Some(InferredVariable::NotReady | InferredVariable::Unknown) => None,
                None => info.simple_literal,
            };
        }
        if let Some(literal) = info.simple_literal {
            return Some(literal);
        }
        match self.ctx.inferred_variable(variable) {
            InferredVariable::Type(ty) => Some(ty),
            InferredVariable::NotReady | InferredVariable::Unknown => None,
        }
    }

    /// Whether a variable is a local `_`, which takes anything (mypy gives it the type `Any`).
    pub fn is_throw_away(&self, variable: DefRef) -> bool {
        let found = pytype_index::definition(self.ctx.db, variable.file, variable.id);
        if found.name != name!("_")
            || self.options.allow_redefinition
            || found.kind != pytype_index::DefinitionKind::Variable
            || found.flags.contains(pytype_index::DefinitionFlags::EXCEPTION_NAME)
        {
            return false;
        }
        match pytype_index::scope(self.ctx.db, variable.file, found.scope).kind {
            pytype_index::ScopeKind::Function(_) | pytype_index::ScopeKind::Comprehension => true,
            pytype_index::ScopeKind::Module
            | pytype_index::ScopeKind::Class(_)
            | pytype_index::ScopeKind::TypeParameters(_)
            | pytype_index::ScopeKind::Lambda => false,
        }
    }

    /// The type of a read of `variable` at `range`, before narrowing. Completes or reports what is
    /// still partial, and defers the unit (or says `has-type`) when the type is not there yet.
    pub fn variable_reference(&mut self, variable: DefRef, range: TextRange) -> Ty {
        if let Some(ty) = self.known_variable_type(variable) {
            return ty;
        }
        if self.partial_of(variable).is_some() {
            return self.read_partial_slot(super::partial_types::Slot::Variable(variable), range);
        }
        if self.ctx.local.variables.borrow().get(&variable) == Some(&InferredVariable::Unknown) {
            return Ty::any(AnySource::Error);
        }
        self.cannot_determine(variable_name(self, variable), range)
    }

    /// A type that is needed but not there: the unit is walked again later if it can be, and
    /// reported otherwise.
    pub fn cannot_determine(&mut self, name: Name, range: TextRange) -> Ty {
        // A lambda at the level of a module or class belongs to no function that could wait.
        let in_function = self.functions.iter().any(|frame| !frame.is_lambda);
        if self.may_defer && in_function {
            self.deferred = true;
            self.must_walk_again = true;
        } else {
            self.error(
                ErrorCode::HasType,
                range,
                format!("The type of \"{name}\" cannot be determined here"),
            );
        }
        Ty::any(AnySource::Error)
    }

    /// Gives `variable` the type that inference found for it.
    pub fn set_variable(&mut self, variable: DefRef, ty: Ty) {
        if !self.deferred {
            self.ctx.local.variables.borrow_mut().insert(variable, InferredVariable::Type(ty));
        }
    }
}

fn variable_name(checker: &Checker<'_>, variable: DefRef) -> Name {
    pytype_index::definition(checker.ctx.db, variable.file, variable.id).name
}
