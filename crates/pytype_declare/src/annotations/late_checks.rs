//! Checks of annotations that need class headers, so must wait until declarations are known.

use pytype_source::{Diagnostic, ErrorCode, Severity};
use pytype_types::{
    AliasId, ClassId, Ty, TyKind, TyList, TypeContext, TypeVarDecl, TypeVarInfo, describe, instantiate_alias,
    is_same_type, is_subtype, proper,
};
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashSet;

use crate::{Context, type_variables};

/// Something in an annotation to be looked at once class headers may be asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LateCheck {
    /// Where a finding will stand.
    pub range: TextRange,
    pub kind: LateCheckKind,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum LateCheckKind {
    /// The arguments fit the bounds and constraints of the class's parameters. The ranges are
    /// those of the arguments as written, where there are as many.
    ClassArguments { class: ClassId, args: TyList, places: Vec<TextRange> },
    /// The same for an alias, and then for what it stands for.
    AliasArguments { alias: AliasId, args: TyList, places: Vec<TextRange> },
    /// What is unpacked is a tuple.
    Unpacked(Ty),
    /// `Self` stands in this class, which must not be a metaclass.
    SelfOf(ClassId),
    /// The class may be deprecated.
    Deprecated(ClassId),
    /// The default of the type variable fits its own bound or constraints.
    TypeVarDefault(TypeVarDecl),
    /// `**kwargs: Unpack[TD]`: it is a typed dict that shares no key with these parameters (which is
    /// reported at `whole`).
    UnpackedKeywords { ty: Ty, names: Vec<pytype_source::Name>, whole: TextRange },
}

impl LateCheck {
    /// The check with its places counted from `origin`.
    #[must_use]
    pub fn relative_to(mut self, origin: TextSize) -> LateCheck {
        self.move_places(|range| range.checked_sub(origin).unwrap_or_default());
        self
    }

    /// The check with places that were counted from `origin` back in the file.
    #[must_use]
    pub fn placed_at(mut self, origin: TextSize) -> LateCheck {
        self.move_places(|range| range + origin);
        self
    }

    fn move_places(&mut self, to: impl Fn(TextRange) -> TextRange) {
        self.range = to(self.range);
        match &mut self.kind {
            LateCheckKind::ClassArguments { places, .. } | LateCheckKind::AliasArguments { places, .. } => {
                for place in places {
                    *place = to(*place);
                }
            }
            LateCheckKind::UnpackedKeywords { whole, .. } => *whole = to(*whole),
            LateCheckKind::Unpacked(_)
            | LateCheckKind::SelfOf(_)
            | LateCheckKind::Deprecated(_)
            | LateCheckKind::TypeVarDefault(_) => {}
        }
    }
}

/// Answers `checks`, whose places are those of the file.
pub fn run_late_checks(ctx: &Context<'_>, checks: &[LateCheck], diagnostics: &mut Vec<Diagnostic>) {
    let mut run = LateRun { ctx, diagnostics, in_alias_value: false };
    for check in checks {
        run.check(check);
    }
}

/// [`run_late_checks`] for checks that stand in the value of an alias: there, type variables may
/// still become anything.
pub(crate) fn run_alias_checks(ctx: &Context<'_>, checks: &[LateCheck], diagnostics: &mut Vec<Diagnostic>) {
    let mut run = LateRun { ctx, diagnostics, in_alias_value: true };
    for check in checks {
        run.check(check);
    }
}

struct LateRun<'a, 'db> {
    ctx: &'a Context<'db>,
    diagnostics: &'a mut Vec<Diagnostic>,
    in_alias_value: bool,
}

