//! What an option is: its name, its kind, where it can be set, and what becomes of it.

use camino::Utf8PathBuf;
use pytype_source::Name;

use crate::options::FollowImports;
use crate::{ColorChoice, GlobalOptions, JunitFormat, ModuleOptions, OutputFormat};

/// One option, as configuration files, inline comments and the command line know it.
#[derive(Debug)]
pub struct OptionSpec {
    /// The key in configuration files.
    pub name: &'static str,
    /// Where its value goes, and with that its kind.
    pub field: Field,
    /// The flags that set it; the first is the one `--help` shows.
    pub flags: &'static [Flag],
    /// Whether it is a key of configuration files (and not a flag alone).
    pub is_key: bool,
    /// Whether sections for single modules may set it.
    pub per_module: bool,
    /// The value that `--strict` gives it.
    pub strict: Option<bool>,
    pub status: Status,
    /// Whether it is ours alone: mypy has no such option.
    pub own: bool,
    pub group: Group,
    /// Whether `--help` leaves it out.
    pub hidden: bool,
    /// What it does, in a few words without a full stop.
    pub help: &'static str,
}

/// A spelling of an option on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flag {
    /// With its dashes: `--strict-equality`, `-m`.
    pub spelling: &'static str,
    /// What the flag means: `Some` for flags that take no value.
    pub sets: Option<bool>,
}

/// What becomes of an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It does what it does in mypy.
    Honoured,
    /// Setting it to anything but its default ends the run; the reason completes "… is not supported: ".
    Refused(&'static str),
    /// It is taken and changes nothing that is reported; the reason says why.
    NoEffect(&'static str),
}

/// Where an option's value goes, which also says what values there are.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    // Of one module.
    ModuleFlag(fn(&mut ModuleOptions) -> &mut bool),
    ModuleNames(fn(&mut ModuleOptions) -> &mut Vec<Name>),
    ModuleList(fn(&mut ModuleOptions) -> &mut Vec<String>),
    /// Prefixes of dotted names, without wildcards.
    ModulePrefixes(fn(&mut ModuleOptions) -> &mut Vec<String>),
    FollowImports,
    EnableErrorCode,
    DisableErrorCode,
    Platform,
    IncompleteFeatures,
    // Of the run.
    Flag(fn(&mut GlobalOptions) -> &mut bool),
    List(fn(&mut GlobalOptions) -> &mut Vec<String>),
    /// Folders separated by commas or colons.
    SearchPath,
    /// Files and folders, with wildcards in configuration files.
    Files,
    /// Regular expressions, of which an INI file gives one.
    Exclude,
    Path(fn(&mut GlobalOptions) -> &mut Option<Utf8PathBuf>),
    PythonVersion,
    OutputFormat,
    Color,
    JunitFormat,
    Threads,
    Verbosity,
    /// After how many findings most others are left out; below 0 never.
    ErrorLimit,
    /// `--strict`: it sets other options.
    Strict,
    Plugins,
    // Of nothing: what is refused or has no effect still has a kind.
    UnusedFlag {
        default: bool,
    },
    UnusedText,
    UnusedList,
    /// A number, and the only one that is accepted.
    UnusedNumber {
        default: i64,
    },
    /// Pairs of files, of which the second is read in place of the first.
    ShadowFiles,
}

/// The parts of `--help` and of the documentation's table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    Config,
    Targets,
    Imports,
    Platform,
    Any,
    Untyped,
    None,
    Warnings,
    Strictness,
    Messages,
    Incremental,
    Advanced,
    Reports,
    Miscellaneous,
}

impl Group {
    pub const ALL: [Group; 14] = [
        Group::Targets,
        Group::Config,
        Group::Imports,
        Group::Platform,
        Group::Any,
        Group::Untyped,
        Group::None,
        Group::Warnings,
        Group::Strictness,
        Group::Messages,
        Group::Incremental,
        Group::Advanced,
        Group::Reports,
        Group::Miscellaneous,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Group::Config => "Configuration",
            Group::Targets => "What to check",
            Group::Imports => "Imports",
            Group::Platform => "Target platform",
            Group::Any => "Uses of Any",
            Group::Untyped => "Code without annotations",
            Group::None => "Values of None",
            Group::Warnings => "Warnings",
            Group::Strictness => "Strictness",
            Group::Messages => "Output",
            Group::Incremental => "Caches",
            Group::Advanced => "Internals",
            Group::Reports => "Reports",
            Group::Miscellaneous => "Miscellaneous",
        }
    }
}

/// The kinds of value, for the documentation and for error messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueKind {
    Bool,
    Text,
    List,
    Path,
    Version,
    Number,
    Choice(&'static [&'static str]),
    Pair,
}

pub(crate) const FOLLOW_IMPORTS: &[&str] = &["normal", "silent", "skip", "error"];
pub(crate) const OUTPUT_FORMATS: &[&str] = &["full", "concise", "json", "github", "gitlab", "junit", "sarif"];
pub(crate) const COLORS: &[&str] = &["auto", "always", "never"];
pub(crate) const JUNIT_FORMATS: &[&str] = &["global", "per_file"];

