//! Configuration: layers, origins, and what is said of every kind of mistake.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::Problem;

fn no_env(_: &str) -> Option<OsString> {
    None
}

/// A home with a user's file and a project with its own.
struct Home {
    folder: tempfile::TempDir,
    dirs: Dirs,
    overrides: Overrides,
    env: fn(&str) -> Option<OsString>,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dirs = Dirs::under(folder.path());
        fs::create_dir_all(&dirs.config).unwrap();
        Self { folder, dirs, overrides: Overrides::default(), env: no_env }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn load(&self) -> (Config, Vec<Problem>) {
        self.load_with(None)
    }

    fn load_with(&self, file: Option<&std::path::Path>) -> (Config, Vec<Problem>) {
        Config::load(&Sources {
            dirs: &self.dirs,
            root: Some(self.folder.path()),
            file,
            overrides: &self.overrides,
            env: &self.env,
        })
    }
}

/// Line, key and suggestion of each problem.
fn brief(problems: &[Problem]) -> Vec<(usize, &str, Option<&str>)> {
    problems.iter().map(|p| (p.line.unwrap_or(0), p.key.as_str(), p.suggestion.as_deref())).collect()
}

#[test]
fn without_any_file_the_defaults_hold() {
    let home = Home::new();
    let (config, problems) = home.load();
    assert_eq!((config.clone(), problems), (Config::default(), Vec::new()));
    assert_eq!(config.origin("theme"), &Origin::Default);
}

#[test]
fn the_default_file_parses_back_to_the_defaults() {
    let text = default_file();
    let (config, problems) = Config::from_text(&text);
    assert_eq!(problems, []);
    for ((key, value, _), (_, default, _)) in config.entries().iter().zip(Config::default().entries()) {
        assert_eq!(*value, default, "{key}");
    }
    assert_eq!(config.entries().len(), Config::default().entries().len());
}

#[test]
fn what_the_default_file_shows_as_comments_is_right_too() {
    let text: String = default_file()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(code) if code.starts_with('[') || code.contains(" = ") && !code.contains("  ") => {
                code.to_owned() + "\n"
            }
            Some(code) if code.contains(" = ") => code.split("  #").next().unwrap_or(code).to_owned() + "\n",
            Some(_) | None => line.to_owned() + "\n",
        })
        .collect();
    let (config, problems) = Config::from_text(&text);
    assert_eq!(problems, [], "{text}");
    assert_eq!(config.editor.as_deref(), Some("nvim"));
    assert_eq!(config.keys["quit"].len(), 2);
    assert_eq!(config.backends["lab"].protocol, Some(Protocol::OpenAi));
    assert_eq!(config.tasks["judge"].budget.tokens, Some(2_000_000));
}

#[test]
fn later_layers_win_and_say_where_they_are() {
    let mut home = Home::new();
    home.write(
        "config/config.toml",
        "theme = \"slate\"\nmotion = false\nexclude = [\"*.snap\"]\n[query]\ntop = 5\n",
    );
    home.write(".quarry.toml", "\ntheme = \"moss\"\nexclude = [\"vendor/\"]\n");
    let named = home.write("more.toml", "query.top = 7\n");
    home.overrides.mouse = Some(false);
    home.overrides.exclude = vec!["*.csv".into()];
    let (config, problems) = home.load_with(Some(&named));
    assert_eq!(problems, []);
    assert_eq!(
        (config.theme.as_str(), config.motion, config.mouse, config.query.top),
        ("moss", false, false, 7)
    );
    assert_eq!(config.exclude, ["*.snap", "vendor/", "*.csv"]);
    let root = home.folder.path();
    assert_eq!(config.origin("theme"), &Origin::File { path: root.join(".quarry.toml"), line: 2 });
    assert_eq!(config.origin("motion"), &Origin::File { path: root.join("config/config.toml"), line: 2 });
    assert_eq!(config.origin("query.top"), &Origin::File { path: named, line: 1 });
    assert_eq!(config.origin("mouse"), &Origin::Flag);
    assert_eq!(config.origin("glyphs"), &Origin::Default);
}

#[test]
fn every_override_reaches_its_key() {
    let mut home = Home::new();
    home.overrides = Overrides {
        theme: Some("ember".into()),
        glyphs: Some(GlyphSet::Ascii),
        motion: Some(false),
        mouse: Some(false),
        editor: Some("vi".into()),
        local_only: Some(true),
        exclude: vec!["a".into()],
        task: Some("fix".into()),
        top: Some(3),
    };
    let (config, problems) = home.load();
    assert_eq!(problems, []);
    assert_eq!((config.theme.as_str(), config.glyphs), ("ember", GlyphSet::Ascii));
    assert_eq!((config.motion, config.mouse, config.local_only), (false, false, true));
    assert_eq!((config.editor.as_deref(), config.query.task.as_deref()), (Some("vi"), Some("fix")));
    assert_eq!((config.exclude.as_slice(), config.query.top), (["a".to_owned()].as_slice(), 3));
    for key in
        ["theme", "glyphs", "motion", "mouse", "editor", "local_only", "exclude", "query.task", "query.top"]
    {
        assert_eq!(config.origin(key), &Origin::Flag, "{key}");
    }
}

