//! What is declared of variables.

mod constants;
mod declared_any;
mod final_rules;

pub(crate) use declared_any::{is_declared_any, is_declared_type_object};

use std::cell::OnceCell;

use pytype_config::ModuleOptions;
use pytype_index::{
    AssignmentNode, DefNode, DefRef, DefinitionFlags, DefinitionKind, ScopeId, ScopeKind, TypeComment,
    syntax_of_unit,
};
use pytype_source::{Diagnostic, ErrorCode};
use pytype_types::{AnySource, LiteralValue, Ty, TyFlags, TyKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::annotations::{
    self, Annotation, AnnotationOptions, AnnotationScope, Findings, Qualifiers, analyze_qualified, placed_at,
    run_late_checks,
};
use crate::kept::Question;
use crate::names::scope_access;
use crate::type_comments;
use crate::{Context, DeclareDb, VariableInfo, names};

/// What is declared of the variable that `definition` binds (that definition alone: a symbol with
/// several has the declaration of the first).
#[inline]
pub fn variable_info(db: &dyn DeclareDb, definition: DefRef) -> &VariableInfo {
    match db.kept_declarations().and_then(|kept| kept.known_variable(definition)) {
        Some(known) => known.as_deref().unwrap_or(&NOTHING),
        None => new_variable_info(db, definition),
    }
}

/// Apart, so that what is known already is found in few steps.
#[inline(never)]
fn new_variable_info(db: &dyn DeclareDb, definition: DefRef) -> &VariableInfo {
    let kept = db.kept_declarations().and_then(|kept| {
        let slot = kept.variable(db, definition)?;
        kept.answer((Question::Variable, definition), slot, || {
            Some(read(db, definition)).filter(|info| *info != NOTHING).map(Box::new)
        })
    });
    match kept {
        Some(info) => info.as_deref().unwrap_or(&NOTHING),
        None => variable_info_query(db, definition, ()),
    }
}

/// What is declared of most variables.
static NOTHING: VariableInfo = VariableInfo {
    declared: None,
    is_final: false,
    is_class_var: false,
    is_init_var: false,
    simple_literal: None,
    diagnostics: Vec::new(),
    checks: Vec::new(),
};

#[salsa::tracked(returns(ref))]
fn variable_info_query(db: &dyn DeclareDb, definition: DefRef, _key: ()) -> VariableInfo {
    read(db, definition)
}

fn read(db: &dyn DeclareDb, definition: DefRef) -> VariableInfo {
    let nothing = NOTHING.clone();
    let Some(found) = scope_access::definition(db, definition) else { return nothing };
    match found.kind {
        DefinitionKind::Variable => {}
        DefinitionKind::Parameter => {
            let declared = crate::signatures::parameter_type(db, definition);
            return VariableInfo { declared, ..nothing };
        }
        DefinitionKind::Class { .. }
        | DefinitionKind::Function { .. }
        | DefinitionKind::Import { .. }
        | DefinitionKind::ImportFrom { .. }
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => return nothing,
    }
    if found.scope == ScopeId::MODULE
        && found.name.starts_with("__")
        && let Some((_, implicit)) =
            names::module_variables(db, definition.file).find(|(name, _)| found.name == *name)
    {
        let declared = Context::of_declarations(db, definition.file).implicit_type(implicit);
        return VariableInfo { declared: Some(declared), ..nothing };
    }
    let syntax = syntax_of_unit(db, definition.file, definition.id.unit);
    let reader = Reader::new(db, definition, found);
    match syntax.node(definition.id).and_then(DefNode::assignment) {
        Some(AssignmentNode::Annotated(statement)) => reader.annotated(statement),
        Some(AssignmentNode::Plain(statement)) => reader.assigned(statement),
        None => nothing,
    }
}

/// The constant that a final variable stands for, with or without an annotation.
pub fn final_value(db: &dyn DeclareDb, definition: DefRef) -> Option<LiteralValue> {
    let info = variable_info(db, definition);
    if !info.is_final {
        return None;
    }
    let constant = match info.simple_literal {
        Some(known) => known,
        None => {
            let scope = scope_access::definition(db, definition)?.scope;
            let place = AnnotationScope::within(db, definition.file, scope).seen_by(definition.id);
            let value = crate::syntax::assignment(db, definition)?.value?;
            constants::simple_literal(db, &place, definition, value, true)?
        }
    };
    if let TyKind::Literal { value, .. } = constant.as_instance()?.last_known?.kind() {
        Some(*value)
    } else {
        None
    }
}

/// The text that the type of a variable tells: it is declared as a literal, or final without a type. `None` for
/// what is no variable.
pub(crate) fn literal_text(db: &dyn DeclareDb, binding: crate::Binding) -> Option<pytype_source::Name> {
    let crate::Node::Variable(definition) = binding.node else { return None };
    let info = variable_info(db, definition);
    let value = match info.declared {
        Some(declared) => declared,
        None => info.simple_literal.filter(|_| info.is_final)?.as_instance()?.last_known?,
    };
    if let TyKind::Literal { value: LiteralValue::Str(text), .. } = value.kind() { Some(*text) } else { None }
}

/// What is wrong with the declaration of a variable, in places of the file: what needs class
/// headers included.
pub fn diagnostics_of(db: &dyn DeclareDb, definition: DefRef) -> Vec<Diagnostic> {
    let info = variable_info(db, definition);
    if info.diagnostics.is_empty() && info.checks.is_empty() {
        return Vec::new();
    }
    let origin = origin_of(db, definition);
    let mut found: Vec<Diagnostic> =
        info.diagnostics.iter().map(|finding| placed_at(finding.clone(), origin)).collect();
    let checks: Vec<_> = info.checks.iter().map(|check| check.clone().placed_at(origin)).collect();
    run_late_checks(&Context::new(db, definition.file), &checks, &mut found);
    found
}

/// How long the statement that defines an alias is.
pub(crate) fn length_of(db: &dyn DeclareDb, definition: DefRef) -> TextSize {
    match syntax_of_unit(db, definition.file, definition.id.unit).node(definition.id) {
        Some(DefNode::AnnAssign(statement)) => statement.range.len(),
        Some(DefNode::Assign(statement)) => statement.range.len(),
        Some(DefNode::TypeAlias(statement)) => statement.range.len(),
        _ => TextSize::new(0),
    }
}

/// Where the statement that makes a definition begins.
pub(crate) fn origin_of(db: &dyn DeclareDb, definition: DefRef) -> TextSize {
    match syntax_of_unit(db, definition.file, definition.id.unit).node(definition.id) {
        Some(DefNode::AnnAssign(statement)) => statement.range.start(),
        Some(DefNode::Assign(statement)) => statement.range.start(),
        Some(DefNode::Function(function)) => function.range.start(),
        Some(DefNode::TypeAlias(statement)) => statement.range.start(),
        Some(DefNode::Class(class)) => class.range.start(),
        Some(DefNode::TypeParam(param)) => param.range().start(),
        Some(
            DefNode::For(_)
            | DefNode::With(..)
            | DefNode::Handler(_)
            | DefNode::Pattern(_)
            | DefNode::Alias(_)
            | DefNode::FromAlias(..)
            | DefNode::Parameter(_)
            | DefNode::Comprehension(_)
            | DefNode::Named(_),
        )
        | None => TextSize::new(0),
    }
}

/// Reads the declaration of one variable.
struct Reader<'db> {
    db: &'db dyn DeclareDb,
    at: DefRef,
    /// Where its annotation is read, see [`Reader::place`].
    place: OnceCell<AnnotationScope>,
    scope_id: ScopeId,
    scope: Option<ScopeKind>,
    flags: DefinitionFlags,
    findings: Findings,
}

