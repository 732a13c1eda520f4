//! The style sheet, the script and the icon: each under a name that has its digest, so that browsers keep
//! it for ever and never have an old one.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::model::Digest;

/// The style sheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "pages",
        "css",
        "text/css; charset=utf-8",
        include_bytes!("../../../assets/serve/pages.css"),
    )
});

/// The script.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "pages",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../assets/serve/pages.js"),
    )
});

/// The icon.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../../assets/serve/icon.svg"))
});

/// A file that pages need.
pub struct Asset {
    /// Its address.
    pub path: String,
    kind: &'static str,
    octets: &'static [u8],
}

impl Asset {
    fn new(name: &str, extension: &str, kind: &'static str, octets: &'static [u8]) -> Self {
        let digest = Digest::of(octets).to_string();
        let digest = digest.trim_start_matches("sha256:").get(..16).unwrap_or_default();
        Self { path: format!("/assets/{name}-{digest}.{extension}"), kind, octets }
    }
}

/// Hands out a file.
pub async fn asset(Path(name): Path<String>) -> Response {
    let named = |asset: &&'static LazyLock<Asset>| asset.path.ends_with(&format!("/{name}"));
    match [&STYLE, &SCRIPT, &ICON].into_iter().find(named) {
        Some(asset) => {
            let headers = [
                (CONTENT_TYPE, asset.kind),
                (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, asset.octets).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
