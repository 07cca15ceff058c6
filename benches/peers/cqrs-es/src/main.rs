//! The same work on cqrs-es with SQLite: `peer-cqrs-es WORK FILE AGREEMENT` does one work and prints what it took in milliseconds.
//!
//! An agreement is an aggregate and a record is an event, whose payload is the entry as our log has it. The state is what a register of
//! this kind needs at least: how many records of each kind, and which instances were performed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventStore, QueryReplay};
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope, EventStore, Query};
use serde::{Deserialize, Serialize};
use sqlite_es::{SqliteEventRepository, sqlite_cqrs};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Recorded {
    #[serde(rename = "type")]
    kind: String,
    agreement: String,
    occurred_on: Option<String>,
    recorded_at: String,
    actor: String,
    data: serde_json::Value,
}

impl DomainEvent for Recorded {
    fn event_type(&self) -> String {
        self.kind.clone()
    }

    fn event_version(&self) -> String {
        "1".into()
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Agreement {
    kinds: BTreeMap<String, u64>,
    performed: BTreeSet<String>,
}

impl Aggregate for Agreement {
    const TYPE: &'static str = "agreement";
    type Command = Recorded;
    type Event = Recorded;
    type Error = Infallible;
    type Services = ();

    async fn handle(&mut self, command: Recorded, (): &(), sink: &EventSink<Self>) -> Result<(), Infallible> {
        sink.write(command, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Recorded) {
        *self.kinds.entry(event.kind).or_default() += 1;
        if let Some(instance) = event.data.get("instance").and_then(serde_json::Value::as_str) {
            self.performed.insert(instance.into());
        }
    }
}

/// All agreements, as a query that everything is replayed to.
#[derive(Clone, Default)]
struct All(Arc<Mutex<HashMap<String, Agreement>>>);

#[async_trait]
impl Query<Agreement> for All {
    async fn dispatch(&self, id: &str, events: &[EventEnvelope<Agreement>]) {
        let mut all = self.0.lock().expect("no thread broke off");
        let agreement = match all.get_mut(id) {
            Some(agreement) => agreement,
            None => all.entry(id.into()).or_default(),
        };
        events.iter().for_each(|event| agreement.apply(event.payload.clone()));
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [work, file, id] = args.as_slice() else { return Err("peer-cqrs-es WORK FILE AGREEMENT".into()) };
    let options =
        SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().connect_with(options).await?;
    let repository = SqliteEventRepository::new(pool.clone());
    let took = match work.as_str() {
        "append" => {
            let cqrs = sqlite_cqrs::<Agreement>(pool, vec![], ());
            let event = Recorded {
                kind: "work.reported".into(),
                agreement: id.clone(),
                occurred_on: Some("2026-11-20".into()),
                recorded_at: "2026-11-21T09:00:00.000000Z".into(),
                actor: "bench".into(),
                data: serde_json::json!({ "text": "A working group compared the two lists", "provision": "3" }),
            };
            let mut times = Vec::new();
            for _ in 0..20 {
                let begun = Instant::now();
                cqrs.execute(id, event.clone()).await?;
                times.push(begun.elapsed());
            }
            median(times)
        }
        "load" => {
            let store = PersistedEventStore::<_, Agreement>::new_event_store(repository);
            let mut times = Vec::new();
            for _ in 0..20 {
                let begun = Instant::now();
                let loaded = store.load_aggregate(id).await?;
                times.push(begun.elapsed());
                assert!(!loaded.aggregate.kinds.is_empty(), "{id} is there");
            }
            median(times)
        }
        "replay" | "status" => {
            let all = All::default();
            let begun = Instant::now();
            QueryReplay::<_, _, Agreement>::new(repository, all.clone()).replay_all().await?;
            let took = begun.elapsed();
            let all = all.0.lock().expect("no thread broke off");
            let performed: usize = all.values().map(|agreement| agreement.performed.len()).sum();
            eprintln!("{} agreements, {performed} performed", all.len());
            took
        }
        _ => return Err("append, load, replay or status".into()),
    };
    println!("{}", took.as_secs_f64() * 1000.0);
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
