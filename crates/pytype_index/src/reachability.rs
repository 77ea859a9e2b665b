//! Conditions that need no types: the version, the platform, `TYPE_CHECKING`.

use pytype_config::ModuleOptions;
use ruff_python_ast::{self as ast, CmpOp, Expr, Pattern, Stmt};
use smallvec::SmallVec;

/// What is known of a condition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Truth {
    AlwaysTrue,
    /// True for the type checker, false when the program runs (`TYPE_CHECKING`).
    MypyTrue,
    AlwaysFalse,
    MypyFalse,
    Unknown,
}

impl Truth {
    pub fn is_true(self) -> bool {
        matches!(self, Truth::AlwaysTrue | Truth::MypyTrue)
    }
    pub fn is_false(self) -> bool {
        matches!(self, Truth::AlwaysFalse | Truth::MypyFalse)
    }
    fn negated(self) -> Truth {
        match self {
            Truth::AlwaysTrue => Truth::AlwaysFalse,
            Truth::AlwaysFalse => Truth::AlwaysTrue,
            Truth::MypyTrue => Truth::MypyFalse,
            Truth::MypyFalse => Truth::MypyTrue,
            Truth::Unknown => Truth::Unknown,
        }
    }
    fn from_bool(value: bool) -> Truth {
        if value { Truth::AlwaysTrue } else { Truth::AlwaysFalse }
    }
}

/// Evaluates a condition as far as the options decide it.
pub fn truth_of(expr: &Expr, options: &ModuleOptions) -> Truth {
    match expr {
        Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::Not, operand, .. }) => {
            nested(|| truth_of(operand, options)).negated()
        }
        Expr::BoolOp(operation) => boolean_operation(operation, options),
        Expr::Name(name) => named(&name.id, options),
        // Only what the options say of them counts.
        Expr::BooleanLiteral(literal) => named(if literal.value { "True" } else { "False" }, options),
        Expr::Attribute(attribute) => named(&attribute.attr, options),
        Expr::Compare(compare) => {
            let version = version_comparison(compare, options);
            if version == Truth::Unknown { platform_comparison(compare, &options.platform) } else { version }
        }
        Expr::Call(call) => platform_prefix(call, &options.platform),
        _ => Truth::Unknown,
    }
}

/// Conditions nest as deep as the file says.
fn nested<R>(work: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, work)
}

fn boolean_operation(operation: &ast::ExprBoolOp, options: &ModuleOptions) -> Truth {
    let combine = match operation.op {
        ast::BoolOp::Or => either,
        ast::BoolOp::And => both,
    };
    let values = operation.values.iter().map(|value| nested(|| truth_of(value, options)));
    values.rev().reduce(|right, left| combine(left, right)).unwrap_or(Truth::Unknown)
}

fn either(left: Truth, right: Truth) -> Truth {
    let any = |truth| left == truth || right == truth;
    if any(Truth::AlwaysTrue) {
        Truth::AlwaysTrue
    } else if any(Truth::MypyTrue) {
        Truth::MypyTrue
    } else if any(Truth::Unknown) {
        Truth::Unknown
    } else if any(Truth::AlwaysFalse) {
        Truth::AlwaysFalse
    } else {
        Truth::MypyFalse
    }
}

fn both(left: Truth, right: Truth) -> Truth {
    let any = |truth| left == truth || right == truth;
    if any(Truth::AlwaysFalse) {
        Truth::AlwaysFalse
    } else if any(Truth::MypyFalse) {
        Truth::MypyFalse
    } else if any(Truth::Unknown) {
        Truth::Unknown
    } else if any(Truth::MypyTrue) {
        Truth::MypyTrue
    } else {
        Truth::AlwaysTrue
    }
}

/// Whether an operand with this value keeps the operands behind it from being evaluated.
pub fn cuts_short(op: ast::BoolOp, value: Truth) -> bool {
    match op {
        ast::BoolOp::And => value.is_false(),
        ast::BoolOp::Or => value.is_true(),
    }
}

