//! A method must fit where the base classes' method is expected.

use pytype_declare::member_lookup::{Facts, Sort};
use pytype_declare::{DecoratedType, FunctionInfo, FunctionItem, FunctionKind, InferredVariable};
use pytype_index::DefRef;
use pytype_infer::Checker;
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{
    Attribute, AttributeFlags, ClassFlags, ClassId, ParamKind, Sig, SigFlags, SubtypeOptions, Ty, TyKind,
    TypeContext, describe, erase_type_vars_of, is_equivalent, is_same_type, is_subtype, is_subtype_with,
    proper,
};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::places::{decorated_place, function_statement};

/// Methods whose signature may differ freely: objects are not made through a base class.
const FREE: &[&str] = &["__init__", "__new__", "__init_subclass__", "__post_init__"];

/// The operator that an in-place operator falls back on.
pub(super) fn plain_operator(name: &str) -> Option<Name> {
    let rest = name.strip_prefix("__i")?;
    let known = matches!(
        rest,
        "add__"
            | "sub__"
            | "mul__"
            | "truediv__"
            | "mod__"
            | "floordiv__"
            | "pow__"
            | "and__"
            | "or__"
            | "xor__"
            | "lshift__"
            | "rshift__"
            | "matmul__"
    );
    known.then(|| Name::new(&format!("__{rest}")))
}

fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

/// What makes a member, as far as places and writing go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A `def` without decorators.
    Plain,
    /// One `def` with decorators.
    Decorated,
    /// An overload set, or a property with more than a getter.
    Several,
}

/// The method with what is needed to compare it.
struct Overriding<'s> {
    name: Name,
    form: Form,
    /// The `def`; for several, the first.
    statement: &'s ast::StmtFunctionDef,
    /// Where most findings stand.
    place: TextRange,
    /// Where findings on the definition as a whole stand.
    whole: TextRange,
    /// Where findings on the setter stand.
    setter: TextRange,
    class_or_static: bool,
    is_property: bool,
    /// The setter takes another type than the getter gives.
    custom_setter: bool,
    is_final: bool,
    /// Its parameters are those of its type.
    same_parameters: bool,
    own: Attribute,
    object: Ty,
}

/// Whether the definitions of a symbol are checked as one.
pub(super) fn is_one_definition(info: &FunctionInfo) -> bool {
    info.is_overloaded() || info.is_property()
}

/// Checks a method's definition against every base class that has the name. For overload sets and
/// properties, `definition` is the last part.
pub fn check_overrides(checker: &mut Checker<'_>, class: ClassId, definition: DefRef, item: &FunctionItem) {
    let db = checker.ctx.db;
    let name = pytype_index::definition(db, definition.file, definition.id).name;
    let first = checker.first_definition(definition);
    let info = pytype_declare::signatures::function_info(db, first);
    let Some(member) = checker.ctx.members_of(class).get(name) else { return };
    let facts = checker.ctx.facts_of(class, name, *member);
    let several = is_one_definition(info) && (info.items.len() > 1 || info.is_overloaded());
    let shown = if several { first } else { definition };
    let Some(statement) = function_statement(checker, shown) else { return };
    let form = match (several, statement.decorator_list.is_empty()) {
        (true, _) => Form::Several,
        (false, true) => Form::Plain,
        (false, false) => Form::Decorated,
    };
    let object = pytype_types::class_instance_type(&*checker.ctx, class);
    let Some(own) = checker.member_of_base(object, class, name) else { return };
    let main = if several { info.items.first().unwrap_or(item) } else { item };
    let setter = info.items.iter().find(|item| item.is_setter);
    let overriding = Overriding {
        name,
        form,
        statement,
        place: if several { decorated_place(statement) } else { statement.name.range() },
        whole: decorated_place(statement),
        setter: setter
            .and_then(|setter| function_statement(checker, setter.definition))
            .map_or(statement.name.range(), decorated_place),
        class_or_static: matches!(main.kind, FunctionKind::ClassMethod | FunctionKind::StaticMethod),
        is_property: main.kind == FunctionKind::Property,
        custom_setter: has_custom_setter(checker, &facts),
        is_final: facts.is_final(),
        same_parameters: !several && matches!(main.decorated, DecoratedType::Known(_)),
        own,
        object,
    };
    let compares = !FREE.contains(&name.as_str())
        && (checker.options.check_untyped_defs || !is_dynamic(info, item, several))
        && (name != "__replace__"
            || pytype_declare::classes::class_header(db.as_declare_db(), class, ()).dataclass.is_none());
    let bases: Vec<ClassId> = checker.ctx.class(class).mro.iter().skip(1).copied().collect();
    check_read_only(checker, &overriding, &bases);
    let mut found = None;
    for base in bases {
        if check_against(checker, &overriding, base, compares) {
            found = found.or(Some(base));
        }
    }
    check_marks(checker, class, &overriding, info, found);
    if let Some(base) = found
        && matches!(name.as_str(), "__init__" | "__new__")
        && !base.is("builtins.object")
        && info.items.iter().any(|item| item.is_override)
    {
        check_constructor(checker, &overriding, &facts, base);
    }
    if name == "__post_init__" && !is_dynamic(info, item, several) {
        check_post_init(checker, class, &overriding);
    }
}

