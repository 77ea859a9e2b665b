//! Following names to what defines them, through scopes and imports.
//!
//! One [`Resolver`] answers one question. It remembers which definitions it is in the middle of,
//! so that names defined in circles end: the inner question then has no answer and the next
//! definition of the name, if any, counts.

use std::cell::{Cell, OnceCell, RefCell};

use pytype_index::{DefId, DefRef, DefinitionFlags, DefinitionKind, Scope, ScopeId, ScopeKind};
use pytype_modules::Resolution;
use pytype_source::{File, Name, name};
use pytype_types::{AliasId, AnySource, TypeVarDecl, TypeVarDeclData, TypeVarKind, TypeVarOrigin};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::meaning::{AssignmentMeaning, has_shape};
use super::qualified::{fullname_by, interface_name, local_name};
use super::scope_access::{self, definition, index_of, module_symbol, scope};
use super::shapes::Shape;
use super::{implicit, special, submodules};
use crate::{Binding, DeclareDb, KeptDeclarations, Node};

/// A step that may not be entered again while it is being answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Definition(DefRef),
    /// A name asked of a module's star imports.
    Star(File, Name),
}

pub(crate) struct Resolver<'db> {
    pub db: &'db dyn DeclareDb,
    /// Classes are identified by their definition alone: while a class's identity is being made.
    provisional: bool,
    active: RefCell<SmallVec<[Step; 8]>>,
    /// The outermost step that was asked for again while the answer under way was looked for, by
    /// its place in `active`: the answer holds only within that step.
    cut: Cell<usize>,
    deep: OnceCell<Box<Deep>>,
}

/// What only questions need that lead far.
#[derive(Default)]
struct Deep {
    /// The places in [`Resolver::active`] from the ninth on: modules in a circle make long chains.
    places: RefCell<FxHashMap<Step, usize>>,
    /// Names that a file's star imports, all together, turned out not to bring.
    barren_stars: RefCell<FxHashSet<(File, Name)>>,
    /// Answers of the question under way, so that chains of names are followed once.
    known: RefCell<FxHashMap<DefRef, Known>>,
    /// Which of them hold only within a step, and that step's place.
    tentative: RefCell<Vec<(usize, DefRef)>>,
}

impl Deep {
    /// Drops the answers that held only within the step that stood at `place`.
    fn forget_within(&self, place: usize) {
        let mut tentative = self.tentative.borrow_mut();
        if tentative.is_empty() {
            return;
        }
        let mut known = self.known.borrow_mut();
        tentative.retain(|(within, at)| {
            let holds = *within < place;
            if !holds {
                known.remove(at);
            }
            holds
        });
    }
}

/// An answer, and the step within which it holds (see [`Resolver`]).
#[derive(Clone, Copy)]
struct Known {
    binding: Option<Binding>,
    cut: usize,
}

/// How many of the active steps are searched through one by one.
const SEARCHED: usize = 8;

/// Steps that are answered without remembering what they lead to: most questions are not deeper.
const SHALLOW: usize = 3;

/// How many definitions are gone through before a name counts as one without a meaning.
const DEEPEST: usize = 100;

