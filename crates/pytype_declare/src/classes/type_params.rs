//! The type parameters of a class: which type variables its bases mention, in what order.

use pytype_index::{DefRef, DefinitionKind, ScopeId, ScopeKind};
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{
    ClassId, ClassOrigin, ParamSpec, ParamSpecFlavor, Ty, TyKind, TyList, TypeVar, TypeVarDecl, TypeVarId,
    TypeVarKind, TypeVarOrigin, TypeVarTuple,
};
use ruff_python_ast::{self as ast, Expr, Operator};
use ruff_text_size::{Ranged, TextRange};

use crate::names::resolver::Resolver;
use crate::names::scope_access::{definition, scope};
use crate::names::{AssignmentMeaning, special};
use crate::{Binding, DeclareDb, KeptDeclarations, Node, syntax};

/// The type parameters of a class, and what their declaration says of its bases.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ClassParameters {
    pub params: Vec<TypeVarDecl>,
    pub is_protocol: bool,
    /// Positions of base expressions that only declare (`Generic[T]`, `Protocol`).
    pub declaring_bases: Vec<usize>,
    /// Relative to the class definition.
    pub diagnostics: Vec<Diagnostic>,
}

/// The type variable `decl` as the `index`-th parameter of `owner`.
pub fn bound_variable(decl: TypeVarDecl, owner: Name, index: u32) -> Ty {
    let id = TypeVarId { owner, index, meta: 0 };
    Ty::new(match decl.kind {
        TypeVarKind::TypeVar => TyKind::TypeVar(TypeVar { id, decl }),
        TypeVarKind::ParamSpec => {
            TyKind::ParamSpec(ParamSpec { id, decl, flavor: ParamSpecFlavor::Bare, prefix: None })
        }
        TypeVarKind::TypeVarTuple => TyKind::TypeVarTuple(TypeVarTuple { id, decl, min_len: 0 }),
    })
}

/// The type parameters of a class, as its own bound variables, in order.
pub fn class_type_params(db: &dyn DeclareDb, class: ClassId) -> TyList {
    if let Some(known) = db.kept_declarations().and_then(|kept| kept.class_parameters.get(&class)) {
        return known;
    }
    let params = bound_params(db, class);
    KeptDeclarations::of(db).map_or(params, |kept| kept.class_parameters.keep(class, params))
}

fn bound_params(db: &dyn DeclareDb, class: ClassId) -> TyList {
    let owner = class.fullname();
    let declared = match class.origin() {
        ClassOrigin::Definition(at) => &class_parameters(db, at.file, at.id).params,
        ClassOrigin::InlineBase(..) | ClassOrigin::Intersection(_) => return TyList::EMPTY(),
    };
    if declared.is_empty() {
        return TyList::EMPTY();
    }
    (0..).zip(declared).map(|(index, decl)| bound_variable(*decl, owner, index)).collect()
}

/// The type parameters of the class that a definition defines. Asks only what names mean.
#[salsa::tracked(returns(ref))]
pub(crate) fn class_parameters(
    db: &dyn DeclareDb,
    file: pytype_source::File,
    id: pytype_index::DefId,
) -> ClassParameters {
    let at = DefRef { file, id };
    let resolver = Resolver::new(db);
    if let Some(class) = syntax::class(db, at) {
        return Collector::new(&resolver, at, class.name.range, class.range.start()).of_statement(class);
    }
    let Some(assignment) = syntax::assignment(db, at) else { return ClassParameters::default() };
    let Some(Expr::Call(call)) = assignment.value else { return ClassParameters::default() };
    let collector = Collector::new(&resolver, at, call.range(), assignment.range.start());
    match resolver.assignment_meaning(at) {
        AssignmentMeaning::NamedTuple { typed: true } => collector.of_named_tuple_call(call),
        AssignmentMeaning::TypedDict => collector.of_typed_dict_call(call),
        AssignmentMeaning::NamedTuple { typed: false }
        | AssignmentMeaning::NewType
        | AssignmentMeaning::Enum
        | AssignmentMeaning::Variable
        | AssignmentMeaning::TypeVariable(_)
        | AssignmentMeaning::TypeAliasType
        | AssignmentMeaning::Alias { .. }
        | AssignmentMeaning::Module => ClassParameters::default(),
    }
}

/// Collects type variables from expressions.
struct Collector<'a, 'db> {
    resolver: &'a Resolver<'db>,
    at: DefRef,
    scope: ScopeId,
    /// Parameters of the classes around this one: they may not be used again.
    outer: Vec<TypeVarDecl>,
    /// What functions around it bind: that is no variable of its own.
    of_functions: Vec<TypeVarDecl>,
    /// Where findings about the class as a whole stand.
    place: TextRange,
    origin: ruff_text_size::TextSize,
    diagnostics: Vec<Diagnostic>,
}

