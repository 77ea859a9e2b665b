//! Names, and what they and dotted names refer to without looking at types.

use pytype_declare::names;
use pytype_declare::{Binding, Node};
use pytype_index::{DefId, DefNode, DefRef, ScopeId};
use pytype_source::{ErrorCode, Name};
use pytype_types::{AnySource, ClassId, KnownClass, Ty, TyKind, TypeVarDecl, TypeVarKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use crate::Checker;

/// Names that mypy knows everywhere although nothing defines them.
const CHECKER_NAMES: &[&str] = &["reveal_type", "reveal_locals"];

/// Whether `expected` asks for a class object (`type[...]`, alone or in a union).
fn expects_class_object(expected: Ty) -> bool {
    match expected.kind() {
        TyKind::Type(_) => true,
        TyKind::Union(items) => items.iter().any(expects_class_object),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
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
    }
}

impl Checker<'_> {
    /// What a name or dotted name refers to when that is known without types: names in scope,
    /// attributes of modules, classes inside classes. `None` for attributes of values.
    pub fn reference(&self, expr: &Expr) -> Option<Binding> {
        let db = self.db.as_declare_db();
        match expr {
            Expr::Name(name) => {
                let name = Name::of(name);
                match self.not_yet_bound_in_class(name) {
                    None => self.resolve_name(name),
                    before => self.ctx.lookup(self.file, self.scope(), name, before),
                }
            }
            Expr::Attribute(attribute) => {
                let object = self.reference(&attribute.value)?;
                let found =
                    |c: &Self| names::attribute_at(db, c.file, c.scope(), object, Name::of(&attribute.attr));
                match object.node {
                    Node::Module(_) | Node::NamespaceModule(_) => found(self),
                    Node::Class(_) | Node::Alias(_) => found(self).filter(|found| {
                        matches!(found.node, Node::Module(_) | Node::Class(_) | Node::Alias(_))
                    }),
                    Node::Function(_)
                    | Node::Variable(_)
                    | Node::TypeVariable(_)
                    | Node::Implicit(_)
                    | Node::Unknown(_) => None,
                }
            }
            _ => None,
        }
    }

    /// The definition of `name` in the class body being walked, if it comes only with the current
    /// statement or later: until then the name means what it means outside.
    #[inline]
    fn not_yet_bound_in_class(&self, name: Name) -> Option<DefId> {
        if self.is_in_class_scope() { self.bound_later_in_class(name) } else { None }
    }

    fn bound_later_in_class(&self, name: Name) -> Option<DefId> {
        let scope = pytype_index::scope(self.db, self.file, self.scope());
        let first = *scope.symbols.get(name)?.definitions.first()?;
        let node = pytype_index::syntax_of_unit(self.db, self.file, first.unit).node(first)?;
        (pytype_index::header_range(node).start() >= self.statement_start).then_some(first)
    }

    /// Whether the module's only definition of a variable is an assignment that reads it, as in `x: int = x`: at the
    /// module's level mypy knows no such name, from there on.
    fn is_never_defined(&mut self, variable: DefRef) -> bool {
        if variable.id.unit != 0 || variable.file != self.file || !self.classes.is_empty() {
            return false;
        }
        if self.functions.iter().any(|function| !function.is_lambda) {
            return false;
        }
        if self.never_defined.contains(&variable) {
            return true;
        }
        if !self.functions.is_empty() || self.scope() != ScopeId::MODULE {
            return false;
        }
        let syntax = pytype_index::syntax_of_unit(self.db, variable.file, variable.id.unit);
        let is_target = match syntax.node(variable.id) {
            Some(DefNode::Assign(assign)) => {
                assign.range.start() == self.statement_start
                    && matches!(assign.targets.as_slice(), [Expr::Name(_)])
            }
            Some(DefNode::AnnAssign(assign)) => assign.range.start() == self.statement_start,
            _ => false,
        };
        if !is_target {
            return false;
        }
        let own = pytype_index::definition(self.db, variable.file, variable.id);
        let symbol = pytype_index::lookup_in_scope(self.db, variable.file, own.scope, own.name);
        // Modules have names such as `__path__` by themselves.
        if own.name.starts_with("__") || symbol.is_none_or(|symbol| symbol.definitions.len() != 1) {
            return false;
        }
        self.never_defined.push(variable);
        true
    }

    /// The full name of what `expr` refers to; empty when it is no reference.
    pub fn reference_name(&self, expr: &Expr) -> Option<Name> {
        self.reference(expr).map(|binding| binding.fullname)
    }

    /// Whether `expr` refers to what has this full name.
    pub fn refers_to(&self, expr: &Expr, fullname: &str) -> bool {
        self.reference_name(expr).is_some_and(|name| name == fullname)
    }

    pub(crate) fn infer_name(&mut self, expr: &Expr, name: &ast::ExprName) -> Ty {
        let text = Name::of(name);
        let before = self.not_yet_bound_in_class(text);
        let known = self.known_name(text);
        let outside = self.meaning_before(known, text, name.range);
        let found = match before {
            _ if outside.is_some() => outside,
            None => known.binding,
            Some(_) => self.ctx.lookup(self.file, self.scope(), text, before),
        };
        let Some(binding) = found else {
            return self.unknown_name(&text, name.range);
        };
        if let Node::Variable(variable) = binding.node
            && self.is_never_defined(variable)
        {
            let unknown = self.unknown_name(&text, name.range);
            return pytype_declare::variables::variable_info(self.db, variable).declared.unwrap_or(unknown);
        }
        let ty = self.binding_type(binding, name.range);
        let place = match (before, outside) {
            (Some(_), _) => self.existing_place_of(expr),
            (None, Some(outside)) => Some(self.binding_place(outside)),
            (None, None) => self.place_of_known(text, known),
        };
        let ty = place.map_or(ty, |place| self.narrow_at(place, ty));
        // What is imported by name was reported with the import.
        if self.deprecation_of(binding).is_some()
            && !pytype_index::imports_name(self.db, self.file, binding.fullname.last_component())
        {
            self.report_deprecated_use(binding, name.range);
        }
        ty
    }

    fn unknown_name(&mut self, text: &str, range: TextRange) -> Ty {
        match text {
            "__debug__" => return self.known(KnownClass::Bool),
            _ if CHECKER_NAMES.contains(&text) || text.is_empty() => {}
            // A function without annotations is not checked: mypy says nothing of names in it either.
            _ if self.in_dynamic_function() => {}
            _ => {
                self.fail(ErrorCode::NameDefined, range, |_| format!("Name \"{text}\" is not defined"));
            }
        }
        self.error_any()
    }

    /// The type of a reference as a value.
    pub(crate) fn binding_type(&mut self, binding: Binding, range: TextRange) -> Ty {
        match binding.node {
            Node::Module(file) => Ty::new(TyKind::Module(file.module(self.db))),
            Node::NamespaceModule(name) => Ty::new(TyKind::Module(name)),
            Node::Class(class) => {
                let object = self.class_object(class);
                self.class_object_in_context(object)
            }
            Node::Function(function) => self.function_reference(function, range),
            Node::Variable(variable) => self.variable_value(binding, variable, range),
            Node::Implicit(name) => self.ctx.implicit_type(name),
            Node::TypeVariable(declaration) => match declaration.kind {
                TypeVarKind::TypeVar
                    if !self.in_dynamic_function() && self.binds_type_variable(declaration) =>
                {
                    let name = binding.fullname.last_component();
                    self.fail(ErrorCode::Misc, range, |_| {
                        format!("\"{name}\" stands for a type here, which is no value")
                    });
                    self.error_any()
                }
                TypeVarKind::TypeVar => self.known(KnownClass::TypeVar),
                TypeVarKind::ParamSpec | TypeVarKind::TypeVarTuple => self.object(),
            },
            Node::Alias(alias) => {
                let object = self.alias_value(alias, range, false);
                self.class_object_in_context(object)
            }
            Node::Unknown(source) => Ty::any(match source {
                AnySource::Unimported | AnySource::Error | AnySource::Explicit => source,
                _ => AnySource::Derived,
            }),
        }
    }

    /// Whether a function or class around gives the variable a meaning.
    fn binds_type_variable(&self, declaration: TypeVarDecl) -> bool {
        let is_it = |variable: Ty| pytype_types::variable_decl(variable) == Some(declaration);
        let of_class = |class: ClassId| self.class_info(class).type_params.iter().any(is_it);
        self.functions.iter().any(|frame| {
            frame.signature.is_some_and(|signature| signature.variables.iter().any(is_it))
                || frame.class.is_some_and(of_class)
        }) || self.class_body().is_some_and(of_class)
    }

    /// Where `type[...]` is expected, a generic class stands for all its specialisations.
    fn class_object_in_context(&self, object: Ty) -> Ty {
        if self.expected().is_some_and(expects_class_object) { self.erase_type_vars(object) } else { object }
    }

    fn variable_value(&mut self, binding: Binding, variable: DefRef, range: TextRange) -> Ty {
        if binding.fullname == "typing.Any" {
            return self.known(KnownClass::SpecialForm);
        }
        let ty = self.variable_reference(variable, range);
        if self.in_literal_context()
            && let Some(instance) = ty.as_instance()
            && let Some(literal) = instance.last_known
        {
            return literal;
        }
        ty
    }

    /// A function's type; `Any` when a decorator's result is not known yet.
    fn function_reference(&mut self, function: DefRef, range: TextRange) -> Ty {
        match self.function_value(function) {
            Some(ty) => ty,
            None => {
                let name = names::fullname_of(self.db.as_declare_db(), function);
                self.cannot_determine(Name::new(name.last_component()), range)
            }
        }
    }

    /// What the author says of something that is deprecated.
    fn deprecation_of(&self, binding: Binding) -> Option<Name> {
        match binding.node {
            Node::Class(class) => self.class_info(class).deprecated,
            Node::Function(function) => self.function_deprecation(function),
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => None,
        }
    }

    /// Reports the use of something deprecated.
    pub(crate) fn report_deprecated_use(&mut self, binding: Binding, range: TextRange) {
        if let Some(message) = self.deprecation_of(binding) {
            self.warn_deprecated(binding.fullname, message, range);
        }
    }

    /// Reports that something deprecated is used.
    pub(crate) fn warn_deprecated(&mut self, fullname: Name, message: Name, range: TextRange) {
        if self.is_stub && self.file.is_typeshed(self.db) {
            return;
        }
        let excluded = self.options.deprecated_calls_exclude.iter().any(|prefix| {
            let prefix: &str = prefix.as_ref();
            fullname == *prefix || fullname.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'))
        });
        if excluded {
            return;
        }
        if self.options.report_deprecated_as_note {
            let note = pytype_source::Diagnostic::note(range, format!("{fullname} is deprecated: {message}"));
            self.report(note.with_code(ErrorCode::Deprecated));
        } else {
            self.error(ErrorCode::Deprecated, range, format!("{fullname} is deprecated: {message}"));
        }
    }

    /// The range of `expr` for findings.
    pub(crate) fn place(expr: &Expr) -> TextRange {
        expr.range()
    }
}
