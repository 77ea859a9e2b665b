//! attrs classes: `@attr.s`, `@attrs.define`, `@attrs.frozen` and their fields.

use indexmap::IndexMap;
use pytype_index::DefRef;
use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{
    AnySource, AttributeFlags, ClassId, ClassOrigin, KnownClass, LiteralValue, Param, ParamKind, Ty, TyKind,
    TyList, TypeContext,
};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxBuildHasher;

use super::methods::{Binding, Method, method, self_variable, variable};
use crate::annotations::Findings;
use crate::classes::{ClassHeader, HeaderBuilder, class_header};
use crate::member_table::class_body;
use crate::names::resolver::Resolver;
use crate::names::scope_access::definition;
use crate::names::shapes;
use crate::written_types::{self, Place, Use};
use crate::{
    Context, DeclareDb, Member, MemberKind, MemberTable, Node, constructors, signatures, substitution,
};
use crate::{syntax, variables};

const CLASSIC: &[&str] = &["attr.s", "attr.attrs", "attr.attributes"];
const DATACLASS: &[&str] = &["attr.dataclass"];
const FROZEN: &[&str] = &["attr.frozen", "attrs.frozen"];
const DEFINE: &[&str] = &["attr.define", "attr.mutable", "attrs.define", "attrs.mutable"];
const FIELDS: &[&str] = &["attr.ib", "attr.attrib", "attr.attr", "attr.field", "attrs.field"];
const OPTIONAL_CONVERTERS: &[&str] = &["attr.converters.optional", "attrs.converters.optional"];

/// How a class is an attrs class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttrsSpec {
    /// Annotated names are fields; `None` when the body decides.
    pub auto_attribs: Option<bool>,
    pub init: bool,
    pub frozen: bool,
    pub order: bool,
    pub slots: bool,
    pub kw_only: bool,
    pub match_args: bool,
    /// Whether instances can be hashed: `None` leaves `__hash__` as it is.
    pub hashable: Option<bool>,
}

/// Finds out whether a class is an attrs class, and how.
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
        let Some(fullname) = maker_name(builder, callee) else { continue };
        let fullname = fullname.as_str();
        let (auto_attribs, frozen, slots) = if CLASSIC.contains(&fullname) {
            (Some(false), false, false)
        } else if DATACLASS.contains(&fullname) {
            (Some(true), false, false)
        } else if FROZEN.contains(&fullname) {
            (None, true, true)
        } else if DEFINE.contains(&fullname) {
            (None, false, true)
        } else {
            continue;
        };
        header.attrs = Some(resolve(
            builder,
            header,
            call,
            decorator.expression.range(),
            Defaults { auto_attribs, frozen, slots },
        ));
        return;
    }
}

/// Whether a class decorator of this name makes attrs classes.
pub(super) fn is_maker(fullname: &str) -> bool {
    [CLASSIC, DATACLASS, FROZEN, DEFINE].iter().any(|names| names.contains(&fullname))
}

/// The public name of an attrs function: stubs may define it in a private module.
fn maker_name(builder: &HeaderBuilder<'_>, callee: &Expr) -> Option<Name> {
    builder.fullname_of(callee)
}

struct Defaults {
    auto_attribs: Option<bool>,
    frozen: bool,
    slots: bool,
}