impl<'a, 'db> Collector<'a, 'db> {
    fn new(
        resolver: &'a Resolver<'db>,
        at: DefRef,
        place: TextRange,
        origin: ruff_text_size::TextSize,
    ) -> Collector<'a, 'db> {
        let scope = definition(resolver.db, at).map_or(ScopeId::MODULE, |d| d.scope);
        let outer = outer_parameters(resolver.db, at, scope);
        let of_functions = function_parameters(resolver.db, at, scope);
        Collector { resolver, at, scope, outer, of_functions, place, origin, diagnostics: Vec::new() }
    }

    fn error(&mut self, code: ErrorCode, range: TextRange, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, range - self.origin, message));
    }

    fn lookup(&self, path: &[Name]) -> Option<Binding> {
        self.resolver.lookup_path(self.at.file, self.scope, path, Some(self.at.id))
    }

    fn lookup_expr(&self, expr: &Expr) -> Option<Binding> {
        self.lookup(&crate::names::shapes::dotted(expr)?)
    }

    fn of_statement(mut self, class: &ast::StmtClassDef) -> ClassParameters {
        let mut declared = self.pep695(class);
        let has_list = class.type_params.is_some();
        let mut declaring_bases = Vec::new();
        let mut is_protocol = false;
        let mut has_declared = !declared.is_empty();
        let bases: &[Expr] = class.arguments.as_deref().map_or(&[], |arguments| &arguments.args);
        for (position, base) in bases.iter().enumerate() {
            let head = self.lookup_expr(subscript_base(base));
            let Some(head) = head else { continue };
            let fullname = head.fullname.as_str();
            let protocol = special::PROTOCOL.contains(&fullname);
            if !protocol && fullname != special::GENERIC {
                continue;
            }
            is_protocol |= protocol;
            let found = match base {
                Expr::Subscript(subscript) => self.declared_in(subscript, &declared, head.fullname),
                _ if protocol => {
                    declaring_bases.push(position);
                    continue;
                }
                // Without arguments it declares no variable, which mypy accepts.
                _ => Vec::new(),
            };
            if has_declared {
                let message = match (has_list, is_protocol) {
                    (true, true) => "\"Protocol\" takes no arguments in a class with a type parameter list",
                    (true, false) => "\"Generic[...]\" is redundant in a class with a type parameter list",
                    (false, _) => "Only one \"Generic[...]\" or \"Protocol[...]\" may be among the bases",
                };
                self.error(ErrorCode::Misc, self.place, message);
            }
            declaring_bases.push(position);
            declared.extend(found);
            has_declared = !declared.is_empty();
        }
        let mut used = Vec::new();
        for (position, base) in bases.iter().enumerate() {
            if !declaring_bases.contains(&position) {
                self.variables_in(base, false, &mut used);
            }
        }
        let params = self.settle(declared, used, has_list);
        ClassParameters { params, is_protocol, declaring_bases, diagnostics: self.diagnostics }
    }

    /// The declared variables, completed by those that other bases use.
    fn settle(
        &mut self,
        declared: Vec<TypeVarDecl>,
        used: Vec<TypeVarDecl>,
        has_list: bool,
    ) -> Vec<TypeVarDecl> {
        if declared.is_empty() {
            return self.check_outer(used);
        }
        let mut unique: Vec<TypeVarDecl> = Vec::new();
        for decl in &declared {
            if !unique.contains(decl) {
                unique.push(*decl);
            }
        }
        if unique.len() < declared.len() && !has_list {
            let message = "A type variable is listed twice in \"Generic[...]\" or \"Protocol[...]\"";
            self.error(ErrorCode::Misc, self.place, message);
        }
        let missing: Vec<TypeVarDecl> = used.into_iter().filter(|decl| !unique.contains(decl)).collect();
        if !missing.is_empty() {
            if has_list {
                let mut names: Vec<&str> = missing.iter().map(|decl| decl.name.as_str()).collect();
                names.sort_unstable();
                let message = format!(
                    "All type parameters must be declared in the list ({} not declared)",
                    names.join(", ")
                );
                self.error(ErrorCode::ValidType, self.place, message);
            } else {
                let message =
                    "\"Generic[...]\" or \"Protocol[...]\" must list all type variables of the bases";
                self.error(ErrorCode::Misc, self.place, message);
            }
            unique.extend(missing);
        }
        self.check_outer(unique)
    }

    /// Reports variables that a class around this one binds already.
    fn check_outer(&mut self, params: Vec<TypeVarDecl>) -> Vec<TypeVarDecl> {
        for decl in &params {
            let is_old_style = matches!(decl.origin, TypeVarOrigin::Assignment(_));
            if is_old_style && self.outer.contains(decl) {
                let message = format!("Type variable \"{}\" is bound by an outer class", decl.name);
                self.error(ErrorCode::ValidType, self.place, message);
            }
        }
        params
    }

    /// The parameters in the class's own `[...]`.
    fn pep695(&mut self, class: &ast::StmtClassDef) -> Vec<TypeVarDecl> {
        let Some(list) = class.type_params.as_deref() else { return Vec::new() };
        let Some(found) = definition(self.resolver.db, self.at) else { return Vec::new() };
        let DefinitionKind::Class { body } = found.kind else { return Vec::new() };
        let inner = scope(self.resolver.db, self.at.file, body)
            .and_then(|body| body.parent)
            .and_then(|id| scope(self.resolver.db, self.at.file, id));
        let Some(inner) = inner else { return Vec::new() };
        if !matches!(inner.kind, ScopeKind::TypeParameters(_)) {
            return Vec::new();
        }
        // Bases are looked up inside of the list.
        self.scope =
            scope(self.resolver.db, self.at.file, body).and_then(|body| body.parent).unwrap_or(self.scope);
        let mut declared = Vec::new();
        let mut has_tuple = false;
        for param in &list.type_params {
            if self.is_parameter_around(Name::new(param.name())) {
                let message = format!("\"{}\" is a type parameter of something around already", param.name());
                self.error(ErrorCode::Misc, self.place, message);
            }
            let binding = self.lookup(&[Name::new(param.name())]);
            let Some(Binding { node: Node::TypeVariable(decl), .. }) = binding else { continue };
            if decl.kind == TypeVarKind::TypeVarTuple {
                if has_tuple {
                    self.error(ErrorCode::Misc, self.place, "A class can have only one type variable tuple");
                    continue;
                }
                has_tuple = true;
            }
            declared.push(decl);
        }
        declared
    }

    /// Whether a list around the class declares a type parameter of this name.
    fn is_parameter_around(&self, name: Name) -> bool {
        let mut current = scope(self.resolver.db, self.at.file, self.scope).and_then(|own| own.parent);
        while let Some(id) = current {
            let Some(here) = scope(self.resolver.db, self.at.file, id) else { return false };
            if matches!(here.kind, ScopeKind::TypeParameters(_)) && here.symbols.contains(name) {
                return true;
            }
            current = here.parent;
        }
        false
    }

    /// The variables that `Generic[...]` or `Protocol[...]` lists.
    fn declared_in(
        &mut self,
        subscript: &ast::ExprSubscript,
        before: &[TypeVarDecl],
        form: Name,
    ) -> Vec<TypeVarDecl> {
        let mut has_tuple = before.iter().any(|decl| decl.kind == TypeVarKind::TypeVarTuple);
        let mut found = Vec::new();
        for argument in subscript_items(&subscript.slice) {
            match self.free_variable(argument) {
                Some(decl) => {
                    if decl.kind == TypeVarKind::TypeVarTuple {
                        if has_tuple {
                            let message = "A class can have only one type variable tuple";
                            self.error(ErrorCode::Misc, subscript.range, message);
                            continue;
                        }
                        has_tuple = true;
                    }
                    found.push(decl);
                }
                None => {
                    let message = format!("\"{}[...]\" takes type variables only", form.last_component());
                    self.error(ErrorCode::Misc, subscript.range, message);
                }
            }
        }
        found
    }

    /// The type variable that an argument of `Generic[...]` is, when no class around binds it.
    fn free_variable(&self, argument: &Expr) -> Option<TypeVarDecl> {
        let (inner, unpacked) = self.unpacked(argument);
        let parsed;
        let inner = match inner {
            Expr::StringLiteral(text) => {
                parsed = syntax::parse_annotation(text.value.to_str())?;
                &parsed
            }
            other => other,
        };
        let Some(Binding { node: Node::TypeVariable(decl), .. }) = self.lookup_expr(inner) else {
            return None;
        };
        let fits = (decl.kind == TypeVarKind::TypeVarTuple) == unpacked;
        (fits && !self.outer.contains(&decl) && !self.of_functions.contains(&decl)).then_some(decl)
    }

    /// What `*X` or `Unpack[X]` unpacks.
    fn unpacked<'e>(&self, expr: &'e Expr) -> (&'e Expr, bool) {
        match expr {
            Expr::Starred(starred) => (&starred.value, true),
            Expr::Subscript(subscript) => {
                let head = self.lookup_expr(&subscript.value);
                if head.is_some_and(|head| special::UNPACK.contains(&head.fullname.as_str())) {
                    (&subscript.slice, true)
                } else {
                    (expr, false)
                }
            }
            _ => (expr, false),
        }
    }

    /// Adds the type variables that a type expression mentions, in order.
    fn variables_in(&self, expr: &Expr, unpacked: bool, found: &mut Vec<TypeVarDecl>) {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => {
                if let Some(Binding { node: Node::TypeVariable(decl), .. }) = self.lookup_expr(expr)
                    && (decl.kind != TypeVarKind::TypeVarTuple || unpacked)
                    && !self.is_bound_around(decl)
                    && !found.contains(&decl)
                {
                    found.push(decl);
                }
            }
            Expr::Subscript(subscript) => {
                let head = self.lookup_expr(&subscript.value);
                let fullname = head.map_or("", |head| head.fullname.as_str());
                if special::LITERAL.contains(&fullname) {
                    return;
                }
                let unpack = special::UNPACK.contains(&fullname);
                let arguments = subscript_items(&subscript.slice);
                let count = if special::ANNOTATED.contains(&fullname) { 1 } else { arguments.len() };
                for argument in arguments.iter().take(count) {
                    self.variables_in(argument, unpack, found);
                }
            }
            Expr::Starred(starred) => self.variables_in(&starred.value, true, found),
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                self.variables_in(&operation.left, false, found);
                self.variables_in(&operation.right, false, found);
            }
            Expr::List(list) => {
                for item in &list.elts {
                    self.variables_in(item, false, found);
                }
            }
            Expr::Tuple(tuple) => {
                for item in &tuple.elts {
                    self.variables_in(item, false, found);
                }
            }
            Expr::StringLiteral(text) => {
                if let Some(parsed) = syntax::parse_annotation(text.value.to_str()) {
                    self.variables_in(&parsed, unpacked, found);
                }
            }
            _ => {}
        }
    }

    /// Whether something around the class binds the variable: a function, or a PEP 695 list.
    fn is_bound_around(&self, decl: TypeVarDecl) -> bool {
        if self.of_functions.contains(&decl) {
            return true;
        }
        let TypeVarOrigin::Parameter(at) = decl.origin else { return false };
        definition(self.resolver.db, at).is_some_and(|parameter| parameter.scope != self.scope)
    }

    fn of_named_tuple_call(self, call: &ast::ExprCall) -> ClassParameters {
        let mut used = Vec::new();
        if let Some(fields) = call.arguments.args.get(1) {
            let fields = match fields {
                Expr::List(list) => list.elts.as_slice(),
                Expr::Tuple(tuple) => tuple.elts.as_slice(),
                _ => &[],
            };
            for field in fields {
                if let Expr::Tuple(pair) = field
                    && let [_, ty] = pair.elts.as_slice()
                {
                    self.variables_in(ty, false, &mut used);
                }
            }
        }
        ClassParameters { params: used, ..ClassParameters::default() }
    }

    fn of_typed_dict_call(self, call: &ast::ExprCall) -> ClassParameters {
        let mut used = Vec::new();
        if let Some(Expr::Dict(dict)) = call.arguments.args.get(1) {
            for item in &dict.items {
                self.variables_in(&item.value, false, &mut used);
            }
        }
        ClassParameters { params: used, ..ClassParameters::default() }
    }
}

