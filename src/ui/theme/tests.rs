//! Themes: every built-in loads clean, stays readable at every colour depth, and what is wrong is said.

use std::fs;
use std::path::Path;

use ratatui::style::{Color, Modifier, Style};

use super::*;

fn dirs() -> (tempfile::TempDir, Dirs) {
    let folder = tempfile::tempdir().unwrap();
    let dirs = Dirs::under(folder.path());
    fs::create_dir_all(dirs.themes()).unwrap();
    (folder, dirs)
}

fn user_theme(name: &str, text: &str) -> (Theme, Vec<Problem>) {
    let (_folder, dirs) = dirs();
    fs::write(dirs.themes().join(format!("{name}.toml")), text).unwrap();
    Theme::load(name, &dirs, ColorDepth::TrueColor)
}

/// The sixteen colours as xterm has them, which is what a person sees who never chose any.
fn xterm(color: Color) -> Option<Rgb> {
    Some(match color {
        Color::Black => Rgb(0, 0, 0),
        Color::Red => Rgb(205, 0, 0),
        Color::Green => Rgb(0, 205, 0),
        Color::Yellow => Rgb(205, 205, 0),
        Color::Blue => Rgb(0, 0, 238),
        Color::Magenta => Rgb(205, 0, 205),
        Color::Cyan => Rgb(0, 205, 205),
        Color::Gray => Rgb(229, 229, 229),
        Color::DarkGray => Rgb(127, 127, 127),
        Color::LightRed => Rgb(255, 0, 0),
        Color::LightGreen => Rgb(0, 255, 0),
        Color::LightYellow => Rgb(255, 255, 0),
        Color::LightBlue => Rgb(92, 92, 255),
        Color::LightMagenta => Rgb(255, 0, 255),
        Color::LightCyan => Rgb(0, 255, 255),
        Color::White => Rgb(255, 255, 255),
        Color::Rgb(r, g, b) => Rgb(r, g, b),
        Color::Indexed(index) => Rgb::of_index(index),
        Color::Reset => return None,
    })
}

/// The contrast of a style as it appears over the screen's own ground; `None` with the terminal's own colours.
fn contrast(theme: &Theme, style: Style) -> Option<f32> {
    let shown = theme.style(Role::Base).patch(style);
    let (mut fg, mut bg) = (xterm(shown.fg?)?, xterm(shown.bg?)?);
    if shown.add_modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut fg, &mut bg);
    }
    Some(fg.contrast(bg))
}

fn unreadable(theme: &Theme) -> Vec<String> {
    let texts = || Role::ALL.into_iter().filter(|role| !role.is_ground() && !role.is_ornament());
    let mut pairs = Vec::new();
    for ground in Role::GROUNDS {
        let roles = texts().map(|role| (role.name(), theme.on(role, ground)));
        let tokens = SyntaxRole::ALL.into_iter().map(|role| (role.name(), theme.syntax_on(role, ground)));
        for (name, style) in roles.chain(tokens) {
            if let Some(ratio) = contrast(theme, style).filter(|ratio| *ratio < 4.5) {
                pairs.push(format!("{}: {name} on {} has {ratio:.2}", theme.name(), ground.name()));
            }
        }
    }
    for ground in Role::WORDS {
        if let Some(ratio) = contrast(theme, theme.on(Role::Fg, ground)).filter(|ratio| *ratio < 4.5) {
            pairs.push(format!("{}: fg on {} has {ratio:.2}", theme.name(), ground.name()));
        }
    }
    pairs
}

#[test]
fn every_built_in_theme_is_free_of_problems_and_has_the_name_of_its_file() {
    let (_folder, dirs) = dirs();
    assert!(builtin::ALL.len() >= 8);
    for (name, text) in builtin::ALL {
        let (theme, problems) = Theme::load(name, &dirs, ColorDepth::TrueColor);
        assert_eq!(problems, [], "{name}");
        assert_eq!(theme.name(), name);
        let (file, _) = file::parse(&crate::config::document::Document::new(None, text));
        assert_eq!(file.name.as_deref(), Some(name));
    }
}

#[test]
fn text_is_readable_on_every_ground_in_true_colour() {
    let pairs: Vec<_> = builtin::ALL
        .iter()
        .flat_map(|(name, _)| unreadable(&resolve::built_in(name, ColorDepth::TrueColor)))
        .collect();
    assert!(pairs.is_empty(), "contrast below 4.5:\n{}", pairs.join("\n"));
}

