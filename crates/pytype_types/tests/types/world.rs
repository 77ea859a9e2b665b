//! A small made-up program that the algorithms can ask about.

use indexmap::IndexMap;
use pytype_config::ModuleOptions;
use pytype_index::{DefId, DefRef};
use pytype_source::{File, FileOrigin, Name};
use pytype_types::*;
use rustc_hash::FxHashMap;

#[salsa::db]
#[derive(Default, Clone)]
struct Database {
    storage: salsa::Storage<Self>,
}

#[salsa::db]
impl salsa::Database for Database {}

/// Classes, type variables and aliases, made by the tests as they need them.
pub struct World {
    file: File,
    next: std::cell::Cell<u32>,
    classes: IndexMap<ClassId, &'static ClassInfo>,
    variables: std::cell::RefCell<FxHashMap<TypeVarDecl, &'static TypeVarInfo>>,
    aliases: std::cell::RefCell<FxHashMap<AliasId, &'static AliasInfo>>,
    options: ModuleOptions,
    relations: RelationState,
}

impl World {
    pub fn new() -> World {
        let db = Database::default();
        let file = File::new(&db, "m.py".into(), Name::new("m"), FileOrigin::Checked, 0);
        let mut world = World {
            file,
            next: std::cell::Cell::new(0),
            classes: IndexMap::new(),
            variables: std::cell::RefCell::default(),
            aliases: std::cell::RefCell::default(),
            options: ModuleOptions::default(),
            relations: RelationState::default(),
        };
        world.add_class("builtins.object", &[], &[]);
        for plain in ["builtins.int", "builtins.str", "builtins.bytes", "builtins.type", "builtins.function"]
        {
            world.add_class(plain, &[], &[]);
        }
        let int = world.get("builtins.int");
        world.add_class("builtins.bool", &[], &[int]);
        let t = world.param("typing.Iterable", 0, "T_co", Variance::Covariant);
        world.add_class("typing.Iterable", &[t], &[]);
        let t = world.param("typing.Sequence", 0, "T_co", Variance::Covariant);
        let base = world.of("typing.Iterable", [t]);
        world.add_class("typing.Sequence", &[t], &[base]);
        for (name, variance) in
            [("builtins.tuple", Variance::Covariant), ("builtins.list", Variance::Invariant)]
        {
            let t = world.param(name, 0, "T", variance);
            let base = world.of("typing.Sequence", [t]);
            world.add_class(name, &[t], &[base]);
        }
        let k = world.param("typing.Mapping", 0, "K", Variance::Invariant);
        let v = world.param("typing.Mapping", 1, "V", Variance::Covariant);
        world.add_class("typing.Mapping", &[k, v], &[]);
        let k = world.param("builtins.dict", 0, "K", Variance::Invariant);
        let v = world.param("builtins.dict", 1, "V", Variance::Invariant);
        let base = world.of("typing.Mapping", [k, v]);
        world.add_class("builtins.dict", &[k, v], &[base]);
        world
    }

    fn definition(&self) -> DefRef {
        self.next.set(self.next.get() + 1);
        DefRef { file: self.file, id: DefId { unit: 0, ordinal: self.next.get() } }
    }

    pub fn class_info(&self, class: ClassId) -> &ClassInfo {
        self.classes[&class]
    }

    /// Adds a class.
    pub fn add_class(&mut self, fullname: &str, params: &[Ty], bases: &[Ty]) -> ClassId {
        let name = fullname.rsplit('.').next().unwrap_or(fullname);
        let origin = ClassOrigin::Definition(self.definition());
        let id = ClassId::new(origin, Name::new(fullname), Name::new(name));
        let mut mro = vec![id];
        let mut ancestors = FxHashMap::default();
        for base in bases {
            let instance = base.as_instance().expect("bases are instances");
            let info = self.classes[&instance.class];
            ancestors.insert(instance.class, *base);
            for (class, ty) in &info.ancestors {
                ancestors.insert(*class, expand_by_instance(self, *ty, instance));
            }
            mro.extend(info.mro.iter().filter(|class| !class.is("builtins.object")));
        }
        if let Some((object, _)) = self.classes.first() {
            mro.push(*object);
        }
        let mut flags = ClassFlags::empty();
        flags.set(ClassFlags::VARIADIC, params.iter().any(|p| matches!(p.kind(), TyKind::TypeVarTuple(_))));
        let info = ClassInfo {
            id,
            flags,
            type_params: params.into(),
            bases: bases.into(),
            mro,
            ancestors,
            metaclass: None,
            tuple_type: None,
            typed_dict: None,
            promotions: TyList::EMPTY(),
            deprecated: None,
        };
        self.classes.insert(id, Box::leak(Box::new(info)));
        id
    }

    fn id(&self, fullname: &str) -> ClassId {
        *self.classes.keys().find(|class| class.is(fullname)).unwrap_or_else(|| panic!("no class {fullname}"))
    }
    /// An instance of a class without type parameters.
    pub fn get(&self, fullname: &str) -> Ty {
        Ty::plain_instance(self.id(fullname))
    }
    pub fn of(&self, fullname: &str, args: impl Into<TyList>) -> Ty {
        Ty::instance(self.id(fullname), args)
    }
    pub fn int(&self) -> Ty {
        self.get("builtins.int")
    }
    pub fn str(&self) -> Ty {
        self.get("builtins.str")
    }
    pub fn list(&self, item: Ty) -> Ty {
        self.of("builtins.list", [item])
    }
    pub fn tuple(&self, items: &[Ty]) -> Ty {
        normalize::plain_tuple(self, items)
    }

