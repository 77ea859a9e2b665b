//! Type arguments of classes and aliases: counts, defaults, what is left out.

use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AliasId, AnySource, ClassId, KnownClass, Param, ParamKind, Signature, Substitution, Ty, TyKind, TyList,
    TypeVarKind, expand_type, instantiate_alias,
};
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use super::LateCheckKind;
use super::analyze::{Allow, Analyzer, Args, dotted_text};
use super::unpack::{flatten, is_unknown_unpack};
use crate::classes::{class_type_params, named_type};
use crate::{aliases, type_variables};

/// What takes type arguments.
#[derive(Clone, Copy)]
struct Subject<'n> {
    name: &'n str,
    params: TyList,
    is_alias: bool,
    /// Leaving arguments out is reported.
    reports_bare: bool,
}

impl Analyzer<'_, '_> {
    /// `C` or `C[...]`.
    pub fn class_reference(&mut self, class: ClassId, range: TextRange, args: Args<'_>) -> Ty {
        self.note_deprecation(class, range);
        let params = class_type_params(self.db(), class);
        if params.is_empty() && args.items.is_empty() {
            if class.is("types.NoneType") {
                let message = "\"NoneType\" is not for annotations; write \"None\"";
                self.fail(ErrorCode::NonetypeType, range, message);
                return Ty::none();
            }
            return named_type(class, TyList::EMPTY());
        }
        let (given, places) = self.given_arguments(params, args);
        self.class_with_arguments(class, given, &places, args.empty, range)
    }

    /// The class with arguments that are analyzed already.
    fn class_with_arguments(
        &mut self,
        class: ClassId,
        given: Vec<Ty>,
        places: &[TextRange],
        empty: bool,
        range: TextRange,
    ) -> Ty {
        let params = class_type_params(self.db(), class);
        let at_alias_top = self.alias.is_some() && self.nesting == 0;
        let subject = Subject {
            name: class.name().as_str(),
            params,
            is_alias: false,
            reports_bare: self.disallows_bare_generics() && !at_alias_top,
        };
        let explicit = !given.is_empty();
        let fitted = self.fit(subject, given, empty, range);
        let args = TyList::new(fitted);
        if explicit && self.needs_bounds_check(params) {
            self.later(range, LateCheckKind::ClassArguments { class, args, places: places.to_vec() });
        }
        named_type(class, args)
    }

    /// The arguments in the brackets, for these parameters.
    fn given_arguments(&mut self, params: TyList, args: Args<'_>) -> (Vec<Ty>, Vec<TextRange>) {
        let takes_parameters = has_param_spec(params);
        let allow = Allow::PARAM_SPEC | Allow::UNPACK;
        let places = args.items.iter().map(|item| self.in_string.unwrap_or(item.range())).collect();
        let given = self.parts(args.items, allow, takes_parameters);
        if takes_parameters && params.len() == 1 {
            return (self.pack_parameters(given, args), places);
        }
        (given, places)
    }

    /// `C[int, str]` for a class whose only parameter is a `ParamSpec` is `C[[int, str]]`.
    fn pack_parameters(&mut self, given: Vec<Ty>, args: Args<'_>) -> Vec<Ty> {
        let is_parameters = |ty: &Ty| matches!(ty.kind(), TyKind::Parameters(_) | TyKind::ParamSpec(_));
        match given.as_slice() {
            [] if !args.empty => given,
            [only] if only.is_any() || is_parameters(only) => given,
            _ => {
                if let Some(wrong) = given.iter().position(is_parameters) {
                    let range = args.items.get(wrong).map_or(TextRange::default(), Ranged::range);
                    let message = "Parameter lists may not be nested";
                    return vec![self.invalid_at(ErrorCode::ValidType, range, message)];
                }
                vec![Ty::new(TyKind::Parameters(positional_parameters(self.db(), &given)))]
            }
        }
    }

