//! From definitions back to the syntax that makes them.
//!
//! Nodes are kept as pointers into the parsed file, which the same value keeps alive. Nothing of
//! it crosses a file's boundary.
//!
//! Two values are equal when the *text* they stand for is: an edit elsewhere in the file leaves
//! them equal, although every node is a new one and has moved. Whoever reads syntax through the
//! queries of this crate must therefore keep no node, and no position that is not relative to the
//! text in question, in what it returns (see [`Syntax::to_stable`]).
#![allow(unsafe_code)]

use std::sync::Arc;

use pytype_source::{Name, ParsedFile};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::builder::Built;
use crate::builder::outline::function_at;
use crate::positions::StablePositions;
use crate::type_comments::{self, TypeComment, TypeComments};
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
    With(*const ast::StmtWith, *const ast::WithItem),
    Handler(*const ast::ExceptHandlerExceptHandler),
    Pattern(*const ast::Identifier),
    Alias(*const ast::Alias),
    FromAlias(*const ast::StmtImportFrom, *const ast::Alias),
    Parameter(*const ast::Parameter),
    TypeParam(*const ast::TypeParam),
    Comprehension(*const ast::Comprehension),
    Named(*const ast::ExprNamed),
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
    /// The statement, and the item whose target it is.
    With(&'a ast::StmtWith, &'a ast::WithItem),
    Handler(&'a ast::ExceptHandlerExceptHandler),
    /// A name that a pattern captures.
    Pattern(&'a ast::Identifier),
    Alias(&'a ast::Alias),
    FromAlias(&'a ast::StmtImportFrom, &'a ast::Alias),
    Parameter(&'a ast::Parameter),
    TypeParam(&'a ast::TypeParam),
    Comprehension(&'a ast::Comprehension),
    Named(&'a ast::ExprNamed),
}

/// The assignment that makes a definition.
#[derive(Clone, Copy, Debug)]
pub enum AssignmentNode<'a> {
    Plain(&'a ast::StmtAssign),
    Annotated(&'a ast::StmtAnnAssign),
}

impl<'a> DefNode<'a> {
    /// The assignment statement, if the definition is made by one.
    pub fn assignment(self) -> Option<AssignmentNode<'a>> {
        match self {
            DefNode::Assign(statement) => Some(AssignmentNode::Plain(statement)),
            DefNode::AnnAssign(statement) => Some(AssignmentNode::Annotated(statement)),
            DefNode::Class(_)
            | DefNode::Function(_)
            | DefNode::TypeAlias(_)
            | DefNode::For(_)
            | DefNode::With(..)
            | DefNode::Handler(_)
            | DefNode::Pattern(_)
            | DefNode::Alias(_)
            | DefNode::FromAlias(..)
            | DefNode::Parameter(_)
            | DefNode::TypeParam(_)
            | DefNode::Comprehension(_)
            | DefNode::Named(_) => None,
        }
    }
}

impl<'a> AssignmentNode<'a> {
    /// What is assigned; a mere declaration has no value.
    pub fn value(self) -> Option<&'a Expr> {
        match self {
            AssignmentNode::Plain(statement) => Some(&statement.value),
            AssignmentNode::Annotated(statement) => statement.value.as_deref(),
        }
    }
}

/// Where the bodies are that an interface's tree may lack.
#[derive(Clone)]
pub(crate) enum ClosedBodies {
    /// In the tree itself, or nobody has asked for them.
    Own,
    /// In a tree of the whole file.
    Whole(ParsedFile),
    /// In a module of nothing but the functions whose bodies the tree lacks.
    Functions(ParsedFile),
}

/// The syntax of one index: a file's interface, or one function's body.
#[derive(Clone)]
pub struct Syntax {
    file: ParsedFile,
    closed: ClosedBodies,
    comments: Arc<TypeComments>,
    built: Arc<Built>,
    /// What stands for the text in comparisons.
    fingerprint: u64,
    positions: Arc<StablePositions>,
}

impl PartialEq for Syntax {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}
impl Eq for Syntax {}

impl Syntax {
    pub(crate) fn new(
        file: ParsedFile,
        comments: Arc<TypeComments>,
        built: Arc<Built>,
        fingerprint: u64,
        positions: Arc<StablePositions>,
    ) -> Syntax {
        Syntax { file, closed: ClosedBodies::Own, comments, built, fingerprint, positions }
    }

    /// The same syntax, with the bodies that it lacks.
    pub(crate) fn with_closed_bodies(&self, closed: ClosedBodies) -> Syntax {
        Syntax { closed, ..self.clone() }
    }

    pub(crate) fn built(&self) -> &Built {
        &self.built
    }

    pub(crate) fn shared_built(&self) -> &Arc<Built> {
        &self.built
    }

    pub(crate) fn comments(&self) -> &Arc<TypeComments> {
        &self.comments
    }

    /// The module's statements: none where a `# type: ignore` on top makes them disappear. Functions may
    /// lack their bodies: see [`Syntax::with_body`].
    pub fn module_body(&self) -> &[Stmt] {
        if self.comments.ignores_module() { &[] } else { self.statements() }
    }

    /// The module's statements in any case.
    pub fn statements(&self) -> &[Stmt] {
        match &self.closed {
            ClosedBodies::Whole(file) => &file.module().body,
            ClosedBodies::Own | ClosedBodies::Functions(_) => &self.file.module().body,
        }
    }

    /// A function of [`Syntax::module_body`] with its body, if this is what [`crate::whole_syntax`] answers.
    pub fn with_body<'a>(&'a self, function: &'a ast::StmtFunctionDef) -> &'a ast::StmtFunctionDef {
        match &self.closed {
            ClosedBodies::Own | ClosedBodies::Whole(_) => function,
            ClosedBodies::Functions(file) => {
                function_at(&file.module().body, function.range).unwrap_or(function)
            }
        }
    }

    /// A function of this index with its body, and what it is a part of.
    pub(crate) fn closed_function<'a>(
        &'a self,
        function: &'a ast::StmtFunctionDef,
    ) -> (&'a ast::StmtFunctionDef, &'a ParsedFile) {
        let elsewhere = match &self.closed {
            ClosedBodies::Own => None,
            ClosedBodies::Whole(file) | ClosedBodies::Functions(file) => {
                function_at(&file.module().body, function.range).map(|function| (function, file))
            }
        };
        elsewhere.unwrap_or((function, &self.file))
    }

    pub fn parsed(&self) -> &ParsedFile {
        &self.file
    }

    /// The node of a definition of this index.
    pub fn node(&self, id: DefId) -> Option<DefNode<'_>> {
        let raw = self.built.nodes.get(id.ordinal as usize)?;
        (id.unit == self.built.unit).then(|| self.reach(*raw))
    }

    fn reach(&self, raw: RawNode) -> DefNode<'_> {
        // SAFETY: every pointer was taken from the tree that `self.file` keeps alive, and the tree
        // is never changed; the reference lives no longer than `self`.
        unsafe {
            match raw {
                RawNode::Class(node) => DefNode::Class(&*node),
                RawNode::Function(node) => DefNode::Function(&*node),
                RawNode::Assign(node) => DefNode::Assign(&*node),
                RawNode::AnnAssign(node) => DefNode::AnnAssign(&*node),
                RawNode::TypeAlias(node) => DefNode::TypeAlias(&*node),
                RawNode::For(node) => DefNode::For(&*node),
                RawNode::With(node, item) => DefNode::With(&*node, &*item),
                RawNode::Handler(node) => DefNode::Handler(&*node),
                RawNode::Pattern(node) => DefNode::Pattern(&*node),
                RawNode::Alias(node) => DefNode::Alias(&*node),
                RawNode::FromAlias(import, alias) => DefNode::FromAlias(&*import, &*alias),
                RawNode::Parameter(node) => DefNode::Parameter(&*node),
                RawNode::TypeParam(node) => DefNode::TypeParam(&*node),
                RawNode::Comprehension(node) => DefNode::Comprehension(&*node),
                RawNode::Named(node) => DefNode::Named(&*node),
            }
        }
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

    /// The outermost function whose body this is the syntax of, `unit` being that body's.
    pub fn body_function(&self) -> Option<&ast::StmtFunctionDef> {
        match self.reach(self.built.body_of?) {
            DefNode::Function(function) => Some(function),
            _ => None,
        }
    }

    /// The assignment through which `method` defines an attribute: the first that declares its
    /// type, or else the first.
    pub fn self_attribute(&self, method: DefId, name: Name) -> Option<DefNode<'_>> {
        let (id, attributes) = self.built.self_attributes.get_key_value(&method)?;
        let (_, raw) = attributes.iter().find(|(attribute, _)| *attribute == name)?;
        (id.unit == self.built.unit).then(|| self.reach(*raw))
    }

    /// The definition that the node (or name) at `range` makes.
    pub fn definition_at(&self, range: TextRange) -> Option<DefId> {
        let ordinal = self.built.by_range.get(range)?;
        Some(DefId { unit: self.built.unit, ordinal })
    }

    /// The scope that the class, function, lambda or comprehension at `range` opens.
    pub fn scope_at(&self, range: TextRange) -> Option<ScopeId> {
        self.built.scopes.get(range)
    }

    /// The type comment of an assignment (behind it), or of a `for` or `with` statement (behind its
    /// colon).
    pub fn type_comment(&self, statement: &Stmt) -> Option<TypeComment<'_>> {
        match statement {
            Stmt::Assign(assign) => self.assignment_comment(assign.end()),
            statement => self.comments.of_header(type_comments::header_end(statement)?),
        }
    }

    /// The type comment of an assignment that ends at `end`.
    pub fn assignment_comment(&self, end: TextSize) -> Option<TypeComment<'_>> {
        self.comments.of_assignment(end)
    }

    /// The type comment of a parameter that ends at `end`.
    pub fn parameter_comment(&self, end: TextSize) -> Option<TypeComment<'_>> {
        self.comments.of_parameter(end)
    }

    /// The comment with the signature of a function, before the first statement of its body.
    pub fn signature_comment(&self, function: &ast::StmtFunctionDef) -> Option<TypeComment<'_>> {
        self.comments.of_function(function)
    }

    /// A position of the current text as one that edits outside of this syntax do not move.
    pub fn to_stable(&self, range: TextRange) -> TextRange {
        self.positions.to_stable(range)
    }

    /// Back from [`Syntax::to_stable`].
    pub fn to_absolute(&self, range: TextRange) -> TextRange {
        self.positions.to_absolute(range)
    }
}

/// The syntax of one definition of the interface, without the body of a function or class.
#[derive(Clone)]
pub struct HeaderSyntax {
    syntax: Syntax,
    definition: DefId,
    start: TextSize,
    fingerprint: u64,
}

impl PartialEq for HeaderSyntax {
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition && self.fingerprint == other.fingerprint
    }
}
impl Eq for HeaderSyntax {}

impl HeaderSyntax {
    pub(crate) fn new(syntax: Syntax, definition: DefId, start: TextSize, fingerprint: u64) -> HeaderSyntax {
        HeaderSyntax { syntax, definition, start, fingerprint }
    }

    /// The definition's node. Of a function or class, only what stands before its body may be read.
    pub fn node(&self) -> Option<DefNode<'_>> {
        self.syntax.node(self.definition)
    }

    /// The definition's start. No result may depend on it but by subtracting it.
    pub fn start(&self) -> TextSize {
        self.start
    }

    /// A position relative to the definition.
    pub fn to_relative(&self, range: TextRange) -> TextRange {
        let offset = |at: TextSize| at.checked_sub(self.start).unwrap_or_default();
        TextRange::new(offset(range.start()), offset(range.end()))
    }
}
