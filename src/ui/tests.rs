//! Tests of what a frame costs.

use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::panes::FORMATTED;
use super::theme::{ColorDepth, Glyphs, Theme};
use crate::app::{App, Boot, Input, Msg, Size, update};
use crate::config::{Config, GlyphSet};
use crate::domain::{Counts, FileId, JudgeName, QueryEvent, RankCause, RankedRow, StateKind};

fn rows(count: u32) -> Arc<[RankedRow]> {
    (0..count)
        .map(|at| RankedRow {
            file: FileId(at),
            path: format!("src/part_{}/file_{at}.rs", at / 100).into(),
            state: if at < count / 2 { StateKind::Yes } else { StateKind::No },
            probability: 0.5,
            score: 1.0 - at as f32 / count as f32,
            stale: false,
            pinned: false,
            flipped: false,
        })
        .collect()
}

#[test]
fn a_frame_of_a_hundred_thousand_rows_formats_those_on_the_screen() {
    for (size, rows_on_screen) in
        [(Size { width: 80, height: 24 }, 17), (Size { width: 160, height: 45 }, 10)]
    {
        let mut app = App::new(Boot {
            roots: vec!["root".into()],
            config: Arc::new(Config::default()),
            themes: Vec::new(),
            theme: String::new(),
            judge: JudgeName::embedded(),
            size,
        });
        update(&mut app, Msg::Input(Input::Paste("anything".into())));
        update(&mut app, Msg::Input(Input::Key("enter".parse().unwrap())));
        let event = QueryEvent::Ranked {
            generation: app.query.generation(),
            rows: rows(100_000),
            counts: Counts::default(),
            cause: RankCause::Query,
        };
        update(&mut app, Msg::Query(event));
        update(&mut app, Msg::Input(Input::Key("G".parse().unwrap())));
        let theme = Theme::default_dark(ColorDepth::TrueColor);
        let glyphs = Glyphs::of(GlyphSet::Unicode);
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        FORMATTED.with(|count| count.set(0));
        terminal.draw(|frame| super::view(&app, &theme, &glyphs, frame)).unwrap();
        assert_eq!(FORMATTED.with(std::cell::Cell::get), rows_on_screen);
        let last = terminal
            .backend()
            .buffer()
            .content()
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect::<String>();
        assert!(last.contains("file_99999.rs"));
    }
}
