//! What a call gives, by the kind of thing that is called.

use pytype_source::{ErrorCode, Name, name};
use pytype_types::{AnySource, ArgKind, KnownClass, Sig, Signature, Ty, TyKind, TyList};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use super::CallArgument;
use crate::Checker;
use crate::expressions::MemberUse;

/// Where a call stands, and what is known of its callee beyond the type.
#[derive(Clone, Copy, Debug)]
pub struct CallSite<'a> {
    /// Where findings about the call as a whole stand.
    pub range: TextRange,
    /// The callee, to record the type that inference finds for it.
    pub callee: Option<&'a Expr>,
    /// The full name of what is called (`m.f`, `typing.Mapping.get`).
    pub callable_name: Option<Name>,
    /// The object whose method is called.
    pub object: Option<Ty>,
    /// The type that findings speak of when the callee is a part of it.
    pub original: Option<Ty>,
}

impl CallSite<'_> {
    pub fn at(range: TextRange) -> CallSite<'static> {
        CallSite { range, callee: None, callable_name: None, object: None, original: None }
    }
}

/// What a call gives: its result, and the callee with all type variables solved.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CallOutcome {
    pub result: Ty,
    pub callee: Ty,
}

impl CallOutcome {
    pub(crate) fn both(ty: Ty) -> CallOutcome {
        CallOutcome { result: ty, callee: ty }
    }
}

