//! `@file` arguments: each line of the file is an argument.

use std::ffi::OsString;

/// The arguments, with those of files in place of `@file`.
pub fn expanded(arguments: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, String> {
    let mut expanded = Vec::new();
    for argument in arguments {
        expand(argument, 0, &mut expanded)?;
    }
    Ok(expanded)
}

/// Files may name files, but not for ever.
const MAX_DEPTH: usize = 16;

fn expand(argument: OsString, depth: usize, expanded: &mut Vec<OsString>) -> Result<(), String> {
    let Some(path) = argument.to_str().and_then(|text| text.strip_prefix('@')) else {
        expanded.push(argument);
        return Ok(());
    };
    if depth == MAX_DEPTH {
        return Err(format!("`@{path}`: files of arguments name one another without end"));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the file of arguments `{path}` cannot be read: {error}"))?;
    for line in text.lines() {
        expand(OsString::from(line), depth + 1, expanded)?;
    }
    Ok(())
}
