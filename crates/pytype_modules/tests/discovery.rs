//! Which modules the files, folders, modules and packages on the command line are.

mod database;

use database::Run;
use pytype_modules::SourceError;

fn sources(run: Run) -> Vec<String> {
    run.start().sources()
}

fn error(run: Run) -> SourceError {
    run.build().err().expect("an error")
}

#[test]
fn files_are_named_for_their_packages() {
    let files = [
        ("/project/top.py", ""),
        ("/project/pkg/__init__.py", ""),
        ("/project/pkg/sub/__init__.pyi", ""),
        ("/project/pkg/sub/m.py", ""),
        ("/project/pkg/plain/n.py", ""),
        ("/project/src/lib/__init__.py", ""),
        ("/project/loose/o.py", ""),
        ("/project/tool", ""),
    ];
    let of = |file: &str| sources(Run::with(&files).checking(&[file]));
    assert_eq!(of("top.py"), ["top=top.py"]);
    assert_eq!(of("./pkg/../pkg/sub/m.py"), ["pkg.sub.m=pkg/sub/m.py"]);
    assert_eq!(of("pkg/__init__.py"), ["pkg=pkg/__init__.py"]);
    assert_eq!(of("pkg/plain/n.py"), ["pkg.plain.n=pkg/plain/n.py"]);
    assert_eq!(of("src/lib/__init__.py"), ["lib=src/lib/__init__.py"]);
    assert_eq!(of("loose/o.py"), ["o=loose/o.py"]);
    assert_eq!(of("tool"), ["__main__=tool"]);
    let scripts = Run::with(&files).checking(&["tool"]).set(|global, _| global.scripts_are_modules = true);
    assert_eq!(sources(scripts), ["tool=tool"]);
    let old =
        Run::with(&files).checking(&["pkg/plain/n.py"]).set(|global, _| global.namespace_packages = false);
    assert_eq!(sources(old), ["n=pkg/plain/n.py"]);
}

#[test]
fn explicit_bases_cut_names() {
    let files = [("/project/src/ns/a/m.py", ""), ("/project/ns/b.py", "")];
    let run = |file: &str| {
        Run::with(&files).checking(&[file]).set(|global, _| {
            global.explicit_package_bases = true;
            global.mypy_path = vec!["src".into()];
        })
    };
    assert_eq!(sources(run("src/ns/a/m.py")), ["ns.a.m=src/ns/a/m.py"]);
    assert_eq!(sources(run("ns/b.py")), ["ns.b=ns/b.py"]);
}

#[test]
fn folders_are_crawled_in_order() {
    let files = [
        ("/project/b.py", ""),
        ("/project/a.py", ""),
        ("/project/a.pyi", ""),
        ("/project/z/__init__.py", ""),
        ("/project/z/y.py", ""),
        ("/project/z.py", ""),
        ("/project/notes.txt", ""),
        ("/project/.hidden/x.py", ""),
        ("/project/__pycache__/x.py", ""),
        ("/project/node_modules/x.py", ""),
        ("/project/site-packages/x.py", ""),
        ("/project/empty/readme", ""),
    ];
    let run = Run::with(&files).checking(&["."]);
    assert_eq!(sources(run), ["z=z/__init__.py", "z.y=z/y.py", "a=a.pyi", "b=b.py"]);
    let nothing = error(Run::with(&files).checking(&["empty"]));
    assert_eq!(nothing, SourceError::NoPythonFiles { folder: "empty".into() });
}

#[test]
fn excluded_paths_are_left_out() {
    let files = [
        ("/project/a.py", ""),
        ("/project/build/b.py", ""),
        ("/project/pkg/test_c.py", ""),
        ("/project/pkg/d.py", ""),
    ];
    let with = |pattern: &str, files_named: &[&str], force: bool| {
        Run::with(&files).checking(files_named).set(|global, _| {
            global.exclude = vec![pattern.to_owned()];
            global.force_exclude = force;
        })
    };
    assert_eq!(sources(with("^build/$", &["."], false)), ["d=pkg/d.py", "test_c=pkg/test_c.py", "a=a.py"]);
    assert_eq!(sources(with(r"(^|/)test_[^/]*\.py\Z", &["pkg"], false)), ["d=pkg/d.py"]);
    // What Python's expressions can do beyond others: looking ahead.
    assert_eq!(sources(with("^(?!pkg)", &["."], false)), ["d=pkg/d.py", "test_c=pkg/test_c.py"]);
    // Named files are checked all the same, unless that is forced too.
    assert_eq!(sources(with("a.py", &["a.py"], false)), ["a=a.py"]);
    assert!(sources(with("a.py", &["a.py"], true)).is_empty());
    assert!(matches!(error(with("(", &["."], false)), SourceError::BadExclude { .. }));
}