impl<'db> Resolver<'db> {
    pub fn new(db: &'db dyn DeclareDb) -> Resolver<'db> {
        Resolver {
            db,
            provisional: false,
            active: RefCell::default(),
            cut: Cell::new(usize::MAX),
            deep: OnceCell::new(),
        }
    }

    /// For finding out what kind of class a class is: the classes it answers with must not leave
    /// the caller.
    pub fn provisional(db: &'db dyn DeclareDb) -> Resolver<'db> {
        Resolver { provisional: true, ..Resolver::new(db) }
    }

    fn class_node(&self, at: DefRef) -> Node {
        Node::Class(if self.provisional {
            crate::classes::provisional_class_id(self.db, at)
        } else {
            crate::classes::class_id(self.db, at)
        })
    }

    fn deep(&self) -> &Deep {
        self.deep.get_or_init(Box::default)
    }

    /// Runs `answer` unless `step` is already being answered.
    fn once<T>(&self, step: Step, answer: impl FnOnce() -> Option<T>) -> Option<T> {
        if let Some(at) = self.place_of(step) {
            self.cut.set(self.cut.get().min(at));
            return None;
        }
        let place = self.active.borrow().len();
        self.active.borrow_mut().push(step);
        if place >= SEARCHED {
            self.deep().places.borrow_mut().insert(step, place);
        }
        let found = answer();
        self.active.borrow_mut().pop();
        if place >= SEARCHED {
            self.deep().places.borrow_mut().remove(&step);
        }
        self.forget_within(self.active.borrow().len());
        found
    }

    /// Where a step stands among those that are being answered.
    #[inline]
    fn place_of(&self, step: Step) -> Option<usize> {
        let active = self.active.borrow();
        let found = active.iter().take(SEARCHED).position(|active| *active == step);
        match found {
            None if active.len() > SEARCHED => self.deep().places.borrow().get(&step).copied(),
            _ => found,
        }
    }

    /// Drops the answers that held only within the step that stood at `place`.
    #[inline]
    fn forget_within(&self, place: usize) {
        if let Some(deep) = self.deep.get() {
            deep.forget_within(place);
        }
    }

    /// What `name` means in `start`; see [`super::lookup_before`].
    pub fn lookup(&self, file: File, start: ScopeId, name: Name, before: Option<DefId>) -> Option<Binding> {
        let index = index_of(self.db, file, start.unit);
        let innermost = index.scope(start)?;
        if innermost.globals.contains(&name) {
            return self.in_module(file, name);
        }
        let outer_only = innermost.nonlocals.contains(&name);
        let mut class_visible = true;
        let mut current = Some(start);
        // A local name that is bound only further down: what is outside comes first.
        let mut later = None;
        while let Some(id) = current {
            if id == ScopeId::MODULE {
                break;
            }
            let here = if id.unit == start.unit { index.scope(id)? } else { scope(self.db, file, id)? };
            current = here.parent;
            match here.kind {
                ScopeKind::Module => break,
                ScopeKind::Class(class) => {
                    if class_visible {
                        class_visible = false;
                        if let Some(found) = self.in_class_body(file, class, here, name, before) {
                            return Some(found);
                        }
                    }
                }
                ScopeKind::TypeParameters(_) => {
                    if let Some(found) = self.in_scope(file, here, name) {
                        return Some(found);
                    }
                }
                ScopeKind::Function(_) | ScopeKind::Lambda | ScopeKind::Comprehension => {
                    class_visible = false;
                    if outer_only && id == start {
                        continue;
                    }
                    if let Some(found) = self.in_scope(file, here, name) {
                        let is_later =
                            matches!(found.node, Node::Variable(_)) && is_bound_after(here, name, before);
                        if !is_later {
                            return Some(found);
                        }
                        later = later.or(Some(found));
                    }
                }
            }
        }
        self.in_module(file, name).or_else(|| self.in_builtins(name)).or(later)
    }

    /// Whether `name`, asked in `start`, is a parameter or variable of a function that is given something else
    /// than what another name means.
    pub fn is_local_value(&self, file: File, start: ScopeId, name: Name, before: DefId) -> bool {
        let mut current = Some(start);
        while let Some(id) = current
            && let Some(here) = scope(self.db, file, id)
        {
            if here.globals.contains(&name) || here.nonlocals.contains(&name) {
                return false;
            }
            current = here.parent;
            match here.kind {
                ScopeKind::Module => return false,
                ScopeKind::Class(_) if id != start => {}
                ScopeKind::Class(_) | ScopeKind::TypeParameters(_) => {
                    if here.symbols.contains(name) {
                        return false;
                    }
                }
                ScopeKind::Function(_) | ScopeKind::Lambda | ScopeKind::Comprehension => {
                    let Some(symbol) = here.symbols.get(name) else { continue };
                    return !is_bound_after(here, name, Some(before))
                        && symbol
                            .definitions
                            .first()
                            .is_some_and(|id| self.is_value(DefRef { file, id: *id }));
                }
            }
        }
        false
    }

    fn is_value(&self, at: DefRef) -> bool {
        let kind = definition(self.db, at).map(|found| &found.kind);
        match kind {
            Some(DefinitionKind::Parameter) => true,
            Some(DefinitionKind::Variable) => !matches!(self.value_shape(at), Some(Shape::Reference(_))),
            Some(
                DefinitionKind::Class { .. }
                | DefinitionKind::Function { .. }
                | DefinitionKind::Import { .. }
                | DefinitionKind::ImportFrom { .. }
                | DefinitionKind::TypeParameter
                | DefinitionKind::TypeAliasStatement,
            )
            | None => false,
        }
    }

    /// What a dotted name means in `start`.
    pub fn lookup_path(
        &self,
        file: File,
        start: ScopeId,
        path: &[Name],
        before: Option<DefId>,
    ) -> Option<Binding> {
        let (first, rest) = path.split_first()?;
        let mut found = self.lookup(file, start, *first, before)?;
        for name in rest {
            found = self.attribute_before(file, start, found, *name, before)?;
        }
        Some(found)
    }

    fn in_scope(&self, file: File, here: &Scope, name: Name) -> Option<Binding> {
        let symbol = here.symbols.get(name)?;
        self.first_of(file, &symbol.definitions)
    }

    /// A name asked directly in a class body. What comes after the asking statement is not seen,
    /// except classes and aliases that hide nothing defined before the class.
    fn in_class_body(
        &self,
        file: File,
        class: DefId,
        body: &Scope,
        name: Name,
        before: Option<DefId>,
    ) -> Option<Binding> {
        let Some(symbol) = body.symbols.get(name) else {
            return implicit::in_class_body(name);
        };
        let found = self.first_of(file, &symbol.definitions)?;
        let (Some(first), Some(before)) = (symbol.definitions.first(), before) else {
            return Some(found);
        };
        if first.unit != before.unit || first.ordinal < before.ordinal {
            return Some(found);
        }
        let is_import = definition(self.db, DefRef { file, id: *first }).is_some_and(|d| {
            matches!(d.kind, DefinitionKind::Import { .. } | DefinitionKind::ImportFrom { .. })
        });
        if is_import {
            return Some(found);
        }
        if !matches!(found.node, Node::Class(_) | Node::Alias(_)) {
            return None;
        }
        let global = module_symbol(self.db, file, name).and_then(|ids| ids.first().copied());
        match global {
            Some(global) if global.unit == class.unit && global.ordinal < class.ordinal => {
                let hidden = self.first_of(file, &[global]);
                let is_type = hidden.is_some_and(|b| matches!(b.node, Node::Class(_) | Node::Alias(_)));
                (!is_type).then_some(found)
            }
            Some(_) | None => Some(found),
        }
    }

    /// A name of the module's own scope: bound there, by a star import, or implicit.
    pub fn in_module(&self, file: File, name: Name) -> Option<Binding> {
        let Some(kept) = self.kept() else { return self.in_module_anew(file, name) };
        if let Some(known) = self.known_definition(kept, file, name) {
            return Some(known);
        }
        if let Some(known) = kept.module_names.get(&(file, name)) {
            return known;
        }
        let found = self.in_module_anew(file, name);
        // Most names that a module defines are known from now on without this.
        if self.known_definition(kept, file, name).is_none() {
            kept.module_names.keep((file, name), found);
        }
        found
    }

    /// What a name's first definition in a module is known to stand for, where no star import can come before it.
    #[inline]
    fn known_definition(&self, kept: &KeptDeclarations, file: File, name: Name) -> Option<Binding> {
        let here = scope(self.db, file, ScopeId::MODULE).filter(|here| here.star_imports.is_empty())?;
        let id = *here.symbols.get(name)?.definitions.first()?;
        *kept.known_binding(DefRef { file, id })?
    }

    /// Whether no question is under way that an answer could depend on.
    pub(crate) fn is_idle(&self) -> bool {
        self.active.borrow().is_empty()
    }

    /// What a frozen run keeps, if an answer found now holds everywhere: it does not within other
    /// questions, which may turn out to depend on themselves.
    pub(super) fn kept(&self) -> Option<&'db KeptDeclarations> {
        if self.is_on_top() { KeptDeclarations::of(self.db) } else { None }
    }

    /// Whether a question about a name of a module stands alone: nothing in a module or class depends on what is
    /// local to a function, so a question about that does not matter.
    fn is_on_top(&self) -> bool {
        let is_local = |step: &Step| matches!(step, Step::Definition(at) if at.id.unit != 0);
        !self.provisional && self.active.borrow().iter().all(is_local)
    }

    fn in_module_anew(&self, file: File, name: Name) -> Option<Binding> {
        if let Some(ids) = module_symbol(self.db, file, name) {
            // Whichever comes first in the file binds the name.
            let earlier = ids.first().and_then(|first| self.by_star_import(file, name, first.ordinal));
            if let Some(found) = earlier.or_else(|| self.first_of(file, ids)) {
                return Some(found);
            }
        }
        self.by_star_import(file, name, u32::MAX).or_else(|| implicit::in_module(self.db, file, name))
    }

    /// What the star imports before the definition number `before` bring for `name`.
    pub(super) fn by_star_import(&self, file: File, name: Name, before: u32) -> Option<Binding> {
        let here = scope(self.db, file, ScopeId::MODULE)?;
        if here.star_imports.is_empty() {
            return None;
        }
        // Modules that import everything of each other are gone through once, not on every path.
        if self.deep.get().is_some_and(|deep| deep.barren_stars.borrow().contains(&(file, name))) {
            return None;
        }
        let step = Step::Star(file, name);
        if self.place_of(step).is_some() {
            return None;
        }
        let found = self.once(step, || {
            here.star_imports
                .iter()
                .zip(&here.star_positions)
                .filter(|(_, position)| **position <= before)
                .find_map(|(&module, _)| self.exported_by_star(file, module, name))
        });
        // What came of a question within counts until the whole question is answered.
        if self.active.borrow().is_empty() {
            if let Some(deep) = self.deep.get() {
                deep.barren_stars.borrow_mut().clear();
            }
        } else if found.is_none() && before == u32::MAX {
            self.deep().barren_stars.borrow_mut().insert((file, name));
        }
        found
    }

    /// `name` as `from module import *` would bring it.
    fn exported_by_star(&self, importer: File, module: Name, name: Name) -> Option<Binding> {
        let Resolution::Found(target) = pytype_modules::resolve(self.db, module) else { return None };
        if target == importer || !pytype_index::exported_names(self.db, target).contains(&name) {
            return None;
        }
        self.in_module(target, name)
    }

    /// A name that every module has.
    pub fn in_builtins(&self, name: Name) -> Option<Binding> {
        let Some(kept) = self.kept() else { return self.in_builtins_anew(name) };
        if let Some(known) = kept.builtin_names.get(&name) {
            return known;
        }
        kept.builtin_names.keep(name, self.in_builtins_anew(name))
    }

    fn in_builtins_anew(&self, name: Name) -> Option<Binding> {
        if name.starts_with('_') && !name.starts_with("__") && name.len() > 1 {
            return None;
        }
        let Resolution::Found(builtins) = pytype_modules::resolve(self.db, name!("builtins")) else {
            return None;
        };
        let found = module_symbol(self.db, builtins, name).and_then(|ids| {
            let own = |id: &&DefId| {
                let at = DefRef { file: builtins, id: **id };
                definition(self.db, at).is_some_and(|d| {
                    !matches!(d.kind, DefinitionKind::Import { .. } | DefinitionKind::ImportFrom { .. })
                })
            };
            let first = ids.iter().find(own)?;
            self.first_of(builtins, std::slice::from_ref(first))
        });
        let found = found.or_else(|| implicit::in_builtins(self.db, name))?;
        Some(Binding { found_in: None, ..found })
    }

    /// What the first definition that has a meaning stands for.
    pub(super) fn first_of(&self, file: File, ids: &[DefId]) -> Option<Binding> {
        ids.iter().find_map(|&id| self.binding_of(DefRef { file, id }))
    }

    /// What one definition stands for.
    pub fn binding_of(&self, at: DefRef) -> Option<Binding> {
        // The first question of a chain is answered once for all who ask it. Questions within are
        // not: what they answer depends on which are open around them.
        if at.id.unit == 0 && self.is_on_top() {
            let Some(kept) = self.db.kept_declarations() else {
                return known_binding(self.db, at.file, at.id);
            };
            if let Some(known) = kept.known_binding(at) {
                return *known;
            }
            let slot = kept.binding(self.db, at);
            let found = Resolver::new(self.db).binding_of_anew(at);
            if let Some(slot) = slot.filter(|_| kept.is_final()) {
                slot.get_or_init(|| Box::new(found));
            }
            return found;
        }
        self.binding_of_anew(at)
    }

    #[inline]
    fn binding_of_anew(&self, at: DefRef) -> Option<Binding> {
        let step = Step::Definition(at);
        let depth = self.active.borrow().len();
        if depth < SHALLOW {
            return self.once(step, || self.binding_of_unguarded(at));
        }
        if let Some(known) = self.deep().known.borrow().get(&at) {
            self.cut.set(self.cut.get().min(known.cut));
            return known.binding;
        }
        if depth > DEEPEST || self.place_of(step).is_some() {
            return self.once(step, || None);
        }
        let around = self.cut.replace(usize::MAX);
        let binding =
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.once(step, || self.binding_of_unguarded(at)));
        let within = self.cut.get();
        let cut = if within < depth { within } else { usize::MAX };
        if cut < depth {
            self.deep().tentative.borrow_mut().push((cut, at));
        }
        self.deep().known.borrow_mut().insert(at, Known { binding, cut });
        self.cut.set(around.min(cut));
        binding
    }

