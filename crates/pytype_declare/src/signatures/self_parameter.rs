//! The implicit type of a method's first parameter.

use pytype_types::{ClassId, Ty};
use ruff_python_ast::Expr;

use super::signature::Method;
use crate::DeclareDb;
use crate::annotations::analyze::{args_of, is_dotted};
use crate::annotations::special_forms::{SpecialForm, special_form};
use crate::annotations::{AnnotationScope, own_instance, self_type, special};
use crate::names;

/// What `self` or `cls` is when it has no annotation.
pub(super) fn implicit_type(db: &dyn DeclareDb, method: &Method, name: &str, has_self: bool) -> Option<Ty> {
    if method.is_static && name != "__new__" {
        return None;
    }
    let instance = if has_self { self_or_instance(db, method.class) } else { own_instance(db, method.class) };
    Some(if method.is_class || name == "__new__" { special::type_of(instance) } else { instance })
}

fn self_or_instance(db: &dyn DeclareDb, class: ClassId) -> Ty {
    if crate::annotations::class_facts::is_closed(db, class) {
        own_instance(db, class)
    } else {
        self_type(class)
    }
}

/// Whether an annotation of the first parameter is what it would be without: `Self` or `type[Self]`.
pub(super) fn is_expected(db: &dyn DeclareDb, place: &AnnotationScope, expr: &Expr, of_class: bool) -> bool {
    let (head, args) = match expr {
        Expr::StringLiteral(text) => {
            return crate::annotations::strings::parse_annotation(text.value.to_str()).is_some_and(|inner| {
                !inner.is_string_literal_expr() && is_expected(db, place, &inner, of_class)
            });
        }
        Expr::Subscript(subscript) => (subscript.value.as_ref(), args_of(&subscript.slice).items),
        other => (other, &[][..]),
    };
    if !is_dotted(head) {
        return false;
    }
    let found = names::lookup_expr_before(db, place.file, place.scope, head, place.before);
    let form = found.and_then(|binding| special_form(binding.fullname));
    match (form, args.first()) {
        (Some(SpecialForm::Annotated), Some(first)) => is_expected(db, place, first, of_class),
        (Some(SpecialForm::TypingType | SpecialForm::BuiltinType), Some(first)) if of_class => {
            is_expected(db, place, first, false)
        }
        (Some(SpecialForm::SelfType), _) => !of_class,
        _ => false,
    }
}
