//! The type arguments of a call, and of one type matched against another.

use pytype_source::Name;

use crate::constraints::{Constraint, Direction, InferMode, infer_constraints, infer_constraints_with};
use crate::normalize::{
    find_unpack, normalized, param_spec, parameters, tuple_of, unpacked_tuple_item, unpacked_variable,
};
use crate::solve::{Solution, SolveOptions, solve_constraints};
use crate::{
    ArgKind, ArgTypeExpander, ArgumentInferContext, Param, ParamKind, Sig, SigFlags, Signature, Ty, TyKind,
    TyList, TypeContext,
};

/// The arguments of a call, as the solver sees them.
#[derive(Clone, Copy, Debug)]
pub struct CallArguments<'a> {
    /// `None` for an argument that does not count in this pass.
    pub types: &'a [Option<Ty>],
    pub kinds: &'a [ArgKind],
    pub names: &'a [Option<Name>],
    /// See [`crate::map_actuals_to_formals`].
    pub formal_to_actual: &'a [crate::Actuals],
}

/// The type arguments of a generic callable that a call's arguments ask for.
pub fn infer_function_type_arguments(
    ctx: &dyn TypeContext,
    sig: Sig,
    arguments: CallArguments<'_>,
    context: ArgumentInferContext,
    strict: bool,
    allow_polymorphic: bool,
) -> Solution {
    let constraints = infer_constraints_for_callable(ctx, sig, arguments, context);
    let options = SolveOptions { strict, allow_polymorphic, skip_unsatisfied: false };
    solve_constraints(ctx, &sig.variables, &constraints, options)
}

/// The type arguments that make `template` a subtype (or supertype) of `actual`.
pub fn infer_type_arguments(
    ctx: &dyn TypeContext,
    variables: &[Ty],
    template: Ty,
    actual: Ty,
    is_supertype: bool,
    skip_unsatisfied: bool,
) -> Vec<Option<Ty>> {
    let direction = if is_supertype { Direction::SupertypeOf } else { Direction::SubtypeOf };
    let constraints = infer_constraints(ctx, template, actual, direction);
    let options = SolveOptions { skip_unsatisfied, ..SolveOptions::default() };
    solve_constraints(ctx, variables, &constraints, options).types
}

/// The same for the annotation of `self`, where a class object's own type variables stay.
pub fn infer_self_arguments(
    ctx: &dyn TypeContext,
    variables: &[Ty],
    template: Ty,
    actual: Ty,
) -> Vec<Option<Ty>> {
    let mode = InferMode { keep_type_vars: true, ..InferMode::default() };
    let constraints = infer_constraints_with(ctx, template, actual, Direction::SupertypeOf, mode);
    solve_constraints(ctx, variables, &constraints, SolveOptions::default()).types
}

/// What the arguments of a call say about the callee's type variables.
pub fn infer_constraints_for_callable(
    ctx: &dyn TypeContext,
    sig: Sig,
    arguments: CallArguments<'_>,
    context: ArgumentInferContext,
) -> Vec<Constraint> {
    let spec = param_spec(&sig);
    let mut call =
        CallConstraints { ctx, arguments, expander: ArgTypeExpander::new(context), found: Vec::new() };
    let mut spec_params: Vec<Param> = Vec::new();
    for (formal, actuals) in sig.params.iter().zip(arguments.formal_to_actual) {
        match formal.ty.kind() {
            TyKind::Unpack(inner) if formal.kind == ParamKind::Star => {
                call.variadic(formal, *inner, actuals);
            }
            _ if spec.is_some() && formal.kind.is_star() => call.param_spec(actuals, &mut spec_params),
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
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                for actual in actuals {
                    if let Some(ty) = call.actual_type(*actual, formal.name, formal.kind, false) {
                        call.found.extend(infer_constraints(ctx, formal.ty, ty, Direction::SupertypeOf));
                    }
                }
            }
        }
    }
    let mut found = call.found;
    if let Some(spec) = spec
        && !found.iter().any(|constraint| constraint.var == spec.id)
    {
        // Only if nothing better is known: the arguments themselves, as if they were parameters.
        let mut target = parameters(spec_params);
        target.flags |= SigFlags::IMPRECISE_KINDS;
        let target = Ty::new(TyKind::Parameters(target.intern()));
        found.extend(Constraint::new(Ty::new(TyKind::ParamSpec(spec)), Direction::SupertypeOf, target));
    }
    if sig.variables.iter().any(|variable| matches!(variable.kind(), TyKind::ParamSpec(_))) {
        drop_imprecise(&mut found);
    }
    found
}

