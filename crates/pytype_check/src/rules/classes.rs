//! Rules on a whole class that need the inferred types of its members.

use pytype_declare::classes;
use pytype_index::DefRef;
use pytype_infer::Checker;

use super::class_bodies;

pub fn check_class(checker: &mut Checker<'_>, definition: DefRef) {
    let class = classes::class_id(checker.ctx.db, definition);
    let found = classes::multiple_inheritance_diagnostics(&checker.ctx, class);
    checker.report_all(found);
    class_bodies::check_protocol_body(checker, class);
    class_bodies::check_enum_body(checker, class);
}
