//! The queries of this layer.
//!
//! An edit makes a new tree, and with it new [`Syntax`] values; those whose text is the same are
//! equal to the ones before, so that what was computed from them stays. This is sound because a
//! reader may take from a syntax value only what its text determines, and asks for the value anew
//! in every run: the nodes it gets are always those of the current tree.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use pytype_source::{File, ParsedFile, parse, parse_again, parse_text, source_text};
use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::builder::outline::{KnownFunctions, take_bodies};
use crate::builder::statements::identity_assignment;
use crate::builder::{self, Built, FileFacts};
use crate::fingerprints::Fingerprints;
use crate::kept::{Interface, KeptIndexes, Lacking, OpenFile};
use crate::positions::StablePositions;
use crate::renaming::{RenamingRules, renamed};
use crate::skimming::{parse_closed_bodies, skim};
use crate::syntax::ClosedBodies;
use crate::type_comments::TypeComments;
use crate::{
    DefId, DefNode, Definition, DefinitionFlags, FileIndex, HeaderSyntax, ImportEdge, IndexDb, Scope,
    ScopeId, Symbol, Syntax,
};

fn facts<'db>(db: &'db dyn IndexDb, file: File, comments: &'db TypeComments) -> FileFacts<'db> {
    FileFacts {
        options: db.module_options(file),
        module: file.module(db),
        is_package: file.is_package(db),
        text: &source_text(db, file).text,
        comments,
        db: Some(db),
    }
}

/// The parsed file, with names of its own for each variable that shares one.
#[salsa::tracked(returns(ref), no_eq)]
fn tree(db: &dyn IndexDb, file: File) -> ParsedFile {
    with_names_of_their_own(db, file, parse(db, file))
}

fn with_names_of_their_own(db: &dyn IndexDb, file: File, parsed: &ParsedFile) -> ParsedFile {
    if file.is_stub(db) {
        return parsed.clone();
    }
    let options = db.module_options(file);
    let rules = RenamingRules {
        with_targets: !options.allow_redefinition,
        assignments: options.allow_redefinition_old,
    };
    renamed(parsed, rules).map_or_else(|| parsed.clone(), |module| parsed.with_module(module))
}

/// The type comments of the current text.
#[salsa::tracked(returns(ref), no_eq)]
fn type_comments(db: &dyn IndexDb, file: File) -> Arc<TypeComments> {
    Arc::new(TypeComments::find(&source_text(db, file).text, parse(db, file)))
}

fn fingerprints(db: &dyn IndexDb, file: File) -> Fingerprints<'_> {
    let facts = facts(db, file, type_comments(db, file));
    Fingerprints { facts, recovered: recovered_text(db, file) }
}

/// A hash of the whole text, if it has syntax errors.
#[salsa::tracked(returns(copy))]
fn recovered_text(db: &dyn IndexDb, file: File) -> Option<u64> {
    let has_errors = !parse(db, file).errors().is_empty();
    has_errors.then(|| {
        let mut hasher = DefaultHasher::new();
        source_text(db, file).text.as_ref().hash(&mut hasher);
        hasher.finish()
    })
}

/// What one walk over the current tree finds. Never equal to the one before.
#[salsa::tracked(returns(ref), no_eq)]
fn built_interface(db: &dyn IndexDb, file: File) -> Arc<Built> {
    let facts = facts(db, file, type_comments(db, file));
    Arc::new(builder::build_interface(tree(db, file).module(), facts, KnownFunctions::default()))
}

/// The syntax of a file's interface: module level, class bodies, function headers, and the bodies
/// of functions that define attributes or module variables. Equal to the one before where an edit
/// only touched other bodies.
pub fn interface_syntax(db: &dyn IndexDb, file: File) -> &Syntax {
    syntax_of_unit(db, file, 0)
}

#[salsa::tracked(returns(ref))]
fn interface_syntax_query(db: &dyn IndexDb, file: File) -> Syntax {
    let built = built_interface(db, file);
    let flags: Vec<DefinitionFlags> = built.index.definitions.iter().map(|d| d.flags).collect();
    let fingerprint = fingerprints(db, file).interface(&built.closed_bodies, flags);
    let positions = StablePositions::without(&built.closed_bodies);
    let comments = type_comments(db, file).clone();
    Syntax::new(tree(db, file).clone(), comments, built.clone(), fingerprint, Arc::new(positions))
}

