//! Small measurements of the engine's parts: `cargo bench -p pytype_check`.

#[path = "../tests/support/mod.rs"]
mod support;

use divan::{Bencher, black_box};
use pytype_check::{check_file, reported_files};
use pytype_declare::Context;
use pytype_index::{DefId, DefinitionKind, body_index, file_index};
use pytype_infer::flow::units::{BodyWalks, file_findings};
use pytype_source::File;
use pytype_types::{
    Direction, KnownClass, SolveOptions, Ty, TypeContext, infer_constraints, is_subtype, solve_constraints,
};
use support::{Project, shop};

const FILE: &str = "shop/service.py";

fn main() {
    divan::main();
}

/// The functions of a file whose bodies are checked on their own.
fn functions(project: &Project, file: File) -> Vec<DefId> {
    let definitions = (0..).zip(&file_index(&project.db, file).definitions);
    let functions = definitions.filter(|(_, found)| matches!(found.kind, DefinitionKind::Function { .. }));
    functions.map(|(ordinal, _)| DefId { unit: 0, ordinal }).collect()
}

/// `class[arguments]`; what is left out of the arguments is `Any`.
fn instance(ctx: &Context<'_>, class: KnownClass, arguments: impl IntoIterator<Item = Ty>) -> Ty {
    let arguments: Vec<Ty> = arguments.into_iter().collect();
    if arguments.is_empty() { ctx.known_instance(class) } else { Ty::instance(ctx.known(class), arguments) }
}

/// A file's interface and the bodies in it, from text.
#[divan::bench]
fn index(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| Project::new(&shop())).bench_local_refs(|project| {
        let file = project.file(FILE);
        let bodies = functions(project, file);
        bodies.iter().map(|id| body_index(&project.db, file, id.body_unit()).definitions.len()).sum::<usize>()
    });
}

/// Comparisons with a protocol, through ancestors and by variance, none of them known before.
#[divan::bench]
fn subtyping(bencher: Bencher<'_, '_>) {
    let project = Project::new(&shop());
    let file = project.file(FILE);
    bencher.with_inputs(|| Context::new(&project.db, file)).bench_local_values(|ctx| {
        let (int, text) = (instance(&ctx, KnownClass::Int, []), instance(&ctx, KnownClass::Str, []));
        let dict = instance(&ctx, KnownClass::Dict, [text, int]);
        let list = instance(&ctx, KnownClass::List, [dict]);
        let wanted = instance(&ctx, KnownClass::Iterable, [ctx.known_instance(KnownClass::Object)]);
        black_box((
            is_subtype(&ctx, list, wanted),
            is_subtype(&ctx, dict, wanted),
            is_subtype(&ctx, int, wanted),
        ))
    });
}

/// `list[T]` given a list of dictionaries, then the value of `T`.
#[divan::bench]
fn solver(bencher: Bencher<'_, '_>) {
    let project = Project::new(&shop());
    let file = project.file(FILE);
    bencher.with_inputs(|| Context::new(&project.db, file)).bench_local_values(|ctx| {
        let variables = ctx.class_info(ctx.known(KnownClass::List)).type_params;
        let template = Ty::instance(ctx.known(KnownClass::List), variables);
        let (int, text) = (instance(&ctx, KnownClass::Int, []), instance(&ctx, KnownClass::Str, []));
        let dict = instance(&ctx, KnownClass::Dict, [text, int]);
        let actual = instance(&ctx, KnownClass::List, [dict]);
        let constraints = infer_constraints(&ctx, template, actual, Direction::SupertypeOf);
        let options = SolveOptions { strict: true, allow_polymorphic: false, skip_unsatisfied: false };
        black_box(solve_constraints(&ctx, &variables, &constraints, options))
    });
}

/// The bodies of one file, its interface and what it imports being known.
#[divan::bench]
fn bodies(bencher: Bencher<'_, '_>) {
    let project = Project::new(&shop());
    let file = project.file(FILE);
    file_findings(&project.db, file);
    let functions = functions(&project, file);
    bencher.bench_local(|| {
        let mut walks = BodyWalks::new(&project.db, file);
        functions.iter().map(|id| walks.walk(*id).diagnostics.len()).sum::<usize>()
    });
}

/// A small project from nothing.
#[divan::bench]
fn project(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| Project::new(&shop())).bench_local_refs(|project| {
        let files = reported_files(&project.db);
        files.into_iter().map(|file| check_file(&project.db, file).len()).sum::<usize>()
    });
}
