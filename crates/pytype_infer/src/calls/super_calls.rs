//! `super().member` and `super(C, x).member`.

use pytype_declare::FunctionKind;
use pytype_source::{ErrorCode, Name};
use pytype_types::{AnySource, ClassFlags, ClassId, Ty, TyKind, TypeContext};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use crate::Checker;
use crate::expressions::MemberUse;

impl Checker<'_> {
    /// The type of `super(...).member`; `None` for other attributes.
    pub(crate) fn infer_super_member(&mut self, attribute: &ast::ExprAttribute) -> Option<Ty> {
        let Expr::Call(call) = &*attribute.value else { return None };
        if !matches!(&*call.func, Expr::Name(name) if name.id == "super") {
            return None;
        }
        let found = self.super_arguments(call);
        Some(match found {
            Ok((class, object)) => {
                self.super_member(class, object, Name::of(&attribute.attr), attribute.range)
            }
            Err(ty) => ty,
        })
    }

    fn super_error(&mut self, range: TextRange, message: &str) -> Ty {
        self.fail(ErrorCode::Misc, range, |_| message.to_owned());
        self.error_any()
    }

    /// The class to start behind, and the object; or the type of the whole when there is no more to say.
    fn super_arguments(&mut self, call: &ast::ExprCall) -> Result<(Ty, Ty), Ty> {
        let range = call.range();
        if self.in_dynamic_function() {
            return Err(Ty::any(AnySource::Unannotated));
        }
        let own = self.super_class();
        let own_instance = own.map(|class| self.self_instance(class));
        let arguments = &call.arguments;
        let (mut class, mut object) = if arguments.is_empty() {
            let Some(instance) = own_instance else {
                return Err(self.super_error(range, "\"super\" is used outside of a class"));
            };
            let Some(first) = self.first_parameter_type() else {
                if self.functions.is_empty() {
                    return Err(self.super_error(range, "\"super()\" is used outside of a method"));
                }
                return Err(self.super_error(range, "\"super()\" needs a method with a first parameter"));
            };
            (Ty::new(TyKind::Type(instance)), first)
        } else if arguments.args.iter().any(|a| matches!(a, Expr::Starred(_))) {
            return Err(self.super_error(range, "\"super\" does not take unpacked arguments"));
        } else if !arguments.keywords.is_empty() {
            return Err(self.super_error(range, "\"super\" takes positional arguments only"));
        } else {
            match &*arguments.args {
                [_] => return Err(self.super_error(range, "\"super\" with one argument is not supported")),
                [class, object] => {
                    let class = self.infer(class, None);
                    (self.proper(class), self.infer(object, None))
                }
                _ => return Err(self.super_error(range, "\"super\" takes two arguments")),
            }
        };
        let class_is_any = match class.kind() {
            TyKind::Any(_) => true,
            TyKind::Type(item) => item.is_any(),
            TyKind::None
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
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        };
        if class_is_any {
            match own_instance {
                Some(instance) => class = Ty::new(TyKind::Type(instance)),
                None => return Err(Ty::any(AnySource::Derived)),
            }
        }
        if !matches!(class.kind(), TyKind::Type(_)) && !self.is_class_object(class) {
            self.fail(ErrorCode::ArgType, range, |c| {
                format!("The first argument of \"super\" must be a class, not {}", c.show(class))
            });
            return Err(self.error_any());
        }
        object = self.proper(object);
        match object.kind() {
            TyKind::Any(_) => match own_instance {
                Some(instance) => object = instance,
                None => return Err(Ty::any(AnySource::Derived)),
            },
            TyKind::Type(item) if item.is_any() => match own_instance {
                Some(instance) => object = Ty::new(TyKind::Type(instance)),
                None => return Err(Ty::any(AnySource::Derived)),
            },
            TyKind::None
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
            | TyKind::Module(_) => {}
        }
        Ok((class, object))
    }

    fn super_member(&mut self, class: Ty, object: Ty, name: Name, range: TextRange) -> Ty {
        let ctx = std::rc::Rc::clone(&self.ctx);
        let Some(start) = self.class_behind(class) else {
            return self.super_error(range, "The first argument of \"super\" is not supported");
        };
        let Some(own) = self.class_behind(object) else {
            return self.super_error(range, "The second argument of \"super\" is not supported");
        };
        let own_info = ctx.class(own);
        let mut mro: &[ClassId] = &own_info.mro;
        let enclosing = self.super_class();
        let mut position = mro.iter().position(|c| *c == start).map(|at| at + 1);
        if position.is_none()
            && let Some(enclosing) = enclosing
            && self.is_like_self(object)
        {
            // An imprecise annotation of `self`: the class around the method counts.
            let info = ctx.class(enclosing);
            if let Some(at) = info.mro.iter().position(|c| *c == start) {
                (mro, position) = (&info.mro, Some(at + 1));
            }
        }
        let position = match position {
            Some(position) => position,
            // A mixin that declares its host as the type of `self`.
            None if own_info.is_protocol() && own != start && !ctx.class(start).is_protocol() => 0,
            None => {
                return self
                    .super_error(range, "The second argument of \"super\" is no instance of the first");
            }
        };
        let rest = &mro[position..];
        let Some(last) = rest.last().copied() else {
            return self.super_error(range, "The class has no base class");
        };
        for base in rest {
            let defines = pytype_declare::member_table::member_table(self.db.as_declare_db(), *base)
                .members
                .contains(name);
            if !defines && *base != last {
                continue;
            }
            let unknown_base =
                enclosing.is_some_and(|class| ctx.class(class).flags.contains(ClassFlags::FALLBACK_TO_ANY));
            if unknown_base && *base == last {
                return self.any();
            }
            let using = MemberUse { is_super: true, super_of: Some(*base), ..MemberUse::default() };
            return self.member(object, name, range, using);
        }
        self.error_any()
    }

    /// The class that a class object, an instance or a variable stands for.
    fn class_behind(&self, ty: Ty) -> Option<ClassId> {
        let ty = self.proper(ty);
        if let Some(class) = self.class_of_object(ty) {
            return Some(class);
        }
        let item = if let TyKind::Type(item) = ty.kind() { self.proper(*item) } else { ty };
        let item = if let TyKind::TypeVar(variable) = item.kind() {
            self.proper(self.type_var_info(variable).bound)
        } else {
            item
        };
        match item.kind() {
            TyKind::Instance(instance) => Some(instance.class),
            TyKind::Tuple { fallback, .. } => fallback.as_instance().map(|i| i.class),
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
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        }
    }

    /// Whether `ty` is what `self`, or `cls` of a class method, may be annotated as without saying
    /// much: a variable without a bound, or one whose bound is a supertype. The `cls` of a
    /// metaclass's method is an instance to it.
    fn is_like_self(&mut self, ty: Ty) -> bool {
        let definition = self.functions.iter().rev().find_map(|f| f.definition);
        let item = definition.and_then(|definition| self.function_item(definition));
        let of_class = item.is_some_and(|item| item.kind == FunctionKind::ClassMethod);
        let own = match ty.kind() {
            TyKind::Type(item) if of_class => *item,
            _ if of_class => return false,
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
            | TyKind::Module(_) => ty,
        };
        matches!(own.kind(), TyKind::TypeVar(_))
    }

    /// The class that `super()` starts from: that around the method.
    fn super_class(&self) -> Option<ClassId> {
        self.functions.iter().rev().find_map(|f| f.class).or_else(|| self.classes.last().copied())
    }

    fn self_instance(&self, class: ClassId) -> Ty {
        self.instance_of_class(class)
    }

    /// The type of the first parameter of the function under way.
    fn first_parameter_type(&mut self) -> Option<Ty> {
        let function = self.functions.iter().rev().find(|f| !f.is_lambda)?;
        let walked = function.signature?;
        // As declared: the values of constrained type variables are not filled in.
        let declared = function.definition.and_then(|definition| self.function_item(definition));
        let sig = declared.and_then(|item| item.signature.as_callable()).unwrap_or(walked);
        let first = sig.params.first()?;
        if matches!(first.kind, pytype_types::ParamKind::Star) {
            return Some(self.any());
        }
        Some(first.ty)
    }
}
