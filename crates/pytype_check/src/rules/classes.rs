//! Rules on a whole class.

use pytype_declare::classes;
use pytype_index::DefRef;
use pytype_infer::Checker;
use pytype_types::{ClassFlags, TypeContext};
use ruff_text_size::Ranged;

use super::{enums, inheritance, protocols};

pub fn check_class(checker: &mut Checker<'_>, definition: DefRef) {
    let syntax = pytype_index::syntax_of_unit(checker.ctx.db, definition.file, definition.id.unit);
    let Some(statement) = syntax.class(definition.id) else { return };
    let place = statement.name.range();
    let class = classes::class_id(checker.ctx.db, definition);
    let info = checker.ctx.class(class);
    let well_formed = !info.flags.contains(ClassFlags::BAD_MRO);
    inheritance::check_final_bases(checker, class, place);
    if well_formed {
        inheritance::check_multiple_inheritance(checker, class, place);
    }
    inheritance::check_metaclass(checker, class, place);
    protocols::check_protocol_variance(checker, class, place);
    enums::check_enum(checker, class, place);
}
