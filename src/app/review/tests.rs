//! Tests of the review state.
