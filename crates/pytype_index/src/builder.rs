//! One walk over a file's syntax (or a function's body) that makes its index.

use indexmap::IndexMap;
use pytype_config::ModuleOptions;
use pytype_source::Name;
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt, visitor::Visitor};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::syntax::RawNode;
use crate::{
    DefId, Definition, DefinitionFlags, DefinitionKind, FileIndex, ImportEdge, Scope, ScopeId, ScopeKind,
    SelfAttribute, Truth, reachability,
};

/// What the names of a file depend on besides its text.
#[derive(Clone, Copy)]
pub(crate) struct FileFacts<'a> {
    pub options: &'a ModuleOptions,
    pub module: Name,
    pub is_package: bool,
}

/// An index with the ways back to the syntax.
pub(crate) struct Built {
    pub index: FileIndex,
    /// For each definition, its node.
    pub nodes: Vec<RawNode>,
    /// From the range of a node (or of its name) to the definition it makes.
    pub by_range: FxHashMap<TextRange, DefId>,
    /// From the range of a class, function, lambda or comprehension to the scope it opens.
    pub scopes: FxHashMap<TextRange, ScopeId>,
}

pub(crate) struct Builder<'a> {
    facts: FileFacts<'a>,
    unit: u32,
    built: Built,
    stack: Vec<ScopeId>,
    /// Depth of conditional statements in the current scope.
    conditional: u32,
    type_checking: bool,
    /// Functions around the cursor whose bodies belong to this index (0 in an interface).
    in_body: bool,
}

/// Builds the interface index of a module.
pub(crate) fn build_interface(module: &ast::ModModule, facts: FileFacts<'_>) -> Built {
    let mut builder = Builder::new(facts, 0, false);
    let scope = builder.push_scope(ScopeKind::Module, None, None);
    builder.stack.push(scope);
    builder.block(&module.body);
    builder.built
}

/// Builds the index of an outermost function's body. `parent` is the scope the `def` stands in.
pub(crate) fn build_body(
    function: &ast::StmtFunctionDef,
    unit: u32,
    definition: DefId,
    parent: ScopeId,
    facts: FileFacts<'_>,
) -> Built {
    let mut builder = Builder::new(facts, unit, true);
    let mut parent = parent;
    if let Some(params) = &function.type_params {
        parent = builder.type_parameters(params, definition, parent, None);
    }
    let scope = builder.push_scope(ScopeKind::Function(definition), Some(parent), None);
    builder.stack.push(scope);
    builder.parameters(&function.parameters);
    builder.block(&function.body);
    builder.built
}

impl<'a> Builder<'a> {
    fn new(facts: FileFacts<'a>, unit: u32, in_body: bool) -> Builder<'a> {
        let built = Built {
            index: FileIndex::default(),
            nodes: Vec::new(),
            by_range: FxHashMap::default(),
            scopes: FxHashMap::default(),
        };
        Builder { facts, unit, built, stack: Vec::new(), conditional: 0, type_checking: false, in_body }
    }

    fn push_scope(&mut self, kind: ScopeKind, parent: Option<ScopeId>, range: Option<TextRange>) -> ScopeId {
        let id = ScopeId { unit: self.unit, ordinal: self.built.index.scopes.len() as u32 };
        self.built.index.scopes.push(Scope {
            kind,
            parent,
            symbols: IndexMap::default(),
            globals: Default::default(),
            nonlocals: Default::default(),
            star_imports: Default::default(),
        });
        if let Some(range) = range {
            self.built.scopes.insert(range, id);
        }
        id
    }

    fn here(&self) -> ScopeId {
        self.stack.last().copied().unwrap_or(ScopeId { unit: self.unit, ordinal: 0 })
    }

    fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.built.index.scopes[id.ordinal as usize]
    }

