//! A tree without the bodies that say nothing to the outside.
//!
//! Most of a tree is in bodies that are read once, when their file is checked. In a run that answers
//! once they are parsed again then: keeping all of them from the first file to the last would cost
//! more than that, in memory and in time.

use ruff_python_ast::{self as ast, AtomicNodeIndex, ModModule, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use super::FileFacts;
use super::decorators::is_trivial;
use super::function_facts::{FunctionFacts, body_range};

/// What the outermost functions of a file say, by their range.
#[derive(Default)]
pub(crate) struct KnownFunctions(FxHashMap<TextRange, FunctionFacts>);

impl KnownFunctions {
    pub(super) fn remove(&mut self, function: TextRange) -> Option<FunctionFacts> {
        self.0.remove(&function)
    }
}

/// What was taken out of a tree.
pub(crate) struct Outlined {
    pub known: KnownFunctions,
    /// Nothing was.
    pub is_whole: bool,
}

/// Takes the bodies of outermost functions out of a tree that define nothing outside of themselves.
/// A statement that is never looked at stands for each. Bodies that do nothing stay.
///
/// `skimmed` has the bodies in the place of which something else was parsed, in order.
pub(crate) fn take_bodies(module: &mut ModModule, facts: FileFacts<'_>, skimmed: &[TextRange]) -> Outlined {
    let mut outline = Outline { facts, skimmed, known: FxHashMap::default(), is_whole: true };
    outline.block(&mut module.body, false);
    Outlined { known: KnownFunctions(outline.known), is_whole: outline.is_whole }
}

struct Outline<'a> {
    facts: FileFacts<'a>,
    skimmed: &'a [TextRange],
    known: FxHashMap<TextRange, FunctionFacts>,
    is_whole: bool,
}

impl Outline<'_> {
    fn block(&mut self, block: &mut [Stmt], in_class: bool) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            for statement in block {
                self.statement(statement, in_class);
            }
        });
    }

    fn statement(&mut self, statement: &mut Stmt, in_class: bool) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function, in_class),
            Stmt::ClassDef(class) => self.block(&mut class.body, true),
            Stmt::If(statement) => {
                self.block(&mut statement.body, in_class);
                for clause in &mut statement.elif_else_clauses {
                    self.block(&mut clause.body, in_class);
                }
            }
            Stmt::For(statement) => {
                self.block(&mut statement.body, in_class);
                self.block(&mut statement.orelse, in_class);
            }
            Stmt::While(statement) => {
                self.block(&mut statement.body, in_class);
                self.block(&mut statement.orelse, in_class);
            }
            Stmt::With(statement) => self.block(&mut statement.body, in_class),
            Stmt::Try(statement) => {
                self.block(&mut statement.body, in_class);
                for ast::ExceptHandler::ExceptHandler(handler) in &mut statement.handlers {
                    self.block(&mut handler.body, in_class);
                }
                self.block(&mut statement.orelse, in_class);
                self.block(&mut statement.finalbody, in_class);
            }
            Stmt::Match(statement) => {
                for case in &mut statement.cases {
                    self.block(&mut case.body, in_class);
                }
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &mut ast::StmtFunctionDef, in_class: bool) {
        let range = body_range(&function.body);
        let was_skimmed = self.skimmed.binary_search_by_key(&range.start(), Ranged::start).is_ok();
        let found = if was_skimmed {
            FunctionFacts::default()
        } else {
            FunctionFacts::of_outermost(function, in_class, self.facts)
        };
        if was_skimmed || !found.is_open() && !is_trivial(&function.body) {
            let stands_for_it = ast::StmtReturn { node_index: AtomicNodeIndex::NONE, range, value: None };
            function.body = ast::Suite::with_capacity(1);
            function.body.push(Stmt::Return(stands_for_it));
            self.is_whole = false;
        }
        self.known.insert(function.range, found);
    }
}

/// Whether a function is one of those whose body was taken out.
pub(crate) fn lacks_body(function: &ast::StmtFunctionDef) -> bool {
    // Nobody minds if it is a bare `return` as it was written.
    matches!(&*function.body, [Stmt::Return(statement)] if statement.value.is_none())
}

/// Goes through the functions of a block that stand in no other, in order.
pub(crate) fn outermost_functions<'a>(block: &'a [Stmt], found: &mut impl FnMut(&'a ast::StmtFunctionDef)) {
    for statement in block {
        match statement {
            Stmt::FunctionDef(function) => found(function),
            statement => {
                for block in blocks_of(statement) {
                    stacker::maybe_grow(64 * 1024, 1024 * 1024, || outermost_functions(block, found));
                }
            }
        }
    }
}

/// The blocks of a statement that belong to the same body, in order.
fn blocks_of(statement: &Stmt) -> SmallVec<[&[Stmt]; 4]> {
    match statement {
        Stmt::ClassDef(class) => smallvec![&*class.body],
        Stmt::If(statement) => std::iter::once(&*statement.body)
            .chain(statement.elif_else_clauses.iter().map(|clause| &*clause.body))
            .collect(),
        Stmt::For(statement) => smallvec![&*statement.body, &*statement.orelse],
        Stmt::While(statement) => smallvec![&*statement.body, &*statement.orelse],
        Stmt::With(statement) => smallvec![&*statement.body],
        Stmt::Try(statement) => {
            let handlers = statement.handlers.iter();
            let handlers = handlers.map(|ast::ExceptHandler::ExceptHandler(handler)| &*handler.body);
            std::iter::once(&*statement.body)
                .chain(handlers)
                .chain([&*statement.orelse, &*statement.finalbody])
                .collect()
        }
        Stmt::Match(statement) => statement.cases.iter().map(|case| &*case.body).collect(),
        _ => SmallVec::new(),
    }
}

/// The function at `range` in a tree.
pub(crate) fn function_at(mut block: &[Stmt], range: TextRange) -> Option<&ast::StmtFunctionDef> {
    loop {
        let at = block.partition_point(|statement| statement.end() < range.end());
        let within = |block: &&[Stmt]| {
            block.last().is_some_and(|last| {
                block.first().is_some_and(|first| first.start() <= range.start()) && range.end() <= last.end()
            })
        };
        block = match block.get(at)? {
            Stmt::FunctionDef(function) => return (function.range == range).then_some(function),
            statement => blocks_of(statement).into_iter().find(within)?,
        };
    }
}