/// One block of an `if` statement that can be reached.
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    pub body: &'a [Stmt],
    /// The value of the block's condition; `Unknown` for `else`.
    pub truth: Truth,
}

/// The blocks of an `if` statement that the conditions, as far as they are known, leave reachable.
pub fn reachable_branches<'a>(
    statement: &'a ast::StmtIf,
    options: &ModuleOptions,
) -> SmallVec<[Branch<'a>; 2]> {
    let first = (Some(&*statement.test), &statement.body);
    let rest = statement.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body));
    let mut branches = SmallVec::new();
    for (test, body) in std::iter::once(first).chain(rest) {
        let truth = test.map_or(Truth::Unknown, |test| truth_of(test, options));
        if truth.is_false() {
            continue;
        }
        branches.push(Branch { body, truth });
        if truth.is_true() {
            break;
        }
    }
    branches
}

/// Which cases of a `match` statement have a body that can be reached, each with whether only the
/// type checker goes there.
pub fn reachable_cases(statement: &ast::StmtMatch, options: &ModuleOptions) -> SmallVec<[(bool, bool); 4]> {
    let mut decided = false;
    let mut cases = SmallVec::new();
    for case in &statement.cases {
        let guard = case.guard.as_ref().map_or(Truth::AlwaysTrue, |guard| truth_of(guard, options));
        cases.push((!decided && !guard.is_false(), guard == Truth::MypyTrue));
        decided |= guard.is_true() && is_irrefutable(&case.pattern);
    }
    cases
}

/// Whether a pattern matches whatever it is given.
fn is_irrefutable(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(pattern) => pattern.pattern.is_none(),
        Pattern::MatchOr(pattern) => pattern.patterns.iter().any(is_irrefutable),
        _ => false,
    }
}

fn named(name: &str, options: &ModuleOptions) -> Truth {
    match name {
        "PY2" => Truth::AlwaysFalse,
        "PY3" => Truth::AlwaysTrue,
        "MYPY" | "TYPE_CHECKING" => Truth::MypyTrue,
        _ if options.always_true.iter().any(|n| n.as_str() == name) => Truth::AlwaysTrue,
        _ if options.always_false.iter().any(|n| n.as_str() == name) => Truth::AlwaysFalse,
        _ => Truth::Unknown,
    }
}

fn is_sys(expr: &Expr, attribute: &str) -> bool {
    match expr {
        Expr::Attribute(found) => {
            &found.attr == attribute && matches!(&*found.value, Expr::Name(name) if name.id == "sys")
        }
        _ => false,
    }
}

/// Which part of `sys.version_info` an expression is.
enum VersionPart {
    Item(usize),
    Slice(usize, Option<usize>),
}

fn version_part(expr: &Expr) -> Option<VersionPart> {
    if is_sys(expr, "version_info") {
        return Some(VersionPart::Slice(0, None));
    }
    let Expr::Subscript(subscript) = expr else { return None };
    if !is_sys(&subscript.value, "version_info") {
        return None;
    }
    match &*subscript.slice {
        Expr::Slice(slice) => {
            if slice.step.as_ref().is_some_and(|step| small_int(step) != Some(1)) {
                return None;
            }
            let bound = |e: &Option<Box<Expr>>| e.as_ref().map(|e| small_int(e));
            let lower = bound(&slice.lower);
            let upper = bound(&slice.upper);
            match (lower, upper) {
                (Some(None), _) | (_, Some(None)) => None,
                (lower, upper) => Some(VersionPart::Slice(lower.flatten().unwrap_or(0), upper.flatten())),
            }
        }
        index => small_int(index).map(VersionPart::Item),
    }
}

fn small_int(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(int), .. }) => int.as_usize(),
        _ => None,
    }
}

