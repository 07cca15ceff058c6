//! Where cooperation on each topic stands, over all agreements.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::Event;

use crate::docket::{Docket, Kind};
use crate::obligation::{Existence, Performance};
use crate::register::{Act, Occurrence, Register};

/// One topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name (`semiconductors`).
    pub topic: String,
    /// Where it stands in each agreement that touches it.
    pub agreements: Vec<Standing>,
}

/// A topic in one agreement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The agreement.
    pub id: String,
    /// Commitments on the topic.
    pub commitments: usize,
    /// Announcements, deliverables, projects, work and meetings on it.
    pub acts: usize,
    /// Deliverables among the acts.
    pub deliverables: usize,
    /// Date of the last act, as given.
    pub last: Option<String>,
    /// The next day something on it is due or planned, at the earliest.
    pub next: Option<NaiveDate>,
}

/// Every topic that a provision or an act names, in alphabetical order.
pub fn topics(register: &Register, docket: &Docket) -> Vec<Topic> {
    let mut topics: BTreeMap<&str, BTreeMap<&str, Standing>> = BTreeMap::new();
    for line in docket.entries.iter().filter(|line| line.kind != Kind::Meeting) {
        for topic in &line.topics {
            let standing = topics.entry(topic).or_default().entry(&line.agreement).or_default();
            standing.commitments += usize::from(line.kind == Kind::Commitment);
        }
    }
    for line in docket.entries.iter().filter(|line| is_coming(line.axes.performance, &line.axes.existence)) {
        let coming = line.due.earliest.filter(|_| line.due.latest.is_none_or(|latest| latest >= docket.as_of));
        for (topic, day) in line.topics.iter().filter_map(|topic| Some((topic, coming?))) {
            let standing = topics.entry(topic).or_default().entry(&line.agreement).or_default();
            standing.next = Some(standing.next.map_or(day, |next| next.min(day)));
        }
    }
    for agreement in register.agreements.values() {
        // Acts are in legal order, so the last one seen is the last one.
        for act in agreement.acts.iter().filter(|act| act.by(docket.as_of) != Occurrence::No) {
            for topic in topics_of(act) {
                let standing = topics.entry(topic).or_default().entry(&agreement.id).or_default();
                standing.acts += 1;
                standing.deliverables += usize::from(matches!(act.event, Event::DeliverableDelivered(_)));
                standing.last = Some(act.date_words());
            }
        }
    }
    let standing = |(id, standing): (&str, Standing)| Standing { id: id.into(), ..standing };
    topics
        .into_iter()
        .map(|(topic, agreements)| Topic { topic: topic.into(), agreements: agreements.into_iter().map(standing).collect() })
        .collect()
}

fn is_coming(performance: Performance, existence: &Existence) -> bool {
    performance != Performance::Complete && !matches!(existence, Existence::Ended(_))
}

fn topics_of(act: &Act) -> &[String] {
    match &act.event {
        Event::MeetingHeld(meeting) => &meeting.topics,
        Event::AnnouncementMade(done) | Event::DeliverableDelivered(done) | Event::WorkReported(done) => &done.topics,
        Event::ProjectBegun(project) => &project.topics,
        _ => &[],
    }
}
