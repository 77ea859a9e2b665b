//! Functions of one block that belong together: overloads, a property with its parts.
//!
//! They stand next to each other under one name, the first of them decorated. As in mypy, `if` statements
//! in between whose blocks hold nothing but further overloads are looked through: what a condition that
//! needs no types selects counts as if it stood in the block itself; where the condition is unknown, the
//! overloads in it are left out, which is reported.

use pytype_config::ModuleOptions;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use smallvec::SmallVec;
use std::rc::Rc;

use crate::reachability::{Truth, truth_of};

/// A part of a block, in order.
#[derive(Clone, Debug)]
pub enum BlockPart<'a> {
    Statement(&'a Stmt),
    /// Functions that belong together; one alone if the others were left out.
    Functions(Vec<&'a ast::StmtFunctionDef>),
    /// An `if` whose functions were taken out: its conditions are all that is left of it.
    Conditions(&'a ast::StmtIf),
}

/// A block with its functions put together.
#[derive(Clone, Debug)]
pub struct GroupedBlock<'a> {
    pub parts: Vec<BlockPart<'a>>,
    /// `if` statements whose condition is unknown, although overloads stand in them.
    pub unclear: Vec<TextRange>,
    /// What only the type checker sees (`if TYPE_CHECKING`), functions that were taken out included.
    pub checker_only: Vec<TextRange>,
}

/// The block with its functions put together; `None` where each statement stands for itself.
pub fn grouped_block<'a>(body: &'a [Stmt], options: &ModuleOptions) -> Option<GroupedBlock<'a>> {
    if !may_need_grouping(body) {
        return None;
    }
    let merger = Merger { options };
    let mut unclear = Vec::new();
    let items = merger.merged(merger.items(body), &mut unclear);
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Item::Function(function) => parts.push(BlockPart::Functions(vec![function])),
            Item::Set(functions) => parts.push(BlockPart::Functions(functions)),
            Item::If(branch) => parts.push(BlockPart::Statement(branch.whole)),
            Item::Stripped(branch) => {
                branch.collect_unclear(&mut unclear);
                parts.extend(branch.whole.as_if_stmt().map(BlockPart::Conditions));
            }
            Item::Other(statement) => parts.push(BlockPart::Statement(statement)),
        }
    }
    let mut checker_only = Vec::new();
    collect_checker_only(body, options, &mut checker_only);
    Some(GroupedBlock { parts, unclear, checker_only })
}

fn collect_checker_only(body: &[Stmt], options: &ModuleOptions, into: &mut Vec<TextRange>) {
    for statement in body.iter().filter_map(Stmt::as_if_stmt) {
        let clauses = statement.elif_else_clauses.iter();
        let rest = clauses.map(|clause| (clause.test.as_ref(), &clause.body));
        for (test, body) in std::iter::once((Some(&*statement.test), &statement.body)).chain(rest) {
            if test.is_some_and(|test| truth_of(test, options) == Truth::MypyTrue)
                && let (Some(first), Some(last)) = (body.first(), body.last())
            {
                into.push(TextRange::new(first.start(), last.end()));
            } else {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
                    collect_checker_only(body, options, into);
                });
            }
        }
    }
}

/// Whether two neighbours might belong together.
fn may_need_grouping(body: &[Stmt]) -> bool {
    let holds_functions =
        |statement: &ast::StmtIf| matches!(statement.body.last(), Some(Stmt::FunctionDef(_) | Stmt::If(_)));
    let pair = |one: &Stmt, other: &Stmt| match (one, other) {
        (Stmt::FunctionDef(one), Stmt::FunctionDef(other)) => {
            !one.decorator_list.is_empty() && one.name.id == other.name.id
        }
        (Stmt::FunctionDef(one), Stmt::If(other)) => !one.decorator_list.is_empty() && holds_functions(other),
        (Stmt::If(one), Stmt::FunctionDef(_) | Stmt::If(_)) => holds_functions(one),
        _ => false,
    };
    body.windows(2).any(|window| match window {
        [one, other] => pair(one, other),
        _ => false,
    })
}

