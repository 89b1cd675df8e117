//! A scripted HTTP/1.1 server on the loopback interface: what it sends, byte by byte, is what the test says.
//!
//! Each route answers with an [`Answer`]: a head, pieces of a body, pauses, a cut at any byte, silence. The server records
//! every request, how many were in flight at once, how many connections it took, and which clients left before their
//! answer ended. Threads, not a runtime: it works under any runtime of the test, and under none.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::answer::{Answer, Step};

/// How long [`Server`]'s waits take at most, before they fail the test.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a silent connection is looked at, to see whether its client left.
const GLANCE: Duration = Duration::from_millis(5);

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// What stood after the question mark.
    pub query: String,
    /// Headers, names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Which request to this method and path it is, from 0.
    pub nth: usize,
    /// Requests in flight when it came, itself included.
    pub in_flight: usize,
    /// The connection it came on, from 0.
    pub connection: usize,
    /// When it had come.
    pub at: Instant,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

type Handler = Box<dyn FnMut(&Request) -> Answer + Send>;

#[derive(Default)]
struct Inner {
    routes: Mutex<Vec<(String, Arc<Mutex<Handler>>)>>,
    requests: Mutex<Vec<Request>>,
    counts: Mutex<HashMap<String, usize>>,
    open: Mutex<HashMap<usize, TcpStream>>,
    connections: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    left: AtomicUsize,
    answered: AtomicUsize,
    stopped: AtomicBool,
    /// Requests that may be served at once (0: all), and how many are; the others wait their turn.
    slots: Mutex<(usize, usize)>,
    freed: Condvar,
}

/// The server; stops when it is dropped.
pub struct Server {
    inner: Arc<Inner>,
    address: SocketAddr,
}

