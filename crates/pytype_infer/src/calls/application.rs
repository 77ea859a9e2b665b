//! Putting solutions in the place of a signature's type variables.

use pytype_source::{ErrorCode, Name};
use pytype_types::{Sig, Signature, Ty};
use ruff_text_size::TextRange;

use crate::Checker;

impl Checker<'_> {
    /// The signature with these solutions put in, `None` leaving a variable as it is. A solution
    /// that the variable's bound or constraints do not allow is reported, or with `skip` ignored.
    pub(crate) fn apply_type_arguments(
        &mut self,
        sig: Sig,
        solutions: &[Option<Ty>],
        range: TextRange,
        skip: bool,
    ) -> Sig {
        let mut bad: Vec<(Ty, Name)> = Vec::new();
        let mut report = |_, ty, name| bad.push((ty, name));
        let applied = pytype_types::apply_generic_arguments(&*self.ctx, sig, solutions, &mut report, skip);
        for (ty, name) in bad {
            self.report_bad_solution(&sig, name, ty, range);
        }
        applied
    }

    fn report_bad_solution(&mut self, sig: &Signature, name: Name, solution: Ty, range: TextRange) {
        self.fail(ErrorCode::TypeVar, range, |c| {
            format!("Type variable \"{name}\" of {} cannot be {}", c.show_callee(sig), c.show(solution))
        });
    }
}
