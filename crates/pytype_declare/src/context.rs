//! The context of one unit of work: answers from the database, kept close at hand.
//!
//! A query makes a `Context`, works with it on one thread, and drops it; what it caches was read
//! through the database, so that dependencies are recorded.

use std::cell::RefCell;

use pytype_config::ModuleOptions;
use pytype_source::File;
use pytype_types::{ClassId, ClassInfo, RelationState};
use rustc_hash::FxHashMap;

use crate::{DeclareDb, LocalTypes};

/// See the module's documentation.
pub struct Context<'db> {
    pub db: &'db dyn DeclareDb,
    /// The file whose options are in force.
    pub file: File,
    /// What the running unit of work has inferred itself.
    pub local: LocalTypes,
    pub(crate) options: &'db ModuleOptions,
    pub(crate) relations: RelationState,
    pub(crate) classes: RefCell<FxHashMap<ClassId, &'db ClassInfo>>,
}

impl<'db> Context<'db> {
    pub fn new(db: &'db dyn DeclareDb, file: File) -> Context<'db> {
        Context {
            db,
            file,
            local: LocalTypes::default(),
            options: db.module_options(file),
            relations: RelationState::default(),
            classes: RefCell::default(),
        }
    }

    /// The options of the file under work, for as long as the database lives.
    pub fn options(&self) -> &'db ModuleOptions {
        self.options
    }
}
