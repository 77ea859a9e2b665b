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
    AmbiguousThroughClass { name: Name, is_class_var: bool },
    /// `obj.__init__` read outside of `super()`.
    InitAccess,
    /// `super()` has no such attribute.
    MissingInSuper { name: Name },
    /// A name in `__slots__` is read on the class.
    SlotReadOnClass { name: Name },
    /// An attribute that only instances have is read on the class.
    InstanceOnly { name: Name },
    /// A `Final` attribute set in `__init__` is read on the class.
    FinalOnInstanceOnly { name: Name },
    /// The variable of an `except ... as e` after its block.
    Deleted,
    /// `super().x` of an abstract method with an empty body.
    UnsafeSuper { class: ClassId, name: Name },
    /// A descriptor's `__get__` or `__set__` is not callable or does not fit.
    BadDescriptor { descriptor: Ty, method: Name },
    /// `__set__` takes another number of arguments than the object and the value.
    DescriptorArity { descriptor: Ty },
    /// `__set__` does not take this object.
    DescriptorObject { descriptor: Ty, object: Ty },
    /// Reading is fine, but the member is deprecated; the text is the author's.
    Deprecated { definition: Name, message: Name },
}

/// Methods of operators: where one is missing, the operator is not supported.
const OPERATORS: &[&str] = &[
    "__add__",
    "__sub__",
    "__mul__",
    "__truediv__",
    "__floordiv__",
    "__mod__",
    "__divmod__",
    "__pow__",
    "__matmul__",
    "__and__",
    "__or__",
    "__xor__",
    "__lshift__",
    "__rshift__",
    "__eq__",
    "__ne__",
    "__lt__",
    "__ge__",
    "__gt__",
    "__le__",
    "__contains__",
    "__neg__",
    "__pos__",
    "__invert__",
    "__call__",
];

impl MemberProblem {
    /// The code it is reported under.
    pub fn code(&self) -> ErrorCode {
        match self {
            MemberProblem::Missing { name, in_union, .. } => {
                if OPERATORS.contains(&name.as_str()) {
                    ErrorCode::Operator
                } else if *name == "__getitem__" || *name == "__setitem__" {
                    ErrorCode::Index
                } else if in_union.is_some() {
                    ErrorCode::UnionAttr
                } else {
                    ErrorCode::AttrDefined
                }
            }
            MemberProblem::MissingInModule { .. } | MemberProblem::NotExported { .. } => {
                ErrorCode::AttrDefined
            }
            MemberProblem::NotReady { .. } => ErrorCode::HasType,
            MemberProblem::MethodAssigned { .. } => ErrorCode::MethodAssign,
            MemberProblem::UnsafeSuper { .. } => ErrorCode::SafeSuper,
            MemberProblem::DescriptorArity { .. } => ErrorCode::CallArg,
            MemberProblem::DescriptorObject { .. } => ErrorCode::ArgType,
            MemberProblem::Deprecated { .. } => ErrorCode::Deprecated,
            MemberProblem::ReadOnlyProperty { .. }
            | MemberProblem::FinalAssigned { .. }
            | MemberProblem::ClassVarAssigned { .. }
            | MemberProblem::ClassAssigned { .. }
            | MemberProblem::InvalidSelf { .. }
            | MemberProblem::NoSelfParameter { .. }
            | MemberProblem::AmbiguousThroughClass { .. }
            | MemberProblem::InitAccess
            | MemberProblem::MissingInSuper { .. }
            | MemberProblem::SlotReadOnClass { .. }
            | MemberProblem::InstanceOnly { .. }
            | MemberProblem::FinalOnInstanceOnly { .. }
            | MemberProblem::Deleted
            | MemberProblem::BadDescriptor { .. } => ErrorCode::Misc,
        }
    }

    /// What is wrong, in one sentence; `show` writes types.
    pub fn message(&self, show: &dyn Fn(Ty) -> String) -> String {
        match self {
            MemberProblem::Missing { object, name, in_union: Some(union) } => {
                format!("Item {} of {} has no attribute \"{name}\"", show(*object), show(*union))
            }
            MemberProblem::Missing { object, name, in_union: None } => {
                format!("{} has no attribute \"{name}\"", show(*object))
            }
            MemberProblem::MissingInModule { module, name } => {
                format!("Module \"{module}\" has no attribute \"{name}\"")
            }
            MemberProblem::NotExported { module, name } => {
                format!("Module \"{module}\" does not export \"{name}\"")
            }
            MemberProblem::NotReady { name } => {
                format!("The type of \"{name}\" is not known at this point: annotate it")
            }
            MemberProblem::ReadOnlyProperty { class, name } => {
                format!("The property \"{name}\" of \"{}\" has no setter", class.name())
            }
            MemberProblem::FinalAssigned { name, .. } => {
                format!("\"{name}\" is final and cannot be assigned")
            }
            MemberProblem::ClassVarAssigned { name } => {
                format!("The class variable \"{name}\" cannot be assigned through an instance")
            }
            MemberProblem::MethodAssigned { name } => format!("The method \"{name}\" cannot be assigned"),
            MemberProblem::ClassAssigned { name } => format!("The class \"{name}\" cannot be assigned"),
            MemberProblem::InvalidSelf { object, name, callable } => format!(
                "{} does not fit the first parameter of \"{name}\" with type {}",
                show(*object),
                show(*callable)
            ),
            MemberProblem::NoSelfParameter { name, callable } => {
                format!("\"{name}\" with type {} takes no \"self\" argument", show(*callable))
            }
            MemberProblem::AmbiguousThroughClass { name, is_class_var: false } => {
                format!(
                    "\"{name}\" depends on the type arguments of an instance: it is ambiguous on the class"
                )
            }
            MemberProblem::AmbiguousThroughClass { name, is_class_var: true } => {
                format!(
                    "The class variable \"{name}\" depends on type arguments: it is ambiguous on the class"
                )
            }
            MemberProblem::InitAccess => {
                "\"__init__\" of an instance is unsound: a subclass may take other arguments".to_owned()
            }
            MemberProblem::MissingInSuper { name } => format!("\"{name}\" is not defined in a base class"),
            MemberProblem::SlotReadOnClass { name } => {
                format!("\"{name}\" is in \"__slots__\": it is not a value on the class")
            }
            MemberProblem::InstanceOnly { name } => {
                format!("\"{name}\" exists on instances only, not on the class")
            }
            MemberProblem::FinalOnInstanceOnly { name } => {
                format!("The final attribute \"{name}\" exists on instances only, not on the class")
            }
            MemberProblem::UnsafeSuper { class, name } => {
                format!(
                    "\"{name}\" of \"{}\" is abstract with an empty body: calling it is unsafe",
                    class.name()
                )
            }
            MemberProblem::BadDescriptor { descriptor, method } => {
                format!("\"{method}\" of the descriptor {} cannot be called", show(*descriptor))
            }
            MemberProblem::DescriptorArity { descriptor } => {
                format!("\"__set__\" of the descriptor {} must take an object and a value", show(*descriptor))
            }
            MemberProblem::DescriptorObject { descriptor, object } => format!(
                "\"__set__\" of the descriptor {} does not take objects of type {}",
                show(*descriptor),
                show(*object)
            ),
            MemberProblem::Deleted => {
                "The variable was deleted at the end of its \"except\" block".to_owned()
            }
            MemberProblem::Deprecated { message, .. } => message.to_string(),
        }
    }
}
