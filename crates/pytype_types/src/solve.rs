//! Solving constraints: the best type for each variable, one by one or all together.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use crate::collect::free_type_vars;
use crate::constraints::{Constraint, Direction, infer_constraints, upper_bound, values, variable_bound};
use crate::normalize::{object_tuple, prefix_params, unpacked_variable};
use crate::{
    Substitution, Ty, TyFlags, TyKind, TypeContext, TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarId,
    TypeVarKind, TypeVarOrigin, expand_type, variable_id,
};

/// How constraints are solved.
#[derive(Clone, Copy, Debug)]
pub struct SolveOptions {
    /// A variable without constraints is `Never` (ambiguous), not `Any`.
    pub strict: bool,
    /// Variables may depend on each other, and stay free where nothing binds them.
    pub allow_polymorphic: bool,
    /// Solutions that break a bound are left to the caller.
    pub skip_unsatisfied: bool,
}

impl Default for SolveOptions {
    fn default() -> SolveOptions {
        SolveOptions { strict: true, allow_polymorphic: false, skip_unsatisfied: false }
    }
}

/// The types found for a list of variables.
#[derive(Clone, Default, Debug)]
pub struct Solution {
    /// One for each variable; `None` where the constraints contradict each other.
    pub types: Vec<Option<Ty>>,
    /// Variables that stay free in the types (only with `allow_polymorphic`).
    pub free: Vec<Ty>,
}

/// The best types for `variables` under `constraints`.
pub fn solve_constraints(
    ctx: &dyn TypeContext,
    variables: &[Ty],
    constraints: &[Constraint],
    options: SolveOptions,
) -> Solution {
    if variables.is_empty() {
        return Solution::default();
    }
    let unknowns = Unknowns::new(variables, constraints);
    let mut solved = vec![None; unknowns.all.len()];
    let mut free = Vec::new();
    if options.allow_polymorphic {
        let constraints = without_reversed_unions(ctx, constraints);
        if !constraints.is_empty() {
            let mut system = System::new(ctx, &unknowns);
            (solved, free) = system.solve(constraints);
        }
    } else {
        for (at, id) in unknowns.ids.iter().enumerate() {
            let own = || constraints.iter().filter(|constraint| constraint.var == *id);
            let bounds = |op| own().filter(move |constraint| constraint.op == op).map(|c| c.target);
            let lowers: SmallVec<[Ty; 4]> = bounds(Direction::SupertypeOf).collect();
            let uppers: SmallVec<[Ty; 4]> = bounds(Direction::SubtypeOf).collect();
            if lowers.is_empty() && uppers.is_empty() {
                continue;
            }
            let lengths_differ = is_tuple_variable(unknowns.all[at]) && of_different_lengths(ctx, &lowers);
            let solution = if lengths_differ { None } else { solve_one(ctx, &lowers, &uppers) };
            // Variables of generic arguments must not leak into the result.
            let extra = &unknowns.ids[unknowns.original..];
            let leaks = !extra.is_empty()
                && solution.is_some_and(|ty| ty.has(TyFlags::HAS_TYPE_VAR) && mentions_any(ty, extra));
            if !leaks {
                solved[at] = Some(solution);
            }
        }
    }
    let unconstrained =
        if options.strict { Ty::ambiguous_never() } else { Ty::any(crate::AnySource::SpecialForm) };
    solved.truncate(unknowns.original);
    let mut types: Vec<Option<Ty>> =
        solved.into_iter().map(|solution| solution.unwrap_or(Some(unconstrained))).collect();
    if free.is_empty() && !options.skip_unsatisfied {
        pre_validate(ctx, &mut types, variables, constraints);
    }
    Solution { types, free }
}

/// The variables to solve for: those asked for, then those of generic arguments.
struct Unknowns {
    all: Vec<Ty>,
    ids: Vec<TypeVarId>,
    original: usize,
}

