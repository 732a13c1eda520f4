//! Imports into one inventory at the same time: none is lost.

use std::process::{Child, Command, Stdio};

/// How many at once.
const IMPORTS: usize = 8;

#[test]
fn imports_at_the_same_time_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inventory = folder.path().join("inventory.yaml");
    // Into a new one, and then into one that is there.
    for round in ["first", "second"] {
        let imports: Vec<Child> = (0..IMPORTS)
            .map(|number| {
                let table = folder.path().join(format!("{number}.csv"));
                let row = format!("organisation,web\nOffice,https://{round}-{number}.example/\n");
                std::fs::write(&table, row).unwrap();
                Command::new(env!("CARGO_BIN_EXE_v6ready"))
                    .args(["inventory", "import", "--new-organisations", "--into"])
                    .args([&inventory, &table])
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for import in imports {
            let done = import.wait_with_output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        let text = std::fs::read_to_string(&inventory).unwrap();
        for number in 0..IMPORTS {
            assert!(text.contains(&format!("{round}-{number}.example")), "{round} {number}");
        }
        v6ready::inventory::parse(text.as_bytes(), "inventory.yaml")
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    }
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