    fn binding_of_unguarded(&self, at: DefRef) -> Option<Binding> {
        let found = definition(self.db, at)?;
        let own = |node: Node| Binding { node, found_in: Some(at.file), fullname: fullname_by(self, at) };
        match &found.kind {
            DefinitionKind::Class { .. } => Some(own(self.class_node(at))),
            DefinitionKind::Function { .. } => Some(own(Node::Function(self.first_function(at)))),
            DefinitionKind::Parameter => Some(own(Node::Variable(at))),
            // Every module has it before its first statement.
            DefinitionKind::Variable if found.scope == ScopeId::MODULE && found.name == "__builtins__" => {
                implicit::builtins(self.db)
            }
            DefinitionKind::Variable if !has_shape(found) => Some(own(Node::Variable(at))),
            DefinitionKind::Variable => Some(self.variable(at)),
            DefinitionKind::TypeParameter => Some(own(Node::TypeVariable(self.type_parameter(at)))),
            DefinitionKind::TypeAliasStatement => {
                let fullname = fullname_by(self, at);
                Some(own(Node::Alias(AliasId::new(at, fullname))))
            }
            DefinitionKind::Import { module, alias } => {
                let bound = if *alias { *module } else { first_component(*module) };
                Some(self.module_binding(at.file, bound))
            }
            DefinitionKind::ImportFrom { module, name, .. } => Some(
                self.imported(at.file, *module, *name)
                    // What the module does not provide has none of the meanings that its name would have there
                    // (`from typing import X` where the target version has no `X`).
                    .unwrap_or_else(|| unknown(AnySource::Error, Some(at.file), fullname_by(self, at))),
            ),
        }
    }