/// Constructors are free to differ, except where the author says that they override.
fn check_constructor<'db>(
    checker: &mut Checker<'db>,
    overriding: &Overriding<'_>,
    own: &Facts<'db>,
    base: ClassId,
) {
    let Some(inherited) = facts_in(checker, base, overriding.name) else { return };
    let is_new = overriding.name == "__new__";
    let own = bound_constructor(checker, own, overriding.object, is_new);
    let inherited = bound_constructor(checker, &inherited, overriding.object, is_new);
    let (Some(ty), Some(original)) = (own, inherited) else { return };
    if is_function(ty) && is_function(original) {
        check_signature(checker, overriding, ty, original, base, overriding.name, false);
    }
}

/// A constructor as objects of the class see it.
fn bound_constructor<'db>(
    checker: &Checker<'db>,
    facts: &Facts<'db>,
    object: Ty,
    is_new: bool,
) -> Option<Ty> {
    let InferredVariable::Type(ty) = checker.ctx.raw_type(facts) else { return None };
    let ctx = &*checker.ctx;
    let bound = pytype_types::bind_self(ctx, proper(ctx, ty), Some(object), is_new);
    let class = object.as_instance().map_or(facts.owner, |own| own.class);
    Some(pytype_types::map_type_from_supertype(ctx, bound, class, facts.owner))
}

/// A dataclass calls `__post_init__` with the fields that are `InitVar`s.
fn check_post_init(checker: &mut Checker<'_>, class: ClassId, overriding: &Overriding<'_>) {
    let wanted = Name::new(pytype_declare::class_transforms::POST_INIT_MEMBER);
    if checker.ctx.members_of(class).get(wanted).is_none() {
        return;
    }
    let Some(original) = checker.member_of_base(overriding.object, class, wanted) else { return };
    let (ty, original) = (proper(&*checker.ctx, overriding.own.ty), proper(&*checker.ctx, original.ty));
    if is_function(ty) && is_function(original) {
        check_signature(checker, overriding, ty, original, class, overriding.name, false);
    }
}

/// Whether nothing of the definition is annotated.
fn is_dynamic(info: &FunctionInfo, item: &FunctionItem, several: bool) -> bool {
    let implicit = |item: &FunctionItem| {
        item.signature.as_callable().is_some_and(|sig| sig.flags.contains(SigFlags::IMPLICIT))
    };
    if several {
        info.items.iter().filter(|item| item.is_overload || !info.is_overloaded()).all(implicit)
    } else {
        implicit(item)
    }
}

/// A property without a setter must not stand in for one with a setter.
fn check_read_only(checker: &mut Checker<'_>, overriding: &Overriding<'_>, bases: &[ClassId]) {
    if !overriding.is_property || overriding.own.flags.contains(AttributeFlags::SETTABLE) {
        return;
    }
    for base in bases {
        let Some(facts) = facts_in(checker, *base, overriding.name) else { continue };
        let writable = matches!(facts.sort, Sort::Function(..)) && facts.is_property() && facts.is_writable();
        if writable {
            let message = format!(
                "\"{}\" can be assigned in \"{}\": the property that overrides it needs a setter",
                overriding.name,
                base.name()
            );
            checker.error(ErrorCode::Misc, overriding.whole, message);
        }
    }
}

