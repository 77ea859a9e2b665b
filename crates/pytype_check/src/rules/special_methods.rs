//! Methods that Python calls in a certain way: what they must take and give.

use pytype_declare::FunctionItem;
use pytype_index::DefRef;
use pytype_infer::Checker;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, ClassId, KnownClass, Param, ParamKind, SigFlags, Signature, SubtypeOptions, Ty, TyKind,
    TypeContext, bind_self, erase_to_bound, erase_type_vars, is_same_type, is_subtype, is_subtype_with,
    proper,
};
use ruff_python_ast::{self as ast, Expr, Stmt, visitor::Visitor};
use ruff_text_size::TextRange;

use super::operator_methods;

/// Checks one `def` by its name.
pub fn check_special(
    checker: &mut Checker<'_>,
    definition: DefRef,
    statement: &ast::StmtFunctionDef,
    item: &FunctionItem,
    is_implementation: bool,
) {
    let name = Name::of(&statement.name);
    let place = statement.name.range;
    let class = checker.class_of_method(definition);
    match name.as_str() {
        "__getattr__" | "__getattribute__" => check_getattr(checker, definition, class, &name, item, place),
        "__setattr__" if class.is_some() => {
            let text = checker.ctx.known_instance(KnownClass::Str);
            check_shape(checker, &name, item, &[any(), text, any()], Ty::none(), place);
        }
        "__exit__" => check_exit(checker, definition, item, place),
        "__new__" => {
            if let Some(class) = class {
                check_new(checker, class, item, place);
            }
        }
        _ => {}
    }
    if let Some(class) = class
        && !is_implementation
    {
        operator_methods::check_reflected(checker, class, name, item, place);
    }
}

fn any() -> Ty {
    Ty::any(AnySource::SpecialForm)
}

/// Reports a method whose signature does not take arguments of these types.
fn check_shape(
    checker: &mut Checker<'_>,
    name: &str,
    item: &FunctionItem,
    takes: &[Ty],
    gives: Ty,
    place: TextRange,
) {
    let function = checker.ctx.known_instance(KnownClass::Function);
    let params = takes.iter().map(|ty| Param { name: None, ty: *ty, kind: ParamKind::Pos }).collect();
    let expected = Signature::new(params, gives, function).into_ty();
    if !is_subtype(&*checker.ctx, item.signature, expected) {
        let message = format!("The signature of \"{name}\" must fit \"{}\"", checker.show(expected));
        checker.error(ErrorCode::Misc, place, message);
    }
}

fn check_getattr(
    checker: &mut Checker<'_>,
    definition: DefRef,
    class: Option<ClassId>,
    name: &str,
    item: &FunctionItem,
    place: TextRange,
) {
    let text = checker.ctx.known_instance(KnownClass::Str);
    if class.is_some() {
        check_shape(checker, name, item, &[any(), text], any(), place);
        return;
    }
    let db = checker.ctx.db;
    let scope = pytype_index::definition(db, definition.file, definition.id).scope;
    if scope != pytype_index::ScopeId::MODULE {
        return;
    }
    if name == "__getattribute__" {
        checker.error(ErrorCode::Misc, place, "Modules do not have \"__getattribute__\"");
        return;
    }
    check_shape(checker, name, item, &[text], any(), place);
}

/// `__new__` must make an instance of its class; a metaclass's, a class.
fn check_new(checker: &mut Checker<'_>, class: ClassId, item: &FunctionItem, place: TextRange) {
    let ctx = std::rc::Rc::clone(&checker.ctx);
    let ctx = &*ctx;
    let own = pytype_types::fill_with_any(ctx, class);
    let Some(bound) = bind_self(ctx, item.signature, Some(own), true).as_callable() else { return };
    let ret = proper(ctx, bound.ret);
    let expected = if ctx.class(class).has_base_named("builtins.type") {
        ctx.known_instance(KnownClass::Type)
    } else {
        match ret.kind() {
            // A base of the class: that it makes instances of the class is lost to all callers.
            TyKind::Instance(_) | TyKind::Tuple { .. } if is_subtype(ctx, own, ret) => own,
            // The specification lets it give something else, and `__init__` is then not called. Code
            // that mypy checks has comments against that; they count.
            TyKind::Instance(_)
            | TyKind::Tuple { .. }
            | TyKind::Literal { .. }
            | TyKind::Union(_)
            | TyKind::None
                if checker.is_ignored(place, ErrorCode::Misc) =>
            {
                own
            }
            TyKind::Any(_)
            | TyKind::Instance(_)
            | TyKind::Tuple { .. }
            | TyKind::Never { .. }
            | TyKind::Literal { .. }
            | TyKind::Union(_)
            | TyKind::None => return,
            TyKind::Deleted
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
            | TyKind::Module(_) => {
                let message =
                    format!("\"__new__\" must return an instance of a class, not \"{}\"", checker.show(ret));
                checker.error(ErrorCode::Misc, place, message);
                return;
            }
        }
    };
    if !is_subtype(ctx, ret, expected) {
        let message = format!(
            "\"__new__\" returns \"{}\", which is no \"{}\"",
            checker.show(ret),
            checker.show(expected)
        );
        checker.error(ErrorCode::Misc, place, message);
    }
}