#[derive(Clone)]
enum Item<'a> {
    Function(&'a ast::StmtFunctionDef),
    Set(Vec<&'a ast::StmtFunctionDef>),
    If(Rc<If<'a>>),
    Stripped(Rc<If<'a>>),
    Other(&'a Stmt),
}

/// An `if` or `elif` with what follows it.
struct If<'a> {
    /// The whole statement.
    whole: &'a Stmt,
    test: &'a Expr,
    /// From the `if` or `elif` on.
    range: TextRange,
    body: Vec<Item<'a>>,
    /// The condition is true: nothing behind it counts.
    always: bool,
    otherwise: Otherwise<'a>,
    /// Unclear conditions inside of the body.
    unclear: Vec<TextRange>,
}

enum Otherwise<'a> {
    Nothing,
    Elif(Rc<If<'a>>),
    Else { body: Vec<Item<'a>>, unclear: Vec<TextRange> },
}

impl<'a> If<'a> {
    /// What was unclear in blocks that nobody will look at again.
    fn collect_unclear(&self, into: &mut Vec<TextRange>) {
        into.extend(&self.unclear);
        match &self.otherwise {
            Otherwise::Nothing => {}
            Otherwise::Elif(next) => next.collect_unclear(into),
            Otherwise::Else { unclear, .. } => into.extend(unclear),
        }
    }

    /// The name of the overloads that the branches hold, if they hold nothing else.
    fn overload_name(&self, current: Option<&str>) -> Option<&'a str> {
        let name = match self.body.as_slice() {
            [Item::Function(function)] if !function.decorator_list.is_empty() || current.is_some() => {
                function.name.as_str()
            }
            [Item::Set(functions)] => functions.first()?.name.as_str(),
            [before @ .., Item::Set(functions)]
                if before.iter().all(|item| matches!(item, Item::Stripped(_))) =>
            {
                functions.first()?.name.as_str()
            }
            _ => return None,
        };
        let same = match &self.otherwise {
            _ if self.always => true,
            Otherwise::Nothing => true,
            Otherwise::Elif(next) => next.overload_name(current) == Some(name),
            Otherwise::Else { body, .. } => match body.as_slice() {
                [Item::Function(function)] => function.name.as_str() == name,
                [Item::Set(functions)] => functions.first().is_some_and(|f| f.name.as_str() == name),
                [Item::If(next)] => next.overload_name(current) == Some(name),
                _ => false,
            },
        };
        same.then_some(name)
    }
}

/// Which block of an `if` is executed.
enum Executed<'b, 'a> {
    Block(&'b [Item<'a>]),
    Nothing,
    Unclear(TextRange),
}

/// An `if` that came last and may turn out to belong to the functions behind it.
struct Pending<'a> {
    branch: Rc<If<'a>>,
    functions: Option<Vec<&'a ast::StmtFunctionDef>>,
    unclear: Option<TextRange>,
}

struct Merger<'o> {
    options: &'o ModuleOptions,
}

