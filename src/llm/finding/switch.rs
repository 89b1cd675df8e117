//! Switch: what is looked for: `discover` of the configuration, and over it the variable `QUARRY_DISCOVER`.

use super::environment::Environment;
use super::local::USUAL_PORTS;

/// The variable that goes before the configuration.
const VARIABLE: &str = "QUARRY_DISCOVER";

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looking {
    /// Keys and addresses in the environment.
    pub environment: bool,
    /// Ports of this machine; empty for none.
    pub ports: Vec<u16>,
}

impl Looking {
    /// `off`, `on`, or a list of `keys`, `local` and port numbers, which stand for themselves; what is not understood
    /// leaves it to the configuration.
    pub fn new(discover: bool, environment: &Environment) -> Self {
        environment.get(VARIABLE).and_then(|text| Self::read(&text)).unwrap_or_else(|| Self::all(discover))
    }

    fn all(on: bool) -> Self {
        Self { environment: on, ports: if on { USUAL_PORTS.to_vec() } else { Vec::new() } }
    }

    fn read(text: &str) -> Option<Self> {
        let mut looking = Self::all(false);
        for word in text.split(',').map(str::trim) {
            match word {
                "off" | "0" | "false" | "no" => {}
                "on" | "1" | "true" | "yes" => return Some(Self::all(true)),
                "keys" => looking.environment = true,
                "local" => looking.ports.extend(USUAL_PORTS),
                port => looking.ports.push(port.parse().ok()?),
            }
        }
        Some(looking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_goes_before_the_configuration() {
        let looking = |discover, value: &'static str| {
            Looking::new(discover, &Environment::of(move |_| Some(value.to_owned())))
        };
        assert_eq!(looking(true, "off"), Looking { environment: false, ports: vec![] });
        assert_eq!(looking(true, "0"), Looking { environment: false, ports: vec![] });
        assert_eq!(looking(false, "on"), Looking { environment: true, ports: USUAL_PORTS.to_vec() });
        assert_eq!(looking(true, "keys, 4711"), Looking { environment: true, ports: vec![4711] });
        assert_eq!(looking(false, "nonsense"), Looking { environment: false, ports: vec![] });
        assert_eq!(looking(true, " "), Looking::all(true));
    }
}
