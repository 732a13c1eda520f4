use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: &str) {
    let found = laid_out(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(found, expected);
    assert_eq!(laid_out(&found).as_deref(), Ok(expected), "a second time");
}

#[test]
fn what_is_laid_out_stays() {
    for text in [
        include_str!("../../../inventory.yaml"),
        include_str!("../scaffold.en.yaml"),
        include_str!("../scaffold.vi.yaml"),
    ] {
        check(text, text);
    }
    check("", "");
    check("# only a remark\n", "# only a remark\n");
}

#[test]
fn lines_go_to_their_levels() {
    check(
        "\u{feff}version: 1   \r\n\r\n\r\n\r\norganisations:\r\n- id: a   # first\r\n  services:\r\n  -   id: s\r\n      \
         web: https://a.example/\r\n\r\n\r\n",
        "version: 1\n\norganisations:\n  - id: a   # first\n    services:\n      - id: s\n        \
         web: https://a.example/\n",
    );
    check(
        "a:\n        b: 1\n        c:\n            - - 1\n              - 2\n",
        "a:\n  b: 1\n  c:\n    - - 1\n      - 2\n",
    );
    check("---\na:\n- b\n...\n", "---\na:\n  - b\n...\n");
    check("a:\r- b\r\n- \"c\r  d\"\r", "a:\n  - b\n  - \"c\n    d\"\n");
}

#[test]
fn comments_stay_with_what_they_are_of() {
    check(
        "a: # one\n# at the first column\n    # of b\n    b: 1\n    # behind b\nc:\n- x\n# of y\n- y\n# the end\n",
        "a: # one\n# at the first column\n  # of b\n  b: 1\n  # behind b\nc:\n  - x\n  # of y\n  - y\n# the end\n",
    );
}

#[test]
fn a_comment_behind_a_value_goes_on_below_it() {
    check(
        "a:\n    b: ế   # one\n           # two\n    # c\n    c: 1\n",
        "a:\n  b: ế   # one\n         # two\n  # c\n  c: 1\n",
    );
}

#[test]
fn values_of_several_lines_keep_their_text() {
    check(
        "o:\n- name: |\n    one\n      two  \n\n\n    # no comment\n  why: >-\n      a\n      b\n  list: [a,\n     b]   \n  quoted: \"a\n    b\"\n  kept: |+\n\n\n    c\n\n\n  d: 1\n",
        "o:\n  - name: |\n      one\n        two  \n\n\n      # no comment\n    why: >-\n        a\n        b\n    list: [a,\n       b]\n    \
         quoted: \"a\n      b\"\n    kept: |+\n\n\n      c\n\n\n    d: 1\n",
    );
}

#[test]
fn unknown_keys_anchors_and_order_stay() {
    check(
        "x-own: &a\n   z: 1\n   a: 2\nuse: *a\n? long\n: key\n",
        "x-own: &a\n  z: 1\n  a: 2\nuse: *a\n? long\n: key\n",
    );
}

#[test]
fn what_is_no_yaml_is_left() {
    let error = laid_out("a: 1\nb: [\n").unwrap_err();
    assert!(matches!(error, LayoutError::Syntax { line: 2.., .. }), "{error}");
    assert!(laid_out("a:\n\t- b\n").unwrap_err().to_string().contains("line 2"));
}

proptest! {
    /// Whatever it is given, it ends, changes no meaning, and leaves alone what it made.
    #[test]
    fn any_text(lines in prop::collection::vec("[ ]{0,6}(- |a: |b:|# c|\\[|\\]|\\||>|\"|x| y|&a |\\*a|\\? |: )*", 0..12)) {
        if let Ok(once) = laid_out(&lines.join("\n")) {
            prop_assert_eq!(laid_out(&once), Ok(once.clone()));
        }
    }
}
