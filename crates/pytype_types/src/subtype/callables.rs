//! Callables: parameters are contravariant, results covariant.

use super::{Relation, SubtypeOptions};
use crate::{
    KnownClass, Param, ParamKind, Sig, SigFlags, Signature, Ty, TyKind, TypeContext, normalize::normalized,
    proper,
};
use pytype_source::Name;

/// How two signatures are compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallableOptions {
    pub proper: bool,
    pub ignore_return: bool,
    pub ignore_pos_arg_names: bool,
    /// Parameters are compared the same way round as results (overload checks).
    pub check_args_covariantly: bool,
    /// Some call is accepted by both, rather than all.
    pub allow_partial_overlap: bool,
    /// Parameters of a `Concatenate` keep their names.
    pub strict_concatenate: bool,
    pub no_unify_none: bool,
}

/// Whether a function with signature `left` may be used as one with signature `right`.
pub fn is_callable_compatible(ctx: &dyn TypeContext, left: Sig, right: Sig, options: CallableOptions) -> bool {
    is_callable_compatible_by(ctx, left, right, options, &mut |l, r| {
        let plain = SubtypeOptions { ignore_pos_arg_names: options.ignore_pos_arg_names, ..SubtypeOptions::default() };
        Relation { ctx, options: plain, proper: options.proper }.holds(l, r)
    })
}

/// The same with a relation of one's own between parameters, and between results.
pub fn is_callable_compatible_by(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    options: CallableOptions,
    compatible: &mut dyn FnMut(Ty, Ty) -> bool,
) -> bool {
    let (mut left, right) = (normalized(ctx, left), normalized(ctx, right));
    // A class object stands for a function, not the other way round.
    if right.is_type_object() && !left.is_type_object() {
        return false;
    }
    if left.is_generic() {
        match crate::unify_generic_callable(ctx, left, right, options.ignore_return) {
            Some(unified) => left = unified,
            None => return false,
        }
    }
    if !options.ignore_return && !compatible(left.ret, right.ret) {
        return false;
    }
    if options.check_args_covariantly {
        return are_parameters_compatible(ctx, left, right, options, &mut |r, l| compatible(l, r));
    }
    are_parameters_compatible(ctx, left, right, options, compatible)
}

/// Where a parameter of a signature is found by a caller: by position, by name, or both.
#[derive(Clone, Copy, Debug)]
struct Formal {
    name: Option<Name>,
    position: Option<usize>,
    ty: Ty,
    required: bool,
}

fn formals(sig: &Signature) -> Vec<Formal> {
    let mut all = Vec::with_capacity(sig.params.len());
    for (index, param) in sig.params.iter().enumerate() {
        let (name, position) = match param.kind {
            ParamKind::Pos | ParamKind::Opt => (param.name, Some(index)),
            ParamKind::Named | ParamKind::NamedOpt => (param.name, None),
            ParamKind::Star | ParamKind::Star2 => continue,
        };
        all.push(Formal { name, position, ty: param.ty, required: param.kind.is_required() });
    }
    all
}

fn star_type(param: Option<&Param>) -> Option<Ty> {
    param.map(|p| p.ty)
}

/// The parameter of `sig` that takes a positional argument at `position`.
fn at_position(sig: &Signature, position: usize) -> Option<Formal> {
    match sig.params.get(position) {
        Some(param) if param.kind.is_positional() => Some(Formal {
            name: param.name,
            position: Some(position),
            ty: param.ty,
            required: param.kind.is_required(),
        }),
        _ => {
            let star = sig.star()?;
            (position >= sig.params.iter().take_while(|p| p.kind.is_positional()).count()).then_some(Formal {
                name: None,
                position: Some(position),
                ty: star.ty,
                required: false,
            })
        }
    }
}

/// The parameter that takes a keyword argument.
fn with_name(sig: &Signature, name: Name) -> Option<Formal> {
    let by_name = sig.params.iter().enumerate().find(|(_, p)| p.name == Some(name) && !p.kind.is_star());
    if let Some((index, param)) = by_name {
        let position = param.kind.is_positional().then_some(index);
        return Some(Formal { name: Some(name), position, ty: param.ty, required: param.kind.is_required() });
    }
    sig.star2().map(|star2| Formal { name: Some(name), position: None, ty: star2.ty, required: false })
}

