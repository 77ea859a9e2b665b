//! Overload sets: their variants among each other, and against the implementation.

use pytype_declare::{FunctionItem, InferredVariable};
use pytype_index::DefRef;
use pytype_infer::Checker;
use pytype_source::ErrorCode;
use pytype_types::{
    CallableOptions, ParamKind, Sig, SubtypeOptions, Ty, TyKind, TypeContext, erase_own_variables,
    is_callable_compatible_by, is_proper_subtype, is_subtype, is_subtype_with, proper,
};
use ruff_text_size::{Ranged, TextRange};

pub fn check_overloads(checker: &mut Checker<'_>, definition: DefRef) {
    let first = checker.first_definition(definition);
    let info = pytype_declare::signatures::function_info(checker.ctx.db, first);
    let variants: Vec<&FunctionItem> = info.items.iter().filter(|item| item.is_overload).collect();
    let implementation = info.implementation.and_then(|at| info.items.get(at));
    if variants.is_empty() {
        return;
    }
    if variants.len() == 1 {
        let at = decorated_place(checker, variants[0]);
        checker.error(ErrorCode::Misc, at, "an overloaded function needs two variants at least");
    }
    let class = checker.class_of_method(definition);
    let may_lack = checker.is_stub
        || class.is_some_and(|class| checker.ctx.class(class).is_protocol())
        || variants.iter().any(|item| item.is_abstract);
    if implementation.is_none() && !may_lack {
        let at = decorated_place(checker, variants[0]);
        checker.error(ErrorCode::NoOverloadImpl, at, "an overloaded function outside of a stub needs an implementation");
    }
    let signatures: Vec<Option<Sig>> = variants.iter().map(|item| signature_of(checker, item)).collect();
    let own = signature_name(checker, definition);
    for (i, one) in signatures.iter().enumerate() {
        let Some(one) = one else { continue };
        for (j, other) in signatures.iter().enumerate().skip(i + 1) {
            let Some(other) = other else { continue };
            if !counts_overlap(one, other) {
                continue;
            }
            if never_matches(checker, *one, *other) {
                let at = place_of(checker, variants[j]);
                checker.error(
                    ErrorCode::OverloadCannotMatch,
                    at,
                    format!("variant {} can never match: variant {} takes all that it does", j + 1, i + 1),
                );
            } else if own != "__get__" && unsafe_overlap(checker, *one, *other) {
                let at = place_of(checker, variants[i]);
                checker.error(
                    ErrorCode::OverloadOverlap,
                    at,
                    format!("variants {} and {} overlap, but their results are incompatible", i + 1, j + 1),
                );
            }
        }
        if let Some(implementation) = implementation {
            check_implementation(checker, *one, i, implementation);
        }
    }
}

fn signature_name(checker: &Checker<'_>, definition: DefRef) -> pytype_source::Name {
    pytype_index::definition(checker.ctx.db, definition.file, definition.id).name
}

fn signature_of(checker: &Checker<'_>, item: &FunctionItem) -> Option<Sig> {
    match checker.ctx.item_type(item) {
        InferredVariable::Type(ty) => proper(&*checker.ctx, ty).as_callable(),
        InferredVariable::NotReady | InferredVariable::Unknown => None,
    }
}

fn place_of(checker: &Checker<'_>, item: &FunctionItem) -> TextRange {
    let definition = item.definition;
    let syntax = pytype_index::syntax_of_unit(checker.ctx.db, definition.file, definition.id.unit);
    syntax.function(definition.id).map_or_else(TextRange::default, |f| f.name.range())
}

fn decorated_place(checker: &Checker<'_>, item: &FunctionItem) -> TextRange {
    let definition = item.definition;
    let syntax = pytype_index::syntax_of_unit(checker.ctx.db, definition.file, definition.id.unit);
    match syntax.function(definition.id) {
        Some(function) => function.decorator_list.first().map_or(function.name.range(), |d| d.range()),
        None => TextRange::default(),
    }
}