#[test]
fn a_project_adds_private_files_and_opens_none_however_trusted() {
    let home = Home::new();
    home.write("config/config.toml", "private = [\"secrets/**\", \"!.env.shared\"]\n");
    let text = "\nprivate = [\"!secrets/**\", \"customers/**\"]\n";
    home.write(".quarry.toml", text);
    for _ in 0..2 {
        let (config, problems) = home.load();
        assert_eq!(config.private, ["secrets/**", "!.env.shared", "customers/**"]);
        assert_eq!(brief(&problems), [(2, "private", None)]);
        trust::trust(&home.dirs.data, home.folder.path(), text).unwrap();
    }
}

#[test]
fn a_trusted_project_lowers_budgets_and_raises_none() {
    let home = Home::new();
    home.write("config/config.toml", "[budget]\nday_usd = 2.0\nsession_tokens = 500\n");
    let text = "[budget]\nday_usd = 9.0\nsession_tokens = 400\nsession_usd = 7.0\n";
    home.write(".quarry.toml", text);
    trust::trust(&home.dirs.data, home.folder.path(), text).unwrap();
    let (config, problems) = home.load();
    let budget = config.budget;
    assert_eq!(
        (budget.day_usd, budget.session_tokens, budget.session_usd, budget.day_tokens),
        (Some(2.0), Some(400), Some(7.0), None)
    );
    assert_eq!(brief(&problems), [(2, "budget.day_usd", None)]);
}

#[test]
fn a_project_sets_harmless_keys_only() {
    let home = Home::new();
    home.write(
        ".quarry.toml",
        "theme = \"moss\"\neditor = \"rm -rf\"\nverify = \"curl\"\n[query]\ntask = \"port\"\n[keys]\nquit = \"x\"\n\
         [backend.lab]\nbase_urls = [\"http://evil.example\"]\nkey_cmd = \"cat\"\n[task.judge]\nuse = [\"lab/x\"]\n",
    );
    let (config, problems) = home.load();
    assert_eq!((config.theme.as_str(), config.query.task.as_deref()), ("moss", Some("port")));
    assert_eq!((config.editor, config.verify), (None, None));
    assert!(config.keys.is_empty() && config.backends.is_empty() && config.tasks.is_empty());
    let mut keys: Vec<_> = problems.iter().map(|p| p.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        ["backend.lab.base_urls", "backend.lab.key_cmd", "editor", "keys.quit", "task.judge.use", "verify"]
    );
    let root = home.folder.path().display().to_string();
    let command = format!("`quarry trust {root}`");
    for problem in &problems {
        assert!(problem.message.contains("not trusted") && problem.message.contains(&command), "{problem:?}");
    }
}

#[test]
fn a_trusted_project_sets_every_key_until_its_file_changes() {
    let home = Home::new();
    let text = "verify = \"make\"\n[backend.lab]\nbase_urls = [\"http://lab.example\"]\n";
    let file = home.write(".quarry.toml", text);
    trust::trust(&home.dirs.data, home.folder.path(), text).unwrap();
    let (config, problems) = home.load();
    assert_eq!(problems, []);
    assert_eq!((config.verify.as_deref(), config.backends.len()), (Some("make"), 1));

    fs::write(file, text.replace("lab.example", "evil.example")).unwrap();
    let (config, problems) = home.load();
    assert_eq!((config.verify, config.backends.len()), (None, 0));
    assert!(problems.iter().all(|p| p.message.contains("has changed since you trusted it")), "{problems:?}");
    assert_eq!(problems.len(), 2);
}

#[test]
fn no_project_turns_off_what_keeps_calls_on_this_machine() {
    let home = Home::new();
    home.write("config/config.toml", "local_only = true\n");
    home.write(".quarry.toml", "local_only = false\n");
    trust::trust(&home.dirs.data, home.folder.path(), "local_only = false\n").unwrap();
    let (config, problems) = home.load();
    assert!(config.local_only);
    assert_eq!(brief(&problems), [(1, "local_only", None)]);
}

