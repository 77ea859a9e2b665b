//! Named tuples: `class P(NamedTuple)`, `NamedTuple("P", ...)`, `namedtuple("P", "x y")`.

use pytype_source::{ErrorCode, Name, name};
use pytype_types::{
    AnySource, AttributeFlags, ClassFlags, KnownClass, LiteralValue, ParamKind, Ty, TyList, TypeContext,
};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::class_statements::decided_statements;
use super::methods::{Binding, Method, method, param, self_variable, variable};
use crate::annotations::Findings;
use crate::classes::{ClassHeader, HeaderBuilder};
use crate::written_types::{self, Place, Use};
use crate::{Context, MemberTable};

/// A field of a named tuple.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedTupleField {
    pub name: Name,
    pub ty: Ty,
    pub has_default: bool,
}

/// Names that a named tuple's body may not define.
const PROHIBITED: &[&str] = &[
    "__new__",
    "__init__",
    "__slots__",
    "__getnewargs__",
    "_fields",
    "_field_defaults",
    "_field_types",
    "_make",
    "_replace",
    "_asdict",
    "_source",
    "__annotations__",
];

const BODY_RULE: &str =
    "A named tuple's body may only have fields (\"name: type\" or \"name: type = default\") and methods";

/// The header of `class P(NamedTuple): ...`.
pub(crate) fn header_of_statement(builder: &mut HeaderBuilder<'_>, class: &ast::StmtClassDef) -> ClassHeader {
    let mut fields: Vec<NamedTupleField> = Vec::new();
    for statement in decided_statements(&class.body, builder.ctx.options()) {
        add_field(builder, statement, &mut fields);
    }
    if let Some(arguments) = class.arguments.as_deref() {
        for keyword in &arguments.keywords {
            let name = keyword.arg.as_ref().map_or("**", |name| name.as_str());
            let message = format!("A named tuple's class takes no keyword argument \"{name}\"");
            builder.error(ErrorCode::CallArg, class.name.range, message);
        }
    }
    check_prohibited(builder, class);
    header(builder, fields, class.name.range)
}

fn add_field(builder: &mut HeaderBuilder<'_>, statement: &Stmt, fields: &mut Vec<NamedTupleField>) {
    let (target, annotation, value) = match statement {
        Stmt::AnnAssign(s) => (s.target.as_ref(), s.annotation.as_ref(), s.value.as_deref()),
        Stmt::Assign(s) => match s.targets.as_slice() {
            // Without an annotation it is no field, but a class variable like any other.
            [Expr::Name(_)] => return,
            _ => return builder.misc(statement.range(), BODY_RULE),
        },
        Stmt::Pass(_) | Stmt::FunctionDef(_) => return,
        Stmt::Expr(s) if matches!(*s.value, Expr::EllipsisLiteral(_) | Expr::StringLiteral(_)) => return,
        _ => return builder.misc(statement.range(), BODY_RULE),
    };
    let Expr::Name(target) = target else { return builder.misc(statement.range(), BODY_RULE) };
    let name = Name::of(target);
    let ty = field_type(builder, name, annotation, Use::NamedTupleField);
    if name.starts_with('_') {
        builder.misc(statement.range(), format!("A named tuple's field cannot begin with \"_\": \"{name}\""));
    }
    if value.is_none() && fields.iter().any(|field| field.has_default) {
        builder.misc(statement.range(), "A field without a default cannot follow one that has a default");
    }
    fields.push(NamedTupleField { name, ty, has_default: value.is_some() });
}

/// The type of a field as annotated in the class's body.
pub(crate) fn field_type(builder: &mut HeaderBuilder<'_>, name: Name, annotation: &Expr, purpose: Use) -> Ty {
    let at = builder.body_definition(name).map_or(builder.at, |id| pytype_index::DefRef { id, ..builder.at });
    let place = Place {
        at,
        scope: builder.body_scope().unwrap_or(builder.scope),
        class: Some(builder.class),
        owner: None,
    };
    let mut found = Findings::default();
    let ty = written_types::analyze(&builder.ctx, &place, annotation, purpose, &mut found);
    builder.add(found);
    ty
}

