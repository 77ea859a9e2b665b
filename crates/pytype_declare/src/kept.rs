//! What a frozen run keeps of this layer's answers.
//!
//! Questions about definitions are answered in tables that all threads share; what is asked about
//! something else is kept by each thread for itself.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::{Arc, OnceLock};

use once_cell::race::OnceBox;
use pytype_config::ModuleOptions;
use pytype_index::{DefRef, index_of};
use pytype_source::{File, Kept, KeptByNumber, KeptCopies, Name, PerFile, Slots};
use pytype_types::{
    AliasId, AliasInfo, ClassId, ClassOrigin, RelationState, TyList, TypeVarDecl, TypeVarInfo,
};
use rustc_hash::FxHashMap;

use crate::abstract_members::AbstractMembers;
use crate::classes::ClassHeader;
use crate::context::Memory;
use crate::member_table::Transformed;
use crate::names::shapes::Shapes;
use crate::names::{ClassKind, ModuleMember};
use crate::signatures::binding::FunctionVariables;
use crate::{Binding, DeclareDb, FunctionInfo, MemberTable, VariableInfo};

/// See [`DeclareDb::kept_declarations`].
#[derive(Default)]
pub struct KeptDeclarations {
    answers: Arc<PerFile<FileAnswers>>,
    pub(crate) memory: Memory,
    /// What is known of classes, by their numbers.
    pub(crate) headers: KeptByNumber<ClassHeader>,
    pub(crate) member_tables: KeptByNumber<MemberTable>,
    relations: RefCell<Option<RelationState>>,
    /// The options that units of work must have to share what they remember: those that came first.
    options: OnceCell<Box<ModuleOptions>>,
    /// Whether others, by their addresses, give the same types.
    compared_options: RefCell<FxHashMap<usize, bool>>,
    /// What names mean that every module has.
    pub(crate) builtin_names: KeptCopies<Name, Option<Binding>>,
    /// What names of modules mean, where their definitions do not say it; attributes that modules have by themselves,
    /// and those that another sees beyond them.
    pub(crate) module_names: KeptCopies<(File, Name), Option<Binding>>,
    pub(crate) own_members: KeptCopies<(File, Name), Option<ModuleMember>>,
    pub(crate) loaded_members: KeptCopies<(File, File, Name), Option<ModuleMember>>,
    pub(crate) class_parameters: KeptCopies<ClassId, TyList>,
    pub(crate) aliases: Kept<AliasId, AliasInfo>,
    pub(crate) type_variables: Kept<TypeVarDecl, TypeVarInfo>,
    /// How many questions are open that may turn out to depend on themselves. What is answered
    /// within them may not be final, and is not kept.
    open_circles: Cell<u32>,
    /// The questions that this thread is answering, innermost last.
    open: RefCell<Vec<(Question, DefRef)>>,
}

/// Clones share the answers about definitions; each has its own for the rest.
impl Clone for KeptDeclarations {
    fn clone(&self) -> KeptDeclarations {
        KeptDeclarations { answers: self.answers.clone(), ..KeptDeclarations::default() }
    }
}

/// The kinds of questions about definitions that may ask others of their kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Question {
    Variable,
    Function,
    FunctionVariables,
    Class,
    Header,
    Body,
    Transformed,
    AbstractMembers,
}

/// What is known of one file.
#[derive(Default)]
pub(crate) struct FileAnswers {
    pub(crate) fullnames: OnceBox<Vec<Option<Name>>>,
    interface: UnitAnswers,
    bodies: Slots<UnitAnswers>,
}

/// What is known of one unit's definitions.
#[derive(Default)]
pub(crate) struct UnitAnswers {
    pub(crate) shapes: OnceBox<Shapes>,
    bindings: Slots<Option<Binding>>,
    /// Most variables declare nothing.
    variables: Slots<Option<Box<VariableInfo>>>,
    functions: Slots<FunctionInfo>,
    function_variables: Slots<FunctionVariables>,
    classes: Slots<ClassAnswers>,
}

