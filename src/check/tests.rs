//! What holds of several checks or of all; the tables of single ones are beside their rules.

mod addresses;
mod limits;
mod mail_domains;
mod own_clock;
mod reasons;