fn resolve(
    builder: &mut HeaderBuilder<'_>,
    header: &ClassHeader,
    call: Option<&ast::ExprCall>,
    place: TextRange,
    defaults: Defaults,
) -> AttrsSpec {
    let keywords: &[ast::Keyword] = call.map_or(&[], |call| &call.arguments.keywords);
    // `Some(None)` is a literal `None`.
    let mut given = |name: &str, none_allowed: bool| -> Option<Option<bool>> {
        let found = keywords.iter().find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name))?;
        match &found.value {
            Expr::BooleanLiteral(literal) => Some(Some(literal.value)),
            Expr::NoneLiteral(_) if none_allowed => Some(None),
            other => {
                let at = if none_allowed { place } else { other.range() };
                let message = format!(
                    "\"{name}\" must be True{} False",
                    if none_allowed { ", None or" } else { " or" }
                );
                builder.error(ErrorCode::LiteralRequired, at, message);
                None
            }
        }
    };
    let flag = |value: Option<Option<bool>>, default: bool| value.flatten().unwrap_or(default);
    let cmp = given("cmp", true).flatten();
    let eq = given("eq", true).flatten();
    let order = given("order", true).flatten();
    let frozen_here = flag(given("frozen", false), defaults.frozen);
    let hash = given("hash", true);
    let unsafe_hash = given("unsafe_hash", true);
    let spec_frozen = frozen_here
        || header.info.mro.iter().skip(1).any(|base| {
            class_header(builder_db(header, builder.db), *base, ())
                .attrs
                .as_ref()
                .is_some_and(|attrs| attrs.frozen)
        });
    let auto_attribs = match given_again(keywords, "auto_attribs") {
        Some(value) => value,
        None => defaults.auto_attribs,
    };
    let hashable = if spec_frozen {
        Some(flag(hash, true) && flag(unsafe_hash, true))
    } else {
        unsafe_hash.flatten().or(hash.flatten())
    };
    let hashable = match (hashable, eq) {
        (None, Some(false)) => None,
        (None, _) => Some(false),
        (Some(value), _) => Some(value),
    };
    let order = determine_order(builder, cmp, eq, order, place);
    let again = |name: &str, default: bool| given_again(keywords, name).flatten().unwrap_or(default);
    AttrsSpec {
        auto_attribs,
        init: again("init", true),
        frozen: spec_frozen,
        order,
        slots: again("slots", defaults.slots),
        kw_only: again("kw_only", false),
        match_args: again("match_args", true),
        hashable,
    }
}

fn builder_db<'db>(_header: &ClassHeader, db: &'db dyn DeclareDb) -> &'db dyn DeclareDb {
    db
}

fn given_again(keywords: &[ast::Keyword], name: &str) -> Option<Option<bool>> {
    let found = keywords.iter().find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name))?;
    match &found.value {
        Expr::BooleanLiteral(literal) => Some(Some(literal.value)),
        Expr::NoneLiteral(_) => Some(None),
        _ => None,
    }
}

fn determine_order(
    builder: &mut HeaderBuilder<'_>,
    cmp: Option<bool>,
    eq: Option<bool>,
    order: Option<bool>,
    place: TextRange,
) -> bool {
    if cmp.is_some() && (eq.is_some() || order.is_some()) {
        builder.misc(place, "\"cmp\" cannot be mixed with \"eq\" and \"order\"");
    }
    if let Some(cmp) = cmp {
        return cmp;
    }
    let eq = eq.unwrap_or(true);
    let order = order.unwrap_or(eq);
    if !eq && order {
        builder.misc(place, "\"order=True\" needs \"eq=True\"");
    }
    order
}

/// A field of an attrs class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttrsField {
    pub name: Name,
    pub alias: Option<Name>,
    pub has_default: bool,
    pub init: bool,
    pub kw_only: bool,
    /// The type of its parameter, when it is known here.
    pub init_type: Option<Ty>,
    /// A converter gives the parameter its type; it could not be understood when `init_type` is none.
    pub has_converter: bool,
    pub class: ClassId,
    /// Relative to the class that declares it.
    pub place: TextRange,
}

/// The fields of an attrs class, inherited ones first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AttrsFields {
    pub fields: Vec<AttrsField>,
    pub diagnostics: Vec<Diagnostic>,
}

#[salsa::tracked(returns(ref))]
pub fn attrs_fields(db: &dyn DeclareDb, class: ClassId, _key: ()) -> AttrsFields {
    let ClassOrigin::Definition(at) = class.origin() else { return AttrsFields::default() };
    let header = class_header(db, class, ());
    let (Some(spec), Some(statement)) = (&header.attrs, syntax::class(db, at)) else {
        return AttrsFields::default();
    };
    let mut collector = Collector {
        db,
        ctx: Context::of_declarations(db, at.file),
        at,
        class,
        spec,
        origin: statement.range.start(),
        own: IndexMap::default(),
        diagnostics: Vec::new(),
    };
    let auto = spec.auto_attribs.unwrap_or_else(|| collector.detect_auto(&statement.body));
    for item in &statement.body {
        collector.statement(item, auto);
    }
    collector.finish(header, statement)
}

