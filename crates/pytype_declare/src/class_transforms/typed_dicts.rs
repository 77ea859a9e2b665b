//! Typed dicts: `class D(TypedDict)`, `TypedDict("D", {...})`, inheritance, totality, read-only items.

use indexmap::IndexMap;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, ClassFlags, ClassId, KnownClass, Ty, TyKind, TyList, TypedDict, TypedDictItem,
};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxBuildHasher;

use super::class_statements::decided_statements;
use super::named_tuples::field_type;
use crate::annotations::Findings;
use crate::classes::{ClassHeader, HeaderBuilder, class_header, subscript_base, subscript_items};
use crate::names::resolver::Resolver;
use crate::names::special;
use crate::written_types::{self, Place, Use};
use crate::{Context, substitution, syntax};

/// An item of a typed dict as its own class declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypedDictField {
    pub name: Name,
    pub item: TypedDictItem,
    /// The statement, relative to the class definition.
    pub place: TextRange,
}

type Items = IndexMap<Name, TypedDictItem, FxBuildHasher>;

const BODY_RULE: &str = "A typed dict's body may only have items (\"name: type\")";

/// A typed dict that another one derives from.
struct Base {
    class: ClassId,
    args: TyList,
    items: Items,
    closed: bool,
    /// It is closed, or its extra items have a type.
    knows_extra: bool,
}

/// Where an item's type comes from.
#[derive(Clone, Copy)]
struct Source {
    item: TypedDictItem,
    base: Option<ClassId>,
    place: TextRange,
}

/// The header of a class statement one of whose bases is a typed dict.
pub(crate) fn header_of_statement(
    builder: &mut HeaderBuilder<'_>,
    class: &ast::StmtClassDef,
    written: &[(usize, &Expr)],
) -> ClassHeader {
    let place = class.name.range;
    let keywords = Keywords::read(builder, class);
    let bases = collect_bases(builder, class, written);
    let own = own_fields(builder, class, keywords.total);
    let open_to_closed = keywords.closed == Some(false);
    if open_to_closed {
        for base in bases.iter().filter(|base| base.knows_extra) {
            builder.misc(
                place,
                format!("\"closed=False\" takes back what \"{}\" says of extra items", base.class.name()),
            );
        }
    }
    let items = merge(builder, &bases, &own, place);
    let closed = keywords.closed.unwrap_or_else(|| bases.iter().any(|base| base.closed));
    let extra = keywords
        .extra_items
        .or_else(|| closed.then(|| TypedDictItem { ty: Ty::never(), required: false, read_only: false }));
    let extra = extra.or_else(|| inherited_extra(builder, &bases));
    let mut header = header(builder, items, extra, place);
    header.typed_dict_fields = own
        .into_iter()
        .map(|(name, source)| TypedDictField {
            name,
            item: source.item,
            place: source.place - builder.origin,
        })
        .collect();
    header.typed_dict_bases = bases.iter().map(|base| (base.class, base.args)).collect();
    header
}

fn inherited_extra(builder: &HeaderBuilder<'_>, bases: &[Base]) -> Option<TypedDictItem> {
    bases.iter().find_map(|base| {
        if let TyKind::TypedDict(dict) = class_header(builder.db, base.class, ()).info.typed_dict?.kind() {
            dict.extra_items
        } else {
            None
        }
    })
}

/// The keyword arguments of the class statement.
#[derive(Default)]
struct Keywords {
    total: bool,
    closed: Option<bool>,
    extra_items: Option<TypedDictItem>,
}

impl Keywords {
    fn read(builder: &mut HeaderBuilder<'_>, class: &ast::StmtClassDef) -> Keywords {
        let mut found = Keywords { total: true, ..Keywords::default() };
        let keywords: &[ast::Keyword] = class.arguments.as_deref().map_or(&[], |a| &a.keywords);
        for keyword in keywords {
            let Some(name) = &keyword.arg else { continue };
            match name.as_str() {
                "total" => {
                    if let Some(value) = bool_literal(builder, "total", &keyword.value) {
                        found.total = value;
                    }
                }
                "closed" => found.closed = bool_literal(builder, "closed", &keyword.value),
                "extra_items" => found.extra_items = Some(extra_items(builder, &keyword.value)),
                other => {
                    let message = format!("A typed dict's class takes no keyword argument \"{other}\"");
                    builder.error(ErrorCode::CallArg, class.name.range, message);
                }
            }
        }
        if found.closed.is_some() && found.extra_items.is_some() {
            builder.misc(class.name.range, "\"closed\" and \"extra_items\" exclude each other");
        }
        found
    }
}