#[test]
fn text_is_readable_on_every_ground_in_256_colours() {
    let pairs: Vec<_> = builtin::ALL
        .iter()
        .flat_map(|(name, _)| unreadable(&resolve::built_in(name, ColorDepth::Indexed256)))
        .collect();
    assert!(pairs.is_empty(), "contrast below 4.5:\n{}", pairs.join("\n"));
}

#[test]
fn the_contrast_themes_are_readable_in_sixteen_colours_and_paint_their_own_ground() {
    for name in ["contrast-dark", "contrast-light"] {
        let theme = resolve::built_in(name, ColorDepth::Ansi16);
        assert!(contrast(&theme, theme.style(Role::Fg)).is_some_and(|ratio| ratio > 15.0), "{name}");
        assert_eq!(unreadable(&theme), [""; 0]);
    }
}

#[test]
fn sixteen_colours_stay_readable_on_the_ground_that_they_are_meant_for() {
    // A green is what yes looks like; its sign and word stand beside it.
    let exempt = |role: &Role| role.is_ornament() || matches!(role, Role::Yes | Role::Added);
    for (kind, ground) in [(ThemeKind::Dark, Rgb(0, 0, 0)), (ThemeKind::Light, Rgb(255, 255, 255))] {
        let theme = resolve::built_in(kind.default_theme(), ColorDepth::Ansi16);
        let roles =
            Role::ALL.into_iter().filter(|role| !exempt(role)).map(|role| (role.name(), theme.style(role)));
        let tokens = SyntaxRole::ALL.map(|role| (role.name(), theme.syntax(role)));
        for (name, style) in roles.chain(tokens) {
            let ratio = style.fg.and_then(xterm).map_or(21.0, |fg| fg.contrast(ground));
            assert!(ratio >= 4.0, "{name} has {ratio:.2} in {}", theme.name());
        }
    }
}

#[test]
fn third_level_text_is_readable_on_the_screen_as_it_is_and_raised_elsewhere() {
    let theme = Theme::default_dark(ColorDepth::TrueColor);
    assert_eq!(theme.on(Role::Subtle, Role::Base).fg, theme.style(Role::Subtle).fg);
    assert_eq!(theme.on(Role::Subtle, Role::Selection).fg, theme.style(Role::Muted).fg);
    assert_eq!(theme.on(Role::Gutter, Role::AddedBg).fg, theme.style(Role::Muted).fg);
    assert_eq!(theme.on(Role::Yes, Role::Selection).bg, theme.style(Role::Selection).bg);
}

#[test]
fn the_default_themes_have_the_colours_of_the_design() {
    for (kind, expected) in [
        (
            ThemeKind::Dark,
            [
                "#d7dae0", "#a3a9b5", "#7c8492", "#363c48", "#8fb6ff", "#c3a6ff", "#82d19c", "#e6c27a",
                "#f58f88", "#7cc7da",
            ],
        ),
        (
            ThemeKind::Light,
            [
                "#23262d", "#565d69", "#6a717d", "#c9cdd5", "#2458c5", "#6a3fc0", "#1f7a42", "#8a5a00",
                "#b3261e", "#13697c",
            ],
        ),
    ] {
        let theme = resolve::built_in(kind.default_theme(), ColorDepth::TrueColor);
        assert_eq!(theme.kind(), kind);
        let roles = [
            Role::Fg,
            Role::Muted,
            Role::Subtle,
            Role::Border,
            Role::Accent,
            Role::User,
            Role::Added,
            Role::Warning,
            Role::Deleted,
            Role::Running,
        ];
        for (role, hex) in roles.into_iter().zip(expected) {
            let Rgb(r, g, b) = Rgb::parse(hex).unwrap();
            assert_eq!(
                theme.style(role).fg,
                Some(Color::Rgb(r, g, b)),
                "{} of {}",
                role.name(),
                theme.name()
            );
        }
    }
}

