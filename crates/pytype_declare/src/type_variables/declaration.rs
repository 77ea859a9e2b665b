//! Reading declarations of type variables: `TypeVar(...)` calls and PEP 695 parameters.

use pytype_index::{DefNode, DefRef, ScopeKind, syntax_of_unit};
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{
    AnySource, Ty, TyFlags, TyKind, TyList, TypeVarDecl, TypeVarInfo, TypeVarKind, TypeVarOrigin, Variance,
};
use ruff_python_ast::{self as ast, Expr, Keyword};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::object_or_tuple;
use crate::annotations::{
    AnnotationOptions, AnnotationScope, Findings, LateCheck, LateCheckKind, analyze_declared,
    has_explicit_any, has_unimported_any, is_type_expression,
};
use crate::names::scope_access;
use crate::names::{self, special};
use crate::{Context, DeclareDb, syntax};

/// A declaration, and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Declared {
    pub info: TypeVarInfo,
    pub diagnostics: Vec<Diagnostic>,
    pub checks: Vec<LateCheck>,
}

/// What the syntax alone tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Shape {
    pub has_default: bool,
    pub has_limits: bool,
}

#[salsa::tracked(returns(copy))]
pub(super) fn shape(db: &dyn DeclareDb, decl: TypeVarDecl, _key: ()) -> Shape {
    let nothing = Shape { has_default: false, has_limits: false };
    match decl.origin {
        TypeVarOrigin::Assignment(at) => {
            let value = syntax::assignment(db, at).and_then(|assignment| assignment.value);
            let Some(Expr::Call(call)) = value else { return nothing };
            let has = |name: &str| keyword(call, name).is_some();
            Shape { has_default: has("default"), has_limits: has("bound") || call.arguments.args.len() > 1 }
        }
        TypeVarOrigin::Parameter(at) => match type_param(db, at) {
            Some(ast::TypeParam::TypeVar(param)) => {
                Shape { has_default: param.default.is_some(), has_limits: param.bound.is_some() }
            }
            Some(ast::TypeParam::ParamSpec(param)) => {
                Shape { has_default: param.default.is_some(), has_limits: false }
            }
            Some(ast::TypeParam::TypeVarTuple(param)) => {
                Shape { has_default: param.default.is_some(), has_limits: false }
            }
            None => nothing,
        },
        TypeVarOrigin::SelfType(_) | TypeVarOrigin::Synthetic { .. } => {
            Shape { has_default: false, has_limits: true }
        }
    }
}

fn type_param(db: &dyn DeclareDb, at: DefRef) -> Option<&ast::TypeParam> {
    match syntax_of_unit(db, at.file, at.id.unit).node(at.id)? {
        DefNode::TypeParam(param) => Some(param),
        _ => None,
    }
}

fn keyword<'a>(call: &'a ast::ExprCall, name: &str) -> Option<&'a Keyword> {
    call.arguments.keywords.iter().find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name))
}

/// The bound of a variable that declares none.
pub(super) fn natural_bound(db: &dyn DeclareDb, kind: TypeVarKind) -> Ty {
    object_or_tuple(db, kind)
}

/// The arguments about variance that a call has.
#[derive(Clone, Copy, Default)]
struct VarianceArguments {
    covariant: bool,
    contravariant: bool,
    inferred: bool,
}

/// Reads one declaration.
struct Reader<'a, 'db> {
    ctx: &'a Context<'db>,
    place: AnnotationScope,
    kind: TypeVarKind,
    decl: TypeVarDecl,
    /// Where findings about the whole stand.
    whole: TextRange,
    origin: TextSize,
    /// A PEP 695 parameter, whose expressions are annotations.
    is_parameter: bool,
    findings: Findings,
    info: TypeVarInfo,
}

