//! Secrets go, look-alikes stay, lines stand still.
//!
//! The keys here are made up; those that a scanner of repositories would take for real are put together at run time.

use proptest::prelude::*;

use super::*;

fn clean(text: &str) -> (String, Vec<(&'static str, u32)>) {
    match Redactor::new().text(text) {
        Some(clean) => (clean.text, clean.found.iter().map(|found| (found.kind, found.line)).collect()),
        None => (text.to_owned(), Vec::new()),
    }
}

/// Random characters, the same each time.
fn random(alphabet: &str, length: usize) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            alphabet[(state >> 33) as usize % alphabet.len()]
        })
        .collect()
}

const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A key of each provider, with the kind that it must be called.
fn keys() -> Vec<(&'static str, String)> {
    let alnum = |length| random(ALNUM, length);
    let hex = |length| random(HEX, length);
    vec![
        ("aws access key", format!("{}IA{}", "AK", random(UPPER, 16))),
        ("aws access key", format!("ASIA{}", random(UPPER, 16))),
        ("github token", format!("ghp_{}", alnum(36))),
        ("github token", format!("gho_{}", alnum(36))),
        ("github token", format!("ghs_{}", alnum(36))),
        ("github token", format!("github_pat_{}_{}", alnum(22), alnum(59))),
        ("gitlab token", format!("glpat-{}", alnum(20))),
        ("gitlab token", format!("glrt-{}", alnum(20))),
        ("slack token", format!("xoxb-{}-{}-{}", "123456789012", "234567890123", alnum(24))),
        ("slack token", format!("xapp-1-A{}-{}", "0123456789", hex(64))),
        ("stripe key", format!("sk_{}_{}", "live", alnum(24))),
        ("stripe key", format!("rk_{}_{}", "test", alnum(99))),
        ("webhook secret", format!("whsec_{}", alnum(32))),
        ("anthropic key", format!("sk-ant-api03-{}-{}AA", alnum(80), alnum(12))),
        ("openrouter key", format!("sk-or-v1-{}", hex(64))),
        ("openai key", format!("sk-proj-{}_{}", alnum(60), alnum(60))),
        ("openai key", format!("sk-{}", alnum(48))),
        ("google api key", format!("AIza{}", alnum(35))),
        ("google client secret", format!("GOCSPX-{}", alnum(28))),
        ("npm token", format!("npm_{}", alnum(36))),
        ("pypi token", format!("pypi-AgEIcHlwaS5vcmc{}", alnum(140))),
        ("sendgrid key", format!("SG.{}.{}", alnum(22), alnum(43))),
        ("twilio key", format!("SK{}", hex(32))),
        ("json web token", format!("eyJ{}.eyJ{}.{}", alnum(33), alnum(70), alnum(43))),
        ("hugging face token", format!("hf_{}", alnum(34))),
        ("databricks token", format!("dapi{}", hex(32))),
        ("digitalocean token", format!("dop_v1_{}", hex(64))),
        ("shopify token", format!("shpat_{}", hex(32))),
        ("groq key", format!("gsk_{}", alnum(52))),
        ("vault token", format!("hvs.{}", alnum(90))),
        ("docker token", format!("dckr_pat_{}", alnum(27))),
        ("age key", format!("AGE-SECRET-KEY-1{}", random(UPPER, 58))),
        ("sentry token", format!("sntrys_{}", alnum(120))),
    ]
}

#[test]
fn a_key_of_each_provider_goes_wherever_it_stands() {
    for (kind, key) in keys() {
        for around in [
            "",
            "use(\"§\");",
            "X=§\n",
            "- §\r\n",
            "see `§`, then",
            "<a href=\"https://x.example/?k=§&b=1\">",
        ] {
            let text = if around.is_empty() { key.clone() } else { around.replace('§', &key) };
            let (out, found) = clean(&text);
            assert!(!out.contains(&key[key.len() / 2..]), "{text} left {out}");
            assert_eq!(found, [(kind, 1)], "{text}");
            let mark = format!("[redacted: {kind}]");
            let expected = if around.is_empty() { mark } else { around.replace('§', &mark) };
            assert_eq!(out, expected);
        }
    }
}

