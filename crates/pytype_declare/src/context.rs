//! The context of one unit of work: answers from the database, kept close at hand.
//!
//! A query makes a `Context`, works with it on one thread, and drops it; what it caches was read
//! through the database, so that dependencies are recorded. In a frozen run, where there are none,
//! what is always the same is remembered by the thread, for all the contexts that come after.

use std::cell::{Cell, OnceCell, RefCell};

use pytype_config::ModuleOptions;
use pytype_index::{DefId, DefRef, ScopeId};
use pytype_modules::Resolution;
use pytype_source::{File, KeptByNumber, KeptCopies, Name, name};
use pytype_types::{
    AliasId, AliasInfo, AnySource, Attribute, ClassId, ClassInfo, KnownClass, Param, ParamKind,
    RelationState, SigFlags, Signature, Ty, TyKind, TyList, TypeContext, TypeVarDecl, TypeVarInfo, Variance,
};
use ruff_python_ast::Expr;
use rustc_hash::FxHashMap;

use crate::classes::{ClassHeader, class_header};
use crate::member_lookup::{Reading, facts::KeptFacts};
use crate::names::resolver::Resolver;
use crate::{
    Binding, DeclareDb, KeptDeclarations, LocalTypes, Member, abstract_members, aliases, constructors,
    member_lookup, protocols, type_operations as ops, type_variables,
};

/// A question about a name: where, which, asked by what.
type NameKey = (File, ScopeId, Name, Option<DefId>);

/// What is found out about declarations again and again, and is always the same.
pub(crate) struct Memory {
    known: [Cell<Option<ClassId>>; KnownClass::ALL.len()],
    /// Their instances, with `Any` for type arguments.
    known_instances: [Cell<Option<Ty>>; KnownClass::ALL.len()],
    /// Where a class's member is defined, among its ancestors.
    pub(crate) definitions: KeptCopies<(ClassId, Name), Option<(ClassId, Member)>>,
    /// What a class's member is, as far as that is final.
    pub(crate) facts: KeptCopies<(ClassId, Name), KeptFacts>,
    /// Attributes of which only declared and final types matter, as they are read, with what `self` is.
    pub(crate) attributes: KeptCopies<(Ty, Ty, Name, Reading), Attribute>,
    /// The same as relations ask for them, with what `self` is.
    pub(crate) members: KeptCopies<(Ty, Name, Ty), Attribute>,
    pub(crate) constructors: KeptCopies<ClassId, Ty>,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            known: [const { Cell::new(None) }; KnownClass::ALL.len()],
            known_instances: [const { Cell::new(None) }; KnownClass::ALL.len()],
            definitions: KeptCopies::default(),
            facts: KeptCopies::default(),
            attributes: KeptCopies::default(),
            members: KeptCopies::default(),
            constructors: KeptCopies::default(),
        }
    }
}

/// See the module's documentation.
pub struct Context<'db> {
    pub db: &'db dyn DeclareDb,
    /// The file whose options are in force.
    pub file: File,
    /// What the running unit of work has inferred itself.
    pub local: LocalTypes,
    pub(crate) options: &'db ModuleOptions,
    pub(crate) relations: RelationState,
    pub(crate) classes: RefCell<FxHashMap<ClassId, &'db ClassInfo>>,
    /// In a frozen run, the headers of classes that this thread has asked for.
    headers: Option<&'db KeptByNumber<ClassHeader>>,
    /// In a frozen run, what all units of work of this thread remember.
    pub(crate) shared: Option<&'db KeptDeclarations>,
    /// Made when nothing is shared.
    own: OnceCell<Box<Memory>>,
    names: RefCell<FxHashMap<NameKey, Option<Binding>>>,
    pub(crate) bindings: RefCell<FxHashMap<DefRef, Option<Binding>>>,
    aliases: RefCell<FxHashMap<AliasId, &'db AliasInfo>>,
    /// Inferred variances of PEP 695 type parameters.
    pub(crate) variances: RefCell<FxHashMap<ClassId, type_variables::KnownVariances>>,
}

