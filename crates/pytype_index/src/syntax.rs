//! From definitions back to the syntax that makes them.
//!
//! Nodes are kept as pointers into the parsed file, which the same value keeps alive. Nothing of
//! it is compared or crosses a file's boundary.
#![allow(unsafe_code)]

use std::sync::Arc;

use pytype_source::ParsedFile;
use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::TextRange;

use crate::builder::Built;
use crate::{DefId, ScopeId};

/// A node by its address. Valid as long as the file it was parsed from is alive and unchanged.
#[derive(Clone, Copy)]
pub(crate) enum RawNode {
    Class(*const ast::StmtClassDef),
    Function(*const ast::StmtFunctionDef),
    Assign(*const ast::StmtAssign),
    AnnAssign(*const ast::StmtAnnAssign),
    TypeAlias(*const ast::StmtTypeAlias),
    For(*const ast::StmtFor),
    With(*const ast::StmtWith),
    Handler(*const ast::ExceptHandlerExceptHandler),
    Pattern(*const ast::Identifier),
    Alias(*const ast::Alias),
    FromAlias(*const ast::StmtImportFrom, *const ast::Alias),
    Parameter(*const ast::Parameter),
    TypeParam(*const ast::TypeParam),
    Comprehension(*const ast::Comprehension),
    Named(*const ast::ExprNamed),
    Global(*const ast::StmtFunctionDef),
}

// SAFETY: the pointers lead into an immutable tree behind an `Arc`.
unsafe impl Send for RawNode {}
// SAFETY: as above; nothing is ever written through them.
unsafe impl Sync for RawNode {}

/// The syntax that makes a definition.
#[derive(Clone, Copy, Debug)]
pub enum DefNode<'a> {
    Class(&'a ast::StmtClassDef),
    Function(&'a ast::StmtFunctionDef),
    Assign(&'a ast::StmtAssign),
    AnnAssign(&'a ast::StmtAnnAssign),
    TypeAlias(&'a ast::StmtTypeAlias),
    For(&'a ast::StmtFor),
    With(&'a ast::StmtWith),
    Handler(&'a ast::ExceptHandlerExceptHandler),
    /// A name that a pattern captures.
    Pattern(&'a ast::Identifier),
    Alias(&'a ast::Alias),
    FromAlias(&'a ast::StmtImportFrom, &'a ast::Alias),
    Parameter(&'a ast::Parameter),
    TypeParam(&'a ast::TypeParam),
    Comprehension(&'a ast::Comprehension),
    Named(&'a ast::ExprNamed),
    /// A module variable that only this function assigns.
    Global(&'a ast::StmtFunctionDef),
}

/// The syntax of one index: a file's interface, or one function's body.
#[derive(Clone)]
pub struct Syntax {
    file: ParsedFile,
    built: Arc<Built>,
}

impl PartialEq for Syntax {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.built, &other.built)
    }
}
impl Eq for Syntax {}

impl Syntax {
    pub(crate) fn new(file: ParsedFile, built: Built) -> Syntax {
        Syntax { file, built: Arc::new(built) }
    }

    pub(crate) fn built(&self) -> &Built {
        &self.built
    }

    /// The module's statements.
    pub fn module_body(&self) -> &[Stmt] {
        &self.file.module().body
    }

    pub fn parsed(&self) -> &ParsedFile {
        &self.file
    }

    /// The node of a definition of this index.
    pub fn node(&self, id: DefId) -> Option<DefNode<'_>> {
        let raw = self.built.nodes.get(id.ordinal as usize)?;
        // SAFETY: every pointer was taken from the tree that `self.file` keeps alive, and the tree
        // is never changed; the reference lives no longer than `self`.
        Some(unsafe {
            match *raw {
                RawNode::Class(node) => DefNode::Class(&*node),
                RawNode::Function(node) => DefNode::Function(&*node),
                RawNode::Assign(node) => DefNode::Assign(&*node),
                RawNode::AnnAssign(node) => DefNode::AnnAssign(&*node),
                RawNode::TypeAlias(node) => DefNode::TypeAlias(&*node),
                RawNode::For(node) => DefNode::For(&*node),
                RawNode::With(node) => DefNode::With(&*node),
                RawNode::Handler(node) => DefNode::Handler(&*node),
                RawNode::Pattern(node) => DefNode::Pattern(&*node),
                RawNode::Alias(node) => DefNode::Alias(&*node),
                RawNode::FromAlias(import, alias) => DefNode::FromAlias(&*import, &*alias),
                RawNode::Parameter(node) => DefNode::Parameter(&*node),
                RawNode::TypeParam(node) => DefNode::TypeParam(&*node),
                RawNode::Comprehension(node) => DefNode::Comprehension(&*node),
                RawNode::Named(node) => DefNode::Named(&*node),
                RawNode::Global(node) => DefNode::Global(&*node),
            }
        })
    }

    pub fn function(&self, id: DefId) -> Option<&ast::StmtFunctionDef> {
        match self.node(id)? {
            DefNode::Function(function) => Some(function),
            _ => None,
        }
    }

    pub fn class(&self, id: DefId) -> Option<&ast::StmtClassDef> {
        match self.node(id)? {
            DefNode::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The definition that the node (or name) at `range` makes.
    pub fn definition_at(&self, range: TextRange) -> Option<DefId> {
        self.built.by_range.get(&range).copied()
    }

    /// The scope that the class, function, lambda or comprehension at `range` opens.
    pub fn scope_at(&self, range: TextRange) -> Option<ScopeId> {
        self.built.scopes.get(&range).copied()
    }
}
