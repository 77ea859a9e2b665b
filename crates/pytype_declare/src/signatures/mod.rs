//! Functions as declared: signatures, decorators, overload sets, properties.

pub(crate) mod binding;
mod decorators;
mod definition_set;
mod local_types;
mod overload_rules;
mod self_parameter;
mod signature;
mod simple_decorators;
mod special_methods;
mod written;

pub use binding::FunctionVariables;
pub use decorators::is_attrs_field_part;
pub use definition_set::definitions_of;
pub use local_types::{has_annotated_function, local_type, parameter_type};
pub use simple_decorators::type_without_calls;

use pytype_index::{DefRef, ScopeKind};
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{AnySource, ClassId, SigFlags, Signature, Ty, TyList};
use ruff_python_ast::StmtFunctionDef;
use ruff_text_size::{Ranged, TextRange};

use crate::annotations::{Findings, placed_at, run_late_checks};
use crate::kept::Question;
use crate::names::scope_access;
use crate::type_variables::{declaration_of, parameter_list_diagnostics};
use crate::{Context, DeclareDb, DecoratedType, FunctionInfo, FunctionItem, FunctionKind, names, syntax};
use decorators::{DecoratorKind, Decorators};

/// All that the `def`s of one symbol declare; `definition` is any of those that belong together.
#[inline]
pub fn function_info(db: &dyn DeclareDb, definition: DefRef) -> &FunctionInfo {
    match db.kept_declarations().and_then(|kept| kept.known_function(definition)) {
        Some(known) => known,
        None => new_function_info(db, definition),
    }
}

/// Apart, so that what is known already is found in few steps.
#[inline(never)]
fn new_function_info(db: &dyn DeclareDb, definition: DefRef) -> &FunctionInfo {
    let first = definition_set::first_of(db, definition);
    let answer = db.kept_declarations().and_then(|kept| {
        let slot = kept.function(db, first)?;
        kept.answer((Question::Function, first), slot, || read_function(db, first))
    });
    answer.unwrap_or_else(|| function_info_query(db, first, ()))
}

#[salsa::tracked(returns(ref))]
fn function_info_query(db: &dyn DeclareDb, first: DefRef, _key: ()) -> FunctionInfo {
    read_function(db, first)
}

fn read_function(db: &dyn DeclareDb, first: DefRef) -> FunctionInfo {
    let set = definitions_of(db, first);
    let mut info = FunctionInfo {
        fullname: names::fullname_of(db, first),
        items: Vec::with_capacity(set.len()),
        implementation: None,
        diagnostics: Vec::new(),
        checks: Vec::new(),
    };
    for definition in set {
        let Some(function) = syntax::function(db, definition) else { continue };
        let (item, findings) = item_of(db, definition, function);
        let at = info.items.len();
        let found = findings.relative_to(function.range.start());
        info.diagnostics.extend(found.diagnostics.into_iter().map(|finding| (at, finding)));
        info.checks.extend(found.checks.into_iter().map(|check| (at, check)));
        info.items.push(item);
    }
    info.checks.shrink_to_fit();
    overload_rules::settle(db, first, &mut info);
    mark_deprecated_overloads(&mut info);
    info
}

/// Each overload carries its deprecation in its signature, so that a call tells which was chosen.
/// That of the implementation holds for all.
fn mark_deprecated_overloads(info: &mut FunctionInfo) {
    if !info.is_overloaded() {
        return;
    }
    let whole = info.deprecation();
    for item in info.items.iter_mut().filter(|item| item.is_overload) {
        let Some(message) = item.deprecated.or(whole) else { continue };
        let Some(sig) = item.signature.as_callable() else { continue };
        let mut changed = sig.get().clone();
        changed.deprecated = Some(message);
        let changed = changed.into_ty();
        if item.decorated == DecoratedType::Known(item.signature) {
            item.decorated = DecoratedType::Known(changed);
        }
        item.signature = changed;
    }
}

