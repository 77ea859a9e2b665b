//! A whole run: which files there are, and checking them on all cores.

use std::sync::Arc;

use pytype_index::{DefId, DefinitionKind, ImportEdge, components_in_order, imports, module_dependencies};
use pytype_infer::flow::units::{BodyWalks, file_findings};
use pytype_modules::{ModuleDb, Resolution};
use pytype_source::{Diagnostic, File, FileOrigin};
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Database;
use crate::assembly::{Assembled, Body, assemble, bodies_of, is_checkable};
use crate::internal_errors::guarded;
use crate::semantics::check_semantics;
use crate::workers::Workers;

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct FileResult {
    pub file: File,
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// Something went wrong in the checker itself; the run ends with exit status 2.
    pub failed: bool,
}

/// Is told how a run goes on.
pub trait Observer: Sync {
    /// One file more is done.
    fn file_done(&self) {}
    /// A stage that all files go through is over.
    fn stage_done(&self, _stage: &'static str) {}
}

impl Observer for () {}

/// The files whose findings are reported: those the user names, and those they import outside of
/// installed packages, unless that is switched off.
pub fn reported_files(db: &Database) -> Vec<File> {
    let mut files = db.modules().source_files(db);
    let mut seen: FxHashSet<File> = files.iter().copied().collect();
    let mut read = 0;
    let mut next = 0;
    let workers = Workers::new(db);
    while let Some(&file) = files.get(next) {
        if next == read {
            // Parsed on all cores, a wave of files at a time.
            read = files.len();
            workers.map(&files[next..], |db, file| {
                // A failure shows again where the answer is needed.
                let _ = guarded(|| (imports(db, *file).len(), module_dependencies(db, *file)));
            });
        }
        next += 1;
        let Ok(edges) = guarded(|| imports(db, file)) else { continue };
        for candidate in edges.iter().flat_map(ImportEdge::candidates) {
            let mut module = Some(candidate);
            while let Some(name) = module {
                if let Resolution::Found(found) = db.resolve_module(name)
                    && found.origin(db) == FileOrigin::Followed
                    && seen.insert(found)
                {
                    files.push(found);
                }
                module = name.parent();
            }
        }
    }
    files
}

/// Some functions of one file whose bodies are checked one after the other.
struct Task {
    /// The file's place in the run.
    at: usize,
    functions: Vec<DefId>,
    length: u32,
}

/// How much text one task has, unless a single function has more.
const TASK_LENGTH: u32 = 40_000;

/// What was found in a file on the way, to be put together.
struct Parts {
    file: File,
    bodies: FxHashMap<DefId, Body>,
    prepared: Prepared,
}

/// Checks every file; the results come in the order of the files, whatever the number of threads.
pub fn check_project(db: &Database, files: &[File], observer: &dyn Observer) -> Vec<FileResult> {
    let workers = Workers::new(db);
    read_declarations(&workers, files);
    observer.stage_done("declarations");
    let prepared = infer_interfaces(db, &workers, files);
    observer.stage_done("interfaces");
    let bodies = check_bodies(&workers, files);
    observer.stage_done("bodies");
    let parts = files.iter().copied().zip(bodies).zip(prepared);
    let tasks: Vec<Parts> =
        parts.map(|((file, bodies), prepared)| Parts { file, bodies, prepared }).collect();
    let results = workers.map(&tasks, |db, parts| {
        let result = check_guarded(db, parts);
        observer.file_done();
        result
    });
    observer.stage_done("assembly");
    results
}

/// What classes and functions declare, which needs no inference: whoever infers the interface of
/// a large component, alone, finds it there.
fn read_declarations(workers: &Workers, files: &[File]) {
    workers.map(files, |db, file| {
        // A failure shows again where the answer is needed.
        let _ = guarded(|| is_checkable(db, *file).then(|| pytype_declare::read_ahead(db, *file)));
    });
}

/// What can be found in a file without its interface; `None` where the checker failed.
type Prepared = Option<Vec<Diagnostic>>;

/// A component with more files than this keeps one thread busy while the others have nothing to
/// go on with.
const LARGE_COMPONENT: usize = 8;

/// Module and class levels, those that others depend on first. While a large component is under
/// way, the other threads do what needs no interface: what that finds is returned, by file.
fn infer_interfaces(db: &Database, workers: &Workers, files: &[File]) -> Vec<Prepared> {
    let reported: FxHashSet<File> = files.iter().copied().collect();
    let is_reported = |files: &&[File]| files.iter().any(|file| reported.contains(file));
    let components: Vec<&[File]> = components_in_order(db).filter(is_reported).collect();
    let infer = |db: &Database, component: &&[File]| {
        for file in *component {
            // A failure shows again where the answer is needed.
            let _ = guarded(|| is_checkable(db, *file).then(|| file_findings(db, *file)));
        }
    };
    let is_large = |component: &&[File]| component.len() > LARGE_COMPONENT;
    let prepare = |db: &Database, file: &File| guarded(|| prepare(db, *file)).ok();
    workers.map_meanwhile(&components, infer, is_large, files, prepare)
}

/// See [`infer_interfaces`].
fn prepare(db: &Database, file: File) -> Vec<Diagnostic> {
    if !is_checkable(db, file) {
        return Vec::new();
    }
    for (ordinal, definition) in (0..).zip(&pytype_index::index(db, file).definitions) {
        if let DefinitionKind::Function { self_attributes, .. } = &definition.kind
            && self_attributes.is_empty()
        {
            pytype_index::body_syntax(db, file, DefId { unit: 0, ordinal });
        }
    }
    check_semantics(db, file)
}

/// The bodies of all functions, the largest files' first, so that no core is left alone with a
/// large one at the end.
fn check_bodies(workers: &Workers, files: &[File]) -> Vec<FxHashMap<DefId, Body>> {
    let numbered: Vec<(usize, File)> = files.iter().copied().enumerate().collect();
    let mut tasks: Vec<Task> =
        workers.map(&numbered, |db, (at, file)| tasks_of(db, *file, *at)).into_iter().flatten().collect();
    tasks.sort_by_key(|task| (std::cmp::Reverse(task.length), task.at));
    let done = workers.map(&tasks, |db, task| check_task(db, files[task.at], task));
    let mut bodies: Vec<FxHashMap<DefId, Body>> = files.iter().map(|_| FxHashMap::default()).collect();
    for (task, found) in tasks.iter().zip(done) {
        bodies[task.at].extend(found);
    }
    bodies
}

fn tasks_of(db: &Database, file: File, at: usize) -> Vec<Task> {
    let functions = guarded(|| if is_checkable(db, file) { bodies_of(db, file) } else { Vec::new() });
    let mut tasks: Vec<Task> = Vec::new();
    for (function, length) in functions.unwrap_or_default() {
        match tasks.last_mut() {
            Some(last) if last.length + length <= TASK_LENGTH => {
                last.functions.push(function);
                last.length += length;
            }
            _ => tasks.push(Task { at, functions: vec![function], length }),
        }
    }
    tasks
}

fn check_task(db: &Database, file: File, task: &Task) -> Vec<(DefId, Body)> {
    let mut walks = BodyWalks::new(db, file);
    let mut walk = |function| {
        #[cfg(test)]
        crate::tests::fail_on_purpose(db, file, function);
        walks.walk(function)
    };
    task.functions.iter().map(|&function| (function, guarded(|| walk(function)))).collect()
}

/// A failure of the checker in one file is one finding; the other files go on.
fn check_guarded(db: &Database, parts: &Parts) -> FileResult {
    let Parts { file, bodies, prepared } = parts;
    let file = *file;
    let body = |function| match bodies.get(&function) {
        Some(body) => body.clone(),
        None => guarded(|| BodyWalks::new(db, file).walk(function)),
    };
    match guarded(|| assemble(db, file, &body, prepared.as_deref())) {
        Ok(Assembled { diagnostics, failed }) => FileResult { file, diagnostics, failed },
        Err(error) => {
            let found = error.diagnostic(TextRange::default());
            FileResult { file, diagnostics: Arc::new(vec![found]), failed: true }
        }
    }
}
