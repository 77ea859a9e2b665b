//! Functions defined in several branches: all variants must have the signature of the first.

use pytype_declare::{DecoratedType, FunctionItem, Node, names, signatures};
use pytype_index::{DefRef, DefinitionFlags};
use pytype_source::ErrorCode;
use pytype_types::{Ty, TyKind, proper};
use ruff_python_ast as ast;

use super::binder::PlaceKind;
use super::partial_types::{Partial, Slot};
use crate::Checker;

impl Checker<'_> {
    /// Compares a function that stands in a branch with what its name meant before.
    pub(super) fn check_function_variant(
        &mut self,
        definition: DefRef,
        statement: &ast::StmtFunctionDef,
        item: &FunctionItem,
    ) {
        let own = pytype_index::definition(self.ctx.db, definition.file, definition.id);
        let first = self.first_definition(definition);
        if !own.flags.contains(DefinitionFlags::CONDITIONAL) || first == definition || own.name == "_" {
            return;
        }
        // Overloads and properties with setters are no variants of anything.
        let alone = signatures::function_info(self.ctx.db, definition).items.len() == 1;
        if item.is_overload || item.is_setter || item.is_deleter || !alone {
            return;
        }
        let Some(ty) = self.variant_type(definition, item) else { return };
        match names::binding_of(self.ctx.db, first).map(|binding| binding.node) {
            Some(Node::Function(original)) => self.compare_with_function(original, ty, statement),
            Some(Node::Variable(variable)) => self.compare_with_variable(variable, ty, statement),
            Some(
                Node::Module(_)
                | Node::NamespaceModule(_)
                | Node::Class(_)
                | Node::Alias(_)
                | Node::TypeVariable(_)
                | Node::Implicit(_)
                | Node::Unknown(_),
            )
            | None => {}
        }
    }

    /// The variant as a value, decorators applied; `None` if they make no function of it.
    fn variant_type(&self, definition: DefRef, item: &FunctionItem) -> Option<Ty> {
        let ty = match item.decorated {
            DecoratedType::Known(ty) => ty,
            DecoratedType::Inferred => {
                let decorated = self.ctx.local.decorated.borrow();
                match decorated.get(&definition)? {
                    pytype_declare::InferredVariable::Type(ty) => *ty,
                    pytype_declare::InferredVariable::NotReady
                    | pytype_declare::InferredVariable::Unknown => return None,
                }
            }
        };
        let ty = proper(&*self.ctx, self.specialised(ty));
        matches!(ty.kind(), TyKind::Callable(_) | TyKind::Overloaded(_)).then_some(ty)
    }

    fn compare_with_function(&mut self, original: DefRef, ty: Ty, statement: &ast::StmtFunctionDef) {
        let info = signatures::function_info(self.ctx.db, original);
        let [item] = info.items.as_slice() else { return };
        if item.is_overload {
            return;
        }
        let found = pytype_index::definition(self.ctx.db, original.file, original.id);
        if found.flags.contains(DefinitionFlags::DECORATED) {
            if let Some(declared) = self.declared_function(original) {
                self.check_redefinition(ty, declared, statement);
            }
            return;
        }
        let declared = self.specialised(item.signature);
        if !self.is_same_type(ty, declared) {
            let range = self.function_line(statement);
            self.fail(ErrorCode::Misc, range, |c| {
                let (own, other) = c.show_two(ty, declared);
                format!("All variants of a function must have the same signature: {own} is not {other}")
            });
        }
    }

    fn compare_with_variable(&mut self, variable: DefRef, ty: Ty, statement: &ast::StmtFunctionDef) {
        match self.partial_of(variable) {
            Some(Partial::None) => self.complete_partial(Slot::Variable(variable), ty),
            Some(Partial::Generic { .. }) => {
                let range = self.function_line(statement);
                self.fail(ErrorCode::Misc, range, |_| {
                    "The name is a container already and cannot become a function".to_owned()
                });
            }
            None => {
                let Some(declared) = self.known_variable_type(variable) else { return };
                let place = self.binder.place(PlaceKind::Name(Node::Variable(variable)));
                let ctx = std::rc::Rc::clone(&self.ctx);
                self.binder.assign(&*ctx, place, ty, Some(declared), false);
                self.check_redefinition(ty, declared, statement);
            }
        }
    }

    fn check_redefinition(&mut self, ty: Ty, declared: Ty, statement: &ast::StmtFunctionDef) {
        let range = self.function_line(statement);
        self.check_subtype(ty, declared, range, ErrorCode::Misc, |_| {
            "The name has another type already".to_owned()
        });
    }
}
