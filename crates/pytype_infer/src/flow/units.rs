//! Units of work: a walk over the interface of a file, and the body of one function.
//!
//! mypy checks strongly connected components of modules in order; within one, the module and
//! class levels of each file in order, with the methods that define attributes, then those that
//! had to be deferred, up to a fixed number of passes. What this finds is the interfaces of its
//! files. Function bodies come after and are independent of each other.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use pytype_declare::{Covered, InferredVariable, InterfaceWalk, LocalTypes};
use pytype_index::{DefId, DefRef, DefinitionKind};
use pytype_source::{Diagnostic, ErrorCode, File, Kept, KeptCopies, Name};
use pytype_types::{ClassId, ClassOrigin, Ty};
use ruff_text_size::TextSize;
use rustc_hash::{FxHashMap, FxHashSet};

use super::binder::FrameOptions;
use super::functions::Deferred;
use super::partial_types::Slot;
use super::placement;
use crate::checker::Tables;
use crate::{Checker, InferDb};

/// How many passes deferred methods get, the first walk included (mypy's number).
const PASSES: usize = 3;

/// What the module and class levels of a file are inferred to be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Interface {
    variables: FxHashMap<DefRef, InferredVariable>,
    self_attributes: FxHashMap<(ClassId, Name), InferredVariable>,
    decorated: FxHashMap<DefRef, InferredVariable>,
    /// What walking it found, and the definitions that were reached.
    findings: Arc<FileFindings>,
}

impl Interface {
    fn of(inferred: LocalTypes, findings: FileFindings) -> Interface {
        Interface {
            variables: inferred.variables.into_inner(),
            self_attributes: inferred.self_attributes.into_inner(),
            decorated: inferred.decorated.into_inner(),
            findings: Arc::new(findings),
        }
    }
}

/// What walking the levels of one file found. Positions are stable ones: [`placement::placed`] moves
/// them to where they stand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileFindings {
    pub diagnostics: Vec<Diagnostic>,
    /// For methods that were walked with the interface, what was found in them.
    pub methods: FxHashMap<DefRef, Vec<Diagnostic>>,
    /// Classes and functions that can be reached, in order.
    pub reached: Vec<DefRef>,
    pub outcomes: Outcomes,
}

/// Of expression statements that were walked, by where they begin, whether they come to an end; of
/// conditions of `if` statements, whether they may be false.
pub type Outcomes = FxHashMap<TextSize, bool>;

/// What walking one body found; positions count from the function's start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BodyFindings {
    pub diagnostics: Vec<Diagnostic>,
    pub reached: Vec<DefRef>,
    pub outcomes: Outcomes,
}

/// An interface, while it is being inferred.
struct OpenInterface<'db>(Option<&'db KeptInterfaces>);

impl<'db> OpenInterface<'db> {
    fn enter(db: &'db dyn InferDb) -> OpenInterface<'db> {
        let kept = db.kept_interfaces();
        if let Some(kept) = kept {
            kept.open.set(kept.open.get() + 1);
        }
        OpenInterface(kept)
    }
}

impl Drop for OpenInterface<'_> {
    fn drop(&mut self) {
        if let Some(kept) = self.0 {
            kept.open.set(kept.open.get().saturating_sub(1));
        }
    }
}

/// What a thread of a frozen run keeps of interfaces.
#[derive(Default)]
pub struct KeptInterfaces {
    by_file: Kept<File, Interface>,
    /// For each file, the first one of its component, and its own place in it.
    places: KeptCopies<File, (File, usize)>,
    /// How many interfaces are being inferred: what is read meanwhile may be the answer to a circle.
    open: Cell<u32>,
    /// The tables of walks that are over.
    spare: RefCell<Vec<Tables>>,
}

impl KeptInterfaces {
    pub(crate) fn take_tables(&self) -> Option<Tables> {
        self.spare.borrow_mut().pop()
    }

    pub(crate) fn leave_tables(&self, tables: Tables) {
        self.spare.borrow_mut().push(tables);
    }
}

/// A clone begins anew.
impl Clone for KeptInterfaces {
    fn clone(&self) -> KeptInterfaces {
        KeptInterfaces::default()
    }
}

fn interface_of(db: &dyn InferDb, file: File) -> &Interface {
    let kept = db.kept_interfaces().filter(|kept| kept.open.get() == 0);
    if let Some(known) = kept.and_then(|kept| kept.by_file.get(&file)) {
        return known;
    }
    let mut found = walked(db, file, 1);
    for pass in 2..=PASSES {
        if found.deferred.is_empty() {
            break;
        }
        found = walked(db, file, pass);
    }
    kept.map_or(&*found.interface, |kept| kept.by_file.keep(file, &found.interface))
}

