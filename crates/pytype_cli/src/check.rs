//! `pytype-rs check`: from options to findings on the screen and an exit status.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use camino::Utf8Path;
use pytype_check::Observer;
use pytype_config::{Configuration, Environment, GlobalOptions, OutputFormat};
use pytype_modules::{Environment as Installation, SourceError, Variables};
use pytype_report::{Findings, Paint, Style, junit, render, summary};
use pytype_source::DiskFileSystem;

use crate::arguments::CheckArguments;
use crate::engine::{Engine, PrepareError};
use crate::progress::Progress;
use crate::stages::Stages;
use crate::terminal::{Terminal, print};
use crate::{Status, fail};

/// The oldest and the newest version of Python that can be checked for.
const VERSIONS: ((u8, u8), (u8, u8)) = ((3, 10), (3, 14));

/// The stack of each thread: expressions nest deeply in generated code.
const STACK_SIZE: usize = 16 << 20;

pub fn run(arguments: &CheckArguments) -> Status {
    let mut stages = Stages::start();
    let environment = match Environment::of_process() {
        Ok(environment) => environment,
        Err(error) => return fail(&format!("the current folder cannot be found: {error}")),
    };
    let Some(mut configuration) = configure(arguments, &environment) else { return Status::Failed };
    if let Err(message) = check_targets(&configuration.global) {
        return fail(&message);
    }
    let installation = match find_installation(&configuration.global, &environment) {
        Ok(installation) => installation,
        Err(message) => return fail(&message),
    };
    choose_version(&mut configuration, installation.as_ref());
    let run = Run { terminal: Terminal::of_process(), configuration: Arc::new(configuration), environment };
    run.describe(installation.as_ref());
    stages.end("configuration");
    let mut pool = rayon::ThreadPoolBuilder::new().stack_size(STACK_SIZE);
    if let Some(threads) = run.options().threads {
        pool = pool.num_threads(threads);
    }
    match pool.build() {
        Ok(pool) => pool.install(|| run.check(installation, &mut stages)),
        Err(error) => fail(&format!("the threads cannot be started: {error}")),
    }
}

/// Puts the options together; `None` if they are wrong, which has then been said.
fn configure(arguments: &CheckArguments, environment: &Environment) -> Option<Configuration> {
    let (configuration, problems) = pytype_config::load(&arguments.command_line, environment);
    let mut is_fatal = false;
    for message in &arguments.problems {
        eprintln!("pytype-rs: error: {message}");
        is_fatal = true;
    }
    for problem in &problems {
        eprintln!("{}", problem.line(arguments.ignore_unsupported));
        is_fatal |= problem.is_fatal(arguments.ignore_unsupported);
    }
    (!is_fatal).then_some(configuration)
}

/// There must be one kind of thing to check.
fn check_targets(options: &GlobalOptions) -> Result<(), String> {
    let named = [
        !options.files.is_empty(),
        !options.modules.is_empty() || !options.packages.is_empty(),
        options.command.is_some(),
    ];
    match named.iter().filter(|named| **named).count() {
        0 => Err("there is nothing to check: name files or folders, modules (-m), packages (-p) \
                  or a program (-c), or set `files` in the configuration"
            .to_owned()),
        1 => Ok(()),
        _ => Err("files, modules or packages, and a program (-c) cannot be checked in one run".to_owned()),
    }
}

fn find_installation(
    options: &GlobalOptions,
    environment: &Environment,
) -> Result<Option<Installation>, String> {
    if options.no_site_packages {
        return Ok(None);
    }
    Installation::discover(
        options.python_executable.as_deref(),
        &environment.current_dir,
        &Variables::from_process(),
        &DiskFileSystem,
    )
    .map_err(|error| error.to_string())
}

/// The version asked for, else that of the installation, else the newest.
fn choose_version(configuration: &mut Configuration, installation: Option<&Installation>) {
    if configuration.global.python_version.is_some() {
        return;
    }
    let (oldest, newest) = VERSIONS;
    let found = installation.and_then(|installation| installation.version);
    configuration.set_python_version(found.map_or(newest, |version| version.clamp(oldest, newest)));
}

/// A run whose options are known.
struct Run {
    terminal: Terminal,
    configuration: Arc<Configuration>,
    environment: Environment,
}

impl Run {
    fn options(&self) -> &GlobalOptions {
        &self.configuration.global
    }

    fn color(&self) -> bool {
        self.terminal.color(self.options(), &self.environment)
    }

    /// With `-v`: what was chosen, and why.
    fn describe(&self, installation: Option<&Installation>) {
        if self.options().verbosity == 0 {
            return;
        }
        match &self.options().config_file {
            Some(path) => eprintln!("configuration: {path}"),
            None => eprintln!("configuration: none"),
        }
        match installation {
            Some(found) => eprintln!("Python installation: {found}"),
            None if self.options().no_site_packages => eprintln!("Python installation: none, as asked for"),
            None => eprintln!("Python installation: none found"),
        }
        let base = self.configuration.base();
        let (major, minor) = base.python_version;
        eprintln!("checking for Python {major}.{minor} on {}", base.platform);
    }

