//! Colour arithmetic: parsing, `OKLab` distance, WCAG contrast, and the nearest entry of the 256 colour palette.

use ratatui::style::Color;

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Parses `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#')?;
        if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(hex, 16).ok()?;
        Some(Self((value >> 16) as u8, (value >> 8) as u8, value as u8))
    }

    fn linear(self) -> [f32; 3] {
        [self.0, self.1, self.2].map(|channel| {
            let c = f32::from(channel) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// Relative luminance, 0 to 1, as WCAG 2.1 defines it.
    pub fn luminance(self) -> f32 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Contrast ratio, 1 to 21, as WCAG 2.1 defines it.
    pub fn contrast(self, other: Self) -> f32 {
        contrast(self.luminance(), other.luminance())
    }

    /// Lightness and the two opponent axes of `OKLab` (Ottosson 2020), where distance is close to how
    /// different colours look.
    pub fn oklab(self) -> [f32; 3] {
        let rgb = self.linear();
        let dot = |row: [f32; 3], v: [f32; 3]| row[0] * v[0] + row[1] * v[1] + row[2] * v[2];
        let cones = [
            dot([0.412_221_46, 0.536_332_55, 0.051_445_995], rgb).cbrt(),
            dot([0.211_903_5, 0.680_699_5, 0.107_396_96], rgb).cbrt(),
            dot([0.088_302_46, 0.281_718_85, 0.629_978_7], rgb).cbrt(),
        ];
        [
            dot([0.210_454_26, 0.793_617_8, -0.004_072_047], cones),
            dot([1.977_998_5, -2.428_592_2, 0.450_593_7], cones),
            dot([0.025_904_037, 0.782_771_77, -0.808_675_77], cones),
        ]
    }

    /// The value of an entry of the 256 colour palette that no terminal lets its user change, 16 to 255.
    pub fn of_index(index: u8) -> Self {
        const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
        if index >= 232 {
            let grey = 8 + 10 * (index - 232);
            return Self(grey, grey, grey);
        }
        let cube = index.saturating_sub(16);
        Self(STEPS[usize::from(cube / 36)], STEPS[usize::from(cube / 6 % 6)], STEPS[usize::from(cube % 6)])
    }
}

/// Contrast ratio, 1 to 21, of two relative luminances, as WCAG 2.1 defines it.
pub fn contrast(a: f32, b: f32) -> f32 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The entries 16 to 255 of the 256 colour palette, measured once: a theme asks for dozens of nearest ones.
#[derive(Debug)]
pub struct Indexed(Vec<Entry>);

/// One entry of the 256 colour palette.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its index, 16 to 255.
    pub index: u8,
    /// Its relative luminance.
    pub luminance: f32,
    lab: [f32; 3],
}

impl Indexed {
    /// Measures all entries.
    pub fn new() -> Self {
        let entry = |index| {
            let rgb = Rgb::of_index(index);
            Entry { index, luminance: rgb.luminance(), lab: rgb.oklab() }
        };
        Self((16..=255).map(entry).collect())
    }

    /// The entry that looks most like a colour among those that pass a test; among all where none does.
    pub fn nearest(&self, rgb: Rgb, fits: &dyn Fn(&Entry) -> bool) -> u8 {
        let own = rgb.oklab();
        let distance =
            |entry: &Entry| -> f32 { entry.lab.iter().zip(own).map(|(a, b)| (a - b).powi(2)).sum() };
        let nearest = |fits: &dyn Fn(&Entry) -> bool| {
            let fitting = self.0.iter().filter(|entry| fits(entry));
            fitting.min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|entry| entry.index)
        };
        nearest(fits).or_else(|| nearest(&|_| true)).unwrap_or(16)
    }
}

/// The sixteen ANSI colours by the name a theme file uses, and `default` for the terminal's own.
pub const ANSI_NAMES: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_hex_digits_are_a_colour() {
        assert_eq!(Rgb::parse("#15171c"), Some(Rgb(0x15, 0x17, 0x1c)));
        for text in ["15171c", "#15171", "#15171cc", "#15171g", "#+5171c", "#é171", ""] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_agrees_with_the_examples_of_wcag() {
        let black = Rgb(0, 0, 0);
        assert!((black.contrast(Rgb(255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((Rgb(0x77, 0x77, 0x77).contrast(Rgb(255, 255, 255)) - 4.48).abs() < 0.01);
        assert!((black.contrast(black) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn oklab_agrees_with_its_reference_values() {
        for (rgb, expected) in [
            (Rgb(255, 255, 255), [1.0, 0.0, 0.0]),
            (Rgb(255, 0, 0), [0.628, 0.225, 0.126]),
            (Rgb(0, 0, 255), [0.452, -0.032, -0.312]),
        ] {
            let lab = rgb.oklab();
            assert!(lab.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.002), "{rgb:?} is {lab:?}");
        }
    }

    #[test]
    fn an_entry_of_the_palette_is_nearest_to_itself() {
        let indexed = Indexed::new();
        for index in 16..=255 {
            let rgb = Rgb::of_index(index);
            assert_eq!(Rgb::of_index(indexed.nearest(rgb, &|_| true)), rgb, "{index}");
        }
        assert_eq!(
            indexed.nearest(Rgb(255, 0, 0), &|entry| entry.index > 231),
            245,
            "the grey as light as red"
        );
        assert_eq!(indexed.nearest(Rgb(255, 0, 0), &|_| false), 196);
        assert_eq!((Rgb::of_index(196), Rgb::of_index(244)), (Rgb(255, 0, 0), Rgb(128, 128, 128)));
    }
}
