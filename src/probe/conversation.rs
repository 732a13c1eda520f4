//! TCP, TLS and HTTP with one address, as one conversation.

use std::convert::Infallible;

use crate::model::{Conversation, ConversationQuestion, NetFailure, Settings};

/// Holds conversations.
pub(super) struct Client;

impl Client {
    /// Sets up what conversations share.
    pub fn new(_settings: &Settings) -> Result<Self, Infallible> {
        Ok(Self)
    }

    /// Connects, shakes hands and asks.
    pub async fn converse(&self, _question: &ConversationQuestion) -> Conversation {
        let unbuilt = NetFailure::Other { errno: "conversations are not built yet".to_owned() };
        Conversation { connect: Err(unbuilt), tls: None, http: None }
    }
}