    fn define(
        &mut self,
        scope: ScopeId,
        name: Name,
        kind: DefinitionKind,
        flags: DefinitionFlags,
        node: RawNode,
        range: TextRange,
    ) -> DefId {
        let id = DefId { unit: self.unit, ordinal: self.built.index.definitions.len() as u32 };
        let mut flags = flags;
        if self.conditional > 0 {
            flags |= DefinitionFlags::CONDITIONAL;
        }
        if self.type_checking {
            flags |= DefinitionFlags::TYPE_CHECKING_ONLY;
        }
        self.built.index.definitions.push(Definition { name, scope, kind, flags });
        self.built.nodes.push(node);
        self.built.by_range.insert(range, id);
        self.scope_mut(scope).symbols.entry(name).or_default().definitions.push(id);
        id
    }

    /// The scope in which assigning to `name` here binds it, if it belongs to this index.
    fn binding_scope(&self, name: Name) -> Option<ScopeId> {
        let here = self.here();
        let scope = &self.built.index.scopes[here.ordinal as usize];
        if scope.globals.contains(&name) {
            return (self.unit == 0).then_some(ScopeId::MODULE);
        }
        if scope.nonlocals.contains(&name) {
            return self.enclosing_function_with(here, name);
        }
        Some(here)
    }

    fn enclosing_function_with(&self, from: ScopeId, name: Name) -> Option<ScopeId> {
        let mut at = self.built.index.scopes[from.ordinal as usize].parent;
        while let Some(id) = at.filter(|id| id.unit == self.unit) {
            let scope = &self.built.index.scopes[id.ordinal as usize];
            if matches!(scope.kind, ScopeKind::Function(_)) && scope.symbols.contains_key(&name) {
                return Some(id);
            }
            at = scope.parent;
        }
        None
    }

    fn bind(
        &mut self,
        name: &str,
        kind: DefinitionKind,
        flags: DefinitionFlags,
        node: RawNode,
        range: TextRange,
    ) -> Option<DefId> {
        let name = Name::new(name);
        let scope = self.binding_scope(name)?;
        Some(self.define(scope, name, kind, flags, node, range))
    }

    // Statements.

    fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
            if let Stmt::Assert(assert) = statement
                && self.truth(&assert.test).is_false()
            {
                // Nothing behind an assertion on the platform or version belongs to this run.
                return;
            }
        }
    }

    fn truth(&self, test: &Expr) -> Truth {
        reachability::truth_of(test, self.facts.options)
    }

    fn conditional_block(&mut self, body: &[Stmt]) {
        self.conditional += 1;
        self.block(body);
        self.conditional -= 1;
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => {
                self.expression(&assign.value);
                let single = assign.targets.len() == 1;
                let special = if maybe_special(&assign.value) {
                    DefinitionFlags::MAYBE_SPECIAL
                } else {
                    DefinitionFlags::empty()
                };
                for target in &assign.targets {
                    let flags =
                        DefinitionFlags::HAS_VALUE | if single { special } else { DefinitionFlags::empty() };
                    self.target(target, flags, RawNode::Assign(assign));
                }
                self.dunder_all_assignment(assign);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.expression(value);
                }
                self.expression(&assign.annotation);
                let mut flags = DefinitionFlags::ANNOTATED | DefinitionFlags::MAYBE_SPECIAL;
                if assign.value.is_some() {
                    flags |= DefinitionFlags::HAS_VALUE;
                }
                self.target(&assign.target, flags, RawNode::AnnAssign(assign));
            }
            Stmt::AugAssign(assign) => {
                self.expression(&assign.value);
                self.expression(&assign.target);
                self.dunder_all_augmented(assign);
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    let id = self.bind(
                        &name.id,
                        DefinitionKind::TypeAliasStatement,
                        DefinitionFlags::empty(),
                        RawNode::TypeAlias(alias),
                        alias.range,
                    );
                    if let (Some(id), Some(params)) = (id, &alias.type_params) {
                        let here = self.here();
                        self.type_parameters(params, id, here, Some(alias.range));
                    }
                }
            }
            Stmt::For(statement) => {
                self.expression(&statement.iter);
                self.conditional += 1;
                self.target(&statement.target, DefinitionFlags::HAS_VALUE, RawNode::For(statement));
                self.block(&statement.body);
                self.block(&statement.orelse);
                self.conditional -= 1;
            }
            Stmt::While(statement) => {
                self.expression(&statement.test);
                if !self.truth(&statement.test).is_false() {
                    self.conditional_block(&statement.body);
                }
                self.conditional_block(&statement.orelse);
            }
            Stmt::If(statement) => self.if_statement(statement),
            Stmt::With(statement) => {
                for item in &statement.items {
                    self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.target(target, DefinitionFlags::HAS_VALUE, RawNode::With(statement));
                    }
                }
                self.conditional_block(&statement.body);
            }
            Stmt::Try(statement) => {
                self.conditional += 1;
                self.block(&statement.body);
                for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
                    if let Some(test) = &handler.type_ {
                        self.expression(test);
                    }
                    if let Some(name) = &handler.name {
                        self.bind(
                            name,
                            DefinitionKind::Variable,
                            DefinitionFlags::HAS_VALUE,
                            RawNode::Handler(handler),
                            name.range,
                        );
                    }
                    self.block(&handler.body);
                }
                self.block(&statement.orelse);
                self.block(&statement.finalbody);
                self.conditional -= 1;
            }
            Stmt::Match(statement) => {
                self.expression(&statement.subject);
                self.conditional += 1;
                for case in &statement.cases {
                    self.pattern(&case.pattern);
                    if let Some(guard) = &case.guard {
                        self.expression(guard);
                    }
                    self.block(&case.body);
                }
                self.conditional -= 1;
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(global) => {
                let here = self.here();
                for name in &global.names {
                    let name = Name::new(name);
                    self.scope_mut(here).globals.push(name);
                }
            }
            Stmt::Nonlocal(nonlocal) => {
                let here = self.here();
                for name in &nonlocal.names {
                    let name = Name::new(name);
                    self.scope_mut(here).nonlocals.push(name);
                }
            }
            Stmt::Expr(statement) => {
                self.expression(&statement.value);
                self.dunder_all_call(&statement.value);
            }
            Stmt::Return(statement) => statement.value.iter().for_each(|e| self.expression(e)),
            Stmt::Delete(statement) => statement.targets.iter().for_each(|e| self.expression(e)),
            Stmt::Raise(statement) => {
                statement.exc.iter().chain(&statement.cause).for_each(|e| self.expression(e));
            }
            Stmt::Assert(statement) => {
                self.expression(&statement.test);
                statement.msg.iter().for_each(|e| self.expression(e));
            }
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn if_statement(&mut self, statement: &ast::StmtIf) {
        self.expression(&statement.test);
        let first = std::iter::once((Some(&*statement.test), &statement.body));
        let rest = statement.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body));
        for (test, body) in first.chain(rest) {
            let truth = test.map_or(Truth::Unknown, |test| self.truth(test));
            if test.is_some() && truth.is_false() {
                continue;
            }
            let known = truth.is_true();
            let was = self.type_checking;
            self.type_checking |= truth == Truth::MypyTrue;
            if known {
                self.block(body)
            } else {
                self.conditional_block(body)
            }
            self.type_checking = was;
            if known {
                return;
            }
        }
    }

    // Targets and patterns.

    fn target(&mut self, target: &Expr, flags: DefinitionFlags, node: RawNode) {
        match target {
            Expr::Name(name) => {
                self.bind(&name.id, DefinitionKind::Variable, flags, node, name.range);
            }
            Expr::Tuple(tuple) => self.unpacked_targets(&tuple.elts, flags, node),
            Expr::List(list) => self.unpacked_targets(&list.elts, flags, node),
            Expr::Starred(starred) => self.target(&starred.value, flags | DefinitionFlags::UNPACKED, node),
            _ => self.expression(target),
        }
    }

    fn unpacked_targets(&mut self, targets: &[Expr], flags: DefinitionFlags, node: RawNode) {
        for target in targets {
            self.target(target, (flags | DefinitionFlags::UNPACKED) - DefinitionFlags::MAYBE_SPECIAL, node);
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let capture = |builder: &mut Self, name: &ast::Identifier| {
            builder.bind(
                name,
                DefinitionKind::Variable,
                DefinitionFlags::HAS_VALUE,
                RawNode::Pattern(name),
                name.range,
            );
        };
        match pattern {
            Pattern::MatchAs(pattern) => {
                pattern.pattern.iter().for_each(|p| self.pattern(p));
                pattern.name.iter().for_each(|n| capture(self, n));
            }
            Pattern::MatchStar(pattern) => pattern.name.iter().for_each(|n| capture(self, n)),
            Pattern::MatchMapping(pattern) => {
                pattern.keys.iter().for_each(|k| self.expression(k));
                pattern.patterns.iter().for_each(|p| self.pattern(p));
                pattern.rest.iter().for_each(|n| capture(self, n));
            }
            Pattern::MatchSequence(pattern) => pattern.patterns.iter().for_each(|p| self.pattern(p)),
            Pattern::MatchOr(pattern) => pattern.patterns.iter().for_each(|p| self.pattern(p)),
            Pattern::MatchClass(pattern) => {
                self.expression(&pattern.cls);
                pattern.arguments.patterns.iter().for_each(|p| self.pattern(p));
                pattern.arguments.keywords.iter().for_each(|k| self.pattern(&k.pattern));
            }
            Pattern::MatchValue(pattern) => self.expression(&pattern.value),
            Pattern::MatchSingleton(_) => {}
        }
    }

    // Definitions.

    fn type_parameters(
        &mut self,
        params: &ast::TypeParams,
        owner: DefId,
        parent: ScopeId,
        range: Option<TextRange>,
    ) -> ScopeId {
        let scope = self.push_scope(ScopeKind::TypeParameters(owner), Some(parent), range);
        for param in &params.type_params {
            let name = match param {
                ast::TypeParam::TypeVar(param) => &param.name,
                ast::TypeParam::ParamSpec(param) => &param.name,
                ast::TypeParam::TypeVarTuple(param) => &param.name,
            };
            self.define(
                scope,
                Name::new(name),
                DefinitionKind::TypeParameter,
                DefinitionFlags::empty(),
                RawNode::TypeParam(param),
                param.range(),
            );
        }
        scope
    }

    fn class(&mut self, class: &ast::StmtClassDef) {
        class.decorator_list.iter().for_each(|d| self.expression(&d.expression));
        // The body's scope is numbered first, so that the definition can name it.
        let body = self.push_scope(
            ScopeKind::Class(DefId { unit: self.unit, ordinal: 0 }),
            Some(self.here()),
            Some(class.range),
        );
        let mut flags = DefinitionFlags::empty();
        if !class.decorator_list.is_empty() {
            flags |= DefinitionFlags::DECORATED;
        }
        let defined =
            self.bind(&class.name, DefinitionKind::Class { body }, flags, RawNode::Class(class), class.range);
        let id = match defined {
            Some(id) => id,
            // `global C` in a body: the class exists, under no name of this index.
            None => self.define_hidden(DefinitionKind::Class { body }, RawNode::Class(class), class.range),
        };
        self.scope_mut(body).kind = ScopeKind::Class(id);
        if let Some(params) = &class.type_params {
            let here = self.here();
            let scope = self.type_parameters(params, id, here, None);
            self.scope_mut(body).parent = Some(scope);
        }
        if let Some(arguments) = &class.arguments {
            arguments.args.iter().for_each(|e| self.expression(e));
            arguments.keywords.iter().for_each(|k| self.expression(&k.value));
        }
        let conditional = std::mem::take(&mut self.conditional);
        self.stack.push(body);
        self.block(&class.body);
        self.stack.pop();
        self.conditional = conditional;
    }

    /// A definition that no name of this index finds.
    fn define_hidden(&mut self, kind: DefinitionKind, node: RawNode, range: TextRange) -> DefId {
        let id = DefId { unit: self.unit, ordinal: self.built.index.definitions.len() as u32 };
        let scope = self.here();
        self.built.index.definitions.push(Definition {
            name: Name::new(""),
            scope,
            kind,
            flags: DefinitionFlags::empty(),
        });
        self.built.nodes.push(node);
        self.built.by_range.insert(range, id);
        id
    }

    fn function(&mut self, function: &ast::StmtFunctionDef) {
        function.decorator_list.iter().for_each(|d| self.expression(&d.expression));
        function.parameters.iter().filter_map(|p| p.default()).for_each(|e| self.expression(e));
        let facts = BodyFacts::of(function, self.is_method(function));
        let mut flags = facts.flags | decorator_flags(function);
        if function.is_async {
            flags |= DefinitionFlags::ASYNC;
        }
        if is_unannotated(function) {
            flags |= DefinitionFlags::UNANNOTATED;
        }
        let here = self.here();
        let outermost = !self.in_body;
        // An outermost function's body has an index of its own, whose first scopes are its type
        // parameters' (if any) and its own.
        let body = if outermost {
            let unit = 1 + self.built.index.definitions.len() as u32;
            ScopeId { unit, ordinal: u32::from(function.type_params.is_some()) }
        } else {
            self.push_scope(
                ScopeKind::Function(DefId { unit: self.unit, ordinal: 0 }),
                Some(here),
                Some(function.range),
            )
        };
        let kind = DefinitionKind::Function { self_attributes: facts.self_attributes, body };
        let defined =
            self.bind(&function.name, kind.clone(), flags, RawNode::Function(function), function.range);
        let id =
            defined.unwrap_or_else(|| self.define_hidden(kind, RawNode::Function(function), function.range));
        if outermost {
            self.built.scopes.insert(function.range, body);
            self.outermost_body(function, &facts.globals);
            return;
        }
        self.scope_mut(body).kind = ScopeKind::Function(id);
        if let Some(params) = &function.type_params {
            let scope = self.type_parameters(params, id, here, None);
            self.scope_mut(body).parent = Some(scope);
        }
        let conditional = std::mem::take(&mut self.conditional);
        self.stack.push(body);
        self.parameters(&function.parameters);
        self.block(&function.body);
        self.stack.pop();
        self.conditional = conditional;
    }

    /// What a body contributes to the interface: imports, and module variables it assigns.
    fn outermost_body(&mut self, function: &ast::StmtFunctionDef, globals: &[(Name, TextRange)]) {
        let mut imports = ImportCollector { found: Vec::new() };
        imports.visit_body(&function.body);
        for import in imports.found {
            match import {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        self.edge(Name::new(&alias.name), false);
                    }
                }
                Stmt::ImportFrom(import) => {
                    if let Some(module) = self.absolute(import) {
                        self.edge(module, false);
                        for alias in &import.names {
                            self.edge(module.dot(&alias.name), false);
                        }
                    }
                }
                _ => {}
            }
        }
        for (name, range) in globals {
            let known = self.built.index.scopes[0].symbols.contains_key(name);
            if !known {
                self.define(
                    ScopeId::MODULE,
                    *name,
                    DefinitionKind::Variable,
                    DefinitionFlags::HAS_VALUE,
                    RawNode::Global(function),
                    *range,
                );
            }
        }
    }

    fn is_method(&self, function: &ast::StmtFunctionDef) -> bool {
        let scope = &self.built.index.scopes[self.here().ordinal as usize];
        let is_static = function
            .decorator_list
            .iter()
            .any(|d| matches!(&d.expression, Expr::Name(n) if n.id == "staticmethod"));
        matches!(scope.kind, ScopeKind::Class(_)) && !is_static
    }

    fn parameters(&mut self, parameters: &ast::Parameters) {
        let here = self.here();
        for parameter in parameters {
            let declared = parameter.as_parameter();
            let mut flags = DefinitionFlags::empty();
            if declared.annotation.is_some() {
                flags |= DefinitionFlags::ANNOTATED;
            }
            self.define(
                here,
                Name::new(&declared.name),
                DefinitionKind::Parameter,
                flags,
                RawNode::Parameter(declared),
                declared.range,
            );
        }
    }

    // Imports.

    fn edge(&mut self, module: Name, top_level: bool) {
        self.built.index.imports.push(ImportEdge { module, top_level });
    }

    fn import(&mut self, import: &ast::StmtImport) {
        for alias in &import.names {
            let module = Name::new(&alias.name);
            self.edge(module, !self.type_checking && !self.in_body);
            let (bound, is_alias) = match &alias.asname {
                Some(name) => (name.as_str(), true),
                None => (alias.name.split('.').next().unwrap_or(&alias.name), false),
            };
            self.bind(
                bound,
                DefinitionKind::Import { module, alias: is_alias },
                DefinitionFlags::empty(),
                RawNode::Alias(alias),
                alias.range,
            );
        }
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) {
        let Some(module) = self.absolute(import) else { return };
        let top_level = !self.type_checking && !self.in_body;
        self.edge(module, top_level);
        for alias in &import.names {
            if &alias.name == "*" {
                let here = self.here();
                self.scope_mut(here).star_imports.push(module);
                continue;
            }
            self.edge(module.dot(&alias.name), top_level);
            let name = Name::new(&alias.name);
            let (bound, explicit) = match &alias.asname {
                Some(asname) => (asname.as_str(), asname.as_str() == alias.name.as_str()),
                None => (alias.name.as_str(), false),
            };
            self.bind(
                bound,
                DefinitionKind::ImportFrom { module, name, explicit },
                DefinitionFlags::empty(),
                RawNode::FromAlias(import, alias),
                alias.range,
            );
        }
    }

    fn absolute(&self, import: &ast::StmtImportFrom) -> Option<Name> {
        crate::imports::absolute_module(
            self.facts.module,
            self.facts.is_package,
            import.level,
            import.module.as_deref(),
        )
    }

    // `__all__`.

    fn at_module_level(&self) -> bool {
        self.stack.len() == 1 && self.unit == 0
    }

    fn dunder_all_assignment(&mut self, assign: &ast::StmtAssign) {
        let names_all = assign.targets.iter().any(|t| matches!(t, Expr::Name(n) if n.id == "__all__"));
        if names_all && self.at_module_level() {
            self.built.index.dunder_all = Some(listed_names(&assign.value));
        }
    }

    fn dunder_all_augmented(&mut self, assign: &ast::StmtAugAssign) {
        let names_all = matches!(&*assign.target, Expr::Name(n) if n.id == "__all__");
        if names_all && self.at_module_level() && assign.op == ast::Operator::Add {
            let more = listed_names(&assign.value);
            self.built.index.dunder_all.get_or_insert_with(Vec::new).extend(more);
        }
    }

    fn dunder_all_call(&mut self, expr: &Expr) {
        let Expr::Call(call) = expr else { return };
        let Expr::Attribute(method) = &*call.func else { return };
        if !matches!(&*method.value, Expr::Name(n) if n.id == "__all__") || !self.at_module_level() {
            return;
        }
        let Some(argument) = call.arguments.args.first() else { return };
        let listed = self.built.index.dunder_all.get_or_insert_with(Vec::new);
        let single = || match argument {
            Expr::StringLiteral(text) => Some(Name::new(text.value.to_str())),
            _ => None,
        };
        match method.attr.as_str() {
            "append" => listed.extend(single()),
            "extend" => listed.extend(listed_names(argument)),
            "remove" => {
                if let Some(name) = single() {
                    listed.retain(|n| *n != name);
                }
            }
            _ => {}
        }
    }

    // Expressions: only what opens scopes or binds names.

    fn expression(&mut self, expr: &Expr) {
        ExpressionWalker { builder: self }.visit_expr(expr);
    }

    fn comprehension(
        &mut self,
        range: TextRange,
        generators: &[ast::Comprehension],
        walk: impl FnOnce(&mut Self),
    ) {
        if let Some(first) = generators.first() {
            self.expression(&first.iter);
        }
        let here = self.here();
        let scope = self.push_scope(ScopeKind::Comprehension, Some(here), Some(range));
        self.stack.push(scope);
        for (index, generator) in generators.iter().enumerate() {
            if index > 0 {
                self.expression(&generator.iter);
            }
            self.target(&generator.target, DefinitionFlags::HAS_VALUE, RawNode::Comprehension(generator));
            generator.ifs.iter().for_each(|e| self.expression(e));
        }
        walk(self);
        self.stack.pop();
    }

    /// `name := value` binds in the innermost scope that is no comprehension.
    fn walrus(&mut self, named: &ast::ExprNamed) {
        let Expr::Name(name) = &*named.target else { return };
        let name_text = Name::new(&name.id);
        let mut at = self.here();
        while self.built.index.scopes[at.ordinal as usize].kind == ScopeKind::Comprehension {
            match self.built.index.scopes[at.ordinal as usize].parent {
                Some(parent) if parent.unit == self.unit => at = parent,
                _ => return,
            }
        }
        let scope = &self.built.index.scopes[at.ordinal as usize];
        let scope = if scope.globals.contains(&name_text) {
            (self.unit == 0).then_some(ScopeId::MODULE)
        } else if scope.nonlocals.contains(&name_text) {
            self.enclosing_function_with(at, name_text)
        } else {
            Some(at)
        };
        if let Some(scope) = scope {
            self.define(
                scope,
                name_text,
                DefinitionKind::Variable,
                DefinitionFlags::HAS_VALUE,
                RawNode::Named(named),
                name.range,
            );
        }
    }
}

