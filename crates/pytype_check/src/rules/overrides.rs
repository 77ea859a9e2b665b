//! A method must fit where the base classes' method is expected.

use pytype_declare::FunctionKind;
use pytype_index::DefRef;
use pytype_infer::Checker;
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{
    Attribute, AttributeFlags, ClassId, ParamKind, Sig, SubtypeOptions, Ty, TyKind, TypeContext, describe,
    erase_type_vars_of, is_equivalent, is_subtype, is_subtype_with, proper,
};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

/// Methods whose signature may differ freely: objects are not made through a base class.
const FREE: &[&str] = &["__init__", "__new__", "__init_subclass__", "__post_init__"];

/// In-place operators, which fall back on the operator itself.
fn plain_operator(name: &str) -> Option<Name> {
    let rest = name.strip_prefix("__i")?;
    let known = matches!(
        rest,
        "add__" | "sub__" | "mul__" | "truediv__" | "mod__" | "floordiv__" | "pow__" | "and__" | "or__" | "xor__"
            | "lshift__" | "rshift__" | "matmul__"
    );
    known.then(|| Name::new(&format!("__{rest}")))
}

fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

/// The method with what is needed to compare it.
struct Overriding<'s> {
    class: ClassId,
    name: Name,
    statement: &'s ast::StmtFunctionDef,
    /// Where findings stand: the `def` line.
    place: TextRange,
    class_or_static: bool,
    flags: AttributeFlags,
    decorated: bool,
    is_property: bool,
}

/// Checks the last part of a method's definition against every base class that has the name.
pub fn check_overrides(checker: &mut Checker<'_>, class: ClassId, definition: DefRef) {
    let db = checker.ctx.db;
    let name = pytype_index::definition(db, definition.file, definition.id).name;
    let first = checker.first_definition(definition);
    let info = pytype_declare::signatures::function_info(checker.ctx.db, first);
    let Some(first_item) = info.items.first() else { return };
    let syntax = pytype_index::syntax_of_unit(db, definition.file, definition.id.unit);
    let Some(statement) = syntax.function(first.id) else { return };
    let Some(own) = checker.ctx.own_member(class, name) else { return };
    let overriding = Overriding {
        class,
        name,
        statement,
        place: statement.name.range(),
        class_or_static: matches!(first_item.kind, FunctionKind::ClassMethod | FunctionKind::StaticMethod),
        flags: own.flags,
        decorated: !statement.decorator_list.is_empty(),
        is_property: first_item.kind == FunctionKind::Property,
    };
    let is_dynamic = first_item
        .signature
        .as_callable()
        .is_some_and(|sig| sig.flags.contains(pytype_types::SigFlags::IMPLICIT));
    let compares = !FREE.contains(&name.as_str()) && (checker.options.check_untyped_defs || !is_dynamic);
    let bases: Vec<ClassId> = checker.ctx.class(class).mro.iter().skip(1).copied().collect();
    let mut found = false;
    for base in bases {
        found |= check_against(checker, &overriding, base, compares);
    }
    check_explicit_override(checker, &overriding, info, found);
}

/// `@override` must override something; with `explicit-override`, overriding must say so.
fn check_explicit_override(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    info: &pytype_declare::FunctionInfo,
    found: bool,
) {
    let explicit = info.items.iter().any(|item| item.is_override);
    let name = overriding.name;
    if explicit && !found {
        let class = checker.ctx.class(overriding.class);
        if !class.flags.contains(pytype_types::ClassFlags::FALLBACK_TO_ANY) {
            checker.error(
                ErrorCode::Misc,
                overriding.place,
                format!("\"{name}\" is marked as an override, but no base class has it"),
            );
        }
        return;
    }
    let exempt = matches!(name.as_str(), "__init__" | "__new__") || is_private(&name);
    if found && !explicit && !exempt && checker.options.enabled_error_codes.contains(ErrorCode::ExplicitOverride) {
        checker.error(
            ErrorCode::ExplicitOverride,
            overriding.place,
            format!("\"{name}\" overrides a method of a base class without \"@override\""),
        );
    }
}

/// Checks against one base class. Returns whether it has the name.
fn check_against(checker: &mut Checker<'_>, overriding: &Overriding<'_>, base: ClassId, compares: bool) -> bool {
    let name = overriding.name;
    let Some(inherited) = checker.ctx.own_member(base, name).map(|m| m.flags) else {
        if compares && let Some(operator) = plain_operator(&name) {
            compare(checker, overriding, operator, base);
        }
        return false;
    };
    if inherited.contains(AttributeFlags::FINAL) && !is_private(&name) {
        checker.error(
            ErrorCode::Misc,
            decorated_line(overriding),
            format!("\"{name}\" is final in \"{}\" and cannot be overridden", base.name()),
        );
    }
    if overriding.flags.contains(AttributeFlags::FINAL) && inherited.contains(AttributeFlags::SETTABLE) {
        checker.error(
            ErrorCode::Misc,
            decorated_line(overriding),
            format!("a final \"{name}\" cannot override an attribute that can be assigned"),
        );
    }
    if compares {
        compare(checker, overriding, name, base);
        if let Some(operator) = plain_operator(&name) {
            compare(checker, overriding, operator, base);
        }
    }
    true
}

