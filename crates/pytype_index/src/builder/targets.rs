//! What assignment targets and patterns bind.

use pytype_source::Name;
use ruff_python_ast::{self as ast, Expr, Pattern};

use super::{Builder, NewDefinition};
use crate::syntax::RawNode;
use crate::{DefinitionFlags, DefinitionKind};

impl Builder<'_> {
    pub(super) fn target(&mut self, target: &Expr, flags: DefinitionFlags, node: RawNode) {
        match target {
            Expr::Name(name) => {
                self.bind(NewDefinition {
                    name: Name::of(name),
                    kind: DefinitionKind::Variable,
                    flags,
                    node,
                    range: name.range,
                });
            }
            Expr::Tuple(tuple) => self.unpacked_targets(&tuple.elts, flags, node),
            Expr::List(list) => self.unpacked_targets(&list.elts, flags, node),
            Expr::Starred(starred) => self.target(&starred.value, flags | DefinitionFlags::UNPACKED, node),
            _ => self.expression(target),
        }
    }

    fn unpacked_targets(&mut self, targets: &[Expr], flags: DefinitionFlags, node: RawNode) {
        let flags = (flags | DefinitionFlags::UNPACKED) - DefinitionFlags::MAYBE_SPECIAL;
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            targets.iter().for_each(|target| self.target(target, flags, node));
        });
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::MatchAs(pattern) => {
                pattern.pattern.iter().for_each(|p| self.inner_pattern(p));
                pattern.name.iter().for_each(|n| self.capture(n));
            }
            Pattern::MatchStar(pattern) => pattern.name.iter().for_each(|n| self.capture(n)),
            Pattern::MatchMapping(pattern) => {
                pattern.keys.iter().for_each(|k| self.expression(k));
                pattern.patterns.iter().for_each(|p| self.inner_pattern(p));
                pattern.rest.iter().for_each(|n| self.capture(n));
            }
            Pattern::MatchSequence(pattern) => pattern.patterns.iter().for_each(|p| self.inner_pattern(p)),
            Pattern::MatchOr(pattern) => pattern.patterns.iter().for_each(|p| self.inner_pattern(p)),
            Pattern::MatchClass(pattern) => {
                self.expression(&pattern.cls);
                pattern.arguments.patterns.iter().for_each(|p| self.inner_pattern(p));
                pattern.arguments.keywords.iter().for_each(|k| self.inner_pattern(&k.pattern));
            }
            Pattern::MatchValue(pattern) => self.expression(&pattern.value),
            Pattern::MatchSingleton(_) => {}
        }
    }

    fn inner_pattern(&mut self, pattern: &Pattern) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.pattern(pattern));
    }

    fn capture(&mut self, name: &ast::Identifier) {
        self.bind(NewDefinition {
            name: Name::of(name),
            kind: DefinitionKind::Variable,
            flags: DefinitionFlags::HAS_VALUE,
            node: RawNode::Pattern(name),
            range: name.range,
        });
    }
}
