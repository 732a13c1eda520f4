//! What the table of a section is made of.
//!
//! A [`Section`](table::Section) is a static list of [`Key`](key::Key)s, one row a key: its name, the
//! type of its value, what it means in both languages, an example, and whether it must be there. The
//! [types of values](types) and the [sections within sections](nested) read a value into the *draft* of
//! their section, a plain struct with a default; their [description](description::Described) is all that
//! the JSON Schema and the documentation need. So reader, schema and documentation can't disagree, and
//! a new key is one row in [`format`](super::format).
//!
//! The files build on each other in this order: `description`, `key`, `table`, then `types` and `nested`.

pub(crate) mod description;
pub(crate) mod forms;
pub(crate) mod key;
pub(crate) mod nested;
pub(crate) mod table;
pub(crate) mod types;
