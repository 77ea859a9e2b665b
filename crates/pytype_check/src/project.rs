//! A whole run: which files there are, and checking them on all cores.

use std::sync::Arc;

use pytype_index::{DefId, ImportEdge, components_in_order, imports};
use pytype_infer::flow::units::{BodyWalks, file_findings};
use pytype_modules::{ModuleDb, Resolution};
use pytype_source::{Diagnostic, File, FileOrigin};
use rayon::prelude::*;
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Database;
use crate::assembly::{Assembled, Body, assemble, bodies_of, is_checkable};
use crate::internal_errors::guarded;

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
    while let Some(&file) = files.get(next) {
        if next == read {
            // Parsed on all cores, a wave of files at a time.
            read = files.len();
            files[next..].par_iter().for_each_with(db.clone(), |db, file| {
                // A failure shows again where the answer is needed.
                let _ = guarded(|| imports(db, *file).len());
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

/// Checks every file; the results come in the order of the files, whatever the number of threads.
pub fn check_project(db: &Database, files: &[File], observer: &dyn Observer) -> Vec<FileResult> {
    infer_interfaces(db, files);
    observer.stage_done("interfaces");
    let bodies = check_bodies(db, files);
    observer.stage_done("bodies");
    let results = files
        .par_iter()
        .zip(&bodies)
        .map_with(db.clone(), |db, (file, bodies)| {
            let result = check_guarded(db, *file, bodies);
            observer.file_done();
            result
        })
        .collect();
    observer.stage_done("assembly");
    results
}

/// Module and class levels, those that others depend on first.
fn infer_interfaces(db: &Database, files: &[File]) {
    let reported: FxHashSet<File> = files.iter().copied().collect();
    let components = components_in_order(db).filter(|files| files.iter().any(|file| reported.contains(file)));
    components.par_bridge().for_each_with(db.clone(), |db, component| {
        for file in component {
            // A failure shows again where the answer is needed.
            let _ = guarded(|| is_checkable(db, *file).then(|| file_findings(db, *file)));
        }
    });
}

/// The bodies of all functions, the largest files' first, so that no core is left alone with a
/// large one at the end.
fn check_bodies(db: &Database, files: &[File]) -> Vec<FxHashMap<DefId, Body>> {
    let mut tasks: Vec<Task> = files
        .par_iter()
        .enumerate()
        .map_with(db.clone(), |db, (at, file)| tasks_of(db, *file, at))
        .flatten_iter()
        .collect();
    tasks.sort_by_key(|task| (std::cmp::Reverse(task.length), task.at));
    let done: Vec<(usize, Vec<(DefId, Body)>)> = tasks
        .into_iter()
        .par_bridge()
        .map_with(db.clone(), |db, task| (task.at, check_task(db, files[task.at], &task)))
        .collect();
    let mut bodies: Vec<FxHashMap<DefId, Body>> = files.iter().map(|_| FxHashMap::default()).collect();
    for (at, found) in done {
        bodies[at].extend(found);
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
fn check_guarded(db: &Database, file: File, bodies: &FxHashMap<DefId, Body>) -> FileResult {
    let body = |function| match bodies.get(&function) {
        Some(body) => body.clone(),
        None => guarded(|| BodyWalks::new(db, file).walk(function)),
    };
    match guarded(|| assemble(db, file, &body)) {
        Ok(Assembled { diagnostics, failed }) => FileResult { file, diagnostics, failed },
        Err(error) => {
            let found = error.diagnostic(TextRange::default());
            FileResult { file, diagnostics: Arc::new(vec![found]), failed: true }
        }
    }
}
