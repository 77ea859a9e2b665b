//! Narrowing by `==`, `is`, `in` and their opposites.

use pytype_source::name;
use pytype_types::{
    KnownClass, LiteralValue, Ty, TyKind, TypeContext, coerce_to_literal, is_equivalent,
    is_literal_type_like, make_simplified_union, meet_types, proper, str_literals, try_expanding_sum_type,
};
use ruff_python_ast::{self as ast, CmpOp, Expr};
use ruff_text_size::Ranged;
use smallvec::SmallVec;

use super::type_ranges::TypeRange;
use super::{Conditions, Narrowing, through_walrus};
use crate::Checker;
use crate::flow::binder::Place;

/// One operand of a comparison.
#[derive(Clone, Copy)]
struct Operand<'e> {
    expr: &'e Expr,
    ty: Ty,
    /// Set when the operand's type may be narrowed.
    place: Option<Place>,
}

/// Operands compared by one operator; `==` and `is` chains stand together.
struct Group {
    op: CmpOp,
    operands: SmallVec<[usize; 3]>,
}

impl Checker<'_> {
    pub(super) fn comparison_conditions<'e>(&mut self, compare: &'e ast::ExprCompare) -> Conditions<'e> {
        let nothing = (Narrowing::nothing(), Narrowing::nothing());
        let mut operands: Vec<Operand<'e>> = Vec::with_capacity(compare.comparators.len() + 1);
        for expr in std::iter::once(&*compare.left).chain(&compare.comparators) {
            let expr = through_walrus(expr);
            let Some(ty) = self.lookup_type(expr) else { return nothing };
            let place = self.narrowable_operand(expr, ty);
            operands.push(Operand { expr, ty, place });
        }
        let groups = grouped(&compare.ops, &operands);
        let several = groups.len() > 1;
        let mut found: Vec<Conditions<'e>> = Vec::new();
        for group in &groups {
            let (mut yes, mut no) = match group.op {
                CmpOp::Eq | CmpOp::NotEq | CmpOp::Is | CmpOp::IsNot => {
                    let members: Vec<Operand<'e>> = group.operands.iter().map(|&i| operands[i]).collect();
                    let narrowable: Vec<bool> = members.iter().map(|o| o.place.is_some()).collect();
                    let identity = matches!(group.op, CmpOp::Is | CmpOp::IsNot);
                    let several = operands.len() > 2;
                    let (mut yes, no) = self.equality_conditions(identity, &members, &narrowable, several);
                    if let ([left, right], false) = (members.as_slice(), identity || yes.unreachable) {
                        yes.items.extend(self.known_literals(left.expr, left.ty, &[right.ty]));
                    }
                    (yes, no)
                }
                CmpOp::In | CmpOp::NotIn => match group.operands.as_slice() {
                    [left, right] => self.membership_conditions(operands[*left], operands[*right]),
                    _ => (Narrowing::nothing(), Narrowing::nothing()),
                },
                CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => {
                    (Narrowing::nothing(), Narrowing::nothing())
                }
            };
            if matches!(group.op, CmpOp::NotEq | CmpOp::IsNot | CmpOp::NotIn) {
                std::mem::swap(&mut yes, &mut no);
            }
            if several {
                // A chain is a conjunction: later comparisons know what the earlier ones said.
                for narrowed in &yes.items {
                    for operand in operands.iter_mut().filter(|o| o.place == Some(narrowed.place)) {
                        operand.ty = meet_types(&*self.ctx, operand.ty, narrowed.ty);
                    }
                }
            }
            found.push((yes, no));
        }
        if found.iter().all(|(yes, no)| yes.is_trivial() && no.is_trivial()) {
            found = self.length_conditions(compare);
        }
        self.conjunction(found)
    }

    fn conjunction<'e>(&self, found: Vec<Conditions<'e>>) -> Conditions<'e> {
        found
            .into_iter()
            .reduce(|all, next| (self.both(all.0, next.0, true), self.either(all.1, next.1, false)))
            .unwrap_or_default()
    }

    /// The place of an operand that a comparison can narrow: not a literal, not a class object.
    fn narrowable_operand(&mut self, expr: &Expr, ty: Ty) -> Option<Place> {
        let place = self.place_of(expr)?;
        if matches!(expr, Expr::Name(name) if name.id == "NotImplemented") || self.is_enum_literal(expr, ty) {
            return None;
        }
        if let Expr::Name(_) = expr
            && self.item_key(expr).is_some()
        {
            // A final name with a literal value stands for the value.
            return None;
        }
        match proper(&*self.ctx, ty).kind() {
            TyKind::Callable(sig) if sig.is_type_object() => None,
            TyKind::Overloaded(items)
                if items.first().and_then(|t| t.as_callable()).is_some_and(|sig| sig.is_type_object()) =>
            {
                None
            }
            TyKind::Type(item) if matches!(item.kind(), TyKind::TypeVar(_)) => None,
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
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => Some(place),
        }
    }

    /// `Color.RED`: an enum member written out.
    fn is_enum_literal(&mut self, expr: &Expr, ty: Ty) -> bool {
        let Expr::Attribute(attribute) = expr else { return false };
        let Some(object) = self.lookup_type(&attribute.value) else { return false };
        let is_enum_class = match proper(&*self.ctx, object).kind() {
            TyKind::Callable(sig) if sig.is_type_object() => {
                proper(&*self.ctx, sig.instance_type.unwrap_or(sig.ret))
                    .as_instance()
                    .is_some_and(|i| self.ctx.class(i.class).is_enum())
            }
            TyKind::Overloaded(items) => items.first().and_then(|t| t.as_callable()).is_some_and(|sig| {
                sig.is_type_object()
                    && proper(&*self.ctx, sig.instance_type.unwrap_or(sig.ret))
                        .as_instance()
                        .is_some_and(|i| self.ctx.class(i.class).is_enum())
            }),
            TyKind::Type(item) => item.as_instance().is_some_and(|i| self.ctx.class(i.class).is_enum()),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        };
        is_enum_class
            && matches!(
                proper(&*self.ctx, coerce_to_literal(&*self.ctx, ty)).kind(),
                TyKind::Literal { value: LiteralValue::Enum(_), .. }
            )
    }

    /// `a == b == c` or `a is b`.
    fn equality_conditions<'e>(
        &mut self,
        identity: bool,
        operands: &[Operand<'e>],
        narrowable: &[bool],
        meet: bool,
    ) -> Conditions<'e> {
        let coerce = identity
            || operands.iter().any(|o| {
                let ty = proper(&*self.ctx, o.ty);
                is_literal_type_like(&*self.ctx, ty)
                    || ty.as_instance().is_some_and(|i| self.ctx.class(i.class).is_enum())
            });
        let custom: Vec<bool> =
            operands.iter().map(|o| !identity && self.has_custom_equality(o.ty)).collect();
        let target_of = |c: &Self, ty: Ty| if coerce { coerce_to_literal(&*c.ctx, ty) } else { ty };
        let mut all_yes = Vec::new();
        let mut all_no = Vec::new();
        for (i, operand) in operands.iter().enumerate() {
            if !narrowable[i] {
                continue;
            }
            if custom[i] {
                self.custom_equality(identity, operands, i, &custom, coerce, &mut all_yes, &mut all_no);
                continue;
            }
            for (j, other) in operands.iter().enumerate() {
                if i == j || custom[j] {
                    continue;
                }
                let target = target_of(self, other.ty);
                let (yes, no) = self.narrowed_by_target(operand.ty, target, identity, None);
                let (yes, no) = self.sides(operand.expr, yes, no);
                if self.is_value_target(target, identity) {
                    all_yes.push(yes);
                    all_no.push(no);
                } else if (self.options.warn_unreachable && !self.functions.is_empty()) || !yes.unreachable {
                    all_yes.push(yes);
                }
            }
        }
        self.exact_class_conditions(operands, &mut all_yes, &mut all_no);
        let yes = all_yes.into_iter().reduce(|a, b| self.both(a, b, meet)).unwrap_or_default();
        let no = all_no.into_iter().reduce(|a, b| self.either(a, b, false)).unwrap_or_default();
        (yes, no)
    }

    /// What a value is when it is equal to another, and when it is not.
    pub(crate) fn narrow_equal(&mut self, subject: Ty, value: Ty) -> (Ty, Ty) {
        let custom = self.has_custom_equality(subject);
        let coerce = is_literal_type_like(&*self.ctx, subject) || is_literal_type_like(&*self.ctx, value);
        let target = if coerce { coerce_to_literal(&*self.ctx, value) } else { value };
        if custom && !matches!(proper(&*self.ctx, subject).kind(), TyKind::Union(_)) {
            return (subject, subject);
        }
        let (yes, no) = self.narrowed_by_target(subject, target, false, None);
        let yes = yes.unwrap_or(subject);
        let no = if self.is_value_target(target, false) { no.unwrap_or(subject) } else { subject };
        (yes, no)
    }

    /// What comparing with `target` leaves of `ty`.
    fn narrowed_by_target(
        &self,
        ty: Ty,
        target: Ty,
        identity: bool,
        default: Option<Ty>,
    ) -> (Option<Ty>, Option<Ty>) {
        let (plain, ambiguous) = if identity { (Some(ty), None) } else { self.split_ambiguous(ty, target) };
        let Some(plain) = plain else { return (ambiguous, ambiguous) };
        let plain = try_expanding_sum_type(&*self.ctx, coerce_to_literal(&*self.ctx, plain), None);
        let range = TypeRange { ty: target, upper_bound: false };
        let default = default.map(|_| plain);
        let (mut yes, mut no) = self.conditional_types(plain, Some(&[range]), default, true, true);
        if let Some(ambiguous) = ambiguous {
            yes = Some(make_simplified_union(&*self.ctx, [yes.unwrap_or(plain), ambiguous]));
            no = Some(make_simplified_union(&*self.ctx, [no.unwrap_or(plain), ambiguous]));
        }
        (yes, no)
    }

    /// Whether being unequal to `target` excludes it: it stands for one value.
    fn is_value_target(&self, target: Ty, identity: bool) -> bool {
        let target = proper(&*self.ctx, target);
        if identity {
            pytype_types::is_singleton_identity_type(&*self.ctx, target)
        } else {
            pytype_types::is_singleton_equality_type(&*self.ctx, target)
        }
    }

    fn has_custom_equality(&self, ty: Ty) -> bool {
        pytype_types::custom_special_method(&*self.ctx, ty, name!("__eq__"), false)
            || pytype_types::custom_special_method(&*self.ctx, ty, name!("__ne__"), false)
    }

    /// An operand whose `__eq__` is the user's own can be equal to anything; in a union only the
    /// other members are narrowed.
    #[allow(clippy::too_many_arguments)]
    fn custom_equality<'e>(
        &mut self,
        identity: bool,
        operands: &[Operand<'e>],
        i: usize,
        custom: &[bool],
        coerce: bool,
        all_yes: &mut Vec<Narrowing<'e>>,
        all_no: &mut Vec<Narrowing<'e>>,
    ) {
        let operand = operands[i];
        let TyKind::Union(items) = proper(&*self.ctx, operand.ty).kind() else {
            for (other, _) in operands.iter().zip(custom).filter(|(_, custom)| !**custom) {
                let target = if coerce { coerce_to_literal(&*self.ctx, other.ty) } else { other.ty };
                if self.is_value_target(target, identity) {
                    let range = TypeRange { ty: target, upper_bound: false };
                    let (yes, no) = self.conditional_types(operand.ty, Some(&[range]), None, true, true);
                    all_no.push(self.sides(operand.expr, yes, no).1);
                }
            }
            return;
        };
        let mut yes_maps = Vec::new();
        let mut no_maps = Vec::new();
        for item in items.iter() {
            if self.has_custom_equality(item) {
                yes_maps.push(self.known_as(operand.expr, operand.place, item));
            }
            let item = coerce_to_literal(&*self.ctx, try_expanding_sum_type(&*self.ctx, item, None));
            for (j, other) in operands.iter().enumerate() {
                if i == j {
                    continue;
                }
                if custom[j] {
                    let has_none = |ty: Ty| proper(&*self.ctx, ty).union_items().iter().any(Ty::is_none);
                    let kept = if has_none(item) && !has_none(other.ty) {
                        Ty::union(item.union_items().iter().filter(|t| !t.is_none()))
                    } else {
                        item
                    };
                    yes_maps.push(self.known_as(operand.expr, operand.place, kept));
                    continue;
                }
                let target = if coerce { coerce_to_literal(&*self.ctx, other.ty) } else { other.ty };
                let (yes, no) = self.narrowed_by_target(item, target, identity, Some(item));
                let (yes, no) = self.sides(operand.expr, yes, no);
                if !proper(&*self.ctx, item).is_any() {
                    yes_maps.push(yes);
                }
                if self.is_value_target(target, identity) {
                    no_maps.push(no);
                }
            }
        }
        let yes = yes_maps.into_iter().reduce(|a, b| self.either(a, b, false));
        let no = no_maps.into_iter().reduce(|a, b| self.either(a, b, false));
        all_yes.extend(yes);
        all_no.extend(no);
    }

    /// `type(x) is C`, `x.__class__ == C`: exactly that class.
    fn exact_class_conditions<'e>(
        &mut self,
        operands: &[Operand<'e>],
        all_yes: &mut Vec<Narrowing<'e>>,
        all_no: &mut Vec<Narrowing<'e>>,
    ) {
        for (i, operand) in operands.iter().enumerate() {
            let Some(subject) = self.exact_class_subject(operand.expr) else { continue };
            if let TyKind::Type(item) = proper(&*self.ctx, operand.ty).kind()
                && matches!(item.kind(), TyKind::TypeVar(_))
            {
                continue;
            }
            for (_, other) in operands.iter().enumerate().filter(|(j, _)| *j != i) {
                let Some(range) = self.type_range_of(other.ty) else { continue };
                if proper(&*self.ctx, range.ty).is_any() {
                    continue;
                }
                let Some(ty) = self.lookup_type(subject) else { continue };
                let (mut yes, no) =
                    self.conditional_types_with_intersection(ty, Some(&[range]), None, true, subject.range());
                if let Some(found) = yes
                    && !range.upper_bound
                    && !is_equivalent(&*self.ctx, found, range.ty)
                {
                    yes = Some(Ty::never());
                }
                let is_final = range.ty.as_instance().is_some_and(|i| self.ctx.class(i.class).is_final())
                    && other.expr.is_name_expr();
                let (yes, no) = self.sides(subject, yes, no);
                all_yes.push(yes);
                if is_final {
                    all_no.push(no);
                }
            }
        }
    }

    fn exact_class_subject<'e>(&mut self, expr: &'e Expr) -> Option<&'e Expr> {
        match expr {
            Expr::Call(call) if call.arguments.len() == 1 => (self.fullname_of(&call.func).as_deref()
                == Some("builtins.type"))
            .then(|| call.arguments.args.first())
            .flatten(),
            Expr::Attribute(attribute) if &attribute.attr == "__class__" => Some(&attribute.value),
            _ => None,
        }
    }

    /// `x in container`.
    fn membership_conditions<'e>(&mut self, item: Operand<'e>, container: Operand<'e>) -> Conditions<'e> {
        let mut yes = Narrowing::nothing();
        let mut no = Narrowing::nothing();
        if item.place.is_some() {
            (yes, no) = match self.known_contents(container) {
                Some(contents) => {
                    let (mut yes, mut no) = self.membership_in_known(item, &contents);
                    if !yes.unreachable {
                        yes.items.extend(self.known_literals(item.expr, item.ty, &contents));
                    }
                    if !no.unreachable {
                        no.items.extend(self.remaining_literals(item.expr, item.ty, &contents));
                    }
                    (yes, no)
                }
                None => self.membership_in_collection(item, container),
            };
        }
        if let Some(place) = container.place {
            let (with, without) = self.split_by_key(item.ty, container.ty);
            for (side, ty) in [(&mut yes, with), (&mut no, without)] {
                let more = self.known_as(container.expr, Some(place), ty);
                side.unreachable |= more.unreachable;
                more.items.into_iter().for_each(|n| side.set(n));
            }
        }
        (yes, no)
    }

    /// The types of a container's items when they are written out.
    fn known_contents(&mut self, container: Operand<'_>) -> Option<Vec<Ty>> {
        if let TyKind::Tuple { items, .. } = proper(&*self.ctx, container.ty).kind()
            && !items.iter().any(|t| matches!(t.kind(), TyKind::Unpack(_)))
        {
            return Some(items.to_vec());
        }
        let types = |c: &Self, items: &mut dyn Iterator<Item = &Expr>| -> Option<Vec<Ty>> {
            items.map(|e| if e.is_starred_expr() { None } else { c.lookup_type(e) }).collect()
        };
        match container.expr {
            Expr::List(list) => types(self, &mut list.elts.iter()),
            Expr::Set(set) => types(self, &mut set.elts.iter()),
            Expr::Dict(dict) => dict
                .items
                .iter()
                .map(|item| item.key.as_ref().and_then(|key| self.lookup_type(key)))
                .collect(),
            _ => None,
        }
    }

    fn membership_in_known<'e>(&mut self, item: Operand<'e>, contents: &[Ty]) -> Conditions<'e> {
        let mut all_yes = Vec::new();
        let mut all_no = Vec::new();
        for known in contents {
            let mut known = *known;
            let proper_known = proper(&*self.ctx, known);
            let is_value = is_literal_type_like(&*self.ctx, proper_known)
                || proper_known.as_instance().is_some_and(|i| self.ctx.class(i.class).is_enum());
            if is_value && !self.has_custom_equality(proper_known) {
                known = coerce_to_literal(&*self.ctx, known);
            }
            let other = Operand { expr: item.expr, ty: known, place: None };
            let (yes, no) = self.equality_conditions(false, &[item, other], &[true, false], false);
            all_yes.push(yes);
            if self.is_value_target(known, false) {
                all_no.push(no);
            }
        }
        let yes = all_yes.into_iter().reduce(|a, b| self.either(a, b, false)).unwrap_or_default();
        let no = all_no.into_iter().reduce(|a, b| self.both(a, b, true)).unwrap_or_default();
        (yes, no)
    }

    fn membership_in_collection<'e>(&mut self, item: Operand<'e>, container: Operand<'e>) -> Conditions<'e> {
        let Some(of) = self.builtin_item_type(container.ty) else {
            return (Narrowing::nothing(), Narrowing::nothing());
        };
        let other = Operand { expr: container.expr, ty: of, place: None };
        let (yes, _) = self.equality_conditions(false, &[item, other], &[true, false], false);
        // The container may be empty: not being in it says nothing.
        (yes, Narrowing::nothing())
    }

    /// The item type of a built-in collection, for which `in` means equality with an item.
    fn builtin_item_type(&self, ty: Ty) -> Option<Ty> {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Instance(instance) => {
                let known = matches!(
                    instance.class.fullname().as_str(),
                    "builtins.list"
                        | "builtins.tuple"
                        | "builtins.dict"
                        | "builtins.set"
                        | "builtins.frozenset"
                        | "_collections_abc.dict_keys"
                        | "typing.KeysView"
                );
                let item = known.then(|| instance.args.first().copied()).flatten()?;
                (!proper(&*self.ctx, item).is_any()).then_some(item)
            }
            TyKind::Tuple { items, .. } => {
                let mut all = Vec::new();
                for item in items.iter() {
                    let item = if let TyKind::Unpack(inner) = item.kind() {
                        proper(&*self.ctx, *inner).as_instance()?.args.first().copied()?
                    } else {
                        item
                    };
                    if proper(&*self.ctx, item).is_any() {
                        return None;
                    }
                    all.push(item);
                }
                Some(make_simplified_union(&*self.ctx, all))
            }
            TyKind::TypedDict(_) => Some(self.ctx.known_instance(KnownClass::Str)),
            TyKind::Union(items) => {
                let all: Option<Vec<Ty>> = items.iter().map(|t| self.builtin_item_type(t)).collect();
                all.map(|all| make_simplified_union(&*self.ctx, all))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        }
    }

    /// A union of typed dicts split by whether a literal key can be in them.
    fn split_by_key(&self, item: Ty, container: Ty) -> (Ty, Ty) {
        let keys = str_literals(&*self.ctx, item).unwrap_or_default();
        let mut with = Vec::new();
        let mut without = Vec::new();
        for possible in proper(&*self.ctx, container).union_items().iter() {
            let bound = if let TyKind::TypeVar(variable) = proper(&*self.ctx, possible).kind() {
                proper(&*self.ctx, self.ctx.type_var(variable.decl).bound)
            } else {
                proper(&*self.ctx, possible)
            };
            let TyKind::TypedDict(dict) = bound.kind() else {
                with.push(possible);
                without.push(possible);
                continue;
            };
            if keys.is_empty() {
                with.push(possible);
                without.push(possible);
            }
            let is_closed = dict.extra_items.is_some_and(|extra| extra.ty.is_never())
                || dict.fallback.as_instance().is_some_and(|i| self.ctx.class(i.class).is_final());
            for key in &keys {
                match dict.items.get(key) {
                    Some(known) if known.required => with.push(possible),
                    Some(known) if proper(&*self.ctx, known.ty).is_never() => without.push(possible),
                    None if is_closed => without.push(possible),
                    Some(_) | None => {
                        with.push(possible);
                        without.push(possible);
                    }
                }
            }
        }
        (Ty::union(with), Ty::union(without))
    }
}

/// Chains of `==` and of `is` as groups; every other operator is a group of two. Chains that share
/// a place are one group.
fn grouped(ops: &[CmpOp], operands: &[Operand<'_>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, op) in ops.iter().enumerate() {
        let chains = matches!(op, CmpOp::Eq | CmpOp::Is);
        if chains
            && let Some(last) = groups.last_mut()
            && last.op == *op
            && last.operands.last() == Some(&index)
        {
            last.operands.push(index + 1);
            continue;
        }
        groups.push(Group { op: *op, operands: SmallVec::from_slice(&[index, index + 1]) });
    }
    let mut merged: Vec<Group> = Vec::new();
    for group in groups {
        let chains = matches!(group.op, CmpOp::Eq | CmpOp::Is);
        let shares = |known: &&mut Group| {
            chains
                && known.op == group.op
                && known.operands.iter().any(|&a| {
                    operands[a].place.is_some()
                        && group.operands.iter().any(|&b| operands[b].place == operands[a].place)
                })
        };
        match merged.iter_mut().find(shares) {
            Some(known) => known.operands.extend(group.operands),
            None => merged.push(group),
        }
    }
    merged
}
