//! Roman numbers, as headings and annexes have them.

/// A number as headings have it.
pub(in crate::report) fn roman(mut number: usize) -> String {
    let mut text = String::new();
    for (value, sign) in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while number >= value {
            text.push_str(sign);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn roman_numbers() {
        let all: Vec<_> = [1, 4, 5, 9, 14, 28].into_iter().map(super::roman).collect();
        assert_eq!(all, ["I", "IV", "V", "IX", "XIV", "XXVIII"]);
    }
}
