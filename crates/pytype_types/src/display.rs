//! Types as text: mypy's notation for revealed types, and the shorter one of messages.

use std::fmt::Write;

use pytype_source::Name;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::constraints::{declared_default, upper_bound, values};
use crate::normalize::{param_spec, prefix_params};
use crate::substitute::{instantiate_alias, variable_decl, variable_id};
use crate::translate::for_each_part;
use crate::type_args::resolved_default;
use crate::{
    AnySource, ClassFlags, ClassId, Instance, LiteralValue, Param, ParamKind, ParamSpec, ParamSpecFlavor,
    Signature, Substitution, Ty, TyKind, TypeContext, TypedDict,
};

/// The type as `reveal_type` shows it.
pub fn reveal(ctx: &dyn TypeContext, ty: Ty) -> String {
    let mut writer = Reveal { ctx, out: String::new(), open_aliases: Vec::new() };
    writer.ty(ty);
    writer.out
}

const MAX_OPEN_ALIASES: usize = 30;

/// A type whose text is longer is cut short: types that share their parts can double in length with
/// each step.
const LONGEST: usize = 1 << 20;

struct Reveal<'a> {
    ctx: &'a dyn TypeContext,
    out: String,
    /// Recursive aliases being written: inside itself one is `...`.
    open_aliases: Vec<Ty>,
}