    /// Functions are known by the first `def` of their symbol.
    fn first_function(&self, at: DefRef) -> DefRef {
        let Some(found) = definition(self.db, at) else { return at };
        let symbol = scope(self.db, at.file, found.scope).and_then(|s| s.symbols.get(found.name));
        let first = symbol.and_then(|symbol| {
            symbol.definitions.iter().copied().find(|&id| {
                let candidate = definition(self.db, DefRef { file: at.file, id });
                candidate.is_some_and(|d| matches!(d.kind, DefinitionKind::Function { .. }))
            })
        });
        first.map_or(at, |id| DefRef { file: at.file, id })
    }

    fn variable(&self, at: DefRef) -> Binding {
        // Outside of functions the scopes alone tell the name; inside, whether it is a class decides it.
        let (fullname, known) = match interface_name(self.db, at) {
            Some(fullname) => (fullname, None),
            None => {
                let meaning = self.assignment_meaning(at);
                (local_name(self, at, meaning.defines_class()), Some(meaning))
            }
        };
        let own = |node: Node| Binding { node, found_in: Some(at.file), fullname };
        let declare = |kind: TypeVarKind| {
            TypeVarDecl::new(TypeVarDeclData {
                name: Name::new(fullname.last_component()),
                fullname,
                kind,
                origin: TypeVarOrigin::Assignment(at),
            })
        };
        if let Some(class) = self.typing_class(fullname) {
            return Binding { node: class, found_in: Some(at.file), fullname };
        }
        match known.unwrap_or_else(|| self.assignment_meaning(at)) {
            AssignmentMeaning::Variable => self.same_name(at).unwrap_or_else(|| own(Node::Variable(at))),
            AssignmentMeaning::TypeVariable(kind) => own(Node::TypeVariable(declare(kind))),
            AssignmentMeaning::NewType
            | AssignmentMeaning::NamedTuple { .. }
            | AssignmentMeaning::TypedDict
            | AssignmentMeaning::Enum => own(self.class_node(at)),
            AssignmentMeaning::TypeAliasType | AssignmentMeaning::Alias { .. } => {
                own(Node::Alias(AliasId::new(at, fullname)))
            }
            AssignmentMeaning::Module => self.module_alias(at).unwrap_or_else(|| own(Node::Variable(at))),
        }
    }

