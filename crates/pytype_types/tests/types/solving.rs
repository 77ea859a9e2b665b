//! Constraints and their solutions.

use pytype_source::Name;
use pytype_types::*;

use crate::world::{World, named, pos, unpack};

/// The result of calling a generic function with these positional arguments.
fn call(w: &World, sig: Sig, arguments: &[Ty]) -> String {
    call_with(w, sig, arguments, false)
}

fn call_with(w: &World, sig: Sig, arguments: &[Ty], allow_polymorphic: bool) -> String {
    let sig = freshen_callable(w, sig);
    let kinds = vec![ArgKind::Pos; arguments.len()];
    let names: Vec<Option<Name>> = vec![None; arguments.len()];
    let mapping = map_actuals_to_formals(w, &kinds, &names, &sig.params, &mut |at| arguments[at]);
    let types: Vec<Option<Ty>> = arguments.iter().map(|ty| Some(freshen_all(w, *ty))).collect();
    let given = CallArguments { types: &types, kinds: &kinds, names: &names, formal_to_actual: &mapping };
    let context = ArgumentInferContext::new(w);
    let solution = infer_function_type_arguments(w, sig, given, context, true, allow_polymorphic);
    let mut failed = Vec::new();
    let applied = apply_generic_arguments(
        w,
        sig,
        &solution.types,
        &mut |_, ty, name| failed.push(format!("{}!{}", reveal(w, ty), name.as_str())),
        false,
    );
    if !failed.is_empty() {
        return failed.join(", ");
    }
    if allow_polymorphic {
        return match apply_poly(w, applied, &solution.free) {
            Some(poly) => reveal(w, freeze_type_vars(w, poly.ret)),
            None => "no place for a free variable".to_owned(),
        };
    }
    reveal(w, applied.ret)
}

#[test]
fn arguments_are_joined() {
    let w = World::new();
    let t = w.tv(0, "T");
    let sig = w.generic(&[t], &[t, t], w.list(t));
    assert_eq!(call(&w, sig, &[w.int(), w.int()]), "list[int]");
    assert_eq!(call(&w, sig, &[w.get("builtins.bool"), w.int()]), "list[int]");
    assert_eq!(call(&w, sig, &[w.int(), Ty::none()]), "list[int | None]");
    assert_eq!(call(&w, sig, &[w.int(), Ty::any(AnySource::Explicit)]), "list[Any]");
}

#[test]
fn generic_parameters() {
    let w = World::new();
    let (t, s) = (w.tv(0, "T"), w.tv(1, "S"));
    let first = w.generic(&[t], &[w.of("typing.Iterable", [t])], t);
    assert_eq!(call(&w, first, &[w.list(w.str())]), "str");
    // Items that have nothing in common are a union (the typing specification, "Tuples").
    assert_eq!(call(&w, first, &[w.tuple(&[w.int(), w.str()])]), "int | str");
    assert_eq!(call(&w, first, &[Ty::any(AnySource::Explicit)]), "Any");
    assert_eq!(call(&w, first, &[Ty::ambiguous_never()]), "Never");
    let pair = w.generic(&[t, s], &[w.tuple(&[t, s])], w.tuple(&[s, t]));
    assert_eq!(call(&w, pair, &[w.tuple(&[w.int(), w.str()])]), "tuple[str, int]");
    let maybe = w.generic(&[t], &[Ty::union([t, Ty::none()])], t);
    assert_eq!(call(&w, maybe, &[Ty::union([w.int(), Ty::none()])]), "int");
    assert_eq!(call(&w, maybe, &[Ty::none()]), "Never");
    let either = w.generic(&[t], &[Ty::union([t, w.list(t)])], t);
    assert_eq!(call(&w, either, &[w.int()]), "int");
    let class = w.generic(&[t], &[normalize::type_of(&w, t)], t);
    let classes = normalize::type_of(&w, Ty::union([w.int(), w.str()]));
    assert_eq!(call(&w, class, &[classes]), "int | str");
}

