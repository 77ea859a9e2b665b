//! Calls of overload sets: which signature is meant.

use pytype_source::ErrorCode;
use pytype_types::{AnySource, ArgKind, Sig, Ty, TyFlags, TyKind, TyList, map_formals_to_actuals};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;
use smallvec::SmallVec;

use super::argument_types::Fits;
use super::callable::FormalToActual;
use super::{ArgumentValue, CallArgument, CallOutcome, CallSite};
use crate::Checker;
use crate::expressions::{expects_type_form, is_operator_method, operator_of_method};

/// How many unions one call may split.
const MAX_UNIONS: usize = 5;

/// Unions nest too deep to try all combinations.
struct TooManyUnions;

/// A signature that may be meant, and which arguments go to which of its parameters.
pub(super) struct Target {
    pub(super) sig: Sig,
    mapping: FormalToActual,
}

/// The call under way.
#[derive(Clone, Copy)]
pub(super) struct OverloadCall<'a, 'b> {
    pub(super) targets: &'b [Target],
    pub(super) arguments: &'b [CallArgument<'a>],
    pub(super) site: CallSite<'b>,
    /// Some signature takes `None` and another a bare type variable at one place: unions are
    /// always split, or the variable would swallow the `None`.
    pub(super) split_always: bool,
}