impl Merger<'_> {
    fn items<'a>(&self, body: &'a [Stmt]) -> Vec<Item<'a>> {
        let item = |statement: &'a Stmt| match statement {
            Stmt::FunctionDef(function) => Item::Function(function),
            Stmt::If(conditional) => {
                let clauses = conditional.elif_else_clauses.as_slice();
                let range = conditional.range;
                Item::If(self.branch(statement, &conditional.test, &conditional.body, range, clauses))
            }
            other => Item::Other(other),
        };
        body.iter().map(item).collect()
    }

    fn branch<'a>(
        &self,
        whole: &'a Stmt,
        test: &'a Expr,
        body: &'a [Stmt],
        range: TextRange,
        clauses: &'a [ast::ElifElseClause],
    ) -> Rc<If<'a>> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let mut unclear = Vec::new();
            let body = self.merged_body(body, &mut unclear);
            let otherwise = match clauses.split_first() {
                None => Otherwise::Nothing,
                Some((clause, rest)) => match &clause.test {
                    Some(test) => Otherwise::Elif(self.branch(whole, test, &clause.body, clause.range, rest)),
                    None => {
                        let mut unclear = Vec::new();
                        let body = self.merged_body(&clause.body, &mut unclear);
                        Otherwise::Else { body, unclear }
                    }
                },
            };
            let always = truth_of(test, self.options).is_true();
            Rc::new(If { whole, test, range, body, always, otherwise, unclear })
        })
    }

    fn merged_body<'a>(&self, body: &'a [Stmt], unclear: &mut Vec<TextRange>) -> Vec<Item<'a>> {
        let functions_only = body.iter().all(|s| matches!(s, Stmt::FunctionDef(_) | Stmt::If(_)));
        if !functions_only {
            // Such a block takes part in nothing.
            return body.iter().map(Item::Other).collect();
        }
        self.merged(self.items(body), unclear)
    }

    fn executed<'b, 'a>(&self, branch: &'b If<'a>) -> Executed<'b, 'a> {
        let truth = truth_of(branch.test, self.options);
        if truth.is_true() {
            return Executed::Block(&branch.body);
        }
        if !truth.is_false() {
            return Executed::Unclear(branch.range);
        }
        match &branch.otherwise {
            Otherwise::Nothing => Executed::Nothing,
            Otherwise::Elif(next) => self.executed(next),
            Otherwise::Else { body, .. } => match body.as_slice() {
                [Item::If(next)] => self.executed(next),
                block => Executed::Block(block),
            },
        }
    }

    fn merged<'a>(&self, items: Vec<Item<'a>>, unclear: &mut Vec<TextRange>) -> Vec<Item<'a>> {
        let mut state = State::default();
        for item in items {
            self.take(item, &mut state, unclear);
        }
        state.finish()
    }

    fn take<'a>(&self, item: Item<'a>, state: &mut State<'a>, unclear: &mut Vec<TextRange>) {
        let mut name = None;
        let mut functions: Option<Vec<&'a ast::StmtFunctionDef>> = None;
        let mut stripped: SmallVec<[Rc<If<'a>>; 1]> = SmallVec::new();
        let mut open = None;
        if let Item::If(branch) = &item {
            name = branch.overload_name(state.name);
            if name.is_some() {
                match self.executed(branch) {
                    Executed::Block(block) => {
                        for inner in block {
                            match inner {
                                Item::Function(function) => functions = Some(vec![*function]),
                                Item::Set(set) => functions = Some(set.clone()),
                                Item::If(inner) | Item::Stripped(inner) => stripped.push(Rc::clone(inner)),
                                Item::Other(_) => {}
                            }
                        }
                    }
                    Executed::Nothing => {}
                    Executed::Unclear(range) => open = Some(range),
                }
            }
        }
        match &item {
            Item::Function(function) if state.name == Some(function.name.as_str()) => {
                state.join_pending(unclear);
                state.current.push(function);
                if function.decorator_list.is_empty() {
                    state.finished = true;
                }
            }
            Item::If(branch) if name.is_some() && name == state.name && !state.finished => {
                state.skipped.push(Rc::clone(branch));
                let Some(functions) = functions else {
                    unclear.extend(open);
                    return;
                };
                state.take_pending_functions();
                state.skipped.extend(stripped);
                state.current.extend(functions);
            }
            _ => {
                state.close();
                match item {
                    Item::Function(function)
                        if !function.decorator_list.is_empty() && function.name.as_str() != "_" =>
                    {
                        state.current = vec![function];
                        state.name = Some(function.name.as_str());
                    }
                    Item::If(branch) if name.is_some() => {
                        state.name = name;
                        state.skipped.extend(stripped);
                        state.pending = Some(Pending { branch, functions, unclear: open });
                    }
                    other => {
                        state.name = None;
                        state.done.push(other);
                    }
                }
            }
        }
    }
}

/// Where the walk over a block stands.
#[derive(Default)]
struct State<'a> {
    done: Vec<Item<'a>>,
    current: Vec<&'a ast::StmtFunctionDef>,
    name: Option<&'a str>,
    /// A function without decorators has ended the set.
    finished: bool,
    pending: Option<Pending<'a>>,
    /// `if` statements whose functions belong to the set.
    skipped: Vec<Rc<If<'a>>>,
}

impl<'a> State<'a> {
    /// Another function follows: the `if` before it belongs to the set.
    fn join_pending(&mut self, unclear: &mut Vec<TextRange>) {
        if let Some(pending) = self.pending.take() {
            self.skipped.push(pending.branch);
            self.current.extend(pending.functions.into_iter().flatten());
            unclear.extend(pending.unclear);
        }
    }

    fn take_pending_functions(&mut self) {
        if let Some(pending) = self.pending.take_if(|pending| pending.functions.is_some()) {
            self.skipped.push(pending.branch);
            self.current.extend(pending.functions.into_iter().flatten());
        }
    }

    fn close(&mut self) {
        if let Some(pending) = self.pending.take() {
            if self.current.is_empty() {
                self.done.push(Item::If(pending.branch));
            } else {
                self.skipped.push(pending.branch);
            }
        }
        self.put_current();
        self.skipped.clear();
        self.finished = false;
    }

    fn put_current(&mut self) {
        let mut functions = std::mem::take(&mut self.current);
        if functions.is_empty() {
            return;
        }
        self.done.extend(std::mem::take(&mut self.skipped).into_iter().map(Item::Stripped));
        self.done.push(match functions.len() {
            1 => Item::Function(functions.remove(0)),
            _ => Item::Set(functions),
        });
    }

    fn finish(mut self) -> Vec<Item<'a>> {
        if !self.current.is_empty() {
            self.put_current();
            return self.done;
        }
        if let Some(pending) = self.pending.take() {
            self.done.push(match pending.functions {
                Some(mut functions) if functions.len() == 1 => Item::Function(functions.remove(0)),
                Some(functions) => Item::Set(functions),
                None => Item::If(pending.branch),
            });
        }
        self.done
    }
}