struct ExpressionWalker<'b, 'a> {
    builder: &'b mut Builder<'a>,
}

impl<'x> Visitor<'x> for ExpressionWalker<'_, '_> {
    fn visit_expr(&mut self, expr: &'x Expr) {
        match expr {
            Expr::ListComp(comp) => {
                self.builder.comprehension(comp.range, &comp.generators, |b| b.expression(&comp.elt))
            }
            Expr::SetComp(comp) => {
                self.builder.comprehension(comp.range, &comp.generators, |b| b.expression(&comp.elt))
            }
            Expr::Generator(comp) => {
                self.builder.comprehension(comp.range, &comp.generators, |b| b.expression(&comp.elt))
            }
            Expr::DictComp(comp) => self.builder.comprehension(comp.range, &comp.generators, |b| {
                comp.key.iter().for_each(|key| b.expression(key));
                b.expression(&comp.value);
            }),
            Expr::Lambda(lambda) => {
                let here = self.builder.here();
                if let Some(parameters) = &lambda.parameters {
                    parameters.iter().filter_map(|p| p.default()).for_each(|e| self.builder.expression(e));
                }
                let scope = self.builder.push_scope(ScopeKind::Lambda, Some(here), Some(lambda.range));
                self.builder.stack.push(scope);
                if let Some(parameters) = &lambda.parameters {
                    self.builder.parameters(parameters);
                }
                self.builder.expression(&lambda.body);
                self.builder.stack.pop();
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                self.builder.walrus(named);
            }
            Expr::Name(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => {}
            _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || ast::visitor::walk_expr(self, expr)),
        }
    }
}

