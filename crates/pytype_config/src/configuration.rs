//! All options of a run together, and the options of each module in it.

use std::sync::Arc;

use crate::{GlobalOptions, ModuleOptions};

/// All options of a run: those of the run itself, and those of each module.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    pub global: GlobalOptions,
    /// The options of a module that no section of the configuration names.
    base: Arc<ModuleOptions>,
}

impl Configuration {
    /// A configuration in which all modules have the same options.
    pub fn new(global: GlobalOptions, base: ModuleOptions) -> Configuration {
        Configuration { global, base: Arc::new(base) }
    }

    /// The options of a module that no section names.
    pub fn base(&self) -> &ModuleOptions {
        &self.base
    }

    /// Sets the version of Python all modules are checked for, once the environment is known.
    pub fn set_python_version(&mut self, version: (u8, u8)) {
        Arc::make_mut(&mut self.base).python_version = version;
    }

    /// The options of the module with this dotted name, inline comments aside.
    pub fn for_module(&self, _module: &str) -> Arc<ModuleOptions> {
        Arc::clone(&self.base)
    }
}