impl Checker<'_> {
    /// The outcome of calling an overload set.
    pub(super) fn check_overloaded(
        &mut self,
        items: TyList,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> CallOutcome {
        let types = self.infer_arguments_alone(arguments);
        let targets = self.plausible_targets(items, arguments, &types);
        let split_always = self.none_meets_type_variable(&types, &targets);
        // The callee's type is recorded by the caller, not by each attempt.
        let site = CallSite { callee: None, ..site };
        let call = OverloadCall { targets: &targets, arguments, site, split_always };

        let mut interrupted = false;
        let mut split: Option<Vec<CallOutcome>> = None;
        if types.iter().any(|ty| self.is_real_union(*ty)) {
            let (outcome, _) = self.attempt(|c| c.infer_by_splitting(call, &types, 0));
            match outcome {
                Ok(found) => split = found,
                Err(TooManyUnions) => interrupted = true,
            }
        }
        let mut united = split.as_ref().map(|found| {
            let results: Vec<Ty> = found.iter().map(|o| o.result).collect();
            let callees: Vec<Ty> = found.iter().map(|o| o.callee).collect();
            CallOutcome { result: self.simplified_union(results), callee: self.combine_signatures(&callees) }
        });
        let mut direct = self.infer_overload(call, &types);
        if let (Some(one), Some(all)) = (direct, united) {
            // Both ways work: the narrower result counts.
            let narrower = self.is_subtype(one.result, all.result);
            if narrower && !self.proper(one.result).is_any() && !split_always {
                united = None;
            } else {
                direct = None;
            }
        }
        if let Some(outcome) = united {
            for part in split.into_iter().flatten() {
                self.warn_deprecated_callee(part.callee, site.range);
            }
            return outcome;
        }
        if let Some(outcome) = direct {
            self.warn_deprecated_callee(outcome.callee, site.range);
            return outcome;
        }
        // mypy expands unions only, and code that it checks has comments where the typing specification
        // asks for more: then the call gives `Any`.
        if !self.is_ignored(site.range, ErrorCode::CallOverload)
            && let Some(outcome) = self.infer_by_expanding(call, &types)
        {
            return outcome;
        }

        // Nothing fits. If a signature fits by the shapes of its parameters, it was probably meant.
        let similar =
            targets.iter().map(|t| t.sig).find(|sig| self.is_similar(*sig, arguments, &types, site));
        let target = match similar {
            Some(target) => Ty::callable(target),
            None => {
                self.report_no_overload(items, &types, site);
                self.error_any()
            }
        };
        let outcome = self.check_call(target, arguments, site);
        if interrupted && !split_always {
            self.fail(ErrorCode::Misc, site.range, |_| {
                "There are too many unions among the arguments to try all combinations".to_owned()
            });
        }
        outcome
    }

    fn report_no_overload(&mut self, items: TyList, types: &[Ty], site: CallSite<'_>) {
        let is_operator = site.callable_name.is_some_and(|name| is_operator_method(name.last_component()));
        let code = if is_operator { ErrorCode::Operator } else { ErrorCode::CallOverload };
        self.fail(code, site.range, |c| {
            let shown: Vec<String> = types.iter().map(|ty| c.show(*ty)).collect();
            let method = site.callable_name.map(|name| name.last_component());
            if let Some((symbol, _)) = method.and_then(operator_of_method) {
                return format!("Operator {symbol} does not take an operand of type {}", shown.join(", "));
            }
            let name = items.first().and_then(|item| item.as_callable()).map(|sig| c.show_callee(&sig));
            format!(
                "No overload of {} takes arguments of types {}",
                name.unwrap_or_else(|| "the function".to_owned()),
                if shown.is_empty() { "()".to_owned() } else { shown.join(", ") }
            )
        });
    }

    /// A use of an overload that is deprecated by itself.
    fn warn_deprecated_callee(&mut self, callee: Ty, range: TextRange) {
        let Some(sig) = callee.as_callable() else { return };
        let Some(definition) = sig.definition else { return };
        if let Some(message) = sig.deprecated {
            self.warn_deprecated(definition, message, range);
        }
    }

    /// The signatures whose parameters can take this many arguments. Those with `*args` or
    /// `**kwargs` come first when the call has such of unknown length.
    fn plausible_targets(
        &mut self,
        items: TyList,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
    ) -> Vec<Target> {
        let has_shape = |ty: Ty| match self.proper(ty).kind() {
            TyKind::Tuple { .. } | TyKind::TypedDict(_) => true,
            TyKind::Instance(instance) => {
                self.class_info(instance.class).flags.contains(pytype_types::ClassFlags::NAMED_TUPLE)
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
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
        };
        let open =
            |kind: ArgKind| arguments.iter().zip(types).any(|(a, ty)| a.kind == kind && !has_shape(*ty));
        let (open_star, open_keywords) = (open(ArgKind::Star), open(ArgKind::Star2));
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for item in items {
            let Some(sig) = item.as_callable() else { continue };
            let sig = pytype_types::normalize::normalized(&self.ctx, sig);
            if self.param_spec_of(&sig).is_some() {
                rest.push(Target { sig, mapping: FormalToActual::new() });
                continue;
            }
            let mapping = self.map_typed_arguments(arguments, &sig, &|position| types.get(position).copied());
            let (fits, _) = self.attempt(|c| {
                c.check_counts(&sig, arguments, types, &mapping, CallSite::at(TextRange::default()))
            });
            if !fits {
                continue;
            }
            let starred = (open_star && sig.star().is_some()) || (open_keywords && sig.star2().is_some());
            let target = Target { sig, mapping };
            if starred { first.push(target) } else { rest.push(target) }
        }
        first.append(&mut rest);
        first
    }

    /// The first signature that takes the arguments; `Any` when an `Any` among them leaves it open.
    pub(super) fn infer_overload(&mut self, call: OverloadCall<'_, '_>, types: &[Ty]) -> Option<CallOutcome> {
        let has_any = types.iter().any(|ty| self.has_any(*ty));
        let mut matches: Vec<Sig> = Vec::new();
        let mut outcomes: Vec<CallOutcome> = Vec::new();
        let mut first_types = None;
        for target in call.targets {
            if self.is_ruled_out(target, call.arguments, types) {
                continue;
            }
            let target = target.sig;
            self.expressions.choosing_overload += 1;
            let ((outcome, log), wrong) = self.attempt(|c| {
                c.logging_types(|c| c.check_call(Ty::callable(target), call.arguments, call.site))
            });
            self.expressions.choosing_overload -= 1;
            if wrong {
                self.forget_types(log);
                continue;
            }
            if !has_any {
                self.keep_types(log);
                return Some(outcome);
            }
            if first_types.is_none() {
                first_types = Some(self.take_types(log));
            } else {
                self.forget_types(log);
            }
            let sig = self.proper(outcome.callee).as_callable().unwrap_or(target);
            matches.push(sig);
            outcomes.push(outcome);
            // More signatures that fit cannot make it clear again.
            if self.is_left_open(&matches, &outcomes, call.arguments, types) {
                return Some(self.check_call(self.any(), call.arguments, call.site));
            }
            if self.is_sure_match(target, sig, call.arguments, types) {
                break;
            }
        }
        let first = *outcomes.first()?;
        let results: Vec<Ty> = outcomes.iter().map(|o| o.result).collect();
        let result = if !self.any_makes_ambiguous(&matches, &results, call.arguments, types) {
            first
        } else if !matches.iter().all(|sig| sig.is_type_object())
            && !results.iter().any(|ty| self.has_any(*ty))
        {
            // Several results that are all fully known: which of them is open (the typing
            // specification, "Overload call evaluation", step 5). A constructor makes an
            // instance of its class in any case.
            let any = Ty::any(AnySource::Implementation);
            CallOutcome { result: any, callee: self.erase(first.callee) }
        } else {
            // But for their type arguments, the results are all the same.
            CallOutcome { result: self.erase(first.result), callee: self.erase(first.callee) }
        };
        self.store_types(first_types.unwrap_or_default());
        Some(result)
    }

    /// Whether some argument does not fit for sure, whatever the type variables stand for: then the
    /// call need not be tried.
    fn is_ruled_out(&self, target: &Target, arguments: &[CallArgument<'_>], types: &[Ty]) -> bool {
        target.sig.params.iter().zip(&target.mapping).any(|(param, actuals)| {
            actuals.iter().any(|actual| {
                let argument = &arguments[*actual];
                !argument.kind.is_star()
                    && has_one_type(argument)
                    && types.get(*actual).is_some_and(|given| self.never_fits(*given, param.ty))
            })
        })
    }

    /// Whether a value of type `given` is no `wanted`, whatever the type variables in that stand for.
    fn never_fits(&self, given: Ty, wanted: Ty) -> bool {
        if wanted.has(TyFlags::HAS_ERASED) || given.has(TyFlags::HAS_ERASED) {
            return false;
        }
        let wanted = if wanted.has(TyFlags::HAS_UNPACK | TyFlags::HAS_PARAM_SPEC) {
            match wanted.as_instance().filter(|instance| !self.class_info(instance.class).is_protocol()) {
                Some(instance) => pytype_types::fill_with_any(&*self.ctx, instance.class),
                None => return false,
            }
        } else if wanted.has(TyFlags::HAS_TYPE_VAR) {
            self.erase_type_vars(wanted)
        } else {
            wanted
        };
        let Some(given) = self.without_own_variables(given, wanted) else { return false };
        !expects_type_form(wanted) && !self.is_subtype(given, wanted)
    }

    /// The type without variables that a callable in it has of its own; for a class where a class is wanted, whose
    /// variables may be anything. `None` for other callables with variables.
    fn without_own_variables(&self, given: Ty, wanted: Ty) -> Option<Ty> {
        if !given.has(TyFlags::HAS_GENERIC_CALLABLE) {
            return Some(given);
        }
        let class = given.as_callable().filter(|sig| sig.is_type_object() && is_made_of_types(wanted))?;
        let instance = self.erase_type_vars(self.instance_of_signature(&class));
        Some(Ty::new(TyKind::Type(instance)))
    }

    /// Splits the first union among the argument types and lets each item find its signature.
    fn infer_by_splitting(
        &mut self,
        call: OverloadCall<'_, '_>,
        types: &[Ty],
        level: usize,
    ) -> Result<Option<Vec<CallOutcome>>, TooManyUnions> {
        if level >= MAX_UNIONS {
            return Err(TooManyUnions);
        }
        let typed: Vec<CallArgument<'_>> =
            call.arguments.iter().zip(types).map(|(argument, ty)| argument.with_type(*ty)).collect();
        let typed_call = OverloadCall { arguments: &typed, ..call };
        let Some(position) = types.iter().position(|ty| self.is_real_union(*ty)) else {
            return Ok(self.infer_overload(typed_call, types).map(|outcome| vec![outcome]));
        };
        if !call.split_always
            && let Some(direct) = self.infer_overload(typed_call, types)
        {
            let result = self.proper(direct.result);
            // Only a result that is no union is surely not too greedy.
            if !self.is_union(result) && !result.is_any() {
                return Ok(Some(vec![direct]));
            }
        }
        let mut found: Vec<CallOutcome> = Vec::new();
        for item in pytype_types::checked_items(&*self.ctx, self.proper(types[position])) {
            let mut types = types.to_vec();
            types[position] = item;
            match self.infer_by_splitting(call, &types, level + 1)? {
                Some(outcomes) => {
                    for outcome in outcomes {
                        if !found.contains(&outcome) {
                            found.push(outcome);
                        }
                    }
                }
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    fn is_real_union(&self, ty: Ty) -> bool {
        matches!(self.proper(ty).kind(), TyKind::Union(items) if items.len() > 1)
    }

    fn none_meets_type_variable(&self, types: &[Ty], targets: &[Target]) -> bool {
        let optional = types.iter().any(|ty| {
            if let TyKind::Union(items) = self.proper(*ty).kind() {
                items.iter().any(|item| self.proper(item).is_none())
            } else {
                false
            }
        });
        let Some(shortest) = targets.iter().map(|t| t.sig.params.len()).min() else { return false };
        optional
            && (0..shortest).any(|position| {
                let at = |target: &Target| self.proper(target.sig.params[position].ty);
                targets.iter().any(|target| at(target).is_none())
                    && targets.iter().any(|target| matches!(at(target).kind(), TyKind::TypeVar(_)))
            })
    }

    fn are_all_same(&self, types: &[Ty]) -> bool {
        types.split_first().is_none_or(|(first, rest)| rest.iter().all(|ty| self.is_same_type(*ty, *first)))
    }

    /// Whether `Any` among the arguments leaves it open which signature is meant, and with it what the result is.
    fn is_left_open(
        &self,
        matches: &[Sig],
        outcomes: &[CallOutcome],
        arguments: &[CallArgument<'_>],
        types: &[Ty],
    ) -> bool {
        let results: SmallVec<[Ty; 4]> = outcomes.iter().map(|outcome| outcome.result).collect();
        if self.are_all_same(&results) {
            return false;
        }
        let erased: SmallVec<[Ty; 4]> = results.iter().map(|ty| self.erase(*ty)).collect();
        !self.are_all_same(&erased) && self.any_makes_ambiguous(matches, &results, arguments, types)
    }

    /// Whether an argument that is or contains `Any` goes to parameters of different types in
    /// signatures with different results.
    fn any_makes_ambiguous(
        &self,
        matches: &[Sig],
        results: &[Ty],
        arguments: &[CallArgument<'_>],
        types: &[Ty],
    ) -> bool {
        if self.are_all_same(results) {
            return false;
        }
        let lookups: Vec<Vec<Vec<usize>>> = matches
            .iter()
            .map(|sig| {
                let mapping =
                    self.map_typed_arguments(arguments, sig, &|position| types.get(position).copied());
                map_formals_to_actuals(&mapping, arguments.len())
            })
            .collect();
        types.iter().enumerate().filter(|(_, ty)| self.has_any_outside_class_objects(**ty)).any(
            |(position, _)| {
                let (mut formals, mut returns) = (Vec::new(), Vec::new());
                for (sig, lookup) in matches.iter().zip(&lookups) {
                    let Some(taken) = lookup.get(position).filter(|taken| !taken.is_empty()) else {
                        continue;
                    };
                    returns.push(sig.ret);
                    formals.extend(taken.iter().map(|formal| sig.params[*formal].ty));
                }
                !self.are_all_same(&formals) && !self.are_all_same(&returns)
            },
        )
    }

    /// Whether the arguments could fit at run time, type arguments aside.
    fn is_similar(
        &mut self,
        target: Sig,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        site: CallSite<'_>,
    ) -> bool {
        let mapping = self.map_typed_arguments(arguments, &target, &|position| types.get(position).copied());
        let (fits, _) = self.attempt(|c| c.check_counts(&target, arguments, types, &mapping, site));
        if !fits {
            return false;
        }
        let mut pairs = Fits::new();
        self.attempt(|c| c.collect_fits(&target, arguments, types, &mapping, site, &mut pairs));
        pairs.iter().all(|fit| self.is_roughly(fit.given, fit.wanted))
    }

    /// Whether an argument has about the shape of a parameter.
    fn is_roughly(&self, given: Ty, wanted: Ty) -> bool {
        let plain = |ty: Ty| {
            let ty = self.proper(ty);
            if let TyKind::TypeVar(variable) = ty.kind() {
                self.proper(self.values_or_bound(variable))
            } else {
                ty
            }
        };
        let (given, wanted) = (plain(given), plain(wanted));
        let is_class_like = |ty: Ty| {
            matches!(ty.kind(), TyKind::Type(_))
                || self.is_class_object(ty)
                || ty.is_instance_of("builtins.type")
        };
        if wanted.as_callable().is_some()
            && matches!(given.kind(), TyKind::Callable(_) | TyKind::Overloaded(_) | TyKind::Type(_))
        {
            return true;
        }
        if is_class_like(given) && is_class_like(wanted) {
            return true;
        }
        if let TyKind::Union(items) = given.kind() {
            return items.iter().any(|item| self.is_roughly(item, wanted));
        }
        if let TyKind::Union(items) = wanted.kind() {
            return items.iter().any(|item| self.is_roughly(given, item));
        }
        if let TyKind::TypedDict(dict) = given.kind() {
            return matches!(wanted.kind(), TyKind::TypedDict(_)) || self.is_roughly(dict.fallback, wanted);
        }
        if let TyKind::Instance(instance) = wanted.kind() {
            let nominal = match given.kind() {
                TyKind::Callable(sig) => sig.fallback,
                TyKind::Overloaded(items) => {
                    items.first().and_then(|item| item.as_callable()).map_or(given, |sig| sig.fallback)
                }
                TyKind::Tuple { .. } => self.tuple_fallback(given),
                TyKind::Any(_)
                | TyKind::None
                | TyKind::Never { .. }
                | TyKind::Deleted
                | TyKind::Erased
                | TyKind::Instance(_)
                | TyKind::Union(_)
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
                | TyKind::Module(_) => given,
            };
            if nominal.as_instance().is_some_and(|i| self.class_info(i.class).has_base(instance.class)) {
                return true;
            }
        }
        self.is_subtype(self.erase(given), self.erase(wanted))
    }
}

/// Whether it is `type[...]`, or a union of such.
fn is_made_of_types(ty: Ty) -> bool {
    if let TyKind::Union(items) = ty.kind() {
        items.iter().all(is_made_of_types)
    } else {
        matches!(ty.kind(), TyKind::Type(_))
    }
}

/// Whether an argument has the same type whatever is expected of it, but for what is known of its value.
fn has_one_type(argument: &CallArgument<'_>) -> bool {
    match argument.value {
        ArgumentValue::Expr(expr) => matches!(
            expr,
            Expr::Name(_)
                | Expr::Attribute(_)
                | Expr::NumberLiteral(_)
                | Expr::BooleanLiteral(_)
                | Expr::NoneLiteral(_)
                | Expr::BytesLiteral(_)
        ),
        ArgumentValue::Type(..) => true,
        ArgumentValue::Pair(..) | ArgumentValue::NamedPair(..) => false,
    }
}
