//! Calls that are no calls: `cast`, `assert_type`, `reveal_type`, `dict(a=1)`, ...

use pytype_declare::Node;
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{AnySource, Ty, TyKind, TypeContext, TypeVarOrigin, fix_type_args, translate};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::{CallArgument, arguments_of};
use crate::Checker;
use crate::expressions::{DictEntry, InferMode, literal_or_self};

impl Checker<'_> {
    /// The type of a call of something that only looks like a function; `None` for others.
    pub(super) fn infer_special_call(&mut self, call: &ast::ExprCall, name: Name) -> Option<Ty> {
        match name.as_str() {
            "typing.cast" | "typing_extensions.cast" => {
                let [target, value] = self.fixed_arguments(call, "cast")?;
                Some(self.infer_cast(call, target, value))
            }
            "typing.assert_type" | "typing_extensions.assert_type" => {
                let [value, target] = self.fixed_arguments(call, "assert_type")?;
                Some(self.infer_assert_type(call, value, target))
            }
            "builtins.reveal_type" | "typing.reveal_type" | "typing_extensions.reveal_type" => {
                let [value] = self.fixed_arguments(call, "reveal_type")?;
                Some(self.infer_reveal(call, value, name != "builtins.reveal_type"))
            }
            "builtins.reveal_locals" => Some(self.infer_reveal_locals(call)),
            "typing.TypeForm" | "typing_extensions.TypeForm" => {
                let [target] = self.fixed_arguments(call, "TypeForm")?;
                let target = self.type_expression(target);
                Some(Ty::new(TyKind::TypeForm(target)))
            }
            "typing.Any" => {
                self.fail(ErrorCode::Misc, call.range(), |_| {
                    "\"Any\" cannot be called; use \"cast\"".to_owned()
                });
                None
            }
            "builtins.dict" if self.is_dict_display_call(call) => {
                let entries: Vec<DictEntry<'_>> = arguments_of(&call.arguments)
                    .into_iter()
                    .filter_map(|argument| {
                        let value = argument.expr()?;
                        Some(
                            argument
                                .name
                                .map_or(DictEntry::Spread(value), |name| DictEntry::Named(name, value)),
                        )
                    })
                    .collect();
                Some(self.infer_dict_entries(&entries, call.range()))
            }
            // The functional form where it is not understood: nothing is known of the members.
            "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag" => {
                if let Node::Class(class) = self.reference(&call.func)?.node {
                    Some(Ty::plain_instance(class))
                } else {
                    None
                }
            }
            "builtins.divmod" => {
                let [left, right] = self.fixed_arguments(call, "divmod")?;
                let left = self.infer(left, None);
                Some(self.check_op("__divmod__", left, CallArgument::of(right), call.range(), true).result)
            }
            _ => None,
        }
    }

    fn infer_cast(&mut self, call: &ast::ExprCall, target: &Expr, value: &Expr) -> Ty {
        let mode = InferMode { allow_none_return: true, always_allow_any: true, ..InferMode::default() };
        let any = self.any();
        let source = self.infer_with(value, Some(any), mode);
        let target = self.type_expression(target);
        if self.options.warn_redundant_casts && !target.is_any() && self.is_same_type(source, target) {
            self.fail(ErrorCode::RedundantCast, call.range(), |c| {
                format!("The value already has type {}", c.show(target))
            });
        }
        if self.options.disallow_any_unimported && self.has_unimported_any(target) {
            self.fail(ErrorCode::NoAnyUnimported, call.range(), |c| {
                format!("The target of the cast becomes {} because an import is not followed", c.show(target))
            });
        }
        if self.options.disallow_any_explicit && self.has_explicit_any(target) {
            self.fail(ErrorCode::ExplicitAny, call.range(), |_| "Explicit \"Any\" is not allowed".to_owned());
        }
        target
    }

    fn infer_assert_type(&mut self, call: &ast::ExprCall, value: &Expr, target: &Expr) -> Ty {
        let mode = InferMode { allow_none_return: true, always_allow_any: true, ..InferMode::default() };
        let expected = self.expected();
        let outer = std::mem::replace(&mut self.expressions.asserting_type, true);
        let source = self.infer_with(value, expected, mode);
        self.expressions.asserting_type = outer;
        let target = self.type_expression(target);
        let source = literal_or_self(source);
        // In a function that is not checked, nothing has a type to be asserted.
        let checked = !self.is_deferred() && !self.in_dynamic_function();
        let same = self.is_same_type(source, target)
            || self.is_same_type(self.with_any_class(source), self.with_any_class(target));
        if checked && !same && !self.is_asserted(source, target) && !self.is_asserted_class(source, target) {
            self.fail(ErrorCode::AssertType, call.range(), |c| {
                let (source, target) = c.show_two(source, target);
                format!("The expression has type {source}, not {target}")
            });
        }
        source
    }

    /// Whether a type counts as the asserted one though it is another for the checker: in a method
    /// `Self` is what its `self` is, and what no argument decides is `Any`.
    fn is_asserted(&self, source: Ty, target: Ty) -> bool {
        let open = translate(&*self.ctx, source, &mut |part| {
            if let TyKind::Never { ambiguous: true } = part.kind() {
                Some(Ty::any(AnySource::Derived))
            } else {
                None
            }
        });
        let own = translate(&*self.ctx, target, &mut |part| {
            if let TyKind::TypeVar(variable) = part.kind()
                && matches!(variable.decl.origin, TypeVarOrigin::SelfType(_))
            {
                Some(self.ctx.type_var(variable.decl).bound)
            } else {
                None
            }
        });
        (open != source || own != target) && self.is_same_type(open, own)
    }

    /// Whether a generic class without type arguments is the asserted `type[C[...]]` with its
    /// parameters' defaults.
    fn is_asserted_class(&self, source: Ty, target: Ty) -> bool {
        let TyKind::Type(wanted) = target.kind() else { return false };
        let Some(class) = self.class_of_object(source) else { return false };
        let params = self.class_info(class).type_params;
        let defaults =
            params.iter().all(|param| pytype_declare::type_variables::has_default(self.ctx.db, param));
        if params.is_empty()
            || !defaults
            || source.as_callable().is_none_or(|sig| sig.ret != Ty::instance(class, params))
        {
            return false;
        }
        let own = fix_type_args(&*self.ctx, params, &[], self.any()).args;
        self.is_same_type(Ty::instance(class, own), *wanted)
    }

    /// The type with each plain `type` as `type[Any]`, which it means.
    fn with_any_class(&self, ty: Ty) -> Ty {
        pytype_types::translate(&*self.ctx, ty, &mut |part| {
            part.is_instance_of("builtins.type")
                .then(|| Ty::new(TyKind::Type(Ty::any(AnySource::SpecialForm))))
        })
    }

    fn infer_reveal(&mut self, call: &ast::ExprCall, value: &Expr, imported: bool) -> Ty {
        let mode = InferMode { allow_none_return: true, ..InferMode::default() };
        let expected = self.expected();
        let ty = self.infer_with(value, expected, mode);
        if self.is_deferred() {
            return ty;
        }
        self.reveal(ty, value.range());
        if self.in_dynamic_function() {
            self.note(value.range(), "\"reveal_type\" shows \"Any\" in functions without annotations");
        }
        if !imported {
            self.check_reveal_import(call.range(), "reveal_type");
        }
        ty
    }

    /// The note that `reveal_type` makes.
    pub(crate) fn reveal(&mut self, ty: Ty, range: TextRange) {
        if self.expressions.choosing_overload > 0 {
            return;
        }
        let shown = self.revealed(ty);
        self.report(Diagnostic::note(range, format!("Revealed type is \"{shown}\"")));
    }

    fn check_reveal_import(&mut self, range: TextRange, name: &str) {
        if self.is_code_enabled(ErrorCode::UnimportedReveal) {
            self.fail(ErrorCode::UnimportedReveal, range, |_| {
                format!("\"{name}\" is not imported; the interpreter would not find it")
            });
        }
    }

    fn infer_reveal_locals(&mut self, call: &ast::ExprCall) -> Ty {
        if self.is_deferred() {
            return Ty::none();
        }
        let locals = self.revealed_locals();
        self.note(call.range(), "Revealed local types are:");
        for (name, ty) in locals {
            let shown = self.revealed(ty);
            self.note(call.range(), format!("    {name}: {shown}"));
        }
        self.check_reveal_import(call.range(), "reveal_locals");
        Ty::none()
    }

    /// Whether an `Any` that a programmer wrote occurs in `ty`.
    pub(crate) fn has_explicit_any(&self, ty: Ty) -> bool {
        self.any_source_occurs(ty, AnySource::Explicit)
    }

    /// Whether an `Any` from an import that is not followed occurs in `ty`.
    pub(crate) fn has_unimported_any(&self, ty: Ty) -> bool {
        self.any_source_occurs(ty, AnySource::Unimported)
    }

    fn any_source_occurs(&self, ty: Ty, wanted: AnySource) -> bool {
        pytype_types::has_any_type(&self.ctx, ty, &|source| source == wanted)
    }
}
