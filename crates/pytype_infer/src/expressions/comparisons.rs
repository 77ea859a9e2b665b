//! Comparisons: `==`, `<`, `in`, `is` and their chains.

use pytype_source::{Diagnostic, ErrorCode, name};
use pytype_types::{AnySource, KnownClass, Ty, TyKind};
use ruff_python_ast::{self as ast, CmpOp, Expr};
use ruff_text_size::TextRange;

use super::attributes::MemberUse;
use super::literals::literal_or_self;
use crate::Checker;
use crate::calls::CallArgument;

/// The method of a comparison that calls one.
fn comparison_method(op: CmpOp) -> Option<&'static str> {
    Some(match op {
        CmpOp::Eq => "__eq__",
        CmpOp::NotEq => "__ne__",
        CmpOp::Lt => "__lt__",
        CmpOp::LtE => "__le__",
        CmpOp::Gt => "__gt__",
        CmpOp::GtE => "__ge__",
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return None,
    })
}

/// What `in` finds out about one item of the right operand's type.
enum Membership {
    /// It has `__contains__`, and holds items of this type.
    Container(Ty),
    /// It can be iterated over, giving items of this type.
    Iterable(Ty),
    Wrong(Vec<Diagnostic>),
}

impl Checker<'_> {
    pub(crate) fn infer_compare(&mut self, compare: &ast::ExprCompare) -> Ty {
        let mut result: Option<Ty> = None;
        let mut left = &*compare.left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let one = self.infer_one_comparison(left, *op, right, compare.range);
            result = Some(result.map_or(one, |before| self.join(before, one)));
            left = right;
        }
        result.unwrap_or_else(|| self.known(KnownClass::Bool))
    }

    fn infer_one_comparison(&mut self, left: &Expr, op: CmpOp, right: &Expr, range: TextRange) -> Ty {
        let left_ty = self.infer(left, None);
        match op {
            CmpOp::In | CmpOp::NotIn => {
                self.check_membership(left, left_ty, right, range);
                self.known(KnownClass::Bool)
            }
            CmpOp::Is | CmpOp::IsNot => {
                let right_ty = self.infer(right, None);
                if self.is_dangerous_comparison(left_ty, right_ty, true)
                    && !self.is_declared_any(left)
                    && !self.is_declared_any(right)
                {
                    self.report_overlap(left_ty, right_ty, "identity", range);
                }
                self.known(KnownClass::Bool)
            }
            CmpOp::Eq | CmpOp::NotEq | CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => {
                let method = comparison_method(op).unwrap_or("__eq__");
                let (outcome, wrong) =
                    self.trial(|c| c.check_op(method, left_ty, CallArgument::of(right), range, true));
                match wrong {
                    Some(found) => self.report_all(found),
                    None if matches!(op, CmpOp::Eq | CmpOp::NotEq) => {
                        let right_ty = self.infer(right, None);
                        if self.is_dangerous_comparison(left_ty, right_ty, false) {
                            self.report_overlap(left_ty, right_ty, "equality", range);
                        }
                    }
                    None => {}
                }
                outcome.result
            }
        }
    }

    /// Whether `expr` is a variable that was declared as `Any`.
    fn is_declared_any(&mut self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(_))
            && self
                .reference(expr)
                .and_then(|binding| self.declared_type_of_binding(binding))
                .is_some_and(Ty::is_any)
    }

    fn report_overlap(&mut self, left: Ty, right: Ty, kind: &'static str, range: TextRange) {
        let (left, right) = (literal_or_self(left), literal_or_self(right));
        self.report_non_overlapping(left, right, kind, range);
    }

    /// Reports a comparison whose outcome is always the same.
    pub(crate) fn report_non_overlapping(
        &mut self,
        left: Ty,
        right: Ty,
        kind: &'static str,
        range: TextRange,
    ) {
        self.fail(ErrorCode::ComparisonOverlap, range, |c| {
            format!(
                "This {kind} check is never true: {} and {} have no value in common",
                c.show(left),
                c.show(right)
            )
        });
    }

    /// `left in right`.
    fn check_membership(&mut self, left: &Expr, left_ty: Ty, right: &Expr, range: TextRange) {
        let right_ty = match self.open_partial_type(right) {
            // A container whose items are not known yet holds anything.
            Some(partial) => {
                self.store_type(Self::place(right), partial);
                return;
            }
            None => self.infer(right, None),
        };
        let right_ty = self.proper(right_ty);
        let mut containers = Vec::new();
        let mut iterables = Vec::new();
        let mut failed = false;
        for item in pytype_types::checked_items(&*self.ctx, right_ty) {
            match self.membership(left, item, right_ty, range) {
                Membership::Container(item) => containers.push(item),
                Membership::Iterable(item) => iterables.push(item),
                Membership::Wrong(found) => {
                    self.report_all(found);
                    failed = true;
                }
            }
        }
        if failed {
            return;
        }
        let iterable = Ty::union(iterables);
        if self.is_subtype(left_ty, iterable) {
            return;
        }
        if containers.is_empty() {
            self.fail(ErrorCode::Operator, range, |c| {
                format!("\"in\" is not supported between {} and {}", c.show(left_ty), c.show(right_ty))
            });
            return;
        }
        let container = Ty::union(containers);
        if self.is_dangerous_membership(left_ty, container, right_ty) {
            self.report_non_overlapping(left_ty, container, "container", range);
        }
    }

    fn membership(&mut self, left: &Expr, item: Ty, right: Ty, range: TextRange) -> Membership {
        let using = MemberUse { is_operator: true, original: Some(right), ..MemberUse::default() };
        let (_, wrong) = self
            .trial(|c| c.check_method(item, name!("__contains__"), &[CallArgument::of(left)], range, using));
        let holds = self.container_item(item);
        match (wrong, holds) {
            (Some(_), _) if self.is_valid_star_argument(item) => {
                let (item, wrong) = self.trial(|c| c.iterated_item(item, range));
                wrong.map_or(Membership::Iterable(item), Membership::Wrong)
            }
            (None, Some(holds)) => Membership::Container(holds),
            (wrong, _) => match wrong {
                Some(found) => Membership::Wrong(found),
                // `__contains__` fits, but nothing says what it holds: no overlap to check.
                None => Membership::Wrong(Vec::new()),
            },
        }
    }

    /// What a nominal container holds.
    fn container_item(&self, ty: Ty) -> Option<Ty> {
        let ty = self.proper(ty);
        match ty.kind() {
            TyKind::Union(items) => {
                Some(Ty::union(items.iter().filter_map(|item| self.container_item(item))))
            }
            TyKind::Instance(instance) => {
                let container = self.ctx_known_class(KnownClass::Container);
                if !self.class_info(instance.class).has_base(container) {
                    return None;
                }
                let item = self.map_to_supertype(ty, container).as_instance()?.args.first().copied();
                Some(item.unwrap_or_else(|| Ty::any(AnySource::Implementation)))
            }
            TyKind::Tuple { .. } => self.container_item(self.tuple_fallback(ty)),
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
            | TyKind::Module(_) => None,
        }
    }
}
