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
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
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

    /// The entry, 16 to 255, that looks most like this colour.
    pub fn nearest_index(self) -> u8 {
        self.nearest_index_where(&|_| true).unwrap_or(16)
    }

    /// The entry, 16 to 255, that looks most like this colour among those that pass a test.
    pub fn nearest_index_where(self, fits: &dyn Fn(Self) -> bool) -> Option<u8> {
        let own = self.oklab();
        let distance = |index: u8| -> f32 {
            Self::of_index(index).oklab().iter().zip(own).map(|(other, own)| (other - own).powi(2)).sum()
        };
        (16..=255)
            .filter(|index| fits(Self::of_index(*index)))
            .min_by(|x, y| distance(*x).total_cmp(&distance(*y)))
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
