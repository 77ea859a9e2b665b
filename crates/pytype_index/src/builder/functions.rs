//! Functions: their headers, parameters and type parameters.

use pytype_source::Name;
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::function_facts::{FunctionFacts, body_range, with_comments};
use super::{Builder, NewDefinition, decorators};
use crate::syntax::RawNode;
use crate::{DefId, DefinitionFlags, DefinitionKind, ScopeId, ScopeKind};

impl Builder<'_> {
    pub(super) fn function(&mut self, function: &ast::StmtFunctionDef) {
        function.decorator_list.iter().for_each(|d| self.expression(&d.expression));
        function.parameters.iter().filter_map(|p| p.default()).for_each(|e| self.expression(e));
        let in_class = matches!(self.scope(self.here()).kind, ScopeKind::Class(_));
        if self.in_body {
            let this = instance_parameter(function, in_class);
            let facts = FunctionFacts::of(function, this, false, self.facts);
            self.nested_function(function, facts);
        } else {
            let facts = self
                .known_functions
                .remove(function.range)
                .unwrap_or_else(|| FunctionFacts::of_outermost(function, in_class, self.facts));
            self.outermost_function(function, facts);
        }
    }

    /// Adds the definition of a function whose body has the scope `body`.
    fn function_definition(
        &mut self,
        function: &ast::StmtFunctionDef,
        facts: &FunctionFacts,
        body: ScopeId,
    ) -> DefId {
        let mut flags = facts.flags | decorators::header_flags(function, self.facts.comments);
        flags.set(DefinitionFlags::JOINS_PREVIOUS, std::mem::take(&mut self.joins_previous));
        let self_attributes = facts.attributes.values().map(|(attribute, _)| *attribute).collect();
        let id = self.bind_or_hide(NewDefinition {
            name: Name::of(&function.name),
            kind: DefinitionKind::Function { self_attributes, body },
            flags,
            node: RawNode::Function(function),
            range: function.range,
        });
        if !facts.attributes.is_empty() {
            let nodes = facts.attributes.iter().map(|(name, (_, node))| (*name, *node)).collect();
            self.built.self_attributes.insert(id, nodes);
        }
        id
    }

    /// A function of the interface: its body has an index of its own.
    fn outermost_function(&mut self, function: &ast::StmtFunctionDef, facts: FunctionFacts) {
        let next = DefId { unit: 0, ordinal: self.built.index.definitions.len() as u32 };
        let body = ScopeId { unit: next.body_unit(), ordinal: 0 };
        let id = self.function_definition(function, &facts, body);
        self.scope_ranges.push((function.range, body));
        if let Some(params) = &function.type_params {
            let here = self.here();
            self.type_parameters(params, id, here, None);
        }
        let is_open = facts.is_open();
        self.built.imports.extend(facts.imports);
        if is_open {
            self.built.open_functions.push(id.ordinal);
        } else {
            self.built.closed_bodies.push(with_comments(body_range(&function.body), self.facts.text));
        }
        if !facts.globals.is_empty() {
            self.global_assignments.push((id, facts.globals));
        }
    }

    /// A function in another one's body.
    fn nested_function(&mut self, function: &ast::StmtFunctionDef, facts: FunctionFacts) {
        let here = self.here();
        let unknown = DefId { unit: self.unit, ordinal: u32::MAX };
        let body = self.push_scope(ScopeKind::Function(unknown), Some(here), Some(function.range));
        let id = self.function_definition(function, &facts, body);
        self.scope_mut(body).kind = ScopeKind::Function(id);
        if let Some(params) = &function.type_params {
            let scope = self.type_parameters(params, id, here, None);
            self.scope_mut(body).parent = Some(scope);
        }
        self.inside(body, |b| {
            b.parameters(&function.parameters);
            b.block(&function.body);
        });
    }

    pub(super) fn parameters(&mut self, parameters: &ast::Parameters) {
        let here = self.here();
        for parameter in parameters {
            let declared = parameter.as_parameter();
            let mut flags = DefinitionFlags::empty();
            let comments = self.facts.comments;
            if declared.annotation.is_some() || comments.of_parameter(parameter.end()).is_some() {
                flags |= DefinitionFlags::ANNOTATED;
            }
            if parameter.default().is_some() {
                flags |= DefinitionFlags::HAS_VALUE;
            }
            self.define(
                here,
                NewDefinition {
                    name: Name::of(&declared.name),
                    kind: DefinitionKind::Parameter,
                    flags,
                    node: RawNode::Parameter(declared),
                    range: declared.range,
                },
            );
        }
    }

    /// Opens the scope of the type parameters of `owner`.
    pub(super) fn type_parameters(
        &mut self,
        params: &ast::TypeParams,
        owner: DefId,
        parent: ScopeId,
        range: Option<TextRange>,
    ) -> ScopeId {
        let scope = self.push_scope(ScopeKind::TypeParameters(owner), Some(parent), range);
        self.built.index.type_parameter_scopes.push((owner.ordinal, scope));
        for param in &params.type_params {
            let name = match param {
                ast::TypeParam::TypeVar(param) => &param.name,
                ast::TypeParam::ParamSpec(param) => &param.name,
                ast::TypeParam::TypeVarTuple(param) => &param.name,
            };
            self.define(
                scope,
                NewDefinition {
                    name: Name::of(name),
                    kind: DefinitionKind::TypeParameter,
                    flags: DefinitionFlags::empty(),
                    node: RawNode::TypeParam(param),
                    range: param.range(),
                },
            );
        }
        scope
    }

    /// Marks the functions that give module variables without a declaration their values. Done
    /// when all of the module is known.
    pub(super) fn mark_global_assignments(&mut self) {
        for (id, names) in std::mem::take(&mut self.global_assignments) {
            if names.iter().any(|name| self.is_undeclared_variable(*name))
                && let Some(function) = self.built.index.definitions.get_mut(id.ordinal as usize)
            {
                function.flags |= DefinitionFlags::ASSIGNS_GLOBALS;
            }
        }
    }

    fn is_undeclared_variable(&self, name: Name) -> bool {
        let module = self.built.index.scopes.first();
        let symbol = module.and_then(|scope| scope.symbols.get(name));
        let first = symbol.and_then(|symbol| symbol.definitions.first());
        first.and_then(|id| self.built.index.definition(*id)).is_some_and(|definition| {
            definition.kind == DefinitionKind::Variable
                && !definition.flags.contains(DefinitionFlags::ANNOTATED)
        })
    }
}

/// The parameter through which a method sees its instance (or class).
pub(super) fn instance_parameter(function: &ast::StmtFunctionDef, in_class: bool) -> Option<&str> {
    // These are class methods without saying so, and what is assigned through a class defines nothing.
    let is_implicit = matches!(function.name.as_str(), "__init_subclass__" | "__class_getitem__");
    if !in_class || is_implicit || decorators::is_static(function) {
        return None;
    }
    let parameters = &function.parameters;
    let first = parameters.posonlyargs.iter().chain(&parameters.args).next()?;
    Some(first.parameter.name.as_str())
}