/// What walks over a file have inferred.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Walked {
    interface: Arc<Interface>,
    /// The methods to walk again.
    deferred: Vec<Deferred>,
    /// What they define, and others may have seen before it is complete.
    half_known: FxHashSet<Slot>,
}

/// What the first `pass` walks over a file infer.
///
/// The walks of a component's files have an order: a walk reads what the same pass found in the files
/// before it and the pass before in the others. So none waits for itself, and it makes no difference which is
/// made first or by whom; and of libraries only those files are walked that somebody asks about.
#[salsa::tracked(returns(ref), cycle_result=walked_in_cycle)]
fn walked(db: &dyn InferDb, file: File, pass: usize) -> Walked {
    let _open = OpenInterface::enter(db);
    let mut local =
        LocalTypes { covered: Covered::Interface(InterfaceWalk { file, pass }), ..LocalTypes::default() };
    let before = (pass > 1).then(|| walked(db, file, pass - 1));
    if let Some(before) = before {
        if before.deferred.is_empty() {
            return before.clone();
        }
        *local.variables.get_mut() = before.interface.variables.clone();
        *local.self_attributes.get_mut() = before.interface.self_attributes.clone();
        *local.decorated.get_mut() = before.interface.decorated.clone();
    }
    let mut checker = Checker::new(db, file, local);
    checker.may_defer = pass < PASSES;
    if let Some(before) = before {
        checker.half_known.clone_from(&before.half_known);
    }
    match before {
        Some(before) => before.deferred.iter().for_each(|function| checker.walk_deferred(function)),
        None => checker.walk_module(),
    }
    let deferred = std::mem::take(&mut checker.deferred_functions);
    let half_known = std::mem::take(&mut checker.half_known);
    let mut findings = checker.take_findings();
    if let Some(before) = before {
        let more = std::mem::replace(&mut findings, (*before.interface.findings).clone());
        // What stayed of the walks before comes first.
        for (method, found) in more.methods {
            findings.methods.entry(method).or_default().extend(found);
        }
        findings.reached.extend(more.reached);
        findings.outcomes.extend(more.outcomes);
    }
    Walked { interface: Arc::new(Interface::of(checker.into_local_types(), findings)), deferred, half_known }
}

/// The module graph has no cycles between components, so this is reached only when a module reads
/// one that nothing says it imports: its variables are then not ready.
fn walked_in_cycle(_db: &dyn InferDb, _id: salsa::Id, _file: File, _pass: usize) -> Walked {
    Walked::default()
}

/// The first file of the component that a file is in, and its own place there.
fn place_in_component(db: &dyn InferDb, file: File) -> (File, usize) {
    let kept = db.kept_interfaces();
    if let Some(known) = kept.and_then(|kept| kept.places.get(&file)) {
        return known;
    }
    let files = &pytype_index::component_of(db, file).files;
    let first = files.first().copied().unwrap_or(file);
    let place = (first, files.iter().position(|other| *other == file).unwrap_or_default());
    kept.map_or(place, |kept| kept.places.keep(file, place))
}

/// The interface of a file as `reader` sees it, if that infers an interface; `None` when it comes first.
fn interface_seen_by(db: &dyn InferDb, file: File, reader: Option<InterfaceWalk>) -> Option<&Interface> {
    let Some(walk) = reader else { return Some(interface_of(db, file)) };
    let ((component, at), (own_component, own)) =
        (place_in_component(db, file), place_in_component(db, walk.file));
    if component != own_component {
        return Some(interface_of(db, file));
    }
    let pass = if at < own { walk.pass } else { walk.pass - 1 };
    (pass > 0).then(|| &*walked(db, file, pass).interface)
}

/// What the walk over a file's module and class levels found.
pub fn file_findings(db: &dyn InferDb, file: File) -> Arc<FileFindings> {
    interface_of(db, file).findings.clone()
}

/// Walks the body of one outermost function. `file` and `definition` name it.
#[salsa::tracked(returns(ref))]
pub fn check_body(db: &dyn InferDb, file: File, definition: DefId) -> BodyFindings {
    BodyWalks::new(db, file).walk(definition)
}

