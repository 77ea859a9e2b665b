//! The class of values that are instances of several unrelated classes, made by narrowing.

use pytype_modules::Resolution;
use pytype_source::{Name, name};
use pytype_types::{ClassFlags, ClassId, ClassOrigin, KnownClass, TyList, TypeContext};

use super::header::ClassHeader;
use super::{class_header, metaclass, mro};
use crate::{Context, DeclareDb};

pub(crate) fn header(db: &dyn DeclareDb, class: ClassId, parts: TyList) -> ClassHeader {
    let mut header = ClassHeader::unknown(class);
    header.info.flags = ClassFlags::INTERSECTION;
    header.info.bases = parts;
    let ctx = match pytype_modules::resolve(db, name!("builtins")) {
        Resolution::Found(file) => Some(Context::of_declarations(db, file)),
        _ => None,
    };
    let direct: Vec<ClassId> = parts.iter().filter_map(|p| p.as_instance()).map(|i| i.class).collect();
    match mro::linearise(db, class, &direct) {
        Some(order) => header.info.mro = order,
        None => {
            header.info.flags |= ClassFlags::BAD_MRO;
            header.info.mro.extend(direct.iter().copied());
            header.info.mro.extend(ctx.as_ref().map(|ctx| ctx.known(KnownClass::Object)));
        }
    }
    if let Some(ctx) = ctx {
        header.info.ancestors = mro::ancestors(&ctx, &parts);
    }
    let above = header.info.mro.get(1..).unwrap_or(&[]).to_vec();
    header.info.metaclass = metaclass::resulting(db, class, None, &above);
    for ancestor in &above {
        let info = &class_header(db, *ancestor, ()).info;
        let inherited = ClassFlags::FALLBACK_TO_ANY
            | ClassFlags::ENUM
            | ClassFlags::ABSTRACT_ALLOWED
            | ClassFlags::PROMOTED;
        header.info.flags |= info.flags & inherited;
    }
    header
}

/// The class that narrowing in `module` invents for a value that is an instance of each of `parts`.
pub fn intersection_class(module: Name, parts: impl Into<TyList>) -> ClassId {
    let parts: TyList = parts.into();
    let names: Vec<String> = parts
        .iter()
        .filter_map(|part| part.as_instance())
        .map(|instance| format!("\"{}\"", instance.class.name()))
        .collect();
    let listed = match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    };
    let name = Name::new(&format!("<subclass of {listed}>"));
    ClassId::new(ClassOrigin::Intersection(parts), module.dot(&name), name)
}