fn extra_items(builder: &mut HeaderBuilder<'_>, value: &Expr) -> TypedDictItem {
    let qualified = Qualified::of(builder, value);
    if qualified.required.is_some() {
        let message = "Extra items are never required: no qualifier but \"ReadOnly\" may stand here";
        builder.error(ErrorCode::ValidType, value.range(), message);
    }
    let place = Place {
        at: builder.at,
        scope: builder.scope,
        class: Some(builder.class),
        owner: Some(builder.class),
    };
    let mut found = Findings::default();
    let ty = written_types::analyze(&builder.ctx, &place, &qualified.inner, Use::TypedDictField, &mut found);
    builder.add(found);
    TypedDictItem { ty, required: false, read_only: qualified.read_only }
}

fn bool_literal(builder: &mut HeaderBuilder<'_>, name: &str, value: &Expr) -> Option<bool> {
    match value {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        other => {
            let message = format!("\"{name}\" must be True or False");
            builder.error(ErrorCode::LiteralRequired, other.range(), message);
            None
        }
    }
}

/// A type expression without `Required`, `NotRequired` and `ReadOnly` around it.
struct Qualified<'e> {
    inner: std::borrow::Cow<'e, Expr>,
    required: Option<bool>,
    read_only: bool,
    /// The qualifier that is given twice.
    repeated: Option<&'static str>,
    /// The qualifier that is given more than one type.
    takes_one: Option<Name>,
}

impl<'e> Qualified<'e> {
    fn of(builder: &HeaderBuilder<'_>, annotation: &'e Expr) -> Qualified<'e> {
        let mut found = Qualified {
            inner: std::borrow::Cow::Borrowed(annotation),
            required: None,
            read_only: false,
            repeated: None,
            takes_one: None,
        };
        if let Expr::StringLiteral(text) = annotation
            && text.value.to_str().contains("Required[") | text.value.to_str().contains("ReadOnly[")
            && let Some(parsed) = syntax::parse_annotation(text.value.to_str())
        {
            found.inner = std::borrow::Cow::Owned(parsed);
        }
        let mut seen_required = false;
        loop {
            let Expr::Subscript(subscript) = found.inner.as_ref() else { return found };
            let Some(head) = builder.fullname_of(&subscript.value) else { return found };
            match head.as_str() {
                "typing.Required" | "typing_extensions.Required" => {
                    found.repeated = found.repeated.or(seen_required.then_some("Required"));
                    found.required = Some(true);
                    seen_required = true;
                }
                "typing.NotRequired" | "typing_extensions.NotRequired" => {
                    found.repeated = found.repeated.or(seen_required.then_some("NotRequired"));
                    found.required = Some(false);
                    seen_required = true;
                }
                "typing.ReadOnly" | "typing_extensions.ReadOnly" => {
                    found.repeated = found.repeated.or(found.read_only.then_some("ReadOnly"));
                    found.read_only = true;
                }
                head if special::ANNOTATED.contains(&head) => {
                    let first = subscript_items(&subscript.slice).first();
                    let inner = first.map(subscript_base).and_then(|base| builder.fullname_of(base));
                    let qualifies = inner.is_some_and(|inner| {
                        matches!(inner.last_component(), "Required" | "NotRequired" | "ReadOnly")
                    });
                    let Some(first) = first.filter(|_| qualifies) else { return found };
                    found.inner = std::borrow::Cow::Owned(first.clone());
                    continue;
                }
                _ => return found,
            }
            if subscript.slice.is_tuple_expr() {
                found.takes_one = Some(head);
                return found;
            }
            let inner = subscript.slice.as_ref().clone();
            found.inner = std::borrow::Cow::Owned(inner);
        }
    }
}

