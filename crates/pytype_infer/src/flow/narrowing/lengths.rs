//! Narrowing tuples by their length: `len(x) == 2`, `if x`.

use pytype_source::{Name, name};
use pytype_types::{
    Instance, KnownClass, Ty, TyKind, TypeContext, make_simplified_union, map_to_supertype, proper,
};
use ruff_python_ast::{self as ast, Expr};

use super::{Conditions, Narrowing};
use crate::Checker;

/// Tuples longer than this are not spelled out from a length check.
const MAX_PRECISE_LENGTH: i64 = 8;

impl Checker<'_> {
    /// Whether the length says something of the type: tuples, and unions with tuples.
    pub(super) fn has_length_to_narrow(&self, ty: Ty) -> bool {
        if self.has_own_method(ty, name!("__len__")) {
            return false;
        }
        match proper(&*self.ctx, ty).kind() {
            TyKind::Tuple { items, fallback } => {
                !items.iter().any(|t| matches!(t.kind(), TyKind::Unpack(_)))
                    || fallback.is_instance_of("builtins.tuple")
            }
            TyKind::Instance(instance) => self.ctx.class(instance.class).has_base_named("builtins.tuple"),
            TyKind::Union(items) => items.iter().any(|t| self.has_length_to_narrow(t)),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => false,
        }
    }

    /// Whether the class defines the special method itself, beyond the built-in ones: then its result says nothing
    /// of the type. One item of a union is enough, and what is unknown may define anything.
    pub(super) fn has_own_method(&self, ty: Ty, method: Name) -> bool {
        let ty = proper(&*self.ctx, ty);
        let own = |instance: &Instance| {
            self.ctx.find_definition(instance.class, method).is_some_and(|(owner, _)| {
                !owner.fullname().starts_with("builtins.") && !owner.fullname().starts_with("typing.")
            })
        };
        match ty.kind() {
            TyKind::Instance(instance) => own(instance),
            TyKind::Tuple { fallback, .. } | TyKind::Literal { fallback, .. } => {
                fallback.as_instance().is_some_and(own)
            }
            TyKind::Union(items) => items.iter().any(|t| self.has_own_method(t, method)),
            TyKind::Any(_) => true,
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
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
        }
    }

    /// What comparing the length with `size` leaves, when true and when false.
    pub(super) fn narrow_by_length(&self, ty: Ty, op: ast::CmpOp, size: i64) -> (Ty, Ty) {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Tuple { items, fallback } => self.narrow_tuple_length(ty, items, *fallback, op, size),
            TyKind::Instance(_) => self.narrow_instance_length(ty, op, size),
            TyKind::Union(items) => {
                let (mut yes, mut no, mut rest) = (Vec::new(), Vec::new(), Vec::new());
                for item in items.iter() {
                    if self.has_length_to_narrow(item) {
                        let (item_yes, item_no) = self.narrow_by_length(item, op, size);
                        yes.push(item_yes);
                        no.push(item_no);
                    } else {
                        rest.push(item);
                    }
                }
                yes.extend(&rest);
                no.extend(rest);
                (make_simplified_union(&*self.ctx, yes), make_simplified_union(&*self.ctx, no))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => (ty, ty),
        }
    }

    fn narrow_tuple_length(&self, ty: Ty, items: &[Ty], fallback: Ty, op: ast::CmpOp, size: i64) -> (Ty, Ty) {
        let Some(unpack) = items.iter().position(|t| matches!(t.kind(), TyKind::Unpack(_))) else {
            return if compares(items.len() as i64, op, size) {
                (ty, Ty::never())
            } else {
                (Ty::never(), ty)
            };
        };
        let TyKind::Unpack(unpacked) = items[unpack].kind() else { return (ty, ty) };
        let (prefix, suffix) = (&items[..unpack], &items[unpack + 1..]);
        let with = |middle: Vec<Ty>| Ty::tuple([prefix, &middle, suffix].concat(), fallback);
        let fixed = items.len() as i64 - 1;
        if let TyKind::TypeVarTuple(variable) = proper(&*self.ctx, *unpacked).kind() {
            let least = fixed + i64::from(variable.min_len);
            return match op {
                ast::CmpOp::Eq | ast::CmpOp::Is => (if least <= size { ty } else { Ty::never() }, ty),
                ast::CmpOp::Lt | ast::CmpOp::LtE => {
                    let size = if op == ast::CmpOp::LtE { size + 1 } else { size };
                    if least >= size {
                        return (Ty::never(), ty);
                    }
                    let longer = pytype_types::TypeVarTuple { min_len: (size - fixed) as u32, ..*variable };
                    let unpack = Ty::new(TyKind::Unpack(Ty::new(TyKind::TypeVarTuple(longer))));
                    (ty, with(vec![unpack]))
                }
                _ => swapped(self.narrow_tuple_length(ty, items, fallback, negated(op), size)),
            };
        }
        let Some(item) = proper(&*self.ctx, *unpacked).as_instance().and_then(|i| i.args.first().copied())
        else {
            return (ty, ty);
        };
        match op {
            ast::CmpOp::Eq | ast::CmpOp::Is => {
                if fixed > size {
                    return (Ty::never(), ty);
                }
                (with(vec![item; (size - fixed) as usize]), ty)
            }
            ast::CmpOp::Lt | ast::CmpOp::LtE => {
                let size = if op == ast::CmpOp::LtE { size + 1 } else { size };
                if fixed >= size {
                    return (Ty::never(), ty);
                }
                let room = (size - fixed) as usize;
                let mut middle = vec![item; room];
                middle.push(items[unpack]);
                let shorter = (0..room).map(|n| with(vec![item; n]));
                (Ty::union(shorter), with(middle))
            }
            _ => swapped(self.narrow_tuple_length(ty, items, fallback, negated(op), size)),
        }
    }

    fn narrow_instance_length(&self, ty: Ty, op: ast::CmpOp, size: i64) -> (Ty, Ty) {
        let tuple = self.ctx.known(KnownClass::Tuple);
        let Some(base) = ty.as_instance().map(|i| map_to_supertype(&*self.ctx, i, tuple)) else {
            return (ty, ty);
        };
        let Some(item) = base.as_instance().and_then(|i| i.args.first().copied()) else { return (ty, ty) };
        match op {
            ast::CmpOp::Eq | ast::CmpOp::Is if size >= 0 => (Ty::tuple(vec![item; size as usize], ty), ty),
            ast::CmpOp::Lt | ast::CmpOp::LtE
                if size >= 0 && self.has_precise_tuples() && ty.is_instance_of("builtins.tuple") =>
            {
                let size = if op == ast::CmpOp::LtE { size + 1 } else { size } as usize;
                let mut longer = vec![item; size];
                longer.push(Ty::new(TyKind::Unpack(base)));
                let shorter = (0..size).map(|n| Ty::tuple(vec![item; n], ty));
                (Ty::union(shorter), Ty::tuple(longer, ty))
            }
            ast::CmpOp::Gt | ast::CmpOp::GtE if self.has_precise_tuples() => {
                swapped(self.narrow_instance_length(ty, negated(op), size))
            }
            ast::CmpOp::NotEq | ast::CmpOp::IsNot => {
                swapped(self.narrow_instance_length(ty, negated(op), size))
            }
            ast::CmpOp::Lt | ast::CmpOp::LtE
                if (0..=MAX_PRECISE_LENGTH).contains(&size)
                    && self.precise_tuples()
                    && ty.is_instance_of("builtins.tuple") =>
            {
                let size = size as usize + usize::from(op == ast::CmpOp::LtE);
                let shorter = (0..size).map(|length| Ty::tuple(vec![item; length], ty));
                let mut longer = vec![item; size];
                longer.push(Ty::new(TyKind::Unpack(self.known_with(KnownClass::Tuple, [item]))));
                (Ty::union(shorter), Ty::tuple(longer, ty))
            }
            ast::CmpOp::Gt | ast::CmpOp::GtE => swapped(self.narrow_instance_length(ty, negated(op), size)),
            _ => (ty, ty),
        }
    }

    /// `--enable-incomplete-feature PreciseTupleTypes`.
    pub(crate) fn precise_tuples(&self) -> bool {
        self.options.enable_incomplete_feature.iter().any(|feature| feature == "PreciseTupleTypes")
    }

    /// What a comparison of lengths says of the tuples in it.
    pub(super) fn length_conditions<'e>(&mut self, compare: &'e ast::ExprCompare) -> Vec<Conditions<'e>> {
        let operands: Vec<&Expr> = std::iter::once(&*compare.left)
            .chain(&compare.comparators)
            .map(|e| match e {
                Expr::Named(named) => &*named.value,
                _ => e,
            })
            .collect();
        let mut found = Vec::new();
        for (index, op) in compare.ops.iter().enumerate() {
            let (mut left, mut right, mut op) = (operands[index], operands[index + 1], *op);
            if self.length_subject(left).is_none() {
                std::mem::swap(&mut left, &mut right);
                op = flipped(op);
            }
            let Some(subject) = self.length_subject(left) else { continue };
            let Some(size) = self.int_literal(right) else { continue };
            if !(0..=MAX_PRECISE_LENGTH).contains(&size) {
                continue;
            }
            let Some(ty) = self.lookup_type(subject) else { continue };
            let supported = !matches!(op, ast::CmpOp::In | ast::CmpOp::NotIn);
            if supported {
                let (yes, no) = self.narrow_by_length(ty, op, size);
                found.push(self.sides(subject, Some(yes), Some(no)));
            }
        }
        if found.is_empty() { vec![(Narrowing::nothing(), Narrowing::nothing())] } else { found }
    }

    /// `x` of `len(x)`, when its length says something.
    fn length_subject<'e>(&mut self, expr: &'e Expr) -> Option<&'e Expr> {
        let Expr::Call(call) = expr else { return None };
        let [subject] = &*call.arguments.args else { return None };
        if self.fullname_of(&call.func).as_deref() != Some("builtins.len") {
            return None;
        }
        self.place_of(subject)?;
        let ty = self.lookup_type(subject)?;
        self.has_length_to_narrow(ty).then_some(subject)
    }

    fn int_literal(&self, expr: &Expr) -> Option<i64> {
        let ty = self.lookup_type(expr)?;
        if let TyKind::Literal { value: pytype_types::LiteralValue::Int(value), .. } =
            proper(&*self.ctx, pytype_types::coerce_to_literal(&*self.ctx, ty)).kind()
        {
            Some(*value)
        } else {
            None
        }
    }
}