    /// Brings the arguments into the number that the parameters ask for.
    fn fit(&mut self, subject: Subject<'_>, given: Vec<Ty>, empty: bool, range: TextRange) -> Vec<Ty> {
        let was_empty = given.is_empty();
        let mut args = flatten(&given);
        let indexed = empty || (!was_empty && args.is_empty());
        if args.iter().copied().any(is_unknown_unpack) {
            return self.fill(subject, Vec::new(), AnySource::SpecialForm, None);
        }
        let db = self.db();
        let params = subject.params;
        let has_default = |param: &Ty| type_variables::has_default(db, *param);
        let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
        let reported = subject.reports_bare.then_some(range);
        if let Some(at) = variadic {
            let min = params
                .iter()
                .filter(|param| !matches!(param.kind(), TyKind::TypeVarTuple(_)) && !has_default(param))
                .count();
            if args.is_empty() {
                if indexed && (params.len() == 1 || (subject.is_alias && min == 0)) {
                    return Vec::new();
                }
                if indexed && min > 0 {
                    let message = format!("At least {min} type arguments are needed, none is given");
                    self.fail(ErrorCode::TypeArg, range, message);
                }
                return self.fill(subject, args, AnySource::OmittedGenerics, reported);
            }
            let open = args.iter().any(|arg| {
                if let TyKind::Unpack(inner) = arg.kind() {
                    inner.is_instance_of("builtins.tuple")
                } else {
                    false
                }
            });
            if args.len() < min && !open {
                let message = format!("At least {min} type arguments are needed, {} given", args.len());
                self.fail(ErrorCode::TypeArg, range, message);
                let silent = if subject.is_alias { None } else { reported };
                return self.fill(subject, Vec::new(), AnySource::Error, silent);
            }
            let mut args = args;
            args.extend(self.omitted_param_specs(&params.as_slice()[at + 1..], &args));
            if self.splits_variadic(&args, at, params.len() - at - 1) {
                self.fail(ErrorCode::TypeArg, range, "An unpacked TypeVarTuple cannot be split");
                return self.fill(subject, Vec::new(), AnySource::Error, None);
            }
            if args.len() < params.len() - 1 {
                return self.fill(subject, args, AnySource::OmittedGenerics, reported);
            }
            let suffix = params.len() - at - 1;
            let rest = args.split_off(args.len().saturating_sub(suffix).max(at));
            let middle = args.split_off(at.min(args.len()));
            args.extend(self.without_parameter_lists(middle, range, "a TypeVarTuple"));
            args.extend(rest);
            return args;
        }
        if args.iter().any(|arg| matches!(arg.kind(), TyKind::Unpack(_))) {
            let message = format!("\"{}\" takes a fixed number of type arguments", subject.name);
            self.fail(ErrorCode::ValidType, range, message);
            let silent = if subject.is_alias { None } else { reported };
            return self.fill(subject, Vec::new(), AnySource::Error, silent);
        }
        let min = params.iter().filter(|param| !has_default(param)).count();
        let max = params.len();
        if args.len() == max {
            return self.check_parameter_kinds(subject, args, range);
        }
        let wrong = (!args.is_empty() || indexed) && (args.len() < min || args.len() > max);
        if wrong {
            self.fail(ErrorCode::TypeArg, range, wrong_count(subject.name, min, max, args.len()));
            let silent = subject.is_alias || args.len() > max;
            let reported = if silent { None } else { reported };
            args.clear();
            return self.fill(subject, args, AnySource::Error, reported);
        }
        self.fill(subject, args, AnySource::OmittedGenerics, reported)
    }

    /// The defaults of the `ParamSpec`s behind a `TypeVarTuple`, where no list of parameters is given
    /// for them: that is never ambiguous.
    fn omitted_param_specs(&self, behind: &[Ty], args: &[Ty]) -> Vec<Ty> {
        let db = self.db();
        let is_list = |arg: &Ty| matches!(arg.kind(), TyKind::Parameters(_) | TyKind::ParamSpec(_));
        let all_optional = !behind.is_empty()
            && behind.iter().all(|param| {
                matches!(param.kind(), TyKind::ParamSpec(_)) && type_variables::has_default(db, *param)
            });
        let last = args.last().is_some_and(|last| is_list(last) || last.is_any());
        if !all_optional || last {
            return Vec::new();
        }
        behind.iter().filter_map(|param| type_variables::default_of(db, *param)).collect()
    }

