//! Attributes of modules: what a module has by itself, and what others see beyond that.

use pytype_index::DefRef;
use pytype_modules::Resolution;
use pytype_source::{File, Name, name};
use pytype_types::{AnySource, ClassId};

use super::resolver::{Resolver, unknown};
use super::scope_access::module_symbol;
use super::shapes::Shape;
use super::{ModuleMember, exports, implicit, shapes, submodules};
use crate::{Binding, ImplicitName, Node, syntax};

impl Resolver<'_> {
    /// An attribute of a module; see [`super::module_member`].
    pub fn module_member(&self, from: File, target: File, name: Name) -> Option<ModuleMember> {
        let Some(kept) = self.kept() else {
            let own = self.own_member(target, name);
            return own.or_else(|| self.loaded_member(from, target, name));
        };
        let own = kept.own_members.get(&(target, name));
        let own = own.unwrap_or_else(|| kept.own_members.keep((target, name), self.own_member(target, name)));
        if own.is_some() {
            return own;
        }
        let key = (from, target, name);
        if let Some(known) = kept.loaded_members.get(&key) {
            return known;
        }
        kept.loaded_members.keep(key, self.loaded_member(from, target, name))
    }

    /// What a module has for a name by itself, whoever asks.
    fn own_member(&self, target: File, name: Name) -> Option<ModuleMember> {
        let ids = module_symbol(self.db, target, name);
        let earlier = ids
            .and_then(|ids| ids.first())
            .and_then(|first| self.by_star_import(target, name, first.ordinal));
        if let Some(ids) = ids
            && earlier.is_none()
            && let Some(binding) = self.first_of(target, ids)
        {
            let definition = ids.first().map(|&id| DefRef { file: target, id });
            let exported = !exports::visibility(self.db, target, ids).hidden
                || exports::dunder_all(self.db, target).is_some_and(|all| all.contains(&name));
            return Some(ModuleMember { binding, definition, exported, from_getattr: false });
        }
        let found = earlier.or_else(|| self.by_star_import(target, name, u32::MAX));
        found.or_else(|| implicit::in_module(self.db, target, name)).map(ModuleMember::visible)
    }

    /// What `from` sees for a name that a module does not have by itself: a submodule that was loaded, or what its
    /// `__getattr__` gives.
    fn loaded_member(&self, from: File, target: File, name: Name) -> Option<ModuleMember> {
        let module = target.module(self.db);
        if submodules::is_visible(self.db, from, target, module.member(name)) {
            let found = self.submodule(target, module, name);
            if let Some(binding) = found {
                return Some(ModuleMember::visible(binding));
            }
        }
        let Some(binding) = self.by_getattr(target, module, name) else {
            // Its absence was reported with the import.
            let fullname = module.member(name);
            let is_missing = submodules::is_missing_import(self.db, from, fullname)
                || pytype_index::is_missing_module(self.db, fullname);
            return is_missing
                .then(|| ModuleMember::visible(unknown(AnySource::Unimported, Some(from), fullname)));
        };
        Some(ModuleMember { binding, definition: None, exported: true, from_getattr: true })
    }

    /// The module `module.name`, if there is one.
    pub(super) fn submodule(&self, from: File, module: Name, name: Name) -> Option<Binding> {
        let fullname = module.member(name);
        match pytype_modules::resolve(self.db, fullname) {
            Resolution::Found(_) | Resolution::Namespace => Some(self.module_binding(from, fullname)),
            Resolution::Skipped { .. } | Resolution::Untyped | Resolution::StubsNotInstalled { .. } => {
                Some(unknown(AnySource::Unimported, Some(from), fullname))
            }
            Resolution::NotFound => None,
        }
    }

    /// A name that the module's `__getattr__` answers: a variable of the type it declares. Where that is
    /// nothing or `Any`, the name is also a type, as anything that is not known.
    pub(super) fn by_getattr(&self, target: File, module: Name, name: Name) -> Option<Binding> {
        let getattr = self.in_module(target, name!("__getattr__"))?;
        let fullname = module.member(name);
        match getattr.node {
            Node::Function(at) if self.declares_result(at) => {
                let node = Node::Implicit(ImplicitName::Given(at, name));
                Some(Binding { node, found_in: Some(target), fullname })
            }
            Node::Function(_) | Node::Variable(_) => {
                Some(unknown(AnySource::Unimported, Some(target), fullname))
            }
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Class(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => None,
        }
    }

    /// Whether a function says that its result is something else than `Any`, as far as names tell.
    fn declares_result(&self, at: DefRef) -> bool {
        let returns = syntax::function(self.db, at).and_then(|function| function.returns.as_deref());
        let path = match returns.map(shapes::shape) {
            Some(Shape::Reference(path)) => path,
            Some(Shape::Subscript(_) | Shape::Or(..) | Shape::None) => return true,
            Some(Shape::Call(_) | Shape::Other) | None => return false,
        };
        let Some(binding) = self.lookup_path_at(at, &path) else { return false };
        let is_any = |class: ClassId| class.is("typing.Any");
        match binding.node {
            Node::Class(class) => !is_any(class),
            Node::Alias(_) => !self.alias_class(binding).is_some_and(is_any),
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Function(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => false,
        }
    }
}
