//! Values that are of two unrelated classes at once: the class that must exist for it.

use pytype_source::{ErrorCode, Name};
use pytype_types::{
    Attribute, AttributeFlags, ClassFlags, ClassId, ClassOrigin, SubtypeOptions, Ty, TyKind, TyList,
    TypeContext, fill_with_any, is_equivalent, is_proper_subtype_with, is_subtype_with, proper,
};
use ruff_text_size::TextRange;

use super::type_ranges::TypeRange;
use crate::Checker;

/// What came of looking for common subclasses.
pub(super) enum Outcome {
    /// Not all types are plain classes: nothing is invented.
    NotApplicable,
    /// No class can derive from both.
    Impossible,
    Types(Vec<Ty>),
}

impl Checker<'_> {
    pub(super) fn intersections(&mut self, current: Ty, ranges: &[TypeRange], range: TextRange) -> Outcome {
        let targets: Vec<Ty> = ranges
            .iter()
            .map(|r| proper(&*self.ctx, r.ty))
            .filter(|t| t.as_instance().is_some() || t.is_none())
            .collect();
        if targets.is_empty() {
            return Outcome::NotApplicable;
        }
        let mut found = Vec::new();
        let mut problems = Vec::new();
        for item in proper(&*self.ctx, current).union_items().iter() {
            let item = proper(&*self.ctx, item);
            if item.as_instance().is_none() {
                return Outcome::NotApplicable;
            }
            for target in &targets {
                match self.intersect(item, *target) {
                    Ok(class) => found.push(class),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if !found.is_empty() {
            return Outcome::Types(found);
        }
        let silent =
            self.in_dynamic_function() || self.binder.is_unreachable_warning_suppressed() || self.deferred;
        if self.options.warn_unreachable && !silent {
            for problem in problems {
                self.error(ErrorCode::Unreachable, range, problem);
            }
        }
        Outcome::Impossible
    }

    /// The class that is both, or why there can be none.
    fn intersect(&mut self, left: Ty, right: Ty) -> Result<Ty, String> {
        let shown = |c: &Self, ty: Ty| pytype_types::describe(&*c.ctx, ty);
        let (Some(l), Some(r)) = (left.as_instance(), right.as_instance()) else {
            return Err(format!("Nothing can be both \"{}\" and \"None\"", shown(self, left)));
        };
        // A test for `int` where a `float` is declared: promotions count after all.
        let plain = SubtypeOptions::default();
        if is_proper_subtype_with(&*self.ctx, left, right, plain) {
            return Ok(left);
        }
        if is_proper_subtype_with(&*self.ctx, right, left, plain) {
            return Ok(right);
        }
        let both = format!("\"{}\" and \"{}\"", shown(self, left), shown(self, right));
        for class in [l.class, r.class] {
            if self.ctx.class(class).is_final() {
                return Err(format!("No class can derive from both {both}: \"{}\" is final", class.name()));
            }
        }
        let mut bases: Vec<ClassId> = Vec::new();
        for class in [l.class, r.class] {
            self.push_bases(class, &mut bases);
        }
        // A class that is an ancestor of another base adds nothing, and would spoil the order.
        let kept: Vec<ClassId> = bases
            .iter()
            .copied()
            .filter(|b| !bases.iter().any(|o| o != b && self.ctx.class(*o).has_base(*b)))
            .collect();
        let types = [left, right];
        self.incompatible_member(&kept).map_or_else(
            || Ok(self.intersection_class(&types)),
            |name| Err(format!("No class can derive from both {both}: \"{name}\" is incompatible in them")),
        )
    }

    fn push_bases(&self, class: ClassId, bases: &mut Vec<ClassId>) {
        let info = self.ctx.class(class);
        if info.flags.contains(ClassFlags::INTERSECTION) {
            info.bases.iter().filter_map(|b| b.as_instance()).for_each(|b| self.push_bases(b.class, bases));
        } else if !bases.contains(&class) {
            bases.push(class);
        }
    }

    /// A member that no common subclass could have, because the bases disagree on it.
    fn incompatible_member(&mut self, bases: &[ClassId]) -> Option<Name> {
        let [first, second] = bases else { return None };
        let ancestors = |c: &Self, class: ClassId| c.ctx.class(class).mro.clone();
        let (left, right) = (ancestors(self, *first), ancestors(self, *second));
        let object = |c: &Self, class: ClassId| fill_with_any(&*c.ctx, class);
        let (left_object, right_object) = (object(self, *first), object(self, *second));
        let mut seen: rustc_hash::FxHashSet<Name> = rustc_hash::FxHashSet::default();
        for class in left.iter().filter(|class| !right.contains(class)) {
            let names: Vec<Name> = self.ctx.members_of(*class).members.keys().copied().collect();
            for name in names {
                let free = matches!(
                    name.as_str(),
                    "__init__" | "__new__" | "__init_subclass__" | "__slots__" | "__replace__"
                );
                let private = name.starts_with("__") && !name.ends_with("__");
                if free || private || !seen.insert(name) {
                    continue;
                }
                let Some((owner, _)) = self.ctx.find_definition(*second, name) else { continue };
                if left.contains(&owner) || self.ctx.class(*class).has_base(owner) {
                    continue;
                }
                let one = self.ctx.member(left_object, name, left_object);
                let two = self.ctx.member(right_object, name, right_object);
                if let (Some(one), Some(two)) = (one, two)
                    && !self.may_stand_for(one, two)
                {
                    return Some(name);
                }
            }
        }
        None
    }

    /// Whether one class's member can stand for the other's in a common subclass.
    fn may_stand_for(&self, one: Attribute, two: Attribute) -> bool {
        let is_function = |ty: Ty| matches!(ty.kind(), TyKind::Callable(_) | TyKind::Overloaded(_));
        let loose = SubtypeOptions { ignore_pos_arg_names: true, ..SubtypeOptions::default() };
        if is_function(one.ty) && is_function(two.ty) {
            return is_subtype_with(&*self.ctx, one.ty, two.ty, loose);
        }
        if two.flags.contains(AttributeFlags::SETTABLE) {
            return is_equivalent(&*self.ctx, one.ty, two.ty);
        }
        is_subtype_with(&*self.ctx, one.ty, two.ty, SubtypeOptions::default())
    }

    fn intersection_class(&self, types: &[Ty]) -> Ty {
        let mut bases = Vec::new();
        types.iter().for_each(|ty| self.flatten_intersection(*ty, &mut bases));
        let names: Vec<String> = bases.iter().map(|t| format!("\"{}\"", self.revealed(*t))).collect();
        let listed = match names.as_slice() {
            [first, second] => format!("{first} and {second}"),
            [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
            [] => String::new(),
        };
        let name = Name::new(&format!("<subclass of {listed}>"));
        let module = self.file.module(self.ctx.db);
        let id = ClassId::new(ClassOrigin::Intersection(TyList::new(bases)), module.dot(&name), name);
        Ty::plain_instance(id)
    }

    /// The classes that were written: those of intersections taken apart.
    fn flatten_intersection(&self, ty: Ty, into: &mut Vec<Ty>) {
        let class = ty.as_instance().map(|instance| self.ctx.class(instance.class));
        match class {
            Some(info) if info.flags.contains(ClassFlags::INTERSECTION) => {
                info.bases.iter().for_each(|base| self.flatten_intersection(base, into));
            }
            _ => into.push(ty),
        }
    }
}
