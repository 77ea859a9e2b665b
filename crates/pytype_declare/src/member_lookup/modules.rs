//! Attributes of modules.

use pytype_index::DefRef;
use pytype_source::Name;
use pytype_types::{AnySource, Attribute, AttributeFlags, KnownClass, Ty, TypeContext};

use super::{Lookup, MemberProblem};
use crate::names::{self, ModuleMember};
use crate::{Context, InferredVariable, Node, signatures, variables};

impl Lookup<'_, '_> {
    pub(super) fn module_attribute(&self, module: Name, name: Name) -> Ty {
        let ctx = self.ctx;
        if let Some(found) = ctx.find_in_module(module, name) {
            if !found.exported {
                self.problem(MemberProblem::NotExported { module, name });
            }
            if self.access.is_lvalue {
                self.check_module_assignment(module, name, &found);
            }
            return match ctx.module_member_type(&found) {
                InferredVariable::Type(ty) => ty,
                InferredVariable::NotReady => self.not_ready(name),
                InferredVariable::Unknown => Ty::any(AnySource::SpecialForm),
            };
        }
        let is_hook = matches!(name.as_str(), "__getattr__" | "__setattr__" | "__getattribute__");
        let class = ctx.known(KnownClass::ModuleType);
        let inherited = ctx.find_definition(class, name).is_some() && !is_hook;
        if inherited {
            return self.member(ctx.known_instance(KnownClass::ModuleType), name, None);
        }
        self.problem(MemberProblem::MissingInModule { module, name });
        Ty::any(AnySource::Error)
    }

    fn check_module_assignment(&self, _module: Name, name: Name, found: &ModuleMember) {
        match found.binding.node {
            Node::Variable(at) if variables::variable_info(self.ctx.db, at).is_final => {
                self.problem(MemberProblem::FinalAssigned { class: None, name });
            }
            Node::Class(_) => self.problem(MemberProblem::ClassAssigned { name }),
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Function(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => {}
        }
    }
}

impl<'db> Context<'db> {
    /// An attribute of the module with this name, as the file under work sees it.
    pub fn find_in_module(&self, module: Name, name: Name) -> Option<ModuleMember> {
        match pytype_modules::resolve(self.db, module) {
            pytype_modules::Resolution::Found(file) => names::module_member(self.db, self.file, file, name),
            pytype_modules::Resolution::Namespace => {
                let object =
                    crate::Binding { node: Node::NamespaceModule(module), found_in: None, fullname: module };
                let binding = names::attribute_of(self.db, self.file, object, name)?;
                Some(ModuleMember { binding, definition: None, exported: true, from_getattr: false })
            }
            pytype_modules::Resolution::Skipped { .. }
            | pytype_modules::Resolution::Untyped
            | pytype_modules::Resolution::StubsNotInstalled { .. }
            | pytype_modules::Resolution::NotFound => None,
        }
    }

    /// The value of a module's attribute.
    pub fn module_member_type(&self, found: &ModuleMember) -> InferredVariable {
        match found.binding.node {
            Node::Variable(at) => {
                let info = variables::variable_info(self.db, at);
                match info.declared.or(info.simple_literal) {
                    Some(ty) => InferredVariable::Type(ty),
                    None => self.inferred_variable(at),
                }
            }
            Node::Function(at) => self.function_type(signatures::function_info(self.db, at)),
            Node::Unknown(_) if found.from_getattr => InferredVariable::Type(Ty::any(AnySource::Derived)),
            Node::Class(_)
            | Node::Alias(_)
            | Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::TypeVariable(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => InferredVariable::Type(self.static_reference(found.binding)),
        }
    }

    /// What a module's `__getattr__` returns.
    pub(super) fn getattr_result(&self, hook: DefRef) -> Ty {
        match self.function_type(signatures::function_info(self.db, hook)) {
            InferredVariable::Type(ty) => ty.as_callable().map_or(Ty::any(AnySource::Derived), |sig| sig.ret),
            InferredVariable::NotReady | InferredVariable::Unknown => Ty::any(AnySource::Derived),
        }
    }

    /// The attribute of a module as relations see it.
    pub(crate) fn module_attribute(&self, module: Name, name: Name) -> Option<Attribute> {
        let found = self.find_in_module(module, name).filter(|found| found.exported)?;
        let InferredVariable::Type(ty) = self.module_member_type(&found) else { return None };
        let mut flags = AttributeFlags::CLASS_LEVEL | AttributeFlags::DECLARED;
        match found.binding.node {
            Node::Variable(at) => {
                if variables::variable_info(self.db, at).is_final {
                    flags |= AttributeFlags::FINAL;
                } else {
                    flags |= AttributeFlags::SETTABLE;
                }
            }
            Node::Function(_) => flags |= AttributeFlags::METHOD | AttributeFlags::STATIC_METHOD,
            Node::Class(_)
            | Node::Alias(_)
            | Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::TypeVariable(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => flags |= AttributeFlags::SETTABLE,
        }
        Some(Attribute { ty, set_ty: None, flags, defined_in: None })
    }
}