/// What one `def` declares.
pub fn signature_of(db: &dyn DeclareDb, definition: DefRef) -> Option<&FunctionItem> {
    function_info(db, definition).items.iter().find(|item| item.definition == definition)
}

/// The type variables that a `def` binds: those that its signature mentions and nothing around
/// binds, in order of first appearance. From names alone.
pub fn function_type_variables(db: &dyn DeclareDb, definition: DefRef) -> &FunctionVariables {
    binding::variables_of(db, definition)
}

/// What is wrong with the signature of one `def`, in places of the file: what needs class headers
/// included.
pub fn diagnostics_of(db: &dyn DeclareDb, definition: DefRef) -> Vec<Diagnostic> {
    let info = function_info(db, definition);
    let Some(at) = info.items.iter().position(|item| item.definition == definition) else {
        return Vec::new();
    };
    let Some(function) = syntax::function(db, definition) else { return Vec::new() };
    let origin = function.range.start();
    let mut found: Vec<Diagnostic> = info
        .diagnostics
        .iter()
        .filter(|(item, _)| *item == at)
        .map(|(_, finding)| placed_at(finding.clone(), origin))
        .collect();
    let checks: Vec<_> = info
        .checks
        .iter()
        .filter(|(item, _)| *item == at)
        .map(|(_, check)| check.clone().placed_at(origin))
        .collect();
    if let Some(list) = function.type_params.as_deref() {
        let ctx = Context::new(db, definition.file);
        let signature = info.items.get(at).and_then(|item| item.signature.as_callable());
        let is_used = |decl| {
            signature.is_some_and(|signature| {
                signature.variables.iter().any(|variable| declaration_of(variable) == Some(decl))
            })
        };
        found.extend(parameter_list_diagnostics(&ctx, definition, Some(list), &is_used));
    }
    if !checks.is_empty() {
        run_late_checks(&Context::new(db, definition.file), &checks, &mut found);
    }
    found
}

/// The class that a definition stands in directly.
pub(crate) fn class_of(db: &dyn DeclareDb, definition: DefRef) -> Option<ClassId> {
    let scope = scope_access::definition(db, definition)?.scope;
    match scope_access::scope(db, definition.file, scope)?.kind {
        ScopeKind::Class(class) => {
            Some(crate::classes::class_id(db, DefRef { file: definition.file, id: class }))
        }
        ScopeKind::Module
        | ScopeKind::Function(_)
        | ScopeKind::TypeParameters(_)
        | ScopeKind::Lambda
        | ScopeKind::Comprehension => None,
    }
}

/// Reads one `def`.
fn item_of(db: &dyn DeclareDb, definition: DefRef, function: &StmtFunctionDef) -> (FunctionItem, Findings) {
    let class = class_of(db, definition);
    let decorators = Decorators::of(db, definition, function);
    let mut findings = Findings::default();
    let name = function.name.as_str();
    let is_static = decorators.has(DecoratorKind::StaticMethod);
    let is_class = decorators.has(DecoratorKind::ClassMethod)
        || (class.is_some() && !is_static && matches!(name, "__init_subclass__" | "__class_getitem__"));
    let is_property = decorators.has(DecoratorKind::Property)
        || decorators.has(DecoratorKind::AbstractProperty)
        || decorators.has(DecoratorKind::CachedProperty);
    let kind = if is_property {
        FunctionKind::Property
    } else if class.is_some() && (is_static || name == "__new__") {
        FunctionKind::StaticMethod
    } else if class.is_some() && is_class {
        FunctionKind::ClassMethod
    } else {
        FunctionKind::Plain
    };
    let no_type_check = decorators.has(DecoratorKind::NoTypeCheck);
    let method = class.map(|class| signature::Method { class, is_static, is_class });
    let signature = signature::read(db, definition, function, method, &decorators, &mut findings);
    report_decorators(function, class, &decorators, &mut findings);
    let is_setter = decorators.has(DecoratorKind::Setter);
    let is_deleter = decorators.has(DecoratorKind::Deleter);
    let decorated = if no_type_check {
        DecoratedType::Known(unchecked(signature, &decorators))
    } else if decorators.must_be_called() {
        DecoratedType::Inferred
    } else {
        DecoratedType::Known(signature)
    };
    let item = FunctionItem {
        definition,
        signature,
        decorated,
        kind,
        is_abstract: decorators.has(DecoratorKind::Abstract)
            || decorators.has(DecoratorKind::AbstractProperty),
        is_final: class.is_some() && decorators.has(DecoratorKind::Final),
        is_override: decorators.has(DecoratorKind::Override),
        is_overload: decorators.has(DecoratorKind::Overload),
        is_setter,
        is_deleter,
        is_cached_property: decorators.has(DecoratorKind::CachedProperty),
        no_type_check,
        deprecated: decorators.deprecated,
        dataclass_transform: decorators.has(DecoratorKind::DataclassTransform),
    };
    (item, findings)
}

