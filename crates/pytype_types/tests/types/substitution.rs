//! Putting types in the place of variables.

use pytype_types::*;

use crate::world::{World, named, pos, unpack};

fn map(pairs: &[(Ty, Ty)]) -> Substitution {
    pairs.iter().map(|(variable, to)| (variable_id(*variable).unwrap(), *to)).collect()
}

#[test]
fn ground_types_stay_the_same_handle() {
    let w = World::new();
    let t = w.tv(0, "T");
    let ty = w.list(w.int());
    assert_eq!(expand_type(&w, ty, &map(&[(t, w.str())])), ty);
    let sig = w.generic(&[], &[w.int()], w.str());
    assert_eq!(expand_signature(&w, sig, &map(&[(t, w.str())])), sig);
}

#[test]
fn unions_lose_what_is_trivial() {
    let w = World::new();
    let (t, s) = (w.tv(0, "T"), w.tv(1, "S"));
    let union = Ty::union([t, s, w.int()]);
    let expand = |a, b| reveal(&w, expand_type(&w, union, &map(&[(t, a), (s, b)])));
    assert_eq!(expand(w.int(), w.str()), "int | str");
    assert_eq!(expand(Ty::never(), w.str()), "str | int");
    assert_eq!(expand(w.object(), w.str()), "object");
    assert_eq!(expand(Ty::union([w.str(), Ty::none()]), w.str()), "str | None | int");
    let class = normalize::type_of(&w, t);
    let expanded = expand_type(&w, class, &map(&[(t, Ty::union([w.int(), w.str()]))]));
    assert_eq!(reveal(&w, expanded), "type[int] | type[str]");
}

#[test]
fn last_known_values_do_not_survive() {
    let w = World::new();
    let t = w.tv(0, "T");
    let known = Ty::literal(LiteralValue::Int(1), w.int());
    let TyKind::Instance(int) = w.int().kind() else { panic!() };
    let one = Ty::new(TyKind::Instance(Instance { last_known: Some(known), ..*int }));
    assert_eq!(expand_type(&w, w.list(t), &map(&[(t, one)])), w.list(w.int()));
}

#[test]
fn variadic_items() {
    let w = World::new();
    let ts = w.ts(0, "Ts");
    let tuple = w.tuple(&[w.int(), unpack(ts)]);
    let expand = |ty, to| reveal(&w, expand_type(&w, ty, &map(&[(ts, to)])));
    assert_eq!(expand(tuple, w.tuple(&[w.str(), w.int()])), "tuple[int, str, int]");
    assert_eq!(expand(tuple, w.tuple(&[])), "tuple[int]");
    assert_eq!(expand(tuple, w.of("builtins.tuple", [w.str()])), "tuple[int, *tuple[str, ...]]");
    assert_eq!(expand(tuple, Ty::any(AnySource::Error)), "tuple[int, *tuple[Any, ...]]");
    assert_eq!(expand(w.tuple(&[unpack(ts)]), w.of("builtins.tuple", [w.str()])), "tuple[str, ...]");
    let star = |ty| w.callable(vec![named("args", unpack(ty), ParamKind::Star)], Ty::none()).into_ty();
    assert_eq!(expand(star(ts), w.tuple(&[w.str(), w.int()])), "def (str, int)");
    assert_eq!(expand(star(ts), w.of("builtins.tuple", [w.str()])), "def (*args: str)");
    let suffix = star(w.tuple(&[unpack(ts), w.int()]));
    assert_eq!(expand(suffix, w.tuple(&[w.str()])), "def (str, int)");
    let to = w.tuple(&[w.str(), unpack(w.of("builtins.tuple", [w.str()]))]);
    assert_eq!(expand(suffix, to), "def (str, *args: *tuple[*tuple[str, ...], int])");
}