    /// The class that a name of `typing` such as `List` means.
    fn typing_class(&self, fullname: Name) -> Option<Node> {
        if !fullname.starts_with("typing") {
            return None;
        }
        let (_, module, name) = special::CLASS_ALIASES.iter().find(|(alias, _, _)| fullname == *alias)?;
        let Resolution::Found(file) = pytype_modules::resolve(self.db, Name::new(module)) else {
            return None;
        };
        self.in_module(file, Name::new(name)).map(|binding| binding.node)
    }

    /// `X = X` at module level where only builtins define `X`: the builtin itself.
    fn same_name(&self, at: DefRef) -> Option<Binding> {
        let found = definition(self.db, at)?;
        if found.scope != ScopeId::MODULE || found.flags.contains(DefinitionFlags::ANNOTATED) {
            return None;
        }
        match self.value_shape(at)? {
            super::shapes::Shape::Reference(path) if path.as_slice() == [found.name] => {
                self.in_builtins(found.name)
            }
            _ => None,
        }
    }

    fn type_parameter(&self, at: DefRef) -> TypeVarDecl {
        let kinds = &super::shapes_of(self.db, at.file, at.id.unit).type_parameters;
        let kind = kinds.get(&at.id).copied().unwrap_or(TypeVarKind::TypeVar);
        let name = definition(self.db, at).map_or(name!(""), |d| d.name);
        TypeVarDecl::new(TypeVarDeclData {
            name,
            fullname: fullname_by(self, at),
            kind,
            origin: TypeVarOrigin::Parameter(at),
        })
    }