    pub fn declare(&self, name: &str, kind: TypeVarKind, info: TypeVarInfo) -> TypeVarDecl {
        let decl = TypeVarDecl::new(TypeVarDeclData {
            name: Name::new(name),
            fullname: Name::new(&format!("m.{name}")),
            kind,
            origin: TypeVarOrigin::Assignment(self.definition()),
        });
        self.variables.borrow_mut().insert(decl, Box::leak(Box::new(info)));
        decl
    }
    /// What a type variable without further ado is declared as.
    pub fn plain_info(&self, variance: Variance) -> TypeVarInfo {
        TypeVarInfo {
            bound: self.object(),
            values: TyList::EMPTY(),
            default: None,
            variance,
            infers_variance: false,
        }
    }
    pub fn param(&self, owner: &str, index: u32, name: &str, variance: Variance) -> Ty {
        let decl = self.declare(name, TypeVarKind::TypeVar, self.plain_info(variance));
        self.variable(owner, index, decl)
    }
    pub fn variable(&self, owner: &str, index: u32, decl: TypeVarDecl) -> Ty {
        let id = TypeVarId { owner: Name::new(owner), index, meta: 0 };
        Ty::new(match decl.kind {
            TypeVarKind::TypeVar => TyKind::TypeVar(TypeVar { id, decl }),
            TypeVarKind::ParamSpec => {
                TyKind::ParamSpec(ParamSpec { id, decl, flavor: ParamSpecFlavor::Bare, prefix: None })
            }
            TypeVarKind::TypeVarTuple => TyKind::TypeVarTuple(TypeVarTuple { id, decl, min_len: 0 }),
        })
    }
    /// A type variable of the function `f`.
    pub fn tv(&self, index: u32, name: &str) -> Ty {
        self.param("m.f", index, name, Variance::Invariant)
    }
    pub fn ps(&self, index: u32, name: &str) -> Ty {
        let info = self.plain_info(Variance::Invariant);
        self.variable("m.f", index, self.declare(name, TypeVarKind::ParamSpec, info))
    }
    pub fn ts(&self, index: u32, name: &str) -> Ty {
        let info = self.plain_info(Variance::Invariant);
        self.variable("m.f", index, self.declare(name, TypeVarKind::TypeVarTuple, info))
    }
    pub fn alias(&self, name: &str, params: &[Ty], target: impl FnOnce(AliasId) -> Ty) -> AliasId {
        let id = AliasId::new(self.definition(), Name::new(&format!("m.{name}")));
        let info = AliasInfo {
            target: target(id),
            type_params: params.into(),
            recursive: true,
            explicit_type_statement: false,
            no_args: false,
        };
        self.aliases.borrow_mut().insert(id, Box::leak(Box::new(info)));
        id
    }
    /// A callable without variables.
    pub fn callable(&self, params: Vec<Param>, ret: Ty) -> Signature {
        Signature::new(params, ret, self.get("builtins.function"))
    }
    /// A generic callable with unnamed positional parameters.
    pub fn generic(&self, variables: &[Ty], params: &[Ty], ret: Ty) -> Sig {
        let params = params.iter().map(|ty| pos(*ty)).collect();
        Signature { variables: variables.into(), ..self.callable(params, ret) }.intern()
    }
}

pub fn pos(ty: Ty) -> Param {
    Param { name: None, ty, kind: ParamKind::Pos }
}
pub fn named(name: &str, ty: Ty, kind: ParamKind) -> Param {
    Param { name: Some(Name::new(name)), ty, kind }
}
pub fn unpack(ty: Ty) -> Ty {
    Ty::new(TyKind::Unpack(ty))
}

static OBJECT: std::sync::LazyLock<TypeVarInfo> = std::sync::LazyLock::new(|| TypeVarInfo {
    bound: Ty::never(),
    values: TyList::EMPTY(),
    default: None,
    variance: Variance::Invariant,
    infers_variance: false,
});

impl TypeContext for World {
    fn class(&self, id: ClassId) -> &ClassInfo {
        self.classes[&id]
    }
    fn known(&self, class: KnownClass) -> ClassId {
        let (module, name) = class.path();
        let fullname = format!("{module}.{name}");
        self.classes
            .keys()
            .copied()
            .find(|class| class.is(&fullname))
            .unwrap_or_else(|| self.id("builtins.object"))
    }
    fn type_var(&self, decl: TypeVarDecl) -> &TypeVarInfo {
        self.variables.borrow().get(&decl).copied().unwrap_or_else(|| &*OBJECT)
    }
    fn alias(&self, id: AliasId) -> &AliasInfo {
        self.aliases.borrow()[&id]
    }
    fn member(&self, _object: Ty, _name: Name, _self_type: Ty) -> Option<Attribute> {
        None
    }
    fn class_object_member(&self, _object: Ty, _name: Name, _self_type: Ty) -> Option<Attribute> {
        None
    }
    fn module_member(&self, _module: Name, _name: Name) -> Option<Attribute> {
        None
    }
    fn protocol_members(&self, _class: ClassId) -> &[Name] {
        &[]
    }
    fn constructor(&self, _class: ClassId) -> Ty {
        Ty::any(AnySource::Error)
    }
    fn enum_members(&self, _class: ClassId) -> &[Name] {
        &[]
    }
    fn is_abstract(&self, _class: ClassId) -> bool {
        false
    }
    fn options(&self) -> &ModuleOptions {
        &self.options
    }
    fn relations(&self) -> &RelationState {
        &self.relations
    }
}