impl Reveal<'_> {
    fn ty(&mut self, ty: Ty) {
        if self.out.len() > LONGEST {
            self.out.push_str("...");
            return;
        }
        match ty.kind() {
            TyKind::Any(AnySource::Invalid(name)) => {
                self.out.push_str(name.as_str());
                self.out.push('?');
            }
            TyKind::Any(_) => self.out.push_str("Any"),
            TyKind::None => self.out.push_str("None"),
            TyKind::Never { .. } => self.out.push_str("Never"),
            TyKind::Deleted => self.out.push_str("<Deleted>"),
            TyKind::Erased => self.out.push_str("<Erased>"),
            TyKind::Instance(instance) => self.instance(instance),
            TyKind::Union(items) => self.union(items),
            TyKind::Callable(sig) => self.callable(sig),
            TyKind::Overloaded(items) => {
                self.out.push_str("Overload(");
                self.list(items);
                self.out.push(')');
            }
            TyKind::Tuple { items, fallback } => self.tuple(items, *fallback),
            TyKind::TypedDict(dict) => self.typed_dict(dict),
            TyKind::Literal { value: LiteralValue::Sentinel { shown, .. }, .. } => {
                self.out.push_str(shown.as_str());
            }
            TyKind::Literal { value: LiteralValue::AnyStr, .. } => self.out.push_str("LiteralString"),
            TyKind::Literal { value, fallback } => {
                self.out.push_str("Literal[");
                write_literal(&mut self.out, *value, *fallback);
                self.out.push(']');
            }
            TyKind::Type(item) => self.bracketed("type", &[*item]),
            TyKind::TypeForm(item) => self.bracketed("TypeForm", &[*item]),
            TyKind::TypeVar(variable) => self.out.push_str(variable.decl.name.as_str()),
            TyKind::TypeVarTuple(variable) => self.out.push_str(variable.decl.name.as_str()),
            TyKind::ParamSpec(spec) => self.param_spec(spec),
            TyKind::Unpack(item) => {
                self.out.push('*');
                self.ty(*item);
            }
            TyKind::Parameters(sig) => self.parameters(sig),
            TyKind::Alias { alias, args } => {
                // An alias whose arguments grow without end is cut short.
                if self.open_aliases.contains(&ty) || self.open_aliases.len() > MAX_OPEN_ALIASES {
                    self.out.push_str("...");
                    return;
                }
                self.open_aliases.push(ty);
                self.ty(instantiate_alias(self.ctx, *alias, *args));
                self.open_aliases.pop();
            }
            TyKind::Module(_) => self.out.push_str("types.ModuleType"),
        }
    }

    fn list(&mut self, items: &[Ty]) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.ty(*item);
        }
    }

    fn bracketed(&mut self, name: &str, items: &[Ty]) {
        self.out.push_str(name);
        self.out.push('[');
        self.list(items);
        self.out.push(']');
    }

    fn instance(&mut self, instance: &Instance) {
        if let Some(value) = instance.last_known
            && instance.args.is_empty()
        {
            self.ty(value);
            self.out.push('?');
        } else {
            let fullname = instance.class.fullname().as_str();
            let shown =
                if fullname.starts_with("builtins.") { instance.class.name().as_str() } else { fullname };
            self.out.push_str(shown);
        }
        if instance.args.is_empty() {
            if takes_only_variadic(self.ctx, instance.class) {
                self.out.push_str("[()]");
            }
            return;
        }
        self.out.push('[');
        self.list(&instance.args);
        if instance.class.is("builtins.tuple") {
            self.out.push_str(", ...");
        }
        self.out.push(']');
    }

    fn union(&mut self, items: &[Ty]) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(" | ");
            }
            if matches!(crate::proper(self.ctx, *item).kind(), TyKind::Callable(_)) {
                self.out.push('(');
                self.ty(*item);
                self.out.push(')');
            } else {
                self.ty(*item);
            }
        }
    }

    fn tuple(&mut self, items: &[Ty], fallback: Ty) {
        self.out.push_str("tuple[");
        if items.is_empty() {
            self.out.push_str("()");
        }
        self.list(items);
        if !fallback.is_instance_of("builtins.tuple") {
            self.out.push_str(", fallback=");
            self.ty(fallback);
        }
        self.out.push(']');
    }

    fn typed_dict(&mut self, dict: &TypedDict) {
        self.out.push_str("TypedDict(");
        if let Some(class) = declaring_class(dict) {
            self.out.push_str(class.fullname().as_str());
            self.out.push_str(", ");
        }
        self.out.push('{');
        for (i, (name, item)) in dict.items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            write_item_name(&mut self.out, *name, item.required, item.read_only);
            self.ty(item.ty);
        }
        self.out.push('}');
        if dict.extra_items.is_some_and(|extra| extra.ty.is_never()) {
            self.out.push_str(", closed=True");
        }
        self.out.push(')');
    }

    fn param_spec(&mut self, spec: &ParamSpec) {
        let prefix = prefix_params(spec);
        if !prefix.is_empty() {
            self.out.push('[');
            self.list(&prefix.iter().map(|param| param.ty).collect::<Vec<_>>());
            self.out.push_str(", **");
        }
        write_param_spec_name(&mut self.out, spec);
        if !prefix.is_empty() {
            self.out.push(']');
        }
    }

    fn parameters(&mut self, sig: &Signature) {
        if sig.flags.contains(crate::SigFlags::ELLIPSIS) {
            self.out.push_str("...");
            return;
        }
        self.out.push('[');
        let mut asterisk = false;
        for (i, param) in sig.params.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            asterisk = write_stars(&mut self.out, param.kind, asterisk);
            if let Some(name) = param.name {
                self.out.push_str(name.as_str());
                self.out.push_str(": ");
            }
            self.ty(param.ty);
            if param.kind.is_optional() {
                self.out.push_str(" =");
            }
        }
        self.out.push(']');
    }

    fn callable(&mut self, sig: &Signature) {
        self.out.push_str("def ");
        if sig.is_generic() {
            self.variables(sig);
        }
        self.out.push('(');
        let spec = param_spec(sig);
        let shown = if spec.is_some() { sig.params.len() - 2 } else { sig.params.len() };
        let mut asterisk = false;
        for (i, param) in sig.params[..shown].iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            asterisk = write_stars(&mut self.out, param.kind, asterisk) || param.kind == ParamKind::Star;
            self.param(param);
        }
        if let Some(spec) = spec {
            if shown > 0 {
                self.out.push_str(", ");
            }
            let name = spec.decl.name;
            let _ = write!(self.out, "*{name}.args, **{name}.kwargs", name = name.as_str());
        }
        self.out.push(')');
        if crate::proper(self.ctx, sig.ret).is_none() {
            return;
        }
        self.out.push_str(" -> ");
        match (sig.type_guard, sig.type_is) {
            (Some(narrowed), _) => self.bracketed("TypeGuard", &[narrowed]),
            (None, Some(narrowed)) => self.bracketed("TypeIs", &[narrowed]),
            (None, None) => self.ty(sig.ret),
        }
    }

    fn param(&mut self, param: &Param) {
        let unpacked = if let TyKind::Unpack(inner) = param.ty.kind()
            && param.kind.is_star()
        {
            Some(*inner)
        } else {
            None
        };
        let name = match (param.name, unpacked) {
            (Some(name), _) => Some(name.as_str()),
            (None, Some(_)) if param.kind == ParamKind::Star => Some("args"),
            (None, Some(_)) => Some("kwargs"),
            (None, None) => None,
        };
        if let Some(name) = name {
            self.out.push_str(name);
            self.out.push_str(": ");
        }
        match unpacked {
            Some(inner) if param.kind == ParamKind::Star2 => {
                self.out.push_str("**");
                self.ty(inner);
            }
            _ => self.ty(param.ty),
        }
        if param.kind.is_optional() {
            self.out.push_str(" =");
        }
    }

    fn variables(&mut self, sig: &Signature) {
        self.out.push('[');
        for (i, variable) in sig.variables.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            let Some(decl) = variable_decl(variable) else { continue };
            self.out.push_str(decl.name.as_str());
            if matches!(variable.kind(), TyKind::TypeVar(_)) {
                let values = values(self.ctx, decl);
                if !values.is_empty() {
                    self.out.push_str(" in (");
                    self.list(&values);
                    self.out.push(')');
                    continue;
                }
                let bound = upper_bound(self.ctx, decl);
                if !crate::proper(self.ctx, bound).is_instance_of("builtins.object") {
                    self.out.push_str(" <: ");
                    self.ty(bound);
                }
            }
            if let Some(default) = declared_default(self.ctx, decl) {
                self.out.push_str(" = ");
                // By name, but only those in front of it.
                let earlier: Substitution =
                    sig.variables[..i].iter().filter_map(|v| Some((variable_id(*v)?, *v))).collect();
                let mut in_scope = earlier.clone();
                for (_, variable) in earlier.iter() {
                    in_scope.insert_variable(variable, variable);
                }
                self.ty(resolved_default(self.ctx, default, &in_scope));
            }
        }
        self.out.push_str("] ");
    }
}

