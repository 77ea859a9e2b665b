//! Checks of annotations that need class headers, so must wait until declarations are known.

use pytype_source::Diagnostic;
use pytype_types::{AliasId, ClassId, Ty, TyList};
use ruff_text_size::{TextRange, TextSize};

use crate::Context;

/// Something in an annotation to be looked at once class headers may be asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LateCheck {
    /// Where a finding will stand.
    pub range: TextRange,
    pub kind: LateCheckKind,
}

impl LateCheck {
    /// The same check with spans relative to `origin`.
    #[must_use]
    pub fn relative_to(mut self, origin: TextSize) -> LateCheck {
        self.range -= origin;
        match &mut self.kind {
            LateCheckKind::ClassArguments { places, .. } | LateCheckKind::AliasArguments { places, .. } => {
                for place in places {
                    *place -= origin;
                }
            }
            LateCheckKind::Unpacked(_) | LateCheckKind::SelfOf(_) => {}
        }
        self
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum LateCheckKind {
    /// The arguments fit the bounds and constraints of the class's parameters. The ranges are
    /// those of the arguments as written, where there are as many.
    ClassArguments { class: ClassId, args: TyList, places: Vec<TextRange> },
    /// The same for an alias, and then for what it stands for.
    AliasArguments { alias: AliasId, args: TyList, places: Vec<TextRange> },
    /// What is unpacked is a tuple.
    Unpacked(Ty),
    /// `Self` stands in this class, which must not be a metaclass.
    SelfOf(ClassId),
}

/// Answers `checks`.
pub fn run_late_checks(_ctx: &Context<'_>, _checks: &[LateCheck], _diagnostics: &mut Vec<Diagnostic>) {}
