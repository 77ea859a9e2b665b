//! Enum classes.

use pytype_infer::Checker;
use pytype_source::{ErrorCode, Name};
use pytype_types::{ClassId, TypeContext};
use ruff_text_size::TextRange;

fn is_library_base(class: ClassId) -> bool {
    matches!(
        class.fullname().as_str(),
        "enum.Enum" | "enum.IntEnum" | "enum.Flag" | "enum.IntFlag" | "enum.StrEnum" | "enum.ReprEnum"
    )
}

pub fn check_enum(checker: &mut Checker<'_>, class: ClassId, place: TextRange) {
    let info = checker.ctx.class(class);
    if !info.is_enum() || is_library_base(class) {
        return;
    }
    let bases = info.bases;
    let ancestors: Vec<ClassId> = info.mro.iter().skip(1).copied().collect();
    for base in &ancestors {
        if checker.ctx.class(*base).is_enum() && !is_library_base(*base) && !checker.ctx.enum_members(*base).is_empty() {
            checker.error(ErrorCode::Misc, place, format!("\"{}\" has members, so it cannot be extended", base.name()));
        }
    }
    if checker.is_stub && checker.ctx.enum_members(class).is_empty() {
        checker.error(ErrorCode::Misc, place, "an enum in a stub has no members; \"name = ...\" makes one");
    }
    let mut seen_enum = false;
    for base in bases.iter().filter_map(|b| b.as_instance()) {
        if checker.ctx.class(base.class).is_enum() {
            seen_enum = true;
        } else if seen_enum {
            checker.error(ErrorCode::Misc, place, "a base class that is no enum cannot stand behind an enum");
            break;
        }
    }
    check_data_types(checker, class, place);
}

/// An enum has one data type at most.
fn check_data_types(checker: &mut Checker<'_>, class: ClassId, place: TextRange) {
    let new = Name::new("__new__");
    let makes = |c: &Checker<'_>, class: ClassId| {
        c.ctx.find_definition(class, new).is_some_and(|(owner, _)| !owner.is("builtins.object"))
    };
    let mut found = false;
    for base in checker.ctx.class(class).bases.iter().filter_map(|b| b.as_instance()) {
        let info = checker.ctx.class(base.class);
        let candidate = if info.is_enum() {
            let inner: Vec<ClassId> = info.mro.iter().skip(1).copied().collect();
            inner
                .iter()
                .any(|c| !checker.ctx.class(*c).is_enum() && !c.is("builtins.object") && makes(checker, *c))
        } else {
            makes(checker, base.class)
        };
        if candidate && found {
            checker.error(ErrorCode::Misc, place, "an enum can have one data type only");
        }
        found |= candidate;
    }
}
