//! What it means. Four pure functions: [`replay::replay`] turns records into a register, [`decide::decide`] turns proposals into
//! facts or a refusal, [`assess::assess`] turns a register and a day into a docket, and a docket is what every screen shows.
//! There is no clock here, no storage and no layout of text: the day is handed in.

pub mod gather;
pub mod replay;
pub mod sift;

pub mod register;
pub mod rule_set;

pub mod decide;
pub mod fault;

pub mod alert;
pub mod assess;
pub mod docket;
pub mod doubts;
pub mod rest;

mod after_end;
mod agreement;
mod clause;
mod consent;
mod counted;
mod decision;
mod late_known;
pub mod machine;
mod meeting;
pub mod notice;
mod obligation;
mod participation;
mod reader;
mod scene;
mod spell;
mod supersession;
mod suspension;
mod term;
mod versions;

pub mod provision;

pub mod brief;
pub mod diff;
pub mod residual;
pub mod topics;
pub mod what_if;

pub mod time;

pub use assess::{assess, assess_moving};
pub use docket::Docket;
pub use register::Register;
pub use rule_set::RuleSet;
