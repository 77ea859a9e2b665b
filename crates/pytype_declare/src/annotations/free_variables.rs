//! The type variables that type expressions mention, in order of first appearance.
//!
//! Only names are looked at, so that who binds a variable can be known before any type is.

use pytype_types::TypeVarDecl;
use ruff_python_ast::{Expr, Operator};

use super::AnnotationScope;
use super::analyze::{args_of, flatten_bit_or, is_dotted};
use super::special_forms::{SpecialForm, special_form};
use super::strings::parse_annotation;
use crate::{DeclareDb, Node, names};

/// Collects the type variables of expressions that stand in one place.
pub(crate) struct FreeVariables<'a> {
    db: &'a dyn DeclareDb,
    place: &'a AnnotationScope,
    /// Those that the place does not bind already.
    pub found: Vec<TypeVarDecl>,
    /// `Self` is mentioned.
    pub has_self: bool,
    /// Whether what only callables mention counts.
    include_callables: bool,
}

impl<'a> FreeVariables<'a> {
    pub fn new(db: &'a dyn DeclareDb, place: &'a AnnotationScope) -> FreeVariables<'a> {
        FreeVariables { db, place, found: Vec::new(), has_self: false, include_callables: true }
    }

    /// Visits the result of a function: variables that only a callable in it mentions are the
    /// callable's own.
    pub fn without_callables(&mut self, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.include_callables, false);
        visit(self);
        self.include_callables = before;
    }

    pub fn visit(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => self.reference(expr, &[]),
            Expr::Subscript(subscript) => self.reference(&subscript.value, args_of(&subscript.slice).items),
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                let mut operands = Vec::new();
                flatten_bit_or(operation, &mut operands);
                self.all(operands);
            }
            Expr::StringLiteral(text) => {
                if let Some(inner) = parse_annotation(text.value.to_str())
                    && !matches!(inner, Expr::StringLiteral(_))
                {
                    self.visit(&inner);
                }
            }
            Expr::List(list) => self.all(&list.elts),
            Expr::Tuple(tuple) => self.all(&tuple.elts),
            Expr::Starred(starred) => self.visit(&starred.value),
            Expr::Call(call) => {
                if let Some(first) = call.arguments.args.first() {
                    self.visit(first);
                }
            }
            Expr::Dict(dict) => self.all(dict.items.iter().map(|item| &item.value)),
            _ => {}
        }
    }

    fn all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            self.visit(expr);
        }
    }

    fn reference(&mut self, head: &Expr, args: &[Expr]) {
        if !is_dotted(head) {
            return;
        }
        let place = self.place;
        let binding = names::lookup_expr_before(self.db, place.file, place.scope, head, place.before);
        if let Some(Node::TypeVariable(decl)) = binding.map(|binding| binding.node)
            && place.variables.get(decl).is_none()
        {
            if !self.found.contains(&decl) {
                self.found.push(decl);
            }
            return;
        }
        let form = binding.and_then(|binding| special_form(binding.fullname));
        if form == Some(SpecialForm::SelfType) {
            self.has_self = true;
        }
        if !self.include_callables && seems_like_callable(args) {
            let mut inner = FreeVariables::new(self.db, place);
            inner.all(args);
            self.has_self |= inner.has_self;
            return;
        }
        match form {
            Some(SpecialForm::Literal) => {}
            Some(SpecialForm::Annotated) => self.all(args.first()),
            _ => self.all(args),
        }
    }
}

fn seems_like_callable(args: &[Expr]) -> bool {
    matches!(args.first(), Some(Expr::EllipsisLiteral(_) | Expr::List(_)))
}