fn check_prohibited(builder: &mut HeaderBuilder<'_>, class: &ast::StmtClassDef) {
    for statement in &class.body {
        let (name, range) = match statement {
            Stmt::FunctionDef(function) => (function.name.as_str(), function.name.range),
            Stmt::Assign(s) => match s.targets.as_slice() {
                [Expr::Name(name)] => (name.id.as_str(), s.range),
                _ => continue,
            },
            Stmt::AnnAssign(s) => match s.target.as_ref() {
                Expr::Name(name) => (name.id.as_str(), s.range),
                _ => continue,
            },
            _ => continue,
        };
        if PROHIBITED.contains(&name) {
            builder.misc(range, format!("\"{name}\" of a named tuple cannot be redefined"));
        }
    }
}

/// The header of `NamedTuple("P", ...)` (typed) or `namedtuple("P", ...)`.
pub(crate) fn header_of_call(
    mut builder: HeaderBuilder<'_>,
    call: &ast::ExprCall,
    typed: bool,
) -> ClassHeader {
    let fields = fields_of_call(&mut builder, call, typed).unwrap_or_default();
    if let Some(field) = fields.iter().find(|field| crate::annotations::has_unimported_any(field.ty)) {
        written_types::report_any(&mut builder, "The named tuple", field.ty, call.range());
    }
    let mut header = header(&mut builder, fields, call.range());
    builder.hand_over(&mut header);
    header
}

fn fields_of_call(
    builder: &mut HeaderBuilder<'_>,
    call: &ast::ExprCall,
    typed: bool,
) -> Option<Vec<NamedTupleField>> {
    let maker = if typed { "NamedTuple" } else { "namedtuple" };
    let arguments = &call.arguments;
    let count = arguments.args.len() + arguments.keywords.len();
    if count < 2 {
        builder.misc(call.range(), format!("\"{maker}()\" needs a name and fields"));
        return None;
    }
    if typed && count > 2 {
        builder.misc(call.range(), "\"NamedTuple()\" takes a name and fields, no more");
        return None;
    }
    let options = CallOptions::read(builder, call, maker);
    let [name, fields, ..] = &*arguments.args else {
        builder.misc(call.range(), format!("The name and the fields of \"{maker}()\" must be positional"));
        return None;
    };
    if arguments.args.iter().take(2).any(Expr::is_starred_expr) {
        builder.misc(call.range(), format!("The name and the fields of \"{maker}()\" must be positional"));
        return None;
    }
    let Expr::StringLiteral(name) = name else {
        builder.misc(call.range(), format!("The first argument of \"{maker}()\" must be a string"));
        return None;
    };
    let mut found = listed_fields(builder, call, fields, typed, maker)?;
    if !builder.class.name().contains('@') && builder.class.name() != name.value.to_str() {
        let message = format!(
            "The first argument of \"{maker}()\" must be \"{}\", the name it is assigned to",
            builder.class.name()
        );
        builder.error(ErrorCode::NameMatch, call.range(), message);
    }
    check_names(builder, call, &mut found, options.rename, maker);
    if options.defaults > found.len() {
        builder.misc(call.range(), format!("\"{maker}()\" has more defaults than fields"));
    }
    let without = found.len().saturating_sub(options.defaults);
    for field in found.iter_mut().skip(without) {
        field.has_default = true;
    }
    Some(found)
}

/// `defaults=` and `rename=` of `namedtuple()`.
struct CallOptions {
    defaults: usize,
    rename: bool,
}

impl CallOptions {
    fn read(builder: &mut HeaderBuilder<'_>, call: &ast::ExprCall, maker: &str) -> CallOptions {
        let mut options = CallOptions { defaults: 0, rename: false };
        for keyword in &call.arguments.keywords {
            let value = &keyword.value;
            match keyword.arg.as_ref().map(|name| name.as_str()) {
                Some("defaults") => match value {
                    Expr::List(list) => options.defaults = list.elts.len(),
                    Expr::Tuple(tuple) => options.defaults = tuple.elts.len(),
                    _ => builder.misc(
                        value.range(),
                        format!("The defaults of \"{maker}()\" must be written as a list or tuple"),
                    ),
                },
                Some("rename") => match value {
                    Expr::BooleanLiteral(literal) => options.rename = literal.value,
                    _ => builder.error(
                        ErrorCode::ArgType,
                        value.range(),
                        format!("\"rename\" of \"{maker}()\" must be True or False"),
                    ),
                },
                Some(_) | None => {}
            }
        }
        options
    }
}