struct CallConstraints<'a> {
    ctx: &'a dyn TypeContext,
    arguments: CallArguments<'a>,
    expander: ArgTypeExpander,
    found: Vec<Constraint>,
}

impl CallConstraints<'_> {
    fn kind(&self, actual: usize) -> ArgKind {
        self.arguments.kinds.get(actual).copied().unwrap_or(ArgKind::Pos)
    }

    fn given(&self, actual: usize) -> Option<Ty> {
        self.arguments.types.get(actual).copied().flatten()
    }

    fn actual_type(
        &mut self,
        actual: usize,
        name: Option<Name>,
        kind: ParamKind,
        allow_unpack: bool,
    ) -> Option<Ty> {
        let given = self.given(actual)?;
        Some(self.expander.expand_actual_type(self.ctx, given, self.kind(actual), name, kind, allow_unpack))
    }

    /// `*args: *Ts`, or with items behind the variadic one: all arguments together are one tuple.
    fn variadic(&mut self, formal: &Param, unpacked: Ty, actuals: &[usize]) {
        let ctx = self.ctx;
        let mut types = Vec::new();
        for actual in actuals {
            let Some(given) = self.given(*actual) else { continue };
            let Some(ty) = self.actual_type(*actual, formal.name, formal.kind, true) else { continue };
            let is_tuple = matches!(crate::proper(ctx, given).kind(), TyKind::Tuple { .. });
            if self.kind(*actual) != ArgKind::Star || is_tuple {
                types.push(ty);
            } else {
                types.push(Ty::new(TyKind::Unpack(tuple_of(ctx, ty))));
            }
        }
        match crate::proper(ctx, unpacked).kind() {
            TyKind::TypeVarTuple(_) => self.tuple_bound(unpacked, &types),
            TyKind::Tuple { items, .. } if find_unpack(items) == Some(0) => self.with_suffix(items, &types),
            TyKind::Instance(_) => {
                let template = Ty::new(TyKind::Unpack(unpacked));
                if let Some(item) = unpacked_tuple_item(ctx, template) {
                    for ty in types {
                        self.found.extend(infer_constraints(ctx, item, ty, Direction::SupertypeOf));
                    }
                }
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {}
        }
    }

    fn tuple_bound(&mut self, variable: Ty, items: &[Ty]) {
        let tuple = crate::normalize::plain_tuple(self.ctx, items);
        self.found.extend(Constraint::new(variable, Direction::SupertypeOf, tuple));
    }

    fn with_suffix(&mut self, items: &[Ty], types: &[Ty]) {
        let ctx = self.ctx;
        let [variadic, suffix @ ..] = items else { return };
        // As mypy slices: without a suffix, nothing is left for the variable.
        let kept = if suffix.is_empty() { 0 } else { types.len().saturating_sub(suffix.len()) };
        if let TyKind::Unpack(inner) = variadic.kind()
            && unpacked_variable(*variadic).is_some()
        {
            self.tuple_bound(*inner, &types[..kept]);
        } else if let Some(item) = unpacked_tuple_item(ctx, *variadic) {
            for ty in &types[..kept] {
                self.found.extend(infer_constraints(ctx, item, *ty, Direction::SupertypeOf));
            }
        }
        let behind = &types[types.len() - suffix.len().min(types.len())..];
        for (template, ty) in suffix.iter().zip(behind) {
            self.found.extend(infer_constraints(ctx, *template, *ty, Direction::SupertypeOf));
        }
    }

    /// Arguments for `*args: P.args, **kwargs: P.kwargs`, as the parameters that would take them.
    fn param_spec(&mut self, actuals: &[usize], params: &mut Vec<Param>) {
        for actual in actuals {
            let kind = self.kind(*actual);
            let as_formal = match kind {
                ArgKind::Pos => ParamKind::Pos,
                ArgKind::Named => ParamKind::Named,
                ArgKind::Star => ParamKind::Star,
                ArgKind::Star2 => ParamKind::Star2,
            };
            let Some(ty) = self.actual_type(*actual, None, as_formal, false) else { continue };
            let kind = if kind.is_star() { as_formal } else { ParamKind::Pos };
            let name = self.arguments.names.get(*actual).copied().flatten();
            params.push(Param { name, ty, kind });
        }
    }
}

