//! A whole run: which files there are, and checking them on all cores.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use pytype_index::{
    DefId, ImportEdge, components_in_order, dependencies_of_components, imports, module_dependencies,
};
use pytype_infer::flow::units::{BodyWalks, file_findings};
use pytype_modules::{ModuleDb, Resolution};
use pytype_source::{Diagnostic, File, FileOrigin, Name, source_text};
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Database;
use crate::assembly::{Assembled, Body, assemble, bodies_of, is_checkable};
use crate::internal_errors::guarded;
use crate::schedule::{FileBodies, Schedule, Work};
use crate::workers::{Workers, lock};

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
    /// One thread was busy for so long with one kind of work.
    fn spent(&self, _work: &'static str, _time: Duration) {}
}

impl Observer for () {}

/// The files whose findings are reported: those the user names, and those they import outside of
/// installed packages, unless that is switched off.
pub fn reported_files(db: &Database) -> Vec<File> {
    let mut files = db.modules().source_files(db);
    let mut seen: FxHashSet<File> = files.iter().copied().collect();
    let mut wave: Vec<Met> = files.iter().map(|file| Met::Reported(*file)).collect();
    let workers = Workers::new(db);
    while !wave.is_empty() {
        // Parsed on all cores, a wave of files at a time. A failure shows again where the answer is needed.
        let found = workers
            .map_with(&wave, |db, met, known| guarded(|| met_through(db, *met, known)).unwrap_or_default());
        let fresh = found.into_iter().flatten().filter(|met| seen.insert(met.file()));
        wave = fresh.collect();
        files.extend(wave.iter().filter_map(|met| met.reported()));
    }
    files
}

/// A file that is met on the way from import to import.
#[derive(Clone, Copy)]
enum Met {
    Reported(File),
    /// One of a library: it has a place in the graph of modules, which is needed next, and is not reported.
    Library(File),
}

impl Met {
    fn file(self) -> File {
        match self {
            Met::Reported(file) | Met::Library(file) => file,
        }
    }
    fn reported(self) -> Option<File> {
        match self {
            Met::Reported(file) => Some(file),
            Met::Library(_) => None,
        }
    }
}

/// What is met through the imports of a file; `known` are the names that the same worker has been asked for.
fn met_through(db: &Database, met: Met, known: &mut FxHashSet<Name>) -> Vec<Met> {
    let mut found: Vec<Met> = match met {
        Met::Reported(file) => followed_imports(db, file, known).into_iter().map(Met::Reported).collect(),
        Met::Library(_) => Vec::new(),
    };
    let libraries = module_dependencies(db, met.file());
    found.extend(libraries.filter(|file| file.origin(db) == FileOrigin::Silent).map(Met::Library));
    found
}

/// The files that come into a run because a file imports them, in the order in which it names them, but
/// for those with a name that is `known`: what the same worker has been asked for, in files before this one.
fn followed_imports(db: &Database, file: File, known: &mut FxHashSet<Name>) -> Vec<File> {
    let mut followed = Vec::new();
    for candidate in imports(db, file).iter().flat_map(ImportEdge::candidates) {
        let mut module = Some(candidate);
        while let Some(name) = module.filter(|name| known.insert(*name)) {
            if let Resolution::Found(found) = db.resolve_module(name)
                && found.origin(db) == FileOrigin::Followed
            {
                followed.push(found);
            }
            module = name.parent();
        }
    }
    followed
}

/// Some functions of one file whose bodies are checked one after the other.
struct Bodies {
    /// The file's place in the run.
    at: usize,
    functions: Vec<DefId>,
}

/// How much text the bodies have that one thread checks in one go, unless one alone has more.
const TASK_LENGTH: u64 = 100_000;

/// What has been found in a file on the way.
#[derive(Default)]
struct Parts {
    bodies: FxHashMap<DefId, Body>,
    /// How many [`Bodies`] are not done.
    missing: usize,
}

/// The place of each file in the run.
type Places = FxHashMap<File, usize>;

/// A run over some files.
struct Run<'a> {
    files: &'a [File],
    places: Places,
    components: Vec<&'a [File]>,
    parts: Vec<Mutex<Parts>>,
    results: Vec<Mutex<Option<FileResult>>>,
    observer: &'a dyn Observer,
}

/// Checks every file; the results come in the order of the files, whatever the number of threads.
pub fn check_project(db: &Database, files: &[File], observer: &dyn Observer) -> Vec<FileResult> {
    let workers = Workers::new(db);
    let places = files.iter().copied().enumerate().map(|(at, file)| (file, at)).collect();
    let schedule = read_declarations(db, &workers, files, &places);
    let run = Run::new(db, files, places, observer);
    observer.stage_done("declarations");
    workers.each(|db| {
        schedule.work(|work| {
            let (bodies, unfinished) = match work {
                Work::Interface(component, part) => (run.interface(db, component, part), None),
                Work::Bodies(bodies) => (Vec::new(), run.bodies(db, bodies)),
            };
            db.close_files(unfinished);
            bodies
        });
    });
    observer.stage_done("checking");
    run.into_results(db)
}