fn collect_bases(
    builder: &mut HeaderBuilder<'_>,
    class: &ast::StmtClassDef,
    written: &[(usize, &Expr)],
) -> Vec<Base> {
    let place = class.name.range;
    let mut bases: Vec<Base> = Vec::new();
    let mut seen_form = false;
    for (position, expr) in written {
        if let Expr::Call(call) = expr {
            let callee = builder.fullname_of(&call.func);
            if callee.is_some_and(|name| special::TYPED_DICT.contains(&name.as_str())) {
                let inline = builder.inline_class(*position);
                let header = class_header(builder.db, inline, ());
                builder.diagnostics.extend(header.diagnostics.iter().cloned());
                bases.extend(base_of(builder, inline, header, TyList::EMPTY()));
                continue;
            }
        }
        let head = builder.lookup_expr(subscript_base(expr));
        let is_form = head.is_some_and(|head| special::TYPED_DICT.contains(&head.fullname.as_str()));
        if is_form && !matches!(expr, Expr::Subscript(_)) {
            if seen_form {
                builder.misc(place, "Base class \"TypedDict\" is given twice");
            }
            seen_form = true;
            continue;
        }
        let resolver = Resolver::new(builder.db);
        let base = head
            .and_then(|head| resolver.alias_class(head))
            .filter(|base| resolver.class_kind(*base).is_typed_dict);
        let Some(base) = base else {
            builder.misc(place, "All bases of a typed dict must be typed dicts");
            continue;
        };
        if crate::classes::closes_cycle(builder.db, builder.at, expr, builder.scope) {
            let message = format!("\"{}\" cannot be resolved: the definitions form a cycle", base.name());
            builder.misc(expr.range(), message);
            continue;
        }
        if bases.iter().any(|other| other.class == base) {
            builder.misc(place, format!("Base class \"{}\" is given twice", base.name()));
            continue;
        }
        let header = class_header(builder.db, base, ());
        if header.info.is_final() {
            builder.misc(place, format!("Cannot inherit from final class \"{}\"", base.name()));
        }
        let args = base_arguments(builder, expr, header, place);
        bases.extend(base_of(builder, base, header, args));
    }
    bases
}

fn base_of(builder: &HeaderBuilder<'_>, class: ClassId, header: &ClassHeader, args: TyList) -> Option<Base> {
    let TyKind::TypedDict(dict) = header.info.typed_dict?.kind() else { return None };
    let items = items_with(&builder.ctx, header, args)?;
    let closed = dict.extra_items.is_some_and(|extra| extra.ty.is_never());
    Some(Base { class, args, items, closed, knows_extra: dict.extra_items.is_some() })
}

/// The items of a typed dict's class with these type arguments.
fn items_with(ctx: &Context<'_>, header: &ClassHeader, args: TyList) -> Option<Items> {
    let TyKind::TypedDict(dict) = header.info.typed_dict?.kind() else { return None };
    let items = dict.items.iter().map(|(name, item)| {
        let ty = substitution::apply(ctx, item.ty, header.info.type_params, args);
        (*name, TypedDictItem { ty, ..*item })
    });
    Some(items.collect())
}

/// The items that a typed dict takes from a base with these type arguments.
pub(crate) fn typed_dict_base_items(ctx: &Context<'_>, base: ClassId, args: TyList) -> Items {
    items_with(ctx, class_header(ctx.db, base, ()), args).unwrap_or_default()
}

