//! Branches: which turns a conversation shows, read in one pass over its rows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::random_number;
use super::interner::Interner;
use super::record::{self, Stored};
use super::{Conversations, attachments, heads, turns};
use crate::domain::{Attachment, Rating, SessionId, Thumb, Turn, TurnBody, TurnId};

/// The columns that [`read`] takes.
const TURN: &str = "SELECT id, parent, at_ms, kind, state, run, more, context, thinking, text FROM turn";

impl Conversations {
    /// The turns of the branch that a conversation shows, oldest first.
    pub fn branch(&mut self, session: SessionId) -> Vec<Turn> {
        self.read_turns(session, |links, tip| tip.map(|tip| links.to_root(tip)).unwrap_or_default())
    }

    /// The turns of all branches, in the order in which they were added.
    pub fn all_turns(&mut self, session: SessionId) -> Vec<Turn> {
        self.read_turns(session, |links, _| links.parents.keys().copied().collect())
    }

    /// These turns of a conversation, such as the answers beside one, in the order in which they were added.
    pub fn turns(&mut self, session: SessionId, ids: &[TurnId]) -> Vec<Turn> {
        self.read_turns(session, |_, _| ids.iter().map(|id| id.0).collect())
    }

    /// Shows the branch of a turn: from it on its newest descendants.
    pub fn show(&mut self, turn: TurnId) {
        self.write(|connection| {
            let Some(session) = session_of(connection, turn)? else { return Ok(()) };
            let tip = Links::read(connection, session)?.newest_below(turn.0);
            let sql = "UPDATE session SET tip = ?2 WHERE id = ?1";
            connection.prepare_cached(sql)?.execute([session, tip]).map(|_| ())
        });
    }

    /// The conversation of a turn.
    pub fn session_of(&mut self, turn: TurnId) -> Option<SessionId> {
        self.read(|connection| session_of(connection, turn)).map(SessionId)
    }

    /// Begins a conversation that holds copies of the turns up to this one; `None` where there is no such turn. What was
    /// rated or picked stays with the original.
    pub fn branch_off(&mut self, turn: TurnId, now_ms: i64) -> Option<SessionId> {
        let session = self.session_of(turn)?;
        let mut copies = self.read_turns(session, |links, _| links.to_root(turn.0));
        let names: HashMap<TurnId, TurnId> =
            copies.iter().map(|turn| (turn.id, TurnId(random_number()))).collect();
        for copy in &mut copies {
            rename(copy, &names);
        }
        let branched = SessionId(random_number());
        let (roots, run) = (self.roots.clone(), self.run.number);
        self.write(|connection| {
            heads::insert(connection, branched, &roots, now_ms, Some(session))?;
            for copy in &copies {
                turns::insert(connection, branched, copy, run)?;
            }
            let sql = "UPDATE session SET tip = ?2, (title, opening, roots) = \
                       (SELECT title, opening, roots FROM session WHERE id = ?3) WHERE id = ?1";
            let tip = copies.last().map(|copy| copy.id.0);
            connection.execute(sql, params![branched.0, tip, session.0])?;
            connection.execute("DELETE FROM session_root WHERE session = ?1", [branched.0])?;
            let sql = "INSERT INTO session_root (root, session) SELECT root, ?1 FROM session_root WHERE session = ?2";
            connection.execute(sql, [branched.0, session.0]).map(|_| ())
        });
        Some(branched)
    }

    fn read_turns(
        &mut self,
        session: SessionId,
        choose: impl Fn(&Links, Option<i64>) -> HashSet<i64>,
    ) -> Vec<Turn> {
        let (mut turns, going) = self.read(|connection| {
            let tip = "SELECT tip FROM session WHERE id = ?1";
            let tip = connection.prepare_cached(tip)?.query_row([session.0], |row| row.get(0)).optional()?;
            let links = Links::read(connection, session.0)?;
            Reader::new(connection, session.0, links)?.turns(&choose, tip.flatten())
        });
        for (turn, run) in going {
            if let TurnBody::Answer(answer) = &mut turns[turn].body
                && !self.run.lives(run)
            {
                answer.state = crate::domain::AnswerState::Interrupted;
            }
        }
        turns
    }
}

/// The turns that were read, and of the unfinished among them the run that they come from, by index.
type Read = (Vec<Turn>, Vec<(usize, i64)>);

/// How the turns of a conversation hang together.
struct Links {
    /// The parent of each.
    parents: HashMap<i64, Option<i64>>,
    /// Those of one parent, in the order in which they were added.
    children: HashMap<Option<i64>, Vec<TurnId>>,
}

impl Links {
    fn read(connection: &Connection, session: i64) -> rusqlite::Result<Self> {
        let sql = "SELECT id, parent FROM turn WHERE session = ?1 ORDER BY n";
        let mut links = Self { parents: HashMap::new(), children: HashMap::new() };
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([session])?;
        while let Some(row) = rows.next()? {
            let (id, parent): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            links.parents.insert(id, parent);
            links.children.entry(parent).or_default().push(TurnId(id));
        }
        Ok(links)
    }

