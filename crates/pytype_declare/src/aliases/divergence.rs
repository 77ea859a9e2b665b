//! Aliases that hold themselves, through others, with ever greater type arguments.

use pytype_source::{Diagnostic, ErrorCode};
use pytype_types::{AliasId, AnySource, Ty, TyFlags, TyKind, TyList, bind_type_params, expand_type};
use ruff_text_size::TextRange;

use super::analyzed;
use super::definition::{Definition, grows};
use super::graph::circle_of;
use crate::kept::OpenCircle;
use crate::{Context, DeclareDb, variables};

/// Expansions are followed this deep; longer circles of aliases do not occur.
const MAX_DEPTH: usize = 16;

/// The definition of an alias that leads back to itself, unless it would never end. Of the aliases in
/// a circle, the first one is reported and unknown from there on.
#[salsa::tracked(returns(ref), cycle_result = settled_in_circle)]
pub(super) fn settled(db: &dyn DeclareDb, alias: AliasId, _key: ()) -> Definition {
    let _open = OpenCircle::enter(db);
    let definition = analyzed(db, alias, ());
    let circle = circle_of(db, alias);
    let is_first = circle.iter().all(|other| {
        let (own, other) = (alias.definition(), other.definition());
        other.file != own.file || own.id <= other.id
    });
    if circle.is_empty() || !is_first || !definition.info.target.has(TyFlags::HAS_TYPE_VAR) {
        return definition.clone();
    }
    let ctx = Context::of_declarations(db, alias.definition().file);
    let mut seen = vec![alias];
    if !diverges(&ctx, definition.info.target, &circle, &mut seen) {
        return definition.clone();
    }
    let mut found = definition.clone();
    found.info.target = Ty::any(AnySource::Error);
    let length = variables::length_of(db, alias.definition());
    let message = "An alias cannot hold itself with other type arguments";
    found.diagnostics.push(Diagnostic::error(ErrorCode::Misc, TextRange::up_to(length), message));
    found
}

fn settled_in_circle(db: &dyn DeclareDb, _id: salsa::Id, alias: AliasId, _key: ()) -> Definition {
    analyzed(db, alias, ()).clone()
}

fn diverges(ctx: &Context<'_>, ty: Ty, circle: &[AliasId], seen: &mut Vec<AliasId>) -> bool {
    if !ty.has(TyFlags::HAS_ALIAS) || seen.len() > MAX_DEPTH {
        return false;
    }
    if let TyKind::Alias { alias, args } = ty.kind() {
        if seen.contains(alias) {
            return grows(*args);
        }
        if circle.contains(alias) {
            seen.push(*alias);
            let found = diverges(ctx, expanded(ctx, *alias, *args), circle, seen);
            seen.pop();
            if found {
                return true;
            }
        }
    }
    let mut found = false;
    pytype_types::translate::for_each_part(ty, &mut |part| {
        found = found || diverges(ctx, part, circle, seen);
    });
    found
}

/// One step, with the alias as it was written.
fn expanded(ctx: &Context<'_>, alias: AliasId, args: TyList) -> Ty {
    let info = &analyzed(ctx.db, alias, ()).info;
    if info.type_params.is_empty() {
        return info.target;
    }
    expand_type(ctx, info.target, &bind_type_params(ctx, &info.type_params, &args))
}
