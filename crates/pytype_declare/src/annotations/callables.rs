//! `Callable[...]`, parameter lists and `Concatenate[...]`.

use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, Param, ParamKind, ParamSpec, ParamSpecFlavor, Sig, SigFlags, Signature, Ty, TyKind, TyList,
    TypeVarDecl,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::analyze::{Allow, Analyzer, Args, args_of, is_dotted};
use super::free_variables::FreeVariables;
use super::references::component;
use super::special_forms::SpecialForm;
use super::{AnnotationOptions, LateCheckKind, known};
use crate::DeclareDb;

/// Makes a signature that is only a list of parameters.
pub(crate) fn parameters(
    db: &dyn DeclareDb,
    params: Vec<Param>,
    make: impl FnOnce(Vec<Param>, Ty, Ty) -> Signature,
) -> Sig {
    let mut signature = make(params, Ty::any(AnySource::SpecialForm), known::function(db));
    signature.flags |= SigFlags::PARAMETERS_ONLY;
    signature.intern()
}

/// `...` as a list of parameters.
pub(crate) fn ellipsis_parameters(db: &dyn DeclareDb, any: Ty) -> Sig {
    let mut signature =
        Signature::new(ellipsis_params(any).to_vec(), Ty::any(AnySource::SpecialForm), known::function(db));
    signature.flags |= SigFlags::PARAMETERS_ONLY | SigFlags::ELLIPSIS;
    signature.intern()
}

/// `*args: Any, **kwargs: Any` without names.
pub(crate) fn ellipsis_params(any: Ty) -> [Param; 2] {
    [
        Param { name: None, ty: any, kind: ParamKind::Star },
        Param { name: None, ty: any, kind: ParamKind::Star2 },
    ]
}

/// The two parameters that stand for a `ParamSpec`.
fn param_spec_params(spec: Ty) -> [Param; 2] {
    [
        Param { name: None, ty: component(spec, ParamSpecFlavor::Args), kind: ParamKind::Star },
        Param { name: None, ty: component(spec, ParamSpecFlavor::Kwargs), kind: ParamKind::Star2 },
    ]
}

/// What the first argument of a `Callable` gives.
struct Parameters {
    params: Vec<Param>,
    flags: SigFlags,
}