/// The parameter of `sig` that takes what `wanted` is given, by position and by name.
fn corresponding(ctx: &dyn TypeContext, sig: &Signature, wanted: &Formal) -> Option<Formal> {
    let by_name = wanted.name.and_then(|name| with_name(sig, name));
    let by_position = wanted.position.and_then(|position| at_position(sig, position));
    match (by_name, by_position) {
        (None, found) | (found, None) => found,
        (Some(named), Some(placed)) => {
            if named.name == placed.name && named.position == placed.position {
                return Some(named);
            }
            // `*args` and `**kwargs`, or an optional pair: either may take it.
            let star_like = |f: &Formal| f.position.is_none() || f.name.is_none();
            if star_like(&named) && star_like(&placed) && !(named.required || placed.required) {
                let ty = crate::meet_types(ctx, placed.ty, named.ty);
                return Some(Formal { name: named.name, position: placed.position, ty, required: false });
            }
            Some(named)
        }
    }
}

/// Whether all calls that `right` accepts are accepted by `left`.
pub fn are_parameters_compatible(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    options: CallableOptions,
    compatible: &mut dyn FnMut(Ty, Ty) -> bool,
) -> bool {
    if right.flags.contains(SigFlags::ELLIPSIS) && !options.proper {
        return true;
    }
    if left.flags.contains(SigFlags::ELLIPSIS) && !options.proper {
        return true;
    }
    let (left_star, left_star2) = (left.star(), left.star2());
    let (right_star, right_star2) = (right.star(), right.star2());
    if is_trivial_suffix(ctx, &right) && !options.proper {
        // `def f(a, *args: Any, **kwargs: Any)` takes anything behind its own parameters.
        let own: Vec<Param> = right.params.iter().copied().filter(|p| !p.kind.is_star()).collect();
        return prefix_compatible(ctx, &left, &own, options, compatible);
    }
    if let (Some(left_spec), Some(right_spec)) = (crate::param_spec(&left), crate::param_spec(&right))
        && left_spec.id == right_spec.id
    {
        let count = |sig: &Sig| sig.params.iter().filter(|p| !p.kind.is_star()).count();
        if count(&left) != count(&right) {
            return false;
        }
    }
    let (left_pos, right_pos) = (positional_count(&left), positional_count(&right));
    // `*args` on the right needs one on the left.
    if let Some(wanted) = star_type(right_star) {
        match star_type(left_star) {
            None if !options.allow_partial_overlap => return false,
            Some(own) if !star_compatible(ctx, own, wanted, compatible) => return false,
            _ => {}
        }
    }
    if let Some(wanted) = star_type(right_star2) {
        match star_type(left_star2) {
            None if !options.allow_partial_overlap => return false,
            Some(own) if !star_compatible(ctx, own, wanted, compatible) => return false,
            _ => {}
        }
    }
    // Every parameter of the right, as callers see it, must be taken.
    for wanted in formals(&right) {
        let Some(own) = corresponding(ctx, &left, &wanted) else {
            if options.allow_partial_overlap && !wanted.required {
                continue;
            }
            return false;
        };
        if !formal_compatible(ctx, &own, &wanted, options, compatible) {
            return false;
        }
    }
    // Further positional parameters of the left get the right's `*args`.
    if let Some(right_star) = right_star {
        for position in right_pos..left_pos {
            let own = left.params[position];
            let of = star_item(ctx, right_star.ty);
            if !options.allow_partial_overlap || own.kind.is_required() {
                if own.kind.is_required() && !options.allow_partial_overlap {
                    return false;
                }
                if !compatible(of, own.ty) {
                    return false;
                }
            }
        }
    }
    // Keyword parameters of the left get the right's `**kwargs`.
    if let Some(right_star2) = right_star2 {
        let right_names: Vec<Option<Name>> = right.params.iter().filter(|p| !p.kind.is_star()).map(|p| p.name).collect();
        for own in left.params.iter().filter(|p| !p.kind.is_star() && p.name.is_some()) {
            let takes_name = own.kind.is_named() || !options.ignore_pos_arg_names;
            if right_names.contains(&own.name) || !takes_name || own.kind.is_positional() {
                continue;
            }
            if own.kind.is_required() && !options.allow_partial_overlap {
                return false;
            }
            if !compatible(right_star2.ty, own.ty) {
                return false;
            }
        }
    }
    // What the left requires, the right must give.
    for own in formals(&left).iter().filter(|f| f.required) {
        let given = corresponding(ctx, &right, own).is_some_and(|f| f.required || options.allow_partial_overlap);
        let by_prefix = own.position.is_some_and(|p| p < right_pos && right.params[p].kind.is_required());
        if !given && !by_prefix {
            if options.allow_partial_overlap && (right_star.is_some() || right_star2.is_some()) {
                continue;
            }
            return false;
        }
    }
    true
}

