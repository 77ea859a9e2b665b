//! Makes a class's header from its definition.

use pytype_index::{DefId, DefRef, DefinitionKind, ScopeId};
use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{
    AnySource, ClassFlags, ClassId, ClassInfo, ClassOrigin, KnownClass, Ty, TyKind, TyList, TypeContext,
    TypeVarDecl, TypeVarKind, tuple_with_arguments,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::header::ClassHeader;
use super::type_params::{class_parameters, subscript_base};
use super::{class_header, class_type_params, cycles, metaclass, mro};
use crate::annotations::{Findings, LateCheck};
use crate::class_transforms::{attrs, dataclasses, enums, named_tuples, new_types, typed_dicts};
use crate::names::resolver::Resolver;
use crate::names::scope_access::{definition, scope};
use crate::names::{AssignmentMeaning, classify_any_assignment, shapes, special};
use crate::{Binding, Context, DeclareDb, Node, syntax, type_variables};

/// The state of making one header.
pub(crate) struct HeaderBuilder<'db> {
    pub db: &'db dyn DeclareDb,
    pub ctx: Context<'db>,
    pub class: ClassId,
    pub at: DefRef,
    /// Where the class's bases are looked up.
    pub scope: ScopeId,
    /// Spans are relative to this.
    pub origin: TextSize,
    pub diagnostics: Vec<Diagnostic>,
    /// Relative, like the diagnostics.
    pub checks: Vec<LateCheck>,
}

/// The bases of a class statement, analysed.
#[derive(Default)]
struct Bases<'a> {
    types: Vec<(Ty, &'a Expr)>,
    /// Some base could not be understood at all.
    failed: bool,
}

