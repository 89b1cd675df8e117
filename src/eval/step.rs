//! Steps: how far a long reading of history is, told to whoever waits, who may stop it.

use std::ops::ControlFlow;

use super::EvalError;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'s> {
    /// Commits that are done.
    pub done: usize,
    /// Of so many.
    pub of: usize,
    /// Who is at the next one; empty where nobody is told apart.
    pub judge: &'s str,
}

/// Told of each step; breaking stops with [`EvalError::Stopped`].
pub type Say<'a> = dyn FnMut(Step<'_>) -> ControlFlow<()> + 'a;

/// Tells a step.
pub fn tell(say: &mut Say<'_>, step: Step<'_>) -> Result<(), EvalError> {
    match say(step) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(EvalError::Stopped),
    }
}
