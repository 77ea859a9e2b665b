//! The fields of a dataclass: its own and those of its bases.

use indexmap::IndexMap;
use pytype_index::DefRef;
use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{AnySource, ClassId, ClassOrigin, LiteralValue, Param, ParamKind, Ty, TyKind};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxBuildHasher;

use super::{DataclassSpec, is_kw_only_marker};
use crate::classes::{ClassHeader, class_header};
use crate::member_table::class_body;
use crate::names::resolver::Resolver;
use crate::names::scope_access::definition;
use crate::names::shapes;
use crate::{Context, DeclareDb, MemberKind, Node, signatures, substitution, syntax, variables};

/// A field of a dataclass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataclassField {
    pub name: Name,
    /// The name of its parameter, when it has another.
    pub alias: Option<Name>,
    pub is_in_init: bool,
    pub is_init_var: bool,
    pub has_default: bool,
    pub kw_only: bool,
    /// The type as the constructor takes it.
    pub ty: Ty,
    /// What its converter takes: the constructor and assignments take that.
    pub converted: Option<Ty>,
    /// The class that declares it.
    pub class: ClassId,
    /// It stays writable in a frozen class.
    pub by_metaclass: bool,
}

/// The fields of a dataclass, inherited ones included, in the constructor's order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DataclassFields {
    pub fields: Vec<DataclassField>,
    /// Relative to the class definition.
    pub diagnostics: Vec<Diagnostic>,
}

/// The fields of the dataclass `class`.
#[salsa::tracked(returns(ref))]
pub fn dataclass_fields(db: &dyn DeclareDb, class: ClassId, _key: ()) -> DataclassFields {
    let ClassOrigin::Definition(at) = class.origin() else { return DataclassFields::default() };
    let header = class_header(db, class, ());
    let (Some(spec), Some(statement)) = (&header.dataclass, syntax::class(db, at)) else {
        return DataclassFields::default();
    };
    let mut collector = FieldCollector {
        db,
        ctx: Context::of_declarations(db, at.file),
        at,
        class,
        header,
        spec,
        origin: statement.range.start(),
        found: IndexMap::default(),
        own: Vec::new(),
        kw_only: spec.kw_only,
        diagnostics: Vec::new(),
    };
    collector.inherit();
    collector.statements(&statement.body);
    collector.finish(statement)
}