impl<'db> Reader<'db> {
    fn new(db: &'db dyn DeclareDb, at: DefRef, found: &pytype_index::Definition) -> Reader<'db> {
        Reader {
            db,
            at,
            place: OnceCell::new(),
            scope_id: found.scope,
            scope: scope_access::scope(db, at.file, found.scope).map(|scope| scope.kind),
            flags: found.flags,
            findings: Findings::default(),
        }
    }

    /// Where types are read that belong to the variable. Most variables have none.
    fn place(&self) -> &AnnotationScope {
        self.place
            .get_or_init(|| AnnotationScope::within(self.db, self.at.file, self.scope_id).seen_by(self.at.id))
    }

    /// In which types are read.
    fn context(&self) -> Context<'db> {
        Context::of_declarations(self.db, self.at.file)
    }

    fn options(&self) -> &'db ModuleOptions {
        self.db.module_options(self.at.file)
    }

    fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.findings.diagnostics.push(Diagnostic::error(code, range, message));
    }

    fn in_class_body(&self) -> bool {
        matches!(self.scope, Some(ScopeKind::Class(_)))
    }

    /// Whether mypy reads literal values off before inference: at module and class level.
    fn takes_simple_literals(&self) -> bool {
        self.at.id.unit == 0 && matches!(self.scope, Some(ScopeKind::Module | ScopeKind::Class(_)))
    }

    /// Whether a type parameter of the class around occurs.
    fn mentions_class_parameter(&self, ty: Ty) -> bool {
        let Some(class) = self.place().class else { return false };
        let params = crate::classes::class_type_params(self.db, class);
        ty.has(TyFlags::HAS_TYPE_VAR)
            && pytype_types::free_type_vars(ty).into_iter().any(|variable| params.contains(&variable))
    }

    fn class_is_generic(&self) -> bool {
        self.place().class.is_some_and(|class| !crate::classes::class_type_params(self.db, class).is_empty())
    }

    /// Whether the variable is a field of a named tuple or typed dict.
    fn in_structure(&self) -> bool {
        let Some(ScopeKind::Class(class)) = self.scope else { return false };
        crate::classes::class_id(self.db, DefRef { file: self.at.file, id: class }).is_structural()
    }

    fn in_dataclass(&self) -> bool {
        let class = self.place().class.filter(|_| self.in_class_body());
        class.is_some_and(|class| crate::classes::class_header(self.db, class, ()).dataclass.is_some())
    }

    fn in_enum(&self) -> bool {
        let Some(ScopeKind::Class(class)) = self.scope else { return false };
        let class = crate::classes::class_id(self.db, DefRef { file: self.at.file, id: class });
        names::class_kind(self.db, class).is_enum
    }

    fn finish(
        self,
        declared: Option<Ty>,
        qualifiers: Qualifiers,
        simple: Option<Ty>,
        origin: TextSize,
    ) -> VariableInfo {
        let found = self.findings.relative_to(origin);
        VariableInfo {
            declared,
            is_final: qualifiers.contains(Qualifiers::FINAL),
            is_class_var: qualifiers.contains(Qualifiers::CLASS_VAR),
            is_init_var: qualifiers.contains(Qualifiers::INIT_VAR),
            simple_literal: simple,
            diagnostics: found.diagnostics,
            checks: found.checks,
        }
    }

    /// `x: T` and `x: T = value`.
    fn annotated(mut self, statement: &ast::StmtAnnAssign) -> VariableInfo {
        let mut options = AnnotationOptions::ALLOW_FINAL | AnnotationOptions::ALLOW_CLASS_VAR;
        options.set(AnnotationOptions::ALLOW_INIT_VAR, self.in_class_body());
        options.set(AnnotationOptions::ALLOW_TYPED_DICT_SPECIAL, self.in_structure());
        let mut findings = Findings::default();
        let Annotation { mut ty, mut qualifiers } =
            analyze_qualified(&self.context(), self.place(), &statement.annotation, options, &mut findings);
        self.findings = findings;
        if self.in_structure() {
            // The fields of named tuples and typed dicts are reported with the class.
            self.findings = Findings::default();
            self.report_any(ty, statement.range);
            return self.finish(ty, qualifiers, None, statement.range.start());
        }
        self.report_any(ty, statement.range);
        let has_value = statement.value.is_some();
        if qualifiers.contains(Qualifiers::TYPE_ALIAS) {
            return self.finish(None, Qualifiers::empty(), None, statement.range.start());
        }
        if qualifiers.contains(Qualifiers::FINAL) {
            self.check_final(statement, ty.is_none());
            if qualifiers.contains(Qualifiers::CLASS_VAR) && !self.in_dataclass() {
                let message =
                    "A \"Final\" name with a value is a class variable already: \"ClassVar\" says nothing";
                self.error(ErrorCode::Misc, statement.range, message);
            }
            // Without a value it is an instance's own, set in `__init__`.
            if self.in_class_body()
                && statement.value.is_some()
                && let Some(ty) = ty
                && self.mentions_class_parameter(ty)
            {
                let message = "The type of a final name cannot depend on the type parameters of its class";
                self.error(ErrorCode::Misc, statement.range, message);
            }
        }
        if qualifiers.contains(Qualifiers::CLASS_VAR) {
            ty = self.check_class_var(statement, ty, qualifiers);
            if !self.in_class_body() {
                qualifiers -= Qualifiers::CLASS_VAR;
            }
        }
        let is_final = qualifiers.contains(Qualifiers::FINAL);
        let simple = match (&statement.value, ty) {
            (Some(value), None) if self.takes_simple_literals() => {
                constants::simple_literal(self.db, self.place(), self.at, value, is_final)
            }
            _ => None,
        };
        let declared = match ty {
            None if !has_value => Some(Ty::any(AnySource::Error)),
            other => other,
        };
        self.finish(declared, qualifiers, simple, statement.range.start())
    }

    /// `Any` that the flags forbid.
    fn report_any(&mut self, ty: Option<Ty>, range: TextRange) {
        let Some(ty) = ty else { return };
        let options = self.options();
        if options.disallow_any_unimported && annotations::has_unimported_any(ty) {
            let message = "The type of the variable becomes \"Any\" because an import is not followed";
            self.error(ErrorCode::NoAnyUnimported, range, message);
        }
        let is_typeshed = self.at.file.is_typeshed(self.db);
        if options.disallow_any_explicit && !is_typeshed && annotations::has_explicit_any(ty) {
            self.error(ErrorCode::ExplicitAny, range, "Explicit \"Any\" is not allowed");
        }
    }

    fn check_final(&mut self, statement: &ast::StmtAnnAssign, bare: bool) {
        let range = statement.range;
        let has_value = statement.value.is_some();
        if bare && !has_value {
            let message = "A \"Final\" without a type needs a value to take its type from";
            self.error(ErrorCode::Misc, range, message);
        } else if !has_value && !self.at.file.is_stub(self.db) && !self.in_class_body() {
            self.error(ErrorCode::Misc, range, "A final name needs a value");
        }
        if final_rules::is_in_loop(self.db, self.at, range) {
            self.error(ErrorCode::Misc, range, "\"Final\" may not be used in a loop");
        }
    }

    fn check_class_var(
        &mut self,
        statement: &ast::StmtAnnAssign,
        ty: Option<Ty>,
        qualifiers: Qualifiers,
    ) -> Option<Ty> {
        if !self.in_class_body() {
            let message = "\"ClassVar\" may only be used in the body of a class";
            self.error(ErrorCode::Misc, statement.target.range(), message);
        } else if let Some(ty) = ty
            && (self.mentions_class_parameter(ty) || (ty.has(TyFlags::HAS_SELF) && self.class_is_generic()))
        {
            let message = "The type of a \"ClassVar\" cannot depend on the type parameters of its class";
            self.error(ErrorCode::Misc, statement.range, message);
        }
        if ty.is_none() && statement.value.is_none() && !qualifiers.contains(Qualifiers::FINAL) {
            if self.options().disallow_any_generics {
                let message = "A \"ClassVar\" without a type is \"Any\"";
                self.error(ErrorCode::TypeArg, statement.range, message);
            }
            return Some(Ty::any(AnySource::OmittedGenerics));
        }
        ty
    }

    /// `x = value`, perhaps with a type comment.
    fn assigned(mut self, statement: &ast::StmtAssign) -> VariableInfo {
        let origin = statement.range.start();
        let comment = type_comments::of_assignment(self.db, self.at, statement.range.end());
        if let Some(comment) = comment
            && let Some(Annotation { ty, qualifiers }) = self.comment_annotation(statement, comment)
        {
            let is_final = qualifiers.contains(Qualifiers::FINAL);
            let simple = match ty {
                None if self.takes_simple_literals() => {
                    constants::simple_literal(self.db, self.place(), self.at, &statement.value, is_final)
                }
                _ => None,
            };
            return self.finish(ty, qualifiers, simple, origin);
        }
        if let Some(sentinel) = names::sentinel_type(self.db, self.at) {
            return self.finish(Some(sentinel), Qualifiers::FINAL, None, origin);
        }
        if let Some(variable) = names::aliased_type_variable(self.db, self.at) {
            let message = format!("The type variable \"{variable}\" is no type that could have an alias");
            self.error(ErrorCode::Misc, statement.value.range(), message);
        }
        let in_enum = self.in_enum();
        let single = matches!(statement.targets.as_slice(), [Expr::Name(_)])
            && !self.flags.contains(DefinitionFlags::UNPACKED);
        let is_member = in_enum && self.enum_member_name();
        let simple = (single && self.takes_simple_literals())
            .then(|| constants::simple_literal(self.db, self.place(), self.at, &statement.value, is_member))
            .flatten();
        let qualifiers = if is_member { Qualifiers::FINAL } else { Qualifiers::empty() };
        self.finish(None, qualifiers, simple, origin)
    }

    fn enum_member_name(&self) -> bool {
        let name = scope_access::definition(self.db, self.at).map(|found| found.name);
        name.is_some_and(|name| !(name.starts_with("__") && name.ends_with("__")))
    }

    /// The declaration in a type comment; for a target among several, its part of it.
    fn comment_annotation(
        &mut self,
        statement: &ast::StmtAssign,
        comment: TypeComment<'_>,
    ) -> Option<Annotation> {
        let Some(expr) = annotations::parse_annotation(comment.text) else {
            let message = format!("The type comment \"{}\" is not a type", comment.text);
            self.error(ErrorCode::Syntax, statement.range, message);
            self.error(ErrorCode::ValidType, statement.range, "This expression is not a type");
            return Some(Annotation { ty: Some(Ty::any(AnySource::Error)), qualifiers: Qualifiers::empty() });
        };
        let mut options = AnnotationOptions::ALLOW_FINAL | AnnotationOptions::ALLOW_CLASS_VAR;
        let target = statement.targets.last()?;
        let pattern = matches!(target, Expr::Tuple(_) | Expr::List(_));
        options.set(AnnotationOptions::ALLOW_TUPLE_LITERAL, pattern);
        // mypy reports what is wrong with it on the first line of the statement.
        let place = target.range();
        let mut findings = Findings::default();
        let mut found = analyze_qualified(&self.context(), self.place(), &expr, options, &mut findings);
        for finding in &mut findings.diagnostics {
            finding.range = place;
        }
        for check in &mut findings.checks {
            check.range = place;
        }
        self.findings.diagnostics.append(&mut findings.diagnostics);
        self.findings.checks.append(&mut findings.checks);
        self.report_any(found.ty, statement.range);
        if pattern {
            let name = scope_access::definition(self.db, self.at)?.name;
            found.ty = part_for(target, found.ty?, name.as_str());
        }
        Some(found)
    }
}

/// The part of a declared tuple that the target `name` takes.
fn part_for(target: &Expr, ty: Ty, name: &str) -> Option<Ty> {
    match target {
        Expr::Name(found) => (found.id == name).then_some(ty),
        Expr::Starred(starred) => part_for(&starred.value, ty, name),
        Expr::Tuple(tuple) => part_of_items(&tuple.elts, ty, name),
        Expr::List(list) => part_of_items(&list.elts, ty, name),
        _ => None,
    }
}

fn part_of_items(targets: &[Expr], ty: Ty, name: &str) -> Option<Ty> {
    let TyKind::Tuple { items, .. } = ty.kind() else { return None };
    if items.len() != targets.len() {
        return None;
    }
    targets.iter().zip(items.iter()).find_map(|(target, item)| part_for(target, item, name))
}