impl<'db> Context<'db> {
    /// For queries about declarations: it never asks for inferred types (see
    /// [`crate::Covered::Declarations`]), so that inference may ask these queries.
    pub fn of_declarations(db: &'db dyn DeclareDb, file: File) -> Context<'db> {
        let mut context = Context::new(db, file);
        context.local.covered = crate::Covered::Declarations;
        context
    }

    pub fn new(db: &'db dyn DeclareDb, file: File) -> Context<'db> {
        let options = db.module_options(file);
        Context {
            db,
            file,
            local: LocalTypes::default(),
            options,
            relations: RelationState::default(),
            classes: RefCell::default(),
            headers: db.kept_declarations().map(|kept| &kept.headers),
            shared: db.kept_declarations().filter(|kept| kept.serves(options)),
            own: OnceCell::new(),
            names: RefCell::default(),
            bindings: RefCell::default(),
            aliases: RefCell::default(),
            variances: RefCell::default(),
        }
    }

    /// For walking bodies, when every interface is known: comparisons of types that hold in one body
    /// hold in all.
    pub fn of_bodies(db: &'db dyn DeclareDb, file: File) -> Context<'db> {
        let mut context = Context::new(db, file);
        if let Some(known) = context.shared.and_then(KeptDeclarations::take_relations) {
            context.relations = known;
        }
        context
    }

    /// Leaves what [`Context::of_bodies`] goes on with.
    pub fn leave_relations(self) {
        if let Some(shared) = self.shared {
            shared.leave_relations(self.relations);
        }
    }

    /// Before another body is walked: what was left over from the one before is dropped.
    pub fn begin_body(&mut self, covered: crate::Covered) {
        self.local.begin(covered);
        self.relations.come_to_rest();
    }

    #[inline(never)]
    fn new_known_instance(&self, class: KnownClass) -> Ty {
        let id = self.known(class);
        let found = pytype_types::open_instance(id, self.class_info(id));
        if let Some(place) = self.memory().known_instances.get(class as usize).filter(|_| self.may_remember())
        {
            place.set(Some(found));
        }
        found
    }

    /// What is remembered of declarations.
    pub(crate) fn memory(&self) -> &Memory {
        self.shared.map_or_else(|| &**self.own.get_or_init(Box::default), |kept| &kept.memory)
    }

    /// Whether what is found now may be remembered: within a circle it may not be final.
    pub(crate) fn may_remember(&self) -> bool {
        self.shared.is_none_or(KeptDeclarations::is_final)
    }

    /// The options of the file under work, for as long as the database lives.
    pub fn options(&self) -> &'db ModuleOptions {
        self.options
    }

    /// The header of a class, for as long as the database lives.
    #[inline]
    pub fn class_info(&self, id: ClassId) -> &'db ClassInfo {
        match self.headers.and_then(|headers| headers.get(id.number())) {
            Some(header) => &header.info,
            None => self.new_class_info(id),
        }
    }

    #[cold]
    fn new_class_info(&self, id: ClassId) -> &'db ClassInfo {
        if self.headers.is_some() {
            return &class_header(self.db, id, ()).info;
        }
        if let Some(known) = self.classes.borrow().get(&id) {
            return known;
        }
        let info = &class_header(self.db, id, ()).info;
        self.classes.borrow_mut().insert(id, info);
        info
    }

    /// What `name` means in `scope` of `file`; see [`crate::names::lookup_before`].
    pub fn lookup(&self, file: File, scope: ScopeId, name: Name, before: Option<DefId>) -> Option<Binding> {
        let key = (file, scope, name, before);
        if let Some(known) = self.names.borrow().get(&key) {
            return *known;
        }
        let found = crate::names::lookup_before(self.db, file, scope, name, before);
        self.names.borrow_mut().insert(key, found);
        found
    }

