//! Functions of which more is known than their signatures say: `dataclasses.replace`,
//! `attr.evolve`, `functools.partial`, `functools.singledispatch`, `enum.member`.

use pytype_source::{ErrorCode, Name, name};
use pytype_types::{Instance, KnownClass, Param, ParamKind, Signature, Ty, TyKind, TyList};
use ruff_text_size::TextRange;

use super::callable::FormalToActual;
use super::{CallArgument, CallSite};
use crate::Checker;

/// The class that `functools.singledispatch` gives.
const DISPATCHER: &str = "functools._SingleDispatchCallable";
/// The member in which a dataclass keeps the signature of its `replace`.
const REPLACE_MEMBERS: &[&str] = &["__mypy-replace", "__replace__"];
const EVOLVE_MEMBERS: &[&str] = &["__attrs_attrs__"];

impl Checker<'_> {
    /// The function's signature made precise for these arguments.
    pub(super) fn refine_function(
        &mut self,
        fullname: Name,
        callee: Ty,
        arguments: &[CallArgument<'_>],
        range: TextRange,
    ) -> Ty {
        let wanted = match fullname.as_str() {
            "dataclasses.replace" => "dataclass",
            "attr.evolve" | "attrs.evolve" | "attr.assoc" | "attrs.assoc" => "attrs class",
            _ => return callee,
        };
        let Some(sig) = callee.as_callable() else { return callee };
        if sig.params.len() != 2 {
            return callee;
        }
        let mapping = self.map_arguments(arguments, &sig);
        let Some([first]) = mapping.first().map(|actuals| actuals.as_slice()) else { return callee };
        let object = self.infer_argument(&arguments[*first], None);
        let object = self.proper(object);
        match self.replace_signature(object, wanted, range) {
            Some(fields) => {
                let mut params = vec![Param { name: None, ty: object, kind: ParamKind::Pos }];
                params.extend(fields);
                Signature {
                    params: params.into(),
                    ret: object,
                    variables: TyList::EMPTY(),
                    ..sig.get().clone()
                }
                .into_ty()
            }
            None => callee,
        }
    }

    /// The fields that may be replaced in a value of this type; reported when it is none of the
    /// kind wanted.
    fn replace_signature(&mut self, ty: Ty, wanted: &str, range: TextRange) -> Option<Vec<Param>> {
        match ty.kind() {
            TyKind::Any(_) => None,
            TyKind::Union(items) => {
                let mut all: Vec<Vec<Param>> = Vec::new();
                let mut failed = false;
                for item in *items {
                    let item = self.proper(item);
                    match self.replace_signature(item, wanted, range) {
                        Some(fields) => all.push(fields),
                        None => failed |= !item.is_any(),
                    }
                }
                if failed || all.is_empty() {
                    return None;
                }
                Some(self.common_fields(all))
            }
            TyKind::TypeVar(variable) => {
                let bound = self.proper(self.type_var_info(variable).bound);
                self.replace_signature(bound, wanted, range)
            }
            TyKind::Instance(instance) => {
                let found = self.class_fields(ty, instance, wanted);
                if found.is_none() {
                    self.report_not_replaceable(ty, wanted, range);
                }
                found
            }
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                self.report_not_replaceable(ty, wanted, range);
                None
            }
        }
    }

    fn report_not_replaceable(&mut self, ty: Ty, wanted: &str, range: TextRange) {
        if wanted == "dataclass" {
            // The bound of the parameter's type variable says so.
            return;
        }
        self.fail(ErrorCode::Misc, range, |c| {
            format!("{} is no {wanted}: nothing in it can be replaced", c.show(ty))
        });
    }

    /// The fields of a dataclass or attrs class as keyword parameters.
    fn class_fields(&mut self, object: Ty, instance: &Instance, wanted: &str) -> Option<Vec<Param>> {
        let members = if wanted == "dataclass" { REPLACE_MEMBERS } else { EVOLVE_MEMBERS };
        for member in members {
            let name = Name::new(member);
            if self.ctx.find_definition(instance.class, name).is_none() {
                continue;
            }
            if wanted == "dataclass" {
                let ty = self.relation_member(object, member)?;
                let sig = self.proper(ty).as_callable()?;
                return Some(sig.params.iter().filter(|p| p.name.is_some()).copied().collect());
            }
            // The constructor says which fields there are, and by which names.
            let constructor = self.class_object(instance.class);
            let sig = pytype_types::expand_by_instance(&self.ctx, constructor, instance).as_callable()?;
            let fields = sig.params.iter().filter_map(|p| {
                let kind = if p.kind.is_star() { return None } else { ParamKind::NamedOpt };
                Some(Param { name: Some(p.name?), ty: p.ty, kind })
            });
            return Some(fields.collect());
        }
        None
    }

    /// The fields that each of several classes has.
    fn common_fields(&mut self, all: Vec<Vec<Param>>) -> Vec<Param> {
        let mut names: Vec<Name> = Vec::new();
        for param in all.iter().flatten() {
            if let Some(name) = param.name
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
            .into_iter()
            .map(|name| {
                let own = |fields: &Vec<Param>| fields.iter().find(|p| p.name == Some(name)).copied();
                let mut kind = ParamKind::NamedOpt;
                let mut ty: Option<Ty> = None;
                for fields in &all {
                    let field = own(fields);
                    let field_ty = field.map_or_else(Ty::never, |p| p.ty);
                    if field.is_some_and(|p| p.kind == ParamKind::Named) {
                        kind = ParamKind::Named;
                    }
                    ty = Some(ty.map_or(field_ty, |before| self.meet(before, field_ty)));
                }
                Param { name: Some(name), ty: ty.unwrap_or_else(Ty::never), kind }
            })
            .collect()
    }

    /// The result of a call made precise; `None` when the signature says all.
    pub(super) fn refine_result(
        &mut self,
        fullname: Name,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
    ) -> Option<Ty> {
        if site.object.is_some() {
            return self.refine_method_result(fullname, sig, arguments, types, mapping, site);
        }
        match fullname.as_str() {
            "functools.partial" => self.partial_result(sig, arguments, types, mapping, site),
            "functools.singledispatch" => {
                self.dispatcher_result(sig, types, mapping, self.expressions.decorated.unwrap_or(site.range))
            }
            "enum.member" => {
                let first = *types.get(*mapping.first()?.first()?)?;
                let result = sig.ret.as_instance()?;
                let known = first.as_instance().is_some_and(|i| i.last_known.is_some());
                (known && result.args.len() == 1).then(|| Ty::instance(result.class, [first]))
            }
            _ => None,
        }
    }

    /// `@singledispatch`: the dispatcher keeps the function's own signature as a second argument.
    fn dispatcher_result(
        &mut self,
        sig: &Signature,
        types: &[Ty],
        mapping: &FormalToActual,
        range: TextRange,
    ) -> Option<Ty> {
        let first = *types.get(*mapping.first()?.first()?)?;
        let function = self.proper(first);
        let callable = function.as_callable()?;
        let Some(param) = callable.params.first() else {
            self.fail(ErrorCode::Misc, range, |_| "A singledispatch function needs a parameter".to_owned());
            return None;
        };
        if !matches!(param.kind, ParamKind::Pos | ParamKind::Opt | ParamKind::Star) {
            self.fail(ErrorCode::Misc, range, |_| {
                "The first parameter of a singledispatch function must be positional".to_owned()
            });
            return None;
        }
        let result = sig.ret.as_instance()?;
        let args: Vec<Ty> = result.args.iter().chain([function]).collect();
        Some(Ty::instance(result.class, args))
    }

    /// Calling a dispatcher is calling the function it was made of.
    pub(super) fn refine_dispatch(&mut self, fullname: Name, object: Ty, method: Ty) -> Ty {
        match object.as_instance() {
            Some(instance)
                if instance.class.is(DISPATCHER)
                    && instance.args.len() == 2
                    && fullname.ends_with(".__call__") =>
            {
                instance.args[1]
            }
            Some(instance) if instance.args.len() == 1 && instance.class.is("_ctypes.Array") => {
                self.refine_array_method(fullname, instance.args[0], method)
            }
            _ => method,
        }
    }

    /// `@dispatcher.register` gives back what it decorates.
    pub(super) fn refine_dispatch_result(
        &mut self,
        fullname: Name,
        object: Ty,
        _sig: &Signature,
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
    ) -> Option<Ty> {
        if fullname != "functools._SingleDispatchCallable.register" {
            return None;
        }
        let first = self.proper(*types.get(*mapping.first()?.first()?)?);
        let place = self.expressions.decorated.unwrap_or(site.range);
        let fallback = object.as_instance().and_then(|i| i.args.get(1)).and_then(|f| f.as_callable());
        if self.is_class_object(first) {
            // `register(C)` gives a decorator that gives back the function.
            let variable = self.synthetic_variable(name!("F"), name!("<register>"), 1);
            let param = Param { name: None, ty: variable, kind: ParamKind::Pos };
            let mut decorator = Signature::new(vec![param], variable, self.instance_of(KnownClass::Function));
            decorator.variables = TyList::new([variable]);
            let class = self.class_of_object(first)?;
            let dispatched = pytype_types::fill_with_any(&*self.ctx, class);
            self.check_dispatch_type(dispatched, fallback, place);
            return Some(decorator.into_ty());
        }
        let registered = first.as_callable()?;
        if let Some(param) = registered.params.first() {
            self.check_dispatch_type(param.ty, fallback, place);
        }
        Some(first)
    }

    fn check_dispatch_type(&mut self, dispatched: Ty, fallback: Option<pytype_types::Sig>, range: TextRange) {
        let Some(first) = fallback.and_then(|f| f.params.first().map(|p| p.ty)) else { return };
        if !self.is_subtype(dispatched, first) {
            self.fail(ErrorCode::Misc, range, |c| {
                let (dispatched, first) = c.show_two(dispatched, first);
                format!("{dispatched} is dispatched on, but the function takes {first}")
            });
        }
    }
}
