//! The program; see the library's `commands`.

fn main() -> std::process::ExitCode {
    v6ready::commands::main()
}