pub(super) fn of_assignment(db: &dyn DeclareDb, decl: TypeVarDecl, at: DefRef) -> Declared {
    let ctx = Context::of_declarations(db, at.file);
    let assignment = syntax::assignment(db, at);
    let whole = assignment.map_or(TextRange::default(), |assignment| assignment.range);
    let mut reader = Reader::new(&ctx, at, decl, whole, whole.start(), false);
    if let Some(Expr::Call(call)) = assignment.and_then(|assignment| assignment.value) {
        match decl.kind {
            TypeVarKind::TypeVar => reader.type_var(call),
            TypeVarKind::ParamSpec => reader.param_spec(call),
            TypeVarKind::TypeVarTuple => reader.type_var_tuple(call),
        }
    }
    reader.finish()
}

pub(super) fn of_parameter(db: &dyn DeclareDb, decl: TypeVarDecl, at: DefRef) -> Declared {
    let ctx = Context::of_declarations(db, at.file);
    let param = type_param(db, at);
    let whole = param.map_or(TextRange::default(), Ranged::range);
    let mut reader = Reader::new(&ctx, at, decl, whole, whole.start(), true);
    match param {
        Some(ast::TypeParam::TypeVar(param)) => {
            match param.bound.as_deref() {
                Some(Expr::Tuple(tuple)) if tuple.elts.len() < 2 => {
                    reader.error(ErrorCode::Misc, "A type variable needs at least two constraints");
                }
                Some(Expr::Tuple(tuple)) => reader.constraints(&tuple.elts),
                Some(bound) => reader.bound(bound),
                None => {}
            }
            if let Some(default) = &param.default {
                reader.default(default);
            }
        }
        Some(ast::TypeParam::ParamSpec(param)) => {
            if let Some(default) = &param.default {
                reader.default(default);
            }
        }
        Some(ast::TypeParam::TypeVarTuple(param)) => {
            if let Some(default) = &param.default {
                reader.default(default);
            }
        }
        None => {}
    }
    reader.finish()
}

impl<'a, 'db> Reader<'a, 'db> {
    fn new(
        ctx: &'a Context<'db>,
        at: DefRef,
        decl: TypeVarDecl,
        whole: TextRange,
        origin: TextSize,
        is_parameter: bool,
    ) -> Reader<'a, 'db> {
        let kind = decl.kind;
        let scope = scope_access::definition(ctx.db, at)
            .map_or(pytype_index::ScopeId::MODULE, |definition| definition.scope);
        // The variables of the list that a parameter stands in are not bound for it: what defaults
        // mention is put in where the variable is bound.
        let around = match scope_access::scope(ctx.db, at.file, scope) {
            Some(list) if matches!(list.kind, ScopeKind::TypeParameters(_)) => list.parent.unwrap_or(scope),
            Some(_) | None => scope,
        };
        let place = AnnotationScope {
            file: at.file,
            scope,
            before: Some(at.id),
            class: None,
            variables: super::TypeVarScope::around(ctx.db, at.file, around),
        };
        let info = TypeVarInfo {
            bound: natural_bound(ctx.db, kind),
            values: TyList::EMPTY(),
            default: None,
            variance: Variance::Invariant,
            infers_variance: false,
        };
        Reader { ctx, place, kind, decl, whole, origin, is_parameter, findings: Findings::default(), info }
    }

    fn finish(mut self) -> Declared {
        let options = self.ctx.options();
        let types: Vec<Ty> =
            self.info.values.iter().chain([self.info.bound]).chain(self.info.default).collect();
        if !self.is_parameter {
            if options.disallow_any_unimported {
                for ty in &types {
                    if has_unimported_any(*ty) {
                        let message =
                            "A limit of the type variable becomes \"Any\" because its import is not followed";
                        self.error(ErrorCode::NoAnyUnimported, message);
                    }
                }
            }
            let is_typeshed = self.place.file.is_typeshed(self.ctx.db);
            if options.disallow_any_explicit && !is_typeshed && types.iter().any(|ty| has_explicit_any(*ty)) {
                self.error(ErrorCode::ExplicitAny, "Explicit \"Any\" is not allowed");
            }
        }
        let found = self.findings.relative_to(self.origin);
        Declared { info: self.info, diagnostics: found.diagnostics, checks: found.checks }
    }

