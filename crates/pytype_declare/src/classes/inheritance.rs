//! Several bases that define the same name: the one that counts must fit the others.

use indexmap::IndexMap;
use pytype_source::{Diagnostic, ErrorCode, Name};
use pytype_types::{
    AttributeFlags, ClassFlags, ClassId, ClassOrigin, SubtypeOptions, Ty, TyKind, fill_with_any,
    is_equivalent, is_subtype, is_subtype_with,
};
use ruff_text_size::TextRange;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::class_header;
use crate::class_transforms::takes_hash_away;
use crate::member_lookup::type_from_base;
use crate::member_table::member_table;
use crate::{Context, syntax};

/// Methods that need not fit those of other bases.
const FREE: &[&str] = &["__init__", "__new__", "__init_subclass__", "__replace__"];
/// Names whose values differ from class to class by their nature.
const PER_CLASS: &[&str] = &["__slots__", "__deletable__", "__match_args__"];

/// Whether a base may have members whose types are not inferred yet when the class statement is reached: what is
/// outside of the class's component is done by then, so that it makes no difference when the bases are compared.
pub fn has_bases_in_progress(ctx: &Context<'_>, class: ClassId) -> bool {
    let ClassOrigin::Definition(at) = class.origin() else { return false };
    let header = class_header(ctx.db, class, ());
    // Components have no file in common.
    let component = |file| pytype_index::component_of(ctx.db, file).files.first();
    header.info.bases.len() > 1
        && header.info.mro.iter().skip(1).any(|base| {
            matches!(base.origin(), ClassOrigin::Definition(base)
                if base.file == at.file || component(base.file) == component(at.file))
        })
}

/// What is wrong between the bases of a class, with spans of the file. Asks for the types of members,
/// inferred ones included: to be called once the class's body has been walked, and right then if
/// [`has_bases_in_progress`], since a type that is not known at that time counts as unknown.
pub fn multiple_inheritance_diagnostics(ctx: &Context<'_>, class: ClassId) -> Vec<Diagnostic> {
    let ClassOrigin::Definition(at) = class.origin() else { return Vec::new() };
    let header = class_header(ctx.db, class, ());
    if header.info.bases.len() <= 1
        || header.incompatible_bases
        || header.info.flags.contains(ClassFlags::TYPED_DICT)
    {
        return Vec::new();
    }
    let Some(place) = syntax::class(ctx.db, at).map(|statement| statement.name.range) else {
        return Vec::new();
    };
    let mut check = Check { ctx, class, place, found: Vec::new() };
    check.run();
    check.found
}

/// Whether a class with several bases could exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compatibility {
    Compatible,
    /// The ancestors cannot be put in order.
    NoOrder,
    /// A member of one base does not fit that of another.
    MembersDiffer,
}

/// Whether the class that narrowing invents for its bases could exist.
pub fn bases_are_compatible(ctx: &Context<'_>, class: ClassId) -> Compatibility {
    if class_header(ctx.db, class, ()).info.flags.contains(ClassFlags::BAD_MRO) {
        return Compatibility::NoOrder;
    }
    let mut check = Check { ctx, class, place: TextRange::default(), found: Vec::new() };
    check.run();
    if check.found.is_empty() { Compatibility::Compatible } else { Compatibility::MembersDiffer }
}

struct Check<'a, 'db> {
    ctx: &'a Context<'db>,
    class: ClassId,
    place: TextRange,
    found: Vec<Diagnostic>,
}

impl Check<'_, '_> {
    fn run(&mut self) {
        let own = member_table(self.ctx.db, self.class);
        let ancestors = self.ctx.class_info(self.class).mro.get(1..).unwrap_or(&[]);
        let mut definers: IndexMap<Name, SmallVec<[ClassId; 2]>, FxBuildHasher> = IndexMap::default();
        // All derive from `object`, so that nothing is to be compared with what it defines.
        for base in ancestors.iter().filter(|base| !base.is("builtins.object")) {
            for name in member_table(self.ctx.db, *base).members.names() {
                if takes_hash_away(self.ctx.db, *base, name) {
                    continue;
                }
                definers.entry(name).or_default().push(*base);
            }
        }
        definers.retain(|name, bases| bases.len() > 1 && !own.contains(*name) && !is_private(name));
        definers.sort_unstable_keys();
        for (name, bases) in &definers {
            let Some((first, rest)) = bases.split_first() else { continue };
            for other in rest {
                if !self.ctx.class_info(*first).has_base(*other) {
                    self.compare(*name, *first, *other);
                }
            }
        }
    }