fn swapped((yes, no): (Ty, Ty)) -> (Ty, Ty) {
    (no, yes)
}

fn compares(length: i64, op: ast::CmpOp, size: i64) -> bool {
    match op {
        ast::CmpOp::Eq | ast::CmpOp::Is => length == size,
        ast::CmpOp::NotEq | ast::CmpOp::IsNot => length != size,
        ast::CmpOp::Lt => length < size,
        ast::CmpOp::LtE => length <= size,
        ast::CmpOp::Gt => length > size,
        ast::CmpOp::GtE => length >= size,
        ast::CmpOp::In | ast::CmpOp::NotIn => true,
    }
}

fn negated(op: ast::CmpOp) -> ast::CmpOp {
    match op {
        ast::CmpOp::Eq => ast::CmpOp::NotEq,
        ast::CmpOp::NotEq => ast::CmpOp::Eq,
        ast::CmpOp::Is => ast::CmpOp::IsNot,
        ast::CmpOp::IsNot => ast::CmpOp::Is,
        ast::CmpOp::Lt => ast::CmpOp::GtE,
        ast::CmpOp::LtE => ast::CmpOp::Gt,
        ast::CmpOp::Gt => ast::CmpOp::LtE,
        ast::CmpOp::GtE => ast::CmpOp::Lt,
        ast::CmpOp::In => ast::CmpOp::NotIn,
        ast::CmpOp::NotIn => ast::CmpOp::In,
    }
}

fn flipped(op: ast::CmpOp) -> ast::CmpOp {
    match op {
        ast::CmpOp::Lt => ast::CmpOp::Gt,
        ast::CmpOp::LtE => ast::CmpOp::GtE,
        ast::CmpOp::Gt => ast::CmpOp::Lt,
        ast::CmpOp::GtE => ast::CmpOp::LtE,
        same => same,
    }
}