struct FieldCollector<'db> {
    db: &'db dyn DeclareDb,
    ctx: Context<'db>,
    at: DefRef,
    class: ClassId,
    header: &'db ClassHeader,
    spec: &'db DataclassSpec,
    origin: TextSize,
    found: IndexMap<Name, DataclassField, FxBuildHasher>,
    /// Fields that this class declares, with their statements' places.
    own: Vec<(Name, TextRange)>,
    /// Whether fields from here on are keyword-only.
    kw_only: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'db> FieldCollector<'db> {
    fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, range - self.origin, message));
    }

    /// The fields of the bases, the remotest first.
    fn inherit(&mut self) {
        let body = class_body(self.db, self.class, ());
        let ancestors = self.header.info.mro.get(1..).unwrap_or(&[]);
        for base in ancestors.iter().rev() {
            if class_header(self.db, *base, ()).dataclass.is_none() {
                continue;
            }
            for field in &dataclass_fields(self.db, *base, ()).fields {
                let ty = substitution::from_ancestor(&self.ctx, self.header, field.ty, *base);
                let converted =
                    field.converted.map(|ty| substitution::from_ancestor(&self.ctx, self.header, ty, *base));
                self.found.insert(field.name, DataclassField { ty, converted, ..field.clone() });
                let Some(MemberKind::Body(own)) = body.get(field.name).map(|m| m.kind) else { continue };
                let is_function = definition(self.db, own)
                    .is_some_and(|d| !matches!(d.kind, pytype_index::DefinitionKind::Variable));
                if is_function {
                    let place = syntax::definition_place(self.db, own).unwrap_or_default();
                    let message = "A dataclass field can only be overridden by another field";
                    self.error(ErrorCode::Misc, place, message);
                }
            }
        }
    }

    fn statements(&mut self, body: &'db [Stmt]) {
        for statement in body {
            match statement {
                Stmt::AnnAssign(assignment) => self.assignment(assignment),
                Stmt::If(branch) => {
                    self.statements(&branch.body);
                    for clause in &branch.elif_else_clauses {
                        self.statements(&clause.body);
                    }
                }
                _ => {}
            }
        }
    }

    fn assignment(&mut self, statement: &'db ast::StmtAnnAssign) {
        let Expr::Name(target) = statement.target.as_ref() else { return };
        let name = Name::of(target);
        let body = class_body(self.db, self.class, ());
        let Some(MemberKind::Body(at)) = body.get(name).map(|member| member.kind) else { return };
        match crate::names::binding_of(self.db, at).map(|binding| binding.node) {
            Some(Node::Variable(_)) => {}
            Some(Node::Alias(_)) => {
                let message = "A type alias cannot be defined in a dataclass's body";
                return self.error(ErrorCode::Misc, statement.range, message);
            }
            Some(_) | None => return,
        }
        let info = variables::variable_info(self.db, at);
        if info.is_class_var {
            return;
        }
        let place = statement.range;
        let mut ty = match info.declared.or(info.simple_literal) {
            Some(ty) => ty,
            None if info.is_final => {
                let message = "A \"Final\" field of a dataclass needs a type when its value is not a literal";
                self.error(ErrorCode::Misc, place, message);
                Ty::any(AnySource::Error)
            }
            None => Ty::any(AnySource::Error),
        };
        if is_kw_only_marker(ty) {
            if self.own.iter().any(|(own, _)| self.found.get(own).is_some_and(|f| is_kw_only_marker(f.ty))) {
                self.error(ErrorCode::Misc, place, "\"KW_ONLY\" may stand only once");
            }
            self.kw_only = true;
        }
        let arguments = self.field_arguments(statement.value.as_deref());
        let is_in_init = match arguments.as_ref().and_then(|arguments| arguments.get("init")) {
            Some(Expr::BooleanLiteral(literal)) => literal.value,
            Some(_) => false,
            None => self.specifier_default(statement.value.as_deref(), "init").unwrap_or(true),
        };
        let has_default = match &arguments {
            Some(arguments) => {
                arguments.has("default") || arguments.has("default_factory") || arguments.has("factory")
            }
            None => statement.value.is_some(),
        };
        let kw_only = match arguments.as_ref().and_then(|arguments| arguments.get("kw_only")) {
            Some(Expr::BooleanLiteral(literal)) => literal.value,
            Some(_) => {
                let place = statement.value.as_deref().map_or(place, Ranged::range);
                self.error(ErrorCode::Misc, place, "\"kw_only\" must be True or False");
                self.kw_only
            }
            None => match &arguments {
                Some(_) => {
                    self.specifier_default(statement.value.as_deref(), "kw_only").unwrap_or(self.kw_only)
                }
                None => self.kw_only,
            },
        };
        let alias = match arguments.as_ref().and_then(|arguments| arguments.get("alias")) {
            Some(Expr::StringLiteral(text)) => Some(Name::new(text.value.to_str())),
            Some(named) if let Some(text) = self.literal_text(named) => Some(text),
            Some(_) => {
                let place = statement.value.as_deref().map_or(place, Ranged::range);
                self.error(ErrorCode::LiteralRequired, place, "\"alias\" must be a string literal");
                None
            }
            None => None,
        };
        let implicit = !has_default && self.spec.is_standard;
        if !implicit {
            ty = self.by_setter(ty, place);
        }
        let converted = match arguments.as_ref().and_then(|arguments| arguments.get("converter")) {
            Some(converter) if !self.spec.is_standard => self.taken_by_converter(converter),
            Some(_) | None => None,
        };
        self.own.push((name, place));
        self.found.insert(
            name,
            DataclassField {
                name,
                alias,
                is_in_init,
                is_init_var: info.is_init_var,
                has_default,
                kw_only,
                ty,
                converted,
                class: self.class,
                by_metaclass: self.spec.by_metaclass,
            },
        );
    }

    /// The keyword arguments of a call of a field specifier.
    fn field_arguments(&mut self, value: Option<&'db Expr>) -> Option<FieldArguments<'db>> {
        let Some(Expr::Call(call)) = value else { return None };
        let path = shapes::dotted(&call.func)?;
        let callee = self.lookup_in_body(&path)?;
        if !self.spec.field_specifiers.contains(&callee.fullname) {
            return None;
        }
        let arguments = &call.arguments;
        if arguments.keywords.iter().any(|keyword| keyword.arg.is_none()) {
            self.error(ErrorCode::Misc, call.range(), "\"**\" cannot be used in a field's description");
            return Some(FieldArguments { keywords: &[] });
        }
        if !arguments.args.is_empty() && self.spec.is_standard {
            self.error(ErrorCode::Misc, call.range(), "\"field()\" takes keyword arguments only");
            return Some(FieldArguments { keywords: &[] });
        }
        Some(FieldArguments { keywords: &arguments.keywords })
    }

    /// The text that a variable is known to have.
    fn literal_text(&self, expr: &Expr) -> Option<Name> {
        variables::literal_text(self.db, self.lookup_in_body(&shapes::dotted(expr)?)?)
    }

    fn lookup_in_body(&self, path: &[Name]) -> Option<crate::Binding> {
        let found = definition(self.db, self.at)?;
        let pytype_index::DefinitionKind::Class { body } = found.kind else { return None };
        Resolver::new(self.db).lookup_path(self.at.file, body, path, None)
    }

    /// What a converter takes as its only argument: a function's or constructor's first parameter.
    fn taken_by_converter(&self, converter: &Expr) -> Option<Ty> {
        let Some(name) = shapes::dotted(converter) else {
            // What a lambda or the result of a call takes is not known here.
            return Some(Ty::any(AnySource::Derived));
        };
        let found = self.lookup_in_body(&name)?;
        let resolver = Resolver::new(self.db);
        let (at, skipped) = if let Node::Function(at) = found.node {
            (at, 0)
        } else {
            let class = resolver.alias_class(found)?;
            let header = class_header(self.db, class, ());
            let defined = |name: &str| {
                header.info.mro.iter().find_map(|owner| {
                    let member = class_body(self.db, *owner, ()).get(Name::new(name))?;
                    if let MemberKind::Body(at) = member.kind
                        && !owner.is("builtins.object")
                    {
                        Some(at)
                    } else {
                        None
                    }
                })
            };
            (defined("__init__").or_else(|| defined("__new__"))?, 1)
        };
        let info = signatures::function_info(self.db, at);
        let any = Ty::any(AnySource::Implementation);
        let mut taken = Vec::new();
        for item in &info.items {
            let Some(sig) = item.signature.as_callable() else { continue };
            if info.is_overloaded() && !item.is_overload {
                continue;
            }
            let mut params = sig.params.iter().skip(skipped);
            let Some(first) = params.next().filter(|p| p.kind.is_positional() || p.kind == ParamKind::Star)
            else {
                continue;
            };
            if params.all(|param| !param.kind.is_required()) {
                let open = pytype_types::translate(&self.ctx, first.ty, &mut |part| {
                    matches!(part.kind(), TyKind::TypeVar(_)).then_some(any)
                });
                taken.push(open);
            }
        }
        (!taken.is_empty()).then(|| Ty::union(taken))
    }

    /// What a parameter of a field specifier is when it is called without it: the signature that is
    /// called says so, by a literal type or by the default.
    fn specifier_default(&self, value: Option<&'db Expr>, parameter: &str) -> Option<bool> {
        if self.spec.is_standard {
            return None;
        }
        let Some(Expr::Call(call)) = value else { return None };
        let path = shapes::dotted(&call.func)?;
        let Some(Node::Function(at)) = self.lookup_in_body(&path).map(|binding| binding.node) else {
            return None;
        };
        let info = signatures::function_info(self.db, at);
        let mut chosen = None;
        for item in &info.items {
            let Some(sig) = item.signature.as_callable() else { continue };
            let is_implementation = info.is_overloaded() && !item.is_overload;
            if is_implementation {
                continue;
            }
            chosen = Some((item.definition, sig));
            if fits_call(&sig.params, call) {
                break;
            }
        }
        let (definition, sig) = chosen?;
        let ty = sig.params.iter().find(|param| param.name.is_some_and(|name| name == parameter))?.ty;
        if let TyKind::Literal { value: LiteralValue::Bool(value), .. } = ty.kind() {
            return Some(*value);
        }
        let function = syntax::function(self.db, definition)?;
        let written = function.parameters.iter().find(|written| written.name() == parameter)?;
        match written.default() {
            Some(Expr::BooleanLiteral(literal)) => Some(literal.value),
            Some(_) | None => None,
        }
    }

    /// The type that a field's constructor argument has: what a descriptor's `__set__` takes.
    fn by_setter(&mut self, ty: Ty, place: TextRange) -> Ty {
        let Some(instance) = ty.as_instance() else { return ty };
        let header = class_header(self.db, instance.class, ());
        let setter = name!("__set__");
        let found =
            header.info.mro.iter().find_map(|owner| {
                class_body(self.db, *owner, ()).get(setter).map(|member| (*owner, *member))
            });
        let Some((owner, member)) = found else { return ty };
        let sig = match member.kind {
            MemberKind::Body(at) => {
                let info = signatures::function_info(self.db, at);
                match info.items.as_slice() {
                    [only] => only.signature.as_callable(),
                    _ => None,
                }
            }
            MemberKind::SelfAttribute { .. } | MemberKind::Synthesized(_) => None,
        };
        if sig.is_some_and(|sig| sig.flags.contains(pytype_types::SigFlags::IMPLICIT)) {
            return Ty::any(AnySource::Unannotated);
        }
        let Some(sig) = sig else {
            let message =
                format!("The \"__set__\" of \"{}\" is not supported in a dataclass", instance.class.name());
            self.error(ErrorCode::Misc, place, message);
            return ty;
        };
        match &*sig.params {
            [_, _, value] if sig.params.iter().all(|param| param.kind == ParamKind::Pos) => {
                let in_owner = substitution::from_ancestor(&self.ctx, header, value.ty, owner);
                substitution::apply(&self.ctx, in_owner, header.info.type_params, instance.args)
            }
            _ => {
                let name = instance.class.name();
                let message =
                    format!("The signature of \"__set__\" of \"{name}\" is not supported in a dataclass");
                self.error(ErrorCode::Misc, place, message);
                ty
            }
        }
    }

    /// Keyword-only fields last; fields without a default may not follow others.
    fn finish(mut self, class: &ast::StmtClassDef) -> DataclassFields {
        let mut fields: Vec<DataclassField> = std::mem::take(&mut self.found).into_values().collect();
        fields.sort_by_key(|field| field.kw_only);
        let mut found_default = false;
        for field in &fields {
            if found_default && field.is_in_init && !field.has_default && !field.kw_only {
                let place = self.own.iter().find(|(name, _)| *name == field.name);
                let place = place.map_or(class.name.range, |(_, place)| *place);
                let message = "A field without a default cannot follow one that has a default";
                self.error(ErrorCode::Misc, place, message);
            }
            found_default |= field.has_default && field.is_in_init;
        }
        DataclassFields { fields, diagnostics: self.diagnostics }
    }
}