#[test]
fn bounds_and_values() {
    let w = World::new();
    let int = w.int();
    let b =
        w.declare("B", TypeVarKind::TypeVar, TypeVarInfo { bound: int, ..w.plain_info(Variance::Invariant) });
    let b = w.variable("m.f", 0, b);
    let bounded = w.generic(&[b], &[b], b);
    assert_eq!(call(&w, bounded, &[w.get("builtins.bool")]), "bool");
    assert_eq!(call(&w, bounded, &[w.str()]), "str!B");
    let s = w.declare(
        "S",
        TypeVarKind::TypeVar,
        TypeVarInfo { values: [int, w.str()].into(), ..w.plain_info(Variance::Invariant) },
    );
    let s = w.variable("m.f", 0, s);
    let restricted = w.generic(&[s], &[s], s);
    assert_eq!(call(&w, restricted, &[w.get("builtins.bool")]), "int");
    assert_eq!(call(&w, restricted, &[Ty::none()]), "None!S");
}

#[test]
fn callables_are_contravariant() {
    let w = World::new();
    let (t, s) = (w.tv(0, "T"), w.tv(1, "S"));
    let takes = Ty::callable(w.generic(&[], &[t], s));
    let apply = w.generic(&[t, s], &[takes, t], s);
    let function = Ty::callable(w.generic(&[], &[w.int()], w.str()));
    assert_eq!(call(&w, apply, &[function, w.get("builtins.bool")]), "str");
    let map = w.generic(&[t, s], &[takes], w.tuple(&[t, s]));
    assert_eq!(call(&w, map, &[function]), "tuple[int, str]");
}

#[test]
fn parameter_specifications() {
    let w = World::new();
    let (p, t) = (w.ps(0, "P"), w.tv(1, "T"));
    let TyKind::ParamSpec(spec) = p.kind() else { panic!() };
    let inner = w.callable(normalize::param_spec_params(*spec).to_vec(), t).into_ty();
    let outer = w.callable(normalize::param_spec_params(*spec).to_vec(), w.list(t)).into_ty();
    let decorator = w.generic(&[p, t], &[inner], outer);
    let params = vec![named("x", w.int(), ParamKind::Pos), named("k", w.str(), ParamKind::NamedOpt)];
    let function = w.callable(params, w.str()).into_ty();
    assert_eq!(call(&w, decorator, &[function]), "def (x: int, *, k: str =) -> list[str]");
    let mut skipping = vec![pos(w.int())];
    skipping.extend(normalize::param_spec_params(*spec));
    let dropping = w.generic(&[p, t], &[w.callable(skipping, t).into_ty()], outer);
    assert_eq!(call(&w, dropping, &[function]), "def (*, k: str =) -> list[str]");
    assert_eq!(call(&w, decorator, &[Ty::any(AnySource::Explicit)]), "def (*Any, **Any) -> list[Any]");
}

#[test]
fn variadic_arguments() {
    let w = World::new();
    let ts = w.ts(0, "Ts");
    let star = named("args", unpack(ts), ParamKind::Star);
    let pack = Signature { variables: [ts].into(), ..w.callable(vec![star], w.tuple(&[unpack(ts)])) };
    assert_eq!(call(&w, pack.intern(), &[w.int(), w.str()]), "tuple[int, str]");
    let first = w.generic(&[ts], &[w.tuple(&[w.int(), unpack(ts)])], w.tuple(&[unpack(ts)]));
    assert_eq!(call(&w, first, &[w.tuple(&[w.int(), w.str(), w.str()])]), "tuple[str, str]");
    assert_eq!(call(&w, first, &[w.of("builtins.tuple", [w.int()])]), "tuple[int, ...]");
}

#[test]
fn generic_arguments_stay_generic() {
    let w = World::new();
    let (t, s) = (w.tv(0, "T"), w.tv(1, "S"));
    let function = Ty::callable(w.generic(&[], &[t], s));
    let decorator = w.generic(&[t, s], &[function], function);
    let u = w.param("m.g", 0, "U", Variance::Invariant);
    let identity = Ty::callable(w.generic(&[u], &[u], u));
    assert_eq!(call_with(&w, decorator, &[identity], true), "def [T] (T) -> T");
    let listing = Ty::callable(w.generic(&[u], &[w.list(u)], u));
    assert_eq!(call_with(&w, decorator, &[listing], true), "def [S] (list[S]) -> S");
    let plain = Ty::callable(w.generic(&[], &[w.int()], w.str()));
    assert_eq!(call_with(&w, decorator, &[plain], true), "def (int) -> str");
}

