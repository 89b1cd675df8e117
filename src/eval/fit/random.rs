//! Chance that is the same every time.

/// A small deterministic generator (`SplitMix64`: Steele et al. 2014).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() % end as u64) as usize
    }

    /// A number of the normal distribution (Box and Muller 1958).
    pub fn normal(&mut self) -> f32 {
        let part = |number: u64| ((number >> 40) as f32 + 1.0) / (1_u64 << 24) as f32;
        let (radius, turn) = (part(self.draw()), part(self.draw()));
        (-2.0 * radius.ln()).sqrt() * (std::f32::consts::TAU * turn).cos()
    }

    /// Puts a list into any order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
