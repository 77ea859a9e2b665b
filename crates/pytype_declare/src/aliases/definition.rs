//! Reading the definition of one alias.

use pytype_index::{DefNode, DefRef, ScopeId, scope_at, syntax_of_unit};
use pytype_source::{Diagnostic, ErrorCode};
use pytype_types::{
    AliasId, AliasInfo, AnySource, Ty, TyFlags, TyKind, TyList, TypeContext, TypeVarDecl, TypeVarKind,
    TypeVarOrigin, translate,
};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::graph::{is_item_of_itself, reports_cycle};
use super::is_recursive;
use crate::annotations::analyze::{AliasRules, Analyzer};
use crate::annotations::free_variables::FreeVariables;
use crate::annotations::special_forms::{SpecialForm, special_form};
use crate::annotations::{
    AnnotationOptions, AnnotationScope, Findings, LateCheck, has_explicit_any, has_type_form,
    has_unimported_any,
};
use crate::names::{self, AssignmentMeaning, scope_access};
use crate::type_variables::{self, bound_type_var};
use crate::{Context, DeclareDb, Node, syntax};

/// An alias with what is wrong with its definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Definition {
    pub info: AliasInfo,
    pub diagnostics: Vec<Diagnostic>,
    pub checks: Vec<LateCheck>,
}

/// The syntax of an alias.
#[derive(Clone, Copy)]
struct Source<'a> {
    value: &'a Expr,
    range: TextRange,
    kind: Kind<'a>,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    /// `X = ...` and `X: TypeAlias = ...`.
    Assignment,
    /// `X = TypeAliasType("X", ..., type_params=(...))`.
    Call { type_params: Option<&'a Expr> },
    /// `type X[T] = ...`.
    Statement(&'a ast::StmtTypeAlias),
}

fn source_of(db: &dyn DeclareDb, at: DefRef) -> Option<Source<'_>> {
    if let Some(DefNode::TypeAlias(statement)) = syntax_of_unit(db, at.file, at.id.unit).node(at.id) {
        return Some(Source {
            value: &statement.value,
            range: statement.range,
            kind: Kind::Statement(statement),
        });
    }
    let assignment = syntax::assignment(db, at)?;
    let value = assignment.value?;
    if let Expr::Call(call) = value
        && names::classify_assignment(db, at) == AssignmentMeaning::TypeAliasType
    {
        let keyword = |name: &str| {
            let found =
                call.arguments.keywords.iter().find(|k| k.arg.as_ref().is_some_and(|arg| arg == name));
            found.map(|keyword| &keyword.value)
        };
        let value = call.arguments.args.get(1).or_else(|| keyword("value"))?;
        let type_params = keyword("type_params");
        return Some(Source { value, range: assignment.range, kind: Kind::Call { type_params } });
    }
    Some(Source { value, range: assignment.range, kind: Kind::Assignment })
}

/// The type parameters of a `type` statement.
pub(super) fn type_params_of_statement(db: &dyn DeclareDb, at: DefRef) -> Option<&ast::TypeParams> {
    match syntax_of_unit(db, at.file, at.id.unit).node(at.id)? {
        DefNode::TypeAlias(statement) => statement.type_params.as_deref(),
        _ => None,
    }
}

/// The expression that an alias stands for.
pub(super) fn value_of(db: &dyn DeclareDb, at: DefRef) -> Option<&Expr> {
    source_of(db, at).map(|source| source.value)
}

/// Where the names of an alias's value are looked up.
pub(super) fn alias_place(db: &dyn DeclareDb, at: DefRef) -> AnnotationScope {
    let outer = scope_access::definition(db, at).map_or(ScopeId::MODULE, |definition| definition.scope);
    let mut place = AnnotationScope::within(db, at.file, outer).seen_by(at.id);
    if let Some(Kind::Statement(statement)) = source_of(db, at).map(|source| source.kind)
        && statement.type_params.is_some()
        && let Some(scope) = scope_at(db, at.file, at.id.unit, statement.range)
    {
        place.scope = scope;
    }
    place
}

