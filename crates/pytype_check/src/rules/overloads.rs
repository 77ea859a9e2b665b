//! Overload sets: their variants among each other, and against the implementation.

use pytype_declare::{FunctionItem, InferredVariable};
use pytype_index::DefRef;
use pytype_infer::Checker;
use pytype_source::{ErrorCode, name};
use pytype_types::{
    CallableOptions, ClassId, Direction, OverlapOptions, Sig, Signature, Substitution, SubtypeOptions, Ty,
    TyKind, TyList, TypeContext, expand_self_type, expand_type, is_callable_compatible,
    is_callable_compatible_by, is_callable_compatible_by_both, is_more_precise, is_overlapping_types_with,
    is_subtype, is_subtype_with, make_simplified_union, proper, variable_id,
};
use ruff_text_size::TextRange;

use super::places::{decorated_place, function_statement};

/// The combinations of values of constrained type variables that are tried; each further variable
/// multiplies them.
const MAX_EXPANSIONS: usize = 64;

pub fn check_overloads(checker: &mut Checker<'_>, definition: DefRef) {
    let db = checker.ctx.db;
    let first = checker.first_definition(definition);
    let info = pytype_declare::signatures::function_info(db, first);
    let variants: Vec<&FunctionItem> = info.items.iter().filter(|item| item.is_overload).collect();
    let Some(first_variant) = variants.first() else { return };
    let count = variants.iter().filter(|item| item.is_abstract).count();
    if count != 0 && count != variants.len() {
        let place = whole_place(checker, first_variant);
        checker.error(ErrorCode::Misc, place, "Some variants are abstract and others are not");
    }
    let class = checker.class_of_method(definition);
    if let Some(item) = info.implementation.and_then(|at| info.items.get(at))
        && let InferredVariable::Type(ty) = checker.ctx.item_type(item)
        && is_no_function(checker, ty)
    {
        let place = whole_place(checker, item);
        checker.error(
            ErrorCode::Operator,
            place,
            "The decorators make something of it that cannot be called",
        );
    }
    let implementation = info
        .implementation
        .and_then(|at| info.items.get(at))
        .and_then(|item| Some((item, implementation_signature(checker, item)?)));
    let signatures: Vec<Option<Sig>> = variants.iter().map(|item| signature_of(checker, item)).collect();
    let is_get =
        class.is_some() && pytype_index::definition(db, definition.file, definition.id).name == "__get__";
    for (i, one) in signatures.iter().enumerate() {
        let Some(one) = *one else { continue };
        for (j, other) in signatures.iter().enumerate().skip(i + 1) {
            let Some(other) = *other else { continue };
            if !counts_overlap(one, other) {
                continue;
            }
            if never_matches(checker, one, other) {
                let message =
                    format!("Variant {} can never match: variant {} takes all that it does", j + 1, i + 1);
                let place = name_place(checker, variants[j]);
                checker.error(ErrorCode::OverloadCannotMatch, place, message);
            } else if !is_get && is_unsafe_overlap(checker, class, one, other, true) {
                let message =
                    format!("Variants {} and {} overlap, but their results are incompatible", i + 1, j + 1);
                let place = name_place(checker, variants[i]);
                checker.error(ErrorCode::OverloadOverlap, place, message);
            }
        }
        if let Some((item, implementation)) = implementation {
            check_implementation(checker, class, one, i, item, implementation);
        }
    }
}