#[test]
fn each_mistake_costs_its_own_key_and_names_line_key_and_nearest() {
    let (config, problems) = Config::from_text(
        "thme = \"x\"\nglyphs = \"asci\"\nmotion = \"yes\"\nmouse = false\nexclude = [\"ok\", 3, \"{a\"]\n\
         top = 5\n\n[query]\ntop = 0\ndebounce = 5\n[keys]\nquit = [\"q\", \"ctl+c\"]\nopen = 4\n\
         [backend.lab]\nprotocol = \"opanai\"\nbase_urls = [\"lab:80\"]\n[task.judge]\nbudget = { token = 5, usd = -1 }\n\
         [backends]\nx = 1\n",
    );
    assert!(!config.mouse, "what is right stays in force");
    assert_eq!(config.exclude, ["ok"]);
    assert_eq!(config.keys["quit"], [Chord::key(Key::Char('q'))]);
    let mut seen = brief(&problems);
    seen.sort_unstable();
    assert_eq!(
        seen,
        [
            (1, "thme", Some("theme")),
            (2, "glyphs", Some("ascii")),
            (3, "motion", None),
            (5, "exclude", None),
            (5, "exclude", None),
            (6, "top", Some("query.top")),
            (9, "query.top", None),
            (10, "query.debounce", Some("query.debounce_ms")),
            (12, "keys.quit", None),
            (13, "keys.open", None),
            (15, "backend.lab.protocol", Some("openai")),
            (16, "backend.lab.base_urls", None),
            (18, "task.judge.budget.token", Some("task.judge.budget.tokens")),
            (18, "task.judge.budget.usd", None),
            (19, "backends", Some("backend")),
        ]
    );
    let message = |key: &str| problems.iter().find(|p| p.key == key).unwrap().message.clone();
    assert_eq!(message("glyphs"), "expected \"unicode\" or \"ascii\", found \"asci\"");
    assert_eq!(message("motion"), "expected true or false, found \"yes\"");
    assert_eq!(message("query.top"), "expected a whole number from 1 to 100000, found 0");
    assert_eq!(message("keys.quit"), "\"ctl+c\" is no chord: no modifier 'ctl': expected ctrl, alt or shift");
}

#[test]
fn a_task_given_as_text_is_told_where_it_belongs() {
    let (_, problems) = Config::from_text("task = \"port the parser\"\n");
    assert_eq!(brief(&problems), [(1, "task", Some("query.task"))]);
    assert_eq!(problems[0].message, "expected a table, found a string");
}

#[test]
fn a_syntax_error_drops_its_layer_and_says_line_and_column() {
    let home = Home::new();
    home.write("config/config.toml", "theme = \"slate\"\nmotion = = 1\n");
    home.write(".quarry.toml", "theme = \"moss\"\n");
    let (config, problems) = home.load();
    assert_eq!(config.theme, "moss");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].line, Some(2));
    assert_eq!(problems[0].file, Some(home.dirs.config_file()));
    assert!(problems[0].message.starts_with("not TOML, column 10"), "{}", problems[0].message);
}

#[test]
fn a_file_that_cannot_be_used_is_reported_and_passed_over() {
    let home = Home::new();
    home.write("config/config.toml", b"theme = \"\xff\"");
    let missing = home.folder.path().join("none.toml");
    let (config, problems) = home.load_with(Some(&missing));
    assert_eq!(config, Config::default());
    assert_eq!(problems.len(), 2);
    assert!(problems[0].message.contains("not UTF-8"));
    assert_eq!((problems[1].file.as_ref(), problems[1].key.as_str()), (Some(&missing), "--config"));
    fs::remove_file(home.dirs.config_file()).unwrap();
    fs::create_dir(home.dirs.config_file()).unwrap();
    let (_, problems) = home.load();
    assert!(problems[0].message.contains("cannot be read"));
}

#[test]
fn the_editor_comes_from_the_environment_unless_configured() {
    let mut home = Home::new();
    home.env = |name| match name {
        "VISUAL" => Some(" ".into()),
        "EDITOR" => Some("hx".into()),
        _ => None,
    };
    let (config, _) = home.load();
    assert_eq!((config.editor.as_deref(), config.origin("editor")), (Some("hx"), &Origin::Env("EDITOR")));
    home.write("config/config.toml", "editor = \"vim\"");
    assert_eq!(home.load().0.editor.as_deref(), Some("vim"));
}

#[test]
fn named_tables_are_kept_even_with_dots_in_their_names() {
    let (config, problems) = Config::from_text(
        "[backend.\"z.ai\"]\nprotocol = \"anthropic\"\nbase_urls = [\"https://api.z.example\"]\nmax_in_flight = 64\n\
         [task.chat]\nuse = [\"z.ai/glm\"]\nfirst_token_ms = 2000\nprompt_order = \"query-first\"\nbudget = { usd = 0.05, seconds = 60 }\n",
    );
    assert_eq!(problems, []);
    let backend = &config.backends["z.ai"];
    assert_eq!((backend.protocol, backend.max_in_flight), (Some(Protocol::Anthropic), Some(64)));
    let task = &config.tasks["chat"];
    assert_eq!((task.prompt_order, task.first_token_ms), (Some(PromptOrder::QueryFirst), Some(2000)));
    assert_eq!(task.budget, BudgetConfig { tokens: None, usd: Some(0.05), seconds: Some(60.0) });
}