#[test]
fn parameter_specifications() {
    let w = World::new();
    let (p, q) = (w.ps(0, "P"), w.ps(1, "Q"));
    let TyKind::ParamSpec(spec) = p.kind() else { panic!() };
    let TyKind::ParamSpec(other) = q.kind() else { panic!() };
    let mut params = vec![pos(w.int())];
    params.extend(normalize::param_spec_params(*spec));
    let f = w.callable(params, w.str()).into_ty();
    let expand = |ty, to| reveal(&w, expand_type(&w, ty, &map(&[(p, to)])));
    let list = normalize::parameters(vec![pos(w.str()), named("k", w.int(), ParamKind::Named)]).intern();
    let list = Ty::new(TyKind::Parameters(list));
    assert_eq!(expand(f, list), "def (int, str, *, k: int) -> str");
    let longer = Ty::new(TyKind::ParamSpec(normalize::with_prefix(*other, vec![pos(w.str())])));
    assert_eq!(expand(f, longer), "def (int, str, *Q.args, **Q.kwargs) -> str");
    let [args, kwargs] = normalize::param_spec_params(*spec);
    assert_eq!(expand(args.ty, list), "tuple[str]");
    assert_eq!(expand(kwargs.ty, list), "TypedDict(builtins.dict, {'k': int}, closed=True)");
    let only_kwargs = normalize::parameters(vec![named("kw", w.int(), ParamKind::Star2)]).intern();
    assert_eq!(expand(kwargs.ty, Ty::new(TyKind::Parameters(only_kwargs))), "dict[str, int]");
}

#[test]
fn class_parameters() {
    let mut w = World::new();
    let ts =
        w.variable("m.V", 1, w.declare("Ts", TypeVarKind::TypeVarTuple, w.plain_info(Variance::Invariant)));
    let (a, b) = (w.param("m.V", 0, "A", Variance::Invariant), w.param("m.V", 2, "B", Variance::Invariant));
    let class = w.add_class("m.V", &[a, ts, b], &[]);
    let ty = w.tuple(&[b, unpack(ts), a]);
    let expand = |args: &[Ty]| {
        let instance = Ty::instance(class, args);
        reveal(&w, expand_by_instance(&w, ty, instance.as_instance().unwrap()))
    };
    let (int, str) = (w.int(), w.str());
    assert_eq!(expand(&[int, str]), "tuple[str, int]");
    assert_eq!(expand(&[int, str, str, int]), "tuple[int, str, str, int]");
    let any_number = unpack(w.of("builtins.tuple", [str]));
    assert_eq!(expand(&[any_number, int]), "tuple[int, *tuple[str, ...], str]");
    let own = class_instance_type(&w, class);
    assert_eq!(reveal(&w, own), "m.V[A, *Ts, B]");
}

#[test]
fn defaults_name_earlier_parameters() {
    let w = World::new();
    let a = w.declare(
        "A",
        TypeVarKind::TypeVar,
        TypeVarInfo { default: Some(w.int()), ..w.plain_info(Variance::Invariant) },
    );
    let unbound = w.variable("", 0, a);
    let b = w.declare(
        "B",
        TypeVarKind::TypeVar,
        TypeVarInfo { default: Some(w.list(unbound)), ..w.plain_info(Variance::Invariant) },
    );
    let params = TyList::new([w.variable("m.C", 0, a), w.variable("m.C", 1, b)]);
    let any = Ty::any(AnySource::OmittedGenerics);
    let shown = |given: &[Ty]| {
        let fixed = fix_type_args(&w, params, given, any);
        (reveal(&w, w.tuple(&fixed.args)), fixed.used_any)
    };
    assert_eq!(shown(&[]), ("tuple[int, list[int]]".to_owned(), false));
    assert_eq!(shown(&[w.str()]), ("tuple[str, list[str]]".to_owned(), false));
    assert_eq!(shown(&[w.str(), w.str()]), ("tuple[str, str]".to_owned(), false));
    let plain = TyList::new([w.tv(0, "T"), w.ts(1, "Ts")]);
    let fixed = fix_type_args(&w, plain, &[], any);
    assert_eq!(
        (reveal(&w, w.tuple(&fixed.args)).as_str(), fixed.used_any),
        ("tuple[Any, *tuple[Any, ...]]", true)
    );
}

#[test]
fn fresh_unknowns_differ() {
    let w = World::new();
    let t = w.tv(0, "T");
    let sig = w.generic(&[t], &[t], w.list(t));
    let (one, two) = (freshen_callable(&w, sig), freshen_callable(&w, sig));
    assert_ne!(one, two);
    assert_eq!(reveal(&w, Ty::callable(one)), "def [T] (T) -> list[T]");
    assert!(Ty::callable(one).has(TyFlags::HAS_META));
    let plain = w.generic(&[], &[w.int()], w.int());
    assert_eq!(freshen_callable(&w, plain), plain);
    let frozen = freeze_type_vars(&w, Ty::callable(one));
    assert!(!frozen.has(TyFlags::HAS_META));
    assert_ne!(frozen, freeze_type_vars(&w, Ty::callable(two)));
}
