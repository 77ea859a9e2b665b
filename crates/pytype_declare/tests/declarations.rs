//! Annotations, signatures, aliases and type variables.

mod common;

use common::Database;
use pytype_declare::{Context, Node, aliases, names, signatures, variables};
use pytype_index::{DefId, DefRef, DefinitionKind, ScopeId};
use pytype_source::Name;
use pytype_types::{Ty, reveal};

/// The declared type of a name of the module `m`; a class's attribute as `C.x`.
fn declared(db: &Database, name: &str) -> Option<Ty> {
    let mut path = name.split('.');
    let file = db.file("m");
    let mut found = names::lookup(db, file, ScopeId::MODULE, Name::new(path.next()?))?;
    for name in path {
        found = names::attribute_of(db, file, found, Name::new(name))?;
    }
    match found.node {
        Node::Function(at) => {
            let info = signatures::function_info(db, at);
            let items: Vec<Ty> = info
                .items
                .iter()
                .enumerate()
                .filter(|(at, _)| Some(*at) != info.implementation)
                .map(|(_, item)| item.signature)
                .collect();
            Some(Ty::overloaded(items))
        }
        Node::Variable(at) => {
            let info = variables::variable_info(db, at);
            info.declared.or(info.simple_literal)
        }
        Node::Alias(alias) => Some(aliases::alias_info(db, alias).target),
        _ => None,
    }
}

fn shown(db: &Database, name: &str) -> String {
    let ctx = Context::new(db, db.file("m"));
    declared(db, name).map_or_else(|| "nothing".to_owned(), |ty| reveal(&ctx, ty))
}

/// Line and code of each finding about declarations of `m`'s module and class levels.
fn findings(db: &Database, source: &str) -> Vec<(usize, String, String)> {
    let file = db.file("m");
    let index = pytype_index::file_index(db, file);
    let mut found = Vec::new();
    for ordinal in 0..index.definitions.len() {
        let at = DefRef { file, id: DefId { unit: 0, ordinal: u32::try_from(ordinal).unwrap() } };
        match index.definitions[ordinal].kind {
            DefinitionKind::Function { .. } => found.extend(signatures::diagnostics_of(db, at)),
            DefinitionKind::Variable | DefinitionKind::TypeAliasStatement | DefinitionKind::TypeParameter => {
                found.extend(variables::diagnostics_of(db, at));
                found.extend(aliases::diagnostics_of(db, at));
            }
            _ => {}
        }
    }
    let mut lines: Vec<(usize, String, String)> = found
        .into_iter()
        .map(|finding| {
            let line = source[..finding.range.start().to_usize()].matches('\n').count() + 1;
            let code = finding.code.map_or("note", |code| code.as_str());
            (line, code.to_owned(), finding.message)
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// Prints what is found in the files that `PYTYPE_SHOW` names, one line for each finding and for
/// each `reveal_type(name)` at the start of a line.
#[test]
fn show() {
    let Ok(paths) = std::env::var("PYTYPE_SHOW") else { return };
    let strict = std::env::var("PYTYPE_STRICT").is_ok_and(|value| value == "1");
    let list = std::fs::read_to_string(&paths).unwrap_or_default();
    let paths: Vec<&str> =
        if paths.ends_with(".list") { list.lines().collect() } else { paths.split(':').collect() };
    for path in paths {
        let source = std::fs::read_to_string(path).unwrap();
        let module = if path.ends_with(".pyi") { "m.pyi" } else { "m" };
        println!("file {path}");
        let db =
            if strict { Database::strict(&[(module, &source)]) } else { Database::new(&[(module, &source)]) };
        let run = std::panic::AssertUnwindSafe(|| show_file(&db, &source));
        if std::panic::catch_unwind(run).is_err() {
            println!("PANIC");
        }
    }
}

fn show_file(db: &Database, source: &str) {
    {
        for (line, code, message) in findings(db, source) {
            println!("{line}: error: {message}  [{code}]");
        }
        for (number, line) in source.lines().enumerate() {
            if let Some(name) = line.strip_prefix("reveal_type(").and_then(|rest| rest.strip_suffix(')')) {
                println!("{}: note: Revealed type is \"{}\"", number + 1, shown(db, name));
            }
        }
    }
}
