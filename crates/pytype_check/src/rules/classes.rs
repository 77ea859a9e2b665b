//! Rules on a whole class that need the inferred types of its members.

use pytype_declare::classes;
use pytype_index::{DefNode, DefRef};
use pytype_infer::Checker;
use pytype_source::ErrorCode;
use pytype_types::{ClassFlags, ClassId};
use ruff_python_ast::Keyword;

use super::class_bodies;

pub fn check_class(checker: &mut Checker<'_>, definition: DefRef) {
    let class = classes::class_id(checker.ctx.db, definition);
    // Otherwise the walk compared the bases when it reached the class statement.
    if !classes::has_bases_in_progress(&checker.ctx, class) {
        let found = classes::multiple_inheritance_diagnostics(&checker.ctx, class);
        checker.report_all(found);
    }
    class_bodies::check_protocol_body(checker, class);
    class_bodies::check_enum_body(checker, class);
    check_extra_items_comment(checker, definition, class);
}

/// The specification has extra items in typed dicts, mypy does not. Code that mypy checks has comments
/// against that; they count.
fn check_extra_items_comment(checker: &mut Checker<'_>, definition: DefRef, class: ClassId) {
    if !checker.class_info(class).flags.contains(ClassFlags::TYPED_DICT) {
        return;
    }
    let db = checker.ctx.db;
    let syntax = pytype_index::syntax_of_unit(db, definition.file, definition.id.unit);
    let Some(DefNode::Class(statement)) = syntax.node(definition.id) else { return };
    let keywords = statement.arguments.as_deref().map_or(&[][..], |arguments| &arguments.keywords);
    let is_extra = |keyword: &Keyword| keyword.arg.as_ref().is_some_and(|name| name == "extra_items");
    let place = statement.name.range;
    if keywords.iter().any(is_extra) && checker.is_ignored(place, ErrorCode::CallArg) {
        checker.error(ErrorCode::CallArg, place, "mypy does not know extra items in typed dicts");
    }
}