/// What `@no_type_check` leaves of a signature: how many arguments there are (the typing
/// specification, "Directives").
fn unchecked(signature: Ty, decorators: &Decorators) -> Ty {
    let any = Ty::any(AnySource::SpecialForm);
    match signature.as_callable() {
        Some(sig) if !decorators.must_be_called() => {
            let mut sig: Signature = sig.get().clone();
            for param in &mut sig.params {
                param.ty = any;
            }
            sig.ret = any;
            sig.variables = TyList::EMPTY();
            sig.type_guard = None;
            sig.type_is = None;
            sig.flags -= SigFlags::IMPLICIT;
            sig.into_ty()
        }
        Some(_) | None => any,
    }
}

/// Decorators that do not fit the function they stand on, or each other.
fn report_decorators(
    function: &StmtFunctionDef,
    class: Option<ClassId>,
    decorators: &Decorators,
    findings: &mut Findings,
) {
    let Some(first) = function.decorator_list.first() else { return };
    let whole = first.range();
    let mut error = |code: ErrorCode, range: TextRange, message: String| {
        findings.diagnostics.push(Diagnostic::error(code, range, message));
    };
    if class.is_none() {
        for (kind, range) in decorators.iter() {
            if let Some(name) = kind.for_methods_only() {
                error(ErrorCode::Misc, whole, format!("\"{name}\" is for methods, and this is none"));
            }
            if kind == DecoratorKind::Final {
                error(ErrorCode::Misc, range, "\"@final\" is for methods and classes".to_owned());
            }
        }
    }
    let is_property = decorators.is_property();
    if is_property && decorators.called_above_property() {
        let message = "A decorator above \"@property\" is not supported".to_owned();
        error(ErrorCode::PropDecorator, whole, message);
    }
    let is_static = decorators.has(DecoratorKind::StaticMethod);
    let is_class = decorators.has(DecoratorKind::ClassMethod);
    if is_property && (is_static || is_class) {
        error(ErrorCode::Misc, whole, "Only the method of an instance can be a property".to_owned());
    }
    let is_abstract =
        decorators.has(DecoratorKind::Abstract) || decorators.has(DecoratorKind::AbstractProperty);
    if is_abstract && class.is_some() && decorators.has(DecoratorKind::Final) {
        let message = format!("The method \"{}\" is both abstract and final", function.name);
        error(ErrorCode::Misc, whole, message);
    }
    if is_static && is_class {
        error(ErrorCode::Misc, whole, "A method is either static or a class method".to_owned());
    }
}

/// The full name under which a `def` binds its type variables: each overload has its own.
pub(crate) fn binder_name(db: &dyn DeclareDb, definition: DefRef) -> Name {
    let fullname = names::fullname_of(db, definition);
    let set = definitions_of(db, definition);
    match set.iter().position(|other| *other == definition) {
        Some(at) if at + 1 < set.len() => Name::new(&format!("{fullname}#{at}")),
        Some(_) | None => fullname,
    }
}
