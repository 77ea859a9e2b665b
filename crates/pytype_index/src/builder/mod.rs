//! One walk over a file's syntax (or one function's body) that makes its index.

mod decorators;
mod dunder_all;
mod expressions;
pub(crate) mod function_facts;
mod functions;
mod import_statements;
pub(crate) mod outline;
pub(crate) mod statements;
mod targets;

use pytype_config::ModuleOptions;
use pytype_modules::Resolution;
use pytype_source::{Name, NameMap, name};
use ruff_python_ast as ast;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use self::outline::KnownFunctions;
use crate::syntax::RawNode;
use crate::type_comments::TypeComments;
use crate::{
    DefId, Definition, DefinitionFlags, DefinitionKind, FileIndex, ImportEdge, IndexDb, Scope, ScopeId,
    ScopeKind, lookup_in_scope,
};

/// What the names of a file depend on besides its syntax.
#[derive(Clone, Copy)]
pub(crate) struct FileFacts<'a> {
    pub options: &'a ModuleOptions,
    pub module: Name,
    pub is_package: bool,
    pub comments: &'a TypeComments,
    /// The file's text, for questions that a search answers faster than a walk.
    pub text: &'a str,
    /// Where the builtins can be asked for, the only thing outside of the file that its index depends on.
    pub db: Option<&'a dyn IndexDb>,
}

impl FileFacts<'_> {
    /// Whether a name that the module does not bind is one of the builtins.
    fn is_builtin(&self, name: Name) -> bool {
        let module = name!("builtins");
        let is_private = name.starts_with('_') && !name.starts_with("__");
        if self.module == module || is_private {
            return false;
        }
        let Some(db) = self.db else { return false };
        let Resolution::Found(builtins) = pytype_modules::resolve(db, module) else { return false };
        lookup_in_scope(db, builtins, ScopeId::MODULE, name).is_some()
    }
}

/// An index with the ways back to the syntax.
#[derive(Default)]
pub(crate) struct Built {
    pub unit: u32,
    pub index: FileIndex,
    /// Every import of the file (of an interface, those in function bodies too), in source order.
    pub imports: Vec<ImportEdge>,
    /// The function whose body this is, outside of an interface.
    pub body_of: Option<RawNode>,
    /// For each definition, its node.
    pub nodes: Vec<RawNode>,
    /// From the range of a node (or of the name it binds) to the ordinal of the definition it makes.
    pub by_range: ByRange<u32>,
    /// From the range of a class, function, lambda, comprehension or `type` statement to the scope
    /// it opens.
    pub scopes: ByRange<ScopeId>,
    /// For methods, the first assignment to each attribute they define, a declaring one if there is one.
    pub self_attributes: FxHashMap<DefId, Vec<(Name, RawNode)>>,
    /// In an interface: the bodies of outermost functions that define nothing outside of themselves.
    pub closed_bodies: Vec<TextRange>,
    /// In an interface: the ordinals of the other outermost functions, ascending.
    pub open_functions: Vec<u32>,
}

/// Something for each of some ranges: a sorted list takes less room than a table.
pub(crate) struct ByRange<V>(Box<[(TextRange, V)]>);

impl<V> Default for ByRange<V> {
    fn default() -> Self {
        ByRange(Box::default())
    }
}

impl<V: Copy> ByRange<V> {
    /// Of several entries for a range the last one counts.
    fn new(mut entries: Vec<(TextRange, V)>) -> ByRange<V> {
        entries.sort_by_key(|(range, _)| (range.start(), range.end()));
        // The first of a run is the one that stays.
        entries.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = later.1;
            }
            same
        });
        ByRange(entries.into_boxed_slice())
    }

    pub(crate) fn get(&self, range: TextRange) -> Option<V> {
        let key = (range.start(), range.end());
        let at = self.0.binary_search_by_key(&key, |(range, _)| (range.start(), range.end())).ok()?;
        self.0.get(at).map(|(_, value)| *value)
    }
}

