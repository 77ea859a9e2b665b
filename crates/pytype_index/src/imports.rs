//! Module names in import statements.

use pytype_source::Name;

/// The absolute name of `from {level dots}{module} import ...` in the module `importer`. `None`
/// when it leads out of the top-level package.
pub fn absolute_module(importer: Name, is_package: bool, level: u32, module: Option<&str>) -> Option<Name> {
    if level == 0 {
        return module.map(Name::new);
    }
    let up = level as usize - usize::from(is_package);
    let mut base = importer;
    for _ in 0..up {
        base = match base.parent() {
            Some(parent) => parent,
            // One dot too many in a top-level module leads to no package at all.
            None => return module.filter(|_| up == 1).map(Name::new),
        };
    }
    Some(match module {
        Some(module) => base.dot(module),
        None => base,
    })
}
