//! A Slack webhook of our own: it keeps what is posted, and answers as it is told to.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;

use crate::wire::{plain, read_request};

/// The part of a webhook's address that nobody may ever read anywhere.
pub const TOKEN: &str = "NobodyMayEverReadThis";

/// How a post is answered.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// As Slack answers what it takes.
    Taken,
    /// With this status.
    Status(u16),
    /// HTTP 429, with the seconds for which it wants to be left alone.
    Later(u32),
    /// Never.
    Hang,
    /// The connection is closed without an answer.
    Reset,
}

/// The webhook. It ends with the test process.
pub struct Inbox {
    /// Its address, secret token included.
    pub address: String,
    shared: Arc<Shared>,
}

struct Shared {
    answer: Mutex<Answer>,
    taken: Mutex<Vec<Json>>,
    posts: Mutex<usize>,
    watcher: Mutex<Option<Sender<String>>>,
}

impl Inbox {
    pub fn new() -> Inbox {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/services/T00000000/B00000000/{TOKEN}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            answer: Mutex::new(Answer::Taken),
            taken: Mutex::default(),
            posts: Mutex::default(),
            watcher: Mutex::default(),
        });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = serving.clone();
                std::thread::spawn(move || {
                    let _ = serve(stream, &shared);
                });
            }
        });
        Inbox { address, shared }
    }

    /// From now on posts are answered so.
    pub fn answer(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    /// From now on each post is announced here, as `slack`, before it is answered.
    pub fn watch(&self, watcher: Sender<String>) {
        *self.shared.watcher.lock().unwrap() = Some(watcher);
    }

    /// The posts that were taken, in order.
    pub fn taken(&self) -> Vec<Json> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// How many posts came, taken or not.
    pub fn posts(&self) -> usize {
        *self.shared.posts.lock().unwrap()
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    while let Some((head, body)) = read_request(&mut stream, &mut buffer)? {
        assert!(head.starts_with("POST /services/") && head.contains(TOKEN), "{head}");
        *shared.posts.lock().unwrap() += 1;
        let answer = *shared.answer.lock().unwrap();
        if let Answer::Taken = answer {
            shared.taken.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
        }
        if let Some(watcher) = shared.watcher.lock().unwrap().as_ref() {
            let _ = watcher.send("slack".to_owned());
        }
        let text = match answer {
            Answer::Taken => plain(200, "text/html", b"ok"),
            // A service behind a proxy may well repeat the address that was asked for.
            Answer::Status(status) => plain(status, "text/html", head.as_bytes()),
            Answer::Later(seconds) => {
                format!("HTTP/1.1 429 X\r\nretry-after: {seconds}\r\ncontent-length: 0\r\n\r\n").into_bytes()
            }
            Answer::Hang => return std::io::copy(&mut stream, &mut std::io::sink()).map(drop),
            Answer::Reset => return Ok(()),
        };
        stream.write_all(&text)?;
    }
    Ok(())
}