    /// What a dotted name means in `scope` of `file`; see [`crate::names::lookup_expr_before`].
    pub fn lookup_expr(
        &self,
        file: File,
        scope: ScopeId,
        expr: &Expr,
        before: Option<DefId>,
    ) -> Option<Binding> {
        match expr {
            Expr::Name(name) => self.lookup(file, scope, Name::of(name), before),
            Expr::Attribute(attribute) => {
                let object = self.lookup_expr(file, scope, &attribute.value, before)?;
                let name = Name::of(&attribute.attr);
                crate::names::attribute_before(self.db, file, scope, object, name, before)
            }
            _ => None,
        }
    }

    /// A class by the module that defines it and its name there.
    pub fn class_by_path(&self, module: &str, name: &str) -> Option<ClassId> {
        let Resolution::Found(file) = pytype_modules::resolve(self.db, Name::new(module)) else {
            return None;
        };
        let resolver = Resolver::new(self.db);
        let binding = resolver.in_module(file, Name::new(name))?;
        resolver.alias_class(binding)
    }

    /// A class as a value: what calling it means, as a type object.
    pub fn class_object(&self, class: ClassId) -> Ty {
        let info = self.class_info(class);
        if info.typed_dict.is_some() {
            let own = info.typed_dict.unwrap_or_else(|| Ty::instance(class, info.type_params));
            return self.typed_dict_constructor(own, info.type_params);
        }
        if class.is("types.NoneType") {
            return Ty::new(TyKind::Type(Ty::none()));
        }
        constructors::constructor(self, class)
    }

    /// Calling a typed dict's class: its items as keyword arguments.
    fn typed_dict_constructor(&self, own: Ty, variables: TyList) -> Ty {
        let TyKind::TypedDict(dict) = own.kind() else { return own };
        let params = dict
            .items
            .iter()
            .map(|(name, item)| {
                let kind = if item.required { ParamKind::Named } else { ParamKind::NamedOpt };
                Param { name: Some(*name), ty: item.ty, kind }
            })
            .collect();
        let mut signature = Signature::new(params, own, self.known_instance(KnownClass::Type));
        signature.variables = variables;
        signature.flags |= SigFlags::TYPE_OBJECT | SigFlags::BOUND;
        signature.instance_type = Some(own);
        signature.name = dict.fallback.as_instance().map(|instance| instance.class.name());
        signature.into_ty()
    }

    /// An alias as a value.
    pub fn alias_object(&self, alias: AliasId) -> Ty {
        let info = aliases::alias_info(self.db, alias);
        if info.explicit_type_statement {
            return self.known_instance(KnownClass::TypeAliasType);
        }
        let any: TyList = info.type_params.iter().map(|_| Ty::any(AnySource::OmittedGenerics)).collect();
        let target = ops::proper(self, crate::substitution::apply(self, info.target, info.type_params, any));
        match target.kind() {
            TyKind::TypedDict(_) => self.typed_dict_constructor(target, TyList::EMPTY()),
            TyKind::Instance(instance) => {
                let object = self.class_object(instance.class);
                if info.no_args { object } else { ops::apply_class_arguments(self, object, instance.args) }
            }
            TyKind::Tuple { fallback, .. } => match fallback.as_instance() {
                Some(instance) if !instance.class.is("builtins.tuple") => self.class_object(instance.class),
                Some(_) | None => self.known_instance(KnownClass::SpecialForm),
            },
            TyKind::None => Ty::new(TyKind::Type(target)),
            TyKind::Any(_) => Ty::any(AnySource::Derived),
            TyKind::Union(_) => self.known_instance(KnownClass::UnionType),
            TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => self.known_instance(KnownClass::SpecialForm),
        }
    }