    /// The module with this absolute name, as an `import` binds it.
    pub fn module_binding(&self, from: File, module: Name) -> Binding {
        let node = match pytype_modules::resolve(self.db, module) {
            Resolution::Found(file) => Node::Module(file),
            Resolution::Namespace => Node::NamespaceModule(module),
            Resolution::Skipped { .. }
            | Resolution::Untyped
            | Resolution::StubsNotInstalled { .. }
            | Resolution::NotFound => return unknown(AnySource::Unimported, Some(from), module),
        };
        Binding { node, found_in: Some(from), fullname: module }
    }

    /// What `from module import name` brings into `importer`; `None` when the module exists and
    /// has no such name.
    fn imported(&self, importer: File, module: Name, name: Name) -> Option<Binding> {
        match pytype_modules::resolve(self.db, module) {
            Resolution::Found(target) => {
                if target == importer
                    && let Some(found) = self.submodule(importer, module, name)
                {
                    return Some(found);
                }
                self.in_module(target, name)
                    .or_else(|| self.submodule(importer, module, name))
                    .or_else(|| self.by_getattr(target, module, name))
                    .map(|found| Binding { found_in: Some(importer), ..found })
            }
            Resolution::Namespace => self.submodule(importer, module, name),
            Resolution::Skipped { .. }
            | Resolution::Untyped
            | Resolution::StubsNotInstalled { .. }
            | Resolution::NotFound => Some(
                self.submodule(importer, module, name)
                    .unwrap_or_else(|| unknown(AnySource::Unimported, Some(importer), module.member(name))),
            ),
        }
    }

