//! Methods of operators: reflected ones, in-place ones.

use pytype_declare::FunctionItem;
use pytype_declare::member_lookup::{MemberAccess, analyze_member};
use pytype_infer::Checker;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, CallableOptions, ClassId, KnownClass, Param, ParamKind, Sig, Signature, Ty, TyKind,
    TypeContext, bind_self, erase_to_bound, is_callable_compatible_by, is_proper_subtype, is_same_type,
    is_subtype, proper, tuple_fallback,
};
use ruff_text_size::TextRange;

use super::overloads::is_unsafe_overlap;
use super::overrides::plain_operator;

/// The operator's method that is tried before the reflected method `name`.
fn forward_method(name: &str) -> Option<&'static str> {
    Some(match name {
        "__radd__" => "__add__",
        "__rsub__" => "__sub__",
        "__rmul__" => "__mul__",
        "__rtruediv__" => "__truediv__",
        "__rmod__" => "__mod__",
        "__rdivmod__" => "__divmod__",
        "__rfloordiv__" => "__floordiv__",
        "__rpow__" => "__pow__",
        "__rmatmul__" => "__matmul__",
        "__rand__" => "__and__",
        "__ror__" => "__or__",
        "__rxor__" => "__xor__",
        "__rlshift__" => "__lshift__",
        "__rrshift__" => "__rshift__",
        "__eq__" => "__eq__",
        "__ne__" => "__ne__",
        "__gt__" => "__lt__",
        "__le__" => "__ge__",
        "__lt__" => "__gt__",
        "__ge__" => "__le__",
        _ => return None,
    })
}

fn any() -> Ty {
    Ty::any(AnySource::SpecialForm)
}

fn positional(ty: Ty) -> Param {
    Param { name: None, ty, kind: ParamKind::Pos }
}

/// Checks a reflected operator method, `__radd__`, against the method that is tried before it.
pub fn check_reflected(
    checker: &mut Checker<'_>,
    class: ClassId,
    name: Name,
    item: &FunctionItem,
    place: TextRange,
) {
    let Some(forward) = forward_method(&name) else { return };
    let Some(sig) = item.signature.as_callable() else { return };
    let ctx = std::rc::Rc::clone(&checker.ctx);
    let ctx = &*ctx;
    let function = ctx.known_instance(KnownClass::Function);
    let general = Signature::new(vec![positional(any()), positional(any())], any(), function).into_ty();
    if !is_subtype(ctx, item.signature, general) {
        checker.error(ErrorCode::Misc, place, format!("\"{name}\" must take one operand"));
        return;
    }
    if matches!(name.as_str(), "__eq__" | "__ne__") {
        // All objects have them.
        return;
    }
    let ret = proper(ctx, sig.ret);
    if ret.is_any() || ret.is_instance_of("builtins.object") {
        return;
    }
    let mut reverse = sig;
    if let Some(first) = sig.params.first().filter(|p| p.kind == ParamKind::Star) {
        let mut changed = sig.get().clone();
        changed.params = Box::new([positional(first.ty), positional(first.ty)]);
        reverse = changed.intern();
    }
    let [own, operand, ..] = &*reverse.params else { return };
    let (own, operand) = (own.ty, operand.ty);
    let forward = Name::new(forward);
    if !has_method(ctx, forward_owner(ctx, operand), forward) {
        return;
    }
    let access = MemberAccess::read(operand);
    let found = match analyze_member(ctx, operand, forward, &access) {
        Ok(found) => found.ty,
        Err(error) => error.recovered.ty,
    };
    let mut unsafe_pair = false;
    for candidate in pytype_types::proper(ctx, found).union_items().iter() {
        let candidate = proper(ctx, candidate);
        match candidate.kind() {
            TyKind::Callable(method) => {
                unsafe_pair |= is_unsafe_pair(checker, class, *method, operand, reverse, own);
            }
            TyKind::Overloaded(items) => {
                for method in items.iter().filter_map(|item| item.as_callable()) {
                    unsafe_pair |= is_unsafe_pair(checker, class, method, operand, reverse, own);
                }
            }
            TyKind::Any(_) => {}
            TyKind::None
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
            | TyKind::Module(_) => {
                let message = format!("\"{forward}\" of the left operand cannot be called");
                checker.error(ErrorCode::Misc, place, message);
            }
        }
    }
    if unsafe_pair {
        let message = format!(
            "\"{name}\" and \"{forward}\" of \"{}\" take the same operands, but give incompatible results",
            checker.show(operand)
        );
        checker.error(ErrorCode::Misc, place, message);
    }
}

