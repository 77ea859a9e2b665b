//! The options of the whole run: what to check, where to look, how to report.

use camino::Utf8PathBuf;

/// The options that hold for the whole run.
///
/// Those that may differ from module to module are in [`crate::ModuleOptions`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GlobalOptions {
    // What to check.
    /// Files and folders to check, as the user wrote them.
    pub files: Vec<Utf8PathBuf>,
    /// Modules to check (`-m`).
    pub modules: Vec<String>,
    /// Packages to check with all they contain (`-p`).
    pub packages: Vec<String>,
    /// A program given on the command line (`-c`).
    pub command: Option<String>,
    /// Regular expressions for paths that discovery leaves out.
    pub exclude: Vec<String>,
    /// Discovery also leaves out what `.gitignore` names.
    pub exclude_gitignore: bool,
    /// `exclude` also holds for files the user named.
    pub force_exclude: bool,
    /// Pairs of files, of which the second is read in place of the first.
    pub shadow_files: Vec<(Utf8PathBuf, Utf8PathBuf)>,

    // Where modules are found.
    /// Where to look for modules: `MYPYPATH`, then the configuration's `mypy_path`.
    pub mypy_path: Vec<Utf8PathBuf>,
    /// A tree with `stdlib` and `stubs` that replaces the embedded stubs.
    pub custom_typeshed_dir: Option<Utf8PathBuf>,
    /// The interpreter whose site-packages are searched; it is never run.
    pub python_executable: Option<Utf8PathBuf>,
    /// Installed packages are not searched.
    pub no_site_packages: bool,
    /// Errors inside installed packages are shown.
    pub no_silence_site_packages: bool,
    /// A folder without `__init__` can be a package.
    pub namespace_packages: bool,
    /// Module names of files start at the search path or the current folder.
    pub explicit_package_bases: bool,
    /// A script's module is named for its file, not `__main__`.
    pub scripts_are_modules: bool,
    /// The version of Python that was asked for; `None` leaves the choice to the environment.
    pub python_version: Option<(u8, u8)>,

    // How to report.
    pub output_format: Option<OutputFormat>,
    pub color: ColorChoice,
    /// Off with `--no-color-output`; `color` then only counts if it was set.
    pub color_output: bool,
    pub error_summary: bool,
    pub show_column_numbers: bool,
    pub show_error_end: bool,
    pub hide_error_codes: bool,
    pub show_error_context: bool,
    pub show_error_code_links: bool,
    pub pretty: bool,
    pub show_absolute_path: bool,
    /// Where to write a JUnit report besides the ordinary output.
    pub junit_xml: Option<Utf8PathBuf>,
    pub junit_format: JunitFormat,
    pub warn_unused_configs: bool,

    // How to run.
    /// How often `-v` was given.
    pub verbosity: u8,
    /// Where imports fail, the number of findings from which on others are left out.
    pub error_limit: Option<usize>,
    /// Print a table of files, lines, time and memory by stage.
    pub stats: bool,
    /// Worker threads; `None` takes one for each core.
    pub threads: Option<usize>,

    /// The configuration file in effect.
    pub config_file: Option<Utf8PathBuf>,
}

impl Default for GlobalOptions {
    fn default() -> GlobalOptions {
        GlobalOptions {
            files: Vec::new(),
            modules: Vec::new(),
            packages: Vec::new(),
            command: None,
            exclude: Vec::new(),
            exclude_gitignore: false,
            force_exclude: false,
            shadow_files: Vec::new(),
            mypy_path: Vec::new(),
            custom_typeshed_dir: None,
            python_executable: None,
            no_site_packages: false,
            no_silence_site_packages: false,
            namespace_packages: true,
            explicit_package_bases: false,
            scripts_are_modules: false,
            python_version: None,
            output_format: None,
            color: ColorChoice::Auto,
            color_output: true,
            error_summary: true,
            show_column_numbers: false,
            show_error_end: false,
            hide_error_codes: false,
            show_error_context: false,
            show_error_code_links: false,
            pretty: false,
            show_absolute_path: false,
            junit_xml: None,
            junit_format: JunitFormat::Global,
            warn_unused_configs: false,
            verbosity: 0,
            error_limit: None,
            stats: false,
            threads: None,
            config_file: None,
        }
    }
}

/// How findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OutputFormat {
    /// Source lines with labels; the default on a terminal.
    Full,
    /// mypy's own line; the default elsewhere.
    Concise,
    /// One object a line, with mypy's keys.
    Json,
    /// GitHub workflow commands.
    Github,
    /// GitLab code quality.
    Gitlab,
    Junit,
    Sarif,
}

/// Whether output is coloured.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ColorChoice {
    /// When both output streams are terminals, and as the environment says.
    #[default]
    Auto,
    Always,
    Never,
}

/// What one test case of a JUnit report stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum JunitFormat {
    /// The whole run.
    #[default]
    Global,
    /// One file.
    PerFile,
}
