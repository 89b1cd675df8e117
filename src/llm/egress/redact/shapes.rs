//! The shapes of well-known keys: how each begins, and what follows.
//!
//! Sources: the providers' own documents of their key formats, and the rule sets of gitleaks and of GitHub's secret
//! scanning, read for prefixes and lengths.

use std::ops::Range;

use super::{Hit, begins_word, run_end, values};

/// One shape.
#[derive(Debug)]
pub struct Shape {
    /// How it begins, exactly.
    pub start: &'static str,
    /// What it is, in the words of the replacement.
    kind: &'static str,
    /// Which bytes follow.
    class: Class,
    /// How many of them, least and most, in each part; parts stand between points.
    parts: &'static [(usize, usize)],
    /// Whether the beginning stays: it is a name, not part of the key.
    keeps_start: bool,
}

/// Which bytes a key is made of.
#[derive(Debug, Clone, Copy)]
enum Class {
    UpperDigit,
    Hex,
    Alnum,
    /// And `_`.
    Word,
    /// And `_`, `-`.
    Dash,
    /// And `+`, `/`, `=`.
    Base64,
    /// And `_`, `-`, `/`.
    Path,
    /// And `%`: what stands in an address.
    Escaped,
}

impl Class {
    fn holds(self, byte: u8) -> bool {
        let more: &[u8] = match self {
            Self::UpperDigit => return byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => return byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            Self::Alnum => b"",
            Self::Word => b"_",
            Self::Dash => b"_-",
            Self::Base64 => b"+/=",
            Self::Path => b"_-/",
            Self::Escaped => b"%+/_-",
        };
        byte.is_ascii_alphanumeric() || more.contains(&byte)
    }
}

const fn shape(
    start: &'static str,
    kind: &'static str,
    class: Class,
    parts: &'static [(usize, usize)],
) -> Shape {
    Shape { start, kind, class, parts, keeps_start: false }
}

const fn after(
    start: &'static str,
    kind: &'static str,
    class: Class,
    parts: &'static [(usize, usize)],
) -> Shape {
    Shape { start, kind, class, parts, keeps_start: true }
}

use Class::{Alnum, Base64, Dash, Escaped, Hex, Path, UpperDigit, Word};

