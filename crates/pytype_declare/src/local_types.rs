//! Inferred types that the running unit of work owns itself.
//!
//! While a component's interface or a function's body is being inferred, the types it has found
//! so far are here and nowhere else; everything outside of it is asked of the database.

use std::cell::RefCell;

use pytype_index::DefRef;
use pytype_source::{File, Name};
use pytype_types::ClassId;
use rustc_hash::FxHashMap;

use crate::{Context, InferredVariable};

/// One walk over the module and class levels of one file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InterfaceWalk {
    pub file: File,
    /// Which one it is, from 1.
    pub pass: usize,
}

/// Which definitions the running unit of work infers itself.
#[derive(Clone, Copy, Debug, Default)]
pub enum Covered {
    /// None: everything comes from the database.
    #[default]
    Nothing,
    /// No inferred type is asked for: what is being worked out is declarations, which are there
    /// before inference begins and which inference itself asks for.
    Declarations,
    /// The module and class level, and the self-assigned attributes, of a file. It sees the other files of
    /// its component as far as they were walked before.
    Interface(InterfaceWalk),
    /// The body of one outermost function: definitions of this file with this unit number.
    Body(File, u32),
}

/// See the module's documentation.
#[derive(Default, Debug)]
pub struct LocalTypes {
    pub covered: Covered,
    pub variables: RefCell<FxHashMap<DefRef, InferredVariable>>,
    pub self_attributes: RefCell<FxHashMap<(ClassId, Name), InferredVariable>>,
    pub decorated: RefCell<FxHashMap<DefRef, InferredVariable>>,
    /// Set when something that is not ready was read: the reader is to be deferred.
    pub read_not_ready: std::cell::Cell<bool>,
}

impl LocalTypes {
    /// Another unit of work begins: nothing is inferred of it yet.
    pub(crate) fn begin(&mut self, covered: Covered) {
        self.covered = covered;
        self.variables.get_mut().clear();
        self.self_attributes.get_mut().clear();
        self.decorated.get_mut().clear();
        self.read_not_ready.set(false);
    }

    /// Whether `definition` is inferred by the running unit of work.
    pub fn covers(&self, definition: DefRef) -> bool {
        match &self.covered {
            Covered::Nothing | Covered::Declarations => false,
            Covered::Interface(walk) => walk.file == definition.file,
            Covered::Body(file, unit) => definition.file == *file && definition.id.unit == *unit,
        }
    }

    /// The walk that the running unit of work is, if it infers an interface.
    fn walk(&self) -> Option<InterfaceWalk> {
        match self.covered {
            Covered::Interface(walk) => Some(walk),
            Covered::Nothing | Covered::Declarations | Covered::Body(..) => None,
        }
    }
}

impl Context<'_> {
    /// The type of a variable without an annotation.
    pub fn inferred_variable(&self, variable: DefRef) -> InferredVariable {
        if self.local.covers(variable) {
            let found = self.local.variables.borrow().get(&variable).copied();
            return self.noting_unready(found.unwrap_or(InferredVariable::NotReady));
        }
        if self.only_declarations() {
            return InferredVariable::Unknown;
        }
        let found = self.db.inference().variable(self.db, variable, self.local.walk());
        self.noting_if_own(found, variable.file)
    }

    /// The type of an attribute that methods of `class` assign without an annotation. `defined_by`
    /// is the class's definition, which tells whose work it is.
    pub fn inferred_self_attribute(
        &self,
        class: ClassId,
        defined_by: DefRef,
        name: Name,
    ) -> InferredVariable {
        if self.local.covers(defined_by) {
            let found = self.local.self_attributes.borrow().get(&(class, name)).copied();
            return self.noting_unready(found.unwrap_or(InferredVariable::NotReady));
        }
        if self.only_declarations() {
            return InferredVariable::Unknown;
        }
        let found = self.db.inference().self_attribute(self.db, class, name, self.local.walk());
        self.noting_if_own(found, defined_by.file)
    }

    /// The type of a function after decorators that must be called.
    pub fn inferred_decorated(&self, function: DefRef, undecorated: pytype_types::Ty) -> InferredVariable {
        let found = if self.local.covers(function) {
            self.local.decorated.borrow().get(&function).copied()
        } else if self.only_declarations() {
            return InferredVariable::Unknown;
        } else {
            let found = self.db.inference().decorated(self.db, function, undecorated, self.local.walk());
            if found != InferredVariable::NotReady || !self.is_in_own_component(function.file) {
                return found;
            }
            Some(found)
        };
        let found = match found {
            Some(InferredVariable::NotReady) | None => {
                crate::signatures::type_without_calls(self, function, undecorated)
                    .map_or(InferredVariable::NotReady, InferredVariable::Type)
            }
            Some(known) => known,
        };
        self.noting_unready(found)
    }

    /// Whether the running unit of work infers part of the interface of the component that `file` is in.
    pub(crate) fn is_in_own_component(&self, file: File) -> bool {
        self.local
            .walk()
            .is_some_and(|walk| pytype_index::component_of(self.db, walk.file).files.contains(&file))
    }

    fn noting_if_own(&self, found: InferredVariable, file: File) -> InferredVariable {
        if found == InferredVariable::NotReady && self.is_in_own_component(file) {
            self.local.read_not_ready.set(true);
        }
        found
    }

    pub(crate) fn only_declarations(&self) -> bool {
        matches!(self.local.covered, Covered::Declarations)
    }

    fn noting_unready(&self, found: InferredVariable) -> InferredVariable {
        if found == InferredVariable::NotReady {
            self.local.read_not_ready.set(true);
        }
        found
    }
}
