//! Dataclasses, and what `dataclass_transform` (PEP 681) makes one.

use indexmap::IndexMap;
use pytype_index::DefRef;
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{
    AnySource, AttributeFlags, ClassFlags, ClassId, ClassOrigin, KnownClass, LiteralValue, Param, ParamKind,
    Ty, TyKind, TyList, TypeContext,
};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxBuildHasher;

use super::methods::{Binding, Method, method, self_variable, variable};
use crate::classes::{ClassHeader, HeaderBuilder, class_header};
use crate::member_table::class_body;
use crate::names::resolver::Resolver;
use crate::names::scope_access::definition;
use crate::names::{shapes, special};
use crate::{Context, DeclareDb, MemberKind, MemberTable, MemberTraits, Node, signatures, substitution};
use crate::{syntax, variables};

/// What `@dataclass_transform(...)` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransformSpec {
    pub eq_default: bool,
    pub order_default: bool,
    pub kw_only_default: bool,
    pub frozen_default: bool,
    /// Full names of the functions and classes that describe a field.
    pub field_specifiers: Vec<Name>,
}

impl Default for TransformSpec {
    fn default() -> TransformSpec {
        TransformSpec {
            eq_default: true,
            order_default: false,
            kw_only_default: false,
            frozen_default: false,
            field_specifiers: Vec::new(),
        }
    }
}

/// How a class is a dataclass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataclassSpec {
    /// `dataclasses.dataclass` itself rather than a transform.
    pub is_standard: bool,
    pub field_specifiers: Vec<Name>,
    pub init: bool,
    pub eq: bool,
    pub order: bool,
    pub frozen: bool,
    pub slots: bool,
    pub match_args: bool,
    pub kw_only: bool,
    /// Its metaclass is a transform: it is neither frozen nor non-frozen.
    pub by_metaclass: bool,
}

/// Reads `@dataclass_transform(...)`.
pub(crate) fn parse_transform(builder: &mut HeaderBuilder<'_>, call: &ast::ExprCall) -> TransformSpec {
    let mut spec = TransformSpec::default();
    for keyword in &call.arguments.keywords {
        let Some(name) = &keyword.arg else { continue };
        if name == "field_specifiers" {
            spec.field_specifiers = field_specifiers(builder, &keyword.value);
            continue;
        }
        let Expr::BooleanLiteral(value) = &keyword.value else {
            let message = format!("\"{name}\" must be True or False");
            builder.error(ErrorCode::LiteralRequired, keyword.value.range(), message);
            continue;
        };
        match name.as_str() {
            "eq_default" => spec.eq_default = value.value,
            "order_default" => spec.order_default = value.value,
            "kw_only_default" => spec.kw_only_default = value.value,
            "frozen_default" => spec.frozen_default = value.value,
            other => {
                builder.misc(call.range(), format!("\"dataclass_transform\" takes no argument \"{other}\""))
            }
        }
    }
    spec
}