/// Parses a file without the bodies that say nothing to the outside, as far as the text tells which
/// those are: they come with it.
fn parse_for_interface(db: &dyn IndexDb, file: File) -> (ParsedFile, Vec<TextRange>) {
    let is_stub = file.is_stub(db);
    if !is_stub && let Some(skimmed) = skim(&source_text(db, file).text) {
        let parsed = parse_text(&skimmed.text, is_stub);
        if parsed.errors().is_empty() {
            return (parsed.with_more_comments(skimmed.comments), skimmed.bodies);
        }
    }
    (parse_again(db, file), Vec::new())
}

/// The interface of a file of a frozen run: what is parsed is not kept but for it.
fn make_interface(db: &dyn IndexDb, file: File) -> Interface {
    let (parsed, skimmed) = parse_for_interface(db, file);
    let mut tree = with_names_of_their_own(db, file, &parsed);
    let is_renamed = tree != parsed;
    drop(parsed);
    tree = tree.without_original();
    let comments = Arc::new(TypeComments::find(&source_text(db, file).text, &tree));
    let facts = facts(db, file, &comments);
    let outlined = tree.module_mut().map(|module| take_bodies(module, facts, &skimmed));
    let (known, is_whole) = outlined.map_or_else(Default::default, |found| (found.known, found.is_whole));
    let built = builder::build_interface(tree.module(), facts, known);
    let positions = StablePositions::without(&built.closed_bodies);
    let syntax = Syntax::new(tree, comments, Arc::new(built), 0, Arc::new(positions));
    let lacks = match (is_whole, is_renamed) {
        (true, false) => Lacking::Nothing,
        (false, false) => Lacking::Bodies,
        (_, true) => Lacking::WrittenNames,
    };
    Interface::new(syntax, lacks)
}

/// Opens a file of a frozen run, with all of its bodies.
fn open_file(db: &dyn IndexDb, file: File, interface: &Interface) -> OpenFile {
    let own = || interface.syntax.parsed().clone();
    match interface.lacks {
        Lacking::Nothing => return OpenFile::new(file, own(), interface.syntax.clone()),
        Lacking::Bodies if interface.syntax.parsed().errors().is_empty() => {
            let text = &source_text(db, file).text;
            if let Some(functions) = parse_closed_bodies(&own(), text)
                && with_names_of_their_own(db, file, &functions) == functions
            {
                let whole = interface.syntax.with_closed_bodies(ClosedBodies::Functions(functions));
                return OpenFile::new(file, own(), whole);
            }
        }
        Lacking::Bodies | Lacking::WrittenNames => {}
    }
    let parsed = parse_again(db, file);
    let whole = ClosedBodies::Whole(with_names_of_their_own(db, file, &parsed));
    OpenFile::new(file, parsed, interface.syntax.with_closed_bodies(whole))
}

fn interface_in<'db>(db: &'db dyn IndexDb, kept: &'db KeptIndexes, file: File) -> &'db Interface {
    kept.known_interface(file).unwrap_or_else(|| new_interface(db, kept, file))
}

#[cold]
#[inline(never)]
fn new_interface<'db>(db: &'db dyn IndexDb, kept: &'db KeptIndexes, file: File) -> &'db Interface {
    kept.interface(file, || make_interface(db, file))
}

fn built_in<'db>(db: &'db dyn IndexDb, kept: &'db KeptIndexes, file: File) -> &'db Built {
    kept.known_built(file).unwrap_or_else(|| new_interface(db, kept, file).syntax.built())
}

fn open_in<'db>(db: &'db dyn IndexDb, kept: &'db KeptIndexes, file: File) -> &'db OpenFile {
    kept.open_file(file, || open_file(db, file, interface_in(db, kept, file)))
}

/// The interface's syntax, with all bodies in reach of [`Syntax::with_body`]: for walks over a whole file.
/// In a frozen run it is to be asked for by the thread alone that checks the file.
pub fn whole_syntax(db: &dyn IndexDb, file: File) -> &Syntax {
    match db.kept_indexes() {
        Some(kept) => &open_in(db, kept, file).whole,
        None => interface_syntax(db, file),
    }
}

