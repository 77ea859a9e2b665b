//! Whether each argument fits its parameter.

use pytype_source::{ErrorCode, Name};
use pytype_types::shared_parts::Answers;
use pytype_types::{
    ArgKind, ArgTypeExpander, ArgumentInferContext, ClassFlags, ParamKind, SigFlags, Signature, Ty, TyKind,
};
use ruff_text_size::TextRange;
use smallvec::{SmallVec, smallvec};

use super::callable::{FormalToActual, PerArgument};
use super::{CallArgument, CallSite};
use crate::Checker;
use crate::expressions::{is_operator_method, operator_of_method, unpack_position};

/// One argument against one parameter.
#[derive(Clone, Copy)]
pub(super) struct Fit<'s> {
    /// The part of the argument that the parameter gets.
    pub given: Ty,
    /// The argument's whole type.
    pub whole: Ty,
    pub kind: ArgKind,
    pub wanted: Ty,
    /// Positions of the argument and of the parameter.
    pub actual: usize,
    pub formal: usize,
    pub sig: &'s Signature,
    pub range: TextRange,
}

/// The arguments of a call, each against its parameter.
pub(super) type Fits<'s> = SmallVec<[Fit<'s>; 2]>;

impl Checker<'_> {
    /// Reports every argument that does not fit its parameter.
    pub(super) fn check_argument_types(
        &mut self,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
    ) {
        self.check_star_arguments(arguments, types, site.range);
        let mut fits = SmallVec::new();
        self.collect_fits(sig, arguments, types, mapping, site, &mut fits);
        for fit in fits {
            self.check_fit(fit, site);
        }
    }

    /// Pairs arguments with parameters, unpacking what is unpacked on either side.
    pub(super) fn collect_fits<'s>(
        &mut self,
        sig: &'s Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
        fits: &mut Fits<'s>,
    ) {
        let mut expander = ArgTypeExpander::new(ArgumentInferContext::new(&self.ctx));
        for (formal, actuals) in mapping.iter().enumerate() {
            let param = &sig.params[formal];
            let wanted = self.proper(param.ty);
            let TyKind::Unpack(unpacked) = wanted.kind() else {
                for actual in actuals {
                    let pair = (types[*actual], wanted, param.kind);
                    fits.extend(self.fit(sig, arguments, &mut expander, formal, *actual, pair));
                }
                continue;
            };
            let given: PerArgument<(Ty, ArgKind)> =
                actuals.iter().map(|a| (types[*a], arguments[*a].kind)).collect();
            let (given, expected) = self.pair_with_unpacked((wanted, param.kind), *unpacked, &given);
            if given.len() != expected.len() {
                if given.len() > expected.len() {
                    self.report_too_many(sig, site.range);
                } else {
                    self.fail(ErrorCode::CallArg, site.range, |c| {
                        format!("Too few arguments for {}", c.show_callee(sig))
                    });
                }
                continue;
            }
            for ((actual, ty), (wanted, wanted_kind)) in actuals.iter().zip(given).zip(expected) {
                let pair = (ty, wanted, wanted_kind);
                fits.extend(self.fit(sig, arguments, &mut expander, formal, *actual, pair));
            }
        }
    }

    /// The argument number `actual` against the parameter number `formal`: `pair` has its type, and the type and
    /// kind of what is expected. `None` if its value is known to fit.
    fn fit<'s>(
        &mut self,
        sig: &'s Signature,
        arguments: &[CallArgument<'_>],
        expander: &mut ArgTypeExpander,
        formal: usize,
        actual: usize,
        pair: (Ty, Ty, ParamKind),
    ) -> Option<Fit<'s>> {
        let (whole, wanted, wanted_kind) = pair;
        let argument = &arguments[actual];
        let given = expander.expand_actual_type(
            &self.ctx,
            whole,
            argument.kind,
            sig.params[formal].name,
            wanted_kind,
            matches!(wanted.kind(), TyKind::Unpack(_)),
        );
        // Which overload is meant is decided by types, not by what the value was compared with.
        if let (ArgKind::Pos | ArgKind::Named, Some(expr)) = (argument.kind, argument.expr())
            && self.expressions.choosing_overload == 0
            && self.fits_by_value(expr, wanted)
        {
            return None;
        }
        let range = argument.range();
        Some(Fit { given, whole, kind: argument.kind, wanted, actual, formal, sig, range })
    }

    /// What each argument of a parameter must be that unpacks `unpacked`: `*args: *tuple[...]` spreads its items
    /// over them.
    fn pair_with_unpacked(
        &self,
        (wanted, kind): (Ty, ParamKind),
        unpacked: Ty,
        given: &[(Ty, ArgKind)],
    ) -> (PerArgument<Ty>, PerArgument<(Ty, ParamKind)>) {
        let types: PerArgument<Ty> = given.iter().map(|(ty, _)| *ty).collect();
        let inner = self.proper(unpacked);
        // `*args: *tuple[*Ts, int]` given `*args` and more: compare the tuples as wholes.
        if let TyKind::Tuple { items, .. } = inner.kind()
            && let [(first, ArgKind::Star), rest @ ..] = given
            && !rest.is_empty()
            && rest.iter().all(|(_, kind)| *kind == ArgKind::Pos)
            && let TyKind::Tuple { items: first_items, .. } = self.proper(*first).kind()
            && let [unpack] = first_items.as_slice()
            && matches!(unpack.kind(), TyKind::Unpack(_))
        {
            let mut types = types;
            types[0] = *unpack;
            let kinds = items
                .iter()
                .enumerate()
                .map(|(i, ty)| (ty, if i == 0 { ParamKind::Star } else { ParamKind::Pos }));
            return (types, kinds.collect());
        }
        let expected = match inner.kind() {
            TyKind::Tuple { items, .. } => match unpack_position(items) {
                None => items.iter().map(|ty| (ty, ParamKind::Pos)).collect(),
                Some(position) => {
                    if let TyKind::Unpack(nested) = items[position].kind()
                        && matches!(nested.kind(), TyKind::TypeVarTuple(_))
                    {
                        items
                            .iter()
                            .enumerate()
                            .map(|(i, ty)| (ty, if i == position { ParamKind::Star } else { ParamKind::Pos }))
                            .collect()
                    } else {
                        let middle = self.variadic_item(items[position]);
                        let count = (given.len() + 1).saturating_sub(items.len());
                        let before = items[..position].iter().copied();
                        let behind = items[position + 1..].iter().copied();
                        let all = before.chain(std::iter::repeat_n(middle, count)).chain(behind);
                        all.map(|ty| (ty, ParamKind::Pos)).collect()
                    }
                }
            },
            TyKind::TypeVarTuple(_) => smallvec![(wanted, ParamKind::Star)],
            TyKind::Instance(instance) => {
                let item = instance.args.first().copied().unwrap_or_else(|| self.any());
                smallvec![(item, ParamKind::Pos); given.len()]
            }
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
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => smallvec![(wanted, kind); given.len()],
        };
        (types, expected)
    }

    fn check_fit(&mut self, fit: Fit<'_>, site: CallSite<'_>) {
        let given = self.proper(fit.given);
        let wanted = self.proper(fit.wanted);
        if matches!(given.kind(), TyKind::Deleted) {
            return self.fail(ErrorCode::Misc, fit.range, |_| "This variable was deleted".to_owned());
        }
        if self.passes_abstract_class(given, wanted) {
            return self.fail(ErrorCode::TypeAbstract, fit.range, |c| {
                format!("A concrete class is needed where {} is expected", c.show(wanted))
            });
        }
        if !self.is_subtype(fit.given, fit.wanted) && !self.is_reported_class_test(given, site) {
            let code = self.report_bad_argument(fit, site);
            self.suggest_await(given, wanted, fit.range, code);
        }
    }

    /// `isinstance(x, N)` with a `NewType` is reported as that already.
    fn is_reported_class_test(&self, given: Ty, site: CallSite<'_>) -> bool {
        site.callable_name.is_some_and(|name| name == "builtins.isinstance" || name == "builtins.issubclass")
            && self
                .class_of_object(given)
                .is_some_and(|class| self.class_info(class).flags.contains(ClassFlags::NEW_TYPE))
    }

    /// Where `type[C]` is expected, an abstract class must not be given.
    fn passes_abstract_class(&self, given: Ty, wanted: Ty) -> bool {
        self.part_passes_abstract_class(given, wanted, &Answers::default())
    }

    fn part_passes_abstract_class(&self, given: Ty, wanted: Ty, visited: &Answers<(Ty, Ty), ()>) -> bool {
        if let (TyKind::Tuple { items: given, .. }, TyKind::Tuple { items: wanted, .. }) =
            (given.kind(), wanted.kind())
        {
            return given.iter().zip(*wanted).any(|(given, wanted)| {
                let (given, wanted) = (self.proper(given), self.proper(wanted));
                visited.is_new((given, wanted)) && self.part_passes_abstract_class(given, wanted, visited)
            });
        }
        let TyKind::Type(item) = wanted.kind() else { return false };
        let is_abstract = |class| self.class_info(class).is_protocol() || self.ctx_is_abstract(class);
        !self.expressions.allow_abstract
            && self.class_of_object(given).is_some_and(is_abstract)
            && item.as_instance().is_some_and(|i| is_abstract(i.class))
    }

    /// Reports an argument that does not fit, with the code that the kind of call asks for.
    fn report_bad_argument(&mut self, fit: Fit<'_>, site: CallSite<'_>) -> ErrorCode {
        let name = method_name(fit.sig);
        let code = self.bad_argument_code(fit, name, site);
        let wanted = fit.sig.params.get(fit.formal).map_or(fit.wanted, |p| p.ty);
        self.fail(code, fit.range, |c| {
            let (given, wanted) = c.show_two(fit.whole, wanted);
            match (code, name) {
                (ErrorCode::Index, _) => {
                    format!("An index of type {given} does not fit: {wanted} is expected")
                }
                (ErrorCode::Assignment, _) => {
                    format!("A value of type {given} cannot be assigned to an item of type {wanted}")
                }
                (ErrorCode::Operator, Some(name)) => {
                    let symbol = operator_of_method(&name).map_or(name.as_str(), |(symbol, _)| symbol);
                    format!("Operator {symbol} does not take an operand of type {given}")
                }
                (ErrorCode::ListItem, _) => format!("This item has type {given}, but {wanted} is expected"),
                (ErrorCode::DictItem, _) => format!("This entry has type {given}, but {wanted} is expected"),
                _ => {
                    let stars = match fit.kind {
                        ArgKind::Star => "*",
                        ArgKind::Star2 => "**",
                        ArgKind::Pos | ArgKind::Named => "",
                    };
                    format!(
                        "Argument {} of {} has type {stars}{given}, but {wanted} is expected",
                        fit.actual + 1,
                        c.show_callee(fit.sig)
                    )
                }
            }
        });
        code
    }

    fn bad_argument_code(&self, fit: Fit<'_>, method: Option<Name>, site: CallSite<'_>) -> ErrorCode {
        match method.map(Name::as_str) {
            Some("__getitem__") => return ErrorCode::Index,
            Some("__setitem__") => {
                return if fit.actual == 0 { ErrorCode::Index } else { ErrorCode::Assignment };
            }
            Some(name) if operator_of_method(name).is_some() => return ErrorCode::Operator,
            _ => {}
        }
        match fit.sig.name.map(Name::as_str) {
            Some("<list>") => ErrorCode::ListItem,
            Some("<dict>") => ErrorCode::DictItem,
            Some("<list-comprehension>" | "<set-comprehension>" | "<dictionary-comprehension>") => {
                ErrorCode::Misc
            }
            Some("<generator>") => ErrorCode::Misc,
            _ if site.object.is_some_and(|o| matches!(o.kind(), TyKind::TypedDict(_))) => {
                ErrorCode::TypeddictItem
            }
            _ => ErrorCode::ArgType,
        }
    }
}

/// The method's own name, when the signature is that of a method. What a variable in the class body
/// holds has no name of its own.
pub(super) fn method_name(sig: &Signature) -> Option<Name> {
    let special = sig.definition.is_some_and(|d| {
        let name = d.last_component();
        is_operator_method(name) || matches!(name, "__getitem__" | "__setitem__")
    });
    if !sig.flags.contains(SigFlags::BOUND) && !special || sig.is_type_object() {
        return None;
    }
    let name = sig.name?;
    let plain = name.split(" of ").next().unwrap_or(&name).trim_matches('"');
    Some(Name::new(plain))
}
