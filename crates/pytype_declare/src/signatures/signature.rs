//! From the annotations of one `def` to its signature.

use pytype_index::{DefRef, DefinitionFlags};
use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{
    AnySource, ClassId, KnownClass, Param, ParamKind, ParamSpecFlavor, SigFlags, Signature, Ty, TyKind,
    TyList, TypeVarDecl,
};
use ruff_python_ast::{self as ast, Expr, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::decorators::{DecoratorKind, Decorators};
use super::written::{Slot, Written, WrittenSignature, parameters, written};
use super::{binding, self_parameter, special_methods};
use crate::annotations::analyze::Analyzer;
use crate::annotations::special_forms::SpecialForm;
use crate::annotations::unpack::star_type;
use crate::annotations::{
    AnnotationOptions, AnnotationScope, Findings, LateCheck, LateCheckKind, known, parse_annotation,
    self_type, special,
};
use crate::names::{self, scope_access};
use crate::{Context, DeclareDb};

/// The class that a function is a method of.
pub(super) struct Method {
    pub class: ClassId,
    pub is_static: bool,
    pub is_class: bool,
}

impl Method {
    /// Whether the first parameter is `self` or `cls`.
    fn has_self_parameter(&self, name: &str) -> bool {
        !self.is_static || name == "__new__"
    }
}

/// The signature of a `def`, `self` included, before any decorator.
pub(super) fn read(
    db: &dyn DeclareDb,
    at: DefRef,
    function: &StmtFunctionDef,
    method: Option<Method>,
    decorators: &Decorators,
    findings: &mut Findings,
) -> Ty {
    let mut written = written(db, at, function, method.is_some());
    if decorators.has(DecoratorKind::NoTypeCheck) {
        written =
            WrittenSignature { params: written.params.iter().map(|_| None).collect(), ..Default::default() };
    }
    findings.diagnostics.append(&mut written.diagnostics);
    let ctx = Context::of_declarations(db, at.file);
    let reader = Reader {
        ctx: &ctx,
        at,
        function,
        method,
        place: binding::signature_place(db, at),
        is_implicit: written.is_empty(),
        findings,
    };
    reader.read(&written, decorators)
}

struct Reader<'a, 'db> {
    ctx: &'a Context<'db>,
    at: DefRef,
    function: &'a StmtFunctionDef,
    method: Option<Method>,
    place: AnnotationScope,
    /// Nothing is annotated.
    is_implicit: bool,
    findings: &'a mut Findings,
}

impl Reader<'_, '_> {
    fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.findings.diagnostics.push(Diagnostic::error(code, range, message));
    }

    /// Where what concerns the function as a whole is reported: the line of the `def`.
    fn whole(&self) -> TextRange {
        self.function.name.range
    }

    fn read(mut self, written: &WrittenSignature<'_>, decorators: &Decorators) -> Ty {
        let db = self.ctx.db;
        let variables = super::function_type_variables(db, self.at);
        self.report_variables(variables);
        let has_self = variables.has_self && self.place.class.is_some();
        let predicate = written.result.as_ref().and_then(|result| self.predicate(result));
        self.report_class_var(written);
        self.check_static_self(has_self);
        let params = self.params(written, has_self);
        let ret = self.result(written);
        let mut signature = Signature::new(params, ret, known::function(db));
        signature.name = Some(Name::of(&self.function.name));
        signature.definition = Some(names::fullname_of(db, self.at));
        let own = variables.bound.iter().take(variables.in_signature);
        signature.variables = match (has_self, self.place.class) {
            (true, Some(class)) if !crate::annotations::class_facts::is_closed(db, class) => {
                [self_type(class)].into_iter().chain(own).collect()
            }
            _ => own.collect(),
        };
        signature.flags.set(SigFlags::IMPLICIT, self.is_implicit);
        if let Some(method) = &self.method {
            signature.flags.set(SigFlags::CLASS_METHOD, method.is_class);
            signature
                .flags
                .set(SigFlags::STATIC_METHOD, method.is_static || self.function.name.as_str() == "__new__");
        }
        self.add_predicate(&mut signature, predicate);
        self.wrap_result(&mut signature, decorators);
        signature.into_ty()
    }

    /// Type variables that the function's list of type parameters lacks.
    fn report_variables(&mut self, variables: &super::FunctionVariables) {
        let whole = self.whole();
        if !variables.undeclared.is_empty() {
            let mut names: Vec<&str> =
                variables.undeclared.iter().map(|decl: &TypeVarDecl| decl.name.as_str()).collect();
            names.sort_unstable();
            let message = format!(
                "All type parameters must be declared in the list ({} not declared)",
                names.join(", ")
            );
            self.error(ErrorCode::ValidType, whole, message);
        }
    }

    /// Analyzes one annotation.
    fn analyze<R>(
        &mut self,
        written: &Written<'_>,
        options: AnnotationOptions,
        analysis: impl FnOnce(&mut Analyzer<'_, '_>, &Expr) -> R,
    ) -> R {
        let mut analyzer = Analyzer::new(self.ctx, &self.place, options, self.findings);
        analyzer.in_string = written.comment;
        analysis(&mut analyzer, &written.expr)
    }

    /// `ClassVar` at a parameter or result: one finding for each signature.
    fn report_class_var(&mut self, written: &WrittenSignature<'_>) {
        for annotation in written.params.iter().flatten().chain(&written.result) {
            let form = self.analyze(annotation, AnnotationOptions::SILENT, |analyzer, expr| {
                if crate::annotations::is_type_expression(expr) { analyzer.form_of(expr) } else { None }
            });
            if form == Some(SpecialForm::ClassVar) {
                let range = annotation.comment.unwrap_or(annotation.expr.range());
                self.error(ErrorCode::Misc, range, "\"ClassVar\" may only be used in the body of a class");
                return;
            }
        }
    }

    fn params(&mut self, written: &WrittenSignature<'_>, has_self: bool) -> Vec<Param> {
        let name = self.function.name.as_str();
        let hides_names = special_methods::hides_names(name);
        let list = parameters(self.function);
        let mut params = Vec::with_capacity(list.len());
        let mut spec = SpecUse::default();
        let by_syntax = list.iter().any(|(slot, _, _)| *slot == Slot::PositionalOnly);
        self.check_old_convention(&list, by_syntax || hides_names);
        for (position, (slot, parameter, default)) in list.iter().enumerate() {
            let annotation = written.params.get(position).and_then(Option::as_ref);
            let mut ty = match annotation {
                Some(annotation) => self.param_type(annotation, *slot, &mut spec),
                None => Ty::any(AnySource::Unannotated),
            };
            if position == 0
                && let Some(implicit) = self.self_type(annotation, has_self)
            {
                ty = implicit;
            }
            if let Some(annotation) = annotation
                && self.ctx.options().implicit_optional
                && matches!(default, Some(Expr::NoneLiteral(_)))
                && !matches!(*annotation.expr, Expr::BinOp(_))
            {
                ty = special::optional(ty);
            }
            let kind = match (slot, default.is_some()) {
                (Slot::PositionalOnly | Slot::Ordinary, false) => ParamKind::Pos,
                (Slot::PositionalOnly | Slot::Ordinary, true) => ParamKind::Opt,
                (Slot::Star, _) => ParamKind::Star,
                (Slot::KeywordOnly, false) => ParamKind::Named,
                (Slot::KeywordOnly, true) => ParamKind::NamedOpt,
                (Slot::Star2, _) => ParamKind::Star2,
            };
            let nameless = *slot == Slot::PositionalOnly
                || (*slot == Slot::Ordinary && (hides_names || !by_syntax && is_private(&parameter.name)));
            let name = if nameless { None } else { Some(Name::of(&parameter.name)) };
            params.push(Param { name, ty, kind });
        }
        self.check_spec(&mut params, &spec);
        self.check_unpacked_keywords(&params, written);
        params
    }

    /// Parameters that are positional-only by their names come before all others (the typing
    /// specification, "Historical and deprecated features"). One with a default is taken for a
    /// private constant of the function, and stubs for having been checked by whoever wrote them.
    fn check_old_convention(&mut self, list: &[(Slot, &ast::Parameter, Option<&Expr>)], other_rules: bool) {
        if self.is_implicit || other_rules || self.at.file.is_stub(self.ctx.db) {
            return;
        }
        let name = self.function.name.as_str();
        let skipped = usize::from(self.method.as_ref().is_some_and(|method| method.has_self_parameter(name)));
        let ordinary = list.iter().skip(skipped).filter(|(slot, _, _)| *slot == Slot::Ordinary);
        let misplaced = ordinary
            .skip_while(|(_, parameter, _)| is_private(&parameter.name))
            .find(|(_, parameter, default)| is_private(&parameter.name) && default.is_none());
        if let Some((_, parameter, _)) = misplaced {
            let message = format!(
                "\"{}\" is positional-only by its name, but follows a parameter that is not",
                parameter.name
            );
            self.error(ErrorCode::Misc, parameter.range, message);
        }
    }

    /// `Self` in a static method, with parameters or without.
    fn check_static_self(&mut self, has_self: bool) {
        let name = self.function.name.as_str();
        if has_self && self.method.as_ref().is_some_and(|method| !method.has_self_parameter(name)) {
            let whole = self.whole();
            self.error(ErrorCode::Misc, whole, "A static method cannot use \"Self\"");
        }
    }

    /// The implicit type of `self` or `cls`, and what is wrong with an explicit one.
    fn self_type(&mut self, annotation: Option<&Written<'_>>, has_self: bool) -> Option<Ty> {
        let name = self.function.name.as_str();
        let method = self.method.as_ref()?;
        if !method.has_self_parameter(name) {
            return None;
        }
        let Some(annotation) = annotation else {
            return self_parameter::implicit_type(self.ctx.db, method, name, has_self);
        };
        if has_self {
            let of_class = method.is_class || name == "__new__";
            let expected = self_parameter::is_expected(self.ctx.db, &self.place, &annotation.expr, of_class);
            let whole = self.whole();
            if expected {
                let message = "The annotation of the first parameter is not needed: it is \"Self\" already";
                self.error(ErrorCode::RedundantSelf, whole, message);
            } else {
                let message = "A method cannot use \"Self\" and annotate its first parameter otherwise";
                self.error(ErrorCode::Misc, whole, message);
            }
        }
        None
    }

    fn param_type(&mut self, annotation: &Written<'_>, slot: Slot, spec: &mut SpecUse) -> Ty {
        if matches!(slot, Slot::Star | Slot::Star2)
            && let Some(ty) = self.spec_component(annotation, slot, spec)
        {
            return ty;
        }
        let mut options = AnnotationOptions::empty();
        options.set(AnnotationOptions::ALLOW_UNPACK, matches!(slot, Slot::Star | Slot::Star2));
        if spec.args.is_some() && !matches!(slot, Slot::Star | Slot::Star2) {
            spec.invalid = true;
            let whole = self.whole();
            self.error(
                ErrorCode::ValidType,
                whole,
                "No parameter may stand between \"P.args\" and \"P.kwargs\"",
            );
        }
        let ty = self.analyze(annotation, options, |analyzer, expr| analyzer.outermost(expr));
        if slot == Slot::Star { star_type(self.ctx.db, ty) } else { ty }
    }

    /// `*args: P.args` and `**kwargs: P.kwargs`.
    fn spec_component(&mut self, annotation: &Written<'_>, slot: Slot, spec: &mut SpecUse) -> Option<Ty> {
        let parsed;
        let expr: &Expr = match &*annotation.expr {
            Expr::StringLiteral(text) => {
                parsed = parse_annotation(text.value.to_str())?;
                &parsed
            }
            other => other,
        };
        let Expr::Attribute(attribute) = expr else { return None };
        let found = self.analyze(annotation, AnnotationOptions::SILENT, |analyzer, _| {
            let decl = analyzer.param_spec_named(&attribute.value)?;
            Some((analyzer.bound(decl)?, decl))
        });
        let (bound, decl) = found?;
        let wanted = if slot == Slot::Star { ParamSpecFlavor::Args } else { ParamSpecFlavor::Kwargs };
        let fits = match wanted {
            ParamSpecFlavor::Args => &attribute.attr == "args",
            ParamSpecFlavor::Kwargs | ParamSpecFlavor::Bare => &attribute.attr == "kwargs",
        };
        if !fits {
            let (given, right) = match wanted {
                ParamSpecFlavor::Args => ("*", "args"),
                _ => ("**", "kwargs"),
            };
            let range = annotation.comment.unwrap_or(annotation.expr.range());
            let message = format!("The type of a \"{given}\" parameter is \"{}.{right}\"", decl.name);
            self.error(ErrorCode::ValidType, range, message);
            if !matches!(attribute.attr.as_str(), "args" | "kwargs") {
                let message = format!("Name \"{}.{}\" is not defined", decl.name, attribute.attr);
                self.error(ErrorCode::NameDefined, range, message);
            }
        }
        match wanted {
            ParamSpecFlavor::Args => spec.args = Some(decl),
            _ => spec.kwargs = Some(decl),
        }
        Some(crate::annotations::references::component(bound, wanted))
    }

    /// `P.args` and `P.kwargs` belong together.
    fn check_spec(&mut self, params: &mut [Param], spec: &SpecUse) {
        let mut invalid = spec.invalid;
        if !invalid && spec.args != spec.kwargs {
            let name = spec.args.or(spec.kwargs).map_or(name!(""), |decl| decl.name);
            let message =
                format!("\"*args: {name}.args\" and \"**kwargs: {name}.kwargs\" must stand together");
            let whole = self.whole();
            self.error(ErrorCode::ValidType, whole, message);
            invalid = true;
        }
        if invalid {
            for param in params.iter_mut().filter(|param| param.kind.is_star()) {
                param.ty = Ty::any(AnySource::Error);
            }
        }
    }

    /// `**kwargs: Unpack[TD]`.
    fn check_unpacked_keywords(&mut self, params: &[Param], written: &WrittenSignature<'_>) {
        let Some((last, others)) = params.split_last() else { return };
        let TyKind::Unpack(inner) = last.ty.kind() else { return };
        if last.kind != ParamKind::Star2 {
            return;
        }
        let names = others.iter().filter_map(|param| param.name).collect();
        let annotation = written.params.last().and_then(Option::as_ref);
        let range = annotation.map_or(self.whole(), |found| found.comment.unwrap_or(found.expr.range()));
        let kind = LateCheckKind::UnpackedKeywords { ty: *inner, names, whole: self.whole() };
        // It is no tuple that is unpacked here.
        self.findings.checks.retain(|check| check.kind != LateCheckKind::Unpacked(*inner));
        self.findings.checks.push(LateCheck { range, kind });
    }

    fn predicate(&mut self, result: &Written<'_>) -> Option<(SpecialForm, Ty)> {
        self.analyze(result, AnnotationOptions::empty(), |analyzer, expr| analyzer.predicate_of(expr))
    }

    fn result(&mut self, written: &WrittenSignature<'_>) -> Ty {
        match &written.result {
            Some(result) => {
                self.analyze(result, AnnotationOptions::RESULT, |analyzer, expr| analyzer.outermost(expr))
            }
            None if !self.is_implicit
                && self.method.is_some()
                && matches!(self.function.name.as_str(), "__init__" | "__init_subclass__") =>
            {
                Ty::none()
            }
            None => Ty::any(AnySource::Unannotated),
        }
    }

    /// A type guard needs something to guard.
    fn add_predicate(&mut self, signature: &mut Signature, predicate: Option<(SpecialForm, Ty)>) {
        let Some((form, ty)) = predicate else { return };
        let name = self.function.name.as_str();
        let skipped = usize::from(self.method.as_ref().is_some_and(|method| method.has_self_parameter(name)));
        let guarded = signature.params.iter().skip(skipped).any(|param| param.kind == ParamKind::Pos);
        if !guarded {
            let whole = self.whole();
            let message = "A type guard needs a positional parameter that it looks at";
            self.error(ErrorCode::ValidType, whole, message);
            return;
        }
        match form {
            SpecialForm::TypeGuard => signature.type_guard = Some(ty),
            _ => signature.type_is = Some(ty),
        }
    }

    /// What calling gives: a coroutine for an `async def`.
    fn wrap_result(&self, signature: &mut Signature, decorators: &Decorators) {
        let db = self.ctx.db;
        let flags =
            scope_access::definition(db, self.at).map_or(DefinitionFlags::empty(), |found| found.flags);
        let is_generator = flags.contains(DefinitionFlags::GENERATOR);
        let any = Ty::any(AnySource::SpecialForm);
        if self.function.is_async && !is_generator {
            signature.ret = known::known(db, KnownClass::Coroutine, [any, any, signature.ret]);
            signature.flags |= SigFlags::COROUTINE;
        } else if decorators.has(DecoratorKind::Coroutine) && is_generator {
            let parts = match signature.ret.as_instance() {
                Some(instance) if instance.class.is("typing.Generator") => instance.args,
                Some(_) | None => TyList::EMPTY(),
            };
            let part = |at: usize| parts.get(at).copied().unwrap_or(any);
            signature.ret =
                known::known(db, KnownClass::AwaitableGenerator, [part(0), part(1), part(2), signature.ret]);
        }
    }
}

/// How a signature uses a `ParamSpec`.
#[derive(Default)]
struct SpecUse {
    args: Option<TypeVarDecl>,
    kwargs: Option<TypeVarDecl>,
    invalid: bool,
}

/// `__x`: positional-only by an old convention.
fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}
