//! Callables: parameters are contravariant, results covariant.

use pytype_source::name;

use super::parameters::{Compatible, ParameterOptions, compare_parameters};
use super::{Relation, SubtypeOptions, operator_member};
use crate::normalize::normalized;
use crate::{
    ClassFlags, KnownClass, ParamKind, Sig, SigFlags, Ty, TyKind, TyList, TypeContext, proper,
    unify_generic_callable,
};

/// How two signatures are compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallableOptions {
    /// `Any` parameters and results are taken for a type of their own.
    pub proper: bool,
    pub ignore_return: bool,
    /// Positional parameters may have other names.
    pub ignore_pos_arg_names: bool,
    /// Parameters are compared the same way round as results (overload checks).
    pub check_args_covariantly: bool,
    /// Some call is accepted by both, rather than all that the right side accepts.
    pub allow_partial_overlap: bool,
    /// Parameters that come out of a `Concatenate` must fit by name too.
    pub strict_concatenate: bool,
}

/// Whether a function with signature `left` may be used as one with signature `right`.
pub fn is_callable_compatible(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    options: CallableOptions,
) -> bool {
    let relation = Relation {
        ctx,
        options: SubtypeOptions {
            ignore_pos_arg_names: options.ignore_pos_arg_names && !options.proper,
            ..SubtypeOptions::default()
        },
        proper: options.proper,
    };
    is_callable_compatible_by(ctx, left, right, options, &mut |l, r| relation.holds(l, r))
}

/// The same with a relation of one's own between parameters and between results.
pub fn is_callable_compatible_by(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    options: CallableOptions,
    compatible: &mut dyn FnMut(Ty, Ty) -> bool,
) -> bool {
    compare(ctx, left, right, options, None, compatible)
}

/// The same with different relations between parameters and between results.
pub fn is_callable_compatible_by_both(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    options: CallableOptions,
    parameters: &mut dyn FnMut(Ty, Ty) -> bool,
    results: &mut dyn FnMut(Ty, Ty) -> bool,
) -> bool {
    compare(ctx, left, right, options, Some(results), parameters)
}

/// `**kwargs: Unpack[TD]` of a typed dict that may have further keys.
fn takes_open_keywords(ctx: &dyn TypeContext, sig: Sig) -> bool {
    let Some(TyKind::Unpack(inner)) = sig.params.last().map(|last| last.ty.kind()) else { return false };
    matches!(proper(ctx, *inner).kind(), TyKind::TypedDict(dict) if dict.extra_items.is_none())
}

fn takes_keywords(sig: Sig) -> bool {
    sig.params.last().is_some_and(|last| last.kind == ParamKind::Star2)
}

fn compare(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    options: CallableOptions,
    results: Option<&mut Compatible<'_>>,
    compatible: &mut Compatible<'_>,
) -> bool {
    let (mut left, right) = (normalized(ctx, left), normalized(ctx, right));
    let implicit = (left.flags | right.flags).contains(SigFlags::IMPLICIT);
    let options =
        CallableOptions { ignore_pos_arg_names: options.ignore_pos_arg_names || implicit, ..options };
    // A function is no class, though a class may be used as a function.
    if right.is_type_object() && !left.is_type_object() && !options.allow_partial_overlap {
        return false;
    }
    if left.is_generic() {
        match unify_generic_callable(ctx, left, right, options.ignore_return) {
            Some(unified) => left = unified,
            None => return false,
        }
    }
    if !options.ignore_return {
        let fits = match results {
            Some(results) => results(left.ret, right.ret),
            None => compatible(left.ret, right.ret),
        };
        if !fits {
            return false;
        }
    }
    let from_concatenate = (left.flags | right.flags).contains(SigFlags::FROM_CONCATENATE);
    let parameters = ParameterOptions::new(options, options.strict_concatenate || !from_concatenate);
    if options.check_args_covariantly {
        return compare_parameters(ctx, &left, &right, parameters, &mut |l, r| compatible(r, l));
    }
    compare_parameters(ctx, &left, &right, parameters, compatible)
}