pub(crate) struct Builder<'a> {
    facts: FileFacts<'a>,
    unit: u32,
    built: Built,
    /// See [`Built::by_range`].
    ranges: Vec<(TextRange, u32)>,
    /// See [`Built::scopes`].
    scope_ranges: Vec<(TextRange, ScopeId)>,
    /// Enclosing scopes that belong to this index, the innermost last.
    stack: Vec<ScopeId>,
    /// How many blocks of the current scope are around the cursor.
    block_depth: u32,
    /// How many of them are loops.
    loop_depth: u32,
    /// Inside a block that only the type checker sees.
    type_checking: bool,
    /// The function that comes next belongs together with the one before it.
    joins_previous: bool,
    /// Whether this is the index of a function's body.
    in_body: bool,
    /// Definitions by module-level assignments like `x = x`.
    identities: Vec<(Name, DefId)>,
    /// What was found out about outermost functions before their bodies were taken away.
    known_functions: KnownFunctions,
    /// Functions that assign names they declare `global`.
    global_assignments: Vec<(DefId, SmallVec<[Name; 2]>)>,
}

/// Builds the interface index of a module; `known` tells of functions whose bodies were taken away.
pub(crate) fn build_interface(module: &ast::ModModule, facts: FileFacts<'_>, known: KnownFunctions) -> Built {
    let mut builder = Builder::new(facts, 0, false);
    builder.known_functions = known;
    let scope = builder.push_scope(ScopeKind::Module, None, None);
    builder.stack.push(scope);
    if !facts.comments.ignores_module() {
        builder.module_block(&module.body);
    }
    builder.finish()
}

/// Builds the index of an outermost function's body. `definition` is the function in the
/// interface, `parent` the scope its body sees first.
pub(crate) fn build_body(
    function: &ast::StmtFunctionDef,
    definition: DefId,
    parent: ScopeId,
    facts: FileFacts<'_>,
) -> Built {
    let mut builder = Builder::new(facts, definition.body_unit(), true);
    let scope = builder.push_scope(ScopeKind::Function(definition), Some(parent), Some(function.range));
    builder.stack.push(scope);
    builder.parameters(&function.parameters);
    builder.block(&function.body);
    builder.built.body_of = Some(RawNode::Function(function));
    builder.finish()
}

impl<'a> Builder<'a> {
    fn new(facts: FileFacts<'a>, unit: u32, in_body: bool) -> Builder<'a> {
        let mut built = Built { unit, ..Built::default() };
        let usual = if in_body { 12 } else { 48 };
        built.index.definitions.reserve(usual);
        built.nodes.reserve(usual);
        Builder {
            facts,
            unit,
            built,
            ranges: Vec::with_capacity(usual),
            scope_ranges: Vec::new(),
            stack: Vec::new(),
            block_depth: 0,
            loop_depth: 0,
            type_checking: false,
            joins_previous: false,
            in_body,
            identities: Vec::new(),
            known_functions: KnownFunctions::default(),
            global_assignments: Vec::new(),
        }
    }

    fn finish(mut self) -> Built {
        self.mark_global_assignments();
        self.drop_identities();
        self.built.index.type_parameter_scopes.sort_unstable();
        let index = &mut self.built.index;
        let binds_all = index.scopes.first().is_some_and(|s| s.symbols.contains(name!("__all__")));
        if !self.in_body && binds_all {
            index.dunder_all.get_or_insert_default();
        }
        if !self.in_body {
            self.give_room_back();
        }
        self.built.by_range = ByRange::new(self.ranges);
        self.built.scopes = ByRange::new(self.scope_ranges);
        self.built
    }

    /// Interfaces are kept, for all files.
    fn give_room_back(&mut self) {
        let built = &mut self.built;
        built.imports.shrink_to_fit();
        built.nodes.shrink_to_fit();
        built.closed_bodies.shrink_to_fit();
        built.open_functions.shrink_to_fit();
        built.self_attributes.shrink_to_fit();
        built.index.definitions.shrink_to_fit();
        built.index.scopes.shrink_to_fit();
        built.index.scopes.iter_mut().for_each(|scope| scope.symbols.shrink_to_fit());
    }

    /// `x = x` at module level changes nothing where something else defines `x`. Where a builtin has the name and
    /// nothing above binds it, the module's `x` is the builtin, and what comes below defines it once more.
    fn drop_identities(&mut self) {
        let Some(module) = self.built.index.scopes.first_mut() else { return };
        let facts = self.facts;
        for (name, _) in &self.identities {
            let Some(symbol) = module.symbols.get_mut(*name) else { continue };
            let is_identity = |id: &DefId| self.identities.iter().any(|(_, identity)| identity == id);
            if symbol.definitions.iter().all(is_identity) {
                continue;
            }
            let adopted = symbol.definitions.first().copied().filter(is_identity);
            let adopted = adopted.filter(|_| facts.is_builtin(*name));
            symbol.definitions.retain(|id| adopted.as_ref() == Some(id) || !is_identity(id));
        }
    }

    // Scopes.

    fn push_scope(&mut self, kind: ScopeKind, parent: Option<ScopeId>, range: Option<TextRange>) -> ScopeId {
        let id = ScopeId { unit: self.unit, ordinal: self.built.index.scopes.len() as u32 };
        self.built.index.scopes.push(Scope {
            kind,
            parent,
            symbols: NameMap::default(),
            globals: Default::default(),
            nonlocals: Default::default(),
            star_imports: Default::default(),
            star_positions: Default::default(),
        });
        if let Some(range) = range {
            self.scope_ranges.push((range, id));
        }
        id
    }

    fn here(&self) -> ScopeId {
        self.stack.last().copied().unwrap_or(ScopeId { unit: self.unit, ordinal: 0 })
    }

    fn scope(&self, id: ScopeId) -> &Scope {
        &self.built.index.scopes[id.ordinal as usize]
    }

    fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.built.index.scopes[id.ordinal as usize]
    }