#[test]
fn a_shape_inside_a_word_or_of_the_wrong_length_stays() {
    for text in [
        format!("task-{}", random(ALNUM, 48)),
        format!("AKIA{}", random(UPPER, 15)),
        format!("AKIA{}", random(UPPER, 17)),
        format!("ghp_{}", random(ALNUM, 12)),
        "AKIAIOSFODNN7EXAMPLE".into(),
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".into(),
        "class=\"sk-fading-circle-with-a-very-long-modifier-name-indeed\"".into(),
        "npm_config_registry_with_a_rather_long_name".into(),
        "SKIP SKELETON sketch".into(),
        "pypi-publish-action-that-is-used-in-the-release-workflow-file".into(),
        "key-0123456789abcdef".into(),
        "eyJhbGciOiJIUzI1NiJ9 alone is a head".into(),
    ] {
        assert_eq!(clean(&text), (text.clone(), Vec::new()));
    }
}

/// What must go (between `«` and `»`), as it stands in files of all sorts.
const TAKEN: &[(&str, &str)] = &[
    // Names of every style, values of every quoting.
    ("password", r#"password = "«hunter2!xyz»""#),
    ("password", r#"  "dbPassword": "«Tr0ub4dor&3»","#),
    ("password", r"const PASSWD: &str = '«c0rrect-h0rse»';"),
    ("password", r#"let password: Option<String> = Some("«s3kr1tPhr4se»".into());"#),
    ("password", "spring.datasource.password=«p4$$w0rd!23»"),
    ("password", "DB_PASSWORD=«s3cr3tt»\n"),
    ("password", "export PGPASSWORD='«correct9horse!battery»'"),
    ("password", r#"conn = "Server=db;User=sa;Password=«yQ7$kd!02x»;Encrypt=yes""#),
    ("password", "<password>«kd92!ksLq0»</password>"),
    ("password", "mysql --user root --password=«kd92!ksLq0» db"),
    ("password", "mysql --password «kd92!ksLq0» db"),
    ("api key", r#"api_key = "«9f8a7c6e5d4b3a2918f7e6d5c4b3a291»""#),
    ("api key", r#"config["apiKey"] = "«Zk3vR8qLw1Tn5Yb7Xc2D»""#),
    ("api key", r"headers: { 'X-Api-Key': '«Zk3vR8qLw1Tn5Yb7Xc2D»' }"),
    ("api key", r#"setenv("API_KEY", "«Zk3vR8qLw1Tn5Yb7Xc2D»", 1);"#),
    ("api key", r#"if api_key == "«Zk3vR8qLw1Tn5Yb7Xc2D»" {"#),
    ("api key", "apikey: «Zk3vR8qLw1Tn5Yb7Xc2D»\n"),
    ("api key", r#"payload = "{\"api_key\": \"«Zk3vR8qLw1Tn5Yb7Xc2D»\"}""#),
    ("api key", "aws_secret_access_key = «wJalrXUtnFEMIK7MDENGbPxRfiCYzq91KEYabcd»"),
    ("api key", "heroku_api_key: '«01234567-89ab-4cde-8f01-23456789abcd»'"),
    ("secret", r#"client_secret: "«8fKq2Lm9Zx4Vb7Nc1Rt6»""#),
    ("secret", r#""clientSecret" : "«8fKq2Lm9Zx4Vb7Nc1Rt6»""#),
    ("secret", "JWT_SECRET=«8fKq2Lm9Zx4Vb7Nc1Rt6»"),
    ("secret", "secret_key_base: «4c1a9e7d2b8f60534c1a9e7d2b8f60534c1a9e7d2b8f6053»"),
    ("token", r#"auth_token = "«8fKq2Lm9Zx4Vb7Nc1Rt6»""#),
    ("token", r#"token := "«d2f1a9c04b7e8836d2f1a9c04b7e8836d2f1a9c0»""#),
    ("token", "https://x.example/hook?id=7&token=«8fKq2Lm9Zx4Vb7Nc1Rt6»&b=1"),
    ("token", "//registry.npmjs.org/:_authToken=«8fKq2Lm9-Zx4Vb7Nc1Rt6»"),
    ("password", "        - name: DB_PASSWORD\n          value: \"«kd92!ksLq0»\"\n"),
    ("api key", "{\"name\": \"STRIPE_API_KEY\", \"value\": \"«Zk3vR8qLw1Tn5Yb7Xc2D»\"}"),
    // Addresses and headers.
    ("password", "postgres://app:«k3ep0ut»@db.internal:5432/app"),
    ("password", "git clone https://bot:«Zk3vR8qLw1»@git.example.com/x.git"),
    ("authorization", "curl -H 'Authorization: Bearer «Zk3vR8qLw1Tn5Yb7Xc2D»' https://x"),
    ("authorization", "\"Authorization\": \"Basic «YWRtaW46aHVudGVyMg==»\""),
    ("authorization", "req.headers['authorization'] = 'token «Zk3vR8qLw1Tn5Yb7Xc2D»'"),
    ("slack webhook", "https://hooks.slack.com/services/«T01ABCDEF/B02GHIJKL/Zk3vR8qLw1Tn5Yb7Xc2D»"),
    (
        "azure key",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=«k3vR8qLw1Tn5Yb7Xc2Dk3vR8qLw1Tn5Yb7Xc2Dk3vR8qLw1Tn5Yb7Xc2Dk3vR8qLw1Tn5Yb7Xc2Dk3vR8q==»;EndpointSuffix=core.windows.net",
    ),
    // `.env`-like lines whose name tells nothing.
    ("env value", "export DEPLOY_HOOK=«Zk3vR8qLw1Tn5Yb7Xc2Dq»\n"),
    ("env value", "SENTRY=\"«Zk3vR8qLw1Tn5Yb7Xc2Dq»\""),
];

#[test]
fn what_is_secret_goes_and_what_is_around_it_stays() {
    for (kind, text) in TAKEN {
        let whole = text.replace(['«', '»'], "");
        let (before, rest) = text.split_once('«').expect("a mark");
        let (_, after) = rest.split_once('»').expect("a mark");
        let line = before.matches('\n').count() as u32 + 1;
        let (out, found) = clean(&whole);
        assert_eq!(out, format!("{before}[redacted: {kind}]{after}"), "{whole}");
        assert_eq!(found, [(*kind, line)], "{whole}");
    }
}

/// What looks like a secret and is none.
const KEPT: &[&str] = &[
    // Placeholders and references.
    "password = \"changeme\"",
    "password: 'xxxxxxxxxxxx'",
    "API_KEY=your-api-key-here",
    "API_KEY=<your key>",
    "api_key = \"YOUR_API_KEY_1234\"",
    "password = os.environ[\"DB_PASSWORD_2\"]",
    "password = os.environ.get('DB_PASSWORD', 'postgres')",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "DB_PASSWORD=${DB_PASSWORD:-postgres1}",
    "secret: {{ .Values.secretKey123 }}",
    "const token = process.env.GITHUB_TOKEN_V2;",
    "let api_key = std::env::var(\"OPENAI_API_KEY\")?;",
    "password = \"%(password)s\"",
    "client_secret = \"test-client-secret\"",
    "password: \"********\"",
    "postgres://postgres:postgres@localhost:5432/app",
    "https://user:password@example.com/",
    "amqp://${USER}:${PASS}@host/",
    "redis://{user}:{password}@{host}:6379",
    "Authorization: Bearer <token>",
    "Authorization: Bearer ${ACCESS_TOKEN_V2}",
    "`Authorization: Bearer YOUR_TOKEN_GOES_HERE`",
    "fn authorization(header: &str) -> Option<Bearer> {",
    // Code that speaks of secrets.
    "let token = self.next_token(TokenKind::Identifier2)?;",
    "token: Token2022Program,",
    "pub const PASSWORD_FIELD: &str = \"user_password\";",
    "secret_name = \"prod/app/db-credentials-v2\"",
    "password: hashedPassword2,",
    "passwordInput.value = form.password1.value",
    "if password == other_password1 { return }",
    "max_tokens = 100000000000",
    "\"tokenizer\": \"gpt2-tokenizer-2024-01-01\"",
    "api_key_header = \"X-Api-Key-2\"",
    "key = \"content/2024/index.md\"",
    "cache_key: \"build-ubuntu-22.04-x86_64-8fKq2Lm9\"",
    "public_key = \"8fKq2Lm9Zx4Vb7Nc1Rt6\"",
    "next_token = \"8fKq2Lm9Zx4Vb7Nc1Rt6Zk3vR8qL\"",
    "Enter your password: it must have 8 to 64 characters",
    "error: \"the password must contain a digit (0-9)\"",
    "<input type=\"password\" name=\"password\" placeholder=\"at least 8\">",
    "secret: /run/secrets/db_password1",
    "PRIVATE_KEY_PATH=/etc/ssl/private/server2.key",
    "token_url = \"https://login.example.com/oauth2/v2.0/token\"",
    "SSH_AUTH_SOCK=/tmp/ssh-XXXX8fKq2Lm9/agent.1234",
    "git@github.com:owner/repository.git",
    "ssh://git@host.example:22/path",
    "match token { Token::Key(key) => key, _ => secret }",
    // Hashes, numbers and data.
    "checksum = \"4c1a9e7d2b8f60534c1a9e7d2b8f60534c1a9e7d2b8f60534c1a9e7d2b8f6053\"",
    "\"integrity\": \"sha512-k3vR8qLw1Tn5Yb7Xc2Dk3vR8qLw1Tn5Yb7Xc2Dk3vR8qLw1Tn5Yb7Xc2D==\",",
    "    \"js-tokens\": \"^4.0.0\",\n    \"token-types\": \"6.0.0-beta.12\",",
    "github.com/golang-jwt/jwt v3.2.2+incompatible h1:IfV12K8xAKAnZqdXVzCZ+TOjboZ2keLg81eXfW3O+oY=",
    "token: sha256-k3vR8qLw1Tn5Yb7Xc2Dk3vR8qLw1Tn5Yb7Xc2D",
    "commit 4c1a9e7d2b8f60534c1a9e7d2b8f60534c1a9e7d",
    "GIT_COMMIT=4c1a9e7d2b8f60534c1a9e7d2b8f60534c1a9e7d",
    "IMAGE_DIGEST=Zk3vR8qLw1Tn5Yb7Xc2Dq",
    "id = \"550e8400-e29b-41d4-a716-446655440000\"",
    "\"token\": \"550e8400-e29b-41d4-a716-446655440000\"",
    "let data = \"SGVsbG8gd29ybGQsIHRoaXMgaXMgYSB0ZXN0IG9mIGJhc2U2NCBkYXRh\";",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----",
    "const BEGIN: &str = \"-----BEGIN PRIVATE KEY-----\";\nconst END: &str = \"-----END PRIVATE KEY-----\";\n",
    "RUSTFLAGS=\"-C target-cpu=native -C link-arg=-fuse-ld=lld\"",
    "[`Token`]: struct.Token.html",
    "WBEM_E_LOCAL_CREDENTIALS = 0x80041064,",
    "https://img.shields.io/codecov?style=flat-square&token=BAQ8SOKEST&color=C43AC3",
    "\"expected '-----BEGIN PRIVATE KEY-----'\\\n   and '-----END PRIVATE KEY-----' guards\",",
    "b\"-----BEGIN RSA PRIVATE KEY-----\\n\\\n-----END RSA PRIVATE KEY-----\\n\";",
    "LS_COLORS=rs=0:di=01;34:ln=01;36",
];

#[test]
fn what_only_looks_like_a_secret_stays() {
    for text in KEPT {
        assert_eq!(clean(text), ((*text).to_owned(), Vec::new()));
    }
}

fn pem(kind: &str, lines: usize) -> String {
    let body = random(&format!("{ALNUM}+/"), lines * 64);
    let body: Vec<&str> = (0..lines).map(|line| &body[line * 64..][..64]).collect();
    format!("-----BEGIN {kind}-----\n{}\nQw==\n-----END {kind}-----\n", body.join("\n"))
}

#[test]
fn of_a_private_key_every_line_goes_and_its_marks_stay() {
    for kind in
        ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY"]
    {
        let text = format!("before\n{}after\n", pem(kind, 20));
        let (out, found) = clean(&text);
        assert_eq!(found.len(), 21, "{kind}");
        assert_eq!(found.first(), Some(&("private key", 3)));
        assert_eq!(out.lines().count(), text.lines().count());
        assert!(out.contains(&format!("BEGIN {kind}")) && out.ends_with("-----\nafter\n"));
        assert!(!out.contains("Qw=="));
    }
}

#[test]
fn a_private_key_goes_in_code_in_json_indented_and_cut() {
    let key = pem("PRIVATE KEY", 3);
    let secret = &key.lines().nth(2).unwrap()[10..30];
    let lines = |line: &dyn Fn(&str) -> String| key.lines().map(line).collect::<Vec<_>>().concat();
    let indented = lines(&|line| format!("    {line}\n"));
    let quoted = lines(&|line| format!("  \"{line}\\n\" +\n"));
    let json = format!("{{\"private_key\": \"{}\", \"id\": 7}}", key.replace('\n', "\\n"));
    let windows = key.replace('\n', "\r\n");
    let head = key.split("-----END").next().unwrap();
    let tail = key.split_once("KEY-----\n").unwrap().1;
    for text in [indented.as_str(), &quoted, &json, &windows, head, tail] {
        let (out, found) = clean(text);
        assert!(!out.contains(secret), "{text}\nleft\n{out}");
        assert!(found.iter().all(|(kind, _)| *kind == "private key") && !found.is_empty());
        assert_eq!(out.matches('\n').count(), text.matches('\n').count());
    }
    let (out, _) = clean(&json);
    assert!(out.ends_with("PRIVATE KEY-----\\n\", \"id\": 7}"), "{out}");
}

#[test]
fn several_secrets_of_one_line_are_all_taken_and_told() {
    let key = format!("ghp_{}", random(ALNUM, 36));
    let text = format!("// x\nlogin(password=\"k3ep0ut!!\", token=\"{key}\") # é {key}\n");
    let (out, found) = clean(&text);
    assert_eq!(
        out,
        "// x\nlogin(password=\"[redacted: password]\", token=\"[redacted: github token]\") # é [redacted: github token]\n"
    );
    assert_eq!(found, [("password", 2), ("github token", 2), ("github token", 2)]);
}

/// Pieces of which hostile text is made.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(
            keys()
                .into_iter()
                .map(|(_, key)| key)
                .chain(TAKEN.iter().map(|(_, text)| text.replace(['«', '»'], "")))
                .chain(KEPT.iter().map(|text| (*text).to_owned()))
                .collect::<Vec<_>>()
        ),
        prop::sample::select(
            [
                "\n",
                "\r\n",
                "\\n",
                "\"",
                "'",
                "=",
                ":",
                " ",
                "password",
                "token=",
                "-----BEGIN RSA PRIVATE KEY-----",
                "-----END RSA PRIVATE KEY-----",
                "://",
                "@",
                "é",
                "日本",
                "[redacted: password]",
                "Bearer ",
                "eyJ",
                ".",
                "\\",
                "export A_B=",
                "value:",
                ">",
                "<password>",
                "🦀"
            ]
            .map(str::to_owned)
            .to_vec()
        ),
        "[a-zA-Z0-9+/=_-]{0,40}",
        "\\PC{0,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_fail_move_lines_or_change_twice(text in pieces()) {
        let redactor = Redactor::new();
        if let Some(once) = redactor.text(&text) {
            prop_assert!(!once.found.is_empty());
            prop_assert_eq!(once.text.matches('\n').count(), text.matches('\n').count());
            prop_assert!(once.found.iter().all(|found| found.line as usize <= text.matches('\n').count() + 1));
            prop_assert_eq!(redactor.text(&once.text), None, "{}", once.text);
        }
    }
}
