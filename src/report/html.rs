//! The result as one self-contained HTML file.
