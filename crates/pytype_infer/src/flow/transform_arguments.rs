//! The arguments of `@dataclass_transform(...)` on functions. Those on classes are read with the class.

use pytype_source::ErrorCode;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use crate::Checker;

/// The parameters that say yes or no.
const FLAGS: &[&str] = &["eq_default", "order_default", "kw_only_default", "frozen_default"];

impl Checker<'_> {
    /// Reports what is no literal, and what no such decorator takes.
    pub(super) fn check_transform_arguments(&mut self, decorator: &ast::Decorator) {
        let Expr::Call(call) = &decorator.expression else { return };
        let is_transform = ["typing.dataclass_transform", "typing_extensions.dataclass_transform"]
            .iter()
            .any(|name| self.refers_to(&call.func, name));
        if !is_transform {
            return;
        }
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else { continue };
            if name == "field_specifiers" {
                self.check_field_specifiers(&keyword.value);
            } else if !FLAGS.contains(&name.as_str()) {
                let message = format!("\"dataclass_transform\" takes no argument \"{name}\"");
                self.error(ErrorCode::Misc, call.range(), message);
            } else if !keyword.value.is_boolean_literal_expr() {
                let message = format!("\"{name}\" must be True or False");
                self.error(ErrorCode::LiteralRequired, keyword.value.range(), message);
            }
        }
    }

    fn check_field_specifiers(&mut self, value: &Expr) {
        let Expr::Tuple(tuple) = value else {
            let message = "\"field_specifiers\" must be written as a tuple";
            return self.error(ErrorCode::Misc, value.range(), message);
        };
        let is_name = |item: &Expr| matches!(item, Expr::Name(_) | Expr::Attribute(_));
        if let Some(item) = tuple.elts.iter().find(|item| !is_name(item)) {
            self.error(ErrorCode::Misc, item.range(), "\"field_specifiers\" may only contain names");
        }
    }
}