impl Server {
    /// A server on a port of the system's choice, that answers 404 until it is told more.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner::default());
        let shared = Arc::clone(&inner);
        thread::spawn(move || accept(&listener, &shared));
        Self { inner, address }
    }

    /// `http://127.0.0.1:PORT` and this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers each request for `route` (`"POST /v1/messages"`; a `*` at its end takes the rest) by this function. Later
    /// routes come before earlier ones.
    pub fn on(&self, route: &str, handler: impl FnMut(&Request) -> Answer + Send + 'static) -> &Self {
        let handler: Handler = Box::new(handler);
        locked(&self.inner.routes).insert(0, (route.to_owned(), Arc::new(Mutex::new(handler))));
        self
    }

    /// Answers each request for `route` alike.
    pub fn always(&self, route: &str, answer: Answer) -> &Self {
        self.on(route, move |_| answer.clone())
    }

    /// Answers the requests for `route` one by one; the last answer is for all that come after it.
    pub fn script(&self, route: &str, answers: impl IntoIterator<Item = Answer>) -> &Self {
        let mut answers: VecDeque<Answer> = answers.into_iter().collect();
        assert!(!answers.is_empty(), "a script needs an answer");
        self.on(route, move |_| {
            let next = answers.front().cloned().unwrap();
            if answers.len() > 1 {
                answers.pop_front();
            }
            next
        })
    }

    /// Serves so many requests at once; the others wait, as they do for the slots of an engine.
    pub fn with_slots(self, slots: usize) -> Self {
        locked(&self.inner.slots).0 = slots;
        self
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        locked(&self.inner.requests).clone()
    }

    /// The requests for one path.
    pub fn requests_for(&self, path: &str) -> Vec<Request> {
        locked(&self.inner.requests).iter().filter(|request| request.path == path).cloned().collect()
    }

    /// Connections taken.
    pub fn connections(&self) -> usize {
        self.inner.connections.load(Ordering::SeqCst)
    }

    /// Requests whose answer has not ended.
    pub fn in_flight(&self) -> usize {
        self.inner.in_flight.load(Ordering::SeqCst)
    }

    /// The most requests that were in flight at once.
    pub fn most_in_flight(&self) -> usize {
        self.inner.most_in_flight.load(Ordering::SeqCst)
    }

    /// Answers sent to their end, cuts by script included.
    pub fn answered(&self) -> usize {
        self.inner.answered.load(Ordering::SeqCst)
    }

    /// Clients that closed their connection before their answer ended.
    pub fn left(&self) -> usize {
        self.inner.left.load(Ordering::SeqCst)
    }

    /// Waits until that is true of the server.
    ///
    /// # Panics
    /// When it does not come true.
    pub fn wait_until(&self, what: &str, is_true: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is_true(self) {
            assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Dies: cuts every connection, and refuses new ones from here on.
    pub fn kill(&self) {
        if self.inner.stopped.swap(true, Ordering::SeqCst) {
            return;
        }
        self.inner.freed.notify_all();
        for (_, stream) in locked(&self.inner.open).drain() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the listener, which then closes.
        let _ = TcpStream::connect(self.address);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn accept(listener: &TcpListener, inner: &Arc<Inner>) {
    while let Ok((stream, _)) = listener.accept() {
        if inner.stopped.load(Ordering::SeqCst) {
            return;
        }
        let number = inner.connections.fetch_add(1, Ordering::SeqCst);
        let _ = stream.set_nodelay(true);
        locked(&inner.open).insert(number, stream.try_clone().unwrap());
        let inner = Arc::clone(inner);
        thread::spawn(move || converse(&stream, number, &inner));
    }
}

/// A request in flight, until it is dropped.
struct Flight<'a> {
    inner: &'a Inner,
    at_begin: usize,
}

impl<'a> Flight<'a> {
    fn begin(inner: &'a Inner) -> Self {
        let at_begin = inner.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        inner.most_in_flight.fetch_max(at_begin, Ordering::SeqCst);
        Self { inner, at_begin }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.inner.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Answers one request after the other until a side closes.
fn converse(stream: &TcpStream, connection: usize, inner: &Arc<Inner>) {
    let mut reader = BufReader::new(stream);
    while !inner.stopped.load(Ordering::SeqCst) {
        let Some(mut request) = read_request(&mut reader) else { break };
        request.connection = connection;
        let flight = Flight::begin(inner);
        request.in_flight = flight.at_begin;
        let served = take_slot(inner, stream) && {
            let goes_on = serve(stream, request, inner, flight);
            free_slot(inner);
            goes_on
        };
        if !served {
            break;
        }
    }
    locked(&inner.open).remove(&connection);
    let _ = stream.shutdown(Shutdown::Both);
}

/// Whether the connection may go on.
fn serve(mut stream: &TcpStream, mut request: Request, inner: &Inner, flight: Flight<'_>) -> bool {
    let route = format!("{} {}", request.method, request.path);
    request.nth = {
        let mut counts = locked(&inner.counts);
        let count = counts.entry(route.clone()).or_default();
        *count += 1;
        *count - 1
    };
    locked(&inner.requests).push(request.clone());
    let handler = locked(&inner.routes)
        .iter()
        .find(|(pattern, _)| {
            pattern.strip_suffix('*').map_or(*pattern == route, |start| route.starts_with(start))
        })
        .map(|(_, handler)| Arc::clone(handler));
    let answer = match handler {
        Some(handler) => (locked(&handler))(&request),
        None => Answer::status(404).body(format!("no route for {route}")),
    };
    let mut flight = Some(flight);
    let steps = answer.steps();
    let last = steps.len().saturating_sub(1);
    for (at, step) in steps.into_iter().enumerate() {
        // Whoever reads the last bytes may ask again before this thread goes on.
        if at == last && matches!(step, Step::Bytes(_)) {
            flight.take();
        }
        let gone = match step {
            Step::Bytes(bytes) => stream.write_all(&bytes).is_err(),
            Step::Pause(time) => client_leaves_within(stream, Some(time), inner),
            Step::Hang => client_leaves_within(stream, None, inner),
            Step::Cut => {
                inner.answered.fetch_add(1, Ordering::SeqCst);
                return false;
            }
        };
        if gone {
            inner.left.fetch_add(1, Ordering::SeqCst);
            return false;
        }
    }
    inner.answered.fetch_add(1, Ordering::SeqCst);
    !answer.closes()
}

/// Waits for that time, or for ever; true once the client closed or the server was killed.
fn client_leaves_within(stream: &TcpStream, time: Option<Duration>, inner: &Inner) -> bool {
    let until = time.map(|time| Instant::now() + time);
    loop {
        if inner.stopped.load(Ordering::SeqCst) || has_left(stream) {
            break true;
        }
        let rest = until.map_or(GLANCE, |until| until.saturating_duration_since(Instant::now()));
        if rest.is_zero() {
            break false;
        }
        thread::sleep(rest.min(GLANCE));
    }
}

/// Looks without waiting. A client that speaks early has not left: its next request stays in the buffer.
fn has_left(stream: &TcpStream) -> bool {
    let _ = stream.set_nonblocking(true);
    let seen = stream.peek(&mut [0]);
    let _ = stream.set_nonblocking(false);
    match seen {
        Ok(bytes) => bytes == 0,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

/// Waits for a slot; false when the client left meanwhile.
fn take_slot(inner: &Inner, stream: &TcpStream) -> bool {
    loop {
        {
            let mut slots = locked(&inner.slots);
            if slots.0 == 0 || slots.1 < slots.0 {
                slots.1 += 1;
                return true;
            }
            drop(inner.freed.wait_timeout(slots, GLANCE * 4));
        }
        if inner.stopped.load(Ordering::SeqCst) || has_left(stream) {
            inner.left.fetch_add(1, Ordering::SeqCst);
            return false;
        }
    }
}

fn free_slot(inner: &Inner) {
    locked(&inner.slots).1 -= 1;
    inner.freed.notify_one();
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Vec::new(),
        nth: 0,
        in_flight: 0,
        connection: 0,
        at: Instant::now(),
    };
    if let Some(length) = request.header("content-length").and_then(|length| length.parse().ok()) {
        request.body = vec![0; length];
        reader.read_exact(&mut request.body).ok()?;
    } else if request.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        request.body = read_chunked(reader)?;
    }
    request.at = Instant::now();
    Some(request)
}

fn read_chunked(reader: &mut BufReader<&TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let size = usize::from_str_radix(line.trim(), 16).ok()?;
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..]).ok()?;
        line.clear();
        reader.read_line(&mut line).ok()?;
        if size == 0 {
            return Some(body);
        }
    }
}
