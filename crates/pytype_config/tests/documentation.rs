//! `docs/configuration.md` has the table of options that the program has.

use std::path::Path;

use pytype_config::option_tables;

const BEGIN: &str = "<!-- options: begin (written by `UPDATE_DOCS=1 cargo test -p pytype_config`) -->\n";
const END: &str = "<!-- options: end -->";

#[test]
fn the_documentation_has_every_option() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let begin = text.find(BEGIN).expect("the mark before the tables") + BEGIN.len();
    let end = text.find(END).expect("the mark behind the tables");
    let expected = format!("\n{}\n", option_tables());
    if text[begin..end] == expected {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{}{expected}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    panic!("the tables are out of date: run `UPDATE_DOCS=1 cargo test -p pytype_config`");
}