    fn error(&mut self, code: ErrorCode, message: impl Into<String>) {
        self.error_at(code, self.whole, message);
    }

    fn error_at(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.findings.diagnostics.push(Diagnostic::error(code, range, message));
    }

    fn callee(&self) -> &'static str {
        match self.kind {
            TypeVarKind::TypeVar => "TypeVar",
            TypeVarKind::ParamSpec => "ParamSpec",
            TypeVarKind::TypeVarTuple => "TypeVarTuple",
        }
    }

    fn type_var(&mut self, call: &ast::ExprCall) {
        let constraints = call.arguments.args.get(1..).unwrap_or(&[]);
        self.constraints(constraints);
        let mut variance = VarianceArguments::default();
        for keyword in &call.arguments.keywords {
            match keyword.arg.as_ref().map(|arg| arg.as_str()) {
                Some(name) if self.variance_argument(name, keyword, &mut variance) => {}
                Some("bound") if !constraints.is_empty() => {
                    self.error(ErrorCode::Misc, "A type variable has either constraints or a bound");
                }
                Some("bound") => self.bound(&keyword.value),
                Some("default") => self.default(&keyword.value),
                Some(other) => {
                    let message = format!("\"TypeVar()\" has no parameter \"{other}\"");
                    self.error(ErrorCode::Misc, message);
                }
                None => self.error(ErrorCode::Misc, "The arguments of \"TypeVar()\" must be written out"),
            }
        }
        self.settle_variance(variance);
    }

    /// Whether `keyword` is an argument that says something of the variance; it is noted then.
    fn variance_argument(&mut self, name: &str, keyword: &Keyword, seen: &mut VarianceArguments) -> bool {
        if !matches!(name, "covariant" | "contravariant" | "infer_variance") {
            return false;
        }
        let truth = self.truth(keyword, name);
        match name {
            "covariant" => seen.covariant = truth,
            "contravariant" => seen.contravariant = truth,
            _ => seen.inferred = truth,
        }
        true
    }

    fn settle_variance(&mut self, given: VarianceArguments) {
        self.info.variance = match (given.covariant, given.contravariant) {
            (true, true) => {
                self.error(ErrorCode::Misc, "A type variable cannot be both covariant and contravariant");
                Variance::Invariant
            }
            (true, false) => Variance::Covariant,
            (false, true) => Variance::Contravariant,
            (false, false) => Variance::Invariant,
        };
        if given.inferred && (given.covariant || given.contravariant) {
            self.error(ErrorCode::Misc, "A variance that is inferred cannot be declared, too");
        }
        self.info.infers_variance = given.inferred && !given.covariant && !given.contravariant;
    }

    fn truth(&mut self, keyword: &Keyword, name: &str) -> bool {
        match &keyword.value {
            Expr::BooleanLiteral(boolean) => boolean.value,
            _ => {
                self.error(ErrorCode::Misc, format!("\"{name}\" must be True or False"));
                false
            }
        }
    }

    fn options(&self) -> AnnotationOptions {
        let options = AnnotationOptions::TYPE_VAR_DEFINITION | AnnotationOptions::PROHIBIT_SELF;
        if self.is_parameter { options } else { options | AnnotationOptions::VALUE_EXPRESSION }
    }

    fn constraints(&mut self, exprs: &[Expr]) {
        let mut values = Vec::with_capacity(exprs.len());
        for expr in exprs {
            if !self.is_parameter && !is_type_expression(expr) {
                self.error_at(ErrorCode::Misc, expr.range(), "A constraint must be a type");
                values.push(Ty::any(AnySource::Error));
                continue;
            }
            let ty = analyze_declared(self.ctx, &self.place, expr, self.options(), &mut self.findings);
            if ty.has(TyFlags::HAS_TYPE_VAR) {
                let code = if self.is_parameter { ErrorCode::NameDefined } else { ErrorCode::Misc };
                self.error_at(code, expr.range(), "A constraint cannot mention type variables");
                values.push(Ty::any(AnySource::Error));
            } else {
                values.push(ty);
            }
        }
        self.info.values = TyList::new(values);
    }

    fn bound(&mut self, expr: &Expr) {
        if !self.is_parameter && !is_type_expression(expr) {
            let message = format!("The bound of a \"{}\" must be a type", self.callee());
            self.error_at(ErrorCode::Misc, expr.range(), message);
            self.info.bound = Ty::any(AnySource::Error);
            return;
        }
        let mut options = self.options();
        options.set(AnnotationOptions::QUIET_VALUES, !self.is_parameter);
        let ty = analyze_declared(self.ctx, &self.place, expr, options, &mut self.findings);
        if !self.is_parameter {
            self.refuse_error(ty, expr, "bound");
        } else if ty.has(TyFlags::HAS_TYPE_VAR) {
            // Bounds are concrete: what stands around the list is not known in it.
            self.error_at(ErrorCode::NameDefined, expr.range(), "A bound cannot mention type variables");
            self.info.bound = Ty::any(AnySource::Error);
            return;
        }
        self.info.bound = ty;
    }

    fn refuse_error(&mut self, ty: Ty, expr: &Expr, what: &str) {
        if ty.is_mistaken() {
            let message = format!("The {what} of a \"{}\" must be a type", self.callee());
            self.error_at(ErrorCode::Misc, expr.range(), message);
        }
    }

    fn default(&mut self, expr: &Expr) {
        let starred = matches!(expr, Expr::Starred(_));
        let takes_list = self.kind == TypeVarKind::ParamSpec;
        if !starred && !self.is_parameter && !is_type_expression(expr) {
            let message = format!("The default of a \"{}\" must be a type", self.callee());
            self.error_at(ErrorCode::Misc, expr.range(), message);
            self.info.default = Some(Ty::any(AnySource::Error));
            return;
        }
        let mut options =
            self.options() | AnnotationOptions::ALLOW_UNBOUND_TVARS | AnnotationOptions::QUIET_VALUES;
        options.set(AnnotationOptions::ALLOW_PARAM_SPEC_LITERALS, takes_list);
        options.set(AnnotationOptions::ALLOW_PARAM_SPEC, takes_list);
        options.set(AnnotationOptions::ALLOW_TUPLE_LITERAL, takes_list);
        options.set(AnnotationOptions::ALLOW_UNPACK, self.kind == TypeVarKind::TypeVarTuple);
        let ty = analyze_declared(self.ctx, &self.place, expr, options, &mut self.findings);
        let ty = match self.kind {
            TypeVarKind::TypeVar => {
                self.refuse_error(ty, expr, "default");
                let kind = LateCheckKind::TypeVarDefault(self.decl);
                self.findings.checks.push(LateCheck { range: self.whole, kind });
                ty
            }
            TypeVarKind::ParamSpec => match ty.kind() {
                TyKind::Parameters(sig) => {
                    for param in &sig.params {
                        if param.ty.is_mistaken() {
                            let message = "The parameters in the default of a \"ParamSpec\" must be types";
                            self.error_at(ErrorCode::Misc, expr.range(), message);
                        }
                    }
                    ty
                }
                TyKind::ParamSpec(_) => ty,
                TyKind::Any(_) if !ty.is_mistaken() => ty,
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
                    let message =
                        "The default of a \"ParamSpec\" is a list of types, \"...\" or another ParamSpec";
                    self.error_at(ErrorCode::Misc, expr.range(), message);
                    Ty::any(AnySource::Error)
                }
            },
            TypeVarKind::TypeVarTuple => {
                if let TyKind::Unpack(_) = ty.kind() {
                    ty
                } else {
                    let message = "The default of a \"TypeVarTuple\" is an unpacked tuple";
                    self.error_at(ErrorCode::Misc, expr.range(), message);
                    Ty::any(AnySource::Error)
                }
            }
        };
        self.info.default = Some(ty);
    }

    fn param_spec(&mut self, call: &ast::ExprCall) {
        if call.arguments.args.len() > 1 {
            self.error(ErrorCode::Misc, "\"ParamSpec()\" takes only its name by position");
        }
        let mut variance = VarianceArguments::default();
        for keyword in &call.arguments.keywords {
            match keyword.arg.as_ref().map(|arg| arg.as_str()) {
                Some("default") => self.default(&keyword.value),
                Some(name) if self.variance_argument(name, keyword, &mut variance) => {}
                Some(_) | None => {
                    self.error(ErrorCode::Misc, "The bound of a \"ParamSpec\" has no meaning yet");
                }
            }
        }
        self.settle_variance(variance);
    }

    fn type_var_tuple(&mut self, call: &ast::ExprCall) {
        if call.arguments.args.len() > 1 {
            self.error(ErrorCode::Misc, "\"TypeVarTuple()\" takes only its name by position");
        }
        let mut variance = VarianceArguments::default();
        for keyword in &call.arguments.keywords {
            match keyword.arg.as_ref().map(|arg| arg.as_str()) {
                Some("default") => self.default(&keyword.value),
                Some(name) if self.variance_argument(name, keyword, &mut variance) => {}
                other => {
                    let message =
                        format!("\"TypeVarTuple()\" has no parameter \"{}\"", other.unwrap_or("**"));
                    self.error(ErrorCode::Misc, message);
                }
            }
        }
        self.settle_variance(variance);
    }
}

