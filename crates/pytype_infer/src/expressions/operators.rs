//! Binary and unary operators: which method Python calls, and in which order.

use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{ClassFlags, ClassId, KnownClass, Ty, TyKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::attributes::MemberUse;
use super::tuple_indexing::unpack_position;
use crate::Checker;
use crate::calls::{CallArgument, CallOutcome};

/// Operators and their methods.
const METHODS: &[(&str, &str)] = &[
    ("+", "__add__"),
    ("-", "__sub__"),
    ("*", "__mul__"),
    ("/", "__truediv__"),
    ("%", "__mod__"),
    ("divmod", "__divmod__"),
    ("//", "__floordiv__"),
    ("**", "__pow__"),
    ("@", "__matmul__"),
    ("&", "__and__"),
    ("|", "__or__"),
    ("^", "__xor__"),
    ("<<", "__lshift__"),
    (">>", "__rshift__"),
    ("==", "__eq__"),
    ("!=", "__ne__"),
    ("<", "__lt__"),
    (">=", "__ge__"),
    (">", "__gt__"),
    ("<=", "__le__"),
    ("in", "__contains__"),
];

/// The symbol of the operator whose method is `method`.
pub(crate) fn operator_symbol(method: &str) -> Option<&'static str> {
    METHODS.iter().find(|(_, m)| *m == method).map(|(symbol, _)| *symbol)
}

/// The symbol of the operator whose method or reverse method is `method`, and whether it is reverse.
pub(crate) fn operator_of_method(method: &str) -> Option<(&'static str, bool)> {
    if let Some(symbol) = operator_symbol(method) {
        return Some((symbol, symbol == "in"));
    }
    let forward = method.strip_prefix("__r").map(|rest| format!("__{rest}"))?;
    operator_symbol(&forward).map(|symbol| (symbol, true))
}

/// Whether this names a method that an operator calls.
pub fn is_operator_method(method: &str) -> bool {
    operator_of_method(method).is_some() || matches!(method, "__neg__" | "__pos__" | "__invert__")
}

/// The method that Python asks of the right operand.
/// Whether Python asks the right operand when the left one's method declines.
pub fn has_reverse(method: &str) -> bool {
    reverse_method(method).is_some()
}

/// The method of the right operand that is asked when the left one's declines.
pub(crate) fn reverse_method(method: &str) -> Option<&'static str> {
    Some(match method {
        "__add__" => "__radd__",
        "__sub__" => "__rsub__",
        "__mul__" => "__rmul__",
        "__truediv__" => "__rtruediv__",
        "__mod__" => "__rmod__",
        "__divmod__" => "__rdivmod__",
        "__floordiv__" => "__rfloordiv__",
        "__pow__" => "__rpow__",
        "__matmul__" => "__rmatmul__",
        "__and__" => "__rand__",
        "__or__" => "__ror__",
        "__xor__" => "__rxor__",
        "__lshift__" => "__rlshift__",
        "__rshift__" => "__rrshift__",
        "__eq__" => "__eq__",
        "__ne__" => "__ne__",
        "__lt__" => "__gt__",
        "__ge__" => "__le__",
        "__gt__" => "__lt__",
        "__le__" => "__ge__",
        _ => return None,
    })
}

/// Operators for which Python asks only the left operand when both have the same class.
fn asks_left_alone(method: &str) -> bool {
    !matches!(method, "__eq__" | "__ne__" | "__lt__" | "__ge__" | "__gt__" | "__le__" | "__contains__")
}

/// The method of a binary operator.
pub fn binary_method(op: ast::Operator) -> &'static str {
    match op {
        ast::Operator::Add => "__add__",
        ast::Operator::Sub => "__sub__",
        ast::Operator::Mult => "__mul__",
        ast::Operator::MatMult => "__matmul__",
        ast::Operator::Div => "__truediv__",
        ast::Operator::Mod => "__mod__",
        ast::Operator::Pow => "__pow__",
        ast::Operator::LShift => "__lshift__",
        ast::Operator::RShift => "__rshift__",
        ast::Operator::BitOr => "__or__",
        ast::Operator::BitXor => "__xor__",
        ast::Operator::BitAnd => "__and__",
        ast::Operator::FloorDiv => "__floordiv__",
    }
}

/// One operand: its type, and how it is inferred again when a parameter's type is its context.
#[derive(Clone, Copy)]
struct Operand<'a> {
    ty: Ty,
    argument: CallArgument<'a>,
}

/// Whether the reverse method is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reverse {
    Default,
    Always,
    Never,
}

