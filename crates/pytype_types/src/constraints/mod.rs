//! Constraints: what a type with variables in it, compared with another type, says about the variables.

mod against_any;
mod callables;
mod instances;
mod tuples;
mod unions;

use smallvec::SmallVec;

pub use callables::find_matching_overload_item;

use crate::substitute::{variable_decl, variable_id};
use crate::{Ty, TyFlags, TyKind, TyList, TypeContext, TypeVarDecl, TypeVarId, TypeVarOrigin};

/// On which side of its bound a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// The variable (or template) is a subtype of the target.
    SubtypeOf,
    /// The variable (or template) is a supertype of the target.
    SupertypeOf,
}

impl Direction {
    /// The other side.
    #[must_use]
    pub fn reversed(self) -> Direction {
        match self {
            Direction::SubtypeOf => Direction::SupertypeOf,
            Direction::SupertypeOf => Direction::SubtypeOf,
        }
    }
}

/// One bound of one type variable.
#[derive(Clone, Debug)]
pub struct Constraint {
    pub var: TypeVarId,
    /// The variable as a type, bare: its kind and declaration.
    pub variable: Ty,
    pub op: Direction,
    pub target: Ty,
    /// Variables of generic arguments that are to be solved together with this one.
    pub extra: SmallVec<[Ty; 1]>,
}

impl Constraint {
    /// `None` if `variable` is not a type variable.
    pub fn new(variable: Ty, op: Direction, target: Ty) -> Option<Constraint> {
        Some(Constraint { var: variable_id(variable)?, variable, op, target, extra: SmallVec::new() })
    }

    /// Whether the two say the same.
    pub fn same(&self, other: &Constraint) -> bool {
        self.var == other.var && self.op == other.op && self.target == other.target
    }
}

/// How one comparison is done; the comparisons of parts use the default.
#[derive(Clone, Copy, Default, Debug)]
pub struct InferMode {
    /// Do not look for constraints on the variables of a generic actual type.
    pub skip_reverse: bool,
    /// Keep the type variables of a class object's instance (for `self` types).
    pub keep_type_vars: bool,
}

/// The bounds that `template`'s variables must have for `template` to be a subtype (or supertype) of `actual`.
pub fn infer_constraints(
    ctx: &dyn TypeContext,
    template: Ty,
    actual: Ty,
    direction: Direction,
) -> Vec<Constraint> {
    let mut out = Vec::new();
    infer_into(ctx, template, actual, direction, InferMode::default(), &mut out);
    out
}

/// The same with a choice of how the outermost types are compared.
pub fn infer_constraints_with(
    ctx: &dyn TypeContext,
    template: Ty,
    actual: Ty,
    direction: Direction,
    mode: InferMode,
) -> Vec<Constraint> {
    let mut out = Vec::new();
    infer_into(ctx, template, actual, direction, mode, &mut out);
    out
}

/// What a type variable may be at most.
pub fn upper_bound(ctx: &dyn TypeContext, decl: TypeVarDecl) -> Ty {
    match decl.origin {
        TypeVarOrigin::Synthetic { bound } => bound,
        TypeVarOrigin::SelfType(class) => crate::class_instance_type(ctx, class),
        TypeVarOrigin::Assignment(_) | TypeVarOrigin::Parameter(_) => ctx.type_var(decl).bound,
    }
}

/// The types that a variable is restricted to; empty for most.
pub fn values(ctx: &dyn TypeContext, decl: TypeVarDecl) -> TyList {
    match decl.origin {
        TypeVarOrigin::Synthetic { .. } | TypeVarOrigin::SelfType(_) => TyList::EMPTY(),
        TypeVarOrigin::Assignment(_) | TypeVarOrigin::Parameter(_) => ctx.type_var(decl).values,
    }
}

/// The declared default of a variable.
pub fn declared_default(ctx: &dyn TypeContext, decl: TypeVarDecl) -> Option<Ty> {
    match decl.origin {
        TypeVarOrigin::Synthetic { .. } | TypeVarOrigin::SelfType(_) => None,
        TypeVarOrigin::Assignment(_) | TypeVarOrigin::Parameter(_) => ctx.type_var(decl).default,
    }
}

