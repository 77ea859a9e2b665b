//! Mistakes of the checker itself: caught where they happen, reported as findings.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

use pytype_source::{Diagnostic, ErrorCode};
use ruff_text_size::TextRange;

/// How often work is tried again that stopped because another thread failed in what it needed: the
/// thread that does the work itself meets the mistake at first hand, whichever came first.
const ATTEMPTS: usize = 8;

thread_local! {
    static GUARDED: Cell<u32> = const { Cell::new(0) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What went wrong, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InternalError(String);

impl InternalError {
    /// The finding that reports it.
    pub fn diagnostic(&self, range: TextRange) -> Diagnostic {
        Diagnostic::error(ErrorCode::Misc, range, format!("internal error: {}", self.0))
            .with_note("this is a mistake in pytype-rs: please report it with the code that causes it")
            .blocking()
    }
}

/// Does `work`; if it panics, says how.
pub fn guarded<R>(mut work: impl FnMut() -> R) -> Result<R, InternalError> {
    remember_places();
    for attempt in 1.. {
        GUARDED.set(GUARDED.get() + 1);
        let result = catch_unwind(AssertUnwindSafe(&mut work));
        GUARDED.set(GUARDED.get() - 1);
        let panic = match result {
            Ok(result) => return Ok(result),
            Err(panic) => panic,
        };
        match panic.downcast_ref::<salsa::Cancelled>() {
            Some(salsa::Cancelled::PropagatedPanic) if attempt < ATTEMPTS => continue,
            Some(salsa::Cancelled::PropagatedPanic) | None => {}
            // Somebody wants the work to stop.
            Some(_) => resume_unwind(panic),
        }
        let what = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "of unknown cause".to_owned());
        let place = PLACE.take().map(|place| format!(" (at {place})")).unwrap_or_default();
        return Err(InternalError(format!("{what}{place}")));
    }
    Err(InternalError("of unknown cause".to_owned()))
}

/// Has the places of guarded panics remembered instead of printed, unless a backtrace is wanted.
fn remember_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = take_hook();
        let wants_backtrace = std::env::var_os("RUST_BACKTRACE").is_some();
        set_hook(Box::new(move |info| {
            if GUARDED.get() == 0 || wants_backtrace {
                print(info);
            }
            PLACE.set(info.location().map(|place| format!("{}:{}", place.file(), place.line())));
        }));
    });
}
