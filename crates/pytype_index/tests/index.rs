//! What scopes, symbols and definitions a file has.

mod support;

use pytype_index::{
    DefNode, DefinitionFlags, DefinitionKind, ImportPlace, ScopeId, ScopeKind, body_syntax, definition_at,
    imports, scope_at,
};
use pytype_source::Name;
use ruff_python_ast::{Expr, Stmt};
use support::Source;

fn flags(source: &Source, path: &str) -> DefinitionFlags {
    source.definition(path).flags
}

fn attributes(source: &Source, path: &str) -> Vec<(&'static str, bool)> {
    match &source.definition(path).kind {
        DefinitionKind::Function { self_attributes, .. } => {
            self_attributes.iter().map(|a| (a.name.as_str(), a.annotated)).collect()
        }
        other => panic!("{path} is {other:?}"),
    }
}

#[test]
fn every_form_of_binding() {
    let source = Source::new(
        "import a.b, c as d\nfrom e import f as g, h\n\
         x = y = 1\n(z, [w, *v]) = u\nt: int\ns: str = ''\n\
         for r, q in []: p = 1\nwith o as n, m as (l, k): pass\n\
         try: pass\nexcept E as j: pass\n\
         (i := 1)\n[hh := 2 for gg in range(3)]\n\
         match x:\n  case [a1, *a2] | {'k': a1, **a2}: pass\n  case C(a3, b=a4) as a5: pass\n\
         type A[T] = list[T]\ndef func(): pass\nclass Cls: pass\nx.attr = 1\nx[0] = 2\nx += 1\n",
    );
    let expected = "a d g h x y z w v t s r q p n l k j i hh a1 a2 a3 a4 a5 A func Cls";
    assert_eq!(source.names().join(" "), expected);
    assert!(flags(&source, "t").contains(DefinitionFlags::ANNOTATED));
    assert!(!flags(&source, "t").contains(DefinitionFlags::HAS_VALUE));
    assert!(flags(&source, "w").contains(DefinitionFlags::UNPACKED));
    assert!(flags(&source, "p").contains(DefinitionFlags::CONDITIONAL));
    assert!(!flags(&source, "r").contains(DefinitionFlags::CONDITIONAL));
    assert!(matches!(
        source.definition("a").kind,
        DefinitionKind::Import { module, alias: false } if module == "a.b"
    ));
    assert!(matches!(
        source.definition("g").kind,
        DefinitionKind::ImportFrom { module, name, explicit: false } if module == "e" && name == "f"
    ));
}

#[test]
fn all_definitions_of_a_symbol_are_kept_in_order() {
    let source = Source::new(
        "try:\n    import j\nexcept ImportError:\n    j = None\n\
         if c:\n    def f(): ...\nelse:\n    def f(): ...\n",
    );
    let kinds: Vec<bool> = source
        .ids("j")
        .iter()
        .map(|id| matches!(source.index().definition(*id).unwrap().kind, DefinitionKind::Import { .. }))
        .collect();
    assert_eq!(kinds, [true, false]);
    assert_eq!(source.ids("f").len(), 2);
}

#[test]
fn class_scopes_nest() {
    let source = Source::new("class A:\n    x = 1\n    class B:\n        def m(self): ...\n");
    let method = source.definition("A.B.m");
    let b = source.index().scope(method.scope).unwrap();
    assert!(matches!(b.kind, ScopeKind::Class(id) if id == source.id("A.B")));
    let a = source.index().scope(b.parent.unwrap()).unwrap();
    assert!(matches!(a.kind, ScopeKind::Class(id) if id == source.id("A")));
    assert_eq!(a.parent, Some(ScopeId::MODULE));
}

#[test]
fn type_parameters_have_a_scope_between() {
    let source = Source::new("class A[T]:\n    def m[S: int](self, x: S): ...\ntype L[U] = U\n");
    let index = source.index();
    let class = source.id("A");
    let scope = index.type_parameter_scope(class).unwrap();
    assert_eq!(source.scope_names(scope), ["T"]);
    let DefinitionKind::Class { body } = source.definition("A").kind else { panic!() };
    assert_eq!(index.scope(body).unwrap().parent, Some(scope));
    let method = source.id("A.m");
    let inner = index.type_parameter_scope(method).unwrap();
    assert_eq!(index.scope(inner).unwrap().parent, Some(body));
    // The body's first scope is the function's own, below its type parameters.
    let own = &source.unit(method.body_unit()).scopes[0];
    assert_eq!(own.kind, ScopeKind::Function(method));
    assert_eq!(own.parent, Some(inner));
    assert_eq!(own.symbols.len(), 2);
    assert!(index.type_parameter_scope(source.id("L")).is_some());
}