#[test]
fn unification() {
    let w = World::new();
    let t = w.tv(0, "T");
    let generic = w.generic(&[t], &[t], w.list(t));
    let wanted = w.generic(&[], &[w.int()], w.list(w.int()));
    let unified = unify_generic_callable(&w, generic, wanted, false).unwrap();
    assert_eq!(reveal(&w, Ty::callable(unified)), "def (int) -> list[int]");
    assert!(is_subtype(&w, Ty::callable(generic), Ty::callable(wanted)));
    let other = w.generic(&[], &[w.int()], w.list(w.str()));
    assert!(!is_subtype(&w, Ty::callable(generic), Ty::callable(other)));
}

#[test]
fn self_is_bound() {
    let mut w = World::new();
    let t = w.param("m.C", 0, "T", Variance::Invariant);
    let class = w.add_class("m.C", &[t], &[]);
    let own = class_instance_type(&w, class);
    let s = w.tv(0, "S");
    let method = w.generic(&[s], &[s, w.int()], s);
    let object = Ty::instance(class, [w.int()]);
    let bound = bind_self(&w, Ty::callable(method), Some(object), false);
    assert_eq!(reveal(&w, bound), "def (int) -> m.C[int]");
    let plain = w.generic(&[], &[own, t], t);
    assert_eq!(reveal(&w, bind_self(&w, Ty::callable(plain), Some(object), false)), "def (T) -> T");
    let class_method = w.generic(&[s], &[normalize::type_of(&w, s)], s);
    let bound = bind_self(&w, Ty::callable(class_method), Some(object), true);
    assert_eq!(reveal(&w, bound), "def () -> m.C[int]");
}

#[test]
fn constructors() {
    let mut w = World::new();
    let t = w.param("m.Base", 0, "T", Variance::Invariant);
    let base = w.add_class("m.Base", &[t], &[]);
    let init = w.generic(&[], &[class_instance_type(&w, base), t], Ty::none());
    let u = w.param("m.Sub", 0, "U", Variance::Invariant);
    let sub = w.add_class("m.Sub", &[u], &[Ty::instance(base, [w.list(u)])]);
    let made = constructor_from_method(&w, Ty::callable(init), w.class_info(sub), base, false);
    assert_eq!(reveal(&w, made), "def [U] (list[U]) -> m.Sub[U]");
}

#[test]
fn arguments_find_their_parameters() {
    let w = World::new();
    let formals = [
        named("a", w.int(), ParamKind::Pos),
        named("b", w.int(), ParamKind::Opt),
        named("args", w.int(), ParamKind::Star),
        named("k", w.int(), ParamKind::Named),
        named("kw", w.int(), ParamKind::Star2),
    ];
    let map = |kinds: &[ArgKind], names: &[Option<&str>], types: &[Ty]| {
        let names: Vec<_> = names.iter().map(|name| name.map(Name::new)).collect();
        let found = map_actuals_to_formals(&w, kinds, &names, &formals, &mut |at| types[at]);
        found.into_iter().map(|actuals| actuals.into_vec()).collect::<Vec<_>>()
    };
    use ArgKind::{Named, Pos, Star, Star2};
    let int = w.int();
    assert_eq!(
        map(&[Pos, Pos, Pos, Named, Named], &[None, None, None, Some("k"), Some("z")], &[int; 5]),
        [vec![0], vec![1], vec![2], vec![3], vec![4]]
    );
    let numbers = w.list(int);
    assert_eq!(map(&[Star], &[None], &[numbers]), [vec![0], vec![0], vec![0], vec![], vec![]]);
    let pair = w.tuple(&[int, int]);
    assert_eq!(map(&[Pos, Star], &[None; 2], &[int, pair]), [vec![0], vec![1], vec![1], vec![], vec![]]);
    let mapping = w.of("builtins.dict", [w.str(), int]);
    assert_eq!(map(&[Star2], &[None], &[mapping]), [vec![0], vec![0], vec![], vec![0], vec![0]]);
}