    fn error(&mut self, code: ErrorCode, message: String) {
        self.found.push(Diagnostic::error(code, self.place, message));
    }

    fn compare(&mut self, name: Name, first: ClassId, second: ClassId) {
        if FREE.contains(&name.as_str()) {
            return;
        }
        let first_flags = self.ctx.member_flags(first, name);
        let second_flags = self.ctx.member_flags(second, name);
        let writable = member_table(self.ctx.db, second)
            .get(name)
            .is_some_and(|member| self.ctx.facts_of(second, name, *member).is_writable());
        let types = (
            type_from_base(self.ctx, self.class, first, name),
            type_from_base(self.ctx, self.class, second, name),
        );
        let fits = match types {
            (Some(first_type), Some(second_type)) => {
                let fits = self.fits(first_type, second_type, writable);
                let narrows_property = first_flags.contains(AttributeFlags::PROPERTY)
                    && !first_flags.contains(AttributeFlags::SETTABLE)
                    && writable
                    && !pytype_types::proper(self.ctx, second_type).is_any();
                let both_functions = is_function(self.ctx, first_type) && is_function(self.ctx, second_type);
                if fits && narrows_property && !both_functions {
                    let message = format!(
                        "The read-only property \"{name}\" of \"{}\" hides an attribute of \"{}\" that can be written",
                        first.name(),
                        second.name()
                    );
                    self.error(ErrorCode::Override, message);
                }
                fits
            }
            (first_type, second_type) => {
                for (ty, base) in [(first_type, first), (second_type, second)] {
                    if ty.is_none() {
                        let message =
                            format!("The type of \"{name}\" in base class \"{}\" is not known", base.name());
                        self.error(ErrorCode::Misc, message);
                    }
                }
                true
            }
        };
        if second_flags.contains(AttributeFlags::FINAL) {
            let message = format!("\"{name}\" is final in base class \"{}\"", second.name());
            self.error(ErrorCode::Misc, message);
        }
        if first_flags.contains(AttributeFlags::FINAL) && writable {
            self.error(ErrorCode::Misc, format!("The final \"{name}\" hides one that can be written"));
        }
        if !fits && !PER_CLASS.contains(&name.as_str()) {
            let message = format!(
                "\"{name}\" of base class \"{}\" does not fit that of base class \"{}\"",
                first.name(),
                second.name()
            );
            self.error(ErrorCode::Misc, message);
        }
    }

    /// Whether a definition may stand where the other is expected.
    fn fits(&self, first: Ty, second: Ty, writable: bool) -> bool {
        let (first, second) = (pytype_types::proper(self.ctx, first), pytype_types::proper(self.ctx, second));
        if is_function(self.ctx, first) && is_function(self.ctx, second) {
            if let (Some(first), Some(second)) =
                (class_of_object(self.ctx, first), class_of_object(self.ctx, second))
            {
                // Of classes only what they are counts: constructors may differ.
                return is_subtype(self.ctx, fill_with_any(self.ctx, first), fill_with_any(self.ctx, second));
            }
            let options = SubtypeOptions { ignore_pos_arg_names: true, ..SubtypeOptions::default() };
            return is_subtype_with(self.ctx, first, second, options);
        }
        if writable { is_equivalent(self.ctx, first, second) } else { is_subtype(self.ctx, first, second) }
    }
}

fn is_function(ctx: &Context<'_>, ty: Ty) -> bool {
    matches!(pytype_types::proper(ctx, ty).kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
}

/// The class that a type object is.
fn class_of_object(ctx: &Context<'_>, ty: Ty) -> Option<ClassId> {
    let first = if let TyKind::Overloaded(items) = ty.kind() {
        items.first()?.as_callable()?
    } else {
        ty.as_callable()?
    };
    if !first.is_type_object() {
        return None;
    }
    let instance = crate::type_operations::instance_fallback(ctx, first.instance_type.unwrap_or(first.ret));
    instance.as_instance().map(|instance| instance.class)
}

fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}