impl<'db> HeaderBuilder<'db> {
    pub fn new(db: &'db dyn DeclareDb, class: ClassId, at: DefRef) -> HeaderBuilder<'db> {
        let outer = definition(db, at).map_or(ScopeId::MODULE, |d| d.scope);
        HeaderBuilder {
            db,
            ctx: Context::of_declarations(db, at.file),
            class,
            at,
            scope: type_parameter_scope(db, at).unwrap_or(outer),
            origin: TextSize::new(0),
            diagnostics: Vec::new(),
            checks: Vec::new(),
        }
    }

    pub fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, range - self.origin, message));
    }

    pub fn misc(&mut self, range: TextRange, message: impl Into<String>) {
        self.error(ErrorCode::Misc, range, message);
    }

    pub fn lookup_expr(&self, expr: &Expr) -> Option<Binding> {
        let path = shapes::dotted(expr)?;
        Resolver::new(self.db).lookup_path(self.at.file, self.scope, &path, Some(self.at.id))
    }

    /// The full name that an expression stands for: through calls and subscripts when asked.
    pub fn fullname_of(&self, expr: &Expr) -> Option<Name> {
        let binding = self.lookup_expr(expr)?;
        // What an import does not provide means nothing, whatever it is called.
        (!matches!(binding.node, Node::Unknown(_))).then_some(binding.fullname)
    }

    pub fn known(&self, class: KnownClass) -> Ty {
        Ty::plain_instance(self.ctx.known(class))
    }

    pub fn of_definition(mut self) -> ClassHeader {
        if let Some(class) = syntax::class(self.db, self.at) {
            self.origin = class.range.start();
            return self.of_statement(class);
        }
        let Some(assignment) = syntax::assignment(self.db, self.at) else {
            return ClassHeader::unknown(self.class);
        };
        self.origin = assignment.range.start();
        let Some(Expr::Call(call)) = assignment.value else { return ClassHeader::unknown(self.class) };
        let meaning = classify_any_assignment(self.db, self.at);
        match meaning {
            AssignmentMeaning::NamedTuple { typed } => named_tuples::header_of_call(self, call, typed),
            AssignmentMeaning::TypedDict => typed_dicts::header_of_call(self, call),
            AssignmentMeaning::NewType => new_types::header(self, call, assignment.range),
            AssignmentMeaning::Enum => enums::header_of_call(self, call),
            AssignmentMeaning::Variable
            | AssignmentMeaning::TypeVariable(_)
            | AssignmentMeaning::TypeAliasType
            | AssignmentMeaning::Alias { .. }
            | AssignmentMeaning::Module => ClassHeader::unknown(self.class),
        }
    }

    /// The header of a call that stands as a base: `class A(namedtuple("B", "x y"))`.
    pub fn of_inline_base(mut self, number: u32) -> ClassHeader {
        let Some(class) = syntax::class(self.db, self.at) else { return ClassHeader::unknown(self.class) };
        self.origin = class.range.start();
        let base = class.arguments.as_deref().and_then(|a| a.args.get(number as usize));
        let Some(Expr::Call(call)) = base else { return ClassHeader::unknown(self.class) };
        let Some(fullname) = self.fullname_of(&call.func) else { return ClassHeader::unknown(self.class) };
        if special::TYPED_DICT.contains(&fullname.as_str()) {
            return typed_dicts::header_of_call(self, call);
        }
        let typed = special::NAMED_TUPLE.contains(&fullname.as_str());
        named_tuples::header_of_call(self, call, typed)
    }

    fn of_statement(mut self, class: &'db ast::StmtClassDef) -> ClassHeader {
        let place = class.name.range;
        let parameters = class_parameters(self.db, self.at.file, self.at.id);
        self.diagnostics.extend(parameters.diagnostics.iter().cloned());
        self.check_defaults(place);
        let (written, helper_metaclass) = self.base_expressions(class);
        let remaining: Vec<(usize, &'db Expr)> = written
            .iter()
            .copied()
            .filter(|(position, _)| !parameters.declaring_bases.contains(position))
            .collect();
        if remaining.iter().any(|(_, base)| self.is_typed_dict_base(base)) {
            let bases: Vec<_> = remaining.iter().map(|(position, base)| (*position, *base)).collect();
            let header = typed_dicts::header_of_statement(&mut self, class, &bases);
            return self.finish_special(header, class);
        }
        let is_named_tuple = remaining.iter().any(|(_, base)| {
            self.fullname_of(base).is_some_and(|name| special::NAMED_TUPLE.contains(&name.as_str()))
        });
        if is_named_tuple {
            if remaining.len() > 1 {
                self.misc(place, "\"NamedTuple\" must be the only base");
            }
            let header = named_tuples::header_of_statement(&mut self, class);
            return self.finish_special(header, class);
        }
        let bases = self.analyze_bases(&remaining);
        let (declared_metaclass, any_metaclass) = self.declared_metaclass(class, helper_metaclass);
        let mut header = self.configure(class, bases, declared_metaclass);
        if parameters.is_protocol {
            header.info.flags |= ClassFlags::PROTOCOL;
        }
        if any_metaclass {
            header.info.flags |= ClassFlags::META_FALLBACK_TO_ANY;
        }
        self.set_metaclass(&mut header, declared_metaclass, place);
        self.check_protocol_bases(&header, place);
        self.apply_decorators(&mut header, class);
        dataclasses::find_spec(&mut self, &mut header, class);
        attrs::find_spec(&mut self, &mut header, class);
        self.finish(header, class)
    }

    /// Type parameters with defaults come last, and a default may only mention those before it.
    fn check_defaults(&mut self, place: TextRange) {
        let params = class_type_params(self.db, self.class);
        let mut before: Vec<TypeVarDecl> = Vec::new();
        let mut with_default: Option<Name> = None;
        let mut seen_tuple = false;
        for param in params {
            let Some(decl) = type_variables::declaration_of(param) else { continue };
            let default = type_variables::default_of(self.db, param);
            if let Some(default) = default {
                let outside = pytype_types::free_type_vars(default)
                    .into_iter()
                    .filter_map(type_variables::declaration_of)
                    .any(|mentioned| !before.contains(&mentioned));
                if outside {
                    let message = format!(
                        "The default of \"{}\" mentions type variables that are not in scope",
                        decl.name
                    );
                    self.misc(place, message);
                }
                if seen_tuple && decl.kind == TypeVarKind::TypeVar {
                    let message = "A type variable with a default cannot follow a type variable tuple";
                    self.error(ErrorCode::TypeVar, place, message);
                }
                with_default = Some(decl.name);
            } else if let Some(earlier) = with_default {
                let message = format!("\"{}\" cannot follow \"{earlier}\": it has no default", decl.name);
                self.misc(place, message);
            }
            seen_tuple |= decl.kind == TypeVarKind::TypeVarTuple;
            before.push(decl);
        }
    }

    /// The base expressions with their positions, and the metaclass that `six`-like helpers name.
    fn base_expressions(
        &mut self,
        class: &'db ast::StmtClassDef,
    ) -> (Vec<(usize, &'db Expr)>, Option<&'db Expr>) {
        let bases: &'db [Expr] = class.arguments.as_deref().map_or(&[], |arguments| &arguments.args);
        if let [Expr::Call(call)] = bases
            && let Some(callee) = self.fullname_of(&call.func)
            && matches!(
                callee.as_str(),
                "six.with_metaclass" | "future.utils.with_metaclass" | "past.utils.with_metaclass"
            )
            && let Some((metaclass, rest)) = call.arguments.args.split_first()
        {
            return (rest.iter().enumerate().collect(), Some(metaclass));
        }
        let added = class.decorator_list.iter().find_map(|decorator| match &decorator.expression {
            Expr::Call(call) if self.fullname_of(&call.func).is_some_and(|n| n == "six.add_metaclass") => {
                call.arguments.args.first()
            }
            _ => None,
        });
        (bases.iter().enumerate().collect(), added)
    }

    /// Whether a base makes the class a typed dict: the special form or a typed dict class.
    fn is_typed_dict_base(&self, base: &Expr) -> bool {
        let head = match base {
            Expr::Call(call) => &call.func,
            other => subscript_base(other),
        };
        let Some(binding) = self.lookup_expr(head) else { return false };
        if special::TYPED_DICT.contains(&binding.fullname.as_str()) {
            return true;
        }
        let resolver = Resolver::new(self.db);
        resolver.alias_class(binding).is_some_and(|class| resolver.class_kind(class).is_typed_dict)
    }

    fn analyze_bases(&mut self, remaining: &[(usize, &'db Expr)]) -> Bases<'db> {
        let mut bases = Bases::default();
        for (position, base) in remaining {
            if let Expr::Call(call) = base {
                match self.inline_base(*position, call) {
                    Some(ty) => bases.types.push((ty, base)),
                    None => {
                        let name = short_name(base).map(|n| format!(" \"{n}\"")).unwrap_or_default();
                        self.misc(base.range(), format!("The base class{name} is computed: not supported"));
                        bases.failed = true;
                    }
                }
                continue;
            }
            if cycles::closes_cycle(self.db, self.at, base, self.scope) {
                let name = short_name(base).unwrap_or_default();
                self.misc(
                    base.range(),
                    format!("\"{name}\" cannot be resolved: the definitions form a cycle"),
                );
                bases.types.push((Ty::any(AnySource::Error), base));
                continue;
            }
            if let Expr::Starred(_) = base {
                self.misc(base.range(), "Invalid base class");
                bases.failed = true;
                continue;
            }
            let head = self.lookup_expr(super::subscript_base(base)).map(|found| found.node);
            if matches!(head, Some(crate::Node::Alias(alias)) if crate::aliases::is_explicit(self.db, alias))
            {
                let message = "An alias made by a \"type\" statement cannot be a base class";
                self.misc(base.range(), message);
            }
            match self.analyze_base(base) {
                Some(ty) => bases.types.push((ty, base)),
                None => {
                    self.misc(base.range(), invalid_base(base));
                    bases.failed = true;
                }
            }
        }
        bases
    }

    /// A base that is a call: only named tuples can be understood.
    fn inline_base(&mut self, position: usize, call: &ast::ExprCall) -> Option<Ty> {
        let callee = self.fullname_of(&call.func)?;
        let callee = callee.as_str();
        if callee != special::UNTYPED_NAMED_TUPLE && !special::NAMED_TUPLE.contains(&callee) {
            return None;
        }
        let class = self.inline_class(position);
        let header = class_header(self.db, class, ());
        self.diagnostics.extend(header.diagnostics.iter().cloned());
        header.info.tuple_type
    }

    /// The class of the call at this position among the bases.
    pub fn inline_class(&self, position: usize) -> ClassId {
        let number = u32::try_from(position).unwrap_or(u32::MAX);
        let name = Name::new(&format!("{}@base{}", self.class.name(), position + 1));
        let outer = self.class.fullname().parent().unwrap_or(name!(""));
        ClassId::new_structural(ClassOrigin::InlineBase(self.at, number), outer.dot(&name), name)
    }

    fn analyze_base(&mut self, base: &Expr) -> Option<Ty> {
        if !syntax::can_be_type(base) {
            return None;
        }
        let mut found = Findings::default();
        let ty = crate::written_types::analyze(
            &self.ctx,
            &crate::written_types::Place {
                at: self.at,
                scope: self.scope,
                class: None,
                owner: Some(self.class),
            },
            base,
            crate::written_types::Use::Base,
            &mut found,
        );
        self.add(found);
        // A named tuple or typed dict is named by an alias.
        Some(crate::type_operations::proper(&self.ctx, ty))
    }

    /// Takes over findings that have spans of the file.
    pub fn add(&mut self, found: Findings) {
        for mut diagnostic in found.diagnostics {
            diagnostic.range -= self.origin;
            diagnostic.origin = diagnostic.origin.map(|range| range - self.origin);
            self.diagnostics.push(diagnostic);
        }
        self.checks.extend(found.checks.into_iter().map(|check| check.relative_to(self.origin)));
    }

    /// Takes over what was found, into a finished header.
    pub fn hand_over(&mut self, header: &mut ClassHeader) {
        header.diagnostics = std::mem::take(&mut self.diagnostics);
        header.checks = std::mem::take(&mut self.checks);
    }

    /// Bases, ancestors and what follows from them.
    fn configure(
        &mut self,
        class: &ast::StmtClassDef,
        bases: Bases<'_>,
        declared_metaclass: Option<Ty>,
    ) -> ClassHeader {
        let place = class.name.range;
        let mut header = ClassHeader::unknown(self.class);
        header.declared_metaclass = declared_metaclass;
        let info = &mut header.info;
        info.flags = ClassFlags::empty();
        info.type_params = class_type_params(self.db, self.class);
        if bases.failed {
            info.flags |= ClassFlags::FALLBACK_TO_ANY;
        }
        let mut types = Vec::new();
        let mut tuples: Vec<Ty> = Vec::new();
        for (ty, base) in bases.types {
            if matches!(ty.kind(), TyKind::Tuple { .. }) && !tuples.contains(&ty) {
                tuples.push(ty);
            }
            self.add_base(ty, base, place, &mut types, info);
        }
        if tuples.len() > 1 {
            self.misc(place, "Two bases are different tuples");
        }
        if types.is_empty() && !self.class.is("builtins.object") {
            types.push(self.known(KnownClass::Object));
        }
        info.bases = types.iter().copied().collect();
        self.set_order(info, place);
        header.incompatible_bases = tuples.len() > 1;
        header
    }

    fn add_base(&mut self, ty: Ty, base: &Expr, place: TextRange, types: &mut Vec<Ty>, info: &mut ClassInfo) {
        match ty.kind() {
            TyKind::Instance(instance) => {
                if class_header(self.db, instance.class, ()).info.flags.contains(ClassFlags::NEW_TYPE) {
                    self.misc(place, "A \"NewType\" cannot be a base class");
                }
                types.push(ty);
            }
            TyKind::Tuple { items, fallback } => {
                let own = Ty::tuple(
                    *items,
                    Ty::instance(
                        self.class,
                        pytype_types::own_arguments(class_type_params(self.db, self.class)),
                    ),
                );
                info.tuple_type = Some(own);
                types.push(*fallback);
            }
            TyKind::TypedDict(dict) => types.push(dict.fallback),
            // A name that was found, but stands for no type (a variable, a function, a module).
            TyKind::Any(_) if ty.is_invalid() => {
                self.misc(base.range(), invalid_base(base));
                info.flags |= ClassFlags::FALLBACK_TO_ANY;
            }
            TyKind::Any(_) => {
                if self.ctx.options().disallow_subclassing_any {
                    let message = match short_name(base) {
                        Some(name) if !matches!(base, Expr::Subscript(_)) => {
                            format!("The base class \"{name}\" has type \"Any\"")
                        }
                        Some(_) | None => "A value of type \"Any\" cannot be a base class".to_owned(),
                    };
                    self.misc(base.range(), message);
                }
                info.flags |= ClassFlags::FALLBACK_TO_ANY;
            }
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
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
            | TyKind::Module(_) => {
                self.misc(base.range(), invalid_base(base));
                info.flags |= ClassFlags::FALLBACK_TO_ANY;
            }
        }
        crate::written_types::report_any(self, "The base class", ty, base.range());
    }

    /// Puts the ancestors in order and inherits from them.
    pub fn set_order(&mut self, info: &mut ClassInfo, place: TextRange) {
        let direct: Vec<ClassId> =
            info.bases.iter().filter_map(|base| base.as_instance()).map(|i| i.class).collect();
        let object = self.ctx.known(KnownClass::Object);
        if let Some(twice) = mro::duplicate(&direct) {
            self.misc(place, format!("Base class \"{}\" is given twice", twice.name()));
            info.flags |= ClassFlags::FALLBACK_TO_ANY;
            info.mro = vec![self.class, object];
        } else {
            match mro::linearise(self.db, self.class, &direct) {
                Some(order) => info.mro = order,
                None => {
                    let message = format!(
                        "The bases of \"{}\" cannot be put in a consistent order (MRO)",
                        self.class.name()
                    );
                    self.misc(place, message);
                    info.flags |= ClassFlags::BAD_MRO;
                    info.mro = vec![self.class, object];
                }
            }
        }
        info.ancestors = mro::ancestors(&self.ctx, &info.bases);
        for ancestor in info.mro.iter().skip(1) {
            let above = &class_header(self.db, *ancestor, ()).info;
            info.flags |= above.flags & (ClassFlags::FALLBACK_TO_ANY | ClassFlags::PROMOTED);
            if info.tuple_type.is_none()
                && let Some(tuple) = above.tuple_type
                && direct.contains(ancestor)
            {
                info.tuple_type = self.inherited_tuple(info, *ancestor, tuple);
            }
        }
        let variadic = info.type_params.iter().any(|p| matches!(p.kind(), TyKind::TypeVarTuple(_)));
        if variadic {
            info.flags |= ClassFlags::VARIADIC;
        }
        if self.at.file.is_stub(self.db) {
            info.flags |= ClassFlags::STUB;
        }
        info.promotions = self.promotions();
        info.flags.set(
            ClassFlags::PROMOTED,
            info.flags.contains(ClassFlags::PROMOTED) || !info.promotions.is_empty(),
        );
        if matches!(
            self.class.fullname().as_str(),
            "mypy_extensions.i64" | "mypy_extensions.i32" | "mypy_extensions.i16" | "mypy_extensions.u8"
        ) {
            info.flags |= ClassFlags::NATIVE_INT;
        }
    }

    /// A base's tuple, with the arguments of that base, and this class as what it is an instance of. A
    /// tuple of unknown length (of `class C(Base[*tuple[int, ...]])`) has no items to tell: its
    /// class is one like others then.
    fn inherited_tuple(&self, info: &ClassInfo, base: ClassId, tuple: Ty) -> Option<Ty> {
        let instance = info.bases.iter().filter_map(|ty| ty.as_instance()).find(|ty| ty.class == base)?;
        if let TyKind::Tuple { items, .. } = tuple_with_arguments(&self.ctx, tuple, instance).kind() {
            let own = Ty::instance(self.class, pytype_types::own_arguments(info.type_params));
            Some(Ty::tuple(*items, own))
        } else {
            None
        }
    }

    fn promotions(&self) -> TyList {
        let strict_bytes = self.ctx.options().strict_bytes;
        let target = match self.class.fullname().as_str() {
            "builtins.int" => KnownClass::Float,
            "builtins.float" => KnownClass::Complex,
            "builtins.bytearray" | "builtins.memoryview" if !strict_bytes => KnownClass::Bytes,
            _ => return TyList::EMPTY(),
        };
        TyList::from([self.known(target)])
    }

    /// The metaclass that the statement names, and whether it is `Any`.
    fn declared_metaclass(
        &mut self,
        class: &'db ast::StmtClassDef,
        helper: Option<&'db Expr>,
    ) -> (Option<Ty>, bool) {
        let written = class
            .arguments
            .as_deref()
            .and_then(|arguments| arguments.find_keyword("metaclass"))
            .map(|keyword| &keyword.value);
        let expr = match (written, helper) {
            (Some(_), Some(_)) => {
                self.error(ErrorCode::Metaclass, class.name.range, "More than one metaclass is given");
                return (None, false);
            }
            (Some(expr), None) | (None, Some(expr)) => expr,
            (None, None) => return (None, false),
        };
        let Some(path) = shapes::dotted(expr) else {
            let message = format!("The metaclass of \"{}\" is computed: not supported", class.name);
            self.error(ErrorCode::Metaclass, expr.range(), message);
            return (None, true);
        };
        let resolver = Resolver::new(self.db);
        let found = resolver.lookup_path(self.at.file, self.scope, &path, Some(self.at.id));
        let Some(binding) = found else {
            crate::written_types::report_undefined(self, expr);
            return (None, true);
        };
        if matches!(binding.node, Node::Unknown(_)) {
            if self.ctx.options().disallow_subclassing_any {
                let message =
                    format!("The metaclass \"{}\" has type \"Any\"", binding.fullname.last_component());
                self.error(ErrorCode::Metaclass, expr.range(), message);
            }
            return (None, true);
        }
        if let Node::Variable(variable) = binding.node {
            let declared = crate::variables::variable_info(self.db, variable).declared;
            if declared.is_some_and(Ty::is_any) {
                if self.ctx.options().disallow_subclassing_any {
                    let message =
                        format!("The metaclass \"{}\" has type \"Any\"", binding.fullname.last_component());
                    self.error(ErrorCode::Metaclass, expr.range(), message);
                }
                return (None, true);
            }
        }
        let metaclass = resolver.alias_class(binding);
        let Some(metaclass) = metaclass else {
            self.error(ErrorCode::Metaclass, expr.range(), "Invalid metaclass");
            return (None, false);
        };
        if cycles::metaclass_closes_cycle(self.db, self.at, metaclass) {
            return (None, false);
        }
        let header = class_header(self.db, metaclass, ());
        if header.info.tuple_type.is_some() {
            self.error(ErrorCode::Metaclass, expr.range(), "Invalid metaclass");
            return (None, false);
        }
        let is_metaclass = header.info.has_base_named("builtins.type")
            || header.info.flags.contains(ClassFlags::FALLBACK_TO_ANY)
            || metaclass.is("abc.ABCMeta");
        if !is_metaclass {
            self.error(ErrorCode::Metaclass, expr.range(), "A metaclass must derive from \"type\"");
            return (None, false);
        }
        (Some(Ty::instance(metaclass, pytype_types::own_arguments(header.info.type_params))), false)
    }

    /// The metaclass that results, and what depends on it.
    fn set_metaclass(&mut self, header: &mut ClassHeader, declared: Option<Ty>, place: TextRange) {
        let ancestors = header.info.mro.get(1..).unwrap_or(&[]).to_vec();
        let mut metaclass = metaclass::resulting(self.db, self.class, declared, &ancestors);
        let conflict = metaclass.is_none()
            && header.info.bases.iter().filter_map(|base| base.as_instance()).any(|base| {
                let base = &class_header(self.db, base.class, ()).info;
                base.metaclass.is_some()
            });
        let protocol = header.info.is_protocol()
            || ancestors.iter().any(|a| class_header(self.db, *a, ()).info.is_protocol());
        if protocol && metaclass.is_none_or(|m| m.is_instance_of("builtins.type")) {
            metaclass = Some(self.known(KnownClass::AbcMeta));
        }
        header.info.metaclass = metaclass;
        // `type` is its own metaclass.
        let meta = metaclass.and_then(|m| m.as_instance()).filter(|m| m.class != self.class);
        let meta = meta.map(|m| &class_header(self.db, m.class, ()).info);
        if let Some(meta) = meta {
            if meta.has_base_named("enum.EnumMeta") {
                header.info.flags |= ClassFlags::ENUM;
                if !header.info.type_params.is_empty() {
                    self.misc(place, "An enum cannot be generic");
                }
            }
            if meta.has_base_named("abc.ABCMeta") {
                header.info.flags |= ClassFlags::ABSTRACT_ALLOWED;
            }
        }
        let exempt = header.info.has_base_named("builtins.type") || header.info.is_protocol();
        if conflict && !exempt && metaclass.is_none() {
            let message = "The metaclasses of the bases conflict: one must derive from all others";
            self.error(ErrorCode::Metaclass, place, message);
        }
    }

    fn check_protocol_bases(&mut self, header: &ClassHeader, place: TextRange) {
        if !header.info.is_protocol() {
            return;
        }
        for base in header.info.bases.iter().filter_map(|base| base.as_instance()) {
            if !base.class.is("builtins.object") && !class_header(self.db, base.class, ()).info.is_protocol()
            {
                self.misc(place, "All bases of a protocol must be protocols");
            }
        }
    }

    /// What the class's decorators say of it.
    pub fn apply_decorators(&mut self, header: &mut ClassHeader, class: &ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            let expr = &decorator.expression;
            if let Expr::Call(call) = expr {
                let callee = self.fullname_of(&call.func);
                let callee = callee.map_or("", |name| name.as_str());
                if special::DEPRECATED.contains(&callee)
                    && let Some(Expr::StringLiteral(text)) = call.arguments.args.first()
                {
                    let text = text.value.to_str();
                    let message = format!("Class {} is deprecated: {text}", self.class.fullname());
                    header.info.deprecated = Some(Name::new(&message));
                }
                if special::DATACLASS_TRANSFORM.contains(&callee) {
                    header.transform = Some(dataclasses::parse_transform(self, call));
                }
                continue;
            }
            let Some(fullname) = self.fullname_of(expr) else { continue };
            let fullname = fullname.as_str();
            let info = &mut header.info;
            if special::FINAL_DECORATOR.contains(&fullname) {
                info.flags |= ClassFlags::FINAL;
            } else if special::DISJOINT_BASE.contains(&fullname) {
                if info.is_protocol() {
                    self.misc(expr.range(), "A protocol cannot be a disjoint base");
                } else if info.typed_dict.is_some() {
                    self.misc(expr.range(), "A \"TypedDict\" cannot be a disjoint base");
                } else {
                    info.flags |= ClassFlags::DISJOINT_BASE;
                }
            } else if special::RUNTIME_CHECKABLE.contains(&fullname) {
                if info.is_protocol() {
                    info.flags |= ClassFlags::RUNTIME_CHECKABLE;
                } else if info.typed_dict.is_none() && header.named_tuple.is_none() {
                    self.misc(class.name.range, "Only protocols can be runtime-checkable");
                }
            } else if fullname == "functools.total_ordering" {
                header.total_ordering = true;
            }
        }
    }

    /// The rest of a header that a special base made.
    fn finish_special(mut self, mut header: ClassHeader, class: &ast::StmtClassDef) -> ClassHeader {
        self.apply_decorators(&mut header, class);
        if header.named_tuple.is_some() {
            dataclasses::find_spec(&mut self, &mut header, class);
        }
        self.finish(header, class)
    }

    fn finish(mut self, mut header: ClassHeader, class: &ast::StmtClassDef) -> ClassHeader {
        if class.type_params.is_some() {
            header.info.flags |= ClassFlags::PEP695;
        }
        self.hand_over(&mut header);
        header
    }

    /// The scope of a class statement's body.
    pub fn body_scope(&self) -> Option<ScopeId> {
        if let DefinitionKind::Class { body } = definition(self.db, self.at)?.kind {
            Some(body)
        } else {
            None
        }
    }

    /// The first definition of a name in the class's body.
    pub fn body_definition(&self, name: Name) -> Option<DefId> {
        let body = scope(self.db, self.at.file, self.body_scope()?)?;
        body.symbols.get(name)?.definitions.first().copied()
    }

    /// The class's own type parameters, as arguments.
    pub fn own_instance(&self) -> Ty {
        Ty::instance(self.class, pytype_types::own_arguments(class_type_params(self.db, self.class)))
    }

    /// A header whose one base is `base`, for classes that no statement defines.
    pub fn plain_header(&mut self, base: Ty, place: TextRange) -> ClassHeader {
        let mut header = ClassHeader::unknown(self.class);
        header.info.flags = ClassFlags::empty();
        header.info.type_params = class_type_params(self.db, self.class);
        header.info.bases = TyList::from([base]);
        self.set_order(&mut header.info, place);
        let ancestors = header.info.mro.get(1..).unwrap_or(&[]).to_vec();
        header.info.metaclass = metaclass::resulting(self.db, self.class, None, &ancestors);
        header
    }
}

/// The scope of a class's own `[...]`, in which its bases stand.
fn type_parameter_scope(db: &dyn DeclareDb, at: DefRef) -> Option<ScopeId> {
    let DefinitionKind::Class { body } = definition(db, at)?.kind else { return None };
    scope(db, at.file, body)?.parent
}

fn invalid_base(base: &Expr) -> String {
    let name = short_name(base).map(|n| format!(" \"{n}\"")).unwrap_or_default();
    format!("Invalid base class{name}")
}

/// A short name for a base expression in messages.
pub(crate) fn short_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!("{}.{}", short_name(&attribute.value)?, attribute.attr)),
        Expr::Subscript(subscript) => short_name(&subscript.value),
        Expr::Call(call) => short_name(&call.func),
        _ => None,
    }
}
