//! What a run is told by the settings: the ladders, who hears of what, and which day it is for whom.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use events::alert::Rung;
use rules::Register;
use rules::alert::{Hearer, Ladders, Today};
use rules::docket::{Kind, Line};
use rules::fault::{Fault, nearest};

use crate::app::opaque;
use crate::config::Settings;
use crate::config::settings::{Step, Watch};
use crate::zones;

/// At which rungs somebody is mailed, where nothing else is set.
const MAILED: [Rung; 2] = [Rung::Before(30), Rung::Before(1)];

/// The kinds of line, as settings name them.
const KINDS: [Kind; 6] = [Kind::Commitment, Kind::MeetingCycle, Kind::Meeting, Kind::Power, Kind::Notice, Kind::Term];

/// The settings of a run, read and sound.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The ladders.
    pub ladders: Ladders,
    settings: Settings,
    zone: Option<Tz>,
    mailed: Vec<Rung>,
    hooked: BTreeMap<String, Option<Vec<Rung>>>,
}

/// Which day a run looks from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It was told the day; it is that day everywhere.
    Day(NaiveDate),
    /// It reads a clock, and other parties' clocks say what they say.
    Clock(DateTime<Utc>, Tz),
    /// The same, by the machine's own zone, where it is that day.
    Local(DateTime<Utc>, NaiveDate),
}

impl When {
    /// The day of the docket.
    pub fn as_of(self) -> NaiveDate {
        match self {
            When::Day(day) | When::Local(_, day) => day,
            When::Clock(now, zone) => now.with_timezone(&zone).date_naive(),
        }
    }

    /// The day for those whom an agreement concerns, by its parties' clocks and that of the run.
    pub fn today(self, register: &Register, agreement: &str) -> Today {
        let as_of = self.as_of();
        let (When::Clock(now, _) | When::Local(now, _)) = self else { return Today { ahead: as_of, behind: as_of } };
        let places = register.agreements.get(agreement).map(zones::places).unwrap_or_default();
        let days = zones::days_of(now.fixed_offset(), &places);
        if places.is_empty() {
            return Today { ahead: as_of, behind: as_of };
        }
        Today { ahead: days.latest.max(as_of), behind: days.earliest.min(as_of) }
    }
}

impl Plan {
    /// What the settings say, or everything that is wrong with them.
    pub fn of(settings: &Settings) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let zone = settings.zone.as_ref().and_then(|name| {
            let unknown = |_| Fault::new("E0806", &["zone"], format!("`{name}` is no time zone")).hint("write Europe/Brussels");
            name.parse::<Tz>().map_err(unknown).map_err(|fault| faults.push(fault)).ok()
        });
        let mut ladder = |place: &[&str], steps: &[Step]| rungs(place, steps, &mut faults);
        let default = settings.ladder.default.as_ref().map(|steps| ladder(&["ladder", "default"], steps));
        let kinds: Vec<(&String, Vec<Rung>)> =
            settings.ladder.kinds.iter().map(|(kind, steps)| (kind, ladder(&["ladder", "kinds", kind], steps))).collect();
        let agreements = settings.ladder.agreements.iter();
        let agreements = agreements.map(|(id, steps)| (id.clone(), ladder(&["ladder", "agreements", id], steps))).collect();
        let mail = settings.mail.as_ref().and_then(|mail| mail.rungs.as_ref());
        let mailed = mail.map_or_else(|| MAILED.to_vec(), |steps| ladder(&["mail", "rungs"], steps));
        let hooked = settings
            .webhooks
            .iter()
            .map(|hook| (hook.name.clone(), hook.rungs.as_ref().map(|steps| ladder(&["webhook", &hook.name, "rungs"], steps))));
        let hooked: BTreeMap<String, Option<Vec<Rung>>> = hooked.collect();
        if mailed.len() > 2 {
            let what = format!("mail goes out at {} rungs: two of an item are what somebody reads", mailed.len());
            faults.push(Fault::new("E0806", &["mail", "rungs"], what).hint("name two at the most, as in [30, 1]"));
        }
        let mut of_kind = BTreeMap::new();
        for (name, rungs) in kinds {
            match KINDS.into_iter().find(|kind| kind.word() == name) {
                Some(kind) => drop(of_kind.insert(kind, rungs)),
                None => {
                    let known = KINDS.into_iter().map(Kind::word);
                    let fault = Fault::new("E0806", &["ladder", "kinds", name], format!("`{name}` is no kind of line"));
                    faults.push(fault.hint(nearest(name, known)));
                }
            }
        }
        faults.extend(people_faults(settings));
        let ladders = Ladders { default, kinds: of_kind, agreements };
        let plan = Plan { ladders, settings: settings.clone(), zone, mailed, hooked };
        if faults.is_empty() { Ok(plan) } else { Err(faults) }
    }

    /// By whose clock the run says what day it is, if that is set.
    pub fn zone(&self) -> Option<Tz> {
        self.zone
    }

    /// Who hears of a line.
    pub fn hearers(&self, line: &Line) -> Vec<Hearer> {
        let mut hearers: Vec<Hearer> = Vec::new();
        let watches = || self.settings.watches.iter().filter(|watch| concerns(watch, line));
        let owners: BTreeSet<&str> = watches().flat_map(|watch| &watch.owners).map(String::as_str).collect();
        let watchers: BTreeSet<&str> = watches().flat_map(|watch| &watch.watchers).map(String::as_str).collect();
        let managers: BTreeSet<&str> = owners.iter().filter_map(|id| self.person(id)?.manager.as_deref()).collect();
        let told: BTreeSet<&str> = owners.union(&watchers).copied().collect();
        let mut mail = |id: &str, rungs: &[Rung], is_manager: bool| {
            if self.address(id).is_some() {
                let (channel, rungs) = (mail_channel(id), Some(rungs.to_vec()));
                hearers.push(Hearer { channel, rungs, can_be_spared: !is_manager, once: is_manager });
            }
        };
        told.iter().for_each(|id| mail(id, &self.mailed, false));
        managers.difference(&told).for_each(|id| mail(id, &[Rung::AFTER], true));
        hearers.extend(self.hooked.iter().map(|(name, rungs)| Hearer {
            channel: format!("webhook/{name}"),
            rungs: rungs.clone(),
            can_be_spared: true,
            once: false,
        }));
        hearers
    }

    /// Where mail for somebody goes, if mail is sent at all.
    pub fn address(&self, id: &str) -> Option<&str> {
        self.settings.mail.as_ref()?;
        self.person(id)?.mail.as_deref()
    }

    /// The manager of somebody.
    pub fn manager(&self, id: &str) -> Option<&str> {
        self.person(id)?.manager.as_deref()
    }

    /// The days before of the ladder of a line, for the alarms of its calendar entry.
    pub fn alarms(&self, line: &Line) -> Vec<u16> {
        let days = |rung: &Rung| match rung {
            Rung::Before(days) => Some(*days),
            Rung::After(_) => None,
        };
        self.ladders.of(line).iter().filter_map(days).filter(|days| (1..=30).contains(days)).collect()
    }

    fn person(&self, id: &str) -> Option<&crate::config::settings::Person> {
        self.settings.people.iter().find(|person| person.id == id)
    }
}