/// The bound of a variable of any kind, given as a type.
pub fn variable_bound(ctx: &dyn TypeContext, variable: Ty) -> Ty {
    match (variable.kind(), variable_decl(variable)) {
        (TyKind::TypeVar(_), Some(decl)) => upper_bound(ctx, decl),
        (TyKind::TypeVarTuple(_), _) => crate::normalize::object_tuple(ctx),
        _ => ctx.object(),
    }
}

fn push(out: &mut Vec<Constraint>, variable: Ty, op: Direction, target: Ty) {
    out.extend(Constraint::new(variable, op, target));
}

/// Compares parts of types: in the default mode.
fn infer_part(
    ctx: &dyn TypeContext,
    template: Ty,
    actual: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    infer_into(ctx, template, actual, direction, InferMode::default(), out);
}

fn infer_into(
    ctx: &dyn TypeContext,
    template: Ty,
    actual: Ty,
    direction: Direction,
    mode: InferMode,
    out: &mut Vec<Constraint>,
) {
    if !template.has(TyFlags::HAS_TYPE_VAR) {
        return;
    }
    if let TyKind::TypeVar(_) = template.kind() {
        infer_plain(ctx, template, actual, direction, mode, out);
        return;
    }
    let pair = (crate::proper(ctx, template), crate::proper(ctx, actual));
    let state = ctx.relations();
    if state.inferring_constraints.borrow().contains(&pair) {
        return;
    }
    let recursive = template.has(TyFlags::HAS_ALIAS) || matches!(pair.0.kind(), TyKind::Instance(_));
    if recursive {
        state.inferring_constraints.borrow_mut().push(pair);
    }
    infer_plain(ctx, template, actual, direction, mode, out);
    if recursive {
        state.inferring_constraints.borrow_mut().pop();
    }
}

fn infer_plain(
    ctx: &dyn TypeContext,
    original_template: Ty,
    actual: Ty,
    direction: Direction,
    mode: InferMode,
    out: &mut Vec<Constraint>,
) {
    let mut template = crate::proper(ctx, original_template);
    let mut actual = crate::proper(ctx, actual);
    if !ctx.relations().keep_unions.get() {
        template = simplified(ctx, template);
        actual = simplified(ctx, actual);
    }
    // `type[A | B]` is `type[A] | type[B]`, which would make `type[T]` see each alone.
    let mut unwrapped = false;
    if let (Some(inner_template), Some(inner_actual)) =
        (unwrap_type_of(ctx, template), unwrap_type_of(ctx, actual))
    {
        unwrapped = true;
        (template, actual) = (inner_template, inner_actual);
    }
    if let TyKind::TypeVar(_) = template.kind() {
        push(out, template, direction, actual);
        return;
    }
    if direction == Direction::SupertypeOf
        && let TyKind::TypeVar(variable) = actual.kind()
        && !variable.id.is_meta()
        && !union_has_variable(template)
    {
        actual = crate::proper(ctx, upper_bound(ctx, variable.decl));
    }
    match (direction, template.kind(), actual.kind()) {
        (Direction::SubtypeOf, TyKind::Union(items), _) => {
            for item in items.iter() {
                infer_part(ctx, item, actual, direction, out);
            }
        }
        (Direction::SupertypeOf, _, TyKind::Union(items)) => {
            for item in items.iter() {
                let item = if unwrapped { crate::normalize::type_of(ctx, item) } else { item };
                infer_part(ctx, original_template, item, direction, out);
            }
        }
        (Direction::SubtypeOf, _, TyKind::Union(items)) => {
            let options = items
                .iter()
                .map(|item| unions::infer_if_possible(ctx, template, item, direction))
                .collect::<Vec<_>>();
            out.extend(unions::any_constraints(ctx, options, true));
        }
        (Direction::SupertypeOf, TyKind::Union(items), _) => {
            out.extend(unions::infer_against_union(ctx, template, items, actual));
        }
        _ => visit(ctx, template, actual, direction, mode, out),
    }
}

