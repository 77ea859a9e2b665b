//! Checks sections, in memory and as many as possible in one run.

use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use pytype_check::{Database, Lines, check_project, reported_files};
use pytype_modules::ModuleTable;
use pytype_source::{Diagnostic, EmbeddedTypeshed, OverlayFileSystem, source_text};
use rustc_hash::FxHashMap;

use crate::compare::{Failure, Found, compare};
use crate::markdown::{self, Document, MAIN_FILE, SourceFile};
use crate::options::{Options, ROOT};

/// The stack of each thread: expressions nest deeply in generated code.
const STACK_SIZE: usize = 64 << 20;

/// The sections of one document, in groups that are checked together.
pub struct Suite {
    document: Document,
    groups: Vec<Group>,
    /// For each section the group it is in, or why it is in none.
    group_of: Vec<Result<usize, Failure>>,
}

/// Sections that do not know of each other and have the same options: one run is enough for all of them.
struct Group {
    options: Options,
    sections: Vec<usize>,
    /// Whether the sections' files have names that tell the sections apart.
    is_shared: bool,
    outcome: OnceLock<FxHashMap<usize, Vec<Failure>>>,
}

impl Suite {
    /// Reads a document; `path` is shown in failures.
    pub fn read(path: &Utf8Path, text: &str) -> Suite {
        let document = markdown::read(path, text);
        let mut groups: Vec<Group> = Vec::new();
        let mut group_of = Vec::new();
        for (number, section) in document.sections.iter().enumerate() {
            let options = match Options::read(&section.options) {
                Ok(options) => options,
                Err((line, message)) => {
                    group_of.push(Err(Failure { line, message }));
                    continue;
                }
            };
            let is_shared = section.files.keys().all(|path| path == MAIN_FILE) && !options.names_modules();
            let known =
                groups.iter().position(|group| is_shared && group.is_shared && group.options == options);
            let group = known.unwrap_or(groups.len());
            if known.is_none() {
                groups.push(Group { options, sections: Vec::new(), is_shared, outcome: OnceLock::new() });
            }
            groups[group].sections.push(number);
            group_of.push(Ok(group));
        }
        Suite { document, groups, group_of }
    }

    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What is wrong with the notation of the document.
    pub fn notation(&self) -> Vec<Failure> {
        let problems = self.document.problems.iter();
        problems.map(|(line, message)| Failure { line: *line, message: message.clone() }).collect()
    }

    /// Checks a section; those of its group are checked with it, once.
    pub fn failures(&self, section: usize) -> Vec<Failure> {
        match &self.group_of[section] {
            Err(failure) => vec![failure.clone()],
            Ok(group) => {
                let group = &self.groups[*group];
                let outcome = group.outcome.get_or_init(|| self.check(group));
                outcome.get(&section).cloned().unwrap_or_default()
            }
        }
    }

    fn check(&self, group: &Group) -> FxHashMap<usize, Vec<Failure>> {
        let mut sources: Vec<Source<'_>> = Vec::new();
        for section in &group.sections {
            for (name, file) in &self.document.sections[*section].files {
                let module = if group.is_shared { format!("main_{section}") } else { "main".to_owned() };
                let name = if group.is_shared { format!("{module}.py") } else { name.clone() };
                let path = Utf8Path::new(ROOT).join(name);
                sources.push(Source { section: *section, path, file, module });
            }
        }
        let found = match check_sources(&group.options, &sources) {
            Ok(found) => found,
            Err(message) => {
                let fail = |section: &usize| {
                    let line = self.document.sections[*section].line;
                    (*section, vec![Failure { line, message: message.clone() }])
                };
                return group.sections.iter().map(fail).collect();
            }
        };
        let mut outcome: FxHashMap<usize, Vec<Failure>> = FxHashMap::default();
        for source in &sources {
            let found = found.get(&source.path).map(Vec::as_slice).unwrap_or_default();
            outcome.entry(source.section).or_default().extend(compare(source.file, found, &source.module));
        }
        for failures in outcome.values_mut() {
            failures.sort_by_key(|failure| failure.line);
        }
        outcome
    }
}

/// A file of a section, as it is in the run.
struct Source<'a> {
    section: usize,
    path: Utf8PathBuf,
    file: &'a SourceFile,
    /// What the main module is called; revealed types leave the name out.
    module: String,
}

/// Checks files in memory; what was found, by path.
fn check_sources(
    options: &Options,
    sources: &[Source<'_>],
) -> Result<FxHashMap<Utf8PathBuf, Vec<Found>>, String> {
    let files = OverlayFileSystem::over(Arc::new(EmbeddedTypeshed));
    for source in sources {
        files.write(source.path.clone(), source.file.text.as_str());
    }
    let files = Arc::new(files);
    let configuration = options.configuration(sources.iter().map(|source| source.path.clone()).collect())?;
    let modules = ModuleTable::build(Arc::new(configuration), None, ROOT.into(), Arc::clone(&files) as _)
        .map_err(|error| error.to_string())?;
    Ok(pool()?.install(|| {
        let db = Database::new(files, modules);
        let results = check_project(&db, &reported_files(&db), &());
        results
            .into_iter()
            .map(|result| {
                let lines = Lines::new(&source_text(&db, result.file).text);
                let found =
                    result.diagnostics.iter().flat_map(|diagnostic| found(diagnostic, &lines)).collect();
                (result.file.path(&db).clone(), found)
            })
            .collect()
    }))
}

/// A diagnostic and its notes.
fn found(diagnostic: &Diagnostic, lines: &Lines) -> Vec<Found> {
    let line = lines.line(diagnostic.range.start());
    let own = Found {
        line,
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: diagnostic.message.clone(),
        explains: false,
    };
    let notes = diagnostic.notes.iter().map(|note| Found {
        line,
        severity: pytype_source::Severity::Note,
        code: diagnostic.code,
        message: note.message.clone(),
        explains: true,
    });
    [own].into_iter().chain(notes).collect()
}

/// The threads that check, with deep stacks.
fn pool() -> Result<&'static rayon::ThreadPool, String> {
    static POOL: OnceLock<Result<rayon::ThreadPool, String>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let builder = rayon::ThreadPoolBuilder::new().stack_size(STACK_SIZE);
        builder.build().map_err(|error| format!("the threads cannot be started: {error}"))
    });
    pool.as_ref().map_err(Clone::clone)
}
