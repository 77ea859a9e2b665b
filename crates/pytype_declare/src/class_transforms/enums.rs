//! Enums: the functional form, and which names of a body are members.

use pytype_source::Name;
use pytype_types::{ClassFlags, LiteralValue, Ty};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use crate::classes::{ClassHeader, HeaderBuilder};
use crate::variables;

/// Names in an enum's body that the enum machinery takes for itself.
pub(crate) const EXCLUDED: &[&str] = &["_ignore_", "_order_", "__order__"];

/// The header of `X = Enum("X", ...)`.
pub(crate) fn header_of_call(mut builder: HeaderBuilder<'_>, call: &ast::ExprCall) -> ClassHeader {
    let members = members_of_call(&mut builder, call).unwrap_or_default();
    let base = match builder.lookup_expr(&call.func).map(|binding| binding.node) {
        Some(crate::Node::Class(base)) => Ty::plain_instance(base),
        _ => builder.known(pytype_types::KnownClass::Enum),
    };
    let mut header = builder.plain_header(base, call.range());
    header.info.flags |= ClassFlags::ENUM;
    header.enum_call = Some(members);
    builder.hand_over(&mut header);
    header
}

fn members_of_call(builder: &mut HeaderBuilder<'_>, call: &ast::ExprCall) -> Option<Vec<Name>> {
    let maker = match call.func.as_ref() {
        Expr::Attribute(attribute) => attribute.attr.to_string(),
        Expr::Name(name) => name.id.to_string(),
        _ => "Enum".to_owned(),
    };
    let arguments = &call.arguments;
    let unpacked = arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
    if unpacked {
        builder.misc(call.range(), format!("\"{maker}()\" cannot be called with unpacked arguments here"));
        return None;
    }
    let count = arguments.args.len() + arguments.keywords.len();
    if count < 2 {
        builder.misc(call.range(), format!("\"{maker}()\" needs a name and members"));
        return None;
    }
    if count > 6 {
        builder.misc(call.range(), format!("\"{maker}()\" has too many arguments"));
        return None;
    }
    const KNOWN: &[&str] = &["value", "names", "module", "qualname", "type", "start"];
    for keyword in &arguments.keywords {
        if let Some(name) = &keyword.arg
            && !KNOWN.contains(&name.as_str())
        {
            builder.misc(call.range(), format!("\"{maker}()\" takes no argument \"{name}\""));
        }
    }
    let by_keyword = |name: &str| arguments.find_keyword(name).map(|keyword| &keyword.value);
    let all: Vec<&Expr> =
        arguments.args.iter().chain(arguments.keywords.iter().map(|keyword| &keyword.value)).collect();
    let value = by_keyword("value").or_else(|| all.first().copied());
    let names = by_keyword("names").or_else(|| all.get(1).copied());
    let Some(Expr::StringLiteral(value)) = value else {
        builder.misc(call.range(), format!("The first argument of \"{maker}()\" must be a string"));
        return None;
    };
    if !value_is_name(builder, value.value.to_str()) {
        let message = format!(
            "The name \"{}\" given to \"{maker}()\" is not the name it is assigned to",
            value.value.to_str()
        );
        builder.misc(call.range(), message);
    }
    let members = listed_members(builder, call, names?, &maker)?;
    if members.is_empty() {
        builder.misc(call.range(), format!("\"{maker}()\" needs at least one member"));
        return None;
    }
    Some(members)
}

/// The text of a variable that is declared as a literal string, or final with one.
fn literal_text(builder: &HeaderBuilder<'_>, expr: &Expr) -> Option<Name> {
    let binding = builder.lookup_expr(expr)?;
    variables::literal_text(builder.db, binding).or_else(|| {
        let crate::Node::Variable(at) = binding.node else { return None };
        let value = variables::final_value(builder.db, at)?;
        if let LiteralValue::Str(text) = value { Some(text) } else { None }
    })
}

fn value_is_name(builder: &HeaderBuilder<'_>, text: &str) -> bool {
    builder.class.name() == text
}

fn listed_members(
    builder: &mut HeaderBuilder<'_>,
    call: &ast::ExprCall,
    names: &Expr,
    maker: &str,
) -> Option<Vec<Name>> {
    let text_of = |expr: &Expr| match expr {
        Expr::StringLiteral(text) => Some(Name::new(text.value.to_str())),
        _ => None,
    };
    let items = match names {
        Expr::StringLiteral(text) => {
            let text = text.value.to_str().replace(',', " ");
            return Some(text.split_whitespace().map(Name::new).collect());
        }
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::Dict(dict) => {
            let keys: Option<Vec<Name>> =
                dict.items.iter().map(|item| item.key.as_ref().and_then(&text_of)).collect();
            if keys.is_none() {
                builder
                    .misc(call.range(), format!("The keys of the members of \"{maker}()\" must be strings"));
            }
            return keys;
        }
        Expr::Name(_) | Expr::Attribute(_) if let Some(text) = literal_text(builder, names) => {
            return Some(text.replace(',', " ").split_whitespace().map(Name::new).collect());
        }
        _ => {
            let message = format!(
                "The members of \"{maker}()\" must be written as a string, tuple, list or dict to be known"
            );
            builder.misc(call.range(), message);
            return None;
        }
    };
    let plain: Option<Vec<Name>> = items.iter().map(text_of).collect();
    let found = plain.or_else(|| {
        items
            .iter()
            .map(|item| {
                let pair = match item {
                    Expr::Tuple(pair) => &pair.elts,
                    Expr::List(pair) => &pair.elts,
                    _ => return None,
                };
                match pair.as_slice() {
                    [name, _] => text_of(name),
                    _ => None,
                }
            })
            .collect()
    });
    if found.is_none() {
        let message = format!("The members of \"{maker}()\" must be strings or pairs of name and value");
        builder.misc(call.range(), message);
    }
    found
}