impl Field {
    /// What values the field takes.
    pub fn kind(&self) -> ValueKind {
        match self {
            Field::ModuleFlag(_) | Field::Flag(_) | Field::UnusedFlag { .. } | Field::Strict => {
                ValueKind::Bool
            }
            Field::ModuleNames(_)
            | Field::ModuleList(_)
            | Field::ModulePrefixes(_)
            | Field::EnableErrorCode
            | Field::DisableErrorCode
            | Field::IncompleteFeatures
            | Field::List(_)
            | Field::SearchPath
            | Field::Files
            | Field::Exclude
            | Field::Plugins
            | Field::UnusedList => ValueKind::List,
            Field::FollowImports => ValueKind::Choice(FOLLOW_IMPORTS),
            Field::OutputFormat => ValueKind::Choice(OUTPUT_FORMATS),
            Field::Color => ValueKind::Choice(COLORS),
            Field::JunitFormat => ValueKind::Choice(JUNIT_FORMATS),
            Field::Platform | Field::UnusedText => ValueKind::Text,
            Field::Path(_) => ValueKind::Path,
            Field::PythonVersion => ValueKind::Version,
            Field::Threads | Field::Verbosity | Field::ErrorLimit | Field::UnusedNumber { .. } => {
                ValueKind::Number
            }
            Field::ShadowFiles => ValueKind::Pair,
        }
    }

    /// Whether the value belongs to a module's options.
    pub fn is_of_module(&self) -> bool {
        match self {
            Field::ModuleFlag(_)
            | Field::ModuleNames(_)
            | Field::ModuleList(_)
            | Field::ModulePrefixes(_)
            | Field::FollowImports
            | Field::EnableErrorCode
            | Field::DisableErrorCode
            | Field::Platform
            | Field::IncompleteFeatures => true,
            Field::Flag(_)
            | Field::List(_)
            | Field::SearchPath
            | Field::Files
            | Field::Exclude
            | Field::Path(_)
            | Field::PythonVersion
            | Field::OutputFormat
            | Field::Color
            | Field::JunitFormat
            | Field::Threads
            | Field::Verbosity
            | Field::ErrorLimit
            | Field::Strict
            | Field::Plugins
            | Field::UnusedFlag { .. }
            | Field::UnusedText
            | Field::UnusedList
            | Field::UnusedNumber { .. }
            | Field::ShadowFiles => false,
        }
    }

    /// The default of a yes-or-no option.
    pub fn default_flag(&self) -> Option<bool> {
        match self {
            Field::ModuleFlag(of) => Some(*of(&mut ModuleOptions::default())),
            Field::Flag(of) => Some(*of(&mut GlobalOptions::default())),
            Field::UnusedFlag { default } => Some(*default),
            Field::Strict => Some(false),
            _ => None,
        }
    }
}

impl OptionSpec {
    /// A row of the table with the usual answers: a key, for the whole run, honoured, shown.
    pub(crate) const fn new(
        name: &'static str,
        field: Field,
        group: Group,
        help: &'static str,
    ) -> OptionSpec {
        OptionSpec {
            name,
            field,
            flags: &[],
            is_key: true,
            per_module: false,
            strict: None,
            status: Status::Honoured,
            own: false,
            group,
            hidden: false,
            help,
        }
    }

    pub(crate) const fn flags(mut self, flags: &'static [Flag]) -> OptionSpec {
        self.flags = flags;
        self
    }

    pub(crate) const fn per_module(mut self) -> OptionSpec {
        self.per_module = true;
        self
    }

    pub(crate) const fn strict(mut self, value: bool) -> OptionSpec {
        self.strict = Some(value);
        self
    }

    pub(crate) const fn refused(mut self, reason: &'static str) -> OptionSpec {
        self.status = Status::Refused(reason);
        self
    }

    pub(crate) const fn no_effect(mut self, reason: &'static str) -> OptionSpec {
        self.status = Status::NoEffect(reason);
        self
    }

    pub(crate) const fn flag_only(mut self) -> OptionSpec {
        self.is_key = false;
        self
    }

    pub(crate) const fn own(mut self) -> OptionSpec {
        self.own = true;
        self
    }

    pub(crate) const fn hidden(mut self) -> OptionSpec {
        self.hidden = true;
        self
    }
}

/// A flag that switches on.
pub(crate) const fn on(spelling: &'static str) -> Flag {
    Flag { spelling, sets: Some(true) }
}

/// A flag that switches off.
pub(crate) const fn off(spelling: &'static str) -> Flag {
    Flag { spelling, sets: Some(false) }
}

/// A flag that takes a value.
pub(crate) const fn with_value(spelling: &'static str) -> Flag {
    Flag { spelling, sets: None }
}

/// The choice called `text`, for fields whose values are choices.
pub(crate) fn follow_imports(text: &str) -> Option<FollowImports> {
    Some(match text {
        "normal" => FollowImports::Normal,
        "silent" => FollowImports::Silent,
        "skip" => FollowImports::Skip,
        "error" => FollowImports::Error,
        _ => return None,
    })
}

pub(crate) fn output_format(text: &str) -> Option<OutputFormat> {
    Some(match text {
        "full" => OutputFormat::Full,
        "concise" => OutputFormat::Concise,
        "json" => OutputFormat::Json,
        "github" => OutputFormat::Github,
        "gitlab" => OutputFormat::Gitlab,
        "junit" => OutputFormat::Junit,
        "sarif" => OutputFormat::Sarif,
        _ => return None,
    })
}

pub(crate) fn color(text: &str) -> Option<ColorChoice> {
    Some(match text {
        "auto" => ColorChoice::Auto,
        "always" => ColorChoice::Always,
        "never" => ColorChoice::Never,
        _ => return None,
    })
}

pub(crate) fn junit_format(text: &str) -> Option<JunitFormat> {
    Some(match text {
        "global" => JunitFormat::Global,
        "per_file" => JunitFormat::PerFile,
        _ => return None,
    })
}