    /// What `object.name` stands for, as far as names alone tell.
    pub fn attribute(&self, from: File, object: Binding, name: Name) -> Option<Binding> {
        match object.node {
            Node::Module(file) => {
                self.module_member(from, file, name).filter(|m| m.exported).map(|m| m.binding)
            }
            Node::NamespaceModule(module) => {
                let fullname = module.member(name);
                submodules::is_imported(self.db, from, fullname)
                    .then(|| self.submodule(from, module, name))?
            }
            Node::Class(class) => self.class_attribute(class, name),
            Node::Alias(_) => {
                let target = self.alias_class(object)?;
                self.class_attribute(target, name)
            }
            Node::Unknown(source) => {
                let source = if source == AnySource::Error { source } else { AnySource::Unimported };
                Some(unknown(source, object.found_in, object.fullname.member(name)))
            }
            Node::Function(_) | Node::Variable(_) | Node::TypeVariable(_) | Node::Implicit(_) => None,
        }
    }

    /// [`Resolver::attribute`] for what belongs to the definition `before`. Signatures are read with functions.
    pub fn attribute_before(
        &self,
        from: File,
        scope: ScopeId,
        object: Binding,
        name: Name,
        before: Option<DefId>,
    ) -> Option<Binding> {
        let kind =
            before.and_then(|id| definition(self.db, DefRef { file: from, id })).map(|found| &found.kind);
        match kind {
            None | Some(DefinitionKind::Function { .. } | DefinitionKind::Parameter) => {
                self.attribute(from, object, name)
            }
            Some(
                DefinitionKind::Variable
                | DefinitionKind::Class { .. }
                | DefinitionKind::Import { .. }
                | DefinitionKind::ImportFrom { .. }
                | DefinitionKind::TypeParameter
                | DefinitionKind::TypeAliasStatement,
            ) => self.attribute_at(from, scope, object, name),
        }
    }

    /// [`Resolver::attribute`] for an expression in `scope`. In a circle of imports, a package's statements come after
    /// those of the modules before it: these see its submodules as such, even if an import in the package gives
    /// one of them a name that is not exported. Functions come after all of them.
    pub fn attribute_at(&self, from: File, scope: ScopeId, object: Binding, name: Name) -> Option<Binding> {
        if let Some(found) = self.attribute(from, object, name) {
            return Some(found);
        }
        let Node::Module(target) = object.node else { return None };
        let is_level = scope.unit == 0
            && scope_access::scope(self.db, from, scope)
                .is_some_and(|here| !matches!(here.kind, ScopeKind::Function(_)));
        if !is_level || target == from || !target.is_package(self.db) {
            return None;
        }
        let component = &pytype_index::component_of(self.db, from).files;
        let place = |file: File| component.iter().position(|member| *member == file);
        if place(from)? > place(target)? {
            return None;
        }
        let module = target.module(self.db);
        submodules::is_visible(self.db, from, target, module.member(name))
            .then(|| self.submodule(target, module, name))?
    }

    /// A name defined in a class's body or in that of a base, by names alone.
    fn class_attribute(&self, class: pytype_types::ClassId, name: Name) -> Option<Binding> {
        let mut found = None;
        super::bases::walk_ancestors(self, class, &mut |_, file, body| {
            found = body.symbols.get(name).and_then(|symbol| self.first_of(file, &symbol.definitions));
            found.is_some()
        });
        found
    }
}

/// [`Resolver::binding_of`] for a definition of a file's interface.
#[salsa::tracked(returns(copy))]
fn known_binding(db: &dyn DeclareDb, file: File, id: DefId) -> Option<Binding> {
    Resolver::new(db).binding_of_anew(DefRef { file, id })
}

/// The part of a dotted name before the first dot.
fn first_component(module: Name) -> Name {
    module.split_once('.').map_or(module, |(first, _)| Name::new(first))
}

pub(crate) fn unknown(source: AnySource, found_in: Option<File>, fullname: Name) -> Binding {
    Binding { node: Node::Unknown(source), found_in, fullname }
}

/// Whether every definition of `name` in this scope stands behind the definition `before`.
fn is_bound_after(here: &Scope, name: Name, before: Option<DefId>) -> bool {
    let first = here.symbols.get(name).and_then(|symbol| symbol.definitions.first());
    match (first, before) {
        (Some(first), Some(before)) => first.unit == before.unit && first.ordinal > before.ordinal,
        (Some(_) | None, _) => false,
    }
}