/// See [`super::alias_type_params`].
pub(super) fn type_params(db: &dyn DeclareDb, alias: AliasId, key: ()) -> TyList {
    parameters_among(db, variables_of(db, alias, key))
}

/// All type variables that an alias binds.
#[salsa::tracked(returns(copy))]
fn variables_of(db: &dyn DeclareDb, alias: AliasId, _key: ()) -> TyList {
    let at = alias.definition();
    if let Some(Node::Class(class)) = names::binding_of(db, at).map(|binding| binding.node) {
        return crate::classes::class_type_params(db, class);
    }
    let Some(source) = source_of(db, at) else { return TyList::EMPTY() };
    let place = alias_place(db, at);
    let found = match source.kind {
        Kind::Statement(statement) => parameters_of_list(db, &place, statement),
        Kind::Call { type_params } => declared_in_tuple(db, &place, type_params),
        Kind::Assignment => {
            let mut free = FreeVariables::new(db, &place);
            free.visit(source.value);
            free.found
        }
    };
    (0..).zip(found).map(|(index, decl)| bound_type_var(decl, alias.fullname(), index)).collect()
}

/// Of the variables that an alias binds, its parameters: only one may stand for any number of
/// types, and none with a default may come after it.
fn parameters_among(db: &dyn DeclareDb, variables: TyList) -> TyList {
    let mut variadic = false;
    variables
        .iter()
        .filter(|variable| {
            let is_variadic = matches!(variable.kind(), TyKind::TypeVarTuple(_));
            let refused = variadic && (is_variadic || is_ambiguous_default(db, *variable));
            variadic |= is_variadic;
            !refused
        })
        .collect()
}

/// Whether arguments could not be told apart from those of a `TypeVarTuple` before.
fn is_ambiguous_default(db: &dyn DeclareDb, variable: Ty) -> bool {
    matches!(variable.kind(), TyKind::TypeVar(_)) && type_variables::has_default(db, variable)
}

fn parameters_of_list(
    db: &dyn DeclareDb,
    place: &AnnotationScope,
    statement: &ast::StmtTypeAlias,
) -> Vec<TypeVarDecl> {
    let Some(list) = &statement.type_params else { return Vec::new() };
    list.type_params
        .iter()
        .filter_map(|param| {
            let name = pytype_source::Name::new(param.name());
            if let Node::TypeVariable(decl) = names::lookup(db, place.file, place.scope, name)?.node {
                Some(decl)
            } else {
                None
            }
        })
        .collect()
}

fn declared_in_tuple(db: &dyn DeclareDb, place: &AnnotationScope, tuple: Option<&Expr>) -> Vec<TypeVarDecl> {
    let Some(Expr::Tuple(tuple)) = tuple else { return Vec::new() };
    let mut found = Vec::new();
    for item in &tuple.elts {
        let binding = names::lookup_expr(db, place.file, place.scope, item);
        if let Some(Node::TypeVariable(decl)) = binding.map(|binding| binding.node)
            && place.variables.may_bind(decl)
            && !found.contains(&decl)
        {
            found.push(decl);
        }
    }
    found
}

