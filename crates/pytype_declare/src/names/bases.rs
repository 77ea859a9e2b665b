//! What a class's bases are, as far as names tell: enough to know what kind of class it is.

use std::sync::OnceLock;

use pytype_index::{DefRef, DefinitionKind, Scope};
use pytype_source::{File, Name};
use pytype_types::{ClassId, ClassOrigin};
use rustc_hash::FxHashSet;

use super::resolver::Resolver;
use super::scope_access::{definition, scope};
use super::shapes::{CallShape, Shape};
use super::special;
use crate::{Binding, Node};

/// What a class is beside being a class. Known without any type, so that it can be asked while
/// headers are being made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ClassKind {
    pub is_enum: bool,
    /// A named tuple, or derives from one or from a tuple with known items.
    pub is_tuple: bool,
    pub is_typed_dict: bool,
}

impl ClassKind {
    fn add(&mut self, other: ClassKind) {
        self.is_enum |= other.is_enum;
        self.is_tuple |= other.is_tuple;
        self.is_typed_dict |= other.is_typed_dict;
    }
}

/// Visits `class` and its ancestors, each once, until `visit` says to stop; with the scope of the
/// body for those that have one.
pub(crate) fn walk_ancestors(
    resolver: &Resolver<'_>,
    class: ClassId,
    visit: &mut dyn FnMut(ClassId, File, &Scope) -> bool,
) {
    let mut seen = FxHashSet::default();
    let mut pending = vec![class];
    while let Some(next) = pending.pop() {
        if !seen.insert(next) {
            continue;
        }
        let ClassOrigin::Definition(at) = next.origin() else { continue };
        if let Some(found) = definition(resolver.db, at)
            && let DefinitionKind::Class { body } = found.kind
            && let Some(body) = scope(resolver.db, at.file, body)
            && visit(next, at.file, body)
        {
            return;
        }
        let bases = base_shapes(resolver, at);
        pending.extend(bases.iter().rev().filter_map(|base| base_class(resolver, at, base)));
    }
}

/// The classes that a class names as its bases and metaclass.
pub(crate) fn direct_links(resolver: &Resolver<'_>, at: DefRef, found: &mut Vec<ClassId>) {
    found.extend(base_shapes(resolver, at).iter().filter_map(|base| base_class(resolver, at, base)));
    let shapes = super::shapes_of(resolver.db, at.file, at.id.unit);
    let metaclass = shapes.classes.get(&at.id).and_then(|class| class.metaclass.as_ref());
    let binding = metaclass.and_then(|path| resolver.lookup_path_at(at, path));
    found.extend(binding.and_then(|binding| resolver.alias_class(binding)));
}

/// The shapes of a class's base expressions; of a `NewType`, its one base.
fn base_shapes<'db>(resolver: &Resolver<'db>, at: DefRef) -> &'db [Shape] {
    let shapes = super::shapes_of(resolver.db, at.file, at.id.unit);
    if let Some(class) = shapes.classes.get(&at.id) {
        return &class.bases;
    }
    match shapes.assignments.get(&at.id).map(|a| &a.value) {
        Some(Shape::Call(call)) => call.second.as_deref().map_or(&[], std::slice::from_ref),
        Some(Shape::Reference(_) | Shape::Subscript(_) | Shape::Or(..) | Shape::None | Shape::Other)
        | None => &[],
    }
}

fn base_class(resolver: &Resolver<'_>, class: DefRef, base: &Shape) -> Option<ClassId> {
    let binding = base_binding(resolver, class, base)?;
    match binding.node {
        Node::Class(class) => Some(class),
        Node::Alias(_) => resolver.alias_class(binding),
        Node::Module(_)
        | Node::NamespaceModule(_)
        | Node::Function(_)
        | Node::Variable(_)
        | Node::TypeVariable(_)
        | Node::Implicit(_)
        | Node::Unknown(_) => None,
    }
}

fn base_binding(resolver: &Resolver<'_>, class: DefRef, base: &Shape) -> Option<Binding> {
    let (Shape::Reference(path) | Shape::Subscript(path)) = base else { return None };
    resolver.lookup_path_at(class, path)
}

