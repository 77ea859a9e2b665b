//! Whether all calls that one list of parameters accepts are accepted by another.

use super::CallableOptions;
use crate::formal::{
    FormalArgument, argument_by_name, argument_by_position, corresponding_argument, formal_arguments, kw_arg,
    var_arg,
};
use crate::{Param, ParamKind, Sig, SigFlags, Signature, Ty, TypeContext, proper};
use pytype_source::Name;

/// A relation between two types, `left` first.
pub(super) type Compatible<'a> = dyn FnMut(Ty, Ty) -> bool + 'a;

/// Whether all calls that `right` accepts are accepted by `left`; `compatible` compares a
/// parameter of `right` (first) with the one of `left` that takes its place.
pub fn are_parameters_compatible(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    options: CallableOptions,
    compatible: &mut dyn FnMut(Ty, Ty) -> bool,
) -> bool {
    compare_parameters(ctx, &left, &right, ParameterOptions::new(options, false), compatible)
}

#[derive(Clone, Copy)]
pub(super) struct ParameterOptions {
    proper: bool,
    ignore_names: bool,
    partial_overlap: bool,
    /// Parameters must fit by name also where `Concatenate` hides names.
    strict_names: bool,
}

impl ParameterOptions {
    pub(super) fn new(options: CallableOptions, strict_names: bool) -> ParameterOptions {
        ParameterOptions {
            proper: options.proper,
            ignore_names: options.ignore_pos_arg_names,
            partial_overlap: options.allow_partial_overlap,
            strict_names,
        }
    }
}

/// Whether there are `*args: Any` and `**kwargs: Any`, which stand for `...` (the typing
/// specification, "Meaning of `...` in Callable") unless a type variable became `Any` there.
fn ends_in_anything(ctx: &dyn TypeContext, signature: &Signature) -> bool {
    let any = |param: Option<&Param>| param.is_some_and(|param| proper(ctx, param.ty).is_any());
    !signature.flags.contains(SigFlags::SPECIALISED_ANY) && any(signature.star()) && any(signature.star2())
}

/// `*args: Any, **kwargs: Any` and nothing else.
pub(crate) fn are_trivial(ctx: &dyn TypeContext, signature: &Signature) -> bool {
    signature.params.len() == 2 && ends_in_anything(ctx, signature)
}

pub(super) fn compare_parameters(
    ctx: &dyn TypeContext,
    left: &Signature,
    right: &Signature,
    options: ParameterOptions,
    compatible: &mut Compatible<'_>,
) -> bool {
    if !options.proper && (right.flags.contains(SigFlags::ELLIPSIS) || are_trivial(ctx, right)) {
        return true;
    }
    let comparison = Comparison {
        ctx,
        left: &left.params,
        right: &right.params,
        imprecise: right.flags.contains(SigFlags::IMPRECISE_KINDS),
        trivial_suffix: !options.proper && ends_in_anything(ctx, right),
        trivial_star: !options.proper && takes_any_positional(ctx, &left.params, &right.params),
        options,
    };
    comparison.stars(compatible)
        && comparison.given(compatible)
        && (comparison.trivial_suffix
            || (comparison.further_positional(compatible)
                && comparison.further_named(compatible)
                && comparison.required()))
}

/// `*args: Any` takes in all that is positional.
fn takes_any_positional(ctx: &dyn TypeContext, left: &[Param], right: &[Param]) -> bool {
    right.last().is_some_and(|last| last.kind == ParamKind::Star && proper(ctx, last.ty).is_any())
        && left.iter().all(|param| param.kind.is_positional() || param.kind == ParamKind::Star)
}

struct Comparison<'a> {
    ctx: &'a dyn TypeContext,
    left: &'a [Param],
    right: &'a [Param],
    imprecise: bool,
    /// The right side ends in `*args: Any, **kwargs: Any`.
    trivial_suffix: bool,
    /// The right side ends in `*args: Any`, and nothing on the left goes by name alone.
    trivial_star: bool,
    options: ParameterOptions,
}

