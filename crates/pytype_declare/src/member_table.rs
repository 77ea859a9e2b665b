//! The members that a class defines itself.
//!
//! Two layers, so that questions about names never wait for types: the body ([`class_body`]) is
//! names alone; the table ([`member_table`]) adds what class transforms make, with types.

use pytype_index::{DefRef, DefinitionFlags, DefinitionKind, Scope};
use pytype_source::{Diagnostic, Name};
use pytype_types::{AttributeFlags, ClassFlags, ClassId, ClassOrigin, Ty};

use crate::class_transforms::{attrs, dataclasses, named_tuples, new_types, total_ordering};
use crate::classes::{ClassHeader, class_header};
use crate::kept::Question;
use crate::names::resolver::Resolver;
use crate::names::scope_access::{definition, scope};
use crate::{Context, DeclareDb, Member, MemberKind, MemberTable, MemberTraits, syntax};

/// The members of `class` in order of definition: its body's names, what its methods assign
/// through `self`, what class transforms add.
#[inline]
pub fn member_table(db: &dyn DeclareDb, class: ClassId) -> &MemberTable {
    let known = db.kept_declarations().and_then(|kept| kept.member_tables.get(class.number()));
    known.unwrap_or_else(|| new_member_table(db, class))
}

#[cold]
fn new_member_table(db: &dyn DeclareDb, class: ClassId) -> &MemberTable {
    let Some(kept) = db.kept_declarations() else { return member_table_anew(db, class) };
    let found = member_table_anew(db, class);
    if kept.is_final() { kept.member_tables.keep(class.number(), found) } else { found }
}

fn member_table_anew(db: &dyn DeclareDb, class: ClassId) -> &MemberTable {
    if is_transformed(class_header(db, class, ())) {
        &transformed(db, class).table
    } else {
        class_body(db, class, ())
    }
}

/// What class transforms find wrong in the class's body, relative to the class definition.
pub fn transform_diagnostics(db: &dyn DeclareDb, class: ClassId) -> &[Diagnostic] {
    if is_transformed(class_header(db, class, ())) { &transformed(db, class).diagnostics } else { &[] }
}