/// What is known of the class that one definition defines.
#[derive(Default)]
pub(crate) struct ClassAnswers {
    /// The same for all who ask, whatever they are in the middle of.
    pub(crate) kind: OnceLock<ClassKind>,
    pub(crate) id: OnceBox<ClassId>,
    pub(crate) header: OnceBox<ClassHeader>,
    pub(crate) body: OnceBox<MemberTable>,
    pub(crate) transformed: OnceBox<Transformed>,
    pub(crate) abstract_members: OnceBox<AbstractMembers>,
}

impl KeptDeclarations {
    /// What this handle of the database keeps, if what is answered now is final.
    pub(crate) fn of(db: &dyn DeclareDb) -> Option<&KeptDeclarations> {
        db.kept_declarations().filter(|kept| kept.is_final())
    }

    /// Whether what is answered now is final.
    pub(crate) fn is_final(&self) -> bool {
        self.open_circles.get() == 0
    }

    /// Whether a unit of work with these options may remember with the others: those may that have the options
    /// that came first, which are most, or others that make a difference to what is reported only.
    pub(crate) fn serves(&self, options: &ModuleOptions) -> bool {
        let address = std::ptr::from_ref(options) as usize;
        let known = self.compared_options.borrow().get(&address).copied();
        known.unwrap_or_else(|| {
            let first = self.options.get_or_init(|| Box::new(options.clone()));
            let same = options.gives_same_types(first);
            self.compared_options.borrow_mut().insert(address, same);
            same
        })
    }

    pub(crate) fn take_relations(&self) -> Option<RelationState> {
        self.relations.take()
    }

    pub(crate) fn leave_relations(&self, relations: RelationState) {
        *self.relations.borrow_mut() = Some(relations);
    }

    pub(crate) fn file(&self, file: File) -> &FileAnswers {
        self.answers.of(file)
    }

    /// The answers about a unit; `None` for a unit that the file does not have.
    #[inline]
    pub(crate) fn unit(&self, db: &dyn DeclareDb, file: File, unit: u32) -> Option<&UnitAnswers> {
        match self.known_unit(file, unit) {
            Some(known) => Some(known),
            None => self.new_unit(db, file, unit),
        }
    }

    #[inline(never)]
    fn new_unit(&self, db: &dyn DeclareDb, file: File, unit: u32) -> Option<&UnitAnswers> {
        let count = || index_of(db, file, 0).definitions.len() + 1;
        Some(self.file(file).bodies.at(unit as usize, count)?.get_or_init(Box::default))
    }

    /// The answers about a unit, if there are any.
    #[inline]
    fn known_unit(&self, file: File, unit: u32) -> Option<&UnitAnswers> {
        let known = self.file(file);
        if unit == 0 { Some(&known.interface) } else { known.bodies.known(unit as usize) }
    }

    /// What a definition outside of bodies stands for, if that was asked before.
    #[inline]
    pub(crate) fn known_binding(&self, at: DefRef) -> Option<&Option<Binding>> {
        self.file(at.file).interface.bindings.known(at.id.ordinal as usize)
    }

    /// [`Self::variable`], if that was asked before.
    #[inline]
    pub(crate) fn known_variable(&self, at: DefRef) -> Option<&Option<Box<VariableInfo>>> {
        self.known_unit(at.file, at.id.unit)?.variables.known(at.id.ordinal as usize)
    }

    /// [`Self::function`], if that was asked before.
    #[inline]
    pub(crate) fn known_function(&self, at: DefRef) -> Option<&FunctionInfo> {
        self.known_unit(at.file, at.id.unit)?.functions.known(at.id.ordinal as usize)
    }

    /// The class that a definition defines, if that was asked before.
    #[inline]
    pub(crate) fn known_class(&self, at: DefRef) -> Option<ClassId> {
        self.known_unit(at.file, at.id.unit)?.classes.known(at.id.ordinal as usize)?.id.get().copied()
    }

    pub(crate) fn binding(&self, db: &dyn DeclareDb, at: DefRef) -> Option<&OnceBox<Option<Binding>>> {
        self.slot(db, at, |unit| &unit.bindings)
    }

    pub(crate) fn variable(
        &self,
        db: &dyn DeclareDb,
        at: DefRef,
    ) -> Option<&OnceBox<Option<Box<VariableInfo>>>> {
        self.slot(db, at, |unit| &unit.variables)
    }