/// A class whose only type parameter is a `TypeVarTuple`, which may be given nothing.
fn takes_only_variadic(ctx: &dyn TypeContext, class: ClassId) -> bool {
    let info = ctx.class(class);
    info.flags.contains(ClassFlags::VARIADIC) && info.type_params.len() == 1
}

/// The class that declares a typed dict, unless it is anonymous.
fn declaring_class(dict: &TypedDict) -> Option<ClassId> {
    let class = dict.fallback.as_instance()?.class;
    let anonymous = matches!(class.fullname().as_str(), "typing._TypedDict" | "typing_extensions._TypedDict");
    if anonymous { None } else { Some(class) }
}

/// Writes the stars before a parameter, a bare one before the first keyword-only parameter; whether
/// a bare star was written by now.
fn write_stars(out: &mut String, kind: ParamKind, mut asterisk: bool) -> bool {
    if kind.is_named() && !asterisk {
        out.push_str("*, ");
        asterisk = true;
    }
    match kind {
        ParamKind::Star => out.push('*'),
        ParamKind::Star2 => out.push_str("**"),
        ParamKind::Pos | ParamKind::Opt | ParamKind::Named | ParamKind::NamedOpt => {}
    }
    asterisk
}

fn write_param_spec_name(out: &mut String, spec: &ParamSpec) {
    out.push_str(spec.decl.name.as_str());
    out.push_str(match spec.flavor {
        ParamSpecFlavor::Bare => "",
        ParamSpecFlavor::Args => ".args",
        ParamSpecFlavor::Kwargs => ".kwargs",
    });
}

