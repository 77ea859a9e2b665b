//! Calling a class whose metaclass has a `__call__` of its own.
//!
//! The typing specification ("Constructors", metaclass `__call__`): it is called first. What it
//! returns is the result when that is something else than an instance of the class; otherwise
//! the class's own constructors are evaluated as usual.

use pytype_source::name;
use pytype_types::{Sig, SigFlags, Ty, TyKind};

use super::{CallArgument, CallOutcome, CallSite};
use crate::Checker;
use crate::expressions::MemberUse;

impl Checker<'_> {
    /// The outcome when the metaclass decides it: its `__call__` takes no such arguments, or
    /// returns no instance.
    pub(super) fn check_metaclass_call(
        &mut self,
        constructor: Sig,
        arguments: &[CallArgument<'_>],
        site: CallSite<'_>,
    ) -> Option<CallOutcome> {
        let metaclass = constructor.fallback;
        let class = metaclass.as_instance()?.class;
        if class.is("builtins.type") || class.is("abc.ABCMeta") {
            return None;
        }
        let name = name!("__call__");
        let (owner, _) = self.ctx.find_definition(class, name)?;
        // Enums have rules of their own for what a call of the class means, whatever their metaclass says.
        let is_enum = || self.class_info(class).mro.iter().any(|base| base.is("enum.EnumMeta"));
        if owner.is("builtins.type") || is_enum() {
            return None;
        }
        let instance = self.instance_of_signature(&constructor);
        let using = MemberUse {
            is_operator: true,
            self_type: Some(Ty::new(TyKind::Type(instance))),
            ..MemberUse::default()
        };
        let (method, wrong) = self.attempt(|c| c.member(metaclass, name, site.range, using));
        let sig = self.proper(method).as_callable()?;
        let ret = self.proper(sig.ret);
        if wrong || sig.flags.contains(SigFlags::IMPLICIT) || ret.is_any() {
            return None;
        }
        let inner = CallSite { callee: None, ..CallSite::at(site.range) };
        let (outcome, wrong) = self.trial(|c| c.check_call(method, arguments, inner));
        if let Some(found) = wrong {
            self.report_all(found);
            return Some(CallOutcome { result: instance, callee: outcome.callee });
        }
        let result = self.proper(outcome.result);
        let plain = self.erase(instance);
        let is_instance =
            self.is_subtype(plain, result) || self.is_subtype(result, plain) && !result.is_never();
        (!is_instance).then_some(outcome)
    }
}
