//! Annotations of variables: `Final`, `ClassVar` and other qualifiers around a type.

use pytype_source::ErrorCode;
use pytype_types::{AnySource, Ty};
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use super::analyze::{Allow, Analyzer, Args, args_of, is_dotted};
use super::special_forms::SpecialForm;
use super::strings::parse_annotation;
use super::{Annotation, AnnotationOptions, Qualifiers};

impl Analyzer<'_, '_> {
    /// The type and the qualifiers around it.
    pub fn qualified(&mut self, expr: &Expr) -> Annotation {
        let mut qualifiers = Qualifiers::empty();
        self.qualified_within(expr, &mut qualifiers)
    }

    fn qualified_within(&mut self, expr: &Expr, qualifiers: &mut Qualifiers) -> Annotation {
        if let Expr::StringLiteral(text) = expr
            && let Some(inner) = parse_annotation(text.value.to_str())
            && !matches!(inner, Expr::StringLiteral(_))
        {
            return self.within_string(text.range, |this| this.qualified_within(&inner, qualifiers));
        }
        let (head, args) = match expr {
            Expr::Subscript(subscript) => (subscript.value.as_ref(), args_of(&subscript.slice)),
            other => (other, Args::default()),
        };
        let form = if is_dotted(head) { self.form_of(head) } else { None };
        let added = form.and_then(|form| self.qualifier_of(form));
        match (form, added) {
            (_, Some(added)) => self.take_qualifier(added, expr.range(), args, qualifiers),
            (Some(SpecialForm::Annotated), None) if self.annotated_qualifier(args) => match args.items {
                [first, _, ..] => self.qualified_within(first, qualifiers),
                _ => self.plain(expr, *qualifiers),
            },
            _ => self.plain(expr, *qualifiers),
        }
    }

    /// Whether the first argument of `Annotated` is a qualifier.
    fn annotated_qualifier(&self, args: Args<'_>) -> bool {
        let Some(first) = args.items.first() else { return false };
        let head = match first {
            Expr::Subscript(subscript) => subscript.value.as_ref(),
            other => other,
        };
        is_dotted(head)
            && self
                .form_of(head)
                .is_some_and(|form| self.qualifier_of(form).is_some() || form == SpecialForm::Annotated)
    }

    /// The qualifier that a form is at this place.
    fn qualifier_of(&self, form: SpecialForm) -> Option<Qualifiers> {
        let allowed = |option, qualifier| self.options.contains(option).then_some(qualifier);
        match form {
            SpecialForm::Final => allowed(AnnotationOptions::ALLOW_FINAL, Qualifiers::FINAL),
            SpecialForm::ClassVar => allowed(AnnotationOptions::ALLOW_CLASS_VAR, Qualifiers::CLASS_VAR),
            SpecialForm::InitVar => allowed(AnnotationOptions::ALLOW_INIT_VAR, Qualifiers::INIT_VAR),
            SpecialForm::Required => {
                allowed(AnnotationOptions::ALLOW_TYPED_DICT_SPECIAL, Qualifiers::REQUIRED)
            }
            SpecialForm::NotRequired => {
                allowed(AnnotationOptions::ALLOW_TYPED_DICT_SPECIAL, Qualifiers::NOT_REQUIRED)
            }
            SpecialForm::ReadOnly => {
                allowed(AnnotationOptions::ALLOW_TYPED_DICT_SPECIAL, Qualifiers::READ_ONLY)
            }
            SpecialForm::TypeAlias => Some(Qualifiers::TYPE_ALIAS),
            _ => None,
        }
    }

    fn take_qualifier(
        &mut self,
        added: Qualifiers,
        range: TextRange,
        args: Args<'_>,
        qualifiers: &mut Qualifiers,
    ) -> Annotation {
        if qualifiers.intersects(conflicts_of(added)) {
            let reported = self.report_conflict(added, range, *qualifiers);
            if reported && added == Qualifiers::FINAL {
                // Where it may not stand, it means nothing.
                return Annotation { ty: Some(Ty::any(AnySource::Error)), qualifiers: *qualifiers };
            }
        }
        *qualifiers |= added;
        match args.items {
            [] => Annotation { ty: None, qualifiers: *qualifiers },
            [item] => self.qualified_within(item, qualifiers),
            [item, ..] => {
                if added == Qualifiers::FINAL {
                    self.fail(ErrorCode::Misc, range, "\"Final[...]\" takes at most one type");
                    return self.qualified_within(item, qualifiers);
                }
                let ty =
                    self.invalid_at(ErrorCode::ValidType, range, "This qualifier takes exactly one type");
                Annotation { ty: Some(ty), qualifiers: *qualifiers }
            }
        }
    }

    /// Reports a qualifier within another; returns whether that is wrong.
    fn report_conflict(&mut self, added: Qualifiers, range: TextRange, around: Qualifiers) -> bool {
        // Only this way round: the specification has no "Final[ClassVar[...]]". Outside of
        // dataclasses both together are refused where the variable is declared.
        let new_enough = self.ctx.options().python_version >= (3, 13);
        if added == Qualifiers::FINAL && around == Qualifiers::CLASS_VAR && new_enough {
            return false;
        }
        let (code, message) = match added {
            Qualifiers::CLASS_VAR if around.contains(Qualifiers::FINAL) => {
                (ErrorCode::Misc, "A variable cannot be both \"ClassVar\" and \"Final\"")
            }
            Qualifiers::FINAL => {
                (ErrorCode::ValidType, "\"Final\" may only stand outermost in a variable's annotation")
            }
            Qualifiers::CLASS_VAR => {
                (ErrorCode::ValidType, "\"ClassVar\" may not stand inside of another type")
            }
            _ => (ErrorCode::ValidType, "This qualifier stands there already, or contradicts another"),
        };
        self.fail(code, range, message);
        true
    }

    fn plain(&mut self, expr: &Expr, qualifiers: Qualifiers) -> Annotation {
        // What stands inside of a qualifier cannot be a qualifier again.
        let allow = self.allow;
        if !qualifiers.is_empty() {
            self.allow -= Allow::FINAL | Allow::TYPED_DICT;
        }
        let ty = self.outermost(expr);
        self.allow = allow;
        Annotation { ty: Some(ty), qualifiers }
    }
}

/// What a qualifier may not stand within.
fn conflicts_of(added: Qualifiers) -> Qualifiers {
    match added {
        Qualifiers::FINAL => Qualifiers::FINAL | Qualifiers::CLASS_VAR | Qualifiers::INIT_VAR,
        Qualifiers::CLASS_VAR => Qualifiers::FINAL | Qualifiers::CLASS_VAR,
        Qualifiers::REQUIRED | Qualifiers::NOT_REQUIRED => Qualifiers::REQUIRED | Qualifiers::NOT_REQUIRED,
        other => other,
    }
}