/// A function with its body, which the interface's syntax may lack; see [`whole_syntax`].
pub fn whole_function(db: &dyn IndexDb, file: File, id: DefId) -> Option<&ast::StmtFunctionDef> {
    match id.unit {
        0 => body_syntax(db, file, id).body_function(),
        unit => syntax_of_unit(db, file, unit).function(id),
    }
}

/// The file as it was parsed, for its comments and errors; see [`whole_syntax`]. Bodies may be missing.
pub fn whole_file(db: &dyn IndexDb, file: File) -> &ParsedFile {
    match db.kept_indexes() {
        Some(kept) => &open_in(db, kept, file).parsed,
        None => parse(db, file),
    }
}

/// The file without the bodies that an index of interfaces leaves out: for its comments, which are of
/// the whole file.
pub fn outline(db: &dyn IndexDb, file: File) -> &ParsedFile {
    match db.kept_indexes() {
        Some(kept) => interface_in(db, kept, file).syntax.parsed(),
        None => parse(db, file),
    }
}

/// Whether a file has syntax errors, as far as its interface shows.
pub fn has_syntax_errors(db: &dyn IndexDb, file: File) -> bool {
    !outline(db, file).errors().is_empty()
}

/// An index that its [`Syntax`] shares; compared by value.
#[derive(Clone)]
pub struct SharedIndex(Arc<Built>);

impl std::ops::Deref for SharedIndex {
    type Target = FileIndex;
    fn deref(&self) -> &FileIndex {
        &self.0.index
    }
}