#[test]
fn without_colour_there_are_only_bold_dim_underline_and_reverse() {
    let allowed = Modifier::BOLD | Modifier::DIM | Modifier::UNDERLINED | Modifier::REVERSED;
    for (name, _) in builtin::ALL {
        let theme = resolve::built_in(name, ColorDepth::None);
        let styles = Role::ALL.map(|role| theme.style(role)).into_iter();
        for style in styles.chain(SyntaxRole::ALL.map(|role| theme.syntax(role))) {
            assert_eq!((style.fg, style.bg), (None, None));
            assert!(allowed.contains(style.add_modifier));
        }
        assert!(theme.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
    }
}

#[test]
fn in_sixteen_colours_no_other_colour_is_used_and_verdicts_differ() {
    for (name, _) in builtin::ALL {
        let theme = resolve::built_in(name, ColorDepth::Ansi16);
        for role in Role::ALL {
            let style = theme.style(role);
            for color in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(color, Color::Rgb(..) | Color::Indexed(_)), "{} of {name}", role.name());
            }
        }
        let verdicts = [Role::Yes, Role::No, Role::Failed, Role::Stale].map(|role| theme.style(role));
        for (i, a) in verdicts.iter().enumerate() {
            assert!(verdicts[i + 1..].iter().all(|b| a != b), "two verdicts look alike in {name}");
        }
    }
}

#[test]
fn grounds_differ_from_the_screen_in_256_colours() {
    for (name, _) in builtin::ALL {
        let theme = resolve::built_in(name, ColorDepth::Indexed256);
        for ground in [Role::Selection, Role::AddedBg, Role::DeletedBg] {
            assert_ne!(
                theme.on(Role::Fg, ground),
                theme.on(Role::Fg, Role::Base),
                "{} of {name}",
                ground.name()
            );
        }
    }
}

#[test]
fn text_roles_bring_no_ground() {
    for depth in [ColorDepth::None, ColorDepth::Ansi16, ColorDepth::Indexed256, ColorDepth::TrueColor] {
        for (name, _) in builtin::ALL {
            let theme = resolve::built_in(name, depth);
            let with_ground =
                Role::ALL.into_iter().find(|role| !role.is_ground() && theme.style(*role).bg.is_some());
            assert_eq!(with_ground, None, "{name} at {}", depth.name());
        }
    }
}

#[test]
fn an_unknown_theme_gives_the_default_and_the_nearest_name() {
    let (_folder, dirs) = dirs();
    let (theme, problems) = Theme::load("quary-drak", &dirs, ColorDepth::TrueColor);
    assert_eq!(theme, Theme::default_dark(ColorDepth::TrueColor));
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].key, "theme");
    assert_eq!(problems[0].suggestion.as_deref(), Some("quarry-dark"));
    assert!(problems[0].message.contains("quary-drak") && problems[0].message.contains("ember"));
}

#[test]
fn a_name_that_is_a_path_reads_no_file() {
    let (folder, dirs) = dirs();
    fs::write(folder.path().join("outside.toml"), "name = \"outside\"").unwrap();
    for name in ["../../outside", ".hidden", ""] {
        let (theme, problems) = Theme::load(name, &dirs, ColorDepth::TrueColor);
        assert_eq!((theme.name(), problems.len()), ("quarry-dark", 1), "{name}");
    }
}

#[test]
fn a_users_theme_inherits_and_hides_the_built_in_of_its_name() {
    let (theme, problems) = user_theme("ember", "inherits = \"ember\"\n[roles]\naccent = \"#010203\"\n");
    assert_eq!(problems, []);
    assert_eq!(theme.style(Role::Accent).fg, Some(Color::Rgb(1, 2, 3)));
    let ember = resolve::built_in("ember", ColorDepth::TrueColor);
    assert_eq!(theme.style(Role::Yes), ember.style(Role::Yes));
}

#[test]
fn a_users_theme_without_inherits_is_filled_from_the_default_of_its_kind() {
    let (theme, problems) = user_theme("mine", "kind = \"light\"\n[roles]\nfg = \"black\"\n");
    assert_eq!(problems, []);
    assert_eq!(theme.kind(), ThemeKind::Light);
    assert_eq!(theme.style(Role::Fg).fg, Some(Color::Black));
    let light = resolve::built_in("quarry-light", ColorDepth::TrueColor);
    assert_eq!(theme.style(Role::Failed), light.style(Role::Failed));
}

#[test]
fn themes_that_inherit_in_a_circle_still_load() {
    let (_folder, dirs) = dirs();
    fs::write(dirs.themes().join("a.toml"), "inherits = \"b\"\n[roles]\nfg = \"red\"").unwrap();
    fs::write(dirs.themes().join("b.toml"), "inherits = \"a\"\n[roles]\nfg = \"blue\"\nmuted = \"green\"")
        .unwrap();
    let (theme, problems) = Theme::load("a", &dirs, ColorDepth::TrueColor);
    assert_eq!(theme.style(Role::Fg).fg, Some(Color::Red));
    assert_eq!(theme.style(Role::Muted).fg, Some(Color::Green));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].key, "inherits");
}