/// Walks over several bodies of one file, one after the other, that share what they look up.
///
/// For runs that answer once and end: no query stands around each walk, so that nothing is kept
/// about what a body depends on. The findings are those of [`check_body`].
pub struct BodyWalks<'db> {
    db: &'db dyn InferDb,
    file: File,
    /// That of the last walk.
    checker: Option<Checker<'db>>,
}

impl Drop for BodyWalks<'_> {
    fn drop(&mut self) {
        if let Some(context) = self.checker.take().and_then(Checker::end) {
            context.leave_relations();
        }
    }
}

impl<'db> BodyWalks<'db> {
    pub fn new(db: &'db dyn InferDb, file: File) -> BodyWalks<'db> {
        BodyWalks { db, file, checker: None }
    }

    /// See [`check_body`].
    pub fn walk(&mut self, definition: DefId) -> BodyFindings {
        let (db, file) = (self.db, self.file);
        let covered = Covered::Body(file, definition.body_unit());
        if !self.checker.as_mut().is_some_and(|checker| checker.begin_body(covered)) {
            self.checker = None;
        }
        let checker = self.checker.get_or_insert_with(|| Checker::of_body(db, file, covered));
        let syntax = pytype_index::body_syntax(db, file, definition);
        let Some(statement) = syntax.body_function() else { return BodyFindings::default() };
        let mut found = checker.walk_outermost(DefRef { file, id: definition }, statement);
        placement::stable(syntax, file, &mut found.diagnostics);
        found.outcomes = placement::stable_outcomes(syntax, found.outcomes);
        found
    }
}

/// Whether a finding of a walk that is repeated stays: a variable that was read before its type was
/// complete has a type in the next walk, and is not asked again.
pub(super) fn outlives_its_walk(finding: &Diagnostic) -> bool {
    finding.code == Some(ErrorCode::VarAnnotated)
}

impl Checker<'_> {
    /// Walks the body of an outermost function.
    fn walk_outermost(
        &mut self,
        reference: DefRef,
        statement: &ruff_python_ast::StmtFunctionDef,
    ) -> BodyFindings {
        let unit = reference.id.body_unit();
        self.enter_enclosing_scopes(reference);
        let Some(item) = self.function_item(reference) else { return BodyFindings::default() };
        if !item.no_type_check {
            // A name may be read before the walk comes to what gives it its type: in a function that
            // stands above it.
            for pass in 1..=PASSES {
                self.may_defer = pass < PASSES;
                self.deferred = false;
                self.must_walk_again = false;
                self.reached.clear();
                let (scopes, classes) = (self.scopes.len(), self.classes.len());
                let ((), found) = self.capturing(|c| c.walk_function(reference, statement, &item));
                self.scopes.truncate(scopes);
                self.classes.truncate(classes);
                if !self.must_walk_again {
                    self.report_all(found);
                    break;
                }
                self.report_all(found.into_iter().filter(outlives_its_walk).collect());
            }
        }
        let reached = std::mem::take(&mut self.reached);
        self.check_local_definitions(unit, &reached);
        let outcomes = std::mem::take(&mut self.outcomes);
        BodyFindings { diagnostics: self.take_diagnostics(), reached, outcomes }
    }

    /// Walks a file's module level, class bodies included.
    fn walk_module(&mut self) {
        let syntax = pytype_index::interface_syntax(self.ctx.db, self.file);
        let top = FrameOptions { can_skip: true, fall_through: 0, ..FrameOptions::default() };
        self.partials.clear();
        self.enter_partial_scope(false);
        self.in_frame_with(top, |c| c.check_block(syntax.module_body()));
        self.leave_partial_scope();
        self.check_dunder_all();
    }

    /// What is wrong with the definitions of a function's body as such: `reached` are the functions
    /// and classes among them that can be reached.
    fn check_local_definitions(&mut self, unit: u32, reached: &[DefRef]) {
        let mut done = FxHashSet::default();
        for definition in reached {
            if done.insert(*definition) {
                self.enter_enclosing_scopes(*definition);
                self.db.rules().check_local(self, *definition);
                if !self.is_in_dynamic_function(*definition) {
                    let found = pytype_declare::declaration_diagnostics(&self.ctx, *definition);
                    self.report_all(found);
                }
            }
        }
        self.check_local_variables(unit);
    }