fn base_arguments(
    builder: &mut HeaderBuilder<'_>,
    expr: &Expr,
    header: &ClassHeader,
    place: TextRange,
) -> TyList {
    let count = header.info.type_params.len();
    let Expr::Subscript(subscript) = expr else {
        return vec![Ty::any(AnySource::OmittedGenerics); count].into();
    };
    if !syntax::can_be_type(expr) {
        builder.misc(place, "A type argument of a typed dict's base is not a type");
        return vec![Ty::any(AnySource::Error); count].into();
    }
    let at = Place { at: builder.at, scope: builder.scope, class: None, owner: Some(builder.class) };
    let mut found = Findings::default();
    let args: Vec<Ty> = subscript_items(&subscript.slice)
        .iter()
        .map(|arg| written_types::analyze(&builder.ctx, &at, arg, Use::TypeArgument, &mut found))
        .collect();
    builder.add(found);
    if args.len() != count {
        let message = format!("Wrong number of type arguments for \"{}\"", header.info.id.name());
        builder.misc(place, message.clone());
        builder.error(ErrorCode::TypeArg, place, message);
        return vec![Ty::any(AnySource::Error); count].into();
    }
    args.into()
}

fn own_fields(
    builder: &mut HeaderBuilder<'_>,
    class: &ast::StmtClassDef,
    total: bool,
) -> IndexMap<Name, Source, FxBuildHasher> {
    let mut fields: IndexMap<Name, Source, FxBuildHasher> = IndexMap::default();
    for statement in decided_statements(&class.body, builder.ctx.options()) {
        let (target, annotation, value) = match statement {
            Stmt::AnnAssign(s) => (s.target.as_ref(), Some(s.annotation.as_ref()), s.value.as_deref()),
            Stmt::Assign(s) => match s.targets.as_slice() {
                [target] => (target, None, Some(s.value.as_ref())),
                _ => {
                    builder.misc(statement.range(), BODY_RULE);
                    continue;
                }
            },
            Stmt::Pass(_) => continue,
            Stmt::Expr(s) if matches!(*s.value, Expr::EllipsisLiteral(_) | Expr::StringLiteral(_)) => {
                continue;
            }
            _ => {
                builder.misc(statement_range(statement), BODY_RULE);
                continue;
            }
        };
        let Expr::Name(target) = target else {
            builder.misc(statement.range(), BODY_RULE);
            continue;
        };
        let name = Name::of(target);
        if fields.contains_key(&name) {
            builder.misc(statement.range(), format!("The item \"{name}\" is given twice"));
            continue;
        }
        let item = match annotation {
            None => TypedDictItem { ty: Ty::any(AnySource::Unannotated), required: total, read_only: false },
            Some(annotation) => annotated_item(builder, name, annotation, total, statement.range()),
        };
        fields.insert(name, Source { item, base: None, place: statement.range() });
        if annotation.is_none() {
            builder.misc(statement.range(), BODY_RULE);
        } else if value.is_some() {
            builder.misc(statement.range(), "An item of a typed dict cannot have a value");
        }
    }
    fields
}

/// Where a statement that does not belong stands: a decorated one at its first decorator.
fn statement_range(statement: &Stmt) -> TextRange {
    statement.range()
}

fn annotated_item(
    builder: &mut HeaderBuilder<'_>,
    name: Name,
    annotation: &Expr,
    total: bool,
    place: TextRange,
) -> TypedDictItem {
    let qualified = Qualified::of(builder, annotation);
    let ty = match qualified.takes_one {
        Some(qualifier) => takes_one(builder, qualifier, annotation.range()),
        None => field_type(builder, name, &qualified.inner, Use::TypedDictField),
    };
    if let Some(repeated) = qualified.repeated {
        builder.error(ErrorCode::ValidType, place, format!("\"{repeated}[]\" cannot be nested"));
    }
    TypedDictItem { ty, required: qualified.required.unwrap_or(total), read_only: qualified.read_only }
}

/// `Required[int, str]`.
fn takes_one(builder: &mut HeaderBuilder<'_>, qualifier: Name, place: TextRange) -> Ty {
    let message = format!("\"{}[]\" takes exactly one type", qualifier.last_component());
    builder.error(ErrorCode::ValidType, place, message);
    Ty::any(AnySource::Error)
}

