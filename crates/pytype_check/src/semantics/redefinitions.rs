//! Names that are defined a second time, and what a second definition may be.

use pytype_declare::Node;
use pytype_declare::names::{self, AssignmentMeaning};
use pytype_index::ScopeId;
use pytype_source::{ErrorCode, Name};
use pytype_types::{ClassId, TypeContext};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use ruff_python_ast::visitor::Visitor;

use super::finals::{FinalKind, final_kind};
use super::table::{Entry, Meaning, Place};
use super::walk::{Walk, first_line};

impl<'a> Walk<'a> {
    pub(super) fn already_defined(&mut self, name: &str, place: TextRange) {
        self.fail(ErrorCode::NoRedef, place, format!("The name \"{name}\" is defined already"));
    }

    /// A definition of a name that exists, and may not be defined this way.
    fn redefined(&mut self, name: &str, existing: Entry, place: TextRange) {
        match existing.meaning {
            Meaning::InitOnly { has_value: true } => {
                let message = "an \"InitVar\" with a default cannot be redefined";
                self.fail(ErrorCode::Misc, place, message);
            }
            Meaning::InitOnly { has_value: false } => {}
            Meaning::Variable { .. }
            | Meaning::Missing
            | Meaning::Function
            | Meaning::FunctionSet
            | Meaning::Class
            | Meaning::TypeVariable
            | Meaning::Alias
            | Meaning::Module => self.already_defined(name, place),
        }
    }

    /// What the scope under the cursor has by this name.
    pub(super) fn existing(&mut self, name: &'a str) -> Option<Entry> {
        if let Some(entry) = self.frame()?.names.get(name) {
            return Some(*entry);
        }
        let entry = self.star_imported(name)?;
        self.insert(name, entry);
        Some(entry)
    }

    pub(super) fn insert(&mut self, name: &'a str, entry: Entry) {
        if let Some(frame) = self.binding_frame() {
            frame.names.entry(name).or_insert(entry);
        }
    }

    // Functions and classes.

