//! Vectors of words: the few sums and products that reading and teaching a lexicon need.

/// Numbers in a vector.
pub const DIMENSIONS: usize = 64;

/// A vector.
pub type Vector = [f32; DIMENSIONS];

/// The product of two vectors.
pub fn dot(a: &Vector, b: &Vector) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (a, b) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

/// Adds a vector, so many times.
pub fn add(sum: &mut Vector, other: &Vector, times: f32) {
    for (sum, value) in sum.iter_mut().zip(other) {
        *sum += times * value;
    }
}

/// Shortens a sum to its direction, and says whether it has one; nothing stays nothing.
pub fn point(sum: &mut Vector) -> bool {
    let length = dot(sum, sum).sqrt();
    if length > 1e-6 {
        *sum = sum.map(|value| value / length);
        return true;
    }
    false
}