    /// A turn and all before it.
    fn to_root(&self, turn: i64) -> HashSet<i64> {
        let mut found = HashSet::new();
        let mut at = Some(turn);
        while let Some(turn) = at.filter(|turn| self.parents.contains_key(turn) && found.insert(*turn)) {
            at = self.parents[&turn];
        }
        found
    }

    /// The end of the newest line below a turn.
    fn newest_below(&self, turn: i64) -> i64 {
        let (mut at, mut seen) = (turn, HashSet::new());
        while let Some(newest) = self.children.get(&Some(at)).and_then(|children| children.last()) {
            if !seen.insert(newest.0) {
                break;
            }
            at = newest.0;
        }
        at
    }
}

/// Reads whole turns of one conversation.
struct Reader<'a> {
    connection: &'a Connection,
    session: i64,
    links: Links,
    siblings: HashMap<Option<i64>, Arc<[TurnId]>>,
    attachments: HashMap<i64, Vec<Attachment>>,
    ratings: HashMap<i64, Rating>,
    picked: HashSet<i64>,
    interner: Interner,
}

impl<'a> Reader<'a> {
    fn new(connection: &'a Connection, session: i64, links: Links) -> rusqlite::Result<Self> {
        let mut statement =
            connection.prepare_cached("SELECT turn, thumb, word FROM rating WHERE session = ?1")?;
        let ratings = statement.query_map([session], |row| {
            let thumb = if row.get(1)? { Thumb::Up } else { Thumb::Down };
            Ok((row.get(0)?, Rating { thumb, word: row.get::<_, String>(2)?.into() }))
        })?;
        let ratings = ratings.collect::<Result<_, _>>()?;
        let mut statement =
            connection.prepare_cached("SELECT turn FROM compared WHERE session = ?1 AND picked")?;
        let picked = statement.query_map([session], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Self {
            connection,
            session,
            links,
            siblings: HashMap::new(),
            attachments: attachments::of_session(connection, session)?,
            ratings,
            picked,
            interner: Interner::default(),
        })
    }

    fn turns(
        mut self,
        choose: &impl Fn(&Links, Option<i64>) -> HashSet<i64>,
        tip: Option<i64>,
    ) -> rusqlite::Result<Read> {
        let wanted = choose(&self.links, tip);
        let (mut turns, mut going) = (Vec::with_capacity(wanted.len()), Vec::new());
        let mut statement =
            self.connection.prepare_cached(&format!("{TURN} WHERE session = ?1 ORDER BY n"))?;
        let mut rows = statement.query([self.session])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            if !wanted.contains(&id) {
                continue;
            }
            if row.get_ref(4)?.as_str()? == record::GOING {
                going.push((turns.len(), row.get::<_, Option<i64>>(5)?.unwrap_or(0)));
            }
            turns.push(self.turn(id, row)?);
        }
        Ok((turns, going))
    }

    fn turn(&mut self, id: i64, row: &Row) -> rusqlite::Result<Turn> {
        let (kind, state) = (row.get_ref(3)?.as_str()?, row.get_ref(4)?.as_str()?);
        let (thinking, text) = (row.get_ref(8)?.as_str()?, row.get_ref(9)?.as_str()?);
        let (text, thinking) = if state == record::GOING {
            let (mut text, mut thinking) = (text.to_owned(), thinking.to_owned());
            turns::add_deltas(self.connection, id, &mut text, &mut thinking)?;
            (text.into(), thinking.into())
        } else {
            (text.into(), if thinking.is_empty() { self.interner.one("") } else { thinking.into() })
        };
        let (more, context) = (row.get_ref(6)?.as_str()?, row.get_ref(7)?.as_str()?);
        let stored = Stored { kind, state, more, context, text, thinking };
        let attached = self.attachments.remove(&id).unwrap_or_default();
        let mut body = stored.body(attached, &mut self.interner);
        if let TurnBody::Answer(answer) = &mut body {
            answer.rating = self.ratings.remove(&id);
            answer.picked = self.picked.contains(&id);
        }
        let parent: Option<i64> = row.get(1)?;
        let children = &self.links.children;
        let siblings = self.siblings.entry(parent);
        let siblings =
            siblings.or_insert_with(|| children.get(&parent).map_or([].into(), |all| all[..].into()));
        let siblings = Arc::clone(siblings);
        Ok(Turn { id: TurnId(id), parent: parent.map(TurnId), at_ms: row.get(2)?, siblings, body })
    }
}

/// Gives a copy of a turn, and what it names, the new names.
fn rename(copy: &mut Turn, names: &HashMap<TurnId, TurnId>) {
    let new = |old: &TurnId| names.get(old).copied();
    copy.id = new(&copy.id).unwrap_or(copy.id);
    copy.parent = copy.parent.as_ref().and_then(new);
    match &mut copy.body {
        TurnBody::Question(_) => {}
        TurnBody::Answer(answer) => {
            answer.beside = [].into();
            if answer.state.is_going() {
                answer.state = crate::domain::AnswerState::Interrupted;
            }
        }
        TurnBody::Summary { covers, .. } => *covers = new(covers).unwrap_or(*covers),
    }
}

fn session_of(connection: &Connection, turn: TurnId) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT session FROM turn WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([turn.0], |row| row.get(0)).optional()
}
