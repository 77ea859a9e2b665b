//! Expressions that spell a type where an object that stands for a type is wanted.

use pytype_source::ErrorCode;
use pytype_types::{Ty, TyKind};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use crate::Checker;

/// Whether an expression that spells a type stands for that type where this is expected.
pub(crate) fn expects_type_form(expected: Ty) -> bool {
    let is_form = |ty: Ty| matches!(ty.kind(), TyKind::TypeForm(_));
    if let TyKind::Union(items) = expected.kind() { items.iter().any(is_form) } else { is_form(expected) }
}

impl Checker<'_> {
    /// `A | B` and `list[A]` where the objects that they are at run time are wanted
    /// (`types.UnionType`, `types.GenericAlias`).
    fn infer_runtime_form(&mut self, expr: &Expr, expected: Ty) -> Option<Ty> {
        let wanted = expected.as_instance()?.class;
        let fits = match expr {
            Expr::BinOp(operation) if operation.op == ast::Operator::BitOr => {
                wanted.is("types.UnionType")
                    && matches!(self.expression_as_type(expr)?.kind(), TyKind::Union(_))
            }
            Expr::Subscript(_) => {
                wanted.is("types.GenericAlias")
                    && matches!(
                        self.expression_as_type(expr)?.kind(),
                        TyKind::Instance(_) | TyKind::Tuple { .. }
                    )
            }
            _ => false,
        };
        fits.then_some(expected)
    }

    /// What `expected` makes of an expression that spells a type where a `TypeForm` is wanted.
    pub(super) fn infer_type_form(&mut self, expr: &Expr, expected: Ty) -> Option<Ty> {
        if !expects_type_form(expected) {
            return self.infer_runtime_form(expr, expected);
        }
        let head = match expr {
            Expr::Subscript(subscript) => &*subscript.value,
            other => other,
        };
        if self.hides_annotation(expr) {
            return None;
        }
        // A qualifier is no type.
        let is_qualifier = self
            .reference_name(head)
            .is_some_and(|name| matches!(name.as_str(), "typing.ClassVar" | "typing_extensions.ClassVar"));
        if is_qualifier {
            return None;
        }
        let spelled = self.expression_as_type(expr)?;
        let form = Ty::new(TyKind::TypeForm(spelled));
        (matches!(expected.kind(), TyKind::TypeForm(_)) || self.is_subtype(form, expected)).then_some(form)
    }
    /// Whether a string in `expr` may be an annotation that is not seen as one; reported. Only
    /// what is assigned, returned or passed is looked at as a type before types are known.
    fn hides_annotation(&mut self, expr: &Expr) -> bool {
        let is_looked_at = match expr {
            Expr::StringLiteral(_) | Expr::Subscript(_) => !self.expressions.is_part,
            Expr::BinOp(operation) if operation.op == ast::Operator::BitOr => false,
            _ => return false,
        };
        if is_looked_at || !has_string(expr) {
            return false;
        }
        self.fail(ErrorCode::MaybeUnrecognizedStrTypeform, expr.range(), |_| {
            "A type written as a string is not recognised here; wrap it in TypeForm(...)".to_owned()
        });
        true
    }
}

/// Whether the expressions inside are parts of a value rather than values of their own.
pub(super) fn is_made_of_parts(expr: &Expr) -> bool {
    !matches!(expr, Expr::Call(_) | Expr::Lambda(_))
}

/// Whether a string literal stands anywhere in the expression.
fn has_string(expr: &Expr) -> bool {
    struct Search(bool);
    impl<'a> Visitor<'a> for Search {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::StringLiteral(_) => self.0 = true,
                _ if self.0 => {}
                _ => visitor::walk_expr(self, expr),
            }
        }
    }
    let mut search = Search(false);
    search.visit_expr(expr);
    search.0
}