struct Collector<'db> {
    db: &'db dyn DeclareDb,
    ctx: Context<'db>,
    at: DefRef,
    class: ClassId,
    spec: &'db AttrsSpec,
    origin: TextSize,
    own: IndexMap<Name, AttrsField, FxBuildHasher>,
    diagnostics: Vec<Diagnostic>,
}

impl<'db> Collector<'db> {
    fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, range - self.origin, message));
    }

    fn lookup(&self, expr: &Expr) -> Option<crate::Binding> {
        let path = shapes::dotted(expr)?;
        let found = definition(self.db, self.at)?;
        let pytype_index::DefinitionKind::Class { body } = found.kind else { return None };
        Resolver::new(self.db)
            .lookup_path(self.at.file, body, &path, None)
            .filter(|binding| !matches!(binding.node, Node::Unknown(_)))
    }

    fn field_call(&self, value: Option<&'db Expr>) -> Option<&'db ast::ExprCall> {
        let Some(Expr::Call(call)) = value else { return None };
        let callee = self.lookup(&call.func)?;
        FIELDS.contains(&callee.fullname.as_str()).then_some(call)
    }

    /// Without unannotated fields, annotations make fields.
    fn detect_auto(&self, body: &'db [Stmt]) -> bool {
        !body.iter().any(|statement| match statement {
            Stmt::Assign(assignment) => self.field_call(Some(&assignment.value)).is_some(),
            _ => false,
        })
    }

    fn statement(&mut self, statement: &'db Stmt, auto: bool) {
        match statement {
            Stmt::AnnAssign(s) => {
                let Expr::Name(target) = s.target.as_ref() else { return };
                let name = Name::of(target);
                let declared = self.declared(name);
                match self.field_call(s.value.as_deref()) {
                    Some(call) => self.described(name, call, declared, s.range, auto),
                    None if auto => {
                        let is_class_var = self.body_variable(name).is_some_and(|info| info.is_class_var);
                        if !is_class_var {
                            let field = AttrsField {
                                name,
                                alias: None,
                                has_default: s.value.is_some(),
                                init: true,
                                kw_only: self.spec.kw_only,
                                init_type: declared,
                                has_converter: false,
                                class: self.class,
                                place: s.range - self.origin,
                            };
                            self.own.insert(name, field);
                        }
                    }
                    None => {}
                }
            }
            Stmt::Assign(s) => {
                let Some(call) = self.field_call(Some(&s.value)) else { return };
                let [target] = s.targets.as_slice() else {
                    return self.error(ErrorCode::Misc, s.range, "A field can have one name only");
                };
                let Expr::Name(target) = target else { return };
                let name = Name::of(target);
                if auto {
                    let message = format!("The field \"{name}\" needs an annotation");
                    return self.error(ErrorCode::VarAnnotated, s.range, message);
                }
                self.described(name, call, None, s.range, auto);
            }
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    if let Expr::Attribute(attribute) = &decorator.expression
                        && attribute.attr.as_str() == "default"
                        && let Expr::Name(field) = attribute.value.as_ref()
                        && let Some(field) = self.own.get_mut(&Name::of(field))
                    {
                        field.has_default = true;
                    }
                }
            }
            _ => {}
        }
    }

    fn body_variable(&self, name: Name) -> Option<&'db crate::VariableInfo> {
        let member = class_body(self.db, self.class, ()).get(name)?;
        let MemberKind::Body(at) = member.kind else { return None };
        definition(self.db, at)
            .filter(|d| matches!(d.kind, pytype_index::DefinitionKind::Variable))
            .map(|_| variables::variable_info(self.db, at))
    }

    fn declared(&self, name: Name) -> Option<Ty> {
        self.body_variable(name)?.declared
    }

    /// A field with `attr.ib(...)` or `field(...)` as its value.
    fn described(
        &mut self,
        name: Name,
        call: &'db ast::ExprCall,
        declared: Option<Ty>,
        place: TextRange,
        auto: bool,
    ) {
        let arguments = &call.arguments;
        let keyword = |name: &str| arguments.find_keyword(name).map(|keyword| &keyword.value);
        let mut flag = |name: &str, default: bool| match keyword(name) {
            Some(Expr::BooleanLiteral(literal)) => literal.value,
            Some(other) => {
                let message = format!("\"{name}\" must be True or False");
                self.diagnostics.push(Diagnostic::error(
                    ErrorCode::LiteralRequired,
                    other.range() - self.origin,
                    message,
                ));
                default
            }
            None => default,
        };
        let init = flag("init", true);
        let kw_only = flag("kw_only", self.spec.kw_only);
        let has_default = keyword("default").is_some() || !arguments.args.is_empty();
        let has_factory = keyword("factory").is_some();
        if has_default && has_factory {
            let message = "\"default\" and \"factory\" exclude each other";
            self.error(ErrorCode::Misc, call.range(), message);
        }
        let mut init_type = declared;
        if let (None, Some(given)) = (declared, keyword("type")) {
            init_type = self.written(given);
        }
        let converter = keyword("converter");
        let converted = converter.map(|converter| self.converted_type(converter));
        let alias = match keyword("alias") {
            Some(Expr::StringLiteral(text)) => Some(Name::new(text.value.to_str())),
            Some(named)
                if let Some(text) = self.lookup(named).and_then(|b| variables::literal_text(self.db, b)) =>
            {
                Some(text)
            }
            Some(_) => {
                let message = "\"alias\" must be a string literal";
                self.error(ErrorCode::LiteralRequired, call.range(), message);
                None
            }
            None => None,
        };
        let field = AttrsField {
            name,
            alias,
            has_default: has_default || has_factory,
            init,
            kw_only,
            init_type: match converted {
                Some(found) => Some(found),
                None => init_type,
            },
            has_converter: converter.is_some(),
            class: self.class,
            place: place - self.origin,
        };
        if !auto {
            // A field that is defined again moves to its new place.
            self.own.shift_remove(&name);
        }
        self.own.insert(name, field);
    }

    fn written(&mut self, expr: &Expr) -> Option<Ty> {
        let found = definition(self.db, self.at)?;
        let pytype_index::DefinitionKind::Class { body } = found.kind else { return None };
        if !syntax::can_be_type(expr) {
            self.error(ErrorCode::Misc, expr.range(), "The \"type\" of a field must be a type");
            return None;
        }
        let place = Place { at: self.at, scope: body, class: Some(self.class), owner: None };
        let mut found = Findings::default();
        let ty = written_types::analyze(&self.ctx, &place, expr, Use::TypeArgument, &mut found);
        for mut diagnostic in found.diagnostics {
            diagnostic.range -= self.origin;
            self.diagnostics.push(diagnostic);
        }
        Some(ty)
    }

    /// What a converter takes: the type of the field's parameter.
    fn converted_type(&mut self, converter: &Expr) -> Ty {
        if let Expr::Call(call) = converter
            && let Some(inner) = call.arguments.args.first()
            && let Some(callee) = self.lookup(&call.func)
            && OPTIONAL_CONVERTERS.contains(&callee.fullname.as_str())
        {
            return Ty::union([self.function_argument(inner), Ty::none()]);
        }
        self.function_argument(converter)
    }

    /// The type of the first parameter of a function or class that is named.
    fn function_argument(&mut self, converter: &Expr) -> Ty {
        if converter.is_lambda_expr() {
            return Ty::any(AnySource::Unannotated);
        }
        let base = crate::classes::subscript_base(converter);
        let callable = match self.lookup(base).map(|found| found.node) {
            Some(Node::Function(at)) => {
                let info = signatures::function_info(self.db, at);
                let overloads: TyList =
                    info.items.iter().filter(|item| item.is_overload).map(|item| item.signature).collect();
                if overloads.is_empty() {
                    info.items.first().map(|item| item.signature)
                } else {
                    Some(Ty::overloaded(overloads))
                }
            }
            Some(Node::Class(class)) => Some(constructors::constructor(&self.ctx, class)),
            Some(
                Node::Module(_)
                | Node::NamespaceModule(_)
                | Node::Variable(_)
                | Node::TypeVariable(_)
                | Node::Alias(_)
                | Node::Implicit(_)
                | Node::Unknown(_),
            )
            | None => None,
        };
        let Some(callable) = callable else {
            let message = "A converter must be the name of a function or a class, or a lambda";
            self.error(ErrorCode::Misc, converter.range(), message);
            return Ty::any(AnySource::Error);
        };
        let first = |ty: Ty| ty.as_callable().and_then(|sig| sig.params.first().map(|param| param.ty));
        if let TyKind::Overloaded(items) = callable.kind() {
            Ty::union(items.iter().filter_map(first))
        } else {
            first(callable).unwrap_or_else(|| Ty::any(AnySource::Error))
        }
    }

    /// A field without a type leaves a parameter of `__init__` without one.
    fn report_untyped(&mut self, own: &IndexMap<Name, AttrsField, FxBuildHasher>, class: &ast::StmtClassDef) {
        if !self.ctx.options().disallow_untyped_defs {
            return;
        }
        let is_untyped = |field: &&AttrsField| {
            let ty = field.init_type;
            ty.is_none_or(|ty| matches!(ty.kind(), TyKind::Any(AnySource::Unannotated)))
        };
        let fields = || own.values().filter(|field| field.init);
        for field in fields().filter(is_untyped) {
            let message = format!("The field \"{}\" needs an annotation", field.name);
            self.diagnostics.push(Diagnostic::error(ErrorCode::VarAnnotated, field.place, message));
        }
        if fields().any(|field| is_untyped(&field)) && !fields().all(|field| is_untyped(&field)) {
            let message = "Some fields of the class have no type, so its \"__init__\" has untyped parameters";
            let place = class.name.range - self.origin;
            self.diagnostics.push(Diagnostic::error(ErrorCode::NoUntypedDef, place, message));
        }
    }

    fn finish(mut self, header: &ClassHeader, class: &ast::StmtClassDef) -> AttrsFields {
        let own = std::mem::take(&mut self.own);
        let mut inherited: Vec<AttrsField> = Vec::new();
        for base in header.info.mro.iter().skip(1) {
            if class_header(self.db, *base, ()).attrs.is_none() {
                continue;
            }
            for field in &attrs_fields(self.db, *base, ()).fields {
                let taken = own.contains_key(&field.name) || inherited.iter().any(|f| f.name == field.name);
                if !taken {
                    let init_type =
                        field.init_type.map(|ty| substitution::from_ancestor(&self.ctx, header, ty, *base));
                    inherited.push(AttrsField { init_type, ..field.clone() });
                }
            }
        }
        self.report_untyped(&own, class);
        let from_bases = inherited.len();
        let fields: Vec<AttrsField> = inherited.into_iter().chain(own.into_values()).collect();
        let mut found_default = false;
        for (index, field) in fields.iter().enumerate() {
            if !field.init || field.kw_only {
                continue;
            }
            if found_default && !field.has_default {
                let here = class.name.range - self.origin;
                let place = if index < from_bases { here } else { field.place };
                let message = "A field without a default cannot follow one that has a default";
                self.diagnostics.push(Diagnostic::error(ErrorCode::Misc, place, message));
            }
            found_default |= field.has_default;
        }
        AttrsFields { fields, diagnostics: self.diagnostics }
    }
}