impl Comparison<'_> {
    /// What takes any number of arguments on the right must do so on the left.
    fn stars(&self, compatible: &mut Compatible<'_>) -> bool {
        let mut fits = |own: Option<FormalArgument>, wanted: Option<FormalArgument>| match (own, wanted) {
            (_, None) => true,
            (None, Some(_)) => self.options.partial_overlap || self.trivial_suffix,
            (Some(own), Some(wanted)) => compatible(wanted.ty, own.ty),
        };
        (fits(var_arg(self.left), var_arg(self.right)) || self.trivial_star)
            && fits(kw_arg(self.left), kw_arg(self.right))
    }

    /// Each parameter of the right has one of the left that takes its arguments.
    fn given(&self, compatible: &mut Compatible<'_>) -> bool {
        formal_arguments(self.right).all(|wanted| {
            match corresponding_argument(self.ctx, self.left, &wanted) {
                Some(own) => self.fits(&own, &wanted, self.imprecise, compatible),
                None => self.options.partial_overlap && !wanted.required,
            }
        })
    }

    /// Further positional parameters of the left may get what the right takes by `*args`.
    fn further_positional(&self, compatible: &mut Compatible<'_>) -> bool {
        let Some(star) = var_arg(self.right) else { return true };
        if self.trivial_star {
            return true;
        }
        let wanted = FormalArgument { name: None, position: None, ty: star.ty, required: false };
        for (at, param) in self.left.iter().enumerate().skip(star.position.unwrap_or(0)) {
            if !param.kind.is_positional() || (self.options.partial_overlap && param.kind.is_optional()) {
                break;
            }
            let Some(own) = argument_by_position(self.left, Some(at)) else { break };
            if !self.fits(&own, &wanted, false, compatible) {
                return false;
            }
        }
        true
    }

    /// Further named parameters of the left may get what the right takes by `**kwargs`.
    fn further_named(&self, compatible: &mut Compatible<'_>) -> bool {
        let Some(star2) = kw_arg(self.right) else { return true };
        if !self.options.strict_names {
            return true;
        }
        let wanted = FormalArgument { name: None, position: None, ty: star2.ty, required: false };
        let on_right = |name: Name| self.right.iter().any(|param| param.name == Some(name));
        self.left
            .iter()
            .filter(|param| !param.kind.is_star() && param.name.is_some_and(|name| !on_right(name)))
            .filter_map(|param| argument_by_name(self.left, param.name))
            .all(|own| {
                (self.options.partial_overlap && !own.required) || self.fits(&own, &wanted, false, compatible)
            })
    }

    /// What the left requires, the right gives; and not by two ways at once.
    fn required(&self) -> bool {
        formal_arguments(self.left).all(|own| {
            let by_name = argument_by_name(self.right, own.name);
            let by_position = argument_by_position(self.right, own.position);
            if let (Some(named), Some(placed)) = (by_name, by_position) {
                let both = named != placed && (named.required || placed.required);
                return !both || !self.options.strict_names || self.imprecise;
            }
            !own.required || by_name.is_some() || by_position.is_some()
        })
    }

    fn fits(
        &self,
        own: &FormalArgument,
        wanted: &FormalArgument,
        imprecise: bool,
        compatible: &mut Compatible<'_>,
    ) -> bool {
        let partial = self.options.partial_overlap && !(own.required && wanted.required);
        let name_differs =
            wanted.name.is_some() && own.name != wanted.name && !(partial && own.name.is_none());
        if name_differs && (!self.options.ignore_names || wanted.position.is_none()) {
            return false;
        }
        if wanted.position.is_some() && own.position != wanted.position && !imprecise {
            return false;
        }
        if !partial && !wanted.required && own.required {
            return false;
        }
        // Where neither must be given, the call without it is common to both.
        (partial && !own.required && !wanted.required) || compatible(wanted.ty, own.ty)
    }
}
