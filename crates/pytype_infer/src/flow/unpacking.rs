//! Assignment to several targets at once: `a, (b, *c) = value`.

use pytype_source::ErrorCode;
use pytype_types::{
    AnySource, KnownClass, LiteralValue, Ty, TyKind, TypeContext, make_simplified_union, proper,
};
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use super::assignments::Value;
use super::binder::Place;
use crate::Checker;

impl Checker<'_> {
    /// `targets = value`, where the value is unpacked.
    pub fn assign_many(&mut self, targets: &[Expr], value: &Value<'_>, range: TextRange, narrows: bool) {
        // A display on the right with as many items: pairs, each inferred for its own target.
        if let Value::Expr(expr) = value
            && let Some(values) = display_items(expr)
        {
            self.assign_display(targets, values, expr, range, narrows);
            return;
        }
        let ty = self.infer_value(value, None);
        self.assign_many_typed(targets, Some(value), ty, value.range(), narrows);
    }

    fn assign_display(
        &mut self,
        targets: &[Expr],
        values: &[Expr],
        whole: &Expr,
        range: TextRange,
        narrows: bool,
    ) {
        let has_star = values.iter().any(Expr::is_starred_expr);
        let pieces: Vec<Value<'_>> = match has_star {
            true => self.spread_display(values, targets.len(), range),
            false => values.iter().map(Value::Expr).collect(),
        };
        if !self.count_fits(targets, pieces.len(), false, range) {
            for value in values {
                self.infer(value, None);
            }
            return;
        }
        let star = targets.iter().position(Expr::is_starred_expr).unwrap_or(targets.len());
        for (target, value) in targets.iter().zip(&pieces).take(star) {
            self.assign(target, value, narrows);
        }
        if star < targets.len() {
            let after = targets.len() - star - 1;
            let rest = &pieces[star..pieces.len() - after];
            let items: Vec<Ty> = rest.iter().map(|v| self.infer_spread(v)).collect();
            self.assign_star(&targets[star], &items, whole.range(), narrows);
            for (target, value) in targets[star + 1..].iter().zip(&pieces[pieces.len() - after..]) {
                self.assign(target, value, narrows);
            }
        }
        let items: Vec<Ty> =
            values.iter().filter_map(|v| self.expression_types.get(&v.range()).copied()).collect();
        if items.len() == values.len() && !has_star {
            let fallback = self.ctx.known_instance(KnownClass::Tuple);
            self.expression_types.insert(whole.range(), Ty::tuple(items, fallback));
        }
    }

    /// The items of a display with `*` in it. What is spread from a tuple counts with its items;
    /// iterables that stand next to each other with the same item type give as many as are needed.
    fn spread_display<'a>(
        &mut self,
        values: &'a [Expr],
        target_count: usize,
        range: TextRange,
    ) -> Vec<Value<'a>> {
        let mut pieces: Vec<Value<'a>> = Vec::with_capacity(values.len());
        let mut iterable: Option<Ty> = None;
        let mut last: Option<usize> = None;
        let mut run: Option<(usize, usize)> = None;
        for (at, value) in values.iter().enumerate() {
            let Expr::Starred(starred) = value else {
                pieces.push(Value::Expr(value));
                continue;
            };
            let ty = self.infer(&starred.value, None);
            let ty = proper(&*self.ctx, ty);
            if ty.as_instance().is_some() && self.is_iterable(ty) {
                let item = self.item_of_iterable(ty, range);
                let fits =
                    iterable.is_none_or(|known| known == item) && last.is_none_or(|last| last + 1 == at);
                if !fits {
                    let message =
                        "Iterables that are unpacked must stand together and have the same item type";
                    self.error(ErrorCode::Misc, range, message);
                    continue;
                }
                last = Some(at);
                iterable = Some(item);
                run = Some((run.map_or(pieces.len(), |(first, _)| first), pieces.len()));
                pieces.push(Value::Expr(value));
            } else if let TyKind::Tuple { items, .. } = ty.kind() {
                pieces.extend(items.iter().map(|item| Value::Typed(item, starred.value.range())));
            } else {
                pieces.push(Value::Expr(value));
            }
        }
        if let (Some((first, last)), Some(item)) = (run, iterable) {
            let others = pieces.len() - (last - first + 1);
            if let Some(needed @ 1..) = target_count.checked_sub(others) {
                pieces.splice(first..=last, std::iter::repeat_n(Value::Typed(item, range), needed));
            }
        }
        pieces
    }

    /// An item of a display, or what `*` spreads into one.
    fn infer_spread(&mut self, value: &Value<'_>) -> Ty {
        match value {
            Value::Expr(Expr::Starred(starred)) => {
                let ty = self.infer(&starred.value, None);
                self.item_type_if_iterable(ty, starred.range).unwrap_or_else(|| Ty::any(AnySource::Error))
            }
            _ => self.infer_value(value, None),
        }
    }

    /// The same for a value whose type is known. `value` is there when it may be inferred again
    /// with the targets' types as context.
    pub fn assign_many_typed(
        &mut self,
        targets: &[Expr],
        value: Option<&Value<'_>>,
        ty: Ty,
        range: TextRange,
        narrows: bool,
    ) {
        let ty = self.unpackable(ty);
        match ty.kind() {
            TyKind::Any(_) if !ty.is_invalid() => {
                for target in targets {
                    self.assign(
                        unstarred(target),
                        &Value::Typed(Ty::any(AnySource::Derived), range),
                        narrows,
                    );
                }
            }
            TyKind::Tuple { items, .. } => {
                self.assign_from_tuple(targets, value, items.as_slice(), range, narrows);
            }
            TyKind::Union(_) => {
                let items = pytype_types::checked_items(&*self.ctx, ty);
                self.assign_from_union(targets, items.as_slice(), range, narrows);
            }
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
            | TyKind::Module(_) => {
                self.report_unpacked_text(targets, ty, range);
                self.assign_from_iterable(targets, ty, range, narrows);
            }
        }
    }

    /// A type variable unpacks as its bound.
    fn unpackable(&self, ty: Ty) -> Ty {
        let ty = proper(&*self.ctx, ty);
        if let TyKind::TypeVar(variable) = ty.kind() {
            proper(&*self.ctx, self.ctx.type_var(variable.decl).bound)
        } else {
            ty
        }
    }

    fn assign_from_tuple(
        &mut self,
        targets: &[Expr],
        value: Option<&Value<'_>>,
        items: &[Ty],
        range: TextRange,
        narrows: bool,
    ) {
        let mut items = self.shaped_like(targets, items);
        let has_unpack = items.iter().any(|t| matches!(t.kind(), TyKind::Unpack(_)));
        if !self.count_fits(targets, items.len(), has_unpack, range) {
            // Other items of a union may still say what the targets are.
            if self.binder.accumulated.is_none() {
                self.give_up_targets(targets);
            }
            return;
        }
        if let Some(Value::Expr(expr)) = value {
            // Again, now that the targets' types can serve as context.
            let context = self.targets_context(targets, &items);
            let again = self.infer(expr, Some(context));
            let again = self.unpackable(again);
            match again.kind() {
                TyKind::Union(union) => {
                    self.assign_from_union(targets, union.as_slice(), range, narrows);
                    return;
                }
                TyKind::Any(_) => return,
                TyKind::Tuple { items: found, .. } => {
                    let found = self.shaped_like(targets, found);
                    if found.len() == items.len() {
                        items = found;
                    }
                }
                TyKind::None
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
                | TyKind::Module(_) => {}
            }
        }
        let star = targets.iter().position(Expr::is_starred_expr).unwrap_or(targets.len());
        let after = targets.len().saturating_sub(star + 1);
        for (target, item) in targets.iter().zip(&items).take(star) {
            self.assign(target, &Value::Typed(*item, range), narrows);
        }
        if star < targets.len() && items.len() >= star + after {
            let rest = items[star..items.len() - after].to_vec();
            self.assign_star(&targets[star], &rest, range, narrows);
            for (target, item) in targets[star + 1..].iter().zip(&items[items.len() - after..]) {
                self.assign(target, &Value::Typed(*item, range), narrows);
            }
        }
    }

    /// `*rest` takes a list of the items that are left.
    fn assign_star(&mut self, target: &Expr, items: &[Ty], range: TextRange, narrows: bool) {
        let items: Vec<Ty> = items
            .iter()
            .map(|t| {
                if let TyKind::Unpack(inner) = t.kind() {
                    self.unpacked_item(*inner)
                } else {
                    pytype_types::remove_last_known_values(&*self.ctx, *t)
                }
            })
            .collect();
        let target = unstarred(target);
        if let Some(inner) = display_items(target) {
            if self.count_fits(inner, items.len(), false, range) {
                for (target, item) in inner.iter().zip(&items) {
                    self.assign(target, &Value::Typed(*item, range), narrows);
                }
            }
            return;
        }
        if let Some(declared) = self.list_that_items_do_not_fit(target, &items, range) {
            self.assign(target, &Value::Typed(declared, range), narrows);
            return;
        }
        let item = match items.as_slice() {
            [] => Ty::ambiguous_never(),
            _ => pytype_types::join_type_list(&*self.ctx, &items),
        };
        let list = self.known_with(KnownClass::List, [item]);
        self.assign(target, &Value::Typed(list, range), narrows);
    }

    /// The list type that `target` is declared to have, if some of the items do not fit into it. Each of
    /// those is reported.
    fn list_that_items_do_not_fit(&mut self, target: &Expr, items: &[Ty], range: TextRange) -> Option<Ty> {
        let declared = self.target_context(target)?;
        let instance = proper(&*self.ctx, declared).as_instance()?;
        let wanted = *instance.args.first().filter(|_| instance.class.is("builtins.list"))?;
        let wrong = items.iter().filter(|item| !pytype_types::is_subtype(&*self.ctx, **item, wanted)).count();
        for _ in 0..wrong {
            self.error(ErrorCode::ListItem, range, "An item of the list does not have the declared type");
        }
        (wrong > 0).then_some(declared)
    }

    /// What the item of an unpacked `*tuple[T, ...]` is.
    fn unpacked_item(&self, unpacked: Ty) -> Ty {
        if let TyKind::Instance(instance) = proper(&*self.ctx, unpacked).kind() {
            instance.args.first().copied().unwrap_or_else(|| self.ctx.object())
        } else {
            self.ctx.object()
        }
    }

    /// A tuple with an unpacked part of unknown length, fitted to the number of targets.
    fn shaped_like(&self, targets: &[Expr], items: &[Ty]) -> Vec<Ty> {
        let Some(unpack) = items.iter().position(|t| matches!(t.kind(), TyKind::Unpack(_))) else {
            return items.to_vec();
        };
        let TyKind::Unpack(inner) = items[unpack].kind() else { return items.to_vec() };
        let item = self.unpacked_item(*inner);
        if targets.iter().any(Expr::is_starred_expr) || !proper(&*self.ctx, item).is_any() {
            return items.to_vec();
        }
        let Some(extra) = (targets.len() + 1).checked_sub(items.len()) else { return items.to_vec() };
        let mut shaped = items[..unpack].to_vec();
        shaped.extend(std::iter::repeat_n(item, extra));
        shaped.extend_from_slice(&items[unpack + 1..]);
        shaped
    }

    /// Each item of the union is assigned in turn; targets get the union of what they would get.
    fn assign_from_union(&mut self, targets: &[Expr], items: &[Ty], range: TextRange, narrows: bool) {
        let leaves = leaf_targets(targets);
        let mut columns: Vec<Vec<Ty>> = vec![Vec::new(); leaves.len()];
        let no_partials = std::mem::replace(&mut self.no_partial_types, true);
        let outer = self.binder.accumulated.replace(Vec::new());
        for item in items {
            for leaf in &leaves {
                self.expression_types.remove(&leaf.range());
            }
            self.assign_many_typed(targets, None, *item, range, narrows);
            for (column, leaf) in columns.iter_mut().zip(&leaves) {
                column.push(
                    self.expression_types
                        .get(&leaf.range())
                        .copied()
                        .unwrap_or_else(|| Ty::any(AnySource::SpecialForm)),
                );
            }
        }
        let collected = std::mem::replace(&mut self.binder.accumulated, outer).unwrap_or_default();
        let mut places: Vec<Place> = Vec::new();
        let mut by_place: FxHashMap<Place, (Vec<Ty>, Vec<Ty>)> = FxHashMap::default();
        for assigned in collected {
            let Some(declared) = assigned.declared else { continue };
            let entry = by_place.entry(assigned.place).or_insert_with(|| {
                places.push(assigned.place);
                Default::default()
            });
            entry.0.push(assigned.ty);
            entry.1.push(declared);
        }
        for place in places {
            let (types, declared) = &by_place[&place];
            let ty = make_simplified_union(&*self.ctx, types.iter().copied());
            let declared = make_simplified_union(&*self.ctx, declared.iter().copied());
            self.binder.assign(&*self.ctx, place, ty, Some(declared), false);
        }
        for (column, leaf) in columns.into_iter().zip(&leaves) {
            let union = make_simplified_union(&*self.ctx, column);
            let target = self.check_target(leaf, &Value::Typed(union, range));
            if let Some(slot) = target.defines {
                self.set_slot(slot, union);
            }
            self.expression_types.insert(leaf.range(), union);
        }
        self.no_partial_types = no_partials;
    }

    fn assign_from_iterable(&mut self, targets: &[Expr], ty: Ty, range: TextRange, narrows: bool) {
        let item = match self.is_iterable(ty) {
            true => Some(self.item_of_iterable(ty, range)),
            false => None,
        };
        let Some(item) = item else {
            self.error(
                ErrorCode::Misc,
                range,
                format!(
                    "\"{}\" cannot be unpacked: it is not iterable",
                    pytype_types::describe(&*self.ctx, ty)
                ),
            );
            return;
        };
        for target in targets {
            if target.is_starred_expr() {
                let list = self.known_with(KnownClass::List, [item]);
                self.assign(unstarred(target), &Value::Typed(list, range), narrows);
            } else {
                self.assign(target, &Value::Typed(item, range), narrows);
            }
        }
    }

    fn report_unpacked_text(&mut self, targets: &[Expr], ty: Ty, range: TextRange) {
        let literal = match ty.kind() {
            TyKind::Instance(instance) if instance.class.is("builtins.str") => match instance.last_known {
                Some(literal) => literal,
                None => ty,
            },
            TyKind::Literal { .. } => ty,
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
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => return,
        };
        let fits = match literal.kind() {
            TyKind::Literal { value: LiteralValue::Str(text), .. } => text.chars().count() == targets.len(),
            TyKind::Literal { .. } => true,
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
        if !fits {
            self.error(
                ErrorCode::StrUnpack,
                range,
                "Unpacking a string into variables is most likely a mistake",
            );
        }
    }

    fn count_fits(&mut self, targets: &[Expr], values: usize, has_unpack: bool, range: TextRange) -> bool {
        let star = targets.iter().any(Expr::is_starred_expr);
        let wanted = targets.len() - usize::from(star);
        if has_unpack {
            if !star {
                self.error(
                    ErrorCode::Misc,
                    range,
                    "A tuple of unknown length cannot be unpacked into a fixed number of variables",
                );
                return false;
            }
            if wanted > values - 1 {
                self.error(ErrorCode::Misc, range, format!("Not enough values to unpack: {wanted} expected"));
                return false;
            }
            return true;
        }
        let problem = match (star, values.cmp(&wanted)) {
            (_, std::cmp::Ordering::Less) => "Not enough",
            (false, std::cmp::Ordering::Greater) => "Too many",
            (_, std::cmp::Ordering::Equal) | (true, std::cmp::Ordering::Greater) => return true,
        };
        self.error(
            ErrorCode::Misc,
            range,
            format!("{problem} values to unpack: {wanted} expected, {values} given"),
        );
        false
    }

    /// What could not be assigned is `Any`, so that one mistake is reported once.
    fn give_up_targets(&mut self, targets: &[Expr]) {
        for target in leaf_targets(targets) {
            let Some(slot) = self.slot_of(target) else { continue };
            if self.slot_type(slot).is_none() && self.partial_slot(slot).is_none() {
                self.set_slot(slot, Ty::any(AnySource::Error));
            }
        }
    }

    /// The types of the targets as the context for inferring the value again; what has none yet takes
    /// the item that was found for it.
    fn targets_context(&mut self, targets: &[Expr], found: &[Ty]) -> Ty {
        let star = targets.iter().position(Expr::is_starred_expr);
        let mut items = Vec::with_capacity(found.len());
        for (at, target) in targets.iter().enumerate() {
            let behind = targets.len() - at - 1;
            if star == Some(at) {
                let rest = found.get(at..found.len().saturating_sub(behind)).unwrap_or(&[]);
                let context = self.target_context(unstarred(target));
                items.extend(rest.iter().map(|item| context.unwrap_or(*item)));
                continue;
            }
            let is_right = star.is_some_and(|star| star < at);
            let from = if is_right { found.len().checked_sub(behind + 1) } else { Some(at) };
            let item = from.and_then(|from| found.get(from)).copied().unwrap_or_else(Ty::ambiguous_never);
            items.push(self.target_context(target).unwrap_or(item));
        }
        Ty::tuple(items, self.ctx.known_instance(KnownClass::Tuple))
    }

    /// The type that a target has before it is assigned to.
    fn target_context(&mut self, target: &Expr) -> Option<Ty> {
        match target {
            Expr::Tuple(ruff_python_ast::ExprTuple { elts, .. })
            | Expr::List(ruff_python_ast::ExprList { elts, .. }) => {
                let items: Vec<Ty> = elts
                    .iter()
                    .map(|item| self.target_context(unstarred(item)).unwrap_or_else(Ty::ambiguous_never))
                    .collect();
                Some(Ty::tuple(items, self.ctx.known_instance(KnownClass::Tuple)))
            }
            Expr::Subscript(_) => None,
            _ => {
                // To ask for the type of a container of which nothing is known yet is to read it.
                if let Some(slot) = self.partial_slot_of(target)
                    && matches!(self.partial_slot(slot), Some(super::partial_types::Partial::Generic { .. }))
                {
                    return Some(self.read_partial_slot(slot, target.range()));
                }
                let value = Value::Typed(Ty::any(AnySource::SpecialForm), target.range());
                let (found, _) = self.capturing(|c| c.check_target(target, &value));
                found.declared
            }
        }
    }
}

/// The items of a tuple or list display.
fn display_items(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::List(list) => Some(&list.elts),
        _ => None,
    }
}

fn unstarred(target: &Expr) -> &Expr {
    match target {
        Expr::Starred(starred) => &starred.value,
        _ => target,
    }
}

/// The names, attributes and items among nested targets, in order.
fn leaf_targets(targets: &[Expr]) -> Vec<&Expr> {
    let mut leaves = Vec::new();
    for target in targets {
        match unstarred(target) {
            Expr::Tuple(tuple) => leaves.extend(leaf_targets(&tuple.elts)),
            Expr::List(list) => leaves.extend(leaf_targets(&list.elts)),
            leaf => leaves.push(leaf),
        }
    }
    leaves
}