/// Reads the definition of an alias.
pub(super) fn analyze(db: &dyn DeclareDb, alias: AliasId) -> Definition {
    let at = alias.definition();
    let ctx = Context::of_declarations(db, at.file);
    let variables = variables_of(db, alias, ());
    let params = parameters_among(db, variables);
    let refused = variables.iter().filter(|variable| !params.contains(variable));
    let mut erased: Vec<Ty> = refused.filter(|variable| is_ambiguous_default(db, *variable)).collect();
    let mut info = AliasInfo {
        target: Ty::any(AnySource::Error),
        type_params: params,
        recursive: is_recursive(db, alias),
        explicit_type_statement: false,
        no_args: false,
    };
    let Some(source) = source_of(db, at) else {
        return Definition { info, diagnostics: Vec::new(), checks: Vec::new() };
    };
    let mut place = alias_place(db, at);
    let mut findings = Findings::default();
    info.explicit_type_statement = !matches!(source.kind, Kind::Assignment);
    if let Some(none) = none_alias(&ctx, &place, source.value) {
        info.target = none;
        return Definition { info, diagnostics: Vec::new(), checks: Vec::new() };
    }
    if info.recursive && at.id.unit != 0 {
        let message = "An alias inside of a function cannot mention itself";
        findings.diagnostics.push(Diagnostic::error(ErrorCode::Misc, source.value.range(), message));
        info.recursive = false;
    } else if !is_type(&ctx, &place, source.value) {
        let message = "This expression is not a type, so nothing can be an alias of it";
        findings.diagnostics.push(Diagnostic::error(ErrorCode::ValidType, source.value.range(), message));
        if matches!(source.kind, Kind::Assignment) {
            report_no_type_arguments(&ctx, &place, source.value, &mut findings);
        }
    } else {
        report_parameters(&ctx, &place, &source, variables, &mut findings);
        if let Kind::Call { .. } = source.kind {
            refuse_own_name(db, alias, source.value, &mut findings);
            erased.extend(refuse_bound(db, &place, &source, &mut findings));
        } else {
            place.variables.enter_class();
        }
        place.variables.add_all(variables.iter());
        let mut options = AnnotationOptions::DEFINING_ALIAS | AnnotationOptions::PROHIBIT_SELF;
        options |= AnnotationOptions::VALUE_EXPRESSION;
        let mut analyzer = Analyzer::new(&ctx, &place, options, &mut findings);
        analyzer.alias = Some(AliasRules {
            alias,
            params: variables,
            erased: TyList::new(erased),
            declared: info.explicit_type_statement,
            is_statement: matches!(source.kind, Kind::Statement(_)),
        });
        info.target = analyzer.outermost(source.value);
    }
    report_any(&ctx, &place, info.target, source.range, &mut findings);
    info.target = without_reported_any(&ctx, info.target);
    info.no_args = matches!(source.kind, Kind::Assignment)
        && matches!(info.target.kind(), TyKind::Instance(_))
        && names_bare_class(&ctx, &place, source.value);
    if info.recursive {
        refuse_bad_recursion(db, alias, &mut info, source.range, &mut findings);
    }
    let found = findings.relative_to(source.range.start());
    Definition { info, diagnostics: found.diagnostics, checks: found.checks }
}

/// Whether an alias is made by a `type` statement or `TypeAliasType`.
pub(crate) fn is_explicit(db: &dyn DeclareDb, alias: AliasId) -> bool {
    source_of(db, alias.definition()).is_some_and(|source| !matches!(source.kind, Kind::Assignment))
}

/// The variables in the `type_params` of a `TypeAliasType` that something around binds already.
fn refuse_bound(
    db: &dyn DeclareDb,
    place: &AnnotationScope,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Vec<Ty> {
    let Kind::Call { type_params: Some(Expr::Tuple(tuple)) } = source.kind else { return Vec::new() };
    let mut refused = Vec::new();
    for item in &tuple.elts {
        let binding = names::lookup_expr(db, place.file, place.scope, item);
        let Some(Node::TypeVariable(decl)) = binding.map(|binding| binding.node) else { continue };
        if let Some(bound) = place.variables.get(decl) {
            let message = format!("The type variable \"{}\" is bound around the alias already", decl.name);
            findings.diagnostics.push(Diagnostic::error(ErrorCode::ValidType, item.range(), message));
            refused.push(bound);
        }
    }
    refused
}

/// The value of a `TypeAliasType` is evaluated before its name is bound: it can only name itself in a
/// string.
fn refuse_own_name(db: &dyn DeclareDb, alias: AliasId, value: &Expr, findings: &mut Findings) {
    struct Finder<'n> {
        name: &'n str,
        found: Option<TextRange>,
    }
    impl<'a> Visitor<'a> for Finder<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Name(name) if name.id == self.name => self.found = Some(name.range),
                other => walk_expr(self, other),
            }
        }
    }
    let name = alias.fullname().last_component();
    if !is_recursive(db, alias) {
        return;
    }
    let mut finder = Finder { name, found: None };
    finder.visit_expr(value);
    if let Some(range) = finder.found {
        let message = format!("\"{name}\" is not bound yet where its own value is evaluated; quote it");
        findings.diagnostics.push(Diagnostic::error(ErrorCode::Misc, range, message));
    }
}

