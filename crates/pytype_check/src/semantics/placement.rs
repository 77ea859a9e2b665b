//! Statements and expressions that only some places allow.

use pytype_source::ErrorCode;
use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::table::{Frame, Place};
use super::walk::{Walk, first_line};

impl<'a> Walk<'a> {
    /// The innermost function or lambda around the cursor.
    fn function_around(&self) -> Option<&Frame<'a>> {
        let is_function = |frame: &&Frame<'a>| matches!(frame.place, Place::Function { .. } | Place::Lambda);
        self.frames.iter().rev().find(is_function)
    }

    /// Whether the innermost scope is a function's, or a comprehension's.
    fn in_function_scope(&self) -> bool {
        self.frame().is_some_and(|frame| {
            matches!(frame.place, Place::Function { .. } | Place::Lambda | Place::Comprehension)
        })
    }

    /// Whether `await` and its like may stand here.
    pub(super) fn in_coroutine(&self) -> bool {
        self.in_function_scope()
            && self
                .function_around()
                .is_some_and(|frame| matches!(frame.place, Place::Function { is_async: true, .. }))
    }

    pub(super) fn check_yield(&mut self, word: &str, place: TextRange) {
        let in_comprehension = self.frame().is_some_and(|frame| frame.place == Place::Comprehension);
        if !self.in_function_scope() {
            self.block_on(ErrorCode::Misc, place, format!("\"{word}\" outside of a function"));
        } else if in_comprehension {
            let message = format!("\"{word}\" cannot stand in a comprehension or generator expression");
            self.block_on(ErrorCode::Misc, place, message);
        } else if word == "yield from" && self.in_coroutine() {
            self.block_on(ErrorCode::Misc, place, "\"yield from\" cannot stand in an async function");
        }
    }

    pub(super) fn check_await(&mut self, place: TextRange) {
        if !self.in_function_scope() || self.function_around().is_none() {
            self.fail_anywhere(ErrorCode::TopLevelAwait, place, "\"await\" outside of a function");
        } else if !self.in_coroutine() {
            let message = "\"await\" needs an \"async def\" around it";
            self.fail_anywhere(ErrorCode::AwaitNotAsync, place, message);
        }
    }

    pub(super) fn check_return(&mut self, statement: &ast::StmtReturn) {
        if !self.in_function_scope() {
            self.fail(ErrorCode::Misc, first_line(statement.range), "\"return\" outside of a function");
        }
        if self.frame().is_some_and(|frame| frame.in_except_star) {
            let message = "\"return\" cannot leave an \"except*\" block";
            self.fail_anywhere(ErrorCode::Misc, first_line(statement.range), message);
        }
    }

    pub(super) fn check_loop_exit(&mut self, word: &str, place: TextRange) {
        let Some(frame) = self.frame() else { return };
        let (outside, in_except_star) = (frame.loops == 0, frame.loop_in_except_star);
        if outside {
            self.block_on(ErrorCode::Misc, place, format!("\"{word}\" outside of a loop"));
        }
        if in_except_star {
            let message = format!("\"{word}\" cannot leave an \"except*\" block");
            self.fail_anywhere(ErrorCode::Misc, place, message);
        }
    }

    pub(super) fn global(&mut self, statement: &'a ast::StmtGlobal) {
        for name in &statement.names {
            let Some(frame) = self.frames.last_mut() else { return };
            let both = frame.nonlocals.contains(name.as_str());
            frame.globals.insert(name.as_str());
            if both {
                let message = format!("\"{name}\" cannot be both nonlocal and global");
                self.fail(ErrorCode::Misc, first_line(statement.range), message);
            }
        }
    }

    pub(super) fn nonlocal(&mut self, statement: &'a ast::StmtNonlocal) {
        if self.frame().is_some_and(|frame| frame.place == Place::Module) {
            self.fail(
                ErrorCode::Misc,
                first_line(statement.range),
                "\"nonlocal\" has no meaning at module level",
            );
            return;
        }
        for name in &statement.names {
            let name = name.as_str();
            let Some((frame, around)) = self.frames.split_last() else { return };
            let owner = around.iter().rev().find(|outer| {
                !matches!(outer.place, Place::Module | Place::Class) && outer.names.contains_key(name)
            });
            let problem = match owner.map(|owner| owner.place) {
                None => Some(format!("No function around has a \"{name}\" of its own")),
                Some(Place::TypeParameters) => {
                    Some(format!("\"{name}\" is a type parameter, which cannot be assigned"))
                }
                Some(_) => None,
            };
            let is_local = matches!(frame.place, Place::Function { .. }) && frame.names.contains_key(name);
            let is_global = frame.globals.contains(name);
            if let Some(problem) = problem {
                self.fail(ErrorCode::Misc, first_line(statement.range), problem);
            }
            if is_local {
                let message = format!("\"{name}\" is a local name by now, and cannot become nonlocal");
                self.fail(ErrorCode::Misc, first_line(statement.range), message);
            }
            if is_global {
                let message = format!("\"{name}\" cannot be both nonlocal and global");
                self.fail(ErrorCode::Misc, first_line(statement.range), message);
            }
            if let Some(frame) = self.frames.last_mut() {
                frame.nonlocals.insert(name);
            }
        }
    }
}
