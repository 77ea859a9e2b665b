//! Dataclasses, and what `dataclass_transform` (PEP 681) makes one.

mod fields;
mod members;

pub(crate) use fields::converted_field;
pub use fields::{DataclassField, DataclassFields, dataclass_fields};
pub(crate) use members::add_members;
pub use members::{POST_INIT_MEMBER, REPLACE_MEMBER, takes_hash_away};

use pytype_index::DefRef;
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{ClassFlags, Ty};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use crate::classes::{ClassHeader, HeaderBuilder, class_header};
use crate::names::resolver::Resolver;
use crate::names::scope_access::definition;
use crate::names::special;
use crate::{DeclareDb, Node, syntax};

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
    pub unsafe_hash: bool,
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
    let symbol = scope.symbols.get(found.name)?;
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
        // Its stubs call these transforms too, but attrs has rules of its own.
        if fullname.is_some_and(|name| super::attrs::is_maker(&name)) {
            continue;
        }
        let is_standard = fullname.is_some_and(|name| name == "dataclasses.dataclass");
        let transform = if is_standard {
            Some(TransformSpec {
                field_specifiers: vec![name!("dataclasses.Field"), name!("dataclasses.field")],
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
    // What the metaclass or a base class does comes last, and so decides.
    if let Some(transform) = inherited_transform(builder.db, header) {
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
        unsafe_hash: flag("unsafe_hash", false),
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

/// Whether a type is the marker after which fields are keyword-only.
fn is_kw_only_marker(ty: Ty) -> bool {
    ty.is_instance_of("dataclasses.KW_ONLY")
}