/// Whether an expression has the form of a type.
fn is_type(ctx: &Context<'_>, place: &AnnotationScope, value: &Expr) -> bool {
    has_type_form(value, &|head| {
        let found = names::lookup_expr_before(ctx.db, place.file, place.scope, head, place.before);
        found.is_some_and(|binding| special_form(binding.fullname) == Some(SpecialForm::Annotated))
    })
}

/// As a value, the same expression asks for types within the brackets: mypy reports both.
fn report_no_type_arguments(
    ctx: &Context<'_>,
    place: &AnnotationScope,
    value: &Expr,
    findings: &mut Findings,
) {
    let Expr::Subscript(subscript) = value else { return };
    let found = names::lookup_expr_before(ctx.db, place.file, place.scope, &subscript.value, place.before);
    let takes_types = match found.map(|binding| binding.node) {
        Some(Node::Class(class)) => {
            let info = ctx.class(class);
            !info.is_enum() && (!info.type_params.is_empty() || class.is("builtins.tuple"))
        }
        Some(_) | None => false,
    };
    let is_argument = |item: &Expr| match item {
        Expr::Starred(starred) => is_type(ctx, place, &starred.value),
        other => is_type(ctx, place, other),
    };
    let items = match &*subscript.slice {
        Expr::Tuple(tuple) => tuple.elts.as_slice(),
        other => std::slice::from_ref(other),
    };
    if takes_types && !items.iter().all(is_argument) {
        let message = "A type is expected within the brackets";
        findings.diagnostics.push(Diagnostic::error(ErrorCode::Misc, value.range(), message));
    }
}

/// Whether the value is the name of a class, or of an alias of such a name.
fn names_bare_class(ctx: &Context<'_>, place: &AnnotationScope, value: &Expr) -> bool {
    let found = names::lookup_expr_before(ctx.db, place.file, place.scope, value, place.before);
    match found.map(|binding| binding.node) {
        Some(Node::Alias(other)) => !is_recursive(ctx.db, other) && super::alias_info(ctx.db, other).no_args,
        Some(_) => true,
        None => false,
    }
}

/// `X = type(None)`.
fn none_alias(ctx: &Context<'_>, place: &AnnotationScope, value: &Expr) -> Option<Ty> {
    let Expr::Call(call) = value else { return None };
    let [Expr::NoneLiteral(_)] = &*call.arguments.args else { return None };
    let callee = names::lookup_expr(ctx.db, place.file, place.scope, &call.func)?;
    (callee.fullname == "builtins.type").then(Ty::none)
}

fn report_parameters(
    ctx: &Context<'_>,
    place: &AnnotationScope,
    source: &Source<'_>,
    params: TyList,
    findings: &mut Findings,
) {
    let mut error = |code, range, message: String| {
        findings.diagnostics.push(Diagnostic::error(code, range, message));
    };
    let mut last_default: Option<TypeVarDecl> = None;
    let mut variadic = false;
    for param in params.iter() {
        let Some(decl) = type_variables::declaration_of(param) else { continue };
        let has_default = type_variables::has_default(ctx.db, param);
        if let Some(earlier) = last_default
            && !has_default
        {
            let message = format!(
                "The type variable \"{}\" has no default but stands after \"{}\", which has one",
                decl.name, earlier.name
            );
            error(ErrorCode::Misc, source.value.range(), message);
        }
        if variadic && has_default && decl.kind == TypeVarKind::TypeVar {
            let message = "A type variable with a default cannot stand after a TypeVarTuple".to_owned();
            error(ErrorCode::TypeVar, source.value.range(), message);
        }
        if has_default {
            last_default = Some(decl);
        }
        variadic |= decl.kind == TypeVarKind::TypeVarTuple;
        let is_old_style = matches!(decl.origin, TypeVarOrigin::Assignment(_));
        if is_old_style && !place.variables.may_bind(decl) {
            let message = format!("The type variable \"{}\" is bound by an outer class", decl.name);
            error(ErrorCode::ValidType, source.value.range(), message);
        }
    }
    if let Kind::Call { type_params: Some(given) } = source.kind {
        report_type_params(ctx, place, given, &mut error);
    }
}

