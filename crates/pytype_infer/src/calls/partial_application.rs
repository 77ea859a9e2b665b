//! `functools.partial`: the function with some arguments given.

use pytype_source::ErrorCode;
use pytype_types::{
    ArgKind, ExtraAttributes, Instance, KnownClass, Param, ParamKind, ParamSpecFlavor, SigFlags, Signature,
    Ty, TyKind, TyList, TypeVarKind,
};
use ruff_text_size::TextRange;

use super::callable::FormalToActual;
use super::{ArgumentValue, CallArgument, CallSite};
use crate::Checker;

/// Under which name a `partial` object keeps what is left to call.
const LEFT: &str = "__mypy_partial";

/// Under which names it keeps that all positional, or all keyword arguments of a `ParamSpec` are given.
const ARGS_GIVEN: &str = "__mypy_partial_args_given";
const KWARGS_GIVEN: &str = "__mypy_partial_kwargs_given";

impl Checker<'_> {
    /// The type of `partial(function, ...)`.
    pub(super) fn partial_result(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
    ) -> Option<Ty> {
        // The parameters are the function, `*args` and `**kwargs`.
        let [function, rest @ ..] = mapping.as_slice() else { return None };
        let ([function], 2) = (function.as_slice(), rest.len()) else { return None };
        let callee = self.proper(types[*function]);
        if matches!(callee.kind(), TyKind::Overloaded(_)) {
            return None;
        }
        let mut given: Vec<(CallArgument<'_>, Ty)> = Vec::new();
        let mut seen = Vec::new();
        for actual in rest.iter().flatten() {
            if !seen.contains(actual) {
                seen.push(*actual);
                given.push((arguments[*actual], types[*actual]));
            }
        }
        self.partial_of_callee(callee, &given, sig.ret, site.range)
    }

    fn partial_of_callee(
        &mut self,
        callee: Ty,
        given: &[(CallArgument<'_>, Ty)],
        default: Ty,
        range: TextRange,
    ) -> Option<Ty> {
        if let TyKind::Union(items) = callee.kind() {
            let parts: Vec<Ty> = items
                .iter()
                .map(|item| {
                    let item = self.proper(item);
                    self.partial_of_callee(item, given, default, range).unwrap_or(default)
                })
                .collect();
            return Some(Ty::union(parts));
        }
        let function = self.callable_of(callee, range)?;
        let function = pytype_types::normalize::normalized(&self.ctx, function);
        let arguments: Vec<CallArgument<'_>> = given.iter().map(|(argument, _)| *argument).collect();
        let types: Vec<Ty> = given.iter().map(|(_, ty)| *ty).collect();
        let mapping =
            self.map_typed_arguments(&arguments, &function, &|position| types.get(position).copied());
        let partial = self.ctx_known_class(KnownClass::FunctoolsPartial);

        // Everything may still be missing; variables that no argument speaks of stay open.
        let mut spoken: Vec<Ty> = Vec::new();
        for (param, actuals) in function.params.iter().zip(&mapping) {
            if !actuals.is_empty() {
                spoken.extend(self.type_variables_in(param.ty));
            }
        }
        let is_class = function.is_type_object();
        let ret = if is_class { function.ret } else { Ty::instance(partial, [function.ret]) };
        let mut relaxed = function.get().clone();
        for param in &mut relaxed.params {
            param.kind = match param.kind {
                ParamKind::Pos => ParamKind::Opt,
                ParamKind::Named => ParamKind::NamedOpt,
                other => other,
            };
        }
        relaxed.ret = ret;
        relaxed.flags |= SigFlags::PARTIAL;
        relaxed.variables = function
            .variables
            .iter()
            .filter(|v| spoken.contains(v) || self.variable_kind(*v) != Some(TypeVarKind::TypeVar))
            .collect();
        // A class's own result says nothing of the context, which is about the partial object.
        let expected = if is_class { None } else { self.expected() };
        let outcome =
            self.expecting(expected, |c| c.check_call(relaxed.into_ty(), &arguments, CallSite::at(range)));
        let bound = self.proper(outcome.callee).as_callable()?;
        let bound_ret = if is_class {
            bound.ret
        } else {
            bound.ret.as_instance().filter(|i| i.class == partial)?.args.first().copied()?
        };

        let mut params: Vec<Param> = Vec::new();
        for (position, (param, actuals)) in function.params.iter().zip(&mapping).enumerate() {
            let solved = bound.params.get(position).filter(|_| bound.params.len() == function.params.len());
            let ty = solved.map(|p| p.ty).filter(|ty| self.is_valid_inferred(*ty)).unwrap_or(param.ty);
            let positional =
                actuals.iter().any(|a| matches!(arguments[*a].kind, ArgKind::Pos | ArgKind::Star));
            if actuals.is_empty() || param.kind.is_star() {
                params.push(Param { ty, ..*param });
            } else if !positional {
                params.push(Param { ty, kind: ParamKind::NamedOpt, ..*param });
            }
        }
        let ret = if self.is_valid_inferred(bound_ret) { bound_ret } else { function.ret };
        let mut left = function.get().clone();
        left.params = params.into();
        left.ret = ret;
        left.flags |= SigFlags::PARTIAL;
        let shown = self.erase_given_variables(ret, function.variables);
        let has_param_spec = self.param_spec_of(&left).is_some();
        let mut attributes = vec![(LEFT.into(), left.into_ty())];
        if has_param_spec {
            let gives = |kind: ArgKind| arguments.iter().any(|argument| argument.kind == kind);
            attributes.extend(gives(ArgKind::Star).then(|| (ARGS_GIVEN.into(), Ty::none())));
            attributes.extend(gives(ArgKind::Star2).then(|| (KWARGS_GIVEN.into(), Ty::none())));
        }
        let extra = ExtraAttributes { attributes, never_true: false };
        Some(Ty::new(TyKind::Instance(Instance {
            class: partial,
            args: TyList::new([shown]),
            last_known: None,
            extra: Some(Ty::extra_attributes(extra)),
        })))
    }

    /// The result of calling a `partial` object.
    pub(super) fn partial_call_result(
        &mut self,
        object: Ty,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> Option<Ty> {
        let extra = object.as_instance()?.extra?;
        let (_, left) = extra.attributes.iter().find(|(name, _)| *name == LEFT)?;
        let result = self.check_call(*left, arguments, CallSite::at(site.range)).result;
        if let Some(sig) = left.as_callable()
            && self.param_spec_of(&sig).is_some()
        {
            self.check_param_spec_parts(&sig, extra.get(), arguments, site.range);
        }
        Some(result)
    }

    /// A `partial` object of a function with a `ParamSpec` leaves out no part of it: what has not been
    /// given as `*args` and `**kwargs` is due at the call. A list of positional arguments is given once only;
    /// keywords may be given again.
    fn check_param_spec_parts(
        &mut self,
        left: &Signature,
        given: &ExtraAttributes,
        arguments: &[CallArgument<'_>],
        range: TextRange,
    ) {
        let (mut args_passed, mut kwargs_passed) = (false, false);
        for argument in arguments.iter().filter(|argument| argument.kind.is_star()) {
            // The call has inferred it already.
            let ArgumentValue::Expr(expr) = argument.value else { continue };
            if let TyKind::ParamSpec(part) = self.proper(self.type_of(expr)).kind() {
                args_passed |= part.flavor == ParamSpecFlavor::Args;
                kwargs_passed |= part.flavor == ParamSpecFlavor::Kwargs;
            }
        }
        let was_given = |name: &str| given.attributes.iter().any(|(known, _)| *known == name);
        match (was_given(ARGS_GIVEN), args_passed) {
            (false, false) => self.report_too_few(left, range),
            (true, true) => self.report_too_many(left, range),
            (true, false) | (false, true) => {}
        }
        if !was_given(KWARGS_GIVEN) && !kwargs_passed {
            self.report_too_few(left, range);
        }
    }

    /// The signature of something that can be called, if it has a single one.
    pub(crate) fn callable_of(&mut self, callee: Ty, range: TextRange) -> Option<pytype_types::Sig> {
        let callee = self.proper(callee);
        match callee.kind() {
            TyKind::Callable(sig) => Some(*sig),
            TyKind::Type(item) => {
                let callee = self.type_callee(*item, range);
                if self.proper(callee).is_any() {
                    // Nothing is known of the constructor, which mypy counts as none.
                    self.fail(ErrorCode::Misc, range, |_| {
                        "It is not known how instances of this class are made".into()
                    });
                    return None;
                }
                self.callable_of(callee, range)
            }
            TyKind::Instance(_) => {
                let call = self.member(
                    callee,
                    "__call__".into(),
                    range,
                    crate::expressions::MemberUse { is_operator: true, ..Default::default() },
                );
                self.proper(call).as_callable()
            }
            TyKind::TypeVar(variable) => {
                let bound = self.type_var_info(variable).bound;
                self.callable_of(bound, range)
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
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        }
    }
}