/// Right-hand sides that could define something other than a variable.
fn maybe_special(value: &Expr) -> bool {
    match value {
        Expr::Call(_) | Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::NoneLiteral(_) => {
            true
        }
        Expr::BinOp(operation) => operation.op == ast::Operator::BitOr,
        _ => false,
    }
}

fn listed_names(value: &Expr) -> Vec<Name> {
    let items = |elts: &[Expr]| {
        elts.iter()
            .filter_map(|e| match e {
                Expr::StringLiteral(text) => Some(Name::new(text.value.to_str())),
                _ => None,
            })
            .collect()
    };
    match value {
        Expr::List(list) => items(&list.elts),
        Expr::Tuple(tuple) => items(&tuple.elts),
        Expr::BinOp(operation) if operation.op == ast::Operator::Add => {
            let mut all = listed_names(&operation.left);
            all.extend(listed_names(&operation.right));
            all
        }
        _ => Vec::new(),
    }
}

fn is_unannotated(function: &ast::StmtFunctionDef) -> bool {
    function.returns.is_none() && function.parameters.iter().all(|p| p.annotation().is_none())
}

fn decorator_flags(function: &ast::StmtFunctionDef) -> DefinitionFlags {
    let mut flags = DefinitionFlags::empty();
    if !function.decorator_list.is_empty() {
        flags |= DefinitionFlags::DECORATED;
    }
    for decorator in &function.decorator_list {
        match &decorator.expression {
            Expr::Name(name) if name.id == "overload" => flags |= DefinitionFlags::OVERLOAD,
            Expr::Attribute(attribute) => match attribute.attr.as_str() {
                "overload" => flags |= DefinitionFlags::OVERLOAD,
                "setter" | "deleter" | "getter" => {
                    if matches!(&*attribute.value, Expr::Name(n) if n.id == function.name.id) {
                        flags |= DefinitionFlags::PROPERTY_PART;
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    flags
}

/// What a function's body says of the world outside of it.
#[derive(Default)]
struct BodyFacts {
    flags: DefinitionFlags,
    self_attributes: Vec<SelfAttribute>,
    /// Names declared `global` and assigned, with the first place.
    globals: Vec<(Name, TextRange)>,
}

impl BodyFacts {
    fn of(function: &ast::StmtFunctionDef, is_method: bool) -> BodyFacts {
        let first = function.parameters.posonlyargs.iter().chain(&function.parameters.args).next();
        let this = first.filter(|_| is_method).map(|p| p.parameter.name.as_str());
        let mut walker = BodyWalker {
            this,
            declared: FxHashSet::default(),
            seen: FxHashSet::default(),
            facts: BodyFacts::default(),
        };
        walker.visit_body(&function.body);
        walker.facts
    }
}

struct BodyWalker<'f> {
    this: Option<&'f str>,
    declared: FxHashSet<String>,
    seen: FxHashSet<Name>,
    facts: BodyFacts,
}

impl BodyWalker<'_> {
    fn target(&mut self, target: &Expr, annotated: bool) {
        match target {
            Expr::Attribute(attribute) => {
                let on_self = matches!(&*attribute.value, Expr::Name(n) if Some(n.id.as_str()) == self.this);
                if on_self {
                    let name = Name::new(&attribute.attr);
                    if self.seen.insert(name) {
                        self.facts.self_attributes.push(SelfAttribute { name, annotated });
                    } else if annotated
                        && let Some(known) = self.facts.self_attributes.iter_mut().find(|a| a.name == name)
                    {
                        known.annotated = true;
                    }
                }
            }
            Expr::Name(name) if self.declared.contains(name.id.as_str()) => {
                self.facts.flags |= DefinitionFlags::ASSIGNS_GLOBALS;
                let found = Name::new(&name.id);
                if !self.facts.globals.iter().any(|(n, _)| *n == found) {
                    self.facts.globals.push((found, name.range));
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|t| self.target(t, false)),
            Expr::List(list) => list.elts.iter().for_each(|t| self.target(t, false)),
            Expr::Starred(starred) => self.target(&starred.value, false),
            _ => {}
        }
    }
}

impl<'x> Visitor<'x> for BodyWalker<'_> {
    fn visit_stmt(&mut self, statement: &'x Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Global(global) => self.declared.extend(global.names.iter().map(|n| n.to_string())),
            Stmt::Assign(assign) => assign.targets.iter().for_each(|t| self.target(t, false)),
            Stmt::AnnAssign(assign) => self.target(&assign.target, true),
            Stmt::AugAssign(assign) => {
                if assign.target.is_name_expr() {
                    self.target(&assign.target, false);
                }
            }
            Stmt::For(statement) => self.target(&statement.target, false),
            Stmt::With(statement) => {
                statement
                    .items
                    .iter()
                    .filter_map(|i| i.optional_vars.as_deref())
                    .for_each(|t| self.target(t, false));
            }
            _ => {}
        }
        ast::visitor::walk_stmt(self, statement);
    }
    fn visit_expr(&mut self, expr: &'x Expr) {
        match expr {
            Expr::Lambda(_) => return,
            Expr::Yield(_) | Expr::YieldFrom(_) => self.facts.flags |= DefinitionFlags::GENERATOR,
            // Where the target is all that could matter, nothing below needs a look.
            Expr::Name(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => return,
            _ => {}
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || ast::visitor::walk_expr(self, expr));
    }
}

struct ImportCollector<'x> {
    found: Vec<&'x Stmt>,
}

impl<'x> Visitor<'x> for ImportCollector<'x> {
    fn visit_stmt(&mut self, statement: &'x Stmt) {
        match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.found.push(statement),
            _ => ast::visitor::walk_stmt(self, statement),
        }
    }
    fn visit_expr(&mut self, _expr: &'x Expr) {}
}
