//! `*Ts`, `*tuple[...]` and `Unpack[...]`.

use pytype_source::ErrorCode;
use pytype_types::normalize::homogeneous_item;
use pytype_types::{AnySource, Ty, TyKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::LateCheckKind;
use super::analyze::{Allow, Analyzer, Args};
use super::class_facts::is_typed_dict;
use crate::DeclareDb;

const MISPLACED: &str = "Something unpacked may only stand among type arguments, tuple items or at \"*args\"";

impl Analyzer<'_, '_> {
    pub fn starred(&mut self, starred: &ast::ExprStarred) -> Ty {
        if !self.allow.contains(Allow::UNPACK) {
            return self.invalid_at(ErrorCode::ValidType, starred.value.range(), MISPLACED);
        }
        self.unpacked(&starred.value)
    }

    pub fn unpack_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        let [item] = args.items else {
            return self.invalid_at(ErrorCode::Misc, range, "\"Unpack[...]\" takes exactly one type");
        };
        if !self.allow.contains(Allow::UNPACK) {
            return self.invalid_at(ErrorCode::ValidType, range, MISPLACED);
        }
        self.unpacked(item)
    }

    fn unpacked(&mut self, item: &Expr) -> Ty {
        self.unpacking_at = Some(self.nesting + 1);
        let ty = self.part(item, Allow::empty());
        self.unpacking_at = None;
        if needs_look(ty) {
            self.later(item.range(), LateCheckKind::Unpacked(ty));
        }
        Ty::new(TyKind::Unpack(ty))
    }

    /// At most one item may stand for any number of types.
    pub fn one_variadic(&mut self, types: Vec<Ty>, exprs: &[Expr]) -> Vec<Ty> {
        let mut last = None;
        let mut count = 0;
        let mut kept = Vec::with_capacity(types.len());
        for (position, ty) in types.into_iter().enumerate() {
            if is_variadic(ty) {
                count += 1;
                last = Some(position);
                if count > 1 {
                    continue;
                }
            }
            kept.push(ty);
        }
        if count > 1 {
            let range = last.and_then(|at| exprs.get(at)).map_or(TextRange::default(), Ranged::range);
            self.fail(ErrorCode::Misc, range, "Only one item of unknown length may be unpacked here");
        }
        kept
    }
}

/// Whether something unpacked is not plainly a tuple.
fn needs_look(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Tuple { .. } | TyKind::TypeVarTuple(_) | TyKind::Any(_) => false,
        TyKind::Instance(instance) => !instance.class.is("builtins.tuple"),
        TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => true,
    }
}

/// What each argument for an `*args` parameter is, where that is the same for all: `*args: *tuple[X, ...]`
/// is `*args: X`, and what is no tuple stands for one of anything.
pub(crate) fn star_type(db: &dyn DeclareDb, ty: Ty) -> Ty {
    let TyKind::Unpack(inner) = ty.kind() else { return ty };
    match inner.kind() {
        TyKind::Tuple { .. } | TyKind::TypeVarTuple(_) | TyKind::ParamSpec(_) | TyKind::Unpack(_) => ty,
        TyKind::Any(_) => *inner,
        // What an alias stands for is not known yet, but for its being a typed dict.
        TyKind::Alias { .. } | TyKind::TypedDict(_) => {
            if is_typed_dict(db, *inner) {
                Ty::any(AnySource::Error)
            } else {
                ty
            }
        }
        TyKind::Instance(_) => homogeneous_item(*inner).unwrap_or_else(|| Ty::any(AnySource::Error)),
        TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::Parameters(_)
        | TyKind::Module(_) => Ty::any(AnySource::Error),
    }
}

/// Whether an item stands for any number of types, by itself or by what an unpacked tuple holds.
fn is_variadic(ty: Ty) -> bool {
    if let TyKind::Unpack(inner) = ty.kind() {
        if let TyKind::Tuple { items, .. } = inner.kind() { items.iter().any(is_variadic) } else { true }
    } else {
        false
    }
}

/// Unpacked tuples with known items replaced by the items.
pub(crate) fn flatten(items: &[Ty]) -> Vec<Ty> {
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        if let TyKind::Unpack(inner) = item.kind() {
            if let TyKind::Tuple { items, .. } = inner.kind() {
                flat.extend(flatten(items))
            } else {
                flat.push(*item)
            }
        } else {
            flat.push(*item)
        }
    }
    flat
}

/// An unpacking of something that could not be understood.
pub(crate) fn is_unknown_unpack(ty: Ty) -> bool {
    if let TyKind::Unpack(inner) = ty.kind() {
        matches!(inner.kind(), TyKind::Any(AnySource::SpecialForm))
    } else {
        false
    }
}