/// The items of a typed dict: those of its bases (the last base first, so that the order shown is
/// the one mypy shows) and its own.
fn merge(
    builder: &mut HeaderBuilder<'_>,
    bases: &[Base],
    own: &IndexMap<Name, Source, FxBuildHasher>,
    place: TextRange,
) -> Items {
    let mut sources: IndexMap<Name, Vec<Source>, FxBuildHasher> = IndexMap::default();
    for base in bases.iter().rev() {
        for (name, item) in &base.items {
            let source = Source { item: *item, base: Some(base.class), place };
            sources.entry(*name).or_default().push(source);
        }
    }
    for (name, source) in own {
        sources.entry(*name).or_default().push(*source);
    }
    let mut items = Items::default();
    for (name, candidates) in &sources {
        let Some(primary) = primary_source(candidates) else { continue };
        let Some(chosen) = candidates.get(primary) else { continue };
        let read_only = chosen.item.read_only;
        let required =
            if read_only { candidates.iter().any(|s| s.item.required) } else { chosen.item.required };
        items.insert(*name, TypedDictItem { ty: chosen.item.ty, required, read_only });
        for (index, source) in candidates.iter().enumerate() {
            if index != primary {
                check_requiredness(builder, *name, source, chosen, required);
            }
        }
        check_read_only(builder, *name, candidates);
        for base in bases.iter().filter(|base| base.closed && !base.items.contains_key(name)) {
            let message =
                format!("The closed typed dict \"{}\" cannot be extended by \"{name}\"", base.class.name());
            builder.misc(chosen.place, message);
        }
    }
    items
}

/// Which of an item's declarations counts: the class's own, else the last that can be written.
fn primary_source(candidates: &[Source]) -> Option<usize> {
    let last = candidates.len().checked_sub(1)?;
    if candidates.get(last)?.base.is_none() {
        return Some(last);
    }
    candidates.iter().rposition(|source| !source.item.read_only).or(Some(last))
}

/// What a redeclaration may not take back (the typing specification, "Read-only items"): that an item
/// can be written, and that it is there. Candidates come in the order in which they override.
fn check_read_only(builder: &mut HeaderBuilder<'_>, name: Name, candidates: &[Source]) {
    let Some((last, earlier)) = candidates.split_last() else { return };
    let pairs: Vec<(&Source, &Source)> = if last.base.is_none() {
        earlier.iter().map(|source| (source, last)).collect()
    } else {
        candidates.windows(2).filter_map(|pair| Some((pair.first()?, pair.get(1)?))).collect()
    };
    for (source, overriding) in pairs {
        let Some(base) = source.base.filter(|_| overriding.item.read_only) else { continue };
        let problem = if !source.item.read_only && overriding.base.is_none() {
            "can be written"
        } else if source.item.read_only && source.item.required && !overriding.item.required {
            "is required"
        } else {
            continue;
        };
        let message = format!("The item \"{name}\" {problem} in base class \"{}\"", base.name());
        builder.misc(overriding.place, message);
        return;
    }
}

fn check_requiredness(
    builder: &mut HeaderBuilder<'_>,
    name: Name,
    source: &Source,
    chosen: &Source,
    required: bool,
) {
    let Some(base) = source.base else { return };
    let problem = if source.item.required && !required {
        "is required"
    } else if !source.item.required && !source.item.read_only && required {
        "can be deleted"
    } else {
        return;
    };
    builder.misc(chosen.place, format!("The item \"{name}\" {problem} in base class \"{}\"", base.name()));
}

/// The header of `TypedDict("D", {...})`.
pub(crate) fn header_of_call(mut builder: HeaderBuilder<'_>, call: &ast::ExprCall) -> ClassHeader {
    let parsed = items_of_call(&mut builder, call);
    let (items, extra) = parsed.unwrap_or_default();
    let mut header = header(&mut builder, items, extra, call.range());
    builder.hand_over(&mut header);
    header
}