/// What is wrong with `X = TypeVar(...)` that declares nothing; empty for other assignments.
pub(super) fn misdeclared(db: &dyn DeclareDb, at: DefRef) -> Vec<Diagnostic> {
    if names::is_call_of_local_value(db, at) {
        return Vec::new();
    }
    let Some(assignment) = syntax::assignment(db, at) else { return Vec::new() };
    let Some(Expr::Call(call)) = assignment.value else { return Vec::new() };
    let Some(found) = scope_access::definition(db, at) else { return Vec::new() };
    let Some(callee) = names::lookup_expr_before(db, at.file, found.scope, &call.func, Some(at.id)) else {
        return Vec::new();
    };
    let fullname = callee.fullname.as_str();
    let is_type_var = special::TYPE_VAR.contains(&fullname);
    let is_alias = special::TYPE_ALIAS_TYPE.contains(&fullname);
    let declares = is_type_var
        || is_alias
        || special::PARAM_SPEC.contains(&fullname)
        || special::TYPE_VAR_TUPLE.contains(&fullname);
    if !declares {
        return Vec::new();
    }
    let short = callee.fullname.last_component();
    let message = if assignment.annotation.is_some() && !is_alias {
        format!("The variable of a \"{short}()\" cannot have an annotation")
    } else {
        match call.arguments.args.first() {
            None => format!("\"{short}()\" needs the name of its variable"),
            Some(Expr::StringLiteral(text)) if found.name != text.value.to_str() => {
                let given = Name::new(text.value.to_str());
                format!("\"{short}()\" is given the name \"{given}\" but assigned to \"{}\"", found.name)
            }
            Some(Expr::StringLiteral(_)) if is_type_var && call.arguments.args.len() == 2 => {
                "A type variable needs at least two constraints".to_owned()
            }
            Some(Expr::StringLiteral(_)) => return Vec::new(),
            Some(_) => format!("The first argument of \"{short}()\" must be a string literal"),
        }
    };
    let range = assignment.range - assignment.range.start();
    vec![Diagnostic::error(ErrorCode::Misc, range, message)]
}
