//! Names in type expressions: what each kind of definition means as a type.

use pytype_index::{DefRef, DefinitionFlags, DefinitionKind};
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{
    AnySource, ClassId, ClassOrigin, LiteralValue, ParamSpec, ParamSpecFlavor, Ty, TyKind, TypeVarDecl,
    TypeVarKind, TypeVarOrigin,
};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use super::analyze::{Allow, Analyzer, Args, dotted_text, is_dotted};
use super::special_forms::{SpecialForm, special_form};
use super::{AnnotationOptions, LateCheckKind};
use crate::local_cycles::is_unresolved;
use crate::{Binding, InferredVariable, Node, names, type_variables};

impl Analyzer<'_, '_> {
    /// What the dotted name `head` means where the analyzer is.
    pub fn lookup(&self, head: &Expr) -> Option<Binding> {
        if let Expr::Name(name) = head {
            let place = self.place;
            return self.ctx.lookup(place.file, place.scope, Name::of(name), place.before);
        }
        self.ctx.lookup_expr(self.place.file, self.place.scope, head, self.place.before)
    }

    /// The special form that `expr` (or what is subscripted in it) names.
    pub fn form_of(&self, expr: &Expr) -> Option<SpecialForm> {
        let head = match expr {
            Expr::Subscript(subscript) => &subscript.value,
            other => other,
        };
        special_form(self.lookup(head)?.fullname)
    }