    pub(crate) fn function(&self, db: &dyn DeclareDb, at: DefRef) -> Option<&OnceBox<FunctionInfo>> {
        self.slot(db, at, |unit| &unit.functions)
    }

    pub(crate) fn function_variables(
        &self,
        db: &dyn DeclareDb,
        at: DefRef,
    ) -> Option<&OnceBox<FunctionVariables>> {
        self.slot(db, at, |unit| &unit.function_variables)
    }

    /// The answers about the class that `at` defines.
    pub(crate) fn class_at(&self, db: &dyn DeclareDb, at: DefRef) -> Option<&ClassAnswers> {
        Some(self.slot(db, at, |unit| &unit.classes)?.get_or_init(Box::default))
    }

    /// Where the kind of `class` is kept; that of a class which no definition defines is not.
    pub(crate) fn class_kind(&self, db: &dyn DeclareDb, class: ClassId) -> Option<&OnceLock<ClassKind>> {
        let ClassOrigin::Definition(at) = class.origin() else { return None };
        Some(&self.class_at(db, at)?.kind)
    }

    /// An answer about `class`, if it is the one that its definition defines; see [`Self::answer`].
    pub(crate) fn class_answer<V>(
        &self,
        db: &dyn DeclareDb,
        class: ClassId,
        question: Question,
        slot: impl FnOnce(&ClassAnswers) -> &OnceBox<V>,
        make: impl FnOnce() -> V,
    ) -> Option<&V> {
        let ClassOrigin::Definition(at) = class.origin() else { return None };
        let answers = self.class_at(db, at).filter(|answers| answers.id.get() == Some(&class))?;
        self.answer((question, at), slot(answers), make)
    }

    fn slot<V>(
        &self,
        db: &dyn DeclareDb,
        at: DefRef,
        kind: impl Fn(&UnitAnswers) -> &Slots<V>,
    ) -> Option<&OnceBox<V>> {
        let unit = self.unit(db, at.file, at.id.unit)?;
        let count = || index_of(db, at.file, at.id.unit).definitions.len();
        kind(unit).at(at.id.ordinal as usize, count)
    }

    /// The answer in `slot`, found by `make` if there is none yet; `None` if it would not be final.
    ///
    /// Panics when the question leads back to itself: none of these may (what can is a query with an
    /// answer for that case, see [`OpenCircle`]), and the panic becomes one internal error.
    pub(crate) fn answer<'s, V>(
        &self,
        question: (Question, DefRef),
        slot: &'s OnceBox<V>,
        make: impl FnOnce() -> V,
    ) -> Option<&'s V> {
        if let Some(known) = slot.get() {
            return Some(known);
        }
        if !self.is_final() {
            return None;
        }
        let made = {
            let _open = OpenQuestion::enter(self, question);
            make()
        };
        Some(slot.get_or_init(|| Box::new(made)))
    }
}

/// A question about a definition, while it is open.
struct OpenQuestion<'k>(&'k KeptDeclarations);

impl<'k> OpenQuestion<'k> {
    fn enter(kept: &'k KeptDeclarations, question: (Question, DefRef)) -> OpenQuestion<'k> {
        let mut open = kept.open.borrow_mut();
        assert!(!open.contains(&question), "{:?} of {:?} depends on itself", question.0, question.1);
        open.push(question);
        OpenQuestion(kept)
    }
}

impl Drop for OpenQuestion<'_> {
    fn drop(&mut self) {
        self.0.open.borrow_mut().pop();
    }
}

/// A question that may depend on itself, while it is open.
pub(crate) struct OpenCircle<'db>(Option<&'db KeptDeclarations>);

impl<'db> OpenCircle<'db> {
    pub(crate) fn enter(db: &'db dyn DeclareDb) -> OpenCircle<'db> {
        let kept = db.kept_declarations();
        if let Some(kept) = kept {
            kept.open_circles.set(kept.open_circles.get() + 1);
        }
        OpenCircle(kept)
    }
}

impl Drop for OpenCircle<'_> {
    fn drop(&mut self) {
        if let Some(kept) = self.0 {
            kept.open_circles.set(kept.open_circles.get().saturating_sub(1));
        }
    }
}