    /// The abstract members left to implement, sorted.
    pub fn abstract_members(&self, class: ClassId) -> &'db [Name] {
        &abstract_members::abstract_members(self.db, class, ()).names
    }

    /// Whether a member of a class may mention the class's type parameters: a method that says of its
    /// `self` that it has other parameters, and mentions these nowhere else, does not.
    fn uses_class_parameters(&self, class: ClassId, name: Name, member: Member) -> bool {
        let member_lookup::Sort::Function(info, _) = self.facts_of(class, name, member).sort else {
            return true;
        };
        let params = self.class_info(class).type_params;
        let uses = |ty: Ty| pytype_types::free_type_vars(ty).into_iter().any(|var| params.contains(&var));
        info.items.iter().any(|item| {
            let Some(signature) = item.signature.as_callable() else { return true };
            let Some((of_object, others)) = signature.params.split_first() else { return true };
            let other_parameters =
                of_object.ty.as_instance().is_some_and(|i| i.class == class) && !uses(of_object.ty);
            !other_parameters || uses(signature.ret) || others.iter().any(|param| uses(param.ty))
        })
    }
}

impl TypeContext for Context<'_> {
    fn class(&self, id: ClassId) -> &ClassInfo {
        self.class_info(id)
    }

    fn known(&self, class: KnownClass) -> ClassId {
        let memory = self.memory();
        if let Some(Some(known)) = memory.known.get(class as usize).map(Cell::get) {
            return known;
        }
        let (module, name) = class.path();
        let found = self.class_by_path(module, name).unwrap_or_else(|| match class {
            KnownClass::Object => missing_object(),
            _ => self.known(KnownClass::Object),
        });
        if let Some(place) = memory.known.get(class as usize)
            && self.may_remember()
        {
            place.set(Some(found));
        }
        found
    }

    #[inline]
    fn known_instance(&self, class: KnownClass) -> Ty {
        let known = self.memory().known_instances.get(class as usize).and_then(Cell::get);
        known.unwrap_or_else(|| self.new_known_instance(class))
    }

    fn type_var(&self, decl: TypeVarDecl) -> &TypeVarInfo {
        self.type_var_info(decl)
    }

    fn parameter_variance(&self, class: ClassId, param: Ty) -> Variance {
        self.variance_in_class(class, param)
    }

    fn alias(&self, id: AliasId) -> &AliasInfo {
        if let Some(known) = self.aliases.borrow().get(&id) {
            return known;
        }
        let info = aliases::alias_info(self.db, id);
        self.aliases.borrow_mut().insert(id, info);
        info
    }

    fn member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute> {
        self.find_member(object, name, self_type)
    }

    fn class_object_member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute> {
        self.find_class_member(object, name, self_type)
    }

    fn module_member(&self, module: Name, name: Name) -> Option<Attribute> {
        self.module_attribute(module, name)
    }

    fn protocol_members(&self, class: ClassId) -> &[Name] {
        protocols::protocol_members(self.db, class, ())
    }

    fn member_names(&self, class: ClassId) -> Vec<Name> {
        let mut names: Vec<Name> = self
            .class_info(class)
            .mro
            .iter()
            .filter(|owner| !owner.is("builtins.object"))
            .flat_map(|owner| {
                let members = &crate::member_table::member_table(self.db, *owner).members;
                let matters = move |name: Name, member: &Member| {
                    *owner != class || self.uses_class_parameters(class, name, *member)
                };
                members.iter().filter(move |(name, member)| matters(*name, member)).map(|(name, _)| name)
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn constructor(&self, class: ClassId) -> Ty {
        self.class_object(class)
    }

    fn enum_members(&self, class: ClassId) -> &[Name] {
        member_lookup::enum_members(self.db, class, ())
    }

    fn is_abstract(&self, class: ClassId) -> bool {
        abstract_members::abstract_members(self.db, class, ()).is_abstract()
    }

    fn options(&self) -> &ModuleOptions {
        self.options
    }

    fn relations(&self) -> &RelationState {
        &self.relations
    }
}

/// Stands for `object` where typeshed has none; nothing is known of it.
fn missing_object() -> ClassId {
    let name = name!("object");
    let fullname = name!("builtins.object");
    ClassId::new(pytype_types::ClassOrigin::Intersection(TyList::EMPTY()), fullname, name)
}