impl Resolver<'_> {
    /// What a dotted name means where `at` is defined.
    pub(crate) fn lookup_path_at(&self, at: DefRef, path: &[Name]) -> Option<Binding> {
        let here = definition(self.db, at)?.scope;
        self.lookup_path(at.file, here, path, Some(at.id))
    }

    /// The class that an alias of a bare or subscripted class stands for.
    pub(crate) fn alias_class(&self, alias: Binding) -> Option<ClassId> {
        let mut current = alias;
        for _ in 0..64 {
            match current.node {
                Node::Class(class) => return Some(class),
                Node::Alias(id) => {
                    let at = id.definition();
                    let (Shape::Reference(path) | Shape::Subscript(path)) = self.value_shape(at)? else {
                        return None;
                    };
                    current = self.lookup_path_at(at, path)?;
                }
                Node::Module(_)
                | Node::NamespaceModule(_)
                | Node::Function(_)
                | Node::Variable(_)
                | Node::TypeVariable(_)
                | Node::Implicit(_)
                | Node::Unknown(_) => return None,
            }
        }
        None
    }

    /// What kind of class `class` is. The kinds of classes are kept, so that each looks at its bases alone.
    pub(crate) fn class_kind(&self, class: ClassId) -> ClassKind {
        let kept = |class| self.db.kept_declarations()?.class_kind(self.db, class);
        let place = kept(class);
        if let Some(known) = place.and_then(OnceLock::get) {
            return *known;
        }
        let kind = self.find_class_kind(class, &|base| kept(base)?.get().copied());
        if let Some(place) = place.filter(|_| self.is_idle()) {
            // Whoever was faster found the same.
            let _ = place.set(kind);
        }
        kind
    }

    fn find_class_kind(&self, class: ClassId, known: &dyn Fn(ClassId) -> Option<ClassKind>) -> ClassKind {
        let mut kind = ClassKind::default();
        let mut seen = FxHashSet::default();
        let mut pending = vec![class];
        while let Some(next) = pending.pop() {
            if !seen.insert(next) {
                continue;
            }
            if let Some(known) = known(next) {
                kind.add(known);
                continue;
            }
            match next.origin() {
                ClassOrigin::Definition(at) => self.add_own_kind(at, &mut kind, &mut pending),
                ClassOrigin::InlineBase(at, number) => {
                    let shape = base_shapes(self, at).get(number as usize);
                    if let Some(Shape::Call(call)) = shape {
                        self.add_call_kind(at, call, &mut kind);
                    }
                }
                ClassOrigin::Intersection(_) => {}
            }
        }
        kind
    }

    fn add_own_kind(&self, at: DefRef, kind: &mut ClassKind, pending: &mut Vec<ClassId>) {
        let shapes = super::shapes_of(self.db, at.file, at.id.unit);
        if let Some(Shape::Call(call)) = shapes.assignments.get(&at.id).map(|a| &a.value) {
            self.add_call_kind(at, call, kind);
        }
        if let Some(class) = shapes.classes.get(&at.id) {
            let metaclass = class.metaclass.as_ref().and_then(|path| self.lookup_path_at(at, path));
            if let Some(Binding { node: Node::Class(metaclass), .. }) = metaclass {
                kind.is_enum |= self.derives_from(metaclass, "enum.EnumMeta");
            }
        }
        for base in base_shapes(self, at) {
            if let Shape::Call(call) = base {
                self.add_call_kind(at, call, kind);
                continue;
            }
            let Some(binding) = base_binding(self, at, base) else { continue };
            if special::NAMED_TUPLE.contains(&binding.fullname.as_str()) {
                kind.is_tuple = true;
            } else if special::TYPED_DICT.contains(&binding.fullname.as_str()) {
                kind.is_typed_dict = true;
            } else if matches!(base, Shape::Subscript(_))
                && (binding.fullname == "builtins.tuple" || binding.fullname == "typing.Tuple")
            {
                kind.is_tuple = true;
            } else {
                pending.extend(base_class(self, at, base));
                kind.is_tuple |= self.is_tuple_alias(binding);
            }
        }
    }

    /// Whether an alias is one of a tuple with arguments (`Pair = tuple[int, int]`).
    fn is_tuple_alias(&self, binding: Binding) -> bool {
        let Node::Alias(id) = binding.node else { return false };
        let subscripted = matches!(self.value_shape(id.definition()), Some(Shape::Subscript(_)));
        subscripted && self.alias_class(binding).is_some_and(|class| class.is("builtins.tuple"))
    }

    fn add_call_kind(&self, at: DefRef, call: &CallShape, kind: &mut ClassKind) {
        let Some(callee) = self.lookup_path_at(at, &call.callee) else { return };
        let fullname = callee.fullname.as_str();
        kind.is_tuple |= fullname == special::UNTYPED_NAMED_TUPLE || special::NAMED_TUPLE.contains(&fullname);
        kind.is_typed_dict |= special::TYPED_DICT.contains(&fullname);
        kind.is_enum |= special::ENUM_BASES.contains(&fullname);
    }

    fn derives_from(&self, class: ClassId, fullname: &str) -> bool {
        let mut found = class.is(fullname);
        walk_ancestors(self, class, &mut |ancestor, _, _| {
            found |= ancestor.is(fullname);
            found
        });
        found
    }
}