/// The channel of somebody who is mailed.
pub fn mail_channel(person: &str) -> String {
    format!("mail/{person}")
}

fn concerns(watch: &Watch, line: &Line) -> bool {
    watch.agreement.as_ref().is_none_or(|id| *id == line.agreement)
        && watch.topic.as_ref().is_none_or(|topic| line.topics.contains(topic))
        && watch.party.as_ref().is_none_or(|party| line.by.contains(party))
}

fn rungs(place: &[&str], steps: &[Step], faults: &mut Vec<Fault>) -> Vec<Rung> {
    let mut rungs = Vec::new();
    for step in steps {
        match step {
            Step::Days(days) if *days <= 3660 => rungs.push(Rung::Before(*days)),
            Step::After(word) if word == "after" => rungs.push(Rung::AFTER),
            Step::Days(days) => {
                faults.push(Fault::new("E0806", place, format!("{days} days before is more than ten years")).hint("write 365"));
            }
            Step::After(word) => {
                let what = format!("`{word}` is no rung of a ladder");
                faults.push(Fault::new("E0806", place, what).hint("a rung is a number of days before, or \"after\""));
            }
        }
    }
    if steps.is_empty() {
        faults
            .push(Fault::new("E0806", place, "a ladder without a rung flags nothing").hint("leave the key away, or name a rung"));
    }
    let mut seen = BTreeSet::new();
    rungs.retain(|rung| seen.insert(*rung));
    rungs
}

/// Ids that are twice there, that nobody has, or that say who it is.
fn people_faults(settings: &Settings) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut known = BTreeSet::new();
    for person in &settings.people {
        if opaque(&person.id).is_err() || person.id.contains('@') {
            let what = format!("`{}` is not an opaque id", person.id.escape_debug());
            faults.push(Fault::new("E0806", &["person", "id"], what).hint("use letters, digits and hyphens, as in dg-4711"));
        }
        if !known.insert(person.id.as_str()) {
            let what = format!("there are two persons `{}`", person.id);
            faults.push(Fault::new("E0806", &["person", "id"], what).hint("give each an id of its own"));
        }
    }
    let managers = settings.people.iter().filter_map(|person| person.manager.as_ref());
    let told = settings.watches.iter().flat_map(|watch| watch.owners.iter().chain(&watch.watchers));
    let mut unknown: BTreeSet<&str> = managers.chain(told).map(String::as_str).collect();
    unknown.retain(|id| !known.contains(id));
    for id in unknown {
        let what = format!("there is no [[person]] `{id}`");
        faults.push(Fault::new("E0806", &["watch"], what).hint(nearest(id, known.iter().copied())));
    }
    let mut hooks = BTreeSet::new();
    for hook in &settings.webhooks {
        if opaque(&hook.name).is_err() || !hooks.insert(hook.name.as_str()) {
            let what = format!("`{}` cannot be the name of a webhook, or is that of another", hook.name.escape_debug());
            faults.push(Fault::new("E0806", &["webhook", "name"], what).hint("use letters, digits and hyphens"));
        }
    }
    for watch in settings.watches.iter().filter(|watch| watch.owners.is_empty() && watch.watchers.is_empty()) {
        let of = watch.agreement.as_ref().or(watch.topic.as_ref()).or(watch.party.as_ref());
        let what = format!("[[watch]] of {} names nobody", of.map_or("everything", String::as_str));
        faults.push(Fault::new("E0806", &["watch"], what).hint("name owners or watchers by their ids"));
    }
    faults
}