#[test]
fn attributes_through_the_first_parameter() {
    let source = Source::new(
        "class C:\n    def m(this, other):\n        this.a = 1\n        this.b: int = 2\n        this.a: str = ''\n\
         \n        other.x = 1\n        (this.c, [*this.d]) = v\n        for this.e in v: pass\n\
         \n        with v as this.f: this.g += 1\n        def inner(): this.h = 1\n\
         \n        def hidden(this): this.i = 1\n        if False and v: this.k = 1\n\
         \n    @staticmethod\n    def s(a): a.z = 1\n    @classmethod\n    def k(cls): cls.y = 1\n\
         def free(self): self.q = 1\n",
    );
    let found: Vec<&str> = attributes(&source, "C.m").iter().map(|(name, _)| *name).collect();
    assert_eq!(found, ["a", "b", "c", "d", "e", "f", "h", "k"]);
    assert_eq!(attributes(&source, "C.m")[0], ("a", true));
    assert_eq!(attributes(&source, "C.s"), []);
    assert_eq!(attributes(&source, "C.k"), [("y", false)]);
    assert_eq!(attributes(&source, "free"), []);
    let declared = source.syntax().self_attribute(source.id("C.m"), Name::new("a"));
    assert!(matches!(declared, Some(DefNode::AnnAssign(_))));
}

#[test]
fn assigning_globals_defines_nothing_but_marks_the_function() {
    let source = Source::new(
        "known = None\ntyped: int = 0\ndef f():\n    global known, new\n    known = 1\n    new = 2\n\
         def g():\n    global typed\n    typed = 1\ndef h():\n    global known\n    print(known)\n",
    );
    assert_eq!(source.names(), ["known", "typed", "f", "g", "h"]);
    assert_eq!(source.ids("known").len(), 1);
    assert!(flags(&source, "f").contains(DefinitionFlags::ASSIGNS_GLOBALS));
    assert!(!flags(&source, "g").contains(DefinitionFlags::ASSIGNS_GLOBALS));
    assert!(!flags(&source, "h").contains(DefinitionFlags::ASSIGNS_GLOBALS));
}

#[test]
fn generators_are_those_that_yield_themselves() {
    let source = Source::new(
        "def f():\n    if x:\n        y = [(yield 1)]\ndef g():\n    def inner(): yield\n    return inner\n\
         def h():\n    'yield'\n    lambda: (yield)\n",
    );
    assert!(flags(&source, "f").contains(DefinitionFlags::GENERATOR));
    assert!(!flags(&source, "g").contains(DefinitionFlags::GENERATOR));
    assert!(!flags(&source, "h").contains(DefinitionFlags::GENERATOR));
    assert!(flags(&source, "g.inner").contains(DefinitionFlags::GENERATOR));
}

#[test]
fn header_flags() {
    let source = Source::new(
        "@overload\ndef f(x: int): ...\n@typing.overload\nasync def g(): raise NotImplementedError('x')\n\
         class C:\n    @property\n    def p(self): 'doc'\n    @p.setter\n    def p(self, v): return\n",
    );
    assert!(flags(&source, "f").contains(DefinitionFlags::OVERLOAD | DefinitionFlags::TRIVIAL_BODY));
    assert!(!flags(&source, "f").contains(DefinitionFlags::UNANNOTATED));
    let g = DefinitionFlags::OVERLOAD | DefinitionFlags::ASYNC | DefinitionFlags::UNANNOTATED;
    assert!(flags(&source, "g").contains(g | DefinitionFlags::TRIVIAL_BODY));
    let setter = source.index().definition(source.ids("C.p")[1]).unwrap();
    assert!(setter.flags.contains(DefinitionFlags::PROPERTY_PART));
    assert!(!setter.flags.contains(DefinitionFlags::TRIVIAL_BODY));
}

#[test]
fn bodies_have_an_index_of_their_own() {
    let source = Source::new(
        "def f(a, *b, c=1, **d):\n    x = 1\n    def inner(y):\n        nonlocal x\n        x = 2\n        z = 3\n\
         \n    class K:\n        def m(self): self.q = x\n    [i for i in a if (w := i)]\n    return lambda t: t\n",
    );
    assert_eq!(source.names(), ["f"]);
    let body = source.unit(source.id("f").body_unit());
    assert_eq!(source.scope_names(ScopeId { unit: 1, ordinal: 0 }).join(" "), "a b c d x inner K w");
    assert_eq!(source.ids("f.x").len(), 2, "the assignment through `nonlocal` counts");
    assert_eq!(source.scope_names(ScopeId { unit: 1, ordinal: 1 }).join(" "), "y z");
    assert_eq!(attributes(&source, "f.K.m"), [("q", false)]);
    let kinds: Vec<ScopeKind> = body.scopes.iter().map(|s| s.kind).collect();
    assert!(kinds.contains(&ScopeKind::Lambda) && kinds.contains(&ScopeKind::Comprehension));
    assert!(body.definitions.iter().all(|d| d.scope.unit == 1));
}

