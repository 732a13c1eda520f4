//! What the observations say: pure functions that the planner and the checks share.
//!
//! A reading is made through a [`query::View`], which notes every request that it finds missing. The
//! planner makes the readings and asks what is missing; the checks make the same readings and judge
//! what was found. So a check can't look for an answer that the planner forgets to ask for. What a
//! reading can't tell, for no fault of the target, is a [`query::Gap`].
//!
//! The areas have the same names as those of [`crate::check`] and [`crate::plan`]; each may import
//! those listed before it: [`query`], [`dns`], [`mail`], [`service`], then [`reach`], [`tls`] and
//! [`web`], which don't import each other. Beside the areas, [`vantage`] reads the tests of the vantage
//! point, [`own_names`] the names of its addresses, [`own_clock`] its clock, and [`discovered_names`] collects names from all areas. The room imports
//! [`crate::model`] alone, and no file imports one that imports it back.

pub mod discovered_names;
pub mod dns;
pub mod mail;
pub mod own_clock;
pub mod own_names;
pub mod query;
pub mod reach;
pub mod service;
pub mod tls;
pub mod vantage;
pub mod web;