/// `@override` must override something; with `explicit-override`, overriding must say so.
fn check_marks(
    checker: &mut Checker<'_>,
    class: ClassId,
    overriding: &Overriding<'_>,
    info: &FunctionInfo,
    found: Option<ClassId>,
) {
    let explicit = info.items.iter().any(|item| item.is_override);
    let name = overriding.name;
    let Some(base) = found else {
        let unknown = checker.ctx.class(class).flags.contains(ClassFlags::FALLBACK_TO_ANY);
        if explicit && !unknown {
            let message = format!("\"{name}\" is marked as an override, but no base class has it");
            checker.error(ErrorCode::Misc, overriding.place, message);
        }
        return;
    };
    let exempt = matches!(name.as_str(), "__init__" | "__new__") || is_private(&name);
    if explicit || exempt || !checker.options.enabled_error_codes.contains(ErrorCode::ExplicitOverride) {
        return;
    }
    let implementation = info.implementation.and_then(|at| info.items.get(at));
    let place = implementation
        .and_then(|item| function_statement(checker, item.definition))
        .map_or(overriding.place, decorated_place);
    let message = format!("\"{name}\" overrides that of \"{}\" without \"@override\"", base.name());
    checker.error(ErrorCode::ExplicitOverride, place, message);
}

fn facts_in<'db>(checker: &Checker<'db>, class: ClassId, name: Name) -> Option<Facts<'db>> {
    let member = checker.ctx.members_of(class).get(name)?;
    Some(checker.ctx.facts_of(class, name, *member))
}

/// Whether it is a property whose setter takes another type than the getter gives.
fn has_custom_setter(checker: &Checker<'_>, facts: &Facts<'_>) -> bool {
    let Sort::Function(info, _) = facts.sort else { return false };
    if !info.is_property() {
        return false;
    }
    let Some(InferredVariable::Type(setter)) = checker.ctx.setter_type(info) else { return false };
    let InferredVariable::Type(getter) = checker.ctx.function_type(info) else { return false };
    let Some(setter) = proper(&*checker.ctx, setter).as_callable() else { return false };
    let [_, value] = &*setter.params else { return false };
    let gives = match proper(&*checker.ctx, getter).as_callable() {
        Some(getter) => getter.ret,
        None => getter,
    };
    !proper(&*checker.ctx, value.ty).is_any() && !is_same_type(&*checker.ctx, gives, value.ty)
}

/// Checks against one base class. Returns whether it has the name.
fn check_against(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    base: ClassId,
    compares: bool,
) -> bool {
    let name = overriding.name;
    let inherited = facts_in(checker, base, name);
    if pytype_declare::class_transforms::takes_hash_away(checker.ctx.db.as_declare_db(), base, name) {
        return false;
    }
    if let Some(facts) = &inherited {
        if facts.is_final() && !is_private(&name) {
            let message = format!("\"{name}\" is final in \"{}\" and cannot be overridden", base.name());
            checker.error(ErrorCode::Misc, overriding.whole, message);
        }
        if overriding.is_final && facts.is_writable() {
            let message = format!("A final \"{name}\" cannot override an attribute that can be assigned");
            checker.error(ErrorCode::Misc, overriding.whole, message);
        }
    }
    if compares {
        compare(checker, overriding, name, base);
        if let Some(operator) = plain_operator(&name) {
            compare(checker, overriding, operator, base);
        }
    }
    inherited.is_some()
}

