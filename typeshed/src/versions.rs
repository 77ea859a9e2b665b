//! typeshed's `VERSIONS` file: from and up to which Python version each module exists.

/// A Python version: major, minor.
pub type Version = (u8, u8);

/// The versions that have a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VersionRange {
    /// The first version that has it.
    pub since: Version,
    /// The last version that has it; `None` if it is still there.
    pub until: Option<Version>,
}

impl VersionRange {
    /// Whether `version` has the module.
    pub fn contains(self, version: Version) -> bool {
        version >= self.since && self.until.is_none_or(|until| version <= until)
    }
}

/// Reads a `VERSIONS` file: lines of `module: 3.0-3.11`, with `#` comments. Sorted by module.
pub fn parse(text: &str) -> Result<Vec<(&str, VersionRange)>, String> {
    let mut modules = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let entry = parse_line(line).ok_or_else(|| format!("line {}: cannot read `{line}`", number + 1))?;
        modules.push(entry);
    }
    modules.sort_by_key(|(module, _)| *module);
    Ok(modules)
}

fn parse_line(line: &str) -> Option<(&str, VersionRange)> {
    let (module, range) = line.split_once(':')?;
    let (since, until) = range.split_once('-').unwrap_or((range, ""));
    let until = if until.trim().is_empty() { None } else { Some(parse_version(until)?) };
    Some((module.trim(), VersionRange { since: parse_version(since)?, until }))
}

fn parse_version(text: &str) -> Option<Version> {
    let (major, minor) = text.trim().split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
