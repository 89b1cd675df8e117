//! Starting and stopping the tree service: one thread for each root, and what each of them needs.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::options::TreeOptions;
use super::outlet::Outlet;
use super::root::Root;
use super::watch::Inbox;
use crate::domain::{Notice, RootId, Severity, TreeEvent};

/// The running service; dropping it ends its threads and waits for them.
///
/// A sink that waits for room must therefore give up once nobody reads, or the drop would wait for ever.
pub struct TreeHandle {
    outlet: Arc<Outlet>,
    inboxes: Vec<Arc<Inbox>>,
    threads: Vec<JoinHandle<()>>,
}

impl TreeHandle {
    /// Walks everything again and sends what differs as [`TreeEvent::Changed`].
    pub fn rescan(&self) {
        self.inboxes.iter().for_each(|inbox| inbox.rescan());
    }
}

impl Drop for TreeHandle {
    fn drop(&mut self) {
        self.outlet.stop();
        self.inboxes.iter().for_each(|inbox| inbox.stop());
        for thread in self.threads.drain(..) {
            // A panic of that thread was printed already, and there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// Starts walking, then watching, then reading git; `sink` gets every event, from several threads.
///
/// For each root: `Found` until its walk is complete, then `Changed`; one `Walked` follows the first walk of all roots.
/// `Git` comes when the state differs from the last one. `History` comes newest first until `complete`; a later batch
/// without `restart` holds commits newer than all before. Without a repository it is one empty, complete batch.
pub fn spawn(options: TreeOptions, sink: impl Fn(TreeEvent) + Send + Sync + 'static) -> TreeHandle {
    let outlet = Arc::new(Outlet::new(Box::new(sink), options.roots.len()));
    let options = Arc::new(options);
    let mut handle = TreeHandle { outlet: Arc::clone(&outlet), inboxes: Vec::new(), threads: Vec::new() };
    for (at, path) in options.roots.iter().enumerate() {
        let inbox = Arc::new(Inbox::default());
        let root = Root::new(RootId(at as u16), path, &options, (Arc::clone(&inbox), Arc::clone(&outlet)));
        match thread::Builder::new().name(format!("tree-{at}")).spawn(move || root.run()) {
            Ok(thread) => handle.threads.push(thread),
            Err(error) => {
                let title = format!("Cannot watch {}", path.display());
                let notice = Notice::new(Severity::Error, title).cause(error.to_string());
                outlet.send(TreeEvent::Notice(notice));
                outlet.walked(0);
            }
        }
        handle.inboxes.push(inbox);
    }
    if options.roots.is_empty() {
        outlet.walked(0);
    }
    handle
}