fn signature_of(checker: &Checker<'_>, item: &FunctionItem) -> Option<Sig> {
    let InferredVariable::Type(ty) = checker.ctx.item_type(item) else { return None };
    let ty = proper(&*checker.ctx, ty);
    match ty.kind() {
        TyKind::Callable(sig) => Some(*sig),
        TyKind::Instance(_) => {
            let call = checker.ctx.member(ty, name!("__call__"), ty)?;
            proper(&*checker.ctx, call.ty).as_callable()
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
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
        | TyKind::Module(_) => None,
    }
}

/// Whether a value is an instance of a class without `__call__`.
fn is_no_function(checker: &Checker<'_>, ty: Ty) -> bool {
    let ty = proper(&*checker.ctx, ty);
    ty.as_instance().is_some() && checker.ctx.member(ty, name!("__call__"), ty).is_none()
}

/// The implementation's signature; `None` when it is not annotated.
fn implementation_signature(checker: &Checker<'_>, item: &FunctionItem) -> Option<Sig> {
    let undecorated =
        function_statement(checker, item.definition).is_some_and(|f| f.decorator_list.is_empty());
    let implicit =
        item.signature.as_callable().is_some_and(|sig| sig.flags.contains(pytype_types::SigFlags::IMPLICIT));
    if undecorated && implicit { None } else { signature_of(checker, item) }
}

fn name_place(checker: &Checker<'_>, item: &FunctionItem) -> TextRange {
    function_statement(checker, item.definition).map_or_else(TextRange::default, |f| f.name.range)
}

fn whole_place(checker: &Checker<'_>, item: &FunctionItem) -> TextRange {
    function_statement(checker, item.definition).map_or_else(TextRange::default, decorated_place)
}

/// Whether some number of positional arguments fits both.
fn counts_overlap(one: Sig, other: Sig) -> bool {
    let most = |sig: Sig| {
        if sig.star().is_some() || sig.star2().is_some() {
            usize::MAX
        } else {
            sig.params.iter().filter(|p| p.kind.is_positional()).count()
        }
    };
    one.min_args().max(other.min_args()) <= most(one).min(most(other))
}

/// Whether every call that `later` takes is taken by `earlier` first.
fn never_matches(checker: &Checker<'_>, earlier: Sig, later: Sig) -> bool {
    let ctx = &*checker.ctx;
    let mut bounds = Substitution::new();
    for variable in earlier.variables.iter() {
        let (TyKind::TypeVar(found), Some(id)) = (variable.kind(), variable_id(variable)) else { continue };
        let info = ctx.type_var(found.decl);
        let stands_for =
            if info.values.is_empty() { info.bound } else { make_simplified_union(ctx, info.values.iter()) };
        bounds.insert(id, stands_for);
    }
    let earlier = expand_type(ctx, Ty::callable(earlier), &bounds).as_callable().unwrap_or(earlier);
    let options = CallableOptions { ignore_return: true, proper: true, ..CallableOptions::default() };
    is_callable_compatible_by(ctx, earlier, later, options, &mut |l, r| is_more_precise(ctx, l, r))
}

fn is_subset(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    let options =
        SubtypeOptions { ignore_promotions: true, always_covariant: true, ..SubtypeOptions::default() };
    is_subtype_with(ctx, left, right, options)
}

/// The signature once for each combination of values of its variables and the class's.
fn expanded(ctx: &dyn TypeContext, class: Option<ClassId>, sig: Sig) -> Vec<Sig> {
    let mut ty = Ty::callable(sig);
    let mut free: Vec<Ty> = sig.variables.to_vec();
    if let Some(class) = class {
        ty = expand_self_type(ctx, ty, pytype_types::class_instance_type(ctx, class));
        free.extend(ctx.class(class).type_params.iter());
    }
    let mut expansions = vec![Substitution::new()];
    for variable in &free {
        let (TyKind::TypeVar(found), Some(id)) = (variable.kind(), variable_id(*variable)) else { continue };
        let info = ctx.type_var(found.decl);
        let single = [info.bound];
        let values: &[Ty] = if info.values.is_empty() { &single } else { info.values.as_slice() };
        let mut more = Vec::with_capacity(expansions.len() * values.len());
        for expansion in &expansions {
            for value in values {
                let mut substitution = expansion.clone();
                substitution.insert(id, *value);
                more.push(substitution);
            }
        }
        expansions = more;
        if expansions.len() > MAX_EXPANSIONS {
            break;
        }
    }
    let rest: Vec<Ty> = sig.variables.iter().filter(|v| !matches!(v.kind(), TyKind::TypeVar(_))).collect();
    expansions
        .iter()
        .filter_map(|substitution| expand_type(ctx, ty, substitution).as_callable())
        .map(|sig| Signature { variables: TyList::new(rest.clone()), ..sig.get().clone() }.intern())
        .collect()
}

/// Whether some call fits both signatures, of which the first is tried first, and the second
/// promises something else for it. With `partial_only`, calls that the first takes all of do not count.
pub fn is_unsafe_overlap(
    checker: &Checker<'_>,
    class: Option<ClassId>,
    one: Sig,
    other: Sig,
    partial_only: bool,
) -> bool {
    let ctx = &*checker.ctx;
    let overlap = OverlapOptions { ignore_promotions: true, overlap_for_overloads: true };
    let others = expanded(ctx, class, other);
    for a in expanded(ctx, class, one) {
        for b in others.iter().copied() {
            if is_subset(ctx, a.ret, b.ret) {
                continue;
            }
            let partial = CallableOptions { allow_partial_overlap: true, ..CallableOptions::default() };
            let covariant = CallableOptions { check_args_covariantly: true, ..partial };
            let mut overlaps = |l, r| is_overlapping_types_with(ctx, l, r, overlap);
            let some_call =
                is_callable_compatible_by_both(ctx, a, b, partial, &mut overlaps, &mut |l, r| {
                    !is_subset(ctx, l, r)
                }) || is_callable_compatible_by_both(ctx, b, a, covariant, &mut overlaps, &mut |l, r| {
                    !is_subset(ctx, r, l)
                });
            if !some_call {
                continue;
            }
            let all = CallableOptions { ignore_return: true, ..covariant };
            if !partial_only || !is_callable_compatible_by(ctx, b, a, all, &mut |l, r| is_subset(ctx, l, r)) {
                return true;
            }
        }
    }
    false
}

/// The implementation must take what each variant takes, and its result must have to do with the
/// variant's.
fn check_implementation(
    checker: &mut Checker<'_>,
    class: Option<ClassId>,
    variant: Sig,
    index: usize,
    item: &FunctionItem,
    implementation: Sig,
) {
    let ctx = std::rc::Rc::clone(&checker.ctx);
    let ctx = &*ctx;
    let fits = is_callable_compatible_by_both(
        ctx,
        implementation,
        variant,
        CallableOptions::default(),
        &mut |l, r| is_subtype(ctx, l, r),
        &mut |l, r| is_subtype(ctx, r, l),
    );
    if fits {
        return;
    }
    let place = whole_place(checker, item);
    let mut own = implementation;
    if implementation.is_generic() {
        match pytype_types::unify_with_return(ctx, implementation, variant, Some(Direction::SupertypeOf)) {
            Some(unified) => own = unified,
            None => {
                let message = format!("The implementation's type variables do not fit variant {}", index + 1);
                checker.error(ErrorCode::Misc, place, message);
                return;
            }
        }
    }
    if class.is_some()
        && let (Some(first), false) = (variant.params.first(), own.params.is_empty())
    {
        // The object itself does not count: class methods and others may be mixed.
        let mut changed = own.get().clone();
        changed.params[0].ty = first.ty;
        own = changed.intern();
    }
    let parameters_only = CallableOptions { ignore_return: true, ..CallableOptions::default() };
    if !is_callable_compatible(ctx, own, variant, parameters_only) {
        let message = format!("The implementation does not accept all that variant {} does", index + 1);
        checker.error(ErrorCode::Misc, place, message);
    }
    if !is_subtype(ctx, variant.ret, own.ret) && !is_subtype(ctx, own.ret, variant.ret) {
        let message = format!("The implementation cannot give what variant {} promises", index + 1);
        checker.error(ErrorCode::Misc, place, message);
    }
}
