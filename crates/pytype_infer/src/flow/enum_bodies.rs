//! Assignments in the body of an enum: members have no annotation, and values fit `_value_`.

use pytype_declare::InferredVariable;
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{ClassId, Ty, TypeContext};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::assignments::Value;
use crate::Checker;

impl Checker<'_> {
    /// The enum whose body is being walked.
    fn enum_body(&self) -> Option<ClassId> {
        self.class_body().filter(|class| self.ctx.class(*class).is_enum())
    }

    /// `RED: int = 1`: the annotation would be wrong, for the member's type is the enum.
    pub(super) fn check_annotated_enum_member(&mut self, assign: &ast::StmtAnnAssign) {
        let Expr::Name(name) = &*assign.target else { return };
        if self.enum_body().is_none() || name.id.starts_with("__") || self.is_bare_qualifier(assign) {
            return;
        }
        self.error(
            ErrorCode::Misc,
            assign.target.range(),
            format!("\"{}\" is a member of the enum and has its type: no annotation belongs here", name.id),
        );
    }

    /// A member's value where the enum declares the type of `_value_` (the typing specification,
    /// "Enumerations"). Enums that make their values themselves say nothing of what is written.
    pub(super) fn check_enum_value(&mut self, target: &Expr, value: &Value<'_>) {
        let Expr::Name(name) = target else { return };
        let Some(class) = self.enum_body() else { return };
        if !self.ctx.enum_members(class).contains(&Name::of(name)) {
            return;
        }
        let Some(declared) = self.declared_enum_value(class) else { return };
        let ty = self.infer_value(value, Some(declared));
        let ty = self.proper(ty);
        let by_machinery = ty.as_instance().is_some_and(|i| {
            matches!(
                i.class.fullname().as_str(),
                "enum.auto" | "enum.member" | "builtins.ellipsis" | "types.EllipsisType"
            )
        });
        if !by_machinery {
            self.check_assignable(ty, declared, value.range(), ErrorCode::Assignment);
        }
    }

    /// The type that the enum itself gives `_value_`.
    fn declared_enum_value(&self, class: ClassId) -> Option<Ty> {
        let of_library = |owner: ClassId| owner.fullname().starts_with("enum.");
        let makes_values = ["__new__", "__init__"].iter().any(|name| {
            self.ctx
                .find_definition(class, Name::new(name))
                .is_some_and(|(owner, _)| self.ctx.class(owner).is_enum() && !of_library(owner))
        });
        if makes_values {
            return None;
        }
        let name = name!("_value_");
        let (owner, member) = self.ctx.find_definition(class, name)?;
        if of_library(owner) || !member.flags.contains(pytype_types::AttributeFlags::DECLARED) {
            return None;
        }
        match self.ctx.member_type(owner, name)? {
            InferredVariable::Type(ty) => Some(ty),
            InferredVariable::NotReady | InferredVariable::Unknown => None,
        }
    }
}