fn int_tuple(expr: &Expr) -> Option<Vec<usize>> {
    match expr {
        Expr::Tuple(tuple) => tuple.elts.iter().map(small_int).collect(),
        _ => None,
    }
}

fn version_comparison(compare: &ast::ExprCompare, options: &ModuleOptions) -> Truth {
    let ([op], [right]) = (&*compare.ops, &*compare.comparators) else { return Truth::Unknown };
    let (part, value, op) = match (version_part(&compare.left), version_part(right)) {
        (Some(part), _) => (part, right, *op),
        (None, Some(part)) => (part, &*compare.left, flipped(*op)),
        (None, None) => return Truth::Unknown,
    };
    let (major, minor) = options.python_version;
    let version = [usize::from(major), usize::from(minor)];
    match part {
        VersionPart::Item(index) if index <= 1 => match small_int(value) {
            Some(value) => compare_values(&version[index], op, &value),
            None => Truth::Unknown,
        },
        VersionPart::Item(_) => Truth::Unknown,
        VersionPart::Slice(low, high) => {
            let Some(tuple) = int_tuple(value) else { return Truth::Unknown };
            let Some(own) = version.get(low..high.unwrap_or(2)).filter(|own| !own.is_empty()) else {
                return Truth::Unknown;
            };
            // A tuple that is shorter orders against the version, but is neither equal nor unequal to it.
            let fits = own.len() == tuple.len()
                || own.len() > tuple.len() && !matches!(op, CmpOp::Eq | CmpOp::NotEq);
            if fits { compare_values(own, op, &tuple[..]) } else { Truth::Unknown }
        }
    }
}

fn flipped(op: CmpOp) -> CmpOp {
    match op {
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::LtE => CmpOp::GtE,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::GtE => CmpOp::LtE,
        same => same,
    }
}

fn compare_values<T: PartialOrd + ?Sized>(left: &T, op: CmpOp, right: &T) -> Truth {
    match op {
        CmpOp::Eq => Truth::from_bool(left == right),
        CmpOp::NotEq => Truth::from_bool(left != right),
        CmpOp::Lt => Truth::from_bool(left < right),
        CmpOp::LtE => Truth::from_bool(left <= right),
        CmpOp::Gt => Truth::from_bool(left > right),
        CmpOp::GtE => Truth::from_bool(left >= right),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => Truth::Unknown,
    }
}

fn text_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(text) => Some(text.value.to_str()),
        _ => None,
    }
}

fn platform_comparison(compare: &ast::ExprCompare, platform: &str) -> Truth {
    let ([op], [right]) = (&*compare.ops, &*compare.comparators) else { return Truth::Unknown };
    if !is_sys(&compare.left, "platform") {
        return Truth::Unknown;
    }
    match op {
        CmpOp::Eq | CmpOp::NotEq => match text_of(right) {
            Some(text) => compare_values(platform, *op, text),
            None => Truth::Unknown,
        },
        CmpOp::In | CmpOp::NotIn => {
            let items = match right {
                Expr::Tuple(tuple) => &*tuple.elts,
                Expr::List(list) => &*list.elts,
                Expr::Set(set) => &*set.elts,
                _ => return Truth::Unknown,
            };
            let texts: Option<Vec<&str>> = items.iter().map(text_of).collect();
            texts.map_or(Truth::Unknown, |texts| {
                Truth::from_bool(texts.contains(&platform) == (*op == CmpOp::In))
            })
        }
        _ => Truth::Unknown,
    }
}

fn platform_prefix(call: &ast::ExprCall, platform: &str) -> Truth {
    let Expr::Attribute(method) = &*call.func else { return Truth::Unknown };
    if &method.attr != "startswith" || !is_sys(&method.value, "platform") {
        return Truth::Unknown;
    }
    match &*call.arguments.args {
        [prefix] => {
            text_of(prefix).map_or(Truth::Unknown, |prefix| Truth::from_bool(platform.starts_with(prefix)))
        }
        _ => Truth::Unknown,
    }
}