impl Unknowns {
    fn new(variables: &[Ty], constraints: &[Constraint]) -> Unknowns {
        let count = variables.len();
        let (all, ids) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut unknowns = Unknowns { all, ids, original: 0 };
        for variable in variables {
            if let Some(id) = variable_id(*variable) {
                unknowns.all.push(*variable);
                unknowns.ids.push(id);
            }
        }
        unknowns.original = unknowns.ids.len();
        for extra in constraints.iter().flat_map(|constraint| &constraint.extra) {
            if let Some(id) = variable_id(*extra)
                && !unknowns.ids.contains(&id)
            {
                unknowns.all.push(*extra);
                unknowns.ids.push(id);
            }
        }
        unknowns
    }
}

fn mentions_any(ty: Ty, ids: &[TypeVarId]) -> bool {
    crate::collect::mentions(ty, ids)
}

fn is_tuple_variable(variable: Ty) -> bool {
    matches!(variable.kind(), TyKind::TypeVarTuple(_))
}

/// Whether these are tuples of known lengths that are not all the same: one `TypeVarTuple` cannot stand
/// for them all (the typing specification, "Type variable tuple equality").
fn of_different_lengths(ctx: &dyn TypeContext, lowers: &[Ty]) -> bool {
    let mut lengths = lowers.iter().filter_map(|ty| {
        if let TyKind::Tuple { items, .. } = crate::proper(ctx, *ty).kind()
            && crate::normalize::find_unpack(items).is_none()
        {
            Some(items.len())
        } else {
            None
        }
    });
    let first = lengths.next();
    lengths.any(|length| Some(length) != first)
}

/// The solution of one variable by its own bounds; `None` if they contradict each other.
pub fn solve_one(ctx: &dyn TypeContext, lowers: &[Ty], uppers: &[Ty]) -> Option<Ty> {
    // What an earlier inference left open says nothing as an upper bound.
    let is_open = |ty: &Ty| matches!(crate::proper(ctx, *ty).kind(), TyKind::Never { ambiguous: true });
    let uppers: SmallVec<[Ty; 4]> = uppers.iter().copied().filter(|ty| !is_open(ty)).collect();
    if uppers.is_empty() && lowers.is_empty() {
        return Some(Ty::ambiguous_never());
    }
    let bottom = if lowers.is_empty() {
        None
    } else if ctx.relations().infer_unions.get() {
        Some(Ty::union(lowers.iter().copied()))
    } else {
        // Joins depend on the order: unions first, `None` next, overload sets last.
        let mut sorted = lowers.to_vec();
        if sorted.len() > 1 {
            sorted.sort_by_key(|ty| match crate::proper(ctx, *ty).kind() {
                TyKind::Union(_) => -2,
                TyKind::None => -1,
                TyKind::Overloaded(_) => 1,
                TyKind::Any(_)
                | TyKind::Never { .. }
                | TyKind::Deleted
                | TyKind::Erased
                | TyKind::Instance(_)
                | TyKind::Callable(_)
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
                | TyKind::Module(_) => 0,
            });
            drop_equal_callables(&mut sorted);
        }
        Some(crate::join_type_list(ctx, &sorted))
    };
    let top = uppers.into_iter().reduce(|left, right| crate::meet_types(ctx, left, right));
    let is_any = |ty: Option<Ty>| ty.is_some_and(|ty| crate::proper(ctx, ty).is_any());
    if is_any(top) || is_any(bottom) {
        return Some(crate::normalize::derived_any());
    }
    match (bottom, top) {
        (None, top) => top,
        (bottom, None) => bottom,
        (Some(bottom), Some(top)) => crate::is_subtype(ctx, bottom, top).then_some(bottom),
    }
}

