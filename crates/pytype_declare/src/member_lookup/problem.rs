//! What can be wrong with the use of an attribute, as data.

use pytype_source::{ErrorCode, Name};
use pytype_types::{Attribute, ClassId, Ty};

/// A wrong use of an attribute, with the type to go on with.
#[derive(Clone, PartialEq, Debug)]
pub struct MemberError {
    pub recovered: Attribute,
    pub problems: Vec<MemberProblem>,
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MemberProblem {
    /// `object` has no such attribute; `in_union` is the union it is an item of.
    Missing { object: Ty, name: Name, in_union: Option<Ty> },
    /// The module has no such attribute.
    MissingInModule { module: Name, name: Name },
    /// The module has the name but does not export it.
    NotExported { module: Name, name: Name },
    /// Its type is not known yet (`has-type`).
    NotReady { name: Name },
    /// A property without a setter is assigned.
    ReadOnlyProperty { class: ClassId, name: Name },
    /// A `Final` name is assigned.
    FinalAssigned { class: Option<ClassId>, name: Name },
    /// A `ClassVar` is assigned through an instance.
    ClassVarAssigned { name: Name },
    /// A method is assigned.
    MethodAssigned { name: Name },
    /// A class is assigned over (`C.Inner = ...`).
    ClassAssigned { name: Name },
    /// The object does not fit the `self` (or `cls`) parameter's annotation.
    InvalidSelf { object: Ty, name: Name, callable: Ty },
    /// The method takes no argument for `self`.
    NoSelfParameter { name: Name, callable: Ty },
    /// A variable whose type has the class's type parameters is read through the class object.
    AmbiguousThroughClass { name: Name },
    /// `super().x` of an abstract method with an empty body.
    UnsafeSuper { class: ClassId, name: Name },
    /// A descriptor's `__get__` or `__set__` is not callable or does not fit.
    BadDescriptor { descriptor: Ty, method: Name },
    /// An attribute is deleted or assigned that the object only has through `__getattr__`.
    NotSettable { object: Ty, name: Name },
    /// A `TypedDict` or tuple attribute that does not exist on instances.
    EnumMemberAttribute { class: ClassId, name: Name },
    /// Reading is fine, but the member is deprecated; the text is the author's.
    Deprecated { definition: Name, message: Name },
}

impl MemberProblem {
    /// The code it is reported under.
    pub fn code(&self) -> ErrorCode {
        match self {
            MemberProblem::Missing { in_union: Some(_), .. } => ErrorCode::UnionAttr,
            MemberProblem::Missing { in_union: None, .. }
            | MemberProblem::MissingInModule { .. }
            | MemberProblem::NotExported { .. }
            | MemberProblem::NotSettable { .. }
            | MemberProblem::EnumMemberAttribute { .. } => ErrorCode::AttrDefined,
            MemberProblem::NotReady { .. } => ErrorCode::HasType,
            MemberProblem::MethodAssigned { .. } => ErrorCode::MethodAssign,
            MemberProblem::UnsafeSuper { .. } => ErrorCode::SafeSuper,
            MemberProblem::Deprecated { .. } => ErrorCode::Deprecated,
            MemberProblem::ReadOnlyProperty { .. }
            | MemberProblem::FinalAssigned { .. }
            | MemberProblem::ClassVarAssigned { .. }
            | MemberProblem::ClassAssigned { .. }
            | MemberProblem::InvalidSelf { .. }
            | MemberProblem::NoSelfParameter { .. }
            | MemberProblem::AmbiguousThroughClass { .. }
            | MemberProblem::BadDescriptor { .. } => ErrorCode::Misc,
        }
    }
}
