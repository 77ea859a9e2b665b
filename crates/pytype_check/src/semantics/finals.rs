//! What may be declared `Final`, and where.

use pytype_declare::{MemberKind, classes, member_table};
use pytype_source::{ErrorCode, Name};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::table::Place;
use super::walk::{Walk, first_line};

/// How a declaration says `Final`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FinalKind {
    /// `Final` alone.
    Bare,
    /// `Final[T]`.
    Typed,
}

/// A final name in a class's body that has no value yet.
#[derive(Clone, Copy)]
pub(super) struct Unset {
    statement: TextRange,
    is_set: bool,
}

/// Whether an annotation says `Final`.
pub(super) fn final_kind(annotation: &Expr) -> Option<FinalKind> {
    match annotation {
        Expr::Name(name) => (name.id == "Final").then_some(FinalKind::Bare),
        Expr::Attribute(attribute) => (&attribute.attr == "Final").then_some(FinalKind::Bare),
        Expr::Subscript(subscript) => {
            (final_kind(&subscript.value) == Some(FinalKind::Bare)).then_some(FinalKind::Typed)
        }
        _ => None,
    }
}

fn is_class_var(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => name.id == "ClassVar",
        Expr::Attribute(attribute) => &attribute.attr == "ClassVar",
        Expr::Subscript(subscript) => is_class_var(&subscript.value),
        _ => false,
    }
}

impl<'a> Walk<'a> {
    /// Checks a declaration with `Final`; returns whether it makes anything final.
    pub(super) fn check_final(&mut self, assign: &'a ast::StmtAnnAssign, kind: FinalKind) -> bool {
        if let Expr::Subscript(subscript) = &*assign.annotation
            && is_class_var(&subscript.slice)
            && self.options.python_version < (3, 13)
        {
            let message = "\"Final\" says \"ClassVar\" already: a variable cannot be declared both";
            self.fail(ErrorCode::Misc, first_line(assign.range), message);
            return false;
        }
        match &*assign.target {
            Expr::Name(name) => {
                // An earlier variable of this name was given one of its own.
                let earlier = format!("{}'", name.id);
                if self.frame().is_some_and(|frame| frame.names.contains_key(earlier.as_str())) {
                    let message = format!("\"{}\" exists already and cannot become final", name.id);
                    self.fail(ErrorCode::Misc, first_line(assign.range), message);
                }
                let in_class = self.frame().is_some_and(|frame| frame.place == Place::Class);
                if in_class && assign.value.is_none() && kind == FinalKind::Typed {
                    let unset = Unset { statement: assign.range, is_set: false };
                    if let Some(frame) = self.frames.last_mut() {
                        frame.unset_finals.insert(name.id.as_str(), unset);
                    }
                }
                true
            }
            Expr::Attribute(attribute) => self.check_final_attribute(assign, attribute, kind),
            _ => {
                let message = "Only a name or an attribute of \"self\" can be final";
                self.fail(ErrorCode::Misc, first_line(assign.range), message);
                false
            }
        }
    }

    fn check_final_attribute(
        &mut self,
        assign: &'a ast::StmtAnnAssign,
        attribute: &'a ast::ExprAttribute,
        kind: FinalKind,
    ) -> bool {
        if let Expr::Subscript(subscript) = &*assign.annotation
            && subscript.slice.is_tuple_expr()
        {
            self.fail(ErrorCode::Misc, subscript.range, "\"Final\" takes one type");
        }
        if assign.value.is_none() {
            match kind {
                FinalKind::Bare => {
                    let message = "a \"Final\" without a type needs a value to take its type from";
                    self.fail(ErrorCode::Misc, first_line(assign.range), message);
                }
                FinalKind::Typed if !self.is_stub => {
                    self.fail(ErrorCode::Misc, first_line(assign.range), "A final name needs a value");
                }
                FinalKind::Typed => {}
            }
        }
        if self.frame().is_some_and(|frame| frame.loops > 0) {
            self.fail(ErrorCode::Misc, first_line(assign.range), "\"Final\" may not be used in a loop");
        }
        if !self.is_self(&attribute.value) {
            let message = "Only a name or an attribute of \"self\" can be final";
            self.fail(ErrorCode::Misc, first_line(assign.range), message);
            return false;
        }
        if !self.in_init() {
            let message = "An attribute can be declared final in the class's body or in \"__init__\" only";
            self.fail(ErrorCode::Misc, first_line(assign.range), message);
            return false;
        }
        true
    }

    /// Whether the innermost function is `__init__`.
    fn in_init(&self) -> bool {
        let function = self.frames.iter().rev().find_map(|frame| match frame.place {
            Place::Function { name, .. } => Some(name),
            Place::Lambda => Some("<lambda>"),
            Place::Module | Place::Class | Place::Comprehension | Place::TypeParameters => None,
        });
        function == Some("__init__")
    }

    /// `self.x = ...` in `__init__` may give a final name its value.
    pub(super) fn note_final_value(&mut self, targets: &'a [Expr]) {
        if !self.in_init() {
            return;
        }
        for target in targets {
            match target {
                Expr::Tuple(tuple) => self.note_final_value(&tuple.elts),
                Expr::List(list) => self.note_final_value(&list.elts),
                Expr::Attribute(attribute) if self.is_self(&attribute.value) => {
                    let class = self.frames.iter_mut().rev().find(|frame| frame.place == Place::Class);
                    let unset = class.and_then(|class| class.unset_finals.get_mut(attribute.attr.as_str()));
                    if let Some(unset) = unset {
                        unset.is_set = true;
                    }
                }
                _ => {}
            }
        }
    }

    /// Reports final names of the class that has been walked that never get a value.
    pub(super) fn check_unset_finals(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        let unset: Vec<TextRange> = std::mem::take(&mut frame.unset_finals)
            .into_values()
            .filter(|unset| !unset.is_set)
            .map(|unset| unset.statement)
            .collect();
        if unset.is_empty() || self.is_stub || self.has_generated_init() {
            return;
        }
        for statement in unset {
            self.fail(ErrorCode::Misc, first_line(statement), "A final name needs a value");
        }
    }

    /// Whether the class under the cursor gets its `__init__` from a decorator or its bases' kind.
    fn has_generated_init(&self) -> bool {
        let Some(definition) = self.frame().and_then(|frame| self.definition_at(frame.range)) else {
            return false;
        };
        let class = classes::class_id(self.db, definition);
        if class.is_structural() {
            return true;
        }
        let table = member_table::member_table(self.db, class);
        ["__init__", "__dataclass_fields__", "__attrs_attrs__"].iter().any(|name| {
            let member = table.members.get(Name::new(name));
            member.is_some_and(|member| matches!(member.kind, MemberKind::Synthesized(_)))
        })
    }

    /// `x = y = 1  # type: Final`.
    pub(super) fn check_final_comment(&mut self, assign: &'a ast::StmtAssign, comment: &str) {
        let says_final = comment.starts_with("Final") || comment.starts_with("typing.Final");
        let fits = matches!(&*assign.targets, [Expr::Name(_) | Expr::Attribute(_)]);
        if says_final && !fits {
            self.fail(
                ErrorCode::Misc,
                first_line(assign.range()),
                "Only a single name can be declared final",
            );
        }
    }
}