fn listed_fields(
    builder: &mut HeaderBuilder<'_>,
    call: &ast::ExprCall,
    fields: &Expr,
    typed: bool,
    maker: &str,
) -> Option<Vec<NamedTupleField>> {
    let untyped = |name: &str| NamedTupleField {
        name: Name::new(name),
        ty: Ty::any(AnySource::Unannotated),
        has_default: false,
    };
    let items = match fields {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::StringLiteral(text) if !typed => {
            let text = text.value.to_str().replace(',', " ");
            return Some(text.split_whitespace().map(untyped).collect());
        }
        _ => {
            builder.misc(
                call.range(),
                format!("The fields of \"{maker}()\" must be written as a list or tuple"),
            );
            return None;
        }
    };
    let mut found = Vec::new();
    for item in items {
        if typed {
            found.push(typed_field(builder, item)?);
            continue;
        }
        let Expr::StringLiteral(text) = item else {
            builder.misc(call.range(), "The fields of \"namedtuple()\" must be strings");
            return None;
        };
        found.push(untyped(text.value.to_str()));
    }
    Some(found)
}

fn typed_field(builder: &mut HeaderBuilder<'_>, item: &Expr) -> Option<NamedTupleField> {
    let Expr::Tuple(pair) = item else {
        builder.misc(item.range(), "A field of \"NamedTuple()\" is a pair of name and type");
        return None;
    };
    let [name, annotation] = pair.elts.as_slice() else {
        builder.misc(item.range(), "A field of \"NamedTuple()\" is a pair of name and type");
        return None;
    };
    let Some(name) = field_name(builder, name) else {
        builder.misc(item.range(), "The name of a field must be a string");
        return None;
    };
    let place = Place {
        at: builder.at,
        scope: builder.scope,
        class: Some(builder.class),
        owner: Some(builder.class),
    };
    let mut diagnostics = Findings::default();
    let ty = written_types::analyze(&builder.ctx, &place, annotation, Use::NamedTupleField, &mut diagnostics);
    builder.add(diagnostics);
    Some(NamedTupleField { name, ty, has_default: false })
}

/// A string, or a final name for one, as the specification has it.
fn field_name(builder: &HeaderBuilder<'_>, name: &Expr) -> Option<Name> {
    if let Expr::StringLiteral(text) = name {
        return Some(Name::new(text.value.to_str()));
    }
    let before = Some(builder.at.id);
    let found = crate::names::lookup_expr_before(builder.db, builder.at.file, builder.scope, name, before)?;
    let crate::Node::Variable(variable) = found.node else { return None };
    let info = crate::variables::variable_info(builder.db, variable);
    let last_known = info.simple_literal?.as_instance()?.last_known.filter(|_| info.is_final)?;
    match last_known.kind() {
        pytype_types::TyKind::Literal { value: pytype_types::LiteralValue::Str(text), .. } => Some(*text),
        _ => None,
    }
}