impl Checker<'_> {
    pub(crate) fn infer_binary(&mut self, operation: &ast::ExprBinOp) -> Ty {
        if operation.op == ast::Operator::Mult && matches!(*operation.left, Expr::List(_)) {
            return self.infer_list_multiply(operation);
        }
        if operation.op == ast::Operator::Mod {
            match &*operation.left {
                Expr::StringLiteral(string) => {
                    let text = string.value.to_str().to_owned();
                    return self.infer_percent_format(&operation.left, &text, false, &operation.right);
                }
                Expr::BytesLiteral(bytes) => {
                    let text: String = bytes.value.bytes().map(char::from).collect();
                    return self.infer_percent_format(&operation.left, &text, true, &operation.right);
                }
                _ => {}
            }
        }
        let left = self.infer(&operation.left, None);
        // An operation begins with its left operand, not with the brackets around that.
        let range = TextRange::new(operation.left.start(), operation.end());
        self.binary_operation(operation.op, left, CallArgument::of(&operation.left), &operation.right, range)
    }

    /// `left op right`, with what is special about tuples, typed dicts and literal strings.
    pub(crate) fn binary_operation(
        &mut self,
        op: ast::Operator,
        left: Ty,
        left_argument: CallArgument<'_>,
        right: &Expr,
        range: TextRange,
    ) -> Ty {
        if op == ast::Operator::Add
            && let Some(joined) = self.infer_tuple_addition(left, right)
        {
            return joined;
        }
        if op == ast::Operator::Add
            && let Some(joined) = self.infer_open_tuple_addition(left, right)
        {
            return joined;
        }
        let reverse = match op {
            ast::Operator::BitOr => self.reverse_of_dict_union(left, right),
            _ => Reverse::Default,
        };
        let method = binary_method(op);
        match reverse {
            Reverse::Default | Reverse::Never => {
                let allow_reverse = reverse == Reverse::Default;
                let argument = CallArgument::of(right);
                let result = self.check_op(method, left, argument, range, allow_reverse).result;
                let right = self.type_of(right);
                self.literal_string_operation(op, [left, right], result)
            }
            Reverse::Always => {
                let right = self.infer(right, None);
                let method = reverse_method(method).unwrap_or(method);
                self.check_op(method, right, left_argument, range, false).result
            }
        }
    }

    /// `(a, b) + (c,)`: a tuple of all items.
    fn infer_tuple_addition(&mut self, left: Ty, right: &Expr) -> Option<Ty> {
        let TyKind::Tuple { items: left_items, fallback } = left.kind() else { return None };
        let definer = self.defining_class(*fallback, name!("__add__"))?;
        if !definer.is("builtins.tuple") {
            return None;
        }
        let right = self.infer(right, None);
        let TyKind::Tuple { items: right_items, fallback: right_fallback } = right.kind() else {
            return None;
        };
        if self.defining_class(*right_fallback, name!("__radd__")).is_some() {
            return None;
        }
        if unpack_position(left_items).is_some() && unpack_position(right_items).is_some() {
            return None;
        }
        let items: Vec<Ty> = left_items.iter().chain(right_items.iter()).collect();
        Some(Ty::tuple(items, self.known(KnownClass::Tuple)))
    }

    /// `dict | TypedDict` asks the typed dict; `TypedDict | dict` never asks the dict.
    fn reverse_of_dict_union(&mut self, left: Ty, right: &Expr) -> Reverse {
        if left.is_instance_of("builtins.dict") {
            let right = self.infer(right, None);
            if matches!(right.kind(), TyKind::TypedDict(_)) {
                return Reverse::Always;
            }
        }
        if matches!(left.kind(), TyKind::TypedDict(_)) {
            let right = self.infer(right, None);
            if right.is_instance_of("builtins.dict") {
                return Reverse::Never;
            }
        }
        Reverse::Default
    }

    /// `[...] * n`: the expected type reaches the list when `n` is an integer.
    fn infer_list_multiply(&mut self, operation: &ast::ExprBinOp) -> Ty {
        let right = self.infer(&operation.right, None);
        let int = self.known(KnownClass::Int);
        let expected = if self.is_subtype(right, int) { self.expected() } else { None };
        let left = self.infer(&operation.left, expected);
        self.check_op("__mul__", left, CallArgument::of(&operation.right), operation.range, false).result
    }

    /// The result of `base op argument` where `method` is the operator's method. With
    /// `allow_reverse` the right operand is asked as Python does.
    pub fn check_op(
        &mut self,
        method: &str,
        base: Ty,
        argument: CallArgument<'_>,
        range: TextRange,
        allow_reverse: bool,
    ) -> CallOutcome {
        if !allow_reverse {
            let using = MemberUse { is_operator: true, ..MemberUse::default() };
            return self.check_method(base, Name::new(method), &[argument], range, using);
        }
        let base = self.proper(base);
        // What is wrong with an operand stands where the operation begins: comments further down do not
        // silence it. Only a right operand that is no union stands for itself.
        let place = TextRange::empty(range.start());
        let left_items = pytype_types::checked_items(&*self.ctx, base);
        let right = self.infer_argument(&argument, None);

        // First with the right operand as it is: inference is better with a whole union.
        let (results, wrong) = self.attempt(|c| {
            let mut results = Vec::with_capacity(left_items.len());
            for left in left_items {
                let left = Operand { ty: left, argument: CallArgument::of_type(left, place) };
                results.push(c.check_op_reversible(method, left, Operand { ty: right, argument }, range));
            }
            results
        });
        if !wrong {
            return self.united(results);
        }

        // Then with each item of it.
        let right = self.proper(right);
        let right_operands: Vec<Operand<'_>> = if let TyKind::Union(_) = right.kind() {
            pytype_types::checked_items(&*self.ctx, right)
                .iter()
                .map(|item| Operand { ty: item, argument: CallArgument::of_type(item, place) })
                .collect()
        } else {
            vec![Operand { ty: right, argument }]
        };
        let (results, wrong) = self.trial(|c| {
            let mut results = Vec::new();
            for left in left_items {
                for operand in &right_operands {
                    let left = Operand { ty: left, argument: CallArgument::of_type(left, place) };
                    results.push(c.check_op_reversible(method, left, *operand, range));
                }
            }
            results
        });
        if let Some(found) = wrong {
            self.report_with_operands(found, base, left_items.len(), right, right_operands.len());
        }
        let types: Vec<Ty> = results.iter().map(|outcome| outcome.result).collect();
        let callees: Vec<Ty> = results.iter().map(|outcome| outcome.callee).collect();
        CallOutcome { result: self.simplified_union(types), callee: self.combine_signatures(&callees) }
    }

    /// Records findings about an operation, and which operand's union they come from.
    fn report_with_operands(
        &mut self,
        found: Vec<Diagnostic>,
        left: Ty,
        left_count: usize,
        right: Ty,
        right_count: usize,
    ) {
        let place = found.last().map(|finding| finding.range);
        self.report_all(found);
        let Some(place) = place else { return };
        match (left_count > 1, right_count > 1) {
            (true, true) => {
                self.explain(ErrorCode::Operator, place, |_| "Both operands are unions".to_owned());
            }
            (true, false) => self.explain(ErrorCode::Operator, place, |c| {
                format!("The left operand has type {}", c.show(left))
            }),
            (false, true) => self.explain(ErrorCode::Operator, place, |c| {
                format!("The right operand has type {}", c.show(right))
            }),
            (false, false) => {}
        }
    }

    pub(crate) fn united(&mut self, results: Vec<CallOutcome>) -> CallOutcome {
        if let [one] = results.as_slice() {
            return *one;
        }
        let types: Vec<Ty> = results.iter().map(|outcome| outcome.result).collect();
        let callees: Vec<Ty> = results.iter().map(|outcome| outcome.callee).collect();
        CallOutcome { result: self.simplified_union(types), callee: self.simplified_union(callees) }
    }

    /// One operation on operands that are no unions, in Python's order of attempts.
    fn check_op_reversible(
        &mut self,
        method: &str,
        left: Operand<'_>,
        right: Operand<'_>,
        range: TextRange,
    ) -> CallOutcome {
        let left_ty = self.proper(left.ty);
        let right_ty = self.proper(right.ty);
        for operand in [left_ty, right_ty] {
            if operand.is_unknown() {
                let any = Ty::any(pytype_types::AnySource::Derived);
                return CallOutcome { result: any, callee: any };
            }
        }
        let reverse = reverse_method(method).unwrap_or(method);
        let forward_name = Name::new(method);
        let reverse_name = Name::new(reverse);
        let forward = self.find_operator(left_ty, forward_name, range);
        let backward = self.find_operator(right_ty, reverse_name, range);
        let ahead = (forward_name, forward, left_ty, right.argument);
        let behind = (reverse_name, backward, right_ty, left.argument);

        let order = if asks_left_alone(method) && self.is_same_type(left_ty, right_ty) {
            vec![ahead]
        } else if self.right_is_asked_first(left_ty, right_ty, forward_name, reverse_name) {
            vec![behind, ahead]
        } else {
            vec![ahead, behind]
        };

        let mut first_wrong: Option<(Vec<Diagnostic>, CallOutcome)> = None;
        let mut tried = 0;
        for (name, callee, object, argument) in order {
            let Some(callee) = callee else { continue };
            tried += 1;
            let (outcome, wrong) =
                self.trial(|c| c.check_method_type(object, name, callee, &[argument], range));
            match wrong {
                None => return outcome,
                Some(found) => {
                    first_wrong.get_or_insert((found, outcome));
                }
            }
        }
        if self.falls_back_to_any(left_ty) || self.falls_back_to_any(right_ty) {
            let any = self.any();
            return CallOutcome { result: any, callee: any };
        }
        match first_wrong {
            Some((found, outcome)) => {
                self.report_all(found);
                if tried == 1 {
                    return outcome;
                }
                let any = self.error_any();
                CallOutcome { result: any, callee: any }
            }
            // Neither operand has the method: say so of the left one.
            None => {
                let using = MemberUse { is_operator: true, ..MemberUse::default() };
                self.check_method(left_ty, forward_name, &[right.argument], range, using)
            }
        }
    }

    /// Whether Python asks the right operand first: its class derives from the left one's and
    /// has a method of its own.
    fn right_is_asked_first(&self, left: Ty, right: Ty, forward: Name, reverse: Name) -> bool {
        if left.as_instance().is_some() && right.as_instance().is_some() {
            let same = self.defining_class(left, forward) == self.defining_class(right, reverse);
            if same {
                return false;
            }
        }
        self.covers_at_runtime(right, left)
    }

    fn falls_back_to_any(&self, ty: Ty) -> bool {
        ty.as_instance().is_some_and(|i| self.class_info(i.class).flags.contains(ClassFlags::FALLBACK_TO_ANY))
    }

    /// The class among the ancestors that defines `name`.
    pub(crate) fn defining_class(&self, object: Ty, name: Name) -> Option<ClassId> {
        let class = self.class_of_instance(object)?;
        self.ctx.find_definition(class, name).map(|(class, _)| class)
    }

    /// The operator's method as the object has it; nothing is reported when it has none.
    fn find_operator(&mut self, object: Ty, name: Name, range: TextRange) -> Option<Ty> {
        if !self.may_have_operator(object, name) {
            return None;
        }
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        let (found, wrong) = self.attempt(|c| match c.find_member(object, name, range, using) {
            Ok(attribute) => Some(attribute.ty),
            Err(_) => None,
        });
        if wrong { None } else { found }
    }

    /// A cheap test before the lookup: operators are looked up on classes, `__getattr__` and
    /// attributes of the value itself do not count.
    fn may_have_operator(&self, object: Ty, name: Name) -> bool {
        let class_has = |class: ClassId| self.ctx.find_definition(class, name).is_some();
        match object.kind() {
            TyKind::Any(_) => true,
            TyKind::Union(items) => items.iter().all(|item| self.may_have_operator(item, name)),
            TyKind::TypeVar(variable) => self.may_have_operator(self.values_or_bound(variable), name),
            TyKind::Callable(_) | TyKind::Overloaded(_) => match self.class_object_signature(object) {
                Some(sig) => self.may_have_operator(sig.fallback, name),
                None => class_has(self.ctx_known_class(KnownClass::Object)),
            },
            TyKind::Type(item) => self.metaclass_may_have_operator(*item, name),
            TyKind::Alias { .. } => self.may_have_operator(self.proper(object), name),
            TyKind::Instance(_) | TyKind::Tuple { .. } | TyKind::Literal { .. } | TyKind::TypedDict(_) => {
                self.class_of_instance(object).is_none_or(class_has)
            }
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Module(_) => class_has(self.ctx_known_class(KnownClass::Object)),
        }
    }

    fn metaclass_may_have_operator(&self, item: Ty, name: Name) -> bool {
        let item =
            if let TyKind::TypeVar(variable) = item.kind() { self.values_or_bound(variable) } else { item };
        match item.kind() {
            TyKind::Any(_) => true,
            TyKind::Union(items) => items.iter().all(|item| self.metaclass_may_have_operator(item, name)),
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
            | TyKind::Module(_) => {
                let metaclass =
                    self.class_of_instance(item).and_then(|class| self.class_info(class).metaclass);
                let metaclass = metaclass.unwrap_or_else(|| self.known(KnownClass::Type));
                self.may_have_operator(metaclass, name)
            }
        }
    }

    pub(crate) fn infer_unary(&mut self, operation: &ast::ExprUnaryOp) -> Ty {
        let operand = self.infer(&operation.operand, None);
        let method = match operation.op {
            ast::UnaryOp::Not => {
                self.check_truthiness(operand, &operation.operand);
                return self.known(KnownClass::Bool);
            }
            ast::UnaryOp::USub => "__neg__",
            ast::UnaryOp::UAdd => "__pos__",
            ast::UnaryOp::Invert => "__invert__",
        };
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        self.check_method(operand, Name::new(method), &[], operation.range, using).result
    }
}