    /// Walks functions that belong together.
    pub(super) fn function_group(&mut self, functions: &[&'a ast::StmtFunctionDef]) {
        let Some(first) = functions.first() else { return };
        let name = first.name.as_str();
        match self.existing(name) {
            Some(existing) => self.redefined(name, existing, function_place(first)),
            None => self.insert(name, Entry::own(Meaning::FunctionSet)),
        }
        for function in functions {
            self.function(function);
        }
    }

    pub(super) fn define_function(&mut self, function: &'a ast::StmtFunctionDef) {
        let name = function.name.as_str();
        let Some(existing) = self.existing(name) else {
            self.insert(name, Entry::own(Meaning::Function));
            return;
        };
        let conditional = self.frame().is_some_and(|frame| frame.blocks > 0);
        let allowed = match existing.meaning {
            // Functions called `_` are meant to be thrown away.
            Meaning::Function => conditional || (name == "_" && existing.imported.is_none()),
            Meaning::Variable { .. } | Meaning::InitOnly { .. } | Meaning::Missing => conditional,
            Meaning::FunctionSet
            | Meaning::Class
            | Meaning::TypeVariable
            | Meaning::Alias
            | Meaning::Module => false,
        };
        if !allowed {
            self.redefined(name, existing, function_place(function));
        }
    }

    pub(super) fn define_class(&mut self, name: &'a str, place: TextRange) {
        match self.existing(name) {
            Some(_) => self.already_defined(name, place),
            None => self.insert(name, Entry::own(Meaning::Class)),
        }
    }

    pub(super) fn define_type_alias(&mut self, name: &'a str, place: TextRange) {
        match self.existing(name) {
            Some(_) => self.already_defined(name, place),
            None => self.insert(name, Entry::own(Meaning::Alias)),
        }
    }

    // Variables.

    pub(super) fn define_variable(&mut self, name: &'a str, place: TextRange, declared: bool) {
        let outer =
            self.frame().is_some_and(|frame| frame.globals.contains(name) || frame.nonlocals.contains(name));
        let existing = if outer { None } else { self.existing(name) };
        if existing.is_none() && !outer {
            self.insert(name, Entry::own(Meaning::Variable { inferred: !declared }));
        } else if declared {
            self.already_defined(name, place);
        } else if let Some(existing) = existing {
            self.check_target(existing, place);
        }
    }

    pub(super) fn walrus(&mut self, named: &'a ast::ExprNamed) {
        let Expr::Name(name) = &*named.target else { return };
        if let Some(frame) = self.binding_frame() {
            let entry = Entry::own(Meaning::Variable { inferred: true });
            frame.names.entry(name.id.as_str()).or_insert(entry);
        }
    }

    /// A target of an assignment, loop or `with` statement.
    pub(super) fn target(&mut self, target: &'a Expr, declared: bool) {
        match target {
            Expr::Name(name) => self.define_variable(&name.id, name.range, declared),
            Expr::Tuple(tuple) => self.target_items(&tuple.elts, tuple.range, declared),
            Expr::List(list) => self.target_items(&list.elts, list.range, declared),
            Expr::Starred(starred) => {
                let message = "a starred target must stand in a list or tuple";
                self.fail(ErrorCode::Misc, starred.range, message);
            }
            Expr::Attribute(attribute) => {
                self.visit_expr(&attribute.value);
                self.attribute_target(attribute, declared);
            }
            Expr::Subscript(_) => {
                if declared {
                    self.fail(ErrorCode::Misc, target.range(), "An item cannot be declared");
                }
                self.visit_expr(target);
            }
            other => self.visit_expr(other),
        }
    }

    fn target_items(&mut self, items: &'a [Expr], place: TextRange, declared: bool) {
        if items.iter().filter(|item| item.is_starred_expr()).count() > 1 {
            self.fail(ErrorCode::Misc, place, "Only one target of an assignment can be starred");
            return;
        }
        for item in items {
            match item {
                Expr::Starred(starred) => self.target(&starred.value, declared),
                item => self.target(item, declared),
            }
        }
    }

    /// Whether an expression is the first parameter of the method around.
    pub(super) fn is_self(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else { return false };
        for frame in self.frames.iter().rev() {
            match frame.place {
                Place::Function { this: Some(this), .. } if this == name.id.as_str() => return true,
                Place::Class | Place::Module => return false,
                _ if frame.names.contains_key(name.id.as_str()) => return false,
                _ => {}
            }
        }
        false
    }

    fn attribute_target(&mut self, attribute: &'a ast::ExprAttribute, declared: bool) {
        if !self.is_self(&attribute.value) {
            if declared {
                let message = "Only attributes of \"self\" can be declared";
                self.fail(ErrorCode::Misc, attribute.range, message);
            }
            return;
        }
        let name = attribute.attr.as_str();
        let Some(at) = self.frames.iter().rposition(|frame| frame.place == Place::Class) else { return };
        let Some(class) = self.frames.get(at) else { return };
        let known = class.names.get(name).or_else(|| class.attributes.get(name)).copied();
        match known {
            Some(Entry { meaning: Meaning::Variable { inferred: true }, .. }) if declared => {
                self.already_defined(name, attribute.range);
            }
            Some(_) => {}
            None => {
                // Without a declaration, an attribute of a base class is what is assigned.
                let inherits = !declared && self.is_inherited(class.class, name);
                if let Some(class) = self.frames.get_mut(at).filter(|_| !inherits) {
                    class.attributes.insert(name, Entry::own(Meaning::Variable { inferred: true }));
                }
            }
        }
    }

    /// Whether a base of the class has this attribute.
    fn is_inherited(&self, class: Option<ClassId>, name: &str) -> bool {
        let Some(class) = class else { return false };
        let name = Name::new(name);
        let bases = self.ctx.class(class).mro.iter().skip(1);
        bases.copied().any(|base| self.ctx.members_of(base).get(name).is_some())
    }

    /// Whether the name or attribute of `self` that is to be declared is there already.
    fn is_known_target(&mut self, target: &'a Expr) -> bool {
        match target {
            Expr::Name(name) => self.existing(&name.id).is_some(),
            Expr::Attribute(attribute) if self.is_self(&attribute.value) => {
                let class = self.frames.iter().rev().find(|frame| frame.place == Place::Class);
                let name = attribute.attr.as_str();
                class.is_some_and(|class| {
                    class.names.contains_key(name) || class.attributes.contains_key(name)
                })
            }
            _ => false,
        }
    }

    pub(super) fn assign(&mut self, assign: &'a ast::StmtAssign) {
        self.visit_expr(&assign.value);
        if pytype_index::is_module_identity(self.db, self.file, assign) {
            self.adopt_builtin(assign);
            return;
        }
        let comment = self.syntax.assignment_comment(assign.end());
        let declared = comment.is_some_and(|comment| !is_bare_qualifier(comment.text));
        if let [Expr::Name(name)] = &*assign.targets
            && comment.is_none()
            && let Some(meaning) = self.special_meaning(assign, name)
        {
            match (self.existing(&name.id), meaning) {
                (Some(_), Meaning::Class) => {
                    if self.makes_new_type(name) {
                        let message = format!("\"{}\" exists already and cannot become a NewType", name.id);
                        self.fail(ErrorCode::Misc, first_line(assign.range), message);
                    }
                    self.already_defined(&name.id, first_line(assign.range));
                }
                (Some(existing), Meaning::TypeVariable) => {
                    let message = format!("\"{}\" exists already and cannot become a type variable", name.id);
                    self.fail(ErrorCode::Misc, first_line(assign.range), message);
                    self.check_target(existing, name.range);
                }
                (Some(_), _) => {}
                (None, meaning) => {
                    let node = self.definition_at(name.range).and_then(|at| names::binding_of(self.db, at));
                    let imported = node.map(|binding| binding.node).filter(|_| meaning == Meaning::Module);
                    self.insert(&name.id, Entry { imported, ..Entry::own(meaning) });
                }
            }
            return;
        }
        if let Some(comment) = comment {
            self.check_final_comment(assign, comment.text);
        }
        self.note_final_value(&assign.targets);
        if comment.is_none() {
            self.check_module_names(&assign.targets, &assign.value, assign.range);
        } else if let [Expr::Name(name)] = &*assign.targets
            && self.makes_new_type(name)
        {
            self.fail(ErrorCode::Misc, first_line(assign.range), "The type of a NewType cannot be declared");
        }
        assign.targets.iter().for_each(|target| self.target(target, declared));
    }

    /// `int = int` makes `int` a name of the module.
    fn adopt_builtin(&mut self, assign: &'a ast::StmtAssign) {
        let [Expr::Name(name)] = &*assign.targets else { return };
        if self.existing(&name.id).is_none()
            && let Some(found) = names::builtin(self.db, Name::of(name))
        {
            let entry = self.entry_of(found.node);
            self.insert(&name.id, entry);
        }
    }

    fn makes_new_type(&self, name: &ast::ExprName) -> bool {
        let definition = self.definition_at(name.range);
        let meaning = definition.map(|at| names::classify_any_assignment(self.db, at));
        meaning == Some(AssignmentMeaning::NewType)
    }

    /// A plain assignment to a name that exists.
    fn check_target(&mut self, existing: Entry, place: TextRange) {
        if existing.meaning == Meaning::TypeVariable {
            self.fail(ErrorCode::Misc, place, "A type variable cannot be assigned");
        }
    }

    /// `x = m` where `x` is another name of another module.
    fn check_module_names(&mut self, targets: &'a [Expr], value: &'a Expr, place: TextRange) {
        for target in targets {
            let names = match (target, value) {
                (Expr::Tuple(targets), Expr::Tuple(values)) if targets.elts.len() == values.elts.len() => {
                    for (target, value) in targets.elts.iter().zip(&values.elts) {
                        self.check_module_names(std::slice::from_ref(target), value, place);
                    }
                    continue;
                }
                (Expr::Name(name), Expr::Name(_) | Expr::Attribute(_)) => name,
                _ => continue,
            };
            let known = self.frame().and_then(|frame| frame.names.get(names.id.as_str())).copied();
            let Some(Entry { meaning: Meaning::Module, imported: Some(known), .. }) = known else { continue };
            let assigned = self.meaning_of(value);
            let is_other = |node| matches!(node, Node::Module(_) | Node::NamespaceModule(_)) && node != known;
            if assigned.is_some_and(is_other) {
                let message = format!(
                    "\"{}\" stands for a module and cannot stand for another, unless it is declared",
                    names.id
                );
                self.fail(ErrorCode::Misc, place, message);
            }
        }
    }

    /// What a name or dotted name of the scope under the cursor stands for.
    fn meaning_of(&self, expr: &Expr) -> Option<Node> {
        let frame = self.frame()?;
        let scope = match frame.place {
            Place::Module => ScopeId::MODULE,
            _ => pytype_index::scope_at(self.db, self.file, frame.unit, frame.range)?,
        };
        names::lookup_expr(self.db, self.file, scope, expr).map(|binding| binding.node)
    }

    /// What an assignment defines besides a variable.
    fn special_meaning(&self, assign: &ast::StmtAssign, name: &ast::ExprName) -> Option<Meaning> {
        let may_be = matches!(
            &*assign.value,
            Expr::Call(_) | Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::BinOp(_)
        );
        if !may_be {
            return None;
        }
        let definition = self.definition_at(name.range)?;
        match names::classify_any_assignment(self.db, definition) {
            AssignmentMeaning::Variable => None,
            AssignmentMeaning::TypeVariable(_) => Some(Meaning::TypeVariable),
            AssignmentMeaning::NewType
            | AssignmentMeaning::NamedTuple { .. }
            | AssignmentMeaning::TypedDict
            | AssignmentMeaning::Enum => Some(Meaning::Class),
            AssignmentMeaning::TypeAliasType | AssignmentMeaning::Alias { .. } => Some(Meaning::Alias),
            AssignmentMeaning::Module => Some(Meaning::Module),
        }
    }

    pub(super) fn annotated_assign(&mut self, assign: &'a ast::StmtAnnAssign) {
        if let Some(value) = &assign.value {
            self.visit_expr(value);
        }
        let final_kind = final_kind(&assign.annotation);
        let is_final = final_kind.is_some_and(|kind| self.check_final(assign, kind));
        if is_final && self.is_known_target(&assign.target) {
            let message = "A name that exists already cannot be declared final";
            self.fail(ErrorCode::Misc, assign.target.range(), message);
        }
        if let Expr::Name(name) = &*assign.target
            && is_init_var(&assign.annotation)
            && self.existing(&name.id).is_none()
        {
            self.insert(&name.id, Entry::own(Meaning::InitOnly { has_value: assign.value.is_some() }));
            return;
        }
        if let Expr::Name(name) = &*assign.target
            && assign.value.is_some()
            && is_alias_declaration(&assign.annotation)
        {
            match self.existing(&name.id).map(|existing| existing.meaning) {
                None => return self.insert(&name.id, Entry::own(Meaning::Alias)),
                Some(Meaning::Alias) => {
                    let message = format!("\"{}\" stands for a type and cannot stand for another", name.id);
                    self.fail(ErrorCode::Misc, name.range, message);
                }
                Some(_) => {}
            }
        }
        self.target(&assign.target, final_kind != Some(FinalKind::Bare));
    }
}

/// Where a `def` as a whole is reported: its first decorator.
fn function_place(function: &ast::StmtFunctionDef) -> TextRange {
    function.decorator_list.first().map_or(function.name.range, Ranged::range)
}

/// Whether this is `TypeAlias`.
fn is_alias_declaration(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => name.id == "TypeAlias",
        Expr::Attribute(attribute) => &attribute.attr == "TypeAlias",
        _ => false,
    }
}

fn is_init_var(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => name.id == "InitVar",
        Expr::Attribute(attribute) => &attribute.attr == "InitVar",
        Expr::Subscript(subscript) => is_init_var(&subscript.value),
        _ => false,
    }
}

fn is_bare_qualifier(comment: &str) -> bool {
    matches!(comment, "Final" | "typing.Final")
}