impl PartialEq for SharedIndex {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
impl Eq for SharedIndex {}

/// The interface index of a file: equal to the one before where an edit changed nothing visible.
#[inline]
pub fn file_index(db: &dyn IndexDb, file: File) -> &FileIndex {
    db.unit_index(file, 0)
}

#[salsa::tracked(returns(deref))]
fn file_index_query(db: &dyn IndexDb, file: File) -> SharedIndex {
    SharedIndex(built_interface(db, file).clone())
}

/// Every import of a file, function bodies included, in source order. Apart from the index, so that
/// an import more in some body is news for the module graph only.
pub fn imports(db: &dyn IndexDb, file: File) -> &[ImportEdge] {
    match db.kept_indexes() {
        Some(kept) => &built_in(db, kept, file).imports,
        None => imports_query(db, file),
    }
}

#[salsa::tracked(returns(deref))]
fn imports_query(db: &dyn IndexDb, file: File) -> Vec<ImportEdge> {
    built_interface(db, file).imports.clone()
}

/// [`file_index`].
pub fn index(db: &dyn IndexDb, file: File) -> &FileIndex {
    file_index(db, file)
}

/// The syntax of the body of an outermost function, its header included; `unit` is 1 + its
/// ordinal. Equal to the one before as long as the function's text and its place are the same.
pub fn body_syntax_of(db: &dyn IndexDb, file: File, unit: u32) -> &Syntax {
    syntax_of_unit(db, file, unit)
}

#[salsa::tracked(returns(ref))]
fn body_syntax_query(db: &dyn IndexDb, file: File, unit: u32) -> Syntax {
    let interface = interface_syntax(db, file);
    let definition = DefId { unit: 0, ordinal: unit.saturating_sub(1) };
    let function = interface.function(definition);
    let built = build_body(db, file, interface, definition, function, type_comments(db, file));
    let range = function.map_or(TextRange::default(), |function| function.range);
    let parent = parent_of_body(&interface.built().index, definition);
    let fingerprint = fingerprints(db, file).body(definition, parent, range);
    let comments = type_comments(db, file).clone();
    let positions = Arc::new(StablePositions::From(range.start()));
    Syntax::new(tree(db, file).clone(), comments, Arc::new(built), fingerprint, positions)
}

/// The scope that a body sees first.
fn parent_of_body(interface: &FileIndex, function: DefId) -> ScopeId {
    interface
        .type_parameter_scope(function)
        .or_else(|| interface.definition(function).map(|d| d.scope))
        .unwrap_or(ScopeId::MODULE)
}

fn build_body(
    db: &dyn IndexDb,
    file: File,
    interface: &Syntax,
    definition: DefId,
    function: Option<&ast::StmtFunctionDef>,
    comments: &TypeComments,
) -> Built {
    let parent = parent_of_body(&interface.built().index, definition);
    function.map_or_else(Built::default, |function| {
        builder::build_body(function, definition, parent, facts(db, file, comments))
    })
}

/// The syntax of a body in a frozen run.
fn body_in<'db>(db: &'db dyn IndexDb, kept: &'db KeptIndexes, file: File, unit: u32) -> &'db Syntax {
    kept.known_body(file, unit).unwrap_or_else(|| other_body(db, kept, file, unit))
}

/// A body of a file that is not open, or was not asked for yet.
#[inline(never)]
fn other_body<'db>(db: &'db dyn IndexDb, kept: &'db KeptIndexes, file: File, unit: u32) -> &'db Syntax {
    let whole = interface_in(db, kept, file);
    if let Some(known) = whole.known_body(unit) {
        return known;
    }
    let interface = &whole.syntax;
    let index = &interface.built().index;
    let definition = DefId { unit: 0, ordinal: unit.saturating_sub(1) };
    let make = |function: Option<&ast::StmtFunctionDef>, tree: &ParsedFile| {
        let comments = interface.comments();
        let built = build_body(db, file, interface, definition, function, comments);
        let start = function.map_or(TextSize::default(), Ranged::start);
        let positions = Arc::new(StablePositions::From(start));
        Syntax::new(tree.clone(), comments.clone(), Arc::new(built), 0, positions)
    };
    let function = interface.function(definition);
    let count = || index.definitions.len() + 1;
    let is_open =
        function.is_none() || interface.built().open_functions.binary_search(&definition.ordinal).is_ok();
    let found = if is_open {
        whole.open_body(unit, count, || make(function, interface.parsed()))
    } else {
        let open = open_in(db, kept, file);
        let make = || match function.map(|function| open.whole.closed_function(function)) {
            Some((function, tree)) => make(Some(function), tree),
            None => make(None, interface.parsed()),
        };
        open.body(unit, count, make)
    };
    found.unwrap_or(interface)
}

/// [`body_syntax_of`] for the function itself.
pub fn body_syntax(db: &dyn IndexDb, file: File, outer: DefId) -> &Syntax {
    syntax_of_unit(db, file, outer.body_unit())
}

/// The index of an outermost function's body; `unit` is 1 + its ordinal. It changes with the body's
/// text, like the syntax: whoever asks for one asks for both.
pub fn body_index(db: &dyn IndexDb, file: File, unit: u32) -> &FileIndex {
    &body_syntax_of(db, file, unit).built().index
}

/// The index that holds what is numbered with `unit`.
#[inline]
pub fn index_of(db: &dyn IndexDb, file: File, unit: u32) -> &FileIndex {
    db.unit_index(file, unit)
}

/// See [`IndexDb::unit_index`].
#[inline(never)]
pub fn find_index(db: &dyn IndexDb, file: File, unit: u32) -> &FileIndex {
    if unit != 0 {
        return &find_syntax(db, file, unit).built().index;
    }
    match db.kept_indexes() {
        Some(kept) => &built_in(db, kept, file).index,
        None => file_index_query(db, file),
    }
}

/// The syntax for what is numbered with `unit`.
#[inline]
pub fn syntax_of_unit(db: &dyn IndexDb, file: File, unit: u32) -> &Syntax {
    db.unit_syntax(file, unit)
}

/// See [`IndexDb::unit_syntax`].
#[inline(never)]
pub fn find_syntax(db: &dyn IndexDb, file: File, unit: u32) -> &Syntax {
    match db.kept_indexes() {
        Some(kept) if unit == 0 => &interface_in(db, kept, file).syntax,
        Some(kept) => body_in(db, kept, file, unit),
        None if unit == 0 => interface_syntax_query(db, file),
        None => body_syntax_query(db, file, unit),
    }
}

/// The syntax of one definition of the interface, a function's or class's body left out. Equal to
/// the one before as long as that text is the same, wherever it stands.
#[salsa::tracked(returns(ref))]
pub fn header_syntax(db: &dyn IndexDb, file: File, definition: DefId) -> HeaderSyntax {
    // With each tree, so that the nodes in hand are those of the current one.
    let _: &ParsedFile = parse(db, file);
    let syntax = syntax_of_unit(db, file, definition.unit);
    let node = syntax.node(definition);
    let range = node.map_or(TextRange::default(), header_range);
    let is_statement = matches!(node, Some(DefNode::Assign(_) | DefNode::AnnAssign(_)));
    let fingerprint = fingerprints(db, file).header(range, is_statement);
    HeaderSyntax::new(syntax.clone(), definition, range.start(), fingerprint)
}

/// What of a node belongs to the definition it makes.
/// Where a definition's statement stands, without the body of one that has a body.
pub fn header_range(node: DefNode<'_>) -> TextRange {
    let before = |range: TextRange, body: &[Stmt]| {
        TextRange::new(range.start(), body.first().map_or(range.end(), Ranged::start))
    };
    match node {
        DefNode::Class(class) => before(class.range, &class.body),
        DefNode::Function(function) => before(function.range, &function.body),
        DefNode::Assign(statement) => statement.range,
        DefNode::AnnAssign(statement) => statement.range,
        DefNode::TypeAlias(statement) => statement.range,
        DefNode::For(statement) => before(statement.range, &statement.body),
        DefNode::With(_, item) => item.range,
        DefNode::Handler(handler) => before(handler.range, &handler.body),
        DefNode::Pattern(name) => name.range,
        DefNode::Alias(alias) => alias.range,
        DefNode::FromAlias(import, _) => import.range,
        DefNode::Parameter(parameter) => parameter.range,
        DefNode::TypeParam(parameter) => parameter.range(),
        DefNode::Comprehension(comprehension) => comprehension.range,
        DefNode::Named(named) => named.range,
    }
}

/// A definition. The id must be one of this file's.
pub fn definition(db: &dyn IndexDb, file: File, id: DefId) -> &Definition {
    &index_of(db, file, id.unit).definitions[id.ordinal as usize]
}

/// A scope. The id must be one of this file's.
pub fn scope(db: &dyn IndexDb, file: File, id: ScopeId) -> &Scope {
    &index_of(db, file, id.unit).scopes[id.ordinal as usize]
}

/// What binds `name` in this very scope.
pub fn lookup_in_scope(
    db: &dyn IndexDb,
    file: File,
    id: ScopeId,
    name: pytype_source::Name,
) -> Option<&Symbol> {
    index_of(db, file, id.unit).scope(id)?.symbols.get(name)
}

/// Whether an assignment at module level is an `x = x` that changes nothing, as something else
/// defines `x`.
pub fn is_module_identity(db: &dyn IndexDb, file: File, assign: &ast::StmtAssign) -> bool {
    let Some(name) = identity_assignment(assign) else { return false };
    let Some(id) = definition_at(db, file, 0, name.range) else { return false };
    let found = definition(db, file, id);
    found.scope == ScopeId::MODULE
        && lookup_in_scope(db, file, ScopeId::MODULE, found.name)
            .is_some_and(|symbol| !symbol.definitions.contains(&id))
}

/// The definition that the node at `range` makes in the index with this unit.
pub fn definition_at(db: &dyn IndexDb, file: File, unit: u32, range: TextRange) -> Option<DefId> {
    syntax_of_unit(db, file, unit).definition_at(range)
}

/// The scope that the node at `range` opens.
pub fn scope_at(db: &dyn IndexDb, file: File, unit: u32, range: TextRange) -> Option<ScopeId> {
    syntax_of_unit(db, file, unit).scope_at(range)
}

/// Where a definition starts in the current text. It moves with every edit above: only for
/// assembling a file's findings.
pub fn definition_start(db: &dyn IndexDb, file: File, id: DefId) -> TextSize {
    let node = current_syntax(db, file, id.unit).node(id);
    node.map_or(TextSize::default(), |node| header_range(node).start())
}

/// Where a stable position of a unit stands in the current text. It moves with every edit above:
/// only for assembling a file's findings.
pub fn current_range(db: &dyn IndexDb, file: File, unit: u32, stable: TextRange) -> TextRange {
    current_syntax(db, file, unit).to_absolute(stable)
}

/// [`syntax_of_unit`], asked in a way that makes the asker depend on every edit of the file.
fn current_syntax(db: &dyn IndexDb, file: File, unit: u32) -> &Syntax {
    if db.kept_indexes().is_none() {
        let _: &ParsedFile = parse(db, file);
    }
    syntax_of_unit(db, file, unit)
}