    fn splits_variadic(&self, args: &[Ty], prefix: usize, suffix: usize) -> bool {
        let unpack = args.iter().position(|arg| {
            if let TyKind::Unpack(inner) = arg.kind() {
                matches!(inner.kind(), TyKind::TypeVarTuple(_))
            } else {
                false
            }
        });
        unpack.is_some_and(|at| at < prefix || args.len() - at - 1 < suffix)
    }

    /// Completes arguments with defaults and `Any`. `reported` is where a missing one is reported.
    fn fill(
        &mut self,
        subject: Subject<'_>,
        args: Vec<Ty>,
        source: AnySource,
        reported: Option<TextRange>,
    ) -> Vec<Ty> {
        let db = self.db();
        let mut filled: Vec<Ty> = Vec::with_capacity(subject.params.len());
        let mut known = Substitution::new();
        let mut any = None;
        for (position, param) in subject.params.iter().enumerate() {
            if let Some(arg) = args.get(position) {
                known.insert_variable(param, *arg);
                filled.push(*arg);
                continue;
            }
            let default = type_variables::default_of(db, param).filter(|_| source != AnySource::Error);
            let arg = match default {
                Some(default) => expand_type(self.ctx, default, &known),
                None => {
                    let value = *any.get_or_insert_with(|| match reported {
                        Some(range) => self.omitted_any(range, subject.name),
                        None => Ty::any(source),
                    });
                    if let TyKind::TypeVarTuple(_) = param.kind() {
                        Ty::new(TyKind::Unpack(self.known(KnownClass::Tuple, [value])))
                    } else {
                        value
                    }
                }
            };
            known.insert_variable(param, arg);
            filled.extend(flatten(&[arg]));
        }
        filled
    }

    /// A list of parameters cannot be one of the types that something takes.
    pub fn without_parameter_lists(&mut self, args: Vec<Ty>, range: TextRange, taker: &str) -> Vec<Ty> {
        if !args.iter().any(|arg| matches!(arg.kind(), TyKind::Parameters(_))) {
            return args;
        }
        let message = format!("A list of parameters may only stand for a ParamSpec, not for {taker}");
        let any = self.invalid_at(ErrorCode::ValidType, range, message);
        args.into_iter()
            .map(|arg| if matches!(arg.kind(), TyKind::Parameters(_)) { any } else { arg })
            .collect()
    }

    /// A parameter list may only stand for a `ParamSpec`, and only such may stand there.
    fn check_parameter_kinds(
        &mut self,
        subject: Subject<'_>,
        mut args: Vec<Ty>,
        range: TextRange,
    ) -> Vec<Ty> {
        for (param, arg) in subject.params.iter().zip(&mut args) {
            let kind = type_variables::declaration_of(param).map(|decl| decl.kind);
            let is_parameters = matches!(arg.kind(), TyKind::Parameters(_) | TyKind::ParamSpec(_));
            match kind {
                Some(TypeVarKind::TypeVar) if is_parameters => {
                    let message = "A list of parameters may only stand for a ParamSpec";
                    *arg = self.invalid_at(ErrorCode::ValidType, range, message);
                }
                Some(TypeVarKind::ParamSpec) if !is_parameters && !arg.is_any() => {
                    let message = "A ParamSpec stands for a list of parameters (\"[int, str]\"), \"...\" or another ParamSpec";
                    *arg = self.invalid_at(ErrorCode::ValidType, range, message);
                }
                Some(_) | None => {}
            }
        }
        args
    }

    fn needs_bounds_check(&self, params: TyList) -> bool {
        params.iter().any(|param| type_variables::has_limits(self.db(), param))
    }