#[inline]
fn simplified(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Union(items) => simplified_union(ctx, ty, items),
        _ => ty,
    }
}

fn simplified_union(ctx: &dyn TypeContext, ty: Ty, items: &TyList) -> Ty {
    let simplify = || crate::make_simplified_union_with(ctx, items.iter(), true, true);
    let state = ctx.relations();
    if !state.trial_variances.borrow().is_empty() || !state.assumptions.borrow().is_empty() {
        return simplify();
    }
    if let Some(known) = state.simplified_unions.borrow().get(&ty) {
        return *known;
    }
    let found = simplify();
    state.simplified_unions.borrow_mut().insert(ty, found);
    found
}

fn union_has_variable(template: Ty) -> bool {
    if let TyKind::Union(items) = template.kind() {
        items.iter().any(|item| matches!(item.kind(), TyKind::TypeVar(_)))
    } else {
        false
    }
}

/// The inside of `type[X]`, or of a union of such types.
fn unwrap_type_of(ctx: &dyn TypeContext, ty: Ty) -> Option<Ty> {
    match ty.kind() {
        TyKind::Type(item) | TyKind::TypeForm(item) => Some(*item),
        TyKind::Union(items) => {
            let inner = items.iter().map(|item| {
                if let TyKind::Type(inner) | TyKind::TypeForm(inner) = crate::proper(ctx, item).kind() {
                    Some(*inner)
                } else {
                    None
                }
            });
            inner.collect::<Option<Vec<Ty>>>().map(Ty::union)
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    }
}

/// The cases in which neither is a union and the template is no type variable.
fn visit(
    ctx: &dyn TypeContext,
    template: Ty,
    actual: Ty,
    direction: Direction,
    mode: InferMode,
    out: &mut Vec<Constraint>,
) {
    match template.kind() {
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Literal { .. }
        | TyKind::Module(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Union(_)
        | TyKind::Alias { .. } => {}
        TyKind::Instance(instance) => instances::infer(ctx, template, instance, actual, direction, out),
        TyKind::Callable(sig) => callables::infer(ctx, *sig, actual, direction, mode, out),
        TyKind::Overloaded(items) => callables::infer_overloaded(ctx, items, actual, direction, out),
        TyKind::Parameters(sig) => callables::infer_parameters(ctx, *sig, actual, direction, out),
        TyKind::Tuple { items, fallback } => {
            tuples::infer(ctx, items, *fallback, actual, direction, out);
        }
        TyKind::TypedDict(dict) => match actual.kind() {
            TyKind::TypedDict(other) => {
                for (name, item) in &dict.items {
                    if let Some(found) = other.items.get(name) {
                        infer_part(ctx, item.ty, found.ty, direction, out);
                    }
                }
            }
            TyKind::Any(_) => {
                let items: Vec<Ty> = dict.items.values().map(|item| item.ty).collect();
                against_any::infer(ctx, &items, actual, direction, out);
            }
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {}
        },
        TyKind::Type(item) | TyKind::TypeForm(item) => {
            infer_type_of(ctx, *item, actual, direction, mode, out);
        }
    }
}

fn infer_type_of(
    ctx: &dyn TypeContext,
    item: Ty,
    actual: Ty,
    direction: Direction,
    mode: InferMode,
    out: &mut Vec<Constraint>,
) {
    let sig = match actual.kind() {
        TyKind::Callable(sig) => Some(*sig),
        TyKind::Overloaded(items) => items.first().and_then(|first| first.as_callable()),
        TyKind::Type(inner) | TyKind::TypeForm(inner) => {
            infer_part(ctx, item, *inner, direction, out);
            return;
        }
        TyKind::Any(_) => {
            infer_part(ctx, item, actual, direction, out);
            return;
        }
        TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    };
    let Some(sig) = sig else { return };
    if !sig.is_type_object() {
        infer_part(ctx, item, sig.ret, direction, out);
        return;
    }
    let instance = sig.instance_type.unwrap_or(sig.ret);
    let instance = if mode.keep_type_vars { instance } else { crate::erase_type_vars(ctx, instance) };
    infer_part(ctx, item, instance, direction, out);
}