/// What is wrong with the `type_params` of a `TypeAliasType`.
fn report_type_params(
    ctx: &Context<'_>,
    place: &AnnotationScope,
    given: &Expr,
    error: &mut dyn FnMut(ErrorCode, TextRange, String),
) {
    let Expr::Tuple(tuple) = given else {
        error(ErrorCode::Misc, given.range(), "\"type_params\" must be a tuple written out here".to_owned());
        return;
    };
    let mut seen: Vec<TypeVarDecl> = Vec::new();
    for item in &tuple.elts {
        let binding = names::lookup_expr(ctx.db, place.file, place.scope, item);
        let decl = match binding.map(|binding| binding.node) {
            Some(Node::TypeVariable(decl)) => decl,
            _ if matches!(item, Expr::Starred(_)) => {
                let message = "Type variables are not unpacked in \"type_params\"".to_owned();
                error(ErrorCode::Misc, item.range(), message);
                continue;
            }
            _ => {
                let message = "\"type_params\" may hold type variables only".to_owned();
                error(ErrorCode::TypeVar, item.range(), message);
                continue;
            }
        };
        if seen.contains(&decl) {
            let message = format!("\"{}\" stands twice in \"type_params\"", decl.name);
            error(ErrorCode::TypeVar, item.range(), message);
            continue;
        }
        let variadic = decl.kind == TypeVarKind::TypeVarTuple;
        if variadic && seen.iter().any(|other| other.kind == TypeVarKind::TypeVarTuple) {
            let message = "Only one TypeVarTuple may stand in \"type_params\"".to_owned();
            error(ErrorCode::TypeVar, item.range(), message);
            continue;
        }
        seen.push(decl);
    }
}

fn report_any(
    ctx: &Context<'_>,
    place: &AnnotationScope,
    target: Ty,
    range: TextRange,
    findings: &mut Findings,
) {
    let options = ctx.options();
    if options.disallow_any_explicit && !place.file.is_typeshed(ctx.db) && has_explicit_any(target) {
        let message = "Explicit \"Any\" is not allowed";
        findings.diagnostics.push(Diagnostic::error(ErrorCode::ExplicitAny, range, message));
    }
    if options.disallow_any_unimported && has_unimported_any(target) {
        let message = "What the alias stands for becomes \"Any\" because an import is not followed";
        findings.diagnostics.push(Diagnostic::error(ErrorCode::NoAnyUnimported, range, message));
    }
}

/// An `Any` that an alias brings was not written where the alias is used; one from an import was
/// reported where the alias is defined.
fn without_reported_any(ctx: &Context<'_>, ty: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_ANY) {
        return ty;
    }
    let unimported = ctx.options().disallow_any_unimported;
    translate(ctx, ty, &mut |part| match part.kind() {
        TyKind::Any(AnySource::Explicit) => Some(Ty::any(AnySource::SpecialForm)),
        TyKind::Any(AnySource::Unimported) if unimported => Some(Ty::any(AnySource::SpecialForm)),
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
        | TyKind::Module(_) => None,
    })
}

