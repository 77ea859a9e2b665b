//! The statements of a class body that count, where only declarations may stand.

use pytype_config::ModuleOptions;
use ruff_python_ast::Stmt;

/// The statements of a body, with those under conditions that are decided without running the
/// program (version, platform, `TYPE_CHECKING`) put in the place of the `if`. A condition that is
/// not decided leaves the `if` itself.
pub(crate) fn decided_statements<'a>(body: &'a [Stmt], options: &ModuleOptions) -> Vec<&'a Stmt> {
    let mut found = Vec::with_capacity(body.len());
    collect(body, options, &mut found);
    found
}

fn collect<'a>(body: &'a [Stmt], options: &ModuleOptions, found: &mut Vec<&'a Stmt>) {
    for statement in body {
        let Stmt::If(branches) = statement else {
            found.push(statement);
            continue;
        };
        let first = std::iter::once((Some(&*branches.test), &branches.body));
        let rest = branches.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body));
        for (test, body) in first.chain(rest) {
            let truth = test.map(|test| pytype_index::truth_of(test, options));
            if truth.is_none_or(|truth| truth.is_true()) {
                collect(body, options, found);
                break;
            }
            if !truth.is_some_and(|truth| truth.is_false()) {
                found.push(statement);
                break;
            }
        }
    }
}
