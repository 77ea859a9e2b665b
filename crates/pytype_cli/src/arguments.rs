//! The command line, built from the table of options.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use pytype_config::spec::{Field, Flag, OptionSpec, Status, ValueKind};
use pytype_config::table::OPTIONS;
use pytype_config::{Change, CommandLine, Environment, Raw, Source, Value, ValueError, parse_value};

/// The arguments of `pytype-rs check`, understood.
#[derive(Debug, Default)]
pub struct CheckArguments {
    pub command_line: CommandLine,
    /// `--ignore-unsupported-config`.
    pub ignore_unsupported: bool,
    /// Values that flags do not take, in words.
    pub problems: Vec<String>,
}

/// The whole command.
pub fn command() -> Command {
    Command::new("pytype-rs")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A static type checker for Python that gives mypy's verdict")
        .propagate_version(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(check_command())
        .subcommand(crate::explain::command())
}

fn check_command() -> Command {
    let mut command = Command::new("check")
        .display_name("pytype-rs")
        .about("Check files, folders, modules or packages")
        .infer_long_args(true)
        .arg(
            Arg::new("files")
                .value_name("FILES")
                .num_args(0..)
                .help_heading("What to check")
                .help("Files and folders to check"),
        )
        .arg(
            Arg::new("command")
                .short('c')
                .long("command")
                .value_name("PROGRAM")
                .action(ArgAction::Append)
                .allow_hyphen_values(true)
                .help_heading("What to check")
                .help("Check this program text; repeated, the texts are its lines"),
        )
        .arg(
            Arg::new("config-file")
                .long("config-file")
                .value_name("FILE")
                .action(ArgAction::Append)
                .help_heading("Configuration")
                .help("Read this configuration file; an empty name reads none"),
        )
        .arg(
            Arg::new("ignore-unsupported-config")
                .long("ignore-unsupported-config")
                .action(ArgAction::SetTrue)
                .overrides_with("ignore-unsupported-config")
                .help_heading("Configuration")
                .help("Go on, with a warning, when an option is not supported"),
        );
    for spec in OPTIONS {
        for argument in arguments_of(spec) {
            command = command.arg(argument);
        }
    }
    command
}

/// The arguments that set an option: the one `--help` shows, and hidden ones for its other spellings.
fn arguments_of(spec: &'static OptionSpec) -> Vec<Arg> {
    let mut arguments: Vec<Arg> = Vec::new();
    let short_of_first = short_of_first(spec);
    for flag in spec.flags.iter().filter(|flag| has_own_argument(spec, flag)) {
        let mut argument = Arg::new(flag.spelling).help_heading(spec.group.title()).help(help(spec));
        argument = match short(flag) {
            Some(letter) => argument.short(letter),
            None => argument.long(flag.spelling.trim_start_matches('-')),
        };
        let is_first = spec.flags.first() == Some(flag);
        if is_first && let Some(letter) = short_of_first.and_then(short) {
            argument = argument.short(letter);
        }
        arguments.push(with_values(argument, spec, flag).hide(spec.hidden || !is_first));
    }
    arguments
}

/// The flag of one letter that means the same as the option's first one, and is shown with it.
fn short_of_first(spec: &'static OptionSpec) -> Option<&'static Flag> {
    let first = spec.flags.first().filter(|first| short(first).is_none())?;
    spec.flags.iter().find(|flag| short(flag).is_some() && flag.sets == first.sets)
}

/// Whether a flag is an argument of its own, and no other spelling of the first one.
fn has_own_argument(spec: &'static OptionSpec, flag: &Flag) -> bool {
    spec.flags.first() == Some(flag) || short_of_first(spec) != Some(flag)
}

fn with_values(argument: Arg, spec: &OptionSpec, flag: &Flag) -> Arg {
    if matches!(spec.field, Field::Verbosity) {
        return argument.action(ArgAction::Count);
    }
    if flag.sets.is_some() {
        return argument.action(ArgAction::SetTrue).overrides_with(flag.spelling);
    }
    let argument = argument.action(ArgAction::Append);
    match spec.field.kind() {
        ValueKind::Bool => argument,
        ValueKind::Choice(choices) => {
            // mypy's `--output` knows one format only, and so do the scripts that use it.
            let choices = if spec.name == "output" { &["json"] } else { choices };
            argument.value_name("CHOICE").value_parser(PossibleValuesParser::new(choices))
        }
        ValueKind::Version => argument.value_name("X.Y"),
        ValueKind::Number => argument.value_name("NUMBER").allow_negative_numbers(true),
        ValueKind::Path => argument.value_name("PATH"),
        ValueKind::Pair => argument.value_names(["FILE", "SHADOW"]).num_args(2),
        ValueKind::List if spec.name == "cache_map" => argument.value_name("FILE").num_args(1..),
        ValueKind::List | ValueKind::Text => argument.value_name(value_name(spec.name)),
    }
}

fn value_name(name: &str) -> &'static str {
    match name {
        "modules" | "custom_typing_module" => "MODULE",
        "packages" => "PACKAGE",
        "exclude" => "PATTERN",
        "enable_error_code" | "disable_error_code" => "CODE",
        "untyped_calls_exclude" | "deprecated_calls_exclude" => "PREFIX",
        "platform" => "PLATFORM",
        _ if name.ends_with("_report") || name.ends_with("_dir") => "DIR",
        _ => "NAME",
    }
}

fn help(spec: &OptionSpec) -> String {
    let mut help = spec.help.to_owned();
    if spec.name == "strict" {
        let flags: Vec<&str> = OPTIONS
            .iter()
            .filter(|option| option.strict.is_some())
            .filter_map(|option| option.flags.first().map(|flag| flag.spelling))
            .collect();
        help.push_str(": ");
        help.push_str(&flags.join(", "));
    }
    match spec.status {
        Status::Honoured => {}
        Status::Refused(_) => help.push_str(" (not supported)"),
        Status::NoEffect(_) => help.push_str(" (accepted, without effect)"),
    }
    let opposite = spec.flags.first().and_then(|first| {
        spec.flags.iter().find(|flag| flag.sets.is_some() && flag.sets == first.sets.map(|sets| !sets))
    });
    if let Some(opposite) = opposite {
        help.push_str(" [opposite: ");
        help.push_str(opposite.spelling);
        help.push(']');
    }
    help
}

fn short(flag: &Flag) -> Option<char> {
    let letters = flag.spelling.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
    letters.chars().next()
}

/// What the matched arguments of `check` ask for. Options take effect in the order of the command line.
pub fn parsed(matches: &ArgMatches) -> CheckArguments {
    let mut arguments = CheckArguments::default();
    let mut changes: Vec<(usize, Change)> = Vec::new();
    for spec in OPTIONS {
        for flag in spec.flags.iter().filter(|flag| has_own_argument(spec, flag)) {
            match (spec.field, flag.sets) {
                (Field::Strict, _) => arguments.command_line.strict |= matches.get_flag(flag.spelling),
                (Field::Verbosity, _) => {
                    let count = matches.get_count(flag.spelling);
                    if count > 0 {
                        changes.push((0, Change { spec, value: Value::Number(count.into()) }));
                    }
                }
                (_, Some(sets)) => {
                    if matches.get_flag(flag.spelling) {
                        let last = matches.indices_of(flag.spelling).and_then(Iterator::last).unwrap_or(0);
                        changes.push((last, Change { spec, value: Value::Bool(sets) }));
                    }
                }
                (_, None) => values(matches, spec, flag, &mut changes, &mut arguments.problems),
            }
        }
    }
    changes.sort_by_key(|(index, _)| *index);
    let command_line = &mut arguments.command_line;
    command_line.changes = changes.into_iter().map(|(_, change)| change).collect();
    let texts = |id: &str| matches.get_many::<String>(id).into_iter().flatten().cloned().collect::<Vec<_>>();
    let files = texts("files");
    if let (false, Some(spec)) = (files.is_empty(), pytype_config::table::option("files")) {
        command_line.changes.push(Change { spec, value: Value::List(files) });
    }
    command_line.config_file = texts("config-file").pop();
    let program = texts("command");
    command_line.command = (!program.is_empty()).then(|| program.join("\n"));
    arguments.ignore_unsupported = matches.get_flag("ignore-unsupported-config");
    arguments
}

fn values(
    matches: &ArgMatches,
    spec: &'static OptionSpec,
    flag: &Flag,
    changes: &mut Vec<(usize, Change)>,
    problems: &mut Vec<String>,
) {
    let Some(occurrences) = matches.get_occurrences::<String>(flag.spelling) else { return };
    let mut indices = matches.indices_of(flag.spelling).into_iter().flatten();
    for occurrence in occurrences {
        let values: Vec<&String> = occurrence.collect();
        let index = indices.by_ref().take(values.len()).last().unwrap_or(0);
        // On the command line a list is given by repeating the flag.
        let raw = match (spec.field.kind(), values.as_slice()) {
            (ValueKind::List | ValueKind::Pair, values) => {
                Raw::List(values.iter().map(|value| Raw::Text((*value).clone())).collect())
            }
            (_, [value, ..]) => Raw::Text((*value).clone()),
            (_, []) => continue,
        };
        match parse_value(&spec.field, &raw, Source::CommandLine, &Environment::default()) {
            Ok(value) => changes.push((index, Change { spec, value })),
            Err(ValueError::Wrong(message) | ValueError::TooOld(message)) => {
                problems.push(format!("{}: {message}", flag.spelling));
            }
        }
    }
}