#[test]
fn syntax_and_definitions_lead_to_each_other() {
    let source = Source::new("def f(p):\n    x = [i for i in p]\n    return x\nclass C: pass\ny = 1\n");
    let syntax = source.syntax();
    for (ordinal, _) in source.index().definitions.iter().enumerate() {
        let id = pytype_index::DefId { unit: 0, ordinal: ordinal as u32 };
        assert!(syntax.node(id).is_some());
    }
    let Some(Stmt::Assign(y)) = syntax.module_body().last() else { panic!() };
    let target = y.targets[0].as_name_expr().unwrap();
    assert_eq!(definition_at(&source.db, source.file, 0, target.range), Some(source.id("y")));
    let f = source.id("f");
    let body = body_syntax(&source.db, source.file, f);
    let function = body.body_function().unwrap();
    assert_eq!(definition_at(&source.db, source.file, 0, function.range), Some(f));
    let Stmt::Assign(x) = &function.body[0] else { panic!() };
    let Expr::ListComp(comp) = &*x.value else { panic!() };
    let scope = scope_at(&source.db, source.file, f.body_unit(), comp.range).unwrap();
    assert_eq!(source.scope_names(scope), ["i"]);
}

#[test]
fn imports_are_edges() {
    let source = Source::new(
        "import a.b\nfrom . import c\nfrom .d import e\nfrom ..x import y\nfrom m import *\n\
         if TYPE_CHECKING:\n    import t\nelse:\n    import no\n\
         def f():\n    import lazy\n    def g():\n        from .. import deep\n\
         class C:\n    import inner\n",
    );
    let edges: Vec<(String, ImportPlace)> =
        imports(&source.db, source.file).iter().map(|e| (e.module.to_string(), e.place)).collect();
    let place = |module: &str| edges.iter().find(|(m, _)| m == module).map(|(_, place)| *place);
    assert_eq!(place("a.b"), Some(ImportPlace::TopLevel));
    assert_eq!(place("pkg"), Some(ImportPlace::TopLevel));
    assert_eq!(place("pkg.d"), Some(ImportPlace::TopLevel));
    assert_eq!(place("m"), Some(ImportPlace::TopLevel));
    assert_eq!(place("t"), Some(ImportPlace::TypeCheckingOnly));
    assert_eq!(place("no"), None);
    assert_eq!(place("lazy"), Some(ImportPlace::InFunction));
    assert_eq!(place("inner"), Some(ImportPlace::TopLevel));
    // Above the top-level package: the names exist, the module does not.
    assert!(!source.ids("y").is_empty());
    assert_eq!(place(".x"), Some(ImportPlace::TopLevel));
    assert_eq!(source.index().scopes[0].star_imports.as_slice(), [Name::new("m")]);
}

#[test]
fn deep_nesting_is_no_danger() {
    let depth = 3000;
    let text = format!("x = {}1{}\n", "(".repeat(60), ")".repeat(60))
        + &format!("y = 1{}\n", " + 1".repeat(depth))
        + &format!("z = a{}\n", ".b".repeat(depth));
    let source = Source::new(&text);
    assert_eq!(source.names(), ["x", "y", "z"]);
}

#[test]
fn type_comments_count_as_annotations() {
    let source = Source::new(
        "x = []  # type: list[int]\ny = 1  # type: ignore\nz = '# type: int'\n\
         for i in x:  # type: int\n    final = 1\nwith x as (w):  # type: int\n    pass\n\
         def f(a):  # type: (int) -> str\n    pass\ndef g(a, b):  # type: ignore\n    pass\n\
         def h(a,  # type: int\n      b):\n    # type: (...) -> str\n    pass\n\
         class C:\n    def m(self):\n        self.q = []  # type: list[int]\n",
    );
    for (name, annotated) in [("x", true), ("y", false), ("z", false), ("i", true), ("w", true)] {
        assert_eq!(flags(&source, name).contains(DefinitionFlags::ANNOTATED), annotated, "{name}");
    }
    for (name, unannotated) in [("f", false), ("g", true), ("h", false)] {
        assert_eq!(flags(&source, name).contains(DefinitionFlags::UNANNOTATED), unannotated, "{name}");
    }
    assert_eq!(attributes(&source, "C.m"), [("q", true)]);
    assert!(flags(&source, "final").contains(DefinitionFlags::IN_LOOP));
    let syntax = source.syntax();
    let comments: Vec<&str> =
        syntax.module_body().iter().filter_map(|s| syntax.type_comment(s)).map(|c| c.text).collect();
    assert_eq!(comments, ["list[int]", "int", "int"]);
    let f = syntax.function(source.id("f")).unwrap();
    assert_eq!(syntax.signature_comment(f).map(|c| c.text), Some("(int) -> str"));
}

#[test]
fn scopes_are_found_inside_of_text() {
    let source = Source::new("x = f'{[i for i in y]} {(w := 1)} {(lambda z: z)(1):{[j for j in y]}}'\n");
    assert_eq!(source.names(), ["w", "x"]);
    assert_eq!(source.index().scopes.len(), 4);
}
