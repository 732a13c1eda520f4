//! Where pages go. Whoever has a disk names the files and writes them.

use std::io;

/// Services above which a report is a folder of pages where nobody chose otherwise.
pub const ONE_FILE_SERVICES_MAX: usize = 200;

/// The page from which all others are reached.
pub const INDEX: &str = "index.html";

/// What `INDEX` says in its head of what made it, so that a folder can be told from somebody's own.
pub const GENERATOR: &str = r#"<meta name="generator" content="v6ready">"#;

/// A folder that pages are written into.
pub trait PageFolder {
    /// The name of a page without its ending, from parts such as ids: one that every system takes for a file's.
    fn stem(&self, of: &[&str]) -> String;

    /// Writes a page. Its path is within the folder, parts separated by `/`.
    ///
    /// # Errors
    /// When it can't be written.
    fn write(&mut self, path: &str, page: &str) -> io::Result<()>;
}
