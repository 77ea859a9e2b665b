//! The one table of options, from which configuration keys, inline comments, command-line flags and
//! `docs/configuration.md` are derived.
//!
//! The rows stand in the order in which `--help` and the documentation show them.

use crate::spec::{Field, Flag, Group, OptionSpec, off, on, with_value};

const CACHE: &str = "nothing is kept between runs, so there is no cache to tune";
const CRASH: &str = "an inner failure is always one reported error and never a Python exception";
const NO_REPORT: &str = "this report is not built";
const DEBUG: &str = "it prints mypy's own internals";
const MYPYC: &str = "it serves the compiler mypyc";

/// A yes-or-no option of single modules.
const fn module(
    name: &'static str,
    field: fn(&mut crate::ModuleOptions) -> &mut bool,
    flags: &'static [Flag],
    group: Group,
    help: &'static str,
) -> OptionSpec {
    OptionSpec::new(name, Field::ModuleFlag(field), group, help).flags(flags).per_module()
}

/// A yes-or-no option of the run.
const fn run(
    name: &'static str,
    field: fn(&mut crate::GlobalOptions) -> &mut bool,
    flags: &'static [Flag],
    group: Group,
    help: &'static str,
) -> OptionSpec {
    OptionSpec::new(name, Field::Flag(field), group, help).flags(flags)
}

/// A yes-or-no option that goes nowhere.
const fn unused(
    name: &'static str,
    default: bool,
    flags: &'static [Flag],
    group: Group,
    help: &'static str,
) -> OptionSpec {
    OptionSpec::new(name, Field::UnusedFlag { default }, group, help).flags(flags)
}

/// A folder a report would be written to.
const fn report(name: &'static str, flags: &'static [Flag]) -> OptionSpec {
    OptionSpec::new(name, Field::UnusedText, Group::Reports, "Write a report into this folder")
        .flags(flags)
        .refused(NO_REPORT)
}