fn positional_count(sig: &Signature) -> usize {
    sig.params.iter().take_while(|p| p.kind.is_positional()).count()
}

fn star_item(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Unpack(_) => crate::unpacked_tuple_item(ctx, ty).unwrap_or_else(|| ctx.object()),
        _ => ty,
    }
}

fn star_compatible(ctx: &dyn TypeContext, own: Ty, wanted: Ty, compatible: &mut dyn FnMut(Ty, Ty) -> bool) -> bool {
    match (own.kind(), wanted.kind()) {
        (TyKind::Unpack(own), TyKind::Unpack(wanted)) => compatible(*wanted, *own),
        (TyKind::Unpack(_), _) => {
            let of = star_item(ctx, own);
            compatible(wanted, of)
        }
        (_, TyKind::Unpack(_)) => compatible(star_item(ctx, wanted), own),
        _ => compatible(wanted, own),
    }
}

/// `*args: Any, **kwargs: Any` at the end.
fn is_trivial_suffix(ctx: &dyn TypeContext, sig: &Signature) -> bool {
    let any = |param: Option<&Param>| param.is_some_and(|p| proper(ctx, p.ty).is_any());
    let all_positional = sig.params.iter().filter(|p| !p.kind.is_star()).all(|p| p.kind.is_positional());
    any(sig.star()) && any(sig.star2()) && all_positional
}

/// The right side's own parameters against the left's, before `*args: Any, **kwargs: Any`.
fn prefix_compatible(
    ctx: &dyn TypeContext,
    left: &Signature,
    own: &[Param],
    options: CallableOptions,
    compatible: &mut dyn FnMut(Ty, Ty) -> bool,
) -> bool {
    for (index, param) in own.iter().enumerate() {
        let wanted =
            Formal { name: param.name, position: Some(index), ty: param.ty, required: param.kind.is_required() };
        let Some(found) = corresponding(ctx, left, &wanted) else { return false };
        if !formal_compatible(ctx, &found, &wanted, options, compatible) {
            return false;
        }
    }
    true
}

fn formal_compatible(
    ctx: &dyn TypeContext,
    own: &Formal,
    wanted: &Formal,
    options: CallableOptions,
    compatible: &mut dyn FnMut(Ty, Ty) -> bool,
) -> bool {
    // A parameter that callers may name must be named the same.
    if wanted.name.is_some() && own.name != wanted.name && !(options.ignore_pos_arg_names && wanted.position.is_some()) {
        let by_star2 = own.name.is_none() && own.position.is_none();
        if !by_star2 && !(own.name.is_none() && !own.required && wanted.position.is_some() && options.ignore_pos_arg_names) {
            return false;
        }
    }
    if wanted.position.is_some() && own.position != wanted.position {
        return false;
    }
    if own.required && !wanted.required && !options.allow_partial_overlap {
        return false;
    }
    if options.allow_partial_overlap && !own.required && !wanted.required {
        return true;
    }
    let own_ty = match own.ty.kind() {
        TyKind::Unpack(_) => star_item(ctx, own.ty),
        _ => own.ty,
    };
    compatible(wanted.ty, own_ty)
}