/// Adds what an attrs class gets.
pub(crate) fn add_members(
    ctx: &Context<'_>,
    header: &ClassHeader,
    table: &mut MemberTable,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(spec) = &header.attrs else { return };
    let class = header.info.id;
    let collected = attrs_fields(ctx.db, class, ());
    diagnostics.extend(collected.diagnostics.iter().cloned());
    let own = pytype_types::class_instance_type(ctx, header.info.id);
    let text = ctx.known_instance(KnownClass::Str);
    for field in collected.fields.iter().filter(|field| field.class == class) {
        if let Some(member) = table.members.get_mut(field.name) {
            member.flags -= AttributeFlags::CLASS_LEVEL;
        }
    }
    let magic: TyList = collected.fields.iter().map(|field| field_description(ctx, field)).collect();
    let any_tuple = ctx.known_instance(KnownClass::Tuple);
    let class_var = AttributeFlags::CLASS_VAR | AttributeFlags::SETTABLE | AttributeFlags::CLASS_LEVEL;
    table.put(name!("__attrs_attrs__"), variable(Ty::tuple(magic, any_tuple), class_var));
    if spec.match_args && !table.contains(name!("__match_args__")) {
        let items: TyList = collected
            .fields
            .iter()
            .filter(|field| !field.kw_only && field.init)
            .map(|field| Ty::literal(LiteralValue::Str(field.name), text))
            .collect();
        table.put(name!("__match_args__"), variable(Ty::tuple(items, any_tuple), AttributeFlags::SETTABLE));
    }
    add_init(ctx, spec, &collected.fields, class, own, table);
    if spec.order {
        add_order(ctx, class, table);
    }
    if spec.frozen {
        freeze(&collected.fields, class, table);
    }
    if spec.hashable == Some(false) && !table.contains(name!("__hash__")) {
        table.put(name!("__hash__"), variable(Ty::none(), AttributeFlags::CLASS_VAR));
    }
}

