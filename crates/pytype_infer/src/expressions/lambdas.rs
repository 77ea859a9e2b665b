//! Lambdas: their parameters' types come from what is expected of them.

use pytype_source::{ErrorCode, Name};
use pytype_types::{
    KnownClass, Param, ParamKind, Sig, SigFlags, Signature, Ty, TyFlags, TyKind, TyList, Variance,
};
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, AnyParameterRef};
use ruff_text_size::Ranged;

use super::InferMode;
use crate::{Checker, FunctionFrame};

/// The parameters of a lambda, as a signature has them.
pub(crate) fn lambda_parameters(lambda: &ast::ExprLambda) -> Vec<(Name, ParamKind, bool)> {
    let Some(parameters) = &lambda.parameters else { return Vec::new() };
    let mut result = Vec::new();
    let mut positional_only = parameters.posonlyargs.len();
    for parameter in parameters {
        let (kind, name) = match parameter {
            AnyParameterRef::Variadic(variadic) => {
                let is_kwargs = parameters.kwarg.as_ref().is_some_and(|k| k.range == variadic.range);
                (if is_kwargs { ParamKind::Star2 } else { ParamKind::Star }, &variadic.name)
            }
            AnyParameterRef::NonVariadic(plain) => {
                let keyword_only = parameters.kwonlyargs.iter().any(|k| k.range == plain.range);
                let kind = match (keyword_only, plain.default.is_some()) {
                    (false, false) => ParamKind::Pos,
                    (false, true) => ParamKind::Opt,
                    (true, false) => ParamKind::Named,
                    (true, true) => ParamKind::NamedOpt,
                };
                (kind, &plain.parameter.name)
            }
        };
        let hidden = positional_only > 0;
        positional_only = positional_only.saturating_sub(1);
        result.push((Name::new(name), kind, hidden));
    }
    result
}