impl LateRun<'_, '_> {
    fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        let finding = Diagnostic::error(code, range, message);
        if !self.diagnostics.contains(&finding) {
            self.diagnostics.push(finding);
        }
    }

    fn check(&mut self, check: &LateCheck) {
        let range = check.range;
        match &check.kind {
            LateCheckKind::ClassArguments { class, args, places } => {
                let params = self.ctx.class(*class).type_params;
                self.arguments(class.name().as_str(), params, *args, places, range);
            }
            LateCheckKind::AliasArguments { alias, args, places } => {
                self.alias_arguments(*alias, *args, places, range);
            }
            LateCheckKind::Unpacked(ty) => self.unpacked(*ty, range),
            LateCheckKind::SelfOf(class) => {
                if self.ctx.class(*class).has_base_named("builtins.type") {
                    self.error(ErrorCode::Misc, range, "\"Self\" may not be used in a metaclass");
                }
            }
            LateCheckKind::Deprecated(class) => self.deprecated(*class, range),
            LateCheckKind::TypeVarDefault(decl) => self.type_var_default(*decl, range),
            LateCheckKind::UnpackedKeywords { ty, names, whole } => {
                self.unpacked_keywords(*ty, names, range, *whole);
            }
        }
    }

    fn alias_arguments(&mut self, alias: AliasId, args: TyList, places: &[TextRange], range: TextRange) {
        let name = alias.fullname().last_component();
        let params = crate::aliases::alias_type_params(self.ctx.db, alias);
        let before = self.diagnostics.len();
        self.arguments(name, params, args, places, range);
        if self.diagnostics.len() > before {
            return;
        }
        // What the alias stands for may ask for more than its own parameters do.
        let target = instantiate_alias(self.ctx, alias, args);
        let mut seen = FxHashSet::default();
        self.parts(target, range, &mut seen);
    }

    /// The arguments of every class inside of a type.
    fn parts(&mut self, ty: Ty, range: TextRange, seen: &mut FxHashSet<Ty>) {
        if !seen.insert(ty) {
            return;
        }
        if let TyKind::Instance(instance) = ty.kind()
            && !instance.args.is_empty()
        {
            let params = self.ctx.class(instance.class).type_params;
            self.arguments(instance.class.name().as_str(), params, instance.args, &[], range);
        }
        let mut inner = Vec::new();
        pytype_types::translate::for_each_part(ty, &mut |part| inner.push(part));
        for part in inner {
            self.parts(part, range, seen);
        }
    }

    fn arguments(
        &mut self,
        name: &str,
        params: TyList,
        args: TyList,
        places: &[TextRange],
        range: TextRange,
    ) {
        let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
        let suffix = variadic.map_or(0, |at| params.len() - at - 1);
        for (position, param) in params.iter().enumerate() {
            let at = match variadic {
                Some(variadic) if position == variadic => continue,
                Some(variadic) if position > variadic => {
                    let Some(at) = (args.len() + position).checked_sub(variadic + 1 + suffix) else {
                        continue;
                    };
                    at
                }
                Some(_) | None => position,
            };
            let TyKind::TypeVar(variable) = param.kind() else { continue };
            let Some(arg) = args.get(at) else { continue };
            let place = if places.len() == args.len() { places[at] } else { range };
            if self.in_alias_value && matches!(arg.kind(), TyKind::TypeVar(_)) {
                continue;
            }
            let info = type_variables::declared_type_var_info(self.ctx.db, variable.decl);
            self.argument(name, variable.decl.name.as_str(), info, *arg, place);
        }
    }

    fn argument(&mut self, name: &str, variable: &str, info: &TypeVarInfo, arg: Ty, place: TextRange) {
        if !info.values.is_empty() && !self.in_alias_value {
            self.constrained(name, variable, info, arg, place);
        }
        if matches!(arg.kind(), TyKind::Unpack(_)) || info.bound.is_instance_of("builtins.object") {
            return;
        }
        if !is_subtype(self.ctx, arg, info.bound) {
            let (arg, bound) = (describe(self.ctx, arg), describe(self.ctx, info.bound));
            let message =
                format!("The type argument \"{arg}\" of \"{name}\" must be a subtype of \"{bound}\"");
            self.error(ErrorCode::TypeVar, place, message);
        }
    }

    fn constrained(&mut self, name: &str, variable: &str, info: &TypeVarInfo, arg: Ty, place: TextRange) {
        let arg = proper(self.ctx, arg);
        let candidates = if let TyKind::TypeVar(inner) = arg.kind() {
            let values = type_variables::declared_type_var_info(self.ctx.db, inner.decl).values;
            if values.is_empty() {
                let message = format!(
                    "The type variable \"{}\" is not limited to the types that \"{name}\" takes",
                    inner.decl.name
                );
                self.error(ErrorCode::TypeVar, place, message);
                return;
            }
            values
        } else {
            TyList::new([arg])
        };
        let fits = candidates.iter().all(|candidate| {
            candidate.is_any() || info.values.iter().any(|value| is_same_type(self.ctx, candidate, value))
        });
        if !fits {
            let arg = describe(self.ctx, arg);
            let message = format!("\"{variable}\" of \"{name}\" cannot be \"{arg}\"");
            self.error(ErrorCode::TypeVar, place, message);
        }
    }

    fn type_var_default(&mut self, decl: TypeVarDecl, range: TextRange) {
        let info = type_variables::declared_type_var_info(self.ctx.db, decl);
        let Some(default) = info.default else { return };
        if !is_subtype(self.ctx, default, info.bound) {
            let (default, bound) = (describe(self.ctx, default), describe(self.ctx, info.bound));
            let message = format!(
                "The default \"{default}\" of \"{}\" is no subtype of its bound \"{bound}\"",
                decl.name
            );
            self.error(ErrorCode::Misc, range, message);
        }
        let default = proper(self.ctx, default);
        if info.values.is_empty() || default.is_mistaken() {
            return;
        }
        let candidates = match default.kind() {
            // Another type variable stands for one of its own constraints.
            TyKind::TypeVar(other) => type_variables::declared_type_var_info(self.ctx.db, other.decl).values,
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
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
            | TyKind::Module(_) => TyList::new([default]),
        };
        let is_value =
            |candidate: Ty| info.values.iter().any(|value| is_same_type(self.ctx, candidate, value));
        if candidates.is_empty() || !candidates.iter().all(is_value) {
            let message = format!("The default of \"{}\" must be one of its constraints", decl.name);
            self.error(ErrorCode::Misc, range, message);
        }
    }

    fn unpacked(&mut self, ty: Ty, range: TextRange) {
        let ty = proper(self.ctx, ty);
        let is_tuple = match ty.kind() {
            TyKind::Tuple { .. } | TyKind::TypeVarTuple(_) | TyKind::Any(_) => true,
            TyKind::Instance(instance) => instance.class.is("builtins.tuple"),
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        };
        if !is_tuple {
            let shown = describe(self.ctx, ty);
            let message = format!("\"{shown}\" cannot be unpacked: only a tuple or a TypeVarTuple can");
            self.error(ErrorCode::ValidType, range, message);
        }
    }

    fn deprecated(&mut self, class: ClassId, range: TextRange) {
        let Some(message) = self.ctx.class(class).deprecated else { return };
        // What is imported by name was reported with the import.
        if pytype_index::imports_name(self.ctx.db, self.ctx.file, &class.name()) {
            return;
        }
        let options = self.ctx.options();
        let name = class.fullname();
        let excluded = options.deprecated_calls_exclude.iter().any(|prefix| {
            name == prefix.as_str()
                || name.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        if excluded {
            return;
        }
        let mut finding = Diagnostic::error(ErrorCode::Deprecated, range, message.as_str());
        if options.report_deprecated_as_note {
            finding.severity = Severity::Note;
        }
        self.diagnostics.push(finding);
    }

    fn unpacked_keywords(
        &mut self,
        ty: Ty,
        names: &[pytype_source::Name],
        range: TextRange,
        whole: TextRange,
    ) {
        match proper(self.ctx, ty).kind() {
            TyKind::TypedDict(dict) => {
                let mut shared: Vec<&str> = names
                    .iter()
                    .filter(|name| dict.items.contains_key(*name))
                    .map(|name| name.as_str())
                    .collect();
                shared.sort_unstable();
                if !shared.is_empty() {
                    let list = shared.join("\", \"");
                    let message =
                        format!("Keys of the unpacked \"TypedDict\" are parameters already: \"{list}\"");
                    self.error(ErrorCode::Misc, whole, message);
                }
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                let message = "What is unpacked at \"**\" must be a \"TypedDict\"";
                self.error(ErrorCode::Misc, range, message);
            }
        }
    }
}
