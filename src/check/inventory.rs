//! What the owner of a service declares of it.

rules! {
    mod inventory_state;
    mod inventory_deadline;
}
