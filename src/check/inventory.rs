//! Checks of what the owner declares of a service against what was seen, and against the calendar.
//!
//! May import the helpers of every area.

rules! {
    mod inventory_state;
    mod inventory_deadline;
}