/// Callables that differ in nothing but where an `Any` comes from are one bound: as in mypy, what they have in
/// common is not asked for, and lambdas stay lambdas.
fn drop_equal_callables(bounds: &mut Vec<Ty>) {
    let is_same = |one: Ty, other: Ty| one == other || one.is_any() && other.is_any();
    let is_equal = |one: Ty, other: Ty| {
        let (Some(one), Some(other)) = (one.as_callable(), other.as_callable()) else { return false };
        one.name == other.name
            && one.params.len() == other.params.len()
            && one.params.iter().zip(&other.params).all(|(one, other)| {
                one.name == other.name && one.kind == other.kind && is_same(one.ty, other.ty)
            })
            && is_same(one.ret, other.ret)
    };
    let mut kept: Vec<Ty> = Vec::with_capacity(bounds.len());
    bounds.retain(|bound| {
        let is_new = !kept.iter().any(|earlier| is_equal(*earlier, *bound));
        kept.extend(is_new.then_some(*bound));
        is_new
    });
}

/// A solution that breaks its variable's bound gives way to the bound, if that fits all constraints.
fn pre_validate(
    ctx: &dyn TypeContext,
    types: &mut [Option<Ty>],
    variables: &[Ty],
    constraints: &[Constraint],
) {
    for (variable, solution) in variables.iter().zip(types) {
        let Some(found) = *solution else { continue };
        if matches!(variable.kind(), TyKind::ParamSpec(_)) {
            continue;
        }
        let bound = variable_bound(ctx, *variable);
        if is_object(bound) || is_callable_protocol(ctx, bound) || crate::is_subtype(ctx, found, bound) {
            continue;
        }
        let fits = constraints.iter().all(|constraint| match constraint.op {
            Direction::SubtypeOf => crate::is_subtype(ctx, bound, constraint.target),
            Direction::SupertypeOf => crate::is_subtype(ctx, constraint.target, bound),
        });
        if fits {
            *solution = Some(bound);
        }
    }
}

fn is_object(ty: Ty) -> bool {
    ty.is_instance_of("builtins.object")
}

fn is_callable_protocol(ctx: &dyn TypeContext, ty: Ty) -> bool {
    crate::proper(ctx, ty).as_instance().is_some_and(|instance| {
        ctx.class(instance.class).is_protocol()
            && ctx.protocol_members(instance.class).iter().any(|name| name.as_str() == "__call__")
    })
}

/// Leaves out what `T :> S | int` says of `S`: turned round it would make `S` depend on `T`.
fn without_reversed_unions(ctx: &dyn TypeContext, constraints: &[Constraint]) -> Vec<Constraint> {
    let mut skipped: Vec<(TypeVarId, Direction, Ty)> = Vec::new();
    for constraint in constraints {
        let TyKind::Union(items) = crate::proper(ctx, constraint.target).kind() else { continue };
        for item in items.iter().filter(|item| matches!(item.kind(), TyKind::TypeVar(_))) {
            if item == constraint.variable && constraint.op == Direction::SubtypeOf {
                skipped.push((constraint.var, constraint.op, constraint.target));
                continue;
            }
            if let Some(id) = variable_id(item) {
                skipped.push((id, constraint.op.reversed(), constraint.variable));
            }
            skipped.push((constraint.var, constraint.op, item));
        }
    }
    let is_skipped = |c: &&Constraint| skipped.contains(&(c.var, c.op, c.target));
    constraints.iter().filter(|constraint| !is_skipped(constraint)).cloned().collect()
}

type Bounds = IndexSet<Ty, FxBuildHasher>;

/// Constraints among variables that depend on each other.
struct System<'a> {
    ctx: &'a dyn TypeContext,
    unknowns: &'a Unknowns,
    /// `below[i][j]`: variable `i` is a subtype of variable `j`.
    below: Vec<Vec<bool>>,
    lowers: Vec<Bounds>,
    uppers: Vec<Bounds>,
}