/// All shapes.
pub const SHAPES: &[Shape] = &[
    shape("AKIA", "aws access key", UpperDigit, &[(16, 16)]),
    shape("ASIA", "aws access key", UpperDigit, &[(16, 16)]),
    shape("ABIA", "aws access key", UpperDigit, &[(16, 16)]),
    shape("ACCA", "aws access key", UpperDigit, &[(16, 16)]),
    shape("ghp_", "github token", Alnum, &[(36, 251)]),
    shape("gho_", "github token", Alnum, &[(36, 251)]),
    shape("ghu_", "github token", Alnum, &[(36, 251)]),
    shape("ghs_", "github token", Alnum, &[(36, 251)]),
    shape("ghr_", "github token", Alnum, &[(36, 251)]),
    shape("github_pat_", "github token", Word, &[(36, 251)]),
    shape("glpat-", "gitlab token", Dash, &[(20, 300)]),
    shape("gldt-", "gitlab token", Dash, &[(20, 300)]),
    shape("glrt-", "gitlab token", Dash, &[(20, 300)]),
    shape("glft-", "gitlab token", Dash, &[(20, 300)]),
    shape("glptt-", "gitlab token", Dash, &[(20, 300)]),
    shape("glcbt-", "gitlab token", Dash, &[(20, 300)]),
    shape("glimt-", "gitlab token", Dash, &[(20, 300)]),
    shape("gloas-", "gitlab token", Dash, &[(20, 300)]),
    shape("glagent-", "gitlab token", Dash, &[(20, 300)]),
    shape("xoxb-", "slack token", Dash, &[(20, 255)]),
    shape("xoxp-", "slack token", Dash, &[(20, 255)]),
    shape("xoxa-", "slack token", Dash, &[(20, 255)]),
    shape("xoxr-", "slack token", Dash, &[(20, 255)]),
    shape("xoxs-", "slack token", Dash, &[(20, 255)]),
    shape("xoxe-", "slack token", Dash, &[(20, 255)]),
    shape("xoxc-", "slack token", Dash, &[(20, 255)]),
    shape("xapp-", "slack token", Dash, &[(20, 255)]),
    after("hooks.slack.com/services/", "slack webhook", Path, &[(20, 255)]),
    after("discord.com/api/webhooks/", "discord webhook", Path, &[(40, 255)]),
    shape("sk_live_", "stripe key", Alnum, &[(16, 255)]),
    shape("sk_test_", "stripe key", Alnum, &[(16, 255)]),
    shape("rk_live_", "stripe key", Alnum, &[(16, 255)]),
    shape("rk_test_", "stripe key", Alnum, &[(16, 255)]),
    shape("whsec_", "webhook secret", Base64, &[(24, 255)]),
    shape("sk-ant-", "anthropic key", Dash, &[(24, 255)]),
    shape("sk-or-", "openrouter key", Dash, &[(24, 255)]),
    shape("sk-proj-", "openai key", Dash, &[(24, 255)]),
    shape("sk-svcacct-", "openai key", Dash, &[(24, 255)]),
    shape("sk-admin-", "openai key", Dash, &[(24, 255)]),
    shape("sk-", "openai key", Dash, &[(32, 255)]),
    shape("AIza", "google api key", Dash, &[(35, 35)]),
    shape("GOCSPX-", "google client secret", Dash, &[(24, 40)]),
    shape("ya29.", "google token", Dash, &[(30, 1024)]),
    shape("npm_", "npm token", Alnum, &[(36, 36)]),
    shape("pypi-", "pypi token", Dash, &[(50, 1024)]),
    shape("SG.", "sendgrid key", Dash, &[(16, 32), (32, 64)]),
    shape("SK", "twilio key", Hex, &[(32, 32)]),
    after("AccountKey=", "azure key", Base64, &[(44, 100)]),
    after("SharedAccessKey=", "azure key", Base64, &[(40, 100)]),
    after("sig=", "azure signature", Escaped, &[(43, 120)]),
    shape("eyJ", "json web token", Dash, &[(10, 4096), (10, 8192), (16, 4096)]),
    shape("hf_", "hugging face token", Alnum, &[(30, 60)]),
    shape("dapi", "databricks token", Hex, &[(32, 40)]),
    shape("dop_v1_", "digitalocean token", Hex, &[(64, 64)]),
    shape("doo_v1_", "digitalocean token", Hex, &[(64, 64)]),
    shape("dor_v1_", "digitalocean token", Hex, &[(64, 64)]),
    shape("shpat_", "shopify token", Alnum, &[(32, 64)]),
    shape("shpca_", "shopify token", Alnum, &[(32, 64)]),
    shape("shppa_", "shopify token", Alnum, &[(32, 64)]),
    shape("shpss_", "shopify secret", Alnum, &[(32, 64)]),
    shape("lin_api_", "linear key", Alnum, &[(32, 64)]),
    shape("gsk_", "groq key", Alnum, &[(40, 80)]),
    shape("xai-", "xai key", Alnum, &[(60, 120)]),
    shape("pplx-", "perplexity key", Alnum, &[(40, 80)]),
    shape("r8_", "replicate token", Alnum, &[(37, 40)]),
    shape("hvs.", "vault token", Dash, &[(24, 255)]),
    shape("hvb.", "vault token", Dash, &[(24, 255)]),
    after(".atlasv1.", "terraform token", Dash, &[(60, 80)]),
    shape("PMAK-", "postman key", Dash, &[(50, 70)]),
    shape("NRAK-", "new relic key", Alnum, &[(27, 27)]),
    shape("sntrys_", "sentry token", Base64, &[(50, 1024)]),
    shape("sbp_", "supabase token", Hex, &[(40, 40)]),
    shape("dckr_pat_", "docker token", Dash, &[(20, 64)]),
    shape("AGE-SECRET-KEY-1", "age key", UpperDigit, &[(50, 60)]),
    shape("sq0atp-", "square token", Dash, &[(22, 64)]),
    shape("sq0csp-", "square secret", Dash, &[(40, 64)]),
    shape("key-", "mailgun key", Hex, &[(32, 32)]),
    shape("rubygems_", "rubygems key", Hex, &[(48, 48)]),
    shape("tskey-", "tailscale key", Dash, &[(20, 120)]),
    shape("figd_", "figma token", Dash, &[(40, 64)]),
    shape("ntn_", "notion token", Alnum, &[(40, 64)]),
    shape("ATATT3", "atlassian token", Dash, &[(60, 255)]),
    shape("dp.pt.", "doppler token", Alnum, &[(40, 64)]),
    shape("dp.st.", "doppler token", Dash, &[(20, 64), (40, 64)]),
];

/// Looks whether a key of this shape begins at a mark.
pub fn look(text: &str, at: Range<usize>, shape: &Shape) -> Option<Hit> {
    let exact = text.as_bytes()[at.clone()] == *shape.start.as_bytes();
    let begins = shape.keeps_start || begins_word(text, at.start);
    if !exact || !begins {
        return None;
    }
    let mut end = at.end;
    for (number, (least, most)) in shape.parts.iter().enumerate() {
        if number > 0 {
            if text.as_bytes().get(end) != Some(&b'.') {
                return None;
            }
            end += 1;
        }
        let from = end;
        end = run_end(text, from, |byte| shape.class.holds(byte));
        if !(*least..=*most).contains(&(end - from)) {
            return None;
        }
    }
    let body = &text[at.end..end];
    // Capitals and digits of one length after a mark that nothing else has need not mix.
    let is_key = matches!(shape.class, Class::UpperDigit) || values::is_mixed(body);
    if values::is_blank(body) || !is_key {
        return None;
    }
    let start = if shape.keeps_start { at.end } else { at.start };
    Some(Hit { range: start..end, kind: shape.kind, weight: 10 + shape.start.len() })
}