fn write_item_name(out: &mut String, name: Name, required: bool, read_only: bool) {
    write_python_string(out, name.as_str());
    if !required {
        out.push('?');
    }
    if read_only {
        out.push('=');
    }
    out.push_str(": ");
}

fn write_literal(out: &mut String, value: LiteralValue, fallback: Ty) {
    match value {
        LiteralValue::Int(value) => {
            let _ = write!(out, "{value}");
        }
        LiteralValue::BigInt(digits) => out.push_str(digits.as_str()),
        LiteralValue::Str(text) => write_python_string(out, text.as_str()),
        LiteralValue::Bytes(text) => {
            out.push('b');
            write_python_string(out, text.as_str());
        }
        LiteralValue::Bool(value) => out.push_str(if value { "True" } else { "False" }),
        LiteralValue::Enum(member) => {
            if let Some(instance) = fallback.as_instance() {
                out.push_str(instance.class.fullname().as_str());
                out.push('.');
            }
            out.push_str(member.as_str());
        }
        LiteralValue::AnyStr => out.push_str("LiteralString"),
        LiteralValue::Sentinel { shown, .. } => out.push_str(shown.as_str()),
    }
}

/// Text as Python's `repr` writes it.
pub fn write_python_string(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            _ if is_printable(c) => out.push(c),
            _ => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

/// Whether Python prints the character as it is: no control or format characters, no separators but
/// the space, nothing for private use.
fn is_printable(c: char) -> bool {
    !matches!(
        u32::from(c),
        0..=0x1f
            | 0x7f..=0xa0
            | 0xad
            | 0x600..=0x605
            | 0x61c
            | 0x6dd
            | 0x70f
            | 0x1680
            | 0x180e
            | 0x2000..=0x200f
            | 0x2028..=0x202f
            | 0x205f..=0x206f
            | 0x3000
            | 0xd800..=0xf8ff
            | 0xfeff
            | 0xfff0..=0xfffb
            | 0xfffe..=0xffff
            | 0xe0000..=0x10_ffff
    )
}

/// The type as messages show it: short names, full ones where two would look the same. Not quoted.
pub fn describe(ctx: &dyn TypeContext, ty: Ty) -> String {
    describe_with(ctx, ty, &ambiguous_names(&[ty]))
}

/// The type as messages show it, with the full names of all classes.
pub fn describe_fully(ctx: &dyn TypeContext, ty: Ty) -> String {
    let mut full = FxHashSet::default();
    collect_names(ty, &mut |_, name| {
        full.insert(name);
    });
    describe_with(ctx, ty, &full)
}

/// Two types side by side in one message, told apart where their short names are equal.
pub fn describe_two(ctx: &dyn TypeContext, left: Ty, right: Ty) -> (String, String) {
    let full = ambiguous_names(&[left, right]);
    let shown = (describe_with(ctx, left, &full), describe_with(ctx, right, &full));
    if shown.0 == shown.1 && left != right { (reveal(ctx, left), reveal(ctx, right)) } else { shown }
}

fn describe_with(ctx: &dyn TypeContext, ty: Ty, full: &FxHashSet<Name>) -> String {
    let mut writer = Describe { ctx, out: String::new(), full };
    writer.ty(ty);
    writer.out
}

/// Full names of which the short name stands for more than one thing in these types.
fn ambiguous_names(types: &[Ty]) -> FxHashSet<Name> {
    let mut by_short: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    let mut add = |short: Name, full: Name| {
        let known = by_short.entry(short).or_default();
        if !known.contains(&full) {
            known.push(full);
        }
    };
    for ty in types {
        collect_names(*ty, &mut add);
    }
    by_short.into_values().filter(|names| names.len() > 1).flatten().collect()
}

fn collect_names(ty: Ty, add: &mut dyn FnMut(Name, Name)) {
    collect_new_names(ty, &mut FxHashSet::default(), add);
}

/// [`collect_names`] of the parts that were not `seen`.
fn collect_new_names(ty: Ty, seen: &mut FxHashSet<Ty>, add: &mut dyn FnMut(Name, Name)) {
    match ty.kind() {
        TyKind::Instance(instance) => add(instance.class.name(), instance.class.fullname()),
        TyKind::Literal { fallback, .. } => collect_new_names(*fallback, seen, add),
        TyKind::Alias { alias, .. } => {
            add(Name::new(alias.fullname().last_component()), alias.fullname());
        }
        TyKind::TypeVar(_) | TyKind::TypeVarTuple(_) | TyKind::ParamSpec(_) => {
            if let Some(decl) = variable_decl(ty) {
                add(decl.name, scoped_name(ty, decl.name));
            }
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Module(_) => {}
    }
    for_each_part(ty, &mut |part| {
        if seen.insert(part) {
            collect_new_names(part, seen, add);
        }
    });
}

/// A type variable with what binds it: `T@f`.
fn scoped_name(variable: Ty, name: Name) -> Name {
    match variable_id(variable) {
        Some(id) if !id.owner.as_str().is_empty() => {
            Name::new(&format!("{}@{}", name.as_str(), id.owner.last_component()))
        }
        _ => name,
    }
}

/// Unions with more items than this are cut short in messages.
const SHOWN_UNION_ITEMS: usize = 10;

struct Describe<'a> {
    ctx: &'a dyn TypeContext,
    out: String,
    full: &'a FxHashSet<Name>,
}

impl Describe<'_> {
    fn ty(&mut self, ty: Ty) {
        if self.out.len() > LONGEST {
            self.out.push_str("...");
            return;
        }
        match ty.kind() {
            TyKind::Any(AnySource::Invalid(name)) => {
                self.out.push_str(name.as_str());
                self.out.push('?');
            }
            TyKind::Any(_) => self.out.push_str("Any"),
            TyKind::None => self.out.push_str("None"),
            TyKind::Never { .. } => self.out.push_str("Never"),
            TyKind::Deleted => self.out.push_str("<deleted>"),
            TyKind::Erased => self.out.push_str("object"),
            TyKind::Instance(instance) => self.instance(instance),
            TyKind::Union(items) => self.union(items),
            TyKind::Callable(sig) if sig.is_type_object() => {
                self.bracketed("type", &[sig.instance_type.unwrap_or(sig.ret)]);
            }
            TyKind::Callable(sig) => self.callable(sig),
            TyKind::Overloaded(items) => match items.first().and_then(|first| first.as_callable()) {
                Some(sig) if sig.is_type_object() => {
                    self.bracketed("type", &[sig.instance_type.unwrap_or(sig.ret)]);
                }
                Some(sig) if sig.name.is_some() => {
                    let name = sig.name.map_or("", Name::as_str);
                    let _ = write!(self.out, "overloaded function {name}");
                }
                _ => self.out.push_str("overloaded function"),
            },
            TyKind::Tuple { fallback, .. } if !fallback.is_instance_of("builtins.tuple") => {
                self.ty(*fallback);
            }
            TyKind::Tuple { items, .. } if items.is_empty() => self.out.push_str("tuple[()]"),
            TyKind::Tuple { items, .. } => self.bracketed("tuple", items),
            TyKind::TypedDict(dict) => self.typed_dict(dict),
            TyKind::Literal { value: LiteralValue::Sentinel { shown, .. }, .. } => {
                self.out.push_str(shown.as_str());
            }
            TyKind::Literal { value: LiteralValue::AnyStr, .. } => self.out.push_str("LiteralString"),
            TyKind::Literal { value, fallback } => {
                self.out.push_str("Literal[");
                self.literal(*value, *fallback);
                self.out.push(']');
            }
            TyKind::Type(item) => self.bracketed("type", &[*item]),
            TyKind::TypeForm(item) => self.bracketed("TypeForm", &[*item]),
            TyKind::TypeVar(variable) => self.variable(ty, variable.decl.name),
            TyKind::TypeVarTuple(variable) => self.variable(ty, variable.decl.name),
            TyKind::ParamSpec(spec) => {
                let prefix = prefix_params(spec);
                if prefix.is_empty() {
                    write_param_spec_name(&mut self.out, spec);
                    return;
                }
                self.out.push('[');
                for param in prefix {
                    self.ty(param.ty);
                    self.out.push_str(", ");
                }
                self.out.push_str("**");
                write_param_spec_name(&mut self.out, spec);
                self.out.push(']');
            }
            TyKind::Unpack(item) => {
                self.out.push('*');
                self.ty(*item);
            }
            TyKind::Parameters(sig) => {
                self.out.push('[');
                self.params(&sig.params);
                self.out.push(']');
            }
            TyKind::Alias { alias, args } => {
                let fullname = alias.fullname();
                let shown =
                    if self.full.contains(&fullname) { fullname.as_str() } else { fullname.last_component() };
                self.out.push_str(shown);
                if !args.is_empty() {
                    self.bracketed("", args);
                }
            }
            TyKind::Module(name) => {
                let _ = write!(self.out, "module {}", name.as_str());
            }
        }
    }

    fn list(&mut self, items: &[Ty]) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.ty(*item);
        }
    }

    fn bracketed(&mut self, name: &str, items: &[Ty]) {
        self.out.push_str(name);
        self.out.push('[');
        self.list(items);
        self.out.push(']');
    }

    fn class(&mut self, class: ClassId) {
        let fullname = class.fullname();
        self.out.push_str(if self.full.contains(&fullname) {
            fullname.as_str()
        } else {
            class.name().as_str()
        });
    }

    fn variable(&mut self, ty: Ty, name: Name) {
        let scoped = scoped_name(ty, name);
        self.out.push_str(if self.full.contains(&scoped) { scoped.as_str() } else { name.as_str() });
    }

    fn instance(&mut self, instance: &Instance) {
        self.class(instance.class);
        if instance.args.is_empty() {
            if takes_only_variadic(self.ctx, instance.class) {
                self.out.push_str("[()]");
            }
            return;
        }
        self.out.push('[');
        self.list(&instance.args);
        if instance.class.is("builtins.tuple") {
            self.out.push_str(", ...");
        }
        self.out.push(']');
    }

    fn literal(&mut self, value: LiteralValue, fallback: Ty) {
        match (value, fallback.as_instance()) {
            (LiteralValue::Enum(member), Some(instance)) => {
                self.class(instance.class);
                self.out.push('.');
                self.out.push_str(member.as_str());
            }
            _ => write_literal(&mut self.out, value, fallback),
        }
    }

    /// Literals together in one `Literal[...]`, `None` last, long unions cut short.
    fn union(&mut self, items: &[Ty]) {
        let is_literal = |item: &&Ty| {
            if let TyKind::Literal { value, .. } = item.kind() {
                !matches!(value, LiteralValue::Sentinel { .. } | LiteralValue::AnyStr)
            } else {
                false
            }
        };
        let merge = items.iter().filter(is_literal).count() > 1;
        let mut separate = false;
        if merge {
            self.out.push_str("Literal[");
            for (i, item) in items.iter().filter(is_literal).enumerate() {
                if i > 0 {
                    self.out.push_str(", ");
                }
                if let TyKind::Literal { value, fallback } = item.kind() {
                    self.literal(*value, *fallback);
                }
            }
            self.out.push(']');
            separate = true;
        }
        let rest: Vec<Ty> =
            items.iter().copied().filter(|item| !(item.is_none() || (merge && is_literal(&item)))).collect();
        let shown = if rest.len() > SHOWN_UNION_ITEMS { SHOWN_UNION_ITEMS / 2 } else { rest.len() };
        for item in &rest[..shown] {
            if separate {
                self.out.push_str(" | ");
            }
            self.ty(*item);
            separate = true;
        }
        if shown < rest.len() {
            let _ = write!(self.out, " | <{} more items>", rest.len() - shown);
        }
        if items.iter().any(|item| item.is_none()) {
            self.out.push_str(if separate { " | None" } else { "None" });
        }
    }

    fn typed_dict(&mut self, dict: &TypedDict) {
        if declaring_class(dict).is_some() {
            self.ty(dict.fallback);
            return;
        }
        self.out.push_str("TypedDict({");
        for (i, (name, item)) in dict.items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            write_item_name(&mut self.out, *name, item.required, item.read_only);
            self.ty(item.ty);
        }
        self.out.push_str("})");
    }

    fn callable(&mut self, sig: &Signature) {
        let simple = sig.params.iter().all(|param| param.kind.is_positional() && !param.kind.is_optional());
        if sig.flags.contains(crate::SigFlags::ELLIPSIS) {
            self.out.push_str("Callable[..., ");
        } else if let Some(spec) = crate::normalize::param_spec_with_prefix(sig) {
            self.out.push_str("Callable[");
            self.ty(Ty::new(TyKind::ParamSpec(spec)));
            self.out.push_str(", ");
        } else if simple {
            self.out.push_str("Callable[[");
            self.list(&sig.params.iter().map(|param| param.ty).collect::<Vec<_>>());
            self.out.push_str("], ");
        } else {
            self.definition(sig);
            return;
        }
        self.result(sig);
        self.out.push(']');
    }

    fn definition(&mut self, sig: &Signature) {
        self.out.push_str("def ");
        if let Some(name) = sig.name {
            self.out.push_str(name.as_str().split(' ').next().unwrap_or_default());
        }
        self.out.push('(');
        self.params(&sig.params);
        self.out.push_str(") -> ");
        self.result(sig);
    }

    fn result(&mut self, sig: &Signature) {
        match (sig.type_guard, sig.type_is) {
            (Some(narrowed), _) => self.bracketed("TypeGuard", &[narrowed]),
            (None, Some(narrowed)) => self.bracketed("TypeIs", &[narrowed]),
            (None, None) => self.ty(sig.ret),
        }
    }

    fn params(&mut self, params: &[Param]) {
        let mut asterisk = false;
        for (i, param) in params.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            asterisk = write_stars(&mut self.out, param.kind, asterisk) || param.kind == ParamKind::Star;
            let unpacked = param.kind.is_star() && matches!(param.ty.kind(), TyKind::Unpack(_));
            let standing = if param.kind == ParamKind::Star { "args" } else { "kwargs" };
            if let Some(name) = param.name.map(Name::as_str).or(unpacked.then_some(standing)) {
                self.out.push_str(name);
                self.out.push_str(": ");
            }
            if unpacked && param.kind == ParamKind::Star2 {
                self.out.push('*');
            }
            self.ty(param.ty);
            if param.kind.is_optional() {
                self.out.push_str(" = ...");
            }
            let last_unnamed = param.name.is_none()
                && param.kind.is_positional()
                && params.get(i + 1).is_some_and(|next| next.name.is_some() && next.kind.is_positional());
            if last_unnamed {
                self.out.push_str(", /");
            }
        }
    }
}
