//! Which names are defined at the cursor: on all paths to it, or on some.

use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use super::names::NameSet;

/// What is defined at the end of one branch.
#[derive(Clone, Default)]
pub(super) struct BranchState {
    always: NameSet,
    sometimes: NameSet,
    /// The branch does not come to its end.
    skipped: bool,
}

impl BranchState {
    fn define(&mut self, name: u32) {
        self.always.insert(name);
        self.sometimes.remove(name);
    }

    fn knows(&self, name: u32) -> bool {
        self.always.contains(name) || self.sometimes.contains(name)
    }

    pub(super) fn always(&self) -> &NameSet {
        &self.always
    }
}

/// A statement with branches, of which the last is being walked.
#[derive(Clone)]
struct BranchStatement {
    initial: BranchState,
    finished: Vec<BranchState>,
    current: BranchState,
}

impl BranchStatement {
    fn new(mut initial: BranchState) -> BranchStatement {
        initial.skipped = false;
        BranchStatement { current: initial.clone(), finished: Vec::new(), initial }
    }

    fn branches(&self) -> impl Iterator<Item = &BranchState> {
        self.finished.iter().chain(std::iter::once(&self.current))
    }

    /// What holds behind the statement.
    fn done(self) -> BranchState {
        let mut sometimes = NameSet::default();
        let mut always: Option<NameSet> = None;
        for branch in self.branches() {
            sometimes.unite(&branch.always);
            sometimes.unite(&branch.sometimes);
            if !branch.skipped {
                match &mut always {
                    Some(always) => always.intersect(&branch.always),
                    None => always = Some(branch.always.clone()),
                }
            }
        }
        let skipped = always.is_none();
        let always = always.unwrap_or_default();
        sometimes.subtract(&always);
        BranchState { always, sometimes, skipped }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    Comprehension,
}

/// One scope with the branches that are open in it.
#[derive(Clone)]
pub(super) struct Scope {
    kind: ScopeKind,
    /// The scope's own level.
    level: BranchStatement,
    /// Statements with branches around the cursor, the innermost last.
    open: Vec<BranchStatement>,
    /// References to names that nothing has defined so far.
    unresolved: FxHashMap<u32, Vec<TextRange>>,
}

impl Scope {
    fn new(kind: ScopeKind, initial: BranchState) -> Scope {
        Scope {
            kind,
            level: BranchStatement::new(initial),
            open: Vec::new(),
            unresolved: FxHashMap::default(),
        }
    }

    fn innermost(&self) -> &BranchStatement {
        self.open.last().unwrap_or(&self.level)
    }

    fn innermost_mut(&mut self) -> &mut BranchStatement {
        self.open.last_mut().unwrap_or(&mut self.level)
    }
}

/// The scopes around the cursor.
pub(super) struct Tracker {
    module: Scope,
    inner: Vec<Scope>,
    /// `return` and its like do not end a branch: while a `try` with a `finally` is walked for what
    /// may be undefined in the `finally`.
    pub(super) keeps_ended_branches: bool,
    pub(super) in_finally: bool,
}

impl Tracker {
    pub(super) fn new() -> Tracker {
        Tracker {
            module: Scope::new(ScopeKind::Module, BranchState::default()),
            inner: Vec::new(),
            keeps_ended_branches: false,
            in_finally: false,
        }
    }

    fn scope(&self) -> &Scope {
        self.inner.last().unwrap_or(&self.module)
    }

    fn scope_mut(&mut self) -> &mut Scope {
        self.inner.last_mut().unwrap_or(&mut self.module)
    }

    /// The innermost scope, to come back to with [`Tracker::restore`].
    pub(super) fn snapshot(&self) -> Scope {
        self.scope().clone()
    }

    pub(super) fn restore(&mut self, scope: Scope) {
        *self.scope_mut() = scope;
    }

    pub(super) fn scope_kind(&self) -> ScopeKind {
        self.scope().kind
    }

    pub(super) fn enter_scope(&mut self, kind: ScopeKind) {
        // Comprehensions see the names of the scope around them.
        let initial = match kind {
            ScopeKind::Comprehension => self.branch().clone(),
            ScopeKind::Module | ScopeKind::Class | ScopeKind::Function => BranchState::default(),
        };
        self.inner.push(Scope::new(kind, initial));
    }

    pub(super) fn leave_scope(&mut self) {
        self.inner.pop();
    }

    /// The branch under the cursor.
    pub(super) fn branch(&self) -> &BranchState {
        &self.scope().innermost().current
    }

    fn branch_mut(&mut self) -> &mut BranchState {
        &mut self.scope_mut().innermost_mut().current
    }

    pub(super) fn open_branches(&mut self) {
        let initial = self.branch().clone();
        self.scope_mut().open.push(BranchStatement::new(initial));
    }

    pub(super) fn next_branch(&mut self) {
        let statement = self.scope_mut().innermost_mut();
        let finished = std::mem::replace(&mut statement.current, statement.initial.clone());
        statement.finished.push(finished);
    }

    pub(super) fn close_branches(&mut self) {
        let Some(statement) = self.scope_mut().open.pop() else { return };
        let result = statement.done();
        let branch = self.branch_mut();
        if result.skipped {
            branch.skipped = true;
            return;
        }
        branch.always.unite(&result.always);
        branch.sometimes.unite(&result.sometimes);
        let BranchState { always, sometimes, .. } = branch;
        sometimes.subtract(always);
    }

    /// The branch under the cursor does not come to its end.
    pub(super) fn skip_branch(&mut self) {
        if !self.scope().open.is_empty() && !self.keeps_ended_branches {
            self.branch_mut().skipped = true;
        }
    }

    pub(super) fn define(&mut self, name: u32) {
        self.branch_mut().define(name);
    }

    pub(super) fn define_all(&mut self, names: &NameSet) {
        let branch = self.branch_mut();
        branch.always.unite(names);
        branch.sometimes.subtract(names);
    }

    pub(super) fn delete(&mut self, name: u32) {
        let branch = self.branch_mut();
        branch.always.remove(name);
        branch.sometimes.remove(name);
    }

    pub(super) fn may_be_undefined(&self, name: u32) -> bool {
        self.branch().sometimes.contains(name)
    }

    pub(super) fn is_undefined(&self, name: u32) -> bool {
        !self.branch().knows(name)
    }

    /// Whether the name is defined, but only in branches that do not lead here.
    pub(super) fn is_defined_elsewhere(&self, name: u32) -> bool {
        let scope = self.scope();
        self.is_undefined(name)
            && std::iter::once(&scope.level)
                .chain(&scope.open)
                .any(|statement| statement.branches().any(|branch| branch.knows(name)))
    }

    pub(super) fn record_unresolved(&mut self, name: u32, place: TextRange) {
        self.scope_mut().unresolved.entry(name).or_default().push(place);
    }

    pub(super) fn take_unresolved(&mut self, name: u32) -> Vec<TextRange> {
        self.scope_mut().unresolved.remove(&name).unwrap_or_default()
    }
}