impl<'a> System<'a> {
    fn new(ctx: &'a dyn TypeContext, unknowns: &'a Unknowns) -> System<'a> {
        let count = unknowns.all.len();
        let below = (0..count).map(|i| (0..count).map(|j| i == j).collect()).collect();
        let empty = || vec![Bounds::default(); count];
        System { ctx, unknowns, below, lowers: empty(), uppers: empty() }
    }

    fn count(&self) -> usize {
        self.unknowns.all.len()
    }

    fn position(&self, id: TypeVarId) -> Option<usize> {
        self.unknowns.ids.iter().position(|known| *known == id)
    }

    /// A solution for each variable (`None` for those not reached), and the variables that stay free.
    fn solve(&mut self, constraints: Vec<Constraint>) -> (Vec<Option<Option<Ty>>>, Vec<Ty>) {
        self.close(constraints);
        let mut solutions = vec![None; self.count()];
        let Some(batches) = self.batches() else { return (solutions, Vec::new()) };
        let mut free = Vec::new();
        for component in batches.first().into_iter().flatten() {
            if component.iter().any(|at| !self.lowers[*at].is_empty() || !self.uppers[*at].is_empty()) {
                continue;
            }
            if let Some((at, chosen)) = self.choose_free(component) {
                free.push((at, chosen));
            }
        }
        for (at, chosen) in &free {
            for other in 0..self.count() {
                if self.below[*at][other] {
                    self.lowers[other].insert(*chosen);
                }
                if self.below[other][*at] {
                    self.uppers[other].insert(*chosen);
                }
            }
        }
        for batch in batches {
            self.solve_batch(batch.into_iter().flatten().collect(), &mut solutions);
        }
        (solutions, free.into_iter().map(|(_, chosen)| chosen).collect())
    }

    /// Follows chains of constraints until nothing new comes out.
    fn close(&mut self, constraints: Vec<Constraint>) {
        // Each constraint is looked at once; the limit is for recursive types that grow for ever.
        const LIMIT: usize = 2000;
        let mut remaining: Vec<Constraint> = Vec::new();
        let add = |new: Vec<Constraint>, remaining: &mut Vec<Constraint>| {
            for constraint in new {
                if !remaining.iter().any(|known| known.same(&constraint)) && remaining.len() < LIMIT {
                    remaining.push(constraint);
                }
            }
        };
        add(constraints, &mut remaining);
        let mut next = 0;
        while next < remaining.len() {
            let constraint = remaining[next].clone();
            next += 1;
            let Some(own) = self.position(constraint.var) else { continue };
            let linear = linear_target(self.ctx, &constraint).and_then(|id| self.position(id));
            let new = match (linear, constraint.op) {
                (Some(other), Direction::SubtypeOf) => self.connect(own, other),
                (Some(other), Direction::SupertypeOf) => self.connect(other, own),
                (None, Direction::SubtypeOf) => self.add_upper(own, constraint.target),
                (None, Direction::SupertypeOf) => self.add_lower(own, constraint.target),
            };
            add(new, &mut remaining);
        }
    }

    fn connect(&mut self, lower: usize, upper: usize) -> Vec<Constraint> {
        if self.below[lower][upper] {
            return Vec::new();
        }
        let lefts: Vec<usize> = (0..self.count()).filter(|l| self.below[*l][lower]).collect();
        let rights: Vec<usize> = (0..self.count()).filter(|u| self.below[upper][*u]).collect();
        for left in &lefts {
            for right in &rights {
                self.below[*left][*right] = true;
            }
        }
        let from_below = self.lowers[lower].clone();
        let from_above = self.uppers[upper].clone();
        for right in 0..self.count() {
            if self.below[upper][right] {
                self.lowers[right].extend(from_below.iter().copied());
            }
        }
        for left in 0..self.count() {
            if self.below[left][lower] {
                self.uppers[left].extend(from_above.iter().copied());
            }
        }
        let mut new = Vec::new();
        for low in &from_below {
            for high in &from_above {
                self.secondary(*low, *high, &mut new);
            }
        }
        new
    }

    fn add_upper(&mut self, own: usize, target: Ty) -> Vec<Constraint> {
        let mut new = Vec::new();
        if self.uppers[own].contains(&target) {
            return new;
        }
        for left in 0..self.count() {
            if self.below[left][own] {
                self.uppers[left].insert(target);
            }
        }
        for low in &self.lowers[own] {
            self.secondary(*low, target, &mut new);
        }
        new
    }

    fn add_lower(&mut self, own: usize, target: Ty) -> Vec<Constraint> {
        let mut new = Vec::new();
        if self.lowers[own].contains(&target) {
            return new;
        }
        for right in 0..self.count() {
            if self.below[own][right] {
                self.lowers[right].insert(target);
            }
        }
        for high in &self.uppers[own] {
            self.secondary(target, *high, &mut new);
        }
        new
    }

    /// What a lower and an upper bound of one variable say about others.
    fn secondary(&self, low: Ty, high: Ty, new: &mut Vec<Constraint>) {
        if !low.has(TyFlags::HAS_TYPE_VAR) && !high.has(TyFlags::HAS_TYPE_VAR) {
            return;
        }
        let is_union = |ty| matches!(crate::proper(self.ctx, ty).kind(), TyKind::Union(_));
        if is_union(low) && is_union(high) {
            return;
        }
        new.extend(infer_constraints(self.ctx, low, high, Direction::SubtypeOf));
        new.extend(infer_constraints(self.ctx, high, low, Direction::SupertypeOf));
    }

    fn mentioned(&self, ty: Ty) -> impl Iterator<Item = usize> + '_ {
        free_type_vars(ty).into_iter().filter_map(variable_id).filter_map(|id| self.position(id))
    }

    /// Groups of variables that depend on each other, in the order to solve them: each batch needs
    /// only what is before it. `None` if a variable of a group occurs inside another's bound.
    fn batches(&self) -> Option<Vec<Vec<Vec<usize>>>> {
        let count = self.count();
        let mut needs = vec![vec![false; count]; count];
        let mut nested: Vec<(usize, usize)> = Vec::new();
        for (at, row) in needs.iter_mut().enumerate() {
            for bound in self.lowers[at].iter().chain(&self.uppers[at]) {
                for other in self.mentioned(*bound) {
                    row[other] = true;
                    nested.push((at, other));
                }
            }
            for (other, need) in row.iter_mut().enumerate() {
                if other != at && (self.below[at][other] || self.below[other][at]) {
                    *need = true;
                }
            }
        }
        let mut reach = needs.clone();
        for middle in 0..count {
            for from in 0..count {
                if reach[from][middle] {
                    let further = reach[middle].clone();
                    for (to, reached) in reach[from].iter_mut().zip(further) {
                        *to |= reached;
                    }
                }
            }
        }
        let together = |a: usize, b: usize| a == b || (reach[a][b] && reach[b][a]);
        if nested.iter().any(|(at, other)| together(*at, *other)) {
            return None;
        }
        let mut components: Vec<Vec<usize>> = Vec::new();
        for at in 0..count {
            match components.iter_mut().find(|component| together(component[0], at)) {
                Some(component) => component.push(at),
                None => components.push(vec![at]),
            }
        }
        let mut batches = Vec::new();
        let mut done = vec![false; count];
        while !components.is_empty() {
            let ready = |component: &Vec<usize>| {
                component.iter().all(|at| {
                    (0..count).all(|other| !needs[*at][other] || done[other] || together(*at, other))
                })
            };
            let (batch, rest): (Vec<_>, Vec<_>) = components.into_iter().partition(ready);
            if batch.is_empty() {
                return None;
            }
            for at in batch.iter().flatten() {
                done[*at] = true;
            }
            components = rest;
            batches.push(batch);
        }
        Some(batches)
    }

    fn solve_batch(&mut self, mut batch: Vec<usize>, solutions: &mut [Option<Option<Ty>>]) {
        batch.sort_by_key(|at| order_of(self.unknowns.ids[*at]));
        let mut found = Substitution::new();
        while let Some(next) =
            batch.iter().position(|at| !self.lowers[*at].is_empty() || !self.uppers[*at].is_empty())
        {
            let at = batch.remove(next);
            let lowers: Vec<Ty> = self.lowers[at].iter().copied().collect();
            let uppers: Vec<Ty> = self.uppers[at].iter().copied().collect();
            let lengths_differ =
                is_tuple_variable(self.unknowns.all[at]) && of_different_lengths(self.ctx, &lowers);
            let result = if lengths_differ { None } else { solve_one(self.ctx, &lowers, &uppers) };
            solutions[at] = Some(result);
            let Some(result) = result else { continue };
            found.insert(self.unknowns.ids[at], result);
            // From here on the solution itself is the bound of what was compared with the variable.
            for other in 0..self.count() {
                if other == at {
                    continue;
                }
                if std::mem::take(&mut self.below[at][other]) {
                    self.lowers[other].insert(result);
                }
                if std::mem::take(&mut self.below[other][at]) {
                    self.uppers[other].insert(result);
                }
            }
        }
        if found.is_empty() {
            return;
        }
        let ctx = self.ctx;
        for bounds in self.lowers.iter_mut().chain(&mut self.uppers) {
            if bounds.iter().any(|bound| bound.has(TyFlags::HAS_TYPE_VAR)) {
                *bounds = bounds.iter().map(|bound| expand_type(ctx, *bound, &found)).collect();
            }
        }
    }

    /// The variable that stands for a group without bounds: with the bound that suits all of them.
    fn choose_free(&self, component: &[usize]) -> Option<(usize, Ty)> {
        let ctx = self.ctx;
        if let [only] = component {
            return Some((*only, self.unknowns.all[*only]));
        }
        let members = || component.iter().map(|at| self.unknowns.all[*at]);
        let bounds: Vec<Ty> = members().map(|variable| variable_bound(ctx, variable)).collect();
        let common = bounds.into_iter().reduce(|left, right| crate::meet_types(ctx, left, right))?;
        let common = crate::proper(ctx, common);
        if common.is_never() || common.is_none() {
            return None;
        }
        let mut restricted: Option<TypeVarDecl> = None;
        for variable in members() {
            if let TyKind::TypeVar(variable) = variable.kind()
                && !values(ctx, variable.decl).is_empty()
            {
                if restricted.is_some() {
                    return None;
                }
                restricted = Some(variable.decl);
            }
        }
        if restricted.is_some() && !is_object(common) {
            return None;
        }
        let key = |at: &usize| (*at >= self.unknowns.original, order_of(self.unknowns.ids[*at]));
        let best_at = component.iter().copied().min_by_key(key)?;
        let best = self.unknowns.all[best_at];
        match best.kind() {
            TyKind::TypeVar(variable) => {
                let decl = match restricted {
                    Some(decl) => TypeVarDecl::new(TypeVarDeclData { origin: decl.origin, ..*variable.decl }),
                    None if upper_bound(ctx, variable.decl) == common => variable.decl,
                    None => TypeVarDecl::new(TypeVarDeclData {
                        kind: TypeVarKind::TypeVar,
                        origin: TypeVarOrigin::Synthetic { bound: common },
                        ..*variable.decl
                    }),
                };
                Some((best_at, Ty::new(TyKind::TypeVar(TypeVar { decl, ..*variable }))))
            }
            _ if is_object(common) || common == object_tuple(ctx) => Some((best_at, best)),
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
            | TyKind::Module(_) => None,
        }
    }
}

/// Older variables come first.
fn order_of(id: TypeVarId) -> (u32, u32) {
    (id.meta, id.index)
}

/// The variable that a constraint compares with, if the target is just a variable.
fn linear_target(ctx: &dyn TypeContext, constraint: &Constraint) -> Option<TypeVarId> {
    match (constraint.variable.kind(), constraint.target.kind()) {
        (TyKind::TypeVar(_), TyKind::TypeVar(variable)) => Some(variable.id),
        (TyKind::ParamSpec(_), TyKind::ParamSpec(spec)) if prefix_params(spec).is_empty() => Some(spec.id),
        (TyKind::TypeVarTuple(_), _) => {
            if let TyKind::Tuple { items, .. } = crate::proper(ctx, constraint.target).kind() {
                match items.as_slice() {
                    [only] => unpacked_variable(*only).map(|variable| variable.id),
                    _ => None,
                }
            } else {
                None
            }
        }
        _ => None,
    }
}
