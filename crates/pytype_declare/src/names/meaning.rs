//! What an assignment defines: a variable, or something that only looks like one.

use pytype_index::{DefRef, Definition, DefinitionFlags, DefinitionKind, ScopeId};
use pytype_source::Name;
use pytype_types::TypeVarKind;

use super::resolver::Resolver;
use super::scope_access::{definition, first_definition};
use super::shapes::{CallShape, Dotted, Shape};
use super::special;
use crate::{Binding, DeclareDb, Node};

/// What `X = ...` defines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssignmentMeaning {
    Variable,
    /// `T = TypeVar("T")` and the like.
    TypeVariable(TypeVarKind),
    NewType,
    /// `namedtuple("X", ...)` (untyped) or `NamedTuple("X", ...)` (typed).
    NamedTuple {
        typed: bool,
    },
    TypedDict,
    Enum,
    /// `X = TypeAliasType("X", ...)`.
    TypeAliasType,
    /// `X: TypeAlias = ...` (explicit) or `X = SomeType` (implicit).
    Alias {
        explicit: bool,
    },
    /// `X = some.module`: another name of the module.
    Module,
}

impl AssignmentMeaning {
    /// Whether it defines a class.
    pub(crate) fn defines_class(self) -> bool {
        match self {
            AssignmentMeaning::NewType
            | AssignmentMeaning::NamedTuple { .. }
            | AssignmentMeaning::TypedDict
            | AssignmentMeaning::Enum => true,
            AssignmentMeaning::Variable
            | AssignmentMeaning::TypeVariable(_)
            | AssignmentMeaning::TypeAliasType
            | AssignmentMeaning::Alias { .. }
            | AssignmentMeaning::Module => false,
        }
    }
}

/// What the assignment `definition` defines.
pub fn classify_assignment(db: &dyn DeclareDb, definition: DefRef) -> AssignmentMeaning {
    Resolver::new(db).assignment_meaning(definition)
}

/// The same, for an assignment by a call that may stand behind another definition of the name.
pub fn classify_any_assignment(db: &dyn DeclareDb, at: DefRef) -> AssignmentMeaning {
    let resolver = Resolver::new(db);
    let is_first = first_definition(db, at) == Some(at.id);
    match (is_first, definition(db, at), resolver.value_shape(at)) {
        (false, Some(found), Some(Shape::Call(call)))
            if !found.flags.intersects(DefinitionFlags::UNPACKED | DefinitionFlags::ANNOTATED) =>
        {
            resolver.call_meaning(at, found.name, call)
        }
        _ => resolver.assignment_meaning(at),
    }
}

/// The type variable that an assignment would make an alias of if it were a type (`X = T`, `X = T[int]`,
/// `X = T | None`).
pub(crate) fn aliased_type_variable(db: &dyn DeclareDb, at: DefRef) -> Option<Name> {
    let found = definition(db, at)?;
    if found.flags.intersects(DefinitionFlags::UNPACKED | DefinitionFlags::ANNOTATED)
        || first_definition(db, at) != Some(at.id)
    {
        return None;
    }
    let resolver = Resolver::new(db);
    let shape = resolver.value_shape(at)?;
    // In a class or function, only what is no plain name can define an alias.
    let may_be_alias = match shape {
        Shape::Reference(_) => found.scope == ScopeId::MODULE,
        Shape::Subscript(_) | Shape::Or(..) => true,
        Shape::Call(_) | Shape::None | Shape::Other => false,
    };
    if may_be_alias { resolver.type_variable_in(at, shape) } else { None }
}

/// Whether an assignment calls a method of a function's own variable, which cannot define anything else
/// than a variable.
pub fn is_call_of_local_value(db: &dyn DeclareDb, at: DefRef) -> bool {
    let resolver = Resolver::new(db);
    match resolver.value_shape(at) {
        Some(Shape::Call(call)) => resolver.is_method_of_local_value(at, call),
        Some(Shape::Reference(_) | Shape::Subscript(_) | Shape::Or(..) | Shape::None | Shape::Other)
        | None => false,
    }
}