/// `attr.Attribute[T]`, where the package is installed.
fn field_description(ctx: &Context<'_>, field: &AttrsField) -> Ty {
    let ty = field.init_type.unwrap_or_else(|| Ty::any(AnySource::Unannotated));
    match ctx.class_by_path("attr", "Attribute") {
        Some(class) => Ty::instance(class, [ty]),
        None => Ty::any(AnySource::Implementation),
    }
}

fn add_init(
    ctx: &Context<'_>,
    spec: &AttrsSpec,
    fields: &[AttrsField],
    class: ClassId,
    own: Ty,
    table: &mut MemberTable,
) {
    let name = Name::new(if spec.init { "__init__" } else { "__attrs_init__" });
    if spec.init && table.get(name).is_some_and(|member| !member.is_generated()) {
        return;
    }
    let mut params: Vec<Param> = fields
        .iter()
        .filter(|field| field.init)
        .map(|field| {
            let kind = match (field.kw_only, field.has_default) {
                (true, true) => ParamKind::NamedOpt,
                (true, false) => ParamKind::Named,
                (false, true) => ParamKind::Opt,
                (false, false) => ParamKind::Pos,
            };
            let stripped = Name::new(field.name.trim_start_matches('_'));
            Param {
                name: Some(field.alias.unwrap_or(stripped)),
                ty: field.init_type.unwrap_or_else(|| Ty::any(AnySource::Unannotated)),
                kind,
            }
        })
        .collect();
    params.sort_by_key(|param| param.kind.is_named());
    let binding = Binding::Instance;
    let member = method(
        ctx,
        Method { name, class, self_type: own, params, ret: Ty::none(), variables: TyList::EMPTY(), binding },
    );
    table.put(name, member);
}

