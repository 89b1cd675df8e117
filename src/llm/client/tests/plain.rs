//! A protocol as small as one can be, so that tests of the client test the client.
//!
//! Records: `{"text":...}`, `{"error":...}`, `{"stop":true,"prompt":N,"cached":N}`; a whole answer holds all fields.

use serde_json::{Value, json};

use crate::domain::ModelRef;
use crate::llm::wire::{
    Decode, Dialect, Framing, Head, KeyHeader, Listed, Method, Traits, Wire, WireRequest,
};
use crate::llm::{Ask, Call, Chunk, Counted, LlmError, Part, StopReason};

#[derive(Debug)]
pub(in crate::llm::client) struct Plain;

struct Reader {
    model: ModelRef,
    stopped: bool,
}

impl Wire for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn key_header(&self) -> KeyHeader {
        KeyHeader::Bearer
    }

    fn request(
        &self,
        model: &ModelRef,
        _: &Traits,
        call: &Call,
        stream: bool,
    ) -> Result<WireRequest, LlmError> {
        let text: String = match &call.ask {
            Ask::Chat(messages) => messages
                .iter()
                .flat_map(|message| &message.parts)
                .filter_map(|part| if let Part::Text(text) = part { Some(text.as_ref()) } else { None })
                .collect(),
            Ask::Embed(texts) => texts.concat(),
            Ask::Fill(fill) => fill.prefix.to_string(),
        };
        Ok(WireRequest {
            method: Method::Post,
            path: "/chat".into(),
            headers: vec![("x-plain", "1".into())],
            body: Some(json!({"model": &*model.model, "text": text, "stream": stream})),
        })
    }

    fn framing(&self, head: &Head, _: bool) -> Framing {
        match head.header("content-type") {
            Some("text/event-stream") => Framing::Events,
            Some(_) | None => Framing::Whole,
        }
    }

    fn decoder(&self, model: &ModelRef) -> Box<dyn Decode> {
        Box::new(Reader { model: model.clone(), stopped: false })
    }

    fn failure(&self, model: &ModelRef, head: &Head, body: &[u8]) -> LlmError {
        let model = model.clone();
        let why = String::from_utf8_lossy(body).into_owned();
        let retry_after = head
            .header("retry-after")
            .and_then(|after| after.parse().ok())
            .map(std::time::Duration::from_secs_f64);
        match head.status {
            401 | 403 => LlmError::Auth { model, why },
            429 => LlmError::Rate { model, why, retry_after },
            500.. => LlmError::Server { model, status: Some(head.status), why, retry_after },
            status => LlmError::Rejected { model, status, why },
        }
    }

    fn list(&self, _: Option<Dialect>) -> Vec<WireRequest> {
        let get =
            |path: &str| WireRequest { method: Method::Get, path: path.into(), headers: vec![], body: None };
        vec![get("/models"), get("/more")]
    }

    fn listed(&self, nth: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
        if nth == 1 {
            for listed in known.iter_mut() {
                listed.window = body["window"].as_u64().map(|window| window as u32);
            }
            return Ok(());
        }
        let names = body["models"].as_array().ok_or("no models")?;
        known.extend(names.iter().filter_map(Value::as_str).map(|name| Listed {
            name: name.into(),
            forwards_to: name.ends_with("-cloud").then(|| "cloud.example".into()),
            ..Listed::default()
        }));
        Ok(())
    }
}

impl Decode for Reader {
    fn record(&mut self, _: &str, data: &str) -> Result<Vec<Chunk>, LlmError> {
        let value: Value = serde_json::from_str(data)
            .map_err(|error| LlmError::Garbled { model: self.model.clone(), why: error.to_string() })?;
        let mut chunks = Vec::new();
        if let Some(why) = value["error"].as_str() {
            let (model, why) = (self.model.clone(), why.to_owned());
            return Err(match why.as_str() {
                "full" => LlmError::Rate { model, why, retry_after: None },
                _ => LlmError::Server { model, status: None, why, retry_after: None },
            });
        }
        if let Some(text) = value["text"].as_str() {
            chunks.push(Chunk::Text(text.into()));
        }
        let counted = Counted {
            prompt: value["prompt"].as_u64(),
            cached: value["cached"].as_u64(),
            output: value["output"].as_u64(),
            micro_usd: None,
        };
        if counted != Counted::default() {
            chunks.push(Chunk::Usage(counted));
        }
        if value["stop"].as_bool() == Some(true) {
            self.stopped = true;
            chunks.push(Chunk::Stop(StopReason::End));
        }
        Ok(chunks)
    }

    fn end(&mut self) -> Result<Vec<Chunk>, LlmError> {
        if self.stopped { Ok(Vec::new()) } else { Err(LlmError::Cut { model: self.model.clone() }) }
    }
}
