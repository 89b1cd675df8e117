//! Starting and stopping the tree service: one thread for each root, and what each of them needs.

use std::panic::{AssertUnwindSafe, catch_unwind};
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

/// Tells that nothing more will come of a root, so that nobody waits for it.
fn give_up(outlet: &Outlet, root: RootId, notice: Notice) {
    outlet.send(TreeEvent::Notice(notice));
    outlet.send(TreeEvent::History {
        root,
        asker: None,
        restart: false,
        commits: Vec::new(),
        complete: true,
    });
    outlet.walked(0);
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
        let title = format!("Cannot watch {}", path.display());
        let fail = {
            let (title, outlet) = (title.clone(), Arc::clone(&outlet));
            move |cause: String| {
                give_up(&outlet, RootId(at as u16), Notice::new(Severity::Error, title).cause(cause));
            }
        };
        let run = move || {
            if catch_unwind(AssertUnwindSafe(|| root.run())).is_err() {
                fail("a defect; please report it".into());
            }
        };
        match thread::Builder::new().name(format!("tree-{at}")).spawn(run) {
            Ok(thread) => handle.threads.push(thread),
            Err(error) => {
                let notice = Notice::new(Severity::Error, title).cause(error.to_string());
                give_up(&outlet, RootId(at as u16), notice);
            }
        }
        handle.inboxes.push(inbox);
    }
    if options.roots.is_empty() {
        outlet.walked(0);
    }
    handle
}
