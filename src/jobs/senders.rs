//! Every channel of the settings: who brings which message where.

use std::cell::RefCell;

use rules::fault::Fault;

use super::message::{Message, Undelivered};
use super::ping::{self, Signal};
use super::run::Channels;
use super::{mail, secret, webhook};
use crate::clock;
use crate::config::Read;

/// The channels of the settings, and the dead man's switch.
pub struct Senders<'a> {
    settings: &'a Read,
    /// What is wrong with the ping, which never fails a run.
    pub unanswered: RefCell<Vec<Undelivered>>,
}

impl<'a> Senders<'a> {
    /// Of the settings.
    pub fn new(settings: &'a Read) -> Self {
        Senders { settings, unanswered: RefCell::default() }
    }

    /// Everything that is wrong with how channels are set.
    pub fn faults(settings: &Read) -> Vec<Fault> {
        let own = &settings.own;
        let mut faults: Vec<Fault> = own.mail.iter().flat_map(|mail| mail::check(mail, &own.people)).collect();
        faults.extend(own.webhooks.iter().flat_map(webhook::check));
        faults.extend(own.ping.iter().flat_map(ping::check));
        faults
    }

    /// Tells the dead man's switch, if there is one.
    pub fn ping(&self, signal: Signal, summary: &str) {
        if let Some(ping) = &self.settings.own.ping
            && let Err(undelivered) = ping::ping(ping, signal, summary)
        {
            self.unanswered.borrow_mut().push(undelivered);
        }
    }
}

impl Channels for &Senders<'_> {
    fn send(&mut self, message: &Message) -> Result<(), Undelivered> {
        let own = &self.settings.own;
        let gone = || Undelivered {
            class: "no such channel".into(),
            detail: format!("`{}` is not in the settings any more", message.channel),
            is_final: false,
        };
        match message.channel.split_once('/') {
            Some(("mail", id)) => {
                let mail = own.mail.as_ref().ok_or_else(gone)?;
                let person = own.people.iter().find(|person| person.id == id);
                let to = person.and_then(|person| person.mail.as_deref()).ok_or_else(gone)?;
                mail::send(mail, self.settings.folder(), to, message)
            }
            Some(("webhook", name)) => {
                let hook = own.webhooks.iter().find(|hook| hook.name == name).ok_or_else(gone)?;
                webhook::send(hook, message, clock::now())
            }
            _ => Err(gone()),
        }
    }
}

/// The credentials that the settings name and that are not at hand.
pub fn missing_secrets(settings: &Read) -> Vec<Undelivered> {
    secret::named(&settings.own).filter_map(|named| secret::read(named).err()).collect()
}
