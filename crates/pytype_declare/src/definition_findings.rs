//! What is wrong with one definition as declared, whatever kind of statement makes it.

use pytype_index::{DefRef, DefinitionKind};
use pytype_source::Diagnostic;
use pytype_types::ClassOrigin;

use crate::{Context, Node, aliases, classes, names, signatures, variables};

/// The findings on a definition's own syntax, in places of the file: annotations, bases, type
/// parameters, the calls that make aliases, type variables and classes.
pub fn declaration_diagnostics(ctx: &Context<'_>, definition: DefRef) -> Vec<Diagnostic> {
    let db = ctx.db;
    match pytype_index::definition(db, definition.file, definition.id).kind {
        DefinitionKind::Class { .. } => classes::class_diagnostics(ctx, classes::class_id(db, definition)),
        DefinitionKind::Function { .. } => signatures::diagnostics_of(db, definition),
        DefinitionKind::Variable => {
            let mut found = variables::diagnostics_of(db, definition);
            if names::is_plain_variable(db, definition) {
                return found;
            }
            let node = ctx.binding_of(definition).map(|binding| binding.node);
            match node {
                Some(Node::Class(class)) if class.origin() == ClassOrigin::Definition(definition) => {
                    found.extend(classes::class_diagnostics(ctx, class));
                }
                Some(_) | None => found.extend(classes::unused_class_diagnostics(ctx, definition)),
            }
            found.extend(aliases::diagnostics_of(db, definition, node));
            found
        }
        DefinitionKind::TypeAliasStatement => {
            let node = ctx.binding_of(definition).map(|binding| binding.node);
            aliases::diagnostics_of(db, definition, node)
        }
        DefinitionKind::Parameter
        | DefinitionKind::Import { .. }
        | DefinitionKind::ImportFrom { .. }
        | DefinitionKind::TypeParameter => Vec::new(),
    }
}
