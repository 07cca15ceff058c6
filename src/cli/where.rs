//! `obligo where`: which register is meant, and why.

use super::Context;
use crate::error::Error;

pub fn run(context: &Context) -> Result<u8, Error> {
    let register = context.register()?;
    let there = if register.path.exists() { "" } else { ", not there yet: obligo init makes it" };
    say!("{} (named by {}{there})", register.path.display(), register.because);
    Ok(0)
}