    /// `A` or `A[...]` for an alias.
    pub fn alias_reference(&mut self, alias: AliasId, head: &Expr, range: TextRange, args: Args<'_>) -> Ty {
        let db = self.db();
        let params = aliases::alias_type_params(db, alias);
        let recursive = aliases::is_recursive(db, alias);
        if !recursive && params.is_empty() && args.items.is_empty() && !args.empty {
            let info = aliases::alias_info(db, alias);
            return if let TyKind::Instance(instance) = info.target.kind()
                && info.no_args
            {
                self.bare_class_alias(instance.class, head, range)
            } else {
                info.target
            };
        }
        let (given, places) = self.given_arguments(params, args);
        if !recursive && params.is_empty() {
            let info = aliases::alias_info(db, alias);
            if let TyKind::Instance(instance) = info.target.kind()
                && info.no_args
                && !instance.class.is("builtins.tuple")
            {
                if self.is_declared_in_source(alias) && (!given.is_empty() || args.empty) {
                    let name = dotted_text(head);
                    let message = format!(
                        "The alias \"{name}\" takes no type arguments: it stands for \"{}[Any]\"",
                        instance.class.name()
                    );
                    // What was meant is clear.
                    self.fail(ErrorCode::TypeArg, range, message);
                }
                let ty = self.class_with_arguments(instance.class, given, &places, args.empty, range);
                return ty;
            }
        }
        if recursive && self.alias.is_some() && self.nesting == 0 {
            // The alias itself, or one that is it in the end: that is reported as a whole.
            return Ty::new(TyKind::Alias { alias, args: TyList::new(given) });
        }
        let name = dotted_text(head);
        let subject =
            Subject { name: &name, params, is_alias: true, reports_bare: self.disallows_bare_generics() };
        let explicit = !given.is_empty();
        let fitted = TyList::new(self.fit(subject, given, args.empty, range));
        if explicit {
            let kind = LateCheckKind::AliasArguments { alias, args: fitted, places };
            self.later(range, kind);
        }
        if recursive {
            return Ty::new(TyKind::Alias { alias, args: fitted });
        }
        instantiate_alias(self.ctx, alias, fitted)
    }

    /// Whether an alias is declared with `TypeAlias`, outside of stubs: what it stands for is then a
    /// type, in which missing type arguments are `Any`, rather than another name of a class.
    fn is_declared_in_source(&self, alias: AliasId) -> bool {
        let at = alias.definition();
        !at.file.is_stub(self.db())
            && crate::syntax::assignment(self.db(), at).is_some_and(|found| found.annotation.is_some())
    }

    /// An alias of a bare class, used bare: as the class itself.
    fn bare_class_alias(&mut self, class: ClassId, head: &Expr, range: TextRange) -> Ty {
        let params = class_type_params(self.db(), class);
        if params.is_empty() {
            return named_type(class, TyList::EMPTY());
        }
        let name = dotted_text(head);
        let at_alias_top = self.alias.is_some() && self.nesting == 0;
        let subject = Subject {
            name: &name,
            params,
            is_alias: false,
            reports_bare: self.disallows_bare_generics() && !at_alias_top,
        };
        let fitted = self.fit(subject, Vec::new(), false, range);
        named_type(class, TyList::new(fitted))
    }
}

fn has_param_spec(params: TyList) -> bool {
    params.iter().any(|param| matches!(param.kind(), TyKind::ParamSpec(_)))
}

fn wrong_count(name: &str, min: usize, max: usize, given: usize) -> String {
    if max == 0 {
        format!("\"{name}\" takes no type arguments, {given} given")
    } else if min == max {
        format!("\"{name}\" takes {max} type arguments, {given} given")
    } else {
        format!("\"{name}\" takes {min} to {max} type arguments, {given} given")
    }
}

/// A list of unnamed positional parameters, as the value of a `ParamSpec`.
pub(crate) fn positional_parameters(db: &dyn crate::DeclareDb, types: &[Ty]) -> pytype_types::Sig {
    let params: Vec<Param> =
        types.iter().map(|ty| Param { name: None::<Name>, ty: *ty, kind: ParamKind::Pos }).collect();
    super::callables::parameters(db, params, Signature::new)
}
