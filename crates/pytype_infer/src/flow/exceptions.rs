//! `try`, `except`, `except*` and `finally`.

use pytype_declare::Node;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, KnownClass, Ty, TyKind, TypeContext, erase_type_vars, is_proper_subtype, is_subtype,
    make_simplified_union, proper,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::binder::{FrameOptions, PlaceKind};
use super::partial_types::Slot;
use crate::Checker;

impl Checker<'_> {
    pub(super) fn check_try(&mut self, statement: &ast::StmtTry) {
        let has_finally = !statement.finalbody.is_empty();
        let mut first_pass = Vec::new();
        // The outer frame gets every state in which the `try` is left abnormally.
        self.in_frame_with(FrameOptions { fall_through: 0, ..FrameOptions::default() }, |c| {
            c.check_try_without_finally(statement, has_finally);
            if has_finally {
                first_pass = c.capturing(|c| c.check_block(&statement.finalbody)).1;
            }
        });
        if !has_finally {
            return;
        }
        // And once more with the states that fall through, which alone go on behind it.
        let suppressed = self.binder.is_unreachable_warning_suppressed();
        let second_pass = if self.binder.is_unreachable() {
            None
        } else {
            Some(self.capturing(|c| c.check_block(&statement.finalbody)).1)
        };
        let merged = match second_pass {
            None => first_pass,
            Some(second) => super::loop_rounds::merge_rounds(vec![first_pass, second]),
        };
        self.report_all(merged);
        if !suppressed {
            self.binder.allow_unreachable_warnings();
        }
    }

    fn check_try_without_finally(&mut self, statement: &ast::StmtTry, try_frame: bool) {
        let through_two = FrameOptions { fall_through: 2, ..FrameOptions::default() };
        self.in_frame_with(FrameOptions { try_frame, ..through_two }, |c| {
            c.in_frame_with(through_two, |c| {
                c.binder.mark_conditional();
                c.in_frame_with(FrameOptions { try_frame: true, ..through_two }, |c| {
                    c.check_block(&statement.body)
                });
                for handler in &statement.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    c.in_frame_with(
                        FrameOptions { can_skip: true, fall_through: 4, ..FrameOptions::default() },
                        |c| {
                            c.check_handler(handler, statement.is_star);
                        },
                    );
                }
            });
            c.check_block(&statement.orelse);
        });
    }

    fn check_handler(&mut self, handler: &ast::ExceptHandlerExceptHandler, is_star: bool) {
        let variable = handler.name.as_ref().and_then(|name| {
            if let Node::Variable(variable) = self.resolve_name(Name::of(name))?.node {
                Some((variable, name.range()))
            } else {
                None
            }
        });
        if let Some(test) = &handler.type_ {
            let caught = self.check_handler_test(test, is_star);
            if let Some((variable, range)) = variable {
                self.bind_handler_variable(variable, caught, range);
            }
        }
        self.check_block(&handler.body);
        if let Some((variable, _)) = variable {
            // Python deletes the name at the end of the block.
            let place = self.binder.place(PlaceKind::Name(Node::Variable(variable)));
            if self.slot_is_own(Slot::Variable(variable)) {
                if self.declared_variable(variable).is_some() {
                    self.widened.insert(variable, Ty::new(TyKind::Deleted));
                } else {
                    self.set_variable(variable, Ty::new(TyKind::Deleted));
                }
            }
            if self.options.allow_redefinition {
                let deleted = Ty::new(TyKind::Deleted);
                self.bind_redefined(variable, deleted, deleted);
            } else {
                self.binder.cleanse(place);
            }
        }
    }

    /// The name of `except ... as name` gets its type anew in each handler, whatever it was before.
    fn bind_handler_variable(&mut self, variable: pytype_index::DefRef, caught: Ty, range: TextRange) {
        let place = self.binder.place(PlaceKind::Name(Node::Variable(variable)));
        self.binder.cleanse(place);
        if !self.slot_is_own(Slot::Variable(variable)) {
            self.binder.assign(&*self.ctx, place, caught, Some(caught), true);
            return;
        }
        if proper(&*self.ctx, caught).is_never() {
            self.needs_annotation(Slot::Variable(variable), range);
        }
        // As in mypy, this defines the variable, which is not the same as narrowing it: what a condition finds
        // out of it later is compared with nothing that was known before.
        if self.declared_variable(variable).is_some() {
            self.widened.insert(variable, caught);
        } else {
            self.set_variable(variable, caught);
        }
    }

    fn check_handler_test(&mut self, test: &Expr, is_star: bool) -> Ty {
        let ty = self.infer(test, None);
        let mut caught = Vec::new();
        for class in self.handler_classes(ty) {
            match self.caught_by(class) {
                Caught::Type(ty) => caught.push(ty),
                Caught::Nothing => {}
                Caught::NotAnException => {
                    self.error(
                        ErrorCode::Misc,
                        test.range(),
                        "An exception class must derive from \"BaseException\"",
                    );
                    let any = Ty::any(AnySource::Error);
                    return if is_star { self.known_with(KnownClass::ExceptionGroup, [any]) } else { any };
                }
            }
        }
        if is_star {
            self.exception_group(caught, test.range())
        } else {
            make_simplified_union(&*self.ctx, caught)
        }
    }

    /// The class objects that an `except` expression lists.
    fn handler_classes(&self, ty: Ty) -> Vec<Ty> {
        let ty = proper(&*self.ctx, ty);
        let items_of =
            |union: Ty| union.union_items().iter().map(|t| proper(&*self.ctx, t)).collect::<Vec<_>>();
        match ty.kind() {
            TyKind::Tuple { items, .. } => items_of(make_simplified_union(&*self.ctx, items.iter())),
            TyKind::Instance(instance) if instance.class.is("builtins.tuple") => {
                instance.args.first().map(|item| items_of(*item)).unwrap_or_default()
            }
            TyKind::Union(items) => items.iter().flat_map(|item| self.handler_classes(item)).collect(),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => vec![ty],
        }
    }

    fn caught_by(&self, class: Ty) -> Caught {
        let instance = match class.kind() {
            TyKind::Any(_) => return Caught::Type(class),
            TyKind::Never { .. } => return Caught::Nothing,
            TyKind::Type(item) => *item,
            TyKind::Callable(sig) if sig.is_type_object() => {
                erase_type_vars(&*self.ctx, sig.instance_type.unwrap_or(sig.ret))
            }
            TyKind::Overloaded(items) => match items.first().and_then(|t| t.as_callable()) {
                Some(sig) if sig.is_type_object() => {
                    erase_type_vars(&*self.ctx, sig.instance_type.unwrap_or(sig.ret))
                }
                Some(_) | None => return Caught::NotAnException,
            },
            TyKind::None
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => return Caught::NotAnException,
        };
        let base = self.ctx.known_instance(KnownClass::BaseException);
        if is_subtype(&*self.ctx, instance, base) { Caught::Type(instance) } else { Caught::NotAnException }
    }

    fn exception_group(&mut self, caught: Vec<Ty>, range: TextRange) -> Ty {
        let group = self.ctx.known_instance(KnownClass::BaseExceptionGroup);
        let mut items = Vec::with_capacity(caught.len());
        for ty in caught {
            if !ty.is_any() && is_proper_subtype(&*self.ctx, ty, group) {
                self.error(ErrorCode::Misc, range, "\"except*\" cannot catch an exception group itself");
                items.push(Ty::any(AnySource::Error));
            } else {
                items.push(ty);
            }
        }
        let item = make_simplified_union(&*self.ctx, items);
        let exception = self.ctx.known_instance(KnownClass::Exception);
        let class = if is_subtype(&*self.ctx, item, exception) {
            KnownClass::ExceptionGroup
        } else {
            KnownClass::BaseExceptionGroup
        };
        self.known_with(class, [item])
    }
}

enum Caught {
    Type(Ty),
    Nothing,
    NotAnException,
}
