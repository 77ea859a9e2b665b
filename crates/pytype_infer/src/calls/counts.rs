//! Too many arguments, too few, unknown names, the same parameter twice.

use pytype_source::ErrorCode;
use pytype_types::{ArgKind, ParamKind, Signature, Ty, TyKind};
use ruff_text_size::TextRange;
use smallvec::smallvec;

use super::callable::{FormalToActual, PerArgument};
use super::{CallArgument, CallSite};
use crate::Checker;

/// Whether several arguments for one parameter are a mistake. Two of unknown length are not: one
/// may be empty.
///
/// Typed dicts say which keys they have, so that two of them may well give the same one.
fn is_duplicate(
    actuals: &[usize],
    arguments: &[CallArgument<'_>],
    is_typed_dict: impl Fn(usize) -> bool,
) -> bool {
    let kind = |actual: usize| arguments[actual].kind;
    if actuals.len() < 2 {
        return false;
    }
    if let [first, second] = actuals
        && kind(*first) == ArgKind::Star
        && kind(*second) == ArgKind::Star2
    {
        return false;
    }
    !actuals.iter().all(|a| kind(*a) == ArgKind::Star2 && !is_typed_dict(*a))
}

/// Whether each argument is a single one with a parameter of its own, and no parameter lacks one: then
/// nothing can be wrong.
fn is_one_to_one(sig: &Signature, arguments: &[CallArgument<'_>], mapping: &FormalToActual) -> bool {
    if arguments.iter().any(|argument| argument.kind.is_star()) {
        return false;
    }
    let mut taken = 0;
    for (param, actuals) in sig.params.iter().zip(mapping) {
        taken += actuals.len();
        let fits = match actuals.as_slice() {
            _ if param.kind.is_star() => !matches!(param.ty.kind(), TyKind::ParamSpec(_)),
            [] => !param.kind.is_required(),
            [only] => !param.kind.is_named() || arguments[*only].kind == ArgKind::Named,
            [_, _, ..] => false,
        };
        if !fits {
            return false;
        }
    }
    taken == arguments.len()
}

impl Checker<'_> {
    /// Whether every required parameter has an argument, and every argument a parameter.
    pub(super) fn check_counts(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
    ) -> bool {
        if is_one_to_one(sig, arguments, mapping) {
            return true;
        }
        let (mut ok, unknown_name) = self.check_extra_arguments(sig, arguments, types, mapping, site.range);
        let takes_param_spec = self.param_spec_of(sig).is_some();
        for (param, actuals) in sig.params.iter().zip(mapping) {
            if param.kind.is_required() && actuals.is_empty() && !unknown_name {
                self.report_missing(sig, param, site.range);
                ok = false;
            } else if !param.kind.is_star()
                && is_duplicate(actuals, arguments, |a| self.as_typed_dict(self.proper(types[a])).is_some())
            {
                let is_tuple = |a: &usize| matches!(self.proper(types[*a]).kind(), TyKind::Tuple { .. });
                let fixed = actuals.first().is_some_and(is_tuple);
                if !self.in_dynamic_function() || fixed {
                    self.fail(ErrorCode::Misc, site.range, |c| {
                        let name = param.name.map_or_else(String::new, |name| format!(" \"{name}\""));
                        format!("Parameter{name} of {} gets several values", c.show_callee(sig))
                    });
                    ok = false;
                }
            } else if param.kind.is_named()
                && actuals
                    .first()
                    .is_some_and(|a| !matches!(arguments[*a].kind, ArgKind::Named | ArgKind::Star2))
            {
                self.fail(ErrorCode::CallArg, site.range, |c| {
                    format!("Too many positional arguments for {}", c.show_callee(sig))
                });
                ok = false;
            } else if takes_param_spec {
                ok &= self.check_param_spec_counts(sig, arguments, types, actuals, site.range);
            }
        }
        ok
    }

    fn report_missing(&mut self, sig: &Signature, param: &pytype_types::Param, range: TextRange) {
        self.fail(ErrorCode::CallArg, range, |c| match (param.kind, param.name) {
            (ParamKind::Pos, Some(name)) => {
                format!("Argument \"{name}\" is missing in the call of {}", c.show_callee(sig))
            }
            (ParamKind::Pos, None) => format!("Too few arguments for {}", c.show_callee(sig)),
            (_, name) => format!(
                "Keyword argument \"{}\" is missing in the call of {}",
                name.map_or("?", |n| n.as_str()),
                c.show_callee(sig)
            ),
        });
    }

    fn check_param_spec_counts(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        actuals: &[usize],
        range: TextRange,
    ) -> bool {
        let Some(first) = actuals.first() else {
            if sig.flags.contains(pytype_types::SigFlags::PARTIAL) {
                return true;
            }
            self.report_too_few(sig, range);
            return false;
        };
        if actuals.len() < 2 || !arguments[*first].kind.is_star() {
            return true;
        }
        let specs = actuals.iter().filter(|a| matches!(types[**a].kind(), TyKind::ParamSpec(_))).count();
        if specs > 1 {
            self.fail(ErrorCode::Misc, range, |_| {
                "The arguments of a ParamSpec can be passed on only once".to_owned()
            });
            return false;
        }
        true
    }

    /// Arguments that no parameter takes. The second result tells of an unknown keyword, after which
    /// missing parameters are no news.
    fn check_extra_arguments(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        range: TextRange,
    ) -> (bool, bool) {
        let mut uses: PerArgument<usize> = smallvec![0; arguments.len()];
        for actual in mapping.iter().flatten() {
            uses[*actual] += 1;
        }
        let has_star = sig.params.iter().any(|p| p.kind == ParamKind::Star);
        let (mut ok, mut unknown_name) = (true, false);
        for (position, argument) in arguments.iter().enumerate() {
            let ty = self.proper(types[position]);
            let unused = uses[position] == 0;
            let may_be_empty = match argument.kind {
                ArgKind::Star => !matches!(ty.kind(), TyKind::Tuple { items, .. } if !items.is_empty()),
                ArgKind::Star2 => true,
                ArgKind::Pos | ArgKind::Named => false,
            };
            if unused && !may_be_empty {
                ok = false;
                if argument.kind == ArgKind::Named {
                    unknown_name = true;
                    self.fail(ErrorCode::CallArg, range, |c| {
                        let name = argument.name.map_or("?", |n| n.as_str());
                        format!("{} has no parameter \"{name}\"", c.show_callee(sig))
                    });
                } else {
                    self.report_too_many(sig, range);
                }
                continue;
            }
            let items = match (argument.kind, ty.kind()) {
                (ArgKind::Star, TyKind::Tuple { items, .. }) if !has_star => items.len(),
                (ArgKind::Star, TyKind::TypedDict(dict)) if !has_star => dict.items.len(),
                (ArgKind::Star2, TyKind::Tuple { items, .. }) => items.len(),
                (ArgKind::Star2, TyKind::TypedDict(dict)) => dict.items.len(),
                _ => continue,
            };
            if uses[position] >= items {
                continue;
            }
            ok = false;
            if let TyKind::TypedDict(dict) = ty.kind()
                && argument.kind == ArgKind::Star2
            {
                unknown_name = true;
                let extra = dict.items.keys().find(|key| sig.params.iter().all(|p| p.name != Some(**key)));
                match extra {
                    Some(key) => self.fail(ErrorCode::Misc, range, |c| {
                        format!("{} has no parameter for key \"{key}\"", c.show_callee(sig))
                    }),
                    None => self.report_too_many(sig, range),
                }
            } else {
                self.report_too_many(sig, range)
            }
        }
        (ok, unknown_name)
    }

    pub(super) fn report_too_few(&mut self, sig: &Signature, range: TextRange) {
        self.fail(ErrorCode::CallArg, range, |c| format!("Too few arguments for {}", c.show_callee(sig)));
    }

    pub(super) fn report_too_many(&mut self, sig: &Signature, range: TextRange) {
        self.fail(ErrorCode::CallArg, range, |c| format!("Too many arguments for {}", c.show_callee(sig)));
    }
}
