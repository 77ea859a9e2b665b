//! Building the members that class transforms add.

use pytype_source::Name;
use pytype_types::{
    AttributeFlags, KnownClass, Param, ParamKind, SigFlags, Signature, Ty, TyKind, TyList, TypeContext,
    TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarId, TypeVarKind, TypeVarOrigin,
};

use crate::{Context, Member};

/// How the first parameter of a generated method is bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binding {
    Instance,
    Class,
    /// `__new__`: takes the class, and is looked up as a static method.
    New,
    Static,
}

/// A method to be added to a class.
pub(crate) struct Method {
    pub name: Name,
    pub class: pytype_types::ClassId,
    pub self_type: Ty,
    pub params: Vec<Param>,
    pub ret: Ty,
    pub variables: TyList,
    pub binding: Binding,
}

/// A parameter by name.
pub(crate) fn param(name: &str, ty: Ty, kind: ParamKind) -> Param {
    Param { name: Some(Name::new(name)), ty, kind }
}

/// The callable type and flags of a generated method.
pub(crate) fn method(ctx: &Context<'_>, method: Method) -> Member {
    let first = match method.binding {
        Binding::Instance => Some(param("self", method.self_type, ParamKind::Pos)),
        Binding::Class | Binding::New => {
            Some(param("_cls", Ty::new(TyKind::Type(method.self_type)), ParamKind::Pos))
        }
        Binding::Static => None,
    };
    let params = first.into_iter().chain(method.params).collect();
    let mut signature = Signature::new(params, method.ret, ctx.known_instance(KnownClass::Function));
    signature.variables = method.variables;
    signature.name = Some(method.name);
    signature.definition = Some(method.class.fullname().dot(&method.name));
    let mut flags = AttributeFlags::METHOD | AttributeFlags::CLASS_LEVEL | AttributeFlags::DECLARED;
    match method.binding {
        Binding::Instance => {}
        Binding::Class => {
            flags |= AttributeFlags::CLASS_METHOD;
            signature.flags |= SigFlags::CLASS_METHOD;
        }
        Binding::New | Binding::Static => {
            flags |= AttributeFlags::STATIC_METHOD;
            signature.flags |= SigFlags::STATIC_METHOD;
        }
    }
    Member::generated(signature.into_ty(), flags)
}

/// A type variable that stands for the class itself in a generated method.
pub(crate) fn self_variable(owner: Name, class: Name, name: &str, bound: Ty) -> Ty {
    let decl = TypeVarDecl::new(TypeVarDeclData {
        name: Name::new(name),
        fullname: class.dot(name),
        kind: TypeVarKind::TypeVar,
        origin: TypeVarOrigin::Synthetic { bound },
    });
    Ty::new(TyKind::TypeVar(TypeVar { id: TypeVarId { owner, index: 0, meta: 0 }, decl }))
}

/// A variable that a transform adds.
pub(crate) fn variable(ty: Ty, flags: AttributeFlags) -> Member {
    Member::generated(ty, flags | AttributeFlags::DECLARED)
}
