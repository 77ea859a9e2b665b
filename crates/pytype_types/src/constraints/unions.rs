//! Constraints from alternatives, of which at least one must hold.

use super::{Constraint, Direction, infer_constraints, upper_bound};
use crate::{AnySource, Ty, TyFlags, TyKind, TypeContext};

type Alternative = Option<Vec<Constraint>>;

/// The constraints for one alternative; `None` if it cannot hold at all.
pub(super) fn infer_if_possible(
    ctx: &dyn TypeContext,
    template: Ty,
    actual: Ty,
    direction: Direction,
) -> Alternative {
    let erased = crate::erase_type_vars(ctx, template);
    let possible = match direction {
        Direction::SubtypeOf => crate::is_subtype(ctx, erased, actual),
        Direction::SupertypeOf => {
            crate::is_subtype(ctx, actual, erased)
                && match template.kind() {
                    // Erased, a variable is `Any`; its bound says more.
                    TyKind::TypeVar(variable) => {
                        let bound = crate::erase_type_vars(ctx, upper_bound(ctx, variable.decl));
                        crate::is_subtype(ctx, actual, bound)
                    }
                    TyKind::Any(_)
                    | TyKind::None
                    | TyKind::Never { .. }
                    | TyKind::Deleted
                    | TyKind::Erased
                    | TyKind::Instance(_)
                    | TyKind::Union(_)
                    | TyKind::Callable(_)
                    | TyKind::Overloaded(_)
                    | TyKind::Tuple { .. }
                    | TyKind::TypedDict(_)
                    | TyKind::Literal { .. }
                    | TyKind::Type(_)
                    | TyKind::TypeForm(_)
                    | TyKind::ParamSpec(_)
                    | TyKind::TypeVarTuple(_)
                    | TyKind::Unpack(_)
                    | TyKind::Parameters(_)
                    | TyKind::Alias { .. }
                    | TyKind::Module(_) => true,
                }
        }
    };
    possible.then(|| infer_constraints(ctx, template, actual, direction))
}

/// A union as a supertype of something that is no union.
pub(super) fn infer_against_union(
    ctx: &dyn TypeContext,
    template: Ty,
    items: &[Ty],
    actual: Ty,
) -> Vec<Constraint> {
    let direction = Direction::SupertypeOf;
    let options = items.iter().map(|item| infer_if_possible(ctx, *item, actual, direction)).collect();
    let found = any_constraints(ctx, options, actual.is_any());
    if !found.is_empty() || !template.has(TyFlags::HAS_ALIAS) || actual.has(TyFlags::HAS_ALIAS) {
        return found;
    }
    // `T | Nested[T]` of a recursive alias: the structure first, the bare variable if that says nothing.
    let is_variable = |item: &Ty| matches!(item.kind(), TyKind::TypeVar(_));
    let (variables, structure): (Vec<Ty>, Vec<Ty>) =
        items.iter().copied().partition(|item| is_variable(item));
    let found = infer_constraints(ctx, Ty::union(structure), actual, direction);
    if found.is_empty() { infer_constraints(ctx, Ty::union(variables), actual, direction) } else { found }
}

/// What follows from the fact that one of the alternatives holds. With `eager`, those that ask for
/// nothing are left out of account.
pub(super) fn any_constraints(
    ctx: &dyn TypeContext,
    options: Vec<Alternative>,
    eager: bool,
) -> Vec<Constraint> {
    let valid: Vec<&Vec<Constraint>> =
        options.iter().flatten().filter(|option| !eager || !option.is_empty()).collect();
    let [first, rest @ ..] = valid.as_slice() else { return Vec::new() };
    if rest.iter().all(|other| same_constraints(ctx, first, other)) {
        return (*first).clone();
    }
    if rest.iter().all(|other| similar(first, other) && similar(other, first)) {
        let trivial = |option: &&Vec<Constraint>| option.iter().all(|c| c.target.is_any());
        let trivial_count = valid.iter().copied().filter(|option| trivial(option)).count();
        if trivial_count > 0 && trivial_count < valid.len() {
            let merged = valid.iter().filter(|option| !trivial(option));
            let merged = merged.map(|option| Some(option.iter().map(merge_with_any).collect())).collect();
            return any_constraints(ctx, merged, eager);
        }
    }
    // First without what the bounds rule out, then without variables that are not being solved.
    for filter in [filter_satisfiable, filter_unknowns] {
        let filtered: Vec<Alternative> = options.iter().map(|option| filter(ctx, option)).collect();
        let unchanged = filtered.iter().zip(&options).all(|(new, old)| match (new, old) {
            (Some(new), Some(old)) => new.len() == old.len(),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        });
        if !unchanged {
            return any_constraints(ctx, filtered, eager);
        }
    }
    Vec::new()
}

fn filter_satisfiable(ctx: &dyn TypeContext, option: &Alternative) -> Alternative {
    filter(option, |constraint| match constraint.variable.kind() {
        TyKind::TypeVar(variable) => {
            let values = super::values(ctx, variable.decl);
            if values.is_empty() {
                crate::is_subtype(ctx, constraint.target, upper_bound(ctx, variable.decl))
            } else {
                values.iter().any(|value| crate::is_subtype(ctx, constraint.target, value))
            }
        }
        TyKind::TypeVarTuple(_) => {
            crate::is_subtype(ctx, constraint.target, crate::normalize::object_tuple(ctx))
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::ParamSpec(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => true,
    })
}

fn filter_unknowns(_ctx: &dyn TypeContext, option: &Alternative) -> Alternative {
    filter(option, |constraint| constraint.var.is_meta())
}

/// Keeps some constraints of an alternative; if none is left, the alternative goes too.
fn filter(option: &Alternative, keep: impl Fn(&Constraint) -> bool) -> Alternative {
    let option = option.as_ref()?;
    if option.is_empty() {
        return Some(Vec::new());
    }
    let kept: Vec<Constraint> = option.iter().filter(|constraint| keep(constraint)).cloned().collect();
    if kept.is_empty() { None } else { Some(kept) }
}

fn merge_with_any(constraint: &Constraint) -> Constraint {
    let has_any = match constraint.target.kind() {
        TyKind::Any(_) => true,
        TyKind::Union(items) => items.iter().any(Ty::is_any),
        TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
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
        | TyKind::Module(_) => false,
    };
    let target = if has_any {
        constraint.target
    } else {
        Ty::union([constraint.target, Ty::any(AnySource::Implementation)])
    };
    Constraint { target, extra: smallvec::SmallVec::new(), ..constraint.clone() }
}

fn same_constraints(ctx: &dyn TypeContext, left: &[Constraint], right: &[Constraint]) -> bool {
    let covered = |from: &[Constraint], by: &[Constraint]| {
        from.iter().all(|one| by.iter().any(|other| same_constraint(ctx, one, other)))
    };
    covered(left, right) && covered(right, left)
}

fn same_constraint(ctx: &dyn TypeContext, left: &Constraint, right: &Constraint) -> bool {
    let both_any = left.target.is_any() && right.target.is_any();
    left.var == right.var
        && (left.op == right.op || both_any)
        && (left.target == right.target || crate::is_same_type(ctx, left.target, right.target))
}

fn similar(left: &[Constraint], right: &[Constraint]) -> bool {
    left.iter().all(|one| {
        right.iter().any(|other| {
            one.var == other.var && (one.op == other.op || one.target.is_any() || other.target.is_any())
        })
    })
}
