//! Items and slices of tuples whose items are known.

use pytype_source::{ErrorCode, name};
use pytype_types::{KnownClass, Ty, TyKind, TyList};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::attributes::MemberUse;
use super::literals::int_values;
use crate::Checker;
use crate::calls::CallArgument;

/// An integer written as such, with a sign or without.
pub(crate) fn written_int(expr: &Expr) -> Option<i64> {
    let plain = |expr: &Expr| match expr {
        Expr::NumberLiteral(number) => match &number.value {
            ast::Number::Int(int) => int.as_i64(),
            ast::Number::Float(_) | ast::Number::Complex { .. } => None,
        },
        _ => None,
    };
    match expr {
        Expr::UnaryOp(unary) => match unary.op {
            ast::UnaryOp::USub => plain(&unary.operand).map(i64::wrapping_neg),
            ast::UnaryOp::UAdd => plain(&unary.operand),
            ast::UnaryOp::Not | ast::UnaryOp::Invert => None,
        },
        _ => plain(expr),
    }
}

/// The position of the item that stands for any number of items.
pub(crate) fn unpack_position(items: &[Ty]) -> Option<usize> {
    items.iter().position(|item| matches!(item.kind(), TyKind::Unpack(_)))
}

impl Checker<'_> {
    pub(crate) fn index_tuple(
        &mut self,
        tuple: Ty,
        items: TyList,
        fallback: Ty,
        index: &Expr,
        range: TextRange,
    ) -> Ty {
        if let Expr::Slice(slice) = index {
            return self.slice_tuple(tuple, items, fallback, slice, index);
        }
        let Some(positions) = self.int_literals(index) else {
            return self.index_tuple_anywhere(tuple, items, index);
        };
        let mut found = Vec::with_capacity(positions.len());
        for position in positions {
            match self.tuple_item(&items, position) {
                Some(item) => found.push(item),
                None => {
                    self.fail(ErrorCode::Misc, range, |_| "Tuple index out of range".to_owned());
                    if unpack_position(&items).is_some() {
                        let shortest = self.shortest_length(&items);
                        self.explain(ErrorCode::Misc, range, |_| {
                            format!("The tuple can have as few as {shortest} items")
                        });
                    }
                    return self.error_any();
                }
            }
        }
        self.simplified_union(found)
    }

    /// The integers that an index can be, if they are known.
    pub(crate) fn int_literals(&mut self, index: &Expr) -> Option<Vec<i64>> {
        if let Some(value) = written_int(index) {
            return Some(vec![value]);
        }
        let ty = self.infer(index, None);
        int_values(ty)
    }

    /// The smallest number of items that a tuple can have.
    pub(crate) fn shortest_length(&self, items: &[Ty]) -> i64 {
        match unpack_position(items) {
            None => items.len() as i64,
            Some(position) => {
                let extra = if let TyKind::Unpack(inner) = items[position].kind() {
                    if let TyKind::TypeVarTuple(variable) = inner.kind() {
                        i64::from(variable.min_len)
                    } else {
                        0
                    }
                } else {
                    0
                };
                items.len() as i64 - 1 + extra
            }
        }
    }

    /// The type of one item of the variadic part of a tuple.
    pub(crate) fn variadic_item(&self, unpack: Ty) -> Ty {
        let inner = if let TyKind::Unpack(inner) = unpack.kind() { *inner } else { unpack };
        match inner.kind() {
            TyKind::TypeVarTuple(_) => self.object(),
            TyKind::Instance(instance) => instance.args.first().copied().unwrap_or_else(|| self.any()),
            TyKind::Tuple { items, .. } => {
                let items: Vec<Ty> = items.iter().map(|item| self.variadic_item_or_self(item)).collect();
                self.simplified_union(items)
            }
            TyKind::Any(_)
            | TyKind::None
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
            | TyKind::Module(_) => self.any(),
        }
    }

    fn variadic_item_or_self(&self, item: Ty) -> Ty {
        if matches!(item.kind(), TyKind::Unpack(_)) { self.variadic_item(item) } else { item }
    }

    /// The item at `position`, counted from the end when negative; `None` out of range.
    pub(crate) fn tuple_item(&self, items: &[Ty], position: i64) -> Option<Ty> {
        let length = items.len() as i64;
        let Some(unpack) = unpack_position(items) else {
            let position = if position < 0 { position + length } else { position };
            return usize::try_from(position).ok().and_then(|p| items.get(p)).copied();
        };
        let unpack_at = unpack as i64;
        let middle = self.variadic_item(items[unpack]);
        let shortest = self.shortest_length(items);
        let extra = shortest - length + 1;
        let slice = |from: i64, to: i64| {
            let from = from.clamp(0, length) as usize;
            let to = to.clamp(0, length) as usize;
            items.get(from..to.max(from)).unwrap_or(&[]).iter().copied()
        };
        if position >= 0 {
            if position >= shortest {
                return middle
                    .is_any()
                    .then(|| Ty::union(std::iter::once(middle).chain(slice(unpack_at + 1, length))));
            }
            if position < unpack_at {
                return items.get(position as usize).copied();
            }
            let end = (position - extra + 2).max(unpack_at + 1);
            return Some(Ty::union(std::iter::once(middle).chain(slice(unpack_at + 1, end))));
        }
        let position = position + shortest;
        if position < 0 {
            return middle.is_any().then(|| Ty::union(slice(0, unpack_at).chain(std::iter::once(middle))));
        }
        if position >= unpack_at + extra {
            return items.get((position - extra + 1) as usize).copied();
        }
        Some(Ty::union(slice(position.min(unpack_at), unpack_at).chain(std::iter::once(middle))))
    }

    fn slice_tuple(
        &mut self,
        tuple: Ty,
        items: TyList,
        _fallback: Ty,
        slice: &ast::ExprSlice,
        index: &Expr,
    ) -> Ty {
        let mut bounds: [Vec<Option<i64>>; 3] = [vec![None], vec![None], vec![None]];
        for (bound, part) in bounds.iter_mut().zip([&slice.lower, &slice.upper, &slice.step]) {
            if let Some(part) = part {
                match self.int_literals(part) {
                    Some(values) => *bound = values.into_iter().map(Some).collect(),
                    None => return self.index_tuple_anywhere(tuple, items, index),
                }
            }
        }
        let [begins, ends, steps] = bounds;
        let mut found = Vec::new();
        for begin in &begins {
            for end in &ends {
                for step in &steps {
                    if *step == Some(0) {
                        self.fail(ErrorCode::Misc, slice.range, |_| {
                            "The step of a slice cannot be zero".to_owned()
                        });
                        found.push(self.known(KnownClass::Tuple));
                        continue;
                    }
                    match self.sliced_items(&items, *begin, *end, *step) {
                        Some(part) => found.push(Ty::tuple(part, self.known(KnownClass::Tuple))),
                        None => {
                            if let Some(position) = unpack_position(&items)
                                && self.variadic_item(items[position]).is_any()
                            {
                                return self.index_tuple_anywhere(tuple, items, index);
                            }
                            self.fail(ErrorCode::Misc, slice.range, |_| {
                                "This slice of a tuple of unknown length is ambiguous".to_owned()
                            });
                            return self.error_any();
                        }
                    }
                }
            }
        }
        self.simplified_union(found)
    }

    /// The items of a slice; `None` when the variadic part makes it ambiguous.
    pub(crate) fn sliced_items(
        &self,
        items: &[Ty],
        begin: Option<i64>,
        end: Option<i64>,
        step: Option<i64>,
    ) -> Option<Vec<Ty>> {
        let Some(unpack) = unpack_position(items) else {
            return Some(python_slice(items, begin, end, step));
        };
        let total = items.len() as i64;
        let unpack = unpack as i64;
        let in_prefix = |bound: i64| (0..=unpack).contains(&bound);
        let in_suffix = |bound: i64| bound < 0 && bound > unpack - total;
        let from_start = begin.is_none_or(in_prefix);
        let from_suffix = begin.is_some_and(in_suffix);
        let definite = match (begin, end) {
            (None, None) => matches!(step, None | Some(1 | -1)),
            // Both ends in front of the variadic part, or both behind it.
            (_, Some(end)) if from_start && in_prefix(end) => true,
            (_, None) if from_suffix => true,
            (_, Some(end)) if from_suffix && in_suffix(end) => true,
            // All of the variadic part: every item of it must be taken.
            (_, None) if from_start => matches!(step, None | Some(1)),
            (_, Some(end)) if from_start && in_suffix(end) => matches!(step, None | Some(1)),
            (_, Some(end)) if from_suffix && in_prefix(end) => matches!(step, None | Some(-1)),
            _ => false,
        };
        definite.then(|| python_slice(items, begin, end, step))
    }

    /// An item of a tuple at a position that is not known.
    fn index_tuple_anywhere(&mut self, tuple: Ty, items: TyList, index: &Expr) -> Ty {
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        self.check_method(tuple, name!("__getitem__"), &[CallArgument::of(index)], index.range(), using);
        let all: Vec<Ty> = items.iter().map(|item| self.variadic_item_or_self(item)).collect();
        let union = self.simplified_union(all);
        if matches!(index, Expr::Slice(_)) { self.known_with(KnownClass::Tuple, [union]) } else { union }
    }
}

/// `items[begin:end:step]` as Python does it.
fn python_slice(items: &[Ty], begin: Option<i64>, end: Option<i64>, step: Option<i64>) -> Vec<Ty> {
    let length = items.len() as i64;
    let step = step.unwrap_or(1);
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let place = |bound: i64| if bound < 0 { (bound + length).max(low) } else { bound.min(high) };
    let begin = begin.map_or(if step > 0 { 0 } else { length - 1 }, place);
    let end = end.map_or(if step > 0 { length } else { -1 }, place);
    let mut result = Vec::new();
    let mut position = begin;
    while (step > 0 && position < end) || (step < 0 && position > end) {
        if let Some(item) = usize::try_from(position).ok().and_then(|p| items.get(p)) {
            result.push(*item);
        }
        position += step;
    }
    result
}