/// An `__exit__` that is declared to return `bool`, and always returns `False`.
fn check_exit(checker: &mut Checker<'_>, definition: DefRef, item: &FunctionItem, place: TextRange) {
    let Some(sig) = item.signature.as_callable() else { return };
    if sig.flags.contains(SigFlags::IMPLICIT) {
        return;
    }
    let ret = proper(&*checker.ctx, sig.ret);
    if !ret.union_items().iter().any(|ty| proper(&*checker.ctx, ty).is_instance_of("builtins.bool")) {
        return;
    }
    let whole = pytype_index::whole_function(checker.ctx.db, definition.file, definition.id);
    let Some(statement) = whole else { return };
    let mut finder = Returns { found: 0, all_false: true };
    finder.visit_body(&statement.body);
    if finder.found > 0 && finder.all_false {
        let message = "\"__exit__\" never swallows exceptions, but \"bool\" says that it may; declare \"None\" or \"Literal[False]\"";
        checker.error(ErrorCode::ExitReturn, place, message);
    }
}

/// The `return` statements of a function, those of functions inside left out.
struct Returns {
    found: usize,
    all_false: bool,
}

impl<'a> Visitor<'a> for Returns {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Return(returned) => {
                self.found += 1;
                let value = returned.value.as_deref();
                self.all_false &= matches!(value, Some(Expr::BooleanLiteral(literal)) if !literal.value);
            }
            _ => ruff_python_ast::visitor::walk_stmt(self, statement),
        }
    }
    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The first parameter of a method must be able to be the object. `method` is its type after its
/// decorators.
pub fn check_self_parameter(
    checker: &mut Checker<'_>,
    class: ClassId,
    statement: &ast::StmtFunctionDef,
    item: &FunctionItem,
    method: Ty,
) {
    let ctx = std::rc::Rc::clone(&checker.ctx);
    let ctx = &*ctx;
    let place = statement.name.range;
    let is_new = statement.name.as_str() == "__new__";
    let takes_object = item.kind != pytype_declare::FunctionKind::StaticMethod || is_new;
    let Some(sig) = proper(ctx, method).as_callable() else { return };
    if !takes_object || sig.params.first().is_some_and(|p| p.kind.is_star()) {
        return;
    }
    let Some(first) = sig.params.first() else {
        if sig.flags.contains(SigFlags::IMPLICIT) && checker.is_in_dynamic_function(item.definition) {
            return;
        }
        checker.error(ErrorCode::Misc, place, "A method needs a first parameter, \"self\", for the object");
        return;
    };
    let mut object = pytype_types::class_instance_type(ctx, class);
    if item.kind == pytype_declare::FunctionKind::ClassMethod || is_new {
        object = pytype_types::type_of(ctx, object);
    }
    if is_same_type(ctx, first.ty, object) {
        return;
    }
    let erased = proper(ctx, erase_type_vars(ctx, erase_to_bound(ctx, first.ty)));
    let options = SubtypeOptions { ignore_type_params: true, ..SubtypeOptions::default() };
    if is_subtype_with(ctx, object, erased, options) || is_protocol(ctx, erased) {
        return;
    }
    let message = if first.name.is_some_and(|name| matches!(name.as_str(), "self" | "cls")) {
        format!(
            "The type of \"self\" is \"{}\", which \"{}\" is not",
            checker.show(erased),
            checker.show(object)
        )
    } else {
        "A method needs \"self\" first, or a parameter that the object fits".to_owned()
    };
    checker.error(ErrorCode::Misc, place, message);
}

fn is_protocol(ctx: &dyn TypeContext, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Instance(instance) => ctx.class(instance.class).is_protocol(),
        TyKind::Type(item) => {
            proper(ctx, *item).as_instance().is_some_and(|instance| ctx.class(instance.class).is_protocol())
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
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
    }
}

/// What decorators may make of a setter or a constructor.
pub fn check_decorated(
    checker: &mut Checker<'_>,
    class: ClassId,
    statement: &ast::StmtFunctionDef,
    item: &FunctionItem,
    method: Ty,
) {
    let ctx = std::rc::Rc::clone(&checker.ctx);
    let ctx = &*ctx;
    let method = proper(ctx, method);
    if item.is_setter {
        let function = ctx.known_instance(KnownClass::Function);
        let params = [any(), any()].map(|ty| Param { name: None, ty, kind: ParamKind::Pos });
        let expected = Signature::new(params.to_vec(), any(), function).into_ty();
        if !is_subtype(ctx, method, expected) {
            let message = "A property's setter must take the object and one value";
            checker.error(ErrorCode::Misc, statement.name.range, message);
        }
    }
    let is_constructor = matches!(statement.name.as_str(), "__init__" | "__new__");
    let is_function = matches!(method.kind(), TyKind::Callable(_) | TyKind::Overloaded(_) | TyKind::Any(_));
    if is_constructor && !statement.decorator_list.is_empty() && !is_function {
        let message =
            format!("The decorator makes a constructor of \"{}\" that is no function", class.name());
        checker.error(ErrorCode::Misc, super::places::decorated_place(statement), message);
    }
}