    fn check(&self, installation: Option<Installation>, stages: &mut Stages) -> Status {
        let current_dir: &Utf8Path = &self.environment.current_dir;
        let engine = match Engine::prepare(Arc::clone(&self.configuration), installation, current_dir) {
            Ok(engine) => engine,
            Err(PrepareError::Sources(error)) => return self.source_error(&error),
            Err(PrepareError::Shadow(message)) => return fail(&message),
        };
        stages.end("discovery");
        let progress = Progress::new(engine.files(), self.terminal.stderr, stages.started());
        let watch = Watch { progress: &progress, stages: Mutex::new(stages) };
        let checked = engine.check(&watch);
        progress.finish();
        if let Some(error) = engine.conflict() {
            return self.source_error(&error);
        }
        let findings = Findings::resolve(
            &checked.files,
            &|file| engine.other_file(file),
            self.options().show_error_context,
        );
        let findings = match self.options().error_limit {
            Some(most) => findings.limited(most),
            None => findings,
        };
        let status = self.report(&findings, engine.sources(), stages.started().elapsed());
        stages.end("output");
        if self.options().stats {
            let lines = checked.files.iter().map(|file| file.text.lines().count()).sum();
            eprint!("{}", stages.table(&[("files", checked.files.len()), ("lines", lines)]));
        }
        // The process ends: giving all memory back piece by piece would only take time.
        std::mem::forget((engine, findings, checked.files));
        if checked.failed { Status::Failed } else { status }
    }

    fn report(&self, findings: &Findings, sources: usize, time: Duration) -> Status {
        let options = self.options();
        let format = self.terminal.format(options);
        let style = Style::new(options, self.color());
        let mut text = render(findings, format, &style, time);
        if let Some(note) = self.unused_sections() {
            match format {
                OutputFormat::Full | OutputFormat::Concise => text.push_str(&note),
                _ => eprint!("{note}"),
            }
        }
        let is_for_people =
            matches!(format, OutputFormat::Full | OutputFormat::Concise | OutputFormat::Github);
        if options.error_summary && is_for_people {
            text.push_str(&summary(findings, sources, style.color));
            text.push('\n');
        }
        print(&text);
        if let Some(path) = &options.junit_xml
            && let Err(message) = write_junit(path, &junit(findings, &style, options.junit_format, time))
        {
            return fail(&message);
        }
        if findings.is_blocked() {
            Status::Failed
        } else if findings.errors() > 0 {
            Status::Errors
        } else {
            Status::Clean
        }
    }

    /// The sections of the configuration that no module uses, when that is asked for.
    fn unused_sections(&self) -> Option<String> {
        let options = self.options();
        let path = options.config_file.as_ref().filter(|_| options.warn_unused_configs)?;
        let unused = self.configuration.unused_sections();
        if unused.is_empty() {
            return None;
        }
        let names = if path.as_str().to_lowercase().ends_with(".toml") {
            let mut names = unused;
            names.sort_unstable();
            format!("module = ['{}']", names.join("', '"))
        } else {
            unused.iter().map(|name| format!("[mypy-{name}]")).collect::<Vec<_>>().join(", ")
        };
        let label = Paint::Note.apply("note:", self.color());
        Some(format!("{path}: {label} unused section(s): {names}\n"))
    }

    /// Says why the files to check cannot be told.
    fn source_error(&self, error: &SourceError) -> Status {
        let is_about_file = matches!(
            error,
            SourceError::DuplicateModule { .. }
                | SourceError::TwoNames { .. }
                | SourceError::ShadowsLibrary { .. }
        );
        if !is_about_file {
            fail(&error.to_string());
            for hint in error.hints() {
                eprintln!("  {hint}");
            }
            return Status::Failed;
        }
        // Files that contradict each other are a finding, and look like one.
        let message = error.to_string();
        let path = message.split(": error: ").next().unwrap_or_default().to_owned();
        let mut text = format!("{message}\n");
        for hint in error.hints() {
            text.push_str(&format!("{path}: note: {hint}\n"));
        }
        if self.options().error_summary {
            let line = "Found 1 error in 1 file (errors prevented further checking)";
            text.push_str(&Paint::Failure.apply(line, self.color()));
            text.push('\n');
        }
        print(&text);
        Status::Failed
    }
}

/// Shows how far a run is, and measures its stages.
struct Watch<'a> {
    progress: &'a Progress,
    stages: Mutex<&'a mut Stages>,
}

impl Observer for Watch<'_> {
    fn file_done(&self) {
        self.progress.file_done();
    }
    fn stage_done(&self, stage: &'static str) {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).end(stage);
    }
    fn spent(&self, work: &'static str, time: Duration) {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).spent(work, time);
    }
}

fn write_junit(path: &Utf8Path, report: &str) -> Result<(), String> {
    let explain = |error: std::io::Error| format!("the report `{path}` cannot be written: {error}");
    if let Some(folder) = path.parent().filter(|folder| !folder.as_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(explain)?;
    }
    std::fs::write(path, report).map_err(explain)
}