fn check_names(
    builder: &mut HeaderBuilder<'_>,
    call: &ast::ExprCall,
    fields: &mut [NamedTupleField],
    rename: bool,
    maker: &str,
) {
    let mut seen: Vec<Name> = Vec::new();
    for (position, field) in fields.iter_mut().enumerate() {
        let name = field.name;
        let problem = if seen.contains(&name) {
            Some("is given twice")
        } else if !is_identifier(&name) {
            Some("is not a valid identifier")
        } else if name.starts_with('_') {
            Some("begins with an underscore")
        } else if is_keyword(&name) {
            Some("is a keyword")
        } else {
            None
        };
        if let Some(problem) = problem {
            if !rename {
                builder.misc(call.range(), format!("The field name \"{name}\" of \"{maker}()\" {problem}"));
            }
            field.name = Name::new(&format!("_{position}"));
        }
        seen.push(field.name);
    }
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

fn is_keyword(text: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
        "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
        "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    KEYWORDS.contains(&text)
}

fn header(
    builder: &mut HeaderBuilder<'_>,
    fields: Vec<NamedTupleField>,
    place: ruff_text_size::TextRange,
) -> ClassHeader {
    let item = if fields.iter().any(|field| field.ty.has(pytype_types::TyFlags::HAS_TYPE_VAR)) {
        Ty::any(AnySource::SpecialForm)
    } else {
        Ty::union(fields.iter().map(|field| field.ty))
    };
    let base = Ty::instance(builder.ctx.known(KnownClass::Tuple), [item]);
    let mut header = builder.plain_header(base, place);
    header.info.flags |= ClassFlags::NAMED_TUPLE;
    let items: TyList = fields.iter().map(|field| field.ty).collect();
    header.info.tuple_type = Some(Ty::tuple(items, builder.own_instance()));
    header.named_tuple = Some(fields);
    header
}

/// The members that every named tuple has.
pub(crate) fn add_members(ctx: &Context<'_>, header: &ClassHeader, table: &mut MemberTable) {
    let Some(fields) = header.named_tuple.as_deref() else { return };
    let Some(tuple) = header.info.tuple_type else { return };
    let class = header.info.id;
    let any = Ty::any(AnySource::SpecialForm);
    let text = ctx.known_instance(KnownClass::Str);
    let tuple_class = ctx.known(KnownClass::Tuple);
    let any_tuple = Ty::instance(tuple_class, [any]);
    let names = Ty::instance(ctx.known(KnownClass::Dict), [text, any]);
    for field in fields {
        let flags = AttributeFlags::PROPERTY;
        table.put(field.name, variable(field.ty, flags));
    }
    let level = AttributeFlags::CLASS_LEVEL | AttributeFlags::SETTABLE;
    let texts: TyList = fields.iter().map(|_| text).collect();
    let literals: TyList =
        fields.iter().map(|field| Ty::literal(LiteralValue::Str(field.name), text)).collect();
    table.put(name!("_fields"), variable(Ty::tuple(texts, any_tuple), level));
    for name in ["_field_types", "_field_defaults", "__annotations__"] {
        table.put(Name::new(name), variable(names, level));
    }
    table.put(name!("_source"), variable(text, level));
    table.put_if_absent(name!("__doc__"), variable(text, level));
    table.put(name!("__match_args__"), variable(Ty::tuple(literals, any_tuple), level));

    let mut add = |name: &str, params: Vec<pytype_types::Param>, ret: Option<Ty>, binding: Binding| {
        let owner = class.fullname().dot(name);
        let own = self_variable(owner, class.fullname(), "_NT", tuple);
        let member = method(
            ctx,
            Method {
                name: Name::new(name),
                class,
                self_type: own,
                params,
                ret: ret.unwrap_or(own),
                variables: TyList::from([own]),
                binding,
            },
        );
        table.put_method(Name::new(name), member);
    };
    let replaced = || {
        fields
            .iter()
            .map(|field| pytype_types::Param {
                name: Some(field.name),
                ty: field.ty,
                kind: ParamKind::NamedOpt,
            })
            .collect::<Vec<_>>()
    };
    add("_replace", replaced(), None, Binding::Instance);
    if ctx.options().python_version >= (3, 13) {
        add("__replace__", replaced(), None, Binding::Instance);
    }
    let made = fields
        .iter()
        .map(|field| pytype_types::Param {
            name: Some(field.name),
            ty: field.ty,
            kind: if field.has_default { ParamKind::Opt } else { ParamKind::Pos },
        })
        .collect();
    add("__new__", made, None, Binding::New);
    add("_asdict", Vec::new(), Some(names), Binding::Instance);
    let iterable = Ty::instance(ctx.known(KnownClass::Iterable), [any]);
    add("_make", vec![param("iterable", iterable, ParamKind::Pos)], None, Binding::Class);
}
