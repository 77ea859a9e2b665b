//! Type aliases: what they stand for.
//!
//! Which aliases lead back to themselves is found on the graph of names, before any type is
//! known: uses of those stay uses of an alias, all others are expanded where they stand, so the
//! queries here cannot run in circles.

mod definition;
mod divergence;
mod graph;

pub(crate) use definition::is_explicit;
pub use graph::is_recursive;

use pytype_index::DefRef;
use pytype_source::Diagnostic;
use pytype_types::{AliasId, AliasInfo, AnySource, Ty, TyList};

use crate::annotations::{LateCheck, placed_at, run_alias_checks};
use crate::kept::OpenCircle;
use crate::variables::origin_of;
use crate::{Context, DeclareDb, KeptDeclarations, Node, names, type_variables};
use definition::Definition;

/// The alias that `definition` defines.
pub fn alias_id(db: &dyn DeclareDb, definition: DefRef) -> AliasId {
    AliasId::new(definition, names::fullname_of(db, definition))
}

/// What an alias stands for.
pub fn alias_info(db: &dyn DeclareDb, alias: AliasId) -> &AliasInfo {
    if let Some(known) = db.kept_declarations().and_then(|kept| kept.aliases.get(&alias)) {
        return known;
    }
    let info = match crate::classes::structure_of_alias(db, alias, ()) {
        Some(info) => info,
        None => &definition_of(db, alias).info,
    };
    KeptDeclarations::of(db).map_or(info, |kept| kept.aliases.keep(alias, info))
}

fn definition_of(db: &dyn DeclareDb, alias: AliasId) -> &Definition {
    if is_recursive(db, alias) { divergence::settled(db, alias, ()) } else { analyzed(db, alias, ()) }
}

/// The type parameters of an alias, as its own bound variables: from names alone.
pub fn alias_type_params(db: &dyn DeclareDb, alias: AliasId) -> TyList {
    definition::type_params(db, alias, ())
}

/// What is wrong with the definition of an alias, relative to the statement.
pub fn alias_diagnostics(db: &dyn DeclareDb, alias: AliasId) -> &[Diagnostic] {
    &definition_of(db, alias).diagnostics
}

/// What is to be looked at once class headers are known: type arguments in the value.
pub fn alias_checks(db: &dyn DeclareDb, alias: AliasId) -> &[LateCheck] {
    &definition_of(db, alias).checks
}

/// What is wrong with what an assignment or `type` statement defines as an alias or type variable,
/// in places of the file: what needs class headers included. Empty for other definitions. `node` is what the
/// definition stands for.
pub fn diagnostics_of(db: &dyn DeclareDb, definition: DefRef, node: Option<Node>) -> Vec<Diagnostic> {
    let (diagnostics, checks): (&[Diagnostic], &[LateCheck]) = match node {
        Some(Node::Alias(alias)) if alias.definition() == definition => {
            (alias_diagnostics(db, alias), alias_checks(db, alias))
        }
        Some(Node::TypeVariable(decl)) if decl.origin.definition() == Some(definition) => (
            type_variables::type_var_diagnostics(db, definition),
            type_variables::type_var_checks(db, definition),
        ),
        _ => {
            let mut found = type_variables::misdeclaration(db, definition);
            found.extend(definition::reassigned_alias(db, definition));
            return found.into_iter().map(|finding| placed_at(finding, origin_of(db, definition))).collect();
        }
    };
    let parameters = definition::type_params_of_statement(db, definition);
    if diagnostics.is_empty() && checks.is_empty() && parameters.is_none() {
        return Vec::new();
    }
    let origin = origin_of(db, definition);
    let mut found: Vec<Diagnostic> =
        diagnostics.iter().map(|finding| placed_at(finding.clone(), origin)).collect();
    let ctx = Context::new(db, definition.file);
    found.extend(type_variables::parameter_list_diagnostics(&ctx, definition, parameters, &|_| true));
    let checks: Vec<LateCheck> = checks.iter().map(|check| check.clone().placed_at(origin)).collect();
    run_alias_checks(&ctx, &checks, &mut found);
    found
}

#[salsa::tracked(returns(ref), cycle_result = analyzed_in_circle)]
fn analyzed(db: &dyn DeclareDb, alias: AliasId, _key: ()) -> Definition {
    let _open = OpenCircle::enter(db);
    definition::analyze(db, alias)
}

/// Through the defaults of type variables an alias may still reach itself; then it is unknown.
fn analyzed_in_circle(_db: &dyn DeclareDb, _id: salsa::Id, _alias: AliasId, _key: ()) -> Definition {
    Definition {
        info: AliasInfo {
            target: Ty::any(AnySource::Error),
            type_params: TyList::EMPTY(),
            recursive: false,
            explicit_type_statement: false,
            no_args: false,
        },
        diagnostics: Vec::new(),
        checks: Vec::new(),
    }
}