/// The first line of the definition, decorators included.
fn decorated_line(overriding: &Overriding<'_>) -> TextRange {
    match overriding.statement.decorator_list.first() {
        Some(decorator) => decorator.range(),
        None => overriding.place,
    }
}

fn compare(checker: &mut Checker<'_>, overriding: &Overriding<'_>, base_name: Name, base: ClassId) {
    let Some(base_member) = checker.ctx.own_member(base, base_name).map(|m| m.flags) else { return };
    let object = pytype_types::class_instance_type(&*checker.ctx, overriding.class);
    let Some(own) = checker.ctx.member_from(object, overriding.class, overriding.name) else { return };
    let Some(original) = checker.ctx.member_from(object, base, base_name) else { return };
    let (ty, original_ty) = (proper(&*checker.ctx, own.ty), proper(&*checker.ctx, original.ty));
    let setter_differs = check_setters(checker, overriding, &own, &original, base);
    let original_is_variable =
        !base_member.intersects(AttributeFlags::METHOD | AttributeFlags::PROPERTY);
    let writable = base_member.contains(AttributeFlags::SETTABLE);
    if overriding.is_property
        && !own.flags.contains(AttributeFlags::SETTABLE)
        && (original_is_variable && !base_member.contains(AttributeFlags::FINAL)
            || base_member.contains(AttributeFlags::PROPERTY) && writable)
        && !original_ty.is_any()
    {
        checker.error(
            ErrorCode::Override,
            overriding.place,
            format!("a read-only property cannot override \"{base_name}\", which can be assigned"),
        );
    }
    if ty.is_any() || original_ty.is_any() {
        return;
    }
    let loose = SubtypeOptions { ignore_pos_arg_names: true, ..SubtypeOptions::default() };
    let mutable = checker.options.enabled_error_codes.contains(ErrorCode::MutableOverride) && writable && !setter_differs;
    if is_function(ty) && is_function(original_ty) {
        let class_or_static = base_member.intersects(AttributeFlags::CLASS_METHOD | AttributeFlags::STATIC_METHOD);
        let fits = check_signature(checker, overriding, ty, original_ty, base, base_name, class_or_static);
        if fits && mutable && !is_subtype_with(&*checker.ctx, original_ty, ty, loose) {
            report_mutable(checker, overriding, base);
        }
        return;
    }
    if let TyKind::Union(items) = original_ty.kind()
        && items.iter().any(|item| is_subtype_with(&*checker.ctx, ty, item, loose))
    {
        if mutable {
            report_mutable(checker, overriding, base);
        }
        return;
    }
    if is_equivalent(&*checker.ctx, original_ty, ty) {
        return;
    }
    if (!writable || setter_differs) && is_subtype(&*checker.ctx, ty, original_ty) {
        return;
    }
    report_incompatible(checker, overriding, ty, original_ty, base, base_name);
}

fn is_function(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
}

/// Where either side has a setter that takes another type than the getter gives: the setter must
/// take what the base's takes. Returns whether that is so.
fn check_setters(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    own: &Attribute,
    original: &Attribute,
    base: ClassId,
) -> bool {
    let settable = own.flags.contains(AttributeFlags::SETTABLE) && original.flags.contains(AttributeFlags::SETTABLE);
    if !settable || !overriding.is_property || (own.set_ty.is_none() && original.set_ty.is_none()) {
        return false;
    }
    let accepts = own.set_ty.unwrap_or(own.ty);
    let expected = original.set_ty.unwrap_or(original.ty);
    if !is_subtype(&*checker.ctx, expected, accepts) {
        checker.error(
            ErrorCode::Override,
            overriding.place,
            format!("the setter of \"{}\" accepts less than the one in \"{}\"", overriding.name, base.name()),
        );
    }
    true
}

fn report_mutable(checker: &mut Checker<'_>, overriding: &Overriding<'_>, base: ClassId) {
    checker.error(
        ErrorCode::MutableOverride,
        overriding.place,
        format!("\"{}\" can be assigned through \"{}\", so its type must stay the same", overriding.name, base.name()),
    );
}

fn report_incompatible(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    ty: Ty,
    original: Ty,
    base: ClassId,
    base_name: Name,
) {
    let found = Diagnostic::error(
        ErrorCode::Override,
        overriding.place,
        format!("the signature of \"{}\" does not fit \"{base_name}\" in \"{}\"", overriding.name, base.name()),
    )
    .with_note(format!("in the base class: {}", describe(&*checker.ctx, original)))
    .with_note(format!("in this class: {}", describe(&*checker.ctx, ty)));
    checker.report(found);
}