impl Checker<'_> {
    pub(crate) fn infer_lambda(&mut self, lambda: &ast::ExprLambda) -> Ty {
        self.infer_lambda_defaults(lambda);
        let parameters = lambda_parameters(lambda);
        match self.lambda_context(&parameters, lambda) {
            Some((signature, binds_types)) => {
                let types: Option<Vec<Ty>> =
                    binds_types.then(|| signature.params.iter().map(|p| p.ty).collect());
                // With parameters that take any number of arguments, a lambda stands for itself.
                let wanted = binds_types.then_some(signature.ret);
                let result = self.infer_lambda_body(lambda, &parameters, types.as_deref(), wanted);
                Signature { ret: result, ..signature }.into_ty()
            }
            None => {
                let result = self.infer_lambda_body(lambda, &parameters, None, None);
                let any = Ty::any(pytype_types::AnySource::Unannotated);
                let params = parameters
                    .iter()
                    .map(|(name, kind, hidden)| Param {
                        name: (!hidden).then_some(*name),
                        ty: any,
                        kind: *kind,
                    })
                    .collect();
                let mut signature = Signature::new(params, result, self.known(KnownClass::Function));
                signature.flags |= SigFlags::IMPLICIT;
                signature.name = Some("<lambda>".into());
                signature.into_ty()
            }
        }
    }

    fn infer_lambda_defaults(&mut self, lambda: &ast::ExprLambda) {
        let Some(parameters) = &lambda.parameters else { return };
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.infer(default, None);
            }
        }
    }

    /// The signature that is expected of the lambda, fitted to it, and whether its parameters'
    /// types are to be the lambda's.
    fn lambda_context(
        &mut self,
        parameters: &[(Name, ParamKind, bool)],
        lambda: &ast::ExprLambda,
    ) -> Option<(Signature, bool)> {
        let mut expected = self.proper(self.expected()?);
        if let TyKind::Union(items) = expected.kind() {
            let mut callables = items.iter().map(|t| self.proper(t)).filter(|t| t.as_callable().is_some());
            if let (Some(one), None) = (callables.next(), callables.next()) {
                expected = one;
            }
        }
        let sig: Sig = expected.as_callable()?;
        let mut signature: Signature = sig.get().clone();
        if signature.type_guard.is_some() || signature.type_is.is_some() {
            // A lambda never narrows.
            return None;
        }
        // Unknowns in the parameters stay: the lambda is generic in them. The result is open.
        let mut extra: Vec<Ty> = Vec::new();
        for param in &signature.params {
            if !param.ty.has(TyFlags::HAS_META) {
                continue;
            }
            for variable in self.type_variables_in(param.ty) {
                if self.is_meta_variable(variable) && !extra.contains(&variable) {
                    extra.push(variable);
                }
            }
        }
        signature.ret = self.erase_unknowns(signature.ret);
        signature.variables = signature.variables.iter().chain(extra).collect::<TyList>();
        signature.fallback = self.known(KnownClass::Function);
        signature.flags -= SigFlags::TYPE_OBJECT;
        signature.instance_type = None;

        let open = signature.flags.contains(SigFlags::ELLIPSIS) || self.param_spec_of(&signature).is_some();
        if open {
            let any = self.any();
            signature.flags -= SigFlags::ELLIPSIS;
            signature.params = parameters
                .iter()
                .map(|(name, kind, _)| Param { name: Some(*name), ty: any, kind: *kind })
                .collect();
        }
        if parameters.iter().any(|(_, kind, _)| kind.is_star()) {
            return Some((signature, false));
        }
        let fits = signature.params.len() == parameters.len()
            && signature.params.iter().zip(parameters).all(|(param, (_, kind, _))| param.kind == *kind);
        if !fits {
            self.fail(ErrorCode::Misc, lambda.range, |_| {
                "The lambda's parameters do not fit what is expected of it".to_owned()
            });
            return None;
        }
        let is_covariant = |ty: Ty| {
            if let TyKind::TypeVar(variable) = ty.kind() {
                self.type_var_info(variable).variance == Variance::Covariant
            } else {
                false
            }
        };
        if signature.params.iter().any(|param| is_covariant(param.ty)) {
            self.fail(ErrorCode::Misc, lambda.range, |_| {
                "A parameter cannot have the type of a covariant type variable".to_owned()
            });
        }
        for (param, (name, _, hidden)) in signature.params.iter_mut().zip(parameters) {
            param.name = (!hidden).then_some(*name);
        }
        Some((signature, true))
    }

    /// The type of the body where the parameters have these types.
    fn infer_lambda_body(
        &mut self,
        lambda: &ast::ExprLambda,
        parameters: &[(Name, ParamKind, bool)],
        types: Option<&[Ty]>,
        wanted: Option<Ty>,
    ) -> Ty {
        let any = self.any();
        let return_type = wanted.unwrap_or(any);
        let scope = self.scope_at(lambda.range);
        let mut frame = FunctionFrame::for_lambda(return_type);
        frame.yield_type = Some(self.generator_yield_type(return_type, false));
        frame.send_type = Some(self.generator_send_type(return_type, false));
        // A lambda in an unannotated function is as unchecked as the function.
        frame.is_dynamic = self.functions.last().is_some_and(|f| f.is_dynamic);
        let BodyFacts { used, yields } = body_facts(lambda, parameters);
        // Results inside hold wherever the body sees the same of all this.
        let seen = (!used.is_empty() || yields).then(|| {
            let types = types.map(|types| used.iter().map(|at| types.get(*at)).collect::<Vec<_>>());
            (types, wanted.filter(|_| yields).map(|wanted| self.with_numbered_unknowns(wanted)))
        });
        let body = |c: &mut Self| {
            if let Some(seen) = seen {
                c.enter_epoch((lambda.range, seen));
            }
            let entered = c.enter_scope(scope);
            for (position, (name, kind, _)) in parameters.iter().enumerate() {
                let ty = types.and_then(|types| types.get(position)).copied().unwrap_or(any);
                let ty = match kind {
                    ParamKind::Star => c.known_with(KnownClass::Tuple, [ty]),
                    ParamKind::Star2 => c.known_with(KnownClass::Dict, [c.known(KnownClass::Str), ty]),
                    ParamKind::Pos | ParamKind::Opt | ParamKind::Named | ParamKind::NamedOpt => ty,
                };
                c.bind_lambda_parameter(*name, ty);
            }
            c.functions.push(frame);
            let mode = InferMode { allow_none_return: true, ..InferMode::default() };
            let result = c.infer_with(&lambda.body, wanted, mode);
            if let Some(wanted) = wanted
                && !result.is_any()
                && !wanted.is_none()
            {
                c.check_subtype(result, wanted, lambda.body.range(), ErrorCode::ReturnValue, |_| {
                    "The lambda's result does not fit what is expected of it".to_owned()
                });
            }
            c.functions.pop();
            c.leave_scope(entered);
            result
        };
        // With an expected type it is checked like a nested function: of what is known around it,
        // only that of variables which nothing assigns later holds inside.
        match wanted {
            Some(_) => {
                // What it cannot read yet keeps nothing around it from getting its type.
                let deferred = self.deferred;
                let start = lambda.range.start();
                let result = self.in_epoch_of_its_own(|c| c.in_nested_binder(start, body));
                self.deferred = deferred;
                result
            }
            None => self.in_epoch(|c| c.in_frame(body)),
        }
    }
}

/// What the body of a lambda can see of the lambda's expected type.
struct BodyFacts {
    /// Positions of the parameters that the body names.
    used: Vec<usize>,
    /// What the lambda returns is the type of a generator, not of the body.
    yields: bool,
}

fn body_facts(lambda: &ast::ExprLambda, parameters: &[(Name, ParamKind, bool)]) -> BodyFacts {
    let mut finder = BodyFinder { parameters, used: vec![false; parameters.len()], yields: false };
    finder.visit_expr(&lambda.body);
    let used = finder.used.iter().enumerate().filter_map(|(at, used)| used.then_some(at)).collect();
    BodyFacts { used, yields: finder.yields }
}

struct BodyFinder<'p> {
    parameters: &'p [(Name, ParamKind, bool)],
    used: Vec<bool>,
    yields: bool,
}

impl<'a> Visitor<'a> for BodyFinder<'_> {
    fn visit_expr(&mut self, expr: &'a ast::Expr) {
        if let ast::Expr::Name(name) = expr {
            for (used, (parameter, ..)) in self.used.iter_mut().zip(self.parameters) {
                *used |= *parameter == name.id.as_str();
            }
        }
        self.yields |= matches!(expr, ast::Expr::Yield(_) | ast::Expr::YieldFrom(_) | ast::Expr::Await(_));
        ruff_python_ast::visitor::walk_expr(self, expr);
    }
}
