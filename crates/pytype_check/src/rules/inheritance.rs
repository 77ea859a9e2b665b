//! What several base classes together must agree on.

use pytype_declare::MemberKind;
use pytype_infer::Checker;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AttributeFlags, ClassFlags, ClassId, SubtypeOptions, Ty, TyKind, TypeContext, is_equivalent, is_subtype,
    is_subtype_with, proper,
};
use ruff_text_size::TextRange;

fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

/// A member that two bases both define, and that the class itself does not, must be compatible.
pub fn check_multiple_inheritance(checker: &mut Checker<'_>, class: ClassId, place: TextRange) {
    let info = checker.ctx.class(class);
    if info.bases.len() <= 1 {
        return;
    }
    let mro: Vec<ClassId> = info.mro.iter().skip(1).copied().collect();
    let own = checker.ctx.members_of(class);
    let mut names: Vec<Name> = mro
        .iter()
        .flat_map(|base| checker.ctx.members_of(*base).members.keys().copied().collect::<Vec<_>>())
        .filter(|name| !own.members.contains_key(name) && !is_private(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let mut defining = mro.iter().copied().filter(|base| checker.ctx.own_member(*base, name).is_some());
        let Some(first) = defining.next() else { continue };
        let others: Vec<ClassId> = defining.filter(|base| !checker.ctx.class(first).has_base(*base)).collect();
        for second in others {
            if let Some(problem) = incompatibility(checker, class, name, first, second, place) {
                checker.error(ErrorCode::Misc, place, problem);
            }
        }
    }
}

/// Why `first`'s member cannot stand for `second`'s in `class`. Findings that have codes of their
/// own are recorded here.
fn incompatibility(
    checker: &mut Checker<'_>,
    class: ClassId,
    name: Name,
    first: ClassId,
    second: ClassId,
    place: TextRange,
) -> Option<String> {
    if matches!(name.as_str(), "__init__" | "__new__" | "__init_subclass__" | "__replace__") {
        return None;
    }
    let object = pytype_types::class_instance_type(&*checker.ctx, class);
    let first_flags = checker.ctx.own_member(first, name)?.flags;
    let second_flags = checker.ctx.own_member(second, name)?.flags;
    let one = checker.ctx.member_from(object, first, name)?;
    let two = checker.ctx.member_from(object, second, name)?;
    let writable = second_flags.contains(AttributeFlags::SETTABLE);
    let ok = compatible(checker, one.ty, two.ty, writable);
    let is_read_only_property =
        first_flags.contains(AttributeFlags::PROPERTY) && !first_flags.contains(AttributeFlags::SETTABLE);
    if ok && writable && is_read_only_property && !proper(&*checker.ctx, two.ty).is_any() && !is_function(one.ty) {
        checker.error(
            ErrorCode::Override,
            place,
            format!(
                "\"{name}\" can be assigned in \"{}\", but is a read-only property in \"{}\"",
                second.name(),
                first.name()
            ),
        );
    }
    if second_flags.contains(AttributeFlags::FINAL) {
        checker.error(
            ErrorCode::Misc,
            place,
            format!("\"{name}\" is final in \"{}\" and cannot be overridden by \"{}\"", second.name(), first.name()),
        );
    }
    if first_flags.contains(AttributeFlags::FINAL) && writable {
        checker.error(ErrorCode::Misc, place, format!("a final \"{name}\" cannot override one that can be assigned"));
    }
    if ok || matches!(name.as_str(), "__slots__" | "__deletable__" | "__match_args__") {
        return None;
    }
    Some(format!("\"{name}\" has incompatible definitions in \"{}\" and \"{}\"", first.name(), second.name()))
}

fn is_function(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
}

fn compatible(checker: &Checker<'_>, first: Ty, second: Ty, writable: bool) -> bool {
    let (one, two) = (proper(&*checker.ctx, first), proper(&*checker.ctx, second));
    if is_function(one) && is_function(two) {
        let instance = |ty: Ty| {
            let sig = match ty.kind() {
                TyKind::Overloaded(items) => items.first().and_then(|t| t.as_callable()),
                _ => ty.as_callable(),
            }?;
            sig.is_type_object().then(|| pytype_types::erase_type_vars(&*checker.ctx, sig.instance_type.unwrap_or(sig.ret)))
        };
        if let (Some(one), Some(two)) = (instance(one), instance(two)) {
            return is_subtype(&*checker.ctx, one, two);
        }
        let loose = SubtypeOptions { ignore_pos_arg_names: true, ..SubtypeOptions::default() };
        return is_subtype_with(&*checker.ctx, one, two, loose);
    }
    if writable { is_equivalent(&*checker.ctx, one, two) } else { is_subtype(&*checker.ctx, one, two) }
}

/// The metaclasses of the bases must have one that derives from all.
pub fn check_metaclass(checker: &mut Checker<'_>, class: ClassId, place: TextRange) {
    let info = checker.ctx.class(class);
    let exempt = ClassFlags::PROTOCOL | ClassFlags::NAMED_TUPLE | ClassFlags::ENUM | ClassFlags::TYPED_DICT;
    if info.flags.intersects(exempt) || info.has_base_named("builtins.type") || info.metaclass.is_some() {
        return;
    }
    let any_base = info
        .bases
        .iter()
        .filter_map(|b| b.as_instance())
        .any(|b| checker.ctx.class(b.class).metaclass.is_some());
    if any_base {
        checker.error(
            ErrorCode::Metaclass,
            place,
            "the metaclasses of the base classes conflict: none derives from all others",
        );
    }
}

/// Final classes have no subclasses.
pub fn check_final_bases(checker: &mut Checker<'_>, class: ClassId, place: TextRange) {
    let bases: Vec<ClassId> = checker.ctx.class(class).mro.iter().skip(1).copied().collect();
    for base in bases {
        if checker.ctx.class(base).is_final() {
            checker.error(ErrorCode::Misc, place, format!("\"{}\" is final and cannot be a base class", base.name()));
        }
    }
}

/// A class's members that are declared in its own body.
pub fn has_own_member(checker: &Checker<'_>, class: ClassId, name: &str) -> bool {
    checker
        .ctx
        .own_member(class, Name::new(name))
        .is_some_and(|member| !matches!(member.kind, MemberKind::Synthesized(_)))
}