#[test]
fn durations_and_unbound_keys_are_taken_as_written() {
    let (config, problems) =
        Config::from_text("query.debounce_ms = 0x10\nkeys.quit = []\nkeys.open = \"ctrl+o\"\n");
    assert_eq!(problems, []);
    assert_eq!(config.query.debounce, Duration::from_millis(16));
    assert!(config.keys["quit"].is_empty());
    assert_eq!(config.keys["open"], [Chord::ctrl('o')]);
}

#[test]
fn a_later_problem_gets_the_place_of_its_key() {
    let home = Home::new();
    home.write("config/config.toml", "\n\ntheme = \"solarised\"\n");
    let (config, _) = home.load();
    let found = |key: &str| Problem {
        file: None,
        line: None,
        key: key.into(),
        message: "x".into(),
        suggestion: None,
    };
    let placed = config.place(found("theme"));
    assert_eq!((placed.file, placed.line), (Some(home.dirs.config_file()), Some(3)));
    assert_eq!(config.place(found("motion")).file, None);
}

#[test]
fn every_key_of_the_schema_is_applied_and_every_choice_is_known() {
    for spec in schema::KEYS {
        let key = spec.key.replace('*', "n");
        let value = match spec.expect {
            schema::Expect::Text => "\"t\"".to_owned(),
            schema::Expect::Choice(choices) => format!("{:?}", choices[choices.len() - 1]),
            schema::Expect::Bool => "true".into(),
            schema::Expect::Int(least, _) => least.to_string(),
            schema::Expect::Number => "1.5".into(),
            schema::Expect::Texts | schema::Expect::Globs => "[\"x\"]".into(),
            schema::Expect::Urls => "[\"http://x.example\"]".into(),
            schema::Expect::Chords => "\"q\"".into(),
        };
        let (config, problems) = Config::from_text(&format!("{key} = {value}\n"));
        assert_eq!(problems, [], "{key}");
        assert!(config.entries().iter().any(|(known, ..)| *known == key), "{key}");
    }
    let names: Vec<_> = Protocol::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, schema::PROTOCOLS);
}

#[test]
fn chords_are_read_and_written() {
    for (text, shown, short) in [
        ("ctrl+p", "ctrl+p", "^p"),
        ("Ctrl+P", "ctrl+p", "^p"),
        ("alt+Enter", "alt+enter", "alt+enter"),
        ("shift+tab", "shift+tab", "shift+tab"),
        ("shift+a", "A", "A"),
        ("space", "space", "space"),
        ("f12", "f12", "f12"),
        ("pgup", "pageup", "pageup"),
        ("?", "?", "?"),
        ("+", "+", "+"),
        ("ctrl++", "ctrl++", "^+"),
        ("ctrl+alt+x", "ctrl+alt+x", "ctrl+alt+x"),
        ("é", "é", "é"),
        (" ", "space", "space"),
    ] {
        let chord: Chord = text.parse().unwrap();
        assert_eq!((chord.to_string().as_str(), chord.short().as_str()), (shown, short), "{text}");
    }
    for text in ["", "ctrl", "ctrl+", "hyper+x", "f25", "f0", "qq", "ctrl+nope"] {
        assert!(text.parse::<Chord>().is_err(), "{text}");
    }
}

fn any_chord() -> impl Strategy<Value = Chord> {
    let named: Vec<Key> = vec![Key::Space, Key::Enter, Key::Esc, Key::Tab, Key::Up, Key::PageDown, Key::F(7)];
    let key = prop_oneof![
        any::<char>().prop_filter("printable", |c| !c.is_control()).prop_map(Key::Char),
        prop::sample::select(named),
    ];
    (any::<(bool, bool, bool)>(), key)
        .prop_map(|((ctrl, alt, shift), key)| Chord::new(Mods { ctrl, alt, shift }, key))
}

proptest! {
    #[test]
    fn what_a_chord_prints_reads_back(chord in any_chord()) {
        prop_assert_eq!(chord.to_string().parse::<Chord>(), Ok(chord));
    }

    #[test]
    fn no_text_makes_loading_fail(text in "([a-z.\"= \\[\\]{}0-9#\n']{0,30}|theme = |\\[query\\]\n|keys\\.|\n){0,8}") {
        let (config, problems) = Config::from_text(&text);
        prop_assert!(!config.theme.is_empty());
        prop_assert!(problems.iter().all(|problem| problem.line.is_some() && !problem.message.is_empty()));
    }
}