#[test]
fn each_mistake_in_a_theme_costs_one_entry_and_names_its_line() {
    let (theme, problems) = user_theme(
        "mine",
        "inherits = \"quarry-dark\"\ncolour = 1\n[palette]\nsky = \"#12\"\nsea = \"#0000ff\"\n[roles]\n\
         acent = \"sea\"\nuser = \"see\"\nyes = 3\nno = { fg = \"sea\", bolt = true, dim = 1 }\n[syntax]\nkeywrd = \"sea\"\n",
    );
    let seen: Vec<_> =
        problems.iter().map(|p| (p.line.unwrap(), p.key.as_str(), p.suggestion.as_deref())).collect();
    for expected in [
        (2, "colour", None),
        (4, "palette.sky", None),
        (7, "roles.acent", Some("accent")),
        (8, "roles.user", Some("sea")),
        (9, "roles.yes", None),
        (10, "roles.no.bolt", Some("bold")),
        (10, "roles.no.dim", None),
        (12, "syntax.keywrd", Some("keyword")),
    ] {
        assert!(seen.contains(&expected), "{expected:?} not in {seen:#?}");
    }
    assert_eq!(seen.len(), 8);
    assert_eq!(theme.style(Role::No).fg, Some(Color::Rgb(0, 0, 255)));
    assert_eq!(theme.style(Role::User), Theme::default_dark(ColorDepth::TrueColor).style(Role::User));
}

#[test]
fn a_theme_that_is_not_toml_says_where() {
    let (theme, problems) = user_theme("mine", "name = \"mine\"\nroles = [[\n");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].file.as_deref().and_then(Path::file_name), Some("mine.toml".as_ref()));
    assert!(problems[0].line.is_some_and(|line| line >= 2));
    assert!(problems[0].message.contains("column"));
    assert_eq!(theme.style(Role::Fg), Theme::default_dark(ColorDepth::TrueColor).style(Role::Fg));
}

#[test]
fn a_theme_of_sixteen_colours_takes_no_others_and_what_it_leaves_out_falls_back() {
    let (_folder, dirs) = dirs();
    let text = "depth = \"16\"\n[roles]\naccent = \"green\"\nyes = \"#00ff00\"\n";
    fs::write(dirs.themes().join("mine.toml"), text).unwrap();
    let (theme, problems) = Theme::load("mine", &dirs, ColorDepth::Ansi16);
    assert_eq!(
        problems.iter().map(|p| (p.line, p.key.as_str())).collect::<Vec<_>>(),
        [(Some(4), "roles.yes")]
    );
    assert_eq!(theme.style(Role::Accent).fg, Some(Color::Green));
    assert_eq!(theme.style(Role::Failed).fg, Some(Color::LightRed));
}

#[test]
fn names_list_the_users_themes_among_the_others() {
    let (_folder, dirs) = dirs();
    fs::write(dirs.themes().join("zebra.toml"), "").unwrap();
    fs::write(dirs.themes().join("notes.txt"), "").unwrap();
    let names = Theme::names(&dirs);
    assert_eq!(names.last().map(String::as_str), Some("zebra"));
    assert!(names.iter().any(|name| name == "slate") && names.iter().all(|name| name != "notes"));
}

#[test]
fn the_environment_tells_the_colour_depth() {
    let depth = |pairs: &[(&str, &str)]| {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        ColorDepth::from_env(&move |name| {
            pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.into())
        })
    };
    assert_eq!(depth(&[]), ColorDepth::Ansi16);
    assert_eq!(depth(&[("TERM", "xterm-256color")]), ColorDepth::Indexed256);
    assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), ColorDepth::TrueColor);
    assert_eq!(depth(&[("TERM", "xterm-kitty")]), ColorDepth::TrueColor);
    assert_eq!(depth(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), ColorDepth::None);
    assert_eq!(depth(&[("COLORTERM", "24bit"), ("NO_COLOR", "")]), ColorDepth::TrueColor);
    assert_eq!(depth(&[("TERM", "dumb")]), ColorDepth::None);
}

#[test]
fn the_terminals_background_picks_the_kind() {
    for (hex, kind) in [
        ("#000000", ThemeKind::Dark),
        ("#15171c", ThemeKind::Dark),
        ("#002b36", ThemeKind::Dark),
        ("#ffffff", ThemeKind::Light),
        ("#fdf6e3", ThemeKind::Light),
    ] {
        assert_eq!(ThemeKind::of_background(Rgb::parse(hex).unwrap()), kind, "{hex}");
    }
}
