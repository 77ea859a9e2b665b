//! `NewType("X", Base)`: a class of its own with one constructor argument.

use pytype_source::{ErrorCode, name};
use pytype_types::{AnySource, ClassFlags, KnownClass, ParamKind, Ty, TyKind, TyList};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;

use super::methods::{Binding, Method, method, param};
use crate::annotations::Findings;
use crate::classes::{ClassHeader, HeaderBuilder, class_header, closes_cycle};
use crate::written_types::{self, Place, Use};
use crate::{Context, MemberTable};

pub(crate) fn header(mut builder: HeaderBuilder<'_>, call: &ast::ExprCall, place: TextRange) -> ClassHeader {
    let base = base_type(&mut builder, call, place);
    let (base, of) = match base.map(|ty| (ty, ty.kind())) {
        Some((ty, TyKind::Tuple { fallback, .. })) => (Some(*fallback), ty),
        Some((ty, TyKind::Instance(instance))) => {
            if class_header(builder.db, instance.class, ()).info.is_protocol() {
                builder.misc(place, "\"NewType\" cannot be made from a protocol");
            }
            (Some(ty), ty)
        }
        Some((_, _)) => {
            builder.error(ErrorCode::ValidNewtype, place, "The base of \"NewType\" must be a class");
            (None, Ty::any(AnySource::Error))
        }
        None => (None, Ty::any(AnySource::Error)),
    };
    let object = builder.known(KnownClass::Object);
    let mut header = builder.plain_header(base.unwrap_or(object), place);
    header.info.flags |= ClassFlags::NEW_TYPE;
    if base.is_none() {
        header.info.flags |= ClassFlags::FALLBACK_TO_ANY;
    }
    if let TyKind::Tuple { items, .. } = of.kind() {
        header.info.tuple_type = Some(Ty::tuple(*items, Ty::plain_instance(builder.class)));
    }
    written_types::report_any(&mut builder, "The base of \"NewType\"", of, place);
    header.new_type_of = Some(of);
    builder.hand_over(&mut header);
    header
}

fn base_type(builder: &mut HeaderBuilder<'_>, call: &ast::ExprCall, place: TextRange) -> Option<Ty> {
    let arguments = &call.arguments;
    let ([name, base], true) = (&*arguments.args, arguments.keywords.is_empty()) else {
        builder.misc(place, "\"NewType()\" takes exactly two positional arguments");
        return None;
    };
    let named = match name {
        Expr::StringLiteral(text) if builder.class.name() == text.value.to_str() => true,
        Expr::StringLiteral(text) => {
            let message = format!(
                "The name \"{}\" given to \"NewType()\" is not the name it is assigned to",
                text.value.to_str()
            );
            builder.misc(place, message);
            false
        }
        _ => {
            builder.misc(place, "The first argument of \"NewType()\" must be a string");
            false
        }
    };
    if !crate::syntax::can_be_type(base) {
        builder.misc(place, "The second argument of \"NewType()\" must be a type");
        return None;
    }
    let quoted = match base {
        Expr::StringLiteral(text) => crate::syntax::parse_annotation(text.value.to_str()),
        _ => None,
    };
    if closes_cycle(builder.db, builder.at, quoted.as_ref().unwrap_or(base), builder.scope) {
        builder.misc(place, "The base of \"NewType\" cannot be resolved: the definitions form a cycle");
        return None;
    }
    let mut found = Findings::default();
    let at = Place { at: builder.at, scope: builder.scope, class: None, owner: Some(builder.class) };
    let ty = written_types::analyze(&builder.ctx, &at, base, Use::NewTypeBase, &mut found);
    let ty = crate::type_operations::proper(&builder.ctx, ty);
    let mentions_variable =
        matches!(builder.lookup_expr(base).map(|binding| binding.node), Some(crate::Node::TypeVariable(_)));
    if mentions_variable {
        builder.add(found);
        builder.error(ErrorCode::ValidNewtype, place, "The base of \"NewType\" must be a class");
        return None;
    }
    let failed = ty.is_mistaken();
    if failed {
        // One finding is enough: what is no type cannot be a base.
        found.diagnostics.retain(|diagnostic| diagnostic.code != Some(ErrorCode::ValidType));
    }
    builder.add(found);
    if failed {
        builder.misc(place, "The second argument of \"NewType()\" must be a type");
        return None;
    }
    named.then_some(ty)
}

/// `__init__(self, item)`.
pub(crate) fn add_members(ctx: &Context<'_>, header: &ClassHeader, table: &mut MemberTable) {
    let Some(of) = header.new_type_of else { return };
    let class = header.info.id;
    let member = method(
        ctx,
        Method {
            name: name!("__init__"),
            class,
            self_type: Ty::plain_instance(class),
            params: vec![param("item", of, ParamKind::Pos)],
            ret: Ty::none(),
            variables: TyList::EMPTY(),
            binding: Binding::Instance,
        },
    );
    table.put(name!("__init__"), member);
}