/// `X` of `X[...]`; other expressions are themselves.
pub(crate) fn subscript_base(expr: &Expr) -> &Expr {
    match expr {
        Expr::Subscript(subscript) => &subscript.value,
        other => other,
    }
}

/// The arguments between the brackets.
pub(crate) fn subscript_items(slice: &Expr) -> &[Expr] {
    match slice {
        Expr::Tuple(tuple) if !tuple.parenthesized => &tuple.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        other => std::slice::from_ref(other),
    }
}

/// The type parameters of the classes that a definition stands in.
fn outer_parameters(db: &dyn DeclareDb, at: DefRef, start: ScopeId) -> Vec<TypeVarDecl> {
    let mut found = Vec::new();
    let mut current = Some(start);
    while let Some(id) = current {
        let Some(here) = scope(db, at.file, id) else { break };
        match here.kind {
            ScopeKind::Class(class) => found.extend(&class_parameters(db, at.file, class).params),
            // A class in a function starts anew.
            ScopeKind::Function(_) | ScopeKind::Lambda | ScopeKind::Comprehension => break,
            ScopeKind::Module | ScopeKind::TypeParameters(_) => {}
        }
        current = here.parent;
    }
    found
}

/// The type variables that the functions around a definition bind.
fn function_parameters(db: &dyn DeclareDb, at: DefRef, start: ScopeId) -> Vec<TypeVarDecl> {
    let mut found = Vec::new();
    let mut current = Some(start);
    while let Some(id) = current {
        let Some(here) = scope(db, at.file, id) else { break };
        if let ScopeKind::Function(function) = here.kind {
            let variables =
                crate::signatures::function_type_variables(db, DefRef { file: at.file, id: function });
            found.extend(variables.bound.iter().filter_map(crate::type_variables::declaration_of));
        }
        current = here.parent;
    }
    found
}