/// Every option there is.
pub static OPTIONS: &[OptionSpec] = &[
    // What to check.
    OptionSpec::new("files", Field::Files, Group::Targets, "Files and folders to check"),
    OptionSpec::new(
        "modules",
        Field::List(|o| &mut o.modules),
        Group::Targets,
        "Check this module; may be repeated",
    )
    .flags(&[with_value("--module"), with_value("-m")]),
    OptionSpec::new(
        "packages",
        Field::List(|o| &mut o.packages),
        Group::Targets,
        "Check this package and all it contains; may be repeated",
    )
    .flags(&[with_value("--package"), with_value("-p")]),
    OptionSpec::new(
        "exclude",
        Field::Exclude,
        Group::Targets,
        "Leave out paths that match this regular expression when folders are searched; may be repeated",
    )
    .flags(&[with_value("--exclude")]),
    run(
        "exclude_gitignore",
        |o| &mut o.exclude_gitignore,
        &[on("--exclude-gitignore"), off("--no-exclude-gitignore")],
        Group::Targets,
        "Leave out what .gitignore names when folders are searched",
    ),
    run(
        "force_exclude",
        |o| &mut o.force_exclude,
        &[on("--force-exclude"), off("--no-force-exclude")],
        Group::Targets,
        "Leave out excluded paths even when they are named on the command line",
    )
    .own(),
    run(
        "explicit_package_bases",
        |o| &mut o.explicit_package_bases,
        &[on("--explicit-package-bases"), off("--no-explicit-package-bases")],
        Group::Targets,
        "Module names start at the current folder, MYPYPATH or mypy_path",
    ),
    run(
        "scripts_are_modules",
        |o| &mut o.scripts_are_modules,
        &[on("--scripts-are-modules")],
        Group::Targets,
        "A script is the module its file is named for, not __main__",
    ),
    unused(
        "fast_module_lookup",
        false,
        &[on("--fast-module-lookup"), off("--no-fast-module-lookup")],
        Group::Targets,
        "Look modules up among the named files first",
    )
    .no_effect("modules among the named files are always found without a search")
    .hidden(),
    OptionSpec::new(
        "package_root",
        Field::UnusedList,
        Group::Targets,
        "Folders below this one are packages without __init__.py",
    )
    .flags(&[with_value("--package-root")])
    .refused("use --namespace-packages with --explicit-package-bases")
    .hidden(),
    // Configuration.
    run(
        "warn_unused_configs",
        |o| &mut o.warn_unused_configs,
        &[on("--warn-unused-configs"), off("--no-warn-unused-configs")],
        Group::Config,
        "Say which sections of the configuration no checked module uses",
    )
    .strict(true),
    OptionSpec::new("plugins", Field::Plugins, Group::Config, "Plugins to load")
        .refused("mypy's plugins are Python programs, which are never run"),
    // Imports.
    OptionSpec::new(
        "mypy_path",
        Field::SearchPath,
        Group::Imports,
        "Where to look for modules, after MYPYPATH",
    ),
    run(
        "namespace_packages",
        |o| &mut o.namespace_packages,
        &[off("--no-namespace-packages"), on("--namespace-packages")],
        Group::Imports,
        "A folder without __init__.py is no package",
    ),
    module(
        "ignore_missing_imports",
        |o| &mut o.ignore_missing_imports,
        &[on("--ignore-missing-imports")],
        Group::Imports,
        "Say nothing about imports that cannot be found",
    ),
    module(
        "follow_untyped_imports",
        |o| &mut o.follow_untyped_imports,
        &[on("--follow-untyped-imports")],
        Group::Imports,
        "Read installed modules that have neither stubs nor a py.typed marker",
    ),
    OptionSpec::new(
        "follow_imports",
        Field::FollowImports,
        Group::Imports,
        "What to do with modules that are imported but not named",
    )
    .flags(&[with_value("--follow-imports")])
    .per_module(),
    module(
        "follow_imports_for_stubs",
        |o| &mut o.follow_imports_for_stubs,
        &[],
        Group::Imports,
        "follow_imports holds for stub files too",
    ),
    OptionSpec::new(
        "python_executable",
        Field::Path(|o| &mut o.python_executable),
        Group::Imports,
        "The interpreter whose installed packages are searched; it is not run",
    )
    .flags(&[with_value("--python-executable")]),
    run(
        "no_site_packages",
        |o| &mut o.no_site_packages,
        &[on("--no-site-packages")],
        Group::Imports,
        "Do not search for installed packages",
    ),
    run(
        "no_silence_site_packages",
        |o| &mut o.no_silence_site_packages,
        &[on("--no-silence-site-packages")],
        Group::Imports,
        "Report errors inside installed packages",
    ),
    // Target platform.
    OptionSpec::new(
        "python_version",
        Field::PythonVersion,
        Group::Platform,
        "Check for this version of Python, such as 3.13",
    )
    .flags(&[with_value("--python-version")]),
    OptionSpec::new("platform", Field::Platform, Group::Platform, "Check for this value of sys.platform")
        .flags(&[with_value("--platform")]),
    OptionSpec::new(
        "always_true",
        Field::ModuleNames(|o| &mut o.always_true),
        Group::Platform,
        "Take this variable to be true; may be repeated",
    )
    .flags(&[with_value("--always-true")])
    .per_module(),
    OptionSpec::new(
        "always_false",
        Field::ModuleNames(|o| &mut o.always_false),
        Group::Platform,
        "Take this variable to be false; may be repeated",
    )
    .flags(&[with_value("--always-false")])
    .per_module(),
    // Uses of Any.
    module(
        "disallow_any_expr",
        |o| &mut o.disallow_any_expr,
        &[on("--disallow-any-expr")],
        Group::Any,
        "Report every expression whose type has Any in it",
    ),
    module(
        "disallow_any_decorated",
        |o| &mut o.disallow_any_decorated,
        &[on("--disallow-any-decorated")],
        Group::Any,
        "Report functions whose decorators leave Any in the signature",
    ),
    module(
        "disallow_any_explicit",
        |o| &mut o.disallow_any_explicit,
        &[on("--disallow-any-explicit")],
        Group::Any,
        "Report Any written in annotations",
    ),
    module(
        "disallow_any_generics",
        |o| &mut o.disallow_any_generics,
        &[on("--disallow-any-generics"), off("--allow-any-generics")],
        Group::Any,
        "Report generic types without their arguments",
    )
    .strict(true),
    module(
        "disallow_any_unimported",
        |o| &mut o.disallow_any_unimported,
        &[on("--disallow-any-unimported"), off("--allow-any-unimported")],
        Group::Any,
        "Report types that are Any because an import was not followed",
    ),
    module(
        "disallow_subclassing_any",
        |o| &mut o.disallow_subclassing_any,
        &[on("--disallow-subclassing-any"), off("--allow-subclassing-any")],
        Group::Any,
        "Report classes with a base of type Any",
    )
    .strict(true),
    // Code without annotations.
    module(
        "disallow_untyped_calls",
        |o| &mut o.disallow_untyped_calls,
        &[on("--disallow-untyped-calls"), off("--allow-untyped-calls")],
        Group::Untyped,
        "Report calls from annotated code to functions without annotations",
    )
    .strict(true),
    OptionSpec::new(
        "untyped_calls_exclude",
        Field::ModulePrefixes(|o| &mut o.untyped_calls_exclude),
        Group::Untyped,
        "Allow calls to functions of this package, module or class; may be repeated",
    )
    .flags(&[with_value("--untyped-calls-exclude")]),
    module(
        "disallow_untyped_defs",
        |o| &mut o.disallow_untyped_defs,
        &[on("--disallow-untyped-defs"), off("--allow-untyped-defs")],
        Group::Untyped,
        "Report functions that are not fully annotated",
    )
    .strict(true),
    module(
        "disallow_incomplete_defs",
        |o| &mut o.disallow_incomplete_defs,
        &[on("--disallow-incomplete-defs"), off("--allow-incomplete-defs")],
        Group::Untyped,
        "Report functions that are annotated in part",
    )
    .strict(true),
    module(
        "check_untyped_defs",
        |o| &mut o.check_untyped_defs,
        &[on("--check-untyped-defs"), off("--no-check-untyped-defs")],
        Group::Untyped,
        "Check the bodies of functions without annotations",
    )
    .strict(true),
    module(
        "disallow_untyped_decorators",
        |o| &mut o.disallow_untyped_decorators,
        &[on("--disallow-untyped-decorators"), off("--allow-untyped-decorators")],
        Group::Untyped,
        "Report decorators without annotations on annotated functions",
    )
    .strict(true),
    // None.
    module(
        "implicit_optional",
        |o| &mut o.implicit_optional,
        &[on("--implicit-optional"), off("--no-implicit-optional")],
        Group::None,
        "A parameter with the default None also takes None",
    ),
    module(
        "strict_optional",
        |o| &mut o.strict_optional,
        &[off("--no-strict-optional"), on("--strict-optional")],
        Group::None,
        "None belongs to every type",
    ),
    // Warnings.
    OptionSpec::new(
        "warn_redundant_casts",
        Field::ModuleFlag(|o| &mut o.warn_redundant_casts),
        Group::Warnings,
        "Report casts to the type an expression has anyway",
    )
    .flags(&[on("--warn-redundant-casts"), off("--no-warn-redundant-casts")])
    .strict(true),
    module(
        "warn_unused_ignores",
        |o| &mut o.warn_unused_ignores,
        &[on("--warn-unused-ignores"), off("--no-warn-unused-ignores")],
        Group::Warnings,
        "Report # type: ignore comments that silence nothing",
    )
    .strict(true),
    module(
        "warn_no_return",
        |o| &mut o.warn_no_return,
        &[off("--no-warn-no-return"), on("--warn-no-return")],
        Group::Warnings,
        "Do not report functions that can end without returning a value",
    ),
    module(
        "warn_return_any",
        |o| &mut o.warn_return_any,
        &[on("--warn-return-any"), off("--no-warn-return-any")],
        Group::Warnings,
        "Report functions that return Any where their annotation says more",
    )
    .strict(true),
    module(
        "warn_unreachable",
        |o| &mut o.warn_unreachable,
        &[on("--warn-unreachable"), off("--no-warn-unreachable")],
        Group::Warnings,
        "Report code that types show can never run",
    ),
    OptionSpec::new(
        "report_deprecated_as_note",
        Field::ModuleFlag(|o| &mut o.report_deprecated_as_note),
        Group::Warnings,
        "Uses of deprecated features are notes, not errors",
    )
    .flags(&[on("--report-deprecated-as-note"), off("--no-report-deprecated-as-note")]),
    OptionSpec::new(
        "deprecated_calls_exclude",
        Field::ModulePrefixes(|o| &mut o.deprecated_calls_exclude),
        Group::Warnings,
        "Allow deprecated features of this package, module or class; may be repeated",
    )
    .flags(&[with_value("--deprecated-calls-exclude")]),
    // Strictness.
    OptionSpec::new("strict", Field::Strict, Group::Strictness, "Switch on all strict options")
        .flags(&[on("--strict")]),
    module(
        "allow_untyped_globals",
        |o| &mut o.allow_untyped_globals,
        &[on("--allow-untyped-globals"), off("--disallow-untyped-globals")],
        Group::Strictness,
        "Say nothing about module variables that need an annotation",
    ),
    module(
        "allow_redefinition",
        |o| &mut o.allow_redefinition,
        &[
            on("--allow-redefinition"),
            off("--disallow-redefinition"),
            on("--allow-redefinition-new"),
            off("--disallow-redefinition-new"),
        ],
        Group::Strictness,
        "A variable may be given a new type by a later assignment",
    ),
    module(
        "allow_redefinition_old",
        |o| &mut o.allow_redefinition_old,
        &[on("--allow-redefinition-old"), off("--disallow-redefinition-old")],
        Group::Strictness,
        "A variable may be given a new type in the block it was first assigned in",
    ),
    module(
        "implicit_reexport",
        |o| &mut o.implicit_reexport,
        &[off("--no-implicit-reexport"), on("--implicit-reexport")],
        Group::Strictness,
        "Imported names are private unless imported `as` themselves or named in __all__",
    )
    .strict(false),
    module(
        "strict_equality",
        |o| &mut o.strict_equality,
        &[on("--strict-equality"), off("--no-strict-equality")],
        Group::Strictness,
        "Report comparisons of values that can never be equal",
    )
    .strict(true),
    module(
        "strict_equality_for_none",
        |o| &mut o.strict_equality_for_none,
        &[on("--strict-equality-for-none"), off("--no-strict-equality-for-none")],
        Group::Strictness,
        "--strict-equality also looks at comparisons with None",
    ),
    OptionSpec::new(
        "strict_bytes",
        Field::ModuleFlag(|o| &mut o.strict_bytes),
        Group::Strictness,
        "bytearray and memoryview can stand for bytes",
    )
    .flags(&[off("--no-strict-bytes"), on("--strict-bytes")]),
    OptionSpec::new(
        "disable_bytearray_promotion",
        Field::UnusedFlag { default: true },
        Group::Strictness,
        "bytearray cannot stand for bytes",
    )
    .flags(&[on("--disable-bytearray-promotion")])
    .no_effect("strict_bytes decides, in mypy too")
    .hidden(),
    OptionSpec::new(
        "disable_memoryview_promotion",
        Field::UnusedFlag { default: true },
        Group::Strictness,
        "memoryview cannot stand for bytes",
    )
    .flags(&[on("--disable-memoryview-promotion")])
    .no_effect("strict_bytes decides, in mypy too")
    .hidden(),
    module(
        "extra_checks",
        |o| &mut o.extra_checks,
        &[on("--extra-checks"), off("--no-extra-checks")],
        Group::Strictness,
        "Add checks that are right in theory and a burden in practice",
    )
    .strict(true),
    module(
        "strict_concatenate",
        |o| &mut o.strict_concatenate,
        &[on("--strict-concatenate")],
        Group::Strictness,
        "Deprecated: the part of extra_checks that concerns Concatenate",
    )
    .hidden(),
    unused(
        "check_unreachable",
        false,
        &[on("--check-unreachable"), off("--no-check-unreachable")],
        Group::Strictness,
        "Check code that types show can never run",
    )
    .per_module()
    .refused("what a name is in code that can never run is not known")
    .hidden(),
    module(
        "local_partial_types",
        |o| &mut o.local_partial_types,
        &[off("--no-local-partial-types"), on("--local-partial-types")],
        Group::Strictness,
        "A function can complete the type of a module's variable",
    )
    .hidden(),
    OptionSpec::new(
        "disable_error_code",
        Field::DisableErrorCode,
        Group::Strictness,
        "Do not report errors with this code; may be repeated",
    )
    .flags(&[with_value("--disable-error-code")])
    .per_module(),
    OptionSpec::new(
        "enable_error_code",
        Field::EnableErrorCode,
        Group::Strictness,
        "Report errors with this code; may be repeated",
    )
    .flags(&[with_value("--enable-error-code")])
    .per_module(),
    module(
        "ignore_errors",
        |o| &mut o.ignore_errors,
        &[],
        Group::Strictness,
        "Report nothing but blocking errors",
    ),
    OptionSpec::new(
        "enable_incomplete_feature",
        Field::IncompleteFeatures,
        Group::Strictness,
        "Switch on a feature that mypy calls incomplete",
    )
    .flags(&[with_value("--enable-incomplete-feature")]),
    // Output.
    OptionSpec::new("output_format", Field::OutputFormat, Group::Messages, "How findings are printed")
        .flags(&[with_value("--output-format")])
        .own(),
    OptionSpec::new("output", Field::OutputFormat, Group::Messages, "mypy's spelling of --output-format")
        .flags(&[with_value("--output"), with_value("-O")])
        .flag_only(),
    OptionSpec::new("color", Field::Color, Group::Messages, "When output is coloured")
        .flags(&[with_value("--color")])
        .own(),
    run(
        "color_output",
        |o| &mut o.color_output,
        &[off("--no-color-output"), on("--color-output")],
        Group::Messages,
        "Do not colour the output",
    ),
    run(
        "error_summary",
        |o| &mut o.error_summary,
        &[off("--no-error-summary"), on("--error-summary")],
        Group::Messages,
        "Do not print the line that sums up the run",
    ),
    run(
        "show_error_context",
        |o| &mut o.show_error_context,
        &[on("--show-error-context"), off("--hide-error-context")],
        Group::Messages,
        "Print the class and function an error is in before it",
    ),
    run(
        "show_column_numbers",
        |o| &mut o.show_column_numbers,
        &[on("--show-column-numbers"), off("--hide-column-numbers")],
        Group::Messages,
        "Print the column of each finding",
    ),
    run(
        "show_error_end",
        |o| &mut o.show_error_end,
        &[on("--show-error-end"), off("--hide-error-end")],
        Group::Messages,
        "Print where each finding begins and ends",
    ),
    run(
        "hide_error_codes",
        |o| &mut o.hide_error_codes,
        &[on("--hide-error-codes"), off("--show-error-codes")],
        Group::Messages,
        "Do not print error codes",
    ),
    run(
        "show_error_code_links",
        |o| &mut o.show_error_code_links,
        &[on("--show-error-code-links"), off("--hide-error-code-links")],
        Group::Messages,
        "Print a link to mypy's documentation of each error code",
    ),
    run(
        "pretty",
        |o| &mut o.pretty,
        &[on("--pretty"), off("--no-pretty")],
        Group::Messages,
        "Print the source line under each finding and mark the place",
    ),
    run(
        "show_absolute_path",
        |o| &mut o.show_absolute_path,
        &[on("--show-absolute-path"), off("--hide-absolute-path")],
        Group::Messages,
        "Print absolute paths",
    ),
    OptionSpec::new(
        "many_errors_threshold",
        Field::ErrorLimit,
        Group::Messages,
        "Where imports fail, hide other errors once there are this many",
    )
    .flags(&[with_value("--soft-error-limit")])
    .hidden(),
    // Caches.
    unused(
        "incremental",
        true,
        &[off("--no-incremental"), on("--incremental"), on("-i")],
        Group::Incremental,
        "Keep no cache",
    )
    .no_effect(CACHE),
    OptionSpec::new("cache_dir", Field::UnusedText, Group::Incremental, "Where mypy keeps its cache")
        .flags(&[with_value("--cache-dir")])
        .no_effect(CACHE),
    unused(
        "sqlite_cache",
        true,
        &[on("--sqlite-cache"), off("--no-sqlite-cache")],
        Group::Incremental,
        "Keep the cache in a database",
    )
    .no_effect(CACHE),
    OptionSpec::new(
        "sqlite_num_shards",
        Field::UnusedNumber { default: 16 },
        Group::Incremental,
        "Number of databases the cache is spread over",
    )
    .flags(&[with_value("--sqlite-num-shards")])
    .no_effect(CACHE)
    .hidden(),
    unused(
        "cache_fine_grained",
        false,
        &[on("--cache-fine-grained")],
        Group::Incremental,
        "Keep fine-grained dependencies in the cache",
    )
    .no_effect(CACHE),
    unused(
        "fixed_format_cache",
        true,
        &[off("--no-fixed-format-cache"), on("--fixed-format-cache")],
        Group::Incremental,
        "Keep the cache as text",
    )
    .no_effect(CACHE),
    unused(
        "skip_version_check",
        false,
        &[on("--skip-version-check")],
        Group::Incremental,
        "Use the caches of older versions",
    )
    .no_effect(CACHE),
    unused(
        "skip_cache_mtime_checks",
        false,
        &[on("--skip-cache-mtime-checks")],
        Group::Incremental,
        "Trust the cache without looking at file times",
    )
    .no_effect(CACHE),
    unused("debug_cache", false, &[on("--debug-cache")], Group::Incremental, "Keep the cache readable")
        .no_effect(CACHE)
        .hidden(),
    unused(
        "debug_serialize",
        false,
        &[on("--debug-serialize")],
        Group::Incremental,
        "Go through the motions of writing a cache",
    )
    .no_effect(CACHE)
    .hidden(),
    OptionSpec::new("quickstart_file", Field::UnusedText, Group::Incremental, "Known hashes of source files")
        .flags(&[with_value("--quickstart-file")])
        .no_effect(CACHE)
        .hidden(),
    OptionSpec::new("cache_map", Field::UnusedList, Group::Incremental, "Which file is cached where")
        .flags(&[with_value("--cache-map")])
        .no_effect(CACHE)
        .flag_only()
        .hidden(),
    // Internals.
    OptionSpec::new("threads", Field::Threads, Group::Advanced, "Number of threads (all cores if not given)")
        .flags(&[with_value("--threads")])
        .own(),
    OptionSpec::new("num_workers", Field::Threads, Group::Advanced, "mypy's spelling of --threads")
        .flags(&[with_value("--num-workers"), with_value("-n")]),
    run(
        "stats",
        |o| &mut o.stats,
        &[on("--stats")],
        Group::Advanced,
        "Print files, lines, time and memory by stage",
    )
    .own(),
    OptionSpec::new(
        "verbosity",
        Field::Verbosity,
        Group::Advanced,
        "Say more about what is done; may be repeated",
    )
    .flags(&[on("--verbose"), on("-v")]),
    OptionSpec::new(
        "custom_typeshed_dir",
        Field::Path(|o| &mut o.custom_typeshed_dir),
        Group::Advanced,
        "Read the standard library's stubs from this typeshed tree",
    )
    .flags(&[with_value("--custom-typeshed-dir")]),
    OptionSpec::new(
        "custom_typing_module",
        Field::UnusedText,
        Group::Advanced,
        "Use this module in place of typing",
    )
    .flags(&[with_value("--custom-typing-module")])
    .refused("typing itself is always used"),
    unused(
        "warn_incomplete_stub",
        false,
        &[on("--warn-incomplete-stub"), off("--no-warn-incomplete-stub")],
        Group::Advanced,
        "Report missing annotations in typeshed",
    )
    .refused("typeshed is not checked"),
    OptionSpec::new(
        "shadow_file",
        Field::ShadowFiles,
        Group::Advanced,
        "Read the second file's contents in place of the first's",
    )
    .flags(&[with_value("--shadow-file")])
    .flag_only(),
    unused("pdb", false, &[on("--pdb")], Group::Advanced, "Start a debugger when mypy crashes")
        .no_effect(CRASH),
    unused(
        "show_traceback",
        false,
        &[on("--show-traceback"), on("--tb")],
        Group::Advanced,
        "Print a traceback when mypy crashes",
    )
    .no_effect(CRASH),
    unused(
        "raise_exceptions",
        false,
        &[on("--raise-exceptions")],
        Group::Advanced,
        "Raise an exception when mypy crashes",
    )
    .no_effect(CRASH),
    unused(
        "native_parser",
        true,
        &[off("--no-native-parser"), on("--native-parser")],
        Group::Advanced,
        "Use mypy's older parser",
    )
    .no_effect("there is one parser, which accepts the same programs"),
    unused(
        "old_type_inference",
        false,
        &[on("--old-type-inference")],
        Group::Advanced,
        "Use mypy's older type inference",
    )
    .refused("there is one type inference, the newer one")
    .hidden(),
    unused(
        "disable_expression_cache",
        false,
        &[on("--disable-expression-cache")],
        Group::Advanced,
        "Infer each expression anew",
    )
    .no_effect("it changes mypy's speed, not its answers")
    .hidden(),
    unused(
        "fast_exit",
        true,
        &[on("--fast-exit"), off("--no-fast-exit")],
        Group::Advanced,
        "End without freeing memory",
    )
    .no_effect("it changes how mypy ends, not what it reports")
    .hidden(),
    module(
        "allow_empty_bodies",
        |o| &mut o.allow_empty_bodies,
        &[on("--allow-empty-bodies"), off("--disallow-empty-bodies")],
        Group::Advanced,
        "Functions may have empty bodies whatever they return",
    )
    .hidden(),
    unused("export_ref_info", false, &[on("--export-ref-info")], Group::Advanced, "Export references")
        .refused(DEBUG)
        .hidden(),
    unused(
        "dump_inference_stats",
        false,
        &[on("--inferstats")],
        Group::Advanced,
        "Print statistics of inference",
    )
    .refused(DEBUG)
    .hidden(),
    unused("dump_type_stats", false, &[], Group::Advanced, "Print statistics of types")
        .refused(DEBUG)
        .hidden(),
    unused(
        "dump_build_stats",
        false,
        &[on("--dump-build-stats")],
        Group::Advanced,
        "Print statistics of the build",
    )
    .refused(DEBUG)
    .hidden(),
    OptionSpec::new("timing_stats", Field::UnusedText, Group::Advanced, "Write the time of each file here")
        .flags(&[with_value("--timing-stats")])
        .refused("use --stats")
        .flag_only()
        .hidden(),
    OptionSpec::new(
        "line_checking_stats",
        Field::UnusedText,
        Group::Advanced,
        "Write the time of each line here",
    )
    .flags(&[with_value("--line-checking-stats")])
    .refused("use --stats")
    .flag_only()
    .hidden(),
    unused("dump_deps", false, &[on("--dump-deps")], Group::Advanced, "Print dependencies")
        .refused(DEBUG)
        .hidden(),
    unused("dump_graph", false, &[on("--dump-graph")], Group::Advanced, "Print the graph of modules")
        .refused(DEBUG)
        .hidden(),
    unused("logical_deps", false, &[on("--logical-deps")], Group::Advanced, "Add logical dependencies")
        .refused(DEBUG)
        .hidden(),
    unused(
        "semantic_analysis_only",
        false,
        &[on("--semantic-analysis-only")],
        Group::Advanced,
        "Stop before types are checked",
    )
    .refused("it would check nothing")
    .hidden(),
    unused("test_env", false, &[on("--test-env")], Group::Advanced, "Behave as in mypy's own tests")
        .refused("it is for mypy's own tests")
        .hidden(),
    unused("bazel", false, &[on("--bazel")], Group::Advanced, "Behave as Bazel expects")
        .refused("Bazel is not supported")
        .hidden(),
    unused("mypyc", false, &[], Group::Advanced, "Check for mypyc").refused(MYPYC).hidden(),
    OptionSpec::new(
        "mypyc_annotation_file",
        Field::UnusedText,
        Group::Advanced,
        "Write annotated source here",
    )
    .flags(&[with_value("-a")])
    .refused(MYPYC)
    .flag_only()
    .hidden(),
    unused("mypyc_skip_c_generation", false, &[on("--skip-c-gen")], Group::Advanced, "Write no C files")
        .refused(MYPYC)
        .hidden(),
    // Reports.
    OptionSpec::new(
        "junit_xml",
        Field::Path(|o| &mut o.junit_xml),
        Group::Reports,
        "Also write a JUnit report to this file",
    )
    .flags(&[with_value("--junit-xml")]),
    OptionSpec::new(
        "junit_format",
        Field::JunitFormat,
        Group::Reports,
        "Whether a JUnit test case is the whole run or one file",
    )
    .flags(&[with_value("--junit-format")]),
    report("any_exprs_report", &[with_value("--any-exprs-report")]),
    report("cobertura_xml_report", &[with_value("--cobertura-xml-report")]),
    report("html_report", &[with_value("--html-report")]),
    report("linecount_report", &[with_value("--linecount-report")]),
    report("linecoverage_report", &[with_value("--linecoverage-report")]),
    report("lineprecision_report", &[with_value("--lineprecision-report")]),
    report("memory_xml_report", &[]).hidden(),
    report("txt_report", &[with_value("--txt-report")]),
    report("xml_report", &[with_value("--xml-report")]),
    report("xslt_html_report", &[with_value("--xslt-html-report")]),
    report("xslt_txt_report", &[with_value("--xslt-txt-report")]),
    // Miscellaneous.
    OptionSpec::new(
        "find_occurrences",
        Field::UnusedText,
        Group::Miscellaneous,
        "Print all uses of a class's member",
    )
    .flags(&[with_value("--find-occurrences")])
    .refused("it is an experiment of mypy's")
    .flag_only(),
    unused(
        "install_types",
        false,
        &[on("--install-types"), off("--no-install-types")],
        Group::Miscellaneous,
        "Install missing stub packages",
    )
    .refused("nothing is ever installed; add the stub packages to the environment"),
    unused(
        "non_interactive",
        false,
        &[on("--non-interactive"), off("--interactive")],
        Group::Miscellaneous,
        "Install missing stub packages without asking",
    )
    .refused("nothing is ever installed; add the stub packages to the environment"),
];

