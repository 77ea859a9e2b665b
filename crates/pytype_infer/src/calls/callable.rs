//! Calls of one signature.

use pytype_source::{ErrorCode, Name};
use pytype_types::{
    Actuals, ArgKind, KnownClass, ParamKind, ParamSpecFlavor, Sig, SigFlags, Signature, Ty, TyKind,
    TypeContext, TypeVarKind,
};
use ruff_text_size::TextRange;
use smallvec::{SmallVec, smallvec};

use super::{CallArgument, CallOutcome, CallSite};
use crate::Checker;
use crate::expressions::unpack_position;

/// For each parameter, the arguments that go to it.
pub(super) type FormalToActual = Vec<Actuals>;

/// Something for each argument of a call: few have more.
pub(crate) type PerArgument<T> = SmallVec<[T; 4]>;

impl Checker<'_> {
    /// The outcome of calling something with this signature.
    pub(super) fn check_callable(
        &mut self,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> CallOutcome {
        let mut sig = pytype_types::normalize::normalized(&self.ctx, sig);
        let mut callable_name =
            site.callable_name.or_else(|| sig.name.filter(|_| site.callable_name.is_none()));
        if let Some(class) = self.class_of_signature(&sig) {
            callable_name = Some(class.fullname());
            if !sig.flags.contains(SigFlags::FROM_TYPE) {
                self.check_instantiation(class, site.range);
            }
        }
        if let Some(outcome) = self.check_several_unpacks(sig, arguments, site) {
            return outcome;
        }
        if sig.is_generic() {
            sig = self.freshen(sig);
            sig = self.solve_from_context(sig, site.range);
        }
        let mut mapping = self.map_arguments(arguments, &sig);
        sig = self.precise_tuple_constructor(sig, arguments);
        if sig.is_generic() {
            let refresh = sig.variables.iter().any(|v| self.variable_kind(v) != Some(TypeVarKind::TypeVar));
            sig = self.solve_from_arguments(sig, arguments, &mapping, refresh, site.range);
            if refresh {
                mapping = self.map_arguments(arguments, &sig);
            }
        }
        if let Some(outcome) = self.check_param_spec_forwarding(&sig, arguments, &mapping) {
            return outcome;
        }
        let types = self.infer_arguments_in_context(&sig, arguments, &mapping);
        let site = CallSite { callable_name, ..site };
        self.check_arguments(&sig, arguments, &types, &mapping, site);

        if sig.is_type_object()
            && let [only] = types.as_slice()
            && self.instance_of_signature(&sig).is_instance_of("builtins.type")
        {
            // `type(x)`.
            let ret = self.type_of_value(*only);
            sig = Signature { ret, ..sig.get().clone() }.intern();
        }
        if let Some(callee) = site.callee {
            self.store_type(Self::place(callee), Ty::callable(sig));
        }
        if let Some(name) = callable_name
            && let Some(ret) = self.refine_result(name, &sig, arguments, &types, &mapping, site)
        {
            sig = Signature { ret, ..sig.get().clone() }.intern();
        }
        CallOutcome { result: sig.ret, callee: Ty::callable(sig) }
    }

    fn check_arguments(
        &mut self,
        sig: &Sig,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
    ) {
        let all_positional = arguments.iter().all(|a| a.kind == ArgKind::Pos)
            && sig.params.iter().all(|p| p.kind == ParamKind::Pos);
        let one_missing = !self.is_silent()
            && arguments.len() >= 2
            && all_positional
            && arguments.len() + 1 == sig.params.len();
        if one_missing {
            let (_, wrong) = self.trial(|c| c.check_counts(sig, arguments, types, mapping, site));
            if let Some(found) = wrong {
                if self.report_missing_in_the_middle(sig, arguments, types, site.range) {
                    return;
                }
                self.report_all(found);
            }
        } else {
            self.check_counts(sig, arguments, types, mapping, site);
        }
        self.check_argument_types(sig, arguments, types, mapping, site);
    }

    /// When exactly one positional argument is missing, finds which from the types of the others.
    fn report_missing_in_the_middle(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        range: TextRange,
    ) -> bool {
        let mut skipped: Option<usize> = None;
        let mut next = 0;
        for (position, param) in sig.params.iter().enumerate() {
            let Some(ty) = types.get(next) else {
                skipped = Some(skipped.unwrap_or(position));
                break;
            };
            if self.is_subtype(*ty, param.ty) {
                next += 1;
            } else if skipped.is_none() {
                skipped = Some(position);
            } else {
                return false;
            }
        }
        let Some(skipped) = skipped else { return false };
        if next != types.len() || skipped + 1 == sig.params.len() {
            return false;
        }
        let (Some(name), Some(_)) = (sig.params[skipped].name, sig.name) else { return false };
        let place = arguments.get(skipped).map_or(range, CallArgument::range);
        self.fail(ErrorCode::CallArg, place, |c| {
            format!("Argument \"{name}\" is missing in the call of {}", c.show_callee(sig))
        });
        true
    }

    /// Abstract classes and protocols have no instances of their own.
    fn check_instantiation(&mut self, class: pytype_types::ClassId, range: TextRange) {
        let info = self.class_info(class);
        if info.is_protocol() {
            self.fail(ErrorCode::Misc, range, |_| {
                format!("Protocol class \"{}\" cannot be instantiated", class.name())
            });
        } else if !info.flags.contains(pytype_types::ClassFlags::FALLBACK_TO_ANY)
            && self.ctx.is_abstract(class)
        {
            self.fail(ErrorCode::Abstract, range, |c| {
                let missing = c.abstract_members(class);
                format!("Class \"{}\" cannot be instantiated: it leaves {missing} abstract", class.name())
            });
        }
    }

    /// Only one argument of unknown length can go to `*args: *Ts`.
    fn check_several_unpacks(
        &mut self,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> Option<CallOutcome> {
        if !matches!(sig.star()?.ty.kind(), TyKind::Unpack(_)) {
            return None;
        }
        let mut seen = false;
        for argument in arguments.iter().filter(|a| a.kind == ArgKind::Star) {
            let ty = self.infer_argument(argument, None);
            let fixed = matches!(self.proper(ty).kind(), TyKind::Tuple { items, .. } if unpack_position(items).is_none());
            if fixed {
                continue;
            }
            if seen {
                self.fail(ErrorCode::CallArg, site.range, |_| {
                    "Only one argument of unknown length can be unpacked here".to_owned()
                });
                return Some(CallOutcome { result: self.error_any(), callee: Ty::callable(sig) });
            }
            seen = true;
        }
        None
    }

    /// `f(*args, **kwargs)` inside a function that has taken them as `P.args` and `P.kwargs`.
    fn check_param_spec_forwarding(
        &mut self,
        sig: &Sig,
        arguments: &[CallArgument<'_>],
        mapping: &FormalToActual,
    ) -> Option<CallOutcome> {
        let spec = self.param_spec_of(sig)?;
        let [first, second] = arguments else { return None };
        if first.kind != ArgKind::Star || second.kind != ArgKind::Star2 || mapping.len() != 2 {
            return None;
        }
        let first = self.infer_argument(first, None);
        let second = self.infer_argument(second, None);
        match (first.kind(), second.kind()) {
            (TyKind::ParamSpec(args), TyKind::ParamSpec(kwargs))
                if args.flavor == ParamSpecFlavor::Args
                    && kwargs.flavor == ParamSpecFlavor::Kwargs
                    && args.id == kwargs.id
                    && args.id == spec.id =>
            {
                Some(CallOutcome { result: sig.ret, callee: Ty::callable(*sig) })
            }
            _ => None,
        }
    }

    /// The constructor that a class inherits from `tuple` takes a tuple like itself.
    fn precise_tuple_constructor(&mut self, sig: Sig, arguments: &[CallArgument<'_>]) -> Sig {
        let [argument] = arguments else { return sig };
        let inherited = sig.is_type_object()
            && sig.definition.is_some_and(|d| d == "builtins.tuple.__new__")
            && self.class_of_signature(&sig).is_some_and(|class| !class.is("builtins.tuple"));
        if !inherited || sig.params.len() != 1 {
            return sig;
        }
        let (ty, _) = self.attempt(|c| c.infer_argument(argument, None));
        if !matches!(self.proper(ty).kind(), TyKind::Tuple { .. }) {
            return sig;
        }
        let wanted = match sig.ret.kind() {
            TyKind::Tuple { items, .. } => {
                Ty::tuple(*items, self.known_with(KnownClass::Tuple, [self.any()]))
            }
            TyKind::Instance(_) => self.map_to_supertype(sig.ret, self.ctx.known(KnownClass::Tuple)),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
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
            | TyKind::Module(_) => return sig,
        };
        let mut changed = sig.get().clone();
        changed.params[0].ty = wanted;
        changed.intern()
    }

    pub(super) fn map_arguments(
        &mut self,
        arguments: &[CallArgument<'_>],
        sig: &Signature,
    ) -> FormalToActual {
        let stars: PerArgument<Option<Ty>> = arguments
            .iter()
            .map(|argument| argument.kind.is_star().then(|| self.infer_argument(argument, None)))
            .collect();
        self.map_typed_arguments(arguments, sig, &|position| stars.get(position).copied().flatten())
    }

    /// The same where the types of all arguments are known.
    pub(super) fn map_typed_arguments(
        &self,
        arguments: &[CallArgument<'_>],
        sig: &Signature,
        type_of: &dyn Fn(usize) -> Option<Ty>,
    ) -> FormalToActual {
        let kinds: PerArgument<ArgKind> = arguments.iter().map(|a| a.kind).collect();
        let names: PerArgument<Option<Name>> = arguments.iter().map(|a| a.name).collect();
        pytype_types::map_actuals_to_formals(&self.ctx, &kinds, &names, &sig.params, &mut |position| {
            type_of(position).unwrap_or_else(|| self.any())
        })
    }

    /// The types of the arguments where each parameter's type is expected.
    pub(super) fn infer_arguments_in_context(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        mapping: &FormalToActual,
    ) -> PerArgument<Ty> {
        let mut contexts: PerArgument<Option<Ty>> = smallvec![None; arguments.len()];
        for (param, actuals) in sig.params.iter().zip(mapping) {
            for actual in actuals {
                if !arguments[*actual].kind.is_star() {
                    contexts[*actual] = Some(param.ty);
                }
            }
        }
        arguments
            .iter()
            .zip(contexts)
            .map(|(argument, context)| match context {
                Some(context) => {
                    let before = self.expressions.prefer_unions;
                    self.expressions.prefer_unions |= context.has(pytype_types::TyFlags::HAS_ALIAS);
                    let ty = self.infer_argument(argument, Some(context));
                    self.expressions.prefer_unions = before;
                    ty
                }
                None => self.infer_argument(argument, None),
            })
            .collect()
    }

    /// `type(value)`.
    fn type_of_value(&self, ty: Ty) -> Ty {
        match ty.kind() {
            TyKind::Union(items) => {
                let items: Vec<Ty> = items.iter().map(|item| self.type_of_value(item)).collect();
                Ty::union(items)
            }
            TyKind::Instance(instance) => {
                // Of what is known of one value, only its attributes say something of its class.
                let extra = instance.extra.filter(|extra| !extra.attributes.is_empty());
                let plain = Ty::instance(instance.class, instance.args);
                let known = match plain.as_instance() {
                    Some(plain) if extra.is_some() => {
                        Ty::new(TyKind::Instance(pytype_types::Instance { extra, ..*plain }))
                    }
                    Some(_) | None => plain,
                };
                Ty::new(TyKind::Type(known))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => Ty::new(TyKind::Type(ty)),
        }
    }

    /// The abstract members of a class, for people; not all, if they are many.
    fn abstract_members(&self, class: pytype_types::ClassId) -> String {
        const SHOWN: usize = 3;
        let members = self.ctx.abstract_members(class);
        let mut names: Vec<String> = members.iter().take(SHOWN).map(|name| format!("\"{name}\"")).collect();
        if members.len() > SHOWN {
            names.push(format!("{} more", members.len() - SHOWN));
        }
        names.join(", ")
    }
}