/// Whether some number of arguments fits both.
fn counts_overlap(one: &Sig, other: &Sig) -> bool {
    let most = |sig: &Sig| {
        let star = sig.star().is_some();
        let positional = sig.params.iter().filter(|p| p.kind.is_positional()).count();
        if star { usize::MAX } else { positional + sig.params.iter().filter(|p| p.kind.is_named()).count() }
    };
    one.min_args() <= most(other) && other.min_args() <= most(one)
}

fn comparing(one: Sig, other: Sig, checker: &Checker<'_>, options: CallableOptions, f: &mut dyn FnMut(Ty, Ty) -> bool) -> bool {
    is_callable_compatible_by(&*checker.ctx, one, other, options, f)
}

/// Whether every call that `later` takes is taken by `earlier` first.
fn never_matches(checker: &Checker<'_>, earlier: Sig, later: Sig) -> bool {
    let later = erase_own_variables_to_bound(checker, later);
    let options = CallableOptions { ignore_return: true, ..CallableOptions::default() };
    comparing(earlier, later, checker, options, &mut |l, r| is_more_general(checker, l, r))
}

fn is_more_general(checker: &Checker<'_>, left: Ty, right: Ty) -> bool {
    is_proper_subtype(&*checker.ctx, left, right)
}

fn erase_own_variables_to_bound(checker: &Checker<'_>, sig: Sig) -> Sig {
    erase_own_variables(&*checker.ctx, sig)
}

/// Whether some call fits both variants, and the first one's result does not fit the second's.
fn unsafe_overlap(checker: &Checker<'_>, one: Sig, other: Sig) -> bool {
    let (a, b) = (erase_own_variables_to_bound(checker, one), erase_own_variables_to_bound(checker, other));
    let no_promotions = SubtypeOptions { ignore_promotions: true, ..SubtypeOptions::default() };
    if is_subtype_with(&*checker.ctx, a.ret, b.ret, no_promotions) {
        return false;
    }
    // The first variant must be the narrower one for the overlap to be unsafe in practice.
    let narrower = |l: Ty, r: Ty| is_subtype_with(&*checker.ctx, l, r, no_promotions);
    let covers = comparing(b, a, checker, CallableOptions { ignore_return: true, ..CallableOptions::default() }, &mut |l, r| {
        narrower(l, r) && !proper(&*checker.ctx, l).is_any() && !proper(&*checker.ctx, r).is_any()
    });
    covers
}

/// The implementation must take what each variant takes, and give what it gives.
fn check_implementation(checker: &mut Checker<'_>, variant: Sig, index: usize, implementation: &FunctionItem) {
    let Some(own) = signature_of(checker, implementation) else { return };
    let place = decorated_place(checker, implementation);
    let own = erase_own_variables(&*checker.ctx, own);
    let variant = erase_own_variables(&*checker.ctx, variant);
    let mut without_self = variant.get().clone();
    // The object itself is compared nowhere: class methods and static methods may be mixed.
    if let (Some(first), Some(of_own)) = (without_self.params.first_mut(), own.params.first())
        && first.kind == ParamKind::Pos
        && of_own.kind == ParamKind::Pos
        && matches!(of_own.ty.kind(), TyKind::TypeVar(_) | TyKind::Instance(_) | TyKind::Type(_))
        && checker.class_of_method(implementation.definition).is_some()
    {
        first.ty = of_own.ty;
    }
    let variant = without_self.intern();
    let options = CallableOptions { ignore_return: true, ..CallableOptions::default() };
    let accepts = comparing(own, variant, checker, options, &mut |l, r| is_subtype(&*checker.ctx, l, r));
    if !accepts {
        checker.error(
            ErrorCode::Misc,
            place,
            format!("the implementation does not accept all that variant {} does", index + 1),
        );
    }
    let fits = is_subtype(&*checker.ctx, variant.ret, own.ret) || is_subtype(&*checker.ctx, own.ret, variant.ret);
    if !fits {
        checker.error(
            ErrorCode::Misc,
            place,
            format!("the implementation cannot give what variant {} promises", index + 1),
        );
    }
}