/// Attributes of mypy's options that look like keys but that it refuses, and the key that is meant.
pub(crate) const MISNAMED: &[(&str, &str)] =
    &[("enabled_error_codes", "enable_error_code"), ("disabled_error_codes", "disable_error_code")];

/// The option whose key is `name`.
pub fn option(name: &str) -> Option<&'static OptionSpec> {
    OPTIONS.iter().find(|spec| spec.name == name)
}

/// The option that `key` sets in a configuration file or an inline comment, and whether it sets
/// the opposite of what is written.
///
/// A key is an option's own name; or else `no_X`, `allow_X` for `disallow_X`, `disallow_X` for
/// `allow_X`, `show_X` for `hide_X`.
pub fn option_for_key(key: &str) -> Option<(&'static OptionSpec, bool)> {
    let find = |name: &str| option(name).filter(|spec| spec.is_key);
    if key == "allow_redefinition_new" {
        return find("allow_redefinition").map(|spec| (spec, false));
    }
    if let Some(spec) = find(key) {
        return Some((spec, false));
    }
    let opposite = if let Some(rest) = key.strip_prefix("no_") {
        rest.to_owned()
    } else if key.starts_with("allow") {
        format!("dis{key}")
    } else if let Some(rest) = key.strip_prefix("dis").filter(|rest| rest.starts_with("allow")) {
        rest.to_owned()
    } else if let Some(rest) = key.strip_prefix("show_") {
        format!("hide_{rest}")
    } else {
        return None;
    };
    find(&opposite).map(|spec| (spec, true))
}