/// Where something precise is known of a `ParamSpec`, guesses from arguments do not count.
fn drop_imprecise(constraints: &mut Vec<Constraint>) {
    let is_imprecise = |constraint: &Constraint| {
        if let TyKind::Parameters(sig) = constraint.target.kind() {
            sig.flags.contains(SigFlags::IMPRECISE_KINDS)
        } else {
            false
        }
    };
    let precise: Vec<_> = constraints
        .iter()
        .filter(|constraint| {
            matches!(constraint.variable.kind(), TyKind::ParamSpec(_))
                && matches!(constraint.target.kind(), TyKind::ParamSpec(_) | TyKind::Parameters(_))
                && !is_imprecise(constraint)
        })
        .map(|constraint| constraint.var)
        .collect();
    constraints.retain(|constraint| !is_imprecise(constraint) || !precise.contains(&constraint.var));
}

/// Solves the type variables of `left` so that it fits `right`; `None` if it cannot. With
/// `ignore_return` only the parameters count.
pub fn unify_generic_callable(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    ignore_return: bool,
) -> Option<Sig> {
    unify_with_return(ctx, left, right, if ignore_return { None } else { Some(Direction::SubtypeOf) })
}

/// The same with a choice of how the results are compared, or not at all.
pub fn unify_with_return(
    ctx: &dyn TypeContext,
    left: Sig,
    right: Sig,
    return_direction: Option<Direction>,
) -> Option<Sig> {
    let mut left = normalized(ctx, left);
    let right = normalized(ctx, right);
    // The same variable on both sides would compare with itself.
    let ids: Vec<_> = left.variables.iter().filter_map(crate::variable_id).collect();
    if crate::collect::mentions(Ty::callable(right), &ids) {
        left = crate::freshen_callable(ctx, left);
    }
    let without_result = |sig: Sig| {
        let plain = Signature { ret: Ty::never(), type_guard: None, type_is: None, ..sig.get().clone() };
        Signature { instance_type: None, ..plain }.into_ty()
    };
    let state = ctx.relations();
    let outer = state.keep_unions.replace(true);
    let mode = InferMode { skip_reverse: true, ..InferMode::default() };
    let (template, actual) = (without_result(left), without_result(right));
    let mut constraints = infer_constraints_with(ctx, template, actual, Direction::SubtypeOf, mode);
    if let Some(direction) = return_direction {
        constraints.extend(infer_constraints(ctx, left.ret, right.ret, direction));
    }
    state.keep_unions.set(outer);
    let options = SolveOptions { allow_polymorphic: true, ..SolveOptions::default() };
    let solution = solve_constraints(ctx, &left.variables, &constraints, options);
    if solution.types.iter().any(Option::is_none) {
        return None;
    }
    let mut failed = false;
    let applied =
        crate::apply_generic_arguments(ctx, left, &solution.types, &mut |_, _, _| failed = true, false);
    if failed { None } else { Some(applied) }
}

/// A signature without type variables of its own, for callers that only look at its shape.
pub fn without_variables(sig: Sig) -> Sig {
    if sig.variables.is_empty() {
        return sig;
    }
    Signature { variables: TyList::EMPTY(), ..sig.get().clone() }.intern()
}