impl Analyzer<'_, '_> {
    pub fn callable_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        match args.items {
            [] if !args.empty => {
                let any = self.omitted_any(range, "Callable");
                let params = Parameters { params: ellipsis_params(any).to_vec(), flags: SigFlags::ELLIPSIS };
                self.callable(params, any, None, TyList::EMPTY())
            }
            [params, result] => self.callable_of(range, params, result),
            _ => {
                let message = "\"Callable\" is written \"Callable[[<parameters>], <result>]\"";
                self.invalid_at(ErrorCode::Misc, range, message)
            }
        }
    }

    fn callable_of(&mut self, range: TextRange, params: &Expr, result: &Expr) -> Ty {
        let own = self.own_variables(params, result);
        self.binding(own, |this, variables| match this.callable_parameters(range, params) {
            Ok(found) => {
                let predicate = this.predicate_of(result);
                let ret = this.part(result, Allow::empty());
                this.callable(found, ret, predicate, variables)
            }
            Err(ty) => ty,
        })
    }

    /// Type variables that nothing around binds belong to the callable itself.
    fn own_variables(&self, params: &Expr, result: &Expr) -> Vec<TypeVarDecl> {
        if self.alias.is_some() || self.options.contains(AnnotationOptions::ALLOW_UNBOUND_TVARS) {
            return Vec::new();
        }
        let mut free = FreeVariables::new(self.ctx.db, self.place);
        free.visit(params);
        free.without_callables(|free| free.visit(result));
        free.found.retain(|decl| self.bound(*decl).is_none());
        free.found
    }

    fn callable(
        &mut self,
        found: Parameters,
        ret: Ty,
        predicate: Option<(SpecialForm, Ty)>,
        variables: TyList,
    ) -> Ty {
        let mut signature = Signature::new(found.params, ret, known::function(self.db()));
        signature.flags |= found.flags;
        signature.variables = variables;
        match predicate {
            Some((SpecialForm::TypeGuard, ty)) => signature.type_guard = Some(ty),
            Some((_, ty)) => signature.type_is = Some(ty),
            None => {}
        }
        signature.into_ty()
    }

    /// The argument of `TypeGuard[...]` or `TypeIs[...]`, if a result is one.
    pub fn predicate_of(&mut self, result: &Expr) -> Option<(SpecialForm, Ty)> {
        if let Expr::StringLiteral(text) = result {
            let inner = super::strings::parse_annotation(text.value.to_str())?;
            return self.within_string(text.range, |this| this.predicate_of(&inner));
        }
        let (head, args) = match result {
            Expr::Subscript(subscript) => (subscript.value.as_ref(), args_of(&subscript.slice)),
            other => (other, Args::default()),
        };
        if !is_dotted(head) {
            return None;
        }
        let form = self.form_of(head)?;
        matches!(form, SpecialForm::TypeGuard | SpecialForm::TypeIs)
            .then(|| (form, self.type_predicate(result.range(), args)))
    }

    fn callable_parameters(&mut self, range: TextRange, params: &Expr) -> Result<Parameters, Ty> {
        match params {
            Expr::List(list) => {
                let params = self.parameters_in(&list.elts, Allow::UNPACK)?;
                self.check_parameter_order(range, &params);
                Ok(Parameters { params, flags: SigFlags::empty() })
            }
            Expr::EllipsisLiteral(_) => {
                let any = Ty::any(AnySource::Explicit);
                Ok(Parameters { params: ellipsis_params(any).to_vec(), flags: SigFlags::ELLIPSIS })
            }
            Expr::StringLiteral(text) => match super::strings::parse_annotation(text.value.to_str()) {
                Some(inner) if !matches!(inner, Expr::StringLiteral(_)) => {
                    self.within_string(text.range, |this| this.callable_parameters(range, &inner))
                }
                _ => Err(self.no_parameters(range)),
            },
            _ => self.named_parameters(range, params),
        }
    }

    /// The kinds of parameters must come in the order that a `def` asks for, each name once.
    fn check_parameter_order(&mut self, range: TextRange, params: &[Param]) {
        let (mut star, mut keywords, mut named, mut optional) = (false, false, false, false);
        for param in params {
            let problem = match param.kind {
                ParamKind::Pos if star || keywords || named || optional => {
                    Some("A required positional parameter must stand before all others")
                }
                ParamKind::Opt if star || keywords || named => {
                    Some("A positional parameter must stand before named and variadic ones")
                }
                ParamKind::Star if star || keywords || named => {
                    Some("\"*args\" must stand once, before named parameters")
                }
                ParamKind::Named | ParamKind::NamedOpt | ParamKind::Star2 if keywords => {
                    Some("\"**kwargs\" must stand once, at the end")
                }
                ParamKind::Pos
                | ParamKind::Opt
                | ParamKind::Star
                | ParamKind::Named
                | ParamKind::NamedOpt
                | ParamKind::Star2 => None,
            };
            if let Some(problem) = problem {
                self.invalid_at(ErrorCode::Misc, range, problem);
                break;
            }
            star |= param.kind == ParamKind::Star;
            keywords |= param.kind == ParamKind::Star2;
            named |= param.kind.is_named();
            optional |= param.kind == ParamKind::Opt;
        }
        let mut names = params.iter().enumerate().filter_map(|(at, param)| Some((at, param.name?)));
        let twice = names.find(|(at, name)| params.iter().take(*at).any(|other| other.name == Some(*name)));
        if let Some((_, name)) = twice {
            self.invalid_at(ErrorCode::Misc, range, format!("The parameter \"{name}\" stands twice"));
        }
    }

    fn no_parameters(&mut self, range: TextRange) -> Ty {
        let message = "The first argument of \"Callable\" is a list of types, a ParamSpec or \"...\"";
        self.invalid_at(ErrorCode::ValidType, range, message)
    }

    /// `Callable[P, ...]` and `Callable[Concatenate[...], ...]`.
    fn named_parameters(&mut self, range: TextRange, params: &Expr) -> Result<Parameters, Ty> {
        let head = match params {
            Expr::Subscript(subscript) => &subscript.value,
            other => other,
        };
        if !is_dotted(head) {
            return Err(self.no_parameters(range));
        }
        let Some(binding) = self.lookup(head) else { return Err(self.part(params, Allow::PARAM_SPEC)) };
        let is_concatenate =
            super::special_forms::special_form(binding.fullname) == Some(SpecialForm::Concatenate);
        let is_param_spec = matches!(binding.node, crate::Node::TypeVariable(decl)
            if decl.kind == pytype_types::TypeVarKind::ParamSpec);
        if !is_concatenate && !is_param_spec {
            return Err(self.no_parameters(range));
        }
        let ty = self.part(params, Allow::PARAM_SPEC);
        let flags = if is_concatenate { SigFlags::FROM_CONCATENATE } else { SigFlags::empty() };
        match ty.kind() {
            TyKind::ParamSpec(spec) if spec.id.owner.is_empty() => {
                // Not bound in a value expression: reported where it matters.
                let any = Ty::any(AnySource::Explicit);
                Ok(Parameters { params: ellipsis_params(any).to_vec(), flags: SigFlags::ELLIPSIS })
            }
            TyKind::ParamSpec(spec) => {
                let mut all: Vec<Param> = spec.prefix.map_or_else(Vec::new, |sig| sig.params.to_vec());
                let bare = Ty::new(TyKind::ParamSpec(ParamSpec { prefix: None, ..*spec }));
                all.extend(param_spec_params(bare));
                Ok(Parameters { params: all, flags })
            }
            TyKind::Parameters(sig) => {
                let flags = flags | (sig.flags & SigFlags::ELLIPSIS);
                Ok(Parameters { params: sig.params.to_vec(), flags })
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
            | TyKind::Alias { .. }
            | TyKind::Module(_) => Err(Ty::any(AnySource::Error)),
        }
    }

    /// `[int, str]` as the value of a `ParamSpec`.
    pub fn parameter_list(&mut self, list: &ast::ExprList) -> Ty {
        match self.parameters_in(&list.elts, Allow::empty()) {
            Ok(params) => Ty::new(TyKind::Parameters(parameters(self.db(), params, Signature::new))),
            Err(ty) => ty,
        }
    }

    /// The parameters that the items of a list stand for. Something unpacked is allowed in those of a
    /// callable, not in the value of a `ParamSpec`.
    fn parameters_in(&mut self, items: &[Expr], allow: Allow) -> Result<Vec<Param>, Ty> {
        let literals = std::mem::replace(&mut self.param_spec_literals, false);
        let found = self.parameters_in_list(items, allow);
        self.param_spec_literals = literals;
        found
    }

    fn parameters_in_list(&mut self, items: &[Expr], allow: Allow) -> Result<Vec<Param>, Ty> {
        let mut params: Vec<Param> = Vec::with_capacity(items.len());
        let mut after_unpack: Option<Vec<Ty>> = None;
        let mut last_unpack = None;
        for (position, item) in items.iter().enumerate() {
            if let Expr::Call(call) = item {
                params.push(self.constructed_parameter(call)?);
                continue;
            }
            let is_unpack =
                matches!(item, Expr::Starred(_)) || self.form_of(item) == Some(SpecialForm::Unpack);
            let ty = self.part(item, if is_unpack { allow } else { Allow::empty() });
            if is_unpack && !allow.contains(Allow::UNPACK) {
                params.push(Param { name: None, ty, kind: ParamKind::Star });
                return Ok(params);
            }
            if matches!(ty.kind(), TyKind::Parameters(_)) {
                let message = "\"Concatenate\" may only be the first argument of \"Callable\"";
                return Err(self.invalid(ErrorCode::ValidType, item, message));
            }
            let is_last = position + 1 == items.len();
            if is_unpack && is_last && self.is_typed_dict_unpack(item, ty) {
                if let TyKind::Unpack(inner) = ty.kind() {
                    // It is no tuple that is unpacked here; the same typed dict before it should be one.
                    let asked = LateCheckKind::Unpacked(*inner);
                    if let Some(at) = self.findings.checks.iter().rposition(|check| check.kind == asked) {
                        self.findings.checks.remove(at);
                    }
                }
                params.extend(self.star_from(after_unpack.take()));
                params.push(Param { name: None, ty, kind: ParamKind::Star2 });
                return Ok(params);
            }
            match &mut after_unpack {
                Some(seen) => {
                    if is_unpack && matches!(ty.kind(), TyKind::Unpack(_)) {
                        last_unpack = Some(item);
                    } else {
                        seen.push(ty);
                    }
                }
                None if is_unpack && matches!(ty.kind(), TyKind::Unpack(_)) => after_unpack = Some(vec![ty]),
                None => params.push(Param { name: None, ty, kind: ParamKind::Pos }),
            }
        }
        if let Some(second) = last_unpack {
            self.fail(
                ErrorCode::Misc,
                second.range(),
                "Only one item of unknown length may be unpacked in a parameter list",
            );
        }
        params.extend(self.star_from(after_unpack));
        Ok(params)
    }

    /// The `*args` parameter that unpacked items and what follows them make.
    fn star_from(&self, items: Option<Vec<Ty>>) -> Option<Param> {
        let items = items?;
        let ty = match items.as_slice() {
            [only] => super::unpack::star_type(self.db(), *only),
            _ => Ty::new(TyKind::Unpack(self.tuple_of(super::unpack::flatten(&items)))),
        };
        Some(Param { name: None, ty, kind: ParamKind::Star })
    }

    /// Whether `Unpack[TD]` names a `TypedDict`, so that it stands for keyword parameters.
    fn is_typed_dict_unpack(&self, item: &Expr, ty: Ty) -> bool {
        let TyKind::Unpack(inner) = ty.kind() else { return false };
        matches!(item, Expr::Subscript(_)) && super::class_facts::is_typed_dict(self.db(), *inner)
    }

    /// `Arg(int, "x")`, `DefaultArg`, `NamedArg`, `VarArg`, ... of `mypy_extensions`.
    fn constructed_parameter(&mut self, call: &ast::ExprCall) -> Result<Param, Ty> {
        let found = if is_dotted(&call.func) { self.lookup(&call.func) } else { None };
        let Some(found) = found else {
            let name = super::analyze::dotted_text(&call.func);
            let message = format!("Name \"{name}\" is not defined");
            return Err(self.invalid_at(ErrorCode::NameDefined, call.range(), message));
        };
        let kind = match found.fullname.as_str() {
            "mypy_extensions.Arg" => ParamKind::Pos,
            "mypy_extensions.DefaultArg" => ParamKind::Opt,
            "mypy_extensions.NamedArg" => ParamKind::Named,
            "mypy_extensions.DefaultNamedArg" => ParamKind::NamedOpt,
            "mypy_extensions.VarArg" => ParamKind::Star,
            "mypy_extensions.KwArg" => ParamKind::Star2,
            _ => {
                let message = format!("\"{}\" does not make a parameter", found.fullname);
                return Err(self.invalid_at(ErrorCode::Misc, call.range(), message));
            }
        };
        let keyword = |name: &str| {
            call.arguments
                .keywords
                .iter()
                .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name))
                .map(|keyword| &keyword.value)
        };
        for argument in &call.arguments.keywords {
            let given = match argument.arg.as_deref() {
                Some("type") => !call.arguments.args.is_empty(),
                Some("name") => call.arguments.args.len() > 1,
                Some(_) | None => {
                    let message = "A parameter is made of \"type\" and \"name\" alone";
                    return Err(self.invalid_at(ErrorCode::Misc, call.range(), message));
                }
            };
            if given {
                let message = "This part of the parameter is given twice";
                return Err(self.invalid_at(ErrorCode::Misc, call.range(), message));
            }
        }
        let ty = match call.arguments.args.first().or_else(|| keyword("type")) {
            Some(ty) => self.part(ty, Allow::empty()),
            None => Ty::any(AnySource::SpecialForm),
        };
        let name = match call.arguments.args.get(1).or_else(|| keyword("name")) {
            Some(Expr::StringLiteral(text)) => Some(Name::new(text.value.to_str().trim())),
            _ => None,
        };
        if name.is_some() && kind.is_star() {
            let message = "\"VarArg\" and \"KwArg\" take no name";
            return Err(self.invalid_at(ErrorCode::Misc, call.range(), message));
        }
        Ok(Param { name, ty, kind })
    }

    /// `Concatenate[int, P]` and `Concatenate[int, ...]`.
    pub fn concatenate_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        let Some((last, first)) = args.items.split_last() else {
            return self.invalid_at(ErrorCode::ValidType, range, "\"Concatenate\" needs type arguments");
        };
        let rest = self.part(last, Allow::PARAM_SPEC | Allow::ELLIPSIS);
        let prefix = match rest.kind() {
            TyKind::ParamSpec(spec) => {
                if spec.prefix.is_some() {
                    self.fail(ErrorCode::ValidType, range, "\"Concatenate\" may not be nested");
                }
                spec.prefix
            }
            TyKind::Parameters(sig) => Some(*sig),
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
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                let message = "The last argument of \"Concatenate\" is a ParamSpec or \"...\"";
                return self.invalid_at(ErrorCode::ValidType, range, message);
            }
        };
        let types = self.parts(first, Allow::empty(), false);
        let mut params: Vec<Param> =
            types.into_iter().map(|ty| Param { name: None, ty, kind: ParamKind::Pos }).collect();
        params.extend(prefix.iter().flat_map(|sig| sig.params.iter().copied()));
        if let TyKind::ParamSpec(spec) = rest.kind() {
            let prefix = parameters(self.db(), params, Signature::new);
            Ty::new(TyKind::ParamSpec(ParamSpec { prefix: Some(prefix), ..*spec }))
        } else {
            let ellipsis = prefix.is_some_and(|sig| sig.flags.contains(SigFlags::ELLIPSIS));
            let mut signature =
                Signature::new(params, Ty::any(AnySource::SpecialForm), known::function(self.db()));
            signature.flags |= SigFlags::PARAMETERS_ONLY;
            // Only the whole of a bare `...` accepts anything; a prefix is still checked.
            signature.flags.set(SigFlags::ELLIPSIS, ellipsis && first.is_empty());
            Ty::new(TyKind::Parameters(signature.intern()))
        }
    }
}