    /// Runs `work` with `scope` as the innermost one.
    fn inside(&mut self, scope: ScopeId, work: impl FnOnce(&mut Self)) {
        let depth = std::mem::take(&mut self.block_depth);
        let loops = std::mem::take(&mut self.loop_depth);
        self.stack.push(scope);
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || work(self));
        self.stack.pop();
        self.block_depth = depth;
        self.loop_depth = loops;
    }

    // Definitions.

    /// Adds a definition of `name` to `scope`.
    fn define(&mut self, scope: ScopeId, new: NewDefinition) -> DefId {
        let name = new.name;
        let id = self.push_definition(scope, new);
        self.scope_mut(scope).symbols.get_or_default(name).definitions.push(id);
        id
    }

    /// Adds a definition that no name of this index finds.
    fn push_definition(&mut self, scope: ScopeId, new: NewDefinition) -> DefId {
        let id = DefId { unit: self.unit, ordinal: self.built.index.definitions.len() as u32 };
        let mut flags = new.flags;
        if self.block_depth > 0 {
            flags |= DefinitionFlags::CONDITIONAL;
        }
        if self.loop_depth > 0 {
            flags |= DefinitionFlags::IN_LOOP;
        }
        if self.type_checking {
            flags |= DefinitionFlags::TYPE_CHECKING_ONLY;
        }
        self.built.index.definitions.push(Definition { name: new.name, scope, kind: new.kind, flags });
        self.built.nodes.push(new.node);
        self.ranges.push((new.range, id.ordinal));
        id
    }

    /// Binds a name as the statement or expression under the cursor does, if it makes something of
    /// this index: a name declared `global` in a function's body belongs to the module.
    fn bind(&mut self, mut new: NewDefinition) -> Option<DefId> {
        let here = self.here();
        let scope = self.scope(here);
        if scope.globals.contains(&new.name) {
            return (!self.in_body).then(|| self.define(ScopeId::MODULE, new));
        }
        if scope.nonlocals.contains(&new.name) {
            let owner = self.enclosing_function_with(here, new.name)?;
            new.flags |= DefinitionFlags::THROUGH_NONLOCAL;
            return Some(self.define(owner, new));
        }
        Some(self.define(here, new))
    }

    /// [`Builder::bind`], with a definition in any case: one that has no name of this index where
    /// that is so.
    fn bind_or_hide(&mut self, new: NewDefinition) -> DefId {
        let hidden = new.clone();
        match self.bind(new) {
            Some(id) => id,
            None => self.push_definition(self.here(), hidden),
        }
    }

    /// The innermost function around `from` that has the name `name` by now.
    fn enclosing_function_with(&self, from: ScopeId, name: Name) -> Option<ScopeId> {
        let mut at = self.scope(from).parent;
        while let Some(id) = at.filter(|id| id.unit == self.unit) {
            let scope = self.scope(id);
            if matches!(scope.kind, ScopeKind::Function(_)) && scope.symbols.contains(name) {
                return Some(id);
            }
            at = scope.parent;
        }
        None
    }

    /// Whether the cursor is at the module's own level, blocks included.
    fn at_module_level(&self) -> bool {
        !self.in_body && self.stack.len() == 1
    }
}

/// A definition about to be added.
#[derive(Clone)]
struct NewDefinition {
    name: Name,
    kind: DefinitionKind,
    flags: DefinitionFlags,
    node: RawNode,
    /// Where the definition is found again.
    range: TextRange,
}
