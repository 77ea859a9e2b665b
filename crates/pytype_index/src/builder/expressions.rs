//! Expressions, for what in them opens scopes or binds names.

use pytype_source::Name;
use ruff_python_ast::{self as ast, Expr, visitor::Visitor};
use ruff_text_size::TextRange;

use super::{Builder, NewDefinition};
use crate::syntax::RawNode;
use crate::{DefinitionFlags, DefinitionKind, ScopeId, ScopeKind, reachability};

impl Builder<'_> {
    pub(super) fn expression(&mut self, expr: &Expr) {
        if !is_plain(expr) {
            ExpressionWalker { builder: self }.visit_expr(expr);
        }
    }

    fn comprehension(
        &mut self,
        range: TextRange,
        generators: &[ast::Comprehension],
        element: impl FnOnce(&mut Self),
    ) {
        // The first iterable is evaluated outside.
        if let Some(first) = generators.first() {
            self.expression(&first.iter);
        }
        let here = self.here();
        let scope = self.push_scope(ScopeKind::Comprehension, Some(here), Some(range));
        self.inside(scope, |b| {
            for (index, generator) in generators.iter().enumerate() {
                if index > 0 {
                    b.expression(&generator.iter);
                }
                let flags = DefinitionFlags::HAS_VALUE | DefinitionFlags::LOOP_TARGET;
                b.target(&generator.target, flags, RawNode::Comprehension(generator));
                generator.ifs.iter().for_each(|e| b.expression(e));
            }
            element(b);
        });
    }

    fn lambda(&mut self, lambda: &ast::ExprLambda) {
        if let Some(parameters) = &lambda.parameters {
            parameters.iter().filter_map(|p| p.default()).for_each(|e| self.expression(e));
        }
        let here = self.here();
        let scope = self.push_scope(ScopeKind::Lambda, Some(here), Some(lambda.range));
        self.inside(scope, |b| {
            if let Some(parameters) = &lambda.parameters {
                b.parameters(parameters);
            }
            b.expression(&lambda.body);
        });
    }

    /// `name := value` binds in the innermost scope that is no comprehension.
    fn walrus(&mut self, named: &ast::ExprNamed) {
        let Expr::Name(name) = &*named.target else { return };
        let new = NewDefinition {
            name: Name::of(name),
            kind: DefinitionKind::Variable,
            flags: DefinitionFlags::HAS_VALUE | DefinitionFlags::WALRUS,
            node: RawNode::Named(named),
            range: name.range,
        };
        let outside = self.stack.iter().rposition(|id| self.scope(*id).kind != ScopeKind::Comprehension);
        let depth = outside.map_or(self.stack.len(), |at| at + 1);
        let comprehensions: Vec<ScopeId> = self.stack.drain(depth..).collect();
        self.bind(new);
        self.stack.extend(comprehensions);
    }
}

/// Expressions with nothing in them.
fn is_plain(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Name(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
    )
}

struct ExpressionWalker<'b, 'a> {
    builder: &'b mut Builder<'a>,
}

impl<'x> Visitor<'x> for ExpressionWalker<'_, '_> {
    fn visit_expr(&mut self, expr: &'x Expr) {
        if !is_plain(expr) {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.walk(expr));
        }
    }
}

impl ExpressionWalker<'_, '_> {
    fn walk(&mut self, expr: &Expr) {
        let builder = &mut *self.builder;
        match expr {
            Expr::ListComp(comp) => {
                builder.comprehension(comp.range, &comp.generators, |b| b.expression(&comp.elt));
            }
            Expr::SetComp(comp) => {
                builder.comprehension(comp.range, &comp.generators, |b| b.expression(&comp.elt));
            }
            Expr::Generator(comp) => {
                builder.comprehension(comp.range, &comp.generators, |b| b.expression(&comp.elt));
            }
            Expr::DictComp(comp) => builder.comprehension(comp.range, &comp.generators, |b| {
                comp.key.iter().for_each(|key| b.expression(key));
                b.expression(&comp.value);
            }),
            Expr::Lambda(lambda) => builder.lambda(lambda),
            Expr::Named(named) => {
                builder.expression(&named.value);
                builder.walrus(named);
            }
            Expr::BoolOp(operation) => {
                for value in &operation.values {
                    builder.expression(value);
                    let truth = reachability::truth_of(value, builder.facts.options);
                    if reachability::cuts_short(operation.op, truth) {
                        break;
                    }
                }
            }
            _ => ast::visitor::walk_expr(self, expr),
        }
    }
}
