//! The real command, run in folders of its own: exit status and every line of output.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with files, in which commands are run.
struct Project(TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        // Configuration is looked for up to here.
        std::fs::create_dir(project.path().join(".git")).unwrap();
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pytype-rs"));
        command.current_dir(self.path()).args(arguments).env_clear().env("HOME", self.path().join("home"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// `check` without an environment, so that nothing depends on the machine.
    fn check(&self, arguments: &[&str]) -> Run {
        let base = ["check", "--no-site-packages"];
        self.run(&[&base, arguments].concat())
    }
}

#[derive(Debug)]
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run {
            status: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    #[track_caller]
    fn expect(&self, status: i32, stdout: &str, stderr: &str) {
        assert_eq!(
            (self.status, self.stdout.as_str(), self.stderr.as_str()),
            (status, stdout, stderr),
            "\n--- stdout\n{}--- stderr\n{}",
            self.stdout,
            self.stderr
        );
    }
}

const CLEAN: &str = "Success: no issues found in 1 source file\n";

fn one_file() -> Project {
    Project::new(&[("a.py", "x = 1\n")])
}

/// Checks the one file under a configuration.
fn configured(name: &str, text: &str, arguments: &[&str]) -> Run {
    let project = one_file();
    project.write(name, text);
    project.check(&[&["a.py"], arguments].concat())
}

#[test]
fn version_and_help() {
    let project = one_file();
    let version = format!("pytype-rs {}\n", env!("CARGO_PKG_VERSION"));
    project.run(&["--version"]).expect(0, &version, "");
    project.run(&["check", "-V"]).expect(0, &version, "");
    let help = project.run(&["check", "--help"]);
    assert_eq!(help.status, 0);
    for flag in
        ["--strict", "--no-implicit-reexport", "--output-format", "--python-executable", "-p, --package"]
    {
        assert!(help.stdout.contains(flag), "{flag} is missing in:\n{}", help.stdout);
    }
    assert!(!help.stdout.contains("--tb"));
}

#[test]
fn wrong_usage() {
    let project = one_file();
    assert_eq!(project.run(&[]).status, 2);
    let unknown = project.check(&["--no-such-flag", "a.py"]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("--no-such-flag"), "{}", unknown.stderr);
    project.check(&[]).expect(
        2,
        "",
        "pytype-rs: error: there is nothing to check: name files or folders, modules (-m), packages (-p) \
         or a program (-c), or set `files` in the configuration\n",
    );
    project.check(&["-c", "x = 1", "a.py"]).expect(
        2,
        "",
        "pytype-rs: error: files, modules or packages, and a program (-c) cannot be checked in one run\n",
    );
    project.check(&["--enable-error-code", "nonsense", "--python-version", "2.7", "a.py"]).expect(
        2,
        "",
        "pytype-rs: error: --python-version: Python 2 cannot be checked, only Python 3\n\
         pytype-rs: error: --enable-error-code: there is no error code `nonsense`\n",
    );
    project.check(&["--always-true", "X", "--always-false", "X", "a.py"]).expect(
        2,
        "",
        "pytype-rs: error: a variable cannot be both always true and always false: X\n",
    );
}

#[test]
fn clean_runs() {
    let project = Project::new(&[("a.py", "x = 1\n"), ("b.py", "y = 2\n")]);
    project.check(&["a.py"]).expect(0, CLEAN, "");
    project.check(&["."]).expect(0, "Success: no issues found in 2 source files\n", "");
    project.check(&["--no-error-summary", "a.py"]).expect(0, "", "");
    project.check(&["-m", "a"]).expect(0, CLEAN, "");
    project.check(&["-c", "x = 1", "-c", "y = x"]).expect(0, CLEAN, "");
    project.check(&["--output", "json", "a.py"]).expect(0, "", "");
    project.write("arguments", "--no-error-summary\na.py\n");
    project.check(&["@arguments"]).expect(0, "", "");
}

#[test]
fn shadow_files() {
    let project = Project::new(&[("a.py", "x = 1\n"), ("shadow", "x = )\n")]);
    let run = project.check(&["--shadow-file", "a.py", "shadow", "a.py"]);
    assert!(run.stdout.starts_with("a.py:1: error: "), "{run:?}");
    project.check(&["--shadow-file", "a.py", "missing", "a.py"]).expect(
        2,
        "",
        "pytype-rs: error: the shadow file `missing` cannot be read: No such file or directory (os error 2)\n",
    );
}

#[test]
fn flags_without_effect_are_taken() {
    let flags = [
        "--show-traceback",
        "--no-incremental",
        "--cache-dir=/dev/null",
        "--sqlite-cache",
        "--no-sqlite-cache",
        "--no-fixed-format-cache",
        "--skip-version-check",
        "--no-fast-exit",
        "--soft-error-limit=-1",
        "--no-native-parser",
        "--no-install-types",
        "--pdb",
    ];
    one_file().check(&[&["a.py"], flags.as_slice()].concat()).expect(0, CLEAN, "");
}

#[test]
fn limited_errors() {
    let text = "import nowhere\nimport elsewhere\nx: int = nowhere.x\n1()\n2()\n3()\n";
    let project = Project::new(&[("a.py", text)]);
    let lines = |limit: &str| {
        let run = project.check(&["--no-error-summary", limit, "a.py"]);
        assert_eq!(run.status, 1);
        run.stdout.lines().filter(|line| line.contains(" error: ")).count()
    };
    assert_eq!(lines("--soft-error-limit=-1"), 5);
    // Failed imports are always told.
    assert_eq!(lines("--soft-error-limit=0"), 2);
    let run = project.check(&["--no-error-summary", "--soft-error-limit=2", "a.py"]);
    assert!(run.stdout.contains("a.py:4: note: Most of what follows is left out"), "{}", run.stdout);

    let unrelated = Project::new(&[("a.py", "1()\n2()\n3()\n")]);
    let run = unrelated.check(&["--no-error-summary", "--soft-error-limit=1", "a.py"]);
    assert_eq!(run.stdout.lines().count(), 3, "{}", run.stdout);
}

#[test]
fn blocking_errors() {
    let project = Project::new(&[("a.py", "x = (\n"), ("b.py", "y = 1\n")]);
    let run = project.check(&["a.py", "b.py"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stdout.starts_with("a.py:"), "{run:?}");
    assert!(run.stdout.contains(": error: "), "{run:?}");
    assert!(run.stdout.contains("  [syntax]\n"), "{run:?}");
    assert!(run.stdout.ends_with("in 1 file (errors prevented further checking)\n"), "{run:?}");
    let json = project.check(&["a.py", "-O", "json"]);
    assert!(json.stdout.starts_with("{\"file\": \"a.py\", \"line\": "), "{json:?}");
    assert!(!json.stdout.contains("Found"), "{json:?}");
}

#[test]
fn output_formats() {
    let project = Project::new(&[("a.py", "x = )\n")]);
    let output = |format: &str| project.check(&["--output-format", format, "a.py"]).stdout;
    assert!(output("full").contains("1 │ x = )"), "{}", output("full"));
    assert!(output("concise").starts_with("a.py:1: error: "));
    assert!(output("github").starts_with("::error title=pytype-rs (syntax),file=a.py,line=1,col=5,"));
    assert!(output("gitlab").contains("\"check_name\": \"syntax\""));
    assert!(output("junit").contains("<testcase classname=\"pytype-rs\" file=\"a.py\""));
    assert!(output("sarif").contains("\"ruleId\": \"syntax\""));
    let absolute = project.check(&["--show-absolute-path", "a.py"]).stdout;
    assert!(absolute.starts_with('/'), "{absolute}");
    let columns = project.check(&["--show-column-numbers", "a.py"]).stdout;
    assert!(columns.starts_with("a.py:1:5: error: "), "{columns}");
    project.check(&["--junit-xml", "out/report.xml", "a.py"]);
    let report = std::fs::read_to_string(project.path().join("out/report.xml")).unwrap();
    assert!(report.contains("errors=\"1\""), "{report}");
}

#[test]
fn colours() {
    let project = Project::new(&[("a.py", "x = )\n")]);
    let plain = project.check(&["a.py"]).stdout;
    assert!(!plain.contains('\x1b'));
    let painted = project.check(&["--color", "always", "a.py"]).stdout;
    assert!(painted.starts_with("a.py:1: \x1b[1;31merror:\x1b[0m "), "{painted:?}");
    let forced =
        project.command(&["check", "--no-site-packages", "a.py"]).env("MYPY_FORCE_COLOR", "1").output();
    assert!(Run::of(forced.unwrap()).stdout.contains('\x1b'));
}

#[test]
fn what_cannot_be_checked() {
    let project = Project::new(&[("m.py", ""), ("x/m.py", ""), ("empty/readme", "")]);
    let empty = project.check(&["empty"]);
    assert_eq!((empty.status, empty.stdout.as_str()), (2, ""), "{empty:?}");
    assert!(empty.stderr.contains("`empty`"), "{empty:?}");
    let twice = project.check(&["m.py", "x/m.py"]);
    assert_eq!(twice.status, 2);
    assert!(
        twice.stdout.starts_with("x/m.py: error: Duplicate module named \"m\" (also at \"m.py\")\n"),
        "{twice:?}"
    );
    assert!(
        twice.stdout.ends_with("Found 1 error in 1 file (errors prevented further checking)\n"),
        "{twice:?}"
    );
    assert_eq!(project.check(&["-m", "missing"]).status, 2);
    assert_eq!(project.check(&["missing.py"]).status, 2);
}

#[test]
fn refused_flags() {
    one_file().check(&["--html-report", "out", "--install-types", "a.py"]).expect(
        2,
        "",
        "pytype-rs: error: `--html-report` is not supported: this report is not built\n\
         pytype-rs: error: `--install-types` is not supported: nothing is ever installed; add the stub packages \
         to the environment\n",
    );
    one_file().check(&["--html-report", "out", "--ignore-unsupported-config", "a.py"]).expect(
        0,
        CLEAN,
        "pytype-rs: warning: `--html-report` is not supported: this report is not built\n",
    );
}

#[test]
fn refused_keys_and_plugins() {
    let text = "[mypy]\nstrict = true\nplugins =\n    pydantic.mypy,\n    other.plugin\nhtml_report = out\n";
    configured("mypy.ini", text, &[]).expect(
        2,
        "",
        "mypy.ini:3: error: [mypy]: the plugin `pydantic.mypy` is not supported: mypy's plugins are Python programs, \
         which are never run\n\
         mypy.ini:3: error: [mypy]: the plugin `other.plugin` is not supported: mypy's plugins are Python programs, \
         which are never run\n\
         mypy.ini:6: error: [mypy]: `html_report` is not supported: this report is not built\n",
    );
    let ignored = configured("mypy.ini", text, &["--ignore-unsupported-config"]);
    assert_eq!((ignored.status, ignored.stdout.as_str()), (0, CLEAN), "{ignored:?}");
    assert_eq!(ignored.stderr.matches(": warning: ").count(), 3, "{ignored:?}");
}

#[test]
fn wrong_keys_and_values() {
    configured("mypy.ini", "[mypy]\nwarn_unused_ignore = True\nstrict_optional = perhaps\nfollow_imports = all\n", &[])
        .expect(
            2,
            "",
            "mypy.ini:2: error: [mypy]: there is no option `warn_unused_ignore`; `warn_unused_ignores` may be meant\n\
             mypy.ini:3: error: [mypy]: `strict_optional`: `perhaps` is neither true nor false\n\
             mypy.ini:4: error: [mypy]: `follow_imports`: `all` is not one of normal, silent, skip, error\n",
        );
    configured("setup.cfg", "[mypy]\nexclude = (a\n", &[]).expect(
        2,
        "",
        "setup.cfg:2: error: [mypy]: `exclude`: `(a` is not a regular expression: Parsing error at position 2: \
         Opening parenthesis without closing parenthesis\n",
    );
    configured("mypy.ini", "[mypy]\nx_mine = anything\nno_implicit_optional = True\n", &[])
        .expect(0, CLEAN, "");
}

#[test]
fn wrong_files() {
    configured("mypy.ini", "strict = True\n", &[]).expect(
        2,
        "",
        "mypy.ini:1: error: `strict = True` stands before the first [section]\n",
    );
    configured("mypy.ini", "[mypy]\nstrict = True\nstrict = False\n", &[]).expect(
        2,
        "",
        "mypy.ini:3: error: `strict` is set here a second time; the first is on line 2\n",
    );
    configured("pyproject.toml", "[tool.mypy\n", &[]).expect(
        2,
        "",
        "pyproject.toml:1: error: the file is not valid TOML: unclosed table, expected `]`\n",
    );
    configured("other.ini", "", &["--config-file", "missing.ini"]).expect(
        2,
        "",
        "pytype-rs: error: there is no configuration file `missing.ini`\n",
    );
    configured("mypy.ini", "not a configuration\n", &["--config-file="]).expect(0, CLEAN, "");
}

#[test]
fn overrides_of_toml() {
    let text = "[tool.mypy]\nstrict = true\n\n[[tool.mypy.overrides]]\nmodule = [\"a.*\", \"b?\"]\n\
                ignore_missing_imports = true\nwarn_redundant_casts = true\n\n[[tool.mypy.overrides]]\n\
                ignore_errors = true\n\n[[tool.mypy.overrides]]\nmodule = \"a.*\"\nignore_missing_imports = false\n";
    configured("pyproject.toml", text, &[]).expect(
        2,
        "",
        "pyproject.toml:9: error: [[tool.mypy.overrides]] does not say which `module` it is for\n\
         pyproject.toml:14: error: `ignore_missing_imports` has another value for module `a.*` on line 6\n\
         pyproject.toml:4: error: [[tool.mypy.overrides]]: `b?` is not a module's dotted name in which `*` stands for \
         whole parts, as in `a.*.b.*`\n\
         pyproject.toml:7: warning: [[tool.mypy.overrides]]: `warn_redundant_casts` can only be set for all modules, so \
         it has no effect here\n",
    );
}

#[test]
fn our_own_table() {
    configured("pyproject.toml", "[tool.pytype-rs]\noutput_format = \"json\"\nthreads = 1\n", &[])
        .expect(0, "", "");
    let both = "[tool.mypy]\nnonsense = 1\n[tool.pytype-rs]\nstrict = true\n";
    configured("pyproject.toml", both, &[]).expect(
        0,
        CLEAN,
        "pyproject.toml: warning: [tool.pytype-rs] counts, so [tool.mypy] is not read\n",
    );
    let wrong = configured("pyproject.toml", "[tool.mypy]\nthreads = 1\n", &[]);
    wrong.expect(2, "", "pyproject.toml:2: error: [tool.mypy]: there is no option `threads`\n");
}

#[test]
fn which_file_counts() {
    let project = Project::new(&[
        ("mypy.ini", "[mypy]\nnonsense_one = 1\n"),
        ("inner/pyproject.toml", "[tool.other]\nkey = 1\n"),
        ("inner/setup.cfg", "[metadata]\nname = x\n"),
        ("inner/a.py", ""),
        ("home/.mypy.ini", "[mypy]\nnonsense_two = 1\n"),
    ]);
    let inner = project.path().join("inner");
    let check = || {
        Run::of(
            project.command(&["check", "--no-site-packages", "a.py"]).current_dir(&inner).output().unwrap(),
        )
    };
    check().expect(2, "", "../mypy.ini:2: error: [mypy]: there is no option `nonsense_one`\n");
    project.write("inner/setup.cfg", "[mypy]\nnonsense_three = 1\n");
    check().expect(2, "", "setup.cfg:2: error: [mypy]: there is no option `nonsense_three`\n");
    std::fs::remove_file(inner.join("setup.cfg")).unwrap();
    std::fs::remove_file(project.path().join("mypy.ini")).unwrap();
    let user = check();
    assert_eq!(user.status, 2);
    assert!(
        user.stderr.ends_with("home/.mypy.ini:2: error: [mypy]: there is no option `nonsense_two`\n"),
        "{user:?}"
    );
}

#[test]
fn unused_sections() {
    let text = "[mypy]\nwarn_unused_configs = True\n[mypy-a]\nstrict_optional = True\n[mypy-b.*]\nignore_errors = True\n";
    configured("mypy.ini", text, &[]).expect(
        0,
        "mypy.ini: note: unused section(s): [mypy-b.*]\nSuccess: no issues found in 1 source file\n",
        "",
    );
}

#[test]
fn files_of_the_configuration() {
    let project = Project::new(&[
        ("mypy.ini", "[mypy]\nfiles = src/*.py, $MYPY_CONFIG_FILE_DIR/b.py\n"),
        ("src/a.py", "x = )\n"),
        ("b.py", "y = 1\n"),
    ]);
    let run = project.check(&[]);
    assert!(run.stdout.starts_with("src/a.py:1: error: "), "{run:?}");
    project.check(&["b.py"]).expect(0, CLEAN, "");
}

#[test]
fn explanations() {
    let project = one_file();
    let run = project.run(&["explain", "arg-type"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("## arg-type\n\n"), "{run:?}");
    project.run(&["explain", "nonsense"]).expect(
        2,
        "",
        "pytype-rs: error: there is no error code `nonsense`; docs/error-codes.md lists them all\n",
    );
}