fn compare(checker: &mut Checker<'_>, overriding: &Overriding<'_>, base_name: Name, base: ClassId) {
    let Some(facts) = facts_in(checker, base, base_name) else { return };
    let InferredVariable::Type(_) = checker.ctx.raw_type(&facts) else { return };
    let Some(original) = checker.member_of_base(overriding.object, base, base_name) else { return };
    let own = &overriding.own;
    let (ty, original_ty) = (proper(&*checker.ctx, own.ty), proper(&*checker.ctx, original.ty));
    let is_variable = matches!(facts.sort, Sort::Variable(_));
    let by_setters = overriding.form == Form::Several
        && overriding.is_property
        && (is_variable || is_property_of_parts(&facts))
        && (overriding.custom_setter || has_custom_setter(checker, &facts));
    if by_setters {
        check_setters(checker, overriding, &original, base);
    }
    let writable = facts.is_writable();
    let hides_variable = overriding.is_property
        && overriding.form == Form::Decorated
        && is_variable
        && writable
        && !facts.is_final();
    if hides_variable && !original_ty.is_any() {
        let message = format!("A read-only property cannot override \"{base_name}\", which can be assigned");
        checker.error(ErrorCode::Override, overriding.statement.name.range(), message);
    }
    if ty.is_any() || original_ty.is_any() {
        return;
    }
    let loose = SubtypeOptions { ignore_pos_arg_names: true, ..SubtypeOptions::default() };
    let mutable =
        checker.options.enabled_error_codes.contains(ErrorCode::MutableOverride) && writable && !by_setters;
    if is_function(ty) && is_function(original_ty) {
        let class_or_static =
            facts.flags.intersects(AttributeFlags::CLASS_METHOD | AttributeFlags::STATIC_METHOD)
                && !is_variable;
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
    if (!writable || by_setters) && is_subtype(&*checker.ctx, ty, original_ty) {
        return;
    }
    report_incompatible(checker, overriding, ty, original_ty, base, base_name);
}

/// A property with more than a getter.
fn is_property_of_parts(facts: &Facts<'_>) -> bool {
    match facts.sort {
        Sort::Function(info, _) => info.is_property() && info.items.len() > 1,
        Sort::Variable(_) | Sort::GeneratedMethod(_) | Sort::Static(_) => false,
    }
}

fn is_function(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
}

/// The setter must take what the base's takes.
fn check_setters(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    original: &Attribute,
    base: ClassId,
) {
    let accepts = overriding.own.set_ty.unwrap_or(overriding.own.ty);
    let expected = original.set_ty.unwrap_or(original.ty);
    if !is_subtype(&*checker.ctx, expected, accepts) {
        let message =
            format!("The setter of \"{}\" accepts less than the one in \"{}\"", overriding.name, base.name());
        checker.error(ErrorCode::Override, overriding.setter, message);
    }
}

fn report_mutable(checker: &mut Checker<'_>, overriding: &Overriding<'_>, base: ClassId) {
    checker.error(
        ErrorCode::MutableOverride,
        overriding.place,
        format!(
            "\"{}\" can be assigned through \"{}\", so its type must stay the same",
            overriding.name,
            base.name()
        ),
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
        format!(
            "The signature of \"{}\" does not fit \"{base_name}\" in \"{}\"",
            overriding.name,
            base.name()
        ),
    )
    .with_note(format!("In the base class: {}", describe(&*checker.ctx, original)))
    .with_note(format!("In this class: {}", describe(&*checker.ctx, ty)));
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
        // What a wider overload of an operator takes may be meant for the right operand's method.
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
        (Some(own), Some(other)) => {
            let expand =
                |sig: Sig| pytype_types::with_unpacked_kwargs(&*checker.ctx, sig.get().clone()).intern();
            let unpacks = own.star2().is_some_and(|p| matches!(p.ty.kind(), TyKind::Unpack(_)));
            let (own, other) = (expand(own), expand(other));
            own.params.len() == other.params.len()
                && own.min_args() == other.min_args()
                && report_parts(checker, overriding, own, other, base, unpacks)
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
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    }
}

/// Names the parameters and the result that do not fit, each at its own place.
fn report_parts(
    checker: &mut Checker<'_>,
    overriding: &Overriding<'_>,
    own: Sig,
    original: Sig,
    base: ClassId,
    unpacks: bool,
) -> bool {
    let mut reported = false;
    let shift = usize::from(own.flags.contains(SigFlags::BOUND));
    for (index, (sub, sup)) in own.params.iter().zip(original.params.iter()).enumerate() {
        let wanted = if sub.kind.is_positional() && sup.kind.is_positional() {
            sup.ty
        } else if sub.kind.is_named() && sup.kind.is_named() && !unpacks {
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
            "Parameter {} of \"{}\" does not accept \"{}\", which the method of \"{}\" does",
            index + 1,
            overriding.name,
            describe(&*checker.ctx, wanted),
            base.name()
        );
        checker.report(
            Diagnostic::error(ErrorCode::Override, place, message)
                .with_origin(overriding.place)
                .with_note("Code that has an object of the base class may pass it"),
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
    if overriding.is_property || !overriding.same_parameters {
        return overriding.place;
    }
    overriding.statement.parameters.iter().nth(index).map_or(overriding.place, |p| p.range())
}
