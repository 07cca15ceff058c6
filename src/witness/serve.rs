//! The HTTP end of a witness: `POST /add-checkpoint`, as `c2sp.org/tlog-witness` has it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use super::{Answer, Witness};
use crate::clock;
use crate::error::Error;

/// Most bytes of a request.
const MOST: usize = 64 * 1024;

/// What the size of a tree is called.
const SIZE: &str = "text/x.tlog.size";

/// Serves until it is ended; `ready` hears the address.
///
/// # Errors
/// When the address cannot be listened on.
pub fn run(witness: Witness, listen: &str, ready: impl FnOnce(std::net::SocketAddr)) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let failed = |error: std::io::Error| {
            Error::failed(format!("cannot listen on `{listen}`: {error}"), "give an address like 127.0.0.1:8080")
        };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        ready(listener.local_addr()?);
        let witness = Arc::new(witness);
        tokio::spawn(listen_for_silence(witness.clone()));
        Ok(axum::serve(listener, router(witness)).await?)
    })
}

fn router(witness: Arc<Witness>) -> Router {
    Router::new().route("/add-checkpoint", post(add_checkpoint)).layer(DefaultBodyLimit::max(MOST)).with_state(witness)
}

async fn listen_for_silence(witness: Arc<Witness>) {
    let mut turns = tokio::time::interval(Duration::from_secs(witness.interval()));
    loop {
        turns.tick().await;
        let witness = witness.clone();
        // What the disk refuses now it may take at the next turn; whoever looks at `check` sees it in any case.
        let _ = tokio::task::spawn_blocking(move || witness.listen(clock::seconds())).await;
    }
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    // The disk is waited for: not on the threads that everybody shares.
    let answer = tokio::task::spawn_blocking(move || witness.add(&body, clock::seconds())).await;
    let plain = |status: StatusCode, words: String| (status, words + "\n").into_response();
    match answer {
        Ok(Ok(Answer::Cosigned(lines))) => (StatusCode::OK, lines).into_response(),
        Ok(Ok(Answer::Bad(error))) => plain(StatusCode::BAD_REQUEST, error),
        Ok(Ok(Answer::Untrusted)) => {
            plain(StatusCode::FORBIDDEN, "no key of this log that is trusted here signed the checkpoint".into())
        }
        Ok(Ok(Answer::Unknown)) => plain(StatusCode::NOT_FOUND, "this log is not watched here".into()),
        Ok(Ok(Answer::OtherSize(size))) => (StatusCode::CONFLICT, [(CONTENT_TYPE, SIZE)], format!("{size}\n")).into_response(),
        Ok(Ok(Answer::OtherRoot)) => {
            plain(StatusCode::CONFLICT, "a checkpoint of this size was cosigned, and has another root".into())
        }
        Ok(Ok(Answer::NotShown)) => {
            plain(StatusCode::UNPROCESSABLE_ENTITY, "the proof does not show that the log goes on".into())
        }
        Ok(Err(_)) | Err(_) => {
            plain(StatusCode::INTERNAL_SERVER_ERROR, "the witness cannot keep what it would have to know".into())
        }
    }
}
