//! Everything that is wrong with a class's definition, for whoever reports it.

use pytype_source::{Diagnostic, ErrorCode};
use pytype_types::{ClassFlags, ClassId, ClassOrigin};
use ruff_text_size::{TextRange, TextSize};

use pytype_index::DefRef;

use super::builder::HeaderBuilder;
use super::class_header;
use crate::annotations::run_late_checks;
use crate::names::{self, AssignmentMeaning};
use crate::{Context, abstract_members, member_table, syntax, type_variables};

/// The findings on a class's definition, with spans of the file: bases, metaclass, decorators,
/// fields of the special kinds of classes, what class transforms refuse, abstract members that
/// must not be left.
pub fn class_diagnostics(ctx: &Context<'_>, class: ClassId) -> Vec<Diagnostic> {
    let ClassOrigin::Definition(at) = class.origin() else { return Vec::new() };
    let statement = syntax::class(ctx.db, at);
    let origin = match statement {
        Some(statement) => statement.range.start(),
        None => {
            syntax::assignment(ctx.db, at).map_or(TextSize::new(0), |assignment| assignment.range.start())
        }
    };
    let header = class_header(ctx.db, class, ());
    let mut found = header.diagnostics.clone();
    run_late_checks(ctx, &header.checks, &mut found);
    found.extend(member_table::transform_diagnostics(ctx.db, class).iter().cloned());
    place_in_file(&mut found, at, origin);
    if let Some(statement) = statement {
        found.extend(type_variables::parameter_list_diagnostics(
            ctx,
            at,
            statement.type_params.as_deref(),
            &|_| true,
        ));
        found.extend(super::rules::check(ctx, header, statement.name.range));
        found.extend(abstract_status(ctx, class, statement.name.range));
    }
    found
}

/// The findings on a call that would make a named tuple or typed dict, were its name not taken.
pub(crate) fn unused_class_diagnostics(ctx: &Context<'_>, at: DefRef) -> Vec<Diagnostic> {
    if names::scope_access::first_definition(ctx.db, at) == Some(at.id) {
        return Vec::new();
    }
    let meaning = names::classify_any_assignment(ctx.db, at);
    if !matches!(meaning, AssignmentMeaning::NamedTuple { .. } | AssignmentMeaning::TypedDict) {
        return Vec::new();
    }
    let Some(assignment) = syntax::assignment(ctx.db, at) else { return Vec::new() };
    let class = super::provisional_class_id(ctx.db, at);
    let header = HeaderBuilder::new(ctx.db, class, at).of_definition();
    let mut found = header.diagnostics;
    place_in_file(&mut found, at, assignment.range.start());
    found
}

/// Findings relative to a class, in places of its file.
fn place_in_file(found: &mut [Diagnostic], at: DefRef, origin: TextSize) {
    for diagnostic in found {
        diagnostic.range += origin;
        diagnostic.origin = diagnostic.origin.map(|range| range + origin);
        for note in &mut diagnostic.notes {
            note.place =
                note.place.map(|(file, range)| (file, if file == at.file { range + origin } else { range }));
        }
    }
}

/// A final class must implement everything, and a stub must mark a class that does not.
fn abstract_status(ctx: &Context<'_>, class: ClassId, place: TextRange) -> Option<Diagnostic> {
    let header = class_header(ctx.db, class, ());
    let info = &header.info;
    let is_stub = info.flags.contains(ClassFlags::STUB);
    if !info.is_final() && !is_stub {
        return None;
    }
    let left = abstract_members::abstract_members(ctx.db, class, ());
    if !left.is_abstract() {
        return None;
    }
    let names: Vec<String> = left.names.iter().map(|name| format!("\"{name}\"")).collect();
    let names = names.join(", ");
    if is_stub {
        let declared = header.declared_metaclass.and_then(|metaclass| metaclass.as_instance());
        let marked =
            declared.is_some_and(|m| class_header(ctx.db, m.class, ()).info.has_base_named("abc.ABCMeta"));
        if marked || info.is_protocol() {
            return None;
        }
        if !left.in_class_itself {
            let message = format!("\"{}\" leaves {names} abstract", class.name());
            return Some(
                Diagnostic::error(ErrorCode::Misc, place, message)
                    .with_note("If that is meant, give the class the metaclass \"abc.ABCMeta\""),
            );
        }
    }
    info.is_final().then(|| {
        let message = format!("The final class \"{}\" leaves {names} abstract", class.name());
        Diagnostic::error(ErrorCode::Misc, place, message)
    })
}