/// Whether what a variable is given has a shape that is worth looking at: otherwise it is a variable and
/// nothing else.
pub(crate) fn has_shape(variable: &Definition) -> bool {
    variable.flags.intersects(DefinitionFlags::MAYBE_SPECIAL | DefinitionFlags::ANNOTATED)
}

impl<'db> Resolver<'db> {
    /// The shape of the value that the assignment `at` gives to a single name.
    pub(crate) fn value_shape(&self, at: DefRef) -> Option<&'db Shape> {
        if !definition(self.db, at).is_some_and(has_shape) {
            return None;
        }
        super::shapes_of(self.db, at.file, at.id.unit).assignments.get(&at.id).map(|a| &a.value)
    }

    /// See [`classify_assignment`]. Only the first definition of a name can be anything but a
    /// variable.
    pub(crate) fn assignment_meaning(&self, at: DefRef) -> AssignmentMeaning {
        let Some(found) = definition(self.db, at) else { return AssignmentMeaning::Variable };
        let candidate = found.kind == DefinitionKind::Variable
            && has_shape(found)
            && !found.flags.contains(DefinitionFlags::UNPACKED);
        if !candidate || first_definition(self.db, at) != Some(at.id) {
            return AssignmentMeaning::Variable;
        }
        let shapes = super::shapes_of(self.db, at.file, at.id.unit);
        let Some(assignment) = shapes.assignments.get(&at.id) else { return AssignmentMeaning::Variable };
        if found.flags.contains(DefinitionFlags::ANNOTATED) {
            let annotation = assignment.annotation.as_ref().and_then(|path| self.lookup_path_at(at, path));
            let explicit = annotation.is_some_and(|b| special::TYPE_ALIAS.contains(&b.fullname.as_str()));
            return if explicit {
                AssignmentMeaning::Alias { explicit: true }
            } else {
                AssignmentMeaning::Variable
            };
        }
        match &assignment.value {
            Shape::Call(call) => self.call_meaning(at, found.name, call),
            // `X = X` is another way to name a builtin.
            Shape::Reference(path) if found.scope == ScopeId::MODULE && path.as_slice() == [found.name] => {
                AssignmentMeaning::Variable
            }
            Shape::Reference(path) => self.reference_meaning(at, found.scope == ScopeId::MODULE, path),
            Shape::Subscript(_) | Shape::Or(..) => {
                if self.can_be_alias(at, &assignment.value, false) {
                    AssignmentMeaning::Alias { explicit: false }
                } else {
                    AssignmentMeaning::Variable
                }
            }
            Shape::None | Shape::Other => AssignmentMeaning::Variable,
        }
    }

    /// The module that the assignment `at` gives another name.
    pub(crate) fn module_alias(&self, at: DefRef) -> Option<Binding> {
        let Shape::Reference(path) = self.value_shape(at)? else { return None };
        self.lookup_path_at(at, path)
    }

    /// Whether a method of a function's own variable is called.
    fn is_method_of_local_value(&self, at: DefRef, call: &CallShape) -> bool {
        let [first, _, ..] = call.callee.as_slice() else { return false };
        let scope = definition(self.db, at).map(|found| found.scope);
        scope.is_some_and(|scope| self.is_local_value(at.file, scope, *first, at.id))
    }

    fn call_meaning(&self, at: DefRef, name: Name, call: &CallShape) -> AssignmentMeaning {
        // The most common calls, and long chains of them.
        if self.is_method_of_local_value(at, call) {
            return AssignmentMeaning::Variable;
        }
        let Some(callee) = self.lookup_path_at(at, &call.callee) else { return AssignmentMeaning::Variable };
        let fullname = callee.fullname.as_str();
        let names_itself = call.first_string == Some(name);
        let variable = |kind| {
            if names_itself { AssignmentMeaning::TypeVariable(kind) } else { AssignmentMeaning::Variable }
        };
        if special::TYPE_VAR.contains(&fullname) {
            // A single constraint is an error, and then no type variable is declared.
            if call.positional == 2 {
                return AssignmentMeaning::Variable;
            }
            return variable(TypeVarKind::TypeVar);
        }
        if special::PARAM_SPEC.contains(&fullname) {
            return variable(TypeVarKind::ParamSpec);
        }
        if special::TYPE_VAR_TUPLE.contains(&fullname) {
            return variable(TypeVarKind::TypeVarTuple);
        }
        if special::NEW_TYPE.contains(&fullname) {
            return AssignmentMeaning::NewType;
        }
        if fullname == special::UNTYPED_NAMED_TUPLE {
            return AssignmentMeaning::NamedTuple { typed: false };
        }
        if special::NAMED_TUPLE.contains(&fullname) {
            return AssignmentMeaning::NamedTuple { typed: true };
        }
        if special::TYPED_DICT.contains(&fullname) {
            return AssignmentMeaning::TypedDict;
        }
        if special::ENUM_BASES.contains(&fullname) {
            return AssignmentMeaning::Enum;
        }
        if special::TYPE_ALIAS_TYPE.contains(&fullname) {
            return if names_itself { AssignmentMeaning::TypeAliasType } else { AssignmentMeaning::Variable };
        }
        if call.none_only && fullname == "builtins.type" {
            return AssignmentMeaning::Alias { explicit: false };
        }
        AssignmentMeaning::Variable
    }

    /// `X = Y`: an alias at module level when `Y` is a type, another name when it is a module.
    fn reference_meaning(&self, at: DefRef, at_module_level: bool, path: &Dotted) -> AssignmentMeaning {
        let Some(target) = self.lookup_path_at(at, path) else { return AssignmentMeaning::Variable };
        match target.node {
            Node::Module(_) | Node::NamespaceModule(_) => AssignmentMeaning::Module,
            Node::Class(_)
            | Node::Function(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => {
                if at_module_level && self.is_type(target, true) {
                    AssignmentMeaning::Alias { explicit: false }
                } else {
                    AssignmentMeaning::Variable
                }
            }
        }
    }

    fn type_variable_in(&self, at: DefRef, value: &Shape) -> Option<Name> {
        match value {
            Shape::Reference(path) | Shape::Subscript(path) => {
                let binding = self.lookup_path_at(at, path)?;
                matches!(binding.node, Node::TypeVariable(_)).then_some(binding.fullname)
            }
            Shape::Or(left, right) => self
                .type_variable_in(at, left)
                .or_else(|| self.can_be_alias(at, left, true).then(|| self.type_variable_in(at, right))?),
            Shape::Call(_) | Shape::None | Shape::Other => None,
        }
    }

    fn can_be_alias(&self, at: DefRef, value: &Shape, allow_none: bool) -> bool {
        match value {
            Shape::Reference(path) => self.lookup_path_at(at, path).is_some_and(|b| {
                let is_sentinel = if let Node::Variable(variable) = b.node {
                    super::sentinel_type(self.db, variable).is_some()
                } else {
                    false
                };
                is_sentinel || self.is_type(b, true)
            }),
            Shape::Subscript(path) => self.lookup_path_at(at, path).is_some_and(|b| self.is_type(b, false)),
            Shape::Call(call) => {
                call.none_only
                    && self.lookup_path_at(at, &call.callee).is_some_and(|b| b.fullname == "builtins.type")
            }
            Shape::Or(left, right) => {
                at.file.is_stub(self.db)
                    || (self.can_be_alias(at, left, true) && self.can_be_alias(at, right, true))
            }
            Shape::None => allow_none,
            Shape::Other => false,
        }
    }

    /// Whether a name stands for a type, `bare` or as the base of a subscript.
    fn is_type(&self, binding: Binding, bare: bool) -> bool {
        let fullname = binding.fullname.as_str();
        let forms = if bare { special::BARE_ALIAS_TARGETS } else { special::SUBSCRIPT_ALIAS_TARGETS };
        match binding.node {
            Node::TypeVariable(_) => false,
            Node::Alias(_) => true,
            Node::Class(class) => bare || !super::class_kind(self.db, class).is_enum,
            Node::Variable(_) => forms.contains(&fullname) || special::NEVER.contains(&fullname),
            Node::Function(_) | Node::Implicit(_) | Node::Unknown(_) => forms.contains(&fullname),
            Node::Module(_) | Node::NamespaceModule(_) => false,
        }
    }
}