fn is_transformed(header: &ClassHeader) -> bool {
    header.dataclass.is_some()
        || header.attrs.is_some()
        || header.named_tuple.is_some()
        || header.new_type_of.is_some()
        || header.total_ordering
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Transformed {
    table: MemberTable,
    diagnostics: Vec<Diagnostic>,
}

fn transformed(db: &dyn DeclareDb, class: ClassId) -> &Transformed {
    let kept = db.kept_declarations().and_then(|kept| {
        kept.class_answer(
            db,
            class,
            Question::Transformed,
            |known| &known.transformed,
            || transform(db, class),
        )
    });
    kept.unwrap_or_else(|| transformed_query(db, class, ()))
}

#[salsa::tracked(returns(ref))]
fn transformed_query(db: &dyn DeclareDb, class: ClassId, _key: ()) -> Transformed {
    transform(db, class)
}

fn transform(db: &dyn DeclareDb, class: ClassId) -> Transformed {
    let header = class_header(db, class, ());
    let mut result = Transformed { table: class_body(db, class, ()).clone(), diagnostics: Vec::new() };
    let file = match class.origin() {
        ClassOrigin::Definition(at) | ClassOrigin::InlineBase(at, _) => at.file,
        ClassOrigin::Intersection(_) => return result,
    };
    let ctx = Context::of_declarations(db, file);
    named_tuples::add_members(&ctx, header, &mut result.table);
    new_types::add_members(&ctx, header, &mut result.table);
    dataclasses::add_members(&ctx, header, &mut result.table, &mut result.diagnostics);
    attrs::add_members(&ctx, header, &mut result.table, &mut result.diagnostics);
    total_ordering::add_members(&ctx, header, &mut result.table, &mut result.diagnostics);
    result
}

/// The names that a class's body and its methods define. Asks for no types.
pub(crate) fn class_body(db: &dyn DeclareDb, class: ClassId, key: ()) -> &MemberTable {
    let kept = db.kept_declarations().and_then(|kept| {
        kept.class_answer(db, class, Question::Body, |known| &known.body, || read_body(db, class))
    });
    kept.unwrap_or_else(|| class_body_query(db, class, key))
}

#[salsa::tracked(returns(ref))]
fn class_body_query(db: &dyn DeclareDb, class: ClassId, _key: ()) -> MemberTable {
    read_body(db, class)
}

fn read_body(db: &dyn DeclareDb, class: ClassId) -> MemberTable {
    let mut table = MemberTable::default();
    let header = class_header(db, class, ());
    for name in header.enum_call.iter().flatten() {
        let flags = AttributeFlags::CLASS_LEVEL | AttributeFlags::PROPERTY | AttributeFlags::DECLARED;
        let mut member = Member::new(MemberKind::Synthesized(Ty::plain_instance(class)), flags);
        member.traits |= MemberTraits::HAS_VALUE;
        table.put(*name, member);
    }
    let ClassOrigin::Definition(at) = class.origin() else { return table };
    if header.info.flags.contains(ClassFlags::TYPED_DICT) {
        return table;
    }
    let Some(found) = definition(db, at) else { return table };
    let DefinitionKind::Class { body } = found.kind else { return table };
    let Some(body) = scope(db, at.file, body) else { return table };
    for (name, symbol) in body.symbols.iter() {
        let Some(first) = symbol.definitions.first() else { continue };
        let here = DefRef { file: at.file, id: *first };
        table.put(name, body_member(db, here));
    }
    add_self_attributes(db, header, at, body, &mut table);
    table
}

fn body_member(db: &dyn DeclareDb, at: DefRef) -> Member {
    let mut member = Member::new(MemberKind::Body(at), AttributeFlags::CLASS_LEVEL);
    let Some(found) = definition(db, at) else { return member };
    match found.kind {
        DefinitionKind::Function { .. } => {
            member.flags |= AttributeFlags::METHOD;
            member.traits |= MemberTraits::HAS_VALUE;
        }
        DefinitionKind::Variable => {
            if found.flags.contains(DefinitionFlags::HAS_VALUE) {
                member.traits |= MemberTraits::HAS_VALUE;
            }
            if found.flags.contains(DefinitionFlags::ANNOTATED) {
                member.flags |= AttributeFlags::DECLARED;
            }
        }
        DefinitionKind::Class { .. }
        | DefinitionKind::Parameter
        | DefinitionKind::Import { .. }
        | DefinitionKind::ImportFrom { .. }
        | DefinitionKind::TypeParameter
        | DefinitionKind::TypeAliasStatement => member.traits |= MemberTraits::HAS_VALUE,
    }
    member
}

/// What methods assign through their first parameter, in the order of the methods: new unless the
/// class or a base has the name already, or the assignment is annotated.
fn add_self_attributes(
    db: &dyn DeclareDb,
    header: &ClassHeader,
    at: DefRef,
    body: &Scope,
    table: &mut MemberTable,
) {
    let mut methods: Vec<DefRef> = body
        .symbols
        .values()
        .flat_map(|symbol| symbol.definitions.iter())
        .map(|id| DefRef { file: at.file, id: *id })
        .collect();
    methods.sort_unstable_by_key(|method| method.id);
    for method in methods {
        let Some(found) = definition(db, method) else { continue };
        let DefinitionKind::Function { self_attributes, .. } = &found.kind else { continue };
        if self_attributes.is_empty() {
            continue;
        }
        if found.flags.contains(DefinitionFlags::DECORATED) && takes_no_instance(db, method) {
            continue;
        }
        for attribute in self_attributes {
            if table.contains(attribute.name) {
                if header.info.is_protocol()
                    && let Some(member) = table.members.get_mut(attribute.name)
                {
                    // What a protocol's own method assigns is not left to whoever derives from it.
                    member.traits |= MemberTraits::HAS_VALUE;
                }
                continue;
            }
            let inherited = inherits(db, header, attribute.name);
            if inherited && !attribute.annotated {
                continue;
            }
            if header.info.is_protocol() && !inherited {
                continue;
            }
            let mut member = Member::new(MemberKind::SelfAttribute { method }, AttributeFlags::SETTABLE);
            member.traits |= MemberTraits::IMPLICIT;
            if attribute.annotated {
                member.flags |= AttributeFlags::DECLARED;
                member.traits |= MemberTraits::ANNOTATED_ON_SELF;
            }
            table.put(attribute.name, member);
        }
    }
}

/// Whether a base has the name as something that an assignment to `self` would refer to.
fn inherits(db: &dyn DeclareDb, header: &ClassHeader, name: Name) -> bool {
    for base in header.info.mro.iter().skip(1) {
        let above = class_header(db, *base, ());
        if above.named_tuple.iter().flatten().any(|field| field.name == name) {
            return true;
        }
        let Some(member) = class_body(db, *base, ()).get(name) else { continue };
        // A protocol's member without a value is abstract: the class still has to define it.
        let abstract_variable = above.info.is_protocol()
            && matches!(member.kind, MemberKind::Body(_))
            && !member.traits.contains(MemberTraits::HAS_VALUE);
        return !abstract_variable;
    }
    false
}

/// Whether decorators make a function a static or class method.
fn takes_no_instance(db: &dyn DeclareDb, method: DefRef) -> bool {
    let Some(function) = syntax::function(db, method) else { return false };
    let resolver = Resolver::new(db);
    function.decorator_list.iter().any(|decorator| {
        let path = crate::names::shapes::dotted(&decorator.expression);
        let binding = path.and_then(|path| resolver.lookup_path_at(method, &path));
        binding.is_some_and(|binding| {
            matches!(binding.fullname.as_str(), "builtins.staticmethod" | "builtins.classmethod")
        })
    })
}
