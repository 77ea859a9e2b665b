//! Attributes of objects: the one mechanism for reading and writing them.

mod problem;

pub use problem::{MemberError, MemberProblem};

use pytype_source::Name;
use pytype_types::{Attribute, AttributeFlags, ClassId, Ty};

use crate::{Context, Member};

/// What member lookup needs of the layer that checks calls: descriptors and the attribute hooks
/// are methods that may be overloaded or generic.
pub trait CallChecker {
    /// The result of calling `callee` with arguments of these types; `None` if the call is wrong
    /// (which the implementor has reported, if `object` access is being checked).
    fn call(&self, ctx: &Context<'_>, callee: Ty, arguments: &[Ty]) -> Option<Ty>;
}

/// How an attribute is used.
#[derive(Clone, Copy)]
pub struct MemberAccess<'a> {
    /// It is assigned or deleted.
    pub is_lvalue: bool,
    /// Looked up through `super()`.
    pub is_super: bool,
    /// The object's own type, as `self` is bound to it; for a union item or a bound, the whole.
    pub self_type: Ty,
    /// The value is expected to be a literal (enum members keep their literal type).
    pub in_literal_context: bool,
    /// For an operator or another implicit use: looked up on the class, not the instance.
    pub is_operator: bool,
    /// Where descriptors are called; signatures alone are used without it.
    pub calls: Option<&'a dyn CallChecker>,
}

impl MemberAccess<'_> {
    /// Reading an attribute of `object`.
    pub fn read(object: Ty) -> MemberAccess<'static> {
        MemberAccess {
            is_lvalue: false,
            is_super: false,
            self_type: object,
            in_literal_context: false,
            is_operator: false,
            calls: None,
        }
    }

    /// Assigning an attribute of `object`.
    pub fn write(object: Ty) -> MemberAccess<'static> {
        MemberAccess { is_lvalue: true, ..MemberAccess::read(object) }
    }
}

/// The attribute `name` of `object`. What is wrong with the access comes as data, with the type
/// to go on with.
pub fn analyze_member(
    _ctx: &Context<'_>,
    _object: Ty,
    _name: Name,
    _access: &MemberAccess<'_>,
) -> Result<Attribute, MemberError> {
    let any = Ty::any(pytype_types::AnySource::Implementation);
    Ok(Attribute { ty: any, set_ty: None, flags: AttributeFlags::empty(), defined_in: None })
}

impl<'db> Context<'db> {
    /// The definition that `name` means in `class`: the first in the order of its ancestors.
    pub fn find_definition(&self, _class: ClassId, _name: Name) -> Option<(ClassId, &'db Member)> {
        None
    }

    /// The type of the member `name` that `class` itself defines, as declared or inferred: in terms
    /// of the class's own type parameters, functions with `self`, nothing bound.
    pub fn member_type(&self, _class: ClassId, _name: Name) -> Option<crate::InferredVariable> {
        None
    }
}