    /// The type of `head[args]`; `range` is the whole expression. In a `Literal`, `in_literal` lets enum
    /// members pass and keeps other values for the caller to report.
    pub fn reference(&mut self, head: &Expr, range: TextRange, args: Args<'_>, in_literal: bool) -> Ty {
        if let Some((decl, flavor)) = self.param_spec_component(head) {
            return self.param_spec(decl, Some(flavor), range, args);
        }
        let Some(binding) = self.lookup(head) else { return self.undefined(head, range) };
        if let Node::TypeVariable(decl) = binding.node {
            return match decl.kind {
                TypeVarKind::ParamSpec => self.param_spec(decl, None, range, args),
                TypeVarKind::TypeVar => self.type_var(decl, range, args, in_literal),
                TypeVarKind::TypeVarTuple => self.type_var_tuple(decl, range, args),
            };
        }
        if let Some(form) = special_form(binding.fullname)
            && let Some(ty) = self.special(form, range, args)
        {
            return ty;
        }
        let local = match binding.node {
            Node::Class(class) => match class.origin() {
                ClassOrigin::Definition(definition) => Some(definition),
                _ => None,
            },
            Node::Alias(alias) => Some(alias.definition()),
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Function(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => None,
        };
        if let Some(target) = local
            && let place = &self.place
            && is_unresolved(self.db(), place.file, place.scope, place.before, target)
        {
            let name = binding.fullname.last_component();
            let name = name.split('@').next().unwrap_or(name);
            let message =
                format!("\"{name}\" cannot be resolved: in a function, a type cannot lead back to itself");
            return self.invalid_at(ErrorCode::Misc, range, message);
        }
        match binding.node {
            Node::Class(class) => self.class_reference(class, range, args),
            Node::Alias(alias) => self.alias_reference(alias, head, range, args),
            Node::Unknown(AnySource::Error) => Ty::any(AnySource::Error),
            Node::Unknown(_) => Ty::any(AnySource::Unimported),
            Node::Variable(definition) => self.variable(definition, binding, range, args, in_literal),
            Node::Function(_) => match self.class_outside_of_body(head) {
                Some(class) => self.class_reference(class, range, args),
                None => self.function(binding, range, args, in_literal),
            },
            Node::Module(_) | Node::NamespaceModule(_) => {
                if in_literal {
                    return Ty::any(AnySource::Error);
                }
                let message = format!("The module \"{}\" is not a type", binding.fullname);
                let ty = self.no_type(binding.fullname, range, message);
                self.note_last("A protocol can describe the members that a module must have");
                ty
            }
            Node::TypeVariable(_) | Node::Implicit(_) => {
                let message = format!("\"{}\" is not a type", binding.fullname.last_component());
                self.invalid_at(ErrorCode::ValidType, range, message)
            }
        }
    }

    /// A name in quotes that means a method of the class it stands in, and a class outside of it:
    /// the annotation `x: "int"` is not about the method `int`.
    fn class_outside_of_body(&self, head: &Expr) -> Option<ClassId> {
        let Expr::Name(name) = head else { return None };
        self.in_string?;
        let here = names::scope_access::scope(self.db(), self.place.file, self.place.scope)?;
        if !matches!(here.kind, pytype_index::ScopeKind::Class(_)) {
            return None;
        }
        if let Node::Class(class) = self.ctx.lookup(self.place.file, here.parent?, Name::of(name), None)?.node
        {
            Some(class)
        } else {
            None
        }
    }

    /// `P.args` and `P.kwargs`.
    pub fn param_spec_component(&self, head: &Expr) -> Option<(TypeVarDecl, ParamSpecFlavor)> {
        let Expr::Attribute(attribute) = head else { return None };
        let flavor = match attribute.attr.as_str() {
            "args" => ParamSpecFlavor::Args,
            "kwargs" => ParamSpecFlavor::Kwargs,
            _ => return None,
        };
        Some((self.param_spec_named(&attribute.value)?, flavor))
    }

    /// The `ParamSpec` that a dotted name means.
    pub fn param_spec_named(&self, head: &Expr) -> Option<TypeVarDecl> {
        if !is_dotted(head) {
            return None;
        }
        if let Node::TypeVariable(decl) = self.lookup(head)?.node
            && decl.kind == TypeVarKind::ParamSpec
        {
            Some(decl)
        } else {
            None
        }
    }

    fn undefined(&mut self, head: &Expr, range: TextRange) -> Ty {
        if self.is_within_any(head) {
            return Ty::any(AnySource::Unimported);
        }
        let name = dotted_text(head);
        self.fail(ErrorCode::NameDefined, range, format!("Name \"{name}\" is not defined"));
        if let Some(module) = module_to_import_from(&name) {
            self.note_last(format!("Did you forget \"from {module} import {name}\"?"));
        }
        Ty::any(AnySource::SpecialForm)
    }

    /// Whether a dotted name goes through a variable that is declared `Any`.
    fn is_within_any(&self, head: &Expr) -> bool {
        let Expr::Attribute(attribute) = head else { return false };
        match self.lookup(&attribute.value).map(|binding| binding.node) {
            Some(Node::Variable(definition)) => self.is_declared_any(definition),
            Some(_) => false,
            None => self.is_within_any(&attribute.value),
        }
    }

    /// Whether a variable's annotation is `Any`, or a name that could not be imported. A variable of
    /// a module that is checked before this one may also have got that type by inference.
    fn is_declared_any(&self, definition: DefRef) -> bool {
        crate::variables::is_declared_any(self.db(), definition) || self.is_inferred_any(definition)
    }

    fn is_inferred_any(&self, definition: DefRef) -> bool {
        let (db, file) = (self.db(), definition.file);
        if definition.id.unit != 0
            || file == self.place.file
            || file.is_stub(db)
            || crate::variables::variable_info(db, definition).declared.is_some()
        {
            return false;
        }
        // Within a component, names are resolved before anything is inferred.
        pytype_index::component_of(db, file) != pytype_index::component_of(db, self.place.file)
            && match db.inference().variable(db, definition, None) {
                InferredVariable::Type(ty) => ty.is_any(),
                InferredVariable::NotReady | InferredVariable::Unknown => false,
            }
    }

    fn unbound(&mut self, decl: TypeVarDecl, range: TextRange, kind: &str) -> Ty {
        let message = match self.alias {
            Some(rules) if rules.declared && rules.is_statement => {
                format!("All type parameters must be declared in the list (\"{}\" is not)", decl.name)
            }
            Some(rules) if rules.declared => format!("{kind} \"{}\" is not in \"type_params\"", decl.name),
            _ => format!("{kind} \"{}\" is not bound here", decl.name),
        };
        self.no_type(decl.name, range, message)
    }

    fn refuse_arguments(&mut self, decl: TypeVarDecl, range: TextRange, args: Args<'_>) {
        if !args.items.is_empty() {
            let message = format!("The type variable \"{}\" takes no type arguments", decl.name);
            self.fail(ErrorCode::ValidType, range, message);
        }
    }

    /// The variable with an empty owner, where unbound ones are taken.
    fn kept_unbound(&self, decl: TypeVarDecl) -> Option<Ty> {
        let allowed = self.options.contains(AnnotationOptions::ALLOW_UNBOUND_TVARS);
        allowed.then(|| type_variables::bound_type_var(decl, name!(""), 0))
    }

    fn param_spec(
        &mut self,
        decl: TypeVarDecl,
        component: Option<ParamSpecFlavor>,
        range: TextRange,
        args: Args<'_>,
    ) -> Ty {
        let Some(bound) = self.bound(decl) else {
            return self.kept_unbound(decl).unwrap_or_else(|| self.unbound(decl, range, "ParamSpec"));
        };
        self.refuse_arguments(decl, range, args);
        if component.is_some() && !self.param_spec_literals {
            let message = "\"P.args\" and \"P.kwargs\" may only stand at \"*args\" and \"**kwargs\"";
            return self.invalid_at(ErrorCode::ValidType, range, message);
        }
        if self.is_foreign_to_alias(bound) {
            return self.unbound(decl, range, "ParamSpec");
        }
        bound
    }

    /// While an alias is defined, only its own type parameters may be used.
    pub fn is_foreign_to_alias(&self, bound: Ty) -> bool {
        self.alias.is_some_and(|rules| !rules.params.contains(&bound))
    }

    fn type_var(&mut self, decl: TypeVarDecl, range: TextRange, args: Args<'_>, in_literal: bool) -> Ty {
        let bound = self.bound(decl);
        if let Some(rules) = self.alias
            && !in_literal
            && bound.is_none_or(|bound| !rules.params.contains(&bound))
            // `TypeAliasType` may mention variables of what stands around it.
            && (bound.is_none() || !rules.declared || rules.is_statement)
        {
            if rules.declared {
                return self.unbound(decl, range, "Type variable");
            }
            let message =
                format!("The type variable \"{}\" is bound already and cannot be one of an alias", decl.name);
            return self.invalid_at(ErrorCode::ValidType, range, message);
        }
        if let Some(bound) = bound {
            if self.alias.is_some_and(|rules| rules.erased.contains(&bound)) {
                return Ty::any(AnySource::Error);
            }
            self.refuse_arguments(decl, range, args);
            return bound;
        }
        if let Some(kept) = self.kept_unbound(decl) {
            return kept;
        }
        if in_literal {
            return Ty::any(AnySource::Error);
        }
        if matches!(decl.origin, TypeVarOrigin::Parameter(_)) {
            let message = format!("Name \"{}\" is not defined", decl.name);
            return self.invalid_at(ErrorCode::NameDefined, range, message);
        }
        let ty = self.unbound(decl, range, "Type variable");
        self.note_last(format!(
            "\"Generic[{0}]\" or \"Protocol[{0}]\" as a base binds it in a class",
            decl.name
        ));
        self.note_last(format!("\"{}\" in a function's signature binds it in the function", decl.name));
        ty
    }

    fn type_var_tuple(&mut self, decl: TypeVarDecl, range: TextRange, args: Args<'_>) -> Ty {
        let Some(bound) = self.bound(decl) else {
            return self.kept_unbound(decl).unwrap_or_else(|| self.unbound(decl, range, "TypeVarTuple"));
        };
        if self.is_foreign_to_alias(bound) {
            return self.unbound(decl, range, "Type variable");
        }
        if self.unpacking_at != Some(self.nesting) {
            let message = format!("The TypeVarTuple \"{0}\" must be unpacked: \"*{0}\"", decl.name);
            return self.invalid_at(ErrorCode::ValidType, range, message);
        }
        self.refuse_arguments(decl, range, args);
        bound
    }

    /// Reports what is no type. Values of it are nothing that can be used.
    fn no_type(&mut self, name: Name, range: TextRange, message: String) -> Ty {
        self.fail(ErrorCode::ValidType, range, message);
        if self.alias.is_some() {
            return Ty::any(AnySource::Error);
        }
        Ty::any(AnySource::Invalid(Name::new(name.last_component())))
    }

    fn variable(
        &mut self,
        definition: DefRef,
        binding: Binding,
        range: TextRange,
        args: Args<'_>,
        in_literal: bool,
    ) -> Ty {
        if self.is_declared_any(definition) {
            return Ty::any(AnySource::Unimported);
        }
        if self.options.contains(AnnotationOptions::BASE_CLASS)
            && crate::variables::is_declared_type_object(self.db(), definition)
        {
            return Ty::any(AnySource::SpecialForm);
        }
        if let Some((class, member)) = self.enum_member(definition) {
            if in_literal && names::enum_shapes::is_nonmember_value(self.db(), definition) {
                return Ty::any(AnySource::Error);
            }
            if in_literal {
                let member = names::enum_shapes::alias_target(self.db(), definition).unwrap_or(member);
                return Ty::literal(LiteralValue::Enum(member), Ty::plain_instance(class));
            }
            let message =
                format!("A value is not a type; did you mean \"Literal[{}.{member}]\"?", class.name());
            return self.invalid_at(ErrorCode::ValidType, range, message);
        }
        if in_literal {
            return Ty::any(AnySource::Error);
        }
        if let Some(sentinel) = names::sentinel_type(self.db(), definition) {
            return sentinel;
        }
        let _ = self.parts(args.items, Allow::empty(), false);
        let message = format!("The variable \"{}\" is not a type", binding.fullname);
        let ty = self.no_type(binding.fullname, range, message);
        self.note_last("An alias of a type is declared with \"type X = ...\" or \"X: TypeAlias = ...\"");
        ty
    }

    fn function(&mut self, binding: Binding, range: TextRange, args: Args<'_>, in_literal: bool) -> Ty {
        if in_literal {
            return self.function_member(binding).unwrap_or_else(|| Ty::any(AnySource::Error));
        }
        let _ = self.parts(args.items, Allow::empty(), false);
        let message = format!("The function \"{}\" is not a type", binding.fullname);
        let ty = self.no_type(binding.fullname, range, message);
        self.note_last(match binding.fullname.as_str() {
            "builtins.any" => "Perhaps you meant \"typing.Any\"",
            "builtins.callable" => "Perhaps you meant \"typing.Callable\"",
            _ => "Perhaps you meant \"Callable[...]\" or a protocol with \"__call__\"",
        });
        ty
    }

    /// A function that `@member` makes a member of its enum.
    fn function_member(&self, binding: Binding) -> Option<Ty> {
        let Node::Function(at) = binding.node else { return None };
        let class = crate::signatures::class_of(self.db(), at)?;
        let is_member = names::class_kind(self.db(), class).is_enum
            && names::enum_shapes::is_marked_member(self.db(), at);
        let name = Name::new(binding.fullname.last_component());
        is_member.then(|| Ty::literal(LiteralValue::Enum(name), Ty::plain_instance(class)))
    }

    /// The enum class and name of a variable that is an enum's member.
    fn enum_member(&self, definition: DefRef) -> Option<(ClassId, Name)> {
        let db = self.db();
        let index = pytype_index::index_of(db, definition.file, definition.id.unit);
        let found = index.definition(definition.id)?;
        let pytype_index::ScopeKind::Class(class) = index.scope(found.scope)?.kind else { return None };
        let class = crate::classes::class_id(db, DefRef { file: definition.file, id: class });
        let name = found.name;
        let is_member = found.kind == DefinitionKind::Variable
            && (found.flags.contains(DefinitionFlags::HAS_VALUE)
                && !found.flags.contains(DefinitionFlags::ANNOTATED)
                || definition.file.is_stub(db) && found.flags.contains(DefinitionFlags::ANNOTATED)
                || found.flags.contains(DefinitionFlags::HAS_VALUE) && !name.starts_with('_'))
            && !name.starts_with("__")
            && name != "_ignore_";
        (is_member && names::class_kind(db, class).is_enum).then_some((class, name))
    }

    /// Deprecated classes are reported where they are named.
    pub fn note_deprecation(&mut self, class: ClassId, range: TextRange) {
        let pytype_types::ClassOrigin::Definition(at) = class.origin() else { return };
        let index = pytype_index::index_of(self.db(), at.file, at.id.unit);
        let decorated =
            index.definition(at.id).is_some_and(|found| found.flags.contains(DefinitionFlags::DECORATED));
        if decorated && !self.place.file.is_typeshed(self.db()) && self.place.class != Some(class) {
            self.later(range, LateCheckKind::Deprecated(class));
        }
    }
}

/// `P.args` or `P.kwargs` of a bound ParamSpec.
pub(crate) fn component(bound: Ty, flavor: ParamSpecFlavor) -> Ty {
    if let TyKind::ParamSpec(spec) = bound.kind() {
        Ty::new(TyKind::ParamSpec(ParamSpec { flavor, ..*spec }))
    } else {
        bound
    }
}

/// Where a well-known name that is not defined would come from.
fn module_to_import_from(name: &str) -> Option<&'static str> {
    const TYPING: &[&str] = &[
        "Any",
        "Callable",
        "Dict",
        "Iterable",
        "Iterator",
        "List",
        "Optional",
        "Set",
        "Tuple",
        "TypeVar",
        "Union",
        "cast",
        "overload",
        "NamedTuple",
        "TypedDict",
        "Protocol",
        "Literal",
        "Final",
        "ClassVar",
        "Generic",
        "Type",
        "Sequence",
        "Mapping",
    ];
    TYPING.contains(&name).then_some("typing")
}
