//! Types as `reveal_type` shows them.

use indexmap::IndexMap;
use pytype_source::Name;
use pytype_types::*;

use crate::world::{World, named, pos, unpack};

#[test]
fn instances_and_literals() {
    let mut w = World::new();
    let c = Ty::plain_instance(w.add_class("m.Outer.C", &[], &[]));
    let literal = |value| Ty::literal(value, w.int());
    let shown = [
        (w.list(w.int()), "list[int]"),
        (c, "m.Outer.C"),
        (w.of("builtins.tuple", [w.int()]), "tuple[int, ...]"),
        (w.of("typing.Iterable", [w.str()]), "typing.Iterable[str]"),
        (Ty::union([w.int(), Ty::none()]), "int | None"),
        (w.tuple(&[]), "tuple[()]"),
        (w.tuple(&[w.int(), unpack(w.of("builtins.tuple", [w.str()]))]), "tuple[int, *tuple[str, ...]]"),
        (normalize::type_of(&w, Ty::union([w.int(), w.str()])), "type[int] | type[str]"),
        (literal(LiteralValue::Int(-5)), "Literal[-5]"),
        (literal(LiteralValue::Bool(true)), "Literal[True]"),
        (literal(LiteralValue::Str(Name::new("a'b"))), "Literal[\"a'b\"]"),
        (literal(LiteralValue::Str(Name::new("x\"'"))), "Literal['x\"\\'']"),
        (literal(LiteralValue::Str(Name::new("\n\0é\u{200b}"))), "Literal['\\n\\x00é\\u200b']"),
        (literal(LiteralValue::Bytes(Name::new("a\\n"))), "Literal[b'a\\\\n']"),
        (Ty::literal(LiteralValue::Enum(Name::new("X")), c), "Literal[m.Outer.C.X]"),
        (Ty::never(), "Never"),
    ];
    for (ty, text) in shown {
        assert_eq!(reveal(&w, ty), text);
    }
}

#[test]
fn callables() {
    let w = World::new();
    let (int, str) = (w.int(), w.str());
    let params = vec![
        pos(int),
        named("y", str, ParamKind::Opt),
        named("args", int, ParamKind::Star),
        named("k", int, ParamKind::Named),
        named("kw", str, ParamKind::Star2),
    ];
    let f1 = w.callable(params, Ty::none()).into_ty();
    assert_eq!(reveal(&w, f1), "def (int, y: str =, *args: int, k: int, **kw: str)");
    let keyword_only = vec![named("a", int, ParamKind::Named), named("b", str, ParamKind::NamedOpt)];
    assert_eq!(reveal(&w, w.callable(keyword_only, int).into_ty()), "def (*, a: int, b: str =) -> int");
    assert_eq!(reveal(&w, Ty::union([f1, Ty::none()])).chars().next(), Some('('));
    let t = w.tv(0, "T");
    let s = w.declare(
        "S",
        TypeVarKind::TypeVar,
        TypeVarInfo { values: [int, str].into(), ..w.plain_info(Variance::Invariant) },
    );
    let b =
        w.declare("B", TypeVarKind::TypeVar, TypeVarInfo { bound: int, ..w.plain_info(Variance::Invariant) });
    let d = w.declare(
        "D",
        TypeVarKind::TypeVar,
        TypeVarInfo { default: Some(int), ..w.plain_info(Variance::Invariant) },
    );
    let (s, b, d) = (w.variable("m.f", 1, s), w.variable("m.f", 2, b), w.variable("m.f", 3, d));
    let generic = Ty::callable(w.generic(&[t, s, b, d], &[t], w.list(t)));
    assert_eq!(reveal(&w, generic), "def [T, S in (int, str), B <: int, D = int] (T) -> list[T]");
    let mut guard = w.callable(vec![pos(int)], w.get("builtins.bool"));
    guard.type_is = Some(int);
    assert_eq!(reveal(&w, guard.into_ty()), "def (int) -> TypeIs[int]");
}

