//! What a signature says of itself: special methods, generators, type guards.

use super::variance::misplaced_variable;
use pytype_declare::FunctionItem;
use pytype_index::{DefRef, DefinitionFlags};
use pytype_infer::Checker;
use pytype_source::ErrorCode;
use pytype_types::{Position, Ty, TyKind, TypeContext, Variance, is_subtype, proper};
use ruff_text_size::{Ranged, TextRange};

pub fn check_signature(checker: &mut Checker<'_>, definition: DefRef, item: &FunctionItem) {
    let Some(signature) = item.signature.as_callable() else { return };
    let syntax = pytype_index::syntax_of_unit(checker.ctx.db, definition.file, definition.id.unit);
    let Some(statement) = syntax.function(definition.id) else { return };
    let place = statement.name.range();
    super::annotations::check_any(checker, item, place);
    let found = pytype_index::definition(checker.ctx.db, definition.file, definition.id);
    let (name, flags) = (found.name, found.flags);
    let ret = proper(&*checker.ctx, signature.ret);
    let is_method = checker.class_of_method(definition).is_some();
    let dynamic = signature.flags.contains(pytype_types::SigFlags::IMPLICIT);
    if is_method && matches!(name.as_str(), "__init__" | "__init_subclass__") && !dynamic {
        let fine = ret.is_none() || ret.is_never() || ret.is_any() && statement.returns.is_none();
        if !fine {
            checker.error(ErrorCode::Misc, place, format!("\"{name}\" must return \"None\""));
        }
    }
    if name == "__init__"
        && let Some(class) = checker.class_of_method(definition)
        && let Some(first) = signature.params.first()
        && misplaces_class_variables(checker, class, first.ty)
    {
        let at = statement.parameters.iter().next().map_or(place, |p| p.range());
        checker.error(
            ErrorCode::Misc,
            at,
            "The annotation of \"self\" moves type variables of the class: use variables of the function",
        );
    }
    if flags.contains(DefinitionFlags::GENERATOR) && !ret.is_any() {
        let valid = if statement.is_async {
            checker.is_async_generator_return_type(ret)
        } else {
            checker.is_generator_return_type(ret, false)
        };
        if !valid {
            let message = if statement.is_async {
                "A function with \"yield\" must be declared to return an \"AsyncGenerator\" or a supertype of it"
            } else {
                "A function with \"yield\" must be declared to return a \"Generator\" or a supertype of it"
            };
            checker.error(ErrorCode::Misc, place, message);
        }
    }
    if let TyKind::TypeVar(variable) = ret.kind()
        && checker.ctx.type_var(variable.decl).variance == Variance::Contravariant
    {
        let at = statement.returns.as_ref().map_or(place, |r| r.range());
        checker.error(ErrorCode::Misc, at, "A contravariant type variable cannot be a result");
    }
    if matches!(signature.ret.kind(), TyKind::TypeVar(_))
        && signature.variables.contains(&signature.ret)
        && !signature.params.iter().any(|p| pytype_types::free_type_vars(p.ty).contains(&signature.ret))
    {
        let at = statement.returns.as_ref().map_or(place, |r| r.range());
        let message = "The type variable of the result occurs in no parameter, so that nothing decides it";
        checker.error(ErrorCode::TypeVar, at, message);
    }
    check_parameter_variance(checker, statement, &signature, &name, is_method, item);
    if let Some(narrowed) = signature.type_is {
        let at = usize::from(is_method && item.kind != pytype_declare::FunctionKind::StaticMethod);
        if let Some(param) = signature.params.get(at)
            && !is_subtype(&*checker.ctx, narrowed, param.ty)
        {
            checker.error(
                ErrorCode::NarrowedTypeNotSubtype,
                place,
                "The type that \"TypeIs\" narrows to must be a subtype of the parameter's type",
            );
        }
    }
}

/// Whether `self` is annotated with the class itself and one of the class's own type variables stands
/// in another one's place (the typing specification, "Constructors").
fn misplaces_class_variables(checker: &Checker<'_>, class: pytype_types::ClassId, receiver: Ty) -> bool {
    let receiver = proper(&*checker.ctx, receiver);
    let Some(instance) = receiver.as_instance().filter(|i| i.class == class) else { return false };
    let params = checker.ctx.class(class).type_params;
    // One variable in several places says that they are the same, and moves nothing.
    let repeats =
        instance.args.iter().enumerate().any(|(at, arg)| instance.args.iter().skip(at + 1).any(|a| a == arg));
    if repeats {
        return false;
    }
    instance.args.iter().zip(params).any(|(arg, own)| arg != own && params.iter().any(|param| param == arg))
}

fn check_parameter_variance(
    checker: &mut Checker<'_>,
    statement: &ruff_python_ast::StmtFunctionDef,
    signature: &pytype_types::Signature,
    name: &str,
    is_method: bool,
    item: &FunctionItem,
) {
    // Nobody inherits private methods.
    let private = name.starts_with("__") && !name.ends_with("__");
    if private || matches!(name, "__init__" | "__new__" | "__post_init__" | "__replace__") {
        return;
    }
    let is_static = item.kind == pytype_declare::FunctionKind::StaticMethod;
    let skip = usize::from(is_method && !is_static);
    let is_interface = is_method && (!name.starts_with('_') || name.ends_with("__"));
    if is_interface && let Some(returns) = &statement.returns {
        report_misplaced(checker, signature.ret, Position::Output, returns.range());
    }
    for (param, declared) in signature.params.iter().zip(statement.parameters.iter()).skip(skip) {
        if is_interface {
            let place = declared.annotation().map_or(declared.range(), Ranged::range);
            report_misplaced(checker, param.ty, Position::Input, place);
        }
        let TyKind::TypeVar(variable) = param.ty.kind() else { continue };
        if checker.ctx.type_var(variable.decl).variance == Variance::Covariant {
            let at = declared.annotation().map_or(declared.range(), |a| a.range());
            checker.error(ErrorCode::Misc, at, "A covariant type variable cannot be the type of a parameter");
        }
    }
}

fn report_misplaced(checker: &mut Checker<'_>, ty: Ty, position: Position, place: TextRange) {
    if let Some(name) = misplaced_variable(checker, ty, position) {
        checker.error(
            ErrorCode::Misc,
            place,
            format!("The declared variance of \"{name}\" forbids this use"),
        );
    }
}