/// Checks one signature against another; reports what does not fit. Returns whether it does.
fn check_signature(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    ty: Ty,
    original: Ty,
    base: ClassId,
    base_name: Name,
    original_class_or_static: bool,
) -> bool {
    let loose = SubtypeOptions { ignore_pos_arg_names: true, ..SubtypeOptions::default() };
    let mut fits = is_subtype_with(&*checker.ctx, ty, original, loose);
    if fits
        && matches!(ty.kind(), TyKind::Overloaded(_))
        && pytype_infer::expressions::has_reverse(&overriding.name)
    {
        let (own, other) = (first_domain(checker, ty), first_domain(checker, original));
        if let (Some(own), Some(other)) = (own, other) {
            fits = is_subtype(&*checker.ctx, own, other);
        }
    }
    if original_class_or_static && !overriding.class_or_static {
        fits = false;
    } else if let (Some(own), Some(other)) = (ty.as_callable(), original.as_callable()) {
        let loses = |wanted: Option<Ty>, given: Option<Ty>| wanted.is_some() && given.is_none();
        if loses(other.type_guard, own.type_guard) || loses(other.type_is, own.type_is) {
            fits = false;
        }
    }
    if fits || is_private(&overriding.name) {
        return true;
    }
    let reported = match (ty.as_callable(), original.as_callable()) {
        (Some(own), Some(other))
            if own.params.len() == other.params.len() && own.min_args() == other.min_args() =>
        {
            report_parts(checker, overriding, own, other, base)
        }
        _ => false,
    };
    if !reported {
        report_incompatible(checker, overriding, ty, original, base, base_name);
    }
    false
}

/// The first parameter's type, over all overloads.
fn first_domain(checker: &Checker<'_>, ty: Ty) -> Option<Ty> {
    match ty.kind() {
        TyKind::Callable(sig) => {
            let first = sig.params.first().filter(|p| p.kind == ParamKind::Pos)?;
            Some(erase_type_vars_of(&*checker.ctx, first.ty, sig.variables))
        }
        TyKind::Overloaded(items) => {
            let all: Vec<Ty> = items.iter().filter_map(|item| first_domain(checker, item)).collect();
            (!all.is_empty()).then(|| pytype_types::make_simplified_union(&*checker.ctx, all))
        }
        _ => None,
    }
}

/// Names the parameters and the result that do not fit, each at its own place.
fn report_parts(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    own: Sig,
    original: Sig,
    base: ClassId,
) -> bool {
    let mut reported = false;
    let shift = usize::from(own.flags.contains(pytype_types::SigFlags::BOUND));
    for (index, (sub, sup)) in own.params.iter().zip(original.params.iter()).enumerate() {
        let wanted = if sub.kind.is_positional() && sup.kind.is_positional() {
            sup.ty
        } else if sub.kind.is_named() && sup.kind.is_named() {
            match original.params.iter().find(|p| p.name == sub.name) {
                Some(param) => param.ty,
                None => continue,
            }
        } else {
            continue;
        };
        let accepted = erase_type_vars_of(&*checker.ctx, sub.ty, own.variables);
        if is_subtype(&*checker.ctx, wanted, accepted) {
            continue;
        }
        let place = parameter_place(overriding, index + shift);
        let message = format!(
            "parameter {} of \"{}\" does not accept \"{}\", which the method of \"{}\" does",
            index + 1,
            overriding.name,
            describe(&*checker.ctx, wanted),
            base.name()
        );
        checker.report(
            Diagnostic::error(ErrorCode::Override, place, message)
                .with_origin(overriding.place)
                .with_note("code that has an object of the base class may pass it"),
        );
        reported = true;
    }
    let result = erase_type_vars_of(&*checker.ctx, own.ret, own.variables);
    if !is_subtype(&*checker.ctx, result, original.ret) {
        checker.error(
            ErrorCode::Override,
            overriding.place,
            format!(
                "\"{}\" returns \"{}\", but \"{}\" promises \"{}\"",
                overriding.name,
                describe(&*checker.ctx, own.ret),
                base.name(),
                describe(&*checker.ctx, original.ret)
            ),
        );
        reported = true;
    }
    reported
}

/// Where a parameter stands, when the definition's parameters are the signature's.
fn parameter_place(overriding: &Overriding<'_>, index: usize) -> TextRange {
    let trivial = overriding.statement.decorator_list.iter().all(|d| {
        let name = match &d.expression {
            ast::Expr::Name(name) => name.id.as_str(),
            ast::Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        matches!(name, "classmethod" | "staticmethod" | "override" | "final" | "abstractmethod")
    });
    if overriding.is_property || (overriding.decorated && !trivial) {
        return overriding.place;
    }
    overriding.statement.parameters.iter().nth(index).map_or(overriding.place, |p| p.range())
}
