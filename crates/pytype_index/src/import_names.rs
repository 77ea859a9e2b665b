//! Module names in import statements, and the names that those bind.

use pytype_source::{File, Name};

use crate::{DefinitionKind, IndexDb, file_index};

/// Whether some `from ... import name` at the levels of the file imports `name`.
pub fn imports_name(db: &dyn IndexDb, file: File, name: &str) -> bool {
    file_index(db, file).definitions.iter().any(|definition| match &definition.kind {
        DefinitionKind::ImportFrom { name: imported, .. } => *imported == *name,
        DefinitionKind::Variable
        | DefinitionKind::Class { .. }
        | DefinitionKind::Function { .. }
        | DefinitionKind::Parameter
        | DefinitionKind::Import { .. }
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => false,
    })
}

/// The absolute name of `from {level dots}{module} import ...` in the module `importer`; `None`
/// when it climbs out of the top-level package.
pub fn absolute_module(importer: Name, is_package: bool, level: u32, module: Option<&str>) -> Option<Name> {
    let module = module.unwrap_or("");
    if level == 0 {
        return Some(Name::new(module));
    }
    let up = level as usize - usize::from(is_package);
    if up > importer.split('.').count() {
        return None;
    }
    let mut base: &str = importer.as_str();
    for _ in 0..up {
        base = base.rfind('.').map_or("", |dot| &base[..dot]);
    }
    // From a module without a package the result begins with a dot: a name that no module has.
    Some(if module.is_empty() { Name::new(base) } else { Name::new(&[base, module].join(".")) })
}

/// The name under which an import that climbs too far is known: as it is written.
pub(crate) fn as_written(level: u32, module: Option<&str>) -> Name {
    Name::new(&format!("{}{}", ".".repeat(level as usize), module.unwrap_or("")))
}