fn items_of_call(
    builder: &mut HeaderBuilder<'_>,
    call: &ast::ExprCall,
) -> Option<(Items, Option<TypedDictItem>)> {
    let arguments = &call.arguments;
    let count = arguments.args.len() + arguments.keywords.len();
    if count < 2 {
        builder.misc(call.range(), "\"TypedDict()\" needs a name and items");
        return None;
    }
    let ([name, items], false) = (&*arguments.args, arguments.args.iter().any(Expr::is_starred_expr)) else {
        builder.misc(call.range(), "\"TypedDict()\" takes a name, items and keywords");
        return None;
    };
    let mut seen: Vec<&str> = Vec::new();
    for keyword in &arguments.keywords {
        let Some(keyword) = &keyword.arg else {
            builder.misc(call.range(), "\"TypedDict()\" takes a name, items and keywords");
            return None;
        };
        if !matches!(keyword.as_str(), "total" | "closed" | "extra_items") {
            builder.misc(call.range(), format!("\"TypedDict()\" takes no argument \"{keyword}\""));
            return None;
        }
        // A keyword that is given twice is a syntax error.
        if seen.contains(&keyword.as_str()) {
            return None;
        }
        seen.push(keyword);
    }
    let Expr::StringLiteral(name) = name else {
        builder.misc(call.range(), "The first argument of \"TypedDict()\" must be a string");
        return None;
    };
    let Expr::Dict(dict) = items else {
        builder.misc(call.range(), "The items of \"TypedDict()\" must be written as a dict");
        return None;
    };
    let mut total = true;
    let mut extra = None;
    for keyword in &arguments.keywords {
        match keyword.arg.as_ref().map(|name| name.as_str()) {
            Some("total") => total = bool_literal(builder, "total", &keyword.value)?,
            Some("closed") => {
                if bool_literal(builder, "closed", &keyword.value)? {
                    extra = Some(TypedDictItem { ty: Ty::never(), required: false, read_only: false });
                }
            }
            Some("extra_items") => extra = Some(extra_items(builder, &keyword.value)),
            Some(_) | None => {}
        }
    }
    let found = dict_items(builder, call.range(), dict, total)?;
    let own = builder.class.name();
    if !own.contains('@') && own != name.value.to_str() {
        let message =
            format!("The name \"{}\" given to \"TypedDict()\" is not \"{own}\"", name.value.to_str());
        builder.error(ErrorCode::NameMatch, call.range(), message);
    }
    Some((found, extra))
}

fn dict_items(
    builder: &mut HeaderBuilder<'_>,
    call: TextRange,
    dict: &ast::ExprDict,
    total: bool,
) -> Option<Items> {
    let mut items = Items::default();
    for entry in &dict.items {
        let Some(Expr::StringLiteral(key)) = &entry.key else {
            let place = entry.key.as_ref().map_or(entry.value.range(), Ranged::range);
            builder.misc(place, "The names of a typed dict's items must be strings");
            return None;
        };
        let name = Name::new(key.value.to_str());
        if items.contains_key(&name) {
            builder.misc(key.range, format!("The item \"{name}\" is given twice"));
        }
        if !syntax::can_be_type(&entry.value) {
            builder.misc(entry.value.range(), "The items of a typed dict must have types");
            return None;
        }
        let qualified = Qualified::of(builder, &entry.value);
        let at = Place {
            at: builder.at,
            scope: builder.scope,
            class: Some(builder.class),
            owner: Some(builder.class),
        };
        let mut found = Findings::default();
        let ty = written_types::analyze(&builder.ctx, &at, &qualified.inner, Use::TypedDictField, &mut found);
        builder.add(found);
        if let Some(repeated) = qualified.repeated {
            builder.error(ErrorCode::ValidType, dict.range, format!("\"{repeated}[]\" cannot be nested"));
        }
        written_types::report_any(builder, "The type of an item", ty, call);
        let required = qualified.required.unwrap_or(total);
        items.insert(name, TypedDictItem { ty, required, read_only: qualified.read_only });
    }
    Some(items)
}

fn header(
    builder: &mut HeaderBuilder<'_>,
    items: Items,
    extra_items: Option<TypedDictItem>,
    place: TextRange,
) -> ClassHeader {
    let base = builder.known(KnownClass::TypedDictFallback);
    let mut header = builder.plain_header(base, place);
    header.info.flags |= ClassFlags::TYPED_DICT;
    let fallback = builder.own_instance();
    header.info.typed_dict = Some(Ty::typed_dict(TypedDict { items, fallback, extra_items }));
    header
}