/// The type that the left operand's method is looked up in.
fn forward_owner(ctx: &dyn TypeContext, operand: Ty) -> Ty {
    let operand = proper(ctx, operand);
    let found = match operand.kind() {
        TyKind::TypeVar(variable) => proper(ctx, ctx.type_var(variable.decl).bound),
        TyKind::Tuple { .. } => tuple_fallback(ctx, operand),
        TyKind::Callable(sig) => sig.fallback,
        TyKind::Overloaded(items) => {
            items.first().and_then(|item| item.as_callable()).map_or(operand, |sig| sig.fallback)
        }
        TyKind::TypedDict(dict) => dict.fallback,
        TyKind::Literal { fallback, .. } => *fallback,
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => operand,
    };
    if let TyKind::Type(item) = found.kind() {
        let metaclass = proper(ctx, *item).as_instance().and_then(|i| ctx.class(i.class).metaclass);
        metaclass.unwrap_or(found)
    } else {
        found
    }
}

fn has_method(ctx: &pytype_declare::Context<'_>, owner: Ty, name: Name) -> bool {
    match owner.kind() {
        TyKind::Instance(instance) => ctx.has_member(instance.class, &name),
        TyKind::Union(items) => items.iter().all(|item| {
            let item = proper(ctx, item);
            matches!(item.kind(), TyKind::Instance(_) | TyKind::Union(_)) && has_method(ctx, item, name)
        }),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
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
        | TyKind::Module(_) => false,
    }
}

fn bounded(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    if matches!(ty.kind(), TyKind::TypeVar(_)) { erase_to_bound(ctx, ty) } else { ty }
}

/// Whether the left operand's method and the reflected one, both seen as functions of the two
/// operands, overlap unsafely.
fn is_unsafe_pair(
    checker: &Checker<'_>,
    class: ClassId,
    forward: Sig,
    operand: Ty,
    reverse: Sig,
    own: Ty,
) -> bool {
    let ctx = &*checker.ctx;
    let Some(argument) = forward.params.first() else { return false };
    let left = bounded(ctx, operand);
    let with = |sig: Sig, left: Ty, right: Ty| {
        Signature { params: Box::new([positional(left), positional(right)]), ..sig.get().clone() }.intern()
    };
    let forward = with(forward, left, argument.ty);
    let reverse = with(reverse, operand, own);
    let own = bounded(ctx, own);
    if is_same_type(ctx, own, left) {
        return false;
    }
    let (first, second) = if is_subtype(ctx, own, left) { (reverse, forward) } else { (forward, reverse) };
    is_unsafe_overlap(checker, Some(class), first, second, false)
}

/// An in-place operator must take what the operator takes: Python falls back on that.
pub fn check_in_place(checker: &mut Checker<'_>, class: ClassId, name: Name, method: Ty, place: TextRange) {
    let Some(operator) = plain_operator(&name) else { return };
    let ctx = std::rc::Rc::clone(&checker.ctx);
    let ctx = &*ctx;
    if !ctx.has_member(class, &operator) {
        return;
    }
    let own = bind_self(ctx, method, None, false);
    let object = pytype_types::class_instance_type(ctx, class);
    let other = match analyze_member(ctx, object, operator, &MemberAccess::read(object)) {
        Ok(found) => found.ty,
        Err(error) => error.recovered.ty,
    };
    if !is_more_general(ctx, proper(ctx, own), proper(ctx, other)) {
        let message = format!("\"{name}\" must take all that \"{operator}\" does");
        checker.error(ErrorCode::Misc, place, message);
    }
}

fn is_more_general(ctx: &dyn TypeContext, one: Ty, other: Ty) -> bool {
    let options = CallableOptions { ignore_return: true, proper: true, ..CallableOptions::default() };
    match (one.kind(), other.kind()) {
        (TyKind::Callable(one), TyKind::Callable(other)) => {
            is_callable_compatible_by(ctx, *one, *other, options, &mut |l, r| is_proper_subtype(ctx, l, r))
        }
        (TyKind::Overloaded(ones), TyKind::Overloaded(others)) => {
            let same =
                CallableOptions { check_args_covariantly: true, ignore_pos_arg_names: true, ..options };
            ones.len() == others.len()
                && ones.iter().zip(others.iter()).all(|(one, other)| {
                    match (one.as_callable(), other.as_callable()) {
                        (Some(one), Some(other)) => {
                            is_callable_compatible_by(ctx, one, other, same, &mut |l, r| {
                                is_same_type(ctx, l, r)
                            })
                        }
                        _ => false,
                    }
                })
        }
        _ => false,
    }
}