/// What may be assigned to a field that has a converter.
pub(crate) fn converted_field(db: &dyn DeclareDb, owner: ClassId, name: Name) -> Option<Ty> {
    let spec = class_header(db, owner, ()).dataclass.as_ref()?;
    if spec.is_standard {
        return None;
    }
    let fields = &dataclass_fields(db, owner, ()).fields;
    fields.iter().find(|field| field.name == name && field.class == owner)?.converted
}

/// The keyword arguments of a field's description.
struct FieldArguments<'a> {
    keywords: &'a [ast::Keyword],
}

impl<'a> FieldArguments<'a> {
    fn get(&self, name: &str) -> Option<&'a Expr> {
        let found = self.keywords.iter().find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name));
        found.map(|keyword| &keyword.value)
    }
    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// Whether a call's keywords fit the parameters of one overload.
fn fits_call(params: &[Param], call: &ast::ExprCall) -> bool {
    let given = |name: Name| {
        call.arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| name.as_str() == arg.as_str()))
    };
    let known = call.arguments.keywords.iter().all(|keyword| {
        keyword.arg.as_ref().is_none_or(|arg| {
            params.iter().any(|param| param.name.is_some_and(|n| n.as_str() == arg.as_str()))
        })
    });
    known
        && params.iter().all(|param| {
            let argument = param.name.and_then(given);
            match (param.kind, argument) {
                (ParamKind::Named, None) => false,
                (_, Some(keyword)) => match (param.ty.kind(), &keyword.value) {
                    (
                        TyKind::Literal { value: LiteralValue::Bool(value), .. },
                        Expr::BooleanLiteral(given),
                    ) => *value == given.value,
                    (TyKind::Literal { value: LiteralValue::Bool(_), .. }, _) => false,
                    (TyKind::None, value) => value.is_none_literal_expr(),
                    (_, _) => true,
                },
                (_, None) => true,
            }
        })
}