    /// What is wrong with the declarations of variables, aliases and type variables in a body.
    pub fn check_local_variables(&mut self, unit: u32) {
        let index = pytype_index::index_of(self.ctx.db, self.file, unit);
        for (ordinal, definition) in (0..).zip(&index.definitions) {
            let is_variable = match definition.kind {
                DefinitionKind::Variable | DefinitionKind::TypeAliasStatement => true,
                DefinitionKind::Class { .. }
                | DefinitionKind::Function { .. }
                | DefinitionKind::Parameter
                | DefinitionKind::Import { .. }
                | DefinitionKind::ImportFrom { .. }
                | DefinitionKind::TypeParameter => false,
            };
            let reference = DefRef { file: self.file, id: DefId { unit, ordinal } };
            if is_variable && !self.is_in_dynamic_function(reference) {
                let found = pytype_declare::declaration_diagnostics(&self.ctx, reference);
                self.report_all(found);
            }
        }
    }

    /// Whether the innermost function around a definition has no annotations and is not checked.
    pub fn is_in_dynamic_function(&self, definition: DefRef) -> bool {
        if self.options.check_untyped_defs {
            return false;
        }
        let db = self.ctx.db;
        let mut scope = Some(pytype_index::definition(db, definition.file, definition.id).scope);
        while let Some(id) = scope {
            let found = pytype_index::scope(db, definition.file, id);
            if let pytype_index::ScopeKind::Function(function) = found.kind {
                let function = DefRef { file: definition.file, id: function };
                let item = pytype_declare::signatures::signature_of(db, function);
                let signature = item.and_then(|item| item.signature.as_callable());
                return signature.is_some_and(|s| s.flags.contains(pytype_types::SigFlags::IMPLICIT));
            }
            scope = found.parent;
        }
        false
    }

    fn take_findings(&mut self) -> FileFindings {
        let syntax = pytype_index::interface_syntax(self.ctx.db, self.file);
        let mut diagnostics = self.take_diagnostics();
        placement::stable(syntax, self.file, &mut diagnostics);
        let mut methods = std::mem::take(&mut self.method_findings);
        methods.values_mut().for_each(|found| placement::stable(syntax, self.file, found));
        FileFindings {
            diagnostics,
            methods,
            reached: std::mem::take(&mut self.reached),
            outcomes: placement::stable_outcomes(syntax, std::mem::take(&mut self.outcomes)),
        }
    }

    /// Puts the walk where `function` stands: its scopes and classes.
    pub fn enter_enclosing_scopes(&mut self, function: DefRef) {
        let db = self.ctx.db;
        let own = pytype_index::definition(db, function.file, function.id);
        self.classes.clear();
        self.scopes.clear();
        let mut scope = Some(own.scope);
        while let Some(id) = scope {
            self.scopes.push(id);
            let here = pytype_index::scope(db, function.file, id);
            if let pytype_index::ScopeKind::Class(class) = here.kind {
                let definition = DefRef { file: function.file, id: class };
                self.classes.push(pytype_declare::classes::class_id(db, definition));
            }
            scope = here.parent;
        }
        self.scopes.reverse();
        self.classes.reverse();
    }
}

/// The type of a variable that only inference can tell.
pub fn inferred_variable(
    db: &dyn InferDb,
    variable: DefRef,
    reader: Option<InterfaceWalk>,
) -> InferredVariable {
    if variable.id.unit != 0 {
        // A local of a function, read from outside of the walk over it: nothing can be said.
        return InferredVariable::Unknown;
    }
    let found = interface_seen_by(db, variable.file, reader).and_then(|seen| seen.variables.get(&variable));
    found.copied().unwrap_or(InferredVariable::NotReady)
}

/// The type of an attribute that methods assign.
pub fn inferred_self_attribute(
    db: &dyn InferDb,
    class: ClassId,
    name: Name,
    reader: Option<InterfaceWalk>,
) -> InferredVariable {
    let ClassOrigin::Definition(definition) = class.origin() else { return InferredVariable::Unknown };
    if definition.id.unit != 0 {
        return InferredVariable::Unknown;
    }
    let seen = interface_seen_by(db, definition.file, reader);
    let found = seen.and_then(|seen| seen.self_attributes.get(&(class, name)));
    found.copied().unwrap_or(InferredVariable::NotReady)
}

/// The type of a function after its decorators.
pub fn decorated_function(
    db: &dyn InferDb,
    function: DefRef,
    _undecorated: Ty,
    reader: Option<InterfaceWalk>,
) -> InferredVariable {
    if function.id.unit != 0 {
        return InferredVariable::Unknown;
    }
    let found = interface_seen_by(db, function.file, reader).and_then(|seen| seen.decorated.get(&function));
    found.copied().unwrap_or(InferredVariable::NotReady)
}