#[test]
fn parameter_specifications() {
    let w = World::new();
    let p = w.ps(0, "P");
    let TyKind::ParamSpec(spec) = p.kind() else { panic!() };
    let mut params = vec![pos(w.int())];
    params.extend(normalize::param_spec_params(*spec));
    let f = w.callable(params, w.str()).into_ty();
    assert_eq!(reveal(&w, f), "def (int, *P.args, **P.kwargs) -> str");
    let prefixed = normalize::with_prefix(*spec, vec![pos(w.int())]);
    assert_eq!(reveal(&w, Ty::new(TyKind::ParamSpec(prefixed))), "[int, **P]");
    let list = normalize::parameters(vec![pos(w.int()), named("x", w.str(), ParamKind::Opt)]);
    assert_eq!(reveal(&w, Ty::new(TyKind::Parameters(list.intern()))), "[int, x: str =]");
    let ellipsis = normalize::ellipsis_parameters(Ty::any(AnySource::Explicit));
    assert_eq!(reveal(&w, Ty::new(TyKind::Parameters(ellipsis))), "...");
    let ts = w.ts(1, "Ts");
    let variadic = w.callable(vec![named("args", unpack(ts), ParamKind::Star)], Ty::none()).into_ty();
    assert_eq!(reveal(&w, variadic), "def (*args: *Ts)");
}

#[test]
fn typed_dicts_and_named_tuples() {
    let mut w = World::new();
    let class = w.add_class("m.TD", &[], &[]);
    let item = |ty, required, read_only| TypedDictItem { ty, required, read_only };
    let mut items = IndexMap::default();
    items.insert(Name::new("x"), item(w.int(), true, false));
    items.insert(Name::new("y"), item(w.str(), false, false));
    items.insert(Name::new("z"), item(w.str(), true, true));
    let dict = Ty::typed_dict(TypedDict { items, fallback: Ty::plain_instance(class), extra_items: None });
    assert_eq!(reveal(&w, dict), "TypedDict(m.TD, {'x': int, 'y'?: str, 'z'=: str})");
    let keywords = named("kw", unpack(dict), ParamKind::Star2);
    let f = w.callable(vec![keywords], Ty::none()).into_ty();
    assert_eq!(reveal(&w, f), "def (**kw: **TypedDict(m.TD, {'x': int, 'y'?: str, 'z'=: str}))");
    let class = w.add_class("m.NT", &[], &[w.of("builtins.tuple", [w.int()])]);
    let tuple = Ty::tuple([w.int(), w.str()], Ty::plain_instance(class));
    assert_eq!(reveal(&w, tuple), "tuple[int, str, fallback=m.NT]");
    assert_eq!(describe(&w, tuple), "NT");
}

#[test]
fn recursive_aliases() {
    let w = World::new();
    let json = w.alias("J", &[], |id| {
        let again = Ty::new(TyKind::Alias { alias: id, args: TyList::EMPTY() });
        Ty::union([w.int(), w.list(again)])
    });
    let ty = Ty::new(TyKind::Alias { alias: json, args: TyList::EMPTY() });
    assert_eq!(reveal(&w, ty), "int | list[...]");
    assert_eq!(describe(&w, ty), "J");
}

#[test]
fn messages_tell_equal_names_apart() {
    let mut w = World::new();
    let (a, b) = (w.add_class("a.C", &[], &[]), w.add_class("b.C", &[], &[]));
    let (a, b) = (Ty::plain_instance(a), Ty::plain_instance(b));
    assert_eq!(describe(&w, a), "C");
    assert_eq!(describe_two(&w, a, b), ("a.C".to_owned(), "b.C".to_owned()));
    let literal = |n| Ty::literal(LiteralValue::Int(n), w.int());
    assert_eq!(describe(&w, Ty::union([literal(1), Ty::none(), literal(2)])), "Literal[1, 2] | None");
}
