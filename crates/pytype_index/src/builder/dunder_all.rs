//! `__all__`: the ways of filling it that can be read off the syntax.

use pytype_source::Name;
use ruff_python_ast::{self as ast, Expr};

use super::Builder;
use crate::DefinitionKind;

/// What an expression adds to `__all__`.
#[derive(Default)]
struct Listed {
    names: Vec<Name>,
    /// Expressions `m.__all__`, as the dotted name of `m`.
    modules: Vec<String>,
}

impl Builder<'_> {
    /// `name = value` at module level.
    pub(super) fn dunder_all_assigned(&mut self, name: &ast::ExprName, value: &Expr) {
        if name.id == "__all__" && self.at_module_level() {
            self.dunder_all_extended(value);
        }
    }

    pub(super) fn dunder_all_augmented(&mut self, assign: &ast::StmtAugAssign) {
        if is_dunder_all(&assign.target) && self.at_module_level() && assign.op == ast::Operator::Add {
            self.dunder_all_extended(&assign.value);
        }
    }

    /// `__all__.append(...)` and its like.
    pub(super) fn dunder_all_call(&mut self, expr: &Expr) {
        let Expr::Call(call) = expr else { return };
        let Expr::Attribute(method) = &*call.func else { return };
        if !is_dunder_all(&method.value) || !self.at_module_level() {
            return;
        }
        let Some(argument) = call.arguments.args.first() else { return };
        match method.attr.as_str() {
            "append" => {
                let name = text_of(argument);
                self.built.index.dunder_all.get_or_insert_default().extend(name);
            }
            "extend" => self.dunder_all_extended(argument),
            "remove" => {
                if let (Some(name), Some(listed)) = (text_of(argument), &mut self.built.index.dunder_all) {
                    listed.retain(|n| *n != name);
                }
            }
            _ => {}
        }
    }

    fn dunder_all_extended(&mut self, value: &Expr) {
        let mut listed = Listed::default();
        listed.read(value);
        let modules: Vec<Name> = listed.modules.iter().filter_map(|m| self.module_called(m)).collect();
        let index = &mut self.built.index;
        index.dunder_all.get_or_insert_default().extend(listed.names);
        index.dunder_all_modules.extend(modules);
    }

    /// The module that the dotted name `path` means at this point of the module's top level.
    fn module_called(&self, path: &str) -> Option<Name> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let symbol = self.scope(crate::ScopeId::MODULE).symbols.get(Name::new(first))?;
        let base =
            symbol.definitions.iter().rev().find_map(|id| match &self.built.index.definition(*id)?.kind {
                DefinitionKind::Import { module, alias: true } => Some(*module),
                DefinitionKind::Import { alias: false, .. } => Some(Name::new(first)),
                DefinitionKind::ImportFrom { module, name, .. } => Some(module.dot(name)),
                DefinitionKind::Class { .. }
                | DefinitionKind::Function { .. }
                | DefinitionKind::Variable
                | DefinitionKind::Parameter
                | DefinitionKind::TypeParameter
                | DefinitionKind::TypeAliasStatement => None,
            })?;
        Some(rest.map_or(base, |rest| base.dot(rest)))
    }
}

impl Listed {
    fn read(&mut self, value: &Expr) {
        match value {
            Expr::List(list) => self.names.extend(list.elts.iter().filter_map(text_of)),
            Expr::Tuple(tuple) => self.names.extend(tuple.elts.iter().filter_map(text_of)),
            Expr::BinOp(operation) if operation.op == ast::Operator::Add => {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.read(&operation.left));
                self.read(&operation.right);
            }
            Expr::Attribute(attribute) if &attribute.attr == "__all__" => {
                self.modules.extend(dotted(&attribute.value));
            }
            _ => {}
        }
    }
}

fn is_dunder_all(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id == "__all__")
}

fn text_of(expr: &Expr) -> Option<Name> {
    match expr {
        Expr::StringLiteral(text) => Some(Name::new(text.value.to_str())),
        _ => None,
    }
}

/// `a.b.c` as text.
fn dotted(expr: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                at = &attribute.value;
            }
            _ => return None,
        }
    }
}
