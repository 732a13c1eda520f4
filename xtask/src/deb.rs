//! The Debian package: what it needs beside the program is put together in target/package, and cargo-deb packs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{at, remove_folder, run};

/// The units, whose program lies elsewhere once it is a package.
const UNITS: [&str; 6] = [
    "v6ready-alert@.service",
    "v6ready-quarter.service",
    "v6ready-quarter.timer",
    "v6ready-serve.service",
    "v6ready.service",
    "v6ready.timer",
];

/// Makes the package of a profile; further arguments go to cargo-deb.
pub fn run_with(arguments: &[&str]) -> Result<(), String> {
    let profile = std::env::var("V6READY_PROFILE").unwrap_or_else(|_| "dist".to_owned());
    let root = xtask::root();
    match &*profile {
        "dev" => run("cargo", &["build", "--locked", "--bin", "v6ready"])?,
        _ => run("packaging/build-release", &[])?,
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let folder = if profile == "dev" { "debug" } else { &*profile };
    let program = target.join(folder).join("v6ready");
    put_together(&root, &program)?;
    let packed = ["deb", "--no-build", "--locked", "--profile", &profile];
    let tool = root.join("target/tools/bin/cargo-deb");
    let tool = if tool.exists() { tool.display().to_string() } else { "cargo-deb".to_owned() };
    run(&tool, &[&packed[1..], arguments].concat())
        .map_err(|error| format!("{error}\n`cargo install --locked cargo-deb` brings it"))
}

fn put_together(root: &Path, program: &Path) -> Result<(), String> {
    let package = root.join("target/package");
    remove_folder(&package)?;
    for folder in ["man", "completions", "units"] {
        let folder = package.join(folder);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
    }
    let write = |name: &str, octets: Vec<u8>| {
        let file = package.join(name);
        fs::write(&file, octets).map_err(at(&file))
    };
    write("man/v6ready.1", printed(program, &["man"])?)?;
    for (shell, file) in [("bash", "v6ready"), ("zsh", "_v6ready"), ("fish", "v6ready.fish")] {
        write(&format!("completions/{file}"), printed(program, &["completions", shell])?)?;
    }
    for unit in UNITS {
        let file = root.join("docs/systemd").join(unit);
        let text = fs::read_to_string(&file).map_err(at(&file))?;
        let text = text
            .replace("/usr/local/bin/v6ready", "/usr/bin/v6ready")
            .replace("/usr/local/lib/v6ready/", "/usr/lib/v6ready/");
        write(&format!("units/{unit}"), text.into_bytes())?;
    }
    Ok(())
}

fn printed(program: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new(program).args(arguments).output().map_err(at(program))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("`{} {}` failed", program.display(), arguments.join(" "))),
    }
}
