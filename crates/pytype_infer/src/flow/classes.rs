//! Class statements: the body is walked as part of the level it stands on.

use pytype_declare::classes;
use pytype_index::DefRef;
use pytype_source::{Name, name};
use pytype_types::{ClassFlags, ClassId, TypeContext, proper};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::binder::{Binder, FrameOptions};
use crate::Checker;
use crate::calls::{CallArgument, CallSite};
use crate::expressions::MemberUse;

/// How many binders are kept for functions to come, with the room of their tables.
const SPARE_BINDERS: usize = 4;

impl Checker<'_> {
    pub(super) fn check_class_statement(&mut self, statement: &ast::StmtClassDef) {
        let Some(definition) = self.definition_at(statement.range()) else { return };
        let class = classes::class_id(self.ctx.db, definition);
        let Some(scope) = self.class_scope(definition) else { return };
        self.check_class_header(statement, scope);
        // Inside of the body nothing is known of what the code around has narrowed.
        let outer = self.take_binder();
        let top = FrameOptions { can_skip: true, fall_through: 0, ..FrameOptions::default() };
        self.enter_partial_scope(false);
        self.classes.push(class);
        self.scopes.push(scope);
        self.in_frame_with(top, |c| c.check_block(&statement.body));
        self.scopes.pop();
        self.leave_partial_scope();
        self.classes.pop();
        self.give_binder_back(outer);
        self.reached.push(definition);
        // Keywords stand where the class's own type parameters are known.
        let around = pytype_index::scope(self.ctx.db, self.file, scope).parent;
        let parameters = around.filter(|_| statement.type_params.is_some());
        self.scopes.extend(parameters);
        self.check_init_subclass(statement, class);
        if parameters.is_some() {
            self.scopes.pop();
        }
        self.apply_class_decorators(statement, class);
        if classes::has_bases_in_progress(&self.ctx, class) {
            let found = classes::multiple_inheritance_diagnostics(&self.ctx, class);
            self.report_all(found);
        }
    }

    /// The expressions of the class statement itself; names and types in bases were reported with
    /// the class's declaration.
    fn check_class_header(&mut self, statement: &ast::StmtClassDef, body: pytype_index::ScopeId) {
        let Some(arguments) = &statement.arguments else { return };
        let around = pytype_index::scope(self.ctx.db, self.file, body).parent;
        self.scopes.extend(around.filter(|_| statement.type_params.is_some()));
        for keyword in &arguments.keywords {
            if keyword.arg.as_ref().is_some_and(|name| name != "metaclass") {
                self.infer(&keyword.value, None);
            }
        }
        if around.is_some() && statement.type_params.is_some() {
            self.scopes.pop();
        }
    }

    /// The keywords of a class statement are passed to the `__init_subclass__` of its bases.
    fn check_init_subclass(&mut self, statement: &ast::StmtClassDef, class: ClassId) {
        let ctx = std::rc::Rc::clone(&self.ctx);
        let info = ctx.class(class);
        let plain_metaclass = info
            .metaclass
            .and_then(|m| m.as_instance())
            .is_none_or(|metaclass| metaclass.class.is("builtins.type") || metaclass.class.is("abc.ABCMeta"));
        let special = ClassFlags::TYPED_DICT | ClassFlags::NAMED_TUPLE | ClassFlags::ENUM;
        if !plain_metaclass || info.flags.intersects(special) || info.tuple_type.is_some() {
            return;
        }
        let name = name!("__init_subclass__");
        let definer = info.mro.iter().skip(1).find(|base| ctx.members_of(**base).get(name).is_some());
        let Some(definer) = definer else { return };
        let keywords = statement.arguments.as_ref().map_or(&[][..], |arguments| &arguments.keywords);
        let arguments: Vec<CallArgument<'_>> = keywords
            .iter()
            .filter_map(|keyword| {
                let name = keyword.arg.as_ref().filter(|name| *name != "metaclass")?;
                Some(CallArgument::named(Name::new(name), &keyword.value))
            })
            .collect();
        if definer.is("builtins.object") && arguments.is_empty() {
            return;
        }
        let place = statement.name.range();
        let object = self.ctx.constructor(*definer);
        let ((), mut found) = self.capturing(|c| {
            let callee = c.member(object, name, place, MemberUse::default());
            c.check_untyped_call(proper(&*c.ctx, callee), place, None, Some((object, name)));
            c.expecting(None, |c| c.check_call(callee, &arguments, CallSite::at(place)));
        });
        // The call that mypy makes up is as long as the class: comments count on all of its lines.
        for finding in found.iter_mut().filter(|finding| finding.range == place) {
            finding.origin = Some(TextRange::new(place.start(), statement.end()));
        }
        self.report_all(found);
    }

    /// Class decorators are called with the class; what they return is not used (as in mypy).
    fn apply_class_decorators(&mut self, statement: &ast::StmtClassDef, class: pytype_types::ClassId) {
        if statement.decorator_list.is_empty() {
            return;
        }
        let mut decorated = self.ctx.constructor(class);
        for decorator in statement.decorator_list.iter().rev() {
            let callee = self.infer(&decorator.expression, None);
            let allowed = std::mem::replace(&mut self.expressions.allow_abstract, true);
            let callee = proper(&*self.ctx, callee);
            decorated =
                self.apply_decorator(&decorator.expression, callee, decorated, statement.name.range());
            self.expressions.allow_abstract = allowed;
        }
    }

    /// The scope of a class's body.
    pub fn class_scope(&self, definition: DefRef) -> Option<pytype_index::ScopeId> {
        match &pytype_index::definition(self.ctx.db, definition.file, definition.id).kind {
            pytype_index::DefinitionKind::Class { body } => Some(*body),
            _ => None,
        }
    }

    /// The class whose body or method is being walked.
    pub fn enclosing_class(&self) -> Option<pytype_types::ClassId> {
        match self.functions.last() {
            Some(function) => function.class,
            None => self.classes.last().copied(),
        }
    }

    /// Takes the binder away for a walk that starts knowing nothing.
    pub fn with_fresh_binder<R>(&mut self, walk: impl FnOnce(&mut Self, &Binder) -> R) -> R {
        let outer = self.take_binder();
        let result = walk(self, &outer);
        self.give_binder_back(outer);
        result
    }

    /// Takes the binder away and puts an empty one in its place, which has the same handles of places.
    fn take_binder(&mut self) -> Binder {
        let fresh = self.spare_binders.pop().unwrap_or_default();
        let mut outer = std::mem::replace(&mut self.binder, fresh);
        outer.hand_over_places(&mut self.binder);
        outer
    }

    /// Ends what [`Checker::take_binder`] began.
    fn give_binder_back(&mut self, mut outer: Binder) {
        outer.hand_over_places(&mut self.binder);
        let mut used = std::mem::replace(&mut self.binder, outer);
        if self.spare_binders.len() < SPARE_BINDERS {
            used.clear();
            self.spare_binders.push(used);
        }
    }
}