impl Checker<'_> {
    /// The outcome of calling a value of type `callee`. What is wrong is reported; the result is
    /// then what the callee declares, or `Any`.
    pub fn check_call(
        &mut self,
        callee: Ty,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> CallOutcome {
        let callee = self.proper(callee);
        match callee.kind() {
            TyKind::Callable(sig) => {
                if let Some(outcome) = self.check_decorator_of_overload(*sig, arguments, site) {
                    return outcome;
                }
                if sig.is_type_object()
                    && let Some(outcome) = self.check_metaclass_call(*sig, arguments, site)
                {
                    return outcome;
                }
                self.check_callable(*sig, arguments, site)
            }
            TyKind::Overloaded(items) => {
                if let Some(first) = items.first().and_then(|first| first.as_callable())
                    && first.is_type_object()
                    && let Some(outcome) = self.check_metaclass_call(first, arguments, site)
                {
                    return outcome;
                }
                self.check_overloaded(*items, arguments, site)
            }
            TyKind::Any(AnySource::Invalid(_)) if !self.in_dynamic_function() => {
                self.infer_arguments_alone(arguments);
                self.fail(ErrorCode::Misc, site.range, |c| format!("{} is not callable", c.show(callee)));
                CallOutcome::both(self.error_any())
            }
            TyKind::Any(_) => self.check_unknown_call(callee, arguments, site),
            _ if self.in_dynamic_function() => self.check_unknown_call(callee, arguments, site),
            TyKind::Union(_) => {
                let items = pytype_types::checked_items(&*self.ctx, callee);
                self.check_union_call(callee, items, arguments, site)
            }
            TyKind::Instance(instance) => {
                let using = MemberUse { is_operator: true, original: site.original, ..MemberUse::default() };
                let call = self.member(callee, name!("__call__"), site.range, using);
                let fullname = instance.class.fullname().dot("__call__");
                let call = self.refine_method(fullname, callee, call, arguments, site.range);
                let inner = CallSite { callable_name: Some(fullname), object: Some(callee), ..site };
                let outcome = self.check_call(call, arguments, inner);
                if let Some(expr) = site.callee {
                    self.store_type(Self::place(expr), callee);
                }
                outcome
            }
            TyKind::TypeVar(variable) => {
                let bound = self.type_var_info(variable).bound;
                let inner = CallSite { callee: site.callee, ..CallSite::at(site.range) };
                self.check_call(bound, arguments, inner)
            }
            TyKind::Type(item) => {
                let callee = self.type_callee(*item, site.range);
                let inner = CallSite { callee: site.callee, ..CallSite::at(site.range) };
                self.check_call(callee, arguments, inner)
            }
            TyKind::Tuple { .. } => {
                let fallback = self.tuple_fallback(callee);
                self.check_call(fallback, arguments, CallSite { original: Some(callee), ..site })
            }
            TyKind::Literal { fallback, .. } => self.check_call(*fallback, arguments, site),
            TyKind::Never { .. } => CallOutcome::both(callee),
            TyKind::Alias { .. } => self.error_outcome(),
            TyKind::None
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::TypedDict(_)
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Module(_) => {
                // `None` in a union is told by the operator code too, as mypy's stubs have it.
                let code = if matches!(callee.kind(), TyKind::Module(_)) {
                    ErrorCode::Operator
                } else {
                    ErrorCode::Misc
                };
                self.fail(code, site.range, |c| format!("{} is not callable", c.show(callee)));
                self.error_outcome()
            }
        }
    }

    pub(crate) fn error_outcome(&self) -> CallOutcome {
        CallOutcome::both(self.error_any())
    }

    /// A call of something unknown: the arguments are looked at for themselves.
    fn check_unknown_call(
        &mut self,
        callee: Ty,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> CallOutcome {
        let types = self.infer_arguments_alone(arguments);
        self.check_star_arguments(arguments, &types, site.range);
        CallOutcome::both(match callee.kind() {
            TyKind::Any(AnySource::Unimported) => Ty::any(AnySource::Unimported),
            TyKind::Any(_) => Ty::any(AnySource::Derived),
            TyKind::None
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
            | TyKind::Module(_) => self.any(),
        })
    }

    fn check_union_call(
        &mut self,
        callee: Ty,
        items: TyList,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> CallOutcome {
        let results: Vec<Ty> = self.for_union_item(|c| {
            items.iter().map(|item| c.check_call(item, arguments, CallSite::at(site.range)).result).collect()
        });
        CallOutcome { result: self.simplified_union(results), callee }
    }

    /// The outcome of calling the method `name` of `object`.
    pub fn check_method(
        &mut self,
        object: Ty,
        name: Name,
        arguments: &[CallArgument<'_>],
        range: TextRange,
        using: MemberUse,
    ) -> CallOutcome {
        let original = using.original.unwrap_or(object);
        let proper = self.proper(object);
        if let TyKind::Union(items) = proper.kind() {
            let items: Vec<Ty> = items.to_vec();
            let results = self.for_union_item(|c| {
                items
                    .into_iter()
                    .map(|item| {
                        let using = MemberUse { original: Some(original), self_type: None, ..using };
                        c.check_method(item, name, arguments, range, using)
                    })
                    .collect()
            });
            return self.united(results);
        }
        let using = MemberUse { original: Some(original), ..using };
        let method = self.member(proper, name, range, using);
        self.check_method_type(proper, name, method, arguments, range)
    }

    /// The outcome of calling a method that was looked up before.
    pub(crate) fn check_method_type(
        &mut self,
        object: Ty,
        name: Name,
        method: Ty,
        arguments: &[CallArgument<'_>],
        range: TextRange,
    ) -> CallOutcome {
        let fullname = self.method_fullname(object, name);
        let method = match fullname {
            Some(fullname) => self.refine_method(fullname, object, method, arguments, range),
            None => method,
        };
        let site = CallSite { callable_name: fullname, object: Some(object), ..CallSite::at(range) };
        self.check_call(method, arguments, site)
    }

    /// The full name of a method by the type of its object, where that has one.
    pub(crate) fn method_fullname(&self, object: Ty, name: Name) -> Option<Name> {
        let object = self.proper(object);
        let class = match object.kind() {
            TyKind::Callable(_) | TyKind::Overloaded(_) => self.class_of_object(object)?,
            TyKind::Type(item) => {
                if let TyKind::Instance(_) | TyKind::Tuple { .. } = item.kind() {
                    self.class_of_instance(*item)?
                } else {
                    return None;
                }
            }
            TyKind::TypedDict(dict) => self.defining_class(dict.fallback, name)?,
            TyKind::Literal { fallback, .. } => self.defining_class(*fallback, name)?,
            TyKind::Instance(_) | TyKind::Tuple { .. } => self.class_of_instance(object)?,
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => return None,
        };
        Some(class.fullname().member(name))
    }

    /// The result of calling `callee` with arguments of these types.
    pub fn call_with_types(&mut self, callee: Ty, types: &[Ty], range: TextRange) -> Ty {
        let arguments: Vec<CallArgument<'_>> =
            types.iter().map(|ty| CallArgument::of_type(*ty, range)).collect();
        self.expecting(None, |c| c.check_call(callee, &arguments, CallSite::at(range)).result)
    }

    /// The result of calling a method, as operators and statements do, with arguments of these types.
    pub fn call_method(&mut self, object: Ty, name: &str, types: &[Ty], range: TextRange) -> Ty {
        let arguments: Vec<CallArgument<'_>> =
            types.iter().map(|ty| CallArgument::of_type(*ty, range)).collect();
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        self.expecting(None, |c| c.check_method(object, Name::new(name), &arguments, range, using).result)
    }

    /// A generic decorator applied to an overload set: item by item.
    fn check_decorator_of_overload(
        &mut self,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> Option<CallOutcome> {
        let (true, [param], [argument]) = (sig.is_generic(), &*sig.params, arguments) else { return None };
        if self.proper(param.ty).as_callable().is_none() || self.proper(sig.ret).as_callable().is_none() {
            return None;
        }
        let (ty, _) = self.attempt(|c| c.forgetting_types(|c| c.infer_argument(argument, None)));
        let TyKind::Overloaded(items) = self.proper(ty).kind() else { return None };
        let mut results = Vec::new();
        let mut callees = Vec::new();
        for item in *items {
            let argument = CallArgument::of_type(item, argument.range());
            let (outcome, wrong) =
                self.attempt(|c| c.check_call(Ty::callable(sig), &[argument], CallSite::at(site.range)));
            let result = self.proper(outcome.result);
            if wrong || result.as_callable().is_none() || outcome.callee.as_callable().is_none() {
                continue;
            }
            results.push(result);
            callees.push(outcome.callee);
        }
        if results.is_empty() {
            return None;
        }
        Some(CallOutcome { result: Ty::overloaded(results), callee: Ty::overloaded(callees) })
    }

    /// Reports arguments with stars that cannot be unpacked.
    pub(crate) fn check_star_arguments(
        &mut self,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        range: TextRange,
    ) {
        for (argument, ty) in arguments.iter().zip(types) {
            match argument.kind {
                ArgKind::Star if !self.is_valid_star_argument(*ty) => {
                    self.fail(ErrorCode::Misc, range, |c| {
                        format!("{} cannot be unpacked: it is not iterable", c.show(*ty))
                    });
                }
                ArgKind::Star2 if !self.is_valid_keywords_argument(*ty) => {
                    self.fail(ErrorCode::ArgType, range, |c| {
                        format!(
                            "{} cannot be unpacked with **: it is no mapping with string keys",
                            c.show(*ty)
                        )
                    });
                }
                ArgKind::Pos | ArgKind::Named | ArgKind::Star | ArgKind::Star2 => {}
            }
        }
    }

    /// Whether `*value` may be passed.
    pub(crate) fn is_valid_star_argument(&self, ty: Ty) -> bool {
        let ty = self.proper(ty);
        if let TyKind::Tuple { .. } | TyKind::Any(_) | TyKind::ParamSpec(_) | TyKind::Unpack(_) = ty.kind() {
            true
        } else {
            self.is_subtype(ty, self.known_with(KnownClass::Iterable, [self.any()]))
        }
    }

    /// Whether `**value` may be passed.
    fn is_valid_keywords_argument(&self, ty: Ty) -> bool {
        let ty = self.proper(ty);
        let text = self.instance_of(KnownClass::Str);
        let mapping = |key: Ty, value: Ty| self.known_with(KnownClass::SupportsKeysAndGetItem, [key, value]);
        match ty.kind() {
            TyKind::ParamSpec(_) => true,
            TyKind::Instance(instance)
                if instance.class.is("builtins.dict")
                    && instance.args.first().is_some_and(|key| self.is_subtype(*key, text)) =>
            {
                true
            }
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
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                self.is_subtype(ty, mapping(text, self.any()))
                    || self.is_subtype(ty, mapping(Ty::never(), Ty::never()))
            }
        }
    }

    /// The signature's parameter list as a `ParamSpec`, if it takes one.
    pub(crate) fn param_spec_of(&self, signature: &Signature) -> Option<pytype_types::ParamSpec> {
        pytype_types::normalize::param_spec(signature)
    }
}
