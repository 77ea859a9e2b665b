//! Values that are of two unrelated classes at once: the class that must exist for it.

use pytype_declare::classes;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    ClassFlags, ClassId, ClassOrigin, Instance, SubtypeOptions, Ty, TyKind, TyList, TypeContext,
    is_proper_subtype_with, proper,
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
        if !classes::can_share_layout(&self.ctx, &[l.class, r.class]) {
            return Err(format!("No class can derive from both {both}: their layouts differ"));
        }
        let mut class = self.intersection_class(&[left, right]);
        let mut fits = classes::bases_are_compatible(&self.ctx, class);
        if fits == classes::Compatibility::MembersDiffer {
            class = self.intersection_class(&[right, left]);
            fits = classes::bases_are_compatible(&self.ctx, class);
        }
        match fits {
            classes::Compatibility::Compatible => {
                let found = Ty::plain_instance(class);
                Ok(match (l.extra.or(r.extra), found.as_instance()) {
                    (Some(extra), Some(instance)) => {
                        Ty::new(TyKind::Instance(Instance { extra: Some(extra), ..*instance }))
                    }
                    (Some(_) | None, _) => found,
                })
            }
            classes::Compatibility::NoOrder => {
                Err(format!("No class can derive from both {both}: their bases have no common order"))
            }
            classes::Compatibility::MembersDiffer => {
                Err(format!("No class can derive from both {both}: their members do not fit"))
            }
        }
    }

    fn intersection_class(&self, types: &[Ty]) -> ClassId {
        let mut bases = Vec::new();
        types.iter().for_each(|ty| self.flatten_intersection(*ty, &mut bases));
        let names: Vec<String> =
            bases.iter().map(|t| format!("\"{}\"", pytype_types::describe_fully(&*self.ctx, *t))).collect();
        let listed = match names.as_slice() {
            [first, second] => format!("{first} and {second}"),
            [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
            [] => String::new(),
        };
        let name = Name::new(&format!("<subclass of {listed}>"));
        let module = self.file.module(self.ctx.db);
        ClassId::new(ClassOrigin::Intersection(TyList::new(bases)), module.dot(&name), name)
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