impl Relation<'_> {
    fn callable_options(&self) -> CallableOptions {
        CallableOptions {
            proper: self.proper,
            ignore_pos_arg_names: self.options.ignore_pos_arg_names,
            strict_concatenate: self.ctx.options().extra_checks,
            ..CallableOptions::default()
        }
    }

    fn signatures(&self, left: Sig, right: Sig) -> bool {
        is_callable_compatible_by(self.ctx, left, right, self.callable_options(), &mut |l, r| self.holds(l, r))
    }

    pub(super) fn parameters_fit(&self, left: Sig, right: Sig) -> bool {
        are_parameters_compatible(self.ctx, left, right, self.callable_options(), &mut |l, r| self.holds(l, r))
    }

    pub(super) fn callable_fits(&self, left: Ty, sig: Sig, right: Ty) -> bool {
        match right.kind() {
            TyKind::Callable(other) => {
                match (sig.type_guard, other.type_guard) {
                    (Some(own), Some(wanted)) if !self.holds(own, wanted) => return false,
                    (None, Some(_)) => return false,
                    _ => {}
                }
                match (sig.type_is, other.type_is) {
                    (Some(own), Some(wanted)) if !crate::is_same_type(self.ctx, own, wanted) => return false,
                    (None, Some(_)) => return false,
                    _ => {}
                }
                self.signatures(sig, *other)
            }
            TyKind::Overloaded(items) => items.iter().all(|item| self.holds(left, item)),
            TyKind::Instance(instance) => {
                if self.is_object(right) {
                    return true;
                }
                if self.ctx.class(instance.class).is_protocol() {
                    if let Some(call) = self.callback_member(right, left)
                        && self.holds(left, call)
                    {
                        return true;
                    }
                    if sig.is_type_object() {
                        let own = crate::erase_type_vars(self.ctx, sig.instance_type.unwrap_or(sig.ret));
                        if self.class_object_implements(left, own, right) {
                            return true;
                        }
                    }
                }
                self.holds(sig.fallback, right)
            }
            TyKind::Type(item) => {
                sig.is_type_object() && {
                    let own = crate::erase_type_vars(self.ctx, sig.instance_type.unwrap_or(sig.ret));
                    self.holds(own, *item)
                }
            }
            TyKind::TypeForm(item) => {
                sig.is_type_object() && self.holds(crate::erase_type_vars(self.ctx, sig.ret), *item)
            }
            TyKind::Parameters(other) => self.parameters_fit(sig, *other),
            TyKind::TypeVar(_) => false,
            _ => false,
        }
    }

    /// The `__call__` of a protocol that has nothing else a function lacks.
    fn callback_member(&self, protocol: Ty, left: Ty) -> Option<Ty> {
        let instance = protocol.as_instance()?;
        let members = self.ctx.protocol_members(instance.class);
        let call = Name::new("__call__");
        if !members.contains(&call) {
            return None;
        }
        // Every other member must be one of functions (`__name__`).
        let function = self.ctx.known_instance(KnownClass::Function);
        let others = members.iter().filter(|name| **name != call).all(|name| {
            match (self.ctx.member(function, *name, function), self.ctx.member(protocol, *name, left)) {
                (Some(own), Some(wanted)) => self.holds(own.ty, wanted.ty),
                _ => false,
            }
        });
        if !others {
            return None;
        }
        self.ctx.member(protocol, call, left).map(|found| found.ty)
    }

    pub(super) fn overloaded_fits(&self, left: Ty, items: &[Ty], right: Ty) -> bool {
        match right.kind() {
            TyKind::Callable(_) => items.iter().any(|item| self.holds(*item, right)),
            TyKind::Overloaded(others) => {
                if left == right {
                    return true;
                }
                // Each of the right's items must be met by one of the left's, in the same order.
                let mut previous = 0;
                others.iter().all(|wanted| {
                    let found = items.iter().position(|own| self.holds(*own, wanted));
                    match found {
                        Some(at) => {
                            let in_order = at >= previous || items.iter().skip(previous).any(|own| self.holds(*own, wanted));
                            previous = previous.max(at);
                            in_order
                        }
                        None => false,
                    }
                })
            }
            TyKind::Instance(instance) => {
                if self.is_object(right) {
                    return true;
                }
                if self.ctx.class(instance.class).is_protocol()
                    && let Some(call) = self.callback_member(right, left)
                    && self.holds(left, call)
                {
                    return true;
                }
                items.first().and_then(|t| t.as_callable()).is_some_and(|sig| self.holds(sig.fallback, right))
            }
            TyKind::Type(item) => items.first().and_then(|t| t.as_callable()).is_some_and(|sig| {
                sig.is_type_object()
                    && self.holds(crate::erase_type_vars(self.ctx, sig.instance_type.unwrap_or(sig.ret)), *item)
            }),
            TyKind::TypeForm(item) => items.first().and_then(|t| t.as_callable()).is_some_and(|sig| {
                sig.is_type_object() && self.holds(crate::erase_type_vars(self.ctx, sig.ret), *item)
            }),
            _ => false,
        }
    }
}

