//! Solving the type variables of a call: from what is expected of its result, then from its
//! arguments in two passes, at last allowing generic solutions.

use pytype_source::ErrorCode;
use pytype_types::{AnySource, KnownClass, Sig, Signature, Ty, TyFlags, TyKind, TyList, TypeVarKind};
use ruff_text_size::TextRange;

use super::CallArgument;
use super::callable::FormalToActual;
use crate::Checker;

impl Checker<'_> {
    /// Solves what the expected type of the call says of the result's type variables.
    pub(super) fn solve_from_context(&mut self, sig: Sig, range: TextRange) -> Sig {
        let Some(expected) = self.expected() else { return sig };
        // Unknowns of an outer call say nothing yet.
        let mut context = self.erase_unknowns(expected);
        let mut ret = sig.ret;
        if self.has_optional_part(ret) && self.has_optional_part(expected) {
            // `T | None` where `int | None` is expected: what counts is `T` against `int`.
            ret = self.without_none(self.proper(ret));
            context = self.without_none(self.proper(context));
        }
        let is_variable = |ty: Ty| matches!(ty.kind(), TyKind::TypeVar(_));
        let proper_ret = self.proper(ret);
        let bare = if let TyKind::Union(items) = proper_ret.kind() {
            items.iter().all(|item| is_variable(self.proper(item)))
        } else {
            is_variable(proper_ret)
        };
        if bare {
            // The expected type would make the variable too wide, unless it is a generic class or
            // a literal.
            let expected = self.proper(expected);
            let is_generic_instance = expected.as_instance().is_some_and(|i| !i.args.is_empty());
            if !is_generic_instance && !self.is_literal_like(expected) {
                return sig;
            }
        }
        let solutions = self.infer_from_result(sig.variables, ret, context);
        let given: Vec<Option<Ty>> = solutions
            .into_iter()
            .map(|solution| solution.filter(|ty| !ty.has(TyFlags::HAS_AMBIGUOUS_NEVER | TyFlags::HAS_ERASED)))
            .collect();
        self.apply_type_arguments(sig, &given, range, true)
    }

    fn has_optional_part(&self, ty: Ty) -> bool {
        if let TyKind::Union(items) = self.proper(ty).kind() {
            items.iter().any(|item| self.proper(item).is_none())
        } else {
            false
        }
    }

    /// Solves the type variables from the arguments.
    pub(super) fn solve_from_arguments(
        &mut self,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        mapping: &FormalToActual,
        refresh: bool,
        range: TextRange,
    ) -> Sig {
        if self.in_dynamic_function() {
            let any = Ty::any(AnySource::Unannotated);
            let given = vec![Some(any); sig.variables.len()];
            return self.apply_type_arguments(sig, &given, range, false);
        }
        let (types, _) = self.attempt(|c| c.infer_arguments_in_context(&sig, arguments, mapping));
        let second_pass = self.second_pass_arguments(&sig, arguments, &types, mapping);
        let first: Vec<Option<Ty>> =
            types.iter().zip(&second_pass).map(|(ty, second)| (!second).then_some(*ty)).collect();
        let (mut solutions, _) = self.infer_from_arguments(&sig, &first, arguments, mapping, false);
        let mut sig = sig;
        if second_pass.contains(&true) {
            (sig, solutions) = self.solve_second_pass(sig, arguments, mapping, solutions, refresh, range);
        }
        self.solve_dict_keys(&sig, arguments, &mut solutions, range);

        let open = |solution: &Option<Ty>| match solution {
            None => true,
            Some(ty) => self.proper(*ty).is_never() || self.mentions_any_of(*ty, &sig.variables),
        };
        if solutions.iter().any(open) {
            let fresh_mapping;
            let mapping = if refresh {
                fresh_mapping = self.map_arguments(arguments, &sig);
                &fresh_mapping
            } else {
                mapping
            };
            let all: Vec<Option<Ty>> = types.into_iter().map(Some).collect();
            let (generic, free) = self.infer_from_arguments(&sig, &all, arguments, mapping, true);
            let applied = self.apply_type_arguments(sig, &generic, range, false);
            let solved = generic.iter().all(|s| s.is_some_and(|ty| !self.proper(ty).is_never()));
            if let Some(applied) = self.apply_generic_solution(applied, &free)
                && solved
            {
                return applied;
            }
            // What stays free has no value at all.
            let never = Ty::ambiguous_never();
            let map = crate::algebra::all_to(sig.variables.iter().chain(free.iter().copied()), never);
            solutions = generic.into_iter().map(|s| s.map(|ty| self.substitute(ty, &map))).collect();
        }
        self.apply_solutions(sig, solutions, range)
    }

    /// Puts solutions in; a variable without one is reported, and all become `Any`.
    fn apply_solutions(&mut self, sig: Sig, mut solutions: Vec<Option<Ty>>, range: TextRange) -> Sig {
        for (position, variable) in sig.variables.iter().enumerate().take(solutions.len()) {
            let unsolved = solutions[position].is_none_or(|ty| ty.has(TyFlags::HAS_ERASED));
            if unsolved {
                self.fail(ErrorCode::Misc, range, |c| {
                    format!(
                        "Type variable {} of {} cannot be inferred",
                        c.show(variable),
                        c.show_callee(&sig)
                    )
                });
                solutions = vec![Some(self.error_any()); solutions.len()];
            }
        }
        self.apply_type_arguments(sig, &solutions, range, false)
    }

    /// `dict(a=1)`: keywords are string keys.
    fn solve_dict_keys(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        solutions: &mut [Option<Ty>],
        range: TextRange,
    ) {
        let is_dict = sig.is_type_object() && sig.definition.is_some_and(|d| d == "builtins.dict.__init__");
        let has_keywords = arguments
            .iter()
            .any(|a| matches!(a.kind, pytype_types::ArgKind::Named | pytype_types::ArgKind::Star2));
        if !is_dict || !has_keywords || solutions.len() != 2 {
            return;
        }
        let text = self.instance_of(KnownClass::Str);
        let key = solutions[0].map(|ty| self.proper(ty));
        match key.map(Ty::kind) {
            Some(TyKind::None | TyKind::Never { .. }) => solutions[0] = Some(text),
            _ if key.is_some_and(|key| self.is_subtype(text, key)) => {}
            _ => self.fail(ErrorCode::Misc, range, |_| {
                "Keyword arguments of \"dict\" need string keys".to_owned()
            }),
        }
    }

    /// Arguments such as lambdas are inferred again once the other arguments have said what their
    /// parameters are.
    fn solve_second_pass(
        &mut self,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        mapping: &FormalToActual,
        solutions: Vec<Option<Ty>>,
        refresh: bool,
        range: TextRange,
    ) -> (Sig, Vec<Option<Ty>>) {
        let known: Vec<Option<Ty>> = solutions
            .into_iter()
            .map(|solution| {
                solution.filter(|ty| {
                    let proper = self.proper(*ty);
                    !proper.is_none() && !proper.is_never() && !ty.has(TyFlags::HAS_ERASED)
                })
            })
            .collect();
        let sig = self.apply_type_arguments(sig, &known, range, false);
        if !sig.is_generic() {
            return (sig, Vec::new());
        }
        let fresh_mapping;
        let mapping = if refresh {
            fresh_mapping = self.map_arguments(arguments, &sig);
            &fresh_mapping
        } else {
            mapping
        };
        let (types, _) = self.attempt(|c| c.infer_arguments_in_context(&sig, arguments, mapping));
        let types: Vec<Option<Ty>> = types.into_iter().map(Some).collect();
        let (solutions, _) = self.infer_from_arguments(&sig, &types, arguments, mapping, false);
        (sig, solutions)
    }

    /// Which arguments wait for the second pass: those of callable parameters that mention type
    /// variables.
    fn second_pass_arguments(
        &self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
    ) -> Vec<bool> {
        let mut result = vec![false; arguments.len()];
        for (param, actuals) in sig.params.iter().zip(mapping) {
            if !has_generic_callable(param.ty) {
                continue;
            }
            let takes_param_spec =
                self.proper(param.ty).as_callable().is_some_and(|inner| self.param_spec_of(&inner).is_some());
            // A plain function says all about a `ParamSpec` at once, names included.
            let plain_function = |actual: &usize| {
                let mut ty = self.proper(types[*actual]);
                if ty.as_instance().is_some()
                    && let Some(call) = self.relation_member(ty, "__call__")
                {
                    ty = self.proper(call);
                }
                ty.as_callable().is_some_and(|s| !s.is_generic()) && !arguments[*actual].is_lambda()
            };
            if takes_param_spec && actuals.iter().any(plain_function) {
                continue;
            }
            for actual in actuals {
                result[*actual] = true;
            }
        }
        result
    }

    /// Whether `ty` mentions one of these variables.
    fn mentions_any_of(&self, ty: Ty, variables: &TyList) -> bool {
        ty.has(TyFlags::HAS_META | TyFlags::HAS_TYPE_VAR)
            && self.type_variables_in(ty).iter().any(|v| variables.contains(v))
    }

    pub(crate) fn is_meta_variable(&self, variable: Ty) -> bool {
        pytype_types::variable_id(variable).is_some_and(|id| id.is_meta())
    }

    pub(crate) fn variable_kind(&self, variable: Ty) -> Option<TypeVarKind> {
        match variable.kind() {
            TyKind::TypeVar(_) => Some(TypeVarKind::TypeVar),
            TyKind::ParamSpec(_) => Some(TypeVarKind::ParamSpec),
            TyKind::TypeVarTuple(_) => Some(TypeVarKind::TypeVarTuple),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        }
    }
}

/// Whether a callable with type variables occurs in `ty`.
fn has_generic_callable(ty: Ty) -> bool {
    if !ty.has(TyFlags::HAS_TYPE_VAR) {
        return false;
    }
    pytype_types::collect::any_inside(ty, &mut |part| {
        matches!(part.kind(), TyKind::Callable(_)) && part.has(TyFlags::HAS_TYPE_VAR)
    })
}