fn field_specifiers(builder: &mut HeaderBuilder<'_>, value: &Expr) -> Vec<Name> {
    let Expr::Tuple(tuple) = value else {
        builder.misc(value.range(), "\"field_specifiers\" must be written as a tuple");
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in &tuple.elts {
        match builder.fullname_of(item) {
            Some(name) => found.push(name),
            None => {
                builder.misc(item.range(), "\"field_specifiers\" may only contain names");
                return Vec::new();
            }
        }
    }
    found
}

/// The transform that a decorator is, when it is a function or class so marked.
fn transform_of_decorator(builder: &HeaderBuilder<'_>, decorator: &Expr) -> Option<TransformSpec> {
    match builder.lookup_expr(decorator)?.node {
        Node::Function(at) => transform_of_function(builder.db, at),
        Node::Class(class) => inherited_transform(builder.db, class_header(builder.db, class, ())),
        Node::Module(_)
        | Node::NamespaceModule(_)
        | Node::Variable(_)
        | Node::TypeVariable(_)
        | Node::Alias(_)
        | Node::Implicit(_)
        | Node::Unknown(_) => None,
    }
}

/// The transform on any of a function's `def`s.
fn transform_of_function(db: &dyn DeclareDb, at: DefRef) -> Option<TransformSpec> {
    let shapes = crate::names::shapes_of(db, at.file, at.id.unit);
    let found = definition(db, at)?;
    let scope = crate::names::scope_access::scope(db, at.file, found.scope)?;
    let symbol = scope.symbols.get(&found.name)?;
    let resolver = Resolver::new(db);
    symbol.definitions.iter().find_map(|id| {
        let shape = shapes.transforms.get(id)?;
        let here = DefRef { id: *id, ..at };
        let callee = resolver.lookup_path_at(here, &shape.callee)?;
        if !special::DATACLASS_TRANSFORM.contains(&callee.fullname.as_str()) {
            return None;
        }
        let flag = |name: &str, default: bool| {
            shape.flags.iter().find(|(key, _)| *key == name).map_or(default, |(_, value)| *value)
        };
        Some(TransformSpec {
            eq_default: flag("eq_default", true),
            order_default: flag("order_default", false),
            kw_only_default: flag("kw_only_default", false),
            frozen_default: flag("frozen_default", false),
            field_specifiers: shape
                .specifiers
                .iter()
                .filter_map(|path| resolver.lookup_path_at(here, path))
                .map(|binding| binding.fullname)
                .collect(),
        })
    })
}

/// The transform that a class is subject to by its bases or metaclass.
fn inherited_transform(db: &dyn DeclareDb, header: &ClassHeader) -> Option<TransformSpec> {
    let by_base =
        header.info.mro.iter().skip(1).find_map(|base| class_header(db, *base, ()).transform.clone());
    by_base.or_else(|| {
        let metaclass = header.info.metaclass?.as_instance()?.class;
        if metaclass == header.info.id { None } else { class_header(db, metaclass, ()).transform.clone() }
    })
}

/// Whether the class's own `metaclass=` is a transform.
fn has_transforming_metaclass(db: &dyn DeclareDb, header: &ClassHeader) -> bool {
    let metaclass = header.declared_metaclass.and_then(|m| m.as_instance());
    metaclass.is_some_and(|m| class_header(db, m.class, ()).transform.is_some())
}

/// Finds out whether a class is a dataclass, and how.
pub(crate) fn find_spec(
    builder: &mut HeaderBuilder<'_>,
    header: &mut ClassHeader,
    class: &ast::StmtClassDef,
) {
    for decorator in &class.decorator_list {
        let (callee, call) = match &decorator.expression {
            Expr::Call(call) => (call.func.as_ref(), Some(call)),
            other => (other, None),
        };
        let fullname = builder.fullname_of(callee);
        let is_standard = fullname.is_some_and(|name| name == "dataclasses.dataclass");
        let transform = if is_standard {
            Some(TransformSpec {
                field_specifiers: vec![Name::new("dataclasses.Field"), Name::new("dataclasses.field")],
                ..TransformSpec::default()
            })
        } else {
            transform_of_decorator(builder, callee)
        };
        let Some(transform) = transform else { continue };
        if is_named_tuple(builder.db, header) {
            builder.misc(class.name.range, "A named tuple cannot be a dataclass");
            return;
        }
        let keywords: &[ast::Keyword] = call.map_or(&[], |call| &call.arguments.keywords);
        let place = decorator.expression.range();
        header.dataclass = Some(resolve(builder, header, &transform, is_standard, keywords, place));
        header.info.flags |= ClassFlags::DATACLASS;
    }
    if header.dataclass.is_none()
        && let Some(transform) = inherited_transform(builder.db, header)
    {
        let keywords: &[ast::Keyword] = class.arguments.as_deref().map_or(&[], |a| &a.keywords);
        header.dataclass = Some(resolve(builder, header, &transform, false, keywords, class.name.range));
        header.info.flags |= ClassFlags::DATACLASS;
    }
}

fn is_named_tuple(db: &dyn DeclareDb, header: &ClassHeader) -> bool {
    header.info.flags.contains(ClassFlags::NAMED_TUPLE)
        || header
            .info
            .mro
            .iter()
            .skip(1)
            .any(|base| class_header(db, *base, ()).info.flags.contains(ClassFlags::NAMED_TUPLE))
}

fn resolve(
    builder: &mut HeaderBuilder<'_>,
    header: &ClassHeader,
    transform: &TransformSpec,
    is_standard: bool,
    keywords: &[ast::Keyword],
    place: TextRange,
) -> DataclassSpec {
    let mut flag = |name: &str, default: bool| -> bool {
        let given = keywords.iter().find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name));
        match given.map(|keyword| &keyword.value) {
            None => default,
            Some(Expr::BooleanLiteral(literal)) => literal.value,
            Some(other) => {
                let message = format!("\"{name}\" must be True or False");
                builder.error(ErrorCode::LiteralRequired, other.range(), message);
                default
            }
        }
    };
    let spec = DataclassSpec {
        is_standard,
        field_specifiers: transform.field_specifiers.clone(),
        init: flag("init", true),
        eq: flag("eq", transform.eq_default),
        order: flag("order", transform.order_default),
        frozen: flag("frozen", transform.frozen_default),
        slots: flag("slots", false),
        match_args: flag("match_args", true),
        kw_only: flag("kw_only", transform.kw_only_default),
        by_metaclass: has_transforming_metaclass(builder.db, header),
    };
    if spec.order && !spec.eq {
        builder.misc(place, "A dataclass with \"order=True\" needs \"eq=True\"");
    }
    check_frozen(builder, header, &spec);
    spec
}