/// An alias may mention itself only inside of another type, and with its own parameters.
fn refuse_bad_recursion(
    db: &dyn DeclareDb,
    alias: AliasId,
    info: &mut AliasInfo,
    range: TextRange,
    findings: &mut Findings,
) {
    let by_call = matches!(source_of(db, alias.definition()).map(|s| s.kind), Some(Kind::Call { .. }));
    if is_item_of_itself(db, alias) && !by_call && !reports_cycle(db, alias) {
        return;
    }
    let message = if is_item_of_itself(db, alias) {
        if let TyKind::Alias { .. } = info.target.kind() {
            format!("\"{}\" is defined by itself", alias.fullname().last_component())
        } else {
            "An alias cannot be an item of itself".to_owned()
        }
    } else if diverges_within(alias, info.target) {
        "An alias cannot hold itself with other type arguments".to_owned()
    } else {
        return;
    };
    findings.diagnostics.push(Diagnostic::error(ErrorCode::Misc, range, message));
    info.target = Ty::any(AnySource::Error);
}

/// Whether a use of the alias in its own target has arguments that are more than type variables.
fn diverges_within(alias: AliasId, target: Ty) -> bool {
    pytype_types::collect::any_inside(
        target,
        &mut |part| matches!(part.kind(), TyKind::Alias { alias: other, args } if *other == alias && grows(*args)),
    )
}

/// Whether some argument mentions type variables without being one.
pub(super) fn grows(args: TyList) -> bool {
    let bare = |arg: Ty| match arg.kind() {
        TyKind::TypeVar(_) | TyKind::ParamSpec(_) | TyKind::TypeVarTuple(_) => true,
        TyKind::Unpack(inner) => matches!(inner.kind(), TyKind::TypeVarTuple(_)),
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
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => !arg.has(TyFlags::HAS_TYPE_VAR),
    };
    !args.iter().all(bare)
}

/// A plain assignment to a name that an assignment before it made an alias; relative to it.
pub(super) fn reassigned_alias(db: &dyn DeclareDb, at: DefRef) -> Option<Diagnostic> {
    let DefNode::Assign(statement) = syntax_of_unit(db, at.file, at.id.unit).node(at.id)? else {
        return None;
    };
    let [Expr::Name(target)] = statement.targets.as_slice() else { return None };
    // `X = X` leaves it what it is.
    if matches!(&*statement.value, Expr::Name(value) if value.id == target.id) {
        return None;
    }
    let first = DefRef { file: at.file, id: scope_access::first_definition(db, at)? };
    if first == at {
        return None;
    }
    let Node::Alias(alias) = names::binding_of(db, first)?.node else { return None };
    let is_imported = || {
        let kind = &scope_access::definition(db, first)?.kind;
        matches!(kind, pytype_index::DefinitionKind::ImportFrom { .. }).then_some(())
    };
    if alias.definition() != first && (is_imported().is_none() || !refers_to_type(db, at, &statement.value)) {
        return None;
    }
    // What has not the form of a type is no alias either.
    let definition = alias.definition();
    if let Some(source) = source_of(db, definition)
        && !is_type(&Context::of_declarations(db, at.file), &alias_place(db, definition), source.value)
    {
        return None;
    }
    let message = format!("\"{}\" is an alias and cannot be assigned again", target.id);
    Some(Diagnostic::error(ErrorCode::Misc, target.range - statement.range.start(), message))
}

/// Whether an expression is a class or an alias, with type arguments or without.
fn refers_to_type(db: &dyn DeclareDb, at: DefRef, expr: &Expr) -> bool {
    match expr {
        Expr::Subscript(subscript) => refers_to_type(db, at, &subscript.value),
        Expr::Name(_) | Expr::Attribute(_) => {
            let Some(scope) = scope_access::definition(db, at).map(|found| found.scope) else { return false };
            names::lookup_expr_before(db, at.file, scope, expr, Some(at.id))
                .is_some_and(|found| matches!(found.node, Node::Class(_) | Node::Alias(_)))
        }
        _ => false,
    }
}