#[test]
fn ignored_paths_are_left_out_on_request() {
    let files = [
        ("/project/.git/info/exclude", "local.py\n"),
        ("/project/.gitignore", "/build/\n*.gen.py\n!keep.gen.py\n"),
        ("/project/a.py", ""),
        ("/project/local.py", ""),
        ("/project/build/b.py", ""),
        ("/project/pkg/build/b.py", ""),
        ("/project/pkg/.gitignore", "c.py\n"),
        ("/project/pkg/c.py", ""),
        ("/project/pkg/d.gen.py", ""),
        ("/project/pkg/keep.gen.py", ""),
    ];
    let run = Run::with(&files).checking(&["."]).set(|global, _| global.exclude_gitignore = true);
    assert_eq!(sources(run), ["b=pkg/build/b.py", "keep.gen=pkg/keep.gen.py", "a=a.py"]);
}

#[test]
fn modules_and_packages() {
    let files = [
        ("/project/pkg/__init__.py", ""),
        ("/project/pkg/b.py", ""),
        ("/project/pkg/b.pyi", ""),
        ("/project/pkg/ns/c.py", ""),
        ("/project/pkg/.d.py", ""),
        ("/site/lib/__init__.py", ""),
        ("/site/lib/py.typed", ""),
        ("/site/bare/__init__.py", ""),
    ];
    let modules = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Run::with(&files).set(|global, _| global.modules = names)
    };
    let package = |name: &str| Run::with(&files).set(|global, _| global.packages = vec![name.to_owned()]);
    assert_eq!(sources(modules(&["pkg.b", "abc"])), ["pkg.b=pkg/b.pyi", "abc=<typeshed>/stdlib/abc.pyi"]);
    assert_eq!(error(modules(&["none"])), SourceError::ModuleNotFound { module: "none".to_owned() });
    assert_eq!(
        sources(package("pkg")),
        ["pkg=pkg/__init__.py", "pkg.b=pkg/b.pyi", "pkg.ns=pkg/ns", "pkg.ns.c=pkg/ns/c.py"]
    );
    assert_eq!(sources(package("lib")), ["lib=/site/lib/__init__.py"]);
    assert!(matches!(error(package("bare")), SourceError::PackageUntyped { .. }));
    assert!(matches!(error(package("none")), SourceError::PackageNotFound { .. }));
    assert!(matches!(error(package("a/b")), SourceError::PackageNameWithSlash { .. }));
}

#[test]
fn programs_on_the_command_line() {
    let run = Run::with(&[("<string>", "x = 1")]).set(|global, _| global.command = Some("x = 1".to_owned()));
    let db = run.start();
    assert_eq!(db.sources(), ["__main__=<string>"]);
    assert_eq!(db.meaning("__main__"), "<string>");
}

#[test]
fn two_sources_with_one_name_are_refused() {
    let files = [("/project/a/m.py", ""), ("/project/b/m.py", "")];
    let error = error(Run::with(&files).checking(&["a", "b"]));
    assert_eq!(error.to_string(), "b/m.py: error: Duplicate module named \"m\" (also at \"a/m.py\")");
}

#[test]
fn packages_need_names() {
    let files = [("/project/not-a-name/__init__.py", ""), ("/project/not-a-name/m.py", "")];
    assert!(matches!(error(Run::with(&files).checking(&["."])), SourceError::InvalidPackageName { .. }));
}

#[test]
fn installed_packages_are_no_part_of_mypy_path() {
    let run = Run::with(&[("/site/x.py", "")]).set(|global, _| global.mypy_path = vec!["/site".into()]);
    assert!(matches!(error(run), SourceError::SitePackagesInMypyPath { .. }));
}