/// Frozen and other dataclasses do not mix.
fn check_frozen(builder: &mut HeaderBuilder<'_>, header: &ClassHeader, spec: &DataclassSpec) {
    let parents: Vec<bool> = header
        .info
        .mro
        .iter()
        .skip(1)
        .filter_map(|base| class_header(builder.db, *base, ()).dataclass.as_ref())
        .filter(|parent| !parent.by_metaclass)
        .map(|parent| parent.frozen)
        .collect();
    let Some(class) = syntax::class(builder.db, builder.at) else { return };
    if spec.frozen && parents.contains(&false) {
        builder.misc(class.name.range, "A frozen dataclass cannot derive from one that is not frozen");
    } else if !spec.frozen && parents.contains(&true) {
        builder.misc(class.name.range, "A dataclass that is not frozen cannot derive from a frozen one");
    }
}

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
        ctx: Context::new(db, at.file),
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
                self.found.insert(field.name, DataclassField { ty, ..field.clone() });
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
        let name = Name::new(&target.id);
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
            None => self.specifier_init_default(statement.value.as_deref()),
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
            None => self.kw_only,
        };
        let alias = match arguments.as_ref().and_then(|arguments| arguments.get("alias")) {
            Some(Expr::StringLiteral(text)) => Some(Name::new(text.value.to_str())),
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

    fn lookup_in_body(&self, path: &[Name]) -> Option<crate::Binding> {
        let found = definition(self.db, self.at)?;
        let pytype_index::DefinitionKind::Class { body } = found.kind else { return None };
        Resolver::new(self.db).lookup_path(self.at.file, body, path, None)
    }

    /// What `init` is when a field specifier is called without it: its signature may say so.
    fn specifier_init_default(&self, value: Option<&'db Expr>) -> bool {
        if self.spec.is_standard {
            return true;
        }
        let Some(Expr::Call(call)) = value else { return true };
        let Some(path) = shapes::dotted(&call.func) else { return true };
        let Some(Node::Function(at)) = self.lookup_in_body(&path).map(|binding| binding.node) else {
            return true;
        };
        let info = signatures::function_info(self.db, at);
        let mut chosen = None;
        for item in &info.items {
            let Some(sig) = item.signature.as_callable() else { continue };
            let is_implementation = info.is_overloaded() && !item.is_overload;
            if is_implementation {
                continue;
            }
            chosen = Some(sig);
            if fits_call(&sig.params, call) {
                break;
            }
        }
        let parameter = chosen.and_then(|sig| {
            sig.params
                .iter()
                .find(|param| param.name.is_some_and(|name| name == "init"))
                .map(|param| param.ty)
        });
        match parameter.map(Ty::kind) {
            Some(TyKind::Literal { value: LiteralValue::Bool(value), .. }) => *value,
            Some(_) | None => true,
        }
    }

    /// The type that a field's constructor argument has: what a descriptor's `__set__` takes.
    fn by_setter(&mut self, ty: Ty, place: TextRange) -> Ty {
        let Some(instance) = ty.as_instance() else { return ty };
        let header = class_header(self.db, instance.class, ());
        let setter = Name::new("__set__");
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

fn is_kw_only_marker(ty: Ty) -> bool {
    ty.is_instance_of("dataclasses.KW_ONLY")
}

/// A field as a parameter.
fn parameter(ctx: &Context<'_>, field: &DataclassField, own: Ty, kind: ParamKind) -> Param {
    let ty = substitution::replace_self(ctx, field.ty, own);
    Param { name: Some(field.alias.unwrap_or(field.name)), ty, kind }
}

fn init_kind(field: &DataclassField) -> ParamKind {
    match (field.kw_only, field.has_default) {
        (true, true) => ParamKind::NamedOpt,
        (true, false) => ParamKind::Named,
        (false, true) => ParamKind::Opt,
        (false, false) => ParamKind::Pos,
    }
}

fn replace_kind(field: &DataclassField) -> ParamKind {
    if field.is_init_var && !field.has_default { ParamKind::Named } else { ParamKind::NamedOpt }
}

/// Name of the member that holds the parameters of `dataclasses.replace` for a class.
pub const REPLACE_MEMBER: &str = "__mypy-replace";
/// Name of the member that holds the signature `__post_init__` must have.
pub const POST_INIT_MEMBER: &str = "__mypy-post_init";

/// Adds what a dataclass gets to the members of its body.
pub(crate) fn add_members(
    ctx: &Context<'_>,
    header: &ClassHeader,
    table: &mut MemberTable,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(spec) = &header.dataclass else { return };
    let class = header.info.id;
    let collected = dataclass_fields(ctx.db, class, ());
    diagnostics.extend(collected.diagnostics.iter().cloned());
    let adder = Adder {
        ctx,
        header,
        spec,
        fields: &collected.fields,
        own: pytype_types::class_instance_type(ctx, header.info.id),
    };
    adder.add_init(table);
    adder.add_order(table, diagnostics);
    adder.shape_fields(table);
    if spec.slots {
        adder.add_slots(table, diagnostics);
    }
    for field in &collected.fields {
        if field.is_init_var {
            table.members.shift_remove(&field.name);
        }
    }
    adder.add_match_args(table);
    adder.add_field_table(table);
    adder.add_replace(table);
    if table.contains(Name::new("__post_init__")) {
        let params = collected.fields.iter().filter(|field| field.is_init_var);
        let params = params.map(|field| parameter(ctx, field, adder.own, ParamKind::Pos)).collect();
        adder.add_method(table, POST_INIT_MEMBER, params, Ty::none(), Binding::Instance);
    }
}

struct Adder<'a, 'db> {
    ctx: &'a Context<'db>,
    header: &'a ClassHeader,
    spec: &'a DataclassSpec,
    fields: &'a [DataclassField],
    own: Ty,
}

impl Adder<'_, '_> {
    fn add_method(&self, table: &mut MemberTable, name: &str, params: Vec<Param>, ret: Ty, binding: Binding) {
        let name = Name::new(name);
        let member = method(
            self.ctx,
            Method {
                name,
                class: self.header.info.id,
                self_type: self.own,
                params,
                ret,
                variables: TyList::EMPTY(),
                binding,
            },
        );
        table.put(name, member);
    }

    fn add_init(&self, table: &mut MemberTable) {
        if !self.spec.init || table.contains(Name::new("__init__")) || self.fields.is_empty() {
            return;
        }
        let any_base = self.header.info.flags.contains(ClassFlags::FALLBACK_TO_ANY);
        let mut params: Vec<Param> = self
            .fields
            .iter()
            .filter(|field| field.is_in_init && !is_kw_only_marker(field.ty))
            .map(|field| parameter(self.ctx, field, self.own, init_kind(field)))
            .collect();
        if any_base {
            // The order of positional parameters is unknown: the unknown base may add some.
            for param in &mut params {
                if param.kind == ParamKind::Pos {
                    param.kind = ParamKind::Opt;
                }
            }
            let any = Ty::any(AnySource::Explicit);
            let free = |stem: &str, params: &[Param]| {
                let mut name = stem.to_owned();
                while params.iter().any(|param| param.name.is_some_and(|n| *n == name)) {
                    name.push('_');
                }
                Name::new(&name)
            };
            let star = Param { name: Some(free("generated_args", &params)), ty: any, kind: ParamKind::Star };
            let star2 =
                Param { name: Some(free("generated_kwargs", &params)), ty: any, kind: ParamKind::Star2 };
            params.insert(0, star);
            params.push(star2);
        }
        self.add_method(table, "__init__", params, Ty::none(), Binding::Instance);
    }

    fn add_order(&self, table: &mut MemberTable, diagnostics: &mut Vec<Diagnostic>) {
        if !self.spec.order {
            return;
        }
        let class = self.header.info.id;
        let object = self.ctx.object();
        let bool_ty = self.ctx.known_instance(KnownClass::Bool);
        for text in ["__lt__", "__gt__", "__le__", "__ge__"] {
            let name = Name::new(text);
            self.check_no_custom(name, table, diagnostics);
            let other = self_variable(class.fullname().dot(text), class.fullname(), "_DT", object);
            let member = method(
                self.ctx,
                Method {
                    name,
                    class,
                    self_type: other,
                    params: vec![Param { name: Some(Name::new("other")), ty: other, kind: ParamKind::Pos }],
                    ret: bool_ty,
                    variables: TyList::from([other]),
                    binding: Binding::Instance,
                },
            );
            table.put(name, member);
        }
    }

    fn check_no_custom(&self, name: Name, table: &MemberTable, diagnostics: &mut Vec<Diagnostic>) {
        let ClassOrigin::Definition(at) = self.header.info.id.origin() else { return };
        let own = table.get(name).copied();
        let found = own.or_else(|| {
            self.header
                .info
                .mro
                .iter()
                .skip(1)
                .find_map(|base| crate::member_table::member_table(self.ctx.db, *base).get(name).copied())
        });
        let Some(member) = found.filter(|member| !member.is_generated()) else { return };
        let MemberKind::Body(custom) = member.kind else { return };
        let origin = syntax::class(self.ctx.db, at).map_or(TextSize::new(0), |class| class.range.start());
        let place = syntax::definition_place(self.ctx.db, custom).filter(|_| custom.file == at.file);
        let message = format!("A dataclass with \"order=True\" cannot have its own \"{name}\"");
        if let Some(place) = place.and_then(|place| place.checked_sub(origin)) {
            diagnostics.push(Diagnostic::error(ErrorCode::Misc, place, message));
        }
    }

    /// Frozen fields are read-only, and fields that hold callables are not methods.
    fn shape_fields(&self, table: &mut MemberTable) {
        let implicit = |field: &DataclassField| !field.has_default && self.spec.is_standard;
        for field in self.fields {
            let own_field = field.class == self.header.info.id;
            if own_field
                && implicit(field)
                && let Some(member) = table.members.get_mut(&field.name)
            {
                member.traits |= MemberTraits::IMPLICIT;
            }
            if matches!(field.ty.kind(), TyKind::Callable(_)) {
                let ty = substitution::replace_self(self.ctx, field.ty, self.own);
                let mut flags = AttributeFlags::PROPERTY;
                if !self.spec.frozen {
                    flags |= AttributeFlags::SETTABLE;
                }
                table.put(field.name, variable(ty, flags));
            }
            if self.spec.frozen && !field.by_metaclass {
                self.freeze(field, table);
            }
        }
    }

    fn freeze(&self, field: &DataclassField, table: &mut MemberTable) {
        match table.members.get_mut(&field.name) {
            Some(member) => {
                let is_variable = match member.kind {
                    MemberKind::Body(at) => {
                        let info = definition(self.ctx.db, at)
                            .filter(|d| matches!(d.kind, pytype_index::DefinitionKind::Variable))
                            .map(|_| variables::variable_info(self.ctx.db, at));
                        info.is_some_and(|info| !info.is_final)
                    }
                    MemberKind::SelfAttribute { .. } | MemberKind::Synthesized(_) => true,
                };
                if is_variable {
                    member.flags |= AttributeFlags::PROPERTY;
                    member.flags -= AttributeFlags::SETTABLE;
                }
            }
            None => {
                let ty = substitution::replace_self(self.ctx, field.ty, self.own);
                table.put(field.name, variable(ty, AttributeFlags::PROPERTY));
            }
        }
    }

    fn add_slots(&self, table: &mut MemberTable, diagnostics: &mut Vec<Diagnostic>) {
        let name = Name::new("__slots__");
        if table.contains(name) {
            let ClassOrigin::Definition(at) = self.header.info.id.origin() else { return };
            if let Some(class) = syntax::class(self.ctx.db, at) {
                let message = "A dataclass with \"slots=True\" cannot define \"__slots__\"";
                let place = class.name.range - class.range.start();
                diagnostics.push(Diagnostic::error(ErrorCode::Misc, place, message));
            }
            return;
        }
        let text = self.ctx.known_instance(KnownClass::Str);
        let items: TyList = self.fields.iter().map(|_| text).collect();
        let any_tuple = self.ctx.known_instance(KnownClass::Tuple);
        table.put(name, variable(Ty::tuple(items, any_tuple), AttributeFlags::SETTABLE));
    }

    fn add_match_args(&self, table: &mut MemberTable) {
        let name = Name::new("__match_args__");
        if !self.spec.match_args || table.contains(name) {
            return;
        }
        let text = self.ctx.known_instance(KnownClass::Str);
        let items: TyList = self
            .fields
            .iter()
            .filter(|field| field.is_in_init && !field.kw_only)
            .map(|field| Ty::literal(LiteralValue::Str(field.name), text))
            .collect();
        let any_tuple = self.ctx.known_instance(KnownClass::Tuple);
        table.put(name, variable(Ty::tuple(items, any_tuple), AttributeFlags::SETTABLE));
    }

    fn add_field_table(&self, table: &mut MemberTable) {
        let any = Ty::any(AnySource::Explicit);
        let field = if self.spec.is_standard {
            Ty::instance(self.ctx.known(KnownClass::DataclassField), [any])
        } else {
            any
        };
        let text = self.ctx.known_instance(KnownClass::Str);
        let ty = Ty::instance(self.ctx.known(KnownClass::Dict), [text, field]);
        let flags = AttributeFlags::CLASS_VAR | AttributeFlags::SETTABLE;
        table.put(Name::new("__dataclass_fields__"), variable(ty, flags));
    }

    fn add_replace(&self, table: &mut MemberTable) {
        let all = self
            .fields
            .iter()
            .map(|field| parameter(self.ctx, field, self.own, replace_kind(field)))
            .collect();
        self.add_method(table, REPLACE_MEMBER, all, Ty::none(), Binding::Static);
        if self.ctx.options().python_version >= (3, 13) {
            let params = self
                .fields
                .iter()
                .filter(|field| field.is_in_init)
                .map(|field| parameter(self.ctx, field, self.own, replace_kind(field)))
                .collect();
            self.add_method(table, "__replace__", params, self.own, Binding::Instance);
        }
    }
}