fn add_order(ctx: &Context<'_>, class: ClassId, table: &mut MemberTable) {
    let object = ctx.object();
    let bool_ty = ctx.known_instance(KnownClass::Bool);
    for text in ["__lt__", "__le__", "__gt__", "__ge__"] {
        let name = Name::new(text);
        let own = self_variable(class.fullname().dot(text), class.fullname(), "_AT", object);
        let member = method(
            ctx,
            Method {
                name,
                class,
                self_type: own,
                params: vec![Param { name: Some(name!("other")), ty: own, kind: ParamKind::Pos }],
                ret: bool_ty,
                variables: TyList::from([own]),
                binding: Binding::Instance,
            },
        );
        table.put(name, member);
    }
}

fn freeze(fields: &[AttrsField], class: ClassId, table: &mut MemberTable) {
    for field in fields {
        match table.members.get_mut(field.name) {
            Some(member) => {
                member.flags |= AttributeFlags::PROPERTY;
                member.flags -= AttributeFlags::SETTABLE;
            }
            None if field.class != class => {
                let ty = field.init_type.unwrap_or_else(|| Ty::any(AnySource::Unannotated));
                table.put(
                    field.name,
                    Member::generated(ty, AttributeFlags::PROPERTY | AttributeFlags::DECLARED),
                );
            }
            None => {}
        }
    }
}