/// What classes and functions declare, which needs next to no inference: whoever infers an interface finds
/// it there. Meanwhile one thread puts the components in order.
fn read_declarations(db: &Database, workers: &Workers, files: &[File], places: &Places) -> Schedule<Bodies> {
    let tasks: Vec<Option<File>> = std::iter::once(None).chain(files.iter().copied().map(Some)).collect();
    let ready = OnceLock::new();
    workers.map(&tasks, |db, task| {
        // A failure shows again where the answer is needed.
        let _ = guarded(|| match task {
            None => drop(ready.set(schedule(db, places, workers.count()))),
            Some(file) if is_checkable(db, *file) => pytype_declare::read_ahead(db, *file),
            Some(_) => {}
        });
    });
    ready.into_inner().unwrap_or_else(|| schedule(db, places, workers.count()))
}

fn schedule(db: &Database, places: &Places, threads: usize) -> Schedule<Bodies> {
    let length = |file: &File| match places.get(file) {
        Some(_) => source_text(db, *file).text.len() as u64,
        None => 0,
    };
    let components: Vec<&[File]> = components_in_order(db).collect();
    let lengths: Vec<u64> = components.iter().map(|component| component.iter().map(length).sum()).collect();
    let own = |file: &&File| places.contains_key(*file);
    let parts: Vec<usize> = components.iter().map(|component| component.iter().filter(own).count()).collect();
    Schedule::new(&dependencies_of_components(db), &lengths, &parts, threads)
}

impl<'a> Run<'a> {
    fn new(db: &'a Database, files: &'a [File], places: Places, observer: &'a dyn Observer) -> Run<'a> {
        Run {
            files,
            places,
            components: components_in_order(db).collect(),
            parts: files.iter().map(|_| Mutex::default()).collect(),
            results: files.iter().map(|_| Mutex::default()).collect(),
            observer,
        }
    }

    /// Infers module and class levels of a component's file, the `part`th of those that are of the run, and tells
    /// which bodies can be checked when the whole component is done.
    fn interface(&self, db: &Database, component: usize, part: usize) -> Vec<FileBodies<Bodies>> {
        let started = Instant::now();
        let component = self.components.get(component).copied().unwrap_or_default();
        let mut places = component.iter().filter_map(|file| self.places.get(file).copied());
        let Some(at) = places.nth(part) else { return Vec::new() };
        // A failure shows again where the answer is needed.
        let _ = guarded(|| is_checkable(db, self.files[at]).then(|| file_findings(db, self.files[at])));
        let own = bodies_in(db, self.files[at], at);
        lock(&self.parts[at]).missing = own.len();
        self.observer.spent("interfaces", started.elapsed());
        vec![FileBodies::new(own)]
    }

    /// Checks bodies. Who does the last ones of a file puts its findings together; until then it is
    /// given back as unfinished.
    fn bodies(&self, db: &Database, bodies: Bodies) -> Option<File> {
        let started = Instant::now();
        let (at, file) = (bodies.at, self.files[bodies.at]);
        let found = check_bodies(db, file, &bodies.functions);
        let checked = Instant::now();
        self.observer.spent("bodies", checked - started);
        let all = {
            let mut parts = lock(&self.parts[at]);
            parts.bodies.extend(found);
            parts.missing = parts.missing.saturating_sub(1);
            (parts.missing == 0).then(|| std::mem::take(&mut parts.bodies))
        };
        let Some(all) = all else { return Some(file) };
        *lock(&self.results[at]) = Some(check_guarded(db, file, &all));
        db.mark_checked(file);
        self.observer.spent("assembly", checked.elapsed());
        self.observer.file_done();
        None
    }

    fn into_results(self, db: &Database) -> Vec<FileResult> {
        let results = self.results.into_iter().zip(self.files);
        let result = |(result, file): (Mutex<Option<FileResult>>, &File)| {
            // A file that no component has is checked on its own.
            let found = result.into_inner().unwrap_or_else(PoisonError::into_inner);
            found.unwrap_or_else(|| check_guarded(db, *file, &FxHashMap::default()))
        };
        results.map(result).collect()
    }
}

/// The bodies of a file, in parts of some length: one at least, so that there is a last one.
fn bodies_in(db: &Database, file: File, at: usize) -> Vec<(u64, Bodies)> {
    let functions = guarded(|| if is_checkable(db, file) { bodies_of(db, file) } else { Vec::new() });
    let mut parts = vec![(0, Bodies { at, functions: Vec::new() })];
    for (function, length) in functions.unwrap_or_default() {
        let length = u64::from(length);
        match parts.last_mut() {
            Some((known, last)) if *known == 0 || *known + length <= TASK_LENGTH => {
                last.functions.push(function);
                *known += length;
            }
            _ => parts.push((length, Bodies { at, functions: vec![function] })),
        }
    }
    parts
}

fn check_bodies(db: &Database, file: File, functions: &[DefId]) -> Vec<(DefId, Body)> {
    let mut walks = BodyWalks::new(db, file);
    let mut walk = |function| {
        #[cfg(test)]
        crate::tests::fail_on_purpose(db, file, function);
        walks.walk(function)
    };
    functions.iter().map(|&function| (function, guarded(|| walk(function)))).collect()
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