impl Relation<'_> {
    fn callable_options(&self) -> CallableOptions {
        let options = self.ctx.options();
        CallableOptions {
            proper: self.proper,
            ignore_pos_arg_names: self.options.ignore_pos_arg_names,
            strict_concatenate: options.extra_checks || options.strict_concatenate,
            ..CallableOptions::default()
        }
    }

    pub(super) fn signatures(&self, left: Sig, right: Sig, ignore_return: bool) -> bool {
        let options = CallableOptions { ignore_return, ..self.callable_options() };
        is_callable_compatible_by(self.ctx, left, right, options, &mut |l, r| self.holds(l, r))
    }

    /// Two values of a `ParamSpec`.
    pub(super) fn parameters_fit(&self, left: Sig, right: Sig, compatible: &mut Compatible<'_>) -> bool {
        let options = CallableOptions { proper: false, ..self.callable_options() };
        let options = ParameterOptions::new(options, false);
        compare_parameters(self.ctx, &left, &right, options, compatible)
    }

    pub(super) fn callable_fits(&self, left: Ty, sig: Sig, right: Ty) -> bool {
        match right.kind() {
            TyKind::Callable(other) => self.guards_fit(sig, *other) && self.signatures(sig, *other, false),
            TyKind::Overloaded(items) => items.iter().all(|item| self.holds(left, item)),
            TyKind::Instance(_) => {
                if right.is_instance_of("builtins.type") && self.makes_new_type(sig) {
                    return false;
                }
                if self.is_object(right) || self.callback_fits(left, sig.fallback, right) {
                    return true;
                }
                self.class_fits_protocol(sig, right) || self.holds(sig.fallback, right)
            }
            TyKind::Type(item) | TyKind::TypeForm(item) => {
                sig.is_type_object() && self.holds(instance_type(self.ctx, sig, false), *item)
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        }
    }

    /// What `NewType` returns can be called like a class, but is none.
    fn makes_new_type(&self, sig: Sig) -> bool {
        sig.is_type_object()
            && instance_type(self.ctx, sig, true)
                .as_instance()
                .is_some_and(|i| self.ctx.class(i.class).flags.contains(ClassFlags::NEW_TYPE))
    }

    /// `TypeGuard` and `TypeIs` results.
    fn guards_fit(&self, left: Sig, right: Sig) -> bool {
        match (left.type_guard, right.type_guard, left.type_is, right.type_is) {
            (Some(own), Some(wanted), ..) => self.holds(own, wanted),
            // What is known where the answer is no must be the same, too.
            (_, _, Some(own), Some(wanted)) => self.holds(own, wanted) && self.holds(wanted, own),
            (None, Some(_), ..) | (_, _, None, Some(_)) => false,
            _ => true,
        }
    }

    /// A function as an implementation of a protocol with `__call__`; what else the protocol asks
    /// for, functions must have.
    pub(super) fn callback_fits(&self, left: Ty, fallback: Ty, right: Ty) -> bool {
        let Some(protocol) = right.as_instance() else { return false };
        if !self.ctx.class(protocol.class).is_protocol() {
            return false;
        }
        let members = self.ctx.protocol_members(protocol.class);
        if !members.contains(&name!("__call__")) {
            return false;
        }
        let Some(call) = operator_member(self.ctx, right, name!("__call__")) else { return false };
        if let (Some(own), Some(wanted)) = (left.as_callable(), call.as_callable())
            && takes_open_keywords(self.ctx, wanted)
            && !takes_keywords(own)
        {
            // The typed dict at the call may have further keys.
            return false;
        }
        self.holds(left, call)
            && (members.len() == 1 || self.implements_but(fallback, right, name!("__call__")))
    }

    fn class_fits_protocol(&self, sig: Sig, right: Ty) -> bool {
        let Some(protocol) = right.as_instance() else { return false };
        if !sig.is_type_object() || !self.ctx.class(protocol.class).is_protocol() {
            return false;
        }
        let instance = instance_type(self.ctx, sig, true);
        instance.as_instance().is_some() && self.class_object_implements(instance, right)
    }

    pub(super) fn overloaded_fits(&self, left: Ty, items: TyList, right: Ty) -> bool {
        let first = items.first().and_then(|first| first.as_callable());
        let fallback = || callable_fallback(self.ctx, left);
        match right.kind() {
            TyKind::Instance(_) => {
                self.is_object(right)
                    || self.callback_fits(left, fallback(), right)
                    || self.holds(fallback(), right)
            }
            TyKind::Callable(_) => {
                items.iter().any(|item| self.holds(item, right))
                    || super::union_signatures(self.ctx, &items, false)
                        .is_some_and(|union| self.holds(Ty::callable(union), right))
            }
            TyKind::Overloaded(others) => self.overloads_fit(items, *others),
            TyKind::Type(_) | TyKind::TypeForm(_) => {
                first.is_some_and(|sig| sig.is_type_object() && self.holds(Ty::callable(sig), right))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        }
    }

    /// Each item on the right is met by one on the left, in the same order; and no item on the
    /// left gets in the way before.
    fn overloads_fit(&self, left: TyList, right: TyList) -> bool {
        let mut previous = None;
        let mut matched = vec![false; left.len()];
        for wanted in right {
            let mut found = false;
            for (at, own) in left.iter().enumerate() {
                if self.holds(own, wanted) && previous.is_none_or(|previous| previous <= at) {
                    previous = Some(at);
                    matched[at] = true;
                    found = true;
                    break;
                }
                if !matched[at] && self.accept_same(own, wanted) {
                    return false;
                }
            }
            if !found {
                return false;
            }
        }
        true
    }

    /// Whether the parameters of one accept all that those of the other do.
    fn accept_same(&self, left: Ty, right: Ty) -> bool {
        let (Some(left), Some(right)) = (left.as_callable(), right.as_callable()) else { return false };
        self.signatures(left, right, true) || self.signatures(right, left, true)
    }
}

/// What a class object makes, as its own methods see it; with `fallback` the plain instance.
pub(crate) fn instance_type(ctx: &dyn TypeContext, sig: Sig, fallback: bool) -> Ty {
    let mut made = proper(ctx, sig.instance_type.unwrap_or(sig.ret));
    if !fallback {
        return made;
    }
    if let TyKind::TypeVar(variable) = made.kind() {
        made = proper(ctx, crate::constraints::upper_bound(ctx, variable.decl));
    }
    match made.kind() {
        TyKind::Tuple { fallback, .. } | TyKind::Literal { fallback, .. } => *fallback,
        TyKind::TypedDict(dict) => dict.fallback,
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => made,
    }
}

/// The instance that gives a function, overload set or class object its attributes.
pub fn callable_fallback(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Callable(sig) => sig.fallback,
        TyKind::Overloaded(items) => items
            .first()
            .and_then(|first| first.as_callable())
            .map_or_else(|| ctx.known_instance(KnownClass::Function), |sig| sig.fallback),
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
        | TyKind::Module(_) => ctx.known_instance(KnownClass::Function),
    }
}
